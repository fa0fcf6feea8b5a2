/* read_mixtures.c - solutions: one or two of known strength, with water or the dissolved stuff added or water boiled
 * off; the strength of what comes of it, or how much must be added for a given strength. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

#define STUFF(x) "{a:" x ":盐|食盐|糖|白糖|蔗糖|酒精|药|农药|碱|硫酸|盐酸}"
#define LIQUID(x) STUFF(x) "(水|溶液|)(溶液|)"
#define STRONG "(浓度|含盐率{!:of1}|含糖率{!:of2}|含盐{!:of1}|含糖{!:of2}|质量分数|)(为|是|)"
#define SOLUTION "(" STRONG "{n:a}的" LIQUID("s") "{q:m}|{q:m}(,|)" STRONG "{n:a}的" LIQUID("s") "|" STRONG "{n:a}的{q:m}" LIQUID("s") "|" LIQUID("s") "{q:m}(,|)" STRONG "{n:a})"
#define POUR "(加入|加|兑入|倒入|加进|放入|溶入|溶解|掺入)"
#define REACH "(要|若要|若|想|想要|现要|现在要|为了|使|可|)(使|把|将|让|)(它|其|这些|这杯|)(" LIQUID("s2") "|)(的|)(浓度|含盐率{!:of1}|含糖率{!:of2}|含盐{!:of1}|含糖{!:of2})(变为|变成|降为|降到|降低到|降至|提高到|增加到|升到|稀释为|稀释到|达到|为|是|成为|){n:b}(,|)"
#define TURN "(要|若要|若|想|想要|现要|现在要|)(把|将)(它|其|)(稀释|配制|变|配)(成|为)(浓度(为|是)|){n:b}(的|)(" LIQUID("s2") "|)"
#define ADDHOW "(则|那么|)(需要|需|要|应|应该|应当|必须|)(再|)" POUR "(多少|几){u:unit}(的|)"
#define RESULT "(则|那么|求|)(此时|这时|现在|混合后|)(得到的|所得|得到|混合后|混合后的|新的|配成的|)(的|)(混合|)(" LIQUID("s2") "|溶液|)(的|)(浓度|含盐率{!:of1}|含糖率{!:of2})(是|为|等于|)(多少|百分之几|几|)"
static const struct clause zh[] = {
    { "S", 'A', "sol", "(要|若要|欲|想|)(把|将)" SOLUTION }, { "A", 'B', "goal", "(,|)(加水|)(稀释|变|配制|配)(成|为)(浓度(为|是)|){n:b}(的|)(" LIQUID("s2") "|溶液|)" }, { "SA", 'A', "sol", "(,|和|与|)(甲|乙)(种|容器|杯|瓶|桶|)(中|里|)(装|)有(一些|)" SOLUTION },
    { "S", 'A', "sol", "(现有|有|已知|将|把|在|向|往|用|)(一杯|一桶|一瓶|一种|一缸|)" SOLUTION "(中|里|)" }, { "A", 'A', "sol", "(和|与|、|,|及)(一杯|一桶|一瓶|)" SOLUTION }, { "A", 'A', "mix", "(,|)(混合|混合后|混合在一起|倒在一起|混在一起)(,|)" },
    { "A", 'A', "add", "(,|)(再|)" POUR "{q:w}(的|)(水{!:water}|清水{!:water}|" STUFF("t") ")(后|,|)" }, { "A", 'A', "boil", "(,|)蒸发(掉|)(了|){q:w}(的|)水(后|,|)" },
    { "A", 'B', "goal", REACH }, { "A", 'B', "goal", TURN },
    { "A", '.', "strength", RESULT },
    { "B", '.', "how", ADDHOW "(水{!:water}|清水{!:water}|" STUFF("t") ")" }, { "B", '.', "how", "(则|那么|)(需要|需|要|应|应该|)(再|)加(水{!:water}|" STUFF("t") ")(多少|几){u:unit}" }, { "B", '.', "howboil", "(则|那么|)(需要|需|要|应|应该|)蒸发(掉|)(多少|几){u:unit}(的|)水" },
    { "A", 'C', "how", "(再|)" POUR "(多少|几){u:unit}(的|)(水{!:water}|清水{!:water}|" STUFF("t") ")(,|后|)" }, { "C", '.', "goal", "(才|就|)(可以|可|能|才能|)" REACH }, { "C", '.', "goal", "(才|就|)(可以|可|能|才能|)(得到|配成|变成)(浓度(为|是)|){n:b}(的|)(" LIQUID("s2") "|)" },
    { NULL, 0, NULL, NULL },
};

#define SOL "((a|an) {q:m} solution (is|contains|of|that is|containing) {n:a} {w:s}|" SOLOF ")"
#define SOLOF "{q:m} of (a |an |)({n:a} solution|{n:a} {w:s}( solution|)|{w:s} solution (with|of|that is|which is|at|containing) (a |)(concentration |strength |)(of |){n:a}( {w:s}|)|solution (that is|which is|containing|with) {n:a} {w:s})"
#define ITS "(to |with |)(it|this|that|the solution|the mixture|this solution|the {w:s2} solution)"
#define GOAL "(so as |in order |)(to (get|obtain|make it|make|produce|have|dilute (it|the solution|this solution|this) to|reduce (it|the concentration|the strength|its concentration) to|raise (it|the concentration|its concentration) to|increase (it|the concentration|its concentration) to|bring (it|the concentration) to|weaken it to|strengthen it to)|so that (it|the result|the mixture|the concentration) (is|becomes|has)) (a |an |){n:b}( {w:s2}|)( solution| concentration| mixture| strength|)"
#define HOW "how (much|many {u:unit} of) (pure |)(water{!:water}|{w:t})"
#define DOER "(she|he|you|we|i|one|they|the (chemist|pharmacist|nurse|teacher|student|druggist)|{w:doer})"
static const struct clause en[] = {
    { "S", 'A', "sol", "(if |)((a (chemist|pharmacist|nurse|student|teacher|druggist|farmer)|{w:who}|we|you|i) (has|have|mixes|mixed|mix|combines) |there (is|are) |(a |)(beaker|flask|tank|container|vessel) (contains|holds|has) |)" SOL }, { "A", 'M', "mix", "(is|are) (mixed|combined|blended|added|poured) (with|to|into|together with)" }, { "A", 'M', "mix", "(and|with)" }, { "M", 'A', "sol", SOL }, { "A", 'A', "mixed", "(are |is |)(mixed|combined|poured)( together|)" },
    { "A", 'A', "add", "(,|and |)(then |){q:w} of (pure |)(water{!:water}|{w:t}) (is|are) (then |)(added|poured)( " ITS "|)" }, { "A", 'A', "boil", "(,|and |)(then |){q:w} of water (evaporate|evaporates|is evaporated|is boiled off)" },
    { "A", '.', "strength", "(find|what is) the (percent |percentage |)(concentration|strength|percentage of {w:s2})( of {w:s2}|) (of|in) the (resulting |final |new |)(mixture|solution)( as a percentage| as a percent|( in|,in) percent|)" }, { "A", '.', "strength", "(find|what is) the (resulting |final |new |)(concentration|strength)( of the (mixture|solution)|)( as a percentage| as a percent|( in|,in) percent|)" }, { "A", '.', "strength", "what (percent|percentage) {w:s2} is the (resulting |final |new |)(mixture|solution)" }, { "A", '.', "strength", "what (percent|percentage) of the (resulting |final |new |)(mixture|solution) is {w:s2}" },
    { "A", 'C', "how", HOW " (should|must|does|do|need|needs|has|have|will|can|would) " DOER " (have to |need to |)(add|mix)( in|)( " ITS "|)" }, { "A", 'C', "how", HOW " (should|must|needs to|has to|need to|have to|is to|can) be (added|mixed)( in|)( " ITS "|)" }, { "A", 'C', "how", HOW " is needed" },
    { "A", '.', "howboil", "how (much|many {u:unit} of) water (should|must|needs to|has to) (be (evaporated|boiled off)|evaporate) " GOAL }, { "C", '.', "goal", GOAL },
    { "S", 'H', "howsol", "how (much|many {u:unit}) of (a |an |){n:a0}( {w:s2}|)( solution|) (should|must|needs to|has to|need to|have to) be (mixed|combined|added) (with|to)" },
    { "S", 'H', "how", HOW " (should|must|needs to|has to|need to|have to|do you|does one) (be added|be mixed|add|need to add) (to|with)" }, { "H", 'C', "sol", SOL },
    { "A", 'B', "goal", "(it|the solution|this) (is|must be|should be) (to be |)(diluted|strengthened) to (a |){n:b}( {w:s2}|)( solution|)" }, { "B", '.', "how", HOW " (should|must|needs to|has to) be added" },
    { NULL, 0, NULL, NULL },
};

/* The stuff in its shortest word: 食盐 is 盐, 白糖 is 糖. */
static const char *stuff(const char *w)
{
    size_t n = strlen(w);
    return (unsigned char)*w >= 0x80 && n > 3 ? w + n - 3 : w;
}

