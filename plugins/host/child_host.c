/* The functions of struct qwen_host, as a plugin sees them. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "plugins/host/child_int.h"

static void host_log(struct qwen_call *call, struct qwen_str text)
{
    struct qw_buf b = QW_BUF_INIT;
    (void)call;
    rpc_begin_notify(&b, "log");
    mpw_map(&b, 1);
    mpw_str(&b, "text");
    mpw_strn(&b, text.p, text.n < RECORD_MAX_TEXT ? text.n : RECORD_MAX_TEXT);
    child_send(&b);
}

static int host_cancelled(struct qwen_call *call)
{
    if (!child.cancelled) {
        /* During an operation the supervisor sends nothing but cancel. */
        struct qw_arena *a = qw_arena_new(0);
        struct rpc_msg msg;
        if (a == NULL || !child_receive(0))
            _exit(0);
        while (child_next(a, &msg))
            child.cancelled |= msg.kind == RPC_NOTIFY && child_is(&msg, "cancel");
        qw_arena_free(a);
    }
    return child.cancelled || clock_mono_ms() >= call->deadline_ms;
}

static int64_t host_remaining_ms(struct qwen_call *call)
{
    return (int64_t)(call->deadline_ms - clock_mono_ms());
}

static struct qwen_str host_option(struct qwen_str key)
{
    for (size_t i = 0; i < child.n_options; i++)
        if (strlen(child.options[i].key) == key.n && memcmp(child.options[i].key, key.p, key.n) == 0)
            return (struct qwen_str){ child.options[i].value, strlen(child.options[i].value) };
    return (struct qwen_str){ "", 0 };
}

static int host_add_verifier(struct qwen_registry *reg, const struct qwen_verifier *v)
{
    struct qwen_verifier *to = &child.verifiers[child.n_verifiers];
    (void)reg;
    if (child.loaded || child.n_verifiers == MAX_VERIFIERS || !QWEN_HAS(v, verify) || v->verify == NULL)
        return -1;
    memset(to, 0, sizeof *to);
    memcpy(to, v, v->size < sizeof *to ? v->size : sizeof *to);
    child.n_verifiers++;
    return 0;
}

static void *host_alloc(struct qwen_call *call, size_t n)
{
    return qw_arena_alloc(call->arena, n);
}

static void host_verdict(struct qwen_call *call, uint32_t part, enum qwen_of of, enum qwen_verdict v)
{
    record_verdict(call->record, part, of, v);
}

static void host_evidence(struct qwen_call *call, uint32_t part, enum qwen_of of, enum qwen_for who,
                          struct qwen_str text, struct qwen_str json)
{
    record_evidence(call->record, part, of, who, text, json);
}

static void host_reading(struct qwen_call *call, uint32_t part, struct qwen_str text)
{
    record_reading(call->record, part, text);
}

static void host_computed(struct qwen_call *call, uint32_t part, struct qwen_str latex)
{
    record_computed(call->record, part, latex);
}

static void host_equal(struct qwen_call *call, enum qwen_eq eq)
{
    call->record->eq = eq <= QWEN_EQ_DIFFERENT ? eq : QWEN_EQ_UNKNOWN;
}

static int host_add_tool(struct qwen_registry *reg, const struct qwen_tool *t)
{
    struct tool *to = &child.tools[child.n_tools];
    (void)reg;
    if (child.loaded || child.n_tools == HOST_MAX_TOOLS || !QWEN_HAS(t, call) || t->call == NULL || t->name.n == 0 ||
        t->name.n > HOST_MAX_NAME || t->about.n > RECORD_MAX_TEXT || t->schema_json.n > HOST_MAX_SCHEMA)
        return -1;
    memset(to, 0, sizeof *to);
    memcpy(&to->t, t, t->size < sizeof to->t ? t->size : sizeof to->t);
    to->name = qw_strndup(t->name.p, t->name.n);
    to->about = qw_strndup(t->about.n > 0 ? t->about.p : "", t->about.n);
    to->schema = qw_strndup(t->schema_json.n > 0 ? t->schema_json.p : "", t->schema_json.n);
    if (to->name == NULL || to->about == NULL || to->schema == NULL)
        return -1;                              /* the process ends with its memory */
    child.n_tools++;
    return 0;
}

static void host_output(struct qwen_call *call, struct qwen_str text)
{
    record_output(call->record, text);
}

