/* read_return.c - there and back by the same way: the mean speed of the whole from the two
 * speeds, or from the way and the two times. */
#include "plugins/calculator/stories/clause.h"
#include "plugins/calculator/text/parse.h"

#include <string.h>

#define ZPLACE "(甲,乙|A,B|这|)(两|)(地|城|镇|村|站|港|码头|市|城市)"
#define ZWHO "((一辆|一艘|一列|一架|某|一名|一位|一个|这辆|这艘|)(汽车|货车|客车|轿车|卡车|大巴|小车|船|轮船|摩托车|火车|动车|高铁|列车|飞机|快递员|学生|人|同学|工人|登山者|游客|运动员|)|{p:who})(驾车|开车|驾驶汽车|骑车|骑自行车|步行|跑步|坐车|乘车|)"
#define ZAT(x) "({p:" x "}|{a:" x ":A|B|学校|图书馆|公园|公司|单位|家|家里|县城|城里|村里|镇上|车站|火车站|汽车站|码头|港口|机场|公园|山脚|山下|山顶|工地|电影院|少年宫|体育馆|博物馆})"
#define CITY "(城|地|市|镇|村|站|港|)"
#define ZTO "(从|由)" ZAT("f") CITY "(步行|骑车|开车|骑自行车|坐车|)(到|去|开往|驶往|前往|驶向|至)" ZAT("t") CITY
#define ZGO "(去时|去的时候|前往时|上山|上坡|" ZTO ")(时|)(,|)(他|她|它|)(骑车|步行|开车|)(的|)(平均|)(速度(是|为)|以|行驶速度(是|为)|)"
#define ZBACK "(,|)(又|再|然后|随后|)(沿|按|从|)(原路|同一条路|原来的路|甲地|乙地|A 地|B 地|)(骑车|步行|开车|乘车|)(返回|回来|回家|下山|下坡|返程|原路返回|沿原路返回|下山沿原路|下坡沿原路|下山按原路)(" ZAT("f") CITY "|)(时|的时候|)(,|)(骑车|步行|开车|乘车|)(的|)(平均|)(速度(是|为)|以|)"
static const struct clause zh[] = {
    { "SA", 'A', "way", "(已知|)" ZPLACE "(之间|)(的|)(相距|距离(是|为)|路程(是|为)){q:s}" },
    { "S", 'A', "who", ZWHO "(在|)(两个|)(码头|甲,乙两地|A,B 两地|两地|两城)(之间|)(往返|来回)(,|)" }, { "S", 'A', "who2", ZWHO "往返于(甲,乙两地|A,B 两地|A,B 两城|甲,乙两城|两地|两城|两个码头)(之间|)(,|)" },
    { "S", 'A', "who3", ZWHO "(从(家|家里|" ZAT("f") CITY ")(出发|)|)(去|到|前往|上|开往|驶往|驶向)(某地|上班|上学|外地|郊外|乡下|" ZAT("t") CITY ")(,|)" },
    { "SA", 'B', "out", "(" ZWHO "|)" ZGO "{z:a}(的速度|)(行驶|前进|)" }, { "SA", 'B', "outt", "(" ZWHO "|)(去时|去的时候|" ZTO ")(用|用了|花了|花|需要|需|行驶了|){q:ta}" },
    { "B", 'C', "back", ZBACK "{z:b}(的速度|)(行驶|前进|返回|)" }, { "B", 'C', "backt", "(,|)(返回|回来|沿原路返回|原路返回)(时|)(用|用了|花了|花|需要|需|){q:tb}" },
    { "C", '.', "ask", "(求|则|那么|问|)(它|他|她)(的|)平均速度(是|为|)(多少|)({u:unit}|){!:bare}" }, { "C", '.', "ask", "(求|则|那么|问|)((这辆|该)车|他|她|它|(这辆|这艘|这名|这个|该|){p:asker}|)(的|)(往返|全程|来回|上,下山|上下山|上山和下山|往返全程|全程往返|一个来回)(一次|全程|一趟|)(的|)平均速度(是|为|)(多少|)({u:unit}|)" },
    { NULL, 0, NULL, NULL },
};

