/* last_word_linux.h - a document that takes too much is answered, and not only died of.
 *
 * The libraries know no bound on what a page may take: an endless one computes until the kernel
 * stops it, and one too large makes poppler abort. Both are turned into the answer to the request,
 * given out of the signal's handler, and the process ends with it: nothing inside it can be trusted
 * to go on. What computes nothing and hangs is still left to the parent's deadline; and what aborts
 * for any other reason, or faults, is a crash, and stays one. */
#ifndef PACKD_FIRMWARE_RENDER_LAST_WORD_LINUX_H
#define PACKD_FIRMWARE_RENDER_LAST_WORD_LINUX_H

#include "hal/base/render_wire.h"

/* Once, before the cage closes: the answer will go there. */
void last_word_prepare(int socket);
/* Around the work for one request, which may take so much time of the processor. */
void last_word_begin(const struct render_request *request, unsigned cpu_ms);
void last_word_finish(void);

#endif
