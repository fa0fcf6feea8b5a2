/* MessagePack reading: a scan that finds the end of a value and checks every claim without
 * allocating, then a build of the tree.  msgpack-c's own unpacker allocates by the claimed count
 * and recurses without a bound, which is why it reads nothing here. */
#include "proto/mp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

const struct mp_limits mp_limits_in  = { 4u << 20, 24, 1u << 19 };
const struct mp_limits mp_limits_out = { 8u << 20, 24, 1u << 20 };

/* ---- one header ---------------------------------------------------------------- */

enum head_kind { H_NIL, H_BOOL, H_INT, H_UINT, H_FLOAT, H_STR, H_BIN, H_ARRAY, H_MAP, H_BAD };
struct head {
    enum head_kind kind;
    size_t   bytes;             /* of the header itself */
    uint64_t v;                 /* value bits, length or count */
    double   f;
};

static uint64_t be(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    while (n-- > 0)
        v = v << 8 | *p++;
    return v;
}

static int64_t sign(uint64_t v, size_t bytes)
{
    unsigned shift = (unsigned)(64 - 8 * bytes);
    return (int64_t)(v << shift) >> shift;
}

/* Number of bytes that the header with this first byte takes; 0 for types that are refused. */
static size_t head_bytes(uint8_t c)
{
    if (c < 0xc0 || c >= 0xe0)
        return 1;
    static const uint8_t n[32] = {
        /* c0 */ 1, 0, 1, 1, 2, 3, 5, 0, 0, 0, 5, 9, 2, 3, 5, 9,
        /* d0 */ 2, 3, 5, 9, 0, 0, 0, 0, 0, 2, 3, 5, 3, 5, 3, 5,
    };
    return n[c - 0xc0];
}

/* p holds at least head_bytes(p[0]) > 0 bytes. */
static void head_read(const uint8_t *p, struct head *h)
{
    uint8_t c = p[0];
    size_t n = head_bytes(c);
    uint64_t v = be(p + 1, n - 1);
    *h = (struct head){ .kind = H_BAD, .bytes = n, .v = v };

    if (c < 0x80)       { h->kind = H_INT; h->v = c; }
    else if (c < 0x90)  { h->kind = H_MAP; h->v = c & 0x0f; }
    else if (c < 0xa0)  { h->kind = H_ARRAY; h->v = c & 0x0f; }
    else if (c < 0xc0)  { h->kind = H_STR; h->v = c & 0x1f; }
    else if (c >= 0xe0) { h->kind = H_INT; h->v = (uint64_t)(int64_t)(int8_t)c; }
    else switch (c) {
    case 0xc0: h->kind = H_NIL; break;
    case 0xc2: case 0xc3: h->kind = H_BOOL; h->v = c & 1; break;
    case 0xc4: case 0xc5: case 0xc6: h->kind = H_BIN; break;
    case 0xca: { uint32_t b = (uint32_t)v; float f; memcpy(&f, &b, 4); h->f = (double)f; h->kind = H_FLOAT; break; }
    case 0xcb: memcpy(&h->f, &v, 8); h->kind = H_FLOAT; break;
    case 0xcc: case 0xcd: case 0xce: h->kind = H_INT; break;
    case 0xcf: h->kind = v > INT64_MAX ? H_UINT : H_INT; break;
    case 0xd0: case 0xd1: case 0xd2: case 0xd3: h->v = (uint64_t)sign(v, n - 1); h->kind = H_INT; break;
    case 0xd9: case 0xda: case 0xdb: h->kind = H_STR; break;
    case 0xdc: case 0xdd: h->kind = H_ARRAY; break;
    case 0xde: case 0xdf: h->kind = H_MAP; break;
    default: break;
    }
}

/* ---- scan ------------------------------------------------------------------------ */

/* One more value is complete: walk up over the containers that it fills. */
static bool scan_close(struct mp_scan *s)
{
    while (s->depth > 0) {
        if (--s->left[s->depth - 1] > 0)
            return false;
        s->depth--;
    }
    return true;
}

static int scan_open(struct mp_scan *s, uint64_t elements, const struct mp_limits *lim, struct qw_error *err)
{
    if (s->depth >= lim->max_depth || s->depth >= MP_MAX_DEPTH)
        return qw_error_set(err, QW_ETOOLARGE, "nested deeper than %zu at byte %zu", lim->max_depth, s->pos);
    s->left[s->depth++] = (size_t)elements;
    s->need += (size_t)elements;
    return QW_OK;
}

