/* GGUF reader: a file written here byte by byte, what each damage to it is called, and the
 * fixtures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "engine/gguf/gguf.h"
#include "tests/unit/text_data.h"

/* ---- a writer, from the specification -------------------------------------------- */

static void le(struct qw_buf *b, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        qw_buf_addc(b, (char)(v >> 8 * i));
}

static void str(struct qw_buf *b, const char *s)
{
    le(b, strlen(s), 8);
    qw_buf_adds(b, s);
}

static void header(struct qw_buf *b, uint32_t version, uint64_t tensors, uint64_t keys)
{
    qw_buf_adds(b, "GGUF");
    le(b, version, 4);
    le(b, tensors, 8);
    le(b, keys, 8);
}

static void key(struct qw_buf *b, const char *name, uint32_t type)
{
    str(b, name);
    le(b, type, 4);
}

static void tensor(struct qw_buf *b, const char *name, uint32_t type, uint64_t d0, uint64_t d1, uint64_t offset)
{
    str(b, name);
    le(b, 2, 4);
    le(b, d0, 8);
    le(b, d1, 8);
    le(b, type, 4);
    le(b, offset, 8);
}

static void data(struct qw_buf *b, size_t align, size_t n)
{
    while (b->len % align != 0)
        qw_buf_addc(b, 0);
    for (size_t i = 0; i < n; i++)
        qw_buf_addc(b, (char)i);
}

enum { U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 };

/* ---- a good file ------------------------------------------------------------------- */

static void good(struct qw_buf *b, uint32_t version)
{
    header(b, version, 3, 17);
    key(b, "u8", U8), le(b, 200, 1);
    key(b, "i8", I8), le(b, (uint64_t)-5, 1);
    key(b, "u16", U16), le(b, 60000, 2);
    key(b, "i16", I16), le(b, (uint64_t)-300, 2);
    key(b, "u32", U32), le(b, 4000000000u, 4);
    key(b, "i32", I32), le(b, (uint64_t)-70000, 4);
    key(b, "u64", U64), le(b, UINT64_MAX, 8);
    key(b, "i64", I64), le(b, (uint64_t)INT64_MIN, 8);
    key(b, "f32", F32), le(b, 0x3fc00000, 4);
    key(b, "f64", F64), le(b, 0x4004000000000000, 8);
    key(b, "yes", BOOL), le(b, 1, 1);
    key(b, "text", STRING), str(b, "caf\xc3\xa9");
    key(b, "empty", STRING), str(b, "");
    key(b, "strings", ARRAY), le(b, STRING, 4), le(b, 3, 8), str(b, "a"), str(b, ""), str(b, "ccc");
    key(b, "ints", ARRAY), le(b, U32, 4), le(b, 3, 8), le(b, 1, 4), le(b, 2, 4), le(b, 0xffffffff, 4);
    key(b, "floats", ARRAY), le(b, F32, 4), le(b, 2, 8), le(b, 0x3fc00000, 4), le(b, 0xbf800000, 4);
    key(b, "none", ARRAY), le(b, STRING, 4), le(b, 0, 8);
    tensor(b, "w", GGUF_F32, 4, 2, 0);              /* 32 bytes */
    tensor(b, "q", GGUF_Q4_0, 64, 1, 32);           /* 36 bytes */
    tensor(b, "future", 99, 8, 1, 64);
    data(b, 32, 72);
}

