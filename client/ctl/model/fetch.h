/* Fetching models for people: progress, the offer of the first call, and which folder. */
#ifndef QW_CTL_FETCH_H
#define QW_CTL_FETCH_H

#include <stdbool.h>

#include "base/catalog.h"
#include "base/error.h"
#include "client/qwenclient.h"

/* Pulls e with progress on standard error.  Exit code. */
int fetch_model(const struct catalog_entry *e, const char *dir);
/* Makes sure that a model is installed for the daemon c (NULL: the user's that will be started): the one
 * that is named, or any.  Offers the default one; --yes takes it; EXIT_NEEDS without an answer. */
int fetch_if_none(qwen_client *c, const char *model, bool yes);
/* models/ of the daemon that answers (its data folder), or the user's own; qw_free.  c may be NULL. */
char *models_dir(qwen_client *c, struct qw_error *err);
/* A folder below which we may write, from the daemon's (see models_dir); says so when it is the user's
 * instead.  NULL after an error that has been said. */
char *fetch_dir(qwen_client *c);
/* Has the daemon look into its folder again; c may be NULL. */
void fetch_rescan(qwen_client *c);

#endif
