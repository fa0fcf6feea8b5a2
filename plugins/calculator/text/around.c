/* around.c - see around.h.  A response is cut into sentences (formulas are never cut), and those are looked at in
 * four parts: what was written before, the sentence of the answer up to it and behind it, and whatever follows. */
#include "plugins/calculator/text/around_int.h"
#include "plugins/calculator/text/around_words.h"
#include "plugins/calculator/text/conclude.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

enum where { LEADS, BEHIND, LATER };

/* Are all numbers of s among those of the question? */
static int known_numbers(struct scene *s, const char *p, size_t n)
{
    for (const char *end = p + n; p < end;) {
        size_t k = 0;
        while (p + k < end && (isdigit((unsigned char)p[k]) || (k > 0 && p[k] == '.' &&
            isdigit((unsigned char)p[k + 1]))))
            k++;
        if (k > 0) {
            int found = 0;
            const char *w = calc_strn(s->c, p, k);
            for (const char *q = s->question; (q = strstr(q, w)) != NULL; q++)
                found |= (q == s->question || !isdigit((unsigned char)q[-1])) && !isdigit((unsigned char)q[k]);
            if (!found)
                return 0;
        }
        p += k > 0 ? k : 1;
    }
    return 1;
}

static int text_fits(struct scene *s, const char *p, const char *end);

/* Does a formula that ends at p only lead to the next one? */
static int goes_on(const char *p)
{
    static const char *const on[] = {
        "and ", "so ", ", so", "\\therefore", ",\\therefore", ", \\therefore", "得", "所以", "即", NULL };
    p += strspn(p, " ");
    for (const char *const *w = on; *w != NULL; w++)
        if (around_starts(p, *w))
            return 1;
    return 0;
}

/* The same value once more, perhaps behind a name: 9, x = 9. */
static int same_value(struct scene *s, const char *p, size_t n)
{
    char *t = around_compact(s->c, p, n), *eq = strrchr(t, '=');
    size_t k = strlen(t);
    while (k > 0 && strchr(".,", t[k - 1]) != NULL)
        t[--k] = '\0';
    return strcmp(t, s->value) == 0 || (eq != NULL && strcmp(eq + 1, s->value) == 0 &&
        !around_another(s->c, t, (size_t)(eq - t), s->value));
}

static int formula_fits(struct scene *s, const char *p, const char *end, enum where where)
{
    size_t n = (size_t)(end - p);
    if (where != LEADS && same_value(s, p, n))
        return 1;
    if (s->question == NULL)
        return where == LEADS || (where == LATER && s->checks);
    char *t = around_compact(s->c, p, n);
    if (*t == '\0')
        return 1;
    if (!text_fits(s, p, end))
        return 0;
    if (where == LEADS && strpbrk(t, "=<>") != NULL && goes_on(end))
        return 1;                                     /* 2t = 14 and t = 7: working */
    if (where == LATER && !around_has_letter(t))
        return 0;
    const char *asked = around_names_letters(s->c, s->ask) && around_has_letter(t) ? s->ask : s->question;
    char *small = calc_strn(s->c, t, strlen(t));
    for (char *b = small; *b != '\0'; b++)
        *b = (char)((unsigned char)*b < 0x80 ? tolower((unsigned char)*b) : *b);
    if (around_spoken_of(s->c, asked, small) || (strchr(t, '=') != NULL && around_spoken_of(s->c, s->question, small)))
        return 1;
    if (strlen(t) > 8 && strstr(around_compact(s->c, s->question, strlen(s->question)), small) != NULL)
        return 1;                                     /* a system, with other brackets */
    if (around_has_letter(t))
        return where == LEADS && (around_spoken_of(s->c, s->question, small) ||
            !around_another(s->c, t, strlen(t), s->value));
    return where != LATER && known_numbers(s, p, n);
}

/* ---- words -------------------------------------------------------------------------------- */
struct talk { int content, given, holds; const char *quantity; size_t quantity_n; };

