/* read_tables.c - families whose answer is a formula over the numbers of the question:
 * counting, probability, statistics, number theory, geometry, word problems.  A row's
 * conditions must hold for its formula to be the answer. */
#include "plugins/calculator/questions/read.h"
#include "plugins/calculator/questions/slots.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

/* ---- readers for what is no formula ------------------------------------------------ */
static int letters_of(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct capture *w = match_get(m, "w");
    int count[26] = { 0 }, n = 0;
    (void)q;
    const char *s = w->raw;
    for (; *s != '\0'; s++) {
        if (!isupper((unsigned char)*s))
            return 0;                                 /* only a word in capitals is certainly the word */
        count[*s - 'A']++;
        n++;
    }
    if (has(m, "again") && !has(m, "incl") && !has(m, "less"))
        return 0;                                     /* is the word itself one of its rearrangements? */
    long said;
    if (n < 2 || n > 15 || (match_ex(m, "count") != NULL && (!ex_is_int(match_ex(m, "count"), &said) || said != n)))
        return 0;                                     /* of all its letters */
    fmpz_t z, d;
    fmpz_init(z);
    fmpz_init(d);
    fmpz_fac_ui(z, (ulong)n);
    for (int i = 0; i < 26; i++) {
        fmpz_fac_ui(d, (ulong)count[i]);
        fmpz_divexact(z, z, d);
    }
    if (has(m, "less"))
        fmpz_sub_ui(z, z, 1);
    r->v = val_new(c);
    ca_set_fmpz(r->v, z, c->ca);
    fmpz_clear(z);
    fmpz_clear(d);
    r->k = S_VALUE;
    r->text = calc_printf(c, "different arrangements of all letters of %s%s, find their number", w->raw, has(m, "less") ? ", without the word itself" : "");
    return 1;
}

/* n fair dice with six faces: the share of outcomes with the given sum. */
static int dice_sum(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n, k, ways[40][200] = { { 1 } };
    struct ex *dice = match_ex(m, "n");
    (void)q;
    if (dice == NULL)
        n = 2;                                        /* a pair; red and blue; the same one twice */
    else if (!ex_is_int(dice, &n))
        return 0;
    if (!ex_is_int(match_ex(m, "k"), &k) || n < 1 || n > 6 || k < 0 || k > 100)
        return 0;
    long lo, hi;
    if (match_ex(m, "lo") != NULL && (!ex_is_int(match_ex(m, "lo"), &lo) || !ex_is_int(match_ex(m, "hi"), &hi) || lo != 1 || hi != 6))
        return 0;
    long all = 1;
    for (long i = 1; i <= n; i++) {
        all *= 6;
        for (long t = 1; t <= 6 * n; t++)
            for (long f = 1; f <= 6; f++)
                if (t >= f)
                    ways[i][t] += ways[i - 1][t - f];
    }
    long hits = 0;
    for (long t = n; t <= 6 * n; t++)
        if (has(m, "not") ? t != k : has(m, "more") ? t > k : has(m, "less") ? t < k : has(m, "atleast") ? t >= k : has(m, "atmost") ? t <= k : t == k)
            hits += ways[n][t];
    r->k = S_VALUE;
    r->v = val_q(c, hits, all);
    r->text = calc_printf(c, "%ld fair dice, ordered outcomes, P(sum %s %ld)", n, has(m, "not") ? "≠" : has(m, "more") ? ">" : has(m, "less") ? "<" : has(m, "atleast") ? "≥" : has(m, "atmost") ? "≤" : "=", k);
    return 1;
}

/* Two draws from a + b balls: both of one colour. */
static int draws(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long a, b;
    const char *n1 = match_get(m, "n1")->raw, *n2 = match_get(m, "n2")->raw, *n3 = match_get(m, "n3")->raw;
    (void)q;
    if (!ex_is_int(match_ex(m, "a"), &a) || !ex_is_int(match_ex(m, "b"), &b) || a < 0 || b < 0 || a > 10000 || b > 10000 || a + b < 2 || !slot_is_colour(n1, strlen(n1)) || !slot_is_colour(n2, strlen(n2)) || strcasecmp(n1, n2) == 0)
        return 0;                                     /* a large one may be red */
    long k = strcasecmp(n3, n1) == 0 ? a : strcasecmp(n3, n2) == 0 ? b : -1, out = has(m, "without");
    if (k < 0)
        return 0;
    r->k = S_VALUE;
    r->v = val_q(c, k * (k - out), (a + b) * (a + b - out));
    r->text = calc_printf(c, "%ld %s and %ld %s balls, two drawn %s replacement, P(both %s)", a, n1, b, n2, out ? "without" : "with", n3);
    return 1;
}

/* Heads in n tosses of a fair coin. */
static int coins(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n, k;
    (void)q;
    if (!ex_is_int(match_ex(m, "n"), &n) || !ex_is_int(match_ex(m, "k"), &k) || n < 1 || n > 60 || k < 0 || k > n)
        return 0;
    val s = val_si(c, 0);
    for (long j = 0; j <= n; j++)
        if (has(m, "atleast") ? j >= k : has(m, "atmost") ? j <= k : j == k) {
            val t = value_const(c, ex_fn(c, F_C, ex_num(c, n), ex_num(c, j)));
            ca_add(s, s, t, c->ca);
        }
    val d = val_si(c, 2);
    ca_pow_si(d, d, n, c->ca);
    ca_div(s, s, d, c->ca);
    r->k = S_VALUE;
    r->v = s;
    r->text = calc_printf(c, "%ld tosses of a fair coin, P(%s %ld)", n, has(m, "atleast") ? "at least" : has(m, "atmost") ? "at most" : "exactly", k);
    return 1;
}

/* k of a + b people with a condition on those of the second (g) or first (b) kind. */
static int selection(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long a, b, k, j;
    struct ex *je = match_ex(m, "j");
    (void)q;
    if (!ex_is_int(match_ex(m, "a"), &a) || !ex_is_int(match_ex(m, "b"), &b) || !ex_is_int(match_ex(m, "k"), &k) || a < 0 || b < 0 || a > 60 || b > 60 || k < 1 || k > a + b)
        return 0;
    if (je == NULL)
        j = 1;
    else if (!ex_is_int(je, &j) || j < 0 || j > k)
        return 0;
    int first = has(m, "first");
    if (!first && !has(m, "second"))
        return 0;
    struct capture *n1 = match_get(m, "n1"), *n2 = match_get(m, "n2"), *n3 = match_get(m, "n3");
    if (n3 != NULL) {                                 /* which kind is the condition about? */
        if (n1 == NULL || n2 == NULL || !slot_excludes(n1->raw, n2->raw))
            return 0;                                 /* a teacher may be a man */
        size_t l = strlen(n3->raw);
        int is1 = l >= 3 && strncasecmp(n1->raw, n3->raw, l) == 0, is2 = l >= 3 && strncasecmp(n2->raw, n3->raw, l) == 0;
        if (is1 == is2)
            return 0;
        first = is1;
    }
    long have = first ? a : b, other = first ? b : a;
    val s = val_si(c, 0);
    for (long t = 0; t <= k; t++) {
        if (!(has(m, "atmost") ? t <= j : has(m, "exactly") ? t == j : has(m, "atleast") && t >= j))
            continue;
        if (t > have || k - t > other)
            continue;
        val x = value_const(c, ex_fn(c, F_C, ex_num(c, have), ex_num(c, t))), y = value_const(c, ex_fn(c, F_C, ex_num(c, other), ex_num(c, k - t))), z = val_new(c);
        ca_mul(z, x, y, c->ca);
        ca_add(s, s, z, c->ca);
    }
    r->k = S_VALUE;
    r->v = s;
    r->text = calc_printf(c, "choose %ld of %ld + %ld, %s %ld of the %ld, find the number of selections", k, a, b, has(m, "atmost") ? "at most" : has(m, "exactly") ? "exactly" : "at least", j, have);
    return 1;
}

/* 除以 n - 1: 1; 除以 n: 0; nothing said: 2; anything else: -1. */
static int divides_by(const struct capture *k)
{
    char s[8];
    size_t o = 0;
    if (k == NULL)
        return 2;
    for (const char *p = k->raw; p != NULL && *p != '\0'; p++)
        if (*p != ' ' && o + 1 < sizeof s)
            s[o++] = *p;
    s[o] = '\0';
    return strcmp(s, "n-1") == 0 ? 1 : strcmp(s, "n") == 0 ? 0 : -1;
}

