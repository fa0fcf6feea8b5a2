/* words.c - other words for the same: a question that no pattern reads is tried once more
 * in the plainest words.  Only words that carry no meaning are changed: verbs of asking,
 * the kind of an equation that stands there anyway, the method that shall be used.
 * "Nonzero", "positive", "over the reals" stay. */
#include "plugins/calculator/questions/read.h"
#include "plugins/calculator/questions/methods.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

static const struct { const char *from, *to; } zh[] = {
    { "试求", "求" }, { "求出", "求" }, { "求得", "求" }, { "计算出", "求" }, { "试计算", "计算" }, { "求解方程", "解方程" }, { "求解不等式", "解不等式" },
    { "那么", "则" }, { "如果", "若" }, { "假设", "设" }, { "假定", "设" }, { "给定", "已知" }, { "试问", "" },
    { "分别等于", "是" }, { "分别是", "是" }, { "分别为", "是" }, { "等于多少", "是多少" }, { "为多少", "是多少" }, { "等于几", "是多少" }, { "是几", "是多少" }, { "是什么", "是多少" }, { "是哪些", "是多少" }, { "等于什么", "是多少" },
    { "的值等于", "的值是" }, { "的值为", "的值是" }, { "所有的", "所有" }, { "全部的", "所有" }, { "全部", "所有" }, { "求其", "求它的" }, { "该方程的", "它的" }, { "这个方程的", "它的" }, { "该函数的", "它的" }, { "此函数的", "它的" },
    { "一元一次方程", "方程" }, { "一元二次方程", "方程" }, { "一元三次方程", "方程" }, { "分式方程", "方程" }, { "对数方程", "方程" }, { "指数方程", "方程" }, { "绝对值方程", "方程" }, { "无理方程", "方程" }, { "根式方程", "方程" }, { "高次方程", "方程" }, { "二次方程", "方程" },
    { "二元一次方程组", "方程组" }, { "三元一次方程组", "方程组" }, { "二元二次方程组", "方程组" }, { "线性方程组", "方程组" },
    { "一元一次不等式", "不等式" }, { "一元二次不等式", "不等式" }, { "分式不等式", "不等式" }, { "绝对值不等式", "不等式" }, { "含绝对值的不等式", "不等式" }, { "二次不等式", "不等式" },
    { "反比例函数", "函数" }, { "正比例函数", "函数" }, { "二次函数", "函数" }, { "一次函数", "函数" }, { "指数函数", "函数" }, { "对数函数", "函数" }, { "二次三项式", "多项式" },
    { "进行因式分解", "因式分解" }, { "进行分解因式", "因式分解" }, { "二阶行列式", "行列式" }, { "三阶行列式", "行列式" }, { "三角函数值", "" }, { "求定积分", "求" }, { "求积分", "求" }, { "求极限", "求" }, { "求值：", "求" },
    { "利用", "用" }, { "简便计算", "计算" }, { "怎样简便就怎样计算", "计算" }, { "怎样简便就怎样算", "计算" }, { "怎样简便怎样算", "计算" }, { "怎样简便就怎样", "" }, { "能简算的要简算", "计算" }, { "能简便的要简便", "计算" }, { "计算下面各题,能简算的要简算", "计算" }, { "计算下列各题,能简算的要简算", "计算" }, { "简便运算", "计算" }, { "简算", "计算" }, { "巧算", "计算" }, { "脱式计算", "计算" }, { "递等式计算", "计算" }, { "列竖式计算", "计算" }, { "竖式计算", "计算" }, { "口算", "计算" }, { "计算下面各题", "计算" }, { "设函数", "已知函数" },
    { "用辗转相除法", "" }, { "用更相减损术", "" }, { "用短除法", "" }, { "用配方法", "" }, { "用公式法", "" }, { "用因式分解法", "" }, { "用分解因式法", "" }, { "用求根公式", "" }, { "用代入消元法", "" }, { "用加减消元法", "" }, { "用代入法", "" }, { "用加减法", "" }, { "用消元法", "" },
    { "用错位相减法", "" }, { "用裂项相消法", "" }, { "用换元法", "" }, { "用十字相乘法", "" }, { "用提公因式法", "" }, { "用海伦公式", "" }, { "用勾股定理", "" }, { "用余弦定理", "" }, { "用正弦定理", "" },
};

