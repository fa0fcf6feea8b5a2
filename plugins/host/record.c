#include "plugins/host/record.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

void record_init(struct plug_result *r)
{
    memset(r, 0, sizeof *r);
}

void record_free(struct plug_result *r)
{
    for (size_t i = 0; i < r->n_parts; i++) {
        qw_free(r->parts[i].reading);
        qw_free(r->parts[i].computed);
        qw_free(r->parts[i].canon);
    }
    for (size_t i = 0; i < r->n_evidence; i++) {
        qw_free(r->evidence[i].text);
        qw_free(r->evidence[i].json);
    }
    for (size_t i = 0; i < r->n_reads; i++)
        qw_free(r->reads[i].text);
    for (size_t i = 0; i < r->n_candidates; i++)
        qw_free(r->candidates[i].value);
    qw_free(r->parts);
    qw_free(r->evidence);
    qw_free(r->reads);
    qw_free(r->candidates);
    qw_free(r->output);
    record_init(r);
}

/* A copy within the bound, cut at a character border; NULL for empty or when memory fails. */
static char *copy_text(struct qwen_str s)
{
    size_t n = s.n < RECORD_MAX_TEXT ? s.n : RECORD_MAX_TEXT;
    if (n == 0 || s.p == NULL)
        return NULL;
    n = utf8_complete(s.p, n);
    return utf8_valid(s.p, n) && memchr(s.p, 0, n) == NULL ? qw_strndup(s.p, n) : NULL;
}

static struct plug_part *get_part(struct plug_result *r, uint32_t part)
{
    struct plug_part *grown;
    for (size_t i = 0; i < r->n_parts; i++)
        if (r->parts[i].part == part)
            return &r->parts[i];
    if (r->n_parts == RECORD_MAX_PARTS)
        return NULL;
    grown = qw_realloc_array(r->parts, r->n_parts + 1, sizeof *grown);
    if (grown == NULL)
        return NULL;
    r->parts = grown;
    grown[r->n_parts] = (struct plug_part){ .part = part };
    return &grown[r->n_parts++];
}

void record_verdict(struct plug_result *r, uint32_t part, enum qwen_of of, enum qwen_verdict v)
{
    struct plug_part *p = get_part(r, part);
    if (p == NULL || v < QWEN_UNDECIDED || v > QWEN_VERIFIED)
        return;
    if (of == QWEN_OF_WORKING)
        p->working = v;
    else
        p->answer = v;
}

/* Nor is a value believed that one of the two came to. */
void record_conflict(struct plug_result *r, uint32_t part, enum qwen_of of)
{
    struct plug_part *p = get_part(r, part);
    if (p == NULL)
        return;
    record_verdict(r, part, of, QWEN_UNDECIDED);
    p->conflict[of] = true;
    if (of == QWEN_OF_ANSWER) {
        qw_free(p->computed);
        p->computed = NULL;
    }
}

void record_reading(struct plug_result *r, uint32_t part, struct qwen_str text)
{
    struct plug_part *p = get_part(r, part);
    if (p == NULL)
        return;
    qw_free(p->reading);
    p->reading = copy_text(text);
}

void record_computed(struct plug_result *r, uint32_t part, struct qwen_str latex)
{
    struct plug_part *p = get_part(r, part);
    if (p == NULL)
        return;
    qw_free(p->computed);
    p->computed = copy_text(latex);
}

/* A name that was cut would be another one's: too long is none. */
void record_canon(struct plug_result *r, uint32_t part, struct qwen_str name)
{
    struct plug_part *p = name.n <= RECORD_MAX_CANON ? get_part(r, part) : NULL;
    if (p == NULL)
        return;
    qw_free(p->canon);
    p->canon = copy_text(name);
}

void record_line(struct plug_result *r, uint32_t part, enum qwen_read what, struct qwen_str text)
{
    struct plug_read_line *grown;
    char *copy;
    if (r->n_reads == RECORD_MAX_READS || what > QWEN_READ_LEFT || (copy = copy_text(text)) == NULL)
        return;
    grown = qw_realloc_array(r->reads, r->n_reads + 1, sizeof *grown);
    if (grown == NULL) {
        qw_free(copy);
        return;
    }
    r->reads = grown;
    grown[r->n_reads++] = (struct plug_read_line){ part, what, copy };
}

void record_candidate(struct plug_result *r, uint32_t part, enum qwen_basis basis, struct qwen_str value)
{
    struct plug_candidate *grown;
    /* A value that was cut would be another one: too long came to nothing. */
    char *copy = value.n <= RECORD_MAX_TEXT ? copy_text(value) : NULL;
    if (r->n_candidates == RECORD_MAX_CANDIDATES || basis > QWEN_BASIS_VOTE ||
        (grown = qw_realloc_array(r->candidates, r->n_candidates + 1, sizeof *grown)) == NULL) {
        qw_free(copy);
        return;
    }
    r->candidates = grown;
    grown[r->n_candidates++] = (struct plug_candidate){ part, basis, copy };
}

