import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDeployment } from '../../scripts/deployment.mjs';

/** Writes the deployment into a folder of its own, as `npm run synth` would into dist. */
export async function buildDeployment(prepare?: (app: unknown, variant: string) => void): Promise<{
  readonly folder: string;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
  remove(): void;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'aqt-deployment-'));
  const { files } = await writeDeployment({ out: folder, ...(prepare ? { prepare } : {}) });
  return { folder, files, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
