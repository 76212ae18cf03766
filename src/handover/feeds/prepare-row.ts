import type { IdentityConfidence, ReportRow } from '../../record/columns.js';
import { maskRow, withPersonsFrom } from '../../record/mask-row.js';
import type { MaskLiteral } from '../../sql/mask-literals.js';

/** What becomes of every row before it leaves. */
export function preparing(how: {
  /** Names only persons who are at least that sure. */
  readonly least: IdentityConfidence;
  /** Null where literals leave as they are. */
  readonly mask: MaskLiteral | null;
  readonly hasSql: boolean;
}): (row: ReportRow) => ReportRow {
  return (row) => {
    const sure = withPersonsFrom(row, how.least);
    const masked = how.mask === null ? sure : maskRow(sure, how.mask);
    return how.hasSql ? masked : { ...masked, query: null };
  };
}
