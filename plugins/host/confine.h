/* What both jails are built of: limits, Landlock, and parts of system call filters.
 * Called in a process that confines itself, before it has a second thread. */
#ifndef QW_PLUGINS_HOST_CONFINE_H
#define QW_PLUGINS_HOST_CONFINE_H

#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Soft and hard limit; one that is lower already stays. */
int confine_limit(int resource, uint64_t n, struct qw_error *err);

/* From now on only files at and below these paths can be opened, for reading and executing, and nothing can be
 * made, changed or removed; no other process outside can be signalled where the kernel knows how (6.12).  Paths
 * that are not there are skipped.  Needs no_new_privs.  QW_EUNSUPPORTED: not in this kernel, or not started. */
int confine_landlock(const char *const *paths, size_t n, struct qw_error *err);

/* Rules, as 0 or a negative errno (libseccomp's way).  Calls that this architecture lacks are skipped. */
int confine_allow(scmp_filter_ctx ctx, const int *calls, size_t n);
/* What loading a library, computing, using descriptors that are open and dying takes; opening is for reading.
 * Nothing that makes a process, a thread or a descriptor to talk through, nor signals anybody. */
int confine_allow_computing(scmp_filter_ctx ctx);
/* Installing further filters with prctl. */
int confine_allow_filters(scmp_filter_ctx ctx);
/* Loads ctx if rc is 0, and releases it. */
int confine_load(scmp_filter_ctx ctx, int rc, const char *what, struct qw_error *err);

#endif
