/* extract.c - see extract.h. */
#include "plugins/calculator/extract.h"
#include "plugins/calculator/norm.h"
#include "plugins/calculator/parse.h"

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

static int bad_before(const char *text, const char *box)
{
    const char *q = box;
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

static int sentence_ends(const char *q)
{
    return *q == '\n' || *q == ';' || (strchr(".!?", *q) != NULL && (q[1] == ' ' || q[1] == '\n')) || strncmp(q, "。", 3) == 0 || strncmp(q, "；", 3) == 0;
}

/* Do the words of its sentence before the answer, or whatever follows it, take the answer
 * back, leave it open, or say that it is the answer to something else? */
static int taken_back(struct calc *c, const char *text, const char *from, const char *to)
{
    static const char *const before[] = { "n't ", "not ", "cannot", "never", "wrong", "incorrect", "false answer", "mistak", "either", "not sure", "unsure", "guess", "would be", "would have", "of the answer", "of the result",
        "of the solution", "twice the", "half the answer", "times the answer", "than the answer", "不是", "不等于", "不可能", "不会", "不能是", "错", "误", "不对", "答案的", "结果的", "如果", "假如", "假设", "倘若", "要么", "可能是", "猜", NULL };
    static const char *const after[] = { "wrong", "incorrect", "mistak", "not correct", "not right", "not sure", "unsure", "not certain", "wait", "actually", "correction", "guess", "n't right", "n't correct", "should be", "should have been",
        "错", "不对", "有误", "不确定", "等等", "等一下", "更正", "应该是", "应为", "猜", "不正确", NULL };
    static const char *const next[] = { "or more", "or less", "or fewer", "or greater", "or so", "or ", "at least", "at most", "plus", "minus", "times", "divided by", "and more", "percent of", "以上", "以下", "左右", "加", "减", "乘", "除以", "的", "多", NULL };
    static const char *const last[] = { "less than", "more than", "greater than", "fewer than", "at least", "at most", "up to", "below", "above", "under", "over", "exceeds", "between", "大于", "小于", "至少", "至多", "不超过", "不少于", "不小于", "不大于", "超过", "低于", "高于", "少于", "多于", NULL };
    const char *low = lower(c, text), *a = low + (from - text), *b = low + (to - text), *s = a;
    while (s > low && !sentence_ends(s - 1) && !(s - low >= 3 && sentence_ends(s - 3)))
        s--;
    char *left = calc_strn(c, s, (size_t)(a - s));
    if (any_of(left, before))
        return 1;
    size_t n = strlen(left);
    while (n > 0 && strchr(" $:*([{\\", left[n - 1]) != NULL)
        left[--n] = '\0';
    for (const char *const *w = last; *w != NULL; w++)
        if (n >= strlen(*w) && strcmp(left + n - strlen(*w), *w) == 0)
            return 1;
    if (any_of(b, after))
        return 1;
    while (*b != '\0' && strchr(" $*})]\\", *b) != NULL)
        b++;
    for (const char *const *w = next; *w != NULL; w++)
        if (strncmp(b, *w, strlen(*w)) == 0)
            return 1;
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
    out->doubtful |= taken_back(c, text, start[first], end[n - 1]);
    for (int i = first; i < n; i++) {
        out->doubtful |= bad_before(text, start[i]);
        out->part[out->n++] = with_suffix(c, content[i], end[i], &out->doubtful);
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
    return 1;
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
    size_t n = strlen(s), used;
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
    if (n > 0 && n < 400 && parse_all(c, text, n, PARSE_UNITS | PARSE_WORDS) != NULL) {
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
    }
}
