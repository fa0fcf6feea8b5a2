/* extract.c - see extract.h. */
#include "plugins/calculator/text/extract.h"
#include "plugins/calculator/text/around_int.h"
#include "plugins/calculator/text/conclude.h"
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

/* Does a command end at q that leads to the box without taking part in the value? */
static int command_before(const char *text, const char *q, int *fine)
{
    static const char *const ok[] = { "left", "displaystyle", "quad", "qquad", "Rightarrow", "Longrightarrow", "implies", "to", "rightarrow", "therefore", "mathbf", "boldsymbol", "bf", "text", "textbf", "boxed", "large", "Large", "Huge", "huge", "color" };
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

/* 1.58(3): a recurring decimal to some, a product to others. */
static int recurs_in_brackets(const char *s)
{
    const char *p = strchr(s, '.');
    size_t n = p != NULL ? strspn(p + 1, "0123456789") : 0, k = p != NULL && p[1 + n] == '(' ? strspn(p + 2 + n, "0123456789") : 0;
    return n > 0 && k > 0 && p[2 + n + k] == ')';
}

/* Where an equation is asked for, what stands left of its sign is a part of the answer. */
static int asks_equation(struct calc *c)
{
    static const char *const words[] = { "equation of", "equation for", "find the line", "tangent", "求直线", "求切线", "求圆", "解析式", "表达式", "线方程", "圆方程", "标准方程" };
    const char *ask = around_asking(c);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(ask, words[i]) != NULL)
            return 1;
    return strstr(ask, "的方程") != NULL && strstr(ask, "解") == NULL && strstr(ask, "根") == NULL;
}

/* 3x = 9 in the answer itself; (2, -3), r = 5 has its name behind a comma. */
static int names_another(struct calc *c, const char *content)
{
    const char *eq = strchr(content, '='), *lhs = eq;
    while (lhs != NULL && lhs > content && lhs[-1] != ',')
        lhs--;
    return eq != NULL && strstr(content, "\\begin") == NULL && !asks_equation(c) && around_another(c, lhs, (size_t)(eq - lhs), eq + 1);
}

/* 3x of "$3x = \boxed{9}$"; NULL: no equals sign leads to the box. */
static const char *left_of_box(const char *text, const char *box, size_t *n)
{
    const char *q = box;
    while (q > text && strchr(" $", q[-1]) != NULL)
        q--;
    if (q == text || q[-1] != '=')
        return NULL;
    const char *end = q - 1, *from = end;
    while (from > text && strchr("$\n,;:", from[-1]) == NULL && (unsigned char)from[-1] < 0x80 && !(from - text > 1 && from[-2] == '\\' && strchr("([", from[-1]) != NULL))
        from--;
    *n = (size_t)(end - from);
    return from;
}

/* "$3x = \boxed{9}$" and \boxed{3x = 9}. */
static int box_of_another(struct calc *c, const char *text, const char *box, const char *content)
{
    size_t n;
    if (names_another(c, content))
        return 1;
    const char *left = left_of_box(text, box, &n);
    return left != NULL && around_another(c, left, n, content);
}

/* The first side of what is boxed, as written. */
static const char *first_side(struct calc *c, const char *text, const char *box)
{
    size_t n;
    const char *left = left_of_box(text, box, &n), *eq = left != NULL ? memchr(left, '=', n) : NULL;
    return left == NULL ? NULL : calc_strn(c, left, eq != NULL ? (size_t)(eq - left) : n);
}

/* Is it no formula, and no word that is known? */
static int not_understood(struct calc *c, const char *s)
{
    const struct ex *e = parse_all(c, s, strlen(s), PARSE_UNITS | PARSE_WORDS);
    return e == NULL || e->k == E_TEXT;
}

