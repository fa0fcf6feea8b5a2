#include "engine/model/need.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

#define RESERVE_BYTES (UINT64_C(256) << 20)

static uint64_t page_bytes(const struct hparams *hp, enum kv_type type)
{
    struct kv_layout l;
    if (kv_layout_init(&l, type, hp->n_layers, hp->n_kv_heads, hp->head_dim, NULL) != QW_OK)
        return 0;
    return l.page_bytes;
}

static uint64_t pages(uint64_t tokens)
{
    return tokens / KV_PAGE_TOKENS + (tokens % KV_PAGE_TOKENS != 0);
}

uint64_t need_kv_bytes(const struct hparams *hp, enum kv_type type, uint64_t tokens)
{
    uint64_t page = page_bytes(hp, type), n = pages(tokens), bytes;
    return page == 0 || __builtin_mul_overflow(page, n, &bytes) ? UINT64_MAX : bytes;
}

uint64_t need_kv_tokens(const struct hparams *hp, enum kv_type type, uint64_t bytes, uint64_t spare)
{
    uint64_t page = page_bytes(hp, type), n = page != 0 ? bytes / page : 0;
    return n > spare ? (n - spare) * KV_PAGE_TOKENS : 0;
}

uint64_t need_reserve(uint64_t total_bytes)
{
    return total_bytes / 20 > RESERVE_BYTES ? total_bytes / 20 : RESERVE_BYTES;
}

/* Appends; what does not fit is left out. */
static void add(char *text, size_t cap, size_t *at, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void add(char *text, size_t cap, size_t *at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text + *at, cap - *at, fmt, ap);
    va_end(ap);
    *at = n > 0 && (size_t)n < cap - *at ? *at + (size_t)n : cap - 1;
}

int need_check(const struct hparams *hp, enum kv_type type, uint64_t tokens, uint64_t bytes, uint64_t spare, int code,
               struct qw_error *err)
{
    static const enum kv_type types[] = { KV_F16, KV_Q8_0 };    /* bf16 is as large as f16 */
    char fits[200] = "";
    size_t at = 0;
    uint64_t most = need_kv_tokens(hp, type, bytes, spare), need = need_kv_bytes(hp, type, tokens + spare * KV_PAGE_TOKENS);
    if (tokens <= most)
        return QW_OK;
    add(fits, sizeof fits, &at, "max_model_len = %llu would fit", (unsigned long long)most);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        uint64_t with = need_kv_tokens(hp, types[i], bytes, spare);
        if (with > most)
            add(fits, sizeof fits, &at, ", %s%llu with kv_cache_dtype = %s", with >= tokens ? "all " : "",
                (unsigned long long)(with < tokens ? with : tokens), kv_type_name(types[i]));
    }
    return qw_error_set(err, code, "a context of %llu tokens needs %llu MiB for its keys and values (%s), but there is room for "
                        "%llu tokens (%llu MiB): %s", (unsigned long long)tokens, (unsigned long long)((need + (1 << 20) - 1) >> 20),
                        kv_type_name(type), (unsigned long long)most, (unsigned long long)(bytes >> 20), fits);
}
