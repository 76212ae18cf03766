import { describe, expect, it } from 'vitest';
import { lookOfCertificate, lookOfName, mayNamePerson } from './look.js';
import { isPlaceholder } from './placeholder.js';

const look = (names: string) => names.split(' ').map((name) => [name, lookOfName(name)]);
const all = (names: string, expected: string) => names.split(' ').map((name) => [name, expected]);

describe('the look of a name', () => {
  it.each([
    'ana svenja abbott jobst.kern mallory tom.weber ana-silva o.apiyo JohnDoe jane_doe jdoe2 svetlana botond.kiss tabea.lux',
    'leroy.jenkins steve.jobs muriel.spark ford.prefect mei.tanaka@acorn.example leroy.jenkins@acorn.example o.apiyo+dev@acorn.example',
    'glenn.close dan.carter maria.serverini etienne dashiell cira hexel.braun',
    'dev.patel ravi.dev rob.salt lee.ranger van.der.berg o.brien jürgen zoë doris marquez castor kendra polly jane-doe JDoe jdoe1 li.wei',
    'anasilva42 mariagarcia smithj2 c-jdoe McDonald juergen nguyen okonkwo van.den.berg.k mary.jane.watson ACORN\\jsmith jsmith@corp o’neil',
  ])('people: %s', (names) => expect(look(names)).toEqual(all(names, 'name')));

  it.each([
    'metabase svc-tableau dbt-runner airflow-prod looker_prod terraform powerbi-gateway superset metabase2 svctableau airflowprod',
    'DatahubIngestionSource nightlyOrdersLoader acorn-reporting-api orders-prod federation-broker spark jenkins job-runner.acorn',
    'velero spinnaker logstash lakeformation eventbridge dynamodb kube2iam aws-nuke consoleme alation cartography payments VercelWorker',
    'svc-tableau@acorn.example noreply@acorn.example loader@acorn.iam.gserviceaccount.com github-actions-deploy etl_user',
  ])('programs: %s', (names) => expect(look(names)).toEqual(all(names, 'workload')));

  it.each([
    'PyAthena-session-1700000000 noctua-session-1700000000 athena-jdbc-1700000000 amg-session OpenMetadataSession AthenaJWT',
    'rust-sdk-1793717000123 gtnd-0a1b2c3d botocore-session-1 aws-go-sdk-1722375070115152000 GitHubActions undefined null None',
    'MySessionName RoleSession1 role-session-name my-role-session session-123 ana-session assume-role test cli me user-name boto3',
    '20190430T101112 2019-04-30 20241103 report-20241103 5d1f7a3c-22aa-4b3c-9d4e-7f60718293a4 1793717000123 ana-1793717000',
    'app-5d1f7a3c-22aa-4b3c-9d4e-7f60718293a4 myapp-3f2a9b7c a1b2c3d4e5f6 bVuvpXOlbNRTkHvZiOWaBIDbOAbUpXuN y x1 AnonymousUserMixin',
    'vault-token-athena-1700000000-AbCdEf XXXXXXXX HIDDEN_DUE_TO_SECURITY_REASONS anonymous unknown 2019_04_30-10.11.12 CrossAccountRole',
  ])('nobody’s: %s', (names) => expect(look(names)).toEqual(all(names, 'generated')));

  it.each([
    'i-0abc1234 i-0abcdef0123456789 0123456789abcdef0123456789abcdef ip-10-0-0-7.ec2.internal AWSBatch-1 node7 web-01 build.dc1.acorn.example',
  ])('machines: %s', (names) => expect(look(names)).toEqual(all(names, 'machine')));

  it('written together, is a program’s of nothing but its words', () => {
    expect(look('lookerbi sodacl dbtcloud sparkjobrunner etldb')).toEqual(
      all('lookerbi sodacl dbtcloud sparkjobrunner etldb', 'workload'),
    );
    expect(look('sparks hostetler jobin huebner weber porterfield batchelor')).toEqual(
      all('sparks hostetler jobin huebner weber porterfield batchelor', 'name'),
    );
  });

  it.each([
    'anna.looker cron.peter jenkins.tom john.data',
    'admin Administrator root analyst analysts bi-team team-a power-user admin2 hadoop ubuntu dba dev kim-admin kim.admin BreakGlass',
    'mao-test ALZ_CheckAccount gimme-aws-creds aws-google-auth khoi-tao-12 breakbot-look-around external-dns vector salt wiz',
    'admin@acorn.example bi-team@acorn.example support@acorn.example',
  ])('a person’s or a program’s, nothing tells: %s', (names) => expect(look(names)).toEqual(all(names, 'either')));

  it.each([
    'u123456 E012345 ab12345 windsurf copilot kibana posthog mixpanel chartio ts-embrace tf-apply mage-ai customer.io count-co li ng',
  ])('a login of a person or of a program, in which nothing speaks for either: %s', (names) => {
    expect(look(names)).toEqual(all(names, 'login'));
    expect(names.split(' ').every(mayNamePerson)).toBe(true);
  });

  it('of a certificate is a person’s only where it looks like one', () => {
    for (const name of ['ana.lopez@acorn.example', 'Ana Lopez', 'tom.weber'])
      expect(lookOfCertificate(name)).toBe('name');
    for (const name of [
      'node7',
      'i-0abc1234',
      'zeus',
      'node7.dc1.acorn.example',
      'svc-tableau',
      'orders-loader',
      'ab12cd34ef56',
    ]) {
      expect([name, lookOfCertificate(name)]).not.toEqual([name, 'name']);
    }
  });
});

describe('what stands where a name should be', () => {
  it.each([
    ...[
      '$__user',
      '{user_name}',
      '{{ user }}',
      '{{current_user}}',
      '%(user)s',
      '%7Buser%7D',
      `${'$'}{USER}`,
      '%USERNAME%',
      '#{user}',
      ':user',
      '$USER',
    ],
    ...[
      '<ApiUser 5>',
      '[object Object]',
      'AnonymousUserMixin',
      'flask_login.AnonymousUserMixin',
      '<flask_login.mixins.AnonymousUserMixin object at 0x7f>',
    ],
    ...[
      '***',
      'xxxx',
      'none',
      'None',
      'null',
      'undefined',
      'NaN',
      'n/a',
      'unknown',
      '',
      ' ',
      '-',
      'REDACTED',
      '<redacted>',
      'nobody',
      'YOUR_NAME',
      '__user__',
    ],
    ...['Anonymous', 'Anonymous User', 'unauthenticated', '[TableauServerUser]'],
  ])('%s', (text) => expect(isPlaceholder(text)).toBe(true));

  it.each(['ana', '@foo', 'ana@acorn.example', 'nonese', 'unknowles', 'jane (ops)', '5', 'd$ana', 'Null, Jane'])(
    'not %s',
    (text) => expect(isPlaceholder(text)).toBe(false),
  );
});
