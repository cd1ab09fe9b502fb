/* label_zpl.c - the sandbox courier's label in ZPL II.
 *
 * Every text goes through ^FH: an address that holds ^XA is print, not a command. */
#include "tools/packsim/label.h"

#include <stdio.h>

static void field_text(struct textbuf *out, const char *text)
{
    for (const char *one = text; *one != '\0'; one++) {
        unsigned char byte = (unsigned char)*one;
        bool special = byte < 0x20 || byte == '^' || byte == '~' || byte == '_';
        if (special) textbuf_format(out, "_%02X", byte);
        else textbuf_char(out, *one);
    }
}

static void line_put(struct textbuf *out, unsigned x, unsigned y, unsigned height, const char *text)
{
    textbuf_format(out, "^FO%u,%u^A0N,%u,%u^FH^FD", x, y, height, height);
    field_text(out, text);
    textbuf_text(out, "^FS\n");
}

static void address_put(struct textbuf *out, const struct booking *booking)
{
    char place[160];
    line_put(out, 40, 130, 34, "TO");
    line_put(out, 40, 170, 40, booking->name);
    line_put(out, 40, 218, 32, booking->line1);
    if (booking->line2[0] != '\0') line_put(out, 40, 256, 32, booking->line2);
    snprintf(place, sizeof place, "%s, %s %s", booking->city, booking->state, booking->postcode);
    line_put(out, 40, 294, 32, place);
    line_put(out, 40, 332, 32, booking->phone);
}

void label_zpl(const struct booking *booking, const char *awb_shown, struct textbuf *out)
{
    char line[120], route[16];
    route_write(booking->postcode, route, sizeof route);
    textbuf_text(out, "^XA^CI28^PW812^LL1218^LH0,0\n");
    line_put(out, 40, 40, 60, "PACKSIM SANDBOX COURIER");
    textbuf_text(out, "^FO20,110^GB772,4,4^FS\n");
    address_put(out, booking);
    textbuf_text(out, "^FO20,400^GB772,4,4^FS\n");
    line_put(out, 40, 430, 110, route);
    snprintf(line, sizeof line, "%lld.%03lld kg", (long long)(booking->mass_g / 1000),
             (long long)(booking->mass_g % 1000));
    line_put(out, 520, 440, 50, line);
    snprintf(line, sizeof line, "COD %lld.%02lld", (long long)(booking->collect_minor / 100),
             (long long)(booking->collect_minor % 100));
    line_put(out, 520, 500, 50, booking->cod ? line : "PREPAID");
    textbuf_text(out, "^FO20,580^GB772,4,4^FS\n^BY3,3,260^FO120,640^BCN,260,N,N,N,A^FD");
    textbuf_text(out, awb_shown);
    textbuf_text(out, "^FS\n");
    line_put(out, 120, 920, 60, awb_shown);
    textbuf_text(out, "^FO20,1010^GB772,4,4^FS\n");
    snprintf(line, sizeof line, "Ref %s", booking->reference);
    line_put(out, 40, 1040, 40, line);
    line_put(out, 40, 1090, 40, "TRAINING LABEL - NOT A SHIPMENT");
    textbuf_text(out, "^PQ1,0,0,N^XZ\n");
}
