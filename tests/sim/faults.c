/* faults.c - see faults.h. */
#include "tests/sim/faults.h"

#include <stdlib.h>
#include <string.h>

#define NTH_MAX 1000000000u

enum family { OTHER, LINE, AWAY, POWER, DISK, DEVICE, PERSON };
#define FAMILIES (PERSON + 1)

static const struct {
    const char *word;
    enum family family;
    const char *sentence;
} rows[FAULTS] = {
    [FAULT_OTHER] = {"other", OTHER, "something goes wrong"},
    [FAULT_NOT_SENT] = {"not_sent", LINE, "the courier is not reached"},
    [FAULT_THROTTLED] = {"throttled", LINE, "the courier says: slow down"},
    [FAULT_ANSWER_LOST] = {"answer_lost", LINE, "the courier's answer is lost"},
    [FAULT_SERVER_ERROR] = {"server_error", LINE, "the courier answers 500, whatever it does"},
    [FAULT_ANSWER_BROKEN] = {"answer_broken", LINE, "the courier's answer comes in half"},
    [FAULT_ANSWER_LATE] = {"answer_late", LINE, "the courier's answer comes too late"},
    [FAULT_REFUSED_ONCE] = {"refused_once", LINE, "the courier refuses what it may take later"},
    [FAULT_PARTLY_SAVED] = {"partly_saved", LINE, "the courier saves it and says that it failed"},
    [FAULT_OMS_NOT_SENT] = {"oms_not_sent", LINE, "the order system is not reached"},
    [FAULT_OMS_ERROR] = {"oms_error", LINE, "the order system answers 503"},
    [FAULT_OMS_ANSWER_LOST] = {"oms_answer_lost", LINE, "the order system's answer is lost"},
    [FAULT_SANDBOX_AWAY] = {"sandbox_away", AWAY, "sandbox is away for long"},
    [FAULT_DELHIVERY_AWAY] = {"delhivery_away", AWAY, "delhivery is away for long"},
    [FAULT_OMS_AWAY] = {"oms_away", AWAY, "the order system is away for long"},
    [FAULT_POWER_CUT] = {"power_cut", POWER, "the power is cut"},
    [FAULT_CUT_AT_STORE] = {"cut_at_store", POWER, "the power is cut while a batch is stored"},
    [FAULT_DISK_FULL] = {"disk_full", DISK, "the disk is full"},
    [FAULT_DISK_RESERVE] = {"disk_reserve", DISK, "the disk's reserve is touched"},
    [FAULT_DISK_SLOW] = {"disk_slow", DISK, "the disk takes its time to read"},
    [FAULT_OPEN_FAILED] = {"open_failed", DEVICE, "a device cannot be opened"},
    [FAULT_SCALE_NOISE] = {"scale_noise", DEVICE, "a byte of the scale is wrong"},
    [FAULT_SCALE_UNPLUGGED] = {"scale_unplugged", DEVICE, "the scale is unplugged"},
    [FAULT_SCALE_FLICKERS] = {"scale_flickers", DEVICE, "two weights take turns on the display"},
    [FAULT_ZERO_DRIFTS] = {"zero_drifts", DEVICE, "the scale's zero has wandered"},
    [FAULT_REFERENCE_WRONG] = {"reference_wrong", PERSON, "the reference mass is not what it says"},
    [FAULT_SCANNER_UNPLUGGED] = {"scanner_unplugged", DEVICE, "the scanner is unplugged"},
    [FAULT_PRINTER_UNPLUGGED] = {"printer_unplugged", DEVICE, "the printer is unplugged"},
    [FAULT_PRINTER_CUT_OFF] = {"printer_cut_off", DEVICE, "the printer loses its plug in a label"},
    [FAULT_PRINTER_SILENT] = {"printer_silent", DEVICE, "the printer says nothing for a while"},
    [FAULT_PRINTER_BLANK] = {"printer_blank", DEVICE,
                             "a label does not come out, and all seems well"},
    [FAULT_PRINTER_REPEATS] = {"printer_repeats", DEVICE, "the printer prints a label twice"},
    [FAULT_PAPER_OUT] = {"paper_out", DEVICE, "the paper runs out"},
    [FAULT_RENDER_DIES] = {"render_dies", DEVICE, "whoever draws the label dies of it, twice"},
    [FAULT_RENDER_SLOW] = {"render_slow", DEVICE, "the label is drawn as slowly as is allowed"},
    [FAULT_LABEL_UNREAD] = {"label_unread", DEVICE, "a barcode cannot be read from the label"},
    [FAULT_LABEL_REFUSED] = {"label_refused", DEVICE, "the document is no label"},
    [FAULT_DEVICE_NEWS] = {"device_news", DEVICE, "a device comes or goes on the bus"},
    [FAULT_SECOND_SCALE] = {"second_scale", DEVICE, "a second scale is plugged into the box"},
    [FAULT_DOUBLE_SCAN] = {"double_scan", PERSON, "the code is read twice"},
    [FAULT_WRONG_SCAN] = {"wrong_scan", PERSON, "a code that is no order is scanned"},
    [FAULT_FOREIGN_SCAN] = {"foreign_scan", PERSON, "another order is scanned in between"},
    [FAULT_FOREIGN_LOAD] = {"foreign_load", PERSON, "something else lies on the plate"},
    [FAULT_ADDED_LOAD] = {"added_load", PERSON, "something is added after the weight was taken"},
    [FAULT_HASTY_PRESS] = {"hasty_press", PERSON, "a button is pressed that nobody asked for"},
    [FAULT_SETTINGS_NEWS] = {"settings_news", PERSON, "somebody saves the settings"},
    [FAULT_ORDER_CANCELLED] = {"order_cancelled", PERSON, "an order is cancelled, packed or not"},
};

