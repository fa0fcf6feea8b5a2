/* qwenctl store: what an operator does with it. */
#include <stdio.h>

#include "base/mem.h"
#include "base/paths.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/daemon/commands.h"
#include "client/ctl/daemon/connect.h"
#include "client/ctl/ui/table.h"
#include "client/ctl/ui/term.h"

static bool as_json, deep;
static const struct opt deep_opts[] = {
    { "deep", 'd', OPT_FLAG, &deep, NULL, NULL, 0, 0, "read every page, too; may take minutes" },
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};
static const struct opt gc_opts[] = {
    { "deep", 'd', OPT_FLAG, &deep, NULL, NULL, 0, 0, "also remove page files that were set aside" },
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};
static const struct opt json_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

/* One request without a limit in time; Ctrl-C ends it. */
static int ask(const char *method, bool with_deep, int argc, qwen_reply **r)
{
    struct connect_opts how = { .start = true };
    qwen_client *c = NULL;
    if (args_none(method, argc) != EXIT_OK)
        return EXIT_USAGE;
    int rc = ctl_connect(&c, &how);
    if (rc != EXIT_OK)
        return rc;
    qwen_msg *m = qwen_msg_new(method);
    if (with_deep)
        qwen_msg_bool(m, "deep", deep);
    rc = ctl_call_long(c, m, r);
    qwen_close(c);
    if (rc == EXIT_OK && as_json)
        rc = reply_put_json(*r, NULL);
    return rc;
}

/* A report of several lines: made safe, line breaks kept. */
static void put_report(const qwen_reply *r)
{
    struct text_out t = { .f = stdout };
    size_t n = 0;
    const char *s = qwen_reply_strn(r, "report", &n);
    text_put(&t, s != NULL ? s : "", s != NULL ? n : 0);
    text_end(&t);
}

static int cmd_check(int argc, char **argv)
{
    (void)argv;
    qwen_reply *r = NULL;
    int rc = ask("store.check", true, argc, &r);
    int64_t faults = qwen_reply_int(r, "faults", 0);
    if (rc == EXIT_OK && !as_json)
        put_report(r);
    if (rc == EXIT_OK && faults > 0) {
        ctl_error("%lld faults; damaged pages are dropped and computed again, what else is damaged is told above and in "
                  "`man qwenctl`, store", (long long)faults);
        rc = EXIT_FAILED;
    }
    qwen_reply_free(r);
    return rc;
}

static int cmd_gc(int argc, char **argv)
{
    (void)argv;
    char a[24], b[24];
    qwen_reply *r = NULL;
    int rc = ask("store.gc", true, argc, &r);
    if (rc == EXIT_OK && !as_json) {
        put_report(r);
        printf("%s before, %s now\n", human_bytes((uint64_t)qwen_reply_int(r, "bytes_before", 0), a),
               human_bytes((uint64_t)qwen_reply_int(r, "bytes_after", 0), b));
    }
    qwen_reply_free(r);
    return rc;
}

static int cmd_stats(int argc, char **argv)
{
    (void)argv;
    static const struct { const char *name, *key; bool bytes; } rows[] = {
        { "conversations", "sessions", false }, { "messages", "messages", false }, { "database", "db_bytes", true },
        { "pages", "pages", false }, { "in pages", "page_bytes", true }, { "page files", "file_bytes", true },
        { "disk budget", "disk_budget_bytes", true }, { "commits", "commits", false }, { "pages written", "pages_written", false },
        { "pages read", "pages_loaded", false }, { "pages evicted", "pages_evicted", false }, { "pages damaged", "pages_damaged", false },
        { "not written", "pages_dirty", false }, { "waiting", "queued", false },
    };
    char text[24];
    qwen_reply *r = NULL;
    int rc = ask("store.stats", false, argc, &r);
    if (rc == EXIT_OK && !as_json) {
        const char *state = qwen_reply_str(r, "state"), *dir = qwen_reply_str(r, "dir"), *why = qwen_reply_str(r, "why");
        printf("%-14s ", "store");
        ctl_safe(stdout, state != NULL ? state : "?");
        if (why != NULL) {
            fputs(": ", stdout);
            ctl_safe(stdout, why);
        }
        printf("\n%-14s ", "folder");
        ctl_safe(stdout, dir != NULL ? dir : "?");
        putchar('\n');
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            int64_t v = qwen_reply_int(r, rows[i].key, -1);
            if (v >= 0 && rows[i].bytes)
                printf("%-14s %s\n", rows[i].name, human_bytes((uint64_t)v, text));
            else if (v >= 0)
                printf("%-14s %lld\n", rows[i].name, (long long)v);
        }
    }
    qwen_reply_free(r);
    return rc;
}

static int cmd_path(int argc, char **argv)
{
    (void)argv;
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    char *data = NULL, *dir = NULL;
    if (args_none("store path", argc) != EXIT_OK)
        return EXIT_USAGE;
    if (ctl_connect_quiet(&c) == 0 && qwen_call(c, qwen_msg_new("status"), 10000, NULL, NULL, &r) == 0) {
        const char *d = qwen_reply_str(r, "store.dir");
        dir = d != NULL ? qw_strdup(d) : NULL;
        if (dir == NULL)
            ctl_error("the daemon that answers has no store: %s", qwen_reply_str(r, "store.why") != NULL ? qwen_reply_str(r, "store.why") : "it is too old");
    } else if (paths_user(QW_DIR_DATA, false, &data, NULL) == QW_OK) {
        dir = paths_join(data, "store");
        ctl_note("no daemon answers; one of yours would have it here, unless [store] path says otherwise");
    }
    if (dir != NULL)
        puts(dir);
    int rc = dir != NULL ? EXIT_OK : EXIT_FAILED;
    qwen_reply_free(r);
    qwen_close(c);
    qw_free(data);
    qw_free(dir);
    return rc;
}

const struct command store_commands[] = {
    { "check", "", "Look for damage.", "Exit code 1 when there is some.", "  qwenctl store check\n  qwenctl store check --deep", deep_opts, NULL, cmd_check },
    { "gc", "", "Evict pages above the disk budget, and give free space back.", "Messages are never evicted.", "  qwenctl store gc",
      gc_opts, NULL, cmd_gc },
    { "stats", "", "What it holds and has done.", NULL, "  qwenctl store stats --json", json_opts, NULL, cmd_stats },
    { "path", "", "Its folder.", NULL, "  du -sh \"$(qwenctl store path)\"", NULL, NULL, cmd_path },
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};