/* What is no text in it is written U+FFFD: a tool's result goes to a model, then to people. */
void record_output(struct plug_result *r, struct qwen_str text)
{
    static const char unknown[] = "\xef\xbf\xbd";
    struct qw_buf b;
    size_t at = 0;
    if (text.p == NULL || text.n == 0 || r->output_len >= RECORD_MAX_OUTPUT)
        return;
    qw_buf_init(&b, 0);
    if (r->output != NULL)
        qw_buf_add(&b, r->output, r->output_len);
    while (at < text.n && b.len < RECORD_MAX_OUTPUT && !qw_buf_failed(&b)) {
        uint32_t cp = 0;
        size_t n = utf8_decode(text.p + at, text.n - at, &cp);
        if (n == 0 || cp == 0)
            qw_buf_adds(&b, unknown);
        else if (b.len + n > RECORD_MAX_OUTPUT)
            break;
        else
            qw_buf_add(&b, text.p + at, n);
        at += n != 0 ? n : 1;
    }
    if (qw_buf_failed(&b) || b.data == NULL) {
        qw_buf_free(&b);
        return;
    }
    qw_free(r->output);
    r->output_len = b.len;
    r->output = qw_buf_take(&b);
}

void record_evidence(struct plug_result *r, uint32_t part, enum qwen_of of, enum qwen_for who,
                     struct qwen_str text, struct qwen_str json)
{
    struct plug_evidence *grown;
    char *copy;
    if (r->n_evidence == RECORD_MAX_EVIDENCE || (copy = copy_text(text)) == NULL)
        return;
    grown = qw_realloc_array(r->evidence, r->n_evidence + 1, sizeof *grown);
    if (grown == NULL) {
        qw_free(copy);
        return;
    }
    r->evidence = grown;
    grown[r->n_evidence++] = (struct plug_evidence){ part, of, who, copy, copy_text(json) };
}

void record_write(struct qw_buf *b, const struct plug_result *r)
{
    mpw_map(b, 6);
    mpw_str(b, "parts");
    mpw_array(b, r->n_parts);
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct plug_part *p = &r->parts[i];
        mpw_map(b, 6);
        mpw_str(b, "part");     mpw_int(b, p->part);
        mpw_str(b, "answer");   mpw_int(b, p->answer);
        mpw_str(b, "working");  mpw_int(b, p->working);
        mpw_str(b, "reading");  mpw_str(b, p->reading);
        mpw_str(b, "computed"); mpw_str(b, p->computed);
        mpw_str(b, "canon");    mpw_str(b, p->canon);
    }
    mpw_str(b, "evidence");
    mpw_array(b, r->n_evidence);
    for (size_t i = 0; i < r->n_evidence; i++) {
        const struct plug_evidence *e = &r->evidence[i];
        mpw_map(b, 5);
        mpw_str(b, "part"); mpw_int(b, e->part);
        mpw_str(b, "of");   mpw_int(b, e->of);
        mpw_str(b, "for");  mpw_int(b, e->who);
        mpw_str(b, "text"); mpw_str(b, e->text);
        mpw_str(b, "json"); mpw_str(b, e->json);
    }
    mpw_str(b, "reads");
    mpw_array(b, r->n_reads);
    for (size_t i = 0; i < r->n_reads; i++) {
        mpw_map(b, 3);
        mpw_str(b, "part"); mpw_int(b, r->reads[i].part);
        mpw_str(b, "what"); mpw_int(b, r->reads[i].what);
        mpw_str(b, "text"); mpw_str(b, r->reads[i].text);
    }
    mpw_str(b, "candidates");
    mpw_array(b, r->n_candidates);
    for (size_t i = 0; i < r->n_candidates; i++) {
        mpw_map(b, 3);
        mpw_str(b, "part");  mpw_int(b, r->candidates[i].part);
        mpw_str(b, "basis"); mpw_int(b, r->candidates[i].basis);
        mpw_str(b, "value"); mpw_str(b, r->candidates[i].value);
    }
    mpw_str(b, "output");
    if (r->output != NULL)
        mpw_strn(b, r->output, r->output_len);
    else
        mpw_nil(b);
    mpw_str(b, "eq");
    mpw_int(b, r->eq);
}

/* An integer member between 0 and max; false if it is anything else. */
static bool get_enum(const struct mp *map, const char *key, int64_t max, int64_t *out)
{
    int64_t v;
    if (!mp_to_i64(mp_get(map, key), &v) || v < 0 || v > max)
        return false;
    *out = v;
    return true;
}

