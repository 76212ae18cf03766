const UUID = /(?<![0-9a-z])[0-9a-f]{8}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{12}(?![0-9a-z])/g;
/** Looker's derived tables: `LR$` and a hash, before the name of the view. */
const LOOKER = /^lr\$[0-9a-z]+/;
/** A day, with or without a time: `2026_11_03`, `20261103`, `2026-11-03t0400`. */
const DAY =
  /(?<!\d)(?:19|20)\d\d([-_]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:[-_t]?(?:[01]\d|2[0-3])[-_:]?[0-5]\d(?:[-_:]?[0-5]\d)?)?(?!\d)/g;
const MONTH = /(?<!\d)(?:19|20)\d\d[-_](?:0[1-9]|1[0-2])(?![-_]?\d)/g;
const HASH = /(?<![0-9a-z])(?=[a-f]*\d)[0-9a-f]{16,}(?![0-9a-z])/g;
/** Parts that programs number or hash their scratch tables with. */
const SCRATCH_PART = /(?<![0-9a-z])(?:\d{4,}|(?=[a-f]*\d)[0-9a-f]{6,}|(?=[a-z]*\d)[0-9a-z]{8,})(?![0-9a-z])/g;
const IS_SCRATCH = /(?:^|[_$-])(?:tmp|temp)(?:$|[_$-]|\d)/;

/**
 * The name with `#` for its parts that a program made up: uuids, 16 and more hexadecimal digits, days and months, Looker's hashes,
 * and in names of temporary tables any number or mixture. A name that a person gave stays as it is.
 */
export function withoutGeneratedParts(name: string): string {
  if (name.length < 7 || !holdsDigit(name) || !MAY_BE_GENERATED.test(name)) return name;
  const plain = name
    .replace(LOOKER, 'lr$#')
    .replace(UUID, '#')
    .replace(HASH, '#')
    .replace(DAY, '#')
    .replace(MONTH, '#');
  return IS_SCRATCH.test(plain) ? plain.replace(SCRATCH_PART, '#') : plain;
}

/** Most names can be told without looking closer: they hold no digit, or hold one only. */
const MAY_BE_GENERATED = /\d\d|^lr\$|(?:^|[_$-])te?mp(?:$|[_$-]|\d).*\d/;

/** Faster than a pattern, which begins again at each character. `lr$` begins what needs no digit. */
function holdsDigit(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code >= 48 && code <= 57) return true;
  }
  return name.startsWith('lr$');
}
