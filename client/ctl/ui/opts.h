/* Command-line options as tables: parsing, --help, and what the shells complete all read the same
 * one.  Long options (--name VALUE, --name=VALUE), single short letters, -- ends them.  An unknown one
 * names the nearest. */
#ifndef QW_CTL_OPTS_H
#define QW_CTL_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum opt_type { OPT_FLAG, OPT_UNFLAG, OPT_STR, OPT_INT, OPT_FLOAT, OPT_LIST, OPT_MAYBE /* --name or --name=VALUE */ };
#define OPT_LIST_MAX 16
struct opt_list { const char *v[OPT_LIST_MAX]; size_t n; };
struct opt {
    const char *name;           /* NULL ends the table */
    char        letter;         /* 0: none */
    enum opt_type type;
    void       *out;            /* bool *, const char **, int64_t *, double *, struct opt_list * */
    bool       *given;          /* or NULL */
    const char *arg;            /* what the value is called in --help; "MODEL" and "FILE" complete */
    double      min, max;       /* numbers; both 0: none */
    const char *help;
};

struct command {
    const char *name;           /* NULL ends a table */
    const char *args;           /* after the options, for the usage line */
    const char *summary;        /* one line */
    const char *more;           /* further text of --help, or NULL */
    const char *examples;       /* lines, indented by two */
    const struct opt *opts;     /* or NULL */
    const struct command *sub;  /* commands below this one, or NULL */
    int (*run)(int argc, char **argv);   /* what is left after the options; returns the exit code */
};

/* EXIT_USAGE, and said, where a command that takes no arguments has some. */
int args_none(const char *command, int argc);
/* Arguments with blanks between them; qw_free. */
char *args_joined(int argc, char **argv);

/* Exit codes of qwenctl, as its man page and --help say. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NEEDS = 3, EXIT_REFUTED = 4, EXIT_UNDECIDED = 5, EXIT_INTERRUPTED = 130 };

/* Finds the command in argv[1], parses its options and runs it.  path is the usage's beginning. */
int command_run(const char *path, const struct command *table, int argc, char **argv);
/* For completion: words that may come after words[0..n) (n counts finished words). */
void command_words(const struct command *table, int n, char **words, void (*emit)(const char *word));

#endif
