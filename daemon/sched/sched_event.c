/* Events on their way to the loop.  The engine never waits for the loop: what the loop has not
 * fetched yet grows (text) or is replaced (progress), so that the queue is bounded by a few
 * entries for each run.  Boxes are used again, so that streaming allocates nothing. */
#include "daemon/sched/sched_int.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define SPARE_BOXES 128
#define SPARE_TEXT  4096          /* a longer buffer is given back */
/* The loop and its clients take a core from a step for each time that they are woken. */
#define TEXT_EVERY_NS 10000000

static struct event_box *spare_pop(struct sched *s)       /* lock held */
{
    struct event_box *b = s->ev_spare;
    if (b != NULL) {
        s->ev_spare = b->next;
        s->n_spare--;
    }
    return b;
}

static struct event_box *new_locked(struct sched *s)
{
    struct event_box *b = spare_pop(s);
    if (b == NULL && (b = qw_calloc(1, sizeof *b)) != NULL)
        b->s = s;
    return b;
}

struct event_box *ev_new(struct sched *s)
{
    pthread_mutex_lock(&s->lock);
    struct event_box *b = new_locked(s);
    pthread_mutex_unlock(&s->lock);
    return b;
}

static void push_locked(struct sched *s, struct event_box *b)
{
    b->next = NULL;
    b->in_use = true;
    if (s->ev_tail != NULL)
        s->ev_tail->next = b;
    else
        s->ev_head = b;
    s->ev_tail = b;
    if (b->ev.kind != SCHED_EV_TEXT)
        atomic_store(&s->events_urgent, true);
    atomic_store(&s->events_pushed, true);
}

void ev_push(struct sched *s, struct event_box *b)
{
    pthread_mutex_lock(&s->lock);
    push_locked(s, b);
    pthread_mutex_unlock(&s->lock);
}

static struct event_box *find_locked(struct sched *s, enum sched_event_kind kind, uint64_t run, uint32_t index)
{
    for (struct event_box *b = s->ev_head; b != NULL; b = b->next)
        if (b->ev.kind == kind && b->ev.run == run && b->ev.index == index)
            return b;
    return NULL;
}

/* Room for n more bytes of text and a NUL; false: no memory. */
static bool room(struct event_box *b, size_t n)
{
    size_t need = b->ev.text_len + n + 1;
    if (need <= b->text_cap)
        return true;
    size_t cap = need < 128 ? 256 : need * 2;
    char *t = qw_realloc(b->ev.text, cap);
    if (t == NULL)
        return false;
    b->ev.text = t;
    b->text_cap = cap;
    return true;
}

static void add_text(struct event_box *b, const char *p, size_t n)
{
    memcpy(b->ev.text + b->ev.text_len, p, n);
    b->ev.text_len += n;
    b->ev.text[b->ev.text_len] = '\0';
}

/* One that was not pushed goes back to the spare ones, empty. */
static void give_back_locked(struct sched *s, struct event_box *b)
{
    b->ev = (struct sched_event){ .text = b->ev.text };
    b->next = s->ev_spare;
    s->ev_spare = b;
    s->n_spare++;
}

bool ev_text(struct sched *s, uint64_t run, uint32_t index, uint64_t at, const char *p, size_t n)
{
    pthread_mutex_lock(&s->lock);
    struct event_box *b = find_locked(s, SCHED_EV_TEXT, run, index), *fresh = NULL;
    if (b == NULL && (b = fresh = new_locked(s)) != NULL) {
        b->ev.kind = SCHED_EV_TEXT;
        b->ev.run = run;
        b->ev.index = index;
        b->ev.at = at;
    }
    bool ok = b != NULL && room(b, n);
    if (ok)
        add_text(b, p, n);
    if (fresh != NULL && ok)
        push_locked(s, fresh);
    else if (fresh != NULL)
        give_back_locked(s, fresh);
    pthread_mutex_unlock(&s->lock);
    return ok;
}

