/* api.info: the table as a result. */
#include "proto/table_int.h"

static const char *const type_names[] = {
    [P_BOOL] = "bool", [P_INT] = "int", [P_FLOAT] = "float", [P_STR] = "str", [P_ARRAY_INT] = "[int]",
    [P_ARRAY_STR] = "[str]", [P_ARRAY_MAP] = "[map]", [P_MAP] = "map", [P_MAP_FLOAT] = "{str: float}", [P_BIN] = "bin",
};

static void write_params(struct qw_buf *b, const struct param_def *const *groups)
{
    size_t n = 0;
    while (table_param_name((void *)groups, n) != NULL)
        n++;
    mpw_array(b, n);
    for (const struct param_def *const *g = groups; *g != NULL; g++)
        for (const struct param_def *p = *g; p->name != NULL; p++) {
            struct mpw_open m = mpw_map_begin(b);
            mpw_key(b, &m, "name");     mpw_str(b, p->name);
            mpw_key(b, &m, "type");     mpw_str(b, type_names[p->type]);
            mpw_key(b, &m, "required"); mpw_bool(b, p->required);
            if (p->max != 0 || p->min != 0) {
                mpw_key(b, &m, "min");  mpw_float(b, p->min);
                mpw_key(b, &m, "max");  mpw_float(b, p->max);
            }
            if (p->choices != NULL) {
                mpw_key(b, &m, "choices");
                mpw_str(b, p->choices);
            }
            if (p->fields != NULL) {
                const struct param_def *const sub[] = { p->fields, NULL };
                mpw_key(b, &m, "fields");
                write_params(b, sub);
            }
            mpw_key(b, &m, "doc");      mpw_str(b, p->doc);
            mpw_key(b, &m, "since");    mpw_int(b, p->since);
            mpw_map_end(b, &m);
        }
}

static void write_methods(struct qw_buf *b)
{
    const struct method_def *m;
    size_t n = 0;
    while (method_at(n) != NULL)
        n++;
    mpw_array(b, n);
    for (size_t i = 0; (m = method_at(i)) != NULL; i++) {
        mpw_map(b, 6);
        mpw_str(b, "name");   mpw_str(b, m->name);
        mpw_str(b, "doc");    mpw_str(b, m->doc);
        mpw_str(b, "admin");  mpw_bool(b, m->admin);
        mpw_str(b, "since");  mpw_int(b, m->since);
        mpw_str(b, "params"); write_params(b, m->params);
        mpw_str(b, "result"); mpw_str(b, m->result);
    }
}

static void write_notifies(struct qw_buf *b)
{
    const struct notify_def *t;
    size_t n = 0;
    while (notify_at(n) != NULL)
        n++;
    mpw_array(b, n);
    for (size_t i = 0; (t = notify_at(i)) != NULL; i++) {
        mpw_map(b, 4);
        mpw_str(b, "name");   mpw_str(b, t->name);
        mpw_str(b, "doc");    mpw_str(b, t->doc);
        mpw_str(b, "params"); mpw_str(b, t->params);
        mpw_str(b, "since");  mpw_int(b, t->since);
    }
}

static void write_errors(struct qw_buf *b)
{
    mpw_array(b, 16);
    for (int wire = 1; wire <= 16; wire++) {
        int code = qw_code_from_wire(wire);
        mpw_map(b, 3);
        mpw_str(b, "code"); mpw_int(b, wire);
        mpw_str(b, "name"); mpw_str(b, qw_code_name(code));
        mpw_str(b, "text"); mpw_str(b, qw_code_text(code));
    }
}

static void write_limits(struct qw_buf *b)
{
    static const struct { const char *name; int64_t v; } lim[] = {
        { "request_bytes", PROTO_MAX_IN_BYTES }, { "reply_bytes", PROTO_MAX_OUT_BYTES }, { "depth", PROTO_MAX_DEPTH },
        { "in_flight", PROTO_MAX_IN_FLIGHT }, { "unsent_pause_bytes", PROTO_UNSENT_PAUSE_BYTES },
        { "unsent_close_bytes", PROTO_UNSENT_CLOSE_BYTES }, { "stall_close_ms", PROTO_STALL_CLOSE_MS },
        { "default_max_tokens", PROTO_DEFAULT_MAX_TOKENS }, { "blob_chunk_bytes", PROTO_MAX_BLOB_CHUNK },
    };
    mpw_map(b, sizeof lim / sizeof lim[0]);
    for (size_t i = 0; i < sizeof lim / sizeof lim[0]; i++) {
        mpw_str(b, lim[i].name);
        mpw_int(b, lim[i].v);
    }
}

void api_info_write(struct qw_buf *b, const char *version)
{
    mpw_map(b, 9);
    mpw_str(b, "name");             mpw_str(b, "qwend");
    mpw_str(b, "version");          mpw_str(b, version);
    mpw_str(b, "level");            mpw_int(b, PROTO_LEVEL);
    mpw_str(b, "level_compatible"); mpw_int(b, PROTO_LEVEL_COMPATIBLE);
    mpw_str(b, "features");
    size_t n = 0;
    while (table_feature(n) != NULL)
        n++;
    mpw_array(b, n);
    for (size_t i = 0; i < n; i++)
        mpw_str(b, table_feature(i));
    mpw_str(b, "limits");           write_limits(b);
    mpw_str(b, "methods");          write_methods(b);
    mpw_str(b, "notifications");    write_notifies(b);
    mpw_str(b, "errors");           write_errors(b);
}
