/* What the store keeps of a run: its row before the engine has it, what came of it at the end.
 *
 * A row holds what makes the answer (`params`, a MessagePack map), so that the same one can be made again;
 * the engine adds the ids while it generates.  The order of commits is that of the calls here and in
 * the engine.  A failure of the store costs the promise, never the answer. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/run/run.h"

enum durability run_durable(const struct run *r)
{
    return r->stored && !r->store_failed ? r->durability : DURABLE_NONE;
}

/* ---- keys ---- */

static uint64_t hash_bytes(uint64_t h, const void *p, size_t n)
{
    const unsigned char *b = p;
    for (size_t i = 0; i < n; i++)
        h = (h ^ b[i]) * UINT64_C(0x100000001b3);               /* FNV-1a */
    return h;
}

/* Of the method and of all parameters but those that do not change the answer; their order does not matter. */
uint64_t run_params_hash(const struct method_def *m, const struct mp *params)
{
    static const char *const not_hashed[] = { "stream", "tag", "deadline_ms", "priority", "on_disconnect", "key" };
    const uint64_t start = UINT64_C(0xcbf29ce484222325);
    uint64_t sum = hash_bytes(start, m->name, strlen(m->name));
    for (size_t i = 0; i < params->u.m.n; i++) {
        const struct mp_pair *p = &params->u.m.v[i];
        bool skip = p->val.type == MP_NIL || strncmp(p->key.u.s.p, "x_", 2) == 0;
        for (size_t n = 0; n < sizeof not_hashed / sizeof not_hashed[0]; n++)
            skip = skip || strcmp(p->key.u.s.p, not_hashed[n]) == 0;
        if (skip)
            continue;
        struct qw_buf b = QW_BUF_INIT;
        mpw_value(&b, &p->val);
        sum += hash_bytes(hash_bytes(start, p->key.u.s.p, p->key.u.s.n + 1), b.data, b.len);
        qw_buf_free(&b);
    }
    return sum != 0 ? sum : 1;
}

/* ---- parameters as they are stored ---- */

static void put_float(struct qw_buf *b, struct mpw_open *m, const char *key, float v)
{
    mpw_key(b, m, key);
    mpw_float(b, (double)v);
}

static void put_uint(struct qw_buf *b, struct mpw_open *m, const char *key, uint64_t v)
{
    mpw_key(b, m, key);
    mpw_uint(b, v);
}

static void put_str(struct qw_buf *b, struct mpw_open *m, const char *key, const char *v)
{
    mpw_key(b, m, key);
    mpw_str(b, v);
}

static void write_lists(const struct run *r, struct qw_buf *b, struct mpw_open *m)
{
    char id[16];
    mpw_key(b, m, "stop");
    mpw_array(b, r->gen.n_stop);
    for (size_t i = 0; i < r->gen.n_stop; i++)
        mpw_str(b, r->stop[i]);
    mpw_key(b, m, "logit_bias");
    mpw_map(b, r->sample.n_bias);
    for (size_t i = 0; i < r->sample.n_bias; i++) {
        snprintf(id, sizeof id, "%d", (int)r->bias[i].id);
        mpw_str(b, id);
        mpw_float(b, (double)r->bias[i].bias);
    }
}

static void write_params(const struct run *r, struct qw_buf *b)
{
    const struct sample_params *p = &r->sample;
    struct mpw_open m = mpw_map_begin(b);
    put_str(b, &m, "method", r->method->name);
    put_str(b, &m, "model", r->model->name);
    put_str(b, &m, "fingerprint", model_fingerprint(r->held));
    put_float(b, &m, "temperature", p->temperature);
    put_float(b, &m, "top_p", p->top_p);
    put_uint(b, &m, "top_k", (uint64_t)p->top_k);
    put_float(b, &m, "min_p", p->min_p);
    put_float(b, &m, "repetition_penalty", p->repetition_penalty);
    put_float(b, &m, "presence_penalty", p->presence_penalty);
    put_float(b, &m, "frequency_penalty", p->frequency_penalty);
    put_uint(b, &m, "seed", p->seed);
    put_uint(b, &m, "max_tokens", r->gen.max_tokens);
    mpw_key(b, &m, "stop_on_repetition");
    mpw_bool(b, r->gen.stop_on_repetition);
    put_uint(b, &m, "n", r->n);
    if (p->n_logprobs != UINT32_MAX)
        put_uint(b, &m, "logprobs", p->n_logprobs);
    if (r->verify.mode != LOOP_OFF)
        put_uint(b, &m, "verify_budget_ms", r->verify.check_ms);
    run_loop_write_params(r, b, &m);
    run_tool_write_params(r, b, &m);
    write_lists(r, b, &m);
    mpw_map_end(b, &m);
}

