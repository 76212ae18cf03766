import type { CredentialUse } from '../chain/credential-facts.js';
import { roleOf } from '../directory/directory.js';
import { type Finding, found, foundRole, lastPart, notFound, type Search, unique } from './finding.js';
import { isMachinesOnly, isOfMachines } from './oidc-workload.js';
import type { Hop } from './resolution.js';
import { foundInStudio } from './studio-session.js';

/** Services that run the customer's own code or definitions: the workload is behind the call, not the service. */
const COMPUTE =
  /^(?:airflow|airflow-env|apprunner|tasks\.apprunner|build\.apprunner|batch|codebuild|ec2|ecs|ecs-tasks|edgelambda|eks|pods\.eks|datazone|elasticmapreduce|emr-containers|emr-serverless|ops\.emr-serverless|glue|kinesisanalytics|lambda|rolesanywhere|sagemaker|ssm|states|transfer)\.amazonaws\.com(?:\.cn)?$/i;

/** Services whose sessions people work in: the role alone does not tell for whom, unless AWS stamps the person on an event. */
const WORKSPACE = /^(?:sagemaker|datazone|elasticmapreduce)\.amazonaws\.com(?:\.cn)?$/i;

/** Services in which an AI agent acts. */
const AGENT = /^(?:[\w-]+\.)*(?:bedrock|bedrock-agentcore|aws-mcp)\.amazonaws\.com$/i;

/**
 * A session that an AWS service took for itself: a workload on its compute, an agent, or the service. The directory may know
 * the role better. AWS vouches for all of it.
 */
export function foundByService(
  search: Search,
  {
    service,
    use,
    hops,
  }: { readonly service: string | null; readonly use: CredentialUse; readonly hops: readonly Hop[] },
): Finding {
  const { issuerArn, sessionName } = use.principal;
  const evidence = unique([...hops.map(({ eventId }) => `event:${eventId}`), `event:${use.eventId}`]);
  const role = roleOf(search.directory, issuerArn);
  if (role) return foundRole(search, role, { method: 'directory', confidence: 'verified', evidence, hops });
  if (service === null) return notFound('an AWS service called, and the record does not say which', hops);
  const isCompute = COMPUTE.test(service);
  if (!(isCompute || AGENT.test(service)) || issuerArn === null) {
    return found(
      search,
      // Old records say `AWS Internal;`.
      { name: service.replace(/;$/, '') },
      { kind: 'service', method: 'service', confidence: 'verified', evidence, hops },
    );
  }
  const isWorkspace = WORKSPACE.test(service);
  const reason = isWorkspace ? `${service} works for people, and no event of this session names one` : null;
  const inStudio = isWorkspace ? foundInStudio(use, search, { hops, reason }) : null;
  if (inStudio) return inStudio;
  // Lambda names the session after the function; instances and tasks have ids that do not last, so their role is the name.
  const name = service.startsWith('lambda.') && sessionName !== null ? sessionName : lastPart(issuerArn);
  return found(
    search,
    { name },
    {
      kind: isCompute ? 'workload' : 'agent',
      method: 'workload',
      confidence: isWorkspace ? 'asserted' : 'verified',
      evidence,
      hops,
      reason,
    },
  );
}

/** What the record itself says about machines: to which function credentials were issued, or that an instance fetched them. */
export function foundByDelivery(use: CredentialUse, search: Search): Finding | null {
  const { ec2RoleDelivery, inScopeOfCredentialsIssuedTo, inScopeOfSourceArn, issuerArn } = use.principal;
  const resource = inScopeOfCredentialsIssuedTo ?? inScopeOfSourceArn;
  if ((ec2RoleDelivery === null && resource === null) || issuerArn === null) return null;
  const evidence = [`event:${use.eventId}`];
  const role = roleOf(search.directory, issuerArn);
  if (role) return foundRole(search, role, { method: 'directory', confidence: 'verified', evidence });
  const lambda = /:function:([^:]+)/.exec(resource ?? '')?.[1];
  return found(
    search,
    { name: lambda ?? lastPart(issuerArn) },
    { kind: 'workload', method: 'workload', confidence: 'verified', evidence },
  );
}

/**
 * A session that a provider of machines' tokens signed for, whose issuing event is not here: some workload of the role. Which
 * one only that event tells, so the role's name is no more than asserted, unless the directory says whose the role is.
 */
export function foundByProvider(use: CredentialUse, search: Search, missing: string): Finding | null {
  const { federatedProvider, issuerArn } = use.principal;
  if (federatedProvider === null || issuerArn === null || !isOfMachines(federatedProvider)) return null;
  const evidence = [`event:${use.eventId}`];
  const role = roleOf(search.directory, issuerArn);
  if (role) {
    const confidence = isMachinesOnly(federatedProvider) ? 'verified' : 'asserted';
    return foundRole(search, role, { method: 'directory', confidence, evidence });
  }
  return found(
    search,
    { name: lastPart(issuerArn) },
    { kind: 'workload', method: 'workload', confidence: 'asserted', evidence, reason: missing },
  );
}
