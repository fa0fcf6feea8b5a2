/* read_words.c - ages, heads and legs, sharing, unit prices, whole buses, two numbers. */
#include "plugins/calculator/questions/read.h"
#include "plugins/calculator/text/parse.h"

#include <string.h>

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define INT(x) "(" x ")-floor(" x ")=0"
#define HEADS "(上有|从上面数(,|)有|从上面数共有|数头有|头共有|共有|有){i:h}(个|)头"
#define FEET "(下有|从下面数(,|)有|从下面数共有|数脚有|脚共有|脚共|共有|有|){i:f}(只|条|)(脚|足|腿)"
#define HEADS0 "(鸡兔|鸡和兔|鸡,兔|鸡和兔子)(一共|共)(有|){i:h}只,"
#define CHICK "(今有|)(鸡兔同笼|笼子里有(若干只|一些|)鸡和兔(若干只|)|笼子里有(若干只|一些|)鸡和兔子|鸡和兔关在同一个笼子里)"
#define PACKED "{a:g:eggs|apples|books|bottles|oranges|pencils|cakes}"
#define BOXES "{a:b:boxes|crates|cartons}"
#define CARRY(one, many) "each " one " (can carry|holds|can hold|seats|carries) (at most |up to |){i:k} (people|students|passengers|children),how many " many " are needed to (carry|transport|take) {i:n} (people|students|passengers|children)"
#define FARM(x, y) "a farmer has (some |)chickens and " x ",(there are|they have) {i:h} heads and {i:f} legs( in total| altogether| in all|),how many " y " (are there|does he have|does the farmer have)"

/* t divided as the ratio d: the share with the mark i0, i1, i2, or the extreme one. */
static int ratio_share(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *d = match_ex(m, "d"), *t = match_ex(m, "t"), *sum;
    int i = has(m, "i0") ? 0 : has(m, "i1") ? 1 : has(m, "i2") ? 2 : -1;
    (void)q;
    if (d->k != E_RATIO || d->n < 2 || d->n > 6 || i >= d->n || (i >= 0 && d->n != (has(m, "three") ? 3 : 2)))
        return 0;
    for (int j = 0; j < d->n; j++) {
        long v;
        if (!ex_is_int(d->a[j], &v) || v < 1)
            return 0;
        long best = 0;
        if (i < 0 && j == 0)
            i = 0;
        else if ((has(m, "min") || has(m, "max")) && ex_is_int(d->a[i], &best) && (has(m, "max") ? v > best : v < best))
            i = j;
    }
    sum = ex_new(c, E_ADD, d->n);
    for (int j = 0; j < d->n; j++)
        sum->a[j] = d->a[j];
    r->k = S_VALUE;
    r->v = value_const(c, ex_2(c, E_DIV, ex_2(c, E_MUL, t, d->a[i]), sum));
    r->text = calc_printf(c, "%s divided as %s, find share %d", ex_text(c, t), ex_text(c, d), i + 1);
    return r->v != NULL;
}

/* Heads and feet of chickens (2) and rabbits (4): both numbers, in the order in which they are asked. */
static int both_kinds(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    static const char *const names[] = { "chickens", "rabbits" };
    long h, f;
    int first = has(m, "rabbits");
    (void)q;
    if (!ex_is_int(match_ex(m, "h"), &h) || !ex_is_int(match_ex(m, "f"), &f) || h < 1 || h > 100000000 || f % 2 != 0 || f < 2 * h || f > 4 * h)
        return 0;
    read_two(c, r, names, val_si(c, 2 * h - f / 2), val_si(c, f / 2 - h), first);
    r->text = calc_printf(c, "%ld heads, %ld feet, chickens (2) and rabbits (4), find the %s and the %s", h, f, names[first], names[!first]);
    return 1;
}

static int map_scale(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    static const signed char length[UNIT_DIMS] = { 1 };
    struct ex *d = match_ex(m, "d");
    struct capture *s = match_get(m, "s"), *u = match_get(m, "unit");
    long n, k;
    (void)q;
    if (d->k != E_RATIO || d->n != 2 || !ex_is_int(d->a[0], &n) || !ex_is_int(d->a[1], &k) || n < 1 || k < 1 || s->unit == NULL || memcmp(s->unit->dim, length, sizeof length) != 0 || (u != NULL && memcmp(u->unit->dim, length, sizeof length) != 0))
        return 0;
    r->unit = u != NULL ? u->unit : s->unit;
    val x = value_const(c, s->e);
    if (x == NULL)
        return 0;
    ca_mul(x, x, val_q(c, k, n), c->ca);
    ca_mul(x, x, val_q(c, s->unit->p, s->unit->q), c->ca);
    ca_mul(x, x, val_q(c, r->unit->q, r->unit->p), c->ca);
    r->k = S_VALUE;
    r->v = x;
    r->text = calc_printf(c, "scale %ld : %ld, %s %s on the map, find the distance", n, k, ex_text(c, s->e), s->unit->text);
    return 1;
}

/* k consecutive numbers, of all, the even or the odd ones, from their sum. */
static int consecutive(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long k, s, v, step = has(m, "even") || has(m, "odd") ? 2 : 1;
    (void)q;
    if (!ex_is_int(match_ex(m, "k"), &k) || k < 2 || k > 50 || !ex_is_int(match_ex(m, "s"), &s) || s < -1000000000 || s > 1000000000 || (match_ex(m, "k2") != NULL && (!ex_is_int(match_ex(m, "k2"), &v) || v != k)))
        return 0;
    long low2 = 2 * s - k * (k - 1) * step;           /* k (2 low + (k - 1) step) = 2 s */
    if (low2 % (2 * k) != 0)
        return 0;
    long low = low2 / (2 * k);
    if ((has(m, "even") && low % 2 != 0) || (has(m, "odd") && low % 2 == 0) || (has(m, "positive") && low < 1) || (has(m, "natural") && low < 1) || (has(m, "mid") && k % 2 == 0) || (has(m, "second") && k < 2))
        return 0;
    r->k = S_VALUE;
    r->v = val_si(c, has(m, "max") ? low + (k - 1) * step : has(m, "mid") ? low + (k - 1) / 2 * step : has(m, "second") ? low + step : low);
    r->text = calc_printf(c, "%ld consecutive %s with sum %ld, find the %s", k, has(m, "even") ? "even numbers" : has(m, "odd") ? "odd numbers" : "integers", s, has(m, "max") ? "largest" : has(m, "mid") ? "middle one" : has(m, "second") ? "second" : "smallest");
    return 1;
}

