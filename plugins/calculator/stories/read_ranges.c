/* read_ranges.c - how many whole numbers of a range have a property, or what is their sum:
 * every number of the range is looked at.  Whether an end counts must be said, or must
 * not matter. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

static const long most = 300000;                      /* numbers that are looked at */

/* Which numbers; what must hold for them. */
#define NOUN "(正整数{!:pos}|自然数{!:nat}|整数|非负整数{!:nonneg}|数{!:loose}|正数{!:never})"
#define COND "(能(同时|)被{i:k}(和|与|、){i:l}整除{!:both}|能被{i:k}整除(但|而|且|却|,|但是)(不能|不)被{i:l}整除{!:only}|既能被{i:k}整除(,|)(又|也)能被{i:l}整除{!:both}|既不能被{i:k}整除(,|)(又|也)不能被{i:l}整除{!:neither}|能被{i:k}或{i:l}整除{!:either}|能被{i:k}整除或能被{i:l}整除{!:either}|(能|可以)被{i:k}整除{!:div}|(不能|不可以)被{i:k}整除{!:notdiv}|(除以|被){i:k}(除|)(,|)余(数为|数是|){i:rem}{!:over}|是{i:k}的倍数(但|而|且|,|但是)不是{i:l}的倍数{!:only}|(既|同时|)是{i:k}的倍数(,|)又是{i:l}的倍数{!:both}|是{i:k}(和|与|、){i:l}的公倍数{!:both}|(是|为|){i:k}的倍数{!:div}|不是{i:k}的倍数{!:notdiv}|(是|为|)奇数{!:odd}|(是|为|)偶数{!:even}|(是|为|)(质数|素数){!:prime}|(是|为|)合数{!:composite}|(是|为|)完全平方数{!:square}|(是|为|)(完全立方数|立方数){!:cube}|与{i:k}互(质|素){!:coprime})"
#define LO "(不小于{i:a}{!:lo0}|不低于{i:a}{!:lo0}|大于等于{i:a}{!:lo0}|大于或等于{i:a}{!:lo0}|至少为{i:a}{!:lo0}|大于{i:a}{!:lo1}|超过{i:a}{!:lo1}|比{i:a}大{!:lo1})"
#define HI "(不大于{i:b}{!:hi0}|不超过{i:b}{!:hi0}|小于等于{i:b}{!:hi0}|小于或等于{i:b}{!:hi0}|至多为{i:b}{!:hi0}|小于{i:b}{!:hi1}|不到{i:b}{!:hi1}|比{i:b}小{!:hi1})"
#define ENDS "((包括|包含|含)(两端|端点|{i:a2}和{i:b2}|两个端点|首尾){!:closed}|(不包括|不包含|不含)(两端|端点|{i:a2}和{i:b2}|两个端点|首尾){!:opened})"
#define RANGE "((从|在|){i:a}(到|至|~|—){i:b}(之间{!:between}|{!:closed})(\\(" ENDS "\\)|(,|)" ENDS "|)|(在|介于|){i:a}(和|与|、|,){i:b}之间{!:between}(\\(" ENDS "\\)|(,|)" ENDS "|)|(比|)" LO "(,|)(且|并且|而|又|同时|)(比|)" HI "|" HI "(,|)(且|并且|而|)" LO "|" HI "|{i:b}以内{!:within})"
#define MANY "(,|)(一共|总共|共|)(有|)(多少|几)(个|)"
static const struct clause zh[] = {
    { "S", 'S', "lead", "(求|在|问|计算|所有|满足|)" },
    { "S", 'R', "range", RANGE "(的|)" }, { "S", 'R', "digits", "(所有|)(的|){i:digits}位(的|)" },
    { "R", 'N', "noun", "(所有|全部|)(的|)" NOUN }, { "R", 'N', "cond", "(所有|全部|)(的|)(是|)(正奇数{!:pos}{!:odd}|正偶数{!:pos}{!:even}|奇数{!:odd}|偶数{!:even}|质数{!:prime}|素数{!:prime}|合数{!:composite}|完全平方数{!:square}|{i:k}的倍数{!:div})" },
    { "R", 'C', "among", "(中|里|之中)" }, { "N", 'C', "among", "(中|里|之中|当中|里面)" }, { "N", 'M', "many", MANY }, { "C", 'M', "many", MANY }, { "R", 'M', "many", MANY },
    { "NCR", 'P', "cond", "(,|)(其中|)(,|)(所有|)" COND "(的|)" }, { "NC", 'P', "manycond", "(其中|)(,|)(一共|总共|共|)有(多少|几)(个|)(数|整数|)" COND "(的|)(数|整数|)" },
    { "P", 'P', "noun2", "(的|)(所有|)" NOUN }, { "P", '.', "many", MANY }, { "NP", '.', "count", "(的|)个数(是|为|)(多少|几|)" }, { "NP", '.', "sum", "(的|之)(和|总和){!:total}(是|为|等于|)(多少|几|)" }, { "P", '.', "end", "(个|)" },
    { "N", '.', "many", MANY "(个|)" },
    { "M", '.', "cond", "(数|整数|正整数|自然数|)" COND "(的|)(数|整数|)" }, { "M", '.', "noun2", NOUN },
    /* a condition first: "能被 7 整除的两位数有多少个" */
    { "S", 'T', "cond", "(求|问|所有|)" COND "(的|)" }, { "T", 'N', "digits", "(所有|)(的|){i:digits}位(数|正整数|整数|自然数|)" }, { "T", 'R', "range", RANGE "(的|)" },
    { NULL, 0, NULL, NULL },
};

