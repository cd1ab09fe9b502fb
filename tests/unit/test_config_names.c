/* Guards: the settings and the lists of this build agree: every listed name can be written into a
 * file and kept, and what training mode and the shipped example name does exist. */
#include "firmware/config/config_names.h"

#include "carriers/carrier_list.h"
#include "drivers/driver_list.h"
#include "firmware/oms/oms_list.h"
#include "tests/support/expect.h"

static void every_listed_name_can_be_configured(void)
{
    const char *(*const lists[])(size_t index) = {
        config_names_built_in.scale_at,   config_names_built_in.scanner_at,
        config_names_built_in.printer_at, config_names_built_in.carrier_at,
        config_names_built_in.oms_at,
    };
    for (size_t list = 0; list < ARRAY_LEN(lists); list++) {
        EXPECT(lists[list](0) != NULL, "there is at least one of each");
        for (size_t i = 0; lists[list](i) != NULL; i++) {
            const char *name = lists[list](i);
            EXPECT(strlen(name) < CONFIG_NAME_SIZE, name);
            EXPECT(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name), name);
            for (size_t other = 0; other < i; other++) {
                EXPECT(strcmp(name, lists[list](other)) != 0, "no name stands twice");
            }
        }
    }
}

static void training_mode_names_what_there_is(void)
{
    static struct config config;
    config_training(&config);
    EXPECT_TEXT("auto", config.scale.driver, "the scale is found by listening");
    EXPECT_TEXT("auto", config.scanners[0].driver, "so are its scanner");
    EXPECT_TEXT("auto", config.printer.driver, "and its printer");
    EXPECT(carrier_find(bytes_of_text(config.carriers[0].name)) != NULL, "its courier");
    EXPECT(oms_find(bytes_of_text(config.oms.kind)) != NULL, "its order system");
}

static void the_shipped_example_fits_this_build(void)
{
    static char file[CONFIG_FILE_MAX];
    static struct config config;
    static struct config_complaints complaints;
    FILE *stream = fopen(PACKD_SOURCE_DIR "/board/station.conf.example", "r");
    if (!EXPECT(stream != NULL, "the example is there")) return;
    size_t len = fread(file, 1, sizeof file, stream);
    fclose(stream);
    bool good = config_read(bytes_of(file, len), &config_names_built_in, &config, &complaints);
    EXPECT(good, good ? "it is good" : complaints.entries[0].sentence);
}

int main(void)
{
    EXPECT_RUN(every_listed_name_can_be_configured);
    EXPECT_RUN(training_mode_names_what_there_is);
    EXPECT_RUN(the_shipped_example_fits_this_build);
    return expect_result();
}
