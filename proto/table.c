/* The wire as data.  Adding a method or an optional parameter: append an entry with `since` one above
 * the last released level, document it in PROTOCOL.md, add an example there.  Names never change
 * their meaning; retired ones stay listed. */
#include "proto/table_int.h"

#include <string.h>

#define END { .name = NULL }
#define COUNT(a) (sizeof (a) / sizeof (a)[0])
#define ID_MAX    64
#define TEXT_MAX  (4 << 20)             /* the message limit is the real one */
#define IDS_MAX   524288
#define SEED_MAX  9007199254740991.0    /* 2^53 - 1: the same in every language */

/* ---- parameters shared by several methods ----------------------------------------- */

static const struct param_def verify_fields[] = {
    { .name = "mode", .type = P_STR, .required = true, .choices = "off|check|retry|vote",
      .doc = "check: have the answer checked before the reply; retry, vote: and find a better one", .since = 1 },
    { .name = "budget_ms", .type = P_INT, .min = 1, .max = 600000,
      .doc = "time for each check, 10000 by default", .since = 1 },
    { .name = "attempts", .type = P_INT, .min = 1, .max = 16,
      .doc = "retry: answers at most, the first one counted; 3 by default", .since = 3 },
    { .name = "samples", .type = P_INT, .min = 1, .max = 16, .doc = "vote: answers that are drawn; 5 by default",
      .since = 3 },
    { .name = "loop_ms", .type = P_INT, .min = 1, .max = 86400000,
      .doc = "retry, vote: time for all of it, from receipt; 50000 by default", .since = 3 },
    { .name = "temperature", .type = P_FLOAT, .min = 0.01, .max = 10,
      .doc = "of attempts and samples after the first; the request's, or 0.7 where that is greedy", .since = 3 },
    { .name = "feedback", .type = P_BOOL,
      .doc = "retry: a refuted answer goes back with what failed of it; false by default: the question is asked afresh", .since = 3 },
    END
};

