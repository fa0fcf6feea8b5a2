# plugins/host: the supervisor's library, and the program that a plugin lives in.
noinst_LTLIBRARIES += libqwplughost.la
libqwplughost_la_SOURCES = plugins/host/host.c plugins/host/host.h plugins/host/host_int.h \
	plugins/host/process.c plugins/host/ask.c plugins/host/elf.c plugins/host/names.c plugins/host/record.c plugins/host/record.h \
	plugins/host/spawn.c plugins/host/spawn.h plugins/host/jail.c plugins/host/jail.h \
	plugins/host/confine.c plugins/host/confine.h plugins/qwen_plugin.h
libqwplughost_la_CFLAGS  = $(AM_CFLAGS) $(SECCOMP_CFLAGS) $(XXHASH_CFLAGS)
libqwplughost_la_LIBADD  = libqwproto.la libqwbase.la $(SECCOMP_LIBS) $(XXHASH_LIBS)

pkglibexec_PROGRAMS += plugins/host/qwend-plugin
plugins_host_qwend_plugin_SOURCES = plugins/host/main.c plugins/host/child.c plugins/host/child.h \
	plugins/host/child_int.h plugins/host/child_host.c
plugins_host_qwend_plugin_LDADD   = libqwplughost.la -ldl

include_HEADERS += plugins/qwen_plugin.h
EXTRA_DIST += plugins/README.md plugins/host/README.md

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_plughost
TESTS          += tests/unit/test_plughost
tests_unit_test_plughost_SOURCES = tests/unit/test_plughost.c
tests_unit_test_plughost_CFLAGS  = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_plughost_LDADD   = libqwplughost.la $(CMOCKA_LIBS)

# Plugins that misbehave, and that say what they are told. -rpath: libtool builds a loadable module only for something installed.
check_LTLIBRARIES += tests/plugin/bad.la tests/plugin/scripted.la tests/plugin/toolbox.la
tests_plugin_toolbox_la_SOURCES = tests/plugin/toolbox.c
tests_plugin_toolbox_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath $(abs_builddir)/tests/plugin
tests_plugin_scripted_la_SOURCES = tests/plugin/scripted.c
tests_plugin_scripted_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath $(abs_builddir)/tests/plugin
tests_plugin_bad_la_SOURCES = tests/plugin/bad.c
tests_plugin_bad_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath $(abs_builddir)/tests/plugin

# ABI 1.0: a plugin built with a frozen copy of its header, and where each member was.
check_PROGRAMS += tests/unit/test_plugabi
TESTS          += tests/unit/test_plugabi
tests_unit_test_plugabi_SOURCES = tests/unit/test_plugabi.c tests/plugin/abi_today.c tests/plugin/abi_frozen.c \
	tests/plugin/abi_table.h tests/plugin/abi_members.def tests/plugin/qwen_plugin_1_0.h
tests_unit_test_plugabi_LDADD   = libqwplughost.la $(CMOCKA_LIBS)
check_LTLIBRARIES += tests/plugin/frozen_1_0.la
tests_plugin_frozen_1_0_la_SOURCES = tests/plugin/frozen_1_0.c tests/plugin/qwen_plugin_1_0.h
tests_plugin_frozen_1_0_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath $(abs_builddir)/tests/plugin
endif
