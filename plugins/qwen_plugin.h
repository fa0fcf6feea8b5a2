/* qwen_plugin.h - the plugin ABI of qwend, version 1.0
 *
 * A plugin is a shared object with one exported symbol, qwen_plugin_v1.  It is
 * opened only by the program qwend-plugin, in a process of its own that has
 * jailed itself before (no network, no files, limited memory and time): a
 * plugin that crashes or loops costs its process and nothing else.
 *
 * Rules
 *  - Every struct begins with its size.  A member exists if it lies within that
 *    size: QWEN_HAS(ptr, member).  Members are only ever appended.
 *  - Strings are (pointer, length), UTF-8, not NUL-terminated, and borrowed until
 *    the call that passed them returns.  Copy what you keep.
 *  - Zero is the harmless value of every enum.
 *  - Callbacks run one at a time on the process's main thread; a plugin starts no
 *    threads.  Host functions may be called only from inside a callback (init,
 *    verify, equal, read, canon, a tool's call), with the `call` that it was given.
 *  - Callbacks return 0, or non-zero for "failed" (shown as an error; never as a
 *    verdict).  A plugin never writes to standard output for the host: stdout and
 *    stderr go to the log.
 *  - What you say is clamped by the host: QWEN_VERIFIED counts only where the
 *    operator's configuration says trust = proof for this file.
 *
 * History.  ABI frozen as 1.0: no member of it moves, changes its type or its
 * meaning; tests/plugin/frozen_1_0.c is a plugin of it that every later host must
 * run.  Minors count up and are not used again.
 *   0.1  preview (major 1, minor 1): verifiers with verify and equal
 *   1.0  major 1, minor 2: tools (add_tool, output), read, canon, generate,
 *        run_program, candidate
 */
#ifndef QWEN_PLUGIN_H
#define QWEN_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QWEN_PLUGIN_ABI_MAJOR 1   /* of the entry symbol, qwen_plugin_v1 */
#define QWEN_PLUGIN_ABI_MINOR 2   /* grows with each appended member */

#define QWEN_HAS(p, member) \
    ((p)->size >= offsetof(__typeof__(*(p)), member) + sizeof (p)->member)

struct qwen_str {
    const char *p;
    size_t      n;
};
#define QWEN_STR(literal) ((struct qwen_str){ "" literal, sizeof literal - 1 })

struct qwen_call;                 /* one operation in progress; opaque */
struct qwen_registry;             /* valid during init only; opaque */

enum qwen_verdict {
    QWEN_UNDECIDED = 0,
    QWEN_REFUTED   = 1,           /* a counter-example or a different exact value */
    QWEN_SUPPORTED = 2,           /* agrees, without proof */
    QWEN_VERIFIED  = 3,           /* proved for a reading of the user's text */
};
enum qwen_eq  { QWEN_EQ_UNKNOWN = 0, QWEN_EQ_EQUAL = 1, QWEN_EQ_DIFFERENT = 2 };
enum qwen_of  { QWEN_OF_ANSWER = 0, QWEN_OF_WORKING = 1 };
enum qwen_for { QWEN_FOR_USER = 0, QWEN_FOR_MODEL = 1 };

/* What a line of a reading is about. */
enum qwen_read {
    QWEN_READ_NOTE     = 0,       /* anything else that a person may want to know */
    QWEN_READ_FAMILY   = 1,       /* the kind of question, a short word */
    QWEN_READ_UNKNOWN  = 2,       /* an unknown and its domain: "x real" */
    QWEN_READ_RELATION = 3,       /* what is given: "3x - 4 = 11" */
    QWEN_READ_ASKED    = 4,       /* the quantity that is asked for */
    QWEN_READ_FORM     = 5,       /* the form it is asked in: "rounded to 2 decimals" */
    QWEN_READ_LEFT     = 6,       /* words that were not understood: there is no reading */
};

/* Where support comes from: see host->candidate. */
enum qwen_basis { QWEN_BASIS_PLUGIN = 0, QWEN_BASIS_PROGRAM = 1, QWEN_BASIS_VOTE = 2 };

