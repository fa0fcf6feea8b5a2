/* extract.c - see extract.h. */
#include "plugins/calculator/text/extract.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

const char *extract_visible(struct calc *c, const char *text)
{
    const char *close = NULL, *p = text;
    for (const char *q; (q = strstr(p, "</think>")) != NULL; p = q + 8)
        close = q + 8;
    if (close != NULL)
        text = close;                                 /* whatever was before the last one was thought */
    return strstr(text, "<think>") != NULL ? NULL : calc_strn(c, text, strlen(text));
}

/* The content of a box at p (behind "\boxed"); the end, or NULL. */
static const char *box_content(struct calc *c, const char *p, const char **content)
{
    while (*p == ' ')
        p++;
    if (*p != '{') {                                  /* \boxed 2 */
        const char *q = p;
        while (isdigit((unsigned char)*q))
            q++;
        if (q == p)
            return NULL;
        *content = calc_strn(c, p, (size_t)(q - p));
        return q;
    }
    int depth = 0;
    for (const char *q = p; *q != '\0'; q++) {
        if (*q == '\\' && q[1] != '\0') {
            q++;
            continue;
        }
        if (*q == '{')
            depth++;
        else if (*q == '}' && --depth == 0) {
            *content = calc_strn(c, p + 1, (size_t)(q - p - 1));
            return q + 1;
        }
    }
    return NULL;
}

static int blank(const char *s)
{
    while (*s == ' ' || *s == '\n' || *s == '~')
        s++;
    return *s == '\0';
}

/* What may stand between two boxes of one set. */
static int only_joints(const char *p, const char *end)
{
    static const char *const ok[] = { "and", "or", "和", "或", "与", "、", ",", "$", " ", "\\(", "\\)", "\\quad", "\\text", "{", "}", "=", "或者", "以及", "_", "\\", ";" };
    int letters = 0;
    while (p < end) {
        size_t i, n = sizeof ok / sizeof *ok;
        for (i = 0; i < n; i++)
            if ((size_t)(end - p) >= strlen(ok[i]) && memcmp(p, ok[i], strlen(ok[i])) == 0)
                break;
        if (i < n) {
            p += strlen(ok[i]);
            continue;
        }
        if (isdigit((unsigned char)*p) && p[-1] == '_') {
            p++;
            continue;
        }
        if (!isalpha((unsigned char)*p) || ++letters > 2)
            return 0;
        p++;
    }
    return 1;
}

/* \boxed{8/64} = \boxed{1/8} is one chain of equal values, as if one box were around it. */
static int only_equals(const char *p, const char *end)
{
    int equals = 0;
    for (; p < end; p++) {
        if (*p == '\\' && p + 1 < end && strchr("()[]", p[1]) != NULL)
            p++;
        else if (*p == '=')
            equals++;
        else if (*p != ' ' && *p != '$')
            return 0;
    }
    return equals == 1;
}

/* The answer with what stands around the box: a percent sign, degrees or a unit behind. */
static const char *with_suffix(struct calc *c, const char *content, const char *end, int *doubtful)
{
    const char *q = end;
    int closed = 0;
    while (*q == ' ' || *q == '$' || (q[0] == '\\' && strchr(")],;! ", q[1]) != NULL && q[1] != '\0')) {
        closed |= *q == '$' || (*q == '\\' && (q[1] == ')' || q[1] == ']'));
        q += *q == '\\' ? 2 : 1;
    }
    if (*q == '%' || (q[0] == '\\' && q[1] == '%'))
        return calc_printf(c, "%s\\%%", content);
    if (strncmp(q, "^{\\circ}", 8) == 0 || strncmp(q, "^\\circ", 6) == 0)
        return calc_printf(c, "%s^{\\circ}", content);
    size_t used;
    if (parse_unit(c, q, &used, closed) != NULL && strlen(content) < 200)
        return calc_printf(c, "%s\\text{ %.*s}", content, (int)used, q);
    if (!closed && *q != '\0' && strchr("+-*/^0123456789(", *q) != NULL)
        *doubtful = 1;
    if (!closed && (strncmp(q, "\\times", 6) == 0 || strncmp(q, "\\cdot", 5) == 0 || strncmp(q, "\\sqrt", 5) == 0 || strncmp(q, "\\pi", 3) == 0))
        *doubtful = 1;
    return content;
}

static const char *lower(struct calc *c, const char *s)
{
    char *b = calc_strn(c, s, strlen(s));
    for (char *p = b; *p != '\0'; p++)
        if ((unsigned char)*p < 0x80)
            *p = (char)tolower((unsigned char)*p);
    return b;
}

static int any_of(const char *s, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strstr(s, *list) != NULL)
            return 1;
    return 0;
}

/* The question, in small letters, made once a call. */
static const char *question_low(struct calc *c)
{
    if (c->question_low == NULL)
        c->question_low = lower(c, c->question);
    return c->question_low;
}

