/* Opening cuBLAS.  In the emulation the library is tests/cuda_host/cublas.cpp. */
#include "engine/cuda/cublas.h"

#include <dlfcn.h>
#include <stdio.h>

#ifdef __CUDACC__
#define LIB_OPEN(name)        dlopen(name, RTLD_NOW | RTLD_LOCAL)
#define LIB_SYMBOL(lib, name) dlsym(lib, name)
#define LIB_ERROR()           dlerror()
#else
#define LIB_OPEN(name)        emu_lib_open(name)
#define LIB_SYMBOL(lib, name) emu_lib_symbol(lib, name)
#define LIB_ERROR()           emu_lib_error()
#endif

#define WAY_OUT "install libcublas of the CUDA Toolkit, version 13 or 12, or use gpu_numerics exact, which needs none"

/* The linker's places, then the Toolkit's own. */
static const char *const names[] = {
    "libcublas.so.13", "libcublas.so.12", "/usr/local/cuda/lib64/libcublas.so.13", "/usr/local/cuda/lib64/libcublas.so.12",
};

template <class F> static bool find(void *lib, F **f, const char *name, const char **missing)
{
    *f = (F *)LIB_SYMBOL(lib, name);
    if (*f == NULL)
        *missing = name;
    return *f != NULL;
}

static bool find_all(void *lib, struct cublas *c, const char **missing)
{
    return find(lib, &c->create, "cublasCreate_v2", missing) && find(lib, &c->destroy, "cublasDestroy_v2", missing) &&
           find(lib, &c->set_stream, "cublasSetStream_v2", missing) &&
           find(lib, &c->set_workspace, "cublasSetWorkspace_v2", missing) &&
           find(lib, &c->text, "cublasGetStatusString", missing) && find(lib, &c->gemm_ex, "cublasGemmEx", missing);
}

static void *open_any(char *why, size_t size)
{
    void *lib = NULL;
    for (size_t i = 0; lib == NULL && i < sizeof names / sizeof *names; i++) {
        lib = LIB_OPEN(names[i]);
        const char *e = lib == NULL ? LIB_ERROR() : NULL;
        if (i == 0 && lib == NULL)              /* what the first says is what somebody can do something about */
            snprintf(why, size, "%s", e != NULL ? e : names[i]);
    }
    return lib;
}

int cublas_open(const struct cublas **out, struct qw_error *err)
{
    static struct cublas found;
    const char *missing = NULL;
    char why[256] = "";
    struct cublas_handle *h;
    void *lib = open_any(why, sizeof why);
    if (lib == NULL)
        return qw_error_set(err, QW_EUNSUPPORTED, "gpu_numerics fast needs cuBLAS (%s): " WAY_OUT, why);
    if (!find_all(lib, &found, &missing))
        return qw_error_set(err, QW_EUNSUPPORTED, "gpu_numerics fast needs a cuBLAS that has %s: " WAY_OUT, missing);
    int status = found.create(&h);
    if (status != CUBLAS_OK)
        return qw_error_set(err, QW_EUNSUPPORTED, "gpu_numerics fast needs cuBLAS, which does not start (%s); gpu_numerics exact "
                            "needs none", found.text(status));
    found.destroy(h);
    *out = &found;
    return QW_OK;
}