/* An English word where nobody knows the question. */
static int word_known(const char *w, size_t n, enum where where, const char *const *never, struct talk *t)
{
    if (where == LEADS)
        return !around_listed(w, n, around_changed);
    if (where == LATER && around_listed(w, n, around_check))
        return t->holds = 1;
    return !around_listed(w, n, where == BEHIND ? around_scales : never) && (t->holds ||
        around_listed(w, n, around_neutral_en) || (where == BEHIND && around_listed(w, n, around_ways)));
}

/* An English word of small letters.  given: behind a preposition, where what is given may be named, too. */
static int word_fits(struct scene *s, const char *w, size_t n, enum where where, struct talk *t)
{
    static const char *const prepositions[] = {
        "with", "after", "before", "whose", "having", "when", "by", "from", "at", "in", "on", "where", "given",
        "that", "during", "between", "for", NULL };
    static const char *const extremes[] = {
        "maximum", "minimum", "max", "min", "maximal", "minimal", "largest", "smallest", "greatest", NULL };
    static const char *const never[] = {
        "not", "no", "never", "but", "however", "or", "unless", "except", "wrong", "incorrect", "another", "other",
        "contradiction", "fails", "fail", NULL };
    static const char *const somebody[] = { "students", "people", "person", "thought", NULL };
    if (s->question == NULL)
        return word_known(w, n, where, never, t);
    if (where == LATER && around_listed(w, n, never))
        return 0;
    if (where == BEHIND && around_listed(w, n, around_scales) && !(around_starts(w, "times") &&
        strstr(s->ask, "how many times") != NULL))
        return 0;
    if (around_listed(w, n, prepositions))
        t->given = 1;
    if (where == BEHIND && (around_starts(w, "unit")))
        return 1;                                     /* looked at by units_fit */
    if (where == LATER && around_listed(w, n, around_check))
        return t->holds = 1;
    if (around_listed(w, n, around_case_en))
        return around_named_in(s, around_listed(w, n, extremes) ? s->main : s->ask, w, n);
    if (around_listed(w, n, around_quantity_en))
        return around_named_in(s, s->main, w, n) || (t->given && around_stem_in(s->question, w, n));
    if (around_listed(w, n, around_neutral_en))
        return 1;
    if (n == 1)
        return around_word_in(s->ask, w, 1) || (!around_names_letters(s->c, s->ask) &&
            around_word_in(s->question, w, 1));
    if (where == LEADS && around_listed(w, n, somebody))
        return 1;
    int first = t->content++ == 0;
    if (where == BEHIND && first)
        return around_stem_in(s->ask, w, n) || (around_listed(w, n, around_ways) &&
            (strstr(s->ask, "how many") != NULL || strstr(s->ask, "number of") != NULL ||
            strstr(s->question, "in how many") != NULL));
    return around_stem_in(s->question, w, n) && !around_rival(s, w, n);
}

/* How much of h stands so in the question: two characters or more, one where it stands in what is asked. */
static size_t of_question(struct scene *s, const char *h, size_t n)
{
    size_t best = 0;
    for (size_t k = 3; k <= n && k <= 60; k += 3) {
        const char *w = calc_strn(s->c, h, k);
        if (strstr(k == 3 ? s->ask : s->question, w) != NULL)
            best = k;
        else if (k > 3)
            break;
    }
    return best;
}

static int case_fits_zh(struct scene *s, const char *h, size_t k)
{
    static const char *const rates[] = { "每小时", "每分钟", "每秒", "每天", "每分", "每时", NULL };
    if (around_longest(h, 9, rates) > 0)
        return strstr(s->question, calc_strn(s->c, h, around_longest(h, 9, rates))) != NULL;
    return around_named_in(s, s->ask, h, k);
}

/* 乙 alone, where it is asked about both. */
static int workers_fit(struct scene *s, const char *words)
{
    static const char *const who[] = { "甲", "乙", "丙", "丁" };
    int here = 0, asked = 0, all = 1;
    for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
        int a = strstr(s->ask, who[i]) != NULL, b = strstr(words, who[i]) != NULL;
        asked += a;
        here += b;
        all &= a || !b;
    }
    return here == 0 || (asked > 0 ? all : here > 1);
}

