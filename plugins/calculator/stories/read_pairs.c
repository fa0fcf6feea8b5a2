/* read_pairs.c - two quantities: each clause is one linear equation between them (a sum, a
 * difference, a factor, a known value); two clauses and the asked quantity make a question.
 * The names are words of the question; the same word is the same quantity. */
#include "plugins/calculator/questions/slots.h"
#include "plugins/calculator/stories/clause.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

#define GOODS "{a:g:书|图书|邮票|糖|糖果|钱|粮食|存粮|大米|水果}"
#define MEASURED "{a:of:年龄|体重|质量|身高}"
#define OF "(数{!:number}|(有|)的{w:of}(的{c:m}数|)|{w:of}数|)"
#define WHOLE "((两数|两个数){!:number}|两人|两个班|两班|两个仓库|两仓库|两堆|两筐|两位同学|)"
#define COUNTED(n) "{n:" n "}({c:m}({w:g}|)|)"
#define HOWMANY "(是|有|为|)(多少|几)({c:m}({w:g}|)|)"
#define IF "(已知|如果|且|其中|)"
static const struct clause zh[] = {
    { "SF", 'F', "sum", "(已知|)甲,乙" WHOLE "(的|)(" MEASURED "|)(和|之和|的和)(是|为)" COUNTED("s") }, { "SF", 'F', "sum", "(已知|)甲,乙" WHOLE "(一共|共|共有|一共有|总共有)(有|)(" GOODS "|){n:s}{c:m}({w:g}|)" },
    { "S", 'F', "sumxy", "({w:place}里|果园(里|中)|学校(里|)|商店(里|)|)(共|)(有|)(的|){w:x}(和|与){w:y}(一共|共|总共)(有|){n:s}{c:m}" }, { "S", 'F', "sumxy", "{w:x}(和|与){w:y}(的|)(" MEASURED "|)(和|之和)(是|为){n:s}({c:m}|)" },
    { "F", 'F', "diffxy", "(甲,乙|)两(个|)数(的|之)差(是|为){n:s}{!:number}" }, { "SF", 'F', "diff", "((两数之|两数的){!:number}|它们的|)差(是|为){n:s}" }, { "S", 'F', "two", "(已知|)(甲,乙|)两(个|)数(的|之|)(和)(是|为){n:s}" }, { "S", 'F', "twod", "(已知|)(甲,乙|)两(个|)数(的|之|)差(是|为){n:s}" },
    { "F", 'F', "sum2", "((两数|两个数){!:number}|它们)(的|之|)和(是|为){n:s}" }, { "F", 'F', "diff", "(两数{!:number}|它们)(的|之|)差(是|为){n:s}" },
    { "SF", 'F', "times", IF "{w:x}" OF "(正好|恰好|)是{w:y}" OF "的{n:k}倍" }, { "SF", 'F', "more", IF "{w:x}" OF "比{w:y}" OF "(多|大|重)" COUNTED("d") }, { "SF", 'F', "less", IF "{w:x}" OF "比{w:y}" OF "(少|小|轻)" COUNTED("d") },
    { "SF", 'F', "known", "(已知|){w:x}" OF "(有|是|为)(" GOODS "|)" COUNTED("n") },
    { "F", '.', "ask", "(求|那么|则|问|){w:x}" OF HOWMANY }, { "F", '.', "ask", "求{w:x}(数{!:number}|的" MEASURED ")(是多少|)" },
    { "F", '.', "asksum", "(求|那么|则|问|)(甲,乙|)(两人{!:persons}|他们{!:persons}|她们{!:persons}|两班{!:classes}|两个班{!:classes})(一共|共|总共)(有|)(多少|几)({c:m}({w:g}|))" }, { "F", '.', "asksum", "(求|)(甲,乙|)两数(的|之)和(是多少|){!:number}" },
    { "F", '.', "larger", "(求|)(这两个数中|其中|)(较大|大)的(那个|一个|)数(是多少|)" }, { "F", '.', "smaller", "(求|)(这两个数中|其中|)(较小|小)的(那个|一个|)数(是多少|)" },
    /* English */
    { "SF", 'F', "known", "{w:x} (has|have|had) {n:n} {w:g}" }, { "SF", 'F', "times", "(and |){w:x} (has|have) {n:k} times as many {w:g} as {w:y}" }, { "SF", 'F', "twice", "(and |){w:x} (has|have) twice as many {w:g} as {w:y}" },
    { "SF", 'F', "more", "(and |){w:x} (has|have) {n:d} (more {w:g}|{w:g} more) than {w:y}" }, { "SF", 'F', "less", "(and |){w:x} (has|have) {n:d} (fewer {w:g}|{w:g} fewer|{w:g} less) than {w:y}" },
    { "F", 'F', "sumn", "(and |)(together|altogether|in total),they have {n:s}( {w:g}|)" }, { "F", 'F', "sumn", "(and |)they have {n:s} {w:g} (together|altogether|in total|in all)" },
    { "F", '.', "ask", "how many {w:g} does {w:x} have" }, { "F", '.', "asksum", "how many {w:g} do they have (together|altogether|in total|in all)" },
    { "S", 'N', "two", "(the |)sum of two (positive{!:positive} |)numbers is {n:s}" }, { "SN", 'N', "timesn", "(and |)((one|one number|one of them){!:one}|the larger (number|one|)) is {n:k} times (the other|another|the smaller)( number|)" }, { "SN", 'N', "twicen", "(and |)((one|one number|one of them){!:one}|the larger (number|one|)) is twice (the other|another|the smaller)( number|)" },
    { "SN", 'N', "moren", "(and |)((one|one number|one of them){!:one}|the larger (number|one|)) is {n:d} (more|greater|larger) than (the other|another|the smaller)( number|)" }, { "N", 'N', "diff", "(and |)their difference is {n:s}" }, { "N", 'N', "two", "(and |)their sum is {n:s}" }, { "S", 'N', "twod", "(the |)difference (of|between) two (positive{!:positive} |)numbers is {n:s}" },
    { "N", '.', "larger", "(find|what is) the (larger|greater|bigger)( number| one| of the two numbers| of the numbers|)" }, { "N", '.', "smaller", "(find|what is) the (smaller|lesser)( number| one| of the two numbers| of the numbers|)" },
    { NULL, 0, NULL, NULL },
};

