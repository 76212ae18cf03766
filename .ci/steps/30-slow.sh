#!/usr/bin/env bash
# slow suites: end to end, crashes, browser, deployment
npx vitest run -c vitest.slow.config.ts
