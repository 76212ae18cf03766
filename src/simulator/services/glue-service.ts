import { LAKE } from '../company/data-catalog.js';
import type { World } from '../history/world.js';
import { jsonBodyOf, jsonResponse, ServiceError, type ServiceRequest, type ServiceResponse } from '../wire/service.js';

/** The lake was made so long before the history begins. */
const AGE_MS = 30 * 86_400_000;

/** Answers `GetTable` of Glue. `denied` are databases whose tables the caller may not see; `*` are all. */
export function glueOperation(world: World, request: ServiceRequest, denied: readonly string[]): ServiceResponse {
  const { DatabaseName: database, Name: name } = jsonBodyOf(request);
  if (request.operation !== 'GetTable') {
    const message = `the simulator does not know Glue's ${request.operation}`;
    throw new ServiceError(400, 'UnknownOperationException', message);
  }
  if (denied.includes('*') || denied.includes(String(database))) {
    const resource = `arn:aws:glue:${request.region}:${request.accountId}:table/${String(database)}/${String(name)}`;
    throw new ServiceError(
      400,
      'AccessDeniedException',
      `not authorized to perform: glue:GetTable on resource: ${resource}`,
    );
  }
  const found = LAKE.find((table) => table.name === `${String(database)}.${String(name)}`);
  if (!found) throw new ServiceError(400, 'EntityNotFoundException', 'Entity Not Found');
  const changed = (world.startsAt - AGE_MS) / 1000;
  return jsonResponse({
    Table: {
      Name: name,
      DatabaseName: database,
      CatalogId: request.accountId,
      CreateTime: changed,
      UpdateTime: changed,
      TableType: found.view === null ? 'EXTERNAL_TABLE' : 'VIRTUAL_VIEW',
      StorageDescriptor: { Columns: found.columns.map((column) => ({ Name: column, Type: 'string' })) },
      PartitionKeys: [],
      ...(found.view === null ? {} : { ViewOriginalText: prestoView(found.view, String(database), found.columns) }),
    },
  });
}

/** As Athena writes a view into the catalog. */
function prestoView(originalSql: string, schema: string, columns: readonly string[]): string {
  const view = {
    originalSql,
    catalog: 'awsdatacatalog',
    schema,
    columns: columns.map((name) => ({ name, type: 'varchar' })),
  };
  return `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`;
}
