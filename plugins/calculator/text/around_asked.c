/* around_asked.c - see around_int.h: what the question asks, and by which names it may be called. */
#include "plugins/calculator/text/around_int.h"
#include "plugins/calculator/text/around_words.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

int around_word_in(const char *hay, const char *w, size_t n)
{
    int han = (unsigned char)*w >= 0x80;
    if (hay == NULL)
        return 0;
    for (const char *p = hay; (p = strchr(p, *w)) != NULL; p++) {
        if (strncmp(p, w, n) != 0)
            continue;
        const char *e = p + n;
        e += *e == 's' && n > 2;
        if (han || ((p == hay || !isalpha((unsigned char)p[-1])) && !isalpha((unsigned char)*e)))
            return 1;
    }
    return 0;
}

/* A word of the question, if need be in another form: paint, painting; box, boxes. */
int around_stem_in(const char *hay, const char *w, size_t n)
{
    if (around_word_in(hay, w, n) || (n > 3 && w[n - 1] == 's' && around_word_in(hay, w, n - 1)))
        return 1;
    for (const char *p = hay; hay != NULL && n >= 4 && *p != '\0'; p += *p != '\0') {
        size_t k = 0, same = 0;
        while (isalpha((unsigned char)p[k]))
            k++;
        while (same < k && same < n && p[same] == w[same])
            same++;
        if (k >= 4 && same >= 4 && same + 3 >= k && same + 3 >= n && same + 1 >= (k < n ? k : n))
            return 1;
        p += k;
    }
    return 0;
}

/* From the clause that asks on; the last sentence with a word that asks counts. */
static const char *asking(struct calc *c, const char *q)
{
    static const char *const words[] = {
        "what", "how", "find", "solve", "compute", "evaluate", "calculate", "determine", "simplify", "factor",
        "factorise", "factorize", "expand", "express", "write", "convert", "differentiate", "integrate", "give",
        "state", "work out", NULL };
    static const char *const han[] = {
        "求", "多少", "几", "什么", "计算", "化简", "何时", "多远", "多长", "多大", "____", NULL };
    const char *best = NULL;
    for (const char *s = q, *e; *s != '\0'; s = e) {
        e = around_sentence_end(s);
        const char *t = calc_strn(c, s, (size_t)(e - s)), *at = NULL;
        for (const char *const *w = words; *w != NULL; w++)
            for (const char *p = t; (p = strstr(p, *w)) != NULL; p++)
                if ((p == t || !isalpha((unsigned char)p[-1])) && !isalpha((unsigned char)p[strlen(*w)]) &&
                    (at == NULL || p < at))
                    at = p;
        for (const char *const *w = han; *w != NULL; w++) {
            const char *p = strstr(t, *w);
            if (p != NULL && (at == NULL || p < at))
                at = p;
        }
        if (at == NULL)
            continue;
        while (at > t && at[-1] != ',')
            at--;
        best = s + (at - t);
    }
    if (best == NULL)
        return q;
    return calc_strn(c, best, strlen(best));
}

static const char *main_part(struct calc *c, const char *ask)
{
    static const char *const cuts[] = {
        " that ", " whose ", " with ", " if ", " when ", " given ", " where ", " such ", " having ", " which ",
        " at which ", " so that ", NULL };
    const char *end = ask + strlen(ask);
    for (const char *const *w = cuts; *w != NULL; w++) {
        const char *p = strstr(ask, *w);
        if (p != NULL && p < end && p > ask)
            end = p;
    }
    return calc_strn(c, ask, (size_t)(end - ask));
}

/* What is meant where no name is asked for: how far asks for a distance. */
static int implied(const char *ask, const char *w, size_t n)
{
    static const struct { const char *asked, *meant; } t[] = {
        { "how far", " distance length " },
        { "how long", " time length duration hypotenuse leg diagonal side height distance times " },
        { "how much", " price cost amount money " }, { "how old", " age " }, { "how fast", " speed rate " },
        { "how tall", " height " }, { "how high", " height " }, { "how wide", " width " }, { "how deep", " depth " },
        { "how many times", " times " }, { "how many", " count amount different distinct " },
        { "number of", " count different distinct " }, { "pay", " price cost amount " }, { "cost", " price " },
        { "how many hours", " time " },
        { "how many minutes", " time " }, { "how many days", " time " }, { "how many seconds", " time " },
        { "how many kilomet", " distance " }, { "how many dollars", " price cost amount " },
        { "how many yuan", " price cost amount " }, { "what percent", " percentage " },
        { "prime fact", " factors prime product " }, { "factor", " factors " },
        { "solve", " positive negative real integer complex " },
        { "a_n", " term terms 通项 " }, { "a_{n}", " term terms 通项 " }, { "f'", " derivative 导数 " },
        { "\\lim", " limit 极限 " }, { "\\int", " integral 积分 " }, { "\\sum", " sum 和 " },
        { "+\\cdots", " sum 和 总和 " }, { "+ \\cdots", " sum 和 总和 " }, { "+\\ldots", " sum 和 总和 " }, { "+ \\ldots", " sum 和 总和 " },
        { "+\\dots", " sum 和 总和 " }, { "+ \\dots", " sum 和 总和 " },
        { "rounded", " approximately about approximate roughly " }, { "round to", " approximately about rounded " },
        { "round your", " approximately about rounded " }, { "round the answer", " approximately about rounded " },
        { "decimal", " approximately about rounded " }, { "nearest", " approximately about rounded " },
        { "approx", " approximately about approximate " }, { "estimate", " approximately about " },
        { "保留", " 约为 大约 近似 " }, { "精确到", " 约为 大约 近似 " }, { "约", " 约为 大约 近似 " },
        { "y-coordinate", " coordinate " }, { "x-coordinate", " coordinate " },
        { "midpoint", " coordinates coordinate " }, { "vertex", " coordinates " }, { "cent", " coordinates " },
        { "differentiate", " derivative " }, { "integrate", " integral antiderivative " },
        { "gcd", " common divisor greatest " }, { "gcf", " common factor greatest " },
        { "hcf", " common factor highest greatest " }, { "lcm", " common multiple least " },
        { "greatest common", " gcd gcf hcf greatest " }, { "least common", " lcm least smallest " },
        { "几小时", " 时间 " }, { "多长时间", " 时间 " }, { "多少时间", " 时间 " }, { "多少小时", " 时间 " },
        { "多少分钟", " 时间 " }, { "几分钟", " 时间 " }, { "几天", " 时间 " }, { "多少天", " 时间 " },
        { "多久", " 时间 " }, { "多远", " 距离 路程 " }, { "多少千米", " 距离 路程 " }, { "多大", " 年龄 " },
        { "几岁", " 年龄 " }, { "多少岁", " 年龄 " }, { "多快", " 速度 " }, { "多少元", " 价格 " },
        { "多少钱", " 价格 " }, { "坐标", " 顶点 中点 圆心 " }, { "现价", " 价格 " }, { "售价", " 价格 " },
    };
    const char *name = NULL;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        if (strstr(ask, t[i].asked) != NULL && (name = strstr(t[i].meant, w)) != NULL && (strncmp(name, w, n) == 0))
            return 1;
    return 0;
}

