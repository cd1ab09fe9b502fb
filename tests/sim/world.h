/* world.h - everything outside the station, in virtual time and from one seed.
 *
 * The station is the real one, with the real drivers, couriers and order system behind it; disk,
 * line, scale, scanner, printer, courier, order system and packer are models, each with its
 * faults. Things happen by an event queue: at a time, in an order, nothing by the clock on the
 * wall. The same seed gives the same run, byte for byte (trace_hash says so). Models keep
 * ledgers of their own, and the rules (rules.h) are checked against those, never against what
 * the station believes. */
#ifndef PACKD_TESTS_SIM_WORLD_H
#define PACKD_TESTS_SIM_WORLD_H

#include <stdio.h>

#include "firmware/station/station.h"
#include "tests/sim/faults.h"
#include "tests/sim/tally.h"

struct sim_options {
    uint64_t seed;
    unsigned parcels;
    enum sim_faults faults;
    bool courier_lies; /* effects come past the settle window: some rule must break */
    FILE *trace;       /* NULL: none */
    bool trace_raw;    /* names of events and commands, not words */
    const struct sim_fault_list *only; /* NULL: as they are drawn; else just these, sorted */
    struct sim_fault_list *fired;      /* NULL: nobody asks; else those that came */
};

struct sim_report {
    unsigned parcels;  /* closed */
    unsigned bookings; /* live at the couriers */
    unsigned labels;   /* that came out of the printer */
    unsigned ahead;    /* of these, before the courier's yes */
    unsigned hold_labels;
    unsigned recalls; /* labels that had to be taken back */
    unsigned events;  /* that the order system took */
    unsigned cuts;    /* of power */
    unsigned lost_replies;
    unsigned asides;
    uint64_t steps;
    int64_t virtual_ms;
    unsigned violations;
    char first_violation[200];
    uint64_t trace_hash;
    struct tally tally;
};

struct world;
typedef void world_fn(struct world *world, void *data);

#define ORDER_COUNT_MAX 20000u
#define NOT_PRESENT (-1)

struct sim_fact {
    int64_t seq;
    int64_t at_ms;
    char *key, *kind, *subject, *body;
};

struct sim_blob {
    char *key;
    uint8_t *data;
    size_t len;
    struct sim_blob *next;
};

#define HASH_BUCKETS 8192u /* of a few ten thousand facts; cleared for each world */

struct sim_disk { /* the journal model: what was acknowledged is there, all of a batch or nothing */
    struct sim_fact *facts;
    size_t count, room;
    uint32_t *buckets; /* key hash to fact index + 1 */
    uint32_t *chain;
    uint32_t *intents; /* reference hash to the index + 1 of the newest intent that has it */
    uint32_t *intent_chain;
    uint32_t *subjects, *subject_last, *subject_chain; /* subject hash, the first and the next */
    struct sim_blob *blobs[HASH_BUCKETS];
    int64_t oms_seq, settled_seq, backlog_seq;
    unsigned full_batches; /* a scenario's: refuse this many more for want of space */
    int64_t full_until_ms; /* refuses for want of space */
    int64_t flush_ms;      /* what a batch takes, as the station is told */
};

struct sim_shipment { /* one booking in a courier's books */
    unsigned carrier;
    char reference[SHIPMENT_REFERENCE_SIZE];
    char awb[SHIPMENT_AWB_SIZE];
    char order_no[ORDER_ID_SIZE];
    int64_t mass_g;
    int64_t visible_ms;
    bool cancelled;
    bool by_hand; /* a person cancelled it at the courier's own desk, and says "not booked" */
    uint32_t chain;
};

struct sim_courier {
    struct sim_shipment *shipments;
    size_t count, room;
    uint32_t *buckets; /* reference hash to shipment index + 1 */
    uint64_t next_awb;
};

struct sim_order { /* in the order system */
    char id[16];
    char order_no[16];
    unsigned packages;
    bool cod, cancelled, bad_pincode;
    bool changed; /* the address is another since it was packed */
    unsigned carrier;
    char awbs[4][SHIPMENT_AWB_SIZE];    /* as told by booked events, by package */
    char printed[4][SHIPMENT_AWB_SIZE]; /* as told by label_printed events */
};

