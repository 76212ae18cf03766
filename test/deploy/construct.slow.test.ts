import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueryTracker, type QueryTrackerProps } from '../../src/cdk/query-tracker.js';
import { quickTemplate, ZIPS } from './infra-template.js';

interface Included {
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;
}

let artifacts = '';
let outdir = '';
beforeAll(() => {
  artifacts = mkdtempSync(join(tmpdir(), 'aqt-construct-'));
  outdir = mkdtempSync(join(tmpdir(), 'aqt-construct-out-'));
  writeFileSync(join(artifacts, 'template.json'), JSON.stringify(quickTemplate()));
  for (const [name, file] of Object.entries(ZIPS)) writeFileSync(join(artifacts, file), name);
});
afterAll(() => {
  for (const folder of [artifacts, outdir]) rmSync(folder, { recursive: true, force: true });
});

/** The template of an app of somebody else's with the construct in it. */
function appWith(make: (stack: Stack) => QueryTrackerProps): { template: Included; tracker: QueryTracker } {
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'theirs');
  const tracker = new QueryTracker(stack, 'Tracker', { artifacts, ...make(stack) });
  return { template: app.synth().getStackByName('theirs').template as Included, tracker };
}

describe('the construct', () => {
  it('takes the code from assets, and asks for no bucket', () => {
    const { template, tracker } = appWith(() => ({}));
    for (const id of ['PlannerFunction', 'ScanFunction', 'HourFunction', 'CloseDayFunction']) {
      const code = template.Resources[id]?.Properties.Code as { S3Bucket: unknown; S3Key: string } | undefined;
      expect(JSON.stringify(code?.S3Bucket)).toContain('cdk-');
      expect(code?.S3Key).toMatch(/^[0-9a-f]{64}\.zip$/);
    }
    expect(template.Parameters).not.toHaveProperty('ArtifactBucket');
    expect(tracker.template.getOutput('ReportLocation')).toBeDefined();
  });

  it('takes bucket, topic, keys and network of the same stack, though conditions may not speak of resources', () => {
    const { template } = appWith((stack) => {
      const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['us-east-1a'] });
      return {
        reportBucket: new Bucket(stack, 'Theirs') as IBucket,
        alarmTopic: new Topic(stack, 'Alarms'),
        logKey: new Key(stack, 'LogKey'),
        trailKeys: [new Key(stack, 'One'), new Key(stack, 'Two')],
        network: {
          subnets: [Subnet.fromSubnetId(stack, 'Subnet', 'subnet-1')],
          securityGroups: [new SecurityGroup(stack, 'Group', { vpc })],
        },
        feeds: ['ocsf', 'securitylake'],
        feedBucket: new Bucket(stack, 'Fed') as IBucket,
        parameters: { OutputType: 'parquet' },
      };
    });
    const ids = Object.keys(template.Resources);
    for (const [name, condition] of Object.entries(template.Conditions)) {
      const spoken = ids.filter((id) => JSON.stringify(condition).includes(`"${id}"`));
      expect(spoken, name).toEqual([]);
    }
    const environment = template.Resources.HourFunction?.Properties.Environment as
      | { Variables: Record<string, unknown> }
      | undefined;
    expect(environment?.Variables.OUTPUT_TYPE).toBe('parquet');
    expect(template.Resources.FeedsFunction?.Properties.Environment).toMatchObject({
      Variables: { FEEDS: 'ocsf,securitylake' },
    });
    expect(JSON.stringify(template.Resources.FeedsElsewherePolicy)).toContain('Fed');
    const decided = (id: string) => JSON.stringify(template.Conditions[id]);
    expect([decided('FeedsHere'), decided('FeedsElsewhere')]).toEqual([
      '{"Fn::Equals":["false","true"]}',
      '{"Fn::Equals":["true","true"]}',
    ]);
    expect(JSON.stringify(environment?.Variables.S3_BUCKET)).toContain('Theirs');
    expect(JSON.stringify(template.Resources.DayFailed?.Properties.AlarmActions)).toContain('Alarms');
    expect(JSON.stringify(template.Resources.HourLogs?.Properties.KmsKeyId)).toContain('LogKey');
    expect(JSON.stringify(template.Resources.HourFunction?.Properties.VpcConfig)).toContain('subnet-1');
  });

  it('refuses a parameter that the template does not have', () => {
    expect(() => appWith(() => ({ parameters: { Nonsense: '1' } }))).toThrow(/Nonsense/);
  });
});
