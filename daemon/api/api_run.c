/* generate, chat, tokenize, detokenize and the parameters R that answers share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/api/api.h"

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

static uint64_t draw_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = clock_mono_ns();
    return seed & ((UINT64_C(1) << 53) - 1);    /* the same number in every language */
}

/* ---- R ---- */

static int parse_stop(struct call *k, struct run *r, struct qw_error *err)
{
    const struct mp *v = method_arg(k->params, "stop");
    if (v == NULL || v->u.a.n == 0)
        return QW_OK;
    r->stop = qw_calloc(v->u.a.n, sizeof *r->stop);
    if (r->stop == NULL)
        return no_memory(err);
    for (size_t i = 0; i < v->u.a.n; i++) {
        r->stop[i] = qw_strndup(v->u.a.v[i].u.s.p, v->u.a.v[i].u.s.n);
        if (r->stop[i] == NULL)
            return no_memory(err);
        r->gen.n_stop = i + 1;
    }
    return QW_OK;
}

static int parse_bias(struct call *k, struct run *r, struct qw_error *err)
{
    const struct mp *v = method_arg(k->params, "logit_bias");
    if (v == NULL || v->u.m.n == 0)
        return QW_OK;
    r->bias = qw_calloc(v->u.m.n, sizeof *r->bias);
    if (r->bias == NULL)
        return no_memory(err);
    r->sample.bias = r->bias;
    for (size_t i = 0; i < v->u.m.n; i++) {
        const struct mp *key = &v->u.m.v[i].key;
        double f = 0;
        uint64_t id = 0;
        bool good = key->u.s.n > 0 && key->u.s.n <= 10;
        for (size_t c = 0; good && c < key->u.s.n; c++) {
            good = key->u.s.p[c] >= '0' && key->u.s.p[c] <= '9';
            id = id * 10 + (uint64_t)(key->u.s.p[c] - '0');
        }
        if (!good || id > INT32_MAX || !mp_to_f64(&v->u.m.v[i].val, &f)) {
            k->info.param = "logit_bias";
            return qw_error_set(err, QW_EPARAMS, "logit_bias: keys are token ids in decimal, values numbers");
        }
        r->bias[i] = (struct logit_bias){ (int32_t)id, (float)f };
    }
    r->sample.n_bias = v->u.m.n;
    return QW_OK;
}

static int parse_model(struct call *k, struct run *r, const char *of_session, struct qw_error *err)
{
    struct daemon *d = k->d;
    const char *name = arg_str(k, "model", of_session);
    struct model_entry *now = models_current(d->models);
    int rc;
    if (name != NULL)
        rc = models_find(d->models, name, &r->model, err);
    else if (now != NULL && !cfg_int(d->config, CFG_MODEL_SWITCH))
        rc = (r->model = now, QW_OK);
    else
        rc = models_default(d->models, cfg_str(d->config, CFG_MODEL), &r->model, err);
    if (rc != QW_OK) {
        k->info.param = "model";
        return rc;
    }
    if (!cfg_int(d->config, CFG_MODEL_SWITCH) && now != NULL && r->model != now) {
        k->info.param = "model";
        return qw_error_set(err, QW_EMODEL, "%s is the loaded model, and [model] switch = no", now->name);
    }
    return QW_OK;
}

/* What is asked of a check; 0: by default. */
struct checking { enum loop_mode mode; long long check_ms, loop_ms, attempts, samples; double temperature; int feedback; /* 1 yes, 2 no */ };

static void field_int(const struct mp *map, const char *key, long long *out)
{
    const struct mp *v = mp_get(map, key);
    int64_t i;
    if (v != NULL && mp_to_i64(v, &i))
        *out = i;
}

static void read_checking(struct call *k, const struct mp *v, struct checking *c)
{
    const struct mp *mode = mp_get(v, "mode"), *temperature = mp_get(v, "temperature"), *feedback = mp_get(v, "feedback");
    const char *name = mode != NULL ? mp_to_cstr(k->arena, mode) : NULL;
    if (name == NULL || !loop_mode_parse(name, &c->mode))
        c->mode = LOOP_OFF;
    field_int(v, "budget_ms", &c->check_ms);
    field_int(v, "loop_ms", &c->loop_ms);
    field_int(v, "attempts", &c->attempts);
    field_int(v, "samples", &c->samples);
    if (temperature != NULL)
        mp_to_f64(temperature, &c->temperature);
    if (feedback != NULL && feedback->type == MP_BOOL)
        c->feedback = feedback->u.b ? 1 : 2;
}

/* A session has it as a text: mode, then the numbers.  The last one came later: older stores end before it. */
#define CHECKING_TEXT "%lld %lld %lld %lld %lf %d"

