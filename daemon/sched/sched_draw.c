/* The ids that a step's rows of logits give.  Where there are several rows, the team that computed them draws from all
 * before any id is taken: a draw depends on its row and on its sequence's ids and parameters, and taking another
 * sequence's id changes none of these.  Heads, and a row that nobody drew from, are drawn from when the id is taken. */
#include "daemon/sched/sched_int.h"

#include "engine/cpu/workers.h"

#define NOT_DRAWN INT32_MIN

bool seq_takes_heads(const struct sched *s, const struct seq *q)
{
    return s->heads != NULL && sampler_takes_head(&q->sample);
}

static struct token_logprob *chosen_at(const struct seq *q, size_t at)
{
    return q->lp != NULL ? &q->lp[at] : NULL;
}

static struct token_logprob *alts_at(const struct seq *q, size_t at)
{
    return q->alts != NULL ? &q->alts[at * q->sample.n_logprobs] : NULL;
}

/* From a row of logits, as if the first `ahead` guesses, which stand behind q's ids, were its ids already. */
static int32_t draw_row(const struct sched *s, struct sampler *sampler, const struct seq *q, size_t row, size_t ahead)
{
    size_t n = q->ids.n + ahead, from = q->run->answer_from;
    return sampler_draw(sampler, s->logits + row * s->n_vocab, q->ids.v, n, from, &q->sample,
                        chosen_at(q, n - from), alts_at(q, n - from));
}

/* ---- all at once ------------------------------------------------------------------------- */

/* Is no guess before it known to have failed?  Else nobody will take its id. */
static bool may_be_taken(const struct draw *d)
{
    const struct draw *first = d - d->ahead;
    for (size_t i = 0; i < d->ahead; i++) {
        int32_t id = atomic_load_explicit(&first[i].id, memory_order_relaxed);
        if (id != NOT_DRAWN && id != d->q->guess[i])
            return false;
    }
    return true;
}

/* Rows differ in what they cost, so each worker takes the next one when it is done with one. */
static void draw_rows(void *arg, int worker)
{
    struct sched *s = arg;
    size_t row;
    if ((size_t)worker >= s->n_samplers)
        return;
    while ((row = atomic_fetch_add_explicit(&s->next_draw, 1, memory_order_relaxed)) < s->n_draws) {
        struct draw *d = &s->draws[row];
        if (d->q != NULL && may_be_taken(d))
            atomic_store_explicit(&d->id, draw_row(s, s->samplers[worker], d->q, row, d->ahead), memory_order_relaxed);
    }
}

void draw_all(struct sched *s, size_t n)
{
    struct workers *team = forward_workers(s->forward);
    size_t wanted = 0;
    s->n_draws = 0;
    for (size_t i = 0; i < n; i++) {
        struct seq *q = s->batch_seq[i];
        size_t rows = s->batch[i].n_logits;
        bool now = team != NULL && rows > 0 && !seq_takes_heads(s, q) && seq_room_for_logprobs(q, rows);
        wanted += now ? rows : 0;
        for (size_t ahead = 0; ahead < rows; ahead++) {
            struct draw *d = &s->draws[s->n_draws++];
            d->q = now ? q : NULL;
            d->ahead = ahead;
            atomic_store_explicit(&d->id, NOT_DRAWN, memory_order_relaxed);
        }
    }
    atomic_store_explicit(&s->next_draw, 0, memory_order_relaxed);
    if (wanted > 1)
        workers_run(team, draw_rows, s);
}

/* ---- one by one -------------------------------------------------------------------------- */

/* From the head where that is enough, else from the row, which is fetched. */
static int32_t draw_head(struct sched *s, struct seq *q, size_t row, struct qw_error *err)
{
    size_t n = q->ids.n, at = n - q->run->answer_from;
    int32_t id = sampler_draw_head(s->samplers[0], &s->heads[row], n, &q->sample, chosen_at(q, at), alts_at(q, at));
    if (id != SAMPLER_NEEDS_ROW)
        return id;
    if (forward_row(s->forward, row, s->logits + row * s->n_vocab, err) != QW_OK)
        return -1;
    return draw_row(s, s->samplers[0], q, row, 0);
}

int32_t draw_next(struct sched *s, struct seq *q, size_t row, struct qw_error *err)
{
    int32_t id = atomic_load_explicit(&s->draws[row].id, memory_order_relaxed);
    if (id == NOT_DRAWN)
        id = seq_takes_heads(s, q) ? draw_head(s, q, row, err) : draw_row(s, s->samplers[0], q, row, 0);
    if (id < 0 && err->code == QW_OK)
        qw_error_set(err, QW_EMODEL, "the model gave no finite logits");
    return id;
}
