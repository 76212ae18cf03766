import { toolNamed, unmistakableTool } from './comment-tools.js';

/**
 * Names the program behind a call, lower case: `console`, `boto3`, `aws-cli`, `jdbc`, `dbt-athena`, `quicksight`, …
 * The user agent is what the caller says; `invokedBy` is what AWS says and goes first. Null for an agent that is not known:
 * a guess would be worse than the user agent, which has a column of its own.
 */
export function clientOf(
  userAgent: string | null,
  options: { readonly console: boolean | null; readonly invokedBy: string | null },
): string | null {
  const service = serviceOf(options.invokedBy);
  if (service !== null) return service;
  return programOf(userAgent ?? '') ?? (options.console === true ? 'console' : null);
}

/** The agents of a company are few and come again and again. */
const KNOWN_AGENTS = 1000;
const judged = new Map<string, string | null>();

function programOf(userAgent: string): string | null {
  const known = judged.get(userAgent);
  if (known !== undefined) return known;
  const agent = userAgent.replace(/^\[|\]$/g, '').trim();
  const program = nameIn(agent, TOOLS) ?? toolIn(agent) ?? nameIn(agent, PROGRAMS) ?? anySdk(agent) ?? serviceOf(agent);
  if (judged.size >= KNOWN_AGENTS) judged.clear();
  judged.set(userAgent, program);
  return program;
}

function nameIn(agent: string, programs: readonly (readonly [string, RegExp])[]): string | null {
  return programs.find(([, pattern]) => pattern.test(agent))?.[0] ?? null;
}

/** A tool that says its version (`name/1.2`), or that the SDK's application id names (`app/name`, `app/name-prod`). */
function toolIn(agent: string): string | null {
  for (const [, id, product] of agent.matchAll(/(?:^|[\s,])(?:app\/([A-Za-z][\w.-]*)|([A-Za-z][\w.-]*)\/\d)/g)) {
    const name = id ?? product ?? '';
    const tool = toolNamed(name) ?? unmistakableTool(name.split(/[-_.]/, 1)[0] ?? '');
    if (tool !== null) return tool;
  }
  return null;
}

/** SDKs of languages that no list has. */
function anySdk(agent: string): string | null {
  const language = /\baws-sdk-([a-z]+)/i.exec(agent)?.[1]?.toLowerCase();
  return language === undefined ? null : `aws-sdk-${language}`;
}

/**
 * Tells whether a call was made by an AI agent for its owner: through AWS's own MCP server (`invokedBy`, signed by AWS) or,
 * as the program says of itself, through another MCP server or coding agent.
 */
export function isAgentClient(userAgent: string | null, invokedBy: string | null): boolean {
  return AGENT_SERVICE.test(invokedBy ?? '') || AGENT_PROGRAM.test(userAgent ?? '');
}

