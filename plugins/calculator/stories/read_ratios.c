/* read_ratios.c - quantities in a given ratio: from their sum, their difference or one of them, the asked one. */
#include "plugins/calculator/stories/clause.h"
#include "plugins/calculator/text/parse.h"

#include <string.h>

#define GROUP "(人|个人|名同学|个班|个数|数|个小组|家|村|队|人合伙|)"
#define THREE "(甲,乙{!:set2}|甲,乙,丙{!:set3})(两{!:two}|2{!:two}|三{!:three}|3{!:three}|二{!:two}|)" GROUP
#define BY "(按|按照|依照|以)(人数的|){e:d}(的比例|的比|)"
#define PART(x) "({a:" x ":甲|乙|丙})(数|班|村|队|人|)"
#define GET "(应|应该|可以|可|)(分得|得到|分到|得|分|领到|获得|有|出|是|为)(了|)"
static const struct clause zh[] = {
    { "S", 'A', "names", "(已知|有|)" THREE "(的|之)比(是|为|等于){e:d}" }, { "S", 'A', "names", THREE BY "(分|分配|分得|共分|分享|瓜分)(了|){n:t}({c:m}|)({w:g}|)" }, { "S", 'A', "names", "(把|将|){n:t}({c:m}|)({w:g}|)" BY "(分给|分配给|给)" THREE },
    { "S", 'A', "split", "(把|将|)(数|){n:t}({c:m}|)({w:g}|)" BY "(分成|分为|分配成){i:pieces}(份|部分|堆)" }, { "A", '.', "small", "(,|)(求|则|其中|)(最小|最少)的(一份|那份|一部分|一堆)(是|有|为|)(多少|几)({c:m2}|)({w:g2}|)" }, { "A", '.', "large", "(,|)(求|则|其中|)(最大|最多)的(一份|那份|一部分|一堆)(是|有|为|)(多少|几)({c:m2}|)({w:g2}|)" },
    { "S", 'B', "sum", "({w:place}|)(运来|购进|买来|有|种有|种了|共有|)(了|){w:x0}(和|与|、){w:y0}(一共|共|总共){n:t}({c:m}|)" }, { "S", 'A', "angles", "(已知|)(一个|)三角形(的|)(三个|)内角(的|)(度数|)(之|的|)比(是|为){e:d}" }, { "A", '.', "large", "(,|)(求|则|其中|)(最大的(一个|)(内|)角|它的最大(内|)角)(的度数|)(是|为|等于|)(多少|)(度|)" }, { "A", '.', "small", "(,|)(求|则|其中|)(最小的(一个|)(内|)角|它的最小(内|)角)(的度数|)(是|为|等于|)(多少|)(度|)" },
    { "S", 'A', "sexes", "(某班|一个班|某校|全班|)(的|)男(生|)(和|与|、|,)女生(的|)(人数|)(之|的|)比(是|为){e:d}" }, { "A", 'A', "class", "(,|)(全班|这个班|该班|全校)(一共|共|总共|)(有|)(学生|){n:t}(人|名)(学生|)" },
    { "SB", 'A', "kinds", "(已知|在|)((一种|某种|)({w:place})(中|里|)|)(,|){w:x}(和|与|、|跟){w:y}(的|)(人数|数量|个数|质量|重量|体积|棵数|只数|本数|{w:what}数|)(的|之|)比(是|为|等于){e:d}" },
    { "A", 'A', "sum", "(,|)(它们|这两个数|这三个数|三个数|两个数|他们|两数|三数|三人|两人|)(的|)(和|总和|总数|总共|一共|共|共有|共计|合计)(是|为|等于|有|){n:t}({c:m}|)({w:g}|)" },
    { "A", 'A', "one", "(,|)(已知|若|如果|其中|)(" PART("k") "|{w:k})(是|为|有|等于){n:t}({c:m}|)({w:g}|)" }, { "A", 'A', "gap", "(,|)(已知|若|如果|其中|)(" PART("k") "|{w:k})比(" PART("j") "|{w:j})(多|大){n:t}({c:m}|)({w:g}|)" },
    { "A", '.', "ask", "(,|)(求|问|则|)(运来|购进|买来|种了|种){w:z}(多少|几)({c:m2}|)" }, { "A", 'A', "one", "(,|)(现有|现在有|已有|用了|用|取){w:k}{n:t}({c:m}|)" }, { "A", '.', "ask", "(,|)(则|那么|)(需要|需|要|应|应该)(加|加入|放|准备|用|配){w:z}(多少|几)({c:m2}|)" },
    { "A", '.', "ask", "(,|)(求|问|则|那么|其中|)(运来|购进|买来|)(" PART("z") "|{w:z})" GET "(多少|几)({c:m2}|)({w:g2}|)" }, { "A", '.', "ask", "(,|)(求|其中|)" PART("z") },
    { NULL, 0, NULL, NULL },
};

