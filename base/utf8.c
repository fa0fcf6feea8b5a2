#include "base/utf8.h"

#include <limits.h>
#include <string.h>
#include <utf8proc.h>

/* Length that a first byte promises; 0: not a first byte. */
static size_t promised_len(unsigned char c)
{
    if (c < 0x80)
        return 1;
    if (c >= 0xC2 && c <= 0xDF)
        return 2;
    if (c >= 0xE0 && c <= 0xEF)
        return 3;
    if (c >= 0xF0 && c <= 0xF4)
        return 4;
    return 0;
}

/* Unicode 15, table 3-7: the second byte's range rules out overlong forms,
 * surrogates and values over 10FFFF. */
static bool second_ok(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0: return second >= 0xA0 && second <= 0xBF;
    case 0xED: return second >= 0x80 && second <= 0x9F;
    case 0xF0: return second >= 0x90 && second <= 0xBF;
    case 0xF4: return second >= 0x80 && second <= 0x8F;
    default:   return second >= 0x80 && second <= 0xBF;
    }
}

/* How many of s[0..n) form the beginning of a well-formed character, at most
 * the promised length. */
static size_t good_bytes(const unsigned char *s, size_t n, size_t len)
{
    size_t i = 1;

    while (i < len && i < n &&
           (i == 1 ? second_ok(s[0], s[1]) : (s[i] & 0xC0) == 0x80))
        i++;
    return i;
}

size_t utf8_decode(const char *str, size_t n, uint32_t *cp)
{
    const unsigned char *s = (const unsigned char *)str;
    size_t len = n > 0 ? promised_len(s[0]) : 0;
    uint32_t c;

    if (len == 0 || good_bytes(s, n, len) < len)
        return 0;
    c = len == 1 ? s[0] : s[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++)
        c = c << 6 | (s[i] & 0x3Fu);
    *cp = c;
    return len;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        if (cp >= 0xD800 && cp <= 0xDFFF)
            return 0;
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    if (cp > 0x10FFFF)
        return 0;
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

bool utf8_valid(const char *s, size_t n)
{
    while (n > 0) {
        uint32_t cp;
        size_t k = utf8_decode(s, n, &cp);

        if (k == 0)
            return false;
        s += k;
        n -= k;
    }
    return true;
}

size_t utf8_complete(const char *str, size_t n)
{
    const unsigned char *s = (const unsigned char *)str;

    /* An unfinished character is at most three bytes long. */
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        size_t len = promised_len(s[n - back]);

        if (len > back && good_bytes(s + n - back, back, len) == back)
            return n - back;
        if (len > 0)
            break;
    }
    return n;
}

bool utf8_hidden(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x061C || (cp >= 0x200B && cp <= 0x200F) ||
           (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||
           cp == 0xFEFF;
}

void utf8_escape(struct qw_buf *out, const char *s, size_t n)
{
    size_t i = 0, plain = 0;        /* s[plain..i) is waiting to be copied */

    while (i < n) {
        uint32_t cp;
        size_t k = utf8_decode(s + i, n - i, &cp);

        if (k > 0 && (!utf8_hidden(cp) || cp == '\n' || cp == '\t')) {
            i += k;
            continue;
        }
        qw_buf_add(out, s + plain, i - plain);
        if (k == 0)
            qw_buf_addf(out, "\\x%02x", (unsigned char)s[i]);
        else if (cp < 0x80)
            qw_buf_addf(out, "\\x%02x", (unsigned)cp);
        else
            qw_buf_addf(out, "\\u{%04X}", (unsigned)cp);
        i += k == 0 ? 1 : k;
        plain = i;
    }
    qw_buf_add(out, s + plain, n - plain);
}

int utf8_width(const char *s, size_t n)
{
    int w = 0;

    while (n > 0 && w < INT_MAX - 2) {
        uint32_t cp;
        size_t k = utf8_decode(s, n, &cp);

        if (k == 0) {               /* terminals show one mark per bad byte */
            k = 1;
            w++;
        } else {
            int cw = utf8proc_charwidth((utf8proc_int32_t)cp);

            w += cw > 0 ? cw : 0;
        }
        s += k;
        n -= k;
    }
    return w;
}

/* Script=Han in Unicode 15's Scripts.txt. */
static bool is_han(uint32_t cp)
{
    static const struct { uint32_t first, last; } han[] = {
        { 0x2E80, 0x2E99 },   { 0x2E9B, 0x2EF3 },   { 0x2F00, 0x2FD5 },
        { 0x3005, 0x3005 },   { 0x3007, 0x3007 },   { 0x3021, 0x3029 },
        { 0x3038, 0x303B },   { 0x3400, 0x4DBF },   { 0x4E00, 0x9FFF },
        { 0xF900, 0xFA6D },   { 0xFA70, 0xFAD9 },   { 0x16FE2, 0x16FE3 },
        { 0x16FF0, 0x16FF1 }, { 0x20000, 0x2A6DF }, { 0x2A700, 0x2B739 },
        { 0x2B740, 0x2B81D }, { 0x2B820, 0x2CEA1 }, { 0x2CEB0, 0x2EBE0 },
        { 0x2F800, 0x2FA1D }, { 0x30000, 0x3134A }, { 0x31350, 0x323AF },
    };

    for (size_t i = 0; i < sizeof han / sizeof han[0]; i++)
        if (cp >= han[i].first && cp <= han[i].last)
            return true;
    return false;
}

bool utf8_has_han(const char *s, size_t n)
{
    while (n > 0) {
        uint32_t cp;
        size_t k = utf8_decode(s, n, &cp);

        if (k > 0 && is_han(cp))
            return true;
        k = k == 0 ? 1 : k;
        s += k;
        n -= k;
    }
    return false;
}
