import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietIo } from '../../../test/end-to-end/quiet-io.js';
import { EXIT } from '../terminal/io.js';
import { runDoctor } from './doctor.js';

/** No credentials, no Region, no metadata service: what a machine without AWS has. */
const NOTHING = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};
const clock = { now: () => Date.UTC(2026, 10, 20), sleep: async () => {} };

describe('the doctor without credentials', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aqt-doctor-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('looks at a folder of reports all the same', async () => {
    const io = quietIo({ clock, env: NOTHING });
    expect(await runDoctor({ output: folder }, io)).toBe(EXIT.done);
    expect(io.written.stdout).toMatch(/skip {2}credentials .*nothing in AWS was checked/);
    expect(io.written.stdout).toContain('has no hour of the last 45 days yet');
    expect(io.written.stdout).toContain('0 failed');
  });

  it('says so, and fails, where everything lies in AWS', async () => {
    const io = quietIo({ clock, env: NOTHING });
    expect(await runDoctor({ output: 's3://audit' }, io)).toBe(EXIT.findings);
    expect(io.written.stdout).toContain('FAIL  credentials');
  });
});