struct pair { const char *name[2]; int named, eqs; val a[2][3]; };      /* a0 X + a1 Y = a2 */

/* A name says nothing: no verb, no comparison, no number of a time. */
static int plain_name(const char *w)
{
    static const char *const no[] = { "不", "没", "多", "少", "倍", "比", "是", "有", "和", "共", "的", "各", "每", "原", "后", "前", "再", "先", "又", "给", "若", "如", "求", "数", "那", "则", "问", "今", "年", "它", "他", "她", "两", "差", "现", "平", "剩", "余", "其" };
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (strstr(w, no[i]) != NULL)
            return 0;
    return fact_is_name(w) && strcasecmp(w, "someone") != 0;
}

static int index_of(struct pair *p, const struct capture *k)
{
    if (k == NULL || k->raw == NULL || !plain_name(k->raw))
        return -1;
    for (int i = 0; i < p->named; i++)
        if (strcasecmp(p->name[i], k->raw) == 0)
            return i;
    if (p->named == 2)
        return -1;
    p->name[p->named] = k->raw;
    return p->named++;
}

static int equation(struct calc *c, struct pair *p, int x, val cx, int y, val cy, val rhs)
{
    if (p->eqs == 2 || x < 0 || y < 0 || x == y || cx == NULL || cy == NULL || rhs == NULL)
        return 0;
    val *e = p->a[p->eqs++];
    (void)c;
    e[x] = cx;
    e[y] = cy;
    e[2] = rhs;
    return 1;
}

/* ---- what is counted ---------------------------------------------------------------------- */
struct thing { const char *counter, *noun; };     /* 本, 书; NULL where it is left out */

/* 年龄 is in years, a weight in units of mass; another noun has any measure word. */
static int measure_fits(const char *noun, const char *counter)
{
    static const char weights[] = "千克 公斤 克 斤 吨";
    static const struct { const char *noun, *counters; } fit[] = {
        { "年龄", "岁" }, { "体重", weights }, { "质量", weights }, { "身高", "米 厘米 分米" },
    };
    for (size_t i = 0; i < sizeof fit / sizeof *fit; i++)
        if (strcmp(noun, fit[i].noun) == 0)
            return counter == NULL || strstr(fit[i].counters, counter) != NULL ? 1 : -1;
    return 0;
}

/* The thing of one fact: 的书, 的书的本数, 人数, 22 本书. */
static struct thing thing_of(struct calc *c, struct match *m)
{
    struct capture *k = match_get(m, "m"), *g = match_get(m, "g"), *of = match_get(m, "of");
    struct thing t = { k != NULL ? k->raw : NULL, g != NULL ? g->raw : NULL };
    if (of == NULL)
        return t;
    size_t n = strlen(of->raw);
    if (n > 3 && strcmp(of->raw + n - 3, "数") == 0)
        n -= 3;                                       /* 的人数 */
    const char *word = calc_strn(c, of->raw, n), **to = slot_is_counter(word, n) ? &t.counter : &t.noun;
    *to = *to == NULL || strcmp(*to, word) == 0 ? word : "";
    return t;
}

