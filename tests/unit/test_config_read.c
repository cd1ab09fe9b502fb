/* Guards: a settings file becomes a whole snapshot or a list of complaints with line numbers, never
 * a half; every setting arrives in its field; what is wrong is named with what would be right. */
#include "firmware/config/config_read.h"

#include "tests/support/expect.h"

static const char *name_of(const char *const *names, size_t count, size_t index)
{
    return index < count ? names[index] : NULL;
}

static const char *scale_at(size_t index)
{
    static const char *const names[] = {"toledo-continuous", "sics"};
    return name_of(names, ARRAY_LEN(names), index);
}

static const char *scanner_at(size_t index)
{
    static const char *const names[] = {"line", "keyboard"};
    return name_of(names, ARRAY_LEN(names), index);
}

static const char *printer_at(size_t index)
{
    static const char *const names[] = {"zpl", "tspl"};
    return name_of(names, ARRAY_LEN(names), index);
}

static const char *carrier_at(size_t index)
{
    static const char *const names[] = {"sandbox", "delhivery", "a0", "a1", "a2", "a3"};
    return name_of(names, ARRAY_LEN(names), index);
}

static const char *oms_at(size_t index)
{
    static const char *const names[] = {"custom"};
    return name_of(names, ARRAY_LEN(names), index);
}

static const struct config_names names = {scale_at,   scanner_at, printer_at,
                                          carrier_at, oms_at,     NULL};

/* As little as will do; the sections are apart so that a test can change one of them. */
#define STATION "[station]\nid = bay-3\nmode = live\n"
#define SCALE "[scale]\naddress = serial:/dev/ttyS0\n"
#define SCANNER "[scanner \"hand\"]\naddress = usb:0c2e:0b61\n"
#define PRINTER "[printer]\naddress = tcp:192.0.2.7:9100\n"
#define CARRIER                                                                          \
    "[carrier \"sandbox\"]\nbase_url = https://c.example.in\ncredential_file = /etc/t\n" \
    "pickup_location = Dock 2\npickup_postcode = 560001\n"
#define OMS "[oms]\nbase_url = https://o.example.in/packd/v1\ntoken_file = /etc/o\n"
#define LEAST STATION SCALE SCANNER PRINTER CARRIER OMS

static struct config_complaints complaints;

/* The first complaint as it would be printed, or "" when the file is good. */
static const char *verdict(const char *file, struct config *out)
{
    static char storage[CONFIG_SENTENCE_SIZE + 16];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    bool good = config_read(bytes_of_text(file), &names, out, &complaints);
    EXPECT(good == (complaints.count == 0), "either a snapshot or complaints");
    if (!good) config_complaint_write(&text, "f", &complaints.entries[0]);
    return storage;
}

