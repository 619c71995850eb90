/** `${NAME}` in a catalogue's texts: the value of that setting, for what differs by environment. */

import { faultAt, type Path } from '../faults/catalog-error.ts';

export interface SettingValues {
  /** Undefined: it is not set. */
  value(name: string): string | undefined;
  /** One that is set, and near to `name`. */
  near?(name: string): string | undefined;
}

/** What stands in texts: `${NAME}`; `$${` is a dollar sign and a brace; anything else is a slip. */
const reference = /\$?\$\{(?:([A-Za-z_][A-Za-z0-9_]*)\})?/g;

/** Names that say so, and those of ours and of the platform that hold keys. */
const secretName =
  /secret|passw|pwd|token|credential|connstr|connection_?string|(^|_)key(_|$)|^azurewebjobs|^applicationinsights/i;
/** A connection string, or what is signed. */
const secretValue = /(password|pwd|accountkey|sharedaccess\w*|sig|instrumentationkey)["']?\s*[=:]/i;

/**
 * The same with every reference in its texts replaced; keys stay as they are. What cannot be replaced
 * stays, and is a fault.
 *
 * @param value of JSON
 */
export function withSettings(
  value: unknown,
  settings: SettingValues,
): { value: unknown; faults: string[] } {
  const faults: string[] = [];
  const secrets = connectionsIn(value);
  const text = (path: Path, given: string) =>
    given.replace(reference, (found, name?: string) => {
      if (found.startsWith('$$')) return found.slice(1);
      const fault = name === undefined ? noName : faultOf(name, settings, secrets);
      if (fault === undefined) return settings.value(name ?? '') ?? found;
      faults.push(faultAt(path, fault));
      return found;
    });
  const replaced = (path: Path, given: unknown): unknown => {
    if (typeof given === 'string') return text(path, given);
    if (Array.isArray(given)) return given.map((one, index) => replaced([...path, index], one));
    if (typeof given !== 'object' || given === null) return given;
    const entries = Object.entries(given).map(([key, one]) => [key, replaced([...path, key], one)]);
    return Object.fromEntries(entries);
  };
  return { value: replaced([], value), faults };
}

const begin = '$' + '{';
const noName = `"${begin}" is not followed by the name of a setting and "}"; where a dollar sign and a brace are meant, write "$${begin}"`;

function faultOf(
  name: string,
  { value, near }: SettingValues,
  secrets: ReadonlySet<string>,
): string | undefined {
  const given = value(name);
  if (secrets.has(name) || secretName.test(name) || secretValue.test(given ?? '')) {
    return `the setting ${name} holds a secret, which a catalogue may not show; name another one`;
  }
  if (given !== undefined) return undefined;
  const meant = near?.(name);
  return `the setting ${name} is not set${meant === undefined ? '' : ` (did you mean ${meant}, which is?)`}`;
}

/** Settings that are named as connections: they hold passwords. */
function connectionsIn(value: unknown): Set<string> {
  const names = new Set<string>();
  const visit = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    for (const [key, inner] of Object.entries(one)) {
      if (key === 'connection' && typeof inner === 'string') names.add(inner);
      visit(inner);
    }
  };
  visit(value);
  return names;
}
