/* qwenctl plugin new: a copy of plugins/example with a name of one's own.  The files travel in this program, so that
 * they are there in a build tree and after an installation alike. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/paths.h"
#include "client/ctl/plugin/commands.h"
#include "client/ctl/plugin/plugin_files.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/term.h"

#define NAME_MAX_BYTES 48u
#define WORD "example"                      /* what stands for the name in the files, and nowhere else */

static const char *parent = ".";
static bool as_json;
const struct opt plugin_new_opts[] = {
    { "in", 'i', OPT_STR, &parent, NULL, "FOLDER", 0, 0, "make it there instead of in the current folder" },
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

/* Written in this order; WORD in a file's name is replaced too. */
static const struct { const char *name; const unsigned char *text; size_t n; } files[] = {
    { WORD ".c", file_example_c, sizeof file_example_c - 1 },
    { "Makefile", file_Makefile, sizeof file_Makefile - 1 },
    { "cases.jsonl", file_cases_jsonl, sizeof file_cases_jsonl - 1 },
    { "README.md", file_README_md, sizeof file_README_md - 1 },
    { ".gitignore", file__gitignore, sizeof file__gitignore - 1 },
};
enum { N_FILES = sizeof files / sizeof *files };
#define CONFIG "config.mk"

static bool name_is_good(const char *name)
{
    size_t n = strlen(name);
    bool first = (name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z') || (name[0] >= '0' && name[0] <= '9');
    return first && n <= NAME_MAX_BYTES
        && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == n;
}

static void put_named(struct qw_buf *b, const char *text, size_t n, const char *name)
{
    const char *end = text + n, *at;
    while ((at = memmem(text, (size_t)(end - text), WORD, strlen(WORD))) != NULL) {
        qw_buf_add(b, text, (size_t)(at - text));
        qw_buf_adds(b, name);
        text = at + strlen(WORD);
    }
    qw_buf_add(b, text, (size_t)(end - text));
}

static int write_file(int dir, const char *name, const struct qw_buf *b, struct qw_error *err)
{
    int fd, rc = QW_OK;
    if (qw_buf_failed(b))
        return qw_error_set(err, QW_ENOMEM, "%s", name);
    if ((fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) < 0)
        return qw_error_errno(err, QW_EIO, errno, "%s", name);
    if ((rc = fs_write_all(fd, b->data, b->len, err)) != QW_OK)
        qw_error_wrap(err, "%s", name);
    if (close(fd) != 0 && rc == QW_OK)
        rc = qw_error_errno(err, QW_EIO, errno, "%s", name);
    return rc;
}

/* A path that make reads as it stands; others must be given on its command line. */
static bool make_reads(const char *path)
{
    return path != NULL && strpbrk(path, "$#'\\\n\t%=:;") == NULL && path[strlen(path) - 1] != ' ';
}

/* Without what leads back and forth in a build tree; free. */
static char *found_at(enum qw_installed what, const char *name)
{
    char *path = NULL, *real = NULL;
    if (paths_installed(what, name, &path, NULL) == QW_OK)
        real = realpath(path, NULL);
    qw_free(path);
    return real;
}

static int write_config(int dir, struct qw_error *err)
{
    struct qw_buf b = QW_BUF_INIT;
    char *ctl = found_at(QW_INST_BIN, "qwenctl"), *header = found_at(QW_INST_INCLUDE, "qwen_plugin.h");
    qw_buf_adds(&b, "# Where this machine has qwend, as `qwenctl plugin new` found it.  Not for version control.\n");
    if (make_reads(ctl))
        qw_buf_addf(&b, "QWENCTL ?= %s\n", ctl);
    if (make_reads(header)) {
        *strrchr(header, '/') = '\0';
        qw_buf_addf(&b, "QWEN_INCLUDE ?= %s\n", header);
    } else {
        ctl_note("qwen_plugin.h was not found; `make QWEN_INCLUDE=FOLDER` says where it is");
    }
    int rc = write_file(dir, CONFIG, &b, err);
    free(ctl);
    free(header);
    qw_buf_free(&b);
    return rc;
}

static int write_all(int dir, const char *name, struct qw_error *err)
{
    int rc = QW_OK;
    for (size_t i = 0; i < N_FILES && rc == QW_OK; i++) {
        struct qw_buf b = QW_BUF_INIT, as = QW_BUF_INIT;
        put_named(&b, (const char *)files[i].text, files[i].n, name);
        put_named(&as, files[i].name, strlen(files[i].name), name);
        qw_buf_addc(&as, '\0');
        rc = qw_buf_failed(&as) ? qw_error_set(err, QW_ENOMEM, "%s", name) : write_file(dir, as.data, &b, err);
        qw_buf_free(&b);
        qw_buf_free(&as);
    }
    return rc == QW_OK ? write_config(dir, err) : rc;
}

static void remove_all(int dir, const char *folder, const char *name)
{
    char as[NAME_MAX_BYTES + 8];
    snprintf(as, sizeof as, "%s.c", name);
    for (size_t i = 0; i < N_FILES; i++)
        unlinkat(dir, i == 0 ? as : files[i].name, 0);
    unlinkat(dir, CONFIG, 0);
    rmdir(folder);
}

/* Never over something that came in the meantime. */
static int move_there(const char *from, const char *to, struct qw_error *err)
{
#ifdef SYS_renameat2
    if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1u /* RENAME_NOREPLACE */) == 0)
        return QW_OK;
    if (errno != ENOSYS && errno != EINVAL)     /* EINVAL: a file system that cannot */
        return qw_error_errno(err, errno == EEXIST ? QW_ECONFLICT : QW_EIO, errno, "%s", to);
#endif
    if (access(to, F_OK) == 0)
        return qw_error_set(err, QW_ECONFLICT, "%s exists", to);
    return rename(from, to) == 0 ? QW_OK : qw_error_errno(err, QW_EIO, errno, "%s", to);
}

