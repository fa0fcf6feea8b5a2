/* read_sequences.c - sequences by recurrence, by their partial sums, and by their first terms. */
#include "plugins/calculator/worlds/world.h"

#include <string.h>

/* name_k = value (also chained, F_1 = F_2 = 1) for small k. */
struct start { const char *name; int n; long at[8]; struct ex *v[8]; };

static int index_of(const char *sym, char *name, long *k)
{
    const char *u = strchr(sym, '_');
    if (u == NULL || u - sym > 8 || strspn(u + 1, "0123456789") != strlen(u + 1) || strlen(u + 1) > 6 || u[1] == '\0')
        return 0;
    memcpy(name, sym, (size_t)(u - sym) + 1);
    name[u - sym + 1] = '\0';
    *k = 0;
    for (const char *d = u + 1; *d != '\0'; d++)
        *k = *k * 10 + (*d - '0');
    return 1;
}

static int add_start(struct calc *c, struct ex *e, struct start *s)
{
    char name[16];
    if (e->k != E_REL || e->n > 4 || ex_has_sym(e->a[e->n - 1], NULL) || value_const(c, e->a[e->n - 1]) == NULL)
        return 0;
    for (int i = 0; i + 1 < e->n; i++) {
        if (e->rels[i] != R_EQ || e->a[i]->k != E_SYM || s->n == 8 || !index_of(e->a[i]->s, name, &s->at[s->n]))
            return 0;
        if (s->name != NULL && strcmp(s->name, name) != 0)
            return 0;
        s->name = calc_strn(c, name, strlen(name));
        s->v[s->n++] = e->a[e->n - 1];
    }
    return 1;
}

/* "for all n >= 1", "n in N": the whole range, or nothing. */
static int whole_range(struct match *m)
{
    struct ex *e = match_ex(m, "range");
    long k;
    if (e == NULL)
        return match_get(m, "range") == NULL;
    if (e->k == E_SYM)
        return strcmp(e->s, "n") == 0;
    if (e->k != E_REL || e->n != 2 || e->a[0]->k != E_SYM || strcmp(e->a[0]->s, "n") != 0)
        return 0;
    return e->rels[0] == R_GE && ex_is_int(e->a[1], &k) && k == 1;
}

/* Every name_(n + j) of e as the symbol "A<j>"; the lowest and highest j seen. */
static struct ex *shift_calls(struct calc *c, struct ex *e, const char *name, int *lo, int *hi)
{
    if (e->k == E_CALL) {
        long j = 0;
        struct ex *t = e->a[0];
        if (strcmp(e->s, name) != 0 || e->n != 1)
            return NULL;
        if (t->k == E_ADD && t->n == 2 && t->a[0]->k == E_SYM && strcmp(t->a[0]->s, "n") == 0 && ex_is_int(t->a[1], &j) && j >= -3 && j <= 3)
            ;
        else if (!(t->k == E_SYM && strcmp(t->s, "n") == 0))
            return NULL;
        if (j < *lo)
            *lo = (int)j;
        if (j > *hi)
            *hi = (int)j;
        return ex_sym(c, calc_printf(c, "A%ld", j));
    }
    if (e->k == E_SYM && strchr(e->s, '_') != NULL)
        return NULL;                                  /* a_1 inside the rule */
    if (e->n == 0)
        return e;
    struct ex *r = ex_new(c, (enum ek)e->k, e->n), **a = r->a;
    *r = *e;
    r->a = a;
    for (int i = 0; i < e->n; i++)
        if ((a[i] = shift_calls(c, e->a[i], name, lo, hi)) == NULL)
            return NULL;
    return r;
}

