/* read_trains.c - a train and a bridge, a tunnel or a pole: of the two lengths, the speed and the time until the end
 * of the train has passed too, three are given and the fourth is asked. */
#include "plugins/calculator/stories/clause.h"
#include "plugins/calculator/text/parse.h"

#include <string.h>

#define TRAIN "(火车|列车|动车|高铁|客车|货车|高铁列车|动车组|旅客列车)"
#define BRIDGE "(大桥|铁路桥|铁桥|桥|隧道|山洞|涵洞)"
#define PASS "(全车|整列火车|整列车|)(完全|匀速|)(通过|经过|穿过|驶过|开过|过)"
#define LONG "(全长|车长|车身长|身长|长度|长)(为|是|)"
#define THETRAIN "(这列|该列|该|这|此|)" TRAIN
#define THEBRIDGE "(这座|这条|该|这个|此|)" BRIDGE
#define MUCH "(是|为|)(多少|)({u:unit}|)"
static const struct clause zh[] = {
    { "S", 'A', "train", "(已知|有|)(一|某|)(列|辆|)" LONG "{q:l}的" TRAIN }, { "S", 'A', "train", "(已知|有|)(一列|一辆|某列|某|)" TRAIN "(的|)(" LONG "{q:l}|)" },
    { "A", 'A', "length", "(,|)(已知|)(火车|列车|)(的|)" LONG "{q:l}" }, { "A", 'A', "speed", "(,|)(已知|)(它|火车|列车|)(以|)(的|)(平均|行驶|)(速度(为|是)|){z:v}(的速度|)(匀速|)(行驶|前进|)(,|)" },
    { "A", 'A', "over", "(,|)(它|)" PASS "(一座|一条|一个)" BRIDGE }, { "A", 'A', "over", "(,|)(它|)" PASS "(一座|一条|一个|)" LONG "{q:b}(的|)" BRIDGE }, { "A", 'A', "over", "(,|)(它|)" PASS "(一座|一条|一个|)" BRIDGE "(,|)(" BRIDGE "|)" LONG "{q:b}" },
    { "A", 'A', "over", "(,|)(它|)" PASS "(一座|一条|一个|)({q:b})长的" BRIDGE },
    { "A", 'A', "pole", "(,|)(它|)" PASS "(路边|铁路边|铁路旁|路旁|)(的|)(一根|一个|一棵|)(的|)(电线杆|信号灯|路标|树|站着的人)" },
    { "A", 'A', "whole", "(,|)(从|)(车头|火车头)(开始|刚|)(上|进|进入|驶上|到|接触)" BRIDGE "(到|至|直到)(车尾|火车尾)(完全|刚好|)(离|离开|出|驶离|驶出)" BRIDGE }, { "A", 'A', "whole", "(,|)(完全通过|完全穿过)" "(" BRIDGE "|)" },
    { "A", 'A', "time", "(,|)(一共|共|总共|)(用(了|时|)|需(要|)|花(了|)){q:t}" },
    { "A", '.', "ask t", "(,|)(一共|共|总共|)(需(要|)|用|要|用时)(多少|几){u:unit}" }, { "A", '.', "ask t", "(,|)(求|)(所(用|需)的|需要的|需要多(长|少)|需多(长|少)|要多(长|少)|)时间(是多少({u:unit}|)|)" },
    { "A", '.', "ask l", "(,|)(求|问|则|)" THETRAIN "(的|)(长度|车长|全长|长|身长|车身长)" MUCH }, { "A", '.', "ask b", "(,|)(求|问|则|)" THEBRIDGE "(的|)(长度|全长|长)" MUCH }, { "A", '.', "ask v", "(,|)(求|问|则|)(" THETRAIN "|)(的|)(行驶|平均|)速度" MUCH },
    { NULL, 0, NULL, NULL },
};

