/* Conversations: the tree, contexts, matching, memory bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "daemon/session/session.h"

#define OWNER 1001

static struct sessions *fresh(size_t bytes)
{
    struct sessions *s;
    struct qw_error err;
    assert_int_equal(sessions_new(&s, bytes, 4, &err), QW_OK);
    return s;
}

static struct ids ids_of(int32_t *v, size_t n)
{
    return (struct ids){ .v = v, .n = n };
}

/* One turn and its answer; ids are made from `from`. */
static struct node *say(struct sessions *s, uint64_t owner, const char *space, struct node *parent, const char *user,
                        const char *answer, int32_t from)
{
    int32_t a[3] = { from, from + 1, from + 2 }, b[2] = { from + 3, from + 4 };
    struct ids ia = ids_of(a, 3), ib = ids_of(b, 2);
    struct message m[2] = { { NODE_SYSTEM, "be brief" }, { NODE_USER, (char *)user } };
    struct node *turn, *n;
    struct qw_error err = { 0 };
    size_t skip = parent != NULL;
    if (node_add_turn(s, owner, space, parent, m + skip, 2 - skip, &ia, &turn, &err) != QW_OK)
        return NULL;
    if (node_add_answer(s, turn, answer, &ib, true, "stop", &n, &err) != QW_OK)
        return NULL;
    return n;
}

static void check_context(const struct node *n, const int32_t *want, size_t n_want)
{
    struct ids got = { 0 };
    assert_int_equal(node_context(n, &got, NULL), QW_OK);
    assert_int_equal(got.n, n_want);
    assert_memory_equal(got.v, want, n_want * sizeof *want);
    ids_free(&got);
}

static void test_contexts_are_exact(void **state)
{
    static const int32_t want[] = { 1, 2, 3, 4, 5, 11, 12, 13, 14, 15 };
    (void)state;
    struct sessions *s = fresh(1 << 20);
    const char *space = sessions_space(s, "m");
    struct node *a = say(s, OWNER, space, NULL, "hi", "hello", 1), *b = say(s, OWNER, space, a, "more", "yes", 11);
    check_context(b, want, 10);
    check_context(a, want, 5);
    assert_int_equal(b->n_ctx, 10);
    assert_false(b->parent->parent->parent->parent->cut);       /* a system message: no context ends there */
    assert_true(b->parent->cut);
    assert_ptr_equal(sessions_space(s, "m"), space);
    sessions_free(s);
}

static void test_equal_turns_are_shared_and_answers_are_siblings(void **state)
{
    (void)state;
    struct sessions *s = fresh(1 << 20);
    const char *space = sessions_space(s, "m");
    struct node *a = say(s, OWNER, space, NULL, "hi", "hello", 1);
    size_t bytes = sessions_bytes(s);
    assert_ptr_equal(say(s, OWNER, space, NULL, "hi", "hello", 1), a);
    assert_int_equal(sessions_bytes(s), bytes);
    int32_t v[1] = { 77 };
    struct ids other = ids_of(v, 1);
    struct node *b;
    assert_int_equal(node_add_answer(s, a->parent, "hello", &other, true, "stop", &b, NULL), QW_OK);
    assert_ptr_not_equal(a, b);                                 /* equal text, other ids */
    assert_ptr_equal(a->parent, b->parent);
    assert_ptr_equal(node_find(s, OWNER, a->id), a);
    assert_null(node_find(s, OWNER + 1, a->id));
    sessions_free(s);
}

