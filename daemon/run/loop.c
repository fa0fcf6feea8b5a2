#include "daemon/run/loop.h"

#include <string.h>

#include "base/utf8.h"

#define FEEDBACK_LINES 4u
#define FEEDBACK_BYTES 500u             /* of a line */

static const char *const modes[] = { "off", "check", "retry", "vote" };

const char *loop_mode_name(enum loop_mode m)
{
    return modes[m];
}

bool loop_mode_parse(const char *s, enum loop_mode *out)
{
    for (int i = LOOP_OFF; i <= LOOP_VOTE; i++) {
        if (strcmp(s, modes[i]) == 0) {
            *out = (enum loop_mode)i;
            return true;
        }
    }
    return false;
}

const char *loop_why_name(enum loop_why w)
{
    static const char *const name[] = { "decided", "undecided", "attempts", "budget", "stopped", "failed" };
    return name[w];
}

enum loop_why loop_why_of(enum loop_why w, const struct loop_attempt *a, size_t n, size_t chosen, bool agreed)
{
    bool cut = false;
    if (w == LOOP_WHY_STOPPED || w == LOOP_WHY_FAILED)
        return w;
    if (agreed || a[chosen].verdict >= QWEN_SUPPORTED)
        return LOOP_WHY_DECIDED;
    for (size_t i = 0; i < n; i++)
        cut = cut || a[i].finish == FINISH_DEADLINE;
    if (cut && w != LOOP_WHY_ATTEMPTS)
        return LOOP_WHY_BUDGET;
    return w == LOOP_WHY_DECIDED && a[chosen].verdict == QWEN_UNDECIDED ? LOOP_WHY_UNDECIDED : w;
}

/* ---- what comes next ---- */

bool loop_whole(const struct loop_attempt *a)
{
    return a->finish == FINISH_STOP || a->finish == FINISH_LENGTH || a->finish == FINISH_REPETITION;
}

/* It may be undecided only for want of an answer: cut short, repeating itself, or nothing in \boxed{}.  Where nothing
 * shows that there is one value to be given, prose stays as it is. */
static bool no_answer(const struct loop_attempt *a)
{
    if (a->verdict != QWEN_UNDECIDED || a->asked == LOOP_ASKED_FINAL)
        return false;
    return a->finish != FINISH_STOP ? a->read || a->box_asked : a->read && !a->boxed;
}

static bool asked_final(const struct loop_attempt *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i].asked == LOOP_ASKED_FINAL)
            return true;
    return false;
}

/* What the last attempt calls for, were there no limits. */
static enum loop_next wanted(const struct loop_attempt *a, size_t n, bool feedback)
{
    const struct loop_attempt *last = &a[n - 1];
    if (last->verdict == QWEN_REFUTED)
        return feedback ? LOOP_AGAIN : LOOP_FRESH;
    if (!no_answer(last))
        return LOOP_END;
    return !feedback ? LOOP_FRESH : asked_final(a, n) ? LOOP_END : LOOP_FINAL;
}

enum loop_next loop_next(const struct loop_attempt *a, size_t n, const struct loop_limits *lim, enum loop_why *why)
{
    const struct loop_attempt *last = &a[n - 1];
    enum loop_next next = wanted(a, n, lim->feedback);
    *why = last->verdict == QWEN_UNDECIDED ? LOOP_WHY_UNDECIDED : LOOP_WHY_DECIDED;
    if (lim->stopped)
        *why = LOOP_WHY_STOPPED;
    else if (!loop_whole(last))
        *why = last->finish == FINISH_DEADLINE ? LOOP_WHY_BUDGET : LOOP_WHY_FAILED;
    else if (next == LOOP_END)
        return LOOP_END;
    else if (n >= lim->most)
        *why = LOOP_WHY_ATTEMPTS;
    else if (!lim->time_left)
        *why = LOOP_WHY_BUDGET;
    else
        return next;
    return LOOP_END;
}

/* ---- which one is the answer ---- */

/* Where one value is asked for, text without any is worth less than a wrong one, beside which stands what is wrong with it. */
enum { RANK_EMPTY, RANK_REFUTED, RANK_OPEN, RANK_SUPPORTED, RANK_VERIFIED };