/* Does s speak of something in the list that the question does not? */
static int unasked(struct calc *c, const char *s, const char *const *list)
{
    for (; c->question != NULL && *list != NULL; list++)
        if (strstr(s, *list) != NULL && strstr(question_low(c), *list) == NULL)
            return 1;
    return 0;
}

static int ends_in(const char *s, size_t n, const char *const *list)
{
    for (; *list != NULL; list++)
        if (n >= strlen(*list) && strcmp(s + n - strlen(*list), *list) == 0)
            return 1;
    return 0;
}

/* Does a command end at q that leads to the box without taking part in the value? */
static int command_before(const char *text, const char *q, int *fine)
{
    static const char *const ok[] = { "left", "displaystyle", "quad", "qquad", "Rightarrow", "Longrightarrow", "implies", "to", "rightarrow", "therefore", "mathbf", "boldsymbol", "bf", "text", "textbf", "large", "Large", "Huge", "huge", "color" };
    size_t n = 0;
    while (q - n > text && isalpha((unsigned char)q[-(long)n - 1]))
        n++;
    if (n == 0 || q - n == text || q[-(long)n - 1] != '\\')
        return 0;
    *fine = 0;
    for (size_t i = 0; i < sizeof ok / sizeof *ok; i++)
        *fine |= strlen(ok[i]) == n && memcmp(q - n, ok[i], n) == 0;
    return 1;
}

static int sentence_ends(const char *q)
{
    return *q == '\n' || *q == ';' || (strchr(".!?", *q) != NULL && (q[1] == ' ' || q[1] == '\n')) || strncmp(q, "。", 3) == 0 || strncmp(q, "；", 3) == 0;
}

/* Do the words right before the box only lead to it?  "half of", "anything but" do not. */
static int led_here(struct calc *c, const char *text, const char *box)
{
    static const char *const en[] = { "is", "are", "be", "answer", "gives", "give", "get", "gets", "have", "has", "obtain", "obtained", "equals", "equal to", "simplifies to", "leads to", "reduces to", "evaluates to", "comes to", "amounts to", "find", "need", "needs", "yields", "yield", "thus",
        "so", "hence", "therefore", "conclude", "value", "then", "just", "simply", "exactly", "approximately", "total of", "area of", "value of", "sum of", "speed of", "volume of", "answer of", "result of", "probability of", "length of", "given by", "as", "results in", "arrive at", "factors into", "becomes",
        "solution", "solutions", "result", "that", "i.e.", "for", "takes", "take", "costs", "cost", "was", "and", "or", "a", "an", "the", "x", "y", "only", "all", "both", "also", "finally", "conclusion", NULL };
    static const char *const han[] = { "是", "为", "得", "即", "有", "于", "到", "出", "成", "作", "填", "选", "解", "根", "值", "案", "果", "则", "需", "要", "共", "集", "率", "积", "径", "长", "答", "故", "以", "此", "和", "或", "与", "、", "后", "下", "距", "时", NULL };
    static const char *const no_han[] = { "没有", "无法", "并非", "以下", "以后", NULL };
    size_t n = (size_t)(box - text);
    for (;;) {
        if (n > 0 && strchr(" $*`{\"", text[n - 1]) != NULL)
            n--;
        else if (n > 1 && text[n - 2] == '\\' && strchr("([,;!", text[n - 1]) != NULL)
            n -= 2;
        else
            break;
    }
    if (n > 3 && memcmp(text + n - 4, "e.g.", 4) == 0)
        return 0;
    if (n == 0 || strchr("\n.,:;!?=)}]&~", text[n - 1]) != NULL)
        return 1;
    size_t from = n > 60 ? n - 60 : 0;
    const char *left = lower(c, calc_strn(c, text + from, n - from));
    size_t k = strlen(left);
    if (any_of(k > 12 ? left + k - 12 : left, no_han))
        return 0;
    if (ends_in(left, k, han))
        return 1;
    for (const char *const *w = en; *w != NULL; w++) {
        size_t l = strlen(*w);
        if (k >= l && strcmp(left + k - l, *w) == 0 && (k == l || !isalpha((unsigned char)left[k - l - 1])))
            return 1;
    }
    int fine = 0;
    return strncmp(left + k - (k < 3 ? k : 3), "。", 3) == 0 || strncmp(left + k - (k < 3 ? k : 3), "；", 3) == 0 || (command_before(text, text + n, &fine) && fine);
}

/* Does the question speak of it: the word, or its singular, as a word; Chinese in two characters or more, or one that counts
 * there (几只, 每人, 3 张)? */