/* Is everything that is named the same stuff, and no other liquid? */
static int one_stuff(struct facts *f)
{
    static const char *const names[] = { "s", "s2", "t" }, *const no[] = { "the", "water", "solution", "mixture", "it", "pure", "more", "that" };
    const char *first = NULL;
    for (int i = 0; i < f->n; i++)
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            struct capture *k = match_get(&f->f[i].m, names[j]);
            if (k == NULL || k->raw == NULL)
                continue;
            for (size_t w = 0; w < sizeof no / sizeof *no; w++)
                if (strcasecmp(no[w], k->raw) == 0)
                    return 0;
            if (first != NULL && strcasecmp(first, stuff(k->raw)) != 0)
                return 0;
            first = stuff(k->raw);
        }
    return !(fact_has(f, "of1") && (first == NULL || strcmp(first, "盐") != 0)) && !(fact_has(f, "of2") && (first == NULL || strcmp(first, "糖") != 0));
}

struct blend { val mass, part; const struct unit *u; int solutions, extras; };

/* An amount in base units, of the same kind as the others: masses or volumes. */
static val amount(struct calc *c, struct blend *g, const struct capture *k)
{
    static const signed char mass[6] = { 0, 1 }, volume[6] = { 3 };
    if (k == NULL || k->unit == NULL || k->unit->noun || k->e == NULL || k->e->k == E_PCT || (memcmp(k->unit->dim, mass, sizeof mass) != 0 && memcmp(k->unit->dim, volume, sizeof volume) != 0))
        return NULL;
    if (g->u != NULL && memcmp(g->u->dim, k->unit->dim, sizeof k->unit->dim) != 0)
        return NULL;
    if (g->u == NULL)
        g->u = k->unit;
    val v = value_const(c, k->e);
    if (v == NULL || value_sign_is(c, v, 1) != YES)
        return NULL;
    ca_mul(v, v, val_q(c, k->unit->p, k->unit->q), c->ca);
    return v;
}

