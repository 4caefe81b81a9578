#!/usr/bin/env bash
# One command for everything. `./do help` lists what there is. Each subcommand is a function do_NAME below; what is
# longer than a screen lives in tools/. Nothing here needs more than bash, apt and npm to begin with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

jobs=${HOMING_JOBS:-$(nproc)}
stamps=build/stamps
mkdir -p "$stamps" build/logs
# A second clone compiles from the first one's cache.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

say() { printf '\n== %s\n' "$*"; }
die() { printf './do: %s\n' "$*" >&2; exit 1; }
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }
# One hash over the content of files and folders; what does not exist does not count.
hash_of() { { find "$@" -type f -print0 2>/dev/null || true; } | sort -z | xargs -0r sha256sum | sha256sum; }
# fresh NAME HASH: whether NAME was finished with this hash before. finished NAME HASH: remember that.
fresh() { [ -f "$stamps/$1" ] && [ "$(cat "$stamps/$1")" = "$2" ]; }
finished() { printf '%s\n' "$2" > "$stamps/$1"; }

# --- setup -----------------------------------------------------------------------------------------------------------
packages_of() { local group; for group in "$@"; do sed -n "s/^$group //p" tools/packages.txt; done; }
missing_of() { comm -23 <(packages_of "$@" | sort -u) <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u); }
has_group() { [ -z "$(missing_of "$1")" ]; }

