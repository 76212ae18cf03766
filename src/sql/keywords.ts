/** Words of Hive DDL: where they stand as there, what follows in the statement escapes with `\` and quotes with `"`. */
const HIVE_WORDS = ['serde', 'serdeproperties', 'tblproperties', 'dbproperties', 'delimited'];
/** Words of which some change how the strings after them are written. */
export const STRING_WORDS = new Set(HIVE_WORDS.concat('table', 'database', 'external', 'as', 'with'));

const KEYWORDS = (
  'all alter analyze and any array as at begin between by call cast comment commit create cross database databases ' +
  'deallocate default delete deny desc describe distinct drop else end escape except execute exists explain extended ' +
  'external false fetch for formatted from full function grant group having if ignore immediate in inner insert ' +
  'intersect into is join lateral left like limit location merge msck natural not null offset on optimize or order ' +
  'outer over overwrite partition prepare qualify recursive refresh rename replace reset returns revoke right ' +
  'rollback select set show start table then to true truncate uncache union unload unnest update use using vacuum ' +
  'values verbose view when where window with'
)
  .split(' ')
  .concat(HIVE_WORDS);
/**
 * Each keyword in the place that its length and three of its letters give: a word is told by one look and one comparison, without
 * hashing it, as a map would.
 */
const SLOTS = 1024;
const TABLE = slots();

/** The keyword that a word in lower case is, always the same string; undefined for others. */
export function keywordOf(word: string): string | undefined {
  const keyword = TABLE[slotOf(word)];
  return keyword === word ? keyword : undefined;
}

/** The factors were tried out: no two keywords share a slot. */
function slotOf(word: string): number {
  const { length } = word;
  const [first, middle, last] = [word.charCodeAt(0), word.charCodeAt(length >> 1), word.charCodeAt(length - 1)];
  return (length * 621 + first * 564 + middle * 84 + last * 1012) & (SLOTS - 1);
}

function slots(): readonly string[] {
  const table = Array.from({ length: SLOTS }, () => '');
  for (const word of KEYWORDS) {
    const slot = slotOf(word);
    if (table[slot] !== '') throw new Error(`${word} and ${table[slot]} share a slot: change the factors`);
    table[slot] = word;
  }
  return table;
}
