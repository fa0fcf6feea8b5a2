# engine/gguf: model files
libqwengine_la_SOURCES += engine/gguf/gguf.c engine/gguf/gguf.h engine/gguf/gguf_file.c engine/gguf/gguf_int.h
EXTRA_DIST += engine/gguf/README.md

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_gguf
TESTS += tests/unit/test_gguf
tests_unit_test_gguf_SOURCES = tests/unit/test_gguf.c tests/unit/text_data.h
tests_unit_test_gguf_CFLAGS  = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_gguf_LDADD   = libqwengine.la libqwbase.la $(CMOCKA_LIBS) $(JANSSON_LIBS)
endif

# A hostile file, and a tokenizer and prompts made of it.
check_PROGRAMS += tests/fuzz/fuzz_gguf
tests_fuzz_fuzz_gguf_SOURCES = tests/fuzz/fuzz_gguf.c
tests_fuzz_fuzz_gguf_LDADD   = libqwengine.la libqwbase.la
tests_fuzz_fuzz_gguf_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
if !FUZZING
tests_fuzz_fuzz_gguf_SOURCES += tests/fuzz/replay.c
TESTS += tests/fuzz/gguf.sh
endif
EXTRA_DIST += tests/fuzz/gguf.sh tests/fuzz/small_gguf.py
