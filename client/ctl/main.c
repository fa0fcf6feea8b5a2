/* qwenctl: the commands, and nothing else. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/catalog.h"
#include "base/mem.h"
#include "client/ctl/ask/commands.h"
#include "client/ctl/call/call.h"
#include "client/ctl/call/reply.h"
#include "client/ctl/chat/commands.h"
#include "client/ctl/daemon/commands.h"
#include "client/ctl/eval/commands.h"
#include "client/ctl/model/commands.h"
#include "client/ctl/model/fetch.h"
#include "client/ctl/plugin/commands.h"
#include "client/ctl/session/commands.h"
#include "client/ctl/ui/term.h"
#include "client/ctl/verify/commands.h"

static int cmd_words(int argc, char **argv);

static const struct command commands[] = {
    { "ask", "[QUESTION]", "Ask one question; the answer is streamed and checked.",
      "Without QUESTION (or with -) it is read from standard input.  WORKSHEET is a text file whose questions are numbered\n"
      "(1. 1、 1) (1) 第1题 Question 1:); each is asked on its own, after what stands before the first one.  A daemon of your own is started when none\n"
      "runs, and a model is fetched (after asking) when none is installed.  Exit code 0 when there is an answer,\n"
      "whatever its verdict.",
      "  qwenctl ask 'Solve 3x - 4 = 11'\n  qwenctl ask --example\n  qwenctl ask --tool python 'What is the 40th Fibonacci number?'\n  qwenctl ask --file homework.txt\n  echo '1+1=?' | qwenctl ask --json --seed 7 --temperature 0.7",
      ask_opts, NULL, cmd_ask },
    { "chat", "", "A conversation; /help inside lists its commands.",
      "The daemon stores it: `qwenctl session list` has it, and --last or --resume [SESSION] goes on with it, after a restart\n"
      "or a crash too.  SESSION: an id of the list, a beginning of it that only one has, or `last`.",
      "  qwenctl chat\n  qwenctl chat --last\n  qwenctl chat --resume s3fa\n  qwenctl chat --private --system 'Answer in one line.'",
      chat_opts, NULL, cmd_chat },
    { "eval", "[FILE]", "How many questions of a set are answered rightly, and what the verdicts are worth.",
      "FILE has lines {\"id\", \"question\", \"answer\", \"category\", \"lang\"}; without it, the 20 questions that come with qwend.\n"
      "Each is asked as `qwenctl ask` asks, and the calculator judges whether the answer means the same as \"answer\"; where it\n"
      "cannot tell, the answer is not right, and counted as not known too.  With --out a run that was interrupted goes on where it was,\n"
      "and --report and --compare read its file later.\n"
      "Exit code: 0 all were asked, 1 some could not be, 4 an answer was verified that is not right.",
      "  qwenctl eval\n  qwenctl eval set.jsonl --verify retry --out retry.jsonl\n  qwenctl eval --report retry.jsonl --json\n"
      "  qwenctl eval --compare check.jsonl retry.jsonl", eval_opts, NULL, cmd_eval },
    { "verify", "[QUESTION [RESPONSE]]", "Check an answer to a question, without a model or a daemon.",
      "RESPONSE is a whole answer with its \\boxed{} result, or just the result on one line.\n"
      "With --json, standard input holds lines {\"id\", \"question\", \"response\"}; each gives a line {\"id\", \"verdict\",\n"
      "\"evidence\": [{part, of, for, text}], reading, computed, working, plugin, version}.\n"
      "With --explain there is no response: what is read in the question, or what was left over; with --json lines\n"
      "{\"id\", \"reading\", \"lines\": [{part, what, text}], plugin, version}, reading null where there is none.\n"
      "Exit code: 0 verified, supported or read, 4 refuted, 5 undecided or not read; with --json 0 when every line was read.",
      "  qwenctl verify 'Solve 3x - 4 = 11' 5\n  qwenctl verify --json < answers.jsonl\n  qwenctl verify --explain 'Solve 3x - 4 = 11'", verify_opts, NULL, cmd_verify },
    { "equiv", "[GOLD ANSWER]", "Do two answers mean the same?  Needs no model and no daemon.",
      "With --json, standard input holds lines {\"id\", \"gold\", \"answer\"}; each gives a line {\"id\", \"equal\": true, false or null}.\n"
      "Exit code: 0 equal, 4 different, 5 not known; with --json 0 when every line was read.",
      "  qwenctl equiv '\\frac{1}{2}' 0.5\n  qwenctl equiv --json < pairs.jsonl", equiv_opts, NULL, cmd_equiv },
    { "status", "", "How the daemon is.", "Exit code 1 when none answers.", "  qwenctl status\n  qwenctl status --json", status_opts, NULL, cmd_status },
    { "model", "COMMAND", "Models: list, fetch, show, remove.", NULL, NULL, NULL, model_commands, NULL },
    { "session", "COMMAND", "Conversations: list, show, search, finish, fork, export ...", NULL, NULL, NULL, session_commands, NULL },
    { "store", "COMMAND", "Where they are kept: check, gc, stats, path.", NULL, NULL, NULL, store_commands, NULL },
    { "plugin", "COMMAND", "Plugins: the daemon's, and writing one.", NULL, NULL, NULL, plugin_commands, NULL },
    { "tool", "COMMAND", "Tools of plugins, which a model or you may call: list, call.", NULL, NULL, NULL, tool_commands, NULL },
    { "daemon", "COMMAND", "Your own daemon: start, stop, restart, log.", NULL, NULL, NULL, daemon_commands, NULL },
    { "doctor", "", "What this machine has, what is missing, and what to do about it.", "Exit code 1 when something that is needed is missing.",
      "  qwenctl doctor\n  qwenctl doctor --json", doctor_opts, NULL, cmd_doctor },
    { "bench", "[MODEL]", "How fast a model runs here, and what part of the machine's limits that is.",
      "MODEL: a name of `qwenctl model ls` or a path with a slash; else the model that the daemon runs, else the default.\n"
      "Prefill is held against the processor's multiply-adds, decode against the memory's bandwidth; both are measured, before and after.\n"
      "Other work on the machine, an answering daemon too, makes the figures lower.",
      "  qwenctl bench\n  qwenctl bench small --quick\n  qwenctl bench ./model.gguf --threads 1 --json", bench_opts, NULL, cmd_bench },
    { "version", "", "Versions of qwenctl and of the daemon that answers.", NULL, "  qwenctl version --json", version_opts, NULL, cmd_version },
    { "__words", "", "", NULL, NULL, NULL, NULL, cmd_words },
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};

/* ---- completion: the shells ask us, so that they know what we know ---------------------- */

