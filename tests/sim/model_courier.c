/* model_courier.c - two couriers behind one bad line. What was booked stays booked; an effect
 * may come long after our side of the request has failed, though never later than the settle
 * window allows; a look-up sees a fresh booking only after its lag. */
#include <stdlib.h>
#include <string.h>

#include "carriers/carrier_list.h"
#include "tests/sim/world.h"

#define BODY_MAX 8192

struct answer {
    uint32_t ticket;
    enum exchange_end end;
    int status;
    char content_type[40];
    char body[]; /* as long as it is */
};

static void give_answer(struct world *world, void *data)
{
    const struct answer *answer = data;
    struct http_response response = {.status = answer->status,
                                     .content_type = bytes_of_text(answer->content_type),
                                     .retry_after_s = answer->status == 429 ? 2 : -1,
                                     .body = bytes_of_text(answer->body)};
    struct event event = {.kind = EVENT_EXCHANGE};
    event.exchange.ticket = answer->ticket;
    event.exchange.end = answer->end;
    event.exchange.response = answer->end == EXCHANGE_ANSWERED ? &response : NULL;
    event.exchange.sentence = "";
    sim_give(world, &event);
}

void line_answer(struct world *world, uint32_t ticket, int64_t in_ms, enum exchange_end end,
                 int status, const char *content_type, const char *body)
{
    size_t body_size = strlen(body) + 1;
    struct answer *answer = sim_alloc(sizeof *answer + body_size);
    answer->ticket = ticket;
    answer->end = end;
    answer->status = status;
    snprintf(answer->content_type, sizeof answer->content_type, "%s", content_type);
    memcpy(answer->body, body, body_size);
    sim_later(world, in_ms, false, give_answer, answer);
}

struct request { /* on its way to the courier */
    uint32_t ticket;
    unsigned carrier;
    enum http_method method;
    char url[HTTP_URL_MAX];
    int64_t answer_in_ms;
    int64_t failed_ms; /* when our side was told that it had failed */
    bool answer_lost;
    bool broken_answer;
    char body[]; /* as long as it is */
};

const struct sim_shipment *courier_find(const struct world *world, unsigned carrier,
                                        const char *reference)
{
    const struct sim_courier *courier = &world->couriers[carrier];
    if (courier->buckets == NULL) return NULL;
    for (uint32_t i = courier->buckets[sim_hash(reference)]; i != 0;
         i = courier->shipments[i - 1].chain) {
        if (strcmp(courier->shipments[i - 1].reference, reference) == 0)
            return &courier->shipments[i - 1];
    }
    return NULL;
}

static const struct sim_shipment *add_shipment(struct world *world, const struct sim_shipment *from)
{
    struct sim_courier *courier = &world->couriers[from->carrier];
    if (courier->count == courier->room) {
        courier->room = courier->room == 0 ? 256 : courier->room * 2;
        courier->shipments = realloc(courier->shipments, courier->room * sizeof *from);
        ENSURE(courier->shipments != NULL);
    }
    if (courier->buckets == NULL) courier->buckets = sim_alloc(HASH_BUCKETS * sizeof(uint32_t));
    struct sim_shipment *shipment = &courier->shipments[courier->count];
    *shipment = *from;
    uint32_t bucket = sim_hash(shipment->reference);
    shipment->chain = courier->buckets[bucket];
    courier->buckets[bucket] = (uint32_t)++courier->count;
    uint32_t lag_s = world->station->carriers[from->carrier]->promises.lookup_lag_s;
    shipment->visible_ms = world->now_ms + sim_between(world, 0, (int64_t)lag_s * 1000);
    sim_trace(world, "booked", shipment->reference);
    rules_after_booking(world, shipment);
    return shipment;
}

static void copy_member(struct json object, const char *key, char *out, size_t size)
{
    struct bytes text;
    out[0] = '\0';
    if (json_number_or_text(json_get(object, key), &text)) (void)bytes_to_text(text, out, size);
}

static int64_t whole(struct json object, const char *key)
{
    int64_t value = -1;
    return json_i64(json_get(object, key), 0, INT64_MAX, &value) ? value : -1;
}

static bool parse(struct world *world, struct bytes body, struct json *out_root)
{
    return json_parse(body, (struct scratch){world->json_memory, world->json_size}, out_root) ==
           JSON_OK;
}

