/* compose_paper.h - pages of a PDF in memory, by Cairo. */
#ifndef PACKD_FIRMWARE_RENDER_COMPOSE_PAPER_H
#define PACKD_FIRMWARE_RENDER_COMPOSE_PAPER_H

#include "firmware/render/compose_canvas.h"

struct paper {
    void *surface, *cairo;
    uint8_t *out;
    size_t size, used;
    bool full;
};

/* Makes one page for nobody: Cairo asks for the time zone, whose file is opened once. */
MUST_USE bool paper_warm_up(void);
/* Draws into `out`; the canvas gets a context whose units are dots. False: no memory. */
MUST_USE bool paper_begin(struct paper *paper, struct canvas *canvas, unsigned width,
                          unsigned height, uint8_t *out, size_t size, const char *title);
void paper_next_page(void *paper);
/* False: it does not fit into `size`, or could not be made. */
MUST_USE bool paper_end(struct paper *paper);

#endif
