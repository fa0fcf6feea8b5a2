/* libqwenclient: talking to qwend from C.  One client per thread; no threads, no signal
 * handlers of its own.  Two ways: blocking (qwen_call) or driven by your own loop
 * (qwen_fd, qwen_want, qwen_process, qwen_next).
 *
 * Every qwen_* function that can fail returns 0 or a negative QWEN_E... number, and the text is in
 * qwen_error(client).  Example (see client/README.md):
 *
 *     qwen_client *c;
 *     if (qwen_open(&c, NULL) != 0) ...
 *     qwen_msg *m = qwen_msg_new("generate");
 *     qwen_msg_str(m, "prompt", "1 + 1 ="); qwen_msg_int(m, "max_tokens", 8);
 *     qwen_reply *r;
 *     rc = qwen_call(c, m, -1, NULL, NULL, &r);
 *     puts(qwen_reply_str(r, "choices.0.text"));
 */
#ifndef QWENCLIENT_H
#define QWENCLIENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QWEN_API __attribute__((visibility("default")))

/* Errors.  1 to 16 are the daemon's (PROTOCOL.md, "Errors"), negated; the others are found here. */
#define QWEN_EREQUEST     (-1)
#define QWEN_EMETHOD      (-2)
#define QWEN_EPARAMS      (-3)
#define QWEN_EDENIED      (-4)
#define QWEN_ENOTFOUND    (-5)
#define QWEN_ECONFLICT    (-6)
#define QWEN_EBUSY        (-7)
#define QWEN_ETOOLARGE    (-8)
#define QWEN_ECONTEXT     (-9)
#define QWEN_EDEADLINE    (-10)
#define QWEN_EMODEL       (-11)
#define QWEN_ESTORAGE     (-12)
#define QWEN_EPLUGIN      (-13)
#define QWEN_EUNSUPPORTED (-14)
#define QWEN_EDRAINING    (-15)
#define QWEN_EINTERNAL    (-16)
#define QWEN_ENOMEM       (-17)
#define QWEN_EIO          (-18)     /* connection lost, or not a qwend at the other end */
#define QWEN_ECANCELLED   (-21)     /* qwen_wake, and the call had nothing to wait for any more */

typedef struct qwen_client qwen_client;
typedef struct qwen_msg    qwen_msg;      /* a request being built; errors stick until it is sent */
typedef struct qwen_reply  qwen_reply;    /* a response, or one event */

/* path NULL: QWEND_SOCKET and nothing else if it is set, else the user's socket, else the system's.
 * Starts nothing: QWEN_ENOTFOUND when nobody listens. */
QWEN_API int  qwen_open(qwen_client **c, const char *path);
QWEN_API int  qwen_open_fd(qwen_client **c, int fd);         /* takes the descriptor */
QWEN_API void qwen_close(qwen_client *c);
QWEN_API const char *qwen_error(const qwen_client *c);       /* last error; "" if none */
QWEN_API int  qwen_error_code(const qwen_client *c);
/* A number of the daemon's last error ("limit", "actual", "retry_after_ms"). */
QWEN_API int64_t qwen_error_int(const qwen_client *c, const char *key, int64_t dflt);
QWEN_API const char *qwen_path(const qwen_client *c);        /* the socket's; "" after qwen_open_fd */
QWEN_API const char *qwen_open_error(void);                  /* why qwen_open failed (thread-local) */

QWEN_API qwen_msg *qwen_msg_new(const char *method);
QWEN_API void qwen_msg_free(qwen_msg *m);                    /* only if never sent */
QWEN_API void qwen_msg_str(qwen_msg *m, const char *key, const char *value);
QWEN_API void qwen_msg_strn(qwen_msg *m, const char *key, const char *value, size_t n);
QWEN_API void qwen_msg_bin(qwen_msg *m, const char *key, const void *value, size_t n);      /* bytes */
QWEN_API void qwen_msg_int(qwen_msg *m, const char *key, int64_t value);
QWEN_API void qwen_msg_float(qwen_msg *m, const char *key, double value);
QWEN_API void qwen_msg_bool(qwen_msg *m, const char *key, int value);
/* Nested values: begin ... end; key NULL inside arrays. */
QWEN_API void qwen_msg_begin_map(qwen_msg *m, const char *key);
QWEN_API void qwen_msg_begin_array(qwen_msg *m, const char *key);
QWEN_API void qwen_msg_end(qwen_msg *m);

