/* parse_scaled.c - numbers that a sign or a word behind them makes others of: degrees and minutes, per cent, million,
 * digits of another base, quantities in two units; see parse_int.h. */
#include "plugins/calculator/text/parse_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A word in a text group here, or bare: the bytes it takes; 0: it is not here. */
static size_t word_here(const struct ps *s, const char *word)
{
    const char *f, *t, *behind;
    size_t k = strlen(word);
    if (p_text_group(s, &f, &t, &behind))
        return (size_t)(t - f) == k && strncasecmp(f, word, k) == 0 ? (size_t)(behind - s->p) : 0;
    return p_at(s, word) && !(isalpha((unsigned char)*word) && s->p + k < s->end && isalpha((unsigned char)s->p[k])) ? k : 0;
}

static int take_any(struct ps *s, const char *const *words)
{
    struct ps b = *s;
    p_skip(s);
    for (size_t n; *words != NULL; words++)
        if ((n = word_here(s, *words)) > 0) {
            s->p += n;
            return 1;
        }
    *s = b;
    return 0;
}

/* ---- degrees ------------------------------------------------------------------------------------------ */
/* Minutes or seconds behind degrees: digits and a mark; NULL: there are none. */
static struct ex *sixtieths(struct ps *s, const char *const *marks)
{
    struct ps b = *s;
    p_skip(s);
    const char *d = s->p;
    while (s->p < s->end && isdigit((unsigned char)*s->p))
        s->p++;
    if (s->p > d && s->p - d <= 2) {
        struct ex *e = p_num_of(s, d, (size_t)(s->p - d));
        long v;
        if (e != NULL && take_any(s, marks) && ex_is_int(e, &v) && v < 60)
            return e;
    }
    *s = b;
    return NULL;
}

struct ex *p_degrees(struct ps *s, struct ex *e)
{
    static const char *const minute[] = { "'", "^{\\prime}", "^\\prime", "分", NULL }, *const second[] = { "''", "\"", "^{\\prime\\prime}", "秒", NULL };
    struct ps b = *s;
    struct ex *m = sixtieths(s, minute), *sec = NULL;
    if (m != NULL && s->p < s->end && *s->p == '\'') {   /* '' are seconds */
        *s = b;
        m = NULL;
    }
    if (m != NULL)
        sec = sixtieths(s, second);
    if (m != NULL)
        e = ex_2(s->c, E_ADD, e, ex_2(s->c, E_DIV, m, ex_num(s->c, 60)));
    if (sec != NULL)
        e = ex_2(s->c, E_ADD, e, ex_2(s->c, E_DIV, sec, ex_num(s->c, 3600)));
    return ex_1(s->c, E_DEG, e);
}

int p_celsius(const struct ps *s)
{
    const char *p = s->p + strspn(s->p, " ");
    static const char *const wraps[] = { "\\text{", "\\mathrm{", "\\textrm{", "\\rm{" };
    for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++)
        if (strncmp(p, wraps[i], strlen(wraps[i])) == 0)
            p += strlen(wraps[i]);
    p += strspn(p, " ");
    return p < s->end && (*p == 'C' || *p == 'F') && !isalpha((unsigned char)p[1]);
}

