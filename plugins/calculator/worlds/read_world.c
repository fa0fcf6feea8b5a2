/* read_world.c - see world.h: what is given, and the walk along the clauses. */
#include "plugins/calculator/worlds/world.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

struct ex *function_body(struct ex *f, const char **x)
{
    const char *v[4];
    int named = f != NULL && f->k == E_REL;
    if (f == NULL)
        return NULL;
    if (f->k == E_REL) {
        if (f->n != 2 || f->rels[0] != R_EQ)
            return NULL;
        struct ex *l = f->a[0];
        if (l->k == E_CALL && l->op == 0 && l->n == 1 && l->a[0]->k == E_SYM && strchr(l->s, '_') == NULL)
            *x = l->a[0]->s;
        else if (l->k == E_SYM && strcmp(l->s, "x") != 0 && ex_syms(f->a[1], v, 4) == 1 && strcmp(v[0], l->s) != 0)
            *x = v[0];
        else
            return NULL;
        f = f->a[1];
    } else if (ex_syms(f, v, 4) == 1) {
        *x = v[0];
    } else {
        return NULL;
    }
    return ex_syms(f, v, 4) == 1 && strcmp(v[0], *x) == 0 && !ex_has_kind(f, E_CALL) && !ex_has_kind(f, E_REL) && !ex_has_kind(f, E_PM) && !ex_has_kind(f, E_UNIT) && (f->k != E_SYM || named) ? f : NULL;
}

int world_add(struct world *w, struct ex *e)
{
    if (e == NULL)
        return 0;
    if (e->k == E_LIST || e->k == E_AND || e->k == E_CASES) {
        for (int i = 0; i < e->n; i++)
            if (e->a[i]->k == E_LIST || e->a[i]->k == E_AND || !world_add(w, e->a[i]))
                return 0;
        return e->n > 0;
    }
    if (e->k == E_REL && e->n == 2 && e->rels[0] == R_EQ && e->a[0]->k == E_RATIO && e->a[1]->k == E_RATIO && e->a[0]->n == e->a[1]->n) {
        for (int i = 1; i < e->a[0]->n; i++)          /* x : y = 2 : 3 is 3x = 2y */
            if (!world_add(w, ex_rel(w->c, R_EQ, ex_2(w->c, E_MUL, e->a[0]->a[0], e->a[1]->a[i]), ex_2(w->c, E_MUL, e->a[0]->a[i], e->a[1]->a[0]))))
                return 0;
        return 1;
    }
    int chain = e->k == E_REL && e->n > 2;
    for (int i = 0; chain && i + 1 < e->n; i++)
        chain = e->rels[i] == R_EQ;
    for (int i = 0; chain && i + 1 < e->n; i++)       /* F_1 = F_2 = 1 */
        if (!world_add(w, ex_rel(w->c, R_EQ, e->a[i], e->a[e->n - 1])))
            return 0;
    if (chain)
        return 1;
    if (e->k != E_REL || w->n == WORLD_RELS || ex_has_kind(e, E_UNIT) || ex_has_kind(e, E_PM) || ex_has_kind(e, E_DOTS))
        return 0;
    for (int i = 0; i + 1 < e->n; i++)
        if (e->rels[i] > R_IN || (e->rels[i] == R_IN && e->n != 2) || (e->rels[i] == R_EQ && e->n > 2))
            return 0;
    if (e->rels[0] == R_IN) {
        if (e->a[0]->k != E_SYM)
            return 0;
        if (e->a[1]->k == E_REALS) {                  /* x real: as is assumed anyway */
            w->real = 1;
            return strcmp(e->a[1]->s, "R") == 0;
        }
    }
    if (e->rels[0] != R_EQ)
        w->real = 1;
    w->rel[w->n++] = e;
    return 1;
}

int world_point(struct world *w, const char *s, struct ex **x, struct ex **y)
{
    if (s == NULL)
        return 0;
    if (isupper((unsigned char)*s))
        s++;
    if (*s != '(' && strncmp(s, "\\left(", 6) != 0)
        return 0;
    struct ex *e = parse_all(w->c, s, strlen(s), 0);
    if (e == NULL || e->k != E_TUPLE || e->n != 2 || e->op != (BR_OPEN_L | BR_OPEN_R))
        return 0;
    *x = e->a[0];
    *y = e->a[1];
    return 1;
}