static void check_good(const struct gguf *g)
{
    uint64_t u = 7;
    double f = 7;
    bool yes = false;
    const char *s;
    size_t n;
    int32_t is[3] = { 9, 9, 9 };

    assert_true(gguf_u64(g, "u8", &u) && u == 200);
    assert_true(gguf_u64(g, "u16", &u) && u == 60000);
    assert_true(gguf_u64(g, "u32", &u) && u == 4000000000);
    assert_true(gguf_u64(g, "u64", &u) && u == UINT64_MAX);
    assert_true(gguf_f64(g, "f32", &f) && f == 1.5);
    assert_true(gguf_f64(g, "f64", &f) && f == 2.5);
    assert_true(gguf_f64(g, "i8", &f) && f == -5);
    assert_true(gguf_f64(g, "i16", &f) && f == -300);
    assert_true(gguf_f64(g, "i32", &f) && f == -70000);
    assert_true(gguf_f64(g, "i64", &f) && f == -0x1p63);
    assert_true(gguf_bool(g, "yes", &yes) && yes);
    assert_true(gguf_str(g, "text", &s, &n) && n == 5 && memcmp(s, "caf\xc3\xa9", 5) == 0);
    assert_true(gguf_str(g, "empty", &s, &n) && n == 0);

    u = 7;                                          /* absent, another type, does not fit */
    assert_false(gguf_u64(g, "absent", &u) || gguf_u64(g, "i8", &u) || gguf_u64(g, "f32", &u) || gguf_u64(g, "yes", &u) ||
                 gguf_u64(g, "text", &u) || gguf_u64(g, "i64", &u) || gguf_bool(g, "u8", &yes) || gguf_str(g, "u8", &s, &n) ||
                 gguf_f64(g, "strings", &f));
    assert_true(u == 7);

    const struct gguf_view *v = gguf_str_array(g, "strings", &n);
    assert_true(v != NULL && n == 3 && v[0].n == 1 && v[1].n == 0 && memcmp(v[2].p, "ccc", 3) == 0);
    assert_true(gguf_str_array(g, "none", &n) != NULL && n == 0);
    assert_null(gguf_str_array(g, "ints", &n));
    assert_int_equal(gguf_i32_array(g, "ints", is, 2), 3);
    assert_true(is[0] == 1 && is[1] == 2 && is[2] == 9);
    is[0] = 9;
    assert_int_equal(gguf_i32_array(g, "ints", is, 3), 0);      /* the third does not fit */
    assert_int_equal(is[0], 9);
    assert_int_equal(gguf_i32_array(g, "floats", is, 3), 0);
    assert_int_equal(gguf_i32_array(g, "strings", is, 3), 0);

    const struct gguf_tensor *w = gguf_tensor(g, "w"), *q = gguf_tensor(g, "q"), *x = gguf_tensor(g, "future");
    assert_int_equal(gguf_n_tensors(g), 3);
    assert_ptr_equal(gguf_tensor_at(g, 1), q);
    assert_null(gguf_tensor_at(g, 3));
    assert_null(gguf_tensor(g, "absent"));
    assert_true(w->n_dims == 2 && w->dim[0] == 4 && w->dim[1] == 2 && w->dim[2] == 1 && w->dim[3] == 1);
    assert_int_equal(w->bytes, 32);
    assert_int_equal(q->bytes, 36);
    assert_true(x->bytes == 0 && x->type == 99);
    assert_int_equal(w->at % 32, 0);
    uint8_t wb[32], qb[36];
    assert_int_equal(gguf_read(g, w->at, wb, w->bytes, NULL), QW_OK);
    assert_int_equal(gguf_read(g, q->at, qb, q->bytes, NULL), QW_OK);
    assert_int_equal(wb[5], 5);
    assert_int_equal(qb[0], 32);
    assert_int_equal(gguf_read(g, gguf_file_bytes(g) - 1, wb, 2, NULL), QW_EINTERNAL);
}

static void test_good(void **state)
{
    (void)state;
    for (uint32_t version = 2; version <= 3; version++) {
        struct qw_buf b = QW_BUF_INIT;
        struct gguf *g = NULL;
        struct qw_error err = { 0 };
        good(&b, version);
        if (gguf_open_memory(&g, b.data, b.len, &err) != QW_OK)
            fail_msg("version %u: %s", version, err.msg);
        check_good(g);
        assert_string_equal(gguf_path(g), "(memory)");
        assert_int_equal(gguf_file_bytes(g), b.len);
        struct gguf_stamp st;
        assert_false(gguf_stamp(g, &st));
        assert_int_equal(gguf_unchanged(g, NULL), QW_OK);
        gguf_free(g);
        qw_buf_free(&b);
    }
}

static void test_file(void **state)
{
    char path[] = "/tmp/qw-test-gguf-XXXXXX";
    struct qw_buf b = QW_BUF_INIT;
    struct gguf *g = NULL;

    (void)state;
    good(&b, 3);
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, b.data, b.len) == (ssize_t)b.len);
    close(fd);
    assert_int_equal(gguf_open(&g, path, NULL), QW_OK);
    assert_string_equal(gguf_path(g), path);
    check_good(g);
    struct gguf_stamp st;
    assert_true(gguf_stamp(g, &st) && st.bytes == b.len && st.inode != 0);
    assert_int_equal(gguf_unchanged(g, NULL), QW_OK);

    /* Cut off while it is open: what is gone is an error, what was read before stays. */
    struct qw_error err;
    uint8_t byte;
    assert_int_equal(truncate(path, (off_t)b.len - 1), 0);
    assert_int_equal(gguf_read(g, b.len - 2, &byte, 1, &err), QW_OK);
    assert_int_equal(gguf_read(g, b.len - 1, &byte, 1, &err), QW_EIO);
    assert_non_null(strstr(err.msg, "shorter"));
    assert_int_equal(gguf_unchanged(g, &err), QW_EIO);
    assert_non_null(strstr(err.msg, "changed"));
    assert_int_equal(gguf_n_tensors(g), 3);
    gguf_free(g);
    unlink(path);
    qw_buf_free(&b);
}

