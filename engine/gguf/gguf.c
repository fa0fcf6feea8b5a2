/* The reader walks the head of the file (header, metadata, tensor list) with a cursor that
 * cannot pass the end, and keeps views into the copy of it.  How long the head is shows only on
 * the way: a copy that was too short is made again, twice as long.  Layout (all little-endian):
 *
 *   "GGUF"  u32 version (2, 3)  u64 n_tensors  u64 n_kv
 *   n_kv      x  string key, u32 type, value
 *   n_tensors x  string name, u32 n_dims, u64 dim[n_dims], u32 type, u64 offset
 *   zeros up to general.alignment (32), then the data that offsets count from
 *
 * string: u64 n, n bytes.  array: u32 type, u64 n, n values; never nested.
 * Source: the GGUF specification in ggml's docs/gguf.md.  What a count costs in
 * memory is bounded by the bytes that it must be followed by in the file. */
#include "engine/gguf/gguf_int.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

enum value_type {
    V_U8, V_I8, V_U16, V_I16, V_U32, V_I32, V_F32, V_BOOL, V_STRING, V_ARRAY, V_U64, V_I64, V_F64,
    V_COUNT
};

static const struct { const char *name; uint8_t bytes; } value_types[V_COUNT] = {
    [V_U8] = { "u8", 1 },   [V_I8] = { "i8", 1 },     [V_U16] = { "u16", 2 },   [V_I16] = { "i16", 2 },
    [V_U32] = { "u32", 4 }, [V_I32] = { "i32", 4 },   [V_F32] = { "f32", 4 },   [V_BOOL] = { "bool", 1 },
    [V_STRING] = { "string", 0 }, [V_ARRAY] = { "array", 0 },
    [V_U64] = { "u64", 8 }, [V_I64] = { "i64", 8 },   [V_F64] = { "f64", 8 },
};

static const struct { uint32_t type; const char *name; uint16_t values, bytes; } tensor_types[] = {
    { GGUF_F32,  "F32",  1,   4 },  { GGUF_F16,  "F16",  1,   2 },  { GGUF_BF16, "BF16", 1,   2 },
    { GGUF_Q4_0, "Q4_0", 32,  18 }, { GGUF_Q4_1, "Q4_1", 32,  20 }, { GGUF_Q5_0, "Q5_0", 32,  22 },
    { GGUF_Q5_1, "Q5_1", 32,  24 }, { GGUF_Q8_0, "Q8_0", 32,  34 }, { GGUF_Q4_K, "Q4_K", 256, 144 },
    { GGUF_Q5_K, "Q5_K", 256, 176 }, { GGUF_Q6_K, "Q6_K", 256, 210 },
};
#define N_TENSOR_TYPES (sizeof tensor_types / sizeof tensor_types[0])

/* More than any real file has by orders of magnitude; keeps n * sizeof small. */
#define MAX_KV      (1u << 20)
#define MAX_TENSORS (1u << 20)
#define MAX_KEY     65535u
#define MAX_NAME    1023u
#define MAX_ALIGN   (1u << 20)
#define DEFAULT_ALIGN 32u
#define HEAD_BYTES  ((size_t)8 << 20)   /* first guess: what 150,000 tokens and their merges need */

/* ---- names and sizes of types ---------------------------------------------- */

const char *gguf_type_name(uint32_t type)
{
    /* Numbers that ggml has given out but that we do not run; for error texts. */
    static const struct { uint32_t type; const char *name; } others[] = {
        { 9, "Q8_1" }, { 10, "Q2_K" }, { 11, "Q3_K" }, { 15, "Q8_K" }, { 16, "IQ2_XXS" }, { 17, "IQ2_XS" },
        { 18, "IQ3_XXS" }, { 19, "IQ1_S" }, { 20, "IQ4_NL" }, { 21, "IQ3_S" }, { 22, "IQ2_S" }, { 23, "IQ4_XS" },
        { 24, "I8" }, { 25, "I16" }, { 26, "I32" }, { 27, "I64" }, { 28, "F64" }, { 29, "IQ1_M" },
        { 34, "TQ1_0" }, { 35, "TQ2_0" }, { 39, "MXFP4" },
    };
    for (size_t i = 0; i < N_TENSOR_TYPES; i++)
        if (tensor_types[i].type == type)
            return tensor_types[i].name;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].type == type)
            return others[i].name;
    return "unknown type";
}

