#include "client/ctl/session/sessions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "client/ctl/answer/answer.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/ui/term.h"

#define ID_LEN 16                           /* a letter and 15 hexadecimal digits */

/* ---- the list, and names in it ------------------------------------------------------------ */

int session_each(qwen_client *c, const char *query, session_row_fn *row, void *arg)
{
    char *cursor = NULL;
    bool more = true;
    int rc = EXIT_OK;
    while (more && rc == EXIT_OK) {
        qwen_reply *r = NULL;
        qwen_msg *m = qwen_msg_new("session.list");
        qwen_msg_int(m, "limit", 500);
        if (query != NULL)
            qwen_msg_str(m, "query", query);
        if (cursor != NULL)
            qwen_msg_str(m, "cursor", cursor);
        rc = ctl_call(c, m, &r);
        for (size_t i = 0; rc == EXIT_OK && more && i < qwen_reply_len(r, "sessions"); i++)
            more = row(arg, r, i);
        qw_free(cursor);
        const char *next = qwen_reply_str(r, "cursor");
        cursor = next != NULL ? qw_strdup(next) : NULL;
        more = more && cursor != NULL;
        qwen_reply_free(r);
    }
    qw_free(cursor);
    return rc;
}

static bool is_id_part(char letter, const char *s)
{
    size_t from = s[0] == letter;
    return s[from] != '\0' && strlen(s) < ID_LEN && s[from + strspn(s + from, "0123456789abcdef")] == '\0';
}

static bool is_whole_id(char letter, const char *s)
{
    return s[0] == letter && strlen(s) == ID_LEN && s[1 + strspn(s + 1, "0123456789abcdef")] == '\0';
}

/* Does an id begin so?  The letter may be left out. */
static bool begins(const char *id, char letter, const char *part)
{
    return strncmp(id + (part[0] != letter), part, strlen(part)) == 0;
}

struct search {
    const char *part;           /* NULL: the newest */
    char found[4][32];
    size_t n;
    int64_t newest_ms;
};

static bool match_row(void *arg, const qwen_reply *r, size_t i)
{
    struct search *s = arg;
    const char *id = entry_str(r, "sessions", i, "session");
    if (s->part == NULL) {
        int64_t at = entry_int(r, "sessions", i, "updated_unix_ms");
        if (s->n == 0 || at > s->newest_ms) {
            snprintf(s->found[0], sizeof s->found[0], "%s", id);
            s->newest_ms = at;
            s->n = 1;
        }
        return entry_bool(r, "sessions", i, "pinned", false);      /* pinned ones come first; then the newest */
    }
    if (!begins(id, 's', s->part))
        return true;
    if (s->n < 4)
        snprintf(s->found[s->n], sizeof s->found[0], "%s", id);
    s->n++;
    return s->n < 5;
}

int session_resolve(qwen_client *c, const char *name, char **id)
{
    struct search s = { .part = strcmp(name, "last") == 0 ? NULL : name };
    if (is_whole_id('s', name)) {
        *id = qw_strdup(name);
        return *id != NULL ? EXIT_OK : EXIT_FAILED;
    }
    if (s.part != NULL && !is_id_part('s', name)) {
        ctl_error("'%s' is no conversation: name one by its id, the beginning of its id, or `last` (qwenctl session list)", name);
        return EXIT_FAILED;
    }
    int rc = session_each(c, NULL, match_row, &s);
    if (rc != EXIT_OK)
        return rc;
    if (s.n == 0 && s.part == NULL) {
        ctl_error("there is no conversation yet: `qwenctl chat` begins one");
        return EXIT_FAILED;
    }
    if (s.n == 0) {
        ctl_error("no conversation of yours begins with '%s' (qwenctl session list)", name);
        return EXIT_FAILED;
    }
    if (s.n > 1) {
        ctl_error("'%s' fits several conversations: %s, %s%s%s", name, s.found[0], s.found[1], s.n > 2 ? ", " : "", s.n > 2 ? s.found[2] : "");
        return EXIT_FAILED;
    }
    *id = qw_strdup(s.found[0]);
    return *id != NULL ? EXIT_OK : EXIT_FAILED;
}

static qwen_msg *show_request(const char *session)
{
    qwen_msg *m = qwen_msg_new("session.show");
    qwen_msg_str(m, "session", session);
    return m;
}

int session_message(qwen_client *c, const char *session, const char *name, char **id)
{
    qwen_reply *r = NULL;
    char *end;
    long number = strlen(name) < 7 ? strtol(name, &end, 10) : -1;
    bool by_number = number >= 0 && end != name && *end == '\0';
    const char *found = is_whole_id('m', name) ? name : by_number && number == 0 ? "" : NULL;
    if (found == NULL) {
        int rc = ctl_call(c, show_request(session), &r);
        if (rc != EXIT_OK)
            return rc;
        size_t n = qwen_reply_len(r, "messages"), hits = 0;
        if (by_number && (size_t)number <= n)
            found = entry_str(r, "messages", (size_t)number - 1, "message");
        for (size_t i = 0; !by_number && i < n; i++) {
            const char *m = entry_str(r, "messages", i, "message");
            if (begins(m, 'm', name) && ++hits == 1)
                found = m;
        }
        if (found == NULL || hits > 1) {
            ctl_error("'%s' is %s of this conversation, which has %zu (`qwenctl session show %s` numbers them)", name,
                      hits > 1 ? "several messages" : "no message", n, session);
            qwen_reply_free(r);
            return EXIT_FAILED;
        }
    }
    *id = qw_strdup(found);
    qwen_reply_free(r);
    return *id != NULL ? EXIT_OK : EXIT_FAILED;
}

