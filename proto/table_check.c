/* Checking parameters against the table, and the nearest of a list of names. */
#include "proto/table_int.h"

#include <string.h>

/* Is s[0..n) one of "a|b|c"? */
static bool in_choices(const char *choices, const char *s, size_t n)
{
    for (const char *c = choices; c != NULL && *c != '\0'; ) {
        size_t k = strcspn(c, "|");
        if (k == n && memcmp(c, s, n) == 0)
            return true;
        c += k;
        if (*c == '|')
            c++;
    }
    return false;
}

struct check { const char *bad; struct qw_error *err; };

static const char *const type_words[] = {
    [P_BOOL] = "a boolean", [P_INT] = "an integer", [P_FLOAT] = "a number", [P_STR] = "a string",
    [P_ARRAY_INT] = "an array of integers", [P_ARRAY_STR] = "an array of strings", [P_ARRAY_MAP] = "an array of maps",
    [P_MAP] = "a map", [P_MAP_FLOAT] = "a map of numbers", [P_BIN] = "bytes (bin)",
};

static int wrong_type(struct check *c, const struct param_def *p)
{
    c->bad = p->name;
    return qw_error_set(c->err, QW_EPARAMS, "'%s' must be %s", p->name, type_words[p->type]);
}

static int in_range(struct check *c, const struct param_def *p, double v, double min, double max, const char *what)
{
    if ((min == 0 && max == 0) || (v >= min && v <= max))
        return QW_OK;
    c->bad = p->name;
    return qw_error_set(c->err, QW_EPARAMS, "'%s'%s must be from %.16g to %.16g", p->name, what, min, max);
}

static int check_str(struct check *c, const struct param_def *p, const struct mp *v)
{
    if (!mp_is_text(v))
        return wrong_type(c, p);
    if (p->choices == NULL)
        return in_range(c, p, (double)v->u.s.n, p->min, p->max, ": its length in bytes");
    if (in_choices(p->choices, v->u.s.p, v->u.s.n))
        return QW_OK;
    c->bad = p->name;
    if (in_choices(p->later, v->u.s.p, v->u.s.n))
        return qw_error_set(c->err, QW_EUNSUPPORTED, "'%s': '%.*s' is not supported at level %d", p->name,
                            (int)v->u.s.n, v->u.s.p, PROTO_LEVEL);
    return qw_error_set(c->err, QW_EPARAMS, "'%s' must be one of %s", p->name, p->choices);
}

static int check_fields(struct check *c, const struct param_def *const *groups, const struct mp *map,
                        const char *where);

static int check_array(struct check *c, const struct param_def *p, const struct mp *v)
{
    if (v->type != MP_ARRAY)
        return wrong_type(c, p);
    int rc = in_range(c, p, (double)v->u.a.n, p->min, p->max, ": its length");
    for (size_t i = 0; rc == QW_OK && i < v->u.a.n; i++) {
        const struct mp *e = &v->u.a.v[i];
        int64_t n;
        if (p->type == P_ARRAY_INT) {
            rc = mp_to_i64(e, &n) ? in_range(c, p, (double)n, p->item_min, p->item_max, ": each element")
                                  : wrong_type(c, p);
        } else if (p->type == P_ARRAY_STR) {
            const char *what = ": the length of each element";
            rc = mp_is_text(e) ? in_range(c, p, (double)e->u.s.n, p->item_min, p->item_max, what) : wrong_type(c, p);
        } else if (e->type != MP_MAP) {
            rc = wrong_type(c, p);
        } else {
            const struct param_def *const groups[] = { p->fields, NULL };
            rc = check_fields(c, groups, e, p->name);
        }
    }
    return rc;
}

/* Keys are token ids in decimal, values numbers. */
static int check_map_float(struct check *c, const struct param_def *p, const struct mp *v)
{
    if (v->type != MP_MAP)
        return wrong_type(c, p);
    int rc = in_range(c, p, (double)v->u.m.n, p->min, p->max, ": its length");
    for (size_t i = 0; rc == QW_OK && i < v->u.m.n; i++) {
        const struct mp *k = &v->u.m.v[i].key;
        double f;
        if (k->u.s.n == 0 || k->u.s.n > 9 || strspn(k->u.s.p, "0123456789") != k->u.s.n) {
            c->bad = p->name;
            return qw_error_set(c->err, QW_EPARAMS, "'%s': each key must be a token id in decimal", p->name);
        }
        rc = mp_to_f64(&v->u.m.v[i].val, &f) ? in_range(c, p, f, p->item_min, p->item_max, ": each value")
                                             : wrong_type(c, p);
    }
    return rc;
}

