#include "engine/run/engine.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"
#include "engine/model/need.h"

#define IDS_FILE_LIMIT ((size_t)256 << 20)

void run_engine_defaults(struct run_engine_options *o)
{
    *o = (struct run_engine_options){ .threads = cpu_count(), .level = cpu_level_max(), .kv = KV_AUTO, .backend = "cpu" };
}

long run_number(const struct run_command *c, const char *name, const char *arg, long min, long max)
{
    char *end;
    errno = 0;
    long v = strtol(arg, &end, 10);
    if (errno != 0 || end == arg || *end != '\0' || v < min || v > max) {
        run_error(c, RUN_USAGE, "%s takes a number from %ld to %ld, not \"%s\"", name, min, max, arg);
        return -1;
    }
    return v;
}

int run_engine_option(const struct run_command *c, struct run_engine_options *o, int opt, const char *arg)
{
    int v;
    switch (opt) {
    case 'm':
        o->path = arg;
        return 1;
    case 't':
        o->threads = (int)run_number(c, "--threads", arg, 1, 1024);
        return o->threads < 0 ? -1 : 1;
    case RUN_OPT_LEVEL:
        v = cpu_level_parse(arg);
        if (v < 0) {
            run_error(c, RUN_USAGE, "--cpu-level is ref, avx2, avx512 or amx, not \"%s\"", arg);
            return -1;
        }
        o->level = (enum cpu_level)v;
        return 1;
    case RUN_OPT_KV:
        v = kv_type_parse(arg);
        if (v < 0) {
            run_error(c, RUN_USAGE, "--kv-cache-dtype is auto, f32, f16, bf16 or q8_0, not \"%s\"", arg);
            return -1;
        }
        o->kv = (enum kv_type)v;
        return 1;
    case RUN_OPT_CACHE:
        o->repack_cache = strcmp(arg, "off") == 0 ? NULL : arg;
        return 1;
    case RUN_OPT_BACKEND:
        o->backend = arg;
        if (!backend_is_name(arg)) {
            run_error(c, RUN_USAGE, "--backend is cpu, cuda or auto, not \"%s\"", arg);
            return -1;
        }
        return 1;
    case RUN_OPT_NUMERICS:
        v = numerics_parse(arg);
        if (v < 0) {
            run_error(c, RUN_USAGE, "--gpu-numerics is exact or fast, not \"%s\"", arg);
            return -1;
        }
        o->numerics = (enum numerics)v;
        return 1;
    default:
        return 0;
    }
}

/* How the weights came to be there; a cache that cannot serve is said, not an error. */
static void tell_cache(const struct model *m)
{
    struct repack_info i;
    model_repack_info(m, &i);
    if (i.state == REPACK_READ)
        fprintf(stderr, "weights from %s\n", i.path);
    else if (i.why[0] != '\0')
        fprintf(stderr, "repack cache: %s\n", i.why);
}

int run_engine_model(struct run_engine *e, const struct run_engine_options *o, struct qw_error *err)
{
    struct model_options mo = { .level = o->level, .n_threads = o->threads, .repack_cache = o->repack_cache };
    char why[512];
    int rc = backend_choose(&e->backend, o->backend, o->numerics, why, sizeof why, err);     /* before a long load */
    if (rc != QW_OK)
        return rc;
    if (why[0] != '\0')
        fprintf(stderr, "backend: %s\n", why);
    rc = model_load(&e->m, o->path, &mo, err);
    if (rc == QW_OK)
        tell_cache(e->m);
    return rc;
}

int run_engine_forward(struct run_engine *e, const struct run_engine_options *o, struct qw_error *err)
{
    struct forward_options fo = { .n_threads = o->threads, .max_rows = o->max_rows, .max_context = o->max_context,
                                  .kv_type = model_kv_type(e->m, o->kv), .backend = e->backend };
    int rc = forward_new(&e->f, e->m, &fo, err);
    if (rc == QW_OK || e->backend == NULL || strcmp(o->backend, "auto") != 0)
        return rc;
    fprintf(stderr, "backend: the CPU, since the GPU cannot be used: %s\n", err->msg);
    backend_free(e->backend);
    e->backend = fo.backend = NULL;
    return forward_new(&e->f, e->m, &fo, err);
}

