/* read_triangles.c - one triangle from three of its sides and angles: by its name (AB = 5, ∠A = 60°, a = 3) or in words
 * ("two sides and the angle between them"); a side, an angle, its sine, cosine or tangent, the area or the perimeter. */
#include "plugins/calculator/stories/clause.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

#define NAME "({r:t}|{w:t})"
#define OWN "(内角|角|)({r:vs}|A,B,C)(的|所)(对边|对的边|对应的边)(分别|)(为|是)({r:ss}|({w:sa}|{r:sa}),({w:sb}|{r:sb}),({w:sc}|{r:sc}))"
#define IS "(是|为|等于|=|)(多少|几|)(度|{u:unit}|)"
static const struct clause zh[] = {
    { "S", 'A', "name", "(如图,|)(已知|)(在|) (Rt|直角|)(三角形|)" NAME "(中|)" }, { "S", 'A', "any", "(已知|)(在|)(一个|)三角形(中|的三(条|)边(长|)(分别|)(为|是))" },
    { "A", 'A', "own", "(,|)" OWN }, { "A", 'A', "given", "(,|)(已知|且|若|如果|)(角|边|边长|)({r:g})({u:gu}|)" },
    { "A", '.', "ask", "(,|)(求|则|那么|)(边|角|边长|斜边{!:hyp}|直角边{!:leg}|)({r:want}|{w:want})(的|)(长度|长|值|大小|度数|)" IS }, { "A", '.', "ask", "(,|)(求|则|那么|)(角|)({r:want}|{w:want})的(余弦{!:cos}|正弦{!:sin}|正切{!:tan})(值|)" IS },
    { "A", 'U', "three", "(的|)(三(条|)边)(的|)(长|)(分别|)(为|是){m:a}(,|和){m:b}(,|和){m:g}" }, { "AU", '.', "ask", "(,|)(求|则|那么|)(它的|其|该三角形的|这个三角形的|三角形的|此三角形的|{r:t2}的|)(外接圆(的|)半径{!:outer}|内切圆(的|)半径{!:inner})" IS },
    { "AU", '.', "ask", "(,|)(求|则|那么|)(它的|其|该三角形的|这个三角形的|三角形的|此三角形的|{r:t2}的|)(面积{!:area}|周长{!:around})" IS },
    { "S", 'U', "pair", "(已知|若|)(一个|)三角形(的|)(两边|两条边)(的|)(长|)(分别|)(为|是){m:a}(和|、|与|,){m:b}" }, { "U", 'U', "between", "(,|)(且|)(它们的|这两边的|两边的|其|)夹角(为|是){n:w}" }, { "U", '.', "third", "(,|)(求|则|)(第三边|第三条边|另一边)(的|)(长度|长|)" IS },
    { "S", 'U', "three", "(已知|若|)(一个|)三角形(的|)(三边|三条边)(的|)(长|)(分别|)(为|是){m:a}(,|和){m:b}(,|和){m:g}" }, { "U", '.', "extreme", "(,|)(求|则|)(它的|其|)(最大(的|)(内角|角){!:largest}|最小(的|)(内角|角){!:smallest})(的|)(余弦值{!:cos}|正弦值{!:sin}|度数|)" IS },
    { NULL, 0, NULL, NULL },
};

