/* calc_driver - runs the calculator in this process, without a host.
 *
 *   calc_driver equiv  FILE.jsonl    {id, gold, answer, equal}; null: unknown -> one JSON line each and a summary
 *   calc_driver verify FILE.jsonl    {id, question, response, verdict}
 *   calc_driver canon  FILE.jsonl    as equiv: the same name for both, where the label says equal
 *   calc_driver hostile MS           inputs that must neither crash nor take longer than MS each
 *   calc_driver repeat N FILE.jsonl  verify N times over; prints the growth in KiB
 *
 * Exit status 1 when there is a hard error: a false "equal"; the same name for what is not equal; verified on a case that is
 * refuted or undecided; refuted on one that is verified or undecided; evidence whose data is no JSON object; a convention that is said to
 * be open where the answer is decided, or is verified by its label.  With the
 * variables CALC_FLOOR (smallest share as labelled, equiv) or CALC_DECIDED (smallest
 * share decided as labelled, verify) also when the result is below them. */
#include "plugins/qwen_plugin.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct qwen_call {
    enum qwen_eq eq;
    enum qwen_verdict verdict[2];
    char canon[1100], reading[4096], computed[2048], user[4096], model[2048];
    int conventions, bad_data;
};
static struct qwen_verifier verifier;

static void cut(char *to, size_t cap, struct qwen_str s, int append)
{
    size_t have = append ? strlen(to) : 0;
    if (have > 0 && have + 3 < cap)
        have += (size_t)sprintf(to + have, " | ");
    size_t n = s.n < cap - have - 1 ? s.n : cap - have - 1;
    memcpy(to + have, s.p, n);
    to[have + n] = '\0';
}

static void h_log(struct qwen_call *c, struct qwen_str t) { (void)c; fprintf(stderr, "log: %.*s\n", (int)t.n, t.p); }
static int h_cancelled(struct qwen_call *c) { (void)c; return 0; }
static int64_t h_remaining(struct qwen_call *c) { (void)c; return 60000; }
static struct qwen_str h_option(struct qwen_str k) { (void)k; return (struct qwen_str){ "", 0 }; }
static int h_verifier(struct qwen_registry *r, const struct qwen_verifier *v) { (void)r; verifier = *v; return 0; }
static void *h_alloc(struct qwen_call *c, size_t n) { (void)c; (void)n; return NULL; }
static void h_verdict(struct qwen_call *c, uint32_t part, enum qwen_of of, enum qwen_verdict v) { if (part == 0) c->verdict[of] = v; }
static void h_evidence(struct qwen_call *c, uint32_t part, enum qwen_of of, enum qwen_for who, struct qwen_str t, struct qwen_str j)
{
    json_t *data = json_loadb(j.p, j.n, 0, NULL);
    const char *check = json_string_value(json_object_get(data, "check"));
    (void)part;
    c->bad_data += check == NULL || j.n >= 4096 || (who == QWEN_FOR_MODEL && (json_object_get(data, "found") != NULL || json_object_get(data, "should_be") != NULL));
    c->conventions += check != NULL && of == QWEN_OF_ANSWER && strcmp(check, "convention") == 0;
    json_decref(data);
    if (who == QWEN_FOR_USER)
        cut(c->user, sizeof c->user, t, 1);
    else
        cut(c->model, sizeof c->model, t, 1);
}
static void h_reading(struct qwen_call *c, uint32_t part, struct qwen_str t) { cut(c->reading, sizeof c->reading, t, part > 0); }
static void h_computed(struct qwen_call *c, uint32_t part, struct qwen_str t) { cut(c->computed, sizeof c->computed, t, part > 0); }
static void h_equal(struct qwen_call *c, enum qwen_eq e) { c->eq = e; }

static void h_read(struct qwen_call *c, uint32_t part, enum qwen_read what, struct qwen_str t) { (void)c; (void)part; (void)what; (void)t; }
static void h_canon(struct qwen_call *c, uint32_t part, struct qwen_str t) { (void)part; cut(c->canon, sizeof c->canon, t, 0); }