static int gather(struct calc *c, struct match *m, struct start *s, struct ex **rule)
{
    static const char *const names[] = { "f", "g", "h" };
    memset(s, 0, sizeof *s);
    *rule = NULL;
    for (int i = 0; i < 3; i++) {
        struct ex *e = match_ex(m, names[i]);
        if (e == NULL)
            continue;
        int list = e->k == E_LIST || e->k == E_AND;
        for (int j = 0; j < (list ? e->n : 1); j++) {
            struct ex *x = list ? e->a[j] : e;
            if (x->k == E_REL && x->n == 2 && x->rels[0] == R_EQ && ex_has_kind(x, E_CALL)) {
                if (*rule != NULL)
                    return 0;
                *rule = x;
            } else if (x->k == E_REL && x->n == 2 && x->a[0]->k == E_SYM && strcmp(x->a[0]->s, "n") == 0) {
                return 0;                             /* n >= 2 and the like */
            } else if (!add_start(c, x, s)) {
                return 0;
            }
        }
    }
    struct capture *raw = match_get(m, "s");
    if (raw != NULL && (raw->raw == NULL || s->name == NULL || strstr(raw->raw, calc_printf(c, "%sn", s->name)) == NULL))
        return 0;
    return s->n > 0 && *rule != NULL;
}

/* Is no integer from `from` on a zero of the polynomial e in n?  1 if that is certain. */
static int never_zero(struct calc *c, struct ex *e, long from)
{
    struct vals z;
    if (solve_zeros(c, e, "n", &z) != 1)
        return 0;
    for (int i = 0; i < z.n; i++) {
        long k;
        if (tri_of(ca_check_is_integer(z.v[i], c->ca)) != NO && (!value_get_si(c, z.v[i], &k) || k >= from))
            return 0;
    }
    return 1;
}

/* Have a and b, polynomials in the one letter v, no zero in common? */
static int no_common_zero(struct calc *c, struct ex *a, struct ex *b, const char *v)
{
    struct vals z;
    const char *own[2];
    if (ex_syms(a, own, 1) != 1 || strcmp(own[0], v) != 0 || solve_zeros(c, b, v, &z) != 1)
        return 0;
    for (int i = 0; i < z.n; i++) {
        struct env env = { v, z.v[i], NULL };
        val x;
        if (value_eval(c, a, &env, &x) != EV_OK || ca_check_is_zero(x, c->ca) != T_FALSE)
            return 0;
    }
    return 1;
}

/* The rule left = right as A<hi> = ..., for all n from `from` on: it is of the first degree in its highest term,
 * whose factor is never zero. */
static struct ex *highest_alone(struct calc *c, struct ex *left, struct ex *right, int hi, long from)
{
    const char *top = calc_printf(c, "A%d", hi), *v[5];
    struct sym s;
    struct rf rf;
    val k;
    if (left->k == E_SYM && strcmp(left->s, top) == 0)
        return ex_has_sym(right, top) ? NULL : right;
    struct ex *d = ex_2(c, E_ADD, left, ex_1(c, E_NEG, right)), *d0 = ex_subst(c, d, top, ex_num(c, 0));
    struct ex *factor = ex_2(c, E_ADD, ex_subst(c, d, top, ex_num(c, 1)), ex_1(c, E_NEG, d0)), *one = factor;
    int n = ex_syms(factor, v, 4);
    for (int i = 0; i < n && n <= 4; i++)
        one = ex_subst(c, one, v[i], ex_num(c, 1));
    if (!ex_has_sym(one, NULL) && sym_equal(c, factor, one, 0) == YES && sym_equal(c, d, ex_2(c, E_ADD, d0, ex_2(c, E_MUL, one, ex_sym(c, top))), 0) == YES &&
        (k = value_const(c, one)) != NULL && ca_check_is_zero(k, c->ca) == T_FALSE)
        return ex_1(c, E_NEG, ex_2(c, E_DIV, d0, one));                      /* a number times the highest term, and anything: 2^n */
    sym_init(&s, c);
    int g = sym_gen_var(&s, top);
    if (!sym_rf(&s, d, &rf) || mp_deg(&rf.num, g) != 1)
        return NULL;
    struct mp pa = mp_coeff(&s, &rf.num, g, 0), pb = mp_coeff(&s, &rf.num, g, 1);
    struct ex *a = mp_tree(&s, &pa), *b = mp_tree(&s, &pb);
    if (a == NULL || b == NULL)
        return NULL;
    if (!mp_is_const(&s, &pb, &k)) {
        if (ex_syms(b, v, 3) != 1 || !(strcmp(v[0], "n") == 0 ? never_zero(c, b, from) : no_common_zero(c, a, b, v[0])))
            return NULL;
    }
    return ex_1(c, E_NEG, ex_2(c, E_DIV, a, b));
}

