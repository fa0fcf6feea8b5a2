/* Any bytes as an exported conversation: one clear error, or a file that is read to its end. */
#include <stdint.h>
#include <stdlib.h>

#include "daemon/store/transfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qw_error err = { .code = QW_OK };

    if (transfer_check(data, size, &err) != QW_OK && (err.code == QW_OK || err.msg[0] == '\0'))
        abort();
    return 0;
}
