/** A process that goes through a corpus one way, once for each message, and answers with the CPU seconds that it took. */
import type { Corpus } from './corpus.js';
import { SCAN_WAYS, type ScanWayName } from './scan-ways.js';

const [way, corpus] = process.argv.slice(2);
const go = SCAN_WAYS[way as ScanWayName];
const on = JSON.parse(corpus ?? '') as Corpus;

process.on('message', async () => {
  const before = process.cpuUsage();
  await go(on);
  const { user, system } = process.cpuUsage(before);
  process.send?.((user + system) / 1e6);
});
