/* read_trials.c - dice, coins, shots, numbers drawn from a list: every outcome is
 * counted, and the event is a condition on the outcome. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

enum { MAX_N = 8, MAX_OUTCOMES = 50000 };

#define FIND "(find|what is|calculate|determine) (the |)(probability|chance) (that|of|)( you| we|)"
#define DICE "(骰子|正方体骰子|色子)"
#define EVEN "(均匀的|质地均匀的|质地均匀|均匀|公平的|)"
#define REL "(大于{!:gt}|小于{!:lt}|不小于{!:ge}|不大于{!:le}|至少为{!:ge}|至多为{!:le}|不超过{!:le}|不低于{!:ge}|超过{!:gt}|等于{!:eq}|为{!:eq}|是{!:eq}|恰好为{!:eq}|恰为{!:eq}|是{!:eq})"
#define EREL "((is|equals|is equal to|equal to|of|is exactly){!:eq}|(is |)(greater|more|larger) than{!:gt}|(is |)less than{!:lt}|(is |)at least{!:ge}|(is |)at most{!:le}|(is |)not less than{!:ge}|(is |)not more than{!:le})"
#define PROP "(偶数{!:even}|奇数{!:odd}|质数{!:prime}|素数{!:prime}|合数{!:composite})"
#define EPROP "(even{!:even}|odd{!:odd}|(a |)prime (number|){!:prime}|(an |)even number{!:even}|(an |)odd number{!:odd})"
#define CNT "(至少{!:atleast}|至多{!:atmost}|恰好{!:exactly}|恰{!:exactly}|正好{!:exactly})"
#define ECNT "(at least{!:atleast}|at most{!:atmost}|exactly{!:exactly})"
#define ASKP "的概率(是|为|等于|)(多少|几分之几|)"

/* Dice and numbers: S, then E (an outcome is known), L (the event follows). */
static const struct clause dice[] = {
    { "S", 'E', "dice", "(将|把|)(同时|)(掷|抛掷|投掷|抛|){i:n}(枚|颗|个|粒)" EVEN DICE "(同时|)(掷|抛掷|投掷|抛|)(一次|)" },
    { "S", 'E', "dice", "(将|把|)(一枚|一颗|一个)" EVEN DICE "(先后|连续|连|)(掷|抛掷|投掷|抛){i:n}次" },
    { "S", 'E', "dice", "(先后|连续|连|)(掷|抛掷|投掷|抛)(一枚|一颗|一个)" EVEN DICE "{i:n}次" },
    { "S", 'E', "one", "(掷|抛掷|投掷|抛|随机抛掷)(一枚|一颗|一个)" EVEN DICE "(一次|)" },
    { "S", 'E', "list", "(从|在){l:d}(这{i:m}个(数字|数|自然数|整数|)|{i:m}个(数字|数|自然数|整数|)|)(中|里)(,|)(任意|随机|任|)(取|抽取|选|取出|选取|抽|选出)(出|){i:n}个不同的(数字|数)" },
    { "S", 'E', "listone", "(从|在){l:d}(这|){i:m}个(数字|数|自然数|整数|)(中|里)(,|)(任意|随机|任|)(取|抽取|选|取出|选取|抽|选出)(出|)(一|1)个(数字|数|)" },
    { "S", 'E', "rangeone", "(有|){i:m}张(相同的|大小相同的|形状相同的|)卡片(,|)(上面|)(分别|)(标有|写有|写着)(数字|整数|)(从|){i:a}(到|至|~){i:b}(的|)(数字|),(从中|)(任意|随机|任|)(抽取|抽|取|取出|抽出)(一|1)张" },
    { "S", 'E', "rangeone", "(从|在|){i:a}(到|至|~){i:b}(的|这|这{i:m}个|的{i:m}个|)(连续|)(整数|自然数|正整数|数|数字)(中|里)(,|)(任意|随机|任|)(地|)(取|抽取|选|选取|抽|挑选)(出|)(一|1)个(数|整数|)" },
    { "E", 'E', "lead", "(求|则|那么|问)" },
    { "E", 'A', "sum", "(出现向上的|朝上一面的|向上一面的|两次朝上的{!:is2}|向上的|两次的{!:is2}|两个{!:is2}|两枚骰子的{!:is2}|出现的|两次出现的{!:is2}|两次{!:is2}|三个{!:is3}|朝上的|它们的|其|这两个数的{!:is2}|取出的两个数的{!:is2}|取出的两数{!:is2}|所取两数{!:is2}|)(点数之和|点数的和|点数和|两数之和{!:is2}|两数的和{!:is2}|和|数字之和|它们的和|数之和)(" REL "{i:k}|(是|为)" PROP ")(的|)" },
    { "E", 'A', "prod", "(两次的{!:is2}|出现的|它们的|两次{!:is2}|)(点数之积|点数的积|积|两数之积{!:is2}|数字之积)(" REL "{i:k}|(是|为)" PROP ")" },
    { "E", 'A', "gap", "(两次的{!:is2}|两个{!:is2}|)(点数之差|点数差)的绝对值" REL "{i:k}" }, { "L", '.', "gap", "the (two numbers|numbers shown|numbers) differ by (exactly |)({i:k}){!:eq}" },
    { "E", 'A', "value", "(它|该数|这个数|所取的数|取出的数|抽到的数|取到的数|所取数|朝上一面的|向上一面的|出现的|掷出的|向上的|朝上的|抽到的|取出的|抽到|取到|掷出|所抽卡片上的|)(点数|数|数字|的数|卡片上的数|)(" REL "{i:k}|(是|为|)" PROP "|(是|为|){i:v}的倍数{!:mult})(的数|)" },
    { "E", 'A', "same", "(两次{!:is2}|两枚骰子{!:is2}|{i:n2}枚骰子|两枚{!:is2}|{i:n2}次|)(出现的|的|)(点数|朝上的点数|向上的点数)(都|)(相同|一样|相等)" },
    { "E", 'A', "diff", "(两次{!:is2}|两枚骰子{!:is2}|两枚{!:is2}|{i:n2}次|)(出现的|的|)(点数|朝上的点数|向上的点数)(都|互|各|)(不同|不相同|不一样|不相等)" },
    { "E", 'A', "count", CNT "(有|出现|)(一|1)(枚|次|个)(骰子的|)(出现|)(点数|)(为|是|){i:k}(点|)" },
    { "A", '.', "p", ASKP },
    { "SE", '.', "mean", "(求|)(掷出的|出现的|向上的|朝上的|掷出|所得|)点数的(数学期望|期望|期望值)(是多少|)" },
    /* English */
    { "S", 'E', "dice", "(if |when |){i:n} (fair |)(six-sided |6-sided |standard |ordinary |)dice are (rolled|thrown|tossed|cast)( together| at the same time| simultaneously| at once| once|)" }, { "S", 'E', "dice", "(if |when |suppose |)(you|we|{w:who}) (roll|throw|toss|rolls|throws|tosses) {i:n} (fair |)(six-sided |6-sided |standard |ordinary |)dice( together| at the same time| simultaneously| at once| once|)" },
    { "S", 'E', "dice", "(if |when |)a (fair |standard |regular |)(six-sided |6-sided |)die is (rolled|thrown|tossed|cast) ({i:n} times|twice{!:two}|three times{!:three})" },
    { "S", 'E', "one", "(if |when |)a (fair |standard |regular |)(six-sided |6-sided |)die is (rolled|thrown|tossed|cast) (once|)" },
    { "S", 'E', "range", "(a|an) (number|integer) is (chosen|selected|picked|drawn) at random from (the |)(integers|numbers|whole numbers|set of integers|) (from |){i:a} (to|through) {i:b}( inclusive|)" },
    { "S", 'E', "dice", "(if |when |)(a pair of{!:two} |{i:n} )(fair |standard |ordinary |)(six-sided |6-sided |)dice (is|are) (rolled|thrown|tossed)" },
    { "S", 'L', "leadQ", FIND }, { "L", '.', "sumof", "the (sum|total) of {i:n} (fair |)(six-sided |)dice (" EREL " {i:k}|is " EPROP ")" },
    { "E", 'L', "lead", FIND },
    { "L", '.', "sum", "(getting |rolling |obtaining |)(a |the |their |)(sum|total) (of the (numbers|two{!:is2} numbers|dice|points|two{!:is2} dice) |shown |)(" EREL " {i:k}|is " EPROP ")" },
    { "L", '.', "prod", "(the |their |)product (of the (numbers|two numbers|dice) |)(" EREL " {i:k}|is " EPROP ")" },
    { "L", '.', "value", "((getting|rolling|obtaining|throwing) |)(a |an |the |it |)(number|result|value|outcome|) (shown|rolled|that appears|) (" EREL " {i:k}|(is |)" EPROP "|(is |)(a multiple of|divisible by) {i:v}{!:mult}|(is |)(a multiple of|divisible by) (either |){i:v} or (by |){i:v2}{!:multor}|(is |)(a multiple of|divisible by) (both |){i:v} and (by |){i:v2}{!:multand})" },
    { "L", '.', "value", "(getting |rolling |obtaining |throwing |)(a |an )({i:k}){!:eq}" },
    { "L", '.', "same", "(both{!:is2} (dice |)show the same number|the two{!:is2} (numbers|results|scores|faces) (shown |rolled |obtained |that come up |)are (equal|the same|identical)|(both{!:is2}|the) (dice|numbers) are the same|a double{!:is2} is (rolled|thrown)|(rolling |getting |throwing )(a double|doubles){!:is2}|all (three{!:is3} |)(dice |)show the same number)" },
    { "L", '.', "diff", "(the (two{!:is2} |)(numbers|dice|results|scores|faces) (shown |rolled |obtained |that come up |)(are|show) (different|not (equal|the same))( numbers|)|the two{!:is2} (numbers|results|scores) (shown |rolled |obtained |)differ|both{!:is2} dice show different numbers)" },
    { "L", '.', "count", "(at least{!:atleast}|exactly{!:exactly}) one{!:j1} (die|of them|of the dice|of the {i:n2} dice|dice) (shows|is|comes up|lands on|turns up) (a |)({i:k})" }, { "L", '.', "count", "(neither{!:is2}( die|)|none( of (them|the dice)|)|no die) (shows|is|comes up|lands on) (a |)({i:k}){!:never}" }, { "L", '.', "count", "(getting |rolling |)(a |at least one ){i:k} (on at least one (die|of them|of the dice)|){!:atleast}{!:j1}" }, { "L", '.', "count", "(getting |rolling |)" ECNT " (one{!:j1}|two{!:j2}|three{!:j3}) (six{!:six}|sixes{!:six}|{i:k}) (appears|appear|is rolled|are rolled|)" },
    { "L", '.', "second", "the second (number|roll|result) is (greater|larger|higher|more) than the first" },
    { "S", '.', "sumQ", FIND " (rolling |getting |obtaining |)a (sum|total) of {i:k} (with|on|when rolling|when) {i:n} (fair |)(six-sided |)dice (are rolled|are thrown|)" },
    { "S", '.', "meanone", "(find|what is) the expected value of the number (shown |rolled |)when a (fair |)(six-sided |)die is (rolled|thrown)( once|)" },
    { "S", '.', "meansum", "(find|what is) the (expected value|expectation) of the (sum|total) (of the (numbers|points|faces|scores) (shown |rolled |)|)(when {i:n} (fair |)(six-sided |)dice are (rolled|thrown|tossed)|(shown by|shown on|of|on|by) {i:n} (fair |)(six-sided |)dice)" },
    { NULL, 0, NULL, NULL },
};

