/* Any bytes as a question and a response, up to and behind the first zero byte: the calculator reads,
 * verifies, compares and names without a crash, and never says "verified" where it shows no reading. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/qwen_plugin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct qwen_call { bool read, decided; };
static struct qwen_verifier verifier;

static void on_log(struct qwen_call *c, struct qwen_str t) { (void)c; (void)t; }
static int on_cancelled(struct qwen_call *c) { (void)c; return 0; }
static int64_t on_remaining(struct qwen_call *c) { (void)c; return 60000; }
static struct qwen_str on_option(struct qwen_str k) { (void)k; return (struct qwen_str){ "", 0 }; }
static int on_verifier(struct qwen_registry *r, const struct qwen_verifier *v) { (void)r; verifier = *v; return 0; }
static void *on_alloc(struct qwen_call *c, size_t n) { (void)c; (void)n; return NULL; }
static void on_verdict(struct qwen_call *c, uint32_t part, enum qwen_of of, enum qwen_verdict v)
{
    (void)part;
    c->decided |= of == QWEN_OF_ANSWER && v != QWEN_UNDECIDED;
}
static void on_evidence(struct qwen_call *c, uint32_t part, enum qwen_of of, enum qwen_for who, struct qwen_str t, struct qwen_str j) { (void)c; (void)part; (void)of; (void)who; (void)t; (void)j; }
static void on_reading(struct qwen_call *c, uint32_t part, struct qwen_str t) { (void)part; c->read |= t.n > 0; }
static void on_text(struct qwen_call *c, uint32_t part, struct qwen_str t) { (void)c; (void)part; (void)t; }
static void on_equal(struct qwen_call *c, enum qwen_eq e) { (void)c; (void)e; }
static void on_read(struct qwen_call *c, uint32_t part, enum qwen_read what, struct qwen_str t) { (void)c; (void)part; (void)what; (void)t; }

static const struct qwen_host host = {
    .size = sizeof host, .abi_minor = QWEN_PLUGIN_ABI_MINOR, .log = on_log, .cancelled = on_cancelled, .remaining_ms = on_remaining,
    .option = on_option, .add_verifier = on_verifier, .alloc = on_alloc, .verdict = on_verdict, .evidence = on_evidence,
    .reading = on_reading, .computed = on_text, .equal = on_equal, .canon = on_text, .read = on_read,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    if (!started) {
        struct qwen_plugin p = { .size = sizeof p };
        void *self;
        if (qwen_plugin_v1(&host, &p) != 0 || p.init(&host, NULL, &self) != 0)
            abort();
        started = true;
    }
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    size_t n = zero != NULL ? (size_t)(zero - data) : size, skip = zero != NULL ? n + 1 : n;
    struct qwen_str question = { (const char *)data, n }, response = { (const char *)data + skip, size - skip };
    struct qwen_call c = { 0 };
    struct qwen_problem p = { .size = sizeof p, .question = question, .working = response };

    verifier.verify(NULL, &c, &p);
    if (c.decided && !c.read)
        abort();
    verifier.read(NULL, &c, question);
    verifier.equal(NULL, &c, question, response);
    p.question = (struct qwen_str){ "", 0 };
    verifier.canon(NULL, &c, &p);
    return 0;
}
