/* Encoding: control tokens are cut out first (when asked), each stretch between
 * them is normalised, split into pre-tokens and each of those byte pair encoded.
 * Decoding is a copy: the vocabulary is kept as raw bytes. */
#include "engine/text/tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "engine/text/tokenizer_bpe.h"
#include "engine/text/tokenizer_pre.h"

#define MAX_VOCAB      (1u << 22)
#define MAX_TEXT_BYTES ((size_t)1 << 30)
#define MAX_ENDS       8

struct tokenizer {
    struct vocab vocab;
    struct bpe   bpe;
    struct pre  *pre;
    uint32_t    *special;           /* ids of control and user-defined tokens, sorted by text */
    size_t       n_special;
    bool         starts[256];       /* first bytes of those */
    int32_t      bos;
    int32_t      ends[MAX_ENDS];
    size_t       n_ends;
};

static const char *text_of(const struct vocab *v, uint32_t id, size_t *n)
{
    *n = v->at[id + 1] - v->at[id];
    return v->bytes + v->at[id];
}

/* ---- building -------------------------------------------------------------------- */

static int read_vocab(struct vocab *v, const struct gguf *g, struct qw_error *err)
{
    size_t n = 0, total = 0, k = 0;
    const struct gguf_view *tokens = gguf_str_array(g, "tokenizer.ggml.tokens", &n);

    if (tokens == NULL || n == 0 || n > MAX_VOCAB)
        return qw_error_set(err, QW_EFORMAT, "%s: tokenizer.ggml.tokens must be an array of 1 to %u strings",
                            gguf_path(g), MAX_VOCAB);
    for (size_t i = 0; i < n; i++)
        if (!qw_add(total, tokens[i].n, &total) || total > UINT32_MAX)
            return qw_error_set(err, QW_EFORMAT, "%s: tokenizer.ggml.tokens is too long", gguf_path(g));
    int32_t *type = qw_calloc(n, sizeof *type);
    v->n = n;
    v->bytes = qw_alloc(total);
    v->at = qw_calloc(n + 1, sizeof *v->at);
    v->type = qw_alloc(n);
    if (type == NULL || v->bytes == NULL || v->at == NULL || v->type == NULL) {
        qw_free(type);
        return qw_error_set(err, QW_ENOMEM, "%s: no memory for %zu tokens", gguf_path(g), n);
    }
    if (gguf_i32_array(g, "tokenizer.ggml.token_type", type, n) != n) {
        qw_free(type);
        return qw_error_set(err, QW_EFORMAT, "%s: tokenizer.ggml.token_type must be %zu integers, one a token",
                            gguf_path(g), n);
    }
    for (size_t i = 0; i < n; i++) {
        v->at[i] = (uint32_t)k;
        v->type[i] = type[i] >= TOKEN_NORMAL && type[i] <= TOKEN_BYTE ? (uint8_t)type[i] : TOKEN_UNKNOWN;
        size_t raw = v->type[i] == TOKEN_NORMAL ? bpe_unspell(tokens[i].p, tokens[i].n, v->bytes + k) : SIZE_MAX;
        if (raw == SIZE_MAX) {              /* not spelled as bytes are: stands for itself */
            raw = tokens[i].n;
            memcpy(v->bytes + k, tokens[i].p, raw);
            if (v->type[i] == TOKEN_NORMAL)
                v->type[i] = TOKEN_BYTE;    /* shown, and never made from text */
        }
        k += raw;
    }
    v->at[n] = (uint32_t)k;
    qw_free(type);
    return QW_OK;
}

static int compare_text(const void *a, const void *b, void *arg)
{
    const struct vocab *v = arg;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    size_t nx, ny;
    const char *tx = text_of(v, x, &nx), *ty = text_of(v, y, &ny);
    int c = memcmp(tx, ty, nx < ny ? nx : ny);
    if (c == 0)
        c = nx != ny ? (nx > ny) - (nx < ny) : (x > y) - (x < y);
    return c;
}

