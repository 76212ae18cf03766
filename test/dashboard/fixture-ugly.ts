import type { ReportRow } from '../../src/record/columns.js';

/** The longest names that AWS and directories allow: they must push nothing off a screen, and cut nothing off a file. */
export const UGLY = {
  person: `${'p'.repeat(280)}@acme.example`,
  team: `team-${'t'.repeat(80)}`,
  /** 128 characters are the most. */
  workgroup: `workgroup-${'w'.repeat(118)}`,
  table: `awsdatacatalog.${'d'.repeat(60)}.${'very_long_table_name_'.repeat(6)}x`,
  id: 'AROAEXAMPLEEXAMPLEAA',
} as const;

/** Gives a row of the company such names: each of a kind in a share of the rows, and now and then a query that costs next to nothing. */
export function uglyRow(row: ReportRow, index: number): ReportRow {
  switch (index % 5) {
    case 0:
      return { ...row, person: UGLY.person, person_kind: 'human', team: UGLY.team };
    case 1:
      return {
        ...row,
        workgroup: UGLY.workgroup,
        ...(row.tables_read === null ? {} : { tables_read: [UGLY.table, ...row.tables_read] }),
        ...(row.cost_usd === null ? {} : { cost_usd: 0.000047684 }),
      };
    case 2:
      return { ...row, person: UGLY.id, person_kind: 'workload', identity_confidence: 'asserted' };
    default:
      return row;
  }
}

/** How many of each a large company has. */
export const CROWD = { people: 3000, workgroups: 501, tables: 20_000 } as const;

/** Spreads the rows of the company over a crowd: every number up to that of the tables names a table, people and workgroups come round again. */
export function crowdRow(row: ReportRow, number: number): ReportRow {
  return {
    ...row,
    person: `person.${number % CROWD.people}@acme.example`,
    person_kind: 'human',
    workgroup: `workgroup-${number % CROWD.workgroups}`,
    tables_read: [`awsdatacatalog.lake.table_${number % CROWD.tables}`],
  };
}
