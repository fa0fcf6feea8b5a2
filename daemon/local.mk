# daemon: qwend.  A convenience library, so that unit tests link its parts.
include daemon/store/local.mk
include daemon/sched/local.mk

noinst_LTLIBRARIES += libqwdaemon.la
libqwdaemon_la_SOURCES = \
	daemon/blob.c daemon/blob.h daemon/config.c daemon/config.h daemon/config_keys.def daemon/conn.c \
	daemon/conn.h daemon/daemon.c daemon/daemon.h daemon/dispatch.c daemon/dispatch.h daemon/models.c \
	daemon/models.h daemon/notify.c daemon/notify.h daemon/owner.c daemon/owner.h daemon/server.c \
	daemon/server.h daemon/sources.c \
	daemon/api/api.h daemon/api/api_attach.c daemon/api/api_blob.c daemon/api/api_find.c daemon/api/api_model.c \
	daemon/api/api_run.c daemon/api/api_session.c daemon/api/api_status.c daemon/api/api_store.c \
	daemon/api/api_tool.c daemon/api/api_transfer.c daemon/api/api_turn.c daemon/api/api_verify.c \
	daemon/run/asks.c daemon/run/asks.h daemon/run/loop.c daemon/run/loop.h daemon/run/outcome.c \
	daemon/run/run.c daemon/run/run.h daemon/run/run_attach.c daemon/run/run_check.c daemon/run/run_engine.c \
	daemon/run/run_loop.c daemon/run/run_loop.h daemon/run/run_loop_write.c daemon/run/run_program.c \
	daemon/run/run_render.c daemon/run/run_store.c daemon/run/run_stream.c daemon/run/run_tool.c \
	daemon/run/run_tool.h daemon/run/run_tool_write.c daemon/run/run_vote.c daemon/run/tool_call.c \
	daemon/run/tool_call.h daemon/run/verify.c daemon/run/verify.h daemon/run/verify_write.c \
	daemon/session/history.c daemon/session/history.h daemon/session/history_ask.c daemon/session/history_int.h \
	daemon/session/history_op.c daemon/session/session.c daemon/session/session.h daemon/session/session_int.h \
	daemon/session/session_tree.c
libqwdaemon_la_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS) $(INIH_CFLAGS) $(SYSTEMD_CFLAGS)
libqwdaemon_la_LIBADD = libqwsched.la libqwstore.la libqwengine.la libqwprogram.la libqwplughost.la libqwproto.la libqwbase.la \
	$(UV_LIBS) $(INIH_LIBS) $(SYSTEMD_LIBS)

bin_PROGRAMS += daemon/qwend
daemon_qwend_SOURCES = daemon/main.c
daemon_qwend_CFLAGS  = $(AM_CFLAGS) $(UV_CFLAGS)
daemon_qwend_LDADD   = libqwdaemon.la

EXTRA_DIST += daemon/README.md daemon/api/README.md daemon/run/README.md daemon/session/README.md daemon/sched/README.md

if HAVE_CMOCKA
daemon_tests = tests/unit/test_config tests/unit/test_owner tests/unit/test_session tests/unit/test_blob tests/unit/test_loop tests/unit/test_tool_call tests/unit/test_verify
check_PROGRAMS += $(daemon_tests)
TESTS += $(daemon_tests)
tests_unit_test_blob_SOURCES = tests/unit/test_blob.c
tests_unit_test_blob_LDADD = libqwdaemon.la $(CMOCKA_LIBS)
tests_unit_test_loop_SOURCES = tests/unit/test_loop.c
tests_unit_test_loop_LDADD = libqwdaemon.la $(CMOCKA_LIBS)
tests_unit_test_config_SOURCES = tests/unit/test_config.c
tests_unit_test_config_LDADD = libqwdaemon.la $(CMOCKA_LIBS)
tests_unit_test_owner_SOURCES = tests/unit/test_owner.c
tests_unit_test_owner_LDADD = libqwdaemon.la $(CMOCKA_LIBS)
tests_unit_test_session_SOURCES = tests/unit/test_session.c
tests_unit_test_session_LDADD = libqwdaemon.la $(CMOCKA_LIBS)
tests_unit_test_tool_call_SOURCES = tests/unit/test_tool_call.c
tests_unit_test_tool_call_LDADD = libqwdaemon.la $(CMOCKA_LIBS)
tests_unit_test_verify_SOURCES = tests/unit/test_verify.c
tests_unit_test_verify_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS)
tests_unit_test_verify_LDADD = libqwdaemon.la $(CMOCKA_LIBS) $(UV_LIBS)
endif

TESTS += tests/e2e/test_daemon.py tests/e2e/test_plugins.py tests/e2e/test_repack.py tests/e2e/test_sessions.py tests/e2e/test_session_faults.py tests/e2e/test_blobs.py tests/e2e/test_verify_loop.py tests/e2e/test_tools.py tests/e2e/test_numerics.py tests/e2e/test_backend.py
EXTRA_DIST += tests/e2e/test_daemon.py tests/e2e/test_plugins.py tests/e2e/test_repack.py tests/e2e/test_sessions.py tests/e2e/test_session_faults.py tests/e2e/test_blobs.py tests/e2e/test_verify_loop.py tests/e2e/test_tools.py tests/e2e/test_numerics.py tests/e2e/test_backend.py tests/e2e/parrot.py tests/e2e/lib.py
