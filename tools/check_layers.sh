#!/usr/bin/env bash
# check_layers.sh - who may include whom: every include line against the table, without a build.
#
# Our own headers are named from the repository's root, so a wrong arrow shows in the line itself.
# Pure folders see the freestanding and text parts of the C library; a library's header is included
# only by the files that carry the library's name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

find hal drivers carriers firmware tests tools \( -name '*.[ch]' -o -name '*.cpp' \) -not -path '*/node_modules/*' |
    LC_ALL=C sort | xargs -d '\n' awk '
function folder_of(path) {
    if (path ~ /^hal\/base\//) return "hal/base"
    if (path ~ /^firmware\/(oms|config|station|web|render)\//) { split(path, part, "/"); return part[1] "/" part[2] }
    sub(/\/.*/, "", path)
    return path
}
function complain(why) { printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0; wrong++ }
BEGIN {
    # folder -> what it may include of ours, as the beginning of a path
    may["hal/base"] = "hal/base/"
    may["hal"] = "hal/"
    may["drivers"] = "hal/base/ drivers/"
    may["carriers"] = "hal/base/ carriers/"
    may["firmware/oms"] = "hal/base/ carriers/shipment.h firmware/oms/"
    may["firmware/config"] = "hal/base/ drivers/driver_list.h drivers/line.h drivers/printer_setup.h drivers/scanner_settings.h carriers/carrier_list.h firmware/oms/oms_list.h firmware/config/"
    may["firmware/station"] = "hal/base/ drivers/ carriers/ firmware/oms/ firmware/config/config.h firmware/station/"
    may["firmware/web"] = "hal/web.h firmware/web/"
    may["firmware/render"] = "hal/base/ firmware/render/"
    may["firmware"] = "hal/ drivers/ carriers/ firmware/"
    may["tests"] = may["tools"] = "hal/ drivers/ carriers/ firmware/ tests/ tools/"
    pure["hal/base"] = pure["drivers"] = pure["carriers"] = 1
    pure["firmware/oms"] = pure["firmware/config"] = pure["firmware/station"] = 1
    plain = "^(inttypes|limits|stdarg|stdbool|stddef|stdint|stdio|string)\\.h$"
    # a library header -> the files that may see it; a header shared by several of them says so in its name
    library["^zlib\\.h$"] = "^hal/base/(de|in)flate\\.c$|^tools/packsim/|^tests/"
    library["^yyjson\\.h$"] = "^hal/base/json\\.c$"
    library["^sqlite3\\.h$"] = "_sqlite\\.c$|^hal/database\\.h$|^tests/"
    library["^(mbedtls|psa)/"] = "_mbedtls\\.c$|^hal/http_[a-z_]*curl\\.c$|^hal/http_inside\\.h$|^tests/"
    library["^curl/"] = "_curl\\.c$|^hal/http_inside\\.h$|^tests/"
    library["^ares"] = "_curl\\.c$"
    library["^microhttpd\\.h$"] = "_microhttpd\\.c$|^tools/packsim/|^tests/"
    library["^libserialport\\.h$"] = "_libserialport\\.c$"
    library["^libusb"] = "_libusb\\.c$|^hal/usb_inside\\.h$|^tests/"
    library["^libudev\\.h$"] = "_udev\\.c$"
    library["^(poppler-|poppler/)"] = "^firmware/render/[a-z_]*_poppler\\.cpp$"
    library["^ZXing/"] = "^firmware/render/[a-z_]*_zxing\\.cpp$"
    library["^(pango/|cairo)"] = "^firmware/render/[a-z_]*_pango\\.c$|^firmware/render/compose_[a-z_]*\\.[ch]$|^tests/|^tools/bench_parts/"
    library["^zint\\.h$"] = "^firmware/render/[a-z_]*_zint\\.c$|^tests/"
    library["^png\\.h$"] = "^firmware/render/[a-z_]*_png\\.c$"
    library["^(jpeglib|jerror)\\.h$"] = "^firmware/render/[a-z_]*_jpeg\\.c$|^tests/"
    library["^gif_lib\\.h$"] = "^firmware/render/[a-z_]*_gif\\.c$"
    library["^fontconfig/"] = "^firmware/render/[a-z_]*_(fontconfig|pango)\\.c$"
    library["^(seccomp|linux/landlock)\\.h$"] = "^firmware/render/[a-z_]*_linux\\.c$|^tests/"
    library["^gnutls/"] = "^tools/packsim/|^tests/"
}
/^[ \t]*#[ \t]*include/ {
    count++
    folder = folder_of(FILENAME)
    if (match($0, /"[^"]*"/)) {
        name = substr($0, RSTART + 1, RLENGTH - 2)
        allowed = 0
        n = split(may[folder], prefixes, " ")
        for (i = 1; i <= n; i++) if (index(name, prefixes[i]) == 1) allowed = 1
        if (!allowed) complain(folder " may not use this")
    } else if (match($0, /<[^>]*>/)) {
        name = substr($0, RSTART + 1, RLENGTH - 2)
        known = 0
        for (pattern in library) if (name ~ pattern) {
            known = 1
            if (FILENAME !~ library[pattern]) complain("only the file with the library\047s name may")
        }
        if (!known && folder in pure && name !~ plain) complain(folder " is pure")
    }
}
END {
    if (count == 0) { print "check_layers: no include lines found"; exit 1 }
    if (wrong) { printf "check_layers: %d wrong of %d include lines\n", wrong, count; exit 1 }
    printf "check_layers: %d include lines, all as the table says\n", count
}'
