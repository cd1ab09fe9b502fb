/* texts.h - English sentences for the log and for packctl, from the page's own language file as it
 * is compiled in: what has happened, then what to do. One vocabulary for screen and log. */
#ifndef PACKD_FIRMWARE_TEXTS_H
#define PACKD_FIRMWARE_TEXTS_H

#include "firmware/station/command.h"
#include "hal/base/json.h"

#define TEXTS_MEMORY_SIZE (512u * 1024u) /* one parse of the language file; used as far as needed */

struct texts {
    struct json messages;
    _Alignas(16) uint8_t memory[TEXTS_MEMORY_SIZE];
};

void texts_init(struct texts *texts);
/* "The printer has no labels left. Put in a new roll." Each {name} becomes the argument of that
 * name; one that is not given stays as it is. An id without a text gives a sentence with the id. */
void texts_sentence(const struct texts *texts, const char *id, const struct log_argument *arguments,
                    size_t count, struct textbuf *out);
/* The sentence of a state document's message; empty when there is none. */
void texts_of_document(const struct texts *texts, struct json document, struct textbuf *out);

#endif
