/* The Outcome of a run, as PROTOCOL.md lists its keys. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/run/run.h"

const char *run_state_name(const struct run *r)
{
    if (r->early != FINISH_NONE || r->ended_ms != 0)
        return r->interrupted && r->stored ? "interrupted" : "done";
    return r->state >= RUN_ENGINE || run_loop_begun(r) || run_tool_begun(r) ? "running" : "queued";
}

static void write_top(struct qw_buf *b, const struct token_logprob *alts, uint32_t n)
{
    mpw_array(b, n);
    for (uint32_t i = 0; i < n; i++) {
        mpw_map(b, 2);
        mpw_str(b, "id");
        mpw_int(b, alts[i].id);
        mpw_str(b, "logprob");
        mpw_float(b, (double)alts[i].logprob);
    }
}

static void write_logprobs(struct qw_buf *b, const struct sched_choice *c, uint32_t n_alts)
{
    if (c->alts == NULL)
        n_alts = 0;
    mpw_array(b, c->ids.n);
    for (size_t i = 0; i < c->ids.n; i++) {
        mpw_map(b, 3);
        mpw_str(b, "id");
        mpw_int(b, c->logprobs[i].id);
        mpw_str(b, "logprob");
        mpw_float(b, (double)c->logprobs[i].logprob);
        mpw_str(b, "top");
        write_top(b, n_alts > 0 ? c->alts + i * n_alts : NULL, n_alts);
    }
}

static void write_choice(struct qw_buf *b, const struct run *r, size_t i)
{
    struct mpw_open m = mpw_map_begin(b);
    const struct sched_choice *c = i < r->n_choices ? &r->choices[i] : NULL;
    bool whole = c != NULL && (i > 0 || r->said == 0);     /* else turns before it said something */
    mpw_key(b, &m, "index");
    mpw_uint(b, i);
    mpw_key(b, &m, "text");
    if (whole)
        mpw_strn(b, c->text != NULL ? c->text : "", c->text != NULL ? c->text_len : 0);
    else
        mpw_strn(b, r->choice_text[i].data != NULL ? r->choice_text[i].data : "", r->choice_text[i].len);
    if (c != NULL || r->early != FINISH_NONE) {
        mpw_key(b, &m, "finish_reason");
        mpw_str(b, finish_name(c != NULL ? c->finish : r->early));
    }
    if (c != NULL && c->logprobs != NULL) {
        mpw_key(b, &m, "logprobs");
        write_logprobs(b, c, r->sample.n_logprobs == UINT32_MAX ? 0 : r->sample.n_logprobs);
    }
    mpw_map_end(b, &m);
}

static void write_usage(struct qw_buf *b, const struct sched_usage *u)
{
    mpw_map(b, 5);
    mpw_str(b, "prompt");
    mpw_uint(b, u->prompt);
    mpw_str(b, "from_memory");
    mpw_uint(b, u->from_memory);
    mpw_str(b, "from_disk");
    mpw_uint(b, u->from_disk);
    mpw_str(b, "prefilled");
    mpw_uint(b, u->prefilled);
    mpw_str(b, "completion");
    mpw_uint(b, u->completion);
}

static void write_timing(struct qw_buf *b, const struct run *r)
{
    mpw_map(b, 5);
    mpw_str(b, "queued");
    mpw_float(b, r->timing.queued_ms);
    mpw_str(b, "prefill");
    mpw_float(b, r->timing.prefill_ms);
    mpw_str(b, "decode");
    mpw_float(b, r->timing.decode_ms);
    mpw_str(b, "verify");
    mpw_float(b, r->verify_ms);
    mpw_str(b, "total");
    mpw_float(b, (double)((r->ended_ms != 0 ? r->ended_ms : clock_mono_ms()) - r->received_ms));
}

void outcome_write(struct qw_buf *b, const struct run *r)
{
    char id[SESSION_ID_LEN];
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "run");
    mpw_str(b, r->id_text);
    mpw_key(b, &m, "state");
    mpw_str(b, run_state_name(r));
    mpw_key(b, &m, "model");
    mpw_str(b, r->model != NULL ? r->model->name : "");
    if (r->session != 0) {
        session_id_text('s', r->session, id);
        mpw_key(b, &m, "session");
        mpw_str(b, id);
    }
    if (r->session != 0 && r->message != 0) {
        session_id_text('m', r->message, id);
        mpw_key(b, &m, "message");
        mpw_str(b, id);
    }
    if (models_info(r->d->models)->numerics == NUMERICS_FAST) {
        mpw_key(b, &m, "numerics");
        mpw_str(b, numerics_name(NUMERICS_FAST));
    }
    mpw_key(b, &m, "durable");
    mpw_str(b, durability_name(run_durable(r)));
    if (r->store_failed && run_durable(r) < r->durability) {
        mpw_key(b, &m, "storage");
        mpw_str(b, r->store_why);
    }
    mpw_key(b, &m, "choices");
    mpw_array(b, r->n);
    for (size_t i = 0; i < r->n; i++)
        write_choice(b, r, i);
    mpw_key(b, &m, "usage");
    write_usage(b, &r->usage);
    mpw_key(b, &m, "timing_ms");
    write_timing(b, r);
    mpw_key(b, &m, "seed");
    mpw_uint(b, r->sample.seed);
    if (r->verification.len > 0) {
        mpw_key(b, &m, "verification");
        qw_buf_add(b, r->verification.data, r->verification.len);
    }
    run_tool_write(r, b, &m);
    run_loop_write(r, b, &m);
    mpw_map_end(b, &m);
}

/* ---- those that have ended ---- */

#define FINISHED_MAX_BYTES (128u << 10)      /* larger ones are not kept */

void finished_keep(const struct run *r)
{
    struct daemon *d = r->d;
    struct finished f = { .owner = r->owner.id };
    outcome_write(&f.outcome, r);
    if (qw_buf_failed(&f.outcome) || f.outcome.len > FINISHED_MAX_BYTES) {
        qw_buf_free(&f.outcome);
        return;
    }
    snprintf(f.id, sizeof f.id, "%s", r->id_text);
    snprintf(f.tag, sizeof f.tag, "%s", r->tag != NULL ? r->tag : "");
    snprintf(f.key, sizeof f.key, "%s", r->key != NULL ? r->key : "");
    f.params_hash = r->params_hash;
    struct finished *slot = &d->finished[d->n_finished++ % FINISHED_MAX];
    qw_buf_free(&slot->outcome);
    *slot = f;
}

const struct finished *finished_find(struct daemon *d, const struct owner *o, const char *id, const char *tag)
{
    for (uint64_t i = d->n_finished; i > 0 && d->n_finished - i < FINISHED_MAX; i--) {
        const struct finished *f = &d->finished[(i - 1) % FINISHED_MAX];
        if (f->owner == o->id && (id != NULL ? strcmp(f->id, id) == 0 : f->tag[0] != '\0' && strcmp(f->tag, tag) == 0))
            return f;
    }
    return NULL;
}

const struct finished *finished_find_key(struct daemon *d, const struct owner *o, const char *key)
{
    for (uint64_t i = d->n_finished; i > 0 && d->n_finished - i < FINISHED_MAX; i--) {
        const struct finished *f = &d->finished[(i - 1) % FINISHED_MAX];
        if (f->owner == o->id && f->key[0] != '\0' && strcmp(f->key, key) == 0)
            return f;
    }
    return NULL;
}

void finished_free(struct daemon *d)
{
    for (size_t i = 0; i < FINISHED_MAX; i++)
        qw_buf_free(&d->finished[i].outcome);
}
