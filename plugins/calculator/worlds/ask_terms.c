/* ask_terms.c - sequences by the sums of their first terms; which term has a value, how many terms have a sum;
 * geometric sequences without end; Fibonacci's by its first terms. */
#include "plugins/calculator/worlds/progression.h"

#include <string.h>

enum { FAR = 2000 };                                  /* the last term that is looked at */

/* a_(n) or S_(n): the call with that letter and the index n. */
static int is_nth(const struct ex *e, const char *name)
{
    return e->k == E_CALL && e->op == 0 && e->n == 1 && strcmp(e->s, name) == 0 && e->a[0]->k == E_SYM && strcmp(e->a[0]->s, "n") == 0;
}

static const char *name_of(const struct world *w) { return w->seq_name != NULL ? w->seq_name : "a_"; }

/* ---- from sums ------------------------------------------------------------------------- */
/* S_(n) and a_(n) as the letters "S*" and "A*"; NULL where another call stands. */
static struct ex *letters_for(struct calc *c, struct ex *e, const char *name)
{
    if (e->k == E_CALL)
        return is_nth(e, "S_") ? ex_sym(c, "S*") : is_nth(e, name) ? ex_sym(c, "A*") : NULL;
    if (e->k == E_SYM && strchr(e->s, '_') != NULL)
        return NULL;
    if (e->n == 0)
        return e;
    struct ex *r = ex_new(c, (enum ek)e->k, e->n), **a = r->a;
    *r = *e;
    r->a = a;
    for (int i = 0; i < e->n; i++)
        if ((a[i] = letters_for(c, e->a[i], name)) == NULL)
            return NULL;
    return r;
}

/* S_n = k a_n + b with a number k and b in n, from a relation of the first degree: a_1 and a_{n+1} by a_n ("A"). */
static int by_terms(struct calc *c, struct ex *rel, const char *name, struct ex **first, struct ex **rec)
{
    struct ex *l = letters_for(c, rel->a[0], name), *r = letters_for(c, rel->a[1], name), *N = ex_sym(c, "n"), *one = ex_num(c, 1);
    struct sym s;
    struct rf rf;
    val u, v, d;
    if (l == NULL || r == NULL)
        return 0;
    sym_init(&s, c);
    int gs = sym_gen_var(&s, "S*"), ga = sym_gen_var(&s, "A*");
    if (!sym_rf(&s, ex_2(c, E_ADD, l, ex_1(c, E_NEG, r)), &rf) || !mp_is_const(&s, &rf.den, &d) || mp_deg(&rf.num, gs) != 1 || mp_deg(&rf.num, ga) != 1)
        return 0;
    struct mp ps = mp_coeff(&s, &rf.num, gs, 1), p0 = mp_coeff(&s, &rf.num, gs, 0), pa = mp_coeff(&s, &p0, ga, 1), pb = mp_coeff(&s, &p0, ga, 0);
    if (!mp_is_const(&s, &ps, &u) || !mp_is_const(&s, &pa, &v))
        return 0;
    struct ex *U = mp_tree(&s, &ps), *V = mp_tree(&s, &pa), *B = mp_tree(&s, &pb);
    const char *syms[2];
    val sum = val_new(c);
    ca_add(sum, u, v, c->ca);                         /* u S + v A + b = 0; at n = 1: (u + v) a_1 = -b(1) */
    if (U == NULL || V == NULL || B == NULL || ex_syms(B, syms, 1) > 1 || (ex_has_sym(B, NULL) && strcmp(syms[0], "n") != 0) || ca_check_is_zero(sum, c->ca) != T_FALSE)
        return 0;
    struct ex *UV = ex_2(c, E_ADD, U, V), *next = ex_subst(c, B, "n", ex_2(c, E_ADD, N, one));
    *first = ex_1(c, E_NEG, ex_2(c, E_DIV, ex_subst(c, B, "n", one), UV));
    *rec = ex_2(c, E_DIV, ex_2(c, E_ADD, ex_2(c, E_MUL, V, ex_sym(c, "A")), ex_2(c, E_ADD, B, ex_1(c, E_NEG, next))), UV);
    return 1;
}