/* ---- showing ------------------------------------------------------------------------------ */

void session_show_message(size_t number, const char *role, const char *id, const char *text, size_t n, const char *verdict)
{
    struct text_out t = { .f = stdout };
    fputs(style(stdout, BOLD), stdout);
    if (number > 0)
        printf("%zu ", number);
    ctl_safe(stdout, role);
    fputs(style(stdout, PLAIN), stdout);
    fputs(style(stdout, DIM), stdout);
    if (id[0] != '\0') {
        fputs("  ", stdout);
        ctl_safe(stdout, id);
    }
    if (verdict[0] != '\0') {
        fputs("  ", stdout);
        ctl_safe(stdout, verdict);
    }
    fputs(style(stdout, PLAIN), stdout);
    putchar('\n');
    text_put(&t, text, n);
    text_end(&t);
}

void session_show_unanswered(const qwen_reply *r, size_t number)
{
    for (size_t i = 0; i < qwen_reply_len(r, "unanswered"); i++) {
        size_t len;
        const char *text = entry_text(r, "unanswered", i, "text", &len);
        session_show_message(number > 0 ? number + i : 0, entry_str(r, "unanswered", i, "role"),
                             number > 0 ? entry_str(r, "unanswered", i, "message") : "", text, len, "");
    }
}

int session_show_end(qwen_client *c, const char *session, int64_t last)
{
    qwen_reply *r = NULL;
    qwen_msg *m = show_request(session);
    qwen_msg_int(m, "last", last);
    int rc = ctl_call(c, m, &r);
    if (rc != EXIT_OK)
        return rc;
    size_t n = qwen_reply_len(r, "messages");
    int64_t total = qwen_reply_int(r, "total", (int64_t)n);
    const char *title = qwen_reply_str(r, "title");
    answer_take_verify(r);
    fputs(style(stderr, DIM), stderr);
    ctl_safe(stderr, session);
    if (title != NULL && title[0] != '\0') {
        fputs(": ", stderr);
        ctl_safe(stderr, title);
    }
    fprintf(stderr, "%s\n", style(stderr, PLAIN));
    if (total > (int64_t)n)
        ctl_note("[%lld earlier messages: qwenctl session show %s]", (long long)(total - (int64_t)n), session);
    for (size_t i = 0; i < n; i++) {
        size_t len;
        const char *text = entry_text(r, "messages", i, "text", &len);
        session_show_message(0, entry_str(r, "messages", i, "role"), "", text, len, "");
    }
    session_show_unanswered(r, 0);
    qwen_reply_free(r);
    return EXIT_OK;
}

/* ---- finishing an answer -------------------------------------------------------------------- */

/* The run that answers in this session now: *tag, or *run if it has none; qw_free both. */
static int find_running(qwen_client *c, const char *session, char **run, char **tag)
{
    qwen_reply *r = NULL;
    int rc = ctl_call(c, qwen_msg_new("run.list"), &r);
    for (size_t i = 0; rc == EXIT_OK && i < qwen_reply_len(r, "runs"); i++)
        if (strcmp(entry_str(r, "runs", i, "session"), session) == 0) {
            const char *t = entry_str(r, "runs", i, "tag");
            *run = qw_strdup(entry_str(r, "runs", i, "run"));
            *tag = t[0] != '\0' ? qw_strdup(t) : NULL;
            break;
        }
    qwen_reply_free(r);
    return rc;
}

static qwen_msg *resume_request(const char *session, const char *run)
{
    qwen_msg *m = qwen_msg_new("session.resume");
    qwen_msg_str(m, "session", session);
    if (run != NULL)
        qwen_msg_str(m, "run", run);
    return m;
}

int session_finish(qwen_client *c, const char *session, bool always, bool quiet, qwen_reply **reply, bool *did)
{
    char *run = NULL, *tag = NULL;
    qwen_reply *r = NULL;
    qwen_msg *m = NULL;
    *did = false;
    int rc = find_running(c, session, &run, &tag);
    if (rc == EXIT_OK && run != NULL) {
        m = qwen_msg_new("run.attach");
        qwen_msg_str(m, tag != NULL ? "tag" : "run", tag != NULL ? tag : run);
    } else if (rc == EXIT_OK) {
        qwen_msg *show = show_request(session);
        qwen_msg_int(show, "last", 1);
        rc = ctl_call(c, show, &r);
        const char *interrupted = qwen_reply_str(r, "interrupted");
        if (rc == EXIT_OK && (interrupted != NULL || always))
            m = resume_request(session, interrupted);
        qwen_reply_free(r);
    }
    if (m != NULL) {
        *did = true;
        qwen_msg_bool(m, "stream", 1);
        rc = answer_show(c, m, quiet, reply);
    }
    qw_free(run);
    qw_free(tag);
    return rc;
}
