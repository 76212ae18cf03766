import { type MaskLiteral, maskLiterals, maskMessage } from '../sql/mask-literals.js';
import { IDENTITY_CONFIDENCES, type IdentityConfidence, type ReportRow } from './columns.js';

/**
 * Takes out of a row what may be a secret before it leaves: literals of the SQL, quoted parts of messages, the free text of the
 * SQL comment. Who, when, where, which tables and how much stay.
 */
export function maskRow(row: ReportRow, mask?: MaskLiteral): ReportRow {
  return {
    ...row,
    query: row.query === null ? null : maskLiterals(row.query, mask),
    state_reason: row.state_reason === null ? null : maskMessage(row.state_reason, mask),
    error_message: row.error_message === null ? null : maskMessage(row.error_message, mask),
    app_context: null,
  };
}

/** Leaves out a person who is less sure than asked for; what CloudTrail recorded stays. */
export function withPersonsFrom(row: ReportRow, least: IdentityConfidence): ReportRow {
  const rank = (confidence: IdentityConfidence) => IDENTITY_CONFIDENCES.indexOf(confidence);
  if (rank(row.identity_confidence) <= rank(least)) return row;
  return { ...row, person: null, team: null };
}
