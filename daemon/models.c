#include "daemon/models.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/mem.h"

#define MAX_MODELS 4096

struct models {
    char   *dir;
    struct model_entry **v;
    size_t  n;
    struct model_entry *extra_entry, *current, *chosen;
    const struct model *loaded;
    struct sched_model_info info;
    uint64_t done, total;
    size_t  users;
    bool    unloading, writing;         /* writing: to the repack cache */
};

const char *model_state_name(enum model_state s)
{
    static const char *const name[] = { "absent", "installed", "loading", "loaded", "failed" };
    return name[s];
}

/* ---- entries ---- */

static void entry_free(struct model_entry *e)
{
    if (e == NULL)
        return;
    qw_free(e->name);
    qw_free(e->path);
    qw_free(e->file);
    qw_free(e);
}

static struct model_entry *entry_add(struct models *m, const char *name, const char *path, uint64_t bytes,
                                     const struct catalog_entry *builtin)
{
    struct model_entry **v = m->n < MAX_MODELS ? qw_realloc_array(m->v, m->n + 1, sizeof *v) : NULL;
    if (v == NULL)
        return NULL;
    m->v = v;
    struct model_entry *e = qw_calloc(1, sizeof *e);
    if (e == NULL)
        return NULL;
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    e->name = qw_strdup(name);
    e->path = path != NULL ? qw_strdup(path) : NULL;
    e->file = path != NULL ? qw_strdup(slash != NULL ? slash + 1 : path) : builtin != NULL ? qw_strdup(builtin->file) : NULL;
    if (e->name == NULL || (path != NULL && (e->path == NULL || e->file == NULL))) {
        entry_free(e);
        return NULL;
    }
    e->bytes = bytes;
    e->builtin = builtin;
    e->state = path != NULL ? MODEL_INSTALLED : MODEL_ABSENT;
    m->v[m->n++] = e;
    return e;
}

static struct model_entry *entry_by_name(struct models *m, const char *name)
{
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->v[i]->name, name) == 0)
            return m->v[i];
    return NULL;
}

static int take_file(struct models *m, const struct catalog_file *f, struct qw_error *err)
{
    struct model_entry *e = entry_by_name(m, f->name);
    if (e == NULL)
        return entry_add(m, f->name, f->path, f->bytes, f->builtin) != NULL ? QW_OK
            : qw_error_set(err, QW_ENOMEM, "the model catalogue: %s", qw_code_text(QW_ENOMEM));
    if (e == m->extra_entry)
        return QW_OK;
    if (e->path == NULL) {
        char *path = qw_strdup(f->path);
        if (path == NULL)
            return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
        e->path = path;
    }
    if (e->state == MODEL_ABSENT)
        e->state = MODEL_INSTALLED;
    e->bytes = f->bytes;
    e->builtin = f->builtin;
    return QW_OK;
}

int models_rescan(struct models *m, struct qw_error *err)
{
    struct catalog_file *files = NULL;
    size_t n = 0;
    int rc = catalog_list(m->dir, &files, &n, err);
    if (rc != QW_OK)
        return rc;
    for (size_t i = 0; i < m->n; i++) {         /* files that are no longer there */
        struct model_entry *e = m->v[i];
        bool there = e == m->extra_entry || e == m->current;
        for (size_t k = 0; k < n && !there; k++)
            there = strcmp(files[k].name, e->name) == 0;
        if (!there && e->path != NULL) {
            qw_free(e->path);
            e->path = NULL;
            e->state = MODEL_ABSENT;
        }
    }
    for (size_t i = 0; rc == QW_OK && i < n; i++)
        rc = take_file(m, &files[i], err);
    catalog_list_free(files, n);
    const struct catalog_entry *b;
    for (size_t i = 0; rc == QW_OK && (b = catalog_builtin(i)) != NULL; i++)
        if (entry_by_name(m, b->name) == NULL && entry_add(m, b->name, NULL, b->bytes, b) == NULL)
            rc = qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    return rc;
}

