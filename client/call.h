/* Inside libqwenclient: one blocking call.  call.c sends, waits and cancels; again.c comes back to a
 * stored run whose connection was lost. */
#ifndef QW_CLIENT_CALL_H
#define QW_CLIENT_CALL_H

#include "client/conn.h"

#define CALL_CHOICES 16

/* What the response at hand answers. */
enum call_step { CALL_FIRST, CALL_ATTACH, CALL_RESUME };

struct call {
    qwen_client *c;
    uint32_t id, cancel_id;
    char *tag;                      /* NULL: not a run */
    bool cancelled, woken;
    qwen_event_fn *on_event;
    void *arg;
    struct qwen_reply *reply;       /* ours, once it is here */
    uint64_t end_ms;                /* monotonic; 0: no limit */

    /* a run that may be stored */
    bool     stored, stream, returned;
    char    *method, *key, *run;    /* run: its id, once stream.start told */
    struct qw_buf body;             /* the request's params, for sending it again */
    size_t   keyless_len;           /* of body without our key, which comes last; 0: the key is the caller's */
    enum call_step step;
    uint64_t give_up_ms;            /* coming back ends here; 0: not lost yet */
    int      resumes;
    bool     seen, heard;           /* an event of the run came: ever; since the last connection began */
    int64_t  attempt[CALL_CHOICES], at[CALL_CHOICES];   /* bytes that the caller has */
};

int  call_send(struct call *k, qwen_msg *m);                /* its response is the one that is waited for */
/* Waits at most ms (and to end_ms) for fd (-1: none) or a wake-up.  QW_OK: something, or the time, came;
 * QW_ECANCELLED: woken. */
int  call_pause(struct call *k, int fd, int ms);

/* again.c */
int  again_init(struct call *k, struct qwen_msg *m);        /* makes the key; before m is sent */
void again_free(struct call *k);
/* One of our run's events.  false: the caller has had all of it; else it was cut to what is new. */
bool again_fresh(struct call *k, struct qwen_reply *e);
/* After rc of waiting: true when another request was sent, whose response is to be waited for. */
bool again_next(struct call *k, int *rc);
/* Text of the Outcome that no event brought, as one. */
void again_rest(struct call *k);

#endif
