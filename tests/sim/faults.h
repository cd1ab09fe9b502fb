/* faults.h - every fault there is, by name, and how often each comes in which world.
 *
 * A fault is drawn from the seed, its own name and how many times it has been asked for before:
 * so one fault can be switched off without moving any other, and a run is described by the list
 * of those that came ("answer_lost@3": at its third question). Given such a list, just those
 * come. */
#ifndef PACKD_TESTS_SIM_FAULTS_H
#define PACKD_TESTS_SIM_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/base/bytes.h"
#include "hal/base/textbuf.h"

enum sim_faults { SIM_QUIET, SIM_MIXED, SIM_HELL, SIM_LINE, SIM_POWER, SIM_DEVICES, SIM_DISK };
#define SIM_PROFILES (SIM_DISK + 1)

enum sim_fault {
    FAULT_OTHER, /* a model that has no name for it yet */
    FAULT_NOT_SENT,
    FAULT_THROTTLED,
    FAULT_ANSWER_LOST,
    FAULT_SERVER_ERROR,
    FAULT_ANSWER_BROKEN,
    FAULT_ANSWER_LATE,
    FAULT_REFUSED_ONCE,
    FAULT_PARTLY_SAVED,
    FAULT_OMS_NOT_SENT,
    FAULT_OMS_ERROR,
    FAULT_OMS_ANSWER_LOST,
    FAULT_SANDBOX_AWAY,
    FAULT_DELHIVERY_AWAY,
    FAULT_OMS_AWAY,
    FAULT_POWER_CUT,
    FAULT_CUT_AT_STORE,
    FAULT_DISK_FULL,
    FAULT_DISK_RESERVE,
    FAULT_DISK_SLOW,
    FAULT_OPEN_FAILED,
    FAULT_SCALE_NOISE,
    FAULT_SCALE_UNPLUGGED,
    FAULT_SCALE_FLICKERS,
    FAULT_ZERO_DRIFTS,
    FAULT_REFERENCE_WRONG,
    FAULT_SCANNER_UNPLUGGED,
    FAULT_PRINTER_UNPLUGGED,
    FAULT_PRINTER_CUT_OFF,
    FAULT_PRINTER_SILENT,
    FAULT_PRINTER_BLANK,
    FAULT_PRINTER_REPEATS,
    FAULT_PAPER_OUT,
    FAULT_RENDER_DIES,
    FAULT_RENDER_SLOW,
    FAULT_LABEL_UNREAD,
    FAULT_LABEL_REFUSED,
    FAULT_DEVICE_NEWS,
    FAULT_SECOND_SCALE,
    FAULT_DOUBLE_SCAN,
    FAULT_WRONG_SCAN,
    FAULT_FOREIGN_SCAN,
    FAULT_FOREIGN_LOAD,
    FAULT_ADDED_LOAD,
    FAULT_HASTY_PRESS,
    FAULT_SETTINGS_NEWS,
    FAULT_ORDER_CANCELLED,
};
#define FAULTS (FAULT_ORDER_CANCELLED + 1)

struct sim_fault_id {
    enum sim_fault fault;
    uint32_t nth; /* from 1 */
};

struct sim_fault_list {
    struct sim_fault_id *ids;
    size_t count, room;
};

const char *sim_faults_word(enum sim_faults profile);
bool sim_faults_parse(const char *word, enum sim_faults *out_profile);

const char *sim_fault_word(enum sim_fault fault);     /* "answer_lost" */
const char *sim_fault_sentence(enum sim_fault fault); /* "the courier's answer is lost" */
/* Would this one come in such a world? Depends on nothing but its arguments. */
bool sim_fault_drawn(enum sim_faults profile, uint64_t seed, struct sim_fault_id id,
                     unsigned per_mille);

void sim_fault_list_add(struct sim_fault_list *list, struct sim_fault_id id);
bool sim_fault_list_has(const struct sim_fault_list *list, struct sim_fault_id id);
void sim_fault_list_sort(struct sim_fault_list *list); /* what `has` needs */
void sim_fault_list_write(const struct sim_fault_list *list, struct textbuf *out);
/* "answer_lost@3,power_cut@1"; "none" is the empty list. Sorted on return. */
bool sim_fault_list_parse(struct bytes text, struct sim_fault_list *out);
void sim_fault_list_finish(struct sim_fault_list *list);

#endif
