/* session.list and session.search: from the store, or from memory where there is none. */
#include <string.h>

#include "base/mem.h"
#include "daemon/api/api.h"

#define DEFAULT_LIMIT 100
#define SNIPPET_AROUND 40       /* bytes on each side of what was found, in memory */

/* One row, of memory or of the store. */
struct row {
    uint64_t id, head, interrupted, messages;
    const char *title, *model, *tags;
    bool stored, pinned;
    int64_t created_unix_ms, updated_unix_ms;
};

static void write_row(struct qw_buf *b, const struct row *x)
{
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "session");
    api_put_id(b, 's', x->id);
    api_put_opt(b, &m, "title", x->title);
    if (x->head != 0) {
        mpw_key(b, &m, "head");
        api_put_id(b, 'm', x->head);
    }
    api_put_opt(b, &m, "model", x->model);
    mpw_key(b, &m, "messages");
    mpw_uint(b, x->messages);
    mpw_key(b, &m, "stored");
    mpw_bool(b, x->stored);
    mpw_key(b, &m, "pinned");
    mpw_bool(b, x->pinned);
    api_put_tags(b, &m, x->tags);
    if (x->interrupted != 0) {
        mpw_key(b, &m, "interrupted");
        api_put_id(b, 'r', x->interrupted);
    }
    mpw_key(b, &m, "created_unix_ms");
    mpw_int(b, x->created_unix_ms);
    mpw_key(b, &m, "updated_unix_ms");
    mpw_int(b, x->updated_unix_ms);
    mpw_map_end(b, &m);
}

static void write_of_memory(struct qw_buf *b, const struct session *x)
{
    struct row row = {
        .id = x->id, .head = x->head != NULL ? x->head->id : 0, .interrupted = x->run == 0 ? x->interrupted : 0,
        .messages = node_depth(x->head), .title = x->title, .model = x->model, .tags = x->tags, .stored = x->stored,
        .pinned = x->pinned, .created_unix_ms = x->created_unix_ms, .updated_unix_ms = x->updated_unix_ms,
    };
    write_row(b, &row);
}

static void write_of_store(struct daemon *d, struct qw_buf *b, const struct store_session *s)
{
    const struct session *x = session_find(d->sessions, s->owner, s->session);
    uint64_t interrupted = x != NULL && x->interrupted_known ? x->interrupted : s->interrupted;
    struct row row = {
        .id = s->session, .head = s->head, .interrupted = x == NULL || x->run == 0 ? interrupted : 0, .messages = s->n_messages,
        .title = s->title, .model = s->model, .tags = s->tags, .stored = true, .pinned = s->pinned,
        .created_unix_ms = s->created_unix_ms, .updated_unix_ms = s->updated_unix_ms,
    };
    write_row(b, &row);
}

/* ---- memory ---- */

static bool has_tag(const char *tags, const char *tag)
{
    size_t n = strlen(tag);
    for (const char *p = tags; p != NULL && *p != '\0'; p += strcspn(p, " ")) {
        p += strspn(p, " ");
        if (strncmp(p, tag, n) == 0 && (p[n] == ' ' || p[n] == '\0'))
            return true;
    }
    return false;
}

static bool wanted(const struct session *x, uint64_t owner, const char *query)
{
    return x->owner == owner
        && (query == NULL || (x->title != NULL && strstr(x->title, query) != NULL) || has_tag(x->tags, query));
}

/* Pinned ones, then the others; from behind `after` on (0: all). */
static size_t list_memory(struct call *k, const char *query, uint64_t after, size_t limit, const struct session **out, bool *more)
{
    size_t n = 0;
    bool past = after == 0;
    *more = false;
    for (int pinned = 1; pinned >= 0; pinned--) {
        for (struct session *x = session_first(k->d->sessions); x != NULL; x = x->next) {
            if (x->pinned != (bool)pinned || !wanted(x, k->conn->owner.id, query))
                continue;
            if (!past) {
                past = x->id == after;
            } else if (n == limit) {
                *more = true;
                return n;
            } else {
                out[n++] = x;
            }
        }
    }
    return n;
}