/* "find the general term of {b_n}": the name must be that of the sequence. */
static int same_sequence(struct calc *c, struct match *m, const char *name)
{
    struct capture *k = match_get(m, "s2");
    return k == NULL || k->raw == NULL || strstr(k->raw, calc_printf(c, "%sn", name)) != NULL;
}

static int recurrence(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct start s;
    struct ex *rule, *goal = match_ex(m, "goal"), *nn = match_ex(m, "nn");
    int lo = 9, hi = -9;
    (void)q;
    if (nn != NULL && (nn->k != E_SYM || strcmp(nn->s, "n") != 0))
        return 0;
    if (!whole_range(m) || !gather(c, m, &s, &rule) || !same_sequence(c, m, s.name))
        return 0;
    struct ex *left = shift_calls(c, rule->a[0], s.name, &lo, &hi), *right = shift_calls(c, rule->a[1], s.name, &lo, &hi);
    const char *v[6];
    if (left == NULL || right == NULL || hi <= lo || hi - lo > 2 || (right = highest_alone(c, left, right, hi, s.at[0] - lo)) == NULL)
        return 0;
    int nv = ex_syms(right, v, 6);
    for (int i = 0; i < nv && i < 6; i++)
        if (strcmp(v[i], "n") != 0 && v[i][0] != 'A')
            return 0;
    int order = hi - lo;
    long base = s.at[0];                              /* a_0, a_2: for a term, not for the rule */
    for (int i = 0; i < s.n; i++)
        if (s.at[i] != base + i)
            return 0;
    if (s.n != order || base > 50 || (base == 0 && match_get(m, "range") != NULL))
        return 0;
    r->var = s.name;
    r->text = "";
    for (int i = 0; i < s.n; i++)
        r->text = calc_printf(c, "%s%s%ld = %s, ", r->text, s.name, s.at[i], ex_text(c, s.v[i]));
    r->text = calc_printf(c, "%s%s, find %s", r->text, ex_text(c, rule), goal != NULL ? ex_text(c, goal) : calc_printf(c, "%sn", s.name));
    char name[16];
    long k = 0;
    if (goal != NULL && goal->k == E_SYM && index_of(goal->s, name, &k)) {
        if (strcmp(name, s.name) != 0 || k < base || k > 300)
            return 0;
        val t[304];
        for (int i = 0; i < s.n; i++)
            t[base + i] = value_const(c, s.v[i]);
        for (long i = base + order; i <= k; i++) {       /* the rule at n = i - hi */
            struct env env[5] = { { "n", val_si(c, i - hi), NULL } };
            int ne = 1;
            for (int j = lo; j < hi; j++, ne++)
                env[ne] = (struct env){ calc_printf(c, "A%d", j), t[i - hi + j], &env[ne - 1] };
            if (value_eval(c, right, &env[ne - 1], &t[i]) != EV_OK)
                return 0;
        }
        r->k = S_VALUE;
        r->v = t[k];
        return 1;
    }
    if (goal != NULL && !(goal->k == E_CALL && strcmp(goal->s, s.name) == 0 && goal->a[0]->k == E_SYM && strcmp(goal->a[0]->s, "n") == 0))
        return 0;
    if (order != 1 || hi < 0 || hi > 1 || base != 1)
        return 0;
    r->k = S_SEQ;
    r->first = s.v[0];
    if (hi == 0)                                      /* a_n by a_{n-1}: the same rule one step on */
        right = ex_subst(c, right, "n", ex_2(c, E_ADD, ex_sym(c, "n"), ex_num(c, 1)));
    r->rec = ex_subst(c, right, hi == 0 ? "A-1" : "A0", ex_sym(c, "A"));
    return 1;
}

int sequence_by_rule(struct calc *c, struct match *m, struct reading *r) { return recurrence(c, NULL, m, r); }

