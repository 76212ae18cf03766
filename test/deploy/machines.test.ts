import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { backfillMachine } from '../../src/infra/backfill-machine.js';
import { dayMachine, MAX_SCAN_ROUNDS } from '../../src/infra/day-machine.js';
import { type Definition, type Execution, execute, TaskFailed } from './asl-interpreter.js';

/** A definition with its names filled in, as CloudFormation would. */
function filled(definition: unknown, names: Readonly<Record<string, string>> = {}): Definition {
  const text = JSON.stringify(definition)
    .replace(/"\$\{(Hour|Scan|Backfill)Concurrency\}"/g, '4')
    .replace(/\$\{([\w:]+)\}/g, (_, name: string) => names[name] ?? name);
  return JSON.parse(text) as Definition;
}

type Payload = Record<string, unknown>;

/** Runs the machine of a day with functions given as plain ones. */
async function runDay(functions: {
  readonly scan?: (payload: Payload) => unknown;
  readonly lookBack?: (payload: Payload) => unknown;
  readonly part?: (payload: Payload) => unknown;
  /** Text of the list of parts; absent: there is none. */
  readonly list?: string;
  readonly hour?: (payload: Payload) => unknown;
  readonly closeDay?: (payload: Payload) => unknown;
  /** Absent where the parameter is empty. */
  readonly feeds?: (payload: Payload) => unknown;
}) {
  const waits: { seconds: number; why: string }[] = [];
  const calls: { name: string; payload: Payload }[] = [];
  const hours = [
    { report_date: '2026-11-02', hour: 0 },
    { report_date: '2026-11-02', hour: 1 },
  ];
  const read = (payload: Payload) => {
    if (payload.phase === 'part') return functions.part?.(payload) ?? { state: 'done' };
    return payload.phase === 'late'
      ? (functions.lookBack?.(payload) ?? { state: 'done', hours: [] })
      : (functions.scan?.(payload) ?? { state: 'done', hours });
  };
  const all = {
    ScanArn: read,
    HourArn: functions.hour ?? (({ hour }: Payload) => ({ hour, sha256: 'x' })),
    CloseDayArn: functions.closeDay ?? (({ phase }: Payload) => (phase === 'day' ? { closed: true } : { settled: 0 })),
    FeedsName: functions.feeds ?? (() => ({})),
  };
  let most = 0;
  const execution: Execution = await execute(
    filled(dayMachine(), { Feeds: functions.feeds ? 'ocsf' : '' }),
    { report_date: '2026-11-02' },
    {
      task: async (_, { FunctionName, Payload: payload }) => {
        const name = FunctionName as keyof typeof all;
        calls.push({ name, payload: payload as Payload });
        return { Payload: await all[name](payload as Payload) };
      },
      wait: async (seconds, why) => void waits.push({ seconds, why }),
      object: async ({ bucket, key }) => {
        if (functions.list === undefined || `${bucket}/${key}` !== 'reports/_work/scan/x.json')
          throw new Error('NoSuchKey');
        return functions.list;
      },
      random: () => 0.5,
      executionName: 'day-2026-11-02',
      onConcurrency: (running) => {
        most = Math.max(most, running);
      },
    },
  );
  return { execution, waits, calls, most };
}

describe('the definitions', () => {
  it.each([
    ['day', dayMachine()],
    ['back-fill', backfillMachine()],
  ])('of the %s are valid JSONata state machines', (_, definition) => {
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f';
    const names = { 'AWS::Partition': 'aws', ScanArn: arn, HourArn: arn, CloseDayArn: arn, DayMachineArn: arn };
    expect(aslValidator(filled(definition, names)).errors).toEqual([]);
  });
});

