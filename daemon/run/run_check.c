/* Having an answer checked: one choice after the other, before the reply. */
#include <string.h>

#include "base/clock.h"
#include "daemon/run/run.h"

static void write_verification(struct qw_buf *b, const struct plug_result *res)
{
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "mode");
    mpw_str(b, "check");
    verify_write(b, &m, res);
    mpw_key(b, &m, "origin");
    mpw_str(b, verify_computed(res) != NULL && res->answer == QWEN_REFUTED ? "calculator" : "unaided");
    mpw_map_end(b, &m);
    if (qw_buf_failed(b))
        qw_buf_free(b);
}

/* One choice is checked: the first one's verification is the Outcome's. */
static void on_checked(void *arg, const struct plug_result *res)
{
    struct run *r = arg;
    struct daemon *d = r->d;
    struct qw_buf b = QW_BUF_INIT;
    enum qwen_verdict v = res->error.code == QW_OK ? res->answer : QWEN_UNDECIDED;
    d->n_verdicts[v]++;
    r->verify_ms += res->ms;
    write_verification(&b, res);
    if (b.len > 0)
        run_notify_verdict(r, &b);
    if (r->verify_index == 0) {
        struct node *n = r->message != 0 ? node_find(d->sessions, r->owner.id, r->message) : NULL;
        if (n != NULL)
            n->verdict = verify_verdict_name(v);
        r->verification = b;
    } else {
        qw_buf_free(&b);
    }
    r->verify_index++;
    if (r->verify_index < r->n_choices && !r->cancelled && !r->deadline)
        run_check(r);
    else
        run_finish(r);
}

const char *run_question(const struct run *r)
{
    for (size_t i = r->n_msgs; i-- > 0; )
        if (r->msgs[i].role == NODE_USER)
            return r->msgs[i].text;
    return r->text != NULL ? r->text : "";
}

static bool cut_off(enum finish f)
{
    return f != FINISH_STOP;
}

void run_check_text(struct run *r, const struct sched_choice *c, verify_done *done)
{
    struct qw_error err = { 0 };
    uint64_t now = clock_mono_ms();
    uint32_t budget = r->verify.check_ms;
    struct plug_problem p = { .question = run_question(r), .response = c->text != NULL ? c->text : "", .truncated = cut_off(c->finish) };
    if (r->loop != NULL)
        budget = run_loop_check_ms(r, budget);
    if (r->deadline_ms != 0 && r->deadline_ms < now + budget)
        budget = r->deadline_ms > now ? (uint32_t)(r->deadline_ms - now) : 1;
    if (verify_check(r->d->verify, &p, budget, done, r, &r->verify_op, &err) != QW_OK) {
        struct plug_result res = { .error = err };
        done(r, &res);
    }
}

void run_check(struct run *r)
{
    run_check_text(r, &r->choices[r->verify_index], on_checked);
}
