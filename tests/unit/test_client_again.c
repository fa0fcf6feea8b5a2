/* libqwenclient when the connection to a stored run is lost: a daemon on a socket of its own plays a
 * script, connections in order, each a row of steps. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/qwenclient.h"
#include "proto/rpc.h"

/* The next whole message from the client, as JSON (freed by the caller). */
static char *hear(int fd, uint32_t *id)
{
    static char buf[65536];
    size_t n = 0;
    for (;;) {
        struct qw_arena *a = qw_arena_new(0);
        struct mp v;
        size_t used;
        if (mp_read(a, buf, n, &mp_limits_in, &v, &used, NULL) == QW_OK) {
            struct qw_buf b = QW_BUF_INIT;
            int64_t i = 0;
            mp_to_i64(mp_path(&v, "1"), &i);
            *id = (uint32_t)i;
            mp_to_json(&b, &v);
            qw_arena_free(a);
            return qw_buf_take(&b);
        }
        qw_arena_free(a);
        if (read(fd, buf + n, 1) != 1)
            return NULL;
        n++;
    }
}

enum act { END, WAIT /* a request that holds text */, START, DELTA, OUTCOME /* state, text */, ERROR /* at: wire code */,
           SHUT, AWAY /* nobody listens until on_lost says so */ };
struct step { enum act act; int64_t at; const char *text; };

struct daemon {
    char dir[64], path[128];
    int listening;
    const struct step *script;
    char heard[8][2048];                /* the requests that came */
    size_t n_heard;
    const char *bad;
    pthread_t thread;
};

static void daemon_listen(struct daemon *d)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    snprintf(sa.sun_path, sizeof sa.sun_path, "%.100s", d->path);
    d->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(d->listening, (struct sockaddr *)&sa, sizeof sa) != 0 || listen(d->listening, 5) != 0)
        abort();
}

static void put_delta(struct qw_buf *b, int64_t at, const char *text)
{
    rpc_begin_notify(b, "stream.delta");
    mpw_map(b, 6);
    mpw_str(b, "run");     mpw_str(b, "r7");
    mpw_str(b, "tag");     mpw_str(b, "t");
    mpw_str(b, "attempt"); mpw_int(b, 0);
    mpw_str(b, "index");   mpw_int(b, 0);
    mpw_str(b, "at");      mpw_int(b, at);
    mpw_str(b, "text");    mpw_str(b, text);
}

static void put_step(struct qw_buf *b, const struct step *s, uint32_t id)
{
    struct qw_error err = { 0 };
    struct rpc_err_info info = { .param = s->text };
    switch (s->act) {
    case START:
        rpc_begin_notify(b, "stream.start");
        mpw_map(b, 2);
        mpw_str(b, "run"); mpw_str(b, "r7");
        mpw_str(b, "tag"); mpw_str(b, "t");
        break;
    case DELTA:
        put_delta(b, s->at, s->text);
        break;
    case OUTCOME:
        rpc_begin_result(b, id);
        mpw_map(b, 4);
        mpw_str(b, "run");     mpw_str(b, "r7");
        mpw_str(b, "session"); mpw_str(b, "s1");
        mpw_str(b, "state");   mpw_str(b, s->at ? "done" : "interrupted");
        mpw_str(b, "choices");
        mpw_array(b, 1);
        mpw_map(b, 1);
        mpw_str(b, "text");    mpw_str(b, s->text);
        break;
    default:
        qw_error_set(&err, qw_code_from_wire((int)s->at), "no");
        rpc_write_error(b, id, &err, &info);
    }
}

/* One connection; returns the step after it. */
static const struct step *daemon_serve(struct daemon *d, int fd, const struct step *s)
{
    uint32_t id = 0;
    for (; s->act != SHUT && s->act != AWAY && s->act != END; s++) {
        struct qw_buf b = QW_BUF_INIT;
        if (s->act == WAIT) {
            char *said = hear(fd, &id);
            if (said == NULL || strstr(said, s->text) == NULL)
                d->bad = s->text;
            snprintf(d->heard[d->n_heard++ % 8], sizeof d->heard[0], "%s", said != NULL ? said : "nothing");
            qw_free(said);
            if (d->bad != NULL)
                break;                          /* the client sees the end of the connection */
            continue;
        }
        put_step(&b, s, id);
        if (write(fd, b.data, b.len) != (ssize_t)b.len)
            d->bad = "write";
        qw_buf_free(&b);
    }
    return s;
}

