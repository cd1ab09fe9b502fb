/* printing_bench.h - one label machine with its printer's port: what is stored, what the port says,
 * and what time it is come from the test. Storage is static: one bench a program. */
#ifndef PACKD_TESTS_SUPPORT_PRINTING_BENCH_H
#define PACKD_TESTS_SUPPORT_PRINTING_BENCH_H

#include "drivers/printer_zpl.h"
#include "firmware/station/printing.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

static struct devices devices;
static struct printing printing;
static struct step step;
static struct carrier courier; /* the sandbox, sometimes without the right to draw */
static int64_t now_ms;

static const struct parcel parcel = {.reference = "bay-1-01234567-41-1",
                                     .order_id = "SH-1",
                                     .order_no = "WEB-1",
                                     .carrier = "sandbox",
                                     .awb = "SBX000000001",
                                     .mass_mg = 742000,
                                     .label_format = LABEL_FORMAT_ZPL,
                                     .copy = 1};
#define ZPL "^XA^FO40,40^BY3^BCN,200,Y,N,N,A^FDSBX000000001^FS^XZ"
#define TASK                                                                                    \
    "{\"reference\":\"bay-1-01234567-41-1\",\"order_no\":\"WEB-1\",\"to\":{\"name\":\"A\","     \
    "\"city\":"                                                                                 \
    "\"Pune\",\"postcode\":\"411001\",\"country\":\"IN\"},\"payment\":\"prepaid\",\"mass_mg\":" \
    "742000}"

__attribute__((unused)) static void at(int64_t later_ms)
{
    now_ms = later_ms;
    step = bench_step(now_ms);
    step.carriers[0] = &courier;
}

__attribute__((unused)) static void printer_event(enum event_kind kind)
{
    struct event event = {.kind = kind};
    event.port.port = devices.slots[DEVICE_PRINTER].port;
    event.port.drained = devices.printer_written;
    event.port.sentence = "";
    at(now_ms);
    devices_step(&devices, &step, &event);
    printing_step(&printing, &step, &devices, &event);
    printing_check(&printing);
}

__attribute__((unused)) static void give_status(struct printer_status status)
{
    devices.printer_status = status;
    devices.printer_known = true;
    at(now_ms);
    printing_status(&printing, &step, &devices);
    printing_check(&printing);
}

static const struct printer_status ready = {.ready = true};
__attribute__((unused)) static const struct printer_status busy = {.ready = true, .busy = true};

__attribute__((unused)) static void start(void)
{
    const struct event due = {.kind = EVENT_DEADLINE};
    bench_init();
    courier = *carrier_find(BYTES_LITERAL("sandbox"));
    memcpy(bench.config.printer.address, "usb:0a5f:0164", sizeof "usb:0a5f:0164");
    memcpy(bench.config.printer.driver, "zpl", sizeof "zpl");
    bench.config.printer.dpi = 203;
    bench.config.printer.width_dmm = 1016;
    bench.config.printer.height_dmm = 1524;
    bench.config.limits.print_wait_ms = 15000;
    devices_init(&devices, &bench.config, NULL, NULL, 1000);
    printing_init(&printing);
    at(1000);
    devices_step(&devices, &step, &due);
    printer_event(EVENT_PORT_OPENED);
}

__attribute__((unused)) static void give_blob(const char *bytes)
{
    struct event event = {.kind = EVENT_BLOB};
    event.blob.found = bytes != NULL;
    event.blob.bytes = bytes_of_text(bytes != NULL ? bytes : "");
    at(now_ms);
    printing_step(&printing, &step, &devices, &event);
    printing_check(&printing);
}

__attribute__((unused)) static void stored(enum err error)
{
    at(now_ms);
    printing_stored(&printing, &step, &devices, printing.ticket, error);
    printing_check(&printing);
}

__attribute__((unused)) static void begin(const struct parcel *which)
{
    at(now_ms);
    printing_begin(&printing, &step, &devices, which, 0);
    printing_check(&printing);
}

#endif
