/* carrier.c - the words of the contract, and what an exchange without an answer means. The words
 * are explained in WORDS.md; logs, journal and test rows use the same. */
#include "carriers/carrier.h"

#include <string.h>

#define UNTRUSTED_PAUSE_S 900 /* a wrong certificate is not cured by asking often */

const char *carrier_operation_word(enum carrier_operation operation)
{
    switch (operation) {
    case CARRIER_SERVICEABILITY: return "serviceability";
    case CARRIER_RATE: return "rate";
    case CARRIER_POOL: return "pool_fetch";
    case CARRIER_BOOK: return "book";
    case CARRIER_LOOKUP: return "lookup";
    case CARRIER_LABEL: return "label";
    case CARRIER_WEIGHT: return "update_weight";
    case CARRIER_CANCEL: return "cancel";
    case CARRIER_TRACK: return "track";
    }
    return "unknown";
}

bool carrier_operation_parse(struct bytes word, enum carrier_operation *out)
{
    for (int i = 0; i <= CARRIER_TRACK; i++) {
        enum carrier_operation operation = (enum carrier_operation)i;
        if (!bytes_equal_text(word, carrier_operation_word(operation))) continue;
        *out = operation;
        return true;
    }
    return false;
}

bool carrier_operation_writes(enum carrier_operation operation)
{
    switch (operation) {
    case CARRIER_BOOK:
    case CARRIER_WEIGHT:
    case CARRIER_CANCEL: return true;
    case CARRIER_SERVICEABILITY:
    case CARRIER_RATE:
    case CARRIER_POOL: /* numbers lost on the way cost nothing */
    case CARRIER_LOOKUP:
    case CARRIER_LABEL:
    case CARRIER_TRACK: return false;
    }
    return false;
}

const char *carrier_reason_word(enum carrier_reason reason)
{
    switch (reason) {
    case REASON_NONE: return "none";
    case REASON_BAD_PINCODE: return "bad_pincode";
    case REASON_NOT_SERVICEABLE: return "not_serviceable";
    case REASON_BAD_PINCODE_OR_NOT_SERVICEABLE: return "bad_pincode_or_not_serviceable";
    case REASON_COD_NOT_SERVICEABLE: return "cod_not_serviceable";
    case REASON_COD_LIMIT: return "cod_limit";
    case REASON_EMBARGO: return "embargo";
    case REASON_CONFIG: return "config";
    case REASON_CREDENTIALS: return "credentials";
    case REASON_ACCOUNT_FUNDS: return "account_funds";
    case REASON_REFERENCE_CANCELLED: return "reference_cancelled";
    case REASON_DUPLICATE_REFERENCE: return "duplicate_reference";
    case REASON_AWB_USED: return "awb_used";
    case REASON_BAD_ADDRESS: return "bad_address";
    case REASON_BAD_WEIGHT: return "bad_weight";
    case REASON_TOO_LATE: return "too_late";
    case REASON_THROTTLED: return "throttled";
    case REASON_NOT_FOUND: return "not_found";
    case REASON_OTHER: return "other";
    }
    return "other";
}

static const char *result_word(enum carrier_result result)
{
    switch (result) {
    case CARRIER_OK: return "ok";
    case CARRIER_OK_EXISTING: return "ok_existing";
    case CARRIER_PENDING: return "pending";
    case CARRIER_SERVICEABLE: return "serviceable";
    case CARRIER_REJECT: return "reject";
    case CARRIER_RETRY: return "retry";
    case CARRIER_AUTH: return "auth";
    case CARRIER_UNKNOWN: return "unknown";
    }
    return "unknown";
}

static const char *label_word(enum label_format format)
{
    switch (format) {
    case LABEL_FORMAT_NONE: return "";
    case LABEL_FORMAT_ZPL: return "zpl";
    case LABEL_FORMAT_PDF: return "pdf";
    case LABEL_FORMAT_PNG: return "png";
    }
    return "";
}

static void put_text_part(struct textbuf *text, const char *prefix, const char *value)
{
    if (value[0] == '\0') return;
    textbuf_text(text, prefix);
    textbuf_text(text, value);
}

