/* methods.c - see methods.h.  Only methods that lead to the same answer: "using mental arithmetic", but not "to two
 * decimals", "by the trapezoidal rule". */
#include "plugins/calculator/questions/methods.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static const char *const zh_leads[] = { "运用", "利用", "应用", "采用", "使用", "借助", "通过", "根据", "用" };
static const char *const zh_methods[] = {
    "平方差公式", "完全平方公式", "乘法公式", "乘法分配律", "乘法结合律", "乘法交换律", "加法运算律", "分配律", "运算律", "运算定律", "简便方法", "简便算法", "简便运算",
    "辗转相除法", "更相减损术", "欧几里得算法", "短除法", "分解质因数法", "分解质因数的方法", "配方法", "公式法", "因式分解法", "分解因式法", "求根公式", "直接开平方法", "十字相乘法", "提公因式法",
    "代入消元法", "加减消元法", "代入法", "加减法", "消元法", "换元法", "待定系数法", "韦达定理", "根与系数的关系", "根的判别式", "判别式", "辅助角公式", "两角和公式", "倍角公式", "二倍角公式",
    "累加法", "累乘法", "叠加法", "叠乘法", "构造法", "错位相减法", "裂项相消法", "裂项法", "倒序相加法", "分组求和法", "洛必达法则", "等价无穷小", "分部积分法", "换元积分法", "牛顿-莱布尼茨公式", "定义法",
    "费马小定理", "二项式定理", "海伦公式", "适当的方法", "合适的方法", "合理的方法", "你喜欢的方法",
};
static const char *const zh_tails[] = { "来", "进行", "的方法", "," };
static const char *const en_leads[] = { "by using", "by means of", "with the help of", "by applying", "using", "applying", "by", "with", "use", "apply" };
static const char *const en_methods[] = {
    "euclidean algorithm", "euclid's algorithm", "order of operations", "correct order of operations", "standard order of operations", "prime factorization", "prime factorisation", "distributive property", "distributive law",
    "difference of squares formula", "difference of squares", "difference of two squares", "perfect square formula", "foil method", "foil", "quadratic formula", "factoring", "factorization", "factorisation", "factorising", "factorizing",
    "completing the square", "square root method", "zero product property", "substitution", "elimination", "substitution method", "elimination method", "method of substitution", "method of elimination", "cross multiplication", "gaussian elimination",
    "vieta's formulas", "vieta's formula", "vieta's theorem", "discriminant", "chain rule", "product rule", "quotient rule", "power rule", "l'hopital's rule", "l'h\303\264pital's rule", "integration by parts", "u-substitution", "fundamental theorem of calculus",
    "definition of the derivative", "binomial theorem", "fermat's little theorem", "remainder theorem", "factor theorem", "modular arithmetic", "telescoping", "partial fractions", "laws of exponents", "rules of exponents", "properties of logarithms",
    "laws of logarithms", "mental math", "mental arithmetic", "an efficient method", "a convenient method", "a clever method", "any method", "heron's formula", "law of cosines", "law of sines", "pythagorean theorem", "synthetic division", "long division", "polynomial long division",
};

/* The longest word of the list that p begins with. */
static size_t longest(const char *p, const char *const *list, size_t count)
{
    size_t best = 0;
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(list[i]);
        if (n > best && strncasecmp(p, list[i], n) == 0 && !(isalpha((unsigned char)list[i][n - 1]) && isalpha((unsigned char)p[n])))
            best = n;
    }
    return best;
}

static size_t zh_phrase(const char *p)
{
    size_t lead = longest(p, zh_leads, LENGTH(zh_leads)), n = lead > 0 ? longest(p + lead, zh_methods, LENGTH(zh_methods)) : 0;
    return n > 0 ? lead + n + longest(p + lead + n, zh_tails, LENGTH(zh_tails)) : 0;
}

static size_t en_phrase(const char *text, const char *p)
{
    size_t lead = longest(p, en_leads, LENGTH(en_leads)), n;
    int order = strncasecmp(p, "use", 3) == 0 || strncasecmp(p, "apply ", 6) == 0;          /* "use it to find": not "find it, using" */
    if (lead == 0 || p[lead] != ' ' || (p > text && isalpha((unsigned char)p[-1])))
        return 0;
    lead++;
    if (strncasecmp(p + lead, "the ", 4) == 0)
        lead += 4;
    if ((n = longest(p + lead, en_methods, LENGTH(en_methods))) == 0)
        return 0;
    n += lead;
    if (strncasecmp(p, "using", 5) != 0 && order)
        return strncasecmp(p + n, " to ", 4) == 0 ? n + 4 : 0;
    return n + (p[n] == ',');
}

size_t method_phrase(const char *text, const char *p)
{
    return (unsigned char)*p >= 0x80 ? zh_phrase(p) : isalpha((unsigned char)*p) ? en_phrase(text, p) : 0;
}
