/* From what a request says to the ids of its prompt, and from its answer to nodes
 * (docs/architecture.md, "Ids are the truth"). */
#include <string.h>

#include "base/mem.h"
#include "daemon/run/run.h"

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

/* ---- loop: before ---- */

/* Puts what was said before the new messages, so that msgs is the whole conversation. */
static int whole_conversation(struct run *r, const struct session *x, struct qw_error *err)
{
    bool system = r->at == NULL && x != NULL && x->system != NULL;
    size_t n = system + node_depth(r->at);
    struct message *all = qw_calloc(n + r->n_msgs + 1, sizeof *all);
    if (all == NULL)
        return no_memory(err);
    size_t i = n;
    for (const struct node *p = r->at; p != NULL; p = p->parent)
        all[--i] = (struct message){ p->role, qw_strdup(p->text) };
    if (system)
        all[--i] = (struct message){ NODE_SYSTEM, qw_strdup(x->system) };
    for (size_t k = 0; k < r->n_msgs; k++)
        all[n + k] = r->msgs[k];                /* taken with their texts */
    qw_free(r->msgs);
    r->msgs = all;
    r->n_msgs += n;
    for (size_t k = 0; k < n; k++)
        if (all[k].text == NULL)
            return no_memory(err);
    return QW_OK;
}

static int take_base(struct run *r, struct node *base, size_t n_used, struct qw_error *err)
{
    node_pin(base);
    r->base = base;
    r->n_used = n_used;
    if (base == NULL)
        return QW_OK;
    r->base_closed = base->closed;
    int rc = node_context(base, &r->ids, err);
    r->n_base = r->ids.n;
    return rc;
}

static int prepare_session(struct run *r, struct qw_error *err)
{
    struct session *x = session_find(r->d->sessions, r->owner.id, r->session);
    if (x == NULL)
        return qw_error_set(err, QW_ENOTFOUND, "the session was deleted");
    size_t n_new = r->n_msgs;
    const struct node *at = r->at;
    int rc = whole_conversation(r, x, err);
    if (rc != QW_OK)
        return rc;
    if (at != NULL && at->space == r->space && at->cut && (r->kind == RUN_REGENERATE) == (at->role != NODE_ASSISTANT))
        return take_base(r, r->at, r->n_msgs - n_new, err);
    size_t used;                                /* another model than before: its own ids */
    struct node *base = node_match(r->d->sessions, r->owner.id, r->space, r->msgs, r->n_msgs, &used);
    return take_base(r, base, used, err);
}

/* ---- a stateless client's history ---- */

static int match(struct run *r, struct qw_error *err)
{
    size_t used;
    struct node *base = node_match(r->d->sessions, r->owner.id, r->space, r->msgs, r->n_msgs, &used);
    return take_base(r, base, used, err);
}

static void on_matched(struct daemon *d, uint64_t id, struct store_query *q)
{
    struct run *r = run_by_id(d, id);
    struct qw_error err = { 0 };
    struct node *last;
    if (r == NULL)
        return;
    if (q->error.code == QW_OK)                 /* it is a candidate: match compares the texts */
        history_restore(d, q->messages, q->n_messages, &last, NULL);
    if (r->cancelled || r->deadline)
        run_end_early(r, r->cancelled ? FINISH_CANCELLED : FINISH_DEADLINE);
    else if (match(r, &err) != QW_OK)
        run_fail(r, &err, (struct rpc_err_info){ 0 });
    else
        run_render_start(r);
}

/* Asks the store for what was generated along msgs, if memory does not have it.  false: nothing is to be asked. */
static bool ask_for_match(struct run *r)
{
    size_t last = 0, used;
    for (size_t i = 0; i < r->n_msgs; i++)
        if (r->msgs[i].role == NODE_ASSISTANT)
            last = i + 1;
    if (last == 0 || history_store(r->d) == NULL)
        return false;
    node_match(r->d->sessions, r->owner.id, r->space, r->msgs, r->n_msgs, &used);
    struct store_query *q = used < last ? history_query(r->d, STORE_Q_MATCH, r->owner.id, 0) : NULL;
    uint64_t *hashes = q != NULL ? qw_calloc(last, sizeof *hashes) : NULL;
    for (size_t i = 0; hashes != NULL && i < last; i++)
        hashes[i] = node_hash(r->msgs[i].role, r->msgs[i].text);
    if (hashes == NULL) {
        store_query_free(q);
        return false;
    }
    q->space = r->space;
    q->hashes = hashes;
    q->n_hashes = last;
    bool asked = history_ask_for_run(r->d, r->id, q, on_matched, NULL) == QW_OK;       /* hashes are copied */
    qw_free(hashes);
    return asked;
}

/* ---- resume ---- */

