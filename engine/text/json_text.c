#include "engine/text/json_text.h"

#include <string.h>

#include "base/utf8.h"

#define MAX_DEPTH 64

/* One pass over the text; out == NULL only checks.  A function returns false with
 * p where it went wrong. */
struct reader { const char *p, *end; struct qw_buf *out; };

static void put(struct reader *r, const char *s, size_t n)
{
    if (r->out != NULL)
        qw_buf_add(r->out, s, n);
}

static void skip_space(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
        r->p++;
}

/* ---- strings ------------------------------------------------------------------- */

static bool hex4(const char *p, const char *end, uint32_t *v)
{
    if (end - p < 4)
        return false;
    *v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
              : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (d < 0)
            return false;
        *v = *v * 16 + (uint32_t)d;
    }
    return true;
}

/* One character after a backslash; p stands on the letter. */
static bool unescape(struct reader *r, uint32_t *cp)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *hit;
    uint32_t low;

    if (r->p >= r->end)
        return false;
    if (*r->p != 'u') {
        hit = memchr(from, *r->p, sizeof from - 1);
        if (hit == NULL)
            return false;
        *cp = (uint8_t)to[hit - from];
        r->p++;
        return true;
    }
    if (!hex4(r->p + 1, r->end, cp))
        return false;
    r->p += 5;
    if (*cp < 0xd800 || *cp > 0xdfff)
        return true;
    if (*cp > 0xdbff || r->end - r->p < 6 || r->p[0] != '\\' || r->p[1] != 'u' ||
        !hex4(r->p + 2, r->end, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
    r->p += 6;
    return true;
}

/* As Python escapes: quote, backslash and what is below 0x20; DEL and the rest stay. */
static void put_escaped(struct reader *r, uint32_t cp)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *hit = cp < 0x80 && cp != 0 ? memchr(from, (int)cp, sizeof from - 1) : NULL;
    char c[4];

    if (r->out == NULL)
        return;
    if (hit != NULL)
        qw_buf_add(r->out, (char[]){ '\\', to[hit - from] }, 2);
    else if (cp < 0x20)
        qw_buf_addf(r->out, "\\u%04x", (unsigned)cp);
    else
        qw_buf_add(r->out, c, utf8_encode(cp, c));
}

/* raw: the characters themselves, without quotes. */
static bool string(struct reader *r, bool raw)
{
    if (r->p >= r->end || *r->p != '"')
        return false;
    r->p++;
    if (!raw)
        put(r, "\"", 1);
    while (r->p < r->end && *r->p != '"') {
        uint32_t cp = 0;
        char c[4];
        if (*r->p == '\\') {
            r->p++;
            if (!unescape(r, &cp))
                return false;
        } else {
            size_t len = utf8_decode(r->p, (size_t)(r->end - r->p), &cp);
            if (len == 0 || cp < 0x20)
                return false;
            r->p += len;
        }
        if (raw)
            put(r, c, utf8_encode(cp, c));
        else
            put_escaped(r, cp);
    }
    if (r->p >= r->end)
        return false;
    r->p++;
    if (!raw)
        put(r, "\"", 1);
    return true;
}

/* ---- the other values ------------------------------------------------------------ */

static bool digits(struct reader *r)
{
    const char *from = r->p;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
        r->p++;
    return r->p > from;
}

static bool number(struct reader *r)
{
    const char *from = r->p;

    if (r->p < r->end && *r->p == '-')
        r->p++;
    if (r->p < r->end && *r->p == '0')
        r->p++;
    else if (!digits(r))
        return false;
    if (r->p < r->end && *r->p == '.') {
        r->p++;
        if (!digits(r))
            return false;
    }
    if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
        r->p++;
        if (r->p < r->end && (*r->p == '+' || *r->p == '-'))
            r->p++;
        if (!digits(r))
            return false;
    }
    put(r, from, (size_t)(r->p - from));
    return true;
}

static bool word(struct reader *r, const char *w)
{
    size_t n = strlen(w);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, w, n) != 0)
        return false;
    put(r, w, n);
    r->p += n;
    return true;
}

