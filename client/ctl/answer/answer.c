#include "client/ctl/answer/answer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/catalog.h"
#include "base/clock.h"
#include "base/cpu.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "client/ctl/answer/view.h"
#include "client/ctl/call/call.h"
#include "client/ctl/ui/term.h"

#define BETTER_MODEL "qwen3-4b"
#define BETTER_NEEDS_BYTES (5ull << 30)     /* 2.5 GB of weights, a context, and room for everything else */

struct answer_opts answer_opts = { .verify = "check", .stop_on_repetition = true };

const char *answer_system(const char *question)
{
    if (answer_opts.system != NULL)
        return answer_opts.system;
    if (utf8_has_han(question, strlen(question)))
        return "请一步一步地推理，并把最终答案写在 \\boxed{} 里。";
    return "Please reason step by step, and put your final answer within \\boxed{}.";
}

void answer_put_model(qwen_msg *m)
{
    if (answer_opts.model != NULL)
        qwen_msg_str(m, "model", answer_opts.model);
}

void answer_put_question(qwen_msg *m, const char *question)
{
    qwen_msg_begin_array(m, "messages");
    qwen_msg_begin_map(m, NULL);
    qwen_msg_str(m, "role", "user");
    qwen_msg_str(m, "content", question);
    qwen_msg_end(m);
    qwen_msg_end(m);
    answer_put_model(m);
}

bool answer_verifies(void)
{
    return !answer_opts.unverified && strcmp(answer_opts.verify, "off") != 0;
}

void answer_put_verify(qwen_msg *m)
{
    const struct answer_opts *o = &answer_opts;
    if (!answer_verifies())
        return;
    qwen_msg_begin_map(m, "verify");
    qwen_msg_str(m, "mode", o->verify);
    if (o->has_attempts)
        qwen_msg_int(m, "attempts", o->attempts);
    if (o->has_samples)
        qwen_msg_int(m, "samples", o->samples);
    if (o->has_time)
        qwen_msg_int(m, "loop_ms", (int64_t)(o->time_s * 1000));
    qwen_msg_end(m);
}

void answer_take_verify(const qwen_reply *r)
{
    static const char *const modes[] = { "off", "check", "retry", "vote" };
    const char *mode = qwen_reply_str(r, "verify.mode");
    struct answer_opts *o = &answer_opts;
    if (mode == NULL || o->has_verify || o->unverified)
        return;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(mode, modes[i]) == 0)
            o->verify = modes[i];
    if (!o->has_attempts && (o->attempts = qwen_reply_int(r, "verify.attempts", 0)) > 0)
        o->has_attempts = true;
    if (!o->has_samples && (o->samples = qwen_reply_int(r, "verify.samples", 0)) > 0)
        o->has_samples = true;
    int64_t ms = qwen_reply_int(r, "verify.loop_ms", 0);
    if (!o->has_time && ms > 0) {
        o->time_s = (double)ms / 1000;
        o->has_time = true;
    }
}

void answer_params(qwen_msg *m)
{
    const struct answer_opts *o = &answer_opts;
    const struct { const char *name; bool given; double v; } f[] = {
        { "temperature", o->has_temperature, o->temperature }, { "top_p", o->has_top_p, o->top_p }, { "min_p", o->has_min_p, o->min_p },
        { "repetition_penalty", o->has_repetition_penalty, o->repetition_penalty },
        { "presence_penalty", o->has_presence_penalty, o->presence_penalty },
        { "frequency_penalty", o->has_frequency_penalty, o->frequency_penalty },
    };
    for (size_t i = 0; i < sizeof f / sizeof f[0]; i++)
        if (f[i].given)
            qwen_msg_float(m, f[i].name, f[i].v);
    if (o->has_top_k)
        qwen_msg_int(m, "top_k", o->top_k);
    if (o->has_seed)
        qwen_msg_int(m, "seed", o->seed);
    if (o->has_max_tokens)
        qwen_msg_int(m, "max_tokens", o->max_tokens);
    if (!o->stop_on_repetition)
        qwen_msg_bool(m, "stop_on_repetition", 0);
    if (o->stop.n > 0) {
        qwen_msg_begin_array(m, "stop");
        for (size_t i = 0; i < o->stop.n; i++)
            qwen_msg_str(m, NULL, o->stop.v[i]);
        qwen_msg_end(m);
    }
    if (o->tools.n > 0) {
        qwen_msg_begin_array(m, "tools");
        for (size_t i = 0; i < o->tools.n; i++)
            qwen_msg_str(m, NULL, o->tools.v[i]);
        qwen_msg_end(m);
        if (o->has_max_tool_calls)
            qwen_msg_int(m, "max_tool_calls", o->max_tool_calls);
    }
    answer_put_verify(m);
    qwen_msg_bool(m, "stream", 1);
}

