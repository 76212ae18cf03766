import { isLikePerson } from './person-like.js';
import { isPlaceholder } from './placeholder.js';
import { ENDINGS, SHARED_WORDS, SURNAMES, TECHNICAL_WORDS, TOOL_NAMES, WORKLOAD_WORDS } from './words.js';

/**
 * What a name looks like. `generated`: an SDK or a tool made it up, or nobody thought about it. `machine`: the name that an AWS
 * service, an instance, a host or a container gives. `workload`: words of a program. `either`: a person's or a program's, or several
 * people's: nothing tells. `login`: a word or a code that is nobody's name (`u123456`, `windsurf`): people log in under such, and
 * programs. `name`: it is like a person's. A look only: callers choose these names.
 */
export type NameLook = 'generated' | 'machine' | 'workload' | 'either' | 'login' | 'name';

/** Judges the name of a session, a user or a subject by its form alone. */
export function lookOfName(name: string): NameLook {
  if (MACHINE.test(name)) return 'machine';
  if (isEmail(name)) return lookOfAddress(name);
  if (isHost(name)) return 'machine';
  if (isMadeUp(name)) return 'generated';
  if (isOfProgram(name)) return isHalfOfProgram(name) ? 'either' : 'workload';
  if (isShared(name)) return 'either';
  return isLikePerson(name) ? 'name' : 'login';
}

/** Tells the looks of names that a person or a program may bear: then nothing but the directory, or what is known beside, says which. */
export function isUntold(look: NameLook): boolean {
  return look === 'either' || look === 'login';
}

/** Tells whether a name may be what a person is known by: where something else says that it is one. */
export function mayNamePerson(name: string): boolean {
  const look = lookOfName(name);
  return look === 'name' || look === 'login';
}

/**
 * Judges the common name of a certificate, without `CN=`. Most certificates are hosts' and programs', so a person's must look like one: an
 * e-mail address, or given name and surname.
 */
export function lookOfCertificate(commonName: string): NameLook {
  const look = lookOfName(commonName);
  if (look !== 'name' || isEmail(commonName)) return look;
  return /^\p{L}+(?:[ ._]\p{L}[\p{L}'-]*){1,2}$/u.test(commonName) ? 'name' : 'machine';
}

/** Tells an e-mail address from other names. */
export function isEmail(name: string): boolean {
  return /^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(name);
}

/** Numbers, UUIDs and other ids that mean something only inside the tool or the SDK that made them. */
export function isOpaque(name: string): boolean {
  return (
    /^(?:\d+|[0-9a-f-]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(name) ||
    /^[A-Za-z]*\d{10,}$/.test(name) ||
    // Step Functions, EventBridge and others draw 24 to 64 letters and digits.
    /^(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9]{24,}$/.test(name)
  );
}

/** The part before the `@` tells programs' addresses from people's; service accounts of clouds have hosts of their own. */
function lookOfAddress(address: string): NameLook {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (/\.gserviceaccount\.com$|^(?:no-?reply|postmaster|daemon)$/i.test(`${address.slice(at + 1)}`)) return 'workload';
  if (/^(?:no-?reply|mailer-daemon|postmaster|root|admin-?bot)$/i.test(local)) return 'workload';
  if (MACHINE.test(local)) return 'machine';
  if (isPlaceholder(local)) return 'generated';
  if (isOfProgram(local)) return 'workload';
  // Mailboxes of posts and groups; a person's has more than that.
  return wordsOf(local).every((word) => SHARED_WORDS.has(word)) ? 'either' : 'name';
}

/** Instances (`i-0abc…`), ECS tasks (32 hex digits), pods, and what AWS services call every one of their sessions. */
const MACHINE =
  /^(?:i-[0-9a-f]{7,17}|[0-9a-f]{32}|ip-\d+(?:-\d+){3}.*|awslambda_.*|(?:A(?:WS|ws)(?!-?CLI|-?SDK)|Amazon)[A-Z-].*|GlueJobRunnerSession|RedshiftIamRoleSession|SageMaker|dms-session-.*|eks-.*-[0-9a-f-]{36}|(?:node|host|srv|server|vm|web|db|app|worker|master|box|pod|ws|pc|laptop|desktop|rpi|nas)-?\d+)$/;

/** Fully qualified names of hosts: three or more labels, with a number in one, or ending as domains do. */
function isHost(name: string): boolean {
  const labels = name.toLowerCase().split('.');
  if (labels.length < 3 || !labels.every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label))) return false;
  return (
    /\d/.test(name) ||
    /^(?:com|net|org|io|dev|cloud|local|internal|lan|corp|example|test|home|intra|intranet|localdomain|amazonaws|co|eu|uk|de|us|jp|fr|ai|app|tech)$/.test(
      labels.at(-1) ?? '',
    )
  );
}

/** Made up by an SDK, a driver or a tool, drawn by chance, or typed because something had to be. */
function isMadeUp(name: string): boolean {
  if (isOpaque(name) || isPlaceholder(name) || MADE_UP.some((form) => form.test(name))) return true;
  const words = wordsOf(name);
  return words.length === 0 || words.includes('session') || words.every((word) => TECHNICAL_WORDS.has(word));
}

const MADE_UP: readonly RegExp[] = [
  // Seconds, milliseconds or nanoseconds since 1970, and other long numbers.
  /\d{9,}/,
  // Dates and times of day.
  /(?<!\d)(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)/,
  /(?<!\d)(?:19|20)\d{6}T?\d{4,6}Z?(?!\d)/,
  /^[\d\-_.:+,TZ]+$/,
  // Ids: UUIDs, hexadecimal digits, letters and digits drawn by chance.
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i,
  /(?:^|[^a-z0-9])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}(?:$|[^a-z0-9])/i,
  /^(?=(?:.*\d){3})(?![a-z]+\d+$)(?=.*[a-z])[a-z0-9]{12,}$/i,
  // A letter, or a few with a number.
  /^(?:[a-z]|(?=.*\d)[a-z0-9]{1,4})$/i,
  // Fixed names and beginnings.
  /^(?:access-grants|AthenaExecutor|AgentCore|CognitoIdentityCredentials|QuickSight-RoleSession|gtnd-|vault-(?:token|root|role)|aws-?(?:go-?|java-?|js-?|rust-?|cpp-?|dotnet-?|php-?|ruby-?)?sdk|[a-z]+-sdk-)/i,
  /session(?:s|[-_]?(?:name|id))?[-_]?\d*$/i,
  /^(?:GitHubActions|gitlab-ci|provider-web-identity|web-identity-token|AWSCLI.*|awscli.*|temporary|default|name|role)\d*$/i,
];

