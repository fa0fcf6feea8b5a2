/* read_chances.c - several independent events, each with its probability: all, none, not
 * all, at least, at most, exactly so many of them, only one that is named.  Independence
 * must be stated.  Every outcome is looked at. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

enum { MAX_EVENTS = 4 };

/* What succeeds must be the same thing throughout: s1 hits, s2 solves, s3 passes, ... */
#define DID "(命中(了|)(目标|靶子|靶心|){!:s1}|击中(了|)(目标|靶子|靶心|){!:s1}|射中(了|)(目标|靶子|){!:s1}|打中(了|)(目标|){!:s1}|中靶{!:s1}|中目标{!:s1}|投中{!:s4}|投进{!:s4}|解出(了|)(该题|此题|这道题|这题|本题|来|){!:s2}|解决(了|)(该问题|此问题|这个问题|问题|该题|){!:s2}|做对(了|)(该题|此题|这道题|){!:s2}|答对(了|)(该题|此题|这道题|){!:s2}|做出(该题|此题|这道题){!:s2}|破译(出|)(了|)(该|此|这份|这个|)(密码|){!:s5}|译出(该|此|)(密码|){!:s5}|通过(了|)(该|这次|)(考试|测试|考核|面试|选拔|审核|){!:s3}|合格{!:s6}|及格{!:s7}|达标{!:s7}|成功{!:s8}|发生{!:s9})"
#define ZHN "(甲,乙{!:n2}|甲,乙,丙{!:n3}|甲,乙,丙,丁{!:n4})"
#define FOLK "({i:n}(人|名射手|名运动员|名同学|名学生|名选手|个人|位同学|位选手|位射手|名战士|队|台机器)|二人|{i:n}射手|)"
#define ONE "(一|1)"
#define EACH "(各|分别|各自|都|每人|)"
#define INDZH "(独立(地|)|相互独立(地|)|各自独立(地|)|彼此独立(地|)|互不影响(地|))"
#define AIM "((同时|)(向|对|朝)(同一|一|同一个|一个|)(目标|靶|飞机|目标物)(各|)(进行|)(射击|射|打靶|各射击)|射击(同一|同一个|一个|)(目标|靶子|)|(进行|)投篮|(破译|翻译)(同|)(一份|一个|同一份|)密码|(解|做|解答|解决)(同一|一|同一道|一道|这道|同|)(道|)(数学|)(题|题目|问题|难题)|参加(同一|一|)(次|场|项|)(考试|测试|考核|面试|比赛))(射击|)((" ONE "次)|)"
#define ONCE "(现|现在|若|如果|)(让|由|)(两人|他们|" ZHN "|)" FOLK "(各|分别|每人|同时|)(射击|投篮|投|射|打|独立射击|解答|独立解答)(" ONE "次|)"
#define RATE "(的概率|的可能性|的命中率|概率|命中率|的成功率|成功率)"
#define INDIS "(且|并且|设|假设|已知|若|)(他们|两人|" ZHN "|各人|每人|)" FOLK "((是否|)" DID "(与否|)(目标|)|射击|投篮|破译|解题|的结果|射击的结果|投篮的结果|之间)(相互之间|)(是|)(相互独立|互不影响|没有影响|互相独立|彼此独立|互不相关)(的|)"
#define NOT "(没有|没|未|未能|没能|不|都不能)"