/* a_k, or the sum of the first k terms, from the first term and the rule. */
static val follow_rule(struct calc *c, struct ex *first, struct ex *rec, long k, int sum)
{
    val t = value_const(c, first), s = t;
    for (long n = 1; n < k && t != NULL; n++) {
        struct env e1 = { "n", val_si(c, n), NULL }, e2 = { "A", t, &e1 };
        val next, all = val_new(c);
        if (value_eval(c, rec, &e2, &next) != EV_OK)
            return NULL;
        ca_add(all, s, next, c->ca);
        t = next;
        s = all;
    }
    return sum ? s : t;
}

static int from_sums(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *g = match_ex(m, "g"), *rel = w->n == 1 ? w->rel[0] : NULL, *first = NULL, *rec = NULL;
    struct capture *s2 = match_get(m, "s2");
    const char *name = name_of(w), *v[2];
    long k = progression_ordinal(m);
    char l = name[0];
    if (rel == NULL || w->seq || rel->n != 2 || rel->rels[0] != R_EQ || !ex_has_kind(rel, E_CALL))
        return 0;
    if (s2 != NULL && (s2->raw == NULL || strstr(s2->raw, calc_printf(c, "%sn", name)) == NULL))
        return 0;
    int direct = is_nth(rel->a[0], "S_") && !ex_has_kind(rel->a[1], E_CALL) && ex_syms(rel->a[1], v, 1) == 1 && strcmp(v[0], "n") == 0;
    if (!direct && !by_terms(c, rel, name, &first, &rec))
        return 0;
    r->text = calc_printf(c, "S_n the sum of the first n terms, %s, find %s", ex_text(c, rel), g != NULL ? ex_text(c, g) : k > 0 ? calc_printf(c, "term %ld", k) : "the general term");
    r->var = name;
    if (k == 0 && (g == NULL ? has(m, "rule") : is_nth(g, name))) {
        r->k = direct ? S_FROM_SUM : S_SEQ;
        r->e = rel->a[1];
        r->first = first;
        r->rec = rec;
        return 1;
    }
    if (k == 0 && (g == NULL || g->k != E_SYM || !progression_index(g->s, &l, &k) || (l != name[0] && l != 'S')))
        return 0;
    if (k > 300)
        return 0;
    r->k = S_VALUE;
    r->var = calc_printf(c, "%c_%ld", l, k);
    if (!direct)
        return (r->v = follow_rule(c, first, rec, k, l == 'S')) != NULL;
    val x = value_at_int(c, rel->a[1], "n", k), y = k > 1 && l != 'S' ? value_at_int(c, rel->a[1], "n", k - 1) : val_si(c, 0);
    if (x == NULL || y == NULL)
        return 0;
    r->v = val_new(c);
    ca_sub(r->v, x, y, c->ca);
    return 1;
}

/* ---- which term -------------------------------------------------------------------------- */
/* The one n from 1 on where the n-th term, or the sum of the first n terms, is k. */
static int find_n(struct calc *c, struct ex *term, val k, int sum, long *found)
{
    val s = val_si(c, 0);
    *found = 0;
    for (long n = 1; n <= FAR; n++) {
        val t = value_at_int(c, term, "n", n), all = val_new(c);
        if (t == NULL)
            return 0;
        ca_add(all, s, t, c->ca);
        s = all;
        enum tri is = value_equal(c, sum ? s : t, k);
        if (is == UNSURE || (is == YES && *found != 0))
            return 0;                                 /* two of them: which is meant? */
        if (is == YES)
            *found = n;
        fmpq_t q;
        fmpq_init(q);
        int long_number = !value_get_q(c, t, q) || fmpz_bits(fmpq_numref(q)) + fmpz_bits(fmpq_denref(q)) > 200;
        fmpq_clear(q);
        if (long_number)
            break;                                    /* a geometric sequence has left all written numbers behind */
    }
    return *found != 0;
}

/* The n-th term of the world's sequence as a tree in n: by first term and difference, or by its formula. */
static struct ex *general_term(struct world *w)
{
    struct calc *c = w->c;
    struct ex *A, *D, *i = ex_2(c, E_ADD, ex_sym(c, "n"), ex_num(c, -1)), *f = w->thing;
    const char *v[2];
    if (w->seq) {
        if (!progression_both(w, &A, &D))
            return NULL;
        return w->seq == 'a' ? ex_2(c, E_ADD, A, ex_2(c, E_MUL, i, D)) : ex_2(c, E_MUL, A, ex_2(c, E_POW, D, i));
    }
    if (w->n != 1 || f == NULL || f != w->rel[0] || !is_nth(f->a[0], name_of(w)) || ex_has_kind(f->a[1], E_CALL) || ex_syms(f->a[1], v, 1) != 1 || strcmp(v[0], "n") != 0)
        return NULL;
    return f->a[1];
}

