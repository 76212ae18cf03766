import { mergeTags } from './comment-merge.js';
import type { CommentTag } from './comment-tag.js';
import { readSiteForm, type SiteForm } from './site-form.js';
import { readJsonComment } from './sql-comment-json.js';
import { readBareName, readKeyValueComment } from './sql-comment-pairs.js';

/**
 * Reads the tool tags of a statement out of the comments before its first and after its last token.
 * Comments may come with or without their markers. The first tag of a tool names it; further tags (Elementary behind
 * dbt, a trace id before Redash) are kept in its context. A site's own forms go before those that are known. Null when no comment
 * is a tag: prose is never guessed at.
 */
export function readCommentTags(
  leading: readonly string[],
  trailing: readonly string[],
  forms: readonly SiteForm[] = [],
): CommentTag | null {
  // From the outside in: tools put their comment around the text that a user wrote, who may have written a comment, too.
  return mergeTags(tagsIn(leading, forms, 'first'), tagsIn(trailing, forms, 'last').toReversed());
}

/** Tools write some hundred characters; beyond this a comment is no tag and is not parsed. */
const MAX_COMMENT_CHARACTERS = 16_384;

interface Text {
  readonly text: string;
  /** Of a comment in `/*` and its end; unmarked text counts as one. */
  readonly isBlock: boolean;
}

/**
 * Adjacent line comments are one comment before they are many, unless the outermost line names a tool's user by itself: then the lines
 * within are what that user wrote.
 */
function tagsIn(
  comments: readonly string[],
  forms: readonly SiteForm[],
  outermost: 'first' | 'last',
): readonly CommentTag[] {
  const groups: string[][] = [];
  for (const comment of comments) {
    if (comment.length > MAX_COMMENT_CHARACTERS) continue;
    const group = groups.at(-1);
    const isLine = comment.trim().startsWith('--');
    if (isLine && group?.[0]?.trim().startsWith('--')) group.push(comment);
    else groups.push([comment]);
  }
  const tags = groups.flatMap((group) => tagsOfGroup(group.map(withoutMarkers), forms, outermost));
  return tags.length > 0 ? tags : comments.flatMap((comment) => readBareName(withoutMarkers(comment).text) ?? []);
}

function tagsOfGroup(
  lines: readonly Text[],
  forms: readonly SiteForm[],
  outermost: 'first' | 'last',
): readonly CommentTag[] {
  const read = (one: Text) => readText(one, forms);
  const outer = lines.at(outermost === 'first' ? 0 : -1);
  if (outer === undefined) return [];
  const own = read(outer);
  if (lines.length === 1) return own ? [own] : [];
  if (own === null || own.user === null) {
    const whole = lines
      .map(({ text }) => text)
      .join('\n')
      .trim();
    const joined = whole.length <= MAX_COMMENT_CHARACTERS ? read({ text: whole, isBlock: false }) : null;
    if (joined) return [joined];
  }
  return lines.flatMap((line) => read(line) ?? []);
}

function readText(one: Text, forms: readonly SiteForm[]): CommentTag | null {
  const { text, isBlock } = one;
  if (text === '') return null;
  return readSiteForm(text, forms) ?? readJsonComment(text) ?? readKeyValueComment(text, isBlock);
}

/** Strips the markers of one comment, and of the comment in a comment that dbt-athena writes (a line that holds a block). */
function withoutMarkers(comment: string): Text {
  let text = comment.trim();
  const isLine = text.startsWith('--');
  if (isLine) text = text.slice(2).trim();
  const isBlock = text.startsWith('/*');
  if (isBlock) text = text.slice(2, text.endsWith('*/') ? -2 : undefined).trim();
  return { text, isBlock: isBlock || !isLine };
}