static int add_extra(struct models *m, const char *path, struct qw_error *err)
{
    struct stat st;
    const char *base = strrchr(path, '/');
    base = base != NULL ? base + 1 : path;
    size_t n = strlen(base);
    if (n > 5 && strcmp(base + n - 5, ".gguf") == 0)
        n -= 5;
    if (stat(path, &st) != 0)
        return qw_error_errno(err, QW_EMODEL, errno, "[model] path: %s", path);
    char *name = qw_strndup(base, n);
    if (name == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    const struct catalog_entry *b = catalog_find(base);     /* a built-in one's file keeps its name */
    m->extra_entry = entry_add(m, b != NULL ? b->name : name, path, (uint64_t)st.st_size, b);
    qw_free(name);
    return m->extra_entry != NULL ? QW_OK : qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

int models_new(struct models **out, const char *dir, const char *extra, struct qw_error *err)
{
    struct models *m = qw_calloc(1, sizeof *m);
    if (m == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    m->dir = qw_strdup(dir);
    int rc = m->dir == NULL ? qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM)) : QW_OK;
    if (rc == QW_OK && extra != NULL)
        rc = add_extra(m, extra, err);
    if (rc == QW_OK)
        rc = models_rescan(m, err);
    if (rc != QW_OK) {
        models_free(m);
        return rc;
    }
    *out = m;
    return QW_OK;
}

void models_free(struct models *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->n; i++)
        entry_free(m->v[i]);
    qw_free(m->v);
    qw_free(m->dir);
    qw_free(m);
}

size_t models_count(const struct models *m) { return m->n; }
struct model_entry *models_at(struct models *m, size_t i) { return m->v[i]; }

static struct model_entry *look_up(struct models *m, const char *name)
{
    const struct catalog_entry *b = catalog_find(name);
    struct model_entry *e = entry_by_name(m, name);
    for (size_t i = 0; e == NULL && i < m->n; i++)
        if ((m->v[i]->file != NULL && strcmp(m->v[i]->file, name) == 0) || (b != NULL && m->v[i]->builtin == b))
            e = m->v[i];
    return e;
}

int models_find(struct models *m, const char *name, struct model_entry **out, struct qw_error *err)
{
    if (*name == '\0' || *name == '.' || strchr(name, '/') != NULL)
        return qw_error_set(err, QW_EPARAMS, "`%s` is not a model's name; paths are not taken from clients", name);
    struct model_entry *e = look_up(m, name);
    if (e == NULL || e->path == NULL) {
        models_rescan(m, NULL);                 /* may have been fetched since */
        e = look_up(m, name);
    }
    if (e == NULL)
        return qw_error_set(err, QW_EMODEL, "no model `%s` (`qwenctl model ls`, or model.list, names those that there are)", name);
    if (e->path == NULL)
        return qw_error_set(err, QW_EMODEL, "the model %s is not installed; `qwenctl model pull %s` fetches it", e->name, e->name);
    *out = e;
    return QW_OK;
}

struct model_entry *models_pick(struct models *m, const char *name)
{
    struct model_entry *e = m->chosen != NULL && m->chosen->path != NULL ? m->chosen
        : name != NULL ? look_up(m, name) : m->extra_entry;
    if (e != NULL || name != NULL)
        return e != NULL && e->path != NULL ? e : NULL;
    static const char *const aliases[] = { "default", "small" };
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if ((e = look_up(m, aliases[i])) != NULL && e->path != NULL)
            return e;
    for (size_t i = 0; i < m->n; i++)
        if (m->v[i]->path != NULL)
            return m->v[i];
    return NULL;
}

int models_default(struct models *m, const char *name, struct model_entry **out, struct qw_error *err)
{
    struct model_entry *e = models_pick(m, name);
    if (e == NULL && name != NULL)
        return models_find(m, name, out, err);
    if (e == NULL) {
        models_rescan(m, NULL);                 /* one may have been fetched since */
        e = models_pick(m, NULL);
    }
    if (e != NULL) {
        *out = e;
        return QW_OK;
    }
    return qw_error_set(err, QW_EMODEL, "no model is installed in %s; `qwenctl model pull default` fetches one", m->dir);
}

void models_choose(struct models *m, struct model_entry *e) { m->chosen = e; }

/* ---- the loaded one ---- */

struct model_entry *models_current(const struct models *m) { return m->current; }
const struct model *models_loaded(const struct models *m) { return m->loaded; }
const struct sched_model_info *models_info(const struct models *m) { return &m->info; }
size_t models_users(const struct models *m) { return m->users; }

bool models_busy(const struct models *m)
{
    return m->unloading || (m->current != NULL && m->current->state == MODEL_LOADING);
}

