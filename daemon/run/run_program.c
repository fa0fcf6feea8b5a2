/* Separate workings: where nothing is proved, plugins that were granted the model (generate = yes) let it write programs
 * for the question, and say what those came to.  Where most come to the chosen answer, or else to that of another group of
 * samples, this is supported, and preferred to what most samples say.  Else each value
 * that they came to is one more attempt, the most common one first, which is checked like any other and wins only where
 * it is better: of three programs two may be wrong, and a proof needs no majority.  What they do not come to is never
 * refuted by that, nor displaced by a value that no sample has: samples that agree are separate workings, too.  What became
 * of each is told in any case. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "daemon/run/asks.h"
#include "daemon/run/run_loop.h"

static uint32_t time_left(const struct run *r)
{
    uint64_t now = clock_mono_ms(), until = loop_until(r);
    return until > now ? (uint32_t)(until - now) : 0;
}

static void put_str(struct qw_buf *b, struct mpw_open *m, const char *key, const char *v)
{
    mpw_key(b, m, key);
    mpw_str(b, v);
}

/* `programs` of the verification: how many there were, and what each came to.  res NULL: none was asked for, for `why`. */
static void tell(struct loop *l, const struct plug_result *res, const char *why)
{
    static const struct plug_result nothing = { 0 };
    struct qw_buf *b = &l->programs;
    size_t values = 0, said = 0;
    if (res == NULL)
        res = &nothing;
    for (size_t i = 0; i < res->n_candidates; i++)
        values += res->candidates[i].value != NULL;
    for (size_t i = 0; i < res->n_evidence; i++)
        said += res->evidence[i].who == QWEN_FOR_USER && res->evidence[i].text != NULL;
    qw_buf_free(b);
    struct mpw_open m = mpw_map_begin(b);
    if (res->plugin != NULL)
        put_str(b, &m, "plugin", res->plugin);
    mpw_key(b, &m, "of");
    mpw_uint(b, res->n_candidates);
    mpw_key(b, &m, "values");
    mpw_uint(b, values);
    mpw_key(b, &m, "said");
    mpw_array(b, said);
    for (size_t i = 0; i < res->n_evidence; i++)
        if (res->evidence[i].who == QWEN_FOR_USER && res->evidence[i].text != NULL)
            mpw_str(b, res->evidence[i].text);
    if (why != NULL)
        put_str(b, &m, "error", why);
    mpw_key(b, &m, "ms");
    mpw_float(b, res->ms);
    mpw_map_end(b, &m);
    if (qw_buf_failed(b))
        qw_buf_free(b);
}

/* An answer that says what a program came to, in the words of the tokenizer, so that a conversation can go on. */
static void add_answer(struct run *r, const char *value)
{
    const char *question = run_question(r);
    struct attempt *a = loop_add(r, LOOP_ASKED_PROGRAM);
    struct qw_buf b = QW_BUF_INIT;
    if (a == NULL)
        return;
    loop_program_text(&b, utf8_has_han(question, strlen(question)), value);
    a->choice.text_len = b.len;
    a->choice.text = qw_buf_take(&b);
    a->choice.finish = a->d.finish = FINISH_STOP;
    a->d.boxed = true;
    if (a->choice.text == NULL || tokenizer_encode(model_tokenizer(r->held), a->choice.text, a->choice.text_len, false, &a->choice.ids, NULL) != QW_OK)
        a->d.finish = a->choice.finish = FINISH_ERROR;  /* then it is not chosen */
    a->d.tokens = (uint32_t)a->choice.ids.n;
}

static void add_answers(struct run *r, const struct plug_result *res)
{
    const char *values[64];
    size_t n = res->n_candidates < 64 ? res->n_candidates : 64, which[LOOP_MAX_PROGRAMS];
    for (size_t i = 0; i < n; i++)
        values[i] = res->candidates[i].basis == QWEN_BASIS_PROGRAM && res->candidates[i].part == 0 ? res->candidates[i].value : NULL;
    n = loop_most_common(values, n, which, LOOP_MAX_PROGRAMS);
    for (size_t i = 0; i < n; i++)
        add_answer(r, values[which[i]]);
}

static void support(struct attempt *a, const struct plug_result *res)
{
    a->d.verdict = QWEN_SUPPORTED;
    qw_buf_free(&a->verification);
    struct mpw_open m = mpw_map_begin(&a->verification);
    verify_write(&a->verification, &m, res);
    mpw_map_end(&a->verification, &m);
    if (qw_buf_failed(&a->verification))
        qw_buf_free(&a->verification);
}

static void on_worked(void *arg, const struct plug_result *res)
{
    struct run *r = arg;
    struct loop *l = r->loop;
    struct attempt *a = &l->at[l->compared[res->compared]];
    r->verify_ms += res->ms;
    tell(l, res, res->error.code != QW_OK ? res->error.msg : NULL);
    if (res->error.code == QW_OK && res->answer == QWEN_SUPPORTED && a->d.verdict == QWEN_UNDECIDED)
        support(a, res);
    else if (res->error.code == QW_OK)
        add_answers(r, res);
    loop_check(r);
}

static const char *text_of(const struct attempt *a)
{
    return a->choice.text != NULL ? a->choice.text : "";
}

static int ask(struct run *r, uint32_t budget, struct qw_error *err)
{
    struct loop *l = r->loop;
    struct loop_attempt d[LOOP_ROOM];
    const char *others[LOOP_ROOM];
    const struct attempt *a = &l->at[l->chosen];
    struct plug_problem p = { .question = run_question(r), .response = text_of(a), .truncated = a->d.finish != FINISH_STOP };
    for (size_t i = 0; i < l->n; i++)
        d[i] = l->at[i].d;
    size_t n = loop_compared(d, l->group, l->n, l->chosen, l->compared);
    for (size_t i = 1; i < n; i++)
        others[i - 1] = text_of(&l->at[l->compared[i]]);
    return verify_workings(r->d->verify, &p, others, n - 1, budget, on_worked, r, &r->verify_op, err);
}

bool loop_program(struct run *r)
{
    struct loop *l = r->loop;
    struct qw_error err = { 0 };
    const char *why;
    uint32_t budget = time_left(r);
    loop_choose(r);
    if (!loop_wants_program(&l->at[l->chosen].d))
        return false;
    asks_warm(r->d->asks);
    if (!asks_possible(r->d->asks, &why)) {
        if (why != NULL)
            tell(l, NULL, why);
        return false;
    }
    if (budget == 0) {
        tell(l, NULL, "no time was left for them");
        return false;
    }
    r->state = RUN_CHECK;
    if (ask(r, budget, &err) != QW_OK)
        return false;
    run_notify_progress(r, "programs", -1, 0, 0, 0);
    return true;
}
