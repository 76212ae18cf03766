import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExecution } from '../../src/athena/read-execution.js';
import { findRecords } from '../../src/cloudtrail/find-records.js';
import { readEvidence } from '../../src/cloudtrail/read-evidence.js';
import { DirectoryError, parseDirectory } from '../../src/identity/directory/parse-directory.js';
import { createPacer } from '../../src/ports/pacer.js';
import { decodeManifest } from '../../src/record/encode-manifest.js';
import { decodeCsv } from '../../src/record/text/decode-csv.js';
import { csvHeader } from '../../src/record/text/encode-csv.js';
import { ReportFormatError } from '../../src/record/text/text-lines.js';
import { createCounts } from '../../src/sources/aws/counts.js';
import { documentsIn } from '../../src/sources/content/open-text.js';
import { createLookupEvents } from '../../src/sources/lookup/lookup-events.js';
import { logFile, otherRecord, startRecord } from '../../src/sources/record.fixture.js';
import { LOG_FILE_LIMITS, type LogItem } from '../../src/sources/trail/log-items.js';
import { readLogFile } from '../../src/sources/trail/read-log-file.js';
import { RecordShapes } from '../../src/sources/compact/record-shapes.js';
import { analyzeSql } from '../../src/sql/analyze.js';
import { sha1 } from '../../src/tree/sha1.js';

const RUNS = { numRuns: 300 };
const START = Date.parse('2026-11-01T05:00:00Z');

async function read(bytes: Uint8Array): Promise<LogItem[]> {
  const file = {
    origin: 'fuzz',
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += 97) yield bytes.subarray(at, at + 97);
    },
  };
  const options = {
    names: new Set(['StartQueryExecution']),
    limits: LOG_FILE_LIMITS,
    counts: createCounts(),
    shapes: new RecordShapes(),
  };
  const items: LogItem[] = [];
  for await (const group of readLogFile(file, options)) items.push(...group);
  return items;
}

/** Changes some bytes, or cuts the end off. */
const damage = fc.record({
  changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
  keep: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null, freq: 3 }),
});

function damaged(bytes: Uint8Array, how: { changes: [number, number][]; keep: number | null }): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const [at, value] of how.changes) copy[at % copy.length] = value;
  return how.keep === null ? copy : copy.subarray(0, Math.floor(copy.length * how.keep));
}

describe('log files', () => {
  const records = Array.from({ length: 8 }, (_, at) =>
    at % 3 === 2 ? otherRecord({ eventID: `o-${at}` }) : startRecord({ eventID: `e-${at}` }),
  );
  const wanted = records.filter(({ eventName }) => eventName === 'StartQueryExecution').length;
  const packed = logFile(records);

  it('that are damaged give every start, or say that something is missing', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const bytes = damaged(packed, how);
        const items = await read(bytes);
        const isWhole = Buffer.compare(bytes, packed) === 0;
        const starts = items.filter(({ kind }) => kind === 'start').length;
        const rejects = items.filter(({ kind }) => kind === 'reject' || kind === 'not-read').length;
        // An empty file says nothing, and is none that CloudTrail writes: it must be told, too.
        expect(starts === wanted || rejects > 0).toBe(true);
        if (isWhole) expect(rejects).toBe(0);
      }),
      RUNS,
    );
  });

  it('of any bytes, packed or not, neither throw nor hang', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, isPacked) => {
        await read(isPacked ? gzipSync(bytes) : bytes);
      }),
      RUNS,
    );
  });
});

