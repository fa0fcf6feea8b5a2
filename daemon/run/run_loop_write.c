/* The loop on the wire (PROTOCOL.md) and in the store. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "daemon/run/run_loop.h"

#define TEXT_SHOWN 8192u        /* of an attempt that was not chosen, in the Outcome */

static void put_str(struct qw_buf *b, struct mpw_open *m, const char *key, const char *v)
{
    mpw_key(b, m, key);
    mpw_str(b, v);
}

static void put_uint(struct qw_buf *b, struct mpw_open *m, const char *key, uint64_t v)
{
    mpw_key(b, m, key);
    mpw_uint(b, v);
}

static void put_float(struct qw_buf *b, struct mpw_open *m, const char *key, double v)
{
    mpw_key(b, m, key);
    mpw_float(b, v);
}

/* ---- verification ---- */

/* Are samples that agree, or do not, what the verdict stands on? */
static bool counted(const struct attempt *a, const struct loop_choice *vote)
{
    return vote->k > 0 && a->d.verdict == QWEN_UNDECIDED;
}

/* What the check said, but for the keys that the loop says itself. */
static void put_checked(struct qw_buf *b, struct mpw_open *m, const struct attempt *a, const struct loop_choice *vote)
{
    static const struct plug_result nothing = { .answer = QWEN_UNDECIDED };
    struct qw_arena *arena = a->verification.len > 0 ? qw_arena_new(32u << 20) : NULL;
    struct mp v;
    size_t used;
    if (arena == NULL || mp_read(arena, a->verification.data, a->verification.len, &mp_limits_out, &v, &used, NULL) != QW_OK) {
        verify_write(b, m, &nothing);
    } else {
        for (size_t i = 0; i < v.u.m.n; i++) {
            const char *key = v.u.m.v[i].key.u.s.p;
            if (counted(a, vote) && (strcmp(key, "basis") == 0 || strcmp(key, "agree") == 0 || strcmp(key, "of") == 0))
                continue;
            mpw_key(b, m, key);
            if (vote->agreed && strcmp(key, "verdict") == 0)
                mpw_str(b, verify_verdict_name(QWEN_SUPPORTED));
            else
                mpw_value(b, &v.u.m.v[i].val);
        }
    }
    qw_arena_free(arena);
}

static const char *origin(const struct run *r)
{
    const struct loop *l = r->loop;
    const struct attempt *a = &l->at[l->chosen];
    if (a->d.verdict == QWEN_REFUTED && a->computed != NULL)
        return "calculator";
    if (a->d.asked == LOOP_ASKED_PROGRAM)
        return "program";
    if (l->chosen == 0 || l->vote.most || (r->verify.mode == LOOP_VOTE && a->d.verdict < QWEN_SUPPORTED))
        return "unaided";
    return "after_check";
}

static size_t n_samples(const struct loop *l)
{
    size_t n = l->n;
    while (l->at[n - 1].d.asked == LOOP_ASKED_PROGRAM)
        n--;
    return n;
}

static void put_agreeing(struct qw_buf *b, struct mpw_open *m, const struct loop *l)
{
    put_uint(b, m, "agree", l->vote.k);
    put_uint(b, m, "of", n_samples(l));
}

/* How many samples agree: where the verdict stands on that, and beside programs, of which it says how many do. */
static void put_vote(struct qw_buf *b, struct mpw_open *m, const struct loop *l)
{
    if (l->vote.agreed)
        put_str(b, m, "basis", "vote");
    if (counted(&l->at[l->chosen], &l->vote)) {
        put_agreeing(b, m, l);
    } else if (l->vote.k > 0) {
        mpw_key(b, m, "vote");
        struct mpw_open in = mpw_map_begin(b);
        put_agreeing(b, &in, l);
        mpw_map_end(b, &in);
    }
}

void loop_write_verification(struct run *r)
{
    const struct loop *l = r->loop;
    const struct attempt *a = &l->at[l->chosen];
    struct qw_buf *b = &r->verification;
    qw_buf_free(b);
    struct mpw_open m = mpw_map_begin(b);
    put_str(b, &m, "mode", loop_mode_name(r->verify.mode));
    put_checked(b, &m, a, &l->vote);
    const char *from = origin(r);
    put_str(b, &m, "origin", from);
    if (strcmp(from, "calculator") == 0 && a->plugin != NULL)
        put_str(b, &m, "computed_by", a->plugin);
    put_vote(b, &m, l);
    put_str(b, &m, "ended", loop_why_name(l->why));
    if (l->programs.len > 0) {
        mpw_key(b, &m, "programs");
        qw_buf_add(b, l->programs.data, l->programs.len);
    }
    mpw_map_end(b, &m);
    if (qw_buf_failed(b))
        qw_buf_free(b);
}

/* ---- Outcome ---- */

