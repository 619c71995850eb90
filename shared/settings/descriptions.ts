/** What each setting is for: docs/settings.md is made of it, and a test holds it against what is read. */

import { type WholeNumber, wholeNumbers } from './whole-number.ts';

export interface SettingDescription {
  /** `<…>` stands for a part that the catalogue, or another setting, names. */
  name: string;
  group: 'must' | 'may' | 'connections' | 'people' | 'platform';
  what: string;
  /** Unless it is set. */
  fallback?: string;
  allowed: string;
  example?: string;
  /** All that it may be, where there are few. */
  values?: readonly string[];
  /** What every value of it looks like, none as well: an expression of JSON Schema. */
  pattern?: string;
  /** Its value belongs into a Key Vault. */
  isSecret?: true;
}

type Allowed = Pick<SettingDescription, 'fallback' | 'allowed' | 'values' | 'pattern'>;

const number = (name: keyof typeof wholeNumbers): Allowed => {
  const { fallback, least, most, unit }: WholeNumber = wholeNumbers[name];
  return {
    fallback: String(fallback),
    allowed: `${unit}, ${least} to ${most}`,
    pattern: '^[0-9]{0,9}$',
  };
};

const flag: Allowed = {
  fallback: 'false',
  allowed: '`true` or `false`',
  values: ['true', 'false'],
};

export const settingDescriptions: readonly SettingDescription[] = [
  {
    name: 'AzureWebJobsStorage',
    group: 'must',
    what: 'The storage account of run documents, locks and queues. With a managed identity `AzureWebJobsStorage__accountName` stands in its place, or `AzureWebJobsStorage__blobServiceUri` and `AzureWebJobsStorage__queueServiceUri`; a user-assigned one adds `AzureWebJobsStorage__clientId` and `AzureWebJobsStorage__credential=managedidentity`.',
    allowed: 'a connection string, or `UseDevelopmentStorage=true` for Azurite',
    isSecret: true,
  },
  {
    name: 'API_TOKENS',
    group: 'must',
    what: 'Who may call. `sha256` is the digest of a token (`printf %s "the token" | sha256sum`), `codes` the data sources it may see and touch, `connections` what it may ask by dynsql (none unless given), `weight` how much of what queries share, `roles` of `read`, `run` and `admin` (the first two unless given), `expires` a time or a date. May be left out where `SIGN_IN` is set. The sample’s token is `demo-token`; an app that finds it in Azure refuses to start.',
    allowed: 'a JSON array',
    example:
      '[{"name": "ops", "sha256": "…", "codes": ["*"], "connections": ["ab"], "roles": ["read", "run", "admin"], "expires": "2027-01-31"}]',
    isSecret: true,
  },
  {
    name: 'SQL_<DATABASE>',
    group: 'connections',
    what: 'Where each database of the catalogue is; [sql-server.md](sql-server.md) has the forms. The shipped catalogue has `SQL_HCS`, `SQL_STEK`, `SQL_REGION`, `SQL_MO`, `SQL_ZAGSER` and `SQL_AB`.',
    allowed: 'a connection string, or JSON for a managed identity',
    example: 'Server=sql1.example;Database=AB;User Id=syncboard;Password=…',
    isSecret: true,
  },
  {
    name: 'FLEXIBEE_<SERVER>',
    group: 'connections',
    what: 'Where a FlexiBee server of the catalogue’s companies is; several may share one; [flexibee.md](flexibee.md).',
    allowed:
      '`Url=…;User Id=…;Password=…`, and `TrustServerCertificate=true` for a certificate of its own making',
    example: 'Url=https://flexibee.example:5434;User Id=sync;Password=…',
    isSecret: true,
  },
  {
    name: 'ABRA_GEN_<CONNECTION>',
    group: 'connections',
    what: 'Where an ABRA Gen server is; several connections may share one; [dynsql.md](dynsql.md).',
    allowed: '`Url=…;User Id=…;Password=…`, and `TrustServerCertificate=true` as above',
    example: 'Url=https://gen.example:699;User Id=sync;Password=…',
    isSecret: true,
  },
  {
    name: 'SIGN_IN',
    group: 'people',
    what: 'Accounts of Microsoft Entra ID beside tokens: issuer, audience, and what each app role allows; [sign-in.md](sign-in.md).',
    allowed: 'a JSON object',
  },
  {
    name: 'PROTECT_READS',
    group: 'people',
    what: 'The lists of the original (`/valid_codes` and others) need a token, too.',
    ...flag,
  },
  {
    name: 'NOTIFICATIONS',
    group: 'people',
    what: 'Who is told of events: web hooks, channels of Teams and Slack, mailboxes; [events.md](events.md#targets).',
    allowed: 'a JSON array',
  },
  {
    name: 'NOTIFY_<TARGET>_URL',
    group: 'people',
    what: 'The address of a target of `NOTIFICATIONS`; `_SECRET` signs a web hook, `_SMTP` is the mail server.',
    allowed: 'see [events.md](events.md#targets)',
    isSecret: true,
  },
  {
    name: 'PUBLIC_URL',
    group: 'people',
    what: 'Where others reach the app: for web hooks of FlexiBee and links in messages.',
    allowed: 'an address without path',
    example: 'https://syncboard.example',
  },
  {
    name: 'FLEXIBEE_HOOK_SECRET',
    group: 'people',
    what: 'What web hooks of FlexiBee prove themselves with. Without it hooks are refused and companies are polled each minute, with hooks every five. The sample’s is refused in Azure.',
    allowed: '32 to 200 letters, digits or any of `_ . ~ -`',
    example: 'openssl rand -hex 32',
    isSecret: true,
  },
  {
    name: 'MCP_ORIGINS',
    group: 'people',
    what: 'Origins of pages that may call `/mcp` from a browser, beside the app’s own; [mcp.md](mcp.md).',
    allowed: 'addresses without path, divided by commas',
    example: 'https://inspector.example',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    group: 'people',
    what: 'Where traces, measurements and logs go, over HTTP with JSON; [telemetry.md](telemetry.md). Other variables of OpenTelemetry’s exporter count as well.',
    allowed: 'an address',
    example: 'https://otel.example:4318',
  },
  {
    name: 'AZURE_MONITOR',
    group: 'people',
    what: 'Traces and measurements go to the Application Insights of `APPLICATIONINSIGHTS_CONNECTION_STRING`, too.',
    ...flag,
  },
  {
    name: 'OTEL_TRACES_SAMPLER_ARG',
    group: 'people',
    what: 'The share of traces that are kept; of polls by the timer a twentieth of it.',
    fallback: '1',
    allowed: '0 to 1',
  },
  {
    name: 'OTEL_SERVICE_NAME',
    group: 'people',
    what: 'What the app is called in traces.',
    fallback: 'its name in Azure, or syncboard',
    allowed: 'a name',
  },
  {
    name: 'CATALOG',
    group: 'may',
    what: 'Another catalogue than the shipped one, [read again](catalog.md#changed-while-the-app-runs) when it changes.',
    fallback: 'the shipped one',
    allowed: 'a file path, or `blob:<name>` in the app’s container',
    example: 'blob:catalog.json',
  },
  {
    name: 'DYNSQL',
    group: 'may',
    what: 'Other definitions and reports of dynsql than the shipped ones.',
    fallback: 'the shipped ones',
    allowed: 'a folder with `dynsql/*.json` and `reports/*.json`, or `blob:<prefix>`',
  },
  {
    name: 'STORAGE_CONTAINER',
    group: 'may',
    what: 'The blob container of all documents; queues are called by it, so test and production may share an account.',
    fallback: 'syncboard',
    allowed: '3 to 40 small letters, digits and single hyphens',
  },
  {
    name: 'SLICE_BUDGET',
    group: 'may',
    what: 'How long one call goes on beginning stages before the run is handed on through the queue.',
    ...number('SLICE_BUDGET'),
  },
  {
    name: 'LEASE_SECONDS',
    group: 'may',
    what: 'Life of a lock without renewal: how soon the run of a dead worker is resumed.',
    ...number('LEASE_SECONDS'),
  },
  {
    name: 'RUN_RETENTION_DAYS',
    group: 'may',
    what: 'For how long a run is kept after its end. Once a day, at 03:30 UTC, what is older is removed; a run that has not ended never is.',
    ...number('RUN_RETENTION_DAYS'),
  },
  {
    name: 'SQL_POOL_SIZE',
    group: 'may',
    what: 'The most connections of one worker to one database. Queries of dynsql have as many of their own, one a query and at most half for one token, so that slow readers keep no run waiting.',
    ...number('SQL_POOL_SIZE'),
  },
  {
    name: 'REQUESTS_PER_CALLER',
    group: 'may',
    what: 'The most requests of one token or account to one worker; [what else there is](api.md#how-many-requests).',
    ...number('REQUESTS_PER_CALLER'),
  },
  {
    name: 'REQUESTS_PER_ADDRESS',
    group: 'may',
    what: 'The same of one address without a good token; all of these together have ten times as many.',
    ...number('REQUESTS_PER_ADDRESS'),
  },
  {
    name: 'FUNCTIONS_WORKER_RUNTIME',
    group: 'platform',
    what: 'For the Functions host. Flex Consumption refuses it: leave it out there.',
    allowed: '`node`',
    values: ['node'],
  },
  {
    name: 'AzureWebJobsDisableHomepage',
    group: 'platform',
    what: 'For the Functions host, too: its own home page gives way to the operators’ page.',
    allowed: '`true`',
    values: ['true'],
  },
];

