import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCollect } from '../../src/cli/collect/collect.js';
import { runCli } from '../../src/cli/main.js';
import { logFile, startRecord } from '../../src/sources/record.fixture.js';
import { quietIo } from '../end-to-end/quiet-io.js';

const clock = { now: () => Date.UTC(2026, 10, 6), sleep: async () => {} };
const fresh = () => mkdtempSync(join(tmpdir(), 'aqt-fuzz-'));

describe('a tree with foreign values in its own files', () => {
  let tree = '';
  beforeAll(async () => {
    const trail = fresh();
    writeFileSync(join(trail, 'log.json.gz'), logFile([startRecord()]));
    tree = fresh();
    const date = String(startRecord().eventTime).slice(0, 10);
    const options = { from: date, timezone: 'UTC', trail, output: tree, quiet: true };
    expect(await runCollect(options, quietIo({ clock }))).toBe(0);
    expect(await runCli(['compact', tree], quietIo({ clock }))).toBe(0);
    for (const [name, value] of Object.entries(ownFiles(date))) {
      mkdirSync(dirname(join(tree, name)), { recursive: true });
      writeFileSync(join(tree, name), JSON.stringify(value));
    }
  });

  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(null, {}, [], 'x', -1, 1e99, '__proto__'));
  const kept = [
    '_work/accepted.json',
    '_work/settle.json',
    '_work/seals/00000001.json',
    '_work/closings/*',
    '_work/identity-store.json',
    '_work/settings.json',
    '_work/row-news.json',
    '_work/catalog-asked.json',
    '_work/inputs.json',
    '_work/budgets.json',
    '_work/chain.json',
    '_work/settle-lease.json',
    '_work/listings/*',
    'year=*/_manifest.json',
    'daily/*/_manifest.json',
  ];

  it.each(kept)('%s: verify and settle say what is wrong, or do without; neither breaks', async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), anything, fc.boolean(), async (at, value, isWhole) => {
        const root = fresh();
        cpSync(tree, root, { recursive: true });
        const path = fileOf(root, name, at);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, isWhole ? JSON.stringify(value) : JSON.stringify(edited(path, at, value)));
        for (const args of [
          ['verify', root],
          ['verify', root, '--json'],
          ['settle', root, '--mend', '--no-scan'],
          ['compact', root],
          ['report', root, '--by', 'workgroup'],
        ]) {
          const io = quietIo({ clock });
          const code = await runCli(args, io);
          expect(io.written.stderr).not.toMatch(/\n\s+at |TypeError|RangeError|is not a function|of undefined/);
          expect([0, 1, 2, 3]).toContain(code);
          // What could not be gone on with is named.
          if (code === 1 || code === 2) expect(io.written.stderr).toMatch(/_work\/|_manifest/);
        }
      }),
      { numRuns: Number(process.env.AQT_RUNS ?? 10) },
    );
  });

  /** Files of a tree with all that they may hold. */
  function ownFiles(date: string): Readonly<Record<string, unknown>> {
    const place = { accountId: '111122223333', region: 'us-east-1' };
    const at = `${date}T12:00:00.000Z`;
    const systemTable = { ...place, seen: 2, absent: 0, disagreements: 1, disagreeing: ['q'], failure: null };
    const group = { workGroup: 'bi', state: 'ENABLED', engine: 'v3', isEnforced: true, cutoffBytes: 1e9 };
    const more = { publishesMetrics: true, requesterPays: false, hasManagedResults: false, tags: { team: 'x' } };
    const reservation = { name: 'r', status: 'ACTIVE', targetDpus: 8, allocatedDpus: 8, createdAt: at };
    const change = { eventId: 'e', at, event: 'CreateCapacityReservation', name: 'r', targetDpus: 8 };
    return {
      [`_work/closings/${date}.json`]: {
        ...{ schema: 1, reportDate: date, closedAt: at, unattributed: ['q'], missingHours: [3] },
        workGroups: [{ ...place, workGroup: 'bi', listed: 3, failure: null, isRecent: true }],
        systemTables: [systemTable],
        events: [{ ...place, seen: 1, absent: 0 }],
        settings: [
          {
            ...{ ...place, failures: ['tags: denied'] },
            workGroups: [{ ...group, ...more, failure: null }],
            reservations: [{ ...reservation, allocatedAt: at, workGroups: ['bi'], failure: null }],
            reservationChanges: [{ ...change, workGroups: ['bi'], principalArn: 'arn:aws:iam::111122223333:user/a' }],
          },
        ],
      },
      '_work/accepted.json': { schema: 1, accepted: { 'not read: a r': { reason: 'closed', acceptedAt: at } } },
      '_work/budgets.json': { schema: 1, all: 100, workgroups: { bi: 5 } },
      '_work/row-news.json': { since: Date.parse(at), additions: 1 },
      '_work/catalog-asked.json': { told: { 'a r': { t: 1 } }, lacking: { 'a r': { u: 2 } } },
      [`_work/listings/${date}.json`]: {
        ...{ schema: 1, startedAt: 1, writtenAt: 2, unattributed: ['q'], systemTables: [systemTable] },
        places: [{ ...place, isRead: false, cursor: null, workGroups: { bi: { listed: 1, failure: null } } }],
        placing: [{ ...place, queryExecutionId: 'q' }],
        events: [{ ...place, seen: 1, absent: 0 }],
      },
    };
  }

  /** A file of the tree: by its path, or one of those that have what is before the star and behind it. */
  function fileOf(root: string, name: string, at: number): string {
    if (!name.includes('*')) return join(root, name);
    const wanted = new RegExp(`^${name.replace('*', '.+')}$`);
    const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => wanted.test(path));
    expect(paths).not.toEqual([]);
    return join(root, paths.sort()[at % paths.length] ?? '');
  }

  /** The JSON of a file with one value replaced, at whatever depth. */
  function edited(path: string, at: number, value: unknown): unknown {
    let known: unknown;
    try {
      known = JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      return { schema: 1, accepted: value, settledAt: value };
    }
    const places = placesIn(known);
    let place = at % places;
    return (function copy(one: unknown): unknown {
      if (place-- === 0) return value;
      if (Array.isArray(one)) return one.map(copy);
      if (typeof one !== 'object' || one === null) return one;
      return Object.fromEntries(Object.entries(one).map(([name, member]) => [name, copy(member)]));
    })(known);
  }

  /** How many values a value holds, itself among them. */
  function placesIn(value: unknown): number {
    if (typeof value !== 'object' || value === null) return 1;
    return Object.values(value).reduce<number>((sum, member) => sum + placesIn(member), 1);
  }
});