static int rank(const struct loop_attempt *a)
{
    static const int of[] = { [QWEN_UNDECIDED] = RANK_OPEN, [QWEN_REFUTED] = RANK_REFUTED, [QWEN_SUPPORTED] = RANK_SUPPORTED, [QWEN_VERIFIED] = RANK_VERIFIED };
    return a->verdict == QWEN_UNDECIDED && a->read && !a->boxed ? RANK_EMPTY : of[a->verdict];
}

/* Above zero: a is better than b.  What a program came to displaces nothing that has the same verdict; nor, undecided, an
 * answer that is refuted by a value, which then stands beside it: there is nothing left to find. */
static int better(const struct loop_attempt *a, const struct loop_attempt *b)
{
    if (a->asked == LOOP_ASKED_PROGRAM && (a->verdict == b->verdict || (a->verdict == QWEN_UNDECIDED && b->verdict == QWEN_REFUTED && b->computed)))
        return -1;
    return rank(a) - rank(b);
}

size_t loop_best(const struct loop_attempt *a, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        bool whole = loop_whole(&a[i]), before = loop_whole(&a[best]);
        if (whole != before ? whole : better(&a[i], &a[best]) >= 0)
            best = i;
    }
    return best;
}

bool loop_wants_program(const struct loop_attempt *best)
{
    return loop_whole(best) && (best->verdict == QWEN_REFUTED || (best->verdict == QWEN_UNDECIDED && (best->boxed || best->read)));
}

static bool taken(const char *const *values, size_t i, const size_t *out, size_t n)
{
    for (size_t j = 0; j < n; j++)
        if (strcmp(values[out[j]], values[i]) == 0)
            return true;
    return false;
}

size_t loop_most_common(const char *const *values, size_t n, size_t *out, size_t max)
{
    size_t got = 0;
    for (size_t most = 1; got < max && most > 0;) {
        size_t best = n;
        most = 0;
        for (size_t i = 0; i < n; i++) {
            size_t k = 0;
            for (size_t j = i; values[i] != NULL && !taken(values, i, out, got) && j < n; j++)
                k += values[j] != NULL && strcmp(values[i], values[j]) == 0;
            if (k > most) {
                most = k;
                best = i;
            }
        }
        if (most > 0)
            out[got++] = best;
    }
    return got;
}

static bool counts(const struct loop_attempt *a, const int *group, size_t i)
{
    return loop_whole(&a[i]) && a[i].verdict != QWEN_REFUTED && group[i] >= 0;
}

/* Of the group of i, of which i is one. */
static size_t members(const struct loop_attempt *a, const int *group, size_t n, size_t i)
{
    size_t k = 0;
    for (size_t j = 0; counts(a, group, i) && j < n; j++)
        k += counts(a, group, j) && group[j] == group[i];
    return k;
}

/* Is i the first that counts of its group? */
static bool leads(const struct loop_attempt *a, const int *group, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (counts(a, group, j) && group[j] == group[i])
            return false;
    return counts(a, group, i);
}

size_t loop_compared(const struct loop_attempt *a, const int *group, size_t n, size_t chosen, size_t *out)
{
    size_t got = 0;
    out[got++] = chosen;
    for (size_t k = n; k > 0; k--)
        for (size_t i = 0; i < n; i++)
            if (leads(a, group, i) && group[i] != group[chosen] && members(a, group, n, i) == k)
                out[got++] = i;
    return got;
}

uint32_t loop_proved_tokens(const struct loop_attempt *a, size_t n)
{
    uint32_t least = 0;
    for (size_t i = 0; i < n; i++)
        if (loop_whole(&a[i]) && a[i].verdict == QWEN_VERIFIED && a[i].asked != LOOP_ASKED_PROGRAM && (least == 0 || a[i].tokens < least))
            least = a[i].tokens;
    return least;
}

bool loop_may_win(const struct loop_attempt *a, size_t n, uint32_t tokens)
{
    uint32_t least = loop_proved_tokens(a, n);
    return least == 0 || tokens <= least;
}

/* Two that are proved: is a the shorter one?  Not a program's, which displaces nothing. */
static bool shorter(const struct loop_attempt *a, const struct loop_attempt *b)
{
    return a->verdict == QWEN_VERIFIED && b->verdict == QWEN_VERIFIED && a->asked != LOOP_ASKED_PROGRAM && a->tokens < b->tokens;
}

