/* read_meetings.c - two who move on one road: towards each other, one behind the other, or
 * apart.  Facts are the distance, the speeds, the time, who is ahead; the fourth quantity
 * follows from the other three. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

/* The first and the second of the two, by name: 甲 and 乙, A and B.  Names have numbers: 甲 and 乙, 客车 and
 * 货车, 快车 and 慢车, ... are pairs (x1 and y1, ...; q and p where the question asks for them, b for both). */
#define VEH "(车|船|队|列车|同学|骑车|步行|)"
#define FIRST(x) "(甲" VEH "{!:" x "1}|客车{!:" x "2}|快车{!:" x "3}|小明{!:" x "4}|轿车{!:" x "5}|小汽车{!:" x "5}|摩托车{!:" x "6}|哥哥{!:" x "7}|爸爸{!:" x "8}|警车{!:" x "9})"
#define SECOND(y) "(乙" VEH "{!:" y "1}|货车{!:" y "2}|慢车{!:" y "3}|小红{!:" y "4}|卡车{!:" y "5}|大客车{!:" y "6}|弟弟{!:" y "7}|小刚{!:" y "8}|自行车{!:" y "9})"
#define X FIRST("x")
#define Y SECOND("y")
#define BOTH "(甲,乙{!:b1}|客,货{!:b2}|快,慢{!:b3}|客车和货车{!:b2}|快车和慢车{!:b3}|甲车和乙车{!:b1}|甲和乙{!:b1}|轿车和卡车{!:b5}|小明和小红{!:b4}|两辆|两|)(两人|二人|两车|两辆车|两辆汽车|两列火车|两船|两队|列火车|辆汽车|辆车|人|车|)"
#define PLACE "(甲,乙|A,B|东,西| A 和 B|甲地和乙地|)(两地|两城|两站|两市|两村|两镇|两车站|两港|两码头)"
#define SAMETIME "(同时|)"
#define START "(出发|开出|起步|动身|启程|)(,|)"
#define TOWARDS "(相向而行|相对而行|相向行驶|相对开出|相向开出|相对行驶|迎面开来|相向出发|面对面行驶|相向行走)"
#define SAMEWAY "(同向而行|同向行驶|同方向行驶|朝同一方向行驶|沿同一方向行驶|同向出发|向同一方向行驶|同向行走|朝同一方向前进|沿同一方向前进|同向)"
#define APART "(背向而行|相背而行|反向而行|反方向行驶|向相反方向行驶|背向行驶|相反方向行驶|反向行驶|背道而驰)"
#define AT "(的|)(速度(是|为)|平均速度(是|为)|以|)(平均|)"
#define SPEED(n) "{z:" n "}(的速度|)(行驶|行走|前进|)"
#define LONG "(经过|再过|过|行了|行驶|)(几|多少|多长)(个|){u:unit}(后|以后|才能|可以|能|)"
static const struct clause zh[] = {
    { "SA", 'A', "D", "(已知|)" PLACE "(之间|)(的|)(相距|相隔|距离(是|为)|路程(是|为)|公路(长|全长)|全长){q:D}" }, { "A", 'A', "D", "(已知|)(两车|两人|两地|)(原来|)(相距|相隔){q:D}" },
    { "SA", 'A', "toward", BOTH "(分别|)" SAMETIME "(从|由|自)(相距{q:D}的|)(" PLACE "|两地)" SAMETIME START SAMETIME TOWARDS START }, { "SA", 'A', "toward", BOTH "(分别|)" SAMETIME TOWARDS }, { "SA", 'A', "toward", X "(从|由)(甲地|A 地|东站|A地)(,|)" Y "(从|由)(乙地|B 地|西站|B地)" SAMETIME START SAMETIME TOWARDS },
    { "SA", 'A', "apart", BOTH "(分别|)" SAMETIME "(从|由)(同一地点|同一地|同一车站|同地|某地|同一个地方)" SAMETIME START SAMETIME APART START },
    { "SA", 'A', "same", BOTH "(分别|)" SAMETIME "(从(两地|" PLACE ")|)" SAMETIME START SAMETIME SAMEWAY START },
    { "SA", 'A', "aheadx", X "在" Y "(的|)(前方|前面|前)(相距|)({q:D})(处|的地方|)" }, { "SA", 'A', "aheady", Y "在" X "(的|)(前方|前面|前)(相距|)({q:D})(处|的地方|)" }, { "SA", 'A', "aheady", X "在" Y "(的|)(后方|后面|后)(相距|)({q:D})(处|的地方|)" }, { "SA", 'A', "aheadx", Y "在" X "(的|)(后方|后面|后)(相距|)({q:D})(处|的地方|)" },
    { "SA", 'A', "headx", X "(先(出发|走|行|开出|行驶)(了|){q:h}(后|)|先行{q:h}(后|))(,|)" Y "(再|才|)(从同一地点|从同一地|也从同地|从后面|沿同一路线|)(出发|开出|)(去|)(追赶|追|)(" X "|他|)" }, { "SA", 'A', "heady", Y "(先(出发|走|行|开出|行驶)(了|){q:h}(后|)|先行{q:h}(后|))(,|)" X "(再|才|)(从同一地点|从同一地|也从同地|从后面|沿同一路线|)(出发|开出|)(去|)(追赶|追|)(" Y "|他|)" },
    { "SA", 'A', "same", BOTH "(从|由)(同一地点|同一地|同地)(出发|)(,|)(沿同一路线|)" SAMEWAY },
    { "SA", 'A', "sx", "(已知|其中|如果|若|)" X AT SPEED("a") }, { "SA", 'A', "sy", "(已知|其中|如果|若|)" Y AT SPEED("b") }, { "A", 'A', "sxy", "(两车|它们|他们|两人|" BOTH "|)(的|)(速度|平均速度)分别(是|为){z:a}(和|、|,|与)({z:b}|{q:same})" },
    { "A", 'A', "first", "(已知|其中|)(一辆|一列|一人|一车)" AT SPEED("a") "(,|)(另一辆|另一列|另一人|另一车)" AT SPEED("b") }, { "A", 'A', "equal", "(两车|两人)(都|均)(以|)(每|)" SPEED("ab") },
    { "A", 'A', "T", "(经过|出发|){q:T}(后|)(两车|两人|他们|)(相遇|在途中相遇)" }, { "A", 'A', "Tc", "(经过|出发|){q:T}(后|)" X "追上(了|)" Y "{!:xc}" }, { "A", 'A', "Tc", "(经过|出发|){q:T}(后|)" Y "追上(了|)" X "{!:yc}" },
    { "A", '.', "meet?", "(求|问|那么|则|)(两车|两人|他们|)(出发后|)" LONG "(两车|两人|它们|他们|" BOTH "|)(能|可以|)(在途中|途中|)(相遇|会相遇|迎面相遇)" }, { "A", '.', "meet?", "(求|问|)(两车|两人|他们)(出发后|)" LONG "相遇" }, { "A", '.', "meet?", "(求|)(两车|两人|)相遇(所用|所需|需要|)(的|)时间(是多少(个|){u:unit}|)" },
    { "A", '.', "catchx?", "(求|问|那么|则|)" LONG FIRST("q") "(能|可以|)(追上|赶上)(" SECOND("p") "|)" }, { "A", '.', "catchy?", "(求|问|那么|则|)" LONG SECOND("p") "(能|可以|)(追上|赶上)(" FIRST("q") "|)" }, { "A", '.', "catchx?", "(求|问|)" FIRST("q") "(需要|要|)" LONG "(追上|赶上)(" SECOND("p") "|)" }, { "A", '.', "catchy?", "(求|问|)" SECOND("p") "(需要|要|)" LONG "(追上|赶上)(" FIRST("q") "|)" }, { "A", '.', "catch?", "(求|问|)" LONG "(能|可以|)(追上|追到|赶上)" },
    { "A", '.', "D?", "(求|问|)(" PLACE ")(之间|)(的|)(相距|相隔|距离(是|为|)|路程(是|为|)|全长)(多少({u:unit}|)|)" }, { "A", '.', "x?", "(求|)" FIRST("q") "(的|)(速度(是|为|)(多少({u:unit}|)|)|每{u:per}(行驶|行|走)多少{u:len})" }, { "A", '.', "y?", "(求|)" SECOND("p") "(的|)(速度(是|为|)(多少({u:unit}|)|)|每{u:per}(行驶|行|走)多少{u:len})" },
    { "A", '.', "gap?", "(求|问|)(出发|经过|)({q:T})(后|)(两车|两人|他们|)(之间|)(相距|的距离是|相隔)(多少|多远)({u:unit}|)" }, { "A", '.', "gapT?", "(求|问|)" LONG "(两车|两人|他们|)(相距|相隔){q:G}" },
    { "A", '.', "wayx?", "(求|问|)相遇时(,|)" FIRST("q") "(行驶|行|走|行走)(了|)多少{u:unit}" }, { "A", '.', "wayy?", "(求|问|)相遇时(,|)" SECOND("p") "(行驶|行|走|行走)(了|)多少{u:unit}" },
    { NULL, 0, NULL, NULL },
};

