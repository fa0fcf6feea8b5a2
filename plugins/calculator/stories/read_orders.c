/* read_orders.c - people in a row and numbers made of digits: every arrangement is looked
 * at, and each condition of the question is a test of it. */
#include "plugins/calculator/stories/clause.h"

#include <ctype.h>
#include <string.h>

enum { MAX_ROW = 8, MAX_CONDS = 6 };

/* ---- a row of n people, some of them named -------------------------------------------- */
#define ROW "(站成一排|排成一排|排成一列|站成一列|坐成一排|排队|站一排|排成一行)(照相|合影|拍照|)"
#define WHO "(人|个人|名同学|位同学|名学生|名志愿者|个同学)"
#define ASK "(的|)(不同的|)(排法|站法|坐法|排列方法|方法|排列方式|不同排法|不同站法)(一共|总共|共|)(有|)(多少|几)种"
#define ASK2 "(问|)(一共|总共|共|则|)(有|)(多少|几)种(不同的|)(排法|站法|坐法|排列方法|方法|排列方式|排列)"
#define MUST "(其中|若|如果|要求|且|而|并且|)"
#define FOLK "(people|persons|students|children|friends|men|boys|girls)"
#define STAND "(line up for a (photo|photograph|picture)|be seated in a row of {i:n2} (chairs|seats)|stand|be seated|sit|be arranged|line up|be lined up|stand up|are arranged|be placed|arrange themselves|sit down) (in|on) a (row|line|bench)( of {i:n2} (chairs|seats)|)"
#define TWOOF "(two of them|two (particular|specific|given|certain) (people|persons|students|children|books|of them))"
#define ONEOF "(one (particular|specific|given|certain) (person|student|child|of them)|a (particular|given|certain|specific) (person|student|child))"
#define ADJW "(next to each other|together|side by side|beside each other|next to one another|beside one another)"
#define ADJ "(be adjacent|stand next to each other|be next to each other|sit next to each other|stand together|sit together|be together|stand side by side|be side by side|sit side by side|(stand|sit|standing|sitting|being|be) " ADJW ")"
#define AND "(,|和|与|、| and )"