/* Data as a list: mean, median, variance over n. */
static int statistics(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *d = match_ex(m, "d");
    val v[64], s = val_si(c, 0), n;
    int divided_by_less = 0;
    (void)q;
    if (d->k != E_LIST && d->k != E_AND)
        return 0;
    if (match_get(m, "who") != NULL && strstr(match_get(m, "who")->raw, "次") != NULL)
        return 0;                                     /* how many tests there were is no part of a name */
    long times;
    if (d->n < 2 || d->n > 64 || (match_ex(m, "times") != NULL && (!ex_is_int(match_ex(m, "times"), &times) || times != d->n)))
        return 0;
    for (int i = 0; i < d->n; i++) {
        if (ex_has_sym(d->a[i], NULL) || (v[i] = value_const(c, d->a[i])) == NULL || value_is_real(c, v[i]) != YES)
            return 0;
        ca_add(s, s, v[i], c->ca);
    }
    int count = d->n;
    if (has(m, "drop")) {                             /* without one largest and one smallest */
        int lo = 0, hi = 0;
        if (d->n < 3)
            return 0;
        for (int i = 1; i < d->n; i++) {
            int a = value_cmp(c, v[i], v[lo]), b = value_cmp(c, v[i], v[hi]);
            if (a == 2 || b == 2)
                return 0;
            lo = a < 0 ? i : lo;
            hi = b > 0 ? i : hi;
        }
        ca_sub(s, s, v[lo], c->ca);
        ca_sub(s, s, v[hi], c->ca);
        count -= 2;
    }
    r->k = S_VALUE;
    r->v = s;
    if (has(m, "total")) {
        r->text = calc_printf(c, "data %s, find the sum", ex_text(c, d));
        return 1;
    }
    n = val_si(c, count);
    ca_div(s, s, n, c->ca);
    if (has(m, "median")) {
        for (int i = 1; i < d->n; i++)
            for (int j = i; j > 0; j--) {
                int k = value_cmp(c, v[j - 1], v[j]);
                if (k == 2)
                    return 0;
                if (k <= 0)
                    break;
                val t = v[j];
                v[j] = v[j - 1];
                v[j - 1] = t;
            }
        r->v = val_new(c);
        ca_add(r->v, v[(d->n - 1) / 2], v[d->n / 2], c->ca);
        ca_div_si(r->v, r->v, 2, c->ca);
    } else if (has(m, "variance") || has(m, "deviation")) {
        val t = val_si(c, 0);
        for (int i = 0; i < d->n; i++) {
            val w = val_new(c);
            ca_sub(w, v[i], s, c->ca);
            ca_mul(w, w, w, c->ca);
            ca_add(t, t, w, c->ca);
        }
        int minus = divides_by(match_get(m, "by"));
        if (minus < 0 || (minus != 2 && minus != has(m, "sample") && !has(m, "says")))
            return 0;
        if (has(m, "sample") || minus == 1)
            n = val_si(c, d->n - 1), divided_by_less = 1;
        ca_div(t, t, n, c->ca);
        if (has(m, "deviation"))
            ca_sqrt(t, t, c->ca);
        r->v = t;
    }
    r->text = calc_printf(c, "data %s, find the %s%s", ex_text(c, d), has(m, "drop") ? "mean without the largest and the smallest, the " : has(m, "median") ? "" : has(m, "variance") || has(m, "deviation") ? (divided_by_less ? "sample " : "population ") : "",
                          has(m, "median") ? "median" : has(m, "variance") ? "variance" : has(m, "deviation") ? "standard deviation" : "mean");
    return 1;
}

static int divisor_count(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n, k = 0, sum = 0;
    (void)q;
    if (!ex_is_int(match_ex(m, "n"), &n) || n < 1 || n > 100000000)
        return 0;
    for (long d = 1; d * d <= n; d++)
        if (n % d == 0) {
            k += d * d == n ? 1 : 2;
            sum += d * d == n ? d : d + n / d;
        }
    r->k = S_VALUE;
    r->v = val_si(c, has(m, "sum") ? sum : k);
    r->text = calc_printf(c, "%s of the positive divisors of %ld", has(m, "sum") ? "sum" : "number", n);
    return 1;
}

static int remainder_of(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *n = match_ex(m, "n");
    long mod;
    (void)q;
    if (ex_has_sym(f, NULL) || !ex_is_int(n, &mod) || mod < 2 || mod > 1000000000)
        return 0;
    fmpz_t z, md;
    fmpz_init(z);
    fmpz_init(md);
    fmpz_set_si(md, mod);
    int ok = 0;
    long b, x;
    if (f->k == E_POW && ex_is_int(f->a[0], &b) && ex_is_int(f->a[1], &x) && x >= 0 && b >= 0) {
        fmpz_set_si(z, b);
        fmpz_powm_ui(z, z, (ulong)x, md);
        ok = 1;
    } else {
        val v = value_const(c, f);
        ok = v != NULL && ca_get_fmpz(z, v, c->ca) && fmpz_sgn(z) >= 0;
        if (ok)
            fmpz_mod(z, z, md);
    }
    if (ok) {
        r->k = S_VALUE;
        r->v = val_new(c);
        ca_set_fmpz(r->v, z, c->ca);
        r->text = calc_printf(c, "%s modulo %ld, find the remainder", ex_text(c, f), mod);
    }
    fmpz_clear(z);
    fmpz_clear(md);
    return ok;
}

static int to_decimal(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    (void)q;
    struct ex *ten = match_ex(m, "ten");
    long b;
    if (f->k != E_NUM || (has(m, "binary") && f->base != 2) || f->base == 10 || (ten != NULL && (!ex_is_int(ten, &b) || b != 10)))
        return 0;
    struct ex *bb = match_ex(m, "bb");
    if ((bb != NULL && (!ex_is_int(bb, &b) || b != f->base)) || (has(m, "b3") && f->base != 3) || (has(m, "b5") && f->base != 5) || (has(m, "b8") && f->base != 8))
        return 0;
    r->k = S_VALUE;
    r->v = value_const(c, f);
    r->text = calc_printf(c, "%s in base ten", ex_text(c, f));
    return r->v != NULL;
}

/* A(x, y) as a formula: the point. */
static int point_of(struct calc *c, struct capture *k, val *x, val *y)
{
    const char *s = k != NULL ? k->raw : NULL;
    if (s == NULL)
        return 0;
    if (isupper((unsigned char)*s))
        s++;
    if (*s != '(' && strncmp(s, "\\left(", 6) != 0)
        return 0;
    struct ex *e = parse_all(c, s, strlen(s), 0);
    if (e == NULL || e->k != E_TUPLE || e->n != 2 || e->op != (BR_OPEN_L | BR_OPEN_R) || ex_has_sym(e, NULL))
        return 0;
    *x = value_const(c, e->a[0]);
    *y = value_const(c, e->a[1]);
    return *x != NULL && *y != NULL && value_is_real(c, *x) == YES && value_is_real(c, *y) == YES;
}

static int distance(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    val x1, y1, x2, y2;
    struct capture *p = match_get(m, "p"), *s = match_get(m, "s");
    (void)q;
    struct capture *again = match_get(m, "pn");
    if (again != NULL && (p == NULL || p->raw == NULL || again->raw == NULL || (again->raw[0] != p->raw[0] && !(match_get(m, "named") != NULL && strcmp(again->raw, match_get(m, "named")->raw) == 0))))
        return 0;                                     /* of another point */
    struct capture *line = match_get(m, "l"), *n1 = match_get(m, "name"), *n2 = match_get(m, "n2");
    if (n2 != NULL && (n2->raw == NULL || !((n1 != NULL && n1->raw != NULL && strcmp(n1->raw, n2->raw) == 0) ||
        (line != NULL && line->raw != NULL && strncmp(line->raw, n2->raw, strlen(n2->raw)) == 0 && line->raw[strlen(n2->raw)] == ':'))))
        return 0;                                     /* to another line */
    if (has(m, "origin"))
        x1 = y1 = val_si(c, 0);
    else if (!point_of(c, p, &x1, &y1))
        return 0;
    const char *point = p != NULL ? p->raw : "(0, 0)";
    struct ex *axis = match_ex(m, "ax");
    if (axis != NULL) {
        if (axis->k != E_SYM || (strcmp(axis->s, "x") != 0 && strcmp(axis->s, "y") != 0))
            return 0;
        r->k = S_VALUE;
        r->v = val_new(c);
        ca_abs(r->v, axis->s[0] == 'x' ? y1 : x1, c->ca);
        r->text = calc_printf(c, "point %s, find the distance to the %s-axis", point, axis->s);
        return 1;
    }
    if (s != NULL || has(m, "o2")) {
        if (has(m, "o2"))
            x2 = y2 = val_si(c, 0);
        else if (!point_of(c, s, &x2, &y2))
            return 0;
        struct env env[4] = { { "a", x1, NULL }, { "b", y1, &env[0] }, { "u", x2, &env[1] }, { "w", y2, &env[2] } };
        struct ex *d = parse_all(c, "sqrt((a-u)^2+(b-w)^2)", 21, 0);
        if (d == NULL || value_eval(c, d, &env[3], &r->v) != EV_OK)
            return 0;
        r->text = calc_printf(c, "points %s and %s, find the distance", point, s != NULL ? s->raw : "(0, 0)");
    } else {                                          /* to a line a x + b y + k = 0 */
        struct ex *l = match_ex(m, "l");
        struct sym sy;
        struct rf rf;
        val d, a, b, k;
        sym_init(&sy, c);
        int gx = sym_gen_var(&sy, "x"), gy = sym_gen_var(&sy, "y");
        if (l == NULL || l->k != E_REL || l->n != 2 || l->rels[0] != R_EQ || !sym_rf(&sy, ex_2(c, E_ADD, l->a[0], ex_1(c, E_NEG, l->a[1])), &rf) || sy.n != 2 || !mp_is_const(&sy, &rf.den, &d) ||
            mp_deg(&rf.num, gx) > 1 || mp_deg(&rf.num, gy) > 1)
            return 0;
        struct mp p0 = mp_coeff(&sy, &rf.num, gx, 0), pa = mp_coeff(&sy, &rf.num, gx, 1), pb = mp_coeff(&sy, &p0, gy, 1), pk = mp_coeff(&sy, &p0, gy, 0);
        if (!mp_is_const(&sy, &pa, &a) || !mp_is_const(&sy, &pb, &b) || !mp_is_const(&sy, &pk, &k))
            return 0;
        struct env env[5] = { { "a", a, NULL }, { "b", b, &env[0] }, { "k", k, &env[1] }, { "u", x1, &env[2] }, { "w", y1, &env[3] } };
        struct ex *f = parse_all(c, "|a*u+b*w+k|\\div sqrt(a^2+b^2)", 29, 0);
        if (f == NULL || value_eval(c, f, &env[4], &r->v) != EV_OK)
            return 0;
        r->text = calc_printf(c, "point %s, line %s, find the distance", point, ex_text(c, l));
    }
    r->k = S_VALUE;
    return 1;
}