/* Takes a_n = 95 or S_n = 60 out of the world. */
static struct ex *take_nth(struct world *w, int *sum)
{
    for (int i = 0; i < w->n; i++) {
        struct ex *e = w->rel[i];
        if (e->rels[0] != R_EQ || e->n != 2 || ex_has_sym(e->a[1], NULL) || ex_has_kind(e->a[1], E_CALL) || (!is_nth(e->a[0], name_of(w)) && !is_nth(e->a[0], "S_")))
            continue;
        *sum = is_nth(e->a[0], "S_");
        memmove(&w->rel[i], &w->rel[i + 1], (size_t)(w->n - i - 1) * sizeof *w->rel);
        w->n--;
        return e->a[1];
    }
    return NULL;
}

static int which_term(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *k = match_ex(m, "k"), *n = match_ex(m, "n"), *l = match_ex(m, "l"), *term;
    int sum = 0;
    long found;
    if (n != NULL && (n->k != E_SYM || strcmp(n->s, "n") != 0))
        return 0;
    if (l != NULL) {
        if (w->seq || w->n > 0 || has(m, "a") == has(m, "g"))
            return 0;
        w->seq = has(m, "a") ? 'a' : 'g';
        if (!progression_listed(w, l, w->seq))
            return 0;
    }
    if (k == NULL)
        k = take_nth(w, &sum);
    val v = k != NULL && !ex_has_sym(k, NULL) ? value_const(c, k) : NULL;
    if (v == NULL || (term = general_term(w)) == NULL || !find_n(c, term, v, sum, &found))
        return 0;
    r->k = S_VALUE;
    r->var = "n";
    r->v = val_si(c, found);
    r->text = calc_printf(c, "term n is %s, find the n whose %s is %s", ex_text(c, term), sum ? "sum" : "term", ex_text(c, k));
    return 1;
}

/* ---- without end ------------------------------------------------------------------------- */
static int endless_sum(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *l = match_ex(m, "l"), *A = match_ex(m, "A"), *D = match_ex(m, "D");
    if (l != NULL || A != NULL) {
        if (w->n > 0 || w->seq || (A != NULL && (ex_has_sym(A, NULL) || D == NULL || ex_has_sym(D, NULL))))
            return 0;
        w->seq = 'g';
        if (l != NULL && (l->n < 4 || !progression_listed(w, l, 'g')))          /* dots at its end */
            return 0;
    }
    if (w->seq != 'g' || (l == NULL && A == NULL && !w->endless && !has(m, "endless")))
        return 0;
    if (A == NULL && !progression_both(w, &A, &D))
        return 0;
    val a = value_const(c, A), q = value_const(c, D), one = val_si(c, 1), s = val_new(c);
    if (a == NULL || q == NULL)
        return 0;
    ca_abs(s, q, c->ca);
    if (value_cmp(c, s, one) != -1)
        return 0;
    ca_sub(s, one, q, c->ca);
    r->v = val_new(c);
    ca_div(r->v, a, s, c->ca);
    r->k = S_VALUE;
    r->text = calc_printf(c, "geometric, first term %s, ratio %s, without end, find the sum", ex_text(c, A), ex_text(c, D));
    return 1;
}

/* \\sum_{n=k}^{\\infty} of a geometric term. */
static int geometric_series(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *g = match_ex(m, "g");
    if (w->n > 0 || w->seq || g == NULL || g->k != E_SUM || g->a[0]->k != E_SYM || g->a[2]->k != E_INF)
        return 0;
    const char *n = g->a[0]->s;
    struct ex *body = g->a[3], *next = ex_subst(c, body, n, ex_2(c, E_ADD, g->a[0], ex_num(c, 1))), *first = ex_subst(c, body, n, g->a[1]);
    struct ex *second = ex_subst(c, next, n, g->a[1]);
    val a = ex_has_sym(first, NULL) ? NULL : value_const(c, first), b = a != NULL ? value_const(c, second) : NULL, q = val_new(c), size = val_new(c), one = val_si(c, 1);
    if (b == NULL || ca_check_is_zero(a, c->ca) != T_FALSE || sym_equal(c, ex_2(c, E_MUL, next, first), ex_2(c, E_MUL, body, second), SYM_NATURAL) != YES)
        return 0;
    ca_div(q, b, a, c->ca);
    ca_abs(size, q, c->ca);
    if (value_cmp(c, size, one) != -1)
        return 0;
    ca_sub(q, one, q, c->ca);
    r->v = val_new(c);
    ca_div(r->v, a, q, c->ca);
    r->k = S_VALUE;
    r->text = calc_printf(c, "%s, geometric, find the sum", ex_text(c, g));
    return 1;
}

