/* pattern.c - see pattern.h: patterns over the words and formulas of a question. */
#include "plugins/calculator/questions/pattern.h"
#include "plugins/calculator/questions/slots.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

/* Length of the run of letters at p. */
static size_t letters(const char *p)
{
    size_t n = 0;
    while (isalpha((unsigned char)p[n]))
        n++;
    return n;
}

static int span_index(const char *t)
{
    return (unsigned char)t[1] - 0x80;
}

/* (f \circ g)(x) as f(g(x)); s where it is not so written. */
static const char *composed(struct calc *c, const char *s)
{
    const char *at = strstr(s, "\\circ"), *p = at != NULL ? at + 5 : s;
    const char *open = at;
    while (open != NULL && open > s && open[-1] == ' ')
        open--;
    if (open == NULL || open < s + 2 || !isalpha((unsigned char)open[-1]) || open[-2] != '(' || (open > s + 2 && isalnum((unsigned char)open[-3])))
        return s;
    p += strspn(p, " ");
    if (!isalpha((unsigned char)*p) || strncmp(p + 1, ")(", 2) != 0)
        return s;
    int depth = 0;
    const char *end = p + 2;
    for (; *end != '\0'; end++) {
        depth += (*end == '(') - (*end == ')');
        if (depth == 0)
            break;
    }
    return *end == '\0' ? s : calc_printf(c, "%.*s%c(%c%.*s)%s", (int)(open - 2 - s), s, open[-1], *p, (int)(end + 1 - p - 2), p + 2, end + 1);
}

struct ex *pattern_span(struct calc *c, struct question *q, int i)
{
    struct span *s = &q->span[i];
    if (!s->tried) {
        s->tried = 1;
        s->text = composed(c, s->text);
        size_t n = strlen(s->text);
        if (n > 14 && strncmp(s->text, "\\left\\{", 7) == 0 && strcmp(s->text + n - 6, "\\right") == 0 && strncmp(s->text + 7 + strspn(s->text + 7, " "), "\\begin{", 7) == 0)
            s->text = calc_strn(c, s->text + 7, n - 13);         /* one brace before a system; its right. ends the formula */
        const char *colon = strchr(s->text, ':');     /* l: 3x + 4y = 5, a name and what it names */
        if (colon != NULL && colon > s->text && colon - s->text <= 4 && isalpha((unsigned char)*s->text) && strchr(colon, '=') != NULL && strchr(colon + 1, ':') == NULL && !isdigit((unsigned char)colon[-1]))
            s->e = parse_all(c, colon + 1, strlen(colon + 1), 0);
        if (s->e == NULL)
            s->e = parse_all(c, s->text, strlen(s->text), 0);
    }
    return s->e;
}

/* ---- matching --------------------------------------------------------------------- */
struct cont { const char *p, *end; const struct cont *next; };
struct mat {
    struct calc *c;
    struct question *q;
    struct match *m;
    int steps, whole;              /* whole: on the whole question, for q->far */
    int begins;                    /* the text may go on: m->rest */
    pattern_then *then;            /* NULL: the text must end with the pattern */
    void *arg;
};

static int go(struct mat *x, const char *p, const char *end, const struct cont *k, const char *t, const char *start);

static const char *skip_space(const char *t)
{
    while (*t == ' ')
        t++;
    return t;
}

static int is_number(const struct ex *e)
{
    while (e->k == E_NEG || e->k == E_PCT)
        e = e->a[0];
    if (e->k == E_NUM)
        return 1;
    if (e->lit == 2)
        return 1;
    return (e->k == E_DIV && e->a[0]->k == E_NUM && e->a[1]->k == E_NUM) || (e->k == E_MUL && e->lit == 3) || e->k == E_DEG ||
           (e->k == E_FN && e->op == F_SQRT && e->a[0]->k == E_NUM) || (e->k == E_MUL && e->n == 2 && is_number(e->a[0]) && is_number(e->a[1]));
}

