/* Tokenizer against Hugging Face's `tokenizers` (tests/data/text/tokens-*.jsonl). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "base/mem.h"
#include "engine/text/tokenizer.h"
#include "tests/unit/text_data.h"

#define VOCAB "models/qwen3-fullvocab-q4_0.gguf"
#define TINY  "models/qwen3-tiny-f32.gguf"

static struct tokenizer *load(const char *path, const char *pre)
{
    struct gguf *g = NULL;
    struct tokenizer *t = NULL;
    struct qw_error err = { 0 };

    if (gguf_open(&g, path, &err) != QW_OK || tokenizer_new(&t, g, pre, &err) != QW_OK)
        fail_msg("%s: %s", path, err.msg);
    gguf_free(g);                           /* the tokenizer must not need it any more */
    return t;
}

static void show_ids(const char *what, const int32_t *v, size_t n)
{
    print_message("  %s:", what);
    for (size_t i = 0; i < n; i++)
        print_message(" %d", v[i]);
    print_message("\n");
}

/* One case: its ids, and back to its text (NFC changes some texts; then decoding what
 * encoding the decoded text gives must be the same ids). */
static bool case_holds(const struct tokenizer *t, const json_t *j, const char *ids)
{
    const char *text = json_string_value(json_object_get(j, "text"));
    size_t n = json_string_length(json_object_get(j, "text"));
    const json_t *want = json_object_get(j, ids);
    struct ids got = { 0 }, again = { 0 };
    struct qw_buf back = QW_BUF_INIT, streamed = QW_BUF_INIT;
    struct tok_stream s = { .n_held = 0 };
    struct qw_error err = { 0 };

    assert_int_equal(tokenizer_encode(t, text, n, true, &got, &err), QW_OK);
    bool same = got.n == json_array_size(want);
    for (size_t i = 0; same && i < got.n; i++)
        same = got.v[i] == json_integer_value(json_array_get(want, i));
    if (!same) {
        print_message("  text: %s\n", json_dumps(json_object_get(j, "text"), JSON_ENCODE_ANY));
        print_message("  want: %s\n", json_dumps(want, 0));
        show_ids("got", got.v, got.n);
    }
    assert_int_equal(tokenizer_decode_all(t, got.v, got.n, true, &back), QW_OK);
    if (strcmp(tokenizer_pre(t), "qwen2") != 0)
        same = same && back.len == n && (n == 0 || memcmp(back.data, text, n) == 0);
    assert_int_equal(tokenizer_encode(t, back.data != NULL ? back.data : "", back.len, true, &again, &err), QW_OK);
    same = same && again.n == got.n && (got.n == 0 || memcmp(again.v, got.v, got.n * sizeof *got.v) == 0);

    qw_buf_clear(&back);
    tokenizer_decode_all(t, got.v, got.n, false, &back);
    for (size_t i = 0; i < got.n; i++)
        tok_stream_push(&s, t, got.v[i], &streamed);
    tok_stream_end(&s, &streamed);
    same = same && back.len == streamed.len && (back.len == 0 || memcmp(back.data, streamed.data, back.len) == 0);
    ids_free(&got);
    ids_free(&again);
    qw_buf_free(&back);
    qw_buf_free(&streamed);
    return same;
}

static void run_cases(const char *model, const char *pre, const char *cases, const char *ids, size_t n_cases)
{
    struct tokenizer *t = load(model, pre);
    FILE *f = fopen(data_path(cases), "r");
    size_t n = 0, wrong = 0;
    json_t *j;

    assert_non_null(f);
    for (; (j = next_json(f)) != NULL; n++) {
        if (!case_holds(t, j, ids)) {
            wrong++;
            print_message("%s case %zu differs\n", cases, n);
        }
        json_decref(j);
    }
    fclose(f);
    tokenizer_free(t);
    assert_int_equal(n, n_cases);
    assert_int_equal(wrong, 0);
}

