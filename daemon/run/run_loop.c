#include "daemon/run/run_loop.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "daemon/run/asks.h"

#define FINAL_TOKENS 256u       /* of an answer that is only \boxed{} */
#define REPEATED_IDS 192u       /* the end of an answer that repeats itself (gen.h) */
#define CHECKS_TOLD  4u
#define LATE_CHECK_MS 2000u

/* ---- life ---- */

int run_loop_new(struct run *r, struct qw_error *err)
{
    if (r->verify.mode < LOOP_RETRY)
        return QW_OK;
    r->loop = qw_calloc(1, sizeof *r->loop);
    if (r->loop == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    r->loop->begin_ms = r->received_ms;
    return QW_OK;
}

static void attempt_free(struct attempt *a)
{
    ids_free(&a->choice.ids);
    qw_free(a->choice.text);
    qw_free(a->choice.logprobs);
    qw_free(a->choice.alts);
    qw_buf_free(&a->verification);
    qw_free(a->computed);
    qw_free(a->plugin);
    qw_free(a->canon);
    qw_free(a->told);
}

void run_loop_free(struct run *r)
{
    struct loop *l = r->loop;
    if (l == NULL)
        return;
    for (size_t i = 0; i < LOOP_ROOM; i++)
        attempt_free(&l->at[i]);
    ids_free(&l->prompt);
    qw_buf_free(&l->programs);
    qw_free(l);
    r->loop = NULL;
}

bool run_loop_begun(const struct run *r)
{
    bool begun = r->loop != NULL && r->loop->n > 0;
    for (size_t i = 0; r->loop != NULL && i < LOOP_ROOM && !begun; i++)
        begun = r->loop->at[i].ended;
    return begun;
}

bool run_loop_ids_below(const struct run *r, size_t n_vocab)
{
    for (size_t i = 0; r->loop != NULL && i < r->loop->n; i++)
        for (size_t k = 0; k < r->loop->at[i].choice.ids.n; k++)
            if ((size_t)r->loop->at[i].choice.ids.v[k] >= n_vocab)
                return false;
    return true;
}

uint64_t loop_until(const struct run *r)
{
    uint64_t until = r->loop->begin_ms + r->verify.loop_ms;
    return r->deadline_ms != 0 && r->deadline_ms < until ? r->deadline_ms : until;
}

bool loop_in_time(const struct run *r)
{
    return clock_mono_ms() < loop_until(r);
}

/* Of attempts and samples: programs, where there may be some, need the rest. */
static uint64_t attempts_until(const struct run *r)
{
    const char *why;
    uint64_t share = asks_possible(r->d->asks, &why) ? (uint64_t)r->verify.loop_ms * 2 / 3 : r->verify.loop_ms;
    uint64_t until = r->loop->begin_ms + share;
    return r->deadline_ms != 0 && r->deadline_ms < until ? r->deadline_ms : until;
}

/* Once the time is over a check of what there is still has a moment: it takes milliseconds as a rule. */
uint32_t run_loop_check_ms(const struct run *r, uint32_t budget_ms)
{
    uint64_t now = clock_mono_ms(), until = loop_until(r);
    uint64_t left = until > now + LATE_CHECK_MS ? until - now : LATE_CHECK_MS;
    return left < budget_ms ? (uint32_t)left : budget_ms;
}

bool loop_stopped(const struct run *r)
{
    return r->cancelled || r->deadline || (r->deadline_ms != 0 && clock_mono_ms() >= r->deadline_ms);
}

/* ---- the end ---- */

void loop_choose(struct run *r)
{
    struct loop *l = r->loop;
    struct loop_attempt d[LOOP_ROOM];
    for (size_t i = 0; i < l->n; i++)
        d[i] = l->at[i].d;
    if (r->verify.mode == LOOP_VOTE)
        l->vote = loop_vote(d, l->group, l->n);
    l->chosen = r->verify.mode == LOOP_VOTE ? l->vote.index : loop_best(d, l->n);
    l->why = loop_why_of(l->why, d, l->n, l->chosen, l->vote.agreed);
}

/* The text of the last attempt number is that of the Outcome, whichever attempt it was. */
static void stream_chosen(struct run *r)
{
    struct loop *l = r->loop;
    const struct sched_choice *c = &l->at[l->chosen].choice;
    size_t streamed = r->verify.mode == LOOP_VOTE ? 0 : l->n - 1;
    while (streamed > 0 && l->at[streamed].d.asked == LOOP_ASKED_PROGRAM)
        streamed--;
    if (l->chosen != streamed) {
        run_new_text(r, (uint32_t)l->n);
        run_notify_attempt(r, "chosen", (int64_t)l->chosen, NULL);
    }
    run_rest_of_text(r, 0, c);
}

void loop_end(struct run *r, enum loop_why why)
{
    struct loop *l = r->loop;
    if (!l->worked && !loop_stopped(r)) {
        l->worked = true;
        l->why = why;
        if (loop_program(r))
            return;
    }
    l->over = true;
    l->why = why;
    r->interrupted = r->interrupted && r->stored && why == LOOP_WHY_STOPPED;
    if (r->interrupted)
        l->chosen = r->verify.mode == LOOP_VOTE ? 0 : l->n - 1;         /* the one that was streamed */
    else
        loop_choose(r);
    r->choices = &l->at[l->chosen].choice;
    r->n_choices = 1;
    if (r->interrupted) {
        run_store_interrupted(r);
    } else {
        stream_chosen(r);
        loop_write_verification(r);
        if (!run_keep_answer(r))
            return;
        struct node *n = r->message != 0 ? node_find(r->d->sessions, r->owner.id, r->message) : NULL;
        if (n != NULL)
            n->verdict = verify_verdict_name(l->vote.agreed ? QWEN_SUPPORTED : l->at[l->chosen].d.verdict);
    }
    run_release_model(r);
    run_finish(r);
}

/* ---- checking ---- */

/* What failed, in words for the model: no line that names a value that was computed. */
static void take_checks(const struct run *r, struct attempt *a, const struct plug_result *res)
{
    const char *checks[CHECKS_TOLD];
    const char *question = run_question(r);
    size_t n = 0;
    for (size_t i = 0; i < res->n_evidence && n < CHECKS_TOLD; i++) {
        const struct plug_evidence *e = &res->evidence[i];
        bool good = e->who == QWEN_FOR_MODEL && e->text != NULL && e->text[0] != '\0';
        for (size_t p = 0; good && p < res->n_parts; p++)
            good = res->parts[p].computed == NULL || !plug_names_value(e->text, res->parts[p].computed);
        if (good)
            checks[n++] = e->text;
    }
    struct qw_buf b = QW_BUF_INIT;
    loop_feedback(&b, LOOP_AGAIN, utf8_has_han(question, strlen(question)), checks, n);
    a->told = qw_buf_take(&b);
}

static void take_result(struct run *r, struct attempt *a, const struct plug_result *res)
{
    bool bad = res->error.code != QW_OK;
    a->d.verdict = bad ? QWEN_UNDECIDED : res->answer;
    a->verify_ms = res->ms;
    for (size_t i = 0; !bad && i < res->n_parts; i++)
        a->d.read = a->d.read || (res->parts[i].reading != NULL && res->parts[i].reading[0] != '\0');
    a->computed = verify_computed(res) != NULL ? qw_strdup(verify_computed(res)) : NULL;
    a->d.computed = a->computed != NULL;
    a->plugin = res->plugin != NULL ? qw_strdup(res->plugin) : NULL;
    struct mpw_open m = mpw_map_begin(&a->verification);
    verify_write(&a->verification, &m, res);
    mpw_map_end(&a->verification, &m);
    if (qw_buf_failed(&a->verification))
        qw_buf_free(&a->verification);
    if (a->d.verdict == QWEN_REFUTED)
        take_checks(r, a, res);
}

static void decide(struct run *r);

static void on_checked(void *arg, const struct plug_result *res)
{
    struct run *r = arg;
    struct loop *l = r->loop;
    struct attempt *a = &l->at[r->verify_index];
    uint32_t proved;
    l->checking = false;
    a->checked = true;
    take_result(r, a, res);
    r->d->n_verdicts[a->d.verdict]++;
    r->verify_ms += res->ms;
    if (a->verification.len > 0)
        run_notify_verdict(r, &a->verification);
    struct loop_attempt d[LOOP_ROOM];
    for (size_t i = 0; i < LOOP_ROOM; i++)
        d[i] = l->at[i].d;
    if (r->state == RUN_ENGINE && (proved = loop_proved_tokens(d, LOOP_MAX_ATTEMPTS)) > 0)
        sched_cap(r->d->sched, r->id, proved);
    loop_check(r);
}

/* A sample that is longer than a proved one is not asked about. */
static bool worth_a_check(const struct run *r, const struct attempt *a)
{
    struct loop_attempt d[LOOP_MAX_ATTEMPTS];
    for (size_t i = 0; i < LOOP_MAX_ATTEMPTS; i++)
        d[i] = r->loop->at[i].d;
    return !loop_stopped(r) && loop_whole(&a->d) && a->d.tokens > 0
        && (r->verify.mode != LOOP_VOTE || a->d.asked == LOOP_ASKED_PROGRAM || loop_may_win(d, LOOP_MAX_ATTEMPTS, a->d.tokens));
}

/* One after the other, in their order; of a vote that the engine still works at, those that have ended. */
void loop_check(struct run *r)
{
    struct loop *l = r->loop;
    for (size_t i = 0; i < LOOP_ROOM && !l->checking; i++) {
        struct attempt *a = &l->at[i];
        if (!a->ended || a->checked)
            continue;
        a->checked = true;
        if (!worth_a_check(r, a))
            continue;
        r->verify_index = i;
        l->checking = true;
        run_check_text(r, &a->choice, on_checked);          /* on_checked may have come, and r may be gone */
        return;
    }
    if (l->checking || r->state == RUN_ENGINE)
        return;
    if (l->worked)
        loop_end(r, loop_stopped(r) ? LOOP_WHY_STOPPED : l->why);
    else if (r->verify.mode == LOOP_VOTE)
        vote_group(r);
    else
        decide(r);
}

void run_loop_cancel(struct run *r)
{
    if (r->loop != NULL && r->loop->checking)
        verify_cancel(r->d->verify, r->verify_op);
}

/* ---- the next attempt ---- */

/* Does a message of the conversation ask for \boxed{}? */
static bool box_asked(const struct run *r)
{
    for (size_t i = 0; i < r->n_msgs; i++)
        if (r->msgs[i].role <= NODE_USER && strstr(r->msgs[i].text, "\\boxed") != NULL)
            return true;
    return false;
}

/* r->ids, unless rc says why not, is the next attempt's prompt. */
static void submit_next(struct run *r, int rc, struct qw_error *err)
{
    struct loop *l = r->loop;
    const struct attempt *last = &l->at[l->n - 1];
    struct rpc_err_info info = { 0 };
    r->state = RUN_ENGINE;
    if (rc == QW_OK)
        rc = run_submit(r, &info, err);
    if (rc != QW_OK) {                          /* context or queue are full: what there is counts */
        log_debug("run", "no further attempt run=%s: %s", r->id_text, err->msg);
        loop_end(r, LOOP_WHY_FAILED);
        return;
    }
    run_new_text(r, (uint32_t)l->n);
    run_notify_attempt(r, last->d.verdict == QWEN_REFUTED && l->making != LOOP_FINAL ? "refuted" : "no_answer", -1,
                       l->making == LOOP_FRESH ? NULL : last->told);
}

static void ask_again(struct run *r)
{
    struct loop *l = r->loop;
    const char *question = run_question(r);
    struct attempt *last = &l->at[l->n - 1];
    if (l->making == LOOP_FINAL) {
        struct qw_buf b = QW_BUF_INIT;
        loop_feedback(&b, LOOP_FINAL, utf8_has_han(question, strlen(question)), NULL, 0);
        qw_free(last->told);
        last->told = qw_buf_take(&b);
    }
    if (last->told == NULL) {
        loop_end(r, LOOP_WHY_FAILED);
        return;
    }
    run_store_attempts(r);
    l->rendering = true;
    run_render_start(r);
}

static void decide(struct run *r)
{
    struct loop *l = r->loop;
    struct loop_attempt d[LOOP_ROOM];
    struct qw_error err = { 0 };
    enum loop_why why;
    const struct loop_limits lim = { r->verify.attempts, r->verify.feedback, clock_mono_ms() < attempts_until(r), loop_stopped(r) };
    for (size_t i = 0; i < l->n; i++)
        d[i] = l->at[i].d;
    l->making = loop_next(d, l->n, &lim, &why);
    if (l->making == LOOP_END) {
        loop_end(r, why);
    } else if (l->making != LOOP_FRESH) {
        ask_again(r);
    } else {
        run_store_attempts(r);
        r->ids.n = 0;
        submit_next(r, ids_append(&r->ids, l->prompt.v, l->prompt.n), &err);
    }
}

bool run_loop_renders(const struct run *r)
{
    return r->loop != NULL && r->loop->rendering;
}

/* Worker: prompt, the last attempt, the feedback. */
int run_loop_render(struct run *r, struct qw_error *err)
{
    struct loop *l = r->loop;
    const struct attempt *last = &l->at[l->n - 1];
    const struct ids *said = &last->choice.ids;
    size_t keep = said->n;
    if (last->d.finish == FINISH_REPETITION)    /* what repeats would only begin again */
        keep = keep > REPEATED_IDS ? keep - REPEATED_IDS : 0;
    r->ids.n = 0;
    int rc = ids_append(&r->ids, l->prompt.v, l->prompt.n);
    if (rc == QW_OK)
        rc = ids_append(&r->ids, said->v, keep);
    if (rc != QW_OK)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    struct chat_msg msg = { .role = "user", .content = last->told };
    struct chat c = { .msgs = &msg, .n_msgs = 1, .add_generation_prompt = true };
    struct prompt p = { 0 };
    const struct chat_family *f = model_chat_family(r->held, err);
    bool closed = keep > 0 && tokenizer_is_end(model_tokenizer(r->held), said->v[keep - 1]);
    rc = f == NULL ? err->code : chat_render_turn(f, &c, closed, &p, err);
    if (rc == QW_OK)
        rc = prompt_encode(&p, model_tokenizer(r->held), &r->ids, err);
    prompt_free(&p);
    return rc;
}

void run_loop_rendered(struct run *r)
{
    r->loop->rendering = false;
    if (loop_stopped(r))
        loop_end(r, LOOP_WHY_STOPPED);
    else
        submit_next(r, r->work_rc, &r->work_err);
}

/* Of a request to the engine, what the loop changes. */
void run_loop_shape(const struct run *r, struct sched_req *q)
{
    const struct loop *l = r->loop;
    uint64_t until = attempts_until(r);
    if (r->verify.mode == LOOP_VOTE) {
        q->n = r->verify.samples;
        q->others_temperature = r->verify.temperature;
        q->others_deadline_mono_ms = until;     /* the first one goes on where none is whole: an answer is better late */
        q->each = true;
        q->n_given = 0;
        q->stored_run = 0;
    } else if (l->n > 0) {
        q->sample.seed = sample_seed(r->sample.seed, (uint32_t)l->n);
        q->sample.temperature = r->verify.temperature;
        q->n_given = 0;
        q->stored_run = 0;                      /* the row's ids are the first attempt's */
        if (l->making == LOOP_FINAL && q->gen.max_tokens > FINAL_TOKENS)
            q->gen.max_tokens = FINAL_TOKENS;
        q->deadline_mono_ms = until;
    }
}

/* ---- what the engine made ---- */

/* The request's own things again, for the next attempt. */
static void take_back(struct run *r, struct sched_req *q)
{
    run_take_back(r, q);
    if (r->loop->prompt.n == 0) {
        r->loop->prompt = q->prompt;
        r->loop->prompt.n -= q->n_given;
        q->prompt = (struct ids){ 0 };
    }
    r->ids.n = 0;
}

void run_usage_add(struct sched_usage *to, const struct sched_usage *u)
{
    to->prompt += u->prompt;
    to->from_memory += u->from_memory;
    to->from_disk += u->from_disk;
    to->prefilled += u->prefilled;
    to->completion += u->completion;
}

void run_loop_pay(struct run *r, const struct sched_usage *u, const struct sched_timing *t)
{
    run_usage_add(&r->usage, u);
    r->timing.queued_ms += t->queued_ms;
    r->timing.prefill_ms += t->prefill_ms;
    r->timing.decode_ms += t->decode_ms;
}

struct attempt *loop_add(struct run *r, enum loop_asked asked)
{
    struct loop *l = r->loop;
    struct attempt *a = l->n < LOOP_ROOM ? &l->at[l->n] : NULL;
    if (a == NULL)
        return NULL;
    a->seed = sample_seed(r->sample.seed, (uint32_t)l->n);
    a->d.asked = asked;
    a->ended = true;
    l->group[l->n++] = -1;
    return a;
}

static void describe(const struct run *r, struct attempt *a, size_t tokens)
{
    const char *box;
    size_t n;
    a->d.finish = a->choice.finish;
    a->d.tokens = (uint32_t)tokens;
    a->d.box_asked = box_asked(r);
    a->d.boxed = a->choice.text != NULL && loop_boxed(a->choice.text, a->choice.text_len, &box, &n);
    a->ended = true;
}

void run_loop_choice(struct run *r, const struct sched_event *ev)
{
    struct attempt *a = r->loop != NULL && ev->index < LOOP_MAX_ATTEMPTS ? &r->loop->at[ev->index] : NULL;
    if (a == NULL || a->ended || r->state != RUN_ENGINE || r->verify.mode != LOOP_VOTE)
        return;
    a->choice.text = qw_strndup(ev->text, ev->text_len);
    if (a->choice.text == NULL)                 /* then it is checked with the others at the end */
        return;
    a->choice.text_len = ev->text_len;
    a->choice.finish = ev->finish;
    a->generate_ms = ev->timing.total_ms;
    describe(r, a, ev->n_ids);
    loop_check(r);
}

static void add_attempt(struct run *r, struct sched_choice *c, uint32_t i, const struct sched_event *ev)
{
    struct loop *l = r->loop;
    bool question = l->n == 0 || r->verify.mode == LOOP_VOTE || l->making == LOOP_FRESH;
    struct attempt *a = loop_add(r, question ? LOOP_ASKED_QUESTION : l->making == LOOP_FINAL ? LOOP_ASKED_FINAL : LOOP_ASKED_AGAIN);
    if (a->choice.text == NULL)
        a->generate_ms = ev->timing.total_ms;
    qw_free(a->choice.text);                    /* of a sample that ended before the others: the same */
    a->choice = *c;
    *c = (struct sched_choice){ 0 };            /* it is ours now */
    a->usage = i == 0 ? ev->usage : (struct sched_usage){ 0 };
    if (ev->n_choices > 1)
        a->usage.completion = (uint32_t)a->choice.ids.n;
    describe(r, a, a->choice.ids.n);
}

void run_loop_done(struct run *r, struct sched_event *ev)
{
    struct loop *l = r->loop;
    size_t first = l->n;
    take_back(r, ev->req);
    if (ev->error.code == QW_OK || r->verify.mode == LOOP_VOTE) {      /* samples that had ended are not lost by an error */
        run_loop_pay(r, &ev->usage, &ev->timing);
        for (uint32_t i = 0; i < ev->n_choices && l->n < LOOP_MAX_ATTEMPTS; i++)
            add_attempt(r, &ev->choices[i], i, ev);
    }
    sched_req_free(ev->req);
    sched_event_free(ev);
    if (l->n == first) {                        /* an error, and not of the first attempt */
        loop_end(r, LOOP_WHY_FAILED);
        return;
    }
    run_rest_of_text(r, 0, &l->at[first].choice);
    r->state = RUN_CHECK;
    run_notify_deltas(r, true);
    if (!loop_stopped(r))
        run_notify_progress(r, "verify", -1, 0, 0, 0);
    loop_check(r);
}

void run_loop_resume(struct run *r)
{
    struct loop *l = r->loop;
    l->prompt = r->ids;
    r->ids = (struct ids){ 0 };
    for (size_t i = 0; i < l->n; i++)
        l->at[i].d.box_asked = box_asked(r);
    r->attempt = (uint32_t)l->n - 1;
    decide(r);
}