struct sim_oms {
    struct sim_order *orders;
    unsigned count;
    unsigned published; /* the feed shows this many */
    unsigned *changes;  /* and then these once more, in this order: they were cancelled */
    unsigned change_count;
    unsigned told_count; /* of these, as the bench says when it asks for more */
    uint64_t next_seq;
    uint64_t taken;
};

struct sim_bench {
    uint32_t scale_port, scanner_port, printer_port; /* 0: closed */
    bool scale_talks;                                /* its next frame is planned */
    uint32_t scale_frames;                           /* heard since it was opened */
    uint32_t scale_baud;                             /* of the open line; it speaks 9600 */
    int64_t plate_mg;
    int64_t before_mg; /* what lay there while it moves */
    int64_t still_ms;  /* motion ends */
    int64_t shown_mg;  /* what the newest frame showed */
    int64_t zero_mg;   /* of the load cell: what an empty plate would show */
    int64_t tare_mg;   /* taken off; NOT_PRESENT: none */
    bool flickers;     /* two neighbouring values take turns on the display */
    bool shown_moving;
    /* printer */
    char inbox[300000];
    size_t inbox_len;
    uint64_t written;
    bool paper_out;
    int64_t paper_back_ms;
    int64_t silent_until_ms;
    int64_t busy_until_ms;
    uint32_t counter; /* labels in its life, as it counts them */
    unsigned power;   /* generation: a label begun before a power cut does not come out */
    /* packer */
    unsigned order; /* in hand; ORDER_COUNT_MAX: none */
    bool placed;
    unsigned next_order;
    unsigned taken;  /* orders taken in hand, again and again included */
    unsigned *shelf; /* orders set aside, to be scanned again */
    unsigned shelf_count;
    int64_t asked_ms; /* HELD since */
    unsigned tries;
};

enum sim_plug { PLUG_SCALE, PLUG_SCANNER, PLUG_PRINTER, PLUG_OTHER_SCALE };
#define SIM_PLUGS 4

struct sim_plugs { /* devices that the bus tells of, where the settings name none */
    bool on;
    bool there[SIM_PLUGS];
    bool two_scales;
};

struct sim_ledger {     /* what the bench could see of the parcel that is being weighed */
    char code[64];      /* scanned, in a row the same */
    int64_t scanned_ms; /* for the first time */
    int64_t rest_low_mg, rest_high_mg; /* shown at rest; NOT_PRESENT: it moves */
    int64_t rest_since_ms;
    int64_t shown_ms;                     /* the newest frame */
    int64_t empty_ms;                     /* the plate was shown empty last */
    char booked[SHIPMENT_REFERENCE_SIZE]; /* its mass lies there since; empty: nobody's */
    int64_t booked_mg;
    int64_t off_since_ms; /* another mass is shown at rest in its place; NOT_PRESENT: no */
    int64_t done_ms;      /* the last parcel left the bench */
};

struct sim_label { /* that came out of the printer */
    char awb[SHIPMENT_AWB_SIZE];
    unsigned count;
    unsigned allowed; /* one, and one more for each time a person asked for another */
    bool repeated;    /* by the printer itself, and no person was asked since */
    struct sim_label *next;
};

struct sim_number { /* of the pool, since it first lay on the disk */
    char awb[SHIPMENT_AWB_SIZE];
    char reference[SHIPMENT_REFERENCE_SIZE]; /* whose it is; empty: nobody's yet */
    struct sim_number *next;
};

#define SIM_POOL_LISTS 4u
#define SIM_POOL_MAX 512u

struct sim_pool_list { /* as a start would find it on the disk */
    size_t count;
    char awbs[SIM_POOL_MAX][SHIPMENT_AWB_SIZE];
};

struct sim_entry {
    int64_t at_ms;
    uint64_t order;
    uint32_t life; /* of the station; 0: outlives it */
    world_fn *run;
    void *data;
};

/* A scenario's own courier: true when it has answered by line_answer. What the model does on the
 * request happens all the same, unless carrier_down says that nothing reaches it. */
typedef bool courier_fn(struct world *world, uint32_t ticket, unsigned carrier,
                        const struct http_request *request);

