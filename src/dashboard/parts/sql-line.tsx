import type { ReactNode } from 'react';
import { type StatementFacts, sqlSkeleton } from '../../analytics/view/sql-skeleton.js';
import { Highlighted } from './sql-text.js';

/** A statement in one line, by what tells it from others; nothing where there is no text. */
export function SqlLine({ facts }: { readonly facts: StatementFacts }): ReactNode {
  const line = sqlSkeleton(facts);
  return line === '' ? (
    <em>no text</em>
  ) : (
    <code>
      <Highlighted sql={line} />
    </code>
  );
}
