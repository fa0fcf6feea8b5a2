# qwenctl: a folder per room, one table of commands (main.c).
bin_PROGRAMS += client/qwenctl
client_qwenctl_SOURCES = client/ctl/main.c \
	client/ctl/answer/answer.c client/ctl/answer/answer.h client/ctl/answer/final.c client/ctl/answer/final.h \
	client/ctl/answer/view.c client/ctl/answer/view.h \
	client/ctl/ask/ask.h client/ctl/ask/ask_file.c client/ctl/ask/cmd_ask.c client/ctl/ask/commands.h \
	client/ctl/ask/worksheet.c client/ctl/ask/worksheet.h \
	client/ctl/call/call.c client/ctl/call/call.h client/ctl/call/reply.c client/ctl/call/reply.h \
	client/ctl/chat/chat.h client/ctl/chat/chat_slash.c client/ctl/chat/cmd_chat.c client/ctl/chat/commands.h \
	client/ctl/chat/line.c client/ctl/chat/line.h \
	client/ctl/daemon/cmd_bench.c client/ctl/daemon/cmd_daemon.c client/ctl/daemon/cmd_doctor.c \
	client/ctl/daemon/cmd_status.c client/ctl/daemon/cmd_store.c client/ctl/daemon/cmd_version.c \
	client/ctl/daemon/commands.h client/ctl/daemon/connect.c client/ctl/daemon/connect.h client/ctl/daemon/run_json.c \
	client/ctl/daemon/run_json.h \
	client/ctl/eval/cmd_eval.c client/ctl/eval/commands.h client/ctl/eval/eval.h client/ctl/eval/eval_file.c \
	client/ctl/eval/eval_run.c client/ctl/eval/eval_sum.c client/ctl/eval/eval_table.c \
	client/ctl/model/cmd_model.c client/ctl/model/commands.h client/ctl/model/fetch.c client/ctl/model/fetch.h \
	client/ctl/plugin/cmd_plugin.c client/ctl/plugin/cmd_plugin_new.c client/ctl/plugin/cmd_plugin_test.c \
	client/ctl/plugin/cmd_tool.c client/ctl/plugin/commands.h client/ctl/plugin/plugin_cases.c \
	client/ctl/plugin/plugin_checks.c client/ctl/plugin/plugin_hostile.c client/ctl/plugin/plugin_report.c \
	client/ctl/plugin/plugin_test.h client/ctl/plugin/plugin_try.c \
	client/ctl/session/cmd_session.c client/ctl/session/cmd_session.h client/ctl/session/commands.h \
	client/ctl/session/session_answer.c client/ctl/session/session_file.c client/ctl/session/session_list.c \
	client/ctl/session/sessions.c client/ctl/session/sessions.h \
	client/ctl/ui/obj.c client/ctl/ui/obj.h client/ctl/ui/opts.c client/ctl/ui/opts.h client/ctl/ui/table.c \
	client/ctl/ui/table.h client/ctl/ui/term.c client/ctl/ui/term.h \
	client/ctl/verify/check.c client/ctl/verify/check.h client/ctl/verify/cmd_equiv.c client/ctl/verify/cmd_verify.c \
	client/ctl/verify/commands.h
nodist_client_qwenctl_SOURCES = client/ctl/plugin/plugin_files.h
client_qwenctl_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(EDIT_CFLAGS)
client_qwenctl_LDADD = client/libclientcore.la libqwpull.la libqwprogram.la libqwplughost.la $(JANSSON_LIBS) $(EDIT_LIBS) -lm

# What `qwenctl plugin new` writes travels in the program: the files of plugins/example, byte for byte.
plugin_files = plugins/example/example.c plugins/example/Makefile plugins/example/cases.jsonl plugins/example/README.md plugins/example/.gitignore
client/ctl/plugin/plugin_files.h: $(plugin_files)
	$(AM_V_GEN)$(MKDIR_P) client/ctl/plugin && for f in $(plugin_files); do \
	echo "static const unsigned char file_`echo $$f | sed 's,.*/,,; s,[^A-Za-z],_,g'`[] = {"; \
	od -An -v -tx1 $(srcdir)/$$f | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g'; echo '0 };'; done > $@.new && mv $@.new $@
client/ctl/plugin/qwenctl-cmd_plugin_new.$(OBJEXT): client/ctl/plugin/plugin_files.h
BUILT_SOURCES += client/ctl/plugin/plugin_files.h
CLEANFILES    += client/ctl/plugin/plugin_files.h

# Each shell looks for a file of the command's own name.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = client/completion/qwenctl
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = client/completion/_qwenctl

TESTS += tests/e2e/test_plugin_author.py tests/e2e/test_qwenctl_safe.py
TESTS += tests/e2e/test_qwenctl.py tests/e2e/test_qwenctl_eval.py tests/e2e/test_qwenctl_daemon.py tests/e2e/test_qwenctl_sessions.py
EXTRA_DIST += client/ctl/README.md client/ctl/answer/README.md client/ctl/ask/README.md client/ctl/call/README.md client/ctl/chat/README.md client/ctl/daemon/README.md client/ctl/eval/README.md client/ctl/model/README.md client/ctl/plugin/README.md client/ctl/session/README.md client/ctl/ui/README.md client/ctl/verify/README.md
EXTRA_DIST += tests/e2e/test_qwenctl.py tests/e2e/test_qwenctl_eval.py tests/e2e/test_qwenctl_daemon.py tests/e2e/test_qwenctl_sessions.py
EXTRA_DIST += tests/e2e/test_plugin_author.py tests/e2e/test_qwenctl_safe.py tests/plugin/moody.c