#define WHO2 "(cars|trains|cyclists|buses|people|friends|trucks|boats|ships|planes|runners|hikers|walkers|drivers|vehicles|motorcyclists|boys|girls|men|women|persons)"
#define TOWN "(towns|cities|places|points|stations|villages|ports|houses|two towns|the two towns)"
#define NAMED(x) "(car |train |cyclist |bus |truck |runner |boat |the |)" x
#define GO "(start|leave|set out|depart|drive|travel|ride|move|walk|run|head|begin|go|start out|start driving|start moving|are driving|are moving|are travelling|are traveling|come)"
#define SAME "(at the same time|simultaneously|at the same moment|together|)"
#define FROM "((from|in|at) (these |the |two |the two |both |opposite |each of the )(towns|cities|places|points|stations|villages|ends)|from {w:p1} and {w:p2}( respectively|)|)"
#define TOW "(towards|toward) (each other|one another)"
#define DIR "in the same direction"
#define OPP "in opposite directions"
#define SP "(with |at |)(a |)(constant |)(speeds |speed |)(of |)"
#define HOW "(after how (long|many {u:unit}) (do|does|will|can|would) |how (long|many {u:unit}) (does|will|would) it take (for |until |before |)|how (long|many {u:unit}) (pass|will pass|later do|later will) (before |until |)|in how (long|many {u:unit}) (do|does|will) |when (do|does|will) )"
static const struct clause en[] = {
    { "SA", 'A', "D", "(two |the |)(" TOWN "|{w:p1} and {w:p2}|" TOWN " {w:p1} and {w:p2}) are {q:D} apart" }, { "SA", 'A', "D", "the distance between (two |the two |the |)(" TOWN "|{w:p1} and {w:p2}|them)( {w:p1} and {w:p2}|) is {q:D}" }, { "SA", 'A', "D", "(two |)" WHO2 " are {q:D} apart(,| and|)" },
    { "SA", 'A', "toward", "(two " WHO2 "|they|both|" NAMED("{w:x}") " and " NAMED("{w:y}") ") " SAME " " GO " " SAME " " FROM " ({q:D} apart|) " SAME " (,|and |)" "(" GO " |moving |driving |travelling |traveling |riding |walking |)" TOW " " SAME "( " SP "{z:a} and {z:b}( respectively|)|)(,|and|)" },
    { "SA", 'A', "toward", "(two " WHO2 "|they|both) " GO " " SAME " from (two |)" TOWN " {q:D} apart (,|and )(" GO "|driving|moving|travelling|traveling) " TOW "( " SP "{z:a} and {z:b}( respectively|)|)" },
    { "SA", 'A', "toward", "(two " WHO2 ") {q:D} apart " GO " " SAME " (and " GO " |driving |)" TOW "( " SP "{z:a} and {z:b}( respectively|)|)" },
    { "SA", 'A', "apart", "(two " WHO2 "|they|" NAMED("{w:x}") " and " NAMED("{w:y}") ") " GO " (from |)the same (place|point|station|town|city|airport|spot) " SAME " (and " GO " |)" OPP "( " SP "{z:a} and {z:b}|)" },
    { "SA", 'A', "same", "(two " WHO2 "|they|both|both cars|both of them|" NAMED("{w:x}") " and " NAMED("{w:y}") ") " GO " (from the same (place|point) |)" SAME " (and " GO " |)" DIR "( " SP "{z:a} and {z:b}|)(,|)" },
    { "SA", 'A', "ahead", NAMED("{w:x}") " (is|starts|has a (lead|head start) of) {q:D} (ahead of|in front of|over) " NAMED("{w:y}") }, { "SA", 'A', "behind", NAMED("{w:y}") " (is|starts) {q:D} behind " NAMED("{w:x}") },
    { "A", 'A', "s1", "(,|and |if |)" NAMED("{w:v}") " (drives |travels |moves |goes |is driving |is travelling |is traveling |runs |rides |walks |)" SP "{z:a1}(,| and|)" }, { "A", 'A', "s2", "(,|and |)" NAMED("{w:u}") " (drives |travels |moves |goes |is driving |is travelling |is traveling |runs |rides |walks |)" SP "{z:b1}" }, { "A", 'A', "sab", "(their|the) speeds are {z:a} and {z:b}( respectively|)" }, { "A", 'A', "sab", "(one|the first)( car| train| cyclist| of them|) (drives |travels |moves |goes |runs |rides |walks )" SP "{z:a}(,| and|) (the other|the second)( one| car| train| cyclist|) (drives |travels |moves |goes |runs |rides |walks |)" SP "{z:b}" },
    { "S", 'H', "h1", "{w:x} (starts|leaves|sets out|departs) (walking |driving |riding |running |from a place |)" SP "{z:a}( from .|)" }, { "H", 'A', "h2", "{q:h} later(,|) {w:y} (starts|leaves|sets out|departs|follows)( walking| driving| riding| running|) (from the same (place|point|town) |)(in the same direction |along the same (road|route) |after (him|her|it|{w:x}) |on the same road |)" SP "{z:b}( along the same road| in the same direction| from the same place|)" },
    { "A", 'A', "T", "(they |)meet (after|in) {q:T}" },
    { "A", '.', "meet?", HOW "(they|the " WHO2 "|the two " WHO2 "|both) (to |)meet" }, { "A", '.', "meet?", HOW "(them|the two " WHO2 ") to meet" }, { "A", '.', "catchw?", HOW "(to |)" NAMED("{w:w}") " (to |)(catch up( with| to|)|catch|overtake|reach|pass)( " NAMED("{w:k}") "|)" }, { "A", '.', "catch?", HOW "(the (second|faster|other) (one|car|cyclist|runner|train|)) (to |)(catch up|catch up with the first( one| car|)|overtake the (first|slower)( one| car|))" },
    { "A", '.', "gap?", "(how far apart|how many {u:unit} apart) (are|will) they (be |)(after|in) {q:T}" }, { "A", '.', "gap?", "(what is|find) the distance between them after {q:T}" }, { "A", '.', "D?", "(how far apart (are|were) the (two |)" TOWN "( at first|)|how many {u:unit} apart are the (two |)" TOWN "|(what is|find) the distance between the (two |)" TOWN ")" },
    { NULL, 0, NULL, NULL },
};