const char *world_text(struct world *w, const char *asked)
{
    const char *s = "";
    for (int i = 0; i < w->n; i++)
        s = calc_printf(w->c, "%s%s, ", s, ex_text(w->c, w->rel[i]));
    return calc_printf(w->c, "%s%s", s, asked);
}

static struct ex *zero_is(struct calc *c, struct ex *e) { return ex_rel(c, R_EQ, e, ex_num(c, 0)); }

static struct ex *difference(struct calc *c, struct ex *rel)
{
    return ex_2(c, E_ADD, rel->a[0], ex_1(c, E_NEG, rel->a[1]));
}

/* Names of unknowns and nothing else, not "x > 0". */
static int only_names(const struct ex *e)
{
    if (e == NULL || e->k == E_SYM)
        return 1;
    for (int i = 0; e->k == E_LIST && i < e->n; i++)
        if (e->a[i]->k != E_SYM)
            return 0;
    return e->k == E_LIST;
}

static int given(struct world *w, struct match *m)
{
    struct ex *f = match_ex(m, "f"), *h = match_ex(m, "h");
    int n = w->n;
    if (!only_names(match_ex(m, "v")) || !only_names(match_ex(m, "u")) || !world_add(w, f) || (h != NULL && !world_add(w, h)))
        return 0;
    if (w->n == n + 1 && f->k == E_REL && f->rels[0] == R_EQ)
        w->thing = f;
    if ((has(m, "function") || has(m, "equation")) && (f->k != E_REL || f->rels[0] != R_EQ))
        return 0;
    if (has(m, "equation") && f->k == E_REL)
        w->used[n] = 1;
    w->real |= has(m, "real") || has(m, "positive");
    if (has(m, "nonzero") && (match_ex(m, "v") == NULL || match_ex(m, "v")->k != E_SYM || !world_add(w, ex_rel(w->c, R_NE, match_ex(m, "v"), ex_num(w->c, 0)))))
        return 0;
    if (has(m, "positive"))
        return 0;
    return 1;
}

/* x, y 为正数; "a and b are positive" */
static int signs(struct world *w, struct match *m)
{
    struct ex *v = match_ex(m, "v"), *u = match_ex(m, "u"), *all[8];
    int n = 0;
    for (int k = 0; k < 2; k++) {
        struct ex *e = k ? u : v;
        if (e == NULL)
            continue;
        if (e->k == E_SYM)
            all[n++] = e;
        else if (e->k == E_LIST && e->n <= 3)
            for (int i = 0; i < e->n; i++)
                all[n++] = e->a[i];
        else
            return 0;
    }
    w->real = 1;
    for (int i = 0; i < n; i++) {
        if (all[i]->k != E_SYM)
            return 0;
        if (has(m, "positive") && !world_add(w, ex_rel(w->c, R_GT, all[i], ex_num(w->c, 0))))
            return 0;
        if (has(m, "nonzero") && !world_add(w, ex_rel(w->c, R_NE, all[i], ex_num(w->c, 0))))
            return 0;
        if (has(m, "negative") && !world_add(w, ex_rel(w->c, R_LT, all[i], ex_num(w->c, 0))))
            return 0;
    }
    return n > 0;
}

static int quadrant(struct world *w, struct match *m)
{
    struct ex *v = match_ex(m, "v"), *zero = ex_num(w->c, 0);
    static const char *const marks[] = { "q1", "q2", "q3", "q4" };
    if (v == NULL || v->k != E_SYM)
        return 0;
    for (int i = 0; i < 4; i++)
        if (has(m, marks[i]))
            return world_add(w, ex_rel(w->c, i < 2 ? R_GT : R_LT, ex_fn(w->c, F_SIN, v, NULL), zero)) &&
                   world_add(w, ex_rel(w->c, i == 0 || i == 3 ? R_GT : R_LT, ex_fn(w->c, F_COS, v, NULL), zero));
    return 0;
}

