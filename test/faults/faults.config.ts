import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { ROOT } from '../source-tree.js';
import { PLANTED_FAULTS } from './planted-faults.js';

/** Runs fast suites over the product with one fault in it: `AQT_FAULT` is its place in the list, none when it is unset. */
const fault = process.env.AQT_FAULT === undefined ? undefined : PLANTED_FAULTS[Number(process.env.AQT_FAULT)];

export default defineConfig({
  root: ROOT,
  plugins: [
    {
      name: 'planted-fault',
      enforce: 'pre',
      transform(code, id) {
        if (!fault || id.split('?')[0] !== join(ROOT, 'src', fault.file)) return null;
        return code.replace(fault.search, () => fault.replacement);
      },
    },
  ],
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/*.slow.test.ts', 'node_modules/**', 'dist/**'],
    env: { TZ: 'Asia/Kolkata' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    bail: 1,
  },
});
