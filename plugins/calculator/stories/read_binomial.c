/* read_binomial.c - a variable with a binomial distribution: P(X = k), P(X ≥ k), its mean, its variance. */
#include "plugins/calculator/stories/clause.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

#define IS "(的值|)(是|为|等于|=|)(多少|)"
static const struct clause zh[] = {
    { "S", 'A', "law", "(已知|设|若|如果|)(随机变量|)({r:law}|({w:v}|{r:v})(服从|满足)(二项分布|)({r:law}))" },
    { "A", '.', "ask", "(,|)(求|则|那么|)({r:want})" IS }, { "A", '.', "mean", "(,|)(求|则|)(随机变量|)({w:v2}|{r:v2})(的|)(数学期望|期望|均值)" IS }, { "A", '.', "variance", "(,|)(求|则|)(随机变量|)({w:v2}|{r:v2})(的|)方差" IS },
    { NULL, 0, NULL, NULL },
};
static const struct clause en[] = {
    { "S", 'A', "law", "(suppose |suppose that |let |if |given |given that |)(the |a |)(random variable |)({r:law}|({w:v}|{r:v}) (has|have|follows|follow) (a|the) binomial distribution {r:law})( and|)" },
    { "A", '.', "ask", "(find|what is|calculate|determine|compute) ({r:want})" }, { "A", '.', "mean", "(find|what is|calculate|determine|compute) the (mean|expected value|expectation)( of ({w:v2}|{r:v2})|)" }, { "A", '.', "variance", "(find|what is|calculate|determine|compute) the variance( of ({w:v2}|{r:v2})|)" },
    { NULL, 0, NULL, NULL },
};

struct binomial { char name; long n; val p; };

static const char *no_spaces(struct calc *c, const char *s)
{
    char *t = calc_strn(c, s, strlen(s)), *o = t;
    for (const char *p = s; *p != '\0'; p++)
        if (*p != ' ')
            *o++ = *p;
    *o = '\0';
    return t;
}

/* "X\sim B(5, 1/3)", or "B(5, 1/3)" behind the name. */
static int law_of(struct calc *c, const char *raw, struct binomial *g)
{
    const char *t = no_spaces(c, raw);
    if (isalpha((unsigned char)t[0]) && strncmp(t + 1, "\\sim", 4) == 0) {
        if (g->name != '\0' && g->name != *t)
            return 0;
        g->name = *t;
        t += 5;
    }
    t += strncmp(t, "\\mathrm{B}", 10) == 0 ? 9 : 0;
    if ((*t != 'B' && *t != '}') || (t += strncmp(t + 1, "\\left", 5) == 0 ? 6 : 1, *t != '('))
        return 0;
    size_t n = strlen(t);
    n -= n > 7 && strcmp(t + n - 7, "\\right)") == 0 ? 7 : n > 1 && t[n - 1] == ')' ? 1 : n;
    struct ex *e = n > 1 ? parse_all(c, t + 1, n - 1, 0) : NULL;
    if (e == NULL || e->k != E_LIST || e->n != 2 || ex_has_sym(e, NULL) || !ex_is_int(e->a[0], &g->n))
        return 0;
    g->p = value_const(c, e->a[1]);
    return 1;
}

/* P(X = k) of the law. */
static val mass(struct calc *c, const struct binomial *g, long k)
{
    val w = value_const(c, ex_fn(c, F_C, ex_num(c, g->n), ex_num(c, k))), a = val_new(c), b = val_si(c, 1);
    ca_sub(b, b, g->p, c->ca);
    ca_pow_si(a, g->p, k, c->ca);
    ca_pow_si(b, b, g->n - k, c->ca);
    ca_mul(w, w, a, c->ca);
    ca_mul(w, w, b, c->ca);
    return w;
}

/* The values of X that "P(X\ge 2)" or "P(1<X\le 3)" asks for; NULL if it is something else. */
static val probability(struct calc *c, const struct binomial *g, const char *t)
{
    size_t n = strlen(t);
    struct ex *e = n > 3 && strncmp(t, "P(", 2) == 0 && t[n - 1] == ')' ? parse_all(c, t + 2, n - 3, 0) : NULL;
    char name[2] = { g->name, '\0' };
    const char *syms[2];
    if (e == NULL || e->k != E_REL || ex_syms(e, syms, 1) != 1 || strcmp(syms[0], name) != 0)
        return NULL;
    val sum = val_si(c, 0);
    for (long k = 0; k <= g->n; k++) {
        enum tri in = solve_holds(c, ex_subst(c, e, name, ex_num(c, k)), NULL);
        if (in != YES && in != NO)
            return NULL;
        if (in == YES)
            ca_add(sum, sum, mass(c, g, k), c->ca);
    }
    return sum;
}

static int binomial_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct binomial g = { .name = '\0' };
    struct capture *v = fact_capture(f, "v"), *v2 = fact_capture(f, "v2"), *law = fact_capture(f, "law"), *want = fact_capture(f, "want");
    int mean = fact_count(f, "mean"), variance = fact_count(f, "variance");
    (void)arg;
    if (v != NULL && (strlen(v->raw) != 1 || !isupper((unsigned char)(g.name = v->raw[0]))))
        return 0;
    if (law == NULL || !law_of(c, law->raw, &g) || g.name == '\0' || g.n < 1 || g.n > 60 || g.p == NULL || value_sign_is(c, g.p, -1) != NO || value_cmp(c, g.p, val_si(c, 1)) > 0 || (v2 != NULL && (v2->raw[0] != g.name || v2->raw[1] != '\0')))
        return 0;
    if (want != NULL) {
        const char *t = no_spaces(c, want->raw);
        mean = strcmp(t, calc_printf(c, "E(%c)", g.name)) == 0 || strcmp(t, calc_printf(c, "E%c", g.name)) == 0;
        variance = strcmp(t, calc_printf(c, "D(%c)", g.name)) == 0 || strcmp(t, calc_printf(c, "D%c", g.name)) == 0;
        r->v = mean || variance ? NULL : probability(c, &g, t);
    }
    if (mean || variance) {
        r->v = val_new(c);
        ca_mul_si(r->v, g.p, g.n, c->ca);
        if (variance) {
            val q = val_si(c, 1);
            ca_sub(q, q, g.p, c->ca);
            ca_mul(r->v, r->v, q, c->ca);
        }
    }
    r->k = S_VALUE;
    r->text = calc_printf(c, "%c binomial, %ld trials of probability %s, find %s", g.name, g.n, value_text(c, g.p, 0), want != NULL ? want->raw : mean ? "the mean" : "the variance");
    return r->v != NULL;
}

int read_binomial(struct calc *c, struct question *q, struct reading *r)
{
    int any = clause_mentions(q, "二项分布|binomial");
    for (int i = 0; i < q->n && !any; i++)
        any = strstr(q->span[i].text, "\\sim") != NULL && strstr(q->span[i].text, "B") != NULL;
    r->family = "binomial";
    return any && (clause_read(c, q, zh, binomial_done, r, NULL) || clause_read(c, q, en, binomial_done, r, NULL));
}
