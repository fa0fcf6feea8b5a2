/* The chat families that are known: one row each.  A further family is one more
 * row and, where it is unlike those here, a render function of its own. */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "engine/text/json_text.h"
#include "engine/text/prompt.h"
#include "engine/text/prompt_pieces.h"

#define MAX_TEMPLATE_BYTES ((size_t)1 << 20)

/* Tokens of their own in the vocabularies of Qwen2.5 (the first two) and Qwen3. */
static const char *const tool_markup[] = { "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", NULL };

/* ---- ChatML: <|im_start|>role\n ... <|im_end|>\n -------------------------------- */

static void chatml_open(struct prompt *p, const char *role)
{
    prompt_control(p, "<|im_start|>");
    prompt_texts(p, role);
}

static void chatml_close(struct prompt *p)
{
    prompt_control(p, "<|im_end|>");
    prompt_texts(p, "\n");
}

static void chatml_message(struct prompt *p, const char *role, const char *content)
{
    chatml_open(p, role);
    prompt_texts(p, "\n");
    prompt_texts(p, content);
    chatml_close(p);
}

static void chatml_end_answer(const struct chat_family *f, bool closed, struct prompt *p)
{
    (void)f;
    if (!closed)
        prompt_control(p, "<|im_end|>");
    prompt_texts(p, "\n");
}

static void chatml_generate(const struct chat *c, struct prompt *p)
{
    if (c->add_generation_prompt) {
        chatml_open(p, "assistant");
        prompt_texts(p, "\n");
    }
}

static bool starts_with_system(const struct chat *c)
{
    return c->n_msgs > 0 && strcmp(c->msgs[0].role, "system") == 0;
}

/* SmolLM2: nothing else. */
static int smollm2_messages(const struct chat_family *f, const struct chat *c, bool start, struct prompt *p,
                            struct qw_error *err)
{
    (void)err;
    if (start && !starts_with_system(c))
        chatml_message(p, "system", f->default_system);
    for (size_t i = 0; i < c->n_msgs; i++)
        chatml_message(p, c->msgs[i].role, c->msgs[i].content);
    chatml_generate(c, p);
    return QW_OK;
}

/* ---- Qwen: ChatML with tools -------------------------------------------------------- */

static int qwen_tools(const struct chat *c, const char *system, struct prompt *p, struct qw_error *err)
{
    chatml_open(p, "system");
    prompt_texts(p, "\n");
    if (system != NULL) {
        prompt_texts(p, system);
        prompt_texts(p, "\n\n");
    }
    prompt_literal(p, "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
                      "You are provided with function signatures within <tools></tools> XML tags:\n<tools>",
                   tool_markup);
    for (size_t i = 0; i < c->n_tools; i++) {
        struct qw_buf b = QW_BUF_INIT;
        int rc = json_text_respell(c->tools_json[i], strlen(c->tools_json[i]), &b, err);
        if (rc != QW_OK) {
            qw_buf_free(&b);
            qw_error_wrap(err, "tool %zu", i);
            return rc;
        }
        prompt_texts(p, "\n");
        prompt_text(p, b.data, b.len);
        qw_buf_free(&b);
    }
    prompt_literal(p, "\n</tools>\n\nFor each function call, return a json object with function name and arguments "
                      "within <tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, "
                      "\"arguments\": <args-json-object>}\n</tool_call>", tool_markup);
    chatml_close(p);
    return QW_OK;
}

static int qwen_tool_call(const struct chat_family *f, const struct chat_tool_call *call, struct prompt *p,
                          struct qw_error *err)
{
    struct qw_buf b = QW_BUF_INIT;
    const char *json = call->arguments_json;
    int rc = QW_OK;