void run_engine_close(struct run_engine *e)
{
    struct repack_info i;
    forward_free(e->f);
    if (e->m != NULL) {
        model_repack_wait(e->m);
        model_repack_info(e->m, &i);
        if (i.state == REPACK_FAILED)
            fprintf(stderr, "repack cache: not written: %s\n", i.why);
    }
    model_free(e->m);
    backend_free(e->backend);
}

/* Bytes that pages may take; 0: it could not be measured. */
static int room_for_pages(const struct run_engine *e, uint64_t *have, struct qw_error *err)
{
    struct mem_info mi;
    uint64_t total;
    if (e->backend != NULL)
        return e->backend->table->memory(e->backend->device, have, &total, err);
    mem_probe(&mi);
    uint64_t reserve = need_reserve(mi.total_bytes);
    *have = mi.available_bytes > reserve ? mi.available_bytes - reserve : mi.available_bytes != 0;
    return QW_OK;
}

int run_pages_new(struct run_pages *p, const struct run_engine *e, size_t tokens, struct qw_error *err)
{
    size_t size = forward_kv_layout(e->f)->page_bytes;
    uint64_t have;
    int rc = room_for_pages(e, &have, err);
    if (rc == QW_OK && have != 0)
        rc = need_check(model_hparams(e->m), forward_kv_layout(e->f)->type, tokens, have, 0, QW_EMODEL, err);
    if (rc != QW_OK)
        return rc;
    *p = (struct run_pages){ .n = (tokens + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS, .backend = e->backend };
    if (!qw_mul(p->n, size, &p->bytes))
        return qw_error_set(err, QW_ETOOLARGE, "%zu pages", p->n);
    p->page = qw_calloc(p->n, sizeof *p->page);
    if (e->backend != NULL && (rc = e->backend->table->block_new(e->backend->device, p->bytes, &p->block, err)) != QW_OK) {
        run_pages_free(p);
        return rc;
    }
    if (e->backend == NULL)
        p->block = qw_map(p->bytes);
    if (p->page == NULL || p->block == NULL) {
        size_t mib = p->bytes >> 20;
        run_pages_free(p);
        return qw_error_set(err, QW_ENOMEM, "%zu MiB of pages for %zu tokens", mib, tokens);
    }
    for (size_t i = 0; i < p->n; i++)
        p->page[i] = p->block + i * size;
    return QW_OK;
}

void run_pages_free(struct run_pages *p)
{
    if (p->block != NULL && p->backend != NULL)
        p->backend->table->block_free(p->backend->device, p->block);
    else if (p->block != NULL)
        qw_unmap(p->block, p->bytes);
    qw_free(p->page);
    *p = (struct run_pages){ 0 };
}

int run_read_ids(const char *path, struct ids *out, struct qw_error *err)
{
    char *text;
    size_t n;
    json_error_t je;
    int rc = fs_read_file(path, IDS_FILE_LIMIT, &text, &n, err);
    if (rc != QW_OK)
        return rc;
    json_t *j = json_loadb(text, n, 0, &je);
    qw_free(text);
    if (j == NULL)
        return qw_error_set(err, QW_EFORMAT, "%s: line %d: %s", path, je.line, je.text);
    const json_t *list = json_is_object(j) ? json_object_get(j, "tokens") : j;
    if (!json_is_array(list) || json_array_size(list) == 0)
        rc = qw_error_set(err, QW_EFORMAT, "%s: a list of token ids is expected", path);
    for (size_t i = 0; rc == QW_OK && i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > INT32_MAX)
            rc = qw_error_set(err, QW_EFORMAT, "%s: element %zu is not a token id", path, i);
        else if (ids_push(out, (int32_t)json_integer_value(v)) != QW_OK)
            rc = qw_error_set(err, QW_ENOMEM, "%s: token ids", path);
    }
    json_decref(j);
    return rc;
}