static const struct clause zh[] = {
    { "SA", 'A', "who", "(已知|设|有|)" ZHN FOLK EACH "(" INDZH "{!:ind}|)" EACH AIM },
    { "SA", 'A', "indep", INDIS "{!:ind}" },
    { "A", 'A', "once", ONCE },
    { "SA", 'A', "rates", "(已知|设|若|如果|且|)(他们|两人|它们|各人|" ZHN "|)" FOLK "(" INDZH "{!:ind}|)" "(能|)(" DID "|)" RATE "(分别|依次|)(是|为|等于){l:p}" },
    { "SA", 'A', "one", "(已知|设|若|如果|且|)" "(甲{!:i1}|乙{!:i2}|丙{!:i3}|丁{!:i4})(能|)(" DID "|)" RATE "(是|为|等于|){n:q}" },
    { "A", 'E', "lead", "(求|则|那么|问|试求|)(下列事件的|)" },
    { "E", 'P', "all", "(" ZHN "|他们|)" FOLK "(都|均|全|全都|同时|全部)(能|)" DID },
    { "E", 'P', "none", "(" ZHN "|他们|)" FOLK "(都|均|全|全都)" NOT "(能|)" DID },
    { "E", 'P', "none", "(没有人|无人|没人|没有一人)" DID }, { "E", 'P', "none", "(目标|靶子)(没有|没|未)(被|)(击中|命中){!:s1}" }, { "E", 'P', "none", "(密码)(没有|没|未)(能|)(被|)(破译|译出){!:s5}" },
    { "E", 'P', "notall", "(" ZHN "|他们|)" FOLK "(不都|没有都|并非都|不全|没有全|不全都|不同时)(能|)" DID },
    { "E", 'P', "some", "(目标|靶子|靶|飞机)(被|能被|)(击中|命中){!:s1}" }, { "E", 'P', "some", "(该|此|这份|)(密码)(被|能被|)(破译|译出){!:s5}" }, { "E", 'P', "some", "(该题|此题|这道题|问题|题目|该问题|这道难题|此问题)(被|能被|得到|能得到)(解出|解决|做出){!:s2}" },
    { "E", 'P', "count", "(" ZHN "中|他们|他们中|其中|)" FOLK "(中|)(至少{!:ge}|至多{!:le}|最多{!:le}|最少{!:ge}|恰{!:eq}|恰好{!:eq}|刚好{!:eq}|正好{!:eq}|只{!:eq}|仅{!:eq}|有且只{!:eq}|有且仅{!:eq}|恰恰{!:eq})(有|)({i:j}|)(人|个人|名|个|位|名射手|名运动员|名同学|位同学|名选手)(能|)" DID },
    { "E", 'P', "only", "(只有|仅有|仅|只)(甲{!:j1}|乙{!:j2}|丙{!:j3})(一人|)(能|)" DID },
    { "E", 'P', "only", "甲{!:j1}" DID "(而|但|且|,|)乙" NOT "(能|)" DID "{!:two}" }, { "E", 'P', "only", "乙{!:j2}" DID "(而|但|且|,|)甲" NOT "(能|)" DID "{!:two}" },
    { "P", '.', "ask", "(目标|)的概率(是多少|为多少|等于多少|是|为|)" },
    { NULL, 0, NULL, NULL },
};

