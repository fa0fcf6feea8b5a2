/* Pages: found, loaded, twins, evicted, damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "daemon/store/pages.h"
#include "tests/unit/base_tmp.h"
#include "tests/unit/store_rig.h"

static struct store_status status(struct rig *r)
{
    struct store_status st;

    store_get_status(r->s, &st);
    return st;
}

static void test_find_and_load(void **state)
{
    struct rig *r = *state;
    struct store_ref refs[10];

    assert_true(r->found.created);
    assert_int_equal(rig_find(r, r->ns, 1, 8, refs), 0);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 8, NULL), QW_OK);
    assert_int_equal(rig_find_load(r, r->ns, 1, 8), 8);
    assert_int_equal(rig_find_load(r, r->ns, 1, 9), 8);             /* no more than there is */
    assert_int_equal(rig_find_load(r, r->ns, 1, 5), 5);
    assert_int_equal(rig_find_load(r, r->ns, 2, 5), 0);
    rig_close(r);
    rig_open(r);
    assert_int_equal(r->found.pages, 8);
    assert_false(r->found.created);
    assert_int_equal(rig_find_load(r, r->ns, 1, 8), 8);
    assert_int_equal(status(r).pages_loaded, 8);
    assert_int_equal(status(r).pages_damaged, 0);
}

/* A chain that came in several transactions, the later ones sent before the first was durable. */
static void test_chain_over_transactions(void **state)
{
    struct rig *r = *state;
    enum { N = 40 };
    static char data[N][2048];
    struct store_page p[N] = { 0 };
    struct store_txn *t[N];

    for (size_t i = 0; i < N; i++) {
        p[i].page = store_page_id(r->s);
        p[i].parent = i > 0 ? p[i - 1].page : 0;
        p[i].data = data[i];
        rig_ids(p[i].ids, 9, i);
        rig_data(data[i], 2048, 9, i);
        t[i] = rig_txn();
        store_txn_pages(t[i], r->ns, &p[i], 1);
        assert_int_equal(store_commit(r->s, t[i], NULL), QW_OK);
    }
    for (size_t i = 0; i < N; i++) {                /* answers come in order */
        struct store_answer a;

        rig_wait(r, STORE_ENGINE, &a);
        assert_ptr_equal(a.txn, t[i]);
        assert_int_equal(a.code, QW_OK);
        store_txn_free(a.txn);
    }
    assert_int_equal(rig_find_load(r, r->ns, 9, N), N);
    assert_true(status(r).commits < N);             /* group commit */
}

static void test_twins(void **state)
{
    struct rig *r = *state;
    uint64_t a[4], b[4], c[2];
    struct store_status st;

    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 4, a), QW_OK);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 4, b), QW_OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(a[i], b[i]);               /* the first stays */
    st = status(r);
    assert_int_equal(st.pages, 4);
    assert_int_equal(st.pages_written, 4);
    /* a child under a number that became an alias */
    {
        struct store_page p[2] = { { .page = store_page_id(r->s), .user = p }, { .page = store_page_id(r->s) } };
        struct store_txn *t = rig_txn();
        static char data[2][2048];

        rig_ids(p[0].ids, 1, 0);
        rig_data(data[0], 2048, 1, 0);
        p[0].data = data[0];
        rig_ids(p[1].ids, 77, 1);
        rig_data(data[1], 2048, 77, 1);
        p[1].parent = p[0].page;
        p[1].data = data[1];
        store_txn_pages(t, r->ns, p, 2);
        assert_int_equal(rig_commit(r, t), QW_OK);
        c[0] = p[0].page;
    }
    assert_int_equal(status(r).pages, 5);
    /* found under the alias as under the page itself */
    for (int k = 0; k < 2; k++) {
        int32_t ids[KV_PAGE_TOKENS];
        struct store_ref ref;
        static char buf[2048], want[2048];
        void *to = buf;
        struct store_find f = { .ns = r->ns, .parent = k == 0 ? c[0] : a[0], .ids = ids, .n = 1, .found = &ref };
        struct store_load l = { .ns = r->ns, .parent = f.parent, .ids = ids, .refs = &ref, .data = &to, .n = 1 };
        struct store_answer ans;

        rig_ids(ids, 77, 1);
        assert_int_equal(store_find(r->s, &f, NULL), QW_OK);
        rig_wait(r, STORE_ENGINE, &ans);
        assert_int_equal(f.n_found, 1);
        assert_int_equal(store_load(r->s, &l, NULL), QW_OK);
        rig_wait(r, STORE_ENGINE, &ans);
        assert_int_equal(l.n_loaded, 1);
        rig_data(want, 2048, 77, 1);
        assert_memory_equal(buf, want, 2048);
    }
}

