/* What the files of `qwenctl session` share. */
#ifndef QW_CTL_CMD_SESSION_H
#define QW_CTL_CMD_SESSION_H

#include "client/ctl/ui/opts.h"
#include "client/qwenclient.h"

struct session_opts { bool json; };
extern struct session_opts session_opts;

/* A daemon (the user's is started), and the session of that name (NULL: none wanted; *id: qw_free).  Exit code. */
int session_connect(qwen_client **c, const char *name, char **id);
int session_usage(const char *command, const char *what);       /* EXIT_USAGE */

/* session_list.c, session_answer.c, session_file.c */
extern const struct opt session_list_opts[], session_show_opts[], session_search_opts[], session_answer_opts[],
    session_resume_opts[],
    session_export_opts[], session_import_opts[], session_json_opts[];
int session_list(int argc, char **argv);
int session_show(int argc, char **argv);
int session_search(int argc, char **argv);
int session_resume(int argc, char **argv);
int session_regenerate(int argc, char **argv);
int session_edit(int argc, char **argv);
int session_export(int argc, char **argv);
int session_import(int argc, char **argv);

#endif
