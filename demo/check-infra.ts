/**
 * Compiles and lints the Bicep files, and has every set of options evaluated: what would be deployed
 * is seen without a subscription. Does nothing where there is no Bicep CLI, and says so.
 */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../shared/command-line/command-line.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

commandLine({
  name: 'npm run check:infra --',
  what: 'Compiles, lints and evaluates infra/ with the Bicep CLI, or says that there is none.',
  options: {},
});

/** Nobody's: what is evaluated is never deployed. */
const nobody = '11111111-1111-1111-1111-111111111111';
const way = (onPremises: object) => ({ network: { onPremises } });
const vpn = { kind: 'vpn', gatewayAddress: '203.0.113.1', addressPrefixes: ['10.1.0.0/16'] };
const circuitId = `/subscriptions/${nobody}/resourceGroups/rg-hub/providers/Microsoft.Network/expressRouteCircuits/erc-hub`;
const networkId = `/subscriptions/${nobody}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub`;
const allowedAddresses = ['203.0.113.0/24', '198.51.100.7/32'];
const everything = {
  flavour: 'flex',
  alertEmails: ['ops@example.org'],
  settings: { SLICE_BUDGET: '120', AZURE_MONITOR: 'true' },
  corsOrigins: ['https://board.example'],
  allowedAddresses,
  publicUrl: 'https://syncboard.example',
  network: {
    privateInbound: true,
    dnsServers: ['10.1.0.4'],
    onPremisesNames: { zone: 'corp.example', hosts: { sql1: '10.1.2.3' } },
    onPremises: vpn,
  },
  sql: { clientAddresses: { office: '203.0.113.7' } },
  signIn: { clientId: nobody },
  tags: { owner: 'billing' },
};

/** A set, and what an environment would have over it. */
const cases: readonly [set: string, options: object][] = [
  ...['small', 'network', 'premium', 'with-sql'].flatMap((set): [string, object][] => [
    [set, { flavour: 'flex' }],
    [set, { flavour: 'premium' }],
  ]),
  ['small', { allowedAddresses }],
  ['small', { allowedAddresses, availabilityTest: false }],
  ['premium', { allowedAddresses }],
  ['network', way({ kind: 'expressRoute', circuitId })],
  ['network', way({ kind: 'hub', networkId })],
  ['with-sql', everything],
  ['with-sql', { ...everything, flavour: 'premium' }],
];

interface Resource {
  type: string;
  properties?: {
    siteConfig?: {
      ipSecurityRestrictionsDefaultAction: string;
      ipSecurityRestrictions: { ipAddress: string; tag?: string }[];
    };
  };
}

/** What would be deployed and could not work together. */
function faultsOf(resources: readonly Resource[], options: object): string[] {
  const hasTest = resources.some(({ type }) => type === 'Microsoft.Insights/webtests');
  return resources.flatMap(({ type, properties }) => {
    const site = type === 'Microsoft.Web/sites' ? properties?.siteConfig : undefined;
    if (site === undefined) return [];
    const ranges: readonly string[] = 'allowedAddresses' in options ? allowedAddresses : [];
    const isClosed = ranges.length > 0;
    const wanted = isClosed && hasTest ? ['ServiceTag ApplicationInsightsAvailability'] : [];
    const got = site.ipSecurityRestrictions.map(
      ({ tag = 'range', ipAddress }) => `${tag} ${ipAddress}`,
    );
    const expected = [...wanted, ...ranges.map((range) => `range ${range}`)];
    return [
      ...(String(got) === String(expected) ? [] : [`lets in ${got}, and not ${expected}`]),
      ...((site.ipSecurityRestrictionsDefaultAction === 'Deny') === isClosed
        ? []
        : [`${isClosed ? 'lets in' : 'shuts out'} everybody else`]),
    ];
  });
}

function found(): string | undefined {
  const named = process.env['BICEP'];
  if (named !== undefined) return named;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), '.azure/bin')];
  const names = process.platform === 'win32' ? ['bicep.exe'] : ['bicep'];
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => spawnSync(path, ['--version']).status === 0);
}

const bicep = found();
if (bicep === undefined) {
  console.log(
    'infra/ was not checked: there is no Bicep CLI (BICEP, bicep on the PATH, az bicep).',
  );
  process.exit(0);
}

let failed = false;
/** Whatever it says beside its result is a fault: no warning is let pass. */
function report(what: string, { status, stderr, error }: SpawnSyncReturns<string>): boolean {
  const said = `${error ?? ''}${stderr}`.replaceAll(folder, 'infra').trim();
  const isWell = status === 0 && said === '';
  console.log(`${isWell ? 'well' : 'FAULT'}  ${what}${said === '' ? '' : `\n${said}`}`);
  failed ||= !isWell;
  return isWell;
}

// A copy: an evaluation is written beside what is evaluated.
const folder = await mkdtemp(join(tmpdir(), 'infra-'));
try {
  await cp(join(root, 'infra'), folder, { recursive: true });
  const run = (args: readonly string[], environment: Record<string, string> = {}) =>
    spawnSync(bicep, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...environment },
      maxBuffer: 1e8,
    });
  report('build', run(['build', 'main.bicep', '--outfile', 'main.json']));
  report('lint', run(['lint', 'main.bicep']));
  for (const [set, options] of cases) {
    const environment = {
      AZURE_ENV_NAME: 'check',
      AZURE_LOCATION: 'westeurope',
      AZURE_PRINCIPAL_ID: nobody,
      SYNCBOARD_SET: set,
      SYNCBOARD_OPTIONS: JSON.stringify(options),
    };
    const evaluated = run(
      ['snapshot', 'main.bicepparam', '--mode', 'overwrite', '--subscription-id', nobody],
      environment,
    );
    if (!report(`${set} with ${JSON.stringify(options)}`, evaluated)) continue;
    const text = await readFile(join(folder, 'main.snapshot.json'), 'utf8');
    const { predictedResources, diagnostics } = JSON.parse(text);
    console.log(`       ${predictedResources.length} resources`);
    for (const fault of [...diagnostics, ...faultsOf(predictedResources, options)]) {
      console.log(`FAULT  ${JSON.stringify(fault)}`);
      failed = true;
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
