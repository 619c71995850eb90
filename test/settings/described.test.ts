/** Every setting that is read is told in docs/settings.md, which is of today. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { settingDescriptions, settingsPage } from '../../shared/settings/descriptions.ts';
import { readSettings } from '../../shared/settings/settings.ts';

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