static void put_number_part(struct textbuf *text, const char *prefix, int64_t value)
{
    if (value < 0) return;
    textbuf_text(text, prefix);
    textbuf_i64(text, value);
}

static void put_reason(struct textbuf *text, const char *prefix, enum carrier_reason reason)
{
    if (reason != REASON_NONE) put_text_part(text, prefix, carrier_reason_word(reason));
}

static void put_success(struct textbuf *text, enum carrier_operation operation,
                        const struct carrier_outcome *outcome)
{
    if (operation == CARRIER_POOL) {
        for (size_t i = 0; i < outcome->awb_count; i++) {
            put_text_part(text, i == 0 ? ";awbs=" : ",", outcome->awbs[i]);
        }
        return;
    }
    if (outcome->updated) {
        textbuf_text(text, ";updated");
        return;
    }
    put_text_part(text, ";awb=", outcome->awb);
    put_text_part(text, ";ref=", outcome->reference);
    put_text_part(text, ";label=", label_word(outcome->label_format));
    put_text_part(text, ";status=", outcome->status);
    put_number_part(text, ";cost_paise=", outcome->cost_minor);
}

static void put_unknown(struct textbuf *text, const struct carrier_outcome *outcome)
{
    if (outcome->lookup) {
        textbuf_text(text, ";lookup");
        put_text_part(text, "=", outcome->lookup_reference);
    }
    put_reason(text, ";reason=", outcome->reason);
}

void carrier_outcome_write(struct textbuf *text, enum carrier_operation operation,
                           const struct carrier_outcome *outcome)
{
    textbuf_text(text, result_word(outcome->result));
    switch (outcome->result) {
    case CARRIER_OK:
    case CARRIER_OK_EXISTING: put_success(text, operation, outcome); return;
    case CARRIER_PENDING: return;
    case CARRIER_SERVICEABLE:
        put_text_part(text, ";prepaid=", outcome->prepaid ? "1" : "0");
        put_text_part(text, ";cod=", outcome->cod ? "1" : "0");
        put_text_part(text, ";oda=", outcome->oda ? "1" : "0");
        put_number_part(text, ";cod_max_paise=", outcome->cod_max_minor);
        return;
    case CARRIER_REJECT:
        put_text_part(text, ";", carrier_reason_word(outcome->reason));
        put_text_part(text, ";verify_absent=", outcome->verify_absent);
        return;
    case CARRIER_RETRY:
        put_reason(text, ";", outcome->reason);
        put_number_part(text, ";after_s=", outcome->after_s);
        return;
    case CARRIER_AUTH: textbuf_text(text, ";refresh"); return;
    case CARRIER_UNKNOWN: put_unknown(text, outcome); return;
    }
}

void carrier_task_init(struct carrier_task *task, enum carrier_operation operation,
                       const struct shipment *shipment)
{
    memset(task, 0, sizeof *task);
    task->operation = operation;
    task->shipment = *shipment;
}

/* Starts at "it may have happened": a courier's file that forgets a case errs on the safe side. */
void carrier_outcome_init(struct carrier_outcome *outcome)
{
    memset(outcome, 0, sizeof *outcome);
    outcome->result = CARRIER_UNKNOWN;
    outcome->lookup = true;
    outcome->cod_max_minor = -1;
    outcome->cost_minor = -1;
    outcome->after_s = -1;
}

void carrier_outcome_of_end(enum carrier_operation operation, enum exchange_end end,
                            struct carrier_outcome *out)
{
    bool sent = end == EXCHANGE_MAYBE_SENT;
    ENSURE(end != EXCHANGE_ANSWERED);
    carrier_outcome_init(out);
    out->lookup = sent && carrier_operation_writes(operation);
    out->result = out->lookup ? CARRIER_UNKNOWN : CARRIER_RETRY;
    if (end == EXCHANGE_UNTRUSTED) out->after_s = UNTRUSTED_PAUSE_S;
    struct bytes word = bytes_of_text(exchange_end_word(end));
    bool copied = bytes_to_text(word, out->message, sizeof out->message);
    ENSURE(copied);
}
