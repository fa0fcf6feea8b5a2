/* The message table: every method, parameter, result key and notification of the wire as data.
 * It checks parameters (types, ranges, unknown names with the nearest known one), and makes
 * api.info and the tables of PROTOCOL.md.  Static data; any thread. */
#ifndef QW_PROTO_TABLE_H
#define QW_PROTO_TABLE_H

#include "proto/mp.h"

#define PROTO_LEVEL 4
#define PROTO_LEVEL_COMPATIBLE 1

enum param_type { P_BOOL, P_INT, P_FLOAT, P_STR, P_ARRAY_INT, P_ARRAY_STR, P_ARRAY_MAP, P_MAP,
                  P_MAP_FLOAT /* token id in decimal -> number */, P_BIN };
struct param_def {
    const char *name;
    enum param_type type;
    bool        required;
    double      min, max;        /* numbers: range; strings, bytes, arrays: length; both 0: none */
    const char *choices;         /* "a|b|c" for strings, or NULL */
    const char *doc;
    unsigned    since;           /* level */
    double      item_min, item_max;      /* of each: P_ARRAY_INT, P_MAP_FLOAT range; P_ARRAY_STR length */
    const struct param_def *fields;      /* P_MAP, P_ARRAY_MAP: what each map holds; ends with name NULL */
    const char *later;           /* "a|b": choices that a later level brings (QW_EUNSUPPORTED) */
};
struct method_def {
    const char *name, *doc;
    const struct param_def *const *params;   /* NULL-terminated list of groups, each ends with name NULL */
    const char *result;          /* documented result keys, "name type, name? type" */
    bool        admin;
    unsigned    since;
};
const struct method_def *method_find(const char *name, size_t n);    /* NULL */
const struct method_def *method_at(size_t i);                        /* NULL past the end */
/* Sets the error for a name that method_find does not know: QW_EUNSUPPORTED for one that a later level
 * brings, else QW_EMETHOD with the nearest name.  Returns the code. */
int method_unknown(const char *name, size_t n, struct qw_error *err);
const struct param_def  *method_param(const struct method_def *m, const char *name, size_t n);
/* QW_EPARAMS names the key (and the nearest known one); QW_EUNSUPPORTED: known, but of a later level.
 * *bad_param (may be NULL) is its name, static or in the tree's arena.  nil counts as absent and keys
 * that start with x_ are not looked at; so a handler reads only the names of its table entry, with
 * mp_get and a test for nil (method_arg does both). */
int method_check(const struct method_def *m, const struct mp *params, const char **bad_param, struct qw_error *err);
const struct mp *method_arg(const struct mp *params, const char *name);  /* NULL when absent or nil */


/* Limits that api.info states and the daemon enforces. */
#define PROTO_MAX_IN_BYTES        (4u << 20)
#define PROTO_MAX_OUT_BYTES       (8u << 20)
#define PROTO_MAX_DEPTH           24
#define PROTO_MAX_IN_FLIGHT       64          /* requests of one connection, then busy */
#define PROTO_UNSENT_PAUSE_BYTES  (1u << 20)  /* then the connection is not read */
#define PROTO_UNSENT_CLOSE_BYTES  (8u << 20)  /* then it is closed; also after: */
#define PROTO_STALL_CLOSE_MS      30000
#define PROTO_DEFAULT_MAX_TOKENS  2048
#define PROTO_MAX_BLOB_CHUNK      (1u << 20)  /* of blob.write and blob.read */

void api_info_write(struct qw_buf *b, const char *version);          /* the whole result map */
/* The nearest of a list of names by edit distance, or NULL if none is near (shared with options and commands). */
const char *nearest_name(const char *name, size_t n, const char *(*at)(void *arg, size_t i), void *arg);

#endif