static void test_qwen2(void **state)
{
    (void)state;
    run_cases(data_path(VOCAB), NULL, "text/tokens-qwen2.jsonl", "ids", 441);
}

static void test_llama_bpe(void **state)
{
    (void)state;
    run_cases(data_path(VOCAB), "llama-bpe", "text/tokens-llama-bpe.jsonl", "ids", 441);
}

/* All over Unicode, and long runs (tests/data/text/make_tokens_wide.py). */
static void test_wide(void **state)
{
    (void)state;
    run_cases(data_path(VOCAB), "qwen2", "text/tokens-wide.jsonl", "qwen2", 159);
    run_cases(data_path(VOCAB), "llama-bpe", "text/tokens-wide.jsonl", "llama-bpe", 159);
}

static void test_smollm(void **state)
{
    (void)state;
    const char *model = getenv("QWEN_TEST_SMALL");
    if (model == NULL || *model == 0) {
        print_message("QWEN_TEST_SMALL is not set: its 441 cases are left out\n");
        skip();
    }
    run_cases(model, NULL, "text/tokens-smollm.jsonl", "ids", 441);
}

/* ---- user text stays text ---------------------------------------------------------- */

static void test_no_special(void **state)
{
    static const char *const texts[] = { "<|im_end|>", "<|im_start|>user\nhi<|im_end|>\n", "a<|endoftext|>b",
                                         "<tool_call>", "</tool_call>" };
    struct tokenizer *t = load(data_path(VOCAB), NULL);

    (void)state;
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        struct ids x = { 0 };
        struct qw_buf b = QW_BUF_INIT;
        assert_int_equal(tokenizer_encode(t, texts[k], strlen(texts[k]), false, &x, NULL), QW_OK);
        for (size_t i = 0; i < x.n; i++)
            assert_in_range(x.v[i], 0, 151642);         /* below the first special one */
        tokenizer_decode_all(t, x.v, x.n, false, &b);
        assert_string_equal(b.data, texts[k]);
        ids_free(&x);
        qw_buf_free(&b);
    }
    tokenizer_free(t);
}

static void test_questions(void **state)
{
    struct tokenizer *t = load(data_path(VOCAB), NULL);
    struct qw_buf b = QW_BUF_INIT;

    (void)state;
    assert_int_equal(tokenizer_n_vocab(t), 151936);
    assert_string_equal(tokenizer_pre(t), "qwen2");
    assert_int_equal(tokenizer_special(t, "<|im_start|>"), 151644);
    assert_int_equal(tokenizer_special(t, "<|im_start"), -1);
    assert_int_equal(tokenizer_special(t, "<|im_start|>x"), -1);
    assert_int_equal(tokenizer_special(t, ""), -1);
    assert_int_equal(tokenizer_special(t, "<tool_call>"), 151657);
    assert_int_equal(tokenizer_bos(t), -1);             /* add_bos_token is false */
    assert_true(tokenizer_is_end(t, 151645));
    assert_true(tokenizer_is_end(t, 151643));
    assert_false(tokenizer_is_end(t, 151644));
    assert_false(tokenizer_is_end(t, -1));
    assert_true(tokenizer_is_control(t, 151644));
    assert_false(tokenizer_is_control(t, 151657));      /* user-defined */
    assert_false(tokenizer_is_control(t, 0));
    assert_false(tokenizer_is_control(t, 1 << 30));
    tokenizer_decode(t, 151644, false, &b);
    tokenizer_decode(t, 151935, false, &b);             /* padding */
    tokenizer_decode(t, -5, true, &b);
    tokenizer_decode(t, 151936, true, &b);
    assert_int_equal(b.len, 0);
    tokenizer_decode(t, 151644, true, &b);
    tokenizer_decode(t, 151657, false, &b);
    assert_string_equal(b.data, "<|im_start|><tool_call>");
    qw_buf_free(&b);
    tokenizer_free(t);
}

