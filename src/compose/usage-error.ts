/** A wrong option, argument or variable; the message names it, its value and the way out. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