static int reply_memory(struct call *k, const char *query, size_t limit, struct qw_error *err)
{
    struct reply rep;
    uint64_t after = 0;
    const char *cursor = arg_str(k, "cursor", NULL);
    if (cursor != NULL && !session_id_parse('s', cursor, &after)) {
        k->info.param = "cursor";
        return qw_error_set(err, QW_EPARAMS, "`%.40s` is no cursor of session.list", cursor);
    }
    if (cursor != NULL && session_find(k->d->sessions, k->conn->owner.id, after) == NULL) {
        k->info.param = "cursor";
        return qw_error_set(err, QW_ENOTFOUND, "the session of this cursor is gone");
    }
    const struct session **rows = qw_calloc(limit + 1, sizeof *rows);
    if (rows == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    bool more;
    size_t n = list_memory(k, query, after, limit, rows, &more);
    call_reply(k, &rep);
    mpw_map(rep.b, more && n > 0 ? 2 : 1);
    mpw_str(rep.b, "sessions");
    mpw_array(rep.b, n);
    for (size_t i = 0; i < n; i++)
        write_of_memory(rep.b, rows[i]);
    if (more && n > 0) {
        mpw_str(rep.b, "cursor");
        api_put_id(rep.b, 's', rows[n - 1]->id);
    }
    reply_end(k->d, &rep);
    qw_free(rows);
    return QW_OK;
}

/* ---- the store ---- */

/* Those that the store does not have (yet) come with the first page. */
static size_t count_unstored(struct call *k, const char *query)
{
    size_t n = 0;
    if (method_arg(k->params, "cursor") != NULL)
        return 0;
    for (struct session *x = session_first(k->d->sessions); x != NULL; x = x->next)
        n += !x->ever_stored && wanted(x, k->conn->owner.id, query);
    return n;
}

static void reply_store(struct call *k, const struct store_query *q, const char *query)
{
    struct reply rep;
    size_t extra = count_unstored(k, query);
    call_reply(k, &rep);
    mpw_map(rep.b, q->next != NULL ? 2 : 1);
    mpw_str(rep.b, "sessions");
    mpw_array(rep.b, extra + q->n_sessions);
    for (struct session *x = session_first(k->d->sessions); x != NULL && extra > 0; x = x->next)
        if (!x->ever_stored && wanted(x, k->conn->owner.id, query))
            write_of_memory(rep.b, x);
    for (size_t i = 0; i < q->n_sessions; i++)
        write_of_store(k->d, rep.b, &q->sessions[i]);
    if (q->next != NULL) {
        mpw_str(rep.b, "cursor");
        mpw_str(rep.b, q->next);
    }
    reply_end(k->d, &rep);
}

static int ask_store(struct call *k, enum store_query_kind kind, const char *query, size_t limit, struct qw_error *err)
{
    struct store_query *q = history_query(k->d, kind, k->conn->owner.id, 0);
    if (q != NULL) {
        q->text = query;
        q->limit = (uint32_t)limit;
        q->cursor = arg_str(k, "cursor", NULL);
    }
    return history_ask(k, q, err);
}

static int refused(struct call *k, const struct store_query *q, struct qw_error *err)
{
    if (q->error.code == QW_EPARAMS)
        k->info.param = "cursor";
    return qw_error_set(err, q->error.code, "%s", q->error.msg);
}

int api_session_list(struct call *k, struct qw_error *err)
{
    const char *query = arg_str(k, "query", NULL);
    size_t limit = (size_t)arg_int(k, "limit", DEFAULT_LIMIT);
    int rc = api_sessions_allowed(k, err);
    if (rc != QW_OK)
        return rc;
    if (history_store(k->d) == NULL)
        return reply_memory(k, query, limit, err);
    if (k->answer == NULL && history_newest_write(k->d) != 0 && k->tries == 0)
        return history_after_writes(k, err);    /* so that one's own changes are in it */
    if (k->answer == NULL)
        return ask_store(k, STORE_Q_SESSIONS, query, limit, err);
    if (k->answer->error.code != QW_OK)
        return refused(k, k->answer, err);
    reply_store(k, k->answer, query);
    return QW_OK;
}

/* ---- search ---- */

static void write_hit(struct qw_buf *b, const struct store_hit *h)
{
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "session");
    api_put_id(b, 's', h->session);
    mpw_key(b, &m, "message");
    api_put_id(b, 'm', h->message);
    api_put_opt(b, &m, "title", h->title);
    mpw_key(b, &m, "role");
    mpw_str(b, node_role_name(h->role <= NODE_TOOL ? (enum node_role)h->role : NODE_USER));
    mpw_key(b, &m, "snippet");
    mpw_str(b, h->snippet != NULL ? h->snippet : "");
    mpw_key(b, &m, "created_unix_ms");
    mpw_int(b, h->created_unix_ms);
    mpw_map_end(b, &m);
}

