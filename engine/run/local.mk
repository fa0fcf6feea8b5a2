# qwen-run: the engine alone.
bin_PROGRAMS += engine/run/qwen-run
engine_run_qwen_run_SOURCES = \
	engine/run/main.c engine/run/cmd.h engine/run/lines.c \
	engine/run/cmd_tokenize.c \
	engine/run/cmd_prompt.c
engine_run_qwen_run_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
engine_run_qwen_run_LDADD  = libqwengine.la libqwbase.la $(JANSSON_LIBS)
# What computes:
engine_run_qwen_run_SOURCES += \
	engine/run/engine.c engine/run/engine.h \
	engine/run/limits.c engine/run/limits.h \
	engine/run/cmd_generate.c \
	engine/run/cmd_logits.c \
	engine/run/cmd_bench.c \
	engine/run/cmd_probe.c
EXTRA_DIST += engine/run/README.md
