/* ask_sequences.c - arithmetic and geometric sequences from any two facts, sequences by a
 * formula, by a rule, by their first terms.  Terms and sums become expressions in the
 * first term A* and the difference or ratio D*, and the facts are solved for those. */
#include "plugins/calculator/worlds/progression.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

static struct ex *minus(struct calc *c, struct ex *a, struct ex *b) { return ex_2(c, E_ADD, a, ex_1(c, E_NEG, b)); }

int progression_index(const char *s, char *letter, long *k)
{
    if (!isalpha((unsigned char)s[0]) || s[1] != '_' || s[2] == '\0' || strlen(s) > 6 || strspn(s + 2, "0123456789") != strlen(s + 2))
        return 0;
    *letter = s[0];
    *k = 0;
    for (s += 2; *s != '\0'; s++)
        *k = *k * 10 + (*s - '0');
    return *k >= 1;
}

static struct ex *term(struct calc *c, int kind, struct ex *n)          /* n a tree: a number or the letter n */
{
    struct ex *A = ex_sym(c, "A*"), *D = ex_sym(c, "D*"), *i = ex_2(c, E_ADD, n, ex_num(c, -1));
    long k;
    if (kind == 'a')
        return ex_2(c, E_ADD, A, ex_2(c, E_MUL, i, D));
    return ex_2(c, E_MUL, A, ex_is_int(n, &k) && k == 1 ? ex_num(c, 1) : ex_is_int(n, &k) ? ex_2(c, E_POW, D, ex_num(c, k - 1)) : ex_2(c, E_POW, D, i));
}

static struct ex *sum(struct calc *c, int kind, long n)
{
    struct ex *A = ex_sym(c, "A*"), *D = ex_sym(c, "D*");
    if (kind == 'a')
        return ex_2(c, E_ADD, ex_2(c, E_MUL, ex_num(c, n), A), ex_2(c, E_MUL, ex_num(c, n * (n - 1) / 2), D));
    if (n > 24)
        return NULL;
    struct ex *s = ex_new(c, E_ADD, (int)n);
    for (long i = 0; i < n; i++)
        s->a[i] = i == 0 ? ex_num(c, 1) : ex_2(c, E_POW, D, ex_num(c, i));
    return ex_2(c, E_MUL, A, n == 1 ? ex_num(c, 1) : s);
}

static struct ex *translate(struct world *w, struct ex *e)
{
    struct calc *c = w->c;
    char l;
    long k;
    if (e->k == E_CALL || e->k == E_DOTS)
        return NULL;
    if (e->k == E_SYM) {
        if (strcmp(e->s, w->seq == 'a' ? "d" : "q") == 0 || (w->seq == 'g' && strcmp(e->s, "r") == 0) || strcmp(e->s, "D*") == 0)
            return ex_sym(c, "D*");
        if (strcmp(e->s, "A*") == 0)
            return e;
        if (!progression_index(e->s, &l, &k) || k > 1000)
            return NULL;
        if (w->seq_name != NULL ? l == w->seq_name[0] : l == 'a')
            return term(c, w->seq, ex_num(c, k));
        return l == 'S' ? sum(c, w->seq, k) : NULL;
    }
    if (e->n == 0)
        return e;
    struct ex *r = ex_new(c, (enum ek)e->k, e->n), **a = r->a;
    *r = *e;
    r->a = a;
    for (int i = 0; i < e->n; i++)
        if ((a[i] = translate(w, e->a[i])) == NULL)
            return NULL;
    return r;
}

/* The same world in A* and D* only. */
static int inner(struct world *w, struct world *in)
{
    struct calc *c = w->c;
    struct ex *zero = ex_num(c, 0);
    *in = *w;
    in->n = 0;
    in->real = 1;
    in->thing = NULL;
    for (int i = 0; i < w->n; i++) {
        struct ex *e = w->used[i] ? NULL : translate(w, w->rel[i]);
        in->used[i] = 0;
        if (e == NULL || !world_add(in, e))
            return 0;
    }
    memset(in->used, 0, sizeof in->used);
    if (w->seq == 'g' && (!world_add(in, ex_rel(c, R_NE, ex_sym(c, "D*"), zero)) || !world_add(in, ex_rel(c, R_NE, ex_sym(c, "A*"), zero))))
        return 0;
    if (w->seq_positive && (!world_add(in, ex_rel(c, R_GT, ex_sym(c, "A*"), zero)) || (w->seq == 'g' && !world_add(in, ex_rel(c, R_GT, ex_sym(c, "D*"), zero)))))
        return 0;
    return w->seq == 'g' || !w->seq_positive;
}

const char *progression_kind(struct world *w) { return w->seq == 'a' ? "arithmetic sequence" : "geometric sequence"; }

static int value_of(struct world *w, struct ex *g, const char *asked, const char *name, struct reading *r)
{
    struct world in;
    struct ex *t = translate(w, g);
    if (t == NULL || !w->seq || !inner(w, &in) || !cond_value(&in, t, r))
        return 0;
    if (r->k == S_VALS && r->vals.n == 1) {
        r->k = S_VALUE;
        r->v = r->vals.v[0];
    }
    r->var = name != NULL ? name : "";
    r->text = calc_printf(w->c, "%s, %s", progression_kind(w), world_text(w, asked));
    return 1;
}

