import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CfnResource, Fn, Token } from 'aws-cdk-lib';
import type { ISecurityGroup, ISubnet } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { Construct } from 'constructs';

/** Everything is optional: without any of it the stack is what `aqt deploy` makes by default. */
export interface QueryTrackerProps {
  /** Existing bucket for the reports; by default one is made, and kept when the stack goes. */
  readonly reportBucket?: IBucket;
  /** Existing topic for the alarms; by default one is made. */
  readonly alarmTopic?: ITopic;
  /** Subnets and security groups for the functions; by default they run outside a VPC. */
  readonly network?: { readonly subnets: readonly ISubnet[]; readonly securityGroups: readonly ISecurityGroup[] };
  readonly reportKey?: IKey;
  /** Keys that the trail is encrypted with. */
  readonly trailKeys?: readonly IKey[];
  readonly logKey?: IKey;
  readonly topicKey?: IKey;
  readonly queueKey?: IKey;
  /** What is handed over after each close, for example `['openlineage', 'securitylake']`; nothing by default. */
  readonly feeds?: readonly string[];
  /** Bucket for what is handed over, at its root; by default `feeds/` beside the reports. For another folder, the parameter `FeedLocation`. */
  readonly feedBucket?: IBucket;
  /** Any other parameter of the template by its name, for example `{ OutputType: 'parquet', Regions: 'us-east-1,eu-west-1' }`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Folder with template.json and the zips; the one of this package by default. */
  readonly artifacts?: string;
}

/**
 * The tracker inside a stack of yours: the template that `aqt deploy` uses, with your buckets, keys, topic and network in the
 * place of its parameters, and the functions' code as assets. One a stack: its logical ids are those of the template.
 */
export class QueryTracker extends Construct {
  /** The included template, for overrides and `getResource`. */
  readonly template: CfnInclude;
  /** `s3://bucket/prefix` of the reports. */
  readonly reportLocation: string;
  /** Database and table, with a dot between. */
  readonly reportTable: string;

  constructor(scope: Construct, id: string, props: QueryTrackerProps = {}) {
    super(scope, id);
    const folder = props.artifacts ?? fileURLToPath(new URL('../../dist/deploy', import.meta.url));
    this.template = new CfnInclude(this, 'Template', {
      templateFile: join(folder, 'template.json'),
      // Assets take the place of the bucket; CloudFormation must not ask for it.
      parameters: { ...parametersOf(props), ArtifactBucket: 'assets', ArtifactPrefix: '' },
    });
    // Conditions may not speak of resources, and what is given may be one of the same stack.
    for (const [name, holds] of Object.entries(decidedBy(props)))
      this.template.getCondition(name).expression = Fn.conditionEquals(String(holds), 'true');
    for (const zip of readdirSync(folder).filter((name) => name.endsWith('.zip'))) {
      const name = zip.replace(/-[0-9a-f]+\.zip$/, '');
      const asset = new Asset(this, name, { path: join(folder, zip) });
      const lambda: CfnResource = this.template.getResource(`${pascalCase(name)}Function`);
      lambda.addPropertyOverride('Code', { S3Bucket: asset.s3BucketName, S3Key: asset.s3ObjectKey });
    }
    this.reportLocation = Token.asString(this.template.getOutput('ReportLocation').value);
    this.reportTable = Token.asString(this.template.getOutput('ReportTable').value);
  }
}

function parametersOf(props: QueryTrackerProps): Record<string, string> {
  const { reportBucket, alarmTopic, network, reportKey, trailKeys, logKey, topicKey, queueKey } = props;
  const { feeds, feedBucket } = props;
  const arnOf = (name: string, key: IKey | undefined) => (key ? { [name]: key.keyArn } : {});
  return {
    ...(reportBucket ? { CreateReportBucket: 'false', ReportBucketName: reportBucket.bucketName } : {}),
    ...(alarmTopic ? { AlarmTopicArn: alarmTopic.topicArn } : {}),
    ...(network
      ? {
          SubnetIds: network.subnets.map(({ subnetId }) => subnetId).join(','),
          SecurityGroupIds: network.securityGroups.map(({ securityGroupId }) => securityGroupId).join(','),
        }
      : {}),
    ...arnOf('ReportKeyArn', reportKey),
    ...arnOf('LogKeyArn', logKey),
    ...arnOf('TopicKeyArn', topicKey),
    ...arnOf('QueueKeyArn', queueKey),
    ...(feeds ? { Feeds: feeds.join(',') } : {}),
    ...(feedBucket ? { FeedLocation: `s3://${feedBucket.bucketName}` } : {}),
    ...(trailKeys ? { TrailKeyArn: trailKeys.map(({ keyArn }) => keyArn).join(',') } : {}),
    ...props.parameters,
  };
}

/** Conditions of the template that follow from what is given. */
function decidedBy(props: QueryTrackerProps): Record<string, boolean> {
  const hasFeeds = (props.feeds ?? []).length > 0 || (props.parameters?.Feeds ?? '') !== '';
  return {
    ...(props.reportBucket ? { NamedBucket: true } : {}),
    ...(props.alarmTopic ? { CreateTopic: false } : {}),
    ...(props.network ? { HasVpc: true } : {}),
    ...(props.reportKey ? { HasReportKey: true } : {}),
    ...(props.logKey ? { HasLogKey: true } : {}),
    ...(props.topicKey ? { HasTopicKey: true } : {}),
    ...(props.queueKey ? { HasQueueKey: true } : {}),
    ...(props.trailKeys ? { HasTrailKey: true } : {}),
    ...(props.feedBucket ? { FeedsHere: false, FeedsElsewhere: hasFeeds } : {}),
  };
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
}
