#include "daemon/run/tool_call.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "engine/text/json_text.h"
#include "proto/mp.h"

#define SHOWN_OF_WRONG 400u     /* of a call that is none */
#define FENCE "```"
#define MOST_BLOCKS 64u         /* that are looked at */

static int no_memory(struct qw_error *err)
{
    return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
}

void tool_call_free(struct tool_call *c)
{
    qw_free(c->name);
    qw_free(c->arguments);
    qw_free(c->wrong);
    *c = (struct tool_call){ 0 };
}

static bool blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static const char *skip_blank(const char *p, const char *end)
{
    while (p < end && blank(*p))
        p++;
    return p;
}

static const char *find(const char *p, const char *end, const char *what)
{
    return p < end ? memmem(p, (size_t)(end - p), what, strlen(what)) : NULL;
}

/* The end of the object that begins at p, by its brackets outside of strings; NULL: it does not end. */
static const char *object_end(const char *p, const char *end)
{
    size_t depth = 0;
    bool string = false;
    for (; p < end; p++) {
        if (string && *p == '\\')
            p++;
        else if (*p == '"')
            string = !string;
        else if (!string && (*p == '{' || *p == '['))
            depth++;
        else if (!string && (*p == '}' || *p == ']') && --depth == 0)
            return p + 1;
    }
    return NULL;
}

/* ---- where a call begins ---- */

static bool names_one(const struct tool_format *f, const char *json, size_t n)
{
    struct json_span v;
    struct qw_buf b = QW_BUF_INIT;
    bool found = false;
    if (json_text_member(json, n, "arguments", &v) && v.p[0] == '{' && json_text_member(json, n, "name", &v) && json_text_string(v.p, v.n, &b))
        for (size_t i = 0; i < f->n_names && !found; i++)
            found = b.len == strlen(f->names[i]) && b.len > 0 && memcmp(b.data, f->names[i], b.len) == 0;
    qw_buf_free(&b);
    return found;
}

/* A fence is all of its `. */
static const char *skip_fence(const char *p, const char *end)
{
    while (p < end && *p == '`')
        p++;
    return p;
}

/* A block of JSON whose fence stands at p. */
enum block { BLOCK_TEXT, BLOCK_MAY_BECOME, BLOCK_CALL };
static enum block look_at_block(const struct tool_format *f, const char *p, const char *end, const char **json)
{
    p = skip_fence(p, end);
    while (p < end && ((*p >= 'a' && *p <= 'z') || *p == '_'))
        p++;                                    /* the language, as it calls it */
    p = skip_blank(p, end);
    if (p == end)
        return BLOCK_MAY_BECOME;
    const char *stop = *p == '{' ? object_end(p, end) : NULL;
    *json = p;
    if (*p != '{' || stop == NULL)
        return *p != '{' ? BLOCK_TEXT : BLOCK_MAY_BECOME;
    return names_one(f, p, (size_t)(stop - p)) ? BLOCK_CALL : BLOCK_TEXT;
}

/* Where the first call in [p, end) begins, and its JSON to *json; NULL: there is none.  *held: where what may still become
 * one begins, or NULL. */
static const char *first_call(const struct tool_format *f, const char *p, const char *end, const char **json, const char **held)
{
    const char *tag = find(p, end, f->family.open);
    *held = NULL;
    const char *at = f->family.fenced ? find(p, end, FENCE) : NULL;
    for (unsigned i = 0; i < MOST_BLOCKS && at != NULL && (tag == NULL || at < tag); i++, at = find(skip_fence(at, end), end, FENCE)) {
        enum block b = look_at_block(f, at, end, json);
        if (b == BLOCK_CALL)
            return at;
        if (b == BLOCK_MAY_BECOME && *held == NULL)
            *held = at;
    }
    if (tag != NULL)
        *json = skip_blank(tag + strlen(f->family.open), end);
    return tag;
}

/* Length of the longest end of the text that is a beginning of `what`. */
static size_t may_become(const char *text, size_t n, const char *what)
{
    size_t k = strlen(what) - 1;
    for (k = k < n ? k : n; k > 0; k--)
        if (memcmp(text + n - k, what, k) == 0)
            return k;
    return 0;
}

size_t tool_visible(const char *text, size_t n, const struct tool_format *f, bool whole)
{
    const char *json, *held = NULL, *at = n > 0 ? first_call(f, text, text + n, &json, &held) : NULL;
    if (at == NULL && whole)
        return n;
    size_t shown = n - may_become(text, n, f->family.open);
    while (f->family.fenced && shown > 0 && text[shown - 1] == '`')
        shown--;
    if (held != NULL && !whole && (size_t)(held - text) < shown)
        shown = (size_t)(held - text);
    if (at != NULL && (whole || (size_t)(at - text) < shown))
        shown = (size_t)(at - text);
    while (shown > 0 && blank(text[shown - 1]))
        shown--;
    return shown;
}

/* ---- a call ---- */

int tool_arguments(const char *json, size_t n, size_t max, struct qw_buf *out, struct qw_error *err)
{
    const char *p = skip_blank(json, json + n);
    if (n > max)
        return qw_error_set(err, QW_ETOOLARGE, "the arguments have %zu bytes; %zu are allowed", n, max);
    int rc = json_text_respell(json, n, out, err);
    if (rc != QW_OK)
        return qw_error_wrap(err, "the arguments are not JSON");
    if (*p != '{')
        return qw_error_set(err, QW_EPARAMS, "the arguments are not a JSON object");
    return qw_buf_failed(out) ? no_memory(err) : QW_OK;
}

