import type { ReportStore } from '../../ports/report-store.js';
import type { Deliver } from './export-rows.js';
import type { RowFeed } from './feed.js';
import type { HourOfTree } from './list-hours.js';

/** Characters of one file; what is more of an hour goes into further ones. */
const FILE_CHARACTERS = 8 * 1024 * 1024;

/**
 * Writes what is new of an hour as files of lines: `<folder><feed>/2026-11-03/<feed>_2026_11_03_h06_v2_0001.ndjson`, with the version of the
 * report. So a rewritten hour adds files, and whoever has taken one never sees it again; the same delivery made again writes the same
 * files. None is written where nothing is new. Should the hour turn out to be another than its manifest says, its files are removed. Memory: one file.
 */
export function lineFiles(to: {
  readonly store: ReportStore;
  /** Where feeds lie below the store: empty, or ending in `/`. */
  readonly folder: string;
  readonly name: string;
  readonly feed: RowFeed;
}): Deliver {
  const { store, folder, name, feed } = to;
  return async (lines, hour) => {
    const written: string[] = [];
    const lead = feed.header === null ? '' : `${feed.header}\n`;
    let waiting: string[] = [];
    let length = 0;
    const write = async () => {
      if (waiting.length === 0) return;
      const key = `${folder}${fileName(name, hour, written.length + 1)}.${feed.extension}`;
      // Before it is there: a write whose answer was lost must be removed, too.
      written.push(key);
      await store.write(key, Buffer.from(`${lead}${waiting.join('\n')}\n`), 'any');
      waiting = [];
      length = 0;
    };
    try {
      for await (const line of lines) {
        if (length + line.length > FILE_CHARACTERS) await write();
        waiting.push(line);
        length += line.length;
      }
    } catch (error) {
      for (const key of written) await store.remove(key);
      throw error;
    }
    await write();
    return [];
  };
}

function fileName(name: string, { label, manifest }: HourOfTree, part: number): string {
  const { reportDate, hour } = label;
  const place = `${reportDate.replaceAll('-', '_')}_h${String(hour).padStart(2, '0')}`;
  return `${name}/${reportDate}/${name}_${place}_v${manifest.version}_${String(part).padStart(4, '0')}`;
}
