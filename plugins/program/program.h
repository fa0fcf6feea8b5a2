/* Running a program that a model wrote, in the program jail.
 *
 * Used by the daemon's loop and by qwenctl alike, fd-driven as plugins/host/host.h: poll prog_fd (one
 * epoll descriptor, the same for the prog's whole life) for reading, wait at most prog_timeout_ms,
 * call prog_process; or prog_wait.  Behind it stands a zygote, python3 with sympy loaded, jailed
 * before it reads a byte of the library; it forks a fresh child for each program, which cannot fork,
 * execute, open for writing or reach any network, and whose variables, modules and limits no other
 * program sees.  Programs run one at a time, further ones queue (bounded).  One thread at a time; the kernel ends the
 * zygote with the thread that started it. */
#ifndef QW_PLUGINS_PROGRAM_H
#define QW_PLUGINS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct prog;

/* What holds around a program, beside resource limits and the system call filter, which always do.
 * A higher number is the stronger jail. */
enum prog_level {
    PROG_LEVEL_NONE,            /* refused: neither namespaces nor Landlock; also: not found out yet */
    PROG_LEVEL_LANDLOCK,        /* no user namespaces (or no bubblewrap): the system's files can be seen to exist, not read */
    PROG_LEVEL_NAMESPACES,      /* bubblewrap, no Landlock in the kernel */
    PROG_LEVEL_BOTH,
};

/* Layers that tests leave out.  They only ever take away: with both out every program is refused. */
#define PROG_WITHOUT_NAMESPACES 1u
#define PROG_WITHOUT_LANDLOCK   2u

struct prog_config {
    const char *python;         /* absolute path of a python3 (3.9 or later); NULL: /usr/bin/python3, then /usr/local/bin's */
    const char *host_path;      /* qwend-program; NULL: paths_installed */
    const char *bwrap;          /* absolute path of bubblewrap; NULL: /usr/bin/bwrap, then /usr/local/bin's */
    uint32_t    cpu_ms;         /* of one program; 0: 5000 */
    uint32_t    wall_ms;        /* 0: 10000 */
    uint64_t    memory_bytes;   /* addresses of one program, the interpreter's own (about 100 MiB) included; 0: 512 MiB */
    size_t      output_bytes;   /* of what it prints; 0: 64 KiB, at most 4 MiB */
    int         level_minimum;  /* enum prog_level: a weaker jail is refused */
    unsigned    without;        /* PROG_WITHOUT_...: tests only */
    void (*log)(void *arg, const char *line, size_t n); void *log_arg;   /* why the zygote did not start or ended; may be NULL */
};

enum prog_end {
    PROG_END_OK,                /* ended by itself; out is what it printed */
    PROG_END_EXCEPTION,         /* an exception that it did not catch, or exit with a status other than 0 */
    PROG_END_TIME,              /* CPU or wall time; also the budget of prog_run */
    PROG_END_MEMORY,            /* MemoryError */
    PROG_END_OUTPUT,            /* printed more than output_bytes; out holds the first of them */
    PROG_END_KILLED,            /* a signal, e.g. a stack that ran over; err says which */
};

/* Borrowed: valid until the callback returns. */
struct prog_result {
    struct qw_error error;      /* QW_OK: the program ran, to whatever end; else it did not run, or was cancelled */
    enum prog_end end;
    int         status;         /* exit status; 128 + n where signal n ended it (its own, or ours when it was stopped) */
    const char *out;            /* what it printed on standard output: bytes, not always UTF-8, may hold NUL; never NULL */
    size_t      out_n;
    const char *err;            /* end of the traceback or of standard error, fit to be shown (utf8_escape); "" if none */
    double      ms, cpu_ms;     /* of the program alone, without waiting */
};
typedef void prog_done(void *arg, const struct prog_result *r);

#define PROG_MAX_CODE (256u << 10)      /* bytes, of source and of standard input each */

/* Copies c; starts nothing yet, so that a jail that cannot be built shows with the first program. */
int  prog_new(struct prog **p, const struct prog_config *c, struct qw_error *err);
void prog_free(struct prog *p);         /* kills, reaps; waiting programs end with QW_ECANCELLED */

/* Python source, UTF-8; copied.  budget_ms bounds the whole wait, queue and start of the zygote included;
 * 0: none beyond the configured limits.  On QW_OK done is called exactly once, from prog_process, prog_cancel or
 * prog_free; it may call prog_run, not prog_free.  op may be NULL.
 * QW_ETOOLARGE: over PROG_MAX_CODE; QW_EBUSY: too many wait; QW_EUNSUPPORTED: no jail can be built here
 * (the message says why and the way out; it is tried again after a minute). */
int  prog_run(struct prog *p, const char *code, size_t n, uint32_t budget_ms, prog_done *done, void *arg,
              uint64_t *op, struct qw_error *err);
/* As prog_run, with what it leaves out: bytes for standard input (copied too), and a shorter wall time of the program
 * alone, which does not run while it waits. */
struct prog_job {
    const char *code, *input;   /* NULL where there are no bytes */
    size_t      n, input_n;
    uint32_t    wall_ms;        /* 0, or more than the configuration has: the configuration's */
    uint32_t    budget_ms;
};
int  prog_run_job(struct prog *p, const struct prog_job *job, prog_done *done, void *arg, uint64_t *op, struct qw_error *err);
void prog_cancel(struct prog *p, uint64_t op);      /* done is called with QW_ECANCELLED, soon or at once */

int  prog_fd(const struct prog *p);
int  prog_timeout_ms(const struct prog *p);         /* -1: none */
void prog_process(struct prog *p);                  /* never blocks */
bool prog_busy(const struct prog *p);
void prog_wait(struct prog *p);                     /* blocks until no program is left */
void prog_ready(struct prog *p);                    /* starts the zygote ahead of the first program (1 to 2 s in the background) */
bool prog_starting(const struct prog *p);           /* the zygote is on its way; `while (prog_starting(p))` poll and process */

struct prog_info {
    enum prog_level level;      /* PROG_LEVEL_NONE until the first start has succeeded */
    const char *state;          /* "idle", "starting", "ready", "running", "refused" */
    const char *python;         /* path; "" where there is none */
    const char *python_version; /* "3.11.2"; "" until known */
    const char *sympy_version;  /* "" until known, and where sympy is not installed: then programs have the standard library only */
    const char *missing;        /* why the level is not PROG_LEVEL_BOTH, e.g. "namespaces: bwrap is not installed"; "" if it is */
    const char *last_error;     /* "" if none */
    uint64_t    runs, starts;   /* programs ended; zygotes started */
    int         pid;            /* of the zygote (or of bubblewrap around it); 0: none */
};
void prog_get_info(const struct prog *p, struct prog_info *i);      /* strings are valid until the next prog_process */

const char *prog_level_name(enum prog_level l);     /* "namespaces+landlock+seccomp", ...; "none" */
const char *prog_end_name(enum prog_end e);         /* "ok", "exception", "time", "memory", "output", "killed" */

#endif