static const struct param_def p_sampling[] = {       /* R of PROTOCOL.md, with the two that follow */
    { .name = "model", .type = P_STR, .min = 1, .max = 128,
      .doc = "catalogue name; by default the one of model.load, else the daemon's default", .since = 1 },
    { .name = "temperature", .type = P_FLOAT, .min = 0, .max = 10, .doc = "0 (default): greedy", .since = 1 },
    { .name = "top_p", .type = P_FLOAT, .min = 0, .max = 1, .doc = "1 (default): off", .since = 1 },
    { .name = "top_k", .type = P_INT, .min = 0, .max = 1000000, .doc = "0 (default): off", .since = 1 },
    { .name = "min_p", .type = P_FLOAT, .min = 0, .max = 1, .doc = "0 (default): off", .since = 1 },
    { .name = "repetition_penalty", .type = P_FLOAT, .min = 0.01, .max = 10,
      .doc = "1 (default): off; over the whole context", .since = 1 },
    { .name = "presence_penalty", .type = P_FLOAT, .min = -2, .max = 2,
      .doc = "0 (default): off; over this answer", .since = 1 },
    { .name = "frequency_penalty", .type = P_FLOAT, .min = -2, .max = 2,
      .doc = "0 (default): off; over this answer", .since = 1 },
    { .name = "seed", .type = P_INT, .min = 0, .max = SEED_MAX,
      .doc = "drawn by the daemon when absent, and told in the reply", .since = 1 },
    { .name = "max_tokens", .type = P_INT, .min = 1, .max = 1048576,
      .doc = "2048 by default; the context's end ends an answer too", .since = 1 },
    { .name = "stop", .type = P_ARRAY_STR, .min = 0, .max = 16, .item_min = 1, .item_max = 256,
      .doc = "strings that end the answer, not part of its text", .since = 1 },
    { .name = "n", .type = P_INT, .min = 1, .max = 16, .doc = "choices, 1 by default", .since = 1 },
    { .name = "logprobs", .type = P_INT, .min = 0, .max = 20,
      .doc = "log-probabilities of each token and of this many alternatives", .since = 1 },
    { .name = "logit_bias", .type = P_MAP_FLOAT, .min = 0, .max = 1024, .item_min = -100, .item_max = 100,
      .doc = "token id (as a decimal string) to what is added", .since = 1 },
    { .name = "stop_on_repetition", .type = P_BOOL,
      .doc = "true by default: an answer that repeats itself ends", .since = 1 },
    { .name = "verify", .type = P_MAP, .fields = verify_fields,
      .doc = "how the answer is checked; off by default", .since = 1 },
    { .name = "tools", .type = P_ARRAY_STR, .min = 0, .max = 16, .item_min = 1, .item_max = 64,
      .doc = "names of tool.list that the model may call; none by default", .since = 4 },
    { .name = "max_tool_calls", .type = P_INT, .min = 1, .max = 16, .doc = "calls in all, 4 by default", .since = 4 },
    END
};
static const struct param_def p_follow[] = {
    { .name = "stream", .type = P_BOOL, .doc = "send stream.* notifications; false by default", .since = 1 },
    { .name = "tag", .type = P_STR, .min = 1, .max = 128,
      .doc = "chosen by the caller, comes back in each notification", .since = 1 },
    { .name = "deadline_ms", .type = P_INT, .min = 1, .max = 86400000,
      .doc = "from receipt; then the answer ends as it is", .since = 1 },
    { .name = "priority", .type = P_STR, .choices = "interactive|batch", .doc = "interactive by default", .since = 1 },
    { .name = "on_disconnect", .type = P_STR, .choices = "cancel|detach",
      .doc = "what happens when the caller leaves; cancel by default, detach needs a session and a key", .since = 1 },
    END
};
static const struct param_def p_durable[] = {
    { .name = "durability", .type = P_STR, .choices = "none|async|turn",
      .doc = "turn: stored before the reply; by default as the session has it, else none", .since = 2 },
    { .name = "key", .type = P_STR, .min = 1, .max = 128,
      .doc = "names a stored run: the same request again is that run", .since = 2 },
    END
};
#define R_PARAMS p_sampling, p_follow, p_durable

static const struct param_def message_fields[] = {
    { .name = "role", .type = P_STR, .required = true, .choices = "system|user|assistant", .later = "tool",
      .doc = "who speaks", .since = 1 },
    { .name = "content", .type = P_STR, .required = true, .min = 0, .max = TEXT_MAX, .doc = "text", .since = 1 },
    END
};
static const struct param_def p_messages[] = {
    { .name = "messages", .type = P_ARRAY_MAP, .required = true, .min = 1, .max = 4096, .fields = message_fields,
      .doc = "the conversation", .since = 1 },
    END
};
static const struct param_def p_system[] = {
    { .name = "system", .type = P_STR, .min = 0, .max = TEXT_MAX,
      .doc = "system prompt; the model family's own when absent, none when empty", .since = 1 },
    END
};
static const struct param_def p_model[] = {
    { .name = "model", .type = P_STR, .min = 1, .max = 128, .doc = "catalogue name or alias", .since = 1 },
    END
};
static const struct param_def p_model_required[] = {
    { .name = "model", .type = P_STR, .required = true, .min = 1, .max = 128,
      .doc = "catalogue name or alias", .since = 1 },
    END
};
static const struct param_def p_session[] = {
    { .name = "session", .type = P_STR, .required = true, .min = 1, .max = ID_MAX, .doc = "session id", .since = 1 },
    END
};
static const struct param_def p_expect_head[] = {
    { .name = "expect_head", .type = P_STR, .min = 0, .max = ID_MAX,
      .doc = "conflict if the session's head is another message (empty: none yet)", .since = 1 },
    END
};
static const struct param_def p_page[] = {
    { .name = "limit", .type = P_INT, .min = 1, .max = 1000, .doc = "entries at most, 100 by default", .since = 1 },
    { .name = "cursor", .type = P_STR, .min = 1, .max = 128, .doc = "where the last list ended", .since = 1 },
    END
};
static const struct param_def p_deep[] = {
    { .name = "deep", .type = P_BOOL, .doc = "the thorough way, which reads every page; false by default", .since = 2 },
    END
};
static const struct param_def p_budget[] = {
    { .name = "budget_ms", .type = P_INT, .min = 1, .max = 600000, .doc = "10000 by default", .since = 1 },
    END
};

