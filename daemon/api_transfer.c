/* session.export and session.import. */
#include "daemon/api.h"

static int not_yet(struct call *k, struct qw_error *err)
{
    return qw_error_set(err, QW_EUNSUPPORTED, "'%s' is not there yet", k->method->name);
}

int api_session_export(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_session_import(struct call *k, struct qw_error *err) { return not_yet(k, err); }