static int list_specials(struct tokenizer *t, struct qw_error *err)
{
    const struct vocab *v = &t->vocab;
    size_t n = 0, len;

    for (size_t i = 0; i < v->n; i++)
        n += v->type[i] == TOKEN_CONTROL || v->type[i] == TOKEN_USER_DEFINED;
    t->special = qw_calloc(n, sizeof *t->special);
    if (t->special == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for %zu special tokens", n);
    for (size_t i = 0; i < v->n; i++) {
        if ((v->type[i] != TOKEN_CONTROL && v->type[i] != TOKEN_USER_DEFINED) || v->at[i + 1] == v->at[i])
            continue;
        t->special[t->n_special++] = (uint32_t)i;
        t->starts[(uint8_t)*text_of(v, (uint32_t)i, &len)] = true;
    }
    qsort_r(t->special, t->n_special, sizeof *t->special, compare_text, (void *)v);
    return QW_OK;
}

static int32_t id_of_key(const struct tokenizer *t, const struct gguf *g, const char *key)
{
    uint64_t id;
    return gguf_u64(g, key, &id) && id < t->vocab.n ? (int32_t)id : -1;
}

static void add_end(struct tokenizer *t, int32_t id)
{
    if (id >= 0 && !tokenizer_is_end(t, id) && t->n_ends < MAX_ENDS)
        t->ends[t->n_ends++] = id;
}

static void find_ends(struct tokenizer *t, const struct gguf *g)
{
    /* Files name one end; instruct models were trained to stop on the others too. */
    static const char *const names[] = { "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>" };
    int32_t eos = id_of_key(t, g, "tokenizer.ggml.eos_token_id"), eot = id_of_key(t, g, "tokenizer.ggml.eot_token_id");
    bool bos = pre_adds_bos(t->pre);

    add_end(t, eos);
    add_end(t, eot);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int32_t id = tokenizer_special(t, names[i]);
        if (id >= 0 && tokenizer_is_control(t, id))
            add_end(t, id);
    }
    gguf_bool(g, "tokenizer.ggml.add_bos_token", &bos);
    t->bos = bos ? id_of_key(t, g, "tokenizer.ggml.bos_token_id") : -1;
}

static int read_model(const struct gguf *g, const char **pre, size_t *n_pre, struct qw_error *err)
{
    const char *kind;
    size_t n;

    if (!gguf_str(g, "tokenizer.ggml.model", &kind, &n))
        return qw_error_set(err, QW_EFORMAT, "%s: tokenizer.ggml.model is missing", gguf_path(g));
    if (n != 4 || memcmp(kind, "gpt2", 4) != 0)
        return qw_error_set(err, QW_EUNSUPPORTED, "%s: tokenizer.ggml.model is not \"gpt2\" (byte-level BPE), the only "
                            "kind that is read", gguf_path(g));
    if (*pre != NULL) {
        *n_pre = strlen(*pre);
        return QW_OK;
    }
    if (!gguf_str(g, "tokenizer.ggml.pre", pre, n_pre))
        return qw_error_set(err, QW_EUNSUPPORTED, "%s: tokenizer.ggml.pre is missing; --pre takes qwen2, smollm, "
                            "llama-bpe", gguf_path(g));
    return QW_OK;
}

int tokenizer_new(struct tokenizer **out, const struct gguf *g, const char *pre, struct qw_error *err)
{
    size_t n_pre = 0, n_merges = 0;
    const struct gguf_view *merges;

    int rc = read_model(g, &pre, &n_pre, err);
    if (rc != QW_OK)
        return rc;
    merges = gguf_str_array(g, "tokenizer.ggml.merges", &n_merges);
    if (merges == NULL || n_merges > MAX_VOCAB)
        return qw_error_set(err, QW_EFORMAT, "%s: tokenizer.ggml.merges must be an array of at most %u strings",
                            gguf_path(g), MAX_VOCAB);
    struct tokenizer *t = qw_calloc(1, sizeof *t);
    if (t == NULL)
        return qw_error_set(err, QW_ENOMEM, "out of memory");
    rc = pre_new(&t->pre, pre, n_pre, err);
    if (rc == QW_OK)
        rc = read_vocab(&t->vocab, g, err);
    if (rc == QW_OK)
        rc = bpe_init(&t->bpe, &t->vocab, merges, n_merges, err);
    if (rc == QW_OK)
        rc = list_specials(t, err);
    if (rc != QW_OK) {
        tokenizer_free(t);
        return rc;
    }
    find_ends(t, g);
    *out = t;
    return QW_OK;
}