/* Blocking: sends m (taken) and waits for its response.  on_event gets each notification meanwhile;
 * non-zero from it cancels the run (run.cancel) and goes on waiting for the response, which then has
 * the text so far.  timeout_ms < 0: no limit.  A response that is an error gives its negative code and no
 * reply.  After QWEN_EDEADLINE (timeout) and QWEN_ECANCELLED the connection is of no further use.
 * A method that starts a run gets a tag of its own when m has none. */
typedef int qwen_event_fn(void *arg, const qwen_reply *event);
QWEN_API int qwen_call(qwen_client *c, qwen_msg *m, int timeout_ms, qwen_event_fn *on_event, void *arg, qwen_reply **reply);
/* A run that is stored (session methods, and what has a durability) survives its connection: where
 * the other end closes it, qwen_call connects to the same socket again, once, attaches to the run by a key
 * that it made (or resumes it, or sends the request again where the daemon never had it), and the caller
 * sees one stream: every byte of text once, one stream.start.  Not after qwen_open_fd, and not while
 * requests of qwen_send are waiting.  wait_ms: how long the daemon may take to come back, 10000 at first, 0: no
 * second try.  fn (may be NULL) is called before the first try, to start a daemon for example; non-zero
 * from it: no try. */
typedef int qwen_lost_fn(void *arg);
QWEN_API void qwen_set_reconnect(qwen_client *c, int wait_ms, qwen_lost_fn *fn, void *arg);
/* Async-signal-safe: the call in progress cancels its run as if on_event had returned non-zero; a second
 * time, or where there is no run, the call gives up with QWEN_ECANCELLED. */
QWEN_API void qwen_wake(qwen_client *c);

/* Driven: queue (m taken; *id names the response), poll fd for qwen_want, then process, then next until none. */
QWEN_API int  qwen_send(qwen_client *c, qwen_msg *m, uint32_t *id);
QWEN_API int  qwen_fd(const qwen_client *c);
#define QWEN_WANT_READ  1
#define QWEN_WANT_WRITE 2
QWEN_API int  qwen_want(const qwen_client *c);
QWEN_API int  qwen_process(qwen_client *c);                  /* never blocks */
QWEN_API qwen_reply *qwen_next(qwen_client *c);              /* NULL: nothing more */

/* A reply: kind, which request, and values by path ("usage.prompt", "choices.0.text"). */
QWEN_API int         qwen_reply_is_event(const qwen_reply *r);
QWEN_API uint32_t    qwen_reply_id(const qwen_reply *r);
QWEN_API const char *qwen_reply_name(const qwen_reply *r);   /* notification's name or "" */
QWEN_API int         qwen_reply_error(const qwen_reply *r);  /* 0, or negative wire code */
QWEN_API const char *qwen_reply_error_text(const qwen_reply *r);                       /* "" if none; paths then read the error's map */
QWEN_API const char *qwen_reply_str(const qwen_reply *r, const char *path);            /* NULL if absent */
QWEN_API const char *qwen_reply_strn(const qwen_reply *r, const char *path, size_t *n); /* the same, may hold NUL bytes */
QWEN_API const void *qwen_reply_bin(const qwen_reply *r, const char *path, size_t *n);  /* bytes (bin or str); NULL if absent */
QWEN_API int64_t     qwen_reply_int(const qwen_reply *r, const char *path, int64_t dflt);
QWEN_API double      qwen_reply_float(const qwen_reply *r, const char *path, double dflt);
QWEN_API int         qwen_reply_bool(const qwen_reply *r, const char *path, int dflt);
QWEN_API size_t      qwen_reply_len(const qwen_reply *r, const char *path);            /* array/map/string; 0 */
QWEN_API char       *qwen_reply_json(const qwen_reply *r, const char *path);           /* caller frees with free(); path NULL: all */
QWEN_API void        qwen_reply_free(qwen_reply *r);

#ifdef __cplusplus
}
#endif
#endif
