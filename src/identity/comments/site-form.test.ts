import { describe, expect, it } from 'vitest';
import { DirectoryError, parseDirectory } from '../directory/parse-directory.js';
import { readCommentTags } from './sql-comment.js';

const { comments } = parseDirectory(`
comments:
  - app: acme-bi
    form: "[acme-bi] {user} report={report_id}"
  - app: acme-portal
    json: { service: acme-portal, build.stage: prod }
    user: caller.mail
  - app: acme-notes
    form: "written by {user} for acme"
`);
const read = (comment: string) => readCommentTags([comment], [], comments);

describe('the comments of a site’s own programs', () => {
  it.each([
    ['-- [acme-bi] ana@acorn.example report=12', 'acme-bi', 'ana@acorn.example', { report_id: '12' }],
    ['/* [acme-bi]  Ana Silva   report=a b */', 'acme-bi', 'Ana Silva', { report_id: 'a b' }],
    ['-- [acme-bi] {user} report=12', 'acme-bi', null, { report_id: '12' }],
    ['/* written by ana for acme for acme */', 'acme-notes', 'ana for acme', {}],
    [
      '/* {"service": "acme-portal", "build": {"stage": "prod"}, "caller": {"mail": "ana@acorn.example"}} */',
      'acme-portal',
      'ana@acorn.example',
      { service: 'acme-portal', build: { stage: 'prod' }, caller: { mail: 'ana@acorn.example' } },
    ],
  ])('reads %s', (comment, app, user, context) => expect(read(comment)).toEqual({ app, user, context }));

  it.each([
    '-- [acme-bi]  report=12',
    '-- x [acme-bi] ana report=1',
    '-- written by ana',
    '/* {"service": "acme-portal"} */',
  ])('leaves %s alone', (comment) => expect(read(comment)).toBeNull());

  it('go before the forms that are known, and nothing is known without them', () => {
    const [form] = parseDirectory(
      'comments: [{ app: ours, form: "Username: {user}, query_id: {id}, Query Hash: {hash}" }]',
    ).comments;
    const comment = '/* Username: ana, query_id: 1, Query Hash: ab */';
    expect(readCommentTags([comment], [])?.app).toBe('redash');
    expect(readCommentTags([comment], [], form ? [form] : [])).toMatchObject({ app: 'ours', user: 'ana' });
    expect(readCommentTags(['-- [acme-bi] ana report=12'], [])).toBeNull();
  });

  it.each([
    ['{ app: a, form: "{user}" }', /too little text/],
    ['{ app: a, form: "by {user}{id} at" }', /side by side/],
    ['{ app: a, form: "by {user} {user}" }', /one name/],
    ['{ app: a }', /either a form or the members/],
    ['{ app: a, form: "by {user} x", json: { a: b } }', /either a form or the members/],
    ['{ app: a, json: { } }', /must name the members/],
    ['{ app: a, form: "by {user} x", user: y }', /write \{user\}/],
    ['{ form: "by {user} x" }', /app of a comment is missing/],
    ['{ app: a, regex: "x" }', /unknown key "regex"/],
  ])('says what is wrong with %s', (entry, message) => {
    expect(() => parseDirectory(`comments:\n  - ${entry}\n`)).toThrow(DirectoryError);
    expect(() => parseDirectory(`comments:\n  - ${entry}\n`)).toThrow(message);
  });

  it('takes time in proportion to a long comment', () => {
    const began = performance.now();
    expect(read(`-- [acme-bi] ${'report '.repeat(2000)}`)).toBeNull();
    expect(performance.now() - began).toBeLessThan(200);
  });
});
