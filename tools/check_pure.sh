#!/usr/bin/env bash
# check_pure.sh - what the pure libraries leave undefined: memory and text functions, each other's
# names where the table allows it, ensure_failed(), and nothing else.
#
# Give it a build folder made with the plain preset: hardening and sanitizers bring names of their
# own, and an optimiser may turn one call into another. malloc, time, open or printf cannot hide here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build/plain}

libc='memcpy memmove memset memcmp memchr memrchr strlen strnlen strcmp strncmp strchr strrchr strstr
    strspn strcspn strpbrk snprintf vsnprintf'
ground='hal/base/libpackd_base.a'
drivers="drivers/libpackd_drivers.a"
carriers="carriers/libpackd_carriers.a"
oms="firmware/oms/libpackd_oms.a"
config="firmware/config/libpackd_config.a"
station="firmware/station/libpackd_station.a"

undefined() { nm -u "$build/$1" 2>/dev/null | awk 'NF == 2 && $1 == "U" { print $2 }' | sort -u; }
defined() { nm --defined-only "$build/$1" 2>/dev/null | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }'; }

checked=0
wrong=0
check()
{
    local library=$1 allowed extra=''
    shift
    if [ ! -f "$build/$library" ]; then
        [ -z "$(find "$(dirname "$library")" -maxdepth 1 -name '*.c')" ] || {
            echo "$library: not built"
            wrong=$((wrong + 1))
        }
        return 0
    fi
    if [ "$library" = "$ground" ]; then extra='^(yyjson_.*|deflate|deflateInit2_|inflate|inflateInit2_)$'; fi
    allowed=$({ tr -s ' \n' '\n' <<<"$libc"; echo ensure_failed; echo _GLOBAL_OFFSET_TABLE_
        for name in "$library" "$@"; do defined "$name"; done; } | sort -u)
    while read -r symbol; do
        [[ $symbol =~ ^__u?(div|mod|mul)ti3$ ]] && continue # the compiler's own 128-bit arithmetic
        [ -n "$extra" ] && [[ $symbol =~ $extra ]] && continue
        echo "$library: not pure: $symbol ($(nm -A -u "$build/$library" |
            awk -v s="$symbol" '$NF == s { split($1, part, ":"); print part[2] }' | tr '\n' ' '))"
        wrong=$((wrong + 1))
    done < <(comm -23 <(undefined "$library") <(echo "$allowed"))
    checked=$((checked + 1))
}

check "$ground"
check "$drivers" "$ground"
check "$carriers" "$ground"
check "$oms" "$ground"
check "$config" "$ground" "$drivers" "$carriers" "$oms"
check "$station" "$ground" "$drivers" "$carriers" "$oms" "$config"

if [ $checked = 0 ]; then echo "check_pure: no pure library in $build"; exit 1; fi
if [ $wrong != 0 ]; then echo "check_pure: $wrong names that do not belong"; exit 1; fi
echo "check_pure: $checked libraries, all pure"
