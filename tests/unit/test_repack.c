/* The repack cache: what it serves is what repacking gave, bit for bit, or it does not serve. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "engine/model/model.h"
#include "engine/model/weights.h"
#include "tests/golden/rig.h"

static char folder[64], cache[96], file[96];

static struct model *load(const char *dir, uint64_t limit)
{
    struct model *m = NULL;
    struct qw_error err;
    struct model_options o = { .level = CPU_LEVEL_REF, .n_threads = 2, .repack_cache = dir, .repack_cache_bytes = limit };
    if (model_load(&m, file, &o, &err) != QW_OK)
        fail_msg("%s", err.msg);
    return m;
}

/* Loads and lets what is written be written; ends the model. */
static struct repack_info one_load(const char *dir, uint64_t limit)
{
    struct repack_info i;
    struct model *m = load(dir, limit);
    model_repack_wait(m);
    model_repack_info(m, &i);
    model_free(m);
    return i;
}

static void use_model(const char *name)
{
    char from[600], *p;
    size_t n;
    struct qw_error err;
    snprintf(from, sizeof from, "%s/%s.gguf", fixture_dir(), name);
    assert_int_equal(fs_read_file(from, 1 << 24, &p, &n, &err), QW_OK);
    assert_int_equal(fs_replace_file(file, p, n, 0600, &err), QW_OK);
    qw_free(p);
}

static int setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/qw-test-repack-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(cache, sizeof cache, "%s/cache", folder);
    snprintf(file, sizeof file, "%s/model.gguf", folder);
    use_model("qwen3-small-q4_k_m");
    return 0;
}

static int teardown(void **state)
{
    char cmd[128];
    (void)state;
    snprintf(cmd, sizeof cmd, "rm -rf %s", folder);
    return system(cmd);
}

/* How many names in the cache begin so and end so. */
static int count(const char *begin, const char *end)
{
    DIR *d = opendir(cache);
    struct dirent *e;
    int n = 0;
    while (d != NULL && (e = readdir(d)) != NULL) {
        size_t len = strlen(e->d_name), l = strlen(end);
        n += strncmp(e->d_name, begin, strlen(begin)) == 0 && len >= l && strcmp(e->d_name + len - l, end) == 0;
    }
    if (d != NULL)
        closedir(d);
    return n;
}

static void assert_same_model(const struct model *a, const struct model *b)
{
    assert_string_equal(model_fingerprint(a), model_fingerprint(b));
    assert_int_equal(model_weight_bytes(a), model_weight_bytes(b));
    assert_memory_equal(model_weights(a)->embd.data, model_weights(b)->embd.data, model_weight_bytes(a));
}

/* ---- what it is for ------------------------------------------------------------------ */

static void second_start(void **state)
{
    (void)state;
    static const char *const names[] = { "qwen3-small-q4_k_m", "qwen3-small-q8_0", "qwen2-tiny-f32", "qwen3-small-bf16" };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct repack_info i, j;
        struct stat st;
        use_model(names[k]);
        struct model *a = load(cache, 0);
        model_repack_wait(a);
        model_repack_info(a, &i);
        if (i.state != REPACK_WRITTEN)
            fail_msg("%s: %s %s", names[k], repack_state_name(i.state), i.why);
        assert_int_equal(stat(i.path, &st), 0);
        assert_int_equal(i.bytes, st.st_size);
        assert_int_equal(st.st_mode & 07777, 0600);
        struct model *b = load(cache, 0);
        model_repack_info(b, &j);
        assert_int_equal(j.state, REPACK_READ);
        assert_string_equal(i.path, j.path);
        assert_int_equal(j.bytes, st.st_size);
        assert_string_equal(j.why, "");
        assert_same_model(a, b);
        model_free(a);
        model_free(b);
    }
    assert_int_equal(count("tmp-", ""), 0);
    assert_int_equal(count("", ".qwr"), 4);
}

static void off(void **state)
{
    (void)state;
    struct repack_info i = one_load(NULL, 0);
    assert_int_equal(i.state, REPACK_OFF);
    assert_string_equal(i.path, "");
    assert_int_equal(access(cache, F_OK), -1);
}

