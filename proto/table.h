/* The message table: every method, parameter, result key and notification of the wire as data.
 * It checks parameters (types, ranges, unknown names with the nearest known one), and makes
 * api.info and the tables of PROTOCOL.md.  Static data; any thread. */
#ifndef QW_PROTO_TABLE_H
#define QW_PROTO_TABLE_H

#include "proto/mp.h"

#define PROTO_LEVEL 1
#define PROTO_LEVEL_COMPATIBLE 1

enum param_type { P_BOOL, P_INT, P_FLOAT, P_STR, P_BIN, P_ARRAY_INT, P_ARRAY_STR, P_ARRAY_MAP, P_MAP };
struct param_def {
    const char *name;
    enum param_type type;
    bool        required;
    double      min, max;        /* numbers: range; strings, arrays: 0..max length; both 0: none */
    const char *choices;         /* "a|b|c" for strings, or NULL */
    const char *doc;
    unsigned    since;           /* level */
};
struct method_def {
    const char *name, *doc;
    const struct param_def *const *params;   /* NULL-terminated list of groups, each ends with name NULL */
    const char *result;          /* documented result keys */
    bool        admin;
    unsigned    since;
};
const struct method_def *method_find(const char *name, size_t n);    /* NULL */
const struct method_def *method_at(size_t i);                        /* NULL past the end */
const struct param_def  *method_param(const struct method_def *m, const char *name, size_t n);
/* QW_EPARAMS names the key (and the nearest known one); *bad_param (may be NULL) is its name. */
int method_check(const struct method_def *m, const struct mp *params, const char **bad_param, struct qw_error *err);
void api_info_write(struct qw_buf *b, const char *version);          /* the whole result map */
/* The nearest of a list of names by edit distance, or NULL if none is near (shared with options and commands). */
const char *nearest_name(const char *name, size_t n, const char *(*at)(void *arg, size_t i), void *arg);

#endif
