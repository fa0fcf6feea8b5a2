/* read_games.c - the expected value of a game of one throw: each rule says what some of the
 * outcomes pay; every outcome must have exactly one rule.  Faces of a die, sides of a
 * coin, cards with numbers. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

enum { MAX_FACES = 100 };

#define FAIR "(质地|)(均匀的|质地均匀的|均匀|公平的|标准的|)"
#define DIE "(骰子|正方体骰子|色子|{i:s}面骰子|正{i:s}面体骰子|正{i:s}面体|六面骰子{!:six}|正六面体骰子{!:six})"
#define FACES "(\\(|,|)((各面|它的各面|六个面|各个面|每面)(上|)(分别|)(标有|写有|刻有|标着|点数为)(数字|点数|)(从|){i:lo}(到|至|~|-){i:hi}|)(\\)|,|)"
#define NUM "(掷出的|掷得的|出现的|向上的|朝上的|朝上一面的|正面朝上的|所得的|所得|掷出|得到的|得到|抽到的|抽出的|抽到|取到的|卡片上的|)(点数|数|数字|结果|)"
#define COND "((为|是|)(偶数|双数){!:even}|(为|是|)(奇数|单数){!:odd}|(为|是|)(质数|素数){!:prime}|(为|是|)合数{!:composite}|(是|为|)(大于|超过|多于){i:gt}|(是|为|)(小于|少于|低于){i:lt}|(不小于|至少为|不少于|不低于|大于等于|大于或等于){i:ge}|(不大于|至多为|不超过|不多于|小于等于|小于或等于){i:le}|(是|为|){i:mult}的倍数|(是|为|){l:in}(之一|)|(是|为|等于|){n:eq}(点|))"
#define MONEY "({u:cur}|分|点|个积分|积分|分钱)"
#define PRIZE "(奖金|分数|分|积分|奖励|得分|钱|收入|元)"
#define FACEZH "(与点数相同|与点数相等|和点数相同|等于点数|相应点数|相应|与点数同样多|点数相同|跟点数相同|与该点数相同|与数字相同|同点数|与所得点数相同)"
#define WINS "(得到|获得|赢得|得|赢|可得|可得到|可获得|获|奖励|奖|领取|就得|能得到)(了|)"
#define PAYZH "(则|就|则可|,|)(你|他|玩家|参与者|)(" WINS FACEZH "(数量|数目|)(的|)" PRIZE "{!:face}|" WINS "点数(的|){n:times}倍(的|)" PRIZE "|" WINS "{n:win}" MONEY "(的|)(奖金|)|(输|付|付出|支付|罚|扣|亏|损失|赔|失去|扣掉|倒扣)(掉|){n:lose}" MONEY "|(不得分|得不到分|没有奖金|没有奖励|什么都没有|什么也没有|不得奖|无奖金|无奖励|没有|得不到奖金|不奖励){!:zero})"
#define ASKED "(所得金额|金额|获得的金额|得分|奖金|收益|所得分数|获得的奖金|所得奖金|所得|收入|获利|盈利|赢得的钱|积分|所得积分|所获奖金|获得的分数|获得分数|得到的分数|分数|奖励|所获得的奖金)"
#define EVZH "(数学期望|期望值|期望|均值|平均值)"
static const struct clause zh[] = {
    { "S", 'G', "die", "(小明|小红|某人|若|)(随机|)(掷|抛掷|投掷|抛|投)(一枚|一颗|一个|1枚|1颗|1个)" FAIR DIE FACES "(一次|1次|)" },
    { "S", 'G', "die", "(将|把)(一枚|一颗|一个)" FAIR DIE FACES "(抛掷|掷|抛|投掷)(一次|1次)" },
    { "S", 'G', "coin", "(掷|抛掷|投掷|抛)(一枚|1枚)" FAIR "(的|)硬币(一次|1次|)" },
    { "S", 'G', "cards", "(从|在|)(标有|写有|编号(为|是|)|分别(标有|写有))(数字|)(从|){i:lo}(到|至|~|-){i:hi}的({i:count}张|)(卡片|纸牌|小球|球|纸条)(中|里)(任意|随机|任|)(抽取|抽|取|摸|抽出|取出|摸出)(出|)(一|1)(张|个)(卡片|球|)" },
    { "G", 'G', "rule", "(规定|规则是|)(若|如果|当|)" NUM COND "(时|,|)" PAYZH },
    { "G", 'G', "heads", "(若|如果|当|)(出现|是|为|掷出|)正面(朝上|向上|)(时|,|)" PAYZH }, { "G", 'G', "tails", "(若|如果|当|)(出现|是|为|掷出|)反面(朝上|向上|)(时|,|)" PAYZH },
    { "G", 'G', "else", "(否则|不然|其他情况(下|)|其余情况(下|)|其他点数|反之|出现其他点数(时|))" PAYZH },
    { "G", 'G', "all", "(得分|奖金|得到的分数|所得分数)(等于|就是|为|是)(点数|掷出的点数)" },
    { "G", '.', "ask", "(求|则|那么|问|计算|)(这个游戏|游戏者|此人|他|你|玩家|一次游戏|)(的|)" ASKED "(X|)(的|)" EVZH "(是多少|为多少|是|)(多少|)(分|元|{u:want}|)" },
    { "G", '.', "asknum", "(求|则|那么|问|计算|)" "(掷出的|出现的|向上的|朝上的|抽到的|所得|所取|)(点数|数字|卡片上的数字|卡片数字|号码|编号)(X|)(的|)" EVZH "(是多少|为多少|是|)" },
    { NULL, 0, NULL, NULL },
};

#define EDIE "(a|one) (fair |standard |regular |balanced |unbiased |)(six-sided{!:six} |6-sided{!:six} |{i:s}-sided |)(die|dice)( with faces (numbered |marked |)(from |){i:lo} (to|through) {i:hi}| (numbered|marked|labelled|labeled) (from |){i:lo} (to|through) {i:hi}|)"
#define RESULT "(the (result|number|outcome|roll|score|number rolled|number shown|number that comes up|die|face|number on the card|card)|it|you (roll|throw|get|draw)) "
#define ECOND "((is |shows |comes up |are |)(an |)even{!:even}( number|)|(is |shows |comes up |)(an |)odd{!:odd}( number|)|(is |shows |comes up |)(a |)prime{!:prime}( number|)|(is |shows |comes up |)(a number |)(greater|more|larger|higher|bigger) than {i:gt}|(is |shows |comes up |)(a number |)(less|smaller|lower|fewer) than {i:lt}|(is |shows |)at least {i:ge}|(is |shows |){i:ge} or (more|higher|greater|above)|(is |shows |)at most {i:le}|(is |shows |){i:le} or (less|lower|fewer|below)|(is |)(a |)multiple of {i:mult}|(is |)divisible by {i:mult}|(is |shows |comes up |)(a |){i:o1} or (a |){i:o2}|(is |shows |comes up |)(a |){n:eq})"
#define CUR "({u:cur}|points|point|euros|coins|chips)"
#define EPAY "(,|then|)(you |he |she |the player |)(will |)(((score|scores|win|wins|get|gets|receive|receives|gain|gains|earn|earns) (that (many|number of) " CUR "|as many " CUR " as the (number|result|roll|die)( shown| rolled| shows|)|the (number|value|amount) (shown|rolled|on the die|on the face|of the roll)( in| of|)( " CUR "|)|the same number of " CUR "|(a number of |)" CUR " equal to the (number|result|roll|outcome)( shown| rolled|)|the (result|roll|number|outcome) (in|as) " CUR "){!:face}|(are |is |)(paid|awarded) that many " CUR "{!:face}|(score|scores|win|wins|get|gets|receive|receives|gain|gains|earn|earns) {n:times} times (the (number|result|roll)|that number)( shown| rolled|)( (in |of |)" CUR "|)|(score|scores|win|wins|get|gets|receive|receives|gain|gains|earn|earns) (a prize of |)({q:winq}|{n:win} " CUR ")|(lose|loses|pay|pays) ({q:loseq}|{n:lose} " CUR ")|((score|scores|win|wins|get|gets|receive|receives|gain|gains|earn|earns) |)(nothing|no (points|money|prize)){!:zero}))"
#define EASKED "(score|win|winnings|value of the win|value of your winnings|value of the score|value of the winnings|value of the game|number of points|gain|payoff|payout|profit|amount won|value|prize|earnings|points|value of your score|value of the payoff|number of dollars won)"
static const struct clause en[] = {
    { "S", 'G', "die", "(if |suppose |)" EDIE " is (rolled|thrown|tossed|cast)( once| one time|) (,|and|)" }, { "S", 'G', "die", "(if |suppose |in a game |)(you|a player) (roll|rolls|throw|throws|toss) " EDIE "( once| one time|) (,|and|)" },
    { "S", 'S', "intro", "a game costs nothing to play" },
    { "S", 'G', "coin", "(a|one) fair coin is (tossed|flipped|thrown)( once|)" }, { "S", 'G', "coin", "you (toss|flip) (a|one) fair coin( once|)" },
    { "S", 'G', "cards", "(a|one) card is (drawn|chosen|picked) at random from cards numbered (from |){i:lo} (to|through) {i:hi}" },
    { "G", 'G', "rule", "(if |when |and |)" RESULT ECOND EPAY }, { "G", 'G', "rule2", "(you |the player |)(score|scores|win|wins|get|gets|receive|receives|earn|earns) ({q:winq}|{n:win} " CUR "|(that many " CUR "|the (number|amount) (shown|rolled)( in " CUR "|)){!:face}) (if|when|for) (" RESULT ECOND "|(a|an) {n:eq} (comes up|appears|is rolled|shows|shows up|turns up|is thrown))" },
    { "G", 'G', "heads", "(if |for |)(it (comes up |lands |is |shows |lands on )|)heads" EPAY }, { "G", 'G', "tails", "(and |but |)(if |for |)(it (comes up |lands |is |shows |lands on )|)tails" EPAY },
    { "G", 'G', "else", "(and |)(otherwise|else|in all other cases|for any other (result|number))" EPAY }, { "G", 'G', "else", "(and |)otherwise {n:win} " CUR }, { "G", 'G', "else", "(and |but |)((score|win|get|receive|earn) |)nothing{!:zero} otherwise" }, { "G", 'G', "else", "(and |but |)(lose ({q:loseq}|{n:lose} " CUR ")|win ({q:winq}|{n:win} " CUR ")) otherwise" },
    { "G", '.', "ask", "(find|what is|what are|calculate|compute|determine) (the|your|his|her|a player's) (expected|mean|average) " EASKED "( of the game| per game| per roll| in one game|)( in {u:want}| in points|)" },
    { "G", '.', "asknum", "(find|what is|calculate|determine) the (expected value|mean|expectation) of (the |)(number|result|outcome|roll|score|number shown|number rolled)( shown| rolled| on the card|)" },
    { NULL, 0, NULL, NULL },
};

static int is_prime(long v)
{
    for (long d = 2; d * d <= v; d++)
        if (v % d == 0)
            return 0;
    return v > 1;
}

/* Does the outcome x fall under the rule? -1: the rule says nothing that is understood. */
static int applies(struct match *m, long x)
{
    long k, l;
    struct ex *in = match_ex(m, "in");
    if (has(m, "even") || has(m, "odd"))
        return (x % 2 == 0) == has(m, "even");
    if (has(m, "prime"))
        return is_prime(x);
    if (has(m, "composite"))
        return x > 3 && !is_prime(x);
    if (ex_is_int(match_ex(m, "mult"), &k))
        return k > 0 ? x % k == 0 : -1;
    if (ex_is_int(match_ex(m, "gt"), &k))
        return x > k;
    if (ex_is_int(match_ex(m, "lt"), &k))
        return x < k;
    if (ex_is_int(match_ex(m, "ge"), &k))
        return x >= k;
    if (ex_is_int(match_ex(m, "le"), &k))
        return x <= k;
    if (ex_is_int(match_ex(m, "o1"), &k) && ex_is_int(match_ex(m, "o2"), &l))
        return x == k || x == l;
    for (int i = 0; in != NULL && i < in->n; i++) {
        if (!ex_is_int(in->a[i], &k))
            return -1;
        if (k == x)
            return 1;
    }
    if (in != NULL)
        return 0;
    return ex_is_int(match_ex(m, "eq"), &k) ? x == k : -1;
}

