/* Reading what a person types: libedit with history and wide characters on a terminal, plain lines
 * otherwise.  Several lines: a line that ends in a backslash goes on; three double quotes alone on a line begin and
 * end a block. */
#ifndef QW_CTL_LINE_H
#define QW_CTL_LINE_H

#include <stdbool.h>

struct line;
struct line *line_new(const char *history_file);    /* borrowed; NULL: no history file.  NULL when memory fails */
void line_free(struct line *l);                     /* saves the history */
/* LINE_TEXT: *text is the caller's (qw_free), without the last newline. */
enum line_end { LINE_TEXT, LINE_INTERRUPTED, LINE_EOF };
enum line_end line_read(struct line *l, char **text);
/* $VISUAL, $EDITOR or vi on a private temporary file that begins with start; NULL when it failed (said) or
 * nothing is left. */
char *line_edit(const char *start);

#endif
