/* read_ages.c - the ages of two people today: in how many years, or how many years ago, one is so many times as old
 * as the other; or the age of one from the other's by a factor and a difference. */
#include "plugins/calculator/stories/clause.h"
#include "plugins/calculator/text/parse.h"

#include <string.h>

#define WHO(x) "((他|她|我)(的|)|)({p:" x "})"
#define NOW "(今年|现在|目前|)"
#define EXACT "(正好|恰好|刚好|恰|将|就|正|)"
#define FACTOR EXACT "(是|等于|为|成为)" WHO("y") "(的|)(年龄|岁数|)(的|){n:k}倍"
#define LEAD "(请问|问|则|那么|求|)"
static const struct clause zh[] = {
    { "SA", 'A', "age", "(已知|)(且|而|)" NOW WHO("x") NOW "(的|)(年龄|岁数|)(是|为|){n:a}岁(了|)" },
    { "A", 'B', "of", "(,|)(他|她|)" NOW "(的年龄|年龄|)(正好|恰好|)(比|是)" WHO("y") NOW "(的|)(年龄|岁数|)(的|){n:k}倍(还|)(多{!:more}|大{!:more}|少{!:less}|小{!:less}){n:d}岁" },
    { "A", 'B', "of", "(,|)(他|她|)" NOW "(的年龄|年龄|)" EXACT "是" WHO("y") NOW "(的|)(年龄|岁数|)(的|){n:k}倍" },
    { "A", 'B', "from", "(,|)" WHO("y") NOW "(的年龄|年龄|)(比|是)" WHO("x") NOW "(的|)(年龄|岁数|)(的|){n:k}倍(还|)(多{!:more}|大{!:more}|少{!:less}|小{!:less}){n:d}岁" },
    { "B", '.', "asked", LEAD WHO("z") NOW "(的年龄|)(是|有|)(几岁|多少岁|多大|多少|)" },
    { "A", '.', "later", LEAD "(再过|再经过|经过|过|)(几|多少)年(后|以后|之后|,)(,|)" WHO("x") "(的|)(年龄|岁数|)" FACTOR },
    { "A", '.', "ago", LEAD "(几|多少)年(前|以前|之前)(,|)" WHO("x") "(的|)(年龄|岁数|)" FACTOR },
    { NULL, 0, NULL, NULL },
};

#define EWHO(x) "(a |an |the |his |her |their |my |our |)({w:" x "})"
#define OLD "( years old| years of age|)( now| today| this year|)"
#define TIMES "(exactly |)(twice{!:k2}|double{!:k2}|{n:k} times)"
#define AS TIMES " (as old as |the age of |)" EWHO("y") "('s age|)( is| was| will be|)( then| at that time|)"
static const struct clause en[] = {
    { "SA", 'A', "age", "(if |)(and |while |but |)" EWHO("x") "('s age|) (is|is now|is currently) {n:a}" OLD },
    { "A", 'B', "of", "(which |this |and this |that |he |she |)(is|has) {n:d} (years |)(more{!:more}|older{!:more}|less{!:less}|younger{!:less}) than {n:k} times " EWHO("y") "'s age" },
    { "B", '.', "asked", "how old is " EWHO("z") "( now|)" },
    { "A", '.', "later", "(in|after) how many (more |)years( from now|) will " EWHO("x") " be " AS },
    { "A", '.', "later", "how many years (from now |later |)(will it be |will it take |)(until|before|till|will) " EWHO("x") " (is|be|will be) " AS },
    { "A", '.', "ago", "how many years ago was " EWHO("x") " " AS },
    { NULL, 0, NULL, NULL },
};

/* Two relations between two ages that are not known. */
static const struct clause zh_two[] = {
    { "S", 'P', "both", "(今年|现在|)(父子{!:father}{!:son}|父女{!:father}{!:daughter}|母子{!:mother}{!:son}|母女{!:mother}{!:daughter})(两人|二人|俩|)(今年|现在|)(的|)(年龄|岁数)(之|的|)和(是|为|等于){n:s}岁" }, { "P", 'Q', "times", "(,|)(今年|现在|且|)(父亲{!:x1}|母亲{!:x2}|爸爸{!:x1}|妈妈{!:x2})(今年|现在|)(的|)(年龄|岁数|)" EXACT "是(儿子{!:y1}|女儿{!:y2})(的|)(年龄|岁数|)(的|){n:k}倍" },
    { "Q", '.', "asked", "(,|)" LEAD "(父亲{!:z1}|母亲{!:z2}|爸爸{!:z1}|妈妈{!:z2}|儿子{!:z3}|女儿{!:z4})(今年|现在|)(的年龄|)(是|有|)(几岁|多少岁|多大|多少|)" },
    { NULL, 0, NULL, NULL },
};
static const struct clause zh_pair[] = {
    { "SA", 'A', "times", "(,|)(今年|现在|)" WHO("x") NOW "(的|)(年龄|岁数|)" EXACT "是" WHO("y") "(的|)(年龄|岁数|)(的|){n:k}倍" }, { "SA", 'A', "gap", "(,|)(已知|)" WHO("x") NOW "比" WHO("y") "(大{!:more}|小{!:less}){n:d}岁" }, { "A", 'A', "sum", "(,|)(两人|他们|二人|他们俩|)(今年|现在|)(的|)年龄(之|的|)和(是|为){n:s}岁" },
    { "A", '.', "asked", "(,|)" LEAD WHO("z") NOW "(的年龄|)(是|有|)(几岁|多少岁|多大|多少|)" },
    { NULL, 0, NULL, NULL },
};
static const struct clause en_two[] = {
    { "SA", 'A', "gap", "(and |)" EWHO("x") " is {n:d} years (older{!:more}|younger{!:less}) than " EWHO("y") "( and|)" }, { "SA", 'A', "times", "(and |)" EWHO("x") " is " TIMES " as old as " EWHO("y") "( and|)" },
    { "A", 'A', "sum", "(and |if |)the sum of their (present |current |)ages is {n:s}( years|)" }, { "A", 'A', "sum", "(and |if |)(their|the) ages (add up|sum) to {n:s}( years|)" },
    { "A", '.', "asked", "how old is " EWHO("z") "( now|)" },
    { NULL, 0, NULL, NULL },
};