/* Two equal chains in one transaction: one copy. */
static void test_twins_in_one_batch(void **state)
{
    struct rig *r = *state;
    struct store_page p[6] = { 0 };
    static char data[3][2048];
    struct store_txn *t = rig_txn();
    const struct store_page *back;
    size_t n;

    for (size_t i = 0; i < 3; i++)
        rig_data(data[i], 2048, 1, i);
    for (size_t i = 0; i < 6; i++) {
        p[i].page = store_page_id(r->s);
        p[i].parent = i % 3 == 0 ? 0 : p[i - 1].page;
        p[i].data = data[i % 3];
        rig_ids(p[i].ids, 1, i % 3);
    }
    store_txn_pages(t, r->ns, p, 6);
    assert_int_equal(rig_commit_keep(r, t), QW_OK);
    back = store_txn_get_pages(t, &n);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(back[i + 3].page, back[i].page);
    store_txn_free(t);
    assert_int_equal(status(r).pages, 3);
    assert_int_equal(rig_find_load(r, r->ns, 1, 3), 3);
}

static void test_namespaces_are_apart(void **state)
{
    struct rig *r = *state;
    struct store_ns_key k = r->key;
    struct qw_error err;
    uint32_t other[5];

    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 3, NULL), QW_OK);
    assert_int_equal(store_namespace(r->s, &k, &err), r->ns);
    k.owner = 2;
    other[0] = store_namespace(r->s, &k, &err);
    k = r->key, k.numerics++;
    other[1] = store_namespace(r->s, &k, &err);
    k = r->key, k.fingerprint[15] ^= 1;
    other[2] = store_namespace(r->s, &k, &err);
    k = r->key, k.params++;
    other[3] = store_namespace(r->s, &k, &err);
    k = r->key, k.layout.type = KV_BF16;            /* the same sizes */
    other[4] = store_namespace(r->s, &k, &err);
    for (int i = 0; i < 5; i++) {
        struct store_ref ref[3];

        assert_int_not_equal(other[i], 0);
        assert_int_not_equal(other[i], r->ns);
        assert_int_equal(rig_find(r, other[i], 1, 3, ref), 0);
    }
    /* One that had no page is numbered anew after a restart; one that had is not. */
    assert_int_equal(rig_put(r, other[3], 0, 5, 0, 1, NULL), QW_OK);
    rig_close(r);
    rig_open(r);
    k = r->key, k.params++;
    assert_int_equal(store_namespace(r->s, &k, &err), other[3]);
    assert_int_equal(rig_find_load(r, other[3], 5, 1), 1);
    assert_int_equal(rig_find_load(r, r->ns, 1, 3), 3);
    k.layout.page_bytes++;
    assert_int_equal(store_namespace(r->s, &k, &err), 0);
}

/* A parent that the store does not have: the page cannot be found again and is not kept. */
static void test_orphans(void **state)
{
    struct rig *r = *state;
    uint64_t page[2];

    assert_int_equal(rig_put(r, r->ns, 12345, 1, 0, 2, page), QW_OK);
    assert_int_equal(page[0], 0);
    assert_int_equal(page[1], 0);
    assert_int_equal(status(r).pages, 0);
    assert_int_equal(status(r).page_bytes, 0);
}

