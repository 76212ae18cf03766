import { readJsonComment } from './sql-comment-json.js';
import { readKeyValueComment } from './sql-comment-pairs.js';

/** What a tool wrote about itself into a SQL comment: a claim by the client, never proof (fact sheet 9). */
export interface CommentTag {
  /** The tool, lower case: `redash`, `metabase`, `dbt`, … */
  readonly app: string;
  /** The tool's user as the comment names it: e-mail, name or the tool's own id; null when it names none. */
  readonly user: string | null;
  /** Everything else the comment says, keys as written. Tags of further tools lie under their app's name. */
  readonly context: Readonly<Record<string, unknown>>;
}

/**
 * Reads the tool tags of a statement out of the comments before its first and after its last token.
 * Comments may come with or without their markers. The first tag found names the tool; further tags (Elementary behind
 * dbt, a trace id behind Redash) are kept in its context. Null when no comment is a tag: prose is never guessed at.
 */
export function readCommentTags(leading: readonly string[], trailing: readonly string[]): CommentTag | null {
  const tags: CommentTag[] = [];
  for (const comment of [...leading, ...trailing]) {
    if (comment.length > MAX_COMMENT_CHARACTERS) continue;
    const tag = readComment(comment);
    if (tag) tags.push(tag);
  }
  const [first, ...further] = tags;
  if (!first || further.length === 0) return first ?? null;
  const context: Record<string, unknown> = Object.assign(Object.create(null), first.context);
  for (const { app, user, context: more } of further) {
    if (app === first.app) Object.assign(context, more);
    else context[app] = user === null ? more : { user, ...more };
  }
  return { app: first.app, user: first.user ?? further.find(({ user }) => user !== null)?.user ?? null, context };
}

/** Tools write some hundred characters; beyond this a comment is no tag and is not parsed. */
const MAX_COMMENT_CHARACTERS = 16_384;

function readComment(comment: string): CommentTag | null {
  const text = withoutMarkers(comment);
  return text === '' ? null : (readJsonComment(text) ?? readKeyValueComment(text));
}

/** Strips the markers of one comment, and of the comment in a comment that dbt-athena writes (a line that holds a block). */
function withoutMarkers(comment: string): string {
  let text = comment.trim();
  if (text.startsWith('--')) text = text.slice(2).trim();
  if (text.startsWith('/*')) text = text.slice(2, text.endsWith('*/') ? -2 : undefined).trim();
  return text;
}