static int asked_about(struct calc *c, const char *w, size_t n)
{
    static const char *const counts[] = { "几", "多少", "每", "一", "两", NULL };
    int han = !isalpha((unsigned char)*w);
    if (!han && n > 3 && tolower((unsigned char)w[n - 1]) == 's')
        n--;
    const char *q = question_low(c), *word = lower(c, calc_strn(c, w, n));
    for (const char *p = q; (p = strstr(p, word)) != NULL; p++) {
        if (han ? n > 3 : p == q || !isalpha((unsigned char)p[-1]))
            return 1;
        for (const char *const *k = counts; han && *k != NULL; k++)
            if ((size_t)(p - q) >= strlen(*k) && memcmp(p - strlen(*k), *k, strlen(*k)) == 0)
                return 1;
        if (han && p > q && isdigit((unsigned char)p[-1]))
            return 1;
    }
    return 0;
}

/* Chinese behind an answer that makes another one of it. */
static const char *const bad_han[] = { "半", "多", "倍", "又", "以", "或", "左", "余", "不", "错", "应", "十", "百", "千", "万", "亿", "打", "是", "的", "加", "减", "乘", "除", "时", "位数", NULL };

/* Chinese behind an answer: words that count or name what was counted, and what the question speaks of. */
static int counted_zh(struct calc *c, const char *h, size_t n)
{
    static const char *const fine[] = { "种", "个", "条", "次", "人", "名", "位", "只", "件", "本", "张", "支", "枚", "辆", "棵", "块", "颗", "组", "对", "项", "不同的", "方法", "方式", "选法", "排法", "站法", "坐法", "走法", "取法", "放法",
        "情况", "可能", "结果", "解", "实数", "根", "元素", "学生", "同学", "整数", "自然数", "单位", "元", NULL };
    while (n > 0) {
        size_t l = 0;
        for (const char *const *w = fine; *w != NULL; w++)
            if (strlen(*w) <= n && strlen(*w) > l && memcmp(h, *w, strlen(*w)) == 0)
                l = strlen(*w);
        for (size_t k = n; k > l; k -= 3)             /* Han characters are three bytes long */
            if (!any_of(calc_strn(c, h, k), bad_han) && asked_about(c, h, k))
                l = k;
        if (l == 0)
            return 0;
        h += l;
        n -= l;
    }
    return 1;
}

static int counted_en(struct calc *c, const char *w, size_t n)
{
    static const char *const fine[] = { "ways", "way", "in", "total", "all", "different", "distinct", "possible", "arrangements", "combinations", "outcomes", "solutions", "roots", "units", "square", "cubic", "respectively", "of", "them",
        "the", "a", "as", "people", "students", "integers", "real", "altogether", "together", "which", "completes", "where", "for", "with", "to", "quad" };
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        if (strlen(fine[i]) == n && strncmp(w, fine[i], n) == 0)
            return 1;
    return asked_about(c, w, n);
}

/* May the sentence end like this behind an answer?  Nothing, a unit, what was counted. */
static int goes_nowhere(struct calc *c, const char *q)
{
    static const char *const closing[] = { "as required", "as asked", "as desired", "as claimed", "解毕", "完毕", "which completes", "故选", NULL };
    static const char *const bad[] = { "or", "if", "and", "more", "less", "fewer", "thousand", "million", "hundred", "billion", "dozen", "dozens", "half", "percent", "plus", "minus", "times", "but", "pairs", "is", "would", "must", "may", "per", "divided", "multiplied", "not", "when", "unless", "at", "up", "squared", "cubed", "modulo", "mod",
        "tens", "tenths", "halves", "thirds", "quarters", "fifths", "hundredths", "thousandths", "point", "factorial", "basis" };
    int words = 0, closed = 0;
    for (;;) {
        size_t used, n = 0;
        if (*q == '\0' || *q == '\n')
            return 1;
        if (strchr(" $*`)}]\"'~", *q) != NULL || (*q == '\\' && q[1] != '\0' && strchr(")],;! \\", q[1]) != NULL)) {
            closed |= *q == '$' || (*q == '\\' && (q[1] == ')' || q[1] == ']'));
            q += *q == '\\' ? 2 : 1;
            continue;
        }
        if (sentence_ends(q) || ((*q == '.' || *q == ';') && strchr(" \n$*)\\", q[1]) != NULL))
            return *q != '!' && *q != '?';
        if (*q == ',') {
            q++;
            while (*q == ' ')
                q++;
        }
        for (const char *const *w = closing; *w != NULL; w++)
            if (strncmp(q, *w, strlen(*w)) == 0)
                return 1;
        static const char *const signs[] = { "\\%", "%", "^{\\circ}", "^\\circ", "\\quad", "\\qquad" };
        size_t i;
        for (i = 0; i < sizeof signs / sizeof *signs; i++)
            if (strncmp(q, signs[i], strlen(signs[i])) == 0)
                break;
        if (i < sizeof signs / sizeof *signs) {
            q += strlen(signs[i]);
            continue;
        }
        if (strncmp(q, "degrees", 7) == 0) {
            if (c->question != NULL && !any_of(question_low(c), (const char *const[]){ "degree", "circ", "angle", NULL }))
                return 0;
            q += 7;
            continue;
        }
        while (isalpha((unsigned char)q[n]) || (n > 0 && q[n] == '-' && isalpha((unsigned char)q[n + 1])))
            n++;
        for (i = 0; i < sizeof bad / sizeof *bad; i++)
            if (n == strlen(bad[i]) && strncmp(q, bad[i], n) == 0)
                return 0;
        if (n == 2 && strncmp(q, "in", 2) == 0 && strncmp(q, "in total", 8) != 0 && strncmp(q, "in all", 6) != 0)
            return 0;                                 /* in base 8 */
        const struct unit *unit = parse_unit(c, q, &used, 1);
        if (unit != NULL && used > 0 && !(n == 1 && !closed)) {
            char *u = calc_strn(c, q, used);
            if (words > 0 && !unit->noun && c->question != NULL)
                return 0;                             /* 10个小时: whose unit? */
            if (any_of(u, (const char *const[]){ "倍", "万", "亿", NULL }))
                return 0;
            q += used;
            continue;
        }
        if (n > 1 && ++words <= 4 && (c->question == NULL || counted_en(c, q, n))) {
            q += n;
            continue;
        }
        int len, han = 0;
        const char *h = q;
        while (han < 12 && norm_han(norm_cp(h, &len)) && *h != '\0' && strncmp(h, "。", 3) != 0) {
            h += len;
            han++;
        }
        if (han == 0 || (han > 6 && c->question == NULL) || ++words > 4 ||
            (c->question != NULL ? !counted_zh(c, q, (size_t)(h - q)) : any_of(calc_strn(c, q, (size_t)(h - q)), bad_han)))
            return 0;
        q = h;
    }
}

