/* config_names.c - the one place where settings meet the lists of drivers, couriers and order
 * systems; only their names are used. */
#include "firmware/config/config_names.h"

#include "carriers/carrier_list.h"
#include "drivers/driver_list.h"
#include "firmware/oms/oms_list.h"

static const char *scale_at(size_t index)
{
    const struct scale_driver *driver = scale_driver_at(NULL, index);
    return driver == NULL ? NULL : driver->name;
}

static const char *scanner_at(size_t index)
{
    const struct scanner_driver *driver = scanner_driver_at(index);
    return driver == NULL ? NULL : driver->name;
}

static const char *printer_at(size_t index)
{
    const struct printer_driver *driver = printer_driver_at(index);
    return driver == NULL ? NULL : driver->name;
}

static const char *carrier_name_at(size_t index)
{
    const struct carrier *carrier = carrier_at(index);
    return carrier == NULL ? NULL : carrier->name;
}

static const char *oms_name_at(size_t index)
{
    const struct oms *oms = oms_at(index);
    return oms == NULL ? NULL : oms->name;
}

const struct config_names config_names_built_in = {
    .scale_at = scale_at,
    .scanner_at = scanner_at,
    .printer_at = printer_at,
    .carrier_at = carrier_name_at,
    .oms_at = oms_name_at,
};

struct config_names config_names_with(const struct scale_catalogue *scales)
{
    struct config_names names = config_names_built_in;
    names.scales = scales;
    return names;
}
