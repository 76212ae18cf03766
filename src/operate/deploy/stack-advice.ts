/** What the status of a stack means for whoever wants to change it. */
export interface StackAdvice {
  /** Nothing can be done to the stack before the message is followed. */
  readonly isBlocked: boolean;
  /** The stack never worked: it is removed and made anew. */
  readonly isVoid: boolean;
  readonly message: string;
}

/** What to do after a change that did not succeed, by what the stack ended as; null for a stack that is gone. */
export function afterFailure(status: string | null, stackName: string): string {
  const advice = status === null ? null : stackAdvice(status, stackName);
  if (advice?.isBlocked) return advice.message;
  return /^UPDATE_ROLLBACK_COMPLETE$/.test(status ?? '')
    ? `${stackName} is as it was before: mend what these reasons name, then run the same command again`
    : 'mend what these reasons name, then run the same command again: what is left of the stack is removed first';
}

/** Judges the status of a stack; null for one that can be changed as it is (aws-facts 12). */
export function stackAdvice(status: string, stackName: string): StackAdvice | null {
  const blocked = (message: string): StackAdvice => ({ isBlocked: true, isVoid: false, message });
  if (status === 'REVIEW_IN_PROGRESS')
    return { isBlocked: false, isVoid: true, message: `${stackName} has only a change set that nobody executed` };
  if (/^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED)$/.test(status))
    return {
      isBlocked: false,
      isVoid: true,
      message: `an earlier creation of ${stackName} failed: what is left of it is removed first`,
    };
  if (status === 'UPDATE_ROLLBACK_FAILED')
    return blocked(
      `${stackName} is UPDATE_ROLLBACK_FAILED, neither old nor new: mend the cause that its events name, then: aws cloudformation continue-update-rollback --stack-name ${stackName}`,
    );
  if (status === 'UPDATE_FAILED')
    return blocked(
      `${stackName} is UPDATE_FAILED: first go back to what it was: aws cloudformation rollback-stack --stack-name ${stackName}`,
    );
  if (status === 'DELETE_FAILED')
    return blocked(
      `${stackName} is DELETE_FAILED: its events name the resource that could not go; mend that, then: aqt destroy --stack ${stackName}`,
    );
  if (status.endsWith('_IN_PROGRESS'))
    return blocked(`${stackName} is ${status}: somebody is changing it; wait for the end, then run this again`);
  return null;
}