static void say(struct world *world, const struct request *request, int status, const char *body)
{
    if (request->answer_lost) return; /* our side was told so already */
    if (request->broken_answer) {
        char cut[BODY_MAX];
        snprintf(cut, sizeof cut, "%s", body);
        cut[strlen(cut) / 2] = '\0';
        line_answer(world, request->ticket, request->answer_in_ms, EXCHANGE_ANSWERED, status,
                    "application/json", cut);
        return;
    }
    line_answer(world, request->ticket, request->answer_in_ms, EXCHANGE_ANSWERED, status,
                "application/json", body);
}

static void say_pool(struct world *world, const struct request *request)
{
    char body[BODY_MAX];
    int len = snprintf(body, sizeof body, request->carrier == 0 ? "{\"awbs\":[" : "\"");
    for (unsigned i = 0; i < 25; i++) {
        uint64_t number = ++world->couriers[request->carrier].next_awb;
        const char *quote = request->carrier == 0 ? "\"" : "";
        len += snprintf(body + len, sizeof body - (size_t)len, "%s%s%s%09llu%s", i > 0 ? "," : "",
                        quote, request->carrier == 0 ? "SBX" : "28411", (unsigned long long)number,
                        quote);
    }
    snprintf(body + len, sizeof body - (size_t)len, request->carrier == 0 ? "]}" : "\"");
    say(world, request, request->carrier == 0 ? 201 : 200, body);
}

/* --- the sandbox: a true key
 * ------------------------------------------------------------------------ */

/* In the printer's language, or as a page that says nothing but its number. */
static void write_label(const struct world *world, const char *awb, char *out, size_t size)
{
    if (world->pages) {
        snprintf(out, size, "{\"format\":\"pdf\",\"data\":\"%%PDF-1.4\\nawb:%s\\n%%%%EOF\"}", awb);
        return;
    }
    snprintf(out, size,
             "{\"format\":\"zpl\",\"data\":\"^XA^FO40,40^BY3^BCN,200,Y,N,N,A^FD%s^FS^XZ\"}", awb);
}

static void sandbox_say_shipment(struct world *world, const struct request *request,
                                 const struct sim_shipment *shipment, int status)
{
    char body[BODY_MAX], label[200];
    write_label(world, shipment->awb, label, sizeof label);
    snprintf(body, sizeof body,
             "{\"awb\":\"%s\",\"reference\":\"%s\",\"status\":\"booked\",\"mass_g\":%lld,\"route\":"
             "\"SIM\",\"label\":%s}",
             shipment->awb, shipment->reference, (long long)shipment->mass_g, label);
    say(world, request, status, body);
}

static void sandbox_book(struct world *world, const struct request *request)
{
    struct sim_shipment shipment = {.carrier = 0};
    struct json root;
    if (!parse(world, bytes_of_text(request->body), &root)) return;
    copy_member(root, "reference", shipment.reference, sizeof shipment.reference);
    copy_member(root, "order_no", shipment.order_no, sizeof shipment.order_no);
    copy_member(root, "awb", shipment.awb, sizeof shipment.awb);
    shipment.mass_g = whole(root, "mass_g");
    char postcode[12];
    copy_member(json_get(root, "to"), "postcode", postcode, sizeof postcode);
    const struct sim_shipment *old = courier_find(world, 0, shipment.reference);
    if (old != NULL && !world->keyless) {
        sandbox_say_shipment(world, request, old, 200);
        return;
    }
    rules_before_booking(world, shipment.reference, shipment.mass_g);
    rules_at_awb(world, 0, shipment.awb, shipment.reference);
    if (sim_fault(world, FAULT_REFUSED_ONCE, 30)) {
        say(world, request, 422,
            "{\"error\":{\"code\":\"account_funds\",\"message\":\"the credit is used up\"}}");
        return;
    }
    if (strcmp(postcode, "799999") == 0) {
        say(world, request, 422,
            "{\"error\":{\"code\":\"not_serviceable\",\"message\":\"799999 is not served\"}}");
        return;
    }
    if (shipment.awb[0] == '\0') {
        snprintf(shipment.awb, sizeof shipment.awb, "SBX%09llu",
                 (unsigned long long)++world->couriers[0].next_awb);
    }
    sandbox_say_shipment(world, request, add_shipment(world, &shipment), 201);
}

