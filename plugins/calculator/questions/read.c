/* read.c - see read.h: instructions at the end of a question, then the tables. */
#include "plugins/calculator/questions/read.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

enum { THEN = 1 << 21 };                              /* something is done with the value */
static const struct { const char *pattern; int form; } instructions[] = {
    { "(请|)(逐步推理|一步一步推理|一步步推理)(,|)(并|)(将|把)(最终|)答案(放|写)(在|入){r:box}(中|里|内|).", 0 }, { "(please |)reason step by step(,| )(and |)put your final answer (within|in|inside) {r:box}.", 0 }, { "put your final answer (within|in|inside) {r:box}.", 0 }, { "(please |)(reason|think|work) step by step.", 0 },
    { "请给出精确值.", FORM_EXACT }, { "(再|)(将|把)(所得|)(的|)结果乘(以|){i:d}.", THEN }, { "(再|)(将|把)(所得|)(的|)结果加(上|){i:d}{!:plus}(作为答案|).", THEN }, { "请写出这个结果的(两|二)倍.", THEN }, { "give twice this value as your answer.", THEN }, { "(then |)double the result.", THEN }, { "add {i:d}{!:plus} to the result (and give that as your answer|).", THEN },
    { "(,|)(并|)(写出|求出|给出)(所有|全部|它的所有|)实数(解|根)", 1 << 23 }, { "and give all real (roots|solutions).", 1 << 23 },
    { "where {e:i} is the imaginary unit.", 1 << 22 }, { "(其中|)(,|){e:i}(为|是)虚数单位.", 1 << 22 },
    { "并用区间表示(解集|结果|).", FORM_INTERVAL }, { "(结果|答案|)写成最简分数.", FORM_SIMPLE | FORM_FRACTION }, { "(round|rounded|rounding|correct) (your answer |)to {i:d} decimal place.", 1 << 20 },
    { "(please|) show (your|all) (work|working|steps).", 0 }, { "explain your (answer|reasoning|method).", 0 }, { "(请|)(写出|给出)(详细|完整|)(的|)(解题|计算|解答|)(过程|步骤).", 0 },
    { "(give|write|express) (your|the) (answer|solution) (in|using) interval notation.", FORM_INTERVAL }, { "(结果|答案|解集|)用区间(表示|形式表示)(结果|解集|).", FORM_INTERVAL }, { "(give|write|express) (your|the) (answer|solution set) as an interval (or a union of intervals|).", FORM_INTERVAL },
    { "(give|giving|write|writing|express|expressing|leave|leaving) (your|the) answer as a fraction in (its|) (simplest|lowest) (form|terms).", FORM_SIMPLE | FORM_FRACTION },
    { "(give|giving|write|writing|express|expressing|leave|leaving) (your|the) answer (as|in) (its|) (simplest|lowest) (form|terms|radical form).", FORM_SIMPLE }, { "(give|giving|write|writing|express|expressing) your answer as a (common|simplified|reduced|) fraction.", FORM_FRACTION },
    { "(give|giving|write|writing|express|expressing|leave|leaving) (your|the) (answer|result) (in|to) (its |the |)(simplest|lowest|reduced) (fraction |)(form|terms).", FORM_SIMPLE }, { "(give|giving|write|writing|express|expressing|leave|leaving) (your|the) (answer|result) as a (fraction|) in (its |)(lowest terms|simplest form|reduced form).", FORM_SIMPLE | FORM_FRACTION }, { "simplify (your|the) (answer|result) (fully|completely|as much as possible|if possible|).", FORM_SIMPLE }, { "(give|giving|write|writing|express|expressing|leave|leaving) (your|the) answer in (exact|surd|radical|simplest radical|simplified radical) form.", FORM_EXACT },
    { "(将|把|)(计算|)(结果|答案|)(化为|化成|写成|约成|化简为|用)最简分数(表示|).", FORM_SIMPLE | FORM_FRACTION }, { "(结果|答案|)(化为|化成|写成|用)最简(形式|根式)(表示|).", FORM_SIMPLE }, { "(give|giving|leave|leaving) (your|the) answer in terms of {r:pi}.", FORM_EXACT }, { "(结果|答案|)(保留|用含){r:pi}(的(式子|代数式)表示|).", FORM_EXACT }, { "(结果|答案|)用{r:pi}表示.", FORM_EXACT }, { "(结果|答案|)保留根号.", FORM_EXACT }, { "in terms of {r:pi}.", FORM_EXACT },
    { "({r:pi}|pi)取{n:d}.", FORM_PI }, { "(use|take|using|taking|let|with) {r:pi} = {n:d}.", FORM_PI },
    { "(rounded |correct |)to the nearest (integer|whole number){!:whole}.", 1 << 20 }, { "(结果|答案|)(精确到|四舍五入到|保留到)个位{!:whole}.", 1 << 20 }, { "(结果|答案|)用小数表示.", 1 << 24 },
    { "give the exact (value|answer).", FORM_EXACT }, { "(round|rounded|rounding|correct) (your answer|) to {i:d} decimal places.", 1 << 20 }, { "(结果|答案|)(精确到|保留){i:d}位小数.", 1 << 20 }, { "(结果|答案|)(四舍五入|)保留{i:d}位小数.", 1 << 20 },
};

