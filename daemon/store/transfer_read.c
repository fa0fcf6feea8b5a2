/* Records of an exported conversation, out of hostile memory. */
#include <string.h>

#include "base/le.h"
#include "base/utf8.h"
#include "daemon/store/transfer_int.h"

struct cursor { const uint8_t *p; uint64_t left; bool bad; const char *why; };

/* What is wrong with it beside its shape: the first thing. */
static void wrong(struct cursor *c, const char *why)
{
    if (!c->bad)
        c->why = why;
    c->bad = true;
}

static const uint8_t *take(struct cursor *c, uint64_t n)
{
    const uint8_t *p = c->p;

    if (c->bad || n > c->left) {
        c->bad = true;
        return NULL;
    }
    c->p += n;
    c->left -= n;
    return p;
}

static uint64_t number(struct cursor *c, int n)
{
    const uint8_t *p = take(c, (uint64_t)n);

    return p != NULL ? le_get(p, n) : 0;
}

/* A string in the arena; NULL if there is none, or (bad) if it is none. */
static const char *string(struct talk *t, struct cursor *c, size_t most)
{
    uint32_t n = (uint32_t)number(c, 4);
    const uint8_t *p;
    char *out;

    if (c->bad || n == UINT32_MAX)
        return NULL;
    if (n > most || (p = take(c, n)) == NULL || !utf8_valid((const char *)p, n) || memchr(p, 0, n) != NULL) {
        wrong(c, "a string that is too long, or no text");
        return NULL;
    }
    out = qw_arena_strndup(t->arena, (const char *)p, n);
    c->bad |= out == NULL;
    t->n_text += n;
    return out;
}

static struct store_blob blob(struct talk *t, struct cursor *c)
{
    uint32_t n = (uint32_t)number(c, 4);
    const uint8_t *p = n <= TRANSFER_MAX_BLOB ? take(c, n) : NULL;
    void *out;

    if (p == NULL || n == 0) {
        c->bad |= p == NULL;
        return (struct store_blob){ NULL, 0 };
    }
    out = qw_arena_alloc(t->arena, n);
    if (out == NULL) {
        c->bad = true;
        return (struct store_blob){ NULL, 0 };
    }
    memcpy(out, p, n);
    t->n_text += n;
    return (struct store_blob){ out, n };
}

/* Ids that belong to a space. */
static const int32_t *token_ids(struct talk *t, struct cursor *c, const char *space, size_t *n_out)
{
    uint32_t n = (uint32_t)number(c, 4);
    bool ours = t->our_space != NULL && space != NULL && strcmp(space, t->our_space) == 0;
    const uint8_t *p;
    int32_t *out;

    if (c->bad || n > TRANSFER_MAX_IDS - t->n_ids || (p = take(c, (uint64_t)n * 4)) == NULL) {
        c->bad = true;
        return NULL;
    }
    out = qw_arena_alloc(t->arena, (size_t)n * sizeof *out + 1);
    if (out == NULL) {
        c->bad = true;
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) {
        out[i] = (int32_t)le_get32(p + 4 * (size_t)i);
        if (out[i] < 0 || (ours && out[i] >= t->n_vocab))
            wrong(c, "an id that its model does not have");
    }
    t->n_ids += n;
    *n_out = n;
    return out;
}

/* ---- kinds ---- */

/* Words with single blanks between them, few and short; or none. */
static bool are_tags(const char *tags)
{
    size_t n = 0, len;

    for (const char *p = tags != NULL ? tags : ""; *p != '\0'; p += len) {
        if (n > 0)
            p++;                                /* the blank */
        len = strcspn(p, " ");
        if (len == 0 || len > TRANSFER_MAX_TAG || ++n > TRANSFER_MAX_TAGS)
            return false;
    }
    return true;
}

