/* secrets.c - see secrets.h. */
#include "firmware/secrets.h"

#include <string.h>

#include "hal/base/bytes.h"
#include "hal/base/err.h"
#include "hal/files.h"

static void read_one(const char *path, struct service *service, char out[SECRET_SIZE])
{
    uint8_t content[SECRET_SIZE];
    size_t len = 0;
    const char *why = NULL;
    memset(out, 0, SECRET_SIZE);
    if (path[0] == '\0') return;
    enum err problem = files_read(path, content, sizeof(content), &len);
    struct bytes secret = bytes_trim(bytes_of(content, len));
    if (problem != ERR_NONE) why = err_word(problem);
    else if (secret.len == 0) why = "it is empty";
    else if (!bytes_to_text(secret, out, SECRET_SIZE)) why = "it is not a text of one line";
    explicit_bzero(content, sizeof(content));
    if (why == NULL) return;
    service_log(service, SERVICE_WARNING, "The credential in %s cannot be used (%s).", path, why);
}

void secrets_read(const struct config *config, struct service *service, struct secrets *out)
{
    secrets_forget(out);
    read_one(config->oms.token_file, service, out->oms_token);
    for (size_t i = 0; i < config->carrier_count; i++) {
        read_one(config->carriers[i].credential_file, service, out->carriers[i]);
    }
}

void secrets_forget(struct secrets *secrets)
{
    explicit_bzero(secrets, sizeof(*secrets));
}
