/* qwend-plugin: the process that one plugin lives in.  Started by the supervisor (host.c) with
 * its channel on descriptor 3; of no use by hand. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "plugins/host/child.h"
#include "plugins/host/record.h"

#include "config.h"

#if defined(__SANITIZE_ADDRESS__)
/* The leak checker needs ptrace, which the jail forbids.  A quarantine of its usual size (256 MiB) would have the supervisor take
 * every plugin for one that grows. */
const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
    return "detect_leaks=0:quarantine_size_mb=8";
}
#endif

int main(int argc, char **argv)
{
    unsigned long long memory;
    char *end;

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("qwend-plugin " PACKAGE_VERSION);
        return 0;
    }
    if (argc != 2 || (memory = strtoull(argv[1], &end, 10)) == 0 || *end != '\0') {
        fputs("qwend-plugin is started by qwend and qwenctl, not by hand\n", stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);       /* no supervisor, no plugin */
    signal(SIGPIPE, SIG_IGN);
    return child_serve(HOST_CHANNEL_FD, memory);
}
