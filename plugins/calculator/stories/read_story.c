/* read_story.c - word problems clause by clause: work and motion.  Each clause states one fact; the asked quantity must follow from exactly the facts
 * that were stated. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

/* ---- work ------------------------------------------------------------------------------- */
#define WHOZH "(甲{!:A}|乙{!:B}|丙{!:C})(队|工程队|师傅|管|水管|进水管|)"
#define JOB "(这|某|一|该|)(项|件|批|个|)(工程|工作|任务|零件|稿件|书稿|水池|活|)"
#define DO "(独打|做|完成|加工|修|打|干|注满|灌满|生产|)"
#define NEED "(,|)(需要|需|要|用)"
#define DONE "(可以|可|能|)(完成|做完|加工完|修完|打完|注满|灌满|干完)" JOB
#define BOTH "(甲,乙|)(两人|两队|二人|两个人|两管|两个队|)"
static const struct clause work[] = {
    { "S", 'W', "job", "(一|某|有一|打一|加工一|修一)(项|件|批|个|份|条)(工程|工作|任务|零件|稿件|书稿|水池)" },
    { "SW", 'W', "alone", "(若|如果|由|已知|)" WHOZH "(单独|独自|独立|独)" DO JOB NEED "{q:t}(" DONE "|)" }, { "SW", 'W', "alone", "(若|如果|由|已知|)" WHOZH "(单独|独自|独立|独)" DO JOB "(,|){q:t}" DONE },
    { "W", 'W', "alone", WHOZH DO JOB NEED "{q:t}(" DONE "|)" }, { "SW", 'W', "alone", "(单开|单独开|只开)" WHOZH "(,|)(" NEED "|){q:t}" DONE },
    { "SW", 'W', "joint", "(若|如果|由|)甲,乙(两人|两队|二人|两个人|)(合作|合做|一起做|合干)(,|)(" NEED "|){q:t}(" DONE "|)" },
    { "W", 'P', "before", "(现在|现|若|如果|)(先由|由|)" WHOZH "(先|)(单独|)(做|工作|干)(了|){q:d}(后|)" }, { "W", 'P', "before2", "(现在|现|若|如果|)(先由|由|)" BOTH "(先|)(合作|合做)(了|){q:d}(后|)" },
    { "P", '.', "rest", "(剩下的|余下的|其余的|剩余的)(工程|工作|任务|部分|)(由|)" WHOZH "(单独|来|)(做|完成|)(,|)还(需要|需|要)(几|多少){u:unit}(才能|可以|)(完成|做完|)(任务|)" }, { "P", '.', "rest2", "(剩下的|余下的|其余的|剩余的)(工程|工作|任务|部分|)(由|)" BOTH "(合作|合做)(完成|)(,|)还(需要|需|要)(几|多少){u:unit}(才能|可以|)(完成|做完|)(任务|)" },
    { "W", '.', "both", "(那么|现在|现|若|如果|则|)(由|)" BOTH "(合作|合做|合干|合打|一起做|共同做|共同完成|合作完成|合作加工|同时开|同时打开|一起完成)(这(项|件|批)(工程|工作|任务|零件)|)(,|)(需要|需|要|)(几|多少){u:unit}(" DONE "|)" },
    { "W", '.', "three", "(那么|现在|现|若|如果|则|)(由|)(甲,乙,丙|)三(人|队|个人|管)(合作|合做|一起做|共同完成)(,|)(需要|需|要|)(几|多少){u:unit}(" DONE "|)" },
    { "W", '.', "one", "(那么|若|如果|则|)(由|)" WHOZH "(单独|独自|独)" DO JOB "(,|)(需要|需|要|)(几|多少){u:unit}(" DONE "|)" },
    { NULL, 0, NULL, NULL },
};

static int who(struct match *m) { return has(m, "A") ? 0 : has(m, "B") ? 1 : has(m, "C") ? 2 : -1; }

/* The time of a fact in seconds; NULL if it is no time.  days: whether it is counted in days. */
static val time_of(struct calc *c, struct capture *k, int *days, int *hours)
{
    static const signed char time[UNIT_DIMS] = { 0, 0, 1 };
    val v = k != NULL && k->e != NULL ? value_const(c, k->e) : NULL;
    if (v == NULL || k->unit == NULL || k->unit->noun || memcmp(k->unit->dim, time, sizeof time) != 0 || value_sign_is(c, v, 1) != YES)
        return NULL;
    *(k->unit->p >= 86400 ? days : hours) = 1;
    ca_mul(v, v, val_q(c, k->unit->p, k->unit->q), c->ca);
    return v;
}

static val quotient(struct calc *c, val a, val b)
{
    val v = val_new(c);
    if (ca_check_is_zero(b, c->ca) != T_FALSE)
        return NULL;
    ca_div(v, a, b, c->ca);
    return v;
}

