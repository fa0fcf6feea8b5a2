/* What a line of `chat` that begins with a slash does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"
#include "client/ctl/answer/answer.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/chat/chat.h"
#include "client/ctl/chat/line.h"
#include "client/ctl/ui/term.h"
#include "proto/table.h"

static void c_retry(struct chat *ch, const char *arg)
{
    (void)arg;
    if (ch->session == NULL) {
        ctl_error("there is nothing to try again yet");
        return;
    }
    qwen_msg *m = qwen_msg_new("session.regenerate");
    qwen_msg_str(m, "session", ch->session);
    answer_put_model(m);
    if (!answer_opts.has_temperature || answer_opts.temperature == 0)
        ctl_note("at temperature 0 the answer will be the same; /set temperature 0.7 varies it");
    int rc = answer_run(ch->c, m, false, NULL);
    if (rc != EXIT_OK && qwen_error_code(ch->c) != 0)
        chat_after_error(ch);
}

static void c_clear(struct chat *ch, const char *arg)
{
    (void)arg;
    bool kept = ch->session != NULL && !ch->private_;
    if (kept)
        ctl_note("a new conversation; the one before stays as %s", ch->session);
    else
        ctl_note("a new conversation");
    chat_begin_anew(ch);
}

/* One request about this conversation.  NULL: it failed, which was said. */
static qwen_reply *ask_about(struct chat *ch, const char *method, const char *key, const char *value)
{
    qwen_reply *r = NULL;
    if (ch->session == NULL) {
        ctl_error("there is no conversation yet");
        return NULL;
    }
    qwen_msg *m = qwen_msg_new(method);
    qwen_msg_str(m, "session", ch->session);
    if (key != NULL)
        qwen_msg_str(m, key, value);
    if (ctl_call(ch->c, m, &r) != EXIT_OK)
        chat_after_error(ch);
    return r;
}

static void c_title(struct chat *ch, const char *arg)
{
    qwen_reply *r = arg[0] != '\0' ? ask_about(ch, "session.rename", "title", arg) : ask_about(ch, "session.show", NULL, NULL);
    const char *title = r != NULL ? qwen_reply_str(r, "title") : NULL;
    if (r != NULL)
        ctl_note("%s: %s", ch->session, title != NULL ? title : "(no title)");
    qwen_reply_free(r);
}

static void c_fork(struct chat *ch, const char *arg)
{
    qwen_reply *r = ask_about(ch, "session.fork", arg[0] != '\0' ? "title" : NULL, arg);
    const char *id = r != NULL ? qwen_reply_str(r, "session") : NULL;
    if (id != NULL) {
        ctl_note("from here on this is %s; %s stays as it is", id, ch->session);
        chat_set_string(&ch->session, id);
    }
    qwen_reply_free(r);
}

/* N questions back, 1 by default: the head becomes what was before the Nth last question. */
static void c_rewind(struct chat *ch, const char *arg)
{
    char *end;
    long back = arg[0] != '\0' ? strtol(arg, &end, 10) : 1, seen = 0;
    if (back < 1 || back > 100000 || (arg[0] != '\0' && *end != '\0')) {
        ctl_error("/rewind N: so many questions back");
        return;
    }
    qwen_reply *r = ask_about(ch, "session.show", NULL, NULL);
    if (r == NULL)
        return;
    size_t i = qwen_reply_len(r, "messages");
    while (i > 0 && seen < back)
        seen += strcmp(entry_str(r, "messages", --i, "role"), "user") == 0;
    if (seen < back) {
        ctl_error("there are only %ld questions", seen);
    } else {
        qwen_reply *done = ask_about(ch, "session.rewind", "message", i > 0 ? entry_str(r, "messages", i - 1, "message") : "");
        if (done != NULL)
            ctl_note("back before: %s", entry_str(r, "messages", i, "text"));
        qwen_reply_free(done);
    }
    qwen_reply_free(r);
}