static int from_sum(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "goal");
    struct capture *raw = match_get(m, "s");
    const char *v[4];
    struct ex *n1 = match_ex(m, "n1");
    (void)q;
    if (n1 == NULL || n1->k != E_SYM || strcmp(n1->s, "n") != 0)
        return 0;
    if (f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ || f->a[0]->k != E_CALL || strcmp(f->a[0]->s, "S_") != 0 || f->a[0]->a[0]->k != E_SYM ||
        strcmp(f->a[0]->a[0]->s, "n") != 0 || ex_syms(f->a[1], v, 4) != 1 || strcmp(v[0], "n") != 0 || ex_has_kind(f->a[1], E_CALL))
        return 0;
    if ((raw != NULL && strstr(raw->raw, "a_n") == NULL) || !same_sequence(c, m, "a_"))
        return 0;
    if (g != NULL && !(g->k == E_CALL && strcmp(g->s, "a_") == 0 && g->a[0]->k == E_SYM && strcmp(g->a[0]->s, "n") == 0)) {
        char name[16];
        long k;
        if (g->k != E_SYM || !index_of(g->s, name, &k) || strcmp(name, "a_") != 0 || k < 1)
            return 0;
        struct env e1 = { "n", val_si(c, k), NULL }, e0 = { "n", val_si(c, k - 1), NULL };
        val x, y = val_si(c, 0);
        if (value_eval(c, f->a[1], &e1, &x) != EV_OK || (k > 1 && value_eval(c, f->a[1], &e0, &y) != EV_OK))
            return 0;
        r->v = val_new(c);
        ca_sub(r->v, x, y, c->ca);
        r->k = S_VALUE;
    } else {
        r->k = S_FROM_SUM;
    }
    r->var = "a_";
    r->e = f->a[1];
    r->text = calc_printf(c, "sum of the first n terms %s, find %s", ex_text(c, f), g != NULL ? ex_text(c, g) : "a_n");
    return 1;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
const struct family read_sequences[] = {
    { .id = "recurrence", .read = recurrence, .patterns = P(
        "(已知|设|若|)数列{r:s}(中|)(满足|)(,|){e:f}(,|且|){e:g}(,|)(求|则)(数列|)({r:s2}|)(的|它的|其|该数列的|)(通项公式|通项)({e:goal}|).",
        "(已知|设|若|)数列{r:s}(中|)(满足|)(,|){e:f}(,|且|){e:g}(,|)(求|则){e:goal}(的值|)(=|等于|).",
        "(数列满足|已知数列满足|已知|设|若|){e:f}(,|且|){e:g}(,|)(求|则)(通项公式|通项|)({e:goal}|).",
        "(the |a |let the |)sequence {r:s} (satisfies|is defined by|has|is given by|with|satisfy) {e:f} and {e:g} (for all {e:range}|),(find|determine) (the (general term|general formula|explicit formula|formula) (for |of |)|)({e:goal}|).",
        "(a |the |)sequence (has|satisfies|is defined by|with|is given by) {e:f} and {e:g},(find|determine) (the (general term|general formula|explicit formula|formula) (for |of |)|)({e:goal}|).",
        "solve the (recurrence|recurrence relation|recurrence equation|recursion)(:|) {e:f}(,| and | with | where | given | if | for ){e:g}.", "(find|determine|give|write) (a |an |the |)(explicit |general |closed |)(formula for |expression for |general term |){e:goal} (if|when|given that|where|given) {e:f} and {e:g}.", "(let|if|suppose|given) {e:f}(,| and ){e:g},(find|determine|compute|what is|express) (the general term |){e:goal} (in terms of {v:nn}|).", "(let|if|suppose|given) (a |the |)sequence ({r:s} |)(with|has|satisfies|satisfying) {e:f} and {e:g},(find|determine|compute|what is) (the general term |){e:goal} (in terms of {v:nn}|).", "find (a|an|the) (explicit |general |)formula for the sequence (defined by|with|given by) {e:f}(,| and ){e:g}.") },
    { .id = "terms from sums", .read = from_sum, .patterns = P(
        "(the sum|if the sum|suppose the sum) of the first {v:n1} terms of (a|the) sequence ({r:s} |)is (given by |){e:f},(find|determine|what is) (the general term |){e:goal}.", "(let|suppose|if) {e:f} (be|is|denote|denotes) the sum of the first {v:n1} terms of (a|the) sequence ({r:s}|),(find|determine|what is) (the general term |){e:goal}.",
        "(已知|设|若|)数列{r:s}的前{v:n1}项(的|)和(为|是|){e:f}(,|)(求|则)(数列{r:s2}的|它的|该数列的|)(通项公式|通项|)({e:goal}|)(的值|).") },
    { .id = NULL },
};