static int prime(long v)
{
    for (long d = 2; d * d <= v; d++)
        if (v % d == 0)
            return 0;
    return v > 1;
}

struct trial { int n; long from[64]; int values, distinct, ordered; };

/* Is t, a sum or product or number, as the event says? */
static int number_fits(struct facts *f, long t)
{
    long k = 0;
    long other;
    if (fact_has(f, "multor") || fact_has(f, "multand")) {
        if (!fact_int(f, "v", &k) || !fact_int(f, "v2", &other) || k < 1 || other < 1)
            return 0;
        return fact_has(f, "multor") ? t % k == 0 || t % other == 0 : t % k == 0 && t % other == 0;
    }
    if (fact_has(f, "mult"))
        return fact_int(f, "v", &k) && k > 0 && t % k == 0;
    if (fact_has(f, "even"))
        return t % 2 == 0;
    if (fact_has(f, "odd"))
        return t % 2 != 0;
    if (fact_has(f, "prime"))
        return prime(t);
    if (fact_has(f, "composite"))
        return t > 3 && !prime(t);
    if (!fact_int(f, "k", &k))
        return 0;
    return fact_has(f, "gt") ? t > k : fact_has(f, "lt") ? t < k : fact_has(f, "ge") ? t >= k : fact_has(f, "le") ? t <= k : t == k;
}

