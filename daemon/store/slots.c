#include "daemon/store/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/store/pages.h"

int slots_init(struct slots *s, const char *dir, const struct io_ops *io)
{
    memset(s, 0, sizeof *s);
    s->io = io;
    s->next_file = 1;
    s->dir = qw_strdup(dir);
    if (s->dir == NULL)
        return QW_ENOMEM;
    pthread_mutex_init(&s->lock, NULL);
    return QW_OK;
}

void slots_free(struct slots *s)
{
    if (s->dir == NULL)
        return;
    for (size_t i = 0; i < s->n_files; i++) {
        if (s->files[i]->fd >= 0)
            s->io->close(s->files[i]->fd);
        qw_free(s->files[i]->slots);
        qw_free(s->files[i]);
    }
    qw_free(s->files);
    qw_free(s->dir);
    s->dir = NULL;
    pthread_mutex_destroy(&s->lock);
}

void slots_path(const struct slots *s, uint32_t file, char out[4096])
{
    snprintf(out, 4096, "%s/%08x.kv", s->dir, file);
}

/* Files are few (1 GiB each) and in order. */
static struct page_file *find(const struct slots *s, uint32_t file)
{
    size_t lo = 0, hi = s->n_files;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (s->files[mid]->file < file)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < s->n_files && s->files[lo]->file == file ? s->files[lo] : NULL;
}

static struct slot *at_slot(const struct slots *s, struct slot_at at, struct page_file **out)
{
    struct page_file *f = find(s, at.file);

    if (f == NULL || at.slot >= f->n)
        return NULL;
    *out = f;
    return &f->slots[at.slot];
}

static struct page_file *add_file(struct slots *s, uint32_t file, size_t slot_bytes)
{
    struct page_file *f = qw_calloc(1, sizeof *f);
    struct page_file **more = qw_realloc_array(s->files, s->n_files + 1, sizeof *more);

    if (more != NULL)
        s->files = more;
    if (f == NULL || more == NULL) {
        qw_free(f);
        return NULL;
    }
    f->file = file;
    f->slot_bytes = slot_bytes;
    f->max = (uint32_t)(slot_bytes >= PAGES_FILE_MAX ? 1 : PAGES_FILE_MAX / slot_bytes);
    f->fd = -1;
    s->files[s->n_files++] = f;
    if (file >= s->next_file)
        s->next_file = file + 1;
    return f;
}

static int grow(struct page_file *f, uint32_t n)
{
    if (n > f->cap) {
        uint32_t cap = f->cap * 2 > n ? f->cap * 2 : n < 16 ? 16 : n;
        struct slot *more = qw_realloc_array(f->slots, cap, sizeof *more);

        if (more == NULL)
            return QW_ENOMEM;
        memset(more + f->cap, 0, (cap - f->cap) * sizeof *more);
        f->slots = more;
        f->cap = cap;
    }
    for (uint32_t i = f->n; i < n; i++)
        f->slots[i] = (struct slot){ .state = SLOT_HOLE };
    f->n_free += n - f->n;
    f->n = n;
    return QW_OK;
}

