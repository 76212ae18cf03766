const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(?:Z|UTC|GMT|([+-])(\d\d)(?::?(\d\d))?)?$/i;
/** As Java and as HTTP print them. */
const NAMED_MONTH =
  /^[A-Z][a-z]{2}(?: [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d (?:UTC|GMT) \d{4}|, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)$/;

/**
 * Reads a time, in milliseconds since 1970: `Date` (SDK), epoch seconds with a fraction (wire), milliseconds or smaller parts (other SDKs
 * and stores), ISO 8601 with any offset (AWS CLI; UTC where there is none), `Tue Nov 03 15:00:00 UTC 2026` (Java),
 * `Tue, 03 Nov 2026 15:00:00 GMT`, or `{"$date": …}`. NaN when it is none of these: `03/11/2026` is two days.
 */
export function instantOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return epochMs(value);
  if (typeof value === 'object' && value !== null && '$date' in value) {
    return typeof value.$date === 'number' ? Math.round(value.$date) : instantOf(value.$date);
  }
  if (typeof value !== 'string') return Number.NaN;
  const text = value.trim();
  // Seconds since 1970 have had nine digits since 1973.
  if (/^\d{9,}(\.\d+)?$/.test(text)) return epochMs(Number(text));
  return NAMED_MONTH.test(text) ? Date.parse(text) : isoInstant(text);
}

/** Days, hours and minutes that there are not are no time: `Date` would roll them over. */
function isoInstant(text: string): number {
  const match = ISO.exec(text);
  if (!match) return Number.NaN;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const ms = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const time = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const back = new Date(time);
  const isReal =
    back.getUTCMonth() === month - 1 && back.getUTCDate() === day && hour < 24 && minute < 60 && second < 61;
  const offset = (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)) * 60_000;
  return isReal ? time - (match[8] === '-' ? -offset : offset) : Number.NaN;
}

/** Seconds up to the year 5138, then milliseconds up to that year, and so on. */
function epochMs(value: number): number {
  let ms = value * 1000;
  while (Math.abs(ms) >= 1e14) ms /= 1000;
  return Math.round(ms);
}