#define GOES "(drives|travels|goes|rides|walks|cycles|runs|drove|travelled|traveled|went|rode|walked|cycled|ran|climbs|climbed|sails|flies)"
#define COMES "((returns|(drives|rides|cycles|travels|walks|goes) home|comes back|drives back|travels back|rides back|walks back|goes back|cycles back|runs back|sails back|flies back|runs home|walks home|returned|came back|drove back|travelled back|traveled back|rode back|walked back|cycled back|ran back|ran home|walked home|cycled home|rode home|went back)( home|))"
#define WHO "((a|an|the|my|one) {w:mover}|i{!:me}|she{!:she}|he{!:he}|it|{w:who})"
#define BACKER "(i{!:me}|she{!:she}|he{!:he}|it|the (same |){w:mover}|{w:who})"
#define DEST "(there|up (a|the) (hill|mountain|slope|trail|path|mountain trail|mountain path)|uphill|to (the |a |)(work|school|town|home|station|village|office|library|park|beach|lake|airport|market|{w:t})|from (one|one (town|city|village)) to (the other|another)|from (the |a |)((town |city |village |point |)A|{w:f}) to (the |a |)((town |city |village |point |)B|{w:t}))"
#define SAME "(( down| along| by| on| over| via|) the same (road|route|way|path|hill|trail|track|slope){!:same}| from {w:f2} to {w:t2}{!:same})"
#define WHOLE "( (for|over|of|during|on) the (round|whole|entire|total|complete|two) (trip|journey|ride|way|walk|hike|flight|drive|crossings)( together|)|)"
static const struct clause en[] = {
    { "S", 'A', "way", "((two|the) (towns|cities|places|villages|ports) (A and B |)are {q:s} apart|the distance between (two|the) (towns|cities|places|villages) is {q:s}){!:same}" },
    { "SA", 'B', "out", WHO " " GOES " " DEST " (at|with) (a |)(an |)(average |constant |)(speed of |){z:a}" },
    { "S", 'B', "outw", "(a|the) (ferry|boat|ship) (crosses|crossed) (a|the) (lake|river|channel|strait) {q:s} (wide|across) in {q:ta}" },
    { "B", 'C', "back", "(and |then |and then |,|)(" BACKER " |)" COMES "(" SAME "|) (at|with) (a |)(an |)(average |constant |)(speed of |){z:b}(" SAME "|)" },
    { "B", 'C', "back", "(and |then |,|)(down|back down|back along|back) the same (road|route|way|path|hill|trail|track|slope){!:same} at (a |)(speed of |){z:b}" }, { "B", 'C', "back", "(and |then |,|)back (again |){!:same}at (a |)(speed of |){z:b}" },
    { "B", 'C', "backt", "(and |then |,|)(makes|made) the return (crossing|trip|journey) in {q:tb}{!:same}" },
    { "C", '.', "ask", "(find|calculate|compute|determine|what is|what was) (its|his|her|the|my|their) average speed(,|)( in {u:unit}|)(,|)" WHOLE "(,|)( in {u:unit}|)" },
    { NULL, 0, NULL, NULL },
};

/* The unit of a way by the unit of a time. */
static const struct unit *speed_unit(struct calc *c, const struct capture *s, const struct capture *t)
{
    size_t used;
    return parse_unit(c, calc_printf(c, "%s/%s", s->unit->text, t->unit->text), &used, 1);
}

/* Who comes back is who went: the same name or word, or a pronoun. */
static int same_traveller(struct match *out, struct match *back)
{
    static const char *const movers[] = { "car", "bus", "truck", "cyclist", "train", "man", "woman", "boy", "girl", "driver", "hiker", "van", "lorry", "motorist", "student", "runner", "boat", "ship", "ferry", "plane", "person", "postman" };
    struct capture *m = out != NULL ? match_get(out, "mover") : NULL, *n = back != NULL ? match_get(back, "mover") : NULL, *who = back != NULL ? match_get(back, "who") : NULL;
    int known = m == NULL;
    for (size_t i = 0; m != NULL && i < sizeof movers / sizeof *movers; i++)
        known |= strcasecmp(m->raw, movers[i]) == 0;
    if (!known || (n != NULL && (m == NULL || strcasecmp(m->raw, n->raw) != 0)) || (who != NULL && (out == NULL || match_get(out, "who") == NULL)))
        return 0;
    if (out == NULL || back == NULL)
        return 1;
    return !(has(back, "me") && !has(out, "me")) && !(has(out, "me") && (has(back, "he") || has(back, "she"))) && !(has(out, "he") && has(back, "she")) && !(has(out, "she") && has(back, "he"));
}

