#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sched.h>
#include <cmocka.h>

#include "base/cgroup.h"
#include "base/cpu.h"
#include "base/fs.h"
#include "base/mem.h"
#include "tests/unit/base_tmp.h"

static char dir[64];

static int setup(void **state)
{
    (void)state;
    tmp_make(dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tmp_remove(dir);
    return 0;
}

/* The kernel lists what it and the processor support: an independent reading. */
static void test_flags_agree_with_kernel(void **state)
{
    static const struct { unsigned flag; const char *words[8]; } rows[] = {
        { CPU_AVX2, { "avx2", "fma", "f16c" } },
        { CPU_AVX512, { "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512dq", "avx512vl" } },
        { CPU_AVX512VNNI, { "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni" } },
        { CPU_AVX512BF16, { "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_bf16" } },
        { CPU_AMX_INT8, { "avx2", "amx_tile", "amx_int8" } },
    };
    char *text, *line;
    size_t len;

    (void)state;
    assert_int_equal(fs_read_file("/proc/cpuinfo", 16 << 20, &text, &len, NULL), QW_OK);
    line = strstr(text, "\nflags");
    if (line == NULL)
        skip();                     /* not x86 */
    line[1 + strcspn(line + 1, "\n")] = ' ';
    line[1 + strcspn(line + 1, "\n")] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool want = true;

        for (size_t k = 0; k < 8 && rows[i].words[k] != NULL; k++) {
            char word[32];

            snprintf(word, sizeof word, " %s ", rows[i].words[k]);
            want = want && strstr(line, word) != NULL;
        }
        print_message("  %s: %d\n", rows[i].words[0], want);
        assert_int_equal((cpu_flags() & rows[i].flag) != 0, want);
    }
    assert_non_null(strstr(text, cpu_model_name()));
    qw_free(text);
}

static void test_levels(void **state)
{
    (void)state;
    for (int l = CPU_LEVEL_REF; l < CPU_LEVEL_COUNT; l++)
        assert_int_equal(cpu_level_parse(cpu_level_name((enum cpu_level)l)), l);
    assert_int_equal(cpu_level_parse("sse9"), -1);
    assert_int_equal(cpu_level_parse(""), -1);
    assert_int_equal(cpu_level_max() >= CPU_LEVEL_AVX2, (cpu_flags() & CPU_AVX2) != 0);
}

static void test_count_follows_affinity(void **state)
{
    cpu_set_t all, one;
    int cpu = 0;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    assert_in_range(cpu_count(), 1, CPU_COUNT(&all));
    while (!CPU_ISSET(cpu, &all))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(cpu_count(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

static void test_memory(void **state)
{
    struct mem_info m;
    uint64_t before = mem_resident_bytes();
    size_t n = 32 << 20;
    char *p = qw_map(n);

    (void)state;
    mem_probe(&m);
    assert_true(m.total_bytes > 16 << 20);
    assert_true(m.available_bytes <= m.total_bytes);
    memset(p, 1, n);
    assert_true(mem_resident_bytes() > before + n / 2);
    qw_unmap(p, n);
}

#define NONE UINT64_MAX

static void assert_limits(const char *self, uint64_t bytes, uint64_t left, int cpus)
{
    struct cgroup_limits l;

    tmp_write(dir, "self", self);
    cgroup_probe(tmp_path(dir, "self"), tmp_path(dir, "cg"), &l);
    assert_true(l.memory_bytes == bytes);
    assert_true(l.memory_left_bytes == left);
    assert_int_equal(l.cpus, cpus);
}

static void test_cgroup_v2(void **state)
{
    (void)state;
    tmp_write(dir, "cg/user/app/memory.max", "max\n");
    tmp_write(dir, "cg/user/app/memory.current", "500\n");
    tmp_write(dir, "cg/user/app/cpu.max", "250000 100000\n");
    tmp_write(dir, "cg/user/memory.max", "1000\n");
    tmp_write(dir, "cg/user/memory.current", "700\n");
    tmp_write(dir, "cg/user/memory.stat", "anon 1\ninactive_file 300\nfile 2\n");
    tmp_write(dir, "cg/user/cpu.max", "max 100000\n");
    assert_limits("0::/user/app\n", 1000, 600, 3);      /* the parent's memory, own quota rounded up */
    assert_limits("0::/user\n", 1000, 600, 0);
    assert_limits("0::/\n", NONE, NONE, 0);
    /* a container's own view: the limits are in the root folder */
    tmp_write(dir, "cg/memory.max", "900\n");
    tmp_write(dir, "cg/memory.current", "1000\n");      /* over: nothing is left */
    assert_limits("0::/\n", 900, 0, 0);
    assert_limits("0::/not/there\n", 900, 0, 0);
    assert_limits("0::/../../elsewhere\n", 900, 0, 0); /* outside of our namespace */
}

static void test_cgroup_v1(void **state)
{
    (void)state;
    tmp_write(dir, "cg/memory/app/memory.limit_in_bytes", "2000\n");
    tmp_write(dir, "cg/memory/app/memory.usage_in_bytes", "1500\n");
    tmp_write(dir, "cg/memory/app/memory.stat", "total_inactive_file 100\n");
    tmp_write(dir, "cg/memory/memory.limit_in_bytes", "9223372036854771712\n");
    tmp_write(dir, "cg/cpu/app/cpu.cfs_quota_us", "100000\n");
    tmp_write(dir, "cg/cpu/app/cpu.cfs_period_us", "100000\n");
    tmp_write(dir, "cg/cpu/cpu.cfs_quota_us", "-1\n");
    tmp_write(dir, "cg/cpu/cpu.cfs_period_us", "100000\n");
    assert_limits("9:memory:/app\n4:cpu,cpuacct:/app\n3:cpuset:/other\n", 2000, 600, 1);
    assert_limits("9:memory:/\n4:cpuacct,cpu:/\n", NONE, NONE, 0);
    assert_limits("4:cpuset:/app\n", NONE, NONE, 0);    /* not the cpu controller */
    assert_limits("2:cpu,memory:/app\n", 2000, 600, 1);
}

static void test_cgroup_nonsense(void **state)
{
    struct cgroup_limits l;

    (void)state;
    tmp_write(dir, "cg/x/memory.max", "garbage\n");
    tmp_write(dir, "cg/x/cpu.max", "1 0\n");
    tmp_write(dir, "outside/memory.max", "5\n");
    assert_limits("", NONE, NONE, 0);
    assert_limits("0::/x\n", NONE, NONE, 0);
    assert_limits("no colons\n:\n::\n0:\n0::\n0::x\n", NONE, NONE, 0);
    assert_limits("0::/x/../../outside\n", NONE, NONE, 0);
    cgroup_probe(tmp_path(dir, "missing"), tmp_path(dir, "missing"), &l);
    assert_true(l.memory_bytes == NONE && l.cpus == 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_flags_agree_with_kernel), T(test_levels), T(test_count_follows_affinity),
        T(test_memory), T(test_cgroup_v2), T(test_cgroup_v1), T(test_cgroup_nonsense),
    };
    return cmocka_run_group_tests_name("base/cpu", tests, NULL, NULL);
}
