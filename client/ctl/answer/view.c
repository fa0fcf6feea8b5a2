#include "client/ctl/answer/view.h"

#include <string.h>

#include "client/ctl/ui/term.h"

static const char *sub(const qwen_reply *r, const char *path, const char *list, size_t i, const char *key)
{
    char p[192];
    if (list == NULL)
        snprintf(p, sizeof p, "%s.%s", path, key);
    else
        snprintf(p, sizeof p, "%s.%s.%zu.%s", path, list, i, key);
    return qwen_reply_str(r, p[0] == '.' ? p + 1 : p);
}

static size_t count(const qwen_reply *r, const char *path, const char *list, size_t max)
{
    char p[192];
    snprintf(p, sizeof p, "%s.%s", path, list);
    size_t n = qwen_reply_len(r, p[0] == '.' ? p + 1 : p);
    return n < max ? n : max;
}

static unsigned part_no(const qwen_reply *r, const char *path, const char *list, size_t i)
{
    char p[192];
    snprintf(p, sizeof p, "%s.%s.%zu.part", path, list, i);
    return (unsigned)qwen_reply_int(r, p[0] == '.' ? p + 1 : p, 0);
}

static long long number(const qwen_reply *r, const char *path, const char *key)
{
    char p[192];
    snprintf(p, sizeof p, "%s.%s", path, key);
    return (long long)qwen_reply_int(r, p[0] == '.' ? p + 1 : p, 0);
}

static void programs_from_reply(struct verdict_view *v, const qwen_reply *r, const char *path)
{
    char p[64];
    snprintf(p, sizeof p, "%s.programs", path);
    const char *at = p[0] == '.' ? p + 1 : p;
    v->n_programs = number(r, at, "of");
    v->n_values   = number(r, at, "values");
    v->no_programs = sub(r, at, NULL, 0, "error");
    v->n_said = count(r, at, "said", VIEW_SAID);
    v->programs = v->n_programs > 0 || v->no_programs != NULL || v->n_said > 0;
    for (size_t i = 0; i < v->n_said; i++) {
        char q[128];
        snprintf(q, sizeof q, "%s.said.%zu", at, i);
        v->said[i] = qwen_reply_str(r, q);
    }
}

bool view_from_reply(struct verdict_view *v, const qwen_reply *r, const char *path)
{
    memset(v, 0, sizeof *v);
    v->verdict = sub(r, path, NULL, 0, "verdict");
    if (v->verdict == NULL)
        return false;
    v->working = sub(r, path, NULL, 0, "working");
    v->plugin  = sub(r, path, NULL, 0, "plugin");
    v->version = sub(r, path, NULL, 0, "version");
    v->error   = sub(r, path, NULL, 0, "error");
    v->basis   = sub(r, path, NULL, 0, "basis");
    v->agree   = number(r, path, "agree");
    v->of      = number(r, path, "of");
    v->votes   = number(r, path, "vote.agree");
    v->samples = number(r, path, "vote.of");
    v->n_parts = count(r, path, "parts", VIEW_PARTS);
    for (size_t i = 0; i < v->n_parts; i++) {
        v->parts[i].part     = part_no(r, path, "parts", i);
        v->parts[i].verdict  = sub(r, path, "parts", i, "verdict");
        v->parts[i].working  = sub(r, path, "parts", i, "working");
        v->parts[i].reading  = sub(r, path, "parts", i, "reading");
        v->parts[i].computed = sub(r, path, "parts", i, "computed");
    }
    v->n_evidence = count(r, path, "evidence", VIEW_EVIDENCE);
    for (size_t i = 0; i < v->n_evidence; i++) {
        v->evidence[i].part = part_no(r, path, "evidence", i);
        v->evidence[i].of   = sub(r, path, "evidence", i, "of");
        v->evidence[i].who  = sub(r, path, "evidence", i, "for");
        v->evidence[i].text = sub(r, path, "evidence", i, "text");
    }
    programs_from_reply(v, r, path);
    return true;
}

static const char *verdict_name(enum qwen_verdict v)
{
    switch (v) {
    case QWEN_VERIFIED:  return "verified";
    case QWEN_SUPPORTED: return "supported";
    case QWEN_REFUTED:   return "refuted";
    case QWEN_UNDECIDED: break;
    }
    return "undecided";
}

void view_from_result(struct verdict_view *v, const struct plug_result *r)
{
    memset(v, 0, sizeof *v);
    bool ok = r->error.code == QW_OK;
    v->verdict = verdict_name(ok ? r->answer : QWEN_UNDECIDED);
    v->working = verdict_name(ok ? r->working : QWEN_UNDECIDED);
    v->plugin  = r->plugin;
    v->version = r->version;
    v->error   = ok ? NULL : r->error.msg;
    v->n_parts = r->n_parts < VIEW_PARTS ? r->n_parts : VIEW_PARTS;
    for (size_t i = 0; i < v->n_parts; i++) {
        v->parts[i].part     = r->parts[i].part;
        v->parts[i].verdict  = verdict_name(r->parts[i].answer);
        v->parts[i].working  = verdict_name(r->parts[i].working);
        v->parts[i].reading  = r->parts[i].reading;
        v->parts[i].computed = r->parts[i].computed;
    }
    v->n_evidence = r->n_evidence < VIEW_EVIDENCE ? r->n_evidence : VIEW_EVIDENCE;
    for (size_t i = 0; i < v->n_evidence; i++) {
        v->evidence[i].part = r->evidence[i].part;
        v->evidence[i].of   = r->evidence[i].of == QWEN_OF_WORKING ? "working" : "answer";
        v->evidence[i].who  = r->evidence[i].who == QWEN_FOR_MODEL ? "model" : "user";
        v->evidence[i].text = r->evidence[i].text;
        v->evidence[i].json = r->evidence[i].json;
    }
}

