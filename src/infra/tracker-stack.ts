import {
  type App,
  Aws,
  BootstraplessSynthesizer,
  CfnMapping,
  CfnOutput,
  CfnParameter,
  Fn,
  type IStackSynthesizer,
  Stack,
} from 'aws-cdk-lib';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledge } from './acknowledgements.js';
import { declareCatalog, TABLE_NAME } from './catalog/catalog.js';
import type { DayTables } from './catalog/day-tables.js';
import type { GlueTable } from './catalog/glue-table.js';
import { declareFeeds } from './feeds/declare-feeds.js';
import { declareFunction, type FunctionCode, type FunctionName } from './functions.js';
import { declareMachines } from './machines.js';
import { declareObservability } from './observability.js';
import { declareParameters, type StackParameters } from './parameters.js';
import {
  assumeRoles,
  encryptMessages,
  joinNetwork,
  keepDailyFiles,
  keepReports,
  listExecutions,
  readEventHistory,
  readExecutions,
  readInputs,
  readTables,
  readTrail,
  readUserNames,
  sendTraces,
} from './permissions.js';
import { declareReportBucket, type ReportBucket } from './report-bucket.js';
import { allow } from './role.js';
import { declareDeadLetters, declareSchedule, startNextDays } from './schedule.js';
import { askSystemTable, keepEvidence, planDays, readClosings, readSystemTableResults } from './upkeep-permissions.js';
import { declareWitness } from './witness.js';

export interface TrackerStackProperties {
  readonly code: FunctionCode;
  /** Glue table for each report format that this variant writes. */
  readonly tables: Readonly<Record<string, GlueTable>>;
  /** The table over the files of whole days; null in a variant that writes no Parquet, and so none of them. */
  readonly dayTables: DayTables | null;
  /** Version of the package, for the outputs. */
  readonly version: string;
}