    prompt_literal(p, "<tool_call>\n{\"name\": \"", tool_markup);
    prompt_texts(p, call->name);
    prompt_texts(p, "\", \"arguments\": ");
    if (!f->string_arguments_raw || !json_text_string(json, strlen(json), &b))
        rc = json_text_respell(json, strlen(json), &b, err);
    if (rc == QW_OK && qw_buf_failed(&b))
        rc = qw_error_set(err, QW_ENOMEM, "no memory for the prompt");
    if (rc == QW_OK)
        prompt_text(p, b.data != NULL ? b.data : "", b.len);
    qw_buf_free(&b);
    prompt_literal(p, "}\n</tool_call>", tool_markup);
    return rc;
}

static int qwen_assistant(const struct chat_family *f, const struct chat_msg *m, size_t index, struct prompt *p,
                          struct qw_error *err)
{
    chatml_open(p, "assistant");
    prompt_texts(p, "\n");
    prompt_texts(p, m->content);
    for (size_t i = 0; i < m->n_tool_calls; i++) {
        if (i > 0 || m->content[0] != 0)
            prompt_texts(p, "\n");
        int rc = qwen_tool_call(f, &m->tool_calls[i], p, err);
        if (rc != QW_OK) {
            qw_error_wrap(err, "message %zu: tool call %zu: arguments", index, i);
            return rc;
        }
    }
    chatml_close(p);
    return QW_OK;
}

/* Results of tools in a row share one user turn. */
static void qwen_tool_result(const struct chat *c, size_t i, struct prompt *p)
{
    if (i == 0 || strcmp(c->msgs[i - 1].role, "tool") != 0)
        chatml_open(p, "user");
    prompt_literal(p, "\n<tool_response>\n", tool_markup);
    prompt_texts(p, c->msgs[i].content);
    prompt_literal(p, "\n</tool_response>", tool_markup);
    if (i + 1 == c->n_msgs || strcmp(c->msgs[i + 1].role, "tool") != 0)
        chatml_close(p);
}

static int qwen_messages(const struct chat_family *f, const struct chat *c, bool start, struct prompt *p,
                         struct qw_error *err)
{
    bool own = start && starts_with_system(c);
    const char *system = own ? c->msgs[0].content : f->default_system;
    int rc = QW_OK;

    if (start && c->n_tools > 0)
        rc = qwen_tools(c, system, p, err);
    else if (start && system != NULL)
        chatml_message(p, "system", system);
    for (size_t i = own ? 1 : 0; i < c->n_msgs && rc == QW_OK; i++) {
        const struct chat_msg *m = &c->msgs[i];
        if (strcmp(m->role, "assistant") == 0)
            rc = qwen_assistant(f, m, i, p, err);
        else if (strcmp(m->role, "tool") == 0)
            qwen_tool_result(c, i, p);
        else
            chatml_message(p, m->role, m->content);
    }
    chatml_generate(c, p);
    return rc;
}

/* ---- the table -------------------------------------------------------------------------- */

static const struct chat_family families[] = {
    {   /* Qwen/Qwen3-4B-Instruct-2507: no thinking, no default system message. */
        .name = "qwen3-instruct-2507", .tools = true, .string_arguments_raw = true,
        .call_open = "<tool_call>", .call_close = "</tool_call>",
        .messages = qwen_messages, .close = chatml_end_answer, .normal_bytes = 1731,
        .needs = { "'<|im_start|>'", "'<|im_end|>", "message.content is string", "tool_call.arguments is string",
                   "<tools></tools> XML tags", "<tool_call></tool_call> XML tags", "\\n<tool_response>\\n" },
        .lacks = { "<think>", "reasoning_content", "enable_thinking", "You are Qwen", "raise_exception", "vision" },
    },
    {   /* Qwen/Qwen2.5-*-Instruct and Qwen2.5-Coder. */
        .name = "qwen2.5", .tools = true, .call_open = "<tool_call>", .call_close = "</tool_call>", .calls_fenced = true,
        .default_system = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.",
        .messages = qwen_messages, .close = chatml_end_answer, .normal_bytes = 1780,
        .needs = { "'<|im_start|>'", "'<|im_end|>", "messages[0]['role'] == 'system'", "tool_call.arguments | tojson",
                   "'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.'",
                   "<tools></tools> XML tags", "\\n<tool_response>\\n" },
        .lacks = { "<think>", "reasoning_content", "enable_thinking", "arguments is string", "raise_exception",
                   "vision" },
    },
    {   /* HuggingFaceTB/SmolLM2-*-Instruct. */
        .name = "smollm2",
        .default_system = "You are a helpful AI assistant named SmolLM, trained by Hugging Face",
        .messages = smollm2_messages, .close = chatml_end_answer, .normal_bytes = 317,
        .needs = { "loop.first and messages[0]['role'] != 'system'", "'<|im_start|>' + message['role'] + '",
                   "<|im_start|>system You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>",
                   "message['content'] + '<|im_end|>'", "<|im_start|>assistant" },
        .lacks = { "<think>", "tool", "enable_thinking", "raise_exception", "vision" },
    },
};
#define N_FAMILIES (sizeof families / sizeof families[0])
#define NAMES      "qwen3-instruct-2507, qwen2.5, smollm2"