int slots_add_file(struct slots *s, uint32_t file, size_t slot_bytes, struct qw_error *err)
{
    struct page_file *f;

    if (slot_bytes == 0 || slot_bytes % PAGES_ALIGN != 0 || file == 0 || file == UINT32_MAX ||
        (s->n_files > 0 && s->files[s->n_files - 1]->file >= file))
        return qw_error_set(err, QW_EFORMAT, "database: page file %u with slots of %zu bytes", file, slot_bytes);
    f = add_file(s, file, slot_bytes);
    if (f == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for page file %u", file);
    f->known = true;
    return QW_OK;
}

int slots_add_used(struct slots *s, uint32_t file, uint32_t slot, uint64_t page, struct qw_error *err)
{
    struct page_file *f = find(s, file);

    if (f == NULL || slot >= f->max || (slot < f->n && f->slots[slot].state == SLOT_USED))
        return qw_error_set(err, QW_EFORMAT, "database: page in slot %u of page file %u", slot, file);
    if (slot >= f->n) {
        uint32_t before = f->n;

        if (grow(f, slot + 1) != QW_OK)
            return qw_error_set(err, QW_ENOMEM, "no memory for the slots of page file %u", file);
        /* What lies between may occupy space: it counts until it has been punched. */
        for (uint32_t i = before; i < slot; i++)
            f->slots[i].state = SLOT_FREE;
        f->n_old += slot - before;
        s->file_bytes += (uint64_t)(slot - before) * f->slot_bytes;
    } else if (f->slots[slot].state == SLOT_FREE) {
        s->file_bytes -= f->slot_bytes;
        f->n_old--;
    }
    f->slots[slot] = (struct slot){ .page = page, .state = SLOT_USED };
    f->n_free--;
    s->file_bytes += f->slot_bytes;
    s->page_bytes += f->slot_bytes;
    return QW_OK;
}

bool slots_known(struct slots *s, uint32_t file)
{
    return find(s, file) != NULL;
}

static struct slot_at take(struct slots *s, struct page_file *f, uint32_t i, uint64_t page)
{
    if (f->slots[i].state == SLOT_HOLE)
        s->file_bytes += f->slot_bytes;
    else
        f->n_old--;
    f->slots[i] = (struct slot){ .page = page, .state = SLOT_WRITING };
    f->n_free--;
    return (struct slot_at){ f->file, i };
}

static bool take_free(struct slots *s, struct page_file *f, bool old, uint64_t page, struct slot_at *at)
{
    if ((old ? f->n_old : f->n_free) == 0)
        return false;
    for (uint32_t i = f->hint; i < f->n; i++) {
        enum slot_state st = f->slots[i].state;

        if (st == SLOT_FREE || (st == SLOT_HOLE && !old)) {
            if (!old)
                f->hint = i + 1;
            *at = take(s, f, i, page);
            return true;
        }
    }
    return false;
}

static bool usable(const struct page_file *f, size_t slot_bytes)
{
    return f->slot_bytes == slot_bytes && !f->bad && !f->gone;
}

int slots_take(struct slots *s, size_t slot_bytes, uint64_t page, enum slots_how how, uint32_t since, struct slot_at *at,
               struct qw_error *err)
{
    struct page_file *f = NULL;
    int rc = QW_OK;

    pthread_mutex_lock(&s->lock);
    /* First what occupies space already, then holes and tails. */
    for (int pass = 0; pass < (how == SLOTS_OLD ? 1 : 2); pass++)
        for (size_t i = 0; i < s->n_files; i++)
            if (usable(s->files[i], slot_bytes) && (how != SLOTS_NEW_FILE || s->files[i]->file >= since) &&
                take_free(s, s->files[i], pass == 0, page, at))
                goto out;
    if (how == SLOTS_OLD) {
        rc = QW_ENOTFOUND;
        goto out;
    }
    for (size_t i = 0; i < s->n_files && f == NULL; i++)
        if (usable(s->files[i], slot_bytes) && (how != SLOTS_NEW_FILE || s->files[i]->file >= since) &&
            s->files[i]->n < s->files[i]->max)
            f = s->files[i];
    if (f == NULL && (f = add_file(s, s->next_file, slot_bytes)) != NULL)
        f->fresh = true;
    if (f == NULL || grow(f, f->n + 1) != QW_OK) {
        rc = qw_error_set(err, QW_ENOMEM, "no memory for a page file");
        goto out;
    }
    *at = take(s, f, f->n - 1, page);
out:
    pthread_mutex_unlock(&s->lock);
    return rc;
}

static void make_free(struct page_file *f, uint32_t i)
{
    f->slots[i].page = 0;
    if (f->bad || f->gone) {
        f->slots[i].state = SLOT_LOST;      /* its bytes are given back after a restart */
        return;
    }
    f->slots[i].state = SLOT_FREE;
    f->n_free++;
    f->n_old++;
    if (i < f->hint)
        f->hint = i;
}

void slots_give_back(struct slots *s, struct slot_at at)
{
    struct page_file *f;
    struct slot *x;

    pthread_mutex_lock(&s->lock);
    x = at_slot(s, at, &f);
    if (x != NULL && x->state == SLOT_WRITING)
        make_free(f, at.slot);
    pthread_mutex_unlock(&s->lock);
}

void slots_commit(struct slots *s, struct slot_at at)
{
    struct page_file *f;
    struct slot *x;

    pthread_mutex_lock(&s->lock);
    x = at_slot(s, at, &f);
    if (x != NULL && x->state == SLOT_WRITING) {
        x->state = SLOT_USED;
        s->page_bytes += f->slot_bytes;
    }
    pthread_mutex_unlock(&s->lock);
}

void slots_freeing(struct slots *s, struct slot_at at)
{
    struct page_file *f;
    struct slot *x;

    pthread_mutex_lock(&s->lock);
    x = at_slot(s, at, &f);
    if (x != NULL && x->state == SLOT_USED) {
        x->state = SLOT_FREEING;
        s->page_bytes -= f->slot_bytes;
    }
    pthread_mutex_unlock(&s->lock);
}

void slots_keep(struct slots *s, struct slot_at at)
{
    struct page_file *f;
    struct slot *x;

    pthread_mutex_lock(&s->lock);
    x = at_slot(s, at, &f);
    if (x != NULL && x->state == SLOT_FREEING) {
        x->state = SLOT_USED;
        s->page_bytes += f->slot_bytes;
    }
    pthread_mutex_unlock(&s->lock);
}

void slots_freed(struct slots *s, struct slot_at at)
{
    struct page_file *f;
    struct slot *x;

    pthread_mutex_lock(&s->lock);
    x = at_slot(s, at, &f);
    if (x != NULL && x->state == SLOT_FREEING) {
        if (x->pins > 0)
            x->state = SLOT_FREED;
        else
            make_free(f, at.slot);
    }
    pthread_mutex_unlock(&s->lock);
}

uint64_t slots_growth(struct slots *s, size_t slot_bytes, size_t n)
{
    size_t have = 0;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n_files && have < n; i++)
        if (usable(s->files[i], slot_bytes))
            have += s->files[i]->n_old;
    pthread_mutex_unlock(&s->lock);
    return have < n ? (uint64_t)(n - have) * slot_bytes : 0;
}

