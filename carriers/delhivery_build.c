/* delhivery_build.c - what Delhivery is told; delhivery.c has its rules and reads its answers. */
#include "carriers/delhivery_build.h"

#include "carriers/clean.h"
#include "carriers/label_data.h"
#include "carriers/request.h"
#include "hal/base/units.h"

#define NAME_CHARACTERS 100
#define ADDRESS_CHARACTERS 400
#define JSON_MAX 4096 /* a booking before URL-encoding; its longest fields are far below */
#define MM_PER_CM 10

/* Where labels are stored, as links show; the list is not documented [U]. */
static const char *const label_domains[] = {".delhivery.com", ".amazonaws.com"};

static int64_t cm_rounded_up(int32_t length_mm)
{
    return ((int64_t)length_mm + MM_PER_CM - 1) / MM_PER_CM;
}

static void write_clean(struct json_writer *writer, const char *key, const char *value, size_t max)
{
    char storage[2 * sizeof(((struct party *)0)->line1) + 2];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    (void)clean_put(&text, bytes_of_text(value), DELHIVERY_FORBIDDEN, max);
    if (text.len > 0) json_write_bytes(writer, key, textbuf_bytes(&text));
}

static void write_address(struct json_writer *writer, const struct party *to)
{
    char storage[sizeof to->line1 + sizeof to->line2 + 1];
    struct textbuf both;
    textbuf_init(&both, storage, sizeof storage);
    textbuf_text(&both, to->line1);
    textbuf_char(&both, ' ');
    textbuf_text(&both, to->line2);
    write_clean(writer, "add", storage, ADDRESS_CHARACTERS);
}

static void write_rupees(struct json_writer *writer, const char *key, int64_t minor)
{
    char storage[32];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    minor_write(&text, minor, 2);
    json_write_number(writer, key, textbuf_bytes(&text));
}

static void write_size(struct json_writer *writer, const struct shipment *shipment)
{
    bool known = shipment->length_mm > 0 && shipment->width_mm > 0 && shipment->height_mm > 0;
    if (!known) return;
    json_write_i64(writer, "shipment_length", cm_rounded_up(shipment->length_mm));
    json_write_i64(writer, "shipment_width", cm_rounded_up(shipment->width_mm));
    json_write_i64(writer, "shipment_height", cm_rounded_up(shipment->height_mm));
}

static bool is_express(const struct shipment *shipment)
{
    return bytes_equal_ignore_case(bytes_of_text(shipment->service), "express");
}

static void write_booking(struct json_writer *writer, const struct shipment *shipment,
                          const char *phone, const char *pincode)
{
    bool cod = shipment->payment == PAYMENT_COD;
    write_clean(writer, "name", shipment->to.name, NAME_CHARACTERS);
    write_address(writer, &shipment->to);
    json_write_text(writer, "pin", pincode);
    write_clean(writer, "city", shipment->to.city, NAME_CHARACTERS);
    write_clean(writer, "state", shipment->to.state, NAME_CHARACTERS);
    json_write_text(writer, "country", "India");
    json_write_text(writer, "phone", phone);
    json_write_text(writer, "order", shipment->reference);
    json_write_text(writer, "payment_mode", cod ? "COD" : "Prepaid");
    if (cod) write_rupees(writer, "cod_amount", shipment->collect_minor);
    write_rupees(writer, "total_amount", shipment->value_minor);
    json_write_i64(writer, "weight", mass_g_rounded_up(shipment->mass_mg));
    write_size(writer, shipment);
    if (shipment->awb[0] != '\0') json_write_text(writer, "waybill", shipment->awb);
    json_write_text(writer, "shipping_mode", is_express(shipment) ? "Express" : "Surface");
    write_clean(writer, "products_desc", shipment->contents, NAME_CHARACTERS);
    /* Words, as its integrations send them. */
    if (shipment->fragile) json_write_text(writer, "fragile_shipment", "true");
    if (shipment->dangerous[0] != '\0') json_write_text(writer, "dangerous_good", "True");
}

/* What keeps this shipment from being said to Delhivery; NULL when nothing does. */
static const char *booking_fault(const struct shipment *shipment)
{
    const struct party *to = &shipment->to;
    bool rupees = bytes_equal_text(BYTES_LITERAL("INR"), shipment->currency);
    if (!rupees) return "the currency is not INR";
    if (!clean_is(shipment->reference, DELHIVERY_FORBIDDEN))
        return "the reference has a forbidden character";
    if (clean_is_empty(to->name, DELHIVERY_FORBIDDEN)) return "the receiver's name is missing";
    if (clean_is_empty(to->line1, DELHIVERY_FORBIDDEN)) return "the receiver's address is missing";
    return NULL;
}

/* The body is literally format=json&data=<JSON>; encoded, since '&' and '%' end the data. */
static const char *put_booking(const struct shipment *shipment, const char *pincode,
                               const struct carrier_account *account, struct textbuf *body)
{
    char json[JSON_MAX];
    struct textbuf text;
    struct json_writer writer;
    char phone[CLEAN_PHONE_SIZE];
    const char *fault = booking_fault(shipment);
    if (fault != NULL) return fault;
    if (!clean_phone(bytes_of_text(shipment->to.phone), phone)) return "the phone is not Indian";
    textbuf_init(&text, json, sizeof json);
    json_write_init(&writer, &text);
    json_write_open(&writer, NULL, '{');
    json_write_open(&writer, "shipments", '[');
    json_write_open(&writer, NULL, '{');
    write_booking(&writer, shipment, phone, pincode);
    json_write_close(&writer, '}');
    json_write_close(&writer, ']');
    json_write_open(&writer, "pickup_location", '{');
    json_write_text(&writer, "name", account->pickup_location); /* exact in case and blanks */
    json_write_close(&writer, '}');
    json_write_close(&writer, '}');
    textbuf_text(body, "format=json&data=");
    textbuf_url(body, textbuf_bytes(&text));
    return textbuf_ok(&text) ? NULL : "the shipment's texts are too long";
}

