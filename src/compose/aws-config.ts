import type { Machine } from './machine.js';
import { UsageError } from './usage-error.js';

type Env = Machine['env'];

/** What every AWS client is made with. What is left out the SDK finds by itself: credentials, the profile's Region. */
export interface AwsConfig {
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Service names as in `AWS_ENDPOINT_URL_<SERVICE>`. */
export type AwsService =
  | 'CLOUDTRAIL'
  | 'ATHENA'
  | 'GLUE'
  | 'STS'
  | 'S3'
  | 'IDENTITYSTORE'
  | 'CLOUDFORMATION'
  | 'SFN'
  | 'SCHEDULER'
  | 'LAMBDA'
  | 'SQS'
  | 'KMS';

/** Where the configuration of AWS clients comes from. */
export interface AwsOptions {
  readonly env: Env;
  /** Profile of the shared AWS configuration. */
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}

/** Builds a client's configuration: flags above the environment, the environment above the shared configuration files. */
export function awsConfig(
  service: AwsService,
  options: AwsOptions & {
    /** Leaves credentials and profile to the caller, who has others. */
    readonly isBare?: boolean;
  },
): AwsConfig {
  const { env, isBare = false } = options;
  const profile = isBare ? undefined : options.profile;
  // The SDK for JavaScript ignores AWS_DEFAULT_REGION, which users of the AWS CLI set.
  const region = options.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined);
  const endpoint = env[`AWS_ENDPOINT_URL_${service}`] || env.AWS_ENDPOINT_URL || undefined;
  return {
    ...(region ? { region } : {}),
    ...(profile ? { profile } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(!isBare && !profile && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY
      ? {
          credentials: {
            accessKeyId: env.AWS_ACCESS_KEY_ID,
            secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
            ...(env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {}),
          },
        }
      : {}),
  };
}

/** Tells whether somebody set up credentials on purpose; the instance's own role is not looked for. */
export function hasCredentials({ env, profile }: AwsOptions): boolean {
  const names = [
    'AWS_PROFILE',
    'AWS_ACCESS_KEY_ID',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ];
  return profile !== undefined || names.some((name) => Boolean(env[name]));
}

/**
 * Checks that a profile exists: the SDK's own message for one that does not is "Region is missing".
 * @throws UsageError with the names that do exist
 */
export async function checkProfile(options: AwsOptions): Promise<void> {
  const name = profileOf(options);
  if (!name) return;
  const { configFile, credentialsFile } = await sharedConfig(options.env);
  const names = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])];
  if (names.includes(name)) return;
  const known = names.filter((known) => !/^(sso-session|services)\./.test(known)).slice(0, 8);
  throw new UsageError(
    `there is no AWS profile ${JSON.stringify(name)}${known.length > 0 ? `; there are: ${known.join(', ')}` : ': no profile is set up (aws configure sso)'}`,
  );
}

/** The profile that is asked for; undefined when none is. */
export function profileOf({ env, profile }: AwsOptions): string | undefined {
  return profile ?? (env.AWS_PROFILE || undefined);
}

type Sections = Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>;

/** The shared configuration files, by profile; empty where there is no file. */
export async function sharedConfig(
  env: Env,
): Promise<{ readonly configFile: Sections; readonly credentialsFile: Sections }> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  return loadSharedConfigFiles({
    ...(env.AWS_CONFIG_FILE ? { configFilepath: env.AWS_CONFIG_FILE } : {}),
    ...(env.AWS_SHARED_CREDENTIALS_FILE ? { filepath: env.AWS_SHARED_CREDENTIALS_FILE } : {}),
  });
}
