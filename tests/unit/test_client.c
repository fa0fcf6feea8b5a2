/* libqwenclient against the other end of a socket pair, where this test plays the daemon: sane,
 * slow, and hostile.  The daemon's bytes are written by hand or with the wire's writer. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/qwenclient.h"
#include "proto/rpc.h"

#define BYTES(s) s, sizeof (s) - 1

struct pair { qwen_client *c; int fd; };

static struct pair connected(void)
{
    int sv[2];
    struct pair p;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv), 0);
    assert_int_equal(qwen_open_fd(&p.c, sv[0]), 0);
    p.fd = sv[1];
    return p;
}

static void done(struct pair *p)
{
    qwen_close(p->c);
    if (p->fd >= 0)
        close(p->fd);
}

static void say(int fd, const char *p, size_t n)
{
    assert_int_equal(write(fd, p, n), (ssize_t)n);
}

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

static void a_call(void **state)
{
    (void)state;
    struct pair p = connected();
    qwen_reply *r = NULL;
    /* {"text": "hi", "n": 3, "f": 1.5, "t": true, "list": [{"a": nil}]} */
    say(p.fd, BYTES("\x94\x01\x01\xc0\x85\xa4text\xa2hi\xa1n\x03\xa1" "f\xcb\x3f\xf8\0\0\0\0\0\0\xa1t\xc3\xa4list\x91\x81\xa1" "a\xc0"));
    qwen_msg *m = qwen_msg_new("tokenize");
    qwen_msg_str(m, "s", "x");
    qwen_msg_int(m, "i", -1);
    qwen_msg_float(m, "f", 0.5);
    qwen_msg_bool(m, "b", 1);
    qwen_msg_begin_array(m, "list");
    qwen_msg_begin_map(m, NULL);
    qwen_msg_str(m, "role", "user");
    qwen_msg_end(m);
    qwen_msg_int(m, NULL, 7);
    qwen_msg_end(m);
    qwen_msg_str(m, "none", NULL);
    assert_int_equal(qwen_call(p.c, m, 5000, NULL, NULL, &r), 0);
    assert_string_equal(qwen_reply_str(r, "text"), "hi");
    assert_int_equal(qwen_reply_int(r, "n", 0), 3);
    assert_true(qwen_reply_float(r, "f", 0) == 1.5);
    assert_true(qwen_reply_bool(r, "t", 0));
    assert_int_equal(qwen_reply_len(r, "list"), 1);
    assert_null(qwen_reply_str(r, "list.0.a"));
    assert_int_equal(qwen_reply_int(r, "nothing", 42), 42);
    assert_null(qwen_reply_str(r, "n"));
    char *j = qwen_reply_json(r, "list");
    assert_string_equal(j, "[{\"a\":null}]");
    free(j);
    qwen_reply_free(r);

    uint32_t id;
    char *sent = hear(p.fd, &id);
    assert_string_equal(sent, "[0,1,\"tokenize\",[{\"s\":\"x\",\"i\":-1,\"f\":0.5,\"b\":true,\"list\":[{\"role\":\"user\"},7],\"none\":null}]]");
    qw_free(sent);
    done(&p);
}

static void an_error(void **state)
{
    (void)state;
    struct pair p = connected();
    qwen_reply *r = (qwen_reply *)1;
    say(p.fd, BYTES("\x94\x01\x01\x93\x09\xa8too long\x83\xa4name\xb0" "context_exceeded\xa5limit\x0a\xa6" "actual\x0c\xc0"));
    assert_int_equal(qwen_call(p.c, qwen_msg_new("x"), 5000, NULL, NULL, &r), QWEN_ECONTEXT);
    assert_ptr_equal(r, (qwen_reply *)1);
    assert_string_equal(qwen_error(p.c), "too long");
    assert_int_equal(qwen_error_int(p.c, "limit", 0), 10);
    assert_int_equal(qwen_error_int(p.c, "actual", 0), 12);
    say(p.fd, BYTES("\x94\x01\x02\xc0\xc0"));               /* and the connection is still good */
    assert_int_equal(qwen_call(p.c, qwen_msg_new("x"), 5000, NULL, NULL, NULL), 0);
    assert_string_equal(qwen_error(p.c), "");
    done(&p);
}

