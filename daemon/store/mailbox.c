/* Answers on their way to the loop and the engine; numbers that stand for others; threads. */
#include <signal.h>
#include <string.h>

#include "daemon/store/store_int.h"

enum { ALIAS_MOST = 1 << 20 };          /* 16 MiB; an alias is wanted while its page is on its way to the store */

void mailbox_init(struct mailbox *m, void (*wake)(void *), void *arg)
{
    pthread_mutex_init(&m->lock, NULL);
    m->wake = wake;
    m->arg = arg;
}

void mailbox_free(struct mailbox *m)
{
    struct answer *n;

    while ((n = mailbox_take(m)) != NULL)
        if (n->free != NULL)
            n->free(n);
    pthread_mutex_destroy(&m->lock);
}

void mailbox_post(struct mailbox *m, struct answer *n)
{
    n->next = NULL;
    pthread_mutex_lock(&m->lock);
    if (m->tail != NULL)
        m->tail->next = n;
    else
        m->head = n;
    m->tail = n;
    pthread_mutex_unlock(&m->lock);
    if (m->wake != NULL)
        m->wake(m->arg);
}

struct answer *mailbox_take(struct mailbox *m)
{
    struct answer *n;

    pthread_mutex_lock(&m->lock);
    n = m->head;
    if (n != NULL) {
        m->head = n->next;
        if (m->head == NULL)
            m->tail = NULL;
    }
    pthread_mutex_unlock(&m->lock);
    return n;
}

void alias_init(struct alias_map *m)
{
    memset(m, 0, sizeof *m);
    pthread_mutex_init(&m->lock, NULL);
}

void alias_free(struct alias_map *m)
{
    qw_free(m->v);
    pthread_mutex_destroy(&m->lock);
}

static size_t place_of(const struct alias_map *m, uint64_t from)
{
    size_t i = (size_t)((from * 0x9e3779b97f4a7c15u) >> 32) & (m->cap - 1);

    while (m->v[i].from != 0 && m->v[i].from != from)
        i = (i + 1) & (m->cap - 1);
    return i;
}

static bool alias_grow(struct alias_map *m)
{
    if (m->cap >= ALIAS_MOST) {                 /* who still names one of them finds nothing, and stores it again */
        memset(m->v, 0, m->cap * sizeof *m->v);
        m->n = 0;
        return true;
    }
    struct alias_map bigger = { .cap = m->cap == 0 ? 64 : m->cap * 2, .n = m->n };

    bigger.v = qw_calloc(bigger.cap, sizeof *bigger.v);
    if (bigger.v == NULL)
        return false;
    for (size_t i = 0; i < m->cap; i++)
        if (m->v[i].from != 0)
            bigger.v[place_of(&bigger, m->v[i].from)] = m->v[i];
    qw_free(m->v);
    m->v = (void *)bigger.v;
    m->cap = bigger.cap;
    return true;
}

void alias_add(struct alias_map *m, uint64_t from, uint64_t to)
{
    pthread_mutex_lock(&m->lock);
    if ((m->n + 1) * 4 <= m->cap * 3 || alias_grow(m)) {
        size_t i = place_of(m, from);

        m->n += m->v[i].from == 0;
        m->v[i].from = from;
        m->v[i].to = to;
    }
    pthread_mutex_unlock(&m->lock);
}

uint64_t alias_get(struct alias_map *m, uint64_t page)
{
    uint64_t to = page;

    pthread_mutex_lock(&m->lock);
    /* An alias may stand for one that became an alias itself. */
    for (int hops = 0; m->cap != 0 && to != 0 && hops < 8; hops++) {
        size_t i = place_of(m, to);

        if (m->v[i].from == 0)
            break;
        to = m->v[i].to;
    }
    pthread_mutex_unlock(&m->lock);
    return to;
}

int start_thread(pthread_t *t, const char *name, void *(*f)(void *), void *arg, struct qw_error *err)
{
    sigset_t all, before;
    int e;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    e = pthread_create(t, NULL, f, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (e != 0)
        return qw_error_errno(err, QW_ENOMEM, e, "cannot start the thread %s", name);
    pthread_setname_np(*t, name);
    return QW_OK;
}