/* What the rule pays at the outcome x; NULL if that is not known. */
static val pays(struct calc *c, struct match *m, long x)
{
    struct ex *w = match_ex(m, "win") != NULL ? match_ex(m, "win") : match_ex(m, "winq"), *l = match_ex(m, "lose") != NULL ? match_ex(m, "lose") : match_ex(m, "loseq"), *t = match_ex(m, "times");
    val v;
    if (has(m, "zero"))
        return val_si(c, 0);
    if (has(m, "face"))
        return val_si(c, x);
    if (t != NULL) {
        if (t->k == E_PCT || (v = value_const(c, t)) == NULL)
            return NULL;
        ca_mul_si(v, v, x, c->ca);
        return v;
    }
    struct ex *e = w != NULL ? w : l;
    if (e == NULL || e->k == E_PCT || (v = value_const(c, e)) == NULL || value_sign_is(c, v, -1) != NO)
        return NULL;
    if (w == NULL)
        ca_neg(v, v, c->ca);
    return v;
}

/* The outcomes lo .. hi, all equally likely. */
static int outcomes_of(struct facts *f, long *lo, long *hi)
{
    long s = 6, v;
    *lo = 1;
    *hi = 6;
    if (fact_count(f, "coin") > 0) {
        *hi = 2;                                      /* heads, tails */
        return 1;
    }
    if (fact_count(f, "cards") > 0)
        return fact_int(f, "lo", lo) && fact_int(f, "hi", hi) && *lo >= 0 && *hi > *lo && *hi - *lo < MAX_FACES && (!fact_int(f, "count", &v) || v == *hi - *lo + 1);
    int sides = fact_int(f, "s", &s);
    if (fact_int(f, "lo", lo) && fact_int(f, "hi", hi)) {
        if (sides && *hi - *lo + 1 != s)
            return 0;
    } else if (sides && s != 6) {
        return 0;                                     /* which numbers stand on them? */
    }
    return *hi > *lo && *hi - *lo < MAX_FACES && *lo >= 0 && (!fact_has(f, "six") || *hi - *lo == 5);
}

