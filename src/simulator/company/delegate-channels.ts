import type { Way } from '../history/world.js';
import { byCredential, byService, type Channel, channel, humanActor, taskIdOf, workload } from './channel.js';
import { type Company, poolIdentityOf } from './company.js';
import { assumeRole, openPoolSession, type SessionContext } from './sessions.js';
import { clientOf } from './user-agents.js';

/** Paths on which somebody else speaks for the person: brokers, certificates, an identity pool, a new service, a portal of one's own. */
export function delegateChannels(company: Company): Channel[] {
  const { main } = company.accounts;
  const role = (name: string) => `arn:aws:iam::${main}:role/${name}`;
  const one = (handle: string) => [humanActor(company.person(handle))];
  const way = (name: string, confidence: Way['confidence'], stand: Way['stand'] = null) => ({
    way: { name, confidence, stand },
  });
  /** A task of the broker takes the other role under the name of the user it works for. */
  const brokered =
    (handle: string, broker: string, target: string): Channel['open'] =>
    (context) => {
      const client = clientOf('go', 'cloud', context.random);
      const task = assumeRole(context, {
        caller: byService('ecs-tasks.amazonaws.com'),
        roleArn: role(broker),
        sessionName: taskIdOf(context),
        client,
      });
      return assumeRole(context, {
        caller: byCredential(task),
        roleArn: role(target),
        sessionName: company.person(handle).id,
        delayMs: 2_000,
        client,
      });
    };
  const certified =
    (commonName: string): Channel['open'] =>
    (context) =>
      assumeRole(context, {
        caller: byService('rolesanywhere.amazonaws.com'),
        roleArn: role('on-premises'),
        // The serial number of the certificate.
        sessionName: context.random.hex(40),
        sourceIdentity: `CN=${commonName}`,
        client: clientOf('boto3', 'office', context.random),
      });
  const pool = (name: string, isGuest: boolean) => (context: SessionContext) =>
    openPoolSession(context, {
      identityId: poolIdentityOf(company, name),
      isGuest,
      roleArn: role(isGuest ? 'pool-guests' : 'pool-members'),
      client: clientOf('node', 'home', context.random),
    });
  const HOST = 'edge-gw-7.plant.acorn.example';
  return [
    ...['victor.chen', 'deepa.rao'].map((handle) =>
      channel(company, 'broker', one(handle), brokered(handle, 'teleport-task', 'TeleportLake'), {
        ...way('broker', 'asserted'),
        weight: 1.5,
      }),
    ),
    ...['ana.silva', 'hugo.martin', 'uma.krishnan', 'kenji.mori'].map((handle) =>
      channel(company, 'broker-unlisted', one(handle), brokered(handle, 'query-gateway', 'GatewayLake'), {
        ...way('broker-unlisted', 'verified', workload('query-gateway')),
        weight: 1.5,
      }),
    ),
    channel(company, 'certificate-person', one('quentin.moreau'), certified(company.person('quentin.moreau').id), {
      ...way('certificate-person', 'verified'),
      weight: 1.5,
      style: 'ops',
    }),
    channel(company, 'certificate-host', [workload(HOST)], certified(HOST), {
      ...way('certificate-host', 'verified'),
      weight: 2,
      rhythm: 'steady',
      workGroup: 'etl',
      style: 'etl',
    }),
    channel(company, 'pool-guest', [{ id: 'a guest', kind: 'human' }], pool('guest', true), {
      ...way('pool-guest', 'none'),
      weight: 1.5,
      workGroup: 'bi',
      style: 'bi',
    }),
    channel(company, 'pool-member', one('gita.menon'), pool('gita.menon', false), {
      ...way('pool-member', 'verified'),
      weight: 1.5,
      workGroup: 'bi',
      style: 'bi',
    }),
    channel(
      company,
      'unknown-service',
      one('rosa.diaz'),
      (context) =>
        assumeRole(context, {
          caller: byService('account-access.amazonaws.com'),
          roleArn: role('AccountAccessReader'),
          sessionName: company.person('rosa.diaz').id,
          client: clientOf('console', 'office', context.random),
        }),
      { ...way('unknown-service', 'asserted'), weight: 1.5 },
    ),
    channel(
      company,
      'acorn-portal',
      ['wanjiru.kamau', 'sam.okafor'].map((handle) => humanActor(company.person(handle))),
      (context) =>
        assumeRole(context, {
          caller: byService('ecs-tasks.amazonaws.com'),
          roleArn: role('acorn-portal-task'),
          sessionName: taskIdOf(context),
          client: clientOf('node', 'cloud', context.random),
        }),
      { ...way('acorn-portal', 'claimed'), weight: 2, workGroup: 'bi', style: 'bi', tool: 'acorn-portal' },
    ),
  ];
}