static int work_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    val rate[3] = { NULL, NULL, NULL }, joint = NULL, left = val_si(c, 1), one = val_si(c, 1), sum = val_si(c, 0);
    int days = 0, hours = 0, n = 0;
    const char *text = "work";
    struct fact *ask = NULL, *before = NULL;
    (void)arg;
    for (int i = 0; i < f->n; i++) {
        struct fact *k = &f->f[i];
        int w = who(&k->m);
        if (strcmp(k->tag, "alone") == 0) {
            val t = time_of(c, match_get(&k->m, "t"), &days, &hours);
            if (t == NULL || w < 0 || rate[w] != NULL)
                return 0;
            rate[w] = quotient(c, one, t);
            n++;
            text = calc_printf(c, "%s, %c alone %s %s", text, 'A' + w, ex_text(c, match_get(&k->m, "t")->e), match_get(&k->m, "t")->unit->text);
        } else if (strcmp(k->tag, "joint") == 0) {
            val t = time_of(c, match_get(&k->m, "t"), &days, &hours);
            if (t == NULL || joint != NULL)
                return 0;
            joint = quotient(c, one, t);
            text = calc_printf(c, "%s, A and B together %s %s", text, ex_text(c, match_get(&k->m, "t")->e), match_get(&k->m, "t")->unit->text);
        } else if (strncmp(k->tag, "before", 6) == 0) {
            before = k;
        } else if (strcmp(k->tag, "job") != 0) {
            ask = k;
        }
    }
    struct capture *u = ask != NULL ? match_get(&ask->m, "unit") : NULL;
    static const signed char time[UNIT_DIMS] = { 0, 0, 1 };
    if (u == NULL || u->unit == NULL || u->unit->noun || memcmp(u->unit->dim, time, sizeof time) != 0)
        return 0;
    *(u->unit->p >= 86400 ? &days : &hours) = 1;
    if (days && hours)
        return 0;
    if (strcmp(ask->tag, "one") == 0) {               /* from the joint time and the other's */
        int w = who(&ask->m);
        if (joint == NULL || n != 1 || w < 0 || w > 1 || rate[1 - w] == NULL)
            return 0;
        ca_sub(sum, joint, rate[1 - w], c->ca);
    } else {
        int three = strcmp(ask->tag, "three") == 0;
        if (joint != NULL || n != (three ? 3 : 2) || rate[0] == NULL || rate[1] == NULL || (three && rate[2] == NULL))
            return 0;
        int both = strcmp(ask->tag, "both") == 0 || strcmp(ask->tag, "rest2") == 0 || three, w = who(&ask->m);
        if (both) {
            ca_add(sum, rate[0], rate[1], c->ca);
            if (three)
                ca_add(sum, sum, rate[2], c->ca);
        } else {
            if (w < 0 || rate[w] == NULL)
                return 0;
            sum = rate[w];
        }
    }
    if ((before != NULL) != (strncmp(ask->tag, "rest", 4) == 0))
        return 0;
    if (before != NULL) {
        int w = who(&before->m);
        val d = time_of(c, match_get(&before->m, "d"), &days, &hours), did = val_new(c);
        if (d == NULL || (days && hours))
            return 0;
        if (strcmp(before->tag, "before2") == 0)
            ca_add(did, rate[0], rate[1], c->ca);
        else if (w < 0 || rate[w] == NULL)
            return 0;
        else
            ca_set(did, rate[w], c->ca);
        ca_mul(did, did, d, c->ca);
        ca_sub(left, left, did, c->ca);
        text = calc_printf(c, "%s, first %s for %s", text, strcmp(before->tag, "before2") == 0 ? "both" : w == 0 ? "A" : "B", ex_text(c, match_get(&before->m, "d")->e));
    }
    if (value_sign_is(c, sum, 1) != YES || value_sign_is(c, left, 1) != YES || (r->v = quotient(c, left, sum)) == NULL)
        return 0;
    ca_mul(r->v, r->v, val_q(c, u->unit->q, u->unit->p), c->ca);
    r->k = S_VALUE;
    r->unit = u->unit;
    r->text = calc_printf(c, "%s, find the time (%s)", text, ask->tag);
    return 1;
}

