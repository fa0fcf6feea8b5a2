/* MessagePack-RPC: what one message is, and building them.  PROTOCOL.md is normative. */
#ifndef QW_PROTO_RPC_H
#define QW_PROTO_RPC_H

#include "proto/mp.h"

enum rpc_kind { RPC_REQUEST = 0, RPC_RESPONSE = 1, RPC_NOTIFY = 2 };
struct rpc_msg {
    enum rpc_kind kind;
    uint32_t id;                 /* request, response; has_id also on errors where it could be read */
    bool     has_id;
    const char *method; size_t method_len;   /* request, notification */
    struct mp params;            /* a map, always (empty for []) */
    struct mp error, result;     /* response */
};
/* Takes the shape apart; QW_EREQUEST says what is wrong (has_id is set if an id was there). */
int rpc_parse(const struct mp *v, struct rpc_msg *out, struct qw_error *err);

/* Envelope writers: the caller writes params / result right after. */
void rpc_begin_request(struct qw_buf *b, uint32_t id, const char *method);   /* then one map */
void rpc_begin_notify(struct qw_buf *b, const char *method);                 /* then one map */
void rpc_begin_result(struct qw_buf *b, uint32_t id);                        /* then the result */
struct rpc_err_info {
    const char *param;
    bool        has_limit;
    int64_t     limit, actual, retry_after_ms;   /* retry_after_ms: 0 is none */
    const char *run;
};
/* A whole response; info may be NULL. */
void rpc_write_error(struct qw_buf *b, uint32_t id, const struct qw_error *err, const struct rpc_err_info *info);

#endif
