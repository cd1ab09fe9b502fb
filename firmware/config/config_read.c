/* config_read.c - walks the file once, fills a fresh snapshot, puts defaults where nothing stood,
 * and looks at the whole last. Only a snapshot without a complaint leaves this file. */
#include "firmware/config/config_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "firmware/config/config_value.h"
#include "hal/base/ini_read.h"
#include "hal/base/units.h"

#define SECTION_WORD_SIZE sizeof(((struct ini_reader *)NULL)->section)
#define SECTION_NAME_SIZE sizeof(((struct ini_reader *)NULL)->section_name)
#define BLOCKS_MAX (9 + CONFIG_SCANNERS_MAX + CONFIG_CARRIERS_MAX)
#define LIVE_DATA_DIR "/var/lib/packd"
/* Practice bookings must never lie in the journal that the order system is told from. */
#define TRAINING_DATA_DIR "/var/lib/packd/training"

struct block { /* a section of the file with what stands in it */
    const struct config_section *section;
    char name[SECTION_NAME_SIZE];
    size_t index;  /* among the blocks of its section */
    unsigned line; /* of its first setting; 0: it does not stand in the file */
    uint32_t seen; /* one bit a row, in the order of the table */
};

struct reading {
    struct config fresh;
    const struct config_names *names;
    struct config_complaints *complaints;
    struct block blocks[BLOCKS_MAX];
    size_t block_count;
    unsigned rule_lines[CONFIG_RULES_MAX];
    bool refusing; /* the section below was refused: no word about its other settings */
    char refused[SECTION_WORD_SIZE];
    char refused_name[SECTION_NAME_SIZE];
};

PRINTF_LIKE(3, 4)
static void complain(struct reading *reading, unsigned line, const char *format, ...)
{
    struct config_complaints *complaints = reading->complaints;
    va_list arguments;
    if (complaints->count == CONFIG_COMPLAINTS_MAX) {
        complaints->untold++;
        return;
    }
    struct config_complaint *complaint = &complaints->entries[complaints->count++];
    complaint->line = line;
    va_start(arguments, format);
    vsnprintf(complaint->sentence, sizeof complaint->sentence, format, arguments);
    va_end(arguments);
}

static const struct config_section *find_section(const char *name)
{
    for (size_t i = 0; config_section_at(i) != NULL; i++) {
        if (strcmp(config_section_at(i)->name, name) == 0) return config_section_at(i);
    }
    return NULL;
}

/* Steps through the rows of one section; *out_bit is the row's own. Start with *at = 0. */
static const struct config_row *next_row(const struct config_section *section, size_t *at,
                                         uint32_t *out_bit)
{
    if (*at == 0) *out_bit = 0;
    for (const struct config_row *row = config_row_at(*at); row != NULL; row = config_row_at(*at)) {
        (*at)++;
        if (strcmp(row->section, section->name) != 0) continue;
        *out_bit = *out_bit == 0 ? 1 : *out_bit << 1;
        return row;
    }
    return NULL;
}

static const struct config_row *find_row(const struct config_section *section, const char *key,
                                         uint32_t *out_bit)
{
    size_t at = 0;
    const struct config_row *row = next_row(section, &at, out_bit);
    while (row != NULL && strcmp(row->key, key) != 0) row = next_row(section, &at, out_bit);
    return row;
}

static void *element_of(struct reading *reading, const struct block *block)
{
    return (char *)&reading->fresh + block->section->offset + block->index * block->section->size;
}

static size_t count_blocks(const struct reading *reading, const struct config_section *section)
{
    size_t count = 0;
    for (size_t i = 0; i < reading->block_count; i++)
        count += reading->blocks[i].section == section;
    return count;
}

static struct block *find_block(struct reading *reading, const struct config_section *section,
                                const char *name)
{
    for (size_t i = 0; i < reading->block_count; i++) {
        struct block *block = &reading->blocks[i];
        if (block->section == section && strcmp(block->name, name) == 0) return block;
    }
    return NULL;
}

static struct block *add_block(struct reading *reading, const struct config_section *section,
                               const char *name, unsigned line)
{
    ENSURE(reading->block_count < BLOCKS_MAX);
    size_t index = count_blocks(reading, section);
    struct block *block = &reading->blocks[reading->block_count++];
    *block = (struct block){.section = section, .index = index, .line = line};
    bool copied = bytes_to_text(bytes_of_text(name), block->name, sizeof block->name);
    ENSURE(copied);
    return block;
}

