import { AWS_PRICES as PRICES } from '../aws-prices.js';
import { table } from '../kit/measure.js';
import { LIMITS as L } from './limits.js';
import type { Costs } from './measure-costs.js';
import { count, exact, power, size, time, usd } from './units.js';

export const RECORDS = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
export const QUERIES = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7];

/** What was measured, and what follows for one record and one query. */
export function measuredTable({ runs, day, record, query, packed }: Costs): string {
  const rows = runs.map((run) => [exact(run.records), exact(run.queries), run.cpu.toFixed(2), run.memory.toFixed(0)]);
  return `${table(['records', 'of them queries', 'CPU s', 'memory at most, MB'], rows)}

Records are ${packed.toFixed(0)} bytes each, packed, and ${(L.assumeShare * 100).toFixed(0)} % of those that are no query are AssumeRole. By the lines through these runs a day on which nothing happened takes ${day.toFixed(2)} s of CPU, a
million records ${(record * 1e6).toFixed(1)} s more, a thousand queries ${(query * 1e3).toFixed(2)} s more. Memory follows no line (garbage is taken away when there is need), so none is drawn.`;
}

/** A day of a trail, by the number of its records. */
export function recordsTable(costs: Costs): string {
  const rows = RECORDS.map((records) => {
    const one = loop(costs, { records, cpus: 1 });
    const aws = onAws(costs, records);
    return [
      power(records),
      count(records / L.recordsPerFile),
      size(records * costs.packed),
      time(costs.day + records * costs.record),
      time(one.daily),
      time(aws.loop),
      aws.parts === 1 ? 'loop' : count(aws.parts),
      time(aws.wall),
      usd(aws.usd),
    ];
  });
  return `## A day of a trail, by its records

The records are R. A machine of one core that collects the day alone, from a disk: \`${costs.day.toFixed(2)} s + R × ${(costs.record * 1e6).toFixed(1)} µs\` of CPU; reading is shared by
the threads of \`--jobs\` ([performance.md](performance.md) says what two gain). The scan of a deployed day lists ${L.deliveryDays} delivery days, in files of ${exact(L.recordsPerFile)} records:
\`F = ${L.deliveryDays} × R / ${exact(L.recordsPerFile)}\` files, ${exact(L.keysPerList)} keys of a day in ${L.listLatencyS * 1000} ms. It opens those that no run has read, \`R / ${exact(L.recordsPerFile)}\`; the ledger knows the others (the first run of a tree opens all). A loop takes
the listing and the longer of waiting, \`R / ${exact(L.recordsPerFile)} × ${L.fileLatencyS * 1000} ms / ${L.filesAtOnce}\`, and computing, \`R × ${(costs.record * 1e6).toFixed(1)} µs / processors\`; a function of ${exact(L.lambdaMb)} MB
has ${(L.lambdaMb / L.lambdaMbPerCpu).toFixed(2)} of one. From ${exact(L.divideFrom)} listed files, or 100 KB for each of so many, on the scan is divided: \`parts = F / ${exact(L.filesPerPart)}\` (or by the bytes, where that is more), ${L.concurrency} at once
(\`ScanConcurrency\`), each \`${L.childOverheadS} s\` longer than its files; before that the keys are listed once. Money: Lambda's seconds, ${L.childTransitions} transitions a part, a GET a file,
prices of ${PRICES.region}, ${PRICES.asOf}; of reading alone, a day. What the queries of a day cost stands below.

${table(
  [
    'records a day',
    'files',
    'packed',
    'one core, CPU',
    'one core, files 60 ms away',
    'one function',
    'parts',
    'deployed, clock',
    'deployed, USD a day',
  ],
  rows,
)}`;
}

