import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.slow.test.ts', 'test/**/*.slow.test.ts'],
    exclude: ['node_modules/**'],
    env: { TZ: 'Asia/Kolkata', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    // Browsers and killed processes meet a busy machine: a failure counts when it happens twice.
    retry: 1,
  },
});