int has(struct match *m, const char *mark)
{
    struct capture *k = match_get(m, mark);
    return k != NULL && k->type == '!';
}

/* Does t begin how the answer shall be given, with no comma before it: "find its volume in terms of π"?  Behind
 * "leave your answer" it is the end of another instruction. */
static int says_how(const char *text, const char *t)
{
    static const char *const begins[] = { "correct to ", "rounded to ", "to the nearest ", "in terms of " };
    static const char *const before[] = { "answer ", "result " };
    size_t from = (size_t)(t - text), i = 0;
    while (i < sizeof begins / sizeof *begins && strncmp(t, begins[i], strlen(begins[i])) != 0)
        i++;
    if (i == sizeof begins / sizeof *begins)
        return 0;
    for (size_t j = 0; i == 3 && j < sizeof before / sizeof *before; j++)
        if (from >= strlen(before[j]) && strncmp(t - strlen(before[j]), before[j], strlen(before[j])) == 0)
            return 0;
    return 1;
}

/* Takes instructions off the end; 0 when one of them is about something unknown. */
static int peel(struct calc *c, struct question *q, struct reading *r)
{
    for (int round = 0; round < 3; round++) {
        int found = 0;
        for (char *t = q->text + strlen(q->text); t > q->text && !found; t--) {
            int places = t[-1] == ' ' && says_how(q->text, t), wide = t - q->text >= 3 && memcmp(t - 3, "。", 3) == 0, bare = places || (t[-1] == ' ' && (strncmp(t, "and give ", 9) == 0 || strncmp(t, "and write ", 10) == 0 || strncmp(t, "and express ", 12) == 0 || strncmp(t, "and leave ", 10) == 0)) || strncmp(t, "请", 3) == 0 || (t[-1] == ' ' && isupper((unsigned char)*t) && t - q->text > 2 && (q->text[0] != '\0') && ((unsigned char)t[-2] >= 0x80 || t[-2] == ')'));
            if (t[-1] != '.' && t[-1] != ',' && t[-1] != '(' && t[-1] != '?' && !wide && !bare && t[-1] != ';')
                continue;
            if (t[-1] == '.' && isdigit((unsigned char)*t))
                continue;
            for (size_t i = 0; i < sizeof instructions / sizeof *instructions && !found; i++) {
                struct match m;
                const char *from = t + strspn(t, " ");
                from += strncmp(from, "and ", 4) == 0 ? 4 : strncmp(from, "并", 3) == 0 && strncmp(from, "并用", 6) != 0 ? 3 : 0;
                char *tail = calc_strn(c, from, strlen(from));
                size_t n = strlen(tail);
                while (n > 0 && (tail[n - 1] == ')' || tail[n - 1] == '.' || tail[n - 1] == ' ' || (n > 3 && strcmp(tail + n - 3, "。") == 0)))
                    tail[n -= tail[n - 1] == ')' || tail[n - 1] == '.' || tail[n - 1] == ' ' ? 1 : 3] = '\0';
                if (!pattern_match(c, q, tail, instructions[i].pattern, &m))
                    continue;
                struct capture *box = match_get(&m, "box");
                if (box != NULL && strncmp(box->raw, "\\boxed", 6) != 0)
                    continue;
                if (instructions[i].form == 1 << 23)
                    r->reals = 1;
                if (instructions[i].form == 1 << 24 && r->round < 0)
                    continue;                         /* to how many places? */
                if (instructions[i].form == 1 << 22) {
                    if (match_ex(&m, "i") == NULL || match_ex(&m, "i")->k != E_I)
                        continue;
                    t[wide ? -3 : -1] = '\0';
                    found = 1;
                    continue;
                }
                struct capture *pi = match_get(&m, "pi");
                if (pi != NULL && strstr(pi->raw, "\\pi") == NULL)
                    continue;
                long d;
                if (instructions[i].form == 1 << 20) {
                    if (has(&m, "whole"))
                        d = 0;
                    else if (!ex_is_int(match_ex(&m, "d"), &d) || d < 0 || d > 12)
                        return 0;
                    r->round = (int)d;
                } else if (instructions[i].form == 1 << 23 || instructions[i].form == 1 << 24) {
                    ;
                } else if (instructions[i].form == THEN) {
                    if (r->times != 0)
                        return 0;
                    r->times = 1;
                    d = 2;
                    if (match_get(&m, "d") != NULL && (!ex_is_int(match_ex(&m, "d"), &d) || d < 1 || d > 1000))
                        return 0;
                    if (has(&m, "plus"))
                        r->plus = d;
                    else
                        r->times = d;
                } else if (instructions[i].form == FORM_PI) {
                    if (pi == NULL || (r->forms & FORM_PI))
                        return 0;
                    r->forms |= FORM_PI;
                    r->pi = match_ex(&m, "d");
                } else {
                    r->forms |= instructions[i].form;
                }
                t[bare && t[-1] != '(' ? 0 : wide ? -3 : -1] = '\0';
                found = 1;
            }
            if (found)
                break;
        }
        if (!found)
            return 1;
    }
    return 1;
}

