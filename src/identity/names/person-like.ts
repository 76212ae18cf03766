import { FAMILY_NAMES, GIVEN_NAMES } from './known-names.js';
import { mayHold } from './word-filter.js';

/**
 * Tells whether something in a name speaks for a person: names that people bear (`ana`, `tom.weber`, `mary-jane`, `anasilva42`), an initial
 * with a surname (`jsmith`, `o.apiyo`, `smithj2`), letters beyond ASCII. Not enough are words that no list of names knows (`windsurf`,
 * `u123456`, `tf-apply`): people log in under such, and programs. For names in which nothing speaks for a program.
 */
export function isLikePerson(name: string): boolean {
  if (/[^\p{ASCII}]/u.test(name)) return true;
  // Domains, and numbers that tell several of one name apart.
  const own = name
    .replace(/^.*[\\/]/, '')
    .replace(/@.*$/, '')
    .replace(/[._-]?\d+$/, '');
  const parts = own.split(/[^A-Za-z']+|(?<=[a-z])(?=[A-Z])/).map((part) => part.toLowerCase().replaceAll("'", ''));
  const joined = parts.join('');
  if (parts.length === 1) return (joined.length > 2 && isBorne(joined)) || isLogin(joined) || isFullName(joined);
  const known = parts.filter((part) => isBorne(part) || isLogin(part)).length;
  const unknown = parts.filter(
    (part) => part.length > 1 && !isBorne(part) && !isLogin(part) && !PARTICLES.has(part),
  ).length;
  // Given name and surname with a dot are how people are named; other separators are as often programs'.
  return known > 0 && unknown <= (/^[a-z]+(?:[. ][a-z']+)+$/i.test(own) ? known : 0);
}

/** A given name or a surname of somebody. */
function isBorne(word: string): boolean {
  if (word.length === 2) return SHORT_SURNAMES.has(word);
  return mayHold(GIVEN_NAMES, word) || mayHold(FAMILY_NAMES, word);
}

/** An initial before a surname or behind it, two before a longer one. */
function isLogin(word: string): boolean {
  return [
    [word.slice(1), 3],
    [word.slice(0, -1), 4],
    [word.slice(2), 5],
  ].some(([rest, least]) => String(rest).length >= Number(least) && mayHold(FAMILY_NAMES, String(rest)));
}

/** Given name and surname written together, one of them of four letters and more. */
function isFullName(word: string): boolean {
  for (let at = 3; at <= word.length - 3; at++) {
    if (at === 3 && word.length - at === 3) continue;
    if (mayHold(GIVEN_NAMES, word.slice(0, at)) && mayHold(FAMILY_NAMES, word.slice(at))) return true;
  }
  return false;
}

const PARTICLES: ReadonlySet<string> = new Set(
  'al abd abu af ap ben bin bint da das de del dela della den der di do dos du el ibn la le lo mac mc o st te ten ter van vande vander von zu zum zur'.split(
    ' ',
  ),
);

/** Of two letters, which alone say nothing (`li.wei`). */
const SHORT_SURNAMES: ReadonlySet<string> = new Set(
  'an bo do fu gu ha he ho hu ji jo ko le li lu lv ly ma mo ng oh qi qu re ro su to vo wu xi xu ye yi yu zu'.split(' '),
);
