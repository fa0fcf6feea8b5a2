/* The decisions of the verification loop (design/plugins.md, "The loop"): what is done after an attempt, which
 * one is the answer, what the model is told.  Pure functions of what they are given: no clock, no daemon. */
#ifndef QW_DAEMON_LOOP_H
#define QW_DAEMON_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "engine/gen.h"
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
    enum qwen_verdict verdict;          /* of the answer; undecided where it was not checked */
    enum loop_asked { LOOP_ASKED_QUESTION, LOOP_ASKED_AGAIN, LOOP_ASKED_FINAL, LOOP_ASKED_PROGRAM } asked;
                                        /* what the model was asked; PROGRAM: what a program of its own came to */
};
/* Came to its end by itself: no cancel, deadline or error. */
bool loop_whole(const struct loop_attempt *a);

/* What comes after attempt n - 1 of retry. */
enum loop_next { LOOP_END, LOOP_AGAIN, LOOP_FINAL };     /* AGAIN: with the failing check; FINAL: only \boxed{} is asked for */
enum loop_why { LOOP_WHY_DECIDED, LOOP_WHY_UNDECIDED, LOOP_WHY_ATTEMPTS, LOOP_WHY_BUDGET, LOOP_WHY_STOPPED, LOOP_WHY_FAILED };
const char *loop_why_name(enum loop_why w);
/* most: attempts in all; stopped: cancelled, or the request's deadline passed.  *why: why it ends. */
enum loop_next loop_next(const struct loop_attempt *a, size_t n, size_t most, bool time_left, bool stopped, enum loop_why *why);

/* Which attempt of retry is the answer: what is proved before what is supported before what nobody decided before
 * what is refuted before text without an answer where one is asked for; the later one of equals (but a program's only
 * where it is better); a whole one before one that was cut off from outside.  n > 0. */
size_t loop_best(const struct loop_attempt *a, size_t n);

/* Which sample of vote is the answer.  group[i]: a number that samples of equal value share, -1: it has none.  What is
 * proved wins; then what is supported; then the largest group of those that are not refuted, with at least
 * two members and more than any other.  A tie, or no such group: the first that is not refuted, undecided. */
struct loop_choice { size_t index, k; bool agreed, tie; };     /* agreed: by k equal samples, nothing else */
struct loop_choice loop_vote(const struct loop_attempt *a, const int *group, size_t n);

/* Is a separate working, by programs of the model's own, worth its time?  Where a check says that there is one value
 * to be found, and nothing is proved. */
bool loop_wants_program(const struct loop_attempt *best);
/* The max values (of n, NULL: none) that were come to most often, each once, the first one of equals first: their indices
 * to out.  How many. */
size_t loop_most_common(const char *const *values, size_t n, size_t *out, size_t max);
/* An answer that says what a program came to. */
void loop_program_text(struct qw_buf *out, bool chinese, const char *value);

/* The content of the last \boxed{...} whose braces close; false: none, or an empty one. */
bool loop_boxed(const char *text, size_t n, const char **p, size_t *len);
/* Does text name the value, however it is spaced or dressed as LaTeX?  Rather yes than no. */
bool loop_names_value(const char *text, const char *value);

/* The turn that goes back to the model: `checks` (n of them, what failed, one line each; may be none) in the
 * question's language; FINAL: the request for \boxed{}. */
void loop_feedback(struct qw_buf *out, enum loop_next next, bool chinese, const char *const *checks, size_t n);

#endif
