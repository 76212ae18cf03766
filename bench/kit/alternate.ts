import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Corpus } from './corpus.js';
import { type ScanWayName, WAY_ENVIRONMENT } from './scan-ways.js';

/** Passes before any is counted: by then what is called often is compiled, and the heap has its size. */
const WARMING = 6;

/**
 * CPU seconds, user and system, of all threads, that each way takes for a pass through a corpus. Each has a process of its own,
 * warmed up, and they take turns pass by pass, forwards and backwards: what disturbs one disturbs its neighbours. Nothing else runs in
 * these processes, so what a pass leaves to collectors of garbage and compilers is counted with it or with the next of its kind.
 * @throws Error when a process ends, as it does when a scan finds other than was written
 */
export async function passesInTurn<Name extends ScanWayName>(
  corpus: Corpus,
  ways: readonly Name[],
  passes: number,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const processes = ways.map((name) => ({ name, child: begin(name, corpus), costs: [] as number[] }));
  try {
    for (let pass = 0; pass < WARMING + passes; pass += 1) {
      for (const { name, child, costs } of pass % 2 === 0 ? processes : processes.toReversed()) {
        const cost = await passOf(name, child);
        if (pass >= WARMING) costs.push(cost);
      }
    }
  } finally {
    for (const { child } of processes) child.kill();
  }
  return Object.fromEntries(processes.map(({ name, costs }) => [name, costs])) as { [name in Name]: number[] };
}

function begin(way: ScanWayName, corpus: Corpus): ChildProcess {
  const env = { ...process.env, ...WAY_ENVIRONMENT[way] };
  return fork(fileURLToPath(new URL('./scan-process.ts', import.meta.url)), [way, JSON.stringify(corpus)], { env });
}

async function passOf(name: string, child: ChildProcess): Promise<number> {
  child.send('go');
  const ended = new AbortController();
  try {
    const [cost] = await Promise.race([
      once(child, 'message', ended),
      once(child, 'exit', ended).then(([code]) => {
        throw new Error(`the process of the way ${name} ended with ${code}`);
      }),
    ]);
    return cost as number;
  } finally {
    ended.abort();
  }
}
