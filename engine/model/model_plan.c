/* Which tensors a model has, what each must look like, and where it goes. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "engine/model/arch.h"
#include "engine/model/model_int.h"

#define ALIGN 64
#define TYPES "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K"

static const char *shape_text(char *buf, size_t cap, const struct gguf_tensor *t)
{
    int n = 0;
    for (uint32_t i = 0; i < t->n_dims && i < 4 && n >= 0 && (size_t)n < cap; i++)
        n += snprintf(buf + n, cap - (size_t)n, i ? " x %llu" : "%llu", (unsigned long long)t->dim[i]);
    return buf;
}

static int check_type(const struct gguf_tensor *t, bool vector, struct qw_error *err)
{
    if (t->bytes == 0)
        return qw_error_set(err, QW_EUNSUPPORTED, "tensor %s has %s, which is not supported; "
                            "take a file of one of " TYPES, t->name, gguf_type_name(t->type));
    if (vector && t->type != GGUF_F32)
        return qw_error_set(err, QW_EUNSUPPORTED, "tensor %s is %s: vectors must be F32",
                            t->name, gguf_type_name(t->type));
    return QW_OK;
}

/* Checks tensor `name` against its row of the table and appends it to the plan. */
static int plan_tensor(struct loader *l, const char *name, const struct arch_tensor *spec, void *base,
                       struct qw_error *err)
{
    const struct hparams *hp = &l->m->hp;
    int wants = arch_wants(hp, spec);
    const struct gguf_tensor *t = wants == 0 ? NULL : gguf_tensor(l->g, name);
    if (t == NULL) {
        if (wants > 0)
            return qw_error_set(err, QW_EFORMAT, "tensor %s is missing: the file is incomplete or not a %s model",
                                name, hp->arch);
        return QW_OK;
    }
    bool vector = spec->n == DIM_NONE;
    struct part p = { .t = t, .n = vector ? 1 : arch_dim(hp, spec->n), .k = arch_dim(hp, spec->k) };
    int rc = check_type(t, vector, err);
    if (rc != QW_OK)
        return rc;
    if (t->dim[0] != p.k || t->dim[1] != p.n || t->dim[2] != 1 || t->dim[3] != 1) {
        char have[96];
        return qw_error_set(err, QW_EFORMAT, "tensor %s is %s, but the hyper-parameters say %zu x %zu",
                            name, shape_text(have, sizeof have, t), p.k, p.n);
    }
    void *field = (char *)base + spec->at;
    if (vector) {
        p.vec = field;
        p.bytes = p.k * sizeof(float);
    } else {
        p.mat = field;
        if ((rc = wmat_bytes(t->type, p.n, p.k, &p.bytes, err)) != QW_OK) {
            qw_error_wrap(err, "tensor %s", name);
            return rc;
        }
    }
    if (l->n_parts == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 256;
        struct part *more = qw_realloc_array(l->parts, cap, sizeof *more);
        if (more == NULL)
            return qw_error_set(err, QW_ENOMEM, "plan of %zu tensors", cap);
        l->parts = more;
        l->cap = cap;
    }
    p.at = l->m->block_bytes;
    size_t end;
    if (!qw_add(p.at, p.bytes, &end) || !qw_add(end, ALIGN - 1, &end))
        return qw_error_set(err, QW_ETOOLARGE, "tensor %s: sizes overflow", name);
    l->m->block_bytes = end / ALIGN * ALIGN;
    l->parts[l->n_parts++] = p;
    return QW_OK;
}

/* A tensor that nobody reads would change the model's meaning in silence. */
static int check_all_used(const struct loader *l, struct qw_error *err)
{
    size_t n = gguf_n_tensors(l->g);
    if (n == l->n_parts)
        return QW_OK;
    for (size_t i = 0; i < n; i++) {
        const struct gguf_tensor *t = gguf_tensor_at(l->g, i);
        bool used = false;
        for (size_t j = 0; j < l->n_parts && !used; j++)
            used = l->parts[j].t == t;
        if (!used)
            return qw_error_set(err, QW_EUNSUPPORTED, "tensor %s is not part of architecture %s as supported here",
                                arch_printable(t->name, strlen(t->name)), l->m->hp.arch);
    }
    return qw_error_set(err, QW_EFORMAT, "a tensor has two uses");
}

int model_plan(struct loader *l, struct qw_error *err)
{
    struct model *m = l->m;
    size_t n_tensors = gguf_n_tensors(l->g);
    if (m->hp.n_layers > n_tensors)
        return qw_error_set(err, QW_EFORMAT, "%u layers, but only %zu tensors", m->hp.n_layers, n_tensors);
    m->w.layers = qw_calloc(m->hp.n_layers, sizeof *m->w.layers);
    if (m->w.layers == NULL)
        return qw_error_set(err, QW_ENOMEM, "%u layers", m->hp.n_layers);

    /* The model's own: embeddings first, output last, the layers between: the order of use. */
    int rc;
    const struct arch_tensor *s = arch_model_tensors;
    for (; strcmp(s->name, "output_norm.weight") != 0; s++)
        if ((rc = plan_tensor(l, s->name, s, &m->w, err)) != QW_OK)
            return rc;
    for (uint32_t i = 0; i < m->hp.n_layers; i++)
        for (const struct arch_tensor *t = arch_layer_tensors; t->name != NULL; t++) {
            char name[64];
            snprintf(name, sizeof name, "blk.%u.%s", i, t->name);
            if ((rc = plan_tensor(l, name, t, &m->w.layers[i], err)) != QW_OK)
                return rc;
        }
    for (; s->name != NULL; s++)
        if ((rc = plan_tensor(l, s->name, s, &m->w, err)) != QW_OK)
            return rc;
    return check_all_used(l, err);
}

int model_bind(struct loader *l, struct qw_error *err)
{
    for (size_t i = 0; i < l->n_parts; i++) {
        const struct part *p = &l->parts[i];
        void *at = l->m->block + p->at;
        if (p->mat == NULL) {
            *p->vec = at;
            continue;
        }
        int rc = wmat_init(p->mat, p->t->type, p->n, p->k, at, err);
        if (rc != QW_OK) {
            qw_error_wrap(err, "tensor %s", p->t->name);
            return rc;
        }
    }
    return QW_OK;
}
