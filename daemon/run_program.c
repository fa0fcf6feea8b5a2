/* Separate workings: where nothing is proved, plugins that were granted the model (generate = yes) let it write programs
 * for the question, and say what those came to.  Where they come to the chosen answer, it is supported; else each value
 * that they came to is one more attempt, the most common one first, which is checked like any other and wins only where
 * it is better: of three programs two may be wrong, and a proof needs no majority.  What they do not come to is never
 * refuted by that. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "daemon/run_loop.h"

static uint32_t time_left(const struct run *r)
{
    uint64_t now = clock_mono_ms(), until = r->loop->begin_ms + r->verify.loop_ms;
    if (r->deadline_ms != 0 && r->deadline_ms < until)
        until = r->deadline_ms;
    return until > now ? (uint32_t)(until - now) : 0;
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

static void on_worked(void *arg, const struct plug_result *res)
{
    struct run *r = arg;
    struct loop *l = r->loop;
    struct attempt *a = &l->at[l->chosen];
    size_t first = l->n;
    r->verify_ms += res->ms;
    if (res->error.code == QW_OK && res->answer == QWEN_SUPPORTED && a->d.verdict == QWEN_UNDECIDED) {
        a->d.verdict = QWEN_SUPPORTED;
        qw_buf_free(&a->verification);
        struct mpw_open m = mpw_map_begin(&a->verification);
        verify_write(&a->verification, &m, res);
        mpw_map_end(&a->verification, &m);
        if (qw_buf_failed(&a->verification))
            qw_buf_free(&a->verification);
    } else if (res->error.code == QW_OK) {
        add_answers(r, res);
    }
    loop_check_from(r, first);
}

bool loop_program(struct run *r)
{
    struct loop *l = r->loop;
    struct qw_error err = { 0 };
    uint32_t budget = time_left(r);
    loop_choose(r);
    const struct attempt *a = &l->at[l->chosen];
    struct plug_problem p = { .question = run_question(r), .response = a->choice.text != NULL ? a->choice.text : "",
                              .truncated = a->d.finish != FINISH_STOP };
    if (budget == 0 || !loop_wants_program(&a->d))
        return false;
    r->state = RUN_CHECK;
    if (verify_workings(r->d->verify, &p, budget, on_worked, r, &r->verify_op, &err) != QW_OK)
        return false;
    run_notify_progress(r, "programs", -1, 0, 0, 0);
    return true;
}
