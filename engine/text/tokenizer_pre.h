/* What happens to text before byte pair encoding: normalisation and the split
 * into pre-tokens, by family.  Inside the tokenizer only.  Immutable after
 * pre_new: any thread. */
#ifndef QW_ENGINE_TOKENIZER_PRE_H
#define QW_ENGINE_TOKENIZER_PRE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct pre;

/* QW_EUNSUPPORTED for a name that is not in the table, with the names that are. */
int  pre_new(struct pre **p, const char *name, size_t n_name, struct qw_error *err);
void pre_free(struct pre *p);
const char *pre_name(const struct pre *p);
bool pre_whole_words(const struct pre *p);  /* a pre-token that is a token needs no merges (Llama 3) */
bool pre_adds_bos(const struct pre *p);     /* unless the file says otherwise */

/* Normalises valid UTF-8.  *owned is NULL when s itself is to be used, else the new text
 * of *n_out bytes, the caller's (qw_free). */
int  pre_normalise(const struct pre *p, const char *s, size_t n, char **owned, size_t *n_out,
                   struct qw_error *err);

/* Calls fn for each pre-token of valid, normalised UTF-8, in order; a code other than QW_OK
 * from fn stops and is returned. */
int  pre_split(const struct pre *p, const char *s, size_t n,
               int (*fn)(void *arg, const char *word, size_t n), void *arg, struct qw_error *err);

#endif
