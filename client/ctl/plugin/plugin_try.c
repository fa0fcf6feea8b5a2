/* One call of a plugin, and how it ended. */
#include "client/ctl/plugin/plugin_test.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

struct plug_call call_of_case(const struct plugin_case *c)
{
    const char *lang = c->lang;
    if (c->equal)
        return (struct plug_call){ .op = CALL_EQUAL, .a = c->question, .b = c->response };
    if (lang == NULL)
        lang = utf8_has_han(c->question, strlen(c->question)) ? "zh" : "en";
    return (struct plug_call){ .op = CALL_VERIFY, .a = c->question, .b = c->response, .answer = c->answer, .lang = lang, .truncated = c->truncated };
}

static void on_done(void *arg, const struct plug_result *r)
{
    struct tried *t = arg;
    if (plug_result_copy(&t->r, r) != QW_OK) {
        t->r = (struct plug_result){ .plugin = r->plugin, .version = r->version };
        qw_error_set(&t->r.error, QW_ENOMEM, "out of memory");
    }
}

static int send(struct plug *p, const struct plug_call *c, uint32_t limit_ms, struct tried *t, struct qw_error *err)
{
    struct plug_problem pr = { .question = c->a, .response = c->b, .answer = c->answer, .lang = c->lang, .truncated = c->truncated };
    switch (c->op) {
    case CALL_VERIFY: return plug_verify(p, &pr, limit_ms, on_done, t, NULL, err);
    case CALL_CANON:  return plug_canon(p, &pr, limit_ms, on_done, t, NULL, err);
    case CALL_EQUAL:  return plug_equal(p, c->a, c->b, limit_ms, on_done, t, NULL, err);
    case CALL_READ:   return plug_read(p, c->a, limit_ms, on_done, t, NULL, err);
    case CALL_TOOL:   return plug_tool_call(p, c->a, c->b, limit_ms, on_done, t, NULL, err);
    }
    return QW_EPARAMS;
}

void try_call(struct plug *p, const struct plug_call *c, uint32_t limit_ms, struct tried *out)
{
    struct plug_info before, after;
    struct qw_error err = { 0 };
    *out = (struct tried){ .end = TRY_REFUSED };
    /* Loading is not the call's time, and a process that cannot be loaded not its fault. */
    if (try_load(p, &err) != QW_OK) {
        snprintf(out->why, sizeof out->why, "%s", err.msg);
        out->end = TRY_CRASHED;
        plug_reload(p, &err);
        return;
    }
    plug_get_info(p, &before);
    uint64_t begun = clock_mono_ms();
    if (send(p, c, limit_ms, out, &err) != QW_OK) {
        snprintf(out->why, sizeof out->why, "%s", err.msg);
        return;
    }
    plug_wait(p);
    uint64_t took = clock_mono_ms() - begun;
    out->ms = (double)took;
    plug_get_info(p, &after);
    if (after.crashes > before.crashes) {
        /* It is killed 200 ms after the limit, and may crash by itself before. */
        out->end = took >= limit_ms + 190u ? TRY_STUCK : TRY_CRASHED;
        snprintf(out->why, sizeof out->why, "%s", after.last_error);
        plug_reload(p, &err);               /* no backoff, and not five crashes a minute: we are looking for them */
    } else if (out->r.error.code == QW_ECANCELLED) {
        out->end = TRY_LATE;
    } else if (out->r.error.code != QW_OK) {
        out->end = TRY_FAILED;
        snprintf(out->why, sizeof out->why, "%s", out->r.error.msg);
    } else {
        out->end = TRY_DONE;
    }
}

void tried_free(struct tried *t)
{
    plug_result_free(&t->r);
}

bool try_is_bad(struct report *r, const char *name, const struct tried *t, uint32_t limit_ms)
{
    if (t->end == TRY_STUCK)
        report_bad(r, "%s: ran past its limit of %u ms, did not stop within 200 ms of being told, and was killed (host->cancelled says when to stop)",
                   name, limit_ms);
    else if (t->end == TRY_CRASHED)
        report_bad(r, "%s: %s", name, t->why);
    else
        return false;
    return true;
}

int try_load(struct plug *p, struct qw_error *err)
{
    struct plug_info i;
    plug_get_info(p, &i);
    uint64_t crashes = i.crashes;
    plug_ready(p);
    for (;;) {
        plug_process(p);
        plug_get_info(p, &i);
        if (i.loaded)
            return QW_OK;
        if (i.crashes > crashes || i.pid == 0) {
            /* It was we who ended the process that could not load. */
            const char *end = strstr(i.last_error, " (signal 9 (");
            return qw_error_set(err, QW_EPLUGIN, "%.*s", end != NULL ? (int)(end - i.last_error) : (int)strlen(i.last_error), i.last_error);
        }
        struct pollfd wait = { .fd = plug_fd(p), .events = POLLIN };
        if (poll(&wait, 1, plug_timeout_ms(p)) < 0 && errno != EINTR)
            return qw_error_errno(err, QW_EIO, errno, "poll");
    }
}