enum { AHEAD_NONE, AHEAD_X, AHEAD_Y };
struct road { val D, a, b, T, h, G; const struct unit *ul, *ut, *uv; int ahead; const char *x, *y; };

/* The one capture of any of the names, as a measure; 0 if two are given or it is none. */
static int measure(struct calc *c, struct facts *f, const char *const *names, int l, int t, val *out, const struct unit **u)
{
    for (int i = 0; i < f->n; i++)
        for (const char *const *n = names; *n != NULL; n++) {
            struct capture *k = match_get(&f->f[i].m, *n);
            if (k == NULL || k->type == '!')
                continue;
            if (*out != NULL || (*out = fact_measure(c, k, l, t)) == NULL)
                return 0;
            if (*u == NULL)
                *u = k->unit;
            else if (t != 1 && ((*u)->p != k->unit->p || (*u)->q != k->unit->q) && l == 1 && t == -1)
                return 0;                             /* km/h and m/s: it can be read, but who writes so? */
        }
    return 1;
}

static const char *word(struct facts *f, const char *name)
{
    const char *w = NULL;
    for (int i = 0; i < f->n; i++) {
        struct capture *k = match_get(&f->f[i].m, name);
        if (k == NULL || k->raw == NULL)
            continue;
        if (w != NULL && strcasecmp(w, k->raw) != 0)
            return "?";
        w = k->raw;
    }
    return w;
}

