#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "client/ctl/answer/final.h"
#include "client/ctl/eval/eval.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/table.h"
#include "client/ctl/ui/term.h"

#define LABEL_MAX   24          /* columns on a terminal */
#define LIST_MAX    50          /* questions that a list for people names */

/* ---- groups: by category, by language, all --------------------------------------------- */

struct group { const char *key, *value; struct eval_sum sum, other; };    /* other: of the second run of a comparison */

static void add_groups(const json_t *rows, const char *key, struct group **v, size_t *n, size_t *cap)
{
    json_t *seen = json_object(), *row;
    size_t i;
    json_array_foreach ((json_t *)rows, i, row) {
        const char *value = obj_str(row, key);
        if (value == NULL || json_object_get(seen, value) != NULL)
            continue;
        struct group *more = qw_grow(*v, *n, cap, sizeof **v);
        if (more == NULL)
            break;
        *v = more;
        (*v)[(*n)++] = (struct group){ .key = key, .value = value };
        json_object_set_new(seen, value, json_true());
    }
    json_decref(seen);
}

/* Categories, languages, and last the whole; qw_free.  b may be NULL. */
static struct group *groups(const json_t *a, const json_t *b, size_t *n)
{
    struct group *v = NULL, *more;
    size_t cap = 0;
    *n = 0;
    add_groups(a, "category", &v, n, &cap);
    add_groups(a, "lang", &v, n, &cap);
    if ((more = qw_grow(v, *n, &cap, sizeof *v)) != NULL) {
        v = more;
        v[(*n)++] = (struct group){ .key = NULL, .value = "all" };
    }
    for (size_t i = 0; i < *n; i++) {
        eval_add_up(a, v[i].key, v[i].value, &v[i].sum);
        if (b != NULL)
            eval_add_up(b, v[i].key, v[i].value, &v[i].other);
    }
    return v;
}

/* ---- tables --------------------------------------------------------------------------------- */

enum kind { COUNT, COUNT_SHARE, OF_ORIGIN, TOKENS, SECONDS };
struct column { const char *name; enum kind kind; size_t at; };     /* at: offset in struct eval_sum */
#define SUM(member) offsetof(struct eval_sum, member)

static const struct column right_columns[] = {
    { "questions", COUNT, SUM(n) }, { "right", COUNT_SHARE, SUM(right) }, { "with computed", COUNT_SHARE, SUM(with_computed) },
    { "not known", COUNT, SUM(unknown) }, { "errors", COUNT, SUM(errors) }, { NULL, COUNT, 0 },
};
static const struct column verdict_columns[] = {
    { "verified", COUNT, SUM(verified) }, { "wrong", COUNT, SUM(wrong_verified) }, { "supported", COUNT, SUM(supported) },
    { "wrong", COUNT, SUM(wrong_supported) }, { "refuted", COUNT, SUM(refuted) }, { "right", COUNT, SUM(wrong_refuted) },
    { "undecided", COUNT, SUM(undecided) }, { NULL, COUNT, 0 },
};
static const struct column origin_columns[] = {
    { "unaided", OF_ORIGIN, EVAL_UNAIDED }, { "after_check", OF_ORIGIN, EVAL_AFTER_CHECK }, { "program", OF_ORIGIN, EVAL_PROGRAM },
    { "calculator", OF_ORIGIN, EVAL_CALCULATOR }, { "attempts", COUNT, SUM(attempts) }, { "tokens", TOKENS, SUM(tokens) },
    { "median s", SECONDS, SUM(median_s) }, { "max s", SECONDS, SUM(max_s) }, { NULL, COUNT, 0 },
};

static size_t count_at(const struct eval_sum *s, size_t at)
{
    return *(const size_t *)(const void *)((const char *)s + at);
}

