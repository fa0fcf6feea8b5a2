/* What the store costs: store_bench pages|big|scale [DIR].
 *
 * pages: 127 pages of 196,608 bytes (2,032 tokens of a 0.5B model in F16): find + load from the page cache;
 *        the commit of 16 new ones beside one raw write + fdatasync of as many bytes.
 * big:   375 pages of 2.25 MiB (6,000 tokens of the 4B shape), caches dropped, beside reading the same file.
 * scale: 10,000 sessions and 200,000 messages: open, list, search, open one, commit a turn.
 * Medians; the folder is removed afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/store/store.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;
static unsigned long wakes;
static struct store *s;
static struct store_ns_key key;
static uint32_t ns;
static char dir[256];

static void die(const char *what, const struct qw_error *err)
{
    fprintf(stderr, "store_bench: %s: %s\n", what, err != NULL ? err->msg : strerror(errno));
    exit(1);
}

static void wake(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    wakes++;
    pthread_cond_signal(&woken);
    pthread_mutex_unlock(&lock);
}

static struct store_answer wait_for(enum store_mailbox m)
{
    struct store_answer a;

    for (;;) {
        unsigned long seen;

        pthread_mutex_lock(&lock);
        seen = wakes;
        pthread_mutex_unlock(&lock);
        if (store_poll(s, m, &a))
            return a;
        pthread_mutex_lock(&lock);
        while (wakes == seen)
            pthread_cond_wait(&woken, &lock);
        pthread_mutex_unlock(&lock);
    }
}

static double now(void) { return (double)clock_mono_ns() / 1e6; }

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

static void open_store(struct store_found *found)
{
    struct store_options o = { .dir = dir, .disk_budget = (uint64_t)8 << 30, .wake = { { wake, NULL }, { wake, NULL } } };
    struct qw_error err;

    if (store_open(&s, &o, found, &err) != QW_OK)
        die("open", &err);
}

static void make_ns(uint32_t layers, uint32_t heads, uint32_t dim)
{
    struct qw_error err;

    kv_layout_init(&key.layout, KV_F16, layers, heads, dim, NULL);
    ns = store_namespace(s, &key, &err);
    if (ns == 0)
        die("namespace", &err);
}

static void commit(struct store_txn *t)
{
    struct qw_error err;
    struct store_answer a;

    if (store_commit(s, t, &err) != QW_OK)
        die("commit", &err);
    a = wait_for(STORE_ENGINE);
    if (a.code != QW_OK)
        die(store_txn_error(a.txn), NULL);
    store_txn_free(a.txn);
}

static void put(int32_t *ids, unsigned seed, size_t n, size_t in_one, const char *data)
{
    uint64_t parent = 0;

    for (size_t i = 0; i < n * KV_PAGE_TOKENS; i++)
        ids[i] = (int32_t)(seed * 7919u + i);
    for (size_t at = 0; at < n; at += in_one) {
        struct store_txn *t = store_txn_new(STORE_ENGINE, NULL);

        for (size_t i = at; i < n && i < at + in_one; i++) {
            struct store_page p = { .page = store_page_id(s), .parent = parent, .data = data };

            memcpy(p.ids, ids + i * KV_PAGE_TOKENS, sizeof p.ids);
            parent = p.page;
            store_txn_pages(t, ns, &p, 1);
        }
        commit(t);
    }
}

static void find_load(const int32_t *ids, size_t n, void **to, double *find_ms, double *load_ms)
{
    struct store_ref *refs = qw_alloc(n * sizeof *refs);
    struct store_find f = { .ns = ns, .ids = ids, .n = n, .found = refs };
    struct store_load l = { .ns = ns, .ids = ids, .refs = refs, .data = to, .n = n };
    double t0 = now(), t1;

    if (store_find(s, &f, NULL) != QW_OK)
        die("find", NULL);
    wait_for(STORE_ENGINE);
    t1 = now();
    if (f.n_found != n || store_load(s, &l, NULL) != QW_OK)
        die("find or load", NULL);
    wait_for(STORE_ENGINE);
    if (l.n_loaded != n)
        die("load", NULL);
    *find_ms = t1 - t0;
    *load_ms = now() - t1;
    qw_free(refs);
}

static void **buffers(size_t n)
{
    void **to = qw_alloc(n * sizeof *to);

    for (size_t i = 0; i < n; i++) {
        to[i] = qw_alloc(key.layout.page_bytes);
        memset(to[i], 1, key.layout.page_bytes);
    }
    return to;
}

static double raw_sync(const char *data, size_t n)
{
    char path[300];
    double v[15];
    int fd;

    snprintf(path, sizeof path, "%s/raw", dir);
    fd = open(path, O_RDWR | O_CREAT, 0600);
    for (size_t i = 0; i < 15; i++) {
        double t = now();

        if (pwrite(fd, data, n, (off_t)(i * n)) != (ssize_t)n || fdatasync(fd) != 0)
            die("raw", NULL);
        v[i] = now() - t;
    }
    close(fd);
    unlink(path);
    return median(v, 15);
}

static void pages(void)
{
    enum { N = 127, ROUNDS = 21 };
    int32_t ids[N * KV_PAGE_TOKENS];
    double find[ROUNDS], load[ROUNDS], both[ROUNDS], turn[15];
    size_t bytes;
    char *data;
    void **to;

    make_ns(24, 2, 64);
    bytes = key.layout.page_bytes;
    data = qw_calloc(16, bytes);
    put(ids, 1, N, 16, data);
    to = buffers(N);
    for (int i = 0; i < ROUNDS; i++) {
        find_load(ids, N, to, &find[i], &load[i]);
        both[i] = find[i] + load[i];
    }
    printf("pages: 127 of %zu bytes: find %.2f ms, load %.2f ms, both %.2f ms\n", bytes, median(find, ROUNDS),
           median(load, ROUNDS), median(both, ROUNDS));
    for (unsigned i = 0; i < 15; i++) {
        double t = now();

        put(ids, 100 + i, 16, 16, data);
        turn[i] = now() - t;
    }
    printf("pages: commit of 16: %.2f ms; raw write + fdatasync of as many bytes: %.2f ms\n", median(turn, 15),
           raw_sync(data, 16 * bytes));
}

static void drop_caches(void)
{
    int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

    sync();
    if (fd < 0 || write(fd, "1", 1) != 1)
        fprintf(stderr, "store_bench: the page cache could not be dropped\n");
    if (fd >= 0)
        close(fd);
}

static double read_file(const char *path, size_t bytes)
{
    enum { CHUNK = 1 << 20 };
    static char chunk[CHUNK];
    double t = now();
    int fd = open(path, O_RDONLY);
    ssize_t k;
    size_t n = 0;

    while (n < bytes && (k = read(fd, chunk, CHUNK)) > 0)
        n += (size_t)k;
    close(fd);
    return (double)n / 1e6 / ((now() - t) / 1e3);
}

static void big(void)
{
    enum { N = 375 };
    static int32_t ids[N * KV_PAGE_TOKENS];
    char path[300];
    size_t bytes;
    void **to;

    make_ns(36, 8, 128);
    bytes = key.layout.page_bytes;
    put(ids, 1, N, 16, qw_calloc(1, bytes));
    to = buffers(N);
    snprintf(path, sizeof path, "%s/pages/00000001.kv", dir);
    for (int i = 0; i < 5; i++) {
        double find, load, raw;

        drop_caches();
        raw = read_file(path, N * (bytes + 4096));
        drop_caches();
        find_load(ids, N, to, &find, &load);
        printf("big: %.0f MB/s, a plain read %.0f MB/s (%.0f %%)\n", (double)(N * bytes) / 1e6 / ((find + load) / 1e3), raw,
               (double)(N * bytes) / 1e6 / ((find + load) / 1e3) / raw * 100);
    }
}

static double ask(struct store_query *q)
{
    double t = now();

    if (store_ask(s, q, NULL) != QW_OK)
        die("ask", NULL);
    wait_for(STORE_LOOP);
    t = now() - t;
    if (q->error.code != QW_OK)
        die("query", &q->error);
    return t;
}

static const char *word(unsigned x)
{
    static char b[8][24];
    static unsigned k;
    char *w = b[k++ % 8];

    /* a few words are in nearly every message, most are rare */
    if (x % 3 == 0)
        return x % 2 ? "the" : "证明";
    snprintf(w, 24, "w%u", (x >> 4) % 50000);
    return w;
}