static void the_least_file_is_completed_by_defaults(void)
{
    struct config config;
    EXPECT_TEXT("", verdict(LEAST, &config), "what must be given is enough");
    EXPECT_TEXT("bay-3", config.station, "as written");
    EXPECT_TEXT("", config.site, "may be left out");
    EXPECT_TEXT("hi", config.language, "Hindi first");
    EXPECT_I64(CONFIG_LIVE, config.mode, "as written");
    EXPECT(!config.automatic, "one press by default");
    EXPECT_TEXT("/var/lib/packd", config.data_dir, "default");
    EXPECT_TEXT("/run/packd/control.sock", config.control_socket, "default");
    EXPECT_I64(7800, config.web_port, "default");
    EXPECT_TEXT("serial:/dev/ttyS0", config.scale.address, "as written");
    EXPECT_TEXT("auto", config.scale.driver, "default");
    EXPECT_I64(0, config.scale.line.baud, "the driver's usual line");
    EXPECT_I64(100000, config.scale.min_mass_mg, "100 g in milligrams");
    EXPECT_I64(30000000, config.scale.max_mass_mg, "30 kg in milligrams");
    EXPECT_I64(20000, config.scale.empty_below_mg, "20 g in milligrams");
    EXPECT_I64(500, config.scale.stable_for_ms, "default");
    EXPECT_I64(1, config.scanner_count, "one scanner");
    EXPECT_TEXT("auto", config.scanners[0].driver, "default");
    EXPECT_I64(KEYBOARD_US, config.scanners[0].settings.layout, "default");
    EXPECT_I64(8, config.scanners[0].settings.gs_key, "F8 by default");
    EXPECT_TEXT("", config.scanners[0].settings.prefix, "nothing before a code");
    EXPECT_TEXT("", config.scanners[0].settings.suffix, "nothing behind it");
    EXPECT_TEXT("auto", config.printer.driver, "default");
    EXPECT_I64(203, config.printer.dpi, "default");
    EXPECT_I64(1016, config.printer.width_dmm, "four inches");
    EXPECT_I64(1524, config.printer.height_dmm, "six inches");
    EXPECT_I64(0, config.printer.darkness + config.printer.speed_ips, "as somebody has set it");
    EXPECT_I64(PRINTER_MEDIA_AS_IS, config.printer.media, "likewise");
    EXPECT_I64(PRINTER_MODE_AS_IS, config.printer.mode, "likewise");
    EXPECT_I64(1, config.carrier_count, "one courier");
    EXPECT_TEXT("sandbox", config.carriers[0].name, "named by its section");
    EXPECT_TEXT("Dock 2", config.carriers[0].pickup_location, "blanks inside stay");
    EXPECT_TEXT("/etc/ssl/certs/ca-certificates.crt", config.carriers[0].ca_file, "default");
    EXPECT_I64(15000, config.carriers[0].timeout_ms, "default");
    EXPECT_I64(0, config.carriers[0].settle_ms, "the courier's own");
    EXPECT_TEXT("custom", config.oms.kind, "default");
    EXPECT_I64(8000, config.oms.timeout_ms, "default");
    EXPECT_I64(5000, config.oms.poll_ms, "default");
    EXPECT_I64(0, config.rule_count, "no rules");
    EXPECT_TEXT("", config.scan.json_key, "usual names");
    EXPECT_TEXT("", config.scan.url_part, "usual parts");
    EXPECT(!config.scan.gs1_without_aim, "only a scanner's own word makes it GS1");
    EXPECT_I64(300, config.limits.double_scan_ms, "default");
    EXPECT_I64(3000, config.limits.order_wait_ms, "default");
    EXPECT_I64(5000, config.limits.booking_wait_ms, "default");
    EXPECT_I64(10000, config.limits.print_wait_ms, "default");
    EXPECT_I64(64, config.limits.reserve_mib, "default");
}

static void the_cable_is_set_beside_the_line(void)
{
    struct config config;
    EXPECT_TEXT("",
                verdict(LEAST "[scale]\nflow = xonxoff\ndtr = off\n[printer]\n"
                              "flow = rtscts\n[scanner \"c\"]\nrts = off\n",
                        &config),
                "good");
    EXPECT_I64(0, config.scale.line.baud, "the line is still to be found");
    EXPECT_I64(LINE_FLOW_XON_XOFF, config.scale.wiring.flow, "flow control");
    EXPECT_I64(LINE_PIN_OFF, config.scale.wiring.dtr, "DTR off");
    EXPECT_I64(LINE_PIN_ON, config.scale.wiring.rts, "RTS as usual");
    EXPECT_I64(LINE_FLOW_RTS_CTS, config.printer.wiring.flow, "a serial printer's");
    EXPECT_I64(LINE_PIN_OFF, config.scanners[config.scanner_count - 1].wiring.rts, "a scanner's");
}

/* OIML R 76-1, class III: Min is 20 divisions. */
static void the_least_mass_follows_from_the_division(void)
{
    struct config config;
    EXPECT_TEXT("", verdict(LEAST "[scale]\ndivision_g = 1\ncapacity_g = 6000\n", &config),
                "a small scale");
    EXPECT_I64(1000, config.scale.division_mg, "as written");
    EXPECT_I64(6000000, config.scale.capacity_mg, "as written");
    EXPECT_I64(20000, config.scale.min_mass_mg, "20 divisions");
    EXPECT_I64(4000, config.scale.empty_below_mg, "4 divisions");
    EXPECT_I64(0, config.scale.check_mass_mg, "no check unless it is asked for");
    EXPECT_I64(330, config.scale.utc_offset_min, "the day of India");
    EXPECT_TEXT("",
                verdict(LEAST "[scale]\ncheck_mass_g = 5000\ncheck_by = 08\nutc_offset_min = -60\n",
                        &config),
                "a check");
    EXPECT_I64(5000000, config.scale.check_mass_mg, "its mass");
    EXPECT_I64(9, config.scale.check_by, "by the hour, after `first`");
    EXPECT_I64(-60, config.scale.utc_offset_min, "west of Greenwich");
    EXPECT_TEXT("",
                verdict(LEAST "[scale]\ndivision_g = 0.5\nmin_mass_g = 50\nempty_below_g = 0\n",
                        &config),
                "its own values");
    EXPECT_I64(50000, config.scale.min_mass_mg, "stay");
    EXPECT_I64(0, config.scale.empty_below_mg, "nought too");
}

