/* blob.*: bytes that are larger than a message; session.export and session.import, which use them. */
#include "daemon/api.h"

static int not_yet(struct call *k, struct qw_error *err)
{
    return qw_error_set(err, QW_EUNSUPPORTED, "'%s' is not there yet", k->method->name);
}

int api_blob_create(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_blob_write(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_blob_read(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_blob_close(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_session_export(struct call *k, struct qw_error *err) { return not_yet(k, err); }
int api_session_import(struct call *k, struct qw_error *err) { return not_yet(k, err); }