/* Another content under the same name, or the same under new times: never the old weights. */
static void other_file(void **state)
{
    (void)state;
    assert_int_equal(one_load(cache, 0).state, REPACK_WRITTEN);
    use_model("qwen3-small-q8_0");
    struct model *b = load(cache, 0), *plain = load(NULL, 0);
    struct repack_info i;
    model_repack_wait(b);
    model_repack_info(b, &i);
    assert_int_equal(i.state, REPACK_WRITTEN);
    assert_same_model(b, plain);
    model_free(b);
    model_free(plain);
    assert_int_equal(one_load(cache, 0).state, REPACK_READ);

    assert_int_equal(utimes(file, (struct timeval[2]){ { 1000, 0 }, { 1000, 0 } }), 0);
    i = one_load(cache, 0);
    assert_int_equal(i.state, REPACK_WRITTEN);          /* only linked: the block is there */
    assert_int_equal(count("", ".qwr"), 2);
    assert_int_equal(one_load(cache, 0).state, REPACK_READ);
}

/* ---- damage --------------------------------------------------------------------------- */

static void flip(const char *path, off_t at, int bit)
{
    uint8_t b = 0;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0 && pread(fd, &b, 1, at) == 1);
    b ^= (uint8_t)(1 << bit);
    assert_true(pwrite(fd, &b, 1, at) == 1);
    close(fd);
}

/* A bit in each region: every field of the head, the zeros, the table, the first, middle and last
 * bytes of the block; each is noticed, the file removed, the right weights loaded and written anew. */
static void flipped_bits(void **state)
{
    (void)state;
    struct model *plain = load(NULL, 0);
    struct repack_info i = one_load(cache, 0);
    const off_t block = (off_t)i.bytes - (off_t)model_weight_bytes(plain);
    off_t at[64];
    size_t n = 0;
    for (off_t a = 0; a < 96; a += 4)
        at[n++] = a;
    at[n++] = 2000;
    at[n++] = 4095;
    for (off_t a = 4096; a < 4096 + 24; a += 8)
        at[n++] = a;
    at[n++] = block - 1;
    for (int k = 0; k < 8; k++)
        at[n++] = block + (off_t)(model_weight_bytes(plain) - 1) * k / 7;
    for (size_t k = 0; k < n; k++) {
        flip(i.path, at[k], (int)(k % 8));
        struct model *m = load(cache, 0);
        struct repack_info j;
        model_repack_wait(m);
        model_repack_info(m, &j);
        if (j.state != REPACK_WRITTEN || strstr(j.why, "is not used") == NULL || strstr(j.why, cache) != j.why)
            fail_msg("byte %ld: %s, \"%s\"", (long)at[k], repack_state_name(j.state), j.why);
        assert_same_model(m, plain);
        model_free(m);
    }
    assert_int_equal(one_load(cache, 0).state, REPACK_READ);
    model_free(plain);
}

static void cut_and_longer(void **state)
{
    (void)state;
    struct repack_info i = one_load(cache, 0);
    static const long cut[] = { 0, 1, 79, 4096, 5000, -1, -70000 };
    for (size_t k = 0; k < sizeof cut / sizeof *cut; k++) {
        assert_int_equal(truncate(i.path, cut[k] >= 0 ? cut[k] : (off_t)i.bytes + cut[k]), 0);
        struct repack_info j = one_load(cache, 0);
        assert_int_equal(j.state, REPACK_WRITTEN);
        assert_non_null(strstr(j.why, "bytes, not"));
    }
    assert_int_equal(truncate(i.path, (off_t)i.bytes + 1), 0);
    assert_int_equal(one_load(cache, 0).state, REPACK_WRITTEN);
    assert_int_equal(one_load(cache, 0).state, REPACK_READ);
}

/* A block of another model under our name. */
static void foreign_block(void **state)
{
    (void)state;
    struct repack_info ours = one_load(cache, 0);
    use_model("qwen3-small-q8_0");
    struct repack_info other = one_load(cache, 0);
    assert_int_equal(rename(ours.path, other.path), 0);     /* the link of the second now names the first's block */
    struct repack_info i = one_load(cache, 0);
    assert_int_equal(i.state, REPACK_WRITTEN);
    assert_non_null(strstr(i.why, "is not used"));
    assert_int_equal(one_load(cache, 0).state, REPACK_READ);
    /* A link, a folder and a FIFO in its place are left alone, and not followed. */
    assert_int_equal(unlink(other.path), 0);
    assert_int_equal(mkfifo(other.path, 0600), 0);
    i = one_load(cache, 0);
    assert_non_null(strstr(i.why, "not a file of our own"));
}

/* ---- the folder ---------------------------------------------------------------------------- */

