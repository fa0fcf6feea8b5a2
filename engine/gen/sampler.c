/* The sampler.  Probabilities are fixed-point integers (40 bits below the point, relative to the
 * most likely token), so that their sums are exact and no order of summation can change a bit.
 * Every rule that cuts the distribution (top-k, top-p, min-p) and the draw itself is then one
 * question: how far down the order (logit descending, id ascending) until a count or a mass is
 * reached?  A radix select over the ordered bits of the logits answers it in three passes,
 * without sorting the vocabulary. */
#include "engine/gen/sampler.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "engine/cpu/kern.h"

#define MAX_VOCAB    ((size_t)1 << 23)      /* so that no sum of weights reaches 2^63 */
#define RADIX        2048
#define CHUNK        512                    /* logits that are weighed at once */
#define BLOCK        64                     /* logits that are passed over together */
#define REACH_ALL    (1 - LOGIT_WEIGHT_FLOOR)   /* no weight is left further down; 1 more, as rounding must not matter */

struct cand { uint32_t key; int32_t id; uint64_t w; };

struct sampler {
    size_t       n_vocab;
    const struct kern *kern;    /* any level: its exp has the same bits */
    struct cand *cand;          /* [n_vocab] */
    float       *raw;           /* [n_vocab]: logits before any change, for log-probabilities */
    uint32_t    *count;         /* [n_vocab], all zero between calls */
    uint64_t    *hist;          /* [RADIX] */
};

void sample_params_default(struct sample_params *p)
{
    *p = (struct sample_params){ .top_p = 1.0f, .repetition_penalty = 1.0f, .n_logprobs = UINT32_MAX };
}

static int check_range(const char *name, float v, float lo, float hi, struct qw_error *err)
{
    if (v >= lo && v <= hi)
        return QW_OK;
    return qw_error_set(err, QW_EPARAMS, "%s must be in [%g, %g]", name, (double)lo, (double)hi);
}

int sample_params_check(const struct sample_params *p, struct qw_error *err)
{
    int rc;
    if ((rc = check_range("temperature", p->temperature, 0, 100, err)) != QW_OK ||
        (rc = check_range("min_p", p->min_p, 0, 1, err)) != QW_OK ||
        (rc = check_range("presence_penalty", p->presence_penalty, -2, 2, err)) != QW_OK ||
        (rc = check_range("frequency_penalty", p->frequency_penalty, -2, 2, err)) != QW_OK ||
        (rc = check_range("repetition_penalty", p->repetition_penalty, 0.01f, 100, err)) != QW_OK)
        return rc;
    if (!(p->top_p > 0 && p->top_p <= 1))
        return qw_error_set(err, QW_EPARAMS, "top_p must be in (0, 1]");
    if (p->top_k < 0)
        return qw_error_set(err, QW_EPARAMS, "top_k must be 0 (all) or more");
    if (p->n_logprobs > 20 && p->n_logprobs != UINT32_MAX)
        return qw_error_set(err, QW_EPARAMS, "top_logprobs must be in [0, 20]");
    for (size_t i = 0; i < p->n_bias; i++) {
        if (p->bias[i].id < 0)
            return qw_error_set(err, QW_EPARAMS, "logit_bias: token ids must be 0 or more");
        if ((rc = check_range("logit_bias", p->bias[i].bias, -100, 100, err)) != QW_OK)
            return rc;
    }
    return QW_OK;
}

int sampler_new(struct sampler **out, size_t n_vocab, struct qw_error *err)
{
    if (n_vocab == 0 || n_vocab > MAX_VOCAB)
        return qw_error_set(err, QW_EUNSUPPORTED, "a vocabulary of %zu ids (at most %zu)", n_vocab, MAX_VOCAB);
    struct sampler *s = qw_calloc(1, sizeof *s);
    if (s == NULL)
        goto nomem;
    s->n_vocab = n_vocab;
    s->kern  = kern_get(cpu_level_max());
    s->cand  = qw_alloc(n_vocab * sizeof *s->cand);
    s->raw   = qw_alloc(n_vocab * sizeof *s->raw);
    s->count = qw_calloc(n_vocab, sizeof *s->count);
    s->hist  = qw_alloc(RADIX * sizeof *s->hist);
    if (s->cand == NULL || s->raw == NULL || s->count == NULL || s->hist == NULL)
        goto nomem;
    *out = s;
    return QW_OK;
nomem:
    sampler_free(s);
    return qw_error_set(err, QW_ENOMEM, "no memory for the sampler");
}

