#include "plugins/host/child.h"

#include <dlfcn.h>
#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "plugins/host/jail.h"
#include "plugins/host/record.h"
#include "proto/rpc.h"

#define MAX_VERIFIERS 8
#define MAX_OPTIONS   64
#define CALL_MEMORY   ((size_t)64 << 20)    /* what host->alloc gives in one call */

struct option { char *key, *value; };

/* One operation; what the plugin holds as struct qwen_call. */
struct qwen_call {
    struct plug_result *record;
    struct qw_arena    *arena;
    uint64_t            deadline_ms;
};

struct qwen_registry { int unused; };

/* One plugin a process: the ABI's host functions have no argument to find their process by. */
static struct child {
    int      fd;
    uint64_t memory_bytes;
    struct qw_buf in;
    bool     loaded, cancelled;
    struct qwen_plugin plugin;
    void    *self;
    struct qwen_verifier verifiers[MAX_VERIFIERS];
    size_t   n_verifiers;
    struct option options[MAX_OPTIONS];
    size_t   n_options;
} ch;

/* --- channel --------------------------------------------------------------------------- */

static void send_all(struct qw_buf *b)
{
    if (qw_buf_failed(b) || fs_write_all(ch.fd, b->data, b->len, NULL) != QW_OK)
        _exit(1);                           /* nobody listens */
    qw_buf_free(b);
}

/* Reads what is there (waiting if asked to); false at the end of the channel. */
static bool receive(bool wait)
{
    char chunk[65536];
    struct pollfd p = { .fd = ch.fd, .events = POLLIN };
    ssize_t n;
    if (!wait && poll(&p, 1, 0) <= 0)
        return true;
    do
        n = read(ch.fd, chunk, sizeof chunk);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    qw_buf_add(&ch.in, chunk, (size_t)n);
    return !qw_buf_failed(&ch.in);
}

/* Takes the next whole message out of the input: 1, or 0 if more bytes are needed.  The channel's
 * other end is our own supervisor: anything malformed ends the process. */
static int next_message(struct qw_arena *a, struct rpc_msg *msg)
{
    struct mp v;
    size_t used;
    char *copy;
    int rc = mp_read(a, ch.in.data, ch.in.len, &mp_limits_in, &v, &used, NULL);
    if (rc == QW_ETRUNC || ch.in.len == 0)
        return 0;
    /* The tree points into the bytes, which must not move below it. */
    if (rc != QW_OK || (copy = qw_arena_alloc(a, used)) == NULL)
        _exit(1);
    memcpy(copy, ch.in.data, used);
    if (mp_read(a, copy, used, &mp_limits_in, &v, &used, NULL) != QW_OK || rpc_parse(&v, msg, NULL) != QW_OK)
        _exit(1);
    qw_buf_drop(&ch.in, used);
    return 1;
}

static bool is_method(const struct rpc_msg *m, const char *name)
{
    return m->method_len == strlen(name) && memcmp(m->method, name, m->method_len) == 0;
}

/* --- host functions ------------------------------------------------------------------------ */

static void host_log(struct qwen_call *call, struct qwen_str text)
{
    struct qw_buf b = QW_BUF_INIT;
    (void)call;
    rpc_begin_notify(&b, "log");
    mpw_map(&b, 1);
    mpw_str(&b, "text");
    mpw_strn(&b, text.p, text.n < RECORD_MAX_TEXT ? text.n : RECORD_MAX_TEXT);
    send_all(&b);
}

static int host_cancelled(struct qwen_call *call)
{
    if (!ch.cancelled) {
        /* During an operation the supervisor sends nothing but cancel. */
        struct qw_arena *a = qw_arena_new(0);
        struct rpc_msg msg;
        if (a == NULL || !receive(false))
            _exit(0);
        while (next_message(a, &msg))
            ch.cancelled |= msg.kind == RPC_NOTIFY && is_method(&msg, "cancel");
        qw_arena_free(a);
    }
    return ch.cancelled || clock_mono_ms() >= call->deadline_ms;
}

static int64_t host_remaining_ms(struct qwen_call *call)
{
    return (int64_t)(call->deadline_ms - clock_mono_ms());
}

static struct qwen_str host_option(struct qwen_str key)
{
    for (size_t i = 0; i < ch.n_options; i++)
        if (strlen(ch.options[i].key) == key.n && memcmp(ch.options[i].key, key.p, key.n) == 0)
            return (struct qwen_str){ ch.options[i].value, strlen(ch.options[i].value) };
    return (struct qwen_str){ "", 0 };
}

