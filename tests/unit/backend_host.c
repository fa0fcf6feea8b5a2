/* A whole backend whose device is the host: the CPU's forward pass behind the module's table, so that the daemon's way
 * with a device is tested where there is none.
 *
 *   FAKE_DEVICE_FAILS=CALL:N   the Nth CALL fails, and from then on every call, as after an error of a real device;
 *   FAKE_DEVICE_FAILS=CALL:N:once   only that one, for want of memory; CALL:every: each of them.
 *   CALL: forward, block, run, row, in, out
 *   FAKE_HEAD_IDS=N   so many ids a head has, 256 at most */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/cpu/kern.h"
#include "engine/forward/backend.h"
#include "engine/forward/build_id.h"
#include "engine/forward/forward.h"
#include "engine/model/model_int.h"
#include "tests/unit/head_ref.h"

struct backend_device { int calls[8]; bool broken; };
struct backend_forward {
    struct backend_device *d;
    struct model m;
    struct forward *f;
    float  *rows;                   /* [n_rows][n_vocab]: the logits of the last run */
    size_t  n_rows;
};

enum call { CALL_FORWARD, CALL_BLOCK, CALL_RUN, CALL_ROW, CALL_IN, CALL_OUT, N_CALLS };
static const char *const call_names[N_CALLS] = { "forward", "block", "run", "row", "in", "out" };

static int called(struct backend_device *d, enum call call, struct qw_error *err)
{
    const char *order = getenv("FAKE_DEVICE_FAILS"), *name = call_names[call];
    size_t n = strlen(name);
    d->calls[call]++;
    if (order != NULL && strncmp(order, name, n) == 0 && order[n] == ':') {
        char *end;
        long nth = strtol(order + n + 1, &end, 10);
        bool once = strcmp(end, ":once") == 0, every = strcmp(end, "every") == 0;
        if (every || (once && nth == d->calls[call]))
            return qw_error_set(err, QW_ENOMEM, "%s %d: the device has no memory left", name, d->calls[call]);
        d->broken |= nth == d->calls[call];
    }
    return d->broken ? qw_error_set(err, QW_EINTERNAL, "%s: the device is broken", name) : QW_OK;
}

static int host_open(struct backend_device **d, struct backend_info *info, struct qw_error *err)
{
    *d = qw_calloc(1, sizeof **d);
    if (*d == NULL)
        return qw_error_set(err, QW_ENOMEM, "device");
    snprintf(info->device, sizeof info->device, "the host");
    snprintf(info->runtime, sizeof info->runtime, "no runtime");
    info->total_bytes = info->free_bytes = (uint64_t)64 << 20;
    return QW_OK;
}

static void host_close(struct backend_device *d)
{
    qw_free(d);
}

static int host_memory(struct backend_device *d, uint64_t *free_bytes, uint64_t *total_bytes, struct qw_error *err)
{
    (void)d, (void)err;
    *free_bytes = *total_bytes = (uint64_t)64 << 20;
    return QW_OK;
}

static void host_forward_free(struct backend_forward *f)
{
    forward_free(f->f);
    qw_free(f->rows);
    qw_free(f);
}

static int host_forward_new(struct backend_forward **out, struct backend_device *d, const struct backend_model *bm,
                            const struct forward_options *o, struct qw_error *err)
{
    struct forward_options mine = *o;
    int rc = called(d, CALL_FORWARD, err);
    if (rc != QW_OK)
        return rc;
    struct backend_forward *f = qw_calloc(1, sizeof *f);
    if (f == NULL)
        return qw_error_set(err, QW_ENOMEM, "device");
    f->d = d;
    f->m.hp = *bm->hp;
    f->m.w = *bm->w;
    f->m.kern = kern_get(CPU_LEVEL_REF);
    mine.backend = NULL;
    if ((rc = forward_new(&f->f, &f->m, &mine, err)) != QW_OK) {
        qw_free(f);
        return rc;
    }
    *out = f;
    return QW_OK;
}

static uint64_t host_forward_bytes(const struct backend_model *m, const struct forward_options *o)
{
    (void)o;
    return m->block_bytes;
}

