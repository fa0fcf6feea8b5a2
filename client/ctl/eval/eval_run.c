/* Asking the questions of a set over one connection, some at a time. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "client/ctl/answer/final.h"
#include "client/ctl/ask/ask.h"
#include "client/ctl/call/call.h"
#include "client/ctl/eval/eval.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/term.h"

#define MAX_BUSY 1000           /* "try again later", in a row */

struct slot { bool used; uint32_t id; size_t q; uint64_t begin_ms; };
struct state {
    struct eval_run *r;
    struct slot *slots;
    size_t  *todo, n_todo;      /* questions, the next one last */
    size_t   n, done, right, verified, refuted;
    size_t   busy;              /* how often in a row the daemon was */
    uint64_t not_before_ms, begin_ms;
    bool     ended;             /* no more of them can be asked; said why */
};

/* ---- requests --------------------------------------------------------------------------- */

/* Parameters are kept as JSON, so that what is written beside an answer is what was sent. */
static void put(qwen_msg *m, const char *key, const json_t *v)
{
    const char *k;
    json_t *inner;
    if (json_is_string(v)) {
        qwen_msg_str(m, key, json_string_value(v));
    } else if (json_is_integer(v)) {
        qwen_msg_int(m, key, json_integer_value(v));
    } else if (json_is_real(v)) {
        qwen_msg_float(m, key, json_real_value(v));
    } else if (json_is_boolean(v)) {
        qwen_msg_bool(m, key, json_is_true(v));
    } else if (json_is_object(v)) {
        qwen_msg_begin_map(m, key);
        json_object_foreach ((json_t *)v, k, inner)
            put(m, k, inner);
        qwen_msg_end(m);
    }
}

/* As `ask` asks, with the parameters that are recorded. */
static qwen_msg *request(const json_t *params, const char *question)
{
    qwen_msg *m = ask_message(question);
    const char *key;
    json_t *v;
    json_object_foreach ((json_t *)params, key, v)
        if (strcmp(key, "model") != 0 && strcmp(key, "system") != 0)        /* ask_message has put them */
            put(m, key, v);
    return m;
}

static int send_one(struct state *s, size_t q)
{
    struct slot *k = s->slots;
    while (k->used)
        k++;
    if (qwen_send(s->r->c, request(s->r->params, obj_str(json_array_get(s->r->questions, q), "question")), &k->id) != 0)
        return ctl_say_error(s->r->c);
    k->used = true;
    k->q = q;
    k->begin_ms = clock_mono_ms();
    return EXIT_OK;
}

static size_t in_flight(const struct state *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->r->parallel; i++)
        n += s->slots[i].used;
    return n;
}

static int fill(struct state *s)
{
    int rc = EXIT_OK;
    while (rc == EXIT_OK && !s->ended && s->n_todo > 0 && in_flight(s) < s->r->parallel && clock_mono_ms() >= s->not_before_ms)
        rc = send_one(s, s->todo[--s->n_todo]);
    return rc;
}

/* ---- replies ----------------------------------------------------------------------------- */