static struct qwen_str get_text(const struct mp *map, const char *key)
{
    const struct mp *v = mp_get(map, key);
    if (v == NULL || v->type != MP_STR)
        return (struct qwen_str){ NULL, 0 };
    return (struct qwen_str){ v->u.s.p, v->u.s.n };
}

/* An array of at most max; NULL if it is anything else. */
static const struct mp *get_array(const struct mp *v, const char *key, size_t max)
{
    const struct mp *a = mp_get(v, key);
    return a != NULL && a->type == MP_ARRAY && a->u.a.n <= max ? a : NULL;
}

static int wrong(struct qw_error *err, const char *what, size_t i)
{
    return qw_error_set(err, QW_EPLUGIN, "%s %zu of the plugin's result has the wrong shape", what, i);
}

static int read_parts(struct plug_result *r, const struct mp *parts, struct qw_error *err)
{
    for (size_t i = 0; i < parts->u.a.n; i++) {
        const struct mp *p = &parts->u.a.v[i];
        int64_t part, answer, working;
        if (!get_enum(p, "part", UINT32_MAX, &part) || !get_enum(p, "answer", QWEN_VERIFIED, &answer) ||
            !get_enum(p, "working", QWEN_VERIFIED, &working))
            return wrong(err, "part", i);
        record_verdict(r, (uint32_t)part, QWEN_OF_ANSWER, (enum qwen_verdict)answer);
        record_verdict(r, (uint32_t)part, QWEN_OF_WORKING, (enum qwen_verdict)working);
        if (get_text(p, "reading").n > 0)
            record_reading(r, (uint32_t)part, get_text(p, "reading"));
        if (get_text(p, "computed").n > 0)
            record_computed(r, (uint32_t)part, get_text(p, "computed"));
        if (get_text(p, "canon").n > 0)
            record_canon(r, (uint32_t)part, get_text(p, "canon"));
    }
    return QW_OK;
}

static int read_evidence(struct plug_result *r, const struct mp *evidence, struct qw_error *err)
{
    for (size_t i = 0; i < evidence->u.a.n; i++) {
        const struct mp *e = &evidence->u.a.v[i];
        int64_t part, of, who;
        if (!get_enum(e, "part", UINT32_MAX, &part) || !get_enum(e, "of", QWEN_OF_WORKING, &of) ||
            !get_enum(e, "for", QWEN_FOR_MODEL, &who))
            return wrong(err, "evidence", i);
        record_evidence(r, (uint32_t)part, (enum qwen_of)of, (enum qwen_for)who, get_text(e, "text"), get_text(e, "json"));
    }
    return QW_OK;
}

static int read_lines(struct plug_result *r, const struct mp *reads, const struct mp *candidates, struct qw_error *err)
{
    int64_t part, what;
    for (size_t i = 0; i < reads->u.a.n; i++) {
        const struct mp *l = &reads->u.a.v[i];
        if (!get_enum(l, "part", UINT32_MAX, &part) || !get_enum(l, "what", QWEN_READ_LEFT, &what))
            return wrong(err, "reading", i);
        record_line(r, (uint32_t)part, (enum qwen_read)what, get_text(l, "text"));
    }
    for (size_t i = 0; i < candidates->u.a.n; i++) {
        const struct mp *c = &candidates->u.a.v[i];
        if (!get_enum(c, "part", UINT32_MAX, &part) || !get_enum(c, "basis", QWEN_BASIS_VOTE, &what))
            return wrong(err, "candidate", i);
        record_candidate(r, (uint32_t)part, (enum qwen_basis)what, get_text(c, "value"));
    }
    return QW_OK;
}

int record_read(struct plug_result *r, const struct mp *v, struct qw_error *err)
{
    const struct mp *parts = get_array(v, "parts", RECORD_MAX_PARTS), *evidence = get_array(v, "evidence", RECORD_MAX_EVIDENCE),
                    *reads = get_array(v, "reads", RECORD_MAX_READS),
                    *candidates = get_array(v, "candidates", RECORD_MAX_CANDIDATES);
    int64_t eq;
    int rc;

    if (parts == NULL || evidence == NULL || reads == NULL || candidates == NULL || !get_enum(v, "eq", QWEN_EQ_DIFFERENT, &eq))
        return qw_error_set(err, QW_EPLUGIN, "the plugin's result has the wrong shape");
    r->eq = (enum qwen_eq)eq;
    if ((rc = read_parts(r, parts, err)) != QW_OK || (rc = read_evidence(r, evidence, err)) != QW_OK ||
        (rc = read_lines(r, reads, candidates, err)) != QW_OK)
        return rc;
    record_output(r, get_text(v, "output"));
    return QW_OK;
}