static const struct {
    const char *word;
    unsigned times[FAMILIES]; /* what a model's per mille is multiplied by */
} profiles[SIM_PROFILES] = {
    [SIM_QUIET] = {"quiet", {0}},
    [SIM_MIXED] = {"mixed",
                   {[OTHER] = 1, [LINE] = 1, [POWER] = 1, [DISK] = 1, [DEVICE] = 1, [PERSON] = 1}},
    [SIM_HELL] = {"hell",
                  {[OTHER] = 4, [LINE] = 4, [POWER] = 4, [DISK] = 4, [DEVICE] = 4, [PERSON] = 4}},
    [SIM_LINE] = {"line", {[LINE] = 2, [AWAY] = 1, [PERSON] = 1}},
    [SIM_POWER] = {"power", {[LINE] = 1, [POWER] = 5, [DISK] = 1, [PERSON] = 1}},
    [SIM_DEVICES] = {"devices", {[DEVICE] = 8, [PERSON] = 4}},
    [SIM_DISK] = {"disk", {[LINE] = 4, [POWER] = 1, [DISK] = 30, [DEVICE] = 2, [PERSON] = 2}},
};

const char *sim_faults_word(enum sim_faults profile)
{
    return profiles[profile].word;
}

bool sim_faults_parse(const char *word, enum sim_faults *out_profile)
{
    for (size_t i = 0; i < SIM_PROFILES; i++) {
        if (strcmp(word, profiles[i].word) != 0) continue;
        *out_profile = (enum sim_faults)i;
        return true;
    }
    return false;
}

const char *sim_fault_word(enum sim_fault fault)
{
    return rows[fault].word;
}

const char *sim_fault_sentence(enum sim_fault fault)
{
    return rows[fault].sentence;
}

static uint64_t mix(uint64_t word)
{
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
}

bool sim_fault_drawn(enum sim_faults profile, uint64_t seed, struct sim_fault_id id,
                     unsigned per_mille)
{
    unsigned times = profiles[profile].times[rows[id.fault].family];
    if (times == 0) return false;
    uint64_t draw = mix(mix(seed + 0x9E3779B97F4A7C15u * (id.fault + 1u)) + id.nth);
    return draw % 1000 < (uint64_t)per_mille * times;
}

void sim_fault_list_add(struct sim_fault_list *list, struct sim_fault_id id)
{
    if (list->count == list->room) {
        list->room = list->room == 0 ? 64 : list->room * 2;
        list->ids = realloc(list->ids, list->room * sizeof id);
        ENSURE(list->ids != NULL);
    }
    list->ids[list->count++] = id;
}

static int in_order(const void *left, const void *right)
{
    const struct sim_fault_id *a = left, *b = right;
    if (a->fault != b->fault) return a->fault < b->fault ? -1 : 1;
    return a->nth == b->nth ? 0 : a->nth < b->nth ? -1 : 1;
}

bool sim_fault_list_has(const struct sim_fault_list *list, struct sim_fault_id id)
{
    if (list->count == 0) return false;
    return bsearch(&id, list->ids, list->count, sizeof id, in_order) != NULL;
}

void sim_fault_list_sort(struct sim_fault_list *list)
{
    if (list->count > 0) qsort(list->ids, list->count, sizeof *list->ids, in_order);
}

void sim_fault_list_write(const struct sim_fault_list *list, struct textbuf *out)
{
    if (list->count == 0) textbuf_text(out, "none");
    for (size_t i = 0; i < list->count; i++) {
        textbuf_format(out, "%s%s@%u", i > 0 ? "," : "", rows[list->ids[i].fault].word,
                       (unsigned)list->ids[i].nth);
    }
}

static bool parse_one(struct bytes text, struct sim_fault_id *out)
{
    size_t at = bytes_find_byte(text, '@');
    uint64_t nth = 0;
    if (!bytes_to_u64(bytes_from(text, at + 1), NTH_MAX, &nth) || nth == 0) return false;
    for (size_t i = 0; i < FAULTS; i++) {
        if (!bytes_equal_text(bytes_slice(text, 0, at), rows[i].word)) continue;
        *out = (struct sim_fault_id){(enum sim_fault)i, (uint32_t)nth};
        return true;
    }
    return false;
}

bool sim_fault_list_parse(struct bytes text, struct sim_fault_list *out)
{
    struct bytes part;
    if (bytes_equal_text(text, "none")) return true;
    while (bytes_split(&text, ',', &part)) {
        struct sim_fault_id id;
        if (!parse_one(part, &id)) return false;
        sim_fault_list_add(out, id);
    }
    sim_fault_list_sort(out);
    return out->count > 0;
}

void sim_fault_list_finish(struct sim_fault_list *list)
{
    free(list->ids);
    *list = (struct sim_fault_list){.ids = NULL};
}
