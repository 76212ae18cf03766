/**
 * What a role session name looks like. `generated`: an SDK made it up, or nobody thought about it. `machine`: the name that an AWS
 * service, an instance or a container gives. `workload`: words of a pipeline. `name`: nothing speaks against a person.
 * A look only: callers choose these names.
 */
export type SessionNameLook = 'generated' | 'machine' | 'workload' | 'name';

/** Judges a session name by its form alone. */
export function lookOfSessionName(name: string): SessionNameLook {
  if (MACHINE.test(name)) return 'machine';
  if ([GENERATED, SOME_SESSION, PLAIN_WORD].some((words) => words.test(name)) || isOpaque(name) || isMasked(name)) {
    return 'generated';
  }
  if (isEmail(name)) return 'name';
  return WORKLOAD.test(name.replace(/([a-z0-9])([A-Z])/g, '$1-$2')) ? 'workload' : 'name';
}

/** Tells an e-mail address from other names. */
export function isEmail(name: string): boolean {
  return /^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(name);
}

/** True for what stands where CloudTrail, or whoever shared the log, has taken a name out. */
export function isMasked(name: string): boolean {
  return /^(?:HIDDEN_DUE_TO_SECURITY_REASONS|[x*.-]{3,}|-|redacted|masked|none|null|unknown)$/i.test(name);
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

/** Instances (`i-0abc…`), ECS tasks (32 hex digits), pods, and what AWS services call every one of their sessions. */
const MACHINE =
  /^(?:i-[0-9a-f]{8,17}|[0-9a-f]{32}|awslambda_.*|(?:A(?:WS|ws)(?!-?CLI|-?SDK)|Amazon)[A-Z-].*|GlueJobRunnerSession|RedshiftIamRoleSession|SageMaker|dms-session-.*|eks-.*-[0-9a-f-]{36})$/;

/** Names that SDKs and tools give when nobody chose one. */
const GENERATED =
  /^(?:aws-?go-?sdk|aws-?sdk|aws-?cli-session|awscli|botocore-session|boto3?-session|aws-java-sdk|aws-dotnet-sdk|aws-nodejs|terraform|provider-web-identity|web-identity-token|CognitoIdentityCredentials|GitHubActions|gitlab-ci|temporary|default|session|SessionName|RoleSession|AssumeRoleSession|AssumedRoleSession|QuickSight-RoleSession|AthenaExecutor|AgentCore|access-grants)(?:[-_.:].*|\d*)$/i;

/** `my-session`, `TestRoleSessionName1`: examples that were copied. */
const SOME_SESSION =
  /^(?:(?:my|our|a|the|test|temp|tmp|new|demo|example|sample|dummy|athena|aws|sts|iam|role|assumed?|cross|account|default|app|query|federated|sdk|client|user|s3)[-_]?)+session(?:[-_]?name)?[-_]?\d*$/i;

/** What was typed because something had to be. */
const PLAIN_WORD =
  /^(?:cli|console|sdk|boto3?|python|nodejs|java|golang|postman|curl|athena|test|testing|tmp|temp|dummy|foo|bar|name|role|role-?name|user-?name)\d*$/i;

/** Words of programs; Leroy Jenkins (`leroy.jenkins`) is none. */
const WORKLOAD =
  /(?:^|[^a-z])(?:agent|airbyte|airflow|api|app|archiver|automation|backend|backup|batch|bot|build(?:er)?|ci|catalog|cd|cleaner|codebuild|collector|compactor|connector|consumer|converter|crawler|cron|cronjob|dagster|databricks|dbt|deploy(?:er)?|dispatcher|ecs|eks|emr|engine|etl|export(?:er)?|fetcher|firehose|fivetran|flink|function|generator|github|gitlab|glue|grafana|handler|import(?:er)?|ingest(?:ion|er)?|(?<![a-z]{2}\.)jenkins|job|jobs|k8s|kafka|kinesis|lambda|loader|looker|metabase|migrator|monitor(?:ing)?|nightly|parser|pipeline|pod|poller|powerbi|prefect|processor|producer|provisioner|proxy|publisher|quicksight|redash|replication|reporting|runner|sagemaker|scanner|schedule[rd]?|server|service|snapshot|snowflake|spark|superset|svc|sync|tableau|task|terraform|transformer|trigger|updater|uploader|watcher|webhook|worker|workflow|writer)(?:[^a-z]|$)/i;