/* What host functions that return int return; a plugin goes on without what it asked for. */
enum qwen_status {
    QWEN_DONE          = 0,
    QWEN_NO_GRANT      = -1,      /* the configuration does not allow it */
    QWEN_NO_TIME       = -2,      /* cancelled, or the call's time is over: return soon */
    QWEN_NO_MORE       = -3,      /* too large, or the call has asked too often */
    QWEN_NOT_HERE      = -4,      /* this host has nothing that could do it */
    QWEN_WENT_WRONG    = -5,      /* it was tried; the reply's `error` says why it failed */
};

#define QWEN_PROBLEM_TRUNCATED 1u /* the response was cut off */

/* What is to be checked. */
struct qwen_problem {
    uint32_t        size;
    uint32_t        flags;        /* QWEN_PROBLEM_... */
    struct qwen_str question;     /* the last user turn, whole */
    struct qwen_str working;      /* the response, whole */
    struct qwen_str answer;       /* the final answer if the host knows it, else empty */
    struct qwen_str lang;         /* "zh", "en" or empty */
};

struct qwen_verifier {
    uint32_t        size;
    uint32_t        flags;        /* 0 */
    struct qwen_str name, about;
    int (*verify)(void *self, struct qwen_call *call, const struct qwen_problem *problem);
    /* What follows may be NULL. */
    int (*equal)(void *self, struct qwen_call *call, struct qwen_str gold, struct qwen_str answer);
    /* What you read in a question, without any answer: host->reading and host->read. */
    int (*read)(void *self, struct qwen_call *call, struct qwen_str question);
    /* A strict name for the value of an answer, unit included: host->canon.  Two answers get the
     * same name only if they surely are the same; where you cannot tell, give none. */
    int (*canon)(void *self, struct qwen_call *call, const struct qwen_problem *problem);
};

/* Something that the model may call.  schema_json: a JSON schema of its arguments (an object). */
struct qwen_tool {
    uint32_t        size;
    uint32_t        flags;        /* 0 */
    struct qwen_str name, about, schema_json;
    /* args_json: the arguments as the model wrote them, checked for nothing.  The result is what
     * host->output collects. */
    int (*call)(void *self, struct qwen_call *call, struct qwen_str args_json);
};

/* A fresh conversation with the model: one system prompt, one user turn. */
struct qwen_generate {
    uint32_t        size;
    uint32_t        flags;        /* 0 */
    struct qwen_str system;       /* empty: the model's own */
    struct qwen_str prompt;
    uint32_t        n;            /* answers, 0: one; at most 16, made in one batch */
    uint32_t        max_tokens;   /* of each; 0: the host's choice */
    double          temperature;  /* 0: greedy */
    uint64_t        seed;
};
struct qwen_texts {
    uint32_t        size;
    uint32_t        n;
    const struct qwen_str *text;  /* n of them; they live until the call ends */
    uint64_t        cut_off;      /* bit i: text i did not come to its end */
    struct qwen_str error;
};

/* A program for the interpreter of the host: its jail, no files, no network. */
struct qwen_program {
    uint32_t        size;
    uint32_t        flags;        /* 0 */
    struct qwen_str language;     /* empty: "python" */
    struct qwen_str code;
    struct qwen_str input;        /* its standard input */
    uint32_t        time_ms;      /* 0: the host's choice; never more than the call has left */
};
#define QWEN_PROGRAM_TIMED_OUT 1u /* flags of the result: it was stopped for its time, */
#define QWEN_PROGRAM_MEMORY    2u /* for its memory, */
#define QWEN_PROGRAM_CUT_OFF   4u /* or it printed more than is kept */
struct qwen_program_result {
    uint32_t        size;
    uint32_t        flags;        /* QWEN_PROGRAM_... */
    int32_t         status;       /* exit status; 128 + n where signal n ended it */
    struct qwen_str out, err;     /* standard output, the end of standard error; until the call ends */
    struct qwen_str error;
};

