/* ask_lines.c - lines and points by coordinates: slope, equation, intersection, midpoint,
 * a rule with given points; sets and intervals; vectors. */
#include "plugins/calculator/worlds/world.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

static struct ex *minus(struct calc *c, struct ex *a, struct ex *b) { return ex_2(c, E_ADD, a, ex_1(c, E_NEG, b)); }

static int number_point(struct world *w, struct match *m, const char *name, struct ex **x, struct ex **y)
{
    struct capture *k = match_get(m, name);
    return k != NULL && world_point(w, k->raw, x, y) && !ex_has_sym(*x, NULL) && !ex_has_sym(*y, NULL) && value_const(w->c, *x) != NULL && value_const(w->c, *y) != NULL;
}

/* a x + b y + k = 0 of a line in x and y; "y = 2x + 1" and "2x + 3y = 6" alike. */
static int line_of(struct world *w, struct ex *l, val *a, val *b, val *k)
{
    struct calc *c = w->c;
    struct sym s;
    struct rf rf;
    val d;
    if (l == NULL || l->k != E_REL || l->n != 2 || l->rels[0] != R_EQ)
        return 0;
    if (l->a[0]->k == E_CALL && l->a[0]->n == 1 && l->a[0]->op == 0)
        l = ex_rel(c, R_EQ, ex_sym(c, "y"), l->a[1]);
    sym_init(&s, c);
    int gx = sym_gen_var(&s, "x"), gy = sym_gen_var(&s, "y");
    if (!sym_rf(&s, minus(c, l->a[0], l->a[1]), &rf) || s.n != 2 || !mp_is_const(&s, &rf.den, &d) || mp_deg(&rf.num, gx) > 1 || mp_deg(&rf.num, gy) > 1)
        return 0;
    struct mp p0 = mp_coeff(&s, &rf.num, gx, 0), pa = mp_coeff(&s, &rf.num, gx, 1), pb = mp_coeff(&s, &p0, gy, 1), pk = mp_coeff(&s, &p0, gy, 0);
    return mp_is_const(&s, &pa, a) && mp_is_const(&s, &pb, b) && mp_is_const(&s, &pk, k);
}

static int slope(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *x1, *y1, *x2, *y2;
    val a, b, k;
    if (w->n > 0)
        return 0;
    r->k = S_VALUE;
    if (match_get(m, "l") != NULL) {
        if (!line_of(w, match_ex(m, "l"), &a, &b, &k) || ca_check_is_zero(b, c->ca) != T_FALSE)
            return 0;
        r->v = val_new(c);
        ca_div(r->v, a, b, c->ca);
        ca_neg(r->v, r->v, c->ca);
        r->text = calc_printf(c, "line %s, find its slope", ex_text(c, match_ex(m, "l")));
        return 1;
    }
    if (!number_point(w, m, "p", &x1, &y1) || !number_point(w, m, "s", &x2, &y2))
        return 0;
    val dx = value_const(c, minus(c, x1, x2));
    if (dx == NULL || ca_check_is_zero(dx, c->ca) != T_FALSE)
        return 0;
    r->v = value_const(c, ex_2(c, E_DIV, minus(c, y1, y2), minus(c, x1, x2)));
    r->var = "k";
    r->text = calc_printf(c, "line through %s and %s, find its slope", match_get(m, "p")->raw, match_get(m, "s")->raw);
    return r->v != NULL;
}

/* A line as a x + b y + k = 0 with trees for coefficients. */
static int line_reading(struct world *w, struct ex *a, struct ex *b, struct ex *x0, struct ex *y0, const char *text, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *X = minus(c, ex_sym(c, "x"), x0), *Y = minus(c, ex_sym(c, "y"), y0);
    r->k = S_CURVE;
    r->e = ex_rel(c, R_EQ, ex_2(c, E_ADD, ex_2(c, E_MUL, a, X), ex_2(c, E_MUL, b, Y)), ex_num(c, 0));
    r->text = text;
    return 1;
}

