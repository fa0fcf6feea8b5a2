/* qwenctl session list, show, search. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/session/cmd_session.h"
#include "client/ctl/session/sessions.h"
#include "client/ctl/ui/table.h"
#include "client/ctl/ui/term.h"

#define SHORT_ID 7                          /* letters of an id that are shown, where so many tell them apart */
#define DEFAULT_LIMIT 40

/* ---- list ----------------------------------------------------------------------------- */

static int64_t limit = DEFAULT_LIMIT;
static bool limit_given, all;
const struct opt session_list_opts[] = {
    { "limit", 'n', OPT_INT, &limit, &limit_given, "N", 1, 1000000, "so many at most; 40 by default" },
    { "all", 'a', OPT_FLAG, &all, NULL, NULL, 0, 0, "however many they are" },
    { "json", 'j', OPT_FLAG, &session_opts.json, NULL, NULL, 0, 0, "all of them, as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

struct row { char *id, *title, *tags; int64_t updated, messages; bool pinned, interrupted, stored; };
struct rows { struct row *v; size_t n, cap, want; bool more, failed; struct qw_buf json; };

static char *joined_tags(const qwen_reply *r, size_t i)
{
    struct qw_buf b = QW_BUF_INIT;
    char list[64];
    snprintf(list, sizeof list, "sessions.%zu.tags", i);
    for (size_t k = 0; k < qwen_reply_len(r, list); k++) {
        char p[96];
        snprintf(p, sizeof p, "%s.%zu", list, k);
        qw_buf_addf(&b, "%s%s", k > 0 ? " " : "", qwen_reply_str(r, p) != NULL ? qwen_reply_str(r, p) : "");
    }
    qw_buf_adds(&b, "");
    return qw_buf_take(&b);
}

static bool take_json(struct rows *s, const qwen_reply *r, size_t i)
{
    char p[64];
    snprintf(p, sizeof p, "sessions.%zu", i);
    char *j = qwen_reply_json(r, p);
    qw_buf_addf(&s->json, "%s%s", s->json.len > 1 ? "," : "", j != NULL ? j : "null");
    free(j);
    return true;
}

static bool take_row(void *arg, const qwen_reply *r, size_t i)
{
    struct rows *s = arg;
    if (session_opts.json && !limit_given)
        return take_json(s, r, i);
    if (s->n == s->want) {
        s->more = true;
        return false;
    }
    if (s->n == s->cap) {
        size_t cap = s->cap == 0 ? 64 : 2 * s->cap;
        struct row *v = qw_realloc(s->v, cap * sizeof *v);
        if (v == NULL) {
            s->failed = true;
            return false;
        }
        s->v = v;
        s->cap = cap;
    }
    s->v[s->n++] = (struct row){
        qw_strdup(entry_str(r, "sessions", i, "session")), qw_strdup(entry_str(r, "sessions", i, "title")), joined_tags(r, i),
        entry_int(r, "sessions", i, "updated_unix_ms"), entry_int(r, "sessions", i, "messages"),
        entry_bool(r, "sessions", i, "pinned", false), entry_str(r, "sessions", i, "interrupted")[0] != '\0',
        entry_bool(r, "sessions", i, "stored", true),
    };
    return session_opts.json ? take_json(s, r, i) : true;
}

static int by_id(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* How many letters of an id tell these sessions apart. */
static int id_width(const struct rows *s)
{
    size_t w = SHORT_ID;
    const char **ids = qw_calloc(s->n + 1, sizeof *ids);
    for (size_t i = 0; ids != NULL && i < s->n; i++)
        ids[i] = s->v[i].id != NULL ? s->v[i].id : "";
    if (ids != NULL)
        qsort(ids, s->n, sizeof *ids, by_id);
    for (size_t i = 1; ids != NULL && i < s->n; i++) {
        size_t same = 0;
        while (ids[i][same] != '\0' && ids[i][same] == ids[i - 1][same])
            same++;
        if (same + 1 > w)
            w = same + 1;
    }
    qw_free(ids);
    return (int)w;
}

static void print_rows(const struct rows *s)
{
    int wide = id_width(s), columns = table_columns();
    int room = columns > 0 ? columns - wide - 2 - 11 - 2 - 8 - 2 : 0;
    fputs(style(stdout, DIM), stdout);
    printf("%-*s  %-11s  %8s  %s", wide, "ID", "USED", "MESSAGES", "TITLE");
    printf("%s\n", style(stdout, PLAIN));
    for (size_t i = 0; i < s->n; i++) {
        const struct row *r = &s->v[i];
        struct qw_buf b = QW_BUF_INIT;
        char when[TABLE_WHEN_LEN], id[32];
        snprintf(id, sizeof id, "%.*s", wide, r->id != NULL ? r->id : "?");
        table_when(r->updated, when);
        qw_buf_addf(&b, "%s%s", r->pinned ? "* " : "", r->title != NULL && r->title[0] != '\0' ? r->title : "(no title)");
        if (r->tags != NULL && r->tags[0] != '\0')
            qw_buf_addf(&b, "  [%s]", r->tags);
        qw_buf_addf(&b, "%s%s", r->interrupted ? "  (interrupted)" : "", r->stored ? "" : "  (not stored)");
        table_cell(stdout, id, wide);
        printf("  %-11s  %8lld  ", when, (long long)r->messages);
        table_cell(stdout, b.data != NULL ? b.data : "", 0 < room && room < table_width(b.data != NULL ? b.data : "") ? (room > 8 ? room : 8) : 0);
        putchar('\n');
        qw_buf_free(&b);
    }
}

int session_list(int argc, char **argv)
{
    struct rows s = { .want = all ? SIZE_MAX : (size_t)limit };
    qwen_client *c = NULL;
    char *query = argc > 0 ? args_joined(argc, argv) : NULL;
    qw_buf_adds(&s.json, "[");
    int rc = session_connect(&c, NULL, NULL);
    if (rc == EXIT_OK)
        rc = session_each(c, query, take_row, &s);
    qw_buf_adds(&s.json, "]");
    if (rc == EXIT_OK && (s.failed || qw_buf_failed(&s.json))) {
        ctl_error("out of memory");
        rc = EXIT_FAILED;
    }
    if (rc == EXIT_OK && session_opts.json) {
        puts(s.json.data);
    } else if (rc == EXIT_OK && s.n > 0) {
        print_rows(&s);
        if (s.more)
            ctl_note("there are more: --all shows them");
    } else if (rc == EXIT_OK) {
        ctl_note(query != NULL ? "no conversation has '%s' in its title or as a tag; `qwenctl session search` looks into the messages"
                               : "there is no conversation yet%s: `qwenctl chat` begins one", query != NULL ? query : "");
    }
    for (size_t i = 0; i < s.n; i++) {
        qw_free(s.v[i].id);
        qw_free(s.v[i].title);
        qw_free(s.v[i].tags);
    }
    qw_free(s.v);
    qw_buf_free(&s.json);
    qwen_close(c);
    qw_free(query);
    return rc;
}

/* ---- show ---------------------------------------------------------------------------- */

static int64_t last;
static const char *branch;
const struct opt session_show_opts[] = {
    { "last", 'n', OPT_INT, &last, NULL, "N", 1, 100000, "only the last N messages" },
    { "message", 'm', OPT_STR, &branch, NULL, "ID", 0, 0, "the branch that ends with this message" },
    { "json", 'j', OPT_FLAG, &session_opts.json, NULL, NULL, 0, 0, "everything, as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static void print_session(const qwen_reply *r)
{
    size_t n = qwen_reply_len(r, "messages");
    int64_t total = qwen_reply_int(r, "total", (int64_t)n), before = total > (int64_t)n ? total - (int64_t)n : 0;
    const char *title = qwen_reply_str(r, "title"), *model = qwen_reply_str(r, "model"), *interrupted = qwen_reply_str(r, "interrupted");
    char when[TABLE_WHEN_LEN];
    table_when(qwen_reply_int(r, "updated_unix_ms", 0), when);
    ctl_note("%s%s%s: %lld messages, %lld tokens%s%s, used %s%s", qwen_reply_str(r, "session"), title != NULL ? " " : "",
             title != NULL ? title : "", (long long)total, (long long)qwen_reply_int(r, "tokens", 0), model != NULL ? ", " : "",
             model != NULL ? model : "", when, qwen_reply_bool(r, "stored", 1) ? "" : "; in the daemon's memory only");
    if (before > 0)
        ctl_note("[%lld earlier messages]", (long long)before);
    for (size_t i = 0; i < n; i++) {
        size_t len;
        const char *text = entry_text(r, "messages", i, "text", &len);
        session_show_message((size_t)before + i + 1, entry_str(r, "messages", i, "role"), entry_str(r, "messages", i, "message"),
                             text, len, entry_str(r, "messages", i, "verdict"));
    }
    session_show_unanswered(r, (size_t)total + 1);
    if (interrupted != NULL)
        ctl_note("[the answer was interrupted: `qwenctl session resume %s` finishes it]", qwen_reply_str(r, "session"));
}

int session_show(int argc, char **argv)
{
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    char *id = NULL, *message = NULL;
    if (argc != 1)
        return session_usage("show", "which conversation?");
    int rc = session_connect(&c, argv[0], &id);
    if (rc == EXIT_OK && branch != NULL)
        rc = session_message(c, id, branch, &message);
    if (rc == EXIT_OK) {
        qwen_msg *m = qwen_msg_new("session.show");
        qwen_msg_str(m, "session", id);
        if (message != NULL)
            qwen_msg_str(m, "message", message);
        if (last > 0)
            qwen_msg_int(m, "last", last);
        rc = ctl_call(c, m, &r);
        if (rc != EXIT_OK && qwen_error_code(c) == QWEN_ETOOLARGE)
            ctl_note("--last 20 shows its end");
    }
    if (rc == EXIT_OK && session_opts.json)
        rc = reply_put_json(r, NULL);
    else if (rc == EXIT_OK)
        print_session(r);
    qwen_reply_free(r);
    qwen_close(c);
    qw_free(message);
    qw_free(id);
    return rc;
}

/* ---- search --------------------------------------------------------------------------- */

static int64_t hits = 20;
const struct opt session_search_opts[] = {
    { "limit", 'n', OPT_INT, &hits, NULL, "N", 1, 1000, "so many at most; 20 by default" },
    { "json", 'j', OPT_FLAG, &session_opts.json, NULL, NULL, 0, 0, "as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

/* What was found stands between U+0002 and U+0003. */
static void print_snippet(const char *s)
{
    fputs("    ", stdout);
    while (*s != '\0') {
        size_t n = strcspn(s, "\002\003");
        char *part = qw_strndup(s, n);
        table_cell(stdout, part != NULL ? part : "", 0);
        qw_free(part);
        if (s[n] != '\0')
            fputs(style(stdout, s[n++] == '\002' ? BOLD : PLAIN), stdout);
        s += n;
    }
    printf("%s\n", style(stdout, PLAIN));
}

int session_search(int argc, char **argv)
{
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    if (argc < 1)
        return session_usage("search", "for what?");
    char *text = args_joined(argc, argv);
    int rc = session_connect(&c, NULL, NULL);
    if (rc == EXIT_OK) {
        qwen_msg *m = qwen_msg_new("session.search");
        qwen_msg_str(m, "query", text);
        qwen_msg_int(m, "limit", hits);
        rc = ctl_call(c, m, &r);
    }
    size_t n = rc == EXIT_OK ? qwen_reply_len(r, "hits") : 0;
    if (rc == EXIT_OK && session_opts.json)
        rc = reply_put_json(r, "hits");
    else if (rc == EXIT_OK && n == 0)
        ctl_note("no message holds '%s'", text);
    for (size_t i = 0; !session_opts.json && i < n; i++) {
        char when[TABLE_WHEN_LEN];
        table_when(entry_int(r, "hits", i, "created_unix_ms"), when);
        printf("%s", style(stdout, BOLD));
        table_cell(stdout, entry_str(r, "hits", i, "session"), 0);
        printf("%s  %s  ", style(stdout, PLAIN), when);
        table_cell(stdout, entry_str(r, "hits", i, "role"), 0);
        fputs("  ", stdout);
        table_cell(stdout, entry_str(r, "hits", i, "title"), 0);
        putchar('\n');
        print_snippet(entry_str(r, "hits", i, "snippet"));
    }
    if (!session_opts.json && n > 0 && qwen_reply_str(r, "cursor") != NULL)
        ctl_note("there are more: --limit %lld", (long long)(hits < 500 ? 2 * hits : 1000));
    qwen_reply_free(r);
    qwen_close(c);
    qw_free(text);
    return rc;
}
