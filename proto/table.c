/* The wire as data.  Adding a method or an optional parameter: append an entry with `since` one above
 * the last released level, document it in PROTOCOL.md, add an example there.  Names never change
 * their meaning; retired ones stay listed. */
#include "proto/table.h"

#include <string.h>

#define END { .name = NULL }
#define ID_MAX    64
#define TEXT_MAX  (4 << 20)             /* the message limit is the real one */
#define IDS_MAX   524288
#define SEED_MAX  9007199254740991.0    /* 2^53 - 1: the same in every language */

/* ---- parameters shared by several methods ----------------------------------------- */

static const struct param_def verify_fields[] = {
    { .name = "mode", .type = P_STR, .required = true, .choices = "off|check", .later = "retry|vote",
      .doc = "check: have the answer checked before the reply", .since = 1 },
    { .name = "budget_ms", .type = P_INT, .min = 1, .max = 600000,
      .doc = "time for the check, 10000 by default", .since = 1 },
    END
};

static const struct param_def p_run_params[] = {     /* R of PROTOCOL.md */
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
    { .name = "stream", .type = P_BOOL, .doc = "send stream.* notifications; false by default", .since = 1 },
    { .name = "tag", .type = P_STR, .min = 1, .max = 128,
      .doc = "chosen by the caller, comes back in each notification", .since = 1 },
    { .name = "deadline_ms", .type = P_INT, .min = 1, .max = 86400000,
      .doc = "from receipt; then the answer ends as it is", .since = 1 },
    { .name = "priority", .type = P_STR, .choices = "interactive|batch", .doc = "interactive by default", .since = 1 },
    { .name = "on_disconnect", .type = P_STR, .choices = "cancel", .later = "detach",
      .doc = "what happens when the caller leaves", .since = 1 },
    END
};

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
static const struct param_def p_session_create[] = {
    { .name = "title", .type = P_STR, .min = 0, .max = 256, .doc = "for people", .since = 1 },
    END
};
static const struct param_def p_run[] = {
    { .name = "run", .type = P_STR, .min = 1, .max = ID_MAX, .doc = "run id; this or tag", .since = 1 },
    { .name = "tag", .type = P_STR, .min = 1, .max = 128,
      .doc = "a tag of this connection, else of this principal; this or run", .since = 1 },
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
static const struct param_def p_equiv[] = {
    { .name = "gold", .type = P_STR, .required = true, .min = 0, .max = 65536, .doc = "an answer", .since = 1 },
    { .name = "answer", .type = P_STR, .required = true, .min = 0, .max = 65536, .doc = "another", .since = 1 },
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

#define OUTCOME "run str, state str, model str, session? str, message? str, " \
    "choices [{index int, text str, finish_reason str, " \
    "logprobs? [{id int, logprob float, top [{id int, logprob float}]}]}], " \
    "usage {prompt int, from_memory int, from_disk int, prefilled int, completion int}, " \
    "timing_ms {queued float, prefill float, decode float, verify float, total float}, seed int, verification? map"
#define VERIFICATION "verdict str, working str, plugin? str, version? str, reading? str, computed_answer? str, " \
    "parts [{part int, verdict str, working str, reading? str, computed? str}], " \
    "evidence [{part int, of str, for str, text str}], error? str, ms float"
#define MODEL "name str, aliases [str], file? str, about? str, state str, bytes int, context? int, " \
    "fingerprint? str, arch? str, template? str, error? str"
#define PLUGIN "name str, version? str, path? str, state str, jail str, trust str, verify bool, equal bool, ops int, " \
    "crashes int, pid? int, last_error? str"

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
    { "generate", "Goes on from a text or from ids, without any chat framing.", GROUPS(p_generate, p_run_params),
      OUTCOME, false, 1 },
    { "chat", "Answers a conversation that the caller keeps.", GROUPS(p_messages, p_system, p_run_params),
      OUTCOME, false, 1 },

    { "session.create", "A conversation that the daemon keeps, in memory.", GROUPS(p_session_create, p_system, p_model),
      "session str, title? str, created_unix_ms int", false, 1 },
    { "session.chat", "Appends messages and answers them.", GROUPS(p_session, p_messages, p_expect_head, p_run_params),
      OUTCOME, false, 1 },
    { "session.regenerate", "Another answer to the last user message, as a sibling of the present one.",
      GROUPS(p_session, p_expect_head, p_run_params), OUTCOME, false, 1 },
    { "session.show", "A conversation from its beginning to its head.", GROUPS(p_session),
      "session str, title? str, system? str, model? str, head? str, tokens int, created_unix_ms int, "
      "updated_unix_ms int, "
      "messages [{message str, parent? str, role str, text str, finish_reason? str, verdict? str}]", false, 1 },
    { "session.delete", "Forgets a conversation; a running answer is cancelled.", GROUPS(p_session),
      "session str", false, 1 },
    { "session.list", "The caller's conversations, newest first.", GROUPS(p_page),
      "sessions [{session str, title? str, head? str, messages int, updated_unix_ms int}], cursor? str", false, 1 },

    { "run.get", "The Outcome of a run, as far as it is.", GROUPS(p_run), OUTCOME, false, 1 },
    { "run.cancel", "Ends a run; its own reply follows with what there is.", GROUPS(p_run), "cancelled int", false, 1 },
    { "run.list", "The caller's runs that are waiting or running.", GROUPS(p_none),
      "runs [{run str, tag? str, method str, state str, model str, priority str, prompt int, completion int, "
      "age_ms int}]", false, 1 },

    { "verify", "Checks an answer without any model.", GROUPS(p_verify, p_budget), VERIFICATION, false, 1 },
    { "equiv", "Do two answers mean the same?  nil: not known.", GROUPS(p_equiv, p_budget),
      "equal bool or nil, plugin? str, version? str, error? str, ms float", false, 1 },

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
      "engine {level str, threads int, kv_cache_dtype str}, rates {prefill_tok_s float, decode_tok_s float}, "
      "limits {max_num_seqs int, max_queue int}, jail str, idle_exit_ms? int, config_error? str", false, 1 },
    { "metrics", "Counters, in the Prometheus text format.", GROUPS(p_none), "text str", false, 1 },

    { "admin.reload", "Reads the configuration again, as SIGHUP does; an error keeps the old one.", GROUPS(p_none),
      "changed [str], restart [str]", true, 1 },
    { "admin.drain", "Takes no new work, lets answers end, then the daemon exits, as SIGTERM does.", GROUPS(p_drain),
      "running int, waiting int", true, 1 },
    { "admin.log", "Sets the log level.", GROUPS(p_log), "level str, previous str", true, 1 },
};

