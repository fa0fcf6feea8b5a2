/* read_changes.c - a number before and after: increased to or by, decreased to or by, to so
 * many times, by a percentage; and one number so many times another.  "To" and "by" are
 * facts of their own; "increased by 3 times" is not read, because it has two meanings. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

#define WHOZH "((某|一|一个|一家|这|这个|该|这家)(厂|工厂|校|学校|班|班级|村|公司|商店|农场|车间|果园|小区|城市|市|县|乡|镇|图书馆|超市|养鸡场|养殖场|书店|单位|饭店|企业|服装厂|机器厂|化肥厂|钢铁厂|合唱队|社团|小组|仓库|粮库|商场)|{p:who})"
#define BEFORE "((原来|原|原先|原有|去年|上月|上个月|上周|昨天|以前|最初|起初|本来|上半年|第一天){!:before}|)"
#define AFTER "((现在|现|今年|本月|这个月|后来|如今|目前|今天|本周|下半年|第二天|改进技术后|技术革新后|改进后){!:now}|)"
#define EACHZH "((每天|平均每天|每日){!:per1}{!:each}|每月{!:per2}{!:each}|(每年|全年){!:per3}{!:each}|每周{!:per4}{!:each}|每小时{!:per5}{!:each}|)"
#define DOES "(生产|加工|制造|有|产|卖出|销售|招收|招生|种植|接待|参加|用电|用水|存有|养|养了|饲养|收获|)"
#define THING "({w:g}|)"
#define OWNER "((该|这个|这家|这){w:place}(的|)|{p:owner})"
#define UP "(增加|增长|提高|上升|扩大|上涨|增多|增)"
#define DOWN "(减少|降低|下降|缩小|缩减|减|下跌|降)"
#define COUNTED(x) "{n:" x "}({u:ux}|)" THING
#define ASKN "(多少|几)({u:unit}|)" THING
#define WHAT "((人数|学生人数|学生数|人口|总人数){!:what1}|职工人数{!:what2}|(产量|总产量){!:what3}|(存书|图书){!:what4}|用电量{!:what5}|用水量{!:what6}|(销量|销售额){!:what7}|面积{!:what8}|价格{!:what9}|总数|数量|数{!:bare})"
static const struct clause zh[] = {
    { "S", 'A', "init", WHOZH BEFORE EACHZH DOES "(有|)(" WHAT "|{w:noun}|)(是|为|有|由|从|)" COUNTED("a") },
    { "S", 'A', "init", BEFORE "(有|)" WHAT "(是|为|有)" COUNTED("a") },
    { "S", 'A', "init", BEFORE WHOZH BEFORE EACHZH DOES "(是|为|有|)" COUNTED("a") },
    { "A", 'A', "to", AFTER EACHZH DOES "(" WHAT "|)" UP "(到|至|为|成)(了|){!:up}" COUNTED("b") }, { "A", 'A', "to", AFTER EACHZH DOES "(" WHAT "|)" DOWN "(到|至|为|成)(了|){!:down}" COUNTED("b") },
    { "A", 'A', "by", AFTER EACHZH DOES "(" WHAT "|)((比原来|比去年|比上月|比以前|比上个月){!:than}{!:now}|又|)" "(" UP "|(多|多生产|多产){!:now})(了|){!:up}" COUNTED("d") }, { "A", 'A', "by", AFTER EACHZH DOES "(" WHAT "|)((比原来|比去年|比上月|比以前|比上个月){!:than}{!:now}|又|)" "(" DOWN "|(少|少生产|少产){!:now})(了|){!:down}" COUNTED("d") },
    { "A", 'A', "times", AFTER EACHZH DOES "(" WHAT "|)(" UP "到|" UP "为|" UP "后(是|为|达到)|是|为|达到|相当于)(原来|去年|上月|以前|上个月|最初)的{n:k}倍" }, { "A", 'A', "times", AFTER EACHZH DOES "(" WHAT "|)(" DOWN "到|" DOWN "为|" DOWN "至)(原来|去年|上月|以前|上个月|最初)的{n:f}{!:down}" }, { "A", 'A', "double", AFTER EACHZH "(" WHAT "|)翻(了|)(一|1)番{!:up}" },
    { "A", '.', "asknow", "(求|问|那么|则|)(" AFTER "|" OWNER AFTER "|" AFTER OWNER ")" EACHZH "(的|)(" WHAT "|)" DOES "(是|为|有|)({w:noun}|)" ASKN }, { "A", '.', "askdiff", "(求|问|那么|则|)(" EACHZH "|)(一共|共|)(比原来|)(" UP "|多生产|多产|多)(了|){!:askup}" ASKN }, { "A", '.', "askdiff", "(求|问|那么|则|)(" EACHZH "|)(比原来|)(" DOWN "|少生产|少产|少)(了|){!:askdown}" ASKN },
    { "A", '.', "askpct", "(求|问|那么|则|)(比原来|比去年|)" UP "(了|){!:askup}(百分之(几|多少)|几个百分|的百分(数|比|率)(是多少|))" }, { "A", '.', "askpct", "(求|问|那么|则|)(比原来|比去年|)" DOWN "(了|){!:askdown}(百分之(几|多少)|的百分(数|比|率)(是多少|))" }, { "A", '.', "asktimes", "(求|问|那么|则|)" AFTER "(的|)(" WHAT "|)(是|为)(原来|去年|上月|以前)的(多少|几)倍" },
    { NULL, 0, NULL, NULL },
};

#define ESUBJ "((a|an|the|one) {w:who}|{w:who})"
#define HADS "((made|produced|used to (make|produce)|grew|harvested|built){!:makes}|(sold|used to sell){!:sells}|had|employed|used to have|used|counted|received|planted)"
#define KINDS "(price{!:what1}|population{!:what2}|(output|production|daily output){!:what3}|salary{!:what4}|(enrolment|enrollment|membership){!:what5}|sales{!:what6}|value{!:what7}|number|total|amount|quantity|figure)"
#define PER "(( a day| per day| each day| every day| daily){!:per1}{!:each}|( a week| per week| each week){!:per2}{!:each}|( a month| per month| each month){!:per3}{!:each}|( a year| per year| each year){!:per4}{!:each}| last year| last month| last week| at first| originally| initially| in all|)"
#define THEN "( last year| last month| last week| in all|)"
#define QUANT "(the |this |its |their |that )" KINDS "( of {w:g}| of these|)( then| later| now| has|)"
#define ROSE "(increased|increases|rose|rises|grew|grows|went up|goes up|was increased|was raised|climbed|is increased){!:up}"
#define FELL "(decreased|decreases|fell|falls|dropped|drops|went down|goes down|was decreased|was reduced|shrank|is decreased|is reduced){!:down}"
static const struct clause en[] = {
    { "S", 'A', "init", ESUBJ " (originally |initially |once |)" HADS " {n:a} {w:g}" PER " (,|and|)" }, { "S", 'A', "init", "there were {n:a} {w:g}( (in|at) (a|an|the) {w:where}|)" PER }, { "S", 'A', "init", "(a|an|the|some) " KINDS "( of (a|an|the) {w:who}|) (is|was|equals) ({q:a}|{n:a})(,|and|)" },
    { "A", 'A', "to", "(then |later |now |and |)(" QUANT "|it|this) " ROSE " to ({q:b}|{n:b})( {w:g}|)" PER }, { "A", 'A', "to", "(then |later |now |and |)(" QUANT "|it|this) " FELL " to ({q:b}|{n:b})( {w:g}|)" PER },
    { "A", 'A', "by", "(then |later |now |and |)(" QUANT "|it|this) " ROSE " by ({q:d}|{n:d})( {w:g}|)" THEN }, { "A", 'A', "by", "(then |later |now |and |)(" QUANT "|it|this) " FELL " by ({q:d}|{n:d})( {w:g}|)" THEN },
    { "A", 'A', "times", "(then |later |now |and |)(" QUANT "|it|this) " ROSE " to {n:k} times (the|its) (original |former |old |)(number|value|amount|size|original|level)" }, { "A", 'A', "double", "(then |later |now |and |)(" QUANT "|it|this) (doubled|was doubled|is doubled){!:up}" }, { "A", 'A', "triple", "(then |later |now |and |)(" QUANT "|it|this) (tripled|was tripled|is tripled|trebled){!:up}" }, { "A", 'A', "half", "(then |later |now |and |)(" QUANT "|it|this) (halved|was halved|is halved){!:down}" },
    { "A", '.', "asknow", "how many {w:g}" PER " (does (it|he|she|the {w:who2}) (have|make|produce|sell|use|employ)|are there|are made|are produced|do they (have|make|produce)|is that|will there be|were there)" PER "( now| today| after this| after that| this year| at present| then|)" }, { "A", '.', "asknow", "(find|what is) the (new|final|current|present|resulting) " KINDS "( of {w:g}|)( now|)" },
    { "A", '.', "askdiff", "(by how (many|much) ({w:g}|)" PER " (did|has|does) (it|this|the " KINDS ")( of {w:g}|) (increase|increased|rise|risen|grow|grown|go up){!:askup}|(find|what is) the increase{!:askup}( in {w:g}|)|how many more {w:g}" PER " (are there|does it (make|have)) (now |){!:askup}(than before|))" }, { "A", '.', "askdiff", "(by how (many|much) ({w:g}|)" PER " (did|has|does) (it|this|the " KINDS ")( of {w:g}|) (decrease|decreased|fall|fallen|drop|dropped|go down){!:askdown}|(find|what is) the decrease{!:askdown}( in {w:g}|))" },
    { "A", '.', "askpct", "((by|what is) (what|the) (percentage|percent) (did|has) (it|this|the " KINDS ") (increase|increased|rise|risen|grow|grown){!:askup}|(find|what is) the (percentage|percent) increase{!:askup})" }, { "A", '.', "askpct", "((by|what is) (what|the) (percentage|percent) (did|has) (it|this|the " KINDS ") (decrease|decreased|fall|fallen|drop|dropped){!:askdown}|(find|what is) the (percentage|percent) decrease{!:askdown})" },
    { NULL, 0, NULL, NULL },
};

/* A positive number of a fact; pct: whether a percentage is allowed, and whether it is one. */
static val number_of(struct calc *c, struct facts *f, const char *name, int *pct)
{
    struct capture *k = fact_capture(f, name);
    if (k == NULL || k->e == NULL || (k->e->k == E_PCT && pct == NULL))
        return NULL;
    if (pct != NULL)
        *pct = k->e->k == E_PCT;
    val v = value_const(c, k->e);
    return v != NULL && value_sign_is(c, v, 1) == YES ? v : NULL;
}