static int return_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct capture *a = fact_capture(f, "a"), *b = fact_capture(f, "b"), *s = fact_capture(f, "s"), *ta = fact_capture(f, "ta"), *tb = fact_capture(f, "tb"), *u = fact_capture(f, "unit");
    val v = val_new(c), x, y, t = val_new(c);
    const char *text = arg;
    int english = strcasestr(text, "average speed") != NULL;
    struct match *back = fact_get(f, "back"), *out = fact_get(f, "out");
    if (back != NULL && match_get(back, "f") != NULL && (out == NULL || match_get(out, "f") == NULL || !fact_same_words(f, "f")))
        return 0;                                     /* back to another place */
    for (int i = 0; i < f->n && english; i++)
        if (match_get(&f->f[i].m, "who") != NULL && !fact_is_name(match_get(&f->f[i].m, "who")->raw))
            return 0;
    struct capture *f2 = fact_capture(f, "f2"), *t2 = fact_capture(f, "t2"), *from = fact_capture(f, "f"), *to = fact_capture(f, "t");
    if (from != NULL && to != NULL && strcasecmp(from->raw, to->raw) == 0)
        return 0;
    if (f2 != NULL && (from == NULL || to == NULL || strcasecmp(f2->raw, to->raw) != 0 || strcasecmp(t2->raw, from->raw) != 0))
        return 0;                                     /* back from another place */
    if (fact_has(f, "bare") && fact_count(f, "who") + fact_count(f, "who2") == 0)
        return 0;                                     /* of which way? */
    if (english && !same_traveller(out, back))
        return 0;
    struct capture *asker = fact_capture(f, "asker");
    const char *at = asker != NULL ? strstr(text, asker->raw) : NULL;
    if (asker != NULL && (at == NULL || strstr(at + strlen(asker->raw), asker->raw) == NULL))
        return 0;                                     /* nobody spoke of that one */
    if (!fact_same_words(f, "who"))
        return 0;                                     /* one goes, another comes back */
    if ((a == NULL) != (b == NULL) || (ta == NULL) != (tb == NULL) || (a == NULL) == (ta == NULL) || (english && !fact_has(f, "same")))
        return 0;                                     /* back, but by the same way? */
    if (a != NULL) {                                  /* 2ab / (a + b), whatever the way */
        if ((x = fact_measure(c, a, 1, -1)) == NULL || (y = fact_measure(c, b, 1, -1)) == NULL)
            return 0;
        ca_mul(v, x, y, c->ca);
        ca_mul_si(v, v, 2, c->ca);
        r->unit = a->unit;
        r->unit_open = a->unit->p != b->unit->p || a->unit->q != b->unit->q;
    } else {
        if (s == NULL || (x = fact_measure(c, ta, 0, 1)) == NULL || (y = fact_measure(c, tb, 0, 1)) == NULL || (v = fact_measure(c, s, 1, 0)) == NULL)
            return 0;
        ca_mul_si(v, v, 2, c->ca);
        r->unit = speed_unit(c, s, ta);
        r->unit_open = ta->unit->p != tb->unit->p || ta->unit->q != tb->unit->q;
    }
    ca_add(t, x, y, c->ca);
    ca_div(v, v, t, c->ca);
    if (u != NULL) {
        r->unit = u->unit;
        r->unit_open = 0;
    }
    static const signed char speed[UNIT_DIMS] = { 1, 0, -1 };
    if (r->unit == NULL || r->unit->noun || memcmp(r->unit->dim, speed, sizeof speed) != 0)
        return 0;
    ca_mul(v, v, val_q(c, r->unit->q, r->unit->p), c->ca);
    r->k = S_VALUE;
    r->v = v;
    r->text = a != NULL ? calc_printf(c, "there at %s %s, back at %s %s by the same way, find the average speed", ex_text(c, a->e), a->unit->text, ex_text(c, b->e), b->unit->text)
                        : calc_printf(c, "%s %s there in %s %s, back in %s %s, find the average speed", ex_text(c, s->e), s->unit->text, ex_text(c, ta->e), ta->unit->text, ex_text(c, tb->e), tb->unit->text);
    return 1;
}

int read_return(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "there and back";
    return (clause_mentions(q, "平均速度") && clause_read(c, q, zh, return_done, r, q->text)) || (clause_mentions(q, "average speed") && clause_read(c, q, en, return_done, r, q->text));
}
