#include "base/mbox.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/mem.h"

struct mbox {
    pthread_mutex_t lock;
    pthread_cond_t  filled, emptied;    /* emptied: one place became free */
    size_t          capacity, head, count;
    void          (*notify)(void *arg);
    void           *arg;
    void           *slots[];
};

struct mbox *mbox_new(size_t capacity, void (*notify)(void *arg), void *arg)
{
    pthread_condattr_t attr;
    struct mbox *m;
    size_t size;

    if (capacity == 0 || !qw_mul(capacity, sizeof m->slots[0], &size) ||
        !qw_add(size, sizeof *m, &size) || (m = qw_calloc(1, size)) == NULL)
        return NULL;
    m->capacity = capacity;
    m->notify = notify;
    m->arg = arg;
    pthread_mutex_init(&m->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&m->filled, &attr);
    pthread_cond_init(&m->emptied, &attr);
    pthread_condattr_destroy(&attr);
    return m;
}

void mbox_free(struct mbox *m)
{
    if (m == NULL)
        return;
    assert(m->count == 0);
    pthread_cond_destroy(&m->emptied);
    pthread_cond_destroy(&m->filled);
    pthread_mutex_destroy(&m->lock);
    qw_free(m);
}

static void put(struct mbox *m, void *msg)          /* lock held, has room */
{
    m->slots[(m->head + m->count) % m->capacity] = msg;
    m->count++;
    pthread_cond_signal(&m->filled);
}

static void *take(struct mbox *m)                   /* lock held */
{
    void *msg;

    if (m->count == 0)
        return NULL;
    msg = m->slots[m->head];
    m->head = (m->head + 1) % m->capacity;
    m->count--;
    pthread_cond_signal(&m->emptied);
    return msg;
}

bool mbox_push(struct mbox *m, void *msg)
{
    bool room;

    assert(msg != NULL);            /* NULL means "empty" to the receiver */
    pthread_mutex_lock(&m->lock);
    room = m->count < m->capacity;
    if (room)
        put(m, msg);
    pthread_mutex_unlock(&m->lock);
    if (room && m->notify != NULL)
        m->notify(m->arg);
    return room;
}

void mbox_push_wait(struct mbox *m, void *msg)
{
    assert(msg != NULL);
    pthread_mutex_lock(&m->lock);
    while (m->count == m->capacity)
        pthread_cond_wait(&m->emptied, &m->lock);
    put(m, msg);
    pthread_mutex_unlock(&m->lock);
    if (m->notify != NULL)
        m->notify(m->arg);
}

void *mbox_pop(struct mbox *m)
{
    void *msg;

    pthread_mutex_lock(&m->lock);
    msg = take(m);
    pthread_mutex_unlock(&m->lock);
    return msg;
}

void *mbox_pop_wait(struct mbox *m, uint64_t timeout_ms)
{
    /* A deadline beyond a century is for ever, and time_t cannot overflow. */
    bool forever = timeout_ms > UINT64_C(100) * 366 * 24 * 3600 * 1000;
    struct timespec until;
    void *msg;
    int rc = 0;

    if (!forever) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += (time_t)(timeout_ms / 1000);
        until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000;
        }
    }
    pthread_mutex_lock(&m->lock);
    while (m->count == 0 && rc != ETIMEDOUT)
        rc = forever ? pthread_cond_wait(&m->filled, &m->lock)
                     : pthread_cond_timedwait(&m->filled, &m->lock, &until);
    msg = take(m);
    pthread_mutex_unlock(&m->lock);
    return msg;
}