/* Chinese, n bytes: words that are known, words of the question. */
static int han_known(struct scene *s, const char *h, size_t n, enum where where, struct talk *t)
{
    const char *const *plain = where == BEHIND ? around_counted_zh : around_neutral_zh;
    for (size_t i = 0, step; i < n; i += step) {
        const char *const *const lists[] = { plain, around_quantity_zh, around_case_zh,
                                              where == LATER ? around_check_zh : plain };
        step = s->question != NULL ? of_question(s, h + i, n - i) : 0;
        for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
            size_t found = around_longest(h + i, n - i, lists[k]);
            t->holds |= k == 3 && where == LATER && found > 0;
            step = found > step ? found : step;
        }
        if (step == 0 && (s->question != NULL || !t->holds))
            return 0;
        step = step > 0 ? step : 3;
    }
    return 1;
}

/* And fit.  The last quantity is the one that is spoken of. */
static int han_fits(struct scene *s, const char *h, size_t n, enum where where, struct talk *t)
{
    static const char *const never[] = {
        "不", "没", "无", "未", "非", "误", "错", "舍", "但", "矛盾", "另", "假", NULL };
    const char *all = calc_strn(s->c, h, n);
    if (s->question == NULL)
        return !around_holds_any(all, where == LEADS ? around_changed : where == BEHIND ? around_scales : never) &&
            (where == LEADS || han_known(s, h, n, where, t));
    if (where == LATER && around_holds_any(all, never) && strstr(all, "不同") == NULL)
        return 0;
    for (size_t i = 0, step; i < n; i += step) {      /* the quantities and cases among them */
        size_t left = n - i, neutral = around_longest(h + i, left, around_neutral_zh);
        size_t quantity = around_longest(h + i, left, around_quantity_zh);
        size_t cases = around_longest(h + i, left, around_case_zh);
        step = neutral > 3 ? neutral : 3;
        if (quantity > 0 && quantity >= cases && quantity >= neutral) {
            t->quantity = h + i;
            t->quantity_n = quantity;
            step = quantity;
            if (!around_named_in(s, s->question, h + i, quantity))
                return 0;
        } else if (cases > neutral) {
            step = cases;
            if (!case_fits_zh(s, h + i, cases))
                return 0;
        }
    }
    return han_known(s, h, n, where, t);
}

/* The quantity that is asked comes last: 面积为 25 的正方形的周长. */
static int last_fits(struct scene *s, const struct talk *t)
{
    if (t->quantity == NULL)
        return 1;
    return around_named_in(s, s->ask, t->quantity, t->quantity_n);
}

static int sign_at(const char *p, size_t *n)
{
    static const char *const signs[] = { "\\%", "%", "^{\\circ}", "^\\circ", NULL };
    *n = around_longest(p, strlen(p) < 16 ? strlen(p) : 16, signs);
    return *n > 0;
}

/* 3x, where x is asked for. */
static int other_multiple(struct scene *s, const char *p, size_t n)
{
    return isalpha((unsigned char)p[n]) && !isalpha((unsigned char)p[n + 1]) &&
        !around_spoken_of(s->c, s->ask, around_lower(s->c, p, n + 1));
}

