/* labelling.c - see labelling.h. The fields are those of board/labels/README.md. */
#include "firmware/station/labelling.h"

#include <string.h>

#include "drivers/label_fit.h"
#include "hal/base/units.h"

const char *label_way_word(enum label_way way)
{
    static const char *const words[] = {[LABEL_NOT_MADE] = "",
                                        [LABEL_PASSED] = "courier",
                                        [LABEL_DOCUMENT] = "document",
                                        [LABEL_TEMPLATE] = "template",
                                        [LABEL_PLAIN] = "plain"};
    return words[way];
}

/* --- what is asked --- */

static uint16_t dots_of(unsigned length_dmm, unsigned dpi)
{
    unsigned dots = label_dots(length_dmm, label_dots_per_mm(dpi));
    return (uint16_t)(dots < RENDER_SIDE_MAX_DOTS ? dots : RENDER_SIDE_MAX_DOTS);
}

static struct render_request *new_request(struct step *step, enum render_kind kind, unsigned copy)
{
    const struct config_printer *printer = &step->config->printer;
    struct render_request *request = commands_room(step->commands, sizeof *request);
    *request = (struct render_request){.version = RENDER_VERSION,
                                       .kind = kind,
                                       .form = RENDER_PICTURE,
                                       .dpi = (uint16_t)printer->dpi,
                                       .width_dots = dots_of(printer->width_dmm, printer->dpi),
                                       .height_dots = dots_of(printer->height_dmm, printer->dpi),
                                       .copy = (uint16_t)copy,
                                       .read_back = 1};
    return request;
}

static void want(struct render_request *request, const char *text)
{
    for (size_t i = 0; i < RENDER_WANTED_MAX && text[0] != '\0'; i++) {
        if (request->wanted[i][0] != '\0') continue;
        ENSURE(bytes_to_text(bytes_of_text(text), request->wanted[i], RENDER_WANTED_SIZE));
        return;
    }
}

static uint32_t ask(struct step *step, const struct render_request *request, struct bytes input)
{
    struct command *command = commands_add(step->commands, COMMAND_RENDER);
    command->render.ticket = tickets_take(step->tickets, OWNER_PRINTING, 0);
    command->render.request = request;
    command->render.input = input;
    return command->render.ticket;
}

uint32_t labelling_ask_document(struct step *step, const struct parcel *parcel,
                                const struct render_crop *crop, struct bytes document)
{
    struct render_request *request = new_request(step, RENDER_DOCUMENT, parcel->copy);
    request->crop = *crop;
    want(request, parcel->awb);
    return ask(step, request, document);
}

/* --- the fields of a template --- */

/* One line: what would end it is written as \n, and a backslash as two. */
static void put_field(struct textbuf *to, const char *name, const char *value)
{
    if (value[0] == '\0') return;
    textbuf_format(to, "%s=", name);
    for (const char *one = value; *one != '\0'; one++) {
        if (*one == '\n') textbuf_text(to, "\\n");
        else if (*one == '\\') textbuf_text(to, "\\\\");
        else if (*one != '\r') textbuf_char(to, *one);
    }
    textbuf_char(to, '\n');
}

static void put_number(struct textbuf *to, const char *name, unsigned value)
{
    if (value > 0) textbuf_format(to, "%s=%u\n", name, value);
}

static void put_to(struct textbuf *to, const struct party *party)
{
    put_field(to, "to_name", party->name);
    put_field(to, "to_line1", party->line1);
    put_field(to, "to_line2", party->line2);
    put_field(to, "to_city", party->city);
    put_field(to, "to_state", party->state);
    put_field(to, "to_postcode", party->postcode);
    put_field(to, "to_phone", party->phone);
}

static void put_from(struct textbuf *to, const struct config_sender *sender)
{
    put_field(to, "from_name", sender->name);
    put_field(to, "from_line1", sender->line1);
    put_field(to, "from_line2", sender->line2);
    put_field(to, "from_city", sender->city);
    put_field(to, "from_postcode", sender->postcode);
    put_field(to, "from_phone", sender->phone);
}

static void put_parcel(struct textbuf *to, const struct step *step, const struct parcel *parcel,
                       const char *carrier_title)
{
    put_field(to, "station", step->config->station);
    put_field(to, "carrier", parcel->carrier);
    put_field(to, "carrier_title", carrier_title);
    put_field(to, "order_no", parcel->order_no);
    put_field(to, "reference", parcel->reference);
    put_number(to, "package_no", parcel->package_no);
    put_number(to, "packages_total", parcel->packages_total);
    textbuf_text(to, "mass_kg=");
    mass_kg_write(to, parcel->mass_mg);
    textbuf_char(to, '\n');
}

