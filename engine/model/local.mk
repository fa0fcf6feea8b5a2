# engine/model: architectures as data, loading, repacked weights and their cache
libqwengine_la_SOURCES += \
	engine/model/arch.c engine/model/arch.h \
	engine/model/model.c engine/model/model.h engine/model/model_cached.c engine/model/model_int.h \
	engine/model/model_plan.c engine/model/model_read.c engine/model/weights.h \
	engine/model/need.c engine/model/need.h \
	engine/model/repack_cache.c engine/model/repack_cache.h engine/model/repack_int.h engine/model/repack_write.c
EXTRA_DIST += engine/model/README.md

if HAVE_CMOCKA
model_tests = tests/unit/test_model tests/unit/test_need tests/unit/test_repack
check_PROGRAMS += $(model_tests)
TESTS += $(model_tests)
tests_unit_test_model_SOURCES = tests/unit/test_model.c tests/golden/rig.c tests/golden/rig.h
tests_unit_test_model_LDADD = libqwengine.la $(CMOCKA_LIBS) $(JANSSON_LIBS) $(XXHASH_LIBS) -lm
tests_unit_test_need_SOURCES = tests/unit/test_need.c
tests_unit_test_need_LDADD = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_repack_SOURCES = tests/unit/test_repack.c tests/golden/rig.c tests/golden/rig.h
tests_unit_test_repack_LDADD = libqwengine.la $(CMOCKA_LIBS) $(JANSSON_LIBS) -lm
endif

check_PROGRAMS += tests/fuzz/fuzz_model
tests_fuzz_fuzz_model_SOURCES = tests/fuzz/fuzz_model.c
tests_fuzz_fuzz_model_LDADD   = libqwengine.la libqwbase.la
tests_fuzz_fuzz_model_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
if !FUZZING
tests_fuzz_fuzz_model_SOURCES += tests/fuzz/replay.c
TESTS += tests/fuzz/model.sh
endif
EXTRA_DIST += tests/fuzz/model.sh
