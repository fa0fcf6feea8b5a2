/* Loading: what a good file gives, and one clear error for each way in which a file is bad.
 * The files are tests/data/models, patched in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/fs.h"
#include "base/mem.h"
#include "engine/model/weights.h"
#include "tests/golden/rig.h"

struct bytes { char *p; size_t n; };

static struct bytes file_bytes(const char *name)
{
    char path[600];
    struct bytes b;
    struct qw_error err;
    snprintf(path, sizeof path, "%s/%s.gguf", fixture_dir(), name);
    assert_int_equal(fs_read_file(path, 1 << 24, &b.p, &b.n, &err), QW_OK);
    return b;
}

/* Where the n bytes of s stand behind their own length, as GGUF writes strings. */
static char *find_string(struct bytes b, const char *s)
{
    size_t n = strlen(s);
    uint64_t len = n;
    for (size_t i = 8; i + n <= b.n; i++)
        if (memcmp(b.p + i, s, n) == 0 && memcmp(b.p + i - 8, &len, 8) == 0)
            return b.p + i;
    fail_msg("no %s in the file", s);
    return NULL;
}

/* A patch: at offset `skip` behind the end of string `where` (a key, then its type; or a
 * tensor name, then dims and type), n bytes of value.  rename: the string itself instead. */
struct patch { const char *where; const char *rename; size_t skip, n; uint64_t value; };

static void apply(struct bytes b, const struct patch *p)
{
    char *s = find_string(b, p->where);
    if (p->rename != NULL) {
        assert_int_equal(strlen(p->rename), strlen(p->where));
        memcpy(s, p->rename, strlen(p->where));
    } else {
        memcpy(s + strlen(p->where) + p->skip, &p->value, p->n);
    }
}

#define KEY(name, v)      { name, NULL, 4, 4, v }           /* a uint32 value behind its type */
#define DIM(name, i, v)   { name, NULL, 4 + 8 * (i), 8, v }  /* behind n_dims */
#define TYPE2(name, v)    { name, NULL, 4 + 16, 4, v }       /* of a matrix, behind two dims */
#define TYPE1(name, v)    { name, NULL, 4 + 8, 4, v }
#define RENAME(name, to)  { name, to, 0, 0, 0 }

