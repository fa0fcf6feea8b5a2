#include "daemon/session_file.h"

#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "engine/gen.h"
#include "proto/mp.h"

static const char magic[8] = "QWSESSN\n";
static const struct mp_limits limits = { SESSION_FILE_BYTES, 6, 1u << 20 };

#define TITLE_MAX 256
#define MODEL_MAX 128
#define TAGS_MAX  32
#define TAG_MAX   64

static void put_le(unsigned char *p, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)(v >> (8 * i));
}

static uint64_t get_le(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = n; i-- > 0; )
        v = v << 8 | p[i];
    return v;
}

/* ---- writing ---------------------------------------------------------------------- */

static void put_opt(struct qw_buf *b, struct mpw_open *m, const char *key, const char *v)
{
    if (v == NULL)
        return;
    mpw_key(b, m, key);
    mpw_str(b, v);
}

static void put_int(struct qw_buf *b, struct mpw_open *m, const char *key, int64_t v)
{
    mpw_key(b, m, key);
    mpw_int(b, v);
}

static void put_bool(struct qw_buf *b, struct mpw_open *m, const char *key, bool v)
{
    mpw_key(b, m, key);
    mpw_bool(b, v);
}

static void put_tags(struct qw_buf *b, struct mpw_open *m, const char *tags)
{
    size_t n = 0;
    const char *p;
    tags = tags != NULL ? tags : "";
    for (p = tags + strspn(tags, " "); *p != '\0'; p += strspn(p, " "), n++)
        p += strcspn(p, " ");
    mpw_key(b, m, "tags");
    mpw_array(b, n);
    for (p = tags + strspn(tags, " "); *p != '\0'; p += strspn(p, " ")) {
        mpw_strn(b, p, strcspn(p, " "));
        p += strcspn(p, " ");
    }
}

static void put_ids(struct qw_buf *b, const struct ids *ids)
{
    unsigned char *le = qw_alloc(4 * ids->n);
    for (size_t i = 0; le != NULL && i < ids->n; i++)
        put_le(le + 4 * i, (uint32_t)ids->v[i], 4);
    if (le != NULL)
        mpw_bin(b, le, 4 * ids->n);
    else
        b->failed = true;
    qw_free(le);
}

static void put_message(struct qw_buf *b, const struct node *n)
{
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "role");
    mpw_str(b, node_role_name(n->role));
    mpw_key(b, &m, "text");
    mpw_str(b, n->text);
    mpw_key(b, &m, "ids");
    put_ids(b, &n->ids);
    put_bool(b, &m, "cut", n->cut);
    put_bool(b, &m, "closed", n->closed);
    put_bool(b, &m, "generated", n->generated);
    put_opt(b, &m, "finish", n->finish);
    put_opt(b, &m, "verdict", n->verdict);
    put_int(b, &m, "created_unix_ms", n->created_unix_ms);
    mpw_map_end(b, &m);
}

