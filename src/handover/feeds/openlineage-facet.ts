/** Versions of the facets, each pinned by itself. */
const VERSIONS = {
  ErrorMessageRunFacet: '1-0-1',
  ExternalQueryRunFacet: '1-0-2',
  JobTypeJobFacet: '2-0-4',
  ProcessingEngineRunFacet: '1-1-1',
  SQLJobFacet: '1-1-0',
  SymlinksDatasetFacet: '1-0-1',
  ColumnLineageDatasetFacet: '1-2-0',
  TagsRunFacet: '1-0-0',
} as const;

/** A facet says who made it and which schema it follows; it is never null: leave it out instead. */
export function facet(
  name: keyof typeof VERSIONS,
  producer: string,
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return {
    _producer: producer,
    _schemaURL: `https://openlineage.io/spec/facets/${VERSIONS[name]}/${name}.json#/$defs/${name}`,
    ...members,
  };
}