static const struct bad {
    const char  *name;
    struct patch patch[2];
    int          code;
    const char  *says[2];           /* the message names the file's fault and the way out */
} bads[] = {
    { "unknown architecture", { RENAME("qwen2", "qwen9") }, QW_EUNSUPPORTED, { "\"qwen9\"", "qwen3, qwen2, llama" } },
    { "no layer count", { RENAME("qwen2.block_count", "qwen2.block_c0unt") }, QW_EFORMAT, { "qwen2.block_count", "missing" } },
    { "zero layers", { KEY("qwen2.block_count", 0) }, QW_EFORMAT, { "block_count = 0", "" } },
    { "too many layers", { KEY("qwen2.block_count", 4000000000u) }, QW_EFORMAT, { "block_count = 4000000000", "" } },
    { "more layers than tensors", { KEY("qwen2.block_count", 1000) }, QW_EFORMAT, { "1000 layers", "tensors" } },
    { "one layer more", { KEY("qwen2.block_count", 4) }, QW_EFORMAT, { "blk.3.attn_norm.weight", "missing" } },
    { "one layer less", { KEY("qwen2.block_count", 2) }, QW_EUNSUPPORTED, { "blk.2.", "not part" } },
    { "zero heads", { KEY("qwen2.attention.head_count", 0) }, QW_EFORMAT, { "head_count = 0", "" } },
    { "heads not divisible", { KEY("qwen2.attention.head_count_kv", 3) }, QW_EFORMAT, { "4 query heads", "3 key/value" } },
    { "more kv heads than heads", { KEY("qwen2.attention.head_count_kv", 8) }, QW_EFORMAT, { "8 key/value heads", "" } },
    { "hidden not divided by heads", { KEY("qwen2.embedding_length", 66) }, QW_EFORMAT, { "attention.key_length", "missing" } },
    { "head size 8", { KEY("qwen2.attention.head_count", 8), KEY("qwen2.rope.dimension_count", 8) }, QW_EUNSUPPORTED,
      { "head size 8", "multiple of 16" } },
    { "odd rotary", { KEY("qwen2.rope.dimension_count", 15) }, QW_EFORMAT, { "15 rotary", "even" } },
    { "rotary over the head", { KEY("qwen2.rope.dimension_count", 32) }, QW_EFORMAT, { "dimension_count = 32", "1 to 16" } },
    { "rope base NaN", { KEY("qwen2.rope.freq_base", 0x7fc00000) }, QW_EFORMAT, { "rope.freq_base = ", "nan" } },
    { "negative eps", { KEY("qwen2.attention.layer_norm_rms_epsilon", 0xbf800000) }, QW_EFORMAT, { "rms_epsilon = -1", "" } },
    { "huge hidden", { KEY("qwen2.embedding_length", 0xffffffffu) }, QW_EFORMAT, { "embedding_length = 4294967295", "" } },
    { "other hidden", { KEY("qwen2.embedding_length", 128), KEY("qwen2.rope.dimension_count", 32) }, QW_EFORMAT,
      { "token_embd.weight is 64 x 576", "128 x 576" } },
    { "other ffn", { KEY("qwen2.feed_forward_length", 191) }, QW_EFORMAT, { "blk.0.ffn_gate.weight is 64 x 192", "64 x 191" } },
    { "vocabulary", { DIM("token_embd.weight", 1, 575) }, QW_EFORMAT, { "576 tokens", "575 rows" } },
    { "missing tensor", { RENAME("blk.1.attn_q.weight", "blk.1.attn_z.weight") }, QW_EFORMAT, { "blk.1.attn_q.weight", "missing" } },
    { "missing bias", { RENAME("blk.1.attn_q.bias", "blk.1.attn_z.bias") }, QW_EFORMAT, { "blk.1.attn_q.bias", "missing" } },
    { "unknown output", { RENAME("output.weight", "0utput.weight") }, QW_EUNSUPPORTED, { "0utput.weight", "not part" } },
    { "matrix turned", { DIM("blk.2.attn_k.weight", 0, 32), DIM("blk.2.attn_k.weight", 1, 64) }, QW_EFORMAT,
      { "blk.2.attn_k.weight is 32 x 64", "64 x 32" } },
    { "unknown type", { TYPE2("blk.2.ffn_up.weight", 99) }, QW_EUNSUPPORTED, { "blk.2.ffn_up.weight", "Q4_K" } },
    { "type that we do not run", { TYPE2("blk.0.attn_v.weight", 10) }, QW_EUNSUPPORTED, { "blk.0.attn_v.weight", "Q4_K" } },
    { "K no multiple of the block", { TYPE2("blk.0.attn_v.weight", 12) }, QW_EFORMAT, { "blk.0.attn_v.weight", "" } },
    { "vector not F32", { TYPE1("blk.0.ffn_norm.weight", 1) }, QW_EUNSUPPORTED, { "blk.0.ffn_norm.weight", "F32" } },
};

static void bad_files(void **state)
{
    (void)state;
    struct bytes good = file_bytes("qwen2-tiny-f32");
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        struct bytes b = { qw_memdup(good.p, good.n), good.n };
        struct model *m = NULL;
        struct qw_error err = { 0 };
        for (size_t p = 0; p < 2 && bads[i].patch[p].where != NULL; p++)
            apply(b, &bads[i].patch[p]);
        int rc = model_load_memory(&m, b.p, b.n, &(struct model_options){ .n_threads = 2 }, &err);
        if (rc != bads[i].code || m != NULL || strstr(err.msg, "(memory)") != err.msg ||
            strstr(err.msg, bads[i].says[0]) == NULL || strstr(err.msg, bads[i].says[1]) == NULL)
            fail_msg("%s: code %d, \"%s\"", bads[i].name, rc, err.msg);
        qw_free(b.p);
    }
    qw_free(good.p);
}

