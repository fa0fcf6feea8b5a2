/* Strings of JSON objects (jansson), as --json reads and prints them. */
#ifndef QW_CTL_OBJ_H
#define QW_CTL_OBJ_H

#include <jansson.h>

const char *obj_str(const json_t *o, const char *key);      /* borrowed; NULL unless a string */
void obj_set_str(json_t *o, const char *key, const char *s);    /* null for NULL and for what is not UTF-8 */

#endif
