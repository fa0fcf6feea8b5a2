/* Writing MessagePack (msgpack-c's packer over a qw_buf), and values as JSON text. */
#include "proto/mp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <msgpack/pack.h>

#include "base/utf8.h"

static int to_buf(void *data, const char *p, size_t n)
{
    qw_buf_add(data, p, n);
    return 0;                       /* the buffer's own error sticks */
}

static msgpack_packer packer(struct qw_buf *b)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, b, to_buf);
    return pk;
}
#define PACK(b, call, ...) do { msgpack_packer pk_ = packer(b); call(&pk_, __VA_ARGS__); } while (0)

void mpw_nil(struct qw_buf *b)                  { msgpack_packer pk = packer(b); msgpack_pack_nil(&pk); }
void mpw_int(struct qw_buf *b, int64_t v)       { PACK(b, msgpack_pack_int64, v); }
void mpw_uint(struct qw_buf *b, uint64_t v)     { PACK(b, msgpack_pack_uint64, v); }
void mpw_float(struct qw_buf *b, double v)      { PACK(b, msgpack_pack_double, isfinite(v) ? v : 0.0); }
void mpw_array(struct qw_buf *b, size_t n)      { PACK(b, msgpack_pack_array, n); }
void mpw_map(struct qw_buf *b, size_t n)        { PACK(b, msgpack_pack_map, n); }

void mpw_bool(struct qw_buf *b, bool v)
{
    msgpack_packer pk = packer(b);
    if (v)
        msgpack_pack_true(&pk);
    else
        msgpack_pack_false(&pk);
}

void mpw_str(struct qw_buf *b, const char *s)
{
    if (s == NULL)
        mpw_nil(b);
    else
        mpw_strn(b, s, strlen(s));
}

static void str_repaired(struct qw_buf *b, const char *s, size_t n)
{
    size_t len = 0;
    uint32_t cp;
    for (size_t i = 0, k; i < n; i += k > 0 ? k : 1) {
        k = utf8_decode(s + i, n - i, &cp);
        len += k > 0 ? k : 3;
    }
    PACK(b, msgpack_pack_str, len);
    for (size_t i = 0, k; i < n; i += k > 0 ? k : 1) {
        k = utf8_decode(s + i, n - i, &cp);
        if (k > 0)
            qw_buf_add(b, s + i, k);
        else
            qw_buf_add(b, "\xef\xbf\xbd", 3);
    }
}

void mpw_strn(struct qw_buf *b, const char *s, size_t n)
{
    if (!utf8_valid(s, n)) {
        str_repaired(b, s, n);
        return;
    }
    PACK(b, msgpack_pack_str, n);
    qw_buf_add(b, s, n);
}

void mpw_bin(struct qw_buf *b, const void *p, size_t n)
{
    PACK(b, msgpack_pack_bin, n);
    qw_buf_add(b, p, n);
}

void mpw_value(struct qw_buf *b, const struct mp *v)
{
    switch (v->type) {
    case MP_NIL:   mpw_nil(b); break;
    case MP_BOOL:  mpw_bool(b, v->u.b); break;
    case MP_INT:   mpw_int(b, v->u.i); break;
    case MP_UINT:  mpw_uint(b, v->u.u); break;
    case MP_FLOAT: mpw_float(b, v->u.f); break;
    case MP_STR:   mpw_strn(b, v->u.s.p, v->u.s.n); break;
    case MP_BIN:   mpw_bin(b, v->u.s.p, v->u.s.n); break;
    case MP_ARRAY:
        mpw_array(b, v->u.a.n);
        for (size_t i = 0; i < v->u.a.n; i++)
            mpw_value(b, &v->u.a.v[i]);
        break;
    case MP_MAP:
        mpw_map(b, v->u.m.n);
        for (size_t i = 0; i < v->u.m.n; i++) {
            mpw_value(b, &v->u.m.v[i].key);
            mpw_value(b, &v->u.m.v[i].val);
        }
        break;
    }
}

struct mpw_open mpw_map_begin(struct qw_buf *b)
{
    struct mpw_open m = { .at = b->len };
    qw_buf_add(b, "\xdf\0\0\0\0", 5);           /* map 32 */
    return m;
}

