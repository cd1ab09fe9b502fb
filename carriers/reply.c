/* reply.c - see reply.h. The order of the questions matters: a status that says "not done" is
 * believed whatever the body looks like, a body that is not JSON is never read further. */
#include "carriers/reply.h"

#include "carriers/clean.h"

#define RETRY_AFTER_MIN_S 1
#define RETRY_AFTER_MAX_S 3600 /* RFC 9110 10.2.3 sets no bound; an hour is ours */
#define AWB_LEN_MIN 6

static int64_t retry_after(const struct http_response *response)
{
    if (response->retry_after_s < 0) return -1;
    if (response->retry_after_s < RETRY_AFTER_MIN_S) return RETRY_AFTER_MIN_S;
    return response->retry_after_s < RETRY_AFTER_MAX_S ? response->retry_after_s
                                                       : RETRY_AFTER_MAX_S;
}

void reply_throttled(const struct http_response *response, int64_t at_least_s,
                     struct carrier_outcome *out)
{
    int64_t asked_s = retry_after(response);
    out->result = CARRIER_RETRY;
    out->reason = REASON_THROTTLED;
    out->lookup = false;
    out->after_s = asked_s > at_least_s ? asked_s : at_least_s;
}

void reply_unclear(enum carrier_operation operation, const char *why, struct carrier_outcome *out)
{
    bool writes = carrier_operation_writes(operation);
    out->result = writes ? CARRIER_UNKNOWN : CARRIER_RETRY;
    out->lookup = writes;
    reply_message(bytes_of_text(why), out);
}

void reply_nothing(enum carrier_operation operation, const char *why, struct carrier_outcome *out)
{
    carrier_outcome_init(out);
    reply_unclear(operation, why, out);
}

void reply_accept(enum carrier_result result, struct carrier_outcome *out)
{
    out->result = result;
    out->reason = REASON_NONE;
    out->lookup = false;
}

void reply_reject(enum carrier_reason reason, struct carrier_outcome *out)
{
    out->result = CARRIER_REJECT;
    out->reason = reason;
    out->lookup = false;
}

static bool is_not_done(int status)
{
    return status == 408 || status == 425 || status == 429;
}

static bool is_answer(int status)
{
    return (status >= 200 && status < 300) || (status >= 400 && status < 500);
}

bool reply_open(enum carrier_operation operation, const struct http_response *response,
                struct scratch scratch, struct carrier_outcome *out, struct json *out_root)
{
    if (is_not_done(response->status)) {
        reply_throttled(response, -1, out);
        if (response->status != 429) out->reason = REASON_NONE;
        return false;
    }
    if (!is_answer(response->status)) {
        reply_unclear(operation, "the courier's server failed", out);
        out->after_s = retry_after(response);
        return false;
    }
    if (http_response_is_markup(response)) {
        reply_unclear(operation, "a web page came instead of an answer", out);
        return false;
    }
    enum json_problem problem = json_parse(response->body, scratch, out_root);
    if (problem == JSON_OK) return true;
    reply_unclear(operation, json_problem_word(problem), out);
    return false;
}

/* The room decides, a word at a time: textbuf leaves out what does not fit. */
void reply_message(struct bytes text, struct carrier_outcome *out)
{
    struct textbuf message = {.data = out->message, .size = sizeof out->message};
    message.len = bytes_of_text(out->message).len;
    if (message.len > 0) textbuf_char(&message, ' ');
    (void)clean_put(&message, text, "", sizeof out->message);
    bool ends_blank = message.len > 0 && message.data[message.len - 1] == ' ';
    if (ends_blank) message.data[message.len - 1] = '\0';
}

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte - 'A' + 'a') : byte;
}

bool reply_says(struct bytes text, const char *words)
{
    struct bytes wanted = bytes_of_text(words);
    for (size_t at = 0; at + wanted.len <= text.len; at++) {
        if (bytes_equal_ignore_case(bytes_slice(text, at, wanted.len), words)) return true;
    }
    return false;
}

const struct refusal *reply_refusal(const struct refusal *rows, size_t count, struct bytes text)
{
    for (size_t i = 0; i < count; i++) {
        if (reply_says(text, rows[i].text)) return &rows[i];
    }
    return NULL;
}

bool reply_is_awb(struct bytes text)
{
    if (text.len < AWB_LEN_MIN || text.len >= SHIPMENT_AWB_SIZE) return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = lower(text.data[i]);
        bool letter = byte >= 'a' && byte <= 'z';
        bool digit = byte >= '0' && byte <= '9';
        if (!letter && !digit && (byte != '-' || i == 0)) return false;
    }
    return true;
}

bool reply_is(struct json value, const char *word)
{
    struct bytes text;
    return json_text(value, &text) && bytes_equal_ignore_case(text, word);
}

bool reply_copy(struct json value, char *out_text, size_t size)
{
    struct bytes text;
    if (json_number_or_text(value, &text)) return bytes_to_text(text, out_text, size);
    out_text[0] = '\0';
    return false;
}

bool reply_agrees(struct json value, const char *ours)
{
    struct bytes text;
    return ours[0] == '\0' || (json_number_or_text(value, &text) && bytes_equal_text(text, ours));
}

bool reply_flag(struct json value, bool *out_flag)
{
    if (json_boolean(value, out_flag)) return true;
    bool yes = reply_is(value, "true") || reply_is(value, "success");
    if (!yes && !reply_is(value, "false") && !reply_is(value, "fail")) return false;
    *out_flag = yes;
    return true;
}

static void gather_text(struct bytes text, struct textbuf *said)
{
    if (said->len > 0) textbuf_char(said, ' ');
    (void)clean_put(said, text, "", said->size);
}

void reply_gather(struct json value, struct textbuf *said)
{
    struct json_walk walk = {0};
    struct bytes key, text;
    struct json each;
    if (json_text(value, &text)) gather_text(text, said);
    if (json_kind(value) != JSON_ARRAY) return;
    while (json_each(value, &walk, &key, &each)) {
        if (json_text(each, &text)) gather_text(text, said);
    }
}
