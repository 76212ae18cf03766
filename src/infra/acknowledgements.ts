import { type CfnElement, CfnResource, type Stack, Validations } from 'aws-cdk-lib';

/** What cdk-nag finds and is meant to be so, with the reason. Wildcards in permissions have theirs where they are allowed. */
export const ACKNOWLEDGEMENTS: readonly { readonly on: string; readonly rule: string; readonly reason: string }[] = [
  {
    on: 'ReportBucket',
    rule: 'AwsSolutions-S1',
    reason:
      'Access logs need a second bucket; who reads the reports is recorded by CloudTrail data events where an account wants that.',
  },
  {
    on: 'DayMachine',
    rule: 'AwsSolutions-SF2',
    reason: 'X-Ray would need permissions on *; the history and the log of all events show the same.',
  },
  {
    on: 'BackfillMachine',
    rule: 'AwsSolutions-SF2',
    reason: 'X-Ray would need permissions on *; the history and the log of all events show the same.',
  },
  {
    on: 'Readers',
    rule: 'AwsSolutions-ATH1',
    reason:
      'Athena keeps and encrypts the results itself (managed query results); the rule knows results in buckets only.',
  },
  { on: 'DeadLetters', rule: 'AwsSolutions-SQS3', reason: 'This is the dead-letter queue.' },
];

/** What NIST 800-53 and PCI DSS ask of every bucket, function or policy, and why ours do otherwise by default: rule by type of resource. */
export const BY_TYPE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::S3::Bucket': {
    S3BucketLoggingEnabled:
      'A parameter: AccessLogBucket names the bucket for access logs; one of our own would need another for its own.',
    S3BucketReplicationEnabled:
      'A copy in another Region is the choice of the account, and costs as much again; versions and Object Lock are parameters.',
    S3DefaultEncryptionKMS:
      'A parameter: ReportKeyArn names the key; without it S3 encrypts with its own. The rule cannot read a condition.',
  },
  'AWS::Lambda::Function': {
    LambdaInsideVPC: 'A parameter: SubnetIds and SecurityGroupIds; the functions call AWS services only.',
    LambdaConcurrency:
      'A parameter for the hours (HourReservedConcurrency); reserving for each function would take from the account without need.',
    LambdaDLQ:
      'Step Functions calls them and keeps what failed; the planner has a destination for failures, the witness a queue with a dead-letter queue.',
  },
  'AWS::IAM::Policy': {
    IAMNoInlinePolicy:
      'Each policy belongs to one role of the stack, or to roles that do the same, and goes with it; a managed one could be attached elsewhere.',
  },
};

const PACKS = ['NIST.800.53.R5', 'PCI.DSS.321'];

/** Tells CDK's validation about them. */
export function acknowledge(stack: Stack): void {
  for (const { on, rule, reason } of ACKNOWLEDGEMENTS) {
    Validations.of(stack.node.findChild(on)).acknowledge({ id: rule, reason });
  }
  acknowledgeTypes(stack);
}

/** Those that hold for every resource of a type. */
export function acknowledgeTypes(stack: Stack): void {
  for (const child of stack.node.children) {
    const rules = child instanceof CfnResource ? BY_TYPE[child.cfnResourceType] : undefined;
    for (const [rule, reason] of Object.entries(rules ?? {}))
      for (const pack of PACKS) Validations.of(child).acknowledge({ id: `${pack}::${pack}-${rule}`, reason });
  }
}

/** Tells CDK's validation why resources of a policy have a wildcard. */
export function acknowledgeWildcard(
  policy: CfnElement,
  { resources, reason }: { readonly resources: readonly unknown[]; readonly reason: string },
): void {
  for (const resource of resources) {
    const finding = `Resource::${flatten(policy.stack.resolve(resource))}`;
    Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
  }
}

/** A resource in the words of cdk-nag's findings. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  const { Ref: reference, 'Fn::Join': join, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(flatten).join(String(join[0]));
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (typeof reference === 'string') return `<${reference}>`;
  return JSON.stringify(value);
}
