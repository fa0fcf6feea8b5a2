# daemon/sched: the scheduler, a library without uv, so that its tests need no loop
noinst_LTLIBRARIES += libqwsched.la
libqwsched_la_SOURCES = \
	daemon/sched/sched.c daemon/sched/sched.h daemon/sched/sched_int.h \
	daemon/sched/sched_draft.c daemon/sched/sched_draw.c daemon/sched/sched_event.c daemon/sched/sched_fetch.c \
	daemon/sched/sched_load.c daemon/sched/sched_seq.c daemon/sched/sched_stage.c daemon/sched/sched_step.c daemon/sched/sched_store.c
libqwsched_la_LIBADD = libqwstore.la libqwengine.la

# What a resume costs (by hand: tests/bench/README.md).
noinst_PROGRAMS += tests/bench/resume_bench
tests_bench_resume_bench_SOURCES = tests/bench/resume_bench.c
tests_bench_resume_bench_LDADD = libqwsched.la

if HAVE_CMOCKA
sched_tests = tests/unit/test_sched tests/unit/test_sched_choices tests/unit/test_sched_life tests/unit/test_sched_model tests/unit/test_sched_store tests/unit/test_sched_disk
check_PROGRAMS += $(sched_tests)
TESTS += $(sched_tests)
# sched_fake.c is an engine of the tests' own (model, forward, tokenizer), which comes before the archive's.  So does the
# store of tests/unit/fake_store.c, which can hold its answers back and fail as told.
sched_fake = tests/unit/sched_fake.c tests/unit/sched_fake.h tests/unit/fake_store.c tests/unit/fake_store.h
tests_unit_test_sched_SOURCES = tests/unit/test_sched.c $(sched_fake)
tests_unit_test_sched_LDADD = libqwsched.la $(CMOCKA_LIBS)
tests_unit_test_sched_choices_SOURCES = tests/unit/test_sched_choices.c $(sched_fake)
tests_unit_test_sched_choices_LDADD = libqwsched.la $(CMOCKA_LIBS)
tests_unit_test_sched_life_SOURCES = tests/unit/test_sched_life.c $(sched_fake)
tests_unit_test_sched_life_LDADD = libqwsched.la $(CMOCKA_LIBS)
tests_unit_test_sched_model_SOURCES = tests/unit/test_sched_model.c tests/golden/rig.c tests/golden/rig.h \
	tests/unit/fake_store.c tests/unit/fake_store.h
tests_unit_test_sched_model_LDADD = libqwsched.la $(CMOCKA_LIBS) $(JANSSON_LIBS) -lm
sched_ask = tests/unit/sched_ask.c tests/unit/sched_ask.h tests/golden/rig.c tests/golden/rig.h
tests_unit_test_sched_store_SOURCES = tests/unit/test_sched_store.c $(sched_ask) \
	tests/unit/fake_store.c tests/unit/fake_store.h
tests_unit_test_sched_store_LDADD = libqwsched.la $(CMOCKA_LIBS) $(JANSSON_LIBS) -lm
tests_unit_test_sched_disk_SOURCES = tests/unit/test_sched_disk.c $(sched_ask)
tests_unit_test_sched_disk_LDADD = libqwsched.la $(CMOCKA_LIBS) $(JANSSON_LIBS) -lm
endif
