import { describe, expect, it } from 'vitest';
import type { ReportRow } from './columns.js';
import { createLedgerCounter, ledgerFaults } from './ledger.js';
import type { Ledger } from './manifest.js';

const row = (attribution: ReportRow['attribution'], query_status: ReportRow['query_status']) =>
  ({ attribution, query_status }) as ReportRow;

function ledgerOf(): Ledger {
  const counter = createLedgerCounter({
    duplicates: 2,
    malformed: 1,
    executionStarts: 4,
    refused: 1,
    repeatedStarts: 1,
  });
  for (const one of [
    row('attributed', 'available'),
    row('attributed', 'masked'),
    row('conflict', 'available'),
    row('refused', 'refused'),
    row('unattributed', 'available'),
  ]) {
    counter.add(one);
  }
  return counter.ledger();
}

describe('a ledger', () => {
  it('balances when every start became a row or is explained', () => {
    expect(ledgerOf()).toMatchObject({
      startsRead: 8,
      starts: 5,
      executions: 3,
      attributed: 2,
      conflict: 1,
      unattributed: 1,
      rows: 5,
    });
    expect(ledgerFaults(ledgerOf())).toEqual([]);
  });

  it.each(Object.keys(ledgerOf()).filter((key) => key !== 'byQueryStatus'))(
    'does not balance when %s is off by one',
    (key) => {
      const ledger = ledgerOf();
      const value = ledger[key as keyof Ledger];
      expect(ledgerFaults({ ...ledger, [key]: Number(value) + 1 })).not.toEqual([]);
    },
  );

  it('does not balance when a status is off by one', () => {
    const ledger = ledgerOf();
    expect(ledgerFaults({ ...ledger, byQueryStatus: { ...ledger.byQueryStatus, masked: 2 } })).toEqual([
      'rows = sum of byQueryStatus: 5 is not 6',
    ]);
  });

  it('refuses counts that are no counts', () => {
    expect(ledgerFaults({ ...ledgerOf(), duplicates: -2, startsRead: 4 })).toContain('duplicates is -2, not a count');
  });
});
