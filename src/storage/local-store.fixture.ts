/** A process of its own for the tests of the local store: `count <folder> <times>` or `rewrite <folder>`. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WriteConflict } from '../ports/report-store.js';
import { createLocalStore } from './local-store.js';

const [, , task, folder = '', times = '0'] = process.argv;
const store = createLocalStore(folder, { clock: { now: () => Date.now(), sleep: (ms) => sleep(ms) } });

process.stdout.write('ready');
if (task === 'count') {
  await once(process.stdin, 'data');
  for (let i = 0; i < Number(times); i++) await addOne();
  process.exit(0);
} else {
  for (let i = 0; ; i++) await store.write('k', () => repeat(String(i % 10)), 'any');
}

/** Reads a number and writes the next one, again and again until no other process came between. */
async function addOne(): Promise<void> {
  for (;;) {
    const seen = await store.read('counter');
    const next = Buffer.from(String(Number(Buffer.from(seen?.bytes ?? []).toString()) + 1));
    try {
      await store.write('counter', next, seen ? { tag: seen.tag } : { absent: true });
      return;
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
    }
  }
}

async function* repeat(digit: string): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < 16; i++) yield Buffer.alloc(65_536, digit);
}
