/* session.export and session.import: a conversation in a blob.  The store reads and writes the blob's file on its
 * slow lane (store/transfer.h, the format); here is who asks, and what is answered. */
#include <string.h>

#include "base/mem.h"
#include "daemon/api/api.h"
#include "daemon/blob.h"
#include "daemon/session/history.h"
#include "daemon/store/transfer.h"
#include "engine/cpu/kern.h"
#include "engine/forward/kv.h"

/* One on its way; refers to its caller by id. */
struct transfer {
    struct transfer *next, *prev;
    struct daemon *d;
    struct blob *blob;              /* pinned */
    uint64_t conn_id;
    uint32_t msg_id;
    struct store_transfer x;        /* its user is this */
    char    *title, *models, *space;
};

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

static struct transfer *transfer_new(struct call *k, struct blob *blob)
{
    struct daemon *d = k->d;
    struct transfer *t = qw_calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->d = d;
    t->blob = blob;
    t->conn_id = k->conn->id;
    t->msg_id = k->id;
    t->x = (struct store_transfer){ .to = STORE_LOOP, .user = t, .fd = blob->fd, .owner = k->conn->owner.id };
    t->next = d->transfers;
    if (d->transfers != NULL)
        d->transfers->prev = t;
    d->transfers = t;
    blob_pin(blob);
    return t;
}

static void transfer_free(struct transfer *t)
{
    if (t->prev != NULL)
        t->prev->next = t->next;
    else
        t->d->transfers = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    blob_unpin(t->d->blobs, t->blob);
    qw_free(t->title);
    qw_free(t->models);
    qw_free(t->space);
    qw_free(t);
}

void api_transfers_drop(struct daemon *d)
{
    while (d->transfers != NULL)
        transfer_free(d->transfers);
}

static void put_uint(struct qw_buf *b, struct mpw_open *m, const char *key, uint64_t v)
{
    mpw_key(b, m, key);
    mpw_uint(b, v);
}

/* ---- export --------------------------------------------------------------------------- */

static bool pages_under_way(const struct daemon *d)
{
    for (const struct transfer *t = d->transfers; t != NULL; t = t->next)
        if (!t->x.import && t->x.pages)
            return true;
    return false;
}

/* An export is made of what is stored.  QW_OK with *is: all of it is; without: it is being written, and the call kept. */
static int is_stored(struct call *k, struct session *x, bool *is, struct qw_error *err)
{
    struct daemon *d = k->d;
    *is = false;
    if (x->durability == DURABLE_NONE)
        return qw_error_set(err, QW_ESTORAGE, "an export is made of what is stored, and this conversation is private, in memory only: "
                            "begin one that is stored (durability `turn`)");
    if (history_store(d) == NULL || (!x->stored && !history_writes(d)))
        return qw_error_set(err, QW_ESTORAGE, "an export is made of what is stored, and this conversation is in memory only: %s",
                            history_why(d));
    *is = x->stored;
    if (x->stored)
        return QW_OK;
    if (x->last_op == 0 || history_newest_write(d) == 0) {
        struct history_op *op = history_op_new(d);
        if (op == NULL)
            return no_memory(err);
        history_put_path(op, x->head);
        history_put_session(op, x);
        int rc = history_commit(op, 0, NULL, err);
        if (rc != QW_OK)
            return rc;
    }
    return history_after_writes(k, err);
}

static int begin_export(struct call *k, const struct session *s, bool pages, struct qw_error *err)
{
    struct daemon *d = k->d;
    struct blob *blob = NULL;
    int rc = api_new_blob(k, 0, &blob, err);
    if (rc != QW_OK)
        return rc;
    struct transfer *t = transfer_new(k, blob);
    if (t == NULL)
        rc = no_memory(err);
    if (rc == QW_OK) {
        t->x.session = s->id;
        t->x.pages = pages;
        t->x.max_bytes = blob_most(d->blobs, blob);
        rc = store_transfer(history_store(d), &t->x, err);
        if (rc != QW_OK)
            transfer_free(t);
    }
    if (rc != QW_OK)
        blob_close(d->blobs, blob);
    return rc;
}

int api_session_export(struct call *k, struct qw_error *err)
{
    struct session *x;
    bool pages = arg_bool(k, "pages", false), stored = false;
    int rc = api_session(k, &x, err);
    if (rc != QW_OK || x == NULL)
        return rc;
    rc = is_stored(k, x, &stored, err);
    if (rc != QW_OK || !stored)
        return rc;
    if (pages && pages_under_way(k->d)) {       /* each may take all the room that there is */
        k->info.retry_after_ms = 1000;
        return qw_error_set(err, QW_EBUSY, "pages of another conversation are being exported");
    }
    return begin_export(k, x, pages, err);
}

