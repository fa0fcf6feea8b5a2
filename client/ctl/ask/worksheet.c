#include "client/ctl/ask/worksheet.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define MAX_NUMBER  999
#define MAX_SKIP    20          /* numbers that may be left out between two questions */

enum style { NONE, DOT, CLOSED, IN_PARENS, DI, WORD, HAN };
struct mark {
    enum style style;
    unsigned   number;
    size_t     indent;          /* bytes before it */
    const char *rest;           /* behind it */
};

/* ---- marks ------------------------------------------------------------------------- */

/* *p moves behind s when it stands there. */
static bool skip(const char **p, const char *s)
{
    size_t n = strlen(s);
    if (strncmp(*p, s, n) != 0)
        return false;
    *p += n;
    return true;
}

static bool skip_any(const char **p, const char *const *list)
{
    for (; *list != NULL; list++)
        if (skip(p, *list))
            return true;
    return false;
}

static void blanks(const char **p)
{
    while (**p == ' ' || **p == '\t' || strncmp(*p, "\xe3\x80\x80", 3) == 0)
        *p += **p == ' ' || **p == '\t' ? 1 : 3;
}

/* An Arabic digit, of full width too; -1: none. */
static int digit(const char **p)
{
    const unsigned char *s = (const unsigned char *)*p;
    if (s[0] >= '0' && s[0] <= '9') {
        *p += 1;
        return s[0] - '0';
    }
    if (s[0] == 0xef && s[1] == 0xbc && s[2] >= 0x90 && s[2] <= 0x99) {
        *p += 3;
        return s[2] - 0x90;
    }
    return -1;
}

static unsigned arabic(const char **p)
{
    unsigned n = 0;
    for (int d; n <= MAX_NUMBER && (d = digit(p)) >= 0; )
        n = 10 * n + (unsigned)d;
    return n <= MAX_NUMBER ? n : 0;
}

/* 一 to 九十九; 0: none. */
static unsigned han(const char **p)
{
    static const char *const digits[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九" };
    unsigned tens = 0, ones = 0;
    for (unsigned i = 0; i < 9 && ones == 0; i++)
        if (skip(p, digits[i]))
            ones = i + 1;
    if (skip(p, "十")) {
        tens = ones > 0 ? ones : 1;
        ones = 0;
        for (unsigned i = 0; i < 9 && ones == 0; i++)
            if (skip(p, digits[i]))
                ones = i + 1;
    }
    return 10 * tens + ones;
}

static bool at_blank_or_end(const char *p)
{
    return *p == '\0' || *p == '\n' || *p == '\r' || *p == ' ' || *p == '\t' || strncmp(p, "\xe3\x80\x80", 3) == 0;
}

static bool word_mark(const char **p, unsigned *n)
{
    static const char *const words[] = { "question", "problem", "exercise", "q", "问题", "题目", "题", NULL };
    static const char *const ends[] = { ".", ":", ")", "：", "．", "、", "）", NULL };
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *s = *p;
        if (strncasecmp(s, words[i], strlen(words[i])) != 0)
            continue;
        s += strlen(words[i]);
        blanks(&s);
        if ((*n = arabic(&s)) == 0 || !(skip_any(&s, ends) || at_blank_or_end(s)))
            continue;
        *p = s;
        return true;
    }
    return false;
}

static bool di_mark(const char **p, unsigned *n)
{
    static const char *const ends[] = { ".", ":", "：", "．", "、", "，", NULL };
    const char *s = *p;
    if (!skip(&s, "第"))
        return false;
    blanks(&s);
    if ((*n = arabic(&s)) == 0)
        *n = han(&s);
    blanks(&s);
    if (*n == 0 || !skip(&s, "题"))
        return false;
    skip_any(&s, ends);
    *p = s;
    return true;
}

