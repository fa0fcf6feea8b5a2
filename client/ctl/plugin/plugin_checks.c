#include "client/ctl/plugin/plugin_test.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "client/ctl/answer/final.h"

#define TWICE_MAX     200u                  /* cases that are compared */
#define TRUST_MAX     50u
#define GROW_CALLS    1000u                 /* after so many the supervisor takes a new process */
#define GROW_WARM     200u                  /* caches and allocators settle */
#define GROW_BYTES    (256u << 10)          /* what they may still do in the second half */
#define GROW_MS       60000u                /* slow plugins make fewer calls */
#define GROW_QUICK_MS 20.0

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1                         /* qwend-plugin is, too */
#else
#define SANITIZED 0
#endif

static const char *const verdict_names[] = { "undecided", "refuted", "supported", "verified" };
static const char *const equal_names[] = { "unknown", "equal", "different" };

/* ---- the file's cases ---- */

/* The value that question's verified case gives, if it stands neither in the question nor in this response: where
 * evidence has it, it was given away, also by a plugin that does not say what it computed. */
static bool known_value(const struct plugin_test *t, const struct plugin_case *c, char *out, size_t size)
{
    for (size_t i = 0; i < t->cases.n; i++) {
        const struct plugin_case *o = &t->cases.v[i];
        if (o->equal || o->of_working || o->expect != QWEN_VERIFIED || strcmp(o->question, c->question) != 0)
            continue;
        final_answer(o->response, out, size);
        return out[0] != '\0' && !plug_names_value(c->question, out) && !plug_names_value(c->response, out);
    }
    return false;
}

/* Evidence for the model that gives the value away; the daemon drops what names a computed one. */
static void find_leaks(struct plugin_test *t, const struct plugin_case *c, const struct plug_result *r, json_t *leaks)
{
    char value[256], text[400];
    bool known = !c->equal && r->answer == QWEN_REFUTED && known_value(t, c, value, sizeof value);
    for (size_t i = 0; i < r->n_evidence; i++) {
        const char *said = r->evidence[i].who == QWEN_FOR_MODEL ? r->evidence[i].text : NULL, *named = NULL;
        for (size_t p = 0; said != NULL && p < r->n_parts; p++)
            if (r->parts[p].computed != NULL && plug_names_value(said, r->parts[p].computed))
                named = r->parts[p].computed;
        if (said != NULL && named == NULL && known && plug_names_value(said, value))
            named = value;
        if (named == NULL)
            continue;
        snprintf(text, sizeof text, "%s: evidence for the model names the value %.60s: \"%.120s\"", c->name, named, said);
        json_array_append_new(leaks, json_string(text));
    }
}

/* What came out, as the file writes it. */
static const char *came_out(const struct plugin_case *c, const struct plug_result *r)
{
    return c->equal ? equal_names[r->eq] : verdict_names[c->of_working ? r->working : r->answer];
}

static bool judge(struct plugin_test *t, const struct plugin_case *c, const struct tried *tried)
{
    const char *want = c->equal ? equal_names[c->expect] : verdict_names[c->expect], *got = came_out(c, &tried->r);
    if (try_is_bad(&t->report, c->name, tried, t->limit_ms))
        return false;
    if (tried->end == TRY_LATE)
        report_bad(&t->report, "%s: out of time after %u ms, expected %s (--timeout gives more)", c->name, t->limit_ms, want);
    else if (tried->end != TRY_DONE)
        report_bad(&t->report, "%s: %s, expected %s", c->name, tried->why, want);
    else if (strcmp(got, want) == 0)
        return true;
    else if (!t->trusted && c->expect == QWEN_VERIFIED && tried->r.answer == QWEN_SUPPORTED && !c->equal)
        report_bad(&t->report, "%s: supported, expected verified: %s", c->name, t->why_not.msg);
    else
        report_bad(&t->report, "%s: %s, expected %s%s%s", c->name, got, want, tried->r.n_evidence > 0 ? ": " : "",
                   tried->r.n_evidence > 0 ? tried->r.evidence[0].text : "");
    return false;
}