describe('LookupEvents', () => {
  it('gives each event of a page as evidence or as a reject that is kept', async () => {
    const event = fc.record({
      eventId: fc.option(fc.string(), { nil: null }),
      eventTime: fc.option(fc.integer({ min: START, max: START + 1000 }), { nil: null }),
      cloudTrailEvent: fc.oneof(
        fc.constant(null),
        fc.string(),
        fc.json(),
        fc.string().map((eventID) => JSON.stringify(startRecord({ eventID }))),
        fc
          .dictionary(fc.constantFrom('eventID', 'eventTime', 'userIdentity', 'awsRegion'), fc.jsonValue())
          .map((over) => JSON.stringify(startRecord(over))),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 8 }), async (events) => {
        const clock = { now: () => START, sleep: async () => {} };
        const random = () => 0.5;
        const pacer = createPacer({ ratePerSecond: 2, clock: { ...clock, now: advancing() }, random });
        const page = async () => ({ events, nextToken: null });
        const source = createLookupEvents({ page, pacer, clock, random, accountId: null, region: 'eu-west-1' });
        let items = 0;
        for await (const batch of source.scan({ start: START, end: START + 3_600_000 }, {}))
          items += batch.items.length;
        const ours = events.filter(({ cloudTrailEvent }) => isOursOrBroken(cloudTrailEvent)).length;
        expect(items).toBeGreaterThanOrEqual(ours);
      }),
      RUNS,
    );
  });
});

/** A time that goes on by itself, so that pacing does not wait. */
function advancing(): () => number {
  let now = START;
  return () => {
    now += 1000;
    return now;
  };
}

/** What must come out of a page: starts, and what cannot be told to be something else. */
function isOursOrBroken(text: string | null): boolean {
  try {
    const record: unknown = JSON.parse(text ?? '');
    return readEvidence(record) !== null;
  } catch {
    return true;
  }
}

describe('readers of foreign values', () => {
  const anything = fc.anything({ withNullPrototype: true, maxDepth: 4 });
  it('never throw on a CloudTrail record', () => {
    fc.assert(
      fc.property(
        fc.oneof(anything, fc.dictionary(fc.constantFrom(...Object.keys(startRecord())), anything)),
        (value) => {
          readEvidence(typeof value === 'object' && value !== null ? { ...startRecord(), ...value } : value);
          for (const _ of findRecords(value, { open: (text) => documentsIn(text)?.values ?? null }));
        },
      ),
      RUNS,
    );
  });

  it('never throw on an execution or a manifest', () => {
    const keys = [
      'QueryExecutionId',
      'Query',
      'Status',
      'Statistics',
      'WorkGroup',
      'QueryExecutionContext',
      'ResultConfiguration',
    ];
    fc.assert(
      fc.property(
        fc.oneof(anything, fc.dictionary(fc.constantFrom(...keys), anything)),
        fc.oneof(fc.string(), fc.json()),
        (value, json) => {
          readExecution(value);
          expect(['string', 'object']).toContain(typeof decodeManifest(json));
        },
      ),
      RUNS,
    );
  });

  it('refuse a directory with an error that names the place', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .array(
          fc.constantFrom(
            'people:',
            '  - email: a@b.c',
            '    team: x',
            'roles:',
            '  - role: "*"',
            '\t',
            '- &a *a',
            'teams: {',
          ),
          { maxLength: 9 },
        )
        .map((all) => all.join('\n')),
    );
    fc.assert(
      fc.property(text, (directory) => {
        try {
          parseDirectory(directory);
        } catch (error) {
          expect(error).toBeInstanceOf(DirectoryError);
        }
      }),
      RUNS,
    );
  });

  it('read CSV rows or say which line is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.boolean(), async (text, hasHeader) => {
        try {
          for await (const _ of decodeCsv(once(hasHeader ? csvHeader() + text : text)));
        } catch (error) {
          expect(error).toBeInstanceOf(ReportFormatError);
        }
      }),
      RUNS,
    );
  });

  it('analyze any text as SQL', () => {
    const word = fc.constantFrom(
      'SELECT',
      'FROM',
      'WITH',
      '(',
      ')',
      ',',
      "'",
      '"',
      '--',
      '/*',
      '*/',
      'a.b',
      'INSERT INTO',
      ';',
      '$$',
      '\u0000',
      '\ud800',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
        ),
        (text) => {
          analyzeSql(text, { catalog: 'awsdatacatalog', database: 'default' }, sha1);
        },
      ),
      RUNS,
    );
  });
});

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
