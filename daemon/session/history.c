#include "daemon/session/history_int.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/paths.h"
#include "daemon/api/api.h"

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

struct store *history_store(const struct daemon *d)
{
    return d->history != NULL ? d->history->store : NULL;
}

static bool is_off(const struct daemon *d, struct store_status *st)
{
    store_get_status(d->history->store, st);
    return st->state == STORE_OFF;
}

bool history_writes(const struct daemon *d)
{
    struct store_status st;
    return history_store(d) != NULL && !is_off(d, &st);
}

const char *history_why(const struct daemon *d)
{
    struct store_status st;
    struct history *h = d->history;
    if (h->store != NULL && is_off(d, &st))
        snprintf(h->why, sizeof h->why, "%s", st.why);
    return h->why[0] != '\0' ? h->why : "no memory";
}

const char *history_dir(const struct daemon *d) { return d->history->dir; }

size_t history_busy(const struct daemon *d)
{
    return d->history != NULL ? d->history->n_waits + d->history->n_ops + (d->transfers != NULL) : 0;
}

/* ---- life ---- */

static void say_if_off(struct daemon *d)
{
    struct store_status st;
    if (d->history->said_off || !is_off(d, &st))
        return;
    d->history->said_off = true;
    snprintf(d->history->why, sizeof d->history->why, "%s", st.why);
    log_error("store", "conversations are not stored any more: %s", st.why);
}

static void on_wake(uv_async_t *a)
{
    struct daemon *d = a->data;
    struct store_answer x;
    while (d->history->store != NULL && store_poll(d->history->store, STORE_LOOP, &x)) {   /* wake-ups coalesce */
        if (x.kind == STORE_A_QUERY)
            history_query_answered(d, x.query);
        else if (x.kind == STORE_A_COMMIT)
            history_op_answered(d, store_txn_user(x.txn), x.code, store_txn_error(x.txn));
        else if (x.kind == STORE_A_TRANSFER)
            api_transfer_answered(x.transfer);
    }
    if (d->history->store != NULL)
        say_if_off(d);
    for (struct wait *w = d->history->waits, *next; w != NULL; w = next) {
        next = w->next;
        if (!w->ready)
            continue;
        history_handle_again(d, w, NULL);
        history_wait_free(d->history, w);
        next = d->history->waits;               /* the list may have changed */
    }
}

static void wake_loop(void *arg)
{
    uv_async_send(arg);
}

static void wake_engine(void *arg)          /* a thread of the store */
{
    struct history *h = arg;
    uv_mutex_lock(&h->engine_lock);
    if (h->engine != NULL)
        sched_store_wake(h->engine);
    uv_mutex_unlock(&h->engine_lock);
}

static void set_engine(struct history *h, struct sched *s)
{
    uv_mutex_lock(&h->engine_lock);
    h->engine = s;
    uv_mutex_unlock(&h->engine_lock);
}

void history_join_engine(struct daemon *d) { set_engine(d->history, d->sched); }
void history_leave_engine(struct daemon *d) { set_engine(d->history, NULL); }

static int open_store(struct daemon *d, struct qw_error *err)
{
    struct history *h = d->history;
    const struct config *c = d->config;
    char *dir = h->dir = cfg_str(c, CFG_STORE_PATH) != NULL ? qw_strdup(cfg_str(c, CFG_STORE_PATH)) : paths_join(d->data, "store");
    if (dir == NULL)
        return no_memory(err);
    struct store_options o = {
        .dir = dir, .disk_budget = (uint64_t)cfg_int(c, CFG_STORE_DISK_BUDGET), .keep_free = (uint64_t)cfg_int(c, CFG_STORE_KEEP_FREE),
        .wake = { [STORE_LOOP] = { wake_loop, &h->wake }, [STORE_ENGINE] = { wake_engine, h } },
    };
    int rc = store_open(&h->store, &o, &h->found, err);
    if (rc == QW_OK)
        log_info("store", "open dir=%s new=%s sessions=%llu messages=%llu pages=%llu interrupted=%llu set_aside=%llu ms=%.1f", dir,
                 h->found.created ? "yes" : "no", (unsigned long long)h->found.sessions, (unsigned long long)h->found.messages,
                 (unsigned long long)h->found.pages, (unsigned long long)h->found.interrupted,
                 (unsigned long long)h->found.set_aside, h->found.ms);
    return rc;
}

int history_open(struct daemon *d, struct qw_error *err)
{
    struct qw_error why = { 0 };
    struct history *h = qw_calloc(1, sizeof *h);
    if (h == NULL)
        return no_memory(err);
    if (uv_mutex_init(&h->engine_lock) != 0) {
        qw_free(h);
        return no_memory(err);
    }
    d->history = h;
    uv_async_init(&d->loop, &h->wake, on_wake);
    h->wake.data = d;
    h->wake_open = true;
    if (!cfg_int(d->config, CFG_STORE_ENABLED)) {
        snprintf(h->why, sizeof h->why, "[store] enabled = no");
        return QW_OK;
    }
    int rc = open_store(d, &why);
    if (rc == QW_OK)
        return QW_OK;
    h->store = NULL;
    snprintf(h->why, sizeof h->why, "%.255s", why.msg);
    if (cfg_int(d->config, CFG_STORE_REQUIRED))
        return qw_error_set(err, rc, "the store, and [store] required = yes: %s", why.msg);
    log_error("store", "conversations are kept in memory only: %s", why.msg);
    return QW_OK;
}

void history_close(struct daemon *d)
{
    struct history *h = d->history;
    if (h == NULL)
        return;
    if (h->store != NULL)
        store_close(h->store);
    h->store = NULL;
    while (h->waits != NULL)
        history_wait_free(h, h->waits);
    history_ops_drop(d);
    api_transfers_drop(d);
    if (h->wake_open)
        uv_close((uv_handle_t *)&h->wake, NULL);
    h->wake_open = false;
}

void history_free(struct daemon *d)
{
    if (d->history == NULL)
        return;
    uv_mutex_destroy(&d->history->engine_lock);
    qw_free(d->history->dir);
    qw_free(d->history);
    d->history = NULL;
}

/* ---- status ---- */

void history_write_status(const struct daemon *d, struct qw_buf *b)
{
    bool on = history_writes(d);
    struct mpw_open m = mpw_map_begin(b);
    mpw_key(b, &m, "state");
    mpw_str(b, on ? "running" : "off");
    if (!on) {
        mpw_key(b, &m, "why");
        mpw_str(b, history_why(d));
    }
    if (history_dir(d) != NULL) {
        mpw_key(b, &m, "dir");
        mpw_str(b, history_dir(d));
    }
    mpw_map_end(b, &m);
}
