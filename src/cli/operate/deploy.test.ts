import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietIo } from '../../../test/end-to-end/quiet-io.js';
import { runDeploy } from './deploy.js';

const clock = { now: () => Date.UTC(2026, 10, 20), sleep: async () => {} };
const text = (Default: string, rest: object = {}) => ({ Type: 'String', Default, ...rest });
const TEMPLATE = {
  Parameters: {
    ArtifactBucket: { Type: 'String' },
    ReportTimezone: text('America/New_York'),
    OutputType: text('csv', { AllowedValues: ['csv', 'json', 'parquet'] }),
    TestStartDate: text(''),
    TestEndDate: text(''),
    FirstYear: { Type: 'Number', Default: 2024, MinValue: 2013 },
    LastYear: { Type: 'Number', Default: 2035, MinValue: 2013 },
    HourMemory: { Type: 'Number', Default: 1024, MinValue: 256, MaxValue: 10240, Description: 'Megabytes' },
  },
  Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } },
};

describe('a dry run, without credentials', () => {
  let artifacts = '';
  beforeEach(async () => {
    artifacts = await mkdtemp(join(tmpdir(), 'aqt-artifacts-'));
    await writeFile(join(artifacts, 'template.json'), JSON.stringify(TEMPLATE));
    await writeFile(join(artifacts, 'manifest.json'), JSON.stringify({ version: '1.2.3', files: {} }));
  });
  afterEach(() => rm(artifacts, { recursive: true, force: true }));

  it('says what would be made', async () => {
    const io = quietIo({ clock });
    expect(await runDeploy({ dryRun: true, timezone: 'Europe/Berlin' }, io, { artifacts })).toBe(0);
    expect(io.written.stdout).toContain('AWS::SNS::Topic  Topic');
    expect(io.written.stdout).toContain('ReportTimezone = Europe/Berlin');
    expect(io.written.stderr).toContain('Nothing was changed');
  });

  it.each([
    [{ timezone: 'Mars/Base' }, /ReportTimezone=Mars\/Base: there is no such time zone/],
    [{ testStartDate: '2026-13-01' }, /there is no such day/],
    [{ testStartDate: '2026-11-05', testEndDate: '2026-11-01' }, /the first day comes first/],
    [{ format: 'xml' }, /OutputType=xml: allowed are csv, json, parquet/],
    [{ parameter: ['HourMemory=20000'] }, /HourMemory=20000: give a whole number from 256 to 10240/],
    [{ parameter: ['HourMemory=lots'] }, /HourMemory=lots: give a whole number/],
    [{ parameter: ['FirstYear=2040'] }, /FirstYear=2040 lies after LastYear=2035/],
    [{ parameter: ['LastYear=2020', 'FirstYear=2019'] }, /LastYear=2020 is over/],
    [{ parameter: ['Nonsense=1'] }, /the stack has no parameter Nonsense/],
    [{ tag: ['novalue'] }, /--tag "novalue": write key=value/],
  ])('refuses %j before anything is asked of AWS', async (wrong, message) => {
    const io = quietIo({ clock, env: {} });
    await expect(runDeploy({ dryRun: true, ...wrong }, io, { artifacts })).rejects.toThrow(message);
    await expect(runDeploy({ yes: true, ...wrong }, io, { artifacts })).rejects.toThrow(message);
    expect(io.written.stdout).toBe('');
  });
});
