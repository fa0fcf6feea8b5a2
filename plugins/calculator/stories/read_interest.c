/* read_interest.c - money that bears interest, year by year: simple or compound must be
 * said, but for a single year, where they are the same. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

#define MANWHO "({p:who}|)"
#define BANK "(存入(了|)(银行|某银行|)|存到银行|存银行|存进银行|投资(于某项目|)|用于投资|存(定期|)(了|)|整存整取)"
static const struct clause zh[] = {
    { "SA", 'A', "P", "(若|如果|已知|设|)" MANWHO "(把|将|有|用|)(本金|)(为|是|){q:P}" BANK "(,|)" }, { "SA", 'A', "P", "(若|如果|已知|设|)" MANWHO BANK "(了|)(本金|)(为|是|){q:P}" }, { "SA", 'A', "P", "(已知|若|设|)(本金|存款|贷款|投资额)(为|是|){q:P}" },
    { "SA", 'A', "rate", "(如果|若|已知|)(银行|)(的|)(年利率|年利息率|年收益率|每年利率)(为|是|按|){n:a}(计算|)" },
    { "SA", 'A', "kind", "(如果|若|且|)(利息|)(按|以|用|采用)(年|每年|)(复利{!:compound}|单利{!:simple})(的方式|方式|)(计算|计息|计|)(利息|)" }, { "A", 'A', "kind", "(每年计息一次(,|)|)(按|以|)复利(计算|计息|计){!:compound}(,|)(每年计息一次|一年计息一次|)" }, { "A", 'A', "kind", "\\((年|)(复利{!:compound}|单利{!:simple})\\)" },
    { "A", 'A', "years", "(存期|存|定期|期限|存了|时间|投资期|)(为|是|){i:n}年(,|)(到期后|到期时|)" },
    { "A", '.', "amount", "(求|问|则|那么|)((满|到|)({i:n2}年|到期)(后|时|)|)(的|)(可|可以|一共|共|能|)(取回|取出|得到|拿到|得|)(的|)(本利和|本息和|本息|本金和利息|本利|本息合计|总额|总金额|本金与利息的和|资金总额|钱)(一共|总共|共|总和|)(是|为|有|)(多少({u:unit}|钱|)|)" }, { "A", '.', "amount", "(求|问|则|那么|)((满|到|)({i:n2}年|到期)(后|时|))(一共|总共|共|可以|能|)(取回|取出|得到|拿回|有)(多少({u:unit}|钱)|)" },
    { "A", '.', "interest", "(求|问|则|那么|)((满|到|)({i:n2}年|到期)(后|时|)|)(的|)(可|可以|一共|共|能|)(得到|获得|得|)(的|)(利息|总利息)(一共|共|)(是|为|有|)(多少({u:unit}|钱|)|)" }, { "A", '.', "interest", "(求|问|则|那么|)((满|到|)({i:n2}年|到期)(后|时|)|)(一共|共|可|可以|能|)(得到|获得|得)多少({u:unit}|钱|)(的|)利息" },
    { NULL, 0, NULL, NULL },
};

#define EWHO "((a |an |){w:who})"
#define ASKER "((the |){w:asker})"
#define PUT "(invest|invests|invested|deposit|deposits|deposited|put|puts|lend|lends|borrow|borrows|place|places|save|saves)"
#define WHERE "( in (a|the) (bank|bank account|savings account|account)| in an account| in a savings account| into a bank| into an account| into a savings account|)( that pays| paying| which pays| earning| that earns|)"
#define INT "(at |an |a |)(interest rate of |rate of |annual interest rate of |yearly interest rate of |annual rate of |simple interest rate of {!:simple}|compound interest rate of {!:compound}|){n:a}( simple{!:simple}| compound{!:compound}|)( annual| yearly|)( simple{!:simple}| compound{!:compound}|)( annual| yearly|)( interest|)( rate|)( per year| a year| per annum| annually| each year|)"
#define KIND "(compounded (annually|yearly|once a year|once per year|every year|each year){!:compound}|(with|of) (interest |)(compounded|compounding) (annually|yearly|once a year|every year){!:compound}|(with |of |as )(annual |)compound interest{!:compound}|(with |of |as |in )simple interest{!:simple}|the interest is (simple{!:simple}|compounded (annually|yearly|once a year){!:compound})|interest is (simple{!:simple}|compounded (annually|yearly|once a year|every year){!:compound}))"
static const struct clause en[] = {
    { "S", 'A', "P", "(if |suppose |)" EWHO " " PUT " {q:P}" WHERE }, { "S", 'A', "P", "(if |suppose |)(a (principal|sum|deposit|loan|amount) of |the principal is |){q:P} (is|are|was|were|) (invested|deposited|put|placed|lent|borrowed|)" WHERE }, { "S", 'A', "P", "(a|an) (account|bank account|savings account|investment|deposit) (of|with|has) {q:P}( earns| pays|)" },
    { "A", 'A', "rate", "(at|earns|earn|earning|paying|with|pays|and earns|that earns|an|a|) " INT "(,|)" }, { "A", 'A', "kind", "(,|and|)(it is |the interest is |which is |interest |)" KIND }, { "A", 'A', "years", "(for|over|during|after) {i:n} (years|year)" },
    { "A", '.', "amount", "(how (much|many {u:unit})( money|)) (do|does|will|would) " ASKER " (have|get|get back|receive)( in the account| in total| altogether|)( (after|in|at the end of) {i:n2} (years|year)|)" }, { "A", '.', "amount", "(how (much|many {u:unit})( money|)) (is|will be|are|is there|will there be|are there|will it be worth|is it worth|will the investment be worth|does it grow to|will it grow to|is in the account|will be in the account)( in the account| there|)( (after|in|at the end of) {i:n2} (years|year)|)" },
    { "A", '.', "amount", "(find|what is|what will be|calculate|compute) the (final |total |)(amount|balance|value|sum|account balance|value of the investment|future value)( of the investment| in the account| be|)( in {u:unit}|)( (after|in|at the end of) {i:n2} (years|year)|)" }, { "A", '.', "interest", "(find|what is|calculate|compute) the (total |)(simple{!:simple} |compound{!:compound} |)interest( earned| paid|)( in {u:unit}|)( (after|in|over|for) {i:n2} (years|year)|)" }, { "A", '.', "interest", "how (much|many {u:unit} of) (simple{!:simple} |compound{!:compound} |)interest (is earned|is paid|(do|does|will|would) " ASKER " (earn|pay))( (after|in|over|for) {i:n2} (years|year)|)" },
    { NULL, 0, NULL, NULL },
};

/* Who asks for it is who gave it: Ann or she, you; "it" is the money. */
static int same_person(struct facts *f)
{
    struct capture *who = fact_capture(f, "who"), *asker = fact_capture(f, "asker");
    const char *w = who != NULL ? who->raw : "", *a = asker != NULL ? asker->raw : "it";
    if (strcasecmp(a, "it") == 0 || strcasecmp(a, w) == 0)
        return 1;
    if (strcasecmp(a, "you") == 0)
        return who == NULL;                           /* "$800 is invested" */
    return (strcasecmp(a, "he") == 0 && fact_is_name(w) && strcasecmp(w, "i") != 0 && strcasecmp(w, "woman") != 0) || (strcasecmp(a, "she") == 0 && fact_is_name(w) && strcasecmp(w, "i") != 0 && strcasecmp(w, "man") != 0);
}

