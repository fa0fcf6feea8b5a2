/* read_daily.c - two prices at once, fuel for a distance, a number by its two digits, a rectangle bent from a wire. */
#include "plugins/calculator/questions/read.h"

#include <string.h>

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define INT(x) "(" x ")-floor(" x ")=0"

/* ---- two prices by two sums ------------------------------------------------------------- */
#define FIRST "(p*l-b*s)\\div(a*l-b*k)"
#define SECOND "(a*s-p*k)\\div(a*l-b*k)"
#define BOTH_POSITIVE "a>0, b>0, k>0, l>0, p>0, s>0, a*l-b*k\\ne 0, " FIRST ">0, " SECOND ">0"
#define SUMS "{a} and {b} cost {p}, {k} and {l} cost {s}, find the price of the "

/* "notebook" of "notebooks", "box" of "boxes". */
static int is_one_of(const char *one, const char *many)
{
    size_t n = strlen(one), m = strlen(many);
    if (strncasecmp(one, many, n) != 0)
        return 0;
    return m == n || (m == n + 1 && many[n] == 's') || (m == n + 2 && strcmp(many + n, "es") == 0);
}

static int price_of_one(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    static const struct family rows[] = {
        { .id = "two prices, the first", .formula = FIRST, .conds = BOTH_POSITIVE, .dims = "p:$ s:$", .unit = "p", .text = SUMS "first" },
        { .id = "two prices, the second", .formula = SECOND, .conds = BOTH_POSITIVE, .dims = "p:$ s:$", .unit = "p", .text = SUMS "second" },
    };
    const char *x = match_get(m, "x")->raw, *y = match_get(m, "y")->raw, *z = match_get(m, "z")->raw;
    int first = is_one_of(z, x), second = is_one_of(z, y);
    (void)q;
    return first != second && !is_one_of(x, y) && !is_one_of(y, x) && read_formula(c, &rows[second], m, r);
}

#define DIGITS_SUM "((两|两个|两位|各位|各个)(数位上的|)数字(的和|之和|和)|数字和|(十位数字与个位数字|个位数字与十位数字|十位数字和个位数字|个位数字和十位数字)(的和|之和))(是|为|等于){i:s}"
#define NUMBER_ASKED "(求|则|)(这个|该|这)(两位|)数(是多少|是几|是|)"
#define TENS "十位(上的|)(数字|数)"
#define UNITS "个位(上的|)(数字|数)"