#define FIND "(find|what is|determine|calculate|compute|how (long|large) is)"
#define BETWEEN "(the |an |)(angle between (them|these sides|the two sides|these two sides)|included angle)"
static const struct clause en[] = {
    { "S", 'A', "name", "(in |consider |for |)(the |a |)(right |right-angled |)(triangle |)" NAME "( we have| it is given that| has| with| let|)(,|)" }, { "S", 'A', "any", "(in |)(a|the) triangle( has| with|)(,|)" },
    { "A", 'A', "given", "(and |with |where |)(side |sides |angle |the angle |)({r:g})( {u:gu}|)( and|)" }, { "A", 'A', "angle", "(and |with |)(the |)angle (at |)({w:v}|{r:v}) (is|measures|equals|=|of) {n:w}( and|)" }, { "A", 'A', "side", "(and |with |)(the |)(side |)({w:p}|{r:p}) (is|equals|has length|measures) {m:l}( and|)" }, { "A", 'A', "right", "(with |)(is |)((a |the |)right angle at|right-angled at|right angled at|the right angle at) ({w:v}|{r:v})( and|)" },
    { "A", '.', "ask", FIND " (the (length|size|measure|value|exact value|magnitude) of |)(the |)(side |angle |length |length of |)({r:want}|{w:want})( in degrees|)" }, { "A", '.', "ask", FIND " the (cosine{!:cos}|sine{!:sin}|tangent{!:tan}) of (angle |)({r:want}|{w:want})" },
    { "AU", '.', "ask", FIND " (its (circumradius{!:outer}|inradius{!:inner})|the (circumradius{!:outer}|inradius{!:inner}|radius of (its|the) (circumscribed circle{!:outer}|circumcircle{!:outer}|inscribed circle{!:inner}|incircle{!:inner}))( of the triangle|))" },
    { "AU", '.', "ask", FIND " (its|the) (exact |)(area{!:area}|perimeter{!:around})( of (the |this |)triangle( {r:t2}| {w:t2}|)|)" },
    { "S", 'U', "pair", "(if |)(the |)(two |)sides of a triangle (have lengths|have length|are|measure|are of length|have) {m:a} and {m:b}( and|)" }, { "S", 'U', "pair", "a triangle has (two |)sides (of lengths |of length |measuring |){m:a} and {m:b}( and|)" }, { "U", 'U', "between", "(and |with |)" BETWEEN " (is|of|measures|equals|equal to|=) {n:w}" }, { "U", '.', "third", FIND " (the length of |)the (third|remaining|other) side" },
    { "S", 'U', "three", "(if |)(the |)(three |)(sides|side lengths|lengths of the sides|lengths of the three sides) of a triangle (are|measure|have lengths|have length|are of length) {m:a},{m:b}(,|) and {m:g}" }, { "S", 'U', "three", "a triangle (has|with) (sides|side lengths|three sides) (of lengths |of length |measuring |){m:a},{m:b}(,|) and {m:g}" }, { "S", 'V', "asked", FIND " the (exact |)(area{!:area}|perimeter{!:around}) of (a|the) triangle (with|whose|having|that has)" }, { "V", '.', "three", "(sides|side lengths|sides of length|sides of lengths|side lengths of|three sides|sides measuring|sides are|side lengths are) {m:a},{m:b}(,|) and {m:g}" }, { "V", 'W', "pair", "(two |)(sides|sides of length|sides of lengths|side lengths) {m:a} and {m:b}" }, { "W", '.', "between", "(and |with |)" BETWEEN "( of| is|) {n:w}" },
    { "S", 'V', "asked", FIND " (the length of |)the third side{!:third} of (a|the) triangle (with|whose|having|that has)" },
    { "U", '.', "opposite", FIND " the (measure of the |size of the |)angle opposite (to |)the side (of length |with length |that is |){m:o}( in degrees|)" },
    { "U", '.', "extreme", FIND " (the (cosine{!:cos}|sine{!:sin}|measure|size) of |)(its|the) (largest{!:largest}|greatest{!:largest}|smallest{!:smallest}) (interior |)angle( of the triangle|)( in degrees|)" },
    { NULL, 0, NULL, NULL },
};

/* Angles in radians; side i lies opposite to angle i. */
struct triangle { char vertex[4]; val side[3], angle[3], cosine[3]; int given, acute; const struct unit *unit; int plain; };

