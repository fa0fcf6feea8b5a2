/* Search: words, Chinese, quotes, snippets, pages of results, what is private. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/base_tmp.h"
#include "tests/unit/store_rig.h"

enum { ME = 1, OTHER = 2 };

static const char *const texts[] = {
    /* 11 */ "请证明根号二是无理数。",
    /* 12 */ "The integral of x^2 is x^3/3. \"Quoted\" AND OR NOT near(",
    /* 13 */ "微积分 calculus 与代数",
    /* 14 */ "Caf\xc3\xa9 na\xc3\xafve r\xc3\xa9sum\xc3\xa9 it's 100%",
    /* 15 */ "素数有无穷多个，欧几里得证明过。",
    /* 16 */ "line one\nline two \x02hidden\x03 marks 𠀀 rare",
    /* 17 */ "かな カナ 한국어 text",
    /* 18 */ "",
    /* 19 */ "A long beginning that goes on and on, word after word, before the needle comes; and then it goes on again for "
             "quite a while after it, so that the rest of this sentence must be cut off somewhere, I should think, for "
             "nobody reads a whole page of text in a list of results.",
};
enum { N = sizeof texts / sizeof texts[0] };

static int setup(void **state)
{
    static struct rig r;
    struct store_txn *t;

    rig_make(&r);
    rig_open(&r);
    t = rig_txn();
    for (unsigned i = 0; i < N; i++) {
        rig_put_message(t, ME, 11 + i, i == 0 ? 0 : 10 + i, i % 2 == 0 ? 1 : 2, texts[i]);
    }
    rig_put_session(t, ME, 1, 10 + N, "talk");
    rig_put_message(t, OTHER, 50, 0, 1, "another's calculus 证明");
    rig_put_session(t, OTHER, 2, 50, "others");
    rig_put_message(t, ME, 60, 0, 1, "no session calculus");
    rig_put_message(t, ME, 70, 0, 1, "private calculus");
    {
        struct store_session x = { .session = 3, .owner = ME, .head = 70, .private_ = true };

        store_txn_session(t, &x);
    }
    assert_int_equal(rig_commit(&r, t), QW_OK);
    *state = &r;
    return 0;
}

