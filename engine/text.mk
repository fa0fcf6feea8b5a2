# Model files, token ids, tokenizer, chat prompts.
libqwengine_la_SOURCES += \
	engine/gguf.c engine/gguf.h engine/gguf_file.c engine/gguf_int.h \
	engine/ids.c engine/ids.h \
	engine/json_text.c engine/json_text.h \
	engine/prompt.c engine/prompt.h \
	engine/prompt_families.c engine/prompt_pieces.h \
	engine/tokenizer.c engine/tokenizer.h \
	engine/tokenizer_bpe.c engine/tokenizer_bpe.h \
	engine/tokenizer_pre.c engine/tokenizer_pre.h

if HAVE_CMOCKA
text_tests = tests/unit/test_gguf tests/unit/test_tokenizer tests/unit/test_prompt
check_PROGRAMS += $(text_tests)
TESTS += $(text_tests)
endif
text_test_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
text_test_libs   = libqwengine.la libqwbase.la $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_unit_test_gguf_SOURCES      = tests/unit/test_gguf.c tests/unit/text_data.h
tests_unit_test_gguf_CFLAGS       = $(text_test_cflags)
tests_unit_test_gguf_LDADD        = $(text_test_libs)
tests_unit_test_tokenizer_SOURCES = tests/unit/test_tokenizer.c tests/unit/text_data.h
tests_unit_test_tokenizer_CFLAGS  = $(text_test_cflags)
tests_unit_test_tokenizer_LDADD   = $(text_test_libs)
tests_unit_test_prompt_SOURCES    = tests/unit/test_prompt.c tests/unit/text_data.h
tests_unit_test_prompt_CFLAGS     = $(text_test_cflags)
tests_unit_test_prompt_LDADD      = $(text_test_libs)

check_PROGRAMS += tests/fuzz/fuzz_gguf
tests_fuzz_fuzz_gguf_SOURCES = tests/fuzz/fuzz_gguf.c
tests_fuzz_fuzz_gguf_LDADD   = libqwengine.la libqwbase.la
tests_fuzz_fuzz_gguf_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
if !FUZZING
tests_fuzz_fuzz_gguf_SOURCES += tests/fuzz/replay.c
TESTS += tests/fuzz/gguf.sh
endif

TESTS += tests/unit/test_run_text.py
EXTRA_DIST += tests/fuzz/gguf.sh tests/fuzz/small_gguf.py tests/unit/test_run_text.py
