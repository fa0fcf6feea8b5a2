/* A verdict as people see it, wherever it came from.  Strings are borrowed. */
#ifndef QW_CTL_VIEW_H
#define QW_CTL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "client/qwenclient.h"
#include "plugins/host/host.h"

#define VIEW_PARTS 32
#define VIEW_EVIDENCE 64
#define VIEW_SAID 16
struct verdict_view {
    const char *verdict, *working, *plugin, *version, *error, *basis;
    long long agree, of;                    /* of: 0 where nothing was counted */
    long long votes, samples;               /* the same of samples, where agree and of are of programs */
    bool programs;                          /* some were asked for, or would have been: */
    long long n_programs, n_values;         /* how many, and how many of them came to a value */
    const char *no_programs;                /* why not, or NULL */
    const char *said[VIEW_SAID];            /* what became of each */
    size_t n_said;
    size_t n_parts, n_evidence;
    struct { unsigned part; const char *verdict, *working, *reading, *computed; } parts[VIEW_PARTS];
    struct { unsigned part; const char *of, *who, *text, *json; } evidence[VIEW_EVIDENCE];
};
bool view_from_reply(struct verdict_view *v, const qwen_reply *r, const char *path);   /* false: none there */
void view_from_result(struct verdict_view *v, const struct plug_result *r);
void view_print(FILE *f, const struct verdict_view *v);

#endif