/* ---- streaming ------------------------------------------------------------------- */

struct answer {
    struct text_out out;
    bool     quiet, any_text;
    bool     late;              /* the text is shown at the end: into a pipe goes the answer, not its attempts */
    int64_t  attempt, at;       /* bytes shown of it */
    int64_t  tools;             /* events of tools shown: two for each call */
    char    *failed;            /* what the last check said, or NULL */
    uint64_t begin_ms;
};

static void show_progress(struct answer *a, const qwen_reply *e)
{
    const char *phase = qwen_reply_str(e, "phase");
    int64_t done = qwen_reply_int(e, "done", -1), total = qwen_reply_int(e, "total", -1), ahead = qwen_reply_int(e, "ahead", -1);
    double s = (double)(clock_mono_ms() - a->begin_ms) / 1000;
    int percent = total > 0 && done >= 0 ? (int)(100 * (double)done / (double)total) : -1;
    if (s < 2 || a->any_text || phase == NULL)
        return;
    if (strcmp(phase, "queued") == 0 && ahead > 0)
        progress_line("waiting for %lld others (%.0f s)", (long long)ahead, s);
    else if (strcmp(phase, "loading") == 0 && percent >= 0)
        progress_line("loading the model: %d %% (%.0f s)", percent, s);
    else if (strcmp(phase, "prefill") == 0 && percent >= 0)
        progress_line("reading the question: %lld of %lld tokens (%.0f s)", (long long)done, (long long)total, s);
    else
        progress_line("%s (%.0f s)", strcmp(phase, "loading") == 0 ? "loading the model" : strcmp(phase, "verify") == 0 ? "checking"
                      : strcmp(phase, "programs") == 0 ? "the model writes programs" : "waiting", s);
}

/* What a person reads of the check that an attempt did not pass; kept for the line of the next one. */
static void note_verdict(struct answer *a, const qwen_reply *e)
{
    struct verdict_view v;
    qw_free(a->failed);
    a->failed = NULL;
    if (!view_from_reply(&v, e, "verification"))
        return;
    for (size_t i = 0; i < v.n_evidence && a->failed == NULL; i++)
        if (v.evidence[i].text != NULL && v.evidence[i].who != NULL && strcmp(v.evidence[i].who, "user") == 0
            && v.evidence[i].of != NULL && strcmp(v.evidence[i].of, "answer") == 0)
            a->failed = qw_strdup(v.evidence[i].text);
}

/* "[attempt 2 of 3; refuted: 2·7 + 5 ≠ 17]": the text begins anew. */
static void show_attempt(struct answer *a, const qwen_reply *e)
{
    const char *why = qwen_reply_str(e, "why");
    long long n = (long long)qwen_reply_int(e, "attempt", 0) + 1, of = (long long)qwen_reply_int(e, "of", 0);
    if (a->quiet || a->late || why == NULL)
        return;
    progress_clear();
    text_end(&a->out);
    fputs(style(stderr, DIM), stderr);
    if (strcmp(why, "chosen") == 0)
        fprintf(stderr, "[the answer is attempt %lld]", (long long)qwen_reply_int(e, "from", 0) + 1);
    else {
        fprintf(stderr, "[attempt %lld of %lld; %s", n, of, strcmp(why, "refuted") == 0 ? "refuted" : "there was no final answer");
        if (strcmp(why, "refuted") == 0 && a->failed != NULL) {
            fputs(": ", stderr);
            ctl_safe(stderr, a->failed);
        }
        fputc(']', stderr);
    }
    fprintf(stderr, "%s\n", style(stderr, PLAIN));
}

/* The arguments of a call as a person reads them: the text, where they are nothing else. */
static void put_arguments(struct text_out *t, const char *json)
{
    json_t *j = json_loads(json, 0, NULL), *v = NULL;
    if (json_is_object(j) && json_object_size(j) == 1)
        v = json_object_iter_value(json_object_iter(j));
    const char *text = json_is_string(v) ? json_string_value(v) : json;
    text_put(t, text, strlen(text));
    json_decref(j);
}

