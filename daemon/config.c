#include "daemon/config.h"

#include <errno.h>
#include <glob.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/paths.h"
#include "proto/table.h"

#define CONFIG_FILE_LIMIT (1u << 20)
#define CONFIG_LINE_LIMIT 180        /* libinih's own limit may be 200 with the line end */
#define MAX_PLUGINS 32
#define MAX_PLUGIN_OPTIONS 64

#define X(id, section, name, type, dflt, min, max, choices, effect, help) \
    { section, name, type, dflt, min, max, choices, effect, help },
static const struct cfg_key keys[] = {
#include "daemon/config_keys.def"
};
#undef X

struct cfg_value { int64_t i; char *text; char *origin; };
struct config {
    struct cfg_value  v[CFG__COUNT];
    struct cfg_plugin plugins[MAX_PLUGINS];
    size_t            n_plugins;
};

enum plugin_key { PK_ENABLED, PK_PATH, PK_TRUST, PK_TIMEOUT, PK_MEMORY, PK_JAIL, PK_GENERATE, PK_PROGRAM, PK_REQUESTS, PK__COUNT };
static const struct cfg_key plugin_keys[PK__COUNT] = {
    [PK_ENABLED] = { "plugin", "enabled", CFG_BOOL, "yes", 0, 1, NULL, CFG_RESTART, "use this plugin; there are calculator and python, which has the model write programs" },
    [PK_PATH]    = { "plugin", "path", CFG_PATH, "auto", 0, 0, NULL, CFG_RESTART,
                     "the shared object; auto: NAME.so among the installed plugins" },
    [PK_TRUST]   = { "plugin", "trust", CFG_ENUM, "none", 0, 0, "none|proof", CFG_RESTART,
                     "proof: it may say `verified` (default for the calculator); the file must be one that nobody else can write" },
    [PK_TIMEOUT] = { "plugin", "timeout", CFG_DURATION, "10s", 10, 600000, NULL, CFG_RESTART, "longest check (60s for python)" },
    [PK_MEMORY]  = { "plugin", "memory", CFG_SIZE, "1GiB", 16 << 20, INT64_MAX, NULL, CFG_RESTART, "address space of its process" },
    [PK_JAIL]    = { "plugin", "jail_minimum", CFG_ENUM, "rlimits", 0, 0, "rlimits|seccomp|landlock", CFG_RESTART,
                     "do not run it where the kernel offers a weaker jail" },
    [PK_GENERATE] = { "plugin", "generate", CFG_BOOL, "no", 0, 1, NULL, CFG_RESTART,
                      "it may ask the model, at the cost of the request that it checks (default yes for python)" },
    [PK_PROGRAM]  = { "plugin", "run_program", CFG_BOOL, "no", 0, 1, NULL, CFG_RESTART,
                      "it may have programs run by the interpreter, in the interpreter's jail (default yes for python)" },
    [PK_REQUESTS] = { "plugin", "requests", CFG_INT, "16", 1, 1000, NULL, CFG_RESTART,
                      "how often it may ask for either in one call" },
};

static const char *const jail_names[] = { "rlimits", "seccomp", "landlock" };   /* enum plug_jail */

const struct cfg_key *config_key(size_t i)
{
    return i < CFG__COUNT ? &keys[i] : NULL;
}

/* ---- numbers as people write them ---- */

static bool parse_unit(const char *s, const char *const *unit, const int64_t *factor, size_t n, int64_t *out)
{
    char *end;
    errno = 0;
    if (*s < '0' || *s > '9')
        return false;
    long long v = strtoll(s, &end, 10);
    if (errno != 0)
        return false;
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < n; i++) {
        int64_t r;
        if (strcmp(end, unit[i]) != 0)
            continue;
        if (__builtin_mul_overflow((int64_t)v, factor[i], &r))
            return false;
        *out = r;
        return true;
    }
    return false;
}

bool cfg_parse_size(const char *s, int64_t *bytes)
{
    static const char *const unit[] = { "", "B", "KiB", "MiB", "GiB", "TiB", "kB", "MB", "GB", "TB" };
    static const int64_t factor[] = { 1, 1, INT64_C(1) << 10, INT64_C(1) << 20, INT64_C(1) << 30, INT64_C(1) << 40,
                                      1000, 1000000, 1000000000, INT64_C(1000000000000) };
    return parse_unit(s, unit, factor, sizeof factor / sizeof factor[0], bytes);
}

