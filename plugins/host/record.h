/* What travels between the supervisor and qwend-plugin, over descriptor 3: MessagePack-RPC
 * envelopes of proto/rpc.h.
 *
 *   supervisor -> host   request  load   {path, options {..}}     -> {name, version, jail, verify, equal}
 *                        request  verify {question, response, answer, lang, truncated, remaining_ms} -> record
 *                        request  equal  {gold, answer, remaining_ms}                               -> record
 *                        notify   cancel {}
 *   host -> supervisor   notify   log    {text}
 *   record = {parts [{part, answer, working, reading, computed}], evidence [{part, of, for, text, json}], eq}
 *
 * The supervisor trusts nothing of it: counts, lengths and enums are checked in record_read. */
#ifndef QW_PLUGINS_HOST_RECORD_H
#define QW_PLUGINS_HOST_RECORD_H

#include "plugins/host/host.h"
#include "proto/mp.h"

#define RECORD_MAX_PARTS     32
#define RECORD_MAX_EVIDENCE  64
#define RECORD_MAX_TEXT      4096u
#define HOST_CHANNEL_FD      3

/* Growing a record (the host's side); each silently stops at its bound. */
void record_init(struct plug_result *r);
void record_free(struct plug_result *r);
void record_verdict(struct plug_result *r, uint32_t part, enum qwen_of of, enum qwen_verdict v);
void record_evidence(struct plug_result *r, uint32_t part, enum qwen_of of, enum qwen_for who,
                     struct qwen_str text, struct qwen_str json);
void record_reading(struct plug_result *r, uint32_t part, struct qwen_str text);
void record_computed(struct plug_result *r, uint32_t part, struct qwen_str latex);

void record_write(struct qw_buf *b, const struct plug_result *r);
/* Into an empty record; QW_EPLUGIN says what is wrong with it. */
int  record_read(struct plug_result *r, const struct mp *v, struct qw_error *err);
/* The whole from its parts: refuted if one is, else undecided if one is, else the weaker of the rest;
 * verified only with trust, else it becomes supported. */
void record_finish(struct plug_result *r, bool trust_proof);

#endif
