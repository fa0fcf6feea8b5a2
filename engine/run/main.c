/* qwen-run: the engine alone, for people who measure and for the tests. */
#include <string.h>

#include "engine/run/cmd.h"

#include "config.h"

static const struct run_command *const commands[] = {
    &cmd_tokenize,
    &cmd_detokenize,
    &cmd_prompt,
    &cmd_generate,
    &cmd_logits,
    &cmd_bench,
    &cmd_probe,
};
#define N_COMMANDS (sizeof commands / sizeof commands[0])

static void print_help(FILE *f)
{
    fputs("usage: qwen-run COMMAND [options]\n\nThe engine alone, without a daemon.  Commands:\n\n", f);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(f, "  %-11s %s\n", commands[i]->name, commands[i]->line);
    fputs("\n`qwen-run COMMAND --help' shows its options and examples; `qwen-run --version' the version.\n"
          "Exit codes: 0 all well, 1 something failed, 2 wrong usage.\n", f);
}

int main(int argc, char **argv)
{
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)) {
        print_help(stdout);
        return RUN_OK;
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
        puts("qwen-run " PACKAGE_VERSION);
        return RUN_OK;
    }
    for (size_t i = 0; argc >= 2 && i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return commands[i]->run(argc - 1, argv + 1);
    if (argc >= 2)
        fprintf(stderr, "qwen-run: no command \"%s\"\n", argv[1]);
    print_help(stderr);
    return RUN_USAGE;
}
