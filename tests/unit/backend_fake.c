/* A module for test_backend.c: a device that opens, or says why not, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/forward/backend.h"
#include "engine/forward/build_id.h"

#ifndef FAKE_BUILD_ID
#define FAKE_BUILD_ID BACKEND_BUILD_ID
#endif
#ifndef FAKE_NAME
#define FAKE_NAME qwend_backend
#endif

static char device;

static int fake_open(struct backend_device **d, struct backend_info *info, struct qw_error *err)
{
    const char *refuse = getenv("FAKE_BACKEND_REFUSES");
    if (refuse != NULL) {
        snprintf(err->msg, sizeof err->msg, "%s", refuse);
        return err->code = QW_EUNSUPPORTED;
    }
    snprintf(info->device, sizeof info->device, "a device");
    snprintf(info->runtime, sizeof info->runtime, "no runtime");
    info->total_bytes = (uint64_t)3 << 20;
    *d = (struct backend_device *)&device;
    return QW_OK;
}

static int fake_fast(struct backend_device *d, struct qw_error *err)
{
    (void)d;
    const char *refuse = getenv("FAKE_BACKEND_SLOW");
    if (refuse == NULL)
        return QW_OK;
    snprintf(err->msg, sizeof err->msg, "%s", refuse);
    return err->code = QW_EUNSUPPORTED;
}

static void fake_close(struct backend_device *d) { (void)d; }

__attribute__((visibility("default"))) const struct backend_table *FAKE_NAME(void);
const struct backend_table *FAKE_NAME(void)
{
    static const struct backend_table table = { .build_id = FAKE_BUILD_ID, .open = fake_open, .close = fake_close, .fast = fake_fast };
    return &table;
}
