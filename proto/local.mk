# proto: the wire.  Convenience library for the daemon, the client and the plugin host.
noinst_LTLIBRARIES += libqwproto.la
libqwproto_la_SOURCES = proto/mp.h proto/mp.c proto/mpw.c proto/rpc.h proto/rpc.c \
	proto/table.h proto/table.c proto/table_check.c proto/table_info.c proto/table_int.h
libqwproto_la_CFLAGS = $(AM_CFLAGS) $(MSGPACK_CFLAGS)

EXTRA_DIST += proto/PROTOCOL.md proto/README.md

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_mp tests/unit/test_rpc tests/unit/test_table
TESTS += tests/unit/test_mp tests/unit/test_rpc tests/unit/test_table
tests_unit_test_mp_SOURCES = tests/unit/test_mp.c
tests_unit_test_mp_CFLAGS = $(AM_CFLAGS) $(MSGPACK_CFLAGS)
tests_unit_test_mp_LDADD = libqwproto.la libqwbase.la $(MSGPACK_LIBS) $(CMOCKA_LIBS)
tests_unit_test_rpc_SOURCES = tests/unit/test_rpc.c
tests_unit_test_rpc_LDADD = libqwproto.la libqwbase.la $(CMOCKA_LIBS)
tests_unit_test_table_SOURCES = tests/unit/test_table.c
tests_unit_test_table_CFLAGS = $(AM_CFLAGS) $(MSGPACK_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_table_LDADD = libqwproto.la libqwbase.la $(MSGPACK_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
endif

# Fuzz targets; without --enable-fuzzing their main is tests/fuzz/replay.c.
check_PROGRAMS += tests/fuzz/fuzz_frame tests/fuzz/fuzz_table
tests_fuzz_fuzz_frame_SOURCES = tests/fuzz/fuzz_frame.c
tests_fuzz_fuzz_frame_LDADD = libqwproto.la libqwbase.la
tests_fuzz_fuzz_frame_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_table_SOURCES = tests/fuzz/fuzz_table.c
tests_fuzz_fuzz_table_LDADD = libqwproto.la libqwbase.la
tests_fuzz_fuzz_table_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
if !FUZZING
tests_fuzz_fuzz_frame_SOURCES += tests/fuzz/replay.c
tests_fuzz_fuzz_table_SOURCES += tests/fuzz/replay.c
TESTS += tests/fuzz/wire.sh
endif
TESTS += tests/e2e/test_protocol.py tests/e2e/test_foreign.py
EXTRA_DIST += tests/fuzz/wire.sh tests/e2e/test_foreign.py tests/e2e/test_protocol.py tests/e2e/qwmsgpack.py