const AGENT_SERVICE = /^(?:aws-mcp|(?:[\w-]+\.)?mcp|bedrock(?:-[\w]+)?)(?:\.[\w-]+)*\.amazonaws\.com$/i;
const AGENT_PROGRAM =
  /\b(?:awslabs[/#]mcp|aws-mcp\.amazonaws\.com|mcp-(?:server|proxy)|[\w-]+-mcp-server|claude-code|amazon-?q(?:-for-cli|-developer)?|kiro(?:-cli)?|codex(?:-cli)?|gemini-cli|cursor-agent)\b/i;

/** `quicksight.amazonaws.com` names the service `quicksight`, and so does the host of one Region. */
function serviceOf(host: string | null): string | null {
  const name = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*)\.amazonaws\.com(?:\.cn)?$/i.exec(host ?? '')?.[1]?.toLowerCase();
  return name?.replace(/\.[a-z]{2,}(?:-[a-z]+)+-\d+$/, '') ?? null;
}

/**
 * Tools that run on an SDK or a driver, and name themselves beside it (`Boto3/… Botocore/… PyAthena/…`), the more telling
 * first. Shapes: collected user agents, and the sources of the tools.
 */
const TOOLS: readonly (readonly [string, RegExp])[] = [
  ['dbt-athena', /\bdbt-athena(?:-community|-adapter)?\//i],
  ['airflow', /\bAirflow\/|\bAmPP\//i],
  ['awswrangler', /\b(?:awswrangler|aws-data-wrangler)\//i],
  ['pyathena', /\bPyAthena\//i],
  ['aws-mcp', /^aws-mcp\.amazonaws\.com$/i],
  ['mcp', /\bawslabs[/#]mcp\b|\bmcp-(?:server|proxy)\b|\b[\w-]+-mcp-server\b/i],
  ['claude-code', /\bclaude-code\//i],
  ['amazon-q', /\bamazon-?q(?:-for-cli|-developer)?\b/i],
  ['kiro', /\bkiro(?:-cli)?\//i],
  ['quicksight', /\bquicksight\b/i],
  ['grafana', /\bGrafana\//i],
  ['tableau', /\bTableau(?:\b|[A-Z])|\btableau[-/]\d/],
  ['powerbi', /\b(?:Power ?BI|Microsoft\.Data\.Mashup|PowerQuery)\b/i],
  ['metabase', /\bmetabase\b/i],
  ['redash', /\bredash\b/i],
  ['superset', /\bsuperset\b/i],
  ['looker', /\blooker\b/i],
  ['lightdash', /\blightdash\b/i],
  ['deepnote', /\bdeepnote\b/i],
  ['hex', /\bhex(?:\.tech|-technologies|\/\d)/i],
  ['sigma', /\bsigma(?:-?computing|\/\d)/i],
  ['mode', /\bmode(?:-?analytics|bridge)\b/i],
  ['cube', /\bcube(?:js|\.js|\/\d)/i],
  ['querybook', /\bquerybook\b/i],
  ['sqlmesh', /\bsqlmesh\b/i],
  ['datahub', /\bdatahub\b/i],
  ['openmetadata', /\bopenmetadata\b/i],
  ['dagster', /\bdagster\b/i],
  ['prefect', /\bprefect\b/i],
  ['mage', /\bmage-ai\b/i],
  ['great-expectations', /\bgreat[_-]expectations\b/i],
  ['soda', /\bsoda-(?:core|sql)\b/i],
  ['trino', /\btrino\b/i],
  ['datagrip', /\bDataGrip\b/i],
  ['dbeaver', /\bDBeaver\b/i],
  ['dbvisualizer', /\bDbVisualizer\b/i],
  ['steampipe', /\bsteampipe\b/i],
  ['cloudquery', /\bcloudquery\b/i],
  ['noctua', /\bnoctua\b/i],
  ['rathena', /\brathena\b/i],
  ['terraform', /\bTerraform\/|\bterraform-provider-aws\//i],
  ['opentofu', /\bOpenTofu\//i],
  ['pulumi', /\bpulumi(?:-aws)?\b/i],
  ['aws-cdk', /\baws-?cdk\//i],
  ['athena-query-tracker', /\bathena-query-tracker\b/i],
  ['stratus-red-team', /\bstratus-red-team/i],
  ['aws-toolkit', /\bAWS-?Toolkit\b|\bAWS-Toolkit-For-/i],
  ['emr', /\bElasticMapReduce\/\d/i],
];

/** Drivers, consoles, SDKs and command lines: what carries a call when no tool names itself. */
const PROGRAMS: readonly (readonly [string, RegExp])[] = [
  // Drivers: 2.x is Simba's (`sbAthenaJDBCDriver/2.0`), 3.x and ODBC 2.x are Amazon's own.
  ['jdbc', /Athena[ _-]?(?:v\d[ _-]?)?JDBC|\bjdbc[ _-]?athena/i],
  ['odbc', /Athena[ _-]?(?:v\d[ _-]?)?ODBC|\bODBC\/\d/i],
  // Consoles: services sign for the browser (`[S3Console/0.4, aws-internal/3 …`), newer ones let the browser call.
  [
    'console',
    /\bAWSConsole\b|^(?:AWS )?[\w ]+Console(?:Frontend|Backend)?(?:\/[\d.]+)?(?:,|$)|^[\w ]+(?:\/[\d.]+)?, ?aws-internal\//i,
  ],
  ['console', /^Mozilla\/\d\.\d \((?:Macintosh|Windows NT|X11|iPad|iPhone)[^)]*\)$/],
  // `signin` for IAM users, `console` for root (CloudTrail user guide, record contents, `userAgent`).
  ['console', /^(?:signin|console)(?:\.[\w-]+)*\.amazonaws\.com$/i],
  ['console', /^Mozilla\/\d.*\b(?:Gecko|AppleWebKit|Chrome|Safari|Firefox|Edg|Trident)\b/i],
  ['amazon-ssm-agent', /\bamazon-ssm-agent\/\d/i],
  // SDKs and command lines.
  ['aws-cli', /^aws-cli\/\d/i],
  ['aws-tools-powershell', /\bAWSPowerShell/i],
  ['boto3', /\bBoto3\/\d/i],
  ['aiobotocore', /\baiobotocore\/\d/i],
  ['botocore', /\bBotocore\/\d/i],
  ['boto', /^Boto\/\d/i],
  ['aws-internal', /\baws-internal(?:\/\d|$)|^AWS Internal;?$/i],
  ['aws-sdk-go-v2', /\baws-sdk-go-v2\/\d/i],
  ['aws-sdk-go', /\baws-sdk-go\/\d/i],
  ['aws-sdk-kotlin', /\baws-sdk-kotlin\/\d/i],
  ['aws-sdk-java', /\baws-sdk-java\/\d/i],
  ['aws-sdk-js', /\baws-sdk-(?:js|nodejs|react-native)\/\d/i],
  ['aws-sdk-python', /\baws-sdk-python\/\d/i],
  ['aws-sdk-ruby', /\baws-sdk-ruby\d*\/\d/i],
  ['aws-sdk-php', /\baws-sdk-php2?\/\d/i],
  ['aws-sdk-net', /\baws-sdk-dotnet|\baws-sdk-net/i],
  ['aws-sdk-rust', /\baws-sdk-rust\/\d/i],
  ['rusoto', /\brusoto\/\d/i],
  ['aws-sdk-cpp', /\baws-sdk-cpp\/\d/i],
  ['aws-sdk-swift', /\baws-sdk-swift\/\d/i],
  ['aws-sdk-ios', /\baws-sdk-ios\/\d/i],
  ['aws-sdk-android', /\baws-sdk-android\/\d/i],
  ['paws', /\bpaws\/\d/i],
];
