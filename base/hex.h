/* Bytes as lower-case hexadecimal digits, the first byte first. */
#ifndef QW_BASE_HEX_H
#define QW_BASE_HEX_H

#include <stddef.h>
#include <stdint.h>

/* out: 2 * n + 1 characters. */
static inline void hex_put(char *out, const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = '\0';
}

static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* n bytes; zeros from the first pair of characters on that is not two such digits. */
static inline void hex_get(uint8_t *p, size_t n, const char *hex)
{
    size_t i = 0;
    for (; i < n && hex_digit(hex[2 * i]) >= 0 && hex_digit(hex[2 * i + 1]) >= 0; i++)
        p[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
    for (; i < n; i++)
        p[i] = 0;
}

#endif