static bool checking_of_text(const char *text, struct checking *c)
{
    char mode[8];
    int at = 0;
    return text != NULL && sscanf(text, "%7s %n", mode, &at) == 1 && loop_mode_parse(mode, &c->mode)
        && sscanf(text + at, CHECKING_TEXT, &c->check_ms, &c->loop_ms, &c->attempts, &c->samples, &c->temperature, &c->feedback) >= 5;
}

int api_take_verify(struct call *k, char **text, struct qw_error *err)
{
    const struct mp *v = method_arg(k->params, "verify");
    struct checking c = { 0 };
    if (v == NULL)
        return QW_OK;
    read_checking(k, v, &c);
    char *s = qw_asprintf("%s " CHECKING_TEXT, loop_mode_name(c.mode), c.check_ms, c.loop_ms, c.attempts, c.samples, c.temperature,
                          c.feedback);
    if (s == NULL)
        return no_memory(err);
    int rc = session_set_text(text, s, err);
    qw_free(s);
    return rc;
}

void api_put_verify(struct qw_buf *b, struct mpw_open *m, const char *text)
{
    struct checking c = { 0 };
    if (!checking_of_text(text, &c))
        return;
    const struct { const char *key; long long v; } n[] = {
        { "budget_ms", c.check_ms }, { "loop_ms", c.loop_ms }, { "attempts", c.attempts }, { "samples", c.samples },
    };
    mpw_key(b, m, "verify");
    struct mpw_open in = mpw_map_begin(b);
    mpw_key(b, &in, "mode");
    mpw_str(b, loop_mode_name(c.mode));
    for (size_t i = 0; i < sizeof n / sizeof n[0]; i++) {
        if (n[i].v == 0)
            continue;
        mpw_key(b, &in, n[i].key);
        mpw_int(b, n[i].v);
    }
    if (c.temperature > 0) {
        mpw_key(b, &in, "temperature");
        mpw_float(b, c.temperature);
    }
    if (c.feedback != 0) {
        mpw_key(b, &in, "feedback");
        mpw_bool(b, c.feedback == 1);
    }
    mpw_map_end(b, &in);
}

/* How the answer is checked: as the request says, else its session.  Attempts and samples after the first are drawn,
 * where the request is greedy, too. */
static int parse_verify(struct call *k, struct run *r, struct qw_error *err)
{
    const struct config *c = k->d->config;
    const struct mp *v = method_arg(k->params, "verify");
    const struct session *x = r->session != 0 ? session_find(k->d->sessions, r->owner.id, r->session) : NULL;
    struct verify_params *p = &r->verify;
    struct checking q = { 0 };
    if (v != NULL)
        read_checking(k, v, &q);
    else if (x != NULL && !checking_of_text(x->verify, &q))
        q = (struct checking){ 0 };
    p->mode = q.mode;
    p->check_ms = (uint32_t)(q.check_ms > 0 ? q.check_ms : API_CHECK_MS);
    p->loop_ms = (uint32_t)(q.loop_ms > 0 ? q.loop_ms : cfg_int(c, CFG_VERIFY_TIME));
    p->attempts = (uint32_t)(q.attempts > 0 ? q.attempts : cfg_int(c, CFG_VERIFY_ATTEMPTS));
    p->samples = (uint32_t)(q.samples > 0 ? q.samples : cfg_int(c, CFG_VERIFY_SAMPLES));
    if (p->attempts > LOOP_MAX_ATTEMPTS || p->samples > LOOP_MAX_ATTEMPTS)      /* a damaged text of the store */
        p->attempts = p->samples = LOOP_MAX_ATTEMPTS;
    p->temperature = q.temperature > 0 ? (float)q.temperature : r->sample.temperature > 0 ? r->sample.temperature : API_DRAWN_TEMPERATURE;
    p->feedback = q.feedback != 0 ? q.feedback == 1 : cfg_int(c, CFG_VERIFY_FEEDBACK) != 0;
    k->info.param = "verify";
    if (p->mode >= LOOP_RETRY && r->n != 1)
        return qw_error_set(err, QW_EPARAMS, "verify: %s gives one answer, so n is 1", loop_mode_name(p->mode));
    if (p->mode == LOOP_RETRY && r->kind == RUN_GENERATE)
        return qw_error_set(err, QW_EPARAMS, "verify: retry answers the model in a conversation: use chat, or mode vote");
    k->info.param = NULL;
    return run_loop_new(r, err);
}