static const struct qwen_host host = {
    .size = sizeof host, .abi_minor = QWEN_PLUGIN_ABI_MINOR, .log = h_log, .cancelled = h_cancelled, .remaining_ms = h_remaining,
    .option = h_option, .add_verifier = h_verifier, .alloc = h_alloc, .verdict = h_verdict,
    .evidence = h_evidence, .reading = h_reading, .computed = h_computed, .equal = h_equal, .canon = h_canon, .read = h_read,
};

static const char *const names[] = { "undecided", "refuted", "supported", "verified" };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);   /* processor time: the machine may be shared */
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct qwen_str get(json_t *j, const char *key)
{
    json_t *s = json_object_get(j, key);
    return s != NULL ? (struct qwen_str){ json_string_value(s), json_string_length(s) } : (struct qwen_str){ "", 0 };
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int equiv(FILE *f, int show)
{
    char *line = NULL;
    size_t cap = 0;
    int n = 0, right = 0, unknown = 0, wrong = 0, false_equal = 0;
    double ms = 0;
    while (getline(&line, &cap, f) > 0) {
        json_t *j = json_loads(line, JSON_ALLOW_NUL, NULL);
        if (j == NULL)
            continue;
        struct qwen_call c = { 0 };
        int label = json_is_true(json_object_get(j, "equal"));
        double t = now_ms();
        verifier.equal(NULL, &c, get(j, "gold"), get(j, "answer"));
        t = now_ms() - t;
        ms += t;
        n++;
        int ok = c.eq == (json_is_null(json_object_get(j, "equal")) ? QWEN_EQ_UNKNOWN : label ? QWEN_EQ_EQUAL : QWEN_EQ_DIFFERENT);
        right += ok;
        unknown += !ok && c.eq == QWEN_EQ_UNKNOWN;
        wrong += !ok && c.eq != QWEN_EQ_UNKNOWN;
        false_equal += !label && c.eq == QWEN_EQ_EQUAL;
        if (show && !ok)
            printf("%s %s label=%d got=%d %.2fms G: %s A: %s\n", c.eq == QWEN_EQ_UNKNOWN ? "unknown" : "WRONG", get(j, "id").p, label, c.eq, t, get(j, "gold").p, get(j, "answer").p);
        json_decref(j);
    }
    free(line);
    printf("equiv: %d cases, %d as labelled (%.1f %%), %d unknown, %d wrong, %d false equal, %.0f a second\n", n, right, 100.0 * right / n, unknown, wrong, false_equal, n / ms * 1e3);
    const char *floor = getenv("CALC_FLOOR");
    return false_equal > 0 || wrong > 0 || (floor != NULL && 100.0 * right / n < atof(floor));
}

static int canon(FILE *f, int show)
{
    char *line = NULL;
    size_t cap = 0;
    int n = 0, equal = 0, named = 0, same = 0, wrong = 0;
    double ms = 0;
    while (getline(&line, &cap, f) > 0) {
        json_t *j = json_loads(line, JSON_ALLOW_NUL, NULL);
        if (j == NULL)
            continue;
        struct qwen_call gold = { 0 }, answer = { 0 };
        struct qwen_problem p = { .size = sizeof p, .answer = get(j, "gold") }, q = { .size = sizeof q, .working = get(j, "answer") };
        int label = json_is_true(json_object_get(j, "equal"));
        double t = now_ms();
        verifier.canon(NULL, &gold, &p);
        verifier.canon(NULL, &answer, &q);
        ms += now_ms() - t;
        int both = gold.canon[0] != '\0' && strcmp(gold.canon, answer.canon) == 0;
        n++;
        equal += label;
        named += gold.canon[0] != '\0';
        same += label && both;
        wrong += !label && both;
        if ((!label && both) || (show > 1 && label && !both))
            printf("%s %s G: %s (%s) A: %s (%s)\n", both ? "WRONG" : "apart", get(j, "id").p, get(j, "gold").p, gold.canon, get(j, "answer").p, answer.canon);
        json_decref(j);
    }
    free(line);
    printf("canon: %d cases, %d of %d equal ones have the same name, %d named, %d wrong, %.0f a second\n", n, same, equal, named, wrong, 2 * n / ms * 1e3);
    return wrong > 0;
}

static int verify(FILE *f, int show)
{
    char *line = NULL;
    size_t cap = 0;
    int n = 0, decided = 0, decidable = 0, hard = 0, k = 0, named = 0;
    double *times = malloc(100000 * sizeof *times);
    while (getline(&line, &cap, f) > 0) {
        json_t *j = json_loads(line, JSON_ALLOW_NUL, NULL);
        if (j == NULL)
            continue;
        struct qwen_call *c = calloc(1, sizeof *c);
        struct qwen_str want = get(j, "verdict"), lang = get(j, "lang");
        struct qwen_problem p = { .size = sizeof p, .question = get(j, "question"), .working = get(j, "response"), .lang = lang };
        double t = now_ms();
        verifier.verify(NULL, c, &p);
        t = now_ms() - t;
        if (k < 100000)
            times[k++] = t;
        const char *got = names[c->verdict[QWEN_OF_ANSWER]];
        int same = strcmp(want.p, got) == 0, open = c->verdict[QWEN_OF_ANSWER] == QWEN_UNDECIDED;
        n++;
        decidable += strcmp(want.p, "undecided") != 0;
        decided += same && !open;
        int bad = (!same && !open) || c->bad_data > 0 || (c->conventions > 0 && (!open || strcmp(want.p, "verified") == 0));
        hard += bad;
        named += c->conventions > 0;
        if (bad || show > 1 || (show && !same))
            printf("%s %s %s want=%s got=%s working=%s %.1fms\n   Q: %s\n   R: %.200s\n   read: %s\n   computed: %s\n   user: %s\n   model: %s\n", bad ? "HARD" : same ? "ok" : "open",
                   get(j, "id").p, get(j, "kind").p, want.p, got, names[c->verdict[QWEN_OF_WORKING]], t, get(j, "question").p, get(j, "response").p, c->reading, c->computed, c->user, c->model);
        free(c);
        json_decref(j);
    }
    free(line);
    qsort(times, (size_t)k, sizeof *times, by_value);
    double share = decidable ? 100.0 * decided / decidable : 0;
    printf("verify: %d cases, %d of %d decided as labelled (%.1f %%), %d hard errors, %d name a convention, p50 %.2f ms, p99 %.2f ms, max %.2f ms\n", n, decided, decidable, share, hard, named,
           k ? times[k / 2] : 0, k ? times[k * 99 / 100] : 0, k ? times[k - 1] : 0);
    free(times);
    const char *floor = getenv("CALC_DECIDED");
    return hard > 0 || (floor != NULL && share < atof(floor));
}

/* ---- hostile input ------------------------------------------------------------------ */
static char *repeat_text(const char *unit, size_t times, const char *middle, const char *back)
{
    size_t u = strlen(unit), m = strlen(middle), b = strlen(back);
    char *s = malloc(u * times + m + b * times + 1), *p = s;
    for (size_t i = 0; i < times; i++, p += u)
        memcpy(p, unit, u);
    memcpy(p, middle, m);
    p += m;
    for (size_t i = 0; i < times; i++, p += b)
        memcpy(p, back, b);
    *p = '\0';
    return s;
}

static double one_hostile(const char *text, size_t n)
{
    static const char *const wraps[] = { "%s", "$%s$", "\\boxed{%s}", "Solve $%s=0$.", "计算：$%s$。", "Compute $%s$.", "解不等式 $%s<0$。" };
    double worst = 0;
    for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
        const char *at = strstr(wraps[i], "%s");
        size_t pre = (size_t)(at - wraps[i]), post = strlen(at + 2);
        char *s = malloc(n + pre + post + 1);
        memcpy(s, wraps[i], pre);
        memcpy(s + pre, text, n);
        memcpy(s + pre + n, at + 2, post);
        struct qwen_call *c = calloc(1, sizeof *c);
        struct qwen_str t = { s, pre + n + post }, box = QWEN_STR("So $x=\\boxed{3}$."), three = QWEN_STR("3");
        struct qwen_problem p = { .size = sizeof p, .question = t, .working = box };
        double t0 = now_ms(), d;
        verifier.equal(NULL, c, three, t);
        if (c->eq == QWEN_EQ_EQUAL)
            printf("hostile input equals 3?\n");
        d = now_ms() - t0;
        worst = d > worst ? d : worst;
        t0 = now_ms();
        verifier.equal(NULL, c, t, t);
        d = now_ms() - t0;
        worst = d > worst ? d : worst;
        t0 = now_ms();
        verifier.verify(NULL, c, &p);
        d = now_ms() - t0;
        worst = d > worst ? d : worst;
        p.question = QWEN_STR("Solve the equation $2x+5=17$ for $x$.");
        p.working = t;
        t0 = now_ms();
        verifier.verify(NULL, c, &p);
        d = now_ms() - t0;
        worst = d > worst ? d : worst;
        t0 = now_ms();
        verifier.canon(NULL, c, &p);
        d = now_ms() - t0;
        worst = d > worst ? d : worst;
        t0 = now_ms();
        verifier.read(NULL, c, t);
        d = now_ms() - t0;
        worst = d > worst ? d : worst;
        if (c->verdict[QWEN_OF_ANSWER] == QWEN_VERIFIED)
            printf("hostile input verified?\n");
        free(c);
        free(s);
    }
    return worst;
}