static int is(const struct capture *a, const struct capture *b)
{
    return a != NULL && b != NULL && a->raw != NULL && b->raw != NULL && strcasecmp(a->raw, b->raw) == 0;
}

/* Everybody has a name, and nobody two ages. */
static int names_fit(struct facts *f)
{
    for (int i = 0; i < f->n; i++) {
        struct match *m = &f->f[i].m;
        if ((match_get(m, "x") != NULL && !fact_is_name(match_get(m, "x")->raw)) || (match_get(m, "y") != NULL && !fact_is_name(match_get(m, "y")->raw)) || is(match_get(m, "x"), match_get(m, "y")))
            return 0;
        for (int j = 0; j < i; j++)
            if (strcmp(f->f[i].tag, "age") == 0 && strcmp(f->f[j].tag, "age") == 0 && is(match_get(m, "x"), match_get(&f->f[j].m, "x")))
                return 0;
    }
    return 1;
}

static val age_of(struct calc *c, struct facts *f, const struct capture *who)
{
    for (int i = 0; i < f->n; i++)
        if (strcmp(f->f[i].tag, "age") == 0 && is(match_get(&f->f[i].m, "x"), who))
            return fact_number(c, match_get(&f->f[i].m, "a"));
    return NULL;
}

/* Years until a + t = k (b + t), negative for years ago. */
static val years(struct calc *c, val a, val b, val k)
{
    val t = val_new(c), d = val_new(c), one = val_si(c, 1);
    ca_mul(t, k, b, c->ca);
    ca_sub(t, a, t, c->ca);
    ca_sub(d, k, one, c->ca);
    ca_div(t, t, d, c->ca);
    return t;
}

/* The other's age: (a - d) / k where a is k times it and d more, k a + d where it is k times a and d more. */
static val other_age(struct calc *c, struct match *m, val a, val k, int from)
{
    val d = match_get(m, "d") != NULL ? fact_number(c, match_get(m, "d")) : val_si(c, 0), v = val_new(c);
    if (d == NULL)
        return NULL;
    if (has(m, "less") != !from)
        ca_neg(d, d, c->ca);
    if (from)
        ca_mul(v, a, k, c->ca);
    ca_add(v, from ? v : a, d, c->ca);
    if (!from)
        ca_div(v, v, k, c->ca);
    return v;
}

static int ages_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct match *when = &f->f[f->n - 1].m, *rel = fact_count(f, "of") == 1 ? fact_get(f, "of") : fact_get(f, "from");
    int ago = fact_count(f, "ago") == 1, asked = fact_count(f, "asked") == 1;
    struct match *m = asked ? rel : when;
    size_t used;
    (void)arg;
    if (m == NULL || !names_fit(f) || fact_count(f, "age") != (asked ? 1 : 2))
        return 0;
    val k = has(m, "k2") ? val_si(c, 2) : fact_number(c, match_get(m, "k")), v;
    if (k == NULL || value_cmp(c, k, val_si(c, 1)) != 1)
        return 0;
    struct capture *first = match_get(&f->f[0].m, "x");
    if (asked) {
        int from = fact_count(f, "from") == 1;
        val a = age_of(c, f, from ? match_get(m, "x") : first);
        if (a == NULL || !is(match_get(m, "y"), match_get(when, "z")) || is(match_get(m, "y"), first) || (v = other_age(c, m, a, k, from)) == NULL || value_sign_is(c, v, 1) != YES)
            return 0;
        r->text = calc_printf(c, "%s is %s years old, %s %s times %s%s%s, find the other age", first->raw, value_text(c, a, 0), from ? "the other" : "which is", value_text(c, k, 0), from ? "it" : "the other", match_get(m, "d") == NULL ? "" : has(m, "less") ? " less " : " and ", match_get(m, "d") == NULL ? "" : ex_text(c, match_ex(m, "d")));
    } else {
        val a = age_of(c, f, match_get(when, "x")), b = age_of(c, f, match_get(when, "y")), then = val_new(c);
        if (a == NULL || b == NULL || value_sign_is(c, b, 1) != YES)
            return 0;
        v = years(c, a, b, k);
        if (ago)
            ca_neg(v, v, c->ca);
        ca_sub(then, b, v, c->ca);
        if (value_sign_is(c, v, -1) != NO || (ago && value_sign_is(c, then, -1) != NO))
            return 0;
        r->text = calc_printf(c, "ages %s and %s, find %s the first is %s times the second", value_text(c, a, 0), value_text(c, b, 0), ago ? "how many years ago" : "in how many years", value_text(c, k, 0));
    }
    r->k = S_VALUE;
    r->v = v;
    r->unit = parse_unit(c, "years", &used, 1);
    return 1;
}

