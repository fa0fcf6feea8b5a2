/* Loading a model on the engine thread, and how large its page pool and context may be. */
#include "daemon/sched/sched_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "engine/forward/backend.h"
#include "engine/model/need.h"

#define POOL_TOKENS   (4u * 8192u)           /* an unasked pool holds this much, or one full context */
#define MIN_CONTEXT   64u

void load_free(struct load *l)
{
    if (l == NULL)
        return;
    qw_free(l->path);
    qw_free(l->name);
    qw_free(l->chat_template);
    qw_free(l);
}

static void unplace(struct sched *s)
{
    forward_free(s->forward);
    kv_free(s->kv);
    stage_free(s);
    s->forward = NULL;
    s->kv = NULL;
}

void sched_drop_model(struct sched *s)
{
    unplace(s);
    for (size_t i = 0; i < s->n_samplers; i++)
        sampler_free(s->samplers[i]);
    qw_free(s->samplers);
    if (s->logits != NULL)
        qw_unmap(s->logits, s->logits_bytes);
    qw_free(s->heads);
    model_free(s->model);
    s->samplers = NULL;
    s->n_samplers = 0;
    s->logits = NULL;
    s->heads = NULL;
    s->model = NULL;
    s->prefill_ms_tok = s->decode_ms = s->decode_tokens = 0;
    s->draft_cost = (struct draft_cost){ 0 };
}

