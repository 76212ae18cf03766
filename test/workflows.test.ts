import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './source-tree.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Job {
  readonly strategy?: { readonly matrix: { readonly os: string[]; readonly node: number[] } };
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly run?: string }[];
}

function jobsOf(path: string): Readonly<Record<string, Job>> {
  return (parse(read(path)) as { readonly jobs: Record<string, Job> }).jobs;
}

describe('the workflows for a forge', () => {
  it('run the same script on three systems and three lines of Node', () => {
    const { everything, fast } = jobsOf('.github/workflows/ci.yml');
    expect(fast?.strategy?.matrix.node).toEqual([20, 22, 24]);
    expect(fast?.strategy?.matrix.os).toHaveLength(3);
    expect(fast?.steps.map(({ run }) => run)).toContain('bash .ci/run --fast');
    expect(everything?.steps.map(({ run }) => run)).toContain('bash .ci/run');
    expect(read('.ci/run')).toContain('--fast');
  });

  it('test at least the Node that the package asks for', () => {
    const { engines } = JSON.parse(read('package.json')) as { readonly engines: { readonly node: string } };
    const nodes = jobsOf('.github/workflows/ci.yml').fast?.strategy?.matrix.node ?? [];
    expect(engines.node).toMatch(new RegExp(`^>=${Math.min(...nodes)}\\.`));
  });

  it('publish with provenance, and the assets of the deployment', () => {
    const release = jobsOf('.github/workflows/release.yml').release;
    const runs = release?.steps.map(({ run }) => run ?? '').join('\n') ?? '';
    expect(release?.permissions?.['id-token']).toBe('write');
    for (const part of ['bash .ci/run', 'npm run synth', 'npm publish --provenance', 'dist/deploy/*'])
      expect(runs).toContain(part);
  });

  it('run only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Record<string, string> };
    const texts = [
      ...readdirSync(join(ROOT, '.ci/steps')).map((name) => read(`.ci/steps/${name}`)),
      ...readdirSync(join(ROOT, '.github/workflows')).map((name) => read(`.github/workflows/${name}`)),
      read('.ci/run'),
    ];
    const named = texts.flatMap((text) =>
      [...text.matchAll(/npm run (?:--silent |-s )?([\w:]+)/g)].map(([, name]) => name ?? ''),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('ask in every issue for the version, and in a fault for what the doctor says', () => {
    const folder = '.github/ISSUE_TEMPLATE';
    for (const name of readdirSync(join(ROOT, folder)).filter((file) => file !== 'config.yml')) {
      const { body } = parse(read(`${folder}/${name}`)) as { readonly body: readonly { readonly id?: string }[] };
      expect(body.map(({ id }) => id)).toEqual(expect.arrayContaining(['version', 'doctor']));
      expect(read(`${folder}/${name}`)).toContain('aqt doctor --json');
    }
  });

  it('have steps that say in their second line what they check', () => {
    for (const name of readdirSync(join(ROOT, '.ci/steps'))) {
      const path = `.ci/steps/${name}`;
      expect(read(path).split('\n')[1], path).toMatch(/^# \S/);
      expect(statSync(join(ROOT, path)).mode & 0o100, path).toBe(process.platform === 'win32' ? 0 : 0o100);
    }
    expect(existsSync(join(ROOT, '.ci/run'))).toBe(true);
  });
});
