/* read_numbers.c - whole numbers: common divisors and multiples, divisors, remainders,
 * last digits, prime factors, counting multiples and primes, number bases; and the
 * reciprocal, the opposite, the absolute value, the roots of a number. */
#include "plugins/calculator/questions/read.h"

#include <string.h>

static long gcd(long a, long b)
{
    while (b != 0) {
        long t = a % b;
        a = b;
        b = t;
    }
    return a < 0 ? -a : a;
}

/* {l:d}, or {i:a} and {i:b}. */
static int common(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *d = match_ex(m, "d"), *item[8];
    long v[8], g = 0, l = 1;
    int n = 0;
    (void)q;
    if (d != NULL) {
        if (d->n < 2 || d->n > 8)
            return 0;
        for (int i = 0; i < d->n; i++)
            item[n++] = d->a[i];
    } else {
        item[n++] = match_ex(m, "a");
        item[n++] = match_ex(m, "b");
    }
    for (int i = 0; i < n; i++) {
        if (item[i] == NULL || !ex_is_int(item[i], &v[i]) || v[i] < 1 || v[i] > 1000000000L)
            return 0;
        g = gcd(g, v[i]);
        long k = v[i] / gcd(l, v[i]);
        if (l > 1000000000000000L / k)
            return 0;
        l *= k;
    }
    int a = has(m, "gcd"), b = has(m, "lcm"), first = has(m, "lcmfirst");
    if (!a && !b)
        return 0;
    if (a && b) {                                     /* in the order in which they are asked */
        static const char *const names[] = { "gcd", "lcm" };
        read_two(c, r, names, val_si(c, g), val_si(c, l), first);
    } else {
        r->k = S_VALUE;
        r->v = val_si(c, a ? g : l);
    }
    r->text = calc_printf(c, "%s of", a && b ? "greatest common divisor and least common multiple" : a ? "greatest common divisor" : "least common multiple");
    for (int i = 0; i < n; i++)
        r->text = calc_printf(c, "%s %ld", r->text, v[i]);
    return 1;
}

static int factor(long n, long *p, int *e)
{
    int k = 0;
    for (long d = 2; d * d <= n; d++)
        if (n % d == 0) {
            p[k] = d;
            for (e[k] = 0; n % d == 0; n /= d)
                e[k]++;
            k++;
        }
    if (n > 1) {
        p[k] = n;
        e[k++] = 1;
    }
    return k;
}

/* Positive divisors with a condition; the prime ones; the totient. */
static int divisors(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n, p[16], count = 0, sum = 0, product = 1;
    int e[16];
    (void)q;
    if (!ex_is_int(match_ex(m, "n"), &n) || n < 2 || n > 100000000L)
        return 0;
    int k = factor(n, p, e);
    const char *what;
    if (has(m, "prime")) {
        for (int i = 0; i < k; i++) {
            count++;
            sum += p[i];
            product *= p[i];
        }
        what = "different prime divisors";
        if (has(m, "least") || has(m, "most"))
            count = has(m, "least") ? p[0] : p[k - 1];
    } else if (has(m, "coprime")) {
        long phi = n;
        for (int i = 0; i < k; i++)
            phi = phi / p[i] * (p[i] - 1);
        long same;
        if (!ex_is_int(match_ex(m, "n2"), &same) || same != n)
            return 0;
        count = phi;
        what = "numbers from 1 to n coprime to it";
    } else {
        for (long d = 1; d * d <= n; d++) {
            if (n % d != 0)
                continue;
            for (int side = 0; side < (d * d == n ? 1 : 2); side++) {
                long t = side ? n / d : d;
                if ((has(m, "even") && t % 2 != 0) || (has(m, "odd") && t % 2 == 0) || (has(m, "proper") && (t == 1 || t == n)) || (has(m, "notself") && t == n))
                    continue;
                count++;
                sum += t;
            }
        }
        what = has(m, "even") ? "even positive divisors" : has(m, "odd") ? "odd positive divisors" : has(m, "proper") ? "positive divisors but 1 and itself" : has(m, "notself") ? "positive divisors but itself" : "positive divisors";
    }
    r->k = S_VALUE;
    r->v = val_si(c, has(m, "sum") ? sum : has(m, "product") ? product : count);
    r->text = calc_printf(c, "%s of %ld, find their %s", what, n, has(m, "sum") ? "sum" : has(m, "product") ? "product" : "number");
    return !has(m, "product") || has(m, "prime");
}