/* One Chinese character that is no part of a longer word there: 长, not 周长 nor 长方形. */
static int alone_in(const char *hay, const char *w)
{
    static const char *const *const lists[] = { around_quantity_zh, around_case_zh, around_neutral_zh };
    const char one[] = { w[0], w[1], w[2], '\0' };
    for (const char *p = hay; (p = strstr(p, one)) != NULL; p += 3) {
        int part = 0;
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
            for (int back = 0; back <= 6 && p - hay >= back; back += 3)
                part |= around_longest(p - back, strlen(p) + (size_t)back, lists[i]) >
                        (size_t)back + (back == 0 ? 3 : 0);
        if (!part)
            return 1;
    }
    return 0;
}

/* Is the quantity or the case of this name, or of another name for it, in hay? */
int around_named_in(struct scene *s, const char *hay, const char *w, size_t n)
{
    if (n == 3 && (unsigned char)*w >= 0x80)
        return alone_in(hay, w);
    const char *name = calc_strn(s->c, w, n), *blanks = calc_printf(s->c, " %s ", name);
    if (around_word_in(hay, w, n) || (n > 3 && w[n - 1] == 's' && around_word_in(hay, w, n - 1)))
        return 1;
    for (const char *const *g = around_same; *g != NULL; g++) {
        if (strstr(*g, blanks) == NULL)
            continue;
        for (const char *p = *g + 1; *p != '\0';) {
            size_t k = strcspn(p, " ");
            if (around_word_in(hay, p, k))
                return 1;
            p += k + 1;
        }
    }
    return implied(s->ask, blanks, n + 2);
}

/* The next word of [p, end) that is no number and leads nowhere; its length, 0: none. */
static size_t noun_at(const char **p, const char *end)
{
    while (*p < end) {
        size_t k = 0;
        while (*p + k < end && isalpha((unsigned char)(*p)[k]))
            k++;
        if (k > 2 && !around_listed(*p, k, around_neutral_en))
            return k;
        *p += k > 0 ? k : 1;
    }
    return 0;
}

/* "chickens and rabbits", where rabbits are asked about: chickens are not. */
int around_rival(struct scene *s, const char *w, size_t n)
{
    const char *q = s->question;
    if (n < 3 || around_word_in(s->ask, w, n) || (w[n - 1] == 's' && around_word_in(s->ask, w, n - 1)))
        return 0;
    for (const char *p = q; (p = strstr(p, " and ")) != NULL; p += 5) {
        const char *a = p, *b = p + 5;
        while (a > q && isalpha((unsigned char)a[-1]))
            a--;
        size_t na = (size_t)(p - a), nb = noun_at(&b, b + strlen(b)), used;
        if (na < 3 || nb == 0)
            continue;
        const char *first = calc_strn(s->c, a, na), *second = calc_strn(s->c, b, nb);
        const char *other = around_stem_in(first, w, n) ? second : around_stem_in(second, w, n) ? first : NULL;
        if (other != NULL && around_word_in(s->ask, other, strlen(other)) && parse_unit(s->c, other, &used, 1) == NULL)
            return 1;
    }
    return 0;
}

struct scene around_scene_of(struct calc *c, const char *value)
{
    struct scene s = { .c = c, .ask = "", .main = "", .value = around_compact(c, value, strlen(value)) };
    if (c->question == NULL)
        return s;
    if (c->question_low == NULL)
        c->question_low = around_lower(c, c->question, strlen(c->question));
    s.question = c->question_low;
    s.ask = asking(c, s.question);
    s.main = main_part(c, s.ask);
    return s;
}

const char *around_asking(struct calc *c) { return around_scene_of(c, "").ask; }
