#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/utf8.h"
#include "client/ctl/answer/answer.h"
#include "client/ctl/ask/ask.h"
#include "client/ctl/ask/commands.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/daemon/connect.h"
#include "client/ctl/ui/term.h"

#define QUESTION_MAX (3u << 20)

static bool as_json, yes, quiet, store;
static const char *example, *file;
const struct opt ask_opts[] = {
    ANSWER_OPTIONS,
    { "example", 0, OPT_MAYBE, &example, NULL, "ID", 0, 0, "ask one of the questions that come with qwend" },
    { "file", 'f', OPT_STR, &file, NULL, "WORKSHEET", 0, 0, "each numbered question of a text file, and a table of the verdicts" },
    { "json", 0, OPT_FLAG, &as_json, NULL, NULL, 0, 0, "the whole result as one line of JSON, nothing streamed" },
    { "quiet", 'q', OPT_FLAG, &quiet, NULL, NULL, 0, 0, "do not say which model answers" },
    { "store", 0, OPT_FLAG, &store, NULL, NULL, 0, 0, "keep it as a conversation: `qwenctl chat --last` goes on with it" },
    { "yes", 'y', OPT_FLAG, &yes, NULL, NULL, 0, 0, "fetch a model without asking when none is installed" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static char *read_stdin(void)
{
    struct qw_buf b;
    char chunk[65536];
    size_t n;
    qw_buf_init(&b, QUESTION_MAX);
    while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
        qw_buf_add(&b, chunk, n);
    if (qw_buf_failed(&b)) {
        ctl_error("the question is longer than %u bytes", QUESTION_MAX);
        qw_buf_free(&b);
        return NULL;
    }
    while (b.len > 0 && (b.data[b.len - 1] == '\n' || b.data[b.len - 1] == ' '))
        b.data[--b.len] = '\0';
    return qw_buf_take(&b);
}

/* A question of seed20.jsonl, the one named or any; *answer is the reference. */
static char *take_example(const char *id, char **answer)
{
    struct qw_error err = { 0 };
    char *path = NULL, *text = NULL, *question = NULL, *save = NULL;
    size_t n;
    if (paths_installed(QW_INST_SHARE, "seed20.jsonl", &path, &err) != QW_OK || fs_read_file(path, 1 << 20, &text, &n, &err) != QW_OK) {
        ctl_error("%s", err.msg);
        goto out;
    }
    size_t lines = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        lines += text[i] == '\n';
    size_t pick = lines > 0 ? (size_t)(clock_unix_ms() / 7) % lines : 0;
    for (char *line = strtok_r(text, "\n", &save); line != NULL && question == NULL; line = strtok_r(NULL, "\n", &save), at++) {
        json_t *j = json_loads(line, 0, NULL);
        const char *jid = json_string_value(json_object_get(j, "id")), *q = json_string_value(json_object_get(j, "question")),
                   *a = json_string_value(json_object_get(j, "answer"));
        if (q != NULL && (id[0] != '\0' ? jid != NULL && strcmp(jid, id) == 0 : at == pick)) {
            question = qw_strdup(q);
            *answer = a != NULL ? qw_strdup(a) : NULL;
        }
        json_decref(j);
    }
    if (question == NULL)
        ctl_error("no example '%s' in %s", id, path);
out:
    qw_free(path);
    qw_free(text);
    return question;
}

qwen_msg *ask_message(const char *question)
{
    qwen_msg *m = qwen_msg_new("chat");
    qwen_msg_str(m, "system", answer_system(question));
    answer_put_question(m, question);
    return m;
}

/* A turn of a new session.  NULL: it could not be made, which was said. */
static qwen_msg *stored_message(qwen_client *c, const char *question)
{
    qwen_reply *r = NULL;
    qwen_msg *create = qwen_msg_new("session.create"), *m;
    qwen_msg_str(create, "system", answer_system(question));
    if (ctl_call(c, create, &r) != EXIT_OK)
        return NULL;
    m = qwen_msg_new("session.chat");
    qwen_msg_str(m, "session", qwen_reply_str(r, "session"));
    qwen_reply_free(r);
    answer_put_question(m, question);
    return m;
}

static int whole_worksheet(int argc, const struct connect_opts *how)
{
    if (argc > 0 || example != NULL || store) {
        ctl_error(store ? "--store keeps one conversation, and the questions of --file are asked each on its own"
                        : "--file has the questions; no others beside it");
        return EXIT_USAGE;
    }
    return ask_worksheet(file, how, as_json, quiet);
}

/* The question that was meant, and an example's reference answer.  Exit code. */
static int take_question(int argc, char **argv, char **question, char **reference)
{
    if (example == NULL && argc == 0 && isatty(STDIN_FILENO)) {
        ctl_error("which question? (see qwenctl ask --help)");
        return EXIT_USAGE;
    }
    char *q = example != NULL ? take_example(example, reference)
            : argc > 0 && strcmp(argv[0], "-") != 0 ? args_joined(argc, argv) : read_stdin();
    *question = q;
    if (q == NULL)
        return EXIT_FAILED;
    if (q[strspn(q, " \t\r\n")] == '\0') {
        ctl_error("there is no question: qwenctl ask 'Solve 3x - 4 = 11'");
        return EXIT_USAGE;
    }
    if (!utf8_valid(q, strlen(q))) {
        ctl_error("the question is not valid UTF-8");
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

static void show_example(const char *question)
{
    struct text_out t = { .f = stdout };
    fputs(style(stdout, BOLD), stdout);
    text_put(&t, question, strlen(question));
    fputs(style(stdout, PLAIN), stdout);
    text_end(&t);
    putchar('\n');
}

static int ask(qwen_client *c, const char *question, const char *reference)
{
    qwen_reply *r = NULL;
    qwen_msg *m = store ? stored_message(c, question) : ask_message(question);
    int rc = m != NULL ? answer_run(c, m, as_json, &r) : EXIT_FAILED;
    if (r != NULL && as_json && reply_put_json(r, NULL) != EXIT_OK)
        rc = EXIT_FAILED;
    if (r != NULL && reference != NULL && !as_json) {
        fputs("reference answer: ", stdout);
        ctl_safe(stdout, reference);
        putchar('\n');
    }
    qwen_reply_free(r);
    return rc;
}

int cmd_ask(int argc, char **argv)
{
    struct connect_opts how = { .start = true, .need_model = true, .yes = yes, .model = answer_opts.model };
    qwen_client *c = NULL;
    char *question = NULL, *reference = NULL;
    if (file != NULL)
        return whole_worksheet(argc, &how);
    int rc = take_question(argc, argv, &question, &reference);
    if (rc == EXIT_OK && (rc = ctl_connect(&c, &how)) == EXIT_OK) {
        if (!quiet && !as_json)
            answer_say_model(c);
        if (example != NULL && !as_json)
            show_example(question);
        rc = ask(c, question, reference);
    }
    qwen_close(c);
    qw_free(question);
    qw_free(reference);
    return rc;
}