/* 12 π, 32 π/3: a number that is no decimal. */
static int is_constant(const struct ex *e)
{
    if (e->k != E_NUM && e->k != E_PI && e->k != E_MUL && e->k != E_DIV && !(e->k == E_FN && e->op == F_SQRT))
        return 0;
    for (int i = 0; i < e->n; i++)
        if (!is_constant(e->a[i]))
            return 0;
    return 1;
}

static int word_number(struct mat *x, const char *t, struct ex **e, size_t *used)
{
    long v;
    int k = norm_zh_num(t, &v);
    if (k == 0)
        k = norm_en_num(t, &v);
    if (k == 0)
        return 0;
    *e = ex_num(x->c, v);
    *used = (size_t)k;
    return 1;
}

static int punct(const char *t)
{
    if (*t != '\0' && strchr(",.;:?!", *t) != NULL)
        return 1;
    return strncmp(t, "。", 3) == 0 || strncmp(t, "、", 3) == 0 || strncmp(t, "；", 3) == 0 ? 3 : 0;
}

/* Numbers separated by commas, "and" or 和: one formula or several; type y: letters too. */
static int try_list(struct mat *x, struct capture *cap, const char *t, const char *p, const char *end, const struct cont *k, const char *start)
{
    struct ex *item[64];
    int n = 0;
    while (t[0] == 1 && n < 64) {
        struct ex *e = pattern_span(x->c, x->q, span_index(t));
        if (e == NULL)
            return 0;
        if ((e->k == E_LIST || e->k == E_AND) && e->n + n <= 64) {
            for (int i = 0; i < e->n; i++)
                item[n++] = e->a[i];
        } else {
            item[n++] = e;
        }
        t += 2;
        const char *next = skip_space(t);
        int comma = strncmp(next, "、", 3) == 0 ? 3 : *next == ',';
        next = skip_space(next + comma);
        if (strncmp(next, "and ", 4) == 0)
            next = skip_space(next + 4);
        else if (strncmp(next, "和", 3) == 0 || strncmp(next, "与", 3) == 0)
            next = skip_space(next + 3);
        else if (!comma)
            break;
        if (next[0] != 1)
            break;
        t = next;
    }
    if (n < 2)
        return 0;
    for (int i = 0; i < n; i++)
        if (!is_number(item[i]) && !(cap->type == 'y' && item[i]->k == E_SYM))
            return 0;
    cap->e = ex_new(x->c, E_LIST, n);
    memcpy(cap->e->a, item, (size_t)n * sizeof *item);
    x->m->n++;
    if (go(x, p, end, k, t, start))
        return 1;
    x->m->n--;
    return 0;
}

/* The number at t, as a formula or in words; what it uses is added to *t. */
static struct ex *number_at(struct mat *x, const char **t)
{
    struct ex *e;
    size_t used = 2;
    if ((*t)[0] == 1)
        e = pattern_span(x->c, x->q, span_index(*t));
    else if (!word_number(x, *t, &e, &used))
        return NULL;
    *t += used;
    return e;
}

/* 三成, 三成五, 3成5: a share in tenths and hundredths; 成 begins other words, too.  NULL if it is none. */
static struct ex *tenths_at(struct mat *x, const struct ex *e, const char **t)
{
    static const char *const others[] = { "人", "年", "员", "功", "立", "绩", "为", "本", "品", "语", "套", "双", "长" };
    const char *s = skip_space(*t) + strlen("成"), *rest = s;
    long a, b = 0;
    if (strncmp(skip_space(*t), "成", 3) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(s, others[i], strlen(others[i])) == 0)
            return NULL;
    if (!ex_is_int(e, &a) || a < 1 || a > 10)
        return NULL;
    struct ex *f = number_at(x, &rest);
    if (f != NULL && (!ex_is_int(f, &b) || b < 1 || b > 9 || a == 10))
        return NULL;
    *t = f != NULL ? rest : s;
    return ex_1(x->c, E_PCT, ex_num(x->c, 10 * a + b));
}

