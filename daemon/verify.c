#include "daemon/verify.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/utf8.h"

#define MAX_CHECKS 1024

struct slot {
    struct verify *v;
    struct plug   *plug;
    char          *name;
    uv_poll_t      poll;
    uv_timer_t     timer;
    bool           polled;
};

/* One check on its way through the plugins. */
struct check {
    struct check  *next;
    struct verify *v;
    uint64_t       id, plug_op;
    size_t         at;                  /* which plugin works on it */
    bool           equal, cancelled, waiting;    /* waiting: a plugin has it */
    char          *a, *b, *answer, *lang;        /* question, response or gold, answer */
    bool           truncated;
    uint64_t       until_ms;
    struct qw_error failed;             /* it could not even be handed over */
    verify_done   *done;
    void          *arg;
};

struct verify {
    uv_loop_t    *loop;
    struct slot  *slots;
    size_t        n;
    struct check *checks;
    size_t        n_checks;
    uint64_t      next_id;
    uv_timer_t    soon;                 /* results that did not come through a plugin */
    bool          closed;
};

const char *verify_verdict_name(enum qwen_verdict v)
{
    static const char *const name[] = { "undecided", "refuted", "supported", "verified" };
    return v <= QWEN_VERIFIED ? name[v] : name[0];
}

/* ---- driving plugs ---- */

static void arm(struct slot *s);

static void on_poll(uv_poll_t *p, int status, int events)
{
    struct slot *s = p->data;
    (void)status;
    (void)events;
    plug_process(s->plug);
    if (!s->v->closed)
        arm(s);
}

static void on_timer(uv_timer_t *t)
{
    on_poll(&((struct slot *)t->data)->poll, 0, 0);
}

static void arm(struct slot *s)
{
    int ms = plug_timeout_ms(s->plug);
    if (ms < 0)
        uv_timer_stop(&s->timer);
    else
        uv_timer_start(&s->timer, on_timer, (uint64_t)ms, 0);
}

/* ---- checks ---- */

static void check_free(struct check *k)
{
    for (struct check **p = &k->v->checks; *p != NULL; p = &(*p)->next) {
        if (*p == k) {
            *p = k->next;
            k->v->n_checks--;
            break;
        }
    }
    qw_free(k->a);
    qw_free(k->b);
    qw_free(k->answer);
    qw_free(k->lang);
    qw_free(k);
}

static void finish(struct check *k, const struct plug_result *r)
{
    k->done(k->arg, r);
    check_free(k);
}

static void hand_over(struct check *k);

static bool decided(const struct check *k, const struct plug_result *r)
{
    if (r->error.code != QW_OK)
        return false;
    return k->equal ? r->eq != QWEN_EQ_UNKNOWN : r->answer != QWEN_UNDECIDED || r->working != QWEN_UNDECIDED;
}

static void on_result(void *arg, const struct plug_result *r)
{
    struct check *k = arg;
    struct verify *v = k->v;
    k->waiting = false;
    if (!k->cancelled && !v->closed && !decided(k, r) && k->at + 1 < v->n && clock_mono_ms() < k->until_ms) {
        k->at++;
        hand_over(k);
        return;
    }
    if (r->error.code != QW_OK && r->error.code != QW_ECANCELLED)
        log_warn("verify", "plugin %s: %s", v->slots[k->at].name, r->error.msg);
    finish(k, r);
}

static void on_soon(uv_timer_t *t)
{
    struct verify *v = t->data;
    for (struct check *k = v->checks, *next; k != NULL; k = next) {
        next = k->next;
        if (k->waiting || k->failed.code == QW_OK)
            continue;
        struct plug_result r = { .error = k->failed };
        finish(k, &r);
        next = v->checks;               /* the list may have changed */
    }
}

/* Gives it to plugin k->at; a refusal becomes a result, from the loop. */
static void hand_over(struct check *k)
{
    struct verify *v = k->v;
    struct slot *s = &v->slots[k->at];
    uint64_t now = clock_mono_ms();
    uint32_t budget = k->until_ms > now ? (uint32_t)(k->until_ms - now) : 1;
    struct plug_problem p = { .question = k->a, .response = k->b, .answer = k->answer, .lang = k->lang, .truncated = k->truncated };
    struct qw_error err = { 0 };
    k->waiting = true;
    int rc = k->equal ? plug_equal(s->plug, k->a, k->b, budget, on_result, k, &k->plug_op, &err)
                      : plug_verify(s->plug, &p, budget, on_result, k, &k->plug_op, &err);
    if (rc != QW_OK) {
        k->waiting = false;
        k->failed = err;
        uv_timer_start(&v->soon, on_soon, 0, 0);
    }
    arm(s);
}

static int start(struct verify *v, struct check *k, uint32_t budget_ms, uint64_t *op, struct qw_error *err)
{
    if (v->n == 0 || v->closed) {
        check_free(k);
        return qw_error_set(err, QW_EPLUGIN, "no plugin is configured");
    }
    k->id = ++v->next_id;
    k->until_ms = clock_mono_ms() + budget_ms;
    k->next = v->checks;
    v->checks = k;
    v->n_checks++;
    *op = k->id;
    hand_over(k);
    return QW_OK;
}