int read_fill(struct calc *c, struct match *m, const char *t, const char **out)
{
    const char *s = "";
    while (*t != '\0') {
        const char *open = strchr(t, '{');
        if (open == NULL) {
            s = calc_printf(c, "%s%s", s, t);
            break;
        }
        const char *close = strchr(open, '}');
        if (close == NULL)
            return 0;
        struct capture *k = match_get(m, calc_strn(c, open + 1, (size_t)(close - open - 1)));
        const char *v = k == NULL ? "" : k->e != NULL ? ex_text(c, k->e) : k->raw != NULL ? k->raw : "";
        if (k != NULL && k->unit != NULL)
            v = calc_printf(c, "%s %s", v, k->unit->text);
        s = calc_printf(c, "%s%.*s%s", s, (int)(open - t), t, v);
        t = close + 1;
    }
    *out = s;
    return 1;
}

static int dim_is(const struct unit *u, char code)
{
    static const struct { char code; signed char dim[UNIT_DIMS]; } t[] = {
        { 'l', { 1, 0, 0, 0, 0, 0 } }, { 'a', { 2, 0, 0, 0, 0, 0 } }, { 'V', { 3, 0, 0, 0, 0, 0 } }, { 't', { 0, 0, 1, 0, 0, 0 } }, { 'v', { 1, 0, -1, 0, 0, 0 } },
        { 'm', { 0, 1, 0, 0, 0, 0 } }, { 'y', { 0, 0, 0, 1, 0, 0 } }, { 'd', { 0, 0, 0, 0, 1, 0 } }, { 'Y', { 0, 0, 0, 0, 0, 1 } },
    };
    if (code == 'n')
        return u->noun;
    if (code == '$')
        return !u->noun && (dim_is(u, 'y') || dim_is(u, 'd'));
    if (code == 's')
        return dim_is(u, 'm') || dim_is(u, 'V');
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        if (t[i].code == code)
            return !u->noun && memcmp(t[i].dim, u->dim, sizeof u->dim) == 0;
    return 0;
}

/* In base units; lengths, areas and volumes only where their units are mixed. */
static struct ex *in_base(struct calc *c, struct capture *k, int mixed)
{
    if (k->unit == NULL || (!mixed && (k->type == 'm' || k->type == 's' || k->type == 'k')))
        return k->e;
    return ex_2(c, E_MUL, k->e, ex_2(c, E_DIV, ex_num(c, k->unit->p), ex_num(c, k->unit->q)));
}

static struct ex *with_captures(struct calc *c, struct match *m, const char *formula, int mixed)
{
    struct ex *e = parse_all(c, formula, strlen(formula), 0);
    for (int i = 0; e != NULL && i < m->n; i++)
        if (m->c[i].e != NULL && m->c[i].type != 'e' && m->c[i].type != 'v')
            e = ex_subst(c, e, m->c[i].name, in_base(c, &m->c[i], mixed));
    return e;
}

/* The unit of a result of dimension length^power, when the measures have units of one
 * length or none; 2 when they are metric and mixed, metres then; 0 when it is not known. */
