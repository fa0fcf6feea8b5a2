/* qwend's configuration: one table of keys (config_keys.def), read from INI files by libinih.
 *
 * Order: built-in < file < conf.d/ *.conf beside it < environment (socket, data and log only)
 * < options of the command line.  Each value remembers where it came from.  Every error names
 * file:line (or the option) and, for an unknown name, the nearest known one.  A struct config
 * is built whole and then only read; a reload builds a new one and drops it on any error.
 * Loop thread; owned by the daemon. */
#ifndef QW_DAEMON_CONFIG_H
#define QW_DAEMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

enum cfg_type {
    CFG_BOOL,          /* yes | no */
    CFG_INT,
    CFG_SIZE,          /* bytes: 4096, 512KiB, 2GiB */
    CFG_DURATION,      /* held in ms: 250ms, 30s, 15min, 2h, 1d */
    CFG_STR,
    CFG_PATH,          /* absolute, or ~/..., or the word in choices */
    CFG_ENUM,
};
enum cfg_effect { CFG_LIVE, CFG_NEXT_MODEL, CFG_RESTART };    /* when a change takes effect */

#define X(id, ...) CFG_##id,
enum cfg_id {
#include "daemon/config_keys.def"
    CFG__COUNT
};
#undef X

struct cfg_key {
    const char     *section, *name;
    enum cfg_type   type;
    const char     *dflt;           /* as one would write it; "auto" is held as 0 or NULL */
    int64_t         min, max;
    const char     *choices;        /* CFG_ENUM: "a|b|c" */
    enum cfg_effect effect;
    const char     *help;
};
const struct cfg_key *config_key(size_t i);              /* NULL past the end */

struct cfg_option { char *key, *value; };
struct cfg_plugin {                 /* [plugin "name"] */
    char    *name, *path;           /* path NULL: NAME.so among the installed ones */
    bool     enabled, trust_proof;
    bool     generate, run_program;     /* it may ask the model, the interpreter */
    int64_t  requests;                  /* at most so many in one call */
    int64_t  timeout_ms, memory_bytes;
    int      jail_minimum;          /* index of the key's choices: enum plug_jail */
    struct cfg_option *options;     /* further keys, handed to the plugin */
    size_t   n_options;
    char    *origin;                /* of the section */
};

struct config;
int  config_new(struct config **c, struct qw_error *err);              /* built-in values */
void config_free(struct config *c);
/* The file and conf.d/ *.conf in its folder.  must_exist: else a missing file is no error. */
int  config_load(struct config *c, const char *path, bool must_exist, struct qw_error *err);
/* "section.key=value" as -o takes it; plugin keys as plugin.NAME.key=value. */
int  config_set(struct config *c, const char *assignment, const char *origin, struct qw_error *err);
int  config_set_value(struct config *c, enum cfg_id id, const char *value, const char *origin, struct qw_error *err);

int64_t     cfg_int(const struct config *c, enum cfg_id id);           /* number, bytes, ms, 0/1, index of choice */
const char *cfg_str(const struct config *c, enum cfg_id id);           /* NULL when empty or auto */
const char *cfg_text(const struct config *c, enum cfg_id id);          /* as it was written */
const char *cfg_origin(const struct config *c, enum cfg_id id);
size_t      config_n_plugins(const struct config *c);
const struct cfg_plugin *config_plugin(const struct config *c, size_t i);

void config_dump(const struct config *c, struct qw_buf *out);          /* INI, each line with its origin */
void config_help(struct qw_buf *out);                                  /* every key, for people and man pages */
/* Names of keys of this effect that differ, comma-separated. */
void config_diff(const struct config *from, const struct config *to, enum cfg_effect effect, struct qw_buf *out);

/* Numbers as people write them; false when malformed or out of int64. */
bool cfg_parse_size(const char *s, int64_t *bytes);
bool cfg_parse_duration(const char *s, int64_t *ms);

#endif
