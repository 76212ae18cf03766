import type { World } from '../history/world.js';
import { poolIdentityOf, TEAMS } from './company.js';
import { userArn } from './sessions.js';
import { PORTAL_FORM, toolUserIdOf } from './tool-comments.js';

/** The company's identity directory, as its data team would keep it: JSON text. */
export function directoryOf(world: World): string {
  const { people, accounts, identityStoreArn } = world.company;
  const role = (name: string) => `arn:aws:iam::${accounts.main}:role/${name}`;
  const costCenters = new Map(TEAMS.map((team) => [team.name, team.costCenter]));
  const directory = {
    people: people.map((person) => ({
      id: person.id,
      name: person.name,
      team: person.team,
      costCenter: costCenters.get(person.team),
      aliases: [
        userArn(accounts.main, person.handle === 'sam.okafor' ? `ops/${person.handle}` : person.handle),
        `${identityStoreArn}#${person.storeUserId}`,
        `metabase:${toolUserIdOf(person)}`,
        `looker:${toolUserIdOf(person)}`,
        `superset:${person.handle}`,
        `redash:${person.id}`,
        ...(person.handle === 'gita.menon' ? [poolIdentityOf(world.company, person.handle)] : []),
      ],
    })),
    roles: [
      ...[
        ['metabase', role('metabase-task')],
        ['redash', role('redash-worker')],
        ['superset', role('superset-worker')],
        ['looker', role('looker-connection')],
        ['tableau', userArn(accounts.main, 'svc-tableau')],
        ['quicksight', role('service-role/aws-quicksight-service-role-v0')],
        ['grafana', role('grafana-task')],
        ['acorn-portal', role('acorn-portal-task')],
      ].map(([tool, arn]) => ({ arn, owner: tool, kind: 'tool', tool, team: 'analytics' })),
      ...[
        ['dbt-nightly', role('dbt-runner')],
        ['airflow', role('airflow-worker')],
        ['nightly-partitions', role('service-role/nightly-partitions-role')],
        ['replica-check', role('service-role/replica-check-role')],
        ['back-office', role('back-office-task')],
        ['github:acorn/lake-models', role('ci-lake-models')],
        ['analyst-agent', role('analyst-agent')],
        ['attribution-export', `arn:aws:iam::${accounts.tools}:role/attribution-export`],
      ].map(([owner, arn]) => ({
        arn,
        owner,
        kind: owner === 'analyst-agent' ? 'agent' : 'workload',
        team: 'data-platform',
      })),
      // The other broker, the query gateway, nobody has entered yet.
      { arn: role('teleport-task'), owner: 'teleport', kind: 'broker', team: 'data-platform' },
    ],
    comments: [{ app: 'acorn-portal', form: PORTAL_FORM }],
    teams: TEAMS,
  };
  return `${JSON.stringify(directory, null, 2)}\n`;
}