/* Do the words of its sentence before the answer, or whatever follows it, take the answer
 * back, leave it open, or say that it is the answer to something else? */
static int taken_back(struct calc *c, const char *text, const char *from, const char *to)
{
    static const char *const before[] = { "n't ", "not ", "cannot", "never", "wrong", "incorrect", "false answer", "mistak", "misprint", "naive", "intermediate", "either", "unsure", "guess", "would be", "would have", "might", "may be", "perhaps", "possibl", "probabl", "maybe",
        "reject", "discard", "extraneous", "says", "between", "is the answer", "of the answer", "of the result", "of the solution", "twice the", "half the answer", "times the answer", "than the answer", "for contradiction",
        "answer plus", "answer minus", "answer squared", "answer times", "answer divided", "answer multiplied", "to the answer", "sum of 1 and", "false that", "doubt", "unlikely", "claims", "upper bound", "lower bound", "one of many", "such as", "e.g",
        "some number",
        "不是", "不等于", "不可能", "不会", "不能是", "不要", "错", "误", "不对", "答案的", "结果的", "答案比", "结果比", "要么", "可能", "也许", "猜",
        "答案加", "答案减", "答案乘", "答案除", "结果加", "结果减", "结果乘", "结果除", "不为", "不应", "不到", "之一是", "之一为", "有人", "介于", NULL };
    static const char *const hedges[] = { "estimate", "rounded", "roughly", "approximat", "约为", "约是", "约等于", "大约", "近似", "大概", "差不多", "几乎", "估计", "四舍五入", NULL };
    /* Quantities and units that are another's where the question does not speak of them. */
    static const char *const others[] = { "maximum", "minimum", "largest", "smallest", "larger", "smaller", "negative", "product", "circumference", "perimeter", "radius", "diameter", "different", "y-intercept", "x-intercept", "half of", "sum of the first",
        "complement", "number of minutes", "common difference", "common ratio", "reached at", "son will", "father will", "volume", "slope", "discriminant", "median", "odds", "expected number", "constant term",
        "sale price", "new price", "squared is", "other root", "sum of the roots", "sum of the integers", "体积", "公差", "公比", "时间差", "两倍", "直角边", "没有", "最大", "最小", "周长", "半径", "直径", "一半", "相距", "补集", "不属于", NULL };
    static const char *const units[] = { "in m/s", "in m/h", "mph", "in metres", "in meters", "in cents", "in square", "in cm", "in minutes", "in seconds", "m/s:", "以分钟", "以秒", "以小时", "以米", "以厘米", "以千米", "(分钟)", "(秒)", "(米)", NULL };
    static const char *const inexact[] = { "rounded", "round to", "round your", "round the answer", "decimal", "nearest", "approx", "estimate", "significant", "约", "近似", "估", "四舍五入", "保留", "精确到", "取 3", "取3", "\\pi", NULL };
    static const char *const supposed[] = { "if the problem", "if the question", "had been", "if the answer", "suppose the answer", "suppose that the answer", "assume the answer", "assume for", "如果题", "若题", "假如", "倘若", "假设结果", "假设答案", "如果答案", "若答案", NULL };
    static const char *const after[] = { "wrong", "incorrect", "mistak", "not correct", "not right", "not sure", "unsure", "not certain", "wait", "actually", "correction", "guess", "n't right", "n't correct", "should be", "should have been", "is not the",
        "错", "不对", "有误", "不确定", "等等", "等一下", "更正", "应该是", "应为", "猜", "不正确", "不是答案", NULL };
    static const char *const last[] = { "less than", "more than", "greater than", "fewer than", "at least", "at most", "up to", "below", "above", "under", "over", "exceeds", "between", "大于", "小于", "至少", "至多", "不超过", "不少于", "不小于", "不大于", "超过", "低于", "高于", "少于", "多于", NULL };
    static const char *const bounds[] = { "至少是", "至少为", "至少要", "至少需要", "至多是", "至多为", "最少", "最多", NULL };
    static const char *const bounded[] = { "至少", "至多", "最少", "最多", "不少于", "不超过", NULL };
    const char *low = lower(c, text), *a = low + (from - text), *b = low + (to - text), *s = a;
    while (s > low && !sentence_ends(s - 1) && !(s - low >= 3 && sentence_ends(s - 3)))
        s--;
    char *left = calc_strn(c, s, (size_t)(a - s));
    if (any_of(left, supposed))
        return 1;
    static const char *const starts[] = { ", ", ",", "：", ":", " so ", "therefore", "hence", "thus", "所以", "因此", "故", NULL };
    const char *part = left;
    for (const char *const *w = starts; *w != NULL; w++)
        for (const char *p = left; (p = strstr(p, *w)) != NULL; p += strlen(*w))
            if (p > part)
                part = p;
    if (any_of(part, before) || unasked(c, part, others) || unasked(c, left, units) ||
        (c->question != NULL && any_of(left, hedges) && !any_of(question_low(c), inexact)))
        return 1;
    size_t n = strlen(left);
    while (n > 0 && strchr(" $:*([{\\", left[n - 1]) != NULL)
        left[--n] = '\0';
    if (ends_in(left, n, last) || (c->question != NULL && ends_in(left, n, bounds) && !any_of(c->question, bounded)) || any_of(b, after))
        return 1;
    return !goes_nowhere(c, b);
}

