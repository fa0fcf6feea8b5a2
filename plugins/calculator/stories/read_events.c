/* read_events.c - two events: from three of P(A), P(B), P(A and B), P(A or B), a conditional probability, independence,
 * exclusion, the asked probability. */
#include "plugins/calculator/stories/clause.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

#define BOTH "({w:x}(,|和|与|、){w:y}|{r:xy})"
static const struct clause zh[] = {
    { "S", 'A', "who", "(设|记|已知|若|)" BOTH "(为|是|表示)(两个|)(随机|)(互斥{!:exc}|互不相容{!:exc}|相互独立{!:ind}|独立{!:ind}|)(的|)事件" }, { "S", 'A', "who", "(已知|设|若|如果|)(随机|两个|)事件" BOTH "(是|)(相互独立{!:ind}|互相独立{!:ind}|独立{!:ind}|互斥{!:exc}|互不相容{!:exc}|满足|)(的|事件|)" }, { "SA", 'A', "kind", "(,|)(且|若|)(事件|)" BOTH "(是|)(相互独立{!:ind}|互斥{!:exc}|互不相容{!:exc})(事件|)" }, { "S", 'A', "start", "(已知|设|若|如果)" },
    { "SA", 'A', "given", "(,|)(且|已知|若|)({r:g})" },
    { "A", '.', "ask", "(,|)(求|则|那么|)({r:want})(的值|)(是|为|等于|=|)(多少|)" },
    { NULL, 0, NULL, NULL },
};
static const struct clause en[] = {
    { "S", 'A', "who", "(suppose |suppose that |let |if |given |given that |for |)(two |)(the |)(events |)" "({w:x} and {w:y}|{r:xy})" " (are |be |)(two |)(independent{!:ind}|mutually exclusive{!:exc}|disjoint{!:exc}|)( events|)( with| such that| and| where| satisfy|)" }, { "A", 'A', "kind", "(and |)({w:x} and {w:y}|they|the events) are (independent{!:ind}|mutually exclusive{!:exc}|disjoint{!:exc})" }, { "S", 'A', "start", "(suppose|if|given|given that|let)" },
    { "SA", 'A', "given", "(and |with |where |given |given that |)({r:g})( and|)" },
    { "A", '.', "ask", "(find|what is|calculate|determine|compute) ({r:want})" }, { "A", '.', "ask", "(find|what is|calculate|determine|compute) P\\(({w:x} and {w:y}{!:both}|{w:x} or {w:y}{!:union})\\)" }, { "A", '.', "ask", "(find|what is|calculate|determine|compute) the (probability|chance) (that |of )((at least one of (the events|them|{w:x} and {w:y}|the two events) (occurs|happens)|{w:x} or {w:y}( or both|)( occurs|)){!:union}|(both( events| of them|)( {w:x} and {w:y}|) (occur|happen)){!:both}|neither( event| of them|)( {w:x} nor {w:y}|) (occurs|happens){!:neither}|exactly one (of (them|the events|the two events) |)(occurs|happens){!:one})" },
    { NULL, 0, NULL, NULL },
};

enum what { NONE, P_A, P_B, P_BOTH, P_EITHER, P_B_IF_A, P_A_IF_B, NOT_A, NOT_B, NOT_EITHER };
struct events { char name[2]; val a, b, both; val either, b_if_a, a_if_b; int given, independent, exclusive; };

/* The index of a letter among the two events; a new one takes the next place. */
static int event_of(struct events *g, char ch)
{
    for (int i = 0; i < 2; i++) {
        if (g->name[i] == '\0')
            g->name[i] = ch;
        if (g->name[i] == ch)
            return i;
    }
    return -1;
}

/* "A", "AB", "A\cup B", "B|A", "\overline{A}", without spaces. */
static enum what event_named(struct events *g, const char *t)
{
    static const struct { const char *word; char op; } joins[] = { { "\\cup", 'u' }, { "+", 'u' }, { "\\text{or}", 'u' }, { "\\cap", 'n' }, { "\\text{and}", 'n' }, { "\\mid", '|' }, { "|", '|' }, { "", 'n' } };
    static const char *const bars[] = { "\\overline{", "\\bar{" };
    for (size_t i = 0; i < sizeof bars / sizeof *bars; i++) {
        size_t k = strlen(bars[i]), n = strlen(t);
        if (strncmp(t, bars[i], k) == 0 && n == k + 2 && isupper((unsigned char)t[k]) && t[k + 1] == '}')
            return event_of(g, t[k]) == 0 ? NOT_A : event_of(g, t[k]) == 1 ? NOT_B : NONE;
    }
    if (!isupper((unsigned char)*t))
        return NONE;
    int x = event_of(g, *t);
    if (t[1] == '\0' || strcmp(t + 1, "'") == 0 || strcmp(t + 1, "^c") == 0 || strcmp(t + 1, "^{c}") == 0)
        return x < 0 ? NONE : t[1] == '\0' ? (x == 0 ? P_A : P_B) : x == 0 ? NOT_A : NOT_B;
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        size_t k = strlen(joins[i].word);
        if (strncmp(t + 1, joins[i].word, k) != 0 || !isupper((unsigned char)t[1 + k]) || t[2 + k] != '\0')
            continue;
        int y = event_of(g, t[1 + k]);
        if (x < 0 || y < 0 || x == y)
            return NONE;
        return joins[i].op == 'u' ? P_EITHER : joins[i].op == 'n' ? P_BOTH : x == 1 ? P_B_IF_A : P_A_IF_B;
    }
    return NONE;
}