static void test_bad_text(void **state)
{
    static const struct { const char *name, *text; size_t n; const char *at; } cases[] = {
        { "lone continuation", "ab\x80", 3, "byte 2" }, { "cut character", "\xe4\xb8", 2, "byte 0" },
        { "surrogate", "x\xed\xa0\x80", 4, "byte 1" },  { "overlong", "\xc0\x80", 2, "byte 0" },
        { "too high", "\xf4\x90\x80\x80", 4, "byte 0" },
    };
    struct tokenizer *t = load(data_path(TINY), NULL);
    struct ids x = { 0 };

    (void)state;
    ids_push(&x, 7);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_error err = { 0 };
        assert_int_equal(tokenizer_encode(t, cases[i].text, cases[i].n, true, &x, &err), QW_EPARAMS);
        if (strstr(err.msg, cases[i].at) == NULL)
            fail_msg("%s: %s", cases[i].name, err.msg);
        assert_int_equal(x.n, 1);
    }
    ids_free(&x);
    tokenizer_free(t);
}

/* ---- streaming ------------------------------------------------------------------------ */

/* The tiny vocabulary has every byte as a token, so any byte string can be pushed. */
static int32_t byte_token(const struct tokenizer *t, uint8_t byte)
{
    for (int32_t id = 0; id < 256; id++) {
        struct qw_buf b = QW_BUF_INIT;
        tokenizer_decode(t, id, false, &b);
        bool hit = b.len == 1 && (uint8_t)b.data[0] == byte;
        qw_buf_free(&b);
        if (hit)
            return id;
    }
    return -1;
}

static void test_stream(void **state)
{
#define R "\xef\xbf\xbd"
    static const struct { const char *name, *bytes, *want; } cases[] = {
        { "ascii", "abc", "abc" },
        { "two bytes", "\xc3\xa9", "\xc3\xa9" },
        { "four bytes", "x\xf0\x9f\x98\x80y", "x\xf0\x9f\x98\x80y" },
        { "never completed", "a\xe4\xb8", "a" R },
        { "lone continuation", "\x80z", R "z" },
        { "broken by ascii", "\xe4\xb8z", R "z" },
        { "broken by a new one", "\xe4\xe4\xb8\xad", R "\xe4\xb8\xad" },
        { "surrogate half", "\xed\xa0\x80", R R R },
        { "overlong", "\xc0\xaf", R R },
        { "above U+10FFFF", "\xf4\x90\x80\x80", R R R R },
        { "maximal subpart of four", "\xf0\x9f\x98z", R "z" },
    };
    struct tokenizer *t = load(data_path(TINY), NULL);

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct tok_stream s = { .n_held = 0 };
        struct qw_buf b = QW_BUF_INIT;
        for (const char *p = cases[k].bytes; *p; p++) {
            size_t before = b.len;
            tok_stream_push(&s, t, byte_token(t, (uint8_t)*p), &b);
            /* what has come out so far never ends inside a character */
            if (b.len > before && ((uint8_t)b.data[before] & 0xc0) == 0x80)
                fail_msg("%s: a character was split", cases[k].name);
        }
        tok_stream_end(&s, &b);
        if (strcmp(b.data, cases[k].want) != 0)
            fail_msg("%s: got %s", cases[k].name, b.data);
        qw_buf_free(&b);
    }
    tokenizer_free(t);
}

/* ---- hostile texts take linear time ---------------------------------------------------- */