static int hostile(double limit)
{
    static const struct { const char *name, *front; size_t times; const char *middle, *back; } t[] = {
        { "1 MB of braces", "{", 500000, "1", "}" }, { "open braces", "{", 1000000, "", "" }, { "brackets", "(", 200000, "x", ")" }, { "bars", "|", 20000, "x", "|" },
        { "tower", "10^{", 3, "10", "}" }, { "long tower", "9^{", 10000, "9", "}" }, { "python tower", "", 1, "10**10**10", "" }, { "factorials", "", 1, "((((100!)!)!)!)!", "" },
        { "factorial marks", "", 1, "9", "!" }, { "many marks", "9", 1, "", "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!" }, { "big factorial", "", 1, "(10^9)!", "" },
        { "nested radicals", "\\sqrt{2+", 10000, "2", "}" }, { "fifty radicals", "\\sqrt{2+", 50, "2", "}" }, { "eight radicals", "\\sqrt{2+", 8, "2", "}" }, { "radicals of x", "\\sqrt{x+", 6, "x", "}" },
        { "nested fractions", "\\frac{1}{1+", 10000, "x", "}" }, { "forty fractions", "\\frac{1}{x+", 40, "x", "}" },
        { "digits", "7", 200000, "", "" }, { "digits below the cap", "7", 5900, "", "" }, { "sum", "1+", 50000, "1", "" }, { "long sum of surds", "", 1, "\\sqrt2+\\sqrt3+\\sqrt5+\\sqrt7+\\sqrt{11}+\\sqrt{13}+\\sqrt{17}+\\sqrt{19}", "" },
        { "roots of roots", "", 1, "\\sqrt[3]{2+\\sqrt5}+\\sqrt[5]{3-\\sqrt[7]{2}}+\\sqrt[4]{\\sqrt3}", "" }, { "high power", "", 1, "(x+y+z+w)^{60}", "" }, { "power of a polynomial", "", 1, "(x^{50}+1)^{60}", "" },
        { "degree 199", "", 1, "x^{199}-x-1", "" }, { "degree 23", "", 1, "x^{23}-7x^{11}+3x^5-2x-1", "" }, { "degree 12", "", 1, "x^{12}-5x^7+x^3-11", "" }, { "trig", "", 1, "\\sin(10^{1000})", "" }, { "cyclotomic", "", 1, "\\cos\\frac{\\pi}{997}+\\cos\\frac{\\pi}{59}", "" },
        { "sum sign", "", 1, "\\sum_{k=1}^{1000000000}\\frac{1}{k}", "" }, { "sum of 3000", "", 1, "\\sum_{k=1}^{3000}\\frac{1}{k}", "" }, { "nested sums", "\\sum_{k=1}^{3000}", 5, "k", "" }, { "binomial", "", 1, "\\binom{1000000}{500000}", "" },
        { "plus minus", "\\pm ", 1000, "1", "" }, { "commas", "1,", 100000, "1", "" }, { "cases", "", 1, "\\begin{cases}x^7+y^5=1\\\\x^3y^4=2\\\\z=x\\end{cases}", "" }, { "matrix", "", 1, "\\begin{vmatrix}a&b\\\\c&d\\end{vmatrix}", "" },
        { "abs", "", 1, "||||x-1|-2|-3|-4|", "" }, { "boxes", "\\boxed{", 5000, "1", "}" }, { "dollars", "$", 200000, "", "" }, { "think", "<think>", 1000, "", "" }, { "not UTF-8", "\xff\xfe\xc3(", 5000, "", "" }, { "cut UTF-8", "3\xe4\xb8", 1, "", "" },
        { "direction marks", "\xe2\x80\xae" "3", 1000, "", "" }, { "spaces", " ", 250000, "3x", "" }, { "backslashes", "\\", 100000, "", "" }, { "exponents", "2^", 5000, "2", "" }, { "mixed", "1\\frac12", 2000, "", "" },
        { "logs", "\\ln ", 3000, "x", "" }, { "log equation", "", 1, "\\log_2 x+\\log_3 x+\\log_5(x+1)-7", "" }, { "integral", "", 1, "\\int_0^1 x^{50}\\sin x\\,dx", "" }, { "limit", "", 1, "\\lim_{x\\to0}\\frac{\\sin(\\sin(\\sin x))-x}{x^9}", "" },
        { "surd equation", "", 1, "\\sqrt{x+1}+\\sqrt{x+2}+\\sqrt{x+3}-\\sqrt{2x}", "" }, { "exponential tower", "", 1, "2^{2^{x}}-16", "" }, { "x to the x", "", 1, "x^{x}-27", "" },
    };
    int slow = 0;
    double worst = 0;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        char *s = repeat_text(t[i].front, t[i].times, t[i].middle, t[i].back);
        double d = one_hostile(s, strlen(s));
        free(s);
        if (d > limit) {
            printf("slow: %s, %.1f ms\n", t[i].name, d);
            slow++;
        }
        worst = d > worst ? d : worst;
    }
    static const char nul[] = "x\0=\0 3\0\\boxed{\0 3}";
    double d = one_hostile(nul, sizeof nul - 1);
    worst = d > worst ? d : worst;
    printf("hostile: %zu inputs, worst %.1f ms, %d slower than %.0f ms\n", sizeof t / sizeof *t + 1, worst, slow, limit);
    return slow > 0;
}