static int outcome_fits(struct facts *f, const char *event, int n, const long *x)
{
    long sum = 0, prod = 1, k = 6, same = 1, diff = 1, count = 0;
    if (!fact_has(f, "six") && strcmp(event, "count") == 0 && !fact_int(f, "k", &k))
        return 0;
    for (int i = 0; i < n; i++) {
        sum += x[i];
        prod *= x[i];
        count += x[i] == k;
        for (int j = 0; j < i; j++) {
            same &= x[i] == x[j];
            diff &= x[i] != x[j];
        }
    }
    if (strcmp(event, "same") == 0)
        return (int)same;
    if (strcmp(event, "diff") == 0)
        return (int)diff;
    if (strcmp(event, "second") == 0)
        return x[1] > x[0];
    if (strcmp(event, "count") == 0) {
        long j = fact_has(f, "j2") ? 2 : fact_has(f, "j3") ? 3 : 1;
        if (fact_has(f, "never"))
            return count == 0;
        return fact_has(f, "atleast") ? count >= j : fact_has(f, "atmost") ? count <= j : count == j;
    }
    if (strcmp(event, "gap") == 0)
        return number_fits(f, x[0] > x[1] ? x[0] - x[1] : x[1] - x[0]);
    return number_fits(f, strcmp(event, "prod") == 0 ? prod : strcmp(event, "value") == 0 ? x[0] : sum);
}