static bool is_known_carrier(const struct reading *reading, const char *name)
{
    if (strlen(name) >= sizeof reading->fresh.carriers[0].name) return false;
    for (size_t i = 0; reading->names->carrier_at(i) != NULL; i++) {
        if (strcmp(reading->names->carrier_at(i), name) == 0) return true;
    }
    return false;
}

/* Why this section cannot be opened; NULL when it can. */
static const char *why_no_block(const struct reading *reading, const struct ini_reader *ini,
                                const struct config_section *section)
{
    if (ini->section[0] == '\0') return "this setting stands in no section";
    if (section == NULL) return "there is no such section";
    if (section->named && ini->section_name[0] == '\0') return "the section needs a name in quotes";
    if (count_blocks(reading, section) == section->max) return "there are too many of this section";
    if (strcmp(section->name, "carrier") != 0) return NULL;
    return is_known_carrier(reading, ini->section_name) ? NULL : "there is no courier of this name";
}

/* One complaint for a section that cannot be: its further settings would only repeat it. */
static void refuse_block(struct reading *reading, const struct ini_reader *ini, const char *why)
{
    bool again = reading->refusing && strcmp(reading->refused, ini->section) == 0 &&
                 strcmp(reading->refused_name, ini->section_name) == 0;
    if (!again) complain(reading, ini->line, "[%s]: %s.", ini->section, why);
    reading->refusing = true;
    memcpy(reading->refused, ini->section, sizeof reading->refused);
    memcpy(reading->refused_name, ini->section_name, sizeof reading->refused_name);
}

static struct block *open_block(struct reading *reading, const struct ini_reader *ini)
{
    const struct config_section *section = find_section(ini->section);
    struct block *block = section == NULL ? NULL : find_block(reading, section, ini->section_name);
    if (block != NULL) return block;
    const char *why = why_no_block(reading, ini, section);
    if (why != NULL) {
        refuse_block(reading, ini, why);
        return NULL;
    }
    return add_block(reading, section, ini->section_name, ini->line);
}

/* False: there is no more room for a rule. */
static bool note_rule(struct reading *reading, unsigned line)
{
    size_t count = reading->fresh.rule_count;
    if (count == CONFIG_RULES_MAX) return false;
    reading->rule_lines[count] = line;
    return true;
}

static void store(struct reading *reading, const struct block *block, const struct config_row *row,
                  const char *value, unsigned line)
{
    char wanted[CONFIG_SENTENCE_SIZE];
    struct textbuf text;
    if (config_value_store(row, reading->names, value, element_of(reading, block))) return;
    textbuf_init(&text, wanted, sizeof wanted);
    config_value_describe(row, reading->names, &text);
    complain(reading, line, "%s must be %s.", row->key, wanted);
}

static void take_entry(struct reading *reading, const struct ini_reader *ini)
{
    uint32_t bit;
    struct block *block = open_block(reading, ini);
    if (block == NULL) return;
    const struct config_row *row = find_row(block->section, ini->key, &bit);
    if (row == NULL) {
        complain(reading, ini->line, "[%s] has no setting %s.", ini->section, ini->key);
        return;
    }
    bool many = row->kind == CONFIG_KIND_RULE;
    if (many && !note_rule(reading, ini->line)) {
        complain(reading, ini->line, "There may be at most %d rules.", CONFIG_RULES_MAX);
    } else if (!many && (block->seen & bit) != 0) {
        complain(reading, ini->line, "%s is given twice in this section.", ini->key);
    } else {
        store(reading, block, row, ini->value, ini->line);
    }
    block->seen |= bit;
}

static void take_file(struct reading *reading, struct bytes text)
{
    struct ini_reader ini;
    const char *why;
    ini_init(&ini, text);
    for (enum ini_step step = ini_next(&ini, &why); step != INI_END; step = ini_next(&ini, &why)) {
        if (step == INI_BAD) complain(reading, ini.line, "%s", why);
        else take_entry(reading, &ini);
    }
}

static bool was_seen(const struct block *block, const char *key)
{
    uint32_t bit;
    return find_row(block->section, key, &bit) != NULL && (block->seen & bit) != 0;
}

/* What the file does not say about this block: defaults, and what it should have said. */
static void complete_block(struct reading *reading, const struct block *block)
{
    size_t at = 0;
    uint32_t bit;
    const char *section = block->section->name;
    const struct config_row *row = next_row(block->section, &at, &bit);
    for (; row != NULL; row = next_row(block->section, &at, &bit)) {
        bool given = (block->seen & bit) != 0;
        if (given && row->with != NULL && !was_seen(block, row->with)) {
            complain(reading, block->line, "[%s]: %s means nothing without %s.", section, row->key,
                     row->with);
        }
        if (given) continue;
        if (row->fallback == NULL) {
            complain(reading, block->line, "[%s]: %s is missing.", section, row->key);
        } else if (row->fallback[0] != '\0') {
            store(reading, block, row, row->fallback, block->line);
        }
    }
}

