import { App, type Stack } from 'aws-cdk-lib';
import { compact } from './compact.js';
import { MemberRoleStack } from './member-role.js';
import { TrackerStack, type TrackerStackProperties } from './tracker-stack.js';

export interface SynthesizeOptions extends TrackerStackProperties {
  /** Folder for CDK's own files; of no further use. */
  readonly outdir: string;
  /** Called with the app before synthesis, for checks that plug into it. */
  readonly prepare?: (app: App) => void;
}

/** Writes the stack as a CloudFormation template. The same input gives the same template. */
export function synthesize({ outdir, prepare, ...properties }: SynthesizeOptions): unknown {
  return templateOf({ outdir, prepare }, (app) => new TrackerStack(app, 'athena-query-tracker', properties));
}

/** Writes the role of a member account as a CloudFormation template. */
export function synthesizeMemberRole({
  outdir,
  prepare,
  version,
}: Pick<SynthesizeOptions, 'outdir' | 'prepare' | 'version'>): unknown {
  return templateOf({ outdir, prepare }, (app) => new MemberRoleStack(app, 'athena-query-tracker-role', { version }));
}

function templateOf(
  { outdir, prepare }: { readonly outdir: string; readonly prepare: ((app: App) => void) | undefined },
  make: (app: App) => Stack,
): unknown {
  const app = new App({
    outdir,
    analyticsReporting: false,
    treeMetadata: false,
    // Slow, and blind to parameters that are empty under a condition; cfn-lint looks at the result in the tests.
    builtinCloudFormationValidation: false,
  });
  const stack = make(app);
  prepare?.(app);
  return compact(app.synth().getStackByName(stack.stackName).template);
}
