/* A conversation.  The daemon keeps it (session.*), so that each turn is rendered onto the ids that
 * are there, and so that it can be gone on with later; this file keeps only which one it is. */
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/paths.h"
#include "base/utf8.h"
#include "client/ctl/answer/answer.h"
#include "client/ctl/call/call.h"
#include "client/ctl/chat/chat.h"
#include "client/ctl/chat/commands.h"
#include "client/ctl/chat/line.h"
#include "client/ctl/daemon/connect.h"
#include "client/ctl/session/sessions.h"
#include "client/ctl/ui/term.h"

static bool yes, go_on, private_, resume_given;
static const char *resume;
const struct opt chat_opts[] = {
    ANSWER_OPTIONS,
    { "last", 'l', OPT_FLAG, &go_on, NULL, NULL, 0, 0, "go on with the conversation that was used last" },
    { "resume", 'r', OPT_MAYBE, &resume, &resume_given, "SESSION", 0, 0, "go on with this one (or the last); an interrupted answer is finished first" },
    { "private", 'p', OPT_FLAG, &private_, NULL, NULL, 0, 0, "store nothing of this conversation" },
    { "yes", 'y', OPT_FLAG, &yes, NULL, NULL, 0, 0, "fetch a model without asking when none is installed" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

/* ---- talking -------------------------------------------------------------------- */

void chat_set_string(char **p, const char *s)
{
    qw_free(*p);
    *p = s != NULL ? qw_strdup(s) : NULL;
}

void chat_begin_anew(struct chat *ch)
{
    if (ch->session == NULL)
        return;
    if (ch->private_) {
        qwen_msg *m = qwen_msg_new("session.delete");
        qwen_msg_str(m, "session", ch->session);
        qwen_call(ch->c, m, 10000, NULL, NULL, NULL);
    }
    chat_set_string(&ch->session, NULL);
}

static bool begin_session(struct chat *ch, const char *question)
{
    qwen_reply *r = NULL;
    if (ch->session != NULL)
        return true;
    qwen_msg *m = qwen_msg_new("session.create");
    qwen_msg_str(m, "system", answer_system(question));
    answer_put_model(m);
    if (ch->private_)
        qwen_msg_str(m, "durability", "none");
    if (answer_opts.has_verify)             /* it stays so when the conversation is taken up again */
        answer_put_verify(m);
    if (ctl_call(ch->c, m, &r) != EXIT_OK)
        return false;
    const char *id = qwen_reply_str(r, "session");
    chat_set_string(&ch->session, id);
    qwen_reply_free(r);
    return ch->session != NULL;
}

/* The daemon may have ended (idle, restarted) since the last turn. */
static bool reconnect(struct chat *ch)
{
    struct connect_opts how = { .start = true, .need_model = true, .yes = yes, .model = answer_opts.model };
    qwen_close(ch->c);
    ch->c = NULL;
    return ctl_connect(&ch->c, &how) == EXIT_OK;
}

/* Is the conversation still there, and was its answer cut off? */
static void look_again(struct chat *ch)
{
    qwen_reply *r = NULL;
    if (ch->session == NULL)
        return;
    qwen_msg *m = qwen_msg_new("session.show");
    qwen_msg_str(m, "session", ch->session);
    qwen_msg_int(m, "last", 1);
    if (qwen_call(ch->c, m, 30000, NULL, NULL, &r) != 0) {
        chat_set_string(&ch->session, NULL);
        ctl_note("connected again; the conversation before is gone with the daemon's memory");
    } else if (qwen_reply_str(r, "interrupted") != NULL) {
        ctl_note("connected again; `qwenctl session resume %s` finishes the answer", ch->session);
    } else {
        ctl_note("connected again; the conversation is still there");
    }
    qwen_reply_free(r);
}

void chat_after_error(struct chat *ch)
{
    switch (qwen_error_code(ch->c)) {
    case QWEN_ECONTEXT:
        ctl_note("/rewind takes questions back, /clear begins a new conversation; nothing of this one was cut.");
        break;
    case QWEN_ENOTFOUND:
        chat_set_string(&ch->session, NULL);
        ctl_note("the daemon no longer has this conversation; your next question begins another");
        break;
    case QWEN_EIO: case QWEN_ECANCELLED: case QWEN_EDEADLINE:
        if (reconnect(ch)) {
            look_again(ch);
        } else {
            ch->quit = true;
            ch->rc = EXIT_FAILED;
        }
        break;
    default:
        break;
    }
}

void chat_say(struct chat *ch, const char *text)
{
    if (!utf8_valid(text, strlen(text))) {
        ctl_error("this is not valid UTF-8");
        return;
    }
    if (!begin_session(ch, text)) {
        chat_after_error(ch);
        return;
    }
    chat_set_string(&ch->last, text);
    qwen_msg *m = qwen_msg_new("session.chat");
    qwen_msg_str(m, "session", ch->session);
    answer_put_question(m, text);
    int rc = answer_run(ch->c, m, false, NULL);
    if (rc != EXIT_OK && rc != EXIT_INTERRUPTED)
        chat_after_error(ch);
    else if (rc == EXIT_INTERRUPTED && qwen_error_code(ch->c) != 0)
        chat_after_error(ch);
}

/* ---- the loop ------------------------------------------------------------------------- */

static void converse(struct chat *ch, struct line *in)
{
    int idle_interrupts = 0;
    while (!ch->quit) {
        char *text = NULL;
        enum line_end end = line_read(in, &text);
        if (end == LINE_EOF)
            break;
        if (end == LINE_INTERRUPTED) {
            if (++idle_interrupts >= 2)
                ctl_note("Ctrl-D or /quit leaves");
            continue;
        }
        idle_interrupts = 0;
        if (text[0] == '/')
            chat_command(ch, text);
        else if (text[strspn(text, " \t\n")] != '\0')
            chat_say(ch, text);
        qw_free(text);
    }
}

/* --last, --resume: the conversation's end, and what is missing of its last answer. */
static int take_up(struct chat *ch, const char *name)
{
    bool did;
    int rc = session_resolve(ch->c, name, &ch->session);
    if (rc == EXIT_OK)
        rc = session_show_end(ch->c, ch->session, 4);
    if (rc != EXIT_OK)
        return rc;
    rc = session_finish(ch->c, ch->session, false, false, NULL, &did);
    if (rc != EXIT_OK && rc != EXIT_INTERRUPTED)
        chat_after_error(ch);
    return EXIT_OK;
}

static int usage(int argc)
{
    if (private_ && (go_on || resume_given))
        ctl_error("--private begins a conversation that nothing is left of; it does not go with --last and --resume");
    else if (argc > 0 && !(resume_given && resume[0] == '\0' && argc == 1))
        ctl_error("chat takes no arguments; to ask one question: qwenctl ask QUESTION");
    else
        return EXIT_OK;
    return EXIT_USAGE;
}

/* Where it was left, for next time. */
static void say_goodbye(const struct chat *ch)
{
    if (ch->session != NULL && !ch->private_ && isatty(STDIN_FILENO))
        ctl_note("`qwenctl chat --resume %s` goes on with this", ch->session);
}

int cmd_chat(int argc, char **argv)
{
    struct connect_opts how = { .start = true, .need_model = true, .yes = yes, .model = answer_opts.model };
    struct chat ch = { .rc = EXIT_OK, .private_ = private_ };
    const char *name = argc > 0 ? argv[0] : resume_given && resume[0] != '\0' ? resume : "last";
    char *dir = NULL, *history = NULL;
    int rc = usage(argc);
    if (rc != EXIT_OK || (rc = ctl_connect(&ch.c, &how)) != EXIT_OK)
        return rc;
    if (paths_user(QW_DIR_STATE, true, &dir, NULL) == QW_OK)
        history = paths_join(dir, "history");
    struct line *in = line_new(ch.private_ ? NULL : history);
    if (in == NULL) {
        ctl_error("out of memory");
        ch.rc = EXIT_FAILED;
    } else {
        if (isatty(STDIN_FILENO)) {
            answer_say_model(ch.c);
            ctl_note("/help lists commands%s", ch.private_ ? "; nothing of this conversation is stored" : "");
        }
        if (go_on || resume_given)
            ch.rc = take_up(&ch, name);
        if (ch.rc == EXIT_OK && !ch.quit)
            converse(&ch, in);
        line_free(in);
        say_goodbye(&ch);
        if (ch.c != NULL)
            chat_begin_anew(&ch);
    }
    qwen_close(ch.c);
    qw_free(ch.session);
    qw_free(ch.model);
    qw_free(ch.system);
    qw_free(ch.tools);
    qw_free(ch.last);
    qw_free(history);
    qw_free(dir);
    return ch.rc;
}
