/* Host memory for pages on their way between a device and the store: the store reads and writes the host's
 * memory only.  With the CPU as the backend pages are lent as they lie, and there is none of this.  Engine thread. */
#include "daemon/sched/sched_int.h"

#include "base/mem.h"

#define STAGE_BYTES ((size_t)256 << 20)
#define STAGE_LEAST 16u
#define STAGE_MOST  256u

int stage_new(struct sched *s, struct qw_error *err)
{
    size_t page = s->layout.page_bytes, n = STAGE_BYTES / page;
    if (s->backend == NULL)
        return QW_OK;
    n = n < STAGE_LEAST ? STAGE_LEAST : n > STAGE_MOST ? STAGE_MOST : n;
    s->stage_bytes = n * page;
    s->stage_block = qw_map(s->stage_bytes);
    s->stage = qw_calloc(n, sizeof *s->stage);
    if (s->stage_block == NULL || s->stage == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for %zu pages between the GPU and the store", n);
    while (s->n_stage < n) {
        s->stage[s->n_stage] = s->stage_block + s->n_stage * page;
        s->n_stage++;
    }
    return QW_OK;
}

void stage_free(struct sched *s)
{
    if (s->stage_block != NULL)
        qw_unmap(s->stage_block, s->stage_bytes);
    qw_free(s->stage);
    s->stage_block = NULL;
    s->stage = NULL;
    s->n_stage = 0;
}

size_t stage_room(const struct sched *s)
{
    return s->backend == NULL ? SIZE_MAX : s->broken.code != QW_OK ? 0 : s->n_stage;
}

void *stage_lend(struct sched *s, struct kv_page *p)
{
    return s->backend == NULL ? kv_page_data(p) : s->stage[--s->n_stage];
}

static int note(struct sched *s, int rc, const struct qw_error *err)
{
    if (rc != QW_OK && s->broken.code == QW_OK)
        s->broken = *err;
    return rc;
}

int stage_out(struct sched *s, const struct kv_page *p, void *data)
{
    struct qw_error err = { 0 };
    return s->backend == NULL ? QW_OK : note(s, kv_read_page(s->kv, p, data, &err), &err);
}

int stage_in(struct sched *s, struct kv_page *p, const void *data)
{
    struct qw_error err = { 0 };
    return s->backend == NULL ? QW_OK : note(s, kv_write_page(s->kv, p, data, &err), &err);
}

void stage_back(struct sched *s, void *data)
{
    if (s->backend != NULL)
        s->stage[s->n_stage++] = data;
}