const struct chat_family *chat_family_find(const char *name)
{
    for (size_t i = 0; i < N_FAMILIES; i++)
        if (strcmp(families[i].name, name) == 0)
            return &families[i];
    return NULL;
}

const char *chat_family_name(const struct chat_family *f)
{
    return f->name;
}

bool chat_family_calls(const struct chat_family *f, struct chat_calls *c)
{
    *c = (struct chat_calls){ f->call_open, f->call_close, f->calls_fenced };
    return f->tools;
}

const char *chat_family_names(void)
{
    return NAMES;
}

/* ---- recognition --------------------------------------------------------------------------- */

/* What editors of templates change without changing what it renders goes: white space,
 * the kind of quotes, the dashes that trim ("{%-", "-}}").  out has room for n. */
static size_t normalise(const char *s, size_t n, char *out)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i] == '\'' ? '"' : s[i];
        bool opening = i >= 2 && s[i - 2] == '{' && (s[i - 1] == '%' || s[i - 1] == '{');
        bool closing = i + 2 < n && s[i + 2] == '}' && (s[i + 1] == '%' || s[i + 1] == '}');
        if (c != ' ' && !(c >= '\t' && c <= '\r') && !(c == '-' && (opening || closing)))
            out[k++] = c;
    }
    return k;
}

static bool holds(const char *normal, size_t n, const char *feature)
{
    char b[256];                            /* the features above are shorter */
    size_t k = normalise(feature, strlen(feature), b);
    return memmem(normal, n, b, k) != NULL;
}

/* A template that is a quarter longer or shorter does something else, whatever it holds. */
static bool fits(const struct chat_family *f, const char *normal, size_t n)
{
    if (n < f->normal_bytes / 4 * 3 || n > f->normal_bytes / 4 * 5)
        return false;
    for (size_t i = 0; i < sizeof f->needs / sizeof f->needs[0] && f->needs[i] != NULL; i++)
        if (!holds(normal, n, f->needs[i]))
            return false;
    for (size_t i = 0; i < sizeof f->lacks / sizeof f->lacks[0] && f->lacks[i] != NULL; i++)
        if (holds(normal, n, f->lacks[i]))
            return false;
    return true;
}

int chat_family_detect(const char *template_text, size_t n, const struct chat_family **f, struct qw_error *err)
{
    const struct chat_family *hit = NULL;

    if (n > 0 && n <= MAX_TEMPLATE_BYTES) {
        char *normal = qw_alloc(n);
        if (normal == NULL)
            return qw_error_set(err, QW_ENOMEM, "no memory for a chat template of %zu bytes", n);
        size_t n_normal = normalise(template_text, n, normal);
        for (size_t i = 0; i < N_FAMILIES && hit == NULL; i++)
            if (fits(&families[i], normal, n_normal))
                hit = &families[i];
        qw_free(normal);
    }
    if (hit == NULL)
        return qw_error_set(err, QW_EUNSUPPORTED, "the file's chat template is not one that is known; name its family "
                            "with --chat-template (" NAMES ")");
    *f = hit;
    return QW_OK;
}