static void c_system(struct chat *ch, const char *arg)
{
    if (arg[0] == '\0') {
        ctl_note("system prompt: %s", answer_opts.system != NULL ? answer_opts.system : "the maths one, in your question's language");
        return;
    }
    chat_set_string(&ch->system, arg);
    answer_opts.system = ch->system;
    chat_begin_anew(ch);
    ctl_note("set; a new conversation begins with it");
}

static void c_model(struct chat *ch, const char *arg)
{
    if (arg[0] == '\0') {
        answer_say_model(ch->c);
        return;
    }
    qwen_reply *r = NULL;
    qwen_msg *m = qwen_msg_new("model.show");
    qwen_msg_str(m, "model", arg);
    if (ctl_call(ch->c, m, &r) != EXIT_OK) {
        chat_after_error(ch);
        return;
    }
    const char *state = qwen_reply_str(r, "state");
    if (state != NULL && strcmp(state, "absent") == 0) {
        ctl_error("%s is not installed: `qwenctl model pull %s` fetches it", arg, arg);
    } else {
        chat_set_string(&ch->model, arg);
        answer_opts.model = ch->model;
        ctl_note("the next answer comes from %s", arg);
    }
    qwen_reply_free(r);
}

static void c_verify(struct chat *ch, const char *arg)
{
    static const struct { const char *name, *mode, *said; } modes[] = {
        { "off", "off", "answers are not checked" }, { "check", "check", "answers are checked" }, { "on", "check", "answers are checked" },
        { "retry", "retry", "answers are checked, and what is refuted is tried again" },
        { "vote", "vote", "several answers are drawn and checked, and the best one is taken" },
    };
    (void)ch;
    if (arg[0] == '\0')
        arg = answer_verifies() ? "off" : "on";
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(arg, modes[i].name) != 0)
            continue;
        answer_opts.verify = modes[i].mode;
        answer_opts.unverified = false;
        ctl_note("%s", modes[i].said);
        return;
    }
    ctl_error("/verify off, check, retry or vote");
}

/* Names with blanks between them; off: none. */
static void c_tool(struct chat *ch, const char *arg)
{
    struct opt_list *l = &answer_opts.tools;
    if (arg[0] != '\0') {
        char *save = NULL;
        l->n = 0;
        chat_set_string(&ch->tools, strcmp(arg, "off") == 0 ? "" : arg);
        for (char *name = ch->tools != NULL ? strtok_r(ch->tools, " ", &save) : NULL; name != NULL && l->n < OPT_LIST_MAX; name = strtok_r(NULL, " ", &save))
            l->v[l->n++] = name;
    }
    if (l->n == 0)
        ctl_note("the model calls no tools (`qwenctl tool list` has what there is: /tool NAME)");
    for (size_t i = 0; i < l->n; i++)
        ctl_note("the model may call %s", l->v[i]);
}

static void c_stats(struct chat *ch, const char *arg)
{
    (void)ch;
    (void)arg;
    answer_opts.stats = !answer_opts.stats;
    ctl_note("numbers after each answer: %s", answer_opts.stats ? "on" : "off");
}

static const struct setting {
    const char *name;
    double *f; int64_t *i; bool *given; double min, max;
} settings[] = {
    { "temperature", &answer_opts.temperature, NULL, &answer_opts.has_temperature, 0, 10 },
    { "top_p", &answer_opts.top_p, NULL, &answer_opts.has_top_p, 0, 1 },
    { "top_k", NULL, &answer_opts.top_k, &answer_opts.has_top_k, 0, 1000000 },
    { "min_p", &answer_opts.min_p, NULL, &answer_opts.has_min_p, 0, 1 },
    { "repetition_penalty", &answer_opts.repetition_penalty, NULL, &answer_opts.has_repetition_penalty, 0.01, 10 },
    { "presence_penalty", &answer_opts.presence_penalty, NULL, &answer_opts.has_presence_penalty, -2, 2 },
    { "frequency_penalty", &answer_opts.frequency_penalty, NULL, &answer_opts.has_frequency_penalty, -2, 2 },
    { "seed", NULL, &answer_opts.seed, &answer_opts.has_seed, 0, 9007199254740991.0 },
    { "max_tokens", NULL, &answer_opts.max_tokens, &answer_opts.has_max_tokens, 1, 1048576 },
};
enum { N_SETTINGS = sizeof settings / sizeof settings[0] };

