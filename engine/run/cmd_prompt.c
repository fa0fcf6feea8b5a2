/* qwen-run prompt: what a chat becomes before it is tokenized. */
#include <getopt.h>
#include <jansson.h>
#include <string.h>

#include "base/mem.h"
#include "engine/gguf/gguf.h"
#include "engine/run/cmd.h"
#include "engine/text/json_text.h"
#include "engine/text/prompt.h"

/* One line: tools and arguments are taken out of its text, so that their numbers stay
 * as they were written; the rest out of the tree. */
struct request {
    struct qw_arena *arena;
    json_t          *tree;
    struct json_span text;
    struct chat      chat;
};

static void *take(struct request *r, size_t n, size_t size, struct qw_error *err)
{
    size_t bytes;
    void *p = qw_mul(n, size, &bytes) ? qw_arena_alloc(r->arena, bytes) : NULL;
    if (p == NULL)
        qw_error_set(err, QW_ENOMEM, "no memory for the chat");
    else
        memset(p, 0, bytes);
    return p;
}

static int read_call(struct request *r, const json_t *call, struct json_span text, struct chat_tool_call *out,
                     struct qw_error *err)
{
    const json_t *f = json_object_get(call, "function");
    struct json_span arguments;

    if (f != NULL && !json_text_member(text.p, text.n, "function", &text))
        return qw_error_set(err, QW_EPARAMS, "too deeply nested");
    out->name = json_string_value(json_object_get(f != NULL ? f : call, "name"));
    if (out->name == NULL || !json_text_member(text.p, text.n, "arguments", &arguments))
        return qw_error_set(err, QW_EPARAMS, "a call needs \"name\" (a string) and \"arguments\"");
    out->arguments_json = qw_arena_strndup(r->arena, arguments.p, arguments.n);
    return out->arguments_json != NULL ? QW_OK : qw_error_set(err, QW_ENOMEM, "no memory for the chat");
}

static int read_message(struct request *r, const json_t *m, struct json_span text, struct chat_msg *out,
                        struct qw_error *err)
{
    const json_t *content = json_object_get(m, "content"), *calls = json_object_get(m, "tool_calls");
    struct json_span list, one;

    out->role = json_string_value(json_object_get(m, "role"));
    out->content = json_is_string(content) ? json_string_value(content) : "";
    if (out->role == NULL)
        return qw_error_set(err, QW_EPARAMS, "\"role\" must be a string");
    if (content != NULL && !json_is_string(content) && !json_is_null(content))
        return qw_error_set(err, QW_EPARAMS, "\"content\" must be a string or null");
    if (calls == NULL || json_is_null(calls))
        return QW_OK;
    if (!json_is_array(calls))
        return qw_error_set(err, QW_EPARAMS, "\"tool_calls\" must be an array");
    struct chat_tool_call *c = take(r, json_array_size(calls), sizeof *c, err);
    if (c == NULL)
        return QW_ENOMEM;
    if (!json_text_member(text.p, text.n, "tool_calls", &list))
        return qw_error_set(err, QW_EPARAMS, "too deeply nested");
    for (size_t i = 0; i < json_array_size(calls); i++) {
        int rc = json_text_element(list.p, list.n, i, &one) ? read_call(r, json_array_get(calls, i), one, &c[i], err)
                                                            : qw_error_set(err, QW_EPARAMS, "too deeply nested");
        if (rc != QW_OK) {
            qw_error_wrap(err, "tool_calls[%zu]", i);
            return rc;
        }
    }
    out->tool_calls = c;
    out->n_tool_calls = json_array_size(calls);
    return QW_OK;
}

static int read_messages(struct request *r, struct qw_error *err)
{
    const json_t *list = json_object_get(r->tree, "messages");
    struct json_span text, one;

    if (!json_is_array(list))
        return qw_error_set(err, QW_EPARAMS, "\"messages\" must be an array");
    if (!json_text_member(r->text.p, r->text.n, "messages", &text))
        return qw_error_set(err, QW_EPARAMS, "too deeply nested, or not strict JSON");
    struct chat_msg *m = take(r, json_array_size(list), sizeof *m, err);
    if (m == NULL)
        return QW_ENOMEM;
    for (size_t i = 0; i < json_array_size(list); i++) {
        int rc = json_text_element(text.p, text.n, i, &one) ? read_message(r, json_array_get(list, i), one, &m[i], err)
                                                            : qw_error_set(err, QW_EPARAMS, "too deeply nested");
        if (rc != QW_OK) {
            qw_error_wrap(err, "messages[%zu]", i);
            return rc;
        }
    }
    r->chat.msgs = m;
    r->chat.n_msgs = json_array_size(list);
    return QW_OK;
}

