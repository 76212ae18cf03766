import { useEffect, useSyncExternalStore } from 'preact/compat';

/** Rows of a list that are put on paper, some 150 sheets of queries: with 20,000 Chromium took ten gigabytes. An export has all. */
export const MOST_PRINTED = 5_000;

const listeners = new Set<() => void>();
let isPrinting = false;
let awaited = 0;

function set(next: boolean): void {
  isPrinting = next;
  for (const listener of listeners) listener();
}

/** True while the page is made ready for paper, and printed: lists are whole then. */
export function usePrinting(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isPrinting,
  );
}

/** Has the printing wait until something is there. */
export function usePrintHold(isMissing: boolean): void {
  useEffect(() => {
    if (!isMissing) return;
    awaited += 1;
    return () => {
      awaited -= 1;
    };
  }, [isMissing]);
}

const STEP_MS = 50;
/** So long at most lists are waited for. */
const PATIENCE_MS = 30_000;

/** Makes all lists whole, prints, and goes back to what is in sight. */
export async function printPage(): Promise<void> {
  set(true);
  window.addEventListener('afterprint', () => set(false), { once: true });
  // Two rounds: lists that were made whole may show others.
  for (let waited = 0, quiet = 0; quiet < 2 && waited < PATIENCE_MS; waited += STEP_MS) {
    await new Promise((resolve) => window.setTimeout(resolve, STEP_MS));
    quiet = awaited === 0 ? quiet + 1 : 0;
  }
  window.print();
}