#define EKIND "(positive {!:pos}|)(even {!:even}|odd {!:odd}|prime {!:prime}|composite {!:composite}|)(integers|integer|numbers{!:loose}|number{!:loose}|whole numbers|natural numbers{!:nat}|multiples of {i:k}{!:div}|primes{!:prime}|perfect squares{!:square}|squares{!:square}|perfect cubes{!:cube})"
#define ECOND "((are |is |)(exactly |evenly |)(divisible by|multiples of|a multiple of) (both |){i:k} and (by |){i:l}{!:both}|(are |is |)(divisible by|multiples of|a multiple of) (either |){i:k} or (by |){i:l}{!:either}|(are |is |)(divisible by|multiples of|a multiple of) {i:k} (but|and) not (divisible |)(by |of |multiples of |){i:l}{!:only}|(are |is |)(divisible by|multiples of|a multiple of) neither {i:k} nor {i:l}{!:neither}|(are |is |)not (divisible by|multiples of|a multiple of) {i:k}{!:notdiv}|(are |is |)(exactly |evenly |)(divisible by|multiples of|a multiple of) {i:k}{!:div}|(leave|have|leaves) (a |)remainder (of |){i:rem} (when divided by|on division by|upon division by) {i:k}{!:over}|(are |is )odd{!:odd}|(are |is )even{!:even}|(are |is )prime{!:prime}|(are |is )(a |)prime numbers{!:prime}|(are |is )composite{!:composite}|(are |is )(a |)perfect (squares|square){!:square}|(are |is )(a |)perfect (cubes|cube){!:cube}|(are |is |)(coprime|relatively prime) (to|with) {i:k}{!:coprime})"
#define ELO "((greater|more|larger|bigger) than {i:a}{!:lo1}|(above|over|exceeding) {i:a}{!:lo1}|at least {i:a}{!:lo0}|not less than {i:a}{!:lo0}|no less than {i:a}{!:lo0}|(greater|more|larger) than or equal to {i:a}{!:lo0})"
#define EHI "((less|smaller|fewer) than {i:b}{!:hi1}|(below|under) {i:b}{!:hi1}|at most {i:b}{!:hi0}|(not exceeding|up to|no more than|not more than|not greater than|that do not exceed) {i:b}{!:hi0}|(less|smaller) than or equal to {i:b}{!:hi0})"
#define EENDS "(,|)(\\(|)(inclusive{!:closed}|including (both |the |both the |)(ends|endpoints|end points|{i:a2} and {i:b2}){!:closed}|both (ends |endpoints |)(included|inclusive){!:closed}|exclusive{!:opened}|not including {i:a2} (and|or) {i:b2}{!:opened}|excluding (both |the |)(ends|endpoints|end points|{i:a2} and {i:b2}){!:opened})(\\)|)"
#define ERANGE "((from |in the range (from |)|){i:a} (to|through) {i:b}{!:closed}(" EENDS "|)|(that (lie|are) |which are |lying |)strictly{!:opened} between {i:a} and {i:b}|(that (lie|are) |which are |lying |)between {i:a} and {i:b}{!:between}(" EENDS "|)|(that are |which are |which is |)" ELO " (and|but) " EHI "|(that are |which are |)" EHI " (and|but) " ELO "|(that are |which are |)" EHI ")"
static const struct clause en[] = {
    { "S", 'Q', "many", "how many " }, { "S", 'Q', "number", "(find|what is|determine|calculate|compute|give) the number of " }, { "S", 'Q', "sum", "(find|what is|determine|calculate|compute) the sum{!:total} of (all |)(the |)" },
    { "Q", 'E', "noun", EKIND }, { "Q", 'E', "digits", "(positive |){i:digits}-digit (even {!:even}|odd {!:odd}|)(positive |)(integers|numbers|palindromes{!:never}|multiples of {i:k}{!:div}|primes{!:prime}|perfect squares{!:square})" },
    { "E", 'E', "there", "(are there|are|exist|there are)" }, { "E", 'F', "range", "(are (there |)|lie |is |)" ERANGE }, { "EF", 'G', "cond", "(that |which |and |)" ECOND "( are there|)" }, { "FG", '.', "there", "(are there|are|exist|)" }, { "G", '.', "range", "(are there |)(in |)" ERANGE },
    { "EFG", '.', "end", "(are there|there are|exist)" }, { "EF", '.', "cond", "(that |which |and |)" ECOND }, { "E", '.', "range", "(are (there |)|lie |is |)" ERANGE },
    { NULL, 0, NULL, NULL },
};

