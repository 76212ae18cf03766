/** Words of Hive DDL: where they stand as there, what follows in the statement escapes with `\` and quotes with `"`. */
const HIVE_WORDS = ['serde', 'serdeproperties', 'tblproperties', 'dbproperties', 'delimited'];
/** Words of which some change how the strings after them are written. */
export const STRING_WORDS = new Set(HIVE_WORDS.concat('table', 'database', 'external', 'as', 'with'));

const KEYWORDS = new Map(
  (
    'all alter analyze and any array as at begin between by call cast comment commit create cross database databases ' +
    'deallocate default delete deny desc describe distinct drop else end escape except execute exists explain extended ' +
    'external false fetch for formatted from full function grant group having if ignore immediate in inner insert ' +
    'intersect into is join lateral left like limit location merge msck natural not null offset on optimize or order ' +
    'outer over overwrite partition prepare qualify recursive refresh rename replace reset returns revoke right ' +
    'rollback select set show start table then to true truncate uncache union unload unnest update use using vacuum ' +
    'values verbose view when where window with'
  )
    .split(' ')
    .concat(...HIVE_WORDS)
    .map((word) => [word, word]),
);
const LONGEST = 15;
/** Which lengths and first letters keywords have: most names can be told apart without looking them up. */
const SHAPES = shapes();

/** The keyword that a word in lower case is, always the same string; undefined for others. */
export function keywordOf(word: string): string | undefined {
  const { length } = word;
  return length <= LONGEST && SHAPES[length * 32 + (word.charCodeAt(0) & 31)] === 1 ? KEYWORDS.get(word) : undefined;
}

function shapes(): Uint8Array {
  const table = new Uint8Array((LONGEST + 1) * 32);
  for (const word of KEYWORDS.keys()) table[word.length * 32 + (word.charCodeAt(0) & 31)] = 1;
  return table;
}
