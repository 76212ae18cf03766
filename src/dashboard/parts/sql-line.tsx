import type { ReactNode } from 'preact/compat';
import { type StatementFacts, sqlSkeleton } from './sql-skeleton.js';
import { Highlighted } from './sql-text.js';

/** A statement in one line, by what tells it from others; nothing where there is no text. */
export function SqlLine({ facts }: { readonly facts: StatementFacts }): ReactNode {
  const [verb, rest] = sqlSkeleton(facts);
  return rest === '' ? (
    <em>no text</em>
  ) : (
    <code>
      <span className="verb">
        <Highlighted sql={verb} />
      </span>
      <Highlighted sql={rest} />
    </code>
  );
}