static void put_payment(struct textbuf *to, const struct shipment *shipment)
{
    bool cod = shipment->payment == PAYMENT_COD;
    put_field(to, "payment", cod ? "cod" : "prepaid");
    put_field(to, "currency", shipment->currency);
    if (!cod) return;
    textbuf_text(to, "collect=");
    minor_write(to, shipment->collect_minor, 2);
    textbuf_char(to, '\n');
}

static void put_size(struct textbuf *to, const struct shipment *shipment)
{
    const int32_t sides_mm[] = {shipment->length_mm, shipment->width_mm, shipment->height_mm};
    if (sides_mm[0] <= 0 || sides_mm[1] <= 0 || sides_mm[2] <= 0) return;
    textbuf_text(to, "size_cm=");
    for (size_t i = 0; i < ARRAY_LEN(sides_mm); i++) {
        if (i > 0) textbuf_text(to, " x ");
        textbuf_i64(to, (sides_mm[i] + 9) / 10); /* as a courier measures: rounded up */
    }
    textbuf_char(to, '\n');
}

static void put_handling(struct textbuf *to, const struct shipment *shipment)
{
    put_field(to, "fragile", shipment->fragile ? "yes" : "");
    put_field(to, "dangerous", shipment->dangerous);
}

static void begin_fields(struct step *step, struct textbuf *to)
{
    textbuf_init(to, commands_room(step->commands, LABEL_FIELDS_MAX), LABEL_FIELDS_MAX);
}

/* "courier-delhivery"; where there is no such template, "courier" is taken (board/labels). */
static void name_template(struct render_request *request, const char *carrier)
{
    struct textbuf name;
    textbuf_init(&name, request->name, sizeof request->name);
    textbuf_format(&name, "courier-%s", carrier);
    if (textbuf_ok(&name)) return;
    textbuf_reset(&name);
    textbuf_text(&name, "courier");
}

uint32_t labelling_ask_template(struct step *step, const struct parcel *parcel,
                                const struct shipment *shipment, const char *carrier_title)
{
    struct render_request *request = new_request(step, RENDER_TEMPLATE, parcel->copy);
    struct textbuf fields;
    begin_fields(step, &fields);
    put_parcel(&fields, step, parcel, carrier_title);
    put_field(&fields, "awb", parcel->awb);
    put_field(&fields, "routing", parcel->route);
    put_field(&fields, "service", shipment->service);
    put_field(&fields, "date", shipment->date);
    put_field(&fields, "contents", shipment->contents);
    put_size(&fields, shipment);
    put_handling(&fields, shipment);
    put_payment(&fields, shipment);
    put_to(&fields, &shipment->to);
    put_from(&fields, &step->config->sender);
    name_template(request, parcel->carrier);
    want(request, parcel->awb);
    return ask(step, request, textbuf_bytes(&fields));
}

uint32_t labelling_ask_hold(struct step *step, const struct parcel *parcel,
                            const char *carrier_title)
{
    struct render_request *request = new_request(step, RENDER_TEMPLATE, 1);
    struct textbuf fields;
    begin_fields(step, &fields);
    put_parcel(&fields, step, parcel, carrier_title);
    memcpy(request->name, "hold", sizeof "hold");
    want(request, parcel->reference);
    return ask(step, request, textbuf_bytes(&fields));
}

/* --- what comes of it --- */

enum label_verdict labelling_judge(const struct event *event, const char **out_why)
{
    const struct render_answer *answer = event->rendered.answer;
    *out_why = "nobody is there who draws it";
    if (event->rendered.error != ERR_NONE || answer == NULL) return LABEL_NO_HELP;
    *out_why = answer->sentence;
    if (answer->result != RENDER_DONE) return LABEL_REFUSED;
    *out_why = "a barcode that must be on it cannot be read from it";
    return (answer->warnings & RENDER_WARN_WANTED) != 0 ? LABEL_UNREAD : LABEL_GOOD;
}

struct picture labelling_picture(const struct event *event)
{
    const struct render_answer *answer = event->rendered.answer;
    return (struct picture){.width_dots = answer->width_dots,
                            .height_dots = answer->height_dots,
                            .bytes_per_row = answer->bytes_per_row,
                            .rows = event->rendered.output.data};
}