static long gcd(long a, long b) { return b == 0 ? (a < 0 ? -a : a) : gcd(b, a % b); }

static int is_prime(long v)
{
    for (long d = 2; d * d <= v; d++)
        if (v % d == 0)
            return 0;
    return v > 1;
}

static int is_power(long v, int e)
{
    long x = 0;
    if (v < 0 && e == 2)
        return 0;
    while ((e == 2 ? x * x : x * x * x) < (v < 0 ? -v : v))
        x++;
    return (e == 2 ? x * x : x * x * x) == (v < 0 ? -v : v);
}

struct range { struct facts *f; long k, l, rem; int has_k, has_l; };

/* Has t the property?  Every mark must hold. */
static int fits(struct calc *c, const struct range *g, long t)
{
    struct facts *f = g->f;
    int x = g->has_k && g->k != 0 && t % g->k == 0, y = g->has_l && t % g->l == 0;
    calc_step(c, 1);
    if ((fact_has(f, "pos") || fact_has(f, "pos1")) && t < 1)
        return 0;
    if ((fact_has(f, "nonneg") || fact_has(f, "nat")) && t < 0)
        return 0;
    return !(fact_has(f, "div") && !x) && !(fact_has(f, "notdiv") && x) && !(fact_has(f, "both") && !(x && y)) && !(fact_has(f, "only") && !(x && !y)) && !(fact_has(f, "neither") && (x || y)) &&
           !(fact_has(f, "either") && !x && !y) && !(fact_has(f, "over") && ((t % g->k) + g->k) % g->k != g->rem) && !(fact_has(f, "odd") && t % 2 == 0) && !(fact_has(f, "even") && t % 2 != 0) &&
           !(fact_has(f, "prime") && !is_prime(t)) && !(fact_has(f, "composite") && (t < 4 || is_prime(t))) && !(fact_has(f, "square") && !is_power(t, 2)) && !(fact_has(f, "cube") && !is_power(t, 3)) && !(fact_has(f, "coprime") && gcd(t, g->k) != 1);
}

/* The range as lo .. hi, both counted; ends that are left open and matter are refused. */
static int ends_of(struct calc *c, const struct range *g, long *lo, long *hi)
{
    struct facts *f = g->f;
    long a, b, v;
    int ha = fact_int(f, "a", &a), hb = fact_int(f, "b", &b);
    if ((ha && (a < -1000000000 || a > 1000000000)) || (hb && (b < -1000000000 || b > 1000000000)))
        return 0;
    if ((fact_int(f, "a2", &v) && (!ha || v != a)) || (fact_int(f, "b2", &v) && (!hb || v != b)))
        return 0;
    if (fact_capture(f, "digits") != NULL) {
        if (ha || hb || !fact_int(f, "digits", &v) || v < 1 || v > 5)
            return 0;
        for (*lo = 1; v > 1; v--)
            *lo *= 10;
        *hi = 10 * *lo - 1;
        return *lo > 1;                               /* is 0 a number of one digit? */
    }
    int open = fact_has(f, "opened"), closed = fact_has(f, "closed");
    if (!hb || (open && closed && !fact_has(f, "between")) || (open && fact_has(f, "lo1")))
        return 0;
    if (fact_has(f, "within")) {
        if (fits(c, g, b) || fits(c, g, 0))
            return 0;                                 /* is b within b? */
        *lo = 1;
        *hi = b;
        return 1;
    }
    if (!ha) {                                        /* below b: of positive numbers */
        int pos = fact_has(f, "pos") || fact_has(f, "pos1") || fact_has(f, "prime") || fact_has(f, "composite"), nat = fact_has(f, "nat") || fact_has(f, "nonneg");
        if (!pos && (!nat || (fact_has(f, "nat") && fits(c, g, 0))))
            return 0;
        *lo = pos ? 1 : 0;
    } else {
        *lo = a + (fact_has(f, "lo1") || (open && !closed));
        if (b <= a)
            return 0;
    }
    *hi = b - (fact_has(f, "hi1") || (open && !closed));
    if (fact_has(f, "between") && open == closed && (fits(c, g, a) || fits(c, g, b)))
        return 0;
    if (*lo <= 0 && fact_has(f, "nat") && fits(c, g, 0))
        return 0;
    return 1;
}

