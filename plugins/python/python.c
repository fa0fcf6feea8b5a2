/* python.c - the plugin: a tool that runs a program, and a verifier that has the model write some.
 *
 * The verifier never looks at the answer.  It asks the model, in a fresh conversation with the question alone,
 * for programs; runs those that compute something; and reports what each came to.  The host compares that with
 * the answer (k of n).  Agreement supports; disagreement refutes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/python/json.h"
#include "plugins/python/program.h"
#include "plugins/python/prompts.h"

enum { MAX_CODE = 60000, MAX_PROGRAMS = 8, MAX_QUESTION = 20000, MAX_VALUE = 2000, MAX_SHOWN = 3900, PLAIN_MS = 3000 };

static const struct qwen_host *host;

static struct qwen_str str(const char *s)
{
    return (struct qwen_str){ s, strlen(s) };
}

/* An option of the plugin's section, or what it is without. */
static double option(const char *key, double dflt, double min, double max)
{
    struct qwen_str v = host->option(str(key));
    char text[32], *end;
    double d;
    if (v.n == 0 || v.n >= sizeof text)
        return dflt;
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    d = strtod(text, &end);
    return *end == '\0' && d >= min && d <= max ? d : dflt;
}

static const char *why_not(int status, struct qwen_str error, char *to, size_t cap)
{
    switch (status) {
    case QWEN_NO_GRANT:  return "the configuration does not grant it";
    case QWEN_NO_TIME:   return "out of time";
    case QWEN_NO_MORE:   return "too much was asked for";
    case QWEN_NOT_HERE:  return "there is no interpreter or no model here";
    default:
        snprintf(to, cap, "%.*s", (int)(error.n < 300 ? error.n : 300), error.n > 0 ? error.p : "");
        return to[0] != '\0' ? to : "it failed";
    }
}

/* --- the tool ----------------------------------------------------------------------------------- */

/* A program that prints nothing, once more: now it prints the value of what stands last in it, as an interpreter would that
 * one types into.  Small models write `2 ** 100` and expect that.  false: that gives nothing either. */
static int show_last(struct qwen_call *call, struct qwen_str code)
{
    static const char before[] = "import ast\n_t = ast.parse(";
    static const char after[] = ")\n_l = _t.body.pop() if _t.body and isinstance(_t.body[-1], ast.Expr) else None\n"
                                "exec(compile(_t, 'program.py', 'exec'))\n"
                                "_v = eval(compile(ast.Expression(_l.value), 'program.py', 'eval')) if _l is not None else None\n"
                                "if _v is not None:\n    print(_v)\n";
    static char text[MAX_CODE];
    struct qwen_program_result out = { .size = sizeof out };
    struct qwen_program p = { .size = sizeof p };
    size_t n = sizeof before - 1;
    memcpy(text, before, n);
    if (!json_string(text, sizeof text - sizeof after, &n, code))
        return 0;                               /* it is long: not what this is for */
    memcpy(text + n, after, sizeof after - 1);
    p.code = (struct qwen_str){ text, n + sizeof after - 1 };
    if (host->run_program(call, &p, &out) != QWEN_DONE || out.flags != 0 || out.status != 0 || out.out.n == 0)
        return 0;
    host->output(call, out.out);
    return 1;
}

static int tool(void *self, struct qwen_call *call, struct qwen_str args)
{
    static char code[MAX_CODE];
    struct qwen_program_result out = { .size = sizeof out };
    struct qwen_program p = { .size = sizeof p };
    const char *why;
    char text[320];
    long n = json_member(args, "code", code, sizeof code, &why);
    (void)self;
    if (n < 0) {                                /* the model reads it and may do better */
        host->output(call, QWEN_STR("error: "));
        host->output(call, str(why));
        host->output(call, QWEN_STR("; they are {\"code\": \"a Python program\"}\n"));
        return 0;
    }
    p.code = (struct qwen_str){ code, (size_t)n };
    int rc = host->run_program(call, &p, &out);
    if (rc != QWEN_DONE) {
        host->output(call, QWEN_STR("error: "));
        host->output(call, str(why_not(rc, out.error, text, sizeof text)));
        host->output(call, QWEN_STR("\n"));
        return 0;
    }
    host->output(call, out.out);
    if (out.out.n == 0 && out.flags == 0 && out.status == 0 && !show_last(call, p.code))
        host->output(call, QWEN_STR("[no output: a program has to print its result]\n"));
    if (out.flags & QWEN_PROGRAM_CUT_OFF)
        host->output(call, QWEN_STR("\n[the rest of the output was dropped]\n"));
    if (out.flags & QWEN_PROGRAM_TIMED_OUT)
        host->output(call, QWEN_STR("\n[stopped: out of time]\n"));
    else if (out.flags & QWEN_PROGRAM_MEMORY)
        host->output(call, QWEN_STR("\n[stopped: out of memory]\n"));
    if (out.status != 0 && out.err.n > 0) {
        host->output(call, QWEN_STR("\n"));
        host->output(call, out.err);
    }
    return 0;
}

