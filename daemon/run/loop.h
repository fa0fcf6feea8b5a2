/* The decisions of the verification loop (docs/verification.md, "A better answer"): what is done after an attempt,
 * which one is the answer, what the model is told.  Pure functions of what they are given: no clock, no daemon. */
#ifndef QW_DAEMON_LOOP_H
#define QW_DAEMON_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "engine/gen/gen.h"
#include "plugins/qwen_plugin.h"

#define LOOP_MAX_ATTEMPTS 16            /* of retry; samples of vote */
#define LOOP_MAX_PROGRAMS 3             /* values that programs came to, each an attempt of its own */
#define LOOP_ROOM (LOOP_MAX_ATTEMPTS + LOOP_MAX_PROGRAMS)

enum loop_mode { LOOP_OFF, LOOP_CHECK, LOOP_RETRY, LOOP_VOTE };
const char *loop_mode_name(enum loop_mode m);
bool loop_mode_parse(const char *s, enum loop_mode *out);

/* One attempt (retry) or sample (vote), as far as decisions need it. */
struct loop_attempt {
    enum finish       finish;
    bool              boxed;            /* its text has a final answer in \boxed{} */
    bool              box_asked;        /* the conversation asks for one */
    bool              read;             /* the verifier could read the question */
    bool              computed;         /* and derived the value itself */
    enum qwen_verdict verdict;          /* of the answer; undecided where it was not checked */
    uint32_t          tokens;           /* of the answer: of two samples that are proved the shorter one wins */
    enum loop_asked { LOOP_ASKED_QUESTION, LOOP_ASKED_AGAIN, LOOP_ASKED_FINAL, LOOP_ASKED_PROGRAM } asked;
                                        /* what the model was asked; PROGRAM: what a program of its own came to */
};
/* Came to its end by itself: no cancel, deadline or error. */
bool loop_whole(const struct loop_attempt *a);

/* What comes after attempt n - 1 of retry.  FRESH: the question once more, as if nothing had been answered; AGAIN: a further
 * turn with the failing check; FINAL: one that asks for \boxed{} alone. */
enum loop_next { LOOP_END, LOOP_FRESH, LOOP_AGAIN, LOOP_FINAL };
enum loop_why { LOOP_WHY_DECIDED, LOOP_WHY_UNDECIDED, LOOP_WHY_ATTEMPTS, LOOP_WHY_BUDGET, LOOP_WHY_STOPPED, LOOP_WHY_FAILED };
const char *loop_why_name(enum loop_why w);
/* Why it ended, told by what was chosen: a proof or support that came after all, or none of what seemed decided. */
enum loop_why loop_why_of(enum loop_why w, const struct loop_attempt *a, size_t n, size_t chosen, bool agreed);
/* most: attempts in all; feedback: AGAIN and FINAL, else FRESH; stopped: cancelled, or the request's deadline passed.
 * *why: why it ends. */
struct loop_limits { size_t most; bool feedback, time_left, stopped; };
enum loop_next loop_next(const struct loop_attempt *a, size_t n, const struct loop_limits *lim, enum loop_why *why);

/* Which attempt of retry is the answer: what is proved before what is supported before what nobody decided before
 * what is refuted before text without an answer where one is asked for; the later one of equals (but a program's only
 * where it is better: not for being undecided where one that is refuted has the right value beside it); a whole one before one that was cut off from outside.  n > 0. */
size_t loop_best(const struct loop_attempt *a, size_t n);

/* Which sample of vote is the answer.  group[i]: a number that samples of equal value share, -1: it has none.  What is
 * proved wins, of several the one with the fewest tokens, of equal ones the first; then what is supported, by programs as a
 * rule, however many samples say something else; then the largest group of those that are not refuted, with at least two
 * members and more than any other.  A tie, or no such group: the first that is not refuted, undecided.  A value that only
 * programs came to displaces none of these unless a check thinks better of it.
 *
 * So once a sample of T tokens is proved, one that has T tokens and goes on cannot be the answer any more, and may be
 * cut off: who is chosen does not depend on when that happens. */
struct loop_choice {
    size_t index;
    size_t k;           /* samples that say what the chosen one says; where nothing was chosen for its value, of the largest group */
    bool   most;        /* the chosen one says what most samples say, ... */
    bool   agreed;      /* ... and is chosen for nothing else */
    bool   tie;
};
bool loop_may_win(const struct loop_attempt *a, size_t n, uint32_t tokens);     /* one of so many tokens, against all that is known */
uint32_t loop_proved_tokens(const struct loop_attempt *a, size_t n);           /* of the shortest that is proved; 0: none is */
struct loop_choice loop_vote(const struct loop_attempt *a, const int *group, size_t n);

/* Is a separate working, by programs of the model's own, worth its time?  Where a check says that there is one value
 * to be found, and nothing is proved, also where samples agree: they may share a mistake. */
bool loop_wants_program(const struct loop_attempt *best);
/* What those are compared with, to out (n of them): the chosen attempt, then the first one of every other group, larger groups
 * first.  How many, at least 1. */
size_t loop_compared(const struct loop_attempt *a, const int *group, size_t n, size_t chosen, size_t *out);
/* The max values (of n, NULL: none) that were come to most often, each once, the first one of equals first: their indices
 * to out.  How many. */
size_t loop_most_common(const char *const *values, size_t n, size_t *out, size_t max);
/* An answer that says what a program came to. */
void loop_program_text(struct qw_buf *out, bool chinese, const char *value);

/* The content of the last \boxed{...} whose braces close; false: none, or an empty one. */
bool loop_boxed(const char *text, size_t n, const char **p, size_t *len);

/* The turn that goes back to the model: `checks` (n of them, what failed, one line each; may be none) in the
 * question's language; FINAL: the request for \boxed{}. */
void loop_feedback(struct qw_buf *out, enum loop_next next, bool chinese, const char *const *checks, size_t n);

#endif
