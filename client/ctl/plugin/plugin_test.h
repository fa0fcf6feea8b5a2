/* qwenctl plugin test: the cases of a file, calls whose every end is told apart, the checks, and what is said of them.
 * One thread; the plugin runs in its own jailed process (plugins/host). */
#ifndef QW_CTL_PLUGIN_TEST_H
#define QW_CTL_PLUGIN_TEST_H

#include <jansson.h>

#include "plugins/host/host.h"

/* ---- cases (plugin_cases.c) ---- */

/* A line of the file.  Strings are borrowed from row. */
struct plugin_case {
    json_t *row;
    char    name[80];                       /* its id, else "line N" */
    bool    equal, truncated, of_working;   /* equal: question and response are gold and answer */
    const char *question, *response, *answer, *lang;
    int     expect;                         /* enum qwen_verdict or enum qwen_eq */
};
struct plugin_cases { struct plugin_case *v; size_t n; };
/* The error names file and line.  An empty list for path NULL. */
int  cases_read(struct plugin_cases *c, const char *path, struct qw_error *err);
void cases_free(struct plugin_cases *c);

/* ---- what is said (plugin_report.c) ---- */

struct report {
    bool     json, verbose;
    unsigned n, n_bad;                      /* checks so far, and those that failed */
    json_t  *checks;
    const char *name;                       /* of the check that runs */
    json_t  *bad;                           /* what failed in it */
    uint64_t begun_ms, shown_ms;
};
void report_init(struct report *r, bool json, bool verbose);
void report_free(struct report *r);
void report_begin(struct report *r, const char *name);
void report_bad(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The check's line; false if it failed. */
bool report_end(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void report_progress(struct report *r, size_t done, size_t of);     /* on a terminal, after two seconds */
void report_sum(struct report *r, json_t *head);    /* head: what the JSON has besides; taken */

/* ---- one call (plugin_try.c) ---- */

struct plugin_test {
    const char *path;                       /* absolute */
    struct plug *p;
    uint32_t limit_ms;                      /* of one call */
    struct plugin_cases cases;
    bool     trusted;                       /* p may say verified; else why_not */
    struct qw_error why_not;
    bool     has_equal, has_read, has_canon;
    size_t   n_tools;
    char     tool[80];                      /* the first one's name */
    char     said[160];                     /* the beginning of what it printed and logged */
    struct report report;
    struct slow { char name[100]; struct plug_call *call; double ms; } slowest[3];
};
enum call_op { CALL_VERIFY, CALL_EQUAL, CALL_READ, CALL_CANON, CALL_TOOL };
struct plug_call { enum call_op op; const char *a, *b, *answer, *lang; bool truncated; };   /* borrowed */
enum try_end {
    TRY_DONE, TRY_FAILED,                   /* the callback returned non-zero */
    TRY_LATE,                               /* out of time, and it stopped when it was told */
    TRY_STUCK,                              /* it did not stop, and was killed */
    TRY_CRASHED, TRY_REFUSED                /* by the supervisor, before it was sent */
};
struct tried { enum try_end end; struct plug_result r; char why[512]; double ms; };
/* A call in p, waited for.  After a crash the next call finds a new process.  out: tried_free. */
void try_call(struct plug *p, const struct plug_call *c, uint32_t limit_ms, struct tried *out);
void tried_free(struct tried *t);
struct plug_call call_of_case(const struct plugin_case *c);
/* True and said for an end that no input may lead to. */
bool try_is_bad(struct report *r, const char *name, const struct tried *t, uint32_t limit_ms);
/* Starts the process and waits until it has described itself. */
int  try_load(struct plug *p, struct qw_error *err);

/* ---- the checks, in order (plugin_checks.c, plugin_hostile.c) ---- */

void check_cases(struct plugin_test *t);        /* "cases" and "nothing for the model to copy" */
void check_hostile(struct plugin_test *t);      /* "hostile input" and "stops in time" */
void check_twice(struct plugin_test *t);
void check_trust(struct plugin_test *t);
void check_growth(struct plugin_test *t);

#endif
