/* Pages and the tree: names, owners, references, eviction order, twins; then a long random walk
 * against a naive model of the same rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cpu.h"
#include "base/mem.h"
#include "engine/forward/kv.h"

static const struct kv_layout tiny = {
    .type = KV_F16, .n_layers = 1, .n_kv_heads = 1, .head_dim = 16, .k_bytes = 512, .v_bytes = 512, .page_bytes = 1024,
};

static struct kv *pool(size_t n)
{
    struct kv *kv = NULL;
    assert_int_equal(kv_new(&kv, &tiny, n, NULL), QW_OK);
    return kv;
}

static void fill_ids(int32_t ids[16], int32_t v)
{
    for (int i = 0; i < 16; i++)
        ids[i] = v + i;
}

/* A sealed page with one reference. */
static struct kv_page *seal(struct kv *kv, uint64_t owner, struct kv_page *parent, int32_t v)
{
    int32_t ids[16];
    fill_ids(ids, v);
    struct kv_page *p = kv_take(kv);
    assert_non_null(p);
    memset(kv_page_data(p), v & 0xff, tiny.page_bytes);
    return kv_seal(kv, owner, parent, p, ids);
}

static struct kv_stats stats(struct kv *kv)
{
    struct kv_stats s;
    kv_get_stats(kv, &s);
    assert_int_equal(s.free + s.open + s.held + s.cached, s.total);
    return s;
}

static void test_names(void **state)
{
    struct kv *kv = pool(8);
    struct kv_page *out[4];
    int32_t path[48];
    (void)state;
    fill_ids(path, 100);
    fill_ids(path + 16, 200);
    fill_ids(path + 32, 300);
    struct kv_page *a = seal(kv, 1, NULL, 100), *b = seal(kv, 1, a, 200);
    assert_int_equal(kv_match(kv, 1, path, 48, out, 4), 2);
    assert_ptr_equal(out[0], a);
    assert_ptr_equal(out[1], b);
    kv_unref(kv, b);
    kv_unref(kv, a);
    assert_int_equal(kv_match(kv, 1, path, 48, out, 1), 1);     /* no more than asked for */
    kv_unref(kv, a);
    assert_int_equal(kv_match(kv, 1, path, 31, out, 4), 1);     /* half a page matches nothing */
    kv_unref(kv, a);
    assert_int_equal(kv_match(kv, 2, path, 48, out, 4), 0);     /* another owner's */
    assert_int_equal(kv_match(kv, 1, path + 16, 32, out, 4), 0);/* the same ids elsewhere */
    path[31]++;
    assert_int_equal(kv_match(kv, 1, path, 48, out, 4), 1);     /* the last id differs */
    kv_unref(kv, a);
    path[31]--;
    assert_int_equal(kv_match_from(kv, 1, a, path + 16, 32, out, 4), 1);
    kv_unref(kv, b);
    assert_int_equal(stats(kv).held, 2);
    kv_unref(kv, b);
    kv_unref(kv, a);
    assert_int_equal(stats(kv).cached, 2);
    assert_int_equal(stats(kv).held, 0);
    kv_free(kv);
}

static void test_twin(void **state)
{
    struct kv *kv = pool(4);
    (void)state;
    struct kv_page *a = seal(kv, 1, NULL, 7), *b = seal(kv, 1, NULL, 7);
    assert_ptr_equal(a, b);
    assert_int_equal(stats(kv).held, 1);
    assert_int_equal(stats(kv).free, 3);
    assert_int_equal(stats(kv).twins, 1);
    assert_int_equal(stats(kv).twins_unequal, 0);
    kv_unref(kv, a);
    assert_int_equal(stats(kv).held, 1);                        /* two references were taken */
    kv_unref(kv, b);
    assert_int_equal(stats(kv).cached, 1);
    assert_ptr_not_equal(seal(kv, 2, NULL, 7), a);              /* another owner's has no twin here */
    kv_free(kv);
}

