/* norm.c - see norm.h. */
#include "plugins/calculator/text/norm.h"

#include <ctype.h>
#include <string.h>

int norm_len(const char *s)
{
    int len;
    norm_cp(s, &len);
    return len;
}

unsigned norm_cp(const char *s, int *len)
{
    static const struct { unsigned char first, last; unsigned least; } lead[] = { { 0xc0, 0xdf, 0x80 }, { 0xe0, 0xef, 0x800 }, { 0xf0, 0xf7, 0x10000 } };
    const unsigned char *u = (const unsigned char *)s;
    *len = 1;
    if (u[0] < 0x80)
        return u[0];
    for (int i = 0; i < 3; i++) {
        if (u[0] < lead[i].first || u[0] > lead[i].last)
            continue;
        unsigned cp = u[0] - lead[i].first;
        for (int k = 1; k <= i + 1; k++) {
            if ((u[k] & 0xc0) != 0x80)
                return NORM_MALFORMED;
            cp = cp << 6 | (u[k] & 0x3fu);
        }
        if (cp < lead[i].least || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
            return NORM_MALFORMED;
        *len = i + 2;
        return cp;
    }
    return NORM_MALFORMED;
}

static const struct { unsigned cp; const char *to; } table[] = {
    { 0xa0, " " }, { 0xd7, "\\times " }, { 0xf7, "\\div " }, { 0xb7, "\\cdot " }, { 0x22c5, "\\cdot " }, { 0x2219, "\\cdot " },
    { 0xb0, "^{\\circ}" }, { 0xb1, "\\pm " }, { 0x2213, "\\mp " }, { 0xbd, "\\frac{1}{2}" }, { 0xbc, "\\frac{1}{4}" },
    { 0xbe, "\\frac{3}{4}" }, { 0x2153, "\\frac{1}{3}" }, { 0x2154, "\\frac{2}{3}" }, { 0x2155, "\\frac{1}{5}" },
    { 0x2212, "-" }, { 0x2013, "-" }, { 0x2014, "-" }, { 0x2010, "-" }, { 0x2011, "-" }, { 0x3c0, "\\pi " }, { 0x221a, "\\surd " }, { 0x221b, "\\cbrt " },
    { 0x221e, "\\infty " }, { 0x222a, "\\cup " }, { 0x2229, "\\cap " }, { 0x2208, "\\in " }, { 0x2209, "\\notin " },
    { 0x2205, "\\emptyset " }, { 0x2216, "\\setminus " }, { 0x211d, "\\mathbb{R}" }, { 0x2124, "\\mathbb{Z}" }, { 0x2115, "\\mathbb{N}" },
    { 0x2264, "\\le " }, { 0x2265, "\\ge " }, { 0x2a7d, "\\le " }, { 0x2a7e, "\\ge " }, { 0x2266, "\\le " }, { 0x2267, "\\ge " },
    { 0x2260, "\\ne " }, { 0x2248, "\\approx " }, { 0x2261, "\\equiv " }, { 0x2032, "'" }, { 0x2033, "''" }, { 0x2236, ":" }, { 0x2223, "|" },
    { 0x2220, "\\angle " }, { 0x25b3, "\\triangle " }, { 0x22a5, "\\perp " }, { 0x2211, "\\sum " }, { 0x220f, "\\prod " }, { 0x222b, "\\int " },
    { 0x2026, "\\cdots " }, { 0x22ef, "\\cdots " }, { 0xa5, "\\yuan " }, { 0xffe5, "\\yuan " }, { 0x2192, "\\to " }, { 0x21d2, "\\Rightarrow " },
    { 0x2234, "\\therefore " }, { 0x2235, " " }, { 0x3b1, "\\alpha " }, { 0x3b2, "\\beta " }, { 0x3b3, "\\gamma " }, { 0x3b8, "\\theta " }, { 0x3bb, "\\lambda " },
    { 0x3bc, "\\mu " }, { 0x3c3, "\\sigma " }, { 0x3c6, "\\varphi " }, { 0x3c9, "\\omega " }, { 0x394, "\\Delta " }, { 0x394, "\\Delta " },
    { 0x201c, "\"" }, { 0x201d, "\"" }, { 0x2018, "'" }, { 0x2019, "'" }, { 0x3010, "[" }, { 0x3011, "]" }, { 0x3014, "[" }, { 0x3015, "]" },
    { 0x3000, " " }, { 0x2003, " " }, { 0x2002, " " }, { 0x2009, " " }, { 0x202f, " " }, { 0x22c3, "\\cup " }, { 0x2217, "*" }, { 0x2215, "/" },
    { 0x2103, "^{\\circ}C" }, { 0x33a1, "m^{2}" }, { 0x2044, "/" },
};

static const unsigned sup[] = { 0x2070, 0xb9, 0xb2, 0xb3, 0x2074, 0x2075, 0x2076, 0x2077, 0x2078, 0x2079 };

static int sup_char(unsigned cp)
{
    for (int i = 0; i < 10; i++)
        if (sup[i] == cp)
            return '0' + i;
    return cp == 0x207f ? 'n' : cp == 0x207b ? '-' : cp == 0x207a ? '+' : 0;
}

static int sub_char(unsigned cp)
{
    if (cp >= 0x2080 && cp <= 0x2089)
        return '0' + (int)(cp - 0x2080);
    return cp == 0x2099 ? 'n' : cp == 0x208a ? '+' : cp == 0x208b ? '-' : cp == 0x2096 ? 'k' : cp == 0x2098 ? 'm' : 0;
}

static int invisible(unsigned cp)
{
    return (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) ||
           cp == 0xfeff || cp == 0xfe0f || cp == 0xad;
}

/* Writes what cp becomes to out (at most 24 bytes); the number of bytes, or -1: keep as it is. */
static int map_one(unsigned cp, char *out)
{
    if (cp >= 0xff01 && cp <= 0xff5e) {
        out[0] = (char)(cp - 0xfee0);
        return 1;
    }
    if (cp >= 0x1d400 && cp < 0x1d6a4) {             /* mathematical letters, 52 a style */
        unsigned k = (cp - 0x1d400) % 52;
        out[0] = (char)(k < 26 ? 'A' + k : 'a' + k - 26);
        return 1;
    }
    if (cp >= 0x1d7ce && cp <= 0x1d7ff) {
        out[0] = (char)('0' + (cp - 0x1d7ce) % 10);
        return 1;
    }
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].cp == cp) {
            size_t n = strlen(table[i].to);
            memcpy(out, table[i].to, n);
            return (int)n;
        }
    return -1;
}

