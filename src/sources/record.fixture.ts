import { gzipSync } from 'node:zlib';

/** A record of a start as CloudTrail writes it; members given replace those of the sample. */
export function startRecord(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: 'arn:aws:iam::111122223333:user/ana',
      accountId: '111122223333',
      accessKeyId: 'AKIAEXAMPLE',
      userName: 'ana',
    },
    eventTime: '2026-11-01T05:00:00Z',
    eventSource: 'athena.amazonaws.com',
    eventName: 'StartQueryExecution',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: '[aws-cli/2.31.0, "md/x"]',
    requestParameters: { queryString: '***OMITTED***', workGroup: 'primary' },
    responseElements: { queryExecutionId: 'b621c254-74e0-48e3-9630-78ed857782f9' },
    eventID: 'e-1',
    readOnly: false,
    resources: [{ accountId: '111122223333', type: 'AWS::Athena::WorkGroup', ARN: 'arn:x' }],
    recipientAccountId: '111122223333',
    ...over,
  };
}

/** A record of another service; its text may hold anything. */
export function otherRecord(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return startRecord({ eventSource: 's3.amazonaws.com', eventName: 'PutObject', responseElements: null, ...over });
}

/** An AssumeRole record that issued a key. */
export function assumeRoleRecord(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return startRecord({
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/R', roleSessionName: 'ana' },
    responseElements: {
      credentials: { accessKeyId: 'ASIAEXAMPLE' },
      assumedRoleUser: { assumedRoleId: 'AROAEXAMPLE:ana', arn: 'arn:aws:sts::111122223333:assumed-role/R/ana' },
    },
    ...over,
  });
}

/** A log file: `{"Records":[…]}`, compact, gzip. */
export function logFile(records: readonly unknown[]): Buffer {
  return gzipSync(JSON.stringify({ Records: records }), { level: 1 });
}