static void misuse(void **state)
{
    (void)state;
    struct pair p = connected();
    qwen_msg *m = qwen_msg_new("x");
    qwen_msg_str(m, NULL, "value without a key");
    qwen_msg_int(m, "a", 1);
    assert_int_equal(qwen_call(p.c, m, 100, NULL, NULL, NULL), QWEN_EPARAMS);
    m = qwen_msg_new("x");
    qwen_msg_begin_array(m, "a");
    qwen_msg_int(m, "k", 1);
    assert_int_equal(qwen_call(p.c, m, 100, NULL, NULL, NULL), QWEN_EPARAMS);
    m = qwen_msg_new("x");
    qwen_msg_begin_array(m, "a");
    assert_int_equal(qwen_call(p.c, m, 100, NULL, NULL, NULL), QWEN_EPARAMS);
    m = qwen_msg_new("x");
    qwen_msg_end(m);
    assert_int_equal(qwen_call(p.c, m, 100, NULL, NULL, NULL), QWEN_EPARAMS);
    m = qwen_msg_new("x");
    for (int i = 0; i < 100; i++)
        qwen_msg_begin_array(m, i == 0 ? "a" : NULL);
    assert_int_equal(qwen_call(p.c, m, 100, NULL, NULL, NULL), QWEN_EPARAMS);
    char *big = malloc(5 << 20);
    memset(big, 'x', 5 << 20);
    m = qwen_msg_new("x");
    qwen_msg_strn(m, "s", big, 5 << 20);
    assert_int_equal(qwen_call(p.c, m, 100, NULL, NULL, NULL), QWEN_ETOOLARGE);
    free(big);
    struct pollfd pf = { .fd = p.fd, .events = POLLIN };
    assert_int_equal(poll(&pf, 1, 0), 0);                   /* nothing of it was sent */
    say(p.fd, BYTES("\x94\x01\x01\xc0\xc0"));
    assert_int_equal(qwen_call(p.c, qwen_msg_new("x"), 5000, NULL, NULL, NULL), 0);
    done(&p);
}

struct seen { char text[256]; int stop_after, n; };

static int on_event(void *arg, const qwen_reply *e)
{
    struct seen *s = arg;
    assert_true(qwen_reply_is_event(e));
    strncat(s->text, qwen_reply_name(e), 60);
    const char *t = qwen_reply_str(e, "text");
    strncat(s->text, t != NULL ? t : "", 60);
    strcat(s->text, ";");
    return ++s->n == s->stop_after;
}

static void events_then_reply(void **state)
{
    (void)state;
    struct pair p = connected();
    struct seen s = { .stop_after = -1 };
    qwen_reply *r = NULL;
    say(p.fd, BYTES("\x93\x02\xacstream.start\x91\x81\xa3run\xa1r" "\x93\x02\xacstream.delta\x91\x81\xa4text\xa1" "A"
                    "\x94\x01\x63\xc0\xc3"                  /* a response that nobody waits for: dropped */
                    "\x93\x02\xa7unknown\x90" "\x93\x02\xacstream.delta\x91\x81\xa4text\xa1" "B" "\x94\x01\x01\xc0\xc3"));
    assert_int_equal(qwen_call(p.c, qwen_msg_new("generate"), 5000, on_event, &s, &r), 0);
    assert_string_equal(s.text, "stream.start;stream.deltaA;unknown;stream.deltaB;");
    qwen_reply_free(r);
    assert_null(qwen_next(p.c));
    done(&p);
}

/* The daemon of the cancelling tests: waits for the request, sends two deltas, waits for run.cancel with the
 * same tag, answers both. */
struct server { int fd; const char *signal; qwen_client *wake; char request[512], cancel[512]; };

