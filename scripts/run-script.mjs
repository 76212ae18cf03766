import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

// Lies beside the bundle (`bundle-cli.mjs`) when it runs.

/** What was run, by name: `keep-code.mjs` takes their code from here. */
export const scripts = new Map();

/** The code that V8 made of a script lies beside it. Another V8, system or processor takes the text. */
export const codeOf = (name) => `${name}.${process.versions.v8}-${process.platform}-${process.arch}.code`;

/** Runs a script of this folder, and returns what it exports. `joined`: what other scripts export, by the name it asks for them. */
export function runScript(name, joined = {}) {
  const place = new URL(name, import.meta.url);
  // Where it was made is no matter: the name stands in the code.
  const script = new Script(readFileSync(place, 'latin1'), { filename: `aqt:${name}`, cachedData: keptCode(name) });
  scripts.set(name, script);
  const require = createRequire(place);
  const ask = (asked) => joined[asked] ?? require(asked);
  const load = (asked) => import(asked);
  const exports = script.runInThisContext()({ exports: {} }, ask, load, place.href);
  // As values: esbuild exports functions that give them.
  return { ...exports };
}

function keptCode(name) {
  try {
    return readFileSync(new URL(codeOf(name), import.meta.url));
  } catch {
    // Built by another Node.js.
    return undefined;
  }
}