static const char *setting_at(void *arg, size_t i)
{
    (void)arg;
    return i < N_SETTINGS ? settings[i].name : NULL;
}

static void show_settings(void)
{
    for (size_t i = 0; i < N_SETTINGS; i++) {
        const struct setting *s = &settings[i];
        if (!*s->given)
            ctl_note("%-20s the default", s->name);
        else if (s->f != NULL)
            ctl_note("%-20s %g", s->name, *s->f);
        else
            ctl_note("%-20s %lld", s->name, (long long)*s->i);
    }
}

static void c_set(struct chat *ch, const char *arg)
{
    (void)ch;
    size_t n = strcspn(arg, " =");
    const char *value = arg + n + strspn(arg + n, " =");
    const struct setting *s = NULL;
    char *end;
    if (n == 0) {
        show_settings();
        return;
    }
    for (size_t i = 0; i < N_SETTINGS; i++)
        if (strlen(settings[i].name) == n && memcmp(settings[i].name, arg, n) == 0)
            s = &settings[i];
    if (s == NULL) {
        const char *near = nearest_name(arg, n, setting_at, NULL);
        ctl_error(near != NULL ? "no setting '%.*s'; did you mean '%s'?" : "no setting '%.*s' (/set lists them)%s", (int)n, arg, near != NULL ? near : "");
        return;
    }
    if (value[0] == '\0') {
        *s->given = false;
        ctl_note("%s: the default", s->name);
        return;
    }
    errno = 0;
    double f = s->f != NULL ? strtod(value, &end) : (double)strtoll(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0 || !(f >= s->min && f <= s->max)) {
        ctl_error("%s takes %s from %.16g to %.16g", s->name, s->f != NULL ? "a number" : "a whole number", s->min, s->max);
        return;
    }
    if (s->f != NULL)
        *s->f = f;
    else
        *s->i = strtoll(value, NULL, 10);
    *s->given = true;
    ctl_note("%s: %s", s->name, value);
}

/* A file is looked at in terminals, too. */
static void save_text(struct qw_buf *b, const char *s, size_t n, const char *line_break)
{
    struct safe_state at = { 0 };
    safe_add(b, &at, s, n, line_break);
}

static void c_save(struct chat *ch, const char *arg)
{
    qwen_reply *r = NULL;
    struct qw_error err = { 0 };
    struct qw_buf b = QW_BUF_INIT;
    if (arg[0] == '\0' || ch->session == NULL) {
        ctl_error(arg[0] == '\0' ? "where? /save FILE" : "there is no conversation yet");
        return;
    }
    qwen_msg *m = qwen_msg_new("session.show");
    qwen_msg_str(m, "session", ch->session);
    if (ctl_call(ch->c, m, &r) != EXIT_OK) {
        chat_after_error(ch);
        return;
    }
    const char *system = qwen_reply_str(r, "system");
    if (system != NULL && system[0] != '\0') {
        qw_buf_adds(&b, "## system\n\n");
        save_text(&b, system, strlen(system), "\n");
        qw_buf_adds(&b, "\n\n");
    }
    for (size_t i = 0; i < qwen_reply_len(r, "messages"); i++) {
        size_t n;
        const char *role = entry_str(r, "messages", i, "role"), *text = entry_text(r, "messages", i, "text", &n);
        const char *verdict = entry_str(r, "messages", i, "verdict");
        if (strcmp(role, "system") == 0 && b.len > 0)
            continue;                       /* it stands above */
        qw_buf_adds(&b, "## ");
        save_text(&b, role, strlen(role), "\\n");
        qw_buf_adds(&b, verdict[0] != '\0' ? ", " : "");
        save_text(&b, verdict, strlen(verdict), "\\n");
        qw_buf_adds(&b, "\n\n");
        save_text(&b, text, n, "\n");
        qw_buf_adds(&b, "\n\n");
    }
    if (qw_buf_failed(&b))
        ctl_error("out of memory");
    else if (fs_replace_file(arg, b.data != NULL ? b.data : "", b.len, 0600, &err) != QW_OK)
        ctl_error("%s", err.msg);
    else
        ctl_note("saved to %s", arg);
    qw_buf_free(&b);
    qwen_reply_free(r);
}

