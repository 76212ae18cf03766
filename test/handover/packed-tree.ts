import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportDays } from '../../src/calendar/report-day.js';
import { type EvidenceArguments, runEvidence } from '../../src/cli/handover/evidence.js';
import { runKeygen } from '../../src/cli/handover/keygen.js';
import { runVerifyPack } from '../../src/cli/verify/verify-pack.js';
import { collectorOf, startsFrom } from '../../src/collect/collector.fixture.js';
import { collectRange } from '../../src/collect/days/collect-range.js';
import { createZip } from '../../src/handover/pack/zip.js';
import { executionOf, startOf } from '../../src/record/evidence.fixture.js';
import { createLocalStore } from '../../src/storage/local-store.js';
import { quietIo } from '../end-to-end/quiet-io.js';

const MIDNIGHT = Date.UTC(2026, 10, 2);
/** Long after the day: nothing of it can change any more. */
const NOW = MIDNIGHT + 30 * 86_400_000;
const clock = { now: () => NOW, sleep: async () => {} };

/** A query of the tree: when it began, seconds after midnight, and its text. */
export interface Planned {
  readonly id: string;
  readonly second: number;
  readonly query: string;
}

/** Texts that break whoever quotes, counts or cuts them wrongly. */
export const HOSTILE: readonly string[] = [
  'SELECT \'<script>alert(1)</script>\' AS "a""b", 5551234 -- a@b.example',
  "SELECT \"x\ny\" FROM t\r\n/* secret 4711 */ WHERE s = 'it''s'",
  "SELECT '\u0000\u0001\u202e' FROM customers.pii",
  "SELECT '\ud800' FROM customers.pii WHERE id = 900000001",
  `SELECT '${'x'.repeat(262_000)}' FROM customers.pii`,
];

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const QUERIES: readonly Planned[] = [
  ...HOSTILE.map((query, index) => ({ id: id(index), second: 10 + index, query })),
  ...Array.from({ length: 12 }, (_, index) => ({
    id: id(100 + index),
    second: 7 * 3600 + 10 + index * 600,
    query: `SELECT name FROM customers.pii WHERE card = '4111-${index}'`,
  })),
];

/** A tree of one day in a folder of its own, and packs made of it. */
export async function packedTree(queries: readonly Planned[] = QUERIES) {
  const folder = mkdtempSync(join(tmpdir(), 'aqt-pack-'));
  const output = join(folder, 'tree');
  await collect(output, queries);
  const path = (name: string) => join(folder, name);
  await runKeygen({ file: path('key.pem') }, quietIo({ clock }));
  return {
    output,
    path,
    /** Makes a pack and returns its bytes. */
    async pack(options: Partial<EvidenceArguments> = {}) {
      const file = path('pack.zip');
      const io = quietIo({ clock });
      const exit = await runEvidence(
        {
          ...{ output, file, from: '2026-11-02', to: '2026-11-02', key: path('key.pem'), by: 'an auditor' },
          ...{ at: '2026-12-01T09:00:00Z', sample: 5 },
          ...options,
        } as EvidenceArguments,
        io,
      );
      return { exit, bytes: readFileSync(file), said: io.written.stderr };
    },
    /** Checks bytes as a pack. */
    async verifyBytes(bytes: Uint8Array) {
      writeFileSync(path('changed.zip'), bytes);
      return this.verify(path('changed.zip'));
    },
    /** Checks a pack with the key that was got elsewhere. */
    async verify(file = path('pack.zip'), key: string | null = path('key.pub.pem')) {
      const io = quietIo({ clock });
      const exit = await runVerifyPack({ pack: file, json: true, ...(key === null ? {} : { key }) }, io);
      const said = JSON.parse(io.written.stdout) as {
        readonly faults: readonly string[];
        readonly told: readonly string[];
        readonly rows: number | null;
        readonly hours_same_as_report: number | null;
        readonly sample_same: number | null;
        readonly signed: boolean;
      };
      return { exit, ...said };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type PackedTestTree = Awaited<ReturnType<typeof packedTree>>;

async function collect(output: string, queries: readonly Planned[]): Promise<void> {
  const items = queries.map(({ id: queryExecutionId, second }) =>
    startOf({ eventId: `event-${queryExecutionId}`, queryExecutionId, eventTime: MIDNIGHT + second * 1000 }),
  );
  const source = {
    async *scan() {
      yield { items, covered: [], cursor: null };
    },
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
  };
  const executions = {
    fetch: async (ids: readonly string[]) =>
      ids.map((queryExecutionId) => {
        const planned = queries.find((one) => one.id === queryExecutionId);
        const submittedAt = MIDNIGHT + (planned?.second ?? 0) * 1000;
        return {
          queryExecutionId,
          origin: 'export' as const,
          outcome: 'found' as const,
          execution: executionOf({
            ...{ queryExecutionId, submittedAt, completedAt: submittedAt + 5000 },
            query: planned?.query ?? null,
          }),
        };
      }),
    account: () => ({ kind: 'export', accountId: null, region: null, counts: {} }),
  };
  const collector = collectorOf(createLocalStore(output, { clock }), NOW, { executions: () => executions });
  const days = reportDays({ from: '2026-11-02', to: '2026-11-02', timezone: 'UTC' });
  const request = { days, format: 'json' as const, scanId: 'first' };
  for await (const _ of collectRange(collector, startsFrom(source), request));
}

/** The files of a pack: name and bytes, in their order. */
export function unpacked(bytes: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; bytes.readUInt32LE(at) === 0x04_03_4b_50; ) {
    const [size, length] = [bytes.readUInt32LE(at + 18), bytes.readUInt16LE(at + 26)];
    const start = at + 30 + length;
    files.set(bytes.toString('ascii', at + 30, start), bytes.subarray(start, start + size));
    at = start + size;
  }
  return files;
}

export async function packedAgain(files: ReadonlyMap<string, Uint8Array>): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  const zip = createZip({
    append: async (piece) => {
      bytes = Buffer.concat([bytes, piece]);
    },
    overwrite: async (position, piece) => void bytes.set(piece, position),
  });
  for (const [path, content] of files) await zip.add(path, content);
  await zip.finish();
  return bytes;
}
