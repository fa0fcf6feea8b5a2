#include "daemon/run/run_tool.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/run/run_loop.h"

#define TOOL_MS 10000u          /* of one call, where the request has no less time left */

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

/* ---- life ---- */

int run_tool_new(struct run *r, uint32_t most, struct qw_error *err)
{
    r->tools = qw_calloc(1, sizeof *r->tools);
    if (r->tools == NULL)
        return no_memory(err);
    r->tools->most = most;
    return QW_OK;
}

int run_tool_add_name(struct run *r, const char *name, struct qw_error *err)
{
    struct tools *t = r->tools;
    if (t->n_names == TOOL_MAX_NAMES)
        return qw_error_set(err, QW_ETOOLARGE, "more than %u tools", TOOL_MAX_NAMES);
    size_t at = 0;                              /* in one order, whatever the request's is */
    while (at < t->n_names && strcmp(t->names[at], name) < 0)
        at++;
    if (at < t->n_names && strcmp(t->names[at], name) == 0)
        return qw_error_set(err, QW_EPARAMS, "tools: %s comes twice", name);
    char *copy = qw_strdup(name);
    if (copy == NULL)
        return no_memory(err);
    memmove(t->names + at + 1, t->names + at, (t->n_names - at) * sizeof t->names[0]);
    t->names[at] = copy;
    t->n_names++;
    return QW_OK;
}

static void drop_calls(struct tools *t)
{
    for (size_t i = 0; i < t->n_calls; i++)
        tool_call_free(&t->calls[i]);
    t->n_calls = t->next = 0;
}

static void drop_turn(struct tools *t)
{
    if (t->turn != NULL) {
        sched_req_free(t->turn->req);
        sched_event_free(t->turn);
    }
    t->turn = NULL;
    drop_calls(t);
}

void run_tool_free(struct run *r)
{
    struct tools *t = r->tools;
    if (t == NULL)
        return;
    drop_turn(t);
    for (size_t i = 0; i < t->n_names; i++) {
        qw_free(t->names[i]);
        qw_free(t->described[i]);
    }
    for (size_t i = 0; i < t->n_done; i++) {
        qw_free(t->done[i].name);
        qw_free(t->done[i].arguments);
        qw_free(t->done[i].output);
        qw_free(t->done[i].error);
    }
    qw_buf_free(&t->raw);
    qw_free(t);
    r->tools = NULL;
}

/* ---- before ---- */

/* The model and its family are known: how the tools are shown to it.  They are a part of the way in which a context is
 * rendered: *hash is of all of it, 0 without tools. */
int run_tool_prepare(struct run *r, const struct chat_family *f, uint64_t *hash, struct qw_error *err)
{
    struct tools *t = r->tools;
    *hash = 0;
    if (t == NULL)
        return QW_OK;
    t->format = (struct tool_format){ .names = (const char *const *)t->names, .n_names = t->n_names };
    if (!chat_family_calls(f, &t->format.family))
        return qw_error_set(err, QW_EUNSUPPORTED, "tools: the model %s calls none (its chat family, %s, has no format for it)",
                            r->model->name, chat_family_name(f));
    for (size_t i = 0; i < t->n_names; i++) {
        const struct plug_tool *tool;
        struct qw_buf b = QW_BUF_INIT;
        size_t plugin;
        int rc = verify_find_tool(r->d->verify, t->names[i], &plugin, &tool, err);
        if (rc == QW_OK)
            rc = tool_description(tool->name, tool->about, tool->schema_json, &b, err);
        if (rc == QW_OK && (t->described[i] = qw_buf_take(&b)) == NULL)
            rc = no_memory(err);
        qw_buf_free(&b);
        if (rc != QW_OK)
            return rc;
        *hash = *hash * 31 + node_hash(NODE_TOOL, t->described[i]);
    }
    *hash += *hash == 0;
    return QW_OK;
}

void run_tool_show(const struct run *r, struct chat *c)
{
    if (r->tools == NULL)
        return;
    c->tools_json = (const char *const *)r->tools->described;
    c->n_tools = r->tools->n_names;
}