char *norm_text(struct calc *c, const char *p, size_t n)
{
    if (n > CALC_MAX_TEXT)
        calc_bail(c);
    char *src = calc_alloc(c, n + 4);                /* zeros behind the text: room to look ahead */
    if (n > 0)
        memcpy(src, p, n);
    char *out = calc_alloc(c, n * 8 + 32);
    size_t o = 0;
    int run = 0;                                     /* within a run of superscripts '^' or subscripts '_' */
    for (size_t i = 0; i < n;) {
        int len;
        unsigned cp = norm_cp(src + i, &len);
        int up = cp >= 0x80 ? sup_char(cp) : 0, down = cp >= 0x80 ? sub_char(cp) : 0, want = up ? '^' : down ? '_' : 0;
        if (run && want != run) {
            out[o++] = '}';
            run = 0;
        }
        if (want) {
            if (!run) {
                out[o++] = (char)want;
                out[o++] = '{';
                run = want;
            }
            out[o++] = (char)(up ? up : down);
            i += (size_t)len;
            continue;
        }
        if (cp < 0x80) {
            out[o++] = cp == '\n' || (cp >= 0x20 && cp != 0x7f) ? (char)cp : ' ';
        } else if (!invisible(cp)) {
            int k = map_one(cp, out + o);
            if (k >= 0) {
                o += (size_t)k;
            } else if (len == 1) {
                out[o++] = '?';                      /* not UTF-8 */
            } else {
                memcpy(out + o, src + i, (size_t)len);
                o += (size_t)len;
            }
        }
        i += (size_t)len;
    }
    if (run)
        out[o++] = '}';
    out[o] = '\0';
    return out;
}

