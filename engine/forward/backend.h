/* Backends: what computes the forward pass and holds the KV pages.  The CPU is built in (NULL wherever a
 * struct backend * is asked for); others are modules that are opened when they are wanted, so that one
 * program runs with and without a GPU, its driver and its libraries.
 *
 * A module exports one table of functions.  It is used only if it was built from the same sources: the
 * structs in it are ours, not an ABI.  Every backend gives the CPU's bits (docs/architecture.md), so that a
 * conversation's pages go on wherever they were computed; but where gpu_numerics = fast was asked for, which has a
 * numerics id of its own.
 *
 * Engine thread, but for backend_open and backend_free, which any thread may call. */
#ifndef QW_ENGINE_BACKEND_H
#define QW_ENGINE_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/forward/batch.h"

struct hparams;
struct weights;
struct backend_device;          /* the module's own */
struct backend_forward;

struct backend_info {
    char     device[128];       /* "NVIDIA H200" */
    char     runtime[96];       /* "compute capability 9.0, driver 580.65.06 (CUDA 13.0)" */
    uint64_t total_bytes, free_bytes;   /* of its memory, when it was opened */
};

/* What a forward pass needs of a model; borrowed for forward_new, but for hp. */
struct backend_model {
    const struct hparams *hp;
    const struct weights *w;
    const void  *block;         /* all that w points to lies in it */
    size_t       block_bytes;
    const double *freq;         /* [n_rot/2]: kern_rope_freqs */
    const struct kv_layout *kv; /* copied */
};

/* What a module exports, as the function BACKEND_SYMBOL that returns it.  QW_OK or an error whose
 * text says what to do. */
struct backend_table {
    const char *build_id;       /* the first member, for ever: BACKEND_BUILD_ID of its sources */
    int  (*open)(struct backend_device **d, struct backend_info *info, struct qw_error *err);
    void (*close)(struct backend_device *d);
    int  (*memory)(struct backend_device *d, uint64_t *free_bytes, uint64_t *total_bytes, struct qw_error *err);

    int  (*forward_new)(struct backend_forward **f, struct backend_device *d, const struct backend_model *m,
                        const struct forward_options *o, struct qw_error *err);
    void (*forward_free)(struct backend_forward *f);
    /* Bytes of device memory that forward_new would take; freq and kv of m are not read. */
    uint64_t (*forward_bytes)(const struct backend_model *m, const struct forward_options *o);
    /* As forward_run; what was checked there is right.  stop(arg) is asked between layers. */
    int  (*forward_run)(struct backend_forward *f, const struct forward_seq *seqs, size_t n_seqs,
                        int (*stop)(void *arg), void *arg, struct qw_error *err);

    /* As forward_row of a pass that gives heads. */
    int  (*forward_row)(struct backend_forward *f, size_t row, float *logits, struct qw_error *err);

    /* A block of device memory, zeroed; addresses in it mean nothing to the host. */
    int  (*block_new)(struct backend_device *d, size_t bytes, uint8_t **block, struct qw_error *err);
    void (*block_free)(struct backend_device *d, uint8_t *block);
    int  (*zero)(struct backend_device *d, uint8_t *at, size_t bytes, struct qw_error *err);
    int  (*copy_out)(struct backend_device *d, void *host, const uint8_t *at, size_t bytes, struct qw_error *err);
    int  (*copy_in)(struct backend_device *d, uint8_t *at, const void *host, size_t bytes, struct qw_error *err);
    /* Forward passes made from here on may compute prefill with other bits than the CPU's, faster. */
    int  (*fast)(struct backend_device *d, struct qw_error *err);
};
#define BACKEND_SYMBOL "qwend_backend"
typedef const struct backend_table *backend_entry(void);

/* gpu_numerics.  Fast: a prompt's products in F16 by the GPU maker's library; its bits depend on how the prompt was
 * cut into runs, on the GPU and on the library. */
enum numerics { NUMERICS_EXACT, NUMERICS_FAST };
const char *numerics_name(enum numerics n);             /* "exact", "fast" */
int  numerics_parse(const char *name);                  /* -1: neither */

struct backend {
    const struct backend_table *table;
    struct backend_device *device;
    struct backend_info info;
    char  name[16];             /* "cuda", "cuda-host" */
    enum numerics numerics;
    void *module;
};

/* Opens a backend by name; "cpu" and "auto" are the caller's.  QW_ENOTFOUND: this build has no such
 * module; QW_EUNSUPPORTED: it cannot be used here (driver, device, build), and why. */
int  backend_open(struct backend **b, const char *name, struct qw_error *err);
/* The same from a file. */
int  backend_open_file(struct backend **b, const char *name, const char *path, struct qw_error *err);
void backend_free(struct backend *b);
/* Before any forward pass.  QW_EUNSUPPORTED: fast cannot be used here, why, and what to do; b stays exact. */
int  backend_set_numerics(struct backend *b, enum numerics n, struct qw_error *err);
enum numerics backend_numerics(const struct backend *b);        /* NULL, the CPU: exact */
uint32_t backend_numerics_id(const struct backend *b);          /* what names its pages: kern.h */

/* --backend NAME and --gpu-numerics of every program: cpu, auto, cuda, cuda-host.  *b NULL: the CPU.  "auto" takes a GPU
 * where one can be used and does without where not; why says in one line which it is and why ("" where nobody asked).
 * Fast on a GPU that has it not, or with "cpu", is an error; where auto finds no GPU, why says that it does not count.  Whoever
 * asked for "auto" goes on with the CPU, too, where a model does not fit into the GPU or the GPU fails. */
int  backend_choose(struct backend **b, const char *name, enum numerics n, char *why, size_t why_size, struct qw_error *err);
int  backend_is_name(const char *name);

#endif