/* Of a request to the engine, what the turns before change. */
void run_tool_shape(const struct run *r, struct sched_req *q)
{
    uint32_t used = r->tools != NULL ? r->tools->used : 0;
    q->gen.max_tokens = q->gen.max_tokens > used ? q->gen.max_tokens - used : 1;
}

/* ---- the text of a turn ---- */

void run_tool_text(struct run *r, const char *text, size_t n)
{
    struct tools *t = r->tools;
    size_t had = r->choice_text[0].len - r->said;
    qw_buf_add(&t->raw, text, n);
    if (qw_buf_failed(&t->raw) || t->raw.data == NULL)
        return;                                 /* the whole text comes at the end */
    size_t more = had < t->raw.len ? tool_visible(t->raw.data + had, t->raw.len - had, &t->format, false) : 0;
    if (more > 0)
        run_got_text(r, 0, t->raw.data + had, more);
}

/* The turn is the answer, or what there is of one: of its text what is for people. */
static void end_turn(struct run *r, struct sched_choice *c)
{
    struct tools *t = r->tools;
    if (c->text != NULL) {
        c->text_len = tool_visible(c->text, c->text_len, &t->format, true);
        c->text[c->text_len] = '\0';
    }
    qw_buf_clear(&t->raw);
    t->used = 0;
}

/* ---- calling ---- */

static bool stopped(const struct run *r)
{
    return r->cancelled || r->deadline || (r->deadline_ms != 0 && clock_mono_ms() >= r->deadline_ms);
}

/* The turn whose calls are being run is the last one, and ends like this.  r may be gone then. */
static void conclude(struct run *r, enum finish how)
{
    struct sched_event *ev = r->tools->turn;
    r->tools->turn = NULL;
    drop_calls(r->tools);
    ev->choices[0].finish = how;
    end_turn(r, &ev->choices[0]);
    run_engine_done(r, ev);
}

static void conclude_stopped(struct run *r)
{
    conclude(r, r->cancelled ? FINISH_CANCELLED : FINISH_DEADLINE);
}

static uint32_t time_for_call(const struct run *r)
{
    uint64_t now = clock_mono_ms(), until = now + TOOL_MS;
    if (r->deadline_ms != 0 && r->deadline_ms < until)
        until = r->deadline_ms;
    if (run_loop_begun(r) && r->loop->begin_ms + r->verify.loop_ms < until)
        until = r->loop->begin_ms + r->verify.loop_ms;
    return until > now ? (uint32_t)(until - now) : 1;
}

/* The last call is over.  error NULL: text is what the tool says. */
static void call_over(struct run *r, const char *error, const char *text, size_t n, double ms)
{
    struct tool_done *d = &r->tools->done[r->tools->n_done - 1];
    struct qw_buf b = QW_BUF_INIT;
    if (error != NULL)
        qw_buf_addf(&b, "error: %s", error);
    else
        tool_output(&b, text, n, TOOL_MAX_OUTPUT);
    qw_buf_adds(&b, "");
    d->output = qw_buf_take(&b);                /* NULL, for want of memory: the model is told so */
    d->error = error != NULL ? qw_strdup(error) : NULL;
    d->ms = ms;
    run_notify_tool(r, NULL, d);
}

static void next_call(struct run *r);

static void on_called(void *arg, const struct plug_result *res)
{
    struct run *r = arg;
    bool bad = res->error.code != QW_OK;
    r->tools->op = 0;
    call_over(r, bad ? res->error.msg : NULL, res->output != NULL ? res->output : "", res->output != NULL ? res->output_len : 0, res->ms);
    if (stopped(r))
        conclude_stopped(r);
    else
        next_call(r);
}

