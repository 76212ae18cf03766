/** A sample of a text of OpenMetrics. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const METRIC = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const ESCAPED = '(?:[^\\n"\\\\]|\\\\[n"\\\\])*';
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="${ESCAPED}"`;
const REAL = '[+-]?(?:\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?)';
const SAMPLE = new RegExp(`^(${METRIC})(?:\\{((?:${LABEL}(?:,${LABEL})*)?)\\})? (${REAL})$`);
const META = new RegExp(`^# (TYPE|UNIT|HELP) (${METRIC}) (.+)$`);

/** Suffixes that samples of a type have (OpenMetrics 1.0, "Metric Types"); ours are these two. */
const SUFFIX: Readonly<Record<string, string>> = { counter: '_total', gauge: '' };

/**
 * Reads a text as the ABNF of OpenMetrics 1.0 has it, with the rules beside it: families do not interleave, metadata comes first and
 * once, a unit is the end of its family's name, no sample stands twice, counters are not negative, `# EOF` is the end.
 * @throws Error naming the line
 */
export function parseOpenMetrics(text: string): Sample[] {
  if (!text.endsWith('# EOF\n')) throw new Error('it does not end in # EOF and a line feed');
  const samples: Sample[] = [];
  const seen = new Set<string>();
  const done = new Set<string>();
  let family: { readonly name: string; readonly type: string } | null = null;
  let metadata = new Set<string>();
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const wrong = (why: string) => new Error(`${why}: ${line}`);
    const meta = META.exec(line);
    if (meta) {
      const [, kind = '', name = '', rest = ''] = meta;
      if (kind === 'TYPE') {
        if (done.has(name)) throw wrong('a family a second time');
        if (!(rest in SUFFIX)) throw wrong('a type that nobody knows');
        done.add(name);
        family = { name, type: rest };
        metadata = new Set();
      }
      if (family?.name !== name || metadata.has(kind)) throw wrong('metadata of another family, or twice');
      metadata.add(kind);
      if (kind === 'UNIT' && !name.endsWith(`_${rest}`)) throw wrong('a unit that is not in the name');
      continue;
    }
    const [, name = '', labelText = '', number = ''] = SAMPLE.exec(line) ?? [];
    if (name === '' || family === null) throw wrong('no line of OpenMetrics');
    if (name !== `${family.name}${SUFFIX[family.type]}`) throw wrong(`not a sample of ${family.name}`);
    const key = `${name}{${labelText}}`;
    if (seen.has(key)) throw wrong('a sample twice');
    seen.add(key);
    const value = Number(number);
    if (family.type === 'counter' && value < 0) throw wrong('a counter below zero');
    const labels = [...labelText.matchAll(new RegExp(`([a-zA-Z0-9_]+)="(${ESCAPED})"`, 'g'))].map(
      ([, label = '', escaped = '']) => [label, escaped.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))],
    );
    samples.push({ name, labels: Object.fromEntries(labels) as Record<string, string>, value });
  }
  return samples;
}