bool cfg_parse_duration(const char *s, int64_t *ms)
{
    static const char *const unit[] = { "ms", "s", "min", "h", "d" };
    static const int64_t factor[] = { 1, 1000, 60000, 3600000, 86400000 };
    if (strcmp(s, "0") == 0) {
        *ms = 0;
        return true;
    }
    return parse_unit(s, unit, factor, sizeof factor / sizeof factor[0], ms);
}

/* ---- one value ---- */

static bool choice_index(const char *choices, const char *s, int64_t *out)
{
    size_t len = strlen(s);
    int64_t i = 0;
    for (const char *p = choices; *p != '\0'; i++) {
        size_t n = strcspn(p, "|");
        if (n == len && memcmp(p, s, n) == 0) {
            *out = i;
            return true;
        }
        p += n + (p[n] == '|');
    }
    return false;
}

static int parse_int(const struct cfg_key *k, const char *s, int64_t *out, struct qw_error *err)
{
    char *end;
    errno = 0;
    long long v = strtoll(s, &end, 10);
    if (errno != 0 || end == s || *end != '\0')
        return qw_error_set(err, QW_EPARAMS, "%s: `%s` is not a whole number", k->name, s);
    *out = v;
    return QW_OK;
}

/* Number of a value of any type; strings give 0. */
static int parse_value(const struct cfg_key *k, const char *s, int64_t *out, struct qw_error *err)
{
    int64_t v = 0;
    bool may_be_auto = strcmp(k->dflt, "auto") == 0;
    if (may_be_auto && strcmp(s, "auto") == 0 && k->type != CFG_ENUM) {
        *out = 0;
        return QW_OK;
    }
    switch (k->type) {
    case CFG_BOOL:
        if (strcmp(s, "yes") == 0 || strcmp(s, "true") == 0 || strcmp(s, "on") == 0)
            v = 1;
        else if (strcmp(s, "no") != 0 && strcmp(s, "false") != 0 && strcmp(s, "off") != 0)
            return qw_error_set(err, QW_EPARAMS, "%s: `%s` is neither yes nor no", k->name, s);
        break;
    case CFG_INT:
        if (parse_int(k, s, &v, err) != QW_OK)
            return QW_EPARAMS;
        break;
    case CFG_SIZE:
        if (!cfg_parse_size(s, &v))
            return qw_error_set(err, QW_EPARAMS, "%s: `%s` is not a size such as 512MiB or 2GiB", k->name, s);
        break;
    case CFG_DURATION:
        if (!cfg_parse_duration(s, &v))
            return qw_error_set(err, QW_EPARAMS, "%s: `%s` is not a duration such as 250ms, 30s or 15min", k->name, s);
        break;
    case CFG_ENUM:
        if (!choice_index(k->choices, s, &v))
            return qw_error_set(err, QW_EPARAMS, "%s: `%s` is none of %s", k->name, s, k->choices);
        break;
    case CFG_PATH:
        if (k->choices != NULL && strcmp(s, k->choices) == 0)
            break;
        if (s[0] != '/' && !(s[0] == '~' && s[1] == '/'))
            return qw_error_set(err, QW_EPARAMS, "%s: `%s` is not an absolute path", k->name, s);
        break;
    case CFG_STR:
        if (*s == '\0')
            return qw_error_set(err, QW_EPARAMS, "%s: empty", k->name);
        break;
    }
    if ((k->min != 0 || k->max != 0) && (v < k->min || v > k->max)) {
        if (k->max == INT64_MAX)
            return qw_error_set(err, QW_EPARAMS, "%s: `%s` is below %lld", k->name, s, (long long)k->min);
        return qw_error_set(err, QW_EPARAMS, "%s: `%s` is not within %lld and %lld%s", k->name, s, (long long)k->min,
                            (long long)k->max, k->type == CFG_DURATION ? " ms" : "");
    }
    *out = v;
    return QW_OK;
}

static char *expand_home(const char *s)
{
    const char *home = getenv("HOME");
    if (s[0] == '~' && home != NULL && home[0] == '/')
        return qw_asprintf("%s%s", home, s + 1);
    return qw_strdup(s);
}