/* The number e and what follows it at *t and belongs to it: 5 万, 3 亿; e where nothing does.  NULL where
 * it goes on in a way that is not read (5 万 3 千, 46 万亿). */
static struct ex *with_scale(struct mat *x, struct ex *e, const char **t)
{
    const char *s = skip_space(*t);
    long scale = strncmp(s, "万", 3) == 0 ? 10000 : strncmp(s, "亿", 3) == 0 ? 100000000 : 1, v;
    if (scale == 1 || e->k != E_NUM)
        return e;
    const char *rest = skip_space(s + 3), *more = rest;
    if (number_at(x, &more) != NULL || strncmp(rest, "万", 3) == 0 || strncmp(rest, "亿", 3) == 0)
        return NULL;
    *t = s + 3;
    return ex_is_int(e, &v) && v < 1000000 ? ex_num(x->c, v * scale) : ex_2(x->c, E_MUL, e, ex_num(x->c, scale));
}

/* 60 km/h, 每小时行 60 千米: a speed. */
static int try_speed(struct mat *x, struct capture *cap, const char *t, const char *p, const char *end, const struct cont *k, const char *start)
{
    static const struct { const char *word; long s; } per[] = { { "每小时", 3600 }, { "每时", 3600 }, { "时速为", 3600 }, { "时速是", 3600 }, { "时速", 3600 }, { "每分钟", 60 }, { "每分", 60 }, { "每秒钟", 1 }, { "每秒", 1 } };
    static const char *const verbs[] = { "行驶", "行走", "航行", "飞行", "步行", "能行", "可行", "行", "走", "跑", "骑", "开", "游" };
    static const signed char speed[UNIT_DIMS] = { 1, 0, -1 }, length[UNIT_DIMS] = { 1 };
    long secs = 0;
    size_t un;
    for (size_t i = 0; i < sizeof per / sizeof *per && secs == 0; i++)
        if (strncmp(t, per[i].word, strlen(per[i].word)) == 0) {
            secs = per[i].s;
            t = skip_space(t + strlen(per[i].word));
        }
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs && secs > 0; i++)
        if (strncmp(t, verbs[i], strlen(verbs[i])) == 0) {
            t = skip_space(t + strlen(verbs[i]));
            break;
        }
    struct ex *e = number_at(x, &t);
    if (e == NULL)
        return 0;
    const struct unit *u;
    if (e->k == E_UNIT) {
        u = e->u;
        e = e->a[0];
    } else {
        const char *s = skip_space(t);
        if ((u = parse_unit(x->c, s, &un, 1)) == NULL)
            return 0;
        t = s + un;
    }
    if (!is_number(e) || e->k == E_PCT || memcmp(u->dim, secs > 0 ? length : speed, sizeof speed) != 0 || u->noun)
        return 0;
    if (secs > 0) {
        struct unit *v = calc_alloc(x->c, sizeof *v);
        *v = *u;
        v->q *= secs;
        v->dim[2] = -1;
        v->text = calc_printf(x->c, "%s/%s", u->text, secs == 3600 ? "h" : secs == 60 ? "min" : "s");
        u = v;
    }
    cap->e = e;
    cap->unit = u;
    x->m->n++;
    if (go(x, p, end, k, t, start))
        return 1;
    x->m->n--;
    return 0;
}