int session_file_write(struct qw_buf *b, const struct session *x, const char *by, struct qw_error *err)
{
    size_t n = node_depth(x->head), i = n;
    const struct node **path = qw_calloc(n + 1, sizeof *path);
    if (path == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    for (const struct node *p = x->head; p != NULL; p = p->parent)
        path[--i] = p;
    b->limit = SESSION_FILE_BYTES;
    struct mpw_open m = mpw_map_begin(b);
    put_opt(b, &m, "by", by);
    put_int(b, &m, "exported_unix_ms", clock_unix_ms());
    put_opt(b, &m, "title", x->title);
    put_opt(b, &m, "system", x->system);
    put_opt(b, &m, "model", x->model);
    put_tags(b, &m, x->tags);
    put_int(b, &m, "created_unix_ms", x->created_unix_ms);
    put_int(b, &m, "updated_unix_ms", x->updated_unix_ms);
    put_opt(b, &m, "space", x->head != NULL ? x->head->space : "");
    mpw_key(b, &m, "messages");
    mpw_array(b, n);
    for (i = 0; i < n; i++)
        put_message(b, path[i]);
    mpw_map_end(b, &m);
    qw_free(path);
    return qw_buf_failed(b) ? qw_error_set(err, QW_ETOOLARGE, "a conversation that is exported may have %u bytes", SESSION_FILE_BYTES) : QW_OK;
}

static void digest(unsigned char out[32], const unsigned char head[24], const void *map, size_t n)
{
    const struct fs_piece pieces[] = { { head, 24 }, { map, n } };
    fs_sha256_pieces(pieces, 2, out);
}

void session_file_head(unsigned char out[SESSION_FILE_HEAD], const void *map, size_t n)
{
    memset(out, 0, SESSION_FILE_HEAD);
    memcpy(out, magic, sizeof magic);
    put_le(out + 8, 1, 4);
    put_le(out + 16, n, 8);
    digest(out + 24, out, map, n);
}

/* ---- reading ---------------------------------------------------------------------- */

int session_file_size(const unsigned char head[SESSION_FILE_HEAD], size_t *n, struct qw_error *err)
{
    if (memcmp(head, magic, sizeof magic) != 0)
        return qw_error_set(err, QW_EPARAMS, "this is no conversation that qwend exported");
    if (get_le(head + 8, 4) != 1)
        return qw_error_set(err, QW_EUNSUPPORTED, "the file has version %u, this qwend knows version 1: import it with the newer qwend",
                            (unsigned)get_le(head + 8, 4));
    uint64_t bytes = get_le(head + 16, 8);
    if (bytes > SESSION_FILE_BYTES)
        return qw_error_set(err, QW_ETOOLARGE, "the file announces a conversation of %llu bytes; %u are the limit", (unsigned long long)bytes, SESSION_FILE_BYTES);
    *n = (size_t)bytes;
    return QW_OK;
}

struct reader { struct qw_arena *arena; struct qw_error *err; };

static int wrong(struct reader *r, const char *what, const char *is)
{
    return qw_error_set(r->err, QW_EPARAMS, "the file's conversation: `%s` %s", what, is);
}

/* A text of at most max bytes without a NUL; absent or nil: *out stays. */
static int get_text(struct reader *r, const struct mp *map, const char *key, size_t max, const char **out)
{
    const struct mp *v = mp_get(map, key);
    if (v == NULL || v->type == MP_NIL)
        return QW_OK;
    if (!mp_is_text(v) || v->u.s.n > max)
        return wrong(r, key, v->type == MP_STR ? "is too long" : "is no text");
    *out = mp_to_cstr(r->arena, v);
    return *out != NULL ? QW_OK : wrong(r, key, "holds a NUL character");
}

static bool get_bool(const struct mp *map, const char *key)
{
    const struct mp *v = mp_get(map, key);
    return v != NULL && v->type == MP_BOOL && v->u.b;
}

static int64_t get_int(const struct mp *map, const char *key)
{
    int64_t i;
    return mp_to_i64(mp_get(map, key), &i) && i >= 0 ? i : 0;
}

static const char *finish_of(const char *name)
{
    for (int f = FINISH_STOP; name != NULL && f <= FINISH_ERROR; f++)
        if (strcmp(name, finish_name((enum finish)f)) == 0)
            return finish_name((enum finish)f);
    return NULL;
}

static int read_ids(struct reader *r, const struct mp *map, struct session_file_message *m)
{
    const struct mp *v = mp_get(map, "ids");
    if (v == NULL || v->type != MP_BIN || v->u.s.n % 4 != 0)
        return wrong(r, "ids", "is not a row of 32-bit numbers");
    m->ids = (const unsigned char *)v->u.s.p;
    m->n_ids = v->u.s.n / 4;
    for (size_t i = 0; i < m->n_ids; i++)
        if (get_le(m->ids + 4 * i, 4) > INT32_MAX)
            return wrong(r, "ids", "holds a number below zero");
    return QW_OK;
}

static int read_message(struct reader *r, const struct mp *map, bool first, struct session_file_message *m)
{
    const char *role = NULL, *finish = NULL;
    if (map->type != MP_MAP)
        return wrong(r, "messages", "holds what is no message");
    int rc = get_text(r, map, "role", 16, &role);
    if (rc == QW_OK && (role == NULL || !node_role_parse(role, &m->role)))
        rc = wrong(r, "role", "is none that is known");
    if (rc == QW_OK && m->role == NODE_SYSTEM && !first)
        rc = wrong(r, "role", "is system in the middle");
    if (rc == QW_OK)
        rc = get_text(r, map, "text", SESSION_FILE_BYTES, &m->text);
    if (rc == QW_OK && m->text == NULL)
        rc = wrong(r, "text", "is missing");
    if (rc == QW_OK)
        rc = read_ids(r, map, m);
    if (rc == QW_OK)
        rc = get_text(r, map, "finish", 32, &finish);
    m->finish = finish_of(finish);
    m->cut = get_bool(map, "cut");
    m->closed = get_bool(map, "closed");
    m->created_unix_ms = get_int(map, "created_unix_ms");
    return rc;
}

static int read_tags(struct reader *r, const struct mp *map, const char **out)
{
    const struct mp *v = mp_get(map, "tags");
    struct qw_buf b = QW_BUF_INIT;
    int rc = QW_OK;
    if (v == NULL || v->type == MP_NIL)
        return QW_OK;
    if (v->type != MP_ARRAY || v->u.a.n > TAGS_MAX)
        return wrong(r, "tags", "is no short list");
    for (size_t i = 0; rc == QW_OK && i < v->u.a.n; i++) {
        const struct mp *t = &v->u.a.v[i];
        if (!mp_is_text(t) || t->u.s.n == 0 || t->u.s.n > TAG_MAX || memchr(t->u.s.p, ' ', t->u.s.n) != NULL || memchr(t->u.s.p, 0, t->u.s.n) != NULL)
            rc = wrong(r, "tags", "holds what is no tag");
        else
            qw_buf_addf(&b, "%s%.*s", i > 0 ? " " : "", (int)t->u.s.n, t->u.s.p);
    }
    if (rc == QW_OK && b.len > 0 && (*out = qw_arena_strndup(r->arena, b.data, b.len)) == NULL)
        rc = qw_error_set(r->err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    qw_buf_free(&b);
    return rc;
}

/* It is shown and kept as a name, so it has the letters of one. */
static int check_space(struct reader *r, const char *space)
{
    for (const char *p = space; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            return wrong(r, "space", "is no name");
    return QW_OK;
}

static int read_messages(struct reader *r, const struct mp *map, struct session_file *f)
{
    const struct mp *v = mp_get(map, "messages");
    if (v == NULL || v->type != MP_ARRAY)
        return wrong(r, "messages", "is missing");
    f->messages = qw_arena_alloc(r->arena, (v->u.a.n + 1) * sizeof *f->messages);
    if (f->messages == NULL)
        return qw_error_set(r->err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    f->n_messages = v->u.a.n;
    memset(f->messages, 0, (v->u.a.n + 1) * sizeof *f->messages);
    for (size_t i = 0; i < v->u.a.n; i++) {
        int rc = read_message(r, &v->u.a.v[i], i == 0, &f->messages[i]);
        if (rc != QW_OK)
            return qw_error_wrap(r->err, "message %zu", i + 1), rc;
    }
    return QW_OK;
}

static int read_map(struct reader *r, const struct mp *map, struct session_file *f)
{
    if (map->type != MP_MAP)
        return qw_error_set(r->err, QW_EPARAMS, "the file's conversation is no map");
    const struct { const char *key; size_t max; const char **out; } texts[] = {
        { "title", TITLE_MAX, &f->title }, { "system", SESSION_FILE_BYTES, &f->system }, { "model", MODEL_MAX, &f->model },
        { "space", SESSION_FILE_SPACE, &f->space },
    };
    int rc = QW_OK;
    f->space = "";
    for (size_t i = 0; rc == QW_OK && i < sizeof texts / sizeof texts[0]; i++)
        rc = get_text(r, map, texts[i].key, texts[i].max, texts[i].out);
    if (rc == QW_OK)
        rc = check_space(r, f->space);
    if (rc == QW_OK)
        rc = read_tags(r, map, &f->tags);
    f->created_unix_ms = get_int(map, "created_unix_ms");
    return rc == QW_OK ? read_messages(r, map, f) : rc;
}

int session_file_read(struct session_file *out, const unsigned char head[SESSION_FILE_HEAD], const void *map, size_t n, struct qw_error *err)
{
    struct session_file f = { .arena = qw_arena_new(192u << 20) };
    struct reader r = { f.arena, err };
    unsigned char sum[32];
    struct mp v;
    size_t used = 0;
    digest(sum, head, map, n);
    int rc = memcmp(sum, head + 24, sizeof sum) != 0 ? qw_error_set(err, QW_EPARAMS, "the file is damaged: its checksum is wrong") : QW_OK;
    if (rc == QW_OK && f.arena == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    if (rc == QW_OK && mp_read(f.arena, map, n, &limits, &v, &used, err) != QW_OK)
        rc = err != NULL && (err->code == QW_ENOMEM || err->code == QW_ETOOLARGE) ? err->code
           : qw_error_set(err, QW_EPARAMS, "the file's conversation is not MessagePack");
    if (rc == QW_OK && used != n)
        rc = qw_error_set(err, QW_EPARAMS, "the file's conversation ends before its announced %zu bytes", n);
    if (rc == QW_OK)
        rc = read_map(&r, &v, &f);
    if (rc == QW_OK)
        *out = f;
    else
        qw_arena_free(f.arena);
    return rc;
}

void session_file_free(struct session_file *f)
{
    qw_arena_free(f->arena);
    *f = (struct session_file){ 0 };
}
