/* MessagePack values: bytes written by hand from the specification, msgpack-c's unpacker as an
 * independent reader of what we write, and inputs that lie about their size. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <msgpack.h>

#include "proto/mp.h"

#define BYTES(s) s, sizeof (s) - 1

static const struct mp_limits small = { 4096, 4, 1000 };

static void reads(void **state)
{
    (void)state;
    static const struct { const char *name; const char *p; size_t n; const char *json; } cases[] = {
        { "nil", BYTES("\xc0"), "null" },
        { "false", BYTES("\xc2"), "false" },
        { "true", BYTES("\xc3"), "true" },
        { "fixint", BYTES("\x7f"), "127" },
        { "negative fixint", BYTES("\xe0"), "-32" },
        { "uint8", BYTES("\xcc\xff"), "255" },
        { "uint16", BYTES("\xcd\x01\x00"), "256" },
        { "uint32", BYTES("\xce\xff\xff\xff\xff"), "4294967295" },
        { "uint64", BYTES("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551615" },
        { "uint64 that fits", BYTES("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"), "9223372036854775807" },
        { "int8", BYTES("\xd0\x80"), "-128" },
        { "int16", BYTES("\xd1\xff\x7f"), "-129" },
        { "int32", BYTES("\xd2\x80\x00\x00\x00"), "-2147483648" },
        { "int64", BYTES("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"), "-9223372036854775808" },
        { "float32", BYTES("\xca\x3f\x00\x00\x00"), "0.5" },
        { "float64", BYTES("\xcb\x3f\xb9\x99\x99\x99\x99\x99\x9a"), "0.1" },
        { "float that is whole", BYTES("\xcb\x40\x00\x00\x00\x00\x00\x00\x00"), "2.0" },
        { "fixstr", BYTES("\xa2hi"), "\"hi\"" },
        { "str8", BYTES("\xd9\x03\xe4\xbd\xa0"), "\"\xe4\xbd\xa0\"" },
        { "str16", BYTES("\xda\x00\x01x"), "\"x\"" },
        { "str32", BYTES("\xdb\x00\x00\x00\x01x"), "\"x\"" },
        { "bin8", BYTES("\xc4\x01\xff"), "\"/w==\"" },
        { "bin16", BYTES("\xc5\x00\x02\xff\x00"), "\"/wA=\"" },
        { "bin32", BYTES("\xc6\x00\x00\x00\x03\x01\x02\x03"), "\"AQID\"" },
        { "fixarray", BYTES("\x92\x01\xa1x"), "[1,\"x\"]" },
        { "array16", BYTES("\xdc\x00\x01\x90"), "[[]]" },
        { "array32", BYTES("\xdd\x00\x00\x00\x02\x01\x02"), "[1,2]" },
        { "fixmap", BYTES("\x81\xa1k\x80"), "{\"k\":{}}" },
        { "map16", BYTES("\xde\x00\x01\xa1k\x01"), "{\"k\":1}" },
        { "map32", BYTES("\xdf\x00\x00\x00\x01\xa1k\xc0"), "{\"k\":null}" },
        { "bin key", BYTES("\x81\xc4\x01k\x02"), "{\"k\":2}" },
        { "control and bidi", BYTES("\xa5\x1b\xe2\x80\xae\""), "\"\\u001b\\u202e\\\"\"" },
        { "four deep", BYTES("\x91\x91\x91\x91\x01"), "[[[[1]]]]" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_arena *a = qw_arena_new(0);
        struct qw_error err = { 0 };
        struct mp v;
        size_t used = 0;
        struct qw_buf json = QW_BUF_INIT;
        int rc = mp_read(a, cases[i].p, cases[i].n, &small, &v, &used, &err);
        if (rc != QW_OK)
            fail_msg("%s: %s", cases[i].name, err.msg);
        mp_to_json(&json, &v);
        if (used != cases[i].n || strcmp(json.data, cases[i].json) != 0)
            fail_msg("%s: %zu of %zu bytes, %s", cases[i].name, used, cases[i].n, json.data);
        qw_buf_free(&json);
        for (size_t cut = 0; cut < cases[i].n; cut++)           /* every beginning is "more, please" */
            if (mp_read(a, cases[i].p, cut, &small, &v, &used, &err) != QW_ETRUNC)
                fail_msg("%s cut at %zu", cases[i].name, cut);
        qw_arena_free(a);
    }
}