static int load(struct model **m, const char *name, struct model_options o, struct qw_error *err)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s.gguf", fixture_dir(), name);
    if (o.n_threads == 0)
        o.n_threads = 1;
    return model_load(m, path, &o, err);
}

static void good_files(void **state)
{
    (void)state;
    static const struct { const char *file, *arch, *type; uint32_t head_dim, n_rot; bool tied; enum kv_type kv; } goods[] = {
        { "qwen3-tiny-f32", "qwen3", "F32", 32, 32, true, KV_F32 },
        { "qwen2-tiny-f32", "qwen2", "F32", 16, 16, false, KV_F32 },
        { "mistral-tiny-f32", "llama", "F32", 16, 16, false, KV_F32 },
        { "qwen3-small-q4_k_m", "qwen3", "Q4_K", 64, 64, true, KV_F16 },
        { "qwen3-small-bf16", "qwen3", "BF16", 64, 64, true, KV_F16 },
    };
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        struct model *m;
        struct qw_error err = { 0 };
        if (load(&m, goods[i].file, (struct model_options){ .n_threads = 3 }, &err) != QW_OK)
            fail_msg("%s", err.msg);
        const struct hparams *hp = model_hparams(m);
        assert_string_equal(hp->arch, goods[i].arch);
        assert_string_equal(model_weights_name(m), goods[i].type);
        assert_int_equal(hp->head_dim, goods[i].head_dim);
        assert_int_equal(hp->n_rot, goods[i].n_rot);
        assert_int_equal(hp->tied, goods[i].tied);
        assert_int_equal(hp->n_vocab, 576);
        assert_int_equal(hp->context, 512);
        assert_int_equal(model_kv_type(m, KV_AUTO), goods[i].kv);
        assert_int_equal(model_kv_type(m, KV_Q8_0), KV_Q8_0);
        assert_true(model_weight_bytes(m) <= model_file_bytes(m) * 103 / 100 + 4096);

        struct bytes b = file_bytes(goods[i].file);
        XXH128_canonical_t c;
        char hex[33];
        XXH128_canonicalFromHash(&c, XXH3_128bits(b.p, b.n));
        for (int k = 0; k < 16; k++)
            snprintf(hex + 2 * k, 3, "%02x", c.digest[k]);
        assert_string_equal(model_fingerprint(m), hex);
        assert_int_equal(model_file_bytes(m), b.n);
        qw_free(b.p);
        model_free(m);
    }
}

static void too_large(void **state)
{
    (void)state;
    struct model *m = NULL;
    struct qw_error err;
    assert_int_equal(load(&m, "qwen3-small-q8_0", (struct model_options){ .memory_limit = 1 << 20 }, &err), QW_EMODEL);
    assert_non_null(strstr(err.msg, "need 3 MiB"));
    assert_non_null(strstr(err.msg, "1 MiB are available"));
    assert_null(m);
}

static void bad_options(void **state)
{
    (void)state;
    struct model *m = NULL;
    struct qw_error err;
    assert_int_equal(load(&m, "qwen2-tiny-f32", (struct model_options){ .chat_template = "nonsense" }, &err), QW_EUNSUPPORTED);
    assert_non_null(strstr(err.msg, "--chat-template"));
    assert_int_equal(load(&m, "qwen2-tiny-f32", (struct model_options){ .n_threads = 5000 }, &err), QW_EPARAMS);
    assert_int_equal(load(&m, "absent", (struct model_options){ 0 }, &err), QW_ENOTFOUND);
    assert_null(m);
}

struct calls { int n, stop_at; uint64_t last; };
static int on_progress(void *arg, uint64_t done, uint64_t total)
{
    struct calls *c = arg;
    assert_true(done >= c->last && done <= total);
    c->last = done;
    return ++c->n == c->stop_at;
}