/* ---- parameters of one method ----------------------------------------------------- */

static const struct param_def p_hello[] = {
    { .name = "client", .type = P_STR, .min = 0, .max = 128, .doc = "name and version, for the log", .since = 1 },
    END
};
static const struct param_def p_tokenize[] = {
    { .name = "text", .type = P_STR, .required = true, .min = 0, .max = TEXT_MAX,
      .doc = "what is tokenized", .since = 1 },
    { .name = "special", .type = P_BOOL, .doc = "read control tokens; false by default", .since = 1 },
    END
};
static const struct param_def p_detokenize[] = {
    { .name = "ids", .type = P_ARRAY_INT,
      .required = true, .min = 0, .max = IDS_MAX, .item_min = 0, .item_max = INT32_MAX,
      .doc = "token ids", .since = 1 },
    END
};
static const struct param_def p_generate[] = {
    { .name = "prompt", .type = P_STR, .min = 0, .max = TEXT_MAX, .doc = "text; this or ids", .since = 1 },
    { .name = "ids", .type = P_ARRAY_INT, .min = 1, .max = IDS_MAX, .item_min = 0, .item_max = INT32_MAX,
      .doc = "token ids; this or prompt", .since = 1 },
    { .name = "special", .type = P_BOOL, .doc = "read control tokens in prompt; false by default", .since = 1 },
    END
};
static const struct param_def p_title[] = {
    { .name = "title", .type = P_STR, .min = 0, .max = 256, .doc = "for people", .since = 1 },
    END
};
static const struct param_def p_session_create[] = {
    { .name = "durability", .type = P_STR, .choices = "none|async|turn",
      .doc = "how its turns are stored, turn by default; none: in memory only", .since = 2 },
    END
};
static const struct param_def p_session_verify[] = {
    { .name = "verify", .type = P_MAP, .fields = verify_fields,
      .doc = "how its answers are checked where a request does not say", .since = 3 },
    END
};
static const struct param_def p_session_show[] = {
    { .name = "message", .type = P_STR, .min = 1, .max = ID_MAX,
      .doc = "show the branch that ends here; the head by default", .since = 2 },
    { .name = "last", .type = P_INT, .min = 1, .max = 100000, .doc = "only so many last messages", .since = 2 },
    END
};
static const struct param_def p_session_list[] = {
    { .name = "query", .type = P_STR, .min = 1, .max = 256, .doc = "part of the title, or a tag", .since = 2 },
    END
};
static const struct param_def p_session_search[] = {
    { .name = "query", .type = P_STR, .required = true, .min = 1, .max = 256, .doc = "words, or a part of Chinese text",
      .since = 2 },
    END
};
static const struct param_def p_session_rename[] = {
    { .name = "pinned", .type = P_BOOL, .doc = "pinned ones come first in lists", .since = 2 },
    { .name = "tags", .type = P_ARRAY_STR, .min = 0, .max = 32, .item_min = 1, .item_max = 64,
      .doc = "words without blanks; all of them anew", .since = 2 },
    END
};
static const struct param_def p_session_rewind[] = {
    { .name = "message", .type = P_STR, .required = true, .min = 0, .max = ID_MAX,
      .doc = "the new head; empty: before the first message", .since = 2 },
    END
};
static const struct param_def p_session_fork[] = {
    { .name = "message", .type = P_STR, .min = 0, .max = ID_MAX, .doc = "the fork's head; the session's by default",
      .since = 2 },
    END
};
static const struct param_def p_session_edit[] = {
    { .name = "message", .type = P_STR, .required = true, .min = 1, .max = ID_MAX, .doc = "a message of the user",
      .since = 2 },
    { .name = "text", .type = P_STR, .required = true, .min = 0, .max = TEXT_MAX, .doc = "what stands there instead",
      .since = 2 },
    END
};
static const struct param_def p_session_resume[] = {
    { .name = "run", .type = P_STR, .min = 1, .max = ID_MAX, .doc = "by default the newest that was interrupted",
      .since = 2 },
    END
};
static const struct param_def p_session_export[] = {
    { .name = "pages", .type = P_BOOL, .doc = "with the pages of its context, as far as they are stored", .since = 2 },
    END
};
static const struct param_def p_blob[] = {
    { .name = "blob", .type = P_STR, .required = true, .min = 1, .max = ID_MAX, .doc = "blob id", .since = 2 },
    END
};
static const struct param_def p_blob_create[] = {
    { .name = "bytes", .type = P_INT, .min = 0, .max = SEED_MAX, .doc = "how long it will be, if that is known",
      .since = 2 },
    END
};
static const struct param_def p_blob_write[] = {
    { .name = "at", .type = P_INT, .required = true, .min = 0, .max = SEED_MAX, .doc = "its length so far",
      .since = 2 },
    { .name = "data", .type = P_BIN, .required = true, .min = 1, .max = PROTO_MAX_BLOB_CHUNK, .doc = "what is appended",
      .since = 2 },
    END
};
static const struct param_def p_blob_read[] = {
    { .name = "at", .type = P_INT, .required = true, .min = 0, .max = SEED_MAX, .doc = "offset in bytes", .since = 2 },
    { .name = "bytes", .type = P_INT, .min = 1, .max = PROTO_MAX_BLOB_CHUNK, .doc = "at most; 1 MiB by default",
      .since = 2 },
    END
};
static const struct param_def p_run[] = {
    { .name = "run", .type = P_STR, .min = 1, .max = ID_MAX, .doc = "run id; this, tag or key", .since = 1 },
    { .name = "tag", .type = P_STR, .min = 1, .max = 128,
      .doc = "a tag of this connection, else of this principal", .since = 1 },
    { .name = "key", .type = P_STR, .min = 1, .max = 128, .doc = "the key of a stored run", .since = 2 },
    END
};
static const struct param_def from_fields[] = {
    { .name = "attempt", .type = P_INT, .min = 0, .max = 64, .doc = "0 by default", .since = 2 },
    { .name = "index", .type = P_INT, .min = 0, .max = 15, .doc = "choice, 0 by default", .since = 2 },
    { .name = "at", .type = P_INT, .min = 0, .max = SEED_MAX, .doc = "bytes of text that the caller has", .since = 2 },
    END
};
static const struct param_def p_attach[] = {
    { .name = "from", .type = P_MAP, .fields = from_fields, .doc = "deltas from here on; all by default", .since = 2 },
    { .name = "stream", .type = P_BOOL, .doc = "true by default; false: only the Outcome, at the end", .since = 2 },
    END
};
static const struct param_def p_run_list[] = {
    { .name = "key", .type = P_STR, .min = 1, .max = 128, .doc = "only the run of this key", .since = 2 },
    END
};
static const struct param_def p_verify[] = {
    { .name = "question", .type = P_STR, .required = true, .min = 0, .max = 65536,
      .doc = "the user's text, whole", .since = 1 },
    { .name = "response", .type = P_STR, .required = true, .min = 0, .max = 1048576,
      .doc = "the answer, whole", .since = 1 },
    { .name = "answer", .type = P_STR, .min = 0, .max = 65536,
      .doc = "the final answer, where it is known", .since = 1 },
    { .name = "lang", .type = P_STR, .choices = "zh|en", .doc = "of the question", .since = 1 },
    { .name = "truncated", .type = P_BOOL, .doc = "the response was cut off", .since = 1 },
    END
};
static const struct param_def p_verify_read[] = {
    { .name = "question", .type = P_STR, .required = true, .min = 0, .max = 65536,
      .doc = "the user's text, whole", .since = 3 },
    END
};
static const struct param_def p_equiv[] = {
    { .name = "gold", .type = P_STR, .required = true, .min = 0, .max = 65536, .doc = "an answer", .since = 1 },
    { .name = "answer", .type = P_STR, .required = true, .min = 0, .max = 65536, .doc = "another", .since = 1 },
    END
};
static const struct param_def p_tool_call[] = {
    { .name = "name", .type = P_STR, .required = true, .min = 1, .max = 64, .doc = "a tool's, as tool.list says", .since = 4 },
    { .name = "arguments", .type = P_STR, .min = 0, .max = 65536, .doc = "a JSON object as text; {} by default", .since = 4 },
    END
};
static const struct param_def p_plugin[] = {
    { .name = "plugin", .type = P_STR, .required = true, .min = 1, .max = 64,
      .doc = "name of its section", .since = 1 },
    END
};
static const struct param_def p_drain[] = {
    { .name = "grace_ms", .type = P_INT, .min = 0, .max = 3600000,
      .doc = "time for running answers, the configured one by default", .since = 1 },
    END
};
static const struct param_def p_log[] = {
    { .name = "level", .type = P_STR, .required = true, .choices = "error|warn|info|debug",
      .doc = "from now on", .since = 1 },
    END
};

