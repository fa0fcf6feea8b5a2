/* The rules that end an answer, with a tokenizer of the test's own: ids name short strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "engine/gen/gen.h"

enum { END = 0, HALF = 50 };     /* HALF: the first byte of a character */
static const char *const piece[] = {
    "", "a", "b", "c", "ab", "abc", "\n", "\n\n", "答", "案", " stop", "st", "op", "STOP", "xSTOPy", "x",
};

/* Stand-ins for engine/text/tokenizer.c. */
void tok_stream_push(struct tok_stream *s, const struct tokenizer *t, int32_t id, struct qw_buf *out)
{
    (void)t;
    if (id == HALF)
        s->n_held = 1;
    else
        qw_buf_adds(out, id < (int)(sizeof piece / sizeof *piece) ? piece[id] : ".");
}
void tok_stream_end(struct tok_stream *s, struct qw_buf *out)
{
    if (s->n_held > 0)
        qw_buf_adds(out, "\xEF\xBF\xBD");
    s->n_held = 0;
}
bool tokenizer_is_end(const struct tokenizer *t, int32_t id)
{
    (void)t;
    return id == END;
}

static const char *const st_stop[] = { "stop", NULL }, *const big_stop[] = { "STOP", NULL },
    *const nl[] = { "\n\n", NULL }, *const two[] = { "bc", "abca", NULL }, *const han[] = { "答案", NULL },
    *const self[] = { "aab", NULL };

static const struct {
    const char *name;
    const char *const *stop;
    uint32_t max;
    int32_t ids[8];             /* ends with -1 */
    const char *shown[8];       /* text after each id; NULL ends */
    enum finish finish;
    const char *text;
    bool ignore_end;
} cases[] = {
    { "end id", NULL, 99, { 1, 2, 0, -1 }, { "a", "ab", "ab" }, FINISH_STOP, "ab", false },
    { "end id ignored", NULL, 3, { 1, 0, 2, -1 }, { "a", "a", "ab" }, FINISH_LENGTH, "ab", true },
    { "max_tokens", NULL, 2, { 1, 2, -1 }, { "a", "ab" }, FINISH_LENGTH, "ab", false },
    { "end at max_tokens", NULL, 2, { 1, 0, -1 }, { "a", "a" }, FINISH_STOP, "a", false },
    { "stop across ids", st_stop, 99, { 1, 11, 12, -1 }, { "a", "a", "a" }, FINISH_STOP, "a", false },
    { "held, then not a stop", st_stop, 99, { 1, 11, 1, 0, -1 }, { "a", "a", "asta", "asta" }, FINISH_STOP, "asta", false },
    { "held, then the end", st_stop, 99, { 1, 11, 0, -1 }, { "a", "a", "ast" }, FINISH_STOP, "ast", false },
    { "held, then max_tokens", st_stop, 2, { 1, 11, -1 }, { "a", "ast" }, FINISH_LENGTH, "ast", false },
    { "inside one id", big_stop, 99, { 1, 14, -1 }, { "a", "ax" }, FINISH_STOP, "ax", false },
    { "newlines", nl, 99, { 6, 1, 6, 6, -1 }, { "", "\na", "\na", "\na" }, FINISH_STOP, "\na", false },
    { "first in the text wins", two, 99, { 1, 2, 3, -1 }, { "", "", "a" }, FINISH_STOP, "a", false },
    { "stop of two characters", han, 99, { 8, 8, 9, -1 }, { "", "答", "答" }, FINISH_STOP, "答", false },
    { "overlapping beginning", self, 99, { 1, 1, 1, 2, -1 }, { "", "", "a", "a" }, FINISH_STOP, "a", false },
    { "half a character at the end", NULL, 2, { 1, HALF, -1 }, { "a", "a\xEF\xBF\xBD" }, FINISH_LENGTH,
      "a\xEF\xBF\xBD", false },
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t n_stop = 0;
        while (cases[c].stop != NULL && cases[c].stop[n_stop] != NULL)
            n_stop++;
        struct gen_params p = { .max_tokens = cases[c].max, .stop = cases[c].stop, .n_stop = n_stop,
                                .stop_on_repetition = true, .ignore_end = cases[c].ignore_end };
        struct gen *g;
        struct qw_buf out = QW_BUF_INIT;
        enum finish f = FINISH_NONE;
        size_t i = 0;
        assert_int_equal(gen_new(&g, NULL, &p, NULL), QW_OK);
        for (; cases[c].ids[i] >= 0; i++) {
            assert_int_equal(f, FINISH_NONE);
            f = gen_push(g, cases[c].ids[i], &out);
            if (strcmp(out.data != NULL ? out.data : "", cases[c].shown[i]) != 0)
                fail_msg("%s: after id %zu: \"%s\"", cases[c].name, i, out.data);
        }
        if (f != cases[c].finish || strcmp(out.data, cases[c].text) != 0)
            fail_msg("%s: %s \"%s\"", cases[c].name, finish_name(f), out.data);
        assert_int_equal(gen_ids(g)->n, i);             /* the matching id is among them */
        assert_memory_equal(gen_ids(g)->v, cases[c].ids, i * sizeof(int32_t));
        gen_end(g, &out);                               /* nothing more */
        assert_string_equal(out.data, cases[c].text);
        qw_buf_free(&out);
        gen_free(g);
    }
}

