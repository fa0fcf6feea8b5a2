/* resume_bench MODEL FOLDER [TOKENS [KV]]: what a conversation's next token costs after a restart.
 *
 * Prefills TOKENS ids (2000) into a store in FOLDER, closes everything, opens it again and asks for one more
 * token: from disk, then the same from memory (the difference is what finding and reading cost), six times.
 * Page cache warm, unless PAUSE is set in the environment: then it waits for a line on stdin before it reads.  DEBUG:
 * the scheduler says what finding and reading took. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/log.h"
#include "daemon/sched/sched.h"
#include "daemon/store/store.h"

static sem_t woken;
static struct sched *engine;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void wake(void *arg) { (void)arg; sem_post(&woken); }
static void wake_engine(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    if (engine != NULL)
        sched_store_wake(engine);
    pthread_mutex_unlock(&lock);
}

static struct sched_event *wait_for(enum sched_event_kind kind)
{
    for (;;) {
        struct sched_event *e = sched_poll(engine);
        if (e == NULL) {
            sem_wait(&woken);
        } else if (e->kind == SCHED_EV_LOAD_FAILED) {
            fprintf(stderr, "%s\n", e->error.msg);
            exit(1);
        } else if (e->kind == kind) {
            return e;
        } else {
            sched_event_free(e);
        }
    }
}

static struct store *open_all(const char *model, const char *dir, enum kv_type kv)
{
    struct store *st;
    struct store_found found;
    struct qw_error err = { 0 };
    struct sched_options o = { .level = cpu_level_max(), .kv_type = kv, .max_num_seqs = 4, .max_queue = 4,
                               .enable_chunked_prefill = true, .step_ms_shared = 200, .step_ms_alone = 1000 };
    struct store_options so = { .dir = dir, .disk_budget = UINT64_C(64) << 30 };
    struct sched *s;
    so.wake[STORE_ENGINE].call = wake_engine;
    so.wake[STORE_LOOP].call = wake;
    if (store_open(&st, &so, &found, &err) != QW_OK || (o.store = st, sched_new(&s, &o, wake, NULL, &err)) != QW_OK) {
        fprintf(stderr, "%s\n", err.msg);
        exit(1);
    }
    pthread_mutex_lock(&lock);
    engine = s;
    pthread_mutex_unlock(&lock);
    sched_load_model(s, &(struct sched_load){ .path = model });
    sched_event_free(wait_for(SCHED_EV_LOADED));
    return st;
}

static void close_all(struct store *st)
{
    struct sched *s = engine;
    sched_stop(s);
    sched_event_free(wait_for(SCHED_EV_STOPPED));
    pthread_mutex_lock(&lock);
    engine = NULL;
    pthread_mutex_unlock(&lock);
    sched_free(s);
    store_close(st);
}

static double ask(const char *what, size_t n, uint32_t max_tokens, unsigned kind)
{
    static uint64_t run;
    struct sched_req *r = sched_req_new();
    r->run = ++run;
    r->owner = 1;
    r->store_pages = true;
    r->gen.max_tokens = max_tokens;
    r->gen.ignore_end = true;
    for (size_t i = 0; i < n; i++)
        ids_push(&r->prompt, (int32_t)(100 + (i * i * 31 + i * 7 + kind) % 20000));
    if (sched_submit(engine, r, NULL) != QW_OK)
        exit(1);
    struct sched_event *e = wait_for(SCHED_EV_DONE);
    double ms = e->timing.queued_ms + e->timing.prefill_ms;
    printf("%-22s first token after %8.2f ms; %u from memory, %u from disk, %u prefilled; %u decoded in %.2f ms\n", what,
           ms, e->usage.from_memory, e->usage.from_disk, e->usage.prefilled, e->usage.completion, e->timing.decode_ms);
    sched_req_free(e->req);
    sched_event_free(e);
    return ms;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "resume_bench MODEL FOLDER [TOKENS [KV]]\n");
        return 2;
    }
    size_t n = argc > 3 ? (size_t)atoi(argv[3]) : 2000;
    int kv = argc > 4 ? kv_type_parse(argv[4]) : KV_AUTO;
    sem_init(&woken, 0, 0);
    qw_log_set_level(getenv("DEBUG") != NULL ? QW_LOG_DEBUG : QW_LOG_WARN);
    struct store *st = open_all(argv[1], argv[2], (enum kv_type)kv);
    ask("computed", n, 1, 0);
    close_all(st);
    for (int i = 0; i < 6; i++) {
        if (getenv("PAUSE") != NULL) {
            printf("drop caches, then press enter\n");
            fflush(stdout);
            while (getchar() != '\n')
                ;
        }
        st = open_all(argv[1], argv[2], (enum kv_type)kv);
        double disk = ask("from disk", n, 1, 0), memory = ask("from memory", n, 2, 0);
        printf("%-22s %.2f ms\n", "found and read in", disk - memory);
        close_all(st);
    }
    return 0;
}
