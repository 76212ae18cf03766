/**
 * Names the repository, project or service account behind a machine's OIDC token, as the provider's documentation writes
 * subjects; null for people. Subjects are what the provider signed, so nobody can choose another one's.
 */
export function workloadOf(subject: string, provider: string): string | null {
  for (const [pattern, name] of SUBJECTS) {
    const match = pattern.exec(subject);
    if (match) return name(match);
  }
  if (!isOfMachines(provider) && !isStructured(subject)) return null;
  return `${hostOf(provider)}#${subject}`;
}

/** `arn:aws:iam::…:oidc-provider/<host>[/<path>]` and `https://<host>/…` as `<host>[/<path>]`. */
export function providerName(provider: string): string {
  return provider.replace(/^arn:.*?oidc-provider\//, '').replace(/^https?:\/\//, '');
}

/** True for providers that sign for pods, pipelines and other machines, and never for people. */
export function isMachinesOnly(provider: string): boolean {
  return MACHINES_ONLY.test(providerName(provider));
}

/** True for providers that sign for machines; some of them can be told to sign for people as well. */
export function isOfMachines(provider: string): boolean {
  return MACHINES_ONLY.test(providerName(provider)) || MACHINES.test(providerName(provider));
}

const SUBJECTS: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  // GitHub adds the ids of owner and repository when asked for subjects that survive a renaming.
  [/^repo:([^:]+)(?::|$)/, ([, repository = '']) => `github:${repository.replace(/@\d+(?=\/|$)/g, '')}`],
  [/(?:^|:)repository:([^:/]+\/[^:]+)(?::|$)/, ([, repository]) => `github:${repository}`],
  [/^project_path:([^:]+)(?::|$)/, ([, project]) => `gitlab:${project}`],
  [/^system:serviceaccount:([^:]+):([^:]+)$/, ([, namespace, account]) => `k8s:${namespace}/${account}`],
  [
    /^organization:([^:]+):project:[^:]+:workspace:([^:]+)/,
    ([, owner, workspace]) => `terraform:${owner}/${workspace}`,
  ],
  [/^organization:([^:]+):pipeline:([^:]+)/, ([, owner, pipeline]) => `buildkite:${owner}/${pipeline}`],
  [/^org\/[^/]+\/project\/([^/]+)/, ([, project]) => `circleci:${project}`],
  [/^sc:\/\/(.+)$/, ([, connection]) => `azure-devops:${connection}`],
  [/^owner:([^:]+):project:([^:]+):environment:/, ([, owner, project]) => `vercel:${owner}/${project}`],
  [/^spiffe:\/\/(.+)$/, ([, id]) => `spiffe:${id}`],
];

const MACHINES_ONLY =
  /^(?:oidc\.eks\.[\w-]+\.amazonaws\.com|rh-oidc\.|token\.actions\.|oidc\.circleci\.com|agent\.buildkite\.com|app\.terraform\.io|vstoken\.dev\.azure\.com|oidc\.vercel\.com|oidc\.fly\.io|api\.bitbucket\.org\/)/i;

const MACHINES =
  /(?:^|[./-])(?:gitlab|bitbucket|circleci|buildkite|jenkins|spacelift|semaphoreci|harness|codefresh|teamcity|kubernetes|k8s|openshift)(?:[./-]|$)|\/_services\/(?:token|pipelines)|^api\.pulumi\.com\//i;

/**
 * True for subjects built of parts (`space:a:stack:b:…`, `sc://…`, `projects/a/b`) and for accounts of programs. People's are
 * one name, e-mail or id, perhaps behind a prefix (`auth0|5f…`, `us-east-1:<uuid>`, Keycloak's `f:<uuid>:<name>`, `CN=…`).
 */
function isStructured(subject: string): boolean {
  if (/@clients$|\.gserviceaccount\.com$/i.test(subject)) return true;
  if (/\bCN=/i.test(subject)) return false;
  return /:\/\/|^[^:]+:[^:]+:[^:]+:|^[^@]*\//.test(subject);
}

function hostOf(provider: string): string {
  return providerName(provider).split('/', 1)[0] ?? '';
}