/* Metadata longer than the first guess; and a file that says so but ends before. */
static void test_long_head(void **state)
{
    enum { MORE = 9 << 20 };
    char path[] = "/tmp/qw-test-gguf-XXXXXX";
    struct qw_buf b = QW_BUF_INIT;
    struct gguf *g = NULL;
    struct qw_error err;
    const char *s;
    size_t n;
    uint8_t last;

    (void)state;
    header(&b, 3, 1, 1);
    key(&b, "long", STRING);
    le(&b, MORE, 8);
    for (size_t i = 0; i < MORE; i++)
        qw_buf_addc(&b, 'x');
    tensor(&b, "w", GGUF_F32, 4, 2, 0);
    data(&b, 32, 32);
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, b.data, b.len) == (ssize_t)b.len);
    close(fd);
    assert_int_equal(gguf_open(&g, path, NULL), QW_OK);
    assert_true(gguf_str(g, "long", &s, &n) && n == MORE && s[MORE - 1] == 'x');
    assert_int_equal(gguf_read(g, gguf_tensor(g, "w")->at + 31, &last, 1, NULL), QW_OK);
    assert_int_equal(last, 31);
    gguf_free(g);
    assert_int_equal(truncate(path, MORE), 0);
    assert_int_equal(gguf_open(&g, path, &err), QW_EFORMAT);
    assert_non_null(strstr(err.msg, "longer than the file"));
    unlink(path);
    qw_buf_free(&b);
}

static void test_not_files(void **state)
{
    static const struct { const char *path; int code; const char *says; } cases[] = {
        { "/nowhere/x.gguf", QW_ENOTFOUND, "/nowhere/x.gguf" }, { "/", QW_EFORMAT, "not a regular file" },
        { "/dev/null", QW_EFORMAT, "not a regular file" },
    };
    struct gguf *g = NULL;
    struct qw_error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int rc = gguf_open(&g, cases[i].path, &err);
        if (rc != cases[i].code || strstr(err.msg, cases[i].says) == NULL || g != NULL)
            fail_msg("%s: %d %s", cases[i].path, rc, err.msg);
    }
}

/* ---- bad files: each a writer, the code, and two things that the message says --------- */