static int dice_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    static const char *const events[] = { "sum", "prod", "value", "same", "diff", "count", "gap", "second", "sumQ", "sumof", "mean", "meanone", "meansum" };
    struct trial t = { .n = 1, .values = 6 };
    const char *event = NULL;
    long v, a, b;
    (void)arg;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (fact_count(f, events[i]) > 0) {
            if (event != NULL)
                return 0;
            event = events[i];
        }
    if (event == NULL)
        return 0;
    for (int i = 0; i < 6; i++)
        t.from[i] = i + 1;
    if (fact_count(f, "list") + fact_count(f, "listone") == 1) {
        struct ex *d = fact_capture(f, "d")->e;
        if (d->n < 2 || d->n > 40 || (fact_int(f, "m", &v) && v != d->n))
            return 0;
        t.values = d->n;
        t.distinct = 1;
        for (int i = 0; i < d->n; i++) {
            if (!ex_is_int(d->a[i], &t.from[i]) || t.from[i] < 0 || t.from[i] > 1000)
                return 0;
            for (int j = 0; j < i; j++)
                if (t.from[i] == t.from[j])
                    return 0;
        }
    } else if (fact_count(f, "range") + fact_count(f, "rangeone") == 1) {
        if (!fact_int(f, "a", &a) || !fact_int(f, "b", &b) || a < 0 || b <= a || b - a > 60 || (fact_int(f, "m", &v) && v != b - a + 1))
            return 0;
        t.values = (int)(b - a + 1);
        for (int i = 0; i < t.values; i++)
            t.from[i] = a + i;
    }
    if (fact_int(f, "n", &v)) {
        if (v < 1 || v > MAX_N)
            return 0;
        t.n = (int)v;
    } else if (fact_has(f, "two") || fact_has(f, "three")) {
        t.n = fact_has(f, "two") ? 2 : 3;
    }
    if ((fact_int(f, "n2", &v) && v != t.n) || (fact_has(f, "is2") && t.n != 2) || (fact_has(f, "is3") && t.n != 3))
        return 0;                                     /* "both" of three: which two? */
    int mean = strncmp(event, "mean", 4) == 0, relations = fact_has(f, "eq") + fact_has(f, "gt") + fact_has(f, "lt") + fact_has(f, "ge") + fact_has(f, "le");
    if (strcmp(event, "value") == 0 ? t.n != 1 : strcmp(event, "second") == 0 || strcmp(event, "prod") == 0 || strcmp(event, "gap") == 0 ? t.n != 2 : !mean && t.n < 2)
        return 0;
    if (mean && strcmp(event, "meansum") != 0 && t.n != 1)
        return 0;
    if (relations > 1)
        return 0;
    if ((fact_count(f, "leadQ") == 1) != (strcmp(event, "sumof") == 0))
        return 0;
    if (strcmp(event, "sumQ") == 0 || strcmp(event, "sumof") == 0)
        event = "sum";
    long all = 0, hits = 0, x[MAX_N], total = 1;
    int at[MAX_N] = { 0 };
    for (int i = 0; i < t.n; i++)
        if ((total *= t.values) > MAX_OUTCOMES)
            return 0;
    for (long o = 0; o < total; o++) {
        int fit = 1;
        long s = 0;
        for (int i = 0; i < t.n; i++) {
            x[i] = t.from[at[i]];
            s += x[i];
            for (int j = 0; j < i && t.distinct; j++)
                fit &= at[i] != at[j];
        }
        calc_step(c, 1);
        all += fit;
        if (fit)
            hits += mean ? s : outcome_fits(f, event, t.n, x);
        for (int i = 0; i < t.n && ++at[i] == t.values; i++)
            at[i] = 0;
    }
    if (all == 0)
        return 0;
    r->k = S_VALUE;
    r->v = val_q(c, hits, all);
    r->text = calc_printf(c, "%d of %d equally likely values%s, %s %s", t.n, t.values, t.distinct ? ", different" : "", mean ? "mean of the" : "P", mean ? "sum" : event);
    for (int i = 0; i < f->n; i++)
        for (int j = 0; j < f->f[i].m.n && !mean; j++) {
            struct capture *k = &f->f[i].m.c[j];
            r->text = k->type == '!' ? calc_printf(c, "%s %s", r->text, k->name) : k->e != NULL && strcmp(k->name, "d") != 0 ? calc_printf(c, "%s %s = %s", r->text, k->name, ex_text(c, k->e)) : r->text;
        }
    return 1;
}

