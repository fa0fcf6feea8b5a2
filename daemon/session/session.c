#include "daemon/session/session_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"

#define ID_MASK   ((UINT64_C(1) << 60) - 1)

/* ---- ids ---- */

void session_id_text(char prefix, uint64_t id, char out[SESSION_ID_LEN])
{
    snprintf(out, SESSION_ID_LEN, "%c%015llx", prefix, (unsigned long long)(id & ID_MASK));
}

bool session_id_parse(char prefix, const char *s, uint64_t *id)
{
    if (s[0] != prefix || strlen(s) != SESSION_ID_LEN - 1 || strspn(s + 1, "0123456789abcdef") != SESSION_ID_LEN - 2)
        return false;
    *id = strtoull(s + 1, NULL, 16);
    return true;
}

/* Random, so that an id of an earlier daemon does not name something else in this one. */
uint64_t session_new_id(void)
{
    static uint64_t last;
    uint64_t r;
    if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r)
        r = clock_mono_ns() * UINT64_C(0x9e3779b97f4a7c15) + ++last;
    r &= ID_MASK;
    return r != 0 ? r : 1;
}

/* ---- sessions ---- */

int sessions_new(struct sessions **out, size_t max_bytes, size_t max_per_owner, struct qw_error *err)
{
    struct sessions *s = qw_calloc(1, sizeof *s);
    if (s == NULL)
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    sessions_set_limits(s, max_bytes, max_per_owner);
    *out = s;
    return QW_OK;
}

void sessions_set_limits(struct sessions *s, size_t max_bytes, size_t max_per_owner)
{
    s->max_bytes = max_bytes;
    s->max_per_owner = max_per_owner;
}

void sessions_free(struct sessions *s)
{
    if (s == NULL)
        return;
    while (s->first != NULL)
        session_delete(s, s->first);
    s->max_bytes = 0;
    for (struct node *n = s->lru_first; n != NULL; n = n->lru_next)
        n->pins = 0;
    sessions_make_room(s, 0);
    for (struct space *x = s->spaces, *next; x != NULL; x = next) {
        next = x->next;
        qw_free(x);
    }
    qw_free(s);
}

void sessions_set_max_ids(struct sessions *s, size_t max_ids)
{
    s->max_ids = max_ids;
}

size_t sessions_count(const struct sessions *s) { return s->n; }
size_t sessions_bytes(const struct sessions *s) { return s->bytes; }
struct session *session_first(struct sessions *s) { return s->first; }

bool sessions_drop_one(struct sessions *s)
{
    struct session *oldest = NULL;
    for (struct session *x = s->first; x != NULL; x = x->next)
        if (x->stored && x->pins == 0 && x->run == 0 && (x->head == NULL || x->head->stored)
            && (oldest == NULL || x->used < oldest->used))
            oldest = x;
    if (oldest != NULL)
        session_delete(s, oldest);
    return oldest != NULL;
}

static size_t session_bytes(const struct session *x)
{
    return sizeof *x + (x->system != NULL ? strlen(x->system) : 0);
}

static void session_free(struct session *x)
{
    qw_free(x->title);
    qw_free(x->system);
    qw_free(x->model);
    qw_free(x->tags);
    qw_free(x->verify);
    qw_free(x);
}

void session_changed(struct session *x)
{
    x->stored = false;
    x->last_op = 0;
}

int session_set_text(char **at, const char *text, struct qw_error *err)
{
    char *copy = text != NULL && text[0] != '\0' ? qw_strdup(text) : NULL;
    if (copy == NULL && text != NULL && text[0] != '\0')
        return qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
    qw_free(*at);
    *at = copy;
    return QW_OK;
}

/* Places a new one before the first that was changed before it, so that the list stays newest first. */
static void link_session(struct sessions *s, struct session *x)
{
    struct session *prev = NULL, *next = s->first;
    while (next != NULL && next->updated_unix_ms > x->updated_unix_ms) {
        prev = next;
        next = next->next;
    }
    x->prev = prev;
    x->next = next;
    if (prev != NULL)
        prev->next = x;
    else
        s->first = x;
    if (next != NULL)
        next->prev = x;
    s->n++;
    s->bytes += session_bytes(x);
    x->used = ++s->clock;
}

static void unlink_session(struct sessions *s, struct session *x)
{
    if (x->prev != NULL)
        x->prev->next = x->next;
    else
        s->first = x->next;
    if (x->next != NULL)
        x->next->prev = x->prev;
    x->next = x->prev = NULL;
    s->bytes -= session_bytes(x);
    s->n--;
}

static size_t count_of(const struct sessions *s, uint64_t owner)
{
    size_t have = 0;
    for (const struct session *x = s->first; x != NULL; x = x->next)
        have += x->owner == owner;
    return have;
}

