import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestPlaceOf, parseDigest } from '../../src/cloudtrail/digest.js';
import { arbitraryRow, collect, streamOf } from '../../src/record/row.fixture.js';
import { buildWorld } from '../../src/simulator/company/workload.js';
import { trailFiles } from '../../src/simulator/services/trail-files.js';
import { openExecutionExport } from '../../src/sources/export/execution-export.js';
import { validateDigests } from '../../src/sources/trail/validate-digests.js';
import { decodeReport, encodeReport } from '../../src/storage/report-codec.js';

const fresh = () => mkdtempSync(join(tmpdir(), 'aqt-fuzz-'));

/** Changes some bytes, or cuts the end off. */
const damage = fc.record({
  changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 }),
  keep: fc.option(fc.double({ min: 0, max: 0.99, noNaN: true }), { nil: null, freq: 3 }),
});

function damaged(bytes: Uint8Array, how: { changes: [number, number][]; keep: number | null }): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, value] of how.changes) {
    const place = at % copy.length;
    copy[place] = (copy[place] ?? 0) ^ value;
  }
  return how.keep === null ? copy : copy.subarray(0, Math.floor(copy.length * how.keep));
}

describe('digests', () => {
  const world = buildWorld({ seed: 5, days: 1, queriesPerDay: 20, noisePerDay: 5 });
  const options = { layout: 'account', digests: { bucket: 'trail', trailName: 'main', backfillShare: 0.3 } } as const;
  const files = new Map([...trailFiles(world, options)].map(({ key, bytes }) => [key, bytes]));
  const keys = [...files.keys()].filter((key) => !key.includes('CloudTrail-Insight')).sort();

  const validate = (all: ReadonlyMap<string, Uint8Array>) =>
    validateDigests({
      bucket: {
        location: 'a folder',
        async *list(prefix, after) {
          for (const key of [...all.keys()].sort())
            if (key.startsWith(prefix) && (after === null || key > after)) yield { key, size: 1 };
        },
        async *get(key) {
          const bytes = all.get(key);
          if (!bytes) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
          yield bytes;
        },
      },
      publicKey: null,
      window: { start: world.startsAt, end: world.endsAt },
      now: world.endsAt + 20 * 86_400_000,
    });

  it('of any text are a digest or a sentence', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(['string', 'object']).toContain(typeof parseDigest(text));
        digestPlaceOf(text);
      }),
      { numRuns: 300 },
    );
  });

  it('find every file whose content is another one', async () => {
    expect((await validate(files)).findings).toEqual([]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), damage, async (key, how) => {
        const bytes = files.get(key) ?? Buffer.alloc(0);
        const changed = damaged(bytes, how);
        // The head of a gzip file holds bytes that mean nothing.
        if (contentOf(changed) === contentOf(bytes)) return;
        const { findings } = await validate(new Map(files).set(key, changed));
        const isLastOfChain = !keys.some(
          (other) => other > key && other.startsWith(key.slice(0, key.indexOf('/2026'))),
        );
        // Without a signature nothing vouches for the last digest of a chain, if it still is one.
        if (!(key.includes('-Digest') && isLastOfChain)) expect(findings.join('\n')).toContain(key);
      }),
      { numRuns: 60 },
    );
  });

  function contentOf(bytes: Uint8Array): string | null {
    try {
      return gunzipSync(bytes).toString('latin1');
    } catch {
      return null;
    }
  }
});

describe('an export of executions', () => {
  const ids = Array.from({ length: 30 }, (_, at) => `q${at}`);
  const text = ids
    .map((id) => JSON.stringify({ QueryExecution: { QueryExecutionId: id, Query: `SELECT '${id}'` } }))
    .join('\n');

  it.each(['plain', 'packed'])(
    'that is damaged, %s, gives every execution or says that something is wrong',
    async (how) => {
      const bytes = how === 'packed' ? gzipSync(text) : Buffer.from(text);
      await fc.assert(
        fc.asyncProperty(damage, async (harm) => {
          const folder = fresh();
          writeFileSync(join(folder, 'x.jsonl'), damaged(bytes, harm));
          // Of an export without one readable entry it is said so at once.
          const source = await openExecutionExport(folder).catch((error: unknown) => {
            if (error instanceof Error && error.name === 'UnreadableExport') return null;
            throw error;
          });
          if (source === null) return;
          const answers = await source.fetch(ids);
          expect(answers.map(({ queryExecutionId }) => queryExecutionId)).toEqual(ids);
          const missing = answers.filter(({ outcome }) => outcome !== 'found').length;
          // A cut between two lines, or an id that reads as another, cannot be known.
          const isCut = harm.keep !== null && how === 'plain';
          if (missing > harm.changes.length && !isCut) expect(source.rejects().length).toBeGreaterThan(0);
          source.close();
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('reports', () => {
  it.each(['csv', 'json', 'parquet'] as const)(
    'that are damaged, as %s, are read or refused, and never read for ever',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(fc.array(arbitraryRow(), { minLength: 1, maxLength: 4 }), damage, async (rows, how) => {
          const bytes = Buffer.concat(await collect(encodeReport(format, streamOf(rows))));
          try {
            await collect(decodeReport(format, streamOf([damaged(bytes, how)])));
          } catch (error) {
            expect(error).toMatchObject({ name: 'ReportFormatError' });
          }
        }),
        { numRuns: 80 },
      );
    },
  );
});
