/* A fixed conversation in transactions, and what must hold of a store that saw a beginning of them.
 *
 * Round k (0..ROUNDS-1) has three: A, the question's message, its run and a side session; B, ids of the answer
 * and two pages; C, the answer's message, the session's new head, the run's end, and the side session of
 * two rounds before is deleted. */
#ifndef TESTS_FAULT_SCRIPT_H
#define TESTS_FAULT_SCRIPT_H

#include "tests/unit/store_rig.h"

enum { SCRIPT_ROUNDS = 14, SCRIPT_TXNS = 3 * SCRIPT_ROUNDS };

struct script {
    uint64_t last_page;
    volatile int acked;             /* transactions 0..acked-1 were answered with QW_OK */
    bool failed;                    /* one was not: no more are sent */
};
/* Goes on from `acked`, until one fails. */
void script_run(struct rig *r, struct script *x);
/* The store (open, healthy) is what a beginning of the script gives, of at least `acked` transactions, or fails
 * the test.  all_pages: no page may be missing; else only that none is wrong.  Returns how many it has. */
int  script_verify(struct rig *r, int acked, bool all_pages, const char *what);

#endif
