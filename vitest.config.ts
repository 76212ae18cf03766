import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Slow suites (end to end, browser, thousands of seeds) are named *.slow.test.ts and run by .ci/run.
    exclude: ['**/*.slow.test.ts', 'node_modules/**', 'dist/**'],
    setupFiles: ['test/fixed-seed.ts'],
    // A zone that is not UTC, with half an hour: code that leans on the machine's zone fails here.
    env: {
      TZ: 'Asia/Kolkata',
      // The user's own cache is none of a test's.
      AQT_CACHE_DIR: join(tmpdir(), 'aqt-test-cache'),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    // The modules of a worker are loaded once, not for each file: two fifths of the time.
    isolate: false,
    // Without it, a machine of two cores gets one worker.
    maxWorkers: 2,
    testTimeout: 60_000,
  },
});