static int length_unit(struct calc *c, struct match *m, int power, const struct unit **out)
{
    static const struct { const char *text; long p, q; } of[] = { { "mm", 1, 1000 }, { "cm", 1, 100 }, { "dm", 1, 10 }, { "m", 1, 1 }, { "km", 1000, 1 } };
    const struct unit *u = NULL;
    int with = 0, without = 0, scale = -1, mixed = 0;
    for (int i = 0; i < m->n; i++) {
        if (m->c[i].type != 'm' && m->c[i].type != 's' && m->c[i].type != 'k')
            continue;
        if (m->c[i].unit == NULL) {
            without++;
            continue;
        }
        int same = u != NULL && u->p == m->c[i].unit->p && u->q == m->c[i].unit->q;
        u = m->c[i].unit;
        int n = m->c[i].type == 'm' ? 1 : m->c[i].type == 's' ? 2 : 3, found = -1;
        for (int k = 0; k < 5; k++) {
            long p = 1, q = 1;
            for (int j = 0; j < n; j++) {
                p *= of[k].p;
                q *= of[k].q;
            }
            if (u->p * q == u->q * p)
                found = k;
        }
        if (found < 0 && (n != 1 || (with > 0 && !same)))
            return 0;                                 /* acres, or a mixture with feet */
        if (with > 0 && !same && (found < 0 || scale < 0))
            return 0;
        mixed |= with > 0 && found != scale;
        scale = found;
        with++;
    }
    *out = NULL;
    if (with == 0)
        return 1;
    if (without > 0)
        return 0;
    if (mixed)
        scale = 3;                                    /* metres */
    struct unit *r = calc_alloc(c, sizeof *r);
    *r = *u;
    r->p = r->q = 1;
    for (int i = 0; i < power; i++) {
        r->p *= scale < 0 ? u->p : of[scale].p;
        r->q *= scale < 0 ? u->q : of[scale].q;
    }
    memset(r->dim, 0, sizeof r->dim);
    r->dim[0] = (signed char)power;
    const char *text = scale < 0 ? u->text : of[scale].text;
    r->text = power == 1 ? text : calc_printf(c, "%s^%d", text, power);
    *out = r;
    return mixed ? 2 : 1;
}

const struct unit *read_speed_part(struct calc *c, const struct unit *u, char which)
{
    static const signed char speed[UNIT_DIMS] = { 1, 0, -1 };
    size_t used;
    if (u == NULL || memcmp(u->dim, speed, sizeof speed) != 0)
        return NULL;
    const char *cut = strstr(u->text, "/"), *per = strstr(u->text, " per "), *mei = strstr(u->text, "每");
    size_t skip = cut != NULL ? 1 : per != NULL ? 5 : 3;
    cut = cut != NULL ? cut : per != NULL ? per : mei;
    if (cut == NULL)
        return NULL;
    return parse_unit(c, which == 't' ? cut + skip : calc_strn(c, u->text, (size_t)(cut - u->text)), &used, 1);
}

/* That of all speeds of the match; NULL if they differ. */
static const struct unit *part_of_speed(struct calc *c, struct match *m, char which)
{
    const struct unit *found = NULL;
    for (int i = 0; i < m->n; i++) {
        const struct unit *u = m->c[i].unit, *p = read_speed_part(c, u, which);
        if (p == NULL) {
            if (u != NULL && u->dim[0] == 1 && u->dim[2] == -1)
                return NULL;
            continue;
        }
        if (found != NULL && (found->p != p->p || found->q != p->q))
            return NULL;
        found = p;
    }
    return found;
}

static struct ex *pi_as(struct calc *c, struct ex *e, struct ex *by)
{
    if (e->k == E_PI)
        return by;
    if (e->n == 0)
        return e;
    struct ex *r = ex_new(c, (enum ek)e->k, e->n), **a = r->a;
    *r = *e;
    r->a = a;
    for (int i = 0; i < e->n; i++)
        a[i] = pi_as(c, e->a[i], by);
    return r;
}

/* Are all amounts of one code of the same dimension?  Litres and kilograms are both amounts of a solution, yuan and dollars both money. */
static int same_dims(struct calc *c, const struct family *f, struct match *m)
{
    const struct unit *of[128] = { NULL };
    for (int i = 0; f->dims != NULL && i < m->n; i++) {
        const struct unit *u = m->c[i].unit;
        const char *d = u != NULL ? strstr(f->dims, calc_printf(c, "%s:", m->c[i].name)) : NULL;
        if (d == NULL)
            continue;
        unsigned char code = (unsigned char)d[strlen(m->c[i].name) + 1] & 127;
        if (of[code] != NULL && memcmp(of[code]->dim, u->dim, sizeof u->dim) != 0)
            return 0;
        of[code] = u;
    }
    return 1;
}

