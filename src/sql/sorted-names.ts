/** Longer lists are sorted by the engine, which has a price that a few names do not pay back. */
const FEW = 12;

/** Sorts names by their code units, as `sort()` does, in place; returns them. */
export function sortNames(names: string[]): string[] {
  if (names.length > FEW) return names.sort();
  for (let at = 1; at < names.length; at++) {
    const name = names[at] ?? '';
    let to = at;
    for (; to > 0 && (names[to - 1] ?? '') > name; to--) names[to] = names[to - 1] ?? '';
    names[to] = name;
  }
  return names;
}

/** The names sorted, each once. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  if (names.length < 2) return names;
  if (names.length > FEW) return [...new Set(names)].sort();
  const sorted = sortNames([...names]);
  let kept = 1;
  for (let at = 1; at < sorted.length; at++) {
    const name = sorted[at] ?? '';
    if (name !== sorted[at - 1]) sorted[kept++] = name;
  }
  sorted.length = kept;
  return sorted;
}
