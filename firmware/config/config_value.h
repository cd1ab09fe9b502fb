/* config_value.h - the text of one setting to its field, and what would have been right. */
#ifndef PACKD_FIRMWARE_CONFIG_CONFIG_VALUE_H
#define PACKD_FIRMWARE_CONFIG_CONFIG_VALUE_H

#include "firmware/config/config_read.h"
#include "firmware/config/config_table.h"
#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

/* Writes the field of `row` inside `element`, the struct that the row's section fills. A RULE goes
 * to rules[rule_count]; there must be room. False, and the field as it was, when the text is not
 * what the row asks for. */
MUST_USE bool config_value_store(const struct config_row *row, const struct config_names *names,
                                 const char *text, void *element);

/* "a number from 1 to 60 g", "one of training, live": the end of a sentence. */
void config_value_describe(const struct config_row *row, const struct config_names *names,
                           struct textbuf *out);

#endif
