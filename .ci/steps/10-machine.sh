#!/usr/bin/env bash
# what the machine lacks: Chromium for the browser tests
command -v chromium >/dev/null 2>&1 && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo 'SKIPPED: no Chromium and no apt-get here; the browser tests will say SKIPPED, too.'
  exit 0
fi
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
command -v chromium
