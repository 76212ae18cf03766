import { GetTableCommand, type GlueClient, type Table } from '@aws-sdk/client-glue';
import type { Clock } from '../../ports/clock.js';
import type { CatalogTable, CatalogView, ExecutionSource } from '../../ports/execution-source.js';
import type { Pacer } from '../../ports/pacer.js';
import { CredentialsExpired, describe, isTransient, nameOf, PermissionDenied } from '../aws/aws-failure.js';
import { callAws } from '../aws/call-aws.js';
import { createCounts } from '../aws/counts.js';
import { readViewText } from './view-text.js';

/** Glue publishes no quota for GetTable; query engines of the account ask it all the time, and must not notice this. */
export const GET_TABLE_RATE_PER_SECOND = 10;

/** So many refusals before anything was told mean that the action is not permitted at all. */
const DENIALS_TO_CLOSE = 3;

export interface GlueTablesOptions {
  /** Made with `PACED_CLIENT`. */
  readonly client: Pick<GlueClient, 'send'>;
  /** Account and Region, for warnings. */
  readonly place: string;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly warn: (message: string) => void;
}

/**
 * Asks Glue what tables are. Definitions make rows say more, not truer: a table that may not be told, or a catalog that does not
 * answer, is warned of once and asked no more in this run.
 */
export function createGlueTables(options: GlueTablesOptions): Pick<Required<ExecutionSource>, 'table'> {
  const { client, place, pacer, clock, random, warn } = options;
  const counts = createCounts(['calls', 'denied', 'retries', 'throttled']);
  const denied = new Set<string>();
  let hasTold = false;
  let isClosed = false;

  return {
    async table({ database, table }, signal) {
      const name = JSON.stringify([database, table]);
      if (isClosed || denied.has(name)) return null;
      try {
        const call = () =>
          client.send(
            new GetTableCommand({ DatabaseName: database, Name: table }),
            signal ? { abortSignal: signal } : {},
          );
        const paced = { action: 'glue:GetTable', pacer, clock, random, counts, signal, tries: 3 };
        const { Table } = await callAws(call, paced);
        hasTold = true;
        return Table ? readTable(Table, database) : { kind: 'absent' };
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof CredentialsExpired) throw error;
        if (nameOf(error) === 'EntityNotFoundException') {
          hasTold = true;
          return { kind: 'absent' };
        }
        refused(error, name);
        return null;
      }
    },
  };

  function refused(error: unknown, name: string): void {
    const isFirst = denied.size === 0;
    denied.add(name);
    if (error instanceof PermissionDenied) {
      if (isFirst)
        warn(
          `the data catalog of ${place} may not be read (${describe(error.cause)}): views are named, not what is behind them; allow glue:GetTable`,
        );
      isClosed = !hasTold && denied.size >= DENIALS_TO_CLOSE;
      return;
    }
    isClosed = isTransient(error);
    if (isClosed || isFirst)
      warn(
        `the data catalog of ${place} does not tell what a table is (${describe(error)}): views may be named, not what is behind them`,
      );
  }
}

function readTable(table: Table, database: string): CatalogTable | CatalogView {
  const stored = [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])];
  const columns = [...new Set(stored.flatMap(({ Name }) => (Name ? [Name.toLowerCase()] : [])))];
  const changedAt = (table.UpdateTime ?? table.CreateTime)?.getTime() ?? 0;
  if (table.TableType !== 'VIRTUAL_VIEW') return { kind: 'table', columns, changedAt };
  const dialects = table.ViewDefinition?.Representations ?? [];
  const athena = dialects.find(({ Dialect }) => Dialect === 'ATHENA') ?? dialects[0];
  const text = readViewText(athena?.ViewOriginalText ?? table.ViewOriginalText);
  // Hive leaves it to the view's own database what its names mean.
  const definition = text === null ? null : { ...text, database: text.database ?? database };
  return { kind: 'view', columns, changedAt, definition };
}
