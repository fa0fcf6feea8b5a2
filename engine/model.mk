# Loading, architectures as data, the forward pass and its worker team.
libqwengine_la_SOURCES += \
	engine/arch.c engine/arch.h \
	engine/attention.c engine/attention.h \
	engine/forward.c engine/forward.h \
	engine/model.c engine/model.h engine/model_cached.c engine/model_int.h engine/model_plan.c engine/model_read.c engine/weights.h \
	engine/need.c engine/need.h \
	engine/repack_cache.c engine/repack_cache.h engine/repack_int.h engine/repack_write.c \
	engine/workers.c engine/workers.h
EXTRA_DIST += engine/README.md tests/bench/peer.py

if HAVE_CMOCKA
model_tests = tests/unit/test_workers tests/unit/test_model tests/unit/test_need tests/unit/test_repack tests/golden/test_golden tests/golden/test_bits
check_PROGRAMS += $(model_tests)
TESTS += $(model_tests)
tests_unit_test_workers_SOURCES = tests/unit/test_workers.c
tests_unit_test_workers_LDADD = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_model_SOURCES = tests/unit/test_model.c tests/golden/rig.c tests/golden/rig.h
tests_unit_test_model_LDADD = libqwengine.la $(CMOCKA_LIBS) $(JANSSON_LIBS) $(XXHASH_LIBS) -lm
tests_unit_test_need_SOURCES = tests/unit/test_need.c
tests_unit_test_need_LDADD = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_repack_SOURCES = tests/unit/test_repack.c tests/golden/rig.c tests/golden/rig.h
tests_unit_test_repack_LDADD = libqwengine.la $(CMOCKA_LIBS) $(JANSSON_LIBS) -lm
tests_golden_test_golden_SOURCES = tests/golden/test_golden.c tests/golden/rig.c tests/golden/rig.h
tests_golden_test_golden_LDADD = libqwengine.la $(CMOCKA_LIBS) $(JANSSON_LIBS) -lm
tests_golden_test_bits_SOURCES = tests/golden/test_bits.c tests/golden/rig.c tests/golden/rig.h
tests_golden_test_bits_LDADD = libqwengine.la $(CMOCKA_LIBS) $(JANSSON_LIBS) $(XXHASH_LIBS) -lm
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
