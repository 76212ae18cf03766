import type { CredentialUse } from './credential-facts.js';
import { type LinkName, namesWantedBy } from './link-names.js';

/** The names that uses of credentials lead to, each once, of any number of uses. */
export interface WantedNames {
  add(use: CredentialUse): void;
  readonly names: ReadonlySet<LinkName>;
}

/** Uses of one session follow each other: the last ones are known by what they are called. */
const REMEMBERED = 2000;

export function createWantedNames(): WantedNames {
  const names = new Set<LinkName>();
  let known = new Set<string>();
  return {
    names,
    add(use) {
      const { accessKeyId, principalId, creationDate, signInSessionArn } = use.principal;
      const text = JSON.stringify([accessKeyId, principalId, creationDate, signInSessionArn, use.console]);
      if (known.has(text)) return;
      if (known.size >= REMEMBERED) known = new Set();
      known.add(text);
      for (const name of namesWantedBy(use)) names.add(name);
    },
  };
}
