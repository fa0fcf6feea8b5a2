/* JSON as text: re-spelled the way that chat templates spell it (Python's
 * json.dumps with ensure_ascii=False: ", " and ": ", key order and the text of
 * numbers kept), without a tree in between that would change numbers.
 * Pure functions; any thread. */
#ifndef QW_ENGINE_JSON_TEXT_H
#define QW_ENGINE_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* Appends the one JSON value in s[0..n), re-spelled.  QW_EPARAMS with the offset if it is not
 * JSON (RFC 8259, at most 64 deep, no lone surrogates) or if more follows; out may
 * then hold a part of it. */
int json_text_respell(const char *s, size_t n, struct qw_buf *out, struct qw_error *err);
/* Appends the characters of a JSON string.  false if s[0..n) is not a JSON string. */
bool json_text_string(const char *s, size_t n, struct qw_buf *out);

/* The text of an object's member (the last one of that name) or of an array's
 * element, without white space around it.  false if it is absent, or s is not
 * valid JSON of that kind. */
struct json_span { const char *p; size_t n; };
bool json_text_member(const char *s, size_t n, const char *key, struct json_span *value);
bool json_text_element(const char *s, size_t n, size_t i, struct json_span *value);

#endif