static bool number_mark(const char **p, struct mark *m)
{
    static const char *const open[] = { "(", "（", NULL }, *const close[] = { ")", "）", NULL };
    const char *s = *p;
    bool parens = skip_any(&s, open), dot;
    if ((m->number = arabic(&s)) == 0) {
        if (parens || (m->number = han(&s)) == 0 || !skip(&s, "、"))
            return false;
        m->style = HAN;
    } else if (skip_any(&s, close)) {
        m->style = parens ? IN_PARENS : CLOSED;
    } else {
        dot = skip(&s, ".");
        if (parens || (!dot && !skip(&s, "．") && !skip(&s, "、")) || (dot && *s >= '0' && *s <= '9'))     /* 1.5 is a number */
            return false;
        m->style = DOT;
    }
    *p = s;
    return true;
}

/* The mark that a line begins with; style NONE: none. */
static struct mark mark_of(const char *line)
{
    struct mark m = { .style = NONE };
    const char *p = line;
    blanks(&p);
    m.indent = (size_t)(p - line);
    while (*p == '#')
        p++;
    blanks(&p);
    bool bold = skip(&p, "**");
    if (di_mark(&p, &m.number))
        m.style = DI;
    else if (word_mark(&p, &m.number))
        m.style = WORD;
    else if (!number_mark(&p, &m))
        return m;
    if (bold)
        skip(&p, "**");
    m.rest = p;
    return m;
}

/* ---- lines ---------------------------------------------------------------------------- */

static const char *line_end(const char *p)
{
    return p + strcspn(p, "\n");
}

/* How this file numbers its questions: as its first number does, 一、 only where there are no others. */
static struct mark first_mark(const char *text)
{
    struct mark found = { .style = NONE };
    for (const char *p = text; *p != '\0'; p = *line_end(p) != '\0' ? line_end(p) + 1 : line_end(p)) {
        struct mark m = mark_of(p);
        if (m.style != NONE && m.style != HAN)
            return m;
        if (m.style == HAN && found.style == NONE)
            found = m;
    }
    return found;
}

/* A title is handed to nobody: # of Markdown, and 一、选择题 (nothing but Han characters, up to 题). */
static bool is_title(const char *line, size_t n)
{
    struct mark m = mark_of(line);
    const char *p = line;
    uint32_t cp = 0;
    size_t k;
    blanks(&p);
    if (*p == '#' && m.style == NONE)
        return true;
    if (m.style != HAN)
        return false;
    for (p = m.rest; p < line + n && (k = utf8_decode(p, (size_t)(line + n - p), &cp)) > 0 && cp >= 0x4e00 && cp <= 0x9fff; p += k)
        ;
    return p == line + n && cp == 0x9898;
}

static void trim(struct qw_buf *b)
{
    while (b->len > 0 && strchr(" \t\r\n", b->data[b->len - 1]) != NULL)
        b->data[--b->len] = '\0';
}

struct reader {
    struct worksheet *w;
    struct mark first;
    unsigned    number;         /* of the question being read; 0: none yet */
    bool        fresh;          /* a title came since */
    enum { SHARED, SECTION, QUESTION } in;
    struct qw_buf shared, section, question;
};

/* The question that has been read is done. */
static int finish(struct reader *r, struct qw_error *err)
{
    struct worksheet *w = r->w;
    struct qw_buf b = QW_BUF_INIT;
    if (r->in != QUESTION)
        return QW_OK;
    trim(&r->question);
    if (r->question.len == 0)
        return qw_error_set(err, QW_EPARAMS, "question %u is empty", r->number);
    if (w->n == WORKSHEET_MAX_QUESTIONS)
        return qw_error_set(err, QW_ETOOLARGE, "more than %d questions", WORKSHEET_MAX_QUESTIONS);
    const struct qw_buf *before[] = { &r->shared, &r->section };
    for (size_t i = 0; i < 2; i++)
        if (before[i]->len > 0) {
            qw_buf_add(&b, before[i]->data, before[i]->len);
            qw_buf_addc(&b, '\n');
        }
    qw_buf_add(&b, r->question.data, r->question.len);
    struct worksheet_question *more = qw_grow(w->q, w->n, &w->cap, sizeof *w->q);
    if (more != NULL)
        w->q = more;
    struct worksheet_question q = { .number = more != NULL ? qw_asprintf("%u", r->number) : NULL };
    if (q.number == NULL || qw_buf_failed(&b)) {
        qw_free(q.number);
        qw_buf_free(&b);
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    }
    q.text = qw_buf_take(&b);
    w->q[w->n++] = q;
    qw_buf_clear(&r->question);
    return QW_OK;
}