/* ---- reading them ---- */

static float get_float(const struct mp *m, const char *key, float dflt)
{
    const struct mp *v = mp_get(m, key);
    double f;
    return v != NULL && mp_to_f64(v, &f) ? (float)f : dflt;
}

static uint64_t get_uint(const struct mp *m, const char *key, uint64_t dflt)
{
    const struct mp *v = mp_get(m, key);
    int64_t i;
    return v != NULL && mp_to_i64(v, &i) && i >= 0 ? (uint64_t)i : dflt;
}

static int read_lists(struct run *r, const struct mp *m, struct qw_error *err)
{
    const struct mp *stop = mp_get(m, "stop"), *bias = mp_get(m, "logit_bias");
    size_t n_stop = stop != NULL && stop->type == MP_ARRAY ? stop->u.a.n : 0;
    size_t n_bias = bias != NULL && bias->type == MP_MAP ? bias->u.m.n : 0;
    r->stop = n_stop > 0 ? qw_calloc(n_stop, sizeof *r->stop) : NULL;
    r->bias = n_bias > 0 ? qw_calloc(n_bias, sizeof *r->bias) : NULL;
    if ((n_stop > 0 && r->stop == NULL) || (n_bias > 0 && r->bias == NULL))
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    for (size_t i = 0; i < n_stop; i++) {
        const struct mp *s = &stop->u.a.v[i];
        r->stop[i] = mp_is_text(s) ? qw_strndup(s->u.s.p, s->u.s.n) : qw_strdup("");
        if (r->stop[i] == NULL)
            return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
        r->gen.n_stop = i + 1;
    }
    for (size_t i = 0; i < n_bias; i++) {
        double f = 0;
        int id = 0;
        if (sscanf(bias->u.m.v[i].key.u.s.p, "%d", &id) != 1 || id < 0 || !mp_to_f64(&bias->u.m.v[i].val, &f))
            return qw_error_set(err, QW_ESTORAGE, "the stored logit_bias is damaged");
        r->bias[i] = (struct logit_bias){ id, (float)f };
    }
    r->sample.bias = r->bias;
    r->sample.n_bias = n_bias;
    return QW_OK;
}

static int read_params(struct run *r, const struct mp *m, struct qw_error *err)
{
    struct sample_params *p = &r->sample;
    p->temperature = get_float(m, "temperature", p->temperature);
    p->top_p = get_float(m, "top_p", p->top_p);
    p->top_k = (int32_t)get_uint(m, "top_k", (uint64_t)p->top_k);
    p->min_p = get_float(m, "min_p", p->min_p);
    p->repetition_penalty = get_float(m, "repetition_penalty", p->repetition_penalty);
    p->presence_penalty = get_float(m, "presence_penalty", p->presence_penalty);
    p->frequency_penalty = get_float(m, "frequency_penalty", p->frequency_penalty);
    p->seed = get_uint(m, "seed", 0);
    p->n_logprobs = UINT32_MAX;                 /* of what was there before, they are not known any more */
    r->gen.max_tokens = (uint32_t)get_uint(m, "max_tokens", PROTO_DEFAULT_MAX_TOKENS);
    const struct mp *rep = mp_get(m, "stop_on_repetition"), *print = mp_get(m, "fingerprint");
    r->gen.stop_on_repetition = rep == NULL || rep->type != MP_BOOL || rep->u.b;
    r->verify.mode = mp_get(m, "verify_budget_ms") != NULL ? LOOP_CHECK : LOOP_OFF;
    r->verify.check_ms = (uint32_t)get_uint(m, "verify_budget_ms", 0);
    if (print != NULL && mp_is_text(print) && print->u.s.n < sizeof r->fingerprint)
        memcpy(r->fingerprint, print->u.s.p, print->u.s.n);     /* r is zeroed */
    int rc = read_lists(r, m, err);
    if (rc == QW_OK)
        rc = run_loop_read_params(r, m, err);
    if (rc == QW_OK)
        rc = run_tool_read_params(r, m, err);
    return rc == QW_OK ? sample_params_check(p, err) : rc;
}

