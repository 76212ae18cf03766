import type { WorkGroupSettings } from '../../athena/place-settings.js';
import { describe } from '../aws/aws-failure.js';
import { allPages, type SettingsQuestion } from './settings-question.js';

interface WorkGroupQuestion extends SettingsQuestion {
  /** Of the workgroup: its tags are asked for by it. */
  readonly arn: string;
}

/** How a workgroup is set up, with its tags; what may not be asked is its `failure`. */
export async function describeWorkGroup(
  name: string,
  { calls, ask, signal, arn }: WorkGroupQuestion,
): Promise<WorkGroupSettings> {
  try {
    const { State, Configuration } = await ask('athena:GetWorkGroup', () => calls.workGroup(name, signal));
    const settings = {
      workGroup: name,
      state: State ?? null,
      engine: Configuration?.EngineVersion?.EffectiveEngineVersion ?? null,
      isEnforced: Configuration?.EnforceWorkGroupConfiguration ?? null,
      cutoffBytes: Configuration?.BytesScannedCutoffPerQuery ?? null,
      publishesMetrics: Configuration?.PublishCloudWatchMetricsEnabled ?? null,
      requesterPays: Configuration?.RequesterPaysEnabled ?? null,
      hasManagedResults: Configuration?.ManagedQueryResultsConfiguration?.Enabled ?? false,
    };
    const { tags, failure } = await tagsOf(arn, { calls, ask, signal });
    return { ...settings, tags, failure };
  } catch (error) {
    signal?.throwIfAborted();
    return unasked(name, describe(error));
  }
}

async function tagsOf(
  arn: string,
  { calls, ask, signal }: SettingsQuestion,
): Promise<Pick<WorkGroupSettings, 'tags' | 'failure'>> {
  try {
    const pairs = await allPages((token) => ask('athena:ListTagsForResource', () => calls.tags(arn, token, signal)));
    return { tags: Object.fromEntries([...pairs].sort(([a], [b]) => (a < b ? -1 : 1))), failure: null };
  } catch (error) {
    signal?.throwIfAborted();
    return { tags: null, failure: `tags: ${describe(error)}` };
  }
}

/** A workgroup of which nothing is known, and why. */
export function unasked(workGroup: string, failure: string): WorkGroupSettings {
  const nothing = { state: null, engine: null, isEnforced: null, cutoffBytes: null, publishesMetrics: null };
  return { workGroup, ...nothing, requesterPays: null, hasManagedResults: null, tags: null, failure };
}