static int same_or_left_out(const char **had, const char *now)
{
    if (now == NULL)
        return 1;
    if (*had == NULL)
        *had = now;
    return strcmp(*had, now) == 0;
}

/* All facts and the question count the same, word for word or left out.  A noun that comes after numbers without
 * one is another thing (22 人, then 的图书); a number as such (甲数) counts nothing. */
static int one_thing(struct calc *c, struct facts *f)
{
    struct thing all = { NULL, NULL };
    for (int i = 0; i < f->n; i++) {
        struct thing t = thing_of(c, &f->f[i].m);
        int late = all.counter != NULL && all.noun == NULL && t.noun != NULL;
        if (!same_or_left_out(&all.counter, t.counter) || !same_or_left_out(&all.noun, t.noun) ||
            (late && measure_fits(t.noun, all.counter) != 1))
            return 0;
    }
    if (fact_has(f, "number"))
        return all.counter == NULL && all.noun == NULL;
    int people = all.counter != NULL && strcmp(all.counter, "人") == 0;
    return all.noun == NULL || (measure_fits(all.noun, all.counter) != -1 && !people);
}

/* The bytes of the longest beginning of a name that is an owner: 乙班 of 乙班男生. */
static size_t owner_length(const char *w)
{
    for (size_t n = strlen(w); n > 0; n -= n >= 3 ? 3 : n)
        if (slot_is_who(w, n))
            return n;
    return 0;
}

/* Two names of the same kind: owners of the same (甲班男生, 乙班男生), or two things (公鸡, 母鸡): never a class and
 * the girls of another. */
static int alike(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b), oa = owner_length(a), ob = owner_length(b);
    if ((unsigned char)*a < 0x80 || (unsigned char)*b < 0x80)
        return 1;                                     /* English names are single words */
    if ((oa > 0) == (ob > 0) && (oa == 0 || strcmp(a + oa, b + ob) == 0))
        return 1;
    return na == nb && na > 3 && strcmp(a + na - 3, b + nb - 3) == 0;    /* 白兔 (who sounds like a person), 黑兔 */
}

/* "Both classes", "both" are those two. */
static int both_fit(struct facts *f, const char *const name[2])
{
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(name[i]);
        int class = n > 3 && slot_is_who(name[i], n) && strcmp(name[i] + n - 3, "班") == 0;
        if ((fact_has(f, "persons") && !slot_is_person(name[i], n)) || (fact_has(f, "classes") && !class))
            return 0;
    }
    return 1;
}

