import { checkTimeZone, reportDays } from '../../calendar/report-day.js';

/** Values of the stack's parameters by name, defaults filled in. */
export type ParameterValues = Readonly<Record<string, string>>;

/**
 * What is wrong with the values that a stack would have: what CloudFormation's patterns cannot say, so that nobody waits for a
 * change set, or for one in the morning, to learn it. A sentence for each fault, with the name, the value and the way out.
 */
export function parameterFaults(values: ParameterValues, { now }: { readonly now: number }): string[] {
  return [
    ...zoneFaults(values, 'ReportTimezone'),
    ...zoneFaults(values, 'ScheduleTimezone'),
    ...scheduleFaults(values),
    ...rangeFaults(values),
    ...yearFaults(values, new Date(now).getUTCFullYear()),
    ...sourceFaults(values),
    ...bucketFaults(values),
    ...careFaults(values),
    ...feedFaults(values),
  ];
}

function zoneFaults(values: ParameterValues, name: string): string[] {
  const zone = values[name];
  if (zone === undefined || zone === '') return [];
  try {
    checkTimeZone(zone);
    return [];
  } catch {
    return [`${name}=${zone}: there is no such time zone; give an IANA name such as Europe/Berlin`];
  }
}

/** Scheduler's cron has six fields, and its rate a number and a unit; what is inside them Scheduler checks itself. */
function scheduleFaults({ ScheduleExpression: expression = '' }: ParameterValues): string[] {
  const [, kind, inner = ''] = /^(cron|rate|at)\((.*)\)$/.exec(expression) ?? [];
  const isGood =
    expression === '' ||
    (kind === 'cron' && inner.trim().split(/\s+/).length === 6) ||
    (kind === 'rate' && /^[1-9]\d* (minutes?|hours?|days?)$/.test(inner)) ||
    (kind === 'at' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(inner));
  return isGood
    ? []
    : [`ScheduleExpression=${expression}: write six fields, for example "cron(0 1 * * ? *)", or "rate(1 day)"`];
}

function rangeFaults(values: ParameterValues): string[] {
  const { TestStartDate: from = '', TestEndDate: to = '', ReportTimezone: zone = 'UTC' } = values;
  if (from === '' && to === '') return [];
  if (from === '') return [`TestEndDate=${to} without TestStartDate: give the first day of the range, too`];
  for (const [name, date] of Object.entries({ TestStartDate: from, TestEndDate: to === '' ? from : to })) {
    if (!isDate(date)) return [`${name}=${date}: there is no such day; write YYYY-MM-DD`];
  }
  if (to !== '' && to < from) return [`TestStartDate=${from} lies after TestEndDate=${to}: the first day comes first`];
  try {
    reportDays({ from, to: to === '' ? from : to, timezone: zone });
    return [];
  } catch (error) {
    return [`TestStartDate=${from}, TestEndDate=${to}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Outside these years the table answers with no rows and no error (aws-facts 7.2). */
function yearFaults({ FirstYear: first, LastYear: last }: ParameterValues, year: number): string[] {
  if (first === undefined || last === undefined) return [];
  if (Number(first) > Number(last))
    return [`FirstYear=${first} lies after LastYear=${last}: the table would find no report`];
  return Number(last) < year
    ? [`LastYear=${last} is over: the table would not find the reports of ${year}; give ${year + 10}`]
    : [];
}

function sourceFaults({ EventSource: source, TrailUri: trail = '' }: ParameterValues): string[] {
  return source === 'trail' && trail === ''
    ? ['EventSource=trail without TrailUri: give s3://bucket/prefix of the log files (--trail)']
    : [];
}

/** Options that only make sense together, or never together. */
function careFaults(values: ParameterValues): string[] {
  const {
    SubnetIds: subnets = '',
    SecurityGroupIds: groups = '',
    AlarmTopicArn: topic = '',
    AlarmEmail: email = '',
  } = values;
  const { ObjectLockMode: lock = '', CreateReportBucket: create } = values;
  return [
    ...((subnets === '') === (groups === '')
      ? []
      : [`SubnetIds=${subnets}, SecurityGroupIds=${groups}: give both, or neither for functions without a VPC`]),
    ...(topic !== '' && email !== ''
      ? [`AlarmEmail=${email} with AlarmTopicArn=${topic}: subscribe the address to that topic instead`]
      : []),
    ...(lock !== '' && create === 'false'
      ? [
          `ObjectLockMode=${lock} with an existing bucket: set the lock on that bucket itself, or let the stack make one`,
        ]
      : []),
  ];
}

/** Below `year=` and `_work/` of a tree lies nothing else, and another tree would take the files of a feed for its own. */
function feedFaults(values: ParameterValues): string[] {
  const { Feeds: feeds = '', FeedLocation: location = '', FeedBucketOwner: owner = '', FeedKeyArn: key = '' } = values;
  const lone = Object.entries({ FeedLocation: location, FeedBucketOwner: owner, FeedKeyArn: key }).filter(
    ([name, value]) => value !== '' && (feeds === '' || (name !== 'FeedLocation' && location === '')),
  );
  return [
    ...lone.map(([name, value]) =>
      feeds === ''
        ? `${name}=${value} without Feeds: say what is handed over (--feeds ocsf)`
        : `${name}=${value} without FeedLocation: it is about that bucket (--feed-location s3://bucket/prefix)`,
    ),
    ...(/(^|\/)(year=|_work(\/|$))/.test(location)
      ? [`FeedLocation=${location}: below year= and _work lie reports and what proves them; give a folder beside them`]
      : []),
    ...(isAbove(location, values)
      ? [
          `FeedLocation=${location}: the reports lie in it, and who writes feeds may remove files there; give a folder beside them`,
        ]
      : []),
  ];
}

/** Tells a place that holds the reports, the bucket itself or a folder above them. */
function isAbove(location: string, { ReportBucketName: bucket = 'auto', ReportPrefix: prefix = '' }: ParameterValues) {
  if (location === '' || bucket === 'auto') return false;
  const root = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}/`;
  return root.startsWith(`${location.replace(/\/+$/, '')}/`);
}

function bucketFaults({ CreateReportBucket: create, ReportBucketName: name = 'auto' }: ParameterValues): string[] {
  return create === 'false' && name === 'auto'
    ? ['CreateReportBucket=false without ReportBucketName: name the bucket that exists (--bucket)']
    : [];
}