static void test_match(void **state)
{
    (void)state;
    struct sessions *s = fresh(1 << 20);
    const char *space = sessions_space(s, "m"), *elsewhere = sessions_space(s, "n");
    struct node *a = say(s, OWNER, space, NULL, "hi", "hello", 1), *b = say(s, OWNER, space, a, "more", "yes", 11);
    struct message m[] = { { NODE_SYSTEM, "be brief" }, { NODE_USER, "hi" }, { NODE_ASSISTANT, "hello" },
                           { NODE_USER, "more" }, { NODE_ASSISTANT, "yes" }, { NODE_USER, "last" } };
    static const struct { const char *name; size_t n, used; int change; const char *text; bool own, here; } cases[] = {
        { "the whole",            6, 5, -1, NULL, true, true },
        { "up to the first",      4, 3, -1, NULL, true, true },
        { "another answer",       6, 3, 4, "no", true, true },
        { "another beginning",    6, 0, 1, "hey", true, true },
        { "another system",       6, 0, 0, "be long", true, true },
        { "somebody else",        6, 0, -1, NULL, false, true },
        { "another model",        6, 0, -1, NULL, true, false },
        { "only a question",      2, 0, -1, NULL, true, true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct message x[6];
        size_t used = 99;
        memcpy(x, m, sizeof x);
        if (cases[i].change >= 0)
            x[cases[i].change].text = (char *)cases[i].text;
        struct node *n = node_match(s, OWNER + !cases[i].own, cases[i].here ? space : elsewhere, x, cases[i].n, &used);
        struct node *want = cases[i].used == 5 ? b : cases[i].used == 3 ? a : NULL;
        if (used != cases[i].used || n != want)
            fail_msg("%s: %zu", cases[i].name, used);
    }
    /* What a client claims that the model said does not count as generated. */
    struct node *claimed;
    struct message c[] = { { NODE_USER, "q" }, { NODE_ASSISTANT, "claimed" }, { NODE_USER, "r" } };
    int32_t v[2] = { 5, 6 };
    struct ids ids = ids_of(v, 2);
    size_t used;
    assert_int_equal(node_add_turn(s, OWNER, space, NULL, c, 3, &ids, &claimed, NULL), QW_OK);
    assert_null(node_match(s, OWNER, space, c, 3, &used));
    sessions_free(s);
}

static void test_memory_is_bounded_and_sessions_stay(void **state)
{
    (void)state;
    struct sessions *s = fresh(20000);
    const char *space = sessions_space(s, "m");
    struct session *x;
    struct qw_error err = { 0 };
    char text[32];
    assert_int_equal(session_create(s, OWNER, "t", NULL, NULL, &x, &err), QW_OK);
    struct node *kept = say(s, OWNER, space, NULL, "keep", "me", 1);
    uint64_t id = kept->id;
    session_set_head(s, x, kept);
    for (int i = 0; i < 500; i++) {
        snprintf(text, sizeof text, "question %d", i);
        assert_non_null(say(s, OWNER, space, NULL, text, "answer", 1));
        assert_true(sessions_bytes(s) <= 20000);
    }
    assert_ptr_equal(node_find(s, OWNER, id), kept);
    size_t used;
    struct message newest[] = { { NODE_SYSTEM, "be brief" }, { NODE_USER, text }, { NODE_ASSISTANT, "answer" } };
    assert_non_null(node_match(s, OWNER, space, newest, 3, &used));
    newest[1].text = "question 0";
    assert_null(node_match(s, OWNER, space, newest, 3, &used));     /* used longest ago: gone first */

    /* What is pinned is refused room, not given up. */
    char *big = qw_alloc(30000);
    memset(big, 'x', 29999);
    big[29999] = '\0';
    struct node *n;
    struct message m = { NODE_USER, big };
    assert_int_equal(node_add_turn(s, OWNER, space, kept, &m, 1, NULL, &n, &err), QW_ETOOLARGE);
    assert_ptr_equal(node_find(s, OWNER, id), kept);
    qw_free(big);
    session_delete(s, x);
    sessions_set_limits(s, 0, 4);
    node_pin(kept);
    node_unpin(s, kept);
    assert_int_equal(sessions_bytes(s), 0);
    sessions_free(s);
}

static void test_ids_are_bounded_by_the_pool(void **state)
{
    (void)state;
    struct sessions *s = fresh(1 << 20);
    const char *space = sessions_space(s, "m");
    struct session *x;
    char text[32];
    sessions_set_max_ids(s, 50);                    /* ten conversations of five ids */
    assert_int_equal(session_create(s, OWNER, NULL, NULL, NULL, &x, NULL), QW_OK);
    struct node *kept = say(s, OWNER, space, NULL, "keep", "me", 1);
    session_set_head(s, x, kept);
    for (int i = 0; i < 30; i++) {
        snprintf(text, sizeof text, "question %d", i);
        assert_non_null(say(s, OWNER, space, NULL, text, "answer", 1));
    }
    size_t found = 0, used;
    for (int i = 0; i < 30; i++) {
        snprintf(text, sizeof text, "question %d", i);
        struct message m[] = { { NODE_SYSTEM, "be brief" }, { NODE_USER, text }, { NODE_ASSISTANT, "answer" } };
        found += node_match(s, OWNER, space, m, 3, &used) != NULL;
    }
    assert_true(found >= 8 && found <= 11);
    check_context(kept, (const int32_t[]){ 1, 2, 3, 4, 5 }, 5);
    sessions_free(s);
}

static void test_sessions_of_owners(void **state)
{
    (void)state;
    struct sessions *s = fresh(1 << 20);
    struct session *x[5];
    struct qw_error err = { 0 };
    for (int i = 0; i < 4; i++)
        assert_int_equal(session_create(s, OWNER, NULL, "sys", "model", &x[i], &err), QW_OK);
    assert_int_equal(session_create(s, OWNER, NULL, NULL, NULL, &x[4], &err), QW_ETOOLARGE);
    assert_int_equal(session_create(s, OWNER + 1, NULL, NULL, NULL, &x[4], &err), QW_OK);
    assert_ptr_equal(session_find(s, OWNER, x[1]->id), x[1]);
    assert_null(session_find(s, OWNER + 1, x[1]->id));
    assert_ptr_equal(session_first(s), x[4]);
    session_set_head(s, x[1], NULL);
    assert_ptr_equal(session_first(s), x[1]);                   /* newest first */
    session_delete(s, x[0]);
    session_delete(s, x[1]);
    assert_int_equal(sessions_count(s), 3);
    for (struct session *p = session_first(s), *prev = NULL; p != NULL; prev = p, p = p->next)
        assert_ptr_equal(p->prev, prev);
    sessions_free(s);
}

static void test_ids_on_the_wire(void **state)
{
    static const char *const bad[] = { "", "s", "s00000000000000", "s0000000000000000", "m000000000000001", "s00000000000000g",
                                       "s 00000000000001", "S000000000000001" };
    char text[SESSION_ID_LEN];
    uint64_t id = 0;
    (void)state;
    session_id_text('s', UINT64_C(0x123456789abcdef), text);
    assert_string_equal(text, "s123456789abcdef");
    assert_true(session_id_parse('s', text, &id));
    assert_true(id == UINT64_C(0x123456789abcdef));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (session_id_parse('s', bad[i], &id))
            fail_msg("taken: `%s`", bad[i]);
}

static void test_memory_failures(void **state)
{
    (void)state;
    for (long n = 0; n < 200; n++) {
        struct sessions *s = fresh(1 << 20);
        struct session *x = NULL;
        const char *space = sessions_space(s, "m");
        assert_non_null(space);
        qw_mem_fail_after(n);
        struct node *a = say(s, OWNER, space, NULL, "hi", "hello", 1);
        int rc = session_create(s, OWNER, "t", "s", "m", &x, NULL);
        qw_mem_fail_after(-1);
        bool good = a != NULL && rc == QW_OK;
        if (a != NULL)
            check_context(a, (const int32_t[]){ 1, 2, 3, 4, 5 }, 5);
        sessions_free(s);
        if (good) {
            assert_true(n > 8);
            return;
        }
    }
    fail_msg("never came to an end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contexts_are_exact),
        cmocka_unit_test(test_equal_turns_are_shared_and_answers_are_siblings),
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_memory_is_bounded_and_sessions_stay),
        cmocka_unit_test(test_ids_are_bounded_by_the_pool),
        cmocka_unit_test(test_sessions_of_owners),
        cmocka_unit_test(test_ids_on_the_wire),
        cmocka_unit_test(test_memory_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