static int host_add_verifier(struct qwen_registry *reg, const struct qwen_verifier *v)
{
    struct qwen_verifier *to = &ch.verifiers[ch.n_verifiers];
    (void)reg;
    if (ch.loaded || ch.n_verifiers == MAX_VERIFIERS || !QWEN_HAS(v, verify) || v->verify == NULL)
        return -1;
    memset(to, 0, sizeof *to);
    memcpy(to, v, v->size < sizeof *to ? v->size : sizeof *to);
    ch.n_verifiers++;
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

static const struct qwen_host host = {
    .size = sizeof host, .abi_minor = QWEN_PLUGIN_ABI_MINOR, .log = host_log, .cancelled = host_cancelled,
    .remaining_ms = host_remaining_ms, .option = host_option,
    .add_verifier = host_add_verifier, .alloc = host_alloc, .verdict = host_verdict,
    .evidence = host_evidence, .reading = host_reading, .computed = host_computed, .equal = host_equal,
};

/* --- requests --------------------------------------------------------------------------- */

static void fail(uint32_t id, const struct qw_error *err)
{
    struct qw_buf b = QW_BUF_INIT;
    rpc_write_error(&b, id, err, NULL);
    send_all(&b);
}

static int copy_options(const struct mp *options, struct qw_arena *a, struct qw_error *err)
{
    if (options == NULL || options->type != MP_MAP)
        return QW_OK;
    for (size_t i = 0; i < options->u.m.n && i < MAX_OPTIONS; i++) {
        const char *k = mp_to_cstr(a, &options->u.m.v[i].key), *v = mp_to_cstr(a, &options->u.m.v[i].val);
        struct option *o = &ch.options[ch.n_options];
        if (k == NULL || v == NULL)
            return qw_error_set(err, QW_EPARAMS, "option %zu is not text", i);
        *o = (struct option){ qw_strdup(k), qw_strdup(v) };
        if (o->key == NULL || o->value == NULL)
            return qw_error_set(err, QW_ENOMEM, "options");
        ch.n_options++;
    }
    return QW_OK;
}

static int open_plugin(const char *path, struct qw_error *err)
{
    int (*entry)(const struct qwen_host *, struct qwen_plugin *);
    void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (so == NULL)
        return qw_error_set(err, QW_EPLUGIN, "cannot open: %s", dlerror());
    *(void **)&entry = dlsym(so, "qwen_plugin_v1");
    if (entry == NULL)
        return qw_error_set(err, QW_EPLUGIN, "%s has no symbol qwen_plugin_v1", path);
    ch.plugin.size = sizeof ch.plugin;
    if (entry(&host, &ch.plugin) != 0 || ch.plugin.abi_major != QWEN_PLUGIN_ABI_MAJOR || ch.plugin.init == NULL ||
        ch.plugin.name.n == 0 || ch.plugin.name.n > 64 || ch.plugin.version.n > 64)
        return qw_error_set(err, QW_EPLUGIN, "%s refuses this version of the ABI or does not describe itself", path);
    struct qwen_registry reg = { 0 };
    if (ch.plugin.init(&host, &reg, &ch.self) != 0)
        return qw_error_set(err, QW_EPLUGIN, "%s: init failed", path);
    return QW_OK;
}

static void do_load(const struct rpc_msg *m, struct qw_arena *a)
{
    struct qw_error err = { 0 };
    enum plug_jail level = PLUG_JAIL_RLIMITS;
    const char *path = mp_to_cstr(a, mp_get(&m->params, "path"));
    bool equal = false;
    char *dir = path != NULL ? qw_strdup(path) : NULL;

    if (dir == NULL || path[0] != '/') {
        qw_error_set(&err, QW_EPARAMS, "load wants an absolute path");
        goto out_fail;
    }
    /* The jail comes before the library's constructors; the seal after init. */
    if (copy_options(mp_get(&m->params, "options"), a, &err) != QW_OK ||
        jail_enter(dirname(dir), ch.memory_bytes, &level, &err) != QW_OK || open_plugin(path, &err) != QW_OK ||
        jail_seal(level, &err) != QW_OK)
        goto out_fail;
    qw_free(dir);
    ch.loaded = true;
    for (size_t i = 0; i < ch.n_verifiers; i++)
        equal |= ch.verifiers[i].equal != NULL;

    struct qw_buf b = QW_BUF_INIT;
    rpc_begin_result(&b, m->id);
    mpw_map(&b, 5);
    mpw_str(&b, "name");    mpw_strn(&b, ch.plugin.name.p, ch.plugin.name.n);
    mpw_str(&b, "version"); mpw_strn(&b, ch.plugin.version.p, ch.plugin.version.n);
    mpw_str(&b, "jail");    mpw_int(&b, level);
    mpw_str(&b, "verify");  mpw_bool(&b, ch.n_verifiers > 0);
    mpw_str(&b, "equal");   mpw_bool(&b, equal);
    send_all(&b);
    return;
out_fail:
    qw_free(dir);
    fail(m->id, &err);
}

static struct qwen_str text_param(const struct rpc_msg *m, const char *key)
{
    const struct mp *v = mp_get(&m->params, key);
    return v != NULL && v->type == MP_STR ? (struct qwen_str){ v->u.s.p, v->u.s.n } : (struct qwen_str){ "", 0 };
}

/* Two verifiers of one plugin that prove opposite things: neither is believed. */
static void merge(struct plug_result *into, struct plug_result *r)
{
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct plug_part *p = &r->parts[i];
        enum qwen_verdict have[2] = { QWEN_UNDECIDED, QWEN_UNDECIDED }, new[2] = { p->answer, p->working };
        for (size_t k = 0; k < into->n_parts; k++)
            if (into->parts[k].part == p->part) {
                have[0] = into->parts[k].answer;
                have[1] = into->parts[k].working;
            }
        for (int of = 0; of < 2; of++) {
            bool conflict = have[of] != QWEN_UNDECIDED && new[of] != QWEN_UNDECIDED &&
                            (have[of] == QWEN_REFUTED) != (new[of] == QWEN_REFUTED);
            if (conflict)
                host_log(NULL, QWEN_STR("defect: two verifiers conflict; undecided"));
            record_verdict(into, p->part, (enum qwen_of)of,
                           conflict ? QWEN_UNDECIDED : have[of] > new[of] ? have[of] : new[of]);
        }
        if (p->reading != NULL)
            record_reading(into, p->part, (struct qwen_str){ p->reading, strlen(p->reading) });
        if (p->computed != NULL)
            record_computed(into, p->part, (struct qwen_str){ p->computed, strlen(p->computed) });
    }
    for (size_t i = 0; i < r->n_evidence; i++) {
        const struct plug_evidence *e = &r->evidence[i];
        record_evidence(into, e->part, e->of, e->who, (struct qwen_str){ e->text, strlen(e->text) },
                        (struct qwen_str){ e->json, e->json != NULL ? strlen(e->json) : 0 });
    }
}

