import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Artifacts } from '../../operate/deploy/artifacts.js';
import {
  describePermissionChanges,
  describePermissions,
  describeResources,
} from '../../operate/deploy/describe-template.js';
import { outputsOf, parametersOf, templateOf } from '../../operate/deploy/stack.js';
import type { Io } from '../terminal/io.js';
import type { StackClients } from './stack-clients.js';

/** Says what a new stack will hold, or which permissions an update changes. */
export async function showWork(
  work: {
    readonly clients: StackClients;
    readonly stackName: string;
    readonly artifacts: Artifacts;
    readonly given: Readonly<Record<string, string>>;
    /** Values of every parameter, as they will be. */
    readonly values: Readonly<Record<string, string>>;
    /** Null for a new stack. */
    readonly stack: Stack | null;
  },
  io: Io,
): Promise<void> {
  const { clients, stackName, artifacts, given, values, stack } = work;
  const known = {
    'AWS::StackName': stackName,
    'AWS::AccountId': clients.accountId,
    'AWS::Region': clients.region,
    'AWS::Partition': clients.callerArn.split(':')[1] ?? 'aws',
  };
  if (!stack) {
    io.stderr(`Stack ${stackName} is new, version ${artifacts.version}\n\n`);
    showPlan({ artifacts, values: { ...values, ...known } }, io);
  } else {
    const running = outputsOf(stack).TrackerVersion ?? 'unknown';
    io.stderr(`Stack ${stackName} exists, version ${running}; this is ${artifacts.version}\n`);
    const changes = describePermissionChanges(
      {
        template: await templateOf({ client: clients.cloudFormation, stackName }),
        values: { ...parametersOf(stack), ...known },
      },
      { template: artifacts.template, values: { ...values, ...known } },
    );
    io.stderr(changes.length === 0 ? 'Permissions: as they are\n' : '\nPermissions that change\n');
    for (const line of changes) io.stderr(`  ${line}\n`);
  }
  showParameters(given, io);
}

/** Says everything that a stack will hold, and what each role may do. */
export function showPlan(
  { artifacts, values }: { readonly artifacts: Artifacts; readonly values: Readonly<Record<string, string>> },
  { stderr }: Pick<Io, 'stderr'>,
): void {
  stderr('Resources\n');
  for (const line of describeResources(artifacts.template, values)) stderr(`  ${line}\n`);
  stderr('\nPermissions (each role may do what is listed, and nothing else)\n');
  for (const line of describePermissions(artifacts.template, values)) stderr(`  ${line}\n`);
  stderr('\n');
}

/** Says which parameters are given. */
export function showParameters(given: Readonly<Record<string, string>>, { stderr }: Pick<Io, 'stderr'>): void {
  const names = Object.entries(given);
  stderr(names.length === 0 ? 'Parameters: all as they are, or their defaults\n' : 'Parameters\n');
  for (const [name, value] of names) stderr(`  ${name} = ${value}\n`);
}
