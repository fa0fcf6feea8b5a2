#include "engine/text/tokenizer_bpe.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/utf8.h"

#define NO_PAIR UINT64_MAX

/* ---- the GPT-2 spelling of bytes -------------------------------------------- */

/* Printable Latin-1 stands for itself, the other 68 bytes for U+0100 and up, in
 * order (GPT-2's bytes_to_unicode). */
static bool stands_for_itself(uint32_t c)
{
    return (c >= 33 && c <= 126) || (c >= 161 && c <= 172) || (c >= 174 && c <= 255);
}

static int byte_of(uint32_t cp)
{
    if (cp < 256)
        return stands_for_itself(cp) ? (int)cp : -1;
    uint32_t nth = cp - 256;
    if (nth <= 32)
        return (int)nth;                    /* 0..32 */
    if (nth <= 66)
        return (int)(nth - 33 + 127);       /* 127..160 */
    return nth == 67 ? 173 : -1;
}

size_t bpe_unspell(const char *s, size_t n, char *out)
{
    size_t k = 0;
    for (size_t i = 0; i < n; ) {
        uint32_t cp;
        size_t len = utf8_decode(s + i, n - i, &cp);
        int byte = len == 0 ? -1 : byte_of(cp);
        if (byte < 0)
            return SIZE_MAX;
        out[k++] = (char)byte;
        i += len;
    }
    return k;
}

/* ---- hash tables --------------------------------------------------------------- */

static size_t table_size(size_t n)          /* a power of two, at most 3/4 full */
{
    size_t size = 16;
    while (size / 4 * 3 < n)
        size *= 2;
    return size;
}

int32_t bpe_lookup(const struct bpe *b, const char *s, size_t n)
{
    const struct vocab *v = b->vocab;
    for (size_t i = XXH3_64bits(s, n) & b->text_mask; b->by_text[i] != 0; i = (i + 1) & b->text_mask) {
        uint32_t id = b->by_text[i] - 1;
        if (v->at[id + 1] - v->at[id] == n && memcmp(v->bytes + v->at[id], s, n) == 0)
            return (int32_t)id;
    }
    return -1;
}

static void text_insert(struct bpe *b, uint32_t id)
{
    const struct vocab *v = b->vocab;
    const char *s = v->bytes + v->at[id];
    size_t n = v->at[id + 1] - v->at[id];

    if (n == 0 || bpe_lookup(b, s, n) >= 0)
        return;                             /* a second token of the same text is never made */
    size_t i = XXH3_64bits(s, n) & b->text_mask;
    while (b->by_text[i] != 0)
        i = (i + 1) & b->text_mask;
    b->by_text[i] = id + 1;
}

static size_t pair_hash(uint64_t pair)      /* murmur3's finalizer */
{
    pair = (pair ^ pair >> 33) * 0xff51afd7ed558ccdu;
    pair = (pair ^ pair >> 33) * 0xc4ceb9fe1a85ec53u;
    return (size_t)(pair ^ pair >> 33);
}