static int zh_digit(unsigned cp)
{
    static const unsigned d[] = { 0x96f6, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d };
    for (int i = 0; i < 10; i++)
        if (d[i] == cp)
            return i;
    return cp == 0x4e24 ? 2 : cp == 0x3007 ? 0 : -1;   /* 两, 〇 */
}

/* 十 百 千 万 */
static long zh_power(unsigned cp)
{
    switch (cp) {
    case 0x5341: return 10;
    case 0x767e: return 100;
    case 0x5343: return 1000;
    case 0x4e07: return 10000;
    default:     return 0;
    }
}

/* 五百八 is 580, 五百零八 is 508: what a last digit counts behind a hundred, a thousand or 万. */
static long zh_last(long digit, long power, int zero)
{
    return power >= 100 && !zero ? digit * (power / 10) : digit;
}

int norm_zh_num(const char *s, long *v)
{
    long total = 0, section = 0, digit = 0, power = 1; /* 万 ends a section; a digit waits for its power */
    int i = 0, len, zero = 0;
    for (; i <= 60; i += len) {
        unsigned cp = norm_cp(s + i, &len);
        int d = zh_digit(cp);
        long m = zh_power(cp);
        if (d >= 0 && digit == 0) {
            digit = d;
            zero |= d == 0;
        } else if (m == 10000 && i > 0) {
            total += (section + digit) * m;
            section = digit = 0;
        } else if (m != 0 && m < 10000 && (digit > 0 || m == 10)) {
            section += (digit > 0 ? digit : 1) * m;
            digit = 0;
        } else {                                     /* 三四, too: not a number of this kind */
            *v = total + section + zh_last(digit, power, zero);
            return i;
        }
        if (m != 0) {
            power = m;
            zero = 0;
        }
    }
    return 0;
}

int norm_en_num(const char *s, long *v)
{
    static const char *const w[] = { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
    static const char *const tens[] = { "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety" };
    char b[24];
    int n = 0;
    while (n < 20 && isalpha((unsigned char)s[n])) {
        b[n] = (char)tolower((unsigned char)s[n]);
        n++;
    }
    b[n] = '\0';
    for (int i = 0; i < 20; i++)
        if (strcmp(b, w[i]) == 0) {
            *v = i;
            return n;
        }
    for (int i = 0; i < 8; i++)
        if (strcmp(b, tens[i]) == 0) {
            *v = 20 + 10 * i;
            long u;
            int k;
            if ((s[n] == '-' || s[n] == ' ') && (k = norm_en_num(s + n + 1, &u)) > 0 && u >= 1 && u <= 9) {
                *v += u;
                return n + 1 + k;
            }
            return n;
        }
    return 0;
}

int norm_en_fraction(const char *s, long *p, long *q)
{
    static const struct { const char *name; long q; } part[] = {
        { "half", 2 }, { "halves", 2 }, { "third", 3 }, { "quarter", 4 }, { "fourth", 4 }, { "fifth", 5 }, { "sixth", 6 },
        { "seventh", 7 }, { "eighth", 8 }, { "ninth", 9 }, { "tenth", 10 }, { "twelfth", 12 }, { "hundredth", 100 } };
    int n = norm_en_num(s, p);
    if (n == 0 && (strncmp(s, "a ", 2) == 0 || strncmp(s, "A ", 2) == 0)) {
        *p = 1;
        n = 1;
    }
    if (n == 0 || (s[n] != ' ' && s[n] != '-'))
        return 0;
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        size_t k = strlen(part[i].name);
        if (strncmp(s + n + 1, part[i].name, k) != 0)
            continue;
        k += s[n + 1 + (long)k] == 's';
        if (isalpha((unsigned char)s[n + 1 + (long)k]))
            continue;
        *q = part[i].q;
        return n + 1 + (int)k;
    }
    return 0;
}

int norm_names_number(const char *s)
{
    long v;
    for (const char *p = s; *p != '\0'; p++)
        if (((p == s || p[-1] == ' ') && norm_en_num(p, &v) > 0) || norm_zh_num(p, &v) > 0)
            return 1;
    return 0;
}
