/* What travels between the supervisor and qwend-plugin, over descriptor 3: MessagePack-RPC
 * envelopes of proto/rpc.h.
 *
 *   supervisor -> host
 *     request load {path, options {..}, generate, run_program}
 *         -> {name, version, jail, verify, equal, read, canon, tools [{name, about, schema}]}
 *     request verify, canon {question, response, answer, lang, truncated, remaining_ms}  -> record
 *     request equal {gold, answer, remaining_ms}                                       -> record
 *     request read  {question, remaining_ms}                                           -> record
 *     request tool  {name, args, remaining_ms}                                         -> record
 *     notify  cancel {}
 *   host -> supervisor
 *     notify  log {text}
 *     request generate {system, prompt, n, max_tokens, temperature, seed}   -> {texts [str], cut_off}
 *     request run_program {language, code, input, time_ms}                -> {flags, status, out, err}
 *   record = {parts [{part, answer, working, reading, computed, canon}],
 *             evidence [{part, of, for, text, json}], reads [{part, what, text}],
 *             candidates [{part, basis, value}], output, eq}
 *
 * generate and run_program come only while a verify or a tool runs, one at a time; the plugin waits.
 * An error in reply is one of enum qwen_status by its code: denied, cancelled, too_large, unsupported;
 * everything else is QWEN_WENT_WRONG.
 *
 * The supervisor trusts nothing of it: counts, lengths and enums are checked in record_read. */
#ifndef QW_PLUGINS_HOST_RECORD_H
#define QW_PLUGINS_HOST_RECORD_H

#include "plugins/host/host.h"
#include "proto/mp.h"

#define RECORD_MAX_PARTS     32
#define RECORD_MAX_EVIDENCE  64
#define RECORD_MAX_READS     64
#define RECORD_MAX_CANDIDATES 32
#define RECORD_MAX_TEXT      4096u
#define RECORD_MAX_CANON     1024u
#define RECORD_MAX_OUTPUT    65536u
/* Of tools and of what a plugin asks for. */
#define HOST_MAX_TOOLS       16
#define HOST_MAX_NAME        64u
#define HOST_MAX_SCHEMA      16384u
#define HOST_MAX_PROMPT      262144u     /* system and prompt together */
#define HOST_MAX_CODE        65536u      /* of a program, and of its input */
#define HOST_MAX_TEXT        262144u     /* of one text or output that comes back */
#define HOST_MAX_TOKENS      32768u
#define HOST_CHANNEL_FD      3

/* Growing a record (the host's side); each silently stops at its bound. */
void record_init(struct plug_result *r);
void record_free(struct plug_result *r);
void record_verdict(struct plug_result *r, uint32_t part, enum qwen_of of, enum qwen_verdict v);
void record_conflict(struct plug_result *r, uint32_t part, enum qwen_of of);    /* two verifiers: undecided, and stays so */
void record_evidence(struct plug_result *r, uint32_t part, enum qwen_of of, enum qwen_for who,
                     struct qwen_str text, struct qwen_str json);
void record_reading(struct plug_result *r, uint32_t part, struct qwen_str text);
void record_computed(struct plug_result *r, uint32_t part, struct qwen_str latex);
void record_canon(struct plug_result *r, uint32_t part, struct qwen_str name);
void record_line(struct plug_result *r, uint32_t part, enum qwen_read what, struct qwen_str text);
void record_candidate(struct plug_result *r, uint32_t part, enum qwen_basis basis, struct qwen_str value);
void record_output(struct plug_result *r, struct qwen_str text);     /* appends */

void record_write(struct qw_buf *b, const struct plug_result *r);
/* Into an empty record; QW_EPLUGIN says what is wrong with it. */
int  record_read(struct plug_result *r, const struct mp *v, struct qw_error *err);
/* The whole from its parts: refuted if one is, else undecided if one is, else the weaker of the rest;
 * verified only with trust, else it becomes supported. */
void record_finish(struct plug_result *r, bool trust_proof);

#endif
