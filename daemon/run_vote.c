/* Vote: samples that no verifier decided, put into groups of equal value.  Each is compared with one sample of each
 * group, as text first, then by the plugins' `equal`; what neither knows to be equal is different. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/run_loop.h"

#define EQUAL_MS 2000u

static void step(struct run *r);

static bool value_of(const struct run *r, size_t i, const char **p, size_t *n)
{
    const struct sched_choice *c = &r->loop->at[i].choice;
    return c->text != NULL && loop_boxed(c->text, c->text_len, p, n);
}

static bool wants_group(const struct attempt *a)
{
    return loop_whole(&a->d) && a->d.boxed && a->d.verdict == QWEN_UNDECIDED;
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
    step(r);
}

/* false: it is not known to be, and nothing was asked. */
static bool ask(struct run *r, size_t i, size_t j)
{
    const char *a, *b;
    size_t na, nb;
    struct qw_error err = { 0 };
    if (!value_of(r, i, &a, &na) || !value_of(r, j, &b, &nb))
        return false;
    char *x = qw_strndup(a, na), *y = qw_strndup(b, nb);
    bool asked = x != NULL && y != NULL && verify_equal(r->d->verify, x, y, EQUAL_MS, on_equal, r, &r->verify_op, &err) == QW_OK;
    qw_free(x);
    qw_free(y);
    return asked;
}

static bool same_text(const struct run *r, size_t i, size_t j)
{
    const char *a, *b;
    size_t na, nb;
    return value_of(r, i, &a, &na) && value_of(r, j, &b, &nb) && na == nb && memcmp(a, b, na) == 0;
}

static int group_of_text(const struct run *r, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (r->loop->group[j] >= 0 && same_text(r, i, j))
            return r->loop->group[j];
    return -1;
}

static void step(struct run *r)
{
    struct loop *l = r->loop;
    for (; r->verify_index < l->n && !r->cancelled && !r->deadline; r->verify_index++, l->against = 0) {
        size_t i = r->verify_index;
        if (!wants_group(&l->at[i]) || l->group[i] >= 0)
            continue;
        if (l->against == 0)
            l->group[i] = group_of_text(r, i);
        for (; l->group[i] < 0 && l->against < l->n_groups && loop_in_time(r); l->against++)
            if (ask(r, first_of(l, l->against), i))
                return;                         /* on_equal goes on */
        if (l->group[i] < 0)
            l->group[i] = l->n_groups++;
    }
    loop_end(r, r->cancelled || r->deadline ? LOOP_WHY_STOPPED : LOOP_WHY_DECIDED);
}

void vote_group(struct run *r)
{
    struct loop *l = r->loop;
    bool decided = false;
    for (size_t i = 0; i < l->n; i++)
        decided = decided || l->at[i].d.verdict >= QWEN_SUPPORTED;
    r->verify_index = decided ? l->n : 0;
    l->against = 0;
    step(r);
}
