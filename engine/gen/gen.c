/* Rules that end an answer, and the text that is safe to show of it. */
#include "engine/gen/gen.h"

#include <string.h>

#include "base/mem.h"

#define REPEAT_PERIOD 64        /* longest period looked for */
#define REPEAT_COPIES 4
#define REPEAT_IDS    192       /* and at least so many ids */

struct gen {
    const struct tokenizer *tok;
    struct gen_params p;
    struct ids        ids;
    struct tok_stream stream;
    struct qw_buf     held;     /* whole characters that may still become a stop string */
    /* run[d]: how many of the last ids equal the one d places before them */
    uint32_t          run[REPEAT_PERIOD + 1];
};

const char *finish_name(enum finish f)
{
    static const char *const name[] = {
        [FINISH_NONE] = "none", [FINISH_STOP] = "stop", [FINISH_LENGTH] = "length",
        [FINISH_REPETITION] = "repetition", [FINISH_CANCELLED] = "cancelled",
        [FINISH_DEADLINE] = "deadline", [FINISH_ERROR] = "error",
    };
    return (size_t)f < sizeof name / sizeof *name ? name[f] : "none";
}

int gen_new(struct gen **out, const struct tokenizer *t, const struct gen_params *p, struct qw_error *err)
{
    if (p->max_tokens == 0)
        return qw_error_set(err, QW_EPARAMS, "max_tokens must be at least 1");
    for (size_t i = 0; i < p->n_stop; i++)
        if (p->stop[i] == NULL || p->stop[i][0] == '\0')
            return qw_error_set(err, QW_EPARAMS, "a stop string must not be empty");
    struct gen *g = qw_calloc(1, sizeof *g);
    if (g == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for an answer");
    g->tok = t;
    g->p = *p;
    *out = g;
    return QW_OK;
}

void gen_free(struct gen *g)
{
    if (g == NULL)
        return;
    ids_free(&g->ids);
    qw_buf_free(&g->held);
    qw_free(g);
}

const struct ids *gen_ids(const struct gen *g)
{
    return &g->ids;
}

struct ids gen_take_ids(struct gen *g)
{
    struct ids x = g->ids;
    g->ids = (struct ids){ 0 };
    return x;
}

/* The last max(192, 4d) ids have period d: that many, less d, equal the one d before them. */
static bool repeats(struct gen *g)
{
    const int32_t *v = g->ids.v;
    size_t n = g->ids.n;
    bool found = false;
    for (uint32_t d = 1; d <= REPEAT_PERIOD; d++) {
        g->run[d] = n > d && v[n - 1] == v[n - 1 - d] ? g->run[d] + 1 : 0;
        uint32_t whole = d * REPEAT_COPIES < REPEAT_IDS ? REPEAT_IDS : d * REPEAT_COPIES;
        found |= g->run[d] >= whole - d;
    }
    return found;
}

/* Cuts held at the first stop string in it, if there is one. */
static bool cut_at_stop(struct gen *g)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < g->p.n_stop; i++) {
        const char *at = g->held.len == 0 ? NULL
            : memmem(g->held.data, g->held.len, g->p.stop[i], strlen(g->p.stop[i]));
        if (at != NULL && (size_t)(at - g->held.data) < best)
            best = (size_t)(at - g->held.data);
    }
    if (best == SIZE_MAX)
        return false;
    g->held.len = best;
    g->held.data[best] = '\0';
    return true;
}

/* Length of the longest end of held that begins some stop string. */
static size_t may_become_stop(const struct gen *g)
{
    size_t longest = 0;
    for (size_t i = 0; i < g->p.n_stop; i++) {
        size_t k = strlen(g->p.stop[i]) - 1;
        for (k = k < g->held.len ? k : g->held.len; k > longest; k--)
            if (memcmp(g->held.data + g->held.len - k, g->p.stop[i], k) == 0)
                longest = k;
    }
    return longest;
}

static void release(struct gen *g, size_t n, struct qw_buf *out)
{
    if (n > 0) {
        qw_buf_add(out, g->held.data, n);
        qw_buf_drop(&g->held, n);
    }
}

enum finish gen_push(struct gen *g, int32_t id, struct qw_buf *out)
{
    if (ids_push(&g->ids, id) != QW_OK)
        return FINISH_ERROR;
    bool repeated = repeats(g);
    if (!g->p.ignore_end && tokenizer_is_end(g->tok, id)) {
        gen_end(g, out);
        return FINISH_STOP;
    }
    if (g->p.n_stop == 0) {
        tok_stream_push(&g->stream, g->tok, id, out);
    } else {
        tok_stream_push(&g->stream, g->tok, id, &g->held);
        if (cut_at_stop(g)) {
            release(g, g->held.len, out);
            g->stream.n_held = 0;                   /* what followed the stop string */
            return FINISH_STOP;
        }
        release(g, g->held.len - may_become_stop(g), out);
    }
    if (qw_buf_failed(out) || qw_buf_failed(&g->held))
        return FINISH_ERROR;
    enum finish f = g->p.stop_on_repetition && repeated ? FINISH_REPETITION
                  : g->ids.n >= g->p.max_tokens          ? FINISH_LENGTH : FINISH_NONE;
    if (f != FINISH_NONE)
        gen_end(g, out);
    return f;
}

void gen_end(struct gen *g, struct qw_buf *out)
{
    release(g, g->held.len, out);
    tok_stream_end(&g->stream, out);
}