/* The file that is shipped: its own values, read from it by eye. */
static void the_shipped_example_is_a_good_file(void)
{
    static char file[CONFIG_FILE_MAX];
    struct config config;
    FILE *stream = fopen(PACKD_SOURCE_DIR "/board/station.conf.example", "r");
    if (!EXPECT(stream != NULL, "the example is there")) return;
    file[fread(file, 1, sizeof file - 1, stream)] = '\0';
    fclose(stream);
    EXPECT_TEXT("", verdict(file, &config), "it has no mistake");
    EXPECT_I64(9600, config.scale.line.baud, "the line");
    EXPECT_I64(7, config.scale.line.data_bits, "the line");
    EXPECT_I64(LINE_PARITY_EVEN, config.scale.line.parity, "the line");
    EXPECT_I64(1, config.scale.line.stop_bits, "the line's default");
    EXPECT_I64(2, config.scanner_count, "two scanners");
    EXPECT_TEXT("keyboard", config.scanners[0].driver, "the first");
    EXPECT_TEXT("tcp:192.0.2.21:2001", config.scanners[1].address, "the second");
    EXPECT_I64(1, config.carrier_count, "one courier");
    EXPECT_TEXT("delhivery", config.carriers[0].name, "whose name stands in the section");
    EXPECT_I64(50, config.carriers[0].pool_low, "numbers ahead");
    EXPECT_TEXT("EXAMPLE NORTH B2C", config.carriers[0].client, "the account");
    EXPECT_I64(4, config.rule_count, "four rules");
    EXPECT_TEXT("surface", config.rules[1].service, "a rule's service");
    EXPECT_I64(CONFIG_COD, config.rules[1].payment, "a rule's payment");
    EXPECT_I64(5000000, config.rules[1].max_mass_mg, "a rule's upper end");
    EXPECT_I64(9800, config.rules[1].price_minor, "a rule's price");
    EXPECT_TEXT("", config.rules[2].service, "- is no service");
    EXPECT_I64(5000000, config.rules[2].min_mass_mg, "a rule's lower end");
    EXPECT_I64(0, config.rules[2].max_mass_mg, "no upper end");
    EXPECT_TEXT("delhivery", config.rules[3].carrier, "a rule of one word");
    EXPECT_I64(CONFIG_ANY_PAYMENT, config.rules[3].payment, "fits everything");
}

static void a_scanner_is_set_up(void)
{
    struct config config;
    EXPECT_TEXT("",
                verdict(LEAST "[scanner \"second\"]\naddress = usb:05e0:1200\ndriver = keyboard\n"
                              "layout = fr\ngs_key = none\nprefix = ~~\nsuffix = \" ;\"\n",
                        &config),
                "a good file");
    EXPECT_I64(KEYBOARD_FR, config.scanners[1].settings.layout, "its country");
    EXPECT_I64(0, config.scanners[1].settings.gs_key, "no function key");
    EXPECT_TEXT("~~", config.scanners[1].settings.prefix, "its prefix");
    EXPECT_TEXT(" ;", config.scanners[1].settings.suffix, "its suffix");
}

static void without_a_file_training_mode_is_ready(void)
{
    static struct config config;
    config_training(&config);
    EXPECT_I64(CONFIG_TRAINING, config.mode, "training");
    EXPECT_TEXT("https://localhost:7801/sandbox/v1", config.carriers[0].base_url, "packsim");
    EXPECT_TEXT("https://localhost:7802/packd/v1", config.oms.base_url, "packsim");
    EXPECT_TEXT("/var/lib/packd-training/token", config.oms.token_file, "packsim's token");
    EXPECT_TEXT("/var/lib/packd-training/ca.pem", config.carriers[0].ca_file,
                "packsim's authority");
    EXPECT_TEXT("tcp:127.0.0.1:7811", config.scale.address, "the virtual scale");
    EXPECT_TEXT("tcp:127.0.0.1:7812", config.scanners[0].address, "the virtual scanner");
    EXPECT_TEXT("tcp:127.0.0.1:7813", config.printer.address, "the virtual printer");
    EXPECT_TEXT("/var/lib/packd/training", config.data_dir, "never the live journal");
    EXPECT_I64(7800, config.web_port, "the page");
}

