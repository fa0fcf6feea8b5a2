#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/call/call.h"
#include "client/ctl/daemon/commands.h"
#include "client/ctl/ui/term.h"
#include "proto/table.h"

static bool as_json;
const struct opt version_opts[] = {
    { "json", 'j', OPT_FLAG, &as_json, NULL, NULL, 0, 0, "as one line of JSON" },
    { NULL, 0, OPT_FLAG, NULL, NULL, NULL, 0, 0, NULL },
};

int cmd_version(int argc, char **argv)
{
    (void)argv;
    qwen_client *c = NULL;
    qwen_reply *r = NULL;
    if (args_none("version", argc) != EXIT_OK)
        return EXIT_USAGE;
    if (ctl_connect_quiet(&c) == 0 && qwen_call(c, qwen_msg_new("api.info"), 5000, NULL, NULL, &r) != 0)
        r = NULL;
    const char *v = qwen_reply_str(r, "version");
    long long level = qwen_reply_int(r, "level", 0);
    if (as_json) {
        printf("{\"qwenctl\":\"%s\",\"level\":%d,\"qwend\":", PACKAGE_VERSION, PROTO_LEVEL);
        char *j = v != NULL ? qwen_reply_json(r, "version") : NULL;
        printf("%s,\"qwend_level\":%lld}\n", j != NULL ? j : "null", level);
        free(j);
    } else {
        printf("qwenctl %s (protocol level %d)\n", PACKAGE_VERSION, PROTO_LEVEL);
        if (v != NULL) {
            fputs("qwend ", stdout);
            ctl_safe(stdout, v);
            printf(" (protocol level %lld) at %s\n", level, qwen_path(c));
        } else {
            puts("qwend: none answers");
        }
    }
    qwen_reply_free(r);
    qwen_close(c);
    return EXIT_OK;
}
