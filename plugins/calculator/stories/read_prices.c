/* read_prices.c - a price and what is done to it, step by step: percentages, tenths (八折),
 * amounts; asked is the price after, the price before, what is saved, the profit. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

#define ITEM "(商品|衣服|上衣|外套|夹克|裤子|鞋|鞋子|运动鞋|运动服|电视|电视机|手机|电脑|冰箱|洗衣机|书包|玩具|产品|羽绒服|大衣|服装|衬衫|台灯|自行车|书|空调|相机|家具|手表|毛衣|裙子|西服|西装|皮鞋|皮衣|电器|货物|笔记本电脑|平板电脑|足球|篮球)"
#define ONE "(一件|一种|一台|一双|一套|一部|一个|一条|一辆|一本|一块|某|某种|某件|某品牌(的|)|这件|这种|该|)"
#define GOODS "(某|)(商店|商场|超市|店|服装店|)(将|把|出售|销售|)" ONE ITEM "(的|)"
#define NOW "(先|再{!:again}|又{!:again}|然后{!:again}|接着{!:again}|现|现在|现将其|现将|后来{!:again}|第二次{!:again}|第一次|后又{!:again}|后{!:again}|之后{!:again}|再次{!:again}|后再{!:again}|在此基础上(再|又){!:again}|节日期间|促销期间|促销时|商场|商店|)(将(其|价格|它)|价格|)"
#define SOLD "(出售|销售|促销|卖出|优惠|优惠出售|优惠销售|)"
#define MON "(是|为|)(多少({u:unit}|钱|)|)"
static const struct clause zh[] = {
    { "S", 'G', "goods", GOODS }, { "S", 'G', "goods", ONE ITEM "(的|)(价格|售价|价钱)" }, { "S", 'G', "p", "((某|)(商店|商场|超市|店|服装店)(将|把|)|)" ONE "(原价|标价|定价)(为|是|){q:p}的" ITEM }, { "G", 'G', "p", "(原价{!:orig}|标价|定价|原来的价格{!:orig}|原来售价{!:orig}|原售价{!:orig})(为|是|){q:p}" }, { "S", 'G', "p", "(原价|标价|定价)(为|是|){q:p}的" ONE ITEM },
    { "G", 'G', "c", "(每件|)(进价|成本|成本价|进货价)(为|是|){q:c}" }, { "G", 'G', "s", "(后|)(的|)(售价|价格|现价|卖价|价钱)(为|是|变为|变成|){q:s}" }, { "G", 'G', "s", "(现在|)以{q:s}(的价格|)(卖出|出售|售出)" }, { "G", 'G', "s", "(后|)(只|仅|)(卖|需|要|需要|售|是|为){q:s}" },
    { "G", 'G', "op", NOW "(打|按|(按|以)(原价|标价)(的|打){!:whole}){o:z}" SOLD "(后|)" }, { "G", 'G', "op", NOW "连续两次打{o:z2}" SOLD "(后|)" },
    { "G", 'G', "op", NOW "(降价|下调|降低|优惠|便宜|下降|减价|降|下跌)(了|){n:down}" SOLD "(后|)" }, { "G", 'G', "op", NOW "(涨价|提价|上调|提高|上涨|加价|涨)(了|){n:up}" SOLD "(后|)" },
    { "G", 'G', "op", NOW "(降价到|降到|降价为|降至|降低到|按|以)(原价|标价|原来)的{!:whole}{n:part}" SOLD "(后|)" }, { "G", 'G', "op", NOW "(降价|便宜|减|减去|优惠|降|减价|立减)(了|){q:less}" SOLD "(后|)" }, { "G", 'G', "op", NOW "(涨价|提价|加价|涨|提高|上涨)(了|){q:more}" SOLD "(后|)" },
    { "G", '.', "final", "(后|)(求|问|则|那么|)(现价|售价|现在的价格|最后的价格|最终价格|最后价格|此时的价格|现在的售价|实际售价|打折后的价格|降价后的价格|涨价后的价格|现在价格|现在售价|最终售价|最后售价|折后价|折后价格|(的|)价格|(的|)售价|它的价格|这时的价格|最后的售价)" MON }, { "G", '.', "final", "(后|)(现在|最后|实际|)(卖|售|需付|要付|需要付|应付|需支付|需要|需)多少({u:unit}|钱)" },
    { "G", '.', "part", "(后|)(现价|现在的价格|现在价格|最后的价格|最后价格|这时的价格|此时的价格|现在的售价)是(原价|原来|原来的价格|原来价格)的(百分之几|百分之多少)" },
    { "G", '.', "saved", "(比原价|现价比原价|)(便宜|优惠|节省|降价|降低|少花|省|降)(了|)多少({u:unit}|钱)" }, { "G", '.', "first", "(求|问|则|)(降价{!:wasdown}|打折{!:wasdown}|优惠{!:wasdown}|减价{!:wasdown}|涨价{!:wasup}|提价{!:wasup})(之前|以前|前)(的|)(价格|售价|价钱)" MON }, { "G", '.', "first", "(求|问|则|)(它的|该商品的|这(件|种|台|双|套|部|条|辆|本|块){w:item2}的|)(原价|标价|定价|原来的价格|原来的售价|原售价)" MON },
    { "G", '.', "gain", "(求|问|)(每件|每件的|它的|)(利润|获利|可获利|能赚|可赚|赚了|赚|盈利|可盈利)" MON }, { "G", '.', "rate", "(求|)(它的|该商品的|这件商品的|)利润率(是多少|是百分之几|为多少|)" },
    { NULL, 0, NULL, NULL },
};

#define KIND "(leather|winter|wool|woollen|woolen|cotton|summer|red|blue|black|white|new|used|tennis|school|coffee|mobile|digital|washing|wooden|silk)"
#define EITEM "({w:item}|pair of {w:item}|" KIND " {w:item})"
#define CUT "(discount|reduction|price cut|price reduction|markdown|decrease|rebate)"
#define RISE "(increase|rise|price increase|markup|price rise|raise)"
#define LOWERED "(reduced|decreased|marked down|discounted|lowered|cut|dropped|reduces|falls|fell|decreases|drops|goes down|went down)"
#define RAISED "(increased|raised|marked up|rises|rose|increases|goes up|went up)"
#define STEP "(and |it |the price |this price |the new price |this |)(is |was |gets |has been |is then |was then |is first |was first |)(and |)(first |then {!:again}|later {!:again}|again {!:again}|after that {!:again}|)"
#define COSTS "(costs|cost|is priced at|was priced at|has a price of|normally costs|originally costs|originally cost|originally sold for|sells for|is marked at|has a list price of|has a regular price of|is listed at|usually costs|regularly costs|has an original price of|had a price of|is worth)"
#define AND "(,|and|which|that|)"
static const struct clause en[] = {
    { "S", 'E', "p", "the (original |regular |list |usual |normal |)price of (a|an|the) " EITEM " (is|was) {q:p}" AND }, { "S", 'E', "p", "(a|an|the) " EITEM " " COSTS " {q:p}" AND }, { "S", 'E', "p", "(a|an|the) (original |)price (of|is|was) {q:p}" AND }, { "S", 'E', "p", "(a|an|the) " EITEM " (with|that has|has) (a|an) (price|original price|list price|regular price) of {q:p}" AND }, { "S", 'E', "p", "(a|an) {q:p} {w:item}" AND }, { "S", 'E', "p", "(a|an) {w:item} of {q:p}" }, { "S", 'E', "p", "(a|the) (store|shop|supermarket|website|retailer) (offers|gives|is offering|has) ({n:down} off|a {n:down} " CUT " on) (a|an) ({q:p} {w:item}|{w:item} (that costs|priced at|costing|worth) {q:p}){!:orig}" },
    { "S", 'E', "sop", "(a|an|the) " EITEM " " COSTS " {q:s} after (a|an) ({n:down} (percent |)" CUT "|(discount|reduction) of {n:down}|{n:up} " RISE ")" }, { "S", 'E', "sop", "(a|an|the) " EITEM " (is on sale for|is sold for|was sold for|is selling for|sold for|was bought for|is sold at|was sold at) {q:s}(,|)(after a|at a|which is a|with a|at|which is|after) (being (reduced|marked down|discounted) by {n:down}|{n:down} " CUT "|(discount|reduction) of {n:down}|{n:down} off (the (original|regular|list|usual) price|))" },
    { "S", 'E', "op", "after (a|an) ({n:down} " CUT "|{n:up} " RISE "|" CUT " of {n:down}|" RISE " of {n:up})" }, { "S", 'E', "op", "after being (reduced|marked down|discounted) by {n:down}" }, { "S", 'E', "op", "after (the price of (a|an|the) " EITEM "|a price) (is|was|had been) " LOWERED " by {n:down}" }, { "E", 'E', "s", "(the price of |)(a|an|the|it) (" EITEM " |)(costs|is|was sold for|sells for|is sold for|cost|was) {q:s}" }, { "E", 'E', "s", "(it |and |the (new|sale|final|reduced) price )(now |)(costs|is|sells for|became|becomes) {q:s}" },
    { "E", 'E', "op", STEP LOWERED "( again{!:again}|) by {n:down}" AND }, { "E", 'E', "op", STEP RAISED "( again{!:again}|) by {n:up}" AND }, { "E", 'E', "op", STEP LOWERED " by {q:less}" AND }, { "E", 'E', "op", STEP RAISED " by {q:more}" AND },
    { "E", 'E', "op", "(,|and |then |later |)(the|a) (store|shop|seller|owner|shopkeeper|dealer|company|supermarket|retailer|manager) (then |)((cuts|reduces|lowers|cut|reduced|lowered|drops|decreases|marks down) (the|its|this) price by {n:down}|(raises|increases|raised|increased) (the|its|this) price by {n:up}|(takes|offers|gives) (a discount of {n:down}|{n:down} off))" },
    { "E", 'E', "op", "(it |and |)(is |)(sold|on sale|offered|now sold|bought) (at|with) a {n:down} " CUT }, { "E", 'E', "op", "(it |and |)(is |)(sold |on sale |offered |)(at |for |){n:down} off" }, { "S", 'E', "p", "(a |an |the |){w:item} (marked|priced|listed) (at |){q:p} (is|are)" }, { "E", 'E', "op", "(it |and |)(is |are |)(sold|on sale|offered|bought) (at|for) {n:part} of (the|its) (marked |original |list |regular |){!:whole}price" }, { "E", 'E', "op", "(it |and |)(is |are |)(sold|on sale|offered|bought) (at|with) a {n:down} " CUT }, { "E", 'E', "op", "(then |during a sale |in a sale |)(there is |you get |the store gives |the shop gives |a store offers |it has |the store offers )a {n:down} " CUT "( on it|)" }, { "E", 'E', "op", "a {n:down} " CUT " is (given|applied|offered)( on it|)" },
    { "E", '.', "final", "(what is|find|what will be|calculate) (the|its) (final|new|sale|selling|discounted|reduced|current|resulting) (price|cost)( of the {w:item2}| after the (discount|sale|change|changes)| now|)" }, { "E", '.', "final", "(how much|what) (does|will|would) (it|the {w:item2}) cost( now| after the discount| in the end| finally|)" }, { "E", '.', "final", "how much (do|does|will|must|should) (you|one|the customer|a customer|{w:buyer}) (have to |need to |)pay( for (it|the {w:item2})|)" }, { "E", '.', "final", "(what is|find) the price (now|after the discount|in the end|after that|after the increase|after both changes)" },
    { "E", '.', "finalop", "(how much|what) (does|will|would) (it|the {w:item2}) cost (after|with) (a|an) ({n:down} " CUT "|{n:up} " RISE "|(discount|reduction) of {n:down})" }, { "E", '.', "finalop", "(what is|find) (the|its) (price|cost|sale price|new price) (after|with) (a|an) ({n:down} " CUT "|{n:up} " RISE "|(discount|reduction) of {n:down})" },
    { "E", '.', "first", "(what (was|is)|find) (the|its) (original|initial|regular|list|full|old|marked|usual|normal) price( of the {w:item2}| before the (discount|sale|reduction)|)" }, { "E", '.', "first", "(how much|what) did (it|the {w:item2}) cost (originally|before|before the (discount|sale|reduction))" }, { "E", '.', "first", "(what (was|is)|find) (the|its) price before the (discount|sale|reduction|increase|price cut|rise|markdown)" },
    { "E", '.', "final", "(what is|find) the new {w:item2}" }, { "E", '.', "first", "(what (was|is)|find) the (original|initial|old) {w:item2}" }, { "E", '.', "saved", "how much (is saved|money is saved|do you save|did you save|does one save|money do you save)( with the discount|)" }, { "E", '.', "saved", "(what is|find) (the amount of the discount|the discount amount)" },
    { NULL, 0, NULL, NULL },
};

static val money_of(struct calc *c, struct capture *k, const struct unit **u)
{
    val v = k != NULL && k->e != NULL && k->e->k != E_PCT && k->unit != NULL && !k->unit->noun ? value_const(c, k->e) : NULL;
    if (v == NULL || value_sign_is(c, v, 1) != YES || !((k->unit->dim[3] == 1 && k->unit->dim[4] == 0) || (k->unit->dim[4] == 1 && k->unit->dim[3] == 0)) || k->unit->dim[0] || k->unit->dim[1] || k->unit->dim[2])
        return NULL;
    if (*u != NULL && memcmp((*u)->dim, k->unit->dim, sizeof k->unit->dim) != 0)
        return NULL;
    if (*u == NULL)
        *u = k->unit;
    ca_mul(v, v, val_q(c, k->unit->p, k->unit->q), c->ca);
    return v;
}

struct price { val p, cost, s, factor, add; const struct unit *u; int ops; };

/* One step: a factor, or an amount. */
static int step(struct calc *c, struct price *g, struct capture *k)
{
    val x = val_new(c), one = val_si(c, 1);
    g->ops++;
    if (strcmp(k->name, "less") == 0 || strcmp(k->name, "more") == 0) {
        val a = money_of(c, k, &g->u);
        if (a == NULL)
            return 0;
        if (k->name[0] == 'l')
            ca_neg(a, a, c->ca);
        ca_add(g->add, g->add, a, c->ca);
        return 1;
    }
    if (k->name[0] == 'z') {
        x = value_const(c, k->e);
        if (x != NULL && strcmp(k->name, "z2") == 0)
            ca_mul(x, x, x, c->ca);
    } else {
        val a = k->e != NULL && k->e->k == E_PCT ? value_const(c, k->e) : NULL;
        if (a == NULL || value_sign_is(c, a, 1) != YES)
            return 0;
        if (k->name[0] == 'p')
            x = a;                                    /* to that part of it */
        else if (k->name[0] == 'd')
            ca_sub(x, one, a, c->ca);
        else
            ca_add(x, one, a, c->ca);
    }
    if (x == NULL || value_sign_is(c, x, 1) != YES)
        return 0;
    ca_mul(g->factor, g->factor, x, c->ca);
    ca_mul(g->add, g->add, x, c->ca);
    return 1;
}

