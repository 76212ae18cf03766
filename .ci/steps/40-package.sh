#!/usr/bin/env bash
# the packed package in an empty folder, production dependencies only, runs the demo
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tarball=$(npm pack --silent --pack-destination "$folder" | tail -n 1)
cd "$folder"
npm init --yes >/dev/null
npm install --omit=dev --no-fund --no-audit "./$tarball" >/dev/null
npx aqt demo --output "$folder/demo"
npx aqt verify "$folder/demo"
