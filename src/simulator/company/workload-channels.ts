import type { Way } from '../history/world.js';
import { createRandom } from '../wire/random.js';
import { byCredential, byService, type Channel, channel, type Rhythm, taskIdOf, workload } from './channel.js';
import type { Company } from './company.js';
import { assumeRole, openPipelineSession } from './sessions.js';
import { clientOf, serviceClient } from './user-agents.js';

/** Machines on a schedule, pipelines, and an agent with a role of its own. */
export function workloadChannels(company: Company): Channel[] {
  const { main, tools } = company.accounts;
  const [home, abroad] = company.regions;
  const role = (name: string) => `arn:aws:iam::${main}:role/${name}`;
  const instance = `i-0${createRandom(company.organizationId, 'airflow').hex(16)}`;
  const machine = (id: string): { way: Way; rhythm: Rhythm } => ({
    way: { name: id, confidence: 'verified', stand: null },
    rhythm: 'night',
  });
  return [
    channel(
      company,
      'dbt',
      [workload('dbt-nightly')],
      (context) =>
        assumeRole(context, {
          caller: byService('ecs-tasks.amazonaws.com'),
          roleArn: role('dbt-runner'),
          sessionName: taskIdOf(context),
          client: clientOf('dbt', 'cloud', context.random),
        }),
      { ...machine('dbt'), weight: 14, workGroup: 'etl', style: 'dbt', tool: 'dbt' },
    ),
    channel(
      company,
      'airflow',
      [workload('airflow')],
      (context) =>
        assumeRole(context, {
          caller: byService('ec2.amazonaws.com'),
          roleArn: role('airflow-worker'),
          sessionName: instance,
          roleDelivery: '2.0',
          client: clientOf('airflow', 'cloud', context.random),
        }),
      { ...machine('airflow'), weight: 8, rhythm: 'steady', workGroup: 'etl', style: 'etl' },
    ),
    channel(
      company,
      'lambda',
      [workload('nightly-partitions')],
      (context) =>
        assumeRole(context, {
          caller: byService('lambda.amazonaws.com'),
          roleArn: role('service-role/nightly-partitions-role'),
          sessionName: 'nightly-partitions',
          inScopeOf: {
            sourceArn: `arn:aws:lambda:${home}:${main}:function:nightly-partitions`,
            issuerType: 'AWS::Lambda::Function',
            issuedTo: `arn:aws:lambda:${home}:${main}:function:nightly-partitions`,
          },
          client: clientOf('lambda', 'cloud', context.random),
        }),
      { ...machine('lambda'), weight: 5, rhythm: 'steady', workGroup: 'etl', style: 'etl' },
    ),
    channel(
      company,
      'lambda-abroad',
      [workload('replica-check')],
      (context) =>
        assumeRole(context, {
          caller: byService('lambda.amazonaws.com'),
          roleArn: role('service-role/replica-check-role'),
          sessionName: 'replica-check',
          client: clientOf('lambda', 'cloud', context.random),
        }),
      { ...machine('lambda-abroad'), weight: 2, region: abroad, workGroup: 'primary', style: 'ops' },
    ),
    channel(
      company,
      'ecs',
      [workload('back-office')],
      (context) =>
        assumeRole(context, {
          caller: byService('ecs-tasks.amazonaws.com'),
          roleArn: role('back-office-task'),
          sessionName: taskIdOf(context),
          client: clientOf('node', 'cloud', context.random),
        }),
      { ...machine('ecs'), weight: 4, rhythm: 'office', workGroup: 'finance', style: 'finance', tool: 'sqlcommenter' },
    ),
    channel(
      company,
      'github-oidc',
      [workload('github:acorn/lake-models')],
      (context) =>
        openPipelineSession(context, {
          repository: 'acorn/lake-models',
          roleArn: role('ci-lake-models'),
          client: clientOf('dbt', 'cloud', context.random),
        }),
      { ...machine('github-oidc'), weight: 4, rhythm: 'office', workGroup: 'etl', style: 'dbt', tool: 'dbt' },
    ),
    channel(
      company,
      'scheduler',
      [{ id: 'scheduler.amazonaws.com', kind: 'service' }],
      (context) =>
        assumeRole(context, {
          caller: byService('scheduler.amazonaws.com'),
          roleArn: role('service-role/athena-schedule'),
          sessionName: taskIdOf(context),
          client: serviceClient('scheduler.amazonaws.com'),
        }),
      { ...machine('scheduler'), weight: 2, workGroup: 'etl', style: 'etl', invokedBy: 'scheduler.amazonaws.com' },
    ),
    channel(
      company,
      'agent-role',
      [{ id: 'analyst-agent', kind: 'agent' }],
      (context) =>
        assumeRole(context, {
          caller: byService('bedrock-agentcore.amazonaws.com'),
          roleArn: role('analyst-agent'),
          sessionName: `AgentCore-${context.random.hex(12)}`,
          client: clientOf('boto3', 'cloud', context.random),
        }),
      { ...machine('agent-role'), weight: 4, rhythm: 'evening' },
    ),
    // A pipeline of another account: its own copy of the AssumeRole event is in the account it comes from.
    channel(
      company,
      'cross-account-workload',
      [workload('attribution-export')],
      (context) => {
        const client = clientOf('go', 'cloud', context.random);
        const inner = assumeRole(context, {
          caller: byService('ecs-tasks.amazonaws.com'),
          roleArn: `arn:aws:iam::${tools}:role/attribution-export`,
          sessionName: taskIdOf(context),
          client,
        });
        return assumeRole(context, {
          caller: byCredential(inner),
          roleArn: role('MarketingReader'),
          sessionName: 'attribution-export',
          delayMs: 2_000,
          client,
        });
      },
      { ...machine('cross-account-workload'), weight: 3, workGroup: 'primary', style: 'bi' },
    ),
  ];
}