/* How many terms, from the first, have that sum: of a list. */
static int how_many(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *l = match_ex(m, "l"), *k = match_ex(m, "k"), *term;
    long found;
    if (w->seq || w->n > 0 || l == NULL || k == NULL || ex_has_sym(k, NULL) || has(m, "a") == has(m, "g"))
        return 0;
    w->seq = has(m, "a") ? 'a' : 'g';
    val v = value_const(c, k);
    if (v == NULL || !progression_listed(w, l, w->seq) || (term = general_term(w)) == NULL || !find_n(c, term, v, 1, &found))
        return 0;
    r->k = S_VALUE;
    r->var = "n";
    r->v = val_si(c, found);
    r->text = calc_printf(c, "%s %s, find the number of terms with the sum %s", progression_kind(w), ex_text(c, l), ex_text(c, k));
    return 1;
}

/* x - 1, x + 1, 2x + 3 are in progression: the letter. */
static int in_progression(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *l = match_ex(m, "l"), *x = match_ex(m, "x");
    if (w->n > 0 || w->seq || l == NULL || l->k != E_LIST || l->n != 3 || x == NULL || x->k != E_SYM || !ex_has_sym(l, x->s) || has(m, "a") == has(m, "g"))
        return 0;
    struct ex *a = l->a[0], *b = l->a[1], *d = l->a[2], *zero = ex_num(c, 0);
    int ok = has(m, "a") ? world_add(w, ex_rel(c, R_EQ, ex_2(c, E_MUL, ex_num(c, 2), b), ex_2(c, E_ADD, a, d)))
                         : world_add(w, ex_rel(c, R_EQ, ex_2(c, E_MUL, b, b), ex_2(c, E_MUL, a, d)));
    for (int i = 0; i < 3 && has(m, "g"); i++)        /* no term of a geometric one is zero */
        if (ex_has_sym(l->a[i], NULL))
            ok = ok && world_add(w, ex_rel(c, R_NE, l->a[i], zero));
    w->real = 1;
    if (!ok || !cond_value(w, x, r))
        return 0;
    r->text = calc_printf(c, "%s in %s progression, find %s", ex_text(c, l), has(m, "a") ? "arithmetic" : "geometric", x->s);
    return 1;
}

/* 1, 1, 2, 3, 5, ... of Fibonacci: a term. */
static int fibonacci(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *l = match_ex(m, "l");
    long n = progression_ordinal(m), t[2] = { 1, 1 }, v;
    if (w->n > 0 || w->seq || n < 1 || n > 80 || l == NULL || l->k != E_LIST || l->n < 4 || l->a[l->n - 1]->k != E_DOTS)
        return 0;
    for (int i = 0; i < l->n - 1; i++) {
        if (!ex_is_int(l->a[i], &v) || v != t[i % 2])
            return 0;
        t[i % 2] = t[0] + t[1];
    }
    t[0] = t[1] = 1;
    for (long i = 2; i < n; i++)
        t[i % 2] = t[0] + t[1];
    r->k = S_VALUE;
    r->v = val_si(c, t[(n - 1) % 2]);
    r->text = calc_printf(c, "Fibonacci's sequence %s, find term %ld", ex_text(c, l), n);
    return 1;
}

