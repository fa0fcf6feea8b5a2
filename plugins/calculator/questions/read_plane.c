/* read_plane.c - triangles by their letters, points and lines in the plane, angles of
 * polygons, one figure in another. */
#include "plugins/calculator/questions/read.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define FRAME "((在|)平面直角坐标系({r:axes}|)(中|内),|)(已知|若|设|)"
#define GET "(find|what is|calculate|determine)"

static const char *past_space(const char *s)
{
    while (*s == ' ' || (*s == '\\' && (s[1] == ',' || s[1] == ';' || s[1] == ' ')))
        s += *s == ' ' ? 1 : 2;
    return s;
}

/* ---- a triangle by its letters -------------------------------------------------------- */
/* side[i] lies opposite corner i; angles in radians. */
struct tri3 { char corner[4]; val side[3], angle[3]; };

static int corner_of(const struct tri3 *t, char ch)
{
    const char *p = ch != '\0' ? strchr(t->corner, ch) : NULL;
    return p != NULL ? (int)(p - t->corner) : -1;
}

/* "AB", "c", "\angle C", "C": what is named at *s; 'a' angle, 's' side, 0 neither. */
static int part_of(const struct tri3 *t, const char **s, int *i)
{
    const char *p = past_space(*s);
    int angle = strncmp(p, "\\angle", 6) == 0, j;
    if (angle)
        p = past_space(p + 6);
    if (!angle && islower((unsigned char)*p) && strcmp(t->corner, "ABC") == 0 && *p >= 'a' && *p <= 'c') {
        *i = *p - 'a';
        *s = past_space(p + 1);
        return 's';
    }
    if ((*i = corner_of(t, *p)) < 0)
        return 0;
    p++;
    if (!angle && (j = corner_of(t, *p)) >= 0 && j != *i) {
        *i = 3 - *i - j;
        *s = past_space(p + 1);
        return 's';
    }
    *s = past_space(p);
    return 'a';
}

static int tri_fact(struct calc *c, struct tri3 *t, struct capture *k)
{
    const char *s = k->raw;
    int i, kind = s != NULL ? part_of(t, &s, &i) : 0;
    if (kind == 0 || *s++ != '=')
        return 0;
    struct ex *e = parse_all(c, s, strlen(s), 0);
    val v = e == NULL || ex_has_sym(e, NULL) || e->k == E_REL ? NULL : value_const(c, e);
    if (v == NULL || value_sign_is(c, v, 1) != YES || (kind == 'a') != (ex_has_kind(e, E_DEG) || ex_has_kind(e, E_PI)))
        return 0;
    val *at = kind == 'a' ? &t->angle[i] : &t->side[i];
    if (*at != NULL)
        return 0;
    *at = v;
    return 1;
}

/* Does the question speak of degrees, so that a number alone is one of degrees? */
static int names_degrees(const struct question *q)
{
    return strstr(q->text, "度") != NULL || strstr(q->text, "degree") != NULL;
}

static int in_degrees(struct calc *c, struct question *q, struct reading *r, val radians)
{
    val pi = val_new(c), v = val_new(c);
    ca_pi(pi, c->ca);
    ca_div(v, radians, pi, c->ca);
    ca_mul_si(v, v, 180, c->ca);
    r->v = v;
    r->degrees = 1 + names_degrees(q);
    return 1;
}

static int formula3(struct calc *c, const char *text, val a, val b, val w, val *out)
{
    struct env env[3] = { { "a", a, NULL }, { "b", b, &env[0] }, { "w", w, &env[1] } };
    struct ex *e = parse_all(c, text, strlen(text), 0);
    return e != NULL && value_eval(c, e, &env[2], out) == EV_OK;
}

