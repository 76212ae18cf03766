import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientOf, isAgentClient } from './client.js';

const SAMPLES = new URL('../../../../shared/data/user-agents.jsonl', import.meta.url);
const PLAIN = { console: null, invokedBy: null };

describe('the program behind a call', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'console'],
    ['aws-cli/2.34.30 md/awscrt#0.31.2 ua/2.1 os/macos#25.2.0 md/command#athena.start-query-execution', 'aws-cli'],
    ['[Boto3/1.26.165 Python/3.10.6 Linux/5.19.0 Botocore/1.29.165]', 'boto3'],
    ['Boto3/1.43.11 md/Botocore#1.43.11 Botocore/1.43.11 dbt-athena-community/1.9.4', 'dbt-athena'],
    ['Boto3/1.43.11 Botocore/1.43.11 Airflow/2.10.5 AmPP/9.4.0 Caller/AthenaOperator', 'airflow'],
    ['Boto3/1.43.11 Botocore/1.43.11 PyAthena/3.22.0', 'pyathena'],
    ['sbAthenaJDBCDriver/2.0, aws-internal/3', 'jdbc'],
    ['aws-sdk-java/2.29.0 AthenaJDBC/3.5.0', 'jdbc'],
    ['AmazonAthenaODBC/2.0.3.0 aws-sdk-cpp/1.11.1', 'odbc'],
    ['Simba Athena ODBC Driver/1.2', 'odbc'],
    ['aws-sdk-java/2.29.0 app/DataGrip AthenaJDBC/3.5.0', 'datagrip'],
    ['aws-sdk-go/1.51.31 (go1.22.4; linux;) Athena/2.17.1 Grafana/11.1.0', 'grafana'],
    ['aws-sdk-nodejs/2.320.0 linux/v8.10.0', 'aws-sdk-js'],
    ['athena.amazonaws.com', 'athena'],
    ['athena.cn-north-1.amazonaws.com.cn', 'athena'],
    ['AthenaJdbcDriver_v3/3.6.0 aws-sdk-java/2.31.0', 'jdbc'],
    ['aws-sdk-java/2.31.0 md/Athena_v3_JDBC#3.6.0', 'jdbc'],
    ['Amazon Athena ODBC (x64) Driver 2.0', 'odbc'],
    ['Boto3/1.43.11 Botocore/1.43.11 app/superset', 'superset'],
    ['Boto3/1.43.11 Botocore/1.43.11 app/dagster-prod', 'dagster'],
    ['aws-sdk-ruby3/3.230.0 mode/4.1', 'mode'],
    ['Boto3/1.43.11 Botocore/1.43.11 app/count-orders', 'boto3'],
    ['[S3Console/0.4]', 'console'],
    ['AWS CloudWatch Console', 'console'],
    ['EC2ConsoleBackend, aws-sdk-java/Linux/x.xx', 'console'],
    ['signin.amazonaws.com', 'console'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 'console'],
    ['console.ec2.amazonaws.com', 'console'],
    ['aws-internal/3, acorn-generated exec-env/AWS_Lambda_java8', 'aws-internal'],
    ['AWS Internal', 'aws-internal'],
    ['aws-sdk-haskell/2.0', 'aws-sdk-haskell'],
    ['Boto/2.49.0 Python/2.7.18', 'boto'],
    ['aiobotocore/2.12.3 md/Botocore#1.34.69', 'aiobotocore'],
  ])('%s is %s', (userAgent, client) => {
    expect(clientOf(userAgent, PLAIN)).toBe(client);
  });

  it.each([
    'Coral/Netty4',
    'PostmanRuntime/7.1.5',
    'Mozilla',
    'exampleUserAgent',
    'a hexagonal sigma',
    'countdown/1.0',
    'Mozilla/5.0 (X11; Linux) PowerShell/7.4',
    'mode',
    'console.aws.amazon.com',
    'curl/8.4.0',
    'Java/1.8.0_382',
    '',
    '-',
  ])('leaves %s unknown', (userAgent) => {
    expect(clientOf(userAgent, PLAIN)).toBeNull();
  });

  it('lets AWS name the service that made the call', () => {
    expect(clientOf('Boto3/1.0 Botocore/1.0', { console: null, invokedBy: 'quicksight.amazonaws.com' })).toBe(
      'quicksight',
    );
    expect(clientOf('aws-mcp.amazonaws.com', { console: null, invokedBy: 'aws-mcp.amazonaws.com' })).toBe('aws-mcp');
  });

  it('knows a console session by its mark, unless another program used it (CloudShell)', () => {
    expect(clientOf(null, { console: true, invokedBy: null })).toBe('console');
    expect(clientOf('aws-cli/2.17.9 exec-env/CloudShell', { console: true, invokedBy: null })).toBe('aws-cli');
    expect(clientOf(null, PLAIN)).toBeNull();
  });

  it('tells agents from programs that people drive', () => {
    expect(isAgentClient(null, 'aws-mcp.amazonaws.com')).toBe(true);
    expect(isAgentClient(null, 'bedrock-agentcore.amazonaws.com')).toBe(true);
    expect(isAgentClient('Boto3/1.40 md/awslabs#mcp#athena', null)).toBe(true);
    expect(isAgentClient('claude-code/2.1.202 (cli)', null)).toBe(true);
    expect(isAgentClient('aws-cli/2.34.30 md/command#login', null)).toBe(false);
    expect(isAgentClient('Boto3/1.40 Botocore/1.40', 'cloudformation.amazonaws.com')).toBe(false);
  });
});

describe.skipIf(!existsSync(SAMPLES))('collected user agents (../shared/data/user-agents.jsonl)', () => {
  const samples = existsSync(SAMPLES)
    ? readFileSync(SAMPLES, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { client: string; user_agent: string })
    : [];

  it.each(samples.filter(({ client }) => client !== 'other'))(
    'recognises $client: $user_agent',
    ({ client, user_agent }) => {
      const name = clientOf(user_agent, PLAIN);
      expect(name).not.toBeNull();
      const [, expected] = FAMILY.find(([pattern]) => pattern.test(client)) ?? [/./, /^[a-z0-9.-]+$/];
      expect(name).toMatch(expected);
    },
  );

  it.each(samples.filter(({ client }) => client === 'other'))(
    'has no name for $user_agent, or a true one',
    ({ user_agent }) => {
      expect([null, 'amazon-ssm-agent', 'rusoto']).toContain(clientOf(user_agent, PLAIN));
    },
  );
});

/** Labels of the collection, and the client that must come out. */
const FAMILY: readonly (readonly [RegExp, RegExp])[] = [
  [/^AWS internal/, /^aws-internal$/],
  [/console|browser/, /^console$/],
  [/aws.cli/i, /^aws-cli$/],
  [/boto3/i, /^boto3$/],
  [/JavaScript/, /^(aws-sdk-js|athena-query-tracker)$/],
  [/Go v2/, /^(aws-sdk-go-v2|stratus-red-team)$/],
  [/Go v1/, /^(aws-sdk-go|amazon-ssm-agent)$/],
  [/Java$/, /^aws-sdk-java$/],
  [/Terraform/, /^terraform$/],
  [/JDBC/, /^jdbc$/],
  [/dbt-athena/, /^dbt-athena$/],
  [/airflow/i, /^airflow$/],
  [/grafana/i, /^grafana$/],
  [/wrangler/, /^awswrangler$/],
  [/PyAthena/, /^pyathena$/],
];
