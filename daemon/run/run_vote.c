/* Vote: samples that no verifier decided, put into groups of equal value.  First each is given the canonical name of
 * its value, where a plugin has one; then it is compared with one sample of each group: by their names, else by what
 * stands in \boxed{}, as text and by the plugins' `equal`.  What is not known to be equal is different. */
#include <string.h>

#include "base/mem.h"
#include "daemon/run/run_loop.h"

#define NAME_MS  2000u
#define EQUAL_MS 2000u

static bool votes(const struct attempt *a)
{
    return loop_whole(&a->d) && a->d.verdict == QWEN_UNDECIDED;
}

/* ---- groups ---- */

static void group_on(struct run *r);

static bool value_of(const struct run *r, size_t i, const char **p, size_t *n)
{
    const struct sched_choice *c = &r->loop->at[i].choice;
    return c->text != NULL && loop_boxed(c->text, c->text_len, p, n);
}

/* The first sample of a group. */
static size_t first_of(const struct loop *l, int group)
{
    size_t i = 0;
    while (l->group[i] != group)
        i++;
    return i;
}

static void on_equal(void *arg, const struct plug_result *res)
{
    struct run *r = arg;
    struct loop *l = r->loop;
    r->verify_ms += res->ms;
    if (res->error.code == QW_OK && res->eq == QWEN_EQ_EQUAL)
        l->group[r->verify_index] = l->against;
    else
        l->against++;
    group_on(r);
}

enum same { SAME_NO, SAME_YES, SAME_ASKED };

/* Are samples i and j equal?  SAME_ASKED: on_equal will say. */
static enum same same(struct run *r, size_t i, size_t j)
{
    const char *x = r->loop->at[i].canon, *y = r->loop->at[j].canon, *a, *b;
    size_t na, nb;
    struct qw_error err = { 0 };
    if (x != NULL && y != NULL)
        return strcmp(x, y) == 0 ? SAME_YES : SAME_NO;
    if (!value_of(r, i, &a, &na) || !value_of(r, j, &b, &nb))
        return SAME_NO;
    if (na == nb && memcmp(a, b, na) == 0)
        return SAME_YES;
    if (!loop_in_time(r))
        return SAME_NO;
    char *gold = qw_strndup(a, na), *answer = qw_strndup(b, nb);
    bool asked = gold != NULL && answer != NULL
        && verify_equal(r->d->verify, gold, answer, EQUAL_MS, on_equal, r, &r->verify_op, &err) == QW_OK;
    qw_free(gold);
    qw_free(answer);
    return asked ? SAME_ASKED : SAME_NO;
}

/* Goes on with sample verify_index and group `against`. */
static void group_on(struct run *r)
{
    struct loop *l = r->loop;
    for (; r->verify_index < l->n && !loop_stopped(r); r->verify_index++, l->against = 0) {
        size_t i = r->verify_index;
        if (!votes(&l->at[i]) || (!l->at[i].d.boxed && l->at[i].canon == NULL))
            continue;
        for (; l->group[i] < 0 && l->against < l->n_groups; l->against++) {
            enum same s = same(r, first_of(l, l->against), i);
            if (s == SAME_ASKED)
                return;
            if (s == SAME_YES)
                l->group[i] = l->against;
        }
        if (l->group[i] < 0)
            l->group[i] = l->n_groups++;
    }
    loop_end(r, loop_stopped(r) ? LOOP_WHY_STOPPED : LOOP_WHY_DECIDED);
}

/* ---- names ---- */

static void name_on(struct run *r);

/* Of all parts; NULL: one of them has none. */
static char *joined(const struct plug_result *res)
{
    struct qw_buf b = QW_BUF_INIT;
    bool all = res->error.code == QW_OK && res->n_parts > 0;
    for (size_t i = 0; all && i < res->n_parts; i++) {
        all = res->parts[i].canon != NULL && res->parts[i].canon[0] != '\0';
        if (all)
            qw_buf_addf(&b, "%u %s\n", res->parts[i].part, res->parts[i].canon);
    }
    char *name = all ? qw_buf_take(&b) : NULL;
    qw_buf_free(&b);
    return name;
}

static void on_name(void *arg, const struct plug_result *res)
{
    struct run *r = arg;
    r->verify_ms += res->ms;
    r->loop->at[r->verify_index++].canon = joined(res);
    name_on(r);
}

static void name_on(struct run *r)
{
    struct loop *l = r->loop;
    for (; r->verify_index < l->n && !loop_stopped(r) && loop_in_time(r); r->verify_index++) {
        const struct attempt *a = &l->at[r->verify_index];
        struct qw_error err = { 0 };
        struct plug_problem p = { .question = run_question(r), .response = a->choice.text != NULL ? a->choice.text : "",
                                  .truncated = a->d.finish != FINISH_STOP };
        if (votes(a) && verify_canon(r->d->verify, &p, NAME_MS, on_name, r, &r->verify_op, &err) == QW_OK)
            return;
    }
    r->verify_index = 0;
    group_on(r);
}

void vote_group(struct run *r)
{
    struct loop *l = r->loop;
    bool decided = false;
    for (size_t i = 0; i < l->n; i++)
        decided = decided || l->at[i].d.verdict >= QWEN_SUPPORTED;
    r->verify_index = decided ? l->n : 0;
    l->against = 0;
    if (decided)
        group_on(r);
    else
        name_on(r);
}
