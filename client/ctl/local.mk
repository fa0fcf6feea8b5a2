# qwenctl: one file per command, one table (main.c).
bin_PROGRAMS += client/qwenctl
client_qwenctl_SOURCES = client/ctl/main.c client/ctl/commands.h \
	client/ctl/answer.c client/ctl/answer.h client/ctl/ask.h client/ctl/ask_file.c client/ctl/chat.h client/ctl/chat_slash.c client/ctl/check.c client/ctl/check.h \
	client/ctl/connect.c client/ctl/connect.h client/ctl/fetch.c client/ctl/fetch.h client/ctl/final.c client/ctl/final.h \
	client/ctl/line.c client/ctl/line.h client/ctl/opts.c client/ctl/opts.h client/ctl/sessions.c client/ctl/sessions.h \
	client/ctl/table.c client/ctl/table.h client/ctl/term.c client/ctl/term.h \
	client/ctl/cmd_ask.c client/ctl/cmd_bench.c client/ctl/cmd_chat.c client/ctl/cmd_daemon.c client/ctl/cmd_doctor.c \
	client/ctl/cmd_equiv.c client/ctl/cmd_eval.c client/ctl/eval.h client/ctl/eval_file.c client/ctl/eval_run.c client/ctl/eval_sum.c \
	client/ctl/eval_table.c client/ctl/cmd_model.c client/ctl/cmd_plugin.c client/ctl/cmd_session.c client/ctl/cmd_session.h \
	client/ctl/session_answer.c client/ctl/session_file.c client/ctl/session_list.c client/ctl/cmd_status.c client/ctl/cmd_store.c \
	client/ctl/cmd_verify.c client/ctl/cmd_version.c client/ctl/worksheet.c client/ctl/worksheet.h
client_qwenctl_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(EDIT_CFLAGS)
client_qwenctl_LDADD = client/libclientcore.la libqwpull.la libqwprogram.la libqwplughost.la $(JANSSON_LIBS) $(EDIT_LIBS) -lm

# Each shell looks for a file of the command's own name.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = client/completion/qwenctl
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = client/completion/_qwenctl

TESTS += tests/e2e/test_qwenctl.py tests/e2e/test_qwenctl_eval.py tests/e2e/test_qwenctl_daemon.py tests/e2e/test_qwenctl_sessions.py
EXTRA_DIST += client/ctl/README.md tests/e2e/test_qwenctl.py tests/e2e/test_qwenctl_eval.py tests/e2e/test_qwenctl_daemon.py tests/e2e/test_qwenctl_sessions.py
