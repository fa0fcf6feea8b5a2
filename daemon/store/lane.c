/* A lane: a thread with a read-only connection that answers finds and queries in order, finds first.
 * The reader has those that people wait for; the slow one has checks and exports. */
#include <string.h>

#include "daemon/store/store_int.h"
#include "daemon/store/transfer.h"

int lane_queue(struct lane *l, struct request *r, struct qw_error *err)
{
    struct request **head = r->find != NULL ? &l->finds : &l->head;
    struct request **tail = r->find != NULL ? &l->finds_tail : &l->tail;
    int rc = QW_OK;

    r->next = NULL;
    pthread_mutex_lock(&l->lock);
    if (l->stop) {
        rc = qw_error_set(err, QW_ESTORAGE, "the store is being closed");
    } else {
        if (*head != NULL)
            (*tail)->next = r;
        else
            *head = r;
        *tail = r;
        pthread_cond_signal(&l->work);
    }
    pthread_mutex_unlock(&l->lock);
    return rc;
}

static struct request *take(struct lane *l)
{
    struct request **head, *r;

    pthread_mutex_lock(&l->lock);
    while (l->finds == NULL && l->head == NULL && !l->stop)
        pthread_cond_wait(&l->work, &l->lock);
    head = l->finds != NULL ? &l->finds : &l->head;
    r = l->stop ? NULL : *head;
    if (r != NULL)
        *head = r->next;
    pthread_mutex_unlock(&l->lock);
    return r;
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
            query_run(s, &l->db, q);
            query_post(s, q);
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

void lane_stop(struct lane *l)
{
    struct request *r;

    if (!l->started)
        return;
    pthread_mutex_lock(&l->lock);
    l->stop = true;
    pthread_cond_signal(&l->work);
    pthread_mutex_unlock(&l->lock);
    sqlite3_interrupt(l->db.h);             /* nobody waits for a long query any more */
    pthread_join(l->thread, NULL);
    while ((r = l->finds) != NULL) {
        l->finds = r->next;
        qw_free(r);
    }
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
