import type { ReportRow } from './columns.js';

/** Begins the evidence of a row whose event's copies name different principals; the event id follows. */
export const CONTRADICTION = 'contradiction:';

/** Tells whether CloudTrail names different principals for a row. One of a refused start stays `refused`: its evidence says so. */
export function isContradicted({
  attribution,
  identity_evidence,
}: Pick<ReportRow, 'attribution' | 'identity_evidence'>): boolean {
  return (
    attribution === 'conflict' ||
    (attribution === 'refused' && identity_evidence[0]?.startsWith(CONTRADICTION) === true)
  );
}