static void progress_and_stop(void **state)
{
    (void)state;
    struct model *m = NULL;
    struct qw_error err;
    struct calls c = { .stop_at = -1 };
    struct model_options o = { .progress = on_progress, .arg = &c };
    assert_int_equal(load(&m, "qwen3-small-q6_k", o, &err), QW_OK);
    assert_int_equal(c.last, model_file_bytes(m));
    assert_true(c.n >= 10);
    model_free(m);
    m = NULL;
    c = (struct calls){ .stop_at = 5 };
    assert_int_equal(load(&m, "qwen3-small-q6_k", o, &err), QW_ECANCELLED);
    assert_int_equal(c.n, 5);
    assert_null(m);
}

/* The file changes under the loader: an error each time, never a signal and never half a model. */
struct meddler { char path[64]; int calls, how; };
static int meddle(void *arg, uint64_t done, uint64_t total)
{
    struct meddler *x = arg;
    (void)done;
    if (x->calls++ > 0)
        return 0;
    if (x->how == 0)
        assert_int_equal(truncate(x->path, (off_t)(total / 2)), 0);
    else
        assert_int_equal(utimes(x->path, (struct timeval[2]){ { 1, 0 }, { 1, 0 } }), 0);
    return 0;
}

static void file_changes(void **state)
{
    (void)state;
    static const char *const says[] = { "became shorter while it was read", "was changed while it was read" };
    struct bytes b = file_bytes("qwen3-small-q8_0");
    for (int how = 0; how < 2; how++) {
        struct meddler x = { .path = "/tmp/qw-test-model-XXXXXX", .how = how };
        struct model *m = NULL;
        struct qw_error err = { 0 };
        int fd = mkstemp(x.path);
        assert_true(fd >= 0 && write(fd, b.p, b.n) == (ssize_t)b.n);
        close(fd);
        struct model_options o = { .n_threads = 1, .progress = meddle, .arg = &x };
        assert_int_equal(model_load(&m, x.path, &o, &err), QW_EIO);
        if (strstr(err.msg, says[how]) == NULL || strstr(err.msg, x.path) != err.msg)
            fail_msg("%s", err.msg);
        assert_null(m);
        unlink(x.path);
    }
    qw_free(b.p);
}

/* Many threads and a file smaller than their ring; the block must be the one thread's. */
static void any_threads(void **state)
{
    (void)state;
    struct model *one, *many;
    struct qw_error err;
    assert_int_equal(load(&one, "qwen3-small-q4_k_m", (struct model_options){ .n_threads = 1 }, &err), QW_OK);
    for (int n = 2; n <= 16; n *= 2) {
        assert_int_equal(load(&many, "qwen3-small-q4_k_m", (struct model_options){ .n_threads = n }, &err), QW_OK);
        assert_int_equal(model_weight_bytes(one), model_weight_bytes(many));
        const struct weights *a = model_weights(one), *b = model_weights(many);
        assert_memory_equal(a->embd.data, b->embd.data, model_weight_bytes(one));   /* first in the block */
        assert_string_equal(model_fingerprint(one), model_fingerprint(many));
        model_free(many);
    }
    model_free(one);
}

/* Memory fails at every place in turn: an error each time, nothing lost (ASan watches). */
static void memory_fails(void **state)
{
    (void)state;
    struct model *m = NULL;
    struct qw_error err;
    long n = 0;
    for (;; n++) {
        qw_mem_fail_after(n);
        int rc = load(&m, "llama-tiny-f32", (struct model_options){ .n_threads = 2 }, &err);
        qw_mem_fail_after(-1);
        if (rc == QW_OK)
            break;
        if (rc != QW_ENOMEM)
            fail_msg("allocation %ld: %d \"%s\"", n, rc, err.msg);
        assert_null(m);
    }
    assert_true(n > 5);
    struct forward *f = NULL;
    struct forward_options o = { .n_threads = 2, .max_rows = 8, .max_context = 64, .kv_type = KV_F16 };
    for (n = 0;; n++) {
        qw_mem_fail_after(n);
        int rc = forward_new(&f, m, &o, &err);
        qw_mem_fail_after(-1);
        if (rc == QW_OK)
            break;
        assert_int_equal(rc, QW_ENOMEM);
        assert_null(f);
    }
    assert_true(n >= 8);
    forward_free(f);
    model_free(m);
}