static void *serve(void *arg)
{
    struct server *s = arg;
    uint32_t id, cancel_id;
    char *j = hear(s->fd, &id);
    snprintf(s->request, sizeof s->request, "%s", j != NULL ? j : "");
    qw_free(j);
    (void)!write(s->fd, BYTES("\x93\x02\xacstream.delta\x91\x81\xa4text\xa1" "A"));
    if (s->wake != NULL)
        qwen_wake(s->wake);
    j = hear(s->fd, &cancel_id);
    snprintf(s->cancel, sizeof s->cancel, "%s", j != NULL ? j : "");
    qw_free(j);
    struct qw_buf b = QW_BUF_INIT;
    rpc_begin_result(&b, cancel_id);
    mpw_map(&b, 0);
    rpc_begin_result(&b, id);
    mpw_str(&b, "partial");
    (void)!write(s->fd, b.data, b.len);
    qw_buf_free(&b);
    return NULL;
}

static void cancelling(void **state)
{
    (void)state;
    for (int by_wake = 0; by_wake < 2; by_wake++) {
        struct pair p = connected();
        struct seen s = { .stop_after = by_wake ? -1 : 1 };
        struct server srv = { .fd = p.fd, .wake = by_wake ? p.c : NULL };
        pthread_t t;
        qwen_reply *r = NULL;
        qwen_wake(p.c);                                     /* before the call: means nothing */
        pthread_create(&t, NULL, serve, &srv);
        qwen_msg *m = qwen_msg_new("chat");
        if (by_wake)
            qwen_msg_str(m, "tag", "mine");
        assert_int_equal(qwen_call(p.c, m, 5000, on_event, &s, &r), 0);
        pthread_join(t, NULL);
        assert_string_equal(qwen_reply_str(r, ""), "partial");
        const char *tag = strstr(srv.request, "\"tag\":");
        assert_non_null(tag);                               /* its own one when the caller gave none */
        char expect[512];
        snprintf(expect, sizeof expect, "[0,2,\"run.cancel\",[{%.*s}]]", (int)strcspn(tag, "}"), tag);
        assert_string_equal(srv.cancel, expect);
        qwen_reply_free(r);
        done(&p);
    }
}

static void *wake_soon(void *arg)
{
    usleep(20000);
    qwen_wake(arg);
    return NULL;
}

static void giving_up(void **state)
{
    (void)state;
    struct pair p = connected();
    assert_int_equal(qwen_call(p.c, qwen_msg_new("status"), 30, NULL, NULL, NULL), QWEN_EDEADLINE);
    assert_int_equal(qwen_call(p.c, qwen_msg_new("status"), 30, NULL, NULL, NULL), QWEN_EDEADLINE);
    done(&p);
    p = connected();
    pthread_t t;
    pthread_create(&t, NULL, wake_soon, p.c);
    assert_int_equal(qwen_call(p.c, qwen_msg_new("status"), 5000, NULL, NULL, NULL), QWEN_ECANCELLED);
    pthread_join(t, NULL);
    done(&p);
}

static void closed(void **state)
{
    (void)state;
    struct pair p = connected();
    qwen_reply *r = NULL;
    say(p.fd, BYTES("\x94\x01\x01\xc0\x05"));               /* an answer, then the end: the answer counts */
    shutdown(p.fd, SHUT_WR);
    assert_int_equal(qwen_call(p.c, qwen_msg_new("x"), 5000, NULL, NULL, &r), 0);
    assert_int_equal(qwen_reply_int(r, NULL, 0), 5);
    qwen_reply_free(r);
    assert_int_equal(qwen_call(p.c, qwen_msg_new("x"), 5000, NULL, NULL, &r), QWEN_EIO);
    assert_string_equal(qwen_error(p.c), "the daemon closed the connection");
    done(&p);
    p = connected();
    close(p.fd);                                            /* no SIGPIPE either */
    p.fd = -1;
    assert_int_equal(qwen_call(p.c, qwen_msg_new("x"), 5000, NULL, NULL, &r), QWEN_EIO);
    done(&p);
}

