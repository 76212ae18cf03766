import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.slow.test.ts', 'test/**/*.slow.test.ts'],
    exclude: ['node_modules/**'],
    env: {
      TZ: 'Asia/Kolkata',
      // The user's own cache is none of a test's.
      AQT_CACHE_DIR: join(tmpdir(), 'aqt-test-cache'),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    // A flake is a failure: what does not hold on a busy machine is mended, not tried again.
    retry: 0,
  },
});
