/* devices_parts.h - what devices.c and devices_scale.c share; for nobody else. */
#ifndef PACKD_FIRMWARE_STATION_DEVICES_PARTS_H
#define PACKD_FIRMWARE_STATION_DEVICES_PARTS_H

#include "firmware/station/devices.h"

/* How long a scale may talk nonsense, or say nothing, before it is taken for another one. */
#define SCALE_NONSENSE_MS 5000
#define SCALE_MUTE_MS 60000

bool device_is_usb(const char *address);
bool device_is_serial(const char *address);
/* Do the settings leave the driver open? */
bool device_driver_is_open(const char *driver);

const char *device_wanted_address(const struct config *config, unsigned slot);
void device_set_address(struct device *device, const char *address);
void device_unbind(struct device *device);
void device_close(struct device *device, struct step *step);
void device_reset_protocol(struct devices *devices, const struct config *config, unsigned slot);
/* Gives the roles that nobody plays to those who may. */
void devices_choose(struct devices *devices, struct step *step);
/* A guess that has proved nothing gives way to the one that has come and says what it is. */
void devices_give_way(struct devices *devices, struct step *step, const char *address);

/* The scale's slot is about to be opened: with which line? */
struct line_settings scale_opening(struct devices *devices, const struct config *config);
void scale_opened(struct devices *devices, struct step *step,
                  const struct device_identity *identity);
/* Asks it and looks for it, as time demands. True: its port must be opened again. */
MUST_USE bool scale_tick(struct devices *devices, struct step *step);
void scale_next_reading(struct devices *devices, struct step *step, struct bytes *rest,
                        struct device_item *out_item);
int64_t scale_deadline(const struct devices *devices, const struct step *step);
void scale_forget(struct devices *devices, const struct config *config);
#define SCALE_REFUSED_SAID 3u /* frames in a row; one alone is noise on the line */
const char *scale_refusal_word(const struct devices *devices);
bool scale_is_silent(const struct devices *devices, int64_t now_ms);

void printer_forget(struct devices *devices, const struct config *config);
void printer_opened(struct devices *devices, struct step *step,
                    const struct device_identity *identity);
void printer_tick(struct devices *devices, struct step *step); /* asks it for its state */
void printer_next_status(struct devices *devices, struct step *step, struct bytes *rest,
                         struct device_item *out_item);
int64_t printer_deadline(const struct devices *devices);
bool printer_is_silent(const struct devices *devices, int64_t now_ms);

/* What an open printer speaks, after settings, table and its own word; NULL: not known. */
const struct printer_driver *printer_choose(const struct devices *devices,
                                            const struct config *config, const char *address,
                                            const struct device_identity *identity);
/* The driver that understands this scanner, `named` or any, with its state ready; NULL and a
 * sentence: none does. */
const struct scanner_driver *scanner_choose(struct scanner_state *state, const char *named,
                                            const char *address,
                                            const struct device_identity *identity,
                                            const struct scanner_settings *settings,
                                            const char **out_why);
/* What must be written to it before it scans. */
void scanner_open(const struct scanner_driver *driver, const struct scanner_state *state,
                  uint32_t port, struct step *step);
struct line_settings scanner_usual_line(void);
void scanner_opened(struct devices *devices, struct step *step, unsigned slot,
                    const struct device_identity *identity);
void scanner_next_scan(struct devices *devices, struct step *step, unsigned slot,
                       struct bytes *rest, struct device_item *out_item);
int64_t scanners_deadline(const struct devices *devices);
/* How this scale was found to talk. */
void device_learn(struct devices *devices, const char *address, const struct scale_driver *driver,
                  const struct finding *finding);

const char *device_state_word(const struct device *device);

/* What plays this slot is what it was taken for: from now on it plays it. */
void device_proven(struct devices *devices, const struct config *config, unsigned slot);
/* Another has come that could play a role: whoever plays it is not replaced by a guess any more. */
void devices_note_rivals(struct devices *devices, const struct config *config);

#endif