static void test_eviction(void **state)
{
    struct rig *r = *state;
    struct store_txn *t;
    uint64_t leaf[64], kept = 0, ids[4];

    rig_close(r);
    r->o.disk_budget = 40 * 4096;
    rig_open(r);
    for (unsigned seed = 0; seed < 60; seed++) {
        assert_int_equal(rig_put(r, r->ns, 0, seed, 0, 4, ids), QW_OK);
        leaf[seed] = ids[3];
        if (seed == 30) {           /* used again: it outlives its neighbours */
            t = rig_txn();
            store_txn_touch(t, leaf[25]);
            assert_int_equal(rig_commit(r, t), QW_OK);
        }
        assert_true(status(r).file_bytes <= r->o.disk_budget);
    }
    assert_true(status(r).pages_evicted >= 60 * 4 - 40);
    for (unsigned seed = 0; seed < 60; seed++) {
        size_t n = rig_find_load(r, r->ns, seed, 4);

        kept += n;
        if (seed < 50)
            assert_int_equal(n, 0);
        if (seed > 52)
            assert_int_equal(n, 4);
    }
    assert_int_equal(kept, status(r).pages);
    rig_close(r);
    rig_open(r);
    assert_int_equal(r->found.pages, kept);
    assert_int_equal(rig_find_load(r, r->ns, 59, 4), 4);
}

static void test_touch(void **state)
{
    struct rig *r = *state;
    uint64_t a[4], b[4];
    struct store_txn *t;

    rig_close(r);
    r->o.disk_budget = 10 * 4096;
    rig_open(r);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 4, a), QW_OK);
    assert_int_equal(rig_put(r, r->ns, 0, 2, 0, 4, b), QW_OK);
    t = rig_txn();
    store_txn_touch(t, a[3]);
    assert_int_equal(rig_commit(r, t), QW_OK);
    assert_int_equal(rig_put(r, r->ns, 0, 3, 0, 4, NULL), QW_OK);
    assert_int_equal(rig_find_load(r, r->ns, 1, 4), 4);
    assert_true(rig_find_load(r, r->ns, 2, 4) <= 2);        /* from its end */
    assert_int_equal(rig_find_load(r, r->ns, 3, 4), 4);
}

/* More than the budget at once: some are not kept, and it says which. */
static void test_no_room(void **state)
{
    struct rig *r = *state;
    uint64_t page[20];
    size_t kept = 0;

    rig_close(r);
    r->o.disk_budget = 8 * 4096;
    rig_open(r);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 20, page), QW_OK);
    while (kept < 20 && page[kept] != 0)
        kept++;
    assert_int_equal(kept, 8);
    for (size_t i = kept; i < 20; i++)
        assert_int_equal(page[i], 0);
    assert_int_equal(rig_find_load(r, r->ns, 1, 20), 8);
}

/* What a find pinned stays readable though it is evicted meanwhile. */
static void test_pins(void **state)
{
    struct rig *r = *state;
    struct store_ref refs[4];

    rig_close(r);
    r->o.disk_budget = 12 * 4096;
    rig_open(r);
    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 4, NULL), QW_OK);
    assert_int_equal(rig_find(r, r->ns, 1, 4, refs), 4);
    for (unsigned seed = 2; seed < 12; seed++)
        assert_int_equal(rig_put(r, r->ns, 0, seed, 0, 4, NULL), QW_OK);
    {
        struct store_ref again[4];

        assert_int_equal(rig_find(r, r->ns, 1, 4, again), 0);
    }
    assert_int_equal(rig_load(r, r->ns, 1, 4, refs), 4);
    for (unsigned seed = 20; seed < 24; seed++)             /* and is used again afterwards */
        assert_int_equal(rig_put(r, r->ns, 0, seed, 0, 4, NULL), QW_OK);
    assert_int_equal(rig_find_load(r, r->ns, 23, 4), 4);
}

