#include "engine/text/prompt.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "engine/text/prompt_pieces.h"

/* ---- pieces ---------------------------------------------------------------------- */

static void add(struct prompt *p, bool control, bool markup, const char *s, size_t n)
{
    struct prompt_piece *last = p->n > 0 ? &p->pieces[p->n - 1] : NULL;
    bool join = !control && !markup && last != NULL && !last->control && !last->markup;

    if (n == 0)
        return;
    if (!join && p->n == p->cap) {
        size_t cap = p->cap == 0 ? 16 : 2 * p->cap;
        struct prompt_piece *q = qw_realloc_array(p->pieces, cap, sizeof *q);
        if (q == NULL) {
            p->text.failed = true;
            return;
        }
        p->pieces = q;
        p->cap = cap;
    }
    size_t at = p->text.len;
    qw_buf_add(&p->text, s, n);
    if (qw_buf_failed(&p->text))
        return;
    if (join)
        p->pieces[p->n - 1].len += n;
    else
        p->pieces[p->n++] = (struct prompt_piece){ control, markup, at, n };
}

void prompt_control(struct prompt *p, const char *token)
{
    add(p, true, false, token, strlen(token));
}

void prompt_text(struct prompt *p, const char *s, size_t n)
{
    add(p, false, false, s, n);
}

void prompt_texts(struct prompt *p, const char *s)
{
    add(p, false, false, s, strlen(s));
}

void prompt_literal(struct prompt *p, const char *s, const char *const *markup)
{
    while (*s != 0) {
        const char *hit = NULL, *what = NULL;
        for (size_t i = 0; markup[i] != NULL; i++) {
            const char *at = strstr(s, markup[i]);
            if (at != NULL && (hit == NULL || at < hit)) {
                hit = at;
                what = markup[i];
            }
        }
        if (hit == NULL) {
            prompt_texts(p, s);
            return;
        }
        prompt_text(p, s, (size_t)(hit - s));
        add(p, false, true, what, strlen(what));
        s = hit + strlen(what);
    }
}

void prompt_free(struct prompt *p)
{
    qw_buf_free(&p->text);
    qw_free(p->pieces);
    *p = (struct prompt){ 0 };
}

/* ---- rendering ---------------------------------------------------------------------- */

static int check_messages(const struct chat_family *f, const struct chat *c, struct qw_error *err)
{
    static const char *const roles[] = { "system", "user", "assistant", "tool" };

    for (size_t i = 0; i < c->n_msgs; i++) {
        const struct chat_msg *m = &c->msgs[i];
        size_t r = 0;
        while (r < 4 && strcmp(roles[r], m->role) != 0)
            r++;
        if (r == 4)
            return qw_error_set(err, QW_EUNSUPPORTED, "message %zu: role \"%.*s\" is none of system, user, assistant, "
                                "tool", i, (int)utf8_complete(m->role, strnlen(m->role, 32)), m->role);
        if (!f->tools && (r == 3 || m->n_tool_calls > 0))
            return qw_error_set(err, QW_EUNSUPPORTED, "message %zu: chat family %s has no tools", i, f->name);
        if (m->n_tool_calls > 0 && r != 2)
            return qw_error_set(err, QW_EPARAMS, "message %zu: only an assistant calls tools", i);
    }
    return QW_OK;
}

static int render(const struct chat_family *f, const struct chat *c, bool start, bool closed,
                  struct prompt *out, struct qw_error *err)
{
    struct prompt p = { .text = QW_BUF_INIT };

    int rc = check_messages(f, c, err);
    if (rc != QW_OK)
        return rc;
    if (!start)
        f->close(f, closed, &p);
    rc = f->messages(f, c, start, &p, err);
    if (rc == QW_OK && qw_buf_failed(&p.text))
        rc = qw_error_set(err, QW_ENOMEM, "no memory for the prompt");
    if (rc != QW_OK) {
        prompt_free(&p);
        return rc;
    }
    *out = p;
    return QW_OK;
}

int chat_render(const struct chat_family *f, const struct chat *c, struct prompt *out, struct qw_error *err)
{
    if (c->n_msgs == 0)
        return qw_error_set(err, QW_EPARAMS, "a conversation needs at least one message");
    if (c->n_tools > 0 && !f->tools)
        return qw_error_set(err, QW_EUNSUPPORTED, "chat family %s has no tools", f->name);
    return render(f, c, true, true, out, err);
}

int chat_render_turn(const struct chat_family *f, const struct chat *c, bool closed,
                     struct prompt *out, struct qw_error *err)
{
    return render(f, c, false, closed, out, err);
}

/* ---- ids ------------------------------------------------------------------------------ */

int prompt_encode(const struct prompt *p, const struct tokenizer *t, struct ids *out, struct qw_error *err)
{
    size_t before = out->n, from = 0;       /* text[from..) is a run that is not yet encoded */
    int rc = QW_OK;

    for (size_t i = 0; i <= p->n && rc == QW_OK; i++) {
        const struct prompt_piece *e = i < p->n ? &p->pieces[i] : NULL;
        int32_t id = -1;
        char token[64];

        if (e != NULL && !e->control && !e->markup)
            continue;
        if (e != NULL && e->len < sizeof token) {
            memcpy(token, p->text.data + e->at, e->len);
            token[e->len] = 0;
            id = tokenizer_special(t, token);
        }
        if (e != NULL && id < 0 && e->markup)
            continue;                       /* stays part of the run */
        if (e != NULL && id < 0) {
            rc = qw_error_set(err, QW_EMODEL, "the vocabulary lacks the control token %.*s of this chat family",
                              (int)(e->len < 64 ? e->len : 64), p->text.data + e->at);
            break;
        }
        size_t end = e != NULL ? e->at : p->text.len;
        if (end > from)
            rc = tokenizer_encode(t, p->text.data + from, end - from, false, out, err);
        if (rc == QW_OK && e != NULL) {
            if (ids_push(out, id) != QW_OK)
                rc = qw_error_set(err, QW_ENOMEM, "no memory for the prompt's ids");
            from = e->at + e->len;
        }
    }
    if (rc != QW_OK)
        out->n = before;
    return rc;
}