#define SHOOTER "(某射手|某射击运动员|一名射手|某运动员|某人|一射手|一名运动员|某篮球运动员|一名篮球运动员|某同学|某选手|{p:who})"
#define HIT "(命中|击中|投中|射中|投进|打中)"
/* Coins and shots: n independent trials of probability p. */
static const struct clause coins[] = {
    { "S", 'E', "coin", "(将|把|)(一枚)(质地|)均匀(的|)硬币(连续|)(抛掷|抛|掷|投掷){i:n}次" }, { "S", 'E', "coin", "(连续|先后|)(抛掷|抛|掷|投掷)(一枚)(质地|)均匀(的|)硬币{i:n}次" },
    { "S", 'E', "coin", "(同时|)(抛掷|抛|掷|投掷){i:n}枚(质地|)均匀(的|)硬币" },
    { "S", 'E', "shot", "(某射手|某射击运动员|一名射手|某运动员|某人)(每次|)(射击|投篮|)(一次|)(命中目标|命中|击中目标|击中|命中率|投中)(的概率|)(是|为){n:p},(他|)(连续|)(射击|投篮)(了|){i:n}次,(且|)(各次射击(的结果|)(相互独立|互不影响|是否命中互不影响|是否击中互不影响)|每次射击相互独立)" },
    { "S", 'F', "shotp", SHOOTER "(在|)(每次|每一次|)(射击|投篮|射门|打靶|投掷|罚球|)(一次|)(时|)(,|)(" HIT "|)(目标|靶子|靶心|)(的|)(概率|命中率)(都|均|)(是|为){n:p}" },
    { "F", 'F', "free", "(,|)(且|并且|设|假设|)(各次|每次|各次之间|每次之间)(射击|投篮|射门|打靶|罚球|)(的结果|是否命中|是否击中|命中与否|之间|)(是|)(相互独立|互不影响|互相独立|彼此独立)(的|)" }, { "F", 'F', "shots", "(,|)(现|现在|若|如果|)(他|她|该(射手|运动员|选手)|该同学|甲|)(连续|独立(地|){!:free}|独立重复{!:free}|)(射击|投篮|射门|打靶|罚球|投)(了|){i:n}次" },
    { "S", 'F', "bias", "(a|an|one) (biased|unfair|weighted|bent|loaded) coin (lands|comes up|shows|falls|lands on|turns up) heads with (a |)probability (of |){n:p}" }, { "F", 'F', "shots", "(and |)(it|the coin) is (tossed|flipped|thrown) {i:n} times" },
    { "S", 'F', "shotp", "(the |)probability that (a|the) (shooter|archer|marksman|player|basketball player) (hits|makes) (a|the) (target|shot|free throw|basket) (on (each|any|a single) (shot|attempt|try)|in (one|each) shot|with (each|one) shot|) is {n:p}" }, { "S", 'F', "shotp", "(a|the) (shooter|archer|marksman|player|basketball player) (hits (a|the) target|makes (a|each) (free throw|shot)) with probability {n:p}( (on|with|in) each (shot|attempt|try)|)( independently{!:free}( of the others|)|)" }, { "S", 'F', "shotp", "(a|the) (basketball player|player) makes {n:p} of (his|her|their) (free throws|shots)" },
    { "F", 'F', "shots", "(if |)(he|she|the (shooter|archer|player)) (shoots|fires|takes|attempts) ({i:n} times|{i:n} (shots|free throws))( independently{!:free}|)( and the shots are independent{!:free}|)" }, { "F", 'F', "free", "(,|and |with |)(the |each |all |)(shot|shots|attempts|results|free throws) (are |is |being |)independent( of (each other|the others|one another)|)" },
    { "EF", 'E', "lead", "(求|则|那么|问)(他|她|该(射手|运动员|选手)|)(在{i:n3}次(射击|投篮|罚球|)中|)" },
    { "F", 'A', "heads", CNT "(" HIT "|)(目标|靶子|)(有|)(了|){i:j}次(" HIT "|)(目标|)" }, { "E", 'A', "heads", CNT HIT "(目标|靶子|)(了|){i:j}次" }, { "E", 'A', "heads", CNT "(有|){i:j}次" HIT "(目标|靶子|)" },
    { "E", 'A', "heads", CNT "(有|出现|命中|击中|)(了|){i:j}(次|枚)(出现|)(正面朝上|正面向上|正面|出现正面|)(朝上|)" },
    { "E", 'A', "heads", CNT "(有|出现|){i:j}(次|枚)(硬币|)(为|)(正面朝上|正面向上|正面)" },
    { "E", 'A', "tails", CNT "(有|出现|){i:j}(次|枚)(硬币|)(反面朝上|反面向上|反面)" },
    { "E", 'A', "allheads", "({i:n2}枚硬币|{i:n2}次|)(全部|都|全都|全)(是|为|出现|)(正面朝上|正面向上|正面)(朝上|)" }, { "E", 'A', "alltails", "({i:n2}枚硬币|{i:n2}次|)(全部|都|全都|全)(是|为|出现|)(反面朝上|反面向上|反面)" },
    { "E", 'A', "mixed", "(恰好|)(出现|)(一枚正面(朝上|)(,|)(和|)一枚反面(朝上|)|一正一反)" }, { "E", 'A', "more", "(出现|)正面(的|)(次数|)(多于|比)反面(的|)(次数|)(多|)" },
    { "A", '.', "p", ASKP },
    { "S", 'E', "coin", "(if |when |)a (fair |)coin is (tossed|flipped|thrown) ({i:n} times|twice{!:two})" }, { "U", '.', "coin", "in {i:n} (tosses|flips|throws) of a (fair |)coin" }, { "S", 'E', "coin", "(if |when |){i:n} (fair |)coins are (tossed|flipped|thrown)( together| at the same time| simultaneously| at once| once|)" }, { "S", 'E', "coin", "(if |when |suppose |)(you|we|i|{w:who}) (toss|flip|throw|tosses|flips|throws) (a (fair |)coin ({i:n} times|twice{!:two})|{i:n} (fair |)coins)( in a row|)" }, { "E", 'Q', "many", "how many (of the |)(possible |different |)(outcomes|outcome sequences|sequences|sequences of heads and tails|results|sequences of outcomes|sequences of (tosses|flips))( are there|) (that |)(contain|contains|have|with|containing|in which there (is|are)|show|include|which contain)" }, { "Q", '.', "heads", ECNT " {i:j} (head|heads)" }, { "Q", '.', "tails", ECNT " {i:j} (tail|tails)" }, { "Q", '.', "noheads", "no heads" },
    { "EF", 'L', "lead", FIND }, { "L", '.', "heads", "(he|she|they) (hits|makes|scores)( (it|the target|the shot)|) " ECNT " ({i:j} times|{i:j}( of them| shots| free throws|)|twice{!:j2}|once{!:j1})" },
    { "L", '.', "heads", "(get |see |obtain |observe |throw |toss |seeing |getting |obtaining |it shows |there (is|are) |)" ECNT " {i:j} (of them show |)(head|heads)" }, { "L", '.', "heads", ECNT " {i:j} heads (appear|occur|come up|are obtained)" }, { "L", '.', "tails", "(get |see |obtain |observe |throw |toss |seeing |getting |obtaining |it shows |there (is|are) |)" ECNT " {i:j} (of them show |)(tail|tails)" },
    { "L", '.', "allheads", "((getting |)(all |{i:n3} )heads|all (coins|{i:n2}|{i:n2} (coins|tosses|flips)|of them|tosses|flips) (show|are|land|come up|land on) heads)" }, { "L", '.', "noheads", "(getting |)no heads" }, { "L", '.', "more", "(getting |there are |)more heads than tails" },
    { "S", 'T', "leadT", FIND }, { "T", 'U', "heads", "(getting |obtaining |)" ECNT " {i:j} (head|heads)" }, { "T", 'U', "noheads", "(getting |)no heads" }, { "T", 'U', "tails", "(getting |obtaining |)" ECNT " {i:j} (tail|tails)" },
    { "S", 'U', "mean", "(what is|find) the expected number of heads" }, { "U", '.', "coin", "(when|if) a (fair |)coin is (tossed|flipped|thrown) {i:n} times" },
    { "E", '.', "mean", "(what is|find) the expected number of heads" }, { "E", '.', "mean", "(求|)正面(朝上|向上|)(的|)次数的(数学期望|期望)(是多少|)" },
    { NULL, 0, NULL, NULL },
};