static void refuses(void **state)
{
    (void)state;
    static const struct { const char *name; const char *p; size_t n; int rc; } cases[] = {
        { "nothing", "", 0, QW_ETRUNC },
        { "never used byte", BYTES("\xc1"), QW_EREQUEST },
        { "fixext", BYTES("\xd4\x01\x02"), QW_EREQUEST },
        { "ext8", BYTES("\xc7\x01\x02\x03"), QW_EREQUEST },
        { "NaN", BYTES("\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"), QW_EREQUEST },
        { "float32 infinity", BYTES("\xca\x7f\x80\x00\x00"), QW_EREQUEST },
        { "bad UTF-8", BYTES("\xa2\xc3("), QW_EREQUEST },
        { "surrogate", BYTES("\xa3\xed\xa0\x80"), QW_EREQUEST },
        { "integer key", BYTES("\x81\x01\x02"), QW_EREQUEST },
        { "bin key that is no text", BYTES("\x81\xc4\x01\xff\x02"), QW_EREQUEST },
        { "the same key as str and bin", BYTES("\x82\xa1k\x01\xc4\x01k\x02"), QW_EREQUEST },
        { "NUL in a key", BYTES("\x81\xa2k\x00\x02"), QW_EREQUEST },
        { "duplicate key", BYTES("\x82\xa1k\x01\xa1k\x02"), QW_EREQUEST },
        { "five deep", BYTES("\x91\x91\x91\x91\x91\x01"), QW_ETOOLARGE },
        { "five deep and empty", BYTES("\x91\x91\x91\x91\x90"), QW_ETOOLARGE },
        { "array claims 4 G", BYTES("\xdd\xff\xff\xff\xff"), QW_ETOOLARGE },
        { "map claims 4 G", BYTES("\xdf\xff\xff\xff\xff"), QW_ETOOLARGE },
        { "string claims 4 G", BYTES("\xdb\xff\xff\xff\xff"), QW_ETOOLARGE },
        { "bin claims 4097", BYTES("\xc5\x10\x01"), QW_ETOOLARGE },
        { "nested claims add up", BYTES("\xdc\x08\x00\xdc\x08\x00"), QW_ETOOLARGE },
        { "map of 2047 pairs fits no 4096 bytes", BYTES("\xde\x08\x00"), QW_ETOOLARGE },
        { "claim within bounds, bytes absent", BYTES("\xdc\x03\xff"), QW_ETRUNC },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_arena *a = qw_arena_new(0);
        struct qw_error err = { 0 };
        struct mp v = { .type = MP_BIN };
        size_t used = 77;
        uint64_t before = qw_mem_count();
        int rc = mp_read(a, cases[i].p, cases[i].n, &small, &v, &used, &err);
        if (rc != cases[i].rc)
            fail_msg("%s: %d (%s)", cases[i].name, rc, err.msg);
        if (used != 77 || v.type != MP_BIN)
            fail_msg("%s: outputs were touched", cases[i].name);
        if (rc != QW_EREQUEST && qw_mem_count() != before)
            fail_msg("%s: allocated by a claim", cases[i].name);
        qw_arena_free(a);
    }
}

static void many_items(void **state)
{
    (void)state;
    static char b[3000];
    b[0] = (char)0xdc; b[1] = 0x03; b[2] = (char)0xe8;          /* 1000 elements and itself: one too many */
    struct qw_arena *a = qw_arena_new(0);
    struct qw_error err;
    struct mp v;
    size_t used;
    assert_int_equal(mp_read(a, b, 1003, &small, &v, &used, &err), QW_ETOOLARGE);
    b[1] = 0x03; b[2] = (char)0xe7;
    assert_int_equal(mp_read(a, b, 1002, &small, &v, &used, &err), QW_OK);
    assert_int_equal(used, 1002);
    assert_int_equal(v.u.a.n, 999);
    qw_arena_free(a);
}