#define ETRAIN "(train|passenger train|freight train|goods train|express train|express)"
#define EBRIDGE "(tunnel|bridge|platform|viaduct)"
#define OFLEN(x) "(that is |which is |of length |measuring |)({q:" x "})( long| in length|)"
#define AT "(at |with )(a |an |)(constant |uniform |steady |)(speed of |){z:v}"
#define THROUGH "( completely| entirely|)( through| over| past| across|)"
#define FIND "(find|what is|calculate|determine)"
static const struct clause en[] = {
    { "S", 'A', "train", "(if |)(a|an|the) ({q:l}( long|) |)" ETRAIN "( " OFLEN("l") "|)( is| and|)( (that is |which is |)(travelling|traveling|moving|running) " AT "|)(,|)" },
    { "A", 'A', "speed", "(that |which |it |and |)(travels|moves|runs|is travelling|is traveling|is moving|is running|goes) " AT "( and|)" }, { "A", 'A', "speed", AT },
    { "A", 'A', "time", "(takes|needs|requires|took) {q:t} to" }, { "A", 'A', "time", "in {q:t}" },
    { "A", 'A', "over", "(it |and |)(completely |entirely |)(pass|passes|passed|cross|crosses|crossed|goes|go|travels|enters|clear|clears)" THROUGH " (a|an|the) ({q:b}( long|) |)" EBRIDGE "( " OFLEN("b") "|)( completely| entirely|)" },
    { "A", 'A', "pole", "(it |and |)(completely |)(pass|passes|passed) (a|an) (pole|telegraph pole|post|signal|signal post|tree|lamp post|standing man|man standing (still |)(beside|by) the track)" },
    { "A", 'A', "length", "the " EBRIDGE " is {q:b} long" }, { "A", 'A', "length", "the train is {q:l} long" },
    { "A", '.', "ask t", "(find |)how (long|many {u:unit}) (does|will) (it|the train) take( (for the train |)to (completely |entirely |)(pass|cross|clear|go)" THROUGH "( it| the " EBRIDGE "| the pole|)( completely| entirely|)|)" },
    { "A", '.', "ask t", "(find |)how (long|many {u:unit}) (pass|elapse|does it take|go by|is it) from the (moment|time|instant) (when |that |)(the|its) (front|engine|front end|front of the train) enters( (the |)" EBRIDGE "| it|) (until|to when|to the (moment|time|instant)) (when |that |)(the|its) (rear|back|end|tail|rear end|last car|rear of the train|end of the train) (leaves|exits|comes out of|comes out)( the " EBRIDGE "| it|)" },
    { "S", 'T', "ask t", "how (long|many {u:unit}) (does|will|would) it take( for|)" }, { "T", 'U', "train", "(a|the) ({q:l}( long|) |)" ETRAIN "( " OFLEN("l") "|)(,|) ((that is |which is |)(travelling|traveling|moving|running|going) |)" AT }, { "U", '.', "over", "to (completely |)(pass|cross|clear|go)" THROUGH " (a|the) ({q:b}( long|) |)" EBRIDGE "( " OFLEN("b") "|)( completely| entirely|)" }, { "U", '.', "pole", "to (completely |)pass (a|an) (pole|telegraph pole|post|signal|tree|lamp post)( completely|)" },
    { "A", '.', "ask l", "(how (long|many {u:unit} long) is|" FIND " the length of) the train" }, { "A", '.', "ask l", FIND " its length" }, { "A", '.', "ask b", "(how (long|many {u:unit} long) is|" FIND " the length of) the " EBRIDGE }, { "A", '.', "ask v", FIND " (the|its) speed( of the train|)" },
    { NULL, 0, NULL, NULL },
};

/* The only capture of that name in base units; 0 if there are two, or it measures something else. */
static int given(struct calc *c, struct facts *f, const char *name, int l, int t, val *out, const struct unit **u)
{
    *out = NULL;
    for (int i = 0; i < f->n; i++) {
        struct capture *k = match_get(&f->f[i].m, name);
        if (k == NULL)
            continue;
        if (*out != NULL || (*out = fact_measure(c, k, l, t)) == NULL)
            return 0;
        *u = k->unit;
    }
    return 1;
}

