/**
 * Words of programs, of the things they work on, and of where they run: a name in which one of them stands is a program's. Lower
 * case; a name is read word by word (`nightlyOrdersLoader`, `orders_loader-2`), so `svenja` and `abbott` hold none.
 */
export const WORKLOAD_WORDS: ReadonlySet<string> = new Set(
  `agent airbyte airflow alert alerting alteryx amundsen analytic analytics apache api app appflow application archive archiver argo asset atlan audit
  auditor autoloader automation autoscaler backend backfill backup batch bedrock billing bot broker bucket build builder cache canary catalog cd cdc
  census checker ci circleci cleaner cleanup client cloud cloudquery cluster codebuild collection collector compaction compactor compute connect
  connection connector consumer container controller converter copier crawler cron cronjob crontab cube d2iq daemon dagster daily dashboard dashboards
  data database databricks datadog datafold datagrip datahub dataiku datalake dataset datasource datasync datawarehouse db dbeaver dbt debezium deequ
  delivery deploy deployer deployment devops dispatcher dms docker domo downloader dremio driver ec2 ecs edge eks elastic elementary elt emailer emr
  endpoint engine erp etl event events exec executor export exporter extract extractor federation feed fetcher finance firehose fivetran flink forecast
  fulfilment function functions gateway generator gha git github gitlab glue grafana handler harness hevo hightouch holistics host hourly hub hue huey
  import importer inbound indexer informatica infra ingest ingester ingestion initializer injector instance integration internal inventory invoice
  invoker jdbc jenkins job jobs jupyter k8s kafka kestra kettle kinesis kube kubernetes lake lakehouse lambda launcher lineage listener live loader log
  logger logging logs looker luigi machine mailer maintenance marketing matillion matomo mcp meltano metabase metadata metric metrics microservice
  migration migrator ml mlflow model models monitor monitoring montecarlo monthly mwaa n8n nessie nifi nightly node notebook notebooks notification
  notifications notifier odbc omni ops optimizer orchestrator orders outbound packer parser partitioner patcher pentaho periscope pipeline pipelines
  planner platform pod poller portal powerbi prefect preset presto probe process processor prod producer production prometheus provisioner proxy
  publisher pump purge purger qa qlik queries query querybook queue quicksight rabbit rds reader readonly recon reconciler redash redshift refresh
  refresher relay remediation replica replication replicator report reporter reporting reports retl retool robot rolesanywhere router rudderstack runner
  runtime sagemaker sales salesforce sandbox sap scanner schedule scheduled scheduler scraper script scripts sdk secops segment sender server serverless
  servers service services ses sigma singer sisense snapshot snowflake snowplow sns soda spark sparkjob spotfire sql sqlmesh sqs srv stage staging
  stitch storage store streaming streamlit superset supervisor svc synapse sync syncer system tableau talend task tasks teamcity telemetry teleport
  terraform thoughtspot token tool tools trace tracker transform transformer trigger trino uat updater upload uploader validator vault vendor warehouse
  watchdog watcher web webapp webhook webserver website weekly worker workers workflow workload writer zapier zeppelin`.split(
    /\s+/,
  ),
);

/** Surnames among them: behind a given name and a dot they are a person's. */
export const SURNAMES: ReadonlySet<string> = new Set(
  'batch canary cube edge host hue jenkins job jobs loader packer planner porter prefect reader sigma singer spark store tool trace'.split(
    ' ',
  ),
);

/** What follows such a word in one that is written together, and is too short to be looked for alone. */
export const ENDINGS: ReadonlySet<string> = new Set('bi cd ci cl db io ml qa ui'.split(' '));

/** Names of programs that no other word and no person's name holds: found anywhere, written together or apart. */
export const TOOL_NAMES =
  /metabase|superset|airflow|quicksight|databricks|snowflake|terraform|opentofu|grafana|fivetran|airbyte|openmetadata|datahub|lightdash|sagemaker|cloudformation|tableau|redash|powerbi|querybook|dagster|kubernetes|github|gitlab|bitbucket|buildkite|circleci|jupyter|zeppelin|thoughtspot|microstrategy|hightouch|rudderstack|matillion|dataiku|montecarlo|datadog|newrelic|elasticsearch|pulumi|spacelift|atlantis|crossplane|steampipe|cloudquery|prowler|serviceaccount|svcaccount|servicerole/;

/** What SDKs, drivers and examples are made of: a name of nothing else is nobody's. */
export const TECHNICAL_WORDS: ReadonlySet<string> = new Set(
  `a access account action actions amazon an api app arn assume assumed athena auth authenticated aws awscli awswrangler bar baz boto boto3 botocore
  browser c cli client cognito console core cpp credential credentials cross curl default demo dotnet ec2 example exec federated federation foo for from
  go golang hello iam id identities identity idp in instance invoke java javascript jdbc js jwt key lib local login main me my name net noctua node
  nodejs odbc of oidc okta php playground postman profile provider py pyathena python query r rathena react role rolename run rust s3 saml sample sdk
  session shared sign signin sso sts switch tag temp temporary test tester testing the throwaway tmp token trial try ts typescript ui unnamed us use
  user username v v1 v2 v3 via web with workgroup`.split(/\s+/),
);
