/* Guards: no stored text breaks the shipment reader; what is taken is written and read as the same
 * bytes; and no shipment, however odd its texts, breaks a courier's request. */
#include "carriers/carrier_list.h"

#define TEXT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Alignas(16) uint8_t memory[256 * 1024];

static bool read_again(struct bytes text, struct shipment *out)
{
    struct json root;
    struct scratch scratch = {memory, sizeof memory};
    return json_parse(text, scratch, &root) == JSON_OK && shipment_parse(root, out);
}

static struct bytes written(const struct shipment *shipment, char *storage, size_t size)
{
    struct textbuf text;
    struct json_writer writer;
    textbuf_init(&text, storage, size);
    json_write_init(&writer, &text);
    shipment_write(&writer, NULL, shipment);
    ENSURE(textbuf_ok(&text));
    return textbuf_bytes(&text);
}

static void build_all(const struct shipment *shipment)
{
    static const struct carrier_account account = {.base_url = "https://courier.example",
                                                   .credential = "t",
                                                   .client = "",
                                                   .pickup_location = "W",
                                                   .pickup_postcode = "560068"};
    static char body[32 * 1024];
    static struct http_request request;
    for (size_t i = 0; carrier_at(i) != NULL; i++) {
        for (int operation = 0; operation <= CARRIER_TRACK; operation++) {
            struct carrier_task task;
            const char *why = NULL;
            carrier_task_init(&task, (enum carrier_operation)operation, shipment);
            http_request_init(&request, HTTP_GET, body, sizeof body);
            bool built = carrier_at(i)->build(&task, &account, &request, &why);
            ENSURE(built || (why != NULL && why[0] != '\0'));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char first[16 * 1024], second[16 * 1024];
    struct shipment shipment;
    if (size > TEXT_MAX || !read_again(bytes_of(data, size), &shipment)) return 0;
    struct bytes once = written(&shipment, first, sizeof first);
    ENSURE(read_again(once, &shipment));
    ENSURE(bytes_equal(once, written(&shipment, second, sizeof second)));
    build_all(&shipment);
    return 0;
}