/* Who is who in English: speeds that are given by name, in either order. */
static int by_name(struct calc *c, struct facts *f, struct road *g)
{
    const char *v = word(f, "v"), *u = word(f, "u"), *w = word(f, "w"), *k = word(f, "k");
    static const char *const a1[] = { "a1", NULL }, *const b1[] = { "b1", NULL };
    g->x = word(f, "x");
    g->y = word(f, "y");
    if (v != NULL || u != NULL) {
        val p = NULL, q = NULL;
        if (v == NULL || u == NULL || g->a != NULL || g->b != NULL || !measure(c, f, a1, 1, -1, &p, &g->uv) || !measure(c, f, b1, 1, -1, &q, &g->uv) || p == NULL || q == NULL || strcasecmp(u, v) == 0)
            return 0;
        if (g->x == NULL && g->y == NULL && g->ahead == AHEAD_NONE) {
            g->x = v;
            g->y = u;
        }
        if (g->x == NULL || g->y == NULL)
            return 0;
        if (strcasecmp(v, g->x) == 0 && strcasecmp(u, g->y) == 0) {
            g->a = p;
            g->b = q;
        } else if (strcasecmp(v, g->y) == 0 && strcasecmp(u, g->x) == 0) {
            g->a = q;
            g->b = p;
        } else {
            return 0;
        }
    }
    const char *const all[] = { g->x, g->y, v, u, w };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] != NULL && !fact_is_name(all[i]) && strcasecmp(all[i], "first") != 0 && strcasecmp(all[i], "second") != 0)
            return 0;
    if (g->x != NULL && g->y != NULL && strcasecmp(g->x, g->y) == 0)
        return 0;
    if (w != NULL && (g->y == NULL || strcasecmp(w, g->y) != 0 || (k != NULL && strcasecmp(k, g->x) != 0)))
        return 0;                                     /* the one behind is y */
    return 1;
}