static void host_read(struct qwen_call *call, uint32_t part, enum qwen_read what, struct qwen_str text)
{
    record_line(call->record, part, what, text);
}

static void host_canon(struct qwen_call *call, uint32_t part, struct qwen_str name)
{
    record_canon(call->record, part, name);
}

static void host_candidate(struct qwen_call *call, uint32_t part, enum qwen_basis basis, struct qwen_str value)
{
    record_candidate(call->record, part, basis, value);
}

/* --- asking the supervisor ------------------------------------------------------------------- */

static void put(struct qw_buf *b, const char *key, struct qwen_str s)
{
    mpw_str(b, key);
    mpw_strn(b, s.n > 0 ? s.p : "", s.n);
}

/* A copy that lives as long as the call; false when memory fails. */
static bool keep(struct qwen_call *call, const struct mp *v, struct qwen_str *out)
{
    char *copy;
    *out = (struct qwen_str){ "", 0 };
    if (v == NULL || v->type != MP_STR || v->u.s.n == 0)
        return true;
    if ((copy = qw_arena_alloc(call->arena, v->u.s.n)) == NULL)
        return false;
    memcpy(copy, v->u.s.p, v->u.s.n);
    *out = (struct qwen_str){ copy, v->u.s.n };
    return true;
}

static int status_of(int code)
{
    return code == QW_EDENIED ? QWEN_NO_GRANT : code == QW_EDEADLINE ? QWEN_NO_TIME : code == QW_ETOOLARGE ? QWEN_NO_MORE
         : code == QW_EUNSUPPORTED ? QWEN_NOT_HERE : QWEN_WENT_WRONG;
}

/* Sends request b with id and waits.  QWEN_DONE: msg has the answer, in a.  Otherwise *error may say why. */
static int ask(struct qwen_call *call, struct qw_buf *b, uint32_t id, struct qw_arena *a, struct rpc_msg *msg,
               struct qwen_str *error)
{
    child_send(b);
    for (;;) {
        while (child_next(a, msg)) {
            int64_t code = 0;
            if (msg->kind == RPC_NOTIFY && child_is(msg, "cancel")) {
                child.cancelled = true;
                return QWEN_NO_TIME;
            }
            if (msg->kind != RPC_RESPONSE || msg->id != id)
                continue;                       /* the answer to one that was given up */
            if (msg->error.type == MP_NIL)
                return QWEN_DONE;
            mp_to_i64(mp_path(&msg->error, "0"), &code);
            keep(call, mp_path(&msg->error, "1"), error);
            return status_of(qw_code_from_wire((int)code));
        }
        int64_t left = host_remaining_ms(call);
        if (left <= 0)
            return QWEN_NO_TIME;
        if (!child_receive(left < 60000 ? (int)left : 60000))
            _exit(0);
    }
}

/* May it ask at all?  The supervisor looks for itself; this saves a plugin the way. */
static int may_ask(const struct qwen_call *call, bool granted)
{
    if (call == NULL || !call->may_ask || !granted)
        return QWEN_NO_GRANT;
    return child.cancelled || clock_mono_ms() >= call->deadline_ms ? QWEN_NO_TIME : QWEN_DONE;
}

static int take_texts(struct qwen_call *call, const struct mp *result, struct qwen_texts *out)
{
    const struct mp *texts = mp_get(result, "texts");
    struct qwen_str *list;
    int64_t cut = 0;
    if (texts == NULL || texts->type != MP_ARRAY || texts->u.a.n > PLUG_MAX_TEXTS)
        return QWEN_WENT_WRONG;
    if ((list = qw_arena_alloc(call->arena, (texts->u.a.n + 1) * sizeof *list)) == NULL)
        return QWEN_NO_MORE;
    for (size_t i = 0; i < texts->u.a.n; i++)
        if (!keep(call, &texts->u.a.v[i], &list[i]))
            return QWEN_NO_MORE;
    mp_to_i64(mp_get(result, "cut_off"), &cut);
    out->n = (uint32_t)texts->u.a.n;
    out->text = list;
    out->cut_off = (uint64_t)cut;
    return QWEN_DONE;
}

/* What lies within the size that a struct of the plugin's says, into or out of ours. */
#define TAKE(to, from) memcpy(&(to), (from), (from)->size < sizeof (to) ? (from)->size : sizeof (to))
#define GIVE(to, from) do {                                                             \
    uint32_t size_ = (to)->size;                                                        \
    memcpy((to), &(from), size_ < sizeof (from) ? size_ : sizeof (from));               \
    (to)->size = size_;                                                                 \
} while (0)