static const struct param_def p_none[] = { END };
#define GROUPS(...) ((const struct param_def *const[]){ __VA_ARGS__, NULL })

#define OUTCOME "run str, state str, model str, session? str, message? str, numerics? str, durable str, storage? str, " \
    "choices [{index int, text str, finish_reason str, " \
    "logprobs? [{id int, logprob float, top [{id int, logprob float}]}]}], " \
    "usage {prompt int, from_memory int, from_disk int, prefilled int, completion int}, " \
    "timing_ms {queued float, prefill float, decode float, verify float, total float}, seed int, verification? map, " \
    "tool_calls? [{attempt int, at int, name str, arguments str, output? str, error? str, ms? float}], attempt? int, " \
    "attempts? [{attempt int, seed int, asked str, feedback? str, chosen bool, text str, shortened bool, finish_reason str, " \
    "verdict str, verification? map, prompt int, completion int, generate_ms float, verify_ms float}]"
#define VERIFICATION "verdict str, working str, plugin? str, version? str, reading? str, computed_answer? str, " \
    "basis? str, agree? int, of? int, parts [{part int, verdict str, working str, reading? str, computed? str}], " \
    "evidence [{part int, of str, for str, text str}], error? str, ms float"
#define MODEL "name str, aliases [str], file? str, about? str, state str, bytes int, context? int, " \
    "fingerprint? str, arch? str, template? str, error? str"