/* The distance that b gains on a, or that both close. */
static val sum_or_gain(struct calc *c, const struct road *g, int toward)
{
    val s = val_new(c);
    if (g->a == NULL || g->b == NULL)
        return NULL;
    if (toward)
        ca_add(s, g->a, g->b, c->ca);
    else
        ca_sub(s, g->ahead == AHEAD_X ? g->b : g->a, g->ahead == AHEAD_X ? g->a : g->b, c->ca);
    return value_sign_is(c, s, 1) == YES ? s : NULL;
}

static int result(struct calc *c, struct facts *f, const struct road *g, val v, int l, int t, struct reading *r)
{
    struct capture *k = fact_capture(f, "unit"), *len = fact_capture(f, "len"), *per = fact_capture(f, "per");
    const struct unit *u = k != NULL ? k->unit : NULL;
    if (v == NULL || value_sign_is(c, v, 1) != YES)
        return 0;
    if (len != NULL && per != NULL) {
        struct unit *w = calc_alloc(c, sizeof *w);
        *w = *len->unit;
        w->p *= per->unit->q;
        w->q *= per->unit->p;
        for (int i = 0; i < UNIT_DIMS; i++)
            w->dim[i] = (signed char)(w->dim[i] - per->unit->dim[i]);
        w->text = calc_printf(c, "%s/%s", len->unit->text, per->unit->text);
        u = w;
    }
    r->unit_open = u == NULL;
    if (u == NULL)
        u = l == 1 && t == -1 ? g->uv : l == 1 ? (g->ul != NULL ? g->ul : read_speed_part(c, g->uv, 'l')) : read_speed_part(c, g->uv, 't');
    const signed char dim[UNIT_DIMS] = { (signed char)l, 0, (signed char)t };
    if (u == NULL || u->noun || memcmp(u->dim, dim, sizeof dim) != 0)
        return 0;
    if (t == 1 && u->p >= 86400)
        return 0;                                     /* does a day of travel have 24 hours? */
    ca_mul(v, v, val_q(c, u->q, u->p), c->ca);
    r->k = S_VALUE;
    r->v = v;
    r->unit = u;
    const char *text = "";
    for (int i = 0; i < f->n; i++) {
        text = calc_printf(c, "%s%s%s", text, i ? ", " : "", f->f[i].tag);
        for (int j = 0; j < f->f[i].m.n; j++) {
            struct capture *q = &f->f[i].m.c[j];
            if (q->e != NULL && q->unit != NULL)
                text = calc_printf(c, "%s %s %s", text, ex_text(c, q->e), q->unit->text);
        }
    }
    r->text = calc_printf(c, "two on one road: %s", text);
    return 1;
}

