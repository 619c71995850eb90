/** Every environment variable the app reads, checked once, with all faults told together. */

import type { Catalog } from '../catalog/index.ts';
import type { Target } from '../events/targets/target.ts';
import { didYouMean } from '../faults/near-name.ts';
import { type ApiToken, parseTokens } from './api-tokens.ts';
import { type HookSettings, parseHooks } from './hooks.ts';
import { parseMcpOrigins } from './mcp-origins.ts';
import { parseNotifications } from './notifications.ts';
import type { Rights } from './rights.ts';
import { misspelt, nearSet, readerOf } from './setting-names.ts';
import {
  isAzure,
  type Read,
  type Report,
  SettingsError,
  type SettingsFault,
  withReferences,
} from './settings-error.ts';
import { parseSignIn, type SignInSettings } from './sign-in.ts';
import { parseStorage, type StorageSettings } from './storage.ts';
import { parseTelemetry, type TelemetrySettings } from './telemetry.ts';
import { parseWholeNumber } from './whole-number.ts';

export { type ApiToken, sampleTokenSha256 } from './api-tokens.ts';
export { type Connections, locationsOf, requireConnections } from './connections.ts';
export { type Rights, type Role, roles } from './rights.ts';
export { SettingsError, type SettingsFault } from './settings-error.ts';
export type { AppRole, SignInSettings } from './sign-in.ts';
export type { StorageSettings } from './storage.ts';

export interface Settings {
  storage: StorageSettings;
  tokens: readonly ApiToken[];
  /** Accounts of Microsoft Entra ID, beside tokens; absent: there are none. */
  signIn?: SignInSettings;
  /** True: the four GET lists need a token too. */
  protectReads: boolean;
  /** File path or `blob:<name>` in the app's container; absent: the shipped one. */
  catalog?: string;
  /** Folder or `blob:<prefix>` of dynsql's definitions and reports; absent: the shipped ones. */
  dynsql?: string;
  /** How long a worker may go on beginning stages in one call, in milliseconds. */
  sliceMs: number;
  /** Life of a lock without renewal, in seconds: how soon a dead worker's run is resumed. */
  leaseSeconds: number;
  /** Days after its end for which a run is kept. */
  retentionDays: number;
  /** The most connections that one worker opens to one database; dynsql has as many of its own. */
  sqlPoolSize: number;
  /** The most requests of one token or account to one worker in a minute. */
  requestsPerCaller: number;
  /** The same of one address without a good token. */
  requestsPerAddress: number;
  /** For web hooks of FlexiBee. */
  hooks: HookSettings;
  /** Origins of pages that may call `/mcp`, beside the app's own. */
  mcpOrigins: readonly string[];
  /** Who is told of events. */
  targets: readonly Target[];
  /** Where telemetry goes; absent: nobody wants to know. */
  telemetry?: TelemetrySettings;
  /** Whether the platform's front end stands before the app, whose word on clients counts. */
  inAzure: boolean;
  /**
   * The connection string (secret) in the environment variable `name`; undefined when it is not
   * set. A function, so that no secret shows when settings are printed.
   */
  connection(name: string): string | undefined;
  /** A variable that is set, is near to `name` and none of `names`. */
  near(name: string, names: readonly string[]): string | undefined;
}

/** Settings as far as they can be read: what is wrong has its default. */
export type SettingsDraft = Omit<Settings, 'storage'> & { storage?: StorageSettings };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings as far as they can be read, and tells everything that is wrong: whoever goes
 * on may find more. An empty variable counts as one that is not set.
 *
 * @param platform as in `process`
 */
