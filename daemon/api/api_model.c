/* model.list, show, rescan (load and unload are runs: api_run.c). */
#include <string.h>

#include "daemon/api/api.h"

static void write_model(struct qw_buf *b, const struct model_entry *e)
{
    struct mpw_open m = mpw_map_begin(b);
    const char *alias = e->builtin != NULL ? e->builtin->alias : NULL;
    mpw_key(b, &m, "name");
    mpw_str(b, e->name);
    mpw_key(b, &m, "aliases");
    mpw_array(b, alias != NULL);
    if (alias != NULL)
        mpw_str(b, alias);
    if (e->file != NULL) {
        mpw_key(b, &m, "file");
        mpw_str(b, e->file);
    }
    if (e->builtin != NULL && e->builtin->about != NULL) {
        mpw_key(b, &m, "about");
        mpw_str(b, e->builtin->about);
    }
    mpw_key(b, &m, "state");
    mpw_str(b, model_state_name(e->state));
    mpw_key(b, &m, "bytes");
    mpw_uint(b, e->bytes);
    if (e->context > 0) {
        mpw_key(b, &m, "context");
        mpw_uint(b, e->context);
    }
    if (e->fingerprint[0] != '\0') {
        mpw_key(b, &m, "fingerprint");
        mpw_str(b, e->fingerprint);
        mpw_key(b, &m, "arch");
        mpw_str(b, e->arch);
    }
    if (e->family[0] != '\0') {
        mpw_key(b, &m, "template");
        mpw_str(b, e->family);
    }
    if (e->state == MODEL_FAILED) {
        mpw_key(b, &m, "error");
        mpw_str(b, e->error.msg);
    }
    mpw_map_end(b, &m);
}

int api_model_list(struct call *k, struct qw_error *err)
{
    struct reply rep;
    (void)err;
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "models");
    mpw_array(rep.b, models_count(k->d->models));
    for (size_t i = 0; i < models_count(k->d->models); i++)
        write_model(rep.b, models_at(k->d->models, i));
    reply_end(k->d, &rep);
    return QW_OK;
}

int api_model_show(struct call *k, struct qw_error *err)
{
    struct model_entry *e = NULL;
    struct reply rep;
    const char *name = arg_str(k, "model", "");
    for (size_t i = 0; e == NULL && i < models_count(k->d->models); i++)     /* absent ones may be shown, too */
        if (strcmp(models_at(k->d->models, i)->name, name) == 0)
            e = models_at(k->d->models, i);
    int rc = e == NULL ? models_find(k->d->models, name, &e, err) : QW_OK;
    if (rc != QW_OK) {
        k->info.param = "model";
        return rc;
    }
    call_reply(k, &rep);
    write_model(rep.b, e);
    reply_end(k->d, &rep);
    return QW_OK;
}

int api_model_rescan(struct call *k, struct qw_error *err)
{
    struct reply rep;
    size_t n = 0;
    int rc = models_rescan(k->d->models, err);
    if (rc != QW_OK)
        return rc;
    for (size_t i = 0; i < models_count(k->d->models); i++)
        n += models_at(k->d->models, i)->path != NULL;
    call_reply(k, &rep);
    mpw_map(rep.b, 1);
    mpw_str(rep.b, "models");
    mpw_uint(rep.b, n);
    reply_end(k->d, &rep);
    return QW_OK;
}
