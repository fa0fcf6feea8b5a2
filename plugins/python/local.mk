# plugins/python: programs that the model writes.  The module exports only qwen_plugin_v1; the test links the
# same objects directly.
noinst_LTLIBRARIES += libqwpython.la
libqwpython_la_SOURCES = plugins/python/program.c plugins/python/program.h plugins/python/result.c \
	plugins/python/json.c plugins/python/json.h plugins/python/prompts.h

plugins_LTLIBRARIES += plugins/python/python.la
plugins_python_python_la_SOURCES = plugins/python/python.c
plugins_python_python_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -export-symbols-regex '^qwen_plugin_v1$$'
plugins_python_python_la_LIBADD  = libqwpython.la -lm

EXTRA_DIST += plugins/python/README.md

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_python
TESTS          += tests/unit/test_python
tests_unit_test_python_SOURCES = tests/unit/test_python.c
tests_unit_test_python_LDADD   = libqwpython.la libqwplughost.la $(CMOCKA_LIBS) -lm
endif