static void driven(void **state)
{
    (void)state;
    struct pair p = connected();
    uint32_t a, b;
    assert_int_equal(qwen_send(p.c, qwen_msg_new("a"), &a), 0);
    assert_int_equal(qwen_send(p.c, qwen_msg_new("b"), &b), 0);
    assert_int_equal(qwen_want(p.c), QWEN_WANT_READ | QWEN_WANT_WRITE);
    assert_int_equal(qwen_process(p.c), 0);
    assert_int_equal(qwen_want(p.c), QWEN_WANT_READ);
    assert_null(qwen_next(p.c));
    /* b's response in two pieces, then a blocking call whose response comes first */
    say(p.fd, BYTES("\x94\x01"));
    assert_int_equal(qwen_process(p.c), 0);
    assert_null(qwen_next(p.c));
    say(p.fd, BYTES("\x02\xc0\xa1" "b" "\x94\x01\x03\xc0\xa1" "c" "\x94\x01\x01\x92\x05\xa4gone\xc0"));
    qwen_reply *r = NULL;
    assert_int_equal(qwen_call(p.c, qwen_msg_new("c"), 5000, NULL, NULL, &r), 0);
    assert_string_equal(qwen_reply_str(r, NULL), "c");
    qwen_reply_free(r);
    r = qwen_next(p.c);
    assert_int_equal(qwen_reply_id(r), b);
    assert_string_equal(qwen_reply_str(r, NULL), "b");
    qwen_reply_free(r);
    r = qwen_next(p.c);
    assert_int_equal(qwen_reply_id(r), a);
    assert_int_equal(qwen_reply_error(r), QWEN_ENOTFOUND);
    assert_string_equal(qwen_reply_error_text(r), "gone");
    qwen_reply_free(r);
    assert_null(qwen_next(p.c));
    done(&p);
}

