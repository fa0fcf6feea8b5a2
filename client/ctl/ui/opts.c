#include "client/ctl/ui/opts.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "client/ctl/ui/term.h"
#include "proto/table.h"

/* ---- help ------------------------------------------------------------------------- */

static void help_options(const struct opt *opts)
{
    printf("\nOptions:\n");
    for (const struct opt *o = opts; o != NULL && o->name != NULL; o++) {
        char left[64], letter[8] = "    ";
        if (o->letter != 0)
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        snprintf(left, sizeof left, "%s--%s%s%s%s", letter, o->name, o->arg == NULL ? "" : o->type == OPT_MAYBE ? "[=" : " ",
                 o->arg != NULL ? o->arg : "", o->arg != NULL && o->type == OPT_MAYBE ? "]" : "");
        printf("  %-28s %s\n", left, o->help);
    }
    printf("  %-28s %s\n", "-h, --help", "this text");
}

static void help(const char *path, const struct command *c)
{
    printf("Usage: %s%s%s%s\n%s\n", path, c->opts != NULL ? " [OPTION]..." : "", c->args[0] != '\0' ? " " : "", c->args, c->summary);
    if (c->more != NULL)
        printf("\n%s\n", c->more);
    if (c->sub != NULL) {
        printf("\nCommands:\n");
        for (const struct command *s = c->sub; s->name != NULL; s++)
            if (s->name[0] != '_')
                printf("  %-12s %s\n", s->name, s->summary);
    }
    help_options(c->opts);
    if (c->examples != NULL)
        printf("\nExamples:\n%s\n", c->examples);
}

/* ---- values ------------------------------------------------------------------------- */

static int bad_value(const struct opt *o, const char *v)
{
    ctl_error("--%s: '%s' is not %s%s", o->name, v, o->type == OPT_INT ? "a whole number" : "a number", "");
    return EXIT_USAGE;
}