/* --- the forward pass's own rules ------------------------------------------------ */

static void run_refuses(void **state)
{
    (void)state;
    struct fixture x;
    struct rig r;
    struct qw_error err;
    fixture_load(&x, "qwen3-tiny-f32");
    struct model *m = rig_model(x.path, cpu_level_max());
    rig_open(&r, m, &(struct rig_options){ .context = 32, .max_rows = 16, .threads = 2 });
    float *l = calloc(r.n_vocab, sizeof *l);
    int32_t ids[40] = { 0 };
    struct forward_seq ok = { .ids = ids, .T = 4, .pages = r.pages, .n_logits = 1, .logits = l }, q = ok;

    uint64_t before = qw_mem_count();
    assert_int_equal(forward_run(r.f, &ok, 1, NULL, &err), QW_OK);
    assert_int_equal(forward_run(r.f, NULL, 0, NULL, &err), QW_OK);
    assert_int_equal(qw_mem_count(), before);       /* nothing is allocated in a run */

    q.T = 17;
    assert_int_equal(forward_run(r.f, &q, 1, NULL, &err), QW_EPARAMS);
    q.T = 0;
    assert_int_equal(forward_run(r.f, &q, 1, NULL, &err), QW_EPARAMS);
    q = ok;
    q.n_logits = 5;
    assert_int_equal(forward_run(r.f, &q, 1, NULL, &err), QW_EPARAMS);
    q = ok;
    q.pos0 = 29;
    assert_int_equal(forward_run(r.f, &q, 1, NULL, &err), QW_ECONTEXT);
    q.pos0 = SIZE_MAX - 1;
    assert_int_equal(forward_run(r.f, &q, 1, NULL, &err), QW_ECONTEXT);
    ids[2] = 576;
    assert_int_equal(forward_run(r.f, &ok, 1, NULL, &err), QW_EPARAMS);
    assert_non_null(strstr(err.msg, "576"));
    ids[2] = -1;
    assert_int_equal(forward_run(r.f, &ok, 1, NULL, &err), QW_EPARAMS);
    ids[2] = 0;

    /* Cancelled, then run again: as if nothing had been. */
    float *again = calloc(r.n_vocab, sizeof *again);
    atomic_int cancel = 1;
    rig_clear(&r);
    q = ok;
    q.logits = again;
    assert_int_equal(forward_run(r.f, &q, 1, &cancel, &err), QW_ECANCELLED);
    atomic_store(&cancel, 0);
    assert_int_equal(forward_run(r.f, &q, 1, &cancel, &err), QW_OK);
    assert_memory_equal(l, again, r.n_vocab * sizeof *l);

    struct forward *f = NULL;
    struct forward_options o = { .n_threads = 0, .max_rows = 8, .max_context = 64, .kv_type = KV_F16 };
    assert_int_equal(forward_new(&f, m, &o, &err), QW_EPARAMS);
    o = (struct forward_options){ .n_threads = 1, .max_rows = 0, .max_context = 64, .kv_type = KV_F16 };
    assert_int_equal(forward_new(&f, m, &o, &err), QW_EPARAMS);
    o = (struct forward_options){ .n_threads = 1, .max_rows = 8, .max_context = SIZE_MAX, .kv_type = KV_F16 };
    assert_int_equal(forward_new(&f, m, &o, &err), QW_EPARAMS);
    assert_null(f);
    free(l);
    free(again);
    rig_close(&r);
    model_free(m);
    fixture_free(&x);
}

