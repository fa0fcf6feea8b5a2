# base: everybody links it; the includes of its libraries stay inside.
noinst_LTLIBRARIES += libqwbase.la
libqwbase_la_SOURCES = \
	base/buf.c base/buf.h \
	base/catalog.c base/catalog.h \
	base/cgroup.c base/cgroup.h \
	base/clock.c base/clock.h \
	base/cpu.c base/cpu.h \
	base/error.c base/error.h \
	base/fs.c base/fs.h \
	base/hex.h \
	base/io.c base/io.h \
	base/le.h \
	base/log.c base/log.h \
	base/mem.c base/mem.h \
	base/paths.c base/paths.h \
	base/utf8.c base/utf8.h
libqwbase_la_CFLAGS = $(AM_CFLAGS) $(UTF8PROC_CFLAGS) $(SODIUM_CFLAGS)
libqwbase_la_LIBADD = $(UTF8PROC_LIBS) $(SODIUM_LIBS)
EXTRA_DIST += base/README.md tests/unit/base_tmp.h

if HAVE_CMOCKA
base_tests = tests/unit/test_base_buf \
	tests/unit/test_base_catalog \
	tests/unit/test_base_cpu \
	tests/unit/test_base_error \
	tests/unit/test_base_fs \
	tests/unit/test_base_log \
	tests/unit/test_base_mem \
	tests/unit/test_base_paths \
	tests/unit/test_base_utf8
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)
tests_unit_test_base_buf_SOURCES = tests/unit/test_base_buf.c
tests_unit_test_base_buf_LDADD = libqwbase.la $(CMOCKA_LIBS)
tests_unit_test_base_catalog_SOURCES = tests/unit/test_base_catalog.c
tests_unit_test_base_catalog_LDADD = libqwbase.la $(CMOCKA_LIBS)
tests_unit_test_base_cpu_SOURCES = tests/unit/test_base_cpu.c
tests_unit_test_base_cpu_LDADD = libqwbase.la $(CMOCKA_LIBS)
tests_unit_test_base_error_SOURCES = tests/unit/test_base_error.c
tests_unit_test_base_error_LDADD = libqwbase.la $(CMOCKA_LIBS)
tests_unit_test_base_fs_SOURCES = tests/unit/test_base_fs.c
tests_unit_test_base_fs_LDADD = libqwbase.la $(CMOCKA_LIBS)
tests_unit_test_base_log_SOURCES = tests/unit/test_base_log.c
tests_unit_test_base_log_LDADD = libqwbase.la $(CMOCKA_LIBS)
tests_unit_test_base_mem_SOURCES = tests/unit/test_base_mem.c
tests_unit_test_base_mem_LDADD = libqwbase.la $(CMOCKA_LIBS)
tests_unit_test_base_paths_SOURCES = tests/unit/test_base_paths.c
tests_unit_test_base_paths_LDADD = libqwbase.la $(CMOCKA_LIBS)
tests_unit_test_base_utf8_SOURCES = tests/unit/test_base_utf8.c
tests_unit_test_base_utf8_LDADD = libqwbase.la $(CMOCKA_LIBS)
endif