/* 40 keys in a map: the sorted path; then a duplicate far from its twin. */
static void large_map(void **state)
{
    (void)state;
    for (int dup = 0; dup < 2; dup++) {
        struct qw_buf b = QW_BUF_INIT;
        mpw_map(&b, 40);
        for (int i = 0; i < 40; i++) {
            char k[16];
            snprintf(k, sizeof k, "k%d", dup && i == 39 ? 3 : i);
            mpw_str(&b, k);
            mpw_int(&b, i);
        }
        struct qw_arena *a = qw_arena_new(0);
        struct qw_error err;
        struct mp v;
        size_t used;
        int rc = mp_read(a, b.data, b.len, &small, &v, &used, &err);
        assert_int_equal(rc, dup ? QW_EREQUEST : QW_OK);
        if (!dup) {
            int64_t n;
            assert_true(mp_to_i64(mp_get(&v, "k17"), &n));
            assert_int_equal(n, 17);
            assert_null(mp_get(&v, "k40"));
        }
        qw_arena_free(a);
        qw_buf_free(&b);
    }
}

/* Byte by byte, and with every other split: the scan agrees with the whole read. */
static void scan_in_pieces(void **state)
{
    (void)state;
    static const char msg[] = "\x94\x00\xcd\x12\x34\xa4ping\x91\x82\xa1""a\x93\x01\xcb\x3f\xb9\x99\x99\x99\x99\x99\x9a\xc0\xa2""bc\xd9\x05hello" "\xc0";
    size_t whole = sizeof msg - 2;                              /* one value and the next one's first byte */
    for (size_t step = 1; step <= whole; step++) {
        struct mp_scan s = { 0 };
        size_t n = 0;
        int rc = QW_ETRUNC;
        while (rc == QW_ETRUNC && n < whole) {
            n = n + step < whole ? n + step : whole;
            rc = mp_scan(&s, msg, n, &mp_limits_in, NULL);
            if (n < whole && rc != QW_ETRUNC)
                fail_msg("step %zu: %d at %zu", step, rc, n);
        }
        assert_int_equal(rc, QW_OK);
        assert_int_equal(s.pos, whole);
    }
}

static void access_paths(void **state)
{
    (void)state;
    /* {"usage": {"prompt": 7}, "choices": [{"text": "hi", "p": 1.5}], "b": bin "hi"} */
    static const char m[] = "\x83\xa5usage\x81\xa6prompt\x07\xa7""choices\x91\x82\xa4text\xa2hi\xa1p\xcb\x3f\xf8\0\0\0\0\0\0\xa1""b\xc4\x02hi";
    struct qw_arena *a = qw_arena_new(0);
    struct mp v;
    size_t used;
    int64_t i;
    double f;
    assert_int_equal(mp_read(a, m, sizeof m - 1, &mp_limits_in, &v, &used, NULL), QW_OK);
    assert_true(mp_to_i64(mp_path(&v, "usage.prompt"), &i));
    assert_int_equal(i, 7);
    assert_true(mp_to_f64(mp_path(&v, "usage.prompt"), &f) && f == 7.0);
    assert_true(mp_to_f64(mp_path(&v, "choices.0.p"), &f) && f == 1.5);
    assert_false(mp_to_i64(mp_path(&v, "choices.0.p"), &i));
    assert_true(mp_is_str(mp_path(&v, "choices.0.text"), "hi"));
    assert_true(mp_is_str(mp_path(&v, "b"), "hi"));             /* bin is accepted for str */
    assert_string_equal(mp_to_cstr(a, mp_path(&v, "b")), "hi");
    assert_null(mp_path(&v, "choices.1.text"));
    assert_null(mp_path(&v, "choices.x.text"));
    assert_null(mp_path(&v, "choices.99999999999999999999999.text"));
    assert_null(mp_path(&v, "usage.prompt.more"));
    assert_null(mp_get(NULL, "x"));
    qw_arena_free(a);
}