#define ZITS "(它的|该数列的|这个数列的|此数列的|数列的|该数列中的|这个数列中的|其中的|)"
#define ZALL "(各项|所有项|所有各项|全部项)(的|之|)和"
#define EALL "(sum to infinity{!:endless}|infinite sum{!:endless}|sum of all (the |its |of its |)terms|sum)"
const struct asked ask_terms[] = {
    { "terms from sums", P("(则|那么|)(求|)(数列|)({r:s2}|)(的|它的|该数列的|)(通项公式|通项)({e:g}|){!:rule}" ZTAIL ".", "(则|那么|)(求|){e:g}(的值|的通项公式|的表达式|)" ZTAIL ".", "(则|那么|)(求|)" ZITS "第{i:i}项" ZTAIL ".",
        EASK "(the |a |an |its )(general term|formula for the general term|formula for the {v:nn}th term|general formula|{v:nn}th term){!:rule}( of the sequence|).", EASK "(the |a |an |)(formula for |general term |explicit formula for |){e:g}( in terms of {v:nn}|).", EASK "(the |its )" ORD " term( of the sequence|)."), from_sums },
    { "which term", P("(则|问|那么|)({e:k})(是|为)" ZITS "第(几|多少)项.", "(则|求|)项数{v:n}(的值|)" ZTAIL ".", "(则|求){v:n}(的值|)" ZTAIL ".", "(求|)(它的|该数列的|)第(几|多少)项(是|为|等于){e:k}.", "(which|what) term (of (the|this) (sequence|progression|series) |of it |)(is|equals|is equal to|has the value) {e:k}.", "which term is {e:k}.", "{e:k} is which term( of (the|this) (sequence|progression)|).", EASK "(the value of |){v:n}.", "which term of the " EKIND " {e:l} (is|equals|is equal to) {e:k}.", "(在|)" KIND "数列{e:l}中,{e:k}是第(几|多少)项.", "{e:k}是" KIND "数列{e:l}(的|中的|)第(几|多少)项."), which_term },
    { "infinite sum", P("(求|)无穷(递缩|)等比(数列|级数){e:l}(的|)(" ZALL "|和)" ZTAIL ".", "(求|)(以|首项(为|是)){e:A}(为首项|)(,|、|且|)(以|公比(为|是)){e:D}(为公比|)的无穷(递缩|)等比(数列|级数)(的|)(" ZALL "|和)" ZTAIL ".", "(则|那么|)(求|)" ZITS ZALL "({v:S}|)" ZTAIL ".",
        EASK "the sum of the infinite (geometric |)(series|sequence|progression) {e:l}.", EASK "the sum (of |)(the |)(series |)(:|){e:l}.", EASK "the (sum to infinity|infinite sum) (of |)(the |)(geometric |)(series |sequence |progression |){e:l}.", EASK "the (sum|sum to infinity|sum of (all |)the terms) of (the|an) (infinite |)geometric (series|sequence|progression) {e:l}.", EASK "the (sum|value) of (the|an) infinite geometric (series|sequence|progression) (with|whose) first term (is |of |){e:A} and (common |)ratio (is |of |){e:D}.", EASK "(the |its )" EALL "( of the (series|sequence|progression)|)."), endless_sum },
    { "in progression", P(ZIF "(三个数|实数|){e:l}(成|是|为|构成|依次成)" KIND "数列(的前三项|的连续三项|),(求|则)(实数|)({v:x})(的值|)" ZTAIL ".", ZIF KIND "数列(的|)前(三|3)项(依次|分别|)(为|是){e:l},(求|则)(实数|)({v:x})(的值|)" ZTAIL ".",
        "(if |given that |)(the numbers |){e:l} (are|form) (in |)(an |a |)(arithmetic{!:a}|geometric{!:g}) (sequence|progression)," EASK "(all possible values of |the value of |the values of |all values of |){v:x}.", "the first three terms of (an |a )" EKIND " are {e:l}," EASK "(the value of |){v:x}."), in_progression },
    { "geometric series", P("(求|计算|)(级数|无穷级数|){e:g}(的和|的值|)" ZTAIL ".", EASK "(the |)(sum |value |)(of |)(the |)(infinite |geometric |infinite geometric |)(series |sum |)(:|){e:g}."), geometric_series },
    { "how many terms", P("how many terms of the " EKIND " {e:l} (are needed |must be added |must be taken |should be added |)(to (give|make|get|obtain|reach)|have|add up to|sum to|give) (a |the |)(sum |total |)(of |){e:k}.", "(在|)" KIND "数列{e:l}(中|的|)(,|)前(几|多少)项(的|之|)和(是|为|等于){e:k}."), how_many },
    { "Fibonacci", P("(斐波那契数列){e:l}(中|)(,|)(的|)(求|)第{i:i}项" ZTAIL ".", "(in |)the Fibonacci sequence {e:l}," EASK "the " ORD " term.", EASK "the " ORD " term of the Fibonacci sequence {e:l}."), fibonacci },
    { NULL, NULL, NULL },
};