/* 八折, 7.5 折, 七五折: the share of the price that is paid. */
static int try_tenths(struct mat *x, struct capture *cap, const char *t, const char *p, const char *end, const struct cont *k, const char *start)
{
    long a, b;
    struct ex *e = strncmp(t, "两", 3) == 0 ? NULL : number_at(x, &t), *f = NULL;
    if (e == NULL || (e->k != E_NUM))
        return 0;
    t = skip_space(t);
    if (strncmp(t, "两", 3) == 0)
        return 0;                                     /* no one says so of a price */
    if (strncmp(t, "折", 3) != 0 && ex_is_int(e, &a) && a < 10) {
        f = number_at(x, &t);
        if (f == NULL || !ex_is_int(f, &b) || b < 1 || b > 9)
            return 0;
        e = ex_num(x->c, 10 * a + b);
    }
    if (strncmp(t, "折", 3) != 0 || e->k != E_NUM || strlen(e->s) > 6)
        return 0;
    int two = ex_is_int(e, &a) && a > 10;
    if (ex_is_int(e, &a) && (a < 1 || a == 10 || a > 99))
        return 0;
    cap->e = ex_2(x->c, E_DIV, e, ex_num(x->c, two ? 100 : 10));
    x->m->n++;
    if (go(x, p, end, k, t + 3, start))
        return 1;
    x->m->n--;
    return 0;
}

/* The capital that is the whole formula at t, "B" of "town B"; 0 if it is none. */
static char one_letter(struct mat *x, const char *t)
{
    const char *s = t[0] == 1 ? x->q->span[span_index(t)].text : "";
    return isupper((unsigned char)s[0]) && s[1] == '\0' ? s[0] : '\0';
}

/* The capture of that name that the match already has, which must stand at t again; NULL if there is none. */
static const struct capture *named_before(const struct mat *x, const char *name)
{
    for (int i = 0; i < x->m->n; i++)
        if (strcmp(x->m->c[i].name, name) == 0)
            return &x->m->c[i];
    return NULL;
}

/* The first n bytes at t as the capture's word. */
static int take_word(struct mat *x, struct capture *cap, const char *t, size_t n, const char *p, const char *end,
                     const struct cont *k, const char *start)
{
    const struct capture had = *cap;
    x->m->n++;
    cap->raw = calc_strn(x->c, t, n);
    if (go(x, p, end, k, t + n, start))
        return 1;
    x->m->n--;
    *cap = had;
    return 0;
}

/* A word: a name (w), who acts (p), a measure word (c); an English word is only asked for what no name is. */
static int try_word(struct mat *x, struct capture *cap, const char *t, const char *p, const char *end,
                    const struct cont *k, const char *start)
{
    const struct capture *before = named_before(x, cap->name);
    char type = cap->type, letter = type == 'c' ? '\0' : one_letter(x, t);
    size_t n = letters(t);
    cap->type = 'w';
    if (letter != '\0') {                             /* car B: a name that looks like a formula */
        const char *s = x->q->span[span_index(t)].text;
        if (before != NULL)
            return before->raw != NULL && strcasecmp(s, before->raw) == 0 && go(x, p, end, k, t + 2, start);
        x->m->n++;
        cap->raw = s;
        if (go(x, p, end, k, t + 2, start))
            return 1;
        x->m->n--;
        return 0;
    }
    if (before != NULL) {                             /* the same name again: the same word again */
        n = before->raw == NULL ? 0 : strlen(before->raw);
        return n > 0 && strncasecmp(t, before->raw, n) == 0 && go(x, p, end, k, t + n, start);
    }
    if (n > 0)
        return type != 'c' && !slot_says_more(t, n) && take_word(x, cap, t, n, p, end, k, start);
    for (int chars = 0; chars < 6; chars++) {
        int len;
        if (!norm_han(norm_cp(t + n, &len)))
            break;
        n += (size_t)len;
        if (type == 'w' && slot_says_more(t, n))
            return 0;
        if (type == 'w' || (type == 'p' ? slot_is_who(t, n) : slot_is_counter(t, n))) {
            if (take_word(x, cap, t, n, p, end, k, start))
                return 1;
        }
    }
    return 0;
}