bool slots_pin(struct slots *s, struct slot_at at, uint64_t page)
{
    struct page_file *f;
    struct slot *x;
    bool ok;

    pthread_mutex_lock(&s->lock);
    x = at_slot(s, at, &f);
    ok = x != NULL && x->page == page && (x->state == SLOT_USED || x->state == SLOT_WRITING);
    if (ok)
        x->pins++;
    pthread_mutex_unlock(&s->lock);
    return ok;
}

void slots_unpin(struct slots *s, struct slot_at at)
{
    struct page_file *f;
    struct slot *x;

    pthread_mutex_lock(&s->lock);
    x = at_slot(s, at, &f);
    if (x != NULL && x->pins > 0 && --x->pins == 0 && x->state == SLOT_FREED)
        make_free(f, at.slot);
    pthread_mutex_unlock(&s->lock);
}

int slots_fd(struct slots *s, uint32_t file, bool create, int *fd, size_t *slot_bytes, struct qw_error *err)
{
    struct page_file *f;
    char path[4096];
    int rc = QW_OK;

    pthread_mutex_lock(&s->lock);
    f = find(s, file);
    if (f == NULL || (f->gone && f->fd < 0)) {
        rc = qw_error_set(err, QW_ENOTFOUND, "there is no page file %08x.kv", file);
        goto out;
    }
    if (f->fd < 0) {
        slots_path(s, file, path);
        f->fd = s->io->open(path, O_RDWR | (create && f->fresh ? O_CREAT | O_EXCL : 0), 0600);
        if (f->fd < 0) {
            int e = errno;

            rc = qw_error_errno(err, e == ENOENT ? QW_ENOTFOUND : QW_ESTORAGE, e, "cannot open %s", path);
            errno = e;              /* the writer asks why */
            goto out;
        }
    }
    *fd = f->fd;
    *slot_bytes = f->slot_bytes;
out:
    pthread_mutex_unlock(&s->lock);
    return rc;
}

void slots_mark_bad(struct slots *s, uint32_t file)
{
    struct page_file *f;

    pthread_mutex_lock(&s->lock);
    f = find(s, file);
    if (f != NULL)
        f->bad = true;
    pthread_mutex_unlock(&s->lock);
}

bool slots_mark_gone(struct slots *s, uint32_t file)
{
    struct page_file *f;
    bool first;

    pthread_mutex_lock(&s->lock);
    f = find(s, file);
    first = f != NULL && !f->gone;
    if (first)
        f->gone = true;
    pthread_mutex_unlock(&s->lock);
    return first;
}

