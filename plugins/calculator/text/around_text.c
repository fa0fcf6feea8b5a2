/* around_text.c - see around_int.h: words in lists, sentences, formulas as they are spelled. */
#include "plugins/calculator/text/around_int.h"

#include <ctype.h>
#include <string.h>

const char *around_lower(struct calc *c, const char *s, size_t n)
{
    char *b = calc_strn(c, s, n);
    for (char *p = b; *p != '\0'; p++)
        if ((unsigned char)*p < 0x80)
            *p = (char)tolower((unsigned char)*p);
    return b;
}

int around_listed(const char *w, size_t n, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strlen(*list) == n && memcmp(w, *list, n) == 0)
            return 1;
    return 0;
}

int around_holds_any(const char *s, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strstr(s, *list) != NULL)
            return 1;
    return 0;
}

int around_starts(const char *s, const char *with) { return strncmp(s, with, strlen(with)) == 0; }

/* The longest word of the list at h, of n bytes at most. */
size_t around_longest(const char *h, size_t n, const char *const *list)
{
    size_t best = 0;
    for (; *list != NULL; list++) {
        size_t k = strlen(*list);
        if (k <= n && k > best && memcmp(h, *list, k) == 0)
            best = k;
    }
    return best;
}

/* ---- sentences ------------------------------------------------------------------------- */
enum { LONGEST_FORMULA = 800 };     /* bytes; what does not close within them is none: the text may be hostile */

/* Behind the formula that begins at p; NULL: none does.  A $ without a partner in its line is money. */
const char *around_formula_end(const char *p)
{
    static const char *const marks[][2] = { { "$$", "$$" }, { "\\[", "\\]" }, { "\\(", "\\)" } };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (around_starts(p, marks[i][0])) {
            const char *q = p + 2;
            while (*q != '\0' && q - p < LONGEST_FORMULA && !around_starts(q, marks[i][1]))
                q++;
            return around_starts(q, marks[i][1]) ? q + 2 : NULL;
        }
    if (*p != '$')
        return NULL;
    const char *q = p + 1 + strcspn(p + 1, "$\n");
    while (*q == '$' && q[-1] == '\\' && q[-2] != '\\')                /* \$20 */
        q += 1 + strcspn(q + 1, "$\n");
    return *q == '$' ? q + 1 : NULL;
}

static size_t stop_at(const char *p)
{
    if (around_starts(p, "。") || around_starts(p, "；"))
        return 3;
    return *p == '\n' || *p == '!' || *p == '?' || *p == ';' || (*p == '.' && (p[1] == '\0' ||
        strchr(" \n*)\"$", p[1]) != NULL));
}

const char *around_sentence_end(const char *p)
{
    while (*p != '\0') {
        const char *f = around_formula_end(p);
        size_t n = f == NULL ? stop_at(p) : 0;
        if (n > 0)
            return p + n;
        p = f != NULL ? f : p + 1;
    }
    return p;
}

/* Marks that say nothing: blanks, emphasis, brackets, punctuation inside a sentence, ticks. */
size_t around_mark_at(const char *p)
{
    static const char *const marks[] = {
        "。", "；", "、", "✓", "✔", "✅", "∎", "□", "■", "《", "》", "\\boxed{}", "\\quad", "\\qquad", "\\therefore",
        "\\because", "\\Rightarrow", "\\implies", "\\Longrightarrow", "\\,", "\\;", "\\!", "\\ ", "\\:",
        "\\displaystyle", "\\left", "\\right", "\\to", "\\square", "\\blacksquare", "\\checkmark", "...", NULL };
    for (const char *const *m = marks; *m != NULL; m++)
        if (around_starts(p, *m) && !(isalpha((unsigned char)(*m)[strlen(*m) - 1]) &&
            isalpha((unsigned char)p[strlen(*m)])))
            return strlen(*m);
    return *p != '\0' && strchr(" \n\t*,:.;()[]{}\"#`>$&-!", *p) != NULL;
}

int around_only_marks(const char *p, const char *end)
{
    for (size_t n; p < end; p += n)
        if ((n = around_mark_at(p)) == 0)
            return 0;
    return 1;
}

