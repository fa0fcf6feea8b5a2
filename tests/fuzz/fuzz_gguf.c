/* Any bytes as a model file: one clear error, or a file whose tensors and metadata can be
 * read, and out of which a tokenizer comes, or one clear error. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/gguf/gguf.h"
#include "engine/text/prompt.h"
#include "engine/text/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void touch(const struct gguf *g)
{
    static const char *const keys[] = {
        "general.architecture", "general.alignment", "qwen3.block_count", "qwen3.rope.freq_base",
        "tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.merges",
        "tokenizer.ggml.add_bos_token", "tokenizer.chat_template",
    };
    volatile uint8_t sink = 0;

    for (size_t i = 0; i < gguf_n_tensors(g); i++) {
        const struct gguf_tensor *t = gguf_tensor_at(g, i);
        if (gguf_tensor(g, t->name) != t)
            abort();
        uint8_t first, last;
        if (t->bytes > 0 && (gguf_read(g, t->at, &first, 1, NULL) != QW_OK ||
                             gguf_read(g, t->at + t->bytes - 1, &last, 1, NULL) != QW_OK))
            abort();
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        uint64_t u; double f; bool b; const char *s; size_t n; int32_t is[4];
        gguf_u64(g, keys[i], &u);
        gguf_f64(g, keys[i], &f);
        gguf_bool(g, keys[i], &b);
        if (gguf_str(g, keys[i], &s, &n) && n > 0)
            sink ^= (uint8_t)(s[0] ^ s[n - 1]);
        const struct gguf_view *w = gguf_str_array(g, keys[i], &n);
        for (size_t j = 0; w != NULL && j < n; j++)
            if (w[j].n > 0)
                sink ^= (uint8_t)w[j].p[w[j].n - 1];
        gguf_i32_array(g, keys[i], is, 4);
    }
}

static void tokenize(const struct gguf *g)
{
    static const char text[] = "ab  12 e\xcc\x81 <|im_end|>\n";
    const struct chat_family *f;
    struct tokenizer *t = NULL;
    struct qw_error err = { 0 };
    struct ids x = { 0 };
    struct qw_buf b = QW_BUF_INIT;
    const char *s;
    size_t n;

    if (gguf_str(g, "tokenizer.chat_template", &s, &n))
        chat_family_detect(s, n, &f, NULL);
    if (tokenizer_new(&t, g, NULL, &err) != QW_OK) {
        if (err.code == QW_OK || err.msg[0] == 0 || t != NULL)
            abort();
        return;
    }
    if (tokenizer_encode(t, text, sizeof text - 1, true, &x, NULL) != QW_OK)
        abort();
    for (size_t i = 0; i < x.n; i++)
        if (x.v[i] < 0 || (size_t)x.v[i] >= tokenizer_n_vocab(t))
            abort();
    tokenizer_decode_all(t, x.v, x.n, true, &b);
    ids_free(&x);
    qw_buf_free(&b);
    tokenizer_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gguf *g = NULL;
    struct qw_error err = { 0 };

    if (gguf_open_memory(&g, data, size, &err) == QW_OK) {
        touch(g);
        tokenize(g);
        gguf_free(g);
    } else if (err.code == QW_OK || err.msg[0] == 0 || g != NULL) {
        abort();                            /* an error says what it is, and gives nothing */
    }
    return 0;
}