static void write_attempt(struct qw_buf *b, const struct run *r, size_t i)
{
    const struct loop *l = r->loop;
    const struct attempt *a = &l->at[i];
    static const char *const asked[] = { "question", "again", "final", "program" };
    bool chosen = l->over && i == l->chosen;
    size_t n = a->choice.text_len;
    struct mpw_open m = mpw_map_begin(b);
    put_uint(b, &m, "attempt", i);
    put_uint(b, &m, "seed", a->seed);
    put_str(b, &m, "asked", asked[a->d.asked]);
    if ((a->d.asked == LOOP_ASKED_AGAIN || a->d.asked == LOOP_ASKED_FINAL) && i > 0 && l->at[i - 1].told != NULL)
        put_str(b, &m, "feedback", l->at[i - 1].told);
    mpw_key(b, &m, "chosen");
    mpw_bool(b, chosen);
    if (n > TEXT_SHOWN)
        n = utf8_complete(a->choice.text, TEXT_SHOWN);
    mpw_key(b, &m, "text");
    mpw_strn(b, a->choice.text != NULL ? a->choice.text : "", n);
    mpw_key(b, &m, "shortened");
    mpw_bool(b, n < a->choice.text_len);
    put_str(b, &m, "finish_reason", finish_name(a->d.finish));
    put_str(b, &m, "verdict", verify_verdict_name(a->d.verdict));
    if (a->verification.len > 0) {
        mpw_key(b, &m, "verification");
        qw_buf_add(b, a->verification.data, a->verification.len);
    }
    put_uint(b, &m, "prompt", a->usage.prompt);
    put_uint(b, &m, "completion", a->usage.completion);
    put_float(b, &m, "generate_ms", a->generate_ms);
    put_float(b, &m, "verify_ms", a->verify_ms);
    mpw_map_end(b, &m);
}

void run_loop_write(const struct run *r, struct qw_buf *b, struct mpw_open *m)
{
    const struct loop *l = r->loop;
    if (l == NULL || l->n == 0)
        return;
    if (r->attempt > 0)
        put_uint(b, m, "attempt", r->attempt);
    mpw_key(b, m, "attempts");
    mpw_array(b, l->n);
    for (size_t i = 0; i < l->n; i++)
        write_attempt(b, r, i);
}

/* ---- the store ---- */

static const struct { const char *key; size_t at; } usage_keys[] = {
    { "prompt", offsetof(struct sched_usage, prompt) }, { "from_memory", offsetof(struct sched_usage, from_memory) },
    { "from_disk", offsetof(struct sched_usage, from_disk) }, { "prefilled", offsetof(struct sched_usage, prefilled) },
    { "completion", offsetof(struct sched_usage, completion) },
};
#define N_USAGE (sizeof usage_keys / sizeof usage_keys[0])

static uint32_t *usage_at(struct sched_usage *u, size_t i)
{
    return (uint32_t *)(void *)((char *)u + usage_keys[i].at);
}

static void write_stored(struct qw_buf *b, const struct attempt *a)
{
    struct sched_usage u = a->usage;
    struct mpw_open m = mpw_map_begin(b);
    put_uint(b, &m, "seed", a->seed);
    put_uint(b, &m, "asked", a->d.asked);
    put_uint(b, &m, "finish", a->d.finish);
    put_uint(b, &m, "verdict", a->d.verdict);
    mpw_key(b, &m, "read");
    mpw_bool(b, a->d.read);
    mpw_key(b, &m, "text");
    mpw_strn(b, a->choice.text != NULL ? a->choice.text : "", a->choice.text_len);
    mpw_key(b, &m, "ids");
    mpw_array(b, a->choice.ids.n);
    for (size_t i = 0; i < a->choice.ids.n; i++)
        mpw_int(b, a->choice.ids.v[i]);
    if (a->verification.len > 0) {
        mpw_key(b, &m, "verification");
        qw_buf_add(b, a->verification.data, a->verification.len);
    }
    put_str(b, &m, "computed", a->computed);
    put_str(b, &m, "plugin", a->plugin);
    put_str(b, &m, "told", a->told);
    put_float(b, &m, "generate_ms", a->generate_ms);
    put_float(b, &m, "verify_ms", a->verify_ms);
    for (size_t i = 0; i < N_USAGE; i++)
        put_uint(b, &m, usage_keys[i].key, *usage_at(&u, i));
    mpw_map_end(b, &m);
}

void run_loop_write_params(const struct run *r, struct qw_buf *b, struct mpw_open *m)
{
    const struct loop *l = r->loop;
    if (l == NULL)
        return;
    put_str(b, m, "verify_mode", loop_mode_name(r->verify.mode));
    put_uint(b, m, "attempts_most", r->verify.attempts);
    put_uint(b, m, "samples", r->verify.samples);
    put_uint(b, m, "loop_ms", r->verify.loop_ms);
    put_float(b, m, "verify_temperature", (double)r->verify.temperature);
    mpw_key(b, m, "feedback");
    mpw_bool(b, r->verify.feedback);
    if (l->n == 0 || r->verify.mode != LOOP_RETRY)
        return;
    put_uint(b, m, "spent_ms", clock_mono_ms() - l->begin_ms);
    mpw_key(b, m, "attempts");
    mpw_array(b, l->n);
    for (size_t i = 0; i < l->n; i++)
        write_stored(b, &l->at[i]);
}

