/* Speculation: in a step that only decodes, sequences whose next ids can be guessed bring rows for the guesses.
 * Each row is then drawn from as ever, until a guess does not hold (engine/gen/draft.h), so the answer
 * is the same, id for id; what the rows after that wrote into open pages is written again. */
#include "daemon/sched/sched_int.h"

#include <string.h>

/* Guesses for one decoding sequence, as far as rows, pages and its end allow.  A page is taken only where one is
 * free: nobody gives way for a guess. */
static void guess(struct sched *s, struct seq *q, double cost, size_t rows)
{
    size_t most = q->most - q->ids.n, room = q->n_pages * KV_PAGE_TOKENS - q->n_kv - 1;
    int32_t *out = q->ids.v + q->ids.n;                     /* reserved up to q->most */
    struct kv_stats st;
    if (most > rows)
        most = rows;
    size_t k = draft_guess(q->draft, q->ids.v, q->ids.n, cost, out, most);
    if (k > room) {
        kv_get_stats(s->kv, &st);
        if (st.free > 0 && q->n_pages < q->cap_pages && seq_page(s, q))
            room += KV_PAGE_TOKENS;
        k = k < room ? k : room;
    }
    memcpy(q->guess, out, k * sizeof *out);
    q->n_guess = k;
    q->T += k;
}

size_t draft_plan(struct sched *s, size_t decode_rows)
{
    double cost = s->o.speculation == SCHED_GUESS_ALWAYS ? 0 : draft_cost(&s->draft_cost, decode_rows);
    size_t rows = SCHED_MAX_SEQS - decode_rows, before = rows;
    for (size_t i = 0; cost < 1 && i < s->n_live && rows > 0; i++) {
        struct seq *q = s->live[i];
        if (q->T == 1 && q->draft != NULL) {
            guess(s, q, cost, rows);
            rows -= q->n_guess;
        }
    }
    return before - rows;
}

size_t draft_take(struct sched *s, struct seq *q)
{
    size_t k = q->n_guess, row = q->row, given = 0;
    s->count.guesses += k;
    for (;; given++) {
        seq_advance(s, q, 1);
        if (!seq_sample(s, q, row + given))
            return given + 1;                               /* q may be gone */
        if (given == k || q->ids.v[q->ids.n - 1] != q->guess[given])
            break;
        s->count.guesses_held++;
    }
    if (k > 0)
        draft_result(q->draft, given, given < k ? given + 1 : k);
    return given + 1;
}
