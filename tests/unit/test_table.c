/* The message table: that it is consistent, and that it takes and refuses what the rules say.
 * Parameters are written as JSON, read by jansson and packed by msgpack-c. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <msgpack.h>
#include <string.h>

#include "proto/table.h"

static void pack_json(msgpack_packer *pk, const json_t *j)
{
    const char *key;
    json_t *v;
    size_t i;
    switch (json_typeof(j)) {
    case JSON_NULL:    msgpack_pack_nil(pk); break;
    case JSON_TRUE:    msgpack_pack_true(pk); break;
    case JSON_FALSE:   msgpack_pack_false(pk); break;
    case JSON_INTEGER: msgpack_pack_int64(pk, json_integer_value(j)); break;
    case JSON_REAL:    msgpack_pack_double(pk, json_real_value(j)); break;
    case JSON_STRING:  msgpack_pack_str(pk, json_string_length(j)); msgpack_pack_str_body(pk, json_string_value(j), json_string_length(j)); break;
    case JSON_ARRAY:
        msgpack_pack_array(pk, json_array_size(j));
        json_array_foreach((json_t *)j, i, v)
            pack_json(pk, v);
        break;
    case JSON_OBJECT:
        msgpack_pack_map(pk, json_object_size(j));
        json_object_foreach((json_t *)j, key, v) {
            msgpack_pack_str(pk, strlen(key));
            msgpack_pack_str_body(pk, key, strlen(key));
            pack_json(pk, v);
        }
        break;
    }
}

static int check(const char *method, const char *json, const char **bad, struct qw_error *err)
{
    json_error_t je;
    json_t *j = json_loads(json, 0, &je);
    if (j == NULL)
        fail_msg("the test's own JSON: %s", json);
    msgpack_sbuffer sb;
    msgpack_sbuffer_init(&sb);
    msgpack_packer pk;
    msgpack_packer_init(&pk, &sb, msgpack_sbuffer_write);
    pack_json(&pk, j);
    json_decref(j);
    struct qw_arena *a = qw_arena_new(0);
    struct mp v;
    size_t used;
    assert_int_equal(mp_read(a, sb.data, sb.size, &mp_limits_in, &v, &used, err), QW_OK);
    const struct method_def *m = method_find(method, strlen(method));
    assert_non_null(m);
    const char *p = NULL;
    int rc = method_check(m, &v, &p, err);
    static char copy[128];
    snprintf(copy, sizeof copy, "%s", p != NULL ? p : "");
    *bad = copy;
    qw_arena_free(a);
    msgpack_sbuffer_destroy(&sb);
    return rc;
}

#define MSG "\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]"

static void checks(void **state)
{
    (void)state;
    static const struct { const char *method, *json; int rc; const char *bad, *says; } cases[] = {
        { "conn.ping", "{}", QW_OK, "", "" },
        { "chat", "{" MSG "}", QW_OK, "", "" },
        { "chat", "{" MSG ", \"temperature\": 1}", QW_OK, "", "" },
        { "chat", "{" MSG ", \"temperature\": null, \"x_mine\": [1]}", QW_OK, "", "" },
        { "chat", "{" MSG ", \"seed\": 9007199254740991, \"n\": 16, \"stop\": [\"a\", \"b\"], \"verify\": {\"mode\": \"check\"}}", QW_OK, "", "" },
        { "chat", "{" MSG ", \"logit_bias\": {\"12\": -5, \"7\": 1.5}}", QW_OK, "", "" },
        { "generate", "{\"ids\": [1, 2, 3]}", QW_OK, "", "" },
        { "chat", "{}", QW_EPARAMS, "messages", "missing" },
        { "chat", "{\"messages\": null}", QW_EPARAMS, "messages", "missing" },
        { "chat", "{\"messages\": []}", QW_EPARAMS, "messages", "from 1 to 4096" },
        { "chat", "{\"messages\": \"hi\"}", QW_EPARAMS, "messages", "an array of maps" },
        { "chat", "{\"messages\": [\"hi\"]}", QW_EPARAMS, "messages", "an array of maps" },
        { "chat", "{\"messages\": [{\"role\": \"user\"}]}", QW_EPARAMS, "content", "messages: 'content' is missing" },
        { "chat", "{\"messages\": [{\"role\": \"robot\", \"content\": \"\"}]}", QW_EPARAMS, "role", "system|user|assistant" },
        { "chat", "{\"messages\": [{\"role\": \"tool\", \"content\": \"\"}]}", QW_EUNSUPPORTED, "role", "level 4" },
        { "chat", "{\"messages\": [{\"role\": \"user\", \"contents\": \"\"}]}", QW_EPARAMS, "contents", "did you mean 'content'?" },
        { "chat", "{" MSG ", \"temprature\": 1}", QW_EPARAMS, "temprature", "did you mean 'temperature'?" },
        { "chat", "{" MSG ", \"qqqqqqqqqq\": 1}", QW_EPARAMS, "qqqqqqqqqq", "unknown parameter" },
        { "chat", "{" MSG ", \"temperature\": -0.1}", QW_EPARAMS, "temperature", "from 0 to 10" },
        { "chat", "{" MSG ", \"temperature\": \"0\"}", QW_EPARAMS, "temperature", "a number" },
        { "chat", "{" MSG ", \"max_tokens\": 0}", QW_EPARAMS, "max_tokens", "from 1" },
        { "chat", "{" MSG ", \"max_tokens\": 1.0}", QW_EPARAMS, "max_tokens", "an integer" },
        { "chat", "{" MSG ", \"seed\": 9007199254740992}", QW_EPARAMS, "seed", "9007199254740991" },
        { "chat", "{" MSG ", \"stream\": 1}", QW_EPARAMS, "stream", "a boolean" },
        { "chat", "{" MSG ", \"stop\": \"x\"}", QW_EPARAMS, "stop", "an array of strings" },
        { "chat", "{" MSG ", \"stop\": [\"\"]}", QW_EPARAMS, "stop", "from 1 to 256" },
        { "chat", "{" MSG ", \"stop\": [1]}", QW_EPARAMS, "stop", "an array of strings" },
        { "chat", "{" MSG ", \"verify\": {}}", QW_EPARAMS, "mode", "missing" },
        { "chat", "{" MSG ", \"verify\": {\"mode\": \"try\"}}", QW_EPARAMS, "mode", "off|check|retry|vote" },
        { "chat", "{" MSG ", \"verify\": {\"mode\": \"retry\", \"attempts\": 3, \"loop_ms\": 1000}}", QW_OK, "", "" },
        { "chat", "{" MSG ", \"verify\": {\"mode\": \"retry\", \"attempts\": 17}}", QW_EPARAMS, "attempts", "from 1 to 16" },
        { "chat", "{" MSG ", \"verify\": {\"mode\": \"vote\", \"samples\": 0}}", QW_EPARAMS, "samples", "from 1 to 16" },
        { "chat", "{" MSG ", \"grammar\": \"k\"}", QW_EUNSUPPORTED, "grammar", "level 4" },
        { "chat", "{" MSG ", \"key\": \"k\", \"durability\": \"turn\", \"on_disconnect\": \"detach\"}", QW_OK, "", "" },
        { "chat", "{" MSG ", \"key\": \"\"}", QW_EPARAMS, "key", "from 1 to 128" },
        { "chat", "{" MSG ", \"durability\": \"always\"}", QW_EPARAMS, "durability", "none|async|turn" },
        { "chat", "{" MSG ", \"on_disconnect\": \"stay\"}", QW_EPARAMS, "on_disconnect", "cancel" },
        { "chat", "{" MSG ", \"logit_bias\": {\"a\": 1}}", QW_EPARAMS, "logit_bias", "decimal" },
        { "chat", "{" MSG ", \"logit_bias\": {\"1\": 101}}", QW_EPARAMS, "logit_bias", "from -100 to 100" },
        { "generate", "{\"ids\": [1, -2]}", QW_EPARAMS, "ids", "each element" },
        { "generate", "{\"ids\": [1, \"2\"]}", QW_EPARAMS, "ids", "integers" },
        { "session.chat", "{" MSG "}", QW_EPARAMS, "session", "missing" },
        { "session.chat", "{\"session\": \"\", " MSG "}", QW_EPARAMS, "session", "from 1 to 64" },
        { "conn.ping", "{\"model\": 1}", QW_EPARAMS, "model", "unknown" },
        { "session.resume", "{\"session\": \"s\", \"tag\": \"t\", \"stream\": true}", QW_OK, "", "" },
        { "session.resume", "{\"session\": \"s\", \"temperature\": 1}", QW_EPARAMS, "temperature", "unknown" },
        { "session.rename", "{\"session\": \"s\", \"tags\": [\"a\", \"\"]}", QW_EPARAMS, "tags", "from 1 to 64" },
        { "session.rewind", "{\"session\": \"s\", \"message\": \"\"}", QW_OK, "", "" },
        { "session.edit", "{\"session\": \"s\", \"message\": \"m\"}", QW_EPARAMS, "text", "missing" },
        { "run.attach", "{\"key\": \"k\", \"from\": {\"at\": 5}}", QW_OK, "", "" },
        { "run.attach", "{\"key\": \"k\", \"from\": {\"at\": -5}}", QW_EPARAMS, "at", "from 0" },
        { "run.attach", "{\"key\": \"k\", \"from\": {\"att\": 5}}", QW_EPARAMS, "att", "from: unknown" },
        { "run.attach", "{\"key\": \"k\", \"from\": 5}", QW_EPARAMS, "from", "a map" },
        { "blob.write", "{\"blob\": \"b\", \"at\": 0, \"data\": \"text\"}", QW_EPARAMS, "data", "bytes" },
        { "blob.read", "{\"blob\": \"b\", \"at\": 0, \"bytes\": 1048577}", QW_EPARAMS, "bytes", "1048576" },
        { "store.check", "{\"deep\": 1}", QW_EPARAMS, "deep", "a boolean" },
        { "conn.hello", "{\"realm\": \"r\"}", QW_EUNSUPPORTED, "realm", "level 4" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_error err = { 0 };
        const char *bad;
        int rc = check(cases[i].method, cases[i].json, &bad, &err);
        if (rc != cases[i].rc || strcmp(bad, cases[i].bad) != 0 || (rc != QW_OK && strstr(err.msg, cases[i].says) == NULL))
            fail_msg("%s %s: %d, '%s', %s", cases[i].method, cases[i].json, rc, bad, err.msg);
    }
}

static void bin_for_str(void **state)
{
    (void)state;
    static const struct { const char *p; size_t n; int rc; } cases[] = {
        { "\x82\xa4gold\xc4\x01" "1\xa6""answer\xa1" "2", 18, QW_OK },
        { "\x82\xa4gold\xc4\x01\xff\xa6""answer\xa1" "2", 18, QW_EPARAMS },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_arena *a = qw_arena_new(0);
        struct mp v;
        size_t used;
        assert_int_equal(mp_read(a, cases[i].p, cases[i].n, &mp_limits_in, &v, &used, NULL), QW_OK);
        assert_int_equal(method_check(method_find("equiv", 5), &v, NULL, NULL), cases[i].rc);
        qw_arena_free(a);
    }
}

static void bin_for_bytes(void **state)
{
    (void)state;
    static const struct { const char *p; size_t n; int rc; } cases[] = {
        { "\x83\xa4""blob\xa1" "b\xa2""at\x00\xa4""data\xc4\x02\x00\xff", 21, QW_OK },
        { "\x83\xa4""blob\xa1" "b\xa2""at\x00\xa4""data\xc4\x00", 19, QW_EPARAMS },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_arena *a = qw_arena_new(0);
        struct mp v;
        size_t used;
        assert_int_equal(mp_read(a, cases[i].p, cases[i].n, &mp_limits_in, &v, &used, NULL), QW_OK);
        assert_int_equal(method_check(method_find("blob.write", 10), &v, NULL, NULL), cases[i].rc);
        qw_arena_free(a);
    }
}

static void unknown_methods(void **state)
{
    (void)state;
    static const struct { const char *name; int rc; const char *says; } cases[] = {
        { "admin.limits", QW_EUNSUPPORTED, "level 4" }, { "admin.trace", QW_EUNSUPPORTED, "level 4" },
        { "session.renam", QW_EMETHOD, "did you mean 'session.rename'?" }, { "blob.open", QW_EMETHOD, "blob." },
        { "embed", QW_EUNSUPPORTED, "level 4" }, { "generat", QW_EMETHOD, "did you mean 'generate'?" },
        { "sesion.chat", QW_EMETHOD, "did you mean 'session.chat'?" }, { "rm -rf", QW_EMETHOD, "api.info" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_error err = { 0 };
        assert_null(method_find(cases[i].name, strlen(cases[i].name)));
        int rc = method_unknown(cases[i].name, strlen(cases[i].name), &err);
        if (rc != cases[i].rc || strstr(err.msg, cases[i].says) == NULL)
            fail_msg("%s: %d, %s", cases[i].name, rc, err.msg);
    }
}

static void consistent(void **state)
{
    (void)state;
    const struct method_def *m;
    for (size_t i = 0; (m = method_at(i)) != NULL; i++) {
        assert_ptr_equal(method_find(m->name, strlen(m->name)), m);      /* no name twice */
        assert_true(m->since >= 1 && m->since <= PROTO_LEVEL && m->doc[0] != '\0' && m->result[0] != '\0');
        for (const struct param_def *const *g = m->params; *g != NULL; g++)
            for (const struct param_def *p = *g; p->name != NULL; p++) {
                assert_ptr_equal(method_param(m, p->name, strlen(p->name)), p);
                assert_true(p->min <= p->max && p->item_min <= p->item_max && p->since >= 1 && p->doc[0] != '\0');
                assert_true((p->type == P_ARRAY_MAP || p->type == P_MAP) == (p->fields != NULL));
            }
    }
}