/** A day by the number of its queries, for each source. */
export function queriesTable(costs: Costs): string {
  const rows = QUERIES.map((queries) => {
    const lookup = (L.lookupReads * queries) / L.lookupPerSecond;
    const list = (queries * L.listDays) / L.listPerSecond;
    return [
      power(queries),
      time(costs.day + queries * costs.query),
      lookup > 86_400 ? `${time(lookup)}: never done` : time(lookup),
      time(queries / L.batchGetPerSecond),
      list > L.listLongestS ? `${time(list)}: given up after ${time(L.listLongestS)}` : time(list),
      size(Math.min(queries * L.idDays, L.idsInMemory) * L.idBytes),
    ];
  });
  return `## A day, by its queries

The queries are Q. What AWS lets be asked decides: LookupEvents brings ${L.lookupPerSecond.toFixed(0)} events a second in an account and Region, and each day is read ${L.lookupReads} times: \`${L.lookupReads} × Q / ${L.lookupPerSecond.toFixed(0)} s\`.
A trail brings them with the files, whatever Q. Texts and numbers come from BatchGetQueryExecution: \`Q / ${L.batchGetPerSecond.toFixed(0)} s\`, in an account and Region. Closing reads Athena's lists of ${L.listDays} days:
\`${L.listDays} × Q / ${L.listPerSecond.toFixed(0)} s\`, less where Athena's events told of every query. Closing compares ids of ${L.idDays} days, at most ${L.idBytes} bytes each: \`Q × ${L.idDays * L.idBytes} B\`,
up to ${exact(L.idsInMemory)} of them; where there are more, lists wait and the ids are read past them, \`Q × ${L.idDays} × ${L.idMicroseconds} µs\` of CPU each time: once in a round of the deployed closing, each hour elsewhere.

${table(
  [
    'queries a day',
    'one core, CPU',
    'LookupEvents, three readings',
    'texts and numbers',
    'lists of Athena',
    'memory for ids',
  ],
  rows,
)}`;
}

/** Each limit, and where it is met. */
export function limitsTable(costs: Costs): string {
  const { lambdaMb, lambdaMbPerCpu } = L;
  const perFile = Math.max(
    L.fileLatencyS / L.filesAtOnce,
    (L.recordsPerFile * costs.record) / (lambdaMb / lambdaMbPerCpu),
  );
  const listing = (L.filesPerPart / L.keysPerList) * L.listLatencyS;
  const partSeconds = L.childOverheadS + listing + (L.filesPerPart / L.deliveryDays) * perFile;
  const rows: [string, string, string][] = [
    [
      'LookupEvents reads a day three times within a day',
      `86,400 s × ${L.lookupPerSecond.toFixed(0)} / ${L.lookupReads}`,
      `${count((86_400 * L.lookupPerSecond) / L.lookupReads)} queries a day in an account and Region: read a trail`,
    ],
    [`CloudTrail forgets after ${L.historyDays} days`, 'days', 'older days only from a trail'],
    [
      'Texts and numbers of a day within a day',
      `86,400 s × ${L.batchGetPerSecond.toFixed(0)}`,
      `${count(86_400 * L.batchGetPerSecond)} queries a day in an account and Region`,
    ],
    [
      `Athena's lists within ${time(L.listLongestS)}`,
      `${exact(L.listLongestS)} s × ${L.listPerSecond.toFixed(0)} / ${L.listDays}`,
      `${count((L.listLongestS * L.listPerSecond) / L.listDays)} queries a day in an account and Region: what is not read is told`,
    ],
    [
      'Ids read past a list in half of an invocation',
      `${L.lambdaSeconds} s / 2 / (${L.idDays} × ${L.idMicroseconds} µs)`,
      `${count(L.lambdaSeconds / 2 / (L.idDays * L.idMicroseconds * 1e-6))} queries a day in a tree, with a whole processor (${exact(L.lambdaMbPerCpu)} MB)`,
    ],
    [
      'A scan in one invocation',
      `${L.lambdaSeconds} s / ${(perFile * 1000).toFixed(1)} ms a file`,
      `${count(L.lambdaSeconds / perFile)} files opened, ${count((L.lambdaSeconds / perFile) * L.recordsPerFile)} records a day; more takes more rounds`,
    ],
    [
      'The Map begins',
      '`DivideScanFrom`',
      `${exact(L.divideFrom)} files listed, ${count((L.divideFrom / L.deliveryDays) * L.recordsPerFile)} records a day`,
    ],
    [
      'The Map begins when looking back',
      `${L.lookBackTimes} × \`DivideScanFrom\``,
      `${exact(L.divideFrom * L.lookBackTimes)} files listed, ${count(((L.divideFrom * L.lookBackTimes) / L.lookBackDays) * L.recordsPerFile)} records a day`,
    ],
    [
      'A divided scan within a day',
      `86,400 s × ${L.concurrency} / ${partSeconds.toFixed(1)} s a part`,
      `${count(((86_400 * L.concurrency) / partSeconds) * L.filesPerPart)} files listed; ten times that with \`ScanConcurrency\` ${L.concurrency * 10}`,
    ],
    [
      'Listing for the parts in one invocation',
      `${L.lambdaSeconds} s / ${L.listLatencyS * 1000} ms × ${exact(L.keysPerList)}`,
      `${count((L.lambdaSeconds / L.listLatencyS) * L.keysPerList)} files; what is not listed by then is one last part`,
    ],
    [
      'Results of the children in a state',
      `${exact(L.payloadBytes)} B / ${L.childResultBytes} B`,
      `${count(L.payloadBytes / L.childResultBytes)} parts`,
    ],
    [
      'History of a day',
      `${exact(L.maxEvents)} / ${L.eventsPerRound}`,
      `${count(L.maxEvents / L.eventsPerRound)} rounds and hours; the machine ends itself at 1,500`,
    ],
  ];
  return `## Where each limit lies

${table(
  ['limit', 'formula', 'met at'],
  rows.map((row) => [...row]),
)}

One machine ends where its evening is too short: a day's scan on one core with files ${L.fileLatencyS * 1000} ms away takes an hour at ${count(hourOf(costs))} records a day. What the parts of one day hold is joined by one invocation, and an hour is
resolved by one: its memory grows with its queries (first table) and the links behind them. Of the other links around only the names by which
they could be found are kept, eight bytes each; where there are few links all are loaded (\`bench/links-needed.ts\` compares).`;
}

