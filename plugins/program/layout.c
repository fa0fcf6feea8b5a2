#include "plugins/program/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The version manager's script runs a shell, which the jail does not have. */
static int check_program(const char *path, struct qw_error *err)
{
    char magic[4] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, magic, sizeof magic) : -1;
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return qw_error_errno(err, QW_ENOTFOUND, why, "%s", path);
    if (n != 4 || memcmp(magic, "\177ELF", 4) != 0)
        return qw_error_set(err, QW_EUNSUPPORTED, "%s is a script; name the interpreter itself (`python3 -c 'import sys; print(sys.executable)'`)", path);
    return QW_OK;
}

static const char *const usual[] = { "/usr/bin/python3", "/usr/local/bin/python3" };

const char *layout_default(void)
{
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (access(usual[i], X_OK) == 0)
            return usual[i];
    return NULL;
}

int layout_find(struct layout *l, const char *python, struct qw_error *err)
{
    static const char *const libraries[] = { "/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64",
                                             "/etc/ld.so.cache", "/etc/alternatives" };
    char prefix[PATH_MAX];
    char *slash;
    int rc;

    if (python == NULL)
        python = layout_default();
    if (python == NULL)
        return qw_error_set(err, QW_ENOTFOUND, "no python3 at %s or %s; install python3 (and python3-sympy)", usual[0], usual[1]);
    if (python[0] != '/')
        return qw_error_set(err, QW_EPARAMS, "python: the path must be absolute, not %s", python);
    if (realpath(python, l->python) == NULL)
        return qw_error_errno(err, QW_ENOTFOUND, errno, "%s", python);
    if ((rc = check_program(l->python, err)) != QW_OK)
        return rc;
    l->n = 0;
    l->paths[l->n++] = l->python;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        l->paths[l->n++] = libraries[i];

    /* PREFIX/bin/python3.11 has its library in PREFIX/lib; of PREFIX, which may be a home, nothing else is shown. */
    memcpy(prefix, l->python, sizeof prefix);
    for (int i = 0; i < 2; i++)
        if ((slash = strrchr(prefix, '/')) != NULL)
            *slash = '\0';
    if (prefix[0] == '\0' || strcmp(prefix, "/usr") == 0 || strcmp(prefix, "/usr/local") == 0)
        return QW_OK;
    for (int i = 0; i < 2; i++) {
        if (snprintf(l->own[i], sizeof l->own[i], "%s/%s", prefix, i == 0 ? "lib" : "lib64") >= (int)sizeof l->own[i])
            return qw_error_set(err, QW_ETOOLARGE, "%s: the path is too long", python);
        l->paths[l->n++] = l->own[i];
    }
    return QW_OK;
}
