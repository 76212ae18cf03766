/** The folder of a day in the keys of a trail: `2026/11/01`. */
export function folderOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10).replaceAll('-', '/');
}

/** The minute of delivery in the name of a log file: `20261101T0540Z`. */
export function minuteOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace(/[-:]/g, '')}Z`;
}