/* A formula over a, b, g and w. */
static val eval(struct calc *c, const char *formula, val a, val b, val g, val w)
{
    struct env env[4] = { { "a", a, NULL }, { "b", b, &env[0] }, { "g", g, &env[1] }, { "w", w, &env[2] } };
    struct ex *f = parse_all(c, formula, strlen(formula), 0);
    val v;
    return f != NULL && value_eval(c, f, &env[3], &v) == EV_OK ? v : NULL;
}

/* The text without spaces and without the word before a name: \triangle, \angle, \mathrm{Rt}. */
static const char *bare(struct calc *c, const char *s)
{
    static const char *const before[] = { "\\mathrm{Rt}", "\\text{Rt}", "\\rm{Rt}", "Rt", "\\triangle", "\\angle" };
    char *t = calc_strn(c, s, strlen(s)), *o = t;
    for (const char *p = s; *p != '\0'; p++)
        if (*p != ' ')
            *o++ = *p;
    *o = '\0';
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        if (strncmp(t, before[i], strlen(before[i])) == 0)
            t += strlen(before[i]);
    return t;
}

static int vertex_of(const struct triangle *g, char ch)
{
    const char *p = ch == '\0' ? NULL : strchr(g->vertex, ch);
    return p != NULL ? (int)(p - g->vertex) : -1;
}

/* The side that n names: a, or BC; -1 if it names none. */
static int side_of(const struct triangle *g, const char *n)
{
    if (islower((unsigned char)n[0]) && n[1] == '\0')
        return vertex_of(g, (char)toupper((unsigned char)n[0]));
    int x = vertex_of(g, n[0]), y = n[0] != '\0' ? vertex_of(g, n[1]) : -1;
    return x >= 0 && y >= 0 && x != y && n[2] == '\0' ? 3 - x - y : -1;
}

/* The angle that n names: A, or BAC. */
static int angle_of(const struct triangle *g, const char *n)
{
    if (isupper((unsigned char)n[0]) && n[1] == '\0')
        return vertex_of(g, n[0]);
    if (strlen(n) != 3)
        return -1;
    int x = vertex_of(g, n[0]), y = vertex_of(g, n[1]), z = vertex_of(g, n[2]);
    return x >= 0 && y >= 0 && z >= 0 && x != y && y != z && x != z ? y : -1;
}

static int set_side(struct calc *c, struct triangle *g, int i, val v, const struct unit *u)
{
    static const signed char length[6] = { 1 };
    if (i < 0 || g->side[i] != NULL || v == NULL || value_is_real(c, v) != YES || value_sign_is(c, v, 1) != YES || (u != NULL && (u->noun || memcmp(u->dim, length, sizeof length) != 0)))
        return 0;
    if (u == NULL)
        g->plain = 1;
    else if (g->unit != NULL && (g->unit->p != u->p || g->unit->q != u->q))
        return 0;
    else
        g->unit = u;
    g->side[i] = v;
    g->given++;
    return !(g->plain && g->unit != NULL);            /* all with a unit, or none */
}

static int set_angle(struct calc *c, struct triangle *g, int i, struct ex *e)
{
    val v = e != NULL && (ex_has_kind(e, E_DEG) || ex_has_kind(e, E_PI)) ? value_const(c, e) : NULL, pi = val_new(c);
    ca_pi(pi, c->ca);
    if (i < 0 || g->angle[i] != NULL || v == NULL || value_sign_is(c, v, 1) != YES || value_cmp(c, v, pi) != -1)
        return 0;
    g->angle[i] = v;
    g->given++;
    return 1;
}