/* A session says how its turns are stored; nothing of one that is `none` ever is. */
static void parse_durable(struct call *k, struct run *r)
{
    const char *name = arg_str(k, "durability", NULL);
    const struct session *x = r->session != 0 ? session_find(k->d->sessions, r->owner.id, r->session) : NULL;
    r->durability = x != NULL ? x->durability : DURABLE_NONE;
    r->durability_given = name != NULL && durability_parse(name, &r->durability);
    if (r->owner.stateless)
        r->durability = DURABLE_NONE;           /* strangers own nothing */
    if (x == NULL || x->durability != DURABLE_NONE || r->durability == DURABLE_NONE)
        return;
    r->store_failed = true;
    snprintf(r->store_why, sizeof r->store_why, "the session is kept in memory only");
}

int api_parse_follow(struct call *k, struct run *r, struct qw_error *err)
{
    const char *tag = arg_str(k, "tag", NULL);
    r->priority = strcmp(arg_str(k, "priority", "interactive"), "batch") == 0;
    int64_t deadline = arg_int(k, "deadline_ms", 0);
    r->deadline_ms = deadline > 0 ? r->received_ms + (uint64_t)deadline : 0;
    r->stay = strcmp(arg_str(k, "on_disconnect", "cancel"), "detach") == 0;
    return tag != NULL && (r->tag = qw_strdup(tag)) == NULL ? no_memory(err) : QW_OK;
}

static int parse_key(struct call *k, struct run *r, struct qw_error *err)
{
    const char *key = arg_str(k, "key", NULL);
    if (key != NULL) {
        r->params_hash = run_params_hash(k->method, k->params);
        if ((r->key = qw_strdup(key)) == NULL)
            return no_memory(err);
    }
    if (!r->stay || (r->key != NULL && r->session != 0))
        return QW_OK;
    k->info.param = "on_disconnect";
    return qw_error_set(err, QW_EPARAMS, "on_disconnect: detach needs a session and a key, so that the answer can be found again");
}

int api_parse_run(struct call *k, struct run *r, const char *model_of_session, struct qw_error *err)
{
    struct sample_params *p = &r->sample;
    p->temperature = (float)arg_float(k, "temperature", (double)p->temperature);
    p->top_p = (float)arg_float(k, "top_p", (double)p->top_p);
    p->top_k = (int32_t)arg_int(k, "top_k", p->top_k);
    p->min_p = (float)arg_float(k, "min_p", (double)p->min_p);
    p->repetition_penalty = (float)arg_float(k, "repetition_penalty", (double)p->repetition_penalty);
    p->presence_penalty = (float)arg_float(k, "presence_penalty", (double)p->presence_penalty);
    p->frequency_penalty = (float)arg_float(k, "frequency_penalty", (double)p->frequency_penalty);
    p->n_logprobs = (uint32_t)arg_int(k, "logprobs", UINT32_MAX);
    int64_t seed = arg_int(k, "seed", -1);
    p->seed = seed >= 0 ? (uint64_t)seed : draw_seed();
    r->gen.max_tokens = (uint32_t)arg_int(k, "max_tokens", PROTO_DEFAULT_MAX_TOKENS);
    r->gen.stop_on_repetition = arg_bool(k, "stop_on_repetition", true);
    r->n = (uint32_t)arg_int(k, "n", 1);
    parse_durable(k, r);
    int rc = parse_verify(k, r, err);
    if (rc == QW_OK)
        rc = api_parse_tools(k, r, err);
    if (rc == QW_OK)
        rc = api_parse_follow(k, r, err);
    if (rc == QW_OK)
        rc = parse_key(k, r, err);
    if (rc == QW_OK)
        rc = parse_stop(k, r, err);
    if (rc == QW_OK)
        rc = parse_bias(k, r, err);
    if (rc == QW_OK)
        rc = sample_params_check(p, err);
    if (rc == QW_OK)
        rc = parse_model(k, r, model_of_session, err);
    return rc;
}

/* ---- messages ---- */

static int take_text(char **out, const struct mp *v, struct qw_error *err)
{
    *out = qw_strndup(v->u.s.p, v->u.s.n);
    return *out != NULL ? QW_OK : no_memory(err);
}