/* ---- formulas in words ------------------------------------------------------------------- */
const char *around_past_closing(const char *p) { return p + strspn(p, " $}*`\""); }

/* Without blanks, braces and sizes: x_{1} and x_1 are one spelling. */
char *around_compact(struct calc *c, const char *s, size_t n)
{
    char *out = calc_alloc(c, n + 1), *o = out;
    for (const char *end = s + n; s < end; s++) {
        if (around_starts(s, "\\left") || (around_starts(s, "\\right") && !isalpha((unsigned char)s[6])))
            s += s[1] == 'l' ? 4 : 5;
        else if (around_starts(s, "\\dfrac") || around_starts(s, "\\tfrac"))
            *o++ = *s++;
        else if (around_starts(s, "\\,") || around_starts(s, "\\!") || around_starts(s, "\\ ") ||
            around_starts(s, "\\;") || around_starts(s, "\\(") || around_starts(s, "\\)") || around_starts(s, "\\[") ||
            around_starts(s, "\\]"))
            s++;
        else if (strchr(" ${}\n", *s) == NULL)
            *o++ = *s;
    }
    return out;
}

/* Does hay speak of just this (compact), not of something that it is a part of? */
int around_spoken_of(struct calc *c, const char *q, const char *s)
{
    size_t n = strlen(q), k = strlen(s), m = 0, i;
    if (k == 0)
        return 0;
    char *small = calc_alloc(c, n + 1);
    uint32_t *at = calc_alloc(c, (n + 1) * sizeof *at);
    for (i = 0; i < n; i++)
        if (around_starts(q + i, "\\dfrac") || around_starts(q + i, "\\tfrac")) {
            small[m] = '\\';                           /* one spelling, as around_compact has it */
            at[m++] = (uint32_t)i++;
        } else if (strchr(" ${}", q[i]) == NULL) {
            small[m] = q[i];
            at[m++] = (uint32_t)i;
        }
    for (const char *p = small; (p = strstr(p, s)) != NULL; p++) {
        size_t from = at[p - small], to = at[p - small + (long)k - 1] + 1, a = from, b = to;
        while (a > 0 && strchr(" $", q[a - 1]) != NULL)
            a--;
        while (q[b] != '\0' && strchr(" $", q[b]) != NULL)
            b++;
        int apart = memchr(q + a, '$', from - a) != NULL, ends = memchr(q + to, '$', b - to) != NULL;
        int before = a > 0 && ((!apart && isdigit((unsigned char)q[a - 1])) || strchr("+-*/^_(", q[a - 1]) != NULL ||
            (q[a - 1] == '{' && (a < 2 || q[a - 2] != '\\')) || (a == from && isalnum((unsigned char)q[a - 1])));
        if (a > 1 && q[a - 1] == '(' && q[a - 2] == '\\')
            before = 0;
        int after = q[b] != '\0' &&
            strchr(strpbrk(s, "+*/^-") != NULL ? "+-*/^_(=" : "+-*/^_(", q[b]) != NULL;   /* of an equation: one side */
        after |= !ends && q[b] == '\\' && strchr(",;! ", q[b + 1]) != NULL;
        if (!before && !after && !(b == to && isalnum((unsigned char)q[b])))
            return 1;
    }
    return 0;
}

/* A letter of a formula, not of a command or a word. */
int around_has_letter(const char *s)
{
    for (; *s != '\0'; s++) {
        if (around_starts(s, "\\text") || around_starts(s, "\\math")) {
            s += strcspn(s, "}");
            if (*s == '\0')
                return 0;
        } else if (*s == '\\') {
            while (isalpha((unsigned char)s[1]))
                s++;
        } else if (isalpha((unsigned char)*s)) {
            return 1;
        }
    }
    return 0;
}

/* Is there a formula with a letter in it? */
int around_names_letters(struct calc *c, const char *s)
{
    for (const char *e; *s != '\0'; s = e) {
        if ((e = around_formula_end(s)) == NULL)
            e = s + 1;
        else if (around_has_letter(calc_strn(c, s, (size_t)(e - s))))
            return 1;
    }
    return 0;
}