static struct ex *rational(struct calc *c, val v)
{
    fmpq_t q;
    fmpq_init(q);
    int ok = value_get_q(c, v, q) && fmpz_bits(fmpq_numref(q)) < 40 && fmpz_bits(fmpq_denref(q)) < 40;
    struct ex *e = ok ? ex_2(c, E_DIV, ex_num(c, fmpz_get_si(fmpq_numref(q))), ex_num(c, fmpz_get_si(fmpq_denref(q)))) : NULL;
    fmpq_clear(q);
    return e;
}

static int line(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *x1, *y1, *x2, *y2, *k = match_ex(m, "k"), *b0 = match_ex(m, "b"), *name = match_ex(m, "name"), *name2 = match_ex(m, "name2");
    if (name != NULL && name2 != NULL && !ex_same(name, name2))
        return 0;
    if (b0 != NULL && k != NULL && w->n == 0) {       /* slope and y-intercept */
        struct ex *axis = match_ex(m, "ax");
        if (axis == NULL || axis->k != E_SYM || strcmp(axis->s, "y") != 0 || ex_has_sym(k, NULL) || ex_has_sym(b0, NULL) || k->k == E_REL || b0->k == E_REL || b0->k == E_TUPLE)
            return 0;
        return line_reading(w, k, ex_num(c, -1), ex_num(c, 0), b0, calc_printf(c, "line with slope %s and y-intercept %s", ex_text(c, k), ex_text(c, b0)), r);
    }
    if (w->n > 0 || !number_point(w, m, "p", &x1, &y1))
        return 0;
    const char *p = match_get(m, "p")->raw;
    if (match_get(m, "s") != NULL) {
        if (!number_point(w, m, "s", &x2, &y2))
            return 0;
        val dx = value_const(c, minus(c, x1, x2)), dy = value_const(c, minus(c, y1, y2));
        if (dx == NULL || dy == NULL || (ca_check_is_zero(dx, c->ca) != T_FALSE && ca_check_is_zero(dy, c->ca) != T_FALSE))
            return 0;
        return line_reading(w, minus(c, y1, y2), minus(c, x2, x1), x1, y1, calc_printf(c, "line through %s and %s", p, match_get(m, "s")->raw), r);
    }
    if (k != NULL) {
        if (k->k == E_REL && k->n == 2 && k->rels[0] == R_EQ && k->a[0]->k == E_SYM)
            k = k->a[1];
        if (ex_has_sym(k, NULL) || value_const(c, k) == NULL)
            return 0;
        return line_reading(w, k, ex_num(c, -1), x1, y1, calc_printf(c, "line through %s with slope %s", p, ex_text(c, k)), r);
    }
    val a, b, n;
    struct ex *l = match_ex(m, "l");
    if (!line_of(w, l, &a, &b, &n))
        return 0;
    struct ex *A = rational(c, a), *B = rational(c, b);
    if (A == NULL || B == NULL || (ca_check_is_zero(a, c->ca) != T_FALSE && ca_check_is_zero(b, c->ca) != T_FALSE))
        return 0;
    if (has(m, "perpendicular"))
        return line_reading(w, B, ex_1(c, E_NEG, A), x1, y1, calc_printf(c, "line through %s perpendicular to %s", p, ex_text(c, l)), r);
    if (!has(m, "parallel"))
        return 0;
    /* the point must not be on the given line */
    val on = value_const(c, ex_2(c, E_ADD, ex_2(c, E_ADD, ex_2(c, E_MUL, A, x1), ex_2(c, E_MUL, B, y1)), ex_num(c, 0)));
    val sum = val_new(c);
    if (on == NULL)
        return 0;
    ca_add(sum, on, n, c->ca);
    return ca_check_is_zero(sum, c->ca) == T_FALSE && line_reading(w, A, B, x1, y1, calc_printf(c, "line through %s parallel to %s", p, ex_text(c, l)), r);
}

