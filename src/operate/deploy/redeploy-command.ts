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
  /** Bucket that holds the reports; null where the stack had none. */
  readonly bucket: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly declared: Readonly<Record<string, TemplateParameter>>;
  /** What the stack was deployed with beside its parameters, as words of the command line. */
  readonly others: Readonly<Record<'--region' | '--role-arn' | '--artifact-bucket', string | undefined>>;
  readonly tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
}): string {
  const { stackName, bucket, parameters, declared, others, tags } = options;
  const kept = Object.entries(bucket === null ? parameters : { ...parameters, ReportBucketName: bucket }).filter(
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
  return [
    'aqt deploy',
    ...(stackName === 'athena-query-tracker' ? [] : ['--stack', stackName]),
    ...Object.entries(others).flatMap(([option, value]) => (value === undefined ? [] : [option, quoted(value)])),
    ...words,
    ...tags.flatMap(({ Key, Value }) => ['--tag', quoted(`${Key}=${Value}`)]),
  ].join(' ');
}

/** Quotes for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
