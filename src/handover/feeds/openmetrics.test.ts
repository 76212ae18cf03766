import { expect, it } from 'vitest';
import { exampleRow } from '../../record/row.fixture.js';
import { createMetrics } from './openmetrics.js';

it('sums without naming anybody, exact to the billionth, in the form of the specification', () => {
  const metrics = createMetrics();
  const row = exampleRow({ workgroup: 'b"i', state: 'SUCCEEDED', person: null, cost_usd: 0.1, data_scanned_bytes: 5 });
  metrics.addRow(row);
  metrics.addRow({ ...row, cost_usd: 0.2, person: 'ana@example.com' });
  metrics.addRow({ ...row, cost_usd: null });
  metrics.addRow({ ...row, state: 'REFUSED' });
  metrics.addHour({ status: 'open', pending: 1, end: Date.UTC(2026, 10, 3, 7) });
  const lines = metrics.text(Date.UTC(2026, 10, 3, 8)).split('\n');
  expect(lines).toContain('aqt_queries_total{state="SUCCEEDED",workgroup="b\\"i"} 3');
  expect(lines).toContain('aqt_refused_attempts_total{workgroup="b\\"i"} 1');
  expect(lines).toContain('aqt_unresolved_queries_total{workgroup="b\\"i"} 2');
  expect(lines).toContain('aqt_estimated_cost_usd_total{workgroup="b\\"i"} 0.3');
  expect(lines).toContain('aqt_queries_without_cost_total{workgroup="b\\"i"} 1');
  expect(lines).toContain('aqt_oldest_open_hour_age_seconds 3600');
  expect(lines.slice(-2)).toEqual(['# EOF', '']);
  expect(lines.join('\n')).not.toContain('ana@example.com');
});
