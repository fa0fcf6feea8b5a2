/* What the machine has, found at run time: instruction sets, cores, memory.
 * Any thread. */
#ifndef QW_BASE_CPU_H
#define QW_BASE_CPU_H

#include <stdint.h>
#include <stddef.h>

enum cpu_flag {
    CPU_AVX2       = 1u << 0,   /* AVX2 + FMA + F16C, and the OS saves ymm */
    CPU_AVX512     = 1u << 1,   /* F BW DQ VL, and the OS saves zmm */
    CPU_AVX512VNNI = 1u << 2,   /* AVX512_VNNI, with all of the above */
    CPU_AVX512BF16 = 1u << 3,
    CPU_AMX_INT8   = 1u << 4,   /* tiles and int8 products */
};
unsigned cpu_flags(void);                  /* detected once */
const char *cpu_model_name(void);          /* static, "unknown" if so */
int cpu_count(void);                       /* usable: affinity and cgroup quota */

/* A level that kernels are built for; each contains the ones before it.  AVX512
 * means CPU_AVX512 and CPU_AVX512VNNI. */
enum cpu_level { CPU_LEVEL_REF, CPU_LEVEL_AVX2, CPU_LEVEL_AVX512, CPU_LEVEL_AMX, CPU_LEVEL_COUNT };
/* Highest level that this machine runs. */
enum cpu_level cpu_level_max(void);
const char *cpu_level_name(enum cpu_level l);            /* "ref", "avx2", "avx512", "amx" */
int cpu_level_parse(const char *name);                   /* -1 if unknown */

struct mem_info {
    uint64_t total_bytes;       /* physical, or the cgroup's limit if lower */
    uint64_t available_bytes;   /* MemAvailable, or what the cgroup leaves if lower */
};
void mem_probe(struct mem_info *m);
uint64_t mem_resident_bytes(void);         /* of this process */

#endif
