/* Reading and repacking, all workers alike.  The file is cut into pieces of whole groups, in its own
 * order, gaps included.  A worker takes the next piece, reads it into a slot of the ring and
 * repacks it from there; the fingerprint, which needs the pieces in order, is continued by whoever
 * finds the next one read.  A slot is free again when its piece is repacked and hashed, so the
 * workers are never more than the ring apart.  What the ring takes is all that the file costs. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "base/hex.h"
#include "base/mem.h"
#include "engine/model/model_int.h"

#define PIECE_BYTES ((size_t)512 << 10)     /* stays in a core's second-level cache */
#define SMALL_GAP   4096u                   /* read along with what follows */
#define AHEAD_BYTES ((uint64_t)16 << 20)    /* what the system is asked to fetch before it is wanted */

struct piece {
    uint64_t from, hash_from, to;           /* of the file: [from, to) is read, [hash_from, to) hashed */
    uint64_t data;                          /* where the part's bytes begin */
    const struct part *part;                /* NULL: only hashed */
    size_t   g0, g1;                        /* groups of a matrix */
};

struct slot {
    uint8_t *buf;
    struct piece piece;
    bool     read;
    int      left;                          /* of repacking and hashing */
    uint64_t turn;                          /* number of the piece that may have it next, or has it */
};

struct reader {
    struct loader  *l;
    struct part   **by_file;                /* parts in the order of the file */
    pthread_mutex_t lock;                   /* all below */
    pthread_cond_t  freed;
    struct slot    *slot;
    size_t          n_slots;
    size_t          part, group;            /* where the next piece begins */
    uint64_t        covered;                /* bytes of the file that pieces hold so far */
    uint64_t        expected;               /* bytes that the system was asked for */
    uint64_t        n_taken, n_hashed;      /* pieces */
    uint64_t        hashed_bytes;
    bool            hashing;
    int             rc;                     /* the first failure ends all */
    struct qw_error err;
    XXH3_state_t    hash;                   /* of whoever set hashing */
};

/* ---- cutting ---------------------------------------------------------------------- */

static size_t row_bytes(const struct part *p) { return p->t->bytes / p->n; }

/* Groups in a piece of this matrix. */
static size_t piece_groups(const struct part *p)
{
    size_t group = row_bytes(p) * WMAT_GROUP;
    return group >= PIECE_BYTES ? 1 : PIECE_BYTES / group;
}

static void next_of_part(struct reader *r, struct piece *p)
{
    const struct part *part = r->by_file[r->part];
    const size_t rows_at = r->group * WMAT_GROUP;
    p->part = part;
    p->data = part->t->at + (uint64_t)rows_at * row_bytes(part);
    p->g0 = r->group;
    if (part->mat == NULL) {
        p->to = p->data + part->t->bytes;
        r->part++;
    } else {
        size_t groups = wmat_groups(part->mat), step = piece_groups(part);
        p->g1 = step < groups - p->g0 ? p->g0 + step : groups;
        size_t rows = p->g1 * WMAT_GROUP < part->n ? p->g1 * WMAT_GROUP : part->n;
        p->to = part->t->at + (uint64_t)rows * row_bytes(part);
        r->group = p->g1 < groups ? p->g1 : 0;
        r->part += r->group == 0;
    }
    /* Tensors may overlap in a strange file: each byte is hashed once all the same. */
    p->from = p->data > r->covered ? r->covered : p->data;
    p->hash_from = r->covered < p->to ? r->covered : p->to;
}

/* Lock held.  false: the file has been dealt out. */
static bool next_piece(struct reader *r, struct piece *p)
{
    const uint64_t size = r->l->m->file_bytes;
    const size_t n = r->l->n_parts;
    uint64_t next = r->part < n ? r->by_file[r->part]->t->at : size;
    *p = (struct piece){ 0 };
    if (r->part < n && (r->group > 0 || next <= r->covered + SMALL_GAP)) {
        next_of_part(r, p);
    } else if (r->covered < next) {
        p->from = p->hash_from = p->data = r->covered;
        p->to = next - r->covered < PIECE_BYTES ? next : r->covered + PIECE_BYTES;
    } else {
        return false;
    }
    r->covered = p->to > r->covered ? p->to : r->covered;
    return true;
}

static size_t slot_bytes(const struct loader *l)
{
    size_t most = PIECE_BYTES;
    for (size_t i = 0; i < l->n_parts; i++) {
        const struct part *p = &l->parts[i];
        size_t rows = p->mat == NULL ? 1 : piece_groups(p) * WMAT_GROUP, n = (rows < p->n ? rows : p->n) * row_bytes(p);
        most = n > most ? n : most;
    }
    return most + SMALL_GAP;
}

/* ---- a worker ----------------------------------------------------------------------- */

/* Lock held: one of the two uses of the slot is over. */
static void done_with(struct reader *r, struct slot *s)
{
    if (--s->left > 0)
        return;
    s->turn += r->n_slots;
    pthread_cond_broadcast(&r->freed);
}

/* Lock held, and let go meanwhile: hashes the next piece if it is there and nobody is at it. */
static bool hash_next(struct reader *r)
{
    struct slot *s = &r->slot[r->n_hashed % r->n_slots];
    if (r->hashing || r->n_hashed == r->n_taken || !s->read || r->rc != QW_OK)
        return false;
    const struct piece *p = &s->piece;
    r->hashing = true;
    pthread_mutex_unlock(&r->lock);
    XXH3_128bits_update(&r->hash, s->buf + (p->hash_from - p->from), (size_t)(p->to - p->hash_from));
    pthread_mutex_lock(&r->lock);
    r->hashing = false;
    r->hashed_bytes = r->hashed_bytes > p->to ? r->hashed_bytes : p->to;
    r->n_hashed++;
    s->read = false;
    done_with(r, s);
    return true;
}