void sampler_free(struct sampler *s)
{
    if (s == NULL)
        return;
    qw_free(s->cand);
    qw_free(s->raw);
    qw_free(s->count);
    qw_free(s->hist);
    qw_free(s);
}

/* Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC11); known answers in the test. */
void sampler_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * c0, b = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(b >> 32) ^ c1 ^ k0, n2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)b;
        c3 = (uint32_t)a;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0; out[1] = c1; out[2] = c2; out[3] = c3;
}

/* 64 uniform bits for one position. */
static uint64_t uniform_bits(uint64_t seed, uint64_t position)
{
    uint32_t counter[4] = { (uint32_t)position, (uint32_t)(position >> 32), 0, 0 };
    uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) }, out[4];
    sampler_philox(counter, key, out);
    return (uint64_t)out[1] << 32 | out[0];
}

uint64_t sample_seed(uint64_t seed, uint32_t i)
{
    if (i == 0)
        return seed;
    uint64_t z = seed + i * UINT64_C(0x9E3779B97F4A7C15);      /* splitmix64 */
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (z ^ (z >> 31)) & SAMPLE_SEED_MAX;
}

/* Natural logarithm by m * 2^e and the atanh series: plain double operations, so the same bits
 * whatever libm is installed.  x > 0 and normal. */
static double ln(double x)
{
    int e;
    double m = frexp(x, &e);                                   /* [0.5, 1) */
    if (m < 0.70710678118654752440) {
        m *= 2;
        e--;
    }
    double s = (m - 1) / (m + 1), s2 = s * s, term = s, sum = 0;
    for (int k = 1; k <= 27; k += 2) {
        sum += term / k;
        term *= s2;
    }
    return 2 * sum + e * 0.69314718055994530942;
}

/* Greatest logit; NaN counts as -inf.  Lanes let the compiler use whole registers; a maximum does
 * not depend on its order. */
static float max_of(const float *x, size_t n)
{
    float m[16];
    for (int j = 0; j < 16; j++)
        m[j] = -INFINITY;
    size_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (int j = 0; j < 16; j++)
            m[j] = x[i + j] > m[j] ? x[i + j] : m[j];
    for (; i < n; i++)
        m[0] = x[i] > m[0] ? x[i] : m[0];
    for (int j = 1; j < 16; j++)
        m[0] = m[j] > m[0] ? m[j] : m[0];
    return m[0];
}

/* The lowest id of the greatest logit, whose value max_of has given: whole runs are looked at first,
 * without leaving in the middle, so that the compiler uses whole registers. */
static int32_t first_equal(const float *x, size_t n, float v)
{
    for (size_t i = 0; i < n; i += 256) {
        size_t end = n - i < 256 ? n : i + 256;
        int found = 0;
        for (size_t j = i; j < end; j++)
            found |= x[j] == v;
        for (size_t j = i; found && j < end; j++)
            if (x[j] == v)
                return (int32_t)j;
    }
    return -1;
}

/* ---- changes of single logits ---------------------------------------------------------- */

static bool changes_logits(const struct sample_params *p)
{
    return p->n_bias > 0 || p->repetition_penalty != 1.0f || p->presence_penalty != 0 || p->frequency_penalty != 0;
}

static void apply_bias(float *logits, size_t n_vocab, const struct sample_params *p)
{
    for (size_t i = 0; i < p->n_bias; i++)
        if (p->bias[i].id >= 0 && (size_t)p->bias[i].id < n_vocab)
            logits[p->bias[i].id] += p->bias[i].bias;
}

