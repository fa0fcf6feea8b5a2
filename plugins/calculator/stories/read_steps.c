/* read_steps.c - "I think of a number, double it and add 3; I get 11": the number, by undoing
 * the steps from the last to the first.  Each step acts on the result so far: what
 * may act on the first number again ("then multiply the number by 3") is not read. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

#define AND "(,|and |then |and then |,then |,and |)"
#define IT "(it|that|the result|the answer|your result|my result|the sum{!:sum}|the product{!:product}|the difference{!:difference})"
#define FIRST "(it|that|this|this number|the number|that number)"  /* later, "the number" may be the first one or the last */
#define OPERATIONS(from, it) \
    { from, 'A', "times", AND "(i |he |she |)(multiply|multiplies|multiplied) " it " by {n:k}" }, \
    { from, 'A', "times", AND "(i |he |she |)(double{!:k2}|doubles{!:k2}|doubled{!:k2}|triple{!:k3}|triples{!:k3}|tripled{!:k3}|halve{!:half}|halves{!:half}|halved{!:half}) " it }, \
    { from, 'A', "over", AND "(i |he |she |)(divide|divides|divided) " it " by {n:k}" }, \
    { from, 'A', "plus", AND "(i |he |she |)(add|adds|added) {n:k} (to " it "|)" }, \
    { from, 'A', "minus", AND "(i |he |she |)(subtract|subtracts|subtracted|take away) {n:k} (from " it "|)" }
static const struct clause en[] = {
    { "S", 'N', "number", "(i|tom|ann|he|she|someone|{w:who}) (am thinking|is thinking|think|thinks|thought|thinks of|choose|chose|chooses|pick|picked|picks) (of |)a number" }, { "S", 'N', "number", "(think of|start with|take) a number" },
    OPERATIONS("N", FIRST), OPERATIONS("A", IT),
    { "A", 'B', "result", AND "(i |he |she |)(get|gets|got|end up with|obtain|obtains) {n:r}" }, { "A", 'B', "result", AND "(the|my|his|her) (final |)(result|answer) is {n:r}" }, { "A", 'B', "result", "to (get|obtain|give) {n:r}" },
    { "B", '.', "ask", "(what number did (i|he|she|they|{w:who}) (think of|choose|pick|start with)|what (was|is) (the|my|his|her) (original |)number|(find|determine) the (original |)number)" },
    { NULL, 0, NULL, NULL },
};

#define ZTHEN "(后|)(再|又|然后|接着|之后)((把|将)它|(把|将)所得的(数|结果|和{!:sum}|差{!:difference}|积{!:product})|把和{!:sum}|把差{!:difference}|)"       /* "加上 5 乘以 3" without it: in which order? */
static const struct clause zh[] = {
    { "S", 'N', "number", "({p:who}|)(想了|心里想了|想|想好了|心里想好)(一个|)数" }, { "S", 'N', "number", "(把|将|)(一个|某)数" },
    { "N", 'A', "times", "(先|)(把它|将它|把这个数|)乘(以|){n:k}" }, { "N", 'A', "over", "(先|)(把它|将它|把这个数|)除以{n:k}" }, { "N", 'A', "plus", "(先|)(加上|加){n:k}" }, { "N", 'A', "minus", "(先|)(减去|减){n:k}" },
    { "A", 'A', "times", ZTHEN "乘(以|){n:k}" }, { "A", 'A', "over", ZTHEN "除以{n:k}" }, { "A", 'A', "plus", ZTHEN "(加上|加){n:k}" }, { "A", 'A', "minus", ZTHEN "(减去|减){n:k}" },
    { "A", 'B', "result", "(,|)(最后|结果|)(等于|得|得到|得数是|的结果是|结果是|是|所得结果是){n:r}" },
    { "B", '.', "ask", "(求|问|那么|则|)(这个数|原来的数|原数|他想的数|{p:who}想的数|他想的这个数)(原来|)(是多少|是几|)" },
    { NULL, 0, NULL, NULL },
};

/* "the sum" is what an addition gave: the names of results, by the step before. */
static int names_fit(struct facts *f)
{
    static const char *const names[][2] = { { "sum", "plus" }, { "difference", "minus" }, { "product", "times" } };
    for (int i = 1; i < f->n; i++)
        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            if (has(&f->f[i].m, names[j][0]) && strcmp(f->f[i - 1].tag, names[j][1]) != 0)
                return 0;
    return 1;
}

static int steps_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct match *end = fact_get(f, "result");
    const char *text = "x";
    int n = 0;
    (void)arg;
    struct match *first = fact_get(f, "number"), *ask = fact_get(f, "ask");
    if (first == NULL || ask == NULL || (match_get(ask, "who") != NULL && match_get(first, "who") == NULL))
        return 0;                                     /* whose number? */
    if (!names_fit(f))
        return 0;
    if (end == NULL || match_ex(end, "r") == NULL || match_ex(end, "r")->k == E_PCT || !fact_same_words(f, "who") || (r->v = value_const(c, match_ex(end, "r"))) == NULL)
        return 0;
    for (int i = f->n - 1; i >= 0; i--) {
        struct match *m = &f->f[i].m;
        const char *t = f->f[i].tag;
        if (strcmp(t, "times") != 0 && strcmp(t, "over") != 0 && strcmp(t, "plus") != 0 && strcmp(t, "minus") != 0)
            continue;
        struct ex *e = match_ex(m, "k");
        val k = e != NULL ? (e->k == E_PCT ? NULL : value_const(c, e)) : has(m, "half") ? val_q(c, 1, 2) : val_si(c, has(m, "k3") ? 3 : 2), v = val_new(c);
        if (k == NULL || ((*t == 't' || *t == 'o') && ca_check_is_zero(k, c->ca) != T_FALSE))
            return 0;
        if (*t == 't')
            ca_div(v, r->v, k, c->ca);
        else if (*t == 'o')
            ca_mul(v, r->v, k, c->ca);
        else if (*t == 'p')
            ca_sub(v, r->v, k, c->ca);
        else
            ca_add(v, r->v, k, c->ca);
        r->v = v;
        n++;
    }
    for (int i = 0; i < f->n; i++) {
        const char *t = f->f[i].tag, *op = strcmp(t, "times") == 0 ? "·" : strcmp(t, "over") == 0 ? "/" : strcmp(t, "plus") == 0 ? "+" : strcmp(t, "minus") == 0 ? "−" : NULL;
        struct ex *e = op != NULL ? match_ex(&f->f[i].m, "k") : NULL;
        if (op != NULL)
            text = calc_printf(c, "(%s %s %s)", text, op, e != NULL ? ex_text(c, e) : has(&f->f[i].m, "half") ? "1/2" : has(&f->f[i].m, "k3") ? "3" : "2");
    }
    r->k = S_VALUE;
    r->text = calc_printf(c, "%s = %s, find x", text, ex_text(c, match_ex(end, "r")));
    return n > 0;
}

int read_steps(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "steps";
    return (clause_mentions(q, "a number") && clause_read(c, q, en, steps_done, r, NULL)) || (clause_mentions(q, "数") && clause_mentions(q, "乘|除以|加|减") && clause_read(c, q, zh, steps_done, r, NULL));
}