static void export_answered(struct transfer *t)
{
    struct daemon *d = t->d;
    struct reply rep;
    if (t->x.error.code != QW_OK) {
        reply_error(d, t->conn_id, t->msg_id, &t->x.error, NULL);
        blob_close(d->blobs, t->blob);
        return;
    }
    blob_grown(d->blobs, t->blob, t->x.n_bytes);
    if (!reply_begin(d, t->conn_id, t->msg_id, &rep))
        return;
    struct mpw_open m = mpw_map_begin(rep.b);
    api_put_blob(rep.b, &m, t->blob);
    put_uint(rep.b, &m, "bytes", t->x.n_bytes);
    put_uint(rep.b, &m, "messages", t->x.n_messages);
    put_uint(rep.b, &m, "pages", t->x.n_pages);
    mpw_map_end(rep.b, &m);
    reply_end(d, &rep);
}

/* ---- import --------------------------------------------------------------------------- */

/* The models that are here, a line each. */
static char *model_names(const struct daemon *d)
{
    struct qw_buf b = QW_BUF_INIT;
    for (size_t i = 0; i < models_count(d->models); i++) {
        const struct model_entry *e = models_at(d->models, i);
        if (e->state != MODEL_ABSENT)
            qw_buf_addf(&b, "%s\n", e->name);
    }
    qw_buf_adds(&b, "");
    return qw_buf_take(&b);
}

static int prepare_import(struct call *k, struct transfer *t, struct qw_error *err)
{
    struct daemon *d = k->d;
    const struct model *m = models_loaded(d->models);
    const struct chat_family *f = m != NULL ? model_chat_family(m, NULL) : NULL;
    const char *title = arg_str(k, "title", NULL);
    t->models = model_names(d);
    t->title = title != NULL ? qw_strdup(title) : NULL;
    t->space = f != NULL ? run_space_name(m, f, 0) : NULL;
    if (t->models == NULL || (title != NULL && t->title == NULL) || (f != NULL && t->space == NULL))
        return no_memory(err);
    t->x.import = true;
    t->x.pages = cfg_int(d->config, CFG_SHARE_PAGES) == 0;      /* else all use one namespace, and nobody imports into that */
    t->x.title = t->title;
    t->x.models = t->models;
    t->x.space = t->space;
    t->x.n_vocab = m != NULL ? (int32_t)model_hparams(m)->n_vocab : 0;
    t->x.text_only = d->n_imports++ >= IMPORTED_SPACES_MAX;
    t->x.numerics = models_info(d->models)->numerics == NUMERICS_FAST ? KERN_NUMERICS_FAST : KERN_NUMERICS_ID;
    t->x.page_version = KV_PAGE_VERSION;
    return QW_OK;
}

int api_session_import(struct call *k, struct qw_error *err)
{
    struct daemon *d = k->d;
    struct blob *blob;
    int rc = api_sessions_allowed(k, err);
    if (rc == QW_OK && d->state != DAEMON_SERVING)
        rc = qw_error_set(err, QW_EDRAINING, "the daemon is about to leave");
    if (rc == QW_OK)
        rc = api_get_blob(k, &blob, err);
    if (rc == QW_OK && blob->writing)
        rc = qw_error_set(err, QW_ECONFLICT, "the blob is being written or imported");
    if (rc == QW_OK && !history_writes(d))
        rc = qw_error_set(err, QW_ESTORAGE, "what is imported is stored, and nothing is: %s", history_why(d));
    if (rc != QW_OK)
        return rc;
    struct transfer *t = transfer_new(k, blob);
    if (t == NULL)
        return no_memory(err);
    rc = prepare_import(k, t, err);
    if (rc == QW_OK)
        rc = store_transfer(history_store(d), &t->x, err);
    if (rc == QW_OK)
        blob->writing = true;       /* its bytes stay as they are meanwhile */
    else
        transfer_free(t);
    return rc;
}

static void import_failed(struct transfer *t)
{
    struct rpc_err_info info = { .param = "blob" };
    struct qw_error *e = &t->x.error;
    if (e->code == QW_EFORMAT || e->code == QW_ETRUNC)
        e->code = QW_EPARAMS;
    reply_error(t->d, t->conn_id, t->msg_id, e, &info);
}

static void import_answered(struct transfer *t)
{
    struct reply rep;
    t->blob->writing = false;
    if (t->x.error.code != QW_OK) {
        import_failed(t);
        return;
    }
    if (!reply_begin(t->d, t->conn_id, t->msg_id, &rep))
        return;
    struct mpw_open m = mpw_map_begin(rep.b);
    mpw_key(rep.b, &m, "session");
    api_put_id(rep.b, 's', t->x.session);
    api_put_opt(rep.b, &m, "title", t->x.title_now[0] != '\0' ? t->x.title_now : NULL);
    put_uint(rep.b, &m, "messages", t->x.n_messages);
    put_uint(rep.b, &m, "pages", t->x.n_pages);
    put_uint(rep.b, &m, "created_unix_ms", (uint64_t)t->x.created_unix_ms);
    mpw_map_end(rep.b, &m);
    reply_end(t->d, &rep);
}

void api_transfer_answered(struct store_transfer *x)
{
    struct transfer *t = x->user;
    if (x->import)
        import_answered(t);
    else
        export_answered(t);
    transfer_free(t);
}
