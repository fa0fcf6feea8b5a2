# libqwenclient.  The sources are a convenience library too: qwenctl and the tests link that, so
# that they run from the build tree without a wrapper and see the library's inside.
noinst_LTLIBRARIES += client/libclientcore.la
client_libclientcore_la_SOURCES = client/qwenclient.h client/call.h client/conn.h client/msg.h client/msg.c \
	client/client.c client/call.c client/again.c
client_libclientcore_la_LIBADD = libqwproto.la libqwbase.la

lib_LTLIBRARIES += client/libqwenclient.la
client_libqwenclient_la_SOURCES =
client_libqwenclient_la_LIBADD = client/libclientcore.la
client_libqwenclient_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:1 -no-undefined \
	-Wl,--version-script=$(srcdir)/client/libqwenclient.map
client_libqwenclient_la_DEPENDENCIES = client/libclientcore.la client/libqwenclient.map
include_HEADERS += client/qwenclient.h

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = client/qwenclient.pc
CLEANFILES += client/qwenclient.pc
client/qwenclient.pc: client/qwenclient.pc.in Makefile
	$(AM_V_GEN)$(MKDIR_P) client && sed -e 's|@prefix[@]|$(prefix)|; s|@exec_prefix[@]|$(exec_prefix)|; s|@libdir[@]|$(libdir)|' \
	    -e 's|@includedir[@]|$(includedir)|; s|@PACKAGE_VERSION[@]|$(PACKAGE_VERSION)|' $(srcdir)/client/qwenclient.pc.in > $@

EXTRA_DIST += client/README.md client/libqwenclient.map client/qwenclient.pc.in

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_client tests/unit/test_client_again
TESTS += tests/unit/test_client tests/unit/test_client_again
tests_unit_test_client_again_SOURCES = tests/unit/test_client_again.c
tests_unit_test_client_again_LDADD = client/libclientcore.la $(CMOCKA_LIBS)
tests_unit_test_client_SOURCES = tests/unit/test_client.c
tests_unit_test_client_LDADD = client/libclientcore.la $(CMOCKA_LIBS)
endif
