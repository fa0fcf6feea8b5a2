/* MessagePack values as a bounded tree, and a writer.  Wraps msgpack-c's packer; reading
 * checks every claimed count against the bytes that are there before anything is allocated.
 * Any thread; a tree lives in its arena and points into the bytes it was read from. */
#ifndef QW_PROTO_MP_H
#define QW_PROTO_MP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"

enum mp_type { MP_NIL, MP_BOOL, MP_INT, MP_UINT, MP_FLOAT, MP_STR, MP_BIN, MP_ARRAY, MP_MAP };
struct mp_pair;
struct mp {
    enum mp_type type;          /* MP_UINT only above INT64_MAX */
    union {
        bool     b;
        int64_t  i;
        uint64_t u;
        double   f;             /* finite */
        struct { const char *p; size_t n; } s;              /* STR (valid UTF-8) and BIN */
        struct { struct mp *v; size_t n; } a;
        struct { struct mp_pair *v; size_t n; } m;          /* no duplicates; keys are strings, NUL-terminated copies */
    } u;
};
struct mp_pair { struct mp key, val; };

/* max_items: values in one message, keys counted; 0: none.  With it a tree takes at most about 40 bytes
 * an item in its arena (mp_limits_in: 4 MiB, depth 24, 2^19 items, so 20 MiB at the very worst). */
struct mp_limits { size_t max_bytes, max_depth, max_items; };
extern const struct mp_limits mp_limits_in, mp_limits_out;  /* inbound, outbound (8 MiB) */

/* Finds the end of a value that arrives in pieces, without allocating and without going over
 * bytes twice.  Zero it before each value; pass the same growing bytes from the value's beginning.
 * QW_OK: complete, s->pos is its length; QW_ETRUNC: more bytes needed; QW_EREQUEST, QW_ETOOLARGE
 * as early as a header says so. */
#define MP_MAX_DEPTH 32
struct mp_scan { size_t pos, items, need, depth; size_t left[MP_MAX_DEPTH]; };
int mp_scan(struct mp_scan *s, const void *p, size_t n, const struct mp_limits *lim, struct qw_error *err);

/* One value at p[0..n).  QW_ETRUNC: a good beginning, more bytes needed; QW_EREQUEST: malformed (why and
 * at which offset); QW_ETOOLARGE: over a limit.  *used bytes on QW_OK. */
int mp_read(struct qw_arena *a, const void *p, size_t n, const struct mp_limits *lim,
            struct mp *out, size_t *used, struct qw_error *err);

/* Map access; NULL when absent or not a map.  Path form: "usage.prompt", "choices.0.text". */
const struct mp *mp_get(const struct mp *map, const char *key);
const struct mp *mp_path(const struct mp *v, const char *path);
bool mp_is_text(const struct mp *v);                        /* STR, or BIN that is valid UTF-8 */
bool mp_is_str(const struct mp *v, const char *s);
bool mp_to_i64(const struct mp *v, int64_t *out);           /* INT, UINT that fits */
bool mp_to_f64(const struct mp *v, double *out);            /* FLOAT or INT */
/* NUL-terminated copy in the arena; NULL if no STR/BIN or if it holds a NUL. */
const char *mp_to_cstr(struct qw_arena *a, const struct mp *v);

/* Writing into a buffer (whose errors stick). */
void mpw_nil(struct qw_buf *b);
void mpw_bool(struct qw_buf *b, bool v);
void mpw_int(struct qw_buf *b, int64_t v);
void mpw_uint(struct qw_buf *b, uint64_t v);
void mpw_float(struct qw_buf *b, double v);
void mpw_str(struct qw_buf *b, const char *s);              /* NULL writes nil */
void mpw_strn(struct qw_buf *b, const char *s, size_t n);   /* invalid UTF-8 is written repaired (U+FFFD) */
void mpw_bin(struct qw_buf *b, const void *p, size_t n);
void mpw_array(struct qw_buf *b, size_t n);
void mpw_map(struct qw_buf *b, size_t n);
void mpw_value(struct qw_buf *b, const struct mp *v);       /* a whole tree */
/* A map whose size is not known before: reserve 5 bytes, count, patch. */
struct mpw_open { size_t at; uint32_t n; };
struct mpw_open mpw_map_begin(struct qw_buf *b);
void mpw_key(struct qw_buf *b, struct mpw_open *m, const char *key);   /* counts */
void mpw_map_end(struct qw_buf *b, const struct mpw_open *m);
/* A tree as JSON text (for --json and logs); bin as base64.  Characters that could imitate other
 * output on a terminal (utf8_hidden) are written as \u escapes. */
void mp_to_json(struct qw_buf *out, const struct mp *v);

#endif
