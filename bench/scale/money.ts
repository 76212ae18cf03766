import { AWS_PRICES as PRICES } from '../aws-prices.js';
import { table } from '../kit/measure.js';
import { LIMITS as L } from './limits.js';
import type { Costs } from './measure-costs.js';
import { onAws, QUERIES } from './tables.js';
import { exact, power, time, usd } from './units.js';

/** What a month of a deployed stack costs, by its queries, for each source. */
export function moneyTable(costs: Costs): string {
  const rows = QUERIES.map((queries) => {
    const shared = sharedOf(costs, queries);
    const lookup = lookupSeconds(queries);
    const records = queries * L.recordsAQuery;
    const isDone = (L.lookupReads * queries) / L.lookupPerSecond <= 86_400;
    const byLookup = (lookup * shared.gb * PRICES.lambdaPerGbSecond + shared.usd) * L.daysAMonth;
    const byTrail = (onAws(costs, records).usd + lookBack(costs, records).usd / 7 + shared.usd) * L.daysAMonth;
    return [
      power(queries),
      exact(shared.gb * 1024),
      time(shared.seconds),
      isDone ? time(lookup) : 'never done',
      isDone ? usd(byLookup) : '-',
      usd(byTrail),
    ];
  });
  return `## A month of a deployed stack, by its queries

Lambda's seconds, S3 and the Map, prices of ${PRICES.region}, ${PRICES.asOf}, ${L.daysAMonth} days; without alarms, dashboard and Athena's events, and without free tiers ([cost-of-running.md](cost-of-running.md) has all of it for four sizes). Whatever the source:
hours that wait for texts, \`max(Q × ${(costs.query * 1000).toFixed(2)} ms / processors, Q / ${L.batchGetPerSecond} s × hours at once)\`, ${L.hoursAtOnce} hours at once, ${L.fewHoursAtOnce} from ${exact(L.fewHoursFrom)} queries a day on; Athena's lists, \`min(${L.listDays} × Q / ${L.listPerSecond.toFixed(0)} s, ${exact(L.listLongestS)} s)\`;
\`${exact(L.getsADay)} + ${L.getsAQuery} × Q\` GETs, \`${L.putsADay} + ${L.putsAQuery} × Q\` PUTs, \`Q × ${exact(L.keptBytesAQuery)} B\` kept (\`bench/cost-of-running.ts\`). LookupEvents: \`${L.lookupReads} × Q / ${L.lookupPerSecond.toFixed(0)} s\`, and looking back \`31 × Q / ${L.lookupPerSecond.toFixed(0)} s\` a week.
A trail: ${L.recordsAQuery} records to a query, read and looked back at as in the tables above.

${table(
  [
    'queries a day',
    'MB of a function',
    'hours and lists, Lambda a day',
    'LookupEvents, Lambda a day',
    'LookupEvents, USD a month',
    'trail, USD a month',
  ],
  rows,
)}`;
}

/** The weekly look-back over a trail, of which all but what came late was read before. */
export function lookBackTable(costs: Costs): string {
  const rows = [1e5, 1e6, 1e7, 1e8, 1e9].map((records) => {
    const { keys, parts, loop, wall, usd: money } = lookBack(costs, records);
    return [
      power(records),
      exact(Math.round(keys)),
      time(loop),
      parts === 1 ? 'loop' : exact(parts),
      time(wall),
      usd(money),
    ];
  });
  const { lookBackDays, lookBackTimes, divideFrom, recordsPerFile, filesPerPart } = L;
  return `## The weekly look-back, by records

It lists ${lookBackDays} delivery days, \`${lookBackDays} × R / ${exact(recordsPerFile)}\` keys, and opens what came late. From ${exact(divideFrom * lookBackTimes)} keys on it is divided, in parts of ${exact(filesPerPart * lookBackTimes)}: once the keys are listed for that, then each part lists its own; what is not listed within an invocation is one last part.
A program of another version reads all of them again: then a part takes as long as its files.

${table(['records a day', 'keys', 'one function', 'parts', 'deployed, clock', 'deployed, USD a week'], rows)}`;
}

function lookBack(costs: Costs, records: number) {
  const keys = Math.max(1, (records / L.recordsPerFile) * L.lookBackDays);
  const listing = (keys / L.keysPerList) * L.listLatencyS;
  const most = L.divideFrom * L.lookBackTimes;
  const byBytes = (keys * L.recordsPerFile * costs.packed) / (most * 100 * 1024);
  const isDivided = keys >= most || byBytes >= 1;
  const parts = isDivided ? Math.ceil(Math.max(keys / (L.filesPerPart * L.lookBackTimes), byBytes * 10)) : 1;
  const children = isDivided ? listing + parts * L.childOverheadS : 0;
  const money =
    (listing + children) * (L.lambdaMb / 1024) * PRICES.lambdaPerGbSecond +
    parts * (PRICES.lambdaPerRequest + L.childTransitions * PRICES.stepFunctionsPerTransition) +
    (keys / L.keysPerList) * (isDivided ? 2 : 1) * PRICES.s3PerPut;
  return { keys, parts, loop: listing, wall: listing + children / Math.min(L.concurrency, parts), usd: money };
}

/** Seconds of Lambda a day that wait for LookupEvents. */
function lookupSeconds(queries: number): number {
  return (queries * (L.lookupReads + 31 / 7)) / L.lookupPerSecond;
}

/** What a day costs whatever the source. */
function sharedOf(costs: Costs, queries: number) {
  const isMany = queries >= L.fewHoursFrom;
  // Many known ids are read past lists, which takes a whole processor.
  const mb = isMany ? L.lambdaMbPerCpu : L.lambdaMb;
  const atOnce = isMany ? L.fewHoursAtOnce : L.hoursAtOnce;
  const hours = Math.max((queries * costs.query * L.lambdaMbPerCpu) / mb, (queries / L.batchGetPerSecond) * atOnce);
  const seconds = hours + Math.min((L.listDays * queries) / L.listPerSecond, L.listLongestS);
  const gb = mb / 1024;
  const money =
    seconds * gb * PRICES.lambdaPerGbSecond +
    (L.getsADay + L.getsAQuery * queries) * PRICES.s3PerGet +
    (L.putsADay + L.putsAQuery * queries) * PRICES.s3PerPut +
    ((queries * L.keptBytesAQuery) / 2 ** 30) * PRICES.s3PerGbMonth;
  return { gb, seconds, usd: money };
}