/* One of the words of list, "name:word|word" up to close. */
static int try_listed(struct mat *x, const char *list, const char *close, const char *t, const char *end,
                      const struct cont *k, const char *start)
{
    size_t named = strcspn(list, ":");
    if (x->m->n == (int)(sizeof x->m->c / sizeof *x->m->c))
        return 0;
    struct capture *cap = &x->m->c[x->m->n];
    *cap = (struct capture){ .name = calc_strn(x->c, list, named), .type = 'w' };
    const struct capture *before = named_before(x, cap->name);
    t = skip_space(t);
    list += named + 1;
    char letter = one_letter(x, t);                   /* $K$: the letter alone */
    for (const char *w = list; w < close;) {
        size_t n = strcspn(w, "|}");
        if (letter == *w && letter != '\0' && n == 1 && before == NULL) {
            cap->raw = calc_strn(x->c, w, 1);
            x->m->n++;
            if (go(x, close + 1, end, k, t + 2, start))
                return 1;
            x->m->n--;
        }
        const char *had = before != NULL ? before->raw : w;
        int whole = !(isalpha((unsigned char)w[n - 1]) && isalpha((unsigned char)t[n]));
        int fits = whole && strncasecmp(t, w, n) == 0 && had != NULL && strncasecmp(had, w, n) == 0 && (before == NULL || had[n] == '\0');
        if (fits && (before != NULL ? go(x, close + 1, end, k, t + n, start) : take_word(x, cap, t, n, close + 1, end, k, start)))
            return 1;
        w += n + 1;
    }
    return 0;
}

/* Behind a number: past spaces, or the hyphen of "a 25-foot ladder". */
static const char *before_unit(const char *t)
{
    return t[0] == '-' && isalpha((unsigned char)t[1]) ? t + 1 : skip_space(t);
}

static int try_capture(struct mat *x, char type, const char *name, const char *t, const char *p, const char *end, const struct cont *k, const char *start)
{
    struct match *m = x->m;
    if (m->n == 24)
        return 0;
    struct capture *cap = &m->c[m->n];
    memset(cap, 0, sizeof *cap);
    cap->name = name;
    cap->type = type;
    t = skip_space(t);
    if (type == 'l' || type == 'y')
        return try_list(x, cap, t, p, end, k, start);
    if (type == 'w' || type == 'p' || type == 'c')
        return try_word(x, cap, t, p, end, k, start);
    if (type == 'u') {
        size_t used;
        if (t[0] == 1) {                               /* m/s was taken for a formula */
            const char *s = x->q->span[span_index(t)].text;
            if ((cap->unit = parse_unit(x->c, s, &used, 1)) == NULL || s[used] != '\0')
                return 0;
            used = 2;
        } else if ((cap->unit = parse_unit(x->c, t, &used, 1)) == NULL)
            return 0;
        m->n++;
        if (go(x, p, end, k, t + used, start))
            return 1;
        m->n--;
        return 0;
    }
    if (type == 'z')
        return try_speed(x, cap, t, p, end, k, start);
    if (type == 'o')
        return try_tenths(x, cap, t, p, end, k, start);
    size_t used = 2;
    int money = 0;
    if ((type == 'q' || type == 'n') && (t[0] == '$' || strncmp(t, "\\$", 2) == 0 || strncmp(t, "\\yuan", 5) == 0)) {
        money = t[0] == '$' || t[1] == '$' ? 1 : 2;
        t = skip_space(t + (t[0] == '$' ? 1 : t[1] == '$' ? 2 : 5));
    }
    struct ex *e = NULL;
    if (t[0] == 1) {
        int i = span_index(t);
        cap->raw = x->q->span[i].text;
        if (type != 'r' && (e = pattern_span(x->c, x->q, i)) == NULL)
            return 0;
    } else if (type == 'e' || type == 'v' || type == 'r' || !word_number(x, t, &e, &used)) {
        return 0;
    }
    long iv;
    if (type == 'v' && e->k != E_SYM && !(e->k == E_CALL))
        return 0;
    const char *after = t + used;
    if (type == 't') {
        struct ex *share = tenths_at(x, e, &after);
        e = share != NULL ? share : e;
        type = 'n';
    }
    if ((type == 'n' || type == 'i' || type == 'q') && (e = with_scale(x, e, &after)) == NULL)
        return 0;
    if (type == 'q' && e->k == E_UNIT) {
        cap->unit = e->u;
        e = e->a[0];
    }
    if ((type == 'n' || type == 'q' || type == 'i') && !is_number(e))
        return 0;
    if (type == 'i' && !ex_is_int(e, &iv))
        return 0;
    for (int i = 0; e != NULL && strchr("evni", type) != NULL && i < m->n; i++)       /* the same name again: the same formula again */
        if (m->c[i].e != NULL && strcmp(m->c[i].name, name) == 0 && !ex_same(m->c[i].e, e))
            return 0;
    cap->e = e;
    if (type == 'm' || type == 's' || type == 'k') {   /* a length, area, volume; with or without a unit */
        const signed char length[UNIT_DIMS] = { type == 'm' ? 1 : type == 's' ? 2 : 3, 0, 0, 0, 0, 0 };
        size_t un;
        const char *s = before_unit(after);
        const struct unit *u = e->k == E_UNIT ? e->u : parse_unit(x->c, s, &un, 1);
        if (e->k == E_UNIT)
            e = e->a[0];
        else if (u != NULL && memcmp(u->dim, length, sizeof length) == 0)
            after = s + un;
        if (u != NULL && memcmp(u->dim, length, sizeof length) != 0)
            u = NULL;
        if (!is_number(e) && !is_constant(e))
            return 0;
        cap->e = e;
        cap->unit = u;
    }
    if (type == 'q' && cap->unit == NULL) {
        size_t un;
        if (money) {
            size_t d;
            cap->unit = parse_unit(x->c, money == 1 ? "dollars" : "yuan", &d, 1);
        } else {
            const char *s = before_unit(after);
            if ((cap->unit = parse_unit(x->c, s, &un, 1)) == NULL)
                return 0;
            after = s + un;
        }
    }
    m->n++;
    if (go(x, p, end, k, after, start))
        return 1;
    m->n--;
    return 0;
}