/* One name and its value: a side, an angle, the cosine of an angle. */
static int set_one(struct calc *c, struct triangle *g, const char *raw, struct ex *number, const struct unit *u, struct ex *e)
{
    static const char *const fn[] = { "\\cos", "cos", "\\sin", "sin", "\\tan", "tan" };
    const char *cos = NULL;
    int which = 0;
    for (int k = 0; k < 6 && cos == NULL; k++)
        if (strncmp(raw, fn[k], strlen(fn[k])) == 0) {
            cos = raw + strlen(fn[k]);
            which = k / 2;
        }
    const char *name = bare(c, cos != NULL ? cos : raw);
    int s = cos == NULL ? side_of(g, name) : -1, i = s < 0 ? angle_of(g, name) : -1;
    if (s >= 0)
        return set_side(c, g, s, ex_has_kind(number, E_DEG) ? NULL : value_const(c, number), u);
    if (cos == NULL)
        return u == NULL && set_angle(c, g, i, e);
    val v = u == NULL && i >= 0 && g->cosine[i] == NULL && g->angle[i] == NULL ? value_const(c, number) : NULL, one = val_si(c, 1), less = val_si(c, -1);
    if (v != NULL && which > 0) {                     /* of an acute angle, in a right triangle */
        if (value_sign_is(c, v, 1) != YES || (which == 1 && value_cmp(c, v, one) != -1))
            return 0;
        v = eval(c, which == 1 ? "sqrt(1-w^2)" : "1\\div sqrt(1+w^2)", one, one, one, v);
        g->acute = 1;
    }
    if (v == NULL || value_cmp(c, v, one) != -1 || value_cmp(c, less, v) != -1)
        return 0;
    g->cosine[i] = v;
    g->given++;
    return 1;
}

/* "AB = 5" or "\angle A = 60^\circ", and several of them separated by commas. */
static int set_given(struct calc *c, struct triangle *g, const char *raw, const struct unit *u)
{
    const char *t = bare(c, raw);
    while (*t != '\0') {
        size_t n = strcspn(t, ","), eq = n;
        while (eq > 0 && t[eq] != '=')
            eq--;                                     /* AB = AC = 5: the last one */
        if (eq == 0 || eq >= n || n - eq < 2)
            return 0;
        const char *names = calc_strn(c, t, eq);
        struct ex *e = parse_all(c, t + eq + 1, n - eq - 1, 0);
        if (e == NULL || ex_has_sym(e, NULL) || e->k == E_REL || e->k == E_PCT || e->k == E_LIST)
            return 0;
        const struct unit *own = e->k == E_UNIT ? e->u : u;
        struct ex *number = e->k == E_UNIT ? e->a[0] : e;
        for (const char *name = names; *name != '\0';) {
            size_t k = strcspn(name, "=");
            if (!set_one(c, g, calc_strn(c, name, k), number, own, e))
                return 0;
            name += k + (name[k] == '=');
        }
        t += n + (t[n] == ',');
    }
    return 1;
}

static int is_right(struct calc *c, val w)
{
    val half = val_new(c);
    ca_pi(half, c->ca);
    ca_div_si(half, half, 2, c->ca);
    return w != NULL && value_equal(c, w, half) == YES;
}

/* A right triangle by one side and the cosine of the angle i. */
static int right_sides(struct calc *c, struct triangle *g, int i, int known)
{
    int at = is_right(c, g->angle[(i + 1) % 3]) ? (i + 1) % 3 : (i + 2) % 3, next = 3 - at - i;
    val *s = g->side, k = g->cosine[i];
    if (!is_right(c, g->angle[at]) || value_sign_is(c, k, 1) != YES)
        return 0;
    if (s[at] == NULL)
        s[at] = eval(c, known == next ? "a\\div w" : "a\\div sqrt(1-w^2)", s[known], s[known], s[known], k);
    if (s[at] == NULL)
        return 0;
    s[next] = eval(c, "a*w", s[at], s[at], s[at], k);
    s[i] = eval(c, "a*sqrt(1-w^2)", s[at], s[at], s[at], k);
    return s[next] != NULL && s[i] != NULL;
}