static void open_folder(void **state)
{
    (void)state;
    assert_int_equal(one_load(cache, 0).state, REPACK_WRITTEN);
    assert_int_equal(chmod(cache, 0777), 0);
    struct repack_info i = one_load(cache, 0);
    assert_int_equal(i.state, REPACK_FAILED);
    assert_non_null(strstr(i.why, "writable by others"));
    assert_int_equal(chmod(cache, 0700), 0);
    assert_int_equal(one_load(cache, 0).state, REPACK_READ);
}

static void cannot_be_made(void **state)
{
    (void)state;
    struct repack_info i = one_load("/proc/qwend-cache", 0);
    assert_int_equal(i.state, REPACK_FAILED);
    assert_non_null(strstr(i.why, "/proc/qwend-cache"));
    i = one_load(file, 0);                              /* a file, where a folder should be */
    assert_int_equal(i.state, REPACK_FAILED);
}

static void other_writer(void **state)
{
    (void)state;
    char path[128];
    int fd;
    assert_int_equal(mkdir(cache, 0700), 0);
    snprintf(path, sizeof path, "%s/lock", cache);
    assert_int_equal(fs_lock(path, false, &fd, NULL), QW_OK);
    struct repack_info i = one_load(cache, 0);
    assert_int_equal(i.state, REPACK_FAILED);
    assert_non_null(strstr(i.why, "another process writes"));
    close(fd);
    /* What a killed one left is removed. */
    snprintf(path, sizeof path, "%s/tmp-1", cache);
    assert_int_equal(fs_replace_file(path, "half", 4, 0600, NULL), QW_OK);
    assert_int_equal(one_load(cache, 0).state, REPACK_WRITTEN);
    assert_int_equal(count("tmp-", ""), 0);
}

/* Room for two of three blocks: the one that was not used longest goes; a block over the limit is not written. */
static void limit(void **state)
{
    (void)state;
    char a[512], b[512];
    struct repack_info i = one_load(cache, 0);
    snprintf(a, sizeof a, "%s", i.path);
    uint64_t two = i.bytes;
    use_model("qwen3-small-q8_0");
    i = one_load(cache, 0);
    snprintf(b, sizeof b, "%s", i.path);
    two += i.bytes;
    assert_int_equal(utimes(a, (struct timeval[2]){ { 2000, 0 }, { 2000, 0 } }), 0);
    assert_int_equal(utimes(b, (struct timeval[2]){ { 1000, 0 }, { 1000, 0 } }), 0);
    assert_int_equal(one_load(cache, 0).state, REPACK_READ);        /* b is used now: a is the older one */
    use_model("qwen2-tiny-f32");
    i = one_load(cache, two);
    assert_int_equal(i.state, REPACK_WRITTEN);
    assert_int_equal(access(a, F_OK), -1);
    assert_int_equal(access(b, F_OK), 0);
    assert_int_equal(count("", ".qwr"), 2);
    use_model("qwen3-small-bf16");
    i = one_load(cache, 1 << 20);
    assert_int_equal(i.state, REPACK_FAILED);
    assert_non_null(strstr(i.why, "repack_cache_bytes"));
    assert_int_equal(count("", ".qwr"), 2);                         /* nothing was removed for it */
}

/* Memory fails at every place in turn: an error or a load, never wrong weights. */
static void memory_fails(void **state)
{
    (void)state;
    struct model *plain = load(NULL, 0);
    for (long n = 0;; n++) {
        struct model *m = NULL;
        struct qw_error err;
        struct model_options o = { .level = CPU_LEVEL_REF, .n_threads = 2, .repack_cache = cache };
        uint64_t before = qw_mem_count();
        qw_mem_fail_after(n);
        int rc = model_load(&m, file, &o, &err);
        if (rc == QW_OK)
            model_repack_wait(m);
        bool over = qw_mem_count() - before <= (uint64_t)n;
        qw_mem_fail_after(-1);
        if (rc == QW_OK)
            assert_same_model(m, plain);
        else
            if (rc != QW_ENOMEM)
                fail_msg("allocation %ld: %d %s", n, rc, err.msg);
        model_free(m);
        if (over)
            break;
    }
    assert_int_equal(one_load(cache, 0).state, REPACK_READ);
    model_free(plain);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(second_start), T(off), T(other_file), T(flipped_bits), T(cut_and_longer), T(foreign_block),
        T(open_folder), T(cannot_be_made), T(other_writer), T(limit), T(memory_fails),
    };
    return cmocka_run_group_tests_name("repack", tests, NULL, NULL);
}
