#include "tests/golden/rig.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/forward/backend.h"

static void die(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s\n", what, detail);
    exit(99);           /* automake: a hard error */
}

static void *need(void *p)
{
    if (p == NULL)
        die("rig", "out of memory");
    return p;
}

int rig_fast(void)
{
    const char *n = getenv("QWEND_TEST_NUMERICS");
    return n != NULL && strcmp(n, "fast") == 0;
}

/* What QWEND_TEST_BACKEND names; NULL: the CPU. */
static struct backend *backend(void)
{
    static struct backend *b;
    struct qw_error err = { 0 };
    const char *name = getenv("QWEND_TEST_BACKEND");
    const char *build = getenv("abs_top_builddir");
    char path[600];
    if (b != NULL || name == NULL)
        return b;
    snprintf(path, sizeof path, "%s/%s/qwend-%s.so", build != NULL ? build : ".",
             strcmp(name, "cuda") == 0 ? "engine/cuda" : "tests/cuda_host", name);
    if (backend_open_file(&b, name, path, &err) != QW_OK)
        die(name, err.msg);
    if (rig_fast() && backend_set_numerics(b, NUMERICS_FAST, &err) != QW_OK)
        die("QWEND_TEST_NUMERICS", err.msg);
    return b;
}

int rig_remote(void) { return backend() != NULL; }

const char *fixture_dir(void)
{
    static char dir[400];
    const char *top = getenv("abs_top_srcdir");
    snprintf(dir, sizeof dir, "%s/tests/data/models", top != NULL ? top : ".");
    return dir;
}

static size_t numbers(json_t *j, const char *key, int32_t *out, size_t cap)
{
    json_t *a = json_object_get(j, key), *v;
    size_t i;
    if (!json_is_array(a) || json_array_size(a) > cap)
        die(key, "not a list that fits");
    json_array_foreach(a, i, v)
        out[i] = (int32_t)json_integer_value(v);
    return json_array_size(a);
}

void fixture_load(struct fixture *f, const char *name)
{
    char path[600];
    int32_t at[256];
    json_error_t e;
    memset(f, 0, sizeof *f);
    snprintf(f->path, sizeof f->path, "%s/%s.gguf", fixture_dir(), name);
    snprintf(path, sizeof path, "%s/%s.json", fixture_dir(), name);
    json_t *j = json_load_file(path, 0, &e);
    if (j == NULL)
        die(path, e.text);
    f->n_tokens = numbers(j, "tokens", f->tokens, 256);
    f->n_positions = numbers(j, "positions", at, 256);
    f->n_prompt = numbers(j, "greedy_prompt", f->prompt, 64);
    f->n_greedy = numbers(j, "greedy_next_24", f->greedy, 64);
    f->cols = (size_t)json_integer_value(json_array_get(json_object_get(j, "logits_shape"), 1));
    json_decref(j);
    for (size_t i = 0; i < f->n_positions; i++)
        f->positions[i] = (size_t)at[i];

    size_t n = f->n_positions * f->cols;
    f->expected = need(malloc(n * sizeof(float)));
    snprintf(path, sizeof path, "%s/%s.logits.f32", fixture_dir(), name);
    FILE *in = fopen(path, "rb");
    if (in == NULL || n == 0 || fread(f->expected, sizeof(float), n, in) != n || fgetc(in) != EOF)
        die(path, "not the expected size");
    fclose(in);
}

void fixture_free(struct fixture *f) { free(f->expected); }

struct model *rig_model(const char *path, enum cpu_level level)
{
    struct model *m;
    struct qw_error err = { 0 };
    if (model_load(&m, path, &(struct model_options){ .level = level, .n_threads = 2 }, &err) != QW_OK)
        die("model_load", err.msg);
    return m;
}