static void cell(FILE *f, const struct column *c, const struct eval_sum *s)
{
    char text[48] = "";
    const char *at = (const char *)s + (c->kind == OF_ORIGIN ? 0 : c->at);
    int width = (int)strlen(c->name) > 6 ? (int)strlen(c->name) : 6;
    switch (c->kind) {
    case COUNT:
        snprintf(text, sizeof text, "%zu", count_at(s, c->at));
        break;
    case COUNT_SHARE:
        snprintf(text, sizeof text, "%zu %3.0f %%", count_at(s, c->at), s->n > 0 ? 100 * (double)count_at(s, c->at) / (double)s->n : 0);
        width = width > 10 ? width : 10;
        break;
    case OF_ORIGIN:
        snprintf(text, sizeof text, "%zu/%zu", s->origin_right[c->at], s->origin[c->at]);
        break;
    case TOKENS:
        snprintf(text, sizeof text, "%lld", (long long)*(const int64_t *)(const void *)at);
        break;
    case SECONDS:
        snprintf(text, sizeof text, "%.1f", *(const double *)(const void *)at);
        break;
    }
    fprintf(f, "  %*s", width, text);
}

static int label_width(const struct group *g, size_t n)
{
    int w = 8;
    for (size_t i = 0; i < n; i++)
        w = table_width(g[i].value) > w ? table_width(g[i].value) : w;
    return w < LABEL_MAX ? w : LABEL_MAX;
}

/* One row a group; a blank line between kinds of groups. */
static void table(FILE *f, const char *title, const struct group *g, size_t n, const struct column *columns)
{
    int label = label_width(g, n);
    fputs(style(f, BOLD), f);
    table_cell(f, title, label);
    for (const struct column *c = columns; c->name != NULL; c++) {
        int width = (int)strlen(c->name) > 6 ? (int)strlen(c->name) : 6;
        fprintf(f, "  %*s", c->kind == COUNT_SHARE && width < 10 ? 10 : width, c->name);
    }
    fprintf(f, "%s\n", style(f, PLAIN));
    for (size_t i = 0; i < n; i++) {
        table_cell(f, g[i].value, label);
        for (const struct column *c = columns; c->name != NULL; c++)
            cell(f, c, &g[i].sum);
        fputc('\n', f);
    }
}

/* ---- one run ------------------------------------------------------------------------------------ */

static void list_row(FILE *f, const json_t *row)
{
    char final[64];
    const char *text = obj_str(row, "text"), *computed = obj_str(json_object_get(row, "verification"), "computed_answer");
    const json_t *eq = json_object_get(row, "equal");
    fputs("  ", f);
    table_cell(f, obj_str(row, "id"), 10);
    if (text == NULL) {
        fputs("  error: ", f);
        ctl_safe(f, obj_str(row, "error"));
        fputc('\n', f);
        return;
    }
    final_answer(text, final, sizeof final);
    fprintf(f, "  %-9s  %-9s  ", json_is_true(eq) ? "right" : json_is_null(eq) ? "not known" : "wrong", eval_verdict(row));
    ctl_safe(f, final);
    fputs("  expected ", f);
    ctl_safe(f, obj_str(row, "answer"));
    if (computed != NULL) {
        fputs("  computed ", f);
        ctl_safe(f, computed);
    }
    fputc('\n', f);
}

static bool wrongly_verified(const json_t *row)
{
    return strcmp(eval_verdict(row), "verified") == 0 && !json_is_true(json_object_get(row, "equal"));
}

/* Rows for which pick says so; the first LIST_MAX. */
static void list(FILE *f, const char *title, const json_t *rows, bool (*pick)(const json_t *row))
{
    size_t i, n = 0;
    json_t *row;
    json_array_foreach ((json_t *)rows, i, row) {
        if (!json_is_object(row) || !pick(row))
            continue;
        if (n++ == 0)
            fprintf(f, "\n%s%s%s\n", style(f, BOLD), title, style(f, PLAIN));
        if (n <= LIST_MAX)
            list_row(f, row);
    }
    if (n > LIST_MAX)
        fprintf(f, "  and %zu more (--json has all)\n", n - LIST_MAX);
}

static bool not_right(const json_t *row) { return !eval_right(row); }

