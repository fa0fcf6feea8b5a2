/* Results of checks on the wire, as PROTOCOL.md lists their keys. */
#include "daemon/run/verify.h"

const char *verify_verdict_name(enum qwen_verdict v)
{
    static const char *const name[] = { "undecided", "refuted", "supported", "verified" };
    return v <= QWEN_VERIFIED ? name[v] : name[0];
}

static void write_parts(struct qw_buf *b, const struct plug_result *r)
{
    mpw_array(b, r->n_parts);
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct plug_part *p = &r->parts[i];
        struct mpw_open m = mpw_map_begin(b);
        mpw_key(b, &m, "part");
        mpw_uint(b, p->part);
        mpw_key(b, &m, "verdict");
        mpw_str(b, verify_verdict_name(p->answer));
        mpw_key(b, &m, "working");
        mpw_str(b, verify_verdict_name(p->working));
        if (p->reading != NULL) {
            mpw_key(b, &m, "reading");
            mpw_str(b, p->reading);
        }
        if (p->computed != NULL) {
            mpw_key(b, &m, "computed");
            mpw_str(b, p->computed);
        }
        mpw_map_end(b, &m);
    }
}

static void write_evidence(struct qw_buf *b, const struct plug_result *r)
{
    mpw_array(b, r->n_evidence);
    for (size_t i = 0; i < r->n_evidence; i++) {
        const struct plug_evidence *e = &r->evidence[i];
        struct mpw_open m = mpw_map_begin(b);
        mpw_key(b, &m, "part");
        mpw_uint(b, e->part);
        mpw_key(b, &m, "of");
        mpw_str(b, e->of == QWEN_OF_WORKING ? "working" : "answer");
        mpw_key(b, &m, "for");
        mpw_str(b, e->who == QWEN_FOR_MODEL ? "model" : "user");
        mpw_key(b, &m, "text");
        mpw_str(b, e->text != NULL ? e->text : "");
        if (e->json != NULL) {
            mpw_key(b, &m, "json");
            mpw_str(b, e->json);
        }
        mpw_map_end(b, &m);
    }
}

void verify_write_reading(struct qw_buf *b, struct mpw_open *m, const struct plug_result *r)
{
    static const char *const what[] = { "note", "family", "unknown", "relation", "asked", "form", "left" };
    const char *reading = NULL;
    for (size_t i = 0; i < r->n_parts && reading == NULL; i++)
        reading = r->parts[i].reading;
    mpw_key(b, m, "reading");
    mpw_str(b, reading);
    mpw_key(b, m, "lines");
    mpw_array(b, r->n_reads);
    for (size_t i = 0; i < r->n_reads; i++) {
        mpw_map(b, 3);
        mpw_str(b, "part");
        mpw_uint(b, r->reads[i].part);
        mpw_str(b, "what");
        mpw_str(b, what[r->reads[i].what]);
        mpw_str(b, "text");
        mpw_str(b, r->reads[i].text);
    }
    if (r->plugin != NULL) {
        mpw_key(b, m, "plugin");
        mpw_str(b, r->plugin);
    }
    if (r->version != NULL) {
        mpw_key(b, m, "version");
        mpw_str(b, r->version);
    }
    if (r->error.code != QW_OK) {
        mpw_key(b, m, "error");
        mpw_str(b, r->error.msg);
    }
    mpw_key(b, m, "ms");
    mpw_float(b, r->ms);
}

const char *verify_computed(const struct plug_result *r)
{
    return r->error.code == QW_OK && r->n_parts == 1 ? r->parts[0].computed : NULL;
}

/* One reading and one value where there is one part; several parts show theirs in `parts`. */
void verify_write(struct qw_buf *b, struct mpw_open *m, const struct plug_result *r)
{
    bool bad = r->error.code != QW_OK;
    static const char *const basis[] = { "plugin", "program", "vote" };
    mpw_key(b, m, "verdict");
    mpw_str(b, verify_verdict_name(bad ? QWEN_UNDECIDED : r->answer));
    mpw_key(b, m, "working");
    mpw_str(b, verify_verdict_name(bad ? QWEN_UNDECIDED : r->working));
    if (r->plugin != NULL) {
        mpw_key(b, m, "plugin");
        mpw_str(b, r->plugin);
    }
    if (r->version != NULL) {
        mpw_key(b, m, "version");
        mpw_str(b, r->version);
    }
    if (r->n_parts == 1 && r->parts[0].reading != NULL) {
        mpw_key(b, m, "reading");
        mpw_str(b, r->parts[0].reading);
    }
    if (r->n_parts == 1 && r->parts[0].computed != NULL) {
        mpw_key(b, m, "computed_answer");
        mpw_str(b, r->parts[0].computed);
    }
    if (!bad && r->answer == QWEN_SUPPORTED) {
        mpw_key(b, m, "basis");
        mpw_str(b, basis[r->basis]);
    }
    if (!bad && r->n > 0) {
        mpw_key(b, m, "agree");
        mpw_uint(b, r->k);
        mpw_key(b, m, "of");
        mpw_uint(b, r->n);
    }
    mpw_key(b, m, "parts");
    write_parts(b, r);
    mpw_key(b, m, "evidence");
    write_evidence(b, r);
    if (bad) {
        mpw_key(b, m, "error");
        mpw_str(b, r->error.msg);
    }
    mpw_key(b, m, "ms");
    mpw_float(b, r->ms);
}