# do_setup [GROUP...]: everything from outside that is missing. All groups if none is named.
do_setup() {
  [ $# -gt 0 ] || set -- build test bench
  local missing; missing=$(missing_of "$@")
  command -v node > /dev/null || missing="$missing nodejs"
  command -v npm > /dev/null || missing="$missing npm"
  missing=$(echo $missing)
  if [ -n "$missing" ]; then
    say "installing $missing"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
  fi
  unpack_headers phonenumber include/phonenumbers/phonenumberutil.h libphonenumber-dev
  unpack_headers vips include/vips/vips.h libvips-dev libglib2.0-dev
  setup_npm
}

# The servers that bench/peers compares with; not part of any other setup. Their services are neither started nor enabled:
# the bench starts its own, each on a folder of its own.
install_peers() {
  local missing policy=/usr/sbin/policy-rc.d made="" status=0; missing=$(echo $(missing_of peers))
  [ -n "$missing" ] || return 0
  say "installing $missing"
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy > /dev/null; as_root chmod 755 $policy; made=yes
  fi
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing || status=$?
  [ -z "$made" ] || as_root rm $policy
  [ ! -d /run/systemd/system ] || as_root systemctl disable --now mosquitto ejabberd prosody rabbitmq-server || true
  return $status
}

# unpack_headers NAME FILE PACKAGE...: only the headers of packages that bring too much (docs/decisions/0002, 0013).
unpack_headers() {
  local deps=build/deps/$1 there=$2; shift 2
  [ -f "$deps/usr/$there" ] && return
  say "unpacking the headers of $*"
  mkdir -p "$deps"
  local fetched; fetched=$(mktemp -d)
  (cd "$fetched" && { apt-get download -q "$@" || { as_root apt-get update -q && apt-get download -q "$@"; }; })
  for package in "$fetched"/*.deb; do dpkg-deb -x "$package" "$deps"; done
  rm -r "$fetched"
}

setup_npm() {
  local lock; lock=$(hash_of web/package.json web/package-lock.json)
  [ -d web/node_modules ] && fresh npm "$lock" && return
  say "npm ci"
  (cd web && npm ci --no-audit --no-fund --loglevel=error)
  finished npm "$lock"
}

# --- build -----------------------------------------------------------------------------------------------------------
# The web app, when one of its sources changed.
build_web() {
  local sources; sources=$(hash_of proto web/src/app web/src/client web/src/features web/src/state web/src/ui web/src/*.ts* \
    web/public web/index.html web/package-lock.json web/vite.config.ts web/tools web/tsconfig*.json)
  [ -f web/dist/index.html ] && fresh web "$sources" && return
  say "building the web app"
  (cd web && npm run --silent build)
  finished web "$sources"
}

# configure PRESET [-DNAME=VALUE...]: again only when the arguments differ from the last time; ninja sees to the rest.
configure() {
  local preset=$1; shift
  [ -f "build/$preset/build.ninja" ] && fresh "cmake-$preset" "$*" && return
  cmake --preset "$preset" "$@" > "build/logs/cmake-$preset.log" 2>&1 || { cat "build/logs/cmake-$preset.log"; return 1; }
  finished "cmake-$preset" "$*"
}

# build_release [TARGET...]: tests and benches are left out of the plan while their packages are not installed.
build_release() {
  configure release -DHOMING_TESTS="$(has_group test && echo ON || echo OFF)" \
    -DHOMING_BENCH="$(has_group bench && echo ON || echo OFF)"
  ninja -C build/release -j "$jobs" "$@"
}

do_build() {
  do_setup build
  build_web
  say "building the server"
  build_release homing
  echo "build/release/homing is ready."
}

do_run() {
  do_build
  local listen=${HOMING_LISTEN:-127.0.0.1:8080}
  say "Homing on http://$listen, data in ./data"
  cat <<TEXT
Open that address. To register there, ask for a code; it appears below in this log (development only).
In another terminal:
  build/release/homing account add --phone +15551230001 --name Ana    # prints a token to log in with
  build/release/homing invite create                                  # an invitation instead of a code
Ctrl-C stops the server.

TEXT
  exec build/release/homing serve --data data --listen $listen --registration-dev-codes-in-log=true "$@"
}

do_web() {
  do_setup build
  echo "Pages from web/, calls to /v1 go to a server on 127.0.0.1:8080 (./do run)."
  cd web && exec npm run dev
}

# --- test ------------------------------------------------------------------------------------------------------------
source tools/stages.sh

do_test() {
  do_setup
  stage check       tools/check
  stage check-test  tools/check_test.py
  stage build       build_everything
  stage unit        run_ctest release
  stage gate        bench/gate/run
  stage web         web_tests
  stage e2e         test/e2e/run
  stage sim         run_sim --seeds "${HOMING_SIM_SEEDS:-200}"
  asan_stages
  tsan_stages
  stage fuzz        test/fuzz/run "${HOMING_FUZZ_SECONDS:-3}"
  summary
}

# What ./do test runs of the sanitizers, alone.
do_sanitize() {
  do_setup
  asan_stages
  tsan_stages
  stage fuzz        test/fuzz/run "${HOMING_FUZZ_SECONDS:-3}"
  summary
}

do_sim() { do_setup build test; run_sim "$@"; }
do_fuzz() { do_setup build test; exec test/fuzz/run "${1:-60}"; }
do_bench() {
  do_setup build bench; build_web; build_release
  [ "${1:-}" != gate ] || exec bench/gate/run "${@:2}"
  [ "${1:-}" != media ] || exec bench/media "${@:2}"
  [ "${1:-}" != peers ] || { install_peers; exec bench/peers/run "${@:2}"; }
  exec bench/run "$@"
}

# --- care ------------------------------------------------------------------------------------------------------------
do_check() { do_setup build test; exec tools/check "$@"; }

do_fmt() {
  do_setup test
  git ls-files -z -- '*.h' '*.cc' | xargs -0 clang-format-19 -i
}

# Pages that are made from the schema and the settings.
do_docs() {
  tools/api_docs.py
  [ ! -x build/release/homing ] || build/release/homing config --markdown > docs/config.md
}

# build/homing-VERSION-ARCH.tar.gz: the program, how to run it as a service, the docs, the licence.
do_release() {
  do_build
  local version; version=$(build/release/homing version | cut -d' ' -f2)
  local name; name="homing-$version-linux-$(uname -m)"
  rm -rf "build/$name"; mkdir -p "build/$name"
  strip -o "build/$name/homing" build/release/homing
  cp -r packaging docs README.md CHANGELOG.md LICENSE "build/$name/"
  tar -C build -czf "build/$name.tar.gz" "$name"
  rm -r "build/$name"
  echo "build/$name.tar.gz"
}

do_help() {
  cat <<'TEXT'
./do run            install what is missing, build, serve ./data on http://127.0.0.1:8080
./do test           install, build, run the tests, on the sanitized builds too; ends with "N passed, N failed"
./do sanitize       the sanitizers and the fuzz targets alone
./do setup [GROUP]  install what is missing (groups: build test bench)
./do build          the server, at build/release/homing
./do check [--tidy] layers, banned words, file sizes, format; with --tidy clang-tidy too
./do fmt            format all C++
./do sim --seeds N  the seeded simulator
./do fuzz SECONDS   each fuzz target for that long
./do bench          the standard measurements, to docs/benchmarks.md
./do bench media    files and the HTTP API, to docs/benchmarks-media.md
./do bench gate     instructions and bytes that must not grow (bench/history.csv); part of ./do test
./do bench peers    installs other servers from Debian and measures beside them, to docs/benchmarks-peers.md
./do web            the web app's development server
./do docs           docs made from the schema and the settings
./do release        a tarball
TEXT
}

command=${1:-help}
[ $# -eq 0 ] || shift
declare -F "do_$command" > /dev/null || die "there is no '$command'; see ./do help"
"do_$command" "$@"; exit
