#include <stdio.h>

#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/daemon/connect.h"
#include "client/ctl/plugin/commands.h"
#include "client/ctl/ui/term.h"

static bool as_json;
static const struct opt list_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

/* What it offers and what it was granted, one line each; nothing for a plugin that has not run yet. */
static void show_more(const qwen_reply *r, size_t i)
{
    static const char *const offers[] = { "verify", "equal", "read", "canon" };
    char p[64];
    const char *sep = "  offers ";
    for (size_t k = 0; k < sizeof offers / sizeof *offers; k++)
        if (entry_bool(r, "plugins", i, offers[k], false)) {
            printf("%s%s", sep, offers[k]);
            sep = ", ";
        }
    if (sep[0] == ',')
        putchar('\n');
    bool model = entry_bool(r, "plugins", i, "generate", false), programs = entry_bool(r, "plugins", i, "run_program", false);
    if (model || programs)
        printf("  may %s%s%s; has asked %lld times\n", model ? "ask the model" : "", model && programs ? " and " : "",
               programs ? "run programs" : "", (long long)entry_int(r, "plugins", i, "asks"));
    snprintf(p, sizeof p, "plugins.%zu.tools", i);
    for (size_t t = 0, n = qwen_reply_len(r, p); t < n; t++) {
        fputs("  tool ", stdout);
        ctl_safe(stdout, entry_str(r, p, t, "name"));
        fputs(": ", stdout);
        ctl_safe(stdout, entry_str(r, p, t, "about"));
        putchar('\n');
    }
}

static int cmd_ls(int argc, char **argv)
{
    (void)argv;
    struct connect_opts how = { 0 };
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    if (args_none("plugin ls", argc) != EXIT_OK)
        return EXIT_USAGE;
    int rc = ctl_connect(&c, &how);
    if (rc != EXIT_OK)
        return rc;
    rc = ctl_call(c, qwen_msg_new("plugin.list"), &r);
    if (rc == EXIT_OK && as_json)
        rc = reply_put_json(r, "plugins");
    for (size_t i = 0; rc == EXIT_OK && !as_json && i < qwen_reply_len(r, "plugins"); i++) {
        ctl_safe(stdout, entry_str(r, "plugins", i, "name"));
        putchar(' ');
        ctl_safe(stdout, entry_str(r, "plugins", i, "version"));
        static const struct { const char *before, *key; } shown[] = { { ": ", "state" }, { ", jail ", "jail" }, { ", trust ", "trust" } };
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
            fputs(shown[k].before, stdout);
            ctl_safe(stdout, entry_str(r, "plugins", i, shown[k].key));
        }
        printf(", %lld calls, %lld crashes\n", (long long)entry_int(r, "plugins", i, "ops"),
               (long long)entry_int(r, "plugins", i, "crashes"));
        show_more(r, i);
        const char *error = entry_str(r, "plugins", i, "last_error");
        if (error[0] != '\0') {
            fputs("  last error: ", stdout);
            ctl_safe(stdout, error);
            putchar('\n');
        }
    }
    qwen_reply_free(r);
    qwen_close(c);
    return rc;
}

static int cmd_reload(int argc, char **argv)
{
    struct connect_opts how = { 0 };
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    if (argc != 1) {
        ctl_error("which plugin? (qwenctl plugin ls has their names)");
        return EXIT_USAGE;
    }
    int rc = ctl_connect(&c, &how);
    if (rc != EXIT_OK)
        return rc;
    qwen_msg *m = qwen_msg_new("plugin.reload");
    qwen_msg_str(m, "plugin", argv[0]);
    rc = ctl_call(c, m, &r);
    if (rc == EXIT_OK)
        ctl_note("%s: its file is read again for the next check", argv[0]);
    qwen_reply_free(r);
    qwen_close(c);
    return rc;
}

const struct command plugin_commands[] = {
    { "ls", "", "The daemon's plugins and how they are.", NULL, "  qwenctl plugin ls", list_opts, NULL, cmd_ls },
    { "reload", "NAME", "Take a plugin's file again, without a restart.",
      "The old process ends, the next check starts a new one.  A plugin that was disabled after crashes is enabled again.",
      "  qwenctl plugin reload my-checker", NULL, NULL, cmd_reload },
    { "new", "NAME", "Make a folder with a plugin of your own to start from.",
      "It has NAME.c (a working verifier), a Makefile, cases.jsonl and a README.md, and builds and passes its test as it is.\n"
      "Nothing that exists is touched.  What it is all about: docs/writing-plugins.md.",
      "  qwenctl plugin new my-checker && cd my-checker && make && make check", plugin_new_opts, NULL, cmd_plugin_new },
    { "test", "FILE.so", "Try a plugin in its jail: its cases, hostile input, limits, leaks.  No daemon is needed.",
      "A line of --cases is {\"question\", \"response\", \"expect\": verified, supported, refuted or undecided} with, if wanted, \"id\", \"answer\",\n"
      "\"lang\", \"truncated\" and \"of\": \"working\"; or {\"gold\", \"answer\", \"expect\": equal, different or unknown}.\n"
      "Exit code: 0 every check passed, 1 one failed or the plugin cannot be tried, 2 wrong usage.",
      "  qwenctl plugin test ./my-checker.so --cases cases.jsonl\n  qwenctl plugin test ./my-checker.so -c cases.jsonl -o digits=3 --json",
      plugin_test_opts, NULL, cmd_plugin_test },
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};
