import { describe, expect, it } from 'vitest';
import type { PlaceSpan } from '../../analytics/audit/place-days.js';
import { acceptCommand, adviceFor } from './next-commands.js';

const span = (from: string, to: string, hoursLacking: number): PlaceSpan => ({
  state: hoursLacking > 0 ? 'lacking' : 'read',
  from,
  to,
  days: 1,
  hoursLacking,
});
const now = Date.UTC(2026, 10, 23);
const advice = (spans: readonly PlaceSpan[], { location = 'reports', tree = '' } = {}) =>
  adviceFor({ tree, spans }, { location, program: 'aqt', now });

describe('the next command of an account and Region', () => {
  it('collects from the first day that lacks it to the last', () => {
    const spans = [
      span('2026-11-01', '2026-11-02', 0),
      span('2026-11-03', '2026-11-03', 24),
      span('2026-11-04', '2026-11-08', 0),
      span('2026-11-09', '2026-11-10', 30),
    ];
    expect(advice(spans).command).toBe('aqt collect --from 2026-11-03 --to 2026-11-10 --output reports');
    expect(advice(spans).note).toContain('only what is missing');
  });

  it('is none where nothing lacks', () => {
    expect(advice([span('2026-11-01', '2026-11-02', 0)])).toEqual({ command: null, note: null });
  });

  it('says when the event history no longer reaches that far', () => {
    expect(advice([span('2026-08-24', '2026-08-24', 24)]).note).toContain('--trail');
    expect(advice([span('2026-08-26', '2026-08-26', 24)]).note).not.toContain('--trail');
  });

  it('names the tree in a forest, and quotes for a shell', () => {
    const spans = [span('2026-11-03', '2026-11-03', 24)];
    expect(advice(spans, { location: 's3://bucket/', tree: 'account=1/region=r/' }).command).toContain(
      '--output s3://bucket/account=1/region=r',
    );
    expect(advice(spans, { location: 'my reports' }).command).toContain(`--output 'my reports'`);
    expect(acceptCommand({ location: "it's", program: 'npx aqt' })).toBe(`npx aqt verify 'it'\\''s' --accept "<why>"`);
  });
});
