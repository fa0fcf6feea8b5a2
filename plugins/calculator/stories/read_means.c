/* read_means.c - so many numbers with a known mean: one is taken away or put in and the mean changes; which one is it? */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

#define MEAN "(平均数|平均值|平均分|平均成绩|均值|算术平均数)"
#define DROP "(去掉|拿走|除去|删去|划去|剔除|去除|减去|拿掉)"
#define PUT "(添加|添上|加上|加入|增加|添入|再加)"
static const struct clause zh[] = {
    { "S", 'A', "all", "(已知|设|若|如果|)(有|一组|)({i:n}个(数|数据)|{i:n}个数据)(的|,它们的|,其)" MEAN "(是|为|等于){n:a}" }, { "S", 'A', "all", "(已知|若|如果|)({p:who}|)(前|)({i:n})次(数学|语文|英语|)(测验|考试|测试)(的|)(成绩的|)" MEAN "(是|为){n:a}(分|)" },
    { "A", 'B', "minus", "(,|)(若|如果|当|从中|从这些数中|)" DROP "(其中|)(的|)(一|1)个(数|数据|)(后|以后|之后|)" }, { "A", 'B', "plus", "(,|)(若|如果|当|再|又|)" PUT "(一|1)个(数|数据)(后|以后|之后|)" },
    { "B", 'C', "rest", "(,|)(则|)(剩下|余下|剩余|其余|这|现在|新的一组数|所得|)(的|)({i:k}个(数|数据)|数|)(的|)" MEAN "(是|为|变为|变成|等于){n:b}" },
    { "C", '.', "ask", "(,|)(求|问|则|那么|)" DROP "(的|)(那个|这个|)(数|数据)(是|为|等于|)(多少|几|){!:dropped}" }, { "C", '.', "ask", "(,|)(求|问|则|那么|)" PUT "(的|)(那个|这个|)(数|数据)(是|为|等于|)(多少|几|){!:put}" },
    { "A", 'D', "want", "(,|)(他|她|{p:who}|)(要|若要|要想|想|希望)(使|)({i:k}次|)(测验|考试|测试|)(的|)(总|)" MEAN "(达到|为|是|提高到){n:b}(分|)" }, { "D", '.', "next", "(,|)(则|那么|)(他|她|)(第{i:nth}次|下一次|下次)(测验|考试|测试|)(的成绩|)(应|应该|要|需要|必须|需|至少|)(得|考|为|是)(多少|几)分" },
    { NULL, 0, NULL, NULL },
};

#define EMEAN "(mean|average|arithmetic mean|average value|mean value)"
#define DATA "(numbers|scores|values|integers|test scores|observations|data values|real numbers|data|items)"
#define TESTS "(tests|exams|quizzes|test|exam|quiz|math tests)"
#define GONE "(removed{!:dropped}|taken away{!:dropped}|taken out{!:dropped}|deleted{!:dropped}|dropped{!:dropped}|discarded{!:dropped}|left out{!:dropped}|excluded{!:dropped}|crossed out{!:dropped})"
#define COME "(added{!:put}|included{!:put}|put in{!:put}|inserted{!:put})"
static const struct clause en[] = {
    { "S", 'A', "all", "(if |suppose |)the " EMEAN " of (a (set|list|group|collection) of |)(the |)({i:n}) " DATA " (is|equals|was) {n:a}( and|)" }, { "S", 'A', "all", "({i:n}) " DATA " have (a|an) " EMEAN " of {n:a}( and|)" },
    { "A", 'B', "minus", "(,|and |)(when|if|after|once) (one|one (number|score|value)|one of (the|these|them|the numbers|the scores|these numbers)|a number|a (score|value)|one of the {i:k0} numbers) (is|was|has been) (removed|taken away|taken out|deleted|dropped|discarded|left out|excluded|crossed out)( from (the (set|list|group)|them)|)" }, { "A", 'B', "plus", "(,|and |)(when|if|after|once) (another|one more|a new|an additional|an extra|a further|one|a {w:nth}) (number|score|value) (is|was|has been) (added|included|put in|inserted)( to (the (set|list|group)|them)|)" },
    { "B", 'C', "rest", "(,|)(the|their) (new |)" EMEAN "( of (the |)(remaining|other|rest|new set|set|remaining {i:k}|other {i:k}|{i:k} remaining|{i:k} numbers|all {i:k})( " DATA "|)|) (is|becomes|falls to|drops to|decreases to|rises to|increases to|is now|changes to) (now |){n:b}" },
    { "C", '.', "ask", "(find|what is|what was|determine) (the value of |)(the |)(removed{!:dropped}|deleted{!:dropped}|dropped{!:dropped}|discarded{!:dropped}|excluded{!:dropped}|added{!:put}|new{!:put}|included{!:put}|extra{!:put}|additional{!:put}) (number|score|value)" }, { "C", '.', "ask", "(find|what is|what was|determine|which was|which is) (the value of |)(the |)(number|score|value) (that (was|is|has been) |which (was|is) |)(" GONE "|" COME ")" }, { "C", '.', "ask", "(what|which) (number|score|value) (was|is|has been) (" GONE "|" COME ")" },
    { "S", 'D', "tests", "({w:who}|a student) (has|had) (a|an) (mean|average)( score| mark|) of {n:a}( points|) (on|in|over|for|after) (the |his |her |)(first |)({i:n}) " TESTS }, { "S", 'D', "tests", "(the |)({w:who})'s (mean|average)( score| mark|) (on|in|over|for) (the |)(first |)({i:n}) " TESTS " is {n:a}" },
    { "S", 'D', "scores", "(a student|{w:who}) (scored|scores|got|received|has scores of|had scores of|earned|has) {l:d}( points|) (on|in) (the |his |her |)(first |last |)({i:n} |)(math |)" TESTS },
    { "D", '.', "goal", "what (score|mark) (must|does|should) (he|she|{w:who}|the student) (have to |need to |need |)(get|score|earn|obtain|have|)( to get|) (on|in) (the |his |her |)(next|{w:nth}) " TESTS " (to (have|get|obtain|reach|achieve)|(to |)(raise|bring) (his|her|the) (average|mean) to|for) (a|an |)(mean|average|)( score|)( of|) {n:b}( (on|for|over) (all |the |)({i:k})( " TESTS "|)|)" },
    { NULL, 0, NULL, NULL },
};

