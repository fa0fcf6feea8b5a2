/* slots.h - what may stand in the slots for words of a pattern (see pattern.h): what counts, who acts, names.
 * A slot that took any word would take "thousand" for a counter, and "nearly" or "a hundred" for a part of a name. */
#ifndef CALC_SLOTS_H
#define CALC_SLOTS_H
#include <stddef.h>

/* Are the n bytes at t a Chinese measure word (个, 本, 千克)? */
int slot_is_counter(const char *t, size_t n);
/* Are they a person in Chinese (小明, 王师傅, 爸爸, 甲)? */
int slot_is_person(const char *t, size_t n);
/* Are they somebody or something that acts: a person, a vehicle (客车), a body (甲班, 学校)? */
int slot_is_who(const char *t, size_t n);
/* Do they end with what no name has in it (不, 约, 差点, a numeral), or are they such a word in English (not, hundred)?
 * To be asked of every beginning of a name. */
int slot_says_more(const char *t, size_t n);
/* Are they the name of a colour (红, 白色, red)?  Two colours exclude each other; large and red do not. */
int slot_is_colour(const char *t, size_t n);
/* Do the two English words name kinds of people that exclude each other: boys and girls, but not men and teachers? */
int slot_excludes(const char *a, const char *b);
#endif
