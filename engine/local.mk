# libqwengine: each part lists its sources in a .mk of its own.
noinst_LTLIBRARIES += libqwengine.la
libqwengine_la_SOURCES =
libqwengine_la_CFLAGS  = $(AM_CFLAGS) $(PCRE2_CFLAGS) $(UTF8PROC_CFLAGS) $(JANSSON_CFLAGS) $(XXHASH_CFLAGS)
libqwengine_la_LIBADD  = libqwbase.la $(PCRE2_LIBS) $(UTF8PROC_LIBS) $(JANSSON_LIBS) $(XXHASH_LIBS) -lm

include engine/text.mk
include engine/cpu/local.mk
include engine/model.mk
include engine/gen.mk
include engine/run/local.mk
