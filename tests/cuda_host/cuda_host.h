/* What tests may ask of the emulation beside CUDA's own functions.
 *
 * Environment: QW_CUDA_HOST_SEED (orders of blocks, warps, lanes and streams; default 1),
 * QW_CUDA_HOST_CLASS (75, 80, 86, 89, 90, 100, 120; default 80), QW_CUDA_HOST_BYTES (device memory, default 4 GiB),
 * QW_CUDA_HOST_FAIL (cuda_host_fail), QW_CUDA_HOST_DRIVER (13000; 0: none). */
#ifndef QW_CUDA_HOST_H
#define QW_CUDA_HOST_H

/* From here on a report does not abort: it is kept, and the launch ends with cudaErrorLaunchFailure. */
void cuda_host_catch(bool on);
/* The first report since the last call, "" if none; forgets it and the device's error. */
const char *cuda_host_take_report(void);
/* Whether the code under test was compiled with -fsanitize=thread, so that its accesses are watched. */
bool cuda_host_watching(void);
void cuda_host_set_class(int sm);       /* as QW_CUDA_HOST_CLASS */
void cuda_host_set_seed(unsigned long long seed);
/* "alloc:N": the Nth allocation from here on, of device or pinned memory, finds none.  "kernel:N", "copy:N": the Nth that
 * runs fails, and with it all that follows, as on a real device.  NULL: nothing does. */
void cuda_host_fail(const char *order);

#endif
