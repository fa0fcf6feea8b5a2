/* What the control group of this process allows (versions 1 and 2).  Limits of
 * every ancestor that can be seen count; the smallest wins.  Any thread. */
#ifndef QW_BASE_CGROUP_H
#define QW_BASE_CGROUP_H

#include <stdint.h>

struct cgroup_limits {
    uint64_t memory_bytes;      /* UINT64_MAX: no limit */
    uint64_t memory_left_bytes; /* limit - use, counting file pages that can be
                                 * dropped as unused; UINT64_MAX: no limit */
    int      cpus;              /* quota rounded up; 0: none */
};

/* self: /proc/self/cgroup; root: /sys/fs/cgroup (other ones in tests).  What
 * cannot be read counts as no limit. */
void cgroup_probe(const char *self, const char *root, struct cgroup_limits *out);

#endif
