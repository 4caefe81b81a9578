# The stages of `./do test`; sourced by ./do. A stage's whole output goes to the terminal and to build/logs/NAME.log. How
# many things it counted is read from its closing lines: those of ctest and vitest, or `N passed, N failed`. A stage that
# exits with an error and counts no failure has failed once; one that counts nothing has passed once.
passed=0
failed=0
report=""

# Threads meet in these. RocksDB comes without the sanitizer's eyes, so what runs on it is left to the other builds.
tsan_targets="base_test chat_test edge_test"
tsan_tests="^(base|chat|edge)\."
# Under sanitizers everything but the long run of seeds, which the release build does.
asan_left_out="^sim\.seeds$"

last_number() { grep -aoE "$1" "$2" | tail -n 1 | grep -oE '[0-9]+' | head -n 1 || true; }
# count LOG: sets `good` and `bad`.
count() {
  local plain; plain=$(sed 's/\x1b\[[0-9;]*m//g' "$1" > "$1.plain"; echo "$1.plain")
  good=$(last_number '[0-9]+ passed, [0-9]+ failed' "$plain")
  bad=$(grep -aoE '[0-9]+ passed, [0-9]+ failed' "$plain" | tail -n 1 | grep -oE '[0-9]+' | tail -n 1 || true)
  if [ -z "$good" ] && grep -aqE 'tests passed, [0-9]+ tests failed out of' "$plain"; then  # ctest
    bad=$(last_number '[0-9]+ tests failed out of [0-9]+' "$plain")
    good=$(( $(grep -aoE 'failed out of [0-9]+' "$plain" | tail -n 1 | grep -oE '[0-9]+') - bad ))
  elif [ -z "$good" ] && grep -aqE '^ *Tests .*[0-9]+ (passed|failed)' "$plain"; then  # vitest
    local line; line=$(grep -aE '^ *Tests ' "$plain" | tail -n 1)
    good=$(grep -oE '[0-9]+ passed' <<< "$line" | grep -oE '[0-9]+' || true)
    bad=$(grep -oE '[0-9]+ failed' <<< "$line" | grep -oE '[0-9]+' || true)
  fi
  rm "$plain"
  good=${good:-0} bad=${bad:-0}
}

# stage NAME COMMAND...: the command runs in a shell of its own; whatever happens, the next stage runs too.
stage() {
  local name=$1; shift
  local log=build/logs/$name.log began=$SECONDS status=0
  say "$name"
  set +e
  ( set -e; "$@" ) 2>&1 < /dev/null | tee "$log"
  status=${PIPESTATUS[0]}
  set -e
  count "$log"
  [ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
  [ $((good + bad)) -gt 0 ] || good=1
  passed=$((passed + good)) failed=$((failed + bad))
  report+=$(printf '%-12s %5d s  %5d passed  %4d failed' "$name" $((SECONDS - began)) "$good" "$bad")$'\n'
}

summary() {
  printf '\n%s\n' "$report"
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}

build_everything() { build_web; build_release; }

# ctest that finds nothing is a failure, not a success.
run_ctest() {
  local preset=$1; shift
  ctest --test-dir "build/$preset" -j "$jobs" --output-on-failure --no-tests=error --timeout 300 "$@"
}

# build_sanitized PRESET [TARGET...]: those of the targets that exist, or everything.
build_sanitized() {
  local preset=$1; shift
  configure "$preset"
  local targets=() target
  for target in "$@"; do
    if ninja -C "build/$preset" -t query "$target" > /dev/null 2>&1; then targets+=("$target"); fi
  done
  [ $# -eq 0 ] || [ ${#targets[@]} -gt 0 ] || { echo "none of these can be built: $*"; return 1; }
  ninja -C "build/$preset" -j "$jobs" "${targets[@]}"
}

web_tests() {
  (cd web && npm run --silent check && npm test --silent)
}

run_sim() {
  build_release sim
  build/release/test/sim/sim "$@"
}