/* Without blanks, braces and sizes: x_{1} and x_1 are one spelling. */
static char *compact(struct calc *c, const char *s, size_t n)
{
    char *out = calc_alloc(c, n + 1), *o = out;
    for (const char *end = s + n; s < end; s++) {
        if (strncmp(s, "\\left", 5) == 0 || strncmp(s, "\\right", 6) == 0)
            s += s[1] == 'l' ? 4 : 5;
        else if (strncmp(s, "\\,", 2) == 0)
            s++;
        else if (strchr(" ${}", *s) == NULL)
            *o++ = *s;
    }
    return out;
}

/* Does the question speak of just this (compact), not of something that it is a part of? */
static int spoken_of(struct calc *c, const char *s)
{
    const char *q = c->question;
    size_t n = strlen(q), k = strlen(s), m = 0, i;
    char *small = calc_alloc(c, n + 1);
    uint32_t *at = calc_alloc(c, (n + 1) * sizeof *at);
    for (i = 0; i < n; i++)
        if (strchr(" ${}", q[i]) == NULL) {
            small[m] = q[i];
            at[m++] = (uint32_t)i;
        }
    for (const char *p = small; (p = strstr(p, s)) != NULL; p++) {
        size_t from = at[p - small], to = at[p - small + (long)k - 1] + 1, a = from, b = to;
        while (a > 0 && strchr(" ${}", q[a - 1]) != NULL)
            a--;
        while (q[b] != '\0' && strchr(" ${}", q[b]) != NULL)
            b++;
        int before = a > 0 && (strchr("+-*/^_(", q[a - 1]) != NULL || (a == from && isalnum((unsigned char)q[a - 1])));
        int after = q[b] != '\0' && strchr(strpbrk(s, "+*/^-") != NULL ? "+-*/^_(=" : "+-*/^_(", q[b]) != NULL;   /* of an equation: one side */
        if (!before && !after && !(b == to && isalnum((unsigned char)q[b])))
            return 1;
    }
    return 0;
}

/* Is what stands at the left of "= answer" another quantity than was asked for: 3x, x^2, a_9, g(f(3))?  A letter alone may be the
 * name of anything, and what the question speaks of is what it asks. */