/* Proved, the shortest; supported; the first of equals. */
static size_t vote_best(const struct loop_attempt *a, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        bool whole = loop_whole(&a[i]), before = loop_whole(&a[best]);
        if (whole != before ? whole : better(&a[i], &a[best]) > 0 || shorter(&a[i], &a[best]))
            best = i;
    }
    return best;
}

struct loop_choice loop_vote(const struct loop_attempt *a, const int *group, size_t n)
{
    struct loop_choice c = { .index = vote_best(a, n) };
    size_t first = 0, second = 0;               /* of the largest group; members of the next largest */
    if (n == 0)
        return c;
    for (size_t i = 0; i < n; i++) {
        size_t k = leads(a, group, i) ? members(a, group, n, i) : 0;
        if (k > c.k) {
            second = c.k;
            c.k = k;
            first = i;
        } else if (k > second) {
            second = k;
        }
    }
    c.most = c.k >= 2 && c.k > second;
    if (rank(&a[c.index]) > RANK_OPEN || rank(&a[c.index]) == RANK_REFUTED || !loop_whole(&a[c.index])) {
        c.most = c.most && group[c.index] == group[first];
        c.k = members(a, group, n, c.index);
        return c;
    }
    c.tie = c.k > 0 && c.k == second;
    c.agreed = c.most;
    if (c.agreed)
        c.index = first;
    return c;
}

/* ---- texts ---- */

/* Of "\boxed{" at p: the bytes between its braces; false: it does not close. */
static bool box_at(const char *p, const char *end, const char **in, size_t *len)
{
    int depth = 1;
    *in = p;
    for (; p < end; p++) {
        if (*p == '\\' && p + 1 < end)
            p++;
        else if (*p == '{')
            depth++;
        else if (*p == '}' && --depth == 0) {
            *len = (size_t)(p - *in);
            return true;
        }
    }
    return false;
}

bool loop_boxed(const char *text, size_t n, const char **p, size_t *len)
{
    static const char box[] = "\\boxed{";
    const size_t nb = sizeof box - 1;
    for (size_t at = n >= nb ? n - nb + 1 : 0; at-- > 0;) {
        if (memcmp(text + at, box, nb) != 0 || !box_at(text + at + nb, text + n, p, len))
            continue;
        while (*len > 0 && (**p == ' ' || **p == '\n')) {
            ++*p;
            --*len;
        }
        while (*len > 0 && ((*p)[*len - 1] == ' ' || (*p)[*len - 1] == '\n'))
            --*len;
        return *len > 0;
    }
    return false;
}

void loop_feedback(struct qw_buf *out, enum loop_next next, bool chinese, const char *const *checks, size_t n)
{
    if (next == LOOP_FINAL) {
        qw_buf_adds(out, chinese ? "请只写出最终答案，放在 \\boxed{} 里，不要再写过程。"
                                 : "Give only the final answer now, within \\boxed{}, without any working.");
        return;
    }
    qw_buf_adds(out, chinese ? "检验发现你的答案不正确。" : "A check found that your answer is not correct.");
    if (n > 0)
        qw_buf_adds(out, chinese ? "没有通过的检验：\n" : " What failed:\n");
    for (size_t i = 0; i < n && i < FEEDBACK_LINES; i++) {
        size_t len = strlen(checks[i]);
        qw_buf_adds(out, "- ");
        qw_buf_add(out, checks[i], len > FEEDBACK_BYTES ? utf8_complete(checks[i], FEEDBACK_BYTES) : len);
        qw_buf_adds(out, "\n");
    }
    if (n == 0 && !chinese)
        qw_buf_adds(out, " ");
    qw_buf_adds(out, chinese ? "请找出错误，重新一步一步地解答，并把最终答案写在 \\boxed{} 里。"
                             : "Find the mistake, solve the problem again step by step, and put your final answer within \\boxed{}.");
}

void loop_program_text(struct qw_buf *out, bool chinese, const char *value)
{
    qw_buf_addf(out, chinese ? "用程序计算得到 \\boxed{%s}。" : "A program that I wrote gives \\boxed{%s}.", value);
}
