/* run.*: finding a run again, by its id, its tag or its key, in memory or in the store. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/api/api.h"
#include "daemon/run/tool_call.h"

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

static int conflict(struct call *k, const char *run, struct qw_error *err)
{
    k->info.run = run;
    k->info.param = "key";
    return qw_error_set(err, QW_ECONFLICT, "key: it names a run of another method or other parameters");
}

/* ---- what is stored ---- */

/* The text that the ids of an interrupted answer gave, if its model is the loaded one; after what its turns said before. */
static void decode(struct call *k, const struct store_run *row, const struct mp *params, struct qw_buf *text)
{
    const struct model *m = models_loaded(k->d->models);
    const struct mp *print = params != NULL ? mp_get(params, "fingerprint") : NULL;
    const struct mp *said = params != NULL ? mp_get(params, "said") : NULL;
    struct gen_params p = { .max_tokens = UINT32_MAX };
    const struct mp *tools = said != NULL ? mp_get(params, "tools") : NULL;
    const char *names[16];
    struct tool_format how = { .names = names };
    struct gen *g;
    if (said != NULL && mp_is_text(said))
        qw_buf_add(text, said->u.s.p, said->u.s.n);
    size_t before = text->len;
    if (m == NULL || print == NULL || !mp_is_str(print, model_fingerprint(m)) || gen_new(&g, model_tokenizer(m), &p, NULL) != QW_OK)
        return;
    for (size_t i = 0; i < row->n_ids; i++)
        if (gen_push(g, row->ids[i], text) != FINISH_NONE)
            break;
    gen_free(g);
    const struct chat_family *f = said != NULL ? model_chat_family(m, NULL) : NULL;
    if (f != NULL && chat_family_calls(f, &how.family) && text->len > before) {
        for (size_t i = 0; tools != NULL && tools->type == MP_ARRAY && i < tools->u.a.n && how.n_names < 16; i++)
            if (mp_is_text(&tools->u.a.v[i]) && (names[how.n_names] = mp_to_cstr(k->arena, &tools->u.a.v[i])) != NULL)
                how.n_names++;
        text->len = before + tool_visible(text->data + before, text->len - before, &how, false);
    }
}

static void put_str(struct qw_buf *b, struct mpw_open *m, const char *key, const char *v)
{
    mpw_key(b, m, key);
    mpw_str(b, v);
}

static void write_zeros(struct qw_buf *b, const char *const *keys, size_t n, const char *last, uint64_t v)
{
    mpw_map(b, n + (last != NULL));
    for (size_t i = 0; i < n; i++) {
        mpw_str(b, keys[i]);
        mpw_uint(b, 0);
    }
    if (last != NULL) {
        mpw_str(b, last);
        mpw_uint(b, v);
    }
}

/* The Outcome so far of a run that a daemon that is no more was running. */
static void write_interrupted(struct call *k, const struct store_run *row, struct qw_buf *b)
{
    static const char *const usage[] = { "prompt", "from_memory", "from_disk", "prefilled" };
    static const char *const timing[] = { "queued", "prefill", "decode", "verify", "total" };
    char id[SESSION_ID_LEN];
    struct mp params;
    size_t used;
    struct qw_buf text = QW_BUF_INIT;
    bool good = mp_read(k->arena, row->params.p, row->params.n, &mp_limits_out, &params, &used, NULL) == QW_OK;
    const struct mp *model = good ? mp_get(&params, "model") : NULL, *seed = good ? mp_get(&params, "seed") : NULL;
    decode(k, row, good ? &params : NULL, &text);
    struct mpw_open m = mpw_map_begin(b);
    session_id_text('r', row->run, id);
    put_str(b, &m, "run", id);
    put_str(b, &m, "state", "interrupted");
    put_str(b, &m, "model", model != NULL && mp_is_text(model) ? mp_to_cstr(k->arena, model) : "");
    if (row->session != 0) {
        session_id_text('s', row->session, id);
        put_str(b, &m, "session", id);
    }
    put_str(b, &m, "durable", "async");
    mpw_key(b, &m, "choices");
    mpw_array(b, 1);
    mpw_map(b, 2);
    mpw_str(b, "index");
    mpw_uint(b, 0);
    mpw_str(b, "text");
    mpw_strn(b, text.data != NULL ? text.data : "", text.len);
    mpw_key(b, &m, "usage");
    write_zeros(b, usage, 4, "completion", row->n_ids);
    mpw_key(b, &m, "timing_ms");
    write_zeros(b, timing, 5, NULL, 0);
    mpw_key(b, &m, "seed");
    if (seed != NULL)
        mpw_value(b, seed);
    else
        mpw_uint(b, 0);
    mpw_map_end(b, &m);
    qw_buf_free(&text);
}