static void *daemon_thread(void *arg)
{
    struct daemon *d = arg;
    for (const struct step *s = d->script; s->act != END && d->bad == NULL; ) {
        int fd = accept(d->listening, NULL, NULL);
        if (fd < 0)
            return NULL;
        s = daemon_serve(d, fd, s);
        if (s->act == AWAY) {
            unlink(d->path);
            close(d->listening);
            d->listening = -1;
        }
        close(fd);
        if (s->act == AWAY)
            return NULL;                        /* on_lost starts another */
        if (s->act == SHUT)
            s++;
    }
    return NULL;
}

static void daemon_begin(struct daemon *d, const struct step *script)
{
    *d = (struct daemon){ .dir = "/tmp/qwcXXXXXX", .script = script, .listening = -1 };
    assert_non_null(mkdtemp(d->dir));
    snprintf(d->path, sizeof d->path, "%s/s", d->dir);
    daemon_listen(d);
    assert_int_equal(pthread_create(&d->thread, NULL, daemon_thread, d), 0);
}

static void daemon_end(struct daemon *d)
{
    if (d->listening >= 0)
        shutdown(d->listening, SHUT_RDWR);      /* a script that was not played to its end */
    pthread_join(d->thread, NULL);
    if (d->listening >= 0)
        close(d->listening);
    unlink(d->path);
    rmdir(d->dir);
}

struct seen { char text[256]; size_t n, starts, deltas; };

static int on_text(void *arg, const qwen_reply *e)
{
    struct seen *s = arg;
    const char *name = qwen_reply_name(e);
    size_t n = 0;
    if (strcmp(name, "stream.start") == 0)
        s->starts++;
    if (strcmp(name, "stream.delta") == 0) {
        const char *text = qwen_reply_strn(e, "text", &n);
        assert_int_equal(qwen_reply_int(e, "at", -1), s->n);        /* no gap, nothing twice */
        assert_true(s->n + n < sizeof s->text);
        memcpy(s->text + s->n, text, n);
        s->n += n;
        s->deltas++;
    }
    return 0;
}

static qwen_msg *turn(const char *method)
{
    qwen_msg *m = qwen_msg_new(method);
    qwen_msg_str(m, "session", "s1");
    qwen_msg_str(m, "tag", "t");
    qwen_msg_bool(m, "stream", 1);
    return m;
}

/* Plays a script with one call of method; the result and what was seen. */
static int play(const struct step *script, const char *method, struct seen *seen, struct daemon *d, char error[512])
{
    qwen_client *c;
    qwen_reply *r = NULL;
    *seen = (struct seen){ .n = 0 };
    daemon_begin(d, script);
    assert_int_equal(qwen_open(&c, d->path), 0);
    int rc = qwen_call(c, turn(method), 20000, on_text, seen, &r);
    if (rc == 0)
        assert_string_equal(qwen_reply_str(r, "choices.0.text"), "one two three");
    snprintf(error, 512, "%s", qwen_error(c));
    qwen_reply_free(r);
    qwen_close(c);
    daemon_end(d);
    if (d->bad != NULL)
        fail_msg("%s: the client did not say '%s', but %s", method, d->bad, d->heard[(d->n_heard - 1) % 8]);
    return rc;
}

#define DELTAS { DELTA, 0, "one" }, { DELTA, 3, " two" }, { DELTA, 7, " three" }
#define WHOLE  { OUTCOME, 1, "one two three" }