static enum qwen_verdict weaker(enum qwen_verdict a, enum qwen_verdict b)
{
    if (a == QWEN_REFUTED || b == QWEN_REFUTED)
        return QWEN_REFUTED;
    return a < b ? a : b;       /* UNDECIDED < SUPPORTED < VERIFIED */
}

void record_finish(struct plug_result *r, bool trust_proof)
{
    for (size_t i = 0; i < r->n_parts; i++) {
        struct plug_part *p = &r->parts[i];
        if (!trust_proof && p->answer == QWEN_VERIFIED)
            p->answer = QWEN_SUPPORTED;
        if (!trust_proof && p->working == QWEN_VERIFIED)
            p->working = QWEN_SUPPORTED;
    }
    r->answer = r->working = r->n_parts > 0 ? QWEN_VERIFIED : QWEN_UNDECIDED;
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct plug_part *p = &r->parts[i];
        r->answer = weaker(r->answer, p->answer);
        r->working = weaker(r->working, p->working);
    }
}

/* --- results that are kept -------------------------------------------------------------------- */

static struct qwen_str str(const char *s)
{
    return (struct qwen_str){ s, s != NULL ? strlen(s) : 0 };
}

int plug_result_copy(struct plug_result *to, const struct plug_result *from)
{
    *to = *from;
    to->parts = NULL, to->evidence = NULL, to->reads = NULL, to->candidates = NULL, to->output = NULL;
    to->n_parts = to->n_evidence = to->n_reads = to->n_candidates = to->output_len = 0;
    for (size_t i = 0; i < from->n_parts; i++) {
        const struct plug_part *p = &from->parts[i];
        record_verdict(to, p->part, QWEN_OF_ANSWER, p->answer);
        record_verdict(to, p->part, QWEN_OF_WORKING, p->working);
        if (p->reading != NULL)
            record_reading(to, p->part, str(p->reading));
        if (p->computed != NULL)
            record_computed(to, p->part, str(p->computed));
        if (p->canon != NULL)
            record_canon(to, p->part, str(p->canon));
    }
    for (size_t i = 0; i < from->n_evidence; i++)
        record_evidence(to, from->evidence[i].part, from->evidence[i].of, from->evidence[i].who,
                        str(from->evidence[i].text), str(from->evidence[i].json));
    for (size_t i = 0; i < from->n_reads; i++)
        record_line(to, from->reads[i].part, from->reads[i].what, str(from->reads[i].text));
    for (size_t i = 0; i < from->n_candidates; i++)
        record_candidate(to, from->candidates[i].part, from->candidates[i].basis, str(from->candidates[i].value));
    record_output(to, (struct qwen_str){ from->output, from->output_len });
    if (to->n_parts == from->n_parts && to->n_evidence == from->n_evidence && to->n_reads == from->n_reads &&
        to->n_candidates == from->n_candidates)
        return QW_OK;
    record_free(to);
    return QW_ENOMEM;
}

void plug_result_free(struct plug_result *r)
{
    record_free(r);
}

static uint32_t agreeing(const struct plug_result *r, const bool *agrees)
{
    uint32_t k = 0;
    for (size_t i = 0; i < r->n_candidates; i++)
        k += agrees[i];
    return k;
}

bool plug_result_supports(const struct plug_result *r, const bool *agrees)
{
    uint32_t values = 0;
    for (size_t i = 0; i < r->n_candidates; i++)
        values += r->candidates[i].value != NULL;
    return 2 * agreeing(r, agrees) > values;
}

void plug_result_count(struct plug_result *r, const bool *agrees)
{
    char text[160];
    uint32_t k = agreeing(r, agrees);
    int n;
    if (r->n_candidates == 0)
        return;
    r->basis = r->candidates[0].basis;
    r->k = k;
    r->n = (uint32_t)r->n_candidates;
    if (r->answer == QWEN_UNDECIDED && plug_result_supports(r, agrees)) {
        record_verdict(r, r->candidates[0].part, QWEN_OF_ANSWER, QWEN_SUPPORTED);
        r->answer = QWEN_SUPPORTED;
    }
    n = snprintf(text, sizeof text, r->basis == QWEN_BASIS_PROGRAM ? "%u of %u separate programs come to this answer"
                                                                   : "%u of %u separate workings come to this answer", k, r->n);
    record_evidence(r, r->candidates[0].part, QWEN_OF_ANSWER, QWEN_FOR_USER, (struct qwen_str){ text, (size_t)n }, str(NULL));
}

void plug_result_conflict(struct plug_result *r, const char *text)
{
    for (size_t i = 0; i < r->n_parts; i++)
        record_conflict(r, r->parts[i].part, QWEN_OF_ANSWER);
    r->answer = QWEN_UNDECIDED;
    record_evidence(r, 0, QWEN_OF_ANSWER, QWEN_FOR_USER, str(text), str(NULL));
}