int run_store_read(struct run *r, const struct store_run *row, struct qw_error *err)
{
    struct mp m;
    size_t used;
    struct qw_arena *a = qw_arena_new(64u << 20);
    int rc = a == NULL ? qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM))
                       : mp_read(a, row->params.p, row->params.n, &mp_limits_out, &m, &used, err);
    if (rc == QW_OK)
        rc = read_params(r, &m, err);
    const struct mp *name = rc == QW_OK ? mp_get(&m, "model") : NULL;
    if (rc == QW_OK)
        rc = models_find(r->d->models, name != NULL && mp_is_text(name) ? mp_to_cstr(a, name) : "", &r->model, err);
    qw_buf_add(&r->params, row->params.p, row->params.n);
    bool whole = r->verify.mode == LOOP_VOTE || run_loop_begun(r);      /* then the row's ids are of no use */
    if (rc == QW_OK && !whole && (ids_append(&r->ids, row->ids, row->n_ids) != QW_OK))
        rc = qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    if (rc == QW_OK && qw_buf_failed(&r->params))
        rc = qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    if (rc == QW_OK && row->key != NULL && (r->key = qw_strdup(row->key)) == NULL)
        rc = qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    r->params_hash = row->params_hash;
    r->created_unix_ms = row->created_unix_ms;
    r->session = row->session;
    run_set_id(r, row->run);
    qw_arena_free(a);
    return rc;
}

/* ---- writing ---- */

static void put_row(struct history_op *op, struct run *r, enum store_run_state state)
{
    struct qw_buf outcome = QW_BUF_INIT;
    if (state != STORE_RUN_RUNNING) {
        uint64_t before = r->ended_ms;
        r->ended_ms = clock_mono_ms();
        outcome_write(&outcome, r);
        r->ended_ms = before;
    }
    struct store_run row = {
        .run = r->id, .owner = r->owner.id, .session = r->session, .message = r->turn != NULL ? r->turn->id : 0,
        .answer = r->message, .key = r->key, .params_hash = r->params_hash, .params = { r->params.data, r->params.len },
        .outcome = { outcome.data, qw_buf_failed(&outcome) ? 0 : outcome.len }, .state = state, .created_unix_ms = r->created_unix_ms,
    };
    history_put_run(op, &row);
    qw_buf_free(&outcome);
}

static void failed(struct run *r, const char *why)
{
    r->store_failed = true;
    snprintf(r->store_why, sizeof r->store_why, "%.159s", why);
}

/* Takes op. */
static bool commit(struct run *r, struct history_op *op)
{
    struct qw_error err = { 0 };
    if (history_commit(op, r->id, run_committed, &err) != QW_OK) {
        failed(r, err.msg);
        return false;
    }
    r->commits++;
    return true;
}

/* A session gets its title from its first question. */
static void give_title(struct run *r, struct session *x)
{
    if (x->title != NULL || x->head != NULL)
        return;
    for (size_t i = 0; i < r->n_msgs && x->title == NULL; i++) {
        if (r->msgs[i].role == NODE_USER) {
            x->title = session_title_of(r->msgs[i].text);
            session_changed(x);
        }
    }
}

void run_store_begin(struct run *r)
{
    struct session *x = r->session != 0 ? session_find(r->d->sessions, r->owner.id, r->session) : NULL;
    if (x != NULL)
        give_title(r, x);
    if (r->durability == DURABLE_NONE || r->store_failed || (r->turn == NULL && r->kind != RUN_GENERATE))
        return;
    if (r->params.len == 0)
        write_params(r, &r->params);
    struct history_op *op = history_op_new(r->d);
    if (op == NULL || qw_buf_failed(&r->params)) {
        history_op_free(op);
        failed(r, history_why(r->d));
        return;
    }
    history_put_path(op, r->turn);
    if (x != NULL) {
        history_put_session(op, x);
        if (x->interrupted != 0 && x->interrupted != r->id)     /* the session goes on without it */
            history_put_delete_run(op, r->owner.id, x->interrupted);
    }
    put_row(op, r, STORE_RUN_RUNNING);
    r->stored = commit(r, op);
    if (x != NULL && r->stored)
        x->interrupted = 0;
}