static int triangle(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct tri3 t = { "", { NULL }, { NULL } };
    struct capture *name = match_get(m, "t");
    val pi = val_new(c), zero = val_si(c, 0);
    const char *s = name->raw, *text;
    int right = strncmp(s, "Rt", 2) == 0 || strncmp(s, "\\mathrm{Rt}", 11) == 0 || strncmp(s, "\\text{Rt}", 9) == 0;
    if (right)
        s += strncmp(s, "Rt", 2) == 0 ? 2 : s[1] == 'm' ? 11 : 9;
    right |= has(m, "rt");
    s = past_space(s);
    if (strncmp(s, "\\triangle", 9) == 0)
        s = past_space(s + 9);
    if (strlen(s) != 3 || !isupper((unsigned char)s[0]) || !isupper((unsigned char)s[1]) || !isupper((unsigned char)s[2]) || s[0] == s[1] || s[1] == s[2] || s[0] == s[2])
        return 0;
    memcpy(t.corner, s, 3);
    text = calc_printf(c, "triangle %s", s);
    for (int i = 0; i < m->n; i++) {
        struct capture *k = &m->c[i];
        if (k->type != 'r' || strchr("pus", k->name[0]) == NULL || k->name[1] != '\0')
            continue;
        if (!tri_fact(c, &t, k))
            return 0;
        text = calc_printf(c, "%s, %s", text, k->raw);
    }
    struct capture *vertex = match_get(m, "v");
    int sides = 0, angles = 0, known = -1, i, kind;
    if (vertex != NULL) {                             /* has a right angle at C */
        const char *at = vertex->raw != NULL && vertex->raw[0] != '\0' && vertex->raw[1] == '\0' ? strchr(t.corner, vertex->raw[0]) : NULL;
        if (at == NULL || t.angle[at - t.corner] != NULL)
            return 0;
        ca_pi(pi, c->ca);
        t.angle[at - t.corner] = val_new(c);
        ca_div_si(t.angle[at - t.corner], pi, 2, c->ca);
        text = calc_printf(c, "%s, angle %s = 90°", text, vertex->raw);
    }
    for (int j = 0; j < 3; j++) {
        sides += t.side[j] != NULL;
        if (t.angle[j] != NULL) {
            angles++;
            known = j;
        }
    }
    ca_pi(pi, c->ca);
    if (known < 0 || value_cmp(c, t.angle[known], pi) != -1)
        return 0;
    val half = val_new(c);
    ca_div_si(half, pi, 2, c->ca);
    int square = value_equal(c, t.angle[known], half) == YES;
    if (has(m, "in") || has(m, "out") || has(m, "round")) {
        val a = t.side[known], b = t.side[(known + 1) % 3], g = t.side[(known + 2) % 3];
        struct capture *of = match_get(m, "w");
        if (of != NULL) {
            const char *n = past_space(of->raw);
            if (strcmp(strncmp(n, "\\triangle", 9) == 0 ? past_space(n + 9) : n, t.corner) != 0)
                return 0;
        }
        if (sides != 2 || angles != 1 || (right && !square))
            return 0;
        if (a == NULL ? !formula3(c, "sqrt(a^2+b^2-2*a*b*cos(w))", b, g, t.angle[known], &a) : !square || value_cmp(c, a, b != NULL ? b : g) != 1 || !formula3(c, "sqrt(a^2-b^2)", a, b != NULL ? b : g, zero, b != NULL ? &g : &b))
            return 0;
        r->k = S_VALUE;
        r->text = calc_printf(c, "%s, find the %s", text, has(m, "in") ? "radius of the inscribed circle" : has(m, "out") ? "radius of the circumscribed circle" : "perimeter");
        return formula3(c, has(m, "in") ? "sqrt((a+b+w)*(a+b-w)*(a-b+w)*(b+w-a))\\div(2*(a+b+w))" : has(m, "out") ? "a*b*w\\div sqrt((a+b+w)*(a+b-w)*(a-b+w)*(b+w-a))" : "a+b+w", a, b, g, &r->v);
    }
    if (right && !(angles == 1 && square))
        return 0;
    r->k = S_VALUE;
    const char *want = match_get(m, "w")->raw;
    if (has(m, "area")) {
        want = past_space(want);
        if (strncmp(want, "\\triangle", 9) == 0)
            want = past_space(want + 9);
        if (strcmp(want, t.corner) != 0 || sides != 2 || angles != 1 || t.side[known] != NULL)
            return 0;
        r->text = calc_printf(c, "%s, find the area", text);
        return formula3(c, "a*b*sin(w)\\div 2", t.side[(known + 1) % 3], t.side[(known + 2) % 3], t.angle[known], &r->v);
    }
    kind = part_of(&t, &want, &i);
    if (kind == 0 || *want != '\0')
        return 0;
    r->text = calc_printf(c, "%s, find %s", text, match_get(m, "w")->raw);
    if (kind == 'a') {
        if (angles != 2 || sides != 0 || t.angle[i] != NULL)
            return 0;
        val sum = val_new(c);
        ca_add(sum, t.angle[(i + 1) % 3], t.angle[(i + 2) % 3], c->ca);
        ca_sub(sum, pi, sum, c->ca);
        return value_sign_is(c, sum, 1) == YES && in_degrees(c, q, r, sum);
    }
    if (sides != 2 || angles != 1 || t.side[i] != NULL || has(m, "measure"))
        return 0;
    if (i == known)
        return formula3(c, "sqrt(a^2+b^2-2*a*b*cos(w))", t.side[(i + 1) % 3], t.side[(i + 2) % 3], t.angle[i], &r->v);
    val hyp = t.side[known], leg = t.side[3 - i - known];
    return square && value_cmp(c, hyp, leg) == 1 && formula3(c, "sqrt(a^2-b^2)", hyp, leg, zero, &r->v);
}

/* ---- points and lines ------------------------------------------------------------------ */
static struct ex *point(struct calc *c, struct capture *k)
{
    const char *s = k != NULL ? k->raw : NULL;
    if (s == NULL)
        return NULL;
    s = past_space(s);
    if (isupper((unsigned char)*s))
        s = past_space(s + 1);
    if (*s != '(' && strncmp(s, "\\left(", 6) != 0)
        return NULL;
    struct ex *e = parse_all(c, s, strlen(s), 0);
    if (e == NULL || e->k != E_TUPLE || e->n != 2 || e->op != (BR_OPEN_L | BR_OPEN_R) || ex_has_sym(e, NULL))
        return NULL;
    for (int i = 0; i < 2; i++) {
        val v = value_const(c, e->a[i]);
        if (v == NULL || value_is_real(c, v) != YES)
            return NULL;
    }
    return e;
}

static struct ex *minus(struct calc *c, struct ex *a, struct ex *b) { return ex_2(c, E_ADD, a, ex_1(c, E_NEG, b)); }
static struct ex *times(struct calc *c, struct ex *a, struct ex *b) { return ex_2(c, E_MUL, a, b); }

/* a x + b y + k = 0 from an equation of the first degree in x and y. */
static int line(struct calc *c, struct ex *e, struct ex **f, val *a, val *b, val *k)
{
    struct sym sy;
    struct rf rf;
    val d;
    if (e == NULL || e->k != E_REL || e->n != 2 || e->rels[0] != R_EQ)
        return 0;
    *f = minus(c, e->a[0], e->a[1]);
    sym_init(&sy, c);
    int gx = sym_gen_var(&sy, "x"), gy = sym_gen_var(&sy, "y");
    if (!sym_rf(&sy, *f, &rf) || sy.n != 2 || !mp_is_const(&sy, &rf.den, &d) || mp_deg(&rf.num, gx) > 1 || mp_deg(&rf.num, gy) > 1)
        return 0;
    struct mp p0 = mp_coeff(&sy, &rf.num, gx, 0), pa = mp_coeff(&sy, &rf.num, gx, 1), pb = mp_coeff(&sy, &p0, gy, 1), pk = mp_coeff(&sy, &p0, gy, 0);
    if (!mp_is_const(&sy, &pa, a) || !mp_is_const(&sy, &pb, b) || !mp_is_const(&sy, &pk, k))
        return 0;
    return value_equal(c, *a, val_si(c, 0)) == NO || value_equal(c, *b, val_si(c, 0)) == NO;
}

