/* Guards: whatever profile is good, no bytes break its feed; what it calls usable has a value, a
 * unit and its frame; and bytes one at a time give what bytes all at once give. The first bytes of
 * an input, up to a 00, choose the words of a profile; the rest is what the scale sends. */
#include "drivers/driver_list.h"
#include "tests/fuzz/scale_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LAYOUT_WORDS_MAX 12u

/* Words from the input; 0 when there are none left. */
static uint8_t next(struct bytes *choices)
{
    if (choices->len == 0) return 0;
    uint8_t byte = choices->data[0];
    *choices = bytes_from(*choices, 1);
    return byte;
}

static const char *one_of(struct bytes *choices, const char *const *words, size_t count)
{
    return words[next(choices) % count];
}
#define ONE_OF(choices, words) one_of((choices), (words), ARRAY_LEN(words))

static void write_layout(struct textbuf *text, struct bytes *choices)
{
    static const char *const starts[] = {"<STX>", "", "<LF>", "'='", "'ST,'", "'$'"};
    static const char *const ends[] = {"<CR> <LF>", "<ETX>", "", "<CR>", "<CR> <LF> <ETX>"};
    static const char *const parts[] = {"value:7", "value",    "sign",  "unit:2",     "unit",
                                        "blank",   "blanks",   "f",     "g:2",        "tare:5",
                                        "any:2",   "decimals", "' kg'", "checksum:2", "checksum",
                                        "skip:3",  "','"};
    textbuf_format(text, "layout = %s", ONE_OF(choices, starts));
    unsigned count = next(choices) % LAYOUT_WORDS_MAX;
    for (unsigned i = 0; i < count; i++) textbuf_format(text, " %s", ONE_OF(choices, parts));
    textbuf_format(text, " %s\n", ONE_OF(choices, ends));
}

static void write_profile(struct textbuf *text, struct bytes choices)
{
    static const char *const rests[] = {"flag", "always", "3 equal", "never"};
    static const char *const bits[] = {"parity", "data"};
    static const char *const decimals[] = {"sent", "3", "point", "field"};
    static const char *const orders[] = {"usual", "reversed"};
    static const char *const units[] = {"is = kg", "kg = 'kg' 'K'\nmoving = ''", "says = stable",
                                        ""};
    static const char *const says[] = {"", "says = over\n", "says = moving\n", "says = held net\n"};
    static const char *const sums[] = {"", "checksum = xor 1..checksum byte\n",
                                       "checksum = sum 2..checksum hex\n",
                                       "checksum = negated 1..3 byte\n"};
    static const char *const fields[] = {"stable = 'S' 'ST'\nmoving = 'U' 'US'\nover = 'O' 'OL'\n",
                                         "as = bits\nstable = bit0\nover = bit1\n",
                                         "as = hex\nstable = bit1\nnet = bit0\nerror = bit3\n",
                                         "stable = ''\nmoving = '?'\nnegative = '-'\nzero = '0'\n"};
    textbuf_format(text, "[scale]\nname = x\ntitle = X\nline = 9600 8N1\nat_rest = %s\nbit7 = %s\n",
                   ONE_OF(&choices, rests), ONE_OF(&choices, bits));
    textbuf_format(text,
                   "[value]\ndecimals = %s\norder = %s\nover = '^'\nheld = "
                   "'0.000'\n[unit]\n%s\n",
                   ONE_OF(&choices, decimals), ONE_OF(&choices, orders), ONE_OF(&choices, units));
    unsigned frames = 1 + next(&choices) % 2;
    for (unsigned i = 0; i < frames; i++) {
        textbuf_format(text, "[frame \"%u\"]\n%s%s", i, ONE_OF(&choices, says),
                       ONE_OF(&choices, sums));
        write_layout(text, &choices);
    }
    if (bytes_find(textbuf_bytes(text), BYTES_LITERAL(" f ")) < text->len)
        textbuf_format(text, "[field \"f\"]\n%s", ONE_OF(&choices, fields));
    if (bytes_find(textbuf_bytes(text), BYTES_LITERAL(" g:2 ")) < text->len)
        textbuf_format(text, "[field \"g\"]\n%s", ONE_OF(&choices, fields));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scale_profile profile;
    static struct scale_complaints complaints;
    static char storage[4096];
    struct bytes input = bytes_of(data, size);
    struct textbuf text;
    size_t len = bytes_find_byte(input, 0);
    textbuf_init(&text, storage, sizeof storage);
    write_profile(&text, bytes_slice(input, 0, len));
    ENSURE(textbuf_ok(&text));
    if (!scale_profile_read(textbuf_bytes(&text), &profile, &complaints)) return 0;
    scale_rules_check(&profile.driver, bytes_from(input, len + 1));
    return 0;
}
