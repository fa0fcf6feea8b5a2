/* read_counts.c - counting by a formula, statistics of a list, angles of polygons, lines
 * through points. */
#include "plugins/calculator/questions/read.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define WAYS "(选法|取法|方法|排法|坐法|站法|分法|放法|投法|送法|分配方法|分配方案|分配方式|走法|搭配方法|搭配|排列方法|选取方法|安排方法|安排方案|选派方案|选派方法)"
#define WAYZH "((,|)(问|则|)(一共|总共|共|)(可以|)(有|)(多少|几)种(不同的|)" WAYS "|(,|)(则|问|)(不同的|)" WAYS "(的|)(种数|总数|)(一共|总共|共|)(有|为|是|)(多少|几)(种|))"
#define PEOPLE "(people|students|members|persons|children|books|players|candidates|items|letters|runners|girls|boys|men|women|friends|teachers|workers|athletes|swimmers|dancers)"
#define ROLE1 "(a|the) (president|chairman|chairperson|chair|captain|leader|monitor|manager|class president|head)"
#define ROLE2 "(a|the) (vice-president|vice president|secretary|treasurer|vice-captain|vice captain|vice-chairman|deputy|deputy leader|vice chairman|assistant|vice-chair)"
#define ALIKE "(if |when |where |given that |assuming |)(rotations (of (the same|an) (arrangement|seating) |)are (counted as (one|the same|identical)|considered (the same|identical|as one)|regarded as the same|treated as the same|not (counted|considered|regarded) as different|not counted separately|identified)|two (seatings|arrangements) are (considered|regarded as|counted as) (the same|identical) (if|when) one (is a rotation of the other|can be (obtained from|rotated into) the other( by rotation|))|(arrangements|seatings) that differ (only |)by (a |)rotation are (considered|counted as|regarded as) the same)"
#define TALK "(meeting|party|conference|tournament)"

static int int_of(struct match *m, const char *name, long *v) { return ex_is_int(match_ex(m, name), v); }

/* n different things to k different takers, each at least one, or any number. */
static int distribute(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n, k, v;
    (void)q;
    if (!int_of(m, "n", &n) || !int_of(m, "k", &k) || n < 1 || k < 1 || n > 12 || k > 8 || (match_ex(m, "one") != NULL && (!int_of(m, "one", &v) || v != 1)))
        return 0;
    long total = 0;
    for (long j = 0; j <= k; j++) {                   /* those that leave out j of the takers */
        long ways = 1, bin = 1;
        for (long i = 0; i < n; i++)
            ways *= k - j;
        for (long i = 0; i < j; i++)
            bin = bin * (k - i) / (i + 1);
        total += (j % 2 ? -1 : 1) * bin * ways;
        if (!has(m, "each"))
            break;
    }
    r->k = S_VALUE;
    r->v = val_si(c, total);
    r->text = calc_printf(c, "%ld different things to %ld different takers%s, find the number of ways", n, k, has(m, "each") ? ", each at least one" : "");
    return 1;
}

/* n letters in n envelopes: exactly j right, none, or at least one. */
static int fixed_points(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n, k, j = 0;
    (void)q;
    if (!int_of(m, "n", &n) || !int_of(m, "k", &k) || n != k || n < 1 || n > 12 || match_get(m, "codes") != NULL || match_get(m, "codes2") != NULL)
        return 0;
    if (match_ex(m, "j") != NULL && (!int_of(m, "j", &j) || j < 0 || j > n))
        return 0;
    if (has(m, "wrong"))
        j = n - j;
    long total = 0, none = 0, all = 1;
    for (long i = 2; i <= n; i++)
        all *= i;
    for (int pass = 0; pass < 2; pass++) {            /* C(n, j) times the derangements of the others */
        long left = pass ? n : n - j, a = 1, b = 0, ways = 1;
        for (long i = 2; i <= left; i++) {
            long t = (i - 1) * (a + b);
            a = b;
            b = t;
        }
        for (long i = 0; i < n - left; i++)
            ways = ways * (n - i) / (i + 1);
        *(pass ? &none : &total) = ways * (left == 0 ? 1 : left == 1 ? 0 : b);
    }
    r->k = S_VALUE;
    r->v = val_si(c, has(m, "none") ? none : has(m, "some") ? all - none : has(m, "somewrong") ? all - 1 : total);
    r->text = calc_printf(c, "permutations of %ld with %s, find their number", n, has(m, "none") ? "no fixed point" : has(m, "some") ? "at least one fixed point" : has(m, "somewrong") ? "a point that is not fixed" : calc_printf(c, "exactly %ld fixed points", j));
    return 1;
}

static int letters_listed(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct capture *w = match_get(m, "w");
    const char *s = w->raw;
    int n[128] = { 0 }, total = 0;
    (void)q;
    if (w->type == 'w' && !has(m, "word") && islower((unsigned char)*s))
        return 0;                                     /* "the letters of alphabet" */
    for (; *s != '\0'; s++) {
        if (*s == ',' || *s == ' ')
            continue;
        if (!isalpha((unsigned char)*s) || ++total > 12)
            return 0;
        n[(unsigned char)*s]++;
    }
    long v = 1, k = 0;
    for (int i = 0; i < 128; i++)
        for (int j = 1; j <= n[i]; j++)
            v = v * ++k / j;
    r->k = S_VALUE;
    r->v = val_si(c, v);
    r->text = calc_printf(c, "letters %s in a row, find the number of different arrangements", match_get(m, "w")->raw);
    return total >= 2 && (match_ex(m, "cnt") == NULL || (int_of(m, "cnt", &k) && k == total));
}

/* P(A) = 3/5: the number. */
static val chance(struct calc *c, struct capture *k, char event)
{
    const char *s = k->raw;
    if (k->type != 'r')
        return k->e != NULL ? value_const(c, k->e) : NULL;
    if (s == NULL || s[0] != 'P' || s[1] != '(' || s[2] != event || s[3] != ')')
        return NULL;
    s += 4;
    while (*s == ' ')
        s++;
    if (*s++ != '=')
        return NULL;
    struct ex *e = parse_all(c, s, strlen(s), 0);
    return e == NULL || ex_has_sym(e, NULL) || e->k == E_REL ? NULL : value_const(c, e);
}