/* Are the words, numbers and formulas of [p, end) such that may stand there? */
static int fits(struct scene *s, const char *p, const char *end, enum where where, struct talk *t)
{
    const char *start = p;
    while (p < end) {
        const char *f = around_formula_end(p);
        size_t n = 0, used;
        if (f != NULL && f <= end) {
            if (!formula_fits(s, p, f, where))
                return 0;
            t->holds |= where == LATER && same_value(s, p, (size_t)(f - p));
            p = f;
            continue;
        }
        if (where != LATER && sign_at(p, &n)) {
            p += n;
            continue;
        }
        if ((n = around_mark_at(p)) > 0) {
            if (where == BEHIND && *p == '!')
                return 0;
            p += n;
            continue;
        }
        if (around_starts(p, "\\text") || around_starts(p, "\\math")) {
            p += 5;
            while (isalpha((unsigned char)*p))
                p++;
            continue;
        }
        if (where == LEADS && around_starts(p, "\\boxed")) {
            p += strlen("\\boxed");                      /* a box around the box */
            continue;
        }
        const char *b = p;
        while (b > start && b[-1] == ' ')
            b--;
        if (*p == '=' && where == LEADS && (s->question == NULL || (b > start && (unsigned char)b[-1] >= 0x80))) {
            p++;
            continue;
        }
        if (isdigit((unsigned char)*p)) {
            while (p + n < end && (isdigit((unsigned char)p[n]) || strchr("./", p[n]) != NULL))
                n++;
            if (s->question != NULL && other_multiple(s, p, n))
                return 0;
            if (!same_value(s, p, n) && !(s->question != NULL && where != LATER && known_numbers(s, p, n)) &&
                !(s->question == NULL && (where == LEADS || (where == LATER && s->checks))))
                return 0;
            t->holds |= same_value(s, p, n);
            p += n;
            continue;
        }
        if (norm_han(norm_cp(p, &(int){ 0 }))) {
            int len;
            const struct unit *unit = where == BEHIND && t->content == 0 ? parse_unit(s->c, p, &used, 1) : NULL;
            if (unit != NULL && !unit->noun) {
                t->content++;
                p += used;
                continue;
            }
            while (p + n < end && norm_han(norm_cp(p + n, &len)))
                n += (size_t)len;
            if (!han_fits(s, p, n, where, t))
                return 0;
            p += n;
            continue;
        }
        while (p + n < end && (isalpha((unsigned char)p[n]) || (n > 0 && strchr("-'.", p[n]) != NULL &&
            isalpha((unsigned char)p[n + 1]))))
            n++;
        if (n == 0 && where == LATER && s->question == NULL && (unsigned char)*p < 0x80) {
            p++;                                      /* signs of a computation */
            continue;
        }
        if (n == 0)
            return 0;
        const char *w = around_lower(s->c, p, n);
        const struct unit *u = where == BEHIND && t->content == 0 ? parse_unit(s->c, p, &used, 1) : NULL;
        if (u != NULL && !u->noun && used >= n) {
            t->content++;
            p += used;
            continue;
        }
        if (!word_fits(s, w, n, where, t))
            return 0;
        p += n;
    }
    return s->question == NULL || workers_fit(s, calc_strn(s->c, start, (size_t)(end - start)));
}

/* 26 square units for a perimeter. */
static int units_fit(struct scene *s, const char *p, size_t n)
{
    static const char *const flat[] = { "area", "surface", "square", "面积", "shaded", NULL };
    static const char *const solid[] = { "volume", "cubic", "capacity", "体积", "容积", NULL };
    const char *w = around_lower(s->c, p, n);
    if (s->question == NULL)
        return 1;
    int square = strstr(w, "square unit") != NULL ||
        strstr(w, "平方单位") != NULL, cubic = strstr(w, "cubic unit") != NULL || strstr(w, "立方单位") != NULL;
    if (square || cubic)
        return around_holds_any(s->ask, square ? flat : solid);
    return strstr(w, "unit") == NULL || !(around_holds_any(s->ask, flat) || around_holds_any(s->ask, solid) ||
        strstr(s->ask, "probab") != NULL);
}

/* Where a phrase begins that only ends the sentence; end: none does. */
static const char *closing_at(struct calc *c, const char *p, const char *end)
{
    for (const char *q = end - p > CONCLUDE_PHRASE ? end - CONCLUDE_PHRASE : p; q < end; q++)
        if ((q == p || around_mark_at(q - 1) > 0) && (conclude_closes(c, q, end) || conclude_taken_at(c, q, end)))
            return q;
    return end;
}