#define IN "(are |is |)(in the ratio|in a ratio of|in the ratio of|in ratio)"
#define CUPS "cups|spoons|spoonfuls|pieces|parts|pints|bags"
#define FIND "(find|what is|what are|determine)"
static const struct clause en[] = {
    { "S", 'A', "two", "(the ratio of two (positive |)numbers is|two (positive |)(numbers|integers) (are in|are in the|have) (the |a |)ratio (of |)) ({e:d}|{n:d1} to {n:d2})( and|)" }, { "S", 'A', "split", "(a|the) {w:g} (that is |)({q:t}) long is (cut|divided|split) into {i:pieces} (pieces|parts) in the ratio (of |){e:d}" }, { "A", '.', "large", FIND " the (length of the |)(longer{!:of2}|longest{!:of3}) (piece|part|one)" }, { "A", '.', "small", FIND " the (length of the |)(shorter{!:of2}|shortest{!:of3}) (piece|part|one)" }, { "S", 'A', "three", "three (positive |)(numbers|integers) are in the ratio (of |){e:d}( and|)" },
    { "S", 'A', "angles", "(the |)(three |)(interior |)angles of a triangle are in the ratio (of |){e:d}" }, { "A", '.', "small", FIND " the (measure of the |size of the |)smallest angle( in degrees|)" }, { "A", '.', "large", FIND " the (measure of the |size of the |)largest angle( in degrees|)" }, { "S", 'C', "kinds", "the ages of {w:x} and {w:y} are in the ratio (of |){e:d}( and|)" }, { "C", 'C', "sum", "the sum of their ages is {n:t}( years|)" }, { "C", 'C', "sum", "their ages (add up|sum) to {n:t}( years|)" }, { "C", '.', "ask", "how old is {w:z}{!:age}" },
    { "A", 'A', "sum", "(if |)(their|whose|the) sum (is|of the numbers is|equals) {n:t}" }, { "A", 'A', "sum", "(which |they |and |that )(add up|sum) to {n:t}" }, { "A", 'A', "gap2", "(if |)(their|the) difference is {n:t}" },
    { "A", '.', "small", FIND " the (smaller{!:of2}|smallest{!:of3}|least{!:of3})( one| number| integer|)( of them| of the (two|three)|)" }, { "A", '.', "large", FIND " the (larger{!:of2}|greater{!:of2}|bigger{!:of2}|largest{!:of3}|greatest{!:of3})( one| number| integer|)( of them| of the (two|three)|)" },
    /* things by their names */
    { "S", 'B', "kinds", "(in (a|the|an) {w:place},|)(the |)ratio of (the number of |){w:x}( {w:nx}|) to (the number of |){w:y}( {w:ny}|)( in (a|the|an) {w:place2}|) is {e:d}( and|)" }, { "S", 'B', "kinds", "(a|the) (recipe|mixture|drink|paint|concrete|mix|alloy|cake|dough) (uses|needs|requires|contains|mixes|has|calls for|is made of|is made from) {w:x} and {w:y} " IN " {e:d}" }, { "S", 'B', "kinds", "{w:what} is (made|prepared|produced|mixed) (by mixing|from|with|of) {w:x} and {w:y} (mixed |)in (the|a) ratio (of |){e:d}" }, { "B", '.', "askone", "how (many{!:many}|much)( {a:ain:cups|parts} of| {u:unit} of|) {w:z} (is|are) (needed|required|used) (for|with) ({n:t}|{q:t})( {a:gin:cups|parts}|)( of|) {w:k}" }, { "S", 'B', "kinds", "{w:x} and {w:y} are (mixed |used |)in (the|a) ratio (of |){e:d}( in (a|the) {w:place2}|)( and|)" },
    { "B", 'B', "one", "(if |)(there are |)({n:t}|{q:t}) ({a:gin:" CUPS "} |)(of |){w:k}( {w:nn}|)( (are|is) used| are there| in the {w:place3}|)" }, { "B", 'B', "total", "(if |)(there are |)({n:t}|{q:t}) ({w:all} |)(in total|altogether|in all|in the class)" },
    { "B", 'B', "both", "(if |)(there are |)({n:t}|{q:t}) {w:all2} (in total |altogether |in all |)(,|)all (of |)(them|which) (are |)(either |){w:x3} or {w:y3}" },
    { "B", '.', "ask", "how (many{!:many}|much)( {a:ain:" CUPS "} of| {u:unit} of|) {w:z}( {w:nn}|)( is| are|)( needed| used| required| there| should be used|)( in the {w:place3}|)" },
    /* who shares */
    { "S", 'D', "kinds", "{w:x} and {w:y} (share|divide|split|shared|divided|split up) ({n:t}|{q:t})( {w:g}|)( between them|) in the ratio (of |){e:d}( respectively|)" }, { "S", 'D', "kinds3", "{w:x},{w:y}(,|) and {w:w} (share|divide|split|shared|divided) ({n:t}|{q:t})( {w:g}|)( among them|) in the ratio (of |){e:d}( respectively|)" }, { "S", 'D', "kinds", "(an amount of |a sum of |)({n:t}|{q:t})( {w:g}|) (is|are) (shared|divided|split) (between|among) {w:x} and {w:y} in the ratio (of |){e:d}( respectively|)" },
    { "S", 'D', "kinds", "(a sum of money|some money|a sum|a prize|an inheritance|a profit) is (shared|divided|split) between {w:x} and {w:y} in the ratio (of |){e:d}( respectively|)" }, { "D", 'D', "one", "(if |and |){w:k} (gets|receives|got|received|has) ({n:t}|{q:t})" },
    { "D", '.', "ask", "how (much|many{!:many})( {w:g2}|)( money|) (does|did|will) {w:z} (get|receive|have)" }, { "D", '.', "ask", FIND " {w:z}'s share" },
    { NULL, 0, NULL, NULL },
};