/* A share from 0 to 1 that is written as a percentage. */
static val share(struct calc *c, const struct capture *k)
{
    val v = k != NULL && k->e != NULL && k->e->k == E_PCT ? value_const(c, k->e) : NULL;
    return v == NULL || value_sign_is(c, v, -1) != NO || value_cmp(c, v, val_si(c, 1)) > 0 ? NULL : v;
}

static int blend_of(struct calc *c, struct facts *f, struct blend *g)
{
    for (int i = 0; i < f->n; i++) {
        struct match *m = &f->f[i].m;
        const char *tag = f->f[i].tag;
        if (strcmp(tag, "sol") == 0) {
            val v = amount(c, g, match_get(m, "m")), a = share(c, match_get(m, "a")), p = val_new(c);
            if (v == NULL || a == NULL)
                return 0;
            ca_mul(p, v, a, c->ca);
            ca_add(g->mass, g->mass, v, c->ca);
            ca_add(g->part, g->part, p, c->ca);
            g->solutions++;
        } else if (strcmp(tag, "add") == 0 || strcmp(tag, "boil") == 0) {
            val w = amount(c, g, match_get(m, "w"));
            if (w == NULL || (*tag == 'b' && value_cmp(c, w, g->mass) != -1))
                return 0;
            if (*tag == 'a' && !has(m, "water"))
                ca_add(g->part, g->part, w, c->ca);
            if (*tag == 'b')
                ca_neg(w, w, c->ca);
            ca_add(g->mass, g->mass, w, c->ca);
            g->extras++;
        }
    }
    return g->solutions > 0;
}