static int run_verifiers(const struct rpc_msg *m, struct qwen_call *call, struct plug_result *whole)
{
    struct qwen_problem problem = {
        .size = sizeof problem, .question = text_param(m, "question"), .working = text_param(m, "response"),
        .answer = text_param(m, "answer"), .lang = text_param(m, "lang"),
    };
    const struct mp *truncated = mp_get(&m->params, "truncated");
    bool verify = is_method(m, "verify");
    int rc = 0;

    if (truncated != NULL && truncated->type == MP_BOOL && truncated->u.b)
        problem.flags |= QWEN_PROBLEM_TRUNCATED;
    for (size_t i = 0; i < ch.n_verifiers && rc == 0; i++) {
        struct plug_result one;
        const struct qwen_verifier *v = &ch.verifiers[i];
        record_init(&one);
        call->record = &one;
        if (verify)
            rc = v->verify(ch.self, call, &problem);
        else if (v->equal != NULL)
            rc = v->equal(ch.self, call, text_param(m, "gold"), text_param(m, "answer"));
        if (rc == 0) {
            merge(whole, &one);
            if (whole->eq == QWEN_EQ_UNKNOWN)
                whole->eq = one.eq;
            else if (one.eq != QWEN_EQ_UNKNOWN && one.eq != whole->eq)
                whole->eq = QWEN_EQ_UNKNOWN;
        }
        record_free(&one);
    }
    return rc;
}

static void do_op(const struct rpc_msg *m)
{
    struct plug_result whole;
    struct qwen_call call = { .arena = qw_arena_new(CALL_MEMORY) };
    struct qw_error err = { 0 };
    int64_t ms = 0;

    if (call.arena == NULL)
        _exit(1);
    mp_to_i64(mp_get(&m->params, "remaining_ms"), &ms);
    call.deadline_ms = clock_mono_ms() + (uint64_t)(ms > 0 ? ms : 0);
    ch.cancelled = false;
    record_init(&whole);
    if (!ch.loaded || ch.n_verifiers == 0)
        qw_error_set(&err, QW_EPLUGIN, "nothing to call: the plugin has no verifier");
    else if (run_verifiers(m, &call, &whole) != 0)
        qw_error_set(&err, QW_EPLUGIN, "the plugin says that it failed");
    if (err.code != QW_OK) {
        fail(m->id, &err);
    } else {
        struct qw_buf b = QW_BUF_INIT;
        rpc_begin_result(&b, m->id);
        record_write(&b, &whole);
        send_all(&b);
    }
    record_free(&whole);
    qw_arena_free(call.arena);
}

int child_serve(int fd, uint64_t memory_bytes)
{
    ch.fd = fd;
    ch.memory_bytes = memory_bytes;
    qw_buf_init(&ch.in, mp_limits_in.max_bytes + 1024);
    for (;;) {
        struct qw_arena *a = qw_arena_new(0);
        struct rpc_msg msg;
        if (a == NULL)
            return 1;
        if (next_message(a, &msg)) {
            if (msg.kind == RPC_REQUEST && is_method(&msg, "load"))
                do_load(&msg, a);
            else if (msg.kind == RPC_REQUEST && (is_method(&msg, "verify") || is_method(&msg, "equal")))
                do_op(&msg);
            /* A late cancel for an operation that has ended is dropped. */
        } else if (!receive(true)) {
            qw_arena_free(a);
            if (ch.loaded && ch.plugin.free != NULL)
                ch.plugin.free(ch.self);
            return 0;
        }
        qw_arena_free(a);
    }
}
