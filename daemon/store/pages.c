#include "daemon/store/pages.h"

#include <string.h>
#include <xxhash.h>

#include "base/le.h"
#include "base/mem.h"

static const uint8_t magic[8] = { 'Q', 'W', 'K', 'V', 'P', 'A', 'G', 'E' };
enum { AT_VERSION = 8, AT_NS = 12, AT_UUID = 16, AT_PAGE = 32, AT_PARENT = 40, AT_IDS = 48, AT_LENGTH = 112, AT_HASH = 240 };

size_t pages_slot_bytes(size_t page_bytes)
{
    size_t n;

    if (!qw_add(page_bytes, PAGES_HEADER + PAGES_ALIGN - 1, &n))
        return 0;
    return n / PAGES_ALIGN * PAGES_ALIGN;
}

static void put_hash(uint8_t out[16], const void *p, size_t n)
{
    XXH128_hash_t h = XXH3_128bits(p, n);

    le_put64(out, h.low64);
    le_put64(out + 8, h.high64);
}

void pages_hash(uint8_t out[16], const uint8_t header[PAGES_HEADER], const void *data, size_t n_bytes)
{
    uint8_t both[PAGES_HEADER];

    memcpy(both, header, AT_HASH);
    put_hash(both + AT_HASH, data, n_bytes);
    put_hash(out, both, sizeof both);
}

static void fill(uint8_t out[PAGES_HEADER], const uint8_t uuid[16], const struct page_name *p)
{
    memset(out, 0, PAGES_HEADER);
    memcpy(out, magic, sizeof magic);
    le_put32(out + AT_VERSION, PAGES_VERSION);
    le_put32(out + AT_NS, p->ns);
    memcpy(out + AT_UUID, uuid, 16);
    le_put64(out + AT_PAGE, p->page);
    le_put64(out + AT_PARENT, p->parent);
    for (int i = 0; i < KV_PAGE_TOKENS; i++)
        le_put32(out + AT_IDS + 4 * i, (uint32_t)p->ids[i]);
    le_put64(out + AT_LENGTH, p->n_bytes);
}

void pages_header(uint8_t out[PAGES_HEADER], const uint8_t uuid[16], const struct page_name *p, const void *data)
{
    fill(out, uuid, p);
    pages_hash(out + AT_HASH, out, data, p->n_bytes);
}

const char *pages_check(const uint8_t header[PAGES_HEADER], const uint8_t uuid[16], const struct page_name *p,
                        const void *data)
{
    uint8_t want[PAGES_HEADER], hash[16];

    if (memcmp(header, magic, sizeof magic) != 0)
        return "it holds no page";
    if (le_get32(header + AT_VERSION) != PAGES_VERSION)
        return "it is of another version";
    if (memcmp(header + AT_UUID, uuid, 16) != 0)
        return "it is of another store";
    fill(want, uuid, p);
    if (memcmp(header, want, AT_HASH) != 0)
        return "it holds another page";
    pages_hash(hash, header, data, p->n_bytes);
    if (memcmp(hash, header + AT_HASH, sizeof hash) != 0)
        return "its checksum is wrong";
    return NULL;
}

void pages_ns_key(uint8_t out[PAGES_NS_KEY], const struct store_ns_key *k)
{
    memcpy(out, k->fingerprint, 16);
    le_put64(out + 16, k->params);
    le_put32(out + 24, (uint32_t)k->layout.type);
    le_put32(out + 28, k->layout.n_layers);
    le_put32(out + 32, k->layout.n_kv_heads);
    le_put32(out + 36, k->layout.head_dim);
    le_put32(out + 40, k->numerics);
    le_put32(out + 44, k->page_version);
    le_put64(out + 48, k->layout.page_bytes);
    le_put64(out + 56, k->owner);
}

int pages_ns_parse(struct store_ns_key *k, const uint8_t *key, size_t n, struct qw_error *err)
{
    struct store_ns_key out = { .params = 0 };
    uint32_t type;
    int rc;

    if (n != PAGES_NS_KEY)
        return qw_error_set(err, QW_EFORMAT, "a namespace's key has %zu bytes, not %u", n, PAGES_NS_KEY);
    type = le_get32(key + 24);
    if (type == KV_AUTO || type > KV_Q8_0 || le_get32(key + 28) > 65536 || le_get32(key + 32) > 65536 ||
        le_get32(key + 36) > 65536)
        return qw_error_set(err, QW_EFORMAT, "a namespace's key has KV type %u or a size beyond bounds", type);
    rc = kv_layout_init(&out.layout, (enum kv_type)type, le_get32(key + 28), le_get32(key + 32), le_get32(key + 36), err);
    if (rc != QW_OK)
        return rc;
    if (out.layout.page_bytes != le_get64(key + 48))
        return qw_error_set(err, QW_EFORMAT, "a namespace's key says %llu bytes a page, its layout %zu",
                            (unsigned long long)le_get64(key + 48), out.layout.page_bytes);
    memcpy(out.fingerprint, key, 16);
    out.params = le_get64(key + 16);
    out.numerics = le_get32(key + 40);
    out.page_version = le_get32(key + 44);
    out.owner = le_get64(key + 56);
    *k = out;
    return QW_OK;
}
