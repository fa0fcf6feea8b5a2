/* What this machine can do at most, measured in about two seconds: the bench's limits.
 * One thread calls; `threads` work. */
#ifndef QW_ENGINE_RUN_LIMITS_H
#define QW_ENGINE_RUN_LIMITS_H

#include "base/cpu.h"
#include "base/error.h"

struct limits {
    double read_bytes_s;        /* best of several patterns over a block far larger than caches */
    double int8_macs_s;         /* multiply-adds of int8 into int32 */
    double f32_macs_s;
    uint64_t block_bytes;       /* of the read test */
};
int limits_measure(struct limits *l, enum cpu_level level, int threads, struct qw_error *err);

#endif
