#!/usr/bin/env bash
# check_style.sh - what a tool can settle: layout, banned calls, sizes, marks. Needs no build.
# With --fix the formatter writes the layout instead of comparing it.
#
# The layout is judged by one version of the formatter only, because each version lays out a little
# differently; with another version, or none, that part is left out and says so.
set -euo pipefail
export LC_ALL=C.UTF-8 # columns are letters, not bytes
cd "$(dirname "${BASH_SOURCE[0]}")/.."

formatter_version=14
line_max=100
function_max=70
file_warn=600
file_max=800

list() { find "$@" -not -path '*/node_modules/*' -not -path './build*' | sed 's,^\./,,' | LC_ALL=C sort; }
mapfile -t sources < <(list hal drivers carriers firmware tests tools \( -name '*.[ch]' -o -name '*.cpp' \))
mapfile -t scripts < <(list tools tests board .ci -type f \( -name '*.sh' -o -path 'tools/*' ! -name '*.*' \))
mapfile -t pages < <(list firmware tests tools -name '*.js' -o -name '*.mjs')
mapfile -t texts < <(list . -maxdepth 4 \( -name '*.md' -o -name 'CMakeLists.txt' -o -name '*.conf' \
    -o -name '*.service' -o -name '*.rules' -o -name 'package*.json' \) -not -path './.git/*')

wrong=0
complain()
{
    echo "$*"
    wrong=$((wrong + 1))
}
# What grep finds is wrong; each line of it.
forbid()
{
    local why=$1 found
    shift
    found=$(grep -nEI "$@" /dev/null) || return 0
    while read -r line; do complain "$line  <- $why"; done <<<"$found"
}

formatter=$(command -v clang-format-$formatter_version clang-format | head -n 1 || true)
if [ -n "$formatter" ] && "$formatter" --version | grep -q "version $formatter_version\."; then
    if [ "${1:-}" = --fix ]; then
        "$formatter" -i "${sources[@]}"
    else
        badly=$(printf '%s\0' "${sources[@]}" | xargs -0 -P2 -n 20 "$formatter" --dry-run 2>&1 |
            sed -n 's/^\([^:]*\):\([0-9]*\):.*clang-format-violations.*/\1/p' | sort | uniq -c)
        while read -r count file; do
            [ -z "$file" ] || complain "$file: $count places laid out otherwise (tools/check_style.sh --fix)"
        done <<<"$badly"
    fi
else
    echo "check_style: no clang-format $formatter_version here, the layout was not judged"
fi

forbid 'banned call' '\b(strcpy|strcat|stpcpy|sprintf|vsprintf|atoi|atol|atoll|gets|strtok|system|alloca)\(' \
    "${sources[@]}"
forbid 'typedef of a struct' '^[[:space:]]*typedef (struct|union|enum)\b' "${sources[@]}"
forbid 'a mark left in the code' '\b(TO''DO|FIX''ME|XX''X|HA''CK)\b' \
    "${sources[@]}" "${scripts[@]}" "${pages[@]}"
forbid 'a path of one machine' '(^|[^A-Za-z0-9_.$}])/(work|home/[a-z]+|Users)/' \
    "${sources[@]}" "${scripts[@]}" "${pages[@]}" "${texts[@]}"
forbid 'more than a hundred columns' "^.{$((line_max + 1)),}\$" "${sources[@]}"
forbid 'a tab' $'\t' "${sources[@]}"

mapfile -t pure < <(printf '%s\n' "${sources[@]}" |
    grep -E '^(hal/base|drivers|carriers|firmware/(oms|config|station))/')
floats=$(awk '
    FNR == 1 { inside = 0 }
    {
        line = $0
        gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
        while (1) {
            if (inside) {
                if (!match(line, /\*\//)) { line = ""; break }
                line = substr(line, RSTART + 2); inside = 0
            }
            if (!match(line, /\/\*/)) break
            rest = substr(line, RSTART + 2); line = substr(line, 1, RSTART - 1)
            if (match(rest, /\*\//)) line = line " " substr(rest, RSTART + 2)
            else inside = 1
            if (inside) break
        }
        if (line ~ /(^|[^A-Za-z0-9_])(float|double|atof|strtod|strtof)([^A-Za-z0-9_]|$)/ ||
            line ~ /[^A-Za-z0-9_.][0-9]+\.[0-9]/)
            print FILENAME ":" FNR ": " $0
    }' "${pure[@]}")
while read -r line; do
    [ -z "$line" ] || complain "$line  <- floating point in a pure folder"
done <<<"$floats"

# A function opens with a brace in the first column and closes with one.
long=$(awk -v max=$function_max '
    /^[A-Za-z_].*\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
    /^\{/ { from = FNR }
    /^\}/ && from { if (FNR - from - 1 > max) print FILENAME ":" from ": " name " has " FNR - from - 1 " lines"; from = 0 }
    ' "${sources[@]}")
while read -r line; do
    [ -z "$line" ] || complain "$line  <- more than $function_max"
done <<<"$long"

for file in "${sources[@]}" "${scripts[@]}" "${pages[@]}"; do
    lines=$(wc -l <"$file")
    if [ "$lines" -gt $file_max ]; then
        complain "$file: $lines lines  <- more than $file_max"
    elif [ "$lines" -gt $file_warn ]; then
        echo "$file: $lines lines; one purpose each?"
    fi
done

if [ $wrong != 0 ]; then echo "check_style: $wrong things to mend"; exit 1; fi
echo "check_style: ${#sources[@]} C files, ${#scripts[@]} scripts, ${#pages[@]} scripts of pages: nothing to mend"
