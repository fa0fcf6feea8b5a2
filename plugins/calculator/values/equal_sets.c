/* equal_sets.c - sets, lists and tuples, member by member; see equal_left.h. */
#include "plugins/calculator/values/equal_left.h"

#include <string.h>

/* As members of a set or places of a tuple: {1} is no 1 there. */
static enum tri members(struct calc *c, struct ex *a, struct ex *b)
{
    if ((a->k == E_LIST && a->a[0]->k != E_REL) || (b->k == E_LIST && b->a[0]->k != E_REL))
        return UNSURE;                                /* "1, 2" in one of several boxes */
    if ((a->k == E_SET) == (b->k == E_SET))
        return equal_ex(c, a, b);
    const struct ex *o = a->k == E_SET ? b : a;
    int set = o->k == E_TUPLE || o->k == E_UNION || o->k == E_ISECT || o->k == E_MINUS || o->k == E_BUILD ||
        o->k == E_REALS;
    return set || ex_has_sym(o, NULL) ? UNSURE : NO;
}

/* Unordered; repeated members count once. */
enum tri equal_sets(struct calc *c, struct ex *const *a, int n, struct ex *const *b, int m)
{
    enum tri all = YES;
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < (side ? m : n); i++) {
            enum tri best = NO;
            for (int j = 0; j < (side ? n : m); j++) {
                enum tri t = side ? members(c, a[j], b[i]) : members(c, a[i], b[j]);
                if (t > best)
                    best = t;
            }
            if (best == NO)
                return NO;
            if (best == UNSURE)
                all = UNSURE;
        }
    }
    return all;
}

enum tri equal_lists(struct calc *c, struct ex *const *a, int n, struct ex *const *b, int m)
{
    if (n != m)
        return NO;
    enum tri all = YES;
    for (int i = 0; i < n; i++) {
        enum tri t = members(c, a[i], b[i]);
        if (t == NO)
            return NO;
        if (t == UNSURE)
            all = UNSURE;
    }
    return all;
}

enum tri equal_maps(struct calc *c, const struct obj *a, const struct obj *b)
{
    if (a->n != b->n)
        return NO;
    enum tri all = YES;
    int indexed = 1;
    for (int i = 0; i < a->n; i++) {
        int j;
        indexed &= strchr(a->names[i], '_') != NULL;
        for (j = 0; j < b->n; j++)
            if (strcmp(a->names[i], b->names[j]) == 0)
                break;
        if (j == b->n)
            return NO;
        enum tri t = equal_ex(c, a->item[i], b->item[j]);
        all = t < all ? t : all;
    }
    return all == NO && indexed ? UNSURE : all;       /* (x_1, y_1) and (x_2, y_2) perhaps change places */
}

/* Each member of a has a partner of its own in b. */
static int paired(struct calc *c, const struct obj *a, const struct obj *b)
{
    int used[32] = { 0 };
    if (a->n != b->n)
        return 0;
    for (int i = 0; i < a->n; i++) {
        int j = 0;
        while (j < b->n && (used[j] || members(c, a->item[i], b->item[j]) != YES))
            j++;
        if (j == b->n)
            return 0;
        used[j] = 1;
    }
    return 1;
}

/* Sets as they were written: what the sign between statements, indices and repetition say counts, too. */
enum tri equal_written_sets(struct calc *c, const struct obj *g, const struct obj *a)
{
    if (g->joint != a->joint && ((g->joint != J_NONE && a->joint != J_NONE) || g->joint >= J_LOR || a->joint >= J_LOR))
        return g->joint >= J_LOR && a->joint >= J_LOR ? NO : UNSURE;   /* p or q, p and q */
    enum tri t = equal_sets(c, g->item, g->n, a->item, a->n);
    if (t != YES)
        return t;
    if (g->indexed && a->indexed)
        return equal_maps(c, g, a) == YES ? YES : UNSURE;   /* a_1 = 1, a_2 = 2 and a_1 = 2, a_2 = 1 */
    if ((g->indexed && a->name == NULL) || (a->indexed && g->name == NULL))
        return equal_lists(c, g->item, g->n, a->item, a->n) == YES ? YES : UNSURE;
    return g->list && a->list && !paired(c, g, a) ? UNSURE : YES;      /* 1, 1, 2 and 1, 2, 2 */
}
