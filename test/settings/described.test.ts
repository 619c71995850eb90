/** Every setting that is read is told in docs/settings.md, which is of today. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { settingDescriptions, settingsPage } from '../../shared/settings/descriptions.ts';
import { readSettings } from '../../shared/settings/settings.ts';
import { settingsSchema } from '../../shared/settings/settings-schema.ts';
import { soundSettings } from '../support/sound-settings.ts';

const patterns = settingDescriptions.map(
  ({ name }) => new RegExp(`^${name.replace(/<\w+>/g, '\\w+')}$`),
);
const isDescribed = (name: string) => patterns.some((pattern) => pattern.test(name));
/** What says where the app runs, and is nobody's to set; and a form of another one. */
const others = /^(AZURE_FUNCTIONS_ENVIRONMENT|WEBSITE_\w+|AzureWebJobs\w+)$/;

test('every setting that is read, and every one of the sample, is described', () => {
  const read = new Set<string>();
  const environment = new Proxy<Record<string, string | undefined>>(
    { NOTIFICATIONS: '[{"name": "pager", "type": "webhook"}]' },
    {
      get: (target, name: string) => {
        read.add(name);
        return target[name];
      },
    },
  );
  readSettings(environment, 'linux');
  assert.ok(read.has('LEASE_SECONDS'));
  const told = [...read, ...Object.keys(sample.Values)].filter(
    (name) => !isDescribed(name) && !others.test(name) && !name.endsWith('_SECRET'),
  );
  assert.deepEqual(told, []);
});

test('docs/settings.md is what npm run docs:settings writes', async () => {
  const page = await readFile(new URL('../../docs/settings.md', import.meta.url), 'utf8');
  assert.equal(page, settingsPage());
});

const isValid = new Ajv2020({ strict: false }).compile(settingsSchema());

test('local.settings.schema.json is what npm run docs:settings writes; the sample names it and goes by it', async () => {
  const root = new URL('../../', import.meta.url);
  const text = await readFile(new URL(sample.$schema, root), 'utf8');
  assert.equal(text, `${JSON.stringify(settingsSchema(), undefined, 2)}\n`);
  assert.ok(isValid(sample), JSON.stringify(isValid.errors));
});

/** What is set beside the sample's, and whether the schema has something to say. */
const set: [values: object, fault: RegExp | undefined][] = [
  [{ SQL_OTHER: 'Server=sql1.example;Database=X' }, undefined],
  [{ SLICE_BUDGET: '', PROTECT_READS: '' }, undefined],
  [{ AzureWebJobsStorage__accountName: 'billing' }, undefined],
  [{ SLICE_BUDGET: 240 }, /SLICE_BUDGET must be string/],
  [{ SQL_OTHER: { Server: 'sql1.example' } }, /SQL_OTHER must be string/],
  [{ SOMEBODY_ELSES: 1 }, /SOMEBODY_ELSES must be string/],
  [{ SLICE_BUDGET: 'four minutes' }, /SLICE_BUDGET must match pattern/],
  [{ PROTECT_READS: 'yes' }, /PROTECT_READS must be equal to one of the allowed values/],
  [{ AZURE_MONITOR: '1' }, /AZURE_MONITOR must be equal to one of the allowed values/],
];
for (const [values, fault] of set) {
  test(`the schema on ${JSON.stringify(values)}: ${fault ?? 'nothing'}`, () => {
    const all = { ...sample.Values, ...values };
    const found = isValid({ ...sample, Values: all })
      ? ''
      : (isValid.errors ?? []).map((one) => `${one.instancePath} ${one.message}`).join('\n');
    assert.match(found, fault ?? /^$/);
    // What it underlines, the app refuses; what is no text never reaches it.
    const texts = Object.values(all).every((value) => typeof value === 'string');
    if (texts && fault) assert.throws(() => soundSettings(all as Record<string, string>));
    if (!fault) soundSettings(all as Record<string, string>);
  });
}