/* ---- words behind a number ------------------------------------------------------------------------------ */
struct ex *p_scaled(struct ps *s, struct ex *e)
{
    static const char *const percent[] = { "percent", "per cent", NULL };
    static const struct { const char *word; long times; } scale[] = {
        { "hundred", 100 }, { "thousand", 1000 }, { "million", 1000000 }, { "billion", 1000000000 }, { "dozen", 12 } };
    static const char *const units[] = { "米", "克", "瓦", "焦", "卡", "帕", "分", "伏", "赫" };
    if (!(s->flags & PARSE_WORDS) || e->k != E_NUM)
        return NULL;
    if (take_any(s, percent))
        return ex_1(s->c, E_PCT, e);
    for (size_t i = 0; i < sizeof scale / sizeof *scale; i++)
        if (take_any(s, (const char *const[]){ scale[i].word, NULL }))
            return ex_2(s->c, E_MUL, e, ex_num(s->c, scale[i].times));
    if (p_at(s, "千") || p_at(s, "百")) {
        struct ps b = *s;
        long times = p_at(s, "千") ? 1000 : 100;
        s->p += strlen("千");
        for (size_t i = 0; i < sizeof units / sizeof *units; i++)
            if (p_at(s, units[i])) {
                *s = b;                               /* 3 千米 */
                return NULL;
            }
        if (p_at(s, "万")) {
            s->p += strlen("万");
            times *= 10000;
        }
        return ex_2(s->c, E_MUL, e, ex_num(s->c, times));
    }
    return NULL;
}

/* ---- other bases ---------------------------------------------------------------------------------------- */
/* 2F_{16}, the whole of an answer: digits beyond 9 are capitals; or NULL. */
struct ex *p_hexadecimal(struct ps *s)
{
    if (!(s->flags & PARSE_WORDS))
        return NULL;
    size_t n = strspn(s->p, "0123456789ABCDEF"), sub = strncmp(s->p + n, "_{16}", 5) == 0 ? 5 : 0;
    if (n == 0 || n > 12 || sub == 0 || s->p + n + sub != s->end)
        return NULL;
    struct ex *e = p_num_of(s, s->p, n);
    if (e != NULL) {
        e->base = 16;
        e->lit = LIT_BASE;
        s->p += n + sub;
    }
    return e;
}

/* ---- two units ------------------------------------------------------------------------------------------ */
/* 分 behind hours, 角 and 分 behind 元: what it is worth in the unit before; 0: it is not that. */
static int short_part(struct ps *s, const struct unit *u, long *p, long *q)
{
    static const struct { const char *of, *word; long q; } t[] = {
        { "小时", "分", 60 }, { "时", "分", 60 }, { "分钟", "秒", 60 }, { "元", "角", 10 }, { "元", "分", 100 } };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        if (strcmp(u->text, t[i].of) == 0 && p_at(s, t[i].word)) {
            s->p += strlen(t[i].word);
            *p = 1;
            *q = t[i].q;
            return 1;
        }
    return 0;
}

struct ex *p_second_unit(struct ps *s, struct ex *e)
{
    static const char *const joint[] = { "and", "又", "零", NULL };
    const struct unit *u = e->u;
    struct ps b = *s;
    size_t used;
    take_any(s, joint);
    p_skip(s);
    if (!(s->flags & PARSE_UNITS) || u->noun || e->a[0]->k != E_NUM || s->p >= s->end || !isdigit((unsigned char)*s->p)) {
        *s = b;
        return e;
    }
    struct ex *more = p_number(s);
    long p = 0, q = 1;
    p_skip(s);
    const struct unit *v = more != NULL && s->p < s->end ? parse_unit(s->c, s->p, &used, 1) : NULL;
    if (v != NULL && !v->noun && s->p + used <= s->end && memcmp(u->dim, v->dim, sizeof u->dim) == 0 &&
        (__int128)v->p * u->q < (__int128)u->p * v->q) {
        s->p += used;
        p = v->p;
        q = v->q;
    } else if (more == NULL || !short_part(s, u, &p, &q)) {
        *s = b;
        return e;
    } else {
        p *= u->p;
        q *= u->q;
    }
    /* the sum in the first unit: a + b (p/q) / (u.p/u.q) */
    struct ex *part = ex_2(s->c, E_DIV, ex_2(s->c, E_MUL, more, ex_2(s->c, E_MUL, ex_num(s->c, p), ex_num(s->c, u->q))),
                           ex_2(s->c, E_MUL, ex_num(s->c, q), ex_num(s->c, u->p)));
    struct ex *sum = ex_1(s->c, E_UNIT, ex_2(s->c, E_ADD, e->a[0], part));
    sum->u = u;
    return sum;
}
