/* printer_kind.c - see printer_kind.h. What device ids say and hide: drivers/README.md, "Traps of
 * printers". */
#include "drivers/printer_kind.h"

#include <string.h>

static bool says_nothing(const char *dialect)
{
    return bytes_equal_text(bytes_of_text(dialect), "unknown");
}

static void set_text(char *out_text, size_t size, const char *text)
{
    ENSURE(bytes_to_text(bytes_of_text(text), out_text, size));
}

void printer_kind_of(const struct device_identity *identity, const char *row,
                     struct printer_kind *out)
{
    struct printer_identity own = {.dialect = "unknown"};
    bool known = printer_identity_parse(identity->device_id, &own);
    bool by_row = row != NULL && row[0] != '\0' && strlen(row) < sizeof out->dialect;
    *out = (struct printer_kind){.told = known && own.sure && !by_row};
    set_text(out->dialect, sizeof out->dialect, by_row ? row : own.dialect);
    set_text(out->manufacturer, sizeof out->manufacturer, own.manufacturer);
    set_text(out->model, sizeof out->model, own.model);
}

const char *printer_kind_refuses(const struct printer_kind *kind, const char *driver)
{
    if (says_nothing(kind->dialect) || !kind->told) return NULL;
    if (bytes_equal_text(bytes_of_text(driver), kind->dialect)) return NULL;
    return "the printer says that it speaks another language than the settings: choose its driver, "
           "or name the printer in devices.conf";
}

static bool is_by(const struct printer_kind *kind, const char *maker)
{
    struct bytes name = bytes_of_text(kind->manufacturer);
    size_t len = strlen(maker);
    for (size_t i = 0; i + len <= name.len; i++) {
        if (bytes_equal_ignore_case(bytes_slice(name, i, len), maker)) return true;
    }
    return false;
}

uint32_t printer_kind_may_ask(const struct printer_kind *kind, const struct printer_driver *driver)
{
    uint32_t may = driver->head_request.len > 0 ? PRINTER_ASKS_HEAD : 0u;
    if (kind == NULL) return may;
    if (driver->counter_request.len > 0 && is_by(kind, "zebra")) may |= PRINTER_ASKS_COUNTER;
    if (driver->ask_receipt != NULL && is_by(kind, "epson")) may |= PRINTER_ASKS_RECEIPT;
    return may;
}

/* ---- questions in vain
 * ------------------------------------------------------------------------ */

void printer_questions_init(struct printer_questions *questions, uint32_t cannot)
{
    *questions = (struct printer_questions){.cannot = cannot, .until_ms = PRINTER_NO_ANSWER_DUE};
}

void printer_asked(struct printer_questions *questions, enum printer_question which,
                   int64_t until_ms)
{
    questions->out |= (uint32_t)which;
    questions->until_ms = until_ms;
}

void printer_answered(struct printer_questions *questions, enum printer_question which)
{
    for (unsigned i = 0; i < PRINTER_QUESTIONS; i++) {
        if (which == (enum printer_question)(1u << i)) questions->vain[i] = 0;
    }
    questions->out &= ~(uint32_t)which;
    if (questions->out == 0) questions->until_ms = PRINTER_NO_ANSWER_DUE;
}

bool printer_unanswered(struct printer_questions *questions, bool alive)
{
    uint32_t before = questions->cannot;
    for (unsigned i = 0; i < PRINTER_QUESTIONS && alive; i++) {
        if ((questions->out & 1u << i) == 0) continue;
        if (++questions->vain[i] >= PRINTER_VAIN_MAX) questions->cannot |= 1u << i;
    }
    questions->out = 0;
    questions->until_ms = PRINTER_NO_ANSWER_DUE;
    return questions->cannot != before;
}