/* "python: print(2 + 2)", and once it is over "→ 4". */
static void show_tool(struct answer *a, const qwen_reply *e)
{
    const char *name = qwen_reply_str(e, "name"), *arguments = qwen_reply_str(e, "arguments"), *output = qwen_reply_str(e, "output");
    int64_t which = 2 * qwen_reply_int(e, "call", 0) + (output != NULL);
    struct text_out t = { .f = stderr };
    if (name == NULL || arguments == NULL || which < a->tools || a->quiet || a->late)
        return;                                 /* seen before the connection was lost */
    a->tools = which + 1;
    progress_clear();
    text_end(&a->out);
    fputs(style(stderr, DIM), stderr);
    if (output == NULL) {
        ctl_safe(stderr, name);
        fputs(": ", stderr);
        t.at.mid_line = true;
        put_arguments(&t, arguments);
    } else {
        fputs("→ ", stderr);
        t.at.mid_line = true;
        text_put(&t, output, strlen(output));
        t.any = t.any || output[0] == '\0';
    }
    text_end(&t);
    fputs(style(stderr, PLAIN), stderr);
    fflush(stderr);
}

static int on_event(void *arg, const qwen_reply *e)
{
    struct answer *a = arg;
    const char *name = qwen_reply_name(e), *text;
    size_t n;
    if (strcmp(name, "stream.progress") == 0) {
        show_progress(a, e);
    } else if (strcmp(name, "stream.verdict") == 0) {
        note_verdict(a, e);
    } else if (strcmp(name, "stream.tool") == 0) {
        show_tool(a, e);
    } else if (strcmp(name, "stream.attempt") == 0) {
        show_attempt(a, e);
    } else if (strcmp(name, "stream.delta") == 0 && qwen_reply_int(e, "index", 0) == 0
               && (text = qwen_reply_strn(e, "text", &n)) != NULL) {
        progress_clear();
        a->any_text = true;
        int64_t attempt = qwen_reply_int(e, "attempt", 0);
        if (attempt > a->attempt) {         /* its text begins anew */
            a->attempt = attempt;
            a->at = 0;
        }
        int64_t at = qwen_reply_int(e, "at", a->at);
        if (at < a->at) {                   /* bytes that we have */
            size_t skip = (size_t)(a->at - at) < n ? (size_t)(a->at - at) : n;
            text += skip;
            n -= skip;
        }
        a->at += (int64_t)n;
        if (!a->quiet && !a->late)
            text_put(&a->out, text, n);
    }
    return 0;                               /* Ctrl-C comes through qwen_wake */
}

static void show_end(const qwen_reply *r)
{
    const char *f = qwen_reply_str(r, "choices.0.finish_reason"), *ended = qwen_reply_str(r, "verification.ended");
    if (ended != NULL && strcmp(ended, "budget") == 0)
        ctl_note("[the time for further attempts was over]");
    if (f == NULL || strcmp(f, "stop") == 0)
        return;
    if (strcmp(f, "length") == 0)
        ctl_note("[the answer stops here: %lld tokens are what was allowed, or what the context holds]", (long long)qwen_reply_int(r, "usage.completion", 0));
    else if (strcmp(f, "repetition") == 0)
        ctl_note("[stopped: it began to repeat itself]");
    else
        ctl_note("[%s]", f);
}

static double rate(int64_t tokens, double ms)
{
    return ms > 0 ? (double)tokens * 1000 / ms : 0;
}

static void show_stats(const qwen_reply *r)
{
    int64_t prompt = qwen_reply_int(r, "usage.prompt", 0), prefilled = qwen_reply_int(r, "usage.prefilled", 0),
            completion = qwen_reply_int(r, "usage.completion", 0);
    double prefill = qwen_reply_float(r, "timing_ms.prefill", 0), decode = qwen_reply_float(r, "timing_ms.decode", 0);
    ctl_note("prompt: %lld tokens = %lld from memory + %lld from disk + %lld prefilled in %.2f s (%.0f tokens/s)", (long long)prompt,
             (long long)qwen_reply_int(r, "usage.from_memory", 0), (long long)qwen_reply_int(r, "usage.from_disk", 0), (long long)prefilled,
             prefill / 1000, rate(prefilled, prefill));
    ctl_note("answer: %lld tokens in %.2f s (%.1f tokens/s); queued %.2f s, checked in %.2f s, total %.2f s; seed %lld", (long long)completion,
             decode / 1000, rate(completion, decode), qwen_reply_float(r, "timing_ms.queued", 0) / 1000,
             qwen_reply_float(r, "timing_ms.verify", 0) / 1000, qwen_reply_float(r, "timing_ms.total", 0) / 1000, (long long)qwen_reply_int(r, "seed", 0));
}

