/* The frame reader: a stream of bytes in pieces, as a connection sees it.  Whatever comes, the scan in
 * pieces and the whole read agree, the tree stays within its memory bound, and what was read, written
 * and read again is the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/rpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
    if (!ok)
        abort();
}

static void one_message(struct qw_arena *a, const uint8_t *p, size_t n)
{
    struct qw_error err = { 0 };
    struct mp v, again;
    struct rpc_msg m;
    size_t used = 0;
    int rc = mp_read(a, p, n, &mp_limits_in, &v, &used, &err);
    if (rc != QW_OK) {
        must(rc == QW_EREQUEST && err.msg[0] != '\0');          /* its size was right, so only its contents are not */
        return;
    }
    must(used == n);
    if (rpc_parse(&v, &m, &err) == QW_OK)
        must(m.params.type == MP_MAP);
    struct qw_buf b = QW_BUF_INIT, json = QW_BUF_INIT, json2 = QW_BUF_INIT;
    mpw_value(&b, &v);
    must(mp_read(a, b.data, b.len, &mp_limits_out, &again, &used, &err) == QW_OK && used == b.len);
    mp_to_json(&json, &v);
    mp_to_json(&json2, &again);
    must(json.len == json2.len && memcmp(json.data, json2.data, json.len) == 0);
    qw_buf_free(&b);
    qw_buf_free(&json);
    qw_buf_free(&json2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t step = size > 0 ? 1 + data[0] % 61 : 1, at = 0;
    struct qw_arena *a = qw_arena_new(64u << 20);
    while (at < size) {
        struct mp_scan s = { 0 };
        size_t have = 0;
        int rc = QW_ETRUNC;
        while (rc == QW_ETRUNC && have < size - at) {
            have = have + step < size - at ? have + step : size - at;
            rc = mp_scan(&s, data + at, have, &mp_limits_in, NULL);
        }
        struct mp_scan whole = { 0 };
        int rc2 = mp_scan(&whole, data + at, size - at, &mp_limits_in, NULL);
        must(rc == rc2 && (rc != QW_OK || whole.pos == s.pos));
        if (rc != QW_OK)
            break;                                              /* a connection would be closed, or wait */
        one_message(a, data + at, s.pos);
        qw_arena_reset(a);
        at += s.pos;
    }
    qw_arena_free(a);
    return 0;
}