int mp_scan(struct mp_scan *s, const void *bytes, size_t n, const struct mp_limits *lim, struct qw_error *err)
{
    const uint8_t *p = bytes;
    for (;;) {
        if (s->pos >= lim->max_bytes)
            return qw_error_set(err, QW_ETOOLARGE, "message is larger than %zu bytes", lim->max_bytes);
        if (s->pos >= n)
            return qw_error_set(err, QW_ETRUNC, "message ends after %zu bytes", n);
        size_t hb = head_bytes(p[s->pos]);
        if (hb == 0)
            return qw_error_set(err, QW_EREQUEST, "type byte 0x%02x at byte %zu is not accepted", p[s->pos], s->pos);
        if (n - s->pos < hb)
            return qw_error_set(err, QW_ETRUNC, "message ends after %zu bytes", n);
        struct head h;
        head_read(p + s->pos, &h);

        if (lim->max_items != 0 && s->items >= lim->max_items)
            return qw_error_set(err, QW_ETOOLARGE, "more than %zu values in one message", lim->max_items);
        size_t room = lim->max_bytes - s->pos;              /* each outstanding element takes a byte at least */
        bool container = h.kind == H_ARRAY || h.kind == H_MAP, bytes_follow = h.kind == H_STR || h.kind == H_BIN;
        uint64_t claim = h.kind == H_MAP ? 2 * h.v : container || bytes_follow ? h.v : 0;
        if (hb > room || claim > room - hb || s->need > room - hb - claim + 1)
            return qw_error_set(err, QW_ETOOLARGE, "message is larger than %zu bytes (claimed at byte %zu)",
                                lim->max_bytes, s->pos);
        if (bytes_follow) {
            if (n - s->pos - hb < claim)
                return qw_error_set(err, QW_ETRUNC, "message ends after %zu bytes", n);
            s->pos += (size_t)claim;
        }
        if (container && h.v > 0) {
            int rc = scan_open(s, claim, lim, err);
            if (rc != QW_OK)
                return rc;
        } else if (container && s->depth >= lim->max_depth) {
            return qw_error_set(err, QW_ETOOLARGE, "nested deeper than %zu at byte %zu", lim->max_depth, s->pos);
        }
        s->pos += hb;
        s->items++;
        if (s->need > 0 && s->items > 1)
            s->need--;
        if (!(container && h.v > 0) && scan_close(s))
            return QW_OK;
    }
}

/* ---- build: the bytes have passed mp_scan ------------------------------------------- */

struct build { struct qw_arena *a; const uint8_t *p; size_t pos; struct qw_error *err; };

static int build_value(struct build *b, struct mp *out);

static int cmp_keys(const void *x, const void *y)
{
    const struct mp *a = &(*(const struct mp_pair *const *)x)->key, *b = &(*(const struct mp_pair *const *)y)->key;
    if (a->u.s.n != b->u.s.n)
        return a->u.s.n < b->u.s.n ? -1 : 1;
    return memcmp(a->u.s.p, b->u.s.p, a->u.s.n);
}

static int no_duplicates(struct build *b, const struct mp_pair *v, size_t n)
{
    const struct mp_pair *dup = NULL;
    if (n <= 16) {
        for (size_t i = 1; i < n && dup == NULL; i++)
            for (size_t j = 0; j < i; j++)
                if (v[i].key.u.s.n == v[j].key.u.s.n && memcmp(v[i].key.u.s.p, v[j].key.u.s.p, v[i].key.u.s.n) == 0)
                    dup = &v[i];
    } else {                                /* sorted: a hash would let a peer choose collisions */
        const struct mp_pair **s = qw_arena_alloc(b->a, n * sizeof *s);
        if (s == NULL)
            return qw_error_set(b->err, QW_ENOMEM, "message tree");
        for (size_t i = 0; i < n; i++)
            s[i] = &v[i];
        qsort(s, n, sizeof *s, cmp_keys);
        for (size_t i = 1; i < n && dup == NULL; i++)
            if (cmp_keys(&s[i - 1], &s[i]) == 0)
                dup = s[i];
    }
    if (dup != NULL)
        return qw_error_set(b->err, QW_EREQUEST, "the key '%.64s' is there twice", dup->key.u.s.p);
    return QW_OK;
}

static int build_map(struct build *b, size_t n, struct mp *out)
{
    struct mp_pair *v = NULL;
    if (n > 0 && (v = qw_arena_alloc(b->a, n * sizeof *v)) == NULL)
        return qw_error_set(b->err, QW_ENOMEM, "message tree");
    for (size_t i = 0; i < n; i++) {
        size_t at = b->pos;
        int rc = build_value(b, &v[i].key);
        if (rc != QW_OK)
            return rc;
        struct mp *k = &v[i].key;
        if (!mp_is_text(k))
            return qw_error_set(b->err, QW_EREQUEST, "map key at byte %zu is not a string", at);
        k->type = MP_STR;                       /* bin is accepted for str */
        if (memchr(k->u.s.p, 0, k->u.s.n) != NULL)
            return qw_error_set(b->err, QW_EREQUEST, "map key at byte %zu holds a NUL", at);
        if ((k->u.s.p = qw_arena_strndup(b->a, k->u.s.p, k->u.s.n)) == NULL)
            return qw_error_set(b->err, QW_ENOMEM, "message tree");
        if ((rc = build_value(b, &v[i].val)) != QW_OK)
            return rc;
    }
    *out = (struct mp){ .type = MP_MAP, .u.m = { v, n } };
    return no_duplicates(b, v, n);
}

