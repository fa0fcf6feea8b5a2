/* equal_text.c - two answers as texts: choice letters, the answer in the words around it,
 * and then as objects (equal.c). */
#include "plugins/calculator/values/equal.h"
#include "plugins/calculator/text/extract.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

/* ---- choice letters ------------------------------------------------------------------ */
/* The letters of a choice: B, (B), BD, B, D; as a bit set, or 0. */
static unsigned choice_of(const char *s, int lower_ok)
{
    unsigned bits = 0;
    int paren = 0, done = 0;
    for (; *s != '\0'; s++) {
        static const char *const skip[] = { "\\(", "\\)", "\\text", "\\textbf", "\\mathrm", "\\mathbf", "bf", "option", "Option", "choice", "Choice", "and ", "and}", "和", "与", "及", "选项", "选", "、", "\\, " };
        size_t i, n = sizeof skip / sizeof *skip;
        for (i = 0; i < n; i++)
            if (strncmp(s, skip[i], strlen(skip[i])) == 0)
                break;
        if (i < n) {
            s += strlen(skip[i]) - 1;
            continue;
        }
        char ch = *s;
        if (lower_ok && ch >= 'a' && ch <= 'f')
            ch = (char)toupper((unsigned char)ch);
        if (ch >= 'A' && ch <= 'H' && !done) {
            if (isalpha((unsigned char)s[1]) && !(s[1] >= 'A' && s[1] <= 'H'))
                return 0;
            bits |= 1u << (ch - 'A');
        } else if (ch == '(') {
            paren = 1;
        } else if (ch == ')' && paren && bits != 0) {
            done = 1;
            if (s[1] != '\0' && s[1] != ',')
                return bits;                          /* (B) 12 */
            done = 0;
        } else if (strchr(" ,{}$*.;&", ch) == NULL) {
            return 0;
        }
    }
    return bits;
}

/* Statements by their numbers: ②③; as a bit set, or 0. */
static unsigned circled(const char *s)
{
    static const char *const skip[] = { "\\text", "\\(", "\\)", "、", "和", "与", "and" };
    unsigned bits = 0;
    while (*s != '\0') {
        int len;
        unsigned cp = norm_cp(s, &len);
        size_t i, n = sizeof skip / sizeof *skip;
        for (i = 0; i < n && strncmp(s, skip[i], strlen(skip[i])) != 0; i++)
            ;
        if (i < n)
            len = (int)strlen(skip[i]);
        else if (cp >= 0x2460 && cp <= 0x2473)
            bits |= 1u << (cp - 0x2460);
        else if (cp >= 0x80 || strchr(" ,{}$*.;&", (int)cp) == NULL)
            return 0;
        s += len;
    }
    return bits;
}

static int ends_with_any(const char *low, const char *end, const char *const *list)
{
    for (; *list != NULL; list++) {
        size_t n = strlen(*list);
        if ((size_t)(end - low) >= n && memcmp(end - n, *list, n) == 0)
            return 1;
    }
    return 0;
}

static int starts_with_any(const char *s, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strncmp(s, *list, strlen(*list)) == 0)
            return 1;
    return 0;
}

/* "Option C is correct", "leaving A", "not B but C": the one letter that the text says it is; 0. */
static unsigned choice_said(struct calc *c, const char *text)
{
    static const char *const before[] = {
        "leaving ", "leaving only ", "leaves ", "leaves only ", "but ", "but rather ", "而是", "而是 ", "只剩", "只剩下", "只剩 ", NULL };
    static const char *const after[] = {
        " is correct", " is the correct", " is right", " is the right", " is the answer", " must be correct", "正确", " 正确", "是正确", " 是正确", NULL };
    static const char *const more[] = { " or", " and", ",", "或", "和", "、", NULL };
    static const char *const hedged[] = { "if ", "suppos", "assum", "would", "neither", "maybe", "perhaps", "might", "假", "若", "可能", "不正确", "?", NULL };
    unsigned bits = 0;
    char *low = calc_strn(c, text, strlen(text));
    for (char *b = low; *b != '\0'; b++)
        *b = (char)((unsigned char)*b < 0x80 ? tolower((unsigned char)*b) : *b);
    for (const char *const *h = hedged; *h != NULL; h++)
        if (strstr(low, *h) != NULL)
            return 0;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p < 'A' || *p > 'F' || (p > text && isalnum((unsigned char)p[-1])) || isalnum((unsigned char)p[1]))
            continue;
        int led = ends_with_any(low, low + (p - text), before) && !starts_with_any(p + 1, more);
        bits |= led || starts_with_any(low + (p - text) + 1, after) ? 1u << (*p - 'A') : 0;
    }
    return (bits & (bits - 1)) == 0 ? bits : 0;
}

static int is_choice_gold(const char *s)
{
    size_t n = strlen(s);
    if (n == 0 || n > 4)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (s[i] < 'A' || s[i] > 'F' || (i > 0 && s[i] <= s[i - 1]))
            return 0;
    return 1;
}

/* d, $d$: a letter and nothing else. */
static int one_letter(const char *s)
{
    int letters = 0;
    for (; *s != '\0'; s++)
        if (isalpha((unsigned char)*s))
            letters++;
        else if (strchr(" $(){}", *s) == NULL)
            return 0;
    return letters == 1;
}

