import { type Finding, pass, warn } from './finding.js';

/** What a Region that is not collected answered when it was asked for queries. */
export interface OtherRegion {
  readonly region: string;
  readonly outcome: 'queries' | 'idle' | 'not-enabled' | 'denied' | 'failed';
  /** Epoch milliseconds of its latest start. */
  readonly latest: number | null;
  readonly reason: string | null;
}

/** Says where queries ran that nobody collects: event history and Athena are Regional. */
export function checkRegions(others: readonly OtherRegion[], collected: readonly string[]): Finding {
  const check = 'regions';
  const of = (outcome: OtherRegion['outcome']) => others.filter((other) => other.outcome === outcome);
  const names = (some: readonly OtherRegion[]) => some.map(({ region }) => region).join(', ');
  const untold = [...of('denied'), ...of('failed')];
  const used = of('queries');
  if (used.length > 0) {
    const days = used.map(({ region, latest }) => `${region}${latest === null ? '' : ` (last on ${dateOf(latest)})`}`);
    const all = [...collected, ...used.map(({ region }) => region)].join(' ');
    return warn(
      check,
      `queries ran in Regions that are not collected: ${days.join(', ')}`,
      `aqt deploy --collect-region ${all}; or from the command line: aqt collect --region ${all}`,
    );
  }
  if (untold.length > 0)
    return warn(
      check,
      `${names(untold)}: nobody can tell whether queries run there (${untold[0]?.reason})`,
      'allow cloudtrail:LookupEvents in these Regions for whoever runs this, unless a policy closes them to everybody',
    );
  const idle = of('idle').length;
  const rest = of('not-enabled').length;
  const beside = rest > 0 ? `; ${rest} more ${rest === 1 ? 'is' : 'are'} not enabled` : '';
  return pass(check, `no queries in ${idle} other Region${idle === 1 ? '' : 's'} in 90 days${beside}`);
}

function dateOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
