/* The configuration from all its sources, in their order; done again at each reload. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/paths.h"
#include "daemon/daemon.h"

static int from_environment(struct config *c, struct qw_error *err)
{
    static const struct { const char *name; enum cfg_id id; } env[] = {
        { "QWEND_SOCKET", CFG_SOCKET }, { "QWEND_DATA", CFG_DATA }, { "QWEND_LOG", CFG_LOG_FILE },
    };
    for (size_t i = 0; i < sizeof env / sizeof env[0]; i++) {
        const char *v = getenv(env[i].name);
        if (v == NULL || *v == '\0')
            continue;
        int rc = config_set_value(c, env[i].id, v, env[i].name, err);
        if (rc != QW_OK)
            return rc;
    }
    return QW_OK;
}

int config_from_sources(const struct config_sources *src, struct config **out, struct qw_error *err)
{
    struct config *c;
    int rc = config_new(&c, err);
    if (rc != QW_OK)
        return rc;
    if (src->file != NULL)
        rc = config_load(c, src->file, src->file_must_exist, err);
    if (rc == QW_OK)
        rc = from_environment(c, err);
    for (size_t i = 0; rc == QW_OK && i < src->n_overrides; i++)
        rc = config_set(c, src->overrides[i], src->origins[i], err);
    if (rc != QW_OK) {
        config_free(c);
        return rc;
    }
    *out = c;
    return QW_OK;
}