struct world {
    struct sim_options options;
    struct sim_report report;
    int64_t now_ms;
    uint64_t random;
    uint32_t life;           /* counts the station's starts */
    bool healed;             /* faults have stopped */
    bool running;            /* the station is on */
    struct sim_entry *queue; /* heap by time, then order */
    size_t queue_len, queue_room;
    uint64_t queue_order;
    uint64_t deadline_mark; /* only the newest deadline counts */
    unsigned steps_without_time;
    int64_t last_step_ms;

    struct config config;
    struct secrets secrets;
    struct carrier plain; /* the sandbox without its key: every request books (odd seeds) */
    bool keyless;
    bool pages;                           /* the sandbox's labels are documents */
    char drawn_route[CARRIER_ROUTE_SIZE]; /* sort code of our last own label */
    unsigned label_logs;                  /* lines of the log about labels */
    uint32_t render_warns;                /* a scenario's: enum render_warning of every label */
    bool render_blind;                    /* a scenario's: no barcode of a document can be read */
    bool render_gone;                     /* there is nobody who draws */
    bool line_down;                       /* nothing leaves the box */
    bool carrier_down[2];                 /* nothing reaches this courier */
    courier_fn *courier_says;             /* NULL: the model alone */
    struct station *station;
    struct commands *commands;

    struct sim_disk disk;
    struct sim_courier couriers[2];
    struct sim_oms oms;
    struct sim_bench bench;
    struct sim_plugs plugs;
    struct sim_ledger ledger;
    struct sim_label *labels[HASH_BUCKETS];
    struct sim_number *numbers[HASH_BUCKETS];
    struct sim_pool_list pools[SIM_POOL_LISTS], pool_now;
    uint8_t *cached; /* by order: is it in the station's cache? */
    unsigned cache_cursor;
    uint32_t asked[FAULTS];   /* how often each fault's question was asked */
    int64_t away_until_ms[3]; /* by courier, and the order system: long outages */
    unsigned late_steps;      /* in a row, with a deadline that is long past */
    const char *screen;       /* what the trace has told of it */
    int64_t told_mg;
    uint8_t *json_memory;
    size_t json_size;
};

/* Chance. */
uint64_t sim_random(struct world *world);
uint64_t sim_below(struct world *world, uint64_t limit); /* 0 .. limit-1 */
/* Chance begins anew, by the seed and this place: what came before no longer moves what follows,
 * and a run with one fault less stays near the run with it. */
void sim_chance_anew(struct world *world, uint64_t place);
/* Does this fault come now? Never once healed. */
bool sim_fault(struct world *world, enum sim_fault fault, unsigned per_mille);
bool sim_chance(struct world *world, unsigned per_mille); /* one without a name */
int64_t sim_between(struct world *world, int64_t low, int64_t high);

/* Time. data is freed after the run, or when it never runs. */
void sim_later(struct world *world, int64_t in_ms, bool outlives, world_fn *run, void *data);
void sim_later_static(struct world *world, int64_t in_ms, bool outlives, world_fn *run);

/* Gives the station an event now and performs what it asks for. */
void sim_give(struct world *world, struct event *event);
void sim_violation(struct world *world, const char *rule, const char *detail);
void sim_trace(struct world *world, const char *what, const char *detail);
/* trace.c: the same for people; and what only they want to know, no part of the run's hash. */
void trace_tell(struct world *world, const char *what, const char *detail);
void trace_request(struct world *world, const struct command *command);
void trace_answer(struct world *world, uint32_t ticket, enum exchange_end end, int status);
void trace_screen(struct world *world);
void trace_scale(struct world *world);
void sim_cut_power(struct world *world);

uint32_t sim_hash(const char *text);
void *sim_alloc(size_t size);
char *sim_copy(struct bytes bytes);

/* A whole campaign: packer, faults, cuts, and the rules at the end. */
bool sim_run(const struct sim_options *options, struct sim_report *report);

/* A world for a scripted scenario: the station starts, nobody packs, nothing is cut. */
struct world *sim_open(const struct sim_options *options);
void sim_close(struct world *world);
void sim_pass(struct world *world, int64_t span_ms); /* lets this much time go by */
void bench_scan(struct world *world, const char *text);
void bench_lay(struct world *world, int64_t mass_mg); /* on the plate, at rest after a moment */
void bench_press(struct world *world, enum press press, const char *text);