static int check_value(struct check *c, const struct param_def *p, const struct mp *v)
{
    int64_t i;
    double f;
    switch (p->type) {
    case P_BOOL:  return v->type == MP_BOOL ? QW_OK : wrong_type(c, p);
    case P_INT:
        if (v->type == MP_UINT)
            return in_range(c, p, (double)v->u.u, p->min, p->max, "");
        return mp_to_i64(v, &i) ? in_range(c, p, (double)i, p->min, p->max, "") : wrong_type(c, p);
    case P_FLOAT: return mp_to_f64(v, &f) ? in_range(c, p, f, p->min, p->max, "") : wrong_type(c, p);
    case P_STR:   return check_str(c, p, v);
    case P_BIN:
        return v->type == MP_BIN ? in_range(c, p, (double)v->u.s.n, p->min, p->max, ": its length in bytes")
                                 : wrong_type(c, p);
    case P_ARRAY_INT: case P_ARRAY_STR: case P_ARRAY_MAP: return check_array(c, p, v);
    case P_MAP_FLOAT: return check_map_float(c, p, v);
    case P_MAP: {
        if (v->type != MP_MAP)
            return wrong_type(c, p);
        const struct param_def *const groups[] = { p->fields, NULL };
        return p->fields != NULL ? check_fields(c, groups, v, p->name) : QW_OK;
    }
    }
    return QW_OK;
}

const char *table_param_name(void *arg, size_t i)
{
    const struct param_def *const *groups = arg;
    for (const struct param_def *const *g = groups; *g != NULL; g++)
        for (const struct param_def *p = *g; p->name != NULL; p++)
            if (i-- == 0)
                return p->name;
    return NULL;
}

static int unknown_param(struct check *c, const struct param_def *const *groups, const struct mp *key,
                         const char *where)
{
    const char *in = where != NULL ? where : "", *sep = where != NULL ? ": " : "";
    int shown = (int)(key->u.s.n < 64 ? key->u.s.n : 64);
    c->bad = key->u.s.p;
    if (table_param_later(key->u.s.p, key->u.s.n))
        return qw_error_set(c->err, QW_EUNSUPPORTED, "%s%sthe parameter '%.*s' is not supported at level %d", in, sep,
                            shown, key->u.s.p, PROTO_LEVEL);
    const char *near = nearest_name(key->u.s.p, key->u.s.n, table_param_name, (void *)groups);
    if (near != NULL)
        return qw_error_set(c->err, QW_EPARAMS, "%s%sunknown parameter '%.*s'; did you mean '%s'?", in, sep, shown,
                            key->u.s.p, near);
    return qw_error_set(c->err, QW_EPARAMS, "%s%sunknown parameter '%.*s'", in, sep, shown, key->u.s.p);
}

static int check_fields(struct check *c, const struct param_def *const *groups, const struct mp *map,
                        const char *where)
{
    for (size_t i = 0; i < map->u.m.n; i++) {
        const struct mp *key = &map->u.m.v[i].key, *val = &map->u.m.v[i].val;
        const struct param_def *def = NULL;
        if (key->u.s.n >= 2 && key->u.s.p[0] == 'x' && key->u.s.p[1] == '_')
            continue;
        for (const struct param_def *const *g = groups; *g != NULL && def == NULL; g++)
            for (const struct param_def *p = *g; p->name != NULL && def == NULL; p++)
                if (table_same(p->name, key->u.s.p, key->u.s.n))
                    def = p;
        int rc = def == NULL ? unknown_param(c, groups, key, where)
               : val->type == MP_NIL ? QW_OK : check_value(c, def, val);
        if (rc != QW_OK)
            return rc;
    }
    for (const struct param_def *const *g = groups; *g != NULL; g++)
        for (const struct param_def *p = *g; p->name != NULL; p++)
            if (p->required && method_arg(map, p->name) == NULL) {
                c->bad = p->name;
                return qw_error_set(c->err, QW_EPARAMS, "%s%s'%s' is missing", where != NULL ? where : "",
                                    where != NULL ? ": " : "", p->name);
            }
    return QW_OK;
}

int method_check(const struct method_def *m, const struct mp *params, const char **bad_param, struct qw_error *err)
{
    struct check c = { .err = err };
    int rc = check_fields(&c, m->params, params, NULL);
    if (rc != QW_OK && bad_param != NULL)
        *bad_param = c.bad;
    return rc;
}

/* ---- nearest name ------------------------------------------------------------------------ */

#define NAME_CAP 48

/* Edits (insert, delete, replace, swap of neighbours) between two short names. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t d[3][NAME_CAP + 1];
    for (size_t j = 0; j <= m; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = d[i % 3], *up = d[(i - 1) % 3], *up2 = d[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);
            if (up[j] + 1 < best)
                best = up[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && up2[j - 2] + 1 < best)
                best = up2[j - 2] + 1;
            row[j] = best;
        }
    }
    return d[n % 3][m];
}

const char *nearest_name(const char *name, size_t n, const char *(*at)(void *arg, size_t i), void *arg)
{
    const char *near = NULL, *known;
    if (n == 0 || n > NAME_CAP)
        return NULL;
    size_t best = n <= 3 ? 2 : n <= 7 ? 3 : 4;          /* one more than is accepted */
    for (size_t i = 0; (known = at(arg, i)) != NULL; i++) {
        size_t m = strlen(known);
        if (m > NAME_CAP)
            continue;
        size_t d = distance(name, n, known, m);
        if (d < best && d < m) {
            best = d;
            near = known;
        }
    }
    return near;
}