static void fail(struct reader *r, int rc, const struct qw_error *err)
{
    pthread_mutex_lock(&r->lock);
    if (r->rc == QW_OK) {
        r->rc = rc;
        r->err = *err;
    }
    pthread_cond_broadcast(&r->freed);
    pthread_mutex_unlock(&r->lock);
}

/* The next piece and the slot for it, once it is that piece's turn; NULL: nothing is left, or somebody
 * failed.  Who waits here waits for earlier pieces only, so somebody always goes on. */
static struct slot *take(struct reader *r)
{
    struct piece p;
    struct slot *s = NULL;
    pthread_mutex_lock(&r->lock);
    if (r->rc == QW_OK && next_piece(r, &p)) {
        const uint64_t number = r->n_taken++;
        s = &r->slot[number % r->n_slots];
        while (s->turn != number && r->rc == QW_OK)
            if (!hash_next(r))
                pthread_cond_wait(&r->freed, &r->lock);
        if (r->rc == QW_OK) {
            s->left = 2;
            s->piece = p;
        } else {
            s = NULL;
        }
    }
    uint64_t ahead = 0;
    if (s != NULL && p.to + AHEAD_BYTES / 2 > r->expected) {
        ahead = r->expected;
        r->expected = p.to + AHEAD_BYTES;
    }
    pthread_mutex_unlock(&r->lock);
    if (ahead > 0)
        gguf_expect(r->l->g, ahead, AHEAD_BYTES);
    return s;
}

static void repack(const struct loader *l, const struct slot *s)
{
    const struct piece *p = &s->piece;
    const uint8_t *src = s->buf + (p->data - p->from);
    if (p->part == NULL)
        return;
    if (p->part->mat == NULL)
        memcpy(l->m->block + p->part->at, src, p->part->bytes);
    else
        wmat_repack(p->part->mat, src, p->g0, p->g1);
}

static void read_worker(void *arg, int worker)
{
    struct reader *r = arg;
    struct slot *s;
    struct qw_error err;
    model_side_job(r->l);
    while ((s = take(r)) != NULL) {
        int rc = gguf_read(r->l->g, s->piece.from, s->buf, (size_t)(s->piece.to - s->piece.from), &err);
        if (rc == QW_OK) {
            pthread_mutex_lock(&r->lock);
            s->read = true;
            pthread_mutex_unlock(&r->lock);
            repack(r->l, s);
            pthread_mutex_lock(&r->lock);
            done_with(r, s);
            while (hash_next(r))
                ;
            uint64_t done = r->hashed_bytes;
            pthread_mutex_unlock(&r->lock);
            if (worker == 0)
                rc = model_report(r->l, done, &err);
        }
        if (rc != QW_OK)
            fail(r, rc, &err);
    }
}

/* ---- all of it -------------------------------------------------------------------- */

static int by_file_offset(const void *a, const void *b)
{
    const struct part *x = *(struct part *const *)a, *y = *(struct part *const *)b;
    return x->t->at < y->t->at ? -1 : x->t->at > y->t->at;
}

static int prepare(struct reader *r, uint8_t **ring, size_t *ring_bytes, struct qw_error *err)
{
    struct loader *l = r->l;
    size_t each = slot_bytes(l);
    r->n_slots = (size_t)workers_count(l->team) + 3;
    r->by_file = qw_calloc(l->n_parts, sizeof *r->by_file);
    r->slot = qw_calloc(r->n_slots, sizeof *r->slot);
    *ring = qw_mul(r->n_slots, each, ring_bytes) ? qw_map(*ring_bytes) : NULL;
    if (r->by_file == NULL || r->slot == NULL || *ring == NULL)
        return qw_error_set(err, QW_ENOMEM, "%zu x %zu KiB to read the file", r->n_slots, each >> 10);
    for (size_t i = 0; i < r->n_slots; i++)
        r->slot[i] = (struct slot){ .buf = *ring + i * each, .turn = i };
    for (size_t i = 0; i < l->n_parts; i++)
        r->by_file[i] = &l->parts[i];
    qsort(r->by_file, l->n_parts, sizeof *r->by_file, by_file_offset);
    XXH3_128bits_reset(&r->hash);
    r->expected = 1;
    return QW_OK;
}

static void set_fingerprint(struct reader *r)
{
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits_digest(&r->hash));
    hex_put(r->l->m->fingerprint, c.digest, sizeof c.digest);
}

int model_read(struct loader *l, struct qw_error *err)
{
    struct reader *r = qw_alloc_aligned(64, sizeof *r);     /* the hash's state wants it */
    uint8_t *ring = NULL;
    size_t ring_bytes = 0;
    if (r == NULL)
        return qw_error_set(err, QW_ENOMEM, "reader");
    memset(r, 0, sizeof *r);
    r->l = l;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->freed, NULL);
    int rc = prepare(r, &ring, &ring_bytes, err);
    if (rc == QW_OK) {
        workers_run(l->team, read_worker, r);
        rc = r->rc;
        if (rc != QW_OK && err != NULL)
            *err = r->err;
    }
    if (rc == QW_OK)
        rc = gguf_unchanged(l->g, err);
    if (rc == QW_OK) {
        set_fingerprint(r);
        rc = model_report(l, l->m->file_bytes, err);
    }
    if (ring != NULL)
        qw_unmap(ring, ring_bytes);
    pthread_cond_destroy(&r->freed);
    pthread_mutex_destroy(&r->lock);
    qw_free(r->slot);
    qw_free(r->by_file);
    qw_free_aligned(r);
    return rc;
}
