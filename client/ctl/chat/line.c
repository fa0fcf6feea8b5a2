#include "client/ctl/chat/line.h"

#include <errno.h>
#include <histedit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/mem.h"
#include "client/ctl/ui/term.h"

#define TEXT_LIMIT (3u << 20)
#define HISTORY_LINES 1000

struct line {
    EditLine *el;               /* NULL: not a terminal */
    HistoryW *history;
    const char *history_file;
    bool more;                  /* within a text of several lines */
};

static volatile sig_atomic_t interrupted_line;

enum { CTRL_D = 4 };

static void on_sigint(int sig)
{
    (void)sig;
    interrupted_line = 1;
}

static wchar_t *prompt(EditLine *el)
{
    static wchar_t first[] = L"> ", more[] = L". ";
    struct line *l = NULL;
    el_wget(el, EL_CLIENTDATA, &l);
    return l != NULL && l->more ? more : first;
}

/* libedit's own reader tries again after a signal, so Ctrl-C would not end the line. */
static int next_char(EditLine *el, wchar_t *out)
{
    mbstate_t st = { 0 };
    char c;
    for (;;) {
        ssize_t n = read(STDIN_FILENO, &c, 1);
        if (n < 0 && errno == EINTR && !interrupted_line) {
            el_resize(el);                  /* SIGWINCH, SIGCONT */
            continue;
        }
        if (n <= 0)
            return (int)n;
        if (c == '\0')                      /* a Ctrl-D typed ahead, while the terminal was in line mode: Linux keeps it */
            c = CTRL_D;                     /* so.  Ctrl-@ sets a mark, which nothing here uses */
        size_t k = mbrtowc(out, &c, 1, &st);
        if (k == (size_t)-1)
            memset(&st, 0, sizeof st);      /* not UTF-8: dropped */
        else if (k != (size_t)-2)
            return 1;
    }
}