void eval_print(FILE *f, const json_t *rows)
{
    size_t n;
    struct group *g = groups(rows, NULL, &n);
    table(f, "", g, n, right_columns);
    fputc('\n', f);
    table(f, "verdicts", g, n, verdict_columns);
    fputc('\n', f);
    table(f, "origin", g, n, origin_columns);
    qw_free(g);
    list(f, "not right", rows, not_right);
    list(f, "WRONG AND VERIFIED", rows, wrongly_verified);
    fflush(f);
}

json_t *eval_json(const json_t *rows)
{
    size_t n, i;
    struct group *g = groups(rows, NULL, &n);
    json_t *sums = json_object(), *wrong = json_array(), *out = json_object(), *row;
    for (i = 0; i < n; i++) {
        json_t *in = g[i].key == NULL ? sums : json_object_get(sums, g[i].key);
        if (in == NULL)
            json_object_set_new(sums, g[i].key, in = json_object());
        json_object_set_new(in, g[i].value, eval_sum_json(&g[i].sum));
    }
    json_array_foreach ((json_t *)rows, i, row)
        if (json_is_object(row) && wrongly_verified(row))
            json_array_append(wrong, json_object_get(row, "id"));
    json_object_set_new(out, "sums", sums);
    json_object_set_new(out, "wrong_verified", wrong);
    json_object_set(out, "rows", (json_t *)rows);
    qw_free(g);
    return out;
}

/* ---- two runs ------------------------------------------------------------------------------------- */

/* Two-sided exact McNemar test: how likely so uneven a split of b + c changes is by chance. */
static double p_value(size_t b, size_t c)
{
    double n = (double)(b + c), less = (double)(b < c ? b : c), p = 0;
    for (double k = 0; k <= less; k++)
        p += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2));
    return fmin(1, 2 * p);
}

struct changes { size_t right_wrong, wrong_right; };

static struct changes changes(const json_t *a, const json_t *b, const struct group *g)
{
    struct changes c = { 0, 0 };
    for (size_t i = 0; i < json_array_size(a); i++) {
        const json_t *x = json_array_get(a, i), *y = json_array_get(b, i);
        if (g->key != NULL && strcmp(obj_str(x, g->key), g->value) != 0)
            continue;
        c.right_wrong += eval_right(x) && !eval_right(y);
        c.wrong_right += !eval_right(x) && eval_right(y);
    }
    return c;
}

static void measure(FILE *f, const char *name, double a, double b, int digits)
{
    fprintf(f, "%-16s  %10.*f  %10.*f  %+10.*f\n", name, digits, a, digits, b, digits, b - a);
}

static void print_measures(FILE *f, const struct eval_sum *a, const struct eval_sum *b)
{
    static const struct { const char *name; size_t at; } counts[] = {
        { "right", SUM(right) }, { "with computed", SUM(with_computed) }, { "not known", SUM(unknown) }, { "errors", SUM(errors) },
        { "verified", SUM(verified) }, { "  wrong", SUM(wrong_verified) }, { "supported", SUM(supported) }, { "  wrong", SUM(wrong_supported) },
        { "refuted", SUM(refuted) }, { "  right", SUM(wrong_refuted) }, { "undecided", SUM(undecided) }, { "attempts", SUM(attempts) },
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        measure(f, counts[i].name, (double)count_at(a, counts[i].at), (double)count_at(b, counts[i].at), 0);
    measure(f, "tokens", (double)a->tokens, (double)b->tokens, 0);
    measure(f, "median s", a->median_s, b->median_s, 1);
    measure(f, "max s", a->max_s, b->max_s, 1);
}

static void put_final(FILE *f, const json_t *row)
{
    char final[48];
    const char *text = obj_str(row, "text");
    final_answer(text != NULL ? text : "error", final, sizeof final);
    fprintf(f, "%s (%s) ", eval_right(row) ? "right" : "wrong", eval_verdict(row));
    ctl_safe(f, final);
}

/* Questions of which the verdict or the rightness is another. */
static bool changed(const json_t *x, const json_t *y)
{
    return eval_right(x) != eval_right(y) || strcmp(eval_verdict(x), eval_verdict(y)) != 0;
}

static void print_changed(FILE *f, const json_t *a, const json_t *b)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(a); i++) {
        const json_t *x = json_array_get(a, i), *y = json_array_get(b, i);
        if (!changed(x, y))
            continue;
        if (n++ == 0)
            fprintf(f, "\n%schanged%s\n", style(f, BOLD), style(f, PLAIN));
        if (n > LIST_MAX)
            continue;
        fputs("  ", f);
        table_cell(f, obj_str(x, "id"), 10);
        fputs("  ", f);
        put_final(f, x);
        fputs("  ->  ", f);
        put_final(f, y);
        fputs("  expected ", f);
        ctl_safe(f, obj_str(x, "answer"));
        fputc('\n', f);
    }
    if (n > LIST_MAX)
        fprintf(f, "  and %zu more (--json has all)\n", n - LIST_MAX);
}

