import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest suites, minutes each: begun first, so that the two workers end together. */
const LONGEST = [
  'deploy/rig',
  'deploy/day',
  'deploy/owed-days',
  'papers/papers',
  'deploy/feeds',
  'deploy/state-changes',
  'simulate/',
  'faults/planted',
  'deploy/accounts',
  'deploy/rewrite',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((name) => moduleId.includes(`/test/${name}`));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    include: ['src/**/*.slow.test.ts', 'test/**/*.slow.test.ts'],
    exclude: ['node_modules/**'],
    setupFiles: ['test/fixed-seed.ts'],
    env: {
      TZ: 'Asia/Kolkata',
      // The user's own cache is none of a test's.
      AQT_CACHE_DIR: join(tmpdir(), 'aqt-test-cache'),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    testTimeout: 900_000,
    hookTimeout: 600_000,
    // Half of the time these suites wait, for quotas, browsers and other processes: two cores take three of them at once.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // A flake is a failure: what does not hold on a busy machine is mended, not tried again.
    retry: 0,
  },
});