static int reply_stored(struct call *k, const struct store_run *row, struct qw_error *err)
{
    if (row->outcome.n > 0)
        return attach_ended(k, row->outcome.p, row->outcome.n, NULL, err);
    struct qw_buf b = QW_BUF_INIT;
    write_interrupted(k, row, &b);
    int rc = qw_buf_failed(&b) ? no_memory(err) : attach_ended(k, b.data, b.len, NULL, err);
    qw_buf_free(&b);
    return rc;
}

/* ---- keys ---- */

int api_by_key(struct call *k, bool *answered, struct qw_error *err)
{
    struct daemon *d = k->d;
    const struct owner *o = &k->conn->owner;
    const char *key = arg_str(k, "key", NULL);
    *answered = false;
    if (method_arg(k->params, "tools") != NULL && verify_starting(d->verify)) {
        *answered = true;                       /* whether there are such is known in a moment */
        return history_after_plugins(k, err);
    }
    if (key == NULL)
        return QW_OK;
    uint64_t hash = run_params_hash(k->method, k->params);
    struct run *r = run_find_key(d, o, key);
    const struct finished *f = r == NULL ? finished_find_key(d, o, key) : NULL;
    *answered = true;
    if (r != NULL && r->params_hash != hash)
        return conflict(k, r->id_text, err);
    if (r != NULL && r->interrupted)            /* it is ending: its Outcome so far comes with it */
        return history_after_run(k, r->id, err);
    if (r != NULL)
        return attach_running(k, r, err);
    if (f != NULL)
        return f->params_hash == hash ? attach_ended(k, f->outcome.data, f->outcome.len, f->tag[0] != '\0' ? f->tag : NULL, err)
                                      : conflict(k, f->id, err);
    const struct store_query *q = k->answer != NULL && k->answer->kind == STORE_Q_RUN ? k->answer : NULL;
    if (history_store(d) == NULL || o->stateless || (k->answer != NULL && q == NULL)
        || (q != NULL && q->error.code == QW_ENOTFOUND)) {
        *answered = false;                      /* a new one; for other answers it was asked before */
        return QW_OK;
    }
    if (q == NULL) {
        struct store_query *ask = history_query(d, STORE_Q_RUN, o->id, 0);
        if (ask != NULL)
            ask->key = key;
        return history_ask(k, ask, err);
    }
    if (q->error.code != QW_OK)
        return qw_error_set(err, q->error.code, "the key cannot be looked up: %s", q->error.msg);
    if (q->run.params_hash != hash)
        return conflict(k, NULL, err);
    return reply_stored(k, &q->run, err);
}

/* ---- run.* ---- */

struct found { struct run *running; const struct finished *ended; const struct store_run *stored; bool kept; };

static int find_run(struct call *k, bool in_store, struct found *out, struct qw_error *err)
{
    const struct owner *o = &k->conn->owner;
    const char *id = arg_str(k, "run", NULL), *tag = arg_str(k, "tag", NULL), *key = arg_str(k, "key", NULL);
    uint64_t n = 0;
    *out = (struct found){ 0 };
    if (id == NULL && tag == NULL && key == NULL)
        return qw_error_set(err, QW_EPARAMS, "one of run, tag and key is wanted");
    bool by_key = id == NULL && tag == NULL;
    out->running = by_key ? run_find_key(k->d, o, key) : run_find(k->d, o, k->conn->id, id, tag);
    if (out->running != NULL && !run_has_outcome(out->running))
        out->running = NULL;
    else if (out->running == NULL)
        out->ended = by_key ? finished_find_key(k->d, o, key) : finished_find(k->d, o, id, tag);
    if (out->running != NULL || out->ended != NULL)
        return QW_OK;
    const struct store_query *q = k->answer;
    bool could = in_store && history_store(k->d) != NULL && !o->stateless && (by_key || (id != NULL && session_id_parse('r', id, &n)));
    if (could && q == NULL) {
        struct store_query *ask = history_query(k->d, STORE_Q_RUN, o->id, n);
        if (ask != NULL && by_key)
            ask->key = key;
        out->kept = true;
        return history_ask(k, ask, err);
    }
    if (could && q->error.code == QW_OK) {
        out->stored = &q->run;
        return QW_OK;
    }
    if (could && q->error.code != QW_ENOTFOUND)
        return qw_error_set(err, q->error.code, "the run cannot be looked up: %s", q->error.msg);
    return qw_error_set(err, QW_ENOTFOUND, "no such run is waiting, running, has just ended or is stored");
}