/* All measures are of one unit or of none, and the asked one is of the same kind. */
static int units_agree(struct facts *f, const struct unit **out)
{
    const struct unit *u = NULL;
    for (int i = 0; i < f->n; i++)
        for (int j = 0; j < f->f[i].m.n; j++) {
            struct capture *k = &f->f[i].m.c[j];
            if (k->type == '!' || k->unit == NULL || k->unit->noun)
                continue;
            if (u != NULL && (memcmp(u->dim, k->unit->dim, sizeof u->dim) != 0 || u->p != k->unit->p || u->q != k->unit->q))
                return 0;
            u = k->unit;
        }
    *out = u;
    return 1;
}

/* The number after the one step; NULL if it is not known.  pct: it is a percentage. */
static val after(struct calc *c, struct facts *f, val a, int *pct)
{
    val b = NULL, d;
    int fpct = 0;
    if (fact_count(f, "to") == 1) {
        b = number_of(c, f, "b", NULL);
    } else if (fact_count(f, "by") == 1) {
        struct match *by = fact_get(f, "by");
        if ((d = number_of(c, f, "d", pct)) == NULL ||
            (!*pct && match_ex(by, "d")->k != E_NUM && match_get(by, "ux") == NULL))
            return NULL;                              /* 1/4 more: of it, or of one? */
        b = val_new(c);
        if (*pct)
            ca_mul(d, d, a, c->ca);
        if (fact_has(f, "up"))
            ca_add(b, a, d, c->ca);
        else
            ca_sub(b, a, d, c->ca);
    } else {
        val k = fact_count(f, "double") ? val_si(c, 2) : fact_count(f, "triple") ? val_si(c, 3) : fact_count(f, "half") ? val_q(c, 1, 2) : fact_capture(f, "f") != NULL ? number_of(c, f, "f", &fpct) : number_of(c, f, "k", NULL);
        if (k == NULL)
            return NULL;
        b = val_new(c);
        ca_mul(b, a, k, c->ca);
    }
    return b;
}

