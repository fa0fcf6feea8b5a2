/* Temporary folders for tests: made empty, removed with all they hold. */
#ifndef TESTS_UNIT_BASE_TMP_H
#define TESTS_UNIT_BASE_TMP_H

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static inline int tmp_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static inline void tmp_make(char dir[64])
{
    strcpy(dir, "/tmp/qwtest-XXXXXX");
    if (mkdtemp(dir) == NULL) {
        perror(dir);
        abort();
    }
}

static inline void tmp_remove(const char *dir)
{
    nftw(dir, tmp_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* DIR/NAME in one of a few static buffers. */
static inline const char *tmp_path(const char *dir, const char *name)
{
    static char bufs[8][PATH_MAX];
    static unsigned next;
    char *b = bufs[next++ % 8];

    snprintf(b, PATH_MAX, "%s/%s", dir, name);
    return b;
}

/* Writes DIR/NAME, making the folders in NAME. */
static inline void tmp_write(const char *dir, const char *name, const char *text)
{
    char path[PATH_MAX];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    for (char *s = path + strlen(dir) + 1; (s = strchr(s, '/')) != NULL; *s++ = '/') {
        *s = '\0';
        mkdir(path, 0700);
    }
    f = fopen(path, "w");
    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0) {
        perror(path);
        abort();
    }
}

#endif