struct parts { int n; const char *name[3]; val share[3]; };

/* The name without the words for a number of them: 男生人数 is 男生. */
static const char *thing(struct calc *c, const char *w)
{
    static const char *const tails[] = { "人数", "的人数", "数量", "数", "的数量" };
    size_t n = strlen(w);
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        size_t k = strlen(tails[i]);
        if (n > k + 2 && strcmp(w + n - k, tails[i]) == 0)
            return calc_strn(c, w, n - k);
    }
    return w;
}

static int index_of(struct calc *c, const struct parts *p, const struct capture *k)
{
    for (int i = 0; k != NULL && k->raw != NULL && i < p->n; i++)
        if (strcasecmp(p->name[i], thing(c, k->raw)) == 0)
            return i;
    return -1;
}

/* The fact that has the ratio: the first, or the second behind the sum. */
static struct match *ratio_of(struct facts *f)
{
    return match_get(&f->f[0].m, "d") != NULL || match_get(&f->f[0].m, "d1") != NULL || f->n < 2 ? &f->f[0].m : &f->f[1].m;
}

/* 3:5, or "3 to 5". */
static struct ex *ratio_in(struct calc *c, struct match *m)
{
    struct ex *a = match_ex(m, "d1"), *b = match_ex(m, "d2");
    return a != NULL && b != NULL ? ex_2(c, E_RATIO, a, b) : match_ex(m, "d");
}

/* Behind "苹果和梨共 120 千克" the ratio is of those two. */
static int same_two(struct calc *c, struct facts *f, const struct parts *p)
{
    struct capture *x = fact_capture(f, "x0"), *y = fact_capture(f, "y0");
    return x == NULL || (index_of(c, p, x) >= 0 && index_of(c, p, y) >= 0 && index_of(c, p, x) != index_of(c, p, y));
}

