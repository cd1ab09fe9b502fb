/* known_devices.c - see known_devices.h. */
#include "firmware/known_devices.h"

#include "hal/files.h"

static char file_text[DEVICE_TABLE_TEXT_MAX];

static void read_file(struct device_table *table, struct service *service, const char *path)
{
    size_t len = 0;
    unsigned line = 0;
    const char *why = "";
    enum err problem = files_read(path, file_text, sizeof(file_text), &len);
    if (problem == ERR_NOT_FOUND) return;
    if (problem != ERR_NONE) {
        service_log(service, SERVICE_WARNING, "%s cannot be read (%s): its devices are not known.",
                    path, err_word(problem));
        return;
    }
    if (device_table_read(table, bytes_of(file_text, len), &line, &why)) return;
    service_log(service, SERVICE_WARNING, "%s:%u: %s. None of its devices are known.", path, line,
                why);
}

void known_devices_read(struct device_table *table, struct service *service, const char *path)
{
    unsigned line = 0;
    const char *why = "";
    struct bytes built_in = bytes_of(known_devices_built_in, known_devices_built_in_len);
    table->count = 0;
    read_file(table, service, path);
    bool good = device_table_read(table, built_in, &line, &why);
    if (good) return;
    /* The operator's rows may leave no room for ours. */
    service_log(service, SERVICE_WARNING, "The built-in devices are not known: %s.", why);
}