void mpw_key(struct qw_buf *b, struct mpw_open *m, const char *key)
{
    m->n++;
    mpw_str(b, key);
}

void mpw_map_end(struct qw_buf *b, const struct mpw_open *m)
{
    if (qw_buf_failed(b) || b->len < m->at + 5)
        return;
    for (int i = 0; i < 4; i++)
        b->data[m->at + 1 + (size_t)i] = (char)(m->n >> (24 - 8 * i));
}

/* ---- JSON ------------------------------------------------------------------------------ */

static void json_str(struct qw_buf *out, const char *s, size_t n)
{
    uint32_t cp;
    qw_buf_addc(out, '"');
    for (size_t i = 0, k; i < n; i += k) {
        k = utf8_decode(s + i, n - i, &cp);
        if (k == 0) {
            qw_buf_adds(out, "\\ufffd");
            k = 1;
        } else if (cp == '"' || cp == '\\') {
            qw_buf_addc(out, '\\');
            qw_buf_addc(out, (char)cp);
        } else if (cp == '\n') {
            qw_buf_adds(out, "\\n");
        } else if (utf8_hidden(cp)) {
            qw_buf_addf(out, "\\u%04x", cp);
        } else {
            qw_buf_add(out, s + i, k);
        }
    }
    qw_buf_addc(out, '"');
}

static void json_bin(struct qw_buf *out, const char *s, size_t n)
{
    static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)s;
    qw_buf_addc(out, '"');
    for (size_t i = 0; i < n; i += 3) {
        size_t k = n - i < 3 ? n - i : 3;
        uint32_t v = (uint32_t)p[i] << 16 | (k > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (k > 2 ? p[i + 2] : 0u);
        char q[4] = { abc[v >> 18], abc[v >> 12 & 63], k > 1 ? abc[v >> 6 & 63] : '=', k > 2 ? abc[v & 63] : '=' };
        qw_buf_add(out, q, 4);
    }
    qw_buf_addc(out, '"');
}

static void json_float(struct qw_buf *out, double f)
{
    char t[40];
    for (int digits = 15; digits <= 17; digits++) {         /* the shortest that reads back the same */
        snprintf(t, sizeof t, "%.*g", digits, f);
        if (strtod(t, NULL) == f)
            break;
    }
    for (char *c = t; *c != '\0'; c++)
        if (*c == ',')
            *c = '.';                                       /* a locale's decimal comma */
    qw_buf_adds(out, t);
    if (strpbrk(t, ".e") == NULL)
        qw_buf_adds(out, ".0");
}

void mp_to_json(struct qw_buf *out, const struct mp *v)
{
    switch (v->type) {
    case MP_NIL:   qw_buf_adds(out, "null"); break;
    case MP_BOOL:  qw_buf_adds(out, v->u.b ? "true" : "false"); break;
    case MP_INT:   qw_buf_addf(out, "%lld", (long long)v->u.i); break;
    case MP_UINT:  qw_buf_addf(out, "%llu", (unsigned long long)v->u.u); break;
    case MP_FLOAT: json_float(out, v->u.f); break;
    case MP_STR:   json_str(out, v->u.s.p, v->u.s.n); break;
    case MP_BIN:   json_bin(out, v->u.s.p, v->u.s.n); break;
    case MP_ARRAY:
        qw_buf_addc(out, '[');
        for (size_t i = 0; i < v->u.a.n; i++) {
            if (i > 0)
                qw_buf_addc(out, ',');
            mp_to_json(out, &v->u.a.v[i]);
        }
        qw_buf_addc(out, ']');
        break;
    case MP_MAP:
        qw_buf_addc(out, '{');
        for (size_t i = 0; i < v->u.m.n; i++) {
            if (i > 0)
                qw_buf_addc(out, ',');
            json_str(out, v->u.m.v[i].key.u.s.p, v->u.m.v[i].key.u.s.n);
            qw_buf_addc(out, ':');
            mp_to_json(out, &v->u.m.v[i].val);
        }
        qw_buf_addc(out, '}');
        break;
    }
}
