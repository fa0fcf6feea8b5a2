/* Tables for people: cells of foreign text, cut and padded by what they take on a terminal (wide
 * characters two columns), times and sizes. */
#ifndef QW_CTL_TABLE_H
#define QW_CTL_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

int  table_columns(void);                   /* of the terminal on standard output; 0: it is none */
/* One cell: made safe, on one line, cut to width columns with an ellipsis, padded to it.  width 0: neither. */
void table_cell(FILE *f, const char *text, int width);
int  table_width(const char *text);         /* of the whole cell */
/* Local time, as short as it is clear: 14:03 today, 11-29 14:03 this year, else 2025-11-29. */
#define TABLE_WHEN_LEN 20
void table_when(int64_t unix_ms, char out[TABLE_WHEN_LEN]);
/* "491 MB" */
const char *human_bytes(uint64_t n, char buf[24]);

#endif