static int line_by(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *p = point(c, match_get(m, "p")), *x = ex_sym(c, "x"), *y = ex_sym(c, "y"), *zero = ex_num(c, 0), *f;
    struct capture *s = match_get(m, "s"), *slope = match_get(m, "k"), *l = match_get(m, "l");
    val a, b, k;
    (void)q;
    if (p == NULL)
        return 0;
    struct ex *dx = minus(c, x, p->a[0]), *dy = minus(c, y, p->a[1]);
    r->k = S_CURVE;
    if (slope != NULL) {
        if (slope->e == NULL || ex_has_sym(slope->e, NULL) || value_const(c, slope->e) == NULL)
            return 0;
        r->e = ex_rel(c, R_EQ, dy, times(c, slope->e, dx));
        r->text = calc_printf(c, "line through %s with slope %s", match_get(m, "p")->raw, ex_text(c, slope->e));
        return 1;
    }
    if (s != NULL) {
        struct ex *t = point(c, s);
        if (t == NULL)
            return 0;
        val u[4] = { value_const(c, p->a[0]), value_const(c, t->a[0]), value_const(c, p->a[1]), value_const(c, t->a[1]) };
        if (value_equal(c, u[0], u[1]) != NO && value_equal(c, u[2], u[3]) != NO)
            return 0;
        r->e = ex_rel(c, R_EQ, minus(c, times(c, minus(c, t->a[1], p->a[1]), dx), times(c, minus(c, t->a[0], p->a[0]), dy)), zero);
        r->text = calc_printf(c, "line through %s and %s", match_get(m, "p")->raw, s->raw);
        return 1;
    }
    if (l == NULL || !line(c, l->e, &f, &a, &b, &k))
        return 0;
    struct ex *fx = ex_diff(c, f, "x"), *fy = ex_diff(c, f, "y");
    if (fx == NULL || fy == NULL)
        return 0;
    val on = value_const(c, ex_subst(c, ex_subst(c, f, "x", p->a[0]), "y", p->a[1]));
    if (!has(m, "perp") && (on == NULL || ca_check_is_zero(on, c->ca) != T_FALSE))
        return 0;                                     /* the point is on the line: is that parallel? */
    r->e = ex_rel(c, R_EQ, has(m, "perp") ? minus(c, times(c, fy, dx), times(c, fx, dy)) : ex_2(c, E_ADD, times(c, fx, dx), times(c, fy, dy)), zero);
    r->text = calc_printf(c, "line through %s %s %s", match_get(m, "p")->raw, has(m, "perp") ? "perpendicular to" : "parallel to", ex_text(c, l->e));
    return 1;
}

static int of_points(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *p = point(c, match_get(m, "p")), *s = point(c, match_get(m, "s")), *u = match_get(m, "u") != NULL ? point(c, match_get(m, "u")) : NULL;
    (void)q;
    if (p == NULL || s == NULL || (match_get(m, "u") != NULL && u == NULL))
        return 0;
    struct ex *dx = minus(c, s->a[0], p->a[0]), *dy = minus(c, s->a[1], p->a[1]);
    const char *a = match_get(m, "p")->raw, *b = match_get(m, "s")->raw;
    struct capture *name = match_get(m, "name");
    if (name != NULL) {                               /* A(..), B(..), find |AB| */
        const char *n = name->raw;
        int bars = *n == '|';
        if (!isupper((unsigned char)a[0]) || !isupper((unsigned char)b[0]) || a[0] == b[0] || !((n[bars] == a[0] && n[bars + 1] == b[0]) || (n[bars] == b[0] && n[bars + 1] == a[0])) || strcmp(n + bars + 2, bars ? "|" : "") != 0)
            return 0;
    }
    if (has(m, "midpoint")) {
        r->k = S_TUPLES;
        r->tu.n = 1;
        r->tu.nv = 2;
        r->vars[0] = "x";
        r->vars[1] = "y";
        for (int i = 0; i < 2; i++)
            if ((r->tu.v[0][i] = value_const(c, ex_2(c, E_DIV, ex_2(c, E_ADD, p->a[i], s->a[i]), ex_num(c, 2)))) == NULL)
                return 0;
        r->text = calc_printf(c, "midpoint of %s and %s", a, b);
        return 1;
    }
    r->k = S_VALUE;
    struct ex *e = u != NULL ? ex_2(c, E_DIV, ex_fn(c, F_ABS, minus(c, times(c, dx, minus(c, u->a[1], p->a[1])), times(c, dy, minus(c, u->a[0], p->a[0]))), NULL), ex_num(c, 2)) :
                   has(m, "slope") ? ex_2(c, E_DIV, dy, dx) : ex_fn(c, F_SQRT, ex_2(c, E_ADD, ex_2(c, E_POW, dx, ex_num(c, 2)), ex_2(c, E_POW, dy, ex_num(c, 2))), NULL);
    r->v = value_const(c, e);
    r->text = calc_printf(c, "%s, %s%s%s, find the %s", a, b, u != NULL ? ", " : "", u != NULL ? match_get(m, "u")->raw : "", u != NULL ? "area of the triangle" : has(m, "slope") ? "slope" : "distance");
    return r->v != NULL && (u == NULL || value_sign_is(c, r->v, 1) == YES);
}

