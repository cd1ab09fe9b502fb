/* journal_line.c - see journal_line.h. */
#include "firmware/journal_line.h"

#include "hal/base/json.h"
#include "hal/base/units.h"

void journal_line_write(struct textbuf *text, const struct journal_row *row)
{
    char at_storage[TIME_TEXT_SIZE];
    struct textbuf at;
    struct json_writer json;
    textbuf_init(&at, at_storage, sizeof(at_storage));
    time_write(&at, row->at.wall_ms);
    json_write_init(&json, text);
    json_write_open(&json, NULL, '{');
    json_write_i64(&json, "seq", row->seq);
    json_write_text(&json, "at", at_storage);
    if (!row->at.wall_trusted) json_write_boolean(&json, "clock_trusted", false);
    json_write_bytes(&json, "key", row->key);
    json_write_bytes(&json, "kind", row->kind);
    json_write_bytes(&json, "subject", row->subject);
    json_write_number(&json, "body", row->body); /* the body is JSON already */
    json_write_close(&json, '}');
}