/* What stands behind the answer in its sentence. */
static int behind_fits(struct scene *s, const char *p, const char *end)
{
    struct talk t = { 0 };
    const char *stop = closing_at(s->c, p, end);
    const char *q = p;
    if (*q == '\'' || *q == '_' || *q == '^' || *q == '!')
        return sign_at(q, &(size_t){ 0 });
    const char *words = calc_strn(s->c, p, (size_t)(stop - p));
    /* the formula of the answer ends here: its closing mark opens none */
    words += strspn(words, " }\n.");
    if (around_starts(words, "$$") || around_starts(words, "\\]") || around_starts(words, "\\)"))
        words += 2;
    else if (*words == '$')
        words++;
    if (!units_fit(s, words, strlen(words)))
        return 0;
    words += strspn(words, " ");
    if (around_starts(words, "square unit") || around_starts(words, "cubic unit"))
        words += strcspn(words, " ");                 /* looked at */
    return fits(s, words, words + strlen(words), BEHIND, &t);
}

/* ---- the sentence of the answer ------------------------------------------------------------ */
/* "2x = 12", "-3x \ge -15", "P = 4/36 = 1/9" for 1/9: working; but "x = 5", "f(2) = 5" are answers themselves. */
static int worked(struct scene *s, const char *f, size_t n)
{
    static const char *const operations[] = { "+", "-", "*", "/", "^", "\\frac", "\\times", "\\cdot", "\\sqrt", NULL };
    const char *t = around_compact(s->c, f, n), *r = t;
    while (*r != '\0' && strchr("=<>", *r) == NULL && !around_starts(r, "\\le") && !around_starts(r, "\\ge"))
        r++;
    if (*r == '\0')
        return 0;
    return isdigit((unsigned char)*t) || around_holds_any(calc_strn(s->c, t, (size_t)(r - t)), operations) ||
        same_value(s, f, n);
}

/* The last clause of [p, end): behind a comma or a word that concludes. */
static const char *last_clause(struct scene *s, const char *p, const char *end)
{
    static const char *const starts_here[] = {
        ",", ":", " so ", "therefore", "hence ", "thus ", "所以", "因此", "故", " we get ", NULL };
    const char *best = p, *computed = NULL;           /* behind an equation: what was computed */
    for (const char *q = p; q < end;) {
        const char *f = around_formula_end(q);
        if (f != NULL && f <= end) {
            computed = worked(s, q, (size_t)(f - q)) ? f : NULL;
            q = f;
            continue;
        }
        for (const char *const *w = starts_here; f == NULL && *w != NULL; w++)
            if (around_starts(q, *w) && q + strlen(*w) <= end && (q == computed || !around_only_marks(q + strlen(*w), end)))
                best = q + strlen(*w);
        q++;
    }
    return best;
}

/* Where the formula that the answer stands in begins, or the answer itself. */
static const char *open_formula(const char *p, const char *from)
{
    while (p < from) {
        const char *f = around_formula_end(p);
        if (f != NULL && f > from)
            return p;
        p = f != NULL ? f : p + 1;
    }
    return from;
}

/* Words inside the formula before the answer: \text{radius} = 5. */
static int text_fits(struct scene *s, const char *p, const char *end)
{
    for (; (p = strstr(p, "\\text{")) != NULL && p < end; p++) {
        struct talk t = { 0 };
        const char *close = strchr(p, '}');
        if (close == NULL || close > end || !fits(s, p + 6, close, LEADS, &t) || !last_fits(s, &t))
            return close == NULL || close > end;
    }
    return 1;
}

/* Of an event all cases are named, or none: both are red. */
static int event_fits(struct scene *s, const char *low)
{
    static const char *const chance[] = { "probability", "chance", "概率", NULL };
    int any = 0, all = 1;
    if (!around_holds_any(low, chance) || !around_holds_any(s->ask, chance))
        return 1;
    for (int zh = 0; zh < 2; zh++)
        for (const char *const *w = zh ? around_case_zh : around_case_en; *w != NULL; w++)
            if (around_word_in(s->ask, *w, strlen(*w))) {
                int named = around_word_in(low, *w, strlen(*w));
                any |= named;
                all &= named;
            }
    return all || !any;
}

