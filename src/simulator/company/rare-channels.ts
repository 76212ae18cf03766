import { byCredential, type Channel, channel, humanActor } from './channel.js';
import type { Company } from './company.js';
import {
  assumeRole,
  openAccessKey,
  openLoginSession,
  openPortalSession,
  openUserConsole,
  type SessionContext,
} from './sessions.js';
import { clientOf, serviceClient } from './user-agents.js';

/** Paths that are rare, new, or chosen to deceive. */
export function rareChannels(company: Company): Channel[] {
  const { main } = company.accounts;
  const one = (handle: string) => [humanActor(company.person(handle))];
  const portalConsole = (context: SessionContext, handle: string) =>
    openPortalSession(context, {
      person: company.person(handle),
      permissionSet: 'DataAnalyst',
      accountId: main,
      isConsole: true,
      client: clientOf('console', 'home', context.random),
    });
  return [
    channel(
      company,
      'aws-login',
      one('wanjiru.kamau'),
      (context) =>
        openLoginSession(context, portalConsole(context, 'wanjiru.kamau'), clientOf('awscli', 'home', context.random)),
      { weight: 3, workGroup: 'finance', style: 'finance' },
    ),
    channel(
      company,
      'console-switch-role',
      one('carla.ortiz'),
      (context) =>
        assumeRole(context, {
          caller: byCredential(portalConsole(context, 'carla.ortiz')),
          roleArn: `arn:aws:iam::${main}:role/LakeAdmin`,
          sessionName: company.person('carla.ortiz').id,
          isConsole: true,
          delayMs: 15_000,
          client: clientOf('console', 'office', context.random),
        }),
      { weight: 3, workGroup: 'etl', style: 'ops' },
    ),
    channel(
      company,
      'mcp-agent',
      [{ id: company.person('jun.tanaka').id, kind: 'agent' }],
      (context) =>
        openPortalSession(context, {
          person: company.person('jun.tanaka'),
          permissionSet: 'DataAnalyst',
          accountId: main,
          isConsole: false,
          client: serviceClient('aws-mcp.amazonaws.com'),
          stampsUser: true,
        }),
      { weight: 4, invokedBy: 'aws-mcp.amazonaws.com' },
    ),
    channel(
      company,
      'on-behalf-of-person',
      one('xavier.roy'),
      (context) =>
        openPortalSession(context, {
          person: company.person('xavier.roy'),
          permissionSet: 'MachineLearning',
          accountId: main,
          isConsole: false,
          client: serviceClient('datazone.amazonaws.com'),
        }),
      { weight: 2, invokedBy: 'datazone.amazonaws.com', workGroup: 'ml', style: 'ml' },
    ),
    // The session name says somebody else; only the chain tells the truth.
    channel(
      company,
      'spoofed-session-name',
      one('mallory.king'),
      (context) => {
        const client = clientOf('awscli', 'home', context.random);
        return assumeRole(context, {
          caller: byCredential(openAccessKey(context, { name: 'mallory.king', accountId: main, client })),
          roleArn: `arn:aws:iam::${main}:role/LakeReader`,
          sessionName: company.person('farah.aziz').id,
          client,
        });
      },
      { weight: 0.6, rhythm: 'evening', workGroup: 'primary', style: 'finance' },
    ),
    // A comment that claims to be a BI tool's, sent from a person's own session.
    channel(
      company,
      'spoofed-comment',
      one('mallory.king'),
      (context) =>
        openAccessKey(context, {
          name: 'mallory.king',
          accountId: main,
          client: clientOf('boto3', 'home', context.random),
        }),
      { weight: 0.4, workGroup: 'primary', tool: 'metabase', claims: company.person('farah.aziz') },
    ),
    channel(
      company,
      'root',
      one('omar.haddad'),
      (context) =>
        openUserConsole(context, {
          arn: `arn:aws:iam::${main}:root`,
          hasMfa: true,
          client: clientOf('console', 'home', context.random),
        }),
      {
        weight: 0,
        workGroup: 'primary',
        style: 'ops',
        way: { name: 'root', confidence: 'verified', stand: { id: `root:${main}`, kind: 'human' } },
      },
    ),
  ];
}
