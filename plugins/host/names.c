/* Does a text give a value away?  What is told to the model of a check that failed must not. */
#include <string.h>

#include "base/buf.h"
#include "plugins/host/host.h"

#define VALUE_BYTES 512u                        /* of a value that is looked for */

/* Without what only dresses it: $, braces, \left, \right, \dfrac for \frac, and blanks if they are dropped. */
static void bare(struct qw_buf *out, const char *s, bool blanks)
{
    static const char *const skip[] = { "\\left", "\\right", "\\,", "\\!", "\\;", "\\ ", "$", "{", "}", "\\boxed", "\\displaystyle" };
    while (*s != '\0') {
        size_t n = 0;
        for (size_t i = 0; i < sizeof skip / sizeof skip[0] && n == 0; i++)
            if (strncmp(s, skip[i], strlen(skip[i])) == 0)
                n = strlen(skip[i]);
        if (n > 0 || (!blanks && (*s == ' ' || *s == '\t' || *s == '\n'))) {
            s += n > 0 ? n : 1;
        } else if (strncmp(s, "\\dfrac", 6) == 0 || strncmp(s, "\\tfrac", 6) == 0) {
            qw_buf_adds(out, "\\frac");
            s += 6;
        } else {
            qw_buf_addc(out, *s++);
        }
    }
    qw_buf_addc(out, '\0');                     /* so that there is text, though it may be empty */
}

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/* Would a number or word go on from a to b? */
static bool goes_on(char a, char b) { return (digit(a) && digit(b)) || (letter(a) && letter(b)); }

static bool holds(const char *t, const char *v)
{
    size_t n = strlen(v);
    for (const char *p = strstr(t, v); p != NULL && n > 0; p = strstr(p + 1, v))
        if ((p == t || !goes_on(p[-1], v[0])) && !goes_on(v[n - 1], p[n]))
            return true;
    return false;
}

static bool names(const char *text, const char *value, bool blanks)
{
    struct qw_buf t = QW_BUF_INIT, v = QW_BUF_INIT;
    bool found = true;                          /* without memory, too */
    bare(&t, text, blanks);
    bare(&v, value, blanks);
    if (!qw_buf_failed(&t) && !qw_buf_failed(&v)) {
        const char *eq = strrchr(v.data, '=');  /* "x = 6": 6 is named, too */
        while (eq != NULL && *++eq == ' ')
            ;
        found = holds(t.data, v.data) || (eq != NULL && holds(t.data, eq));
    }
    qw_buf_free(&t);
    qw_buf_free(&v);
    return found;
}

bool plug_names_value(const char *text, const char *value)
{
    return strlen(value) > VALUE_BYTES || names(text, value, true) || names(text, value, false);
}