static const char *no_spaces(struct calc *c, const char *s)
{
    char *t = calc_strn(c, s, strlen(s)), *o = t;
    for (const char *p = s; *p != '\0'; p++)
        if (*p != ' ' && strncmp(p, "\\left", 5) != 0 && strncmp(p, "\\right", 6) != 0)
            *o++ = *p;
        else if (*p != ' ')
            p += p[1] == 'l' ? 4 : 5;
    *o = '\0';
    return t;
}

/* The event of "P(...)" at *t, which moves behind it. */
static enum what probability_at(struct calc *c, struct events *g, const char **t)
{
    const char *close = strchr(*t, ')');
    if (strncmp(*t, "P(", 2) != 0 || close == NULL)
        return NONE;
    enum what w = event_named(g, calc_strn(c, *t + 2, (size_t)(close - *t) - 2));
    *t = close + 1;
    return w;
}

static int set_given(struct calc *c, struct events *g, const char *raw)
{
    const char *t = no_spaces(c, raw);
    while (*t != '\0') {
        enum what w = probability_at(c, g, &t);
        size_t n = strcspn(t, ",");
        struct ex *e = w != NONE && *t == '=' ? parse_all(c, t + 1, n - 1, 0) : NULL;
        val v = e != NULL && !ex_has_sym(e, NULL) && e->k != E_REL ? value_const(c, e) : NULL, one = val_si(c, 1);
        if (v == NULL || value_sign_is(c, v, -1) != NO || value_cmp(c, v, one) > 0)
            return 0;
        if (w == NOT_A || w == NOT_B)
            ca_sub(v, one, v, c->ca);
        val *to = w == P_A || w == NOT_A ? &g->a : w == P_B || w == NOT_B ? &g->b : w == P_BOTH ? &g->both : w == P_EITHER ? &g->either : w == P_B_IF_A ? &g->b_if_a : &g->a_if_b;
        if (*to != NULL)
            return 0;
        *to = v;
        g->given++;
        t += n + (t[n] == ',');
    }
    return 1;
}

static val minus(struct calc *c, val a, val b)
{
    val v = val_new(c);
    ca_sub(v, a, b, c->ca);
    return v;
}

static val plus(struct calc *c, val a, val b)
{
    val v = val_new(c);
    ca_add(v, a, b, c->ca);
    return v;
}

static val product(struct calc *c, val a, val b)
{
    val v = val_new(c);
    ca_mul(v, a, b, c->ca);
    return v;
}

/* NULL where b may be 0. */
static val quotient(struct calc *c, val a, val b)
{
    val v = val_new(c);
    if (value_sign_is(c, b, 1) != YES)
        return NULL;
    ca_div(v, a, b, c->ca);
    return v;
}

/* P(A), P(B) and P(A and B) from what is given, one after another; those that do not follow stay NULL. */
static int solve(struct calc *c, struct events *g)
{
    val one = val_si(c, 1);
    for (int round = 0; round < 3; round++) {
        if (g->both == NULL && g->exclusive)
            g->both = val_si(c, 0);
        if (g->both == NULL && g->independent && g->a != NULL && g->b != NULL)
            g->both = product(c, g->a, g->b);
        if (g->both == NULL && g->b_if_a != NULL && g->a != NULL)
            g->both = product(c, g->b_if_a, g->a);
        if (g->both == NULL && g->a_if_b != NULL && g->b != NULL)
            g->both = product(c, g->a_if_b, g->b);
        if (g->both == NULL && g->either != NULL && g->a != NULL && g->b != NULL)
            g->both = minus(c, plus(c, g->a, g->b), g->either);
        for (int i = 0; i < 2; i++) {
            val *x = i ? &g->b : &g->a, y = i ? g->a : g->b, given = i ? g->a_if_b : g->b_if_a;
            if (*x != NULL)
                continue;
            if (g->both != NULL && given != NULL)
                *x = quotient(c, g->both, given);
            else if (g->both != NULL && g->independent && y != NULL)
                *x = quotient(c, g->both, y);
            else if (g->both != NULL && g->either != NULL && y != NULL)
                *x = minus(c, plus(c, g->either, g->both), y);
            else if (g->independent && g->either != NULL && y != NULL)
                *x = quotient(c, minus(c, g->either, y), minus(c, one, y));
        }
    }
    if (g->a == NULL || g->b == NULL || g->both == NULL)
        return g->either == NULL;
    g->either = minus(c, plus(c, g->a, g->b), g->both);
    const val must[] = { g->both, minus(c, g->a, g->both), minus(c, g->b, g->both), minus(c, one, g->either) };
    for (size_t i = 0; i < sizeof must / sizeof *must; i++)
        if (value_sign_is(c, must[i], -1) != NO)
            return 0;                                 /* no such events */
    return 1;
}

