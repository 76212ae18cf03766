#!/usr/bin/env bash
# the packed package in an empty folder, production dependencies only, does what the README says
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tarball=$(npm pack --silent --pack-destination "$folder" | tail -n 1)
cd "$folder"
npm init --yes >/dev/null
npm install --omit=dev --no-fund --no-audit "./$tarball" >/dev/null
npx aqt demo --output reports | tee demo.txt
# What it prints can be typed as it is.
[ "$(grep -cE '^  npx aqt (people|report|serve) ' demo.txt)" -eq 3 ]
# 3: ran well, and found what the demo's story has to be found.
npx aqt verify reports || [ $? -eq 3 ]
npx aqt report reports --by person | head -n 5
npx aqt query reports "SELECT person, sum(cost_usd) AS usd FROM queries GROUP BY 1 ORDER BY 2 DESC" | head -n 5
npx aqt people reports | head -n 5
id=$(npx aqt query reports "SELECT min(query_execution_id) AS id FROM queries" --format csv | tail -n 1)
npx aqt explain "$id" reports | head -n 5
echo '{"sql": "SELECT * FROM sales.orders"}' | npx aqt sql | grep -q '"awsdatacatalog.sales.orders"\|sales.orders'
npx aqt compact reports >/dev/null
npx aqt verify reports >/dev/null || [ $? -eq 3 ]
npx aqt deploy --dry-run | grep -q 'cloudtrail:LookupEvents'