/* "✔ verified", drawn by nothing but this. */
static void put_verdict(FILE *f, const char *name)
{
    static const struct { const char *name, *shown; enum style style; } marks[] = {
        { "verified", "\xe2\x9c\x94 verified", GREEN }, { "refuted", "\xe2\x9c\x98 refuted", RED }, { "supported", "~ supported", BLUE },
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (name != NULL && strcmp(name, marks[i].name) == 0) {
            fprintf(f, "%s%s%s", style(f, marks[i].style), marks[i].shown, style(f, PLAIN));
            return;
        }
    fprintf(f, "%s? undecided%s", style(f, YELLOW), style(f, PLAIN));
}

/* The evidence of one part: the first on the verdict's line, the others below it. */
static size_t put_evidence(FILE *f, const struct verdict_view *v, unsigned part, const char *of, const char *indent)
{
    size_t shown = 0;
    for (size_t i = 0; i < v->n_evidence; i++) {
        const char *text = v->evidence[i].text, *eof = v->evidence[i].of, *who = v->evidence[i].who;
        if (v->evidence[i].part != part || text == NULL || eof == NULL || strcmp(eof, of) != 0 || (who != NULL && strcmp(who, "model") == 0))
            continue;
        fputs(shown == 0 ? ": " : indent, f);
        ctl_safe(f, text);
        fputc('\n', f);
        shown++;
    }
    return shown;
}

static void put_part(FILE *f, const struct verdict_view *v, size_t i)
{
    if (put_evidence(f, v, v->parts[i].part, "answer", "  ") == 0)
        fputc('\n', f);
    if (v->parts[i].reading != NULL && v->parts[i].reading[0] != '\0') {
        fprintf(f, "  %sread as: ", style(f, DIM));
        ctl_safe(f, v->parts[i].reading);
        fprintf(f, "%s\n", style(f, PLAIN));
    }
    if (v->parts[i].computed != NULL && v->parts[i].verdict != NULL && strcmp(v->parts[i].verdict, "refuted") == 0) {
        fputs("  computed", f);
        if (v->plugin != NULL) {
            fputs(" by ", f);
            ctl_safe(f, v->plugin);
        }
        fputs(": ", f);
        ctl_safe(f, v->parts[i].computed);
        fputc('\n', f);
    }
    if (v->parts[i].working != NULL && strcmp(v->parts[i].working, "refuted") == 0) {
        fprintf(f, "  working: ");
        put_verdict(f, "refuted");
        if (put_evidence(f, v, v->parts[i].part, "working", "  ") == 0)
            fputc('\n', f);
    }
}

/* What stands behind "supported": " (3 of 5 samples agree)", " (2 of 3 programs and 4 of 5 samples agree)", or whose word it is. */
static void put_basis(FILE *f, const struct verdict_view *v)
{
    bool supported = v->verdict != NULL && strcmp(v->verdict, "supported") == 0;
    bool programs = v->basis != NULL && strcmp(v->basis, "program") == 0;
    if (supported && v->of > 0) {
        fprintf(f, " (%lld of %lld %s", v->agree, v->of, programs ? "programs" : "samples");
        if (v->samples > 0)
            fprintf(f, " and %lld of %lld samples", v->votes, v->samples);
        fputs(" agree)", f);
    } else if (supported && v->plugin != NULL) {
        fputs(", claimed by ", f);
        ctl_safe(f, v->plugin);
    } else if (v->of > 0 && v->verdict != NULL && strcmp(v->verdict, "undecided") == 0) {
        fprintf(f, " (no more than %lld of %lld agree)", v->agree, v->of);
    }
}

/* What programs of the model's own came to, where the verdict does not stand on them: then its evidence says so. */
static void put_programs(FILE *f, const struct verdict_view *v)
{
    bool shown = v->basis != NULL && strcmp(v->basis, "program") == 0;
    if (!v->programs || shown)
        return;
    fprintf(f, "  %sprograms: ", style(f, DIM));
    if (v->n_programs > 0)
        fprintf(f, "%lld, of which %lld came to a value%s", v->n_programs, v->n_values, v->no_programs != NULL ? "; " : "");
    if (v->no_programs != NULL)
        ctl_safe(f, v->no_programs);
    fputc('\n', f);
    for (size_t i = 0; i < v->n_said; i++) {
        if (v->said[i] == NULL)
            continue;
        fputs("    ", f);
        ctl_safe(f, v->said[i]);
        fputc('\n', f);
    }
    fputs(style(f, PLAIN), f);
}

void view_print(FILE *f, const struct verdict_view *v)
{
    put_verdict(f, v->verdict);
    put_basis(f, v);
    size_t whole = 0;                       /* part 0 belongs to the first line */
    while (whole < v->n_parts && v->parts[whole].part != 0)
        whole++;
    if (whole < v->n_parts) {
        put_part(f, v, whole);
    } else if (v->error != NULL) {
        fputs(": ", f);
        ctl_safe(f, v->error);
        fputc('\n', f);
    } else if (put_evidence(f, v, 0, "answer", "  ") == 0) {
        bool undecided = v->verdict != NULL && strcmp(v->verdict, "undecided") == 0;
        fputs(undecided && v->n_parts == 0 && v->of == 0 ? ": the question was not read\n" : "\n", f);
    }
    for (size_t i = 0; i < v->n_parts; i++)
        if (i != whole) {
            fprintf(f, "(%u) ", v->parts[i].part);
            put_verdict(f, v->parts[i].verdict);
            put_part(f, v, i);
        }
    put_programs(f, v);
    fflush(f);
}