/* "$2x$ is equal to": the formula before the verb is what the answer is said to be. */
static int subject_fits(struct scene *s, const char *p, const char *end)
{
    const char *from = NULL, *to = NULL;
    for (const char *q = p; q < end;) {
        const char *f = around_formula_end(q);
        if (f != NULL && f <= end) {
            from = q;
            to = f;
        }
        q = f != NULL ? f : q + 1;
    }
    if (from == NULL || memchr(from, '=', (size_t)(to - from)) != NULL)
        return 1;                                     /* the equation ... is */
    static const char *const verbs[] = {
        "is", "equals", "is equal to", "are", "has", "must be", "will be", "simplifies to", "为", "是", "等于", "得",
        NULL };
    const char *v = to;
    while (v < end && (*v == ' ' || *v == '$'))
        v++;
    size_t n = (size_t)(end - v);
    while (n > 0 && around_mark_at(v + n - 1) > 0)
        n--;
    return !around_listed(v, n, verbs) || !around_another(s->c, from, (size_t)(to - from), s->value);
}

/* Is a word of the list the last one of low, but for marks? */
static int ends_in_word(const char *low, const char *const *list)
{
    size_t n = strlen(low), k;
    while (n > 0 && around_mark_at(low + n - 1) > 0)
        n--;
    for (const char *const *w = list; *w != NULL; w++)
        if (n >= (k = strlen(*w)) && memcmp(low + n - k, *w, k) == 0 && (n == k || (unsigned char)**w >= 0x80 ||
            !isalpha((unsigned char)low[n - k - 1])))
            return 1;
    return 0;
}

/* Pairs of words that turn a harmless one round; the word right before the answer. */
static int turned(struct scene *s, const char *low)
{
    static const char *const counted[] = { "how many", "number of", "多少", "几", NULL };
    static const char *const ages[] = { "how old", "age", NULL };
    static const char *const last[] = {
        "negative", "minus", "above", "below", "up to", "at least", "at most", "多于", "少于", "小于", "大于", "要是",
        "本该是", "本应是", "本是", "root", "from", "than", "between", "by", "over", "after", "before", "without", "up", "on", "per", "not", "与",
        "比", "跟", "和", "到不", NULL };
    static const char *const inverted[] = { "negative of", "negation of", "opposite of", NULL };
    if (around_holds_any(low, inverted) && !around_holds_any(s->ask, inverted))
        return 1;
    if (strstr(low, "number of") != NULL && !around_holds_any(s->ask, counted))
        return 1;
    if (strstr(low, "will be") != NULL && strstr(s->ask, "how many") != NULL && !around_holds_any(s->ask, ages))
        return 1;
    if ((strstr(low, "最小值") != NULL || strstr(low, "最大值") != NULL) && strstr(low, "值的") == NULL &&
        strstr(low, "值时") == NULL && strstr(s->ask, "何值") != NULL)
        return 1;
    static const char *const one[] = {
        "one solution", "one root", "one of ", "one value", "one answer", "one possib", "one result", "其中一",
        "一个解", "一个根", "一种", "一个答案", NULL };
    for (const char *const *w = one; *w != NULL; w++)
        if (strstr(low, *w) != NULL && strstr(s->ask, *w) == NULL)
            return 1;
    if (around_starts(low + strspn(low, " "), "is ") || around_starts(low + strspn(low, " "), "are "))
        return 1;                                     /* a question */
    return ends_in_word(low, last);
}

/* The clauses before the last one: known words only where there is no formula and no reason is given. */
static int first_fits(struct scene *s, const char *p, const char *end)
{
    static const char *const supposed[] = {
        "if ", "assum", "suppos", "under ", "in the case", "ignor", "without ", "unless ", "were ", "but ", "若",
        "如果", "假", "改", NULL };
    static const char *const hedges[] = { "rounded", "roughly", "approximately", NULL };
    static const char *const reasons[] = {
        "since", "because", "as ", "by ", "using ", "let ", "由", "根据", "利用", "因为", "两边", "把", "将", "设",
        "列", NULL };
    const char *low = around_lower(s->c, p, (size_t)(end - p)), *when = strstr(low, "when ");
    int names = around_starts(low + strspn(low, " "), "if $") && low[strspn(low, " ") + 4] != '\0' &&
        low[strspn(low, " ") + 5] == '$';
    if (!names && around_holds_any(low, supposed))
        return 0;
    for (const char *const *w = hedges; *w != NULL; w++)
        if (strstr(low, *w) != NULL && !around_named_in(s, s->ask, *w, strlen(*w)))
            return 0;
    if (when != NULL && !fits(s, p + (when - low), end, LEADS, &(struct talk){ 0 }))
        return 0;
    if (strpbrk(low, "$=0123456789") != NULL || strstr(low, "\\(") != NULL || around_holds_any(low, reasons))
        return 1;
    return fits(s, p, end, LEADS, &(struct talk){ 0 });
}

