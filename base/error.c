#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const struct {
    int         code, wire;
    const char *name, *text;
} table[] = {
#define X(sym, val, wire, name, text) { sym, wire, name, text },
    QW_ERROR_TABLE(X)
#undef X
};
enum { TABLE_LEN = sizeof table / sizeof table[0] };

/* Index of a code; unknown codes are our own bugs and read as internal. */
static size_t row_of(int code)
{
    size_t internal = 0;

    for (size_t i = 0; i < TABLE_LEN; i++) {
        if (table[i].code == code)
            return i;
        if (table[i].code == QW_EINTERNAL)
            internal = i;
    }
    return internal;
}

const char *qw_code_text(int code)
{
    return table[row_of(code)].text;
}

const char *qw_code_name(int code)
{
    return table[row_of(code)].name;
}

int qw_code_wire(int code)
{
    int wire = table[row_of(code)].wire;

    if (wire == 0 && code != QW_OK)
        return table[row_of(QW_EINTERNAL)].wire;
    return wire;
}

int qw_code_from_wire(int wire)
{
    for (size_t i = 0; i < TABLE_LEN; i++)
        if (table[i].wire == wire && wire != 0)
            return table[i].code;
    return QW_EINTERNAL;
}

/* vsnprintf cuts at a byte; a message must end at a character. */
static void cut_at_character(char *s, size_t cap)
{
    size_t n = strlen(s);

    if (n == cap - 1)
        s[utf8_complete(s, n)] = '\0';
}

static void set_message(struct qw_error *err, const char *fmt, va_list ap)
{
    char msg[sizeof err->msg];      /* an argument may be err->msg itself */

    if (vsnprintf(msg, sizeof msg, fmt, ap) < 0)
        msg[0] = '\0';
    cut_at_character(msg, sizeof msg);
    memcpy(err->msg, msg, sizeof msg);
}

int qw_error_set(struct qw_error *err, int code, const char *fmt, ...)
{
    va_list ap;

    if (err == NULL)
        return code;
    va_start(ap, fmt);
    set_message(err, fmt, ap);
    va_end(ap);
    err->code = code;
    return code;
}

int qw_error_errno(struct qw_error *err, int code, int errnum, const char *fmt, ...)
{
    char reason[128], context[sizeof err->msg];
    va_list ap;

    if (err == NULL)
        return code;
    va_start(ap, fmt);
    if (vsnprintf(context, sizeof context, fmt, ap) < 0)
        context[0] = '\0';
    va_end(ap);
    /* GNU's strerror_r returns the text, which need not be in the buffer. */
    return qw_error_set(err, code, "%s: %s", context,
                        strerror_r(errnum, reason, sizeof reason));
}

int qw_error_wrap(struct qw_error *err, const char *fmt, ...)
{
    char context[sizeof err->msg];
    va_list ap;

    if (err == NULL)
        return QW_EINTERNAL;        /* callers keep the code that they have */
    va_start(ap, fmt);
    if (vsnprintf(context, sizeof context, fmt, ap) < 0)
        context[0] = '\0';
    va_end(ap);
    return qw_error_set(err, err->code, "%s: %s", context, err->msg);
}
