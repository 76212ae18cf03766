import type { SqlAnalysis, SqlContext } from './analysis.js';
import { analyzeSql } from './analyze.js';
import type { TextHash } from './fingerprint.js';

export type SqlReader = (text: string, context: SqlContext) => SqlAnalysis;

/** What a text said in one context. */
interface Answer {
  readonly context: SqlContext;
  readonly analysis: SqlAnalysis;
}

/**
 * Makes a reader that remembers the last `capacity` answers, those to the texts that were asked last: dashboards send the same text
 * thousands of times a day. Answers are shared, so they must not be changed.
 */
export function createSqlReader(capacity: number, sha1: TextHash): SqlReader {
  // By the text alone: a key put together of text and context would be hashed anew each time.
  const known = new Map<string, Answer[]>();
  let size = 0;
  const forgetOldest = () => {
    const oldest = known.entries().next();
    if (oldest.done) return;
    const [text, answers] = oldest.value;
    answers.shift();
    size--;
    if (answers.length === 0) known.delete(text);
  };
  return (text, context) => {
    const answers = known.get(text);
    const found = answers === undefined ? undefined : answerIn(answers, context);
    if (answers !== undefined) {
      known.delete(text);
      known.set(text, answers);
    }
    if (found !== undefined) return found;
    const analysis = analyzeSql(text, context, sha1);
    while (size >= capacity && size > 0) forgetOldest();
    // The oldest may have been the text's own.
    const others = known.get(text) ?? [];
    others.push({ context, analysis });
    known.set(text, others);
    size++;
    return analysis;
  };
}

function answerIn(
  answers: readonly Answer[],
  { catalog, database, defaultCatalog }: SqlContext,
): SqlAnalysis | undefined {
  for (const { context, analysis } of answers)
    if (context.catalog === catalog && context.database === database && context.defaultCatalog === defaultCatalog)
      return analysis;
  return undefined;
}