/* AB = 5: the two letters, sorted, and the length. */
static int side_of(struct calc *c, struct capture *k, char *name, val *v)
{
    const char *s = k != NULL ? k->raw : NULL;
    if (s == NULL || !isupper((unsigned char)s[0]) || !isupper((unsigned char)s[1]))
        return 0;
    name[0] = s[0] < s[1] ? s[0] : s[1];
    name[1] = s[0] < s[1] ? s[1] : s[0];
    name[2] = '\0';
    s += 2;
    while (*s == ' ')
        s++;
    if (v == NULL)
        return *s == '\0';
    if (*s++ != '=')
        return 0;
    struct ex *e = parse_all(c, s, strlen(s), 0);
    return e != NULL && !ex_has_sym(e, NULL) && (*v = value_const(c, e)) != NULL && value_sign_is(c, *v, 1) == YES;
}

/* Two sides and the angle between them: the third by the law of cosines. */
static int cosine_law(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct capture *t = match_get(m, "t"), *an = match_get(m, "angle");
    char ab[4], ac[4], want[4], tri[4] = "", vertex;
    val b, a, w;
    (void)q;
    const char *s = t->raw;
    if (strncmp(s, "\\triangle", 9) == 0)
        s += 9;
    while (*s == ' ')
        s++;
    if (strlen(s) != 3 || !isupper((unsigned char)s[0]) || !isupper((unsigned char)s[1]) || !isupper((unsigned char)s[2]))
        return 0;
    memcpy(tri, s, 3);
    if (!side_of(c, match_get(m, "p"), ab, &a) || !side_of(c, match_get(m, "s"), ac, &b) || !side_of(c, match_get(m, "want"), want, NULL))
        return 0;
    s = an->raw;
    if (strncmp(s, "\\angle", 6) == 0)
        s += 6;
    while (*s == ' ')
        s++;
    vertex = *s++;
    while (*s == ' ')
        s++;
    if (!isupper((unsigned char)vertex) || *s++ != '=')
        return 0;
    struct ex *e = parse_all(c, s, strlen(s), 0);
    if (e == NULL || !ex_has_kind(e, E_DEG) || (w = value_const(c, e)) == NULL)
        return 0;
    /* the angle lies between the sides given; the side asked is opposite */
    if (strchr(ab, vertex) == NULL || strchr(ac, vertex) == NULL || strchr(want, vertex) != NULL || strcmp(ab, ac) == 0)
        return 0;
    for (int i = 0; i < 2; i++)
        if (strchr(tri, ab[i]) == NULL || strchr(tri, ac[i]) == NULL || strchr(tri, want[i]) == NULL)
            return 0;
    val pi = val_new(c);
    ca_pi(pi, c->ca);
    if (value_cmp(c, w, pi) != -1 || value_sign_is(c, w, 1) != YES)
        return 0;
    struct env env[3] = { { "a", a, NULL }, { "b", b, &env[0] }, { "w", w, &env[1] } };
    struct ex *f = parse_all(c, "sqrt(a^2+b^2-2*a*b*cos(w))", 26, 0);
    if (f == NULL || value_eval(c, f, &env[2], &r->v) != EV_OK)
        return 0;
    r->k = S_VALUE;
    r->text = calc_printf(c, "triangle %s, %s, %s, %s, find %s", tri, match_get(m, "p")->raw, match_get(m, "s")->raw, an->raw, want);
    return 1;
}

int read_derangements(struct calc *c, long n, struct reading *r)
{
    long a = 1, b = 0;                                /* those of none, and of one */
    if (n < 1 || n > 15)
        return 0;
    for (long i = 2; i <= n; i++) {
        long t = (i - 1) * (a + b);
        a = b;
        b = t;
    }
    r->k = S_VALUE;
    r->v = val_si(c, b);
    r->text = calc_printf(c, "permutations of %ld without a fixed point, find their number", n);
    return 1;
}

static int derangements(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n, k;
    struct ex *n2 = match_ex(m, "k");
    (void)q;
    return ex_is_int(match_ex(m, "n"), &n) && (n2 == NULL || (ex_is_int(n2, &k) && k == n)) && read_derangements(c, n, r);
}

static int expected_even(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    (void)q;
    r->k = S_VALUE;
    r->v = val_q(c, has(m, "even") ? 12 : 9, 6);
    r->text = calc_printf(c, "one fair die, win the number if %s, else 0, find the expected win", has(m, "even") ? "even" : "odd");
    return 1;
}

static int digits(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n, v = 9;
    (void)q;
    if (!ex_is_int(match_ex(m, "n"), &n) || n < 1 || n > 10)
        return 0;
    for (long i = 1; i < n; i++)
        v *= 10 - i;
    if (n == 1)
        return 0;
    r->k = S_VALUE;
    r->v = val_si(c, v);
    r->text = calc_printf(c, "numbers of %ld different digits, the first not 0, find their number", n);
    return 1;
}

