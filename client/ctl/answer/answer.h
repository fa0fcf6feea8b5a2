/* One answer, streamed to a person: what `ask` and `chat` share. */
#ifndef QW_CTL_ANSWER_H
#define QW_CTL_ANSWER_H

#include <stdbool.h>

#include "client/ctl/ui/opts.h"
#include "client/qwenclient.h"

struct answer_opts {
    const char *model, *system;         /* system NULL: the maths prompt in the question's language */
    double  temperature, top_p, min_p, repetition_penalty, presence_penalty, frequency_penalty;
    int64_t top_k, seed, max_tokens;
    bool    has_temperature, has_top_p, has_min_p, has_top_k, has_repetition_penalty, has_presence_penalty, has_frequency_penalty,
            has_seed, has_max_tokens;
    struct opt_list stop, tools;
    int64_t max_tool_calls;
    bool    has_max_tool_calls;
    const char *verify;                 /* off, check (by default), retry, vote */
    int64_t attempts, samples;
    double  time_s;                     /* of retry and vote */
    bool    has_attempts, has_samples, has_time, has_verify;
    bool    unverified, stop_on_repetition, stats;      /* unverified: --no-verify */
};
extern struct answer_opts answer_opts;  /* what the options below set */
/* The options that both commands take, for their tables. */
#define ANSWER_OPTIONS \
    { "model", 'm', OPT_STR, &answer_opts.model, NULL, "MODEL", 0, 0, "which model answers (default, small, or a name of `model ls`)" }, \
    { "system", 's', OPT_STR, &answer_opts.system, NULL, "TEXT", 0, 0, "system prompt instead of the maths one (empty: none)" }, \
    { "temperature", 't', OPT_FLOAT, &answer_opts.temperature, &answer_opts.has_temperature, "T", 0, 10, "0 (default): always the likeliest token" }, \
    { "top-p", 0, OPT_FLOAT, &answer_opts.top_p, &answer_opts.has_top_p, "P", 0, 1, "sample among the likeliest that sum to P" }, \
    { "top-k", 0, OPT_INT, &answer_opts.top_k, &answer_opts.has_top_k, "K", 0, 1000000, "sample among the K likeliest" }, \
    { "min-p", 0, OPT_FLOAT, &answer_opts.min_p, &answer_opts.has_min_p, "P", 0, 1, "and at least P times as likely as the likeliest" }, \
    { "repetition-penalty", 0, OPT_FLOAT, &answer_opts.repetition_penalty, &answer_opts.has_repetition_penalty, "R", 0.01, 10, "1 (default): off" }, \
    { "presence-penalty", 0, OPT_FLOAT, &answer_opts.presence_penalty, &answer_opts.has_presence_penalty, "R", -2, 2, "0 (default): off" }, \
    { "frequency-penalty", 0, OPT_FLOAT, &answer_opts.frequency_penalty, &answer_opts.has_frequency_penalty, "R", -2, 2, "0 (default): off" }, \
    { "seed", 0, OPT_INT, &answer_opts.seed, &answer_opts.has_seed, "N", 0, 9007199254740991.0, "the same seed gives the same text" }, \
    { "max-tokens", 'n', OPT_INT, &answer_opts.max_tokens, &answer_opts.has_max_tokens, "N", 1, 1048576, "length of an answer (2048, or what the context leaves)" }, \
    { "stop", 0, OPT_LIST, &answer_opts.stop, NULL, "TEXT", 0, 0, "ends the answer where it says this; may be given again" }, \
    { "no-stop-on-repetition", 0, OPT_UNFLAG, &answer_opts.stop_on_repetition, NULL, NULL, 0, 0, "let an answer repeat itself" }, \
    { "verify", 0, OPT_STR, &answer_opts.verify, &answer_opts.has_verify, "MODE", 0, 0, "check (default), off; retry: again where it is refuted; vote: the best of several" }, \
    { "attempts", 0, OPT_INT, &answer_opts.attempts, &answer_opts.has_attempts, "N", 1, 16, "with retry: answers at most (3)" }, \
    { "samples", 0, OPT_INT, &answer_opts.samples, &answer_opts.has_samples, "N", 1, 16, "with vote: answers that are drawn (5)" }, \
    { "time", 0, OPT_FLOAT, &answer_opts.time_s, &answer_opts.has_time, "S", 0.001, 86400, "with retry and vote: seconds for all of it (50)" }, \
    { "tool", 0, OPT_LIST, &answer_opts.tools, NULL, "NAME", 0, 0, "a tool that the model may call (`qwenctl tool list`), e.g. python; may be given again" }, \
    { "max-tool-calls", 0, OPT_INT, &answer_opts.max_tool_calls, &answer_opts.has_max_tool_calls, "N", 1, 16, "with tool: calls at most (4)" }, \
    { "no-verify", 0, OPT_FLAG, &answer_opts.unverified, NULL, NULL, 0, 0, "do not check the answer" }, \
    { "stats", 0, OPT_FLAG, &answer_opts.stats, NULL, NULL, 0, 0, "tokens, rates, and what came from memory, disk and prefill" }

/* The system prompt for this question: --system, or the maths one in its language. */
const char *answer_system(const char *question);
bool answer_verifies(void);             /* a mode other than off */
void answer_put_verify(qwen_msg *m);    /* `verify`, of a request or of a session that is made; nothing for off */
void answer_take_verify(const qwen_reply *r);   /* of a session that is gone on with, unless options say otherwise */
void answer_put_model(qwen_msg *m);     /* --model, of a request; nothing where it is not given */
void answer_put_question(qwen_msg *m, const char *question);    /* messages (one, of the user) and model */
/* Adds R (not model) to a request. */
void answer_params(qwen_msg *m);
/* Adds R to m, sends it and shows the answer as it comes (not when quiet), its end when it is not a plain stop, the verdict and,
 * if wanted, the numbers.  SIGINT cancels.  *reply may be NULL.  Exit code; EXIT_INTERRUPTED when cancelled. */
int  answer_run(qwen_client *c, qwen_msg *m, bool quiet, qwen_reply **reply);
int  answer_show(qwen_client *c, qwen_msg *m, bool quiet, qwen_reply **reply);      /* the same for m as it is */
/* "qwen2.5-coder-0.5b answers (demonstration model, 0.5B)" and what would be better. */
void answer_say_model(qwen_client *c);

#endif