/* Called for each member or element of the outermost container: the text of its value,
 * and its key (with quotes) or NULL. */
typedef void each_fn(void *arg, struct json_span key, struct json_span value);

static bool value(struct reader *r, int depth, each_fn *each, void *arg);

static bool container(struct reader *r, char open, char close, int depth, each_fn *each, void *arg)
{
    if (depth >= MAX_DEPTH)
        return false;
    r->p++;
    put(r, &open, 1);
    skip_space(r);
    for (bool first = true; r->p < r->end && (!first || *r->p != close); first = false) {
        struct json_span key = { NULL, 0 };
        if (open == '{') {
            key.p = r->p;
            if (!string(r, false))
                return false;
            key.n = (size_t)(r->p - key.p);
            skip_space(r);
            if (r->p >= r->end || *r->p != ':')
                return false;
            r->p++;
            put(r, ": ", 2);
            skip_space(r);
        }
        const char *from = r->p;
        if (!value(r, depth + 1, NULL, NULL))
            return false;
        if (each != NULL)
            each(arg, key, (struct json_span){ from, (size_t)(r->p - from) });
        skip_space(r);
        if (r->p >= r->end || *r->p != ',')
            break;
        r->p++;
        put(r, ", ", 2);
        skip_space(r);
    }
    if (r->p >= r->end || *r->p != close)
        return false;
    r->p++;
    put(r, &close, 1);
    return true;
}

static bool value(struct reader *r, int depth, each_fn *each, void *arg)
{
    if (r->p >= r->end)
        return false;
    switch (*r->p) {
    case '{': return container(r, '{', '}', depth, each, arg);
    case '[': return container(r, '[', ']', depth, each, arg);
    case '"': return string(r, false);
    case 't': return word(r, "true");
    case 'f': return word(r, "false");
    case 'n': return word(r, "null");
    default:  return number(r);
    }
}

static bool whole(struct reader *r, each_fn *each, void *arg)
{
    skip_space(r);
    if (!value(r, 0, each, arg))
        return false;
    skip_space(r);
    return r->p == r->end;
}

int json_text_respell(const char *s, size_t n, struct qw_buf *out, struct qw_error *err)
{
    struct reader r = { s, s + n, out };
    if (!whole(&r, NULL, NULL))
        return qw_error_set(err, QW_EPARAMS, "not JSON at byte %zu", (size_t)(r.p - s));
    return qw_buf_failed(out) ? qw_error_set(err, QW_ENOMEM, "no memory for JSON of %zu bytes", n) : QW_OK;
}

bool json_text_string(const char *s, size_t n, struct qw_buf *out)
{
    struct reader check = { s, s + n, NULL };
    if (!string(&check, true) || check.p != check.end)
        return false;
    struct reader r = { s, s + n, out };
    return string(&r, true);
}

struct search { const char *key; size_t index, at; bool hit; struct json_span value; };

static void match_key(void *arg, struct json_span key, struct json_span v)
{
    struct search *f = arg;
    struct qw_buf b = QW_BUF_INIT;
    if (key.p != NULL && json_text_string(key.p, key.n, &b) && !qw_buf_failed(&b) &&
        b.len == strlen(f->key) && (b.len == 0 || memcmp(b.data, f->key, b.len) == 0)) {
        f->hit = true;
        f->value = v;
    }
    qw_buf_free(&b);
}

static void match_index(void *arg, struct json_span key, struct json_span v)
{
    struct search *f = arg;
    if (key.p == NULL && f->at++ == f->index) {
        f->hit = true;
        f->value = v;
    }
}

static bool find(const char *s, size_t n, struct search *f, each_fn *each, struct json_span *v)
{
    struct reader r = { s, s + n, NULL };
    if (!whole(&r, each, f) || !f->hit)
        return false;
    *v = f->value;
    return true;
}

bool json_text_member(const char *s, size_t n, const char *key, struct json_span *v)
{
    return find(s, n, &(struct search){ .key = key }, match_key, v);
}

bool json_text_element(const char *s, size_t n, size_t i, struct json_span *v)
{
    return find(s, n, &(struct search){ .index = i }, match_index, v);
}
