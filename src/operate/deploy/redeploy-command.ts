import type { TemplateParameter } from './describe-template.js';

/** Options of `aqt deploy` that users know; every other parameter is written as `--parameter Name=Value`. */
const OPTIONS: Readonly<Record<string, string>> = {
  ReportBucketName: '--bucket',
  ReportPrefix: '--prefix',
  OutputType: '--format',
  ReportTimezone: '--timezone',
};
/** What a deployment finds by itself, or what was for one run. */
const LEFT_OUT = ['CreateReportBucket', 'ArtifactBucket', 'ArtifactPrefix', 'TestStartDate', 'TestEndDate'];

/** The command that deploys again as it was, over the same reports: with every parameter that is not the template's default. */
export function redeployCommand(options: {
  readonly stackName: string;
  /** Bucket that holds the reports. */
  readonly bucket: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly declared: Readonly<Record<string, TemplateParameter>>;
}): string {
  const { stackName, bucket, parameters, declared } = options;
  const kept = Object.entries({ ...parameters, ReportBucketName: bucket }).filter(
    ([name, value]) =>
      name in declared &&
      !LEFT_OUT.includes(name) &&
      value !== String(declared[name]?.Default ?? '') &&
      value !== '****',
  );
  const words = kept.flatMap(([name, value]) => {
    const option = OPTIONS[name];
    return option ? [option, quoted(value)] : ['--parameter', quoted(`${name}=${value}`)];
  });
  return ['aqt deploy', ...(stackName === 'athena-query-tracker' ? [] : ['--stack', stackName]), ...words].join(' ');
}

/** Quotes for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
