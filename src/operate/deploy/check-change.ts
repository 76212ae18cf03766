import type { ParameterValues } from './check-parameters.js';

/** What lies where a stack would write: the zone and formats of the reports there. */
export interface KeptTree {
  readonly location: string;
  readonly timezone: string;
  /** More than one when a change of the format did not come to its end. */
  readonly formats: readonly string[];
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
 * what already lies at the place where the reports would go, null for nothing. With `rewrites` the reports there are written anew in the new format
 * before the table changes, so that another one does no harm.
 */
export function judgeChange(change: {
  readonly before: ParameterValues | null;
  readonly after: ParameterValues;
  readonly tree: KeptTree | null;
  readonly rewrites: boolean;
  /** Of the stack, which is collected where no Region is named. */
  readonly region: string;
}): ChangeVerdict {
  const { before, after, tree, rewrites, region } = change;
  return {
    refusals: tree ? [...zoneRefusals(tree, after), ...(rewrites ? [] : formatRefusals(tree, after))] : [],
    notes: before ? [...moveNotes(before, after), ...scopeNotes(before, after, region)] : [],
  };
}

const ELSEWHERE = 'or begin a new tree beside it with another --prefix';

function zoneRefusals({ location, timezone }: KeptTree, after: ParameterValues): string[] {
  const { ReportTimezone: zone = timezone } = after;
  return zone === timezone
    ? []
    : [
        `ReportTimezone=${zone}: the reports at ${location} are labelled in ${timezone}, and a tree has one zone for ever; leave it (--timezone ${timezone}), ${ELSEWHERE}`,
      ];
}

function formatRefusals({ location, formats }: KeptTree, after: ParameterValues): string[] {
  const { OutputType: type } = after;
  const others = formats.filter((format) => format !== type);
  return type === undefined || others.length === 0
    ? []
    : [
        `OutputType=${type}: reports at ${location} are ${others.join(' and ')}, and the table reads one format; have them written anew as ${type} first (the same command with --rewrite), leave it (--format ${others[0]}), ${ELSEWHERE}`,
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

function scopeNotes(before: ParameterValues, after: ParameterValues, region: string): string[] {
  return ['Regions', 'AccountRoles'].flatMap((name) => {
    const unnamed = name === 'Regions' ? region : '';
    const [old, next] = [listed(before[name] || unnamed), new Set(listed(after[name] || unnamed))];
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