static const struct { const char *name, *doc, *params; unsigned since; } notifies[] = {
    { "stream.start", "The run is accepted.", "run str, tag? str, model? str, seed int", 1 },
    { "stream.delta", "More text of a choice.", "run str, tag? str, attempt int, index int, at int, text str", 1 },
    { "stream.verdict", "What the check of a choice said.",
      "run str, tag? str, attempt int, index int, verification map", 1 },
    { "stream.progress", "What the run is waiting for.",
      "run str, tag? str, phase str, ahead? int, done? int, total? int, eta_ms? int", 1 },
    { "stream.done", "The run has ended; the reply follows.", "run str, tag? str, outcome map", 1 },
};

/* Named in the design, answered `unsupported` until a level brings them. */
static const char *const later_methods[] = {
    "embed", "session.edit", "session.resume", "session.rename", "session.search", "session.rewind",
    "session.fork", "session.export", "session.import", "blob.create", "blob.write", "blob.read",
    "blob.close", "run.attach", "run.detach", "verify.read", "tool.list", "tool.call", "events.subscribe",
    "events.unsubscribe", "store.check", "store.gc", "store.stats", "admin.limits", "admin.trace",
};
static const char *const later_params[] = {
    "key", "durability", "grammar", "tools", "realm", "parent", "attempts", "samples",
};

