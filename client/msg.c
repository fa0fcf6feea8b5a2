#include "client/msg.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* ---- requests ------------------------------------------------------------------- */

static void open_container(qwen_msg *m, bool map)
{
    if (m->depth >= MSG_MAX_NESTING) {
        qw_error_set(&m->err, QW_EPARAMS, "parameters are nested deeper than %d", MSG_MAX_NESTING);
        return;
    }
    m->open[m->depth].map = map;
    m->open[m->depth].at = m->body.len;
    m->open[m->depth].n = 0;
    m->depth++;
    qw_buf_add(&m->body, map ? "\xdf\0\0\0\0" : "\xdd\0\0\0\0", 5);
}

static void close_container(qwen_msg *m)
{
    m->depth--;
    size_t at = m->open[m->depth].at;
    if (qw_buf_failed(&m->body) || m->body.len < at + 5)
        return;
    for (size_t i = 0; i < 4; i++)
        m->body.data[at + 1 + i] = (char)(m->open[m->depth].n >> (24 - 8 * i));
}

qwen_msg *qwen_msg_new(const char *method)
{
    qwen_msg *m = qw_calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->method = qw_strdup(method);
    if (m->method == NULL) {
        qw_free(m);
        return NULL;
    }
    qw_buf_init(&m->body, mp_limits_in.max_bytes);
    open_container(m, true);
    return m;
}

void qwen_msg_free(qwen_msg *m)
{
    if (m == NULL)
        return;
    qw_buf_free(&m->body);
    qw_free(m->method);
    qw_free(m->tag);
    qw_free(m->key);
    qw_free(m);
}

/* Counts one more element and writes its key; false: do not write the value. */
static bool begin_value(qwen_msg *m, const char *key)
{
    if (m == NULL || m->err.code != QW_OK)
        return false;
    if (m->depth == 0 || m->open[m->depth - 1].map != (key != NULL)) {
        qw_error_set(&m->err, QW_EPARAMS, key != NULL ? "'%s': a key inside an array" : "a value without a key%s", key != NULL ? key : "");
        return false;
    }
    m->open[m->depth - 1].n++;
    if (key != NULL)
        mpw_str(&m->body, key);
    return true;
}

void qwen_msg_strn(qwen_msg *m, const char *key, const char *value, size_t n)
{
    if (!begin_value(m, key))
        return;
    if (value == NULL) {
        mpw_nil(&m->body);
        return;
    }
    mpw_strn(&m->body, value, n);
    char **note = m->depth != 1 ? NULL : strcmp(key, "tag") == 0 ? &m->tag : strcmp(key, "key") == 0 ? &m->key : NULL;
    if (note != NULL) {
        qw_free(*note);
        *note = qw_strndup(value, n);
    } else if (m->depth == 1 && strcmp(key, "durability") == 0) {
        m->stored = n != 4 || memcmp(value, "none", 4) != 0;
    }
}

void qwen_msg_str(qwen_msg *m, const char *key, const char *value)
{
    qwen_msg_strn(m, key, value, value != NULL ? strlen(value) : 0);
}

void qwen_msg_bin(qwen_msg *m, const char *key, const void *value, size_t n)
{
    if (begin_value(m, key))
        mpw_bin(&m->body, value, n);
}

void qwen_msg_int(qwen_msg *m, const char *key, int64_t value)
{
    if (begin_value(m, key))
        mpw_int(&m->body, value);
}

void qwen_msg_float(qwen_msg *m, const char *key, double value)
{
    if (begin_value(m, key))
        mpw_float(&m->body, value);
}

void qwen_msg_bool(qwen_msg *m, const char *key, int value)
{
    if (!begin_value(m, key))
        return;
    mpw_bool(&m->body, value != 0);
    if (m->depth == 1 && strcmp(key, "stream") == 0)
        m->stream = value != 0;
}

void qwen_msg_begin_map(qwen_msg *m, const char *key)
{
    if (begin_value(m, key))
        open_container(m, true);
}

void qwen_msg_begin_array(qwen_msg *m, const char *key)
{
    if (begin_value(m, key))
        open_container(m, false);
}

void qwen_msg_end(qwen_msg *m)
{
    if (m == NULL || m->err.code != QW_OK)
        return;
    if (m->depth <= 1)
        qw_error_set(&m->err, QW_EPARAMS, "qwen_msg_end without a begin");
    else
        close_container(m);
}

int msg_finish(struct qwen_msg *m, struct qw_error *err)
{
    if (m->whole)
        return QW_OK;
    if (m->err.code == QW_OK && m->depth != 1)
        qw_error_set(&m->err, QW_EPARAMS, "%s: a qwen_msg_end is missing", m->method);
    if (m->err.code == QW_OK)
        close_container(m);
    if (m->err.code == QW_OK && qw_buf_failed(&m->body))
        qw_error_set(&m->err, QW_ETOOLARGE, "%s: the request is larger than %zu bytes", m->method, mp_limits_in.max_bytes);
    if (m->err.code != QW_OK && err != NULL)
        *err = m->err;
    m->whole = m->err.code == QW_OK;
    return m->err.code;
}

int msg_copy(struct qwen_msg **out, const char *method, const void *body, size_t n, struct qw_error *err)
{
    struct qwen_msg *m = qw_calloc(1, sizeof *m);
    if (m != NULL) {
        m->method = qw_strdup(method);
        qw_buf_init(&m->body, mp_limits_in.max_bytes);
        qw_buf_add(&m->body, body, n);
        m->whole = true;
    }
    if (m == NULL || m->method == NULL || qw_buf_failed(&m->body)) {
        qwen_msg_free(m);
        return qw_error_set(err, QW_ENOMEM, "out of memory");
    }
    *out = m;
    return QW_OK;
}