/* base^exponent or an integer, modulo 10^digits or n. */
static int modulo(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f"), *ne = match_ex(m, "n");
    long n = 10;
    (void)q;
    if (f == NULL || ex_has_sym(f, NULL) || (ne != NULL && (!ex_is_int(ne, &n) || n < 2 || n > 1000000000L)))
        return 0;
    if (has(m, "two"))
        n = 100;
    fmpz_t z, md;
    fmpz_init(z);
    fmpz_init_set_ui(md, (ulong)n);
    long b, x;
    int ok = 0;
    if (f->k == E_POW && ex_is_int(f->a[0], &b) && ex_is_int(f->a[1], &x) && x >= 0 && b >= 0) {
        fmpz_set_si(z, b);
        fmpz_powm_ui(z, z, (ulong)x, md);
        ok = 1;
    } else if (f->k == E_NUM || f->k == E_ADD || f->k == E_MUL || f->k == E_FACT) {
        val v = value_const(c, f);
        ok = v != NULL && ca_get_fmpz(z, v, c->ca) && fmpz_sgn(z) >= 0;
        if (ok)
            fmpz_mod(z, z, md);
    }
    if (ok) {
        r->k = S_VALUE;
        r->v = val_new(c);
        ca_set_fmpz(r->v, z, c->ca);
        ok = !has(m, "two") || fmpz_cmp_ui(z, 10) >= 0;       /* 07 or 7 */
        r->text = calc_printf(c, "%s modulo %ld", ex_text(c, f), n);
    }
    fmpz_clear(z);
    fmpz_clear(md);
    return ok;
}

static int prime_factors(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n;
    (void)q;
    if (!ex_is_int(match_ex(m, "n"), &n) || n < 4 || n > 1000000000L)
        return 0;
    r->k = S_PRIMES;
    r->v = val_si(c, n);
    r->text = calc_printf(c, "%ld as a product of primes", n);
    return 1;
}

/* Multiples of k, primes, squares among a..b (both counted). */
static int counted(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long a = 1, b, k = 1, k2 = 0, n = 0, sum = 0;
    struct ex *ae = match_ex(m, "a"), *ke = match_ex(m, "k"), *k2e = match_ex(m, "k2");
    (void)q;
    if ((ae != NULL && !ex_is_int(ae, &a)) || !ex_is_int(match_ex(m, "b"), &b) || (ke != NULL && !ex_is_int(ke, &k)) || (k2e != NULL && !ex_is_int(k2e, &k2)) || a < 1 || b < a || b > 200000 || k < 1)
        return 0;
    long said = b - a + 1;
    if (match_ex(m, "nn") != NULL && (!ex_is_int(match_ex(m, "nn"), &said) || said != b - a + 1))
        return 0;
    if (has(m, "strict"))
        b--;
    if (has(m, "within")) {                           /* is a prime b itself within b? */
        int prime = b > 1;
        for (long d = 2; d * d <= b; d++)
            prime &= b % d != 0;
        if (prime)
            return 0;
    }
    if (has(m, "same"))                               /* between 1 and 100: the ends must not matter */
        for (int i = 0; i < 2; i++) {
            long t = i ? b : a;
            if (has(m, "prime") ? t == 2 || t % 2 == 1 : t % k == 0)
                return 0;
        }
    for (long t = a; t <= b; t++) {
        int in;
        if (has(m, "prime")) {
            in = t > 1;
            for (long d = 2; d * d <= t && in; d++)
                in = t % d != 0;
        } else if (has(m, "even") || has(m, "odd")) {
            in = (t % 2 == 0) == has(m, "even");
        } else {
            int x = t % k == 0, y = k2 > 0 && t % k2 == 0;
            in = k2 == 0 ? x : has(m, "both") ? x && y : has(m, "either") ? x || y : has(m, "only") ? x && !y : has(m, "neither") ? !x && !y : -1;
            if (in < 0)
                return 0;
        }
        n += in;
        sum += in ? t : 0;
    }
    r->k = S_VALUE;
    r->v = val_si(c, has(m, "sum") ? sum : n);
    r->text = calc_printf(c, "integers from %ld to %ld, %s, find their %s", a, b, has(m, "prime") ? "prime" : has(m, "even") ? "even" : has(m, "odd") ? "odd" : k2 > 0 ? calc_printf(c, "multiples of %ld %s %ld", k, has(m, "both") ? "and" : has(m, "either") ? "or" : has(m, "only") ? "but not" : "nor", k2) : calc_printf(c, "multiples of %ld", k), has(m, "sum") ? "sum" : "number");
    return 1;
}

