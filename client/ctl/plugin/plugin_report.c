#include "client/ctl/plugin/plugin_test.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "client/ctl/ui/obj.h"
#include "client/ctl/ui/term.h"

#define BAD_SHOWN 20u                       /* failures of one check that are listed; --json has all */

void report_init(struct report *r, bool json, bool verbose)
{
    *r = (struct report){ .json = json, .verbose = verbose, .checks = json_array(), .begun_ms = clock_mono_ms() };
}

void report_free(struct report *r)
{
    json_decref(r->checks);
    json_decref(r->bad);
    *r = (struct report){ 0 };
}

void report_begin(struct report *r, const char *name)
{
    r->name = name;
    json_decref(r->bad);
    r->bad = json_array();
}

void report_bad(struct report *r, const char *fmt, ...)
{
    char text[700];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    json_t *s = json_string(text);          /* NULL: cut within a character */
    json_array_append_new(r->bad, s != NULL ? s : json_string("(a message that is no text)"));
}

bool report_end(struct report *r, const char *fmt, ...)
{
    char text[700];
    va_list ap;
    size_t n_bad = json_array_size(r->bad);
    bool ok = n_bad == 0;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    r->n++;
    r->n_bad += !ok;
    json_t *c = json_object();
    obj_set_str(c, "name", r->name);
    json_object_set_new(c, "ok", json_boolean(ok));
    obj_set_str(c, "text", text);
    json_object_set(c, "failures", r->bad);
    json_array_append_new(r->checks, c);
    progress_clear();
    if (r->json)
        return ok;
    printf("%s%s%s %s: ", style(stdout, ok ? GREEN : RED), ok ? "\xe2\x9c\x94" : "\xe2\x9c\x98", style(stdout, PLAIN), r->name);
    ctl_safe(stdout, text);
    putchar('\n');
    for (size_t i = 0; i < n_bad && i < BAD_SHOWN; i++) {
        fputs("    ", stdout);
        ctl_safe(stdout, json_string_value(json_array_get(r->bad, i)));
        putchar('\n');
    }
    if (n_bad > BAD_SHOWN)
        printf("    and %zu more (--json has all)\n", n_bad - BAD_SHOWN);
    fflush(stdout);
    return ok;
}

void report_progress(struct report *r, size_t done, size_t of)
{
    uint64_t now = clock_mono_ms();
    if (now - r->begun_ms < 2000 || now - r->shown_ms < 200)
        return;
    r->shown_ms = now;
    progress_line("%s: %zu of %zu", r->name, done, of);
}

void report_sum(struct report *r, json_t *head)
{
    if (r->json) {
        json_object_set_new(head, "ok", json_boolean(r->n_bad == 0));
        json_object_set(head, "checks", r->checks);
        json_dumpf(head, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
        putchar('\n');
    } else if (r->n_bad == 0) {
        printf("%u checks, all passed\n", r->n);
    } else {
        printf("%u of %u checks failed\n", r->n_bad, r->n);
    }
    json_decref(head);
}
