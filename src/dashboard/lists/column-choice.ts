/** Columns of the list of queries that are shown until somebody chooses others. */
export const STANDARD_COLUMNS: readonly string[] = [
  'time',
  'person',
  'workgroup',
  'state',
  'sql',
  'bytes',
  'cost',
  'duration',
];

/** What a phone has space for. */
const FEW: readonly string[] = ['time', 'person', 'state', 'sql', 'cost'];

/**
 * Tells the columns that are shown, of those chosen: beside an open query there is space for the first few and the one that orders
 * the list, on a phone for five.
 */
export function isShown(
  name: string,
  {
    chosen,
    sort,
    isSplit,
    isPhone,
  }: {
    readonly chosen: readonly string[];
    readonly sort: string;
    readonly isSplit: boolean;
    readonly isPhone: boolean;
  },
): boolean {
  if (isPhone) return FEW.includes(name);
  if (!isSplit) return chosen.includes(name);
  // What orders the list takes the place of the cost.
  if (name === 'cost') return FEW.includes(sort);
  return FEW.includes(name) || name === sort;
}

/** Columns by name in the address (`columns=time,sql`), without what is no column; null where none of them is. */
export function readColumns(value: string | null, known: readonly string[]): readonly string[] | null {
  const named = (value ?? '').split(',').filter((name) => known.includes(name));
  return named.length > 0 ? named : null;
}
