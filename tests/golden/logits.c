/* logits MODEL FILE: the logits of a prompt of 64 ids and of 16 greedy ones after it, as float32, for comparing
 * backends byte for byte on a whole model (tests/cuda_host/small.sh). */
#include <stdio.h>
#include <stdlib.h>

#include "tests/golden/rig.h"

enum { PROMPT = 64, MORE = 16 };

int main(int argc, char **argv)
{
    if (argc != 3)
        return fprintf(stderr, "usage: logits MODEL FILE\n"), 2;
    struct model *m = rig_model(argv[1], rig_remote() ? CPU_LEVEL_REF : cpu_level_max());
    struct rig r;
    int32_t ids[PROMPT + MORE];
    rig_open(&r, m, &(struct rig_options){ .threads = 2, .context = 128, .max_rows = PROMPT });
    float *l = malloc((size_t)(PROMPT + MORE) * r.n_vocab * sizeof *l);
    if (l == NULL)
        return fprintf(stderr, "no memory\n"), 1;
    for (uint32_t i = 0; i < PROMPT; i++)
        ids[i] = (int32_t)(i * 2654435761u % (uint32_t)r.n_vocab);
    rig_feed(&r, ids, PROMPT, 0, PROMPT, l);
    for (size_t i = PROMPT; i < PROMPT + MORE; i++) {
        ids[i] = rig_argmax(l + (i - 1) * r.n_vocab, r.n_vocab);
        rig_feed(&r, ids + i, 1, i, 1, l + i * r.n_vocab);
    }
    FILE *out = fopen(argv[2], "wb");
    size_t n = (size_t)(PROMPT + MORE) * r.n_vocab;
    if (out == NULL || fwrite(l, sizeof *l, n, out) != n || fclose(out) != 0)
        return perror(argv[2]), 1;
    free(l);
    rig_close(&r);
    model_free(m);
    return 0;
}
