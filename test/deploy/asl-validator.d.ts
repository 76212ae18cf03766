declare module 'asl-validator' {
  /** Validates a definition in Amazon States Language. */
  function validate(definition: unknown): { readonly isValid: boolean; readonly errors: readonly unknown[] };
  export = validate;
}