static void fill(void)
{
    unsigned x = 1;

    for (unsigned i = 1; i <= 10000; i++) {
        struct store_txn *t = store_txn_new(STORE_ENGINE, NULL);
        struct store_session row = { .session = i, .owner = 1, .head = i * 100 + 19, .title = "a title", .updated_unix_ms = i,
                                     .n_messages = 20 };

        for (unsigned k = 0; k < 20; k++) {
            char text[600] = "";
            int32_t ids[80] = { 0 };
            struct store_message m = { .message = i * 100 + k, .owner = 1, .parent = k == 0 ? 0 : i * 100 + k - 1,
                                       .space = "m", .role = 1 + k % 2, .text = text, .ids = ids, .n_ids = 80,
                                       .hash = i * 31 + k };

            for (unsigned w = 0; w < 40; w++) {
                x = x * 1664525u + 1013904223u;
                strcat(text, word(x >> 8));
                strcat(text, " ");
            }
            store_txn_message(t, &m);
        }
        store_txn_session(t, &row);
        if (store_commit(s, t, NULL) != QW_OK)
            die("commit", NULL);
        if (i % 500 == 0)
            for (unsigned k = 0; k < 500; k++)
                store_txn_free(wait_for(STORE_ENGINE).txn);
    }
}

static void scale(void)
{
    static const char *const searches[] = { "w4711", "the", "证", "证明 w77", "w1", "absent" };
    struct store_status st;
    struct store_found found;
    double open_ms[5], v[11];
    double t = now();

    fill();
    printf("scale: filled in %.1f s\n", (now() - t) / 1e3);
    for (int i = 0; i < 5; i++) {
        store_close(s);
        open_store(&found);
        open_ms[i] = found.ms;
    }
    store_get_status(s, &st);
    printf("scale: %llu sessions, %llu messages, database %.0f MB: open %.1f ms\n", (unsigned long long)found.sessions,
           (unsigned long long)found.messages, (double)st.db_bytes / 1e6, median(open_ms, 5));
    for (size_t k = 0; k < sizeof searches / sizeof searches[0] + 3; k++) {
        const char *what = k == 0 ? "list" : k == 1 ? "list with text" : k == 2 ? "open one" : searches[k - 3];
        size_t n = 0;

        for (int i = 0; i < 11; i++) {
            struct store_query *q = store_query_new(k < 2 ? STORE_Q_SESSIONS : k == 2 ? STORE_Q_SESSION : STORE_Q_SEARCH,
                                                    STORE_LOOP, NULL);

            q->owner = 1, q->limit = 50, q->id = 5000 + (uint64_t)i;
            q->text = k == 1 ? "nothing like it" : k >= 3 ? what : NULL;
            v[i] = ask(q);
            n = q->n_sessions + q->n_messages + q->n_hits;
            store_query_free(q);
        }
        printf("scale: %-16s %.2f ms (slowest %.2f), %zu rows\n", what, median(v, 11), v[10], n);
    }
    for (unsigned i = 0; i < 11; i++) {
        struct store_txn *x = store_txn_new(STORE_ENGINE, NULL);
        struct store_message m = { .message = 2000000 + i, .owner = 1, .text = "a new one" };

        store_txn_message(x, &m);
        t = now();
        commit(x);
        v[i] = now() - t;
    }
    printf("scale: commit of one message %.2f ms\n", median(v, 11));
    {
        struct store_txn *x = store_txn_new(STORE_ENGINE, NULL);

        for (unsigned i = 0; i < 100; i++)
            store_txn_delete_session(x, 1, 5000 + i);
        t = now();
        commit(x);
        printf("scale: delete of 100 sessions %.2f ms\n", now() - t);
    }
    {
        struct store_query *q = store_query_new(STORE_Q_CHECK, STORE_LOOP, NULL);

        t = ask(q);
        printf("scale: check %.0f ms, %llu faults\n", t, (unsigned long long)q->n_bad);
        store_query_free(q);
    }
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

int main(int argc, char **argv)
{
    struct store_found found;

    if (argc < 2 || argc > 3 || (strcmp(argv[1], "pages") != 0 && strcmp(argv[1], "big") != 0 && strcmp(argv[1], "scale") != 0)) {
        fprintf(stderr, "usage: store_bench pages|big|scale [DIR]\n");
        return 2;
    }
    snprintf(dir, sizeof dir, "%s/store_bench-XXXXXX", argc > 2 ? argv[2] : "/var/tmp");
    if (mkdtemp(dir) == NULL)
        die(dir, NULL);
    open_store(&found);
    if (argv[1][0] == 'p')
        pages();
    else if (argv[1][0] == 'b')
        big();
    else
        scale();
    store_close(s);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