/* How much of the strength s (0: water, 1: the stuff itself) to add, or how much water to boil off, for the strength b. */
static val to_add(struct calc *c, const struct blend *g, val b, val s, int boil)
{
    val x = val_new(c), d = val_new(c);
    ca_mul(x, b, g->mass, c->ca);
    ca_sub(x, g->part, x, c->ca);                     /* part - b mass, more than b allows */
    ca_sub(d, b, s, c->ca);
    if (ca_check_is_zero(d, c->ca) != T_FALSE)
        return NULL;
    ca_div(x, x, d, c->ca);
    if (boil)
        ca_neg(x, x, c->ca);
    return x;
}

/* An amount in the unit of the first one. */
static const char *shown(struct calc *c, const struct blend *g, val v)
{
    val w = val_new(c);
    ca_mul(w, v, val_q(c, g->u->q, g->u->p), c->ca);
    return calc_printf(c, "%s %s", value_text(c, w, 0), g->u->text);
}

static int mixtures_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct blend g = { .mass = val_si(c, 0), .part = val_si(c, 0) };
    int strength = fact_count(f, "strength"), boil = fact_count(f, "howboil");
    (void)arg;
    if (!one_stuff(f) || !blend_of(c, f, &g) || value_sign_is(c, g.mass, 1) != YES)
        return 0;
    r->k = S_VALUE;
    r->text = calc_printf(c, "%d solution%s of %s in all", g.solutions, g.solutions > 1 ? "s" : "", shown(c, &g, g.mass));
    if (strength) {
        if (g.solutions + g.extras < 2 || value_cmp(c, g.part, g.mass) > 0)
            return 0;                                 /* more dissolved than there is */
        r->v = val_new(c);
        ca_div(r->v, g.part, g.mass, c->ca);
        r->percent = 1;
        r->text = calc_printf(c, "%s with %s dissolved, find the strength", r->text, shown(c, &g, g.part));
        return 1;
    }
    struct match *how = boil ? fact_get(f, "howboil") : fact_count(f, "howsol") == 1 ? fact_get(f, "howsol") : fact_get(f, "how"), *goal = boil && fact_count(f, "goal") == 0 ? how : fact_get(f, "goal");
    struct capture *u = how != NULL ? match_get(how, "unit") : NULL;
    val b = goal != NULL ? share(c, match_get(goal, "b")) : NULL, x;
    if (b == NULL || g.solutions != 1 || g.extras > 0)
        return 0;
    int pure = !boil && !has(how, "water");
    val s = match_get(how, "a0") != NULL ? share(c, match_get(how, "a0")) : pure ? val_si(c, 1) : val_si(c, 0);
    if (s == NULL || (pure && match_get(how, "t") == NULL && match_get(how, "a0") == NULL))
        return 0;
    if ((x = to_add(c, &g, b, s, boil)) == NULL || value_sign_is(c, x, 1) != YES)
        return 0;
    r->unit = u != NULL ? u->unit : g.u;
    if (r->unit->noun || memcmp(r->unit->dim, g.u->dim, sizeof g.u->dim) != 0)
        return 0;
    r->text = calc_printf(c, "%s with %s dissolved, to reach %s, find how much %s", r->text, shown(c, &g, g.part), value_text(c, b, 0), match_get(how, "a0") != NULL ? calc_printf(c, "of strength %s to add", value_text(c, s, 0)) : pure ? "to dissolve" : boil ? "water to boil off" : "water to add");
    ca_mul(x, x, val_q(c, r->unit->q, r->unit->p), c->ca);
    r->v = x;
    return 1;
}

int read_mixtures(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "mixtures";
    return (clause_mentions(q, "浓度|含盐|含糖|盐水|糖水|酒精|溶液|质量分数") && clause_read(c, q, zh, mixtures_done, r, NULL)) || (clause_mentions(q, "solution|concentration|mixture") && clause_read(c, q, en, mixtures_done, r, NULL));
}