/* Part of a reply.  Numbers beyond 63 bits, which jansson refuses, make all of its numbers reals rather than losing it. */
static json_t *part(const qwen_reply *r, const char *path)
{
    char *text = qwen_reply_json(r, path);
    json_t *v = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    if (v == NULL && text != NULL)
        v = json_loads(text, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    free(text);
    return v;
}

static json_t *row_of(const struct state *s, const struct slot *k, const qwen_reply *r)
{
    json_t *row = json_copy(json_array_get(s->r->questions, k->q)), *v;
    double wall = (double)(clock_mono_ms() - k->begin_ms);
    json_object_set(row, "params", (json_t *)s->r->params);
    json_object_set_new(row, "unix_ms", json_integer(clock_unix_ms()));
    if (qwen_reply_error(r) != 0) {
        obj_set_str(row, "error", qwen_reply_error_text(r));
        return row;
    }
    obj_set_str(row, "model", qwen_reply_str(r, "model"));
    const char *text = qwen_reply_str(r, "choices.0.text");
    obj_set_str(row, "text", text != NULL ? text : "");
    obj_set_str(row, "finish", qwen_reply_str(r, "choices.0.finish_reason"));
    if ((v = part(r, "verification")) != NULL)
        json_object_set_new(row, "verification", v);
    if ((v = part(r, "attempts")) != NULL)
        json_object_set_new(row, "attempts", v);
    json_object_set_new(row, "tokens", json_integer(qwen_reply_int(r, "usage.completion", 0)));
    json_object_set_new(row, "seconds", json_real(qwen_reply_float(r, "timing_ms.total", wall) / 1000));
    return row;
}

static void count(struct state *s, const json_t *row)
{
    s->done++;
    s->right += eval_right(row);
    s->verified += strcmp(eval_verdict(row), "verified") == 0;
    s->refuted += strcmp(eval_verdict(row), "refuted") == 0;
}

static void say_row(const struct state *s, const json_t *row)
{
    char final[48];
    const char *text = obj_str(row, "text");
    const json_t *eq = json_object_get(row, "equal");
    if (s->r->quiet)
        return;
    if (text == NULL) {
        ctl_note("%zu/%zu %s: %s", s->done, s->n, obj_str(row, "id"), obj_str(row, "error"));
        return;
    }
    final_answer(text, final, sizeof final);
    ctl_note("%zu/%zu %s: %s, %s; answer %s, expected %s; %lld tokens, %.1f s", s->done, s->n, obj_str(row, "id"),
             json_is_true(eq) ? "right" : json_is_false(eq) ? "wrong" : "not known", eval_verdict(row), final, obj_str(row, "answer"),
             (long long)json_integer_value(json_object_get(row, "tokens")), json_number_value(json_object_get(row, "seconds")));
}

static void show_progress(const struct state *s)
{
    double seconds = (double)(clock_mono_ms() - s->begin_ms) / 1000;
    if (!s->r->quiet)
        progress_line("%zu of %zu: %zu right, %zu verified, %zu refuted (%.0f s)", s->done, s->n, s->right, s->verified, s->refuted, seconds);
}

/* Errors that every further question would meet too. */
static bool hopeless(int code)
{
    return code == QWEN_EMETHOD || code == QWEN_EPARAMS || code == QWEN_EDENIED || code == QWEN_ENOTFOUND || code == QWEN_EMODEL
        || code == QWEN_EUNSUPPORTED || code == QWEN_EDRAINING;
}

static int take_reply(struct state *s, const qwen_reply *r)
{
    struct slot *k = NULL;
    for (size_t i = 0; i < s->r->parallel; i++)
        if (s->slots[i].used && s->slots[i].id == qwen_reply_id(r))
            k = &s->slots[i];
    if (k == NULL || qwen_reply_is_event(r))
        return EXIT_OK;
    int code = qwen_reply_error(r);
    k->used = false;
    if (code == QWEN_EBUSY && s->busy++ < MAX_BUSY) {
        s->todo[s->n_todo++] = k->q;
        s->not_before_ms = clock_mono_ms() + (uint64_t)qwen_reply_int(r, "retry_after_ms", 1000);
        return EXIT_OK;
    }
    s->busy = 0;
    if (hopeless(code)) {
        if (!s->ended)
            ctl_error("%s: %s", obj_str(json_array_get(s->r->questions, k->q), "id"), qwen_reply_error_text(r));
        s->ended = true;
        return EXIT_OK;
    }
    json_t *row = row_of(s, k, r);
    int rc = s->r->out_path != NULL ? eval_append(s->r->out, s->r->out_path, row) : EXIT_OK;
    eval_judge(s->r->judge, row);
    json_array_set_new((json_t *)s->r->rows, k->q, row);
    count(s, row);
    if (!isatty(STDERR_FILENO))
        say_row(s, row);
    return rc;
}

static int step(struct state *s)
{
    struct pollfd p = { .fd = qwen_fd(s->r->c) };
    int want = qwen_want(s->r->c), rc = EXIT_OK;
    qwen_reply *r;
    p.events = (short)((want & QWEN_WANT_READ ? POLLIN : 0) | (want & QWEN_WANT_WRITE ? POLLOUT : 0));
    poll(&p, 1, 500);           /* the progress line, a question put off, and Ctrl-C between two waits */
    if (interrupted())
        return EXIT_INTERRUPTED;
    int broken = qwen_process(s->r->c);
    while (rc == EXIT_OK && (r = qwen_next(s->r->c)) != NULL) {
        rc = take_reply(s, r);
        qwen_reply_free(r);
    }
    if (rc == EXIT_OK && broken != 0)
        rc = ctl_say_error(s->r->c);
    return rc;
}

int eval_ask(struct eval_run *r)
{
    struct state s = { .r = r, .n = json_array_size(r->questions), .begin_ms = clock_mono_ms() };
    int rc = EXIT_OK;
    s.slots = qw_calloc(r->parallel, sizeof *s.slots);
    s.todo = qw_calloc(s.n, sizeof *s.todo);
    if (s.slots == NULL || s.todo == NULL) {
        ctl_error("out of memory");
        rc = EXIT_FAILED;
    }
    for (size_t i = s.n; rc == EXIT_OK && i-- > 0; )
        if (json_is_null(json_array_get(r->rows, i)))
            s.todo[s.n_todo++] = i;
        else
            count(&s, json_array_get(r->rows, i));
    interrupt_begin(r->c);
    while (rc == EXIT_OK) {
        rc = fill(&s);
        show_progress(&s);
        if (rc != EXIT_OK || (in_flight(&s) == 0 && (s.ended || s.n_todo == 0)))
            break;
        rc = step(&s);
    }
    interrupt_end();
    progress_clear();
    qw_free(s.slots);
    qw_free(s.todo);
    return rc == EXIT_OK && s.ended ? EXIT_FAILED : rc;
}
