import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ManifestSource } from '../../src/record/manifest.js';
import { companyHours, writeHour } from './fixture-company.js';

const timezone = 'America/New_York';
const DENIED =
  'AWS denied sts:AssumeRole of arn:aws:iam::444455556666:role/athena-query-tracker (AccessDenied: the external id does not match); allow that action for the principal that runs this';

/** An account and Region of the made-up company, and the days (of the month) on which it was not as it should be. */
interface FixturePlace {
  readonly accountId: string;
  readonly region: string;
  readonly lacking?: readonly number[];
  /** Days on which the second half of the hours lacks it. */
  readonly half?: readonly number[];
  /** The first day on which it was asked. */
  readonly since?: number;
}

export const PLACES: readonly FixturePlace[] = [
  { accountId: '111122223333', region: 'eu-west-1' },
  { accountId: '111122223333', region: 'us-east-1' },
  { accountId: '444455556666', region: 'eu-west-1', lacking: [9, 10, 11], half: [12] },
  { accountId: '555566667777', region: 'eu-west-1', since: 13 },
  { accountId: '777788889999', region: 'ap-southeast-2', lacking: [4] },
];

/** Writes 20 days of a company of several accounts: reports, manifests, closings, and one thing that somebody accepted. */
export async function writePlaces(root: string, options: { readonly queriesPerDay: number }): Promise<void> {
  const work = (name: string, content: object) => put(join(root, '_work', name), content);
  for (const hour of companyHours({ lastDay: '2026-11-20', days: 20, timezone, seed: 21, ...options })) {
    const day = Number(hour.label.reportDate.slice(8));
    const sources = PLACES.flatMap((place) => sourceOf(place, { day, hour: hour.label.hour, ...hour.window }));
    const read = sources.filter(({ failure }) => failure === undefined);
    const rows = hour.rows.map((row, index) => {
      const place = read[index % 3 === 0 ? index % read.length : 0];
      return { ...row, account_id: place?.accountId ?? '', region: place?.region ?? '' };
    });
    const isOpen = sources.length > read.length;
    await writeHour(root, { ...hour, rows }, { timezone, sources, status: isOpen ? 'open' : 'final' });
  }
  for (let day = 1; day <= 19; day++) {
    const reportDate = dateOf(day);
    await work(`closings/${reportDate}.json`, closingOf(reportDate, day));
  }
  await work('accepted.json', {
    schema: 1,
    accepted: {
      'not read: 777788889999 ap-southeast-2': {
        reason: 'the Region was switched on that afternoon (ticket SEC-114)',
        acceptedAt: '2026-11-06T09:30:00.000Z',
      },
    },
  });
  // Stands for the evidence: without any the tree would be a copy, in which nobody expects closings.
  await work('evidence/README.json', {});
}

function sourceOf(
  { accountId, region, lacking = [], half = [], since = 1 }: FixturePlace,
  at: { readonly day: number; readonly hour: number; readonly start: number; readonly end: number },
): ManifestSource[] {
  if (at.day < since) return [];
  const isMissing = lacking.includes(at.day) || (half.includes(at.day) && at.hour >= 12);
  const span = { from: new Date(at.start).toISOString(), to: new Date(at.end).toISOString() };
  const source = { kind: 'lookup-events', accountId, region, counts: { calls: 3 }, ...span };
  return [isMissing ? { ...source, failure: DENIED } : source];
}

function closingOf(reportDate: string, day: number) {
  const asked = PLACES.filter(({ since = 1 }) => day >= since);
  return {
    schema: 1,
    reportDate,
    closedAt: `${reportDate}T12:00:00.000Z`,
    workGroups: asked.flatMap(({ accountId, region }) =>
      ['bi', 'etl', 'ml', 'primary'].map((workGroup) => ({
        ...{ accountId, region, workGroup, listed: 100 },
        failure:
          accountId === '111122223333' && region === 'us-east-1' && workGroup === 'ml' && day > 6
            ? 'AWS denied athena:ListQueryExecutions'
            : null,
      })),
    ),
    unattributed: [],
    systemTables: [
      {
        ...{ accountId: '111122223333', region: 'eu-west-1', seen: 412, absent: day === 8 ? 3 : 0 },
        ...{ disagreements: 0, disagreeing: [], failure: null },
      },
    ],
    missingHours: [],
  };
}

function dateOf(day: number): string {
  return `2026-11-${String(day).padStart(2, '0')}`;
}

async function put(path: string, content: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(content));
}
