import {
  type Capability,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  type Parameter,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { Clock } from '../../ports/clock.js';
import type { Template } from './describe-template.js';
import { afterFailure } from './stack-advice.js';

/** Stacks are looked at this often while they change. */
const POLL_MS = 2_000;
// Roles may have names (RoleNamePrefix).
const CAPABILITIES: Capability[] = ['CAPABILITY_NAMED_IAM'];

export interface StackWork {
  readonly client: CloudFormationClient;
  readonly stackName: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The stack did not become what it was asked to be; the message holds the reasons of the resources. */
export class StackFailed extends Error {
  override readonly name = 'StackFailed';
}

/** Finds the stack; null when there is none, also when only an unexecuted change set of it exists. */
export async function findStack({ client, stackName }: Pick<StackWork, 'client' | 'stackName'>): Promise<Stack | null> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const stack = Stacks?.[0] ?? null;
    return stack?.StackStatus === 'DELETE_COMPLETE' ? null : stack;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return null;
    throw error;
  }
}

/** Values of the stack's outputs by name. */
export function outputsOf(stack: Stack): Record<string, string> {
  return Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

/** Values of the stack's parameters by name. */
export function parametersOf(stack: Stack): Record<string, string> {
  return Object.fromEntries(
    (stack.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  );
}

/** Reads the template that a stack has now. */
export async function templateOf({ client, stackName }: Pick<StackWork, 'client' | 'stackName'>): Promise<Template> {
  const { TemplateBody = '{"Resources":{}}' } = await client.send(new GetTemplateCommand({ StackName: stackName }));
  return JSON.parse(TemplateBody) as Template;
}

/** One change of a change set, as it is shown. */
export interface PlannedChange {
  readonly action: string;
  readonly logicalId: string;
  readonly type: string;
  readonly replacement: string | null;
}

/** A change set that waits to be executed; null when there is nothing to do. */
export async function planChange(
  work: StackWork & {
    /** The template in the request, or from a bucket: in a request it has at most 51,200 bytes (aws-facts 12). */
    readonly template: { readonly TemplateBody: string } | { readonly TemplateURL: string };
    /** For the stack and, through it, for every resource; null leaves them as they are. */
    readonly tags: Readonly<Record<string, string>> | null;
    /** Role that CloudFormation takes for the change; null for the caller's own permissions. */
    readonly roleArn: string | null;
    readonly parameters: readonly Parameter[];
    readonly isNew: boolean;
    readonly changeSetName: string;
  },
): Promise<readonly PlannedChange[] | null> {
  const { client, stackName, changeSetName, clock, signal } = work;
  const isMade = await unlessEmpty(
    client.send(
      new CreateChangeSetCommand({
        StackName: stackName,
        ChangeSetName: changeSetName,
        ChangeSetType: work.isNew ? 'CREATE' : 'UPDATE',
        ...work.template,
        ...(work.tags === null ? {} : { Tags: Object.entries(work.tags).map(([Key, Value]) => ({ Key, Value })) }),
        ...(work.roleArn === null ? {} : { RoleARN: work.roleArn }),
        Parameters: [...work.parameters],
        Capabilities: CAPABILITIES,
      }),
    ),
  );
  if (!isMade) return null;
  for (;;) {
    signal.throwIfAborted();
    const { Status, StatusReason = '' } = await client.send(
      new DescribeChangeSetCommand({ StackName: stackName, ChangeSetName: changeSetName }),
    );
    if (Status === 'CREATE_COMPLETE') break;
    if (Status === 'FAILED') {
      await client.send(new DeleteChangeSetCommand({ StackName: stackName, ChangeSetName: changeSetName }));
      if (NO_CHANGES.test(StatusReason)) return null;
      throw new StackFailed(`the change set of ${stackName} failed: ${StatusReason}`);
    }
    await clock.sleep(POLL_MS, signal);
  }
  return changesOf(work);
}

const NO_CHANGES = /didn't contain changes|No updates are to be performed/i;

async function unlessEmpty(creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation;
    return true;
  } catch (error) {
    if (error instanceof Error && NO_CHANGES.test(error.message)) return false;
    throw error;
  }
}

async function changesOf({
  client,
  stackName,
  changeSetName,
}: StackWork & { readonly changeSetName: string }): Promise<PlannedChange[]> {
  const changes: PlannedChange[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new DescribeChangeSetCommand({
        StackName: stackName,
        ChangeSetName: changeSetName,
        ...(token ? { NextToken: token } : {}),
      }),
    );
    for (const { ResourceChange } of page.Changes ?? []) {
      if (!ResourceChange) continue;
      const { Action = '', LogicalResourceId = '', ResourceType = '', Replacement } = ResourceChange;
      changes.push({
        action: Action,
        logicalId: LogicalResourceId,
        type: ResourceType,
        replacement: Replacement ?? null,
      });
    }
    token = page.NextToken;
  } while (token);
  return changes;
}

