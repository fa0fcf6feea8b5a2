# libqwengine: each room lists its sources and its tests in a local.mk of its own.
noinst_LTLIBRARIES += libqwengine.la
libqwengine_la_SOURCES =
libqwengine_la_CFLAGS  = $(AM_CFLAGS) $(PCRE2_CFLAGS) $(UTF8PROC_CFLAGS) $(XXHASH_CFLAGS)
libqwengine_la_LIBADD  = libqwbase.la $(PCRE2_LIBS) $(UTF8PROC_LIBS) $(XXHASH_LIBS) -lm
EXTRA_DIST += engine/README.md

include engine/gguf/local.mk
include engine/text/local.mk
include engine/layout/local.mk
include engine/cpu/local.mk
include engine/model/local.mk
include engine/forward/local.mk
include engine/gen/local.mk
include engine/run/local.mk
