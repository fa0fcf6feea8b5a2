/* Filling the block from the repack cache, all workers alike, and handing it to the writer. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "engine/model/model_int.h"

/* ---- the key -------------------------------------------------------------------------- */

static void add_number(XXH3_state_t *h, uint64_t v)
{
    uint8_t le[8];
    for (int i = 0; i < 8; i++)
        le[i] = (uint8_t)(v >> 8 * i);
    XXH3_128bits_update(h, le, sizeof le);
}

/* What repacking makes of a fixed group of this type: the layout itself, in case it was changed under
 * the same WMAT_LAYOUT_VERSION. */
static void add_sample(XXH3_state_t *h, uint32_t type)
{
    _Alignas(64) uint8_t src[8192], dst[8192];
    uint32_t values, bytes;
    struct wmat w;
    size_t n;
    if (!gguf_type_block(type, &values, &bytes))
        return;
    const size_t K = values == 256 ? 512 : 96;              /* two units, or an odd last block */
    if (K / values * bytes * WMAT_GROUP > sizeof src || wmat_bytes(type, WMAT_GROUP, K, &n, NULL) != QW_OK ||
        n > sizeof dst || wmat_init(&w, type, WMAT_GROUP, K, dst, NULL) != QW_OK)
        return;
    for (size_t i = 0; i < sizeof src; i++)
        src[i] = (uint8_t)(i * 167 + i / 251);
    wmat_repack(&w, src, 0, 1);
    XXH3_128bits_update(h, dst, n);
}

/* What the block's bytes depend on besides the file's: the layout and the places. */
static void plan_id(const struct loader *l, uint8_t id[16])
{
    XXH3_state_t h;
    XXH128_canonical_t c;
    uint64_t seen = 0;
    XXH3_128bits_reset(&h);
    add_number(&h, WMAT_LAYOUT_VERSION);
    add_number(&h, l->m->block_bytes);
    for (size_t i = 0; i < l->n_parts; i++) {
        const struct part *p = &l->parts[i];
        XXH3_128bits_update(&h, p->t->name, strlen(p->t->name) + 1);
        add_number(&h, p->t->type);
        add_number(&h, p->mat != NULL);
        add_number(&h, p->n);
        add_number(&h, p->k);
        add_number(&h, p->at);
        add_number(&h, p->bytes);
        if (p->mat != NULL && p->t->type < 64 && (seen >> p->t->type & 1) == 0) {
            seen |= UINT64_C(1) << p->t->type;
            add_sample(&h, p->t->type);
        }
    }
    XXH128_canonicalFromHash(&c, XXH3_128bits_digest(&h));
    memcpy(id, c.digest, sizeof c.digest);
}

static bool make_key(const struct loader *l, struct repack_key *k)
{
    if (l->o->repack_cache == NULL || !gguf_stamp(l->g, &k->stamp))
        return false;
    plan_id(l, k->plan);
    k->block_bytes = l->m->block_bytes;
    k->file_bytes = l->m->file_bytes;
    return true;
}

/* ---- reading --------------------------------------------------------------------------- */

struct cached {
    struct loader *l;
    const struct repack_file *f;
    pthread_mutex_t lock;
    size_t          next;           /* piece */
    uint64_t        done;           /* bytes */
    int             rc;
    struct qw_error err;
};

static void cached_worker(void *arg, int worker)
{
    struct cached *c = arg;
    const size_t n = repack_n_pieces(c->f);
    struct model *m = c->l->m;
    model_side_job(c->l);
    pthread_mutex_lock(&c->lock);
    while (c->next < n && c->rc == QW_OK) {
        const size_t i = c->next++;
        size_t bytes = 0;
        struct qw_error err;
        pthread_mutex_unlock(&c->lock);
        int rc = repack_read_piece(c->f, i, m->block, &bytes, &err);
        pthread_mutex_lock(&c->lock);
        c->done += bytes;
        if (rc == QW_OK && worker == 0) {
            const uint64_t done = (uint64_t)((double)c->done / (double)m->block_bytes * (double)m->file_bytes);
            pthread_mutex_unlock(&c->lock);
            rc = model_report(c->l, done < m->file_bytes ? done : m->file_bytes, &err);
            pthread_mutex_lock(&c->lock);
        }
        if (rc != QW_OK && c->rc == QW_OK) {
            c->rc = rc;
            c->err = err;
        }
    }
    pthread_mutex_unlock(&c->lock);
}

int model_from_cache(struct loader *l, struct qw_error *err)
{
    struct model *m = l->m;
    struct repack_key k;
    struct repack_file *f;
    struct cached c = { .l = l };
    if (!make_key(l, &k))
        return qw_error_set(err, QW_ENOTFOUND, "no cache");
    int rc = repack_open(&f, l->o->repack_cache, &k, m->fingerprint, &c.err);
    if (rc == QW_OK) {
        c.f = f;
        pthread_mutex_init(&c.lock, NULL);
        workers_run(l->team, cached_worker, &c);
        pthread_mutex_destroy(&c.lock);
        rc = c.rc;
        if (rc == QW_OK) {
            m->cached.state = REPACK_READ;
            m->cached.bytes = repack_file_bytes(f);
            snprintf(m->cached.path, sizeof m->cached.path, "%s", repack_file_path(f));
            rc = model_report(l, m->file_bytes, &c.err);
        }
        repack_close(f, rc);
    }
    if (rc != QW_OK && rc != QW_ENOTFOUND)
        snprintf(m->cached.why, sizeof m->cached.why, "%s", c.err.msg);
    if (rc != QW_OK && err != NULL)
        *err = c.err;
    return rc;
}

/* ---- writing ----------------------------------------------------------------------------- */

void model_to_cache(struct loader *l)
{
    struct model *m = l->m;
    struct repack_job j = { .dir = l->o->repack_cache, .block = m->block, .fingerprint = m->fingerprint,
                            .model_fd = gguf_fd(l->g), .limit_bytes = l->o->repack_cache_bytes };
    struct qw_error err;
    if (!make_key(l, &j.key) || repack_write(&m->writer, &j, &err) == QW_OK)
        return;
    m->cached.state = REPACK_FAILED;
    snprintf(m->cached.why, sizeof m->cached.why, "%s", err.msg);
}

void model_repack_info(const struct model *m, struct repack_info *out)
{
    *out = m->cached;
    if (m->writer == NULL)
        return;
    repack_write_info(m->writer, out);
    if (out->why[0] == '\0')                /* what was wrong with the file that was found */
        memcpy(out->why, m->cached.why, sizeof out->why);
}

void model_repack_wait(struct model *m)
{
    if (m->writer != NULL)
        repack_write_wait(m->writer);
}