/* What the host offers; append-only.  Test members after `equal` with QWEN_HAS. */
struct qwen_host {
    uint32_t size;
    uint32_t abi_minor;
    void     (*log)(struct qwen_call *call, struct qwen_str text);      /* call may be NULL in init */
    int      (*cancelled)(struct qwen_call *call);                      /* non-zero: return soon */
    int64_t  (*remaining_ms)(struct qwen_call *call);
    /* A key of the [plugin "name"] section; empty if absent.  Borrowed for the process's life. */
    struct qwen_str (*option)(struct qwen_str key);
    int      (*add_verifier)(struct qwen_registry *reg, const struct qwen_verifier *verifier);  /* copies */
    void    *(*alloc)(struct qwen_call *call, size_t n);                /* freed when the call ends */
    /* Part 0 is the only or the whole one; (1)(2)(3) are parts 1, 2, 3.  The last one for
     * (part, of) counts; without any, the result is undecided. */
    void     (*verdict)(struct qwen_call *call, uint32_t part, enum qwen_of of, enum qwen_verdict v);
    /* What a person reads beside the verdict, e.g. "2·6 + 5 = 17"; json may be empty.
     * Evidence for the model names the failing check and never the right value. */
    void     (*evidence)(struct qwen_call *call, uint32_t part, enum qwen_of of, enum qwen_for who,
                         struct qwen_str text, struct qwen_str json);
    /* The formal reading of the user's text, "x real, 3x - 4 = 11, find x". */
    void     (*reading)(struct qwen_call *call, uint32_t part, struct qwen_str text);
    /* The value that the plugin itself derived from the reading, as LaTeX. */
    void     (*computed)(struct qwen_call *call, uint32_t part, struct qwen_str latex);
    void     (*equal)(struct qwen_call *call, enum qwen_eq eq);         /* the result of equal() */
    /* --- 1.0 ---------------------------------------------------------------------------- */
    int      (*add_tool)(struct qwen_registry *reg, const struct qwen_tool *tool);              /* copies */
    /* Appends to a tool's result. */
    void     (*output)(struct qwen_call *call, struct qwen_str text);
    /* One line of a reading: read(), and verify() where it wants to say more than `reading`. */
    void     (*read)(struct qwen_call *call, uint32_t part, enum qwen_read what, struct qwen_str text);
    /* The result of canon(): the value's name, at most 1024 bytes. */
    void     (*canon)(struct qwen_call *call, uint32_t part, struct qwen_str name);
    /* What one separate working of the question came to (never read off the answer), as an answer
     * is written; empty: it came to nothing.  The host compares it with the answer by another
     * plugin's `equal` and says "supported, k of n"; it never refutes. */
    void     (*candidate)(struct qwen_call *call, uint32_t part, enum qwen_basis basis, struct qwen_str value);
    /* These ask the model and the interpreter, and wait.  The configuration must grant them
     * (generate = yes, run_program = yes); the time is the call's own, and a cancelled call ends
     * them.  From inside verify() and a tool's call() only.  out->size is set by the plugin. */
    int      (*generate)(struct qwen_call *call, const struct qwen_generate *what, struct qwen_texts *out);
    int      (*run_program)(struct qwen_call *call, const struct qwen_program *what, struct qwen_program_result *out);
};

struct qwen_plugin {
    uint32_t        size;         /* set by the host; the plugin fills what lies within */
    uint32_t        abi_major;    /* QWEN_PLUGIN_ABI_MAJOR */
    struct qwen_str name, version;                                      /* static storage */
    int  (*init)(const struct qwen_host *host, struct qwen_registry *reg, void **self);
    void (*free)(void *self);     /* may be NULL */
};

/* The one exported symbol.  Returns 0, or non-zero if this host will not do. */
__attribute__((visibility("default")))
int qwen_plugin_v1(const struct qwen_host *host, struct qwen_plugin *out);

#ifdef __cplusplus
}
#endif
#endif
