/* working.h - the equalities of a worked answer between numbers: the first false one. */
#ifndef CALC_WORKING_H
#define CALC_WORKING_H
#include "plugins/calculator/values/value.h"

struct step { const char *text, *left, *right; int checked; };    /* text NULL: no false step; checked: how many were looked at */
void working_check(struct calc *c, const char *response, struct step *out);
#endif