static void bad_magic(struct qw_buf *b)      { qw_buf_adds(b, "GGML...................."); }
static void bad_empty(struct qw_buf *b)      { (void)b; }
static void bad_v1(struct qw_buf *b)         { header(b, 1, 0, 0); }
static void bad_v4(struct qw_buf *b)         { header(b, 4, 0, 0); }
static void bad_endian(struct qw_buf *b)     { header(b, 0x03000000, 0, 0); }
static void bad_keys(struct qw_buf *b)       { header(b, 3, 0, UINT64_MAX); }
static void bad_keys2(struct qw_buf *b)      { header(b, 3, 0, 2); key(b, "a", U8), le(b, 1, 1); }
static void bad_tensors(struct qw_buf *b)    { header(b, 3, 1ull << 61, 0); data(b, 32, 64); }
static void bad_key_end(struct qw_buf *b)    { header(b, 3, 0, 1); le(b, UINT64_MAX, 8); qw_buf_adds(b, "abcdefgh"); }
static void bad_key_nul(struct qw_buf *b)    { header(b, 3, 0, 1); le(b, 3, 8); qw_buf_add(b, "a\0b", 3); le(b, U32, 4); le(b, 1, 4); }
static void bad_key_utf8(struct qw_buf *b)   { header(b, 3, 0, 1); key(b, "a\xff\x1b[31m", U32); le(b, 1, 4); }
static void bad_key_empty(struct qw_buf *b)  { header(b, 3, 0, 1); key(b, "", U32); le(b, 1, 8); }
static void bad_type(struct qw_buf *b)       { header(b, 3, 0, 1); key(b, "k.x", 13); le(b, 1, 8); }
static void bad_bool(struct qw_buf *b)       { header(b, 3, 0, 1); key(b, "k.x", BOOL); le(b, 2, 8); }
static void bad_value(struct qw_buf *b)      { header(b, 3, 0, 1); key(b, "k.x", U64); le(b, 2, 7); }
static void bad_string(struct qw_buf *b)     { header(b, 3, 0, 1); key(b, "k.x", STRING); le(b, 4, 8); qw_buf_adds(b, "abc"); }
static void bad_nested(struct qw_buf *b)     { header(b, 3, 0, 1); key(b, "k.x", ARRAY); le(b, ARRAY, 4); le(b, 1, 8); le(b, U8, 4); }
static void bad_elem(struct qw_buf *b)       { header(b, 3, 0, 1); key(b, "k.x", ARRAY); le(b, 77, 4); le(b, 1, 8); }
static void bad_array(struct qw_buf *b)      { header(b, 3, 0, 1); key(b, "k.x", ARRAY); le(b, U64, 4); le(b, 1ull << 61, 8); }
static void bad_array2(struct qw_buf *b)     { header(b, 3, 0, 1); key(b, "k.x", ARRAY); le(b, U32, 4); le(b, 2, 8); le(b, 1, 4); }
static void bad_strings(struct qw_buf *b)    { header(b, 3, 0, 1); key(b, "k.x", ARRAY); le(b, STRING, 4); le(b, 1ull << 60, 8); le(b, 1, 8); }
static void bad_strings2(struct qw_buf *b)   { header(b, 3, 0, 1); key(b, "k.x", ARRAY); le(b, STRING, 4); le(b, 1, 8); le(b, 9, 8); }
static void bad_bools(struct qw_buf *b)      { header(b, 3, 0, 1); key(b, "k.x", ARRAY); le(b, BOOL, 4); le(b, 2, 8); le(b, 0x0301, 2); }
static void bad_twice(struct qw_buf *b)      { header(b, 3, 0, 2); key(b, "k.x", U32), le(b, 1, 4); key(b, "k.x", U32), le(b, 1, 4); }
static void bad_align(struct qw_buf *b)      { header(b, 3, 0, 1); key(b, "general.alignment", U32), le(b, 48, 4); }
static void bad_align0(struct qw_buf *b)     { header(b, 3, 0, 1); key(b, "general.alignment", U32), le(b, 0, 4); }
static void bad_align_t(struct qw_buf *b)    { header(b, 3, 0, 1); key(b, "general.alignment", U64), le(b, 32, 8); }

static void one(struct qw_buf *b, uint32_t type, uint64_t d0, uint64_t d1, uint64_t offset)
{
    header(b, 3, 1, 0);
    tensor(b, "t.w", type, d0, d1, offset);
    data(b, 32, 64);
}
static void bad_dim0(struct qw_buf *b)       { one(b, GGUF_F32, 4, 0, 0); }
static void bad_product(struct qw_buf *b)    { one(b, GGUF_F32, 1ull << 32, 1ull << 32, 0); }
static void bad_bytes(struct qw_buf *b)      { one(b, GGUF_F32, 1ull << 31, 1ull << 31, 0); }
static void bad_range(struct qw_buf *b)      { one(b, GGUF_F32, 4, 4, 32); }
static void bad_offset(struct qw_buf *b)     { one(b, GGUF_F32, 4, 1, UINT64_MAX - 31); }
static void bad_offset2(struct qw_buf *b)    { one(b, GGUF_F32, 4, 1, 4); }
static void bad_future(struct qw_buf *b)     { one(b, 99, 4, 1, 1024); }
static void bad_block(struct qw_buf *b)      { one(b, GGUF_Q8_0, 16, 2, 0); }
static void bad_name(struct qw_buf *b)       { header(b, 3, 1, 0); tensor(b, "", GGUF_F32, 1, 1, 0); data(b, 32, 32); }
static void bad_same(struct qw_buf *b)
{
    header(b, 3, 2, 0);
    tensor(b, "t.w", GGUF_F32, 1, 1, 0), tensor(b, "t.w", GGUF_F32, 1, 1, 32);
    data(b, 32, 64);
}
static void bad_n_dims(struct qw_buf *b)
{
    header(b, 3, 1, 0);
    str(b, "t.w");
    le(b, 5, 4);
    data(b, 32, 64);
}
static void bad_infos(struct qw_buf *b)
{
    header(b, 3, 2, 0);
    tensor(b, "t.w", GGUF_F32, 1, 1, 0);
    le(b, 3, 8);
    qw_buf_adds(b, "two");
    le(b, 2, 4);
    le(b, 1, 8);
}