struct line *line_new(const char *history_file)
{
    struct line *l = qw_calloc(1, sizeof *l);
    HistEventW ev;
    if (l == NULL || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return l;
    l->history_file = history_file;
    l->el = el_init("qwenctl", stdin, stdout, stderr);
    if (l->el == NULL)
        return l;                           /* plain lines then */
    el_wset(l->el, EL_CLIENTDATA, l);
    el_wset(l->el, EL_PROMPT, prompt);
    el_wset(l->el, EL_EDITOR, L"emacs");
    el_wset(l->el, EL_SIGNAL, 0);           /* Ctrl-C is ours: see line_read */
    el_wset(l->el, EL_GETCFN, next_char);
    if ((l->history = history_winit()) != NULL) {
        history_w(l->history, &ev, H_SETSIZE, HISTORY_LINES);
        history_w(l->history, &ev, H_SETUNIQUE, 1);
        if (history_file != NULL)
            history_w(l->history, &ev, H_LOAD, history_file);
        el_wset(l->el, EL_HIST, history_w, l->history);
    }
    el_source(l->el, NULL);                 /* ~/.editrc */
    return l;
}

void line_free(struct line *l)
{
    HistEventW ev;
    if (l == NULL)
        return;
    if (l->history != NULL) {
        mode_t old = umask(0077);           /* what was asked is private */
        if (l->history_file != NULL)
            history_w(l->history, &ev, H_SAVE, l->history_file);
        umask(old);
        history_wend(l->history);
    }
    if (l->el != NULL)
        el_end(l->el);
    qw_free(l);
}

/* Appends w as UTF-8. */
static void add_wide(struct qw_buf *b, const wchar_t *w, int n)
{
    char mb[64];                            /* MB_LEN_MAX is 16 */
    mbstate_t st = { 0 };
    for (int i = 0; i < n; i++) {
        size_t k = wcrtomb(mb, w[i], &st);
        if (k != (size_t)-1)
            qw_buf_add(b, mb, k);
        else
            memset(&st, 0, sizeof st);
    }
}

/* One physical line, with its newline if it had one. */
static enum line_end one(struct line *l, struct qw_buf *b)
{
    if (l->el == NULL) {
        char *s = NULL;
        size_t cap = 0;
        ssize_t n = getline(&s, &cap, stdin);
        if (n > 0)
            qw_buf_add(b, s, (size_t)n);
        free(s);
        return n > 0 ? LINE_TEXT : LINE_EOF;
    }
    int n = 0;
    errno = 0;
    const wchar_t *w = el_wgets(l->el, &n);
    if (interrupted_line) {
        fputc('\n', stdout);
        return LINE_INTERRUPTED;
    }
    if (w == NULL || n <= 0)
        return LINE_EOF;
    add_wide(b, w, n);
    return LINE_TEXT;
}

static void remember(struct line *l, const char *text)
{
    HistEventW ev;
    if (l->history == NULL || text[0] == '\0' || strlen(text) > 4096)
        return;
    wchar_t *w = qw_calloc(strlen(text) + 1, sizeof *w);
    if (w != NULL && mbstowcs(w, text, strlen(text) + 1) != (size_t)-1)
        history_w(l->history, &ev, H_ENTER, w);
    qw_free(w);
}

/* Lines until the text is whole. */
static enum line_end gather(struct line *l, struct qw_buf *all)
{
    bool block = false;
    for (;;) {
        struct qw_buf b;
        qw_buf_init(&b, TEXT_LIMIT);
        enum line_end end = one(l, &b);
        if (end != LINE_TEXT) {
            qw_buf_free(&b);
            return end == LINE_EOF && all->len > 0 ? LINE_TEXT : end;
        }
        while (b.len > 0 && (b.data[b.len - 1] == '\n' || b.data[b.len - 1] == '\r'))
            b.data[--b.len] = '\0';
        bool fence = b.len == 3 && memcmp(b.data, "\"\"\"", 3) == 0;
        bool goes_on = !block && b.len > 0 && b.data[b.len - 1] == '\\';
        if (fence && (block || all->len == 0)) {
            qw_buf_free(&b);
            if (block && all->len > 0)      /* the newline before the closing quotes is not part of it */
                all->data[--all->len] = '\0';
            if (block)
                return LINE_TEXT;
            block = l->more = true;
            continue;
        }
        qw_buf_add(all, b.data, b.len - (goes_on ? 1 : 0));
        qw_buf_free(&b);
        if (!block && !goes_on)
            return LINE_TEXT;
        qw_buf_addc(all, '\n');
        l->more = true;
    }
}

enum line_end line_read(struct line *l, char **text)
{
    struct qw_buf all;
    struct sigaction sa = { .sa_handler = on_sigint }, old;
    qw_buf_init(&all, TEXT_LIMIT);
    sigemptyset(&sa.sa_mask);               /* no SA_RESTART: the read must end */
    interrupted_line = 0;
    l->more = false;
    if (l->el != NULL)
        sigaction(SIGINT, &sa, &old);
    enum line_end end = gather(l, &all);
    if (l->el != NULL)
        sigaction(SIGINT, &old, NULL);
    if (end != LINE_TEXT) {
        qw_buf_free(&all);
        return end;
    }
    qw_buf_add(&all, "", 0);
    bool failed = qw_buf_failed(&all);
    *text = qw_buf_take(&all);
    if (*text == NULL && !failed)
        *text = qw_strdup("");
    if (*text == NULL) {
        ctl_error("a text may have at most %u bytes", TEXT_LIMIT);
        *text = qw_strdup("");
    }
    if (*text == NULL)
        return LINE_EOF;
    remember(l, *text);
    return LINE_TEXT;
}

/* ---- $EDITOR ------------------------------------------------------------------------------ */

static bool run_editor(const char *path)
{
    const char *editor = getenv("VISUAL");
    int status = -1;
    if (editor == NULL || editor[0] == '\0')
        editor = getenv("EDITOR");
    if (editor == NULL || editor[0] == '\0')
        editor = "vi";
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        /* The variable may hold arguments, so a shell splits it; the path travels as $1. */
        char *cmd = qw_asprintf("%s \"$1\"", editor);
        execl("/bin/sh", "sh", "-c", cmd != NULL ? cmd : "false", editor, path, (char *)NULL);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        ctl_error("the editor (%s) failed", editor);
        return false;
    }
    return true;
}

char *line_edit(const char *start)
{
    const char *tmp = getenv("TMPDIR");
    struct qw_error err = { 0 };
    char *path = qw_asprintf("%s/qwenctl-XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp"), *text = NULL;
    size_t n;
    int fd = path != NULL ? mkstemp(path) : -1;
    if (fd < 0) {
        ctl_error("a temporary file: %s", strerror(errno));
        qw_free(path);
        return NULL;
    }
    int rc = fs_write_all(fd, start, strlen(start), &err);
    close(fd);
    if (rc == QW_OK && run_editor(path))
        rc = fs_read_file(path, TEXT_LIMIT, &text, &n, &err);
    if (rc != QW_OK)
        ctl_error("%s", err.msg);
    unlink(path);
    qw_free(path);
    if (text != NULL) {
        while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
            text[--n] = '\0';
        if (n == 0) {
            qw_free(text);
            text = NULL;
        }
    }
    return text;
}