static int set_key(struct cfg_value *v, const struct cfg_key *k, const char *s, const char *origin, struct qw_error *err)
{
    int64_t i;
    if (parse_value(k, s, &i, err) != QW_OK)
        return QW_EPARAMS;
    char *text = k->type == CFG_PATH ? expand_home(s) : qw_strdup(s);
    char *where = qw_strdup(origin);
    if (text == NULL || where == NULL) {
        qw_free(text);
        qw_free(where);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    qw_free(v->text);
    qw_free(v->origin);
    *v = (struct cfg_value){ .i = i, .text = text, .origin = where };
    return QW_OK;
}

/* ---- plugins ---- */

static void plugin_clear(struct cfg_plugin *p)
{
    qw_free(p->name);
    qw_free(p->path);
    qw_free(p->origin);
    for (size_t i = 0; i < p->n_options; i++) {
        qw_free(p->options[i].key);
        qw_free(p->options[i].value);
    }
    qw_free(p->options);
    *p = (struct cfg_plugin){ 0 };
}

static struct cfg_plugin *plugin_get(struct config *c, const char *name, size_t n, const char *origin, struct qw_error *err)
{
    for (size_t i = 0; i < c->n_plugins; i++)
        if (strlen(c->plugins[i].name) == n && memcmp(c->plugins[i].name, name, n) == 0)
            return &c->plugins[i];
    if (n == 0 || n > 32 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") < n) {
        qw_error_set(err, QW_EPARAMS, "plugin names have 1 to 32 of a-z 0-9 - _");
        return NULL;
    }
    if (c->n_plugins == MAX_PLUGINS) {
        qw_error_set(err, QW_ETOOLARGE, "more than %d plugins", MAX_PLUGINS);
        return NULL;
    }
    struct cfg_plugin *p = &c->plugins[c->n_plugins];
    *p = (struct cfg_plugin){ .name = qw_strndup(name, n), .enabled = true, .timeout_ms = 10000,
                              .memory_bytes = INT64_C(1) << 30, .requests = 16, .origin = qw_strdup(origin) };
    if (p->name == NULL || p->origin == NULL) {
        plugin_clear(p);
        qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
        return NULL;
    }
    c->n_plugins++;
    return p;
}

static int plugin_option(struct cfg_plugin *p, const char *name, const char *value, struct qw_error *err)
{
    for (size_t i = 0; i < p->n_options; i++) {
        if (strcmp(p->options[i].key, name) == 0) {
            char *v = qw_strdup(value);
            if (v == NULL)
                return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
            qw_free(p->options[i].value);
            p->options[i].value = v;
            return QW_OK;
        }
    }
    if (p->n_options == MAX_PLUGIN_OPTIONS)
        return qw_error_set(err, QW_ETOOLARGE, "more than %d keys", MAX_PLUGIN_OPTIONS);
    struct cfg_option *o = qw_realloc_array(p->options, p->n_options + 1, sizeof *o);
    if (o == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    p->options = o;
    o += p->n_options;
    *o = (struct cfg_option){ qw_strdup(name), qw_strdup(value) };
    if (o->key == NULL || o->value == NULL) {
        qw_free(o->key);
        qw_free(o->value);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    p->n_options++;
    return QW_OK;
}

static const char *plugin_key_at(void *arg, size_t i)
{
    (void)arg;
    return i < PK__COUNT ? plugin_keys[i].name : NULL;
}

static int plugin_set(struct config *c, const char *plugin, size_t n_plugin, const char *name, const char *value,
                      const char *origin, struct qw_error *err)
{
    struct cfg_plugin *p = plugin_get(c, plugin, n_plugin, origin, err);
    int64_t v = 0;
    if (p == NULL)
        return err != NULL ? err->code : QW_EPARAMS;
    for (int k = 0; k < PK__COUNT; k++) {
        if (strcmp(plugin_keys[k].name, name) != 0)
            continue;
        if (parse_value(&plugin_keys[k], value, &v, err) != QW_OK)
            return QW_EPARAMS;
        char *path;
        switch ((enum plugin_key)k) {
        case PK_ENABLED: p->enabled = v != 0; break;
        case PK_TRUST:   p->trust_proof = v == 1; break;
        case PK_TIMEOUT: p->timeout_ms = v; break;
        case PK_MEMORY:  p->memory_bytes = v; break;
        case PK_JAIL:    p->jail_minimum = (int)v; break;
        case PK_GENERATE: p->generate = v != 0; break;
        case PK_PROGRAM: p->run_program = v != 0; break;
        case PK_REQUESTS: p->requests = v; break;
        case PK_PATH:
            path = strcmp(value, "auto") == 0 ? NULL : expand_home(value);
            qw_free(p->path);
            p->path = path;
            break;
        case PK__COUNT:  break;
        }
        return QW_OK;
    }
    /* Any other key is the plugin's own, unless it looks like one of ours mistyped. */
    const char *near = nearest_name(name, strlen(name), plugin_key_at, NULL);
    if (near != NULL)
        return qw_error_set(err, QW_EPARAMS, "unknown key `%s` in [plugin \"%.*s\"]; did you mean `%s`?", name,
                            (int)n_plugin, plugin, near);
    return plugin_option(p, name, value, err);
}

/* ---- setting by name ---- */

static const char *section_at(void *arg, size_t i)
{
    static const char *const names[] = { "daemon", "model", "engine", "cache", "limits", "plugin", "log" };
    (void)arg;
    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

static const char *key_at(void *arg, size_t want)
{
    size_t seen = 0;
    for (size_t i = 0; i < CFG__COUNT; i++)
        if (strcmp(keys[i].section, arg) == 0 && seen++ == want)
            return keys[i].name;
    return NULL;
}

static int set_named(struct config *c, const char *section, const char *name, const char *value, const char *origin,
                     struct qw_error *err)
{
    if (strncmp(section, "plugin \"", 8) == 0 && section[strlen(section) - 1] == '"' && strlen(section) > 9)
        return plugin_set(c, section + 8, strlen(section) - 9, name, value, origin, err);
    bool known = false;
    for (size_t i = 0; i < CFG__COUNT; i++) {
        if (strcmp(keys[i].section, section) != 0)
            continue;
        known = true;
        if (strcmp(keys[i].name, name) == 0)
            return set_key(&c->v[i], &keys[i], value, origin, err);
    }
    if (!known) {
        const char *near = nearest_name(section, strlen(section), section_at, NULL);
        if (*section == '\0')
            return qw_error_set(err, QW_EPARAMS, "key `%s` stands before any [section]", name);
        return qw_error_set(err, QW_EPARAMS, "unknown section [%s]%s%s%s", section, near != NULL ? "; did you mean [" : "",
                            near != NULL ? near : "", near != NULL ? "]?" : "");
    }
    const char *near = nearest_name(name, strlen(name), key_at, (void *)section);
    return qw_error_set(err, QW_EPARAMS, "unknown key `%s` in [%s]%s%s%s", name, section,
                        near != NULL ? "; did you mean `" : "", near != NULL ? near : "", near != NULL ? "`?" : "");
}

int config_set(struct config *c, const char *assignment, const char *origin, struct qw_error *err)
{
    const char *eq = strchr(assignment, '=');
    const char *dot = NULL;
    for (const char *p = assignment; eq != NULL && p < eq; p++)
        if (*p == '.')
            dot = p;
    if (dot == NULL || dot == assignment || dot + 1 == eq)
        return qw_error_set(err, QW_EPARAMS, "%s: `%s` is not of the form section.key=value", origin, assignment);
    size_t n_section = (size_t)(dot - assignment);
    char *section = strncmp(assignment, "plugin.", 7) == 0 && n_section > 7
        ? qw_asprintf("plugin \"%.*s\"", (int)(n_section - 7), assignment + 7)
        : qw_strndup(assignment, n_section);
    char *name = qw_strndup(dot + 1, (size_t)(eq - dot) - 1);
    int rc = section == NULL || name == NULL ? qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM))
                                             : set_named(c, section, name, eq + 1, origin, err);
    if (rc != QW_OK)
        qw_error_wrap(err, "%s", origin);
    qw_free(section);
    qw_free(name);
    return rc;
}

int config_set_value(struct config *c, enum cfg_id id, const char *value, const char *origin, struct qw_error *err)
{
    int rc = set_key(&c->v[id], &keys[id], value, origin, err);
    return rc == QW_OK ? rc : qw_error_wrap(err, "%s", origin);
}

/* ---- files ---- */

/* libinih as packaged reports no line numbers to the handler, so the reader counts. */
struct reading {
    struct config   *c;
    const char      *path, *p;
    int              line;
    int              rc;
    struct qw_error *err;
};

static void fail_at_line(struct reading *r, int rc)
{
    r->rc = rc;
    qw_error_wrap(r->err, "%s:%d", r->path, r->line);
}

static char *read_line(char *out, int size, void *arg)
{
    struct reading *r = arg;
    if (r->rc != QW_OK || *r->p == '\0')
        return NULL;
    r->line++;
    size_t n = strcspn(r->p, "\n");
    const char *start = r->p;
    r->p += n + (r->p[n] == '\n');
    while (n > 0 && (*start == ' ' || *start == '\t')) {     /* else libinih takes it for a continuation */
        start++;
        n--;
    }
    if (n > CONFIG_LINE_LIMIT || n + 2 > (size_t)size) {
        fail_at_line(r, qw_error_set(r->err, QW_ETOOLARGE, "a line of %zu bytes; at most %d", n, CONFIG_LINE_LIMIT));
        return NULL;
    }
    memcpy(out, start, n);
    out[n] = '\n';
    out[n + 1] = '\0';
    return out;
}

static int on_value(void *arg, const char *section, const char *name, const char *value)
{
    struct reading *r = arg;
    char origin[512];
    if (r->rc != QW_OK)
        return 1;
    snprintf(origin, sizeof origin, "%s:%d", r->path, r->line);
    int rc = set_named(r->c, section, name, value, origin, r->err);
    if (rc != QW_OK)
        fail_at_line(r, rc);
    return 1;
}

static int load_one(struct config *c, const char *path, struct qw_error *err)
{
    char *data;
    size_t len;
    int rc = fs_read_file(path, CONFIG_FILE_LIMIT, &data, &len, err);
    if (rc != QW_OK)
        return rc;
    if (strlen(data) != len) {
        qw_free(data);
        return qw_error_set(err, QW_EFORMAT, "%s: holds a NUL byte", path);
    }
    struct reading r = { .c = c, .path = path, .p = data, .rc = QW_OK, .err = err };
    int bad = ini_parse_stream(read_line, &r, on_value, &r);
    rc = r.rc;
    if (rc == QW_OK && bad != 0)
        rc = bad > 0 ? qw_error_set(err, QW_EFORMAT, "%s:%d: neither [section] nor key = value", path, bad)
                     : qw_error_set(err, QW_ENOMEM, "%s: %s", path, qw_code_text(QW_ENOMEM));
    qw_free(data);
    return rc;
}

int config_load(struct config *c, const char *path, bool must_exist, struct qw_error *err)
{
    int rc = QW_OK;
    if (must_exist || access(path, F_OK) == 0)
        rc = load_one(c, path, err);
    const char *slash = strrchr(path, '/');
    char *pattern = slash != NULL ? qw_asprintf("%.*s/conf.d/*.conf", (int)(slash - path), path) : qw_strdup("conf.d/*.conf");
    if (pattern == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    glob_t g;
    if (rc == QW_OK && glob(pattern, 0, NULL, &g) == 0) {
        for (size_t i = 0; rc == QW_OK && i < g.gl_pathc; i++)
            rc = load_one(c, g.gl_pathv[i], err);
        globfree(&g);
    }
    qw_free(pattern);
    return rc;
}

/* ---- life ---- */

/* The calculator's word is a proof.  `python` is granted what it is for, the model and the interpreter's jail, and no
 * trust: what a program comes to supports, or is checked like any answer. */
static int built_in_plugins(struct config *c, struct qw_error *err)
{
    struct cfg_plugin *p = plugin_get(c, "calculator", strlen("calculator"), "built-in", err);
    if (p == NULL)
        return QW_ENOMEM;
    p->trust_proof = true;
    p = plugin_get(c, "python", strlen("python"), "built-in", err);
    if (p == NULL)
        return QW_ENOMEM;
    p->generate = p->run_program = true;
    p->timeout_ms = 60000;
    return QW_OK;
}

int config_new(struct config **out, struct qw_error *err)
{
    struct config *c = qw_calloc(1, sizeof *c);
    if (c == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    for (size_t i = 0; i < CFG__COUNT; i++) {
        int rc = set_key(&c->v[i], &keys[i], keys[i].dflt, "built-in", err);
        if (rc != QW_OK) {
            config_free(c);
            return rc;
        }
    }
    int rc = built_in_plugins(c, err);
    if (rc == QW_OK)
        *out = c;
    else
        config_free(c);
    return rc;
}

void config_free(struct config *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < CFG__COUNT; i++) {
        qw_free(c->v[i].text);
        qw_free(c->v[i].origin);
    }
    for (size_t i = 0; i < c->n_plugins; i++)
        plugin_clear(&c->plugins[i]);
    qw_free(c);
}

int64_t cfg_int(const struct config *c, enum cfg_id id) { return c->v[id].i; }
const char *cfg_text(const struct config *c, enum cfg_id id) { return c->v[id].text; }
const char *cfg_origin(const struct config *c, enum cfg_id id) { return c->v[id].origin; }
size_t config_n_plugins(const struct config *c) { return c->n_plugins; }
const struct cfg_plugin *config_plugin(const struct config *c, size_t i) { return &c->plugins[i]; }

const char *cfg_str(const struct config *c, enum cfg_id id)
{
    const char *s = c->v[id].text;
    return strcmp(s, "auto") == 0 ? NULL : s;
}

/* ---- showing ---- */

void config_dump(const struct config *c, struct qw_buf *out)
{
    const char *section = "";
    for (size_t i = 0; i < CFG__COUNT; i++) {
        if (strcmp(section, keys[i].section) != 0) {
            section = keys[i].section;
            qw_buf_addf(out, "%s[%s]\n", out->len != 0 ? "\n" : "", section);
        }
        qw_buf_addf(out, "%s = %s    ; %s\n", keys[i].name, c->v[i].text, c->v[i].origin);
    }
    for (size_t i = 0; i < c->n_plugins; i++) {
        const struct cfg_plugin *p = &c->plugins[i];
        qw_buf_addf(out, "\n[plugin \"%s\"]    ; %s\n", p->name, p->origin);
        qw_buf_addf(out, "enabled = %s\npath = %s\ntrust = %s\ntimeout = %lldms\nmemory = %lld\njail_minimum = %s\n"
                    "generate = %s\nrun_program = %s\nrequests = %lld\n",
                    p->enabled ? "yes" : "no", p->path != NULL ? p->path : "auto", p->trust_proof ? "proof" : "none",
                    (long long)p->timeout_ms, (long long)p->memory_bytes, jail_names[p->jail_minimum],
                    p->generate ? "yes" : "no", p->run_program ? "yes" : "no", (long long)p->requests);
        for (size_t o = 0; o < p->n_options; o++)
            qw_buf_addf(out, "%s = %s\n", p->options[o].key, p->options[o].value);
    }
}

static void help_key(const struct cfg_key *k, struct qw_buf *out)
{
    static const char *const type[] = { "yes|no", "number", "size", "duration", "text", "path", "" };
    static const char *const effect[] = { "live", "next model load", "restart" };
    qw_buf_addf(out, "  %s = %s    (%s; change: %s)\n      %s\n", k->name, k->dflt,
                k->type == CFG_ENUM ? k->choices : type[k->type], effect[k->effect], k->help);
}

void config_help(struct qw_buf *out)
{
    const char *section = "";
    for (size_t i = 0; i < CFG__COUNT; i++) {
        if (strcmp(section, keys[i].section) != 0) {
            section = keys[i].section;
            qw_buf_addf(out, "[%s]\n", section);
        }
        help_key(&keys[i], out);
    }
    qw_buf_adds(out, "[plugin \"NAME\"]\n");
    for (size_t i = 0; i < PK__COUNT; i++)
        help_key(&plugin_keys[i], out);
    qw_buf_adds(out, "  any other key\n      is handed to the plugin\n");
}

static bool plugins_equal(const struct config *a, const struct config *b)
{
    if (a->n_plugins != b->n_plugins)
        return false;
    for (size_t i = 0; i < a->n_plugins; i++) {
        const struct cfg_plugin *x = &a->plugins[i], *y = &b->plugins[i];
        if (strcmp(x->name, y->name) != 0 || x->enabled != y->enabled || x->trust_proof != y->trust_proof
            || x->timeout_ms != y->timeout_ms || x->memory_bytes != y->memory_bytes || x->jail_minimum != y->jail_minimum
            || x->generate != y->generate || x->run_program != y->run_program || x->requests != y->requests
            || strcmp(x->path != NULL ? x->path : "", y->path != NULL ? y->path : "") != 0 || x->n_options != y->n_options)
            return false;
        for (size_t o = 0; o < x->n_options; o++)
            if (strcmp(x->options[o].key, y->options[o].key) != 0 || strcmp(x->options[o].value, y->options[o].value) != 0)
                return false;
    }
    return true;
}

void config_diff(const struct config *from, const struct config *to, enum cfg_effect effect, struct qw_buf *out)
{
    for (size_t i = 0; i < CFG__COUNT; i++)
        if (keys[i].effect == effect && strcmp(from->v[i].text, to->v[i].text) != 0)
            qw_buf_addf(out, "%s%s.%s", out->len != 0 ? ", " : "", keys[i].section, keys[i].name);
    if (effect == CFG_RESTART && !plugins_equal(from, to))
        qw_buf_addf(out, "%splugin", out->len != 0 ? ", " : "");
}
