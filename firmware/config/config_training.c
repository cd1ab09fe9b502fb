/* config_training.c - what packd runs with when there is no settings file: training mode against
 * packsim on the loopback. Written as a settings file and read as one, so that a default exists
 * once and this text is a valid example for ever. */
#include "firmware/config/config_read.h"

static const char training_file[] = "[station]\n"
                                    "id = bay-1\n"
                                    "site = training\n"
                                    "language = en\n"
                                    "mode = training\n"
                                    "[scale]\n"
                                    "address = tcp:127.0.0.1:7811\n"
                                    "[scanner \"bench\"]\n"
                                    "address = tcp:127.0.0.1:7812\n"
                                    "[printer]\n"
                                    "address = tcp:127.0.0.1:7813\n"
                                    "[carrier \"sandbox\"]\n"
                                    "base_url = https://localhost:7801/sandbox/v1\n"
                                    "credential_file = /var/lib/packd-training/courier-token\n"
                                    "ca_file = /var/lib/packd-training/ca.pem\n"
                                    "pickup_location = BLR-WH-1\n"
                                    "pickup_postcode = 560001\n"
                                    "[oms]\n"
                                    "base_url = https://localhost:7802/packd/v1\n"
                                    "token_file = /var/lib/packd-training/token\n"
                                    "ca_file = /var/lib/packd-training/ca.pem\n"
                                    "[rate]\n"
                                    "rule = sandbox\n";

/* The names used above; that they exist is what the tests of the lists look at. */
static const char *only_name(size_t index, const char *name)
{
    return index == 0 ? name : NULL;
}

static const char *carrier_at(size_t index)
{
    return only_name(index, "sandbox");
}

static const char *oms_at(size_t index)
{
    return only_name(index, "custom");
}

/* What the devices speak is found at opening. */
static const char *no_driver(size_t index)
{
    (void)index;
    return NULL;
}

void config_training(struct config *out)
{
    static const struct config_names names = {
        .scale_at = no_driver,
        .scanner_at = no_driver,
        .printer_at = no_driver,
        .carrier_at = carrier_at,
        .oms_at = oms_at,
    };
    struct config_complaints complaints;
    bool good =
        config_read(bytes_of(training_file, sizeof training_file - 1), &names, out, &complaints);
    ENSURE(good);
}
