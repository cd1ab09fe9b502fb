/* printer_kind.h - what is known of a printer before it was asked anything: the languages it may
 * speak, and which questions make sense; and which of them this very one has never answered. */
#ifndef PACKD_DRIVERS_PRINTER_KIND_H
#define PACKD_DRIVERS_PRINTER_KIND_H

#include "drivers/identity.h"
#include "drivers/printer.h"

/* Questions, a bit each. The numbers are kept on disk: none is ever given to another question. */
enum printer_question {
    PRINTER_ASKS_COUNTER = 1,
    PRINTER_ASKS_HEAD = 2,
    PRINTER_ASKS_RECEIPT = 4,
};
#define PRINTER_QUESTIONS 3u

struct printer_kind {
    char dialect[16]; /* the one to take: "zpl" ...; "unknown": a person must say it */
    bool told;        /* by its own device id: a driver of another language is a mistake */
    char manufacturer[64];
    char model[64];
};

/* `row` is the driver that the table of known devices has for it (device_table.h), "" or NULL where
 * it has none; it goes before the device id, which the cheapest printers fill in wrongly. */
void printer_kind_of(const struct device_identity *identity, const char *row,
                     struct printer_kind *out);

/* May a driver of this name be used for it? Otherwise a sentence why not, with a way out. */
const char *printer_kind_refuses(const struct printer_kind *kind, const char *driver);

/* The questions that a printer of this kind may know in this language; NULL: nothing is known of
 * it. The counter is asked of Zebras only, because others print the question. */
uint32_t printer_kind_may_ask(const struct printer_kind *kind, const struct printer_driver *driver);

/* Questions in vain. A question that was not answered PRINTER_VAIN_MAX times in a row, while the
 * printer did answer others, is not asked again. */
#define PRINTER_VAIN_MAX 3u

struct printer_questions {
    uint32_t cannot; /* never answered: kept for this device */
    uint32_t out;    /* asked, and the answer is still to come */
    uint8_t vain[PRINTER_QUESTIONS];
    int64_t until_ms; /* when those that are out count as not answered; NO_ANSWER_DUE */
};
#define PRINTER_NO_ANSWER_DUE INT64_MAX

void printer_questions_init(struct printer_questions *questions, uint32_t cannot);
void printer_asked(struct printer_questions *questions, enum printer_question which,
                   int64_t until_ms);
void printer_answered(struct printer_questions *questions, enum printer_question which);
/* Their time is over. True: something more is known never to be answered. `alive`: it answered
 * another question meanwhile; one that is silent as a whole knows nothing. */
bool printer_unanswered(struct printer_questions *questions, bool alive);

#endif