describe('the machine of a day', () => {
  const whole = ['ScanArn', 'HourArn', 'HourArn', 'CloseDayArn', 'ScanArn', 'CloseDayArn'];

  it('closes as often as the lists of a busy account need it, each time with the results of the hours', async () => {
    let rounds = 0;
    const closeDay = ({ phase }: Payload) => {
      if (phase === 'late') return { settled: 0 };
      rounds++;
      return { state: rounds < 4 ? 'more' : 'done', rows: 7 };
    };
    const { execution, calls } = await runDay({ closeDay });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { state: 'done', rows: 7, settled: 0 } });
    const closings = calls.filter(({ name, payload }) => name === 'CloseDayArn' && payload.phase === 'day');
    expect(closings).toHaveLength(4);
    for (const { payload } of closings) expect(payload.hours).toMatchObject([{ hour: 0 }, { hour: 1 }]);
  });

  it('scans, collects the hours in parallel, closes the day with their results, looks back and settles', async () => {
    const { execution, calls, most } = await runDay({});
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { closed: true, settled: 0 } });
    expect(calls.map(({ name }) => name)).toEqual(whole);
    expect(calls[1]?.payload).toEqual({ report_date: '2026-11-02', hour: 0, scanned: true });
    expect(calls[3]?.payload).toMatchObject({ report_date: '2026-11-02', hours: [{ hour: 0 }, { hour: 1 }] });
    expect(calls.slice(4).map(({ payload }) => payload.phase)).toEqual(['late', 'late']);
    expect(most).toBe(2);
  });

  it('asks for another round until the scan is done, always under the same holder', async () => {
    const { execution, calls } = await runDay({
      scan: ({ round }) => ((round as number) < 3 ? { state: 'more' } : { state: 'done', hours: [] }),
    });
    expect(execution.status).toBe('SUCCEEDED');
    expect(calls.filter(({ name }) => name === 'ScanArn').map(({ payload }) => payload)).toEqual(
      [0, 1, 2, 3, 4].map((round) => {
        const phase = round === 4 ? 'late' : 'day';
        return { report_date: '2026-11-02', round, holder: 'day-2026-11-02', phase, after: '' };
      }),
    );
  });

  describe('whose scan is divided', () => {
    const list = JSON.stringify(Array.from({ length: 9 }, (_, part) => ({ scan: 'day', after: `k${part}`, to: null })));
    const scan = ({ round }: Payload) =>
      round === 0
        ? { state: 'parts', bucket: 'reports', key: '_work/scan/x.json', parts: 9 }
        : { state: 'done', hours: [{ report_date: '2026-11-02', hour: 0 }] };

    it('has its parts read at the same time, so many at once, each for as many rounds as it takes, then goes on', async () => {
      const part = ({ part, round }: Payload) =>
        (part as Payload).after === 'k3' && (round as number) < 2 ? { state: 'more' } : { state: 'done' };
      const { execution, calls, most } = await runDay({ scan, part, list });
      expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { closed: true } });
      expect(most).toBe(4);
      const parts = calls.filter(({ payload }) => payload.phase === 'part').map(({ payload }) => payload);
      expect(parts).toHaveLength(11);
      expect(parts[0]).toEqual({
        ...{ report_date: '2026-11-02', phase: 'part', round: 0, part: { scan: 'day', after: 'k0', to: null } },
      });
      const rest = calls.filter(({ payload }) => payload.phase !== 'part').map(({ name }) => name);
      expect(rest).toEqual(['ScanArn', 'ScanArn', 'HourArn', 'CloseDayArn', 'ScanArn', 'CloseDayArn']);
    });

    it('tries a part again, with jitter, also where Lambda has no room', async () => {
      let tries = 0;
      const part = ({ part }: Payload) => {
        if ((part as Payload).after === 'k5' && ++tries < 10)
          throw new TaskFailed('Lambda.TooManyRequestsException', '');
        return { state: 'done' };
      };
      const { execution, waits } = await runDay({ scan, part, list });
      expect(execution.status).toBe('SUCCEEDED');
      expect(waits.map(({ seconds }) => seconds)).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 30]);
    });

    it('fails where a part fails for good, has no end, or the list is not there, and says so', async () => {
      const fails = () => {
        throw new TaskFailed('PermissionDenied', 'no');
      };
      for (const functions of [
        { scan, part: fails, list },
        { scan, part: () => ({ state: 'more' }), list },
      ]) {
        const { execution } = await runDay(functions);
        expect(execution).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
        expect(execution.cause).toContain('2026-11-02 was not scanned: a part of the scan failed');
      }
      expect((await runDay({ scan })).execution).toMatchObject({ status: 'FAILED', error: 'States.ItemReaderFailed' });
    });
  });

  it('waits as long as the scan says when another day holds the quota', async () => {
    const { waits } = await runDay({
      scan: ({ round }) => (round === 0 ? { state: 'wait', wait_seconds: 42 } : { state: 'done', hours: [] }),
    });
    expect(waits).toEqual([{ seconds: 42, why: 'wait' }]);
  });

  it('gives up a scan that never ends', async () => {
    const { execution } = await runDay({ scan: () => ({ state: 'more' }) });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'ScanDoesNotEnd' });
    expect(execution.cause).toContain(String(MAX_SCAN_ROUNDS));
  });

  it('finishes the other hours and the closing when one hour fails, then fails with the list', async () => {
    const { execution, calls } = await runDay({
      hour: ({ hour }) => {
        if (hour === 1) throw new TaskFailed('LedgerFault', '{"errorMessage":"the ledger does not balance"}');
        return { hour, sha256: 'x' };
      },
    });
    expect(calls.map(({ name }) => name)).toEqual(whole);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'DayIncomplete' });
    expect(execution.cause).toBe(
      '2026-11-02: 1 failed: 2026-11-02 hour 1 (LedgerFault): {"errorMessage":"the ledger does not balance"}',
    );
  });

  it('names the hours also when closing the day fails too', async () => {
    const fails = (name: string) => () => {
      throw new TaskFailed(name, 'no');
    };
    const { execution } = await runDay({ hour: fails('LedgerFault'), closeDay: fails('PermissionDenied') });
    expect(execution.cause).toBe(
      '2026-11-02: 4 failed: 2026-11-02 hour 0 (LedgerFault): no; 2026-11-02 hour 1 (LedgerFault): no; ' +
        '2026-11-02 hour closing (PermissionDenied): no; 2026-11-02 hour settling (PermissionDenied): no',
    );
  });

  it('writes hours of days before that looking back found to have grown, and settles with their results', async () => {
    const late = [{ report_date: '2026-10-12', hour: 7 }];
    const { execution, calls } = await runDay({
      lookBack: ({ round }) => (round === 1 ? { state: 'wait', wait_seconds: 300 } : { state: 'done', hours: late }),
      hour: ({ report_date, hour }) => ({ report_date, hour, sha256: 'x' }),
    });
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(calls.at(-2)).toEqual({ name: 'HourArn', payload: { ...late[0], scanned: true } });
    expect(calls.at(-1)?.payload).toMatchObject({ phase: 'late', hours: [{ ...late[0], sha256: 'x' }] });
  });

  it('writes a month of late hours in portions, and stops asking when one fails', async () => {
    const portion = (number: number) =>
      Array.from({ length: 96 }, (_, hour) => ({ report_date: `2026-10-${10 + number}`, hour }));
    const nexts: Record<string, string> = { '': 'a', a: 'b', b: 'c' };
    const lookBack = ({ after }: Payload) => {
      const next = nexts[after as string];
      return {
        state: 'done',
        hours: portion(Object.keys(nexts).indexOf(after as string) + 1),
        ...(next ? { next } : {}),
      };
    };
    const asked = (calls: readonly { name: string; payload: Payload }[]) =>
      calls
        .filter(({ name, payload }) => name === 'ScanArn' && payload.phase === 'late')
        .map(({ payload }) => payload.after);
    const whole = await runDay({ lookBack });
    expect(whole.execution.status).toBe('SUCCEEDED');
    expect(asked(whole.calls)).toEqual(['', 'a', 'b', 'c']);
    const results = whole.calls
      .filter(({ name }) => name === 'CloseDayArn')
      .map(({ payload }) => JSON.stringify(payload));
    expect(Math.max(...results.map((text) => text.length))).toBeLessThan(32_768);
    const failing = await runDay({
      lookBack,
      hour: ({ report_date, hour }) => {
        if (report_date === '2026-10-12' && hour === 5) throw new TaskFailed('LedgerFault', 'no');
        return { report_date, hour, sha256: 'x' };
      },
    });
    expect(asked(failing.calls)).toEqual(['', 'a']);
    expect(failing.execution.cause).toBe('2026-11-02: 1 failed: 2026-10-12 hour 5 (LedgerFault): no');
  });

  it('settles also when looking back fails, then fails with the list', async () => {
    const { execution, calls } = await runDay({
      lookBack: () => {
        throw new TaskFailed('PermissionDenied', 'no');
      },
    });
    expect(calls.at(-1)).toMatchObject({ name: 'CloseDayArn', payload: { phase: 'late', hours: [] } });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'DayIncomplete' });
    expect(execution.cause).toBe('2026-11-02: 1 failed: 2026-11-02 hour looking back (PermissionDenied): no');
  });

  it('retries what may pass with growing, jittered pauses', async () => {
    let failures = 0;
    const { execution, waits } = await runDay({
      hour: ({ hour }) => {
        if (hour === 1 && failures++ < 3) throw new TaskFailed('Sandbox.Timedout', 'timed out');
        return { hour, sha256: 'x' };
      },
    });
    expect(execution.status).toBe('SUCCEEDED');
    expect(waits).toEqual([2.5, 5, 10].map((seconds) => ({ seconds, why: 'retry' })));
  });

  it('hands over when all is closed, as often as there is more, and tells what', async () => {
    let rounds = 0;
    const feeds = () => ({ state: ++rounds < 3 ? 'more' : 'done', feeds: [{ feed: 'ocsf', rows: rounds }] });
    const { execution, calls } = await runDay({ feeds });
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      output: { closed: true, settled: 0, feeds: [{ feed: 'ocsf', rows: 3 }] },
    });
    expect(calls.map(({ name }) => name)).toEqual([...whole, 'FeedsName', 'FeedsName', 'FeedsName']);
    expect(calls.at(-1)?.payload).toEqual({ holder: 'day-2026-11-02' });
  });

  it('is a good day although its feeds fail, and hands over although hours failed', async () => {
    const feeds = () => {
      throw new TaskFailed('ConfigurationError', 'FEEDS is wrong');
    };
    expect((await runDay({ feeds })).execution).toMatchObject({
      status: 'SUCCEEDED',
      output: { closed: true, feeds: 'ConfigurationError' },
    });
    const { execution, calls } = await runDay({
      feeds: () => ({ state: 'done', feeds: [] }),
      hour: () => {
        throw new TaskFailed('LedgerFault', 'no');
      },
    });
    expect(calls.at(-1)?.name).toBe('FeedsName');
    expect(execution).toMatchObject({ status: 'FAILED', error: 'DayIncomplete' });
  });

  it('asks feeds that never end no further than history has room', async () => {
    const { execution, calls } = await runDay({ feeds: () => ({ state: 'more', feeds: [] }) });
    expect(execution.status).toBe('SUCCEEDED');
    expect(calls.length).toBeLessThan(MAX_SCAN_ROUNDS + 10);
  });

  it('is patient with a busy account: Lambda.TooManyRequestsException', async () => {
    let refusals = 0;
    const { execution, waits } = await runDay({
      hour: ({ hour }) => {
        if (hour === 0 && refusals++ < 12) throw new TaskFailed('Lambda.TooManyRequestsException', 'Rate exceeded');
        return { hour, sha256: 'x' };
      },
    });
    expect(execution.status).toBe('SUCCEEDED');
    expect(waits).toHaveLength(12);
    expect(Math.max(...waits.map(({ seconds }) => seconds))).toBe(30);
  });

  it.each(['ConfigurationError', 'PermissionDenied', 'LedgerFault', 'DirectoryError', 'CalendarError'])(
    'does not repeat a %s',
    async (name) => {
      const { execution, waits } = await runDay({
        scan: () => {
          throw new TaskFailed(name, 'no');
        },
      });
      expect(execution).toMatchObject({ status: 'FAILED', error: name });
      expect(waits).toEqual([]);
    },
  );
});