#define TARGET "( (the|a|its|his|her|their|the same) (target|bull's eye|mark)| it|)"
#define DOES "((hit|hits)" TARGET "{!:s1}|(solve|solves)( the (problem|puzzle|question)| it|){!:s2}|(pass|passes)( the (exam|test|examination|interview)| it|){!:s3}|(make|makes|score|scores|sink|sinks)( the shot| a basket| the basket| the free throw| it|){!:s4}|(crack|cracks|break|breaks|decipher|deciphers|decode|decodes)( the (code|cipher|password)| it|){!:s5}|(work|works|function|functions){!:s6}|(win|wins)( the (prize|match|game)| it|){!:s7}|(succeed|succeeds){!:s8}|(occur|occurs|happen|happens){!:s9})"
#define DOING "(hitting" TARGET "{!:s1}|a hit{!:s1}|solving( the (problem|puzzle|question)| it){!:s2}|passing( the (exam|test)| it){!:s3}|making( the shot| a basket| a free throw| it){!:s4}|success{!:s8}|succeeding{!:s8}|cracking( the code| it){!:s5})"
#define MISSES "((miss|misses)" TARGET "{!:s1}|(fail|fails){!:s0}|(does|do) not " DOES "|(doesn't|don't) " DOES "|(fail|fails) to " DOES ")"
#define IND "( independently{!:ind}( of each other| of one another|)|)"
#define AIMED "((shoot|shoots|fire|fires|aim|aims|throw|throws|shot|are shooting)" IND " (one shot |one arrow |)(at (the|a|the same) (target|basket|mark)|)|(try|tries|attempt|attempts|work|works)" IND " (to solve|on|to crack|to decode|to decipher) (a|the|the same) (problem|puzzle|question|code|cipher)|(take|takes)" IND " (a|the|the same) (exam|test|shot|free throw))"
#define TWO "(archers|shooters|players|people|students|friends|marksmen|machines|persons|hunters|gunners|events)"
static const struct clause en[] = {
    { "SA", 'A', "who", "(suppose |)({i:n} " TWO ",|){w:x} and {w:y} (each |both |)(independently{!:ind} |)" AIMED " (independently{!:ind}( of each other| of one another|) |)(once |)(each |)(,|and|)" },
    { "SA", 'A', "who3", "(suppose |)({i:n} " TWO ",|){w:x},{w:y}(,|) and {w:z} (each |all |)(independently{!:ind} |)" AIMED " (independently{!:ind}( of each other| of one another|) |)(once |)(each |)(,|and|)" },
    { "SA", 'A', "whon", "(suppose |)(the |){i:n} " TWO " (each |both |all |)(independently{!:ind} |)" AIMED " (independently{!:ind}( of each other| of one another|) |)(once |)(each |)(,|and|)" },
    { "SA", 'A', "rates", "(they |who |)" DOES " (it |)with (probability|probabilities|respective probabilities|chances) {l:p}( respectively|)" },
    { "SA", 'A', "rates", "(their |the |)(probabilities|chances|probability|respective probabilities) (of|for) " DOING " (the target |)(are|is) {l:p}( respectively|)" },
    { "SA", 'A', "rates", "the probabilities that (they|{w:x} and {w:y}|{w:x},{w:y}(,|) and {w:z}) " DOES " (are|is) {l:p}( respectively|)" },
    { "SA", 'A', "one", "(if |suppose |and |)(the |)(probability|chance) (that |of )(the |){w:v}( archer| player| shooter| one| student| hunter| machine|) (" DOES "|" DOING ") (is|equals) {n:q} (,|and|)" },
    { "SA", 'A', "one", "(if |suppose |and |while |)(the |){w:v}( archer| player| shooter| one| student| hunter| machine|) (" DOES " |(has|with) )(a |)(with |)(a |)(probability|chance) (of " DOING " |)(of |is |equal to |){n:q}( of " DOING "|) (,|and|)" }, { "SA", 'A', "one", "(if |suppose |and |while |)(the |){w:v}( archer| player| shooter| one| student| hunter| machine|) (" DOES " |has )a {n:q} (probability|chance)( of " DOING "|) (,|and|)" },
    { "SA", 'A', "indep", "(and |where |with |assume |assume that |suppose |suppose that |)(they |{w:x} and {w:y} |the two |their |the |these |)(shots |results |outcomes |attempts |events |trials |)(" AIMED "|act|work|try|) (are |is |)(all |mutually |)independent(ly|)( of each other| of one another|){!:ind}( each| once|)" },
    { "A", 'A', "once", "(each|both|they|each of them|they each|everyone|each one)( of them|) (shoots|shoot|fires|fire|throws|throw|tries|try)( exactly| just|) (once|one time|one shot|one arrow)" },
    { "A", 'E', "lead", "(find|what is|calculate|determine|compute) the (probability|chance) (that|of) (the event that |)" },
    { "E", '.', "all", "(they |{w:x} and {w:y} |)(both|all three|all|both {w:x} and {w:y}) (of them |{i:n} |)" DOES },
    { "E", '.', "none", "(neither|none|no one|nobody|neither {w:x} nor {w:y}|none of the {i:n}) (of (them|the (two|three)) |)" DOES }, { "E", '.', "none", "(they |)(both|all|all three) (of them |)" MISSES }, { "E", '.', "none", "the (target|mark) is (not hit|missed){!:s1}" },
    { "E", '.', "notall", "(they|{w:x} and {w:y}|the two|the three) (do|will|may) not (both|all) " DOES }, { "E", '.', "notall", "(not (both|all)|not (both|all) of them) " DOES },
    { "E", '.', "some", "the (target|mark) is hit( at least once| by at least one of them|){!:s1}" }, { "E", '.', "some", "the (problem|puzzle|question) (is|gets|will be) solved{!:s2}" }, { "E", '.', "some", "the (code|cipher|password) (is|gets|will be) (cracked|broken|deciphered|decoded){!:s5}" },
    { "E", '.', "count", "(at least{!:ge}|at most{!:le}|no more than{!:le}|exactly{!:eq}|only{!:eq}|just{!:eq}|precisely{!:eq}) {i:j} (of (them|the (two|three)|{w:x} and {w:y}) |person |of these |archer |shooter |player |student |event |)" DOES },
    { "E", '.', "only", "only {w:o} (of (them|the two) |)" DOES }, { "E", '.', "only", "{w:o} " DOES " (but|and|while),{w:k} " MISSES "{!:two}" },
    { NULL, 0, NULL, NULL },
};