void check_cases(struct plugin_test *t)
{
    json_t *leaks = json_array();
    size_t good = 0, told = 0;
    report_begin(&t->report, "cases");
    for (size_t i = 0; i < t->cases.n; i++) {
        const struct plugin_case *c = &t->cases.v[i];
        struct plug_call call = call_of_case(c);
        struct tried tried;
        if (c->equal && !t->has_equal) {
            report_bad(&t->report, "%s: the plugin offers no `equal`", c->name);
            continue;
        }
        try_call(t->p, &call, t->limit_ms, &tried);
        good += judge(t, c, &tried);
        find_leaks(t, c, &tried.r, leaks);
        for (size_t e = 0; e < tried.r.n_evidence; e++)
            told += tried.r.evidence[e].who == QWEN_FOR_MODEL;
        tried_free(&tried);
        report_progress(&t->report, i + 1, t->cases.n);
    }
    if (t->cases.n > 0)
        report_end(&t->report, "%zu of %zu as expected", good, t->cases.n);
    else
        report_end(&t->report, "none were given (--cases FILE)");
    report_begin(&t->report, "nothing for the model to copy");
    for (size_t i = 0; i < json_array_size(leaks); i++)
        report_bad(&t->report, "%s", json_string_value(json_array_get(leaks, i)));
    report_end(&t->report, "%zu of %zu texts of evidence for the model name the right value", json_array_size(leaks), told);
    json_decref(leaks);
}

/* ---- the same twice ---- */

static void put(struct qw_buf *b, const char *s)
{
    qw_buf_adds(b, s != NULL ? s : "-");
    qw_buf_addc(b, '\n');
}

static int by_part(const struct plug_result *r, uint32_t part)
{
    for (size_t i = 0; i < r->n_parts; i++)
        if (r->parts[i].part == part)
            return (int)i;
    return -1;
}

/* All that was said; parts in their order, whatever order they came in. */
static char *digest(const struct tried *t, bool words)
{
    struct qw_buf b = QW_BUF_INIT;
    const struct plug_result *r = &t->r;
    qw_buf_addf(&b, "%d %d %d %d\n", t->end, (int)r->answer, (int)r->working, (int)r->eq);
    for (size_t n = 0, seen = 0; seen < r->n_parts && n < 100; n++) {
        int i = by_part(r, (uint32_t)n);
        if (i < 0)
            continue;
        seen++;
        qw_buf_addf(&b, "(%zu) %d %d\n", n, (int)r->parts[i].answer, (int)r->parts[i].working);
        put(&b, r->parts[i].canon);
        if (words) {
            put(&b, r->parts[i].reading);
            put(&b, r->parts[i].computed);
        }
    }
    for (size_t i = 0; words && i < r->n_evidence; i++)
        put(&b, r->evidence[i].text);
    for (size_t i = 0; i < r->n_candidates; i++)
        put(&b, r->candidates[i].value);
    qw_buf_addc(&b, '\0');
    return qw_buf_failed(&b) ? (qw_buf_free(&b), NULL) : qw_buf_take(&b);
}

struct twice { char *verdicts, *all; };

static void run_twice(struct plugin_test *t, size_t i, struct twice *first, size_t *compared)
{
    struct plug_call call = call_of_case(&t->cases.v[i]);
    const char *name = t->cases.v[i].name;
    struct tried tried;
    try_call(t->p, &call, t->limit_ms, &tried);
    char *verdicts = digest(&tried, false), *all = digest(&tried, true);
    bool timed = tried.end == TRY_LATE || tried.end == TRY_STUCK;      /* decided by the clock, and said above */
    tried_free(&tried);
    if (first->verdicts == NULL && !timed) {
        *first = (struct twice){ verdicts, all };
        return;
    }
    if (first->verdicts != NULL && verdicts != NULL && all != NULL && !timed) {
        ++*compared;
        if (strcmp(first->verdicts, verdicts) != 0)
            report_bad(&t->report, "%s: another verdict the second time", name);
        else if (first->all != NULL && strcmp(first->all, all) != 0)
            report_bad(&t->report, "%s: the same verdict with other words the second time (reading, computed value or evidence)", name);
    }
    qw_free(verdicts);
    qw_free(all);
}

