/* Any bytes as a model: one clear error, or a model that computes three tokens. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/forward/forward.h"
#include "engine/model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MEMORY_LIMIT (64u << 20)

/* NaN and infinity may come out of hostile weights; a crash may not. */
static void compute(const struct model *m)
{
    static const int32_t ids[3] = { 0, 1, 0 };
    struct forward_options o = { .n_threads = 1, .max_rows = 4, .max_context = 16, .kv_type = model_kv_type(m, KV_AUTO) };
    struct forward *f;
    if (model_hparams(m)->n_vocab < 2 || forward_new(&f, m, &o, NULL) != QW_OK)
        return;
    size_t n = model_hparams(m)->n_vocab;
    uint8_t *page = qw_map(forward_kv_layout(f)->page_bytes);
    float *logits = qw_calloc(n, sizeof *logits);
    if (page != NULL && logits != NULL) {
        struct forward_seq s = { .ids = ids, .T = 3, .pages = &page, .n_logits = 1, .logits = logits };
        if (forward_run(f, &s, 1, NULL, NULL) != QW_OK)
            abort();
    }
    if (page != NULL)
        qw_unmap(page, forward_kv_layout(f)->page_bytes);
    qw_free(logits);
    forward_free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct model *m = NULL;
    struct qw_error err = { 0 };
    struct model_options o = { .level = cpu_level_max(), .n_threads = 1, .memory_limit = MEMORY_LIMIT };

    if (model_load_memory(&m, data, size, &o, &err) == QW_OK) {
        compute(m);
        model_free(m);
    } else if (err.code == QW_OK || err.msg[0] == 0 || m != NULL) {
        abort();
    }
    return 0;
}