/* Animals with two and with four legs: h heads and f legs. */
static int legs(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    static const char *const two[] = { "chickens", "hens", "ducks", "birds", "geese", "turkeys", "ostriches", "鸡", "鸭", "鸵鸟", "鹤", "鹅" }, *const four[] = { "rabbits", "cows", "pigs", "goats", "sheep", "horses", "dogs", "cats", "兔", "兔子", "牛", "羊", "猪", "狗", "猫", "龟", "乌龟", "马" };
    static const char *const names[] = { "x", "y", "z" };
    int kind[3] = { 0 };
    long h, f;
    (void)q;
    for (int i = 0; i < 3; i++) {
        struct capture *k = match_get(m, names[i]);
        for (size_t j = 0; k != NULL && j < sizeof two / sizeof *two; j++)
            kind[i] = strcasecmp(k->raw, two[j]) == 0 ? 2 : kind[i];
        for (size_t j = 0; k != NULL && j < sizeof four / sizeof *four; j++)
            kind[i] = strcasecmp(k->raw, four[j]) == 0 ? 4 : kind[i];
    }
    const char *z = match_get(m, "z")->raw, *x = match_get(m, "x")->raw, *y = match_get(m, "y")->raw;
    int same = strcasecmp(z, x) == 0 || strcasecmp(z, y) == 0 || (kind[2] == 4 && strncmp(z, "兔", 3) == 0 && (strncmp(x, "兔", 3) == 0 || strncmp(y, "兔", 3) == 0));
    if (kind[0] + kind[1] != 6 || kind[2] == 0 || !same || !ex_is_int(match_ex(m, "h"), &h) || !ex_is_int(match_ex(m, "f"), &f) || h < 1 || h > 1000000 || f < 2 * h || f > 4 * h || f % 2 != 0)
        return 0;
    long fours = (f - 2 * h) / 2;
    r->k = S_VALUE;
    r->v = val_si(c, kind[2] == 4 ? fours : h - fours);
    size_t used;
    r->unit = strstr(q->text, "只") != NULL ? parse_unit(c, "只", &used, 1) : NULL;
    r->text = calc_printf(c, "%ld heads, %ld legs, %s (%d) and %s (%d), find the %s", h, f, x, kind[0], y, kind[1], z);
    return 1;
}