struct train { val l, b, v, t; const struct unit *ul, *ub, *uv, *ut; };

/* The asked quantity in base units: v t = l + b. */
static val fourth(struct calc *c, const struct train *g, char ask)
{
    val x = val_new(c);
    if (ask == 't' || ask == 'v') {
        ca_add(x, g->l, g->b, c->ca);
        ca_div(x, x, ask == 't' ? g->v : g->t, c->ca);
    } else {
        ca_mul(x, g->v, g->t, c->ca);
        ca_sub(x, x, ask == 'l' ? g->b : g->l, c->ca);
    }
    return x;
}

/* The unit of the answer where the question names none. */
static const struct unit *own_unit(struct calc *c, const struct train *g, char ask, int *open)
{
    size_t used;
    if (ask == 't')
        return read_speed_part(c, g->uv, 't');
    if (ask != 'v')
        return g->ul != NULL ? g->ul : g->ub != NULL ? g->ub : read_speed_part(c, g->uv, 'l');
    *open = 1;
    return parse_unit(c, calc_printf(c, "%s/%s", g->ul->text, g->ut->text), &used, 1);
}

/* The letter of what is asked; 0 if nothing is. */
static char asked(const struct facts *f)
{
    for (int i = 0; i < f->n; i++)
        if (strncmp(f->f[i].tag, "ask ", 4) == 0)
            return f->f[i].tag[4];
    return '\0';
}

static int trains_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct train g = { 0 };
    char ask = asked(f);
    int pole = fact_count(f, "pole");
    struct capture *u = fact_capture(f, "unit");
    (void)arg;
    if (fact_count(f, "over") + pole != 1 || !given(c, f, "l", 1, 0, &g.l, &g.ul) || !given(c, f, "b", 1, 0, &g.b, &g.ub) || !given(c, f, "v", 1, -1, &g.v, &g.uv) || !given(c, f, "t", 0, 1, &g.t, &g.ut))
        return 0;
    if (pole && (g.b != NULL || ask == 'b' || fact_count(f, "whole") > 0))
        return 0;
    g.b = pole ? val_si(c, 0) : g.b;
    const val all[4] = { g.l, g.b, g.v, g.t };
    for (int i = 0; i < 4; i++)                       /* the asked one alone is missing */
        if ((all[i] == NULL) != ("lbvt"[i] == ask))
            return 0;
    val x = fourth(c, &g, ask);
    const struct unit *own = own_unit(c, &g, ask, &r->unit_open), *want = u != NULL ? u->unit : own;
    const signed char dim[6] = { (signed char)(ask == 't' ? 0 : 1), 0, (signed char)(ask == 't' ? 1 : ask == 'v' ? -1 : 0) };
    if (want == NULL || want->noun || memcmp(want->dim, dim, sizeof dim) != 0 || value_sign_is(c, x, 1) != YES)
        return 0;
    r->unit_open &= u == NULL;
    ca_mul(x, x, val_q(c, want->q, want->p), c->ca);
    r->k = S_VALUE;
    r->v = x;
    r->unit = want;
    static const char *const names[] = { "l", "b", "v", "t" }, *const words[] = { "train", "way", "speed", "time" };
    r->text = pole ? "a train past a point" : "a train over a way, from its front's entry to its rear's exit";
    for (int i = 0; i < 4; i++) {
        struct capture *k = fact_capture(f, names[i]);
        if (k != NULL)
            r->text = calc_printf(c, "%s, %s %s %s", r->text, words[i], ex_text(c, k->e), k->unit->text);
    }
    r->text = calc_printf(c, "%s, find the %s", r->text, ask == 'l' ? "train's length" : ask == 'b' ? "way's length" : ask == 'v' ? "speed" : "time");
    return 1;
}

int read_trains(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "trains";
    return (clause_mentions(q, "火车|列车|动车|高铁|客车|货车") && clause_read(c, q, zh, trains_done, r, NULL)) || (clause_mentions(q, "train|express") && clause_read(c, q, en, trains_done, r, NULL));
}
