import { createDefinitionBook, type Definition, type DefinitionBook } from '../../sql/definition-book.js';

/** What a tree's texts defined, with the names that were asked for. */
export interface WatchedDefinitions {
  readonly book: DefinitionBook;
  /** Every definition of a name that was asked for since the last call, in order. */
  takeAsked(): readonly Definition[];
}

/** Opens a book over definitions and remembers what is asked of it. */
export function watchDefinitions(definitions: readonly Definition[]): WatchedDefinitions {
  const book = createDefinitionBook();
  book.add(definitions);
  const asked = new Set<string>();
  return {
    book: {
      add: (news) => book.add(news),
      takeUsed: () => book.takeUsed(),
      reservationOf(place) {
        for (const { kind, name, workGroups } of definitions)
          if (kind === 'reservation' && workGroups?.includes(place.workGroup)) asked.add(`reservation  ${name}`);
        return book.reservationOf(place);
      },
      at(place) {
        const known = book.at(place);
        return {
          prepared(name) {
            asked.add(`prepared ${place.workGroup} ${name}`);
            return known.prepared(name);
          },
          view(table) {
            asked.add(`view  ${table}`);
            return known.view(table);
          },
          columns(table) {
            asked.add(`table  ${table}`);
            return known.columns(table);
          },
        };
      },
    },
    takeAsked() {
      const found = definitions.filter(({ kind, workGroup, name }) => asked.has(`${kind} ${workGroup} ${name}`));
      asked.clear();
      return found;
    },
  };
}