/* The rule as the issue words it, looked for the long way. */
static bool repeats(const int32_t *v, size_t n)
{
    for (size_t d = 1; d <= 64; d++) {
        size_t len = 4 * d < 192 ? 192 : 4 * d, i = len;
        if (n < len)
            continue;
        for (i = d; i < len && v[n - len + i] == v[n - len + i - d]; i++)
            ;
        if (i == len)
            return true;
    }
    return false;
}

static void test_repetition(void **state)
{
    static int32_t v[1000];
    unsigned seed = 3;
    (void)state;
    for (size_t period = 1; period <= 70; period++)
        for (int on = 0; on < 2; on++) {
            size_t lead = rand_r(&seed) % 100;
            for (size_t i = 0; i < 1000; i++)
                v[i] = 100 + (i < lead + period ? rand_r(&seed) % 1000 : v[i - period] - 100);
            if (period > 1)
                v[lead + period - 1] = 5000;            /* no shorter period */
            for (size_t i = lead + period; i < 1000; i++)
                v[i] = v[i - period];
            struct gen_params p = { .max_tokens = 1000, .stop_on_repetition = on };
            struct gen *g;
            struct qw_buf out = QW_BUF_INIT;
            assert_int_equal(gen_new(&g, NULL, &p, NULL), QW_OK);
            enum finish f = FINISH_NONE;
            size_t n = 0;
            while (f == FINISH_NONE) {
                f = gen_push(g, v[n++], &out);
                if ((f == FINISH_REPETITION) != (on && repeats(v, n)))
                    fail_msg("period %zu, lead %zu, after %zu ids: %s", period, lead, n, finish_name(f));
            }
            assert_int_equal(f, on && period <= 64 ? FINISH_REPETITION : FINISH_LENGTH);
            qw_buf_free(&out);
            gen_free(g);
        }
}

static void test_bad(void **state)
{
    static const char *const empty[] = { "a", "" };
    struct gen *g = NULL;
    (void)state;
    assert_int_equal(gen_new(&g, NULL, &(struct gen_params){ .max_tokens = 0 }, NULL), QW_EPARAMS);
    assert_int_equal(gen_new(&g, NULL, &(struct gen_params){ .max_tokens = 1, .stop = empty, .n_stop = 2 }, NULL),
                     QW_EPARAMS);
    qw_mem_fail_after(0);
    assert_int_equal(gen_new(&g, NULL, &(struct gen_params){ .max_tokens = 1 }, NULL), QW_ENOMEM);
    qw_mem_fail_after(-1);
    assert_null(g);

    struct qw_buf out = QW_BUF_INIT;
    assert_int_equal(gen_new(&g, NULL, &(struct gen_params){ .max_tokens = 9 }, NULL), QW_OK);
    qw_mem_fail_after(0);
    assert_int_equal(gen_push(g, 1, &out), FINISH_ERROR);
    qw_mem_fail_after(1);
    assert_int_equal(gen_push(g, 1, &out), FINISH_ERROR);
    qw_mem_fail_after(-1);
    qw_buf_free(&out);
    gen_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases), cmocka_unit_test(test_repetition), cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