bool gguf_type_block(uint32_t type, uint32_t *values, uint32_t *bytes)
{
    for (size_t i = 0; i < N_TENSOR_TYPES; i++) {
        if (tensor_types[i].type == type) {
            *values = tensor_types[i].values;
            *bytes = tensor_types[i].bytes;
            return true;
        }
    }
    return false;
}

/* ---- cursor ------------------------------------------------------------------ */

struct cursor { const uint8_t *base; size_t at, have, size; bool more; };   /* more: a longer head is needed */

static bool get_bytes(struct cursor *c, size_t n, const uint8_t **p)
{
    if (n > c->size - c->at)
        return false;
    if (n > c->have - c->at) {
        c->more = true;
        return false;
    }
    *p = c->base + c->at;
    c->at += n;
    return true;
}

static uint64_t load_le(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = n; i-- > 0; )
        v = v << 8 | p[i];
    return v;
}

static bool get_u32(struct cursor *c, uint32_t *v)
{
    const uint8_t *p;
    if (!get_bytes(c, 4, &p))
        return false;
    *v = (uint32_t)load_le(p, 4);
    return true;
}

static bool get_u64(struct cursor *c, uint64_t *v)
{
    const uint8_t *p;
    if (!get_bytes(c, 8, &p))
        return false;
    *v = load_le(p, 8);
    return true;
}

static bool get_string(struct cursor *c, const char **s, size_t *n)
{
    uint64_t len;
    const uint8_t *p;
    if (!get_u64(c, &len) || len > c->size - c->at || !get_bytes(c, (size_t)len, &p))
        return false;
    *s = (const char *)p;
    *n = (size_t)len;
    return true;
}

/* ---- errors name the file and the thing, made safe to show ----------------- */

static int bad(const struct gguf *g, struct qw_error *err, const char *what,
               const char *name, size_t n_name, const char *why)
{
    struct qw_buf b;
    qw_buf_init(&b, 0);
    utf8_escape(&b, name, n_name < 120 ? n_name : 120);
    qw_error_set(err, QW_EFORMAT, "%s: %s %s: %s", g->path, what,
                 qw_buf_failed(&b) || b.data == NULL ? "?" : b.data, why);
    qw_buf_free(&b);
    return QW_EFORMAT;
}

static int truncated(const struct gguf *g, struct qw_error *err, const char *what, uint64_t i, uint64_t n)
{
    return qw_error_set(err, QW_EFORMAT, "%s: the file ends inside %s %llu of %llu", g->path, what,
                        (unsigned long long)i + 1, (unsigned long long)n);
}

static bool name_ok(const char *s, size_t n, size_t max)
{
    return n > 0 && n <= max && memchr(s, 0, n) == NULL && utf8_valid(s, n);
}

/* ---- metadata ----------------------------------------------------------------- */

/* The value after the type number.  Returns NULL, or what is wrong with it. */
static const char *read_array(struct cursor *c, struct kv *k, bool *nomem)
{
    uint64_t n;
    size_t bytes;

    if (!get_u32(c, &k->elem) || !get_u64(c, &n))
        return "the file ends inside the array";
    if (k->elem == V_ARRAY)
        return "arrays of arrays are not part of any model file we know";
    if (k->elem >= V_COUNT)
        return "unknown element type";
    if (k->elem != V_STRING) {
        if (n > SIZE_MAX || !qw_mul((size_t)n, value_types[k->elem].bytes, &bytes) || !get_bytes(c, bytes, &k->p))
            return "the array is longer than the file";
        k->n = (size_t)n;
        if (k->elem == V_BOOL)
            for (size_t i = 0; i < bytes; i++)
                if (k->p[i] > 1)
                    return "a bool that is neither 0 nor 1";
        return NULL;
    }
    if (n > (c->size - c->at) / 8)          /* each string has at least its length */
        return "the array is longer than the file";
    k->n = (size_t)n;
    k->views = qw_alloc((size_t)n * sizeof *k->views);  /* at most twice the file's bytes */
    if (k->views == NULL) {
        *nomem = true;
        return "out of memory";
    }
    for (size_t i = 0; i < k->n; i++)
        if (!get_string(c, &k->views[i].p, &k->views[i].n))
            return "the file ends inside the array";
    return NULL;
}