static int read_tools(struct request *r, struct qw_error *err)
{
    const json_t *list = json_object_get(r->tree, "tools");
    struct json_span text, one;

    if (list == NULL || json_is_null(list))
        return QW_OK;
    if (!json_is_array(list) || !json_text_member(r->text.p, r->text.n, "tools", &text))
        return qw_error_set(err, QW_EPARAMS, "\"tools\" must be an array");
    const char **t = take(r, json_array_size(list), sizeof *t, err);
    if (t == NULL)
        return QW_ENOMEM;
    for (size_t i = 0; i < json_array_size(list); i++) {
        t[i] = json_text_element(text.p, text.n, i, &one) ? qw_arena_strndup(r->arena, one.p, one.n) : NULL;
        if (t[i] == NULL)
            return qw_error_set(err, QW_ENOMEM, "no memory for the tools");
    }
    r->chat.tools_json = t;
    r->chat.n_tools = json_array_size(list);
    return QW_OK;
}

static int prompt_line(void *arg, const char *line, size_t n, struct qw_error *err)
{
    const struct chat_family *f = arg;
    struct request r = { .arena = qw_arena_new(0), .text = { line, n } };
    struct prompt p = { 0 };
    json_error_t e;
    int rc = QW_ENOMEM;

    if (r.arena == NULL)
        return qw_error_set(err, QW_ENOMEM, "out of memory");
    r.tree = json_loadb(line, n, JSON_DECODE_INT_AS_REAL, &e);      /* no number of it is used */
    if (r.tree == NULL) {
        rc = qw_error_set(err, QW_EPARAMS, "not JSON: %s", e.text);
        goto out;
    }
    r.chat.add_generation_prompt = json_is_true(json_object_get(r.tree, "add_generation_prompt"));
    rc = read_messages(&r, err);
    if (rc == QW_OK)
        rc = read_tools(&r, err);
    if (rc == QW_OK)
        rc = chat_render(f, &r.chat, &p, err);
    if (rc == QW_OK)
        rc = run_print_text("text", p.text.data != NULL ? p.text.data : "", p.text.len, err);
out:
    prompt_free(&p);
    json_decref(r.tree);
    qw_arena_free(r.arena);
    return rc;
}

static int family_of_file(const char *path, const struct chat_family **f, struct qw_error *err)
{
    struct gguf *g = NULL;
    const char *text;
    size_t n;

    int rc = gguf_open(&g, path, err);
    if (rc != QW_OK)
        return rc;
    if (!gguf_str(g, "tokenizer.chat_template", &text, &n))
        rc = qw_error_set(err, QW_EUNSUPPORTED, "%s: the file has no chat template; name one with --template (%s)",
                          path, chat_family_names());
    else if ((rc = chat_family_detect(text, n, f, err)) != QW_OK)
        qw_error_wrap(err, "%s", path);
    gguf_free(g);
    return rc;
}

static int prompt(int argc, char **argv)
{
    static const struct option options[] = {
        { "model", required_argument, NULL, 'm' }, { "template", required_argument, NULL, 't' },
        { "chat-template", required_argument, NULL, 't' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
    };
    const char *model = NULL, *name = NULL;
    const struct chat_family *f = NULL;
    struct qw_error err = { 0 };
    int o;

    while ((o = getopt_long(argc, argv, "m:h", options, NULL)) != -1) {
        switch (o) {
        case 'm': model = optarg; break;
        case 't': name = optarg; break;
        case 'h': return run_help(&cmd_prompt);
        default:  return run_usage(&cmd_prompt);
        }
    }
    if ((model == NULL && name == NULL) || optind < argc) {
        run_error(&cmd_prompt, RUN_USAGE, optind < argc ? "it takes no arguments but options"
                                                         : "--template NAME or -m FILE is needed");
        return run_usage(&cmd_prompt);
    }
    if (name != NULL && (f = chat_family_find(name)) == NULL)
        return run_error(&cmd_prompt, RUN_FAILED, "chat family \"%s\" is not known; --template takes %s", name,
                         chat_family_names());
    if (f == NULL && family_of_file(model, &f, &err) != QW_OK)
        return run_error(&cmd_prompt, RUN_FAILED, "%s", err.msg);
    return run_lines(&cmd_prompt, prompt_line, (void *)f);
}

const struct run_command cmd_prompt = {
    "prompt", prompt, "chats to the text that a model is given, JSON lines in and out",
    "usage: qwen-run prompt (--template NAME | -m FILE)\n"
    "\n"
    "Reads lines {\"messages\":[...],\"tools\":[...],\"add_generation_prompt\":true} and writes\n"
    "{\"text\":\"...\"} for each, or {\"error\":\"...\"}; then the exit code is 1.\n"
    "\n"
    "  --template NAME   chat family: qwen3-instruct-2507, qwen2.5, smollm2\n"
    "                    (--chat-template is the same, as in the other programs)\n"
    "  -m, --model FILE  the family of this file's own chat template\n"
    "\n"
    "Examples:\n"
    "  echo '{\"messages\":[{\"role\":\"user\",\"content\":\"3x - 4 = 11\"}],\"add_generation_prompt\":true}' |\n"
    "    qwen-run prompt --template qwen2.5\n",
};
