/** SQL of a user that cannot be run; the message is DuckDB's or says what is allowed. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
}