static const char *read_value(struct cursor *c, struct kv *k, bool *nomem)
{
    const char *s;

    if (!get_u32(c, &k->type))
        return "the file ends before its value";
    if (k->type >= V_COUNT)
        return "unknown value type";
    if (k->type == V_ARRAY)
        return read_array(c, k, nomem);
    if (k->type == V_STRING) {
        if (!get_string(c, &s, &k->n))
            return "the string is longer than the file";
        k->p = (const uint8_t *)s;
        return NULL;
    }
    if (!get_bytes(c, value_types[k->type].bytes, &k->p))
        return "the file ends inside its value";
    if (k->type == V_BOOL && k->p[0] > 1)
        return "a bool that is neither 0 nor 1";
    return NULL;
}

static int cmp_key(const char *a, size_t na, const char *b, size_t nb)
{
    int c = memcmp(a, b, na < nb ? na : nb);
    return c != 0 ? c : (na > nb) - (na < nb);
}

static int cmp_kv(const void *a, const void *b)
{
    const struct kv *x = a, *y = b;
    return cmp_key(x->key, x->n_key, y->key, y->n_key);
}

static int read_kvs(struct gguf *g, struct cursor *c, uint64_t n, struct qw_error *err)
{
    g->kv = qw_calloc((size_t)n, sizeof *g->kv);
    if (g->kv == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s: no memory for %llu keys", g->path, (unsigned long long)n);
    for (; g->n_kv < n; ) {
        struct kv *k = &g->kv[g->n_kv];
        bool nomem = false;
        if (!get_string(c, &k->key, &k->n_key))
            return truncated(g, err, "key", g->n_kv, n);
        if (!name_ok(k->key, k->n_key, MAX_KEY))
            return bad(g, err, "key", k->key, k->n_key, "a key is 1 to 65535 bytes of UTF-8 without NUL");
        g->n_kv++;                          /* now gguf_free knows its views */
        const char *why = read_value(c, k, &nomem);
        if (nomem)
            return qw_error_set(err, QW_ENOMEM, "%s: no memory for an array of %zu strings", g->path, k->n);
        if (why != NULL)
            return bad(g, err, "key", k->key, k->n_key, why);
    }
    qsort(g->kv, g->n_kv, sizeof *g->kv, cmp_kv);
    for (size_t i = 1; i < g->n_kv; i++)
        if (cmp_kv(&g->kv[i - 1], &g->kv[i]) == 0)
            return bad(g, err, "key", g->kv[i].key, g->kv[i].n_key, "stands there twice");
    return QW_OK;
}

static const struct kv *find(const struct gguf *g, const char *key)
{
    size_t lo = 0, hi = g->n_kv, n = strlen(key);
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = cmp_key(key, n, g->kv[mid].key, g->kv[mid].n_key);
        if (c == 0)
            return &g->kv[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

/* ---- tensors -------------------------------------------------------------------- */

static int read_tensor(struct gguf *g, struct cursor *c, struct gguf_tensor *t, uint64_t *offset,
                       uint64_t n, struct qw_error *err)
{
    const char *name;
    size_t n_name;

    if (!get_string(c, &name, &n_name))
        return truncated(g, err, "tensor", g->n_tensors, n);
    if (!name_ok(name, n_name, MAX_NAME))
        return bad(g, err, "tensor", name, n_name, "a name is 1 to 1023 bytes of UTF-8 without NUL");
    t->name = qw_arena_strndup(g->names, name, n_name);
    if (t->name == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s: no memory for tensor names", g->path);
    if (!get_u32(c, &t->n_dims))
        return truncated(g, err, "tensor", g->n_tensors, n);
    if (t->n_dims < 1 || t->n_dims > 4)
        return bad(g, err, "tensor", name, n_name, "has not 1 to 4 dimensions");
    for (uint32_t d = 0; d < 4; d++) {
        t->dim[d] = 1;
        if (d < t->n_dims && !get_u64(c, &t->dim[d]))
            return truncated(g, err, "tensor", g->n_tensors, n);
        if (t->dim[d] == 0)
            return bad(g, err, "tensor", name, n_name, "has a dimension of 0");
    }
    if (!get_u32(c, &t->type) || !get_u64(c, offset))
        return truncated(g, err, "tensor", g->n_tensors, n);
    return QW_OK;
}

/* Bytes and place of one tensor, once the data's start is known. */
static int place_tensor(const struct gguf *g, struct gguf_tensor *t, uint64_t start, uint64_t offset,
                        uint32_t align, struct qw_error *err)
{
    size_t n = 1, n_name = strlen(t->name), room = start <= g->size ? g->size - (size_t)start : 0;
    uint32_t values, bytes;

    for (int d = 0; d < 4; d++)
        if (t->dim[d] > SIZE_MAX || !qw_mul(n, (size_t)t->dim[d], &n) || n > INT64_MAX)
            return bad(g, err, "tensor", t->name, n_name, "the product of its dimensions overflows");
    if (offset % align != 0)
        return bad(g, err, "tensor", t->name, n_name, "its offset is not aligned");
    if (offset > room)
        return bad(g, err, "tensor", t->name, n_name, "lies behind the end of the file");
    if (!gguf_type_block(t->type, &values, &bytes))
        return QW_OK;                       /* bytes stay 0: the model says which types run */
    if (t->dim[0] % values != 0)
        return bad(g, err, "tensor", t->name, n_name, "its rows are not whole blocks of its type");
    if (!qw_mul(n / values, bytes, &n) || n > room - (size_t)offset)
        return bad(g, err, "tensor", t->name, n_name, "reaches past the end of the file");
    t->bytes = n;
    t->at = start + offset;
    return QW_OK;
}

static int cmp_tensor(const void *a, const void *b)
{
    return strcmp((*(struct gguf_tensor *const *)a)->name, (*(struct gguf_tensor *const *)b)->name);
}

static int read_alignment(const struct gguf *g, uint32_t *align, struct qw_error *err)
{
    const struct kv *k = find(g, "general.alignment");

    *align = DEFAULT_ALIGN;
    if (k == NULL)
        return QW_OK;
    if (k->type != V_U32)
        return bad(g, err, "key", k->key, k->n_key, "must be a u32");
    *align = (uint32_t)load_le(k->p, 4);
    if (*align < 8 || *align > MAX_ALIGN || (*align & (*align - 1)) != 0)
        return bad(g, err, "key", k->key, k->n_key, "must be a power of two from 8 to 1048576");
    return QW_OK;
}

static int read_tensors(struct gguf *g, struct cursor *c, uint64_t n, struct qw_error *err)
{
    uint64_t *offset = qw_calloc((size_t)n, sizeof *offset);
    uint32_t align;
    int rc;

    g->tensor = qw_calloc((size_t)n, sizeof *g->tensor);
    g->by_name = qw_calloc((size_t)n, sizeof *g->by_name);
    g->names = qw_arena_new(0);
    if (offset == NULL || g->tensor == NULL || g->by_name == NULL || g->names == NULL) {
        rc = qw_error_set(err, QW_ENOMEM, "%s: no memory for %llu tensors", g->path, (unsigned long long)n);
        goto out;
    }
    for (; g->n_tensors < n; g->n_tensors++) {
        rc = read_tensor(g, c, &g->tensor[g->n_tensors], &offset[g->n_tensors], n, err);
        if (rc != QW_OK)
            goto out;
    }
    rc = read_alignment(g, &align, err);
    if (rc != QW_OK)
        goto out;
    uint64_t start = ((uint64_t)c->at + align - 1) / align * align;
    for (size_t i = 0; i < g->n_tensors; i++) {
        rc = place_tensor(g, &g->tensor[i], start, offset[i], align, err);
        if (rc != QW_OK)
            goto out;
        g->by_name[i] = &g->tensor[i];
    }
    qsort(g->by_name, g->n_tensors, sizeof *g->by_name, cmp_tensor);
    for (size_t i = 1; i < g->n_tensors; i++) {
        if (cmp_tensor(&g->by_name[i - 1], &g->by_name[i]) == 0) {
            rc = bad(g, err, "tensor", g->by_name[i]->name, strlen(g->by_name[i]->name), "stands there twice");
            goto out;
        }
    }
out:
    qw_free(offset);
    return rc;
}

/* ---- opening ---------------------------------------------------------------------- */

static int read_header(const struct gguf *g, struct cursor *c, uint64_t *n_tensors, uint64_t *n_kv,
                       struct qw_error *err)
{
    const uint8_t *magic;
    uint32_t version;

    if (!get_bytes(c, 4, &magic) || memcmp(magic, "GGUF", 4) != 0)
        return qw_error_set(err, QW_EFORMAT, "%s: not a GGUF file", g->path);
    if (!get_u32(c, &version))
        return qw_error_set(err, QW_EFORMAT, "%s: the file ends inside its header", g->path);
    if (version != 0 && (version & 0xffff) == 0)
        return qw_error_set(err, QW_EUNSUPPORTED, "%s: a big-endian GGUF file", g->path);
    if (version != 2 && version != 3)
        return qw_error_set(err, QW_EUNSUPPORTED, "%s: GGUF version %u; versions 2 and 3 are read",
                            g->path, version);
    if (!get_u64(c, n_tensors) || !get_u64(c, n_kv))
        return qw_error_set(err, QW_EFORMAT, "%s: the file ends inside its header", g->path);
    /* Smallest entries: key 8+1, type 4, value 1; name 8+1, n_dims 4, dim 8, type 4, offset 8. */
    size_t left = c->size - c->at;
    if (*n_kv > MAX_KV || *n_kv > left / 14)
        return qw_error_set(err, QW_EFORMAT, "%s: says it has %llu keys, more than fit into it", g->path,
                            (unsigned long long)*n_kv);
    if (*n_tensors > MAX_TENSORS || *n_tensors > left / 33)
        return qw_error_set(err, QW_EFORMAT, "%s: says it has %llu tensors, more than fit into it", g->path,
                            (unsigned long long)*n_tensors);
    return QW_OK;
}

/* *more: what went wrong is only that the head is too short. */
static int parse(struct gguf *g, bool *more, struct qw_error *err)
{
    struct cursor c = { .base = g->head, .have = g->have, .size = g->size };
    uint64_t n_tensors = 0, n_kv = 0;

    int rc = read_header(g, &c, &n_tensors, &n_kv, err);
    if (rc == QW_OK)
        rc = read_kvs(g, &c, n_kv, err);
    if (rc == QW_OK)
        rc = read_tensors(g, &c, n_tensors, err);
    *more = c.more;
    return rc;
}

/* What parse has made. */
static void forget(struct gguf *g)
{
    for (size_t i = 0; i < g->n_kv; i++)
        qw_free(g->kv[i].views);
    qw_free(g->kv);
    qw_free(g->tensor);
    qw_free(g->by_name);
    if (g->names != NULL)
        qw_arena_free(g->names);
    g->kv = NULL;
    g->tensor = NULL;
    g->by_name = NULL;
    g->names = NULL;
    g->n_kv = g->n_tensors = 0;
}

static struct gguf *gguf_new(const char *path)
{
    struct gguf *g = qw_calloc(1, sizeof *g);
    if (g == NULL)
        return NULL;
    g->fd = -1;
    g->path = qw_strdup(path);
    if (g->path == NULL) {
        qw_free(g);
        return NULL;
    }
    return g;
}

int gguf_open(struct gguf **out, const char *path, struct qw_error *err)
{
    struct gguf *g = gguf_new(path);
    bool more = true;
    if (g == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s: out of memory", path);
    int rc = gguf_file_open(g, err);
    for (size_t n = HEAD_BYTES; rc == QW_OK && more; n *= 2) {      /* ends: a whole file is never too short */
        rc = gguf_file_head(g, n, err);
        if (rc != QW_OK)
            break;
        rc = parse(g, &more, err);
        if (rc != QW_OK && more) {
            forget(g);
            rc = QW_OK;
        }
    }
    if (rc != QW_OK) {
        gguf_free(g);
        return rc;
    }
    *out = g;
    return QW_OK;
}

int gguf_open_memory(struct gguf **out, const void *p, size_t n, struct qw_error *err)
{
    struct gguf *g = gguf_new("(memory)");
    bool more;
    if (g == NULL)
        return qw_error_set(err, QW_ENOMEM, "out of memory");
    g->head = p;
    g->have = g->size = n;
    int rc = parse(g, &more, err);
    if (rc != QW_OK) {
        gguf_free(g);
        return rc;
    }
    *out = g;
    return QW_OK;
}

void gguf_free(struct gguf *g)
{
    if (g == NULL)
        return;
    forget(g);
    gguf_file_drop_head(g);
    if (g->fd >= 0)
        close(g->fd);
    qw_free(g->path);
    qw_free(g);
}

/* ---- access ------------------------------------------------------------------------ */

size_t gguf_n_tensors(const struct gguf *g)
{
    return g->n_tensors;
}

const struct gguf_tensor *gguf_tensor_at(const struct gguf *g, size_t i)
{
    return i < g->n_tensors ? &g->tensor[i] : NULL;
}

const struct gguf_tensor *gguf_tensor(const struct gguf *g, const char *name)
{
    size_t lo = 0, hi = g->n_tensors;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strcmp(name, g->by_name[mid]->name);
        if (c == 0)
            return g->by_name[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

const char *gguf_path(const struct gguf *g)
{
    return g->path;
}

uint64_t gguf_file_bytes(const struct gguf *g)
{
    return g->size;
}

/* A number of the file, in the widest form of its kind. */
struct number { enum { NUM_U, NUM_I, NUM_F } kind; uint64_t u; int64_t i; double f; };

static bool load_number(uint32_t type, const uint8_t *p, struct number *out)
{
    uint64_t u;
    float f32;

    if (type >= V_COUNT || type == V_STRING || type == V_ARRAY || type == V_BOOL)
        return false;
    u = load_le(p, value_types[type].bytes);
    switch (type) {
    case V_F32: { uint32_t w = (uint32_t)u; memcpy(&f32, &w, 4); *out = (struct number){ NUM_F, 0, 0, f32 }; break; }
    case V_F64: *out = (struct number){ .kind = NUM_F }; memcpy(&out->f, &u, 8); break;
    case V_I8:  *out = (struct number){ NUM_I, 0, (int8_t)u, 0 }; break;
    case V_I16: *out = (struct number){ NUM_I, 0, (int16_t)u, 0 }; break;
    case V_I32: *out = (struct number){ NUM_I, 0, (int32_t)u, 0 }; break;
    case V_I64: *out = (struct number){ NUM_I, 0, (int64_t)u, 0 }; break;
    default:    *out = (struct number){ NUM_U, u, 0, 0 }; break;
    }
    return true;
}

static bool as_i64(const struct number *x, int64_t *out)
{
    if (x->kind == NUM_F || (x->kind == NUM_U && x->u > INT64_MAX))
        return false;
    *out = x->kind == NUM_U ? (int64_t)x->u : x->i;
    return true;
}

static double as_f64(const struct number *x)
{
    return x->kind == NUM_F ? x->f : x->kind == NUM_U ? (double)x->u : (double)x->i;
}

static bool scalar(const struct gguf *g, const char *key, struct number *x)
{
    const struct kv *k = find(g, key);
    return k != NULL && load_number(k->type, k->p, x);
}

bool gguf_u64(const struct gguf *g, const char *key, uint64_t *out)
{
    struct number x;
    if (!scalar(g, key, &x) || x.kind == NUM_F || (x.kind == NUM_I && x.i < 0))
        return false;
    *out = x.kind == NUM_U ? x.u : (uint64_t)x.i;
    return true;
}

bool gguf_f64(const struct gguf *g, const char *key, double *out)
{
    struct number x;
    if (!scalar(g, key, &x))
        return false;
    *out = as_f64(&x);
    return true;
}

bool gguf_bool(const struct gguf *g, const char *key, bool *out)
{
    const struct kv *k = find(g, key);
    if (k == NULL || k->type != V_BOOL)
        return false;
    *out = k->p[0] != 0;
    return true;
}

bool gguf_str(const struct gguf *g, const char *key, const char **p, size_t *n)
{
    const struct kv *k = find(g, key);
    if (k == NULL || k->type != V_STRING)
        return false;
    *p = (const char *)k->p;
    *n = k->n;
    return true;
}

const struct gguf_view *gguf_str_array(const struct gguf *g, const char *key, size_t *n)
{
    const struct kv *k = find(g, key);
    if (k == NULL || k->type != V_ARRAY || k->elem != V_STRING)
        return NULL;
    *n = k->n;
    return k->views;
}

size_t gguf_i32_array(const struct gguf *g, const char *key, int32_t *out, size_t n)
{
    const struct kv *k = find(g, key);
    struct number x;
    int64_t v;
    if (k == NULL || k->type != V_ARRAY || k->elem == V_STRING)
        return 0;
    for (int pass = 0; pass < 2; pass++) {  /* all must fit before one is written */
        for (size_t i = 0; i < n && i < k->n; i++) {
            if (!load_number(k->elem, k->p + i * value_types[k->elem].bytes, &x) || !as_i64(&x, &v) ||
                v < INT32_MIN || v > INT32_MAX)
                return 0;
            if (pass == 1)
                out[i] = (int32_t)v;
        }
    }
    return k->n;
}
