# The stages of `./do test`; sourced by ./do. A stage's whole output goes to the terminal and to build/logs/NAME.log. How
# many things it counted is read from its closing lines: those of ctest and vitest, or `N passed, N failed`. A stage that
# exits with an error and counts no failure has failed once; one that counts nothing has passed once.
passed=0
failed=0
report=""

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

# --- what the sanitizers watch ---------------------------------------------------------------------------------------
# AddressSanitizer and UndefinedBehaviorSanitizer watch everything, though fewer seeds; ThreadSanitizer what has threads;
# the core (chat, scenarios, sim) runs on one. Both watch the real server.
asan_stages() {
  stage asan-build  build_sanitized asan
  stage asan        run_ctest asan -E '^sim\.seeds$'
  stage asan-sim    build/asan/test/sim/sim --seeds 20
  stage asan-e2e    e2e_sanitized asan core json bad_input
}

# clang builds it: with g++ 12 ThreadSanitizer loses its own stack where coroutines hand over to each other.
tsan_stages() {
  stage tsan-build  build_sanitized tsan edge_test server_test conformance_test homing
  stage tsan        run_tsan run_ctest tsan -R '^(edge|server|conformance)\.'
  stage tsan-e2e    run_tsan e2e_sanitized tsan core json
}

# addr2line comes with g++; clang's own symbolizer is in a package of its own.
run_tsan() {
  TSAN_OPTIONS="suppressions=$PWD/test/conformance/tsan.supp external_symbolizer_path=$(command -v addr2line)" "$@"
}

# build_sanitized PRESET [TARGET...]: everything if no target is named.
build_sanitized() {
  local preset=$1; shift
  build_web
  configure "$preset"
  ninja -C "build/$preset" -j "$jobs" "$@"
}

# e2e_sanitized PRESET FILE...: a finding ends the server, which the tests notice; what it said is in the server's log.
e2e_sanitized() {
  local preset=$1 status=0; shift
  rm -f build/e2e/*.log
  HOMING_BIN=build/$preset/homing test/e2e/run "$@" || status=$?
  if grep -aE -A 40 'Sanitizer|runtime error:' build/e2e/*.log; then status=1; fi
  return "$status"
}

web_tests() {
  (cd web && npm run --silent check && npm test --silent)
}

run_sim() {
  build_release sim
  build/release/test/sim/sim "$@"
}