static uint64_t get_uint(const struct mp *m, const char *key, uint64_t most, uint64_t dflt)
{
    const struct mp *v = mp_get(m, key);
    int64_t i;
    return v != NULL && mp_to_i64(v, &i) && i >= 0 && (uint64_t)i <= most ? (uint64_t)i : dflt;
}

static double get_float(const struct mp *m, const char *key)
{
    const struct mp *v = mp_get(m, key);
    double f;
    return v != NULL && mp_to_f64(v, &f) ? f : 0;
}

static bool get_bool(const struct mp *m, const char *key)
{
    const struct mp *v = mp_get(m, key);
    return v != NULL && v->type == MP_BOOL && v->u.b;
}

/* false: no memory. */
static bool get_text(const struct mp *m, const char *key, char **out, size_t *n)
{
    const struct mp *v = mp_get(m, key);
    if (v == NULL || !mp_is_text(v))
        return true;
    *out = qw_strndup(v->u.s.p, v->u.s.n);
    if (n != NULL)
        *n = v->u.s.n;
    return *out != NULL;
}

static int read_stored(struct attempt *a, const struct mp *m, struct qw_error *err)
{
    const struct mp *ids = mp_get(m, "ids"), *v = mp_get(m, "verification");
    const char *box;
    size_t n;
    bool good = get_text(m, "text", &a->choice.text, &a->choice.text_len) && get_text(m, "computed", &a->computed, NULL)
        && get_text(m, "plugin", &a->plugin, NULL) && get_text(m, "told", &a->told, NULL);
    a->seed = get_uint(m, "seed", UINT64_MAX, 0);
    a->d.asked = (enum loop_asked)get_uint(m, "asked", LOOP_ASKED_FINAL, 0);
    a->d.finish = a->choice.finish = (enum finish)get_uint(m, "finish", FINISH_ERROR, FINISH_ERROR);
    a->d.verdict = (enum qwen_verdict)get_uint(m, "verdict", QWEN_VERIFIED, 0);
    a->d.read = get_bool(m, "read");
    a->d.boxed = a->choice.text != NULL && loop_boxed(a->choice.text, a->choice.text_len, &box, &n);
    a->generate_ms = get_float(m, "generate_ms");
    a->verify_ms = get_float(m, "verify_ms");
    for (size_t i = 0; i < N_USAGE; i++)
        *usage_at(&a->usage, i) = (uint32_t)get_uint(m, usage_keys[i].key, UINT32_MAX, 0);
    if (v != NULL)
        mpw_value(&a->verification, v);
    for (size_t i = 0; good && ids != NULL && ids->type == MP_ARRAY && i < ids->u.a.n; i++) {
        int64_t id;
        if (!mp_to_i64(&ids->u.a.v[i], &id) || id < 0 || id > INT32_MAX)
            return qw_error_set(err, QW_ESTORAGE, "the stored attempts are damaged");
        good = ids_push(&a->choice.ids, (int32_t)id) == QW_OK;
    }
    a->d.tokens = (uint32_t)a->choice.ids.n;
    a->d.computed = a->computed != NULL;
    a->ended = a->checked = true;
    if (!good || qw_buf_failed(&a->verification))
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    return QW_OK;
}

int run_loop_read_params(struct run *r, const struct mp *m, struct qw_error *err)
{
    const struct mp *mode = mp_get(m, "verify_mode"), *list = mp_get(m, "attempts");
    struct verify_params *p = &r->verify;
    if (mode != NULL && mp_is_str(mode, "retry"))
        p->mode = LOOP_RETRY;
    else if (mode != NULL && mp_is_str(mode, "vote"))
        p->mode = LOOP_VOTE;
    else
        return QW_OK;
    p->attempts = (uint32_t)get_uint(m, "attempts_most", LOOP_MAX_ATTEMPTS, 1);
    p->samples = (uint32_t)get_uint(m, "samples", LOOP_MAX_ATTEMPTS, 1);
    p->loop_ms = (uint32_t)get_uint(m, "loop_ms", UINT32_MAX, 0);
    p->temperature = (float)get_float(m, "verify_temperature");
    p->feedback = get_bool(m, "feedback");
    int rc = run_loop_new(r, err);
    uint64_t spent = get_uint(m, "spent_ms", UINT32_MAX, 0);
    if (rc != QW_OK)
        return rc;
    struct loop *l = r->loop;
    l->begin_ms = l->begin_ms > spent ? l->begin_ms - spent : 0;
    for (size_t i = 0; list != NULL && list->type == MP_ARRAY && i < list->u.a.n && i < LOOP_MAX_ATTEMPTS; i++) {
        l->n = i + 1;
        l->group[i] = -1;
        rc = read_stored(&l->at[i], &list->u.a.v[i], err);
        if (rc != QW_OK)
            return rc;
        for (size_t k = 0; k < N_USAGE; k++)
            *usage_at(&r->usage, k) += *usage_at(&l->at[i].usage, k);
    }
    return QW_OK;
}