#define PLUGIN "name str, version? str, path? str, state str, jail str, trust str, verify bool, equal bool, read bool, canon bool, " \
    "generate bool, run_program bool, tools [{name str, about str, schema str}], asks int, ops int, crashes int, pid? int, last_error? str"

static const struct method_def methods[] = {
    { "api.info", "Every method, notification, error and limit of this daemon.", GROUPS(p_none),
      "name str, version str, level int, level_compatible int, features [str], limits map, methods [map], "
      "notifications [map], errors [map]", false, 1 },
    { "conn.hello", "Optional: names the client; tells who the caller is taken for.", GROUPS(p_hello),
      "principal str, role str", false, 1 },
    { "conn.ping", "Answers at once.", GROUPS(p_none), "unix_ms int", false, 1 },

    { "model.list", "Models that are installed, and built-in names that could be.", GROUPS(p_none),
      "models [{" MODEL "}]", false, 1 },
    { "model.show", "One model.", GROUPS(p_model_required), MODEL, false, 1 },
    { "model.load", "Makes a model the loaded one; waits for running answers to end.", GROUPS(p_model_required),
      "name str, state str, context int, load_ms float", true, 1 },
    { "model.unload", "Frees the loaded model; waits for running answers to end.", GROUPS(p_none),
      "name? str, state str", true, 1 },
    { "model.rescan", "Looks for new files in the models folder.", GROUPS(p_none), "models int", true, 1 },

    { "tokenize", "Text to token ids.", GROUPS(p_tokenize, p_model), "ids [int], count int, model str", false, 1 },
    { "detokenize", "Token ids to text.", GROUPS(p_detokenize, p_model), "text str, model str", false, 1 },
    { "generate", "Goes on from a text or from ids, without any chat framing.", GROUPS(p_generate, R_PARAMS),
      OUTCOME, false, 1 },
    { "chat", "Answers a conversation that the caller keeps.", GROUPS(p_messages, p_system, R_PARAMS),
      OUTCOME, false, 1 },

    { "session.create", "A conversation that the daemon keeps.", GROUPS(p_title, p_session_create, p_session_verify, p_system, p_model),
      "session str, title? str, stored bool, created_unix_ms int", false, 1 },
    { "session.chat", "Appends messages and answers them.", GROUPS(p_session, p_messages, p_expect_head, R_PARAMS),
      OUTCOME, false, 1 },
    { "session.regenerate", "Another answer to the last user message, as a sibling of the present one.",
      GROUPS(p_session, p_expect_head, R_PARAMS), OUTCOME, false, 1 },
    { "session.edit", "Replaces a message of the user by a sibling and answers that.",
      GROUPS(p_session, p_session_edit, p_expect_head, R_PARAMS), OUTCOME, false, 2 },
    { "session.resume", "Finishes an answer that was interrupted, as if it had not been.",
      GROUPS(p_session, p_session_resume, p_follow), OUTCOME, false, 2 },
    { "session.show", "A conversation from its beginning to its head.", GROUPS(p_session, p_session_show),
      "session str, title? str, system? str, model? str, verify? map, head? str, tokens int, stored bool, pinned bool, tags [str], "
      "interrupted? str, total int, created_unix_ms int, updated_unix_ms int, "
      "messages [{message str, parent? str, role str, text str, finish_reason? str, verdict? str, "
      "created_unix_ms? int}], unanswered? [{message str, parent? str, role str, text str, created_unix_ms? int}]",
      false, 1 },
    { "session.rename", "Gives it a title, tags, a pin.", GROUPS(p_session, p_title, p_session_rename, p_session_verify),
      "session str, title? str, pinned bool, tags [str], verify? map", false, 2 },
    { "session.rewind", "Goes back to an earlier message, or to one of another branch.",
      GROUPS(p_session, p_session_rewind, p_expect_head), "session str, head? str", false, 2 },
    { "session.fork", "Another conversation with the same beginning.", GROUPS(p_session, p_session_fork, p_title),
      "session str, title? str, head? str, created_unix_ms int", false, 2 },
    { "session.delete", "Forgets a conversation; a running answer is cancelled.", GROUPS(p_session),
      "session str", false, 1 },
    { "session.list", "The caller's conversations, newest first, pinned ones before.", GROUPS(p_session_list, p_page),
      "sessions [{session str, title? str, head? str, model? str, messages int, stored bool, pinned bool, tags [str], "
      "interrupted? str, created_unix_ms int, updated_unix_ms int}], cursor? str", false, 1 },
    { "session.search", "Messages of the caller's conversations that hold a text.", GROUPS(p_session_search, p_page),
      "hits [{session str, message str, title? str, role str, snippet str, created_unix_ms int}], cursor? str",
      false, 2 },
    { "session.export", "Makes a blob of a conversation, for session.import here or elsewhere.",
      GROUPS(p_session, p_session_export), "blob str, bytes int, messages int, pages int", false, 2 },
    { "session.import", "Makes a conversation of an exported one.", GROUPS(p_blob, p_title),
      "session str, title? str, messages int, pages int, created_unix_ms int", false, 2 },

    { "blob.create", "An empty piece of bytes, to be written.", GROUPS(p_blob_create),
      "blob str, chunk_bytes int, max_bytes int", false, 2 },
    { "blob.write", "Appends to it.", GROUPS(p_blob, p_blob_write), "blob str, bytes int", false, 2 },
    { "blob.read", "Reads a part of it.", GROUPS(p_blob, p_blob_read), "blob str, at int, bytes int, data bin",
      false, 2 },
    { "blob.close", "Forgets it.", GROUPS(p_blob), "blob str", false, 2 },

    { "run.get", "The Outcome of a run, as far as it is.", GROUPS(p_run), OUTCOME, false, 1 },
    { "run.cancel", "Ends a run; its own reply follows with what there is.", GROUPS(p_run), "cancelled int", false, 1 },
    { "run.list", "The caller's runs that are waiting or running.", GROUPS(p_run_list),
      "runs [{run str, tag? str, key? str, session? str, method str, state str, model str, priority str, prompt int, "
      "completion int, age_ms int}]", false, 1 },
    { "run.attach", "Follows a run to its Outcome, from any place of its text on.", GROUPS(p_run, p_attach),
      OUTCOME, false, 2 },
    { "run.detach", "Leaves a stored run to itself; its requests here are answered with what there is.",
      GROUPS(p_run), "detached int", false, 2 },

    { "verify", "Checks an answer without any model.", GROUPS(p_verify, p_budget), VERIFICATION, false, 1 },
    { "verify.read", "What is read in a question, without any answer.", GROUPS(p_verify_read, p_budget),
      "reading str or nil, lines [{part int, what str, text str}], plugin? str, version? str, error? str, ms float", false, 3 },
    { "equiv", "Do two answers mean the same?  nil: not known.", GROUPS(p_equiv, p_budget),
      "equal bool or nil, plugin? str, version? str, error? str, ms float", false, 1 },

    { "tool.list", "What plugins offer to be called, by the model or by tool.call.", GROUPS(p_none),
      "tools [{name str, plugin str, about str, schema str}]", false, 4 },
    { "tool.call", "Calls a tool of a plugin.", GROUPS(p_tool_call, p_budget),
      "name str, plugin str, output str, ms float", false, 4 },

    { "plugin.list", "Plugins and how they are.", GROUPS(p_none), "plugins [{" PLUGIN "}]", false, 1 },
    { "plugin.show", "One plugin.", GROUPS(p_plugin), PLUGIN, false, 1 },
    { "plugin.reload", "A new process from the next call on; enables a disabled plugin.", GROUPS(p_plugin),
      "name str, state str", true, 1 },

    { "status", "How the daemon is.", GROUPS(p_none),
      "version str, pid int, state str, uptime_ms int, socket str, data? str, "
      "model? {name str, state str, about? str, context? int, context_lowered? bool, "
      "done? int, total? int, error? str}, "
      "default_model? str, runs {running int, waiting int}, connections int, sessions int, "
      "memory {resident_bytes int, weight_bytes int, page_bytes int, pages_total int, pages_used int, "
      "pages_cached int, session_bytes int}, "
      "repack_cache {state str, dir? str, file? str, bytes? int, why? str}, "
      "engine {backend str, device? str, numerics str, level str, threads int, kv_cache_dtype str}, rates {prefill_tok_s float, decode_tok_s float}, "
      "limits {max_num_seqs int, max_queue int}, store {state str, why? str, dir? str}, jail str, "
      "programs {state str, jail? str, why? str, runs int}, idle_exit_ms? int, config_error? str", false, 1 },
    { "metrics", "Counters, in the Prometheus text format.", GROUPS(p_none), "text str", false, 1 },

    { "store.stats", "What the store holds and has done.", GROUPS(p_none),
      "state str, why? str, dir str, sessions int, messages int, pages int, page_bytes int, file_bytes int, db_bytes int, "
      "disk_budget_bytes int, commits int, pages_written int, pages_loaded int, pages_damaged int, pages_evicted int, "
      "pages_dirty int, queued int", true, 2 },
    { "store.check", "Looks for damage; deep: reads every page.", GROUPS(p_deep), "faults int, report str", true, 2 },
    { "store.gc", "Evicts pages above the disk budget and gives space back; deep: also files set aside.",
      GROUPS(p_deep), "report str, bytes_before int, bytes_after int", true, 2 },

    { "admin.reload", "Reads the configuration again, as SIGHUP does; an error keeps the old one.", GROUPS(p_none),
      "changed [str], restart [str]", true, 1 },
    { "admin.drain", "Takes no new work, lets answers end, then the daemon exits, as SIGTERM does.", GROUPS(p_drain),
      "running int, waiting int", true, 1 },
    { "admin.log", "Sets the log level.", GROUPS(p_log), "level str, previous str", true, 1 },
};