static void test_bad(void **state)
{
    static const struct { const char *name; void (*write)(struct qw_buf *); int code; const char *says, *also; } cases[] = {
        { "magic", bad_magic, QW_EFORMAT, "not a GGUF", "" },
        { "empty", bad_empty, QW_EFORMAT, "not a GGUF", "" },
        { "version 1", bad_v1, QW_EUNSUPPORTED, "version 1", "2 and 3" },
        { "version 4", bad_v4, QW_EUNSUPPORTED, "version 4", "2 and 3" },
        { "big-endian", bad_endian, QW_EUNSUPPORTED, "big-endian", "" },
        { "count of keys", bad_keys, QW_EFORMAT, "18446744073709551615 keys", "" },
        { "one key more", bad_keys2, QW_EFORMAT, "2 keys", "" },
        { "count of tensors", bad_tensors, QW_EFORMAT, "2305843009213693952 tensors", "" },
        { "key past the end", bad_key_end, QW_EFORMAT, "ends inside key 1 of 1", "" },
        { "key with NUL", bad_key_nul, QW_EFORMAT, "key a\\x00b", "without NUL" },
        { "key not UTF-8", bad_key_utf8, QW_EFORMAT, "key a\\xff\\x1b[31m", "UTF-8" },
        { "empty key", bad_key_empty, QW_EFORMAT, "a key is 1 to", "" },
        { "value type", bad_type, QW_EFORMAT, "k.x", "unknown value type" },
        { "bool", bad_bool, QW_EFORMAT, "k.x", "neither 0 nor 1" },
        { "value past the end", bad_value, QW_EFORMAT, "k.x", "inside its value" },
        { "string past the end", bad_string, QW_EFORMAT, "k.x", "longer than the file" },
        { "nested arrays", bad_nested, QW_EFORMAT, "k.x", "arrays of arrays" },
        { "element type", bad_elem, QW_EFORMAT, "k.x", "unknown element type" },
        { "huge array", bad_array, QW_EFORMAT, "k.x", "longer than the file" },
        { "array past the end", bad_array2, QW_EFORMAT, "k.x", "longer than the file" },
        { "huge string array", bad_strings, QW_EFORMAT, "k.x", "longer than the file" },
        { "string of an array past the end", bad_strings2, QW_EFORMAT, "k.x", "inside the array" },
        { "bool array", bad_bools, QW_EFORMAT, "k.x", "neither 0 nor 1" },
        { "duplicate key", bad_twice, QW_EFORMAT, "k.x", "twice" },
        { "alignment 48", bad_align, QW_EFORMAT, "general.alignment", "power of two" },
        { "alignment 0", bad_align0, QW_EFORMAT, "general.alignment", "power of two" },
        { "alignment's type", bad_align_t, QW_EFORMAT, "general.alignment", "u32" },
        { "zero dimension", bad_dim0, QW_EFORMAT, "t.w", "dimension of 0" },
        { "product of dimensions", bad_product, QW_EFORMAT, "t.w", "overflows" },
        { "bytes", bad_bytes, QW_EFORMAT, "t.w", "past the end" },
        { "range", bad_range, QW_EFORMAT, "t.w", "past the end" },
        { "offset", bad_offset, QW_EFORMAT, "t.w", "behind the end" },
        { "unaligned offset", bad_offset2, QW_EFORMAT, "t.w", "not aligned" },
        { "unknown type behind the end", bad_future, QW_EFORMAT, "t.w", "behind the end" },
        { "part of a block", bad_block, QW_EFORMAT, "t.w", "whole blocks" },
        { "empty name", bad_name, QW_EFORMAT, "a name is 1 to", "" },
        { "duplicate tensor", bad_same, QW_EFORMAT, "t.w", "twice" },
        { "five dimensions", bad_n_dims, QW_EFORMAT, "t.w", "1 to 4 dimensions" },
        { "tensor list past the end", bad_infos, QW_EFORMAT, "ends inside tensor 2 of 2", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_buf b = QW_BUF_INIT;
        struct gguf *g = NULL;
        struct qw_error err = { 0 };
        cases[i].write(&b);
        void *exact = qw_memdup(b.data, b.len);     /* so that ASan sees a byte read behind it */
        int rc = gguf_open_memory(&g, exact, b.len, &err);
        if (rc != cases[i].code || err.code != rc || g != NULL || strstr(err.msg, "(memory)") == NULL ||
            strstr(err.msg, cases[i].says) == NULL || strstr(err.msg, cases[i].also) == NULL)
            fail_msg("%s: %d %s", cases[i].name, rc, err.msg);
        qw_free(exact);
        qw_buf_free(&b);
    }
}

/* Every prefix of a good file is refused, but those that only lack padding behind the data. */
static void test_prefixes(void **state)
{
    struct qw_buf b = QW_BUF_INIT;

    (void)state;
    good(&b, 3);
    for (size_t n = 0; n <= b.len; n++) {
        struct gguf *g = NULL;
        struct qw_error err = { 0 };
        void *exact = qw_memdup(b.data, n);
        int rc = gguf_open_memory(&g, exact, n, &err);
        assert_true((rc == QW_OK) == (n + 4 >= b.len));         /* the last tensor ends 4 bytes before */
        assert_true(rc == QW_OK || err.msg[0] != 0);
        gguf_free(g);
        qw_free(exact);
    }
    qw_buf_free(&b);
}

static void test_no_memory(void **state)
{
    struct qw_buf b = QW_BUF_INIT;
    long i;

    (void)state;
    good(&b, 3);
    for (i = 0; ; i++) {
        struct gguf *g = NULL;
        qw_mem_fail_after(i);
        int rc = gguf_open_memory(&g, b.data, b.len, NULL);
        qw_mem_fail_after(-1);
        assert_true(rc == QW_OK || (rc == QW_ENOMEM && g == NULL));
        gguf_free(g);
        if (rc == QW_OK)
            break;
    }
    assert_in_range(i, 6, 100);
    qw_buf_free(&b);
}

static void test_types(void **state)
{
    static const struct { uint32_t type; const char *name; uint32_t values, bytes; } cases[] = {
        { 0, "F32", 1, 4 },     { 1, "F16", 1, 2 },     { 30, "BF16", 1, 2 },   { 2, "Q4_0", 32, 18 }, { 3, "Q4_1", 32, 20 },
        { 6, "Q5_0", 32, 22 },  { 7, "Q5_1", 32, 24 },  { 8, "Q8_0", 32, 34 },  { 12, "Q4_K", 256, 144 },
        { 13, "Q5_K", 256, 176 }, { 14, "Q6_K", 256, 210 },
    };
    uint32_t values = 0, bytes = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(gguf_type_name(cases[i].type), cases[i].name);
        assert_true(gguf_type_block(cases[i].type, &values, &bytes));
        assert_true(values == cases[i].values && bytes == cases[i].bytes);
    }
    assert_false(gguf_type_block(23, &values, &bytes));
    assert_string_equal(gguf_type_name(23), "IQ4_XS");
    assert_string_equal(gguf_type_name(12345), "unknown type");
}

