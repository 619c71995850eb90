/** `local.settings.json` as JSON Schema: what an editor completes and underlines while it is written. */

import { type SettingDescription, settingDescriptions } from './descriptions.ts';

type JsonSchema = Record<string, unknown>;

/**
 * Names, what each is for, and values as far as their look goes: whether they hold with one another
 * and with the catalogue only a start knows. Variables of others may stand beside ours.
 */
export function settingsSchema(): JsonSchema {
  const isFamily = ({ name }: SettingDescription) => name.includes('<');
  const families = settingDescriptions.filter(isFamily);
  const single = settingDescriptions.filter((one) => !isFamily(one));
  const entries = (some: readonly SettingDescription[], key: (name: string) => string) =>
    Object.fromEntries(some.map((one) => [key(one.name), valueSchema(one)]));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings of syncboard on one machine: local.settings.json',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      IsEncrypted: { const: false, description: 'Encrypted settings are not supported.' },
      Values: {
        description: 'The settings, as docs/settings.md has them.',
        type: 'object',
        properties: entries(single, (name) => name),
        patternProperties: entries(families, (name) => `^${name.replace(/<\w+>/g, '\\w+')}$`),
        additionalProperties: { type: 'string' },
      },
      Host: {
        description: 'Of the Functions host on this machine.',
        type: 'object',
        properties: {
          LocalHttpPort: { type: 'integer', minimum: 0, maximum: 65_535 },
          CORS: { type: 'string', description: 'Origins, divided by commas; * for all.' },
          CORSCredentials: { type: 'boolean' },
        },
      },
    },
  };
}

function valueSchema(one: SettingDescription): JsonSchema {
  const { fallback, example, values, pattern } = one;
  return {
    type: 'string',
    description: `${plain(one.what)} Allowed: ${plain(one.allowed)}.`,
    ...(fallback !== undefined && isValue(one, fallback) && { default: fallback }),
    ...(example !== undefined && { examples: [example] }),
    ...(values !== undefined && { enum: [...values, ''] }),
    ...(pattern !== undefined && { pattern }),
  };
}

/** Some fall back to what is no value of theirs: `its name in Azure`. */
const isValue = ({ values, pattern }: SettingDescription, text: string) =>
  values !== undefined || pattern !== undefined || /^[\w.-]+$/.test(text);

/** Without the marks and addresses of Markdown, which editors show as they are. */
const plain = (text: string) => text.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', '');