/* "between" with or without its ends, and only where the text says which. */
static int in_range(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long a, b;
    (void)q;
    if (!ex_is_int(match_ex(m, "a"), &a) || !ex_is_int(match_ex(m, "b"), &b) || b <= a || has(m, "inclusive") == has(m, "strictly"))
        return 0;
    r->k = S_VALUE;
    r->v = val_si(c, has(m, "inclusive") ? b - a + 1 : b - a - 1);
    r->text = calc_printf(c, "integers from %ld to %ld, %s the ends, find their number", a, b, has(m, "inclusive") ? "with" : "without");
    return 1;
}

static int first_numbers(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n, from, first = has(m, "odd") ? 1 : 2;
    (void)q;
    if (!ex_is_int(match_ex(m, "n"), &n) || n < 1 || n > 1000000 || has(m, "odd") == has(m, "even"))
        return 0;
    int said = match_get(m, "from") != NULL;
    if (said ? !ex_is_int(match_ex(m, "from"), &from) || from != first : has(m, "even") && !has(m, "positive"))
        return 0;                                     /* is 0 the first even number? */
    r->k = S_VALUE;
    r->v = val_si(c, has(m, "odd") ? n * n : n * (n + 1));
    r->text = calc_printf(c, "the first %ld positive %s numbers, find their sum", n, has(m, "odd") ? "odd" : "even");
    return 1;
}

static int digit_sum(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    (void)q;
    val v = f == NULL || ex_has_sym(f, NULL) || f->k == E_REL || f->k == E_LIST || ex_has_kind(f, E_UNIT) ? NULL : value_const(c, f);
    fmpz_t z;
    fmpz_init(z);
    int ok = v != NULL && ca_get_fmpz(z, v, c->ca) && fmpz_sgn(z) > 0;
    if (ok) {
        char *s = fmpz_get_str(NULL, 10, z);
        long sum = 0, n = (long)strlen(s);
        for (const char *d = s; *d != '\0'; d++)
            sum += *d - '0';
        flint_free(s);
        r->k = S_VALUE;
        r->v = val_si(c, has(m, "count") ? n : sum);
        r->text = calc_printf(c, "%s, find %s", ex_text(c, f), has(m, "count") ? "the number of its digits" : "the sum of its digits");
    }
    fmpz_clear(z);
    return ok;
}

/* The smallest positive number with two or three remainders. */
static int remainders(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    static const char *const rn[] = { "r1", "r2", "r3" }, *const mn[] = { "m1", "m2", "m3" };
    long rem[3], mod[3], all = 1;
    int n = 0;
    (void)q;
    for (; n < 3 && match_ex(m, rn[n]) != NULL; n++) {
        if (!ex_is_int(match_ex(m, rn[n]), &rem[n]) || !ex_is_int(match_ex(m, mn[n]), &mod[n]) || mod[n] < 2 || mod[n] > 200 || rem[n] < 0 || rem[n] >= mod[n])
            return 0;
        all *= mod[n];
    }
    for (long t = 1; n >= 2 && t <= all; t++) {
        int ok = 1;
        for (int i = 0; i < n; i++)
            ok &= t % mod[i] == rem[i];
        if (ok) {
            r->k = S_VALUE;
            r->v = val_si(c, t);
            r->text = "the smallest positive integer with";
            for (int i = 0; i < n; i++)
                r->text = calc_printf(c, "%s remainder %ld modulo %ld%s", r->text, rem[i], mod[i], i + 1 < n ? "," : "");
            return 1;
        }
    }
    return 0;
}