static const struct clause row[] = {
    { "S", 'R', "n", "(现有|有|)(甲{!:nm}|)(甲,乙{!:nm}|)(甲,乙,丙{!:nm}|)(等|){i:n}" WHO ROW },
    { "S", 'R', "n", "(甲,乙,丙{!:l3}|甲,乙,丙,丁{!:l4}|甲,乙,丙,丁,戊{!:l5}){i:n}(个|)(人|名同学|位同学)" ROW },
    { "S", 'R', "mix", "(现有|有|){i:a}(名|个|位|)男(生|同学|士|)(" AND "|){i:b}(名|个|位|)女(生|同学|士|)" ROW },
    { "R", 'R', "together", MUST "{p:x}" AND "{p:y}(两人|二人|两名同学|)(必须|要|)(相邻|站在一起|排在一起|挨在一起)" },
    { "R", 'R', "together3", MUST "甲,乙,丙(三人|)(必须|要|)(相邻|站在一起|排在一起|挨在一起)" },
    { "R", 'R', "womennotends", MUST "({i:b2}(名|个)|)女(生|同学)(都|)(不|不能)(站|排|站在|排在|在)(两端|两头)" },
    { "R", 'R', "left", MUST "{p:x}(必须|要|)(站|排|)在{p:y}的左边((,|)(\\(|)(不一定相邻|不一定要相邻|可以不相邻)(\\)|)|)" },
    { "R", 'R', "apart", MUST "{p:x}" AND "{p:y}(两人|二人|两名同学|)(都|)(不能|不|必须不)(相邻|站在一起|排在一起|挨在一起)" },
    { "R", 'R', "middle", MUST "{p:x}(必须|要|)(站|排|坐)在(正|)中间" },
    { "R", 'R', "end", MUST "{p:x}(必须|要|)(站|排)在(两端|两头|排头或排尾)(之一|)" },
    { "R", 'R', "notend", MUST "{p:x}(不|不能)(站|排|站在|排在|在)(两端|两头|排头也不站排尾)" },
    { "R", 'R', "notends2", MUST "{p:x},{p:y}(都|均)(不|不能)(站|排|站在|排在|在)(两端|两头)" },
    { "R", 'R', "notfirst", MUST "{p:x}(不|不能)(站|排|站在|排在|在|站|)(排头|最左端|最左边|第一位|第一个)" },
    { "R", 'R', "notlast", MUST "{p:x}(不|不能)(站|排|站在|排在|在|站|)(排尾|最右端|最右边|最后一位|末位)" },
    { "R", 'R', "first", MUST "{p:x}(必须|要|)(站|排)在(排头|最左端|最左边|第一位)" },
    { "R", 'R', "womentogether", MUST "(所有|{i:b2}名|)女(生|同学)(必须|要|全|都|)(站|排|)(在一起|相邻)" },
    { "R", 'R', "mentogether", MUST "(所有|{i:a2}名|)男(生|同学)(必须|要|全|都|)(站|排|)(在一起|相邻)" },
    { "R", 'R', "womenapart", MUST "(任意|任何|)({i:b2}名|两名|)女(生|同学)(都|互|均|两两|)(不|不能)(相邻|站在一起|排在一起)" },
    { "R", 'R', "menapart", MUST "(任意|任何|)({i:a2}名|两名|)男(生|同学)(都|互|均|两两|)(不|不能)(相邻|站在一起|排在一起)" },
    { "R", 'R', "alternate", MUST "(男女|男生和女生|男,女生)(必须|要|)(相间|间隔|交替)(排列|站|)" },
    { "R", '.', "ask", ASK }, { "R", '.', "ask", ASK2 },
    { "S", 'P', "lead", "(in how many (different |)ways can|how many (different |)ways can)" },
    { "P", '.', "n", "{i:n} " FOLK " " STAND }, { "P", '.', "n", "{i:n} " FOLK " (line up|queue up|stand in line|form a line|be lined up)" }, { "P", '.', "n", "{i:n} (different |distinct |)books be (arranged|placed|put|lined up) (on|in) a (shelf|row|bookshelf)" }, { "P", '.', "mix", "{i:a} (boys and {i:b} girls{!:young}|men and {i:b} women{!:grown}) " STAND }, { "S", 'R', "mix", "{i:a} (boys and {i:b} girls{!:young}|men and {i:b} women{!:grown}) (stand|sit|line up|are to be seated|are seated|are arranged|are to be arranged|are lined up) in a (row|line)( for a (photo|photograph|picture)|)" },
    { "S", 'R', "n", "{i:n} " FOLK " (stand|are standing|sit|line up|are lined up|queue|queue up|are to (be seated|sit|stand|line up|be arranged)|are seated|are arranged) (in|on) a (row|line|bench)( of {i:n2} (chairs|seats)| for a (photo|photograph|picture)|)" }, { "S", 'R', "n", "{i:n} " FOLK " (line up|pose|stand|queue up)( side by side|) for a (photo|photograph|picture)" },
    { "R", 'R', "together", "(but |and |)" "{w:x} and {w:y} (insist on|want to|wish to|have to|need to|must|will only) (stand|sit|be|standing|sitting|being) " ADJW }, { "R", 'R', "apart", "(but |and |)" "{w:x} and {w:y} (refuse to|do not want to|will not|must not|cannot|are not to) (stand|sit|be) " ADJW },
    { "R", '.', "ask", "(in how many ways can they (be arranged|stand|sit|line up)|how many (different |)(arrangements|orders|ways) are (there|possible)|in how many (different |)ways is this possible)" },
    { "R", 'C', "ask", "in how many (different |)(ways can they (be arranged|stand|sit|line up)|arrangements) (if|so that|such that|)" },
    { ".", '.', "together", "(if |so that |such that |)" "{w:x} and {w:y} (must |)(stand next to each other|be next to each other|sit next to each other|are next to each other|sit together|stand together|be together|are adjacent|be adjacent)" },
    { "C", '.', "together", "(are |)" "{w:x} and {w:y} (must |)(stand next to each other|be next to each other|sit next to each other|are next to each other|sit together|stand together|be together|are adjacent|be adjacent|next to each other)" },
    { ".", '.', "apart", "(if |so that |such that |)" "{w:x} and {w:y} (must not|cannot|may not|are not|do not|must never) (stand next to each other|be next to each other|sit next to each other|next to each other|sit together|stand together|be adjacent|adjacent)" },
    { "C", '.', "apart", "(are |)" "{w:x} and {w:y} (must not |cannot |may not |are not |do not |not )(stand next to each other|be next to each other|sit next to each other|next to each other|sit together|stand together|be adjacent|adjacent)" },
    { ".C", '.', "end", "(if |so that |such that |)" "{w:x} (must be|must stand|must sit|is|stands|sits) at (one of the ends|one end|either end|an end)" },
    { ".C", '.', "notend", "(if |so that |such that |)" "{w:x} (must not be|must not stand|must not sit|is not|cannot be|cannot stand|cannot sit) at (either end|an end|the ends|one of the ends)" },
    { ".C", '.', "womenapart", "(if |so that |such that |)" "no two (girls{!:young}|women{!:grown}) (sit together|sit next to each other|are adjacent|are next to each other|stand together|stand next to each other|may sit together)" },
    { ".C", '.', "womentogether", "(if |so that |such that |)" "(all |)(of |)the (girls{!:young}|{i:b2} girls{!:young}|women{!:grown}|{i:b2} women{!:grown}) (must |)(sit together|stand together|be together|are together)" },
    { ".C", '.', "mentogether", "(if |so that |such that |)" "(all |)(of |)the (boys{!:young}|{i:a2} boys{!:young}|men{!:grown}|{i:a2} men{!:grown}) (must |)(sit together|stand together|be together|are together)" },
    { ".C", '.', "alternate", "(if |so that |such that |)" "(the |)(boys and (the |)girls{!:young}|girls and (the |)boys{!:young}|men and (the |)women{!:grown}|women and (the |)men{!:grown}|they) (must |)alternate" },
    { ".C", '.', "together", "(if |so that |such that |)two of them,{w:x} and {w:y},(must|have to|need to|should|insist on|are to) (" ADJ "|(standing|sitting|being) " ADJW ")" }, { ".C", '.', "apart", "(if |so that |such that |)two of them,{w:x} and {w:y},(must not|cannot|may not|are not to|refuse to|do not) " ADJ },
    { ".C", '.', "together", "(if |so that |such that |)" "{w:x} and {w:y} (insist on|want to|wish to|have to|need to|should|always|are to|must|will only) (stand|sit|be|standing|sitting|being) " ADJW },
    { ".C", '.', "apart", "(if |so that |such that |)" "{w:x} and {w:y} (refuse to|do not want to|don't want to|will not|won't|should not|can not|can't|must not|are not to|never) (stand|sit|be) " ADJW },
    /* persons without a name */
    { "SR", 'R', "named", "(,|)(including|among them|amongst them|two of (them|whom) are) {w:x} and {w:y}(,|)" }, { "S", 'R', "nnamed", "{i:n} " FOLK ",(including|among them|amongst them) {w:x} and {w:y},(stand|are standing|sit|line up|are lined up|are to be arranged|are arranged) in a (row|line)" },
    { ".C", '.', "anytogether", "(if |so that |such that |)" TWOOF " (must|should|have to|need to|insist on|are to|always|want to) " ADJ }, { ".C", '.', "anyapart", "(if |so that |such that |)" TWOOF " (must not|cannot|may not|are not to|should not|do not|refuse to|must never|never) " ADJ }, { ".C", '.', "anyfirst", "(if |so that |such that |)" ONEOF " (must|has to|should|always) (stand|sit|be) (at|on) the (left|right|left-hand|right-hand) end" }, { ".C", '.', "anyend", "(if |so that |such that |)" ONEOF " (must|has to|should) (stand|sit|be) at (one of the ends|an end|either end)" }, { ".C", '.', "anymiddle", "(if |so that |such that |)" ONEOF " (must|has to|should) (stand|sit|be) in the (middle|centre|center)" },
    { "R", '.', "askhave", "how many (of these |different |)(arrangements|orders|ways) (have|place|put) {w:x} and {w:y} (next to each other|together|side by side|adjacent){!:together}" }, { "R", '.', "askhave", "how many (of these |different |)(arrangements|orders|ways) (have|place|put) {w:x} and {w:y} not (next to each other|together|side by side|adjacent){!:apart}" },
    { "R", 'C', "ask", "(in how many (different |)ways can they (stand|be arranged|line up|sit)|how many (different |)(arrangements|orders|ways|seatings|lineups|line-ups|seating arrangements|permutations) (are there|are possible) (in which|where|with|so that|such that|if)|in how many (different |)(ways|orders|arrangements) (in which|where|so that|such that|if)|in how many (of these |of the |)(arrangements|orders|seatings|ways)( are|) )" }, { ".C", '.', "apart", "{w:x} and {w:y} (are |do |)(not )(stand |sit |)(next to each other|together|side by side|adjacent)" }, { ".C", '.', "first", "(if |so that |such that |){w:x} (must |has to |)(stand|stands|is|be|sit|sits) (at|on) the left end" }, { ".C", '.', "middle", "(if |so that |such that |){w:x} (must |has to |)(stand|stands|is|be|sit|sits) in the (middle|centre|center)" },
    { "R", 'R', "anytogether", MUST "(某|有|指定的|特定的)(两|2)(个|)(人|同学|名同学|名学生|位同学)(必须|要|)(相邻|站在一起|排在一起|挨在一起)" }, { "R", 'R', "anyapart", MUST "(某|有|指定的|特定的)(两|2)(个|)(人|同学|名同学|名学生|位同学)(必须|)(不能|不|都不)(相邻|站在一起|排在一起|挨在一起)" },
    { NULL, 0, NULL, NULL },
};

