/* The kernel worker team: a fixed number of threads that run one function together.
 *
 * The thread that calls workers_run is worker 0; the others sleep on a futex between
 * runs.  Inside a run, workers_barrier separates the phases: it spins for a while
 * (phases are microseconds apart) and then sleeps, so that an oversubscribed machine
 * still makes progress.  One thread at a time calls workers_run. */
#ifndef QW_ENGINE_WORKERS_H
#define QW_ENGINE_WORKERS_H

#include <stddef.h>

#include "base/error.h"

#define WORKERS_MAX 1024

struct workers;
/* n: 1..WORKERS_MAX, the caller included. */
int  workers_new(struct workers **w, int n, struct qw_error *err);
void workers_free(struct workers *w);
int  workers_count(const struct workers *w);

/* fn(arg, worker) on every worker, worker 0 being the caller; returns when all have. */
void workers_run(struct workers *w, void (*fn)(void *arg, int worker), void *arg);
/* Within fn: nobody passes before all have come; what was written before is seen after. */
void workers_barrier(struct workers *w);

/* Worker's contiguous part of n items, in units of `unit`: [*a, *b). */
static inline void workers_slice(size_t n, size_t unit, int worker, int count, size_t *a, size_t *b)
{
    size_t units = (n + unit - 1) / unit, c = (size_t)count, i = (size_t)worker;
    *a = units / c * i + (units % c * i) / c;
    *b = units / c * (i + 1) + (units % c * (i + 1)) / c;
    *a = *a * unit < n ? *a * unit : n;
    *b = *b * unit < n ? *b * unit : n;
}

#endif
