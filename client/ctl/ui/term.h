/* What people see: colours, safe text, progress.  Everything that a model, a plugin
 * or a file said goes through text_put or ctl_safe, so that it cannot imitate what we say ourselves. */
#ifndef QW_CTL_TERM_H
#define QW_CTL_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"

void term_init(void);                       /* locale, colours */
enum style { PLAIN, BOLD, DIM, GREEN, RED, YELLOW, BLUE };
/* "" when f is no terminal or NO_COLOR is set. */
const char *style(FILE *f, enum style s);
bool term_interactive(void);                /* standard input and error are terminals */

/* "qwenctl: ..." on standard error. */
void ctl_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void ctl_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));   /* dim, standard error */
/* yes (--yes) answers; without a terminal no. */
bool ctl_confirm(bool yes, bool dflt, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Foreign text.  Controls and what turns the direction of text are made visible (utf8_escape).  So are, as
 * \u{2714}, the marks that our verdict lines begin with, wherever they stand, and their look-alikes where a line
 * begins or might after wrapping: no line that begins with such a mark is anybody's but ours. */
struct safe_state { bool mid_line, digit, blank; };     /* mid_line: a word has begun it; digit, blank: was last */
/* Appends s.  line_break stands for \n; where it is another, a tab becomes a blank. */
void safe_add(struct qw_buf *b, struct safe_state *at, const char *s, size_t n, const char *line_break);
/* A model's text as it streams. */
struct text_out { FILE *f; bool any; struct safe_state at; };     /* any: of this line */
void text_put(struct text_out *t, const char *s, size_t n);
void text_end(struct text_out *t);          /* to the next line's beginning */
void ctl_safe(FILE *f, const char *s);      /* one line of foreign text: \n and \t are made visible too */

/* One changing line on standard error, on a terminal only. */
void progress_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void progress_clear(void);

#endif
