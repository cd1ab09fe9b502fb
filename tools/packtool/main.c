/* main.c - packtool, the bench of those who add a scale, a courier or an order system. It needs no
 * daemon and no device. A command is one line of the table. */
#include "tools/packtool/packtool.h"

#include <stdio.h>
#include <string.h>

#include "tools/packtool/talk.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
};

static const struct command commands[] = {
    {"capture", packtool_capture,
     "capture ADDRESS [--driver NAME] [--seconds N] [--send HEX]... [--ask] [--show] [--out FILE]"},
    {"decode", packtool_decode, "decode scale|scanner|hid|printer|device-id|gs1 ..."},
    {"check-digit", packtool_check_digit, "check-digit --scheme gs1|s10|... --text TEXT"},
    {"render", packtool_render,
     "render --in FILE|--template NAME --fields FILE [--dpi 203|300|600] [--size 4x6in|100x150mm] "
     "[--language zpl|tspl|epl|escpos|pbm|png|pdf] [--want TEXT]... --out FILE"},
    {"carrier", packtool_carrier, "carrier build|take --carrier NAME --operation OP ..."},
    {"oms", packtool_oms, "oms build|take --oms NAME --operation OP ..."},
    {"journal", packtool_journal, "journal check|export FILE | numbers FILE COURIER"},
    {"sim", packtool_sim,
     "sim [--seed N] [--seeds K] [--parcels P] [--faults quiet|mixed|hell] [--trace]"},
};

static int usage(FILE *out)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        fprintf(out, "%s packtool %s\n", i == 0 ? "usage:" : "      ", commands[i].usage);
    }
    return PACKTOOL_USAGE;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        (void)usage(stdout);
        return PACKTOOL_DONE;
    }
    if (argc < 2) return usage(stderr);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(argv[1], commands[i].name) != 0) continue;
        int code = commands[i].run(argc - 2, argv + 2);
        if (fflush(stdout) == 0 && ferror(stdout) == 0) return code;
        fprintf(stderr, "packtool: standard output cannot be written\n");
        return PACKTOOL_BAD_INPUT;
    }
    fprintf(stderr, "packtool: no command %s\n", argv[1]);
    return usage(stderr);
}