static void hostile(void **state)
{
    (void)state;
    static const struct { const char *name; const char *p; size_t n; int rc; } cases[] = {
        { "not MessagePack", BYTES("\xc1"), QWEN_EIO },
        { "HTTP", BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"), QWEN_EIO },
        { "a request", BYTES("\x94\x00\x01\xa1x\x90"), QWEN_EIO },
        { "claims 4 G", BYTES("\xdd\xff\xff\xff\xff"), QWEN_EIO },
        { "a string of 4 G", BYTES("\x94\x01\x01\xc0\xdb\xff\xff\xff\xff"), QWEN_EIO },
        { "too deep", BYTES("\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91"), QWEN_EIO },
        { "bad UTF-8", BYTES("\x94\x01\x01\xc0\xa1\xff"), QWEN_EIO },
        { "error is a number", BYTES("\x94\x01\x01\x05\xc0"), QWEN_EINTERNAL },
        { "error is a string", BYTES("\x94\x01\x01\xa4" "dead\xc0"), QWEN_EINTERNAL },
        { "error of strange types", BYTES("\x94\x01\x01\x93\xa1x\x05\x06\xc0"), QWEN_EINTERNAL },
        { "error code 99", BYTES("\x94\x01\x01\x92\x63\xa1x\xc0"), QWEN_EINTERNAL },
        { "could not read us", BYTES("\x94\x01\x00\x93\x01\xa3" "bad\x80\xc0"), QWEN_EREQUEST },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pair p = connected();
        say(p.fd, cases[i].p, cases[i].n);
        int rc = qwen_call(p.c, qwen_msg_new("x"), 5000, NULL, NULL, NULL);
        if (rc != cases[i].rc || qwen_error(p.c)[0] == '\0')
            fail_msg("%s: %d, %s", cases[i].name, rc, qwen_error(p.c));
        done(&p);
    }
}

/* 3,000 mutations of a good stream: an error or an answer, never a crash or a hang. */
static void mutated(void **state)
{
    (void)state;
    static const char good[] = "\x93\x02\xacstream.start\x91\x81\xa3run\xa1r" "\x93\x02\xacstream.delta\x91\x82\xa2" "at\x00\xa4text\xa1" "A"
        "\x94\x01\x01\xc0\x82\xa7" "choices\x91\x81\xa4text\xa5hello\xa5usage\x81\xa6prompt\x07";
    uint64_t rng = 1;
    for (int i = 0; i < 3000; i++) {
        char b[sizeof good];
        size_t n = sizeof good - 1;
        memcpy(b, good, sizeof good);
        for (int k = 0; k < 1 + i % 4; k++) {
            rng = rng * 6364136223846793005u + 1442695040888963407u;
            b[(rng >> 33) % n] = (char)(rng >> 25);
        }
        struct pair p = connected();
        struct seen s = { .stop_after = -1 };
        qwen_reply *r = NULL;
        say(p.fd, b, n);
        shutdown(p.fd, SHUT_WR);
        if (qwen_call(p.c, qwen_msg_new("chat"), 5000, NULL, &s, &r) == 0) {
            (void)qwen_reply_str(r, "choices.0.text");
            free(qwen_reply_json(r, NULL));
            qwen_reply_free(r);
        } else {
            assert_true(qwen_error(p.c)[0] != '\0');
        }
        done(&p);
    }
}

static void memory_fails(void **state)
{
    (void)state;
    int rc = -1, fired = 0;
    for (long n = 0; rc != 0 && n < 200; n++) {
        struct pair p = { .fd = -1 };
        int sv[2];
        qwen_reply *r = NULL;
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
        say(sv[1], BYTES("\x94\x01\x01\xc0\x81\xa4text\xa2hi"));
        qw_mem_fail_after(n);
        rc = qwen_open_fd(&p.c, sv[0]);
        if (rc == 0) {
            qwen_msg *m = qwen_msg_new("generate");
            qwen_msg_str(m, "prompt", "1 + 1");
            rc = qwen_call(p.c, m, 1000, NULL, NULL, &r);
            qw_mem_fail_after(-1);
            qwen_reply_free(r);
            qwen_close(p.c);
        }
        qw_mem_fail_after(-1);
        fired += rc != 0;
        close(sv[1]);
    }
    assert_int_equal(rc, 0);
    assert_true(fired >= 5);
}

static void finding(void **state)
{
    (void)state;
    char dir[] = "/tmp/qwcXXXXXX", path[200];
    assert_non_null(mkdtemp(dir));
    qwen_client *c;
    snprintf(path, sizeof path, "%s/none", dir);
    assert_int_equal(qwen_open(&c, path), QWEN_ENOTFOUND);
    assert_non_null(strstr(qwen_open_error(), path));
    setenv("QWEND_SOCKET", path, 1);                        /* no fallback from here */
    assert_int_equal(qwen_open(&c, NULL), QWEN_ENOTFOUND);
    assert_non_null(strstr(qwen_open_error(), path));
    memset(path, 'x', 150);
    path[0] = '/';
    path[150] = '\0';
    assert_int_equal(qwen_open(&c, path), QWEN_ETOOLARGE);
    assert_non_null(strstr(qwen_open_error(), "107"));

    unsetenv("QWEND_SOCKET");
    setenv("XDG_RUNTIME_DIR", dir, 1);
    snprintf(path, sizeof path, "%s/qwend", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/qwend/qwend.sock", dir);
    int l = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    snprintf(sa.sun_path, sizeof sa.sun_path, "%.107s", path);
    assert_int_equal(bind(l, (struct sockaddr *)&sa, sizeof sa), 0);
    assert_int_equal(qwen_open(&c, NULL), QWEN_ENOTFOUND);  /* stale: nobody listens */
    assert_int_equal(listen(l, 5), 0);
    assert_int_equal(qwen_open(&c, NULL), 0);
    assert_string_equal(qwen_path(c), path);
    qwen_close(c);
    close(l);
    unlink(path);
    snprintf(path, sizeof path, "%s/qwend", dir);
    rmdir(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call), cmocka_unit_test(an_error), cmocka_unit_test(misuse), cmocka_unit_test(events_then_reply),
        cmocka_unit_test(cancelling), cmocka_unit_test(giving_up), cmocka_unit_test(closed), cmocka_unit_test(driven),
        cmocka_unit_test(hostile), cmocka_unit_test(mutated), cmocka_unit_test(memory_fails), cmocka_unit_test(finding),
    };
    alarm(60);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