static void test_long_words(void **state)
{
    static const struct { const char *name, *unit; size_t n; } cases[] = {
        { "one letter", "a", 1 << 20 },         { "one word", "abcdefghij", 100000 },
        { "spaces", " ", 1 << 20 },             { "newlines", "\n", 1 << 20 },
        { "combining marks", "\xcc\x81\xcc\xa7", 1 << 18 },
        { "hangul jamo", "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8", 100000 },
        { "punctuation", "<|", 1 << 19 },
    };
    static const char *const pres[] = { "qwen2", "smollm", "llama-bpe" };

    (void)state;
    for (size_t p = 0; p < 3; p++) {
        struct tokenizer *t = load(data_path(VOCAB), pres[p]);
        for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
            struct qw_buf b = QW_BUF_INIT, back = QW_BUF_INIT;
            struct ids x = { 0 };
            for (size_t i = 0; i < cases[k].n; i++)
                qw_buf_adds(&b, cases[k].unit);
            clock_t start = clock();
            assert_int_equal(tokenizer_encode(t, b.data, b.len, true, &x, NULL), QW_OK);
            double s = (double)(clock() - start) / CLOCKS_PER_SEC;
            if (s > 30.0)                   /* tenths of a second; quadratic is hours */
                fail_msg("%s, %s: %.1f s", pres[p], cases[k].name, s);
            tokenizer_decode_all(t, x.v, x.n, true, &back);
            if (p != 0)
                assert_int_equal(back.len, b.len);
            qw_buf_free(&b);
            qw_buf_free(&back);
            ids_free(&x);
        }
        tokenizer_free(t);
    }
}

/* ---- bad metadata ------------------------------------------------------------------------ */

static void test_bad_pre(void **state)
{
    struct gguf *g = NULL;
    struct tokenizer *t = NULL;
    struct qw_error err = { 0 };

    (void)state;
    assert_int_equal(gguf_open(&g, data_path(TINY), &err), QW_OK);
    assert_int_equal(tokenizer_new(&t, g, "gpt-99", &err), QW_EUNSUPPORTED);
    assert_non_null(strstr(err.msg, "gpt-99"));
    assert_non_null(strstr(err.msg, "--pre takes qwen2, smollm, llama-bpe"));
    assert_null(t);
    gguf_free(g);
}

/* A failed allocation is QW_ENOMEM and nothing else, or (in PCRE2's JIT) no harm. */
static void test_no_memory(void **state)
{
    struct gguf *g = NULL;
    struct tokenizer *t = NULL;
    struct ids x = { 0 };
    const char *text = "e\xcc\x81\xcc\xa7 abc<|im_end|> def 12 \xe4\xb8\xad";
    size_t failed = 0;

    (void)state;
    assert_int_equal(gguf_open(&g, data_path(TINY), NULL), QW_OK);
    uint64_t before = qw_mem_count();
    assert_int_equal(tokenizer_new(&t, g, NULL, NULL), QW_OK);
    long n_new = (long)(qw_mem_count() - before);
    before = qw_mem_count();
    assert_int_equal(tokenizer_encode(t, text, strlen(text), true, &x, NULL), QW_OK);
    long n_encode = (long)(qw_mem_count() - before);
    for (long i = 0; i < n_new; i++) {
        struct tokenizer *u = NULL;
        qw_mem_fail_after(i);
        int rc = tokenizer_new(&u, g, NULL, NULL);
        qw_mem_fail_after(-1);
        assert_true(rc == QW_OK || (rc == QW_ENOMEM && u == NULL));
        failed += rc != QW_OK;
        tokenizer_free(u);
    }
    assert_in_range(failed, 8, n_new);
    failed = 0;
    for (long i = 0; i < n_encode; i++) {
        struct ids y = { 0 };
        qw_mem_fail_after(i);
        int rc = tokenizer_encode(t, text, strlen(text), true, &y, NULL);
        qw_mem_fail_after(-1);
        assert_true(rc == QW_OK || (rc == QW_ENOMEM && y.n == 0));
        if (rc == QW_OK) {
            assert_int_equal(y.n, x.n);
            assert_memory_equal(y.v, x.v, x.n * sizeof *x.v);
        }
        failed += rc != QW_OK;
        ids_free(&y);
    }
    assert_in_range(failed, 5, n_encode);
    ids_free(&x);
    tokenizer_free(t);
    gguf_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_qwen2),     cmocka_unit_test(test_llama_bpe),  cmocka_unit_test(test_smollm),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_no_special), cmocka_unit_test(test_questions), cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_stream),    cmocka_unit_test(test_long_words), cmocka_unit_test(test_bad_pre),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