/* ---- motion: one mover, and two apart; two towards each other are in read_meetings.c ------ */
#define MOVER "((一辆|一列|一艘|一架|一只|一)(汽车|客车|货车|轿车|卡车|火车|公共汽车|小汽车|轮船|飞机|动车|高铁)|{p:x})(骑自行车|骑车|步行|开车|跑步|)"
#define GOES "(行驶|行|走|跑|飞行|航行|骑|开|骑行)(了|)"
static const struct clause motion[] = {
    { "S", 'O', "v", MOVER "(以|)(的|)(平均|)(速度(是|为)|){z:v}(的速度|)(" GOES "|)" },
    { "SO", 'O', "t", "{q:t}" "(" GOES "|)" }, { "S", 'O', "st", MOVER "{q:t}" GOES "{q:s}" }, { "S", 'X', "leg1", MOVER "(从甲地到乙地|)(,|)前{q:t1}" GOES "{q:s1}" }, { "X", 'X', "leg2", "后{q:t2}" GOES "{q:s2}" }, { "X", '.', "askavg", "(求|)(这辆汽车的|它的|全程的|他的|这辆汽车全程的|)平均速度(是多少({u:unit}|)|)" },
    { "S", 'O', "st", MOVER GOES "{q:s}(用了|用){q:t}" },
    { "O", '.', "asks", "({q:t}|)(一共|共|可以|能|)(可以|能|)" GOES "多少{u:unit}" }, { "O", '.', "asktime", GOES "{q:s}(需要|需|要|用)(多少|几){u:unit}" },
    { "O", '.', "askv", "(平均|)(每小时{!:h}|每分钟{!:min}|每秒{!:sec})" GOES "多少{u:len}" }, { "O", '.', "askv2", "(求|)(它的|他的|她的|这辆汽车的|汽车的|)(平均|)速度(是多少({u:unit}|)|)" },
    /* English: one mover */
    { "S", 'O', "v", "(if |)(a|an|the) (car|train|bus|truck|cyclist|plane|boat|runner|motorcycle|van|ship) (travels|moves|goes|drives|is moving|is travelling|is traveling|runs|rides|flies) at (a (constant |steady |)speed of |){z:v}( for {q:t}|)" },
    { "S", 'O', "st", "(if |)(a|an|the) (car|train|bus|truck|cyclist|plane|boat|runner|motorcycle|van|ship) (travels|covers|goes|drives|runs|rides|flies) {q:s} in {q:t}" }, { "S", 'O', "sv", "(if |)(a|an|the) (car|train|bus|truck|cyclist|plane|boat|runner|motorcycle|van|ship) (travels|covers|goes|drives|runs|rides|flies) {q:s} at (a |)(an |)(constant |steady |average |)(speed of |){z:v}" },
    { "O", '.', "asks", "how many {u:unit} (does|will|can) (it|he|she|the (car|train|bus|truck|cyclist|plane)) (travel|go|cover|drive|run|ride) (in {q:t}|)" }, { "O", '.', "asktime", "how many {u:unit} (does|will) (the (trip|journey) take|it take)" },
    { "O", '.', "askv2", "what is (its|his|her|the) (average |)speed in {u:unit}" },
    /* two movers */
    { "S", 'T', "opp", "two (cyclists|cars|trains|buses|people|runners|hikers|boats|planes) (start |leave |)(from |)the same (place|point|station|town|city|spot) (at the same time |)(and (travel|ride|drive|walk|go|run|move) |)in opposite directions at (speeds of |){z:a} and {z:b}" },
    { "T", '.', "askap", "(how far apart|how many {u:unit} apart) (are they|will they be) after {q:t}" },
    { NULL, 0, NULL, NULL },
};

/* The only capture of that name in base units, with the dimension length l, time t. */
static int measure(struct calc *c, struct facts *f, const char *name, int l, int t, val *out, const struct unit **u)
{
    struct capture *k = NULL;
    *out = NULL;
    for (int i = 0; i < f->n; i++) {
        struct capture *x = match_get(&f->f[i].m, name);
        if (x != NULL && x->type != '!' && k != NULL)
            return 0;
        k = x != NULL && x->type != '!' ? x : k;
    }
    if (k == NULL)
        return 1;
    if (k->e == NULL || k->unit == NULL || k->unit->noun || k->unit->dim[0] != l || k->unit->dim[2] != t || k->unit->dim[1] || k->unit->dim[3] || k->unit->dim[4] || k->unit->dim[5])
        return 0;
    val v = value_const(c, k->e);
    if (v == NULL || value_sign_is(c, v, 1) != YES)
        return 0;
    ca_mul(v, v, val_q(c, k->unit->p, k->unit->q), c->ca);
    *out = v;
    *u = k->unit;
    return 1;
}