/* The property in words, behind a comma. */
static const char *property(struct calc *c, const struct range *g)
{
    static const char *const alone[] = { "odd", "even", "prime", "composite", "square", "cube" };
    struct facts *f = g->f;
    const char *t = fact_has(f, "div") ? calc_printf(c, ", divisible by %ld", g->k) : fact_has(f, "notdiv") ? calc_printf(c, ", not divisible by %ld", g->k) : fact_has(f, "both") ? calc_printf(c, ", divisible by %ld and by %ld", g->k, g->l) :
                    fact_has(f, "only") ? calc_printf(c, ", divisible by %ld, not by %ld", g->k, g->l) : fact_has(f, "neither") ? calc_printf(c, ", divisible by neither %ld nor %ld", g->k, g->l) : fact_has(f, "either") ? calc_printf(c, ", divisible by %ld or by %ld", g->k, g->l) :
                    fact_has(f, "over") ? calc_printf(c, ", with remainder %ld on division by %ld", g->rem, g->k) : fact_has(f, "coprime") ? calc_printf(c, ", coprime to %ld", g->k) : "";
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
        if (fact_has(f, alone[i]))
            t = calc_printf(c, "%s, %s", t, alone[i]);
    return t;
}

static int range_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    static const char *const marks[] = { "div", "notdiv", "both", "only", "neither", "either", "over", "odd", "even", "prime", "composite", "square", "cube", "coprime" };
    struct range g = { .f = f };
    long lo, hi, n = 0;
    int any = 0, asks = fact_count(f, "many") + fact_count(f, "manycond") + fact_count(f, "count") + fact_count(f, "number") + fact_count(f, "sum"), k = 0, with_k = 0;
    (void)arg;
    if (asks != 1 || fact_count(f, "range") + fact_count(f, "digits") != 1 || fact_has(f, "never") || fact_has(f, "pos") + fact_has(f, "nat") + fact_has(f, "nonneg") > 1)
        return 0;
    for (int i = 0; i < f->n; i++)                    /* each property once, and one divisor at most */
        for (int j = 0; j < f->f[i].m.n; j++)
            k += f->f[i].m.c[j].type == 'i' && strcmp(f->f[i].m.c[j].name, "k") == 0;
    if (k > 1)
        return 0;
    g.has_k = fact_int(f, "k", &g.k);
    g.has_l = fact_int(f, "l", &g.l);
    int pair = 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (fact_has(f, marks[i])) {
            any = 1;
            with_k += i < 7 || i == 13;
            pair += i >= 2 && i <= 5;
        }
    if ((with_k > 0) != g.has_k || with_k > 1 || (pair > 0) != g.has_l || (g.has_k && (g.k < 1 || g.k > 1000000)) || (g.has_l && (g.l < 1 || g.l > 1000000)))
        return 0;
    if (fact_has(f, "loose") && !any)
        return 0;                                     /* "numbers" alone are not only the whole ones */
    if (fact_has(f, "over") && (!fact_int(f, "rem", &g.rem) || g.rem < 0 || g.rem >= g.k))
        return 0;
    if (!ends_of(c, &g, &lo, &hi) || hi < lo - 1 || hi - lo > most)
        return 0;
    fmpz_t sum;
    fmpz_init(sum);
    for (long t = lo; t <= hi; t++)
        if (fits(c, &g, t)) {
            n++;
            fmpz_add_si(sum, sum, t);
        }
    int total = fact_count(f, "sum") == 1;
    r->k = S_VALUE;
    r->v = val_si(c, n);
    if (total)
        ca_set_fmpz(r->v, sum, c->ca);
    fmpz_clear(sum);
    r->text = calc_printf(c, "whole numbers from %ld to %ld%s, find their %s", lo, hi, property(c, &g), total ? "sum" : "number");
    return 1;
}

int read_ranges(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "ranges";
    return clause_mentions(q, "多少|几|个数|和|how many|number of|sum of") && (clause_read(c, q, zh, range_done, r, NULL) || clause_read(c, q, en, range_done, r, NULL));
}