void tokenizer_free(struct tokenizer *t)
{
    if (t == NULL)
        return;
    bpe_free(&t->bpe);
    pre_free(t->pre);
    qw_free(t->special);
    qw_free(t->vocab.bytes);
    qw_free(t->vocab.at);
    qw_free(t->vocab.type);
    qw_free(t);
}

/* ---- encoding ---------------------------------------------------------------------- */

/* The id of the longest special token that s begins with, its length in *len; -1.
 * special[lo..hi) are those that agree with s so far; sorted, so they stay together. */
static int32_t match_special(const struct tokenizer *t, const char *s, size_t n, size_t *len)
{
    size_t lo = 0, hi = t->n_special, n_text;
    int32_t best = -1;

    for (size_t k = 0; k < n && lo < hi; k++) {
        uint8_t c = (uint8_t)s[k];
        for (int upper = 0; upper < 2; upper++) {       /* first entry >= c, then first > c */
            size_t a = lo, b = hi;
            while (a < b) {
                size_t mid = a + (b - a) / 2;
                const char *text = text_of(&t->vocab, t->special[mid], &n_text);
                if (n_text <= k || (uint8_t)text[k] < c || (upper && (uint8_t)text[k] == c))
                    a = mid + 1;
                else
                    b = mid;
            }
            if (upper)
                hi = a;
            else
                lo = a;
        }
        if (lo < hi && (text_of(&t->vocab, t->special[lo], &n_text), n_text == k + 1)) {
            best = (int32_t)t->special[lo];             /* the shortest stands first */
            *len = k + 1;
        }
    }
    return best;
}

struct encoding { const struct tokenizer *t; struct bpe_scratch scratch; struct ids *out; };

static int encode_word(void *arg, const char *word, size_t n)
{
    struct encoding *e = arg;
    if (pre_whole_words(e->t->pre)) {
        int32_t id = bpe_lookup(&e->t->bpe, word, n);
        if (id >= 0)
            return ids_push(e->out, id);
    }
    return bpe_encode(&e->t->bpe, word, n, &e->scratch, e->out);
}

static int encode_plain(struct encoding *e, const char *s, size_t n, struct qw_error *err)
{
    char *owned = NULL;
    size_t n_text = 0;

    if (n == 0)
        return QW_OK;
    int rc = pre_normalise(e->t->pre, s, n, &owned, &n_text, err);
    if (rc != QW_OK)
        return rc;
    rc = pre_split(e->t->pre, owned != NULL ? owned : s, n_text, encode_word, e, err);
    qw_free(owned);
    if (rc == QW_ENOMEM)
        qw_error_set(err, rc, "no memory to tokenize %zu bytes", n);
    return rc;
}

static int encode_special(struct encoding *e, const char *s, size_t n, struct qw_error *err)
{
    size_t from = 0, len = 0;

    for (size_t i = 0; i < n; ) {
        int32_t id = e->t->starts[(uint8_t)s[i]] ? match_special(e->t, s + i, n - i, &len) : -1;
        if (id < 0) {
            i++;
            continue;
        }
        int rc = encode_plain(e, s + from, i - from, err);
        if (rc != QW_OK)
            return rc;
        if (ids_push(e->out, id) != QW_OK)
            return qw_error_set(err, QW_ENOMEM, "no memory to tokenize %zu bytes", n);
        i += len;
        from = i;
    }
    return encode_plain(e, s + from, n - from, err);
}

int tokenizer_encode(const struct tokenizer *t, const char *s, size_t n, bool parse_special,
                     struct ids *out, struct qw_error *err)
{
    struct encoding e = { .t = t, .out = out };
    size_t before = out->n;

    if (n > MAX_TEXT_BYTES)
        return qw_error_set(err, QW_ETOOLARGE, "a text of %zu bytes; at most %zu are tokenized at once", n,
                            MAX_TEXT_BYTES);
    if (!utf8_valid(s, n)) {
        uint32_t cp;
        size_t at = 0, len;
        while (at < n && (len = utf8_decode(s + at, n - at, &cp)) > 0)
            at += len;
        return qw_error_set(err, QW_EPARAMS, "the text is not UTF-8 at byte %zu", at);
    }
    int rc = parse_special ? encode_special(&e, s, n, err) : encode_plain(&e, s, n, err);
    bpe_scratch_free(&e.scratch);
    if (rc != QW_OK)
        out->n = before;
    return rc;
}

