/* What a plugin asks for in the middle of an op: checked, handed to the caller, answered once. */
#include <string.h>

#include "base/clock.h"
#include "plugins/host/host_int.h"
#include "plugins/host/record.h"

#define MAX_REFUSED 256u                        /* of one op: beyond, it does not listen */

static bool is(const struct rpc_msg *m, const char *name)
{
    return m->method_len == strlen(name) && memcmp(m->method, name, m->method_len) == 0;
}

bool ask_is(const struct rpc_msg *m)
{
    return is(m, "generate") || is(m, "run_program");
}

static void reply_error(struct plug *p, uint32_t child_id, const struct qw_error *err)
{
    struct qw_error late = *err;
    if (late.code == QW_ECANCELLED)             /* has no code of its own on the wire */
        late.code = QW_EDEADLINE;
    rpc_write_error(&p->out, child_id, &late, NULL);
    plug_flush(p);
}

static bool refuse(struct plug *p, uint32_t child_id, int code, const char *why)
{
    struct qw_error err;
    if (++p->refused > MAX_REFUSED) {
        plug_crash(p, QW_EPLUGIN, "asks without end for what it does not get");
        return false;
    }
    qw_error_set(&err, code, "%s", why);
    reply_error(p, child_id, &err);
    return true;
}

void ask_drop(struct plug *p, bool tell)
{
    struct qw_error err;
    struct ask a = p->ask;
    if (a.id == 0)
        return;
    p->ask = (struct ask){ 0 };
    if (tell) {
        qw_error_set(&err, QW_EDEADLINE, "cancelled or out of time");
        reply_error(p, a.child_id, &err);
    }
    if (p->c.dropped != NULL)
        p->c.dropped(p->c.ask_arg, p, a.id);
}

/* --- taking a request apart ------------------------------------------------------------------ */

static bool text(const struct mp *map, const char *key, struct qwen_str *out)
{
    const struct mp *v = mp_get(map, key);
    if (v == NULL || v->type != MP_STR)
        return false;
    *out = (struct qwen_str){ v->u.s.p, v->u.s.n };
    return true;
}

static bool number(const struct mp *map, const char *key, int64_t max, int64_t *out)
{
    return mp_to_i64(mp_get(map, key), out) && *out >= 0 && *out <= max;
}

/* What an answer may take: a tenth of the op's time is left for making something of it. */
static uint32_t remaining(const struct plug *p)
{
    uint64_t now = clock_mono_ms();
    uint32_t left = p->deadline_ms > now ? (uint32_t)(p->deadline_ms - now) : 0;
    return left - left / 10;
}

/* 1; 0: too large; -1: not a request at all. */
static int parse_generate(const struct mp *m, struct plug_generate *g)
{
    int64_t n, tokens, seed;
    if (!text(m, "system", &g->system) || !text(m, "prompt", &g->prompt) || !number(m, "n", UINT32_MAX, &n) ||
        !number(m, "max_tokens", UINT32_MAX, &tokens) || !number(m, "seed", INT64_MAX, &seed) ||
        !mp_to_f64(mp_get(m, "temperature"), &g->temperature) || g->temperature < 0 || g->temperature > 10)
        return -1;
    g->n = n > 1 ? (uint32_t)n : 1;
    g->max_tokens = (uint32_t)tokens;
    g->seed = (uint64_t)seed;
    return g->system.n <= HOST_MAX_PROMPT && g->prompt.n <= HOST_MAX_PROMPT - g->system.n && n <= PLUG_MAX_TEXTS &&
           tokens <= HOST_MAX_TOKENS;
}

static int parse_program(const struct mp *m, struct plug_program *g)
{
    int64_t ms;
    if (!text(m, "language", &g->language) || !text(m, "code", &g->code) || !text(m, "input", &g->input) ||
        !number(m, "time_ms", UINT32_MAX, &ms))
        return -1;
    g->time_ms = (uint32_t)ms;
    return g->language.n <= HOST_MAX_NAME && g->code.n <= HOST_MAX_CODE && g->input.n <= HOST_MAX_CODE;
}

