import { UsageError } from '../../compose/usage-error.js';
import { parseAssignments } from '../../operate/deploy/stack-parameters.js';
import type { OptionsOf } from '../terminal/command-run.js';
import type { addDeploy } from './commands-operate.js';

/** What the user typed after `aqt deploy`. What is left out stays as it is in the stack, or is the template's default. */
export type DeployArguments = OptionsOf<typeof addDeploy>;

/** The tags; null when none are given, which leaves those of the stack as they are. @throws UsageError */
export function tagsGiven({ tag = [] }: Pick<DeployArguments, 'tag'>): Record<string, string> | null {
  if (tag.length === 0) return null;
  return Object.fromEntries(
    tag.map((assignment) => {
      const [, key, value] = /^([^=]{1,128})=(.{0,256})$/s.exec(assignment) ?? [];
      if (key === undefined || value === undefined || key.startsWith('aws:'))
        throw new UsageError(`--tag ${JSON.stringify(assignment)}: write key=value, for example --tag team=data`);
      return [key, value];
    }),
  );
}

/** The options as parameters of the template. @throws UsageError */
export function parametersGiven(options: DeployArguments): Record<string, string> {
  const named: Record<string, string | undefined> = {
    ReportBucketName: options.bucket,
    ReportPrefix: options.prefix?.replace(/^\/+|\/+$/g, ''),
    OutputType: options.format,
    ReportTimezone: options.timezone,
    ScheduleExpression: options.schedule,
    ScheduleTimezone: options.scheduleTimezone,
    EventSource: options.source ?? (options.trail ? 'trail' : undefined),
    TrailUri: options.trail?.replace(/\/+$/, ''),
    Regions: options.collectRegion?.join(','),
    AccountRoles: options.accountRole?.join(','),
    ExternalId: options.externalId,
    IdentityDirectory: options.directory,
    Prices: options.prices,
    Feeds: options.feeds?.join(','),
    FeedLocation: options.feedLocation?.replace(/\/+$/, ''),
    FeedSql: options.feedSql,
    AlarmEmail: options.alarmEmail,
    TestStartDate: options.testStartDate,
    TestEndDate: options.testEndDate,
  };
  if (options.source === 'trail' && !options.trail) {
    throw new UsageError('--source trail needs --trail s3://bucket/prefix');
  }
  const given = Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    return { ...Object.fromEntries(given), ...parseAssignments(options.parameter ?? []) };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