/* When the one behind has made up the lead: a distance, or what the other went alone. */
static int catch_up(struct calc *c, struct facts *f, const struct road *g, const char *ask, struct reading *r)
{
    val lead = g->D, s = sum_or_gain(c, g, 0), v = val_new(c), t = val_new(c);
    if (g->ahead == AHEAD_NONE || g->T != NULL || g->G != NULL || (strcmp(ask, "catchx?") == 0 && g->ahead != AHEAD_Y) || (strcmp(ask, "catchy?") == 0 && g->ahead != AHEAD_X))
        return 0;
    if (g->h != NULL && g->a != NULL && g->b != NULL) {
        ca_mul(v, g->ahead == AHEAD_X ? g->a : g->b, g->h, c->ca);
        lead = v;
    }
    if (lead == NULL || s == NULL)
        return 0;
    ca_div(t, lead, s, c->ca);
    return result(c, f, g, t, 0, 1, r);
}

/* How far apart after the time T: before they meet, else it is refused as negative. */
static int gap_after(struct calc *c, struct facts *f, const struct road *g, int toward, int same, struct reading *r)
{
    val v = val_new(c), s = sum_or_gain(c, g, !same);
    if (g->T == NULL || g->G != NULL || (g->D != NULL) != (toward == 1))
        return 0;
    if (same) {
        int more = g->a != NULL && g->b != NULL ? value_cmp(c, g->a, g->b) : 2;
        if (more != 1 && more != -1)
            return 0;
        s = val_new(c);
        ca_sub(s, more > 0 ? g->a : g->b, more > 0 ? g->b : g->a, c->ca);
    }
    if (s == NULL)
        return 0;
    ca_mul(v, s, g->T, c->ca);
    if (toward)
        ca_sub(v, g->D, v, c->ca);
    return result(c, f, g, v, 1, 0, r);
}