static const char *const features[] = { "stream", "sessions", "verify", "logprobs", "prefix_reuse" };

#define COUNT(a) (sizeof (a) / sizeof (a)[0])

/* ---- look-up ------------------------------------------------------------------------- */

static bool same(const char *known, const char *name, size_t n)
{
    return strlen(known) == n && memcmp(known, name, n) == 0;
}

static bool listed(const char *const *list, size_t count, const char *name, size_t n)
{
    for (size_t i = 0; i < count; i++)
        if (same(list[i], name, n))
            return true;
    return false;
}

/* Is s[0..n) one of "a|b|c"? */
static bool in_choices(const char *choices, const char *s, size_t n)
{
    for (const char *c = choices; c != NULL && *c != '\0'; ) {
        size_t k = strcspn(c, "|");
        if (k == n && memcmp(c, s, n) == 0)
            return true;
        c += k;
        if (*c == '|')
            c++;
    }
    return false;
}

const struct method_def *method_find(const char *name, size_t n)
{
    for (size_t i = 0; i < COUNT(methods); i++)
        if (same(methods[i].name, name, n))
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
            if (same(p->name, name, n))
                return p;
    return NULL;
}

const struct mp *method_arg(const struct mp *params, const char *name)
{
    const struct mp *v = mp_get(params, name);
    return v != NULL && v->type != MP_NIL ? v : NULL;
}

/* ---- checking ------------------------------------------------------------------------- */

struct check { const char *bad; struct qw_error *err; };

static const char *const type_words[] = {
    [P_BOOL] = "a boolean", [P_INT] = "an integer", [P_FLOAT] = "a number", [P_STR] = "a string",
    [P_ARRAY_INT] = "an array of integers", [P_ARRAY_STR] = "an array of strings", [P_ARRAY_MAP] = "an array of maps",
    [P_MAP] = "a map", [P_MAP_FLOAT] = "a map of numbers",
};

static int wrong_type(struct check *c, const struct param_def *p)
{
    c->bad = p->name;
    return qw_error_set(c->err, QW_EPARAMS, "'%s' must be %s", p->name, type_words[p->type]);
}

static int in_range(struct check *c, const struct param_def *p, double v, double min, double max, const char *what)
{
    if ((min == 0 && max == 0) || (v >= min && v <= max))
        return QW_OK;
    c->bad = p->name;
    return qw_error_set(c->err, QW_EPARAMS, "'%s'%s must be from %.16g to %.16g", p->name, what, min, max);
}

static int check_str(struct check *c, const struct param_def *p, const struct mp *v)
{
    if (!mp_is_text(v))
        return wrong_type(c, p);
    if (p->choices == NULL)
        return in_range(c, p, (double)v->u.s.n, p->min, p->max, ": its length in bytes");
    if (in_choices(p->choices, v->u.s.p, v->u.s.n))
        return QW_OK;
    c->bad = p->name;
    if (in_choices(p->later, v->u.s.p, v->u.s.n))
        return qw_error_set(c->err, QW_EUNSUPPORTED, "'%s': '%.*s' is not supported at level %d", p->name,
                            (int)v->u.s.n, v->u.s.p, PROTO_LEVEL);
    return qw_error_set(c->err, QW_EPARAMS, "'%s' must be one of %s", p->name, p->choices);
}

static int check_fields(struct check *c, const struct param_def *const *groups, const struct mp *map,
                        const char *where);

static int check_array(struct check *c, const struct param_def *p, const struct mp *v)
{
    if (v->type != MP_ARRAY)
        return wrong_type(c, p);
    int rc = in_range(c, p, (double)v->u.a.n, p->min, p->max, ": its length");
    for (size_t i = 0; rc == QW_OK && i < v->u.a.n; i++) {
        const struct mp *e = &v->u.a.v[i];
        int64_t n;
        if (p->type == P_ARRAY_INT) {
            rc = mp_to_i64(e, &n) ? in_range(c, p, (double)n, p->item_min, p->item_max, ": each element")
                                  : wrong_type(c, p);
        } else if (p->type == P_ARRAY_STR) {
            const char *what = ": the length of each element";
            rc = mp_is_text(e) ? in_range(c, p, (double)e->u.s.n, p->item_min, p->item_max, what) : wrong_type(c, p);
        } else if (e->type != MP_MAP) {
            rc = wrong_type(c, p);
        } else {
            const struct param_def *const groups[] = { p->fields, NULL };
            rc = check_fields(c, groups, e, p->name);
        }
    }
    return rc;
}

