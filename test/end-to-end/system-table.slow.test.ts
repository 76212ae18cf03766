import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runCollect } from '../../src/cli/collect/collect.js';
import { runVerify } from '../../src/cli/verify/verify.js';
import type { Closing } from '../../src/record/closing.js';
import type { SystemTableOptions } from '../../src/simulator/services/system-table.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import { DAY_MS, readRows, STARTS_AT, temporaryFolder } from './collected-company.js';
import { quietIo } from './quiet-io.js';

const HOUR_MS = 3_600_000;
const DAY = '2026-11-02';
const RATES = { refused: 0, failed: 0.05, cancelled: 0, long: 0, reused: 0, requeued: 0, repeated: 0, conflicting: 0 };

describe("Athena's system table as the third witness", () => {
  let running: Simulator | null = null;
  afterEach(async () => {
    await running?.close();
    running = null;
  });

  /** Collects one day of a company some days after it began; its table is on from the start unless told otherwise. */
  async function collected(options: {
    readonly afterDays?: number;
    readonly unseen?: number;
    readonly table?: Partial<SystemTableOptions> | null;
    readonly simulator?: Partial<SimulatorOptions>;
    readonly asked?: boolean;
  }) {
    const clock = createVirtualClock({ startsAt: STARTS_AT + (options.afterDays ?? 3) * DAY_MS });
    const rates = { ...RATES, unseen: options.unseen ?? 0 };
    const table = { enabledAt: STARTS_AT, delayMs: 10 * 60_000, ...options.table };
    const simulator = await startSimulator({
      seed: 9,
      clock,
      company: { days: 3, startsAt: STARTS_AT, queriesPerDay: 60, rates },
      systemTable: options.table === null ? null : table,
      ...options.simulator,
    });
    running = simulator;
    const env = {
      AWS_ENDPOINT_URL: simulator.url,
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    };
    const io = quietIo({ clock, env });
    const output = temporaryFolder();
    const asks = options.asked === false ? {} : { systemTable: 'primary' };
    const exit = await runCollect({ from: DAY, output, ...asks }, io);
    const closing = JSON.parse(readFileSync(join(output, `_work/closings/${DAY}.json`), 'utf8')) as Closing;
    const [start, end] = [STARTS_AT + DAY_MS + HOUR_MS, STARTS_AT + 2 * DAY_MS + HOUR_MS];
    const accountId = simulator.world.company.accounts.main;
    const truth = [...simulator.truth.rows({ accountId, region: 'us-east-1' })].filter(
      (row) => row.queryExecutionId !== null && row.submittedAt >= start && row.submittedAt < end,
    );
    return { exit, io, output, closing, truth, rows: await readRows(output, 'csv'), simulator };
  }

  it('agrees with the other two when nothing is wrong, and says how much it has seen', async () => {
    const { exit, closing, truth } = await collected({});
    expect(exit).toBe(0);
    expect(truth.length).toBeGreaterThan(30);
    expect(closing.unattributed).toEqual([]);
    expect(closing.systemTables).toMatchObject([
      { region: 'us-east-1', seen: truth.length, absent: 0, disagreements: 0, disagreeing: [], failure: null },
    ]);
  });

  it('shows executions that neither CloudTrail nor the list of a forbidden workgroup shows, and who ran them', async () => {
    const { rows, truth } = await collected({ unseen: 0.3, simulator: { deniedWorkGroups: ['analytics'] } });
    const hidden = truth.filter((row) => row.eventIds.length === 0 && row.workGroup === 'analytics');
    expect(hidden.length).toBeGreaterThan(0);
    for (const { queryExecutionId, query } of hidden) {
      const row = rows.find((one) => one.query_execution_id === queryExecutionId);
      expect(row).toMatchObject({ attribution: 'unattributed', query, query_source: 'system-table' });
      expect(row?.principal_arn).toMatch(/^arn:aws:(iam|sts)::\d{12}:/);
      expect(row?.username).not.toBeNull();
    }
  });

  it('gives texts that Athena may not tell, and those that it has forgotten after 45 days', async () => {
    const denied = await collected({ simulator: { deniedWorkGroups: ['analytics', 'finance'] } });
    expect(new Set(denied.rows.map(({ query_status }) => query_status))).toEqual(new Set(['available']));
    await running?.close();
    const old = await collected({ afterDays: 60 });
    expect(old.rows.length).toBeGreaterThan(30);
    for (const row of old.rows) {
      const real = old.truth.find(({ queryExecutionId }) => queryExecutionId === row.query_execution_id);
      expect(row).toMatchObject({ query: real?.query, query_status: 'available', query_source: 'system-table' });
    }
    await running?.close();
    const without = await collected({ afterDays: 60, asked: false });
    expect(new Set(without.rows.map(({ query_status }) => query_status))).toEqual(new Set(['expired']));
  });

  it('tells what the table lacks, and where it names another principal than CloudTrail', async () => {
    const { truth } = await collected({});
    const [forgotten, changed] = truth.map(({ queryExecutionId }) => queryExecutionId ?? '');
    await running?.close();
    const { closing, output, io } = await collected({
      table: {
        isForgotten: (id) => id === forgotten,
        principalOf: (id) => (id === changed ? 'arn:aws:iam::111122223333:user/somebody-else' : null),
      },
    });
    expect(await runVerify({ output }, io)).toBe(3);
    expect(io.written.stdout).toContain(`${truth.length - 1} in the system table, which lacks 1`);
    expect(io.written.stdout).toContain(`names another principal than CloudTrail for 1: ${changed}`);
    expect(closing.systemTables).toMatchObject([
      { seen: truth.length - 1, absent: 1, disagreements: 1, disagreeing: [changed] },
    ]);
  });

  it('says that the table cannot be read where it is not switched on, and collects all the same', async () => {
    const { exit, closing, rows, truth } = await collected({ table: null });
    expect(exit).toBe(0);
    expect(rows.length).toBe(truth.length);
    expect(closing.systemTables?.[0]?.failure).toMatch(/CATALOG_NOT_FOUND|ended as FAILED/);
  });
});
