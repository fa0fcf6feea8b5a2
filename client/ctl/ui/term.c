#include "client/ctl/ui/term.h"

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

static bool colour_allowed, progress_shown;

void term_init(void)
{
    const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");         /* questions are in any language */
    colour_allowed = (no == NULL || no[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0;
}

const char *style(FILE *f, enum style s)
{
    static const char *const codes[] = { "\033[0m", "\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[33m", "\033[34m" };
    return colour_allowed && isatty(fileno(f)) ? codes[s] : "";
}

bool term_interactive(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* ---- foreign text ------------------------------------------------------------------ */

/* What our verdict lines begin with: shown as it is by view.c and nothing else, so that not even a line that a
 * terminal wraps looks like one. */
static bool is_ours(uint32_t cp)
{
    return cp == 0x2714 || cp == 0x2718;
}

/* Look-alikes.  Answers are full of them ("17 = 17 ✓"), so only where a line begins; "?" claims nothing. */
static bool is_mark(uint32_t cp)
{
    return cp == 0x2705 || (cp >= 0x2713 && cp <= 0x2718) || cp == 0x274c || cp == 0x274e || cp == 0x2611 || cp == 0x2612
        || cp == 0x1f5f8 || cp == 0x1f5f9;
}

/* That of "supported"; between numbers it is a range. */
static bool is_tilde(uint32_t cp)
{
    return cp == '~' || cp == 0x223c || cp == 0xff5e;
}

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == 0xa0 || cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200a);
}

static bool is_word(uint32_t cp)
{
    return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z')
        || (cp >= 0xc0 && !is_blank(cp) && !is_mark(cp) && !is_tilde(cp) && !(cp >= 0x2000 && cp <= 0x206f));
}

/* What s leaves behind for the text that follows it. */
static void safe_step(struct safe_state *at, uint32_t cp)
{
    if (cp == '\n' || cp == '\t' || (is_blank(cp) && at->blank))
        at->mid_line = false;               /* a tab or two blanks: padding may have wrapped the line */
    else if (is_word(cp))
        at->mid_line = true;                /* "(1) " and "> **" are still a line's beginning */
    if (cp != ' ')
        at->digit = cp >= '0' && cp <= '9';
    at->blank = is_blank(cp);
}

void safe_add(struct qw_buf *b, struct safe_state *at, const char *s, size_t n, const char *line_break)
{
    for (size_t i = 0, k; i < n; i += k) {
        uint32_t cp = 0xfffd;
        k = utf8_decode(s + i, n - i, &cp);
        if (k == 0)
            k = 1;
        if (cp == '\n')
            qw_buf_adds(b, line_break);
        else if (cp == '\t' && line_break[0] != '\n')
            qw_buf_addc(b, ' ');
        else if (is_ours(cp) || (!at->mid_line && (is_mark(cp) || (is_tilde(cp) && !at->digit))))
            qw_buf_addf(b, "\\u{%04X}", (unsigned)cp);
        else
            utf8_escape(b, s + i, k);
        safe_step(at, cp);
    }
}

void text_put(struct text_out *t, const char *s, size_t n)
{
    struct qw_buf b = QW_BUF_INIT;
    safe_add(&b, &t->at, s, n, "\n");
    if (n > 0)
        t->any = s[n - 1] != '\n';
    if (b.data != NULL)
        fwrite(b.data, 1, b.len, t->f);
    fflush(t->f);
    qw_buf_free(&b);
}

void text_end(struct text_out *t)
{
    if (t->any)
        fputc('\n', t->f);
    t->any = false;
    t->at = (struct safe_state){ 0 };
    fflush(t->f);
}

void ctl_safe(FILE *f, const char *s)
{
    struct qw_buf b = QW_BUF_INIT;
    struct safe_state at = { 0 };
    safe_add(&b, &at, s, strlen(s), "\\n");
    if (b.data != NULL)
        fwrite(b.data, 1, b.len, f);
    qw_buf_free(&b);
}

/* ---- messages ------------------------------------------------------------------------ */

/* Messages may quote foreign text, so they are made safe as a whole; line breaks of our own stay. */
static void say(const char *before, const char *after, bool mid_line, const char *fmt, va_list ap)
{
    char msg[2048];
    struct qw_buf b = QW_BUF_INIT;
    struct safe_state at = { .mid_line = mid_line };
    vsnprintf(msg, sizeof msg, fmt, ap);
    safe_add(&b, &at, msg, strlen(msg), "\n");
    progress_clear();
    fprintf(stderr, "%s%s%s\n", before, b.data != NULL ? b.data : "", after);
    qw_buf_free(&b);
}

void ctl_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say("qwenctl: ", "", true, fmt, ap);
    va_end(ap);
}

void ctl_note(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(style(stderr, DIM), style(stderr, PLAIN), false, fmt, ap);
    va_end(ap);
}

bool ctl_confirm(bool yes, bool dflt, const char *fmt, ...)
{
    char line[64], question[1024];
    va_list ap;
    if (yes)
        return true;
    if (!term_interactive())
        return false;
    va_start(ap, fmt);
    vsnprintf(question, sizeof question, fmt, ap);
    va_end(ap);
    ctl_safe(stderr, question);
    fputs(dflt ? " [Y/n] " : " [y/N] ", stderr);
    fflush(stderr);
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    return line[0] == 'y' || line[0] == 'Y' || (line[0] == '\n' && dflt);
}

/* ---- progress ------------------------------------------------------------------------ */

void progress_line(const char *fmt, ...)
{
    va_list ap;
    if (!isatty(STDERR_FILENO))
        return;
    va_start(ap, fmt);
    fprintf(stderr, "\r\033[K");
    vfprintf(stderr, fmt, ap);
    fflush(stderr);
    va_end(ap);
    progress_shown = true;
}

void progress_clear(void)
{
    if (!progress_shown)
        return;
    fprintf(stderr, "\r\033[K");
    fflush(stderr);
    progress_shown = false;
}