static int independent(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct capture *k = match_get(m, "a"), *l = match_get(m, "b");
    val a = chance(c, k != NULL ? k : match_get(m, "pa"), 'A'), b = chance(c, l != NULL ? l : match_get(m, "pb"), 'B'), one = val_si(c, 1), both = val_new(c), sum = val_new(c), zero = val_si(c, 0);
    (void)q;
    if (a == NULL || b == NULL || value_cmp(c, a, zero) == -1 || value_cmp(c, b, zero) == -1 || value_cmp(c, a, one) > 0 || value_cmp(c, b, one) > 0)
        return 0;
    ca_mul(both, a, b, c->ca);
    ca_add(sum, a, b, c->ca);
    r->v = val_new(c);
    if (has(m, "both")) {
        r->v = both;
    } else if (has(m, "notboth")) {
        ca_sub(r->v, one, both, c->ca);
    } else {
        ca_sub(sum, sum, both, c->ca);                /* at least one */
        if (has(m, "neither"))
            ca_sub(r->v, one, sum, c->ca);
        else if (has(m, "exactly"))
            ca_sub(r->v, sum, both, c->ca);
        else
            r->v = sum;
    }
    r->k = S_VALUE;
    r->text = calc_printf(c, "independent events of probability %s and %s, P(%s)", value_text(c, a, 0), value_text(c, b, 0), has(m, "both") ? "both" : has(m, "notboth") ? "not both" : has(m, "neither") ? "neither" : has(m, "exactly") ? "exactly one" : "at least one");
    return 1;
}

static int data_of(struct calc *c, struct match *m, val *v, int *n)
{
    struct ex *d = match_ex(m, "d");
    if (d == NULL || d->n < 2 || d->n > 60)
        return 0;
    *n = d->n;
    for (int i = 0; i < d->n; i++)
        if ((v[i] = value_const(c, d->a[i])) == NULL || value_is_real(c, v[i]) != YES || ex_has_kind(d->a[i], E_PCT))
            return 0;
    return 1;
}

/* Sorts v; NULL if two values could not be compared. */
static val median_of(struct calc *c, val *v, int n)
{
    val s = val_new(c);
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0; j--) {
            int order = value_cmp(c, v[j - 1], v[j]);
            if (order == 2)
                return NULL;
            if (order != 1)
                break;
            val t = v[j];
            v[j] = v[j - 1];
            v[j - 1] = t;
        }
    ca_add(s, v[(n - 1) / 2], v[n / 2], c->ca);
    ca_div_si(s, s, 2, c->ca);
    return s;
}

/* The most frequent value, if there is one only; the range; the mean; the median. */
static int list_figure(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    val v[60], best = NULL;
    int n, top = 0, ties = 0;
    (void)q;
    if (!data_of(c, m, v, &n))
        return 0;
    r->k = S_VALUE;
    r->unit = match_get(m, "unit") != NULL ? match_get(m, "unit")->unit : NULL;
    if (has(m, "mode")) {
        for (int i = 0; i < n; i++) {
            int k = 0, before = 0;
            for (int j = 0; j < n; j++) {
                int eq = value_equal(c, v[i], v[j]) == YES;
                k += eq;
                before |= eq && j < i;
            }
            if (before)
                continue;
            if (k > top) {
                top = k;
                best = v[i];
                ties = 1;
            } else {
                ties += k == top;
            }
        }
        if (ties != 1)
            return 0;
        r->v = best;
    } else if (has(m, "range")) {
        val lo = v[0], hi = v[0];
        for (int i = 1; i < n; i++) {
            if (value_cmp(c, v[i], lo) == 2)
                return 0;
            lo = value_cmp(c, v[i], lo) < 0 ? v[i] : lo;
            hi = value_cmp(c, v[i], hi) > 0 ? v[i] : hi;
        }
        r->v = val_new(c);
        ca_sub(r->v, hi, lo, c->ca);
    } else {
        val s = val_si(c, 0);
        long k;
        if (match_ex(m, "k") != NULL && (!int_of(m, "k", &k) || k != n))
            return 0;
        for (int i = 0; i < n; i++)
            ca_add(s, s, v[i], c->ca);
        if (has(m, "median")) {
            if ((s = median_of(c, v, n)) == NULL)
                return 0;
        } else {
            ca_div_si(s, s, n, c->ca);
        }
        r->v = s;
    }
    r->text = calc_printf(c, "data %s, find the %s", ex_text(c, match_ex(m, "d")), has(m, "mode") ? "mode" : has(m, "range") ? "range" : has(m, "median") ? "median" : "mean");
    return 1;
}

/* Both, in the order in which they are asked. */
static int mean_and_median(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    static const char *const names[] = { "mean", "median" };
    int first = has(m, "medianfirst");
    val v[60], mean = val_si(c, 0), median;
    int n;
    (void)q;
    if (!data_of(c, m, v, &n) || (median = median_of(c, v, n)) == NULL)
        return 0;
    for (int i = 0; i < n; i++)
        ca_add(mean, mean, v[i], c->ca);
    ca_div_si(mean, mean, n, c->ca);
    read_two(c, r, names, mean, median, first);
    r->text = calc_printf(c, "data %s, find the %s and the %s", ex_text(c, match_ex(m, "d")), names[first], names[!first]);
    return 1;
}

/* 2, 4, x, 6 with a given mean: x; several numbers and their mean: the one that is left. */
static int missing_datum(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *mean = match_ex(m, "mean");
    val s = val_si(c, 0), k;
    int n = 0, unknown = 0;
    (void)q;
    if (has(m, "rest")) {
        val v[60];
        long all, some;
        if (!data_of(c, m, v, &n) || !int_of(m, "n", &all) || all != n + 1 || (match_ex(m, "some") != NULL && (!int_of(m, "some", &some) || some != n)) || (match_ex(m, "nth") != NULL && (!int_of(m, "nth", &some) || some != all)))
            return 0;
        for (int i = 0; i < n; i++)
            ca_add(s, s, v[i], c->ca);
        n++;
        unknown = 1;
    } else {
        const char *name = NULL;
        for (int i = 0; i < m->n; i++) {
            struct capture *cap = &m->c[i];
            struct ex *e = cap->e;
            if ((cap->type != 'e' && cap->type != 'y') || e == NULL)
                continue;
            int many = e->k == E_LIST ? e->n : 1;
            for (int j = 0; j < many; j++) {
                struct ex *x = e->k == E_LIST ? e->a[j] : e;
                if (x->k == E_SYM) {
                    if (unknown++ > 0)
                        return 0;
                    name = x->s;
                } else {
                    val w = ex_has_sym(x, NULL) ? NULL : value_const(c, x);
                    if (w == NULL)
                        return 0;
                    ca_add(s, s, w, c->ca);
                }
                n++;
            }
        }
        struct ex *asked = match_ex(m, "x");
        if (name == NULL || asked == NULL || asked->k != E_SYM || strcmp(asked->s, name) != 0)
            return 0;
        r->var = name;
    }
    long count;
    if (match_ex(m, "cnt") != NULL && (!int_of(m, "cnt", &count) || count != n))
        return 0;
    if (unknown != 1 || mean->k == E_PCT || (k = value_const(c, mean)) == NULL)
        return 0;
    ca_mul_si(k, k, n, c->ca);
    ca_sub(k, k, s, c->ca);
    r->k = S_VALUE;
    r->v = k;
    r->text = calc_printf(c, "%d numbers with mean %s, one of them unknown, find it", n, ex_text(c, mean));
    return 1;
}