/* All sides; 0 where the three that are given do not determine them. */
static int solve_sides(struct calc *c, struct triangle *g)
{
    int sides = 0, angles = 0, open = -1;
    val pi = val_new(c), *s = g->side, *w = g->angle;
    ca_pi(pi, c->ca);
    for (int i = 0; i < 3; i++) {
        sides += s[i] != NULL;
        angles += w[i] != NULL || g->cosine[i] != NULL;
    }
    if (sides + angles != 3 || sides == 0)
        return 0;
    for (int i = 0; i < 3; i++)
        open = s[i] == NULL ? i : open;
    if (sides == 3) {
        for (int i = 0; i < 3; i++) {
            val rest = val_new(c);
            ca_add(rest, s[(i + 1) % 3], s[(i + 2) % 3], c->ca);
            if (value_cmp(c, s[i], rest) != -1)
                return 0;
        }
        return 1;
    }
    int cosines = (g->cosine[0] != NULL) + (g->cosine[1] != NULL) + (g->cosine[2] != NULL);
    if (sides == 1 && cosines == 1)
        return right_sides(c, g, g->cosine[0] != NULL ? 0 : g->cosine[1] != NULL ? 1 : 2, s[0] != NULL ? 0 : s[1] != NULL ? 1 : 2);
    if (g->acute)
        return 0;
    if (sides == 2 && g->cosine[open] != NULL) {
        s[open] = eval(c, "sqrt(a^2+b^2-2*a*b*w)", s[(open + 1) % 3], s[(open + 2) % 3], pi, g->cosine[open]);
        return s[open] != NULL;
    }
    if (g->cosine[0] != NULL || g->cosine[1] != NULL || g->cosine[2] != NULL)
        return 0;                                     /* only between the two sides */
    if (sides == 2 && w[open] != NULL) {              /* two sides and the angle between */
        s[open] = eval(c, "sqrt(a^2+b^2-2*a*b*cos(w))", s[(open + 1) % 3], s[(open + 2) % 3], pi, w[open]);
        return s[open] != NULL;
    }
    if (sides == 2) {                                 /* a right angle opposite to a side that is given */
        int at = w[(open + 1) % 3] != NULL ? (open + 1) % 3 : (open + 2) % 3, leg = 3 - open - at;
        val half = val_new(c);
        ca_div_si(half, pi, 2, c->ca);
        if (w[at] == NULL || value_equal(c, w[at], half) != YES || value_cmp(c, s[leg], s[at]) != -1)
            return 0;
        s[open] = eval(c, "sqrt(a^2-b^2)", s[at], s[leg], pi, pi);
        return s[open] != NULL;
    }
    int last = w[0] == NULL ? 0 : w[1] == NULL ? 1 : 2, known = s[0] != NULL ? 0 : s[1] != NULL ? 1 : 2;
    w[last] = eval(c, "w-a-b", w[(last + 1) % 3], w[(last + 2) % 3], pi, pi);
    if (w[last] == NULL || value_sign_is(c, w[last], 1) != YES)
        return 0;
    for (int i = 0; i < 3; i++)
        if (s[i] == NULL && (s[i] = eval(c, "a*sin(w)\\div sin(b)", s[known], w[known], pi, w[i])) == NULL)
            return 0;
    return 1;
}

static val cosine(struct calc *c, const struct triangle *g, int i)
{
    return g->angle[i] != NULL ? eval(c, "cos(w)", g->side[i], g->side[i], g->side[i], g->angle[i])
                               : eval(c, "(a^2+b^2-g^2)\\div(2*a*b)", g->side[(i + 1) % 3], g->side[(i + 2) % 3], g->side[i], g->side[i]);
}

/* The angle in degrees where it is a multiple of 15; NULL otherwise. */
static val degrees(struct calc *c, val cos)
{
    for (long d = 15; d < 180; d += 15) {
        struct ex *e = parse_all(c, calc_printf(c, "cos(%ld^{\\circ})", d), strlen(calc_printf(c, "cos(%ld^{\\circ})", d)), 0);
        val v = e != NULL ? value_const(c, e) : NULL;
        if (v != NULL && value_equal(c, v, cos) == YES)
            return val_si(c, d);
    }
    return NULL;
}

