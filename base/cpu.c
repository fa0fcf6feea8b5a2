#include "base/cpu.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "base/cgroup.h"
#include "base/fs.h"
#include "base/mem.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static unsigned       flags;
static char           model[128] = "unknown";

#ifdef __x86_64__
/* XCR0 bits, Intel SDM volume 1, 13.3. */
enum { XCR0_YMM = 0x6, XCR0_ZMM = 0xE6, XCR0_TILE = 0x60000 };

static uint64_t read_xcr0(void)
{
    uint32_t lo, hi;

    __asm__("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return (uint64_t)hi << 32 | lo;
}

static bool all(unsigned reg, unsigned bits)
{
    return (reg & bits) == bits;
}

static unsigned detect_flags(void)
{
    const unsigned f_leaf1 = 1u << 12 | 1u << 27 | 1u << 28 | 1u << 29; /* FMA OSXSAVE AVX F16C */
    const unsigned f_512 = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;   /* F DQ BW VL */
    unsigned a, b, c, d, a1, b1, c1, d1, sub, f;
    uint64_t xcr0;

    if (!__get_cpuid(1, &a1, &b1, &c1, &d1) || !all(c1, f_leaf1))
        return 0;
    xcr0 = read_xcr0();
    if ((xcr0 & XCR0_YMM) != XCR0_YMM || !__get_cpuid_count(7, 0, &sub, &b, &c, &d) ||
        !all(b, 1u << 5))           /* AVX2 */
        return 0;
    f = CPU_AVX2;
    if ((xcr0 & XCR0_ZMM) == XCR0_ZMM && all(b, f_512)) {
        f |= CPU_AVX512;
        if (all(c, 1u << 11))
            f |= CPU_AVX512VNNI;
        if (sub >= 1 && __get_cpuid_count(7, 1, &a, &b1, &c1, &d1) && all(a, 1u << 5))
            f |= CPU_AVX512BF16;
    }
    if ((xcr0 & XCR0_TILE) == XCR0_TILE && all(d, 1u << 24 | 1u << 25))
        f |= CPU_AMX_INT8;          /* AMX-TILE and AMX-INT8 */
    return f;
}
#else
static unsigned detect_flags(void)
{
    return 0;
}
#endif

/* Value of the first row of /proc/cpuinfo with one of the names by which
 * architectures call their processor. */
static void detect_model(void)
{
    static const char *const keys[] = { "model name", "Model", "cpu", "uarch" };
    enum { N = sizeof keys / sizeof keys[0] };
    FILE *f = fopen("/proc/cpuinfo", "re");
    char line[512];

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        char *colon = strchr(line, ':');

        for (size_t i = 0; colon != NULL && i < N; i++) {
            size_t n = strlen(keys[i]);

            if (strncmp(line, keys[i], n) != 0 || line[n + strspn(line + n, " \t")] != ':')
                continue;
            colon += 1 + strspn(colon + 1, " \t");
            colon[strcspn(colon, "\n")] = '\0';
            if (*colon != '\0')
                snprintf(model, sizeof model, "%.120s", colon);
            goto out;
        }
    }
out:
    if (f != NULL)
        fclose(f);
}

static void detect(void)
{
    flags = detect_flags();
    detect_model();
}

unsigned cpu_flags(void)
{
    pthread_once(&once, detect);
    return flags;
}

const char *cpu_model_name(void)
{
    pthread_once(&once, detect);
    return model;
}

static void own_cgroup(struct cgroup_limits *l)
{
    cgroup_probe("/proc/self/cgroup", "/sys/fs/cgroup", l);
}

int cpu_count(void)
{
    struct cgroup_limits l;
    cpu_set_t set;
    long n = 0;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        n = CPU_COUNT(&set);
    else                            /* more processors than cpu_set_t can name */
        n = sysconf(_SC_NPROCESSORS_ONLN);
    own_cgroup(&l);
    if (l.cpus > 0 && l.cpus < n)
        n = l.cpus;
    return n < 1 ? 1 : (int)n;
}

/* ---- levels -------------------------------------------------------------- */

static const char *const level_names[] = {
    [CPU_LEVEL_REF] = "ref", [CPU_LEVEL_AVX2] = "avx2", [CPU_LEVEL_AVX512] = "avx512",
    [CPU_LEVEL_AMX] = "amx",
};

/* Linux gives a process the tile registers when asked; from then on all of its threads.
 * Refused by old kernels, and where a signal stack is too small for them. */
static bool amx_granted(void)
{
#if defined(__linux__) && defined(SYS_arch_prctl)
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
#else
    return false;
#endif
}

enum cpu_level cpu_level_max(void)
{
    unsigned f = cpu_flags();

    if (!(f & CPU_AVX2))
        return CPU_LEVEL_REF;
    /* The avx512 kernels use VNNI: without it avx2 is the level. */
    if (!(f & CPU_AVX512) || !(f & CPU_AVX512VNNI))
        return CPU_LEVEL_AVX2;
    return (f & CPU_AMX_INT8) && amx_granted() ? CPU_LEVEL_AMX : CPU_LEVEL_AVX512;
}

const char *cpu_level_name(enum cpu_level l)
{
    return level_names[l];
}

int cpu_level_parse(const char *name)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
        if (strcmp(level_names[i], name) == 0)
            return (int)i;
    return -1;
}

/* ---- memory ---------------------------------------------------------------- */

/* A row "Key:   123 kB" of a file in /proc, in bytes; 0 if absent. */
static uint64_t proc_kb(const char *text, const char *key)
{
    size_t n = strlen(key);

    while (text != NULL && *text != '\0') {
        if (strncmp(text, key, n) == 0 && text[n] == ':')
            return strtoull(text + n + 1, NULL, 10) * 1024;
        text = strchr(text, '\n');
        text = text != NULL ? text + 1 : NULL;
    }
    return 0;
}

void mem_probe(struct mem_info *m)
{
    struct cgroup_limits l;
    char *text = NULL;
    size_t len;

    if (fs_read_file("/proc/meminfo", 64 * 1024, &text, &len, NULL) != QW_OK)
        text = NULL;
    m->total_bytes = proc_kb(text, "MemTotal");
    m->available_bytes = proc_kb(text, "MemAvailable");
    qw_free(text);
    own_cgroup(&l);
    if (l.memory_bytes < m->total_bytes)
        m->total_bytes = l.memory_bytes;
    if (l.memory_left_bytes < m->available_bytes)
        m->available_bytes = l.memory_left_bytes;
}

uint64_t mem_resident_bytes(void)
{
    char *text = NULL;
    uint64_t size, pages = 0;
    size_t len;

    if (fs_read_file("/proc/self/statm", 4096, &text, &len, NULL) != QW_OK)
        return 0;
    if (sscanf(text, "%" SCNu64 " %" SCNu64, &size, &pages) != 2)
        pages = 0;
    qw_free(text);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}
