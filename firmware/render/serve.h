/* serve.h - requests from packd, answered one after the other, for as long as there is a packd.
 *
 * The pictures lie in the shared memory. From one request to the next only the labels drawn lately
 * are kept (pictures.h). */
#ifndef PACKD_FIRMWARE_RENDER_SERVE_H
#define PACKD_FIRMWARE_RENDER_SERVE_H

#include "firmware/render/compose.h"
#include "firmware/render/pictures.h"

struct serve {
    int socket;
    uint8_t *memory; /* RENDER_MEMORY_BYTES */
    const struct templates *templates;
    struct pictures lately;
};

/* Loads what poppler needs, for ever. False: documents cannot be drawn here at all. */
MUST_USE bool serve_prepare(void);
/* Draws a label and reads it once, so that nothing has to be opened or started for it later. */
MUST_USE bool serve_warm(struct serve *serve);
/* Fills the answer to one message. False: this is no request; the parent has lost its way. */
MUST_USE bool serve_take(struct serve *serve, struct bytes message, struct render_answer *answer);
/* Until the parent closes its end. False, with an errno or 0: the parent has lost its way. */
MUST_USE bool serve_run(struct serve *serve, const struct render_ready *ready);

#endif