/* What is asked of the angle i: its cosine, sine or tangent, or itself. */
static int ask_angle(struct calc *c, const struct triangle *g, int i, char what, struct reading *r, int spelled)
{
    val k = cosine(c, g, i);
    if (k == NULL)
        return 0;
    if (what == 'a') {
        r->v = degrees(c, k);
        r->degrees = 1 + spelled;
    } else {
        r->v = what == 'c' ? k : eval(c, what == 's' ? "sqrt(1-w^2)" : "sqrt(1-w^2)\\div w", k, k, k, k);
    }
    return r->v != NULL;
}

static int ask_size(struct calc *c, const struct triangle *g, int around, struct reading *r)
{
    val *s = (val *)g->side;
    if (!around && g->unit != NULL)
        return 0;                                     /* square units are read_figures' */
    for (int i = 0; !around && i < 3; i++)
        if (g->angle[i] != NULL && r->v == NULL)
            r->v = eval(c, "a*b*sin(w)\\div 2", s[(i + 1) % 3], s[(i + 2) % 3], s[i], g->angle[i]);
    if (r->v == NULL)
        r->v = eval(c, around ? "a+b+g" : "sqrt((a+b+g)*(a+b-g)*(a-b+g)*(b+g-a))\\div 4", s[0], s[1], s[2], s[0]);
    r->unit = g->unit;
    return r->v != NULL;
}

/* "BC", "c", "\cos B", "\angle A", "S_{\triangle ABC}". */
static int ask_named(struct calc *c, const struct triangle *g, const struct triangle *was, struct match *m, struct reading *r, int spelled)
{
    static const struct { const char *word; char what; } fn[] = { { "\\cos", 'c' }, { "\\sin", 's' }, { "\\tan", 't' }, { "cos", 'c' }, { "sin", 's' }, { "tan", 't' } };
    struct capture *k = match_get(m, "want");
    if (k == NULL || k->raw == NULL)
        return 0;
    const char *raw = k->raw + strspn(k->raw, " "), *t;
    int angle = strncmp(raw, "\\angle", 6) == 0;
    char what = has(m, "cos") ? 'c' : has(m, "sin") ? 's' : has(m, "tan") ? 't' : 'a';
    for (size_t i = 0; what == 'a' && i < sizeof fn / sizeof *fn; i++)
        if (strncmp(raw, fn[i].word, strlen(fn[i].word)) == 0) {
            what = fn[i].what;
            raw += strlen(fn[i].word);
            break;
        }
    t = bare(c, raw);
    if (strncmp(t, "S_{\\triangle", 12) == 0)
        return strlen(t) == 16 && memcmp(t + 12, g->vertex, 3) == 0 && t[15] == '}' && ask_size(c, g, 0, r);
    int side = angle || what != 'a' ? -1 : side_of(g, t), i = side < 0 ? angle_of(g, t) : -1;
    if (side < 0)
        return i >= 0 && !(what == 'a' && was->angle[i] != NULL) && ask_angle(c, g, i, what, r, spelled);
    if ((has(m, "hyp") || has(m, "leg")) && has(m, "hyp") != is_right(c, g->angle[side]))
        return 0;                                     /* that one is no hypotenuse */
    if (was->side[side] != NULL)
        return 0;                                     /* what was given is not asked */
    r->v = g->side[side];
    r->unit = g->unit;
    r->var = t[1] == '\0' ? t : NULL;
    return 1;
}

/* The largest or the smallest angle: opposite to the longest or the shortest side. */
static int ask_extreme(struct calc *c, const struct triangle *g, struct match *m, struct reading *r, int spelled)
{
    int at = 0, sign = has(m, "largest") ? 1 : -1;
    for (int i = 1; i < 3; i++)
        at = value_cmp(c, g->side[i], g->side[at]) == sign ? i : at;
    return ask_angle(c, g, at, has(m, "cos") ? 'c' : has(m, "sin") ? 's' : 'a', r, spelled);
}