/* Of what is counted, the measure word and the noun: 400 名, 学生. */
static void counted(struct calc *c, struct match *m, const char **word, const char **noun)
{
    static const char *const words[] = { "名", "位", "个", "台", "棵", "本", "只", "辆", "件", "头", "条", "张", "册", "家", "套", "双", "把", "块", "株", "间", "艘", "架", "匹", "盆", "朵", "根", "支", "枚", "所", "座", "幅", "扇", "人" };
    struct capture *u = match_get(m, "ux") != NULL ? match_get(m, "ux") : match_get(m, "unit"), *g = match_get(m, "g");
    const char *t = calc_printf(c, "%s%s", u != NULL && u->unit != NULL ? u->unit->text : "", g != NULL ? g->raw : "");
    *word = u != NULL && u->unit != NULL && !u->unit->noun ? u->unit->text : "";
    for (size_t i = 0; i < sizeof words / sizeof *words && **word == '\0'; i++)
        if (strncmp(t, words[i], strlen(words[i])) == 0)
            *word = words[i];
    *noun = t + strlen(*word);
}

static int ends_with(const char *s, const char *end)
{
    return strlen(s) >= strlen(end) && strcmp(s + strlen(s) - strlen(end), end) == 0;
}

/* 人数 is of people, and of all of them: not where machines or only the boys were counted; 产量 is not of people. */
static int kind_fits(struct facts *f, const char *word, const char *noun)
{
    static const char *const all[] = { "", "人", "学生", "工人", "职工", "员工", "村民", "居民", "教师", "会员", "队员", "顾客", "游客" };
    int which = 0, people = strcmp(word, "人") == 0 || strcmp(word, "名") == 0 || strcmp(word, "位") == 0;
    if (fact_choice(f, "what", &which) != 1)
        return 1;
    if (which > 2)
        return !people;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(noun, all[i]) == 0)
            return people || *word == '\0';
    return 0;
}