/* A space is kept as a name for good, so it has the letters of one, and a file has few of them. */
static const char *space_name(struct talk *t, struct cursor *c)
{
    const char *s = string(t, c, TRANSFER_MAX_NAME);

    for (const char *p = s != NULL ? s : ""; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            wrong(c, "a `space` that is no name");
    if (s == NULL || c->bad)
        return NULL;
    for (size_t i = 0; i < t->n_spaces; i++)
        if (strcmp(t->spaces[i], s) == 0)
            return t->spaces[i];
    if (t->n_spaces == TRANSFER_MAX_SPACES) {
        wrong(c, "ids of too many models");
        return NULL;
    }
    return t->spaces[t->n_spaces++] = s;
}

static int64_t time_ms(struct cursor *c)
{
    int64_t v = (int64_t)number(c, 8);

    return v > 0 ? v : 0;
}

static int read_session(struct talk *t, struct cursor *c)
{
    struct store_session *x = &t->session;

    x->created_unix_ms = time_ms(c);
    x->updated_unix_ms = time_ms(c);
    x->pinned = number(c, 1) != 0;
    x->private_ = number(c, 1) != 0;
    x->title = string(t, c, TRANSFER_MAX_TITLE);
    x->system = string(t, c, TRANSFER_MAX_TEXT);
    x->model = string(t, c, TRANSFER_MAX_NAME);
    x->tags = string(t, c, TRANSFER_MAX_TAGS * (TRANSFER_MAX_TAG + 1));
    if (!are_tags(x->tags))
        wrong(c, "tags that are none, or too many");
    return QW_OK;
}

static int read_message(struct talk *t, struct cursor *c)
{
    struct store_message m = { .role = (uint8_t)number(c, 1) }, *v;
    unsigned flags = (unsigned)number(c, 1);

    if (m.role > 3 || flags > 7)
        wrong(c, "a role or a flag that is not known");
    if (m.role == 0 && t->n_messages > 0)
        wrong(c, "a system prompt in the middle");
    if (t->n_messages >= TRANSFER_MAX_MESSAGES)
        wrong(c, "too many messages");
    m.cut = (flags & 1) != 0, m.generated = (flags & 2) != 0, m.closed = (flags & 4) != 0;
    m.created_unix_ms = time_ms(c);
    m.hash = number(c, 8);
    m.space = space_name(t, c);
    m.text = string(t, c, TRANSFER_MAX_TEXT);
    m.finish = string(t, c, 64);
    m.verdict = blob(t, c);
    m.ids = token_ids(t, c, m.space, &m.n_ids);
    if (c->bad)
        return QW_OK;
    v = qw_grow(t->messages, t->n_messages, &t->cap_messages, sizeof *v);
    if (v == NULL)
        return QW_ENOMEM;
    t->messages = v;
    v[t->n_messages++] = m;
    return QW_OK;
}

static int read_run(struct talk *t, struct cursor *c)
{
    struct talk_run r = { .message = (uint32_t)number(c, 4) }, *v;

    r.answer = (uint32_t)number(c, 4);
    r.row.state = (enum store_run_state)number(c, 1);
    r.row.created_unix_ms = time_ms(c);
    r.row.params_hash = number(c, 8);
    r.row.params = blob(t, c);
    r.row.outcome = blob(t, c);
    if (r.message >= t->n_messages || (r.answer != UINT32_MAX && r.answer >= t->n_messages))
        wrong(c, "an answer to a message that is not there");
    else
        r.row.ids = token_ids(t, c, t->messages[r.message].space, &r.row.n_ids);
    if (r.row.state != STORE_RUN_DONE && r.row.state != STORE_RUN_INTERRUPTED)
        wrong(c, "a state that is not known");
    if (t->n_runs >= TRANSFER_MAX_RUNS)
        wrong(c, "too many answers");
    if (c->bad)
        return QW_OK;
    v = qw_grow(t->runs, t->n_runs, &t->cap_runs, sizeof *v);
    if (v == NULL)
        return QW_ENOMEM;
    t->runs = v;
    v[t->n_runs++] = r;
    return QW_OK;
}

/* ---- all ---- */

int talk_init(struct talk *t, const char *our_space, int32_t n_vocab, struct qw_error *err)
{
    memset(t, 0, sizeof *t);
    t->our_space = our_space;
    t->n_vocab = n_vocab;
    t->arena = qw_arena_new((size_t)TRANSFER_MAX_BYTES_TEXT * 2);
    return t->arena != NULL ? QW_OK : qw_error_set(err, QW_ENOMEM, "no memory to import a conversation");
}

void talk_free(struct talk *t)
{
    qw_arena_free(t->arena);
    qw_free(t->messages);
    qw_free(t->runs);
}

uint64_t talk_max_bytes(const struct talk *t, uint32_t type)
{
    switch (type) {
    case REC_HEAD:    return 16;
    case REC_SESSION: return TRANSFER_MAX_TEXT + (1 << 16);
    case REC_MESSAGE:
    case REC_RUN:     return (uint64_t)TRANSFER_MAX_TEXT + 4 * (uint64_t)TRANSFER_MAX_BLOB + 4 * (uint64_t)TRANSFER_MAX_IDS;
    case REC_PAGES:   return PAGES_NS_KEY;
    case REC_PAGE:    return t->last >= REC_PAGES ? t->key.layout.page_bytes : 0;
    case REC_END:     return 16;
    default:          return 0;
    }
}

static bool in_order(const struct talk *t, uint32_t type)
{
    if (type < REC_HEAD || type > REC_END || t->last == REC_END)
        return false;
    if (type == t->last)
        return type == REC_MESSAGE || type == REC_RUN || type == REC_PAGE;
    if (type <= REC_SESSION)
        return type == (uint32_t)t->last + 1;
    return type > (uint32_t)t->last && t->last >= REC_SESSION && (type != REC_PAGE || t->last == REC_PAGES);
}

int talk_record(struct talk *t, uint32_t type, const uint8_t *p, uint64_t n, struct qw_error *err)
{
    struct cursor c = { p, n, false, NULL };
    int rc = QW_OK;

    if (!in_order(t, type))
        return qw_error_set(err, QW_EFORMAT, "a record of type %u after one of type %u", type, (unsigned)t->last);
    if (n > talk_max_bytes(t, type))
        return qw_error_set(err, QW_ETOOLARGE, "a record of type %u has %llu bytes", type, (unsigned long long)n);
    switch ((enum record_type)type) {
    case REC_HEAD:
        c.bad = n != 16 || memcmp(p, TRANSFER_MAGIC, 8) != 0;
        take(&c, 16);
        break;
    case REC_SESSION: rc = read_session(t, &c); break;
    case REC_MESSAGE: rc = read_message(t, &c); break;
    case REC_RUN:     rc = read_run(t, &c); break;
    case REC_PAGES:
        rc = pages_ns_parse(&t->key, p, (size_t)n, err);
        c.bad = rc == QW_OK && t->key.owner != 0;
        take(&c, n);
        break;
    case REC_PAGE:
        c.bad = n != t->key.layout.page_bytes || ++t->n_pages > t->n_ids / KV_PAGE_TOKENS;
        c.left = 0;
        break;
    case REC_END:
        c.bad = n != 16;
        c.left = 0;
        break;
    }
    if (rc == QW_ENOMEM)
        return qw_error_set(err, rc, "no memory to import a conversation");
    if (rc != QW_OK)
        return rc;
    if (!c.bad && t->n_text > TRANSFER_MAX_BYTES_TEXT)
        return qw_error_set(err, QW_ETOOLARGE, "its texts have more than %d bytes", TRANSFER_MAX_BYTES_TEXT);
    if (c.bad || c.left != 0)
        return qw_error_set(err, QW_EFORMAT, "a record of type %u is malformed%s%s", type, c.why != NULL ? ": " : "",
                            c.why != NULL ? c.why : "");
    t->last = (enum record_type)type;
    return QW_OK;
}

int transfer_check(const uint8_t *p, size_t n, struct qw_error *err)
{
    struct talk t;
    int rc = talk_init(&t, NULL, 0, err);

    while (rc == QW_OK && t.last != REC_END) {
        uint64_t length;

        if (n < REC_HEADER) {
            rc = qw_error_set(err, QW_ETRUNC, "the file ends in the middle");
            break;
        }
        length = le_get64(p + 8);
        if (le_get32(p + 4) != 0 || length > n - REC_HEADER) {
            rc = qw_error_set(err, QW_EFORMAT, "a record is longer than the file");
            break;
        }
        rc = talk_record(&t, le_get32(p), p + REC_HEADER, length, err);
        p += REC_HEADER + length;
        n -= REC_HEADER + (size_t)length;
    }
    if (rc == QW_OK && n != 0)
        rc = qw_error_set(err, QW_EFORMAT, "something follows the end");
    talk_free(&t);
    return rc;
}