/* Is the word for the number that follows n: "fifth" after four tests? */
static int ordinal_fits(const struct capture *k, long n)
{
    static const char *const words[] = { "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth" };
    return k == NULL || (n >= 0 && n < 10 && strcasecmp(k->raw, words[n]) == 0);
}

static val mean_of(struct calc *c, const struct ex *list)
{
    val s = val_si(c, 0), v;
    for (int i = 0; i < list->n; i++) {
        if (list->a[i]->k == E_PCT || (v = value_const(c, list->a[i])) == NULL)
            return NULL;
        ca_add(s, s, v, c->ca);
    }
    ca_div_si(s, s, list->n, c->ca);
    return s;
}

static int means_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    int minus = fact_count(f, "minus"), plus = fact_count(f, "plus"), tests = fact_count(f, "goal") + fact_count(f, "next");
    val a = fact_number(c, fact_capture(f, "a")), b = fact_number(c, fact_capture(f, "b")), v = val_new(c), w = val_new(c);
    long n, k;
    (void)arg;
    struct capture *d = fact_capture(f, "d");
    if (d != NULL)
        a = mean_of(c, d->e);
    if ((d != NULL && !fact_int(f, "n", &n) && (n = d->e->n) < 2) || (d == NULL && !fact_int(f, "n", &n)) || (d != NULL && n != d->e->n) || n < 2 || n > 1000000 || a == NULL || b == NULL || minus + plus + tests != 1 || !fact_same_words(f, "who"))
        return 0;
    if ((minus && fact_has(f, "put")) || (plus && fact_has(f, "dropped")) || (fact_int(f, "k0", &k) && k != n))
        return 0;
    long then = minus ? n - 1 : n + 1;
    if ((fact_int(f, "k", &k) && k != then) || (fact_int(f, "nth", &k) ? k != then : !ordinal_fits(fact_capture(f, "nth"), n)))
        return 0;
    ca_mul_si(v, a, n, c->ca);
    ca_mul_si(w, b, then, c->ca);
    r->v = val_new(c);
    ca_sub(r->v, minus ? v : w, minus ? w : v, c->ca);
    r->k = S_VALUE;
    r->text = calc_printf(c, "%ld numbers with mean %s, one %s, then mean %s, find that number", n, value_text(c, a, 0), minus ? "less" : "more", value_text(c, b, 0));
    return 1;
}

int read_means(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "means";
    return (clause_mentions(q, "平均|均值") && clause_read(c, q, zh, means_done, r, NULL)) || (clause_mentions(q, "mean|average") && clause_read(c, q, en, means_done, r, NULL));
}
