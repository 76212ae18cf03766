import type { Way } from '../history/world.js';
import { byService, type Channel, channel, type Extra, humanActor, taskIdOf, workload } from './channel.js';
import type { Company } from './company.js';
import { assumeRole, openAccessKey } from './sessions.js';
import { clientOf, type Program } from './user-agents.js';

/** BI tools behind shared roles: the user is in a comment, or nowhere. */
export function toolChannels(company: Company): Channel[] {
  const { main } = company.accounts;
  const people = (...handles: string[]) => handles.map((handle) => humanActor(company.person(handle)));
  const claimed = (name: string): Way => ({ name, confidence: 'claimed', stand: null });
  const silent = (name: string, id: string): Way => ({ name, confidence: 'verified', stand: workload(id) });
  const ecs =
    (role: string, program: Program): Channel['open'] =>
    (context) =>
      assumeRole(context, {
        caller: byService('ecs-tasks.amazonaws.com'),
        roleArn: `arn:aws:iam::${main}:role/${role}`,
        sessionName: taskIdOf(context),
        client: clientOf(program, 'cloud', context.random),
      });
  const bi = (extra: Extra): Extra => ({ workGroup: 'bi', style: 'bi', ...extra });
  return [
    channel(
      company,
      'metabase',
      people('ana.silva', 'hugo.martin', 'jun.tanaka', 'uma.krishnan', 'kenji.mori'),
      ecs('metabase-task', 'go'),
      bi({ weight: 10, tool: 'metabase', way: claimed('metabase') }),
    ),
    channel(
      company,
      'metabase-schedule',
      [workload('metabase')],
      ecs('metabase-task', 'go'),
      bi({ weight: 4, rhythm: 'steady', tool: 'metabase', way: silent('metabase-schedule', 'metabase') }),
    ),
    channel(
      company,
      'redash',
      people('bjorn.lund', 'priya.shah', 'sam.okafor'),
      ecs('redash-worker', 'boto3'),
      bi({ weight: 6, tool: 'redash', way: claimed('redash') }),
    ),
    channel(
      company,
      'superset',
      people('yara.nasser', 'zoe.odonnell', 'rosa.diaz'),
      ecs('superset-worker', 'pyathena'),
      bi({ weight: 5, tool: 'superset', way: claimed('superset') }),
    ),
    channel(
      company,
      'looker',
      people('farah.aziz', 'wanjiru.kamau', 'ines.costa'),
      ecs('looker-connection', 'jdbc'),
      bi({ weight: 6, tool: 'looker', way: claimed('looker') }),
    ),
    channel(
      company,
      'tableau',
      people('gita.menon', 'hugo.martin'),
      (context) =>
        openAccessKey(context, {
          name: 'svc-tableau',
          accountId: main,
          client: clientOf('jdbc', 'cloud', context.random),
        }),
      bi({ weight: 5, tool: 'tableau', way: silent('tableau', 'tableau') }),
    ),
    channel(
      company,
      'quicksight',
      people('rosa.diaz', 'ana.silva'),
      (context) =>
        assumeRole(context, {
          caller: byService('quicksight.amazonaws.com'),
          roleArn: `arn:aws:iam::${main}:role/service-role/aws-quicksight-service-role-v0`,
          sessionName: `QuickSight-RoleSession-${context.at + context.random.int(0, 999)}`,
          client: {
            sourceIp: 'quicksight.amazonaws.com',
            userAgent: clientOf('quicksight', 'cloud', context.random).userAgent,
          },
        }),
      bi({ weight: 6, tool: 'quicksight', way: silent('quicksight', 'quicksight') }),
    ),
    channel(
      company,
      'grafana',
      [workload('grafana')],
      ecs('grafana-task', 'grafana'),
      bi({ weight: 4, rhythm: 'steady', way: silent('grafana', 'grafana') }),
    ),
  ];
}