/* The context of what is answered, and the answer so far (in r->ids). */
static int prepare_resume(struct run *r, struct qw_error *err)
{
    struct ids given = r->ids;
    r->ids = (struct ids){ 0 };
    int rc = QW_OK;
    if (r->fingerprint[0] != '\0' && strcmp(r->fingerprint, model_fingerprint(r->held)) != 0)
        rc = qw_error_set(err, QW_ECONFLICT, "the answer was begun with another model file (%.12s...) than %s is now (%.12s...)",
                          r->fingerprint, r->model->name, model_fingerprint(r->held));
    else if (r->turn != NULL && r->turn->space != r->space)
        rc = qw_error_set(err, QW_ECONFLICT, "the answer was begun with another model or way of rendering: %s", r->turn->space);
    if (rc == QW_OK)
        rc = whole_conversation(r, NULL, err);
    if (rc == QW_OK)
        rc = take_base(r, r->turn, r->n_msgs, err);
    if (rc == QW_OK && ids_append(&r->ids, given.v, given.n) != QW_OK)
        rc = no_memory(err);
    r->n_given = (uint32_t)given.n;
    ids_free(&given);
    return rc;
}

static int check_ids(const struct run *r, const struct model *m, struct qw_error *err)
{
    size_t n_vocab = tokenizer_n_vocab(model_tokenizer(m));
    for (size_t i = 0; i < r->ids.n; i++)
        if (r->ids.v[i] < 0 || (size_t)r->ids.v[i] >= n_vocab)
            return qw_error_set(err, QW_EPARAMS, "ids: %d at place %zu is not below the vocabulary's %zu", r->ids.v[i], i, n_vocab);
    if (!run_loop_ids_below(r, n_vocab))
        return qw_error_set(err, QW_ESTORAGE, "the stored attempts hold ids that are not below the vocabulary's %zu", n_vocab);
    for (size_t i = 0; i < r->sample.n_bias; i++)
        if ((size_t)r->sample.bias[i].id >= n_vocab)
            return qw_error_set(err, QW_EPARAMS, "logit_bias: %d is not below the vocabulary's %zu", r->sample.bias[i].id, n_vocab);
    return QW_OK;
}

/* Tools stand at the beginning of a context: with other ones it is another way of rendering. */
char *run_space_name(const struct model *m, const struct chat_family *f, uint64_t tools)
{
    return tools == 0 ? qw_asprintf("%s %s", model_fingerprint(m), chat_family_name(f))
                      : qw_asprintf("%s %s tools:%016llx", model_fingerprint(m), chat_family_name(f), (unsigned long long)tools);
}

int run_prepare(struct run *r, struct qw_error *err)
{
    int rc = check_ids(r, r->held, err);
    if (rc != QW_OK || r->kind < RUN_CHAT || r->kind > RUN_RESUME)
        return rc;
    const struct chat_family *f = model_chat_family(r->held, err);
    if (f == NULL)
        return err->code;
    uint64_t tools;
    rc = run_tool_prepare(r, f, &tools, err);
    if (rc != QW_OK)
        return rc;
    if (r->owner.stateless)
        return QW_OK;                           /* strangers' texts are not kept */
    char *name = run_space_name(r->held, f, tools);
    r->space = name != NULL ? sessions_space(r->d->sessions, name) : NULL;
    qw_free(name);
    if (r->space == NULL)
        return no_memory(err);
    if (r->kind == RUN_RESUME)
        return prepare_resume(r, err);
    if (r->kind != RUN_CHAT)
        return prepare_session(r, err);
    if (ask_for_match(r)) {
        r->state = RUN_FIND;
        return QW_OK;
    }
    return match(r, err);
}

/* ---- worker ---- */

static int render_chat(struct run *r, struct qw_error *err)
{
    const struct model *m = r->held;
    size_t n = r->n_msgs - r->n_used;
    if (n == 0)                                 /* regenerate: the prompt is there */
        return QW_OK;
    struct chat_msg *msgs = qw_calloc(n, sizeof *msgs);
    if (msgs == NULL)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        msgs[i] = (struct chat_msg){ .role = node_role_name(r->msgs[r->n_used + i].role), .content = r->msgs[r->n_used + i].text };
    struct chat c = { .msgs = msgs, .n_msgs = n, .add_generation_prompt = true };
    run_tool_show(r, &c);
    struct prompt p = { 0 };
    const struct chat_family *f = model_chat_family(m, err);
    int rc = f == NULL ? err->code : r->base != NULL ? chat_render_turn(f, &c, r->base_closed, &p, err) : chat_render(f, &c, &p, err);
    if (rc == QW_OK)
        rc = prompt_encode(&p, model_tokenizer(m), &r->ids, err);
    prompt_free(&p);
    qw_free(msgs);
    return rc;
}

