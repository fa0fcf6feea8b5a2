# engine/gen.mk
