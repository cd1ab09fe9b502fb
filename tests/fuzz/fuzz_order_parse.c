/* Guards: no document breaks the order reader, and an order that is taken can be packed without
 * guessing: it has an id, a key to be scanned by, and an amount where money is collected. */
#include "firmware/oms/oms_list.h"

#define DOCUMENT_MAX 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Alignas(16) uint8_t memory[1024 * 1024];
    static struct order order;
    const char *why = NULL;
    if (size > DOCUMENT_MAX) return 0;
    const struct oms *custom = oms_find(BYTES_LITERAL("custom"));
    struct scratch scratch = {memory, sizeof memory};
    if (!custom->order_parse(bytes_of(data, size), scratch, &order, &why)) {
        ENSURE(why != NULL && why[0] != '\0');
        return 0;
    }
    ENSURE(order.id[0] != '\0' && order.key_count >= 1 && order.key_count <= ORDER_KEYS_MAX);
    ENSURE(order.keys[0][0] != '\0' && order.packages_total >= 1);
    ENSURE(order.payment == PAYMENT_PREPAID || order.collect_minor > 0);
    ENSURE(order.value_minor >= 0 && order.expected_mass_mg >= 0);
    return 0;
}