static void sandbox_look_up(struct world *world, const struct request *request)
{
    const char *reference = strstr(request->url, "reference=");
    const struct sim_shipment *shipment =
        reference == NULL ? NULL : courier_find(world, 0, reference + 10);
    char body[BODY_MAX];
    snprintf(body, sizeof body, "{\"shipments\":[]}");
    if (shipment != NULL && shipment->visible_ms <= world->now_ms) {
        snprintf(body, sizeof body,
                 "{\"shipments\":[{\"awb\":\"%s\",\"reference\":\"%s\",\"status\":\"%s\","
                 "\"mass_g\":%lld}]}",
                 shipment->awb, shipment->reference, shipment->cancelled ? "cancelled" : "booked",
                 (long long)shipment->mass_g);
    }
    say(world, request, 200, body);
}

static void sandbox_label(struct world *world, const struct request *request)
{
    char body[BODY_MAX], label[200], awb[SHIPMENT_AWB_SIZE] = "";
    const char *at = strstr(request->url, "/shipments/");
    if (at != NULL) sscanf(at + 11, "%40[^/]", awb);
    write_label(world, awb, label, sizeof label);
    snprintf(body, sizeof body, "{\"awb\":\"%s\",\"label\":%s}", awb, label);
    say(world, request, 200, body);
}

struct sim_shipment *courier_cancel(struct world *world, unsigned carrier, const char *awb)
{
    struct sim_courier *courier = &world->couriers[carrier];
    for (size_t i = 0; i < courier->count; i++) {
        if (strcmp(courier->shipments[i].awb, awb) != 0) continue;
        courier->shipments[i].cancelled = true;
        sim_trace(world, "cancelled at the courier", awb);
        return &courier->shipments[i];
    }
    return NULL;
}

void courier_cancel_by_hand(struct world *world, unsigned carrier, const char *awb)
{
    struct sim_shipment *shipment = courier_cancel(world, carrier, awb);
    if (shipment != NULL) shipment->by_hand = true;
}

static void sandbox_cancel(struct world *world, const struct request *request)
{
    char body[200], awb[SHIPMENT_AWB_SIZE] = "";
    sscanf(strstr(request->url, "/shipments/") + 11, "%40[^/]", awb);
    if (courier_cancel(world, 0, awb) == NULL) {
        say(world, request, 404,
            "{\"error\":{\"code\":\"not_found\",\"message\":\"no such shipment\"}}");
        return;
    }
    snprintf(body, sizeof body, "{\"awb\":\"%s\",\"status\":\"cancelled\"}", awb);
    say(world, request, 200, body);
}

static void sandbox(struct world *world, const struct request *request)
{
    bool posts = request->method == HTTP_POST;
    if (strstr(request->url, "/waybills") != NULL) say_pool(world, request);
    else if (strstr(request->url, "/cancel") != NULL) sandbox_cancel(world, request);
    else if (posts && strstr(request->url, "/shipments") != NULL) sandbox_book(world, request);
    else if (strstr(request->url, "/label") != NULL) sandbox_label(world, request);
    else sandbox_look_up(world, request);
}

/* --- Delhivery: refuses what it has seen, and says so inside a 200
 * ----------------------------------- */

static void url_decode(const char *from, char *out, size_t size)
{
    size_t len = 0;
    for (; *from != '\0' && len + 1 < size; from++) {
        unsigned byte = (uint8_t)*from;
        if (*from == '%' && sscanf(from + 1, "%2x", &byte) == 1) from += 2;
        out[len++] = (char)byte;
    }
    out[len] = '\0';
}

static void delhivery_say(struct world *world, const struct request *request, bool good,
                          const char *remark, const struct sim_shipment *shipment)
{
    char body[BODY_MAX];
    snprintf(body, sizeof body,
             "{\"package_count\":1,\"upload_wbn\":\"UPL1\",\"packages\":[{\"status\":\"%s\","
             "\"client\":\"SIM\","
             "\"sort_code\":\"SIM/"
             "1\",\"remarks\":[\"%s\"],\"waybill\":\"%s\",\"serviceable\":%s,\"refnum\":\"%s\"}],"
             "\"success\":%s}",
             good ? "Success" : "Fail", remark, shipment->awb, good ? "true" : "false",
             shipment->reference, good ? "true" : "false");
    say(world, request, 200, body);
}