int api_parse_messages(struct call *k, struct run *r, const char *system, struct qw_error *err)
{
    const struct mp *v = method_arg(k->params, "messages");
    size_t first = system != NULL;
    k->info.param = "messages";
    r->msgs = qw_calloc(v->u.a.n + first, sizeof *r->msgs);
    if (r->msgs == NULL)
        return no_memory(err);
    if (first) {
        r->msgs[0] = (struct message){ NODE_SYSTEM, qw_strdup(system) };
        r->n_msgs = 1;
        if (r->msgs[0].text == NULL)
            return no_memory(err);
    }
    for (size_t i = 0; i < v->u.a.n; i++) {
        const struct mp *role = mp_get(&v->u.a.v[i], "role"), *content = mp_get(&v->u.a.v[i], "content");
        const char *name = role != NULL ? mp_to_cstr(k->arena, role) : NULL;
        struct message *m = &r->msgs[first + i];
        if (name == NULL || content == NULL || !mp_is_text(content) || !node_role_parse(name, &m->role))
            return qw_error_set(err, QW_EPARAMS, "messages: %zu has no good role and content", i);
        if (m->role == NODE_SYSTEM && first + i > 0)
            return qw_error_set(err, QW_EPARAMS, "messages: only the first may be the system's%s", first ? ", and `system` is given" : "");
        if (take_text(&m->text, content, err) != QW_OK)
            return err->code;
        r->n_msgs = first + i + 1;
    }
    if (r->msgs[r->n_msgs - 1].role != NODE_USER)
        return qw_error_set(err, QW_EPARAMS, "messages: the last must be the user's");
    k->info.param = NULL;
    return QW_OK;
}

/* ---- methods ---- */

/* A handler's ending: the run is started, or the error stands. */
int api_start(struct run *r, int rc)
{
    if (rc == QW_OK)
        run_start(r);
    else
        run_discard(r);
    return rc;
}

static int parse_ids(struct call *k, struct run *r, struct qw_error *err)
{
    const struct mp *v = method_arg(k->params, "ids");
    if (v == NULL)
        return QW_OK;
    for (size_t i = 0; i < v->u.a.n; i++) {
        int64_t id = -1;
        if (!mp_to_i64(&v->u.a.v[i], &id) || id < 0 || id > INT32_MAX)
            return qw_error_set(err, QW_EPARAMS, "ids: place %zu is not a token id", i);
        if (ids_push(&r->ids, (int32_t)id) != QW_OK)
            return no_memory(err);
    }
    return QW_OK;
}

static int parse_text(struct call *k, struct run *r, const char *name, struct qw_error *err)
{
    const struct mp *v = method_arg(k->params, name);
    r->special = arg_bool(k, "special", false);
    return v != NULL ? take_text(&r->text, v, err) : QW_OK;
}

int api_generate(struct call *k, struct qw_error *err)
{
    bool answered;
    int kept = api_by_key(k, &answered, err);
    if (kept != QW_OK || answered)
        return kept;
    bool text = method_arg(k->params, "prompt") != NULL, ids = method_arg(k->params, "ids") != NULL;
    if (text == ids) {
        k->info.param = "prompt";
        return qw_error_set(err, QW_EPARAMS, "either prompt or ids is wanted%s", text ? ", not both" : "");
    }
    struct run *r = run_create(k, RUN_GENERATE, err);
    if (r == NULL)
        return err->code;
    int rc = parse_ids(k, r, err);
    if (rc == QW_OK)
        rc = parse_text(k, r, "prompt", err);
    if (rc == QW_OK)
        rc = api_parse_run(k, r, NULL, err);
    return api_start(r, rc);
}

int api_chat(struct call *k, struct qw_error *err)
{
    bool answered;
    int kept = api_by_key(k, &answered, err);
    if (kept != QW_OK || answered)
        return kept;
    struct run *r = run_create(k, RUN_CHAT, err);
    if (r == NULL)
        return err->code;
    int rc = api_parse_messages(k, r, arg_str(k, "system", NULL), err);
    if (rc == QW_OK)
        rc = api_parse_run(k, r, NULL, err);
    return api_start(r, rc);
}

int api_tokenize(struct call *k, struct qw_error *err)
{
    struct run *r = run_create(k, RUN_TOKENIZE, err);
    if (r == NULL)
        return err->code;
    int rc = parse_text(k, r, "text", err);
    if (rc == QW_OK)
        rc = parse_model(k, r, NULL, err);
    return api_start(r, rc);
}

int api_detokenize(struct call *k, struct qw_error *err)
{
    struct run *r = run_create(k, RUN_DETOKENIZE, err);
    if (r == NULL)
        return err->code;
    int rc = parse_ids(k, r, err);
    if (rc == QW_OK)
        rc = parse_model(k, r, NULL, err);
    return api_start(r, rc);
}

int api_model_load(struct call *k, struct qw_error *err)
{
    struct run *r = run_create(k, RUN_LOAD, err);
    if (r == NULL)
        return err->code;
    return api_start(r, models_find(k->d->models, arg_str(k, "model", ""), &r->model, err));
}

int api_model_unload(struct call *k, struct qw_error *err)
{
    struct run *r = run_create(k, RUN_UNLOAD, err);
    return r == NULL ? err->code : api_start(r, QW_OK);
}