/* Keskar et al. 2019 (CTRL), section 4.1, as Hugging Face applies it: once for each distinct id. */
static void apply_repetition(struct sampler *s, float *logits, const int32_t *ids, size_t n, float penalty)
{
    for (size_t i = 0; i < n; i++) {
        size_t id = (size_t)(uint32_t)ids[i];
        if (id >= s->n_vocab || s->count[id] != 0)
            continue;
        s->count[id] = 1;
        logits[id] = logits[id] < 0 ? logits[id] * penalty : logits[id] / penalty;
    }
    for (size_t i = 0; i < n; i++)
        if ((size_t)(uint32_t)ids[i] < s->n_vocab)
            s->count[(uint32_t)ids[i]] = 0;
}

/* OpenAI's: l -= presence * [count > 0] + frequency * count. */
static void apply_counts(struct sampler *s, float *logits, const int32_t *ids, size_t n,
                         float presence, float frequency)
{
    for (size_t i = 0; i < n; i++)
        if ((size_t)(uint32_t)ids[i] < s->n_vocab)
            s->count[(uint32_t)ids[i]]++;
    for (size_t i = 0; i < n; i++) {
        size_t id = (size_t)(uint32_t)ids[i];
        if (id >= s->n_vocab || s->count[id] == 0)
            continue;
        logits[id] -= presence + frequency * (float)s->count[id];
        s->count[id] = 0;
    }
}

/* ---- the cut distribution -------------------------------------------------------------- */

/* n candidates, in ascending id or in the order of the draw; their weights' sum; and the weight of all that comes after
 * them in that order, which only a head leaves out. */
struct dist { struct cand *c; size_t n; uint64_t sum, rest; };

/* Walks the n candidates in the order (key, id), adding up 1 each, or their weights, until the sum
 * exceeds target, which the whole sum must.  Returns the key of the candidate there, and in *ties
 * how many of the same key come before it (candidates lie in ascending id).  Radix select:
 * 11, 11, 10 bits. */
static uint32_t select_key(const struct sampler *s, const struct cand *c, size_t n, bool by_weight,
                           uint64_t target, size_t *ties)
{
    static const struct { int shift, bits; } digit[3] = { { 21, 11 }, { 10, 11 }, { 0, 10 } };
    uint32_t prefix = 0, mask = 0;
    for (int d = 0; d < 3; d++) {
        uint32_t low = (1u << digit[d].bits) - 1;
        memset(s->hist, 0, RADIX * sizeof *s->hist);
        for (size_t i = 0; i < n; i++)
            if ((c[i].key & mask) == prefix)
                s->hist[c[i].key >> digit[d].shift & low] += by_weight ? c[i].w : 1;
        uint32_t b = 0;
        while (b < low && target >= s->hist[b])
            target -= s->hist[b++];
        prefix |= b << digit[d].shift;
        mask |= low << digit[d].shift;
    }
    *ties = 0;
    for (size_t i = 0; i < n; i++) {
        if (c[i].key != prefix)
            continue;
        uint64_t amount = by_weight ? c[i].w : 1;
        if (target < amount)
            break;
        target -= amount;
        ++*ties;
    }
    return prefix;
}

/* Keeps what comes before the cut and the candidate at the cut itself. */
static size_t keep_through(struct cand *c, size_t n, uint32_t key, size_t ties)
{
    size_t kept = 0, tied = 0;
    for (size_t i = 0; i < n; i++)
        if (c[i].key < key || (c[i].key == key && tied++ <= ties))
            c[kept++] = c[i];
    return kept;
}

static uint64_t sum_of(const struct cand *c, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += c[i].w;
    return sum;
}

static uint64_t least_of(const struct cand *c, size_t n)
{
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < n; i++)
        least = c[i].w < least ? c[i].w : least;
    return least;
}

/* v[i] = exp((x[i] - max) / temperature), 0 where logit_weight is; no x[i] is greater than max.  No branches, and
 * a whole CHUNK always (here and below), so that the compiler uses whole registers. */
