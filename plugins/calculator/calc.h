/* calc.h - what one call of the calculator owns: an arena, a Calcium context, limits.
 *
 * Everything allocated here lives until calc_clear; nothing is freed singly.  One
 * call runs at a time, on the process's main thread.  When a limit is reached
 * (memory, steps, time) or FLINT gives up, control returns to the calc_run that
 * started the call, which answers "undecided". */
#ifndef CALC_H
#define CALC_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#if __has_include(<flint/ca.h>)
#include <flint/ca.h>
#include <flint/ca_poly.h>
#include <flint/ca_vec.h>
#else
#include <calcium/ca.h>
#include <calcium/ca_poly.h>
#include <calcium/ca_vec.h>
#endif
#include "plugins/qwen_plugin.h"

enum {
    CALC_MAX_TEXT   = 1 << 18,   /* bytes of a text that is looked at */
    CALC_MAX_QUESTION = 8000,    /* bytes of a question */
    CALC_MAX_ANSWER = 12000,     /* bytes of one answer */
    CALC_MAX_DEPTH  = 500,       /* nesting of an expression */
    CALC_MAX_DIGITS = 6000,      /* of one number */
    CALC_MAX_NODES  = 20000,     /* of one call */
    CALC_MAX_BITS   = 20000,     /* of an integer that is computed */
    CALC_MAX_FACT   = 1000,      /* largest n of n! */
    CALC_MAX_TERMS  = 400,       /* of a polynomial */
    CALC_MAX_VALUES = 200000,    /* exact numbers of one call */
};

/* Three-valued truth; the negation of t is -t. */
enum tri { NO = -1, UNSURE = 0, YES = 1 };

struct calc_chunk;
struct calc {
    struct calc_chunk *chunks;
    size_t      used_bytes;
    ca_ctx_t    ca;
    int         ca_ready;
    struct calc_vals *vals;
    size_t      n_vals;
    size_t      n_nodes;
    uint64_t    steps;
    long        started_ms;           /* processor time */
    int         lang_zh;
    const char *question;             /* normalised: of the response whose answer is looked for; NULL: nobody knows */
    const char *question_low;         /* the same in small letters, once it was asked for */
    const struct qwen_host *host;     /* NULL outside verify */
    struct qwen_call *call;
    jmp_buf     bail;
};

typedef ca_ptr val;                    /* an exact number; owned by the calc */

/* Runs fn(c, arg) with limits; 0, or -1 when a limit was reached. */
int   calc_run(const struct qwen_host *host, struct qwen_call *call, int (*fn)(struct calc *, void *), void *arg);
void  calc_bail(struct calc *c) __attribute__((noreturn));
void  calc_step(struct calc *c, unsigned n);        /* counts work; bails out past the limit */
void *calc_alloc(struct calc *c, size_t n);          /* zeroed; never NULL */
char *calc_strn(struct calc *c, const char *p, size_t n);
char *calc_printf(struct calc *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
val   val_new(struct calc *c);
val   val_si(struct calc *c, long v);
val   val_q(struct calc *c, long p, long q);

/* calc_mem.c, for calc_run: takes the libraries' allocations over; frees what a call that
 * was ended has left, once their caches are empty; and what happens without memory. */
void  calc_mem_begin(void);
void  calc_mem_drop(void);
void  calc_no_memory(void) __attribute__((noreturn));

static inline enum tri tri_of(truth_t t)
{
    return t == T_TRUE ? YES : t == T_FALSE ? NO : UNSURE;
}
#endif
