/* qwen_plugin.h - the plugin ABI of qwend, version 0.1
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
 *    verify, equal), with the `call` that it was given.
 *  - Callbacks return 0, or non-zero for "failed" (shown as an error; never as a
 *    verdict).  A plugin never writes to standard output for the host: stdout and
 *    stderr go to the log.
 *  - What you say is clamped by the host: QWEN_VERIFIED counts only where the
 *    operator's configuration says trust = proof for this file.
 */
#ifndef QWEN_PLUGIN_H
#define QWEN_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QWEN_PLUGIN_ABI_MAJOR 1   /* of the entry symbol, qwen_plugin_v1 */
#define QWEN_PLUGIN_ABI_MINOR 1   /* grows with each appended member; 0.x until frozen */

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
};

/* What the host offers; append-only.  Test members after `evidence` with QWEN_HAS. */
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