/* --- the verifier ---------------------------------------------------------------------------------- */

static void tell(struct qwen_call *call, int i, const char *what, struct qwen_str detail, struct qwen_str code)
{
    char text[400], *json = host->alloc(call, MAX_SHOWN + 100);
    size_t n = 0;
    int m = snprintf(text, sizeof text, "program %d: %s%.*s", i + 1, what, (int)(detail.n < 200 ? detail.n : 200), detail.n > 0 ? detail.p : "");
    if (json != NULL) {
        static const char open[] = "{\"program\": ";
        memcpy(json, open, n = sizeof open - 1);
        if (json_string(json, MAX_SHOWN, &n, code))
            json[n++] = '}';
        else
            n = 0;                              /* a part of a program would be no program */
    }
    host->evidence(call, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, (struct qwen_str){ text, (size_t)m }, (struct qwen_str){ json, n });
}

/* The printed line in its plainest form, into to; 0: it has none, or that could not be found out, and to is as it was. */
static size_t finish(struct qwen_call *call, struct qwen_str line, char *to, size_t cap)
{
    struct qwen_program p = { .size = sizeof p, .code = QWEN_STR(PLAIN_PROGRAM), .input = line, .time_ms = PLAIN_MS };
    struct qwen_program_result out = { .size = sizeof out };
    static char value[MAX_VALUE];
    if (host->run_program(call, &p, &out) != QWEN_DONE || out.flags != 0 || out.status != 0)
        return 0;
    size_t n = program_result(out.out, value, sizeof value);
    if (n == 0 || n > cap)
        return 0;
    memcpy(to, value, n);
    return n;
}

/* One program of the model's: what it came to, or nothing. */
static int try_program(struct qwen_call *call, int i, struct qwen_str answer, struct qwen_str question)
{
    static const char *const faults[] = { "", "prints a constant, which shows nothing", "does not use the question's numbers", "is too long" };
    struct qwen_program_result out = { .size = sizeof out };
    struct qwen_program p = { .size = sizeof p, .code = program_find(answer), .time_ms = (uint32_t)option("program_ms", 5000, 10, 60000) };
    char value[MAX_VALUE], text[320];
    size_t n = 0;
    if (p.code.n == 0) {
        tell(call, i, "there is none in what the model wrote", QWEN_STR(""), p.code);
        return 0;
    }
    enum program_fault fault = program_check(p.code, question);
    if (fault != PROGRAM_COMPUTES) {
        tell(call, i, faults[fault], QWEN_STR(""), p.code);
        return 0;
    }
    int rc = host->run_program(call, &p, &out);
    if (rc != QWEN_DONE) {
        tell(call, i, "was not run: ", str(why_not(rc, out.error, text, sizeof text)), p.code);
        return rc;
    }
    if (out.flags != 0 || out.status != 0) {
        struct qwen_str last = out.err;         /* the exception's line */
        while (last.n > 0 && last.p[last.n - 1] == '\n')
            last.n--;
        for (size_t k = last.n; k > 0; k--)
            if (last.p[k - 1] == '\n') {
                last = (struct qwen_str){ last.p + k, last.n - k };
                break;
            }
        tell(call, i, out.flags & QWEN_PROGRAM_TIMED_OUT ? "ran out of time" : out.flags & QWEN_PROGRAM_MEMORY ? "ran out of memory"
                    : out.flags & QWEN_PROGRAM_CUT_OFF ? "printed too much" : "failed: ", out.flags == 0 ? last : QWEN_STR(""), p.code);
        return 0;
    }
    n = program_result(out.out, value, sizeof value);
    size_t better = program_is_unfinished(program_last(out.out)) ? finish(call, program_last(out.out), value, sizeof value) : 0;
    struct qwen_str result = { value, better > 0 ? better : n };
    if (n == 0) {
        tell(call, i, "printed nothing that is an answer", QWEN_STR(""), p.code);
    } else if (program_says_itself(p.code, question, result)) {
        tell(call, i, "prints a number that stands in it: ", result, p.code);
    } else {
        tell(call, i, better > 0 ? "comes to " : "prints ", result, p.code);
        host->candidate(call, 0, QWEN_BASIS_PROGRAM, result);
        return 1;
    }
    return 0;
}