/** Everything that runs in the user's account, in one stack. Its code is inline or in zips; all else is the same. */
export class TrackerStack extends Stack {
  constructor(app: App, id: string, { code, tables, dayTables, version }: TrackerStackProperties) {
    super(app, id, {
      description: `athena-query-tracker ${version}: who ran which Athena query, when, on what data, at what cost`,
      synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
    });
    const parameters = declareParameters(this, Object.keys(tables));
    const bucket = declareReportBucket(this, parameters);
    const deadLetters = declareDeadLetters(this, parameters);
    const codeOf = declareCode(this, code);
    const timeoutSeconds = 900;
    const memory = parameters.hourMemory.valueAsNumber;
    const environment = environmentOf(parameters, bucket);
    const common = { parameters, timeoutSeconds, memory };
    const scan = declareFunction(this, {
      ...common,
      ...codeOf('scan'),
      description: 'Reads CloudTrail for a report day, once and paced',
      environment,
      statements: readUserNames(),
    });
    const hour = declareFunction(this, {
      ...common,
      ...codeOf('hour'),
      description: 'Collects one report hour',
      environment,
      statements: [
        ...readExecutions(),
        ...readTables(parameters),
        ...readUserNames(),
        ...readInputs(bucket, parameters),
      ],
    });
    const closeDay = declareFunction(this, {
      ...common,
      ...codeOf('close-day'),
      description: 'Closes a report day: compares with the list of Athena, settles what was open',
      // Nobody else may ask it.
      environment: {
        ...environment,
        SYSTEM_TABLE_WORKGROUP: parameters.upkeep.systemTableWorkgroup.valueAsString,
      },
      statements: [
        ...readExecutions(),
        ...readTables(parameters),
        ...listExecutions(),
        ...readInputs(bucket, parameters),
      ],
    });
    const witness = declareFunction(this, {
      ...common,
      ...codeOf('witness'),
      memory: 512,
      description: 'Hears which queries have ended, and keeps their texts at once',
      environment,
      statements: [...readExecutions(), ...keepEvidence(bucket, parameters)],
    });
    declareWitness(this, { witness, deadLetters, parameters });
    allow(this, 'SystemTablePolicy', {
      roles: [closeDay.role],
      statements: askSystemTable(parameters),
      condition: parameters.upkeep.asksSystemTable,
    });
    allow(this, 'SystemTableResultsPolicy', {
      roles: [closeDay.role],
      statements: readSystemTableResults(parameters),
      condition: parameters.upkeep.hasResults,
    });
    allow(this, 'CollectPolicy', {
      roles: [scan.role, hour.role, closeDay.role],
      statements: [
        ...keepReports(bucket),
        ...readEventHistory(),
        ...readTrail(bucket, parameters),
        ...assumeRoles(parameters),
      ],
    });
    if (dayTables !== null) allow(this, 'DailyPolicy', { roles: [closeDay.role], statements: keepDailyFiles(bucket) });
    const functions = { scan: scan.lambda, hour: hour.lambda, closeDay: closeDay.lambda };
    const machines = declareMachines(this, functions, { bucket, parameters });
    const planner = declareFunction(this, {
      ...codeOf('planner'),
      parameters,
      memory: 256,
      timeoutSeconds: 300,
      description: 'Starts one execution of the state machine for each report day that is due or owed',
      environment: plannerEnvironment(parameters, { bucket, machine: machines.day.ref }),
      statements: [
        ...planDays(machines.day.ref),
        ...readClosings(bucket, parameters),
        { sid: 'DeadLetter', actions: ['sqs:SendMessage'], resources: [deadLetters.attrArn] },
        ...encryptMessages(parameters),
      ],
    });
    declareFeeds(this, {
      code: codeOf('feeds'),
      bucket,
      parameters,
      environment: treeEnvironment(parameters, bucket),
      dayRole: machines.dayRole,
    });
    const roles = [scan, hour, closeDay, planner, witness].map(({ role }) => role);
    const { hasVpc, isTraced } = parameters.care.conditions;
    allow(this, 'NetworkPolicy', { roles, statements: joinNetwork(), condition: hasVpc });
    allow(this, 'TracePolicy', { roles, statements: sendTraces(), condition: isTraced });
    declareSchedule(this, { planner: planner.lambda, deadLetters, parameters });
    startNextDays(this, { planner: planner.lambda, dayMachine: machines.day });
    const { database, readers } = declareCatalog(this, { bucket, tables, dayTables, parameters });
    declareObservability(this, { machines, deadLetters, parameters });
    declareOutputs(this, {
      ReportLocation: `s3://${bucket.name}/${bucket.keyPrefix}`,
      ReportBucketInUse: bucket.name,
      DayMachineArn: machines.day.ref,
      BackfillMachineArn: machines.backfill.ref,
      PlannerFunctionName: planner.lambda.ref,
      HourFunctionName: hour.lambda.ref,
      DeadLetterQueueUrl: deadLetters.ref,
      DailySchedule: `${Aws.STACK_NAME}-daily`,
      ReportTable: `${database.ref}.${TABLE_NAME}`,
      ReaderWorkgroup: readers.ref,
      DashboardUrl: Fn.conditionIf(
        parameters.care.conditions.hasDashboard.logicalId,
        `https://${Aws.REGION}.${consoleHost(this)}/cloudwatch/home?region=${Aws.REGION}#dashboards:name=${Aws.STACK_NAME}-${Aws.REGION}`,
        'none',
      ).toString(),
      TrackerVersion: version,
    });
    acknowledge(this);
  }
}

/** Where the tree is, and its zone (contract, section 6). Empty means unset. */
function treeEnvironment(parameters: StackParameters, bucket: ReportBucket): Record<string, string> {
  return {
    S3_BUCKET: bucket.name,
    S3_BUCKET_OWNER: Fn.conditionIf(
      parameters.conditions.hasBucketOwner.logicalId,
      parameters.reportBucketOwner.valueAsString,
      Aws.ACCOUNT_ID,
    ).toString(),
    REPORT_TIMEZONE: parameters.reportTimezone.valueAsString,
    REPORT_PREFIX: parameters.reportPrefix.valueAsString,
  };
}