/** Executes a change set and follows the stack until it is done. @throws StackFailed with the reasons */
export async function executeChange(
  work: StackWork & { readonly changeSetName: string; readonly onEvent: (event: StackEvent) => void },
): Promise<Stack> {
  const { client, stackName, changeSetName } = work;
  const since = await newestEventId(work);
  await client.send(new ExecuteChangeSetCommand({ StackName: stackName, ChangeSetName: changeSetName }));
  const { stack, reasons } = await follow({ ...work, since, stackId: stackName });
  if (stack && /^(CREATE|UPDATE)_COMPLETE$/.test(stack.StackStatus ?? '')) return stack;
  const status = stack?.StackStatus ?? null;
  throw new StackFailed(
    `${stackName} ended as ${status ?? 'deleted'}${listed(reasons)}\n  ${afterFailure(status, stackName)}`,
  );
}

/** Deletes a stack and follows it until it is gone. @throws StackFailed with the reasons */
export async function deleteStack(
  work: StackWork & { readonly stackId: string; readonly onEvent: (event: StackEvent) => void },
): Promise<void> {
  const since = await newestEventId(work);
  await work.client.send(new DeleteStackCommand({ StackName: work.stackId }));
  const { stack, reasons } = await follow({ ...work, since });
  if (stack) {
    const { StackStatus: status = '' } = stack;
    throw new StackFailed(
      `${work.stackName} ended as ${status}${listed(reasons)}\n  ${afterFailure(status, work.stackName)}`,
    );
  }
}

async function follow(
  work: StackWork & {
    readonly stackId: string;
    readonly since: string | null;
    readonly onEvent: (event: StackEvent) => void;
  },
): Promise<{ stack: Stack | null; reasons: string[] }> {
  const { client, stackId, clock, signal, onEvent } = work;
  const seen = new Set<string>();
  const reasons: string[] = [];
  for (;;) {
    signal.throwIfAborted();
    const stack = await findStack({ client, stackName: stackId });
    for (const event of await eventsAfter(work)) {
      const id = event.EventId ?? '';
      if (seen.has(id)) continue;
      seen.add(id);
      onEvent(event);
      if (isReason(event)) reasons.push(`${event.LogicalResourceId}: ${event.ResourceStatusReason}`);
    }
    if (!stack || !/_IN_PROGRESS$/.test(stack.StackStatus ?? '')) return { stack, reasons };
    await clock.sleep(POLL_MS, signal);
  }
}

/** Tells whether an event says why a stack failed; resources that were only cancelled say nothing. */
function isReason({ ResourceStatus, ResourceStatusReason = '' }: StackEvent): boolean {
  return (
    /FAILED$|ROLLBACK/.test(ResourceStatus ?? '') &&
    ResourceStatusReason !== '' &&
    !/cancelled|initiated/i.test(ResourceStatusReason)
  );
}

/** Events newer than a known one, the oldest first. A deleted stack is asked for by its id and keeps its events. */
async function eventsAfter({
  client,
  stackId,
  since,
}: Pick<StackWork, 'client'> & { readonly stackId: string; readonly since: string | null }): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await client.send(
        new DescribeStackEventsCommand({ StackName: stackId, ...(token ? { NextToken: token } : {}) }),
      );
      for (const event of page.StackEvents ?? []) {
        if (event.EventId === since) return events.reverse();
        events.push(event);
      }
      token = page.NextToken;
    } while (token);
  } catch (error) {
    // A stack that was deleted and is asked for by its name has no events any more.
    if (!(error instanceof Error && /does not exist/.test(error.message))) throw error;
  }
  return events.reverse();
}

async function newestEventId({ client, stackName }: StackWork): Promise<string | null> {
  try {
    const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: stackName }));
    return StackEvents?.[0]?.EventId ?? null;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return null;
    throw error;
  }
}

function listed(reasons: readonly string[]): string {
  return reasons.length === 0 ? '' : `:\n  ${reasons.join('\n  ')}`;
}
