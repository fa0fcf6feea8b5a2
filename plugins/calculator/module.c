/* module.c - keeps the entry symbol of the convenience library in the module. */
#include "plugins/qwen_plugin.h"

extern const void *const calculator_entry;
const void *const calculator_entry = (const void *)&qwen_plugin_v1;
