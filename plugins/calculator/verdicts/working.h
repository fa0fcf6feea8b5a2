/* working.h - the equalities of a worked answer between numbers: the first false one. */
#ifndef CALC_WORKING_H
#define CALC_WORKING_H
#include "plugins/calculator/values/value.h"

/* text NULL: no false step.  left_side and right_side as they were written, left and right their values; checked: how
 * many were looked at. */
struct step { const char *text, *left_side, *right_side, *left, *right; int checked; };
void working_check(struct calc *c, const char *response, struct step *out);
#endif