static int extreme_share(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *d = match_ex(m, "d"), *t = match_ex(m, "t");
    (void)q;
    if (d->k != E_RATIO || d->n > 6 || ex_has_sym(d, NULL))
        return 0;
    struct ex *sum = ex_new(c, E_ADD, d->n);
    memcpy(sum->a, d->a, (size_t)d->n * sizeof *d->a);
    struct ex *pick = ex_new(c, E_FN, d->n);
    pick->op = has(m, "max") ? F_MAX : F_MIN;
    memcpy(pick->a, d->a, (size_t)d->n * sizeof *d->a);
    struct ex *parts = match_ex(m, "n");
    long n;
    if (parts != NULL && (!ex_is_int(parts, &n) || n != d->n))
        return 0;
    for (int i = 0; i < d->n; i++) {
        val p = value_const(c, d->a[i]);
        if (p == NULL || value_sign_is(c, p, 1) != YES)
            return 0;
    }
    r->k = S_VALUE;
    struct capture *k = match_get(m, "t");
    r->unit = k->unit;
    r->text = calc_printf(c, "%s divided as %s, find the %s share", ex_text(c, t), ex_text(c, d), has(m, "max") ? "largest" : "smallest");
    return (r->v = value_const(c, ex_2(c, E_DIV, ex_2(c, E_MUL, t, pick), sum))) != NULL;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define INCLUDING "( (\\(|,|)(including{!:incl}|counting{!:incl}|excluding{!:less}|not including{!:less}|not counting{!:less}) (the word itself|itself|the original( one| word|))(\\)|,|)|)"
#define ZINC "(\\((包括|含)(原来的|原|本身的|)(排法|排列|单词|本身|)\\)|)"
#define HOWMANY_ZH "(,|)(共|一共|)(有|)多少(种|个)(不同的|)(选法|选派方法|选取方法|方法)"
#define ASK_LEN "(的长(度|)|长|)(是|为|)(多少|)"

#define DIE_ZH "(质地|)(均匀的|质地均匀的|普通的|)(正方体|)骰子(\\((各面|六个面)(分别|)标有{i:lo}(到|至|~|-){i:hi}\\)|)"
#define DTHROW "(({p:who}|)(随机|同时|)(掷|抛掷|投掷|抛|投)(出|){i:n}(枚|颗|个)" DIE_ZH "(一次|1次|)|(将|把)(一|1)(枚|颗|个)" DIE_ZH "(先后|连续|)(抛掷|投掷|掷|抛|投)(两|2)次|(一|1)(枚|颗|个|)(红|红色)(和|)(一|1)(枚|颗|个|)(蓝|白|黑|绿)(两|2|)(枚|颗|个|)骰子(同时|)(掷|抛|投|投掷|抛掷)(出|一次|)|({p:who}|)(连续|)(掷|抛掷|投掷|抛|投)(两|2)次骰子)"
#define DSUM "((向上一面|朝上一面|向上|朝上|两个|两枚|两颗|两次|掷得|出现|所得|两次朝上|两次向上|朝上的面|)(的|)(点数|点)(之和|的和|和|相加|总和))"
#define DREL "(不为{!:not}|不是{!:not}|不等于{!:not}|恰好为|恰为|恰好是|等于|为|是|不大于{!:atmost}|不超过{!:atmost}|不小于{!:atleast}|不少于{!:atleast}|大于{!:more}|超过{!:more}|小于{!:less}|至少为{!:atleast}|至少是{!:atleast}|至多为{!:atmost})"
#define EDIE "(fair |standard |ordinary |normal |six-sided |)(fair |six-sided |)"
#define EDTHROW "({i:n} " EDIE "dice are (rolled|thrown|tossed|cast)( once| together| at the same time|)|a pair of " EDIE "dice (is|are) (rolled|thrown|tossed|cast)( once|)|(if |)(you|someone|a player) (roll|rolls|throw|throws|toss|tosses) ({i:n} " EDIE "dice|a pair of " EDIE "dice|a " EDIE "die (twice|two times))( once|)|a " EDIE "die is (rolled|thrown|tossed|cast) (twice|two times)|a (red|white|green) die and a (blue|black|yellow) die are (rolled|thrown|tossed)( together| at the same time|))"
#define EDSUM "(the (sum|total) (of the (numbers|points|two numbers|faces|two faces|results|two results|dots|spots|scores|two rolls|dice|two dice)( shown| rolled| on the dice|) |)|the (two |)(numbers|results|scores|rolls|points) (shown |)(add|sum) (up |)to )"
#define EDREL "(is not{!:not} |is at least{!:atleast} |is at most{!:atmost} |is greater than{!:more} |is more than{!:more} |is less than{!:less} |is equal to |equals |is exactly |is |exactly |at least{!:atleast} |at most{!:atmost} |)"
#define EDREL2 "(at least{!:atleast} |at most{!:atmost} |more than{!:more} |less than{!:less} |exactly |)"
#define TRIANGLE "sqrt((a+b+g)*(a+b-g)*(a-b+g)*(b+g-a))"
#define SIDES "a+b>g, a+g>b, b+g>a, a>0, b>0, g>0"
#define INTRI "a circle is inscribed in a triangle (with|of|whose) sides (of length |of lengths |are |){m:a},{m:b}(,|) and {m:g}"
#define ITS "(the circle's |its |the |)"
const struct family read_tables[] = {
    /* ---- counting ---- */
    { .id = "selection", .read = selection, .patterns = P(
        "从{i:a}(名|个|位)男(生|同学|士|工)和{i:b}(名|个|位)女(生|同学|士|工)中(选出|选|任选|挑选|选取){i:k}(人|名|个)(组成(一个|)小组|参加活动|组队|),(要求|其中|且|)(至少{!:atleast}|至多{!:atmost}|恰好{!:exactly}|恰{!:exactly})有{i:j}(名|个|位)女{!:second}(生|同学|士|工)" HOWMANY_ZH ".",
        "从{i:a}(名|个|位)男(生|同学|士|工)和{i:b}(名|个|位)女(生|同学|士|工)中(选出|选|任选|挑选|选取){i:k}(人|名|个)(组成(一个|)小组|参加活动|组队|),(要求|其中|且|)(至少{!:atleast}|至多{!:atmost}|恰好{!:exactly}|恰{!:exactly})有{i:j}(名|个|位)男{!:first}(生|同学|士|工)" HOWMANY_ZH ".",
        "from {i:a} {w:n1} and {i:b} {w:n2},{i:k} (students|people|members|persons|) (are|is) (to be |)(chosen|selected|picked) (for a (team|committee|group)|),in how many (different |)ways can this be done if (at least{!:atleast}|at most{!:atmost}|exactly{!:exactly}) {i:j} {w:n3}{!:second} (must be|is|are) (chosen|selected|included).",
        "from {i:a} {w:n1} and {i:b} {w:n2},{i:k} (students|people|members|persons|) (are|is) (to be |)(chosen|selected|picked) (for a (team|committee|group)|).in how many (different |)ways can this be done if (at least{!:atleast}|at most{!:atmost}|exactly{!:exactly}) {i:j} {w:n3}{!:second} must be chosen.") },
    { .id = "adjacent", .formula = "2*A(n-1,n-1)", .conds = "n>=2", .text = "{n} people in a row, two of them adjacent, find the number of arrangements", .patterns = P(
        "{i:n} people including A and B stand in a (row|line),A and B must (be adjacent|stand next to each other),how many arrangements are there.",
        "(甲、乙|甲,乙)等{i:n}(人|名同学|位同学)(站成一排|排成一排|排成一列),(若|其中|)(甲、乙|甲,乙)(两人|二人|)(必须|要)(相邻|站在一起),(共|一共|则|)(有|)多少种(不同的|)(站法|排法).",
        "{i:n}(人|名同学|位同学)(站成一排|排成一排|排成一列),(若|其中|)(甲、乙|甲,乙)(两人|二人|)(必须|要)(相邻|站在一起),(共|一共|则|)(有|)多少种(不同的|)(站法|排法).",
        "in how many (different |)ways can {i:n} people (stand|be arranged|line up) in a (row|line) if two (particular|given|certain) (people|persons) must (be adjacent|stand next to each other|be next to each other|stand together).") },
    { .id = "not adjacent", .formula = "A(n,n)-2*A(n-1,n-1)", .conds = "n>=2", .text = "{n} people in a row, two of them not adjacent, find the number of arrangements", .patterns = P(
        "{i:n} people including A and B stand in a (row|line),A and B must not (be adjacent|stand next to each other),how many arrangements are there.",
        "(甲、乙|甲,乙)等{i:n}(人|名同学|位同学)(站成一排|排成一排|排成一列),(若|其中|)(甲、乙|甲,乙)(两人|二人|)(不能|不)相邻,(共|一共|则|)(有|)多少种(不同的|)(站法|排法).",
        "{i:n}(人|名同学|位同学)(站成一排|排成一排|排成一列),(若|其中|)(甲、乙|甲,乙)(两人|二人|)(不能|不)相邻,(共|一共|则|)(有|)多少种(不同的|)(站法|排法).",
        "in how many (different |)ways can {i:n} people (stand|be arranged|line up) in a (row|line) if two (particular|given|certain) (people|persons) (must not|may not) (be adjacent|stand next to each other|be next to each other|stand together).") },
    { .id = "derangement", .read = derangements, .patterns = P(
        "{i:n}(个|名|位)(人|同学|客人|学生|朋友)(把|将)(各自的|自己的|)(帽子|礼物|贺卡)(放在一起|放在一个箱子里|集中在一起)(,|)(然后|再|)每人(随机|任意|)(取|拿|抽)(回|走|出|)(一|1)(顶|份|张),(没有人|没有一个人|谁都没有|每人都没有|每个人都没有|每人都没)(拿到|取到|抽到)自己的(帽子|礼物|贺卡)(的|)(拿法|取法|情况|抽法)(共|一共|)有(多少|几)种",
        "{i:n} (people|men|guests|friends|students|children|gentlemen) (put|throw|place|leave|check) their hats (in|into|at) a (box|pile|basket|cloakroom)(,|) and each (person |guest |man |of them |friend |student |child |)(takes|picks|draws|is given|gets) (one|a) hat (back |)at random,in how many ways can (it happen that |)(nobody|no one|none of them|no person) (gets|takes|receives|get|take|receive) (back |)(his|her|their|his or her) own hat( back|)",
        "{i:n} (people|men|guests|friends|students|children|gentlemen) (put|throw|place|leave|check) their hats (in|into|at) a (box|pile|basket|cloakroom),in how many ways can the hats be (given back|returned|handed back) so that (nobody|no one|none of them|no person) (gets|takes|receives) (back |)(his|her|their|his or her) own hat( back|)",
        "in how many ways can {i:n} letters be (placed|put) (in|into) {i:k} addressed envelopes(,one in each,| )so that no letter is in (the|its) (right|correct|own) envelope.", "{i:n} letters are (placed|put) (in|into) {i:k} addressed envelopes,one in each,in how many ways are (all of them|all letters|all) in the wrong (envelope|envelopes).",
        "(将|把){i:n}封信(装入|放入){i:k}个(写好|写有)(地址|收信人地址)的信封,每个(信封|)(里|)(装|放|)一封,(全部装错|全都装错|没有一封装对)的(装法|方法)(共|)有多少种.",
        "{i:n} letters are put (at random |)into {i:k} addressed envelopes,one (letter |)in each,in how many ways (can|are) (all letters|every letter|all of them) (be |go |)(in|into) (the wrong envelope|wrong envelopes|a wrong envelope).",
        "in how many ways can {i:n} letters be put into {i:k} addressed envelopes,one in each,so that (no letter is in the correct envelope|every letter is in the wrong envelope|no letter goes into its own envelope|all are wrong).") },
    { .id = "letters", .read = letters_of, .patterns = P(
        "(find|what is) the number of (different|distinct) (permutations|arrangements|orderings|rearrangements) of (all |)(of |)the letters (of|in) (the word |)('|\"|){w:w}('|\"|).", "all (of |)the letters of (the word |){w:w} are (rearranged{!:again}|arranged|permuted)( in a row|),how many (different|distinct) (orderings|arrangements|orders|words) are possible" INCLUDING ".", "how many (different|distinct|unique) (anagrams{!:again}|arrangements|orderings)" INCLUDING " does (the word |){w:w} have" INCLUDING ".",
        "in how many (different |distinct |)ways can (all |)(of |)the letters (of|in) (the word |){w:w} be arranged (in a row|in a line|in order|).", "(将|把|用|)(英文|英语|)(单词|)(的|){w:w}(的|中的|中|这个单词的|)(所有|全部|各个|{i:count}个|)字母(全部|)(排成一排|排成一行|排成一列|重新排列|进行排列|排列|全排列)(,|)(一共|总共|共|)(可以|能|可|)(有|排成|得到|组成)(多少|几)(种|个)(不同的|)(排法|排列|排列方式|顺序|排列方法|结果)" ZINC ".", "(将|把|用)(英文|英语|)(单词|){w:w}(的|中的|中|这|)(所有|全部|{i:count}个|)字母(重新|)(排成一排|排成一行|排列|全排列|排成一列),(不同的|)(排法|排列|排列方法)(共|一共|)有(多少|几)种" ZINC ".", "用{w:w}(这|的|中的|)({i:count}个|)字母(\\(全部使用\\)|全部|)(可以|能|可|)(组成|排成)(多少|几)(个|种)(不同的|)(字母串|单词|排列).", "how many (different|distinct) (words|strings|sequences)(,| )(with or without meaning(,|)|meaningful or not(,|)|) can be (formed|made) (by (rearranging|arranging)|from|using|with) (all |)(of |)the letters (of|in) (the word |){w:w}.",
        "(英文|)(单词|){w:w}的(所有|)字母(一共|共|)(有|可以有|可排成|可以排成|能排成|)(多少|几)种(不同的|)(排列|排法|排列方式).", "用单词{w:w}的(所有|全部)字母(共|一共|)(可以|能|)(有|组成|排成)多少种不同的排列.",
        "how many (different|distinct) arrangements (are there|exist) of the letters (of|in) (the word |){w:w} other than the word itself{!:less}.", "how many (different|distinct) (arrangements|orders|permutations|rearrangements) (are there|exist|can be made|can be formed|does one get) of (the|all the|all) letters (of|in) (the word |){w:w}.", "in how many (different|distinct) ways can the letters of (the word |){w:w} be arranged.") },
    { .id = "different digits", .read = digits, .patterns = P(
        "how many {i:n}-digit (numbers|integers) have all (digits different|different digits|distinct digits).", "how many {i:n}-digit (positive |)(numbers|integers) have (all |)(digits different|different digits|distinct digits|all digits distinct).",
        "(各位数字|数字|各数位上的数字)(都|互|各)不相同的{i:n}位(正整数|数|自然数)(共|一共|)有多少个.", "(没有重复数字|无重复数字)的{i:n}位(正整数|数|自然数)(共|一共|)有多少个.") },

    /* ---- probability ---- */
    { .id = "dice", .read = dice_sum, .patterns = P(
        DTHROW ",(求|则|)" DSUM DREL "{i:k}(点|)的概率(是多少|为多少|等于多少|是|为|).",
        "(同时|)(掷|抛掷|投掷|抛){i:n}(枚|颗|个)(质地|)(均匀的|)骰子,(点数之和|两个点数之和|向上的点数之和)(为|等于|是|恰好为|大于{!:more}|小于{!:less}|不小于{!:atleast}|不大于{!:atmost}){i:k}的概率(是多少|为多少|等于多少|).",
        "{i:n} (fair |)(six-sided |)dice are (rolled|thrown|tossed),(what is|find) the probability that the sum (of the numbers |of the points |)(is|equals|is equal to|is greater than{!:more}|is less than{!:less}|is at least{!:atleast}|is at most{!:atmost}) {i:k}.",
        EDTHROW ",(what is|find) the probability (that " EDSUM EDREL "{i:k}|(of |)(getting |obtaining |rolling |throwing |)a (sum|total) (of |)" EDREL2 "{i:k}).",
        "{i:n} (fair |)(six-sided |)dice are (rolled|thrown|tossed),(what is|find) the probability (of getting a sum of|of a sum of|of rolling a sum of|of a total of) {i:k}.") },
    { .id = "coins", .read = coins, .patterns = P(
        "(一枚|将一枚|把一枚)(质地|)均匀(的|)硬币(连续|)(抛掷|抛|掷|投掷){i:n}次,(恰好{!:exactly}|恰{!:exactly}|恰有{!:exactly}|至少{!:atleast}|至多{!:atmost})(出现|有|)(了|){i:k}次正面(朝上|向上|)的概率(是多少|为多少|).",
        "a fair coin is (tossed|flipped|thrown) {i:n} times,(find|what is) the probability (of|of getting|that it shows|of obtaining) (exactly{!:exactly}|at least{!:atleast}|at most{!:atmost}) {i:k} heads.") },
    { .id = "two draws", .read = draws, .patterns = P(
        "(袋中|袋子里|一个袋子中|盒中|口袋中)(装|)有{i:a}个{w:n1}球和{i:b}个{w:n2}球(,这些球除颜色外都相同|),(不放回地{!:without}|有放回地|放回地)(依次|连续|)(摸出|取出|摸|取)(两|2)个球,(求|则)(摸出的|)两个(球|)(都是|均为|都为){w:n3}球的概率(是多少|).",
        "a (bag|box|jar|urn) (holds|contains|has) {i:a} {w:n1} (balls |)and {i:b} {w:n2} balls,two balls are drawn (at random |)(without{!:without}|with) replacement,(find|what is) the probability that both (balls |)are {w:n3}.") },
    { .id = "expected win", .read = expected_even, .patterns = P(
        "a fair die is (rolled|thrown) (one time|once),if the result is (even{!:even}|odd) you win that many (dollars|points|euros),(otherwise|else) (you win |)nothing,(what is|find) the expected (win|value of the win|winnings).",
        "(掷|抛掷|投掷)一枚(质地|)均匀的骰子,(若|如果)(点数|结果)(为|是)(偶数{!:even}|奇数)(则|就|)(得到|获得)(相应|与)点数(相同|)的奖金,(否则|不然)没有奖金,(求|计算)奖金的期望(值|).",
        "a fair die is (rolled|thrown) once,if the result is (even{!:even}|odd) you win that many (dollars|points|euros),(otherwise|else) (you win |)nothing,(what is|find) the expected (win|value of the win|winnings).") },

    /* ---- statistics ---- */
    { .id = "mean or median", .read = statistics, .patterns = P(
        "the (mean|average|median{!:median}) of {l:d} is what.",
        "(求|计算|)(一组|)(数据|){l:d}的(总体|样本{!:sample})(方差{!:variance}|标准差{!:deviation})(\\((除以|分母为|分母是|分母取){r:by}\\)|)(是多少|为多少|)", "(求|计算|)(一组|)(数据|){l:d}的(方差{!:variance}|标准差{!:deviation})(\\(除以{r:by}\\)|\\(按除以{r:by}计算\\)){!:says}(是多少|为多少|)", "(find|what is|calculate|compute) the (population|sample{!:sample}) (variance{!:variance}|standard deviation{!:deviation}) (of|for) (the |)(data|data set|numbers|values|following data|set|sample|population|) {l:d}",
        "the values {l:d} (are|form) a whole population,(find|what is) (their|the) (variance{!:variance}|standard deviation{!:deviation}).", "the values {l:d} are a (random |)sample{!:sample} (from a (large |)population|),(find|what is) the (unbiased |)sample (variance{!:variance}|standard deviation{!:deviation}).", "(求|)(一组|)数据{l:d}的(方差{!:variance}|标准差{!:deviation}),按总体(方差|标准差)计算.",
        "(一组|)(数据|){l:d}(中|)(,|)去掉(一个|)最大(值|数|的数|)(和|、|与)(一个|)最小(值|数|的数|)后(,|)(剩下的数的|剩余数据的|其|所得数据的|)(平均数|平均值|平均分){!:drop}(是|为|)(多少|).", "(find|what is) the sum{!:total} of (the numbers |the values |){l:d}.", "(find|what is) the (population|sample{!:sample}) (variance{!:variance}|standard deviation{!:deviation}) of {l:d},dividing by {r:by}.",
        "(求|计算|)总体(数据|){l:d}的(方差{!:variance}|标准差{!:deviation})(是多少|为多少|).", "(已知|)样本{!:sample}(数据|){l:d},(求|计算|则)(样本|它的|其|该样本的|)(方差{!:variance}|标准差{!:deviation})\\((分母为|除以|分母取){r:by}\\)(是多少|为多少|).", "({p:who}|)(的|)(最近|)({i:times}次|)(数学|语文|英语|)(测验|测试|考试|模拟考试|比赛|射击|)(的|)(成绩|得分|分数)(分别|)(为|是){l:d}(\\(|,)(把(它们|这些数据)|)看(作|成)总体(\\)|,)(,|)(求|计算|则)(这组数据的|其|)(方差{!:variance}|标准差{!:deviation}).",
        "(find|what is) the (variance{!:variance}|standard deviation{!:deviation}) of the (data|data set|numbers|values) {l:d},(treating|considering|regarding|taking) (it|them|these) as ((the|a) (whole |entire |)population|a sample{!:sample}).", "(the|a) (entire |whole |)population (consists of|is) (the (numbers|values) |){l:d},(find|what is) (its|the) (variance{!:variance}|standard deviation{!:deviation})( of the population|).",
        "(求|)(一组|)数据{l:d}的(平均数|平均值|中位数{!:median})(是多少|).", "(求|){l:d}的(平均数|平均值|中位数{!:median}).", "(find|what is) the (mean|average|median{!:median}) of (the (numbers|data|data set) |){l:d}.",
        "(求|)(一组|)数据{l:d}的(方差{!:variance}|标准差{!:deviation})(是多少|)\\((总体方差|总体标准差|总体)\\)(是多少|是|等于|).", "(求|)(一组|)数据{l:d}的总体(方差{!:variance}|标准差{!:deviation})(是多少|).", "(求|)(一组|)数据{l:d}的样本{!:sample}(方差{!:variance}|标准差{!:deviation})(是多少|).",
        "(find|what is) the (population|sample{!:sample}) (variance{!:variance}|standard deviation{!:deviation}) of (the (numbers|data|data set) |){l:d}.") },

    /* ---- numbers ---- */
    { .id = "gcd", .formula = "gcd(a,b)", .conds = "a>0, b>0", .text = "greatest common divisor of {a} and {b}", .patterns = P(
        "(求|){i:a}(和|与|、){i:b}的最大公(约数|因数)(是多少|).", "(find|what is|compute) the (greatest common divisor|greatest common factor|highest common factor|GCD) of {i:a} and {i:b}.") },
    { .id = "lcm", .formula = "lcm(a,b)", .conds = "a>0, b>0", .text = "least common multiple of {a} and {b}", .patterns = P(
        "(求|){i:a}(和|与|、){i:b}的最小公倍数(是多少|).", "(find|what is|compute) the (least common multiple|lowest common multiple|LCM) of {i:a} and {i:b}.") },
    { .id = "divisors", .read = divisor_count, .patterns = P(
        "{i:n}(共|一共|)有多少个正(因数|约数).", "how many positive (divisors|factors) does {i:n} have.", "(find|what is) the (number of|sum{!:sum} of (the|all)) positive (divisors|factors) of {i:n}.", "(求|){i:n}的(所有|)正(因数|约数)(的|)(个数|和{!:sum}|之和{!:sum})(是多少|).") },
    { .id = "remainder", .read = remainder_of, .patterns = P(
        "(求|){e:f}除以{i:n}的余数(是多少|).", "(求|){e:f}除以{i:n},余数是(多少|几).", "(what is|find) the remainder when {e:f} is divided by {i:n}.", "(what is|find) the remainder of {e:f} (on division by|divided by) {i:n}.") },
    { .id = "base", .read = to_decimal, .patterns = P(
        "(将|把|){e:f}(化为|转化为|化成|转换为|转换成)十进制数(是多少|).", "(将|把)二进制{!:binary}数{e:f}(化为|转化为|化成|转换为|转换成)十进制数(是多少|).", "(write|convert|express) the binary{!:binary} number {e:f} (in|to|into) (decimal|base {i:ten}|base ten).", "(write|convert|express|find|what is) {e:f} (in|to|into) (decimal|base ten|base {i:ten}).", "(write|convert|express|change) (the number |){e:f} from (binary{!:binary}|octal{!:b8}|base {i:bb}) (to|into) (decimal|base ten|base {i:ten}).", "(write|convert|express) the octal{!:b8} number {e:f} (in|to|into) (decimal|base ten|base {i:ten}).", "(write|convert|express) the base {i:bb} number {e:f} (in|to|into) (decimal|base ten|base {i:ten}).", "(将|把)(三{!:b3}|五{!:b5}|八{!:b8})进制数{e:f}(化为|转化为|化成|转换为|转换成)十进制数(是多少|).", "二进制{!:binary}数{e:f}(等于|化为|是)十进制数(的|)(多少|几|).") },
    { .id = "consecutive even numbers, largest", .formula = "s\\div 3+2", .conds = "s-6*floor(s\\div 6)=0", .text = "three consecutive even numbers with sum {s}, find the largest", .patterns = P(
        "三个连续偶数的和(是|为){i:s},求(其中|)(最大的数|最大的一个|最大数).", "(the|) sum of three (consecutive|successive) even (numbers|integers) is {i:s},(find|what is) the (largest|greatest)(| one| number| of them|of the numbers).") },
    { .id = "consecutive even numbers, smallest", .formula = "s\\div 3-2", .conds = "s-6*floor(s\\div 6)=0", .text = "three consecutive even numbers with sum {s}, find the smallest", .patterns = P(
        "三个连续偶数的和(是|为){i:s},求(其中|)(最小的数|最小的一个|最小数).", "(the|) sum of three (consecutive|successive) even (numbers|integers) is {i:s},(find|what is) the (smallest|least)(| one| number| of them).") },
    { .id = "consecutive integers", .formula = "s\\div 3+1", .conds = "s-3*floor(s\\div 3)=0", .text = "three consecutive integers with sum {s}, find the largest", .patterns = P(
        "三个连续整数的和(是|为){i:s},求(其中|)(最大的数|最大的一个|最大数).", "the sum of three consecutive (integers|numbers|whole numbers) is {i:s},(find|what is) the (largest|greatest)(| one| number| of them).") },
    { .id = "first integers", .formula = "n*(n+1)\\div 2", .conds = "n>0", .text = "1 + 2 + … + {n}, find the sum", .patterns = P(
        "(find |what is |)(the |)sum of the first {i:n} positive integers.", "(求|)前{i:n}个正整数(的|之)和(是多少|).") },
    { .id = "arithmetic sum", .formula = "n*(2*a+(n-1)*d)\\div 2", .conds = "n>0", .text = "arithmetic sequence, first term {a}, difference {d}, find the sum of the first {n} terms", .patterns = P(
        "(已知|)等差数列({r:s}|)的首项(为|是){n:a},公差(为|是){n:d},(求|则)(它的|该数列的|)前{i:n}项(的|)和(是多少|).",
        "(已知|一个|)等差数列(的|)首项(为|是){n:a},公差(为|是){n:d},(求|则)(它的|)前{i:n}项(的|)和(是多少|).",
        "an arithmetic (sequence|progression) has first term {n:a} and common difference {n:d},(find|what is) the sum of (its|the) first {i:n} terms.") },
    { .id = "arithmetic term", .formula = "a+(n-1)*d", .conds = "n>0", .text = "arithmetic sequence, first term {a}, difference {d}, find term {n}", .patterns = P(
        "(已知|一个|)等差数列(的|)首项(为|是){n:a},公差(为|是){n:d},(求|则)(它的|)第{i:n}项(是多少|).", "an arithmetic (sequence|progression) has first term {n:a} and common difference {n:d},(find|what is) (the|its) {i:n}th term.") },
    { .id = "geometric sum", .formula = "a*(1-q^n)\\div(1-q)", .conds = "n>0, q\\ne 1, q\\ne 0", .text = "geometric sequence, first term {a}, ratio {q}, find the sum of the first {n} terms", .patterns = P(
        "(已知|一个|)等比数列(的|)首项(为|是){n:a},公比(为|是){n:q},(求|则)(它的|)前{i:n}项(的|)和(是多少|).", "a geometric (sequence|progression) has first term {n:a} and common ratio {n:q},(find|what is) the sum of (its|the) first {i:n} terms.") },

    /* ---- geometry: lengths with one unit or none ---- */
    { .id = "circle in a square", .unit = "^2", .formula = "a^2-\\pi*(a\\div 2)^2", .conds = "a>0", .text = "square of side {a}, circle inscribed in it, find the area of the square outside the circle", .patterns = P(
        "a circle (is inscribed in|touches all sides of) (a|the) square (with|of) side (length |){m:a},the (region|part) (inside|of) the square (but|that is) outside (the|this) circle is shaded,(what is|find) the area of the shaded region.",
        "正方形(的|)边长(为|是){m:a},(其内|它的内部)有(一个|它的|)内切圆,正方形(内|之内)(、|,|)圆外的(部分|区域)(为|是)阴影(部分|),(求|计算)阴影部分的面积.",
        "(一个|)圆内(接|切)于边长(为|是){m:a}的正方形,(求|计算)(圆|该圆)(与|和)正方形之间的(阴影|)区域(的|)面积.") },
    { .id = "hypotenuse", .unit = "^1", .formula = "sqrt(a^2+b^2)", .conds = "a>0, b>0", .text = "right triangle, legs {a} and {b}, find the hypotenuse", .patterns = P(
        "直角三角形两直角边(长|)(分别|)(为|是){m:a}(和|、|与){m:b},(求|)斜边(的|)(长|长度|)(是多少|).", "the (two |)legs of a right triangle (are|have lengths|have length|measure|are of length) {m:a} and {m:b},(find|what is|how long is) (the length of |)the hypotenuse.",
        "a right triangle has legs (of length |of lengths |){m:a} and {m:b},(how long is|find|what is) (the length of |)(the|its) hypotenuse.", "直角三角形(的|)两(条|)直角边(长|)(分别|)(为|是){m:a}(和|、|与){m:b},求(它的|)斜边(的|)(长|长度|).") },
    { .id = "leg", .unit = "^1", .formula = "sqrt(h^2-a^2)", .conds = "a>0, h>a", .text = "right triangle, hypotenuse {h}, leg {a}, find the other leg", .patterns = P(
        "find the length of the other leg of a right triangle with hypotenuse {m:h} and (one |a |)leg {m:a}.", "the hypotenuse of a right triangle is {m:h} and (one |a )leg is {m:a},(find|what is|how long is) (the length of |)the other leg.",
        "直角三角形(的|)斜边(长|)(为|是){m:h},一条直角边(长|)(为|是){m:a},求另一(条|)直角边(的|)(长|长度|).",
        "a right triangle has (a |)hypotenuse (of length |of |){m:h} and (one |a |)leg (of length |of |){m:a},(find|how long is|what is) (the length of |)the other leg.") },
    { .id = "incircle of a right triangle", .unit = "^1", .formula = "(a+b-sqrt(a^2+b^2))\\div 2", .conds = "a>0, b>0", .text = "right triangle, legs {a} and {b}, find the inradius", .patterns = P(
        "a right triangle has legs (of length |of lengths |){m:a} and {m:b},(find|what is) the radius of its (inscribed circle|incircle).", "直角三角形(的|)两(条|)直角边(长|)(分别|)(为|是){m:a}(和|、|与){m:b},求(它的|其)内切圆(的|)半径.") },
    { .id = "inscribed circle, radius", .unit = "^1", .formula = TRIANGLE "\\div(2*(a+b+g))", .conds = SIDES, .text = "triangle with sides {a}, {b}, {g}, find the inradius", .patterns = P(INTRI ",(find|what is|how long is|how large is) " ITS "radius.") },
    { .id = "inscribed circle, diameter", .unit = "^1", .formula = TRIANGLE "\\div(a+b+g)", .conds = SIDES, .text = "triangle with sides {a}, {b}, {g}, find the diameter of the inscribed circle", .patterns = P(INTRI ",(find|what is|how long is|how large is) " ITS "diameter.") },
    { .id = "inscribed circle, area", .unit = "^2", .formula = "\\pi*(" TRIANGLE "\\div(2*(a+b+g)))^2", .conds = SIDES, .text = "triangle with sides {a}, {b}, {g}, find the area of the inscribed circle", .patterns = P(INTRI ",(find|what is|how large is) the area of the circle.") },
    { .id = "circumscribed circle, radius", .unit = "^1", .formula = "a*b*g\\div " TRIANGLE, .conds = SIDES, .text = "triangle with sides {a}, {b}, {g}, find the circumradius", .patterns = P("a circle is circumscribed (about|around) a triangle (with|of|whose) sides (of length |of lengths |are |){m:a},{m:b}(,|) and {m:g},(find|what is|how long is|how large is) " ITS "radius.") },
    { .id = "area of a triangle from its sides", .unit = "^2", .formula = "sqrt((a+b+g)*(a+b-g)*(a-b+g)*(b+g-a))\\div 4", .conds = "a+b>g, a+g>b, b+g>a, a>0, b>0, g>0", .text = "triangle with sides {a}, {b}, {g}, find the area", .patterns = P(
        "a triangle has sides (of length |of lengths |){m:a},{m:b} and {m:g},(find|what is) (its|the) area (of the triangle|).", "(一个|)三角形(的|)三边(长|)(分别|)(为|是|){m:a}(、|,){m:b}(、|,|和){m:g},求(其|它的|三角形的|这个三角形的)面积.") },
    { .id = "area of a sector", .unit = "^2", .formula = "r^2*w\\div 2", .conds = "r>0, w>0, w<=2*\\pi", .text = "sector of radius {r} and angle {w}, find the area", .patterns = P(
        "a sector of a circle of radius {m:r} has a central angle of {n:w},(find|what is) the area of the sector.", "a sector (has|with) radius {m:r} and central angle {n:w},(find|what is) (its|the) area (of the sector|).", "扇形(的|)半径(为|是){m:r},圆心角(为|是){n:w},求(扇形的|它的|该扇形的|)面积.") },
    { .id = "arc length", .unit = "^1", .formula = "r*w", .conds = "r>0, w>0, w<=2*\\pi", .text = "sector of radius {r} and angle {w}, find the arc length", .patterns = P(
        "a sector of a circle (of|with) radius {m:r} has a central angle of {n:w},(find|what is) the (arc length|length of (the|its) arc).", "a sector (has|with|of) radius {m:r} and (a |)central angle (of |){n:w},(find|what is) (the|its) (arc length|length of (the|its) arc).", "in a circle of radius {m:r},(find|what is) the length of (the|an) arc (subtended by|with|of) a central angle of {n:w}.", "扇形(的|)半径(为|是){m:r},圆心角(为|是){n:w},求(扇形的|它的|该扇形的|)弧长.") },
    { .id = "cone volume", .unit = "^3", .formula = "\\pi*r^2*h\\div 3", .conds = "r>0, h>0", .text = "cone, base radius {r}, height {h}, find the volume", .patterns = P(
        "a cone has base radius {m:r} and height {m:h},(what is|find) (its|the) volume (of the cone|).", "圆锥(的|)底面半径(为|是){m:r},高(为|是){m:h},求(它的|其|圆锥的|)体积.", "find the volume of a cone with (base |)radius {m:r} and height {m:h}.") },
    { .id = "cone lateral area", .unit = "^2", .formula = "\\pi*r*sqrt(r^2+h^2)", .conds = "r>0, h>0", .text = "cone, base radius {r}, height {h}, find the lateral area", .patterns = P(
        "圆锥(的|)底面半径(为|是){m:r},高(为|是){m:h},求(它的|其|圆锥的|)侧面积.", "a cone has base radius {m:r} and height {m:h},(what is|find) (its|the) lateral (surface |)area.") },
    { .id = "cylinder volume", .unit = "^3", .formula = "\\pi*r^2*h", .conds = "r>0, h>0", .text = "cylinder, base radius {r}, height {h}, find the volume", .patterns = P(
        "a cylinder has (base |)radius {m:r} and height {m:h},(what is|find) (its|the) volume.", "圆柱(的|)底面半径(为|是){m:r},高(为|是){m:h},求(它的|其|圆柱的|)体积.", "find the volume of a cylinder with (base |)radius {m:r} and height {m:h}.") },
    { .id = "sphere volume", .unit = "^3", .formula = "4*\\pi*r^3\\div 3", .conds = "r>0", .text = "sphere of radius {r}, find the volume", .patterns = P(
        "求半径(为|是){m:r}的球的体积.", "(find|what is) the volume of a (sphere|ball) (of|with) radius {m:r}.", "a (sphere|ball) has radius {m:r},(find|what is) its volume.", "球(的|)半径(为|是){m:r},求(它的|其|球的|)体积.") },
    { .id = "sphere area", .unit = "^2", .formula = "4*\\pi*r^2", .conds = "r>0", .text = "sphere of radius {r}, find the surface area", .patterns = P(
        "求半径(为|是){m:r}的球的表面积.", "(find|what is) the surface area of a (sphere|ball) (of|with) radius {m:r}.", "a (sphere|ball) has radius {m:r},(find|what is) its surface area.", "球(的|)半径(为|是){m:r},求(它的|其|球的|)表面积.") },
    { .id = "circle area", .unit = "^2", .formula = "\\pi*r^2", .conds = "r>0", .text = "circle of radius {r}, find the area", .patterns = P(
        "求半径(为|是){m:r}的圆的面积.", "(find|what is) the area of a circle (of|with) radius {m:r}.") },
    { .id = "circumference", .unit = "^1", .formula = "2*\\pi*r", .conds = "r>0", .text = "circle of radius {r}, find the circumference", .patterns = P(
        "求半径(为|是){m:r}的圆的周长.", "(find|what is) the circumference of a circle (of|with) radius {m:r}.") },
    { .id = "regular hexagon", .unit = "^2", .formula = "3*sqrt(3)*a^2\\div 2", .conds = "a>0", .text = "regular hexagon of side {a}, find the area", .patterns = P(
        "正六边形(的|)边长(为|是){m:a},求(它的|其|)面积.", "(find|what is) the area of a regular hexagon (of|with) side (length |){m:a}.") },
    { .id = "equilateral triangle", .unit = "^2", .formula = "sqrt(3)*a^2\\div 4", .conds = "a>0", .text = "equilateral triangle of side {a}, find the area", .patterns = P(
        "(正三角形|等边三角形)(的|)边长(为|是){m:a},求(它的|其|)面积.", "(find|what is) the area of an equilateral triangle (of|with) side (length |){m:a}.") },
    { .id = "rectangle area", .unit = "^2", .formula = "a*b", .conds = "a>0, b>0", .text = "rectangle {a} by {b}, find the area", .patterns = P(
        "长方形(的|)长(为|是){m:a},宽(为|是){m:b},求(它的|其|)面积.", "(find|what is) the area of a rectangle with length {m:a} and width {m:b}.", "a rectangle has length {m:a} and width {m:b},(find|what is) its area.") },
    { .id = "distance", .read = distance, .patterns = P(
        "(求|)点{r:p}(与|和|到)((坐标|)原点{!:o2}|{v:ax}轴)(之间|)的距离(是多少|为多少|等于多少|是|为|).", "(find|what is) the distance (between|from) (the |)(point |){r:p} (and|to) the (origin{!:o2}|{v:ax}-axis|{v:ax} axis).", "how far is (the |)(point |){r:p} from the (origin{!:o2}|{v:ax}-axis|{v:ax} axis).",
        "求点{r:p}(与|和|到)(点|){r:s}(之间的|的)距离.", "(求|计算|)(点{r:p}|(坐标|)原点{!:origin})到直线({v:name}:|){e:l}的(垂直|最短|)距离({v:d}|)(是多少|等于多少|为多少|为|是|等于|).",
        "(已知|设|若|)点{r:p}(和|与|,|及)直线({v:name}:|){e:l},(求|则)(点{w:pn}|它|该点|这个点)到(该|这条|此|)直线({v:n2}|)的距离({v:d}|)(是多少|等于多少|为多少|为|是|等于|).", "(过|经过|由|从)点{r:p}(作|向|引)直线({v:name}:|){e:l}(作|引|)(的|)(垂线|垂线段)(,|)(求|则)(这条|该|)垂线段的长(度|)(是多少|).",
        "(the |)point {w:named} has coordinates {r:p},(find|what is) (its distance|the distance (of|from) {w:pn}) (to|from) the line ({v:name}:|){e:l}.", "(find|what is) the length of the perpendicular (segment |)(dropped |drawn |)from (the |)(point |)({r:p}|origin{!:origin}) (on|onto|to) the line ({v:name}:|){e:l}.", "(find|what is) the distance (between|from) (the |)(points |point |){r:p} (and|to) (the point |){r:s}.",
        "(find|what is) the (perpendicular |shortest |)distance (from|of|between) (the |)(point |)({r:p}|origin{!:origin}) (to|from|and) the (straight |)line ({v:name}:|){e:l}.", "how far is (the |)(point |)({r:p}|origin{!:origin}) from the (straight |)line ({v:name}:|){e:l}.") },
    { .id = "law of cosines", .read = cosine_law, .patterns = P(
        "(已知|)(在|)(三角形|)({r:t}|{w:t})中,(已知|){r:p},{r:s},{r:angle},(求|则)(边|)({r:want}|{w:want})(的长(度|)|长|)(是多少|为|是|=|).", "in (the |)(triangle |)({r:t}|{w:t}),{r:p},{r:s} and {r:angle},(find|what is|determine|calculate) (the length of |)(the side |side |)({r:want}|{w:want}).", "(the |)triangle ({r:t}|{w:t}) has {r:p},{r:s} and {r:angle},(find|what is|determine|calculate) (the length of |)(the side |side |)({r:want}|{w:want}).") },

    /* ---- words with units ---- */
    { .id = "average speed, there and back", .formula = "2*a*b\\div(a+b)", .conds = "a>0, b>0", .dims = "a:v b:v", .unit = "a", .text = "there at {a}, back at {b} by the same road, find the average speed", .patterns = P(
        "a (car|bus|cyclist|train|truck|man|driver) (drives|travels|goes|rides) to (a|the) (town|city|village|place) at {q:a} and returns (along|by|on) the same (road|route|way) at {q:b},what is (its|the|his|her) average speed for the (round|whole|entire) trip.") },
    { .id = "average speed, there and back (zh)", .formula = "(2*a*b\\div(a+b))*5\\div 18", .conds = "a>0, b>0", .unit = "km/h", .text = "there at {a} km/h, back at {b} km/h by the same road, find the average speed", .patterns = P(
        "一辆(汽车|客车|货车|轿车)以每小时{n:a}(千米|公里)的速度(去某地|去往某地|驶往某地|从甲地到乙地),再以每小时{n:b}(千米|公里)的速度(沿|)(原路|同一条路)返回,(求|计算)(往返|全程)的平均速度(\\((千米/时|千米/小时)\\)|).",
        "甲、乙两地相距{q:s},一辆(汽车|客车|货车|轿车)去时每小时行{n:a}(千米|公里),返回时每小时行{n:b}(千米|公里),(求|计算)(往返|全程)的平均速度(\\((千米/时|千米/小时)\\)|).") },
    { .id = "percent up and down", .formula = "p*(1+a)*(1-b)", .conds = "p>0, a>=0, b>=0, b<=1", .dims = "p:$ a:% b:%", .unit = "p", .text = "{p} raised by {a}, then lowered by {b}, find the final price", .patterns = P(
        "(一件|一种|某|某种|)(商品|衣服|产品)(的|)原价(为|是|){q:p},先(涨价|提价|上涨|提高){n:a}(后|),(再|又|然后)(降价|下降|降低){n:b}(,|)(求|)(现价|现在的价格|最后的价格|最终价格|最后价格|此时的价格)(是|为|)(多少({u:unit}|)|).",
        "a price of {q:p} is (raised|increased) by {n:a} and then (lowered|reduced|decreased) by {n:b},(what is|find) the final price.",
        "(一件|某)商品(的|)(原价|价格)(为|是|){q:p},先(涨价|提价|上涨){n:a},(再|然后)(降价|下降){n:b},(求最后的价格|现在的价格是多少|最后的价格是多少({u:unit}|)).") },
    { .id = "work together", .formula = "a*b\\div(a+b)", .conds = "a>0, b>0", .dims = "a:t b:t", .unit = "a", .text = "alone {a} and {b}, find the time together", .patterns = P(
        "A 管单独注满水池需(要|){q:a},B 管单独注满(水池|)需(要|){q:b},两管同时(打开|开)需(要|)多少{u:unit}(注满|可以注满|).", "A can (finish|do|complete) a job in {q:a} and B (can (finish|do|complete) (it|the job) |)in {q:b},(how (long|many {u:unit}) do they need together|how (long|many {u:unit}) (will|does) it take them (working |)together).", "worker A alone needs {q:a} for a job and worker B alone needs {q:b},how (long|many {u:unit}) do they need together.", "甲单独做一项(工程|工作)需(要|){q:a}(完成|),乙单独做(需|需要|要){q:b}(完成|),(甲、乙|)(两人|)(合作|一起做|合做)需(要|)多少{u:unit}(完成|).",
        "pipe A fills a tank in {q:a} and pipe B (fills it |)in {q:b},how long do both (pipes |)(together need|need together|take together).", "a tank is filled by pipe A alone in {q:a} and by pipe B alone in {q:b},how (long|many {u:unit}) (do|will) (both|the two) (pipes|of them) together (need to fill|take to fill) it.",
        "甲单独完成一项(工程|工作)需(要|){q:a},乙单独完成需(要|){q:b},(甲、乙|)(两人|)(合作|一起做|合做)需(要|)多少{u:unit}(完成|).", "一项(工程|工作),甲单独(做|完成)需(要|){q:a},乙单独(做|完成)需(要|){q:b},(甲、乙|)(两人|)(合作|一起做|合做)需(要|)多少{u:unit}(完成|).") },
    { .id = "price with tax", .formula = "p*(1+a)", .conds = "p>0, a>0, a<1", .dims = "p:$ a:%", .unit = "p", .text = "{p} and a tax of {a}, find the whole price", .patterns = P("a (book|coat|jacket|shirt|phone|bike|chair|table|lamp|meal|computer) costs {q:p} before tax,(what|how much) does it cost with (a |){n:a} (sales |)tax.", "a (book|coat|jacket|shirt|phone|bike|chair|table|lamp|meal|computer) costs {q:p} (plus|and) (a |){n:a} (sales |)tax,(what is|find) the total (price|cost).") },
    { .id = "dilution", .formula = "m*a\\div b-m", .conds = "m>0, a>b, b>0, a<=1", .dims = "m:s a:% b:%", .unit = "m", .text = "{m} of strength {a}, add water to reach {b}, find how much", .patterns = P(
        "how (many {u:unit}|much) (of |)(pure |)water must be added to {q:m} of a {n:a} (salt |sugar |acid |alcohol |)solution to (obtain|get|make|produce) a {n:b} solution.",
        "在{q:m}(浓度为|含盐|含糖){n:a}的(盐水|糖水|溶液)中加(入|)多少{u:unit}水,(浓度变为|可得到浓度为|能使浓度变为){n:b}(的盐水|的糖水|).") },
    { .id = "age", .formula = "(f-k*s)\\div(k-1)", .conds = "k>1, f>s, s>0, (f-k*s)\\div(k-1)>=0", .unit = "years", .text = "ages {f} and {s}, in how many years is the first {k} times the second", .patterns = P(
        "{p:q}今年{n:s}岁,{p:p}(今年|){n:f}岁,(几|多少|经过多少)年后{p:p}的年龄是{p:q}(年龄|的年龄|)的{n:k}倍.",
        "a {w:p} is {n:f} (years old |)and (his|her) {w:q} is {n:s} (years old|),in how many years will (the|his|her|) {w:p} be {n:k} times as old as (the|his|her|) {w:q}.",
        "{p:p}今年{n:f}岁,{p:q}(今年|){n:s}岁,(几|多少|经过多少)年后{p:p}的年龄是{p:q}(年龄|的年龄|)的{n:k}倍.") },
    { .id = "age (twice)", .formula = "f-2*s", .conds = "f>s, s>0, f-2*s>=0", .unit = "years", .text = "ages {f} and {s}, in how many years is the first twice the second", .patterns = P(
        "a {w:p} is {n:f} (years old |)and (his|her) {w:q} is {n:s} (years old|),in how many years will (the|his|her|) {w:p} be twice as old as (the|his|her|) {w:q}.") },
    { .id = "compound interest", .formula = "p*(1+a)^n", .conds = "p>0, a>0, n>0, n<100", .dims = "p:$ a:%", .unit = "p", .text = "{p} at {a} a year, compounded yearly, {n} years, find the amount", .patterns = P(
        "you invest {q:p} at {n:a} annual interest(,| )(compounded|that is compounded) (yearly|annually),how much do you have after {i:n} years.", "{q:p} is invested at {n:a} annual interest (compounded|that is compounded) (yearly|annually),(how much is it worth|what is it worth|find the amount) after {i:n} years.",
        "本金{q:p},年利率(为|是|){n:a},按(年|)复利计算,{i:n}年后(的|)本利和(是|为)多少({u:unit}|).") },
    { .id = "simple interest", .formula = "p*(1+a*n)", .conds = "p>0, a>0, n>0, n<100", .dims = "p:$ a:%", .unit = "p", .text = "{p} at {a} a year, simple interest, {n} years, find the amount", .patterns = P(
        "本金{q:p},年利率(为|是|){n:a},按单利计算,{i:n}年后(的|)本利和(是|为)多少({u:unit}|).", "you invest {q:p} at {n:a} simple annual interest,how much do you have after {i:n} years.") },
    { .id = "train and bridge", .formula = "(l+b)\\div v", .conds = "l>0, b>0, v>0", .dims = "l:l b:l v:v", .unit = "s", .text = "train of length {l}, bridge of length {b}, speed {v}, find the time to cross completely", .patterns = P(
        "a train {q:l} long travels at {q:v},how (long|many {u:unit}) does it take to (completely |)cross a (bridge|tunnel) {q:b} long (completely |).",
        "a train {q:l} long crosses a (bridge|tunnel) {q:b} long at {q:v},how (long|many {u:unit}) does it take to cross (it |)completely.", "a train {q:l} long (passes|goes) completely (over|through) a (bridge|tunnel) {q:b} long at {q:v},how long does it take.") },
    { .id = "train and bridge (zh)", .formula = "(l+b)\\div v", .conds = "l>0, b>0, v>0", .dims = "l:l b:l", .unit = "s", .text = "train of length {l}, bridge of length {b}, {v} m/s, find the time to cross completely in seconds", .patterns = P(
        "一列长{q:l}的火车以每秒{n:v}米的速度(通过|穿过)一(座|条)长{q:b}的(大桥|桥|隧道),(完全通过|从车头上桥到车尾离桥)(共|)需(要|)多少秒.") },
    { .id = "price before a discount", .formula = "p\\div(1-a)", .conds = "p>0, a>0, a<1", .dims = "p:$ a:%", .unit = "p", .text = "{p} after {a} off, find the original price", .patterns = P(
        "(一件|一台|一双|某)(外套|商品|衣服|上衣|夹克|裤子|电视)(降价|降低){n:a}后(的|)(售价|价格|卖)(是|为|){q:p},(求|)(它的|)原价(是|为|)(多少({u:unit}|)|).", "after a {n:a} discount,a (jacket|coat|shirt|book|bag|bike|bicycle|phone|dress|computer) costs {q:p},what was (the|its) original price.",
        "a (jacket|coat|shirt|book|bag|bike|bicycle|phone|dress|computer|pair of shoes) costs {q:p} after a {n:a} discount,what was (the|its) original price.",
        "(一件|某)(商品|衣服|上衣|夹克)(打折后|降价|降价){n:a}后(的|)(售价|价格)(是|为|){q:p},(求|)原价(是|为|)(多少({u:unit}|)|).") },
    { .id = "price before n-tenths", .formula = "p*10\\div z", .conds = "p>0, z>0, z<10", .dims = "p:$", .unit = "p", .text = "{p} at {z} tenths of the price, find the original price", .patterns = P(
        "(一件|一台|一双|某)(外套|商品|衣服|上衣|夹克|裤子|电视)打{i:z}折后(的|)(售价|价格)(是|为|){q:p},(求|)(它的|)原价(是|为|)(多少({u:unit}|)|).") },
    { .id = "share", .read = extreme_share, .patterns = P(
        "(a sum of|) {n:t} is (divided|split|shared) in the ratio {e:d},(what is|find) the (largest{!:max}|smallest|greatest{!:max}|least) share.", "把{n:t}按{e:d}(分成|分为){i:n}份,(最小的|最大的{!:max})一份是多少.", "把{n:t}按{e:d}分配,(最小的|最大的{!:max})一份是多少.") },
    { .id = NULL },
};
