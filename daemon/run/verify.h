/* Checking answers: the plugins of the configuration, each in its own process (plugins/host),
 * driven from the loop.  A check asks them in the order of the configuration until one
 * decides; where that is a proof, the others that are trusted with proofs are asked, too, and two
 * that conflict leave it undecided.  What a plugin asks for in turn (the model, the interpreter) is handed to who set
 * verify_set_asks; the results of separate workings that it reports are compared with the answer
 * by the other plugins' equal.  Loop thread. */
#ifndef QW_DAEMON_VERIFY_H
#define QW_DAEMON_VERIFY_H

#include <uv.h>

#include "base/buf.h"
#include "base/error.h"
#include "daemon/config.h"
#include "plugins/host/host.h"
#include "proto/mp.h"

struct verify;
int  verify_new(struct verify **v, uv_loop_t *loop, const struct config *c, struct qw_error *err);
void verify_close(struct verify *v);            /* fails what waits, ends the processes, closes the handles */
void verify_free(struct verify *v);             /* after the loop has closed them */

size_t verify_n_plugins(const struct verify *v);
struct plug *verify_plugin(const struct verify *v, size_t i);
void verify_ready(struct verify *v);            /* starts the processes ahead of the first check, but of those that ask the model */
int  verify_reload(struct verify *v, size_t i, struct qw_error *err);

/* r is borrowed for the call; called exactly once: from the loop, or within verify_cancel. */
typedef void verify_done(void *arg, const struct plug_result *r);
/* QW_EPLUGIN: there is no plugin.  *op is for verify_cancel. */
int  verify_check(struct verify *v, const struct plug_problem *p, uint32_t budget_ms, verify_done *done, void *arg,
                  uint64_t *op, struct qw_error *err);
/* Only these may ask plugins that were granted the model (generate = yes): they cost a generation. */
int  verify_check_asking(struct verify *v, const struct plug_problem *p, uint32_t budget_ms, verify_done *done, void *arg,
                         uint64_t *op, struct qw_error *err);
/* Only they: what separate workings come to (`candidates`), compared with p's answer, and with n others (copied) until they
 * support one: the result's `compared` is 0 for p's, i + 1 for others[i].  QW_EPLUGIN: there are none. */
int  verify_workings(struct verify *v, const struct plug_problem *p, const char *const *others, size_t n, uint32_t budget_ms,
                     verify_done *done, void *arg, uint64_t *op, struct qw_error *err);
/* What is read in a question: the first plugin's that reads it, else the first that says why not. */
int  verify_read(struct verify *v, const char *question, uint32_t budget_ms, verify_done *done, void *arg, uint64_t *op,
                 struct qw_error *err);
/* The canonical name of an answer's value: that of the first plugin that gives one. */
int  verify_canon(struct verify *v, const struct plug_problem *p, uint32_t budget_ms, verify_done *done, void *arg,
                  uint64_t *op, struct qw_error *err);
int  verify_equal(struct verify *v, const char *gold, const char *answer, uint32_t budget_ms, verify_done *done, void *arg,
                  uint64_t *op, struct qw_error *err);
/* What a plugin offers is known once it has started.  true: one is just starting; then `started` is called, from the loop,
 * when none is any more. */
bool verify_starting(struct verify *v);
void verify_set_started(struct verify *v, void (*started)(void *arg), void *arg);
/* The tool of that name, of the first plugin that offers it; *tool is borrowed until the loop goes on.  QW_ENOTFOUND says
 * which there are. */
int  verify_find_tool(const struct verify *v, const char *name, size_t *plugin, const struct plug_tool **tool, struct qw_error *err);
/* Has it called; what it says is in the result's `output`. */
int  verify_tool(struct verify *v, const char *name, const char *arguments_json, uint32_t budget_ms, verify_done *done, void *arg,
                 uint64_t *op, struct qw_error *err);
/* done is called with QW_ECANCELLED, now or soon. */
void verify_cancel(struct verify *v, uint64_t op);

/* ---- what plugins ask for ---- */

/* check_arg is the arg of the check that asks: its run pays.  Answer with plug_reply_* (plugins/host/host.h), at
 * once or later; after dropped nobody waits any more, and p may be gone.  A NULL member: not here. */
struct verify_asks {
    void *arg;
    void (*generate)(void *arg, struct plug *p, void *check_arg, uint64_t id, const struct plug_generate *g);
    void (*run_program)(void *arg, struct plug *p, void *check_arg, uint64_t id, const struct plug_program *g);
    void (*dropped)(void *arg, struct plug *p, uint64_t id);
};
void verify_set_asks(struct verify *v, const struct verify_asks *a);

const char *verify_verdict_name(enum qwen_verdict v);
/* The keys of verify.read's result, without the map's begin and end. */
void verify_write_reading(struct qw_buf *b, struct mpw_open *m, const struct plug_result *r);
/* The value of a question without parts, if the verifier derived it; NULL. */
const char *verify_computed(const struct plug_result *r);
/* The keys of a verification (PROTOCOL.md), without the map's begin and end. */
void verify_write(struct qw_buf *b, struct mpw_open *m, const struct plug_result *r);

#endif
