import { readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** The consumers' schemas, where this checkout has them beside it. */
export const SCHEMAS = fileURLToPath(new URL('../../../shared/data/schemas', import.meta.url));

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

const read = (path: string) => JSON.parse(readFileSync(`${SCHEMAS}/${path}`, 'utf8')) as Record<string, unknown>;

/** Validators of a line, by consumer; a run event is held against the schema of each of its facets, too. */
export function validators(): Record<string, (line: string) => string | null> {
  for (const file of readdirSync(`${SCHEMAS}/openlineage/facets`)) ajv.addSchema(read(`openlineage/facets/${file}`));
  const openLineage = ajv.compile(read('openlineage/OpenLineage.json'));
  const ocsf = (version: string) => {
    const datastore = ajv.compile(read(`ocsf/datastore_activity-6005-${version}.schema.json`));
    const api = ajv.compile(read(`ocsf/api_activity-6003-${version}.schema.json`));
    return (line: string) => {
      const event = JSON.parse(line) as { class_uid: number };
      const validate = event.class_uid === 6005 ? datastore : api;
      return validate(event) ? null : ajv.errorsText(validate.errors);
    };
  };
  const queryLog = ajv.compile(read('openmetadata/query-log-row.schema.json'));
  const focus = ajv.compile({
    ...read('focus/focus-1.2-row.schema.json'),
    $id: 'urn:focus:estimate',
    required: [],
    allOf: [true],
  });
  const dataHub = ajv.compile(read('datahub/sql-queries-line.schema.json'));
  return {
    openlineage: (line) => {
      const event = JSON.parse(line) as Record<string, unknown>;
      if (!openLineage(event)) return ajv.errorsText(openLineage.errors);
      return (
        facetsOf(event)
          .map(([name, facet]) => {
            const id = String(facet._schemaURL).split('#')[0] ?? '';
            const validate = ajv.getSchema(id);
            if (!validate) return `no schema ${id}`;
            return validate({ [name]: facet }) ? null : `${name}: ${ajv.errorsText(validate.errors)}`;
          })
          .find((fault) => fault !== null) ?? null
      );
    },
    datahub: (line) => (dataHub(JSON.parse(line)) ? null : ajv.errorsText(dataHub.errors)),
    openmetadata: (line) => (queryLog(JSON.parse(line)) ? null : ajv.errorsText(queryLog.errors)),
    focus: (line) => (focus(JSON.parse(line)) ? null : ajv.errorsText(focus.errors)),
    ecs: ecsValidator(),
    'ocsf-1.8.0': ocsf('1.8.0'),
    'ocsf-1.1.0': ocsf('1.1.0'),
  };
}

function facetsOf(value: unknown): [string, Record<string, unknown>][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]): [string, Record<string, unknown>][] =>
    typeof member === 'object' && member !== null && '_schemaURL' in member
      ? [[name, member as Record<string, unknown>]]
      : facetsOf(member),
  );
}

/** Fields that ECS knows, with their types; what has no field lies under a name of its own. */
function ecsValidator(): (line: string) => string | null {
  const [, ...lines] = readFileSync(`${SCHEMAS}/ecs/ecs-9.4.0-fields-subset.csv`, 'utf8').split('\n');
  const fields = new Map(
    lines.map((line) => {
      const [, , , field = '', type = '', , normal = ''] = line.split(',');
      return [field, { type, isList: normal === 'array' }];
    }),
  );
  const allowed = read('ecs/ecs-9.4.0-event-values.json') as Record<string, { value: string }[]>;
  const wrong = (path: string, value: unknown): string | null => {
    const field = fields.get(path);
    if (field === undefined) return `${path} is no field of ECS`;
    if (Array.isArray(value) !== field.isList) return `${path} is ${field.isList ? 'no' : 'a'} list`;
    for (const one of [value].flat()) {
      const isRight =
        field.type === 'date'
          ? typeof one === 'string' && !Number.isNaN(Date.parse(one))
          : field.type === 'long'
            ? Number.isSafeInteger(one)
            : field.type === 'ip'
              ? typeof one === 'string' && isIP(one) > 0
              : typeof one === 'string';
      if (!isRight) return `${path} is no ${field.type}: ${JSON.stringify(one)}`;
      if (Array.isArray(allowed[path]) && !allowed[path].some(({ value: known }) => known === one))
        return `${path} may not be ${JSON.stringify(one)}`;
    }
    return null;
  };
  const visit = (path: string, value: unknown): string | null => {
    if (path === 'athena') return null;
    if (path === 'labels')
      return Object.values(value as object).every((label) => typeof label === 'string') ? null : path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(path, value);
    const below = Object.entries(value).map(([name, member]) => visit(path === '' ? name : `${path}.${name}`, member));
    return below.find((fault) => fault !== null) ?? null;
  };
  return (line) => visit('', JSON.parse(line));
}
