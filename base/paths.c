#include "base/paths.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/mem.h"

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "no memory for a path");
}

char *paths_join(const char *a, const char *b)
{
    size_t n = strlen(a);

    while (*b == '/')
        b++;
    return qw_asprintf("%s%s%s", a, n > 0 && a[n - 1] == '/' ? "" : "/", b);
}

/* ---- a user's folders --------------------------------------------------- */

/* The XDG specification: relative values are invalid and ignored. */
static const char *env_dir(const char *name)
{
    const char *s = getenv(name);

    return s != NULL && s[0] == '/' ? s : NULL;
}

static int home_dir(char **home, struct qw_error *err)
{
    const char *env = env_dir("HOME");
    struct passwd pw, *found = NULL;
    char buf[4096];

    if (env == NULL && getpwuid_r(geteuid(), &pw, buf, sizeof buf, &found) == 0 &&
        found != NULL && found->pw_dir[0] == '/')
        env = found->pw_dir;
    if (env == NULL)
        return qw_error_set(err, QW_ENOTFOUND,
                            "no home folder: HOME is not set and user %u has none",
                            (unsigned)geteuid());
    *home = qw_strdup(env);
    return *home != NULL ? QW_OK : no_memory(err);
}

/* /tmp is everybody's: the folder must be ours, closed to others, and no link
 * that somebody put there first. */
static int check_tmp_dir(const char *path, bool create, struct qw_error *err)
{
    struct stat st;

    if (create && mkdir(path, 0700) != 0 && errno != EEXIST)
        return qw_error_errno(err, QW_EIO, errno, "cannot create folder %s", path);
    if (lstat(path, &st) != 0) {
        if (errno == ENOENT && !create)
            return QW_OK;
        return qw_error_errno(err, QW_EIO, errno, "cannot look at %s", path);
    }
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0)
        return qw_error_set(err, QW_EDENIED,
                            "%s must be a folder of user %u with mode 0700; remove it, or set "
                            "XDG_RUNTIME_DIR", path, (unsigned)geteuid());
    return QW_OK;
}

/* After `su`, XDG_RUNTIME_DIR may still name somebody else's. */
static bool is_foreign(const char *dir)
{
    struct stat st;

    return stat(dir, &st) == 0 && st.st_uid != geteuid();
}

static int runtime_dir(bool create, char **path, struct qw_error *err)
{
    const char *xdg = env_dir("XDG_RUNTIME_DIR");
    char *p;
    int rc;

    if (xdg != NULL && !is_foreign(xdg)) {
        p = paths_join(xdg, "qwend");
        if (p == NULL)
            return no_memory(err);
        rc = create ? fs_private_dir(p, err) : QW_OK;
    } else {
        p = qw_asprintf("/tmp/qwend-%u", (unsigned)geteuid());
        if (p == NULL)
            return no_memory(err);
        rc = check_tmp_dir(p, create, err);
    }
    if (rc != QW_OK) {
        qw_free(p);
        return rc;
    }
    *path = p;
    return QW_OK;
}

int paths_user(enum qw_dir d, bool create, char **path, struct qw_error *err)
{
    static const struct { const char *env, *under_home; } where[] = {
        [QW_DIR_DATA]   = { "XDG_DATA_HOME",   ".local/share/qwend" },
        [QW_DIR_CACHE]  = { "XDG_CACHE_HOME",  ".cache/qwend" },
        [QW_DIR_CONFIG] = { "XDG_CONFIG_HOME", ".config/qwend" },
        [QW_DIR_STATE]  = { "XDG_STATE_HOME",  ".local/state/qwend" },
    };
    const char *base;
    char *home = NULL, *p;
    int rc;

    if (d == QW_DIR_RUNTIME)
        return runtime_dir(create, path, err);
    base = env_dir(where[d].env);
    if (base != NULL) {
        p = paths_join(base, "qwend");
    } else {
        rc = home_dir(&home, err);
        if (rc != QW_OK)
            return rc;
        p = paths_join(home, where[d].under_home);
        qw_free(home);
    }
    if (p == NULL)
        return no_memory(err);
    rc = create ? fs_private_dir(p, err) : QW_OK;
    if (rc != QW_OK) {
        qw_free(p);
        return rc;
    }
    *path = p;
    return QW_OK;
}

int paths_check_socket(const char *path, struct qw_error *err)
{
    size_t max = sizeof ((struct sockaddr_un *)NULL)->sun_path - 1, n = strlen(path);

    if (n <= max)
        return QW_OK;
    return qw_error_set(err, QW_ETOOLARGE,
                        "socket path is %zu bytes long, at most %zu are possible: %s; set "
                        "QWEND_SOCKET or a shorter XDG_RUNTIME_DIR", n, max, path);
}

int paths_user_socket(bool create_dir, char **path, struct qw_error *err)
{
    char *dir = NULL, *p;
    int rc = paths_user(QW_DIR_RUNTIME, create_dir, &dir, err);

    if (rc != QW_OK)
        return rc;
    p = paths_join(dir, "qwend.sock");
    qw_free(dir);
    if (p == NULL)
        return no_memory(err);
    rc = paths_check_socket(p, err);
    if (rc != QW_OK) {
        qw_free(p);
        return rc;
    }
    *path = p;
    return QW_OK;
}