static const struct { const char *from, *to; } en[] = {
    { "it is given that", "given that" }, { "it is known that", "given that" }, { "we are given that", "given that" }, { "we know that", "given that" }, { "knowing", "given" }, { "you are given that", "given that" }, { "knowing that", "given that" }, { "assuming that", "given that" },
    { "suppose that", "suppose" }, { "assume that", "suppose" }, { "assume", "suppose" }, { "provided that", "given that" },
    { "calculate", "find" }, { "compute", "find" }, { "determine", "find" }, { "evaluate", "find" }, { "work out", "find" }, { "obtain", "find" }, { "what is", "find" }, { "what's", "find" }, { "what are", "find" }, { "identify", "find" }, { "the chances that", "the probability that" }, { "the chance that", "the probability that" }, { "the chances of", "the probability of" }, { "the chance of", "the probability of" }, { "distinguishable", "different" }, { "every real number", "all real numbers" }, { "can you find", "find" },
    { "solution to", "solutions of" }, { "solution of", "solutions of" }, { "solutions to", "solutions of" }, { "solutions for", "solutions of" }, { "solutions of the", "solutions of the" }, { "roots for", "roots of" }, { "zeroes", "zeros" },
    { "quadratic equation", "equation" }, { "linear equation", "equation" }, { "cubic equation", "equation" }, { "polynomial equation", "equation" }, { "rational equation", "equation" }, { "radical equation", "equation" }, { "exponential equation", "equation" }, { "logarithmic equation", "equation" }, { "absolute value equation", "equation" },
    { "quadratic inequality", "inequality" }, { "linear inequality", "inequality" }, { "rational inequality", "inequality" }, { "absolute value inequality", "inequality" }, { "quadratic function", "function" }, { "linear function", "function" }, { "quadratic polynomial", "polynomial" }, { "cubic polynomial", "polynomial" },
    { "algebraic expression", "expression" }, { "definite integral", "integral" }, { "find lcm", "find the lcm" }, { "find gcd", "find the gcd" }, { "find hcf", "find the hcf" }, { "find gcf", "find the gcf" },
    { "step by step", "" }, { "exact roots", "roots" }, { "exact solutions", "solutions" }, { "multiply out and simplify", "expand and simplify" },
};

static int boundary(const char *text, const char *at, size_t n)
{
    return (at == text || !isalpha((unsigned char)at[-1])) && !isalpha((unsigned char)at[n]);
}

/* text with every phrase in its plainest words; NULL when nothing changes. */
char *words_plain(struct calc *c, const char *text)
{
    size_t cap = strlen(text) * 3 + 64, n = 0;
    char *out = calc_alloc(c, cap);
    int changed = 0;
    for (const char *p = text; *p != '\0';) {
        size_t used = *p == 1 ? 0 : method_phrase(text, p);
        const char *to = used > 0 ? "" : NULL;
        calc_step(c, 1);
        if ((unsigned char)*p >= 0x80 && *p != 1) {
            for (size_t i = 0; i < sizeof zh / sizeof *zh; i++) {
                size_t k = strlen(zh[i].from);
                if (k > used && strncmp(p, zh[i].from, k) == 0) {
                    used = k;
                    to = zh[i].to;
                }
            }
        } else if (isalpha((unsigned char)*p)) {
            for (size_t i = 0; i < sizeof en / sizeof *en; i++) {
                size_t k = strlen(en[i].from);
                if (k > used && strncasecmp(p, en[i].from, k) == 0 && boundary(text, p, k)) {
                    used = k;
                    to = en[i].to;
                }
            }
        }
        if (*p == 1) {                                /* a formula: two bytes */
            out[n++] = *p++;
            out[n++] = *p++;
            continue;
        }
        if (used == 0) {
            out[n++] = *p++;
            continue;
        }
        changed = 1;
        memcpy(out + n, to, strlen(to));
        n += strlen(to);
        p += used;
        if (*to == '\0')
            while (*p == ' ' || *p == ',')
                p++;
    }
    out[n] = '\0';
    return changed ? out : NULL;
}

/* "The larger root of ... is what number?" as "find the larger root of ...": the last clause. */
char *words_turned(struct calc *c, const char *text)
{
    static const char *const ends[] = { " is what number", " is what value", " is what", " equals what number", " equals what", " is equal to what number", " is equal to what" };
    size_t n = strlen(text), cut = 0;
    while (n > 0 && strchr(" ?.", text[n - 1]) != NULL)
        n--;
    for (size_t i = 0; i < sizeof ends / sizeof *ends && cut == 0; i++) {
        size_t k = strlen(ends[i]);
        if (n > k && strncasecmp(text + n - k, ends[i], k) == 0)
            cut = n - k;
    }
    size_t from = cut;
    while (from > 0 && !(text[from] == ' ' && strchr(".,;?", text[from - 1]) != NULL))
        from--;
    from += from > 0;
    return cut == 0 ? NULL : calc_printf(c, "%.*sfind %.*s.", (int)from, text, (int)(cut - from), text + from);
}