static int is_step(const struct capture *k)
{
    static const char *const names[] = { "less", "more", "z", "z2", "down", "up", "part" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (k->type != '!' && strcmp(k->name, names[i]) == 0)
            return 1;
    return 0;
}

/* All facts in order: a price before the steps, or a price after them. */
static int prices(struct calc *c, struct facts *f, struct price *g, const char **text)
{
    for (int i = 0; i < f->n; i++) {
        struct match *m = &f->f[i].m;
        int steps = 0;
        for (int j = 0; j < m->n; j++) {
            struct capture *k = &m->c[j];
            if (k->type != '!' && k->e != NULL)
                *text = calc_printf(c, "%s, %s %s%s", *text, k->name, ex_text(c, k->e), k->unit != NULL ? k->unit->text : "");
            if (!is_step(k))
                continue;
            if (g->s != NULL || steps++ > 0 || (has(m, "again") && g->ops == 0) || (has(m, "whole") && g->ops > 0))
                return 0;                             /* "again", and nothing was done before; of the first price, after a step */
            if (!step(c, g, k))
                return 0;
        }
        static const char *const names[] = { "p", "c", "s" };
        val *const to[] = { &g->p, &g->cost, &g->s };
        for (int j = 0; j < 3; j++) {
            struct capture *k = match_get(m, names[j]);
            if (k == NULL || k->type == '!')
                continue;
            if (*to[j] != NULL || (*to[j] = money_of(c, k, &g->u)) == NULL || (j < 2 && g->ops > 0 && !has(m, "orig")))
                return 0;                             /* the order tells what the steps act on */
        }
    }
    return 1;
}

/* What is priced is a thing: no saving, no tax, no price of another time. */
static int is_thing(struct facts *f)
{
    static const char *const no[] = { "saving", "savings", "discount", "reduction", "tax", "profit", "loss", "difference", "decrease", "increase", "change", "markup", "rebate", "tip", "commission", "fee", "deposit", "original", "regular", "old", "list", "initial", "total", "half", "hardly", "barely", "roughly", "nearly", "almost", "about", "approximately", "scarcely", "now", "once", "never", "not", "only", "just", "usually", "normally", "originally", "no", "longer" };
    for (int i = 0; i < f->n; i++)
        for (int j = 0; j < f->f[i].m.n; j++) {
            struct capture *k = &f->f[i].m.c[j];
            for (size_t w = 0; k->type == 'w' && w < sizeof no / sizeof *no; w++)
                if (strcasecmp(k->raw, no[w]) == 0)
                    return 0;
        }
    return 1;
}

/* The thing asked for is the thing that was priced. */
static int same_item(struct facts *f, const char *text)
{
    static const char *const any[] = { "item", "article", "product", "商品", "产品" };
    struct capture *k = fact_capture(f, "item"), *asked = fact_capture(f, "item2");
    const char *at = asked != NULL ? strstr(text, asked->raw) : NULL;
    if (!fact_same_words(f, "item"))
        return 0;
    if (asked == NULL)
        return 1;
    for (size_t i = 0; i < sizeof any / sizeof *any; i++)
        if (strcasecmp(any[i], asked->raw) == 0)
            return 1;
    if ((unsigned char)*asked->raw >= 0x80)           /* 衬衫 is said twice */
        return at != NULL && strstr(at + strlen(asked->raw), asked->raw) != NULL;
    return k != NULL && strcasecmp(k->raw, asked->raw) == 0;
}

static int prices_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct price g = { .factor = val_si(c, 1), .add = val_si(c, 0) };
    const char *ask = f->f[f->n - 1].tag, *text = "price";
    if (!is_thing(f) || !same_item(f, arg) || !prices(c, f, &g, &text))
        return 0;
    int lowered = fact_capture(f, "down") != NULL || fact_capture(f, "z") != NULL || fact_capture(f, "less") != NULL, raised = fact_capture(f, "up") != NULL || fact_capture(f, "more") != NULL;
    if ((fact_has(f, "wasdown") && (raised || !lowered)) || (fact_has(f, "wasup") && (lowered || !raised)))
        return 0;                                     /* before another change */
    val v = val_new(c), end = val_new(c);
    int plain = ca_check_is_zero(g.add, c->ca) == T_TRUE;
    if (g.p != NULL) {
        ca_mul(end, g.p, g.factor, c->ca);
        ca_add(end, end, g.add, c->ca);
    }
    if (g.p != NULL && g.s == NULL && g.cost == NULL && g.ops > 0 && strncmp(ask, "final", 5) == 0) {
        v = end;
    } else if (g.p != NULL && g.s == NULL && g.cost == NULL && g.ops > 0 && strcmp(ask, "saved") == 0) {
        ca_sub(v, g.p, end, c->ca);
    } else if (g.p == NULL && g.s != NULL && g.cost == NULL && g.ops > 0 && plain && strcmp(ask, "first") == 0) {
        ca_div(v, g.s, g.factor, c->ca);
    } else if (g.p == NULL && g.s == NULL && g.cost == NULL && g.ops > 0 && plain && strcmp(ask, "part") == 0) {
        v = g.factor;
        r->percent = 1;
    } else if (g.cost != NULL && (strcmp(ask, "gain") == 0 || strcmp(ask, "rate") == 0) && ((g.s != NULL && g.p == NULL && g.ops == 0) || (g.s == NULL && g.p != NULL && g.ops > 0))) {
        ca_sub(v, g.s != NULL ? g.s : end, g.cost, c->ca);
        if (strcmp(ask, "rate") == 0) {
            ca_div(v, v, g.cost, c->ca);
            r->percent = 1;
        }
    } else {
        return 0;
    }
    if (value_sign_is(c, v, 1) != YES)
        return 0;
    r->k = S_VALUE;
    r->v = v;
    if (!r->percent) {
        struct capture *k = fact_capture(f, "unit");
        r->unit = k != NULL ? k->unit : g.u;
        if (r->unit == NULL || r->unit->noun || g.u == NULL || memcmp(r->unit->dim, g.u->dim, sizeof g.u->dim) != 0)
            return 0;
        ca_mul(v, v, val_q(c, r->unit->q, r->unit->p), c->ca);
    }
    r->text = calc_printf(c, "%s, find %s", text, ask);
    return 1;
}

int read_prices(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "prices";
    return clause_mentions(q, "价|折|price|cost|discount|original|increase|decrease") && (clause_read(c, q, zh, prices_done, r, q->text) || clause_read(c, q, en, prices_done, r, q->text));
}
