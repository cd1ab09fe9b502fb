/* device_memory.c - see device_memory.h. One entry a line, its fields between tabs: it can be
 * read. A line that makes no sense is left out: a guess about a device is worse than a search. */
#include "firmware/station/device_memory.h"

#include <string.h>

#define BLOB_KEY "devices"
#define STORE_AGAIN_MS 1000
#define LINE_TEXT_MAX (2 * CONFIG_ADDRESS_SIZE)
#define TEXT_MAX ((KNOWN_DEVICES_MAX + DEVICES_MAX) * LINE_TEXT_MAX)

void device_memory_init(struct device_memory *memory)
{
    memset(memory, 0, sizeof *memory);
}

void device_memory_start(struct device_memory *memory, struct step *step)
{
    memory->ticket = step_read_blob(step, OWNER_DEVICES, 0, BYTES_LITERAL(BLOB_KEY));
}

void device_memory_write(const struct device_memory *memory, struct textbuf *out)
{
    for (size_t i = 0; i < memory->known_count; i++) {
        const struct known_device *one = &memory->known[i];
        textbuf_format(out, "known\t%s\t%s\t%u\t%u\t%u\t%u\t%u\n", one->address, one->driver,
                       (unsigned)one->line.baud, (unsigned)one->line.data_bits,
                       (unsigned)one->line.parity, (unsigned)one->line.stop_bits,
                       (unsigned)one->cannot);
    }
    for (unsigned slot = 0; slot < DEVICES_MAX; slot++) {
        const struct cast *cast = &memory->cast[slot];
        if (cast->address[0] == '\0') continue;
        textbuf_format(out, "cast\t%u\t%s\t%u\t%u\t%u\n", slot, cast->address,
                       (unsigned)cast->vendor, (unsigned)cast->product, (unsigned)cast->contested);
    }
}

static bool take_number(struct bytes *line, uint64_t max, uint64_t *out_value)
{
    struct bytes field;
    return bytes_split(line, '\t', &field) && bytes_to_u64(field, max, out_value);
}

static bool take_text(struct bytes *line, char *out_text, size_t size)
{
    struct bytes field;
    return bytes_split(line, '\t', &field) && field.len > 0 && bytes_to_text(field, out_text, size);
}

static bool take_known(struct bytes line, struct known_device *out)
{
    uint64_t baud, bits, parity, stop, cannot;
    *out = (struct known_device){.cannot = 0};
    if (!take_text(&line, out->address, sizeof out->address)) return false;
    if (!take_text(&line, out->driver, sizeof out->driver)) return false;
    if (!take_number(&line, 115200, &baud) || !take_number(&line, 8, &bits) ||
        !take_number(&line, LINE_PARITY_ODD, &parity) || !take_number(&line, 2, &stop) ||
        !take_number(&line, UINT32_MAX, &cannot))
        return false;
    bool whole_line = (bits == 7 || bits == 8) && stop >= 1;
    if (baud != 0 && !whole_line) return false;
    out->line = (struct line_settings){.baud = (uint32_t)baud,
                                       .data_bits = (uint8_t)bits,
                                       .stop_bits = (uint8_t)stop,
                                       .parity = (enum line_parity)parity};
    out->cannot = (uint32_t)cannot;
    return true;
}

static bool take_cast(struct bytes line, unsigned *out_slot, struct cast *out)
{
    uint64_t slot, vendor, product, contested;
    *out = (struct cast){.vendor = 0};
    if (!take_number(&line, DEVICES_MAX - 1, &slot)) return false;
    if (!take_text(&line, out->address, sizeof out->address)) return false;
    if (!take_number(&line, UINT16_MAX, &vendor) || !take_number(&line, UINT16_MAX, &product) ||
        !take_number(&line, 1, &contested))
        return false;
    *out_slot = (unsigned)slot;
    out->vendor = (uint16_t)vendor;
    out->product = (uint16_t)product;
    out->contested = contested == 1;
    return true;
}

void device_memory_read(struct device_memory *memory, struct bytes text)
{
    struct bytes line, word;
    memory->known_count = 0;
    memset(memory->cast, 0, sizeof memory->cast);
    while (bytes_split(&text, '\n', &line)) {
        struct known_device known;
        struct cast cast;
        unsigned slot = 0;
        if (!bytes_split(&line, '\t', &word)) continue;
        bool is_known = bytes_equal_text(word, "known") && take_known(line, &known);
        bool is_cast = bytes_equal_text(word, "cast") && take_cast(line, &slot, &cast);
        if (is_known && memory->known_count < KNOWN_DEVICES_MAX)
            memory->known[memory->known_count++] = known;
        if (is_cast) memory->cast[slot] = cast;
    }
}

void device_memory_loaded(struct device_memory *memory, const struct event *event)
{
    memory->ticket = 0;
    memory->loaded = true;
    if (event->blob.found) device_memory_read(memory, event->blob.bytes);
}

void device_memory_stored(struct device_memory *memory, const struct step *step, uint32_t ticket,
                          enum err error)
{
    if (ticket == 0 || memory->storing != ticket) return;
    memory->storing = 0;
    if (error == ERR_NONE) return;
    memory->unstored = true;
    memory->again_ms = step->now_ms + STORE_AGAIN_MS;
}

void device_memory_tick(struct device_memory *memory, struct step *step)
{
    struct textbuf text;
    if (device_memory_deadline(memory) > step->now_ms || !step_has_room(step)) return;
    commands_text_begin(step->commands, &text, TEXT_MAX);
    device_memory_write(memory, &text);
    commands_blob(step->commands, BYTES_LITERAL(BLOB_KEY),
                  commands_text_end(step->commands, &text));
    memory->storing = step_store(step);
    memory->unstored = false;
}

int64_t device_memory_deadline(const struct device_memory *memory)
{
    bool due = memory->loaded && memory->unstored && memory->storing == 0;
    return due ? memory->again_ms : NO_DEADLINE;
}

static size_t place_of(const struct device_memory *memory, const char *address)
{
    size_t at = 0;
    while (at < memory->known_count && strcmp(memory->known[at].address, address) != 0) at++;
    return at;
}

const struct known_device *device_memory_find(const struct device_memory *memory,
                                              const char *address)
{
    size_t at = place_of(memory, address);
    return at < memory->known_count ? &memory->known[at] : NULL;
}

static bool same_known(const struct known_device *a, const struct known_device *b)
{
    return strcmp(a->driver, b->driver) == 0 && a->line.baud == b->line.baud &&
           a->line.data_bits == b->line.data_bits && a->line.parity == b->line.parity &&
           a->line.stop_bits == b->line.stop_bits && a->cannot == b->cannot;
}

static void note_change(struct device_memory *memory)
{
    memory->unstored = true;
    memory->again_ms = 0;
}

void device_memory_learn(struct device_memory *memory, const struct known_device *device)
{
    size_t at = place_of(memory, device->address);
    bool is_new = at == memory->known_count;
    if (!is_new && same_known(&memory->known[at], device)) return;
    if (is_new && memory->known_count < KNOWN_DEVICES_MAX) memory->known_count++;
    if (at == KNOWN_DEVICES_MAX) at--;
    memmove(memory->known + 1, memory->known, at * sizeof memory->known[0]);
    memory->known[0] = *device;
    note_change(memory);
}

void device_memory_cast(struct device_memory *memory, unsigned slot, const struct cast *cast)
{
    struct cast *old = &memory->cast[slot];
    bool same = strcmp(old->address, cast->address) == 0 && old->vendor == cast->vendor &&
                old->product == cast->product && old->contested == cast->contested;
    if (same) return;
    *old = *cast;
    note_change(memory);
}