static long rss_kib(void)
{
    long pages = 0, skip;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f != NULL) {
        if (fscanf(f, "%ld %ld", &skip, &pages) != 2)
            pages = 0;
        fclose(f);
    }
    return pages * 4;
}

int main(int argc, char **argv)
{
    struct qwen_plugin p = { .size = sizeof p };
    void *self;
    if (argc < 3 || qwen_plugin_v1(&host, &p) != 0 || p.init(&host, NULL, &self) != 0)
        return 2;
    int show = argc > 3 && strcmp(argv[argc - 1], "-v") == 0 ? 1 : argc > 3 && strcmp(argv[argc - 1], "-vv") == 0 ? 2 : 0;
    int repeat = strcmp(argv[1], "repeat") == 0;
    if (strcmp(argv[1], "hostile") == 0)
        return hostile(atof(argv[2]));
    FILE *f = fopen(repeat && argc > 3 ? argv[3] : argv[2], "r");
    if (f == NULL)
        return 2;
    int rc = 0;
    if (strcmp(argv[1], "equiv") == 0) {
        rc = equiv(f, show);
    } else if (strcmp(argv[1], "canon") == 0) {
        rc = canon(f, show);
    } else if (strcmp(argv[1], "verify") == 0) {
        rc = verify(f, show);
    } else if (repeat) {
        long first = 0;
        for (int i = 0; i < atoi(argv[2]) && rc == 0; i++) {
            rewind(f);
            rc = verify(f, 0);
            if (i == 0)
                first = rss_kib();
        }
        printf("growth: %ld KiB\n", rss_kib() - first);
        rc = rc || rss_kib() - first > 8192;
    } else {
        rc = 2;
    }
    fclose(f);
    return rc;
}
