import type { DuckDBInstance } from '@duckdb/node-api';
import { openReader } from '../../analytics/cache/duck.js';
import { connectMasked, openMaskedReader } from '../../analytics/cache/masked-views.js';
import { runConsole } from '../../analytics/view/console.js';
import { ConsoleError } from '../../analytics/view/console-error.js';
import { CONSOLE_LIMITS, type ConsoleAnswer, type ConsoleQuestion } from './console-limits.js';

/**
 * A process that answers statements of users, one at a time: `console-process` is started by the dashboard and ended by it when a
 * statement takes too long. It ends itself when it grows: DuckDB folds constants before its own limit of memory holds.
 */
let open: { readonly path: string; readonly isMasked: boolean; readonly instance: DuckDBInstance } | null = null;

async function answer({ path, sql, isMasked }: ConsoleQuestion): Promise<ConsoleAnswer> {
  if (open?.path !== path || open.isMasked !== isMasked) {
    open?.instance.closeSync();
    open = null;
    const { memory: memoryLimit, threads } = CONSOLE_LIMITS;
    const instance = await (isMasked ? openMaskedReader : openReader)(path, { memoryLimit, threads });
    open = { path, isMasked, instance };
  }
  const connection = await (isMasked ? connectMasked(open.instance) : open.instance.connect());
  try {
    const { rows, cell, answer } = CONSOLE_LIMITS;
    return { result: await runConsole(connection, sql, { maxRows: rows, maxCell: cell, maxAnswer: answer, isMasked }) };
  } catch (error) {
    if (error instanceof ConsoleError) return { refused: error.message };
    return { failed: error instanceof Error ? error.message : String(error) };
  } finally {
    connection.closeSync();
  }
}

process.on('message', (question: ConsoleQuestion) => {
  void answer(question).then((said) => process.send?.(said));
});
// The dashboard is gone, however it ended.
process.on('disconnect', () => process.exit());
setInterval(() => {
  if (process.memoryUsage.rss() < CONSOLE_LIMITS.processBytes) return;
  const refused = `stopped: the statement needs more memory than the ${CONSOLE_LIMITS.memory} that the console may use`;
  process.send?.({ refused, isLast: true } satisfies ConsoleAnswer, () => process.exit());
}, 50);