static void emit_models(void)
{
    const struct catalog_entry *e;
    for (size_t i = 0; (e = catalog_builtin(i)) != NULL; i++) {
        puts(e->name);
        if (e->alias != NULL)
            puts(e->alias);
    }
    struct catalog_file *files = NULL;
    size_t n = 0;
    char *dir = models_dir(NULL, NULL);
    if (dir != NULL && catalog_list(dir, &files, &n, NULL) == QW_OK)
        for (size_t i = 0; i < n; i++)
            if (files[i].builtin == NULL)
                puts(files[i].name);
    catalog_list_free(files, n);
    qw_free(dir);
}

/* Only where a daemon is there already. */
static void emit_sessions(void)
{
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    puts("last");
    if (ctl_connect_quiet(&c) != 0)
        return;
    if (qwen_call(c, qwen_msg_new("session.list"), 1000, NULL, NULL, &r) == 0)
        for (size_t i = 0; i < qwen_reply_len(r, "sessions"); i++)
            puts(entry_str(r, "sessions", i, "session"));
    qwen_reply_free(r);
    qwen_close(c);
}

static void emit(const char *word)
{
    if (strcmp(word, "MODEL") == 0)
        emit_models();
    else if (strcmp(word, "SESSION") == 0)
        emit_sessions();
    else
        puts(word);                         /* FILE: the shell's own file names */
}

static int cmd_words(int argc, char **argv)
{
    command_words(commands, argc, argv, emit);
    return EXIT_OK;
}

static void usage(FILE *f)
{
    fprintf(f, "Usage: qwenctl COMMAND [OPTION]... [ARGUMENT]...\nAsks a language model maths questions, and checks its answers.\n\nCommands:\n");
    for (const struct command *c = commands; c->name != NULL; c++)
        if (c->name[0] != '_')
            fprintf(f, "  %-10s %s\n", c->name, c->summary);
    fprintf(f, "\n`qwenctl COMMAND --help` tells more.  Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a permission or\n"
               "something to be installed is needed (the message says what), 4 refuted or different, 5 undecided, 130 interrupted.\n"
               "QWEND_SOCKET names another daemon; NO_COLOR switches colours off.\n");
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_DFL);
    term_init();
    if (argc < 2) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        if (argc > 2 && strcmp(argv[1], "help") == 0) {     /* help COMMAND = COMMAND --help */
            char *as[] = { argv[0], argv[2], "--help" };
            return command_run("qwenctl", commands, 3, as);
        }
        usage(stdout);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "__words") == 0)    /* its arguments look like options */
        return cmd_words(argc - 2, argv + 2);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        argv[1] = "version";
    int rc = command_run("qwenctl", commands, argc, argv);
    if (fflush(stdout) != 0 && rc == EXIT_OK) {
        ctl_error("standard output cannot be written");
        return EXIT_FAILED;
    }
    return rc;
}
