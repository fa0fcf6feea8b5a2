#include "client/ctl/daemon/run_json.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/ctl/ui/term.h"

json_t *run_json(char **argv)
{
    extern char **environ;
    posix_spawn_file_actions_t fa;
    json_error_t je;
    json_t *out = NULL;
    int fd[2], status = 0;
    pid_t pid;
    if (pipe(fd) != 0) {
        ctl_error("pipe: %s", strerror(errno));
        return NULL;
    }
    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_adddup2(&fa, fd[1], 1);
    posix_spawn_file_actions_addclose(&fa, fd[0]);
    posix_spawn_file_actions_addclose(&fa, fd[1]);
    int rc = posix_spawn(&pid, argv[0], &fa, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&fa);
    close(fd[1]);
    if (rc != 0) {
        ctl_error("%s: %s", argv[0], strerror(rc));
        close(fd[0]);
        return NULL;
    }
    FILE *f = fdopen(fd[0], "r");
    if (f != NULL) {
        out = json_loadf(f, JSON_DISABLE_EOF_CHECK, &je);
        fclose(f);
    } else {
        close(fd[0]);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && json_is_object(out))
        return out;
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 0)     /* else it said why */
        ctl_error("%s %s ended without a result", argv[0], argv[1]);
    json_decref(out);
    return NULL;
}
