#include "engine/forward/backend.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/paths.h"
#include "engine/cpu/kern.h"
#include "engine/forward/build_id.h"

static const char *const names[] = { "cuda", "cuda-host", "cuda-watch" };     /* the last two: tests/cuda_host */

int backend_is_name(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return 1;
    return strcmp(name, "cpu") == 0 || strcmp(name, "auto") == 0;
}

/* The table of an opened module, if it was built from our sources. */
static int table_of(struct backend *b, const char *path, struct qw_error *err)
{
    backend_entry *entry;
    void *symbol = dlsym(b->module, BACKEND_SYMBOL);
    if (symbol == NULL)
        return qw_error_set(err, QW_EUNSUPPORTED, "%s is no backend module: it has no %s", path, BACKEND_SYMBOL);
    memcpy(&entry, &symbol, sizeof entry);
    b->table = entry();
    if (strcmp(b->table->build_id, BACKEND_BUILD_ID) != 0)
        return qw_error_set(err, QW_EUNSUPPORTED, "%s was built from other sources (%.16s, this program %s): "
                            "build and install both together", path, b->table->build_id, BACKEND_BUILD_ID);
    return QW_OK;
}

int backend_open_file(struct backend **out, const char *name, const char *path, struct qw_error *err)
{
    struct backend *b = qw_calloc(1, sizeof *b);
    int rc;
    if (b == NULL)
        return qw_error_set(err, QW_ENOMEM, "backend");
    snprintf(b->name, sizeof b->name, "%s", name);
    b->module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (b->module == NULL) {
        rc = qw_error_set(err, QW_EUNSUPPORTED, "%s cannot be opened: %s", path, dlerror());
        goto fail;
    }
    if ((rc = table_of(b, path, err)) != QW_OK || (rc = b->table->open(&b->device, &b->info, err)) != QW_OK)
        goto fail;
    *out = b;
    return QW_OK;
fail:
    backend_free(b);
    return rc;
}

int backend_open(struct backend **out, const char *name, struct qw_error *err)
{
    char file[32], *path = NULL;
    snprintf(file, sizeof file, "qwend-%s.so", name);
    int rc = paths_installed(QW_INST_MODULES, file, &path, err);
    if (rc != QW_OK)
        return qw_error_set(err, rc, "this build has no module for the backend \"%s\" (configure --with-cuda=yes, where the "
                            "CUDA Toolkit is, builds and installs %s)", name, file);
    rc = backend_open_file(out, name, path, err);
    qw_free(path);
    return rc;
}

void backend_free(struct backend *b)
{
    if (b == NULL)
        return;
    if (b->device != NULL)
        b->table->close(b->device);
    if (b->module != NULL)
        dlclose(b->module);
    qw_free(b);
}

const char *numerics_name(enum numerics n) { return n == NUMERICS_FAST ? "fast" : "exact"; }

int numerics_parse(const char *name)
{
    return strcmp(name, "exact") == 0 ? NUMERICS_EXACT : strcmp(name, "fast") == 0 ? NUMERICS_FAST : -1;
}

int backend_set_numerics(struct backend *b, enum numerics n, struct qw_error *err)
{
    if (n == b->numerics)
        return QW_OK;
    int rc = b->table->fast(b->device, err);            /* there is no way back, and nobody asks for it */
    if (rc == QW_OK)
        b->numerics = n;
    return rc;
}

enum numerics backend_numerics(const struct backend *b) { return b != NULL ? b->numerics : NUMERICS_EXACT; }

uint32_t backend_numerics_id(const struct backend *b)
{
    return backend_numerics(b) == NUMERICS_FAST ? KERN_NUMERICS_FAST : KERN_NUMERICS_ID;
}

/* The CPU, and why. */
static int choose_cpu(int automatic, enum numerics n, const struct qw_error *e, char *why, size_t why_size,
                      struct qw_error *err)
{
    if (n == NUMERICS_FAST && !automatic)
        return qw_error_set(err, QW_EPARAMS, "gpu_numerics fast is for a GPU, and the backend is cpu: leave it out, or use "
                            "backend auto or cuda");
    if (automatic)
        snprintf(why, why_size, "the CPU, since no GPU can be used%s: %s", n == NUMERICS_FAST ? ", so gpu_numerics fast does not count" : "",
                 e->msg);
    return QW_OK;
}

int backend_choose(struct backend **out, const char *name, enum numerics n, char *why, size_t why_size, struct qw_error *err)
{
    struct qw_error e = { 0 };
    struct backend *b = NULL;
    int automatic = strcmp(name, "auto") == 0, rc;
    *out = NULL;
    why[0] = '\0';
    if (strcmp(name, "cpu") == 0)
        return choose_cpu(0, n, &e, why, why_size, err);
    if ((rc = backend_open(&b, automatic ? "cuda" : name, &e)) != QW_OK)
        return automatic ? choose_cpu(1, n, &e, why, why_size, err) : qw_error_set(err, rc, "%s", e.msg);
    if ((rc = backend_set_numerics(b, n, err)) != QW_OK) {
        backend_free(b);
        return rc;
    }
    snprintf(why, why_size, "%s, %s, %llu MiB%s", b->info.device, b->info.runtime,
             (unsigned long long)(b->info.total_bytes >> 20), n == NUMERICS_FAST ? ", numerics fast" : "");
    *out = b;
    return QW_OK;
}