/* Forwards, each twice in a row, then backwards in a new process: neither chance nor what came before may decide. */
void check_twice(struct plugin_test *t)
{
    size_t n = t->cases.n < TWICE_MAX ? t->cases.n : TWICE_MAX, compared = 0;
    struct qw_error err = { 0 };
    struct twice *first = qw_calloc(n + 1, sizeof *first);
    report_begin(&t->report, "the same twice");
    for (size_t i = 0; first != NULL && i < n; i++) {
        run_twice(t, i, &first[i], &compared);
        if (first[i].verdicts != NULL)
            run_twice(t, i, &first[i], &compared);
        report_progress(&t->report, i, 2 * n);
    }
    if (first == NULL || plug_reload(t->p, &err) != QW_OK)
        report_bad(&t->report, "%s", first == NULL ? "out of memory" : err.msg);
    else
        for (size_t i = n; i-- > 0;) {
            if (first[i].verdicts != NULL)
                run_twice(t, i, &first[i], &compared);
            report_progress(&t->report, 2 * n - i, 2 * n);
        }
    for (size_t i = 0; first != NULL && i < n; i++) {
        qw_free(first[i].verdicts);
        qw_free(first[i].all);
    }
    qw_free(first);
    report_end(&t->report, "%zu calls again, at once, and in a new process in another order", compared);
}

/* ---- without trust nothing is verified ---- */

void check_trust(struct plugin_test *t)
{
    struct plug_config c = { .name = "plugin", .path = t->path, .timeout_ms = t->limit_ms };
    struct qw_error err = { 0 };
    struct plug *p = NULL;
    size_t tried_n = 0;
    report_begin(&t->report, "nothing is proved without trust");
    if (plug_new(&p, &c, &err) != QW_OK)
        report_bad(&t->report, "%s", err.msg);
    for (size_t i = 0; p != NULL && i < t->cases.n && tried_n < TRUST_MAX; i++) {
        const struct plugin_case *k = &t->cases.v[i];
        struct plug_call call = call_of_case(k);
        struct tried tried;
        if (k->equal || k->expect != QWEN_VERIFIED)
            continue;
        try_call(p, &call, t->limit_ms, &tried);
        tried_n++;
        bool verified = tried.r.answer == QWEN_VERIFIED || tried.r.working == QWEN_VERIFIED;
        for (size_t part = 0; part < tried.r.n_parts; part++)
            verified |= tried.r.parts[part].answer == QWEN_VERIFIED || tried.r.parts[part].working == QWEN_VERIFIED;
        if (verified)
            report_bad(&t->report, "%s: verified without trust = proof; that is a defect of qwend", k->name);
        tried_free(&tried);
    }
    plug_free(p);
    report_end(&t->report, tried_n > 0 ? "%zu verified cases are at most supported with trust = none" : "%zu cases are verified", tried_n);
}

/* ---- nothing stays behind ---- */

struct size { uint64_t bytes; int fds; };   /* fds -1: this user may not count them */

/* What the process may write to (heap, stacks, data), as the kernel counts it. */
static struct size size_of(int pid)
{
    char path[64], line[256];
    unsigned long long kib = 0;
    struct size s = { 0, -1 };
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "VmData: %llu", &kib) == 1)
            s.bytes = kib << 10;
    if (f != NULL)
        fclose(f);
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *d = opendir(path);
    for (s.fds = d != NULL ? 0 : -1; d != NULL && readdir(d) != NULL;)
        s.fds++;
    if (d != NULL)
        closedir(d);
    return s;
}

/* Every way of calling it, over the cases that are quick. */
static size_t make_calls(struct plugin_test *t, struct plug_call *calls, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < t->cases.n && n + 3 <= max; i++) {
        struct plug_call c = call_of_case(&t->cases.v[i]);
        struct tried tried;
        if (c.op == CALL_EQUAL && !t->has_equal)
            continue;
        try_call(t->p, &c, t->limit_ms, &tried);
        bool quick = tried.end == TRY_DONE && tried.ms <= GROW_QUICK_MS;
        tried_free(&tried);
        if (!quick)
            continue;
        calls[n++] = c;
        if (c.op == CALL_VERIFY && t->has_read)
            calls[n++] = (struct plug_call){ .op = CALL_READ, .a = c.a };
        if (c.op == CALL_VERIFY && t->has_canon)
            calls[n++] = (struct plug_call){ .op = CALL_CANON, .a = c.a, .b = c.b, .answer = c.answer, .lang = c.lang };
    }
    if (n == 0)
        calls[n++] = (struct plug_call){ .op = CALL_VERIFY, .a = "What is 2 + 3?", .b = "\\boxed{5}", .lang = "en" };
    if (t->n_tools > 0 && n < max)
        calls[n++] = (struct plug_call){ .op = CALL_TOOL, .a = t->tool, .b = "{}" };
    return n;
}