static void cut_anywhere(void **state)
{
    (void)state;
    static const struct step all[] = { { START, 0, "" }, DELTAS };
    /* What a second daemon says: the missing text, all of it again, in other pieces, or only the Outcome. */
    static const struct step again[][4] = {
        { DELTAS }, { { DELTA, 0, "one two three" } }, { { DELTA, 0, "on" }, { DELTA, 2, "e two th" }, { DELTA, 10, "ree" } }, { { END, 0, NULL } },
    };
    for (size_t cut = 0; cut <= 4; cut++)
        for (size_t how = 0; how < 4; how++) {
            struct step script[16] = { { WAIT, 0, "\"session.chat\"" } };
            size_t n = 1;
            for (size_t i = 0; i < cut; i++)
                script[n++] = all[i];
            script[n++] = (struct step){ SHUT, 0, NULL };
            script[n++] = (struct step){ WAIT, 0, "\"run.attach\",[{\"key\":\"c-" };
            script[n++] = all[0];
            for (size_t i = 0; i < 3 && again[how][i].act == DELTA; i++)
                script[n++] = again[how][i];
            script[n++] = (struct step)WHOLE;
            script[n] = (struct step){ END, 0, NULL };
            struct seen seen;
            struct daemon d;
            char error[512], from[32];
            static const int at[] = { 0, 0, 3, 7, 13 };
            int rc = play(script, "session.chat", &seen, &d, error);
            if (rc != 0 || seen.starts != 1 || seen.n != 13 || memcmp(seen.text, "one two three", 13) != 0)
                fail_msg("cut %zu, again %zu: %d, %s; %zu starts, %.*s", cut, how, rc, error, seen.starts, (int)seen.n, seen.text);
            snprintf(from, sizeof from, "\"at\":%d}", at[cut]);
            if (strstr(d.heard[1], from) == NULL)
                fail_msg("cut %zu: asked %s, not %s", cut, d.heard[1], from);
        }
}