static int two_lines(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *l = match_ex(m, "l"), *n = match_ex(m, "m"), *f, *g;
    val a[2], b[2], k[2], t = val_new(c), d = val_new(c), u = val_new(c);
    (void)q;
    if (!line(c, l, &f, &a[0], &b[0], &k[0]) || !line(c, n, &g, &a[1], &b[1], &k[1]))
        return 0;
    r->text = calc_printf(c, "%s and %s, find %s", ex_text(c, l), ex_text(c, n), has(m, "meet") ? "the point of intersection" : "the distance");
    if (has(m, "meet")) {
        struct ex *eq[2] = { l, n };
        r->vars[0] = "x";
        r->vars[1] = "y";
        r->k = S_TUPLES;
        return solve_system(c, eq, 2, r->vars, 2, &r->tu) && r->tu.n == 1;
    }
    ca_mul(t, a[0], b[1], c->ca);
    ca_mul(d, a[1], b[0], c->ca);
    if (value_equal(c, t, d) != YES)
        return 0;                                     /* they meet: no distance */
    if (value_equal(c, a[1], val_si(c, 0)) == NO)
        ca_div(t, a[0], a[1], c->ca);
    else
        ca_div(t, b[0], b[1], c->ca);
    ca_mul(d, t, k[1], c->ca);
    ca_sub(d, k[0], d, c->ca);
    r->k = S_VALUE;
    return formula3(c, "|w|\\div sqrt(a^2+b^2)", a[0], b[0], d, &r->v) && value_sign_is(c, (ca_set(u, r->v, c->ca), u), 1) == YES;
}

static int circle_by(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *p = point(c, match_get(m, "p")), *k = match_ex(m, "k"), *two = ex_num(c, 2);
    val v = k != NULL ? value_const(c, k) : NULL;
    (void)q;
    if (p == NULL || v == NULL || value_sign_is(c, v, 1) != YES)
        return 0;
    r->k = S_CURVE;
    if (has(m, "standard"))
        r->forms |= FORM_STANDARD;
    r->e = ex_rel(c, R_EQ, ex_2(c, E_ADD, ex_2(c, E_POW, minus(c, ex_sym(c, "x"), p->a[0]), two), ex_2(c, E_POW, minus(c, ex_sym(c, "y"), p->a[1]), two)), ex_2(c, E_POW, k, two));
    r->text = calc_printf(c, "circle with centre %s and radius %s, find its equation", match_get(m, "p")->raw, ex_text(c, k));
    return 1;
}

/* ---- polygons --------------------------------------------------------------------------- */
static int polygon(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    static const char *const names[] = { "triangle", "quadrilateral", "pentagon", "hexagon", "heptagon", "octagon", "nonagon", "decagon" };
    long n = 0;
    struct capture *w = match_get(m, "w");
    if (w != NULL) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strcasecmp(names[i], w->raw) == 0)
                n = (long)i + 3;
    } else if (!ex_is_int(match_ex(m, "n"), &n))
        return 0;
    if (n < 3 || n > 1000)
        return 0;
    r->k = S_VALUE;
    if (has(m, "diag")) {
        r->v = val_si(c, n * (n - 3) / 2);
        r->text = calc_printf(c, "diagonals of a convex polygon with %ld sides, find their number", n);
        return 1;
    }
    r->degrees = 1 + names_degrees(q);
    r->v = has(m, "each") ? val_q(c, (n - 2) * 180, n) : has(m, "outer") ? val_q(c, 360, n) : val_si(c, (n - 2) * 180);
    r->text = calc_printf(c, "polygon of %ld sides, find %s in degrees", n, has(m, "each") ? "each interior angle (regular)" : has(m, "outer") ? "each exterior angle (regular)" : "the sum of the interior angles");
    return 1;
}

static int third_angle(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    val a = value_const(c, match_ex(m, "a")), b = value_const(c, match_ex(m, "b")), pi = val_new(c);
    if (a == NULL || b == NULL || match_ex(m, "a")->k != E_DEG || match_ex(m, "b")->k != E_DEG)
        return 0;
    ca_pi(pi, c->ca);
    ca_sub(pi, pi, a, c->ca);
    ca_sub(pi, pi, b, c->ca);
    r->k = S_VALUE;
    r->text = calc_printf(c, "triangle with angles %s and %s, find the third", ex_text(c, match_ex(m, "a")), ex_text(c, match_ex(m, "b")));
    return value_sign_is(c, a, 1) == YES && value_sign_is(c, b, 1) == YES && value_sign_is(c, pi, 1) == YES && in_degrees(c, q, r, pi);
}