static void info(void **state)
{
    (void)state;
    struct qw_buf b = QW_BUF_INIT;
    api_info_write(&b, "1.2.3");
    struct qw_arena *a = qw_arena_new(0);
    struct mp v;
    size_t used, n = 0;
    int64_t i;
    assert_int_equal(mp_read(a, b.data, b.len, &mp_limits_out, &v, &used, NULL), QW_OK);
    assert_int_equal(used, b.len);
    assert_true(mp_is_str(mp_get(&v, "version"), "1.2.3"));
    while (method_at(n) != NULL)
        n++;
    assert_int_equal(mp_get(&v, "methods")->u.a.n, n);
    assert_true(mp_is_str(mp_path(&v, "errors.8.name"), "context_exceeded"));
    assert_true(mp_to_i64(mp_path(&v, "errors.8.code"), &i) && i == 9);
    assert_int_equal(mp_get(&v, "errors")->u.a.n, 16);
    assert_true(mp_to_i64(mp_path(&v, "limits.request_bytes"), &i) && i == 4194304);
    for (size_t k = 0; k < n; k++)                              /* nothing of a later level is promised */
        for (size_t p = 0; p < mp_get(&mp_get(&v, "methods")->u.a.v[k], "params")->u.a.n; p++) {
            const struct mp *name = mp_get(&mp_get(&mp_get(&v, "methods")->u.a.v[k], "params")->u.a.v[p], "name");
            assert_false(mp_is_str(name, "realm") || mp_is_str(name, "parent") || mp_is_str(name, "grammar"));
        }
    qw_arena_free(a);
    qw_buf_free(&b);
}

static const char *at(void *arg, size_t i)
{
    const char *const *list = arg;
    return list[i];
}

static void nearest(void **state)
{
    (void)state;
    static const char *const list[] = { "ask", "chat", "verify", "status", "model", "daemon", "doctor", NULL };
    static const struct { const char *in, *out; } cases[] = {
        { "aks", "ask" }, { "chta", "chat" }, { "verfiy", "verify" }, { "statsu", "status" }, { "models", "model" },
        { "deamon", "daemon" }, { "x", NULL }, { "zzz", NULL }, { "", NULL }, { "frobnicate", NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *r = nearest_name(cases[i].in, strlen(cases[i].in), at, (void *)list);
        if ((r == NULL) != (cases[i].out == NULL) || (r != NULL && strcmp(r, cases[i].out) != 0))
            fail_msg("%s: %s", cases[i].in, r != NULL ? r : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks), cmocka_unit_test(bin_for_str), cmocka_unit_test(bin_for_bytes),
        cmocka_unit_test(unknown_methods),
        cmocka_unit_test(consistent), cmocka_unit_test(info), cmocka_unit_test(nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