int progression_both(struct world *w, struct ex **A, struct ex **D)
{
    struct calc *c = w->c;
    struct world in;
    struct reading r;
    struct ex *u[2] = { ex_sym(c, "A*"), ex_sym(c, "D*") }, *out[2];
    memset(&r, 0, sizeof r);
    if (!inner(w, &in) || !cond_tuples(&in, u, 2, &r) || r.tu.n != 1)
        return 0;
    for (int i = 0; i < 2; i++) {
        fmpq_t q;
        fmpq_init(q);
        int ok = value_get_q(c, r.tu.v[0][i], q) && fmpz_bits(fmpq_numref(q)) < 40 && fmpz_bits(fmpq_denref(q)) < 40;
        out[i] = ok ? fmpz_is_one(fmpq_denref(q)) ? ex_num(c, fmpz_get_si(fmpq_numref(q))) : ex_2(c, E_DIV, ex_num(c, fmpz_get_si(fmpq_numref(q))), ex_num(c, fmpz_get_si(fmpq_denref(q)))) : NULL;
        fmpq_clear(q);
        if (!ok)
            return 0;
    }
    *A = out[0];
    *D = out[1];
    return 1;
}

/* ---- givens --------------------------------------------------------------------------- */
int progression_listed(struct world *w, struct ex *l, int kind)
{
    struct calc *c = w->c;
    if ((l->k != E_LIST && l->k != E_ADD) || l->n < 3 || l->n > 10)
        return 0;
    const struct ex *last = l->a[l->n - 1];
    int n = l->n - (last->k == E_DOTS || (last->k == E_NEG && last->a[0]->k == E_DOTS));
    val v[10];
    if (n < 3 || n == l->n)
        return 0;
    for (int i = 0; i < n; i++)
        if (ex_has_sym(l->a[i], NULL) || (v[i] = value_const(c, l->a[i])) == NULL || value_is_real(c, v[i]) != YES)
            return 0;
    for (int i = 1; i + 1 < n; i++) {
        val p = val_new(c), q = val_new(c);
        if (kind == 'a') {
            ca_sub(p, v[i], v[i - 1], c->ca);
            ca_sub(q, v[i + 1], v[i], c->ca);
        } else {
            ca_mul(p, v[i], v[i], c->ca);
            ca_mul(q, v[i - 1], v[i + 1], c->ca);
            if (ca_check_is_zero(v[i - 1], c->ca) != T_FALSE || ca_check_is_zero(v[i], c->ca) != T_FALSE)
                return 0;
        }
        if (value_equal(c, p, q) != YES)
            return 0;
    }
    struct ex *D = kind == 'a' ? minus(c, l->a[1], l->a[0]) : ex_2(c, E_DIV, l->a[1], l->a[0]);
    return world_add(w, ex_rel(c, R_EQ, ex_sym(c, "A*"), l->a[0])) && world_add(w, ex_rel(c, R_EQ, ex_sym(c, "D*"), D));
}

static int intro(struct world *w, struct match *m)
{
    struct capture *s = match_get(m, "s");
    struct ex *l = match_ex(m, "l");
    if (w->seq || w->n > 0 || has(m, "a") == has(m, "g"))
        return 0;
    w->seq = has(m, "a") ? 'a' : 'g';
    w->seq_positive = has(m, "positive");
    w->endless = has(m, "endless");
    if (s != NULL) {                                  /* \{a_n\} */
        const char *p = s->raw;
        while (*p == '\\' || *p == '{' || *p == ' ' || strncmp(p, "left", 4) == 0)
            p += strncmp(p, "left", 4) == 0 ? 4 : 1;
        if (!isalpha((unsigned char)p[0]) || p[1] != '_' || (p[2] != 'n' && strncmp(p + 2, "{n}", 3) != 0) || p[0] == 'S')
            return 0;
        w->seq_name = calc_printf(w->c, "%c_", p[0]);
    }
    long zero;
    if (match_ex(m, "zero") != NULL && (w->seq != 'a' || !ex_is_int(match_ex(m, "zero"), &zero) || zero != 0 || !world_add(w, ex_rel(w->c, R_NE, ex_sym(w->c, "D*"), ex_num(w->c, 0)))))
        return 0;
    return l == NULL || progression_listed(w, l, w->seq);
}

/* 数列 {a_n} 中: nothing that the relations do not say; the name must be one of theirs. */
static int plain_intro(struct world *w, struct match *m)
{
    struct capture *s = match_get(m, "s");
    struct ex *n = match_ex(m, "n");
    if (n != NULL && (n->k != E_SYM || strcmp(n->s, "n") != 0))
        return 0;
    if (w->seq || w->n > 0)
        return 0;
    if (s != NULL) {
        const char *p = s->raw != NULL ? strstr(s->raw, "_") : NULL;
        if (p == NULL || p == s->raw || p[1] == '\0' || (p[1] != 'n' && strncmp(p, "_{n}", 4) != 0))
            return 0;
        w->seq_name = calc_printf(w->c, "%c_", p[-1]);
    }
    return 1;
}