const groups: Readonly<Record<SettingDescription['group'], string>> = {
  must: 'What must be set',
  connections: 'Where servers are',
  people: 'People and messages',
  may: 'What has a default',
  platform: 'Of the platform',
};

/** docs/settings.md, whole. */
export function settingsPage(): string {
  const sections = Object.entries(groups).flatMap(([group, title]) => [
    `## ${title}`,
    ...settingDescriptions.filter((one) => one.group === group).map(paragraph),
  ]);
  return `${[
    '# Settings',
    'In Azure these are app settings; values that are secret are references to a Key Vault there. On one machine they come from `local.settings.json`, or from [local.settings.sample.json](../local.settings.sample.json) where there is none; environment variables win. An empty one counts as not set.',
    'The sample’s `$schema` names [local.settings.schema.json](../local.settings.schema.json), by which editors complete and underline: a file of your own keeps the line. Core Tools and the host of `npm start` read past it; `func settings add` writes the file anew, without it.',
    'Everything that is wrong with them, or with the catalogues, is told at the start all at once. A variable near to one of these that is not set (`PROTECT_READ`) is taken for a slip of the keyboard, and told, too.',
    ...sections,
  ].join('\n\n')}\n`;
}

function paragraph(one: SettingDescription): string {
  const facts = [
    `- allowed: ${one.allowed}`,
    ...(one.fallback === undefined ? [] : [`- unless set: \`${one.fallback}\``]),
    ...(one.example === undefined ? [] : [`- example: \`${one.example}\``]),
    ...(one.isSecret ? ['- secret'] : []),
  ];
  return `### \`${one.name}\`\n\n${one.what}\n\n${facts.join('\n')}`;
}
