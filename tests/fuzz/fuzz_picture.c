/* Guards: no picture breaks the writers: what a driver writes fits, is one label, and holds no pair
 * of bytes that its printer would take for a command in the middle of the dots; a size that lies is
 * refused. The first bytes are the picture's sides, the rest its dots. */
#include "drivers/driver_list.h"
#include "hal/base/deflate.h"

#define SIDE_MAX 400u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_job(const struct printer_driver *driver, struct bytes job)
{
    struct bytes name = bytes_of_text(driver->name);
    bool tspl = bytes_equal_text(name, "tspl"), epl = bytes_equal_text(name, "epl");
    bool escpos = bytes_equal_text(name, "escpos");
    for (size_t i = 0; i + 1 < job.len; i++) {
        uint8_t a = job.data[i], b = job.data[i + 1];
        ENSURE(!(tspl && a == 0x1B && b == '!'));
        ENSURE(!(epl && a == '^' && (b == '@' || b == 'e')));
        ENSURE(!(escpos && a == 0x10 && (b == 0x04 || b == 0x05 || b == 0x14)));
        ENSURE(tspl || epl || escpos || a != '~');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char storage[64 * 1024];
    static _Alignas(16) uint8_t memory[DEFLATE_MEMORY];
    static uint8_t rows[SIDE_MAX * (SIDE_MAX / 8 + 1)];
    const struct printer_setup setup = {.dpi = 203, .width_dmm = 500, .height_dmm = 500};
    if (size < 3) return 0;
    struct picture picture = {.width_dots = data[0] * 2u, .height_dots = data[1], .rows = rows};
    picture.bytes_per_row = SIDE_MAX / 8 - data[2] % 8u;
    for (size_t i = 0; i < sizeof rows; i++) rows[i] = size > 3 ? data[3 + i % (size - 3)] : 0;
    for (size_t i = 0; printer_driver_at(i) != NULL; i++) {
        const struct printer_driver *driver = printer_driver_at(i);
        struct textbuf job;
        textbuf_init(&job, storage, sizeof storage);
        struct scratch scratch = {memory, size % 2 == 0 ? sizeof memory : 0};
        bool written = driver->encode_picture(&picture, &setup, scratch, &job);
        bool fits = picture.width_dots > 0 && picture.width_dots <= 400 &&
                    picture.height_dots > 0 &&
                    picture.bytes_per_row >= (picture.width_dots + 7) / 8;
        ENSURE(written == (fits && textbuf_ok(&job)));
        if (written) check_job(driver, textbuf_bytes(&job));
    }
    return 0;
}