static int set_value(const struct opt *o, const char *v)
{
    char *end;
    double f = 0;
    if (o->given != NULL)
        *o->given = true;
    switch (o->type) {
    case OPT_FLAG:   *(bool *)o->out = true; return EXIT_OK;
    case OPT_UNFLAG: *(bool *)o->out = false; return EXIT_OK;
    case OPT_STR: case OPT_MAYBE: *(const char **)o->out = v; return EXIT_OK;
    case OPT_LIST: {
        struct opt_list *l = o->out;
        if (l->n == OPT_LIST_MAX) {
            ctl_error("--%s: at most %d times", o->name, OPT_LIST_MAX);
            return EXIT_USAGE;
        }
        l->v[l->n++] = v;
        return EXIT_OK;
    }
    case OPT_INT: {
        errno = 0;
        long long i = strtoll(v, &end, 10);
        if (end == v || *end != '\0' || errno != 0)
            return bad_value(o, v);
        *(int64_t *)o->out = i;
        f = (double)i;
        break;
    }
    case OPT_FLOAT:
        f = strtod(v, &end);
        if (end == v || *end != '\0' || !isfinite(f))
            return bad_value(o, v);
        *(double *)o->out = f;
        break;
    }
    if ((o->min != 0 || o->max != 0) && (f < o->min || f > o->max)) {
        ctl_error("--%s must be from %.16g to %.16g", o->name, o->min, o->max);
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

/* ---- parsing ------------------------------------------------------------------------- */

static const char *opt_at(void *arg, size_t i)
{
    const struct opt *o = arg;
    for (; o != NULL && o->name != NULL; o++)
        if (i-- == 0)
            return o->name;
    return i == 0 ? "help" : NULL;
}

static const char *command_at(void *arg, size_t i)
{
    for (const struct command *c = arg; c->name != NULL; c++)
        if (c->name[0] != '_' && i-- == 0)
            return c->name;
    return NULL;
}

static const struct opt *find(const struct opt *opts, const char *name, size_t n, char letter)
{
    for (const struct opt *o = opts; o != NULL && o->name != NULL; o++)
        if (name != NULL ? strlen(o->name) == n && strncmp(o->name, name, n) == 0 : o->letter == letter && letter != 0)
            return o;
    return NULL;
}

/* One option at argv[i]; *used: how many words it took. */
static int parse_one(const char *path, const struct command *c, int argc, char **argv, int i, int *used)
{
    const char *a = argv[i], *value = NULL;
    const struct opt *o;
    *used = 1;
    if (a[1] == '-') {
        size_t n = strcspn(a + 2, "=");
        o = find(c->opts, a + 2, n, 0);
        value = a[2 + n] == '=' ? a + 3 + n : NULL;
        if (o == NULL) {
            const char *near = nearest_name(a + 2, n, opt_at, (void *)c->opts);
            if (near != NULL)
                ctl_error("unknown option --%.*s; did you mean --%s?", (int)n, a + 2, near);
            else
                ctl_error("unknown option --%.*s (see %s --help)", (int)n, a + 2, path);
            return EXIT_USAGE;
        }
    } else {
        o = find(c->opts, NULL, 0, a[1]);
        value = a[2] != '\0' ? a + 2 : NULL;
        if (o == NULL) {
            ctl_error("unknown option -%c (see %s --help)", a[1], path);
            return EXIT_USAGE;
        }
    }
    bool takes = o->type != OPT_FLAG && o->type != OPT_UNFLAG;
    if (!takes && value != NULL) {
        ctl_error("--%s takes no value", o->name);
        return EXIT_USAGE;
    }
    if (o->type == OPT_MAYBE)
        return set_value(o, value != NULL ? value : "");
    if (takes && value == NULL) {
        if (i + 1 >= argc) {
            ctl_error("--%s needs a value: %s", o->name, o->arg);
            return EXIT_USAGE;
        }
        value = argv[i + 1];
        *used = 2;
    }
    return set_value(o, value);
}

/* Options anywhere; the rest moves to the front of argv[1..*left). */
static int parse(const char *path, const struct command *c, int argc, char **argv, int *left)
{
    int n = 1;
    for (int i = 1, used; i < argc; i += used) {
        char *a = argv[i];
        used = 1;
        if (strcmp(a, "--") == 0) {
            while (++i < argc)
                argv[n++] = argv[i];
            break;
        }
        if (a[0] != '-' || a[1] == '\0' || (a[1] >= '0' && a[1] <= '9')) {      /* "-", and numbers below zero */
            argv[n++] = a;
            continue;
        }
        if (strcmp(a, "--help") == 0 || strcmp(a, "-h") == 0) {
            help(path, c);
            return -1;
        }
        int rc = parse_one(path, c, argc, argv, i, &used);
        if (rc != EXIT_OK)
            return rc;
    }
    *left = n;
    return EXIT_OK;
}

int command_run(const char *path, const struct command *table, int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    const struct command *c = table;
    char full[128];
    while (name != NULL && c->name != NULL && strcmp(c->name, name) != 0)
        c++;
    if (name == NULL || c->name == NULL) {
        const char *near = name != NULL ? nearest_name(name, strlen(name), command_at, (void *)table) : NULL;
        if (name == NULL)
            ctl_error("which command? (see %s --help)", path);
        else if (near != NULL)
            ctl_error("no command '%s'; did you mean '%s'?", name, near);
        else
            ctl_error("no command '%s' (see %s --help)", name, path);
        return EXIT_USAGE;
    }
    snprintf(full, sizeof full, "%s %s", path, c->name);
    if (c->sub != NULL) {
        if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
            help(full, c);
            return EXIT_OK;
        }
        return command_run(full, c->sub, argc - 1, argv + 1);
    }
    int left = 0, rc = parse(full, c, argc - 1, argv + 1, &left);
    if (rc != EXIT_OK)
        return rc < 0 ? EXIT_OK : rc;
    return c->run(left - 1, argv + 2);
}

/* ---- arguments ------------------------------------------------------------------------- */

int args_none(const char *command, int argc)
{
    if (argc == 0)
        return EXIT_OK;
    ctl_error("%s takes no arguments", command);
    return EXIT_USAGE;
}

char *args_joined(int argc, char **argv)
{
    struct qw_buf b = QW_BUF_INIT;
    for (int i = 0; i < argc; i++) {
        if (i > 0)
            qw_buf_addc(&b, ' ');
        qw_buf_adds(&b, argv[i]);
    }
    if (argc == 0)
        qw_buf_adds(&b, "");
    return qw_buf_take(&b);
}

/* ---- completion ------------------------------------------------------------------------ */

void command_words(const struct command *table, int n, char **words, void (*emit)(const char *word))
{
    const struct command *c = NULL;
    char option[64];
    int i = 0;
    while (table != NULL && i < n) {
        for (c = table; c->name != NULL && strcmp(c->name, words[i]) != 0; c++)
            ;
        if (c->name == NULL)
            return;
        table = c->sub;
        i++;
    }
    if (table != NULL) {
        for (c = table; c->name != NULL; c++)
            if (c->name[0] != '_')
                emit(c->name);
        emit("--help");
        return;
    }
    if (c == NULL)
        return;
    const char *last = n > i ? words[n - 1] : "";
    const struct opt *before = strncmp(last, "--", 2) == 0 ? find(c->opts, last + 2, strlen(last + 2), 0) : NULL;
    if (before != NULL && before->type != OPT_FLAG && before->type != OPT_UNFLAG && before->type != OPT_MAYBE) {
        if (before->arg != NULL)
            emit(before->arg);              /* MODEL, FILE: the caller knows what they stand for */
        return;
    }
    for (const struct opt *o = c->opts; o != NULL && o->name != NULL; o++) {
        snprintf(option, sizeof option, "--%s", o->name);
        emit(option);
    }
    emit("--help");
    if (strstr(c->args, "MODEL") != NULL)
        emit("MODEL");
    if (strstr(c->args, "SESSION") != NULL && n == i)
        emit("SESSION");
}