struct chances { int n, named; const char *name[MAX_EVENTS]; val p[MAX_EVENTS]; };

static int known_name(struct chances *h, const struct capture *k, int may_add)
{
    if (k == NULL || k->raw == NULL)
        return -1;
    for (int i = 0; i < h->named; i++)
        if (strcasecmp(h->name[i], k->raw) == 0)
            return i;
    static const char *const no[] = { "one", "two", "three", "person" };
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (strcasecmp(no[i], k->raw) == 0)
            return -1;
    if (!fact_is_name(k->raw) && strcasecmp(k->raw, "first") != 0 && strcasecmp(k->raw, "second") != 0 && strcasecmp(k->raw, "third") != 0)
        return -1;
    if (!may_add || h->named == MAX_EVENTS)
        return -1;
    h->name[h->named] = k->raw;
    return h->named++;
}

/* The probabilities, in the order of the names. */
static int chances_of(struct calc *c, struct facts *f, struct chances *h)
{
    static const char *const names[] = { "x", "y", "z" }, *const own[] = { "i1", "i2", "i3", "i4" };
    val zero = val_si(c, 0), one = val_si(c, 1);
    for (int i = 0; i < f->n; i++)                    /* names in order, from the statement of who there is */
        for (int j = 0; j < 3 && (strncmp(f->f[i].tag, "who", 3) == 0 || strcmp(f->f[i].tag, "rates") == 0); j++)
            if (match_get(&f->f[i].m, names[j]) != NULL && known_name(h, match_get(&f->f[i].m, names[j]), 1) < 0)
                return 0;
    if (fact_count(f, "rates") == 1) {
        struct capture *k = match_get(fact_get(f, "rates"), "p");
        if (fact_count(f, "one") > 0 || k->e->n > MAX_EVENTS)
            return 0;
        h->n = k->e->n;
        for (int i = 0; i < h->n; i++)
            h->p[i] = k->e->a[i]->k == E_DEG ? NULL : value_const(c, k->e->a[i]);
    } else if (fact_count(f, "rates") > 1) {
        return 0;
    }
    for (int i = 0; i < f->n; i++) {
        if (strcmp(f->f[i].tag, "one") != 0)
            continue;
        struct match *m = &f->f[i].m;
        int who = match_get(m, "v") != NULL ? known_name(h, match_get(m, "v"), 1) : -1;
        for (int j = 0; j < MAX_EVENTS && match_get(m, "v") == NULL; j++)
            if (has(m, own[j]))
                who = j;
        if (who < 0 || h->p[who] != NULL)
            return 0;
        h->p[who] = value_const(c, match_ex(m, "q"));
        h->n++;
    }
    for (int i = 0; i < h->n; i++)
        if (h->p[i] == NULL || value_cmp(c, h->p[i], zero) < 0 || value_cmp(c, h->p[i], zero) == 2 || value_cmp(c, h->p[i], one) > 0)
            return 0;
    return h->n >= 2;
}

