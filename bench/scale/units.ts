/** The nearest power of ten. */
export function power(value: number): string {
  return `10^${Math.round(Math.log10(value))}`;
}

/** Three digits. */
export function count(value: number): string {
  return (value < 10 ? Math.ceil(value) : Number(value.toPrecision(3))).toLocaleString('en-US');
}

/** As it is. */
export function exact(value: number): string {
  return value.toLocaleString('en-US');
}

/** Bytes. */
export function size(bytes: number): string {
  const [unit = 'B', factor = 1] = (
    [
      ['TB', 1e12],
      ['GB', 1e9],
      ['MB', 1e6],
    ] as const
  ).find(([, least]) => bytes >= least) ?? ['KB', 1e3];
  return `${Number((bytes / factor).toPrecision(2))} ${unit}`;
}

/** Seconds. */
export function time(seconds: number): string {
  const [unit = 's', factor = 1] = (
    [
      ['d', 86_400],
      ['h', 3600],
      ['min', 60],
    ] as const
  ).find(([, least]) => seconds >= 2 * least) ?? ['s', 1];
  return `${Number((seconds / factor).toPrecision(2))} ${unit}`;
}

export function usd(value: number): string {
  return value < 0.01 ? '< 0.01' : value.toFixed(2);
}