static struct check *check_new(struct verify *v, const char *a, const char *b, verify_done *done, void *arg, struct qw_error *err)
{
    if (v->n_checks >= MAX_CHECKS) {
        qw_error_set(err, QW_EBUSY, "%d checks are waiting", MAX_CHECKS);
        return NULL;
    }
    struct check *k = qw_calloc(1, sizeof *k);
    if (k != NULL) {
        k->v = v;
        k->done = done;
        k->arg = arg;
        k->a = qw_strdup(a);
        k->b = qw_strdup(b);
        if (k->a != NULL && k->b != NULL)
            return k;
        check_free(k);
    }
    qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    return NULL;
}

int verify_check(struct verify *v, const struct plug_problem *p, uint32_t budget_ms, verify_done *done, void *arg,
                 uint64_t *op, struct qw_error *err)
{
    struct check *k = check_new(v, p->question, p->response, done, arg, err);
    if (k == NULL)
        return err->code;
    k->answer = p->answer != NULL ? qw_strdup(p->answer) : NULL;
    k->lang = p->lang != NULL ? qw_strdup(p->lang) : NULL;
    k->truncated = p->truncated;
    if ((p->answer != NULL && k->answer == NULL) || (p->lang != NULL && k->lang == NULL)) {
        check_free(k);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    return start(v, k, budget_ms, op, err);
}

int verify_equal(struct verify *v, const char *gold, const char *answer, uint32_t budget_ms, verify_done *done, void *arg,
                 uint64_t *op, struct qw_error *err)
{
    struct check *k = check_new(v, gold, answer, done, arg, err);
    if (k == NULL)
        return err->code;
    k->equal = true;
    return start(v, k, budget_ms, op, err);
}

void verify_cancel(struct verify *v, uint64_t op)
{
    for (struct check *k = v->checks; k != NULL; k = k->next) {
        if (k->id != op)
            continue;
        k->cancelled = true;
        if (k->waiting) {
            struct slot *s = &v->slots[k->at];
            plug_cancel(s->plug, k->plug_op);
            arm(s);
        } else {
            qw_error_set(&k->failed, QW_ECANCELLED, "%s", qw_code_text(QW_ECANCELLED));
            uv_timer_start(&v->soon, on_soon, 0, 0);
        }
        return;
    }
}

/* ---- life ---- */

static void on_log(void *arg, const char *line, size_t n)
{
    struct slot *s = arg;
    struct qw_buf b;
    qw_buf_init(&b, 8192);
    utf8_escape(&b, line, n < 2000 ? n : 2000);
    if (!qw_buf_failed(&b) && b.data != NULL)
        log_info("plugin", "%s: %s", s->name, b.data);
    qw_buf_free(&b);
}

static int slot_open(struct verify *v, struct slot *s, const struct cfg_plugin *p, struct qw_error *err)
{
    char *path = NULL;
    char *file = qw_asprintf("%s.so", p->name);
    int rc = file == NULL ? qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM)) : QW_OK;
    if (rc == QW_OK && p->path != NULL)
        path = qw_strdup(p->path);
    else if (rc == QW_OK)
        rc = paths_installed(QW_INST_PLUGINS, file, &path, err);
    qw_free(file);
    if (rc != QW_OK)
        return rc;
    *s = (struct slot){ .v = v, .name = qw_strdup(p->name) };
    struct plug_config c = {
        .name = p->name, .path = path, .trust_proof = p->trust_proof, .timeout_ms = (uint32_t)p->timeout_ms,
        .memory_bytes = (uint64_t)p->memory_bytes, .jail_minimum = p->jail_minimum,
        .options = (const struct plug_option *)p->options,
        .n_options = p->n_options, .log = on_log, .log_arg = s,
    };
    rc = plug_new(&s->plug, &c, err);
    qw_free(path);
    if (rc != QW_OK)
        goto fail;
    int fd = plug_fd(s->plug);
    if (fd < 0 || uv_poll_init(v->loop, &s->poll, fd) != 0) {
        rc = qw_error_set(err, QW_EPLUGIN, "its descriptor cannot be polled");
        plug_free(s->plug);
        goto fail;
    }
    uv_timer_init(v->loop, &s->timer);
    s->poll.data = s->timer.data = s;
    uv_poll_start(&s->poll, UV_READABLE, on_poll);
    s->polled = true;
    return QW_OK;
fail:
    qw_free(s->name);
    *s = (struct slot){ 0 };
    return rc;
}