function plannerEnvironment(
  parameters: StackParameters,
  { bucket, machine }: { readonly bucket: ReportBucket; readonly machine: string },
): Record<string, string> {
  return {
    ...treeEnvironment(parameters, bucket),
    STATE_MACHINE_ARN: machine,
    TEST_START_DATE: parameters.testStartDate.valueAsString,
    TEST_END_DATE: parameters.testEndDate.valueAsString,
    // A text: a function's variables are texts, and an emulator passes on a number as such.
    OWED_DAYS: Fn.sub('${OwedDays}'),
    FIRST_DAY: parameters.upkeep.firstDay.valueAsString,
    DAYS_AT_ONCE: Fn.sub('${BackfillConcurrency}'),
  };
}

/** The environment of the functions that collect. */
function environmentOf(parameters: StackParameters, bucket: ReportBucket): Record<string, string> {
  return {
    ...treeEnvironment(parameters, bucket),
    S3_KMS_KEY: parameters.reportKeyArn.valueAsString,
    OUTPUT_TYPE: parameters.outputType.valueAsString,
    REGIONS: parameters.regions.valueAsString,
    ACCOUNT_ROLES: parameters.accountRoles.valueAsString,
    EXTERNAL_ID: parameters.externalId.valueAsString,
    EVENT_SOURCE: parameters.eventSource.valueAsString,
    TRAIL_URI: parameters.trailUri.valueAsString,
    IDENTITY_DIRECTORY: parameters.identityDirectory.valueAsString,
    STATE_CHANGE_EVENTS: parameters.upkeep.stateChangeEvents.valueAsString,
    PRICES: parameters.prices.valueAsString,
    CATALOG: parameters.catalog.valueAsString,
    // A text, as OWED_DAYS.
    DIVIDE_SCAN_FROM: Fn.sub('${DivideScanFrom}'),
  };
}

type CodeOf = (name: FunctionName) => {
  readonly name: FunctionName;
  readonly code: CfnFunction.CodeProperty;
  readonly handler: string;
};

function declareCode(stack: Stack, code: FunctionCode): CodeOf {
  if (code.kind === 'inline') {
    // A mapping holds the one text that all functions share.
    new CfnMapping(stack, 'Code', { mapping: { all: { functions: code.source } } });
    const zipFile = Fn.findInMap('Code', 'all', 'functions');
    return (name) => ({ name, code: { zipFile }, handler: `index.${code.exports[name]}` });
  }
  const bucket = new CfnParameter(stack, 'ArtifactBucket', {
    type: 'String',
    description: 'Bucket in this Region that holds the zips of dist/deploy',
  });
  const prefix = new CfnParameter(stack, 'ArtifactPrefix', {
    type: 'String',
    default: '',
    description: 'Folder of the zips in ArtifactBucket, with a slash at its end',
  });
  return (name) => ({
    name,
    code: { s3Bucket: bucket.valueAsString, s3Key: `${prefix.valueAsString}${code.files[name]}` },
    handler: 'index.handler',
  });
}

/** Where the console of the account's partition is. */
function consoleHost(stack: Stack): string {
  const hosts = {
    aws: 'console.aws.amazon.com',
    'aws-us-gov': 'console.amazonaws-us-gov.com',
    'aws-cn': 'console.amazonaws.cn',
    'aws-eusc': 'console.amazonaws-eusc.eu',
  };
  const mapping = Object.fromEntries(Object.entries(hosts).map(([partition, host]) => [partition, { host }]));
  new CfnMapping(stack, 'Consoles', { mapping });
  return Fn.findInMap('Consoles', Aws.PARTITION, 'host');
}

function declareOutputs(stack: Stack, outputs: Readonly<Record<string, string>>): void {
  for (const [id, value] of Object.entries(outputs)) new CfnOutput(stack, id, { value });
}