/* Adds a float32 vector `name` of n values to a GGUF v3 file. */
static struct bytes with_vector(struct bytes b, const char *name, const float *v, uint64_t n)
{
    size_t infos = (size_t)(find_string(b, "token_embd.weight") - b.p) - 8, end = infos;
    uint64_t n_tensors, len = strlen(name), n_dims;
    memcpy(&n_tensors, b.p + 8, 8);
    for (uint64_t i = 0; i < n_tensors; i++) {          /* name, n_dims, dims, type, offset */
        uint64_t k = 0;
        memcpy(&k, b.p + end, 8);
        end += 8 + k;
        n_dims = 0;
        memcpy(&n_dims, b.p + end, 4);
        end += 4 + 8 * n_dims + 4 + 8;
    }
    size_t data = (end + 31) / 32 * 32, data_bytes = b.n - data, info = 8 + len + 4 + 8 + 4 + 8;
    uint64_t offset = (data_bytes + 31) / 32 * 32;
    size_t new_data = (end + info + 31) / 32 * 32;
    struct bytes out = { qw_calloc(new_data + offset + n * 4, 1), new_data + offset + n * 4 };
    memcpy(out.p, b.p, end);
    n_tensors++;
    memcpy(out.p + 8, &n_tensors, 8);
    char *p = out.p + end;
    uint32_t one = 1, type = 0;
    memcpy(p, &len, 8);
    memcpy(p + 8, name, len);
    p += 8 + len;
    memcpy(p, &one, 4);
    memcpy(p + 4, &n, 8);
    memcpy(p + 12, &type, 4);
    memcpy(p + 16, &offset, 8);
    memcpy(out.p + new_data, b.p + data, data_bytes);
    memcpy(out.p + new_data + offset, v, n * 4);
    return out;
}

/* rope_freqs divides the angles: base 10000 with factors (500000/10000)^(2i/n) is base 500000,
 * which is what the fixture was computed with. */
static void rope_factors(void **state)
{
    (void)state;
    struct fixture x;
    struct model *m = NULL;
    struct qw_error err = { 0 };
    struct rig r;
    float factor[8], base = 10000.0f;
    uint32_t bits;
    for (int i = 0; i < 8; i++)
        factor[i] = (float)pow(50.0, 2.0 * i / 16);
    memcpy(&bits, &base, 4);
    struct bytes b = file_bytes("llama-tiny-f32");
    apply(b, &(struct patch)KEY("llama.rope.freq_base", bits));
    struct bytes with = with_vector(b, "rope_freqs.weight", factor, 8);

    fixture_load(&x, "llama-tiny-f32");
    if (model_load_memory(&m, with.p, with.n, &(struct model_options){ .level = cpu_level_max(), .n_threads = 1 }, &err) != QW_OK)
        fail_msg("%s", err.msg);
    rig_open(&r, m, &(struct rig_options){ .context = 64 });
    float *l = malloc(x.n_tokens * r.n_vocab * sizeof *l), delta = 0;
    rig_feed(&r, x.tokens, x.n_tokens, 0, 64, l);
    for (size_t i = 0; i < x.n_tokens * r.n_vocab; i++)
        delta = fmaxf(delta, fabsf(l[i] - x.expected[i]));
    assert_true(delta < 1e-3f);
    free(l);
    rig_close(&r);
    model_free(m);
    qw_free(with.p);

    m = NULL;
    factor[3] = 0;
    with = with_vector(b, "rope_freqs.weight", factor, 8);
    assert_int_equal(model_load_memory(&m, with.p, with.n, &(struct model_options){ 0 }, &err), QW_EFORMAT);
    assert_non_null(strstr(err.msg, "rope_freqs.weight"));
    qw_free(with.p);
    qw_free(b.p);
    fixture_free(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files),   cmocka_unit_test(bad_files),         cmocka_unit_test(too_large),
        cmocka_unit_test(bad_options),  cmocka_unit_test(progress_and_stop), cmocka_unit_test(memory_fails),
        cmocka_unit_test(run_refuses),  cmocka_unit_test(rope_factors),      cmocka_unit_test(file_changes),
        cmocka_unit_test(any_threads),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
