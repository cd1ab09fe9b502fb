# promise_lib.sh - how a test script says what is broken. Sourced; whoever sources it ends with promises_end.

checks=0
broken=0

expect() { # PROMISE WANTED GOT
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    broken=$((broken + 1))
    printf 'broken promise: %s\n    wanted %s\n    got    %s\n' "$1" "$2" "${3:0:2000}"
}

expect_has() { # PROMISE PART WHOLE
    checks=$((checks + 1))
    [[ $3 == *"$2"* ]] && return
    broken=$((broken + 1))
    printf 'broken promise: %s\n    wanted %s\n    within %s\n' "$1" "$2" "$3"
}

# The node packages of tools/npm, in $modules and for node itself; without them the script is not run.
node_modules_or_skip() { # TITLE
    command -v node >/dev/null || { echo "$1: no node here, not run"; exit 77; }
    modules=${PACKD_NODE_MODULES:-$("$(dirname "${BASH_SOURCE[0]}")/../../tools/deps" --print-dir)/npm/node_modules}
    [ -d "$modules" ] || { echo "$1: no $modules, not run"; exit 77; }
    export PACKD_NODE_MODULES=$modules
}

promises_end() { # TITLE
    echo "$1: $checks checks, $broken broken"
    [ "$broken" -eq 0 ] && [ "$checks" -gt 0 ]
}
