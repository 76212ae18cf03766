import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import type { Clock } from '../../ports/clock.js';
import type { ExecutionLister, ExecutionSource, ExecutionWitness } from '../../ports/execution-source.js';
import { createPacer } from '../../ports/pacer.js';
import { createAthenaApi } from '../athena/athena-api.js';
import { createAthenaCalls } from '../athena/athena-calls.js';
import { createAthenaLister } from '../athena/athena-lister.js';
import { createAthenaPacers } from '../athena/athena-pacers.js';
import { createQueryCalls, QUERY_CALLS_PER_SECOND } from '../athena/athena-query.js';
import { createAthenaSettings } from '../athena/athena-settings.js';
import { createSettingsCalls } from '../athena/settings-calls.js';
import { createSystemTable } from '../athena/system-table.js';
import { withFallback } from '../aws/with-fallback.js';
import { createGlueTables, GET_TABLE_RATE_PER_SECOND } from '../catalog/glue-tables.js';
import { openLookupEventsPage, PACED_CLIENT } from '../lookup/lookup-events-client.js';
import { type AwsAccount, placesOf } from './aws-accounts.js';
import { guardExecutions, guardLister, type Place, type PlaceFailures } from './place-failures.js';

/** Athena of the accounts: executions wherever they ran, and the lists of the Regions that are read. */
export interface AccountAthena {
  executions(place: Place): ExecutionSource | null;
  readonly listers: readonly (Place & {
    readonly lister: ExecutionLister;
    readonly witness: ExecutionWitness | null;
  })[];
}

/**
 * Opens Athena of each account and Region. A trail shows queries of every Region, so executions are asked for wherever an
 * account ran some. With several places, one that fails is noted and does not stop the others.
 */
export function openAthena(request: {
  readonly accounts: readonly AwsAccount[];
  readonly failures: PlaceFailures;
  /** Workgroup for queries of the system table; it is not asked without one. */
  readonly systemTable?: string | null;
  /** Whether the data catalogs are asked what tables are. */
  readonly catalog: boolean;
  readonly warn: (message: string) => void;
  readonly clock: Clock;
  readonly random: () => number;
}): AccountAthena {
  const { accounts, failures, systemTable: workGroup = null, catalog, warn, clock, random } = request;
  const common = { clock, random };
  const places = placesOf(accounts);
  const isRead = (place: Place) => places.some((one) => nameOf(one) === nameOf(place));
  const isOnlyPlace = (place: Place) => places.length === 1 && isRead(place);

  const openCatalog = (account: AwsAccount, place: Place) =>
    createGlueTables({
      client: new GlueClient({ ...account.config('GLUE', place.region), ...PACED_CLIENT }),
      place: nameOf(place),
      pacer: createPacer({ ratePerSecond: GET_TABLE_RATE_PER_SECOND, ...common }),
      warn,
      ...common,
    });
  const open = (account: AwsAccount, place: Place) => {
    const client = new AthenaClient({ ...account.config('ATHENA', place.region), ...PACED_CLIENT });
    const api = { ...place, calls: createAthenaCalls(client), pacers: createAthenaPacers(common), ...common };
    const pacer = createPacer({ ratePerSecond: QUERY_CALLS_PER_SECOND, ...common });
    const table =
      workGroup !== null && isRead(place)
        ? createSystemTable({ ...place, calls: createQueryCalls(client), workGroup, pacer, ...common })
        : null;
    const onFailure = (error: unknown) =>
      warn(`the system table of ${nameOf(place)} gives no texts: ${error instanceof Error ? error.message : error}`);
    const athena = { ...createAthenaApi(api), ...(catalog ? openCatalog(account, place) : {}) };
    const executions = table ? withFallback(athena, table.executions, onFailure) : athena;
    const lister = {
      ...createAthenaLister(api),
      describe: createAthenaSettings({
        calls: createSettingsCalls(client),
        page: openLookupEventsPage(account.config('CLOUDTRAIL', place.region)),
        pacers: { athena: api.pacers.workGroups, lookup: createPacer({ ratePerSecond: LOOKUP_SHARE, ...common }) },
        ...place,
        ...common,
      }),
    };
    return isOnlyPlace(place)
      ? { executions, lister, witness: table }
      : {
          executions: guardExecutions(executions, place, failures),
          lister: guardLister(lister, place, failures),
          witness: table,
        };
  };
  const opened = new Map<string, ReturnType<typeof open>>();
  const at = (place: Place) => {
    const account = accounts.find(({ accountId }) => accountId === place.accountId);
    if (!account) return null;
    const known = opened.get(nameOf(place)) ?? open(account, place);
    opened.set(nameOf(place), known);
    return known;
  };
  return {
    executions: ({ accountId, region }) => at({ accountId, region })?.executions ?? null,
    listers: places.flatMap((place) => {
      const athena = at(place);
      return athena ? [{ ...place, lister: athena.lister, witness: athena.witness }] : [];
    }),
  };
}

/** A fraction of LookupEvents' two calls a second: another day may be read at the same time. */
const LOOKUP_SHARE = 0.5;

function nameOf({ accountId, region }: Place): string {
  return `${accountId} ${region}`;
}