static bool awb_taken(const struct world *world, const char *awb)
{
    for (size_t i = 0; i < world->couriers[1].count; i++) {
        if (strcmp(world->couriers[1].shipments[i].awb, awb) == 0) return true;
    }
    return false;
}

static void delhivery_book(struct world *world, const struct request *request)
{
    char decoded[BODY_MAX], pin[12];
    struct sim_shipment shipment = {.carrier = 1};
    struct json root;
    url_decode(request->body, decoded, sizeof decoded);
    const char *data = strstr(decoded, "data=");
    if (data == NULL || !parse(world, bytes_of_text(data + 5), &root)) {
        sim_violation(world, "Delhivery is told well-formed data", decoded);
        return;
    }
    struct json each = json_at(json_get(root, "shipments"), 0);
    copy_member(each, "order", shipment.reference, sizeof shipment.reference);
    copy_member(each, "waybill", shipment.awb, sizeof shipment.awb);
    copy_member(each, "pin", pin, sizeof pin);
    shipment.mass_g = whole(each, "weight");
    rules_before_booking(world, shipment.reference, shipment.mass_g);
    rules_at_awb(world, 1, shipment.awb, shipment.reference);
    const struct sim_fact *intent = disk_find_intent(world, shipment.reference);
    struct sim_order *order = intent == NULL ? NULL : oms_order(world, intent->subject);
    if (order != NULL) memcpy(shipment.order_no, order->order_no, sizeof order->order_no);
    if (courier_find(world, 1, shipment.reference) != NULL) {
        delhivery_say(world, request, false,
                      "Crashing while saving package due to exception 'Duplicate order id'. "
                      "Package might have "
                      "been partially saved.",
                      &shipment);
    } else if (shipment.awb[0] != '\0' && awb_taken(world, shipment.awb)) {
        delhivery_say(world, request, false, "Unable to consume waybill", &shipment);
    } else if (strcmp(pin, "799999") == 0) {
        delhivery_say(
            world, request, false,
            "Crashing while saving package due to exception '799999 is non serviceable pincode'. "
            "Package might have been partially saved.",
            &shipment);
    } else {
        if (shipment.awb[0] == '\0') {
            snprintf(shipment.awb, sizeof shipment.awb, "28411%09llu",
                     (unsigned long long)++world->couriers[1].next_awb);
        }
        bool said = !sim_fault(world, FAULT_PARTLY_SAVED, 15);
        delhivery_say(world, request, said,
                      said ? ""
                           : "Crashing while saving package due to exception 'timed out'. "
                             "Package might have been partially saved.",
                      add_shipment(world, &shipment));
    }
}

static void delhivery_look_up(struct world *world, const struct request *request)
{
    const char *reference = strstr(request->url, "ref_ids=");
    const struct sim_shipment *shipment =
        reference == NULL ? NULL : courier_find(world, 1, reference + 8);
    char body[BODY_MAX];
    if (shipment == NULL || shipment->visible_ms > world->now_ms) {
        say(world, request, 200, "{\"Error\":\"No such waybill or Order Id found\"}");
        return;
    }
    snprintf(body, sizeof body,
             "{\"ShipmentData\":[{\"Shipment\":{\"AWB\":\"%s\",\"ReferenceNo\":\"%s\",\"Status\":{"
             "\"Status\":\"Manifested\","
             "\"StatusType\":\"UD\",\"StatusCode\":\"X-UCI\"}}}]}",
             shipment->awb, shipment->reference);
    say(world, request, 200, body);
}

static void delhivery_cancel(struct world *world, const struct request *request)
{
    char body[200], awb[SHIPMENT_AWB_SIZE] = "";
    struct json root;
    if (!parse(world, bytes_of_text(request->body), &root)) return;
    copy_member(root, "waybill", awb, sizeof awb);
    bool known = courier_cancel(world, 1, awb) != NULL;
    snprintf(body, sizeof body, "{\"status\":%s,\"waybill\":\"%s\",\"remark\":\"%s\"}",
             known ? "true" : "false", awb,
             known ? "Shipment has been cancelled." : "Invalid waybill");
    say(world, request, 200, body);
}