/* Keys are token ids in decimal, values numbers. */
static int check_map_float(struct check *c, const struct param_def *p, const struct mp *v)
{
    if (v->type != MP_MAP)
        return wrong_type(c, p);
    int rc = in_range(c, p, (double)v->u.m.n, p->min, p->max, ": its length");
    for (size_t i = 0; rc == QW_OK && i < v->u.m.n; i++) {
        const struct mp *k = &v->u.m.v[i].key;
        double f;
        if (k->u.s.n == 0 || k->u.s.n > 9 || strspn(k->u.s.p, "0123456789") != k->u.s.n) {
            c->bad = p->name;
            return qw_error_set(c->err, QW_EPARAMS, "'%s': each key must be a token id in decimal", p->name);
        }
        rc = mp_to_f64(&v->u.m.v[i].val, &f) ? in_range(c, p, f, p->item_min, p->item_max, ": each value")
                                             : wrong_type(c, p);
    }
    return rc;
}

static int check_value(struct check *c, const struct param_def *p, const struct mp *v)
{
    int64_t i;
    double f;
    switch (p->type) {
    case P_BOOL:  return v->type == MP_BOOL ? QW_OK : wrong_type(c, p);
    case P_INT:
        if (v->type == MP_UINT)
            return in_range(c, p, (double)v->u.u, p->min, p->max, "");
        return mp_to_i64(v, &i) ? in_range(c, p, (double)i, p->min, p->max, "") : wrong_type(c, p);
    case P_FLOAT: return mp_to_f64(v, &f) ? in_range(c, p, f, p->min, p->max, "") : wrong_type(c, p);
    case P_STR:   return check_str(c, p, v);
    case P_ARRAY_INT: case P_ARRAY_STR: case P_ARRAY_MAP: return check_array(c, p, v);
    case P_MAP_FLOAT: return check_map_float(c, p, v);
    case P_MAP: {
        if (v->type != MP_MAP)
            return wrong_type(c, p);
        const struct param_def *const groups[] = { p->fields, NULL };
        return p->fields != NULL ? check_fields(c, groups, v, p->name) : QW_OK;
    }
    }
    return QW_OK;
}

static const char *param_name_at(void *arg, size_t i)
{
    const struct param_def *const *groups = arg;
    for (const struct param_def *const *g = groups; *g != NULL; g++)
        for (const struct param_def *p = *g; p->name != NULL; p++)
            if (i-- == 0)
                return p->name;
    return NULL;
}

static int unknown_param(struct check *c, const struct param_def *const *groups, const struct mp *key,
                         const char *where)
{
    const char *in = where != NULL ? where : "", *sep = where != NULL ? ": " : "";
    int shown = (int)(key->u.s.n < 64 ? key->u.s.n : 64);
    c->bad = key->u.s.p;
    if (listed(later_params, COUNT(later_params), key->u.s.p, key->u.s.n))
        return qw_error_set(c->err, QW_EUNSUPPORTED, "%s%sthe parameter '%.*s' is not supported at level %d", in, sep,
                            shown, key->u.s.p, PROTO_LEVEL);
    const char *near = nearest_name(key->u.s.p, key->u.s.n, param_name_at, (void *)groups);
    if (near != NULL)
        return qw_error_set(c->err, QW_EPARAMS, "%s%sunknown parameter '%.*s'; did you mean '%s'?", in, sep, shown,
                            key->u.s.p, near);
    return qw_error_set(c->err, QW_EPARAMS, "%s%sunknown parameter '%.*s'", in, sep, shown, key->u.s.p);
}