/* The angle opposite to the one side of that length. */
static int ask_opposite(struct calc *c, const struct triangle *g, const struct capture *o, struct reading *r, int spelled)
{
    val v = value_const(c, o->e);
    int at = -1, n = 0;
    for (int i = 0; v != NULL && i < 3; i++)
        if (value_equal(c, g->side[i], v) == YES) {
            at = i;
            n++;
        }
    return n == 1 && (o->unit != NULL) == (g->unit != NULL) && (o->unit == NULL || o->unit->p == g->unit->p) && ask_angle(c, g, at, 'a', r, spelled);
}

static int facts_of(struct calc *c, struct facts *f, struct triangle *g)
{
    strcpy(g->vertex, "ABC");
    for (int i = 0; i < f->n; i++) {
        struct match *m = &f->f[i].m;
        const char *tag = f->f[i].tag;
        struct capture *t = match_get(m, "t"), *u = match_get(m, "gu"), *v = match_get(m, "v"), *vs = match_get(m, "vs"), *ss = match_get(m, "ss");
        if (strcmp(tag, "name") == 0) {
            const char *n = bare(c, t->raw);
            if (strlen(n) != 3 || !isupper((unsigned char)n[0]) || !isupper((unsigned char)n[1]) || !isupper((unsigned char)n[2]) || n[0] == n[1] || n[1] == n[2] || n[0] == n[2])
                return 0;
            memcpy(g->vertex, n, 3);
        } else if (strcmp(tag, "own") == 0) {
            const char *sides = ss != NULL ? bare(c, ss->raw) : calc_printf(c, "%s,%s,%s", match_get(m, "sa")->raw, match_get(m, "sb")->raw, match_get(m, "sc")->raw);
            if ((vs != NULL && strcmp(bare(c, vs->raw), "A,B,C") != 0) || strcmp(sides, "a,b,c") != 0)
                return 0;
        } else if (strcmp(tag, "given") == 0) {
            if (!set_given(c, g, match_get(m, "g")->raw, u != NULL ? u->unit : NULL))
                return 0;
        } else if (strcmp(tag, "angle") == 0 || strcmp(tag, "right") == 0) {
            struct ex *w = *tag == 'a' ? match_ex(m, "w") : parse_all(c, "90^{\\circ}", 10, 0);
            if (!set_angle(c, g, angle_of(g, bare(c, v->raw)), w))
                return 0;
        } else if (strcmp(tag, "side") == 0) {
            struct capture *l = match_get(m, "l");
            if (!set_side(c, g, side_of(g, bare(c, match_get(m, "p")->raw)), value_const(c, l->e), l->unit))
                return 0;
        } else if (strcmp(tag, "pair") == 0 || strcmp(tag, "three") == 0) {
            static const char *const names[] = { "a", "b", "g" };
            for (int j = 0; j < (*tag == 'p' ? 2 : 3); j++) {
                struct capture *k = match_get(m, names[j]);
                if (!set_side(c, g, j, value_const(c, k->e), k->unit))
                    return 0;
            }
        } else if (strcmp(tag, "between") == 0 && !set_angle(c, g, 2, match_ex(m, "w"))) {
            return 0;
        }
    }
    return 1;
}

static const char *described(struct calc *c, const struct triangle *g, const struct triangle *was)
{
    const char *text = calc_printf(c, "triangle %s", g->vertex);
    for (int i = 0; i < 3; i++)
        if (was->side[i] != NULL)
            text = calc_printf(c, "%s, %c = %s%s%s", text, tolower((unsigned char)g->vertex[i]), value_text(c, was->side[i], 0), g->unit != NULL ? " " : "", g->unit != NULL ? g->unit->text : "");
    for (int i = 0; i < 3; i++)
        if (was->cosine[i] != NULL)
            text = calc_printf(c, "%s, cos %c = %s", text, g->vertex[i], value_text(c, was->cosine[i], 0));
    for (int i = 0; i < 3; i++)
        if (was->angle[i] != NULL)
            text = calc_printf(c, "%s, angle %c = %s", text, g->vertex[i], value_text(c, was->angle[i], 0));
    return text;
}

