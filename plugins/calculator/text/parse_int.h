/* parse_int.h - the one private state that the productions of the parser call each other
 * through, and the productions that cross a file.  The grammar stands in parse.c. */
#ifndef CALC_PARSE_INT_H
#define CALC_PARSE_INT_H

#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"

struct ps {
    struct calc *c;
    const char *p, *end;
    int depth, bars, bar_stop, in_brackets, in_int, flags;
    const char *begin;             /* of the whole text */
};

enum sep { SEP_NONE, SEP_COMMA, SEP_OR, SEP_AND };

/* Characters, words that separate, and numbers (parse_text.c). */
int p_at(const struct ps *s, const char *lit);
int p_at_cmd(const struct ps *s, const char *name);
int p_take_cmd(struct ps *s, const char *name);
void p_skip(struct ps *s);
int p_take(struct ps *s, const char *lit);
int p_text_group(const struct ps *s, const char **from, const char **to, const char **behind);
enum sep p_sep(struct ps *s, int consume);
struct ex *p_num_of(struct ps *s, const char *digits, size_t n);
struct ex *p_number(struct ps *s);

/* Arguments, functions, brackets, sets, environments, sums, choices (parse_calls.c). */
struct ex *p_group(struct ps *s);
struct ex *p_tex_arg(struct ps *s);
struct ex *p_exponent(struct ps *s);
int p_take_fn(struct ps *s, int consume);
struct ex *p_function(struct ps *s);
struct ex *p_bracket(struct ps *s, char open);
struct ex *p_set(struct ps *s, const char *close);
struct ex *p_env(struct ps *s, int braced);
struct ex *p_braced_env(struct ps *s);
struct ex *p_big(struct ps *s, enum ek k);
struct ex *p_choose(struct ps *s, char letter);

/* Letters, commands, and what stands behind a factor (parse_atom.c). */
struct ex *p_primary(struct ps *s);
struct ex *p_postfix(struct ps *s, struct ex *e);

/* Degrees with minutes behind e and its sign; is a degree sign that of a temperature?  Words that scale a number, digits of
 * base 16, the second part of 2 h 15 min (parse_scaled.c); NULL where there is none, the last one e itself. */
struct ex *p_degrees(struct ps *s, struct ex *e);
int p_celsius(const struct ps *s);
struct ex *p_scaled(struct ps *s, struct ex *e);
struct ex *p_hexadecimal(struct ps *s);
struct ex *p_second_unit(struct ps *s, struct ex *e);

/* Sums, relations, whole answers (parse.c). */
struct ex *p_factor(struct ps *s);
int p_starts_factor(struct ps *s);
struct ex *p_sum(struct ps *s);
struct ex *p_item(struct ps *s);
struct ex *p_answer(struct ps *s);

#endif