export function readSettings(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): { settings: SettingsDraft; faults: SettingsFault[] } {
  const faults: SettingsFault[] = [];
  const report: Report = (setting, fault) => faults.push({ setting, fault });
  const asked = new Set<string>();
  const value = readerOf(environment, platform);
  const read = (name: string) => {
    asked.add(name);
    return value(name);
  };

  const storage = parseStorage(read, report);
  const catalog = read('CATALOG');
  const dynsql = read('DYNSQL');
  const signIn = parseSignIn(read, report);
  const seconds = parseWholeNumber(read, report, 'SLICE_BUDGET');
  const telemetry = parseTelemetry(read, report);
  const settings: SettingsDraft = {
    ...(storage !== undefined && { storage }),
    tokens: parseTokens(read, report, read('SIGN_IN') === undefined),
    ...(signIn !== undefined && { signIn }),
    protectReads: parseFlag(read, report, 'PROTECT_READS'),
    sliceMs: seconds * 1000,
    leaseSeconds: parseWholeNumber(read, report, 'LEASE_SECONDS'),
    retentionDays: parseWholeNumber(read, report, 'RUN_RETENTION_DAYS'),
    sqlPoolSize: parseWholeNumber(read, report, 'SQL_POOL_SIZE'),
    requestsPerCaller: parseWholeNumber(read, report, 'REQUESTS_PER_CALLER'),
    requestsPerAddress: parseWholeNumber(read, report, 'REQUESTS_PER_ADDRESS'),
    hooks: parseHooks(read, report),
    mcpOrigins: parseMcpOrigins(read, report),
    // Whoever tells nobody needs no schema of it.
    targets: read('NOTIFICATIONS') === undefined ? [] : parseNotifications(read, report),
    inAzure: isAzure(read),
    ...(telemetry !== undefined && { telemetry }),
    ...(catalog !== undefined && { catalog }),
    ...(dynsql !== undefined && { dynsql }),
    connection: value,
    near: (name, names) => nearSet(environment, name, [...asked, ...names], platform),
  };
  return {
    settings,
    faults: [...withReferences(faults, value), ...misspelt(environment, [...asked], platform)],
  };
}

/**
 * Throws `SettingsError` when a token or an app role is allowed a code or a connection that the
 * catalogue does not have, or a target is to hear of one.
 */
export function requireKnownNames(
  settings: Pick<Settings, 'tokens' | 'targets' | 'signIn'>,
  catalog: Pick<Catalog, 'codes' | 'connections'>,
): void {
  const codes = Object.keys(catalog.codes());
  const connections = catalog.connections.map(({ id }) => id);
  const unknownOf = (setting: string, whose: string, rights: Rights) => [
    ...unknownNames({ setting, whose, what: 'code' }, rights.codes, codes),
    ...unknownNames({ setting, whose, what: 'connection' }, rights.connections, connections),
  ];
  const { tokens, targets, signIn } = settings;
  const faults = [
    ...tokens.flatMap((one) => unknownOf('API_TOKENS', `token ${one.name}`, one)),
    ...(signIn?.appRoles ?? []).flatMap((one) => unknownOf('SIGN_IN', `app role ${one.name}`, one)),
    ...unknownCodes(targets, codes),
  ];
  if (faults.length > 0) throw new SettingsError(faults);
}

function unknownCodes(targets: readonly Target[], known: readonly string[]): SettingsFault[] {
  return targets.flatMap(({ name, codes = [] }) =>
    codes
      .filter((code) => !known.includes(code))
      .map((code) => ({
        setting: 'NOTIFICATIONS',
        fault: `has target ${name} hear of the code ${JSON.stringify(code)}, which the catalogue does not have${didYouMean(code, known)}: use one of ${known.join(', ')}`,
      })),
  );
}

function unknownNames(
  { setting, whose, what }: { setting: string; whose: string; what: string },
  allowed: readonly string[],
  known: readonly string[],
): SettingsFault[] {
  const unknown = allowed.filter((one) => one !== '*' && !known.includes(one));
  return unknown.map((one) => ({
    setting,
    fault: `allows ${whose} the ${what} ${JSON.stringify(one)}, which the catalogue does not have: use ${['"*"', known.join(', ')].filter(Boolean).join(' or one of ')}`,
  }));
}

function parseFlag(read: Read, report: Report, setting: string): boolean {
  const value = read(setting)?.toLowerCase() ?? 'false';
  if (value !== 'true' && value !== 'false') report(setting, 'must be true or false');
  return value === 'true';
}