static int in_formula(const struct question *q, const char *word)
{
    for (int i = 0; i < q->n; i++)
        if (strstr(q->span[i].text, word) != NULL)
            return 1;
    return 0;
}

static int says_right(const struct question *q)
{
    return clause_mentions(q, "Rt|直角|right") || in_formula(q, "Rt");
}

static int has_right_angle(struct calc *c, const struct triangle *g)
{
    return is_right(c, g->angle[0]) || is_right(c, g->angle[1]) || is_right(c, g->angle[2]);
}

static int triangles_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct triangle g = { .given = 0 }, was;
    struct question *q = arg;
    const char *tag = f->f[f->n - 1].tag, *what;
    int spelled = clause_mentions(q, "度|degree");
    struct match *m = &f->f[f->n - 1].m, *asked = fact_get(f, "asked");
    struct capture *u = fact_capture(f, "unit"), *again = fact_capture(f, "t2");
    if (!facts_of(c, f, &g) || g.given != 3)
        return 0;
    if (says_right(q) && !has_right_angle(c, &g))
        return 0;                                     /* right, but where? */
    was = g;
    if (!solve_sides(c, &g) || (again != NULL && strcmp(bare(c, again->raw), g.vertex) != 0))
        return 0;
    m = asked != NULL ? asked : m;
    if (has(m, "outer") || has(m, "inner")) {
        what = has(m, "outer") ? "the circumradius" : "the inradius";
        r->v = eval(c, calc_printf(c, has(m, "outer") ? "a*b*g\\div sqrt(%s)" : "sqrt(%s)\\div(2*(a+b+g))", "(a+b+g)*(a+b-g)*(a-b+g)*(b+g-a)"), g.side[0], g.side[1], g.side[2], g.side[0]);
        r->unit = g.unit;
        if (r->v == NULL)
            return 0;
    } else if (has(m, "area") || has(m, "around")) {
        what = has(m, "area") ? "the area" : "the perimeter";
        if (!ask_size(c, &g, has(m, "around"), r))
            return 0;
    } else if (strcmp(tag, "third") == 0 || has(m, "third")) {
        what = "the third side";
        r->v = g.side[2];
        r->unit = g.unit;
    } else if (strcmp(tag, "opposite") == 0) {
        what = "the angle opposite to a side";
        if (!ask_opposite(c, &g, match_get(m, "o"), r, spelled))
            return 0;
    } else if (strcmp(tag, "extreme") == 0) {
        what = has(m, "largest") ? "the largest angle" : "the smallest angle";
        if (!ask_extreme(c, &g, m, r, spelled))
            return 0;
    } else {
        what = match_get(m, "want") != NULL ? match_get(m, "want")->raw : "";
        if (!ask_named(c, &g, &was, m, r, spelled))
            return 0;
    }
    if (u != NULL && (r->unit == NULL || u->unit->p != r->unit->p || u->unit->q != r->unit->q || memcmp(u->unit->dim, r->unit->dim, sizeof u->unit->dim) != 0))
        return 0;
    r->k = S_VALUE;
    r->text = calc_printf(c, "%s, find %s%s", described(c, &g, &was), has(m, "cos") ? "cos " : has(m, "sin") ? "sin " : has(m, "tan") ? "tan " : "", what);
    return 1;
}

int read_triangles(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "triangles";
    if (!clause_mentions(q, "三角形|triangle") && !in_formula(q, "triangle"))
        return 0;
    return clause_read(c, q, zh, triangles_done, r, q) || clause_read(c, q, en, triangles_done, r, q);
}
