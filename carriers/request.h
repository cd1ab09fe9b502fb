/* request.h - what couriers' requests share: the frame of the account and the token in its header.
 */
#ifndef PACKD_CARRIERS_REQUEST_H
#define PACKD_CARRIERS_REQUEST_H

#include "carriers/carrier.h"

/* An empty request with the account's time-out, keeping the body storage that the caller lent. */
void request_start(struct http_request *request, enum http_method method,
                   const struct carrier_account *account);

/* What a task lacks whichever the courier, as a plain sentence; NULL when nothing. */
const char *request_lack(const struct carrier_task *task);

/* "Authorization: Bearer <credential>"; scheme is the word before it. False when it does not fit.
 */
MUST_USE bool request_token(struct http_request *request, const char *scheme,
                            const char *credential);

/* May a label be fetched from this address, which an answer gave us? Only over https, without a
 * user name in it, from the account's own host and port or a host below one of the courier's
 * domains
 * (".delhivery.com"): no answer may send the box to an address in the warehouse. */
bool request_may_follow(struct bytes link, const char *base_url, const char *const *domains,
                        size_t domain_count);

#endif
