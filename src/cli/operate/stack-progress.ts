import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { Io } from '../terminal/io.js';

/** Shows stack events as they happen, one line each. */
export function showStackEvent({ stderr }: Io): (event: StackEvent) => void {
  return ({ Timestamp, ResourceStatus = '', LogicalResourceId = '', ResourceType = '', ResourceStatusReason }) => {
    const time = Timestamp?.toISOString().slice(11, 19) ?? '        ';
    const reason = ResourceStatusReason ? `  ${ResourceStatusReason}` : '';
    stderr(`${time}  ${ResourceStatus.padEnd(20)}  ${LogicalResourceId} (${ResourceType})${reason}\n`);
  };
}
