/* The models that can be asked for, and which one is loaded.
 *
 * Entries: every *.gguf in the data folder's models/, and the file of --model; built-in names
 * that are not there yet are only listed.  Names come from the wire, paths never do.  One
 * model is loaded at a time; users (runs that need it) hold it, and only without users may
 * another be loaded.  Who comes next is run.c's to decide.  Loop thread. */
#ifndef QW_DAEMON_MODELS_H
#define QW_DAEMON_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/catalog.h"
#include "base/error.h"
#include "daemon/sched/sched.h"

enum model_state { MODEL_ABSENT, MODEL_INSTALLED, MODEL_LOADING, MODEL_LOADED, MODEL_FAILED };
const char *model_state_name(enum model_state s);

struct model_entry {
    char    *name, *path, *file;
    const struct catalog_entry *builtin;     /* or NULL */
    uint64_t bytes;
    enum model_state state;
    struct qw_error  error;                  /* why the last load failed */
    /* known since it was loaded once */
    char     fingerprint[33], arch[32], family[32];
    uint32_t context;
};

struct models;
/* dir: models/ of the data folder (may be missing); extra: a file, or NULL. */
int  models_new(struct models **m, const char *dir, const char *extra, struct qw_error *err);
void models_free(struct models *m);
int  models_rescan(struct models *m, struct qw_error *err);
size_t models_count(const struct models *m);
struct model_entry *models_at(struct models *m, size_t i);
/* By name, alias or file name; looks into the folder again before it says no.  QW_EMODEL: not installed
 * (says how to fetch it); QW_EPARAMS: not a name. */
int  models_find(struct models *m, const char *name, struct model_entry **e, struct qw_error *err);
/* Who answers a request that names no model: the one that model.load chose, else the configured one (name; may
 * be NULL), else --model's, else the default, the small one, any.  Looks into the folder again before it says no. */
int  models_default(struct models *m, const char *name, struct model_entry **e, struct qw_error *err);
/* The same from what is known; NULL: none is installed. */
struct model_entry *models_pick(struct models *m, const char *name);
void models_choose(struct models *m, struct model_entry *e);         /* NULL: the configuration decides again */

/* The loaded or loading one; NULL: none. */
struct model_entry *models_current(const struct models *m);
const struct model *models_loaded(const struct models *m);           /* NULL unless loaded */
const struct sched_model_info *models_info(const struct models *m);
void models_progress(const struct models *m, uint64_t *done, uint64_t *total);
size_t models_users(const struct models *m);
const struct model *models_hold(struct models *m);                   /* loaded, and kept so */
void models_release(struct models *m);

/* How the repack cache served the loaded model; state REPACK_OFF without one. */
void models_repack_info(const struct models *m, struct repack_info *out);
void models_tick(struct models *m);                                  /* logs how writing to it ended */

bool models_busy(const struct models *m);                            /* loading or unloading */
/* Only without users and while not busy. */
void models_load(struct models *m, struct sched *s, struct model_entry *e, const char *chat_template);
void models_unload(struct models *m, struct sched *s);
/* The scheduler's events.  true: the state has changed for good (loaded, failed, unloaded). */
bool models_event(struct models *m, const struct sched_event *ev);

#endif
