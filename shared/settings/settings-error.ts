/** What may be wrong with settings, and how they are read. */

export interface SettingsFault {
  setting: string;
  /** What is wrong and how to put it right, to be read after the setting's name. */
  fault: string;
}

/** The settings are not usable; `faults` has every reason, and no value of a secret. */
export class SettingsError extends Error {
  readonly faults: readonly SettingsFault[];

  constructor(faults: readonly SettingsFault[]) {
    const lines = faults.map(({ setting, fault }) => `  ${setting} ${fault}`);
    super(`The settings are not usable:\n${lines.join('\n')}`);
    this.name = 'SettingsError';
    this.faults = faults;
  }
}

/** The value of a variable; undefined where it is not set or empty. */
export type Read = (name: string) => string | undefined;
export type Report = (setting: string, fault: string) => void;

/** How the platform hands on a reference to Key Vault that it could not resolve: as it is written. */
const reference = /^@Microsoft\.KeyVault\(/i;

/** Faults as given, but that a value which is an unresolved reference is told as that, once. */
export function withReferences(faults: readonly SettingsFault[], read: Read): SettingsFault[] {
  const told = new Set<string>();
  return faults.flatMap((one) => {
    const { setting } = one;
    if (!reference.test(read(setting) ?? '')) return [one];
    if (told.has(setting)) return [];
    told.add(setting);
    return [
      {
        setting,
        fault:
          "is a reference to Key Vault that was not resolved: is the secret there, and has the app's identity the role Key Vault Secrets User?",
      },
    ];
  });
}

/** In Azure, as opposed to Core Tools or the local host, which call themselves Development. */
export function isAzure(read: Read): boolean {
  const site = read('WEBSITE_INSTANCE_ID') ?? read('WEBSITE_SITE_NAME');
  return site !== undefined && read('AZURE_FUNCTIONS_ENVIRONMENT') !== 'Development';
}
