# qwenctl: one file per command, one table (main.c).
bin_PROGRAMS += client/qwenctl
client_qwenctl_SOURCES = client/ctl/main.c client/ctl/commands.h \
	client/ctl/answer.c client/ctl/answer.h client/ctl/ask.h client/ctl/ask_file.c client/ctl/call.c client/ctl/call.h client/ctl/chat.h client/ctl/chat_slash.c client/ctl/check.c client/ctl/check.h \
	client/ctl/connect.c client/ctl/connect.h client/ctl/fetch.c client/ctl/fetch.h client/ctl/final.c client/ctl/final.h \
	client/ctl/line.c client/ctl/line.h client/ctl/obj.c client/ctl/obj.h client/ctl/opts.c client/ctl/opts.h client/ctl/reply.c client/ctl/reply.h client/ctl/sessions.c client/ctl/sessions.h \
	client/ctl/table.c client/ctl/table.h client/ctl/term.c client/ctl/term.h client/ctl/view.c client/ctl/view.h \
	client/ctl/run_json.c client/ctl/run_json.h client/ctl/cmd_ask.c client/ctl/cmd_bench.c client/ctl/cmd_chat.c client/ctl/cmd_daemon.c client/ctl/cmd_doctor.c \
	client/ctl/cmd_equiv.c client/ctl/cmd_eval.c client/ctl/eval.h client/ctl/eval_file.c client/ctl/eval_run.c client/ctl/eval_sum.c \
	client/ctl/eval_table.c client/ctl/cmd_model.c client/ctl/cmd_plugin.c client/ctl/cmd_plugin_new.c client/ctl/cmd_plugin_test.c \
	client/ctl/plugin_test.h client/ctl/plugin_cases.c client/ctl/plugin_checks.c client/ctl/plugin_hostile.c client/ctl/plugin_report.c \
	client/ctl/plugin_try.c client/ctl/cmd_session.c client/ctl/cmd_session.h \
	client/ctl/session_answer.c client/ctl/session_file.c client/ctl/session_list.c client/ctl/cmd_status.c client/ctl/cmd_store.c client/ctl/cmd_tool.c \
	client/ctl/cmd_verify.c client/ctl/cmd_version.c client/ctl/worksheet.c client/ctl/worksheet.h
nodist_client_qwenctl_SOURCES = client/ctl/plugin_files.h
client_qwenctl_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(EDIT_CFLAGS)
client_qwenctl_LDADD = client/libclientcore.la libqwpull.la libqwprogram.la libqwplughost.la $(JANSSON_LIBS) $(EDIT_LIBS) -lm

# What `qwenctl plugin new` writes travels in the program: the files of plugins/example, byte for byte.
plugin_files = plugins/example/example.c plugins/example/Makefile plugins/example/cases.jsonl plugins/example/README.md plugins/example/.gitignore
client/ctl/plugin_files.h: $(plugin_files)
	$(AM_V_GEN)$(MKDIR_P) client/ctl && for f in $(plugin_files); do \
	echo "static const unsigned char file_`echo $$f | sed 's,.*/,,; s,[^A-Za-z],_,g'`[] = {"; \
	od -An -v -tx1 $(srcdir)/$$f | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g'; echo '0 };'; done > $@.new && mv $@.new $@
client/ctl/qwenctl-cmd_plugin_new.$(OBJEXT): client/ctl/plugin_files.h
BUILT_SOURCES += client/ctl/plugin_files.h
CLEANFILES    += client/ctl/plugin_files.h

# Each shell looks for a file of the command's own name.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = client/completion/qwenctl
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = client/completion/_qwenctl

TESTS += tests/e2e/test_plugin_author.py tests/e2e/test_qwenctl_safe.py
TESTS += tests/e2e/test_qwenctl.py tests/e2e/test_qwenctl_eval.py tests/e2e/test_qwenctl_daemon.py tests/e2e/test_qwenctl_sessions.py
EXTRA_DIST += client/ctl/README.md tests/e2e/test_qwenctl.py tests/e2e/test_qwenctl_eval.py tests/e2e/test_qwenctl_daemon.py tests/e2e/test_qwenctl_sessions.py
EXTRA_DIST += tests/e2e/test_plugin_author.py tests/e2e/test_qwenctl_safe.py tests/plugin/moody.c
