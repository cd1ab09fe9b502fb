/* Guards: `packtool capture` of a USB scanner has its numbers, its report descriptor and a line for
 * each report; masked it has none of the keys that were typed; and a printer's capture has its
 * device id and the state of its port. */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/capture.h"
#include "tests/support/temp_folder.h"
#include "tests/support/usb_rig.h"
#include "tools/packtool/packtool.h"

#define TEXT_SIZE 65536
#define WORDS_MAX 12

static char path[TEMP_PATH_SIZE];
static char text[TEXT_SIZE];

static bool read_back(const char *wanted)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) return false;
    size_t len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    fclose(file);
    return strstr(text, wanted) != NULL;
}

/* Ends the recording as a person would, once this is in the file. */
static void *end_it(void *wanted)
{
    while (!read_back(wanted)) (void)poll(NULL, 0, 5);
    kill(getpid(), SIGINT);
    return NULL;
}

/* No thread here may die of what ends a recording; a recording that ends lets it through again. */
static void block_interrupts(void)
{
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, NULL);
}

static void record(const struct usb_bench_model *model, const char *command, const char *last)
{
    char line[400], *arguments[WORDS_MAX], *rest = NULL;
    int count = 0;
    pthread_t person;
    snprintf(line, sizeof line, "%s %s", command, path);
    for (char *word = strtok_r(line, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        ENSURE(count < WORDS_MAX);
        arguments[count++] = word;
    }
    struct usb_bench_device *device = usb_bench_plug(rig.bench, model);
    static const uint8_t reports[][8] = {
        {0, 0, 0x1A}, {0}, {0, 0, 0x1F}, {0}, {0, 0, 0x28}}; /* w, 2, Enter */
    bool types = model == &usb_keyboard;
    for (size_t i = 0; types && i < ARRAY_LEN(reports); i++) {
        usb_bench_say(device, 0x81, bytes_of(reports[i], 8));
    }
    (void)remove(path);
    block_interrupts();
    EXPECT_I64(0, pthread_create(&person, NULL, end_it, (void *)(uintptr_t)last), "a person");
    EXPECT_I64(PACKTOOL_DONE, packtool_capture(count, arguments), "the recording ends well");
    pthread_join(person, NULL);
    usb_bench_unplug(rig.bench, device);
}

static void a_scanner_is_recorded_whole(void)
{
    struct capture capture;
    record(&usb_keyboard, "usb:05f9:2206 --driver keyboard --out", "< 00 00 28 00 00 00 00 00\n");
    EXPECT(read_back("# usb: 05f9:2206\n"), "its numbers");
    EXPECT(read_back("# product: Handheld Barcode Scanner\n"), "its name");
    EXPECT(read_back(" < 00 00 1a 00 00 00 00 00\n"), "a line for a report");
    if (!EXPECT(capture_read(path, &capture), "it is a capture")) return;
    EXPECT_BYTES(bytes_of(usb_keyboard_report, sizeof(usb_keyboard_report)),
                 bytes_of(capture.descriptor, capture.descriptor_len), "and its descriptor");
    EXPECT_I64(5, capture.count, "five reports are five lines");
    capture_free(&capture);
}

static void a_masked_scan_says_nothing(void)
{
    record(&usb_keyboard, "usb:05f9:2206 --driver keyboard --no-text --out",
           "< 00 00 28 00 00 00 00 00\n");
    EXPECT(!read_back(" 1a "), "no letter that was typed");
    EXPECT(!read_back(" 1f "), "no digit that was typed");
    EXPECT(read_back(" < 00 00 28 "), "its end is what it was");
}

static void a_printer_is_recorded_with_its_identity(void)
{
    record(&usb_printer, "usb:0a5f:0172 --driver zpl --send 7e4853 --out", " > 7e 48 53\n");
    EXPECT(read_back("# port-status: "), "the state of its port");
    struct capture capture;
    if (!EXPECT(capture_read(path, &capture), "it is a capture")) return;
    EXPECT(capture.device_id_len > 2 &&
               bytes_find(bytes_of(capture.device_id, capture.device_id_len),
                          BYTES_LITERAL("MODEL:ZTC ZT411-300dpi ZPL")) < capture.device_id_len,
           "its device id");
    capture_free(&capture);
}

int main(int count, char **arguments)
{
    (void)count;
    block_interrupts();
    if (!usb_rig_enter(arguments)) return 77;
    temp_make();
    (void)temp_path(path, "device.cap");
    EXPECT_RUN(a_scanner_is_recorded_whole);
    EXPECT_RUN(a_masked_scan_says_nothing);
    EXPECT_RUN(a_printer_is_recorded_with_its_identity);
    return usb_rig_result();
}
