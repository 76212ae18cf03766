import type { Random } from '../wire/random.js';
import type { Client } from './sessions.js';

/** Programs that call Athena, with the user agents they send. */
const USER_AGENTS = {
  console: [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  ],
  boto3: [
    'Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/macos#25.0.0 md/arch#arm64 lang/python#3.12.8 md/pyimpl#CPython m/Z,b,D cfg/retry-mode#legacy Botocore/1.40.61',
    '[Boto3/1.26.165 Python/3.10.12 Linux/5.15.0-86-generic Botocore/1.29.165]',
  ],
  awscli: [
    'aws-cli/2.31.8 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython m/E,b,Z cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#athena.start-query-execution',
  ],
  awswrangler: [
    'Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1.112 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.40.61 awswrangler/3.14.0',
  ],
  pyathena: [
    'Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1.112 md/arch#x86_64 lang/python#3.12.8 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.40.61 PyAthena/3.19.0',
  ],
  dbt: [
    'Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1.112 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.40.61 dbt-athena/1.9.4',
  ],
  airflow: [
    'Boto3/1.34.106 md/Botocore#1.34.106 ua/2.0 os/linux#5.10.217 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.106 Airflow/2.9.2 AmPP/8.24.0 Caller/AthenaOperator DagRunKey/1f0c7a52-3c1e-5b0a-9d57-0c5a5f0e7b11',
  ],
  jdbc: ['sbAthenaJDBCDriver/2.0, aws-sdk-java/1.12.488 Linux/5.10 OpenJDK_64-Bit_Server_VM/17.0.9+9 java/17.0.9'],
  quicksight: ['sbAthenaJDBCDriver/2.0, aws-internal/3'],
  lambda: ['aws-sdk-nodejs/2.1692.0 linux/v18.20.4 exec-env/AWS_Lambda_nodejs18.x promise'],
  node: [
    'aws-sdk-js/3.922.0 ua/2.1 os/linux#6.1.112 lang/js md/nodejs#22.20.0 api/athena#3.922.0 exec-env/AWS_ECS_FARGATE m/E,e,N',
  ],
  go: ['aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64 api/athena#1.55.9 m/E,g'],
  grafana: ['aws-sdk-go/1.51.31 (go1.22.4; linux;) Athena/2.17.1-1a2b3c4d Grafana/11.1.0'],
} as const satisfies Record<string, readonly string[]>;

export type Program = keyof typeof USER_AGENTS;

/** A program at an address: office, home or cloud. Addresses come from the blocks reserved for documentation. */
export function clientOf(program: Program, place: 'office' | 'home' | 'cloud', random: Random): Client {
  const sourceIp =
    place === 'office'
      ? `203.0.113.${random.int(2, 30)}`
      : place === 'home'
        ? `198.51.100.${random.int(2, 250)}`
        : `192.0.2.${random.int(2, 250)}`;
  return { sourceIp, userAgent: random.pick(USER_AGENTS[program]) };
}

/** What a call by an AWS service shows: its DNS name instead of an address and a program. */
export function serviceClient(service: string): Client {
  return { sourceIp: service, userAgent: service };
}