int verify_new(struct verify **out, uv_loop_t *loop, const struct config *c, struct qw_error *err)
{
    _Static_assert(sizeof(struct cfg_option) == sizeof(struct plug_option), "handed over as they are");
    struct verify *v = qw_calloc(1, sizeof *v);
    if (v == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    v->loop = loop;
    v->slots = qw_calloc(config_n_plugins(c) + 1, sizeof *v->slots);
    if (v->slots == NULL) {
        qw_free(v);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    uv_timer_init(loop, &v->soon);
    v->soon.data = v;
    for (size_t i = 0; i < config_n_plugins(c); i++) {
        const struct cfg_plugin *p = config_plugin(c, i);
        struct qw_error why = { 0 };
        if (!p->enabled)
            continue;
        if (slot_open(v, &v->slots[v->n], p, &why) == QW_OK)
            v->n++;
        else                            /* answers without a check are better than no answers */
            log_error("plugin", "%s is not used: %s", p->name, why.msg);
    }
    *out = v;
    return QW_OK;
}

void verify_close(struct verify *v)
{
    if (v == NULL || v->closed)
        return;
    v->closed = true;
    for (size_t i = 0; i < v->n; i++) {
        uv_close((uv_handle_t *)&v->slots[i].poll, NULL);
        uv_close((uv_handle_t *)&v->slots[i].timer, NULL);
        plug_free(v->slots[i].plug);
        v->slots[i].plug = NULL;
    }
    while (v->checks != NULL) {
        struct plug_result r = { 0 };
        qw_error_set(&r.error, QW_ECANCELLED, "%s", qw_code_text(QW_ECANCELLED));
        finish(v->checks, &r);
    }
    uv_close((uv_handle_t *)&v->soon, NULL);
}

void verify_free(struct verify *v)
{
    if (v == NULL)
        return;
    for (size_t i = 0; i < v->n; i++)
        qw_free(v->slots[i].name);
    qw_free(v->slots);
    qw_free(v);
}

size_t verify_n_plugins(const struct verify *v) { return v->n; }
struct plug *verify_plugin(const struct verify *v, size_t i) { return v->slots[i].plug; }

void verify_ready(struct verify *v)
{
    for (size_t i = 0; i < v->n; i++) {
        plug_ready(v->slots[i].plug);
        arm(&v->slots[i]);
    }
}

int verify_reload(struct verify *v, size_t i, struct qw_error *err)
{
    int rc = plug_reload(v->slots[i].plug, err);
    arm(&v->slots[i]);
    return rc;
}

/* ---- on the wire ---- */

static void write_parts(struct qw_buf *b, const struct plug_result *r)
{
    mpw_array(b, r->n_parts);
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct plug_part *p = &r->parts[i];
        struct mpw_open m = mpw_map_begin(b);
        mpw_key(b, &m, "part");
        mpw_uint(b, p->part);
        mpw_key(b, &m, "verdict");
        mpw_str(b, verify_verdict_name(p->answer));
        mpw_key(b, &m, "working");
        mpw_str(b, verify_verdict_name(p->working));
        if (p->reading != NULL) {
            mpw_key(b, &m, "reading");
            mpw_str(b, p->reading);
        }
        if (p->computed != NULL) {
            mpw_key(b, &m, "computed");
            mpw_str(b, p->computed);
        }
        mpw_map_end(b, &m);
    }
}

static void write_evidence(struct qw_buf *b, const struct plug_result *r)
{
    mpw_array(b, r->n_evidence);
    for (size_t i = 0; i < r->n_evidence; i++) {
        const struct plug_evidence *e = &r->evidence[i];
        mpw_map(b, 4);
        mpw_str(b, "part");
        mpw_uint(b, e->part);
        mpw_str(b, "of");
        mpw_str(b, e->of == QWEN_OF_WORKING ? "working" : "answer");
        mpw_str(b, "for");
        mpw_str(b, e->who == QWEN_FOR_MODEL ? "model" : "user");
        mpw_str(b, "text");
        mpw_str(b, e->text != NULL ? e->text : "");
    }
}

/* One reading and one value where there is one part; several parts show theirs in `parts`. */
void verify_write(struct qw_buf *b, struct mpw_open *m, const struct plug_result *r)
{
    bool bad = r->error.code != QW_OK;
    mpw_key(b, m, "verdict");
    mpw_str(b, verify_verdict_name(bad ? QWEN_UNDECIDED : r->answer));
    mpw_key(b, m, "working");
    mpw_str(b, verify_verdict_name(bad ? QWEN_UNDECIDED : r->working));
    if (r->plugin != NULL) {
        mpw_key(b, m, "plugin");
        mpw_str(b, r->plugin);
    }
    if (r->version != NULL) {
        mpw_key(b, m, "version");
        mpw_str(b, r->version);
    }
    if (r->n_parts == 1 && r->parts[0].reading != NULL) {
        mpw_key(b, m, "reading");
        mpw_str(b, r->parts[0].reading);
    }
    if (r->n_parts == 1 && r->parts[0].computed != NULL) {
        mpw_key(b, m, "computed_answer");
        mpw_str(b, r->parts[0].computed);
    }
    mpw_key(b, m, "parts");
    write_parts(b, r);
    mpw_key(b, m, "evidence");
    write_evidence(b, r);
    if (bad) {
        mpw_key(b, m, "error");
        mpw_str(b, r->error.msg);
    }
    mpw_key(b, m, "ms");
    mpw_float(b, r->ms);
}
