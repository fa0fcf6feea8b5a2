/* A lane: a thread with a read-only connection that answers requests in order.  The finder has the finds, for which running
 * answers wait; the reader the queries that people wait for; the slow one checks, exports and imports. */
#include <string.h>

#include "base/clock.h"
#include "daemon/store/store_int.h"
#include "daemon/store/transfer.h"

int lane_queue(struct lane *l, struct request *r, struct qw_error *err)
{
    int rc = QW_OK;

    r->next = NULL;
    pthread_mutex_lock(&l->lock);
    if (lane_ends(l)) {
        rc = qw_error_set(err, QW_ESTORAGE, "the store is being closed");
    } else {
        if (l->head != NULL)
            l->tail->next = r;
        else
            l->head = r;
        l->tail = r;
        pthread_cond_signal(&l->work);
    }
    pthread_mutex_unlock(&l->lock);
    return rc;
}

static struct request *take(struct lane *l)
{
    struct request *r;

    pthread_mutex_lock(&l->lock);
    while (l->head == NULL && !lane_ends(l))
        pthread_cond_wait(&l->work, &l->lock);
    r = lane_ends(l) ? NULL : l->head;
    if (r != NULL)
        l->head = r->next;
    pthread_mutex_unlock(&l->lock);
    return r;
}

/* SQLite asks now and then whether a statement shall end. */
static int on_progress(void *arg)
{
    struct lane *l = arg;

    l->late = l->late || (l->until_ns != 0 && clock_mono_ns() > l->until_ns);
    return l->late || lane_ends(l);
}

static void run_query(struct lane *l, struct query *q)
{
    struct store *s = l->store;
    bool bounded = q->q.kind == STORE_Q_SEARCH || q->q.kind == STORE_Q_SESSIONS;

    l->late = false;
    l->until_ns = bounded ? clock_mono_ns() + s->search_ns : 0;
    query_run(s, &l->db, q);
    l->until_ns = 0;
    if (l->late && q->q.error.code != QW_OK)
        qw_error_set(&q->q.error, QW_EDEADLINE, "the search was given up after %.3g s: ask for rarer words", (double)s->search_ns / 1e9);
    query_post(s, q);
}

static void free_request(struct answer *n)
{
    qw_free((char *)n - offsetof(struct request, answer));
}

static void *lane_main(void *arg)
{
    struct lane *l = arg;
    struct store *s = l->store;
    struct request *r;

    while ((r = take(l)) != NULL) {
        if (r->find != NULL) {
            r->answer.a.kind = STORE_A_FIND;
            r->answer.a.find = r->find;
            r->answer.a.code = find_run(s, &l->db, r->find, NULL);
            r->answer.free = free_request;
            r->answer.free_on_poll = true;
            mailbox_post(&s->box[STORE_ENGINE], &r->answer);
        } else if (r->transfer != NULL) {
            r->answer.a.kind = STORE_A_TRANSFER;
            r->answer.a.transfer = r->transfer;
            transfer_run(s, &l->db, r->transfer);
            r->answer.a.code = r->transfer->error.code == QW_ESTORAGE ? QW_ESTORAGE : QW_OK;
            r->answer.free = free_request;
            r->answer.free_on_poll = true;
            mailbox_post(&s->box[r->transfer->to], &r->answer);
        } else {
            struct query *q = r->query;

            qw_free(r);
            run_query(l, q);
        }
    }
    return NULL;
}

int lane_start(struct lane *l, struct store *s, const char *name, struct qw_error *err)
{
    int rc;

    memset(l, 0, sizeof *l);
    l->store = s;
    rc = db_open(&l->db, s->db_path, s->vfs, DB_READ, err);
    if (rc != QW_OK)
        return rc;
    sqlite3_progress_handler(l->db.h, 1000, on_progress, l);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->work, NULL);
    rc = start_thread(&l->thread, name, lane_main, l, err);
    if (rc != QW_OK) {
        db_close(&l->db);
        pthread_cond_destroy(&l->work);
        pthread_mutex_destroy(&l->lock);
        return rc;
    }
    l->started = true;
    return QW_OK;
}

void lane_end(struct lane *l)
{
    if (!l->started)
        return;
    pthread_mutex_lock(&l->lock);
    atomic_store(&l->stop, true);
    pthread_cond_signal(&l->work);
    pthread_mutex_unlock(&l->lock);
    sqlite3_interrupt(l->db.h);
}

void lane_stop(struct lane *l)
{
    struct request *r;

    if (!l->started)
        return;
    lane_end(l);
    pthread_join(l->thread, NULL);
    while ((r = l->head) != NULL) {
        l->head = r->next;
        if (r->query != NULL)
            store_query_free(&r->query->q);
        qw_free(r);
    }
    db_close(&l->db);
    pthread_cond_destroy(&l->work);
    pthread_mutex_destroy(&l->lock);
    l->started = false;
}