static int of_another(struct calc *c, const char *lhs, size_t n)
{
    size_t first = 0;
    while (first < n && lhs[first] != '=')
        first++;                                      /* S = ab = ...: the first is what it is of */
    const char *s = compact(c, lhs, first);
    size_t k = strlen(s), letters = 0, i;
    if (k == 0 || strstr(s, "^-1(") != NULL || spoken_of(c, s))
        return 0;
    for (i = 0; i < k; i++) {
        if ((unsigned char)s[i] >= 0x80)
            return 0;                                 /* words */
        if (s[i] == '\\') {
            while (isalpha((unsigned char)s[i + 1]))
                i++;
            continue;
        }
        letters += isalpha((unsigned char)s[i]) != 0 && s[i] != 'i' && s[i] != 'e';
    }
    if (letters == 0 || strncmp(s, "\\text", 5) == 0 || strncmp(s, "\\math", 5) == 0 || (*s == 'P' && s[1] == '('))
        return 0;
    if (*s == '-' || strncmp(s, "\\sqrt", 5) == 0 || (isdigit((unsigned char)*s) && k > 1) || strpbrk(s, "+*/^") != NULL || strchr(s + 1, '-') != NULL || strstr(s, "\\frac") != NULL)
        return 1;
    const char *low = strchr(s, '_');
    if (low != NULL && isdigit((unsigned char)low[1]) && !(*s == 'x' && low == s + 1 && low[2] == '\0'))
        return 1;
    const char *open = strchr(s, '(');
    return open != NULL && (strchr(open + 1, '(') != NULL || isdigit((unsigned char)open[1]));
}

/* 1.58(3): a recurring decimal to some, a product to others. */
static int recurs_in_brackets(const char *s)
{
    const char *p = strchr(s, '.');
    size_t n = p != NULL ? strspn(p + 1, "0123456789") : 0, k = p != NULL && p[1 + n] == '(' ? strspn(p + 2 + n, "0123456789") : 0;
    return n > 0 && k > 0 && p[2 + n + k] == ')';
}

/* "$3x = \boxed{9}$" and \boxed{3x = 9}. */
static int box_of_another(struct calc *c, const char *text, const char *box, const char *content)
{
    static const char *const curves[] = { "equation", "line", "circle", "curve", "tangent", "方程", "直线", "圆", "曲线", "切线", "解析式", NULL };
    const char *q = box, *eq = strchr(content, '=');
    if (c->question == NULL)
        return 0;
    if (eq != NULL && !any_of(question_low(c), curves) && of_another(c, content, (size_t)(eq - content)))
        return 1;
    while (q > text && strchr(" $", q[-1]) != NULL)
        q--;
    if (q == text || q[-1] != '=')
        return 0;
    const char *end = q - 1, *from = end;
    while (from > text && strchr("$\n,;:", from[-1]) == NULL && (unsigned char)from[-1] < 0x80 && !(from - text > 1 && from[-2] == '\\' && strchr("([", from[-1]) != NULL))
        from--;
    return of_another(c, from, (size_t)(end - from));
}

