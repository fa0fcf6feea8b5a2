#include "daemon/notify.h"

#include <config.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include "base/clock.h"
#include "base/fs.h"

void notify_ready(int *ready_fd, const char *socket)
{
#ifdef HAVE_SYSTEMD
    sd_notifyf(0, "READY=1\nSTATUS=Serving %s", socket != NULL ? socket : "an inherited socket");
#else
    (void)socket;
#endif
    if (*ready_fd < 0)
        return;
    fs_write_all(*ready_fd, "READY\n", 6, NULL);
    close(*ready_fd);
    *ready_fd = -1;
}

void notify_reloading(void)
{
#ifdef HAVE_SYSTEMD
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)(clock_mono_ns() / 1000));
#endif
}

void notify_reloaded(void)
{
#ifdef HAVE_SYSTEMD
    sd_notify(0, "READY=1");
#endif
}

void notify_stopping(void)
{
#ifdef HAVE_SYSTEMD
    sd_notify(0, "STOPPING=1");
#endif
}

int notify_inherited(int *fds, int max)
{
    int n = 0;
#ifdef HAVE_SYSTEMD
    int got = sd_listen_fds(1);
    for (int i = 0; i < got && n < max; i++)
        if (sd_is_socket_unix(SD_LISTEN_FDS_START + i, SOCK_STREAM, 1, NULL, 0) > 0)
            fds[n++] = SD_LISTEN_FDS_START + i;
#else
    (void)fds;
    (void)max;
#endif
    return n;
}
