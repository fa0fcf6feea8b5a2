/* What the golden tests share: fixtures from tests/data/models, and a rig that feeds ids to
 * the forward pass in any chunking, with pages of its own.  QWEND_TEST_BACKEND=NAME runs all of it on
 * another backend, whose bits must be the same. */
#ifndef QW_TESTS_GOLDEN_RIG_H
#define QW_TESTS_GOLDEN_RIG_H

#include <stddef.h>
#include <stdint.h>

#include "engine/forward/forward.h"
#include "engine/model/model.h"

struct fixture {
    char     path[512];             /* of the GGUF file */
    int32_t  tokens[256], prompt[64], greedy[64];
    size_t   positions[256];
    size_t   n_tokens, n_positions, n_prompt, n_greedy, cols;
    float   *expected;              /* [n_positions][cols] */
};
/* Exits with a message when the data are not there: a test without data has failed. */
void fixture_load(struct fixture *f, const char *name);
void fixture_free(struct fixture *f);
const char *fixture_dir(void);

struct model *rig_model(const char *path, enum cpu_level level);

struct rig_options {
    enum kv_type kv_type;           /* KV_AUTO: the model's own */
    int      threads;               /* 0: 1 */
    size_t   context, max_rows;     /* 0: 512, 512 */
    int      scramble;              /* pages at addresses in another order, with gaps */
    int      cpu;                   /* on the CPU, whatever QWEND_TEST_BACKEND says: what the others must give */
};
struct rig {
    const struct model *m;
    struct backend *backend;        /* NULL: the CPU */
    struct forward *f;
    size_t   n_vocab, n_pages, page_bytes, max_rows;
    uint8_t *block;                 /* in the backend's memory */
    uint8_t *seen;                  /* a page of it on the host */
    uint8_t **pages;                /* [n_pages] */
};
/* Is it another backend that runs?  Then the CPU's levels do not matter. */
int  rig_remote(void);
/* QWEND_TEST_NUMERICS=fast, whose bits are others: then runs of CU_FAST_ROWS rows are cuBLAS's. */
int  rig_fast(void);
void rig_open(struct rig *r, const struct model *m, const struct rig_options *o);
void rig_close(struct rig *r);
void rig_clear(struct rig *r);      /* pages zeroed */
void rig_fill(struct rig *r, int byte);         /* every byte of the pages */
/* The bytes of page p, valid until the next call for this rig. */
const uint8_t *rig_page(struct rig *r, size_t p);
/* Feeds ids from pos0 on, chunk tokens at a time; logits[n][n_vocab] of every one, or NULL. */
void rig_feed(struct rig *r, const int32_t *ids, size_t n, size_t pos0, size_t chunk, float *logits);

int32_t  rig_argmax(const float *logits, size_t n);
/* KL(p || q) of the softmax of two rows of logits, in double. */
double   rig_kl(const float *p, const float *q, size_t n);

#endif
