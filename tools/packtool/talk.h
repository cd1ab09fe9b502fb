/* talk.h - what `packtool carrier` and `packtool oms` share: their options, the files they name,
 * and a request as a line of JSON. */
#ifndef PACKD_TOOLS_PACKTOOL_TALK_H
#define PACKD_TOOLS_PACKTOOL_TALK_H

#include "hal/base/http_message.h"
#include "hal/base/json.h"

#define TALK_FILE_MAX (4u * 1024u * 1024u)
#define TALK_LINE_MAX (4u * 1024u * 1024u)

/* The two commands; argv[0] is "build" or "take". Exit code: 0 done, 1 bad input, 2 usage. */
int packtool_carrier(int argc, char **argv);
int packtool_oms(int argc, char **argv);

struct talk_options {
    const char *verb; /* "build" or "take" */
    const char *name; /* of the courier or order system */
    const char *operation;
    const char *task;      /* file, or NULL */
    const char *body;      /* file, or NULL */
    int status;            /* -1 not given; 0: the connection ended without an answer */
    int64_t retry_after_s; /* -1 not given */
    unsigned exchange;     /* 1 is the first */
};

/* argv[0] is the verb. `name_option` is "--carrier" or "--oms". False, with a sentence on standard
 * error, when the usage is wrong. */
MUST_USE bool talk_options(int argc, char **argv, const char *name_option,
                           struct talk_options *out);

/* The whole file in memory that stays until the program ends. */
MUST_USE bool talk_read(const char *path, struct bytes *out_text);
/* The file as JSON; a NULL path is a missing value. */
MUST_USE bool talk_read_json(const char *path, struct json *out_root);
struct scratch talk_scratch(size_t text_len);

/* The response that --status and --body describe. */
MUST_USE bool talk_response(const struct talk_options *options, struct http_response *out);

/* {"method":..,"url":..,"headers":{..},"body":..} and a line break, on standard output. */
void talk_print_request(const struct http_request *request);
/* One line of JSON, begun with talk_line_open. */
struct json_writer *talk_line_open(void);
void talk_line_print(void);

#endif