/* u = k v + d and u + v = s: the other, v. */
static val second_age(struct calc *c, val k, val d, val s)
{
    val t = val_new(c), n = val_new(c);
    ca_sub(t, s, d, c->ca);
    ca_add(n, k, val_si(c, 1), c->ca);
    ca_div(t, t, n, c->ca);
    return t;
}

/* Who of the two is asked: 0 or 1; -1 if it is nobody of them, or the relations are about others. */
static int asked_one(struct facts *f)
{
    struct match *rel = fact_count(f, "gap") == 1 ? fact_get(f, "gap") : fact_get(f, "times"), *times = fact_get(f, "times"), *ask = fact_get(f, "asked");
    if (fact_count(f, "both") == 1) {
        if (fact_has(f, "x1") != fact_has(f, "father") || fact_has(f, "y1") != fact_has(f, "son"))
            return -1;
        return fact_has(f, fact_has(f, "father") ? "z1" : "z2") ? 0 : fact_has(f, fact_has(f, "son") ? "z3" : "z4") ? 1 : -1;
    }
    if (rel == NULL || ask == NULL || (times != NULL && times != rel && !(is(match_get(rel, "x"), match_get(times, "x")) && is(match_get(rel, "y"), match_get(times, "y")))))
        return -1;
    if (!fact_is_name(match_get(rel, "x")->raw) || !fact_is_name(match_get(rel, "y")->raw) || is(match_get(rel, "x"), match_get(rel, "y")))
        return -1;
    return is(match_get(ask, "z"), match_get(rel, "x")) ? 0 : is(match_get(ask, "z"), match_get(rel, "y")) ? 1 : -1;
}

static int two_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    int z = asked_one(f), gap = fact_count(f, "gap"), times = fact_count(f, "times"), both = fact_count(f, "both"), sum = fact_count(f, "sum") + both;
    val k = val_si(c, 1), d = val_si(c, 0), s = fact_number(c, fact_capture(f, "s")), v, one = val_si(c, 1);
    size_t used;
    (void)arg;
    if (z < 0 || gap + times + sum != 2 || gap > 1 || times > 1 || sum > 1)
        return 0;
    if (gap && (d = fact_number(c, fact_capture(f, "d"))) == NULL)
        return 0;
    if (times && (k = fact_has(f, "k2") ? val_si(c, 2) : fact_number(c, fact_capture(f, "k"))) == NULL)
        return 0;
    if (gap && fact_has(f, "less"))
        ca_neg(d, d, c->ca);
    if (sum) {
        if (s == NULL || value_sign_is(c, k, 1) != YES)
            return 0;
        v = second_age(c, k, d, s);
    } else {                                          /* k v = v + d */
        val n = val_new(c);
        ca_sub(n, k, one, c->ca);
        if (value_sign_is(c, n, 1) != YES)
            return 0;
        ca_div(v = val_new(c), d, n, c->ca);
    }
    val first = val_new(c);
    ca_mul(first, v, k, c->ca);
    if (sum)
        ca_add(first, first, d, c->ca);
    if (value_sign_is(c, v, 1) != YES || value_sign_is(c, first, 1) != YES)
        return 0;
    r->k = S_VALUE;
    r->v = z == 0 ? first : v;
    r->unit = parse_unit(c, "years", &used, 1);
    r->text = calc_printf(c, "two ages, %s%s%s, find the %s", gap ? calc_printf(c, "difference %s", value_text(c, d, 0)) : calc_printf(c, "the first %s times the second", value_text(c, k, 0)), sum ? calc_printf(c, ", sum %s", value_text(c, s, 0)) : "", gap && times ? calc_printf(c, ", the first %s times the second", value_text(c, k, 0)) : "", z == 0 ? "first" : "second");
    return 1;
}

int read_ages(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "ages";
    return (clause_mentions(q, "岁") && (clause_read(c, q, zh, ages_done, r, NULL) || clause_read(c, q, zh_two, two_done, r, NULL) || clause_read(c, q, zh_pair, two_done, r, NULL))) || (clause_mentions(q, "old|age") && (clause_read(c, q, en, ages_done, r, NULL) || clause_read(c, q, en_two, two_done, r, NULL)));
}