/* All logits into rows; of them heads, or copies. */
static int run_all(struct backend_forward *f, const struct forward_seq *seqs, size_t n_seqs, struct qw_error *err)
{
    const char *ids = getenv("FAKE_HEAD_IDS");
    size_t V = f->m.hp.n_vocab, most = ids != NULL ? (size_t)atoi(ids) : LOGIT_HEAD, rows = 0;
    struct forward_seq *mine = qw_calloc(n_seqs, sizeof *mine);
    for (size_t i = 0; i < n_seqs; i++)
        rows += seqs[i].n_logits;
    qw_free(f->rows);
    f->rows = qw_calloc(rows + 1, V * sizeof *f->rows);
    f->n_rows = rows;
    if (mine == NULL || f->rows == NULL)
        abort();
    for (size_t i = rows = 0; i < n_seqs; rows += seqs[i++].n_logits) {
        mine[i] = seqs[i];
        mine[i].heads = NULL;
        mine[i].logits = f->rows + rows * V;
    }
    int rc = forward_run(f->f, mine, n_seqs, NULL, err);
    for (size_t i = rows = 0; rc == QW_OK && i < n_seqs; rows += seqs[i++].n_logits)
        for (size_t k = 0; k < seqs[i].n_logits; k++) {
            const float *row = f->rows + (rows + k) * V;
            if (seqs[i].heads != NULL)
                head_ref(&seqs[i].heads[k], row, V, seqs[i].temperature, NULL, most);
            else
                memcpy(seqs[i].logits + k * V, row, V * sizeof *row);
        }
    qw_free(mine);
    return rc;
}

static int host_forward_run(struct backend_forward *f, const struct forward_seq *seqs, size_t n_seqs,
                            int (*stop)(void *arg), void *arg, struct qw_error *err)
{
    int rc = called(f->d, CALL_RUN, err);
    if (rc == QW_OK && stop(arg))
        rc = qw_error_set(err, QW_ECANCELLED, "cancelled");
    return rc == QW_OK ? run_all(f, seqs, n_seqs, err) : rc;
}

static int host_forward_row(struct backend_forward *f, size_t row, float *logits, struct qw_error *err)
{
    int rc = called(f->d, CALL_ROW, err);
    if (row >= f->n_rows)
        abort();
    if (rc == QW_OK)
        memcpy(logits, f->rows + row * f->m.hp.n_vocab, f->m.hp.n_vocab * sizeof *logits);
    return rc;
}

static int host_fast(struct backend_device *d, struct qw_error *err)
{
    (void)d;
    return qw_error_set(err, QW_EUNSUPPORTED, "the host has one kind of numerics");
}

static int host_block_new(struct backend_device *d, size_t bytes, uint8_t **block, struct qw_error *err)
{
    int rc = called(d, CALL_BLOCK, err);
    if (rc == QW_OK && (*block = qw_calloc(1, bytes)) == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "device");
    return rc;
}

static void host_block_free(struct backend_device *d, uint8_t *block)
{
    (void)d;
    qw_free(block);
}

static int host_zero(struct backend_device *d, uint8_t *at, size_t bytes, struct qw_error *err)
{
    (void)d, (void)err;
    memset(at, 0, bytes);
    return QW_OK;
}

static int host_copy_out(struct backend_device *d, void *host, const uint8_t *at, size_t bytes, struct qw_error *err)
{
    int rc = called(d, CALL_OUT, err);
    if (rc == QW_OK)
        memcpy(host, at, bytes);
    return rc;
}

static int host_copy_in(struct backend_device *d, uint8_t *at, const void *host, size_t bytes, struct qw_error *err)
{
    int rc = called(d, CALL_IN, err);
    if (rc == QW_OK)
        memcpy(at, host, bytes);
    return rc;
}

__attribute__((visibility("default"))) const struct backend_table *qwend_backend(void);
const struct backend_table *qwend_backend(void)
{
    static const struct backend_table table = {
        BACKEND_BUILD_ID, host_open, host_close, host_memory, host_forward_new, host_forward_free, host_forward_bytes,
        host_forward_run, host_forward_row, host_block_new, host_block_free, host_zero, host_copy_out, host_copy_in, host_fast,
    };
    return &table;
}