/* The curve passes through points: its equation holds there. */
static int passes(struct world *w, struct match *m)
{
    struct ex *f = match_ex(m, "f");
    static const char *const names[] = { "p", "p2", "p3" };
    if (f == NULL)
        f = w->thing;
    if (f == NULL || f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ)
        return 0;
    struct ex *rule = f;
    if (f->a[0]->k == E_CALL) {
        if (f->a[0]->n != 1 || f->a[0]->op || f->a[0]->a[0]->k != E_SYM || strcmp(f->a[0]->a[0]->s, "x") != 0)
            return 0;
        rule = ex_rel(w->c, R_EQ, ex_sym(w->c, "y"), f->a[1]);
    }
    if (!ex_has_sym(rule, "x") || !ex_has_sym(rule, "y"))
        return 0;
    int any = 0;
    for (int i = 0; i < w->n; i++)
        if (w->rel[i] == f)
            w->used[i] = 1;
    for (int i = 0; i < 3; i++) {
        struct capture *k = match_get(m, names[i]);
        struct ex *x, *y;
        if (k == NULL)
            continue;
        if (!world_point(w, k->raw, &x, &y) || ex_has_sym(x, "x") || ex_has_sym(x, "y") || ex_has_sym(y, "x") || ex_has_sym(y, "y"))
            return 0;
        if (!world_add(w, ex_subst(w->c, ex_subst(w->c, rule, "x", x), "y", y)))
            return 0;
        any = 1;
    }
    w->thing = f;
    return any;
}

/* A line, a parabola ... through points, without its formula: the usual one. */
static int passes_unwritten(struct world *w, struct match *m)
{
    static const struct { const char *mark, *rule; } kinds[] = {
        { "linear", "y = k x + b" }, { "proportional", "y = k x" }, { "inverse", "y = \\frac{k}{x}" }, { "quadratic", "y = a x^2 + b x + c" },
    };
    if (w->n > 0 || w->thing != NULL)
        return 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && w->thing == NULL; i++)
        if (has(m, kinds[i].mark))
            w->thing = parse_all(w->c, kinds[i].rule, strlen(kinds[i].rule), 0);
    return w->thing != NULL && passes(w, m);
}

/* The unknown of an equation with a parameter: named, or x. */
static const char *unknown_of(struct match *m, struct ex *f)
{
    struct ex *z = match_ex(m, "z");
    if (z != NULL)
        return z->k == E_SYM ? z->s : NULL;
    return ex_has_sym(f, "x") ? "x" : NULL;
}

/* Is the equation of the second degree in x, whatever the other letters are?  Or is x^2's factor one of them? */
static int second_degree(struct calc *c, struct ex *f, const char *x)
{
    return sym_degree(c, difference(c, f), x) == 2;
}

static int has_root(struct world *w, struct match *m)
{
    struct ex *f = match_ex(m, "f"), *s = match_ex(m, "s");
    if (f == NULL)
        f = w->thing;
    if (f == NULL || s == NULL || f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ)
        return 0;
    const char *x = unknown_of(m, f);
    if (s->k == E_REL && s->n == 2 && s->rels[0] == R_EQ && s->a[0]->k == E_SYM) {
        if (x == NULL || strcmp(s->a[0]->s, x) != 0)
            return 0;
        s = s->a[1];
    }
    if (x == NULL || !ex_has_sym(f, x) || ex_has_sym(s, x) || s->k == E_REL || s->k == E_LIST || s->k == E_TUPLE)
        return 0;
    for (int i = 0; i < w->n; i++)
        if (w->rel[i] == f)
            w->used[i] = 1;
    w->thing = f;
    w->root = s;
    return world_add(w, ex_subst(w->c, f, x, s));
}

/* Two different numbers are its two roots: it holds at both. */
static int has_roots(struct world *w, struct match *m)
{
    struct ex *s = match_ex(m, "s"), *t = match_ex(m, "t"), *f = match_ex(m, "f");
    if (s != NULL && t == NULL && s->k == E_LIST && s->n == 2) {
        t = s->a[1];
        s = s->a[0];
    }
    if (f == NULL || s == NULL || t == NULL)
        return 0;
    if (has(m, "polynomial") && f->k != E_REL && f->k != E_LIST && f->k != E_TUPLE)
        f = zero_is(w->c, f);
    const char *x = unknown_of(m, f);
    struct ex *both[2] = { s, t };
    for (int i = 0; i < 2; i++) {
        if (both[i]->k == E_REL && both[i]->n == 2 && both[i]->rels[0] == R_EQ && both[i]->a[0]->k == E_SYM && x != NULL && both[i]->a[0]->s[0] == x[0])
            both[i] = both[i]->a[1];                  /* x_1 = 2 */
        if (ex_has_sym(both[i], NULL))
            return 0;
    }
    val a = value_const(w->c, both[0]), b = value_const(w->c, both[1]);
    if (x == NULL || a == NULL || b == NULL || value_equal(w->c, a, b) != NO || f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ || !ex_has_sym(f, x) || !second_degree(w->c, f, x))
        return 0;
    w->thing = f;
    return world_add(w, ex_subst(w->c, f, x, both[0])) && world_add(w, ex_subst(w->c, f, x, both[1]));
}

