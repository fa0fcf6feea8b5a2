#include "client/ctl/ui/table.h"

#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "client/ctl/ui/term.h"

int table_columns(void)
{
    struct winsize w;
    if (!isatty(STDOUT_FILENO))
        return 0;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

/* On one line: blanks for line breaks and tabs, and safe. */
static void safe_line(struct qw_buf *b, const char *s)
{
    struct safe_state at = { 0 };
    safe_add(b, &at, s, strlen(s), " ");
}

int table_width(const char *text)
{
    struct qw_buf b = QW_BUF_INIT;
    safe_line(&b, text);
    int w = b.data != NULL ? utf8_width(b.data, b.len) : 0;
    qw_buf_free(&b);
    return w;
}

void table_cell(FILE *f, const char *text, int width)
{
    struct qw_buf b = QW_BUF_INIT;
    uint32_t cp;
    safe_line(&b, text);
    int whole = b.data != NULL ? utf8_width(b.data, b.len) : 0, used = 0;
    size_t i = 0;
    if (width == 0 || whole <= width) {
        i = b.len;
        used = whole;
    } else {
        for (size_t n; i < b.len && (n = utf8_decode(b.data + i, b.len - i, &cp)) > 0; i += n) {
            int w = utf8_width(b.data + i, n);
            if (used + w > width - 1)
                break;
            used += w;
        }
    }
    if (i > 0)
        fwrite(b.data, 1, i, f);
    if (i < b.len) {
        fputs("…", f);
        used++;
    }
    for (; used < width; used++)
        fputc(' ', f);
    qw_buf_free(&b);
}

void table_when(int64_t unix_ms, char out[TABLE_WHEN_LEN])
{
    time_t t = (time_t)(unix_ms / 1000), now = (time_t)(clock_unix_ms() / 1000);
    struct tm at = { .tm_year = 0 }, today = at;
    localtime_r(&t, &at);
    localtime_r(&now, &today);
    const char *how = at.tm_year != today.tm_year ? "%Y-%m-%d" : at.tm_yday != today.tm_yday ? "%m-%d %H:%M" : "%H:%M";
    strftime(out, TABLE_WHEN_LEN, how, &at);
}

const char *human_bytes(uint64_t n, char buf[24])
{
    static const char *const unit[] = { "B", "kB", "MB", "GB", "TB" };
    double v = (double)n;
    int u = 0;
    while (v >= 999.5 && u < 4) {
        v /= 1000;
        u++;
    }
    snprintf(buf, 24, v < 10 && u > 0 ? "%.1f %s" : "%.0f %s", v, unit[u]);
    return buf;
}