static int meet(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *f = match_ex(m, "f"), *g = match_ex(m, "g");
    if (w->n > 0 || f == NULL)
        return 0;
    if (g == NULL && f->k == E_LIST && f->n == 2) {
        g = f->a[1];
        f = f->a[0];
    }
    if (g == NULL || f->k != E_REL || g->k != E_REL || !world_add(w, f) || !world_add(w, g))
        return 0;
    struct ex *u[2] = { ex_sym(c, "x"), ex_sym(c, "y") };
    w->real = 1;
    if (!cond_tuples(w, u, 2, r))
        return 0;
    r->text = calc_printf(c, "%s and %s, find where they meet", ex_text(c, f), ex_text(c, g));
    return !has(m, "one") || r->tu.n == 1;
}

static int midpoint(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *x1, *y1, *x2, *y2, *two = ex_num(c, 2);
    if (w->n > 0 || !number_point(w, m, "p", &x1, &y1) || !number_point(w, m, "s", &x2, &y2))
        return 0;
    r->k = S_TUPLES;
    r->tu.nv = 2;
    r->tu.n = 1;
    r->vars[0] = "x";
    r->vars[1] = "y";
    r->tu.v[0][0] = value_const(c, ex_2(c, E_DIV, ex_2(c, E_ADD, x1, x2), two));
    r->tu.v[0][1] = value_const(c, ex_2(c, E_DIV, ex_2(c, E_ADD, y1, y2), two));
    r->subject = ex_num(c, 0);
    r->text = calc_printf(c, "points %s and %s, find the midpoint", match_get(m, "p")->raw, match_get(m, "s")->raw);
    return r->tu.v[0][0] != NULL && r->tu.v[0][1] != NULL;
}

/* A rule with letters for coefficients, which given points or values determine. */
static int rule(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *f = w->thing, *body;
    const char *v[5], *x = "x";
    (void)m;
    if (f == NULL || f->k != E_REL || f->n != 2 || f->rels[0] != R_EQ)
        return 0;
    body = f->a[1];
    if (f->a[0]->k == E_CALL && f->a[0]->n == 1 && f->a[0]->a[0]->k == E_SYM)
        x = f->a[0]->a[0]->s;
    else if (f->a[0]->k != E_SYM || strcmp(f->a[0]->s, "y") != 0)
        return 0;
    int n = ex_syms(body, v, 4), u = 0;
    struct ex *unknown[4], *e = body;
    for (int i = 0; i < n && i < 4; i++)
        if (strcmp(v[i], x) != 0)
            unknown[u++] = ex_sym(c, v[i]);
    if (n > 4 || u == 0 || u > 3 || w->n < u)
        return 0;
    val got[3];
    if (u == 1) {
        struct reading t = *r;
        struct world copy = *w;
        if (!cond_value(&copy, unknown[0], &t) || t.k != S_VALS || t.vals.n != 1)
            return 0;
        got[0] = t.vals.v[0];
    } else {
        struct reading t = *r;
        struct world copy = *w;
        if (!cond_tuples(&copy, unknown, u, &t) || t.tu.n != 1)
            return 0;
        for (int i = 0; i < u; i++)
            got[i] = t.tu.v[0][i];
    }
    for (int i = 0; i < u; i++) {
        struct ex *k = rational(c, got[i]);
        if (k == NULL)
            return 0;
        e = ex_subst(c, e, unknown[i]->s, k);
    }
    r->text = world_text(w, "find the rule");
    struct sym s;
    struct rf rf;
    val d;
    sym_init(&s, c);
    if (f->a[0]->k == E_CALL || (sym_rf(&s, e, &rf) && !mp_is_const(&s, &rf.den, &d))) {          /* y = k/x is compared as a formula */
        r->k = S_EXPR;
        r->e = e;
        r->var = f->a[0]->s;
        r->lhs = "y";
    } else {
        r->k = S_CURVE;
        r->e = ex_rel(c, R_EQ, f->a[0], e);
    }
    return 1;
}

