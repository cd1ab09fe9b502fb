/* own_mounts.h - a mount namespace of this process alone: what it mounts nobody else sees, and it
 * is gone with the process. Before any thread is started. */
#ifndef PACKD_TESTS_SUPPORT_OWN_MOUNTS_H
#define PACKD_TESTS_SUPPORT_OWN_MOUNTS_H

#include <stdbool.h>

/* False, with errno, when this machine allows none: a container under Docker's usual seccomp
 * profile refuses unshare(2) and mount(2) altogether; with --cap-add SYS_ADMIN it does not. */
bool own_mounts_enter(void);

#endif
