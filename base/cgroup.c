#include "base/cgroup.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"

enum { FILE_LIMIT = 64 * 1024 };

/* Text of DIR/NAME, or NULL; qw_free. */
static char *read_text(const char *dir, const char *name)
{
    char *path = qw_asprintf("%s/%s", dir, name), *text = NULL;
    size_t len;

    if (path == NULL || fs_read_file(path, FILE_LIMIT, &text, &len, NULL) != QW_OK)
        text = NULL;
    qw_free(path);
    return text;
}

/* A file that holds one number; UINT64_MAX when it says "max" or cannot be read. */
static uint64_t read_number(const char *dir, const char *name)
{
    char *text = read_text(dir, name);
    uint64_t v = UINT64_MAX;

    if (text != NULL && sscanf(text, "%" SCNu64, &v) != 1)
        v = UINT64_MAX;
    qw_free(text);
    return v;
}

/* A row "key number" of memory.stat; 0 when it is not there. */
static uint64_t read_stat(const char *dir, const char *key)
{
    char *text = read_text(dir, "memory.stat");
    size_t n = strlen(key);
    uint64_t v = 0;

    for (char *line = text; line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');

        if (strncmp(line, key, n) == 0 && line[n] == ' ') {
            v = strtoull(line + n, NULL, 10);
            break;
        }
        line = end != NULL ? end + 1 : NULL;
    }
    qw_free(text);
    return v;
}

static void take_memory(struct cgroup_limits *l, uint64_t limit, uint64_t used, uint64_t droppable)
{
    /* Version 1 says "no limit" with a number near 2^63. */
    if (limit >= UINT64_C(1) << 62)
        return;
    if (limit < l->memory_bytes)
        l->memory_bytes = limit;
    if (used == UINT64_MAX)
        used = 0;
    used = droppable < used ? used - droppable : 0;
    limit = used < limit ? limit - used : 0;
    if (limit < l->memory_left_bytes)
        l->memory_left_bytes = limit;
}

static void take_quota(struct cgroup_limits *l, uint64_t quota, uint64_t period)
{
    uint64_t cpus;

    if (quota == UINT64_MAX || quota == 0 || period == 0 || period == UINT64_MAX)
        return;
    cpus = quota / period + (quota % period != 0);
    if (cpus < 1 << 20 && (l->cpus == 0 || (int)cpus < l->cpus))
        l->cpus = (int)cpus;
}

static void probe_v2(const char *dir, struct cgroup_limits *l)
{
    char *max = read_text(dir, "cpu.max");
    uint64_t quota, period;

    take_memory(l, read_number(dir, "memory.max"), read_number(dir, "memory.current"),
                read_stat(dir, "inactive_file"));
    if (max != NULL && sscanf(max, "%" SCNu64 " %" SCNu64, &quota, &period) == 2)
        take_quota(l, quota, period);
    qw_free(max);
}

static void probe_v1_memory(const char *dir, struct cgroup_limits *l)
{
    take_memory(l, read_number(dir, "memory.limit_in_bytes"),
                read_number(dir, "memory.usage_in_bytes"),
                read_stat(dir, "total_inactive_file"));
}

static void probe_v1_cpu(const char *dir, struct cgroup_limits *l)
{
    char *text = read_text(dir, "cpu.cfs_quota_us");
    long long quota = -1;

    if (text != NULL && sscanf(text, "%lld", &quota) == 1 && quota > 0)
        take_quota(l, (uint64_t)quota, read_number(dir, "cpu.cfs_period_us"));
    qw_free(text);
}

/* Probes ROOT/PATH and each folder above it down to ROOT.  Inside a container
 * PATH is often the host's and not there: then only ROOT answers. */
static void probe_up(const char *root, const char *path,
                     void (*probe)(const char *, struct cgroup_limits *), struct cgroup_limits *l)
{
    char *dir = qw_asprintf("%s%s", root, path);
    size_t stop = strlen(root);

    while (dir != NULL && strlen(dir) > stop) {
        char *slash = strrchr(dir, '/');

        probe(dir, l);
        if (slash == NULL || (size_t)(slash - dir) < stop)
            break;
        *slash = '\0';
    }
    probe(root, l);
    qw_free(dir);
}

/* Is name one of the comma-separated controllers? */
static bool has_controller(const char *list, const char *name)
{
    size_t n = strlen(name);

    for (const char *s = list; (s = strstr(s, name)) != NULL; s += n)
        if ((s == list || s[-1] == ',') && (s[n] == '\0' || s[n] == ','))
            return true;
    return false;
}

static void probe_line(const char *root, char *line, struct cgroup_limits *l)
{
    char *list = strchr(line, ':'), *path = list != NULL ? strchr(list + 1, ':') : NULL;
    char *sub;

    if (path == NULL || path[1] != '/')
        return;
    *path++ = '\0';
    list++;
    if (path[1] == '\0' || strncmp(path, "/..", 3) == 0 || strstr(path, "/../") != NULL)
        path = "";                  /* the root's own, or outside of what we see */
    if (*list == '\0') {
        probe_up(root, path, probe_v2, l);
        return;
    }
    if (has_controller(list, "memory")) {
        sub = qw_asprintf("%s/memory", root);
        if (sub != NULL)
            probe_up(sub, path, probe_v1_memory, l);
        qw_free(sub);
    }
    if (has_controller(list, "cpu")) {
        sub = qw_asprintf("%s/cpu", root);  /* systemd links it to cpu,cpuacct */
        if (sub != NULL)
            probe_up(sub, path, probe_v1_cpu, l);
        qw_free(sub);
    }
}

void cgroup_probe(const char *self, const char *root, struct cgroup_limits *out)
{
    struct cgroup_limits l = { UINT64_MAX, UINT64_MAX, 0 };
    char *text = NULL, *save = NULL;
    size_t len;

    if (fs_read_file(self, FILE_LIMIT, &text, &len, NULL) == QW_OK)
        for (char *line = strtok_r(text, "\n", &save); line != NULL;
             line = strtok_r(NULL, "\n", &save))
            probe_line(root, line, &l);
    qw_free(text);
    *out = l;
}