static int render_text(struct run *r, struct qw_error *err)
{
    const struct tokenizer *t = model_tokenizer(r->held);
    int32_t bos = tokenizer_bos(t);
    if (r->kind == RUN_GENERATE && bos >= 0 && ids_push(&r->ids, bos) != QW_OK)
        return no_memory(err);
    return tokenizer_encode(t, r->text, strlen(r->text), r->special, &r->ids, err);
}

void run_render(struct run *r)
{
    if (run_tool_renders(r)) {
        r->work_rc = run_tool_render(r, &r->work_err);
        return;
    }
    if (run_loop_renders(r)) {
        r->work_rc = run_loop_render(r, &r->work_err);
        return;
    }
    switch (r->kind) {
    case RUN_CHAT:
    case RUN_SESSION:
    case RUN_REGENERATE:
    case RUN_EDIT:
    case RUN_RESUME:
        r->work_rc = render_chat(r, &r->work_err);
        break;
    case RUN_GENERATE:
    case RUN_TOKENIZE:
        r->work_rc = r->text != NULL ? render_text(r, &r->work_err) : QW_OK;
        break;
    case RUN_DETOKENIZE:
        r->work_rc = tokenizer_decode_all(model_tokenizer(r->held), r->ids.v, r->ids.n, true, &r->work_text);
        if (r->work_rc != QW_OK || qw_buf_failed(&r->work_text))
            r->work_rc = no_memory(&r->work_err);
        break;
    default:
        r->work_rc = QW_OK;
        break;
    }
}

/* ---- loop: after ---- */

static bool ends_turn(const struct run *r, const struct ids *ids)
{
    return ids->n > 0 && tokenizer_is_end(model_tokenizer(r->held), ids->v[ids->n - 1]);
}

int run_keep_turn(struct run *r, struct qw_error *err)
{
    if (r->space == NULL)
        return QW_OK;
    struct ids own = { .v = r->ids.v + r->n_base, .n = r->ids.n - r->n_base };
    struct node *turn = r->base;
    int rc = QW_OK;
    if (r->n_used < r->n_msgs)
        rc = node_add_turn(r->d->sessions, r->owner.id, r->space, r->base, r->msgs + r->n_used, r->n_msgs - r->n_used, &own,
                           &turn, err);
    if (rc != QW_OK && r->session == 0) {       /* a stateless client's: it only misses its pages next time */
        r->space = NULL;
        return QW_OK;
    }
    if (rc == QW_OK && r->turn == NULL) {
        node_pin(turn);
        r->turn = turn;
    }
    return rc;
}

/* As a node's text: it holds no NUL character, though a model may make one.  NULL: no memory. */
static char *node_text(const struct sched_choice *c)
{
    struct qw_buf b = QW_BUF_INIT;
    for (size_t at = 0, n; c->text != NULL && at < c->text_len; at += n + 1) {
        n = strnlen(c->text + at, c->text_len - at);
        qw_buf_add(&b, c->text + at, n);
        if (at + n < c->text_len)
            qw_buf_adds(&b, "\xef\xbf\xbd");
    }
    qw_buf_adds(&b, "");
    return qw_buf_take(&b);
}

int run_keep(struct run *r, struct qw_error *err)
{
    if (r->space == NULL || r->turn == NULL || r->n_choices == 0 || r->choices[0].ids.n == 0)
        return QW_OK;
    struct sessions *s = r->d->sessions;
    const struct sched_choice *c = &r->choices[0];
    struct node *answer;
    char *text = node_text(c);
    int rc = text == NULL ? no_memory(err)
        : node_add_answer(s, r->turn, text, &c->ids, ends_turn(r, &c->ids), finish_name(c->finish), &answer, err);
    qw_free(text);
    if (rc != QW_OK)
        return rc;
    r->message = answer->id;
    struct session *x = r->session != 0 ? session_find(s, r->owner.id, r->session) : NULL;
    if (x != NULL)
        session_set_head(s, x, answer);
    return QW_OK;
}

int run_keep_results(struct run *r, const struct sched_choice *c, const struct message *results, size_t n, struct node **turn,
                     struct qw_error *err)
{
    struct sessions *s = r->d->sessions;
    const struct ids own = { .v = r->ids.v + r->n_base, .n = r->ids.n - r->n_base };
    struct node *called;
    *turn = NULL;
    if (r->space == NULL || r->turn == NULL)
        return QW_OK;
    char *text = node_text(c);
    int rc = text == NULL ? no_memory(err)
        : node_add_answer(s, r->turn, text, &c->ids, ends_turn(r, &c->ids), finish_name(c->finish), &called, err);
    qw_free(text);
    return rc == QW_OK ? node_add_turn(s, r->owner.id, r->space, called, results, n, &own, turn, err) : rc;
}
