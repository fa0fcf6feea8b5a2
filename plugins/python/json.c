/* json.c - see json.h. */
#include "plugins/python/json.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 32

struct in { const char *p, *end; };

static void space(struct in *i)
{
    while (i->p < i->end && strchr(" \t\r\n", *i->p) != NULL && *i->p != '\0')
        i->p++;
}

static int take(struct in *i, char c)
{
    space(i);
    if (i->p == i->end || *i->p != c)
        return 0;
    i->p++;
    return 1;
}

static int hex4(struct in *i, uint32_t *v)
{
    *v = 0;
    if (i->end - i->p < 4)
        return 0;
    for (int k = 0; k < 4; k++, i->p++) {
        const char *digits = "0123456789abcdef", *d = strchr(digits, *i->p >= 'A' && *i->p <= 'F' ? *i->p + 32 : *i->p);
        if (d == NULL || *i->p == '\0')
            return 0;
        *v = *v * 16 + (uint32_t)(d - digits);
    }
    return 1;
}

static size_t utf8(uint32_t c, char *to)
{
    if (c < 0x80)
        return to[0] = (char)c, 1;
    if (c < 0x800)
        return to[0] = (char)(0xc0 | c >> 6), to[1] = (char)(0x80 | (c & 63)), 2;
    if (c < 0x10000)
        return to[0] = (char)(0xe0 | c >> 12), to[1] = (char)(0x80 | (c >> 6 & 63)), to[2] = (char)(0x80 | (c & 63)), 3;
    to[0] = (char)(0xf0 | c >> 18), to[1] = (char)(0x80 | (c >> 12 & 63));
    to[2] = (char)(0x80 | (c >> 6 & 63)), to[3] = (char)(0x80 | (c & 63));
    return 4;
}

static int escape(struct in *i, char *one, size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint32_t c, low;
    const char *at;
    if (i->p == i->end)
        return 0;
    if (*i->p != 'u') {
        at = *i->p != '\0' ? strchr(from, *i->p) : NULL;
        if (at == NULL)
            return 0;
        one[0] = to[at - from];
        *n = 1;
        i->p++;
        return 1;
    }
    i->p++;
    if (!hex4(i, &c) || c == 0)
        return 0;
    if (c >= 0xd800 && c < 0xdc00) {            /* two halves, or it is no character */
        if (i->end - i->p < 6 || i->p[0] != '\\' || i->p[1] != 'u')
            return 0;
        i->p += 2;
        if (!hex4(i, &low) || low < 0xdc00 || low > 0xdfff)
            return 0;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    } else if (c >= 0xdc00 && c <= 0xdfff) {
        return 0;
    }
    *n = utf8(c, one);
    return 1;
}

/* A string; into to when that is given.  Its length, -1: malformed, -2: too long. */
static long string(struct in *i, char *to, size_t cap)
{
    size_t n = 0;
    if (!take(i, '"'))
        return -1;
    while (i->p < i->end && *i->p != '"') {
        char one[4] = { *i->p };
        size_t m = 1;
        if ((unsigned char)*i->p < 0x20)
            return -1;
        if (*i->p++ == '\\' && !escape(i, one, &m))
            return -1;
        if (to != NULL) {
            if (n + m > cap)
                return -2;
            memcpy(to + n, one, m);
        }
        n += m;
    }
    if (i->p == i->end)
        return -1;
    i->p++;
    return (long)n;
}

static int skip(struct in *i, int depth);

static int skip_list(struct in *i, char close, int named, int depth)
{
    i->p++;
    if (take(i, close))
        return 1;
    do
        if ((named && (string(i, NULL, 0) < 0 || !take(i, ':'))) || !skip(i, depth + 1))
            return 0;
    while (take(i, ','));
    return take(i, close);
}

/* Any value. */
static int skip(struct in *i, int depth)
{
    space(i);
    if (i->p == i->end || depth > MAX_DEPTH)
        return 0;
    if (*i->p == '"')
        return string(i, NULL, 0) >= 0;
    if (*i->p == '{')
        return skip_list(i, '}', 1, depth);
    if (*i->p == '[')
        return skip_list(i, ']', 0, depth);
    const char *from = i->p;
    while (i->p < i->end && *i->p != '\0' && strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", *i->p) != NULL)
        i->p++;
    return i->p > from;                         /* a number, true, false, null: no more is asked of it */
}

long json_member(struct qwen_str text, const char *key, char *to, size_t cap, const char **why)
{
    struct in i = { text.p, text.p + text.n };
    long found = -1;
    *why = "the arguments are no JSON object";
    if (text.n == 0 || !take(&i, '{'))
        return -1;
    for (int more = !take(&i, '}'); more;) {
        char name[32];
        long n = string(&i, name, sizeof name);
        if (n == -1 || !take(&i, ':'))
            return -1;
        space(&i);
        if (n == (long)strlen(key) && memcmp(name, key, (size_t)n) == 0 && i.p < i.end && *i.p == '"') {
            if ((found = string(&i, to, cap)) == -2)
                *why = "the program is too long";
            if (found < 0)
                return -1;
        } else if (n == -2 || !skip(&i, 0)) {
            return -1;
        }
        if (!take(&i, ',')) {
            if (!take(&i, '}'))
                return -1;
            more = 0;
        }
    }
    space(&i);
    if (i.p != i.end)
        return -1;
    if (found < 0)
        *why = "the arguments have no string `code`";
    return found;
}

int json_string(char *to, size_t cap, size_t *n, struct qwen_str s)
{
    size_t at = *n;
    if (at + 2 > cap)
        return 0;
    to[at++] = '"';
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (at + 8 > cap)
            return 0;
        if (c == '"' || c == '\\') {
            to[at++] = '\\';
            to[at++] = (char)c;
        } else if (c == '\n') {
            to[at++] = '\\';
            to[at++] = 'n';
        } else if (c < 0x20 || c == 0x7f) {
            at += (size_t)snprintf(to + at, cap - at, "\\u%04x", c);
        } else {
            to[at++] = (char)c;
        }
    }
    to[at++] = '"';
    *n = at;
    return 1;
}
