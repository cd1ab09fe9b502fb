/* printer_zpl_commands.c - see printer_zpl_commands.h. ZPL II Programming Guide, P1099958.
 *
 * Rule: what is not known to be harmless is refused. Kept is what shapes the picture; each setting
 * among it that stays in the printer is said again at the beginning of every job (ZPL_OPEN, and
 * what zpl_encode_document adds), so the next label does not feel it. Left out is what couriers are
 * known to send and no picture depends on. Refused, each with its own sentence, is what stores,
 * deletes, formats, asks, resets or moves paper, and whatever is not in the table. */
#include "drivers/printer_zpl_commands.h"

#define STORES "the label stores something in the printer"
#define USES "the label uses something that was stored in the printer"
#define DELETES "the label deletes or formats the printer's memory"
#define ASKS "the label asks the printer something"
#define PREFIX "the label changes the letters that commands begin with"
#define NETWORK "the label changes how the printer is reached"
#define LOCKS "the label changes the printer's password or panel"
#define MOVES "the label resets the printer or moves paper"
#define TAGS "the label writes or reads radio tags"
#define CLOCK "the label sets the printer's clock or counts labels by itself"
#define SCALES "the label is drawn in other units than dots"
#define MIRRORS "the label is mirrored"
#define LANGUAGE "the label switches the printer's language"
#define TOO_LARGE "the label is larger than the paper"
#define ENCODING "the label has letters in an encoding that we do not know"
#define UNKNOWN "the label has a command that we do not allow"