static void put_edit(const struct carrier_task *task, struct textbuf *body)
{
    struct json_writer writer;
    json_write_init(&writer, body);
    json_write_open(&writer, NULL, '{');
    json_write_text(&writer, "waybill", task->shipment.awb);
    if (task->operation == CARRIER_WEIGHT) {
        json_write_i64(&writer, "weight", mass_g_rounded_up(task->shipment.mass_mg));
        write_size(&writer, &task->shipment);
    } else {
        json_write_text(&writer, "cancellation", "true");
    }
    json_write_close(&writer, '}');
}

static void put_query(struct textbuf *url, const char *before, const char *value)
{
    textbuf_text(url, before);
    textbuf_url(url, bytes_of_text(value));
}

static void put_rate(struct textbuf *url, const struct shipment *shipment, const char *pincode,
                     const struct carrier_account *account)
{
    put_query(url, "/api/kinko/v1/invoice/charges/.json?md=", is_express(shipment) ? "E" : "S");
    textbuf_text(url, "&cgm=");
    textbuf_i64(url, mass_g_rounded_up(shipment->mass_mg));
    put_query(url, "&o_pin=", account->pickup_postcode);
    put_query(url, "&d_pin=", pincode);
    put_query(url, "&ss=Delivered&pt=", shipment->payment == PAYMENT_COD ? "COD" : "Pre-paid");
}

static void put_path(const struct carrier_task *task, const char *pincode,
                     const struct carrier_account *account, struct textbuf *url)
{
    const struct shipment *shipment = &task->shipment;
    bool by_reference = task->operation == CARRIER_LOOKUP && shipment->reference[0] != '\0';
    switch (task->operation) {
    case CARRIER_SERVICEABILITY:
        put_query(url, "/c/api/pin-codes/json/?filter_codes=", pincode);
        return;
    case CARRIER_RATE: put_rate(url, shipment, pincode, account); return;
    case CARRIER_POOL:
        textbuf_text(url, "/waybill/api/bulk/json/?count=");
        textbuf_u64(url, task->count);
        return;
    case CARRIER_BOOK: textbuf_text(url, "/api/cmu/create.json"); return;
    case CARRIER_LOOKUP:
    case CARRIER_TRACK:
        textbuf_text(url, "/api/v1/packages/json/");
        if (by_reference) put_query(url, "?ref_ids=", shipment->reference);
        else put_query(url, "?waybill=", shipment->awb);
        return;
    case CARRIER_LABEL:
        put_query(url, "/api/p/packing_slip?wbns=", shipment->awb);
        textbuf_text(url, "&pdf=True&pdf_size=4R"); /* 4 x 6 inches */
        return;
    case CARRIER_WEIGHT:
    case CARRIER_CANCEL: textbuf_text(url, "/api/p/edit"); return;
    }
}

/* The label's link leads to storage, not to the API's host; our token does not go there. */
static bool build_download(const struct carrier_task *task, const struct carrier_account *account,
                           struct http_request *request, const char **out_why)
{
    struct bytes link = bytes_of_text(task->note);
    char storage[CARRIER_TASK_NOTE_SIZE];
    struct textbuf url;
    textbuf_init(&url, storage, sizeof storage);
    textbuf_bytes_put(&url, link);
    *out_why = "the label's link leads to a host that is not Delhivery's";
    return request_may_follow(link, account->base_url, label_domains, ARRAY_LEN(label_domains)) &&
           http_request_url(request, &url);
}

static bool needs_pincode(enum carrier_operation operation)
{
    return operation == CARRIER_SERVICEABILITY || operation == CARRIER_RATE ||
           operation == CARRIER_BOOK;
}

bool delhivery_build(const struct carrier_task *task, const struct carrier_account *account,
                     struct http_request *request, const char **out_why)
{
    bool posts = carrier_operation_writes(task->operation), books = task->operation == CARRIER_BOOK;
    struct bytes json_type = BYTES_LITERAL("application/json");
    struct bytes form_type = BYTES_LITERAL("application/x-www-form-urlencoded");
    char storage[HTTP_URL_MAX];
    struct textbuf url;
    char pincode[CLEAN_PINCODE_SIZE] = "";
    const char *why = request_lack(task);
    request_start(request, posts ? HTTP_POST : HTTP_GET, account);
    if (task->operation == CARRIER_LABEL) request->reply_max = LABEL_DATA_MAX;
    if (task->operation == CARRIER_LABEL && task->round > 0) {
        return build_download(task, account, request, out_why);
    }
    textbuf_init(&url, storage, sizeof storage);
    textbuf_text(&url, account->base_url);
    if (!clean_pincode(bytes_of_text(task->shipment.to.postcode), pincode) && why == NULL) {
        why = needs_pincode(task->operation) ? "the pincode is wrong" : NULL;
    }
    put_path(task, pincode, account, &url);
    if (books && why == NULL) why = put_booking(&task->shipment, pincode, account, &request->body);
    else if (posts) put_edit(task, &request->body);
    *out_why = why != NULL ? why : "the request does not fit";
    return why == NULL && (!posts || textbuf_ok(&request->body)) &&
           http_request_url(request, &url) &&
           request_token(request, "Token", account->credential) &&
           http_request_header(request, "Accept", json_type) &&
           (!posts || http_request_header(request, "Content-Type", books ? form_type : json_type));
}