/** A word of programs stands in it, unless it is the surname of somebody (`leroy.jenkins`). */
function isOfProgram(name: string): boolean {
  if (TOOL_NAMES.test(name.toLowerCase().replace(/[^a-z]/g, ''))) return true;
  const words = wordsOf(name);
  const [given = '', surname = ''] = words;
  const isName = words.length === 2 && /^[a-z]{2,}\.[a-z]+$/i.test(name) && !WORKLOAD_WORDS.has(given);
  return words.some(isWordOfPrograms) && !(isName && SURNAMES.has(surname));
}

/**
 * The form of given name and surname, one half a word of programs and the other not (`anna.looker`, `cron.peter`): a person may be
 * called so, and a program.
 */
function isHalfOfProgram(name: string): boolean {
  if (!/^\p{L}{3,}\.\p{L}{3,}$/u.test(name)) return false;
  const words = name.toLowerCase().split('.');
  return words.filter(isWordOfPrograms).length === 1 && !words.some((word) => TECHNICAL_WORDS.has(word));
}

/**
 * A post, a group or a system's account stands in it, or a word that only says how somebody came (`mao-test`), or it has more parts than
 * names of people mostly have (`breakbot-discovery-look`, `ana-silva-2`).
 */
function isShared(name: string): boolean {
  const words = wordsOf(name);
  const isName = words.length === 2 && /^\p{L}{2,}\.\p{L}+$/u.test(name);
  const telling = isName ? words.slice(1).filter((word) => !SURNAMES.has(word)) : words;
  if (telling.some((word) => SHARED_WORDS.has(word))) return true;
  if (isName) return false;
  if (words.length > 1 && words.some((word) => word.length > 2 && TECHNICAL_WORDS.has(word))) return true;
  return name.split(/[-_]/).length > 2;
}

function isWordOfPrograms(word: string): boolean {
  return WORKLOAD_WORDS.has(word) || isWrittenTogether(word);
}

/** `lookerbi`, `dbtcloud`, `sparkjobrunner`: nothing but words of programs, without what parts them. */
function isWrittenTogether(word: string): boolean {
  for (let at = SHORTEST_WORD; at <= word.length - 2; at++) {
    if (!WORKLOAD_WORDS.has(word.slice(0, at))) continue;
    const rest = word.slice(at);
    if (ENDINGS.has(rest) || (rest.length >= SHORTEST_WORD && WORKLOAD_WORDS.has(rest)) || isWrittenTogether(rest))
      return true;
  }
  return false;
}

/** Shorter words end many surnames. */
const SHORTEST_WORD = 3;

/** `nightlyOrdersLoader-2` as nightly, orders, loader: lower case, numbers apart from those of names like `s3` left out. */
function wordsOf(name: string): readonly string[] {
  const parted = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
  return parted
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => (WORKLOAD_WORDS.has(word) || TECHNICAL_WORDS.has(word) ? word : word.replace(/^\d+|\d+$/g, '')))
    .filter((word) => word !== '');
}