static void test_eviction(void **state)
{
    struct kv *kv = pool(4);
    struct kv_page *out[4];
    int32_t ids[32];
    (void)state;
    struct kv_page *a = seal(kv, 1, NULL, 100), *b = seal(kv, 1, a, 200), *c = seal(kv, 1, NULL, 300);
    struct kv_page *d = kv_take(kv);
    assert_null(kv_take(kv));                                   /* all held */
    kv_unref(kv, b);
    kv_unref(kv, a);
    kv_unref(kv, c);
    fill_ids(ids, 100);
    fill_ids(ids + 16, 200);
    assert_int_equal(kv_match(kv, 1, ids, 32, out, 4), 2);      /* now c is the least recently used */
    kv_unref(kv, b);
    kv_unref(kv, a);
    struct kv_page *e = kv_take(kv);
    assert_ptr_equal(e, c);
    for (size_t i = 0; i < tiny.page_bytes; i++)
        assert_int_equal(kv_page_data(e)[i], 0);                /* zeroed */
    assert_ptr_equal(kv_take(kv), b);                           /* the leaf before its parent */
    assert_int_equal(kv_match(kv, 1, ids, 32, out, 4), 1);
    assert_null(kv_take(kv));
    kv_unref(kv, a);
    assert_ptr_equal(kv_take(kv), a);
    assert_null(kv_take(kv));
    assert_int_equal(stats(kv).evictions, 3);
    assert_int_equal(stats(kv).open, 4);
    kv_drop_open(kv, d);
    assert_ptr_equal(kv_take(kv), d);
    kv_free(kv);
}

/* A parent is never evicted under a referenced child, however old it is. */
static void test_parent_stays(void **state)
{
    struct kv *kv = pool(3);
    (void)state;
    struct kv_page *a = seal(kv, 1, NULL, 1), *b = seal(kv, 1, a, 2);
    kv_unref(kv, a);
    struct kv_page *c = kv_take(kv);
    assert_non_null(c);
    assert_null(kv_take(kv));
    kv_unref(kv, b);
    assert_ptr_equal(kv_take(kv), b);
    assert_ptr_equal(kv_take(kv), a);
    kv_free(kv);
}

/* ---- what the store has ------------------------------------------------------------------- */

static void test_dirty_last(void **state)
{
    struct kv *kv = pool(4);
    (void)state;
    struct kv_page *a = seal(kv, 1, NULL, 1), *b = seal(kv, 1, a, 2), *c = seal(kv, 1, NULL, 3), *d = seal(kv, 1, NULL, 4);
    kv_want(kv, a);
    kv_want(kv, b);
    kv_want(kv, c);
    kv_want(kv, c);                                             /* once is enough */
    assert_int_equal(stats(kv).dirty, 3);
    assert_int_equal(stats(kv).dirty_idle, 0);
    kv_unref(kv, b);
    kv_unref(kv, a);
    kv_unref(kv, c);
    kv_unref(kv, d);
    assert_int_equal(stats(kv).dirty_idle, 3);
    assert_ptr_equal(kv_take(kv), d);                           /* the last used, but nobody wants it kept */
    kv_lend(kv, c, 77);
    assert_int_equal(stats(kv).written, 1);
    assert_int_equal(stats(kv).dirty_idle, 2);
    kv_lent_back(kv, c, 78, false);                             /* a twin's number */
    assert_int_equal(kv_store_id(c), 78);
    assert_int_equal(kv_disk(c), KV_COMMITTED);
    assert_ptr_equal(kv_take(kv), c);                           /* used last of all, but durable */
    assert_ptr_equal(kv_take(kv), b);                           /* memory needs it */
    assert_int_equal(stats(kv).dirty, 1);
    kv_unwant_of(kv, 2);
    assert_int_equal(kv_disk(a), KV_DIRTY);
    kv_unwant_of(kv, 1);
    assert_int_equal(kv_disk(a), KV_UNSTORED);
    assert_int_equal(stats(kv).dirty + stats(kv).dirty_idle, 0);
    kv_want(kv, a);
    kv_unwant(kv);
    assert_int_equal(kv_disk(a), KV_UNSTORED);
    assert_int_equal(stats(kv).dirty + stats(kv).dirty_idle, 0);
    assert_ptr_equal(kv_take(kv), a);
    assert_int_equal(stats(kv).evictions, 4);
    kv_free(kv);
}

static void test_lend(void **state)
{
    struct kv *kv = pool(3);
    (void)state;
    struct kv_page *a = seal(kv, 1, NULL, 1), *b = seal(kv, 1, a, 2), *c = seal(kv, 1, b, 3);
    kv_want(kv, a);
    kv_lend(kv, a, 5);
    kv_lend(kv, b, 6);                                          /* nobody asked before: it is the same */
    kv_unref(kv, c);
    kv_unref(kv, b);
    kv_unref(kv, a);
    assert_int_equal(stats(kv).held, 2);
    assert_ptr_equal(kv_take(kv), c);
    assert_null(kv_take(kv));                                   /* lent */
    kv_forget_stored(kv);                                       /* lent ones keep their numbers */
    assert_int_equal(kv_store_id(b), 6);
    kv_lent_back(kv, b, 0, true);
    assert_int_equal(kv_disk(b), KV_DIRTY);
    kv_lent_back(kv, a, 5, true);
    kv_lend(kv, b, 9);
    kv_lent_back(kv, b, 0, false);                              /* no room for it */
    assert_int_equal(kv_disk(b), KV_UNSTORED);
    kv_forget_above(kv, b);
    assert_int_equal(kv_disk(a), KV_UNSTORED);
    assert_int_equal(kv_store_id(a), 0);
    kv_lend(kv, a, 10);
    kv_lent_back(kv, a, 10, true);
    kv_forget_stored(kv);
    assert_int_equal(kv_disk(a), KV_UNSTORED);
    kv_free(kv);
}