/* Without a word about scanners each that is there serves. */
static void add_any_scanners(struct reading *reading, const struct config_section *section)
{
    for (int i = 0; i < CONFIG_SCANNERS_MAX; i++) {
        char name[12];
        snprintf(name, sizeof name, "%d", i + 1);
        add_block(reading, section, name, 0);
    }
}

static void complete(struct reading *reading)
{
    for (size_t i = 0; config_section_at(i) != NULL; i++) {
        const struct config_section *section = config_section_at(i);
        if (count_blocks(reading, section) > 0) continue;
        if (!section->named) add_block(reading, section, "", 0);
        else if (strcmp(section->name, "scanner") == 0) add_any_scanners(reading, section);
        else complain(reading, 0, "At least one [%s \"name\"] is needed.", section->name);
    }
    for (size_t i = 0; i < reading->block_count; i++) {
        complete_block(reading, &reading->blocks[i]);
    }
}

/* OIML R 76-1, class III: Min is 20 divisions. Without a division the scale is taken for one of
 * 30 kg by 5 g. A plate is empty within four divisions of zero. */
static void fill_in_scale(struct reading *reading, const struct block *block)
{
    struct config_scale *scale = &reading->fresh.scale;
    int64_t division_mg = scale->division_mg > 0 ? scale->division_mg : 5000;
    if (!was_seen(block, "min_mass_g")) scale->min_mass_mg = 20 * division_mg;
    if (!was_seen(block, "empty_below_g")) scale->empty_below_mg = 4 * division_mg;
}

/* The names and counts that no row fills, and the defaults that depend on another setting. */
static void fill_in(struct reading *reading)
{
    struct config *fresh = &reading->fresh;
    for (size_t i = 0; i < reading->block_count; i++) {
        const struct block *block = &reading->blocks[i];
        if (strcmp(block->section->name, "scanner") == 0) fresh->scanner_count++;
        if (strcmp(block->section->name, "scale") == 0) fill_in_scale(reading, block);
        if (strcmp(block->section->name, "carrier") != 0) continue;
        char *name = fresh->carriers[fresh->carrier_count++].name;
        bool copied = bytes_to_text(bytes_of_text(block->name), name, CONFIG_NAME_SIZE);
        ENSURE(copied);
    }
    if (fresh->data_dir[0] != '\0') return;
    bool training = fresh->mode == CONFIG_TRAINING;
    struct bytes usual = bytes_of_text(training ? TRAINING_DATA_DIR : LIVE_DATA_DIR);
    bool copied = bytes_to_text(usual, fresh->data_dir, sizeof fresh->data_dir);
    ENSURE(copied);
}

/* The line where the nth block of a section begins. */
static unsigned line_of(const struct reading *reading, const char *section, size_t index)
{
    for (size_t i = 0; i < reading->block_count; i++) {
        const struct block *block = &reading->blocks[i];
        if (block->index == index && strcmp(block->section->name, section) == 0) return block->line;
    }
    return 0;
}

static bool is_date(const char *text)
{
    char whole[CONFIG_NAME_SIZE];
    int64_t unix_ms;
    snprintf(whole, sizeof whole, "%sT00:00:00Z", text);
    return strlen(text) == 10 && time_parse(bytes_of_text(whole), &unix_ms);
}

static void check_scale(struct reading *reading)
{
    const struct config_scale *scale = &reading->fresh.scale;
    unsigned line = line_of(reading, "scale", 0);
    if (scale->min_mass_mg >= scale->max_mass_mg) {
        complain(reading, line, "min_mass_g must be less than max_mass_g.");
    }
    if (scale->empty_below_mg >= scale->min_mass_mg) {
        complain(reading, line, "empty_below_g must be less than min_mass_g.");
    }
    if (scale->stamp_date[0] != '\0' && !is_date(scale->stamp_date)) {
        complain(reading, line, "stamp_date must be a day like 2026-02-01.");
    }
}

/* One device cannot be opened twice. */
static bool is_same_device(const char *a, const char *b)
{
    return strcmp(a, b) == 0 && strcmp(a, "auto") != 0;
}

