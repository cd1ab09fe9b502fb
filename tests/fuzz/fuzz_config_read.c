/* Guards: no settings file, however strange, breaks the reader; it gives a snapshot that keeps its
 * own rules, or complaints that are whole sentences. */
#include "firmware/config/config_read.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *name_at(size_t index)
{
    static const char *const names[] = {"sandbox", "custom", "line", "zpl", "sics"};
    return index < ARRAY_LEN(names) ? names[index] : NULL;
}

static const struct config_names names = {name_at, name_at, name_at, name_at, name_at, NULL};

static void check_snapshot(const struct config *config)
{
    ENSURE(config->station[0] != '\0');
    ENSURE(memchr(config->station, '\0', sizeof config->station) != NULL);
    ENSURE(config->scanner_count > 0 && config->scanner_count <= CONFIG_SCANNERS_MAX);
    ENSURE(config->carrier_count > 0 && config->carrier_count <= CONFIG_CARRIERS_MAX);
    ENSURE(config->rule_count <= CONFIG_RULES_MAX);
    ENSURE(config->scale.empty_below_mg < config->scale.min_mass_mg);
    ENSURE(config->scale.min_mass_mg < config->scale.max_mass_mg);
    ENSURE(config->printer.dpi == 203 || config->printer.dpi == 300);
    ENSURE(strncmp(config->oms.base_url, "https://", 8) == 0);
}

static void check_complaints(const struct config_complaints *complaints)
{
    ENSURE(complaints->count > 0 && complaints->count <= CONFIG_COMPLAINTS_MAX);
    for (size_t i = 0; i < complaints->count; i++) {
        const char *sentence = complaints->entries[i].sentence;
        size_t len = strlen(sentence);
        ENSURE(len > 0 && (sentence[len - 1] == '.' || len == CONFIG_SENTENCE_SIZE - 1));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config_complaints complaints;
    struct config config;
    if (config_read(bytes_of(data, size), &names, &config, &complaints)) check_snapshot(&config);
    else check_complaints(&complaints);
    return 0;
}