static const struct notify_def notifies[] = {
    { "stream.start", "The run is accepted.", "run str, tag? str, model? str, seed int", 1 },
    { "stream.delta", "More text of a choice.", "run str, tag? str, attempt int, index int, at int, text str", 1 },
    { "stream.attempt", "The text begins anew: another attempt, or the one that was chosen.",
      "run str, tag? str, attempt int, index int, of int, why str, from? int, feedback? str", 3 },
    { "stream.tool", "The model calls a tool; again, with output, when that is over.",
      "run str, tag? str, call int, attempt int, at int, name str, arguments str, output? str, error? str, ms? float", 4 },
    { "stream.verdict", "What the check of a choice said.",
      "run str, tag? str, attempt int, index int, verification map", 1 },
    { "stream.progress", "What the run is waiting for.",
      "run str, tag? str, phase str, ahead? int, done? int, total? int, eta_ms? int", 1 },
    { "stream.done", "The run has ended; the reply follows.", "run str, tag? str, outcome map", 1 },
};

/* Named in the design, answered `unsupported` until a level brings them. */
static const char *const later_methods[] = {
    "embed", "events.subscribe", "events.unsubscribe", "admin.limits",
    "admin.trace",
};
static const char *const later_params[] = { "grammar", "realm", "parent" };