struct line { int n, men, mix; const char *name[4]; int named; };

/* The number of the person called w; names are given in order of appearance. */
static int person(struct line *l, const char *w)
{
    for (int i = 0; i < l->named; i++)
        if (strcasecmp(l->name[i], w) == 0)
            return i;
    if (l->named == 4 || l->named == l->n || l->mix)
        return -1;
    l->name[l->named] = w;
    return l->named++;
}

/* Words that are no one's name. */
static int is_name(const char *w)
{
    static const char *const zh[] = { "甲", "乙", "丙", "丁", "戊" };
    static const char *const no[] = { "two", "men", "women", "boys", "girls", "people", "all", "both", "they", "teachers", "students", "twins", "not", "no", "one", "the" };
    for (size_t i = 0; i < sizeof zh / sizeof *zh; i++)
        if (strcmp(w, zh[i]) == 0)
            return 1;
    if (!isupper((unsigned char)*w))
        return 0;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (strcasecmp(w, no[i]) == 0)
            return 0;
    return 1;
}

static int near(int a, int b) { return a - b == 1 || b - a == 1; }

/* at[p]: the place of person p; persons 0 .. men - 1 are men in a mixed row. */
static int line_fits(const struct line *l, const char *tag, int x, int y, const int *at)
{
    int last = l->n - 1;
    if (strcmp(tag, "together") == 0)
        return near(at[x], at[y]);
    if (strcmp(tag, "together3") == 0) {
        int lo3 = at[0] < at[1] ? at[0] : at[1], hi3 = at[0] > at[1] ? at[0] : at[1];
        return (at[2] > hi3 ? at[2] : hi3) - (at[2] < lo3 ? at[2] : lo3) == 2;
    }
    if (strcmp(tag, "left") == 0)
        return at[x] < at[y];
    if (strcmp(tag, "womennotends") == 0) {
        for (int p = l->men; p < l->n; p++)
            if (at[p] == 0 || at[p] == last)
                return 0;
        return 1;
    }
    if (strcmp(tag, "apart") == 0)
        return !near(at[x], at[y]);
    if (strcmp(tag, "middle") == 0)
        return 2 * at[x] == last;
    if (strcmp(tag, "end") == 0)
        return at[x] == 0 || at[x] == last;
    if (strcmp(tag, "notend") == 0)
        return at[x] != 0 && at[x] != last;
    if (strcmp(tag, "notends2") == 0)
        return at[x] != 0 && at[x] != last && at[y] != 0 && at[y] != last;
    if (strcmp(tag, "notfirst") == 0)
        return at[x] != 0;
    if (strcmp(tag, "notlast") == 0)
        return at[x] != last;
    if (strcmp(tag, "first") == 0)
        return at[x] == 0;
    int women = strncmp(tag, "women", 5) == 0, from = women ? l->men : 0, to = women ? l->n : l->men, lo = l->n, hi = -1;
    if (strcmp(tag, "alternate") == 0) {
        int sex[MAX_ROW];
        for (int p = 0; p < l->n; p++)
            sex[at[p]] = p < l->men;
        for (int i = 1; i < l->n; i++)
            if (sex[i] == sex[i - 1])
                return 0;
        return 1;
    }
    for (int p = from; p < to; p++) {
        lo = at[p] < lo ? at[p] : lo;
        hi = at[p] > hi ? at[p] : hi;
        for (int s = from; s < p && strstr(tag, "apart") != NULL; s++)
            if (near(at[p], at[s]))
                return 0;
    }
    return strstr(tag, "apart") != NULL || hi - lo == to - from - 1;
}