/* Everything that is counted or asked is what was given at first, and its owner is the same. */
static int same_thing(struct calc *c, struct facts *f)
{
    const char *word = "", *noun = "", *w, *n[2];
    for (int i = 0; i < f->n; i++) {
        struct match *m = &f->f[i].m;
        counted(c, m, &w, &n[0]);
        n[1] = match_get(m, "noun") != NULL ? match_get(m, "noun")->raw : "";
        for (int j = 0; j < 2; j++) {
            if (*n[j] != '\0' && *noun == '\0' && i == 0)
                noun = n[j];
            else if (*n[j] != '\0' && strcmp(n[j], noun) != 0)
                return 0;
        }
        if (i == 0)
            word = *w == '\0' && has(m, "what1") ? "人" : w;
        else if (*w != '\0' && strcmp(w, word) != 0)
            return 0;
        for (int j = 0; j < m->n; j++)
            if (m->c[j].type == 'w' && (strstr(m->c[j].raw, "量") != NULL || strstr(m->c[j].raw, "额") != NULL || ends_with(m->c[j].raw, "数")))
                return 0;                             /* a quantity, no thing */
    }
    if (!kind_fits(f, word, noun))
        return 0;
    struct capture *who = match_get(&f->f[0].m, "who"), *owner = fact_capture(f, "owner"), *place = fact_capture(f, "place");
    return (owner == NULL || (who != NULL && strcmp(who->raw, owner->raw) == 0 && fact_same_words(f, "owner"))) && (place == NULL || (who != NULL && ends_with(who->raw, place->raw)));
}

/* English names for a quantity: a price where a price was given, an output where something is made. */
static int same_kind(struct facts *f)
{
    struct match *m = &f->f[0].m;
    int which = 0, n = fact_choice(f, "what", &which);
    static const char *const mark[] = { "", "what1", "what2", "what3", "what4", "what5", "what6", "what7" };
    if (n != 1)
        return n == 0;
    int makes = has(m, "makes"), sells = has(m, "sells");
    return has(m, mark[which]) || ((which == 2 || which == 5) && !makes && !sells && fact_capture(f, "g") != NULL) || (which == 3 && makes) || (which == 6 && sells);
}

