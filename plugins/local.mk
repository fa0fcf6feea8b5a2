# plugins: those that come with qwend (plugins/calculator has a fragment of its own).
plugins_LTLIBRARIES += plugins/example/example.la
plugins_example_example_la_SOURCES = plugins/example/example.c
plugins_example_example_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared
EXTRA_DIST += plugins/example/README.md
