/* The stream.* notifications of a run.  A reader that is slow gets fewer and longer deltas: the
 * engine never waits for it. */
#include <string.h>

#include "base/clock.h"
#include "daemon/run/run_tool.h"

#define PROGRESS_EVERY_MS 100
#define DELTA_WHILE_UNSENT (64u << 10)  /* above this a reader is slow: its deltas merge */

/* Begins one with the keys that all share; false: nobody is there, or it was not asked for. */
static struct conn *notify_begin(struct run *r, const struct listener *l, const char *name, struct mpw_open *m)
{
    struct conn *c = l->stream ? server_find(r->d->server, l->conn_id) : NULL;
    if (c == NULL)
        return NULL;
    rpc_begin_notify(conn_out(c), name);
    *m = mpw_map_begin(conn_out(c));
    mpw_key(conn_out(c), m, "run");
    mpw_str(conn_out(c), r->id_text);
    if (l->tag != NULL) {
        mpw_key(conn_out(c), m, "tag");
        mpw_str(conn_out(c), l->tag);
    }
    return c;
}

static void notify_end(struct conn *c, struct mpw_open *m)
{
    mpw_map_end(conn_out(c), m);
    conn_send(c);
}

static void put_uint(struct qw_buf *b, struct mpw_open *m, const char *key, uint64_t v)
{
    mpw_key(b, m, key);
    mpw_uint(b, v);
}

void run_notify_start(struct run *r, struct listener *l)
{
    struct mpw_open m;
    struct conn *c = notify_begin(r, l, "stream.start", &m);
    if (c == NULL)
        return;
    mpw_key(conn_out(c), &m, "model");
    mpw_str(conn_out(c), r->model->name);
    put_uint(conn_out(c), &m, "seed", r->sample.seed);
    notify_end(c, &m);
}

void run_notify_progress(struct run *r, const char *phase, int64_t ahead, uint64_t done, uint64_t total, uint64_t eta_ms)
{
    uint64_t now = clock_mono_ms();
    for (struct listener *l = r->listeners; l != NULL; l = l->next) {
        struct mpw_open m;
        bool due = now - l->progress_ms >= PROGRESS_EVERY_MS || l->phase == NULL || strcmp(l->phase, phase) != 0;
        struct conn *c = due ? notify_begin(r, l, "stream.progress", &m) : NULL;
        if (c == NULL)
            continue;
        l->progress_ms = now;
        l->phase = phase;
        mpw_key(conn_out(c), &m, "phase");
        mpw_str(conn_out(c), phase);
        if (ahead >= 0)
            put_uint(conn_out(c), &m, "ahead", (uint64_t)ahead);
        if (total > 0) {
            put_uint(conn_out(c), &m, "done", done);
            put_uint(conn_out(c), &m, "total", total);
        }
        if (eta_ms > 0)
            put_uint(conn_out(c), &m, "eta_ms", eta_ms);
        notify_end(c, &m);
    }
}

static void deltas_to(struct run *r, struct listener *l, struct conn *c, bool all)
{
    struct mpw_open m;
    for (uint32_t i = 0; i < r->n; i++) {
        size_t from = l->sent[i], n = run_unsent(r, l, i);
        if (n == 0 || (!all && conn_unsent(c) - c->held > DELTA_WHILE_UNSENT))
            continue;
        if (notify_begin(r, l, "stream.delta", &m) == NULL)
            return;
        put_uint(conn_out(c), &m, "attempt", r->attempt);
        put_uint(conn_out(c), &m, "index", i);
        put_uint(conn_out(c), &m, "at", from);
        mpw_key(conn_out(c), &m, "text");
        mpw_strn(conn_out(c), r->choice_text[i].data + from, n);
        l->sent[i] = from + n;
        c->held -= n;
        notify_end(c, &m);
    }
}

void run_notify_deltas(struct run *r, bool all)
{
    for (struct listener *l = r->listeners; l != NULL; l = l->next) {
        struct conn *c = l->stream ? server_find(r->d->server, l->conn_id) : NULL;
        if (c != NULL)
            deltas_to(r, l, c, all);
    }
}

void run_notify_verdict(struct run *r, const struct qw_buf *verification)
{
    for (struct listener *l = r->listeners; l != NULL; l = l->next) {
        struct mpw_open m;
        struct conn *c = notify_begin(r, l, "stream.verdict", &m);
        if (c == NULL)
            continue;
        put_uint(conn_out(c), &m, "attempt", r->loop != NULL ? r->verify_index : 0);    /* a sample is an attempt */
        put_uint(conn_out(c), &m, "index", r->loop != NULL ? 0 : r->verify_index);
        mpw_key(conn_out(c), &m, "verification");
        qw_buf_add(conn_out(c), verification->data, verification->len);
        notify_end(c, &m);
    }
}

void run_notify_attempt(struct run *r, const char *why, int64_t from, const char *feedback)
{
    for (struct listener *l = r->listeners; l != NULL; l = l->next) {
        struct mpw_open m;
        struct conn *c = notify_begin(r, l, "stream.attempt", &m);
        if (c == NULL)
            continue;
        put_uint(conn_out(c), &m, "attempt", r->attempt);
        put_uint(conn_out(c), &m, "index", 0);
        put_uint(conn_out(c), &m, "of", r->verify.mode == LOOP_VOTE ? r->verify.samples : r->verify.attempts);
        mpw_key(conn_out(c), &m, "why");
        mpw_str(conn_out(c), why);
        if (from >= 0)
            put_uint(conn_out(c), &m, "from", (uint64_t)from);
        if (feedback != NULL) {
            mpw_key(conn_out(c), &m, "feedback");
            mpw_str(conn_out(c), feedback);
        }
        notify_end(c, &m);
    }
}

void run_notify_tool(struct run *r, const struct listener *only, const struct tool_done *d)
{
    for (struct listener *l = r->listeners; l != NULL; l = l->next) {
        struct mpw_open m;
        struct conn *c = only == NULL || l == only ? notify_begin(r, l, "stream.tool", &m) : NULL;
        if (c == NULL)
            continue;
        put_uint(conn_out(c), &m, "call", (uint64_t)(d - r->tools->done));
        run_tool_put(conn_out(c), &m, d);
        notify_end(c, &m);
    }
}

void run_notify_done(struct run *r)
{
    for (struct listener *l = r->listeners; l != NULL; l = l->next) {
        struct mpw_open m;
        struct conn *c = notify_begin(r, l, "stream.done", &m);
        if (c == NULL)
            continue;
        mpw_key(conn_out(c), &m, "outcome");
        outcome_write(conn_out(c), r);
        notify_end(c, &m);
    }
}