long progression_ordinal(struct match *m)
{
    long k;
    static const char *const t[] = { "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "t10" };
    for (int i = 0; i < 10; i++)
        if (has(m, t[i]))
            return i + 1;
    return match_ex(m, "i") != NULL && ex_is_int(match_ex(m, "i"), &k) && k >= 1 ? k : 0;
}

/* first term 3; 公差 d = 2; the fourth term is 14 */
static int fact(struct world *w, struct match *m)
{
    struct calc *c = w->c;
    struct ex *k = match_ex(m, "k"), *left;
    if (!w->seq || k == NULL || (has(m, "d") && w->seq != 'a') || (has(m, "q") && w->seq != 'g'))
        return 0;
    if (has(m, "d") || has(m, "q")) {
        left = ex_sym(c, "D*");
        if (k->k == E_REL && (k->a[0]->k != E_SYM || strcmp(k->a[0]->s, has(m, "d") ? "d" : "q") != 0))
            return 0;
    } else {
        long n = progression_ordinal(m);
        char l;
        long i;
        if (n == 0 || n > 1000)
            return 0;
        left = term(c, w->seq, ex_num(c, n));
        if (k->k == E_REL && (k->a[0]->k != E_SYM || !progression_index(k->a[0]->s, &l, &i) || i != n || l != (w->seq_name ? w->seq_name[0] : 'a')))
            return 0;
    }
    if (k->k == E_REL) {
        if (k->n != 2 || k->rels[0] != R_EQ)
            return 0;
        k = k->a[1];
    }
    return !ex_has_sym(k, NULL) && k->k != E_LIST && k->k != E_TUPLE && world_add(w, ex_rel(c, R_EQ, left, k));
}

/* each term is 4 less than the one before it */
static int step(struct world *w, struct match *m)
{
    struct ex *k = match_ex(m, "k");
    if (w->seq == 'g' || k == NULL || k->k == E_PCT || ex_has_sym(k, NULL))
        return 0;
    w->seq = 'a';
    return world_add(w, ex_rel(w->c, R_EQ, ex_sym(w->c, "D*"), has(m, "more") ? k : ex_1(w->c, E_NEG, k)));
}

static int intro_fact(struct world *w, struct match *m) { return intro(w, m) && fact(w, m); }

static int sum_name(struct world *w, struct match *m)
{
    struct ex *s = match_ex(m, "S"), *n = match_ex(m, "n");
    return w->seq && s != NULL && n != NULL && s->k == E_CALL && strcmp(s->s, "S_") == 0 && s->n == 1 && s->a[0]->k == E_SYM && n->k == E_SYM && strcmp(n->s, s->a[0]->s) == 0;
}

/* The general term: a_n = 3n - 5, or only 3n - 5; then nothing else needs to be known of the sequence. */
static int general_rule(struct world *w, struct match *m)
{
    struct ex *f = match_ex(m, "f"), *n = match_ex(m, "n");
    const char *name = w->seq_name != NULL ? w->seq_name : "a_", *v[2];
    if (w->n > 0 || f == NULL || (n != NULL && (n->k != E_SYM || strcmp(n->s, "n") != 0)) || (match_get(m, "s") != NULL && (w->seq || !plain_intro(w, m))))
        return 0;
    if (f->k != E_REL && ex_syms(f, v, 1) == 1 && strcmp(v[0], "n") == 0 && !ex_has_kind(f, E_CALL))
        f = ex_rel(w->c, R_EQ, parse_all(w->c, calc_printf(w->c, "%sn", name), strlen(name) + 1, 0), f);
    if (f->k != E_REL || f->a[0] == NULL || f->a[0]->k != E_CALL)
        return 0;
    w->seq = 0;
    w->thing = f;
    return world_add(w, f);
}

/* Does S_(n) stand in e? */
static int names_sum(const struct ex *e)
{
    if (e->k == E_CALL)
        return e->n == 1 && strcmp(e->s, "S_") == 0 && e->a[0]->k == E_SYM && strcmp(e->a[0]->s, "n") == 0;
    for (int i = 0; i < e->n; i++)
        if (names_sum(e->a[i]))
            return 1;
    return 0;
}

/* 数列 {a_n} 的前 n 项和为 S_n, or S_n = n^2 + 2n at once. */
static int sum_rule(struct world *w, struct match *m)
{
    struct ex *s = match_ex(m, "S"), *n = match_ex(m, "n");
    if (w->seq || s == NULL || !names_sum(s) || (n != NULL && (n->k != E_SYM || strcmp(n->s, "n") != 0)) || (match_get(m, "s") != NULL && !plain_intro(w, m)))
        return 0;
    if (s->k == E_CALL)
        return 1;
    w->thing = s;
    return s->k == E_REL && world_add(w, s);
}

/* 前 5 项和为 35 */
static int sum_fact(struct world *w, struct match *m)
{
    struct ex *k = match_ex(m, "k"), *s;
    long n;
    if (!w->seq || !ex_is_int(match_ex(m, "n"), &n) || n < 1 || n > 500 || k == NULL || k->k == E_REL || ex_has_sym(k, NULL) || (s = sum(w->c, w->seq, n)) == NULL)
        return 0;
    return world_add(w, ex_rel(w->c, R_EQ, s, k));
}

static int positive_terms(struct world *w, struct match *m)
{
    (void)m;
    w->seq_positive = 1;
    return w->seq == 'g';
}

/* ---- what is asked ---------------------------------------------------------------------- */
static int asked_value(struct world *w, struct match *m, struct reading *r)
{
    struct ex *g = match_ex(m, "g");
    if (g == NULL || g->k == E_REL || g->k == E_LIST || g->k == E_CALL)
        return 0;
    return value_of(w, g, calc_printf(w->c, "find %s", ex_text(w->c, g)), g->k == E_SYM ? g->s : NULL, r);
}

static int asked_part(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *l = match_ex(m, "l"), *x = match_ex(m, "x");
    if (l != NULL && (has(m, "a") == has(m, "g") || w->seq || w->n > 0))
        return 0;
    if (l != NULL) {
        w->seq = has(m, "a") ? 'a' : 'g';
        if (!progression_listed(w, l, w->seq))
            return 0;
    }
    if (!w->seq || (has(m, "d") && w->seq != 'a') || (has(m, "q") && w->seq != 'g'))
        return 0;
    if (x != NULL && (x->k != E_SYM || ((has(m, "d") || has(m, "q")) && strcmp(x->s, w->seq == 'a' ? "d" : "q") != 0)))
        return 0;
    if (has(m, "d") || has(m, "q"))
        return value_of(w, ex_sym(c, "D*"), has(m, "d") ? "find the difference" : "find the ratio", has(m, "d") ? "d" : "q", r);
    struct ex *ke = match_ex(m, "n");
    long n = 0;
    if (has(m, "range") || has(m, "mean")) {          /* terms 3 to 10; the mean of the first ten */
        long from = 1, to;
        struct world in;
        if (w->seq != 'a' || !ex_is_int(has(m, "mean") ? ke : match_ex(m, "i2"), &to) || (has(m, "range") && !ex_is_int(match_ex(m, "i1"), &from)) || from < 1 || to < from || to > 500)
            return 0;
        struct ex *part = from > 1 ? minus(c, sum(c, 'a', to), sum(c, 'a', from - 1)) : sum(c, 'a', to);
        if (has(m, "mean"))
            part = ex_2(c, E_DIV, part, ex_num(c, to));
        if (!inner(w, &in) || !cond_value(&in, part, r) || r->k != S_VALUE)
            return 0;
        r->var = "";
        r->text = calc_printf(c, "%s, %s", progression_kind(w), world_text(w, calc_printf(c, "find the %s of terms %ld to %ld", has(m, "mean") ? "mean" : "sum", from, to)));
        return 1;
    }
    if (has(m, "sum")) {
        struct ex *s;
        if (!ex_is_int(ke, &n) || n < 1 || n > 500)
            return 0;
        if (w->seq == 'g' && n > 24) {
            return 0;
        }
        s = sum(c, w->seq, n);
        struct world in;
        if (s == NULL || !inner(w, &in) || !cond_value(&in, s, r) || r->k != S_VALUE)
            return 0;
        r->var = calc_printf(c, "S_%ld", n);
        r->text = calc_printf(c, "%s, %s", progression_kind(w), world_text(w, calc_printf(c, "find the sum of the first %ld terms", n)));
        return 1;
    }
    if ((n = progression_ordinal(m)) == 0 || n > 1000)
        return 0;
    return value_of(w, ex_sym(c, calc_printf(c, "%s%ld", w->seq_name ? w->seq_name : "a_", n)), calc_printf(c, "find term %ld", n), calc_printf(c, "%s%ld", w->seq_name ? w->seq_name : "a_", n), r);
}

static int asked_rule(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *A, *D, *g = match_ex(m, "g"), *l = match_ex(m, "l"), *n1 = match_ex(m, "n");
    if (n1 != NULL && (n1->k != E_SYM || strcmp(n1->s, "n") != 0))
        return 0;
    if (l != NULL) {
        if (w->n > 0 || w->seq || has(m, "a") == has(m, "g") || !progression_listed(w, l, has(m, "a") ? 'a' : 'g'))
            return 0;
        w->seq = has(m, "a") ? 'a' : 'g';
    }
    const char *name = w->seq_name != NULL ? w->seq_name : "a_";
    struct capture *s2 = match_get(m, "s2");
    if (s2 != NULL && (s2->raw == NULL || strstr(s2->raw, calc_printf(c, "%sn", name)) == NULL))
        return 0;
    int of_sum = has(m, "sum");
    if (g != NULL && (g->k != E_CALL || strcmp(g->s, of_sum ? "S_" : name) != 0 || g->n != 1 || g->a[0]->k != E_SYM || strcmp(g->a[0]->s, "n") != 0))
        return 0;
    if (!w->seq || !progression_both(w, &A, &D))
        return 0;
    r->text = calc_printf(c, "%s, %s", progression_kind(w), world_text(w, of_sum ? "find the sum of the first n terms" : "find the general term"));
    r->var = of_sum ? "S_" : name;
    if (!of_sum) {
        r->k = S_SEQ;
        r->first = A;
        r->rec = ex_2(c, w->seq == 'a' ? E_ADD : E_MUL, ex_sym(c, "A"), D);
        return 1;
    }
    if (w->seq != 'a')
        return 0;
    struct ex *n = ex_sym(c, "n");
    r->k = S_EXPR;
    r->lhs = "S_";
    r->e = ex_2(c, E_ADD, ex_2(c, E_MUL, n, A), ex_2(c, E_MUL, ex_2(c, E_DIV, ex_2(c, E_MUL, n, ex_2(c, E_ADD, n, ex_num(c, -1))), ex_num(c, 2)), D));
    return 1;
}

/* a_n = formula: a term or a sum of the first ones. */
static int by_formula(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *f = w->thing, *g = match_ex(m, "g"), *ke = match_ex(m, "n");
    if (match_ex(m, "f") != NULL) {                   /* the rule stands behind what is asked */
        if (w->n > 0 || w->seq)
            return 0;
        f = match_ex(m, "f");
        w->n = 1;
    }
    const char *v[3];
    char l;
    long k, from, to;
    if (w->seq || w->n != 1 || f == NULL || f->k != E_REL || f->n != 2 || f->a[0]->k != E_CALL || f->a[0]->n != 1 || f->a[0]->a[0]->k != E_SYM || strcmp(f->a[0]->a[0]->s, "n") != 0 ||
        strlen(f->a[0]->s) != 2 || f->a[0]->s[1] != '_' || f->a[0]->s[0] == 'S' || ex_has_kind(f->a[1], E_CALL) || ex_syms(f->a[1], v, 2) != 1 || strcmp(v[0], "n") != 0 || (w->seq_name != NULL && strcmp(w->seq_name, f->a[0]->s) != 0))
        return 0;
    if (has(m, "sum")) {
        if (!ex_is_int(ke, &k) || k < 1 || k > 400)
            return 0;
        from = 1;
        to = k;
    } else if (g != NULL && g->k == E_SYM && progression_index(g->s, &l, &k) && k <= 400 && (l == f->a[0]->s[0] || l == 'S')) {
        from = l == 'S' ? 1 : k;
        to = k;
    } else if ((k = progression_ordinal(m)) > 0 && k <= 1000) {
        from = to = k;
    } else {
        return 0;
    }
    r->v = val_si(c, 0);
    for (long i = from; i <= to; i++) {
        struct env env = { "n", val_si(c, i), NULL };
        val x, y = val_new(c);
        if (value_eval(c, f->a[1], &env, &x) != EV_OK)
            return 0;
        ca_add(y, r->v, x, c->ca);
        r->v = y;
    }
    r->k = S_VALUE;
    r->var = from == to ? calc_printf(c, "%s%ld", f->a[0]->s, to) : calc_printf(c, "S_%ld", to);
    r->text = calc_printf(c, "%s, find %s %ld", ex_text(c, f), from == to ? "term" : "the sum of the terms up to", to);
    return 1;
}

/* The smallest j of a_{n + j} in e. */
static void lowest(const struct ex *e, long *lo)
{
    long j = 0;
    if (e->k == E_CALL && e->n == 1) {
        if (e->a[0]->k == E_ADD && e->a[0]->n == 2)
            (void)ex_is_int(e->a[0]->a[1], &j);
        *lo = j < *lo ? j : *lo;
        return;
    }
    for (int i = 0; i < e->n; i++)
        lowest(e->a[i], lo);
}

/* "n >= 2", "n in N*" beside a rule: the rule must hold from where the first terms end. */
static int drop_range(struct world *w)
{
    long lo = 99, k;
    int at = -1;
    for (int i = 0; i < w->n; i++) {
        if (w->rel[i]->rels[0] == R_EQ && ex_has_kind(w->rel[i], E_CALL))
            lowest(w->rel[i], &lo);
        else if (w->rel[i]->a[0]->k == E_SYM && strcmp(w->rel[i]->a[0]->s, "n") == 0)
            at = at >= 0 ? 99 : i;
    }
    if (at < 0)
        return 1;
    if (at == 99 || lo == 99 || w->rel[at]->n != 2 || !ex_is_int(w->rel[at]->a[1], &k))
        return 0;
    k += w->rel[at]->rels[0] == R_GT;
    if ((w->rel[at]->rels[0] != R_GE && w->rel[at]->rels[0] != R_GT) || k + lo != 1)
        return 0;
    memmove(&w->rel[at], &w->rel[at + 1], (size_t)(w->n - at - 1) * sizeof *w->rel);
    w->n--;
    return 1;
}

/* Starts and a rule: a term, or the sum of the first terms. */
static int by_rule(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *g = match_ex(m, "g");
    struct match inner_m;
    char l = 0;
    long k = 0;
    if (w->seq || w->n < 2)
        return 0;
    for (int i = 0; i < w->n; i++) {                  /* a_0 = 1: a rule for positive n says nothing of a_1, and which is the first term? */
        const char *u = w->rel[i]->a[0]->k == E_SYM ? strchr(w->rel[i]->a[0]->s, '_') : NULL;
        if (u != NULL && strcmp(u, "_0") == 0 && (w->ranged || has(m, "sum") || progression_ordinal(m) > 0))
            return 0;
    }
    if (!drop_range(w))
        return 0;
    for (int i = 0; w->seq_name != NULL && i < w->n; i++)                  /* of the sequence that was named */
        if (!ex_has_kind(w->rel[i], E_CALL) && (w->rel[i]->a[0]->k != E_SYM || strncmp(w->rel[i]->a[0]->s, w->seq_name, 2) != 0))
            return 0;
    struct capture *s2 = match_get(m, "s2");
    if (s2 != NULL && (w->seq_name == NULL || s2->raw == NULL || strstr(s2->raw, calc_printf(c, "%sn", w->seq_name)) == NULL))
        return 0;
    struct ex *all = ex_new(c, E_LIST, w->n);
    memcpy(all->a, w->rel, (size_t)w->n * sizeof *all->a);
    inner_m.n = 1;
    inner_m.c[0] = (struct capture){ "f", all, NULL, NULL, 'e' };
    if (has(m, "sum")) {
        if (!ex_is_int(match_ex(m, "n"), &k) || k < 2 || k > 40)
            return 0;
        char name = 0;
        for (int i = 0; i < w->n; i++)
            if (w->rel[i]->a[0]->k == E_SYM && !progression_index(w->rel[i]->a[0]->s, &name, &(long){ 0 }))
                return 0;
        if (name == 0)
            return 0;
        val s = val_si(c, 0);
        for (long i = 1; i <= k; i++) {
            struct reading one = *r;
            val t = val_new(c);
            inner_m.n = 2;
            inner_m.c[1] = (struct capture){ "goal", ex_sym(c, calc_printf(c, "%c_%ld", name, i)), NULL, NULL, 'e' };
            if (!sequence_by_rule(c, &inner_m, &one) || one.k != S_VALUE)
                return 0;
            ca_add(t, s, one.v, c->ca);
            s = t;
        }
        r->k = S_VALUE;
        r->v = s;
        r->text = world_text(w, calc_printf(c, "find the sum of the first %ld terms", k));
        return 1;
    }
    if (g == NULL && (k = progression_ordinal(m)) > 0) {
        for (int i = 0; i < w->n; i++)
            if (w->rel[i]->a[0]->k == E_SYM && progression_index(w->rel[i]->a[0]->s, &l, &(long){ 0 }))
                g = ex_sym(c, calc_printf(c, "%c_%ld", l, k));
    }
    struct ex *nn = match_ex(m, "nn");
    if (nn != NULL && (nn->k != E_SYM || strcmp(nn->s, "n") != 0))
        return 0;
    if (g == NULL)
        return has(m, "rule") && sequence_by_rule(c, &inner_m, r) && r->k == S_SEQ;
    if (has(m, "rule") && g->k != E_CALL)
        return 0;
    if (g->k != E_CALL && !(g->k == E_SYM && progression_index(g->s, &l, &k)))
        return 0;
    inner_m.n = 2;
    inner_m.c[1] = (struct capture){ "goal", g, NULL, NULL, 'e' };
    if (!sequence_by_rule(c, &inner_m, r))
        return 0;
    if (r->k == S_VALUE)
        r->var = calc_printf(c, "%c_%ld", l ? l : 'a', k);
    return 1;
}

/* ... of the sequence with first term A and common difference D. */
static int stated(struct world *w, struct match *m, struct reading *r)
{
    struct ex *A = match_ex(m, "A"), *D = match_ex(m, "D");
    if (w->n > 0 || w->seq || A == NULL || D == NULL || ex_has_sym(A, NULL) || ex_has_sym(D, NULL) || has(m, "a") == has(m, "g") || has(m, "a") != has(m, "dd"))
        return 0;
    w->seq = has(m, "a") ? 'a' : 'g';
    return world_add(w, ex_rel(w->c, R_EQ, ex_sym(w->c, "A*"), A)) && world_add(w, ex_rel(w->c, R_EQ, ex_sym(w->c, "D*"), D)) && asked_part(w, m, r);
}

/* 4, 9, 14, ..., 64: how many terms; 2, 9, 16, ...: the next one. */
static int list_fact(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *l = match_ex(m, "l");
    struct world t = *w;
    if (w->n > 0 || w->seq || l == NULL || l->k != E_LIST || l->n < 4 || l->n > 12 || has(m, "a") == has(m, "g"))
        return 0;
    struct ex *head = ex_new(c, E_LIST, l->n - has(m, "count"));
    memcpy(head->a, l->a, (size_t)head->n * sizeof *l->a);
    if (!progression_listed(&t, head, has(m, "a") ? 'a' : 'g'))
        return 0;
    struct ex *last = l->a[l->n - 1], *prev = l->a[l->n - 3], *end = l->a[l->n - 2];
    r->k = S_VALUE;
    if (has(m, "next")) {                             /* the last two terms before the dots */
        r->v = value_const(c, has(m, "a") ? minus(c, ex_2(c, E_ADD, end, end), prev) : ex_2(c, E_DIV, ex_2(c, E_MUL, end, end), prev));
        r->text = calc_printf(c, "%s, find the next term", ex_text(c, l));
        return r->v != NULL;
    }
    if (!has(m, "a") || ex_has_sym(last, NULL) || last->k == E_DOTS)
        return 0;
    val n = value_const(c, ex_2(c, E_ADD, ex_2(c, E_DIV, minus(c, last, l->a[0]), minus(c, l->a[1], l->a[0])), ex_num(c, 1)));
    long k;
    if (n == NULL || !value_get_si(c, n, &k) || k < l->n - 1)
        return 0;
    r->v = n;
    r->text = calc_printf(c, "%s, find the number of terms", ex_text(c, l));
    return 1;
}

#define CLOSED "(explicit|closed|closed-form|closed form) (formula|expression|form)|closed form|explicit form"
const struct given seq_givens[] = {
    { P(ZIF "(各项(均|都|)为正数{!:positive}的|各项均为正{!:positive}的|正项{!:positive}|)" KIND "数列{r:s}(中|的|满足|),", ZIF "数列{r:s}(是|为)(公差不为{i:zero}的|)(各项(均|都|)为正数{!:positive}的|)" KIND "数列,", ZIF "{r:s}(是|为)(各项(均|都|)为正数{!:positive}的|)" KIND "数列,", ZIF "(无穷{!:endless}|)" KIND "数列{e:l}(中|的|)(,|.)", ZIF "无穷{!:endless}" KIND "数列{r:s}(中|的|满足|),", ZIF "(无穷{!:endless}|)" KIND "数列(中|的|)(,|)",
        EIF "(an |a |the |this )infinite{!:endless} " EKIND " ({r:s} |)(has|with|in which|where|satisfies|such that|,|)", "(in |for |consider |given )(the |an |a )(infinite{!:endless} |)" EKIND " {e:l}(,|.)",
        EIF "(an |a |the |this )" EKIND " ({r:s} |)(has|with|in which|where|satisfies|such that|,|)", EIF "{r:s} (be|is) (an|a) " EKIND " (with|in which|where|such that|and|),", "in (an |a |the )" EKIND " {r:s},", "(an |a |the )" EKIND " {e:l} is given,", "(given |consider )(an |a |the )" EKIND " {e:l},", "(in |for |)(an |a |the )" EKIND "(,|)"), intro },
    { P("(if |)the " ORD " term of (an |a )" EKIND " (is|equals) {e:k} (and|)"), intro_fact },
    { P("(它的|其|且|数列的|)前{v:n}项(的|之|)和(为|是|记为|记作|){e:S},", "(and |)(let |){e:S} (be |denote |is |denotes )(the |)sum of (the |its )first {v:n} terms."), sum_name },
    { P("(若|且|它的|其|)前{i:n}项(的|之|)和(为|是){e:k},", "(and |if |)the sum of (the |its )first {i:n} terms is {e:k} (and|)."), sum_fact },
    { P("(若|且|它的|其|的|)(各项(均|都|)(为|是)正数)(,|.)", "(and |with |of |)(all |)positive terms,", "(and |)all (its |the |)terms (are |)positive."), positive_terms },
    { P("(若|且|它的|其|)(首项{!:t1}|第一项{!:t1}|公差{!:d}|公比{!:q}|第{i:i}项)(为|是|){e:k}(,|、|且|)", "(and |whose |has |with |its |if |a |)(the |)(common difference{!:d}|(constant |)difference between (consecutive|successive) terms{!:d}|common ratio{!:q}|ratio of (consecutive|successive) terms{!:q}|" ORD " term) (is |of |equal to |){e:k} (and|)(,|)"), fact },
    { P("(and |)each (later |)term (after the first |)is {n:k} (more{!:more}|greater{!:more}|larger{!:more}|less|smaller) than the (one before( it|)|previous (one|term)|preceding (one|term)) (and|)(,|)", "(且|)(从第二项起,|)每一项(都|)比(它的|)前一项(大{!:more}|多{!:more}|小|少){n:k},"), step },
    { P("(的|它的|其|)(通项公式|通项)(为|是|){e:f}(,|.)", "(的|)第{v:n}项(为|是){e:f}(,|.)", "(已知|若|设|)数列{r:s}(的|)第{v:n}项(为|是){e:f}(,|.)", "the {v:n}th term of (a|the) sequence ({r:s} |)(is |is given by |equals ){e:f}(,|.)", "(its |the )({v:n}th|general) term (is |is given by |equals |){e:f}(,|.)"), general_rule },
    { P("(已知|设|若|记|)(数列|){r:s}(的|)前{v:n}项(的|之|)和(为|是|记为|满足|){e:S}(,|.)", "(它的|其|且|数列的|)前{v:n}项(的|之|)和(为|是|满足|){e:S}(,|.)", "(已知|设|若|记|){e:S}(是|为|表示)(数列|){r:s}(的|)前{v:n}项(的|之|)和(,|.)",
        "(let |suppose |if |suppose that |)(the |)sum of (the |its )first {v:n} terms (of (a|the) sequence ({r:s} |)|)(is |be |equals |is given by |){e:S}(,|.)", "(let |suppose |if |){e:S} (be |is |denote |denotes )the sum of the first {v:n} terms of (a|the) sequence ({r:s}|)(,|.)",
        "(the |its |has |with |whose |)(sequence of |)partial sums (of (a|the) sequence ({r:s} |)|)(are |is |satisfy |given by |are given by |){e:S}(,|.)"), sum_rule },
    { P("(已知|若|设|)数列{r:s}的(通项公式|通项)(为|是|),", "(已知|若|设|在|)(斐波那契|)数列({r:s}|)(中|的|满足|的定义(为|是)|定义为)(,|)", "(a |the |let |consider the |for a |for the |in a |in the |)(Fibonacci |)sequence ({r:s} |)(is defined by|has|satisfies|with|is given by|satisfying|be defined by|is defined recursively by|,)", "the {v:n}th term of (a|the) sequence (is|is given by)"), plain_intro },
    { NULL, NULL },
};
const struct asked ask_sequences[] = {
    { "sequence value", P("(则|那么|)(求|计算|求出|){e:g}(的值|)" ZTAIL ".", EASK "(the |)(value of |){e:g}."), asked_value },
    { "sequence part", P("(则|那么|)(求|)(它的|该数列的|数列的|)第{i:i1}项(到|至)第{i:i2}项(的|之|)和{!:range}" ZTAIL ".", EASK "the (average|mean){!:mean} of (the |its )first {i:n} terms.", "(则|那么|)(求|)(它的|该数列的|此数列的|这个数列的|数列的|)(公差{!:d}|公比{!:q}|首项{!:t1}|第{i:i}项)({v:x}|)(的值|)" ZTAIL ".", "(则|那么|)(求|)(它的|该数列的|此数列的|这个数列的|数列的|)前{i:n}项(的|之|)和{!:sum}({v:S}|)" ZTAIL ".", "(求|)" KIND "数列{e:l}(的|)(公差{!:d}|公比{!:q}|第{i:i}项|前{i:n}项(的|之|)和{!:sum})" ZTAIL ".",
        EASK "term number {i:i}.", "(then |)add (up |together |)(the |its )first{!:sum} {i:n} terms.", EASK "(the |its )(common difference{!:d}|common ratio{!:q}|" ORD " term|(sum{!:sum}|total{!:sum}) of (the |its )first {i:n} terms) ({v:x} |)(of the (sequence|progression|series)|).", EASK "(the |)(common difference{!:d}|common ratio{!:q}|" ORD " term|sum{!:sum} of the first {i:n} terms) of the " EKIND " {e:l}."), asked_part },
    { "sequence rule", P("(则|那么|)(求|)(数列|)({r:s2}|)(的|它的|该数列的|)(通项公式|通项)({e:g}|)" ZTAIL ".", "(则|求)(它的|数列的|)前n项(的|之|)和{!:sum}({e:g}|)" ZTAIL ".", "(则|求){e:g}(的|)(通项公式|表达式)" ZTAIL ".", EASK "(the |a |an |its )(general term|formula for the general term|" CLOSED "|general formula|formula for|formula of) (for |of |)({e:g}|)(of the sequence|).", EASK "(the |a |an |)(general term|formula for the general term|formula for the {v:n}th term|{v:n}th term|" CLOSED ") (of|for) the " EKIND " {e:l}.", "(则|那么|)(求|){e:g}" ZTAIL ".", EASK "{e:g}."), asked_rule },
    { "sequence by formula", P("(则|那么|)(求|){e:g}(的值|)" ZTAIL ".", "(则|求)(它的|该数列的|数列的|)(前{i:n}项(的|之|)和{!:sum}|第{i:i}项)" ZTAIL ".", EASK "(the |)(value of |){e:g}.", EASK "(the |its )(sum{!:sum} of (the |its )first {i:n} terms|" ORD " term)( of the sequence|).", EASK "{e:g} (for|of|in) the sequence (defined by |given by |with general term |){e:f}.", EASK "the (sum{!:sum} of the first {i:n} terms|" ORD " term) of the sequence (defined by |given by |with general term |whose general term is |){e:f}.", EASK "{e:g} if {e:f}."), by_formula },
    { "sequence by a rule", P(EASK "(the |a |an |its )(general term|general formula|" CLOSED "|formula)( for| of|)( the general term|) ({e:g}|(of |for |)the sequence|)( in terms of {v:nn}|){!:rule}.", EASK "{e:g} (in terms|as a function) of {v:nn}{!:rule}.", "(则|那么|)(求|)(数列{r:s2}|)(的|){e:g}(的|)(通项公式|通项|表达式){!:rule}" ZTAIL ".", "(求|则)(它的|该数列的|数列({r:s2}|)的|)(通项公式|通项){!:rule}" ZTAIL ".", "(则|那么|)(求|)(数列{r:s2}的|)(通项公式|通项|){e:g}(的值|)" ZTAIL ".", "(则|求)(它的|该数列的|数列的|)(前{i:n}项(的|之|)和{!:sum}|第{i:i}项)" ZTAIL ".", EASK "(the |)(value of |){e:g}.", EASK "(the |its )(sum{!:sum} of (the |its )first {i:n} terms|" ORD " term)( of the sequence|)."), by_rule },
    { "sum with first term", P(EASK "the (sum{!:sum} of the first {i:n} terms|" ORD " term) of (the|an|a) " EKIND " with first term {e:A} and common (difference{!:dd}|ratio{!:qq}) {e:D}."), stated },
    { "sum with first term (zh)", P("(求|)(以|首项为){e:A}(为首项|)(,|、|)(以|公差{!:dd}为|公比{!:qq}为|){e:D}(为公差{!:dd}|为公比{!:qq}|)的" KIND "数列(的|)(前{i:n}项(的|之|)和{!:sum}|第{i:i}项)" ZTAIL "."), stated },
    { "terms of a list", P(KIND "数列{e:l}(的项数是|共有|一共有|有)(多少|几|)(项|){!:count}.", "how many terms (are|are there) in the " EKIND " {e:l}{!:count}.", EASK "the number of terms (in|of) the " EKIND " {e:l}{!:count}.", EASK "the next{!:next} term (of|in) the " EKIND " {e:l}."), list_fact },
    { NULL, NULL, NULL },
};