/* A box that nobody sees, or that is struck out; words in it that count something else. */
static int bad_content(struct calc *c, const char *content)
{
    static const char *const gone[] = { "\\phantom", "\\hphantom", "\\vphantom", "\\cancel", "\\bcancel", "\\xcancel", "\\sout", "\\st{", "\\color{white}", "\\textcolor{white}" };
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        if (strstr(content, gone[i]) != NULL)
            return 1;
    if (c->question == NULL && strstr(content, "\\text{") != NULL && !not_understood(c, content))
        return 0;                                     /* 25 \text{ percent} */
    for (const char *p = content; (p = strstr(p, "\\text{")) != NULL; p++) {
        static const char *const joints[] = { "and", "or", "和", "或", "and ", "或者", "if", "," };
        const char *w = p + 6 + strspn(p + 6, " "), *close = strchr(w, '}');
        size_t n = close != NULL ? (size_t)(close - w) : 0, i;
        while (n > 0 && w[n - 1] == ' ')
            n--;
        for (i = 0; i < sizeof joints / sizeof *joints; i++)
            if (strlen(joints[i]) == n && strncmp(w, joints[i], n) == 0)
                break;
        if (p > content && n > 0 && i == sizeof joints / sizeof *joints && !around_counts(c, w, n))
            return 1;
    }
    return 0;
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

/* 5 apples, without a formula. */
static int miscounts(struct calc *c, const char *s)
{
    static const char *const joints[] = { "and ", "or ", "和", "或" };
    size_t n = strspn(s, "-0123456789./ ");
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
        if (strncmp(s + n, joints[i], strlen(joints[i])) == 0)
            return 0;
    return n > 1 && s[n - 1] == ' ' && isalpha((unsigned char)s[n]) && isalpha((unsigned char)s[n + 1]) && !around_counts(c, s + n, strlen(s + n));
}

/* Several boxes as one list. */
static const char *joined(struct calc *c, const char *const *content, int n)
{
    const char *all = content[0];
    for (int i = 1; i < n; i++)
        all = calc_printf(c, "%s,%s", all, content[i]);
    return all;
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
    for (int i = first; i < n; i++) {
        const char *part = with_suffix(c, content[i], end[i], &out->doubtful);
        if (i > first && only_equals(end[i - 1], start[i])) {
            out->part[out->n - 1] = calc_printf(c, "%s = %s", out->part[out->n - 1], part);
            continue;
        }
        out->doubtful |= bad_before(text, start[i]) || box_of_another(c, text, start[i], content[i]) || bad_content(c, content[i]) || recurs_in_brackets(content[i]);
        out->left[out->n] = first_side(c, text, start[i]);
        out->part[out->n++] = part;
    }
    out->doubtful |= !around_harmless(c, text, start[first], end[n - 1], joined(c, content + first, n - first));
    return 1;
}

/* ---- without boxes ---------------------------------------------------------------- */
/* From p to the end of the clause; formulas between $ are one word. */
static const char *clause(struct calc *c, const char *p)
{
    static const char *const stops[] = { "。", "\n\n", "，不是", ",不是", ", not ", ",而不是", ",而非", "而非", " rather than ", " because ", " since ", "（舍", "(舍", "种不同", "which completes", "不是", "而不是" };
    while (*p == ' ' || *p == ':' || *p == '*' || *p == '\n')
        p++;
    const char *q = p;
    int math = 0;
    for (; *q != '\0'; q++) {
        if (*q == '\\' && q[1] == '$') {
            q++;
            continue;
        }
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
    const char *after = s[0] == '$' ? around_formula_end(s) : NULL;
    if (after != NULL) {                              /* $...$ and words behind it: keep the formula and a unit */
        size_t used, w = s[1] == '$' ? 2 : 1;
        char *inner = calc_strn(c, s + w, (size_t)(after - s) - 2 * w);
        while (*after == ' ')
            after++;
        if (*after == '\0' || *after == '(' || *after == ',')
            return inner;
        if (parse_unit(c, after, &used, 1) != NULL)
            return calc_printf(c, "%s\\text{ %.*s}", inner, (int)used, after);
    }
    return s;
}

/* 0.5 and a percent sign behind it, where no part of a hundred was asked for. */
static int other_percent(struct calc *c, const char *value, const char *behind)
{
    static const char *const parts[] = { "percent", "百分", NULL };
    behind = around_past_closing(behind);
    return (*behind == '%' || strncmp(behind, "\\%", 2) == 0) && strchr(value, '%') == NULL &&
        !around_holds_any(around_asking(c), parts);
}

/* The answer [v->from, v->to) of a sentence, with the unit behind it. */
static int take(struct calc *c, const char *text, const struct conclusion *v, struct answer *out)
{
    const char *value = calc_strn(c, v->from, (size_t)(v->to - v->from)), *after = v->to + strspn(v->to, " ");
    if (value[strspn(value, " $")] == '=')            /* 原式 $= 12$ */
        value = calc_printf(c, "$%s", value + strspn(value, " $") + 1);
    size_t used;
    out->how = HOW_PHRASE;
    out->n = 1;
    out->part[0] = !v->word && parse_unit(c, after, &used, 1) != NULL && used < 40 ?
        calc_printf(c, "%s\\text{ %.*s}", value, (int)used, after) : value;
    out->doubtful |= other_percent(c, value, v->to) ||
        (!v->restated && (!around_harmless(c, text, v->from, v->to, value) || names_another(c, value)));
    return 1;
}

/* "the answer is not 5 but 7", 答案不是 5，而是 7: what it is, where p stands behind "answer is" or 答案; NULL. */
static const char *contrasted(struct calc *c, const char *text, const char *p)
{
    static const char *const not[] = { "not ", "不是", "并非" }, *const but[] = { " but ", "而是", "而是" };
    const char *end = around_sentence_end(p), *far = p - text > 200 ? p - 200 : text;
    if (end - p > 200)
        return NULL;
    while (p > far && strchr(".!?\n", p[-1]) == NULL && !(p - far >= 3 && around_starts(p - 3, "。")))
        p--;
    const char *low = around_lower(c, p, (size_t)(end - p));
    for (size_t i = 0; i < sizeof not / sizeof *not; i++) {
        const char *a = strstr(low, not[i]), *b = a != NULL ? strstr(a, but[i]) : NULL;
        if (b != NULL && !not_understood(c, clause(c, p + (b - low) + strlen(but[i]))))
            return p + (b - low) + strlen(but[i]);
    }
    return NULL;
}

/* 5 (five), five (5), 84 (74): value[0, n). */
static int said_twice(const char *value, size_t n)
{
    const char *p = value[n - 1] == ')' ? strrchr(value, '(') : NULL;
    if (p == NULL || p == value)
        return 0;
    size_t k = (size_t)(value + n - p - 2), letters = 0;
    for (size_t i = 1; i <= k; i++)
        letters += isalpha((unsigned char)p[i]) || p[i] == '-' || (unsigned char)p[i] >= 0x80;
    return strspn(p + 1, "0123456789.") == k || (letters == k && k > 2);
}

/* Does what is announced begin or end with a sign that may change it: > 5, ~~5~~, "84!", "84...", x = 6 to x = 5? */
static int odd_signs(const char *value, const char *text, const char *end)
{
    static const char *const ranges[] = { "$ to $", "$到$", "$ 到 $", "$ up to ", "$也", "$ also", NULL };
    size_t n = strlen(value);
    while (n > 0 && value[n - 1] == ' ')
        n--;
    if (n == 0 || strchr("~-", value[n - 1]) != NULL || strchr("~><!", *value) != NULL || strncmp(value, "[ ", 2) == 0 ||
        (*value == '|' && strstr(value, "|=") != NULL) || (*value == '-' && value[1] == ' ') || (value[n - 1] == '!' && end[-1] == '!'))
        return 1;
    if ((unsigned char)*value >= 0x80 && !norm_han(norm_cp(value, &(int){ 0 })))
        return strncmp(value, "√", 3) != 0 && strncmp(value, "π", 2) != 0;
    if (strncmp(end, "..", 2) == 0 || *end == '!' || strncmp(value, "50-50", 5) == 0 || strncmp(value, "fifty-", 6) == 0 ||
        strncmp(value, "50/50", 5) == 0 || said_twice(value, n))
        return 1;
    for (const char *const *w = ranges; *w != NULL; w++)
        for (const char *p = text; (p = strstr(p, *w)) != NULL && p < end + 40; p++)
            if (p + 1 >= end - 1)
                return 1;
    return 0;
}

static int phrase(struct calc *c, const char *text, struct answer *out)
{
    static const char *const marks[] = { "答案是", "答案为", "答案:", "答案**:", "答:", "结果为", "结果是", "the answer is", "final answer is", "answer is", "answer:", "answer:**", "answer**:",
        "result equals", "result is", "正确选项是", "正确答案是", "选项是", "应选", "故选", "应填", "故填", "答案应为", "答案应是", "answer =", "result:", "solution:", "solution is", "答案不是", "答案并非", "i would choose option", "correct option is", "simplifying, the result equals" };
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
    const char *instead_of = c->question == NULL ? contrasted(c, text, p) : NULL;
    if (instead_of != NULL)
        text = p = instead_of;
    out->part[0] = clause(c, p);
    struct conclusion v;
    if (not_understood(c, out->part[0]) && conclude_from(c, p, &v))
        return take(c, text, &v, out);
    static const char *const instead[] = { ",不是", ",而不是", ",而非", "而非", "rather than ", ", not ", "because ", "since ", "(舍去 $", "(舍去$" };
    size_t n = strlen(out->part[0]);
    const char *f = *p == '$' ? around_formula_end(p) : NULL;
    const char *end = f != NULL ? f : p + (strncmp(p, out->part[0], n) == 0 ? n : 0), *b = end;
    while (*b == ' ')
        b++;
    for (size_t i = 0; i < sizeof instead / sizeof *instead; i++)
        if (strncmp(b, instead[i], strlen(instead[i])) == 0) {
            out->doubtful |= around_only_marks(b + strlen(instead[i]), around_sentence_end(b));
            while (*end != '\0' && !sentence_ends(end))
                end++;
        }
    const char *behind = f != NULL ? f : p + (strncmp(p, out->part[0], n) == 0 ? n : 0);
    out->doubtful |= odd_signs(out->part[0], p, behind);
    const char *value = f != NULL ? calc_strn(c, p, (size_t)(f - p)) : out->part[0];
    out->doubtful |= !around_harmless(c, text, p, end, value) || names_another(c, out->part[0]) || bad_content(c, out->part[0]) || miscounts(c, out->part[0]);
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
    static const char *const marks[] = { "所以", "因此", "共有", "即", "得", "故", "so ", "therefore", "hence", "thus" };
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
            const char *from = strstr(text + (best - low), out->part[0]);
            out->doubtful |= from == NULL || !around_harmless(c, text, from, from + i, out->part[0]);
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
        out->doubtful |= !around_harmless(c, text, h, h + strcspn(h, "\n"), out->part[0]);
        return;
    }
    if (phrase(c, text, out))
        return;
    struct conclusion v;
    if (c->question != NULL && conclude_last(c, text, &v)) {
        out->concluded = 1;
        take(c, text, &v, out);
        return;
    }
    size_t n = strlen(text);
    if (n > 0 && n < 400 && !prose(c, text) && parse_all(c, text, n, PARSE_UNITS | PARSE_WORDS) != NULL) {
        out->how = HOW_WHOLE;
        out->n = 1;
        out->part[0] = text;
        return;
    }
    if (c->question == NULL && conclude_last(c, text, &v)) {
        take(c, text, &v, out);
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
