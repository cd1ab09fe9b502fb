/* template_fields.c - the fields there are, and how a text names them. */
#include <string.h>

#include "firmware/render/template.h"

/* One line a field, with what stands for it where a template is tried out. */
static const char samples[] = "carrier=sandbox\n"
                              "carrier_title=Sandbox Courier\n"
                              "service=Surface\n"
                              "awb=28411210000145\n"
                              "routing=BLR/KOR\n"
                              "order_no=WEB-2026-001047\n"
                              "reference=bay-1-01234567-000047-1\n"
                              "package_no=1\n"
                              "packages_total=2\n"
                              "payment=cod\n"
                              "collect=1,24,999.00\n"
                              "value=1,24,999.00\n"
                              "currency=INR\n"
                              "mass_kg=12.350\n"
                              "size_cm=40 x 30 x 25\n"
                              "to_name=Lakshmi Venkataraman\n"
                              "to_line1=Flat 302, Shanti Apartments, 14th Cross\n"
                              "to_line2=Koramangala 4th Block\n"
                              "to_city=Bengaluru\n"
                              "to_state=Karnataka\n"
                              "to_postcode=560034\n"
                              "to_country=IN\n"
                              "to_phone=+91 98450 12345\n"
                              "from_name=Example Stores Pvt Ltd\n"
                              "from_line1=Plot 7, Industrial Area Phase 2\n"
                              "from_line2=Near Water Tank\n"
                              "from_city=Gurugram\n"
                              "from_state=Haryana\n"
                              "from_postcode=122001\n"
                              "from_country=IN\n"
                              "from_phone=+91 124 400 0000\n"
                              "contents=Kitchen mixer, 2 jars\n"
                              "fragile=yes\n"
                              "dangerous=UN3481\n"
                              "date=26 Nov 2026\n"
                              "station=bay-1\n"
                              "copy=1\n"
                              "note=Open before signing\n"
                              "batch=MAN-2026-11-26-01\n"
                              "carton=C-000123\n"
                              "location=A-12-03-2\n"
                              "location_title=Aisle A, rack 12, shelf 3, bin 2\n"
                              "page=1\n"
                              "pages=1\n"
                              "parcels_total=1\n"
                              "mass_total_kg=12.350\n"
                              "collect_total=1,24,999.00\n"
                              "language=Hindi\n"
                              "item.1.n=1\n"
                              "item.1.sku=MX-200-BLK\n"
                              "item.1.name=Kitchen mixer 750 W, black\n"
                              "item.1.quantity=2\n"
                              "item.1.value=62,499.50\n"
                              "item.1.place=A-12-03-2\n"
                              "parcel.1.n=1\n"
                              "parcel.1.awb=28411210000145\n"
                              "parcel.1.order_no=WEB-2026-001047\n"
                              "parcel.1.to_name=Lakshmi Venkataraman\n"
                              "parcel.1.to_city=Bengaluru\n"
                              "parcel.1.to_postcode=560034\n"
                              "parcel.1.mass_kg=12.350\n"
                              "parcel.1.collect=1,24,999.00\n"
                              "card.1.n=1\n"
                              "card.1.code=A-12-03-2\n"
                              "card.1.title=A-12-03-2\n"
                              "card.1.words=Aisle A, rack 12\n";

struct bytes template_samples(void)
{
    return bytes_of_text(samples);
}

/* "item.1.sku" is the name of "item.sku". */
static bool is_name(struct bytes line, struct bytes name)
{
    struct bytes whole = bytes_slice(line, 0, bytes_find_byte(line, '='));
    size_t number = bytes_find(whole, BYTES_LITERAL(".1."));
    if (number == whole.len) return bytes_equal(whole, name);
    return bytes_equal(bytes_slice(whole, 0, number), bytes_slice(name, 0, number)) &&
           bytes_equal(bytes_from(whole, number + 2), bytes_from(name, number));
}

/* "own_shelf", "item.own_colour" */
static bool is_own(struct bytes name)
{
    static const char *const lists[] = {"item.", "parcel.", "card."};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (bytes_start_with(name, lists[i])) name = bytes_from(name, strlen(lists[i]));
    }
    if (!bytes_start_with(name, "own_") || name.len == 4) return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t one = name.data[i];
        bool good = (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '_';
        if (!good) return false;
    }
    return true;
}

bool template_field_is_known(struct bytes name)
{
    struct bytes rest = template_samples(), line;
    if (is_own(name)) return true;
    while (bytes_split(&rest, '\n', &line)) {
        if (is_name(line, name)) return true;
    }
    return false;
}

/* ---- the parts of a text -------------------------------------------------------------------- */

static struct piece bad(const char *sentence)
{
    return (struct piece){.kind = PIECE_BAD, .text = bytes_of_text(sentence)};
}

static struct piece take_escaped(struct bytes *rest)
{
    struct bytes one = bytes_slice(*rest, 1, 1);
    *rest = bytes_from(*rest, 2);
    if (one.len == 1 && one.data[0] == 'n') one = BYTES_LITERAL("\n");
    else if (one.len == 0 || memchr("\\\"{}[]", one.data[0], 6) == NULL)
        return bad("After \\ stands one of \\ \" { } [ ] or n, for a new line. Write \\\\ for the "
                   "sign itself.");
    return (struct piece){.kind = PIECE_TEXT, .text = one};
}

static struct piece take_field(struct bytes *rest)
{
    size_t end = bytes_find_byte(*rest, '}');
    if (end == rest->len)
        return bad("A { is never closed. Write {awb} for a field, or \\{ for the sign itself.");
    struct piece piece = {.kind = PIECE_FIELD, .text = bytes_slice(*rest, 1, end - 1)};
    *rest = bytes_from(*rest, end + 1);
    return piece;
}

struct piece template_next_piece(struct bytes *rest)
{
    struct piece piece = {.kind = PIECE_END};
    size_t len = 0;
    if (rest->len == 0) return piece;
    uint8_t first = rest->data[0];
    if (first == '\\') return take_escaped(rest);
    if (first == '{') return take_field(rest);
    if (first == '}') return bad("A } closes nothing. Write \\} for the sign itself.");
    if (first == '[' || first == ']') {
        piece.kind = first == '[' ? PIECE_OPEN : PIECE_CLOSE;
        *rest = bytes_from(*rest, 1);
        return piece;
    }
    while (len < rest->len && memchr("\\{}[]", rest->data[len], 5) == NULL) len++;
    piece = (struct piece){.kind = PIECE_TEXT, .text = bytes_slice(*rest, 0, len)};
    *rest = bytes_from(*rest, len);
    return piece;
}
