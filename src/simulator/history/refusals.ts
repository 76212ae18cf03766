import { callerArnOf } from '../company/credential.js';
import { createRandom } from '../wire/random.js';
import type { Attempt, World } from './world.js';

/** Why a start was refused; the event has `responseElements: null` and no id (aws-facts 2.4). */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** Denied calls are recorded without their parameters. */
  readonly hidesRequest: boolean;
}

export function refusalOf(world: World, attempt: Attempt): Refusal {
  const kind = attempt.live?.isDenied ? 0 : createRandom(world.seed, 'refusal', attempt.number).int(0, 4);
  const { channel, credential, workGroup } = attempt;
  switch (kind) {
    case 0:
    case 1: {
      const resource = `arn:aws:athena:${channel.region}:${channel.accountId}:workgroup/${workGroup.name}`;
      return {
        code: 'AccessDenied',
        message: `User: ${callerArnOf(credential)} is not authorized to perform: athena:StartQueryExecution on resource: ${resource} because no identity-based policy allows the athena:StartQueryExecution action`,
        hidesRequest: true,
      };
    }
    case 2:
      return {
        code: 'InvalidRequestException',
        message: 'Invalid result configuration. Should specify either output location or result configuration',
        hidesRequest: false,
      };
    case 3:
      return {
        code: 'InvalidRequestException',
        message: 'MALFORMED_QUERY: Queries of this type are not supported',
        hidesRequest: false,
      };
    default:
      return {
        code: 'TooManyRequestsException',
        message:
          'You have exceeded the limit for the number of queries you can run concurrently. Please reduce the number of concurrent queries submitted by this account.',
        hidesRequest: false,
      };
  }
}
