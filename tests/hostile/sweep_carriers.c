/* sweep_carriers.c - every recorded answer of every courier, spoilt in every way, and judged. */
#include <stdio.h>
#include <string.h>

#include "carriers/carrier_list.h"
#include "tests/golden/golden.h"
#include "tests/hostile/hostile.h"
#include "tests/hostile/judge.h"

#define LEAST 350000ul /* spoilt answers: fewer means that cases or kinds went missing */

static const struct carrier_account account = {.base_url = "https://courier.example",
                                               .credential = "golden-token",
                                               .client = "ACME SURFACE",
                                               .pickup_location = "BLR-WH-1",
                                               .pickup_postcode = "560068",
                                               .timeout_ms = 12000};

static struct mutate mutate;
static bool seen[8][CARRIER_TRACK + 1]; /* an answer of this operation came before */
static unsigned long yeses;

struct sweep {
    const char *where;
    const struct carrier *carrier;
    struct carrier_task task;
};

static const char *judge(const struct carrier *carrier, const struct carrier_claim *claim)
{
    if (strcmp(carrier->name, "sandbox") == 0) return judge_sandbox(claim);
    if (strcmp(carrier->name, "delhivery") == 0) return judge_delhivery(claim);
    return "every courier has a judge";
}

static bool ends_with(struct bytes host, const char *domain)
{
    size_t len = strlen(domain);
    return host.len > len && bytes_equal_text(bytes_from(host, host.len - len), domain);
}

/* A second exchange goes to the courier's own places over https, or nowhere. */
static const char *judge_link(const struct carrier *carrier, const struct carrier_task *task)
{
    static struct http_request request;
    static char body[16 * 1024];
    const char *why = "";
    http_request_init(&request, HTTP_GET, body, sizeof body);
    if (!carrier->build(task, &account, &request, &why)) return NULL;
    struct bytes url = bytes_of_text(request.url), host;
    if (!bytes_start_with(url, "https://")) return "a link is followed over https only";
    url = bytes_from(url, 8);
    size_t end = strcspn((const char *)url.data, "/?#\\");
    host = bytes_slice(url, 0, end);
    if (bytes_find_byte(host, '@') < host.len) return "a link names no user";
    host = bytes_slice(host, 0, bytes_find_byte(host, ':'));
    bool known = bytes_equal_text(host, "courier.example") || ends_with(host, ".delhivery.com") ||
                 ends_with(host, ".amazonaws.com");
    if (!known) return "a link is followed to the courier's own places only";
    for (size_t i = 0; i < request.header_count; i++) {
        if (strcmp(request.headers[i].name, "Authorization") == 0)
            return "a link is followed without our token";
    }
    return NULL;
}

static void try_one(void *context, const struct spoilt *spoilt)
{
    static struct carrier_outcome outcome;
    const struct sweep *sweep = context;
    struct carrier_task task = sweep->task;
    char line[8192];
    struct textbuf text;
    struct carrier_claim claim = {.task = &sweep->task, .spoilt = spoilt, .outcome = &outcome};
    claim.step = sweep->carrier->take(&task, &spoilt->response, golden_scratch(), &outcome);
    const char *broken = judge(sweep->carrier, &claim);
    if (broken == NULL && claim.step == CARRIER_MORE) broken = judge_link(sweep->carrier, &task);
    if (judge_claims_yes(&claim)) yeses++;
    if (broken == NULL) {
        hostile_verdict(sweep->where, spoilt, "", NULL);
        return;
    }
    textbuf_init(&text, line, sizeof line);
    carrier_outcome_write(&text, sweep->task.operation, &outcome);
    hostile_verdict(sweep->where, spoilt, line, broken);
}

static void sweep_answer(struct sweep *sweep, unsigned carrier_index,
                         const struct http_response *response)
{
    const struct shipment *shipment = &sweep->task.shipment;
    mutate.judge = try_one;
    mutate.context = sweep;
    mutate.large = mutate.thorough || !seen[carrier_index][sweep->task.operation];
    seen[carrier_index][sweep->task.operation] = true;
    mutate.ours = (struct ours){{shipment->reference, shipment->awb, shipment->to.postcode}, 3};
    mutate_answer(&mutate, response);
}

static void run_folder(const char *group, const char *folder)
{
    static struct golden_response answer;
    static struct carrier_outcome outcome;
    struct sweep sweep = {.where = folder, .carrier = carrier_find(bytes_of_text(group))};
    enum carrier_step step = CARRIER_MORE;
    unsigned index = 0;
    while (carrier_at(index) != sweep.carrier) index++;
    if (!golden_carrier_task(folder, &sweep.task)) return; /* tests/golden says so */
    for (unsigned exchange = 0; step == CARRIER_MORE; exchange++) {
        if (!golden_response(folder, exchange, &answer)) return;
        sweep_answer(&sweep, index, &answer.response);
        step = sweep.carrier->take(&sweep.task, &answer.response, golden_scratch(), &outcome);
    }
}

/* cases.tsv has no tasks: its bookings are of PK-10001, without a number from the pool. */
static void run_row(struct bytes row, const char *where)
{
    struct bytes columns[4];
    struct sweep sweep = {.where = where};
    struct shipment shipment = {.reference = "PK-10001", .mass_mg = 742000};
    enum carrier_operation operation = CARRIER_BOOK;
    uint64_t status = 0;
    unsigned index = 0;
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (!bytes_split(&row, '\t', &columns[i])) return;
    }
    if (!carrier_operation_parse(columns[1], &operation) || !bytes_to_u64(columns[2], 599, &status))
        return;
    if (operation == CARRIER_WEIGHT) memcpy(shipment.awb, "28411210000145", 15);
    sweep.carrier = carrier_find(columns[0]);
    while (carrier_at(index) != sweep.carrier) index++;
    carrier_task_init(&sweep.task, operation, &shipment);
    struct http_response response = {.status = (int)status,
                                     .retry_after_s = -1,
                                     .body = columns[3]};
    sweep_answer(&sweep, index, &response);
}

static void run_rows(void)
{
    static char storage[GOLDEN_FILE_MAX];
    struct bytes rest = BYTES_NONE, row;
    char where[40];
    unsigned number = 0;
    if (!golden_read(PACKD_SOURCE_DIR "/tests/golden", "cases.tsv", storage, &rest)) return;
    while (bytes_split(&rest, '\n', &row)) {
        snprintf(where, sizeof where, "cases.tsv:%u", ++number);
        if (row.len > 0 && row.data[0] != '#') run_row(row, where);
    }
}

void hostile_carriers(bool thorough)
{
    mutate = (struct mutate){.thorough = thorough};
    run_rows();
    for (size_t i = 0; carrier_at(i) != NULL; i++)
        (void)golden_each(carrier_at(i)->name, run_folder);
    printf("couriers: %lu taken for a yes\n", yeses);
    hostile_count("couriers", &mutate, yeses > 0 ? LEAST : UINT64_MAX);
}