/* y = f(x) moved along the axes. */
static int moved(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *f = match_ex(m, "f"), *h = match_ex(m, "h"), *v = match_ex(m, "v");
    const char *x;
    long n;
    struct ex *b = function_body(f, &x);
    if (w->n > 0 || b == NULL || f->k != E_REL || f->a[0]->k != E_SYM || strcmp(f->a[0]->s, "y") != 0 || strcmp(x, "x") != 0)
        return 0;
    if (h != NULL) {
        if (!ex_is_int(h, &n) || n <= 0 || has(m, "right") == has(m, "left"))
            return 0;
        b = ex_subst(c, b, "x", ex_2(c, E_ADD, ex_sym(c, "x"), ex_num(c, has(m, "right") ? -n : n)));
    }
    if (v != NULL) {
        if (!ex_is_int(v, &n) || n <= 0 || has(m, "up") == has(m, "down"))
            return 0;
        b = ex_2(c, E_ADD, b, ex_num(c, has(m, "up") ? n : -n));
    }
    r->k = S_CURVE;
    r->e = ex_rel(c, R_EQ, ex_sym(c, "y"), b);
    r->text = calc_printf(c, "%s moved%s%s, find the new equation", ex_text(c, f), h == NULL ? "" : calc_printf(c, " %s by %s", has(m, "right") ? "right" : "left", ex_text(c, h)), v == NULL ? "" : calc_printf(c, " %s by %s", has(m, "up") ? "up" : "down", ex_text(c, v)));
    return h != NULL || v != NULL;
}

/* ---- sets ---------------------------------------------------------------------------- */
/* A letter that names a set of the world, or a set as it is written. */
static struct ex *set_of(struct world *w, struct ex *e)
{
    if (e == NULL)
        return NULL;
    if (e->k == E_SYM) {
        struct ex *found = NULL;
        for (int i = 0; i < w->n; i++)
            if (w->rel[i]->rels[0] == R_EQ && w->rel[i]->a[0]->k == E_SYM && strcmp(w->rel[i]->a[0]->s, e->s) == 0) {
                found = w->rel[i]->a[1];
                w->used[i] = 1;
            }
        return found != NULL && found->k != E_SYM ? set_of(w, found) : NULL;
    }
    if (e->k == E_UNION || e->k == E_ISECT || e->k == E_MINUS) {
        struct ex *a = set_of(w, e->a[0]), *b = set_of(w, e->a[1]);
        return a != NULL && b != NULL ? ex_2(w->c, (enum ek)e->k, a, b) : NULL;
    }
    return e->k == E_SET || e->k == E_BUILD || e->k == E_TUPLE || e->k == E_REALS ? e : NULL;
}

static int set_reading(struct world *w, struct ex *s, const char *asked, struct reading *r)
{
    struct calc *c = w->c;
    struct vals p;
    if (s == NULL || !rset_of(c, s, &r->rs))
        return 0;
    for (int i = 0; i < w->n; i++)
        if (!w->used[i])
            return 0;
    r->text = world_text(w, asked);
    r->subject = s;
    if (rset_points(c, &r->rs, &p) >= 0) {
        r->k = S_VALS;
        r->var = "";
        r->vals = r->all = p;
        r->braces = 1;
    } else {
        r->k = S_RSET;
        r->var = "";
    }
    return 1;
}

static int sets(struct world *w, struct match *m, struct reading *r)
{
    struct ex *g = match_ex(m, "g");
    if (g == NULL || (g->k != E_UNION && g->k != E_ISECT && g->k != E_MINUS) || (w->n == 0 && ex_has_sym(g, NULL) && !ex_has_kind(g, E_BUILD)))
        return 0;
    return set_reading(w, set_of(w, g), calc_printf(w->c, "find %s", ex_text(w->c, g)), r);
}