static bool may_call(const struct tools *t, const char *name, struct qw_error *err)
{
    struct qw_buf all = QW_BUF_INIT;
    for (size_t i = 0; i < t->n_names; i++) {
        if (strcmp(t->names[i], name) == 0) {
            qw_buf_free(&all);
            return true;
        }
        qw_buf_addf(&all, "%s%s", i > 0 ? ", " : "", t->names[i]);
    }
    qw_error_set(err, QW_ENOTFOUND, "there is no function `%s`; there is: %s", name, all.data != NULL ? all.data : "");
    qw_buf_free(&all);
    return false;
}

static struct tool_done *add_done(struct run *r, struct tool_call *k)
{
    struct tools *t = r->tools;
    struct tool_done *d = &t->done[t->n_done++];
    *d = (struct tool_done){ .name = k->name, .arguments = k->arguments, .attempt = r->attempt, .at = r->choice_text[0].len };
    k->name = k->arguments = NULL;
    run_notify_deltas(r, true);                 /* what stands before it comes before it */
    run_notify_tool(r, NULL, d);
    return d;
}

/* Calls what is left of the turn; after the call that is too many nothing is called any more. */
static void next_call(struct run *r)
{
    struct tools *t = r->tools;
    while (t->next < t->n_calls && t->n_done <= t->most) {
        struct tool_call *k = &t->calls[t->next++];
        struct qw_error err = { 0 };
        const struct tool_done *d = add_done(r, k);
        if (t->n_done > t->most)
            qw_error_set(&err, QW_ETOOLARGE, "no more than %u calls are allowed; answer without", t->most);
        else if (k->wrong != NULL)
            qw_error_set(&err, QW_EPARAMS, "%s", k->wrong);
        else if (may_call(t, d->name, &err)
                 && verify_tool(r->d->verify, d->name, d->arguments, time_for_call(r), on_called, r, &t->op, &err) == QW_OK)
            return;
        call_over(r, err.msg, NULL, 0, 0);
    }
    t->rendering = true;
    run_render_start(r);
}

void run_tool_cancel(struct run *r)
{
    verify_cancel(r->d->verify, r->tools->op);
}

/* Does the turn call something that is still to be run? */
static bool calls(struct run *r, struct sched_choice *c)
{
    struct tools *t = r->tools;
    struct qw_error err = { 0 };
    if (c->finish != FINISH_STOP || c->text == NULL || stopped(r) || t->n_done > t->most)
        return false;
    if (tool_calls_parse(c->text, c->text_len, &t->format, t->calls, &t->n_calls, &err) != QW_OK) {
        c->finish = FINISH_ERROR;
        return false;
    }
    if (t->n_calls > 0 && t->used + c->ids.n >= r->gen.max_tokens) {
        drop_calls(t);
        c->finish = FINISH_LENGTH;
    }
    return t->n_calls > 0;
}

bool run_tool_takes(struct run *r, struct sched_event *ev)
{
    struct tools *t = r->tools;
    if (t == NULL || ev->error.code != QW_OK || ev->n_choices != 1)
        return false;
    struct sched_choice *c = &ev->choices[0];
    if (!calls(r, c)) {
        end_turn(r, c);
        return false;
    }
    size_t had = r->choice_text[0].len - r->said, shown = tool_visible(c->text, c->text_len, &t->format, true);
    if (shown > had)
        run_got_text(r, 0, c->text + had, shown - had);
    run_take_back(r, ev->req);
    run_loop_pay(r, &ev->usage, &ev->timing);
    run_usage_add(&t->paid, &ev->usage);
    ev->usage = (struct sched_usage){ 0 };
    ev->timing = (struct sched_timing){ 0 };
    t->turn = ev;
    t->first = t->n_done;
    r->state = RUN_TOOL;
    next_call(r);
    return true;
}

bool run_tool_begun(const struct run *r)
{
    return r->tools != NULL && r->tools->turn != NULL;
}

/* ---- the next turn ---- */

bool run_tool_renders(const struct run *r)
{
    return r->tools != NULL && r->tools->rendering;
}

