/* Time: monotonic for durations and deadlines, wall for people.  Any thread. */
#ifndef QW_BASE_CLOCK_H
#define QW_BASE_CLOCK_H
#include <stdint.h>
uint64_t clock_mono_ns(void);
uint64_t clock_mono_ms(void);
int64_t  clock_unix_ms(void);
#endif
