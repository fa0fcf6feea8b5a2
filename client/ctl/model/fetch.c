#include "client/ctl/model/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/paths.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/model/pull.h"
#include "client/ctl/ui/opts.h"
#include "client/ctl/ui/table.h"
#include "client/ctl/ui/term.h"

struct shown { const char *name; uint64_t last_ms; enum pull_stage stage; };

/* A terminal gets one changing line, a log one line every 15 seconds. */
static int on_progress(void *arg, const struct pull_state *s)
{
    struct shown *p = arg;
    char line[160];
    uint64_t now = clock_mono_ms();
    if (s->note != NULL)
        ctl_note("%s", s->note);
    pull_describe(s, line, sizeof line);
    if (isatty(STDERR_FILENO)) {
        int width = 24;
        if (s->total_bytes > 0) {
            int full = (int)(s->done_bytes * (uint64_t)width / s->total_bytes);
            progress_line("%s [%.*s%*s] %s", p->name, full, "########################", width - full, "", line);
        } else {
            progress_line("%s: %s", p->name, line);
        }
    } else if (p->last_ms == 0 || now - p->last_ms >= 15000 || s->stage != p->stage) {
        fprintf(stderr, "%s: %s\n", p->name, line);
        p->last_ms = now;
    }
    p->stage = s->stage;
    return interrupted();
}

int fetch_model(const struct catalog_entry *e, const char *dir)
{
    struct shown shown = { .name = e->name };
    struct pull_progress progress = { .on_progress = on_progress, .arg = &shown };
    struct qw_error err = { 0 };
    interrupt_begin(NULL);
    int rc = model_pull(e, dir, &progress, &err);
    interrupt_end();
    progress_clear();
    if (rc != QW_OK) {
        ctl_error("%s", err.msg);
        return rc == QW_ECANCELLED ? EXIT_INTERRUPTED : rc == QW_EDENIED ? EXIT_NEEDS : EXIT_FAILED;
    }
    ctl_note("%s is in %s", e->name, dir);
    return EXIT_OK;
}

char *models_dir(qwen_client *c, struct qw_error *err)
{
    char *data = NULL, *dir;
    qwen_reply *r = NULL;
    if (c != NULL && qwen_call(c, qwen_msg_new("status"), 10000, NULL, NULL, &r) == 0) {
        const char *d = qwen_reply_str(r, "data");
        data = d != NULL ? qw_strdup(d) : NULL;
        qwen_reply_free(r);
    }
    if (data == NULL && paths_user(QW_DIR_DATA, false, &data, err) != QW_OK)
        return NULL;
    dir = paths_join(data, "models");
    qw_free(data);
    if (dir == NULL)
        qw_error_set(err, QW_ENOMEM, "out of memory");
    return dir;
}

char *fetch_dir(qwen_client *c)
{
    struct qw_error err = { 0 };
    char *dir = models_dir(c, &err), *above, *slash;
    if (dir == NULL) {
        ctl_error("%s", err.msg);
        return NULL;
    }
    if (access(dir, W_OK) == 0 || c == NULL)
        return dir;
    above = qw_strdup(dir);                     /* models/ may not be there yet */
    if (above != NULL && (slash = strrchr(above, '/')) != NULL)
        *slash = '\0';
    bool ok = errno == ENOENT && above != NULL && access(above, W_OK) == 0;
    qw_free(above);
    if (ok)
        return dir;
    char *own = models_dir(NULL, &err);
    if (own != NULL)
        ctl_note("you may not write to %s (root may), so it goes to %s, for a daemon of your own", dir, own);
    else
        ctl_error("%s", err.msg);
    qw_free(dir);
    return own;
}

/* Is a model there that a daemon can load? */
static bool installed(qwen_client *c, const char *model)
{
    bool found = false;
    if (c != NULL) {
        qwen_reply *r = NULL;
        if (qwen_call(c, qwen_msg_new("model.list"), 10000, NULL, NULL, &r) != 0)
            return true;                        /* the request itself will tell */
        for (size_t i = 0; i < qwen_reply_len(r, "models") && !found; i++) {
            const char *state = entry_str(r, "models", i, "state"), *name = entry_str(r, "models", i, "name");
            const struct catalog_entry *e = model != NULL ? catalog_find(model) : NULL;
            bool wanted = model == NULL || strcmp(name, e != NULL ? e->name : model) == 0;
            found = wanted && state[0] != '\0' && strcmp(state, "absent") != 0;
        }
        qwen_reply_free(r);
        return found;
    }
    struct catalog_file *files = NULL;
    size_t n = 0;
    char *path = NULL, *dir = models_dir(NULL, NULL);
    if (dir == NULL)
        return false;
    if (model != NULL)
        found = catalog_resolve(dir, model, &path, NULL) == QW_OK;
    else if (catalog_list(dir, &files, &n, NULL) == QW_OK)
        found = n > 0;
    catalog_list_free(files, n);
    qw_free(path);
    qw_free(dir);
    return found;
}

void fetch_rescan(qwen_client *c)
{
    qwen_reply *r = NULL;
    if (c != NULL && qwen_call(c, qwen_msg_new("model.rescan"), 10000, NULL, NULL, &r) == 0)
        qwen_reply_free(r);
}

int fetch_if_none(qwen_client *c, const char *model, bool yes)
{
    char size[24];
    if (installed(c, model))
        return EXIT_OK;
    fetch_rescan(c);                            /* a file may have come since it started */
    if (c != NULL && installed(c, model))
        return EXIT_OK;
    const struct catalog_entry *e = catalog_find(model != NULL ? model : "default");
    if (e == NULL) {
        if (model == NULL)
            return EXIT_OK;
        if (c != NULL)
            return EXIT_OK;                     /* the daemon knows more names than we do */
        ctl_error("no model '%s' (see qwenctl model ls)", model);
        return EXIT_FAILED;
    }
    if (!ctl_confirm(yes, true, "%s is not installed. Fetch %s (%s, %s)?", model != NULL ? "This model" : "A model",
                     e->name, e->about, e->bytes > 0 ? human_bytes(e->bytes, size) : "size unknown")) {
        ctl_error(model != NULL ? "%s is not installed: `qwenctl model pull %s` fetches it (or say --yes)"
                  : "no model is installed: `qwenctl model pull default` fetches %s (or say --yes)", e->name, e->name);
        return EXIT_NEEDS;
    }
    char *dir = fetch_dir(c);
    if (dir == NULL)
        return EXIT_FAILED;
    int rc = fetch_model(e, dir);
    qw_free(dir);
    if (rc == EXIT_OK)
        fetch_rescan(c);
    return rc;
}