static int two_sets(struct world *w, struct match *m, struct reading *r)
{
    struct ex *a = match_ex(m, "a"), *b = match_ex(m, "b");
    if (a == NULL || b == NULL || w->n > 0)
        return 0;
    struct ex *s = ex_2(w->c, has(m, "union") ? E_UNION : E_ISECT, a, b);
    return set_reading(w, set_of(w, s), calc_printf(w->c, "find the %s of %s and %s", has(m, "union") ? "union" : "intersection", ex_text(w->c, a), ex_text(w->c, b)), r);
}

/* \complement_U A with U and A given. */
static int complement(struct world *w, struct match *m, struct reading *r)
{
    struct capture *k = match_get(m, "g");
    if (k == NULL || k->raw == NULL || strncmp(k->raw, "\\complement", 11) != 0)
        return 0;
    const char *s = k->raw + 11;
    char names[2];
    int n = 0;
    for (; *s != '\0'; s++) {
        if (isupper((unsigned char)*s)) {
            if (n == 2)
                return 0;
            names[n++] = *s;
        } else if (strchr("_{} ", *s) == NULL) {
            return 0;
        }
    }
    if (n != 2)
        return 0;
    struct ex *u = set_of(w, ex_sym(w->c, calc_strn(w->c, &names[0], 1))), *a = set_of(w, ex_sym(w->c, calc_strn(w->c, &names[1], 1)));
    if (u == NULL || a == NULL)
        return 0;
    struct rset ru, ra, both;
    if (!rset_of(w->c, u, &ru) || !rset_of(w->c, a, &ra) || !rset_union(w->c, &ru, &ra, &both) || rset_equal(w->c, &both, &ru) != YES)
        return 0;                                     /* A must be a part of U */
    return set_reading(w, ex_2(w->c, E_MINUS, u, a), calc_printf(w->c, "find the complement of %c in %c", names[1], names[0]), r);
}

static int subsets(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *a = match_ex(m, "a");
    if (a != NULL && a->k == E_SYM) {
        a = set_of(w, a);
        for (int i = 0; i < w->n; i++)
            if (!w->used[i])
                return 0;
        w->n = 0;
    }
    if (a == NULL || w->n > 0 || a->k != E_SET || a->n < 1 || a->n > 30)
        return 0;
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < i; j++)
            if (ex_same(a->a[i], a->a[j]) || (!ex_has_sym(a->a[i], NULL) && sym_equal(c, a->a[i], a->a[j], 0) != NO) || (a->a[i]->k != E_SYM && ex_has_sym(a->a[i], NULL)))
                return 0;
    long n = 1L << a->n;
    r->k = S_VALUE;
    r->v = val_si(c, has(m, "both") ? n - 2 : has(m, "proper") || has(m, "nonempty") ? n - 1 : n);
    r->text = calc_printf(c, "%s%ssubsets of %s, find their number", has(m, "nonempty") || has(m, "both") ? "nonempty " : "", has(m, "proper") || has(m, "both") ? "proper " : "", ex_text(c, a));
    return a->n > 1 || !has(m, "both");
}

/* ---- vectors --------------------------------------------------------------------------- */
/* \vec a = (1, 2): the letter and the components. */
static int vector_of(struct world *w, struct match *m, const char *name, char *letter, struct ex **v)
{
    struct capture *k = match_get(m, name);
    if (k == NULL || k->raw == NULL)
        return 0;
    const char *s = k->raw;
    *letter = 0;
    static const char *const heads[] = { "\\vec", "\\overrightarrow", "\\boldsymbol", "\\mathbf" };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (strncmp(s, heads[i], strlen(heads[i])) == 0) {
            s += strlen(heads[i]);
            while (*s == ' ' || *s == '{')
                s++;
            if (!isalpha((unsigned char)*s) || isalpha((unsigned char)s[1]))
                return 0;
            *letter = *s++;
            while (*s == '}' || *s == ' ')
                s++;
            if (*s == '=')
                s++;
            while (*s == ' ')
                s++;
            break;
        }
    if (v == NULL)
        return *s == '\0' && *letter != 0;
    if (*s != '(' && strncmp(s, "\\left(", 6) != 0 && *s != '\\')
        return 0;
    *v = parse_all(w->c, s, strlen(s), 0);
    return *v != NULL && (*v)->k == E_TUPLE && (*v)->op == (BR_OPEN_L | BR_OPEN_R) && !ex_has_sym(*v, NULL);
}