static int coins_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    static const char *const events[] = { "heads", "tails", "allheads", "alltails", "mixed", "more", "noheads", "mean" };
    const char *event = NULL;
    long n = 0, j = 0, v;
    (void)arg;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (fact_count(f, events[i]) > 0) {
            if (event != NULL || fact_count(f, events[i]) > 1)
                return 0;
            event = events[i];
        }
    if (fact_has(f, "two"))
        n = 2;
    else if (!fact_int(f, "n", &n))
        return 0;
    struct capture *pk = fact_capture(f, "p");
    int biased = fact_count(f, "bias") == 1, parted = fact_count(f, "shotp") == 1, shot = fact_count(f, "shot") + parted == 1;
    if (parted && (fact_count(f, "free") + fact_has(f, "free") != 1 || fact_count(f, "shots") != 1))
        return 0;                                     /* independent, and how many? */
    if (biased && (fact_count(f, "shots") != 1 || fact_count(f, "many") > 0))
        return 0;
    val p = shot || biased ? pk != NULL ? value_const(c, pk->e) : NULL : val_q(c, 1, 2);
    if (event == NULL || n < 1 || n > 40 || p == NULL || value_sign_is(c, p, 1) != YES || value_cmp(c, p, val_si(c, 1)) != -1)
        return 0;
    if (shot && strcmp(event, "heads") != 0)
        return 0;
    if ((fact_int(f, "n2", &v) && v != n) || (fact_int(f, "n3", &v) && v != n))
        return 0;
    int counted = strcmp(event, "heads") == 0 || strcmp(event, "tails") == 0, rel = fact_has(f, "atleast") ? 1 : fact_has(f, "atmost") ? -1 : 0;
    if (fact_has(f, "j1") || fact_has(f, "j2"))
        j = fact_has(f, "j1") ? 1 : 2;
    else if (counted && !fact_int(f, "j", &j))
        return 0;
    if (counted && ( j < 0 || j > n || fact_has(f, "atleast") + fact_has(f, "atmost") + fact_has(f, "exactly") != 1))
        return 0;
    if (strcmp(event, "mixed") == 0 && n != 2)
        return 0;
    r->k = S_VALUE;
    r->text = calc_printf(c, "%ld independent trials of probability %s, %s %s%s", n, value_text(c, p, 0), event, counted ? rel > 0 ? "≥ " : rel < 0 ? "≤ " : "= " : "", counted ? calc_printf(c, "%ld", j) : "");
    val s = val_si(c, 0), q = val_si(c, 1);
    ca_sub(q, q, p, c->ca);
    if (strcmp(event, "mean") == 0) {
        ca_mul_si(s, p, n, c->ca);
        r->v = s;
        return 1;
    }
    for (long h = 0; h <= n; h++) {
        long t = n - h;
        int in = strcmp(event, "heads") == 0 ? (rel > 0 ? h >= j : rel < 0 ? h <= j : h == j) : strcmp(event, "tails") == 0 ? (rel > 0 ? t >= j : rel < 0 ? t <= j : t == j) : strcmp(event, "allheads") == 0 ? h == n :
                 strcmp(event, "alltails") == 0 || strcmp(event, "noheads") == 0 ? h == 0 : strcmp(event, "mixed") == 0 ? h == 1 : h > t;
        if (!in)
            continue;
        val w = value_const(c, ex_fn(c, F_C, ex_num(c, n), ex_num(c, h))), a = val_new(c), b = val_new(c);
        if (w == NULL)
            return 0;
        ca_pow_si(a, p, h, c->ca);
        ca_pow_si(b, q, t, c->ca);
        ca_mul(w, w, a, c->ca);
        ca_mul(w, w, b, c->ca);
        ca_add(s, s, w, c->ca);
    }
    if (fact_count(f, "many") == 1) {
        ca_mul_si(s, s, 1L << n, c->ca);
        r->text = calc_printf(c, "%s, find the number of sequences", r->text);
    }
    r->v = s;
    return 1;
}

int read_trials(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "trials";
    return clause_read(c, q, dice, dice_done, r, NULL) || clause_read(c, q, coins, coins_done, r, NULL);
}
