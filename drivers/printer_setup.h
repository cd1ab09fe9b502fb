/* printer_setup.h - how a printer is to be set before each label: a value, shared by drivers,
 * configuration and station. Whatever another program or a power cut left is put right by it; what
 * says "as it is" is not touched. */
#ifndef PACKD_DRIVERS_PRINTER_SETUP_H
#define PACKD_DRIVERS_PRINTER_SETUP_H

#include <stdint.h>

enum printer_media { /* what is between two labels */
                     PRINTER_MEDIA_AS_IS,
                     PRINTER_MEDIA_GAP,
                     PRINTER_MEDIA_MARK,
                     PRINTER_MEDIA_CONTINUOUS /* nothing: one long strip */
};

enum printer_mode { /* what happens to a label that is out */
                    PRINTER_MODE_AS_IS,
                    PRINTER_MODE_TEAR,
                    PRINTER_MODE_PEEL,
                    PRINTER_MODE_CUT
};

struct printer_setup {
    unsigned dpi;
    uint16_t width_dmm; /* of the label; dmm: tenths of a millimetre */
    uint16_t height_dmm;
    unsigned darkness;  /* 1 to 100, percent of the printer's own range; 0: as it is */
    unsigned speed_ips; /* inches a second; 0: as it is */
    enum printer_media media;
    enum printer_mode mode;
};

#endif