/* From base ten into another, 101101_2; with the base written. */
static int to_base(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    long n;
    (void)q;
    if (!ex_is_int(match_ex(m, "n"), &n) || n < 1 || n > 100000000L)
        return 0;
    r->k = S_BASE;
    r->v = val_si(c, n);
    long b = has(m, "eight") ? 8 : has(m, "five") ? 5 : has(m, "three") ? 3 : 2;
    if (match_ex(m, "b") != NULL && (!ex_is_int(match_ex(m, "b"), &b) || b < 2 || b > 9))
        return 0;
    r->base = (int)b;
    r->text = calc_printf(c, "%ld in base %d", n, r->base);
    return 1;
}

/* Reciprocal, opposite, absolute value, roots of one number. */
static int of_number(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct ex *f = match_ex(m, "f");
    val v, w = val_new(c);
    (void)q;
    if (f == NULL || ex_has_sym(f, NULL) || f->k == E_REL || f->k == E_LIST || f->k == E_TUPLE || f->k == E_RATIO || ex_has_kind(f, E_PM) || ex_has_kind(f, E_DEG) || ex_has_kind(f, E_UNIT) || (v = value_const(c, f)) == NULL || value_is_real(c, v) != YES)
        return 0;
    const char *what;
    r->k = S_VALUE;
    if (has(m, "reciprocal")) {
        if (ca_check_is_zero(v, c->ca) != T_FALSE)
            return 0;
        ca_inv(w, v, c->ca);
        what = "reciprocal";
    } else if (has(m, "opposite")) {
        ca_neg(w, v, c->ca);
        what = "opposite";
    } else if (has(m, "abs")) {
        if (value_sign_is(c, v, -1) == YES)
            ca_neg(w, v, c->ca);
        else if (value_sign_is(c, v, -1) == NO)
            ca_set(w, v, c->ca);
        else
            return 0;
        what = "absolute value";
    } else if (has(m, "square")) {
        ca_mul(w, v, v, c->ca);
        what = "square";
    } else if (has(m, "cuberoot")) {
        struct ex *root = ex_fn(c, F_ROOT, ex_num(c, 3), f);
        if ((w = value_const(c, root)) == NULL || value_is_real(c, w) != YES)
            return 0;
        what = "cube root";
    } else {                                          /* square roots */
        if (value_sign_is(c, v, -1) != NO)
            return 0;
        ca_sqrt(w, v, c->ca);
        what = has(m, "principal") ? "principal square root" : "square roots";
        if (!has(m, "principal")) {
            val n = val_new(c);
            ca_neg(n, w, c->ca);
            r->k = S_VALS;
            r->var = "x";
            r->subject = ex_rel(c, R_EQ, ex_2(c, E_POW, ex_sym(c, "x"), ex_num(c, 2)), f);
            r->vals.v[r->vals.n++] = w;
            if (ca_check_is_zero(w, c->ca) == T_FALSE)
                r->vals.v[r->vals.n++] = n;
            r->all = r->vals;
        }
    }
    r->v = w;
    r->text = calc_printf(c, "%s, find its %s", ex_text(c, f), what);
    return 1;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ZTAIL "(是|为|等于|=|)(多少|几|什么|)"
#define EASK "(find|determine|compute|calculate|what is|what's|what are|state|give) "
#define ZGCD "(最大公约数{!:gcd}|最大公因数{!:gcd}|最小公倍数{!:lcm})"
#define EGCD "(greatest common divisor{!:gcd}|greatest common factor{!:gcd}|highest common factor{!:gcd}|GCD{!:gcd}|GCF{!:gcd}|HCF{!:gcd}|least common multiple{!:lcm}|lowest common multiple{!:lcm}|smallest common multiple{!:lcm}|LCM{!:lcm})"
#define ZCOND "(能被{i:k}整除(的|)|是{i:k}的倍数(的|)|既能被{i:k}整除(,|)又能被{i:k2}整除的{!:both}|能被{i:k}整除但不能被{i:k2}整除的{!:only}|既不能被{i:k}整除(,|)也不能被{i:k2}整除的{!:neither}|能被{i:k}或{i:k2}整除的{!:either})"
const struct family read_numbers[] = {
    { .id = "common divisor or multiple", .read = common, .patterns = P("(求|求出|)(数|两个数|三个数|两数|)({l:d}|{i:a}(和|与|、|,|及){i:b})(这(两|三)个数|)的" ZGCD ZTAIL ".", EASK "the " EGCD " of (the numbers |)({l:d}|{i:a} and {i:b}).",
        "(求|求出|写出|)(数|两个数|两数|)({l:d}|{i:a}(和|与|、|,|及){i:b})(这(两|三)个数|)的(最大公约数|最大公因数)(和|与|及|、)最小公倍数{!:gcd}{!:lcm}(分别|)" ZTAIL ".", "(求|求出|写出|)(数|两个数|两数|)({l:d}|{i:a}(和|与|、|,|及){i:b})(这(两|三)个数|)的最小公倍数(和|与|及|、)(最大公约数|最大公因数){!:gcd}{!:lcm}{!:lcmfirst}(分别|)" ZTAIL ".",
        EASK "(both |)the (greatest common divisor|greatest common factor|highest common factor|GCD|GCF|HCF) and (the |)(least common multiple|lowest common multiple|LCM){!:gcd}{!:lcm} of (the numbers |)({l:d}|{i:a} and {i:b}).", EASK "(both |)the (least common multiple|lowest common multiple|LCM) and (the |)(greatest common divisor|greatest common factor|highest common factor|GCD|GCF|HCF){!:gcd}{!:lcm}{!:lcmfirst} of (the numbers |)({l:d}|{i:a} and {i:b}).",
        EASK "the (smallest|least) positive (integer|number|whole number){!:lcm} (that is |which is |)(exactly |evenly |)(divisible by|a multiple of) (both |each of |all of |)({l:d}|{i:a} and {i:b}).", EASK "the (largest|greatest) (positive |)(integer|number|whole number){!:gcd} (that |which )(divides|exactly divides|evenly divides|is a divisor of|is a factor of) (both |each of |all of |)({l:d}|{i:a} and {i:b})( evenly| exactly|).",
        "(求|)(能|)(同时|)(被{i:a}(和|、|与){i:b}(同时|)整除|是{i:a}(和|、|与){i:b}的(公|)倍数)的最小(的|)(正整数|正数|自然数){!:lcm}" ZTAIL ".") },
    { .id = "divisors of a number", .read = divisors, .patterns = P("(求|){i:n}(的|)(所有|)(正|)(因数|约数)(的|之|)和{!:sum}" ZTAIL ".", "{i:n}(共|一共|)有(多少|几)个正(因数|约数).", "{i:n}的正(因数|约数)(共|一共|)有(多少|几)个.", "(求|){i:n}的(所有|)正(因数|约数)(的|)个数" ZTAIL ".", "{i:n}的(不同|不同的|互不相同的)(质因数|素因数|质因子){!:prime}(共|)有(多少|几)个.", "{i:n}(共|一共|)有(多少|几)个(不同的|不同|互不相同的)(质因数|素因数|质因子){!:prime}.", "{i:n}(有|共有)(多少|几)个(偶数{!:even}|奇数{!:odd})(正因数|因数|约数).", "{i:n}有(多少|几)个(正|)(因数|约数)是(偶数{!:even}|奇数{!:odd}).",
        EASK "the (sum{!:sum}|number) of (all |)(the |)positive (divisors|factors) of {i:n}.", "how many positive (divisors|factors) (are there of|has) {i:n}.", "how many positive integers divide {i:n}.", "(正整数|整数|自然数|数){i:n}(共|一共|)有(多少|几)个正(因数|约数).", "how many (even{!:even} |odd{!:odd} |)positive (divisors|factors) does {i:n} have.", "how many (distinct |different )prime{!:prime} (divisors|factors) does {i:n} have.", EASK "the (smallest{!:least}|largest{!:most}|greatest{!:most}) prime{!:prime} (divisor|factor) of {i:n}.", "(求|){i:n}的(最小{!:least}|最大{!:most})(的|)(质因数|素因数|质因子){!:prime}" ZTAIL ".", EASK "the (sum{!:sum}|product{!:product}|number) of the (distinct|different) prime{!:prime} (divisors|factors) of {i:n}.", "how many positive (divisors|factors) other than 1 and itself{!:proper} does {i:n} have.",
        "how many positive (integers|numbers) (less than or equal to|up to|not exceeding|at most) {i:n} are (coprime|relatively prime){!:coprime} to {i:n2}.") },
    { .id = "remainder of a power", .read = modulo, .patterns = P("(求|){e:f}(的|)(个位数字|个位数|末位数字|个位上的数字|末位数)" ZTAIL ".", "(求|){e:f}(的|)(末两位数字|末两位数){!:two}" ZTAIL ".", "(求|){e:f}(被{i:n}除|除以{i:n})(的|所得的|后的|,|得)余数" ZTAIL ".",
        EASK "the (units|ones|last|unit) digit of {e:f}.", EASK "the last two digits{!:two} of {e:f}.", EASK "the remainder (when|if|of) {e:f} (is |)(divided by|on division by|upon division by) {i:n}.", "(find|compute|calculate) {e:f} (modulo|mod) {i:n}.") },
    { .id = "prime factors", .read = prime_factors, .patterns = P("(将|把|对|)(数|){i:n}(分解质因数|分解素因数|质因数分解|进行质因数分解|写成质因数的乘积|分解成质因数的乘积|分解为质因数的乘积|写成质因数乘积的形式)(的结果(是|为)|).", EASK "the prime (factorization|factorisation) of {i:n}.", "(write|express) {i:n} as (a product of (primes|prime factors|its prime factors)|the product of its prime factors).", "factor {i:n} into primes.") },
    { .id = "counted numbers", .read = counted, .patterns = P("(从|){i:a}(到|至|~){i:b}(中|之间{!:same}|这{i:nn}个数中|)(,|)(共|)有(多少|几)个(整数|数|正整数|自然数)" "(能被{i:k}整除|是{i:k}的倍数).", "(从|){i:a}(到|至){i:b}(中|的整数中|的自然数中|)(,|)" ZCOND "(数|整数|正整数|自然数)(共|)有(多少|几)个.", "{i:b}以内(的|)(质数|素数){!:prime}{!:within}(共|)有(多少|几)个.", "{i:b}以内(共|)有(多少|几)个(质数|素数){!:prime}{!:within}.", "(从|){i:a}(到|至){i:b}(中|)(的|)(质数|素数){!:prime}(共|)有(多少|几)个.", "(求|)(从|){i:a}(到|至){i:b}(中|)(的|)(所有|)(奇数{!:odd}|偶数{!:even})(的|之)和{!:sum}" ZTAIL ".",
        "how many (integers|numbers|positive integers|whole numbers) from {i:a} to {i:b} are (divisible by|multiples of|a multiple of) {i:k}.", "(从|){i:a}(到|至){i:b}的(整数|自然数|数)中,(能被{i:k}整除的|是{i:k}的倍数的)(数|整数|)(共|)有(多少|几)个.", "how many (integers|numbers|positive integers|whole numbers) between{!:same} {i:a} and {i:b} are (divisible by|multiples of) {i:k}.", "how many (integers|numbers|positive integers|whole numbers) from {i:a} to {i:b} are (divisible by|multiples of) both{!:both} {i:k} and {i:k2}.", "how many multiples of {i:k} are there (from {i:a} to|between{!:same} {i:a} and) {i:b}.", "how many (prime numbers|primes){!:prime} are (there |)(less than{!:strict}|smaller than{!:strict}|below{!:strict}|not greater than|up to) {i:b}.", "how many (prime numbers|primes){!:prime} are there (between{!:same} {i:a} and|from {i:a} to) {i:b}.", EASK "the sum{!:sum} of all (the |)(even{!:even}|odd{!:odd}) (integers|numbers|positive integers) from {i:a} to {i:b}.") },
    { .id = "integers of a range", .read = in_range, .patterns = P("how many (integers|whole numbers) are (there |)(from {i:a} to|between {i:a} and) {i:b}(,| )inclusive{!:inclusive}.", "how many (integers|whole numbers) (lie|are) strictly{!:strictly} between {i:a} and {i:b}.", "how many (integers|whole numbers) are there strictly{!:strictly} between {i:a} and {i:b}.") },
    { .id = "first odd or even numbers", .read = first_numbers, .patterns = P(EASK "the sum of the first {i:n} (positive{!:positive} |)(odd{!:odd}|even{!:even}) (positive{!:positive} |)(integers|numbers)(,starting (with|from) {i:from}|).", "(求|)前{i:n}个正{!:positive}(奇数{!:odd}|偶数{!:even})(的|之)和" ZTAIL ".") },
    { .id = "digit sum", .read = digit_sum, .patterns = P(EASK "the sum of the digits of {e:f}.", "(求|){e:f}的各位数字(之和|的和)" ZTAIL ".", "how many digits{!:count} does {e:f} have.", "{e:f}是几位数{!:count}.") },
    { .id = "number with remainders", .read = remainders, .patterns = P(EASK "the (smallest|least) positive (integer|number) that leaves (a |)remainder (of |){i:r1} when divided by {i:m1}(,| and )(a |)(remainder (of |)|){i:r2} when divided by {i:m2}( and (a |)(remainder (of |)|){i:r3} when divided by {i:m3}|).", EASK "the (smallest|least) positive (integer|number) that leaves (a |)remainder (of |){i:r1} when divided by {i:m1},(and |)(a |)remainder (of |){i:r2} when divided by {i:m2}(,and (a |)remainder (of |){i:r3} when divided by {i:m3}|).", "(一个|某)(正整数|数)(,|)(被{i:m1}除余|除以{i:m1}余){i:r1},(被{i:m2}除余|除以{i:m2}余){i:r2}(,(被{i:m3}除余|除以{i:m3}余){i:r3}|),(求|)(这个数|它|满足条件的|)(最小|的最小值)(是多少|是几|的正整数|正整数|).") },
    { .id = "to another base", .read = to_base, .patterns = P("(将|把)十进制数{i:n}(化为|转化为|化成|转换为|转换成)(二|三{!:three}|五{!:five}|八{!:eight})进制数" ZTAIL ".", "(write|convert|express) (the (decimal |)number |){i:n} (in|to|into) (binary|octal{!:eight}|base {i:b}).", "(write|convert|express) the (decimal |)number {i:n} (from decimal |)(in|to|into) (binary|octal{!:eight}|base {i:b}).") },
    { .id = "of one number", .read = of_number, .patterns = P("(求|){e:f}的(倒数{!:reciprocal}|相反数{!:opposite}|绝对值{!:abs}|平方{!:square}|平方根|算术平方根{!:principal}|立方根{!:cuberoot})" ZTAIL ".", EASK "the (reciprocal{!:reciprocal}|multiplicative inverse{!:reciprocal}|opposite{!:opposite}|additive inverse{!:opposite}|absolute value{!:abs}|square{!:square}|cube root{!:cuberoot}|principal{!:principal} square root) of {e:f}.", EASK "the square roots of {e:f}.") },
    { .id = NULL },
};