static void note_interrupted(const struct run *r, struct session *x)
{
    x->interrupted = r->id;
    x->interrupted_at = r->turn != NULL ? r->turn->id : 0;
}

void run_store_forget(struct run *r)
{
    struct history_op *op = r->stored ? history_op_new(r->d) : NULL;
    if (r->n_given > 0 || r->kind == RUN_RESUME) {              /* it was there before */
        if (op != NULL)
            put_row(op, r, STORE_RUN_INTERRUPTED);
        struct session *x = session_find(r->d->sessions, r->owner.id, r->session);
        if (x != NULL)
            note_interrupted(r, x);
    } else {
        history_put_delete_run(op, r->owner.id, r->id);
    }
    if (op != NULL)
        commit(r, op);
    r->stored = false;
}

/* The row anew, with what r has come to. */
static void store_again(struct run *r, bool other_turn)
{
    struct history_op *op = r->stored && !r->store_failed ? history_op_new(r->d) : NULL;
    struct session *x = r->session != 0 ? session_find(r->d->sessions, r->owner.id, r->session) : NULL;
    if (op == NULL || (r->session != 0 && x == NULL)) {         /* its row went with its session */
        history_op_free(op);
        return;
    }
    qw_buf_clear(&r->params);
    write_params(r, &r->params);
    if (qw_buf_failed(&r->params)) {
        qw_buf_free(&r->params);
        history_op_free(op);
        return;
    }
    if (other_turn) {
        history_put_path(op, r->turn);
        history_put_no_ids(op, r->id);
    }
    put_row(op, r, STORE_RUN_RUNNING);
    commit(r, op);
}

void run_store_attempts(struct run *r) { store_again(r, false); }
void run_store_turn(struct run *r) { store_again(r, true); }

/* Its session was deleted meanwhile, and the row with it: what has been added since goes, too. */
static bool session_gone(struct run *r, const struct session *x)
{
    if (r->session == 0 || x != NULL)
        return false;
    struct history_op *op = history_op_new(r->d);
    history_put_delete_run(op, r->owner.id, r->id);
    if (op != NULL)
        commit(r, op);
    r->stored = false;
    return true;
}

void run_store_answer(struct run *r)
{
    struct session *x = r->session != 0 ? session_find(r->d->sessions, r->owner.id, r->session) : NULL;
    if (!r->stored || session_gone(r, x))
        return;
    struct history_op *op = history_op_new(r->d);
    struct node *answer = r->message != 0 ? node_find(r->d->sessions, r->owner.id, r->message) : NULL;
    if (op == NULL) {
        failed(r, history_why(r->d));
        return;
    }
    history_put_path(op, answer);
    if (x != NULL)
        history_put_session(op, x);
    put_row(op, r, STORE_RUN_DONE);
    commit(r, op);
}

void run_store_verdict(struct run *r)
{
    if (r->stored && session_gone(r, session_find(r->d->sessions, r->owner.id, r->session)))
        return;
    struct history_op *op = r->stored && !r->store_failed && !r->interrupted ? history_op_new(r->d) : NULL;
    struct node *answer = r->message != 0 ? node_find(r->d->sessions, r->owner.id, r->message) : NULL;
    if (op == NULL)
        return;
    if (answer != NULL)
        history_put_verdict(op, answer, &r->verification);
    put_row(op, r, STORE_RUN_DONE);
    commit(r, op);
}

void run_store_interrupted(struct run *r)
{
    struct session *x = r->session != 0 ? session_find(r->d->sessions, r->owner.id, r->session) : NULL;
    if (session_gone(r, x))
        return;
    struct history_op *op = history_op_new(r->d);
    if (x != NULL && x->interrupted_known)
        note_interrupted(r, x);
    if (op == NULL) {
        failed(r, history_why(r->d));
        return;
    }
    put_row(op, r, STORE_RUN_INTERRUPTED);
    commit(r, op);
}