/* ---- decoding ---------------------------------------------------------------------- */

static const char *shown(const struct tokenizer *t, int32_t id, bool show_special, size_t *n)
{
    *n = 0;
    if (id < 0 || (size_t)id >= t->vocab.n)
        return "";
    uint8_t type = t->vocab.type[id];
    if (!show_special && (type == TOKEN_CONTROL || type == TOKEN_UNUSED || type == TOKEN_UNKNOWN))
        return "";
    return text_of(&t->vocab, (uint32_t)id, n);
}

void tokenizer_decode(const struct tokenizer *t, int32_t id, bool show_special, struct qw_buf *out)
{
    size_t n;
    const char *p = shown(t, id, show_special, &n);
    qw_buf_add(out, p, n);
}

/* What s[0..n), n > 0, begins with: a whole character (its length), an incomplete one that
 * more bytes may complete (0), or malformed bytes (minus the length of the "maximal
 * subpart" that Unicode, chapter 3, replaces by one U+FFFD). */
static int first_char(const uint8_t *s, size_t n)
{
    uint8_t c = s[0], lo = 0x80, hi = 0xbf;
    int len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

    if (len == 0)
        return -1;
    if (c == 0xe0) lo = 0xa0;
    if (c == 0xed) hi = 0x9f;
    if (c == 0xf0) lo = 0x90;
    if (c == 0xf4) hi = 0x8f;
    for (int i = 1; i < len; i++, lo = 0x80, hi = 0xbf) {
        if ((size_t)i >= n)
            return 0;
        if (s[i] < lo || s[i] > hi)
            return -i;
    }
    return len;
}

static void stream_bytes(struct tok_stream *s, const char *p, size_t n, struct qw_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        s->held[s->n_held++] = p[i];        /* at most 3 were held */
        while (s->n_held > 0) {
            int len = first_char((const uint8_t *)s->held, s->n_held);
            if (len == 0)
                break;
            if (len > 0)
                qw_buf_add(out, s->held, (size_t)len);
            else
                qw_buf_adds(out, "\xef\xbf\xbd");
            size_t used = (size_t)(len > 0 ? len : -len);
            s->n_held -= used;
            memmove(s->held, s->held + used, s->n_held);
        }
    }
}

void tok_stream_push(struct tok_stream *s, const struct tokenizer *t, int32_t id, struct qw_buf *out)
{
    size_t n;
    const char *p = shown(t, id, false, &n);
    stream_bytes(s, p, n, out);
}

void tok_stream_end(struct tok_stream *s, struct qw_buf *out)
{
    if (s->n_held > 0)
        qw_buf_adds(out, "\xef\xbf\xbd");
    s->n_held = 0;
}

int tokenizer_decode_all(const struct tokenizer *t, const int32_t *ids, size_t n,
                         bool show_special, struct qw_buf *out)
{
    struct tok_stream s = { .n_held = 0 };
    for (size_t i = 0; i < n; i++) {
        size_t len;
        const char *p = shown(t, ids[i], show_special, &len);
        stream_bytes(&s, p, len, out);
    }
    tok_stream_end(&s, out);
    return qw_buf_failed(out) ? QW_ENOMEM : QW_OK;
}

/* ---- questions ---------------------------------------------------------------------- */

int32_t tokenizer_special(const struct tokenizer *t, const char *text)
{
    size_t len = 0, n = strlen(text);
    int32_t id = match_special(t, text, n, &len);
    return id >= 0 && len == n ? id : -1;
}

bool tokenizer_is_control(const struct tokenizer *t, int32_t id)
{
    return id >= 0 && (size_t)id < t->vocab.n && t->vocab.type[id] == TOKEN_CONTROL;
}

int32_t tokenizer_bos(const struct tokenizer *t)
{
    return t->bos;
}

bool tokenizer_is_end(const struct tokenizer *t, int32_t id)
{
    for (size_t i = 0; i < t->n_ends; i++)
        if (t->ends[i] == id)
            return true;
    return false;
}

size_t tokenizer_n_vocab(const struct tokenizer *t)
{
    return t->vocab.n;
}

const char *tokenizer_pre(const struct tokenizer *t)
{
    return pre_name(t->pre);
}