/* Around what was found, whole characters only. */
static char *snippet_of(const char *text, const char *at, size_t n)
{
    const char *from = at - text > SNIPPET_AROUND ? at - SNIPPET_AROUND : text, *to = at + n;
    while (from > text && ((unsigned char)*from & 0xc0) == 0x80)
        from--;
    for (size_t i = 0; i < SNIPPET_AROUND && *to != '\0'; i++)
        to++;
    while (((unsigned char)*to & 0xc0) == 0x80)
        to++;
    return qw_asprintf("%.*s\x02%.*s\x03%.*s", (int)(at - from), from, (int)n, at, (int)(to - at - (ptrdiff_t)n), at + n);
}

static size_t search_session(const struct session *x, const char *query, size_t room, struct qw_buf *b)
{
    size_t n = 0;
    for (const struct node *p = x->head; p != NULL && n < room; p = p->parent) {
        const char *at = strstr(p->text, query);
        char *snippet = at != NULL ? snippet_of(p->text, at, strlen(query)) : NULL;
        if (snippet == NULL)
            continue;
        struct store_hit h = { .session = x->id, .message = p->id, .title = x->title, .snippet = snippet, .role = (uint8_t)p->role,
                               .created_unix_ms = p->created_unix_ms };
        write_hit(b, &h);
        qw_free(snippet);
        n++;
    }
    return n;
}

static void search_memory(struct call *k, const char *query, size_t limit)
{
    struct reply rep;
    struct qw_buf hits = QW_BUF_INIT;
    size_t n = 0;
    for (struct session *x = session_first(k->d->sessions); x != NULL && n < limit; x = x->next)
        if (x->owner == k->conn->owner.id)
            n += search_session(x, query, limit - n, &hits);
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "hits");
    mpw_array(rep.b, n);
    qw_buf_add(rep.b, hits.data, hits.len);
    reply_end(k->d, &rep);
    qw_buf_free(&hits);
}

int api_session_search(struct call *k, struct qw_error *err)
{
    struct reply rep;
    const char *query = arg_str(k, "query", "");
    size_t limit = (size_t)arg_int(k, "limit", DEFAULT_LIMIT);
    const struct store_query *q = k->answer;
    int rc = api_sessions_allowed(k, err);
    if (rc != QW_OK)
        return rc;
    if (history_store(k->d) == NULL) {
        search_memory(k, query, limit);
        return QW_OK;
    }
    if (q == NULL && history_newest_write(k->d) != 0 && k->tries == 0)
        return history_after_writes(k, err);
    if (q == NULL)
        return ask_store(k, STORE_Q_SEARCH, query, limit, err);
    if (q->error.code != QW_OK)
        return refused(k, q, err);
    call_reply(k, &rep);
    mpw_map(rep.b, q->next != NULL ? 2 : 1);
    mpw_str(rep.b, "hits");
    mpw_array(rep.b, q->n_hits);
    for (size_t i = 0; i < q->n_hits; i++)
        write_hit(rep.b, &q->hits[i]);
    if (q->next != NULL) {
        mpw_str(rep.b, "cursor");
        mpw_str(rep.b, q->next);
    }
    reply_end(k->d, &rep);
    return QW_OK;
}
