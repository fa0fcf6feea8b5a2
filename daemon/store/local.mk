# daemon/store: conversations and pages on disk; SQLite is seen only here
noinst_LTLIBRARIES += libqwstore.la
libqwstore_la_SOURCES = \
	daemon/store/check.c \
	daemon/store/db.c daemon/store/db.h \
	daemon/store/delete.c \
	daemon/store/evict.c \
	daemon/store/find.c \
	daemon/store/forget.c \
	daemon/store/lane.c \
	daemon/store/loader.c \
	daemon/store/mailbox.c \
	daemon/store/names.c \
	daemon/store/page_write.c \
	daemon/store/pages.c daemon/store/pages.h \
	daemon/store/query.c \
	daemon/store/recover.c \
	daemon/store/rows.c \
	daemon/store/schema.c \
	daemon/store/search.c \
	daemon/store/slots.c daemon/store/slots.h \
	daemon/store/store.c daemon/store/store.h daemon/store/store_int.h \
	daemon/store/transfer.c daemon/store/transfer.h daemon/store/transfer_int.h \
	daemon/store/transfer_read.c daemon/store/transfer_write.c \
	daemon/store/txn.c \
	daemon/store/writer.c
libqwstore_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(XXHASH_CFLAGS)
libqwstore_la_LIBADD = libqwengine.la libqwbase.la $(SQLITE_LIBS) $(XXHASH_LIBS)

EXTRA_DIST += daemon/store/README.md tests/fault/README.md

if HAVE_CMOCKA
store_tests = tests/unit/test_store_open tests/unit/test_store_pages tests/unit/test_store_rows tests/unit/test_store_delete \
	tests/unit/test_store_search tests/unit/test_store_stop tests/unit/test_store_transfer tests/fault/test_store_faults tests/fault/test_store_power \
	tests/fault/soak_store
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)
store_rig = tests/unit/store_rig.c tests/unit/store_rig.h
tests_unit_test_store_pages_SOURCES = tests/unit/test_store_pages.c $(store_rig)
tests_unit_test_store_pages_LDADD = libqwstore.la $(CMOCKA_LIBS)
tests_unit_test_store_rows_SOURCES = tests/unit/test_store_rows.c $(store_rig)
tests_unit_test_store_rows_LDADD = libqwstore.la $(CMOCKA_LIBS)
tests_unit_test_store_delete_SOURCES = tests/unit/test_store_delete.c $(store_rig)
tests_unit_test_store_delete_LDADD = libqwstore.la $(CMOCKA_LIBS)
tests_unit_test_store_search_SOURCES = tests/unit/test_store_search.c $(store_rig)
tests_unit_test_store_search_LDADD = libqwstore.la $(CMOCKA_LIBS)
tests_unit_test_store_stop_SOURCES = tests/unit/test_store_stop.c $(store_rig)
tests_unit_test_store_stop_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_stop_LDADD = libqwstore.la $(CMOCKA_LIBS) $(SQLITE_LIBS)
tests_unit_test_store_transfer_SOURCES = tests/unit/test_store_transfer.c $(store_rig)
tests_unit_test_store_transfer_LDADD = libqwstore.la $(CMOCKA_LIBS)
tests_unit_test_store_open_SOURCES = tests/unit/test_store_open.c $(store_rig)
tests_unit_test_store_open_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_open_LDADD = libqwstore.la $(CMOCKA_LIBS) $(SQLITE_LIBS)
store_fault = tests/fault/fault.c tests/fault/fault.h tests/fault/script.c tests/fault/script.h $(store_rig)
tests_fault_soak_store_SOURCES = tests/fault/soak_store.c $(store_rig)
tests_fault_soak_store_LDADD = libqwstore.la $(CMOCKA_LIBS)
tests_fault_test_store_faults_SOURCES = tests/fault/test_store_faults.c $(store_fault)
tests_fault_test_store_faults_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_fault_test_store_faults_LDADD = libqwstore.la $(CMOCKA_LIBS) $(SQLITE_LIBS)
tests_fault_test_store_power_SOURCES = tests/fault/test_store_power.c $(store_fault)
tests_fault_test_store_power_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_fault_test_store_power_LDADD = libqwstore.la $(CMOCKA_LIBS) $(SQLITE_LIBS)
endif

check_PROGRAMS += tests/fuzz/fuzz_talk
tests_fuzz_fuzz_talk_SOURCES = tests/fuzz/fuzz_talk.c
tests_fuzz_fuzz_talk_LDADD   = libqwstore.la
tests_fuzz_fuzz_talk_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
if !FUZZING
tests_fuzz_fuzz_talk_SOURCES += tests/fuzz/replay.c
TESTS += tests/fuzz/talk.sh
endif
EXTRA_DIST += tests/fuzz/talk.sh tests/fuzz/small_talk.py

# Figures: tests/bench/store_bench pages|big|scale [DIR]
EXTRA_PROGRAMS += tests/bench/store_bench
tests_bench_store_bench_SOURCES = tests/bench/store_bench.c
tests_bench_store_bench_LDADD = libqwstore.la

# make soak-store N=1000: how many kills
N = 300
.PHONY: soak-store
soak-store: tests/fault/soak_store
	tests/fault/soak_store $(N)

# Every call fails once, and from then on: some minutes.  make check takes samples.
.PHONY: check-faults
check-faults: tests/fault/test_store_faults
	FAULT_STEP=1 tests/fault/test_store_faults
