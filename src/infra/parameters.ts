import { CfnCondition, CfnParameter, Fn, type Stack, Token } from 'aws-cdk-lib';
import { type CareParameters, declareCare, KEY_ARN } from './care.js';
import { declareFeedParameters, type FeedParameters } from './feeds/feed-parameters.js';
import { declareUpkeep, type UpkeepParameters } from './upkeep.js';

/** Everything a user may set when deploying, and the conditions that follow from it. */
export interface StackParameters {
  readonly reportBucketName: CfnParameter;
  readonly reportBucketOwner: CfnParameter;
  readonly reportPrefix: CfnParameter;
  readonly outputType: CfnParameter;
  readonly reportTimezone: CfnParameter;
  readonly scheduleExpression: CfnParameter;
  readonly scheduleTimezone: CfnParameter;
  readonly scheduleState: CfnParameter;
  readonly regions: CfnParameter;
  readonly accountRoles: CfnParameter;
  readonly externalId: CfnParameter;
  readonly eventSource: CfnParameter;
  readonly trailUri: CfnParameter;
  readonly trailKeyArn: CfnParameter;
  readonly identityDirectory: CfnParameter;
  readonly prices: CfnParameter;
  readonly catalog: CfnParameter;
  readonly reportKeyArn: CfnParameter;
  readonly noncurrentVersionDays: CfnParameter;
  readonly reportExpirationDays: CfnParameter;
  readonly logRetentionDays: CfnParameter;
  readonly hourConcurrency: CfnParameter;
  readonly scanConcurrency: CfnParameter;
  readonly hourMemory: CfnParameter;
  readonly backfillConcurrency: CfnParameter;
  readonly testStartDate: CfnParameter;
  readonly testEndDate: CfnParameter;
  readonly firstYear: CfnParameter;
  readonly lastYear: CfnParameter;
  readonly alarmEmail: CfnParameter;
  readonly permissionsBoundaryArn: CfnParameter;
  readonly care: CareParameters;
  readonly upkeep: UpkeepParameters;
  readonly feeds: FeedParameters;
  readonly conditions: StackConditions;
}

export interface StackConditions {
  readonly createBucket: CfnCondition;
  readonly namedBucket: CfnCondition;
  readonly hasBucketOwner: CfnCondition;
  readonly hasPrefix: CfnCondition;
  readonly expireReports: CfnCondition;
  readonly expireVersions: CfnCondition;
  readonly hasReportKey: CfnCondition;
  readonly hasTrail: CfnCondition;
  readonly hasTrailKey: CfnCondition;
  readonly hasDirectory: CfnCondition;
  readonly hasPrices: CfnCondition;
  readonly asksCatalog: CfnCondition;
  readonly hasAccounts: CfnCondition;
  readonly sharesLookupQuota: CfnCondition;
  readonly hasEmail: CfnCondition;
  readonly hasBoundary: CfnCondition;
}

const DATE = '^$|^\\d{4}-\\d{2}-\\d{2}$';
const S3_URI = '^$|^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*[^/])?$';
const KEY_ARNS = `^$|^${KEY_ARN}(,${KEY_ARN})*$`;