static void c_edit(struct chat *ch, const char *arg)
{
    char *text = line_edit(arg[0] != '\0' ? arg : ch->last != NULL ? ch->last : "");
    if (text == NULL)
        return;
    struct text_out t = { .f = stdout };
    text_put(&t, text, strlen(text));
    text_end(&t);
    chat_say(ch, text);
    qw_free(text);
}

static void c_quit(struct chat *ch, const char *arg)
{
    (void)arg;
    ch->quit = true;
}

static void c_help(struct chat *ch, const char *arg);
static const struct { const char *name, *args, *help; void (*run)(struct chat *, const char *); } slash[] = {
    { "help", "", "this list", c_help },
    { "system", "[TEXT]", "another system prompt; begins a new conversation", c_system },
    { "set", "[NAME [VALUE]]", "sampling: temperature, top_p, seed, max_tokens ...; no value: the default again", c_set },
    { "model", "[NAME]", "who answers", c_model },
    { "verify", "[off|check|retry|vote]", "how answers are checked", c_verify },
    { "tool", "[NAME...|off]", "what the model may call, e.g. python", c_tool },
    { "retry", "", "another answer to the last question", c_retry },
    { "edit", "[TEXT]", "write in $EDITOR, beginning with the last question", c_edit },
    { "rewind", "[N]", "take back the last question, or the last N", c_rewind },
    { "fork", "[TITLE]", "go on in a copy; this conversation stays as it is", c_fork },
    { "title", "[TEXT]", "what this conversation is called", c_title },
    { "clear", "", "a new conversation", c_clear },
    { "stats", "", "numbers after each answer, on or off", c_stats },
    { "save", "FILE", "the conversation as text", c_save },
    { "quit", "", "leave (Ctrl-D too)", c_quit },
};
enum { N_SLASH = sizeof slash / sizeof slash[0] };

static void c_help(struct chat *ch, const char *arg)
{
    (void)ch;
    (void)arg;
    for (size_t i = 0; i < N_SLASH; i++) {
        char left[48];
        snprintf(left, sizeof left, "/%s %s", slash[i].name, slash[i].args);
        ctl_note("%-24s %s", left, slash[i].help);
    }
    ctl_note("A line that ends in \\ goes on; \"\"\" alone on a line begins and ends several.  Ctrl-C stops an answer.");
}

static const char *slash_at(void *arg, size_t i)
{
    (void)arg;
    return i < N_SLASH ? slash[i].name : NULL;
}

void chat_command(struct chat *ch, const char *text)
{
    size_t n = strcspn(text + 1, " ");
    const char *arg = text + 1 + n + strspn(text + 1 + n, " ");
    for (size_t i = 0; i < N_SLASH; i++)
        if (strlen(slash[i].name) == n && memcmp(slash[i].name, text + 1, n) == 0) {
            slash[i].run(ch, arg);
            return;
        }
    const char *near = nearest_name(text + 1, n, slash_at, NULL);
    if (near != NULL)
        ctl_error("no command /%.*s; did you mean /%s?", (int)n, text + 1, near);
    else
        ctl_error("no command /%.*s (/help lists them)", (int)n, text + 1);
}
