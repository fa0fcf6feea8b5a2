/* session.export and session.import: a conversation in a blob.  Files are read, written and checked on
 * libuv's workers; conversations belong to the loop. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/api.h"
#include "daemon/blob.h"
#include "daemon/session_file.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "?"
#endif

/* A piece of work; refers to its caller by id. */
struct transfer {
    uv_work_t work;
    struct daemon *d;
    struct blob *x;             /* pinned */
    uint64_t conn_id;
    uint32_t msg_id;
    int      rc;
    struct qw_error err;
    /* export */
    struct qw_buf map;
    size_t   n_messages;
    /* import: the message, handled again when the file is read */
    char    *raw;
    size_t   n_raw;
    uint64_t received_ms;
    unsigned tries;
    struct session_file file;
};

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

static struct transfer *transfer_new(struct call *k, struct blob *x)
{
    struct transfer *t = qw_calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->d = k->d;
    t->x = x;
    t->conn_id = k->conn->id;
    t->msg_id = k->id;
    t->work.data = t;
    blob_pin(x);
    return t;
}

static void transfer_free(struct transfer *t)
{
    blob_unpin(t->d->blobs, t->x);
    session_file_free(&t->file);
    qw_buf_free(&t->map);
    qw_free(t->raw);
    qw_free(t);
}

static int start(struct transfer *t, void (*work)(uv_work_t *), void (*after)(uv_work_t *, int), struct qw_error *err)
{
    int rc = uv_queue_work(&t->d->loop, &t->work, work, after);
    if (rc == 0)
        return QW_OK;
    transfer_free(t);
    return qw_error_set(err, QW_EINTERNAL, "no worker: %s", uv_strerror(rc));
}

static void put_id(struct qw_buf *b, struct mpw_open *m, const char *key, char prefix, uint64_t id)
{
    mpw_key(b, m, key);
    api_put_id(b, prefix, id);
}

static void put_uint(struct qw_buf *b, struct mpw_open *m, const char *key, uint64_t v)
{
    mpw_key(b, m, key);
    mpw_uint(b, v);
}

/* ---- export --------------------------------------------------------------------------- */

static int write_at(int fd, const void *p, size_t n, off_t at, struct qw_error *err)
{
    while (n > 0) {
        ssize_t k = pwrite(fd, p, n, at);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return qw_error_errno(err, QW_ESTORAGE, errno, "the export's file");
        p = (const char *)p + k;
        n -= (size_t)k;
        at += k;
    }
    return QW_OK;
}

static void export_work(uv_work_t *w)
{
    struct transfer *t = w->data;
    unsigned char head[SESSION_FILE_HEAD];
    session_file_head(head, t->map.data, t->map.len);
    t->rc = write_at(t->x->fd, t->map.data, t->map.len, SESSION_FILE_HEAD, &t->err);
    if (t->rc == QW_OK)
        t->rc = write_at(t->x->fd, head, sizeof head, 0, &t->err);
}

static void export_done(uv_work_t *w, int status)
{
    struct transfer *t = w->data;
    struct reply rep;
    if (status != 0)
        t->rc = qw_error_set(&t->err, QW_EDRAINING, "the daemon is about to leave");
    if (t->rc != QW_OK) {
        reply_error(t->d, t->conn_id, t->msg_id, &t->err, NULL);
        blob_close(t->d->blobs, t->x);
    } else {
        blob_grown(t->d->blobs, t->x, SESSION_FILE_HEAD + t->map.len);
        if (reply_begin(t->d, t->conn_id, t->msg_id, &rep)) {
            struct mpw_open m = mpw_map_begin(rep.b);
            api_put_blob(rep.b, &m, t->x);
            put_uint(rep.b, &m, "bytes", t->x->bytes);
            put_uint(rep.b, &m, "messages", t->n_messages);
            put_uint(rep.b, &m, "pages", 0);
            mpw_map_end(rep.b, &m);
            reply_end(t->d, &rep);
        }
    }
    transfer_free(t);
}

