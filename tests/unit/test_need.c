/* What a context needs, and what is said when it does not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "engine/model/need.h"

/* Qwen2.5-Coder-0.5B: 24 layers of 2 heads of 64: 12 KiB a token in f16. */
static const struct hparams half_b = { .n_layers = 24, .n_kv_heads = 2, .head_dim = 64 };
#define MIB (UINT64_C(1) << 20)

static void bytes(void **state)
{
    (void)state;
    assert_int_equal(need_kv_bytes(&half_b, KV_F16, 0), 0);
    assert_int_equal(need_kv_bytes(&half_b, KV_F16, 1), 16 * 12288);        /* whole pages */
    assert_int_equal(need_kv_bytes(&half_b, KV_F16, 16), 16 * 12288);
    assert_int_equal(need_kv_bytes(&half_b, KV_F16, 32768), 384 * MIB);
    assert_int_equal(need_kv_bytes(&half_b, KV_F32, 32768), 768 * MIB);
    assert_int_equal(need_kv_bytes(&half_b, KV_Q8_0, 32768), 216 * MIB);    /* 32 bytes and a float for 32 */
    assert_int_equal(need_kv_bytes(&half_b, KV_F16, UINT64_MAX), UINT64_MAX);
    assert_int_equal(need_kv_bytes(&(struct hparams){ .n_layers = 1, .n_kv_heads = 1, .head_dim = 80 }, KV_Q8_0, 1), UINT64_MAX);
}

static void tokens(void **state)
{
    (void)state;
    assert_int_equal(need_kv_tokens(&half_b, KV_F16, 384 * MIB, 0), 32768);
    assert_int_equal(need_kv_tokens(&half_b, KV_F16, 384 * MIB, 1), 32752);
    assert_int_equal(need_kv_tokens(&half_b, KV_F16, 384 * MIB - 1, 0), 32752);
    assert_int_equal(need_kv_tokens(&half_b, KV_F16, 0, 0), 0);
    assert_int_equal(need_kv_tokens(&half_b, KV_F16, 100, 5), 0);
}

static void messages(void **state)
{
    (void)state;
    static const struct { const char *name; enum kv_type type; uint64_t tokens, bytes; const char *says; } c[] = {
        { "fits", KV_F16, 32752, 384 * MIB, NULL },
        { "one page too many", KV_F16, 32768, 384 * MIB,
          "a context of 32768 tokens needs 385 MiB for its keys and values (f16), but there is room for 32752 tokens (384 MiB): "
          "max_model_len = 32752 would fit, all 32768 with kv_cache_dtype = q8_0" },
        { "far too many", KV_F16, 32768, 100 * MIB,
          "a context of 32768 tokens needs 385 MiB for its keys and values (f16), but there is room for 8512 tokens (100 MiB): "
          "max_model_len = 8512 would fit, 15152 with kv_cache_dtype = q8_0" },
        { "f32", KV_F32, 32768, 400 * MIB,
          "a context of 32768 tokens needs 769 MiB for its keys and values (f32), but there is room for 17040 tokens (400 MiB): "
          "max_model_len = 17040 would fit, all 32768 with kv_cache_dtype = f16, all 32768 with kv_cache_dtype = q8_0" },
        { "nothing smaller", KV_Q8_0, 32768, 100 * MIB,
          "a context of 32768 tokens needs 217 MiB for its keys and values (q8_0), but there is room for 15152 tokens (100 MiB): "
          "max_model_len = 15152 would fit" },
    };
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        struct qw_error err = { 0 };
        int rc = need_check(&half_b, c[i].type, c[i].tokens, c[i].bytes, 1, QW_EPARAMS, &err);
        if (rc != (c[i].says != NULL ? QW_EPARAMS : QW_OK) || (c[i].says != NULL && strcmp(err.msg, c[i].says) != 0))
            fail_msg("%s: %d \"%s\"", c[i].name, rc, err.msg);
    }
}

static void reserve(void **state)
{
    (void)state;
    assert_int_equal(need_reserve(0), 256 * MIB);
    assert_int_equal(need_reserve(1024 * MIB), 256 * MIB);
    assert_int_equal(need_reserve(20480 * MIB), 1024 * MIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes), cmocka_unit_test(tokens), cmocka_unit_test(messages), cmocka_unit_test(reserve),
    };
    return cmocka_run_group_tests_name("need", tests, NULL, NULL);
}