static void delhivery(struct world *world, const struct request *request)
{
    if (strstr(request->url, "/waybill/api/bulk") != NULL) say_pool(world, request);
    else if (strstr(request->url, "/api/cmu/create.json") != NULL) delhivery_book(world, request);
    else if (strstr(request->url, "/api/p/edit") != NULL) delhivery_cancel(world, request);
    else delhivery_look_up(world, request);
}

static void arrive(struct world *world, void *data)
{
    const struct request *request = data;
    size_t before = world->couriers[request->carrier].count;
    if (request->carrier == 0) sandbox(world, request);
    else delhivery(world, request);
    bool books = world->couriers[request->carrier].count > before;
    if (books && world->now_ms > request->failed_ms) world->report.tally.late_effects++;
}

/* What the line does with a request. An effect may trail our failure, but not past the settle
 * window. */
static void spoil(struct world *world, struct request *request, int64_t *effect_in_ms)
{
    int64_t settle_ms =
        (int64_t)world->station->carriers[request->carrier]->promises.settle_s * 1000;
    int64_t lost_in_ms = sim_between(world, 50, 9000);
    if (settle_ms < 2000) settle_ms = 2000;
    if (sim_fault(world, FAULT_ANSWER_LOST,
                  60)) { /* the answer is lost; the effect comes when it comes */
        world->report.lost_replies++;
        request->answer_lost = true;
        request->failed_ms = world->now_ms + lost_in_ms;
        int64_t last_ms = world->options.courier_lies ? settle_ms * 4 : settle_ms * 9 / 10;
        *effect_in_ms = sim_between(world, 10, last_ms);
        line_answer(world, request->ticket, lost_in_ms, EXCHANGE_MAYBE_SENT, 0, "", "");
    } else if (sim_fault(world, FAULT_SERVER_ERROR,
                         30)) { /* an error that says nothing about the effect */
        request->answer_lost = true;
        request->failed_ms = world->now_ms + lost_in_ms;
        line_answer(world, request->ticket, lost_in_ms, EXCHANGE_ANSWERED, 500, "text/html",
                    "<html>500</html>");
    } else if (sim_fault(world, FAULT_ANSWER_BROKEN, 20)) {
        request->broken_answer = true;
    } else if (sim_fault(world, FAULT_ANSWER_LATE, 20)) {
        request->answer_in_ms = sim_between(world, 9000, 30000); /* after our patience */
    }
}

void courier_exchange(struct world *world, uint32_t ticket, unsigned carrier,
                      const struct http_request *from)
{
    bool said = world->courier_says != NULL && world->courier_says(world, ticket, carrier, from);
    if (said && world->carrier_down[carrier]) return;
    if (world->line_down || world->carrier_down[carrier]) {
        line_answer(world, ticket, 20, EXCHANGE_NOT_SENT, 0, "", "");
        return;
    }
    bool away = world->now_ms < world->away_until_ms[carrier];
    if (away || sim_fault(world, FAULT_NOT_SENT, 60)) {
        line_answer(world, ticket, sim_between(world, 1, 5000), EXCHANGE_NOT_SENT, 0, "", "");
        return;
    }
    if (sim_fault(world, FAULT_THROTTLED, 20)) {
        line_answer(world, ticket, 50, EXCHANGE_ANSWERED, 429, "text/html",
                    "<html>slow down</html>");
        return;
    }
    ENSURE(from->body.len < BODY_MAX);
    struct request *request = sim_alloc(sizeof *request + from->body.len + 1);
    request->ticket = ticket;
    request->carrier = carrier;
    request->method = from->method;
    snprintf(request->url, sizeof request->url, "%s", from->url);
    if (from->body.len > 0) memcpy(request->body, from->body.data, from->body.len);
    request->answer_in_ms = sim_between(world, 5, 400);
    request->failed_ms = INT64_MAX;
    int64_t effect_in_ms = sim_between(world, 5, 800);
    spoil(world, request, &effect_in_ms);
    sim_later(world, effect_in_ms, true, arrive, request);
}