static const struct zpl_command commands[] = {
    {"^XA", ZPL_BEGIN, ZPL_ANY, NULL, NULL},
    {"^XZ", ZPL_END, ZPL_ANY, NULL, NULL},
    /* What is drawn. */
    {"^FD", ZPL_TEXT, ZPL_ANY, NULL, NULL},
    {"^FV", ZPL_TEXT, ZPL_ANY, NULL, NULL},
    {"^GB", ZPL_DRAW, ZPL_ANY, NULL, NULL},
    {"^GC", ZPL_DRAW, ZPL_ANY, NULL, NULL},
    {"^GD", ZPL_DRAW, ZPL_ANY, NULL, NULL},
    {"^GE", ZPL_DRAW, ZPL_ANY, NULL, NULL},
    {"^GF", ZPL_GRAPHIC, ZPL_ANY, NULL, NULL},
    {"~DG", ZPL_PICTURE, ZPL_ANY, NULL, NULL},
    {"^XG", ZPL_CALL, ZPL_ANY, NULL, NULL},
    /* How and where. */
    {"^FO", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^FT", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^FS", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^FB", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^FH", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^FP", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^FR", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^TB", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^GS", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^A?", ZPL_KEEP, ZPL_ANY, NULL, NULL}, /* fonts */
    {"^B?", ZPL_KEEP, ZPL_ANY, NULL, NULL}, /* bars, and ^BY */
    /* The same, and it stays: said again in front of each job. */
    {"^FW", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^CF", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^LR", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^PO", ZPL_KEEP, ZPL_ANY, NULL, NULL},
    {"^CI", ZPL_KEEP, ZPL_ENCODING, NULL, ENCODING},
    {"^PW", ZPL_KEEP, ZPL_WIDTH, NULL, TOO_LARGE},
    {"^LL", ZPL_KEEP, ZPL_HEIGHT, NULL, TOO_LARGE},
    {"^LH", ZPL_KEEP, ZPL_PLACE, NULL, TOO_LARGE},
    {"^PM", ZPL_LEAVE_OUT, ZPL_ONLY, "N", MIRRORS},
    {"^JM", ZPL_LEAVE_OUT, ZPL_ONLY, "A", SCALES},
    {"^MU", ZPL_LEAVE_OUT, ZPL_ONLY, "D", SCALES},
    {"^SZ", ZPL_LEAVE_OUT, ZPL_ONLY, "2", LANGUAGE},
    /* Set-up and copies. */
    {"^FX", ZPL_NOTE, ZPL_ANY, NULL, NULL},
    {"^PQ", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL},
    {"^PR", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* speed */
    {"^MM", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* tear, peel, cut */
    {"^MN", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* gap, mark, continuous */
    {"^MT", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* ribbon or not */
    {"^MD", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* darkness */
    {"^MC", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* picture kept: there is one label */
    {"^MF", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* feed at power-up */
    {"^ML", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* longest label */
    {"^SS", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* sensors */
    {"^LT", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* where this printer's labels begin */
    {"^LS", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL},
    {"^XB", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* backfeed */
    {"^XS", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* calibrating by itself */
    {"^CV", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* bars checked by the printer */
    {"^PA", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* shaping of scripts its fonts do not have */
    {"^JU", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* what we let through is not worth storing */
    {"^JZ", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* ours is ^JZN */
    {"^ID", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* nothing was stored */
    {"~SD", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL},
    {"~TA", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL},
    {"~JS", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL},
    {"~JA", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* empties the buffer: ours is the only job */
    {"~JX", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL},
    {"~JC", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* measures the paper anew */
    {"~PS", ZPL_LEAVE_OUT, ZPL_ANY, NULL, NULL}, /* goes on after a pause: a person's decision */
    /* Refused with a sentence of their own. */
    {"^CC", ZPL_REFUSE, ZPL_ANY, NULL, PREFIX},
    {"^CD", ZPL_REFUSE, ZPL_ANY, NULL, PREFIX},
    {"^CT", ZPL_REFUSE, ZPL_ANY, NULL, PREFIX},
    {"~CC", ZPL_REFUSE, ZPL_ANY, NULL, PREFIX},
    {"~CD", ZPL_REFUSE, ZPL_ANY, NULL, PREFIX},
    {"~CT", ZPL_REFUSE, ZPL_ANY, NULL, PREFIX},
    {"^DF", ZPL_REFUSE, ZPL_ANY, NULL, STORES},
    {"^IS", ZPL_REFUSE, ZPL_ANY, NULL, STORES},
    {"^CW", ZPL_REFUSE, ZPL_ANY, NULL, STORES},
    {"^FL", ZPL_REFUSE, ZPL_ANY, NULL, STORES},
    {"^D?", ZPL_REFUSE, ZPL_ANY, NULL, STORES},
    {"~D?", ZPL_REFUSE, ZPL_ANY, NULL, STORES},
    {"^TO", ZPL_REFUSE, ZPL_ANY, NULL, STORES},
    {"^XF", ZPL_REFUSE, ZPL_ANY, NULL, USES},
    {"^FN", ZPL_REFUSE, ZPL_ANY, NULL, USES},
    {"^IL", ZPL_REFUSE, ZPL_ANY, NULL, USES},
    {"^IM", ZPL_REFUSE, ZPL_ANY, NULL, USES},
    {"^SE", ZPL_REFUSE, ZPL_ANY, NULL, USES},
    {"^EF", ZPL_REFUSE, ZPL_ANY, NULL, DELETES},
    {"^EG", ZPL_REFUSE, ZPL_ANY, NULL, DELETES},
    {"~EF", ZPL_REFUSE, ZPL_ANY, NULL, DELETES},
    {"~EG", ZPL_REFUSE, ZPL_ANY, NULL, DELETES},
    {"^JB", ZPL_REFUSE, ZPL_ANY, NULL, DELETES},
    {"~JB", ZPL_REFUSE, ZPL_ANY, NULL, DELETES},
    {"^H?", ZPL_REFUSE, ZPL_ANY, NULL, ASKS},
    {"~H?", ZPL_REFUSE, ZPL_ANY, NULL, ASKS},
    {"^SX", ZPL_REFUSE, ZPL_ANY, NULL, ASKS}, /* would make it speak up by itself */
    {"^SQ", ZPL_REFUSE, ZPL_ANY, NULL, ASKS},
    {"^N?", ZPL_REFUSE, ZPL_ANY, NULL, NETWORK},
    {"~N?", ZPL_REFUSE, ZPL_ANY, NULL, NETWORK},
    {"^SC", ZPL_REFUSE, ZPL_ANY, NULL, NETWORK},
    {"~W?", ZPL_REFUSE, ZPL_ANY, NULL, NETWORK},
    {"^KC", ZPL_REFUSE, ZPL_ANY, NULL, NETWORK},
    {"^KN", ZPL_REFUSE, ZPL_ANY, NULL, NETWORK},
    {"^KP", ZPL_REFUSE, ZPL_ANY, NULL, LOCKS},
    {"^KL", ZPL_REFUSE, ZPL_ANY, NULL, LOCKS},
    {"^KD", ZPL_REFUSE, ZPL_ANY, NULL, LOCKS},
    {"^MP", ZPL_REFUSE, ZPL_ANY, NULL, LOCKS},
    {"^PF", ZPL_REFUSE, ZPL_ANY, NULL, MOVES},
    {"^PH", ZPL_REFUSE, ZPL_ANY, NULL, MOVES},
    {"^PP", ZPL_REFUSE, ZPL_ANY, NULL, MOVES},
    {"^CN", ZPL_REFUSE, ZPL_ANY, NULL, MOVES}, /* cuts now */
    {"^CP", ZPL_REFUSE, ZPL_ANY, NULL, MOVES},
    {"^SP", ZPL_REFUSE, ZPL_ANY, NULL, MOVES}, /* begins before the label is whole */
    {"~P?", ZPL_REFUSE, ZPL_ANY, NULL, MOVES},
    {"~J?", ZPL_REFUSE, ZPL_ANY, NULL, MOVES},
    {"^J?", ZPL_REFUSE, ZPL_ANY, NULL, MOVES},
    {"^ST", ZPL_REFUSE, ZPL_ANY, NULL, CLOCK},
    {"^SO", ZPL_REFUSE, ZPL_ANY, NULL, CLOCK},
    {"^SL", ZPL_REFUSE, ZPL_ANY, NULL, CLOCK},
    {"^FC", ZPL_REFUSE, ZPL_ANY, NULL, CLOCK},
    {"^SN", ZPL_REFUSE, ZPL_ANY, NULL, CLOCK},
    {"^SF", ZPL_REFUSE, ZPL_ANY, NULL, CLOCK},
    {"^R?", ZPL_REFUSE, ZPL_ANY, NULL, TAGS},
    {"~R?", ZPL_REFUSE, ZPL_ANY, NULL, TAGS},
    {"^W?", ZPL_REFUSE, ZPL_ANY, NULL, TAGS},
    {"???", ZPL_REFUSE, ZPL_ANY, NULL, UNKNOWN},
};

static uint8_t small(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static bool is_sign(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || byte == '@' ||
           (small(byte) >= 'a' && small(byte) <= 'z');
}

/* "?" is a letter, a digit, or the "@" of a font's name. */
static bool is_named(struct bytes command, const char *name)
{
    for (size_t i = 0; i < 3; i++) {
        uint8_t byte = command.data[i], wanted = (uint8_t)name[i];
        if (wanted == '?' ? !is_sign(byte) : small(byte) != small(wanted)) return false;
    }
    return true;
}

const struct zpl_command *zpl_command_find(struct bytes command)
{
    size_t last = ARRAY_LEN(commands) - 1;
    if (command.len < 3) return &commands[last];
    for (size_t i = 0; i < last; i++) {
        if (is_named(command, commands[i].name)) return &commands[i];
    }
    return &commands[last];
}
