/** Writes what is deployed below `out`; `prepare` sees the CDK app of each template before it is synthesized. */
export function writeDeployment(options: {
  readonly out: string;
  readonly prepare?: (app: unknown, variant: string) => void;
}): Promise<{
  readonly version: string;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}>;