static int host_generate(struct qwen_call *call, const struct qwen_generate *what, struct qwen_texts *out)
{
    struct qwen_generate g = { 0 };
    struct qwen_texts got = { .size = sizeof got };
    struct qw_buf b = QW_BUF_INIT;
    struct rpc_msg msg;
    struct qw_arena *a;
    int rc = may_ask(call, child.may_generate);

    if (rc == QWEN_DONE && (a = qw_arena_new(0)) == NULL)
        rc = QWEN_NO_MORE;
    if (rc == QWEN_DONE) {
        uint32_t id = ++child.next_id;
        TAKE(g, what);
        if (g.system.n > HOST_MAX_PROMPT || g.prompt.n > HOST_MAX_PROMPT || g.n > PLUG_MAX_TEXTS || g.max_tokens > HOST_MAX_TOKENS) {
            rc = QWEN_NO_MORE;
        } else {
            rpc_begin_request(&b, id, "generate");
            mpw_map(&b, 6);
            put(&b, "system", g.system);
            put(&b, "prompt", g.prompt);
            mpw_str(&b, "n");           mpw_uint(&b, g.n);
            mpw_str(&b, "max_tokens");  mpw_uint(&b, g.max_tokens);
            mpw_str(&b, "temperature"); mpw_float(&b, g.temperature >= 0 && g.temperature <= 10 ? g.temperature : 0);
            mpw_str(&b, "seed");        mpw_uint(&b, g.seed & INT64_MAX);
            rc = ask(call, &b, id, a, &msg, &got.error);
        }
        if (rc == QWEN_DONE)
            rc = take_texts(call, &msg.result, &got);
        qw_arena_free(a);
    }
    GIVE(out, got);
    return rc;
}

static int host_run_program(struct qwen_call *call, const struct qwen_program *what, struct qwen_program_result *out)
{
    struct qwen_program p = { 0 };
    struct qwen_program_result got = { .size = sizeof got };
    struct qw_buf b = QW_BUF_INIT;
    struct rpc_msg msg;
    struct qw_arena *a;
    int rc = may_ask(call, child.may_run_program);

    if (rc == QWEN_DONE && (a = qw_arena_new(0)) == NULL)
        rc = QWEN_NO_MORE;
    if (rc == QWEN_DONE) {
        uint32_t id = ++child.next_id;
        TAKE(p, what);
        if (p.language.n > HOST_MAX_NAME || p.code.n > HOST_MAX_CODE || p.input.n > HOST_MAX_CODE) {
            rc = QWEN_NO_MORE;
        } else {
            rpc_begin_request(&b, id, "run_program");
            mpw_map(&b, 4);
            put(&b, "language", p.language);
            put(&b, "code", p.code);
            put(&b, "input", p.input);
            mpw_str(&b, "time_ms"); mpw_uint(&b, p.time_ms);
            rc = ask(call, &b, id, a, &msg, &got.error);
        }
        if (rc == QWEN_DONE) {
            int64_t flags = 0, status = -1;
            mp_to_i64(mp_get(&msg.result, "flags"), &flags);
            mp_to_i64(mp_get(&msg.result, "status"), &status);
            got.flags = (uint32_t)flags;
            got.status = (int32_t)status;
            if (!keep(call, mp_get(&msg.result, "out"), &got.out) || !keep(call, mp_get(&msg.result, "err"), &got.err))
                rc = QWEN_NO_MORE;
        }
        qw_arena_free(a);
    }
    GIVE(out, got);
    return rc;
}

const struct qwen_host child_host = {
    .size = sizeof child_host, .abi_minor = QWEN_PLUGIN_ABI_MINOR, .log = host_log, .cancelled = host_cancelled,
    .remaining_ms = host_remaining_ms, .option = host_option,
    .add_verifier = host_add_verifier, .alloc = host_alloc, .verdict = host_verdict,
    .evidence = host_evidence, .reading = host_reading, .computed = host_computed, .equal = host_equal,
    .add_tool = host_add_tool, .output = host_output, .read = host_read, .canon = host_canon,
    .candidate = host_candidate, .generate = host_generate, .run_program = host_run_program,
};
