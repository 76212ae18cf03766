#!/usr/bin/env bash
# a fresh clone installs from the lock file alone, here and on every other platform
set -eu -o pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet . "$folder/clone"
cd "$folder/clone"
# The least npm that refuses a lock file without the packages of every platform.
npm11() { npx --yes npm@11 "$@"; }
for platform in darwin-arm64 darwin-x64 win32-x64 linux-arm64; do
  npm11 ci --dry-run --os="${platform%-*}" --cpu="${platform#*-}" --no-fund --no-audit --loglevel=error >/dev/null
  grep -q "@duckdb/node-bindings-$platform\"" package-lock.json
  echo "ok: $platform"
done
npm11 ci --no-fund --no-audit --loglevel=error
npm run --silent build -- --force

# What a clone prints can be typed as it is: the three commands that the demo names last.
printed=$(node dist/cli.js demo --output reports | grep -E '^  .*(people|report|serve) ')
echo "$printed"
[ "$(echo "$printed" | grep -c '^  node dist/cli.js ')" -eq 3 ]
echo "$printed" | grep -v ' serve ' | while read -r line; do bash -c "$line" </dev/null >/dev/null; done

# The README's own way to have the command everywhere.
export npm_config_prefix=$folder/global
install=$(grep -m 1 'npm install --global \.' README.md)
bash -c "$install" >/dev/null
cd "$folder"
PATH="$folder/global/bin:$PATH" aqt verify clone/reports >/dev/null || [ $? -eq 3 ]
PATH="$folder/global/bin:$PATH" aqt | grep -q '^  aqt demo'
