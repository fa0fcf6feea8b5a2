# engine/run/local.mk