/* A number of things: whole, unless its measure word is a unit (吨). */
static int count_fits(struct calc *c, struct match *m, val v)
{
    struct capture *k = match_get(m, "m");
    size_t used;
    const struct unit *u = k != NULL && k->raw != NULL && k->e == NULL ? parse_unit(c, k->raw, &used, 1) : NULL;
    return (u != NULL && !u->noun) || ca_check_is_integer(v, c->ca) == T_TRUE;
}

/* Are there times in days and others in hours or less? */
static int mixes_days(const struct match *m)
{
    int days = 0, hours = 0;
    for (int i = 0; i < m->n; i++)
        if (m->c[i].unit != NULL && dim_is(m->c[i].unit, 't'))
            *(m->c[i].unit->p >= 86400 ? &days : &hours) = 1;
    return days && hours;
}

int read_formula(struct calc *c, const struct family *f, struct match *m, struct reading *r)
{
    for (const char *d = f->dims; d != NULL && *d != '\0';) {
        size_t n = strcspn(d, ":");
        struct capture *k = match_get(m, calc_strn(c, d, n));
        if (k != NULL && d[n + 1] == '%' && (k->e == NULL || k->e->k != E_PCT))
            return 0;
        if (k != NULL && k->unit != NULL && !dim_is(k->unit, d[n + 1]))
            return 0;
        d += n + 2;
        while (*d == ' ')
            d++;
    }
    for (int i = 0; i < m->n; i++) {                  /* a percentage only where the row expects one */
        const char *d = f->dims != NULL ? strstr(f->dims, calc_printf(c, "%s:%%", m->c[i].name)) : NULL;
        if (m->c[i].e != NULL && m->c[i].e->k == E_PCT && d == NULL)
            return 0;
    }
    if (!same_dims(c, f, m))
        return 0;
    const struct unit *measured = NULL;
    int lengths = f->unit != NULL && *f->unit == '^' ? length_unit(c, m, f->unit[1] - '0', &measured) : 1, mixed = lengths == 2;
    if (!lengths)
        return 0;
    if (f->conds != NULL && *f->conds != '\0') {
        struct ex *cond = with_captures(c, m, f->conds, mixed);
        if (cond == NULL || solve_holds(c, cond, NULL) != YES)
            return 0;
    }
    struct ex *e = with_captures(c, m, f->formula, mixed);
    if (e != NULL && (r->forms & FORM_PI)) {
        e = pi_as(c, e, r->pi);
        r->forms &= ~FORM_PI;
    }
    if (e == NULL || (r->v = value_const(c, e)) == NULL)
        return 0;
    r->k = S_VALUE;
    size_t whole = strncmp(f->formula, "ceil(", 5) == 0 ? 4 : strncmp(f->formula, "floor(", 6) == 0 ? 5 : 0;
    if (whole > 0) {                                  /* the value before it is rounded is no answer, but no false one */
        struct ex *x = with_captures(c, m, f->formula + whole, mixed);
        r->unrounded = x != NULL ? value_const(c, x) : NULL;
    }
    if (f->unit != NULL && *f->unit == '^') {
        r->unit = measured;
        r->unit_open = mixed;                         /* in which of the units? */
        struct capture *k = match_get(m, "unit");
        if (k != NULL) {
            r->unit_open = 0;                             /* asked in a unit of its own */
            if (r->unit == NULL || k->unit == NULL || memcmp(k->unit->dim, r->unit->dim, sizeof r->unit->dim) != 0)
                return 0;
            val w = val_new(c);
            ca_mul(w, r->v, val_q(c, r->unit->p, r->unit->q), c->ca);
            ca_mul(w, w, val_q(c, k->unit->q, k->unit->p), c->ca);
            r->v = w;
            r->unit = k->unit;
        }
    } else if (f->unit != NULL && *f->unit == '%') {
        r->percent = 1;
    } else if (f->unit != NULL && *f->unit == '#') {
        if (!count_fits(c, m, r->v))
            return 0;                                 /* half a person */
    } else if (f->unit != NULL && *f->unit != '\0') {
        struct capture *k = match_get(m, "unit");
        if (k == NULL)
            k = match_get(m, f->unit);
        size_t used;
        r->unit = k != NULL ? k->unit : *f->unit == '>' ? part_of_speed(c, m, f->unit[1]) : parse_unit(c, f->unit + (*f->unit == '?'), &used, 1);
        r->unit_open = k == NULL && *f->unit == '?';
        if (k != NULL && match_get(m, f->unit) != NULL && match_get(m, f->unit)->unit != NULL && k->unit != NULL &&
            memcmp(k->unit->dim, match_get(m, f->unit)->unit->dim, sizeof k->unit->dim) != 0)
            return 0;                                 /* asked in a unit of another kind */
        struct capture *g = match_get(m, f->unit);
        if (g != NULL && g->unit != NULL && dim_is(g->unit, 't') && mixes_days(m))
            return 0;                                 /* how many hours has a day of work? */
        if (r->unit == NULL && *f->unit == '>')
            return 0;
        if (r->unit != NULL) {
            val s = val_q(c, r->unit->q, r->unit->p), w = val_new(c);
            ca_mul(w, r->v, s, c->ca);
            r->v = w;
        }
    }
    return read_fill(c, m, f->text, &r->text);
}