bool slots_any_fresh(struct slots *s)
{
    bool any = false;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n_files; i++)
        any |= s->files[i]->fresh && s->files[i]->fd >= 0;
    pthread_mutex_unlock(&s->lock);
    return any;
}

bool slots_is_fresh(struct slots *s, uint32_t file)
{
    const struct page_file *f;
    bool yes;

    pthread_mutex_lock(&s->lock);
    f = find(s, file);
    yes = f != NULL && f->fresh;
    pthread_mutex_unlock(&s->lock);
    return yes;
}

void slots_not_fresh(struct slots *s)
{
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n_files; i++)
        if (s->files[i]->fd >= 0)
            s->files[i]->fresh = false;
    pthread_mutex_unlock(&s->lock);
}

uint32_t slots_unknown_file(struct slots *s, uint32_t after, size_t *slot_bytes)
{
    uint32_t found = 0;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n_files && found == 0; i++) {
        const struct page_file *f = s->files[i];

        if (f->file > after && !f->known && !f->bad && !f->gone && !f->fresh) {
            found = f->file;
            *slot_bytes = f->slot_bytes;
        }
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

void slots_set_known(struct slots *s, bool yes, uint32_t file)
{
    struct page_file *f;

    pthread_mutex_lock(&s->lock);
    f = find(s, file);
    if (f != NULL)
        f->known = yes;
    pthread_mutex_unlock(&s->lock);
}

/* Lock held, but given back while the file is changed, which may take long: only the writer, who calls this, takes free
 * slots or adds files.  Punches runs of FREE slots from the end; returns bytes. */
static uint64_t shrink_file(struct slots *s, struct page_file *f, uint64_t most)
{
    uint64_t done = 0;
    uint32_t end = f->n, keep = f->n;
    int rc;

    while (end > 0 && done < most) {
        uint32_t from;

        if (f->slots[end - 1].state != SLOT_FREE) {
            end--;
            continue;
        }
        for (from = end; from > 0 && f->slots[from - 1].state == SLOT_FREE && done < most; from--)
            done += f->slot_bytes;
        pthread_mutex_unlock(&s->lock);
        rc = s->io->punch(f->fd, (off_t)from * (off_t)f->slot_bytes, (off_t)(end - from) * (off_t)f->slot_bytes);
        pthread_mutex_lock(&s->lock);
        if (rc != 0) {
            done -= (uint64_t)(end - from) * f->slot_bytes;
            break;                  /* not every file system can: the slots stay free */
        }
        for (uint32_t i = from; i < end; i++)
            f->slots[i].state = SLOT_HOLE;
        f->n_old -= end - from;
        end = from;
    }
    while (keep > 0 && f->slots[keep - 1].state == SLOT_HOLE && f->slots[keep - 1].pins == 0)
        keep--;
    rc = -1;
    if (keep < f->n) {
        pthread_mutex_unlock(&s->lock);
        rc = s->io->ftruncate(f->fd, (off_t)keep * (off_t)f->slot_bytes);
        pthread_mutex_lock(&s->lock);
    }
    if (rc == 0) {
        f->n_free -= f->n - keep;
        f->n = keep;
        if (f->hint > keep)
            f->hint = keep;
    }
    s->file_bytes -= done;
    return done;
}

uint64_t slots_shrink(struct slots *s, uint64_t goal)
{
    uint64_t done = 0;
    int fd;
    size_t slot_bytes;

    for (size_t i = 0; i < s->n_files; i++) {        /* only the writer adds files */
        struct page_file *f = s->files[i];

        if (f->bad || f->gone || f->n_free == 0 || slots_fd(s, f->file, false, &fd, &slot_bytes, NULL) != QW_OK)
            continue;
        pthread_mutex_lock(&s->lock);
        if (s->file_bytes > goal)
            done += shrink_file(s, f, s->file_bytes - goal);
        pthread_mutex_unlock(&s->lock);
    }
    return done;
}

void slots_bytes(struct slots *s, uint64_t *file_bytes, uint64_t *page_bytes)
{
    pthread_mutex_lock(&s->lock);
    *file_bytes = s->file_bytes;
    *page_bytes = s->page_bytes;
    pthread_mutex_unlock(&s->lock);
}