static struct session *session_new(struct sessions *s, const struct session_row *row, struct qw_error *err)
{
    size_t bytes = sizeof(struct session) + (row->system != NULL ? strlen(row->system) : 0);
    if (!sessions_make_room(s, bytes)) {
        qw_error_set(err, QW_ETOOLARGE, "conversations take %zu of %zu bytes; delete some", s->bytes, s->max_bytes);
        return NULL;
    }
    struct session *x = qw_calloc(1, sizeof *x);
    if (x == NULL) {
        qw_error_set(err, QW_ENOMEM, "%s", qw_code_text(QW_ENOMEM));
        return NULL;
    }
    if (session_set_text(&x->title, row->title, err) != QW_OK || session_set_text(&x->system, row->system, err) != QW_OK
        || session_set_text(&x->model, row->model, err) != QW_OK || session_set_text(&x->tags, row->tags, err) != QW_OK
        || session_set_text(&x->verify, row->verify, err) != QW_OK) {
        session_free(x);
        return NULL;
    }
    x->id = row->id;
    x->owner = row->owner;
    x->pinned = row->pinned;
    x->private_ = row->private_;
    x->created_unix_ms = row->created_unix_ms;
    x->updated_unix_ms = row->updated_unix_ms;
    link_session(s, x);
    return x;
}

int session_create(struct sessions *s, uint64_t owner, const char *title, const char *system, const char *model,
                   struct session **out, struct qw_error *err)
{
    size_t have = count_of(s, owner);
    while (have >= s->max_per_owner && sessions_drop_one(s))
        have = count_of(s, owner);
    if (have >= s->max_per_owner)
        return qw_error_set(err, QW_ETOOLARGE, "%zu sessions are open, and [limits] max_sessions is %zu; delete some", have,
                            s->max_per_owner);
    int64_t now = clock_unix_ms();
    struct session_row row = { .owner = owner, .title = title, .system = system, .model = model, .created_unix_ms = now,
                               .updated_unix_ms = now };
    do
        row.id = session_new_id();
    while (session_find(s, owner, row.id) != NULL);
    struct session *x = session_new(s, &row, err);
    if (x == NULL)
        return err != NULL ? err->code : QW_ENOMEM;
    x->interrupted_known = true;
    *out = x;
    return QW_OK;
}

int session_restore(struct sessions *s, const struct session_row *row, struct node *head, struct session **out,
                    struct qw_error *err)
{
    struct session *x = session_find(s, row->owner, row->id);
    if (x == NULL) {
        node_pin(head);
        while (count_of(s, row->owner) >= s->max_per_owner && sessions_drop_one(s))
            ;
        x = session_new(s, row, err);
        if (x == NULL) {
            node_unpin(s, head);
            return err != NULL ? err->code : QW_ENOMEM;
        }
        x->head = head;
        x->stored = x->ever_stored = true;
    }
    *out = x;
    return QW_OK;
}

struct session *session_find(struct sessions *s, uint64_t owner, uint64_t id)
{
    for (struct session *x = s->first; x != NULL; x = x->next) {
        if (x->id == id && x->owner == owner) {
            x->used = ++s->clock;
            return x;
        }
    }
    return NULL;
}

struct session *session_by_run(struct sessions *s, uint64_t run)
{
    for (struct session *x = s->first; x != NULL; x = x->next)
        if (run != 0 && x->run == run)
            return x;
    return NULL;
}

void session_set_head(struct sessions *s, struct session *x, struct node *head)
{
    x->pins++;
    node_pin(head);
    node_unpin(s, x->head);
    x->head = head;
    unlink_session(s, x);                       /* the clock may have gone back: the newest is still the first */
    x->updated_unix_ms = clock_unix_ms();
    if (s->first != NULL && s->first->updated_unix_ms > x->updated_unix_ms)
        x->updated_unix_ms = s->first->updated_unix_ms;
    link_session(s, x);
    session_changed(x);
    x->pins--;
}

/* Its nodes stay until memory is wanted: a stateless client may go on from them. */
void session_delete(struct sessions *s, struct session *x)
{
    unlink_session(s, x);
    if (x->head != NULL)
        x->head->pins--;
    session_free(x);
}

void sessions_unstore(struct sessions *s, uint64_t owner)
{
    for (struct session *x = s->first; x != NULL; x = x->next)
        x->head_stored = x->owner == owner && x->head != NULL && x->head->stored;
    for (struct node *n = s->lru_first; n != NULL; n = n->lru_next)
        n->stored = n->stored && n->owner != owner;
    for (struct session *x = s->first; x != NULL; x = x->next)
        for (struct node *n = x->head_stored ? x->head : NULL; n != NULL && !n->stored; n = n->parent)
            n->stored = true;
}

/* ---- titles ---- */

#define TITLE_CHARS 60

char *session_title_of(const char *question)
{
    size_t n = 0, chars = 0;
    while (*question != '\0' && strchr(" \t\r\n#>*-", *question) != NULL)
        question++;
    for (; question[n] != '\0' && question[n] != '\n' && question[n] != '\r'; n++) {
        if (((unsigned char)question[n] & 0xc0) != 0x80 && ++chars > TITLE_CHARS)
            break;
    }
    bool cut = question[n] != '\0' && question[n] != '\n' && question[n] != '\r';
    while (n > 0 && (question[n - 1] == ' ' || question[n - 1] == '\t'))
        n--;
    return n > 0 ? qw_asprintf("%.*s%s", (int)n, question, cut ? "…" : "") : NULL;
}
