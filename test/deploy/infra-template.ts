import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../src/infra/synthesize.js';
import type { Template } from '../../src/operate/deploy/describe-template.js';

/** File names of the zips in the template below. */
export const ZIPS = {
  planner: 'planner-a0.zip',
  scan: 'scan-a1.zip',
  hour: 'hour-a2.zip',
  'close-day': 'close-day-a3.zip',
  witness: 'witness-a4.zip',
  feeds: 'feeds-a5.zip',
};

/** The template with zips, quickly: with one column and names of zips that do not exist. */
export function quickTemplate(): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'aqt-template-'));
  const table = {
    columns: [{ name: 'person', type: 'string' }],
    partitionKeys: [{ name: 'year', type: 'string' }],
    inputFormat: 'i',
    outputFormat: 'o',
    serializationLibrary: 's',
    serdeParameters: {},
    parameters: {},
  };
  try {
    return synthesize({
      outdir,
      version: '0.0.0',
      code: { kind: 'zip', files: ZIPS },
      tables: { csv: table, json: table, parquet: table },
      dayTables: { days: table, sums: table },
    }) as Template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