static void coming_back(void **state)
{
    (void)state;
    static const struct { const char *name, *method; int rc; const char *says; size_t starts, n; struct step script[16]; } cases[] = {
        { "interrupted: resumed, from the beginning", "session.chat", 0, "", 1, 13,
          { { WAIT, 0, "session.chat" }, { START, 0, "" }, { DELTA, 0, "one tw" }, { SHUT, 0, "" },
            { WAIT, 0, "run.attach" }, { OUTCOME, 0, "one" },
            { WAIT, 0, "\"session.resume\",[{\"session\":\"s1\",\"run\":\"r7\",\"tag\":\"t\",\"stream\":true}]" },
            { START, 0, "" }, DELTAS, WHOLE } },
        { "interrupted at once: a daemon that leaves", "session.chat", 0, "", 1, 13,
          { { WAIT, 0, "session.chat" }, { START, 0, "" }, { DELTA, 0, "one" }, { OUTCOME, 0, "one" },
            { WAIT, 0, "session.resume" }, { ERROR, 15, NULL }, { SHUT, 0, "" },
            { WAIT, 0, "run.attach" }, { OUTCOME, 0, "one" }, { WAIT, 0, "session.resume" }, DELTAS, WHOLE } },
        { "a resume that is cut: by run id", "session.resume", 0, "", 1, 13,
          { { WAIT, 0, "session.resume" }, { START, 0, "" }, { DELTA, 0, "one" }, { SHUT, 0, "" },
            { WAIT, 0, "\"run.attach\",[{\"run\":\"r7\"" }, DELTAS, WHOLE } },
        { "a resume that nothing was heard of: sent again", "session.resume", 0, "", 0, 13,
          { { WAIT, 0, "session.resume" }, { SHUT, 0, "" }, { WAIT, 0, "session.resume" }, DELTAS, WHOLE } },
        { "never arrived: sent again", "session.edit", 0, "", 1, 13,
          { { WAIT, 0, "session.edit" }, { SHUT, 0, "" }, { WAIT, 0, "run.attach" }, { ERROR, 5, NULL },
            { WAIT, 0, "\"session.edit\",[{\"session\":\"s1\",\"tag\":\"t\",\"stream\":true,\"key\":\"c-" },
            { START, 0, "" }, DELTAS, WHOLE } },
        { "heard of, but not stored", "session.chat", QWEN_EIO, "was not stored", 1, 3,
          { { WAIT, 0, "session.chat" }, { START, 0, "" }, { DELTA, 0, "one" }, { SHUT, 0, "" },
            { WAIT, 0, "run.attach" }, { ERROR, 5, NULL } } },
        { "another error of the attach is the call's", "session.chat", QWEN_EDENIED, "no", 0, 0,
          { { WAIT, 0, "session.chat" }, { SHUT, 0, "" }, { WAIT, 0, "run.attach" }, { ERROR, 4, NULL } } },
        { "connections that close at once", "session.chat", 0, "", 0, 13,
          { { WAIT, 0, "session.chat" }, { SHUT, 0, "" }, { SHUT, 0, "" }, { SHUT, 0, "" }, { WAIT, 0, "run.attach" }, DELTAS, WHOLE } },
        { "only once", "session.chat", QWEN_EIO, "closed", 1, 3,
          { { WAIT, 0, "session.chat" }, { START, 0, "" }, { SHUT, 0, "" }, { WAIT, 0, "run.attach" }, { DELTA, 0, "one" }, { SHUT, 0, "" } } },
        { "level 1: without a key", "session.chat", 0, "", 0, 13,
          { { WAIT, 0, "\"key\":" }, { ERROR, 14, "key" },
            { WAIT, 0, "\"session.chat\",[{\"session\":\"s1\",\"tag\":\"t\",\"stream\":true}]" }, DELTAS, WHOLE } },
        { "what is not stored is not looked for", "chat", QWEN_EIO, "closed", 1, 3,
          { { WAIT, 0, "\"chat\",[{\"session\":\"s1\",\"tag\":\"t\",\"stream\":true}]" }, { START, 0, "" }, { DELTA, 0, "one" }, { SHUT, 0, "" } } },
        { "an interrupted answer that stays so", "session.chat", 0, "", 0, 13,
          { { WAIT, 0, "session.chat" }, { OUTCOME, 0, "one" }, { WAIT, 0, "session.resume" }, { OUTCOME, 0, "one" },
            { WAIT, 0, "session.resume" }, DELTAS, { OUTCOME, 0, "one two three" } } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct seen seen;
        struct daemon d;
        char error[512];
        int rc = play(cases[i].script, cases[i].method, &seen, &d, error);
        if (rc != cases[i].rc || strstr(error, cases[i].says) == NULL || seen.starts != cases[i].starts || seen.n != cases[i].n)
            fail_msg("%s: %d, %s; %zu starts, %.*s", cases[i].name, rc, error, seen.starts, (int)seen.n, seen.text);
    }
}

static struct daemon away;
static const struct step back[] = { { WAIT, 0, "run.attach" }, DELTAS, WHOLE, { END, 0, NULL } };
static qwen_client *away_client;

static int starts_another(void *arg)
{
    pthread_join(away.thread, NULL);
    assert_int_equal(away.listening, -1);       /* nobody is there now */
    if (*(int *)arg == 2)
        qwen_wake(away_client);                 /* Ctrl-C while it waits */
    if (*(int *)arg != 1)
        return *(int *)arg == 3;                /* 0, 2: and still nobody */
    away.script = back;
    daemon_listen(&away);
    assert_int_equal(pthread_create(&away.thread, NULL, daemon_thread, &away), 0);
    return 0;
}

static void daemon_away(void **state)
{
    (void)state;
    static const struct step script[] = { { WAIT, 0, "session.chat" }, { START, 0, "" }, { DELTA, 0, "one" }, { AWAY, 0, "" } };
    static const struct { int how, wait_ms, rc; const char *says; } cases[] = {
        { 1, 10000, 0, "" }, { 0, 30, QWEN_EIO, "came back" }, { 3, 10000, QWEN_EIO, "closed" }, { 2, 10000, QWEN_ECANCELLED, "interrupted" }, { 1, 0, QWEN_EIO, "closed" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct seen seen = { .n = 0 };
        qwen_reply *r = NULL;
        int how = cases[i].how;
        daemon_begin(&away, script);
        assert_int_equal(qwen_open(&away_client, away.path), 0);
        qwen_set_reconnect(away_client, cases[i].wait_ms, starts_another, &how);
        int rc = qwen_call(away_client, turn("session.chat"), 20000, on_text, &seen, &r);
        if (rc != cases[i].rc || strstr(qwen_error(away_client), cases[i].says) == NULL || seen.n != (rc == 0 ? 13 : 3))
            fail_msg("case %zu: %d, %s, %zu bytes", i, rc, qwen_error(away_client), seen.n);
        qwen_reply_free(r);
        qwen_close(away_client);
        if (cases[i].wait_ms == 0 || rc == 0)
            pthread_join(away.thread, NULL);
        if (away.listening >= 0)
            close(away.listening);
        unlink(away.path);
        rmdir(away.dir);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_anywhere), cmocka_unit_test(coming_back), cmocka_unit_test(daemon_away),
    };
    alarm(60);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
