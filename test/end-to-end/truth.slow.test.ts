import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCollect } from '../../src/cli/collect/collect.js';
import { runVerify } from '../../src/cli/verify/verify.js';
import type { ReportRow } from '../../src/record/columns.js';
import type { TruthRow } from '../../src/simulator/history/truth.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import { DAY_MS, readReports, readRows, STARTS_AT, temporaryFolder, writeEvidence } from './collected-company.js';
import { quietIo } from './quiet-io.js';

const DAYS = 2;
const asOf = STARTS_AT + (DAYS + 1) * DAY_MS;

describe('a simulated company, collected over HTTP with the real SDK', () => {
  const clock = createVirtualClock({ startsAt: asOf });
  let simulator: Simulator;
  let directory: string;
  let rows: ReportRow[];
  let truth: TruthRow[];
  const output = temporaryFolder();
  const io = () =>
    quietIo({
      clock,
      env: {
        AWS_ENDPOINT_URL: simulator.url,
        AWS_ACCESS_KEY_ID: 'AKIATEST',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: 'us-east-1',
      },
    });
  const range = { from: '2026-11-01', to: '2026-11-02' };

  beforeAll(async () => {
    simulator = await startSimulator({
      seed: 11,
      clock,
      company: { days: DAYS + 1, startsAt: STARTS_AT, queriesPerDay: 400 },
    });
    directory = join(temporaryFolder(), 'people.json');
    writeFileSync(directory, simulator.directory);
    const collecting = io();
    expect(await runCollect({ ...range, output, directory }, collecting)).toBe(0);
    expect(collecting.written.stderr).not.toMatch(/^aqt: /m);
    rows = await readRows(output, 'csv');
    const accountId = simulator.world.company.accounts.main;
    const all = simulator.truth.rows({ accountId, region: 'us-east-1' });
    truth = [...all].filter(({ eventTime }) => eventTime !== null && eventTime < STARTS_AT + DAYS * DAY_MS + 3_600_000);
  });
  afterAll(() => simulator.close());

  it('has every execution and every refused attempt of the truth in exactly one row', () => {
    const name = (row: { id: string | null; event: string | null }) => row.id ?? `refused ${row.event}`;
    const expected = truth.map((row) => name({ id: row.queryExecutionId, event: row.eventIds[0] ?? null })).sort();
    const actual = rows.map((row) => name({ id: row.query_execution_id, event: row.event_id })).sort();
    expect(actual).toEqual(expected);
    expect(rows.length).toBeGreaterThan(500);
  });

  it('tells of each the text, the times, the state and the bytes as they were', () => {
    for (const expected of truth) {
      const row = find(rows, expected);
      expect(row).toMatchObject({
        query: expected.query,
        state: expected.stateAt(asOf),
        event_time: expected.eventTime,
        region: expected.region,
        account_id: expected.accountId,
        event_count: expected.eventIds.length,
      });
      if (expected.queryExecutionId !== null)
        expect(row).toMatchObject({ start_time: expected.submittedAt, workgroup: expected.workGroup });
      else expect(row).toMatchObject({ query_status: 'refused', error_code: expected.errorCode });
    }
  });

  it('names nobody wrongly: a verified person is who really did it, or the tool that hides its user', () => {
    const wrong = truth.flatMap((expected) => {
      const row = find(rows, expected);
      // A tool whose query carries no user (a refused one has no text at all) stands for itself.
      const right = [expected.actor.id, expected.provable?.id ?? '', expected.way].map((id) => id.toLowerCase());
      const isWrong =
        row.identity_confidence === 'verified' && row.person !== null && !right.includes(row.person.toLowerCase());
      return isWrong ? [`${expected.way}: ${row.person} is ${right.join(' or ')}`] : [];
    });
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('reads the tables that the query names', () => {
    const wrong = truth.flatMap((expected) => {
      const row = find(rows, expected);
      if (expected.tablesRead === null) return [];
      // What a prepared statement reads is known where the tree holds its PREPARE, and else null with the reason.
      if (row.query?.startsWith('EXECUTE')) {
        const isKnown =
          String(row.tables_read) === 'awsdatacatalog.sales.orders' &&
          /^(?:prepared|catalog)$/.test(String(row.tables_basis));
        const isTold = row.tables_read === null && row.tables_basis === 'unknown:prepared-text-not-known';
        return isKnown || isTold ? [] : [`${row.query}: ${row.tables_read} by ${row.tables_basis}`];
      }
      const read = [...expected.tablesRead].sort();
      const named = row.tables_read;
      return JSON.stringify(read) === JSON.stringify(named)
        ? []
        : [`${row.query?.slice(0, 80)}: ${row.tables_read} is ${expected.tablesRead}`];
    });
    expect([...new Set(wrong)].slice(0, 10)).toEqual([]);
  });

  it('passes verify, and stays below the quotas', async () => {
    expect(await runVerify({ output }, io())).toBe(0);
    expect(simulator.stats.throttled).toEqual({});
  });

  it('gives the same rows from trail files and an export as from LookupEvents and the API', async () => {
    const { trail, executions } = writeEvidence(simulator.world, asOf, 'account');
    const other = temporaryFolder();
    const options = { ...range, output: other, directory, trail, executions };
    expect(await runCollect(options, quietIo({ clock }))).toBe(0);
    const here = (row: ReportRow) =>
      row.account_id === simulator.world.company.accounts.main && row.region === 'us-east-1';
    const fromFiles = (await readRows(other, 'csv')).filter(here);
    expect(fromFiles.map(withoutWho)).toEqual(rows.map(withoutWho));
    // Files hold the STS events of every Region, LookupEvents was asked in one: files know at least as much, and never otherwise.
    for (const [index, row] of rows.entries()) {
      if (row.identity_confidence === 'verified')
        expect(fromFiles[index]).toMatchObject({ person: row.person, identity_confidence: 'verified' });
    }
  });

  it.each(['json', 'parquet'] as const)('holds the same rows as %s', async (format) => {
    const { trail, executions } = writeEvidence(simulator.world, asOf);
    const [csv, other] = [temporaryFolder(), temporaryFolder()];
    await runCollect({ ...range, output: csv, trail, executions }, quietIo({ clock }));
    await runCollect({ ...range, output: other, trail, executions, format }, quietIo({ clock }));
    expect(await readRows(other, format)).toEqual(await readRows(csv, 'csv'));
    expect(readReports(other).size).toBe(48);
  });
});

/**
 * A row without what depends on how many STS events were seen, without which source brought the text, and without
 * what the data catalog adds, which files do not hold.
 */
function withoutWho(row: ReportRow): Partial<ReportRow> {
  const { person, person_kind, identity_method, identity_confidence, identity_evidence, team, query_source, ...rest } =
    row;
  const { base_tables_read, columns_read, tables_basis, ...same } = rest;
  return same;
}

function find(rows: readonly ReportRow[], expected: TruthRow): ReportRow {
  const row = rows.find((one) =>
    expected.queryExecutionId === null
      ? one.event_id === expected.eventIds[0]
      : one.query_execution_id === expected.queryExecutionId,
  );
  if (!row) throw new Error(`no row for ${expected.queryExecutionId ?? expected.eventIds[0]}`);
  return row;
}