static int bad_before(const char *text, const char *box)
{
    const char *q = box;
    int fine;
    for (const char *b = box; b > text && (b[-1] == ' ' || b[-1] == '{'); b--) {
        if (b[-1] != '{' || b - 1 == text)
            continue;
        if (b[-2] == '}' || b[-2] == '^' || b[-2] == '_' || (command_before(text, b - 1, &fine) && !fine))
            return 1;                                 /* \frac{\boxed{14}}{2} */
    }
    while (q > text && q[-1] == ' ')
        q--;
    if (q > text && (q[-1] == '<' || q[-1] == '>' || (command_before(text, q, &fine) && !fine)))
        return 1;
    q = box;
    while (q > text && (q[-1] == ' ' || q[-1] == '{'))
        q--;
    if (q == text)
        return 0;
    if (q - text >= 2 && q[-2] == '\\' && strchr("([", q[-1]) != NULL)
        return bad_before(text, q - 2) && (q - text == 2 || strchr("-+*/^(|0123456789", q[-3]) == NULL);
    if (strchr("-+*/^(|", q[-1]) != NULL || isdigit((unsigned char)q[-1]))
        return 1;
    size_t n = (size_t)(q - text);
    static const char *const no[] = { "\\times", "\\cdot", "not", "\\neq", "\\ne", "不是", "不等于", "\\sqrt", "\\pm" };
    while (q > text && q[-1] == '$') {
        q--;
        n--;
    }
    while (n > 0 && text[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        size_t k = strlen(no[i]);
        if (n >= k && memcmp(text + n - k, no[i], k) == 0)
            return 1;
    }
    return 0;
}

static int boxes(struct calc *c, const char *text, struct answer *out)
{
    const char *start[64], *end[64], *content[64];
    int n = 0, nested = 0;
    for (const char *p = text; (p = strstr(p, "\\boxed")) != NULL;) {
        const char *k, *e = box_content(c, p + 6, &k);
        if (e == NULL) {
            if (p[6] == '{')
                return -1;                            /* cut off inside a box */
            p += 6;
            continue;
        }
        if (strstr(k, "\\boxed") != NULL) {              /* a box in a box: the inner one */
            if (++nested > 16)
                return -1;
            p += 6;
            continue;
        }
        if (!blank(k)) {
            if (n == 64) {
                memmove(start, start + 1, sizeof start - sizeof *start);
                memmove(end, end + 1, sizeof end - sizeof *end);
                memmove(content, content + 1, sizeof content - sizeof *content);
                n--;
            }
            start[n] = p;
            end[n] = e;
            content[n++] = k;
        }
        p = e;
    }
    if (n == 0)
        return 0;
    int first = n - 1;
    while (first > 0 && n - first < 8 && only_joints(end[first - 1], start[first]))
        first--;
    if (first > 0 && memchr(end[first - 1], '\n', (size_t)(start[first] - end[first - 1])) == NULL) {
        const char *q = end[first - 1];               /* another box in the same sentence, with other words between */
        int stop = 0;
        for (; q < start[first]; q++)
            if ((*q == '.' && (q[1] == ' ' || q[1] == '\n')) || strncmp(q, "。", 3) == 0 || strncmp(q, "；", 3) == 0)
                stop = 1;
        if (!stop)
            out->doubtful = 1;
    }
    out->how = HOW_BOX;
    out->doubtful |= taken_back(c, text, start[first], end[n - 1]) || !led_here(c, text, start[first]);
    for (int i = first; i < n; i++) {
        const char *part = with_suffix(c, content[i], end[i], &out->doubtful);
        if (i > first && only_equals(end[i - 1], start[i])) {
            out->part[out->n - 1] = calc_printf(c, "%s = %s", out->part[out->n - 1], part);
            continue;
        }
        out->doubtful |= bad_before(text, start[i]) || box_of_another(c, text, start[i], content[i]) || recurs_in_brackets(content[i]);
        out->part[out->n++] = part;
    }
    return 1;
}

/* ---- without boxes ---------------------------------------------------------------- */
/* From p to the end of the clause; formulas between $ are one word. */
static const char *clause(struct calc *c, const char *p)
{
    static const char *const stops[] = { "。", "\n\n", "，不是", ",不是", ", not ", ",而不是", " because ", " since ", "（舍", "(舍", "种不同", "which completes", "不是", "而不是" };
    while (*p == ' ' || *p == ':' || *p == '*' || *p == '\n')
        p++;
    const char *q = p;
    int math = 0;
    for (; *q != '\0'; q++) {
        if (*q == '$')
            math = !math;
        if (math)
            continue;
        if (*q == '.' && (q[1] == '\0' || q[1] == ' ' || q[1] == '\n'))
            break;
        if (*q == '\n' && q > p + 1 && q[-1] != '[')
            break;
        size_t i, n = sizeof stops / sizeof *stops;
        for (i = 0; i < n; i++)
            if (strncmp(q, stops[i], strlen(stops[i])) == 0)
                break;
        if (i < n)
            break;
    }
    while (q > p && (q[-1] == ' ' || q[-1] == ',' || q[-1] == '*'))
        q--;
    char *s = calc_strn(c, p, (size_t)(q - p));
    if (s[0] == '$') {                                /* $...$ and words behind it: keep the formula and a unit */
        char *close = strchr(s + 1, '$');
        if (close != NULL) {
            size_t used;
            const char *after = close + 1;
            while (*after == ' ')
                after++;
            if (*after == '\0' || *after == '(' || *after == ',') {
                *close = '\0';
                return s + 1;
            }
            if (parse_unit(c, after, &used, 1) != NULL) {
                char *r = calc_printf(c, "%.*s\\text{ %.*s}", (int)(close - s - 1), s + 1, (int)used, after);
                return r;
            }
        }
    }
    return s;
}

static int phrase(struct calc *c, const char *text, struct answer *out)
{
    static const char *const marks[] = { "答案是", "答案为", "答案:", "答案**:", "答:", "结果为", "结果是", "the answer is", "final answer is", "answer is", "answer:", "answer:**", "answer**:",
        "result equals", "result is", "正确选项是", "正确答案是", "选项是", "应选", "故选", "i would choose option", "correct option is", "simplifying, the result equals" };
    const char *low = lower(c, text), *best = NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        for (const char *p = low; (p = strstr(p, marks[i])) != NULL; p += strlen(marks[i]))
            if (best == NULL || p + strlen(marks[i]) > best)
                best = p + strlen(marks[i]);
    if (best == NULL)
        return 0;
    out->how = HOW_PHRASE;
    out->n = 1;
    const char *p = text + (best - low);
    while (*p == ' ' || *p == ':' || *p == '*')
        p++;
    out->part[0] = clause(c, p);
    const char *end = p;                              /* the clause begins in the line at p; the rest is looked at whole */
    while (*end != '\0' && !sentence_ends(end))
        end++;
    out->doubtful |= taken_back(c, text, text + (best - low), end);
    const char *close = *p == '$' ? strchr(p + 1, '$') : NULL;
    if (close != NULL) {
        static const char *const instead[] = { ",不是", ",而不是", ", not ", "because ", "since ", "(舍去 $", "(舍去$" };
        const char *b = close + 1;
        int fine = 0;
        while (*b == ' ')
            b++;
        for (size_t i = 0; i < sizeof instead / sizeof *instead; i++)
            fine |= strncmp(b, instead[i], strlen(instead[i])) == 0;
        out->doubtful |= !fine && !goes_nowhere(c, lower(c, close));
    }
    return 1;
}

/* Words beside a formula: the parser would take their letters for factors. */
static int prose(struct calc *c, const char *s)
{
    static const char *const fine[] = { "and", "or" };
    if (strchr(s, '$') == NULL)
        return 0;
    for (int math = 0; *s != '\0'; s++) {
        size_t n = 0, used, i;
        math ^= *s == '$';
        while (!math && isalpha((unsigned char)s[n]))
            n++;
        if (*s == '\\' && s[1] != '\0')
            while (isalpha((unsigned char)s[1]))
                s++;
        if (n == 0)
            continue;
        for (i = 0; i < sizeof fine / sizeof *fine; i++)
            if (strlen(fine[i]) == n && strncmp(s, fine[i], n) == 0)
                break;
        if (n > 1 && i == sizeof fine / sizeof *fine && !(parse_unit(c, s, &used, 1) != NULL && used >= n))
            return 1;
        s += n - 1;
    }
    return 0;
}

/* "we get $x$": the formula, if the words before it only lead to it. */
static const char *led_to(struct calc *c, const char *s)
{
    static const char *const lead[] = { "we", "get", "have", "obtain", "find", "that", "it", "follows", "see", "conclude", "the", "answer", "value", "result", "is" };
    const char *low = lower(c, s), *p = low;
    while (*p != '$') {
        size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz"), i;
        for (i = 0; i < sizeof lead / sizeof *lead; i++)
            if (strlen(lead[i]) == n && strncmp(p, lead[i], n) == 0)
                break;
        if (n > 0 && i == sizeof lead / sizeof *lead)
            return s;
        p += n;
        if (*p != ' ' && *p != ',' && *p != ':' && *p != '$')
            return s;
        p += *p != '$';
    }
    return clause(c, s + (p - low));
}

static void tail(struct calc *c, const char *text, struct answer *out)
{
    static const char *const marks[] = { "所以", "因此", "共有", "即", "得", "so ", "therefore", "hence", "thus" };
    const char *low = lower(c, text), *best = NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        for (const char *p = low; (p = strstr(p, marks[i])) != NULL; p += strlen(marks[i]))
            if (best == NULL || p + strlen(marks[i]) > best)
                best = p + strlen(marks[i]);
    if (best == NULL)
        return;
    const char *s = clause(c, text + (best - low));
    while (*s == ' ' || *s == ',')
        s++;
    if (strchr(s, '$') != NULL && s[0] != '$')
        s = led_to(c, s);
    size_t n = strlen(s), used;
    if (prose(c, s))
        return;
    for (size_t i = n; i > 0 && n < 400; i--) {         /* words behind the formula: "74 种选法" */
        if (parse_all(c, s, i, PARSE_UNITS) != NULL) {
            const char *rest = s + i;
            while (*rest == ' ')
                rest++;
            if (*rest != '\0' && parse_unit(c, rest, &used, 1) == NULL)
                return;
            out->how = HOW_TAIL;
            out->n = 1;
            out->part[0] = calc_strn(c, s, i);
            return;
        }
    }
}

void extract_answer(struct calc *c, const char *text, struct answer *out)
{
    memset(out, 0, sizeof *out);
    text = extract_visible(c, text);
    if (text == NULL)
        return;
    int b = boxes(c, text, out);
    if (b != 0)
        return;
    const char *h = NULL;
    for (const char *p = text; (p = strstr(p, "####")) != NULL; p += 4)
        h = p + 4;
    if (h != NULL) {
        out->how = HOW_PHRASE;
        out->n = 1;
        out->part[0] = clause(c, h);
        return;
    }
    if (phrase(c, text, out))
        return;
    size_t n = strlen(text);
    if (n > 0 && n < 400 && !prose(c, text) && parse_all(c, text, n, PARSE_UNITS | PARSE_WORDS) != NULL) {
        out->how = HOW_WHOLE;
        out->n = 1;
        out->part[0] = text;
        return;
    }
    tail(c, text, out);
    if (out->how == HOW_NONE && n > 0 && n < CALC_MAX_ANSWER) {
        out->how = HOW_WHOLE;
        out->n = 1;
        out->part[0] = text;
        out->doubtful |= prose(c, text);
    }
}
