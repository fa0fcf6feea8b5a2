/* Where things live (DESIGN.md, "Where things live"): the one place that knows
 * the folders of the service and of a user's own daemon.  Any thread; returned
 * strings are the caller's (qw_free). */
#ifndef QW_BASE_PATHS_H
#define QW_BASE_PATHS_H

#include <stdbool.h>

#include "base/error.h"

#define QW_SYSTEM_SOCKET "/run/qwend/qwend.sock"

/* User's own folders, XDG with defaults under HOME; created 0700 on request. */
enum qw_dir { QW_DIR_RUNTIME, QW_DIR_DATA, QW_DIR_CACHE, QW_DIR_CONFIG, QW_DIR_STATE };
/* .../qwend of the folder.  Without XDG_RUNTIME_DIR, or when it is another user's
 * (after su): /tmp/qwend-UID, 0700, its owner checked (QW_EDENIED otherwise). */
int paths_user(enum qw_dir d, bool create, char **path, struct qw_error *err);
/* The socket of the user's own daemon; QW_ETOOLARGE over 107 bytes, saying so. */
int paths_user_socket(bool create_dir, char **path, struct qw_error *err);
int paths_check_socket(const char *path, struct qw_error *err); /* length only */
/* QWEND_SOCKET or NULL. */
const char *paths_env_socket(void);
char *paths_join(const char *a, const char *b);           /* NULL when memory fails */
/* Files that the installation or the build tree brings.  libexec: helper programs
 * (qwend-plugin, qwend-program); plugins: *.so; modules: backends; share: eval questions;
 * include: qwen_plugin.h.  Looked up beside the running program first (a build tree), then where
 * configure said; never by the environment.  name: a file name, no path (QW_EPARAMS). */
enum qw_installed { QW_INST_BIN, QW_INST_LIBEXEC, QW_INST_PLUGINS, QW_INST_MODULES, QW_INST_SHARE, QW_INST_INCLUDE };
int paths_installed(enum qw_installed what, const char *name, char **path, struct qw_error *err);

#endif
