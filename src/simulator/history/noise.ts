/** A management event that is no evidence: what most of a real trail consists of. */
export interface Noise {
  readonly eventName: string;
  readonly eventSource: string;
  readonly isReadOnly: boolean;
  readonly request: Readonly<Record<string, unknown>> | null;
  readonly response: Readonly<Record<string, unknown>> | null;
}

/** Chooses one kind of noise by a number. */
export function noiseOf(template: number): Noise {
  return NOISE[template % NOISE.length] ?? FIRST;
}

const FIRST = read('s3.amazonaws.com', 'ListBuckets', { Host: 's3.amazonaws.com' });

const NOISE: readonly Noise[] = [
  FIRST,
  read('athena.amazonaws.com', 'GetQueryExecution', { queryExecutionId: '11111111-2222-4333-8444-555555555555' }),
  read('athena.amazonaws.com', 'GetQueryResults', { queryExecutionId: '11111111-2222-4333-8444-555555555555' }),
  read('athena.amazonaws.com', 'GetWorkGroup', { workGroup: 'primary' }),
  read('athena.amazonaws.com', 'ListQueryExecutions', { workGroup: 'analytics' }),
  read('glue.amazonaws.com', 'GetTables', { databaseName: 'sales' }),
  read('glue.amazonaws.com', 'GetPartitions', { databaseName: 'raw', tableName: 'shop_orders' }),
  read('kms.amazonaws.com', 'Decrypt', { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }),
  read('ec2.amazonaws.com', 'DescribeInstances', { maxResults: 100 }),
  read('sts.amazonaws.com', 'GetCallerIdentity', null),
  read('iam.amazonaws.com', 'ListRoles', null),
  read('lambda.amazonaws.com', 'ListFunctions20150331', null),
  write('athena.amazonaws.com', 'StopQueryExecution', { queryExecutionId: '11111111-2222-4333-8444-555555555555' }),
  write('athena.amazonaws.com', 'CreateNamedQuery', { name: 'StartQueryExecution', queryString: '***OMITTED***' }),
  // Looks like a start when one searches the bytes: the words are there, nested, and the event is another.
  write('events.amazonaws.com', 'PutRule', {
    name: 'athena-starts',
    eventPattern: '{"detail":{"eventSource":["athena.amazonaws.com"],"eventName":["StartQueryExecution"]}}',
    nested: { eventName: 'StartQueryExecution', eventSource: 'athena.amazonaws.com' },
  }),
  write('logs.amazonaws.com', 'StartQuery', {
    logGroupName: 'trail',
    queryString: 'filter eventName = "StartQueryExecution"',
  }),
  write('s3.amazonaws.com', 'PutBucketTagging', { bucketName: 'acorn-scratch' }),
  write('ec2.amazonaws.com', 'RunInstances', { instanceType: 'm7g.large' }),
];

function read(eventSource: string, eventName: string, request: Noise['request']): Noise {
  return { eventSource, eventName, isReadOnly: true, request, response: null };
}

function write(eventSource: string, eventName: string, request: Noise['request']): Noise {
  return { eventSource, eventName, isReadOnly: false, request, response: { requestId: 'simulated' } };
}