/** Records a day that one core scans in an hour. */
function hourOf(costs: Costs): number {
  const listing = (L.deliveryDays / L.recordsPerFile / L.keysPerList) * L.listLatencyS;
  return 3600 / (listing + Math.max(costs.record, L.fileLatencyS / L.filesAtOnce / L.recordsPerFile));
}

function loop(costs: Costs, { records, cpus }: { readonly records: number; readonly cpus: number }) {
  const opened = Math.max(1, records / L.recordsPerFile);
  const files = opened * L.deliveryDays;
  const listing = Math.max(L.deliveryDays, files / L.keysPerList) * L.listLatencyS;
  const waits = Math.ceil(opened / L.filesAtOnce) * L.fileLatencyS;
  const computes = (records * costs.record) / cpus;
  return { files, opened, listing, reading: Math.max(waits, computes), daily: listing + Math.max(waits, computes) };
}

/** What the reading of a day takes, deployed: seconds of a loop, parts, seconds of the clock, US dollars. */
export function onAws(costs: Costs, records: number) {
  const cpus = L.lambdaMb / L.lambdaMbPerCpu;
  const { files, opened, listing, reading, daily } = loop(costs, { records, cpus });
  const bytes = records * L.deliveryDays * costs.packed;
  const byBytes = bytes / (L.divideFrom * 100 * 1024);
  const isDivided = files >= L.divideFrom || byBytes >= 1;
  const parts = isDivided ? Math.ceil(Math.max(files / L.filesPerPart, byBytes * 10)) : 1;
  // Of the children each lists its own keys.
  const shared = listing + reading + parts * L.childOverheadS;
  const seconds = isDivided ? listing + shared : daily;
  const wall = isDivided ? listing + shared / Math.min(L.concurrency, parts) : daily;
  const money =
    seconds * (L.lambdaMb / 1024) * PRICES.lambdaPerGbSecond +
    parts * (PRICES.lambdaPerRequest + L.childTransitions * PRICES.stepFunctionsPerTransition) +
    opened * PRICES.s3PerGet +
    (files / L.keysPerList) * 2 * PRICES.s3PerPut;
  return { loop: daily, parts, wall, usd: money };
}