const struct family read_daily[] = {
    { .id = "two prices", .read = price_of_one, .patterns = P(
        "(if |){i:a} {w:x} and {i:b} {w:y} cost {q:p}(,|) (and|while) {i:k} {w:x} and {i:l} {w:y} cost {q:s},(what is|find) the (price|cost) of (one|a|each|a single) {w:z}",
        "(if |){i:a} {w:x} and {i:b} {w:y} cost {q:p}(,|) (and|while) {i:k} {w:x} and {i:l} {w:y} cost {q:s},how (much|many {u:unit}) does (one|a|each|a single) {w:z} cost",
        "(买|购买|){i:a}{c:c}{w:x}(和|与|、){i:b}{c:d}{w:y}(一共|共|总共|)(需|需要|要|花|花了|用了|){q:p},(买|购买|){i:k}{c:c}{w:x}(和|与|、){i:l}{c:d}{w:y}(一共|共|总共|)(需|需要|要|花|花了|用了|){q:s},(求|问|则|)(每|一){c:e}{w:z}(的价格|的单价|)(是|)多少({u:unit}|钱)") },
    { .id = "the other price", .formula = "(t-a*p)\\div b", .conds = "a>0, b>0, p>0, t>a*p", .dims = "p:$ t:$", .unit = "p", .text = "{a} at {p} and {b} of the other cost {t}, find the other's price", .patterns = P(
        "{p:who}买(了|){i:a}{c:c}{w:x}(和|与|、){i:b}{c:d}{w:y},(一共|共|总共)(花|用|花了|用了|付了|付){q:t},(已知|其中|)(每|一){c:c}{w:x}(是|)({q:p}),(求|问|则|)(每|一){c:d}{w:y}(是|)多少({u:unit}|钱)") },
    { .id = "fuel for a distance", .formula = "a*n\\div b", .conds = "a>0, b>0, n>0", .dims = "a:V b:l n:l", .unit = "a", .text = "{a} for {b}, find the amount for {n}", .patterns = P(
        "(a|the|my) (car|bus|truck|van|vehicle) (uses|needs|consumes|burns) {q:a}( of (fuel|petrol|gas|gasoline|diesel)|) (per|for every|every|for each) {q:b},how (much fuel|much|many {u:unit})( of (fuel|petrol|gas|gasoline|diesel)|) (does|will) (it|the (car|bus|truck|van|vehicle)) (need|use|consume|burn) (for|to travel|to drive|on|in) (a (trip|journey|distance) of |){q:n}",
        "(一辆|某)(汽车|轿车|货车|卡车)每(行驶|行|跑|){q:b}(耗油|用油|消耗汽油|需要汽油|耗汽油){q:a},(行驶|行|跑){q:n}(需要|需|要|)(耗油|用油|消耗汽油|汽油|耗汽油)多少{u:unit}") },
    { .id = "two digits, the tens larger", .formula = "10*(s+d)\\div 2+(s-d)\\div 2", .conds = "d>=0, s>=d, s+d>0, (s+d)\\div 2<=9, " INT("(s-d)\\div 2"), .unit = "", .text = "two digits with sum {s}, that of the tens larger by {d}, find the number", .patterns = P(
        "(一个|有一个)两位数,(它的|)(" TENS "比" UNITS "大|" UNITS "比" TENS "小){i:d},(且|)" DIGITS_SUM "," NUMBER_ASKED,
        "the tens digit of a two-digit number is {i:d} (more|greater|larger) than (its|the) (units|ones|unit) digit(,|)( and|) the sum of (its|the|the two) digits is {i:s},(find|what is) the number",
        "the sum of the digits of a two-digit number is {i:s}(,|)( and|) (its|the) tens digit is {i:d} (more|greater|larger) than (its|the) (units|ones|unit) digit,(find|what is) the number") },
    { .id = "two digits, the units larger", .formula = "10*(s-d)\\div 2+(s+d)\\div 2", .conds = "d>=0, s>d, (s+d)\\div 2<=9, " INT("(s-d)\\div 2"), .unit = "", .text = "two digits with sum {s}, that of the units larger by {d}, find the number", .patterns = P(
        "(一个|有一个)两位数,(它的|)(" TENS "比" UNITS "小|" UNITS "比" TENS "大){i:d},(且|)" DIGITS_SUM "," NUMBER_ASKED,
        "the (units|ones|unit) digit of a two-digit number is {i:d} (more|greater|larger) than (its|the) tens digit(,|)( and|) the sum of (its|the|the two) digits is {i:s},(find|what is) the number",
        "the sum of the digits of a two-digit number is {i:s}(,|)( and|) (its|the) (units|ones|unit) digit is {i:d} (more|greater|larger) than (its|the) tens digit,(find|what is) the number") },
    { .id = "rectangle bent from a wire", .unit = "^2", .formula = "n*(w\\div(2*(n+1)))^2", .conds = "n>1, w>0", .text = "perimeter {w}, the length {n} times the width, find the area", .patterns = P(
        "(用|把|将)(一根|一条|)(长(为|是|)|){m:w}(长|)的(铁丝|绳子|细铁丝|铁线|线)(正好|恰好|)围成一个长方形,(若|如果|已知|)(长方形的|它的|)长是宽的{n:n}倍,(求|则|)(这个|该|)(长方形|它)的面积(是(多少|)|)",
        "(a|the) (piece of |)(wire|string) (of length {m:w}|{m:w} long) is bent (into|to form) a rectangle (whose|with its|the) length is {n:n} times (its|the) width,(find|what is) (the|its) area( of the rectangle|)") },
    { .id = "rectangle bent from a wire (twice)", .unit = "^2", .formula = "2*(w\\div 6)^2", .conds = "w>0", .text = "perimeter {w}, the length twice the width, find the area", .patterns = P(
        "(a|the) (piece of |)(wire|string) (of length {m:w}|{m:w} long) is bent (into|to form) a rectangle (whose|with its|the) length is twice (its|the) width,(find|what is) (the|its) area( of the rectangle|)") },
    { .id = NULL },
};
