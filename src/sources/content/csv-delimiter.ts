/** Header cells under which tables and log searches keep events, or parts of them. */
const HEADERS =
  /^"?(?:event_?name|event_?version|event_?time|event_?source|event_?data|event_?id|user_?identity|cloud_?trail_?event|@?message|@timestamp|_raw|_time|line|event|detail|raw|content|body)"?$/i;

/** The sign between the cells when bytes begin with the header of a table that may hold events, else null. */
export function csvDelimiter(name: string, probe: Buffer): string | null {
  const text = probe.toString('utf8').replace(/^\uFEFF/, '');
  const header = text.split(/\r?\n/, 1)[0] ?? '';
  if (/^\s*[[{]/.test(header)) return null;
  for (const delimiter of [',', '\t', ';', '|']) {
    const cells = header.split(delimiter);
    if (cells.some((cell) => HEADERS.test(cell.trim()))) {
      if (cells.length > 1 || /\.csv(?:\.gz)?$/i.test(name)) return delimiter;
    }
  }
  return /\.csv(?:\.gz)?$/i.test(name) ? ',' : /\.tsv(?:\.gz)?$/i.test(name) ? '\t' : null;
}
