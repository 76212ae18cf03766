import { lineOfLink } from '../../src/cloudtrail/link-line.js';
import { readCredentialLink } from '../../src/cloudtrail/read-credential-link.js';
import { assumeRoleRecord } from '../../src/sources/record.fixture.js';
import { createLineNames } from '../../src/tree/evidence/line-names.js';
import { table } from '../kit/measure.js';
import { LIMITS as L } from './limits.js';
import type { Costs, MeasuredRun } from './measure-costs.js';
import { RECORDS } from './tables.js';
import { exact, power } from './units.js';

/** What memory a day takes, by its records. */
export function memoryTable({ runs }: Costs): string {
  const trails = runs.filter(({ queries }) => queries === 0).sort((a, b) => a.records - b.records);
  const largest = trails.at(-1);
  if (!largest) throw new Error('no run without queries was measured');
  const names = namesOfLink();
  const rows = RECORDS.map((records) => {
    const links = records * L.assumeShare * L.linkDays * names * L.nameBytes;
    const reading = readingMb(records, trails, largest);
    const hour = (trails[0]?.memory ?? 0) + links / 1e6;
    const most = Math.max(reading, hour);
    return [
      power(records),
      reading.toFixed(0),
      links < 1e6 ? '< 1' : exact(Math.round(links / 1e6)),
      most > L.lambdaMbMost ? 'more than Lambda has' : exact(Math.max(L.lambdaMb, Math.ceil(most / 512) * 512)),
    ];
  });
  return `## Memory, by records

Reading: up to ${exact(largest.records)} records the measured run of as many or more stands here; beyond, files fetched ahead and evidence that waits are bounded, and what grows are hashes of the lines met,
${L.lineBytes} bytes each, of ${exact(L.linesHeld)} at most: \`${largest.memory.toFixed(0)} MB + (min(R × ${(L.assumeShare * 100).toFixed(0)} %, ${exact(L.linesHeld)}) - ${exact(Math.round(largest.records * L.assumeShare))}) × ${L.lineBytes} B\`. A child of a divided scan reads a part only.
Resolving an hour: the names of the links of ${L.linkDays} days, ${names} of an AssumeRole, \`R × ${(L.assumeShare * 100).toFixed(0)} % × ${L.linkDays} × ${names} × ${L.nameBytes} B\`, beside its own rows and the ${trails[0]?.memory.toFixed(0)} MB of a process that does nothing.

${table(['records a day', 'reading, MB', 'names of links, MB', 'of a function, MB'], rows)}`;
}

function readingMb(records: number, trails: readonly MeasuredRun[], largest: MeasuredRun): number {
  const measured = trails.find((run) => run.records >= records);
  if (measured) return measured.memory;
  const lines = Math.min(records * L.assumeShare, L.linesHeld) - largest.records * L.assumeShare;
  return largest.memory + (lines * L.lineBytes) / 1e6;
}

/** By how many names a link is found. */
function namesOfLink(): number {
  const link = readCredentialLink(JSON.parse(JSON.stringify(assumeRoleRecord({}))));
  if (!link) throw new Error('an AssumeRole is no link');
  return createLineNames().read(lineOfLink(link)).length;
}
