/** What one check found. */
export interface Finding {
  /** Name of the check, the same in every run: `trail`, `workgroups`, … */
  readonly check: string;
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  readonly message: string;
  /** What to do about it; null when nothing is. */
  readonly fix: string | null;
}

export function pass(check: string, message: string): Finding {
  return { check, status: 'pass', message, fix: null };
}

export function skip(check: string, message: string): Finding {
  return { check, status: 'skip', message, fix: null };
}

export function warn(check: string, message: string, fix: string): Finding {
  return { check, status: 'warn', message, fix };
}

export function fail(check: string, message: string, fix: string): Finding {
  return { check, status: 'fail', message, fix };
}