static int try_table(struct calc *c, struct question *q, const struct family *f, struct reading *r)
{
    for (; f->id != NULL; f++)
        for (const char *const *p = f->patterns; *p != NULL; p++) {
            struct match m;
            struct reading t = *r;
            if (!pattern_match(c, q, q->text, *p, &m))
                continue;
            t.family = f->id;
            if (f->read != NULL ? f->read(c, q, &m, &t) : read_formula(c, f, &m, &t)) {
                *r = t;
                return 1;
            }
            r->near_family = f->id;
        }
    return 0;
}

/* From the word on at which the pattern that came furthest gave up. */
static const char *left_over(struct calc *c, const struct question *q)
{
    const char *far = q->far != NULL ? q->far : q->text;
    while (far > q->text && (((unsigned char)*far & 0xc0) == 0x80 || (isalnum((unsigned char)*far) && isalnum((unsigned char)far[-1]))))
        far--;
    while (*far == ' ')
        far++;
    return pattern_text(c, q, far);
}

/* "Then double the result": of a value. */
static int then(struct calc *c, struct reading *r)
{
    if (r->reals && r->k != S_VALS)
        return 0;
    if (r->reals)
        r->domain_open = 0;
    if (r->times == 0)
        return 1;
    if (r->k != S_VALUE || r->round >= 0 || r->alt != NULL)
        return 0;
    val v = val_new(c), p = val_si(c, r->plus), w = val_new(c);
    ca_mul_si(v, r->v, r->times, c->ca);
    ca_add(w, v, p, c->ca);
    r->v = w;
    r->var = NULL;
    r->text = calc_printf(c, r->plus ? "%s, and add %ld" : "%s, and take it %ld times", r->text, r->plus ? r->plus : r->times);
    return 1;
}

/* π = 3.14 was asked, and something must have looked at it. */
static int read_with(struct calc *c, struct question *q, struct reading *r)
{
    int ok = try_table(c, q, read_algebra, r) ||
             try_table(c, q, read_functions, r) ||
             try_table(c, q, read_sequences, r) ||
             try_table(c, q, read_tables, r) ||
             read_figure(c, q, r) ||
             try_table(c, q, read_motion, r) ||
             try_table(c, q, read_trade, r) ||
             try_table(c, q, read_words, r) ||
             try_table(c, q, read_daily, r) ||
             read_draws(c, q, r) ||
             read_trials(c, q, r) ||
             read_orders(c, q, r) ||
             read_story(c, q, r) ||
             read_pairs(c, q, r) ||
             read_prices(c, q, r) ||
             read_meetings(c, q, r) ||
             read_steps(c, q, r) ||
             read_return(c, q, r) ||
             read_works(c, q, r) ||
             read_interest(c, q, r) ||
             read_changes(c, q, r) ||
             read_chances(c, q, r) ||
             read_games(c, q, r) ||
             read_inscribed(c, q, r) ||
             read_ranges(c, q, r) ||
             read_ages(c, q, r) ||
             read_trains(c, q, r) ||
             read_mixtures(c, q, r) ||
             read_ratios(c, q, r) ||
             read_means(c, q, r) ||
             read_events(c, q, r) ||
             read_cards(c, q, r) ||
             read_swaps(c, q, r) ||
             read_binomial(c, q, r) ||
             read_triangles(c, q, r) ||
             try_table(c, q, read_convert, r) ||
             try_table(c, q, read_letters, r) ||
             try_table(c, q, read_counts, r) ||
             try_table(c, q, read_plane, r) ||
             try_table(c, q, read_conics, r) ||
             try_table(c, q, read_numbers, r) ||
             try_table(c, q, read_polynomials, r) ||
             try_table(c, q, read_parameters, r) ||
             read_world(c, q, r) ||
             try_table(c, q, read_arithmetic, r) ||
             try_table(c, q, read_sums, r);
    return ok && !(r->forms & FORM_PI);
}

