/* qwenctl session: the table of its commands, and those that are one request. */
#include "client/ctl/session/cmd_session.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/daemon/connect.h"
#include "client/ctl/session/commands.h"
#include "client/ctl/session/sessions.h"
#include "client/ctl/ui/term.h"

struct session_opts session_opts;

int session_connect(qwen_client **c, const char *name, char **id)
{
    struct connect_opts how = { .start = true };
    int rc = ctl_connect(c, &how);
    if (rc != EXIT_OK || name == NULL)
        return rc;
    rc = session_resolve(*c, name, id);
    if (rc != EXIT_OK) {
        qwen_close(*c);
        *c = NULL;
    }
    return rc;
}

int session_usage(const char *command, const char *what)
{
    ctl_error("session %s: %s (see qwenctl session %s --help)", command, what, command);
    return EXIT_USAGE;
}

/* One request for one session, and its result: as JSON, or by show. */
static int one(qwen_client *c, qwen_msg *m, void (*show)(const qwen_reply *r))
{
    qwen_reply *r = NULL;
    int rc = ctl_call(c, m, &r);
    if (rc == EXIT_OK && session_opts.json)
        rc = reply_put_json(r, NULL);
    else if (rc == EXIT_OK)
        show(r);
    qwen_reply_free(r);
    qwen_close(c);
    return rc;
}

static qwen_msg *request(const char *method, const char *session)
{
    qwen_msg *m = qwen_msg_new(method);
    qwen_msg_str(m, "session", session);
    return m;
}

static void show_title(const qwen_reply *r)
{
    const char *title = qwen_reply_str(r, "title");
    ctl_safe(stdout, qwen_reply_str(r, "session") != NULL ? qwen_reply_str(r, "session") : "?");
    if (qwen_reply_bool(r, "pinned", 0))
        fputs(" *", stdout);
    if (title != NULL && title[0] != '\0') {
        fputs("  ", stdout);
        ctl_safe(stdout, title);
    }
    for (size_t i = 0; i < qwen_reply_len(r, "tags"); i++) {
        char p[32];
        snprintf(p, sizeof p, "tags.%zu", i);
        fputs(i == 0 ? "  [" : " ", stdout);
        ctl_safe(stdout, qwen_reply_str(r, p) != NULL ? qwen_reply_str(r, p) : "");
        if (i + 1 == qwen_reply_len(r, "tags"))
            putchar(']');
    }
    putchar('\n');
}

/* ---- rename, pin, tag ---------------------------------------------------------------- */

static int cmd_rename(int argc, char **argv)
{
    qwen_client *c = NULL;
    char *id = NULL;
    if (argc < 2)
        return session_usage("rename", "which conversation, and what title?");
    int rc = session_connect(&c, argv[0], &id);
    if (rc != EXIT_OK)
        return rc;
    char *title = args_joined(argc - 1, argv + 1);
    qwen_msg *m = request("session.rename", id);
    qwen_msg_str(m, "title", title);
    qw_free(title);
    qw_free(id);
    return one(c, m, show_title);
}

