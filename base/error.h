/* Errors: one table of codes for the whole project.
 *
 * Every function that can fail returns int: QW_OK (0) or a negative QW_E...,
 * and takes a struct qw_error * as its last argument.  Low layers set it,
 * callers add context with qw_error_wrap while unwinding, the top logs once.
 * Any thread; a struct qw_error belongs to its caller.  NULL is accepted for
 * err everywhere and means "only the code". */
#ifndef QW_BASE_ERROR_H
#define QW_BASE_ERROR_H

#include <stdarg.h>

/* X(symbol, value, wire code, wire name, text).  Wire codes are those of
 * proto/PROTOCOL.md; 0 means "never goes over the wire as itself" (it is sent
 * as internal). */
#define QW_ERROR_TABLE(X)                                                            \
    X(QW_OK,            0,   0, "ok",                "success")                      \
    X(QW_EREQUEST,     -1,   1, "invalid_request",   "malformed request")            \
    X(QW_EMETHOD,      -2,   2, "unknown_method",    "no such method")               \
    X(QW_EPARAMS,      -3,   3, "invalid_params",    "bad parameter")                \
    X(QW_EDENIED,      -4,   4, "denied",            "permission denied")            \
    X(QW_ENOTFOUND,    -5,   5, "not_found",         "not found")                    \
    X(QW_ECONFLICT,    -6,   6, "conflict",          "conflict")                     \
    X(QW_EBUSY,        -7,   7, "busy",              "busy, try again later")        \
    X(QW_ETOOLARGE,    -8,   8, "too_large",         "too large")                    \
    X(QW_ECONTEXT,     -9,   9, "context_exceeded",  "context length exceeded")      \
    X(QW_EDEADLINE,   -10,  10, "deadline",          "deadline passed")              \
    X(QW_EMODEL,      -11,  11, "model_unavailable", "model not available")          \
    X(QW_ESTORAGE,    -12,  12, "storage",           "storage failed")               \
    X(QW_EPLUGIN,     -13,  13, "plugin",            "plugin failed")                \
    X(QW_EUNSUPPORTED,-14,  14, "unsupported",       "not supported")                \
    X(QW_EDRAINING,   -15,  15, "draining",          "shutting down")                \
    X(QW_EINTERNAL,   -16,  16, "internal",          "internal error")               \
    X(QW_ENOMEM,      -17,   0, "no_memory",         "out of memory")                \
    X(QW_EIO,         -18,   0, "io",                "input/output error")           \
    X(QW_ETRUNC,      -19,   0, "truncated",         "more bytes are needed")        \
    X(QW_EFORMAT,     -20,   0, "format",            "bad file format")              \
    X(QW_ECANCELLED,  -21,   0, "cancelled",         "cancelled")

#define X(sym, val, wire, name, text) sym = val,
enum qw_code { QW_ERROR_TABLE(X) };
#undef X

struct qw_error {
    int  code;      /* enum qw_code */
    char msg[504];  /* UTF-8, NUL-terminated, cut at a character border */
};

/* Sets code and message, returns code: `return qw_error_set(err, QW_EIO, ...)`. */
int qw_error_set(struct qw_error *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* As qw_error_set, then ": " and strerror(errnum). */
int qw_error_errno(struct qw_error *err, int code, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Puts "context: " before the message that is there. Returns err's code
 * (QW_EINTERNAL for NULL: keep your own). */
int qw_error_wrap(struct qw_error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

const char *qw_code_text(int code);  /* the table's text; static */
const char *qw_code_name(int code);  /* the table's wire name; static */
int         qw_code_wire(int code);  /* 1..16; internal for those without one */
int         qw_code_from_wire(int wire); /* QW_EINTERNAL for unknown ones */

#endif