static int leads_fits(struct scene *s, const char *p, const char *from)
{
    struct talk t = { 0 };
    static const char *const dropped[] = { "reject", "discard", "extraneous", NULL };
    const char *low = around_lower(s->c, p, (size_t)(from - p)), *open = open_formula(p, from);
    const char *clause = last_clause(s, p, open);
    if (around_holds_any(low, around_denied_near) || around_holds_any(low, around_denied) || around_holds_any(low, dropped))
        return 0;
    if (s->question != NULL && (!first_fits(s, p, clause) ||
        turned(s, around_lower(s->c, clause, (size_t)(open - clause))) || !event_fits(s, low)))
        return 0;
    if (s->question == NULL && ends_in_word(around_lower(s->c, clause, (size_t)(open - clause)), around_compares))
        return 0;
    if (memchr(p, '~', (size_t)(from - p)) != NULL && strstr(low, "~~") != NULL)
        return 0;
    return fits(s, clause, open, LEADS, &t) && (s->question == NULL || last_fits(s, &t)) && (s->question == NULL ||
        (subject_fits(s, clause, open) && text_fits(s, open, from)));
}

/* Behind the answer, in its own formula: no factor, no other number. */
static int closes_well(const char *p, const char *end)
{
    if (isalpha((unsigned char)*p) && !isalpha((unsigned char)p[1]))
        return 0;
    for (const char *q = p; q < end; q++) {
        if (around_starts(q, "\\to") && !around_starts(q, "\\text"))
            return 0;
        if (isdigit((unsigned char)*q) && q[-1] != '^' && !(q[-1] == '{' && q - p > 1 && q[-2] == '^'))
            return 0;
    }
    return 1;
}

/* Where the formula ends that the answer stands in. */
static const char *open_end(const char *p, const char *from, const char *to)
{
    const char *q = open_formula(p, from), *f = q < from ? around_formula_end(q) : NULL;
    return f != NULL && f > to ? f : to;
}

/* ---- the rest -------------------------------------------------------------------------------- */
/* Another answer before: 【答案】3 【解析】 … 2. */
static int other_before(struct scene *s, const char *text, const char *end)
{
    static const char *const marks[] = {
        "答案:", "答案是", "答案为", "答案]", "final answer is", "final answer:", "answer is", "选 $", NULL };
    const char *low = around_lower(s->c, text, (size_t)(end - text));
    for (const char *const *m = marks; *m != NULL; m++)
        for (const char *p = low; (p = strstr(p, *m)) != NULL; p++) {
            const char *v = p + strlen(*m);
            v += strspn(v, " *:");
            const char *f = around_formula_end(v);
            size_t n = f != NULL ? (size_t)(f - v) : strspn(v, "0123456789./");
            if (f == NULL && around_starts(v, "\\frac"))
                n = strcspn(v, "。\n ");
            if (n > 0 && strstr(calc_strn(s->c, v, n), "boxed") == NULL && !same_value(s, v, n))
                return 1;
        }
    return 0;
}

/* Does a sign right before the answer change it, or another word run into it: -, >, ~, \not=, |x| =, x5? */
static int sign_before(const char *text, const char *from)
{
    const char *p = from;
    while (p > text && (strchr(" $([{*`\"\\", p[-1]) != NULL || (p[-1] == ',' && p - text > 1 && p[-2] == '\\')))
        p--;
    if (p == text)
        return 0;
    if (p[-1] == '=')
        return (p - text > 4 && memcmp(p - 5, "\\not", 4) == 0) || (p - text > 1 && p[-2] == '|');
    if (p[-1] == '-') {                               /* but for a line of a list */
        const char *line = p - 1;
        while (line > text && line[-1] == ' ')
            line--;
        return line == text || line[-1] != '\n';
    }
    if (isalpha((unsigned char)p[-1]) && p == from) {
        while (p > text && isalpha((unsigned char)p[-1]))
            p--;
        return p == text || p[-1] != '\\';
    }
    return strchr("<>~!+]", p[-1]) != NULL;
}