static int row_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct line l = { 0 };
    struct { const char *tag; int x, y; } cond[MAX_CONDS];
    int k = 0, any = 0;
    long n, a, b, v;
    (void)arg;
    if (fact_has(f, "young") && fact_has(f, "grown"))
        return 0;                                     /* men, and then girls */
    if (fact_count(f, "mix") == 1) {
        if (!fact_int(f, "a", &a) || !fact_int(f, "b", &b) || a < 1 || b < 1 || a + b > MAX_ROW)
            return 0;
        l.n = (int)(a + b);
        l.men = (int)a;
        l.mix = 1;
        if ((fact_int(f, "a2", &v) && v != a && v != 2) || (fact_int(f, "b2", &v) && v != b && v != 2))
            return 0;
    } else {
        if (!fact_int(f, "n", &n) || n < 1 || n > MAX_ROW)
            return 0;
        l.n = (int)n;
        if (fact_int(f, "n2", &v) && v != n)
            return 0;                                 /* empty chairs */
        if ((fact_has(f, "l3") && n != 3) || (fact_has(f, "l4") && n != 4) || (fact_has(f, "l5") && n != 5))
            return 0;
    }
    if (fact_count(f, "ask") + fact_count(f, "lead") + fact_count(f, "askhave") != 1 || fact_count(f, "n") + fact_count(f, "nnamed") + fact_count(f, "mix") != 1)
        return 0;
    const char *text = calc_printf(c, "%d in a row", l.n);
    for (int i = 0; i < f->n; i++) {
        const char *tag = f->f[i].tag;
        struct capture *x = match_get(&f->f[i].m, "x"), *y = match_get(&f->f[i].m, "y");
        if (strcmp(tag, "n") == 0 || strcmp(tag, "mix") == 0 || strcmp(tag, "ask") == 0 || strcmp(tag, "lead") == 0)
            continue;
        if (strcmp(tag, "named") == 0 || strcmp(tag, "nnamed") == 0) {
            if (l.mix || x == NULL || y == NULL || !is_name(x->raw) || !is_name(y->raw) || person(&l, x->raw) < 0 || person(&l, y->raw) < 0)
                return 0;
            continue;
        }
        if (strcmp(tag, "askhave") == 0)
            tag = fact_has(f, "apart") ? "apart" : "together";
        if (strncmp(tag, "any", 3) == 0) {            /* nobody is named: the first, and the second */
            int pair = strcmp(tag, "anytogether") == 0 || strcmp(tag, "anyapart") == 0;
            if (k == MAX_CONDS || l.mix || l.named > 0 || any || l.n < 1 + pair || (strcmp(tag, "anymiddle") == 0 && l.n % 2 == 0))
                return 0;
            any = 1;
            cond[k].tag = tag + 3;
            cond[k].x = 0;
            cond[k++].y = pair;
            text = calc_printf(c, "%s, %s %s", text, pair ? "two of them" : "one of them", tag + 3);
            continue;
        }
        if (k == MAX_CONDS)
            return 0;
        if (any)
            return 0;
        int sexes = strncmp(tag, "women", 5) == 0 || strncmp(tag, "men", 3) == 0 || strcmp(tag, "alternate") == 0;
        if (sexes != (l.mix != 0))
            return 0;
        cond[k].tag = tag;
        cond[k].x = cond[k].y = 0;
        if (strcmp(tag, "together3") == 0) {
            static const char *const three[] = { "甲", "乙", "丙" };
            for (int j = 0; j < 3; j++)
                if (l.n < 3 || person(&l, three[j]) != j)
                    return 0;                         /* they are the first three names */
            text = calc_printf(c, "%s, 甲 乙 丙 together", text);
            k++;
            continue;
        }
        if (!sexes && (x == NULL || !is_name(x->raw) || (cond[k].x = person(&l, x->raw)) < 0))
            return 0;
        if (y != NULL && (!is_name(y->raw) || (cond[k].y = person(&l, y->raw)) < 0 || cond[k].x == cond[k].y))
            return 0;
        if (strcmp(tag, "middle") == 0 && l.n % 2 == 0)
            return 0;
        text = calc_printf(c, "%s, %s%s%s%s%s", text, tag, x != NULL ? " " : "", x != NULL ? x->raw : "", y != NULL ? " " : "", y != NULL ? y->raw : "");
        k++;
    }
    int at[MAX_ROW], used[MAX_ROW] = { 0 }, p = 0;
    long count = 0;
    for (int i = 0; i < l.n; i++)
        at[i] = -1;
    while (p >= 0) {                                  /* places of the persons, in turn */
        if (p == l.n) {
            int ok = 1;
            for (int i = 0; i < k && ok; i++)
                ok = line_fits(&l, cond[i].tag, cond[i].x, cond[i].y, at);
            count += ok;
            p--;
            continue;
        }
        calc_step(c, 1);
        if (at[p] >= 0)
            used[at[p]] = 0;
        do
            at[p]++;
        while (at[p] < l.n && used[at[p]]);
        if (at[p] == l.n) {
            at[p--] = -1;
            continue;
        }
        used[at[p]] = 1;
        p++;
    }
    if (count == 0)
        return 0;                                     /* conditions that contradict each other */
    r->k = S_VALUE;
    r->v = val_si(c, count);
    r->text = calc_printf(c, "%s, find the number of arrangements", text);
    return 1;
}

