/* store.*: the store as its operator sees it. */
#include "daemon/api.h"

static int not_yet(struct call *k, struct qw_error *err)
{
    return qw_error_set(err, QW_EUNSUPPORTED, "'%s' is not there yet", k->method->name);
}

int api_store_stats(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_store_check(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_store_gc(struct call *k, struct qw_error *err) { return not_yet(k, err); }