/* A conversation is stored unless somebody said otherwise; said once, until it changes. */
static void warn_not_stored(const qwen_reply *r)
{
    static bool warned;
    const char *durable = qwen_reply_str(r, "durable"), *why = qwen_reply_str(r, "storage");
    if (qwen_reply_str(r, "session") == NULL || durable == NULL)
        return;
    bool not_stored = strcmp(durable, "none") == 0;
    if (not_stored && !warned && why != NULL)
        ctl_note("[this conversation is not stored: %s]", why);
    warned = not_stored;
}

/* The text that was not shown while it came. */
static void show_late(struct answer *a, const qwen_reply *r)
{
    size_t n;
    const char *text = qwen_reply_strn(r, "choices.0.text", &n);
    if (text != NULL)
        text_put(&a->out, text, n);
}

static int show(qwen_client *c, qwen_msg *m, bool quiet, bool several, qwen_reply **reply)
{
    struct answer a = { .out = { .f = stdout }, .quiet = quiet, .late = several && !isatty(STDOUT_FILENO), .begin_ms = clock_mono_ms() };
    struct verdict_view view;
    qwen_reply *r = NULL;
    interrupt_begin(c);
    int rc = qwen_call(c, m, -1, on_event, &a, &r);
    bool stopped = interrupted();
    interrupt_end();
    progress_clear();
    if (rc == 0 && a.late && !quiet)
        show_late(&a, r);
    text_end(&a.out);
    qw_free(a.failed);
    if (rc != 0)
        return ctl_say_error(c);
    if (!quiet) {
        show_end(r);
        if (view_from_reply(&view, r, "verification"))
            view_print(stdout, &view);
        warn_not_stored(r);
    }
    if (answer_opts.stats)
        show_stats(r);
    if (reply != NULL)
        *reply = r;
    else
        qwen_reply_free(r);
    return stopped ? EXIT_INTERRUPTED : EXIT_OK;
}

int answer_run(qwen_client *c, qwen_msg *m, bool quiet, qwen_reply **reply)
{
    bool several = answer_verifies() && strcmp(answer_opts.verify, "check") != 0;
    answer_params(m);
    return show(c, m, quiet, several, reply);
}

int answer_show(qwen_client *c, qwen_msg *m, bool quiet, qwen_reply **reply)
{
    return show(c, m, quiet, true, reply);
}

/* ---- which model -------------------------------------------------------------------- */

void answer_say_model(qwen_client *c)
{
    const char *name = answer_opts.model, *about = NULL;
    qwen_reply *r = NULL;
    qwen_msg *m = qwen_msg_new(name != NULL ? "model.show" : "status");
    if (name != NULL)
        qwen_msg_str(m, "model", name);
    if (qwen_call(c, m, 30000, NULL, NULL, &r) != 0)
        return;                             /* the question meets the same error, and says it */
    name = qwen_reply_str(r, name != NULL ? "name" : "default_model");
    if (name != NULL) {
        const struct catalog_entry *e = catalog_find(name);
        if (e != NULL) {
            name = e->name;
            about = e->about;
        }
        struct mem_info mem;
        mem_probe(&mem);
        if (about != NULL && strstr(about, "demonstration") != NULL)
            ctl_note("%s answers: %s. %s", name, about, mem.available_bytes >= BETTER_NEEDS_BYTES
                     ? "Better: `qwenctl model pull " BETTER_MODEL "` fetches Qwen3-4B-Instruct-2507 (2.5 GB), then `--model " BETTER_MODEL "`."
                     : "Better, with 5 GB of free memory: Qwen3-4B-Instruct-2507 (`qwenctl model pull " BETTER_MODEL "`).");
        else
            ctl_note("%s answers%s%s", name, about != NULL ? ": " : "", about != NULL ? about : "");
    }
    qwen_reply_free(r);
}
