import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cachedFindings } from '../../src/analytics/audit/audit-findings.js';
import { openCache } from '../../src/analytics/cache/cache.js';
import { cacheFolder } from '../../src/analytics/cache/cache-files.js';
import { syncCache } from '../../src/analytics/cache/sync-cache.js';
import { runCli } from '../../src/cli/main.js';
import { createLocalStore } from '../../src/storage/local-store.js';
import { iamUser, startRecord } from '../identity/evidence.js';
import { readRows } from './collected-company.js';
import { quietIo } from './quiet-io.js';

const root = mkdtempSync(join(tmpdir(), 'aqt-contradicted-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const clock = { now: () => Date.UTC(2026, 10, 5), sleep: async () => {} };
const aqt = async (...args: string[]) => {
  const io = quietIo({ clock });
  return { code: await runCli(args, io), ...io.written };
};

it('a refused start whose copies name different principals is refused by nobody, a finding, and explained', async () => {
  const output = join(root, 'out');
  const trail = join(root, 'trail.json');
  const extra = { responseElements: null, errorCode: 'AccessDenied', errorMessage: 'not you' };
  const byAna = startRecord(iamUser('ana'), { second: 1000, extra });
  const forged = { ...byAna, userIdentity: startRecord(iamUser('bo'), { second: 1000, extra }).userIdentity };
  const honest = startRecord(iamUser('ana'), { second: 2000, extra });
  writeFileSync(trail, JSON.stringify({ Records: [byAna, forged, honest] }));
  await aqt(
    'collect',
    '--from',
    '2026-11-02',
    '--timezone',
    'UTC',
    '--output',
    output,
    '--trail',
    trail,
    '--format',
    'json',
  );
  const rows = await readRows(output, 'json');
  expect(rows).toMatchObject([
    {
      attribution: 'refused',
      person: null,
      principal_arn: null,
      identity_evidence: [`contradiction:${byAna.eventID}`],
    },
    { attribution: 'refused', person: 'ana', identity_confidence: 'verified' },
  ]);

  const { code, stdout } = await aqt('verify', output);
  expect(code).toBe(3);
  expect(stdout).toContain(`CloudTrail names different principals for 1 query: event ${byAna.eventID}`);
  const folder = await cacheFolder(output, { AQT_CACHE_DIR: join(root, 'cache') });
  await syncCache({ store: createLocalStore(output, { clock }), folder });
  const cache = await openCache(folder);
  if (!cache) throw new Error('there is no cache');
  const { findings } = JSON.parse((await aqt('verify', output, '--json')).stdout) as { findings: { key: string }[] };
  const cached = (await cachedFindings((sql) => cache.rows(sql), {})).map(({ key }) => key);
  cache.close();
  expect(cached.filter((key) => key.includes('conflict'))).toEqual(
    findings.map(({ key }) => key).filter((key) => key.includes('conflict')),
  );
  const explained = await aqt('explain', String(byAna.eventID), output);
  expect(explained.stdout).toMatch(/conflict: CloudTrail names 2 principals for this attempt: .*user\/ana, .*user\/bo/);
});
