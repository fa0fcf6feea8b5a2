/* read_convert.c - the same quantity in another unit. */
#include "plugins/calculator/questions/read.h"

#include <string.h>

/* A ton is 1000 kg or 2000 lb; a day of work has no 24 hours, but here it is a unit. */
static int is_loose(const struct unit *u) { return u->noun || strcmp(u->text, "tons") == 0; }

static int convert(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct capture *a = match_get(m, "a"), *b = match_get(m, "b"), *u = match_get(m, "unit");
    static const signed char none[UNIT_DIMS] = { 0 };
    (void)q;
    if (a == NULL || a->unit == NULL || u == NULL || u->unit == NULL || is_loose(a->unit) || is_loose(u->unit) || memcmp(a->unit->dim, u->unit->dim, sizeof none) != 0 || memcmp(u->unit->dim, none, sizeof none) == 0 || a->e->k == E_PCT)
        return 0;
    struct capture *again = match_get(m, "unit2");
    if (again != NULL && (again->unit->p != u->unit->p || again->unit->q != u->unit->q || memcmp(again->unit->dim, u->unit->dim, sizeof none) != 0))
        return 0;
    val v = value_const(c, a->e);
    if (v == NULL || value_sign_is(c, v, -1) != NO)
        return 0;
    ca_mul(v, v, val_q(c, a->unit->p, a->unit->q), c->ca);
    if (b != NULL) {                                  /* 2 hours 30 minutes: the larger unit first */
        val w = b->unit != NULL && !is_loose(b->unit) && memcmp(b->unit->dim, a->unit->dim, sizeof none) == 0 && b->e->k != E_PCT ? value_const(c, b->e) : NULL;
        if (w == NULL || value_sign_is(c, w, -1) != NO || value_cmp(c, val_q(c, a->unit->p, a->unit->q), val_q(c, b->unit->p, b->unit->q)) != 1)
            return 0;
        ca_mul(w, w, val_q(c, b->unit->p, b->unit->q), c->ca);
        ca_add(v, v, w, c->ca);
    }
    ca_mul(v, v, val_q(c, u->unit->q, u->unit->p), c->ca);
    r->k = S_VALUE;
    r->v = v;
    r->unit = u->unit;
    r->text = calc_printf(c, "%s %s%s, find it in %s", ex_text(c, a->e), a->unit->text, b != NULL ? calc_printf(c, " %s %s", ex_text(c, b->e), b->unit->text) : "", u->unit->text);
    return 1;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define IS "(等于|是|合|合计|为|相当于|=|就是|有|换算成是|折合)"
#define MAKE "(换算|化|转化|转换|改写|折算|换|变)(成|为)"
#define QTY "{q:a}( and {q:b}|,{q:b}|)"
const struct family read_convert[] = {
    { .id = "unit conversion", .read = convert, .patterns = P(
        "(问|请问|)(一共|)({q:a}{q:b}|{q:a})" IS "(多少|几)(个|){u:unit}", "(将|把|)(长度|质量|面积|体积|时间|)({q:a}{q:b}|{q:a})(用{u:unit}(作单位|)表示|以{u:unit}为单位(表示|))(是多少|为多少|)",
        "(将|把)({q:a}{q:b}|{q:a})" MAKE "(以|){u:unit}(为单位|)(是|等于|)(多少|几|)({u:unit2}|)", "({q:a}{q:b}|{q:a})" MAKE "{u:unit}(是|等于|为)(多少|几)({u:unit2}|)", "(多少|几)(个|){u:unit}" IS "({q:a}{q:b}|{q:a})",
        "how many {u:unit} (is|are) (there in |in |equal to |the same as |equivalent to |)" QTY, "how many {u:unit} (are (there |contained |)in|make|make up|equal|correspond to) " QTY, "how many {u:unit} (does|do|will) " QTY " (equal|make|correspond to|contain|have|amount to)", "how many {u:unit} (does|do) (it take to make|you get from) " QTY,
        "(convert|change|express|write|rewrite|turn) " QTY " (to|into|in|as|in terms of) {u:unit}", "(what is|find|give|calculate) " QTY " (expressed |measured |converted |)(to|into|in) {u:unit}", QTY " (is|are|equals|equal|is equal to|are equal to|is the same as|makes|make|corresponds to) how many {u:unit}", "(convert|change) to {u:unit},{q:a}") },
    { .id = NULL },
};