static int go(struct mat *x, const char *p, const char *end, const struct cont *k, const char *t, const char *start)
{
    if (++x->steps > 20000)
        return 0;
    calc_step(x->c, 1);
    if (x->whole && t > x->q->far)
        x->q->far = t;
    while (p == end) {
        if (k == NULL && x->then != NULL)
            return x->then(x->arg, t);
        if (k == NULL) {
            t = skip_space(t);
            int n;
            if (x->begins && t > start && isalnum((unsigned char)t[-1]) && isalpha((unsigned char)*t))
                return 0;
            while ((n = punct(t)) > 0)
                t = skip_space(t + n);
            x->m->rest = t;
            return x->begins || *t == '\0';
        }
        p = k->p;
        end = k->end;
        k = k->next;
    }
    if (*p == ' ') {
        if (t > start && isalnum((unsigned char)t[-1]) && isalpha((unsigned char)*t))
            return 0;
        return go(x, p + 1, end, k, skip_space(t), start);
    }
    if (*p == ',' || *p == '.') {
        int n;
        t = skip_space(t);
        while ((n = punct(t)) > 0)
            t = skip_space(t + n);
        return go(x, p + 1, end, k, t, start);
    }
    if (*p == '(') {
        const char *alt = p + 1, *q = alt, *close = NULL;
        int depth = 0;
        for (const char *r = p; r < end; r++) {
            if (*r == '\\')
                r++;                                  /* \( is itself */
            else if (*r == '{')
                r += strcspn(r, "}");                 /* its words are no alternatives */
            else if (*r == '(')
                depth++;
            else if (*r == ')' && --depth == 0) {
                close = r;
                break;
            }
        }
        if (close == NULL)
            return 0;
        struct cont rest = { close + 1, end, k };
        for (depth = 0; q <= close; q++) {
            if (*q == '\\')
                q++;
            else if (*q == '{')
                q += strcspn(q, "}");
            else if (*q == '(')
                depth++;
            else if (*q == ')' && q < close)
                depth--;
            if ((*q == '|' && depth == 0 && q[-1] != '\\') || q == close) {
                int n = x->m->n;
                if (go(x, alt, q, &rest, t, start))
                    return 1;
                x->m->n = n;
                alt = q + 1;
            }
        }
        return 0;
    }
    if (*p == '{' && p + 2 < end && p[2] == ':') {
        const char *close = memchr(p, '}', (size_t)(end - p));
        if (close == NULL)
            return 0;
        if (p[1] == '!') {                             /* a mark: this alternative was taken */
            struct match *m = x->m;
            if (m->n == 24)
                return 0;
            m->c[m->n] = (struct capture){ calc_strn(x->c, p + 3, (size_t)(close - p - 3)), NULL, NULL, NULL, '!' };
            m->n++;
            if (go(x, close + 1, end, k, t, start))
                return 1;
            m->n--;
            return 0;
        }
        if (p[1] == 'a')
            return try_listed(x, p + 3, close, t, end, k, start);
        return try_capture(x, p[1], calc_strn(x->c, p + 3, (size_t)(close - p - 3)), t, close + 1, end, k, start);
    }
    if (*p == '\\' && p + 1 < end)
        p++;
    if (isdigit((unsigned char)*p) && *skip_space(t) == 1) {           /* 1 名: a number is a formula */
        size_t n = strspn(p, "0123456789");
        const char *s = x->q->span[span_index(skip_space(t))].text;
        return strlen(s) == n && memcmp(s, p, n) == 0 && go(x, p + n, end, k, skip_space(t) + 2, start);
    }
    if (isupper((unsigned char)*p) && *skip_space(t) == 1 && one_letter(x, skip_space(t)) == *p)
        return go(x, p + 1, end, k, skip_space(t) + 2, start);
    if (*t == ' ' && !(p > end) && (unsigned char)*p >= 0x80)
        t = skip_space(t);
    if (*t == ' ' && !isalpha((unsigned char)*p))
        t = skip_space(t);
    if (tolower((unsigned char)*t) != tolower((unsigned char)*p) || *t == '\0')
        return 0;
    return go(x, p + 1, end, k, t + 1, start);
}