static void weigh_chunk(const struct sampler *s, float *v, const float *x, float max, float temperature)
{
    float e[CHUNK];
    for (size_t i = 0; i < CHUNK; i++)
        e[i] = (x[i] - max) / temperature;
    s->kern->exp(v, e, CHUNK);
    for (size_t i = 0; i < CHUNK; i++)
        v[i] = e[i] > LOGIT_WEIGHT_FLOOR ? v[i] : 0.0f;
}

/* The sum of v[i] * LOGIT_WEIGHT_ONE, each without its fraction.  In two halves of 20 bits, both exact, and their sums
 * below 2^30: 32-bit integers are what all machines have whole registers of. */
static uint64_t sum_chunk(const float *v)
{
    const float half = 1048576.0f;
    int32_t high = 0, low = 0;
    for (size_t i = 0; i < CHUNK; i++) {
        float y = v[i] * half;
        int32_t h = (int32_t)y;
        high += h;
        low += (int32_t)((y - (float)h) * half);
    }
    return ((uint64_t)high << 20) + (uint64_t)low;
}

/* Of all weights: the same whoever adds them up. */
static uint64_t mass_of(const struct sampler *s, const float *x, float max, float temperature)
{
    float v[CHUNK], tail[CHUNK];
    uint64_t mass = 0;
    size_t at = 0;
    for (; at + CHUNK <= s->n_vocab; at += CHUNK) {
        weigh_chunk(s, v, x + at, max, temperature);
        mass += sum_chunk(v);
    }
    for (size_t i = 0; i < CHUNK; i++)
        tail[i] = at + i < s->n_vocab ? x[at + i] : -INFINITY;
    weigh_chunk(s, v, tail, max, temperature);
    return mass + sum_chunk(v);
}

static uint64_t weigh_cands(const struct sampler *s, struct cand *c, size_t n, const float *logits, float max, float temperature)
{
    float x[CHUNK], v[CHUNK];
    uint64_t sum = 0;
    for (size_t at = 0; at < n; at += CHUNK) {
        size_t m = n - at < CHUNK ? n - at : CHUNK;
        for (size_t i = 0; i < CHUNK; i++)
            x[i] = i < m ? logits[c[at + i].id] : -INFINITY;
        weigh_chunk(s, v, x, max, temperature);
        for (size_t i = 0; i < m; i++)
            sum += c[at + i].w = (uint64_t)(int64_t)(v[i] * LOGIT_WEIGHT_ONE);
    }
    return sum;
}

static int any_from(const float *x, float floor)        /* of BLOCK; no branch, so that whole registers are used */
{
    int any = 0;
    for (size_t i = 0; i < BLOCK; i++)
        any |= x[i] >= floor;
    return any;
}

/* The candidates whose logits are floor or more. */
static size_t gather(struct sampler *s, const float *logits, float floor)
{
    size_t n = 0;
    for (size_t at = 0; at < s->n_vocab; at += BLOCK) {
        size_t end = s->n_vocab - at < BLOCK ? s->n_vocab : at + BLOCK;
        if (end == at + BLOCK && !any_from(logits + at, floor))
            continue;
        for (size_t i = at; i < end; i++) {
            s->cand[n].id = (int32_t)i;
            s->cand[n].key = logit_key(logits[i]);
            n += logits[i] >= floor;
        }
    }
    return n;
}

/* false: the cut lies in what d leaves out. */
static bool cut_top_p(const struct sampler *s, struct dist *d, float top_p)
{
    /* The smallest set whose mass is at least top_p of the whole. */
    uint64_t whole = d->sum + d->rest, target = (uint64_t)((double)whole * (double)top_p);
    if (target >= whole)
        return true;
    target -= target > 0;
    if (target >= d->sum)
        return false;
    size_t ties;
    uint32_t key = select_key(s, d->c, d->n, true, target, &ties);
    d->n = keep_through(d->c, d->n, key, ties);
    d->sum = sum_of(d->c, d->n);
    d->rest = 0;
    return true;
}