/* ---- the unit in which the answer is asked ---------------------------------------------- */
static int is_end(const char *t)
{
    while (*t != '\0') {
        if (strchr(" .?!:,)", *t) != NULL)
            t++;
        else if (strncmp(t, "。", 3) == 0)
            t += 3;
        else
            return 0;
    }
    return 1;
}

/* A unit at t, as words or as a formula (m/s); how many bytes it takes. */
static const struct unit *unit_at(struct calc *c, struct question *q, const char *t, size_t *used)
{
    const struct unit *u;
    if (*t != 1) {
        u = parse_unit(c, t, used, 1);
        return u == NULL || u->noun || (isalpha((unsigned char)t[*used - 1]) && isalnum((unsigned char)t[*used])) ? NULL : u;
    }
    const char *s = q->span[(unsigned char)t[1] - 0x80].text;
    u = parse_unit(c, s, used, 1);
    if (u == NULL || u->noun || s[*used] != '\0')
        return NULL;
    *used = 2;
    return u;
}

/* "每小时多少千米", "多少厘米" at the end: without the unit, and behind 求 without "是多少". */
static char *without_zh(struct calc *c, struct question *q, const char *text, const struct unit **unit)
{
    static const struct { const char *word, *unit; } per[] = { { "每小时", "h" }, { "每分钟", "min" }, { "每分", "min" }, { "每秒钟", "s" }, { "每秒", "s" } };
    const char *at = NULL;
    size_t used, n;
    for (const char *p = text; (p = strstr(p, "多少")) != NULL; p += 6)
        at = p;
    if (at == NULL || (*unit = unit_at(c, q, at + 6, &used)) == NULL || !is_end(at + 6 + used))
        return NULL;
    char *out = calc_strn(c, text, (size_t)(at - text));
    n = strlen(out);
    for (size_t i = 0; i < sizeof per / sizeof *per; i++) {
        size_t k = strlen(per[i].word);
        if (n < k || strcmp(out + n - k, per[i].word) != 0)
            continue;
        size_t all;
        const struct unit *u = parse_unit(c, calc_printf(c, "%.*s/%s", (int)used, at + 6, per[i].unit), &all, 1);
        if (u == NULL)
            return NULL;
        *unit = u;
        out[n -= k] = '\0';
        break;
    }
    const char *ask = strrchr(out, ',') != NULL ? strrchr(out, ',') : out;
    if (strstr(ask, "求") == NULL)
        return calc_printf(c, "%s多少", out);
    static const char *const is[] = { "是", "为", "等于" };
    for (size_t i = 0; i < sizeof is / sizeof *is; i++)
        if (n > strlen(is[i]) && strcmp(out + n - strlen(is[i]), is[i]) == 0)
            out[n -= strlen(is[i])] = '\0';
    return out;
}

char *read_without_unit(struct calc *c, struct question *q, const char *text, const struct unit **unit)
{
    size_t used = 0, cut = 0;
    const char *at = NULL, *last = text;
    for (const char *p = text; *p != '\0'; p++) {
        calc_step(c, 1);
        if ((*p == '.' || *p == '?' || *p == '!' || *p == ';') && p[1] == ' ' && p[2] != '\0')
            last = p + 2;
    }
    for (const char *p = last; (p = strcasestr(p, "in ")) != NULL; p += 3) {
        const struct unit *u;
        if (p == text || (p[-1] != ' ' && p[-1] != '(') || (u = unit_at(c, q, p + 3, &used)) == NULL || (p[-1] == '(' && p[3 + used] != ')'))
            continue;
        if (at != NULL)
            return NULL;                              /* two of them: which is asked? */
        *unit = u;
        at = p - 1;
        cut = 4 + used + (p[-1] == '(');
    }
    if (at == NULL) {                                 /* "(km/h)" at the end */
        const char *open = strrchr(last, '(');
        if (open != NULL) {
            size_t skip = strncmp(open + 1, "单位:", 7) == 0 ? 8 : 1;
            *unit = unit_at(c, q, open + skip, &used);
            if (*unit != NULL && open[skip + used] == ')' && is_end(open + skip + used + 1)) {
                at = open;
                cut = skip + used + 1;
            }
        }
    }
    if (at == NULL)
        return without_zh(c, q, text, unit);
    return calc_printf(c, "%.*s%s", (int)(at - text), text, at + cut);
}
