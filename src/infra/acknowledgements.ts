import { type CfnElement, type Stack, Validations } from 'aws-cdk-lib';

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
  { on: 'DeadLetters', rule: 'AwsSolutions-SQS3', reason: 'This is the dead-letter queue.' },
];

/** Tells CDK's validation about them. */
export function acknowledge(stack: Stack): void {
  for (const { on, rule, reason } of ACKNOWLEDGEMENTS) {
    Validations.of(stack.node.findChild(on)).acknowledge({ id: rule, reason });
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
