import { expect, it } from 'vitest';
import { LIST_PRICES } from '../../athena/prices.js';
import { reportDays } from '../../calendar/report-day.js';
import { parseDirectory } from '../../identity/directory/parse-directory.js';
import type { ReportRow } from '../../record/columns.js';
import { startOf } from '../../record/evidence.fixture.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { reportKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { collectRange } from './collect-range.js';
import { settle } from './settle.js';

const days = reportDays({ from: '2026-11-02', to: '2026-11-02', timezone: 'UTC' });
const NOW = Date.UTC(2026, 10, 4);
const start = startOf({ eventTime: Date.UTC(2026, 10, 2, 7) });
const text = `people:\n  - { id: ana@acorn.example, team: Finance, aliases: ["${start.principal.arn}"] }\n`;

async function collected() {
  const store = createMemoryStore();
  const inputs = { directory: parseDirectory(text), prices: LIST_PRICES, inputs: { directory: 'a'.repeat(64) } };
  const source = startsFrom({
    async *scan(window) {
      yield { items: [start], covered: [window], cursor: null };
    },
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
  });
  const range = { days, format: 'csv', scanId: 'inputs' } as const;
  const hashes: unknown[] = [];
  for await (const { inputs: named } of collectRange(collectorOf(store, NOW, inputs), source, range))
    hashes.push(named);
  return { store, inputs, hashes };
}

it('names in every manifest what its rows were made with', async () => {
  const { hashes } = await collected();
  expect(new Set(hashes.map((named) => JSON.stringify(named)))).toEqual(
    new Set([JSON.stringify({ directory: 'a'.repeat(64) })]),
  );
});

it('refuses a rewrite that would lack it, and writes nothing', async () => {
  const { store } = await collected();
  const before = new Map(store.files);
  const rewrite = async () => {
    for await (const _ of settle(collectorOf(store, NOW)));
  };
  await expect(rewrite()).rejects.toThrow(/made with an identity directory that is not kept.*--directory again/s);
  expect(new Map(store.files)).toEqual(before);
});

it('rewrites with another', async () => {
  const { store, inputs } = await collected();
  const other = { ...inputs, directory: parseDirectory(text.replace('Finance', 'Growth')) };
  const collector = collectorOf(store, NOW, { ...other, inputs: { directory: 'b'.repeat(64) } });
  for await (const _ of settle(collector));
  const stream = await store.stream(reportKey({ reportDate: '2026-11-02', hour: 7 }, 'csv'));
  const rows: ReportRow[] = [];
  if (stream) for await (const row of REPORT_CODEC.decode('csv', stream)) rows.push(row);
  expect(rows).toMatchObject([{ team: 'Growth' }]);
});