#define SIDES_ASKED "(how many sides does (it|the polygon) have|" GET " the number of (its |)sides( of the polygon|))"
#define ALL_ANGLES(kind) "((each|every|an) " kind "angle (of|in) a regular polygon (is|measures|equals|has measure)|the " kind "angles of a regular polygon (are each|are all|each measure|all measure)( equal to|)) "
const struct family read_plane[] = {
    { .id = "triangle", .read = triangle, .patterns = P(
        "(已知|)(在|)(Rt{!:rt}| Rt{!:rt}|)((直角{!:rt}|)三角形|){r:t}中,{r:p},{r:u},{r:s},(求|则)({r:w}(的|)|它的|其|三角形的|)(内切圆{!:in}|外接圆{!:out})(的|)半径({v:x}|)(是多少|为多少|等于多少|是|为|)", "(已知|)(在|)(Rt{!:rt}| Rt{!:rt}|)((直角{!:rt}|)三角形|){r:t}中,{r:p},{r:u},{r:s},(求|则)({r:w}(的|)|它的|其|三角形的|)周长{!:round}",
        "triangle ({w:t}|{r:t}) has a right angle at {w:v},(with |and |){r:p} and {r:u}," GET " (the |its |)(radius of (the |its |)(inscribed circle|incircle){!:in}|inradius{!:in}|radius of (the |its |)(circumscribed circle|circumcircle){!:out}|circumradius{!:out}|perimeter{!:round})( of (the |)triangle|)", "in ((right {!:rt}|)triangle |)({w:t}|{r:t}),{r:p},{r:u}(,|) and {r:s}," GET " (the |its |)(radius of (the |its |)(inscribed circle|incircle){!:in}|inradius{!:in}|radius of (the |its |)(circumscribed circle|circumcircle){!:out}|circumradius{!:out}|perimeter{!:round})( of (the |)triangle|)",
        "(已知|)(在|)(Rt{!:rt}| Rt{!:rt}|)((直角{!:rt}|)三角形|){r:t}中,{r:p},{r:u},{r:s},(求|则){r:w}(的长(度|)|长|)", "(已知|)(在|)(Rt{!:rt}| Rt{!:rt}|){r:t}中,{r:p},{r:u},{r:s},(求|则){r:w}的面积{!:area}", "(已知|)(在|)(Rt{!:rt}| Rt{!:rt}|){r:t}中,{r:p},{r:u},(求|则){r:w}(的度数{!:measure}|的大小{!:measure}|)(是多少度|)",
        "in ((right {!:rt}|)triangle |){r:t},{r:p},{r:u}(,|) and {r:s}," GET " (the (length|value) of |){r:w}", "in triangle {w:t},{r:p},{r:u}(,|) and {r:s}," GET " (the (length|value) of |){r:w}", "in ((right {!:rt}|)triangle |){r:t},{r:p},{r:u}(,|) and {r:s}," GET " the area of {r:w}{!:area}", "in (triangle |){r:t},{r:p} and {r:u}," GET " (the measure of |){r:w}", "in triangle {w:t},{r:p} and {r:u}," GET " (the measure of |){r:w}") },
    { .id = "third angle", .read = third_angle, .patterns = P("two angles of a triangle are {n:a} and {n:b}," GET " the third angle", "(一个|)三角形(的|)(两个内角|两个角|两内角)(的度数|)(分别|)(为|是){n:a}(和|、|与|,){n:b},(求|)第三个(内|)角(的度数|)(是多少度|)") },
    { .id = "angles of a polygon", .read = polygon, .patterns = P(
        "(求|)(正|){i:n}边形的内角和(是多少(度|)|的度数|)", "(求|)正{i:n}边形(的|)(每个|每一个|一个)(内角{!:each}|外角{!:outer})(的度数|)(是多少度|等于多少度|)", GET " the sum of the (interior |internal |)angles (of|in) (a|an) (convex |regular |)(polygon (with|of|having) {i:n} sides|{w:w})",
        "how many diagonals does (a|an) (convex |regular |){w:w} have{!:diag}", GET " the number of diagonals (of|in) (a|an) (convex |regular |)(polygon (with|of|having) {i:n} sides|{w:w}){!:diag}", "how many diagonals (are there in|can be drawn in) (a|an) (convex |regular |)(polygon (with|of|having) {i:n} sides|{w:w}){!:diag}", GET " (the measure of |)(each|an|one|every) (interior{!:each}|exterior{!:outer}) angle of a regular {w:w}", "how (large|big|many degrees) (is|are in|are there in|does) (each|an|one|every) (interior{!:each}|exterior{!:outer}) angle of a regular (polygon (with|of|having) {i:n} sides|{i:n}-gon|{w:w})", GET " (the (measure|size) of |)(each|an|one|every) (interior{!:each}|exterior{!:outer}) angle (of|in) a regular (polygon (with|of|having) {i:n} sides|{i:n}-gon)", "a regular polygon has {i:n} sides,(how large is|" GET "|how many degrees is) (the (measure|size) of |)(each|an|one|every) (interior{!:each}|exterior{!:outer}) angle") },
    { .id = "sides of a polygon from the sum", .formula = "w\\div\\pi+2", .conds = "w>0, w\\div\\pi-floor(w\\div\\pi)=0", .text = "sum of the interior angles {w}, find the number of sides", .patterns = P("(一个|已知一个|)多边形的内角和(是|为|等于){n:w},((则|那么|)(这个多边形|它|该多边形|这)是几边形|(则|)(这个多边形|它|该多边形)的边数(是|为)(多少|)|求(这个多边形的|它的|)边数|它的边数是多少|则这个多边形的边数是多少)", "the sum of the interior angles of a polygon is {n:w},how many sides does it have") },
    { .id = "sides of a polygon from an angle", .formula = "2*\\pi\\div(\\pi-w)", .conds = "w>0, w<\\pi, 2*\\pi\\div(\\pi-w)-floor(2*\\pi\\div(\\pi-w))=0, 2*\\pi\\div(\\pi-w)>2", .text = "regular polygon with interior angle {w}, find the number of sides", .patterns = P(ALL_ANGLES("(interior |internal )") "{n:w}," SIDES_ASKED, "(一个|)正多边形(的|)(每个|每一个|一个)内角(都|)(是|为|等于){n:w},(这个(正|)多边形是几边形|求(这个(正|)多边形的|它的|)边数|它的边数是多少|它是正几边形)") },
    { .id = "sides of a polygon from an angle in degrees", .formula = "360\\div(180-w)", .conds = "w>0, w<180, 360\\div(180-w)-floor(360\\div(180-w))=0, 360\\div(180-w)>2", .text = "regular polygon with interior angle {w} degrees, find the number of sides", .patterns = P(ALL_ANGLES("(interior |internal )") "{n:w} degrees," SIDES_ASKED) },
    { .id = "sides of a polygon from an exterior angle in degrees", .formula = "360\\div w", .conds = "w>0, w<180, 360\\div w-floor(360\\div w)=0", .text = "regular polygon with exterior angle {w} degrees, find the number of sides", .patterns = P(ALL_ANGLES("(exterior |external )") "{n:w} degrees," SIDES_ASKED) },
    { .id = "sides of a polygon from the sum in degrees", .formula = "w\\div 180+2", .conds = "w>0, w\\div 180-floor(w\\div 180)=0", .text = "sum of the interior angles {w} degrees, find the number of sides", .patterns = P("the sum of the (interior |internal |)angles of a (convex |)polygon (is|equals) {n:w} degrees," SIDES_ASKED) },
    { .id = "sides of a polygon from an exterior angle", .formula = "2*\\pi\\div w", .conds = "w>0, w<\\pi, 2*\\pi\\div w-floor(2*\\pi\\div w)=0", .text = "regular polygon with exterior angle {w}, find the number of sides", .patterns = P(ALL_ANGLES("(exterior |external )") "{n:w}," SIDES_ASKED, "(一个|)正多边形(的|)(每个|每一个|一个)外角(都|)(是|为|等于){n:w},(这个(正|)多边形是几边形|求(这个(正|)多边形的|它的|)边数|它的边数是多少|它是正几边形)") },
    { .id = "line", .read = line_by, .patterns = P(
        "(求|)(经过|过)(点|){r:p}(,|)(且|)斜率(为|是|等于){e:k}的直线(的|)方程", "(求|)(经过|过)(点|两点|){r:p}(和|,|与)(点|){r:s}(两点|)的直线(的|)方程", "(求|)(经过|过)(点|){r:p}(,|)(且|)(与|和)(直线|){e:l}(平行|垂直{!:perp})的直线(的|)方程",
        GET " (the |an |)equation of the line with slope {e:k} (passing |that passes |)through (the point |){r:p}", GET " (the |an |)equation of the line (passing |that passes |)through (the point |){r:p} with slope {e:k}", GET " (the |an |)equation of the line (passing |that passes |)through (the points |){r:p} and {r:s}", GET " (the |an |)equation of the line (passing |that passes |)through (the point |){r:p} (and |that is |)(parallel|perpendicular{!:perp}) to (the line |){e:l}") },
    { .id = "points", .read = of_points, .patterns = P(
        "(the point |point |)({w:mid}|{r:mid}) is the midpoint of (the |)(line |)(segment |)({w:name}|{r:name}),(where|with|and|if|given|for|) {r:p} and {r:s}," GET " (the coordinates of |)({w:mid}|{r:mid}){!:midpoint}", "(已知|)线段({r:name}|{w:name})(的|)(两个|两|)端点(坐标|)(的坐标|)(分别|)(为|是){r:p}(,|和|与|、){r:s},(求|则)(它的|其|线段的|该线段的|)(中点(的|)坐标{!:midpoint}|长(度|))(是(多少|)|为|)",
        FRAME "(点|两点|){r:p}(,|和|与|、)(点|){r:s}(两点|),(求|则)(线段|)({r:name}|{w:name})的中点({w:mid}|)(的|)坐标(是(多少|什么|)|为|){!:midpoint}", FRAME "(点|两点|){r:p}(,|和|与|、)(点|){r:s}(两点|),(求|则)(线段|)({r:name}|{w:name})(的|)(长度|长|)(是(多少|)|为|=|)", FRAME "(点|两点|){r:p}(,|和|与|、)(点|){r:s}(两点|),(求|则)(这|)两点(之间|间|)的距离(是(多少|)|为|)", "(求|)(连接|)(点|){r:p}(和|与)(点|){r:s}的(线段的|)中点(的|)坐标{!:midpoint}", "(求|)(经过|过)(两点|点|){r:p}(和|,|与)(点|){r:s}(两点|)的直线的斜率{!:slope}", "(已知|)三角形(ABC|{r:tri}|)的(三个|)顶点(分别|)(为|是){r:p},{r:s},{r:u},求(它的|其|三角形的|)面积",
        "(the |)(endpoints|end points) of (a|the) (line |)segment( {w:name}| {r:name}|) are {r:p} and {r:s}," GET " (its midpoint{!:midpoint}|the (coordinates of the |)midpoint{!:midpoint}( of the segment| of {w:name}|)|its length|the length of the segment)", "(given |if |let |)(the |)(points |)({r:p} and {r:s})( be given| are given|)," GET " (the (coordinates of the |)midpoint{!:midpoint} of (the |)(line |)(segment |)({w:name}|{r:name})|the length of (the |)(line |)(segment |)({w:name}|{r:name}))", GET " the length of the (line |)segment (joining|connecting|with endpoints|from|between) (the points |){r:p} (and|to) {r:s}", GET " (the coordinates of |)the midpoint{!:midpoint} of the (line |)segment (joining|connecting|with endpoints|from|between) (the points |){r:p} (and|to) {r:s}", GET " the slope{!:slope} of the line (passing |)through (the points |){r:p} and {r:s}", GET " the area of the triangle with vertices {r:p},{r:s}(,|) and {r:u}") },
    { .id = "two lines", .read = two_lines, .patterns = P("(求|)两(条|)平行(直|)线{e:l}(与|和){e:m}(之间|间|)的距离", "(求|)直线{e:l}(与|和)(直线|){e:m}的交点(的|)坐标{!:meet}", GET " the (point of intersection|intersection point|intersection) of the lines {e:l} and {e:m}{!:meet}", GET " the distance between the parallel lines {e:l} and {e:m}") },
    { .id = "circle by centre and radius", .read = circle_by, .patterns = P("(求|)以(点|){r:p}为圆心(、|,|)(以|){e:k}为半径的圆的(标准{!:standard}|)方程", "(求|)以(点|){r:p}为圆心,半径(为|是){e:k}的圆的(标准{!:standard}|)方程", "(求|)圆心(为|是|在)(点|){r:p},半径(为|是){e:k}的圆的(标准{!:standard}|)方程", GET " (the |an |)(standard{!:standard} |)equation of (the|a) circle with (center|centre) {r:p} and radius {e:k}") },
    { .id = "ladder", .unit = "^1", .formula = "sqrt(l^2-d^2)", .conds = "l>d, d>0", .text = "ladder {l}, its foot {d} from the wall, find the height", .patterns = P("a ladder {m:l} long leans against a (vertical |)wall with its foot {m:d} from the (wall|base of the wall),how high (up the wall does (it|the ladder) reach|does (it|the ladder) reach)", "a (ladder {m:l} long|{m:l} (long |)ladder|ladder (of length|with length) {m:l}) (leans|is leaning|rests|is placed|is propped|stands) against a (vertical |)wall(,| with|, and) (the|its) (foot|base|bottom|lower end) (of the ladder |)(is |){m:d} (away |)from the (wall|base of the wall|foot of the wall|bottom of the wall),how (high|far) (up the wall|)(,|) (does|can) (it|the ladder|the top of the ladder) reach( up the wall| on the wall|)", "(一架|一个|把一架|一把|)(长(为|){m:l}|{m:l}长)的梯子斜靠在(竖直的|)墙(上|面上),(梯子|)(底端|底部|梯脚)(离|距)墙(根|脚|底|)(的距离为|){m:d},(求|)梯子(的|)(顶端|顶部)(离|距)地面(多高|的高度|有多高|多少{u:unit})") },
    { .id = "ladder, its foot", .unit = "^1", .formula = "sqrt(l^2-h^2)", .conds = "l>h, h>0", .text = "ladder {l}, reaching {h} high, find the distance of its foot", .patterns = P("a (ladder {m:l} long|{m:l} (long |)ladder|ladder (of length|with length) {m:l}) (leans|is leaning|rests|is placed|is propped) against a (vertical |)wall( and|,|) (its top |the top of the ladder |it |)(reaches|reaching|touches the wall) {m:h} (up the wall|high|above the ground|up)(on the wall|),how far (is|from the wall is) (the|its) (foot|base|bottom) (of the ladder |)(from the (wall|base of the wall)|)") },
    { .id = "circle cut from a square", .unit = "^2", .formula = "a^2-\\pi*r^2", .conds = "r>0, a>=2*r", .text = "circle of radius {r} cut from a square of side {a}, find what is left", .patterns = P("a circle (of|with) radius {m:r} is (cut|cut out|removed) (from|out of|of) a square (of|with) side (length |){m:a}," GET " the (area (that remains|that is left|left over|remaining|of the (remaining|rest) (part|piece|region)|left)|remaining area)", "(从|在)(一个|)边长(为|是){m:a}的正方形(纸片|铁皮|纸板|)(中|上|里|)(,|)(剪去|剪下|挖去|剪掉)一个半径(为|是){m:r}的圆,(求|)(剩余|剩下|余下)(的|)(部分|铁皮|纸片|图形|)(的|)面积(是多少|)") },
    { .id = "radius by a chord", .unit = "^1", .formula = "sqrt((a\\div 2)^2+d^2)", .conds = "a>0, d>0", .text = "chord {a}, {d} from the centre, find the radius", .patterns = P("a chord of a circle (is {m:a} long|has length {m:a}|of length {m:a}|measures {m:a}) (and |)(lies|is|is at a distance of) {m:d} (away |)(from|of) (the|its) (centre|center)( of the circle|)," GET " the radius( of the circle|)", "(in a circle,|)(a|the) chord (of length {m:a}|{m:a} long) is {m:d} (away |)from the (centre|center)( of (the|a) circle|)," GET " the radius( of the circle|)", "(在|)(一个|)圆(中|内|的|)(,|)(一条|有一条|)弦(的|)(长|)(为|是|){m:a},(弦心距|圆心到(这条|该|)弦的距离|(它|弦)到圆心的距离)(为|是){m:d},(求|则)(这个|该|)圆的半径(是多少|为|是|)") },
    { .id = "a chord", .unit = "^1", .formula = "2*sqrt(r^2-d^2)", .conds = "r>d, d>0", .text = "circle of radius {r}, chord {d} from the centre, find the chord", .patterns = P("(in |)(a|the) circle (of|with|has) (a |)radius {m:r},(a |the |)chord (is |lies |)(at a distance of |){m:d} (units |)(away |)from the (centre|center)( of the circle|)," GET " the length of the chord", GET " the length of (a|the) chord (that is |which is |lying |){m:d} (away |)from the (centre|center) of a circle (of|with) radius {m:r}", "(在|)半径(为|是){m:r}的圆(中|内),(弦心距(为|是){m:d}的弦|圆心到(一条|某条|)弦的距离(为|是){m:d}(,|)(求|则|)(这条|该|)弦)(的|)长(度|)(是多少|为|是|)") },
    { .id = "a chord's distance", .unit = "^1", .formula = "sqrt(r^2-(a\\div 2)^2)", .conds = "a>0, 2*r>a", .text = "circle of radius {r}, chord {a}, find its distance from the centre", .patterns = P("in a circle (of|with) (a |)radius {m:r},how far (from the (centre|center) is a chord (of length {m:a}|{m:a} long)|is a chord (of length {m:a}|{m:a} long) from the (centre|center))( of the circle|)", "(in |)(a|the) circle (of|with|has) (a |)radius {m:r},(a |the |)chord (is {m:a} long|has length {m:a}|of length {m:a} is drawn)," GET " (its distance|the distance of the chord|the distance) from the (centre|center)( to the chord|)( of the circle|)", GET " the distance from the (centre|center) of a circle (of|with) radius {m:r} to a chord (of length {m:a}|{m:a} long)", "(在|)半径(为|是){m:r}的圆(中|内),(一条|有一条|)(长(为|是|){m:a}的弦|弦长(为|是|){m:a}|弦(的|)长(为|是){m:a})(,|)(求|则|)(圆心到(这条|该|)弦的距离|(这条|该|)弦的弦心距|弦心距)(是多少|为|是|)") },
    { .id = "square in a circle, area", .unit = "^2", .formula = "2*r^2", .conds = "r>0", .text = "square inscribed in a circle of radius {r}, find its area", .patterns = P("a square is inscribed in a circle (of|with) radius {m:r}," GET " the area of the square", "(求|)半径(为|是){m:r}的圆的内接正方形的面积", "一个正方形内接于半径(为|是){m:r}的圆,(求|)(这个|该|)正方形的面积") },
    { .id = "square in a circle, side", .unit = "^1", .formula = "sqrt(2)*r", .conds = "r>0", .text = "square inscribed in a circle of radius {r}, find its side", .patterns = P("a square is inscribed in a circle (of|with) radius {m:r}," GET " the (side|side length|length of a side|length of the side) of the square", "(求|)半径(为|是){m:r}的圆的内接正方形的边长", "一个正方形内接于半径(为|是){m:r}的圆,(求|)(这个|该|)正方形的边长") },
    { .id = "circle in a square, area of the circle", .unit = "^2", .formula = "\\pi*a^2\\div 4", .conds = "a>0", .text = "circle inscribed in a square of side {a}, find its area", .patterns = P("a circle is inscribed in a square (of|with) side (length |){m:a}," GET " the area of the circle", "(一个|)圆内切于边长(为|是){m:a}的正方形,(求|)(这个|该|)圆的面积", "(求|)边长(为|是){m:a}的正方形的内切圆的面积") },
    { .id = "circle around a square", .unit = "^2", .formula = "\\pi*a^2\\div 2", .conds = "a>0", .text = "circle around a square of side {a}, find its area", .patterns = P("(一个|)边长(为|是){m:a}的正方形内接于圆,(求|)(这个|该|)圆的面积", "a square (with|of) side (length |){m:a} is inscribed in a circle," GET " the area of the circle", "a circle is circumscribed about a square (with|of) side (length |){m:a}," GET " the area of the circle") },
    { .id = "square around a circle", .unit = "^2", .formula = "4*r^2", .conds = "r>0", .text = "square around a circle of radius {r}, find its area", .patterns = P("(一个|)半径(为|是){m:r}的圆内切于正方形,(求|)(这个|该|)正方形的面积", "a square is circumscribed about a circle (of|with) radius {m:r}," GET " the area of the square", "a circle (of|with) radius {m:r} is inscribed in a square," GET " the area of the square") },
    { .id = "circle in a triangle", .unit = "^1", .formula = "sqrt((a+b+g)*(a+b-g)*(a-b+g)*(b+g-a))\\div(2*(a+b+g))", .conds = "a+b>g, a+g>b, b+g>a, a>0, b>0, g>0", .text = "triangle with sides {a}, {b}, {g}, find the inradius", .patterns = P(GET " the radius of the (circle inscribed in|inscribed circle of|incircle of) a triangle with sides (of length |){m:a},{m:b}(,|) and {m:g}") },
    { .id = "circle around a triangle", .unit = "^1", .formula = "a*b*g\\div sqrt((a+b+g)*(a+b-g)*(a-b+g)*(b+g-a))", .conds = "a+b>g, a+g>b, b+g>a, a>0, b>0, g>0", .text = "triangle with sides {a}, {b}, {g}, find the circumradius", .patterns = P(GET " the radius of the (circle circumscribed about|circumscribed circle of|circumcircle of) a triangle with sides (of length |){m:a},{m:b}(,|) and {m:g}") },
    { .id = "sphere in a cube, volume", .unit = "^3", .formula = "\\pi*a^3\\div 6", .conds = "a>0", .text = "sphere inscribed in a cube of edge {a}, find its volume", .patterns = P("a sphere is inscribed in a cube (of|with) (edge|side|edge length|side length) {m:a}," GET " the volume of the sphere") },
    { .id = "sphere in a cube, area", .unit = "^2", .formula = "\\pi*a^2", .conds = "a>0", .text = "sphere inscribed in a cube of edge {a}, find its surface area", .patterns = P("a sphere is inscribed in a cube (of|with) (edge|side|edge length|side length) {m:a}," GET " the surface area of the sphere") },
    { .id = "arc in a circle", .unit = "^1", .formula = "r*w", .conds = "r>0, w>0, w<=2*\\pi", .text = "circle of radius {r}, central angle {w}, find the arc", .patterns = P("an arc of a circle (of|with) radius {m:r} (subtends|is subtended by|has) a central angle of {n:w},(find|what is) (its length|the length of the arc)", "(find|what is) the length of (an|the) arc (subtended by|with|that subtends|of) a central angle of {n:w} in a circle (of|with) radius {m:r}", "(在|)半径(为|是){m:r}的圆中,{n:w}的圆心角所对的弧(长|的长)(是多少|为多少|)", "(求|)(在|)半径(为|是){m:r}的圆中,{n:w}的圆心角所对的弧长") },
    { .id = NULL },
};
