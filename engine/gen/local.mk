# engine/gen: from logits to an answer
libqwengine_la_SOURCES += \
	engine/gen/draft.c engine/gen/draft.h \
	engine/gen/gen.c engine/gen/gen.h \
	engine/gen/sampler.c engine/gen/sampler.h
EXTRA_DIST += engine/gen/README.md

if HAVE_CMOCKA
gen_tests = tests/unit/test_sampler tests/unit/test_gen tests/unit/test_draft
check_PROGRAMS += $(gen_tests)
TESTS += $(gen_tests)
tests_unit_test_sampler_SOURCES = tests/unit/test_sampler.c
tests_unit_test_sampler_LDADD = libqwengine.la $(CMOCKA_LIBS) -lm
# The test has a tokenizer of its own, which comes before the archive's.
tests_unit_test_gen_SOURCES = tests/unit/test_gen.c
tests_unit_test_gen_LDADD = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_draft_SOURCES = tests/unit/test_draft.c
tests_unit_test_draft_LDADD = libqwengine.la $(CMOCKA_LIBS)
endif
TESTS += tests/unit/test_run_generate.py
EXTRA_DIST += tests/unit/test_run_generate.py