/* Calls in one process; sizes after warming up, half way and at the end.  How many were made. */
static size_t grow(struct plugin_test *t, const struct plug_call *calls, size_t n, struct size at[3])
{
    struct plug_info info;
    uint64_t until = clock_mono_ms() + GROW_MS;
    int pid = 0;
    for (size_t i = 0; i < GROW_CALLS - 1; i++) {
        struct tried tried;
        try_call(t->p, &calls[i % n], t->limit_ms, &tried);
        bool bad = try_is_bad(&t->report, "one call of many", &tried, t->limit_ms);
        tried_free(&tried);
        plug_get_info(t->p, &info);
        if (i == 0)
            pid = info.pid;
        if (bad)
            return i;
        if (info.pid != pid) {
            report_bad(&t->report, "after %zu calls its process had grown by 64 MiB, and was replaced", i + 1);
            return i;
        }
        if (i + 1 == GROW_WARM)
            at[0] = at[1] = at[2] = size_of(pid);
        if (i + 1 == (GROW_WARM + GROW_CALLS) / 2)
            at[1] = size_of(pid);
        if (clock_mono_ms() > until || i + 2 == GROW_CALLS) {
            at[2] = size_of(pid);
            return i + 1;
        }
        report_progress(&t->report, i + 1, GROW_CALLS);
    }
    return GROW_CALLS - 1;
}

/* memory: what is said of it. */
static void judge_growth(struct plugin_test *t, const struct size at[3], size_t made, char memory[80])
{
    uint64_t half = at[2].bytes > at[1].bytes ? at[2].bytes - at[1].bytes : 0, whole = at[2].bytes > at[0].bytes ? at[2].bytes - at[0].bytes : 0;
    snprintf(memory, 80, "not measured");
    if (made <= GROW_WARM)                      /* too slow for that, or ended badly */
        return;
    if (at[0].bytes == 0 || at[2].bytes == 0) {
        report_bad(&t->report, "/proc does not show its memory to this user, so a leak would not be seen");
        return;
    }
    if (SANITIZED) {
        snprintf(memory, 80, "not measured (a sanitizer keeps what was freed)");
        whole = half = 0;
    } else {
        snprintf(memory, 80, "+%llu KiB after the first %u", (unsigned long long)whole >> 10, GROW_WARM);
    }
    if (half > GROW_BYTES && whole > GROW_BYTES)
        report_bad(&t->report, "its memory grew by %llu KiB over %zu calls, and did not stop growing", (unsigned long long)whole >> 10,
                   made - GROW_WARM);
    if (at[0].fds >= 0 && at[2].fds > at[0].fds)
        report_bad(&t->report, "it holds %d more descriptors than before", at[2].fds - at[0].fds);
}

void check_growth(struct plugin_test *t)
{
    struct plug_call calls[64];
    struct size at[3] = { { 0, -1 }, { 0, -1 }, { 0, -1 } };
    struct qw_error err = { 0 };
    struct tried tried;
    char memory[80];
    size_t made = 0;
    report_begin(&t->report, "leaves nothing behind");
    size_t n = make_calls(t, calls, sizeof calls / sizeof *calls);
    if (plug_reload(t->p, &err) != QW_OK)
        report_bad(&t->report, "%s", err.msg);
    else
        made = grow(t, calls, n, at);
    judge_growth(t, at, made, memory);
    /* The thousandth call is the last one of a process; the next one finds another. */
    for (int i = 0; i < 2; i++) {
        try_call(t->p, &calls[0], t->limit_ms, &tried);
        try_is_bad(&t->report, "a call after these", &tried, t->limit_ms);
        tried_free(&tried);
    }
    report_end(&t->report, "%zu calls in one process: memory %s, descriptors %s", made, memory,
               at[0].fds < 0 ? "not counted (that needs root)" : at[2].fds > at[0].fds ? "more" : "+0");
}
