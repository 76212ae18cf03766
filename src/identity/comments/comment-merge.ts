import type { CommentTag } from './comment-tag.js';

/**
 * Makes one tag out of the tags before and after a statement, each list from the outside in. The first tag of a tool names the
 * tool; tags of other tools lie in its context under their app's name.
 *
 * A tool's own comment lies outside of the text that its user wrote. So the outer tag counts, and an inner one adds only what
 * the outer leaves open; where the outermost comments before and behind the text contradict each other, no user is named.
 */
export function mergeTags(leading: readonly CommentTag[], trailing: readonly CommentTag[]): CommentTag | null {
  const all = [...leading, ...trailing];
  const main = all.find(({ app }) => !TRACERS.has(app)) ?? all[0];
  if (!main || all.length === 1) return main ?? null;
  const [before, behind] = [leading, trailing].map((tags) => fromOutside(tags.filter(({ app }) => app === main.app)));
  const context: Record<string, unknown> = Object.assign(Object.create(null), behind?.context, before?.context);
  for (const { app, user, context: more } of all) {
    if (app !== main.app && !(app in context)) context[app] = user === null ? more : { user, ...more };
  }
  const isContradicted = before && behind && contradict(before, behind);
  return { app: main.app, user: isContradicted ? null : (before?.user ?? behind?.user ?? null), context };
}

/** Whoever traces a call signs what a tool already signed. */
const TRACERS: ReadonlySet<string> = new Set(['sqlcommenter', 'datadog', 'marginalia']);

function fromOutside(tags: readonly CommentTag[]): CommentTag | null {
  const [outer, ...inner] = tags;
  return outer ? inner.reduce((known, tag) => (repeats(known, tag) ? known : joined(known, tag)), outer) : null;
}

/** A second tag with the same members is a copy: the user's own text, or the tool's text around another query of its own. */
function repeats(known: CommentTag, tag: CommentTag): boolean {
  return (known.user !== null && tag.user !== null) || Object.keys(tag.context).some((key) => key in known.context);
}

function joined(known: CommentTag, { user, context }: CommentTag): CommentTag {
  return { ...known, user: known.user ?? user, context: Object.assign(Object.create(null), known.context, context) };
}

function contradict(a: CommentTag, b: CommentTag): boolean {
  if (a.user === b.user) return false;
  return (a.user !== null && b.user !== null) || Object.keys(b.context).some((key) => key in a.context);
}