static bool has_nul(const struct qw_buf *b)
{
    return b->len > 0 && memchr(b->data, '\0', b->len) != NULL;
}

static int take_name(struct tool_call *c, const char *json, size_t n, struct qw_error *err)
{
    struct json_span v;
    struct qw_buf b = QW_BUF_INIT;
    bool good = json_text_member(json, n, "name", &v) && json_text_string(v.p, v.n, &b) && b.len > 0 && !has_nul(&b);
    if (good && b.len <= TOOL_MAX_NAME)
        c->name = qw_buf_take(&b);
    qw_buf_free(&b);
    if (!good || c->name == NULL)
        return qw_error_set(err, QW_EPARAMS, good ? "the name of the function is too long" : "the call has no \"name\" of a function");
    return QW_OK;
}

/* An object; or, as some models write it, a string that holds one; or none. */
static int take_arguments(struct tool_call *c, const char *json, size_t n, struct qw_error *err)
{
    struct json_span v;
    struct qw_buf inner = QW_BUF_INIT, b = QW_BUF_INIT;
    if (!json_text_member(json, n, "arguments", &v))
        v = (struct json_span){ "{}", 2 };
    if (json_text_string(v.p, v.n, &inner) && inner.len > 0)
        v = (struct json_span){ inner.data, inner.len };
    int rc = tool_arguments(v.p, v.n, TOOL_MAX_ARGUMENTS, &b, err);
    if (rc == QW_OK && (c->arguments = qw_buf_take(&b)) == NULL)
        rc = no_memory(err);
    qw_buf_free(&inner);
    qw_buf_free(&b);
    return rc;
}

static int take_call(struct tool_call *c, const char *json, size_t n, struct qw_error *err)
{
    struct qw_buf b = QW_BUF_INIT;
    int rc = json_text_respell(json, n, &b, err);
    qw_buf_free(&b);
    if (rc != QW_OK)
        return qw_error_wrap(err, "the call is not a JSON object {\"name\", \"arguments\"}");
    rc = take_name(c, json, n, err);
    return rc == QW_OK ? take_arguments(c, json, n, err) : rc;
}

/* What is wrong is the model's to know; only memory is an error here. */
static int make_call(struct tool_call *c, const char *p, const char *end, struct qw_error *err)
{
    struct qw_error why = { 0 };
    size_t n = (size_t)(end - p);
    if (take_call(c, p, n, &why) == QW_OK)
        return QW_OK;
    if (why.code == QW_ENOMEM)
        return no_memory(err);
    c->wrong = qw_strdup(why.msg);
    if (c->name == NULL)
        c->name = qw_strdup("");
    if (c->arguments == NULL)
        c->arguments = qw_strndup(p, n > SHOWN_OF_WRONG ? utf8_complete(p, SHOWN_OF_WRONG) : n);
    return c->wrong != NULL && c->name != NULL && c->arguments != NULL ? QW_OK : no_memory(err);
}

int tool_calls_parse(const char *text, size_t n, const struct tool_format *f, struct tool_call *out, size_t *n_out,
                     struct qw_error *err)
{
    const char *end = text + n, *p = NULL, *held;
    bool more = n > 0 && first_call(f, text, end, &p, &held) != NULL;
    size_t k = 0;
    int rc = QW_OK;
    while (more && k < TOOL_MOST_IN_TURN && rc == QW_OK) {
        const char *stop = p < end && *p == '{' ? object_end(p, end) : NULL;
        const char *closed = find(stop != NULL ? stop : p, end, f->family.close);
        if (stop == NULL)                       /* no object, or one that does not end: up to where it is closed */
            stop = closed != NULL ? closed : end;
        out[k] = (struct tool_call){ 0 };
        rc = make_call(&out[k++], p, stop, err);
        more = first_call(f, stop, end, &p, &held) != NULL;
    }
    if (rc != QW_OK)
        while (k > 0)
            tool_call_free(&out[--k]);
    *n_out = k;
    return rc;
}

/* ---- what the model is told ---- */

void tool_output(struct qw_buf *out, const char *text, size_t n, size_t max)
{
    size_t k = n > max ? utf8_complete(text, max) : n;
    qw_buf_add(out, text, k);
    if (k < n)
        qw_buf_addf(out, "\n[cut off here: %zu of %zu bytes]", k, n);
}

static void put_json_string(struct qw_buf *out, const char *s)
{
    struct mp v = { .type = MP_STR };
    v.u.s.p = s;
    v.u.s.n = strlen(s);
    mp_to_json(out, &v);
}

int tool_description(const char *name, const char *about, const char *schema_json, struct qw_buf *out, struct qw_error *err)
{
    qw_buf_adds(out, "{\"type\": \"function\", \"function\": {\"name\": ");
    put_json_string(out, name);
    qw_buf_adds(out, ", \"description\": ");
    put_json_string(out, about);
    qw_buf_adds(out, ", \"parameters\": ");
    int rc = json_text_respell(schema_json, strlen(schema_json), out, err);
    if (rc != QW_OK) {
        qw_error_wrap(err, "the schema of the tool %s", name);
        err->code = rc = QW_EPLUGIN;
    }
    qw_buf_adds(out, "}}");
    return rc == QW_OK && qw_buf_failed(out) ? no_memory(err) : rc;
}