static int check_fields(struct check *c, const struct param_def *const *groups, const struct mp *map,
                        const char *where)
{
    for (size_t i = 0; i < map->u.m.n; i++) {
        const struct mp *key = &map->u.m.v[i].key, *val = &map->u.m.v[i].val;
        const struct param_def *def = NULL;
        if (key->u.s.n >= 2 && key->u.s.p[0] == 'x' && key->u.s.p[1] == '_')
            continue;
        for (const struct param_def *const *g = groups; *g != NULL && def == NULL; g++)
            for (const struct param_def *p = *g; p->name != NULL && def == NULL; p++)
                if (same(p->name, key->u.s.p, key->u.s.n))
                    def = p;
        int rc = def == NULL ? unknown_param(c, groups, key, where)
               : val->type == MP_NIL ? QW_OK : check_value(c, def, val);
        if (rc != QW_OK)
            return rc;
    }
    for (const struct param_def *const *g = groups; *g != NULL; g++)
        for (const struct param_def *p = *g; p->name != NULL; p++)
            if (p->required && method_arg(map, p->name) == NULL) {
                c->bad = p->name;
                return qw_error_set(c->err, QW_EPARAMS, "%s%s'%s' is missing", where != NULL ? where : "",
                                    where != NULL ? ": " : "", p->name);
            }
    return QW_OK;
}

int method_check(const struct method_def *m, const struct mp *params, const char **bad_param, struct qw_error *err)
{
    struct check c = { .err = err };
    int rc = check_fields(&c, m->params, params, NULL);
    if (rc != QW_OK && bad_param != NULL)
        *bad_param = c.bad;
    return rc;
}

/* ---- nearest name ------------------------------------------------------------------------ */

#define NAME_CAP 48

/* Edits (insert, delete, replace, swap of neighbours) between two short names. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t d[3][NAME_CAP + 1];
    for (size_t j = 0; j <= m; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = d[i % 3], *up = d[(i - 1) % 3], *up2 = d[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);
            if (up[j] + 1 < best)
                best = up[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && up2[j - 2] + 1 < best)
                best = up2[j - 2] + 1;
            row[j] = best;
        }
    }
    return d[n % 3][m];
}

const char *nearest_name(const char *name, size_t n, const char *(*at)(void *arg, size_t i), void *arg)
{
    const char *near = NULL, *known;
    if (n == 0 || n > NAME_CAP)
        return NULL;
    size_t best = n <= 3 ? 2 : n <= 7 ? 3 : 4;          /* one more than is accepted */
    for (size_t i = 0; (known = at(arg, i)) != NULL; i++) {
        size_t m = strlen(known);
        if (m > NAME_CAP)
            continue;
        size_t d = distance(name, n, known, m);
        if (d < best && d < m) {
            best = d;
            near = known;
        }
    }
    return near;
}

/* ---- api.info ------------------------------------------------------------------------------- */

static const char *const type_names[] = {
    [P_BOOL] = "bool", [P_INT] = "int", [P_FLOAT] = "float", [P_STR] = "str", [P_ARRAY_INT] = "[int]",
    [P_ARRAY_STR] = "[str]", [P_ARRAY_MAP] = "[map]", [P_MAP] = "map", [P_MAP_FLOAT] = "{str: float}",
};

static void write_params(struct qw_buf *b, const struct param_def *const *groups)
{
    size_t n = 0;
    while (param_name_at((void *)groups, n) != NULL)
        n++;
    mpw_array(b, n);
    for (const struct param_def *const *g = groups; *g != NULL; g++)
        for (const struct param_def *p = *g; p->name != NULL; p++) {
            struct mpw_open m = mpw_map_begin(b);
            mpw_key(b, &m, "name");     mpw_str(b, p->name);
            mpw_key(b, &m, "type");     mpw_str(b, type_names[p->type]);
            mpw_key(b, &m, "required"); mpw_bool(b, p->required);
            if (p->max != 0 || p->min != 0) {
                mpw_key(b, &m, "min");  mpw_float(b, p->min);
                mpw_key(b, &m, "max");  mpw_float(b, p->max);
            }
            if (p->choices != NULL) {
                mpw_key(b, &m, "choices");
                mpw_str(b, p->choices);
            }
            if (p->fields != NULL) {
                const struct param_def *const sub[] = { p->fields, NULL };
                mpw_key(b, &m, "fields");
                write_params(b, sub);
            }
            mpw_key(b, &m, "doc");      mpw_str(b, p->doc);
            mpw_key(b, &m, "since");    mpw_int(b, p->since);
            mpw_map_end(b, &m);
        }
}