static val asked(struct calc *c, const struct events *g, enum what w)
{
    val one = val_si(c, 1);
    if ((g->a == NULL && (w == P_A || w == NOT_A || w == P_B_IF_A)) || (g->b == NULL && (w == P_B || w == NOT_B || w == P_A_IF_B)) || (g->both == NULL && w != P_A && w != P_B && w != NOT_A && w != NOT_B) || (g->either == NULL && w == NOT_EITHER))
        return NULL;
    switch (w) {
    case P_A: return g->a;
    case P_B: return g->b;
    case P_BOTH: return g->both;
    case P_EITHER: return g->either;
    case P_B_IF_A: return quotient(c, g->both, g->a);
    case P_A_IF_B: return quotient(c, g->both, g->b);
    case NOT_A: return minus(c, one, g->a);
    case NOT_B: return minus(c, one, g->b);
    case NOT_EITHER: return minus(c, one, g->either);
    default: return NULL;
    }
}

/* The two letters are those of the formulas. */
static int names_fit(struct calc *c, struct facts *f, struct events *g)
{
    for (int i = 0; i < f->n; i++) {
        struct capture *x = match_get(&f->f[i].m, "x"), *y = match_get(&f->f[i].m, "y"), *xy = match_get(&f->f[i].m, "xy");
        const char *t = xy != NULL ? no_spaces(c, xy->raw) : x != NULL && y != NULL ? calc_printf(c, "%s,%s", x->raw, y->raw) : NULL;
        if (t == NULL)
            continue;
        if (strlen(t) != 3 || !isupper((unsigned char)t[0]) || t[1] != ',' || !isupper((unsigned char)t[2]) || event_of(g, t[0]) < 0 || event_of(g, t[2]) < 0 || t[0] == t[2])
            return 0;
    }
    return 1;
}

/* Three facts of a kind, or two that are each used, P(B) and P(A|B), or one for the opposite. */
static int enough(const struct events *g, int opposite)
{
    int n = g->given + g->independent + g->exclusive, conditional = (g->b_if_a != NULL) + (g->a_if_b != NULL);
    return n == 3 || (n == 1 && opposite && (g->a != NULL || g->b != NULL)) || (n == 2 && !g->independent && !g->exclusive && ((conditional == 1 && (g->a_if_b == NULL ? g->a : g->b) != NULL) || (conditional == 0 && g->both != NULL && g->either == NULL)));
}

static int events_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct events g = { .independent = fact_has(f, "ind"), .exclusive = fact_has(f, "exc") };
    struct match *m = &f->f[f->n - 1].m;
    struct capture *want = match_get(m, "want");
    const char *text = g.independent ? "independent events" : g.exclusive ? "exclusive events" : "events", *t;
    enum what w;
    (void)arg;
    if (!names_fit(c, f, &g))
        return 0;
    for (int i = 0; i < f->n; i++) {
        struct capture *k = match_get(&f->f[i].m, "g");
        if (k == NULL)
            continue;
        if (!set_given(c, &g, k->raw))
            return 0;
        text = calc_printf(c, "%s, %s", text, k->raw);
    }
    t = want != NULL ? no_spaces(c, want->raw) : "";
    w = want != NULL ? probability_at(c, &g, &t) : NONE;
    int opposite = w == NOT_A || w == NOT_B;
    if (!enough(&g, opposite) || (!opposite && g.name[1] == '\0') || !solve(c, &g))
        return 0;
    if (want != NULL) {
        r->v = *t == '\0' ? asked(c, &g, w) : NULL;
    } else {
        r->v = g.either == NULL && !has(m, "both") ? NULL : has(m, "one") ? minus(c, g.either, g.both) : asked(c, &g, has(m, "union") ? P_EITHER : has(m, "both") ? P_BOTH : NOT_EITHER);
    }
    r->k = S_VALUE;
    r->text = calc_printf(c, "%s, find %s", text, want != NULL ? want->raw : has(m, "one") ? "P(exactly one)" : has(m, "union") ? "P(at least one)" : has(m, "both") ? "P(both)" : "P(neither)");
    return r->v != NULL && value_sign_is(c, r->v, -1) == NO && value_cmp(c, r->v, val_si(c, 1)) < 1;
}

int read_events(struct calc *c, struct question *q, struct reading *r)
{
    int any = 0;
    for (int i = 0; i < q->n; i++)
        any |= strncmp(q->span[i].text, "P(", 2) == 0 || strncmp(q->span[i].text, "P (", 3) == 0 || strncmp(q->span[i].text, "P\\left", 6) == 0;
    r->family = "events";
    return any && (clause_read(c, q, zh, events_done, r, NULL) || clause_read(c, q, en, events_done, r, NULL));
}
