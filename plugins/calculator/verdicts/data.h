/* data.h - what a line of evidence says, as a JSON object of strings. */
#ifndef CALC_DATA_H
#define CALC_DATA_H
#include "plugins/calculator/text/norm.h"

enum {
    DATA_BYTES = 2000,                 /* of an object; the host cuts a text at 4096, and half an object is none */
    DATA_VALUE_BYTES = 400,            /* of one value as it is written; what is longer is left out whole */
};

struct data { size_t n; char text[DATA_BYTES]; };

/* check: which kind of check it was, the object's first key. */
void        data_begin(struct data *d, const char *check);
/* NULL, empty, or more than fits: left out. */
void        data_add(struct data *d, const char *key, const char *value);
void        data_add_pair(struct data *d, const char *key, const char *one, const char *other);
const char *data_end(struct data *d);  /* valid JSON in UTF-8, as long as d lives */
#endif