/* A bit flipped in any region of a slot: that page and those below are not there any more. */
static void test_damage(void **state)
{
    struct rig *r = *state;
    static const long regions[] = { 0, 8, 12, 16, 31, 32, 40, 48, 111, 112, 119, 120, 239, 240, 255, 256, 1000, 256 + 2047 };

    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        unsigned seed = 100 + (unsigned)i;
        struct store_ref refs[5];

        assert_int_equal(rig_put(r, r->ns, 0, seed, 0, 5, NULL), QW_OK);
        assert_int_equal(rig_find(r, r->ns, seed, 5, refs), 5);
        rig_flip(rig_path(r, "pages/00000001.kv"), (long)refs[2].slot * 4096 + regions[i], 1u << (i % 8));
        assert_int_equal(rig_load(r, r->ns, seed, 5, refs), 2);
        assert_int_equal(status(r).pages_damaged, i + 1);
        /* what it says is queued behind the drop */
        assert_int_equal(rig_put(r, r->ns, 0, 9999, i, 1, NULL), QW_OK);
        assert_int_equal(rig_find_load(r, r->ns, seed, 5), 2);
        /* and computed again it is whole */
        assert_int_equal(rig_put(r, r->ns, refs[1].page, seed, 2, 3, NULL), QW_OK);
        assert_int_equal(rig_find_load(r, r->ns, seed, 5), 5);
    }
    assert_int_equal(status(r).pages_damaged, sizeof regions / sizeof regions[0]);
}

/* A slot that holds another whole page of this store: identity is checked, too. */
static void test_wrong_page(void **state)
{
    struct rig *r = *state;
    struct store_ref refs[2];
    char slot[4096];
    FILE *f;

    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 2, NULL), QW_OK);
    assert_int_equal(rig_find(r, r->ns, 1, 2, refs), 2);
    f = fopen(rig_path(r, "pages/00000001.kv"), "r+b");
    assert_non_null(f);
    fseek(f, (long)refs[0].slot * 4096, SEEK_SET);
    assert_int_equal(fread(slot, 1, 4096, f), 4096);
    fseek(f, (long)refs[1].slot * 4096, SEEK_SET);
    assert_int_equal(fwrite(slot, 1, 4096, f), 4096);
    fclose(f);
    assert_int_equal(rig_load(r, r->ns, 1, 2, refs), 1);
}

static void test_truncated_and_deleted(void **state)
{
    struct rig *r = *state;
    struct store_ref refs[6];

    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 6, NULL), QW_OK);
    assert_int_equal(rig_find(r, r->ns, 1, 6, refs), 6);
    assert_int_equal(truncate(rig_path(r, "pages/00000001.kv"), 4 * 4096 + 100), 0);
    assert_int_equal(rig_load(r, r->ns, 1, 6, refs), 4);
    assert_int_equal(rig_put(r, r->ns, 0, 2, 0, 6, NULL), QW_OK);
    assert_int_equal(rig_find_load(r, r->ns, 1, 6), 4);
    assert_int_equal(rig_find_load(r, r->ns, 2, 6), 6);
    /* deleted under the running daemon: what is written next goes to another file */
    unlink(rig_path(r, "pages/00000001.kv"));
    assert_int_equal(rig_put(r, r->ns, 0, 3, 0, 6, NULL), QW_OK);
    assert_int_equal(rig_find_load(r, r->ns, 3, 6), 6);
    rig_close(r);
    rig_open(r);
    assert_int_equal(rig_find_load(r, r->ns, 3, 6), 6);
    assert_int_equal(rig_find_load(r, r->ns, 2, 6), 0);
    assert_int_equal(r->found.pages, 6);
    /* deleted while nobody ran */
    rig_close(r);
    unlink(rig_path(r, "pages/00000002.kv"));
    rig_open(r);
    assert_int_equal(r->found.pages, 0);
    assert_int_equal(rig_put(r, r->ns, 0, 3, 0, 6, NULL), QW_OK);
    assert_int_equal(rig_find_load(r, r->ns, 3, 6), 6);
}

