import type { ParameterValues } from './check-parameters.js';

/** What lies where a stack would write: the zone and format of the reports there. */
export interface KeptTree {
  readonly location: string;
  readonly timezone: string;
  readonly format: string;
}

/** What an update would do to the reports that are there. */
export interface ChangeVerdict {
  /** Harm: the update must not be made. Each says why, and the way out. */
  readonly refusals: readonly string[];
  /** What stays behind or begins anew, for the user to know. */
  readonly notes: readonly string[];
}

/**
 * Judges the change from one set of values to another, before anything is changed. `before` is null for a new stack; `tree` is
 * what already lies at the place where the reports would go, null for nothing.
 */
export function judgeChange(change: {
  readonly before: ParameterValues | null;
  readonly after: ParameterValues;
  readonly tree: KeptTree | null;
}): ChangeVerdict {
  const { before, after, tree } = change;
  return {
    refusals: tree ? treeRefusals(tree, after) : [],
    notes: before ? [...moveNotes(before, after), ...scopeNotes(before, after)] : [],
  };
}

function treeRefusals({ location, timezone, format }: KeptTree, after: ParameterValues): string[] {
  const { ReportTimezone: zone = timezone, OutputType: type = format } = after;
  const elsewhere = 'or begin a new tree beside it with another --prefix';
  return [
    ...(zone === timezone
      ? []
      : [
          `ReportTimezone=${zone}: the reports at ${location} are labelled in ${timezone}, and a tree has one zone for ever; leave it (--timezone ${timezone}), ${elsewhere}`,
        ]),
    ...(type === format
      ? []
      : [
          `OutputType=${type}: the reports at ${location} are ${format}, and the table reads one format; leave it (--format ${format}), ${elsewhere}`,
        ]),
  ];
}

function moveNotes(before: ParameterValues, after: ParameterValues): string[] {
  const moved = ['ReportBucketName', 'ReportPrefix'].filter((name) => differs(name, before, after));
  return moved.length === 0
    ? []
    : [
        `${moved.join(' and ')} changes: what was written so far stays where it is, and the table shows only the new place. Copy it there first, or query both with "query" and "serve"`,
      ];
}

function scopeNotes(before: ParameterValues, after: ParameterValues): string[] {
  return ['Regions', 'AccountRoles'].flatMap((name) => {
    const [old, next] = [listed(before[name]), new Set(listed(after[name]))];
    const gone = old.filter((part) => !next.has(part));
    return gone.length === 0
      ? []
      : [`${name} no longer has ${gone.join(', ')}: what is collected stays, and new days lack it without a finding`];
  });
}

function differs(name: string, before: ParameterValues, after: ParameterValues): boolean {
  return (before[name] ?? '') !== (after[name] ?? '');
}

function listed(text = ''): string[] {
  return text.split(',').filter(Boolean);
}
