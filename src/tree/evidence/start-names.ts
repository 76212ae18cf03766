import { type LinkName, namesWantedBy } from '../../identity/chain/link-names.js';
import type { HourLine } from './evidence-lines.js';

/**
 * The names that a start leads to, from the line of an hour's evidence that keeps it; none for other lines. Starts of one session
 * follow each other, so the last principals are remembered.
 */
export function createStartNames(): (text: string) => readonly LinkName[] {
  let known = new Set<string>();
  return (text) => {
    if (!text.startsWith(START)) return NONE;
    const from = text.indexOf(PRINCIPAL);
    const to = text.indexOf(LAST, from);
    const key = from < 0 || to < 0 ? null : `${text.slice(from, to + SPAN)}${text.includes(CONSOLE)}`;
    if (key !== null && known.has(key)) return NONE;
    if (known.size >= REMEMBERED) known = new Set();
    if (key !== null) known.add(key);
    return namesWantedBy((JSON.parse(text) as Extract<HourLine, { readonly start: unknown }>).start);
  };
}

const START = '{"start":';
const PRINCIPAL = '"principal":{';
const CONSOLE = '"console":true';
/** The last member of a principal that names something, and so much of the text that its number ends in it. */
const LAST = '"creationDate":';
const SPAN = 32;
const REMEMBERED = 2000;
const NONE: readonly LinkName[] = [];
