/** Time as the simulator sees it. `now` is epoch milliseconds; `sleep` rejects when the signal fires. */
export interface SimulatorClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Only for clocks that jump: keeps time where it is until the returned function is called. */
  hold?(): () => void;
}

/** A clock whose time stands still until somebody sleeps or moves it. */
export interface VirtualClock extends SimulatorClock {
  /** Moves time forward and wakes whoever sleeps until then. */
  advance(ms: number): void;
  /** Time does not move by itself while something is held; call the returned function to let go. */
  hold(): () => void;
}

/** A clock that starts at a fixed simulated instant and then runs with real time, or `rate` times as fast. */
export function createRunningClock({ startsAt, rate = 1 }: { startsAt: number; rate?: number }): SimulatorClock {
  const origin = performance.now();
  return {
    now: () => Math.floor(startsAt + (performance.now() - origin) * rate),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', stop);
          resolve();
        }, Math.max(0, ms) / rate);
        signal?.addEventListener('abort', stop, { once: true });
      }),
  };
}

/** Turns of the event loop without a request in hand after which nobody is believed to be working any more: sockets take some. */
const QUIET_TURNS = 40;

/**
 * A clock for tests and benches: hours pass in milliseconds. When every request is answered and the process has been
 * quiet for some turns of the event loop, time jumps to the earliest sleeper.
 */
export function createVirtualClock({
  startsAt,
  quietTurns = QUIET_TURNS,
}: {
  startsAt: number;
  quietTurns?: number;
}): VirtualClock {
  let now = startsAt;
  let order = 0;
  let held = 0;
  let quiet = 0;
  let isWatching = false;
  const sleepers: Sleeper[] = [];

  const wakeUntil = (time: number) => {
    for (let next = sleepers[0]; next && next.at <= time; next = sleepers[0]) {
      sleepers.shift();
      now = Math.max(now, next.at);
      next.wake();
    }
    now = Math.max(now, time);
  };
  const turn = () => {
    const next = sleepers[0];
    if (!next) {
      isWatching = false;
      return;
    }
    quiet = held > 0 ? 0 : quiet + 1;
    if (quiet > quietTurns) {
      quiet = 0;
      wakeUntil(next.at);
    }
    setImmediate(turn);
  };
  return {
    now: () => now,
    advance: (ms) => wakeUntil(now + ms),
    hold() {
      held++;
      let isHeld = true;
      return () => {
        if (isHeld) held--;
        isHeld = false;
        quiet = 0;
      };
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper: Sleeper = { at: now + Math.max(0, ms), order: order++, wake: () => resolve() };
        const stop = () => {
          const index = sleepers.indexOf(sleeper);
          if (index >= 0) sleepers.splice(index, 1);
          reject(signal?.reason);
        };
        sleeper.wake = () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        };
        signal?.addEventListener('abort', stop, { once: true });
        sleepers.push(sleeper);
        sleepers.sort((a, b) => a.at - b.at || a.order - b.order);
        quiet = 0;
        if (!isWatching) {
          isWatching = true;
          setImmediate(turn);
        }
      }),
  };
}

interface Sleeper {
  readonly at: number;
  readonly order: number;
  wake: () => void;
}
