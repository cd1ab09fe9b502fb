#!/usr/bin/env bash
# Promise (P14 to P16, P18 to P20): whatever lies where the journal should lie, packd says in a sentence
# what it is; what is damaged is kept for a person, what is not ours is left as it is, and nothing is
# booked twice for it.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
journal=$packd_data/journal.db
world_start
packd_start
packs
packs
ask screen >/dev/null
cp "$journal" "$work/cut.db" && cp "$journal-wal" "$work/cut.db-wal" # as a power cut would leave it
packd_stop
cp "$journal" "$work/good.db"

lay() { # FILE [LOG]: this is the journal now
    rm -rf "$packd_data"/journal.db*
    cp "$1" "$journal"
    [ $# -lt 2 ] || cp "$2" "$journal-wal"
    log_new
}
set_aside() { ls "$packd_data" | grep -c 'journal.db.damaged-1$'; }
kept_aside() { # WHAT
    packd_start
    expect "$1 is kept" 1 "$(set_aside)"
    log_says "$1: a person is told what to do" "Ask each courier"
    packd_stop
}
refused() { # WHAT WORDS
    packd_begin
    until_ended
    expect "$1: it does not start" 1 "$ended"
    log_says "$1: it says why" "$2"
}

head -c 3000 "$packsim" | base64 >"$work/text"
lay "$work/text"; kept_aside "a text"
head -c $(($(stat -c %s "$work/good.db") / 2)) "$work/good.db" >"$work/half"
lay "$work/half"; kept_aside "half a journal"
head -c 5000 "$work/good.db" >"$work/torn"
lay "$work/torn"; kept_aside "a journal that ends in a page"
: >"$work/none"
lay "$work/none"
packd_start
log_says "an empty file is a new journal, and that is said" "A new journal is begun"
packd_stop

cp "$work/good.db" "$work/newer.db"
printf '\0\0\0\003' | dd of="$work/newer.db" bs=1 seek=60 conv=notrunc 2>/dev/null # user_version
lay "$work/newer.db"; refused "a newer firmware's journal" "knows only format"
expect "and is left as it was" "" "$(cmp "$work/newer.db" "$journal")"
printf 'SQLi' | dd of="$work/newer.db" bs=1 seek=68 conv=notrunc 2>/dev/null # application_id
lay "$work/newer.db"; refused "another program's database" "a database of another program"
rm -rf "$journal"; ln -s "$work/good.db" "$journal"; log_new
refused "a link" "journal.db"
rm "$journal"; mkdir "$journal"; log_new
refused "a folder" "journal.db"

# The power goes, and of the log only a part, nothing, or another journal's is found.
head -c $(($(stat -c %s "$work/cut.db-wal") * 2 / 3)) "$work/cut.db-wal" >"$work/torn-wal"
for log in "$work/torn-wal" "$work/none" "$packsim"; do
    lay "$work/cut.db" "$log"
    packd_start
    packd_stop
done
lay "$work/cut.db"
packd_start
packs # its number and place may have been given before: the courier must not care
packd_stop

# Bits that have turned over: found or not, never a crash.
size=$(stat -c %s "$work/good.db")
for flip in $(seq "$(sample 6 -- 400)"); do
    cp "$work/good.db" "$work/flip.db"
    place=$((flip * 7919 % size))
    byte=$(od -An -tu1 -j "$place" -N 1 "$work/flip.db")
    printf "\\x$(printf %x $((byte ^ (1 << (flip % 8)))))" | dd of="$work/flip.db" bs=1 seek="$place" conv=notrunc 2>/dev/null
    "$packtool" journal check "$work/flip.db" >/dev/null 2>&1
    ended=$?
    expect "packtool judges the flip at $place" yes "$([ $ended -lt 3 ] && echo yes || echo "$ended")"
    [ $((flip % 6)) = 0 ] || continue
    cp "$work/flip.db" "$work/flip-wal"
    lay "$work/flip.db" "$work/none" # the log of a hard stop: packd looks at the whole file
    packd_begin
    until_has yes 15 sh -c "grep -q 'Ready after' '$packd_log' || ! kill -0 $packd_pid 2>/dev/null; [ \$? = 0 ] && echo yes"
    if lives; then packd_stop; else
        wait "$packd_pid"
        expect "packd ends well or not at all, at $place" 1 $?
    fi
done

# A value that has turned into another, in a fact that nobody reads any more: found by looking, said, and kept.
cp "$work/good.db" "$work/rot.db"
sqlite3 "$work/rot.db" 'UPDATE facts SET at_ms = at_ms + 1 WHERE seq = 1'
lay "$work/rot.db"
packd_start
packs
until_log "has rotted: fact 1 does not match its sum" 20
packs
packd_stop
expect "packtool names it as well" "packtool: fact 1 does not match its sum" "$("$packtool" journal check "$journal" 2>&1 >/dev/null)"
# One that is read at the start: it is not used.
sqlite3 "$work/good.db" "UPDATE facts SET kind = 'aside' WHERE seq = (SELECT max(seq) FROM facts)"
lay "$work/good.db" "$work/none"
kept_aside "a journal with a fact that is not what was written"

# The folder.
rm -rf "$packd_data"; log_new
packd_start
expect "a folder that is missing is made, for us alone" 700 "$(stat -c %a "$packd_data")"
packs
packd_stop
mv "$packd_data" "$work/elsewhere"; ln -s "$work/elsewhere" "$packd_data"; log_new
refused "a link for a folder" "The data folder cannot be made"
rm "$packd_data"; : >"$packd_data"; log_new
refused "a file for a folder" "The data folder cannot be made"
rm "$packd_data"; mv "$work/elsewhere" "$packd_data"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    chmod 755 "$work"; log_new
    packd_env+=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    refused "another user's folder" "The journal cannot be used"
    packd_env=("${injected[@]}")
else
    skipped "another user's folder: it takes root and setpriv"
fi

# A second packd.
packd_start
"$packd" --config "$work/packd.conf" 2>"$work/second"
expect "a second packd ends" 1 $?
expect_has "with a sentence" "Another packd runs on this data" "$(<"$work/second")"
packs
verdict
packd_stop
done_with "packd and what lies in its folder"
