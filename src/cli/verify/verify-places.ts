import type { ExaminedTree } from '../../verify/weigh.js';

/** How complete one account and Region is. */
export interface PlaceAccount {
  readonly tree: string;
  readonly accountId: string;
  readonly region: string;
  /** Hours whose starts were read there; null where log files of a trail were read, which name no place. */
  readonly hours: number | null;
  /** Hours that lack it. */
  readonly notRead: number;
  readonly rows: number;
  /** Executions in the system table, and those that it lacks; null when nobody asked it. */
  readonly inSystemTable: number | null;
  readonly absentFromSystemTable: number | null;
  /** What Athena's events told of the closed days; null where nobody heard them. */
  readonly events: { readonly seen: number; readonly absent: number } | null;
  /** Closed days for which lists were read only as far as the day: events had told of every execution, and samples said that the rest is older. */
  readonly daysListedInPart: number;
}

/** Adds up accounts and Regions, in their order. */
export function placesOf(trees: readonly ExaminedTree[]): PlaceAccount[] {
  return trees.flatMap(({ tree, closings, hours: own }) => {
    const sources = own.flatMap(({ manifest }) => manifest?.sources ?? []);
    const names = new Set(own.flatMap(({ places }) => [...places.keys()]));
    for (const { accountId, region } of sources) if (accountId && region) names.add(`${accountId} ${region}`);
    return [...names].sort().map((name) => {
      const [accountId = '', region = ''] = name.split(' ');
      const isHere = (one: { accountId: string | null; region: string | null }) =>
        one.accountId === accountId && one.region === region;
      const read = own.map(({ manifest }) => manifest?.sources.filter(isHere) ?? []);
      const tables = closings.flatMap(({ systemTables = [] }) => systemTables.filter(isHere));
      const heard = closings.flatMap(({ events = [] }) => events.filter(isHere));
      const notRead = read.filter((here) => here.some(({ failure }) => failure !== undefined)).length;
      const hours = read.filter((here) => here.some(({ failure }) => failure === undefined)).length;
      const sum = <T>(list: readonly T[], count: (one: T) => number) =>
        list.length === 0 ? null : list.reduce((total, one) => total + count(one), 0);
      return {
        ...{ tree, accountId, region, notRead },
        hours: hours + notRead === 0 ? null : hours,
        rows: own.reduce((total, { places }) => total + (places.get(name) ?? 0), 0),
        inSystemTable: sum(tables, ({ seen }) => seen),
        absentFromSystemTable: sum(tables, ({ absent }) => absent),
        events:
          heard.length === 0
            ? null
            : { seen: sum(heard, ({ seen }) => seen) ?? 0, absent: sum(heard, ({ absent }) => absent) ?? 0 },
        daysListedInPart: closings.filter(({ workGroups }) => workGroups.some((one) => isHere(one) && one.isRecent))
          .length,
      };
    });
  });
}

/** A line for each account and Region, where there are several or one lacks something; empty else. */
export function placeLines(places: readonly PlaceAccount[]): string {
  if (
    places.length < 2 &&
    places.every(({ notRead, inSystemTable, events }) => notRead === 0 && inSystemTable === null && events === null)
  )
    return '';
  const lines = places.map(({ tree, accountId, region, rows, hours, notRead, events, daysListedInPart, ...table }) => {
    const read = hours === null ? 'from log files' : `${hours} of ${hours + notRead} hours read`;
    const seen =
      table.inSystemTable === null
        ? ''
        : `, ${table.inSystemTable} in the system table, which lacks ${table.absentFromSystemTable ?? 0}`;
    const told = events === null ? '' : `, events told of ${events.seen}, not of ${events.absent}`;
    const listed =
      daysListedInPart === 0
        ? ''
        : `; for ${daysListedInPart} ${daysListedInPart === 1 ? 'day' : 'days'} lists were read only as far as the day`;
    return `${tree}${accountId.padEnd(12)}  ${region.padEnd(14)}  ${read}, ${rows} rows${seen}${told}${listed}${notRead > 0 ? '  ← incomplete' : ''}`;
  });
  return `${lines.join('\n')}\n\n`;
}