/* Whole or not at all: it is made beside its place, then moved there. */
static int make_folder(const char *to, const char *name, struct qw_error *err)
{
    char *tmp = qw_asprintf("%s.part-XXXXXX", to);
    mode_t mask = umask(0);
    int dir = -1, rc;
    umask(mask);
    if (tmp == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", to);
    if (mkdtemp(tmp) == NULL) {
        rc = qw_error_errno(err, errno == EACCES || errno == EROFS ? QW_EDENIED : QW_EIO, errno, "%s cannot be made", to);
        qw_free(tmp);
        return rc;
    }
    dir = open(tmp, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    rc = dir < 0 ? qw_error_errno(err, QW_EIO, errno, "%s", tmp) : write_all(dir, name, err);
    /* Nobody else may write where a plugin lies that is to prove things. */
    if (rc == QW_OK && fchmod(dir, 0755 & ~mask) != 0)
        rc = qw_error_errno(err, QW_EIO, errno, "%s", tmp);
    if (rc == QW_OK)
        rc = move_there(tmp, to, err);
    if (rc != QW_OK)
        remove_all(dir, tmp, name);
    if (dir >= 0)
        close(dir);
    qw_free(tmp);
    return rc;
}

static void say_made(const char *to, const char *name)
{
    if (as_json) {
        json_t *list = json_array(), *out = json_object();
        for (size_t i = 0; i < N_FILES; i++) {
            char as[NAME_MAX_BYTES + 8];
            snprintf(as, sizeof as, "%s.c", name);
            json_array_append_new(list, json_string(i == 0 ? as : files[i].name));
        }
        json_array_append_new(list, json_string(CONFIG));
        obj_set_str(out, "folder", to);
        json_object_set_new(out, "files", list);
        json_dumpf(out, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
        putchar('\n');
        json_decref(out);
        return;
    }
    ctl_safe(stdout, to);
    printf(": %s.c, cases.jsonl, Makefile, README.md\nNext: cd ", name);
    ctl_safe(stdout, to);
    puts(" && make && make check");
}

int cmd_plugin_new(int argc, char **argv)
{
    struct qw_error err = { 0 };
    struct stat st;
    sigset_t block, before;
    if (argc != 1) {
        ctl_error("a name is needed, e.g. `qwenctl plugin new my-checker`");
        return EXIT_USAGE;
    }
    if (!name_is_good(argv[0])) {
        ctl_error("'%s' is no name for a plugin: up to %u letters, digits, - and _ of ASCII, beginning with a letter or digit", argv[0], NAME_MAX_BYTES);
        return EXIT_USAGE;
    }
    if (stat(parent, &st) != 0 || !S_ISDIR(st.st_mode)) {
        ctl_error("%s is no folder; --in names one that exists", parent);
        return EXIT_FAILED;
    }
    char *to = strcmp(parent, ".") == 0 ? qw_strdup(argv[0]) : paths_join(parent, argv[0]);
    if (to == NULL) {
        ctl_error("out of memory");
        return EXIT_FAILED;
    }
    sigemptyset(&block);
    sigaddset(&block, SIGINT), sigaddset(&block, SIGTERM), sigaddset(&block, SIGHUP);
    sigprocmask(SIG_BLOCK, &block, &before);
    int rc = lstat(to, &st) == 0 ? qw_error_set(&err, QW_ECONFLICT, "%s exists", to) : make_folder(to, argv[0], &err);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (rc == QW_OK)
        say_made(to, argv[0]);
    else if (rc == QW_ECONFLICT)
        ctl_error("%s is there already, and stays as it is: take another name, or another folder with --in", to);
    else
        ctl_error("%s", err.msg);
    qw_free(to);
    return rc == QW_OK ? EXIT_OK : rc == QW_EDENIED ? EXIT_NEEDS : EXIT_FAILED;
}
