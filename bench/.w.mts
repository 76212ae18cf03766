import { writeCompany } from '../test/dashboard/fixture-company.js';
import { cacheFolder } from '../src/analytics/cache/cache-files.js';
import { syncCache } from '../src/analytics/cache/sync-cache.js';
import { openStore } from '../src/compose/open-store.js';
const clock = { now: () => Date.now(), sleep: async () => {} };
const folder = '/tmp/aqt-bench-million';
console.log(
  await writeCompany(folder, {
    lastDay: '2026-11-21',
    days: 90,
    queriesPerDay: Math.round(1_000_000 / 69.5),
    timezone: 'America/New_York',
    seed: 7,
  }),
);
console.log(
  await syncCache({ store: await openStore(folder, { clock, env: {} } as any), folder: await cacheFolder(folder, {}) }),
);
