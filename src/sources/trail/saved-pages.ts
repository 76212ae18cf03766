import { type SavedPage, savedPageOf } from '../../cloudtrail/saved-page.js';

/** Where the members that name an answer stand: behind a status, or first. */
const HEAD_BYTES = 512;
const ANSWER = /"(?:[Ee]vents|QueryResultRows|results|hits)"\s*:\s*[[{]/;

/** Adds up what the answers saved in one file say of themselves. Pages one behind the other are one answer. */
export class SavedPages {
  private hasMore = false;
  private shown = 0;
  private found = 0;
  private partial: string | null = null;

  /** Tells by the first bytes of a document whether it may be the answer of a search. */
  static mayBe(bytes: Buffer): boolean {
    return ANSWER.test(bytes.toString('latin1', 0, HEAD_BYTES));
  }

  note(document: unknown): void {
    this.add(savedPageOf(document));
  }

  add(page: SavedPage | null): void {
    if (page?.kind === 'page') this.hasMore = page.hasMore;
    else if (page?.kind === 'count') {
      this.shown += page.shown;
      this.found = Math.max(this.found, page.found);
    } else if (page?.kind === 'partial') this.partial ??= page.reason;
  }

  /** Why the file does not hold all of the answer; null where nothing says so. */
  get fault(): string | null {
    if (this.partial !== null) return this.partial;
    if (this.hasMore) return 'it ends with a page that names a next one, which does not stand in it';
    if (this.shown >= this.found) return null;
    return `${this.shown} of the ${this.found} or more events that its search found stand in it`;
  }
}
