/* Full text: what goes into the index, what a query becomes, where the words stand.
 *
 * The index (FTS5, contentless, unicode61) sees text with spaces around each CJK character, so that
 * each is a word.  A query's words are quoted, each of them must be there; Chinese ones become a phrase
 * of their characters; a word of letters matches as a beginning, too. */
#include <ctype.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "daemon/store/store_int.h"

enum { MAX_WORDS = 32, MIN_BEGINNING = 4, SNIPPET_BEFORE = 40, SNIPPET_CHARS = 160 };

/* Scripts written without blanks: Han with its extensions, kana, Hangul, Bopomofo. */
static bool is_cjk(uint32_t c)
{
    return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3100 && c <= 0x312f) || (c >= 0x31a0 && c <= 0x31ff) ||
           (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7a3) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff) || c == 0x3005 || c == 0x3007;
}

/* Malformed bytes count as one character each. */
static size_t decode(const char *s, size_t n, uint32_t *c)
{
    size_t k = utf8_decode(s, n, c);

    if (k == 0) {
        *c = (unsigned char)*s;
        k = 1;
    }
    return k;
}

static void spread(struct qw_buf *out, const char *s, size_t n)
{
    for (size_t i = 0, k; i < n; i += k) {
        uint32_t c;

        k = decode(s + i, n - i, &c);
        if (is_cjk(c))
            qw_buf_addc(out, ' ');
        qw_buf_add(out, s + i, k);
        if (is_cjk(c))
            qw_buf_addc(out, ' ');
    }
}

static int with_text(struct db *db, sqlite3_stmt *st, int64_t seq, const char *text, struct qw_error *err)
{
    struct qw_buf b = QW_BUF_INIT;
    int rc;

    if (text == NULL || text[0] == '\0')
        return QW_OK;
    spread(&b, text, strlen(text));
    if (qw_buf_failed(&b)) {
        qw_buf_free(&b);
        return qw_error_set(err, QW_ENOMEM, "no memory to index a message");
    }
    db_bind(st, "it", seq, b.data);
    rc = db_run(db, st, err);
    qw_buf_free(&b);
    return rc;
}

int search_add(struct db *db, int64_t seq, const char *text, struct qw_error *err)
{
    return with_text(db, db_sql(db, "INSERT INTO search(rowid, text) VALUES(?, ?)"), seq, text, err);
}

int search_remove(struct db *db, int64_t seq, const char *text, struct qw_error *err)
{
    return with_text(db, db_sql(db, "INSERT INTO search(search, rowid, text) VALUES('delete', ?, ?)"), seq, text, err);
}

/* ---- the query ---- */

struct word { const char *p; size_t n; };

static size_t split(const char *s, struct word out[MAX_WORDS])
{
    size_t n = 0;

    while (n < MAX_WORDS) {
        size_t k;

        s += strspn(s, " \t\r\n");
        k = strcspn(s, " \t\r\n");
        if (k == 0)
            break;
        out[n++] = (struct word){ s, k };
        s += k;
    }
    return n;
}

/* "..." with quotes doubled; a beginning, if it is of letters and digits ("it's" as one would find "it so"), its last
 * is no CJK character, and it is long enough not to begin a tenth of all words. */
static void quote(struct qw_buf *out, struct word w)
{
    struct qw_buf spaced = QW_BUF_INIT;
    bool prefix = false, plain = true;

    spread(&spaced, w.p, w.n);
    for (size_t i = 0, k; i < w.n; i += k) {
        uint32_t c;

        k = decode(w.p + i, w.n - i, &c);
        prefix = c >= 128 ? !is_cjk(c) : isalnum((int)c) != 0;
        plain &= c >= 128 || prefix;
    }
    qw_buf_addc(out, '"');
    for (size_t i = 0; i < spaced.len; i++) {
        if (spaced.data[i] == '"')
            qw_buf_addc(out, '"');
        qw_buf_addc(out, spaced.data[i]);
    }
    qw_buf_adds(out, prefix && plain && w.n >= MIN_BEGINNING ? "\"* " : "\" ");
    if (qw_buf_failed(&spaced))
        out->failed = true;
    qw_buf_free(&spaced);
}

/* ---- the snippet ---- */

static int fold(int c) { return c < 128 ? tolower(c) : c; }

static bool same(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fold((unsigned char)a[i]) != fold((unsigned char)b[i]))
            return false;
    return true;
}

/* Which word stands at s[i], as a beginning of a word or in CJK text?  Its length, or 0. */
static size_t word_at(const char *s, size_t n, size_t i, const struct word *words, size_t n_words)
{
    size_t best = 0;

    for (size_t k = 0; k < n_words; k++) {
        uint32_t first;
        bool inside;

        if (words[k].n <= best || words[k].n > n - i || !same(s + i, words[k].p, words[k].n))
            continue;
        decode(words[k].p, words[k].n, &first);
        inside = i > 0 && isalnum((unsigned char)s[i - 1]) != 0 && first < 128 && isalnum((int)first) != 0;
        if (!inside)
            best = words[k].n;
    }
    return best;
}