void ev_choice(struct sched *s, uint64_t run, uint32_t index, const struct sched_choice *c, double total_ms)
{
    pthread_mutex_lock(&s->lock);
    struct event_box *b = new_locked(s);
    if (b != NULL && room(b, c->text_len)) {
        b->ev.kind = SCHED_EV_CHOICE;
        b->ev.run = run;
        b->ev.index = index;
        b->ev.finish = c->finish;
        b->ev.n_ids = (uint32_t)c->ids.n;
        b->ev.timing.total_ms = total_ms;
        add_text(b, c->text != NULL ? c->text : "", c->text_len);
        push_locked(s, b);
    } else if (b != NULL) {
        give_back_locked(s, b);
    }
    pthread_mutex_unlock(&s->lock);
}

void ev_replace(struct sched *s, const struct sched_event *ev)
{
    pthread_mutex_lock(&s->lock);
    struct event_box *b = find_locked(s, ev->kind, ev->run, ev->index);
    bool fresh = b == NULL;
    if (fresh)
        b = new_locked(s);
    if (b != NULL) {                                     /* without memory a report is left out */
        char *text = b->ev.text;
        b->ev = *ev;
        b->ev.text = text;
        if (fresh)
            push_locked(s, b);
    }
    pthread_mutex_unlock(&s->lock);
}

void ev_answer_load(struct sched *s, const struct sched_event *ev)
{
    pthread_mutex_lock(&s->lock);
    struct event_box *b = s->ev_load.in_use ? new_locked(s) : &s->ev_load;
    if (b != NULL) {
        char *text = b->ev.text;
        b->ev = *ev;
        b->ev.text = text;
        push_locked(s, b);
    }
    pthread_mutex_unlock(&s->lock);
}

void ev_wake(struct sched *s)
{
    atomic_store(&s->events_urgent, false);                 /* first: what is pushed meanwhile stays urgent */
    if (!atomic_exchange(&s->events_pushed, false))
        return;
    atomic_store(&s->woken_ns, clock_mono_ns());
    s->wake(s->wake_arg);
}

void ev_wake_soon(struct sched *s)
{
    if (atomic_load(&s->events_urgent) || clock_mono_ns() - atomic_load(&s->woken_ns) >= TEXT_EVERY_NS)
        ev_wake(s);
}

struct sched_event *sched_poll(struct sched *s)
{
    pthread_mutex_lock(&s->lock);
    struct event_box *b = s->ev_head;
    if (b != NULL) {
        s->ev_head = b->next;
        if (s->ev_head == NULL)
            s->ev_tail = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    return b != NULL ? &b->ev : NULL;
}

static void choices_free(struct sched_choice *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ids_free(&c[i].ids);
        qw_free(c[i].text);
        qw_free(c[i].logprobs);
        qw_free(c[i].alts);
    }
    qw_free(c);
}

void sched_event_free(struct sched_event *e)
{
    if (e == NULL)
        return;
    struct event_box *b = (struct event_box *)e;
    struct sched *s = b->s;
    choices_free(e->choices, e->n_choices);
    char *text = e->text;
    size_t cap = b->text_cap;
    if (cap > SPARE_TEXT) {
        qw_free(text);
        text = NULL;
        cap = 0;
    }
    *e = (struct sched_event){ .text = text };
    b->text_cap = cap;
    pthread_mutex_lock(&s->lock);
    b->in_use = false;
    bool keep = !b->embedded && s->n_spare < SPARE_BOXES;
    if (keep) {
        b->next = s->ev_spare;
        s->ev_spare = b;
        s->n_spare++;
    }
    pthread_mutex_unlock(&s->lock);
    if (!keep && !b->embedded) {
        qw_free(text);
        qw_free(b);
    }
}

void ev_free_all(struct sched *s)
{
    struct sched_event *e;
    while ((e = sched_poll(s)) != NULL) {
        struct sched_req *r = e->req;
        sched_event_free(e);
        sched_req_free(r);
    }
    struct event_box *b;
    while ((b = spare_pop(s)) != NULL) {
        qw_free(b->ev.text);
        qw_free(b);
    }
}
