/* explain.c - see explain.h. */
#include "plugins/calculator/verdicts/explain.h"
#include "plugins/calculator/questions/conventions.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/questions/read.h"

#include <ctype.h>
#include <string.h>

static void line(struct calc *c, enum qwen_read what, const char *text)
{
    if (text != NULL && *text != '\0')
        c->host->read(c->call, 0, what, (struct qwen_str){ text, strlen(text) });
}

static int has_han(const char *s)
{
    for (int len; *s != '\0'; s += len)
        if (norm_han(norm_cp(s, &len)))
            return 1;
    return 0;
}

/* The pieces of a reading's text: what stands between ", " outside brackets. */
static int split(struct calc *c, const char *text, const char **piece, int max)
{
    int n = 0, depth = 0;
    const char *from = text, *t = text;
    for (;; t++) {
        if (*t != '\0' && strchr("([{", *t) != NULL)
            depth++;
        else if (*t != '\0' && strchr(")]}", *t) != NULL && depth > 0)
            depth--;
        if (*t != '\0' && (t[0] != ',' || t[1] != ' ' || depth > 0 || n == max - 1))
            continue;
        piece[n++] = calc_strn(c, from, (size_t)(t - from));
        if (*t == '\0')
            return n;
        from = t + 2;
    }
}

/* "x real", "n integer": the last word is a domain. */
static int names_domain(const char *piece)
{
    static const char *const domain[] = { " real", " positive", " negative", " integer", " complex", " natural", " rational" };
    size_t n = strlen(piece);
    for (size_t i = 0; i < sizeof domain / sizeof *domain; i++) {
        size_t d = strlen(domain[i]);
        if (n > d && strcmp(piece + n - d, domain[i]) == 0)
            return 1;
    }
    return 0;
}

/* Readings are written "unknowns, what is given, find what is asked"; the lines are the same text in
 * its parts, so that nothing is said here that the reading does not say. */
static void parts(struct calc *c, const struct reading *r)
{
    const char *piece[40], *asked = NULL, *unknown = "";
    int n = split(c, r->text, piece, 40), domain = -1, last = n - 1;
    for (int i = 0; i < n && domain < 0; i++)
        if (names_domain(piece[i]))
            domain = i;
    for (int i = 0; i <= domain; i++)
        unknown = calc_printf(c, "%s%s%s", unknown, i > 0 ? ", " : "", piece[i]);
    for (int i = domain + 1; i < n; i++)
        if (strncmp(piece[i], "find ", 5) == 0) {
            last = i;
            asked = piece[i] + 5;
            break;
        }
    if (asked == NULL)
        asked = last > domain ? piece[last] : NULL;
    for (int i = last + 1; i < n; i++)
        asked = calc_printf(c, "%s, %s", asked, piece[i]);
    line(c, QWEN_READ_UNKNOWN, unknown);
    for (int i = domain + 1; i < last; i++)
        line(c, QWEN_READ_RELATION, piece[i]);
    line(c, QWEN_READ_ASKED, asked);
}

static void forms(struct calc *c, const struct reading *r)
{
    static const struct { int form; const char *text; } t[] = {
        { FORM_INTERVAL, "as an interval" }, { FORM_EXPANDED, "expanded" }, { FORM_FACTORED, "factored" },
        { FORM_SIMPLE, "simplified" }, { FORM_EXACT, "exact" }, { FORM_FRACTION, "as a fraction" },
        { FORM_DECIMAL, "as a decimal" }, { FORM_PROBABILITY, "as a probability" },
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        if (r->forms & t[i].form)
            line(c, QWEN_READ_FORM, t[i].text);
    if (r->round >= 0)
        line(c, QWEN_READ_FORM, calc_printf(c, "rounded to %d decimals", r->round));
    if (r->unit != NULL && r->unit->text != NULL)
        line(c, QWEN_READ_FORM, calc_printf(c, "in %s", r->unit->text));
}

static void not_read(struct calc *c, const struct reading *r)
{
    if (r->near_family != NULL) {
        line(c, QWEN_READ_FAMILY, r->near_family);
        line(c, QWEN_READ_NOTE, c->lang_zh ? "句式认得，但没有求出确定的解：数据不合条件，或超出能精确求解的范围"
                                           : "the wording is known, but there is no certain solution: its numbers do not fit, or it is "
                                             "beyond what can be solved exactly");
        return;
    }
    int words = 0;
    for (const char *s = r->left; s != NULL && *s != '\0'; s++)
        words |= isalnum((unsigned char)*s) || strchr("\\+-=<>", *s) != NULL;
    if (words || (r->left != NULL && has_han(r->left))) {
        line(c, QWEN_READ_LEFT, r->left);
        line(c, QWEN_READ_NOTE, c->lang_zh ? "没有一种题型能读完整道题" : "no family reads the whole of it");
        return;
    }
    line(c, QWEN_READ_NOTE, c->lang_zh ? "题目没有说全：已知的题型在这里还有别的话" : "the text ends before it says all that a known family needs");
}

/* The words that are in use for two things. */
static void conventions(struct calc *c, const char *text)
{
    struct convention v[CONVENTIONS_SAID];
    int n = conventions_find(c, text, v, CONVENTIONS_SAID);
    for (int i = 0; i < n; i++)
        line(c, QWEN_READ_NOTE, conventions_say(c, &v[i]));
}

static int run_explain(struct calc *c, void *arg)
{
    const struct qwen_str *q = arg;
    struct reading *r = calc_alloc(c, sizeof *r);
    const char *text = norm_text(c, q->p, q->n);
    c->lang_zh = has_han(text);
    if (!read_question(c, text, r)) {
        not_read(c, r);
        conventions(c, text);
        return 0;
    }
    c->host->reading(c->call, 0, (struct qwen_str){ r->text, strlen(r->text) });
    line(c, QWEN_READ_FAMILY, r->family);
    parts(c, r);
    forms(c, r);
    if (r->domain_open)
        line(c, QWEN_READ_NOTE, c->lang_zh ? "另有复数解，题目没有说明是否考虑" : "there are complex solutions too; the question does not say whether they count");
    return 0;
}

void explain_question(const struct qwen_host *host, struct qwen_call *call, struct qwen_str question)
{
    static const char long_text[] = "the question is too long to be read", limit[] = "reading it came to a limit of time or memory";
    if (question.n > CALC_MAX_QUESTION) {
        host->read(call, 0, QWEN_READ_NOTE, (struct qwen_str){ long_text, sizeof long_text - 1 });
        return;
    }
    if (calc_run(host, call, run_explain, &question) != 0)
        host->read(call, 0, QWEN_READ_NOTE, (struct qwen_str){ limit, sizeof limit - 1 });
}