/* The sum or the product of its two roots: -B/A, C/A with a number A that is not zero.  They are real: where that could
 * leave out one of several values of a letter, the text must be Chinese, in which roots are real, or say so. */
static int sum_of_roots(struct world *w, struct match *m)
{
    struct ex *f = match_ex(m, "f"), *s = match_ex(m, "s");
    struct sym sy;
    struct rf rf;
    val d, lead;
    const char *x = f != NULL ? unknown_of(m, f) : NULL;
    if (x == NULL || s == NULL || f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ || ex_has_sym(s, NULL) || has(m, "sum") == has(m, "product"))
        return 0;
    sym_init(&sy, w->c);
    int g = sym_gen_var(&sy, x);
    if (!sym_rf(&sy, difference(w->c, f), &rf) || !mp_is_const(&sy, &rf.den, &d) || mp_deg(&rf.num, g) != 2)
        return 0;
    struct mp pa = mp_coeff(&sy, &rf.num, g, 2), pb = mp_coeff(&sy, &rf.num, g, has(m, "sum") ? 1 : 0);
    struct ex *a = mp_tree(&sy, &pa), *b = mp_tree(&sy, &pb);
    struct mp pm = mp_coeff(&sy, &rf.num, g, 1), p0 = mp_coeff(&sy, &rf.num, g, 0);
    struct ex *mid = mp_tree(&sy, &pm), *low = mp_tree(&sy, &p0);
    if (a == NULL || b == NULL || mid == NULL || low == NULL || !mp_is_const(&sy, &pa, &lead) || ca_check_is_zero(lead, w->c->ca) != T_FALSE)
        return 0;
    for (int i = 0; i < sy.n && !w->c->lang_zh && !has(m, "real"); i++)
        if (i != g && mp_deg(&pb, i) > 1)
            return 0;
    w->thing = f;
    struct ex *disc = ex_2(w->c, E_ADD, ex_2(w->c, E_POW, mid, ex_num(w->c, 2)), ex_1(w->c, E_NEG, ex_2(w->c, E_MUL, ex_num(w->c, 4), ex_2(w->c, E_MUL, a, low))));
    return world_add(w, ex_rel(w->c, R_GE, disc, ex_num(w->c, 0))) && world_add(w, ex_rel(w->c, R_EQ, has(m, "sum") ? ex_1(w->c, E_NEG, b) : b, ex_2(w->c, E_MUL, s, a)));
}

