#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/fault/script.h"

enum { ME = 1, SEED = 5, MAIN = 1, QUESTION = 1000, ANSWER = 2000, RUN = 3000, SIDE = 4000, SIDE_MESSAGE = 5000 };

static void part_a(struct store_txn *t, unsigned k)
{
    struct store_run run = { .run = RUN + k, .owner = ME, .session = MAIN, .message = QUESTION + k, .params = { "p", 1 } };
    char text[64];

    snprintf(text, sizeof text, "question %u 问题", k);
    rig_put_message(t, ME, QUESTION + k, k == 0 ? 0 : ANSWER + k - 1, 1, text);
    store_txn_run(t, &run);
    rig_put_message(t, ME, SIDE_MESSAGE + k, 0, 1, "side");
    rig_put_session(t, ME, SIDE + k, SIDE_MESSAGE + k, "side");
}

static void part_b(struct rig *r, struct store_txn *t, unsigned k, uint64_t parent, char data[2][2048])
{
    struct store_page p[2] = { { .page = store_page_id(r->s), .parent = parent }, { .page = store_page_id(r->s) } };
    int32_t ids[16];

    for (int i = 0; i < 16; i++)
        ids[i] = (int32_t)k * 100 + i;
    store_txn_ids(t, RUN + k, 0, ids, 16);
    p[1].parent = p[0].page;
    for (unsigned i = 0; i < 2; i++) {
        rig_ids(p[i].ids, SEED, 2 * k + i);
        rig_data(data[i], 2048, SEED, 2 * k + i);
        p[i].data = data[i];
    }
    store_txn_pages(t, r->ns, p, 2);
}

static void part_c(struct store_txn *t, unsigned k)
{
    struct store_run run = { .run = RUN + k, .owner = ME, .session = MAIN, .message = QUESTION + k, .answer = ANSWER + k,
                             .params = { "p", 1 }, .outcome = { "o", 1 }, .state = STORE_RUN_DONE };

    rig_put_message(t, ME, ANSWER + k, QUESTION + k, 2, "answer 回答");
    rig_put_session(t, ME, MAIN, ANSWER + k, "main");
    store_txn_run(t, &run);
    if (k >= 2)
        store_txn_delete_session(t, ME, SIDE + k - 2);
}

void script_run(struct rig *r, struct script *x)
{
    while (!x->failed && x->acked < SCRIPT_TXNS) {
        unsigned k = (unsigned)x->acked / 3;
        struct store_txn *t = rig_txn();
        const struct store_page *pages;
        char data[2][2048];
        size_t n;

        if (x->acked % 3 == 0)
            part_a(t, k);
        else if (x->acked % 3 == 1)
            part_b(r, t, k, x->last_page, data);
        else
            part_c(t, k);
        x->failed = rig_commit_keep(r, t) != QW_OK;
        pages = store_txn_get_pages(t, &n);
        if (n > 0)
            x->last_page = pages[1].page;
        store_txn_free(t);
        if (!x->failed)
            x->acked++;
    }
}

/* ---- verifying ---- */

static int ask_run(struct rig *r, unsigned k, int *state, size_t *n_ids)
{
    struct store_query *q = store_query_new(STORE_Q_RUN, STORE_LOOP, NULL);
    int rc;

    q->owner = ME, q->id = RUN + k;
    rig_ask(r, q);
    rc = q->error.code;
    *state = (int)q->run.state;
    *n_ids = q->run.n_ids;
    for (size_t i = 0; rc == QW_OK && i < q->run.n_ids; i++)
        assert_int_equal(q->run.ids[i], (int32_t)k * 100 + (int)i);
    store_query_free(q);
    return rc;
}

static bool has_session(struct rig *r, uint64_t id)
{
    struct store_query *q = rig_session(r, ME, id);
    bool yes = q->error.code == QW_OK;

    assert_true(yes || q->error.code == QW_ENOTFOUND);
    store_query_free(q);
    return yes;
}

/* How many transactions of the script the rows show; -1: they are not a beginning of it. */
static int count(struct rig *r, size_t *n_path)
{
    struct store_query *q = rig_session(r, ME, MAIN);
    int n = 0;

    *n_path = q->error.code == QW_OK ? q->n_messages : 0;
    for (size_t i = 0; i < *n_path; i++)
        if (q->messages[i].message != (i % 2 == 0 ? QUESTION : ANSWER) + i / 2 || q->messages[i].n_ids != 3)
            n = -1;
    store_query_free(q);
    for (unsigned k = 0; k < SCRIPT_ROUNDS && n >= 0; k++) {
        int state;
        size_t n_ids;

        if (ask_run(r, k, &state, &n_ids) != QW_OK)
            break;
        if (n != (int)(3 * k) || (n_ids != 0 && n_ids != 16) || state == STORE_RUN_RUNNING)
            return -1;
        n += n_ids == 0 ? 1 : state == STORE_RUN_DONE ? 3 : 2;
    }
    return n;
}

int script_verify(struct rig *r, int acked, bool all_pages, const char *what)
{
    size_t n_path, found, good, want_pages;
    struct store_ref refs[2 * SCRIPT_ROUNDS];
    struct store_query *q;
    int n = count(r, &n_path);

    if (r->found.database_set_aside)
        fail_msg("%s: the database was set aside", what);
    if (n < 0)
        fail_msg("%s: the rows are no beginning of the script", what);
    if (n < acked)
        fail_msg("%s: %d transactions are there, %d were acknowledged", what, n, acked);
    if (n_path != (size_t)(n / 3) * 2)
        fail_msg("%s: %zu messages after %d transactions", what, n_path, n);
    for (unsigned k = 0; k < SCRIPT_ROUNDS; k++)
        if (has_session(r, SIDE + k) != (n > (int)(3 * k) && n < (int)(3 * (k + 3))))
            fail_msg("%s: side session %u after %d transactions", what, k, n);
    want_pages = (size_t)((n + 1) / 3) * 2;
    found = rig_find(r, r->ns, SEED, 2 * SCRIPT_ROUNDS, refs);
    if (found > want_pages || (all_pages && found < want_pages))
        fail_msg("%s: %zu pages after %d transactions", what, found, n);
    good = rig_load(r, r->ns, SEED, found, refs);
    if (good != found)
        fail_msg("%s: %zu of %zu pages are whole", what, good, found);
    q = store_query_new(STORE_Q_CHECK, STORE_LOOP, NULL);
    q->deep = true;
    rig_ask(r, q);
    if (q->error.code != QW_OK || q->n_bad != 0)
        fail_msg("%s: check: %s %s", what, q->error.msg, q->report != NULL ? q->report : "");
    store_query_free(q);
    return n;
}