/* "C. 5": an option with its letter, and no other letter of one. */
static int lettered(const char *s)
{
    if (s[1] != '.' && s[1] != ':')
        return 0;
    for (const char *p = s + 1; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'H' && !isalpha((unsigned char)p[-1]) && !isalpha((unsigned char)p[1]))
            return 0;
    return 1;
}

static enum tri choices(struct calc *c, const char *gold, const struct answer *a, const char *text)
{
    unsigned g = choice_of(gold, 0), b = 0, said;
    if (a->n != 1)
        return UNSURE;
    const char *s = a->part[0];
    b = choice_of(s, one_letter(s));
    if (b == 0 && a->how != HOW_BOX && (said = choice_said(c, text)) != 0)
        b = said;
    if (b == 0) {                                     /* "C because A fails" */
        size_t k = strspn(s, " (*$\\");
        if (s[k] >= 'A' && s[k] <= 'H' && !isalpha((unsigned char)s[k + 1]) && ((a->how == HOW_PHRASE && strchr(" ,.)*", s[k + 1]) != NULL) || lettered(s + k))) {
            char one[2] = { s[k], '\0' };
            b = choice_of(one, 0);
        }
    }
    return b == 0 ? UNSURE : b == g ? YES : NO;
}

/* x = \boxed{5} as an equation; NULL where there is no such left side, or no letter in it. */
static struct ex *with_left(struct calc *c, const struct answer *a, int i, struct ex *part)
{
    if (a->left[i] == NULL || part->k == E_REL)
        return NULL;
    struct ex *left = parse_all(c, a->left[i], strlen(a->left[i]), 0);
    if (left == NULL || left->k == E_LIST || left->k == E_REL || (!ex_has_sym(left, NULL) && left->k != E_CALL))
        return NULL;
    return ex_rel(c, R_EQ, left, part);
}

/* 2x = \boxed{6} is no 6: an equation with one letter, to be solved or the value of an expression. */
static struct ex *one_box(struct calc *c, const struct answer *a, struct ex *part)
{
    const char *v[1];
    struct ex *rel = ex_has_sym(part, NULL) ? NULL : with_left(c, a, 0, part);
    return rel != NULL && rel->a[0]->k != E_SYM && rel->a[0]->k != E_CALL && ex_syms(rel->a[0], v, 1) == 1 ? rel : part;
}

struct ex *equal_answer_ex(struct calc *c, const struct answer *a)
{
    struct ex *e[8];
    if (a->n == 0)
        return NULL;
    for (int i = 0; i < a->n; i++)
        if ((e[i] = parse_all(c, a->part[i], strlen(a->part[i]), PARSE_UNITS | PARSE_WORDS)) == NULL)
            return NULL;
    if (a->n == 1)
        return one_box(c, a, e[0]);
    int named = 0;
    for (int i = 0; i < a->n; i++) {
        struct ex *rel = with_left(c, a, i, e[i]);
        e[i] = rel != NULL && rel->a[0]->k == E_SYM ? rel : e[i];
        named |= e[i]->k == E_REL;
    }
    struct ex *s = ex_new(c, named ? E_LIST : E_SET, a->n);   /* x = 1 and y = 2 are no set */
    memcpy(s->a, e, (size_t)a->n * sizeof *e);
    return s;
}

/* __import__('os').system('id'): program text is neither a word nor a formula. */
static int program_text(const char *s)
{
    for (; *s != '\0'; s++) {
        size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
        if (n >= 4 && s[n] == '(' && (s[n + 1] == '\'' || s[n + 1] == '"'))
            return 1;
        s += n > 0 ? n - 1 : 0;
    }
    return 0;
}

enum tri equal_texts(struct calc *c, const char *gold, const char *answer)
{
    struct answer a;
    int choice = 0;
    extract_answer(c, answer, &a);
    if (a.how == HOW_NONE)
        return NO;                                    /* no answer at all */
    if (is_choice_gold(gold)) {
        enum tri t = choices(c, gold, &a, answer);
        if (t != UNSURE)
            return t;
        choice = 1;
    }
    unsigned numbers = circled(gold), given = a.n == 1 ? circled(a.part[0]) : 0;
    if (numbers != 0 && given != 0)
        return a.doubtful ? UNSURE : numbers == given ? YES : NO;
    struct ex *g = parse_all(c, gold, strlen(gold), PARSE_UNITS | PARSE_WORDS), *e = equal_answer_ex(c, &a);
    if (g != NULL && e == NULL && (g->k == E_TEXT || g->k == E_SYM) && a.n == 1 && program_text(a.part[0]))
        return NO;
    if (g == NULL || e == NULL)
        return UNSURE;
    enum tri t = equal_ex(c, g, e);
    struct ex *named = t == YES && g->k == E_REL && a.n == 1 ? with_left(c, &a, 0, e) : NULL;
    if (named != NULL)
        t = equal_ex(c, g, named);                    /* x = 5, and y = \boxed{5} */
    if (t != UNSURE && (a.doubtful || (choice && t == NO)))
        return UNSURE;                                /* a letter against what is no letter: perhaps that option's value */
    return t;
}