static bool cut_min_p(struct dist *d, float min_p)
{
    uint64_t least = (uint64_t)(min_p * LOGIT_WEIGHT_ONE);
    size_t kept = 0;
    if (d->rest > 0) {
        /* A smaller logit weighs no more, but for the last bits of exp. */
        uint64_t last = least_of(d->c, d->n);
        if (last + (last >> 12) + 1 >= least)
            return false;
    }
    d->sum = d->rest = 0;
    for (size_t i = 0; i < d->n; i++)
        if (d->c[i].w >= least) {
            d->sum += d->c[i].w;
            d->c[kept++] = d->c[i];
        }
    d->n = kept;
    return true;
}

/* After top-k. */
static int32_t draw_from(const struct sampler *s, struct dist *d, uint64_t position, const struct sample_params *p)
{
    if ((p->top_p < 1 && !cut_top_p(s, d, p->top_p)) || (p->min_p > 0 && !cut_min_p(d, p->min_p)))
        return SAMPLER_NEEDS_ROW;
    size_t ties;
    uint64_t target = (uint64_t)((unsigned __int128)uniform_bits(p->seed, position) * (d->sum + d->rest) >> 64);
    if (target >= d->sum)
        return SAMPLER_NEEDS_ROW;                               /* never of a whole row: its rest is 0 */
    uint32_t key = select_key(s, d->c, d->n, true, target, &ties);
    for (size_t i = 0; i < d->n; i++)
        if (d->c[i].key == key && ties-- == 0)
            return d->c[i].id;
    return -1;                                                  /* not reached: target < sum */
}

/* From the candidates that lie no further below the greatest logit than reach times the temperature: in the order of
 * the draw they come before all others.  mass: of all; not read with top-k. */
static int32_t draw_within(struct sampler *s, const float *logits, float max, float reach, uint64_t mass,
                           uint64_t position, const struct sample_params *p)
{
    struct dist d = { .c = s->cand, .n = gather(s, logits, max - reach * p->temperature) };
    if (p->top_k > 0 && (size_t)p->top_k <= d.n) {
        size_t ties;
        uint32_t key = select_key(s, d.c, d.n, false, (uint64_t)p->top_k - 1, &ties);
        d.n = keep_through(d.c, d.n, key, ties);
    } else if (p->top_k > 0 && reach < REACH_ALL) {
        return SAMPLER_NEEDS_ROW;
    }
    d.sum = weigh_cands(s, d.c, d.n, logits, max, p->temperature);
    d.rest = p->top_k > 0 ? 0 : mass - d.sum;
    return draw_from(s, &d, position, p);
}

/* Nearly always the draw ends among the likely few; of the others no more than their mass is needed. */
static int32_t draw_row(struct sampler *s, const float *logits, float max, uint64_t position, const struct sample_params *p)
{
    static const float reach[] = { 12, 18, REACH_ALL };
    uint64_t mass = p->top_k > 0 ? 0 : mass_of(s, logits, max, p->temperature);
    int32_t id = SAMPLER_NEEDS_ROW;
    for (size_t i = 0; i < sizeof reach / sizeof *reach && id == SAMPLER_NEEDS_ROW; i++)
        id = draw_within(s, logits, max, reach[i], mass, position, p);
    return id;
}

static int32_t draw_head(struct sampler *s, const struct logit_head *h, uint64_t position, const struct sample_params *p)
{
    struct dist d = { .c = s->cand, .n = h->n };
    for (size_t i = 0; i < d.n; i++) {
        const struct logit *l = &h->top[i];
        d.c[i] = (struct cand){ logit_key(l->value), l->id, logit_weight(l->value, h->top[0].value, p->temperature) };
        d.sum += d.c[i].w;
    }
    d.rest = h->mass - d.sum;
    if (p->top_k > 0 && (size_t)p->top_k <= d.n) {
        d.n = (size_t)p->top_k;
        d.sum = sum_of(d.c, d.n);
        d.rest = 0;
    } else if (p->top_k > 0 && d.rest > 0) {
        return SAMPLER_NEEDS_ROW;
    }
    return draw_from(s, &d, position, p);
}

/* ---- log-probabilities ----------------------------------------------------------------- */

