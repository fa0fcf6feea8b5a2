/* Byte pair encoding of one pre-token: vocabulary and merge tables, both hashed.
 * Inside the tokenizer only.  Immutable after bpe_init: any thread, each with a
 * scratch of its own. */
#ifndef QW_ENGINE_TOKENIZER_BPE_H
#define QW_ENGINE_TOKENIZER_BPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/gguf/gguf.h"
#include "engine/text/ids.h"

/* Token types of tokenizer.ggml.token_type. */
enum token_type { TOKEN_NORMAL = 1, TOKEN_UNKNOWN, TOKEN_CONTROL, TOKEN_USER_DEFINED, TOKEN_UNUSED, TOKEN_BYTE };

struct vocab {
    size_t    n;
    char     *bytes;            /* of all tokens, one after the other */
    uint32_t *at;               /* [n + 1] */
    uint8_t  *type;             /* [n] enum token_type */
};

struct bpe {
    const struct vocab *vocab;
    uint32_t *by_text;          /* hash of normal tokens: id + 1, 0 empty; [mask + 1] */
    size_t    text_mask;
    struct merge { uint64_t pair; uint32_t rank; int32_t id; } *merges;  /* hash, pair ~0: empty */
    size_t    merge_mask;
    int32_t   byte_id[256];     /* -1: the vocabulary lacks it */
};

struct bpe_scratch { struct symbol *sym; struct candidate *heap; size_t cap; };

/* Reads the GPT-2 spelling of bytes ("Ġ" for a space) into raw bytes appended at
 * out (room for n).  Returns their number, or SIZE_MAX if some character is not of it. */
size_t  bpe_unspell(const char *s, size_t n, char *out);

/* merges: "left right" in the GPT-2 spelling, in order of rank.  v is borrowed for b's life. */
int     bpe_init(struct bpe *b, const struct vocab *v, const struct gguf_view *merges, size_t n_merges,
                 struct qw_error *err);
void    bpe_free(struct bpe *b);
int32_t bpe_lookup(const struct bpe *b, const char *s, size_t n);       /* normal token; -1 */
/* Appends the ids of one pre-token (raw bytes).  O(n log n).  Bytes that the
 * vocabulary lacks vanish, as in Hugging Face without an unknown token.
 * QW_OK, QW_ENOMEM or QW_ETOOLARGE (1 GiB). */
int     bpe_encode(const struct bpe *b, const char *s, size_t n, struct bpe_scratch *x, struct ids *out);
void    bpe_scratch_free(struct bpe_scratch *x);

#endif
