/* qwenctl session resume, regenerate, edit: those that bring an answer. */
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "client/ctl/answer/answer.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/session/cmd_session.h"
#include "client/ctl/session/sessions.h"
#include "client/ctl/ui/term.h"

const struct opt session_answer_opts[] = {
    ANSWER_OPTIONS,
    { "json", 0, OPT_FLAG, &session_opts.json, NULL, NULL, 0, 0, "the whole result as one line of JSON, nothing streamed" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};
const struct opt session_resume_opts[] = {
    { "stats", 0, OPT_FLAG, &answer_opts.stats, NULL, NULL, 0, 0, "tokens, rates, and what came from memory, disk and prefill" },
    { "json", 0, OPT_FLAG, &session_opts.json, NULL, NULL, 0, 0, "the whole result as one line of JSON, nothing streamed" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

static int end(qwen_client *c, char *id, int rc, qwen_reply *r)
{
    if (r != NULL && session_opts.json && reply_put_json(r, NULL) != EXIT_OK)
        rc = EXIT_FAILED;
    qwen_reply_free(r);
    qwen_close(c);
    qw_free(id);
    return rc;
}

int session_resume(int argc, char **argv)
{
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    char *id = NULL;
    bool did;
    if (argc > 1)
        return session_usage("resume", "one conversation at a time");
    int rc = session_connect(&c, argc == 1 ? argv[0] : "last", &id);
    if (rc == EXIT_OK)
        rc = session_finish(c, id, true, session_opts.json, &r, &did);
    return end(c, id, rc, r);
}

int session_regenerate(int argc, char **argv)
{
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    char *id = NULL;
    if (argc != 1)
        return session_usage("regenerate", "which conversation?");
    int rc = session_connect(&c, argv[0], &id);
    if (rc == EXIT_OK) {
        qwen_msg *m = qwen_msg_new("session.regenerate");
        qwen_msg_str(m, "session", id);
        answer_put_model(m);
        if ((!answer_opts.has_temperature || answer_opts.temperature == 0) && !session_opts.json)
            ctl_note("at temperature 0 the answer will be the same; --temperature 0.7 varies it");
        rc = answer_run(c, m, session_opts.json, &r);
    }
    return end(c, id, rc, r);
}

int session_edit(int argc, char **argv)
{
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    char *id = NULL, *message = NULL;
    if (argc < 3)
        return session_usage("edit", "which conversation, which message, and what instead?");
    char *text = args_joined(argc - 2, argv + 2);
    if (text == NULL || !utf8_valid(text, strlen(text))) {
        ctl_error("the text is not valid UTF-8");
        qw_free(text);
        return EXIT_USAGE;
    }
    int rc = session_connect(&c, argv[0], &id);
    if (rc == EXIT_OK)
        rc = session_message(c, id, argv[1], &message);
    if (rc == EXIT_OK) {
        qwen_msg *m = qwen_msg_new("session.edit");
        qwen_msg_str(m, "session", id);
        qwen_msg_str(m, "message", message);
        qwen_msg_str(m, "text", text);
        answer_put_model(m);
        rc = answer_run(c, m, session_opts.json, &r);
    }
    qw_free(message);
    qw_free(text);
    return end(c, id, rc, r);
}