static bool unpin;
static const struct opt pin_opts[] = {
    { "off", 0, OPT_FLAG, &unpin, NULL, NULL, 0, 0, "no longer" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static int cmd_pin(int argc, char **argv)
{
    qwen_client *c = NULL;
    char *id = NULL;
    if (argc != 1)
        return session_usage("pin", "which conversation?");
    int rc = session_connect(&c, argv[0], &id);
    if (rc != EXIT_OK)
        return rc;
    qwen_msg *m = request("session.rename", id);
    qwen_msg_bool(m, "pinned", !unpin);
    qw_free(id);
    return one(c, m, show_title);
}

static struct opt_list removed;
static const struct opt tag_opts[] = {
    { "remove", 'r', OPT_LIST, &removed, NULL, "TAG", 0, 0, "take this one away; may be given again" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static bool among(const char *s, char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(s, list[i]) == 0)
            return true;
    return false;
}

/* The tags that it has, without those that leave or are added again; then the new ones. */
static void put_tags(qwen_msg *m, const qwen_reply *r, int argc, char **argv)
{
    qwen_msg_begin_array(m, "tags");
    for (size_t i = 0; i < qwen_reply_len(r, "tags"); i++) {
        char p[32];
        snprintf(p, sizeof p, "tags.%zu", i);
        const char *t = qwen_reply_str(r, p);
        if (t != NULL && !among(t, (char *const *)removed.v, removed.n) && !among(t, argv, (size_t)argc))
            qwen_msg_str(m, NULL, t);
    }
    for (int i = 0; i < argc; i++)
        if (!among(argv[i], argv, (size_t)i))
            qwen_msg_str(m, NULL, argv[i]);
    qwen_msg_end(m);
}

static int cmd_tag(int argc, char **argv)
{
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    char *id = NULL;
    if (argc < 1 || (argc == 1 && removed.n == 0))
        return session_usage("tag", "which conversation, and which tags?");
    int rc = session_connect(&c, argv[0], &id);
    if (rc != EXIT_OK)
        return rc;
    qwen_msg *show = request("session.show", id);
    qwen_msg_int(show, "last", 1);
    rc = ctl_call(c, show, &r);
    if (rc == EXIT_OK) {
        qwen_msg *m = request("session.rename", id);
        put_tags(m, r, argc - 1, argv + 1);
        rc = one(c, m, show_title);
    } else {
        qwen_close(c);
    }
    qwen_reply_free(r);
    qw_free(id);
    return rc;
}

/* ---- rewind, fork, delete --------------------------------------------------------------- */

/* A method that takes a conversation and one of its messages (as it was typed; NULL: none), and gives a conversation. */
static int at_message(const char *method, const char *session, const char *where, const char *title)
{
    qwen_client *c = NULL;
    char *id = NULL, *message = NULL;
    int rc = session_connect(&c, session, &id);
    if (rc != EXIT_OK)
        return rc;
    if (where != NULL)
        rc = session_message(c, id, where, &message);
    if (rc == EXIT_OK) {
        qwen_msg *m = request(method, id);
        if (message != NULL)
            qwen_msg_str(m, "message", message);
        if (title != NULL)
            qwen_msg_str(m, "title", title);
        rc = one(c, m, show_title);
    } else {
        qwen_close(c);
    }
    qw_free(message);
    qw_free(id);
    return rc;
}

static int cmd_rewind(int argc, char **argv)
{
    if (argc != 2)
        return session_usage("rewind", "which conversation, and to which message (0: before the first)?");
    return at_message("session.rewind", argv[0], argv[1], NULL);
}

static const char *fork_title;
static const struct opt fork_opts[] = {
    { "title", 0, OPT_STR, &fork_title, NULL, "TEXT", 0, 0, "of the new one" },
    { "json", 'j', OPT_FLAG, &session_opts.json, NULL, NULL, 0, 0, "the result as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static int cmd_fork(int argc, char **argv)
{
    if (argc < 1 || argc > 2)
        return session_usage("fork", "which conversation, and where?");
    return at_message("session.fork", argv[0], argc == 2 ? argv[1] : NULL, fork_title);
}

static bool yes;
static const struct opt delete_opts[] = {
    { "yes", 'y', OPT_FLAG, &yes, NULL, NULL, 0, 0, "do not ask" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static int delete_one(qwen_client *c, const char *name)
{
    char *id = NULL;
    qwen_reply *r = NULL;
    int rc = session_resolve(c, name, &id);
    if (rc != EXIT_OK)
        return rc;
    qwen_msg *show = request("session.show", id);
    qwen_msg_int(show, "last", 1);
    rc = ctl_call(c, show, &r);
    if (rc == EXIT_OK) {
        const char *t = qwen_reply_str(r, "title");
        if (!ctl_confirm(yes, false, "Delete %s, %s%lld messages?", id, t != NULL ? t : "",
                         (long long)qwen_reply_int(r, "total", (int64_t)qwen_reply_len(r, "messages")))) {
            ctl_error("%s is kept%s", id, term_interactive() ? "" : ": to delete it without being asked, --yes");
            rc = EXIT_FAILED;
        }
    }
    qwen_reply_free(r);
    if (rc == EXIT_OK)
        rc = ctl_call(c, request("session.delete", id), NULL);
    if (rc == EXIT_OK)
        ctl_note("%s is deleted", id);
    qw_free(id);
    return rc;
}

static int cmd_delete(int argc, char **argv)
{
    qwen_client *c = NULL;
    if (argc < 1)
        return session_usage("delete", "which conversations?");
    int rc = session_connect(&c, NULL, NULL);
    for (int i = 0; i < argc && rc == EXIT_OK; i++)
        rc = delete_one(c, argv[i]);
    qwen_close(c);
    return rc;
}

/* ---- the table ---------------------------------------------------------------------------- */

const struct opt session_json_opts[] = {
    { "json", 'j', OPT_FLAG, &session_opts.json, NULL, NULL, 0, 0, "the result as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

#define NAMING "SESSION: an id of `qwenctl session list`, a beginning of it that only one has, or `last`."
#define NAMING_TOO NAMING "\nMESSAGE: its number in `qwenctl session show`, or its id."

const struct command session_commands[] = {
    { "list", "[WORD]", "Your conversations, pinned and newest first; WORD: in the title, or a tag.", NULL,
      "  qwenctl session list\n  qwenctl session list algebra --json", session_list_opts, NULL, session_list },
    { "show", "SESSION", "A conversation's messages.", NAMING, "  qwenctl session show last\n  qwenctl session show s3fa --last 2",
      session_show_opts, NULL, session_show },
    { "search", "TEXT", "Messages that hold every word of TEXT; Chinese by any part.", NULL,
      "  qwenctl session search 'quadratic equation'\n  qwenctl session search 方程", session_search_opts, NULL, session_search },
    { "resume", "[SESSION]", "Finish an answer that was interrupted, as if it had not been.",
      NAMING "  By default `last`.\nAn answer that is being given to somebody else is followed.  Exit code 1 where nothing is to be finished.",
      "  qwenctl session resume", session_resume_opts, NULL, session_resume },
    { "regenerate", "SESSION", "Another answer to the last question; the present one stays as a branch.", NAMING,
      "  qwenctl session regenerate last --temperature 0.7", session_answer_opts, NULL, session_regenerate },
    { "edit", "SESSION MESSAGE TEXT", "Put another question in its place, and answer that.", NAMING_TOO,
      "  qwenctl session edit last 1 'Solve 3x + 5 = 17'", session_answer_opts, NULL, session_edit },
    { "rename", "SESSION TITLE", "Give a conversation a title.", NAMING, "  qwenctl session rename last 'linear equations'",
      session_json_opts, NULL, cmd_rename },
    { "pin", "SESSION", "Keep it at the top of the list.", NAMING, "  qwenctl session pin last\n  qwenctl session pin --off last",
      pin_opts, NULL, cmd_pin },
    { "tag", "SESSION [TAG]...", "Add and remove tags, words without blanks.", NAMING, "  qwenctl session tag last algebra --remove todo",
      tag_opts, NULL, cmd_tag },
    { "rewind", "SESSION MESSAGE", "Go back: the next question follows MESSAGE.", NAMING_TOO "  0: before the first.",
      "  qwenctl session rewind last 2", session_json_opts, NULL, cmd_rewind },
    { "fork", "SESSION [MESSAGE]", "Another conversation with the same beginning.", NAMING_TOO,
      "  qwenctl session fork last 2 --title 'another way'", fork_opts, NULL, cmd_fork },
    { "export", "SESSION [FILE]", "Write a conversation to a file, for `import` here or elsewhere.",
      NAMING "\nFILE is SESSION.qwsession by default; -: standard output.  Only what is stored can be exported.",
      "  qwenctl session export last sums.qwsession\n  qwenctl session export s3fa - | ssh other qwenctl session import -", session_export_opts, NULL, session_export },
    { "import", "FILE", "Make a conversation of an exported file.", NULL, "  qwenctl session import sums.qwsession --title 'from my laptop'",
      session_import_opts, NULL, session_import },
    { "delete", "SESSION...", "Forget conversations.", NAMING, "  qwenctl session delete s3fa s91c --yes", delete_opts, NULL, cmd_delete },
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};
