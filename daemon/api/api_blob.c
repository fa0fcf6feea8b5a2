/* blob.*: bytes that are larger than a message.  Reads and writes are libuv's, off the loop. */
#include <string.h>
#include <uv.h>

#include "base/mem.h"
#include "daemon/api/api.h"
#include "daemon/blob.h"

/* One read or write; refers to its caller by id. */
struct blob_io {
    uv_fs_t  req;
    struct daemon *d;
    struct blob *x;             /* pinned */
    uint64_t conn_id;
    uint32_t msg_id;
    uint64_t at;
    size_t   n;
    char     bytes[];
};

static int get_blobs(struct call *k, struct blobs **b, struct qw_error *err)
{
    if (k->conn->owner.stateless)
        return qw_error_set(err, QW_EDENIED, "uid %u may belong to anybody, so nothing is kept for it", OWNER_NOBODY_UID);
    if (k->d->blobs == NULL) {
        int rc = blobs_new(&k->d->blobs, k->d->data, err);
        if (rc != QW_OK)
            return rc;
    }
    *b = k->d->blobs;
    return QW_OK;
}

int api_get_blob(struct call *k, struct blob **x, struct qw_error *err)
{
    const char *name = arg_str(k, "blob", "");
    struct blobs *b = NULL;
    uint64_t id;
    int rc = get_blobs(k, &b, err);
    if (rc != QW_OK)
        return rc;
    *x = session_id_parse('b', name, &id) ? blob_find(b, k->conn->owner.id, id) : NULL;
    if (*x != NULL)
        return QW_OK;
    k->info.param = "blob";
    return qw_error_set(err, QW_ENOTFOUND, "no blob `%.40s`: one is forgotten after ten minutes, and with the daemon", name);
}

int api_new_blob(struct call *k, uint64_t expected_bytes, struct blob **x, struct qw_error *err)
{
    struct blobs *b = NULL;
    int rc = get_blobs(k, &b, err);
    if (rc == QW_OK)
        rc = blob_new(b, k->conn->owner.id, expected_bytes, x, err);
    if (rc == QW_EBUSY)
        k->info.retry_after_ms = 5000;
    return rc;
}

void api_put_blob(struct qw_buf *b, struct mpw_open *m, const struct blob *x)
{
    char id[SESSION_ID_LEN];
    session_id_text('b', x->id, id);
    mpw_key(b, m, "blob");
    mpw_str(b, id);
}

int api_blob_create(struct call *k, struct qw_error *err)
{
    struct blob *x;
    struct reply rep;
    int rc = api_new_blob(k, (uint64_t)arg_int(k, "bytes", 0), &x, err);
    if (rc != QW_OK)
        return rc;
    call_reply(k, &rep);
    struct mpw_open m = mpw_map_begin(rep.b);
    api_put_blob(rep.b, &m, x);
    mpw_key(rep.b, &m, "chunk_bytes");
    mpw_int(rep.b, PROTO_MAX_BLOB_CHUNK);
    mpw_key(rep.b, &m, "max_bytes");
    mpw_uint(rep.b, BLOB_MAX_BYTES);
    mpw_map_end(rep.b, &m);
    reply_end(k->d, &rep);
    return QW_OK;
}

int api_blob_close(struct call *k, struct qw_error *err)
{
    struct blob *x;
    struct reply rep;
    int rc = api_get_blob(k, &x, err);
    if (rc != QW_OK)
        return rc;
    call_reply(k, &rep);
    struct mpw_open m = mpw_map_begin(rep.b);
    api_put_blob(rep.b, &m, x);
    mpw_map_end(rep.b, &m);
    blob_close(k->d->blobs, x);
    reply_end(k->d, &rep);
    return QW_OK;
}

/* ---- reading and writing ---- */

static void io_end(struct blob_io *io)
{
    blob_io_end(io->d->blobs, io->n);
    blob_unpin(io->d->blobs, io->x);
    uv_fs_req_cleanup(&io->req);
    qw_free(io);
}

static void io_failed(struct blob_io *io, const char *what)
{
    struct qw_error err = { 0 };
    long n = (long)io->req.result;
    qw_error_set(&err, QW_ESTORAGE, "%s: the blob's file: %s", what, n < 0 ? uv_strerror((int)n) : "not whole");
    reply_error(io->d, io->conn_id, io->msg_id, &err, NULL);
}