bool ask_take(struct plug *p, const struct rpc_msg *m)
{
    bool program = is(m, "run_program");
    struct plug_generate g = { 0 };
    struct plug_program r = { 0 };
    int good = program ? parse_program(&m->params, &r) : parse_generate(&m->params, &g);
    const struct op *op = p->queue;

    if (good < 0 || p->ask.id != 0) {
        plug_crash(p, QW_EPLUGIN, good < 0 ? "asks for something malformed" : "asks again before it has an answer");
        return false;
    }
    if (op->kind != OP_VERIFY && op->kind != OP_TOOL)
        return refuse(p, m->id, QW_EDENIED, "only verify and tools may ask");
    if (!(program ? p->c.may_run_program : p->c.may_generate))
        return refuse(p, m->id, QW_EDENIED, program ? "run_program = yes is not set for this plugin"
                                                    : "generate = yes is not set for this plugin");
    if (p->cancelling || remaining(p) == 0)
        return refuse(p, m->id, QW_EDEADLINE, "cancelled or out of time");
    if (good == 0)
        return refuse(p, m->id, QW_ETOOLARGE, "asks for too much at once");
    if (p->asked >= p->c.max_asks)
        return refuse(p, m->id, QW_ETOOLARGE, "has asked too often in one call");
    if (program ? p->c.run_program == NULL : p->c.generate == NULL)
        return refuse(p, m->id, QW_EUNSUPPORTED, "nothing here can do it");

    pid_t pid = p->proc.pid;
    p->asked++;
    p->n_asks++;
    p->ask = (struct ask){ ++p->next_ask, m->id, program };
    if (program) {
        uint32_t left = remaining(p);
        r.time_ms = r.time_ms == 0 || r.time_ms > left ? left : r.time_ms;
        p->c.run_program(p->c.ask_arg, p, op->arg, p->ask.id, &r);
    } else {
        g.remaining_ms = remaining(p);
        p->c.generate(p->c.ask_arg, p, op->arg, p->ask.id, &g);
    }
    return p->proc.pid == pid;
}

/* --- the answer ------------------------------------------------------------------------------- */

/* True when this answer is waited for; then err, if there is one, has been passed on. */
static bool answer(struct plug *p, uint64_t id, bool program, const struct qw_error *err, uint32_t *child_id)
{
    if (id == 0 || p->ask.id != id || p->ask.program != program)
        return false;
    *child_id = p->ask.child_id;
    p->ask = (struct ask){ 0 };
    if (err != NULL)
        reply_error(p, *child_id, err);
    return err == NULL;
}

static void put_bounded(struct qw_buf *b, struct qwen_str s)
{
    mpw_strn(b, s.n > 0 ? s.p : "", s.n < HOST_MAX_TEXT ? s.n : HOST_MAX_TEXT);
}

void plug_reply_generate(struct plug *p, uint64_t id, const struct qwen_str *text, size_t n, uint64_t cut_off,
                         const struct qw_error *err)
{
    uint32_t child_id;
    size_t bytes = 0;
    if (!answer(p, id, false, err, &child_id))
        return;
    n = n < PLUG_MAX_TEXTS ? n : PLUG_MAX_TEXTS;
    rpc_begin_result(&p->out, child_id);
    mpw_map(&p->out, 2);
    mpw_str(&p->out, "texts");
    mpw_array(&p->out, n);
    for (size_t i = 0; i < n; i++) {
        /* In all no more than the plugin's side reads. */
        bool fits = bytes + text[i].n <= 4 * (size_t)HOST_MAX_TEXT;
        put_bounded(&p->out, fits ? text[i] : (struct qwen_str){ "", 0 });
        bytes += fits ? text[i].n : 0;
        if (!fits || text[i].n > HOST_MAX_TEXT)
            cut_off |= (uint64_t)1 << i;
    }
    mpw_str(&p->out, "cut_off");
    mpw_uint(&p->out, cut_off & 0xffff);
    plug_flush(p);
}

void plug_reply_program(struct plug *p, uint64_t id, const struct plug_program_result *r, const struct qw_error *err)
{
    uint32_t child_id;
    if (!answer(p, id, true, err, &child_id))
        return;
    uint32_t flags = r->flags | (r->out.n > HOST_MAX_TEXT ? QWEN_PROGRAM_CUT_OFF : 0);
    rpc_begin_result(&p->out, child_id);
    mpw_map(&p->out, 4);
    mpw_str(&p->out, "flags");  mpw_uint(&p->out, flags);
    mpw_str(&p->out, "status"); mpw_int(&p->out, r->status);
    mpw_str(&p->out, "out");    put_bounded(&p->out, r->out);
    mpw_str(&p->out, "err");    put_bounded(&p->out, r->err);
    plug_flush(p);
}
