/** A process of its own for the memory test: writes a report of made-up rows to nowhere. `<format> <rows>` */
import type { ReportFormat } from '../record/manifest.js';
import { exampleRow } from '../record/row.fixture.js';
import { encodeReport } from './report-codec.js';

const [, , format, count = '0'] = process.argv;

async function* rows() {
  for (let i = 0; i < Number(count); i++) {
    yield exampleRow({
      query_execution_id: `id-${(i * 7919) % 1e9}`,
      query: `SELECT ${i} ${'x'.repeat((i * 31) % 900)}`,
    });
  }
}

let bytes = 0;
for await (const piece of encodeReport(format as ReportFormat, rows())) bytes += piece.length;
process.stdout.write(JSON.stringify({ bytes, peakMegabytes: process.resourceUsage().maxRSS / 1024 }));