static void check_devices(struct reading *reading)
{
    const struct config *fresh = &reading->fresh;
    const char *addresses[2 + CONFIG_SCANNERS_MAX] = {fresh->scale.address, fresh->printer.address};
    for (size_t i = 0; i < fresh->scanner_count; i++) {
        addresses[2 + i] = fresh->scanners[i].address;
        for (size_t other = 0; other < 2 + i; other++) {
            if (!is_same_device(addresses[2 + i], addresses[other])) continue;
            complain(reading, line_of(reading, "scanner", i),
                     "The scanner has the address of another device.");
        }
    }
    if (!is_same_device(addresses[0], addresses[1])) return;
    complain(reading, line_of(reading, "printer", 0), "The printer has the scale's address.");
}

static void check_scan(struct reading *reading)
{
    struct bytes rest = bytes_of_text(reading->fresh.scan.url_part), kind;
    uint64_t nth = 0;
    if (rest.len == 0) return;
    (void)bytes_split(&rest, ':', &kind);
    bool query = bytes_equal_text(kind, "query") && rest.len > 0;
    bool numbered = bytes_to_u64(rest, 99, &nth) && nth > 0;
    bool path = bytes_equal_text(kind, "path") && (numbered || bytes_equal_text(rest, "last"));
    if (query || path) return;
    complain(reading, line_of(reading, "scan", 0),
             "url_part must be query:NAME, path:N with N from 1 to 99, or path:last.");
}

/* Asked sooner than a request can still work, "not found" is no answer and we would book twice. */
static void check_carriers(struct reading *reading)
{
    for (size_t i = 0; i < reading->fresh.carrier_count; i++) {
        const struct config_carrier *carrier = &reading->fresh.carriers[i];
        if (carrier->settle_ms == 0 || carrier->settle_ms > carrier->timeout_ms) continue;
        complain(reading, line_of(reading, "carrier", i),
                 "settle_ms must be 0 (the courier's own) or more than timeout_ms.");
    }
}

static void check_rules(struct reading *reading)
{
    const struct config *fresh = &reading->fresh;
    for (size_t i = 0; i < fresh->rule_count; i++) {
        bool known = false;
        for (size_t at = 0; at < fresh->carrier_count && !known; at++) {
            known = strcmp(fresh->carriers[at].name, fresh->rules[i].carrier) == 0;
        }
        if (known) continue;
        complain(reading, reading->rule_lines[i], "The rule names a courier without a [carrier].");
    }
}

static bool is_on_this_box(const char *url)
{
    static const char *const hosts[] = {"https://localhost", "https://127.0.0.1"};
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        size_t len = strlen(hosts[i]);
        if (strncmp(url, hosts[i], len) != 0) continue;
        return url[len] == '\0' || url[len] == ':' || url[len] == '/';
    }
    return false;
}

/* Practising must not spend money or tell a real order system about parcels that are none. */
static void check_training(struct reading *reading)
{
    static const char sentence[] =
        "In training mode base_url must be on this box: https://localhost.";
    const struct config *fresh = &reading->fresh;
    if (fresh->mode != CONFIG_TRAINING) return;
    for (size_t i = 0; i < fresh->carrier_count; i++) {
        if (is_on_this_box(fresh->carriers[i].base_url)) continue;
        complain(reading, line_of(reading, "carrier", i), "%s", sentence);
    }
    if (is_on_this_box(fresh->oms.base_url)) return;
    complain(reading, line_of(reading, "oms", 0), "%s", sentence);
}

bool config_read(struct bytes text, const struct config_names *names, struct config *out,
                 struct config_complaints *out_complaints)
{
    struct reading reading = {.names = names, .complaints = out_complaints};
    out_complaints->count = 0;
    out_complaints->untold = 0;
    if (text.len > CONFIG_FILE_MAX) {
        complain(&reading, 0, "The file is longer than %u bytes.", CONFIG_FILE_MAX);
        return false;
    }
    take_file(&reading, text);
    complete(&reading);
    if (out_complaints->count > 0) return false;
    fill_in(&reading);
    check_scale(&reading);
    check_devices(&reading);
    check_scan(&reading);
    check_carriers(&reading);
    check_rules(&reading);
    check_training(&reading);
    if (out_complaints->count > 0) return false;
    *out = reading.fresh;
    return true;
}

void config_complaint_write(struct textbuf *text, const char *path,
                            const struct config_complaint *complaint)
{
    textbuf_text(text, path);
    if (complaint->line > 0) textbuf_format(text, ":%u", complaint->line);
    textbuf_format(text, ": %s", complaint->sentence);
}

bool config_needs_restart(const struct config *now, const struct config *next)
{
    for (size_t i = 0; config_row_at(i) != NULL; i++) {
        const struct config_row *row = config_row_at(i);
        size_t at = find_section(row->section)->offset + row->offset;
        if (!row->restart) continue;
        if (memcmp((const char *)now + at, (const char *)next + at, row->size) != 0) return true;
    }
    return false;
}