/* models: one file each */
void disk_open(struct world *world);
void disk_close(struct world *world);
void disk_store(struct world *world, const struct command *command);
void disk_read_rows(struct world *world, uint32_t ticket, int64_t after_seq, const char *subject);
void disk_read_blob(struct world *world, uint32_t ticket, struct bytes key);
const struct sim_fact *disk_find(const struct world *world, const char *key);
const struct sim_blob *disk_find_blob(struct world *world, const char *key); /* NULL: none */
const struct sim_fact *disk_find_intent(const struct world *world, const char *reference);

void courier_exchange(struct world *world, uint32_t ticket, unsigned carrier,
                      const struct http_request *request);
/* The courier is asked to cancel; NULL: it knows no such AWB. */
struct sim_shipment *courier_cancel(struct world *world, unsigned carrier, const char *awb);
void courier_cancel_by_hand(struct world *world, unsigned carrier, const char *awb);
const struct sim_shipment *courier_find(const struct world *world, unsigned carrier,
                                        const char *reference);

void oms_open(struct world *world);
void oms_cancel(struct world *world, unsigned index); /* whatever has become of it meanwhile */
void oms_exchange(struct world *world, uint32_t ticket, const struct http_request *request);
void oms_cache_find(struct world *world, uint32_t ticket, struct bytes scan);
void oms_cache_put(struct world *world, const struct command *command);
struct sim_order *oms_order(struct world *world, const char *id);

/* An exchange's answer on its way to the station; body is copied. */
void line_answer(struct world *world, uint32_t ticket, int64_t in_ms, enum exchange_end end,
                 int status, const char *content_type, const char *body);

#define SIM_UNREAD "badbad" /* a picture's hash begins so when its barcode cannot be read */
void render_draw(struct world *world, const struct command *command);
void bench_start(struct world *world); /* at every start of the station */
void bench_open(struct world *world, const struct command *command);
void bench_write(struct world *world, const struct command *command);
void bench_mend(struct world *world, const struct command *command);
void plugs_config(struct world *world);
void plugs_start(struct world *world); /* before the station's first event */
bool plugs_open(struct world *world, const struct command *command);
void plugs_pulled(struct world *world, enum sim_plug plug);
void plugs_news(struct world *world);
/* What a port will say, and what becomes of one. */
void bench_tell(struct world *world, int64_t in_ms, enum event_kind kind, uint32_t port,
                const void *bytes, size_t len);
void bench_scale_hears(struct world *world, struct bytes bytes);
void bench_drained(struct world *world, uint32_t port, uint64_t drained);
void bench_unplug(struct world *world, uint32_t *port, enum sim_plug plug);
void bench_packer(struct world *world, void *unused);
void bench_cut(struct world *world);
void bench_news(struct world *world, void *unused); /* devices and settings, now and then */
bool bench_done(const struct world *world);
struct sim_label *bench_label(struct world *world, const char *awb);

/* rules.c: the invariants, by number (firmware/DESIGN.md) */
void rules_at_request(struct world *world, const struct command *command);
void rules_before_booking(struct world *world, const char *reference, int64_t mass_g);
void rules_after_booking(struct world *world, const struct sim_shipment *shipment);
void rules_at_awb(struct world *world, unsigned carrier, const char *awb, const char *reference);
void rules_at_double(struct world *world, struct bytes key);
void rules_at_scan(struct world *world, const char *text);
void rules_at_scale_command(struct world *world, uint8_t letter);
/* Not heard: the frame is damaged. Not known: the station may still be looking for its scale. */
void rules_at_frame(struct world *world, bool heard, bool known);
void rules_at_label(struct world *world, const char *awb);
void rules_at_fact(struct world *world, const struct sim_fact *fact);
void rules_after_step(struct world *world);
void rules_at_end(struct world *world);

/* rules_pool.c: numbers handed out beforehand, labels ahead of the courier's yes */
void rules_after_commit(struct world *world, const struct batch *batch,
                        const struct parcel *intent); /* NULL: none in this batch */
void rules_at_aside(struct world *world, const struct parcel *parcel);
void rules_at_again(struct world *world, const struct parcel *intent);
void rules_at_unsent(struct world *world, const char *reference);
void rules_at_label_end(struct world *world, const struct sim_label *label);
const char *rules_reference_of(struct world *world, const char *awb); /* NULL: given to nobody */

#endif