/* What we write, read by msgpack-c. */
static void writes(void **state)
{
    (void)state;
    struct qw_buf b = QW_BUF_INIT;
    struct mpw_open m = mpw_map_begin(&b);
    mpw_key(&b, &m, "i");  mpw_int(&b, -5);
    mpw_key(&b, &m, "u");  mpw_uint(&b, UINT64_MAX);
    mpw_key(&b, &m, "f");  mpw_float(&b, 0.25);
    mpw_key(&b, &m, "nan"); mpw_float(&b, NAN);
    mpw_key(&b, &m, "s");  mpw_strn(&b, "a\xff" "b", 3);
    mpw_key(&b, &m, "n");  mpw_str(&b, NULL);
    mpw_key(&b, &m, "t");  mpw_bool(&b, true);
    mpw_key(&b, &m, "bin"); mpw_bin(&b, "\0\1", 2);
    mpw_key(&b, &m, "a");  mpw_array(&b, 2); mpw_int(&b, 1); mpw_map(&b, 0);
    mpw_map_end(&b, &m);

    struct qw_arena *a = qw_arena_new(0);                       /* through a tree and back: the same values */
    struct mp v;
    size_t used;
    assert_int_equal(mp_read(a, b.data, b.len, &mp_limits_out, &v, &used, NULL), QW_OK);
    struct qw_buf again = QW_BUF_INIT;
    mpw_value(&again, &v);
    const struct qw_buf *both[] = { &b, &again };
    for (int k = 0; k < 2; k++) {
        msgpack_unpacked u;
        msgpack_unpacked_init(&u);
        size_t off = 0;
        assert_int_equal(msgpack_unpack_next(&u, both[k]->data, both[k]->len, &off), MSGPACK_UNPACK_SUCCESS);
        assert_int_equal(off, both[k]->len);
        char text[256];
        int n = msgpack_object_print_buffer(text, sizeof text, u.data);
        text[n] = '\0';
        assert_string_equal(text, "{\"i\"=>-5, \"u\"=>18446744073709551615, \"f\"=>0.250000, \"nan\"=>0.000000, "
                                  "\"s\"=>\"a\xef\xbf\xbd" "b\", \"n\"=>nil, \"t\"=>true, \"bin\"=>\"\\x00\\x01\", \"a\"=>[1, {}]}");
        msgpack_unpacked_destroy(&u);
    }
    qw_buf_free(&again);
    qw_buf_free(&b);
    qw_arena_free(a);
}

static void memory_fails(void **state)
{
    (void)state;
    static const char m[] = "\x81\xa1k\x92\x01\x81\xa1z\xa3""abc";
    int rc = QW_ENOMEM;
    long n;
    for (n = 0; rc != QW_OK && n < 100; n++) {
        struct qw_arena *a = qw_arena_new(64);                  /* an arena at its limit fails as memory does */
        struct mp v;
        size_t used;
        qw_mem_fail_after(n);
        rc = mp_read(a, m, sizeof m - 1, &mp_limits_in, &v, &used, NULL);
        qw_mem_fail_after(-1);
        assert_int_equal(rc, QW_ENOMEM);
        qw_arena_free(a);
        a = qw_arena_new(0);
        qw_mem_fail_after(n);
        rc = mp_read(a, m, sizeof m - 1, &mp_limits_in, &v, &used, NULL);
        qw_mem_fail_after(-1);
        if (rc != QW_OK)
            assert_int_equal(rc, QW_ENOMEM);
        qw_arena_free(a);
    }
    assert_int_equal(rc, QW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads), cmocka_unit_test(refuses), cmocka_unit_test(many_items), cmocka_unit_test(large_map),
        cmocka_unit_test(scan_in_pieces), cmocka_unit_test(access_paths), cmocka_unit_test(writes), cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