static void a_file_without_a_word_of_devices_takes_what_is_there(void)
{
    struct config config;
    EXPECT_TEXT("", verdict(STATION CARRIER OMS, &config), "devices need no settings");
    EXPECT_TEXT("auto", config.scale.address, "the scale");
    EXPECT_TEXT("auto", config.printer.address, "the printer");
    EXPECT_I64(CONFIG_SCANNERS_MAX, config.scanner_count, "as many scanners as there may be");
    for (size_t i = 0; i < CONFIG_SCANNERS_MAX; i++) {
        EXPECT_TEXT("auto", config.scanners[i].address, "each that is there");
        EXPECT_I64(8, config.scanners[i].settings.gs_key, "set up as most are");
    }
}

static void each_mistake_is_named_with_its_line(void)
{
    static const struct {
        const char *file, *wanted, *promise;
    } rows[] = {
        {LEAST "[scale]\nbaudrate = 9600\n", "f:19: [scale] has no setting baudrate.", "a key"},
        {LEAST "[skale]\na = 1\nb = 2\n", "f:19: [skale]: there is no such section.", "a section"},
        {"a = 1\n" LEAST, "f:1: []: this setting stands in no section.", "no section"},
        {LEAST "[web\n", "f:18: A section must end with ].", "the reader's own complaints"},
        {STATION "id = x\n" SCALE SCANNER PRINTER CARRIER OMS,
         "f:4: id is given twice in this section.", "twice"},
        {LEAST "[station]\nid = x\n", "f:19: id is given twice in this section.", "twice, apart"},
        {"[station]\nmode = live\n" SCALE SCANNER PRINTER CARRIER OMS,
         "f:2: [station]: id is missing.", "what must be given"},
        {STATION SCALE SCANNER PRINTER OMS, "f: At least one [carrier \"name\"] is needed.",
         "no courier"},
        {LEAST "[scale \"right\"]\naddress = tcp:a:1\n",
         "f:19: [scale]: there are too many of this section.", "a second scale"},
        {LEAST "[scanner]\naddress = tcp:a:1\n",
         "f:19: [scanner]: the section needs a name in quotes.", "a scanner without a name"},
        {LEAST "[carrier \"ghost\"]\nbase_url = https://x\n",
         "f:19: [carrier]: there is no courier of this name.", "an unknown courier"},
        {LEAST "[scale]\ndtr = low\n", "f:19: dtr must be one of on, off.", "a pin in between"},
        {LEAST "[scale]\nparity = even\n", "f:5: [scale]: parity means nothing without baud.",
         "a line setting alone"},
        {LEAST "[scale]\nmin_mass_g = 40000\n", "f:5: min_mass_g must be less than max_mass_g.",
         "an empty range"},
        {LEAST "[scale]\nempty_below_g = 100\n", "f:5: empty_below_g must be less than min_mass_g.",
         "a plate both empty and loaded"},
        {LEAST "[scale]\nstamp_date = 2026-02-30\n",
         "f:5: stamp_date must be a day like 2026-02-01.", "a day that there is not"},
        {LEAST "[scale]\nstamp_date = 1.2.2026\n", "f:5: stamp_date must be a day like 2026-02-01.",
         "written otherwise"},
        {LEAST "[scanner \"b\"]\naddress = usb:0c2e:0b61\n",
         "f:19: The scanner has the address of another device.", "one device twice"},
        {STATION SCALE SCANNER CARRIER OMS "[printer]\naddress = serial:/dev/ttyS0\n",
         "f:17: The printer has the scale's address.", "one port for two"},
        {LEAST "[carrier \"sandbox\"]\nsettle_ms = 15000\n",
         "f:11: settle_ms must be 0 (the courier's own) or more than timeout_ms.",
         "asking before the request can be over"},
        {LEAST "[scan]\nurl_part = fragment:1\n",
         "f:19: url_part must be query:NAME, path:N with N from 1 to 99, or path:last.",
         "a part of an address that there is not"},
        {LEAST "[scan]\nurl_part = path:0\n",
         "f:19: url_part must be query:NAME, path:N with N from 1 to 99, or path:last.",
         "parts are counted from 1"},
        {LEAST "[rate]\nrule = delhivery\n", "f:19: The rule names a courier without a [carrier].",
         "a rule for nobody"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct config config = {.number = 77};
        EXPECT_TEXT(rows[i].wanted, verdict(rows[i].file, &config), rows[i].promise);
        EXPECT_I64(1, complaints.count, "one mistake, one complaint");
        EXPECT_I64(77, config.number, "and the old snapshot stays as it was");
    }
}

static void a_wrong_value_names_what_would_be_right(void)
{
    static const struct {
        const char *line, *wanted;
    } rows[] = {
        {"[web]\nport = 80", "f:19: port must be a number from 1024 to 65535."},
        {"[web]\nport = 65536", "f:19: port must be a number from 1024 to 65535."},
        {"[web]\nport = 7800.5", "f:19: port must be a number from 1024 to 65535."},
        {"[web]\nport = 99999999999999999999", "f:19: port must be a number from 1024 to 65535."},
        {"[web]\nport =", "f:19: port must be a number from 1024 to 65535."},
        {"[scale]\nstable_for_ms = -1", "f:19: stable_for_ms must be a number from 0 to 5000 ms."},
        {"[scale]\nmin_mass_g = 0.9999",
         "f:19: min_mass_g must be a number from 1 to 100000 g with "
         "at most 3 decimal places."},
        {"[scale]\nmin_mass_g = 1e3", "f:19: min_mass_g must be a number from 1 to 100000 g with "
                                      "at most 3 decimal places."},
        {"[printer]\nwidth_mm = 19.9", "f:19: width_mm must be a number from 20 to 220 mm with at "
                                       "most 1 decimal places."},
        {"[printer]\ndpi = 200", "f:19: dpi must be one of 203, 300, 600."},
        {"[printer]\ndpi = 0203", "f:19: dpi must be one of 203, 300, 600."},
        {"[station]\nlanguage = de", "f:19: language must be one of en, hi."},
        {"[station]\nautomatic = true", "f:19: automatic must be one of no, yes."},
        {"[scale]\ndriver = ohaus", "f:19: driver must be auto or one of toledo-continuous, sics."},
        {"[scanner \"hand\"]\ndriver = typed",
         "f:19: driver must be auto or one of line, keyboard."},
        {"[scanner \"hand\"]\nlayout = auto", "f:19: layout must be one of us, uk, de, fr, in."},
        {"[scanner \"hand\"]\nprefix = 123456789", "f:19: prefix must be a text of 1 to 8 bytes."},
        {"[scanner \"hand\"]\ngs_key = f13", "f:19: gs_key must be one of none, f1, f2, f3, f4, "
                                             "f5, f6, f7, f8, f9, f10, f11, f12."},
        {"[printer]\ndriver = ZPL", "f:19: driver must be auto or one of zpl, tspl."},
        {"[oms]\nkind = unicommerce", "f:19: kind must be one of custom."},
        {"[station]\nsite = a b", "f:19: site must be 1 to 32 of the characters A-Z a-z 0-9 - _."},
        {"[station]\nsite = x23456789012345678901234567890123",
         "f:19: site must be 1 to 32 of the characters A-Z a-z 0-9 - _."},
        {"[station]\ndata_dir = packd",
         "f:19: data_dir must be a path from the root (/...) of at most 191 bytes."},
        {"[carrier \"sandbox\"]\nclient = \"\"", "f:19: client must be a text of 1 to 64 bytes."},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char file[2048];
        struct config config;
        snprintf(file, sizeof file, "%s%s\n", LEAST, rows[i].line);
        EXPECT_TEXT(rows[i].wanted, verdict(file, &config), rows[i].line);
    }
}

/* Is the file good with this line added to a section that lacks it? */
static bool good_with(const char *sections, const char *last_section, const char *value)
{
    char file[2048];
    struct config config;
    snprintf(file, sizeof file, "%s%s%s\n", sections, last_section, value);
    return verdict(file, &config)[0] == '\0';
}

static void addresses_of_devices_have_three_forms(void)
{
    static const struct {
        const char *address;
        bool good;
    } rows[] = {
        {"serial:/dev/serial/by-id/usb-FTDI_A-if00", true},
        {"usb:0a5f:0166", true},
        {"usb:0A5F:0166:52J1:2", true},
        {"tcp:192.0.2.8:9100", true},
        {"tcp:scale-3.example.in:4001", true},
        {"tcp:[2001:db8::7]:9100", true},
        {"serial:COM3", false},
        {"serial:", false},
        {"/dev/ttyUSB0", false},
        {"usb:0a5f", false},
        {"usb:0a5f:0166:", false},
        {"usb:a5f:0166", false},
        {"usb:0a5g:0166", false},
        {"usb:0a5f:01666", false},
        {"tcp:192.0.2.7", false},
        {"tcp::9100", false},
        {"tcp:192.0.2.7:0", false},
        {"tcp:192.0.2.7:65536", false},
        {"tcp:192.0.2.7:", false},
        {"tcp:a b:1", false},
        {"udp:192.0.2.7:9100", false},
        {"", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool good =
            good_with(STATION SCANNER PRINTER CARRIER OMS, "[scale]\naddress = ", rows[i].address);
        EXPECT(good == rows[i].good, rows[i].address);
    }
}

static void servers_are_named_by_https_and_nothing_secret(void)
{
    static const struct {
        const char *url;
        bool good;
    } rows[] = {
        {"https://oms.example.in", true},
        {"https://oms.example.in:8443/packd/v1", true},
        {"http://oms.example.in", false},
        {"https://", false},
        {"https:///packd", false},
        {"https://oms.example.in/", false},
        {"https://user:secret@oms.example.in", false},
        {"https://oms.example.in/v1?key=secret", false},
        {"https://oms.example.in/v1#x", false},
        {"https://oms.example.in/a b", false},
        {"oms.example.in", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool good = good_with(STATION SCALE SCANNER PRINTER CARRIER,
                              "[oms]\ntoken_file = /etc/o\nbase_url = ", rows[i].url);
        EXPECT(good == rows[i].good, rows[i].url);
    }
}

static void rules_are_read_word_by_word(void)
{
    static const struct {
        const char *rule;
        bool good;
    } rows[] = {
        {"sandbox", true},
        {"sandbox   surface", true},
        {"sandbox - cod", true},
        {"sandbox - any 0.5", true},
        {"sandbox - any 0 5000 6200", true},
        {"sandbox - any 500 0", true},
        {"", false},
        {"sandbox - paid", false},
        {"sandbox - any x", false},
        {"sandbox - any -1", false},
        {"sandbox - any 0 0.0001", false},
        {"sandbox - any 500 500", false},
        {"sandbox - any 0 5000 62.00x", false},
        {"sandbox - any 0 5000 6200 more", false},
        {"sandbox a-service-of-seventeen", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(good_with(LEAST, "[rate]\nrule = ", rows[i].rule) == rows[i].good, rows[i].rule);
    }
}

static void practising_stays_on_this_box(void)
{
    static const struct {
        const char *url;
        bool good;
    } rows[] = {
        {"https://localhost", true},      {"https://localhost:7802/packd/v1", true},
        {"https://127.0.0.1:7802", true}, {"https://localhost.example.in", false},
        {"https://127.0.0.10", false},    {"https://oms.example.in", false},
    };
    static const char start[] = "[station]\nid = t\nmode = training\n" SCALE SCANNER PRINTER
                                "[carrier \"sandbox\"]\ncredential_file = /etc/t\n"
                                "pickup_location = P\npickup_postcode = 1\n";
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char file[1024];
        struct config config;
        snprintf(file, sizeof file, "%sbase_url = %s\n%s%s\n", start, rows[i].url,
                 "[oms]\ntoken_file = /etc/o\nbase_url = ", "https://localhost");
        EXPECT((verdict(file, &config)[0] == '\0') == rows[i].good, rows[i].url);
        snprintf(file, sizeof file, "%sbase_url = %s\n%s%s\n", start, "https://localhost",
                 "[oms]\ntoken_file = /etc/o\nbase_url = ", rows[i].url);
        EXPECT((verdict(file, &config)[0] == '\0') == rows[i].good, rows[i].url);
    }
}

/* LEAST and `count` more of something, each with its own number in two places. */
static const char *repeated(const char *const pieces[3], unsigned count)
{
    static char file[8192];
    struct textbuf text;
    textbuf_init(&text, file, sizeof file);
    textbuf_text(&text, LEAST);
    for (unsigned i = 0; i < count; i++) {
        textbuf_format(&text, "%s%u%s%u%s", pieces[0], i, pieces[1], i, pieces[2]);
    }
    EXPECT(textbuf_ok(&text), "the test's own text fits");
    return file;
}

static void every_list_has_its_end(void)
{
    static const struct {
        const char *pieces[3];
        unsigned most; /* beside what LEAST holds */
        const char *wanted;
    } rows[] = {
        {{"[scanner \"s", "\"]\naddress = tcp:a:1", "\n"},
         CONFIG_SCANNERS_MAX - 1,
         "f:25: [scanner]: there are too many of this section."},
        {{"[carrier \"a", "\"]\nbase_url = https://c",
          "\ncredential_file = /etc/t\n"
          "pickup_location = P\npickup_postcode = 1\n"},
         CONFIG_CARRIERS_MAX - 1,
         "f:34: [carrier]: there are too many of this section."},
        {{"[rate]\nrule = sandbox s", " any ", "\n"},
         CONFIG_RULES_MAX,
         "f:51: There may be at most 16 rules."},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct config config;
        EXPECT_TEXT("", verdict(repeated(rows[i].pieces, rows[i].most), &config), rows[i].wanted);
        EXPECT_TEXT(rows[i].wanted, verdict(repeated(rows[i].pieces, rows[i].most + 1), &config),
                    "one more than stated");
        EXPECT_I64(1, complaints.count, "is one complaint");
    }
}

static void many_mistakes_are_counted_to_the_last(void)
{
    static char file[CONFIG_FILE_MAX + 2];
    struct textbuf text;
    struct config config = {.number = 77};
    textbuf_init(&text, file, sizeof file);
    for (unsigned i = 0; i < 100; i++) textbuf_text(&text, "nonsense\n");
    textbuf_text(&text, LEAST);
    EXPECT_TEXT("f:1: This is neither [section] nor key = value.", verdict(file, &config), "first");
    EXPECT_I64(CONFIG_COMPLAINTS_MAX, complaints.count, "as many as there is room for");
    EXPECT_I64(100 - CONFIG_COMPLAINTS_MAX, complaints.untold, "the rest is counted");
    memset(file, '\n', CONFIG_FILE_MAX + 1);
    EXPECT_TEXT("f: The file is longer than 65536 bytes.", verdict(file, &config),
                "too long a file");
    EXPECT_I64(77, config.number, "nothing was taken over");
}

static void only_some_changes_need_a_restart(void)
{
    static struct config now, next;
    config_training(&now);
    config_training(&next);
    EXPECT(!config_needs_restart(&now, &next), "nothing changed");
    next.limits.double_scan_ms++;
    next.printer.dpi = 300;
    next.automatic = true;
    EXPECT(!config_needs_restart(&now, &next), "what may change while it runs");
    next.web_port++;
    EXPECT(config_needs_restart(&now, &next), "a port that is already open");
    next = now;
    next.station[0] = 'x';
    EXPECT(config_needs_restart(&now, &next), "the station's own name");
}

int main(void)
{
    EXPECT_RUN(the_least_file_is_completed_by_defaults);
    EXPECT_RUN(the_cable_is_set_beside_the_line);
    EXPECT_RUN(the_least_mass_follows_from_the_division);
    EXPECT_RUN(the_shipped_example_is_a_good_file);
    EXPECT_RUN(a_scanner_is_set_up);
    EXPECT_RUN(without_a_file_training_mode_is_ready);
    EXPECT_RUN(a_file_without_a_word_of_devices_takes_what_is_there);
    EXPECT_RUN(each_mistake_is_named_with_its_line);
    EXPECT_RUN(a_wrong_value_names_what_would_be_right);
    EXPECT_RUN(addresses_of_devices_have_three_forms);
    EXPECT_RUN(servers_are_named_by_https_and_nothing_secret);
    EXPECT_RUN(rules_are_read_word_by_word);
    EXPECT_RUN(practising_stays_on_this_box);
    EXPECT_RUN(every_list_has_its_end);
    EXPECT_RUN(many_mistakes_are_counted_to_the_last);
    EXPECT_RUN(only_some_changes_need_a_restart);
    return expect_result();
}