/* The only solution is s: for an equation of the first degree in its unknown. */
static int equal_roots(struct world *w, struct match *m)
{
    struct ex *f = match_ex(m, "f");
    struct sym sy;
    struct rf rf;
    val d;
    if (f == NULL)
        f = w->thing;
    const char *x = f != NULL ? unknown_of(m, f) : NULL;
    if (x == NULL || f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ)
        return 0;
    sym_init(&sy, w->c);
    int g = sym_gen_var(&sy, x);
    struct ex *e = difference(w->c, f);
    if (!sym_rf(&sy, e, &rf) || !mp_is_const(&sy, &rf.den, &d) || mp_deg(&rf.num, g) != 2)
        return 0;
    struct mp lead = mp_coeff(&sy, &rf.num, g, 2);
    val k;
    if (!mp_is_const(&sy, &lead, &k) || ca_check_is_zero(k, w->c->ca) != T_FALSE)
        return 0;                                     /* of the second degree for certain */
    struct ex *at0 = ex_subst(w->c, e, x, ex_num(w->c, 0)), *at1 = ex_subst(w->c, e, x, ex_num(w->c, 1)), *atm = ex_subst(w->c, e, x, ex_num(w->c, -1));
    /* 2a = e(1) + e(-1) - 2e(0), 2b = e(1) - e(-1): (2b)^2 - 8 (2a) c = 0 */
    struct calc *c = w->c;
    struct ex *a2 = ex_2(c, E_ADD, ex_2(c, E_ADD, at1, atm), ex_2(c, E_MUL, ex_num(c, -2), at0)), *b2 = ex_2(c, E_ADD, at1, ex_1(c, E_NEG, atm));
    struct ex *disc = ex_2(c, E_ADD, ex_2(c, E_POW, b2, ex_num(c, 2)), ex_1(c, E_NEG, ex_2(c, E_MUL, ex_num(c, 8), ex_2(c, E_MUL, a2, at0))));
    for (int i = 0; i < w->n; i++)
        if (w->rel[i] == f)
            w->used[i] = 1;
    w->thing = f;
    return world_add(w, zero_is(c, disc));
}

/* The polynomial f is divisible by x - s. */
static int divisible(struct world *w, struct match *m)
{
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g");
    struct vals z;
    const char *v[4];
    if (f == NULL || g == NULL || f->k == E_REL || g->k == E_REL || ex_syms(g, v, 4) != 1 || !ex_has_sym(f, v[0]) || ex_has_kind(f, E_DIV) || ex_has_kind(f, E_FN))
        return 0;
    struct ex *d = ex_diff(w->c, g, v[0]), *d0 = d != NULL ? ex_subst(w->c, d, v[0], ex_num(w->c, 0)) : NULL;
    fmpq_t q;
    if (d0 == NULL || sym_equal(w->c, d, d0, 0) != YES || solve_zeros(w->c, g, v[0], &z) != 1 || z.n != 1)
        return 0;
    fmpq_init(q);
    int ok = value_get_q(w->c, z.v[0], q) && fmpz_bits(fmpq_numref(q)) < 40 && fmpz_bits(fmpq_denref(q)) < 40;
    struct ex *s = ok ? ex_2(w->c, E_DIV, ex_num(w->c, fmpz_get_si(fmpq_numref(q))), ex_num(w->c, fmpz_get_si(fmpq_denref(q)))) : NULL;
    fmpq_clear(q);
    return s != NULL && world_add(w, zero_is(w->c, ex_subst(w->c, f, v[0], s)));
}

static int equal_values(struct world *w, struct match *m)
{
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g");
    return f != NULL && g != NULL && f->k != E_REL && g->k != E_REL && f->k != E_LIST && g->k != E_LIST && f->k != E_TUPLE && g->k != E_TUPLE && world_add(w, ex_rel(w->c, R_EQ, f, g));
}

static int goal_first(struct world *w, struct match *m)
{
    struct ex *g = match_ex(m, "goal");
    if (w->n > 0 || g == NULL || g->k == E_REL || g->k == E_LIST || g->k == E_TUPLE)
        return 0;
    w->goal = g;
    return 1;
}

/* "for all n >= 1" behind a rule. */
static int every_n(struct world *w, struct match *m)
{
    struct ex *n = match_ex(m, "n");
    if (w->n == 0 || n == NULL)
        return 0;
    w->ranged = 1;
    if (n->k == E_SYM)
        return strcmp(n->s, "n") == 0;
    return n->k == E_REL && n->a[0]->k == E_SYM && strcmp(n->a[0]->s, "n") == 0 && world_add(w, n);
}

/* n \in N^*: as for any sequence here. */
static int natural_n(struct world *w, struct match *m)
{
    static const char *const sets[] = { "N*", "N^*", "N_+", "N^+", "Z_+", "Z^+" };
    char s[40];
    size_t o = 0;
    const char *p = match_get(m, "n") != NULL ? match_get(m, "n")->raw : NULL;
    if (w->n == 0 || p == NULL)
        return 0;
    while (*p == ' ')
        p++;
    if (*p++ != 'n')
        return 0;
    while (*p == ' ')
        p++;
    if (strncmp(p, "\\in", 3) != 0)
        return 0;
    for (p += 3; *p != '\0' && o + 1 < sizeof s;)
        if (strncmp(p, "\\mathbf", 7) == 0 || strncmp(p, "\\mathbb", 7) == 0 || strncmp(p, "\\mathrm", 7) == 0)
            p += 7;
        else if (strncmp(p, "\\ast", 4) == 0) {
            s[o++] = '*';
            p += 4;
        } else if (strchr(" {}", *p) != NULL)
            p++;
        else
            s[o++] = *p++;
    s[o] = '\0';
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (strcmp(s, sets[i]) == 0)
            return w->ranged = 1;
    return 0;
}

