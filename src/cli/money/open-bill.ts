import { stat } from 'node:fs/promises';
import type { AwsOptions } from '../../compose/aws-config.js';
import { openStore } from '../../compose/open-store.js';
import { UsageError } from '../../compose/usage-error.js';
import { type BillFiles, fetchBillFiles, findBillFiles } from '../../handover/bill/bill-files.js';

type OpenOptions = Parameters<typeof openStore>[1] & AwsOptions;

/** Opens a bill: a file, a folder, or what lies in a bucket. @throws UsageError when it is not there */
export async function openBill(path: string, options: OpenOptions): Promise<BillFiles> {
  if (isBucket(path)) return fetchBillFiles(await openStore(path, options));
  await checkBill(path);
  return findBillFiles(path);
}

/** Sees that a bill is where it is said to be; of a bucket it only knows when it reads it. @throws UsageError */
export async function checkBill(path: string): Promise<void> {
  if (isBucket(path)) return;
  try {
    await stat(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--bill ${path}: ${why}; give a file, a folder or s3://bucket/prefix`, { cause: error });
  }
}

function isBucket(path: string): boolean {
  return /^s3:\/\//i.test(path);
}