static int parts_of(struct calc *c, struct facts *f, struct parts *p)
{
    static const char *const han[] = { "甲", "乙", "丙" }, *const sexes[] = { "男生", "女生", "" }, *const letters[] = { "x", "y", "w" };
    struct match *m = ratio_of(f);
    struct ex *d = ratio_in(c, m);
    const char *tag = f->f[m == &f->f[0].m ? 0 : 1].tag;
    if (d == NULL || d->k != E_RATIO || d->n < 2 || d->n > 3)
        return 0;
    p->n = d->n;
    for (int i = 0; i < d->n; i++) {
        if ((p->share[i] = value_const(c, d->a[i])) == NULL || value_sign_is(c, p->share[i], 1) != YES || d->a[i]->k == E_PCT)
            return 0;
        struct capture *k = match_get(m, letters[i]);
        p->name[i] = k != NULL ? thing(c, k->raw) : strcmp(tag, "names") == 0 ? han[i] : strcmp(tag, "sexes") == 0 ? sexes[i] : "";
        if ((unsigned char)*p->name[i] < 0x80 && *p->name[i] != '\0' && !fact_is_name(p->name[i]))
            return 0;
        for (int j = 0; j < i; j++)
            if (*p->name[i] != '\0' && strcasecmp(p->name[i], p->name[j]) == 0)
                return 0;
    }
    int three = has(m, "set3") || has(m, "three") || strcmp(tag, "three") == 0 || strcmp(tag, "angles") == 0 || strcmp(tag, "kinds3") == 0, two = has(m, "set2") || has(m, "two") || strcmp(tag, "two") == 0 || strcmp(tag, "kinds") == 0 || strcmp(tag, "sexes") == 0;
    long pieces;
    if (ex_is_int(match_ex(m, "pieces"), &pieces) && pieces != p->n)
        return 0;
    return !(three && two) && !(three && p->n != 3) && !(two && p->n != 2);
}

/* Are all of the two kinds a class: boys and girls? */
static int are_all(const struct parts *p, const struct capture *k)
{
    static const char *const persons[] = { "students", "pupils", "children", "people" }, *const pairs[][2] = { { "boys", "girls" }, { "men", "women" } };
    int known = k == NULL, ok = 0;
    for (int i = 0; i < 4; i++) {
        known |= k != NULL && strcasecmp(persons[i], k->raw) == 0;
    }
    for (int i = 0; i < 2 && p->n == 2; i++)
        ok |= (strcasecmp(pairs[i][0], p->name[0]) == 0 && strcasecmp(pairs[i][1], p->name[1]) == 0) || (strcasecmp(pairs[i][1], p->name[0]) == 0 && strcasecmp(pairs[i][0], p->name[1]) == 0);
    return known && ok;
}

/* The value of one part of the ratio by the one amount that is given; NULL if there is none, or two. */
static val one_part(struct calc *c, struct facts *f, const struct parts *p, const char **text)
{
    struct capture *t = NULL, half_turn = { .e = ex_num(c, 180) };
    val d = val_si(c, 0), v = val_new(c);
    for (int i = 0; i < f->n; i++) {
        struct match *m = &f->f[i].m;
        const char *tag = f->f[i].tag;
        struct capture *k = match_get(m, "t");
        if (strcmp(tag, "angles") == 0)
            k = &half_turn;
        if (k == NULL)
            continue;
        if (t != NULL)
            return NULL;
        t = k;
        int x = index_of(c, p, match_get(m, "k")), y = index_of(c, p, match_get(m, "j"));
        if (strcmp(tag, "one") == 0 || strcmp(tag, "askone") == 0) {
            if (x < 0)
                return NULL;
            ca_set(d, p->share[x], c->ca);
        } else if (strcmp(tag, "gap") == 0) {
            if (x < 0 || y < 0)
                return NULL;
            ca_sub(d, p->share[x], p->share[y], c->ca);
        } else if (strcmp(tag, "gap2") == 0) {
            int less = value_cmp(c, p->share[0], p->share[1]);
            ca_sub(d, p->share[less < 0], p->share[less > 0], c->ca);
        } else {
            if (strcmp(tag, "class") == 0 && (p->n != 2 || strcmp(p->name[0], "男生") != 0 || strcmp(p->name[1], "女生") != 0) && (p->n != 2 || strcmp(p->name[0], "女生") != 0 || strcmp(p->name[1], "男生") != 0))
                return NULL;
            if (strcmp(tag, "both") == 0) {
                int x3 = index_of(c, p, match_get(m, "x3")), y3 = index_of(c, p, match_get(m, "y3"));
                if (x3 < 0 || y3 < 0 || x3 == y3 || p->n != 2)
                    return NULL;
            }
            if (strcmp(tag, "total") == 0 && !are_all(p, match_get(m, "all")))
                return NULL;
            for (int j = 0; j < p->n; j++)
                ca_add(d, d, p->share[j], c->ca);
        }
        *text = calc_printf(c, "%s, %s %s", *text, x >= 0 && strncmp(tag, "gap", 3) != 0 ? p->name[x] : strncmp(tag, "gap", 3) == 0 ? "difference" : "sum", ex_text(c, k->e));
    }
    if (t == NULL || t->e == NULL || t->e->k == E_PCT || value_sign_is(c, d, 1) != YES)
        return NULL;
    ca_div(v, value_const(c, t->e), d, c->ca);
    return v;
}