/* A gap to be filled in at the end, "x = ____", "是（　　）", asks; it says nothing. */
static const char *without_blank(struct calc *c, const char *s)
{
    char *t = calc_strn(c, s, strlen(s));
    size_t n = strlen(t);
    for (;;) {
        size_t k = n;
        while (k > 0 && strchr(" .,;?\n", t[k - 1]) != NULL)
            k--;
        while (k >= 3 && (strncmp(t + k - 3, "。", 3) == 0))
            k -= 3;
        if (k > 1 && t[k - 1] == ')') {
            size_t j = k - 1;
            while (j > 0 && (t[j - 1] == ' ' || t[j - 1] == '_'))
                j--;
            if (j == 0 || t[j - 1] != '(' || (j > 1 && t[j - 2] == '\\'))
                break;
            n = j - 1;
        } else if (k > 1 && t[k - 1] == '_' && t[k - 2] == '_') {
            while (k > 0 && (t[k - 1] == '_' || t[k - 1] == '\\'))
                k--;
            n = k;
        } else {
            break;
        }
        t[n] = '\0';
    }
    return t;
}

/* "当 x = ____ 时" asks for x as "当 x 为何值时" does. */
static const char *blank_inside(struct calc *c, const char *s)
{
    const char *at = strstr(s, "__"), *end, *from = at;
    if (at == NULL)
        return s;
    end = at + strspn(at, "_\\ $");
    if (strncmp(end, "时", 3) != 0)
        return s;
    while (from > s && strchr(" $=\\", from[-1]) != NULL)
        from--;
    const char *close = memchr(from, '$', (size_t)(end - from));
    return from == at ? s : calc_printf(c, "%.*s%s为何值%s", (int)(from - s), s, close != NULL && memchr(close + 1, '$', (size_t)(end - close - 1)) == NULL ? "$" : "", end);
}

/* "value(s)", "solution(s)" as "values", "solutions". */
static const char *without_choice(struct calc *c, const char *s)
{
    char *t = calc_strn(c, s, strlen(s));
    for (char *at = t; (at = strstr(at, "(s)")) != NULL; at++) {
        size_t n = 0;
        while (at > t + n && isalpha((unsigned char)at[-1 - (long)n]))
            n++;
        if (n < 4 || (at > t + n && at[-1 - (long)n] == '\\'))
            continue;
        at[0] = 's';
        memmove(at + 1, at + 3, strlen(at + 3) + 1);
    }
    return t;
}

/* The question as text, if it is read so. */
static int read_other_words(struct calc *c, struct question *q, char *text, struct reading *r)
{
    while (text != NULL && *text == ' ')
        text++;
    if (text == NULL)
        return 0;
    q->text = text;
    q->far = NULL;
    return read_with(c, q, r);
}

/* A reading of the question without the unit in which the answer is asked. */
struct asked_unit { const struct unit *unit; struct reading r; };

static int in_asked_unit(struct calc *c, struct asked_unit *a, struct reading *r)
{
    const struct unit *u = a->r.unit, *to = a->unit;
    if (a->r.k != S_VALUE || a->r.percent || a->r.degrees || a->r.alt != NULL || u == NULL || u->noun || memcmp(u->dim, to->dim, sizeof u->dim) != 0)
        return 0;
    if (to->dim[2] != 0 && (to->p >= 86400) != (u->p >= 86400))
        return 0;                                     /* how many hours has a day of work? */
    val v = val_new(c);
    ca_mul(v, a->r.v, val_q(c, u->p, u->q), c->ca);
    ca_mul(v, v, val_q(c, to->q, to->p), c->ca);
    *r = a->r;
    r->v = v;
    r->unit = to;
    r->unit_open = 0;
    r->text = calc_printf(c, "%s, in %s", r->text, to->text);
    return 1;
}