/* The same question gets the same programs. */
static uint64_t seed_of(struct qwen_str s)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h & 0xffffffffu;
}

static int verify(void *self, struct qwen_call *call, const struct qwen_problem *p)
{
    struct qwen_texts out = { .size = sizeof out };
    struct qwen_generate g = { .size = sizeof g };
    int zh = p->lang.n >= 2 ? memcmp(p->lang.p, "zh", 2) == 0 : 0;
    const char *before = zh ? PROMPT_BEFORE_ZH : PROMPT_BEFORE_EN;
    size_t n = strlen(before);
    char text[320], *prompt;
    (void)self;
    if (p->question.n == 0 || p->question.n > MAX_QUESTION || (prompt = host->alloc(call, n + p->question.n)) == NULL)
        return 0;
    memcpy(prompt, before, n);
    memcpy(prompt + n, p->question.p, p->question.n);
    g.system = str(zh ? PROMPT_SYSTEM_ZH : PROMPT_SYSTEM_EN);
    g.prompt = (struct qwen_str){ prompt, n + p->question.n };
    g.n = (uint32_t)option("programs", 3, 1, MAX_PROGRAMS);
    g.max_tokens = (uint32_t)option("max_tokens", 400, 16, 4096);
    g.temperature = option("temperature", 0.7, 0, 2);
    g.seed = seed_of(p->question);
    int rc = host->generate(call, &g, &out);
    if (rc == QWEN_NO_GRANT)
        return 0;                               /* configured for its tool alone */
    if (rc != QWEN_DONE) {
        struct qwen_str why = str(why_not(rc, out.error, text, sizeof text));
        host->log(call, (struct qwen_str){ why.p, why.n });
        tell(call, 0, "was not written: ", why, QWEN_STR(""));
        return 0;
    }
    for (uint32_t i = 0; i < out.n && i < MAX_PROGRAMS; i++) {
        rc = try_program(call, (int)i, out.text[i], p->question);
        if (rc < 0)
            return 0;                           /* the next one would not run either */
        if (rc == 0)
            host->candidate(call, 0, QWEN_BASIS_PROGRAM, QWEN_STR(""));
    }
    return 0;
}

static int init(const struct qwen_host *h, struct qwen_registry *reg, void **self)
{
    static const struct qwen_verifier v = {
        .size = sizeof v, .name = QWEN_STR("python"), .about = QWEN_STR("separate programs of the model come to the answer"), .verify = verify,
    };
    static const struct qwen_tool t = {
        .size = sizeof t, .name = QWEN_STR("python"),
        .about = QWEN_STR("Runs a Python 3 program (standard library and sympy; no files, no network) and returns what it prints."),
        .schema_json = QWEN_STR("{\"type\": \"object\", \"properties\": {\"code\": {\"type\": \"string\", \"description\": "
                                "\"a whole program that prints its result\"}}, \"required\": [\"code\"]}"),
        .call = tool,
    };
    host = h;
    *self = NULL;
    return h->add_verifier(reg, &v) != 0 || h->add_tool(reg, &t) != 0;
}

int qwen_plugin_v1(const struct qwen_host *h, struct qwen_plugin *out)
{
    if (!QWEN_HAS(h, run_program) || !QWEN_HAS(out, free))
        return -1;
    out->abi_major = QWEN_PLUGIN_ABI_MAJOR;
    out->name = QWEN_STR("python");
    out->version = QWEN_STR("0.1.0");
    out->init = init;
    out->free = NULL;
    return 0;
}