const struct family read_counts[] = {
    /* ---- selections of equal things ---- */
    { .id = "combinations", .formula = "C(n,k)", .conds = "n>=k, k>=0", .text = "choose {k} of {n}, find the number of ways", .patterns = P(
        "从{i:n}(名|位|个|本|件|人)(不同的|)(同学|学生|人|志愿者|队员|书|候选人|老师|)(中|里)(任意|任|)(选出|选|任选|挑选|选取|选派|取出|取|抽取|推选)(出|){i:k}(名|人|位|个|本|件)(同学|学生|代表|队员|志愿者|)(上场比赛|(去|)参加(演讲比赛|数学竞赛|座谈|培训|义务劳动|植树活动|夏令营|社会实践|歌咏比赛|接力赛|某项公益活动|一项活动|某项活动|活动|志愿者活动|比赛|竞赛|座谈会|会议|劳动)|组成(一个|)(小组|委员会)|)" WAYZH,
        "in how many (different |)ways can a (committee|team|group|jury) of {i:k} (people |students |members |)be (selected|chosen|formed|picked) from (a group of |){i:n} " PEOPLE, "in how many (different |)ways can {i:k} (books|students|people|cards|items) be (selected|chosen|picked) from {i:n} (different |)(books|students|people|cards|items)", "how many (different |)(committees|teams|groups) of {i:k} (people |students |members |)can be (selected|chosen|formed|picked) from (a group of |){i:n} " PEOPLE,
        "how many (different |)(hands of {i:k} cards|{i:k}-card hands) can be dealt from a (standard |)deck of {i:n} cards", "how many (different |)ways are there to (choose|select|pick) {i:k} " PEOPLE " from (a (class|group|club|team) of |){i:n} (" PEOPLE "|)", "how many {i:k}-element subsets does a set (of|with) {i:n} elements have") },
    { .id = "some of them", .formula = "C(n,k)", .conds = "n>=k, k>=0", .text = "choose {k} of {n}, find the number of ways", .patterns = P("in how many (different |)ways can {i:k} (of|out of|from) (the |a (group|class|team|club) of |){i:n} " PEOPLE " be (chosen|selected|picked)( for (a|the) (team|committee|group|relay)| to form a (team|committee|group)|)", "in how many (different |)ways can (you|we|one|a teacher|a coach) (choose|select|pick) {i:k} (of|out of|from) (the |a (group|class|team|club) of |){i:n} " PEOPLE "( for (a|the) (team|committee|group|relay)|)") },
    { .id = "places in a race", .formula = "A(n,k)", .conds = "n>=k, k>=1", .text = "the first {k} places among {n}, in order, find the number of ways", .patterns = P("{i:n} (" PEOPLE "|horses|cars|teams) (compete|run|race|take part|are) (in a (race|contest|competition|final)|),in how many (different |)ways can (the |)(first {i:k} places|first,second(,|) and third{!:three} places) be (taken|filled|awarded|decided)(,|) if there are no ties") },
    { .id = "one each", .formula = "A(n,k)", .conds = "n>=k, k>=1, p-k=0", .text = "{k} of {n} different things, one to each of {p}, find the number of ways", .patterns = P(
        "(从|有|现有|)({i:n}(本|件|种|个|张|幅|支)(不同的|各不相同的|互不相同的)({a:g:书|礼物|礼品|玩具|奖品|卡片|画|笔|小球|球|书籍|图书}|))(中|里|)(,|)(从中|)(任|任意|)(选出|选|选取|取出|取|挑选|抽取|挑)(出|){i:k}(本|件|种|个|张|幅|支)(不同的|)({a:g:书|礼物|礼品|玩具|奖品|卡片|画|笔|小球|球|书籍|图书}|)(,|)(送给|分给|赠给|赠送给|送|借给|发给|分别送给|分别分给|分配给|分别赠给){i:p}(名|位|个)(不同的|)(同学|人|学生|小朋友|朋友|老师|孩子),(每人|每位同学|每名同学|每名学生|每位学生|每个小朋友|每位朋友|每个人)(各|得|分得|得到|送|)(一|1)(本|件|种|个|张|幅|支)" WAYZH,
        "in how many (different |)ways can {i:k} of {i:n} (different|distinct) (books|gifts|prizes|toys) be (given|distributed|handed) to {i:p} (students|children|people|friends),one to each( (student|child|person|friend)|)") },
    { .id = "percentage of a group", .formula = "k\\div n", .conds = "n>0, k>=0, k<=n", .unit = "%", .text = "{k} of {n}, find the percentage", .patterns = P(
        "(in|of|out of) (a|the) (class|group|school|team|club|company|crowd|box|bag|office) (of|with) {i:n} (students|pupils|children|people|members|players|employees|workers|apples|eggs|marbles|oranges),{i:k} ((of them|students|pupils|children|people|members) |)(are|were|is|have) {w:how},(what|find the) (percent|percentage) of (the|this) (class|group|school|team|club|company|students|pupils|children|people|members|players|employees|workers|apples|eggs|marbles|oranges) (is|are|was|were|have|has) {w:how}") },
    { .id = "attendance", .formula = "k\\div n", .conds = "n>0, k>=0, k<=n", .unit = "%", .text = "{k} of {n} present, find the rate", .patterns = P("(某班|六年级|五年级|某校|一个班|全班|)(今天|)(应到|有|共有|)(学生|){i:n}(人|名学生|名同学)(,|)(今天|)(实到|出席|到校|出勤){i:k}(人|名)(,|)(求|)(今天的|这天的|该班的|这个班(今天|)的|)(出勤率)(是多少|是百分之几|为|是|)", "(某种|一批|)(种子|)(做|)(发芽试验|)(,|)(种了|播下|用){i:n}(粒|颗)(种子|),(有|结果有|其中有|){i:k}(粒|颗)(种子|)发芽(了|),(求|)(这批种子的|种子的|)发芽率(是多少|是百分之几|为|是|)", "(抽查|检验|检查|生产)(了|)(一批|){i:n}(个|件)(零件|产品),(其中|)(有|){i:k}(个|件)(是|)合格(品|),(求|)(这批(零件|产品)的|)合格率(是多少|是百分之几|为|是|)") },
    { .id = "absence", .formula = "(n-k)\\div n", .conds = "n>0, k>=0, k<=n", .unit = "%", .text = "{k} of {n} missing, find the rate of those present", .patterns = P("(某班|六年级|五年级|某校|一个班|全班|)(共|)(有|共有|)(学生|){i:n}(人|名学生|名同学)(,|)(今天|)(缺席|缺勤|请假|有){i:k}(人|名|名同学|名学生)(请假|缺席|缺勤|),(求|)(今天的|这天的|该班的|)(出勤率)(是多少|是百分之几|为|是|)") },
    { .id = "pairs", .formula = "n*(n-1)\\div 2", .conds = "n>=2", .text = "pairs of {n}, find their number", .patterns = P(
        "{i:n}(个|位|名)(人|同学|朋友)(两两|每两人|互相)(之间|)(握手一次|握一次手),(一共|共|总共)(要|)(握手|握)(了|)(多少|几)次(手|)", "at a (party|meeting|gathering|conference|reunion) (of|with|attended by) {i:n} (people|guests|persons|friends|students)(,|) (everyone|everybody|each person|every person|each guest|every guest) shakes hands ((exactly |)once with (everyone else|everybody else|every other (person|guest)|each other (person|guest))|with (everyone else|everybody else|every other (person|guest)|each other (person|guest)) (exactly |)once),how many handshakes (are there|take place|are made|occur|will there be)( in total| in all| altogether|)", "{i:n}(个|)人(参加|)(聚会|开会|见面),每(两|2)(个|)人(都|)(握手一次|握一次手|互相握手一次|之间握手一次|之间握一次手),(一共|共|总共)(要|)(握手|握|握了)(多少|几)次(手|)", "at a " TALK ",each of {i:n} people shakes hands once with every other person,how many handshakes are there", "(there are |){i:n} people ((are |)(at|in|attend) a (party|meeting|room|conference|gathering)|meet|)( and|,) (if |)(each|every|everyone|everybody|each person|every person|each one|each of them) shakes hands (exactly |)(once |)with (every other person|each other person|everyone else|each of the others|all the others|every other)( exactly|)( once|),how many handshakes (are there|take place|occur|are made|will there be|were there)( in total| altogether| in all|)", "if each of {i:n} people shakes hands (exactly |)once with (every other person|each of the others),how many handshakes are there",
        "{i:n}(支|个)(球队|足球队|篮球队|队)进行单循环(比赛|赛)(\\((每两(支队|队|支球队)(之间|)(都|)(只|)(比赛|赛)一场)\\)|),(一共|共|总共)(要|需要|)(比赛|进行|赛)(多少|几)场(比赛|)", "{i:n}(支|个)(球队|足球队|篮球队|队)(参加|)比赛,每两(支队|队|支球队)(之间|)(都|)(只|)(比赛|赛)一场,(一共|共|总共)(要|需要|)(比赛|进行|赛)(多少|几)场(比赛|)",
        "平面(上|内)有{i:n}个点,(其中|)(任意|任何)三(点|个点)(都|)不(共线|在同一条直线上),过(其中|)(任意|每)两(点|个点)(作|画)直线,(一共|共|)(可以|能|可|)(作|画)(出|)(多少|几)条直线") },
    { .id = "triangles of points", .formula = "C(n,3)", .conds = "n>=3", .text = "triples of {n} points, no three on a line, find their number", .patterns = P("平面(上|内)有{i:n}个点,(其中|)(任意|任何)三(点|个点)(都|)不(共线|在同一条直线上),以(这些|其中三个|其中任意三个)点为顶点(,|)(的三角形(共有|有)(多少|几)个|(一共|共|)(可以|能|可|)(作|画|构成|组成)(出|)(多少|几)个三角形)") },
    { .id = "each to each other", .formula = "n*(n-1)", .conds = "n>=2", .text = "ordered pairs of {n}, find their number", .patterns = P("{i:n}(个|位|名)(人|同学|朋友)(互相|相互)(赠送|送)(照片|贺卡|礼物),(每人|每个人)给其他(每个人|每人)(各|)(送|赠送)一(张|件|份),(一共|共|总共)(需要|要|)(送|)(多少|几)(张|件|份)(照片|贺卡|礼物|)", "{i:n}(支|个)(球队|足球队|篮球队|队)进行(主客场|)双循环(比赛|赛),(一共|共|总共)(要|需要|)(比赛|进行|赛)(多少|几)场(比赛|)") },
    { .id = "knock-out", .formula = "n-1", .conds = "n>=2", .text = "{n} teams, each match sends one home, find the number of matches", .patterns = P("{i:n}(支|个)(球队|足球队|篮球队|队)进行(单场|)淘汰赛(决出冠军|,决出冠军),(一共|共|总共)(要|需要|)(比赛|进行|赛)(多少|几)场(比赛|)") },
    { .id = "diagonals", .formula = "n*(n-3)\\div 2", .conds = "n>=3", .text = "diagonals of a convex polygon with {n} sides, find their number", .patterns = P("(一个|)(凸|正|){i:n}边形(一共|总共|共|)有(多少|几)条对角线", "how many diagonals does a (convex |)polygon with {i:n} sides have") },
    { .id = "offices", .formula = "A(n,3)", .conds = "n>=3", .text = "three different offices among {n}, find the number of ways", .patterns = P(
        "a (club|class|group|committee) has {i:n} members,in how many (different |)ways can a president,a (secretary|vice president)(,|) and a treasurer be (chosen|elected|selected) if no (one|person|member) (may|can) hold more than one (office|position)",
        "从{i:n}(名|位|个)(同学|学生|人|队员)(中|里)(选出|选|挑选|选取)三(人|名|位)(分别|)担任{w:a},{w:b}(和|、|,){w:c},(每人(只|)担任一(职|项)(,|)|)" WAYZH) },
    { .id = "row of different things", .formula = "A(n,n)", .conds = "n>=1, n<=20", .text = "{n} different things in a row, find the number of arrangements", .patterns = P(
        "in how many (different |)ways can {i:n} different (books|pictures|flags|cups) be (arranged|placed|put|lined up) (on a (shelf|table)|in a row)", "(把|将){i:n}(本|幅|面|个)不同的(书|画|旗|小球|球)(排成一排|放成一排|排成一列|摆成一排|放在书架上排成一排)" WAYZH) },
    { .id = "block of books", .formula = "A(a,a)*A(b+1,b+1)", .conds = "a>=1, b>=0, a<=12, b<=12", .text = "{a} + {b} different books in a row, the {a} together, find the number of arrangements", .patterns = P("{i:a}本不同的{w:x}书(和|、|与){i:b}本不同的{w:y}书排成一排,{w:x}书(必须|)(放在一起|排在一起|相邻)(的|)(排法|放法|)(共|)(有|)多少种(排法|放法|不同的排法|)", "{i:b}本不同的{w:y}书(和|、|与){i:a}本不同的{w:x}书排成一排,{w:x}书(必须|)(放在一起|排在一起|相邻)(的|)(排法|放法|)(共|)(有|)多少种(排法|放法|不同的排法|)") },
    { .id = "round table", .formula = "A(n-1,n-1)", .conds = "n>=1, n<=20", .text = "{n} at a round table, rotations alike, find the number of arrangements", .patterns = P("(in |)how many (different |distinct |)ways (are there |)to (seat|sit|place|arrange) {i:n} " PEOPLE " (around|at|round) a (round|circular) table((,|) " ALIKE "|)", "in how many (different |distinct |)ways can {i:n} " PEOPLE " (be seated|sit|be arranged|sit down|be placed) (around|at|round) a (round|circular) table((,|) " ALIKE "|)", "{i:n} " PEOPLE " (sit|are seated|are to be seated) (around|at|round) a (round|circular) table,(in |)how many (different |distinct |)(ways|seatings|arrangements|seating arrangements) (are there|are possible|is this possible)((,|) " ALIKE "|)", "how many (different |distinct |)(seatings|arrangements|circular arrangements|ways) (are there |)(of|for) {i:n} " PEOPLE " (around|at|round) a (round|circular) table( are there|)((,|) " ALIKE "|)", "{i:n}(名|位|个)(同学|人|朋友|客人)(围坐在|坐在|围着|围)(一张|)(圆桌|圆形餐桌|圆形桌子)(旁|周围|边|四周|)(坐|就坐|而坐|就餐|),(若|如果|)(旋转后|经旋转|旋转)(可以|能|)(相同|重合|重合的|相同的)(的|坐法|)(算|视为|看作|看成)(同|相同|)(一种|的坐法|)" WAYZH, "{i:n}(个|)人围(成一圈|圆桌而坐|坐在圆桌旁|着圆桌坐)" WAYZH "\\((旋转后相同算同一种|旋转后相同的算同一种|旋转后相同视为同一种|旋转后重合算同一种)\\)") },
    { .id = "letters of a word", .read = letters_listed, .patterns = P(
        "(英文|)(单词{!:word}|)(\"|){w:w}(\"|)(中|)(的|)(所有|全部|{i:cnt}个|各个|)字母(一共|共|)(可以|)有(多少|几)种(不同的|)(排列|排法|排列方式)", "how many (distinct |different |distinguishable |)(arrangements|permutations|ways) (are there |can be (made|formed|obtained) |are possible |are there to arrange |)(of|from|by arranging|by rearranging|to arrange|using|) (all |)(of |)(the |)letters (in|of) ((the |)word{!:word} |)(\"|){w:w}(\"|)( have| be arranged| are there| exist| are possible|)", "(in |)how many (distinct |different |distinguishable |)ways (can|may) (all |)(of |)(the |)letters (in|of) ((the |)word{!:word} |)(\"|){w:w}(\"|) be (arranged|rearranged|permuted|ordered)( in a row| in a line|)", "(由|用|将|把|)(英文|)(单词{!:word}|)(\"|){w:w}(\"|)(中|)(的|)(所有|全部|{i:cnt}个|各个|)字母(全部|重新|)(一共|共|)(可以|可|能|)(组成|排成|排列成|排列|构成|重新排列|排成一列|排成一排|排成一行)(,|)(的|)(不同的|不同|)(排列|排法|排列方式)(一共|共|总数|种数|)(有|是|为|)(多少|几)(个|种)", "(由|用|将|把|)(英文|)(单词{!:word}|)(\"|){w:w}(\"|)(中|)(的|)(所有|全部|{i:cnt}个|各个|)字母(全部|重新|)(一共|共|)(可以|可|能|)(组成|排成|排列成|排列|构成|重新排列|排成一列|排成一排|排成一行)(,|)(的|)(一共|共|)(有|)(多少|几)(个|种)(不同的|)(排列|排法|排列方式)","(将|把)字母{r:w}(排成一排|排成一列)" WAYZH, "how many (distinct|different) (arrangements|permutations) (are there|exist) of the letters (in|of) (the word{!:word} |){w:w}") },
    { .id = "each at least one", .read = distribute, .patterns = P(
        "(将|把|){i:n}(名|位)(同学|学生|志愿者|教师|老师|医生)(分配|分|安排|分派)到{i:k}个不同的(班级|班|学校|社区|医院|岗位|小组),每个(班级|班|学校|社区|医院|岗位|小组)(至少|至少有|至少分配|至少安排|至少去)(一|1)(名|人|位|个){!:each}(同学|学生|志愿者|教师|老师|医生|)" WAYZH,
        "(将|把|){i:n}(本|件|个)不同的(书|礼物|玩具|小球)(分给|分配给){i:k}(个|名|位)(人|同学|学生|小朋友|孩子),每人(至少|至少得|至少有)(一|1)(本|件|个){!:each}" WAYZH,
        "(将|把|){i:n}个不同的(小球|球)放(入|进){i:k}个不同的盒子(中|里|),(每个盒子(至少|至少放|至少有)(一|1)个(球|小球|){!:each}|每个盒子都不空{!:each})" WAYZH) },
    { .id = "any to any", .read = distribute, .patterns = P("(将|把|){i:n}个不同的(小球|球)放(入|进){i:k}个不同的盒子(中|里|),(允许有空盒|可以有空盒|盒子可以空)" WAYZH, "(将|把|){i:n}本不同的书分给{i:k}(个|名|位)(同学|学生|人|小朋友),允许有人没有分到(书|)" WAYZH, "(将|把|){i:n}封不同的信(投入|投到|投进|放入){i:k}个不同的(信箱|邮筒|邮箱)(中|里|)" WAYZH, "in how many (different |)ways can {i:n} different (books|prizes|toys|gifts) be (given|distributed) to {i:k} (children|people|students) if each (child|person|student) may receive any number of (books|prizes|toys|gifts)") },
    { .id = "equal things, any", .formula = "C(n+k-1,k-1)", .conds = "n>=0, k>=1", .text = "{n} equal things into {k} places, find the number of ways", .patterns = P("(将|把|){i:n}个(相同的|完全相同的)(小球|球)放(入|进){i:k}个不同的盒子(中|里|),(允许有空盒|可以有空盒|盒子可以空)" WAYZH, "(将|把|){i:n}本相同的书分给{i:k}(个|名|位)(同学|学生|人|小朋友),允许有人没有分到(书|)" WAYZH) },
    { .id = "integers between, without ends", .formula = "b-a-1", .conds = "b>a+1", .text = "integers above {a} and below {b}, find their number", .patterns = P("大于{i:a}且小于{i:b}的整数(共|)有(多少|几)个", "how many integers lie strictly between {i:a} and {i:b}", "how many integers are greater than {i:a} and less than {i:b}") },
    { .id = "integers between, with ends", .formula = "b-a+1", .conds = "b>=a", .text = "integers from {a} to {b}, both counted, find their number", .patterns = P("不小于{i:a}且不大于{i:b}的整数(共|)有(多少|几)个", "how many integers are there from {i:a} to {i:b} inclusive", "how many integers are there from {i:a} to {i:b},inclusive") },
    { .id = "equal things, each at least one", .formula = "C(n-1,k-1)", .conds = "n>=k, k>=1", .text = "{n} equal things into {k} places, each at least one, find the number of ways", .patterns = P("in how many (different |)ways can {i:n} identical (candies|balls|coins|apples|books|sweets|oranges) be (distributed|divided|given) (among|to) {i:k} (children|people|students|boxes) (so that|if|such that) each (child|person|student|box) (gets|receives|must get) at least one( candy| ball| coin| apple|)", "(把|将){i:n}个(相同的|完全相同的)(小球|球|苹果|糖果)(放入|放进|分给){i:k}个不同的(盒子|人|小朋友),每个(盒子|人|小朋友)(至少放|至少有|至少)(一|1)个(球|)" WAYZH) },
    { .id = "one of each of two", .formula = "a*b", .conds = "a>=0, b>=0", .text = "one of {a} and one of {b}, find the number of ways", .patterns = P("有{i:a}(件|条|双|顶){w:x}(和|、|与|,){i:b}(件|条|双|顶){w:y},(从中|)各(选|取)(一|1)(件|条|双|顶)(搭配|配成|组成|搭配成)(一套|)" WAYZH, "从甲地到乙地有{i:a}条(路|不同的路),从乙地到丙地有{i:b}条(路|不同的路),从甲地(经过|经|途经)乙地到丙地" WAYZH) },
    { .id = "one of each of three", .formula = "a*b*g", .conds = "a>=0, b>=0, g>=0", .text = "one of {a}, one of {b} and one of {g}, find the number of ways", .patterns = P("a restaurant offers {i:a} {w:x},{i:b} {w:y} (courses|)(,|) and {i:g} {w:z},how many different meals (consisting of|with) one of each are possible", "a restaurant offers {i:a} {w:x},{i:b} main courses(,|) and {i:g} {w:z},how many different meals (consisting of|with) one of each are possible") },
    { .id = "subsets", .formula = "2^n", .conds = "n>=0, n<=60", .text = "subsets of a set of {n} elements, find their number", .patterns = P("how many subsets does a set (with|of|that has|containing) {i:n} elements have", "(一个|)含有{i:n}个元素的集合(的子集|)(共|)(有|)多少个(子集|)") },

    /* ---- probability of independent events ---- */
    { .id = "letters in envelopes", .read = fixed_points, .patterns = P(
        "(将|把|)(编号为{r:codes}的|){i:n}封(不同的|)信(随机|随意|任意|)(装入|放入|装进|放进)(编号为{r:codes2}的|){i:k}个(写好地址的|写有地址的|写好收信人地址的|写有收信人地址的|对应的|不同的|写好地址|)信封(中|里|内|),(每个信封(里|)(只|)(装|放|)(一|1)封(信|),|)(则|若|其中|)(全部装错{!:none}|全都装错{!:none}|全装错{!:none}|都装错{!:none}|所有(的|)信都装错{!:none}|每封信都装错(了|){!:none}|没有一封(信|)(装对|放对){!:none}|(恰好|恰|恰恰|只|仅|正好|刚好)有{i:j}封(信|)(装对|放对|装入正确的信封|装进正确的信封)(了|)|(恰好|恰|恰恰|只|仅|正好|刚好)有{i:j}封(信|)(装错|放错)(了|){!:wrong}|至少有(一|1)封(信|)(装对|放对)(了|){!:some}|至少有(一|1)封(信|)(装错|放错)(了|){!:somewrong})(的|)(装法|方法|情况|放法)(一共|共|)(有|)(多少|几)种",
        "{i:n} letters are (put|placed|inserted) (at random |randomly |)(in|into) {i:k} addressed envelopes,(with |)one (letter |)(in|per|to|into) (each|envelope)( envelope|),(in how many (different |)ways|how many ways are there that) (can |is |are |will |could |does |do )" "(every letter (be |go |)(in|into) (a|the) wrong envelope{!:none}|(all|all the|all of the) letters (be |go |)(in|into) (the wrong envelopes|wrong envelopes){!:none}|no letter (be |is |goes |go |)(in|into) (its|the) (own|right|correct|proper) envelope{!:none}|exactly {i:j} (letter|letters) (be |is |are |go |goes |)(in|into) (the|its|their) (right|correct|own|proper) (envelope|envelopes)|at least one letter (be |is |go |goes |)(in|into) (the|its) (right|correct|own|proper) envelope{!:some})") },
    { .id = "two offices by number", .formula = "n*(n-1)", .conds = "n>=2, p-2=0", .text = "two different offices among {n}, find the number of ways", .patterns = P("(从|在|某班(从|)){i:n}(名|位|个|)(不同的|)(同学|学生|人|队员|候选人|班干部|成员|选手|志愿者)(中|里)(,|)(选出|选|挑选|选取|推选|推选出|任选)(出|){i:p}(人|名|位|个|名同学|名学生|位同学)(,|)(分别|)(担任|任|当|做)(正班长{!:o}|{w:a})(和|、|,|与)(副班长{!:o}|{w:b})(,每人(只|)担任一(职|项)(,|)|)" WAYZH) },
    { .id = "two offices", .formula = "n*(n-1)", .conds = "n>=2", .text = "two different offices among {n}, find the number of ways", .patterns = P(
        "(从|在){i:n}(名|位|个|)(同学|学生|人|队员|候选人|班干部|成员)(中|里)(选出|选|挑选|选取|推选|推选出)(两|2)(人|名|位|个|名同学|名学生)(,|)分别担任{w:a}(和|、|,|与){w:b},(每人(只|)担任一(职|项)(,|)|)" WAYZH, "(从|在){i:n}(名|位|个|)(同学|学生|人|队员|候选人|班干部|成员)(中|里)(选出|选|推选|推选出)(一|1)(人|名|位|个)(担任|当|做|任|)(班长|组长|队长|主席|正班长)(和|,)(一|1)(人|名|位|个)(担任|当|做|任|)(副班长|副组长|副队长|副主席|学习委员|书记)" WAYZH, "(从|在){i:n}(名|位|个|)(同学|学生|人|队员|候选人|班干部|成员)(中|里)(选出|选|推选|推选出)正,副(班长|组长|队长|主席)各(一|1)(人|名|位)" WAYZH,
        "in how many (different |)ways can " ROLE1 " and " ROLE2 " be (chosen|elected|selected|picked|appointed) (from|among|out of) (a (club|group|class|committee|team) of |)(the |){i:n} " PEOPLE ",(if |so that |given that |assuming |)(no (one|person|member|student) (can|may) hold both (offices|positions|posts|jobs|roles)|one person cannot hold both (offices|positions|posts)|the same person cannot hold both (offices|positions|posts)|they must be different( people|)|they are different( people|))", "(a|an) (club|group|class|committee|team) (has|of) {i:n} (members|people|students),in how many (different |)ways can (it|they|the (club|group|class|committee|team)) (choose|elect|select|pick) " ROLE1 " and " ROLE2 ",(if |so that |)no (one|person|member|student) (can|may) hold both (offices|positions|posts)") },
#define SHOTS "((甲,乙|)(两人|二人)(独立地|)(向|对|射击|)(同一|)(目标|)(各射击一次|射击一次|各投一次|射击|)(,|)|)(甲|甲击中目标|甲命中目标|甲命中)(命中|击中|)(目标|)的概率(为|是){n:a},(乙|乙击中目标|乙命中目标|乙命中)(命中|击中|)(目标|)的概率(为|是){n:b},"
#define INDEP "(两人(是否击中|是否命中|射击)(互不影响|相互独立|目标相互独立),|且两人是否命中互不影响,|)"
    { .id = "both independent events", .formula = "a*b", .conds = "a>=0, a<=1, b>=0, b<=1", .text = "independent events of probability {a} and {b}, P(both)", .patterns = P("the probability that A hits (the|a) target is {n:a} and the probability that B hits (it|the target) is {n:b},they shoot independently,find the probability that both hit (the target|it)", "甲,乙(两人|)(独立地|相互独立地)" SHOTS INDEP "(求|)(两人|)都(击中|命中)(目标|)的概率(是多少|)", SHOTS "两人(是否击中|是否命中|射击)(互不影响|相互独立),(求|)(两人|)都(击中|命中)(目标|)的概率(是多少|)") },
    { .id = "at least one independent event", .formula = "1-(1-a)*(1-b)", .conds = "a>=0, a<=1, b>=0, b<=1", .text = "independent events of probability {a} and {b}, P(at least one)", .patterns = P("the probability that A hits (the|a) target is {n:a} and the probability that B hits (it|the target) is {n:b},they shoot independently,find the probability that (at least one of them hits (the target|it)|the target is hit)", "甲,乙两人(独立地|相互独立地)(向同一目标射击|射击同一目标|对同一目标射击|射击同一个目标)," SHOTS "(求|)(目标被击中|至少有一人(击中|命中)(目标|)|目标被命中)的概率(是多少|)", "甲,乙两人各射击一次," SHOTS "两人(是否击中|是否命中|射击)(互不影响|相互独立),(求|)(目标被击中|至少有一人(击中|命中)(目标|))的概率(是多少|)") },
    { .id = "neither independent event", .formula = "(1-a)*(1-b)", .conds = "a>=0, a<=1, b>=0, b<=1", .text = "independent events of probability {a} and {b}, P(neither)", .patterns = P("甲,乙两人(各射击一次|独立地向同一目标射击)," SHOTS "(两人(是否击中|是否命中|射击)(互不影响|相互独立),|)(求|)(两人|)都(没有|未)(击中|命中)(目标|)的概率(是多少|)") },
    { .id = "two independent events", .read = independent, .patterns = P(
        "甲,乙(两人|)独立(地|)射击,(命中目标的概率|命中的概率|命中率)分别(为|是){n:a}(和|、|与){n:b},((两人|)各射击一次,|)(求|)(两人都命中{!:both}|两人都没有命中{!:neither}|两人都未命中{!:neither}|两人没有都命中{!:notboth}|至少有一人命中{!:one}|恰有一人命中{!:exactly})(目标|)的概率(是多少|为多少|)", "A and B are independent events with {r:pa} and {r:pb},(find|what is) the probability that (both A and B occur{!:both}|neither A nor B occurs{!:neither}|A and B do not both occur{!:notboth}|at least one of (A and B|them) occurs{!:one}|exactly one of (A and B|them) occurs{!:exactly})") },
    { .id = "two classes", .formula = "(n*a+k*b)\\div(n+k)", .conds = "n>=1, k>=1", .text = "{n} with mean {a}, {k} with mean {b}, find the mean of all", .patterns = P("(某班|一个班|)(有|)男生{i:n}(人|名)(,|)(数学|)(的|)平均分(是|为|){n:a}(分|),女生{i:k}(人|名)(,|)(数学|)(的|)平均分(是|为|){n:b}(分|),(求|则|)(全班|这个班)(的|)(同学的|学生的|)平均分(是|为|)(多少(分|)|)", "甲班{i:n}人,平均分(为|是|){n:a}(分|),乙班{i:k}人,平均分(为|是|){n:b}(分|),(求|)两(个|)班(全体|所有)(学生|同学)的平均分(是多少(分|)|)", "{i:n} boys average {n:a} points and {i:k} girls average {n:b} points,(what is|find) the average of all( of them| the children|)") },
    { .id = "suit", .formula = "1\\div 4", .conds = "n=52", .text = "one of 52 cards, P(a given suit)", .patterns = P("a card is drawn at random from a (standard |)deck of {i:n} (playing |)cards,(what is|find) the probability that it is a (heart|spade|club|diamond)") },

    { .id = "the opposite", .formula = "1-a", .conds = "a>=0, a<=1", .text = "probability {a}, find that of the opposite", .patterns = P("(if |)the (probability|chance) (that it (rains|snows|will rain|will snow)|of (rain|snow)) ((on a given day|tomorrow|today) |)is {n:a},(what is|find) the (probability|chance) (that it (does not|will not|doesn't|won't) (rain|snow)|of no (rain|snow))( (on a given day|tomorrow|today)|)") },

    /* ---- statistics ---- */
    { .id = "figure of a list", .read = list_figure, .patterns = P(
        "(求|){l:d}(这{i:k}个数|)的(众数{!:mode}|极差{!:range}|中位数{!:median}|平均数|平均值)(是多少|为多少|是|)", "(求|)(一组|)数据{l:d}的(众数{!:mode}|极差{!:range}|中位数{!:median}|平均数|平均值)(是多少|为多少|是|)", "(一组|已知一组|)数据(为|是|){l:d},(求|)(这组数据的|它们的|该组数据的|这组数的)(众数{!:mode}|极差{!:range}|中位数{!:median}|平均数|平均值)(是多少|)", "(find|what is|calculate) the (mean|average|mode{!:mode}|range{!:range}|median{!:median}) of (the |)(data|data set|numbers|following numbers|following data|values|scores|)(set|) {l:d}",
        "{p:x}(前|){i:k}次(数学|)(测验|测试|考试)的(成绩|得分|分数)(分别|)(是|为){l:d}(分|),(求|)(这{i:k}次|他这几次|他|她)(的|)(成绩的|测验的|)(平均分|平均成绩|平均数)(是多少(分|)|)") },
    { .id = "mean and median", .read = mean_and_median, .patterns = P(
        "(求|)(一组|)数据{l:d}的(平均数|平均值)(和|与|、)中位数(分别|)(是|为|)(多少|)", "(求|)(一组|)数据{l:d}的中位数(和|与|、)(平均数|平均值){!:medianfirst}(分别|)(是|为|)(多少|)",
        "(find|what are|calculate) the (mean|average) and (the |)median of (the |)(data|data set|numbers|following numbers|following data|values|scores|)(set|) {l:d}",
        "(find|what are|calculate) the median and (the |)(mean|average){!:medianfirst} of (the |)(data|data set|numbers|following numbers|following data|values|scores|)(set|) {l:d}") },
    { .id = "missing datum", .read = missing_datum, .patterns = P(
        "(已知|若|如果|设|)(有|)(一组|){i:cnt}(个|)(数据|数|样本)(为|是|:|分别(是|为)|){y:d}(的|,(它们的|这组数据的|其|它的|这组数的|这些数的))(平均数|平均值|均值|算术平均数)(是|为|等于){n:mean},(求|则|那么|)(未知数|数|实数|){v:x}(的值|)(是|为|等于|=|)(多少|)",
        "(已知|若|如果|设|)(有|)(一组|)(数据|样本|样本数据|)(为|是|:|分别(是|为)|){y:d}(这{i:cnt}个数|)(的|,(它们的|这组数据的|其|它的|这组数的|这些数的))(平均数|平均值|均值|算术平均数)(是|为|等于){n:mean},(求|则|那么|)(未知数|数|实数|){v:x}(的值|)(是|为|等于|=|)(多少|)",
        "{i:n}个数的(平均数|平均值)(是|为|等于){n:mean},(已知|)其中{i:some}个(数|)(是|为|分别是|分别为){l:d},(求|则|那么|)(另一个|剩下的(一个|那个|)|另外一个|剩余的一个|第{i:nth}个)数(是多少|){!:rest}",
        "(if |suppose |)(the |)(mean|average|arithmetic mean) (of |of the (numbers|data|values|data set|list|{i:cnt} numbers|scores) |){y:d} (is|equals|is equal to) {n:mean},(then |)(find|what is|determine|calculate|compute) (the (missing |unknown |)(value|number) (of |)|){v:x}", "(if |suppose |)(the |)({i:cnt} |)(numbers|data|values|scores|data set|) {y:d} (have|has) (a|an) (mean|average|arithmetic mean) (of|equal to) {n:mean},(then |)(find|what is|determine|calculate|compute) (the (missing |unknown |)(value|number) (of |)|){v:x}", "(what|for what|for which|which) value of {v:x} (makes|gives|is) the (mean|average) of {y:d} (equal to |is |)(equal to |){n:mean}",
        "(the |)(mean|average) of {i:n} numbers is {n:mean},{i:some} of (the numbers|them) are {l:d},(find|what is) the (other|remaining|last|missing) (number|one){!:rest}","(已知|)(一组|)数据{e:d}的(平均数|平均值)(是|为){n:mean},(求|则){v:x}(的值|)(为多少|是多少|)", "(已知|)(一组|)数据{e:d},{e:f},{e:g}的(平均数|平均值)(是|为){n:mean},(求|则){v:x}(的值|)(为多少|是多少|)", "(已知|)(一组|)数据{e:d},{e:f},{e:g},{e:h}的(平均数|平均值)(是|为){n:mean},(求|则){v:x}(的值|)(为多少|是多少|)", "(已知|)(一组|)数据{e:d},{e:f},{e:g},{e:h},{e:k}的(平均数|平均值)(是|为){n:mean},(求|则){v:x}(的值|)(为多少|是多少|)",
        "the (mean|average) of {e:d},{e:f},{e:g}(,|) and {e:h} is {n:mean},(find|what is) (the value of |){v:x}", "the (mean|average) of {e:d}(,|) and {e:h} is {n:mean},(find|what is) (the value of |){v:x}", "the (average|mean) of {i:n} numbers is {n:mean},{i:some} of (the numbers|them) are {l:d},(find|what is) the (fifth|fourth|sixth|third|remaining|other) number{!:rest}") },
    { .id = "new mean", .formula = "(n*a+b)\\div(n+1)", .conds = "n>=1, k=n+1, j=k", .text = "{n} values with mean {a}, one more {b}, find the mean", .patterns = P("{p:x}前{i:n}次(数学|语文|英语|)(考试|测验|测试)的平均(分|成绩)是{n:a}分,第{i:k}次(得了|得|考了|考){n:b}分,(求|)(他|她|)(这|){i:j}次(数学|)(考试|测验|测试)的平均(分|成绩)(是多少(分|)|)") },
    { .id = "mean of two groups", .formula = "(n*a+k*b)\\div(n+k)", .conds = "n>=1, k>=1, n+k=z", .dims = "a:m b:m", .unit = "a", .text = "{n} with mean {a}, {k} with mean {b}, find the mean of all {z}", .patterns = P("the average (weight|mass) of {i:n} (boys|men|students) is {q:a} and the average (weight|mass) of {i:k} (girls|women|teachers) is {q:b},(what is|find) the average (weight|mass) of all {i:z} (children|people|students|persons)") },
    { .id = "mean of the rest", .formula = "(n*a-k*b)\\div z", .conds = "n>k, k>=1, n-k=z", .dims = "a:l b:l", .unit = "a", .text = "{n} with mean {a}, {k} of them with mean {b}, find the mean of the other {z}", .patterns = P("{i:n}名(学生|同学)的平均身高(是|为){q:a},其中{i:k}名(女生|男生)的平均身高(是|为){q:b},(求|)(另外|其余|)({i:z}名(男生|女生))的平均身高(是多少|)") },
    { .id = NULL },
};
