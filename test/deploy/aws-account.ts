import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stack as CloudFormation keeps it. */
export interface DoubleStack {
  status: string;
  parameters: Record<string, string>;
  outputs: Record<string, string>;
  template: string;
  tags?: Record<string, string>;
}

/** What of an account the commands on the stack ask, with stacks and buckets in any state. */
export interface AwsAccount {
  readonly env: Record<string, string>;
  readonly accountId: string;
  readonly stacks: Map<string, DoubleStack>;
  /** Of everybody: names are global. */
  readonly buckets: Map<string, { readonly owner: string; readonly objects: Map<string, Buffer> }>;
  /** Messages in the dead-letter queue; null for a queue that is gone. */
  deadLetters: readonly { readonly Body: string }[] | null;
  /** The state in which the next change or deletion of a stack ends, where not well. */
  endsAs: string | null;
  /** Whether the caller may list the buckets of the account. */
  mayListBuckets: boolean;
  /** Executions of state machines that run now. */
  readonly running: string[];
  /** Operations, in their order. */
  readonly calls: string[];
  close(): Promise<void>;
}

const ACCOUNT = '111122223333';
/** An account that takes names of buckets first. */
export const SQUATTER = '999999999999';

/** Starts it. */
export async function startAwsAccount(): Promise<AwsAccount> {
  const account: Omit<AwsAccount, 'env' | 'close'> = {
    ...{
      accountId: ACCOUNT,
      stacks: new Map(),
      buckets: new Map(),
      deadLetters: [],
      endsAs: null,
      mayListBuckets: true,
      running: [],
      calls: [],
    },
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://aws');
    const service = /\/us-east-1\/(\w+)\/aws4_request/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const body = await bodyOf(request);
    const { status, text } = answer(account, {
      service,
      method: request.method ?? '',
      url,
      body,
      headers: request.headers,
    });
    response.writeHead(status, { 'content-type': /^\{/.test(text) ? 'application/x-amz-json-1.0' : 'text/xml' });
    response.end(request.method === 'HEAD' ? undefined : text);
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  return Object.assign(account, {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1',
    },
    close: () => new Promise<void>((closed) => void server.close(() => closed())),
  });
}

interface Call {
  readonly service: string;
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly headers: IncomingMessage['headers'];
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

type Account = Omit<AwsAccount, 'env' | 'close'>;

function answer(account: Account, call: Call): Answer {
  switch (call.service) {
    case 's3':
      return s3(account, call);
    case 'lambda':
      return lambda(account, call);
    case 'sts':
    case 'cloudformation': {
      const form = new URLSearchParams(call.body.toString());
      const action = form.get('Action') ?? '';
      account.calls.push(action);
      return action === 'GetCallerIdentity'
        ? result(action, `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/deployer</Arn>`)
        : cloudFormation(account, action, form);
    }
    default:
      return json(account, call);
  }
}

function cloudFormation(account: Account, action: string, form: URLSearchParams): Answer {
  const name = (form.get('StackName') ?? '').replace(/^arn:.*:stack\/([^/]+)\/.*$/, '$1');
  const stack = account.stacks.get(name);
  const ended = (good: string) => account.endsAs ?? good;
  const hasBegun = account.calls.some((call) => call === 'ExecuteChangeSet' || call === 'DeleteStack');
  switch (action) {
    case 'CreateChangeSet': {
      const list = (kind: string, [key, value]: readonly [string, string]) =>
        [...form.entries()]
          .filter(([field]) => new RegExp(`^${kind}\\.member\\.\\d+\\.${key}$`).test(field))
          .map(([field, text]) => [text, form.get(field.replace(key, value))] as const);
      const given = list('Parameters', ['ParameterKey', 'ParameterValue']);
      const parameters = Object.fromEntries(given.map(([key, value]) => [key, value ?? stack?.parameters[key] ?? '']));
      const template = form.get('TemplateBody') ?? '{}';
      const tags = Object.fromEntries(list('Tags', ['Key', 'Value']).map(([key, value]) => [key, value ?? '']));
      account.stacks.set(name, {
        ...{ status: 'REVIEW_IN_PROGRESS', template, tags, parameters: { ...stack?.parameters, ...parameters } },
        outputs: stack?.outputs ?? {},
      });
      return result(action, `<Id>${name}</Id>`);
    }
    case 'DescribeChangeSet':
      return result(action, '<Status>CREATE_COMPLETE</Status><Changes></Changes>');
    case 'ExecuteChangeSet':
      if (stack) {
        stack.status = ended('CREATE_COMPLETE');
        const { ReportBucketName: bucket = 'auto' } = stack.parameters;
        const used = bucket === 'auto' ? `${name}-made-up` : bucket;
        if (!account.buckets.has(used)) account.buckets.set(used, { owner: ACCOUNT, objects: new Map() });
        stack.outputs = {
          ReportBucketInUse: used,
          ReportLocation: `s3://${used}/`,
          BackfillMachineArn: 'arn:b',
          DayMachineArn: 'arn:d',
        };
      }
      return result(action, '');
    case 'DeleteStack':
      if (stack && account.endsAs !== null) stack.status = account.endsAs;
      else account.stacks.delete(name);
      return result(action, '');
    case 'DescribeStackEvents':
      return result(
        action,
        `<StackEvents>${account.endsAs === null || !hasBegun ? '' : '<member><EventId>e1</EventId><LogicalResourceId>HourFunction</LogicalResourceId><ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>no such key</ResourceStatusReason></member>'}</StackEvents>`,
      );
    case 'DescribeStacks':
      if (!stack) return error(400, 'ValidationError', `Stack with id ${name} does not exist`);
      return result(action, `<Stacks><member>${described(name, stack)}</member></Stacks>`);
    case 'GetTemplate':
      return result(action, `<TemplateBody>${escaped(stack?.template ?? '')}</TemplateBody>`);
    default:
      return error(400, 'InvalidAction', action);
  }
}

function described(name: string, { status, parameters, outputs, tags = {} }: DoubleStack): string {
  const list = (values: Record<string, string>, [key, value]: readonly [string, string]) =>
    Object.entries(values)
      .map(([name, text]) => `<member><${key}>${name}</${key}><${value}>${escaped(text)}</${value}></member>`)
      .join('');
  return [
    `<StackName>${name}</StackName><StackId>arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/${name}/1</StackId>`,
    `<StackStatus>${status}</StackStatus><CreationTime>2026-11-01T00:00:00Z</CreationTime>`,
    `<Parameters>${list(parameters, ['ParameterKey', 'ParameterValue'])}</Parameters>`,
    `<Outputs>${list(outputs, ['OutputKey', 'OutputValue'])}</Outputs><Tags>${list(tags, ['Key', 'Value'])}</Tags>`,
  ].join('');
}

function s3(account: Account, { method, url, body, headers }: Call): Answer {
  const [, name = '', ...rest] = url.pathname.split('/');
  const key = decodeURIComponent(rest.join('/'));
  if (name === '') {
    const prefix = url.searchParams.get('prefix') ?? '';
    const own = [...account.buckets].filter(([bucket, { owner }]) => owner === ACCOUNT && bucket.startsWith(prefix));
    account.calls.push('ListBuckets');
    if (!account.mayListBuckets) return error(403, 'AccessDenied', 'Access Denied');
    return xml(
      `<ListAllMyBucketsResult><Buckets>${own.map(([bucket]) => `<Bucket><Name>${bucket}</Name></Bucket>`).join('')}</Buckets></ListAllMyBucketsResult>`,
    );
  }
  account.calls.push(`${method} ${name}${key === '' ? '' : ` ${key.split('/')[0]}`}`);
  const bucket = account.buckets.get(name);
  if (method === 'PUT' && key === '' && url.search === '') {
    if (bucket) return error(409, 'BucketAlreadyExists', name);
    account.buckets.set(name, { owner: ACCOUNT, objects: new Map() });
    return xml('');
  }
  if (!bucket) return error(404, 'NoSuchBucket', name);
  // Whoever takes a name first may let everybody in; what stops us is that we say whom we expect.
  const expected = headers['x-amz-expected-bucket-owner'];
  if (expected !== undefined && expected !== bucket.owner) return error(403, 'AccessDenied', 'Access Denied');
  if (key === '') {
    if (method === 'DELETE') account.buckets.delete(name);
    if (method === 'POST') bucket.objects.clear();
    if (method !== 'GET') return xml(method === 'POST' ? '<DeleteResult></DeleteResult>' : '');
    const prefix = url.searchParams.get('prefix') ?? '';
    const keys = [...bucket.objects.keys()].filter((one) => one.startsWith(prefix));
    const versions = keys.map((one) => `<Version><Key>${one}</Key><VersionId>1</VersionId></Version>`).join('');
    return url.searchParams.has('versions')
      ? xml(`<ListVersionsResult>${versions}</ListVersionsResult>`)
      : xml(
          `<ListBucketResult><KeyCount>${keys.length}</KeyCount>${keys.map((one) => `<Contents><Key>${one}</Key></Contents>`).join('')}</ListBucketResult>`,
        );
  }
  if (method === 'PUT') bucket.objects.set(key, body);
  else if (!bucket.objects.has(key)) return error(404, 'NoSuchKey', key);
  return { status: 200, text: method === 'GET' ? (bucket.objects.get(key)?.toString() ?? '') : '' };
}

/** The code of a function is the zip that its stack's parameters point to. */
function lambda(account: Account, { url }: Call): Answer {
  const [, stackName = '', name = ''] = /\/functions\/([a-z]+)-([a-z-]+)\/configuration/.exec(url.pathname) ?? [];
  const { ArtifactBucket: bucket = '', ArtifactPrefix: prefix = '' } = account.stacks.get(stackName)?.parameters ?? {};
  const zip = [...(account.buckets.get(bucket)?.objects ?? [])].find(([key]) => key.startsWith(`${prefix}${name}-`));
  const CodeSha256 = createHash('sha256')
    .update(zip?.[1] ?? '')
    .digest('base64');
  return { status: 200, text: JSON.stringify({ CodeSha256 }) };
}

/** Services that speak JSON: they know of nothing, but for the queue and what runs. */
function json(account: Account, { service, headers }: Call): Answer {
  const operation = String(headers['x-amz-target']).split('.')[1] ?? '';
  account.calls.push(operation);
  if (service === 'sqs') {
    if (account.deadLetters === null)
      return { status: 400, text: JSON.stringify({ __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'gone' }) };
    const count = String(account.deadLetters.length);
    return {
      status: 200,
      text: JSON.stringify({
        Messages: account.deadLetters.slice(0, 1).map(withHash),
        Attributes: { ApproximateNumberOfMessages: count },
      }),
    };
  }
  if (operation === 'ListExecutions')
    return { status: 200, text: JSON.stringify({ executions: account.running.map((name) => ({ name })) }) };
  return { status: 200, text: '{}' };
}

/** The SDK compares the hash of each message's body. */
function withHash(message: { readonly Body?: string }) {
  return {
    ...message,
    MD5OfBody: createHash('md5')
      .update(message.Body ?? '')
      .digest('hex'),
  };
}

function result(action: string, inner: string): Answer {
  return xml(`<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`);
}

function error(status: number, code: string, message: string): Answer {
  const inner = `<Code>${code}</Code><Message>${escaped(message)}</Message>`;
  return { status, text: `<ErrorResponse><Error>${inner}</Error>${inner}</ErrorResponse>` };
}

function xml(text: string): Answer {
  return { status: 200, text };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
