#include "engine/cpu/workers.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/mem.h"

#define SPIN_NS 40000           /* then sleep: a phase that takes longer is worth a system call */
#define CACHE_LINE 64

struct worker {
    struct workers *team;
    pthread_t       thread;
    int             index;
};

/* A word to wait on.  sleepers lets the waker skip the system call. */
struct gate {
    _Alignas(CACHE_LINE) atomic_uint generation;
    atomic_uint sleepers, arrived;  /* one line: who comes last has it when it opens the gate */
    bool        spin;               /* not where more workers than cores would wait for each other's turn */
};

struct workers {
    int            n, n_started;
    struct worker *all;                         /* [n]; [0] is the caller, without a thread */
    void         (*fn)(void *arg, int worker);  /* written before start.generation moves */
    void          *arg;
    atomic_bool    quit;
    struct gate    start, barrier;
};

static void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void gate_open(struct gate *g)
{
    atomic_fetch_add(&g->generation, 1);        /* seq_cst: ordered before the read of sleepers */
    if (atomic_load(&g->sleepers) != 0)
        syscall(SYS_futex, &g->generation, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

/* Until the generation is no longer `seen`. */
static void gate_wait(struct gate *g, unsigned seen)
{
    for (int i = 0; i < 64; i++) {
        if (atomic_load_explicit(&g->generation, memory_order_acquire) != seen)
            return;
        cpu_relax();
    }
    uint64_t end = g->spin ? clock_mono_ns() + SPIN_NS : 0;
    while (g->spin && clock_mono_ns() < end)
        for (int i = 0; i < 32; i++) {
            if (atomic_load_explicit(&g->generation, memory_order_acquire) != seen)
                return;
            cpu_relax();
        }

    atomic_fetch_add(&g->sleepers, 1);
    while (atomic_load(&g->generation) == seen)
        syscall(SYS_futex, &g->generation, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
    atomic_fetch_sub(&g->sleepers, 1);
}

int workers_count(const struct workers *w) { return w->n; }

void workers_barrier(struct workers *w)
{
    if (w->n == 1)
        return;
    unsigned seen = atomic_load_explicit(&w->barrier.generation, memory_order_acquire);
    if (atomic_fetch_add(&w->barrier.arrived, 1) + 1 == (unsigned)w->n) {
        atomic_store_explicit(&w->barrier.arrived, 0, memory_order_relaxed);    /* published by the gate */
        gate_open(&w->barrier);
    } else {
        gate_wait(&w->barrier, seen);
    }
}

static void *worker_main(void *p)
{
    struct worker *me = p;
    struct workers *w = me->team;
    for (unsigned seen = 0;; seen++) {
        gate_wait(&w->start, seen);
        if (atomic_load(&w->quit))
            return NULL;
        w->fn(w->arg, me->index);
        workers_barrier(w);
    }
}

void workers_run(struct workers *w, void (*fn)(void *arg, int worker), void *arg)
{
    w->fn = fn;
    w->arg = arg;
    if (w->n > 1)
        gate_open(&w->start);
    fn(arg, 0);
    workers_barrier(w);
}

int workers_new(struct workers **out, int n, struct qw_error *err)
{
    if (n < 1 || n > WORKERS_MAX)
        return qw_error_set(err, QW_EPARAMS, "%d threads: 1 to %d are possible", n, WORKERS_MAX);
    struct workers *w = qw_alloc_aligned(CACHE_LINE, sizeof *w);
    if (w == NULL)
        return qw_error_set(err, QW_ENOMEM, "worker team");
    *w = (struct workers){ .n = n };
    w->all = qw_calloc((size_t)n, sizeof *w->all);
    if (w->all == NULL) {
        qw_free_aligned(w);
        return qw_error_set(err, QW_ENOMEM, "worker team");
    }
    w->start.spin = w->barrier.spin = n <= cpu_count();
    /* Signals belong to the thread that set the handlers. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = QW_OK;
    for (int i = 1; i < n && rc == QW_OK; i++) {
        w->all[i] = (struct worker){ .team = w, .index = i };
        int e = pthread_create(&w->all[i].thread, NULL, worker_main, &w->all[i]);
        if (e != 0)
            rc = qw_error_errno(err, QW_ENOMEM, e, "worker thread %d of %d", i, n);
        else
            w->n_started = i;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (rc != QW_OK) {
        workers_free(w);
        return rc;
    }
    *out = w;
    return QW_OK;
}

void workers_free(struct workers *w)
{
    if (w == NULL)
        return;
    atomic_store(&w->quit, true);
    gate_open(&w->start);
    for (int i = 1; i <= w->n_started; i++)
        pthread_join(w->all[i].thread, NULL);
    qw_free(w->all);
    qw_free_aligned(w);
}