static int pairs_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct pair p = { { NULL, NULL }, 0, 0, { { NULL } } };
    val one = val_si(c, 1), minus = val_si(c, -1), zero = val_si(c, 0), solved[2], v = val_new(c);
    const char *ask = f->f[f->n - 1].tag, *text = "two quantities", *measure;
    int sym = fact_count(f, "two") + fact_count(f, "twod") + fact_count(f, "timesn") + fact_count(f, "twicen") + fact_count(f, "moren") > 0, unordered = 0, factor = 0, known = 0, big = 0;
    (void)arg;
    if (!fact_same_words(f, "g") || !one_thing(c, f))
        return 0;
    if (fact_count(f, "sum") > 0) {
        p.name[0] = "甲";
        p.name[1] = "乙";
        p.named = 2;
    }
    if (sym) {                                        /* one and the other: the larger and the smaller */
        p.name[0] = "larger";
        p.name[1] = "smaller";
        p.named = 2;
    }
    for (int i = 0; i + 1 < f->n; i++) {
        struct match *m = &f->f[i].m;
        const char *tag = f->f[i].tag;
        struct ex *num = NULL;
        for (int j = 0; j < m->n; j++)
            if (m->c[j].type == 'n') {
                if (num != NULL)
                    return 0;
                num = m->c[j].e;
            }
        val k = strncmp(tag, "twice", 5) == 0 ? val_si(c, 2) : num == NULL || num->k == E_PCT ? NULL : value_const(c, num), nk = val_new(c);
        if (k == NULL || value_sign_is(c, k, 1) != YES)
            return 0;
        ca_neg(nk, k, c->ca);
        text = calc_printf(c, "%s, %s %s", text, tag, num != NULL ? ex_text(c, num) : "2");
        int last = tag[strlen(tag) - 1] == 'n' && strcmp(tag, "known") != 0;
        int x = last || strcmp(tag, "two") == 0 ? 0 : index_of(&p, match_get(m, "x")), y = last || strcmp(tag, "two") == 0 ? 1 : index_of(&p, match_get(m, "y")), ok;
        if (strncmp(tag, "times", 5) == 0 || strncmp(tag, "twice", 5) == 0) {
            if (value_cmp(c, k, one) != 1)
                return 0;
            factor = 1;
            big = x;
            ok = equation(c, &p, x, one, y, nk, zero);
        } else if ((strncmp(tag, "more", 4) == 0 || strcmp(tag, "less") == 0) && num->k != E_NUM &&
                   match_get(m, "m") == NULL) {
            return 0;                                 /* 1/4 more: of it, or of one? */
        } else if (strncmp(tag, "more", 4) == 0) {
            ok = equation(c, &p, x, one, y, minus, k);
        } else if (strcmp(tag, "less") == 0) {
            ok = equation(c, &p, x, minus, y, one, k);
        } else if (strcmp(tag, "known") == 0) {
            known++;
            ok = x >= 0 && equation(c, &p, x, one, 1 - x, zero, k);
        } else if (strcmp(tag, "diff") == 0 || strcmp(tag, "twod") == 0) {
            unordered = 1;
            ok = equation(c, &p, 0, one, 1, minus, k);
        } else if (strcmp(tag, "diffxy") == 0) {      /* whose is more?  The factor says it */
            if (i != 1 || !factor || p.named != 2)
                return 0;
            ok = equation(c, &p, big, one, 1 - big, minus, k);
        } else {                                      /* sums */
            if (strcmp(tag, "sum2") == 0 && !sym && p.named != 2)
                return 0;
            if (strcmp(tag, "sumxy") != 0)
                x = 0, y = 1;
            ok = equation(c, &p, x, one, y, one, k);
        }
        if (!ok)
            return 0;
    }
    if (p.eqs != 2 || p.named != 2 || known > 1 || !alike(p.name[0], p.name[1]) || !both_fit(f, p.name))
        return 0;
    if (unordered && !(sym && (strcmp(ask, "larger") == 0 || strcmp(ask, "smaller") == 0)))
        return 0;                                     /* a difference does not say which is more */
    if (unordered && factor && fact_has(f, "one") && !fact_has(f, "positive"))
        return 0;                                     /* 120 and 60, or -60 and -120 */
    if (sym != (strcmp(ask, "larger") == 0 || strcmp(ask, "smaller") == 0))
        return 0;
    val d = val_new(c), t = val_new(c);
    ca_mul(d, p.a[0][0], p.a[1][1], c->ca);
    ca_mul(t, p.a[0][1], p.a[1][0], c->ca);
    ca_sub(d, d, t, c->ca);
    if (ca_check_is_zero(d, c->ca) != T_FALSE)
        return 0;
    for (int i = 0; i < 2; i++) {
        val u = val_new(c), w = val_new(c);
        ca_mul(u, p.a[0][2], p.a[1][1 - i], c->ca);
        ca_mul(w, p.a[1][2], p.a[0][1 - i], c->ca);
        ca_sub(u, u, w, c->ca);
        if (i == 1)
            ca_neg(u, u, c->ca);
        ca_div(u, u, d, c->ca);
        if (value_sign_is(c, u, 1) != YES)
            return 0;
        solved[i] = u;
    }
    struct capture *m = fact_capture(f, "m"), *g = fact_capture(f, "g");
    measure = m != NULL ? m->raw : "";
    int whole = g != NULL || (m != NULL && strcmp(measure, "吨") != 0 && strcmp(measure, "千克") != 0 && strcmp(measure, "元") != 0 && strcmp(measure, "米") != 0 && strcmp(measure, "克") != 0 && strcmp(measure, "升") != 0);
    for (int i = 0; i < 2 && whole; i++)
        if (ca_check_is_integer(solved[i], c->ca) != T_TRUE)
            return 0;                                 /* half a book: something was not as it was read */
    if (strcmp(ask, "asksum") == 0) {
        ca_add(v, solved[0], solved[1], c->ca);
    } else if (strcmp(ask, "larger") == 0 || strcmp(ask, "smaller") == 0) {
        if (value_cmp(c, solved[0], solved[1]) != 1)
            return 0;
        v = solved[strcmp(ask, "smaller") == 0];
    } else {
        int x = index_of(&p, match_get(&f->f[f->n - 1].m, "x"));
        if (x < 0)
            return 0;
        v = solved[x];
        text = calc_printf(c, "%s, find %s", text, p.name[x]);
    }
    r->k = S_VALUE;
    r->v = v;
    size_t used;
    const struct unit *unit = m != NULL ? parse_unit(c, measure, &used, 1) : NULL;
    r->unit = unit != NULL && !unit->noun && used == strlen(measure) ? unit : NULL;
    r->text = calc_printf(c, "%s (%s, %s): %s", text, p.name[0], p.name[1], ask);
    return 1;
}

int read_pairs(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "pairs";
    return clause_read(c, q, zh, pairs_done, r, NULL);
}