int api_session_export(struct call *k, struct qw_error *err)
{
    struct session *x;
    struct blob *blob = NULL;
    struct qw_buf map = QW_BUF_INIT;
    int rc = api_session(k, &x, err);
    if (rc != QW_OK || x == NULL)
        return rc;
    if (arg_bool(k, "pages", false)) {
        k->info.param = "pages";
        return qw_error_set(err, QW_EUNSUPPORTED, "pages cannot be exported yet; without them an import is prefilled once");
    }
    rc = session_file_write(&map, x, "qwend " PACKAGE_VERSION, err);
    if (rc == QW_OK)
        rc = api_new_blob(k, map.len, &blob, err);
    struct transfer *t = rc == QW_OK ? transfer_new(k, blob) : NULL;
    if (t == NULL) {
        qw_buf_free(&map);
        if (blob != NULL)
            blob_close(k->d->blobs, blob);
        return rc == QW_OK ? no_memory(err) : rc;
    }
    t->map = map;
    t->n_messages = node_depth(x->head);
    return start(t, export_work, export_done, err);
}

/* ---- import: the file ------------------------------------------------------------------- */

static int read_at(int fd, void *p, size_t n, off_t at, struct qw_error *err)
{
    while (n > 0) {
        ssize_t k = pread(fd, p, n, at);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return qw_error_errno(err, QW_ESTORAGE, errno, "the import's file");
        if (k == 0)
            return qw_error_set(err, QW_EPARAMS, "the file is cut off");
        p = (char *)p + k;
        n -= (size_t)k;
        at += k;
    }
    return QW_OK;
}

static void import_work(uv_work_t *w)
{
    struct transfer *t = w->data;
    unsigned char head[SESSION_FILE_HEAD];
    size_t n = 0;
    char *map = NULL;
    t->rc = read_at(t->x->fd, head, sizeof head, 0, &t->err);
    if (t->rc == QW_OK)
        t->rc = session_file_size(head, &n, &t->err);
    if (t->rc == QW_OK && n > t->x->bytes - SESSION_FILE_HEAD)
        t->rc = qw_error_set(&t->err, QW_EPARAMS, "the file is cut off: %llu of %zu bytes are there", (unsigned long long)t->x->bytes,
                             n + SESSION_FILE_HEAD);
    if (t->rc == QW_OK && (map = qw_alloc(n + 1)) == NULL)
        t->rc = no_memory(&t->err);
    if (t->rc == QW_OK)
        t->rc = read_at(t->x->fd, map, n, SESSION_FILE_HEAD, &t->err);
    if (t->rc == QW_OK)
        t->rc = session_file_read(&t->file, head, map, n, &t->err);
    t->map.data = map;              /* what the messages' ids point into; freed with t */
    t->map.len = n;
}

static void import_read(uv_work_t *w, int status)
{
    struct transfer *t = w->data;
    if (status != 0)
        t->rc = qw_error_set(&t->err, QW_EDRAINING, "the daemon is about to leave");
    t->x->writing = false;
    if (t->rc != QW_OK) {
        struct rpc_err_info info = { .param = "blob" };
        reply_error(t->d, t->conn_id, t->msg_id, &t->err, &info);
    } else {
        t->x->read = &t->file;
        dispatch_again(t->d, t->conn_id, t->raw, t->n_raw, t->received_ms, t->tries + 1, NULL);
        t->x->read = NULL;
    }
    transfer_free(t);
}

/* ---- import: the conversation -------------------------------------------------------------- */

static int add_message(struct daemon *d, uint64_t owner, const char *space, const struct session_file_message *m, struct node **at,
                       struct qw_error *err)
{
    struct node *n;
    struct ids ids = { 0 };
    bool whole = space[0] != '\0';              /* else text only: its ids mean nothing here */
    for (size_t i = 0; whole && i < m->n_ids; i++) {
        const unsigned char *p = m->ids + 4 * i;
        if (ids_push(&ids, (int32_t)(p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24)) != QW_OK) {
            ids_free(&ids);
            return no_memory(err);
        }
    }
    struct node_row row = {
        .id = session_new_id(), .owner = owner, .space = space, .role = m->role, .text = m->text, .ids = ids.v, .n_ids = ids.n,
        .cut = whole && m->cut, .closed = whole && m->closed, .finish = m->finish, .created_unix_ms = m->created_unix_ms,
    };
    int rc = node_restore(d->sessions, &row, *at, &n, err);
    ids_free(&ids);
    if (rc == QW_OK) {
        n->stored = false;                      /* the store has yet to get it */
        *at = n;
    }
    return rc;
}