static int chances_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    static const char *const events[] = { "all", "none", "notall", "some", "count", "only" };
    struct chances h = { 0 };
    const char *event = NULL;
    long j = 1, n;
    int kind = 0, who = -1;
    (void)arg;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (fact_count(f, events[i]) > 0) {
            if (event != NULL)
                return 0;
            event = events[i];
        }
    if (event == NULL || !fact_has(f, "ind") || fact_choice(f, "s", &kind) > 1 || !chances_of(c, f, &h))
        return 0;
    if (fact_has(f, "s0") && kind > 1)
        return 0;                                     /* "fails" is said of tries, not of events */
    for (int i = 2; i <= 4; i++)                      /* 甲、乙、丙: as many as there are numbers */
        if (fact_has(f, calc_printf(c, "n%d", i)) && i != h.n)
            return 0;
    for (int i = 0; i < f->n; i++) {
        struct match *m = &f->f[i].m;
        if (match_ex(m, "n") != NULL && (!ex_is_int(match_ex(m, "n"), &n) || n != h.n))
            return 0;
        if (strncmp(f->f[i].tag, "who", 3) != 0 && ((match_get(m, "x") != NULL && known_name(&h, match_get(m, "x"), 0) < 0) || (match_get(m, "y") != NULL && known_name(&h, match_get(m, "y"), 0) < 0)))
            return 0;
    }
    if (h.named > 0 && h.named != h.n)
        return 0;
    int rel = fact_has(f, "ge") ? 1 : fact_has(f, "le") ? -1 : 0;
    if (strcmp(event, "count") == 0 && (fact_capture(f, "j") == NULL || !fact_int(f, "j", &j) || j < 0 || j > h.n))
        return 0;
    if (strcmp(event, "only") == 0) {
        struct capture *o = fact_capture(f, "o"), *k = fact_capture(f, "k");
        who = o != NULL ? known_name(&h, o, 0) : fact_has(f, "j1") ? 0 : fact_has(f, "j2") ? 1 : 2;
        if (who < 0 || who >= h.n || (fact_has(f, "two") && h.n != 2) || (k != NULL && (known_name(&h, k, 0) < 0 || known_name(&h, k, 0) == who)))
            return 0;
    }
    val sum = val_si(c, 0), one = val_si(c, 1);
    for (int o = 0; o < 1 << h.n; o++) {
        int hits = 0;
        val w = val_si(c, 1), q = val_new(c);
        for (int i = 0; i < h.n; i++) {
            hits += o >> i & 1;
            ca_sub(q, one, h.p[i], c->ca);
            ca_mul(w, w, o >> i & 1 ? h.p[i] : q, c->ca);
        }
        int in = strcmp(event, "all") == 0 ? hits == h.n : strcmp(event, "none") == 0 ? hits == 0 : strcmp(event, "notall") == 0 ? hits < h.n : strcmp(event, "some") == 0 ? hits > 0 :
                 strcmp(event, "only") == 0 ? o == 1 << who : rel > 0 ? hits >= j : rel < 0 ? hits <= j : hits == j;
        if (in)
            ca_add(sum, sum, w, c->ca);
    }
    r->k = S_VALUE;
    r->v = sum;
    r->text = "independent events of probability";
    for (int i = 0; i < h.n; i++)
        r->text = calc_printf(c, "%s%s %s", r->text, i ? "," : "", value_text(c, h.p[i], 0));
    r->text = calc_printf(c, "%s, P(%s)", r->text, strcmp(event, "count") == 0 ? calc_printf(c, "%s %ld of them", rel > 0 ? "at least" : rel < 0 ? "at most" : "exactly", j) :
                          strcmp(event, "only") == 0 ? calc_printf(c, "only the %s", who == 0 ? "first" : who == 1 ? "second" : "third") :
                          strcmp(event, "all") == 0 ? "all of them" : strcmp(event, "none") == 0 ? "none of them" : strcmp(event, "notall") == 0 ? "not all of them" : "at least one of them");
    return 1;
}

int read_chances(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "chances";
    return clause_mentions(q, "概率|probabilit|chance") && (clause_read(c, q, zh, chances_done, r, NULL) || clause_read(c, q, en, chances_done, r, NULL));
}