/* Which part is asked; -1 if that is not known. */
static int asked_part(struct calc *c, struct facts *f, const struct parts *p)
{
    struct match *m = &f->f[f->n - 1].m;
    const char *tag = f->f[f->n - 1].tag;
    int best = 0, large = strcmp(tag, "large") == 0;
    if (strncmp(tag, "ask", 3) == 0)
        return index_of(c, p, match_get(m, "z"));
    if ((has(m, "of2") && p->n != 2) || (has(m, "of3") && p->n != 3))
        return -1;
    for (int i = 1; i < p->n; i++)
        if (value_cmp(c, p->share[i], p->share[best]) == (large ? 1 : -1))
            best = i;
    return best;
}

/* In what something is given or asked: a unit, or a word for what is counted (word alone); neither. */
struct measure { const struct unit *unit; const char *word; };

static struct measure measure_of(struct calc *c, const struct capture *k)
{
    size_t used = 0;
    if (k == NULL)
        return (struct measure){ NULL, NULL };
    const struct unit *u = k->unit != NULL ? k->unit : parse_unit(c, k->raw, &used, 1);
    if (u != NULL && k->unit == NULL && k->raw[used] != '\0')
        u = NULL;
    return (struct measure){ u != NULL && !u->noun ? u : NULL, u != NULL ? u->text : k->raw };
}

static int is_word(const struct capture *k, const char *a, const char *b)
{
    return k != NULL && (strcasecmp(k->raw, a) == 0 || strcasecmp(k->raw, b) == 0);
}

/* The amounts that are given and that are asked must be of the same: 元 and 元, apples and apples, or two units of one kind. */
static int measures_fit(struct calc *c, struct facts *f, int zh, struct measure *given, struct measure *asked)
{
    struct capture *t = fact_capture(f, "t"), *m = fact_capture(f, "m"), *m2 = fact_capture(f, "m2"), *g = fact_capture(f, "g"), *g2 = fact_capture(f, "g2");
    if (is_word(g2, "钱", "money"))
        g2 = NULL;
    *given = measure_of(c, t != NULL && t->unit != NULL ? t : m != NULL ? m : g);
    *asked = measure_of(c, m2 != NULL ? m2 : g2);
    if (zh && m == NULL && g != NULL && given->unit == NULL)
        return 0;                                     /* 540 打 */
    if (m2 != NULL && g2 != NULL && (g == NULL || strcmp(g->raw, g2->raw) != 0))
        return 0;
    if (m != NULL && m2 == NULL && g != NULL && g2 != NULL && strcmp(g->raw, g2->raw) == 0)
        *asked = *given;                              /* 多少苹果 of 20 个苹果 */
    if (asked->word == NULL)
        return 1;
    if (given->word == NULL)
        return fact_count(f, "class") == 1 && is_word(m2, "人", "名");
    return strcasecmp(given->word, asked->word) == 0 || (given->unit != NULL && asked->unit != NULL && memcmp(given->unit->dim, asked->unit->dim, sizeof given->unit->dim) == 0);
}

