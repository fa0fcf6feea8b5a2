/* Messages taken apart and built; the builders are compared with bytes written by hand. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "proto/rpc.h"

#define BYTES(s) s, sizeof (s) - 1

static void parses(void **state)
{
    (void)state;
    static const struct { const char *name; const char *p; size_t n; int rc; int kind; bool has_id; uint32_t id; const char *method; size_t params; } cases[] = {
        { "request",             BYTES("\x94\x00\x07\xa4ping\x91\x81\xa1""a\x01"), QW_OK, RPC_REQUEST, true, 7, "ping", 1 },
        { "method as bin",       BYTES("\x94\x00\x07\xc4\x04ping\x90"), QW_OK, RPC_REQUEST, true, 7, "ping", 0 },
        { "empty params",        BYTES("\x94\x00\x07\xa4ping\x90"), QW_OK, RPC_REQUEST, true, 7, "ping", 0 },
        { "largest id",          BYTES("\x94\x00\xce\xff\xff\xff\xff\xa1x\x90"), QW_OK, RPC_REQUEST, true, UINT32_MAX, "x", 0 },
        { "notification",        BYTES("\x93\x02\xa1x\x90"), QW_OK, RPC_NOTIFY, false, 0, "x", 0 },
        { "positional notification", BYTES("\x93\x02\xc4\x01x\x92\x01\x02"), QW_OK, RPC_NOTIFY, false, 0, "x", 0 },
        { "notification without an array", BYTES("\x93\x02\xa1x\x80"), QW_EREQUEST, 0, false, 0, NULL, 0 },
        { "response",            BYTES("\x94\x01\x03\xc0\x2a"), QW_OK, RPC_RESPONSE, true, 3, NULL, 0 },
        { "not an array",        BYTES("\xa1x"), QW_EREQUEST, 0, false, 0, NULL, 0 },
        { "empty array",         BYTES("\x90"), QW_EREQUEST, 0, false, 0, NULL, 0 },
        { "short array",         BYTES("\x91\x00"), QW_EREQUEST, 0, false, 0, NULL, 0 },
        { "short request",       BYTES("\x93\x00\x05\xa1x"), QW_EREQUEST, 0, true, 5, NULL, 0 },
        { "long request",        BYTES("\x95\x00\x05\xa1x\x90\xc0"), QW_EREQUEST, 0, true, 5, NULL, 0 },
        { "type 3",              BYTES("\x94\x03\x05\xa1x\x90"), QW_EREQUEST, 0, false, 0, NULL, 0 },
        { "type is a string",    BYTES("\x94\xa1""0\x05\xa1x\x90"), QW_EREQUEST, 0, false, 0, NULL, 0 },
        { "negative id",         BYTES("\x94\x00\xff\xa1x\x90"), QW_EREQUEST, 0, false, 0, NULL, 0 },
        { "id of 33 bits",       BYTES("\x94\x00\xcf\x00\x00\x00\x01\x00\x00\x00\x00\xa1x\x90"), QW_EREQUEST, 0, false, 0, NULL, 0 },
        { "method is a number",  BYTES("\x94\x00\x05\x06\x90"), QW_EREQUEST, 0, true, 5, NULL, 0 },
        { "empty method",        BYTES("\x94\x00\x05\xa0\x90"), QW_EREQUEST, 0, true, 5, NULL, 0 },
        { "params is a map",     BYTES("\x94\x00\x05\xa1x\x80"), QW_EREQUEST, 0, true, 5, NULL, 0 },
        { "two params",          BYTES("\x94\x00\x05\xa1x\x92\x80\x80"), QW_EREQUEST, 0, true, 5, NULL, 0 },
        { "positional params",   BYTES("\x94\x00\x05\xa1x\x91\x01"), QW_EREQUEST, 0, true, 5, NULL, 0 },
        { "short notification",  BYTES("\x92\x02\xa1x"), QW_EREQUEST, 0, false, 0, NULL, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_arena *a = qw_arena_new(0);
        struct qw_error err = { 0 };
        struct mp v;
        struct rpc_msg m;
        size_t used;
        assert_int_equal(mp_read(a, cases[i].p, cases[i].n, &mp_limits_in, &v, &used, &err), QW_OK);
        int rc = rpc_parse(&v, &m, &err);
        if (rc != cases[i].rc || m.has_id != cases[i].has_id || m.id != cases[i].id)
            fail_msg("%s: rc %d, id %u (%d), %s", cases[i].name, rc, m.id, m.has_id, err.msg);
        if (rc == QW_OK) {
            assert_int_equal(m.kind, cases[i].kind);
            assert_int_equal(m.params.type, MP_MAP);
            assert_int_equal(m.params.u.m.n, cases[i].params);
            if (cases[i].method != NULL) {
                assert_int_equal(m.method_len, strlen(cases[i].method));
                assert_memory_equal(m.method, cases[i].method, m.method_len);
            }
        }
        qw_arena_free(a);
    }
}

static void builds(void **state)
{
    (void)state;
    struct qw_buf b = QW_BUF_INIT;
    rpc_begin_request(&b, 300, "ping");
    mpw_map(&b, 0);
    static const char request[] = "\x94\x00\xcd\x01\x2c\xa4ping\x91\x80";
    assert_int_equal(b.len, sizeof request - 1);
    assert_memory_equal(b.data, request, b.len);

    qw_buf_clear(&b);
    rpc_begin_result(&b, 1);
    mpw_bool(&b, true);
    assert_int_equal(b.len, 5);
    assert_memory_equal(b.data, "\x94\x01\x01\xc0\xc3", 5);

    qw_buf_clear(&b);
    rpc_begin_notify(&b, "x");
    mpw_map(&b, 0);
    assert_int_equal(b.len, 6);
    assert_memory_equal(b.data, "\x93\x02\xa1x\x91\x80", 6);
    qw_buf_free(&b);
}

static void errors(void **state)
{
    (void)state;
    static const struct { const char *name; int code; const char *msg; struct rpc_err_info info; const char *json; } cases[] = {
        { "plain", QW_ENOTFOUND, "no such session", { 0 }, "[1,9,[5,\"no such session\",{\"name\":\"not_found\"}],null]" },
        { "text of the table", QW_EBUSY, "", { .retry_after_ms = 250 },
          "[1,9,[7,\"busy, try again later\",{\"name\":\"busy\",\"retry_after_ms\":250}],null]" },
        { "both numbers", QW_ECONTEXT, "m", { .has_limit = true, .limit = 10, .actual = 12, .run = "r1" },
          "[1,9,[9,\"m\",{\"name\":\"context_exceeded\",\"limit\":10,\"actual\":12,\"run\":\"r1\"}],null]" },
        { "param", QW_EPARAMS, "m", { .param = "seed" }, "[1,9,[3,\"m\",{\"name\":\"invalid_params\",\"param\":\"seed\"}],null]" },
        { "a code that does not travel", QW_EIO, "m", { 0 }, "[1,9,[16,\"m\",{\"name\":\"internal\"}],null]" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_buf b = QW_BUF_INIT, json = QW_BUF_INIT;
        struct qw_error err;
        qw_error_set(&err, cases[i].code, "%s", cases[i].msg);
        rpc_write_error(&b, 9, &err, &cases[i].info);
        struct qw_arena *a = qw_arena_new(0);
        struct mp v;
        size_t used;
        assert_int_equal(mp_read(a, b.data, b.len, &mp_limits_in, &v, &used, NULL), QW_OK);
        assert_int_equal(used, b.len);
        mp_to_json(&json, &v);
        if (strcmp(json.data, cases[i].json) != 0)
            fail_msg("%s: %s", cases[i].name, json.data);
        qw_arena_free(a);
        qw_buf_free(&b);
        qw_buf_free(&json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(parses), cmocka_unit_test(builds), cmocka_unit_test(errors) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
