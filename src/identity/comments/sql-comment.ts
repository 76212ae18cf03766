import { mergeTags } from './comment-merge.js';
import type { CommentTag } from './comment-tag.js';
import { readJsonComment } from './sql-comment-json.js';
import { readBareName, readKeyValueComment } from './sql-comment-pairs.js';

/**
 * Reads the tool tags of a statement out of the comments before its first and after its last token.
 * Comments may come with or without their markers. The first tag of a tool names it; further tags (Elementary behind
 * dbt, a trace id before Redash) are kept in its context. Null when no comment is a tag: prose is never guessed at.
 */
export function readCommentTags(leading: readonly string[], trailing: readonly string[]): CommentTag | null {
  // From the outside in: tools put their comment around the text that a user wrote, who may have written a comment, too.
  return mergeTags(tagsIn(leading), tagsIn(trailing).toReversed());
}

/** Tools write some hundred characters; beyond this a comment is no tag and is not parsed. */
const MAX_COMMENT_CHARACTERS = 16_384;

/** Each comment is read for itself; line comments that mean nothing alone are then read as one text, as they were written. */
function tagsIn(comments: readonly string[]): readonly CommentTag[] {
  const texts = comments.filter(({ length }) => length <= MAX_COMMENT_CHARACTERS).map(withoutMarkers);
  const tags = texts.flatMap((text) => readText(text) ?? []);
  if (tags.length > 0) return tags;
  const lines =
    comments.length > 1 && comments.every((comment) => comment.trim().startsWith('--')) ? texts.join('\n') : '';
  const joined = lines.length <= MAX_COMMENT_CHARACTERS ? readText(lines.trim()) : null;
  return joined ? [joined] : texts.flatMap((text) => readBareName(text) ?? []);
}

function readText(text: string): CommentTag | null {
  return text === '' ? null : (readJsonComment(text) ?? readKeyValueComment(text));
}

/** Strips the markers of one comment, and of the comment in a comment that dbt-athena writes (a line that holds a block). */
function withoutMarkers(comment: string): string {
  let text = comment.trim();
  if (text.startsWith('--')) text = text.slice(2).trim();
  if (text.startsWith('/*')) text = text.slice(2, text.endsWith('*/') ? -2 : undefined).trim();
  return text;
}