static void test_adopt(void **state)
{
    struct kv *kv = pool(4);
    struct kv_page *out[4], *r;
    int32_t ids[16];
    (void)state;
    r = kv_take_raw(kv);
    memset(kv_page_data(r), 7, tiny.page_bytes);
    fill_ids(ids, 100);
    struct kv_page *a = kv_adopt(kv, 1, NULL, r, ids, 41);
    assert_ptr_equal(a, r);
    assert_int_equal(kv_disk(a), KV_COMMITTED);
    assert_int_equal(kv_store_id(a), 41);
    assert_memory_equal(kv_ids(a), ids, sizeof ids);
    assert_int_equal(kv_owner(a), 1);
    assert_int_equal(kv_match(kv, 1, ids, 16, out, 4), 1);
    kv_unref(kv, a);
    /* Somebody computed it meanwhile: theirs stays, with the number. */
    struct kv_page *b = seal(kv, 1, a, 200);
    kv_want(kv, b);
    r = kv_take_raw(kv);
    memset(kv_page_data(r), 200, tiny.page_bytes);
    fill_ids(ids, 200);
    assert_ptr_equal(kv_adopt(kv, 1, a, r, ids, 42), b);
    assert_ptr_equal(kv_parent(b), a);
    assert_int_equal(kv_disk(b), KV_COMMITTED);
    assert_int_equal(kv_store_id(b), 42);
    assert_int_equal(stats(kv).dirty, 0);
    assert_int_equal(stats(kv).twins_unequal, 0);
    /* One that is being written keeps its own. */
    struct kv_page *c = seal(kv, 1, b, 300);
    kv_lend(kv, c, 50);
    r = kv_take_raw(kv);
    memset(kv_page_data(r), 300 & 0xff, tiny.page_bytes);
    fill_ids(ids, 300);
    assert_ptr_equal(kv_adopt(kv, 1, b, r, ids, 51), c);
    assert_int_equal(kv_store_id(c), 50);
    kv_lent_back(kv, c, 50, true);
    /* A page that could not be read is zeroed before it is used otherwise. */
    r = kv_take_raw(kv);
    memset(kv_page_data(r), 9, tiny.page_bytes);
    kv_drop_open(kv, r);
    assert_ptr_equal(kv_take(kv), r);
    for (size_t i = 0; i < tiny.page_bytes; i++)
        assert_int_equal(kv_page_data(r)[i], 0);
    kv_free(kv);
}

static void test_dirty_idle(void **state)
{
    struct kv *kv = pool(8);
    struct kv_page *p[6], *out[8];
    (void)state;
    for (int i = 0; i < 5; i++)
        p[i] = seal(kv, 1, i > 0 ? p[i - 1] : NULL, i);
    p[5] = seal(kv, 2, NULL, 9);
    kv_lend(kv, p[0], 1);
    kv_lent_back(kv, p[0], 1, true);
    kv_want(kv, p[2]);                                          /* under one that nobody asked for */
    kv_want(kv, p[3]);
    kv_want(kv, p[5]);
    assert_int_equal(kv_dirty_idle(kv, out, 8), 0);             /* all in use */
    kv_unref(kv, p[5]);
    assert_int_equal(kv_dirty_idle(kv, out, 8), 1);
    assert_ptr_equal(out[0], p[5]);
    for (int i = 5; i-- > 0;)
        kv_unref(kv, p[i]);
    assert_int_equal(kv_dirty_idle(kv, out, 8), 3);             /* the longest way first, from its top */
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(out[i], p[i + 1]);
    assert_int_equal(kv_dirty_idle(kv, out, 2), 2);
    assert_ptr_equal(out[0], p[1]);
    assert_ptr_equal(out[1], p[2]);
    assert_int_equal(kv_dirty_idle(kv, out, 0), 0);
    kv_free(kv);
}

/* ---- the naive model ---------------------------------------------------------------------- */

enum { POOL = 12, NODES = 4000 };
struct node { int parent, first, refs, children; uint64_t owner, used; bool live; struct kv_page *page; };
static struct node node[NODES];
static int n_nodes;