static int add_session(struct call *k, const struct session_file *f, struct session **out, struct qw_error *err)
{
    struct daemon *d = k->d;
    struct model_entry *e = NULL;
    struct session *x = NULL;
    struct node *head = NULL;
    bool known = f->model != NULL && models_find(d->models, f->model, &e, NULL) == QW_OK;
    /* A name is kept for good, so strangers' names are bounded. */
    const char *space = sessions_space(d->sessions, d->n_imports++ < IMPORTED_SPACES_MAX ? f->space : "");
    int rc = space != NULL ? QW_OK : no_memory(err);
    for (size_t i = 0; rc == QW_OK && i < f->n_messages; i++)
        rc = add_message(d, k->conn->owner.id, space, &f->messages[i], &head, err);
    node_pin(head);
    const char *title = arg_str(k, "title", f->title);
    if (rc == QW_OK)
        rc = session_create(d->sessions, k->conn->owner.id, title, f->system, known ? e->name : NULL, &x, err);
    if (rc == QW_OK) {
        session_set_head(d->sessions, x, head);
        x->durability = (enum durability)cfg_int(d->config, CFG_STORE_DURABILITY);
        rc = session_set_text(&x->tags, f->tags != NULL ? f->tags : "", err);
    }
    if (rc != QW_OK && x != NULL)
        session_delete(d->sessions, x);
    node_unpin(d->sessions, head);
    *out = x;
    return rc;
}

static int import_now(struct call *k, const struct session_file *f, struct qw_error *err)
{
    struct session *x;
    struct qw_buf b = QW_BUF_INIT;
    int rc = add_session(k, f, &x, err);
    if (rc != QW_OK)
        return rc;
    struct history_op *op = x->durability != DURABLE_NONE ? history_op_new(k->d) : NULL;
    history_put_path(op, x->head);
    history_put_session(op, x);
    struct mpw_open m = mpw_map_begin(&b);
    put_id(&b, &m, "session", 's', x->id);
    api_put_opt(&b, &m, "title", x->title);
    put_uint(&b, &m, "messages", f->n_messages);
    put_uint(&b, &m, "pages", 0);
    put_uint(&b, &m, "created_unix_ms", (uint64_t)x->created_unix_ms);
    mpw_map_end(&b, &m);
    return history_reply(op, k, &b, err);
}

int api_session_import(struct call *k, struct qw_error *err)
{
    struct blob *x;
    int rc = api_sessions_allowed(k, err);
    if (rc == QW_OK && k->d->state != DAEMON_SERVING)
        rc = qw_error_set(err, QW_EDRAINING, "the daemon is about to leave");
    if (rc == QW_OK)
        rc = api_get_blob(k, &x, err);
    if (rc != QW_OK)
        return rc;
    if (x->read != NULL)
        return import_now(k, x->read, err);
    if (x->writing)
        return qw_error_set(err, QW_ECONFLICT, "the blob is being written or imported");
    if (x->bytes < SESSION_FILE_HEAD) {
        k->info.param = "blob";
        return qw_error_set(err, QW_EPARAMS, "this is no conversation that qwend exported: it has %llu bytes", (unsigned long long)x->bytes);
    }
    struct transfer *t = transfer_new(k, x);
    char *raw = t != NULL ? qw_alloc(k->n_raw) : NULL;
    if (raw == NULL) {
        if (t != NULL)
            transfer_free(t);
        return no_memory(err);
    }
    memcpy(raw, k->raw, k->n_raw);
    t->raw = raw;
    t->n_raw = k->n_raw;
    t->received_ms = k->received_ms;
    t->tries = k->tries;
    x->writing = true;              /* its bytes stay as they are meanwhile */
    return start(t, import_work, import_read, err);
}
