# plugins/program: programs that a model wrote, and the jail that they run in.
noinst_LTLIBRARIES += libqwprogram.la
libqwprogram_la_SOURCES = plugins/program/program.c plugins/program/program.h plugins/program/start.c plugins/program/start.h \
	plugins/program/layout.c plugins/program/layout.h plugins/program/wire.c plugins/program/wire.h
libqwprogram_la_LIBADD  = libqwplughost.la libqwproto.la libqwbase.la

# Never with a sanitizer: those read /proc, which the jail does not have, and the program is Python a moment later.
pkglibexec_PROGRAMS += plugins/program/qwend-program
plugins_program_qwend_program_SOURCES = plugins/program/main.c plugins/program/layout.c plugins/program/layout.h \
	plugins/program/start.h plugins/host/confine.c plugins/host/confine.h \
	base/error.c base/utf8.c base/buf.c base/mem.c
nodist_plugins_program_qwend_program_SOURCES = plugins/program/zygote_py.h
plugins/program/qwend_program-main.$(OBJEXT): plugins/program/zygote_py.h
plugins_program_qwend_program_CFLAGS  = $(QW_CFLAGS) $(SECCOMP_CFLAGS) $(UTF8PROC_CFLAGS)
plugins_program_qwend_program_LDFLAGS =
plugins_program_qwend_program_LDADD   = $(SECCOMP_LIBS) $(UTF8PROC_LIBS)

# The zygote's source travels in the program: nothing to find, read or replace at run time.
plugins/program/zygote_py.h: plugins/program/zygote.py
	$(AM_V_GEN)$(MKDIR_P) plugins/program && { echo '#define ZYGOTE_PY \'; \
	od -An -v -tx1 $(srcdir)/plugins/program/zygote.py | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g; s/$$/ \\/'; echo 0; } > $@.new && mv $@.new $@
BUILT_SOURCES += plugins/program/zygote_py.h
CLEANFILES    += plugins/program/zygote_py.h
EXTRA_DIST    += plugins/program/README.md plugins/program/zygote.py

# The driver runs programs for tests/plugin/test_jail.py; it is no program of its own.
check_PROGRAMS += tests/plugin/prog_driver
tests_plugin_prog_driver_SOURCES = tests/plugin/prog_driver.c
tests_plugin_prog_driver_LDADD   = libqwprogram.la
TESTS      += tests/plugin/test_jail.py
EXTRA_DIST += tests/plugin/test_jail.py tests/plugin/abuse.py

# A thousand programs in a row, and every abuse in every way; `make check` has a short form of both.
.PHONY: soak-jail
soak-jail: all tests/plugin/prog_driver
	$(AM_TESTS_ENVIRONMENT) JAIL_SOAK=yes $(PYTHON3) $(srcdir)/tests/plugin/test_jail.py

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_program
TESTS          += tests/unit/test_program
tests_unit_test_program_SOURCES = tests/unit/test_program.c
tests_unit_test_program_CFLAGS  = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_program_LDADD   = libqwprogram.la $(CMOCKA_LIBS)
endif