describe('the machine of a back-fill', () => {
  const run = async (input: unknown, day: (date: string) => void = () => {}) => {
    const days: { name: string; date: string }[] = [];
    const execution = await execute(filled(backfillMachine()), input, {
      task: async (resource, { Name, Input }) => {
        expect(resource).toContain('states:startExecution.sync:2');
        const { report_date: date } = Input as { report_date: string };
        days.push({ name: Name as string, date });
        day(date);
        return { Output: {} };
      },
      wait: async () => {},
      random: () => 0.5,
      executionName: 'backfill-x',
    });
    return { execution, days };
  };

  it('runs every day of the range once, over months and a leap day, each under a name of its own', async () => {
    const { execution, days } = await run({ from: '2028-02-27', to: '2028-03-02' });
    expect(execution.status).toBe('SUCCEEDED');
    expect(days.map(({ date }) => date)).toEqual([
      '2028-02-27',
      '2028-02-28',
      '2028-02-29',
      '2028-03-01',
      '2028-03-02',
    ]);
    expect(days[2]?.name).toBe('backfill-x_2028-02-29');
  });

  it('takes a single day', async () => {
    expect((await run({ from: '2026-11-01', to: '2026-11-01' })).days.map(({ date }) => date)).toEqual(['2026-11-01']);
  });

  it('runs the other days when one fails, then fails with the list', async () => {
    const { execution, days } = await run({ from: '2026-11-01', to: '2026-11-03' }, (date) => {
      if (date !== '2026-11-03') throw new TaskFailed('States.TaskFailed', 'day failed');
    });
    expect(days).toHaveLength(3);
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'DaysFailed',
      cause: '2 days failed: 2026-11-01, 2026-11-02',
    });
  });

  it('refuses a range that ends before it begins', async () => {
    expect((await run({ from: '2026-11-02', to: '2026-11-01' })).execution).toMatchObject({ error: 'EmptyRange' });
  });
});