/* ---- numbers made of digits ------------------------------------------------------------ */
#define NUMS "(数|正整数|自然数|整数)"
#define NOREP "(没有重复数字的{!:norep}|无重复数字的{!:norep}|各位数字互不相同的{!:norep}|各位数字不同的{!:norep}|)"
#define KIND "(偶数{!:even}|奇数{!:odd}|数|正整数|自然数|整数)"
#define REPZH "(,|\\(|)(数字|各位数字|)(允许重复{!:rep}|可以重复{!:rep}|可重复{!:rep}|不允许重复{!:norep}|不能重复{!:norep}|不重复{!:norep})(\\)|)"
static const struct clause digits[] = {
    { "S", 'S', "lead", "(用|由|利用|从)" }, { "M", '.', "ask", "(一共|总共|共|)(可以|能|可|)组成多少个" },
    { "S", 'D', "list", "(数字|){l:d}(这|)({i:m}个(不同的|)(数字|数)|)" },
    { "D", '.', "makeq", "(,|)(一共|总共|共|)(可以|能|能够|可|)(组成|排成)多少个" NOREP "{i:n}位" KIND },
    { "D", 'M', "make", "(中|)(,|)(一共|总共|共|)(可以|能|能够|可|)(组成|排成)(的|)" NOREP "{i:n}位" KIND },
    { "M", 'M', "rep", REPZH }, { ".", '.', "rep", REPZH },
    { "M", 'M', "cond", "(其中|)(,|)((是|)(偶数{!:even}|奇数{!:odd})(的|)|能被{i:v}整除(的数|的|)|(比|大于){i:g}(大|){!:gt}(的数|的|)|(比|小于){i:g}(小|){!:lt}(的数|的|))" },
    { "M", '.', "ask", "(一共|总共|共|)(有|)多少个" }, { "M", '.', "end", "(的|数)" },
    { "S", 'N', "leadN", "how many (different |distinct |)" },
    { "N", 'O', "make", "(even{!:even}|odd{!:odd}) ({i:n}-digit) (positive |)(numbers|integers) (can be|may be) (formed|made) (from|using|with) (the digits |only the digits |)" },
    { "N", 'O', "make", "({i:n}-digit) (even{!:even} |odd{!:odd} |)(positive |)(numbers|integers) (greater than {i:g}{!:gt} |less than {i:g}{!:lt} |)(can be|may be) (formed|made) (from|using|with) (the digits |only the digits |)" },
    { "O", '.', "list", "{l:d}" }, { "N", 'O', "make", "({i:n}-digit) (even{!:even} |odd{!:odd} |)(positive |)(numbers|integers) (without (repeated|repeating) digits{!:norep}|with no repeated digits{!:norep}|with (different|distinct) digits{!:norep}|with all digits different{!:norep}) (can be|may be) (formed|made|written) (from|using|with) (the digits |only the digits |)" },
    { "S", '.', "all", "how many {i:n}-digit (positive |)(numbers|integers) (have|consist of|contain|are made of) (only (odd{!:alldd}|even{!:allev}) digits|all digits (odd{!:alldd}|even{!:allev})|digits that are all (odd{!:alldd}|even{!:allev}))" }, { "S", '.', "all", "how many {i:n}-digit (positive |)(whole |)(numbers|integers) (have|are there with|are there that have|with|consist of|are made of) ({i:n4} (different|distinct) digits|all (their |)digits (different|distinct)|all (of |)their digits (different|distinct)|no (repeated|repeating) digits|no two digits (equal|alike|the same)|all (digits different|different digits|distinct digits|digits distinct)|no repeated digits|no digit repeated|different digits|distinct digits){!:norep}" },
    { ".", '.', "rep", "(if |)(without (repetition|repeating (a digit|digits|any digit)){!:norep}|(no|if no) digit (is|may be) (repeated|used more than once|used twice){!:norep}|(if |)(each|each digit) (is |may be |)used at most once{!:norep}|(each used at most once){!:norep}|(if |)(repetition|repetition of digits) is (not allowed{!:norep}|allowed{!:rep})|with repetition (allowed|permitted){!:rep}|(if |)(the |)digits (may|can) be (repeated|used more than once){!:rep}|(if |)(any digit|a digit|each digit) (may|can) be (repeated|used more than once|used any number of times|used repeatedly){!:rep}|(if |)(the |)digits (cannot|may not|must not) be repeated{!:norep})" },
    { "S", 'A', "all", "(各位数字|数字|各数位上的数字|各个数位上的数字)(都|互|各)(不相同|不同|不重复){!:norep}的{i:n}位" KIND }, { "S", 'A', "all", "(没有重复数字|无重复数字){!:norep}的{i:n}位" KIND }, { "S", 'A', "all", "(各位数字|各个数字|每个数字|各位上的数字|各数位上的数字|数字)(都|均|全)(是|为)(奇数{!:alldd}|偶数{!:allev})的{i:n}位" KIND }, { "A", '.', "ask", "(一共|总共|共|)有多少个" },
    { "S", '.', "all", "how many {i:n}-digit (positive |)(numbers|integers) are palindromes{!:pal}" }, { "S", '.', "all", "how many {i:n}-digit (positive |)(numbers|integers) have (both|all) digits odd{!:alldd}" }, { "S", '.', "all", "how many {i:n}-digit (positive |)(numbers|integers) have (both|all) digits even{!:allev}" },
    { "S", '.', "all", "how many (even{!:even}|odd{!:odd}) {i:n}-digit (positive |)(whole |)(numbers|integers) (have|are there with) (all (their |)digits different|different digits|distinct digits|all digits distinct|no repeated digits|all different digits){!:norep}" },
    { "S", '.', "all", "how many {i:n}-digit (even{!:even}|odd{!:odd}) (numbers|integers) have (all (their |)digits different|different digits|distinct digits|all different digits){!:norep}" },
    { NULL, 0, NULL, NULL },
};

