/* Byte-level BPE tokenizers of model files: Qwen (with NFC), SmolLM, Llama 3.
 * Built once from a GGUF's metadata; immutable afterwards, so any thread may
 * encode and decode at once (per-call scratch is on the stack or allocated). */
#ifndef QW_ENGINE_TOKENIZER_H
#define QW_ENGINE_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "engine/gguf/gguf.h"
#include "engine/text/ids.h"

struct tokenizer;

/* pre: "qwen2", "smollm", "llama-bpe", or NULL for what the file says
 * (tokenizer.ggml.pre); an unknown one is QW_EUNSUPPORTED and names --pre's choices.
 * The vocabulary's size is checked against the embedding's by the model. */
int  tokenizer_new(struct tokenizer **t, const struct gguf *g, const char *pre, struct qw_error *err);
void tokenizer_free(struct tokenizer *t);

/* Appends the ids of s[0..n) (valid UTF-8, else QW_EPARAMS with the offset).
 * parse_special: control and user-defined tokens ("<tool_call>") written out in the
 * text become their ids, the longest first, as Hugging Face does; false for all text
 * that comes from a user.  O(n log n) whatever the text. */
int  tokenizer_encode(const struct tokenizer *t, const char *s, size_t n, bool parse_special,
                      struct ids *out, struct qw_error *err);

/* Appends the bytes of one id, which may be part of a character; control and unused
 * tokens give nothing unless show_special.  An id outside the vocabulary gives nothing. */
void tokenizer_decode(const struct tokenizer *t, int32_t id, bool show_special, struct qw_buf *out);
/* All of them, as valid UTF-8: what is malformed, or incomplete at the end, becomes U+FFFD. */
int  tokenizer_decode_all(const struct tokenizer *t, const int32_t *ids, size_t n,
                          bool show_special, struct qw_buf *out);

/* Streaming decode, without control tokens: bytes of an incomplete character are kept back;
 * the pieces joined are what tokenizer_decode_all gives.  Starts as { 0 }. */
struct tok_stream { char held[8]; size_t n_held; };
void tok_stream_push(struct tok_stream *s, const struct tokenizer *t, int32_t id, struct qw_buf *out);
void tok_stream_end(struct tok_stream *s, struct qw_buf *out);   /* flushes held bytes as U+FFFD */

/* Control or user-defined token by its whole text; -1. */
int32_t tokenizer_special(const struct tokenizer *t, const char *text);
bool    tokenizer_is_control(const struct tokenizer *t, int32_t id);
int32_t tokenizer_bos(const struct tokenizer *t);                /* -1: none, or not to be added */
bool    tokenizer_is_end(const struct tokenizer *t, int32_t id); /* end of text or of turn */
size_t  tokenizer_n_vocab(const struct tokenizer *t);
const char *tokenizer_pre(const struct tokenizer *t);

#endif
