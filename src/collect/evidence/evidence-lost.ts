import { type HourLabel, hourName } from '../../calendar/hour-label.js';
import { DamagedWorkingFile } from '../../tree/json-lines.js';

/**
 * A part of the evidence that an hour's report was made from is gone: somebody removed it under `_work/`. Writing the report anew
 * would lose what it says, so nothing is written.
 */
export class EvidenceLost extends Error {
  override readonly name = 'EvidenceLost';
  /** The message without the way out, for a list of many. */
  readonly brief: string;
  constructor({ reportDate, hour }: HourLabel, what: string) {
    const brief = `${hourName({ reportDate, hour })}: ${what}; its report stays as it is`;
    super(`${brief}. ${EVIDENCE_WAY_OUT}`);
    this.brief = brief;
  }
}

/** What helps when evidence is gone. */
export const EVIDENCE_WAY_OUT =
  'Put _work/ back from a backup, or collect the days again (aqt collect) while CloudTrail and Athena still know them';

/** Tells that evidence is gone or damaged: no other hour is concerned. */
export function isEvidenceLost(error: unknown): error is Error {
  return error instanceof EvidenceLost || error instanceof DamagedWorkingFile;
}