/** Declares the parameters. `formats` are the report formats that the variant's code can write. */
export function declareParameters(stack: Stack, formats: readonly string[]): StackParameters {
  const text = (id: string, description: string, rest: Partial<Described> = {}) =>
    new CfnParameter(stack, id, { type: 'String', default: '', description, ...rest });
  const number = (id: string, description: string, rest: Partial<Described>) =>
    new CfnParameter(stack, id, { type: 'Number', description, ...rest });

  const createReportBucket = text('CreateReportBucket', 'false: ReportBucketName names a bucket that exists', {
    default: 'true',
    allowedValues: ['true', 'false'],
  });
  const reportBucketName = text('ReportBucketName', 'Bucket for the reports; auto: a name is made up', {
    default: 'auto',
    allowedPattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
  });
  const parameters = {
    reportBucketName,
    reportBucketOwner: text('ReportBucketOwner', 'Account of an existing report bucket; empty: this one', {
      allowedPattern: '^$|^\\d{12}$',
    }),
    reportPrefix: text('ReportPrefix', 'Folder of the reports inside the bucket, without slash at either end', {
      allowedPattern: '^$|^[^/].*[^/]$|^[^/]$',
    }),
    outputType: text('OutputType', 'Format of the reports', { default: 'csv', allowedValues: [...formats] }),
    reportTimezone: text('ReportTimezone', 'IANA time zone whose days and hours label the reports', {
      default: 'America/New_York',
    }),
    scheduleExpression: text('ScheduleExpression', 'When the previous day is collected', {
      default: 'cron(0 1 * * ? *)',
      allowedPattern: '^(cron|rate|at)\\(.+\\)$',
    }),
    scheduleTimezone: text('ScheduleTimezone', 'IANA time zone of ScheduleExpression', { default: 'America/New_York' }),
    scheduleState: text('ScheduleState', 'DISABLED: nothing runs by itself', {
      default: 'ENABLED',
      allowedValues: ['ENABLED', 'DISABLED'],
    }),
    regions: text('Regions', 'Regions to collect, commas between; empty: that of the stack', {
      allowedPattern: '^$|^[a-z]{2,}(-[a-z]+)+-\\d+(,[a-z]{2,}(-[a-z]+)+-\\d+)*$',
    }),
    accountRoles: text('AccountRoles', 'ARNs of roles to assume in other accounts, commas between', {
      allowedPattern: '^$|^arn:[^,]+(,arn:[^,]+)*$',
    }),
    externalId: text('ExternalId', 'External id that these roles ask for'),
    eventSource: text('EventSource', 'lookup: CloudTrail event history; trail: log files at TrailUri', {
      default: 'lookup',
      allowedValues: ['lookup', 'trail'],
    }),
    trailUri: text('TrailUri', 's3://bucket/prefix of the trail, for EventSource trail', { allowedPattern: S3_URI }),
    trailKeyArn: text('TrailKeyArn', 'KMS keys that the trail is encrypted with, commas between', {
      allowedPattern: KEY_ARNS,
    }),
    identityDirectory: text('IdentityDirectory', 's3:// location of the identity directory', {
      allowedPattern: S3_URI,
    }),
    prices: text('Prices', 's3:// location of the prices file', { allowedPattern: S3_URI }),
    catalog: text('Catalog', 'glue: asks Glue what is behind views, and for columns; none: does not', {
      default: 'glue',
      allowedValues: ['glue', 'none'],
    }),
    reportKeyArn: text('ReportKeyArn', 'KMS key for the reports; empty: keys managed by S3', {
      allowedPattern: `^$|^${KEY_ARN}$`,
    }),
    noncurrentVersionDays: number(
      'NoncurrentVersionDays',
      'Days that replaced versions are kept; 0: as long as the reports',
      {
        default: 0,
        minValue: 0,
      },
    ),
    reportExpirationDays: number(
      'ReportExpirationDays',
      'Days after which reports expire, never their evidence; 0: never',
      {
        default: 0,
        minValue: 0,
      },
    ),
    logRetentionDays: number('LogRetentionDays', 'Days that logs are kept', {
      default: 30,
      // Numbers, though the type asks for texts: cfn-lint compares them with the default.
      allowedValues: [7, 14, 30, 60, 90, 180, 365, 731, 1827, 3653] as unknown as string[],
    }),
    // The inline Map runs at most 40 iterations at once (deploy notes, section 5).
    hourConcurrency: number('HourConcurrency', 'Hours collected at the same time', {
      default: 24,
      minValue: 1,
      maxValue: 40,
    }),
    divideScanFrom: number(
      'DivideScanFrom',
      'Log files of a trail from which on many invocations read them at once (or 100 KB for each of so many); 0: never',
      { default: 10_000, minValue: 0, maxValue: 9_999_999 },
    ),
    // A Map run has up to 10,000 children at once; what the account lets run is less.
    scanConcurrency: number('ScanConcurrency', 'Parts of a divided scan read at the same time', {
      default: 40,
      minValue: 1,
      maxValue: 1000,
    }),
    hourMemory: number('HourMemory', 'Megabytes for the scan, hour and close-day functions', {
      default: 1024,
      minValue: 256,
      maxValue: 10240,
    }),
    backfillConcurrency: number(
      'BackfillConcurrency',
      'Days collected at the same time: owed ones, and those of a back-fill of a trail',
      {
        default: 10,
        minValue: 1,
        maxValue: 1000,
      },
    ),
    testStartDate: text('TestStartDate', 'First day to collect instead of the previous one', { allowedPattern: DATE }),
    testEndDate: text('TestEndDate', 'Last day of that range, inclusive', { allowedPattern: DATE }),
    firstYear: number('FirstYear', 'First year that the table looks for reports in', { default: 2024, minValue: 2013 }),
    lastYear: number('LastYear', 'Last year that the table looks for reports in', { default: 2035, minValue: 2013 }),
    alarmEmail: text('AlarmEmail', 'Address that alarms are mailed to'),
    permissionsBoundaryArn: text('PermissionsBoundaryArn', 'Permissions boundary of every role', {
      allowedPattern: '^$|^arn:.+:iam::.+:policy/.+$',
    }),
  };

  const given = (id: string, parameter: CfnParameter) =>
    new CfnCondition(stack, id, { expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')) });
  const equals = (id: string, parameter: CfnParameter, value: string) =>
    new CfnCondition(stack, id, { expression: Fn.conditionEquals(parameter.valueAsString, value) });
  const care = declareCare(stack);
  return {
    ...parameters,
    care,
    upkeep: declareUpkeep(stack),
    feeds: declareFeedParameters(stack, { formats, care }),
    conditions: {
      createBucket: equals('CreateBucket', createReportBucket, 'true'),
      namedBucket: new CfnCondition(stack, 'NamedBucket', {
        expression: Fn.conditionNot(Fn.conditionEquals(reportBucketName.valueAsString, 'auto')),
      }),
      hasBucketOwner: given('HasBucketOwner', parameters.reportBucketOwner),
      hasPrefix: given('HasPrefix', parameters.reportPrefix),
      expireReports: new CfnCondition(stack, 'ExpireReports', {
        expression: Fn.conditionNot(Fn.conditionEquals(Token.asString(parameters.reportExpirationDays.value), '0')),
      }),
      expireVersions: new CfnCondition(stack, 'ExpireVersions', {
        expression: Fn.conditionNot(Fn.conditionEquals(Token.asString(parameters.noncurrentVersionDays.value), '0')),
      }),
      hasReportKey: given('HasReportKey', parameters.reportKeyArn),
      hasTrail: given('HasTrail', parameters.trailUri),
      hasTrailKey: given('HasTrailKey', parameters.trailKeyArn),
      hasDirectory: given('HasDirectory', parameters.identityDirectory),
      hasPrices: given('HasPrices', parameters.prices),
      asksCatalog: equals('AsksCatalog', parameters.catalog, 'glue'),
      hasAccounts: given('HasAccounts', parameters.accountRoles),
      sharesLookupQuota: equals('SharesLookupQuota', parameters.eventSource, 'lookup'),
      hasEmail: given('HasEmail', parameters.alarmEmail),
      hasBoundary: given('HasBoundary', parameters.permissionsBoundaryArn),
    },
  };
}

interface Described {
  readonly default: string | number;
  readonly allowedValues: string[];
  readonly allowedPattern: string;
  readonly minValue: number;
  readonly maxValue: number;
}
