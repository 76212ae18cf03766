import { describe, expect, it } from 'vitest';
import type { ReportRow } from './columns.js';
import { createLedgerCounter, ledgerFaults } from './ledger.js';
import type { Ledger } from './manifest.js';
import { exampleRow } from './row.fixture.js';

const row = (attribution: ReportRow['attribution'], query_status: ReportRow['query_status']) =>
  exampleRow({ attribution, query_status });

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

  it.each(
    Object.keys(ledgerOf()).filter((key) => (!key.startsWith('by') && !key.startsWith('un')) || key === 'unattributed'),
  )('does not balance when %s is off by one', (key) => {
    const ledger = ledgerOf();
    const value = ledger[key as keyof Ledger];
    expect(ledgerFaults({ ...ledger, [key]: Number(value) + 1 })).not.toEqual([]);
  });

  it('does not balance when a status is off by one', () => {
    const ledger = ledgerOf();
    expect(ledgerFaults({ ...ledger, byQueryStatus: { ...ledger.byQueryStatus, masked: 2 } })).toEqual([
      'rows = sum of byQueryStatus: 5 is not 6',
    ]);
  });

  it('says why rows that scanned bytes name no table', () => {
    const counter = createLedgerCounter({
      duplicates: 0,
      malformed: 0,
      executionStarts: 4,
      refused: 0,
      repeatedStarts: 0,
    });
    const none = { tables_read: null, tables_written: null, data_scanned_bytes: 1 };
    counter.add(exampleRow({ ...none, tables_basis: 'unknown:prepared-text-not-known' }));
    counter.add(exampleRow({ ...none, tables_basis: 'unknown:masked', data_scanned_bytes: 0 }));
    counter.add(exampleRow({ tables_read: [], data_scanned_bytes: 7 }));
    counter.add(exampleRow({ tables_read: [], tables_written: ['c.d.t'] }));
    expect(counter.ledger().unnamedByReason).toEqual({ 'prepared-text-not-known': 1, 'text-names-none': 1 });
  });

  it('says why the cost of rows is not known', () => {
    const counter = createLedgerCounter({
      ...{ duplicates: 0, malformed: 0, executionStarts: 4, refused: 0, repeatedStarts: 0 },
    });
    for (const cost_basis of [
      'unknown-region:eu-central-2',
      'unknown-reservation-dpus:us-east-1',
      'unknown-bytes',
      null,
    ])
      counter.add(exampleRow({ cost_usd: null, cost_basis }));
    counter.add(exampleRow({ cost_usd: 0, cost_basis: 'ddl' }));
    expect(counter.ledger().unpricedByReason).toEqual({ bytes: 1, region: 1, 'reservation-dpus': 1 });
  });

  it('refuses counts that are no counts', () => {
    expect(ledgerFaults({ ...ledgerOf(), duplicates: -2, startsRead: 4 })).toContain('duplicates is -2, not a count');
  });
});