/* The same right behind it: $5$.5, 84... */
static int sign_behind(const char *to)
{
    const char *p = around_past_closing(to);
    return (*p == '.' && (isdigit((unsigned char)p[1]) || p[1] == '.')) || (*to == '-' && !isalnum((unsigned char)to[1]));
}

/* Does a sentence, in small letters, begin as a check? */
static int checks(const char *low)
{
    while (*low != '\0' && around_mark_at(low) > 0)
        low += around_mark_at(low);
    size_t n = strcspn(low, " :,.");
    return around_listed(low, n, around_check) || around_longest(low, strlen(low) < 12 ? strlen(low) : 12, around_check_zh) > 0;
}

int around_harmless(struct calc *c, const char *text, const char *from, const char *to, const char *value)
{
    static const char *const claims[] = {
        "answer", "result", "edit", "####", "correct", "答案", "结果", "所以", "因此", "答:", NULL };
    struct scene s = around_scene_of(c, value);
    const char *before = text, *p = text, *e;
    while ((e = around_sentence_end(p)) <= from && e > p) {
        if (!around_only_marks(p, e))
            before = p;
        p = e;
    }
    if (before < p && around_only_marks(p, from)) {          /* "The answer is" and the box in a line of its own */
        const char *last = p;
        while (last > before && strchr(" \n*$", last[-1]) != NULL)
            last--;
        int ended = last - before > 2 && (strchr(".!?;", last[-1]) != NULL || around_starts(last - 3, "。") ||
            around_starts(last - 3, "；"));
        const char *f = around_formula_end(before + strspn(before, " *"));
        if (!ended && !(f != NULL && around_only_marks(f, p)))
            p = before;
    }
    const char *earlier = around_lower(c, text, (size_t)(p - text));
    const char *near = before < p ? around_lower(c, before, (size_t)(p - before)) : "";
    static const char *const nothing[] = { "text", "empty", "无", "没有", "不存在", "no ", "not exist", NULL };
    int none = around_holds_any(value, nothing);
    if (!none && (around_holds_any(earlier, around_denied) || (s.question != NULL &&
        around_holds_any(near, around_denied_near))))
        return 0;
    if (other_before(&s, text, p) || !leads_fits(&s, p, from) || sign_before(text, from) || sign_behind(to))
        return 0;
    const char *end = around_sentence_end(open_end(p, from, to));   /* not in the answer's own formula */
    if (!closes_well(to, open_end(p, from, to)) || !behind_fits(&s, to, end) ||
        around_holds_any(around_lower(c, to, strlen(to)), around_turned))
        return 0;
    for (p = end; *p != '\0'; p = e) {
        struct talk t = { 0 };
        e = around_sentence_end(p);
        if (conclude_closes(c, p, e) || (e[-1] != '?' && conclude_taken_at(c, p, e)))
            continue;
        const char *low = around_lower(c, p, (size_t)(e - p));
        s.checks = checks(low) && !around_holds_any(low, claims);
        if (s.question == NULL && around_holds_any(around_lower(c, p, (size_t)(e - p)), around_denied_near))
            return 0;
        if (strchr("?", e[-1]) != NULL || !fits(&s, p, e, LATER, &t) || (s.question != NULL && (!last_fits(&s, &t) ||
            (!t.holds && !around_only_marks(p, e)))))
            return around_only_marks(p, e) && e[-1] != '?' ? 1 : 0;
    }
    return 1;
}

int around_counts(struct calc *c, const char *w, size_t n)
{
    struct scene s = around_scene_of(c, "");
    return behind_fits(&s, w, w + n);
}