static int interest_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct capture *p = fact_capture(f, "P"), *a = fact_capture(f, "a"), *u = fact_capture(f, "unit");
    long n = 0, m = 0;
    int simple = fact_has(f, "simple"), compound = fact_has(f, "compound"), has_n = fact_int(f, "n", &n), has_m = fact_int(f, "n2", &m);
    if ((*(const char *)arg == 'e' && !same_person(f)) || fact_count(f, "P") != 1 || fact_count(f, "rate") != 1 || fact_count(f, "years") > 1 || (!has_n && !has_m) || (has_n && has_m && n != m))
        return 0;
    n = has_n ? n : m;
    if (p == NULL || a == NULL || p->unit == NULL || p->unit->noun || a->e->k != E_PCT || n < 1 || n > 60 || (simple && compound) || (!simple && !compound && n != 1))
        return 0;
    if (u != NULL && (u->unit == NULL || memcmp(u->unit->dim, p->unit->dim, sizeof p->unit->dim) != 0 || u->unit->p != p->unit->p || u->unit->q != p->unit->q))
        return 0;
    for (int i = 0; i < 3; i++)
        if (p->unit->dim[i] != 0)
            return 0;                                 /* no money */
    val P = value_const(c, p->e), q = value_const(c, a->e), v = val_new(c), one = val_si(c, 1);
    if (P == NULL || q == NULL || value_sign_is(c, P, 1) != YES || value_sign_is(c, q, 1) != YES)
        return 0;
    if (compound) {
        ca_add(v, one, q, c->ca);
        ca_pow_si(v, v, n, c->ca);
    } else {
        ca_mul_si(v, q, n, c->ca);
        ca_add(v, v, one, c->ca);
    }
    ca_mul(v, v, P, c->ca);
    int alone = fact_count(f, "interest") == 1;
    if (alone)
        ca_sub(v, v, P, c->ca);
    r->k = S_VALUE;
    r->v = v;
    r->unit = p->unit;
    r->text = calc_printf(c, "%s %s at %s a year, %s, %ld %s, find %s", ex_text(c, p->e), p->unit->text, ex_text(c, a->e), compound ? "compounded yearly" : simple ? "simple" : "simple or compounded", n, n == 1 ? "year" : "years", alone ? "the interest" : "the amount");
    return 1;
}

int read_interest(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "interest";
    return clause_mentions(q, "利率|利息|interest|balance|amount|compounded") && (clause_read(c, q, zh, interest_done, r, "z") || clause_read(c, q, en, interest_done, r, "e"));
}
