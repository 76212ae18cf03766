import { type HourLabel, hourName } from '../record/report-path.js';
import { DamagedWorkingFile } from './json-lines.js';

/**
 * An hour's evidence knows less than its report: somebody removed or changed it under `_work/`. Writing the report anew would
 * lose what it says, so nothing is written.
 */
export class EvidenceLost extends Error {
  override readonly name = 'EvidenceLost';
  constructor({ reportDate, hour }: HourLabel, what: string) {
    super(
      `${hourName({ reportDate, hour })}: ${what}; its report stays as it is. Put _work/evidence/${reportDate}/ back from a backup, or collect the day again (aqt collect --from ${reportDate} --output …) while CloudTrail and Athena still know it`,
    );
  }
}

/** Tells that evidence is gone or damaged: no other hour is concerned. */
export function isEvidenceLost(error: unknown): error is Error {
  return error instanceof EvidenceLost || error instanceof DamagedWorkingFile;
}