static int build_array(struct build *b, size_t n, struct mp *out)
{
    struct mp *v = NULL;
    if (n > 0 && (v = qw_arena_alloc(b->a, n * sizeof *v)) == NULL)
        return qw_error_set(b->err, QW_ENOMEM, "message tree");
    for (size_t i = 0; i < n; i++) {
        int rc = build_value(b, &v[i]);
        if (rc != QW_OK)
            return rc;
    }
    *out = (struct mp){ .type = MP_ARRAY, .u.a = { v, n } };
    return QW_OK;
}

static int build_value(struct build *b, struct mp *out)
{
    struct head h;
    size_t at = b->pos;
    head_read(b->p + b->pos, &h);
    b->pos += h.bytes;
    switch (h.kind) {
    case H_NIL:   *out = (struct mp){ .type = MP_NIL }; return QW_OK;
    case H_BOOL:  *out = (struct mp){ .type = MP_BOOL, .u.b = h.v != 0 }; return QW_OK;
    case H_INT:   *out = (struct mp){ .type = MP_INT, .u.i = (int64_t)h.v }; return QW_OK;
    case H_UINT:  *out = (struct mp){ .type = MP_UINT, .u.u = h.v }; return QW_OK;
    case H_FLOAT:
        if (!isfinite(h.f))
            return qw_error_set(b->err, QW_EREQUEST, "NaN or infinity at byte %zu", at);
        *out = (struct mp){ .type = MP_FLOAT, .u.f = h.f };
        return QW_OK;
    case H_STR: case H_BIN: {
        const char *s = (const char *)b->p + b->pos;
        if (h.kind == H_STR && !utf8_valid(s, (size_t)h.v))
            return qw_error_set(b->err, QW_EREQUEST, "string at byte %zu is not valid UTF-8", at);
        b->pos += (size_t)h.v;
        *out = (struct mp){ .type = h.kind == H_STR ? MP_STR : MP_BIN, .u.s = { s, (size_t)h.v } };
        return QW_OK;
    }
    case H_ARRAY: return build_array(b, (size_t)h.v, out);
    case H_MAP:   return build_map(b, (size_t)h.v, out);
    case H_BAD:   break;
    }
    return qw_error_set(b->err, QW_EREQUEST, "type at byte %zu is not accepted", at);
}

int mp_read(struct qw_arena *a, const void *p, size_t n, const struct mp_limits *lim,
            struct mp *out, size_t *used, struct qw_error *err)
{
    struct mp_scan s = { 0 };
    int rc = mp_scan(&s, p, n, lim, err);
    if (rc != QW_OK)
        return rc;
    struct build b = { .a = a, .p = p, .err = err };
    struct mp v;
    if ((rc = build_value(&b, &v)) != QW_OK)
        return rc;
    *out = v;
    *used = s.pos;
    return QW_OK;
}

/* ---- access --------------------------------------------------------------------------- */

static const struct mp *get_n(const struct mp *map, const char *key, size_t n)
{
    if (map == NULL || map->type != MP_MAP)
        return NULL;
    for (size_t i = 0; i < map->u.m.n; i++) {
        const struct mp *k = &map->u.m.v[i].key;
        if (k->u.s.n == n && memcmp(k->u.s.p, key, n) == 0)
            return &map->u.m.v[i].val;
    }
    return NULL;
}

const struct mp *mp_get(const struct mp *map, const char *key)
{
    return get_n(map, key, strlen(key));
}

const struct mp *mp_path(const struct mp *v, const char *path)
{
    while (v != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        if (v->type == MP_ARRAY) {
            size_t i = 0;
            for (size_t k = 0; k < n; k++) {
                if (path[k] < '0' || path[k] > '9' || i > SIZE_MAX / 10 - 1)
                    return NULL;
                i = i * 10 + (size_t)(path[k] - '0');
            }
            v = n > 0 && i < v->u.a.n ? &v->u.a.v[i] : NULL;
        } else {
            v = get_n(v, path, n);
        }
        path += n;
        if (*path == '.')
            path++;
    }
    return v;
}

bool mp_is_text(const struct mp *v)
{
    return v != NULL && (v->type == MP_STR || (v->type == MP_BIN && utf8_valid(v->u.s.p, v->u.s.n)));
}

bool mp_is_str(const struct mp *v, const char *s)
{
    return mp_is_text(v) && v->u.s.n == strlen(s) && memcmp(v->u.s.p, s, v->u.s.n) == 0;
}

bool mp_to_i64(const struct mp *v, int64_t *out)
{
    if (v == NULL || v->type != MP_INT)     /* MP_UINT is used above INT64_MAX only */
        return false;
    *out = v->u.i;
    return true;
}

bool mp_to_f64(const struct mp *v, double *out)
{
    if (v == NULL)
        return false;
    switch (v->type) {
    case MP_FLOAT: *out = v->u.f; return true;
    case MP_INT:   *out = (double)v->u.i; return true;
    case MP_UINT:  *out = (double)v->u.u; return true;
    default:       return false;
    }
}

const char *mp_to_cstr(struct qw_arena *a, const struct mp *v)
{
    if (!mp_is_text(v) || memchr(v->u.s.p, 0, v->u.s.n) != NULL)
        return NULL;
    return qw_arena_strndup(a, v->u.s.p, v->u.s.n);
}
