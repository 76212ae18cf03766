import { expect, it } from 'vitest';
import { hourFolder } from '../../tree/layout.js';
import { checkFeed } from './check-feeds.js';

const now = Date.parse('2026-11-20T06:00:00Z');
const run = { now, functionName: 'aqt-feeds' };

/** Hours of days, each with what its manifest is now. */
const hours = (dates: readonly string[], sha256 = 'a') =>
  new Map(dates.flatMap((reportDate) => [22, 23].map((hour) => [hourFolder({ reportDate, hour }), sha256] as const)));

it('tells the last hour that a feed was handed, and that nothing waits', () => {
  const sealed = hours(['2026-11-18', '2026-11-19']);
  expect(checkFeed({ feed: 'ocsf', seen: sealed, sealed }, run)).toMatchObject({
    status: 'pass',
    message: 'ocsf: the last hour handed over is 2026-11-19 hour 23; nothing waits',
  });
  expect(checkFeed({ feed: 'ocsf', seen: new Map(), sealed: new Map() }, run).status).toBe('skip');
});

it('warns of what waits for the next run: a day just closed, old hours written anew', () => {
  const seen = hours(['2026-11-18']);
  expect(checkFeed({ feed: 'ecs', seen, sealed: hours(['2026-11-18', '2026-11-19']) }, run)).toMatchObject({
    status: 'warn',
    message: 'ecs: the last hour handed over is 2026-11-18 hour 23; 2 hours wait, the oldest 2026-11-19 hour 22',
    fix: expect.stringContaining('/aws/lambda/aqt-feeds'),
  });
  const old = hours(['2026-10-01', '2026-11-19']);
  const anew = new Map([...old, ...hours(['2026-10-01'], 'b')]);
  expect(checkFeed({ feed: 'ecs', seen: old, sealed: anew }, run)).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('2 hours wait, the oldest 2026-10-01 hour 22'),
  });
});

it('fails where new hours do not arrive for two days, or none ever did', () => {
  const sealed = hours(['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19']);
  expect(checkFeed({ feed: 'focus', seen: hours(['2026-11-16']), sealed }, run)).toMatchObject({ status: 'fail' });
  const before = hours(['2026-11-16']);
  expect(checkFeed({ feed: 'focus', seen: new Map(), sealed: before }, run)).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('nothing was handed over yet; 2 hours wait'),
  });
});