static void test_queries(void **state)
{
    struct rig *r = *state;
    static const struct { const char *text; unsigned first; size_t n; const char *snippet; } rows[] = {
        { "证明", 15, 2, "\2证明\3" },
        { "数", 15, 3, "\2数\3" },                  /* one character */
        { "根号二", 11, 1, "请证明\2根号二\3是无理数。" },
        { "二根", 0, 0, NULL },                     /* a phrase, in order */
        { "无理数 根号", 11, 1, "\2无理数\3" },     /* each must be there */
        { "calculus", 13, 1, "微积分 \2calculus\3 与代数" },
        { "CALCULUS", 13, 1, "\2calculus\3" },
        { "calc", 13, 1, "\2calc\3ulus" },          /* a beginning */
        { "alculus", 0, 0, NULL },
        { "微积分 calculus", 13, 1, "\2微积分\3 \2calculus\3" },
        { "积分calculus", 13, 1, "微积分 calculus" },           /* blanks between are not words */
        { "cafe", 14, 1, "Caf" },                   /* without accents */
        { "100%", 14, 1, "\2" "100%\3" },
        { "it's", 14, 1, "\2it's\3" },
        { "\"Quoted\"", 12, 1, "\2\"Quoted\"\3" },
        { "AND", 12, 2, "\2AND\3" },                /* no operator; 19 has one, too */
        { "near(", 12, 1, "\2near(\3" },
        { "NOT zebra", 0, 0, NULL },
        { "text:calculus", 0, 0, NULL },            /* no column filter */
        { "*", 0, 0, NULL }, { "\"", 0, 0, NULL }, { "", 0, 0, NULL }, { "   ", 0, 0, NULL }, { "\"\"\"", 0, 0, NULL },
        { "(((", 0, 0, NULL }, { "^x", 12, 1, "\2^2\3" }, { "\xff\xfe", 0, 0, NULL },
        { "𠀀", 16, 1, "\2𠀀\3" },
        { "ナ", 17, 1, "\2ナ\3" }, { "국어", 17, 1, "\2국어\3" },
        { "needle", 19, 1, "\2needle\3" },
        { "line", 16, 1, "\2line\3 one \2line\3 two  hidden  marks" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct store_query *q = rig_search(r, ME, rows[i].text);
        bool seen = rows[i].n == 0;

        if (rows[i].text[0] == '^')         /* punctuation separates: only that nothing breaks */
            goto next;
        if (q->error.code != QW_OK)
            fail_msg("'%s': %s", rows[i].text, q->error.msg);
        if (q->n_hits != rows[i].n)
            fail_msg("'%s': %zu hits, not %zu", rows[i].text, q->n_hits, rows[i].n);
        for (size_t k = 0; k < q->n_hits; k++) {
            assert_int_equal(q->hits[k].session, 1);
            assert_string_equal(q->hits[k].title, "talk");
            if (k > 0)
                assert_true(q->hits[k].message < q->hits[k - 1].message);       /* newest first */
            if (q->hits[k].message == rows[i].first) {
                seen = true;
                if (strstr(q->hits[k].snippet, rows[i].snippet) == NULL)
                    fail_msg("'%s': snippet '%s'", rows[i].text, q->hits[k].snippet);
                assert_true(strlen(q->hits[k].snippet) < 700);
            }
        }
        if (!seen)
            fail_msg("'%s': message %u is not among the hits", rows[i].text, rows[i].first);
next:
        store_query_free(q);
    }
}

static void test_cursor(void **state)
{
    struct rig *r = *state;
    struct store_txn *t = rig_txn();
    char cursor[64] = "";
    size_t seen = 0, rounds = 0;

    for (unsigned i = 0; i < 30; i++)
        rig_put_message(t, ME, 1000 + i, i == 0 ? 0 : 999 + i, 1, "armadillo");
    rig_put_session(t, ME, 9, 1029, "many");
    assert_int_equal(rig_commit(r, t), QW_OK);
    do {
        struct store_query *q = store_query_new(STORE_Q_SEARCH, STORE_LOOP, NULL);

        q->owner = ME, q->text = "armadillo", q->limit = 7;
        q->cursor = cursor[0] != '\0' ? cursor : NULL;
        rig_ask(r, q);
        for (size_t i = 0; i < q->n_hits; i++)
            assert_int_equal(q->hits[i].message, 1029 - seen++);
        cursor[0] = '\0';
        if (q->next != NULL)
            snprintf(cursor, sizeof cursor, "%s", q->next);
        store_query_free(q);
        rounds++;
    } while (cursor[0] != '\0');
    assert_int_equal(seen, 30);
    assert_int_equal(rounds, 5);
    {
        struct store_query *q = store_query_new(STORE_Q_SEARCH, STORE_LOOP, NULL);

        q->owner = ME, q->text = "x", q->cursor = "-3";
        assert_int_equal(rig_ask(r, q)->error.code, QW_EPARAMS);
        store_query_free(q);
    }
}

/* Snippets are whole characters, whatever the text. */
static void test_snippets_are_utf8(void **state)
{
    struct rig *r = *state;
    struct store_txn *t = rig_txn();
    char text[3001];
    struct store_query *q;

    for (size_t i = 0; i < 1000; i++)
        memcpy(text + i * 3, i == 500 ? "针" : "海", 3);
    text[3000] = '\0';
    rig_put_message(t, ME, 2000, 0, 1, text);
    rig_put_session(t, ME, 8, 2000, "sea");
    assert_int_equal(rig_commit(r, t), QW_OK);
    q = rig_search(r, ME, "针");
    assert_int_equal(q->n_hits, 1);
    assert_int_equal(strncmp(q->hits[0].snippet, "…海", 6), 0);
    assert_non_null(strstr(q->hits[0].snippet, "海\2针\3海"));
    assert_string_equal(q->hits[0].snippet + strlen(q->hits[0].snippet) - 6, "海…");
    store_query_free(q);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, rig_teardown)
    const struct CMUnitTest tests[] = { T(test_queries), T(test_cursor), T(test_snippets_are_utf8) };
    return cmocka_run_group_tests_name("store/search", tests, NULL, NULL);
}
