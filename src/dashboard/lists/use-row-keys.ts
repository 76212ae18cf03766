import { type KeyboardEvent, type RefObject, useCallback, useEffect, useLayoutEffect, useState } from 'preact/compat';
import { isTyping } from '../web/shortcuts.js';

/** The row that the keys have reached: j, k and the arrows move, Enter opens. */
export function useRowKeys({
  frame,
  total,
  query,
  idAt,
  onOpen,
  isOpen,
  scrollTo,
}: {
  readonly frame: RefObject<HTMLElement | null>;
  readonly total: number;
  /** Another view begins at its top. */
  readonly query: string;
  /** Null where the row is not here yet. */
  readonly idAt: (index: number) => string | null;
  readonly onOpen: (id: string) => void;
  /** An open panel follows. */
  readonly isOpen: boolean;
  readonly scrollTo: (index: number) => void;
}): {
  readonly cursor: number;
  readonly setCursor: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
} {
  const [cursor, setCursor] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view begins at its top
  useEffect(() => setCursor(0), [query]);
  const open = useCallback(
    (index: number) => {
      const id = idAt(index);
      if (id !== null) onOpen(id);
    },
    [idAt, onOpen],
  );
  const move = useCallback(
    (step: number) => {
      const next = Math.min(Math.max(cursor + step, 0), total - 1);
      setCursor(next);
      scrollTo(next);
      if (isOpen) open(next);
    },
    [cursor, total, scrollTo, isOpen, open],
  );
  // Before the page is painted: the next key may be down by then.
  useLayoutEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || document.querySelector('dialog[open]')) return;
      const isHere = event.target === document.body || frame.current?.contains(event.target as Node);
      if (event.key === 'j') move(1);
      else if (event.key === 'k') move(-1);
      else if (event.key === 'Enter' && isHere) open(cursor);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [move, open, cursor, frame]);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(step);
  };
  return { cursor, setCursor, onKeyDown };
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 };