static int game_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    long lo, hi;
    struct match *other = fact_get(f, "else");
    int rules = fact_count(f, "rule") + fact_count(f, "rule2"), coin = fact_count(f, "coin"), sides = fact_count(f, "heads") + fact_count(f, "tails"), num = fact_count(f, "asknum"), whole = fact_count(f, "all");
    const char *text = "";
    (void)arg;
    if (!outcomes_of(f, &lo, &hi) || fact_count(f, "else") > 1 || (coin != 0) != (sides != 0) || (coin && rules > 0) || whole > 1)
        return 0;
    if (num ? coin || rules + sides + whole > 0 || other != NULL : rules + sides + whole == 0 || (whole && (rules > 0 || other != NULL)))
        return 0;
    val sum = val_si(c, 0);
    for (long x = lo; x <= hi; x++) {
        int hits = 0;
        val v = num || whole ? val_si(c, x) : NULL;
        for (int i = 0; i < f->n; i++) {
            const char *tag = f->f[i].tag;
            int in = strncmp(tag, "rule", 4) == 0 ? applies(&f->f[i].m, x) : strcmp(tag, "heads") == 0 ? x == 1 : strcmp(tag, "tails") == 0 ? x == 2 : 0;
            if (in < 0)
                return 0;
            if (in > 0 && (hits++ > 0 || (v = pays(c, &f->f[i].m, x)) == NULL))
                return 0;
        }
        if (v == NULL && other != NULL)
            v = pays(c, other, x);
        if (v == NULL)
            return 0;                                 /* an outcome without a rule */
        ca_add(sum, sum, v, c->ca);
        text = calc_printf(c, "%s%s%s", text, x > lo ? ", " : "", value_text(c, v, 0));
    }
    ca_div_si(sum, sum, hi - lo + 1, c->ca);
    const struct unit *u = NULL;
    static const char *const names[] = { "cur", "winq", "loseq" };
    for (int i = 0; i < f->n; i++)
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            struct capture *k = match_get(&f->f[i].m, names[j]);
            if (k == NULL || k->unit == NULL)
                continue;
            if (u != NULL && (memcmp(u->dim, k->unit->dim, sizeof u->dim) != 0 || u->p != k->unit->p || u->q != k->unit->q))
                return 0;
            u = k->unit;
        }
    struct capture *want = fact_capture(f, "want");
    if (want != NULL && (u == NULL || memcmp(u->dim, want->unit->dim, sizeof u->dim) != 0 || u->p != want->unit->p || u->q != want->unit->q))
        return 0;
    r->unit = u != NULL && !u->noun ? u : NULL;
    r->k = S_VALUE;
    r->v = sum;
    r->text = calc_printf(c, "outcomes %ld to %ld, equally likely, pay %s; find the mean", lo, hi, text);
    return 1;
}

int read_games(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "games";
    return clause_mentions(q, "期望|均值|平均值|expect|mean|average") && (clause_read(c, q, zh, game_done, r, NULL) || clause_read(c, q, en, game_done, r, NULL));
}