static int vectors(struct world *w, struct match *m, struct reading *r)
{
    struct calc *c = w->c;
    struct ex *a, *b = NULL, *sum;
    char la, lb = 0;
    if (w->n > 0 || !vector_of(w, m, "a", &la, &a))
        return 0;
    if (match_get(m, "b") != NULL && (!vector_of(w, m, "b", &lb, &b) || b->n != a->n || (la != 0 && la == lb)))
        return 0;
    struct capture *g = match_get(m, "g");
    int dot = has(m, "dot"), norm = has(m, "norm");
    if (g != NULL) {                                  /* \vec a \cdot \vec b, |\vec a| */
        char plain[16];
        int n = 0;
        const char *s = g->raw;
        while (*s != '\0' && n < 15) {
            if (strncmp(s, "\\vec", 4) == 0)
                s += 4;
            else if (strncmp(s, "\\cdot", 5) == 0)
                plain[n++] = '.', s += 5;
            else if (strncmp(s, "\\left", 5) == 0)
                s += 5;
            else if (strncmp(s, "\\right", 6) == 0)
                s += 6;
            else if (strchr("{} ", *s) != NULL)
                s++;
            else
                plain[n++] = *s++;
        }
        plain[n] = '\0';
        char ab[4] = { la, '.', lb, 0 }, ba[4] = { lb, '.', la, 0 }, na[4] = { '|', la, '|', 0 };
        dot = b != NULL && (strcmp(plain, ab) == 0 || strcmp(plain, ba) == 0);
        norm = b == NULL && strcmp(plain, na) == 0;
    }
    if (dot == norm || (dot && b == NULL) || (norm && b != NULL))
        return 0;
    sum = ex_new(c, E_ADD, a->n);
    for (int i = 0; i < a->n; i++)
        sum->a[i] = ex_2(c, E_MUL, a->a[i], dot ? b->a[i] : a->a[i]);
    r->k = S_VALUE;
    r->v = value_const(c, norm ? ex_fn(c, F_SQRT, sum, NULL) : sum);
    r->text = dot ? calc_printf(c, "vectors %s and %s, find their dot product", ex_text(c, a), ex_text(c, b)) : calc_printf(c, "vector %s, find its length", ex_text(c, a));
    return r->v != NULL;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ZTAIL "(分别|)(是|为|等于|=|)(多少|什么|几|)"
#define EASK "(then |)(find|determine|compute|calculate|what is|what's|state|give|write down|write) "
#define THROUGH "(经过|过)(两点|点|){r:p}(和|与|、|,)(点|){r:s}(两点|)"
#define GOING "(passing through|through|that passes through|which passes through|containing|joining|that contains) (the |)(two |)(point |points |)"
const struct asked ask_lines[] = {
    { "slope", P("(求|)" THROUGH "的直线(的|)斜率" ZTAIL ".", "(求|)直线{e:l}的斜率" ZTAIL ".", EASK "the (slope|gradient) of the line " GOING "{r:p} and {r:s}.", EASK "the (slope|gradient) of (the |)(line |straight line |)(with equation |whose equation is |){e:l}."), slope },
    { "line", P("(求|)" THROUGH "的直线(的|)(方程|解析式|表达式)" ZTAIL ".", "(已知|若|)直线({v:name}|)(经过|过)(点|){r:p}(,|且)(且|)斜率(为|是){e:k},(求|)(直线|)({v:name2}|)(的|该直线的|它的)方程" ZTAIL ".", "(求|)(经过|过)(点|){r:p}(,|且|)(且|)斜率(为|是|){e:k}的直线(的|)(方程|解析式|表达式)" ZTAIL ".", "(求|)(经过|过)(点|){r:p}(,|且|)(且|)(与|和|同)直线{e:l}(平行{!:parallel}|垂直{!:perpendicular})的直线(的|)(方程|解析式|表达式)" ZTAIL ".",
        EASK "(the |an )equation (of|for) (the |a )(line|straight line) " GOING "{r:p} (and|with) (a |)(slope|gradient) (of |){e:k}.", EASK "(the |an )equation (of|for) (the |a )(line|straight line) with (a |)(slope|gradient) (of |){e:k} " GOING "{r:p}.", EASK "(the |an )equation (of|for) (the |a )(line|straight line) with (a |)(slope|gradient) (of |){e:k} (that passes|passing|and passing) through (the point |){r:p}.",
        EASK "(the |an )equation (of|for) (the |a )(line|straight line) " GOING "{r:p} with (a |)(slope|gradient) (of |){e:k}.", EASK "(the |an )equation (of|for) (the |a )(line|straight line) " GOING "{r:p} and {r:s}.",
        EASK "(the |an )equation (of|for) (the |a )(line|straight line) " GOING "{r:p} (and |that is |which is |)(parallel{!:parallel}|perpendicular{!:perpendicular}) to (the |)(line |){e:l}.", EASK "(the |an )equation (of|for) (the |a )(line|straight line) (that is |which is |)(parallel{!:parallel}|perpendicular{!:perpendicular}) to (the |)(line |){e:l} (that passes through|and passes through|passing through|through|and passing through|which passes through) (the |)(point |){r:p}."), line },
    { "slope and intercept", P(EASK "(the |an )equation (of|for) (the |a )(line|straight line) with (a |)(slope|gradient) (of |){e:k} and (a |){v:ax}-intercept (of |){e:b}."), line },
    { "intersection", P("(求|)(两|两条|)(直线|曲线|抛物线|函数|){e:f}(与|和)(直线|曲线|抛物线|函数|){e:g}的(图象的|图像的|)交点(的|)坐标" ZTAIL ".", EASK "(the |all |)(point|points|coordinates of the point|coordinates of the points) (of intersection |where |at which )(of |)(the |)(lines |graphs |curves |graphs of |)(the |)(line |parabola |){e:f} (and|with) (the |)(line |parabola |){e:g} (intersect|meet|cross|).", "(at what point|where|at which point) (do|does) the (lines|graphs|graphs of|line){!:one} {e:f} and (the line |){e:g} (intersect|meet|cross).", EASK "the (intersection|point of intersection|intersection point) of (the |)(lines |graphs of |graphs |curves ){e:f} and {e:g}."), meet },
    { "midpoint", P("(求|)点{r:p}(与|和|到|、)(点|){r:s}(的|所连线段的|之间的|连线的|连线段的|之间线段的|连成的线段的|所成线段的)中点(的|)坐标" ZTAIL ".", "(求|)(以|连接)点{r:p}(与|和|、){r:s}(为端点|)的线段的中点(的|)坐标" ZTAIL ".", EASK "the (midpoint|coordinates of the midpoint) of (the |)(line |)(segment |)(joining |connecting |between |with endpoints |from |whose endpoints are |)(the points |){r:p} (and|to) {r:s}."), midpoint },
    { "rule", P("(求|)(该|这个|此|)(一次|二次|正比例|反比例|)(函数|抛物线|直线|它)的(解析式|表达式|关系式)" ZTAIL ".", "(求|){v:fx}的(解析式|表达式)" ZTAIL ".", "(求|则|)(此|这个|该|)函数(的|)(解析式|表达式|关系式)" ZTAIL ".", "(求|则|那么|)(该|这个|此|这条|)(一次|二次|正比例|反比例|)(函数|抛物线|直线)的(函数|)(解析式|表达式|关系式|方程)" ZTAIL ".", EASK "(the |an |its )(equation|rule|formula)( (of|for) (the |this )(linear |quadratic |)(function|line|parabola|graph)|)."), rule },
    { "moved", P("(将|把)(抛物线|直线|函数|二次函数|){e:f}(的图象|的图像|)(先|)(向(左{!:left}|右{!:right})平移{i:h}个单位(长度|),)(再|)(向(上{!:up}|下{!:down})平移{i:v}个单位(长度|),|)(则|求|)(所|)(得|得到)(的|)(抛物线|直线|函数|图象|新抛物线|新函数|)(的|)(解析式|表达式|方程|函数解析式)" ZTAIL ".", "(将|把)(抛物线|直线|函数|二次函数|){e:f}(的图象|的图像|)(先|)(向(上{!:up}|下{!:down})平移{i:v}个单位(长度|),)(再|)(向(左{!:left}|右{!:right})平移{i:h}个单位(长度|),|)(则|求|)(所|)(得|得到)(的|)(抛物线|直线|函数|图象|新抛物线|新函数|)(的|)(解析式|表达式|方程|函数解析式)" ZTAIL ".",
        "the (graph of |parabola |line |curve ){e:f} is (shifted|translated|moved) {i:h} (unit|units) (to the |)(left{!:left}|right{!:right}) (and {i:v} (unit|units) (up{!:up}|down{!:down})|)," EASK "(the |an )equation of the (new|resulting|translated) (graph|parabola|line|curve|function)."), moved },
    { "sets", P("(则|求|计算|那么)(集合|){e:g}" ZTAIL ".", EASK "(the set |){e:g}."), sets },
    { "two sets", P("(求|)(集合|区间|){e:a}(与|和)(集合|区间|){e:b}的(交集|并集{!:union})" ZTAIL ".", EASK "the (intersection|union{!:union}) of (the |)(sets |intervals |){e:a} and {e:b}."), two_sets },
    { "complement", P("(则|求|计算|那么)(补集|){r:g}" ZTAIL ".", EASK "{r:g}."), complement },
    { "subsets", P("(则|)(求|)集合{e:a}(的|)(非空真子集{!:both}|非空子集{!:nonempty}|真子集{!:proper}|子集)(的个数|共有多少个|有多少个|共有几个|有几个|个数)" ZTAIL ".", "how many (proper{!:proper} |nonempty{!:nonempty} |non-empty{!:nonempty} |)subsets does (the set |){e:a} have.", EASK "the number of (proper{!:proper} |nonempty{!:nonempty} |non-empty{!:nonempty} |)subsets of (the set |){e:a}."), subsets },
    { "vectors", P("(已知|设|若|)(平面|)向量{r:a}(,|、|和|与){r:b},(则|求|计算|那么){r:g}(的值|)" ZTAIL ".", "(已知|设|若|)(平面|)向量{r:a},(则|求|计算|那么){r:g}(的值|)" ZTAIL ".", "(已知|设|若|)(平面|)向量{r:a}(,|、|和|与){r:b},(则|求|计算)(它们|两个向量|)的(数量积|点积|内积){!:dot}" ZTAIL ".", "(已知|设|若|)(平面|)向量{r:a},(求|则)(它的|其|该向量的|)模{!:norm}(长|)" ZTAIL ".",
        EASK "the dot{!:dot} product of (the vectors |){r:a} and {r:b}.", EASK "the (magnitude|length|norm){!:norm} of (the vector |){r:a}.", "(let|if|given) {r:a} and {r:b}," EASK "{r:g}."), vectors },
    { NULL, NULL, NULL },
};