int read_question(struct calc *c, const char *normalized, struct reading *r)
{
    struct question *q = calc_alloc(c, sizeof *q);
    memset(r, 0, sizeof *r);
    r->round = -1;
    if (!pattern_question(c, without_choice(c, blank_inside(c, without_blank(c, normalized))), q))
        return 0;
    if (!peel(c, q, r))
        return 0;
    /* words that point at what follows and say nothing */
    static const char *const pointing[] = { "下面的方程", "下列方程", "以下方程", "下面的不等式", "下列不等式", "following equation", "following expression", "following inequality", "following system", "following function" };
    for (size_t i = 0; i < sizeof pointing / sizeof *pointing; i++) {
        char *at = strstr(q->text, pointing[i]);
        size_t cut = strncmp(pointing[i], "following ", 10) == 0 ? 10 : strncmp(pointing[i], "下面的", 9) == 0 ? 9 : 6;
        if (at != NULL)
            memmove(at, at + cut, strlen(at + cut) + 1);
    }
    const char *t = q->text;
    static const char *const frames[] = { "题目:", "问题:", "Question:", "Problem:", "Solve the following problem.", "Solve the problem.", "请解答下面的问题。", "请解答下列问题。", "解答下面的问题。" };
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        if (strncmp(t, frames[i], strlen(frames[i])) == 0) {
            q->text += strlen(frames[i]);
            q->text += strspn(q->text, " \n");
            t = q->text;
            break;
        }
    static const char *const polite[] = { "请你", "请", "试", "please ", "Please " };
    for (size_t i = 0; i < sizeof polite / sizeof *polite; i++)
        if (strncmp(t, polite[i], strlen(polite[i])) == 0) {
            q->text += strlen(polite[i]);
            break;
        }
    if (read_with(c, q, r))
        return then(c, r);
    const char *left = left_over(c, q);
    q->far = NULL;                      /* it points into the text before */
    struct asked_unit a = { NULL, *r };
    char *turned = words_turned(c, t = q->text), *plain = words_plain(c, turned != NULL ? turned : t), *bare = read_without_unit(c, q, t, &a.unit);
    if (read_other_words(c, q, turned, r) || read_other_words(c, q, plain, r))
        return then(c, r);
    if (bare != NULL && (read_other_words(c, q, bare, &a.r) || read_other_words(c, q, words_plain(c, bare), &a.r)) && in_asked_unit(c, &a, r))
        return then(c, r);
    r->left = left;
    return 0;
}

void read_two(struct calc *c, struct reading *r, const char *const names[2], val one, val two, int swapped)
{
    r->k = S_TUPLES;
    r->pair = 1;
    r->tu.nv = 2;
    r->tu.n = 1;
    for (int i = 0; i < 2; i++) {
        r->vars[i] = names[i ^ swapped];
        r->tu.v[0][i] = i ^ swapped ? two : one;
    }
    r->subject = ex_num(c, 0);
}

int read_names(const struct ex *e, const char *const *names, int n)
{
    if (e == NULL || (e->k != E_LIST && (e->k != E_TUPLE || e->op != (BR_OPEN_L | BR_OPEN_R))) || e->n != n)
        return 0;
    for (int i = 0; i < n; i++)
        if (e->a[i]->k != E_SYM || strcmp(e->a[i]->s, names[i]) != 0)
            return 0;
    return 1;
}

/* The piece of a function whose condition holds at a number; NULL if that is not one for certain. */
static struct ex *piece_at(struct calc *c, struct ex *pieces, const char *x, struct ex *at)
{
    struct ex *found = NULL;
    val v = ex_has_sym(at, NULL) ? NULL : value_const(c, at);
    struct env env = { x, v, NULL };
    for (int i = 0; v != NULL && i + 1 < pieces->n; i += 2) {
        enum tri t = solve_holds(c, pieces->a[i + 1], &env);
        if (t == UNSURE || (t == YES && found != NULL))
            return NULL;
        if (t == YES)
            found = ex_subst(c, pieces->a[i], x, at);
    }
    return found;
}

struct ex *read_apply(struct calc *c, struct ex **defs, int n, struct ex *e)
{
    for (int i = 0; e->k == E_SYM && i < n; i++)
        if (strcmp(defs[i]->a[0]->s, e->s) == 0)
            return NULL;                              /* fg(2): product or composition? */
    if (e->n == 0)
        return e;
    struct ex *r = ex_new(c, (enum ek)e->k, e->n), **a = r->a;
    *r = *e;
    r->a = a;
    for (int i = 0; i < e->n; i++)
        if ((a[i] = read_apply(c, defs, n, e->a[i])) == NULL)
            return NULL;
    if (e->k != E_CALL)
        return r;
    for (int i = 0; i < n; i++) {
        struct ex *l = defs[i]->a[0];
        if (strcmp(l->s, e->s) != 0 || l->n != 1 || e->n != 1 || l->a[0]->k != E_SYM || ex_has_kind(defs[i]->a[1], E_CALL))
            continue;
        struct ex *body = defs[i]->a[1];
        for (int p = 0; p < e->op; p++)
            if ((body = ex_diff(c, body, l->a[0]->s)) == NULL)
                return NULL;
        return body->k == E_PIECES ? piece_at(c, body, l->a[0]->s, a[0]) : ex_subst(c, body, l->a[0]->s, a[0]);
    }
    return NULL;
}
