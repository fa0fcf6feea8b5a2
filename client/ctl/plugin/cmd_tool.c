/* Tools: what plugins offer, and calling one without a model. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/daemon/connect.h"
#include "client/ctl/plugin/commands.h"
#include "client/ctl/ui/term.h"

#define ARGUMENTS_MAX 65536u

static bool as_json;
static double seconds;
static bool has_seconds;
static const struct opt list_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON, with the schema of each tool's arguments" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};
static const struct opt call_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "the whole result as one line of JSON" },
    { "timeout", 't', OPT_FLOAT, &seconds, &has_seconds, "SECONDS", 0.001, 600, "time for the call (10)" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static int cmd_list(int argc, char **argv)
{
    (void)argv;
    struct connect_opts how = { .start = true };
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    if (args_none("tool list", argc) != EXIT_OK)
        return EXIT_USAGE;
    int rc = ctl_connect(&c, &how);
    if (rc != EXIT_OK)
        return rc;
    rc = ctl_call(c, qwen_msg_new("tool.list"), &r);
    if (rc == EXIT_OK && as_json)
        rc = reply_put_json(r, "tools");
    for (size_t i = 0; rc == EXIT_OK && !as_json && i < qwen_reply_len(r, "tools"); i++) {
        ctl_safe(stdout, entry_str(r, "tools", i, "name"));
        fputs(" (plugin ", stdout);
        ctl_safe(stdout, entry_str(r, "tools", i, "plugin"));
        fputs("): ", stdout);
        ctl_safe(stdout, entry_str(r, "tools", i, "about"));
        putchar('\n');
    }
    if (rc == EXIT_OK && !as_json && qwen_reply_len(r, "tools") == 0)
        ctl_note("no plugin of this daemon offers a tool");
    qwen_reply_free(r);
    qwen_close(c);
    return rc;
}

/* JSON: the argument, or standard input for `-`.  NULL: it was said why. */
static char *take_arguments(const char *arg)
{
    struct qw_buf b;
    char chunk[4096];
    size_t n;
    qw_buf_init(&b, ARGUMENTS_MAX);
    if (strcmp(arg, "-") != 0)
        qw_buf_adds(&b, arg);
    else
        while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
            qw_buf_add(&b, chunk, n);
    if (qw_buf_failed(&b))
        ctl_error("the arguments are longer than %u bytes", ARGUMENTS_MAX);
    else if (b.len > 0 && !utf8_valid(b.data, b.len))
        ctl_error("the arguments are not valid UTF-8");
    else if (b.len > 0)
        return qw_buf_take(&b);
    else
        ctl_error("there are no arguments: a JSON object, {} where the tool takes none");
    qw_buf_free(&b);
    return NULL;
}

static int cmd_call(int argc, char **argv)
{
    struct connect_opts how = { .start = true };
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    size_t n = 0;
    if (argc < 1 || argc > 2) {
        ctl_error("which tool, with which arguments? qwenctl tool call NAME JSON");
        return EXIT_USAGE;
    }
    char *arguments = take_arguments(argc > 1 ? argv[1] : "{}");
    if (arguments == NULL)
        return EXIT_USAGE;
    int rc = ctl_connect(&c, &how);
    if (rc == EXIT_OK) {
        qwen_msg *m = qwen_msg_new("tool.call");
        qwen_msg_str(m, "name", argv[0]);
        qwen_msg_str(m, "arguments", arguments);
        if (has_seconds)
            qwen_msg_int(m, "budget_ms", (int64_t)(seconds * 1000));
        rc = ctl_call_long(c, m, &r);
    }
    if (rc == EXIT_OK && as_json) {
        rc = reply_put_json(r, NULL);
    } else if (rc == EXIT_OK) {
        struct text_out t = { .f = stdout };
        const char *text = qwen_reply_strn(r, "output", &n);
        text_put(&t, text != NULL ? text : "", n);
        text_end(&t);
    }
    qwen_reply_free(r);
    qwen_close(c);
    qw_free(arguments);
    return rc;
}

const struct command tool_commands[] = {
    { "list", "", "What plugins offer to be called, by a model (--tool of ask and chat) or by `tool call`.", NULL,
      "  qwenctl tool list\n  qwenctl tool list --json", list_opts, NULL, cmd_list },
    { "call", "NAME [JSON]", "Calls a tool, without a model.",
      "JSON: its arguments, an object (by default {}); - reads them from standard input.  The output is what the model would be\n"
      "given, though not cut.  Exit code: 0 it was called, whatever it says; 1 it could not be, and the message says why.",
      "  qwenctl tool call python '{\"code\": \"print(2**100)\"}'\n  qwenctl tool call python - < arguments.json", call_opts, NULL, cmd_call },
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};
