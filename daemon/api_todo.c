/* Methods whose handlers are being written; gone when there are none. */
#include "daemon/api.h"

int api_ask(struct call *k, struct store_query *q, void (*done)(const struct asked *a), void *arg, struct qw_error *err)
{
    (void)k;
    (void)q;
    (void)done;
    (void)arg;
    return qw_error_set(err, QW_ESTORAGE, "this daemon has no store yet");
}

static int not_yet(struct call *k, struct qw_error *err)
{
    return qw_error_set(err, QW_EUNSUPPORTED, "'%s' is not there yet", k->method->name);
}

int api_session_edit(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_session_resume(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_session_rename(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_session_rewind(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_session_fork(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_session_search(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_run_attach(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_run_detach(struct call *k, struct qw_error *err) { return not_yet(k, err); }