static int motion_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    val s, t, v, a, b, x = val_new(c);
    const struct unit *us = NULL, *ut = NULL, *uv = NULL, *ua = NULL, *ub = NULL, *want = NULL;
    const char *ask = f->f[f->n - 1].tag;
    struct capture *k = fact_capture(f, "unit"), *len = fact_capture(f, "len");
    (void)arg;
    if (!measure(c, f, "s", 1, 0, &s, &us) || !measure(c, f, "t", 0, 1, &t, &ut) || !measure(c, f, "v", 1, -1, &v, &uv) || !measure(c, f, "a", 1, -1, &a, &ua) || !measure(c, f, "b", 1, -1, &b, &ub))
        return 0;
    val leg[4] = { NULL };
    const struct unit *ul = NULL, *ul2 = NULL, *ult = NULL, *ult2 = NULL;
    if (!measure(c, f, "s1", 1, 0, &leg[0], &ul) || !measure(c, f, "t1", 0, 1, &leg[1], &ult) || !measure(c, f, "s2", 1, 0, &leg[2], &ul2) || !measure(c, f, "t2", 0, 1, &leg[3], &ult2))
        return 0;
    int given = (s != NULL) + (t != NULL) + (v != NULL) + (a != NULL) + (b != NULL), dl = 0, dt = 0;
    if (strcmp(ask, "asks") == 0 && given == 2 && v != NULL && t != NULL) {
        ca_mul(x, v, t, c->ca);
        dl = 1;
    } else if (strcmp(ask, "asktime") == 0 && given == 2 && v != NULL && s != NULL) {
        ca_div(x, s, v, c->ca);
        dt = 1;
    } else if (strncmp(ask, "askv", 4) == 0 && given == 2 && s != NULL && t != NULL) {
        ca_div(x, s, t, c->ca);
        dl = 1;
        dt = -1;
    } else if (strcmp(ask, "askavg") == 0 && given == 0 && leg[0] != NULL && leg[1] != NULL && leg[2] != NULL && leg[3] != NULL) {
        val y = val_new(c);
        ca_add(x, leg[0], leg[2], c->ca);
        ca_add(y, leg[1], leg[3], c->ca);
        ca_div(x, x, y, c->ca);
        dl = 1;
        dt = -1;
    } else if (strcmp(ask, "askap") == 0 && given == 3 && a != NULL && b != NULL && t != NULL) {
        ca_add(x, a, b, c->ca);
        ca_mul(x, x, t, c->ca);
        dl = 1;
    } else {
        return 0;
    }
    if (value_sign_is(c, x, 1) != YES)
        return 0;
    if (k != NULL)
        want = k->unit;
    if (len != NULL) {                                /* kilometres an hour, a minute */
        struct unit *w = calc_alloc(c, sizeof *w);
        long secs = fact_has(f, "min") ? 60 : fact_has(f, "sec") ? 1 : 3600;
        *w = *len->unit;
        w->q *= secs;
        w->dim[2] = (signed char)(w->dim[2] - 1);
        w->text = calc_printf(c, "%s/%s", len->unit->text, secs == 3600 ? "h" : secs == 60 ? "min" : "s");
        want = w;
    }
    r->unit_open = want == NULL;
    if (want == NULL) {                               /* none named: that of the facts, and a number alone stays open */
        const struct unit *L = us != NULL ? us : ul != NULL ? ul : read_speed_part(c, v != NULL ? uv : ua, 'l'), *T = ut != NULL ? ut : ult != NULL ? ult : read_speed_part(c, v != NULL ? uv : ua, 't');
        if ((dl != 0 && L == NULL) || (dt != 0 && T == NULL))
            return 0;
        struct unit *w = calc_alloc(c, sizeof *w);
        *w = (struct unit){ dl == 0 ? T->text : dt == 0 ? L->text : calc_printf(c, "%s/%s", L->text, T->text), dl == 0 ? T->p : dt == 0 ? L->p : L->p * T->q, dl == 0 ? T->q : dt == 0 ? L->q : L->q * T->p, { (signed char)dl, 0, (signed char)dt }, 0 };
        want = w;
    }
    signed char dim[UNIT_DIMS] = { (signed char)dl, 0, (signed char)dt };
    if (want->noun || memcmp(want->dim, dim, sizeof dim) != 0)
        return 0;
    if ((dt == 1 || t != NULL) && ((want->dim[2] == 1 && want->p >= 86400) || (ut != NULL && ut->p >= 86400)))
        return 0;                                     /* does a day of travel have 24 hours? */
    ca_mul(x, x, val_q(c, want->q, want->p), c->ca);
    r->k = S_VALUE;
    r->v = x;
    r->unit = want;
    const char *text = "motion";
    for (int i = 0; i < f->n; i++)
        for (int j = 0; j < f->f[i].m.n; j++) {
            struct capture *q = &f->f[i].m.c[j];
            if (q->e != NULL && q->unit != NULL)
                text = calc_printf(c, "%s, %s = %s %s", text, q->name, ex_text(c, q->e), q->unit->text);
        }
    r->text = calc_printf(c, "%s, find the %s", text, dl && dt ? "speed" : dl ? "distance" : "time");
    return 1;
}

int read_story(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "story";
    return clause_read(c, q, work, work_done, r, NULL) || clause_read(c, q, motion, motion_done, r, NULL);
}