/* Is 快车 or 慢车 asked for, and the speeds are those of other names or of none?  Then the speeds say which it is. */
static int fast_or_slow(struct facts *f)
{
    return (fact_has(f, "q3") || fact_has(f, "p3")) && !fact_has(f, "x3") && !fact_has(f, "y3") && !fact_has(f, "b3");
}

/* Of the speeds a and b, the one of the car asked for; NULL if 快车 is not the faster one. */
static val speed_asked(struct calc *c, struct facts *f, val a, val b, int first)
{
    int more = a != NULL && b != NULL ? value_cmp(c, a, b) : 2, fast = fact_has(f, "q3");
    if (fast_or_slow(f))
        return more == 1 || more == -1 ? (more == 1) == fast ? a : b : NULL;
    if ((fact_has(f, "x3") || fact_has(f, "y3") || fact_has(f, "b3")) && more != 1)
        return NULL;
    return first ? a : b;
}

/* Are the names used for the same two all over the question?  An asked name must be one that was given,
 * or the other of its pair; "their speeds are 60 and 80" needs an order of both names. */
static int names_agree(struct facts *f, const char *ask)
{
    int x = 0, y = 0, b = 0, q = 0, p = 0, nx = fact_choice(f, "x", &x), ny = fact_choice(f, "y", &y), nb = fact_choice(f, "b", &b), nq = fact_choice(f, "q", &q), np = fact_choice(f, "p", &p);
    int listed = fact_count(f, "sxy") + fact_count(f, "first"), ordered = nb;
    if (nx > 1 || ny > 1 || nb > 1 || nq > 1 || np > 1 || (nb && ((nx && x != b) || (ny && y != b))))
        return 0;
    for (int i = 0; i < f->n; i++)                    /* 甲从 A 地, 乙从 B 地 */
        ordered |= strcmp(f->f[i].tag, "toward") == 0 && nx && ny;
    if (nx && ny && x != y && (x <= 3 || y <= 3))
        return 0;                                     /* 甲车 and 货车: which is which? */
    if (fast_or_slow(f))
        return strncmp(ask, "way", 3) == 0 || ask[1] == '?';
    if (listed && !ordered && (nq || np || fact_count(f, "aheadx") + fact_count(f, "aheady") + fact_count(f, "headx") + fact_count(f, "heady") > 0))
        return 0;
    if (nb && ((nq && q != b) || (np && p != b)))
        return 0;
    if (nq && (nx ? q != x : !nb && (!ny || q != y)))
        return 0;
    return !np || (ny ? p == y : nb || (nx && p == x));
}