/* Worker: what the turn was answered to, the turn, what its calls came to. */
int run_tool_render(struct run *r, struct qw_error *err)
{
    struct tools *t = r->tools;
    const struct sched_req *q = t->turn->req;
    const struct ids *said = &t->turn->choices[0].ids;
    struct chat_msg msgs[TOOL_MOST_IN_TURN];
    size_t n = t->n_done - t->first;
    for (size_t i = 0; i < n; i++) {
        const char *output = t->done[t->first + i].output;
        msgs[i] = (struct chat_msg){ .role = "tool", .content = output != NULL ? output : "error: out of memory" };
    }
    r->ids.n = 0;
    if (ids_append(&r->ids, q->prompt.v, q->prompt.n - q->n_given) != QW_OK || ids_append(&r->ids, said->v, said->n) != QW_OK)
        return no_memory(err);
    r->n_base = r->ids.n;                       /* what is after it belongs to the results */
    struct chat c = { .msgs = msgs, .n_msgs = n, .add_generation_prompt = true };
    struct prompt p = { 0 };
    const struct chat_family *f = model_chat_family(r->held, err);
    bool closed = said->n > 0 && tokenizer_is_end(model_tokenizer(r->held), said->v[said->n - 1]);
    int rc = f == NULL ? err->code : chat_render_turn(f, &c, closed, &p, err);
    if (rc == QW_OK)
        rc = prompt_encode(&p, model_tokenizer(r->held), &r->ids, err);
    prompt_free(&p);
    return rc;
}

/* In a session the turn and the results are messages of it. */
static int keep_turn(struct run *r, struct node **turn, struct qw_error *err)
{
    struct tools *t = r->tools;
    struct message msgs[TOOL_MOST_IN_TURN];
    size_t n = t->n_done - t->first;
    *turn = NULL;
    if (r->session == 0 || run_loop_begun(r))
        return QW_OK;
    for (size_t i = 0; i < n; i++) {
        struct tool_done *d = &t->done[t->first + i];
        if (d->output == NULL)
            return no_memory(err);
        msgs[i] = (struct message){ NODE_TOOL, d->output };
    }
    return run_keep_results(r, &t->turn->choices[0], msgs, n, turn, err);
}

/* The text of the turns so far is the beginning of the answer's. */
static void keep_text(struct run *r)
{
    if (r->choice_text[0].len > r->said)
        run_got_text(r, 0, "\n\n", 2);
    r->said = r->choice_text[0].len;
    qw_buf_clear(&r->tools->raw);
}

static int submit_next(struct run *r, struct qw_error *err)
{
    struct tools *t = r->tools;
    struct rpc_err_info info = { 0 };
    struct node *turn, *before = r->turn;
    uint32_t used = t->used, given = r->n_given;
    int rc = keep_turn(r, &turn, err);
    if (rc != QW_OK)
        return rc;
    keep_text(r);
    t->used += (uint32_t)t->turn->choices[0].ids.n;
    r->n_given = 0;
    if (turn != NULL) {
        node_pin(turn);
        r->turn = turn;
    }
    if (!run_loop_begun(r))
        run_store_turn(r);                      /* before what the engine adds to it */
    r->state = RUN_ENGINE;
    rc = run_submit(r, &info, err);
    if (rc != QW_OK) {
        t->used = used;
        r->n_given = given;
        r->turn = before;
    }
    if (turn != NULL)
        node_unpin(r->d->sessions, rc == QW_OK ? before : turn);
    return rc;
}

void run_tool_rendered(struct run *r)
{
    struct tools *t = r->tools;
    struct qw_error err = r->work_err;
    t->rendering = false;
    if (stopped(r)) {
        conclude_stopped(r);
        return;
    }
    int rc = r->work_rc == QW_OK ? submit_next(r, &err) : r->work_rc;
    if (rc == QW_OK) {
        drop_turn(t);
        return;
    }
    log_debug("run", "no further turn run=%s: %s", r->id_text, err.msg);
    if (r->choice_text[0].len == r->said)       /* its text is said already */
        t->turn->choices[0].text_len = 0;
    conclude(r, rc == QW_ECONTEXT ? FINISH_LENGTH : FINISH_ERROR);
}
