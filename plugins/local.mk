# plugins: those that come with qwend (plugins/calculator has a fragment of its own).
plugins_LTLIBRARIES += plugins/example/example.la
plugins_example_example_la_SOURCES = plugins/example/example.c
# Its header as it is outside this tree: an installed one.
plugins_example_example_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/plugins
plugins_example_example_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared
EXTRA_DIST += plugins/example/README.md plugins/example/Makefile plugins/example/cases.jsonl plugins/example/.gitignore
