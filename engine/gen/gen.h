/* One answer in the making: the rules that end it and the text that it gives.  Used by the
 * scheduler and by qwen-run; knows nothing of batches or pages.  One thread at a time. */
#ifndef QW_ENGINE_GEN_H
#define QW_ENGINE_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "engine/text/ids.h"
#include "engine/text/tokenizer.h"

enum finish {
    FINISH_NONE, FINISH_STOP, FINISH_LENGTH, FINISH_REPETITION, FINISH_CANCELLED, FINISH_DEADLINE, FINISH_ERROR
};
const char *finish_name(enum finish f);   /* "stop", "length", ... */

struct gen_params {
    uint32_t max_tokens;                  /* >= 1 */
    const char *const *stop;              /* strings, borrowed for the gen's life */
    size_t   n_stop;
    bool     stop_on_repetition;          /* the last >= 192 ids are >= 4 copies of a period <= 64 */
    bool     ignore_end;                  /* measuring: end-of-turn ids do not end it */
};
struct gen;
int  gen_new(struct gen **g, const struct tokenizer *t, const struct gen_params *p, struct qw_error *err);
void gen_free(struct gen *g);
/* Takes the next id.  Text that is safe to show (no half characters, nothing that may still become
 * a stop string) is appended to out.  Returns FINISH_NONE or how it ended; the ids stay through
 * the matching token, only the text is cut at a stop string.  FINISH_ERROR: memory. */
enum finish gen_push(struct gen *g, int32_t id, struct qw_buf *out);
/* Ends it from outside (context full, cancel): flushes what was held back. */
void gen_end(struct gen *g, struct qw_buf *out);
const struct ids *gen_ids(const struct gen *g);    /* the answer's ids, the end id among them */
struct ids gen_take_ids(struct gen *g);            /* the caller's (ids_free); g has none left */

#endif
