import { describe, expect, it } from 'vitest';
import { parseLogKey } from '../../cloudtrail/log-file-name.js';
import { DayEvidence, isDated } from './day-evidence.js';

const HOUR = 3_600_000;
const START = Date.parse('2026-11-01T04:00:00Z');
/** Three days of New York; the second has 25 hours. */
const DAYS = [
  { start: START - 24 * HOUR, end: START },
  { start: START, end: START + 25 * HOUR },
  { start: START + 25 * HOUR, end: START + 49 * HOUR },
];
const FOLDER = 'AWSLogs/111122223333/CloudTrail/eu-west-1';
const file = (key: string) => ({ key, place: parseLogKey(key) });
const missing = (evidence: DayEvidence) => evidence.missing().map((day) => DAYS.indexOf(day));

describe('DayEvidence', () => {
  it('knows a day by a log file that was delivered in it, to the minute', () => {
    const evidence = new DayEvidence(DAYS, []);
    const name = (stamp: string) => `111122223333_CloudTrail_eu-west-1_${stamp}Z_abcdefghijklmnop.json.gz`;
    evidence.delivered(file(`${FOLDER}/2026/11/01/${name('20261101T0359')}`));
    expect(isDated(file(`${FOLDER}/2026/11/01/${name('20261101T0359')}`))).toBe(true);
    expect(missing(evidence)).toEqual([1, 2]);
    evidence.delivered(file(`${FOLDER}/2026/11/02/${name('20261102T0500')}`));
    expect(isDated(file(`${FOLDER}/2026/11/02/${name('20261102T0500')}`))).toBe(true);
    expect(missing(evidence)).toEqual([1]);
  });

  it('asks the records where the name tells a date only, or nothing', () => {
    const evidence = new DayEvidence(DAYS, []);
    evidence.delivered(file(`${FOLDER}/2026/11/01/repacked.zip`));
    expect(isDated(file(`${FOLDER}/2026/11/01/repacked.zip`))).toBe(false);
    evidence.delivered(file('firehose/2026/11/01/05/x'));
    expect(isDated(file('firehose/2026/11/01/05/x'))).toBe(false);
    expect(missing(evidence)).toEqual([0, 1, 2]);
  });

  it.each([
    ['a record', '{"eventTime":"2026-11-01T04:00:00Z"}', [0, 2]],
    ['a pretty record', '{ "eventTime" : "2026-11-02T04:59:59Z" }', [0, 2]],
    ['a record in a text', '{"message":"{\\"eventTime\\":\\"2026-11-01T12:00:00Z\\"}"}', [0, 2]],
    ['a row of a table', '{"eventtime":"2026-11-01 12:00:00.000"}', [0, 2]],
    ['another spelling', '{"event_time":"2026-11-01T12:00:00Z"}', [0, 2]],
    ['another time in it', '{"creationDate":"2026-11-01T12:00:00Z"}', [0, 1, 2]],
    ['the hour before', '{"eventTime":"2026-11-01T03:59:59Z"}', [1, 2]],
    ['no time', '{"eventTime":"2026-11-01"}', [0, 1, 2]],
  ])('knows a day by %s', (_, text, expected) => {
    const evidence = new DayEvidence(DAYS, []);
    evidence.look(Buffer.from(text));
    expect(missing(evidence)).toEqual(expected);
  });

  it('goes on where an earlier part of the scan stopped', () => {
    const first = new DayEvidence(DAYS, []);
    first.met(START);
    expect(missing(new DayEvidence(DAYS, first.known()))).toEqual([0, 2]);
  });
});
