#include "client/ctl/call/call.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "client/ctl/ui/opts.h"
#include "client/ctl/ui/term.h"

/* ---- interrupts ---------------------------------------------------------------------- */

static qwen_client *volatile waking;
static volatile sig_atomic_t came;

static void on_sigint(int sig)
{
    (void)sig;
    came = 1;
    qwen_client *c = waking;
    if (c != NULL)
        qwen_wake(c);
}

void interrupt_begin(qwen_client *c)
{
    struct sigaction sa = { .sa_handler = on_sigint };
    sigemptyset(&sa.sa_mask);
    waking = c;
    came = 0;
    sigaction(SIGINT, &sa, NULL);
}

void interrupt_end(void)
{
    signal(SIGINT, SIG_DFL);
    waking = NULL;
}

bool interrupted(void)
{
    return came != 0;
}

/* ---- calls ---------------------------------------------------------------------------- */

int ctl_connect_quiet(qwen_client **c)
{
    return qwen_open(c, NULL);
}

int ctl_say_error(qwen_client *c)
{
    int code = qwen_error_code(c);
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)qwen_error_int(c, "actual", 0));
    switch (code) {
    case QWEN_EBUSY:
        ctl_error("%s (try again in %.1f s)", qwen_error(c), (double)qwen_error_int(c, "retry_after_ms", 1000) / 1000);
        break;
    case QWEN_ECONTEXT:
        if (strstr(qwen_error(c), number) != NULL)          /* it says both numbers */
            ctl_error("%s", qwen_error(c));
        else
            ctl_error("%s (the prompt has %s tokens, the context holds %lld)", qwen_error(c), number,
                      (long long)qwen_error_int(c, "limit", 0));
        break;
    default:
        ctl_error("%s", qwen_error(c));
    }
    return code == QWEN_EDENIED ? EXIT_NEEDS : code == QWEN_ECANCELLED ? EXIT_INTERRUPTED : EXIT_FAILED;
}

int ctl_call(qwen_client *c, qwen_msg *m, qwen_reply **r)
{
    return qwen_call(c, m, 30000, NULL, NULL, r) == 0 ? EXIT_OK : ctl_say_error(c);
}

int ctl_call_long(qwen_client *c, qwen_msg *m, qwen_reply **r)
{
    interrupt_begin(c);
    int rc = qwen_call(c, m, -1, NULL, NULL, r);
    interrupt_end();
    progress_clear();
    return rc == 0 ? EXIT_OK : ctl_say_error(c);
}