static int nothing(struct world *w, struct match *m)
{
    (void)w;
    (void)m;
    return 1;
}

static int letter_i(struct world *w, struct match *m)
{
    (void)w;
    struct ex *e = match_ex(m, "i");
    return e != NULL && e->k == E_I;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ZIF "(已知|若|如果|设|假设|给定|令|当|且|并且|又|其中|满足|)"
#define EIF "(let |if |given |given that |suppose |suppose that |assume |assume that |for |when |where |with |and |and that |such that |consider |)"
#define EQN "(linear |quadratic |)equation{!:equation} "
static const struct given givens[] = {
    { P(ZIF "{e:v}(、|,|和|与|)({e:u}|)(都|均|)(是|为)(正实数|正数){!:positive}(,|.)", ZIF "{e:v}(、|,|和|与|)({e:u}|)(都|均|)(是|为)负(实|)数{!:negative}(,|.)", ZIF "{e:v}(、|,|和|与|)({e:u}|)(都|均|)(是|为)实数(,|.)",
        EIF "{e:v} (and {e:u} |)(are|is|be) (a |)(nonzero{!:nonzero} |positive{!:positive} |negative{!:negative} |)(real |)(number|numbers) (such that|with|satisfying|for which|that satisfy|that satisfies|where)",
        EIF "{e:v} (and {e:u} |)(are|is) (a |)(positive{!:positive}|negative{!:negative}) (real |)(number|numbers|).", EIF "{e:v} (and {e:u} |)(are|is) (positive{!:positive}|negative{!:negative}),", EIF "{e:v} (and {e:u} |)(are |is |)(a |)real (number|numbers|)."), signs },
    { P("(且|其中|)(角|){e:v}(是|为)(第一{!:q1}|第二{!:q2}|第三{!:q3}|第四{!:q4})象限(的|)角(,|.)", ZIF "(角|){e:v}(是|为)(锐角{!:q1}|钝角{!:q2})(,|.)",
        "(and |where |with |given that |)(the angle |){e:v} is (acute{!:q1}|obtuse{!:q2}|an acute{!:q1} angle|an obtuse{!:q2} angle),", "(and |where |with |given that |)(the angle |){e:v} (is |lies |)in (the |)(first{!:q1}|second{!:q2}|third{!:q3}|fourth{!:q4}) quadrant,"), quadrant },
    { P(ZIF "(一次|二次|正比例|反比例|)(函数|抛物线|直线|曲线|){e:f}(的|)(图象|图像|)(经过|过|通过)(点|){r:p}((和|与|、|,)(点|){r:p2}|),", ZIF "(一次|二次|正比例|反比例|)函数{e:f}的(图象|图像)(经过|过|通过)(点|){r:p}((和|与|、|,)(点|){r:p2}|),",
        "(且|它的|其|该函数的|函数的|)(图象|图像)(经过|过|通过)(点|){r:p}((和|与|、|,)(点|){r:p2}|),", ZIF "点{r:p}在(一次|二次|正比例|反比例|)(函数|抛物线|直线|曲线|){e:f}(的|)(图象|图像|)上,",
        EIF "the (graph of|line|curve|parabola) (the function |){e:f} (passes|goes) through (the |)(point |points |){r:p} (and {r:p2}|).", EIF "(the |)point {r:p} (lies|is) on (the |)(line |curve |parabola |graph of |graph of the function |){e:f}."), passes },
    { P(ZIF "{e:s}(是|为)(关于{v:z}的|)(一元一次|一元二次|)方程{e:f}的(一个|)(根|解),", ZIF "(关于{v:z}的|)(一元一次|一元二次|)方程{e:f}(的|有)(一个根|一个解|解|根)(是|为|){e:s},",
        EIF "{e:s} is (a |one |the |)(root|solution) (of|to) (the |)(" EQN "|){e:f}.", EIF "one (root|solution) (of|to) (the |)(" EQN "|){e:f} is {e:s}."), has_root },
    { P(ZIF "(关于{v:z}的|)(一元二次|)方程{e:f}有(两个|两)相等(的|)(实数|实|)根,", EIF "(the |)(" EQN "|){e:f} has (exactly one|only one|a single) (real |)(root|solution).", EIF "(the |)(" EQN "|){e:f} has (two |)equal (real |)roots."), equal_roots },
    { P(ZIF "(关于{v:z}的|)(一元二次|)方程{e:f}(的|有)(两个|两)(实数|实|)(根|解)(分别|)(是|为)({e:s}(和|与|、|,){e:t}|{e:s}),", ZIF "({e:s}(和|与|、|,){e:t}|{e:s})(是|为)(关于{v:z}的|)(一元二次|)方程{e:f}的(两个|两)(实数|实|)(根|解),",
        EIF "(the |)(" EQN "|){e:f} has (the |)(two |)(real |)(roots|solutions) ({e:s} and {e:t}|{e:s}).", EIF "(the |a |)(quadratic|polynomial|quadratic polynomial|quadratic expression){!:polynomial} {e:f} has (the |)(two |)(real |)(roots|zeros) ({e:s} and {e:t}|{e:s}).", EIF "the (roots|zeros) of (the |a |)(quadratic|polynomial|quadratic polynomial){!:polynomial} {e:f} are ({e:s} and {e:t}|{e:s}).", EIF "the (two |)(real |)(roots|solutions) (of|to) (the |)(" EQN "|){e:f} are ({e:s} and {e:t}|{e:s}).", EIF "({e:s} and {e:t}|{e:s}) are the (two |)(real |)(roots|solutions) (of|to) (the |)(" EQN "|){e:f}."), has_roots },
    { P(ZIF "(关于{v:z}的|)(一元二次|)方程{e:f}的(两个|两|)(实数|实|)根(之|的)(和{!:sum}|积{!:product})(是|为|等于){e:s},", EIF "the (sum{!:sum}|product{!:product}) of the (two |)(real{!:real} |)(roots|solutions) (of|to) (the |)(" EQN "|){e:f} (is|equals|is equal to) {e:s}."), sum_of_roots },
    { P(ZIF "(一个|某|)(一次{!:linear}|正比例{!:proportional}|反比例{!:inverse}|二次{!:quadratic})函数(的|)(图象|图像)(经过|过|通过)(点|三点|两点|){r:p}((和|与|、|,)(点|){r:p2}|)((和|与|、|,)(点|){r:p3}|)(两点|三点|),", ZIF "(一条|某|)(直线{!:linear}|抛物线{!:quadratic})(经过|过|通过)(点|三点|两点|){r:p}((和|与|、|,)(点|){r:p2}|)((和|与|、|,)(点|){r:p3}|)(两点|三点|),",
        "(the (graph|line) of |)(a|the|some) (linear function{!:linear}|line{!:linear}|straight line{!:linear}|quadratic function{!:quadratic}) (passes|goes) through (the |)(point |points |){r:p}(,| and |,and ){r:p2}((,| and |,and ){r:p3}|)."), passes_unwritten },
    { P(ZIF "(多项式|){e:f}(能|可以|)被{e:g}整除,", ZIF "{e:g}(是|为)(多项式|){e:f}的(一个|)因式,", EIF "is {e:g} a factor of (the polynomial |){e:f}.", EIF "is (the polynomial |){e:f} divisible by {e:g}.", EIF "(the polynomial |){e:f} is divisible by {e:g}.", EIF "{e:g} is a factor of (the polynomial |){e:f}."), divisible },
    { P(ZIF "(代数式|式子|){e:f}(与|和)(代数式|式子|){e:g}的值相等,", ZIF "(代数式|式子|){e:f}的值(等于|为|是){e:g},"), equal_values },
    { P("(其中|已知|设|)(,|){e:i}(为|是)虚数单位,", "(where |here |)({e:i}) is the imaginary unit."), letter_i },
    { P(EIF "(the |)(quadratic |)function{!:function} {e:f} has a (minimum|maximum)( value|),", ZIF "(实数{!:real}|)(一次|二次|正比例|反比例|)函数{!:function}(的解析式(为|是)|){e:f}(时|中|)(,|.)", ZIF "(关于{v:z}的|)(一元一次|一元二次|)方程{!:equation}{e:f}(中|)(,|.)",
        ZIF "(实数{!:real}|)(抛物线|曲线|直线|等式|条件|方程组|全集|集合|)(满足|){e:f}((,|和|且|及){e:h}|)(时|中|)(,|.)", ZIF "(实数{!:real}|){e:v}(、|,|){e:u}满足{e:f}((,|和|且|及){e:h}|)(,|.)", ZIF "(非零{!:nonzero}|)(实数{!:real}){e:v}满足{e:f}((,|和|且|及){e:h}|)(,|.)",
        EIF "(the |a |)(" EQN "|)(function |curve |line |parabola |complex number |sets |set |system |){e:f} (,|).", EIF "(the |)real{!:real} (number |numbers |){e:v} (satisfies|satisfy|satisfying) {e:f},"), given },
    { P("(的|它的|其|)首项{e:f}(,|且|)"), given },
    { P("(find|determine|what is|compute) (the value of |){e:goal} (if|when|given that|such that|so that|for which|where)", "for (what|which) (value|values) of {e:goal}(,|)"), goal_first },
    { P("(for |)(all|every) (positive integers|positive integer|integers|natural numbers|integer|) {e:n} (,|)", "(for |)(all|every) {e:n},", "(且|)(对|对于|)(一切|任意|所有)(的|)(正整数|){e:n}(,|)(都|均|恒|总)有(,|)", "(对|对于|)(一切|任意|所有)(的|)(正整数|){e:n},", "\\({e:n}\\)(,|)", "{e:n},"), every_n },
    { P("\\({r:n}\\)(,|)", "(其中|)(,|){r:n}(,|.)"), natural_n },
    { P("(请|)(按要求|)(解答|回答)(下列|)(问题|),"), nothing },
    { NULL, NULL },
};

static int asks(struct world *w, const char *t, const struct asked *a, struct reading *r)
{
    for (; a->id != NULL; a++)
        for (const char *const *p = a->patterns; *p != NULL; p++) {
            struct match m;
            if (!pattern_match(w->c, w->q, t, *p, &m))
                continue;
            struct reading try = *r;
            struct world copy = *w;
            try.family = a->id;
            if (a->read(&copy, &m, &try)) {
                *r = try;
                return 1;
            }
        }
    return 0;
}

static int walk(struct world *w, const char *t, struct reading *r, int depth);

/* One given thing of the table, and then the rest of the question. */
static int follow(struct world *w, const char *t, struct reading *r, int depth, const struct given *k, int *done)
{
    for (*done = 0; k->patterns != NULL; k++)
        for (const char *const *p = k->patterns; *p != NULL; p++) {
            struct match m;
            struct world next = *w;
            if (pattern_begins(w->c, w->q, t, *p, &m) && m.rest > t && k->add(&next, &m)) {
                *done = 1;
                return walk(&next, m.rest, r, depth + 1);
            }
        }
    return 0;
}

static int walk(struct world *w, const char *t, struct reading *r, int depth)
{
    int done;
    if (*t == '\0')                                   /* "find k if ..." */
        return w->goal != NULL && cond_value(w, w->goal, r);
    if (w->goal != NULL)
        return depth < 8 && follow(w, t, r, depth, givens, &done);
    if (asks(w, t, ask_values, r) || asks(w, t, ask_functions, r) || asks(w, t, ask_calculus, r) || asks(w, t, ask_lines, r) || asks(w, t, ask_sequences, r) || asks(w, t, ask_terms, r) || asks(w, t, ask_identities, r))
        return 1;
    if (depth == 8)
        return 0;
    if (follow(w, t, r, depth, seq_givens, &done))
        return 1;
    return !done && follow(w, t, r, depth, givens, &done);
}

int read_world(struct calc *c, struct question *q, struct reading *r)
{
    struct world w;
    memset(&w, 0, sizeof w);
    w.c = c;
    w.q = q;
    return walk(&w, q->text, r, 0);
}