void eval_print_compare(FILE *f, const json_t *a, const json_t *b, const char *name_a, const char *name_b)
{
    size_t n;
    struct group *g = groups(a, b, &n);
    int label = label_width(g, n);
    fputs("A: ", f);
    ctl_safe(f, name_a);
    fputs("\nB: ", f);
    ctl_safe(f, name_b);
    fprintf(f, "\n\n%s", style(f, BOLD));
    table_cell(f, "", label);
    fprintf(f, "  %9s  %7s  %7s  %12s  %12s%s\n", "questions", "right A", "right B", "right->wrong", "wrong->right", style(f, PLAIN));
    struct changes c = { 0, 0 };
    for (size_t i = 0; i < n; i++) {
        c = changes(a, b, &g[i]);
        table_cell(f, g[i].value, label);
        fprintf(f, "  %9zu  %7zu  %7zu  %12zu  %12zu\n", g[i].sum.n, g[i].sum.right, g[i].other.right, c.right_wrong, c.wrong_right);
    }
    if (n > 0) {
        fprintf(f, "exact McNemar test: p = %.2g\n\n%s%-16s  %10s  %10s  %10s%s\n", p_value(c.right_wrong, c.wrong_right), style(f, BOLD), "", "A", "B",
                "B - A", style(f, PLAIN));
        print_measures(f, &g[n - 1].sum, &g[n - 1].other);
    }
    print_changed(f, a, b);
    qw_free(g);
    fflush(f);
}

static json_t *one_of_two(const json_t *row)
{
    json_t *o = json_object();
    json_object_set_new(o, "right", json_boolean(eval_right(row)));
    obj_set_str(o, "verdict", eval_verdict(row));
    obj_set_str(o, "origin", eval_origin_names[eval_origin_of(row)]);
    obj_set_str(o, "text", obj_str(row, "text"));
    return o;
}

json_t *eval_compare_json(const json_t *a, const json_t *b)
{
    struct eval_sum s;
    struct changes c = changes(a, b, &(struct group){ .key = NULL });
    json_t *out = json_object(), *list_of = json_array();
    eval_add_up(a, NULL, NULL, &s);
    json_object_set_new(out, "a", eval_sum_json(&s));
    eval_add_up(b, NULL, NULL, &s);
    json_object_set_new(out, "b", eval_sum_json(&s));
    json_object_set_new(out, "right_to_wrong", json_integer((json_int_t)c.right_wrong));
    json_object_set_new(out, "wrong_to_right", json_integer((json_int_t)c.wrong_right));
    json_object_set_new(out, "p", json_real(p_value(c.right_wrong, c.wrong_right)));
    for (size_t i = 0; i < json_array_size(a); i++) {
        const json_t *x = json_array_get(a, i), *y = json_array_get(b, i);
        if (!changed(x, y))
            continue;
        json_t *o = json_object();
        json_object_set(o, "id", json_object_get(x, "id"));
        json_object_set(o, "answer", json_object_get(x, "answer"));
        json_object_set_new(o, "a", one_of_two(x));
        json_object_set_new(o, "b", one_of_two(y));
        json_array_append_new(list_of, o);
    }
    json_object_set_new(out, "changed", list_of);
    return out;
}