void models_progress(const struct models *m, uint64_t *done, uint64_t *total)
{
    *done = m->done;
    *total = m->total;
}

const struct model *models_hold(struct models *m)
{
    m->users++;
    return m->loaded;
}

void models_release(struct models *m)
{
    m->users--;
}

void models_load(struct models *m, struct sched *s, struct model_entry *e, const char *chat_template)
{
    struct sched_load l = { .path = e->path, .name = e->name, .chat_template = chat_template };
    if (m->current != NULL && m->current->state == MODEL_LOADED)
        m->current->state = MODEL_INSTALLED;
    m->loaded = NULL;
    m->current = e;
    m->done = 0;
    m->total = e->bytes;
    e->state = MODEL_LOADING;
    log_info("model", "loading name=%s bytes=%llu", e->name, (unsigned long long)e->bytes);
    sched_load_model(s, &l);
}

void models_unload(struct models *m, struct sched *s)
{
    if (m->current != NULL)
        m->current->state = MODEL_INSTALLED;
    m->loaded = NULL;
    m->unloading = true;
    sched_unload_model(s);
}

void models_repack_info(const struct models *m, struct repack_info *out)
{
    *out = (struct repack_info){ .state = REPACK_OFF };
    if (m->loaded != NULL)
        model_repack_info(m->loaded, out);
}

void models_tick(struct models *m)
{
    struct repack_info i;
    if (!m->writing || m->loaded == NULL)
        return;
    models_repack_info(m, &i);
    m->writing = i.state == REPACK_WRITING;
    if (i.state == REPACK_WRITTEN)
        log_info("model", "repacked weights written file=%s bytes=%llu", i.path, (unsigned long long)i.bytes);
    else if (i.state == REPACK_FAILED)
        log_warn("model", "repacked weights not written: %s", i.why);
}

static void log_loaded(const struct models *m, const struct sched_event *ev)
{
    const struct model_entry *e = m->current;
    struct repack_info i;
    models_repack_info(m, &i);
    if (i.why[0] != '\0')
        log_warn("model", "repack cache: %s", i.why);
    log_info("model", "loaded name=%s arch=%s context=%u%s weights=%s from=%s kv=%s level=%s ms=%.0f", e->name, e->arch,
             e->context, ev->info.max_model_len_lowered ? " (lowered: memory)" : "", model_weights_name(ev->model),
             i.state == REPACK_READ ? "cache" : "file", kv_type_name(ev->info.kv_type), cpu_level_name(ev->info.level),
             ev->info.load_ms);
}

static void loaded(struct models *m, const struct sched_event *ev)
{
    struct model_entry *e = m->current;
    const struct hparams *h = model_hparams(ev->model);
    const struct chat_family *f = model_chat_family(ev->model, NULL);
    m->loaded = ev->model;
    m->info = ev->info;
    e->state = MODEL_LOADED;
    e->error = (struct qw_error){ 0 };
    e->context = ev->info.max_model_len;
    snprintf(e->fingerprint, sizeof e->fingerprint, "%s", model_fingerprint(ev->model));
    snprintf(e->arch, sizeof e->arch, "%s", h->arch);
    snprintf(e->family, sizeof e->family, "%s", f != NULL ? chat_family_name(f) : "");
    m->writing = true;                          /* told by the next tick, if it ever was */
    log_loaded(m, ev);
}

static void moved(struct models *m, const struct sched_model_info *info)
{
    struct sched_model_info before = m->info;
    m->info = *info;
    m->info.load_ms = before.load_ms;
    m->info.max_model_len_lowered = before.max_model_len_lowered;
}

bool models_event(struct models *m, const struct sched_event *ev)
{
    switch (ev->kind) {
    case SCHED_EV_LOAD_PROGRESS:
        m->done = ev->done;
        m->total = ev->total;
        return false;
    case SCHED_EV_LOADED:
        if (ev->model != NULL && m->current != NULL)
            loaded(m, ev);
        else
            m->current = NULL;
        m->unloading = false;
        return true;
    case SCHED_EV_MOVED:
        moved(m, &ev->info);
        return false;
    case SCHED_EV_LOAD_FAILED:
        if (m->current != NULL) {
            m->current->state = MODEL_FAILED;
            m->current->error = ev->error;
            log_error("model", "%s: %s", m->current->name, ev->error.msg);
        }
        m->current = NULL;
        return true;
    default:
        return false;
    }
}
