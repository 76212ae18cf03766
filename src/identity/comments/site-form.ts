import type { CommentTag } from './comment-tag.js';
import { userText } from './comment-user.js';
import { objectIn } from './sql-comment-json.js';

/** The form of a comment that a site's own program writes, as the directory teaches it. */
export type SiteForm =
  | { readonly app: string; readonly form: string }
  | {
      readonly app: string;
      /** Members that must match; a dot leads into a member. */
      readonly json: Readonly<Record<string, string>>;
      /** The member that names the user; null where none does. */
      readonly user: string | null;
    };

/** A part of a form: literal text, or a hole with a name. */
type Part = { readonly literal: string } | { readonly hole: string };

/** Splits `[acme-bi] {user} report={report_id}` into its parts; a text why it is no form. */
export function partsOfForm(form: string): readonly Part[] | string {
  const parts = form
    .split(/(\{\w+\})/)
    .filter((text) => text !== '')
    .map((text): Part => (/^\{\w+\}$/.test(text) ? { hole: text.slice(1, -1) } : { literal: text }));
  const holes = parts.flatMap((part) => ('hole' in part ? [part.hole] : []));
  if (new Set(holes).size < holes.length) return 'two holes have one name';
  if (parts.some((part, index) => 'hole' in part && parts[index + 1] && 'hole' in (parts[index + 1] ?? {}))) {
    return 'two holes stand side by side: put a text between them';
  }
  const literals = parts.flatMap((part) => ('literal' in part ? [part.literal] : [])).join('');
  return /[^\s\W]{2,}/.test(literals) ? parts : 'there is too little text around the holes to know the comment by';
}

/** Values of holes are names and ids; a longer text is another comment. */
const MAX_VALUE_CHARACTERS = 300;

/** Reads a comment, without its markers, by the first form that fits; takes time in proportion to the text. */
export function readSiteForm(text: string, forms: readonly SiteForm[]): CommentTag | null {
  for (const form of forms) {
    const tag = 'form' in form ? byText(text, form) : byJson(text, form);
    if (tag) return tag;
  }
  return null;
}

function byText(text: string, { app, form }: { readonly app: string; readonly form: string }): CommentTag | null {
  const parts = partsOfForm(form);
  if (typeof parts === 'string') return null;
  const context: Record<string, unknown> = Object.create(null);
  const line = text.replace(/\s+/g, ' ').trim();
  let at = 0;
  let hole: string | null = null;
  const fill = (end: number): boolean => {
    if (hole === null) return end === at;
    const value = line.slice(at, end).trim();
    if (value === '' || value.length > MAX_VALUE_CHARACTERS) return false;
    context[hole] = value;
    hole = null;
    return true;
  };
  for (const [index, part] of parts.entries()) {
    if ('hole' in part) {
      hole = part.hole;
      continue;
    }
    const spaced = part.literal.replace(/\s+/g, ' ');
    const literal = index === 0 ? spaced.trimStart() : index === parts.length - 1 ? spaced.trimEnd() : spaced;
    const isLast = index === parts.length - 1;
    const found = isLast && hole !== null ? line.length - literal.length : line.indexOf(literal, at);
    if (found < at || !line.startsWith(literal, found) || !fill(found)) return null;
    at = found + literal.length;
  }
  return fill(line.length) ? tagOf(app, context, 'user') : null;
}

function byJson(text: string, form: Extract<SiteForm, { json: unknown }>): CommentTag | null {
  const json = objectIn(text);
  if (!json || !Object.entries(form.json).every(([path, value]) => textAt(json, path) === value)) return null;
  const context: Record<string, unknown> = Object.assign(Object.create(null), json);
  if (form.user === null) return { app: form.app, user: null, context };
  const user = userText(textAt(json, form.user));
  if (user !== null) delete context[form.user];
  return { app: form.app, user, context };
}

function tagOf(app: string, context: Record<string, unknown>, key: string): CommentTag {
  const user = userText(context[key]);
  delete context[key];
  return { app, user, context };
}

function textAt(json: Readonly<Record<string, unknown>>, path: string): string | null {
  let value: unknown = json;
  for (const name of Object.hasOwn(json, path) ? [path] : path.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : null;
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
