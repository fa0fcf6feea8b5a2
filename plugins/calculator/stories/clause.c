/* clause.c - see clause.h. */
#include "plugins/calculator/stories/clause.h"

#include <ctype.h>
#include <string.h>

struct cut {
    struct calc *c;
    struct question *q;
    const struct clause *t;
    clause_done *done;
    struct reading *r;
    void *arg;
    struct facts *f;
    const char *at[CLAUSE_FACTS + 1];
    char state;
    int tries;
};

static int cut_at(struct cut *x, const char *t);

/* Past the bytes of set; with punctuation in it, past the Chinese signs too. */
static const char *skip(const char *t, const char *set)
{
    for (;;) {
        if (*t != '\0' && strchr(set, *t) != NULL)
            t++;
        else if (set[1] != '\0' && (strncmp(t, "。", 3) == 0 || strncmp(t, "；", 3) == 0 || strncmp(t, "、", 3) == 0))
            t += 3;
        else
            return t;
    }
}

static int cut_next(void *arg, const char *rest)
{
    struct cut *x = arg;
    struct facts *f = x->f;
    if (rest == x->at[f->n])
        return 0;                                     /* nothing consumed */
    rest = skip(rest, " ");
    if ((rest > x->q->text && isalnum((unsigned char)rest[-1]) && isalpha((unsigned char)*rest)))
        return 0;                                     /* the middle of a word */
    rest = skip(rest, " ,.;:?!");
    f->n++;
    int ok = cut_at(x, rest);
    f->n--;
    return ok;
}

static int cut_at(struct cut *x, const char *t)
{
    struct facts *f = x->f;
    char state = x->state;
    if (*skip(t, " ,.;:?!") == '\0' && state == '.') {
        struct reading r = *x->r;
        if (!x->done(x->c, f, &r, x->arg))
            return 0;
        *x->r = r;
        return 1;
    }
    if (f->n == CLAUSE_FACTS)
        return 0;
    for (const struct clause *k = x->t; k->pattern != NULL; k++) {
        if (strchr(k->from, state) == NULL)
            continue;
        if (++x->tries > CLAUSE_TRIES)
            return 0;
        f->f[f->n].tag = k->tag;
        x->at[f->n] = t;
        x->state = k->to;
        int ok = pattern_prefix(x->c, x->q, t, k->pattern, &f->f[f->n].m, cut_next, x);
        x->state = state;
        if (ok)
            return 1;
    }
    return 0;
}

int clause_read(struct calc *c, struct question *q, const struct clause *t, clause_done *done, struct reading *r, void *arg)
{
    struct cut *x = calc_alloc(c, sizeof *x);
    *x = (struct cut){ .c = c, .q = q, .t = t, .done = done, .r = r, .arg = arg, .state = 'S' };
    x->f = calc_alloc(c, sizeof *x->f);
    const char *s = q->text;
    while (*s == ' ')
        s++;
    return cut_at(x, s);
}

int clause_mentions(const struct question *q, const char *words)
{
    char w[40];
    for (const char *p = words; *p != '\0';) {
        size_t n = strcspn(p, "|");
        if (n > 0 && n < sizeof w) {
            memcpy(w, p, n);
            w[n] = '\0';
            if (strcasestr(q->text, w) != NULL)
                return 1;
        }
        p += n + (p[n] == '|');
    }
    return 0;
}

int fact_count(struct facts *f, const char *tag)
{
    int n = 0;
    for (int i = 0; i < f->n; i++)
        n += strcmp(f->f[i].tag, tag) == 0;
    return n;
}

struct match *fact_get(struct facts *f, const char *tag)
{
    if (fact_count(f, tag) != 1)
        return NULL;
    for (int i = 0; i < f->n; i++)
        if (strcmp(f->f[i].tag, tag) == 0)
            return &f->f[i].m;
    return NULL;
}

int fact_has(struct facts *f, const char *mark)
{
    for (int i = 0; i < f->n; i++)
        if (has(&f->f[i].m, mark))
            return 1;
    return 0;
}

struct capture *fact_capture(struct facts *f, const char *name)
{
    for (int i = 0; i < f->n; i++) {
        struct capture *k = match_get(&f->f[i].m, name);
        if (k != NULL && k->type != '!')
            return k;
    }
    return NULL;
}

int fact_int(struct facts *f, const char *name, long *v)
{
    struct capture *k = fact_capture(f, name);
    return k != NULL && k->e != NULL && ex_is_int(k->e, v);
}

val fact_measure(struct calc *c, const struct capture *k, int l, int t)
{
    const signed char dim[UNIT_DIMS] = { (signed char)l, 0, (signed char)t };
    val v = k != NULL && k->e != NULL && k->unit != NULL && !k->unit->noun && memcmp(k->unit->dim, dim, sizeof dim) == 0 ? value_const(c, k->e) : NULL;
    if (v == NULL || value_sign_is(c, v, 1) != YES)
        return NULL;
    ca_mul(v, v, val_q(c, k->unit->p, k->unit->q), c->ca);
    return v;
}

val fact_number(struct calc *c, const struct capture *k)
{
    return k == NULL || k->e == NULL || k->unit != NULL || k->e->k == E_PCT ? NULL : value_const(c, k->e);
}

int fact_choice(struct facts *f, const char *name, int *which)
{
    char mark[16];
    int n = 0;
    size_t k = strlen(name);
    if (k + 2 > sizeof mark)
        return 0;
    memcpy(mark, name, k);
    mark[k + 1] = '\0';
    for (int i = 1; i <= 9; i++) {
        mark[k] = (char)('0' + i);
        if (fact_has(f, mark)) {
            *which = i;
            n++;
        }
    }
    return n;
}

int fact_is_name(const char *w)
{
    static const char *const no[] = {
        "a", "about", "after", "again", "all", "alone", "also", "am", "an", "and", "any", "are", "as", "at", "be", "before", "both", "but", "by", "can", "does", "do", "during", "each", "every", "everyone", "exactly", "finally", "first", "for", "from",
        "half", "has", "have", "he", "her", "him", "his", "how", "if", "in", "initially", "is", "it", "its", "just", "last", "later", "latter", "least", "less", "many", "more", "most", "much", "neither", "nobody", "none", "not", "now", "of", "on", "only", "or",
        "originally", "per", "probably", "respectively", "second", "she", "since", "so", "some", "still", "suppose", "that", "the", "their", "them", "then", "there", "these", "they", "third", "this", "those", "time", "to", "together", "total", "twice", "until", "up", "was", "we", "were", "what",
        "when", "where", "which", "while", "who", "will", "with", "without", "would", "you",
    };
    if (w == NULL || *w == '\0')
        return 0;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (strcasecmp(w, no[i]) == 0 && !(w[0] == 'A' && w[1] == '\0'))
            return 0;                                 /* but A is a name */
    return 1;
}

int fact_same_words(struct facts *f, const char *name)
{
    const char *first = NULL;
    for (int i = 0; i < f->n; i++) {
        struct capture *k = match_get(&f->f[i].m, name);
        if (k == NULL || k->raw == NULL)
            continue;
        if (first == NULL)
            first = k->raw;
        else if (strcasecmp(first, k->raw) != 0)
            return 0;
    }
    return 1;
}
