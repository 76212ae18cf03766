import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { useLayoutEffect, useReducer, useState } from 'preact/compat';

interface VirtualRows {
  readonly count: number;
  readonly getScrollElement: () => HTMLElement | null;
  /** Height of every row, in pixels. */
  readonly estimateSize: () => number;
  /** Rows that are drawn above and below those in sight. */
  readonly overscan: number;
}

/** The rows of a long list that are in sight, and where they stand; draws anew when others come into sight. */
export function useVirtualRows(rows: VirtualRows): Virtualizer<HTMLElement, HTMLElement> {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  const options = {
    ...rows,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => draw(undefined),
  };
  const [virtual] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtual.setOptions(options);
  useLayoutEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  return virtual;
}