static int model_find(uint64_t owner, int parent, int first)
{
    for (int i = 0; i < n_nodes; i++)
        if (node[i].live && node[i].owner == owner && node[i].parent == parent && node[i].first == first)
            return i;
    return -1;
}

static int model_victim(void)
{
    int best = -1;
    for (int i = 0; i < n_nodes; i++)
        if (node[i].live && node[i].refs == 0 && node[i].children == 0 &&
            (best < 0 || node[i].used < node[best].used))
            best = i;
    return best;
}

static void test_random(void **state)
{
    struct kv *kv = pool(POOL);
    struct { uint64_t owner; int path[4], depth; } user[5] = { 0 };
    uint64_t clock = 0;
    unsigned seed = 7;
    (void)state;
    n_nodes = 0;
    for (int step = 0; step < 30000 && n_nodes < NODES - 1; step++) {
        int u = rand_r(&seed) % 5, k = user[u].depth;
        if (k == 4 || rand_r(&seed) % 4 == 0) {                 /* lets go, leaves first */
            while (user[u].depth > 0) {
                struct node *x = &node[user[u].path[--user[u].depth]];
                kv_unref(kv, x->page);
                if (--x->refs == 0)
                    x->used = ++clock;
            }
            user[u].owner = rand_r(&seed) % 2;
            continue;
        }
        int parent = k > 0 ? user[u].path[k - 1] : -1, first = rand_r(&seed) % 3;
        struct kv_page *pp = parent >= 0 ? node[parent].page : NULL, *got;
        int32_t ids[16];
        fill_ids(ids, first);
        int have = model_find(user[u].owner, parent, first);
        if (rand_r(&seed) % 2 == 0) {
            size_t n = kv_match_from(kv, user[u].owner, pp, ids, 16, &got, 1);
            assert_int_equal(n, have >= 0);
            if (have < 0)
                continue;
            assert_ptr_equal(got, node[have].page);
        } else {
            int live = 0, victim = model_victim();
            for (int i = 0; i < n_nodes; i++)
                live += node[i].live;
            struct kv_page *p = kv_take(kv);
            if (live == POOL) {
                assert_int_equal(p != NULL, victim >= 0);
                if (p == NULL)
                    continue;
                assert_ptr_equal(p, node[victim].page);
                node[victim].live = false;
                if (node[victim].parent >= 0)
                    node[node[victim].parent].children--;
                if (victim == have)                             /* its name is free again */
                    have = -1;
            }
            assert_non_null(p);
            got = kv_seal(kv, user[u].owner, pp, p, ids);
            if (have >= 0) {
                assert_ptr_equal(got, node[have].page);
            } else {
                assert_ptr_equal(got, p);
                have = n_nodes++;
                node[have] = (struct node){ .parent = parent, .first = first, .owner = user[u].owner,
                                            .live = true, .page = got };
                if (parent >= 0)
                    node[parent].children++;
            }
        }
        node[have].refs++;
        user[u].path[user[u].depth++] = have;
        stats(kv);
    }
    assert_true(stats(kv).evictions > 500);
    kv_free(kv);
}

static void test_memory(void **state)
{
    struct kv *kv = NULL;
    long n = 0;
    (void)state;
    for (;; n++) {
        qw_mem_fail_after(n);
        int rc = kv_new(&kv, &tiny, 8, NULL);
        qw_mem_fail_after(-1);
        if (rc == QW_OK)
            break;
        assert_int_equal(rc, QW_ENOMEM);
        assert_null(kv);
    }
    assert_true(n >= 4);
    kv_free(kv);
    assert_int_equal(kv_new(&kv, &tiny, 0, NULL), QW_EPARAMS);
    assert_int_equal(kv_new(&kv, &tiny, SIZE_MAX / 2, NULL), QW_EPARAMS);
}

/* A pool of 4 GiB costs what is used of it. */
static void test_resident(void **state)
{
    struct kv_layout big = tiny;
    struct kv *kv;
    (void)state;
    big.page_bytes = 1 << 20;
    uint64_t before = mem_resident_bytes();
    if (kv_new(&kv, &big, 4096, NULL) != QW_OK)
        skip();
    for (int i = 0; i < 4; i++)
        memset(kv_page_data(kv_take(kv)), 1, big.page_bytes);
    assert_true(mem_resident_bytes() < before + (64u << 20));
    kv_free(kv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names), cmocka_unit_test(test_twin), cmocka_unit_test(test_eviction),
        cmocka_unit_test(test_parent_stays), cmocka_unit_test(test_random), cmocka_unit_test(test_memory),
        cmocka_unit_test(test_resident), cmocka_unit_test(test_dirty_last), cmocka_unit_test(test_lend),
        cmocka_unit_test(test_adopt), cmocka_unit_test(test_dirty_idle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