static const char *const features[] = { "stream", "sessions", "verify", "logprobs", "prefix_reuse",
    "store", "attach", "blobs", "tools" };

/* ---- look-up ------------------------------------------------------------------------- */

static bool listed(const char *const *list, size_t count, const char *name, size_t n)
{
    for (size_t i = 0; i < count; i++)
        if (table_same(list[i], name, n))
            return true;
    return false;
}

bool table_param_later(const char *name, size_t n)
{
    return listed(later_params, COUNT(later_params), name, n);
}

const char *table_feature(size_t i)
{
    return i < COUNT(features) ? features[i] : NULL;
}

const struct notify_def *notify_at(size_t i)
{
    return i < COUNT(notifies) ? &notifies[i] : NULL;
}

const struct method_def *method_find(const char *name, size_t n)
{
    for (size_t i = 0; i < COUNT(methods); i++)
        if (table_same(methods[i].name, name, n))
            return &methods[i];
    return NULL;
}

const struct method_def *method_at(size_t i)
{
    return i < COUNT(methods) ? &methods[i] : NULL;
}

static const char *method_name_at(void *arg, size_t i)
{
    (void)arg;
    return i < COUNT(methods) ? methods[i].name : NULL;
}

int method_unknown(const char *name, size_t n, struct qw_error *err)
{
    int shown = (int)(n < 64 ? n : 64);
    if (listed(later_methods, COUNT(later_methods), name, n))
        return qw_error_set(err, QW_EUNSUPPORTED, "'%.*s' is not supported at level %d", shown, name, PROTO_LEVEL);
    const char *near = nearest_name(name, n, method_name_at, NULL);
    if (near != NULL)
        return qw_error_set(err, QW_EMETHOD, "no method '%.*s'; did you mean '%s'?", shown, name, near);
    return qw_error_set(err, QW_EMETHOD, "no method '%.*s'; api.info lists them", shown, name);
}

const struct param_def *method_param(const struct method_def *m, const char *name, size_t n)
{
    for (const struct param_def *const *g = m->params; *g != NULL; g++)
        for (const struct param_def *p = *g; p->name != NULL; p++)
            if (table_same(p->name, name, n))
                return p;
    return NULL;
}

const struct mp *method_arg(const struct mp *params, const char *name)
{
    const struct mp *v = mp_get(params, name);
    return v != NULL && v->type != MP_NIL ? v : NULL;
}