int api_run_get(struct call *k, struct qw_error *err)
{
    struct found f;
    struct reply rep;
    int rc = find_run(k, true, &f, err);
    if (rc != QW_OK)
        return rc;
    if (f.stored != NULL)
        return reply_stored(k, f.stored, err);
    if (f.running == NULL && f.ended == NULL)
        return QW_OK;
    call_reply(k, &rep);
    if (f.ended != NULL)
        qw_buf_add(rep.b, f.ended->outcome.data, f.ended->outcome.len);
    else
        outcome_write(rep.b, f.running);
    reply_end(k->d, &rep);
    return QW_OK;
}

int api_run_attach(struct call *k, struct qw_error *err)
{
    struct found f;
    int rc = find_run(k, true, &f, err);
    if (rc != QW_OK)
        return rc;
    if (f.stored != NULL)
        return reply_stored(k, f.stored, err);
    if (f.ended != NULL)
        return attach_ended(k, f.ended->outcome.data, f.ended->outcome.len, f.ended->tag[0] != '\0' ? f.ended->tag : NULL, err);
    return f.running != NULL ? attach_running(k, f.running, err) : QW_OK;
}

/* Its requests on this connection are answered with what there is. */
static size_t detach(struct run *r, uint64_t conn_id)
{
    size_t n = 0;
    for (struct listener *l = r->listeners, *next; l != NULL; l = next) {
        struct reply rep;
        next = l->next;
        if (l->conn_id != conn_id)
            continue;
        if (reply_begin(r->d, l->conn_id, l->msg_id, &rep)) {
            outcome_write(rep.b, r);
            reply_end(r->d, &rep);
        }
        run_unlisten(r, l);
        n++;
    }
    return n;
}

int api_run_detach(struct call *k, struct qw_error *err)
{
    struct found f;
    struct reply rep;
    size_t n = 0;
    int rc = find_run(k, false, &f, err);
    if (rc != QW_OK)
        return rc;
    if (f.running != NULL && (f.running->session == 0 || f.running->key == NULL))
        return qw_error_set(err, QW_ECONFLICT, "a run without a session and a key could not be found again");
    if (f.running != NULL) {
        f.running->stay = true;
        n = detach(f.running, k->conn->id);
    }
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "detached");
    mpw_uint(rep.b, n);
    reply_end(k->d, &rep);
    return QW_OK;
}

int api_run_cancel(struct call *k, struct qw_error *err)
{
    struct found f = { 0 };
    struct reply rep;
    const char *id = arg_str(k, "run", NULL), *tag = arg_str(k, "tag", NULL);
    struct run *r = id != NULL || tag != NULL ? run_find(k->d, &k->conn->owner, k->conn->id, id, tag) : NULL;
    int rc = r == NULL ? find_run(k, true, &f, err) : QW_OK;    /* loads and checks can be cancelled, too */
    if (rc != QW_OK || f.kept)
        return rc;
    r = r != NULL ? r : f.running;
    bool there = r != NULL && !r->cancelled;
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "cancelled");
    mpw_int(rep.b, there);
    reply_end(k->d, &rep);
    if (there)
        run_cancel(r);
    return QW_OK;
}

static void write_run(struct qw_buf *b, const struct run *r)
{
    struct mpw_open m = mpw_map_begin(b);
    put_str(b, &m, "run", r->id_text);
    api_put_opt(b, &m, "tag", r->tag);
    api_put_opt(b, &m, "key", r->key);
    if (r->session != 0) {
        mpw_key(b, &m, "session");
        api_put_id(b, 's', r->session);
    }
    put_str(b, &m, "method", r->method->name);
    put_str(b, &m, "state", run_state_name(r));
    put_str(b, &m, "model", r->model != NULL ? r->model->name : "");
    put_str(b, &m, "priority", r->priority ? "batch" : "interactive");
    mpw_key(b, &m, "prompt");
    mpw_uint(b, r->n_prompt);
    mpw_key(b, &m, "completion");
    mpw_uint(b, r->usage.completion);
    mpw_key(b, &m, "age_ms");
    mpw_uint(b, clock_mono_ms() - r->received_ms);
    mpw_map_end(b, &m);
}

static bool listed(const struct run *r, const struct owner *o, const char *key)
{
    return r->owner.id == o->id && (key == NULL || (r->key != NULL && strcmp(r->key, key) == 0));
}

int api_run_list(struct call *k, struct qw_error *err)
{
    struct reply rep;
    const char *key = arg_str(k, "key", NULL);
    size_t n = 0;
    (void)err;
    for (struct run *r = k->d->runs; r != NULL; r = r->next)
        n += listed(r, &k->conn->owner, key);
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "runs");
    mpw_array(rep.b, n);
    for (struct run *r = k->d->runs; r != NULL; r = r->next)
        if (listed(r, &k->conn->owner, key))
            write_run(rep.b, r);
    reply_end(k->d, &rep);
    return QW_OK;
}