static void test_fixtures(void **state)
{
    static const struct { const char *file, *arch, *tensor; uint32_t type; uint64_t k, n; } cases[] = {
        { "models/qwen3-tiny-f32.gguf", "qwen3", "blk.0.attn_q.weight", GGUF_F32, 64, 128 },
        { "models/llama-tiny-f32.gguf", "llama", "blk.2.ffn_down.weight", GGUF_F32, 192, 64 },
        { "models/qwen3-small-q6_k.gguf", "qwen3", "blk.0.attn_q.weight", GGUF_Q6_K, 256, 512 },
        { "models/qwen3-fullvocab-q4_0.gguf", "qwen3", "token_embd.weight", GGUF_Q4_0, 32, 151936 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct gguf *g = NULL;
        struct qw_error err = { 0 };
        const char *s;
        size_t n;
        if (gguf_open(&g, data_path(cases[i].file), &err) != QW_OK)
            fail_msg("%s", err.msg);
        assert_true(gguf_str(g, "general.architecture", &s, &n));
        assert_int_equal(n, strlen(cases[i].arch));
        assert_memory_equal(s, cases[i].arch, n);
        const struct gguf_tensor *t = gguf_tensor(g, cases[i].tensor);
        assert_non_null(t);
        if (t->type != cases[i].type || t->dim[0] != cases[i].k || t->dim[1] != cases[i].n)
            fail_msg("%s: %s is %s %llu x %llu", cases[i].file, t->name, gguf_type_name(t->type),
                     (unsigned long long)t->dim[0], (unsigned long long)t->dim[1]);
        gguf_free(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),     cmocka_unit_test(test_good), cmocka_unit_test(test_file),
        cmocka_unit_test(test_long_head),
        cmocka_unit_test(test_not_files), cmocka_unit_test(test_bad),  cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_fixtures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