/* ---- replies ------------------------------------------------------------------------ */

/* [code, message, {name, ...}], or whatever a strange server made of it. */
static void read_error(struct qwen_reply *r)
{
    const struct mp *e = &r->msg.error;
    int64_t code;
    r->code = QW_EINTERNAL;
    r->text = "error of an unknown shape";
    r->root = (struct mp){ .type = MP_MAP };
    if (e->type == MP_STR) {
        r->text = mp_to_cstr(r->arena, e);
    } else if (e->type == MP_ARRAY && e->u.a.n >= 2) {
        if (mp_to_i64(&e->u.a.v[0], &code) && code >= 1 && code <= 16)
            r->code = qw_code_from_wire((int)code);
        r->text = mp_to_cstr(r->arena, &e->u.a.v[1]);
        if (e->u.a.n >= 3 && e->u.a.v[2].type == MP_MAP)
            r->root = e->u.a.v[2];
    }
    if (r->text == NULL || r->text[0] == '\0')
        r->text = qw_code_text(r->code);
}

int reply_new(struct qwen_reply **out, const void *p, size_t n, struct qw_error *err)
{
    struct qwen_reply *r = qw_calloc(1, sizeof *r);
    struct mp v;
    size_t used;
    int rc = QW_ENOMEM;
    if (r == NULL)
        return qw_error_set(err, QW_ENOMEM, "reply");
    r->arena = qw_arena_new(128u << 20);
    qw_buf_add(&r->bytes, p, n);
    if (r->arena == NULL || qw_buf_failed(&r->bytes)) {
        qw_error_set(err, rc, "reply");
        goto fail;
    }
    if ((rc = mp_read(r->arena, r->bytes.data, n, &mp_limits_out, &v, &used, err)) != QW_OK)
        goto fail;
    if ((rc = rpc_parse(&v, &r->msg, err)) != QW_OK)
        goto fail;
    if (r->msg.kind == RPC_REQUEST) {
        rc = qw_error_set(err, QW_EREQUEST, "a daemon sends no requests");
        goto fail;
    }
    if (r->msg.kind == RPC_NOTIFY) {
        r->root = r->msg.params;
        r->method = qw_arena_strndup(r->arena, r->msg.method, r->msg.method_len);
        if (r->method == NULL) {
            rc = qw_error_set(err, QW_ENOMEM, "reply");
            goto fail;
        }
    } else if (r->msg.error.type != MP_NIL) {
        read_error(r);
    } else {
        r->root = r->msg.result;
    }
    *out = r;
    return QW_OK;
fail:
    qwen_reply_free(r);
    return rc;
}

void qwen_reply_free(qwen_reply *r)
{
    if (r == NULL)
        return;
    qw_arena_free(r->arena);
    qw_buf_free(&r->bytes);
    qw_free(r);
}

int qwen_reply_is_event(const qwen_reply *r)            { return r->msg.kind == RPC_NOTIFY; }
uint32_t qwen_reply_id(const qwen_reply *r)             { return r->msg.id; }
const char *qwen_reply_name(const qwen_reply *r)        { return r->method != NULL ? r->method : ""; }
int qwen_reply_error(const qwen_reply *r)               { return r->code; }
const char *qwen_reply_error_text(const qwen_reply *r)  { return r->text != NULL ? r->text : ""; }

static const struct mp *at(const qwen_reply *r, const char *path)
{
    return r == NULL ? NULL : path == NULL ? &r->root : mp_path(&r->root, path);
}

const char *qwen_reply_str(const qwen_reply *r, const char *path)
{
    const struct mp *v = at(r, path);
    return v != NULL ? mp_to_cstr(r->arena, v) : NULL;
}

const char *qwen_reply_strn(const qwen_reply *r, const char *path, size_t *n)
{
    const struct mp *v = at(r, path);
    if (!mp_is_text(v))
        return NULL;
    *n = v->u.s.n;
    return v->u.s.p;
}

const void *qwen_reply_bin(const qwen_reply *r, const char *path, size_t *n)
{
    const struct mp *v = at(r, path);
    if (v == NULL || (v->type != MP_BIN && v->type != MP_STR))
        return NULL;
    *n = v->u.s.n;
    return v->u.s.p != NULL ? v->u.s.p : "";
}

int64_t qwen_reply_int(const qwen_reply *r, const char *path, int64_t dflt)
{
    int64_t i;
    return mp_to_i64(at(r, path), &i) ? i : dflt;
}

double qwen_reply_float(const qwen_reply *r, const char *path, double dflt)
{
    double f;
    return mp_to_f64(at(r, path), &f) ? f : dflt;
}

int qwen_reply_bool(const qwen_reply *r, const char *path, int dflt)
{
    const struct mp *v = at(r, path);
    return v != NULL && v->type == MP_BOOL ? v->u.b : dflt;
}

size_t qwen_reply_len(const qwen_reply *r, const char *path)
{
    const struct mp *v = at(r, path);
    if (v == NULL)
        return 0;
    switch (v->type) {
    case MP_STR: case MP_BIN: return v->u.s.n;
    case MP_ARRAY: return v->u.a.n;
    case MP_MAP:   return v->u.m.n;
    default:       return 0;
    }
}

char *qwen_reply_json(const qwen_reply *r, const char *path)
{
    const struct mp *v = at(r, path);
    struct qw_buf b = QW_BUF_INIT;
    char *out = NULL;
    if (v == NULL)
        return NULL;
    mp_to_json(&b, v);
    if (!qw_buf_failed(&b))
        out = strdup(b.data);           /* the caller frees with free(), whatever our allocator is */
    qw_buf_free(&b);
    return out;
}
