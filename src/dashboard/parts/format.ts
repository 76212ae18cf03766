/** Text for people: decimal units, ISO times, no more digits than are read. */

/** At most three digits behind the point. */
export function count(value: number): string {
  return grouped(String(Number(value.toFixed(3))));
}

/**
 * `1,234,567.891` of digits, of which at most three stand behind the point. A browser takes tens of milliseconds to make its own first
 * formatter of numbers, and again of times: a quarter of what the first page computes.
 */
function grouped(digits: string): string {
  return digits.replace(/\d(?=(?:\d{3})+(?:$|\.))/g, '$&,');
}

/** `5.2K`: for places where the exact number stands nearby. */
export function shortCount(value: number): string {
  if (value < 1000) return String(value);
  if (value < 9950) return `${(value / 1000).toFixed(1)}K`;
  if (value < 999_500) return `${Math.round(value / 1000)}K`;
  return `${(value / 1_000_000).toFixed(value < 9_950_000 ? 1 : 0)}M`;
}

export function usd(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '$0';
  if (value < 0.01) return '<$0.01';
  return `$${grouped(value.toFixed(2))}`;
}

/** Dollars for tiles and axes. */
export function shortUsd(value: number): string {
  if (value >= 9_950) return `$${shortCount(Math.round(value))}`;
  if (value >= 100) return `$${count(Math.round(value))}`;
  return value > 0 && value < 0.01 ? '<$0.01' : `$${value.toFixed(2)}`;
}

export function nanosUsd(nanos: number | string | null | undefined): number {
  return Number(nanos ?? 0) / 1e9;
}

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  let amount = value;
  let unit = 0;
  while (amount >= 999.5 && unit < BYTE_UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? amount : Number(amount.toPrecision(3))} ${BYTE_UNITS[unit]}`;
}

export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} m ${Math.round((ms % 60_000) / 1000)} s`;
  return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} m`;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const value = (part / whole) * 100;
  return `${value < 10 && value > 0 ? value.toFixed(1) : Math.round(value)} %`;
}

type Precision = 'day' | 'minute' | 'second' | 'short' | 'short-minute';

const OPTIONS: Readonly<Record<Precision, Intl.DateTimeFormatOptions>> = {
  day: { year: 'numeric', month: '2-digit', day: '2-digit' },
  minute: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  second: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  short: { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  'short-minute': { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
};
const formatters = new Map<string, Intl.DateTimeFormat>();

/** ISO order, 24 hours, in a zone. Swedish writes dates that way. */
export function time(instant: number | null | undefined, zone: string, precision: Precision = 'minute'): string {
  if (instant === null || instant === undefined) return '–';
  if (zone === 'UTC') return utcTime(instant, precision);
  const key = `${zone} ${precision}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, hourCycle: 'h23', ...OPTIONS[precision] });
    formatters.set(key, formatter);
  }
  return precision.startsWith('short') ? isoShort(formatter, instant) : formatter.format(instant);
}

const UTC_PART: Readonly<Record<Precision, readonly [start: number, end: number]>> = {
  day: [0, 10],
  minute: [0, 16],
  second: [0, 19],
  short: [5, 19],
  'short-minute': [5, 16],
};

function utcTime(instant: number, precision: Precision): string {
  return new Date(instant)
    .toISOString()
    .slice(...UTC_PART[precision])
    .replace('T', ' ');
}

/** Swedish writes `21/11` without a year. */
function isoShort(formatter: Intl.DateTimeFormat, instant: number): string {
  const parts = Object.fromEntries(formatter.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${parts.month}-${parts.day} ${parts.hour}:${parts.minute}${parts.second ? `:${parts.second}` : ''}`;
}

export function zoneName(zone: string): string {
  return zone === 'UTC' ? 'UTC' : zone.replaceAll('_', ' ');
}

/** `3 h ago`; the exact time belongs into a title. */
export function ago(instant: number, now: number): string {
  const minutes = Math.max(0, Math.round((now - instant) / 60_000));
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h ago`;
  return `${Math.round(minutes / 1440)} days ago`;
}

/** A person without the domain that all share, for lists. */
export function shortPerson(person: string): string {
  return person.replace(/@[\w.-]+$/, '');
}

/** A table without the catalog that nearly all share. */
export function shortTable(table: string): string {
  return table.replace(/^awsdatacatalog\./, '');
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `+12 %`; nothing where there was nothing to compare with. */
export function changeText(now: number, before: number): string {
  if (before === 0) return now === 0 ? '±0' : 'new';
  const change = ((now - before) / before) * 100;
  const size = Math.abs(change);
  return `${change >= 0 ? '+' : '−'}${size < 10 ? size.toFixed(1) : count(Math.round(size))} %`;
}

/** Cents with their sign; a bill has credits. */
export function signedUsd(amount: number): string {
  const text = grouped(Math.abs(amount).toFixed(2));
  return amount < 0 && text !== '0.00' ? `−$${text}` : `$${text}`;
}
