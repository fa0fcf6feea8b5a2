#include "plugins/program/start.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "plugins/program/layout.h"

#define MAX_ARGS 80
#define EXTRA_FD "4"                    /* HOST_CHANNEL_FD + 1 */

struct args { char *v[MAX_ARGS + 1]; size_t n; };

static void add(struct args *a, const char *s)
{
    if (a->n < MAX_ARGS)
        a->v[a->n++] = (char *)s;
    a->v[a->n] = NULL;
}

/* A link stays a link (/lib -> usr/lib), so that the tree inside looks like the one outside. */
static void add_path(struct args *a, const char *path, char target[PATH_MAX])
{
    struct stat st;
    ssize_t n;
    if (lstat(path, &st) != 0)
        return;
    if (S_ISLNK(st.st_mode) && (n = readlink(path, target, PATH_MAX - 1)) > 0) {
        target[n] = '\0';
        add(a, "--symlink"), add(a, target), add(a, path);
    } else {
        add(a, "--ro-bind-try"), add(a, path), add(a, path);
    }
}

static void add_bubblewrap(struct args *a, const char *bwrap, const struct layout *l, char targets[][PATH_MAX])
{
    static const char *const before[] = {
        "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
        "--uid", "65534", "--gid", "65534", "--hostname", "qwend", "--die-with-parent", "--new-session", "--clearenv",
        "--cap-drop", "ALL",
    };
    /* The program comes in by its contents: the sandbox need not see, nor nobody be able to read, where it lies. */
    static const char *const after[] = {
        "--perms", "0555", "--ro-bind-data", EXTRA_FD, "/qwend-program", "--chdir", "/", "--remount-ro", "/", "--", "/qwend-program",
    };
    add(a, bwrap);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        add(a, before[i]);
    for (size_t i = 0; i < l->n; i++)
        add_path(a, l->paths[i], targets[i]);
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        add(a, after[i]);
}

const char *start_bwrap(const char *configured, const char **why)
{
    static const char *const usual[] = { "/usr/bin/bwrap", "/usr/local/bin/bwrap" };
    *why = "";
    if (configured != NULL && access(configured, X_OK) == 0)
        return configured;
    for (size_t i = 0; configured == NULL && i < sizeof usual / sizeof *usual; i++)
        if (access(usual[i], X_OK) == 0)
            return usual[i];
    *why = "bubblewrap (bwrap) is not installed";
    return NULL;
}

int start_zygote(struct proc *p, const struct start *s, struct qw_error *err)
{
    /* Paths are long: not on the stack of a caller's thread. */
    struct work { struct layout l; char targets[sizeof ((struct layout *)0)->paths / sizeof(char *)][PATH_MAX]; struct args a; }
        *w = qw_calloc(1, sizeof *w);
    struct proc_command c = { .path = s->host_path };
    int rc, fd = -1;

    if (w == NULL)
        return qw_error_set(err, QW_ENOMEM, "program jail");
    if ((rc = layout_find(&w->l, s->python, err)) != QW_OK)
        goto out;
    if (s->bwrap != NULL) {
        fd = open(s->host_path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            rc = qw_error_errno(err, QW_ENOTFOUND, errno, "%s", s->host_path);
            goto out;
        }
        add_bubblewrap(&w->a, s->bwrap, &w->l, w->targets);
        c.path = s->bwrap;
        c.extra_fd = fd;
        c.nobody = geteuid() == 0;
    } else {
        add(&w->a, "qwend-program");
    }
    add(&w->a, w->l.python);
    add(&w->a, s->bwrap != NULL ? "namespaces" : "-");
    add(&w->a, s->landlock ? "landlock" : "-");
    c.argv = w->a.v;
    rc = w->a.n < MAX_ARGS ? proc_start(p, &c, err) : qw_error_set(err, QW_EINTERNAL, "too many arguments for bubblewrap");
out:
    if (fd >= 0)
        close(fd);
    qw_free(w);
    return rc;
}