const char *paths_env_socket(void)
{
    const char *s = getenv("QWEND_SOCKET");

    return s != NULL && s[0] != '\0' ? s : NULL;
}

/* ---- what the installation brings --------------------------------------- */

static bool is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* The build tree that the running program lies in, or NULL.  Known by its
 * shape (a folder where this project links programs) and by config.status, so
 * that an installed program never looks beside itself.  No environment
 * variable has a say: qwend runs programs that are found here. */
static char *build_tree(void)
{
    static const char *const folders[] = {
        "/daemon", "/client", "/client/gateway", "/plugins/host", "/engine/run",
        "/tests/unit", "/tests/bench", "/tests/fuzz",
    };
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    char *slash, *mark;

    if (n <= 0)
        return NULL;
    exe[n] = '\0';
    slash = strrchr(exe, '/');
    if (slash == NULL)
        return NULL;
    *slash = '\0';
    slash = strrchr(exe, '/');      /* libtool keeps real programs in .libs */
    if (slash != NULL && strcmp(slash, "/.libs") == 0)
        *slash = '\0';
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        size_t len = strlen(exe), tail = strlen(folders[i]);
        bool found;

        if (len <= tail || strcmp(exe + len - tail, folders[i]) != 0)
            continue;
        exe[len - tail] = '\0';
        mark = paths_join(exe, "config.status");
        found = mark != NULL && is_file(mark);
        qw_free(mark);
        return found ? qw_strdup(exe) : NULL;
    }
    return NULL;
}

/* The source tree of a build tree, out of its Makefile; NULL if it has none. */
static char *source_tree(const char *build)
{
    static const char key[] = "\nabs_top_srcdir = ";
    char *mk = paths_join(build, "Makefile"), *text = NULL, *src = NULL, *at;
    size_t len;

    if (mk != NULL && fs_read_file(mk, 16 << 20, &text, &len, NULL) == QW_OK &&
        (at = strstr(text, key)) != NULL) {
        at += sizeof key - 1;
        src = qw_strndup(at, strcspn(at, "\n"));
    }
    qw_free(text);
    qw_free(mk);
    return src;
}

/* plugins/ANY/.libs/NAME; NULL if there is none. */
static char *built_plugin(const char *build, const char *name)
{
    char *dir = paths_join(build, "plugins"), *found = NULL;
    DIR *d = dir != NULL ? opendir(dir) : NULL;
    struct dirent *e;

    while (d != NULL && found == NULL && (e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        found = qw_asprintf("%s/%s/.libs/%s", dir, e->d_name, name);
        if (found != NULL && !is_file(found)) {
            qw_free(found);
            found = NULL;
        }
    }
    if (d != NULL)
        closedir(d);
    qw_free(dir);
    return found;
}

/* NAME in one of the folders of root; NULL if in none. */
static char *first_in(const char *root, const char *const *folders, const char *name)
{
    for (; *folders != NULL; folders++) {
        char *p = qw_asprintf("%s/%s/%s", root, *folders, name);

        if (p != NULL && is_file(p))
            return p;
        qw_free(p);
    }
    return NULL;
}

static char *in_build_tree(enum qw_installed what, const char *name)
{
    static const char *const programs[] = { "daemon", "client", "client/gateway", "engine/run",
                                            NULL };
    static const char *const helpers[] = { "plugins/host", "plugins/program", NULL };
    static const char *const modules[] = { "engine/cuda", "tests/cuda_host", NULL };
    static const char *const share[] = { "tests/data/eval", NULL }, *const include[] = { "plugins", NULL };
    char *build = build_tree(), *src, *p = NULL;

    if (build == NULL)
        return NULL;
    switch (what) {
    case QW_INST_BIN:     p = first_in(build, programs, name); break;
    case QW_INST_LIBEXEC: p = first_in(build, helpers, name); break;
    case QW_INST_PLUGINS: p = built_plugin(build, name); break;
    case QW_INST_MODULES: p = first_in(build, modules, name); break;
    case QW_INST_SHARE: case QW_INST_INCLUDE:
        src = source_tree(build);
        p = src != NULL ? first_in(src, what == QW_INST_SHARE ? share : include, name) : NULL;
        qw_free(src);
        break;
    }
    qw_free(build);
    return p;
}

int paths_installed(enum qw_installed what, const char *name, char **path, struct qw_error *err)
{
    static const char *const where[] = {
        [QW_INST_BIN] = QW_BINDIR, [QW_INST_LIBEXEC] = QW_LIBEXECDIR,
        [QW_INST_PLUGINS] = QW_PLUGINSDIR, [QW_INST_MODULES] = QW_MODULESDIR, [QW_INST_SHARE] = QW_SHAREDIR,
        [QW_INST_INCLUDE] = QW_INCLUDEDIR,
    };
    char *p;
    int rc;

    if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
        return qw_error_set(err, QW_EPARAMS, "not a file name: \"%s\"", name);
    p = in_build_tree(what, name);
    if (p == NULL)
        p = paths_join(where[what], name);
    if (p == NULL)
        return no_memory(err);
    if (!is_file(p)) {
        rc = qw_error_set(err, QW_ENOTFOUND, "%s is not installed", p);
        qw_free(p);
        return rc;
    }
    *path = p;
    return QW_OK;
}