static uint64_t pair_of(int32_t left, int32_t right)
{
    return (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
}

/* The slot of the pair, or the empty one where it would go. */
static struct merge *merge_slot(const struct bpe *b, uint64_t pair)
{
    size_t i = pair_hash(pair) & b->merge_mask;
    while (b->merges[i].pair != pair && b->merges[i].pair != NO_PAIR)
        i = (i + 1) & b->merge_mask;
    return &b->merges[i];
}

/* ---- building --------------------------------------------------------------------- */

static int bad_merge(struct qw_error *err, size_t rank, const char *why)
{
    return qw_error_set(err, QW_EFORMAT, "tokenizer.ggml.merges: entry %zu %s", rank, why);
}

static int add_merge(struct bpe *b, const struct gguf_view *m, size_t rank, char *raw, struct qw_error *err)
{
    const char *space = memchr(m->p, ' ', m->n);
    if (space == NULL)
        return bad_merge(err, rank, "is not two tokens with a space between");
    size_t n_left = (size_t)(space - m->p);
    size_t left = bpe_unspell(m->p, n_left, raw);
    size_t right = left == SIZE_MAX ? SIZE_MAX : bpe_unspell(space + 1, m->n - n_left - 1, raw + left);
    if (right == SIZE_MAX || left == 0 || right == 0)
        return bad_merge(err, rank, "is not two tokens with a space between");

    int32_t l = bpe_lookup(b, raw, left), r = bpe_lookup(b, raw + left, right);
    int32_t id = bpe_lookup(b, raw, left + right);
    if (l < 0 || r < 0 || id < 0)
        return bad_merge(err, rank, "names a token that is not in the vocabulary");
    struct merge *slot = merge_slot(b, pair_of(l, r));
    if (slot->pair == NO_PAIR)
        *slot = (struct merge){ pair_of(l, r), (uint32_t)rank, id };
    return QW_OK;
}

int bpe_init(struct bpe *b, const struct vocab *v, const struct gguf_view *merges, size_t n_merges,
             struct qw_error *err)
{
    size_t longest = 0, n_text = table_size(v->n), n_pairs = table_size(n_merges);
    char *raw = NULL;
    int rc = QW_ENOMEM;

    *b = (struct bpe){ .vocab = v, .text_mask = n_text - 1, .merge_mask = n_pairs - 1 };
    for (size_t i = 0; i < n_merges; i++)
        longest = merges[i].n > longest ? merges[i].n : longest;
    b->by_text = qw_calloc(n_text, sizeof *b->by_text);
    b->merges = qw_realloc_array(NULL, n_pairs, sizeof *b->merges);
    raw = qw_alloc(longest);
    if (b->by_text == NULL || b->merges == NULL || raw == NULL) {
        qw_error_set(err, QW_ENOMEM, "no memory for a vocabulary of %zu tokens", v->n);
        goto out;
    }
    for (size_t i = 0; i < n_pairs; i++)
        b->merges[i].pair = NO_PAIR;
    for (size_t i = 0; i < v->n; i++)
        if (v->type[i] == TOKEN_NORMAL)
            text_insert(b, (uint32_t)i);
    for (int c = 0; c < 256; c++)
        b->byte_id[c] = bpe_lookup(b, &(char){ (char)c }, 1);
    for (size_t i = 0; i < n_merges; i++) {
        rc = add_merge(b, &merges[i], i, raw, err);
        if (rc != QW_OK)
            goto out;
    }
    rc = QW_OK;
out:
    qw_free(raw);
    if (rc != QW_OK)
        bpe_free(b);
    return rc;
}

void bpe_free(struct bpe *b)
{
    qw_free(b->by_text);
    qw_free(b->merges);
    *b = (struct bpe){ 0 };
}

/* ---- merging ------------------------------------------------------------------------ */

/* Symbols are a doubly linked list in an array; a symbol that was merged into its
 * left neighbour has id -1.  The heap holds every pair that can merge, lowest rank
 * first, then leftmost; an entry whose pair has changed since is recognised by
 * its result, which only that pair gives at that place (results only grow). */
struct symbol    { int32_t id, prev, next; };
struct candidate { uint64_t key; int32_t id; };     /* key: rank << 32 | place of the left one */

void bpe_scratch_free(struct bpe_scratch *x)
{
    qw_free(x->sym);
    qw_free(x->heap);
    *x = (struct bpe_scratch){ 0 };
}

static int scratch_reserve(struct bpe_scratch *x, size_t n)
{
    size_t cap = x->cap < 64 ? 64 : x->cap;
    if (n <= x->cap)
        return QW_OK;
    while (cap < n)
        cap *= 2;
    struct symbol *sym = qw_realloc_array(x->sym, cap, sizeof *sym);
    if (sym == NULL)
        return QW_ENOMEM;
    x->sym = sym;
    /* n - 1 pairs at first; each of at most n - 1 merges takes one out and puts two in. */
    struct candidate *heap = qw_realloc_array(x->heap, 2 * cap, sizeof *heap);
    if (heap == NULL)
        return QW_ENOMEM;
    x->heap = heap;
    x->cap = cap;
    return QW_OK;
}

static void heap_push(struct candidate *h, size_t *n, struct candidate c)
{
    size_t i = (*n)++;
    while (i > 0 && h[(i - 1) / 2].key > c.key) {
        h[i] = h[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    h[i] = c;
}

static struct candidate heap_pop(struct candidate *h, size_t *n)
{
    struct candidate top = h[0], last = h[--*n];
    size_t i = 0;
    for (;;) {
        size_t k = 2 * i + 1;
        if (k >= *n)
            break;
        if (k + 1 < *n && h[k + 1].key < h[k].key)
            k++;
        if (h[k].key >= last.key)
            break;
        h[i] = h[k];
        i = k;
    }
    h[i] = last;
    return top;
}

static void offer(const struct bpe *b, const struct bpe_scratch *x, size_t *n, int32_t left)
{
    const struct symbol *s = x->sym;
    if (left < 0 || s[left].next < 0)
        return;
    const struct merge *m = merge_slot(b, pair_of(s[left].id, s[s[left].next].id));
    if (m->pair != NO_PAIR)
        heap_push(x->heap, n, (struct candidate){ (uint64_t)m->rank << 32 | (uint32_t)left, m->id });
}

static bool still_there(const struct bpe *b, const struct symbol *s, const struct candidate *c, int32_t at)
{
    if (s[at].id < 0 || s[at].next < 0)
        return false;
    const struct merge *m = merge_slot(b, pair_of(s[at].id, s[s[at].next].id));
    return m->pair != NO_PAIR && m->id == c->id;
}

int bpe_encode(const struct bpe *b, const char *s, size_t n, struct bpe_scratch *x, struct ids *out)
{
    size_t n_heap = 0;
    int32_t n_sym = 0;

    if (n > (size_t)1 << 30)
        return QW_ETOOLARGE;
    if (n == 1)
        return b->byte_id[(uint8_t)s[0]] < 0 ? QW_OK : ids_push(out, b->byte_id[(uint8_t)s[0]]);
    if (scratch_reserve(x, n) != QW_OK)
        return QW_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        int32_t id = b->byte_id[(uint8_t)s[i]];
        if (id < 0)
            continue;
        x->sym[n_sym] = (struct symbol){ id, n_sym - 1, n_sym + 1 };
        n_sym++;
    }
    if (n_sym == 0)
        return QW_OK;
    x->sym[n_sym - 1].next = -1;
    for (int32_t i = 0; i + 1 < n_sym; i++)
        offer(b, x, &n_heap, i);
    while (n_heap > 0) {
        struct candidate c = heap_pop(x->heap, &n_heap);
        int32_t at = (int32_t)(c.key & 0xffffffffu);
        if (!still_there(b, x->sym, &c, at))
            continue;
        int32_t gone = x->sym[at].next, after = x->sym[gone].next;
        x->sym[at].id = c.id;
        x->sym[at].next = after;
        x->sym[gone].id = -1;
        if (after >= 0)
            x->sym[after].prev = at;
        offer(b, x, &n_heap, x->sym[at].prev);
        offer(b, x, &n_heap, at);
    }
    for (int32_t i = 0; i >= 0; i = x->sym[i].next)
        if (ids_push(out, x->sym[i].id) != QW_OK)
            return QW_ENOMEM;
    return QW_OK;
}
