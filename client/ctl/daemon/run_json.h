/* What another of our programs says in JSON. */
#ifndef QW_CTL_RUN_JSON_H
#define QW_CTL_RUN_JSON_H

#include <jansson.h>

/* Runs argv and parses the one JSON object that it prints.  NULL after an error that it, or we, said. */
json_t *run_json(char **argv);

#endif