static int meeting_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    static const char *const D[] = { "D", NULL }, *const A[] = { "a", NULL }, *const B[] = { "b", NULL }, *const T[] = { "T", NULL }, *const H[] = { "h", NULL }, *const G[] = { "G", NULL };
    struct road g = { 0 };
    const char *ask = f->f[f->n - 1].tag;
    if (*(const char *)arg == 'z' && !names_agree(f, ask))
        return 0;
    int toward = fact_count(f, "toward"), apart = fact_count(f, "apart"), same = fact_count(f, "same");
    int ax = fact_count(f, "aheadx") + fact_count(f, "ahead") + fact_count(f, "behind") + fact_count(f, "headx") + fact_count(f, "h2"), ay = fact_count(f, "aheady") + fact_count(f, "heady");
    if (toward > 1 || apart > 1 || same > 1 || ax + ay > 1 || toward + apart + (same || ax + ay) != 1)
        return 0;
    g.ahead = ax ? AHEAD_X : ay ? AHEAD_Y : AHEAD_NONE;
    if (!measure(c, f, D, 1, 0, &g.D, &g.ul) || !measure(c, f, A, 1, -1, &g.a, &g.uv) || !measure(c, f, B, 1, -1, &g.b, &g.uv) || !measure(c, f, T, 0, 1, &g.T, &g.ut) || !measure(c, f, H, 0, 1, &g.h, &g.ut) || !measure(c, f, G, 1, 0, &g.G, &g.ul) || !by_name(c, f, &g))
        return 0;
    if ((fact_has(f, "x3") || fact_has(f, "y3") || fact_has(f, "b3")) && g.a != NULL && g.b != NULL && value_cmp(c, g.a, g.b) != 1)
        return 0;                                     /* 快车 is the slower one */
    struct capture *same_as = fact_capture(f, "same"); /* "60 km an hour and 40 km": an hour too */
    if (same_as != NULL) {
        const struct unit *per = read_speed_part(c, g.uv, 't');
        if (g.b != NULL || per == NULL || (g.b = fact_measure(c, same_as, 1, 0)) == NULL)
            return 0;
        ca_mul(g.b, g.b, val_q(c, per->q, per->p), c->ca);
    }
    if ((g.h != NULL) != (fact_count(f, "headx") + fact_count(f, "heady") + fact_count(f, "h2") == 1) || (g.h != NULL && g.D != NULL))
        return 0;
    if (g.ut != NULL && g.ut->p >= 86400)
        return 0;
    if (same && !(ax + ay) && strcmp(ask, "gap?") != 0)
        return 0;                                     /* who is ahead, and how far? */
    val v = val_new(c), s = sum_or_gain(c, &g, !(same || ax + ay));
    if (strncmp(ask, "catch", 5) == 0)
        return catch_up(c, f, &g, ask, r);
    if (ax + ay > 0 || g.h != NULL)
        return 0;
    if (strcmp(ask, "gap?") == 0)
        return gap_after(c, f, &g, toward, same, r);
    if (strcmp(ask, "gapT?") == 0 && apart && s != NULL && g.G != NULL && g.T == NULL && g.D == NULL) {
        ca_div(v, g.G, s, c->ca);
        return result(c, f, &g, v, 0, 1, r);
    }
    if (!toward || g.G != NULL)
        return 0;
    if (strcmp(ask, "meet?") == 0 && g.D != NULL && s != NULL && g.T == NULL) {
        ca_div(v, g.D, s, c->ca);
        return result(c, f, &g, v, 0, 1, r);
    }
    if (strcmp(ask, "D?") == 0 && g.D == NULL && s != NULL && g.T != NULL) {
        ca_mul(v, s, g.T, c->ca);
        return result(c, f, &g, v, 1, 0, r);
    }
    if (strncmp(ask, "way", 3) == 0 && g.D != NULL && s != NULL && g.T == NULL) {
        ca_div(v, g.D, s, c->ca);
        if ((s = speed_asked(c, f, g.a, g.b, ask[3] == 'x')) == NULL)
            return 0;
        ca_mul(v, v, s, c->ca);
        return result(c, f, &g, v, 1, 0, r);
    }
    int any = fast_or_slow(f) && (ask[0] == 'x' || ask[0] == 'y'), given_a = any ? g.a != NULL : strcmp(ask, "y?") == 0;
    val known = any ? given_a ? g.a : g.b : strcmp(ask, "x?") == 0 ? g.b : strcmp(ask, "y?") == 0 ? g.a : NULL;
    if (known != NULL && (g.a == NULL || g.b == NULL) && g.D != NULL && g.T != NULL) {
        ca_div(v, g.D, g.T, c->ca);
        ca_sub(v, v, known, c->ca);
        if (value_sign_is(c, v, 1) != YES || (s = speed_asked(c, f, given_a ? known : v, given_a ? v : known, ask[0] == 'x')) == NULL)
            return 0;
        v = val_new(c);
        ca_set(v, s, c->ca);
        return result(c, f, &g, v, 1, -1, r);
    }
    return 0;
}

int read_meetings(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "meetings";
    return clause_mentions(q, "相遇|追|相距|赶上|距离|meet|catch|apart|overtake|distance") && (clause_read(c, q, zh, meeting_done, r, "z") || clause_read(c, q, en, meeting_done, r, "e"));
}
