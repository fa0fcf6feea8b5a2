# engine/text: token ids, tokenizer, chat prompts
libqwengine_la_SOURCES += \
	engine/text/ids.c engine/text/ids.h \
	engine/text/json_text.c engine/text/json_text.h \
	engine/text/prompt.c engine/text/prompt.h engine/text/prompt_families.c engine/text/prompt_pieces.h \
	engine/text/tokenizer.c engine/text/tokenizer.h \
	engine/text/tokenizer_bpe.c engine/text/tokenizer_bpe.h \
	engine/text/tokenizer_pre.c engine/text/tokenizer_pre.h
EXTRA_DIST += engine/text/README.md

if HAVE_CMOCKA
text_tests = tests/unit/test_tokenizer tests/unit/test_prompt
check_PROGRAMS += $(text_tests)
TESTS += $(text_tests)
text_test_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
text_test_libs   = libqwengine.la libqwbase.la $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_unit_test_tokenizer_SOURCES = tests/unit/test_tokenizer.c tests/unit/text_data.h
tests_unit_test_tokenizer_CFLAGS  = $(text_test_cflags)
tests_unit_test_tokenizer_LDADD   = $(text_test_libs)
tests_unit_test_prompt_SOURCES    = tests/unit/test_prompt.c tests/unit/text_data.h
tests_unit_test_prompt_CFLAGS     = $(text_test_cflags)
tests_unit_test_prompt_LDADD      = $(text_test_libs)
endif
TESTS += tests/unit/test_run_text.py
EXTRA_DIST += tests/unit/test_run_text.py
