# engine/text.mk
