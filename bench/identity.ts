/**
 * What resolving people costs: bytes a link, links and resolutions a second, and the share of resolving in the time it takes
 * to parse and read the same events.
 * Run with `node --expose-gc --max-old-space-size=6000 --import tsx bench/identity.ts [links]` (default 1 000 000).
 */
import { readCredentialLink } from '../src/cloudtrail/read-credential-link.js';
import { readStart, type Start } from '../src/cloudtrail/start.js';
import { createCredentialGraph } from '../src/identity/chain/credential-graph.js';
import { clientOf } from '../src/identity/comments/client.js';
import { EMPTY_DIRECTORY } from '../src/identity/directory/directory.js';
import { resolvePerson } from '../src/identity/resolve/resolve-person.js';

const LINKS = Number(process.argv[2] ?? 1_000_000);
const STARTS = 100_000;
const ACCOUNT = '111122223333';
const FIRST = Date.UTC(2026, 10, 1);

const iso = (second: number) => new Date(FIRST + second * 1000).toISOString().replace('.000', '');
const uuid = (number: number) => `b621c254-74e0-48e3-9630-${number.toString(16).padStart(12, '0')}`;
const key = (number: number) => `ASIA${number.toString(36).toUpperCase().padStart(16, 'X')}`;
/** Each person asks twenty times a day: from the portal into one role, from there into a second; the names are the SDK's. */
const person = (number: number) => `person.${Math.floor(number / 40) % 5000}@acorn.example`;
const second = (number: number) => Math.floor((number / LINKS) * 80_000);

function session(role: string, id: string, name: string, options: { key: string; began: number }) {
  const roleName = role.slice(role.lastIndexOf('/') + 1);
  return {
    type: 'AssumedRole',
    principalId: `${id}:${name}`,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${roleName}/${name}`,
    accountId: ACCOUNT,
    accessKeyId: options.key,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: id,
        arn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
        accountId: ACCOUNT,
        userName: roleName,
      },
      attributes: { creationDate: iso(options.began), mfaAuthenticated: 'false' },
    },
  };
}

/** The session that link `number` issues: even ones out of the portal, odd ones out of the one before. */
function issued(number: number) {
  const id = number % 2 === 0 ? 'AROAEXAMPLELAKE00001' : 'AROAEXAMPLEINNER0001';
  return session(number % 2 === 0 ? 'Lake' : 'teams/Inner', id, `botocore-session-${1_760_000_000 + number}`, {
    key: key(number),
    began: second(number),
  });
}

function linkText(number: number): string {
  const portal = 'aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Analyst_0123456789abcdef';
  const caller =
    number % 2 === 0
      ? session(portal, 'AROAEXAMPLEPORTAL001', person(number), { key: `${key(Math.floor(number / 40))}P`, began: 0 })
      : issued(number - 1);
  const own = issued(number);
  return JSON.stringify({
    eventVersion: '1.08',
    userIdentity: caller,
    eventTime: iso(second(number)),
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    awsRegion: 'us-east-1',
    requestParameters: {
      roleArn: own.sessionContext.sessionIssuer.arn,
      roleSessionName: own.principalId.split(':')[1],
    },
    responseElements: {
      credentials: { accessKeyId: own.accessKeyId },
      assumedRoleUser: { assumedRoleId: own.principalId, arn: own.arn },
    },
    eventID: uuid(number),
    recipientAccountId: ACCOUNT,
  });
}

function startText(number: number): string {
  const link = Math.floor((number / STARTS) * LINKS);
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: issued(link),
    eventTime: iso(second(link) + 60),
    eventSource: 'athena.amazonaws.com',
    eventName: 'StartQueryExecution',
    awsRegion: 'us-east-1',
    sourceIPAddress: '198.51.100.7',
    userAgent:
      'Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.18 md/arch#x86_64 lang/python#3.11.7 Botocore/1.43.11 PyAthena/3.22.0',
    requestParameters: { queryString: '***OMITTED***', workGroup: 'primary' },
    responseElements: { queryExecutionId: uuid(LINKS + number) },
    eventID: uuid(2 * LINKS + number),
    recipientAccountId: ACCOUNT,
  });
}

const now = () => performance.now();
const used = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const rate = (count: number, ms: number) => `${Math.round(count / (ms / 1000)).toLocaleString('en')}/s`;

const graph = createCredentialGraph();
const before = used();
let adding = 0;
let reading = 0;
for (let number = 0; number < LINKS; number++) {
  const text = linkText(number);
  let at = now();
  const link = readCredentialLink(JSON.parse(text));
  reading += now() - at;
  at = now();
  if (link) graph.addLink(link);
  adding += now() - at;
}
const bytes = used() - before;
console.log(
  `links           ${LINKS.toLocaleString('en')}, ${Math.round(bytes / 2 ** 20)} MiB, ${Math.round(bytes / LINKS)} bytes each`,
);
console.log(`parse and read  ${rate(LINKS, reading)} links`);
console.log(
  `add             ${rate(LINKS, adding)} links (${Math.round((100 * adding) / reading)} % of parsing and reading them)`,
);

const starts: Start[] = [];
let parsing = 0;
for (let number = 0; number < STARTS; number++) {
  const text = startText(number);
  const at = now();
  const start = readStart(JSON.parse(text));
  parsing += now() - at;
  if (start.kind === 'start') starts.push(start);
}
let at = now();
for (const start of starts) graph.addStart(start);
const noting = now() - at;
at = now();
const missing = [...graph.unknownKeys()].length;
const asking = now() - at;
at = now();
let verified = 0;
for (const start of starts) {
  const { confidence } = resolvePerson({ start, graph, directory: EMPTY_DIRECTORY, tag: null });
  if (confidence === 'verified') verified += 1;
}
const resolving = now() - at;
at = now();
for (const { userAgent, console: isConsole } of starts) clientOf(userAgent, { console: isConsole, invokedBy: null });
const naming = now() - at;
console.log(
  `starts          ${STARTS.toLocaleString('en')}, ${verified.toLocaleString('en')} verified, ${missing} keys missing`,
);
console.log(`parse and read  ${rate(STARTS, parsing)} starts`);
console.log(`note            ${rate(STARTS, noting)}, unknown keys ${rate(STARTS, asking)}`);
console.log(
  `resolve         ${rate(STARTS, resolving)} (${Math.round((100 * resolving) / parsing)} % of parsing and reading)`,
);
console.log(`client          ${rate(STARTS, naming)}`);