int pattern_match(struct calc *c, struct question *q, const char *text, const char *pattern, struct match *m)
{
    struct mat x = { c, q, m, 0, text == q->text, 0, NULL, NULL };
    if (x.whole && (q->far == NULL || q->far < text))
        q->far = text;
    m->n = 0;
    return go(&x, pattern, pattern + strlen(pattern), NULL, text, text);
}

int pattern_begins(struct calc *c, struct question *q, const char *text, const char *pattern, struct match *m)
{
    struct mat x = { c, q, m, 0, 0, 1, NULL, NULL };
    m->n = 0;
    return go(&x, pattern, pattern + strlen(pattern), NULL, text, text);
}

int pattern_prefix(struct calc *c, struct question *q, const char *text, const char *pattern, struct match *m, pattern_then *then, void *arg)
{
    struct mat x = { c, q, m, 0, 0, 0, then, arg };
    m->n = 0;
    return go(&x, pattern, pattern + strlen(pattern), NULL, text, q->text);
}

const char *pattern_text(struct calc *c, const struct question *q, const char *from)
{
    const char *out = "";
    while (*from != '\0') {
        size_t n = strcspn(from, "\001");
        out = calc_printf(c, "%s%.*s", out, (int)n, from);
        from += n;
        if (*from == '\0')
            break;
        out = calc_printf(c, "%s%s", out, q->span[span_index(from)].text);
        from += 2;
    }
    return out;
}

struct capture *match_get(struct match *m, const char *name)
{
    for (int i = 0; i < m->n; i++)
        if (strcmp(m->c[i].name, name) == 0)
            return &m->c[i];
    return NULL;
}

struct ex *match_ex(struct match *m, const char *name)
{
    struct capture *k = match_get(m, name);
    return k != NULL ? k->e : NULL;
}
