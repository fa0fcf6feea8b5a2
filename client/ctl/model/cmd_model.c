#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/catalog.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/model/commands.h"
#include "client/ctl/model/fetch.h"
#include "client/ctl/ui/table.h"
#include "client/ctl/ui/term.h"
#include "proto/mp.h"

static bool as_json, yes;
static const struct opt list_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};
static const struct opt rm_opts[] = {
    { "yes", 'y', OPT_FLAG, &yes, NULL, NULL, 0, 0, "do not ask" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

/* ---- ls ---------------------------------------------------------------------------- */

static void row(const char *name, const char *alias, const char *state, int64_t bytes, const char *about)
{
    char size[24];
    struct qw_buf safe = QW_BUF_INIT;           /* a file may have any name */
    utf8_escape(&safe, name, strlen(name));
    printf("%-32s %-10s %-10s %8s  ", safe.data != NULL ? safe.data : "?", alias != NULL ? alias : "", state, bytes > 0 ? human_bytes((uint64_t)bytes, size) : "");
    if (about != NULL)
        ctl_safe(stdout, about);
    putchar('\n');
    qw_buf_free(&safe);
}

static int list_remote(qwen_client *c)
{
    qwen_reply *r = NULL;
    int rc = ctl_call(c, qwen_msg_new("model.list"), &r);
    if (rc != EXIT_OK)
        return rc;
    if (as_json)
        rc = reply_put_json(r, "models");
    for (size_t i = 0; !as_json && i < qwen_reply_len(r, "models"); i++) {
        char p[64];
        const char *v[4], *const keys[] = { "name", "aliases.0", "state", "about" };
        for (int k = 0; k < 4; k++) {
            snprintf(p, sizeof p, "models.%zu.%s", i, keys[k]);
            v[k] = qwen_reply_str(r, p);
        }
        snprintf(p, sizeof p, "models.%zu.bytes", i);
        row(v[0] != NULL ? v[0] : "?", v[1], v[2] == NULL ? "?" : strcmp(v[2], "absent") == 0 ? "available" : v[2], qwen_reply_int(r, p, 0), v[3]);
    }
    qwen_reply_free(r);
    return rc;
}

struct list { struct qw_buf items; size_t n; };      /* for JSON */

/* A row, or an item of the JSON.  e: NULL for a file that is not of the catalogue. */
static void list_add(struct list *l, const char *name, const struct catalog_entry *e, bool installed, uint64_t bytes)
{
    if (!as_json) {
        row(name, e != NULL ? e->alias : NULL, installed ? "installed" : "available", (int64_t)bytes, e != NULL ? e->about : NULL);
        return;
    }
    mpw_map(&l->items, 3);
    mpw_str(&l->items, "name");  mpw_str(&l->items, name);
    mpw_str(&l->items, "state"); mpw_str(&l->items, installed ? "installed" : "absent");
    mpw_str(&l->items, "bytes"); mpw_uint(&l->items, bytes);
    l->n++;
}

static void list_put_json(const struct list *l)
{
    struct qw_arena *a = qw_arena_new(0);
    struct qw_buf b = QW_BUF_INIT, out = QW_BUF_INIT;
    struct mp v;
    size_t used;
    mpw_array(&b, l->n);
    qw_buf_add(&b, l->items.data, l->items.len);
    if (a != NULL && !qw_buf_failed(&b) && mp_read(a, b.data, b.len, &mp_limits_out, &v, &used, NULL) == QW_OK)
        mp_to_json(&out, &v);
    puts(out.data != NULL ? out.data : "null");
    qw_buf_free(&out);
    qw_buf_free(&b);
    qw_arena_free(a);
}

/* Without a daemon: what its folder holds, and what could be fetched. */
static int list_local(void)
{
    struct qw_error err = { 0 };
    struct catalog_file *files = NULL;
    const struct catalog_entry *e;
    struct list l = { QW_BUF_INIT, 0 };
    size_t n = 0;
    char *dir = models_dir(NULL, &err);
    if (dir == NULL || catalog_list(dir, &files, &n, &err) != QW_OK) {
        ctl_error("%s", err.msg);
        qw_free(dir);
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < n; i++) {
        e = files[i].builtin;
        list_add(&l, e != NULL ? e->name : files[i].name, e, true, files[i].bytes);
    }
    for (size_t i = 0; (e = catalog_builtin(i)) != NULL; i++) {
        bool have = false;
        for (size_t k = 0; k < n; k++)
            have = have || files[k].builtin == e;
        if (!have)
            list_add(&l, e->name, e, false, e->bytes);
    }
    if (as_json)
        list_put_json(&l);
    qw_buf_free(&l.items);
    catalog_list_free(files, n);
    qw_free(dir);
    return EXIT_OK;
}

static int cmd_ls(int argc, char **argv)
{
    (void)argv;
    qwen_client *c = NULL;
    if (args_none("model ls", argc) != EXIT_OK)
        return EXIT_USAGE;
    if (ctl_connect_quiet(&c) != 0)
        return list_local();
    int rc = list_remote(c);
    qwen_close(c);
    return rc;
}

/* ---- pull ----------------------------------------------------------------------------- */

static int cmd_pull(int argc, char **argv)
{
    const char *name = argc == 1 ? argv[0] : argc == 0 ? "default" : NULL;
    const struct catalog_entry *e = name != NULL ? catalog_find(name) : NULL, *b;
    qwen_client *c = NULL;
    if (e == NULL) {
        if (name == NULL) {
            ctl_error("one model at a time");
            return EXIT_USAGE;
        }
        ctl_error("no model '%s' in the catalogue; there are:", name);
        for (size_t i = 0; (b = catalog_builtin(i)) != NULL; i++)
            ctl_error("  %s: %s", b->name, b->about);
        return EXIT_USAGE;
    }
    if (ctl_connect_quiet(&c) != 0)
        c = NULL;
    char *dir = fetch_dir(c);
    int rc = EXIT_FAILED;
    if (dir != NULL)
        rc = fetch_model(e, dir);
    if (rc == EXIT_OK)
        fetch_rescan(c);
    qw_free(dir);
    qwen_close(c);
    return rc;
}

/* ---- show ------------------------------------------------------------------------------ */

static int show_remote(qwen_client *c, const char *name)
{
    static const char *const keys[] = { "name", "state", "about", "file", "arch", "template", "fingerprint" };
    char size[24];
    qwen_reply *r = NULL;
    qwen_msg *m = qwen_msg_new("model.show");
    const struct catalog_entry *e = catalog_find(name);
    qwen_msg_str(m, "model", e != NULL ? e->name : name);
    int rc = ctl_call(c, m, &r);
    if (rc != EXIT_OK)
        return rc;
    if (as_json) {
        rc = reply_put_json(r, NULL);
    } else {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            const char *v = qwen_reply_str(r, keys[i]);
            if (v == NULL)
                continue;
            printf("%-12s ", keys[i]);
            ctl_safe(stdout, v);
            putchar('\n');
        }
        printf("%-12s %s\n", "size", human_bytes((uint64_t)qwen_reply_int(r, "bytes", 0), size));
        if (qwen_reply_int(r, "context", 0) > 0)
            printf("%-12s %lld tokens\n", "context", (long long)qwen_reply_int(r, "context", 0));
    }
    qwen_reply_free(r);
    return rc;
}

static int cmd_show(int argc, char **argv)
{
    qwen_client *c = NULL;
    char size[24], *dir = NULL, *path = NULL;
    int rc;
    if (argc != 1) {
        ctl_error("which model? (see qwenctl model ls)");
        return EXIT_USAGE;
    }
    if (ctl_connect_quiet(&c) == 0) {
        rc = show_remote(c, argv[0]);
        qwen_close(c);
        return rc;
    }
    const struct catalog_entry *e = catalog_find(argv[0]);
    struct qw_error err = { 0 };
    rc = EXIT_OK;
    dir = models_dir(NULL, &err);
    bool here = dir != NULL && catalog_resolve(dir, argv[0], &path, &err) == QW_OK;
    if (!here && e == NULL) {
        ctl_error("%s", err.msg);
        rc = EXIT_FAILED;
    } else if (as_json) {
        struct qw_buf b = QW_BUF_INIT;
        mp_to_json(&b, &(struct mp){ .type = MP_STR, .u.s = { e != NULL ? e->name : argv[0], strlen(e != NULL ? e->name : argv[0]) } });
        printf("{\"name\":%s,\"state\":\"%s\"}\n", b.data != NULL ? b.data : "null", here ? "installed" : "absent");
        qw_buf_free(&b);
    } else {
        printf("%-12s %s\n%-12s %s\n", "name", e != NULL ? e->name : argv[0], "state", here ? "installed" : "available: `qwenctl model pull` fetches it");
        if (e != NULL)
            printf("%-12s %s\n", "about", e->about);
        if (e != NULL && e->bytes > 0)
            printf("%-12s %s\n", "size", human_bytes(e->bytes, size));
        if (here)
            printf("%-12s %s\n", "file", path);
    }
    qw_free(path);
    qw_free(dir);
    return rc;
}

/* ---- rm ---------------------------------------------------------------------------------- */

static int cmd_rm(int argc, char **argv)
{
    qwen_client *c = NULL;
    struct qw_error err = { 0 };
    char *path = NULL;
    if (argc != 1) {
        ctl_error("which model? (see qwenctl model ls)");
        return EXIT_USAGE;
    }
    if (ctl_connect_quiet(&c) != 0)
        c = NULL;
    int rc = EXIT_FAILED;
    char *dir = models_dir(c, &err);
    if (dir == NULL || catalog_resolve(dir, argv[0], &path, &err) != QW_OK) {
        ctl_error("%s", err.msg);
    } else if (!ctl_confirm(yes, false, "Remove %s?", path)) {
        if (!term_interactive())
            ctl_error("%s stays: say --yes to remove it without being asked", path);
    } else if (unlink(path) < 0) {
        ctl_error("%s: %s", path, strerror(errno));
        rc = errno == EACCES || errno == EPERM ? EXIT_NEEDS : EXIT_FAILED;
    } else {
        rc = EXIT_OK;
        fetch_rescan(c);
    }
    qw_free(path);
    qw_free(dir);
    qwen_close(c);
    return rc;
}

const struct command model_commands[] = {
    { "ls", "", "Models that are installed, and those that can be fetched.", NULL, "  qwenctl model ls --json", list_opts, NULL, cmd_ls },
    { "pull", "[MODEL]", "Fetch a model and check it (default: the default one).",
      "A download that breaks off goes on where it was.  It goes to the folder of the daemon that answers, or to your own.",
      "  qwenctl model pull small\n  qwenctl model pull qwen3-4b", NULL, NULL, cmd_pull },
    { "show", "MODEL", "One model.", NULL, "  qwenctl model show default", list_opts, NULL, cmd_show },
    { "rm", "MODEL", "Remove a model's file.", "A daemon that has it loaded goes on with it until another is loaded.", "  qwenctl model rm small --yes", rm_opts, NULL, cmd_rm },
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};