static size_t pages_for(uint64_t tokens)
{
    return (size_t)((tokens + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS);
}

/* What a device has left for pages beside weights and scratch. */
static uint64_t device_room(const struct sched *s, const struct forward_options *o)
{
    uint64_t free_bytes, total, taken = forward_backend_bytes(s->model, o);
    if (s->backend->table->memory(s->backend->device, &free_bytes, &total, NULL) != QW_OK)
        return 0;
    uint64_t use = free_bytes / 100 * (s->o.gpu_memory_percent != 0 ? s->o.gpu_memory_percent : 90);
    return use > taken ? use - taken : 0;
}

/* Pages that memory, or kv_cache_bytes, has room for. */
static size_t pages_that_fit(const struct sched *s, const struct forward_options *o)
{
    uint64_t bytes = s->o.kv_cache_bytes;
    if (bytes == 0 && s->backend != NULL) {
        bytes = device_room(s, o);
    } else if (bytes == 0) {
        struct mem_info mem;
        mem_probe(&mem);
        uint64_t reserve = need_reserve(mem.total_bytes);
        bytes = mem.available_bytes > reserve ? mem.available_bytes - reserve : 0;
        if (bytes > mem.available_bytes / 2)
            bytes = mem.available_bytes / 2;
    }
    uint64_t n = bytes / s->layout.page_bytes;
    return n < UINT32_MAX / 2 ? (size_t)n : UINT32_MAX / 2;
}

/* The oldest sequence must be able to fill its context: the pool holds that, and one page more, which
 * admission asks for. */
static int size_pool(struct sched *s, const struct forward_options *o, uint32_t asked, struct sched_model_info *info,
                     struct qw_error *err)
{
    uint32_t context = model_hparams(s->model)->context;
    uint32_t want = asked != 0 ? asked : context;
    size_t fit = pages_that_fit(s, o);
    if (asked > context)
        return qw_error_set(err, QW_EPARAMS, "max_model_len %" PRIu32 " is more than the model's context of %"
                            PRIu32, asked, context);
    if (pages_for(want) + 1 > fit) {
        uint64_t room = fit > 0 ? (uint64_t)(fit - 1) * KV_PAGE_TOKENS : 0;
        if (asked != 0 || room < MIN_CONTEXT)
            return need_check(model_hparams(s->model), s->layout.type, asked != 0 ? asked : MIN_CONTEXT,
                              fit * s->layout.page_bytes, 1, asked != 0 ? QW_EPARAMS : QW_EMODEL, err);
        want = (uint32_t)room;
        info->max_model_len_lowered = true;
        log_warn("sched", "max_model_len lowered to %" PRIu32 " of %" PRIu32 " tokens: memory for %zu pages of %zu KiB",
                 want, context, fit, s->layout.page_bytes >> 10);
    }
    info->max_model_len = want;
    info->page_bytes = s->layout.page_bytes;
    info->n_pages = fit;
    if (s->o.kv_cache_bytes == 0 && s->backend == NULL) {
        size_t sane = pages_for(want > POOL_TOKENS ? want : POOL_TOKENS) + 1;
        if (info->n_pages > sane)
            info->n_pages = sane;
    }
    log_info("sched", "memory: weights_mib=%" PRIu64 " kv=%s pages=%" PRIu64 " kv_mib=%" PRIu64 " context=%" PRIu32,
             model_weight_bytes(s->model) >> 20, kv_type_name(s->layout.type), info->n_pages,
             info->n_pages * info->page_bytes >> 20, want);
    return QW_OK;
}

static int on_progress(void *arg, uint64_t done, uint64_t total)
{
    struct sched *s = arg;
    struct sched_event ev = { .kind = SCHED_EV_LOAD_PROGRESS, .done = done, .total = total };
    ev_replace(s, &ev);
    ev_wake(s);
    return atomic_load(&s->stopping);
}

/* Once: the device stays open from the first load on. */
static int choose_device(struct sched *s, struct qw_error *err)
{
    char *const why = s->why_cpu;
    if (s->device_chosen)
        return QW_OK;
    int rc = backend_choose(&s->device, s->o.backend != NULL ? s->o.backend : "cpu", s->o.numerics, why, sizeof s->why_cpu, err);
    if (rc != QW_OK)
        return rc;
    s->device_chosen = true;
    if (why[0] != '\0')
        log_info("sched", "backend: %s", why);
    return QW_OK;
}

bool sched_device_failed(const struct sched *s, int code)
{
    return s->backend != NULL && (code == QW_EINTERNAL || code == QW_ENOMEM);
}

bool sched_may_leave(const struct sched *s)
{
    return s->backend != NULL && strcmp(s->o.backend, "auto") == 0;
}

/* The forward pass and its pages, on s->backend; of a context of `asked` tokens, or 0: what there is memory for. */
static int place(struct sched *s, uint32_t asked, struct sched_model_info *info, struct qw_error *err)
{
    const struct hparams *h = model_hparams(s->model);
    enum kv_type type = model_kv_type(s->model, s->o.kv_type);
    int threads = s->o.n_threads > 0 ? s->o.n_threads : cpu_count();
    struct forward_options fo = {
        .n_threads = threads, .max_rows = SCHED_MAX_ROWS, .kv_type = type, .backend = s->backend,
        .max_context = asked != 0 ? asked : h->context,
    };
    *info = (struct sched_model_info){ .weight_bytes = model_weight_bytes(s->model), .kv_type = type, .level = s->o.level,
                                       .n_threads = threads };
    int rc = kv_layout_init(&s->layout, type, h->n_layers, h->n_kv_heads, h->head_dim, err);
    if (rc != QW_OK || (rc = size_pool(s, &fo, asked, info, err)) != QW_OK)
        return rc;
    fo.max_context = info->max_model_len;
    if ((rc = forward_new(&s->forward, s->model, &fo, err)) != QW_OK ||
        (rc = kv_new_on(&s->kv, &s->layout, info->n_pages, s->backend, err)) != QW_OK ||
        (rc = stage_new(s, err)) != QW_OK)
        return rc;
    snprintf(info->backend, sizeof info->backend, "%s", s->backend != NULL ? s->backend->name : "cpu");
    if (s->backend != NULL) {
        snprintf(info->device, sizeof info->device, "%s", s->backend->info.device);
        snprintf(info->runtime, sizeof info->runtime, "%s", s->backend->info.runtime);
        info->device_bytes = s->backend->info.total_bytes;
    } else {
        snprintf(info->why_cpu, sizeof info->why_cpu, "%s", s->why_cpu);
    }
    info->numerics = backend_numerics(s->backend);
    return QW_OK;
}

/* On the device if there is one, and else on the CPU. */
static int place_somewhere(struct sched *s, const char *name, struct sched_model_info *info, struct qw_error *err)
{
    uint32_t asked = s->o.max_model_len;
    s->backend = s->device_gone ? NULL : s->device;
    s->broken.code = QW_OK;
    s->broken_told = false;
    int rc = place(s, asked, info, err);
    if (rc == QW_OK || s->backend == NULL)
        return rc;
    if (!sched_may_leave(s)) {
        qw_error_wrap(err, "backend %s (with `auto` the CPU would compute)", s->backend->name);
        return rc;
    }
    snprintf(s->why_cpu, sizeof s->why_cpu, "%s is computed on the CPU, not on %s: %s", name, s->backend->info.device, err->msg);
    log_warn("sched", "%s", s->why_cpu);
    unplace(s);
    s->backend = NULL;
    return place(s, asked, info, err);
}

/* For all workers, also where a device computes: the CPU may take over. */
static int samplers_new(struct sched *s, int threads, struct qw_error *err)
{
    size_t n = (size_t)threads < SCHED_MAX_SEQS ? (size_t)threads : SCHED_MAX_SEQS;
    s->samplers = qw_calloc(n, sizeof *s->samplers);
    if (s->samplers == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for samplers");
    for (; s->n_samplers < n; s->n_samplers++) {
        int rc = sampler_new(&s->samplers[s->n_samplers], s->n_vocab, err);
        if (rc != QW_OK)
            return rc;
    }
    return QW_OK;
}

static int load(struct sched *s, const struct load *l, struct sched_model_info *info, struct qw_error *err)
{
    int threads = s->o.n_threads > 0 ? s->o.n_threads : cpu_count(), rc;
    struct model_options mo = {
        .level = s->o.level, .chat_template = l->chat_template, .n_threads = threads,
        .repack_cache = s->o.repack_cache, .repack_cache_bytes = s->o.repack_cache_bytes,
        .progress = on_progress, .arg = s,
    };
    if ((rc = choose_device(s, err)) != QW_OK || (rc = model_load(&s->model, l->path, &mo, err)) != QW_OK ||
        (rc = place_somewhere(s, l->name, info, err)) != QW_OK)
        return rc;
    s->n_vocab = model_hparams(s->model)->n_vocab;
    if ((rc = samplers_new(s, threads, err)) != QW_OK)
        return rc;
    s->logits_bytes = s->n_vocab * sizeof(float) * SCHED_MAX_SEQS;
    s->logits = qw_map(s->logits_bytes);
    if (s->logits == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for logits");
    if (forward_gives_heads(s->forward) && (s->heads = qw_calloc(SCHED_MAX_SEQS, sizeof *s->heads)) == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory for the heads of logits");
    s->mml = info->max_model_len;
    return QW_OK;
}

/* All that runs gives up its pages, to be admitted again; what is lent to the store comes back. */
static void clear_pages(struct sched *s)
{
    for (size_t i = 0; i < s->n_live; i++) {
        struct seq *q = s->live[i];
        if (q->state == SEQ_LOADING)
            fetch_leave(q);
        if (seq_admitted(q))
            seq_preempt(s, q);
    }
    kv_unwant(s->kv);                                       /* a device that failed has nothing to save */
    sched_store_drain(s);
    s->blocked = false;
}

/* As a preemption of everything: ids and seeds are all that an answer needs.  The context stays what was promised. */
static int move_to_cpu(struct sched *s, struct sched_model_info *info, struct qw_error *err)
{
    struct backend *device = s->backend;
    clear_pages(s);
    stage_free(s);
    struct forward *forward = s->forward;
    struct kv *kv = s->kv;
    s->forward = NULL;
    s->kv = NULL;
    s->backend = NULL;
    int rc = place(s, s->mml, info, err);
    if (rc != QW_OK) {                                      /* the next run finds the device as it is, and tries again */
        unplace(s);
        s->forward = forward;
        s->kv = kv;
        s->backend = device;
        return rc;
    }
    forward_free(forward);
    kv_free(kv);
    qw_free(s->heads);                                      /* the CPU gives rows */
    s->heads = NULL;
    s->prefill_ms_tok = s->decode_ms = s->decode_tokens = 0;
    s->draft_cost = (struct draft_cost){ 0 };
    return QW_OK;
}

bool sched_leave_device(struct sched *s, struct qw_error *why)
{
    struct sched_event ev = { .kind = SCHED_EV_MOVED };
    struct qw_error err = { 0 };
    bool lost = why->code == QW_EINTERNAL;
    if (!sched_device_failed(s, why->code))
        return false;
    if (!sched_may_leave(s)) {
        qw_error_wrap(why, "backend %s%s", s->backend->name, lost ? ", until qwend is restarted" : "");
        log_error("sched", "%s", why->msg);
        return false;
    }
    snprintf(s->why_cpu, sizeof s->why_cpu, "the CPU goes on%s: %s", lost ? ", until qwend is restarted" : "", why->msg);
    if (move_to_cpu(s, &ev.info, &err) == QW_OK) {
        log_warn("sched", "%s", s->why_cpu);
        s->device_gone |= lost;
        ev_replace(s, &ev);
    } else {
        qw_error_wrap(why, "the CPU cannot go on (%s) where the device failed", err.msg);
        log_error("sched", "%s", why->msg);
        sched_end_all(s, FINISH_ERROR, why);
    }
    s->broken.code = QW_OK;
    return true;
}

void sched_do_load(struct sched *s, struct load *l)
{
    struct sched_event ev = { .kind = SCHED_EV_LOADED };
    uint64_t t0 = clock_mono_ns();
    sched_drop_model(s);
    if (l != NULL && load(s, l, &ev.info, &ev.error) != QW_OK) {
        sched_drop_model(s);
        ev.kind = SCHED_EV_LOAD_FAILED;
    }
    ev.info.load_ms = (double)(clock_mono_ns() - t0) / 1e6;
    ev.model = s->model;
    pthread_mutex_lock(&s->lock);
    if (!s->load_wanted) {                                  /* else another load follows */
        s->model_shown = s->model;
        s->shown_mml = s->mml;
    }
    pthread_mutex_unlock(&s->lock);
    ev_answer_load(s, &ev);
    load_free(l);
}