static double log_sum_exp(float max, uint64_t mass)
{
    return (double)max + ln((double)mass * 0x1p-40);
}

/* The k greatest, descending, ties to the lower id; missing ones have id -1. */
static void top_alternatives(const float *x, size_t n, double lse, struct token_logprob *alts, size_t k)
{
    size_t have = 0;
    for (size_t i = 0; i < n; i++) {
        while (have == k && i % BLOCK == 0 && n - i > BLOCK && !any_from(x + i, alts[k - 1].logprob))
            i += BLOCK;
        if (!(x[i] > -INFINITY) || (have == k && !(x[i] > alts[k - 1].logprob)))
            continue;
        size_t at = have < k ? have++ : k - 1;
        for (; at > 0 && alts[at - 1].logprob < x[i]; at--)
            alts[at] = alts[at - 1];
        alts[at] = (struct token_logprob){ (int32_t)i, x[i] };
    }
    for (size_t j = 0; j < have; j++)
        alts[j].logprob = (float)((double)alts[j].logprob - lse);
    for (size_t j = have; j < k; j++)
        alts[j] = (struct token_logprob){ -1, -INFINITY };
}

int32_t sampler_draw(struct sampler *s, float *logits, const int32_t *ids, size_t n, size_t answer_from,
                     const struct sample_params *p, struct token_logprob *chosen, struct token_logprob *alts)
{
    bool logprobs = p->n_logprobs != UINT32_MAX && (chosen != NULL || alts != NULL);
    const float *raw = logits;
    double lse = 0;
    if (logprobs) {
        float max = max_of(logits, s->n_vocab);
        if (!isfinite(max))
            return -1;
        lse = log_sum_exp(max, mass_of(s, logits, max, 1.0f));
        if (changes_logits(p))
            raw = memcpy(s->raw, logits, s->n_vocab * sizeof *s->raw);
        if (alts != NULL && p->n_logprobs > 0)
            top_alternatives(logits, s->n_vocab, lse, alts, p->n_logprobs);
    }

    apply_bias(logits, s->n_vocab, p);
    if (p->repetition_penalty != 1.0f)
        apply_repetition(s, logits, ids, n, p->repetition_penalty);
    if ((p->presence_penalty != 0 || p->frequency_penalty != 0) && answer_from < n)
        apply_counts(s, logits, ids + answer_from, n - answer_from, p->presence_penalty, p->frequency_penalty);

    float max = max_of(logits, s->n_vocab);
    if (!isfinite(max))
        return -1;
    int32_t id = p->temperature == 0 ? first_equal(logits, s->n_vocab, max) : draw_row(s, logits, max, n, p);
    if (logprobs && chosen != NULL && id >= 0)
        *chosen = (struct token_logprob){ id, (float)((double)raw[id] - lse) };
    return id;
}

/* ---- from a head ----------------------------------------------------------------------- */

bool sampler_takes_head(const struct sample_params *p)
{
    return !changes_logits(p) && p->top_k <= LOGIT_HEAD;
}

int32_t sampler_draw_head(struct sampler *s, const struct logit_head *h, size_t n, const struct sample_params *p,
                          struct token_logprob *chosen, struct token_logprob *alts)
{
    if (h->n == 0 || !isfinite(h->top[0].value))
        return -1;
    int32_t id = p->temperature == 0 ? h->top[0].id : draw_head(s, h, n, p);
    if (id < 0 || p->n_logprobs == UINT32_MAX)
        return id;
    double lse = log_sum_exp(h->top[0].value, h->mass_plain);
    for (size_t i = 0; i < h->n; i++) {
        struct token_logprob l = { h->top[i].id, (float)((double)h->top[i].value - lse) };
        if (chosen != NULL && l.id == id)
            *chosen = l;
        if (alts != NULL && i < p->n_logprobs)
            alts[i] = l;
    }
    for (size_t i = h->n; alts != NULL && i < p->n_logprobs; i++)
        alts[i] = (struct token_logprob){ -1, -INFINITY };
    return id;
}
