/* letters.h - events that the order system has refused for good, until a person has said what is to
 * become of each: dead letters.
 *
 * The event itself stays in the journal, and so does the refusal; this list is a blob (its key is
 * "letters"), written in the batch that adds to it or takes from it. There are three ways out:
 * again (the order system has been put right), again under another order's id (it has been imported
 * anew, say), or dropped, with the name of who said so. What goes out again has a new number, for
 * the old one is acknowledged. The list keeps LETTERS_MAX; more than these are in the journal only.
 *
 *   IDLE --press "again"--> READING --its event--> STORING --stored--> IDLE
 *   IDLE --press "drop"---> STORING */
#ifndef PACKD_FIRMWARE_STATION_LETTERS_H
#define PACKD_FIRMWARE_STATION_LETTERS_H

#include "firmware/station/fact.h"

#define LETTERS_MAX 64

struct letter {
    uint64_t event_seq; /* what it is called by */
    char order_id[ORDER_ID_SIZE];
    char order_no[ORDER_ID_SIZE];
    char type[24]; /* "booked" */
    char code[41]; /* the order system's word */
};

enum letters_state { LETTERS_IDLE, LETTERS_READING, LETTERS_STORING };

struct letters {
    enum letters_state state;
    struct letter list[LETTERS_MAX]; /* oldest first */
    size_t count;
    bool loaded;
    uint32_t ticket;
    int64_t read_seq;             /* READING: facts up to here have been looked at */
    struct letter asked;          /* READING, STORING */
    char other_id[ORDER_ID_SIZE]; /* the order it is about instead; "" for the same */
};

void letters_init(struct letters *letters);
void letters_start(struct letters *letters, struct step *step); /* reads the list */
/* False when the list is full. letters_store() puts the list into this step's batch. */
bool letters_add(struct letters *letters, const struct oms_event *event, const char *code);
uint32_t letters_store(const struct letters *letters, struct step *step);
/* text: "<number> [other order id]" for PRESS_LETTER_AGAIN, "<number> <name>" for
 * PRESS_LETTER_DROP. False when it makes no sense, or another one is being seen to. */
bool letters_press(struct letters *letters, struct step *step, enum press press, const char *text);
void letters_answer(struct letters *letters, struct step *step, const struct event *event);
void letters_stored(struct letters *letters, struct step *step, uint32_t ticket, enum err error);
void letters_check(const struct letters *letters);
/* The members of its object in the state document and in packctl's answer. */
void letter_write(struct json_writer *json, const struct letter *letter);

#endif