/* A kind is named by the same words throughout: "boys" are not "boys absent", nor the boys of another place; cups are no bags. */
static int same_kinds(struct facts *f)
{
    static const char *const places[] = { "place", "place2", "place3" };
    struct capture *nx = fact_capture(f, "nx"), *ny = fact_capture(f, "ny"), *cups = fact_capture(f, "gin"), *asked = fact_capture(f, "ain"), *at = NULL;
    if (nx != NULL && (ny == NULL || strcasecmp(nx->raw, ny->raw) != 0))
        return 0;
    for (int i = 0; i < f->n; i++) {
        struct match *m = &f->f[i].m;
        struct capture *nn = match_get(m, "nn");
        if ((match_get(m, "k") != NULL || match_get(m, "z") != NULL) && ((nn != NULL) != (ny != NULL) || (nn != NULL && strcasecmp(nn->raw, ny->raw) != 0)))
            return 0;
        for (int j = 0; j < 3; j++) {
            struct capture *k = match_get(m, places[j]);
            if (k != NULL && at != NULL && strcasecmp(k->raw, at->raw) != 0)
                return 0;
            at = k != NULL ? k : at;
        }
    }
    return asked != NULL ? cups != NULL && strcasecmp(cups->raw, asked->raw) == 0 : cups == NULL || !fact_has(f, "many");
}

/* Is it a number of things that is asked, of people, or of years? */
static int is_count(struct facts *f, const struct measure *given, const struct measure *asked)
{
    if (given->unit != NULL || fact_capture(f, "ain") != NULL || fact_capture(f, "unit") != NULL)
        return 0;
    return given->word != NULL || asked->word != NULL || fact_has(f, "many") || fact_has(f, "age") || fact_count(f, "sexes") + fact_count(f, "class") > 0;
}

static int all_whole(struct calc *c, const struct parts *p, val one)
{
    for (int i = 0; i < p->n; i++) {
        val v = val_new(c);
        ca_mul(v, one, p->share[i], c->ca);
        if (ca_check_is_integer(v, c->ca) != T_TRUE)
            return 0;
    }
    return 1;
}

static int ratios_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct parts p = { 0 };
    struct measure given, asked;
    const char *text;
    int angles = fact_count(f, "angles");
    if (!parts_of(c, f, &p) || !measures_fit(c, f, arg != NULL, &given, &asked) || !same_kinds(f) || !same_two(c, f, &p))
        return 0;
    text = calc_printf(c, "in the ratio %s", ex_text(c, ratio_in(c, ratio_of(f))));
    val one = one_part(c, f, &p, &text), v = val_new(c);
    int z = asked_part(c, f, &p);
    struct capture *t = fact_capture(f, "t"), *u = fact_capture(f, "unit");
    if (z >= 0 && index_of(c, &p, fact_capture(f, "k")) == z && fact_count(f, "gap") == 0)
        return 0;                                     /* what was given is not asked */
    if (one == NULL || z < 0 || (angles && t != NULL))
        return 0;
    if (is_count(f, &given, &asked) && !all_whole(c, &p, one))
        return 0;                                     /* half a book */
    if (t != NULL && t->unit != NULL && !t->unit->noun && u == NULL && asked.word == NULL && fact_has(f, "many"))
        return 0;                                     /* how many apples are 20 kg? */
    ca_mul(v, one, p.share[z], c->ca);
    if (asked.unit != NULL) {
        ca_mul(v, v, val_q(c, given.unit->p, given.unit->q), c->ca);
        ca_mul(v, v, val_q(c, asked.unit->q, asked.unit->p), c->ca);
    }
    if (u != NULL && (t->unit == NULL || u->unit == NULL || memcmp(u->unit->dim, t->unit->dim, sizeof u->unit->dim) != 0 || u->unit->p * t->unit->q != t->unit->p * u->unit->q))
        return 0;
    r->k = S_VALUE;
    r->v = v;
    r->unit = asked.unit != NULL ? asked.unit : given.unit;
    r->degrees = angles ? 2 : 0;
    r->text = calc_printf(c, "%s, find %s", text, strcmp(f->f[f->n - 1].tag, "ask") == 0 ? p.name[z] : f->f[f->n - 1].tag);
    return 1;
}

int read_ratios(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "ratios";
    return (clause_mentions(q, "比|按") && clause_read(c, q, zh, ratios_done, r, "zh")) || (clause_mentions(q, "ratio") && clause_read(c, q, en, ratios_done, r, NULL));
}