void rig_open(struct rig *r, const struct model *m, const struct rig_options *o)
{
    struct qw_error err = { 0 };
    struct backend *b = o->cpu ? NULL : backend();
    struct forward_options fo = { .n_threads = o->threads ? o->threads : 1,
                                  .max_rows = o->max_rows ? o->max_rows : 512,
                                  .max_context = o->context ? o->context : 512,
                                  .kv_type = model_kv_type(m, o->kv_type), .backend = b };
    *r = (struct rig){ .m = m, .backend = b, .n_vocab = model_hparams(m)->n_vocab, .max_rows = fo.max_rows };
    if (forward_new(&r->f, m, &fo, &err) != QW_OK)
        die("forward_new", err.msg);
    r->n_pages = (fo.max_context + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS;
    r->page_bytes = forward_kv_layout(r->f)->page_bytes;
    size_t stride = (r->page_bytes + 63) / 64 * 64 + (o->scramble ? 192 : 0);
    r->seen = need(malloc(r->page_bytes));
    if (b == NULL)
        r->block = need(aligned_alloc(64, stride * r->n_pages));
    else if (b->table->block_new(b->device, stride * r->n_pages, &r->block, &err) != QW_OK)
        die("block_new", err.msg);
    r->pages = need(calloc(r->n_pages, sizeof *r->pages));
    for (size_t i = 0; i < r->n_pages; i++)
        r->pages[i] = r->block + stride * (o->scramble ? r->n_pages - 1 - i : i);
    rig_clear(r);
}

void rig_clear(struct rig *r)
{
    for (size_t i = 0; i < r->n_pages; i++)
        if (r->backend == NULL)
            memset(r->pages[i], 0, r->page_bytes);
        else if (r->backend->table->zero(r->backend->device, r->pages[i], r->page_bytes, NULL) != QW_OK)
            die("zero", "failed");
}

void rig_fill(struct rig *r, int byte)
{
    memset(r->seen, byte, r->page_bytes);
    for (size_t i = 0; i < r->n_pages; i++)
        if (backend() == NULL)
            memcpy(r->pages[i], r->seen, r->page_bytes);
        else if (backend()->table->copy_in(backend()->device, r->pages[i], r->seen, r->page_bytes, NULL) != QW_OK)
            die("copy_in", "failed");
}

const uint8_t *rig_page(struct rig *r, size_t p)
{
    if (r->backend == NULL)
        return r->pages[p];
    if (r->backend->table->copy_out(r->backend->device, r->seen, r->pages[p], r->page_bytes, NULL) != QW_OK)
        die("copy_out", "failed");
    return r->seen;
}

void rig_close(struct rig *r)
{
    forward_free(r->f);
    free(r->pages);
    free(r->seen);
    if (r->backend == NULL)
        free(r->block);
    else
        r->backend->table->block_free(r->backend->device, r->block);
}

void rig_feed(struct rig *r, const int32_t *ids, size_t n, size_t pos0, size_t chunk, float *logits)
{
    struct qw_error err = { 0 };
    for (size_t t = 0; t < n; t += chunk) {
        size_t T = n - t < chunk ? n - t : chunk;
        struct forward_seq s = { .ids = ids + t, .T = T, .pos0 = pos0 + t, .pages = r->pages,
                                 .n_logits = logits != NULL ? T : 0,
                                 .logits = logits != NULL ? logits + t * r->n_vocab : NULL };
        if (forward_run(r->f, &s, 1, NULL, &err) != QW_OK)
            die("forward_run", err.msg);
    }
}

int32_t rig_argmax(const float *v, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (v[i] > v[best])
            best = i;
    return (int32_t)best;
}

static double log_sum(const float *v, size_t n)
{
    double max = v[0], sum = 0;
    for (size_t i = 1; i < n; i++)
        if (v[i] > max)
            max = v[i];
    for (size_t i = 0; i < n; i++)
        sum += exp(v[i] - max);
    return max + log(sum);
}

double rig_kl(const float *p, const float *q, size_t n)
{
    double zp = log_sum(p, n), zq = log_sum(q, n), kl = 0;
    for (size_t i = 0; i < n; i++)
        kl += exp(p[i] - zp) * ((p[i] - zp) - (q[i] - zq));
    return kl;
}