const struct family read_words[] = {
    { .id = "consecutive numbers", .read = consecutive, .patterns = P(
        "(已知|若|如果|)(有|){i:k}个连续(的|)(正整数{!:positive}|整数|自然数{!:natural}|偶数{!:even}|奇数{!:odd}|正偶数{!:even}{!:positive}|正奇数{!:odd}{!:positive})(,(它们|其|)|(的|))(的|)(之|)和(是|为|等于){i:s},(求|则|那么|问|)(其中|这{i:k2}个数(中|)|)(,|)(最大{!:max}|最小|中间{!:mid}|第一|较大{!:max}|较小)(的|)(那|)(一|)(个|)(数|偶数|奇数|整数|自然数|)(是|为|)(多少|几|)",
        "(if |)(the |)sum of {i:k} consecutive (positive{!:positive} |)(even{!:even} |odd{!:odd} |)(integers|numbers|whole numbers|natural numbers{!:natural}) (is|equals|is equal to) {i:s},(then |)(find|what is|determine) (the |)(largest{!:max}|greatest{!:max}|biggest{!:max}|last{!:max}|smallest|least|first|middle{!:mid}|second{!:second})( one| number| integer| of them| of these| of the (numbers|integers|three|five|four)| of these (numbers|integers)| even number| odd number|)", "{i:k} consecutive (positive{!:positive} |)(even{!:even} |odd{!:odd} |)(integers|numbers|whole numbers|natural numbers{!:natural}) (have a sum of|add up to|sum to|have sum|total) {i:s},(find|what is|determine) (the |)(largest{!:max}|greatest{!:max}|biggest{!:max}|last{!:max}|smallest|least|first|middle{!:mid}|second{!:second})( one| number| integer| of them| of these| of the (numbers|integers)| of these (numbers|integers)| even number| odd number|)") },
    { .id = "heads and legs", .read = legs, .patterns = P(
        "(a (farm|farmer|cage|yard|barn|pen|zoo|man|field|farmyard)|there are|in a (farm|cage|yard|barn|pen|zoo|field|farmyard)(,| )(there are|)) (has|contains|holds|keeps|have|with|owns|raises|) (some |only |a number of |both |){w:x} and {w:y}( in a (farm|cage|yard|barn|pen|field)| on a farm|)(,|)(with |there are |they have |having |together they have |and |and there are |and they have |altogether they have |in all there are |){i:h} (heads|animals) and {i:f} (legs|feet)( in all| in total| altogether| in the (farm|cage|yard|barn)|),how many {w:z} (are there|are in the (farm|cage|yard|barn)|does (he|she|the farmer|the farm|it|the man) (have|own|keep)|does the farm have)", "{w:x} and {w:y} (have|are kept in a cage,with|in a cage have|together have) {i:h} heads and {i:f} (legs|feet)( in all| in total| altogether|),how many {w:z} are there",
        "(一个|今有|)(笼子|笼子里|笼中|农场|农场里|院子里|笼子中|饲养场里|农场中|)(里|中|)(关着|有|养着|养了|)(若干只|一些|){w:x}(和|,|与){w:y}(若干只|)(同笼|)(,|)(从上面数(,|)|数一数(,|)|)(一共|共|总共|)(有|){i:h}(个|)(头|只)(,|)(从下面数(,|)|)(一共|共|总共|)(有|){i:f}(只|条|)(脚|腿|足)(,|)(问|求|则|那么|)(其中|){w:z}(有|)(多少|几)只") },
    /* ---- ages ---- */
    { .id = "age, years until", .formula = "(f-k*s)\\div(k-1)", .conds = "k>1, f>s, s>0, (f-k*s)\\div(k-1)>=0", .unit = "years", .text = "ages {f} and {s}, in how many years is the first {k} times the second", .patterns = P(
        "{p:p}今年{n:f}岁,{p:q}(今年|){n:s}岁,(再过|经过|过)(几|多少)年(后|),{p:p}的年龄(正好|恰好|)是{p:q}(年龄|的年龄|)的{n:k}倍", "{p:q}今年{n:s}岁,{p:p}(今年|){n:f}岁,(再过|经过|过)(几|多少)年(后|),{p:p}的年龄(正好|恰好|)是{p:q}(年龄|的年龄|)的{n:k}倍",
        "{w:q} is {n:s} (years old |)and (his|her) {w:p} is {n:f} (years old|),in how many years will (his|her|the) {w:p} be (twice{!:two}|{n:k} times) as old as {w:q}") },
    { .id = "age, younger first", .formula = "(f-k*s)\\div(k-1)", .conds = "k>1, f>s, s>0, (f-k*s)\\div(k-1)>=0", .unit = "years", .text = "ages {s} and {f}, in how many years is the second {k} times the first", .patterns = P(
        "今年{p:q}{n:s}岁,{p:p}{n:f}岁,(再过|经过|过|)(几|多少)年(后|),{p:p}的年龄(正好|恰好|)是{p:q}(年龄|的年龄|)的{n:k}倍", "今年{p:p}{n:f}岁,{p:q}{n:s}岁,(再过|经过|过|)(几|多少)年(后|),{p:p}的年龄(正好|恰好|)是{p:q}(年龄|的年龄|)的{n:k}倍") },
    { .id = "ages added, later", .formula = "f+s+2*n", .conds = "f>0, s>0, n>0", .unit = "岁", .text = "ages {f} and {s}, find their sum in {n} years", .patterns = P("{p:p}今年{n:f}岁,{p:q}(今年|){n:s}岁,{n:n}年后(两人|他们|母女|父子)(的|)年龄(之|的|)和(是|为)多少岁") },
    { .id = "ages added, before", .formula = "f+s-2*n", .conds = "f>n, s>=n, n>0", .unit = "岁", .text = "ages {f} and {s}, find their sum {n} years ago", .patterns = P("{p:p}今年{n:f}岁,{p:q}(今年|){n:s}岁,{n:n}年前(两人|他们|母女|父子)(的|)年龄(之|的|)和(是|为)多少岁") },
    { .id = "age, factor and difference", .formula = "d\\div(k-1)", .conds = "k>1, d>0", .unit = "岁", .text = "{k} times as old and {d} years older, find the younger", .patterns = P(
        "今年{p:p}的年龄是{p:q}(的|年龄的|的年龄的){n:k}倍,{p:p}比{p:q}大{n:d}岁,{p:q}今年(几岁|多少岁)", "今年{p:p}的年龄是{p:q}(的|年龄的|的年龄的){n:k}倍,{p:p}比{p:q}大{n:d}岁,今年{p:q}(几岁|多少岁)") },
    { .id = "age, two factors", .formula = "n*(j-1)\\div(k-j)", .conds = "k>j, j>1, n>0", .unit = "years", .text = "{k} times as old now, {j} times in {n} years, find the younger's age", .patterns = P(
        "a {w:p} is {n:k} times as old as (his|her) {w:q},in {i:n} years (he|she|the {w:p}) will be {n:j} times as old as (his|her|the) {w:q},how old is (his|her|the) {w:q} now") },
    { .id = "age, factor and twice", .formula = "n\\div(k-2)", .conds = "k>2, n>0", .unit = "years", .text = "{k} times as old now, twice in {n} years, find the younger's age", .patterns = P(
        "a {w:p} is {n:k} times as old as (his|her) {w:q},in {i:n} years (he|she|the {w:p}) will be twice as old as (his|her|the) {w:q},how old is (his|her|the) {w:q} now") },
    { .id = "age, years until (twice)", .formula = "f-2*s", .conds = "f>2*s, s>0", .unit = "years", .text = "ages {f} and {s}, in how many years is the first twice the second", .patterns = P(
        "{w:q} is {n:s} (years old |)and (his|her) {w:p} is {n:f} (years old|),in how many years will (his|her|the) {w:p} be twice as old as {w:q}") },
    { .id = "age, years ago", .formula = "(k*s-f)\\div(k-1)", .conds = "k>1, f>s, s>0, (k*s-f)\\div(k-1)>=0, (k*s-f)\\div(k-1)<s", .unit = "years", .text = "ages {f} and {s}, how many years ago was the first {k} times the second", .patterns = P(
        "{p:q}今年{n:s}岁,{p:p}(今年|){n:f}岁,(几|多少)年(前|以前),{p:p}的年龄(正好|恰好|)是{p:q}(年龄|的年龄|)的{n:k}倍", "{p:p}今年{n:f}岁,{p:q}(今年|){n:s}岁,(几|多少)年(前|以前),{p:p}的年龄(正好|恰好|)是{p:q}(年龄|的年龄|)的{n:k}倍") },
    { .id = "age from the sum", .formula = "t\\div(k+1)", .conds = "k>1, t>0", .unit = "岁", .text = "the first is {k} times as old as the second, ages sum to {t}, find the second", .patterns = P(
        "(今年|){p:p}的年龄是{p:q}(的|年龄的|的年龄的){n:k}倍,(母女|母子|父子|父女|爷孙|)(两人|)(的|)(年龄之和|年龄和|年龄的和)(是|为){n:t}岁,(求|){p:q}(今年|)(多少岁|几岁|的年龄)",
        "the sum of the ages of {w:p} and {w:q} is {n:t},{w:p} is {n:k} times as old as {w:q},how old is {w:q}") },
    { .id = "age from the sum (twice)", .formula = "t\\div 3", .conds = "t>0", .unit = "years", .text = "the first is twice as old as the second, ages sum to {t}, find the second", .patterns = P(
        "the sum of the ages of {w:p} and {w:q} is {n:t},{w:p} is twice as old as {w:q},how old is {w:q}") },
    { .id = "age from the difference", .formula = "d\\div(k-1)", .conds = "k>1, d>0", .unit = "岁", .text = "the first is {d} years older and {k} times as old, find the second", .patterns = P(
        "{p:p}比{p:q}大{n:d}岁,今年{p:p}的年龄(正好|恰好|)是{p:q}(的|年龄的|的年龄的){n:k}倍,{p:q}今年(几岁|多少岁)") },
    { .id = "age, later", .formula = "a+d+n", .conds = "a>0, d>0, n>=0", .unit = "岁", .text = "age {a}, the other {d} older, find the other's age in {n} years", .patterns = P(
        "{p:x}今年{n:a}岁,{p:p}比(他|她|{p:x})大{n:d}岁,{n:n}年后{p:p}(多少岁|几岁)") },
    { .id = "age from a difference later", .formula = "d\\div(k-1)-n", .conds = "k>1, d>0, n>0, d\\div(k-1)>n", .unit = "years", .text = "{d} years older; in {n} years {k} times as old; find the younger's age now", .patterns = P(
        "a {w:p} is {i:d} years older than (his|her) {w:q},in {i:n} years (he|she|the {w:p}) will be {n:k} times as old as (his|her|the) {w:q},how old is (his|her|the) {w:q} now") },

    /* ---- heads and legs ---- */
    { .id = "chickens and rabbits", .read = both_kinds, .patterns = P(
        CHICK "," HEADS "," FEET ",(问|求|)(鸡(和|与|、|,)(兔子|兔)|(兔子|兔)(和|与|、|,)鸡{!:rabbits})(各|分别)(有|)(多少|几)(只|何)") },
    { .id = "rabbits", .formula = "(f-2*h)\\div 2", .conds = "h>0, f>=2*h, f<=4*h, " INT("f\\div 2"), .unit = "只", .text = "{h} heads, {f} feet, chickens (2) and rabbits (4), find the rabbits", .patterns = P(
        CHICK "," HEADS "," FEET ",(问|求|)(兔|兔子)(有|)(多少|几)(只|何)", CHICK "," HEADS "," FEET ",(问|求|)(兔|兔子)的只数",
        HEADS0 "(一共有|共有|有)(脚|腿|足)(共|){i:f}(只|条|),(兔|兔子)(有|)(多少|几)只", HEADS0 "(一共有|共有|有){i:f}(只|条)(脚|腿|足),(兔|兔子)(有|)(多少|几)只", "there are {i:h} chickens and rabbits in a (cage|farm|yard),with {i:f} legs in total,how many rabbits are there", "a farmer has (some |)chickens and rabbits with {i:h} heads and {i:f} legs( in total| altogether|),how many rabbits (are there|does he have|does the farmer have)", FARM("cows", "cows"), FARM("rabbits", "rabbits"), FARM("pigs", "pigs"), FARM("goats", "goats"), FARM("sheep", "sheep")) },
    { .id = "chickens", .formula = "(4*h-f)\\div 2", .conds = "h>0, f>=2*h, f<=4*h, " INT("f\\div 2"), .unit = "只", .text = "{h} heads, {f} feet, chickens (2) and rabbits (4), find the chickens", .patterns = P(
        CHICK "," HEADS "," FEET ",(问|求|)鸡(有|)(多少|几)(只|何)", CHICK "," HEADS "," FEET ",(问|求|)鸡的只数",
        HEADS0 "(一共有|共有|有)(脚|腿|足)(共|){i:f}(只|条|),鸡(有|)(多少|几)只", HEADS0 "(一共有|共有|有){i:f}(只|条)(脚|腿|足),鸡(有|)(多少|几)只", "there are {i:h} chickens and rabbits in a (cage|farm|yard),with {i:f} legs in total,how many chickens are there", "a farmer has (some |)chickens and rabbits with {i:h} heads and {i:f} legs( in total| altogether|),how many chickens (are there|does he have|does the farmer have)", FARM("cows", "chickens"), FARM("rabbits", "chickens"), FARM("pigs", "chickens"), FARM("goats", "chickens"), FARM("sheep", "chickens")) },
    { .id = "wheels", .formula = "(f-b*h)\\div(a-b)", .conds = "h>0, a\\ne b, (f-b*h)\\div(a-b)>=0, (f-b*h)\\div(a-b)<=h, " INT("(f-b*h)\\div(a-b)"), .unit = "辆", .text = "{h} vehicles with {a} or {b} wheels, {f} wheels, find those with {a}", .patterns = P(
        "(一个|)停车场(停有|有|停着|里有){w:x}和{w:y}共{i:h}辆,{w:x}有{i:a}个轮子,{w:y}有{i:b}个轮子,(一共|共|总共)有{i:f}个轮子,{w:x}有(多少|几)辆", "(一个|)停车场(停有|有|停着|里有){w:y}和{w:x}共{i:h}辆,{w:y}有{i:b}个轮子,{w:x}有{i:a}个轮子,(一共|共|总共)有{i:f}个轮子,{w:x}有(多少|几)辆") },
    { .id = "notes", .formula = "(t-b*n)\\div(a-b)", .conds = "n>0, w-a=0, a\\ne b, (t-b*n)\\div(a-b)>=0, (t-b*n)\\div(a-b)<=n, " INT("(t-b*n)\\div(a-b)"), .dims = "a:y b:y t:y w:y", .unit = "", .text = "{n} notes of {a} or {b}, {t} in all, find those of {a}", .patterns = P(
        "{q:a}和{q:b}的(人民币|纸币|钞票)(一共|共|总共){i:n}张,(总面值|面值共|总值|共计|合计|总计)(为|是|){q:t},{q:w}的(有|)(多少|几)张", "{q:b}和{q:a}的(人民币|纸币|钞票)(一共|共|总共){i:n}张,(总面值|面值共|总值|共计|合计|总计)(为|是|){q:t},{q:w}的(有|)(多少|几)张") },
    { .id = "tickets", .formula = "(t-b*n)\\div(a-b)", .conds = "n>0, (t-b*n)\\div(a-b)>=0, (t-b*n)\\div(a-b)<=n, a\\ne b, " INT("(t-b*n)\\div(a-b)"), .dims = "a:$ b:$ t:$", .unit = "", .text = "{n} tickets at {a} or {b}, {t} in all, find those at {a}", .patterns = P(
        "(an |)adult (ticket costs|tickets cost) {q:a} and (a |)(child|children's) (ticket costs|tickets cost) {q:b},a (group|party|family) of {i:n} (people|persons|visitors) (paid|pays) {q:t}( in all| in total| altogether|),how many adults (were|are) (there |)(in the (group|party|family)|)", "adult tickets cost {q:a} and (child|children's|student) tickets cost {q:b},(if |){i:n} tickets were sold for {q:t}( in total|),how many adult tickets were sold", "adult tickets cost {q:a} and (child|children's|student) tickets cost {q:b},a total of {i:n} tickets were sold for {q:t},how many adult tickets were sold") },
    { .id = "dimes", .formula = "(t-5*n)\\div 5", .conds = "n>0, t>=5*n, t<=10*n, " INT("t\\div 5"), .unit = "", .text = "{n} nickels and dimes, {v} dollars, find the dimes", .patterns = P("a jar contains {i:n} coins,all nickels and dimes,worth {i:t} cents in total,how many dimes are there") },

    /* ---- whole buses: rounded up, whole pieces: rounded down ---- */
    { .id = "containers", .formula = "ceil(n\\div k)", .conds = "n>0, k>0", .unit = "", .text = "{n} in lots of at most {k}, find the least whole number of lots", .patterns = P(
        "{i:n}(名|个|位)(师生|学生|同学|人|游客)(去|)(郊游|春游|秋游|参观|旅游),每辆{a:b:车|客车|大巴|汽车}(限坐|限乘|最多坐|最多可坐|最多能坐|可坐){i:k}人,至少(需要|要)(多少|几)辆({a:b:车|客车|大巴|汽车}|车)", "每辆{a:b:大巴|客车|车|汽车}(可坐|可以坐|能坐|最多坐|限坐){i:k}人,{i:n}(名|个|位)(学生|同学|人|游客)(至少|)(需要|要)(多少|几)辆({a:b:大巴|客车|车|汽车}|车)",
        "{i:n}个{w:g},每个{w:b}最多(放|装|可放|可以放|能放){i:k}个,至少(需要|要)(多少|几)个{w:b}", CARRY("bus", "buses"), CARRY("van", "vans"), CARRY("car", "cars"), CARRY("boat", "boats"),
        "(学校组织|学校|共有|有|)(共|)(有|){i:n}(名|个|位)(学生|同学|人|师生|游客)(春游|秋游|参观|乘车|外出参观|去春游|去参观|要乘车|),(每辆{a:b:客车|车|大巴|汽车|巴士|大客车}(最多|限|)(可以|可|能|)(坐|乘坐|载|乘){i:k}(人|名学生)),至少(需要|要)(租|准备|)(多少|几)辆({a:b:客车|车|大巴|汽车|巴士|大客车}|车|这样的车|)",
        "(有|一共有|共有){n:n}{c:u}(油|水|酒|果汁),每个{a:b:油桶|桶|瓶子|瓶}最多(可以|可|能|)装{n:k}{c:u},至少(需要|要)(多少|几)个({a:b:油桶|桶|瓶子|瓶}|桶|瓶子)(才能装完|才能全部装完|才能把油装完|)",
        "a (school |)bus (holds|can hold|seats|can carry|carries) (at most |up to |){i:k} (students|people|passengers|children),how many buses are needed (to (transport|carry|take) {i:n} (students|people|passengers|children)|for {i:n} (students|people|passengers|children))",
        "{i:n} (students|people|children) are going on a trip,each bus (holds|can hold|seats|can carry) (at most |up to |){i:k} (students|people|passengers|children),how many buses are needed",
        PACKED " are packed in " BOXES " of {i:k},how many " BOXES " are needed to pack {i:n} " PACKED) },
    { .id = "pieces", .formula = "floor(n\\div k)", .conds = "n>0, k>0", .dims = "n:l k:l", .unit = "", .text = "{n} cut into pieces of {k}, find the number of whole pieces", .patterns = P(
        "每{c:m}{w:g}(用布|需要布|用|需要){q:k}(布|),{q:n}布最多(可以|能|可)(做|做成)(多少|几){c:m}((这样的|){w:g}|)", "做一{c:m}{w:g}(需要|需|要用|用){q:k}(布|),{q:n}布(最多|)(可以|能|可)(做|做成)(多少|几){c:m}((这样的|){w:g}|)", "(一根|一条)(绳子|铁丝|木料|电线)长{q:n},每{q:k}(剪|截)(一段|成一段),最多(可以|能|可)(剪|截)(成|)(多少|几)段", "how many whole pieces of {q:k} can be cut from a (rope|wire|ribbon|board) {q:n} long") },
    { .id = "pieces (en)", .formula = "floor(n\\div k)", .conds = "n>0, k>0", .dims = "n:l", .unit = "", .text = "{n} cut into pieces of {k} of the same unit, find the number of whole pieces", .patterns = P(
        "how many {n:k}-(metre|meter) pieces can be cut from a (rope|wire|ribbon|board|piece of rope) {n:n} (metres|meters|m) long", "how many {n:k}-(foot) pieces can be cut from a (rope|wire|ribbon|board|piece of rope) {n:n} (feet) long") },

    /* ---- prices ---- */
    { .id = "proportional price", .formula = "p*b\\div a", .conds = "a>0, b>0, p>0", .dims = "p:$", .unit = "p", .text = "{a} cost {p}, find the price of {b}", .patterns = P(
        "(买|){n:a}{c:u}{w:g}(需要|要|卖|售价|共|花|用了|花了|用去|){q:p},(照这样计算,|)(买|){n:b}{c:u}(这样的|这种|同样的|){w:g}(需要|要用|要花|要|需)多少({u:unit}|钱)",
        "if {n:a} {w:u} of {w:x} cost {q:p},how much (do|would|will) {n:b} {w:u} of {w:x} cost", "if {i:a} {w:x} cost {q:p},how much (do|would|will) {i:b} {w:x} cost", "{i:a} {w:x} cost {q:p},how much (do|would|will) {i:b} {w:x} cost( at the same (price|rate)|)",
        "if {i:a} workers earn {q:p} (in a|a|per) day,how much (do|would|will) {i:b} workers earn (in a|a|per) day (at the same rate|)") },
    { .id = "two purchases", .formula = "a*p+b*q", .conds = "a>0, b>0, p>0, q>0", .dims = "p:$ q:$", .unit = "p", .text = "{a} at {p} and {b} at {q}, find the total", .patterns = P(
        "{p:n}买了{i:a}{c:m}{w:x}和{i:b}{c:k}{w:y},每{c:m}{w:x}{q:p},每{c:k}{w:y}{q:q},(一共|共|总共)(花了|需要|要付|花|用了|要)多少({u:unit}|钱)",
        "a {w:x} costs {q:p} and a {w:y} costs {q:q},how much (do|would|will) {i:a} {w:x}s and {i:b} {w:y}s cost( in total| altogether|)") },
    { .id = "change", .formula = "m-a*p", .conds = "m>a*p, a>0, p>0", .dims = "m:$ p:$", .unit = "m", .text = "{m}, less {a} at {p}, find what is left", .patterns = P(
        "{p:n}(带了|有|带|拿了){q:m},(买了|买){i:a}{c:k}{w:g},每{c:k}({w:g}|){q:p},还(剩|剩下|有)多少({u:unit}|钱)") },
    { .id = "two unknown prices, first", .formula = "(p*d-q*b)\\div(a*d-b*g)", .conds = "a*d-b*g\\ne 0, (p*d-q*b)\\div(a*d-b*g)>0, (q*a-p*g)\\div(a*d-b*g)>0", .dims = "p:$ q:$", .unit = "p", .text = "{a}x + {b}y = {p}, {g}x + {d}y = {q}, find x", .patterns = P(
        "{i:a}{a:m:支|本|个|枝|千克|张|把}{w:x}和{i:b}{a:o:支|本|个|枝|千克|张|把}{w:y}(一共|共|共需|需|要|){q:p},{i:g}{a:m:支|本|个|枝|千克|张|把}{w:x}和{i:d}{a:o:支|本|个|枝|千克|张|把}{w:y}(一共|共|共需|需|要|){q:q},(求|)每{a:m:支|本|个|枝|千克|张|把}{w:x}(多少({u:unit}|钱)|的价格)") },
    { .id = "two unknown prices, second", .formula = "(q*a-p*g)\\div(a*d-b*g)", .conds = "a*d-b*g\\ne 0, (p*d-q*b)\\div(a*d-b*g)>0, (q*a-p*g)\\div(a*d-b*g)>0", .dims = "p:$ q:$", .unit = "p", .text = "{a}x + {b}y = {p}, {g}x + {d}y = {q}, find y", .patterns = P(
        "{i:a}{a:m:支|本|个|枝|千克|张|把}{w:x}和{i:b}{a:o:支|本|个|枝|千克|张|把}{w:y}(一共|共|共需|需|要|){q:p},{i:g}{a:m:支|本|个|枝|千克|张|把}{w:x}和{i:d}{a:o:支|本|个|枝|千克|张|把}{w:y}(一共|共|共需|需|要|){q:q},(求|)每{a:o:支|本|个|枝|千克|张|把}{w:y}(多少({u:unit}|钱)|的价格)") },

    /* ---- two numbers, sharing ---- */
    { .id = "sum and factor, smaller", .formula = "s\\div(k+1)", .conds = "s>0, k>1", .unit = "", .text = "sum {s}, one {k} times the other, find the smaller", .patterns = P(
        "甲,乙两数的和(是|为){n:s},甲数是乙数的{n:k}倍,(求|)乙(数|)(是多少|)", "甲,乙两数的和(是|为){n:s},乙数是甲数的{n:k}倍,(求|)甲(数|)(是多少|)", "one number is {n:k} times another and their sum is {n:s},(find|what is) the smaller (number|one)",
        "{w:x} has {n:k} times as many {w:b} as {w:y},together they have {n:s} {w:b},how many {w:b} does {w:y} have", "甲,乙两个仓库(共有|一共有|共存){a:g:粮食|存粮|大米|货物}{n:s}吨,甲(仓库|仓)(的|)({a:g:粮食|存粮|大米|货物}|存粮|)是乙(仓库|仓)的{n:k}倍,(求|)乙(仓库|仓)(有|存){a:g:粮食|存粮|大米|货物}多少吨") },
    { .id = "sum and factor, larger", .formula = "k*s\\div(k+1)", .conds = "s>0, k>1", .unit = "", .text = "sum {s}, one {k} times the other, find the larger", .patterns = P(
        "甲,乙两数的和(是|为){n:s},甲数是乙数的{n:k}倍,(求|)甲(数|)(是多少|)", "one number is {n:k} times another and their sum is {n:s},(find|what is) the (larger|greater) (number|one)",
        "{w:x} has {n:k} times as many {w:b} as {w:y},together they have {n:s} {w:b},how many {w:b} does {w:x} have", "甲,乙两个仓库(共有|一共有|共存){a:g:粮食|存粮|大米|货物}{n:s}吨,甲(仓库|仓)(的|)({a:g:粮食|存粮|大米|货物}|存粮|)是乙(仓库|仓)的{n:k}倍,(求|)甲(仓库|仓)(有|存){a:g:粮食|存粮|大米|货物}多少吨") },
    { .id = "sum and difference, larger", .formula = "(s+d)\\div 2", .conds = "d>=0", .unit = "", .text = "sum {s}, difference {d}, find the larger", .patterns = P(
        "(甲,乙|)两(个|)数的和(是|为){n:s},差(是|为){n:d},(求|)(较大|大)的(那个|)数(是多少|)", "the sum of two numbers is {n:s} and their difference is {n:d},(find|what is) the (larger|greater|bigger) (number|one|of the two)", "甲,乙两数的和(是|为){n:s},甲(数|)比乙(数|)(大|多){n:d},(求|)甲(数|)(是多少|)") },
    { .id = "sum and difference, smaller", .formula = "(s-d)\\div 2", .conds = "d>=0", .unit = "", .text = "sum {s}, difference {d}, find the smaller", .patterns = P(
        "(甲,乙|)两(个|)数的和(是|为){n:s},差(是|为){n:d},(求|)(较小|小)的(那个|)数(是多少|)", "the sum of two numbers is {n:s} and their difference is {n:d},(find|what is) the (smaller|lesser) (number|one|of the two)", "甲,乙两数的和(是|为){n:s},甲(数|)比乙(数|)(大|多){n:d},(求|)乙(数|)(是多少|)") },
    { .id = "a number, times and plus", .formula = "(s-b)\\div k", .conds = "k>0", .unit = "", .text = "{k}x + {b} = {s}, find x", .patterns = P(
        "(一个|某)数的{n:k}倍(加|加上){n:b}(等于|是|得|和是){n:s},(求|)(这个数(是多少|)|)", "{n:k} times a number(,|) (plus|increased by) {n:b} (is|equals) {n:s},(find|what is) the number", "(if |){n:b} (more than|is added to) {n:k} times a number (is|equals|and the result is) {n:s},(find|what is) the number") },
    { .id = "a number, times and minus", .formula = "(s+b)\\div k", .conds = "k>0", .unit = "", .text = "{k}x − {b} = {s}, find x", .patterns = P(
        "(一个|某)数的{n:k}倍(减|减去){n:b}(等于|是|得|差是){n:s},(求|)(这个数(是多少|)|)", "{n:b} less than {n:k} times a number (is|equals) {n:s},(find|what is) the number", "{n:k} times a number(,|) (minus|decreased by) {n:b} (is|equals) {n:s},(find|what is) the number") },
    { .id = "times a sum with a number", .formula = "s\\div k-b", .conds = "k>0", .unit = "", .text = "{k}(x + {b}) = {s}, find x", .patterns = P("{n:k} times the sum of a number and {n:b} (is|equals) {n:s},(find|what is) the number", "(一个|某)数(与|和){n:b}的和的{n:k}倍(是|等于|为){n:s},(求|)(这个数(是多少|)|)") },
    { .id = "codes without repetition", .formula = "A(b-a+1,n)", .conds = "a>=0, b>a, b<=9, n>=1, n<=b-a+1", .text = "codes of {n} different digits from {a} to {b}, find their number", .patterns = P("how many {i:n}-digit codes (use|are there that use|can be (made|formed) (from|with|using)) (only |)the digits {i:a} to {i:b},(no digit (is used |)twice|with no digit (used twice|repeated)|without repetition)") },
    { .id = "codes with repetition", .formula = "(b-a+1)^n", .conds = "a>=0, b>a, b<=9, n>=1, n<=9", .text = "codes of {n} digits from {a} to {b}, repetition allowed, find their number", .patterns = P("how many {i:n}-digit codes (use|are there that use|can be (made|formed) (from|with|using)) (only |)the digits {i:a} to {i:b},(repetition (is |)allowed|with repetition|digits may (be repeated|repeat))") },
    { .id = "price up by an amount", .formula = "p+d", .conds = "p>0, d>0", .dims = "p:$ d:$", .unit = "p", .text = "{p}, up by {d}, find the new price", .patterns = P("(a|the) price of {q:p} (rises|increases|goes up|is raised|is increased) by {q:d},(what is|find) the new price") },
    { .id = "price down by an amount", .formula = "p-d", .conds = "p>d, d>0", .dims = "p:$ d:$", .unit = "p", .text = "{p}, down by {d}, find the new price", .patterns = P("(a|the) price of {q:p} (falls|decreases|drops|goes down|is reduced|is lowered) by {q:d},(what is|find) the new price") },
    { .id = "by how much a price rises", .formula = "d-p", .conds = "p>0, d>p", .dims = "p:$ d:$", .unit = "p", .text = "from {p} to {d}, find the rise", .patterns = P("(a|the) price (rises|increases|goes up) from {q:p} to {q:d},by how (much|many {u:unit}) does it (rise|increase|go up)") },
    { .id = "up by percentage points", .formula = "a+b\\div 100", .conds = "a>=0, b>0, a+b\\div 100<=1", .dims = "a:%", .unit = "%", .text = "{a}, up by {b} percentage points, find the new share", .patterns = P("(the |an |a )({w:x} |)rate was {n:a} and (rose|increased|went up) by {n:b} percentage points,(what is|find) the (new |)rate( now|)", "(某校|某地|某市|)({w:x}率)(原为|原来是|原来为|是|为){n:a},(现在|后来|今年|)(上升|提高|增加)(了|){n:b}个百分点,(现在的|现在|)({w:x}率|)(是|为)(百分之几|多少)") },
    { .id = "area of a wall", .unit = "^2", .formula = "a*b", .conds = "a>0, b>0", .text = "{a} long, {b} high, find the area", .patterns = P("a (rectangular |)wall is {m:a} long and {m:b} (high|tall),(what is|find) its area", "a (rectangular |)(garden|field|room|floor|table|lawn|playground|yard) is {m:a} long and {m:b} wide,(what is|find) its area") },
    { .id = "twice as long at work", .formula = "k*a", .conds = "a>0, k>0", .dims = "a:t", .unit = "a", .text = "one in {a}, the other {k} times as long, find its time", .patterns = P("{w:x} (paints|builds|cleans|digs|types|mows) (a|the) (wall|fence|room|house|lawn|garden|report|ditch) in {q:a},{w:y} needs {n:k} times as long,how (long|many {u:unit}) does {w:y} need( alone|)") },
    { .id = "twice as long at work (twice)", .formula = "2*a", .conds = "a>0", .dims = "a:t", .unit = "a", .text = "one in {a}, the other twice as long, find its time", .patterns = P("{w:x} (paints|builds|cleans|digs|types|mows) (a|the) (wall|fence|room|house|lawn|garden|report|ditch) in {q:a},{w:y} needs twice as long,how (long|many {u:unit}) does {w:y} need( alone|)") },
    { .id = "twice as fast at work", .formula = "a\\div 2", .conds = "a>0", .dims = "a:t", .unit = "a", .text = "one in {a}, the other twice as fast, find its time", .patterns = P("{w:x} (paints|builds|cleans|digs|types|mows) (a|the) (wall|fence|room|house|lawn|garden|report|ditch) in {q:a},{w:y} works twice as fast,how (long|many {u:unit}) does {w:y} need( alone|)") },
    { .id = "heads first, tails then", .formula = "1\\div 2^n", .conds = "n>k, k>0, n<=40", .text = "{n} tosses, the first {k} heads, the others tails, find the probability", .patterns = P("一枚(质地|)均匀的硬币(连续|)(抛|抛掷|掷|投掷){i:n}次,前{i:k}次正面(朝上|向上|)(、|,|)其余(都|均|)反面(朝上|向上|)的概率(是多少|)") },
    { .id = "a number, plus", .formula = "s-b", .unit = "", .text = "x + {b} = {s}, find x", .patterns = P("(if |)a number is increased by {n:b}(,|) (and |)the result is {n:s},(what is|find) the number", "一个数(加上|加){n:b}(等于|得|是){n:s},(求|)(这个数(是多少|)|)") },
    { .id = "a number, minus", .formula = "s+b", .unit = "", .text = "x − {b} = {s}, find x", .patterns = P("(if |)a number is decreased by {n:b}(,|) (and |)the result is {n:s},(what is|find) the number", "一个数(减去|减){n:b}(等于|得|是){n:s},(求|)(这个数(是多少|)|)") },
    { .id = "as many each", .formula = "n*k", .conds = "n>0, k>0", .unit = "", .text = "{n} with {k} each, find the total", .patterns = P("{i:n}(个|名|位)(小朋友|同学|学生|人|孩子)(,|)每人(分到|分得|得到|有){i:k}{c:m}{w:g},(一共|共|总共)有多少{c:m}({w:g}|)") },
    { .id = "equal shares, things first", .formula = "n\\div k", .conds = "n>0, k>0, " INT("n\\div k"), .unit = "", .text = "{n} shared equally by {k}", .patterns = P("{i:n}{c:m}{w:g}平均分给{i:k}(个|名|位)(小朋友|同学|学生|人|孩子),(平均|)每(人|个小朋友|名同学|位同学)(分得|分到|得到|得|可以分到)(几|多少){c:m}({w:g}|)") },
    { .id = "cost of several", .formula = "n*p", .conds = "n>0, p>0", .dims = "p:$", .unit = "p", .text = "{n} at {p} each, find the total", .patterns = P("{i:n} {w:x} cost {q:p} each,how (much|many {u:unit}) do they cost in total") },
    { .id = "cost of one", .formula = "p\\div n", .conds = "n>0, p>0", .dims = "p:$", .unit = "p", .text = "{n} of one price cost {p}, find the price", .patterns = P("{i:n} {w:x} cost {q:p} in total,all at the same price,how (much|many {u:unit}) does each cost") },
    { .id = "trees, both ends", .formula = "n\\div k+1", .conds = "n>0, k>0, " INT("n\\div k"), .dims = "n:l k:l", .unit = "", .text = "{n} long, one every {k}, both ends too, find the number", .patterns = P("(在|)(一条|)长{q:n}的(小路|路|公路|道路)(的|)一侧(每隔{q:k}(种|植|栽)一棵树,两端都(种|植|栽)|种树,两端都种,每隔{q:k}一棵),(一共|共|)(要|需要|)(种|栽|植|)多少棵(树|)", "lamps stand every {q:k} along a straight road {q:n} long,at both ends too,how many lamps are there") },
    { .id = "trees, neither end", .formula = "n\\div k-1", .conds = "n>0, k>0, n>k, " INT("n\\div k"), .dims = "n:l k:l", .unit = "", .text = "{n} long, one every {k}, none at the ends, find the number", .patterns = P("(在|)(一条|)长{q:n}的(小路|路|公路|道路)(的|)一侧(每隔{q:k}(种|植|栽)一棵树,两端都不(种|植|栽)|种树,两端都不种,每隔{q:k}一棵),(一共|共|)(要|需要|)(种|栽|植|)多少棵(树|)") },
    { .id = "trees around", .formula = "n\\div k", .conds = "n>0, k>0, " INT("n\\div k"), .dims = "n:l k:l", .unit = "", .text = "a closed way of {n}, one every {k}, find the number", .patterns = P("(在|)周长{q:n}的圆形(池塘|水池|花坛)(边|周围|四周)(种树,每隔{q:k}一棵|每隔{q:k}(种|植|栽)一棵树),(一共|共|)(要|需要|)(种|栽|植|)多少棵(树|)") },
    { .id = "equal shares", .formula = "n\\div k", .conds = "n>0, k>0, " INT("n\\div k"), .unit = "", .text = "{n} shared equally by {k}", .patterns = P("(把|将){i:n}{c:m}{w:g}平均分(给|成){i:k}(个|名|位)(小朋友|同学|学生|人|孩子),(平均|)每(人|个小朋友|名同学|位同学)(分得|分到|得到|得|可以分到)(几|多少){c:m}({w:g}|)") },
    { .id = "share by a ratio", .read = ratio_share, .patterns = P(
        "(把|将){n:t}({c:m}|)({w:g}|)按{e:d}(的比|的比例|)(分给|分配给)甲,乙(,丙{!:three}|)(两人|三人|两个班|两班|),(求|)(甲{!:i0}|乙{!:i1}|丙{!:i2})(班|)(分得|得到|得|应得|分到)多少({c:m}|)({w:g}|)",
        "divide {n:t} (dollars |)between A and B in the ratio {e:d},how much does (A{!:i0}|B{!:i1}) (get|receive)", "甲,乙(,丙{!:three}|)(两|三)(个|)数的比(是|为){e:d},(它们|这两个数|这三个数)的和(是|为){n:t},(求|)(甲{!:i0}|乙{!:i1}|丙{!:i2})(数|)(是多少|)",
        "divide {n:t} in the ratio {e:d},(find|what is) the (smallest{!:min}|largest{!:max}|least{!:min}|greatest{!:max}) (part|share)") },
    { .id = "map scale", .read = map_scale, .patterns = P(
        "在比例尺(为|是){e:d}的地图上,(量得|)(甲,乙|)两地(的|之间的|)(图上|)(距离|相距)(是|为|){q:s},(求|)(甲,乙|)(两地(的|之间的|)|)(实际距离|实际相距)(是|)(多少{u:unit}|)", "(in|on) a map with (a |)scale (of |){e:d},two (towns|cities|villages) are {q:s} apart,what is the actual distance (between them |)in {u:unit}") },
    { .id = "surplus and shortage, people", .formula = "(r+s)\\div(b-a)", .conds = "a>0, b>a, r>=0, s>=0, " INT("(r+s)\\div(b-a)"), .unit = "", .text = "{a} each leaves {r}, {b} each lacks {s}, find the people", .patterns = P(
        "(把|将)(一批|一些|一堆|){w:g}分给(一些|){w:p},(如果|若|)每(人|个小朋友|名学生)分{i:a}{c:m}(,|)(则|就|还|)(多|剩余|剩|余|多出|剩下|多余){i:r}{c:m},(如果|若|)每(人|个小朋友|名学生)分{i:b}{c:m}(,|)(则|就|)(还|)(少|缺|差|缺少|不足){i:s}{c:m},(一共|共|)有多少(个|名|位|){w:p}") },
    { .id = "surplus and shortage, things", .formula = "a*(r+s)\\div(b-a)+r", .conds = "a>0, b>a, r>=0, s>=0, " INT("(r+s)\\div(b-a)"), .unit = "", .text = "{a} each leaves {r}, {b} each lacks {s}, find the things", .patterns = P(
        "(把|将)(一批|一些|一堆|){w:g}分给(一些|){w:p},(如果|若|)每(人|个小朋友|名学生)分{i:a}{c:m}(,|)(则|就|还|)(多|剩余|剩|余|多出|剩下|多余){i:r}{c:m},(如果|若|)每(人|个小朋友|名学生)分{i:b}{c:m}(,|)(则|就|)(还|)(少|缺|差|缺少|不足){i:s}{c:m},(这批|这些|这堆|){w:g}(一共|共|)有多少{c:m}") },
    { .id = "consecutive odd numbers, smallest", .formula = "s\\div 3-2", .conds = "s-6*floor(s\\div 6)=3", .unit = "", .text = "three consecutive odd numbers with sum {s}, find the smallest", .patterns = P("三个连续奇数的和(是|为){i:s},(求|)(其中|)(最小的(数|一个|一个数)|最小数)(是多少|)", "the sum of three consecutive odd (numbers|integers) is {i:s},(find|what is) the (smallest|least)(| one| number| integer| of them)", "three consecutive odd (numbers|integers) have a sum of {i:s},(find|what is) the (smallest|least)(| one| number| integer| of them)") },
    { .id = "consecutive odd numbers, largest", .formula = "s\\div 3+2", .conds = "s-6*floor(s\\div 6)=3", .unit = "", .text = "three consecutive odd numbers with sum {s}, find the largest", .patterns = P("三个连续奇数的和(是|为){i:s},(求|)(其中|)(最大的(数|一个|一个数)|最大数)(是多少|)", "the sum of three consecutive odd (numbers|integers) is {i:s},(find|what is) the (largest|greatest)(| one| number| integer| of them)", "three consecutive odd (numbers|integers) have a sum of {i:s},(find|what is) the (largest|greatest)(| one| number| integer| of them)") },
    { .id = "three consecutive integers, smallest", .formula = "s\\div 3-1", .conds = "s-3*floor(s\\div 3)=0", .unit = "", .text = "three consecutive integers with sum {s}, find the smallest", .patterns = P("三个连续(整数|自然数)的和(是|为){i:s},(求|)(其中|)(最小的(数|一个|一个数)|最小数)(是多少|)", "three consecutive (integers|numbers|whole numbers) have a sum of {i:s},(find|what is) the (smallest|least)(| one| number| integer| of them)", "the sum of three consecutive (integers|numbers|whole numbers) is {i:s},(find|what is) the (smallest|least)(| one| number| integer| of them)") },
    { .id = "three consecutive integers, largest", .formula = "s\\div 3+1", .conds = "s-3*floor(s\\div 3)=0", .unit = "", .text = "three consecutive integers with sum {s}, find the largest", .patterns = P("三个连续(整数|自然数)的和(是|为){i:s},(求|)(其中|)(最大的(数|一个|一个数)|最大数)(是多少|)", "three consecutive (integers|numbers|whole numbers) have a sum of {i:s},(find|what is) the (largest|greatest)(| one| number| integer| of them)") },
    { .id = "two consecutive integers, larger", .formula = "(s+1)\\div 2", .conds = "s-2*floor(s\\div 2)=1", .unit = "", .text = "two consecutive integers with sum {s}, find the larger", .patterns = P("the sum of two consecutive (integers|numbers|whole numbers) is {i:s},(find|what is) the (larger|greater)( one| integer| number|)", "两个连续(整数|自然数)的和(是|为){i:s},(求|)(其中|)(较大|大)的(一个|数|那个数)(是多少|)") },
    { .id = "two consecutive integers, smaller", .formula = "(s-1)\\div 2", .conds = "s-2*floor(s\\div 2)=1", .unit = "", .text = "two consecutive integers with sum {s}, find the smaller", .patterns = P("the sum of two consecutive (integers|numbers|whole numbers) is {i:s},(find|what is) the smaller( one| integer| number|)", "两个连续(整数|自然数)的和(是|为){i:s},(求|)(其中|)(较小|小)的(一个|数|那个数)(是多少|)") },
    { .id = "five consecutive integers, largest", .formula = "s\\div 5+2", .conds = "s-5*floor(s\\div 5)=0", .unit = "", .text = "five consecutive integers with sum {s}, find the largest", .patterns = P("五个连续(整数|自然数)的和(是|为){i:s},(求|)(其中|)(最大的(数|一个|一个数)|最大数)(是多少|)", "(the sum of |)five consecutive (integers|numbers) (is|have a sum of) {i:s},(find|what is) the (largest|greatest)(| one| number| integer| of them)") },
    { .id = "five consecutive integers, smallest", .formula = "s\\div 5-2", .conds = "s-5*floor(s\\div 5)=0", .unit = "", .text = "five consecutive integers with sum {s}, find the smallest", .patterns = P("五个连续(整数|自然数)的和(是|为){i:s},(求|)(其中|)(最小的(数|一个|一个数)|最小数)(是多少|)", "(the sum of |)five consecutive (integers|numbers) (is|have a sum of) {i:s},(find|what is) the (smallest|least)(| one| number| integer| of them)") },
    { .id = "more, together", .formula = "2*n+d", .conds = "n>0, d>0", .unit = "", .text = "{n}, the other {d} more, find both together", .patterns = P("{w:x} has {n:n} {w:b} and {w:y} has {n:d} more,how many {w:b} do they have (altogether|in total|together|in all)") },
    { .id = "fewer, together", .formula = "2*n-d", .conds = "n>0, d>0, n>=d", .unit = "", .text = "{n}, the other {d} fewer, find both together", .patterns = P("{w:x} has {n:n} {w:b} and {w:y} has {n:d} fewer,how many {w:b} do they have (altogether|in total|together|in all)") },
    { .id = "recipe", .formula = "a*m\\div n", .conds = "a>0, n>0, m>0", .unit = "", .text = "{a} for {n}, find the amount for {m}", .patterns = P("a recipe (uses|needs|requires) {n:a} cups of {w:f} (to make|for) {i:n} {w:o},how many cups of {w:f} are needed (to make|for) {i:m} {w:o}") },
    { .id = NULL },
};
