import { appendFile, readFile } from 'node:fs/promises';
import { UsageError } from '../../compose/usage-error.js';
import type { HandedHour } from '../../handover/feeds/export-rows.js';

/** What was handed over, by hour. */
export interface ExportState {
  readonly handed: ReadonlyMap<string, HandedHour>;
  add(hour: HandedHour): Promise<void>;
}

/**
 * Opens the memory of an export: a file of JSON lines, the first says of which export, then one an hour, the last line of an hour counts. Lines are only added, each
 * after its hour was delivered; so a run that dies sends at most one hour twice. Null remembers nothing.
 * @throws UsageError for a file that is something else, or the memory of another export
 */
export async function openExportState(file: string | null, what: string): Promise<ExportState> {
  if (file === null) return { handed: new Map(), add: async () => {} };
  const handed = new Map<string, HandedHour>();
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  const first = JSON.stringify({ export: what });
  if (text !== '' && lines[0] !== first)
    throw new UsageError(
      `--remember ${file}: it remembers another export (other consumer, filters or masking), or is none of ours; name another file`,
    );
  for (const [index, line] of lines.entries()) {
    if (line === '' || index === 0) continue;
    const hour = parseLine(line);
    // The last line may have been cut when the run died: its hour is handed over again.
    if (hour === null && index === lines.length - 1) continue;
    if (hour === null)
      throw new UsageError(
        `--remember ${file}, line ${index + 1}: this is not a state file of aqt export; name another file`,
      );
    handed.set(hour.hour, hour);
  }
  // What follows a cut line must begin on a line of its own.
  let lead = text === '' ? `${first}\n` : text.endsWith('\n') ? '' : '\n';
  return {
    handed,
    async add(hour) {
      await appendFile(file, `${lead}${JSON.stringify(hour)}\n`, { mode: 0o600 });
      lead = '';
    },
  };
}

function parseLine(line: string): HandedHour | null {
  try {
    const value = JSON.parse(line) as Partial<HandedHour>;
    const isHour = typeof value.hour === 'string' && typeof value.report === 'string' && Array.isArray(value.rows);
    return isHour ? (value as HandedHour) : null;
  } catch {
    // Not JSON: the caller says what that means where it stands.
    return null;
  }
}