static size_t back(const char *s, size_t i, size_t chars)
{
    while (i > 0 && chars > 0) {
        i--;
        while (i > 0 && ((unsigned char)s[i] & 0xc0) == 0x80)
            i--;
        chars--;
    }
    return i;
}

static char *snippet(struct query *q, const char *s, size_t n, const struct word *words, size_t n_words)
{
    struct qw_buf b = QW_BUF_INIT;
    size_t at = 0, chars = 0, from;
    char *out;

    while (at < n && word_at(s, n, at, words, n_words) == 0)
        at++;
    from = at < n ? back(s, at, SNIPPET_BEFORE) : 0;
    if (from > 0)
        qw_buf_adds(&b, "…");
    for (size_t i = from; i < n;) {
        size_t hit = word_at(s, n, i, words, n_words), k;
        uint32_t c;

        if (chars >= SNIPPET_CHARS) {
            qw_buf_adds(&b, "…");
            break;
        }
        if (hit > 0) {
            qw_buf_addc(&b, '\2');
            qw_buf_add(&b, s + i, hit);
            qw_buf_addc(&b, '\3');
            i += hit;
            chars += hit;
            continue;
        }
        k = decode(s + i, n - i, &c);
        if (c == '\2' || c == '\3' || c == '\n' || c == '\r' || c == '\t')
            qw_buf_addc(&b, ' ');           /* the marks are ours; one line */
        else
            qw_buf_add(&b, s + i, k);
        i += k;
        chars++;
    }
    out = qw_buf_failed(&b) ? NULL : query_text(q, b.len > 0 ? b.data : "", b.len);
    qw_buf_free(&b);
    return out;
}

/* ---- running it ---- */

static int add_hit(struct query *q, sqlite3_stmt *st, const struct word *words, size_t n_words)
{
    struct store_hit *h = query_add_hit(q);
    const char *title = (const char *)sqlite3_column_text(st, 3), *body = (const char *)sqlite3_column_text(st, 4);

    if (h == NULL)
        return QW_ENOMEM;
    h->message = (uint64_t)sqlite3_column_int64(st, 1);
    h->session = (uint64_t)sqlite3_column_int64(st, 2);
    h->title = title != NULL ? query_text(q, title, strlen(title)) : NULL;
    h->snippet = snippet(q, body != NULL ? body : "", body != NULL ? strlen(body) : 0, words, n_words);
    h->role = (uint8_t)sqlite3_column_int(st, 5);
    h->created_unix_ms = sqlite3_column_int64(st, 6);
    return h->snippet != NULL ? QW_OK : QW_ENOMEM;
}

int query_search(struct store *s, struct db *db, struct query *q, struct qw_error *err)
{
    uint32_t limit = q->q.limit == 0 || q->q.limit > 1000 ? 1000 : q->q.limit;
    struct qw_buf match = QW_BUF_INIT;
    struct word words[MAX_WORDS];
    size_t n = split(q->q.text != NULL ? q->q.text : "", words);
    int64_t before = INT64_MAX, last = 0;
    sqlite3_stmt *st;
    char *end, *expr, next[32];
    int rc;

    (void)s;
    if (q->q.cursor != NULL && ((before = strtoll(q->q.cursor, &end, 10)) <= 0 || *end != '\0'))
        return qw_error_set(err, QW_EPARAMS, "the cursor is not one of a search");
    if (n == 0)
        return QW_OK;
    for (size_t i = 0; i < n; i++)
        quote(&match, words[i]);
    expr = qw_buf_failed(&match) ? NULL : query_text(q, match.data, match.len);
    qw_buf_free(&match);
    if (expr == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to search");
    /* Newest first, which the index gives without sorting; the joins only drop rows. */
    st = db_sql(db, "SELECT m.seq, m.message, m.session, t.title, m.text, m.role, m.created FROM search"
                    " CROSS JOIN messages m ON m.seq = search.rowid CROSS JOIN sessions t ON t.session = m.session"
                    " WHERE search MATCH ?1 AND search.rowid < ?2 AND m.owner = ?3 AND t.owner = ?3 AND t.private = 0"
                    " ORDER BY search.rowid DESC");
    db_bind(st, "tii", expr, before, (int64_t)q->q.owner);
    while ((rc = db_step(db, st, err)) == 1) {
        if (q->q.n_hits == limit) {
            sqlite3_reset(st);
            q->q.next = query_text(q, next, (size_t)snprintf(next, sizeof next, "%lld", (long long)last));
            return q->q.next != NULL ? QW_OK : qw_error_set(err, QW_ENOMEM, "no memory to search");
        }
        last = sqlite3_column_int64(st, 0);
        if (add_hit(q, st, words, n) != QW_OK) {
            sqlite3_reset(st);
            return qw_error_set(err, QW_ENOMEM, "no memory to search");
        }
    }
    return rc;
}
