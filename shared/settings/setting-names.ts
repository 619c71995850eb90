/** Names of settings: as the platform compares them, and those that nobody reads but are near. */

import { nearest } from '../faults/near-name.ts';
import type { Read, SettingsFault } from './settings-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Of Azure Functions, App Service and npm: whatever they are called, they are not ours. */
const platforms =
  /^(functions_|website_|azurewebjobs|azurefunctionsjobhost__|applicationinsights_|appsetting_|(custom|sql|sqlazure|mysql|postgresql)connstr_|npm_|node_|docker_|kubernetes_)/i;

/** A letter in a short name, two in a longer one: a container's PATH and HOME are near to nothing. */
const slips = (name: string) => (name.length < 7 ? 1 : 2);

/** Reads a variable; one that is empty is not set. On Windows names have no case. */
export function readerOf(environment: Environment, platform: NodeJS.Platform): Read {
  if (platform !== 'win32') return (name) => environment[name]?.trim() || undefined;
  const values = new Map(
    Object.entries(environment).map(([name, value]) => [name.toUpperCase(), value]),
  );
  return (name) => values.get(name.toUpperCase())?.trim() || undefined;
}

/**
 * Variables that are set and that nobody reads, and are near to one of `names` that is not set: a
 * protection that was meant to be on would be off without a word.
 */
export function misspelt(
  environment: Environment,
  names: readonly string[],
  platform: NodeJS.Platform,
): SettingsFault[] {
  const missing = names.filter((name) => !platforms.test(name));
  const read = readerOf(environment, platform);
  const targets = missing.filter((name) => read(name) === undefined);
  return strangers(environment, names, platform).flatMap((name) => {
    const meant = nearest(name, targets, slips);
    return meant === undefined
      ? []
      : [{ setting: name, fault: `is no setting: did you mean ${meant}?` }];
  });
}

/** A variable that is set and near to `name`, and none of `names`. */
export function nearSet(
  environment: Environment,
  name: string,
  names: readonly string[],
  platform: NodeJS.Platform,
): string | undefined {
  return nearest(name, strangers(environment, names, platform), slips);
}

/** What is set beside `names` and the platform's. */
function strangers(
  environment: Environment,
  names: readonly string[],
  platform: NodeJS.Platform,
): string[] {
  const same = (name: string) => (platform === 'win32' ? name.toUpperCase() : name);
  const known = new Set(names.map(same));
  return Object.keys(environment).filter(
    (name) => environment[name]?.trim() && !platforms.test(name) && !known.has(same(name)),
  );
}