static void write_methods(struct qw_buf *b)
{
    mpw_array(b, COUNT(methods));
    for (size_t i = 0; i < COUNT(methods); i++) {
        mpw_map(b, 6);
        mpw_str(b, "name");   mpw_str(b, methods[i].name);
        mpw_str(b, "doc");    mpw_str(b, methods[i].doc);
        mpw_str(b, "admin");  mpw_bool(b, methods[i].admin);
        mpw_str(b, "since");  mpw_int(b, methods[i].since);
        mpw_str(b, "params"); write_params(b, methods[i].params);
        mpw_str(b, "result"); mpw_str(b, methods[i].result);
    }
}

static void write_notifies(struct qw_buf *b)
{
    mpw_array(b, COUNT(notifies));
    for (size_t i = 0; i < COUNT(notifies); i++) {
        mpw_map(b, 4);
        mpw_str(b, "name");   mpw_str(b, notifies[i].name);
        mpw_str(b, "doc");    mpw_str(b, notifies[i].doc);
        mpw_str(b, "params"); mpw_str(b, notifies[i].params);
        mpw_str(b, "since");  mpw_int(b, notifies[i].since);
    }
}

static void write_errors(struct qw_buf *b)
{
    mpw_array(b, 16);
    for (int wire = 1; wire <= 16; wire++) {
        int code = qw_code_from_wire(wire);
        mpw_map(b, 3);
        mpw_str(b, "code"); mpw_int(b, wire);
        mpw_str(b, "name"); mpw_str(b, qw_code_name(code));
        mpw_str(b, "text"); mpw_str(b, qw_code_text(code));
    }
}

static void write_limits(struct qw_buf *b)
{
    static const struct { const char *name; int64_t v; } lim[] = {
        { "request_bytes", PROTO_MAX_IN_BYTES }, { "reply_bytes", PROTO_MAX_OUT_BYTES }, { "depth", PROTO_MAX_DEPTH },
        { "in_flight", PROTO_MAX_IN_FLIGHT }, { "unsent_pause_bytes", PROTO_UNSENT_PAUSE_BYTES },
        { "unsent_close_bytes", PROTO_UNSENT_CLOSE_BYTES }, { "stall_close_ms", PROTO_STALL_CLOSE_MS },
        { "default_max_tokens", PROTO_DEFAULT_MAX_TOKENS },
    };
    mpw_map(b, COUNT(lim));
    for (size_t i = 0; i < COUNT(lim); i++) {
        mpw_str(b, lim[i].name);
        mpw_int(b, lim[i].v);
    }
}

void api_info_write(struct qw_buf *b, const char *version)
{
    mpw_map(b, 9);
    mpw_str(b, "name");             mpw_str(b, "qwend");
    mpw_str(b, "version");          mpw_str(b, version);
    mpw_str(b, "level");            mpw_int(b, PROTO_LEVEL);
    mpw_str(b, "level_compatible"); mpw_int(b, PROTO_LEVEL_COMPATIBLE);
    mpw_str(b, "features");
    mpw_array(b, COUNT(features));
    for (size_t i = 0; i < COUNT(features); i++)
        mpw_str(b, features[i]);
    mpw_str(b, "limits");           write_limits(b);
    mpw_str(b, "methods");          write_methods(b);
    mpw_str(b, "notifications");    write_notifies(b);
    mpw_str(b, "errors");           write_errors(b);
}