/* "Each year" is a rate of what was a rate at first, or nobody knows how many years. */
static int same_periods(struct facts *f)
{
    int which;
    if (fact_choice(f, "per", &which) > 1 || fact_choice(f, "what", &which) > 1 || (fact_has(f, "bare") && fact_choice(f, "what", &which) > 0))
        return 0;
    for (int i = 0; i < f->n; i++)
        if (has(&f->f[i].m, "each") && (!has(&f->f[0].m, "each") || (i > 0 && (strcmp(f->f[i].tag, "by") == 0 || strcmp(f->f[i].tag, "times") == 0 || strcmp(f->f[i].tag, "double") == 0) && !has(&f->f[i].m, "now"))))
            return 0;
    return 1;
}

static int change_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    val a, b, v = val_new(c);
    int pct = 0, steps = fact_count(f, "to") + fact_count(f, "by") + fact_count(f, "times") + fact_count(f, "double") + fact_count(f, "triple") + fact_count(f, "half");
    const char *ask = f->f[f->n - 1].tag;
    if (!same_periods(f) || (arg != NULL ? !same_thing(c, f) : !same_kind(f)) || (fact_capture(f, "who2") != NULL && (fact_capture(f, "who") == NULL || strcasecmp(fact_capture(f, "who")->raw, fact_capture(f, "who2")->raw) != 0)))
        return 0;
    if (fact_has(f, "than") && !fact_has(f, "before"))
        return 0;                                     /* "300, 20 % more than last year": 300 is after */
    if (fact_count(f, "init") != 1 || steps != 1 || (arg == NULL && !fact_same_words(f, "g")) || (a = number_of(c, f, "a", NULL)) == NULL || !units_agree(f, &r->unit))
        return 0;
    b = after(c, f, a, &pct);
    if (b == NULL || value_sign_is(c, b, 1) != YES)
        return 0;
    int more = value_cmp(c, b, a);
    if (more == 0 || more == 2 || (fact_has(f, "up") && more < 0) || (fact_has(f, "down") && more > 0) || (fact_has(f, "askup") && more < 0) || (fact_has(f, "askdown") && more > 0))
        return 0;
    if (strcmp(ask, "asknow") == 0) {
        if (fact_count(f, "to") == 1)
            return 0;                                 /* it is said already */
        v = b;
    } else if (strcmp(ask, "askdiff") == 0 || strcmp(ask, "askpct") == 0) {
        if (fact_count(f, "by") == 1 && (strcmp(ask, "askdiff") == 0) != pct)
            return 0;
        ca_sub(v, more > 0 ? b : a, more > 0 ? a : b, c->ca);
        if (strcmp(ask, "askpct") == 0) {
            ca_div(v, v, a, c->ca);
            r->percent = 1;
            r->unit = NULL;
        }
    } else {                                          /* asktimes */
        ca_div(v, b, a, c->ca);
        r->unit = NULL;
    }
    const char *word, *noun;
    counted(c, &f->f[0].m, &word, &noun);
    struct capture *u = fact_capture(f, "ux");
    int whole = (u != NULL && u->unit != NULL && u->unit->noun) || (*word != '\0' && (u == NULL || u->unit == NULL || u->unit->noun)) || strcmp(noun, "学生") == 0;
    if (whole && !r->percent && strcmp(ask, "asktimes") != 0 && ca_check_is_integer(v, c->ca) != T_TRUE)
        return 0;                                     /* half a person: something was not as it was read */
    r->k = S_VALUE;
    r->v = v;
    r->text = calc_printf(c, "%s before, %s after, find %s", value_text(c, a, 0), value_text(c, b, 0), strcmp(ask, "asknow") == 0 ? "the number after" : strcmp(ask, "askdiff") == 0 ? "the difference" : strcmp(ask, "askpct") == 0 ? "the difference as a share of the number before" : "how many times it is");
    return 1;
}

int read_changes(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "changes";
    return clause_mentions(q, "增|减|提高|上升|下降|降低|番|倍|increas|rose|grew|decreas|fell|drop|doubl|tripl|halv|went|raised|reduced|rise|fall") && (clause_read(c, q, zh, change_done, r, "z") || clause_read(c, q, en, change_done, r, NULL));
}