/* Does this mark begin a question, or is it text of one? */
static bool begins(const struct reader *r, const struct mark *m)
{
    if (m->style == NONE || m->style != r->first.style || m->indent > r->first.indent)
        return false;
    return r->number == 0 || (m->number > r->number && m->number <= r->number + MAX_SKIP) || (m->number == 1 && r->fresh);
}

static void add_line(struct reader *r, const char *p, size_t n)
{
    struct qw_buf *b = r->in == SHARED ? &r->shared : r->in == SECTION ? &r->section : &r->question;
    if (b->len > 0)
        qw_buf_addc(b, '\n');
    else
        while (n > 0 && (*p == ' ' || *p == '\t' || *p == '\r')) {
            p++;
            n--;
        }
    qw_buf_add(b, p, n);
}

/* What stands behind the mark of this line. */
static void add_rest(struct reader *r, const struct mark *m, const char *line, size_t n)
{
    const char *rest = m->rest;
    blanks(&rest);
    if (rest < line + n)
        add_line(r, rest, (size_t)(line + n - rest));
}

static int read_line(struct reader *r, const char *line, size_t n, struct qw_error *err)
{
    struct mark m = mark_of(line);
    int rc = QW_OK;
    if (begins(r, &m)) {
        rc = finish(r, err);
        trim(&r->shared);
        trim(&r->section);
        r->in = QUESTION;
        r->fresh = false;
        r->number = m.number;
        add_rest(r, &m, line, n);
    } else if (is_title(line, n)) {
        rc = finish(r, err);
        qw_buf_clear(&r->section);
        r->in = r->number == 0 ? SHARED : SECTION;
        r->fresh = true;
    } else if (m.style == HAN && r->first.style != HAN && m.indent <= r->first.indent) {      /* a title that says something */
        rc = finish(r, err);
        qw_buf_clear(&r->section);
        r->in = SECTION;
        r->fresh = true;
        add_rest(r, &m, line, n);
    } else {
        add_line(r, line, n);
    }
    if (rc == QW_OK && r->shared.len + r->section.len > WORKSHEET_MAX_SHARED)
        rc = qw_error_set(err, QW_ETOOLARGE, "more than %u bytes belong to every question", WORKSHEET_MAX_SHARED);
    return rc;
}

int worksheet_parse(struct worksheet *w, const char *text, size_t n, struct qw_error *err)
{
    struct reader r = { .w = w };
    size_t number = 0;
    int rc = QW_OK;
    memset(w, 0, sizeof *w);
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        n -= 3;
    }
    const char *end = text + n, *p = text;
    if (strlen(text) != n)
        return qw_error_set(err, QW_EPARAMS, "not a text file (it has a NUL byte)");
    r.first = first_mark(text);
    if (r.first.style == NONE)
        return qw_error_set(err, QW_EPARAMS, "no numbered question (a line that begins with 1. or 1、 or (1) or 第1题)");
    while (rc == QW_OK && p < end) {
        const char *e = line_end(p);
        size_t len = (size_t)(e - p);
        number++;
        while (len > 0 && (p[len - 1] == '\r' || p[len - 1] == ' ' || p[len - 1] == '\t'))
            len--;
        if (!utf8_valid(p, len))
            rc = qw_error_set(err, QW_EPARAMS, "line %zu is not valid UTF-8", number);
        else
            rc = read_line(&r, p, len, err);
        p = e + 1;
    }
    if (rc == QW_OK)
        rc = finish(&r, err);
    if (rc == QW_OK && (qw_buf_failed(&r.shared) || qw_buf_failed(&r.section) || qw_buf_failed(&r.question)))
        rc = qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    qw_buf_free(&r.shared);
    qw_buf_free(&r.section);
    qw_buf_free(&r.question);
    if (rc != QW_OK)
        worksheet_free(w);
    return rc;
}

void worksheet_free(struct worksheet *w)
{
    for (size_t i = 0; i < w->n; i++) {
        qw_free(w->q[i].number);
        qw_free(w->q[i].text);
    }
    qw_free(w->q);
    memset(w, 0, sizeof *w);
}
