import { expect, it } from 'vitest';
import { comparedWindow } from './compare.js';

const zone = 'America/New_York';
const window = { start: Date.parse('2026-11-02T05:00:00Z'), end: Date.parse('2026-11-09T05:00:00Z') };
const iso = ({ start, end }: { start: number; end: number }) =>
  [start, end].map((instant) => new Date(instant).toISOString().slice(0, 16));

it('compares with the span right before, with the same clock times earlier, and with a span from a day on', () => {
  expect(iso(comparedWindow(window, 'previous', zone))).toEqual(['2026-10-26T05:00', '2026-11-02T05:00']);
  // The clocks changed on 1 November: midnight was an hour earlier in UTC.
  expect(iso(comparedWindow(window, '1w', zone))).toEqual(['2026-10-26T04:00', '2026-11-02T05:00']);
  expect(iso(comparedWindow(window, '7d', zone))).toEqual(iso(comparedWindow(window, '1w', zone)));
  expect(iso(comparedWindow(window, '2026-10-01', zone))).toEqual(['2026-10-01T04:00', '2026-10-08T04:00']);
});

it.each(['', 'last', '0d', '7', '2026-13-01', '7d; DROP'])('refuses %j', (text) => {
  expect(() => comparedWindow(window, text, zone)).toThrow();
});