static void on_written(uv_fs_t *req)
{
    struct blob_io *io = req->data;
    struct reply rep;
    io->x->writing = false;
    if (req->result != (ssize_t)io->n) {
        io_failed(io, "blob.write");
    } else {
        blob_grown(io->d->blobs, io->x, io->at + io->n);
        if (reply_begin(io->d, io->conn_id, io->msg_id, &rep)) {
            struct mpw_open m = mpw_map_begin(rep.b);
            api_put_blob(rep.b, &m, io->x);
            mpw_key(rep.b, &m, "bytes");
            mpw_uint(rep.b, io->x->bytes);
            mpw_map_end(rep.b, &m);
            reply_end(io->d, &rep);
        }
    }
    io_end(io);
}

static void on_read(uv_fs_t *req)
{
    struct blob_io *io = req->data;
    struct reply rep;
    if (req->result < 0) {
        io_failed(io, "blob.read");
    } else if (reply_begin(io->d, io->conn_id, io->msg_id, &rep)) {
        struct mpw_open m = mpw_map_begin(rep.b);
        api_put_blob(rep.b, &m, io->x);
        mpw_key(rep.b, &m, "at");
        mpw_uint(rep.b, io->at);
        mpw_key(rep.b, &m, "bytes");
        mpw_uint(rep.b, io->x->bytes);
        mpw_key(rep.b, &m, "data");
        mpw_bin(rep.b, io->bytes, (size_t)req->result);
        mpw_map_end(rep.b, &m);
        reply_end(io->d, &rep);
    }
    io_end(io);
}

static int start_io(struct call *k, struct blob *x, uint64_t at, const char *data, size_t n, struct qw_error *err)
{
    int rc = blob_io_begin(k->d->blobs, n, err);
    if (rc != QW_OK) {
        k->info.retry_after_ms = 100;
        return rc;
    }
    struct blob_io *io = qw_calloc(1, sizeof *io + n);
    if (io == NULL) {
        blob_io_end(k->d->blobs, n);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    *io = (struct blob_io){ .d = k->d, .x = x, .conn_id = k->conn->id, .msg_id = k->id, .at = at, .n = n };
    if (data != NULL)
        memcpy(io->bytes, data, n);
    io->req.data = io;
    uv_buf_t buf = uv_buf_init(io->bytes, (unsigned)n);
    rc = data != NULL ? uv_fs_write(&k->d->loop, &io->req, x->fd, &buf, 1, (int64_t)at, on_written)
                      : uv_fs_read(&k->d->loop, &io->req, x->fd, &buf, 1, (int64_t)at, on_read);
    if (rc != 0) {
        blob_io_end(k->d->blobs, n);
        qw_free(io);
        return qw_error_set(err, QW_ESTORAGE, "the blob's file: %s", uv_strerror(rc));
    }
    blob_pin(x);
    x->writing = x->writing || data != NULL;
    return QW_OK;
}

int api_blob_write(struct call *k, struct qw_error *err)
{
    struct blob *x;
    const struct mp *data = method_arg(k->params, "data");
    uint64_t at = (uint64_t)arg_int(k, "at", 0);
    int rc = api_get_blob(k, &x, err);
    if (rc != QW_OK)
        return rc;
    if (x->writing)
        return qw_error_set(err, QW_ECONFLICT, "the blob is being written");
    if (at != x->bytes) {
        k->info.param = "at";
        k->info.has_limit = true;
        k->info.limit = k->info.actual = (int64_t)x->bytes;
        return qw_error_set(err, QW_ECONFLICT, "the blob has %llu bytes, so the next piece belongs there and not at %llu",
                            (unsigned long long)x->bytes, (unsigned long long)at);
    }
    rc = blob_room(k->d->blobs, x, data->u.s.n, err);
    return rc == QW_OK ? start_io(k, x, at, data->u.s.p, data->u.s.n, err) : rc;
}

int api_blob_read(struct call *k, struct qw_error *err)
{
    struct blob *x;
    uint64_t at = (uint64_t)arg_int(k, "at", 0), n = (uint64_t)arg_int(k, "bytes", PROTO_MAX_BLOB_CHUNK);
    int rc = api_get_blob(k, &x, err);
    if (rc != QW_OK)
        return rc;
    if (at > x->bytes)
        at = x->bytes;
    if (n > x->bytes - at)
        n = x->bytes - at;
    return start_io(k, x, at, NULL, (size_t)n, err);
}
