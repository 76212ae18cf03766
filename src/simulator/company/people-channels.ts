import { byCredential, byService, type Channel, channel, type Extra, humanActor } from './channel.js';
import type { Company } from './company.js';
import {
  assumeRole,
  getFederationToken,
  getSessionToken,
  openAccessKey,
  openPortalSession,
  openSamlSession,
  openUserConsole,
  userArn,
} from './sessions.js';
import { clientOf, type Program } from './user-agents.js';

/** The ordinary paths of people. */
export function peopleChannels(company: Company): Channel[] {
  const { main, tools, sandbox } = company.accounts;
  const [home, abroad] = company.regions;
  const portal =
    (handle: string, permissionSet: string, program: Program, accountId = main, stampsUser = false): Channel['open'] =>
    (context) =>
      openPortalSession(context, {
        person: company.person(handle),
        permissionSet,
        accountId,
        isConsole: program === 'console',
        client: clientOf(program, program === 'console' ? 'office' : 'home', context.random),
        stampsUser,
      });
  const one = (handle: string) => [humanActor(company.person(handle))];
  const console = (handle: string, extra: Extra) =>
    channel(company, 'sso-console', one(handle), portal(handle, 'DataAnalyst', 'console'), extra);
  const cli = (handle: string, program: Program, extra: Extra) =>
    channel(company, 'sso-cli', one(handle), portal(handle, 'DataAnalyst', program, main, true), extra);

  /** Identity Center, then one or more AssumeRole; the last session runs the queries. */
  const chain =
    (
      handle: string,
      hops: readonly { roleArn: string; sessionName: string; sourceIdentity?: boolean }[],
      accountId = main,
    ): Channel['open'] =>
    (context) => {
      const client = clientOf('boto3', 'home', context.random);
      let current = portal(handle, 'RoleSwitcher', 'boto3', accountId)(context);
      hops.forEach((hop, index) => {
        current = assumeRole(context, {
          caller: byCredential(current),
          roleArn: hop.roleArn,
          sessionName: hop.sessionName.replace('{at}', String(context.at / 1000)),
          sourceIdentity: hop.sourceIdentity ? company.person(handle).id : null,
          tags: hop.sourceIdentity ? { Team: company.person(handle).team } : {},
          delayMs: (index + 1) * 3_000,
          client,
        });
      });
      return current;
    };
  const role = (accountId: string, name: string) => `arn:aws:iam::${accountId}:role/${name}`;

  return [
    console('ana.silva', { weight: 6, workGroup: 'analytics' }),
    console('bjorn.lund', { weight: 4, region: abroad }),
    console('farah.aziz', { weight: 4, workGroup: 'finance', style: 'finance' }),
    console('hugo.martin', { weight: 2, workGroup: 'primary' }),
    console('kenji.mori', { weight: 2, rhythm: 'evening' }),
    console('tomas.weber', { weight: 5, until: 0.45 }),
    console('zoe.odonnell', { weight: 2, workGroup: 'legacy-reports' }),
    cli('ana.silva', 'awswrangler', { weight: 3 }),
    cli('priya.shah', 'boto3', { weight: 5, rhythm: 'evening' }),
    cli('lena.fischer', 'awswrangler', { weight: 5, workGroup: 'ml', style: 'ml' }),
    cli('victor.chen', 'dbt', { weight: 3, workGroup: 'etl', style: 'dbt', tool: 'dbt' }),
    cli('tomas.weber', 'pyathena', { weight: 2, until: 0.45 }),
    channel(company, 'sso-sandbox', one('yara.nasser'), portal('yara.nasser', 'Sandbox', 'awscli', sandbox), {
      weight: 2,
      accountId: sandbox,
    }),
    channel(
      company,
      'sso-chain',
      one('deepa.rao'),
      chain('deepa.rao', [{ roleArn: role(main, 'LakeEngineer'), sessionName: 'botocore-session-{at}' }]),
      { weight: 5, workGroup: 'etl', style: 'ops' },
    ),
    channel(
      company,
      'sso-chain-twice',
      one('emil.novak'),
      chain('emil.novak', [
        { roleArn: role(main, 'LakeEngineer'), sessionName: 'emil', sourceIdentity: true },
        { roleArn: role(main, 'teams/platform/TableMaintainer'), sessionName: 'maintenance' },
      ]),
      { weight: 3, workGroup: 'etl', style: 'ops' },
    ),
    channel(
      company,
      'cross-account-chain',
      one('nadia.petrova'),
      chain('nadia.petrova', [{ roleArn: role(main, 'FeatureReader'), sessionName: 'features' }], tools),
      { weight: 4, workGroup: 'ml', style: 'ml' },
    ),
    channel(
      company,
      'cross-account-chain-tagged',
      one('omar.haddad'),
      chain('omar.haddad', [{ roleArn: role(main, 'Auditor'), sessionName: 'audit', sourceIdentity: true }], tools),
      { weight: 2, workGroup: 'primary', style: 'ops', region: home },
    ),
    channel(
      company,
      'saml',
      one('gita.menon'),
      (context) =>
        openSamlSession(context, {
          person: company.person('gita.menon'),
          roleArn: role(main, 'OktaFinance'),
          client: clientOf('jdbc', 'office', context.random),
        }),
      { weight: 4, workGroup: 'finance', style: 'finance' },
    ),
    channel(
      company,
      'trusted-identity-propagation',
      one('uma.krishnan'),
      (context) =>
        assumeRole(context, {
          caller: byService('sagemaker.amazonaws.com'),
          roleArn: role(main, 'service-role/StudioQueryRole'),
          sessionName: 'sagemaker-studio',
          onBehalfOf: `${company.person('uma.krishnan').storeUserId}|${company.identityStoreArn}`,
          client: clientOf('jdbc', 'cloud', context.random),
        }),
      { weight: 3 },
    ),
    channel(
      company,
      'iam-user-key',
      one('rosa.diaz'),
      (context) =>
        openAccessKey(context, {
          name: 'rosa.diaz',
          accountId: main,
          client: clientOf('jdbc', 'office', context.random),
        }),
      { weight: 4, workGroup: 'primary' },
    ),
    channel(
      company,
      'iam-user-console',
      one('sam.okafor'),
      (context) =>
        openUserConsole(context, {
          arn: userArn(main, 'ops/sam.okafor'),
          hasMfa: true,
          client: clientOf('console', 'office', context.random),
        }),
      { weight: 3, style: 'ops', workGroup: 'primary' },
    ),
    channel(
      company,
      'session-token',
      one('quentin.moreau'),
      (context) => {
        const client = clientOf('awscli', 'home', context.random);
        return getSessionToken(
          context,
          openAccessKey(context, { name: 'quentin.moreau', accountId: main, client }),
          client,
        );
      },
      { weight: 2, style: 'ops', workGroup: 'primary' },
    ),
    channel(
      company,
      'federation-token',
      one('ines.costa'),
      (context) => {
        const client = clientOf('boto3', 'office', context.random);
        return getFederationToken(
          context,
          openAccessKey(context, { name: 'ines.costa', accountId: main, client }),
          client,
        );
      },
      { weight: 2, workGroup: 'primary' },
    ),
  ];
}
