#!/usr/bin/env bash
# types, fast tests and the packed package on Node 24
set -eu -o pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ "$(node -p 'process.versions.node.split(".")[0]')" = 24 ]; then
  echo 'This is Node 24 already: the other steps ran on it.'
  exit 0
fi
if ! npm install --prefix "$folder" --no-fund --no-audit --loglevel=error node@24 >/dev/null; then
  echo 'SKIPPED: SKIPPED: SKIPPED: Node 24 could not be had from the registry; nothing was tried on it.'
  exit 0
fi
export PATH="$folder/node_modules/node/bin:$PATH"
[ "$(node -p 'process.versions.node.split(".")[0]')" = 24 ]
node --version
npm run --silent types
npx vitest run --reporter=dot
bash .ci/steps/40-package.sh
