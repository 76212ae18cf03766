/**
 * `npx tsx bench/scale.ts`: how long a day takes, what memory and what money it needs, at 10^3 to 10^9 records and 10^2 to 10^7
 * queries a day, and where each limit lies. What one record and one query cost is measured first, on corpora made on the spot; the
 * rest are the formulae below and limits of AWS. Writes docs/scale.md; `--print` only prints. Needs `npm run build` and bash.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineText } from './kit/measure.js';
import { measureCosts } from './scale/measure-costs.js';
import { memoryTable } from './scale/memory.js';
import { lookBackTable, moneyTable } from './scale/money.js';
import { limitsTable, measuredTable, queriesTable, recordsTable } from './scale/tables.js';
import { triedMap } from './scale/try-map.js';

const folder = mkdtempSync(join(tmpdir(), 'aqt-scale-'));
try {
  const costs = measureCosts(folder);
  const text = `# Scale

Written by \`npx tsx bench/scale.ts\`: the first table is measured, all others follow from it by the formulae that stand above them.
Seconds are those of the machine that measured; another one is faster or slower by one factor for all of them.

Measured on ${machineText()}.

${measuredTable(costs)}

${recordsTable(costs)}

${lookBackTable(costs)}

${memoryTable(costs)}

${queriesTable(costs)}

${moneyTable(costs)}

${limitsTable(costs)}

${await triedMap(100_000, 200)}
`;
  console.log(text);
  if (!process.argv.includes('--print')) writeFileSync('docs/scale.md', text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