static void test_gc(void **state)
{
    struct rig *r = *state;
    struct store_query *q;
    uint64_t before;

    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 50, NULL), QW_OK);
    before = status(r).file_bytes;
    assert_int_equal(before, 50 * 4096);
    rig_close(r);
    r->o.disk_budget = 20 * 4096;
    rig_open(r);
    q = rig_ask(r, store_query_new(STORE_Q_GC, STORE_LOOP, NULL));
    assert_int_equal(q->error.code, QW_OK);
    assert_non_null(q->report);
    store_query_free(q);
    assert_true(status(r).file_bytes <= r->o.disk_budget);
    assert_int_equal(rig_find_load(r, r->ns, 1, 50), 20);
    q = store_query_new(STORE_Q_CHECK, STORE_LOOP, NULL);
    q->deep = true;
    rig_ask(r, q);
    assert_int_equal(q->error.code, QW_OK);
    assert_int_equal(q->n_bad, 0);
    assert_non_null(strstr(q->report, "20 pages read"));
    store_query_free(q);
}

static void test_deep_check_finds(void **state)
{
    struct rig *r = *state;
    struct store_query *q = store_query_new(STORE_Q_CHECK, STORE_LOOP, NULL);

    assert_int_equal(rig_put(r, r->ns, 0, 1, 0, 5, NULL), QW_OK);
    rig_flip(rig_path(r, "pages/00000001.kv"), 3 * 4096 + 700, 4);
    q->deep = true;
    rig_ask(r, q);
    assert_int_equal(q->n_bad, 1);
    assert_non_null(strstr(q->report, "checksum"));
    store_query_free(q);
    assert_int_equal(rig_put(r, r->ns, 0, 2, 0, 1, NULL), QW_OK);
    assert_int_equal(rig_find_load(r, r->ns, 1, 5), 3);
}

static void test_header_is_its_specification(void **state)
{
    uint8_t h[PAGES_HEADER], uuid[16] = { 1, 2, 3 }, data[64] = { 9 };
    int32_t ids[16] = { 0x01020304, -1 };
    struct page_name p = { 0x11223344, 0x0102030405060708, 0x1112131415161718, ids, 64 };

    (void)state;
    pages_header(h, uuid, &p, data);
    assert_memory_equal(h, "QWKVPAGE\1\0\0\0\x44\x33\x22\x11\1\2\3", 19);
    assert_memory_equal(h + 32, "\x08\x07\x06\x05\x04\x03\x02\x01\x18\x17\x16\x15\x14\x13\x12\x11\x04\x03\x02\x01\xff\xff\xff\xff", 24);
    assert_memory_equal(h + 112, "\x40\0\0\0\0\0\0\0", 8);
    assert_null(pages_check(h, uuid, &p, data));
    /* the checksum's value is part of the format */
    assert_int_equal(pages_slot_bytes(196608), 200704);
    assert_int_equal(pages_slot_bytes(3840), 4096);
    assert_int_equal(pages_slot_bytes(3841), 8192);
    for (size_t i = 0; i < sizeof h; i++) {
        h[i] ^= 0x10;
        assert_non_null(pages_check(h, uuid, &p, data));
        h[i] ^= 0x10;
    }
    data[63] ^= 1;
    assert_string_equal(pages_check(h, uuid, &p, data), "its checksum is wrong");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(test_find_and_load), T(test_chain_over_transactions), T(test_twins), T(test_twins_in_one_batch),
        T(test_namespaces_are_apart), T(test_orphans), T(test_eviction), T(test_touch), T(test_no_room), T(test_pins),
        T(test_damage), T(test_wrong_page), T(test_truncated_and_deleted), T(test_gc), T(test_deep_check_finds),
        T(test_header_is_its_specification),
    };
    return cmocka_run_group_tests_name("store/pages", tests, NULL, NULL);
}