static int digits_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    int allowed[10] = { 0 }, kinds = 0;
    long n, v, g = 0, low = 1, count = 0;
    struct capture *d = fact_capture(f, "d");
    (void)arg;
    if (!fact_int(f, "n", &n) || n < 2 || n > 6)
        return 0;
    if (d == NULL) {
        for (int i = 0; i < 10; i++)
            allowed[i] = 1;
        kinds = 10;
    }
    for (int i = 0; d != NULL && i < d->e->n; i++) {
        if (!ex_is_int(d->e->a[i], &v) || v < 0 || v > 9 || allowed[v])
            return 0;
        allowed[v] = 1;
        kinds++;
    }
    if ((fact_int(f, "m", &v) && v != kinds) || (fact_int(f, "n4", &v) && v != n))
        return 0;
    int norep = fact_has(f, "norep"), rep = fact_has(f, "rep");
    if ((norep && rep) || (norep == rep && d != NULL))
        return 0;                                     /* may a digit occur twice?  The question must say it, and once */
    if (fact_has(f, "even") + fact_has(f, "odd") > 1 || fact_count(f, "cond") > 1 || (fact_count(f, "ask") + fact_count(f, "makeq") == 0 && fact_count(f, "leadN") == 0 && fact_count(f, "all") == 0))
        return 0;
    int order = fact_has(f, "gt") ? 1 : fact_has(f, "lt") ? -1 : 0;
    if (order != 0 && !fact_int(f, "g", &g))
        return 0;
    long div = 1;
    if (fact_int(f, "v", &div) && (div < 1 || div > 1000))
        return 0;
    for (long i = 1; i < n; i++)
        low *= 10;
    for (long x = low; x < 10 * low; x++) {
        int seen[10] = { 0 }, ok = 1, dg[8], k = 0;
        calc_step(c, 1);
        for (long y = x; y > 0; y /= 10) {
            int t = (int)(y % 10);
            ok &= allowed[t] && !(norep && seen[t]) && !(fact_has(f, "alldd") && t % 2 == 0) && !(fact_has(f, "allev") && t % 2 == 1);
            seen[t] = 1;
            dg[k++] = t;
            if (!ok)
                break;
        }
        if (!ok)
            continue;
        ok = !(fact_has(f, "even") && x % 2 != 0) && !(fact_has(f, "odd") && x % 2 == 0) && x % div == 0 && !(order > 0 && x <= g) && !(order < 0 && x >= g);
        for (int i = 0; i < k && fact_has(f, "pal"); i++)
            ok &= dg[i] == dg[k - 1 - i];
        count += ok;
    }
    r->k = S_VALUE;
    r->v = val_si(c, count);
    r->text = calc_printf(c, "numbers of %ld digits, first not 0, from %s, %s%s%s%s, find their number", n, d != NULL ? ex_text(c, d->e) : "0 to 9", norep ? "no digit twice" : "digits may repeat", fact_has(f, "even") ? ", even" : fact_has(f, "odd") ? ", odd" : "",
                          div > 1 ? calc_printf(c, ", divisible by %ld", div) : "", order ? calc_printf(c, ", %s %ld", order > 0 ? ">" : "<", g) : "");
    return 1;
}

int read_orders(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "orders";
    return clause_read(c, q, row, row_done, r, NULL) || clause_read(c, q, digits, digits_done, r, NULL);
}
