#include "client/ctl/ui/obj.h"

const char *obj_str(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

void obj_set_str(json_t *o, const char *key, const char *s)
{
    json_t *v = s != NULL ? json_string(s) : json_null();
    json_object_set_new(o, key, v != NULL ? v : json_null());       /* NULL: not UTF-8 */
}
