# daemon/sched.mk: the scheduler, a library without uv, so that its tests need no loop
noinst_LTLIBRARIES += libqwsched.la
libqwsched_la_SOURCES = \
	daemon/sched.c daemon/sched.h daemon/sched_int.h \
	daemon/sched_draft.c daemon/sched_event.c daemon/sched_fetch.c daemon/sched_load.c daemon/sched_seq.c \
	daemon/sched_step.c daemon/sched_store.c
libqwsched_la_LIBADD = libqwstore.la libqwengine.la

if HAVE_CMOCKA
sched_tests = tests/unit/test_sched tests/unit/test_sched_model tests/unit/test_sched_store
check_PROGRAMS += $(sched_tests)
TESTS += $(sched_tests)
# The test has an engine of its own (model, forward, tokenizer), which comes before the archive's.  So has the
# store of tests/unit/fake_store.c, which can hold its answers back and fail as told.
tests_unit_test_sched_SOURCES = tests/unit/test_sched.c tests/unit/fake_store.c tests/unit/fake_store.h
tests_unit_test_sched_LDADD = libqwsched.la $(CMOCKA_LIBS)
tests_unit_test_sched_model_SOURCES = tests/unit/test_sched_model.c tests/golden/rig.c tests/golden/rig.h \
	tests/unit/fake_store.c tests/unit/fake_store.h
tests_unit_test_sched_model_LDADD = libqwsched.la $(CMOCKA_LIBS) $(JANSSON_LIBS) -lm
tests_unit_test_sched_store_SOURCES = tests/unit/test_sched_store.c tests/golden/rig.c tests/golden/rig.h \
	tests/unit/fake_store.c tests/unit/fake_store.h
tests_unit_test_sched_store_LDADD = libqwsched.la $(CMOCKA_LIBS) $(JANSSON_LIBS) -lm
endif
