/** Settings that must be sound, as whoever starts the app reads them. */

import { readSettings, type Settings } from '../../shared/settings/settings.ts';
import { SettingsError } from '../../shared/settings/settings-error.ts';

/** Throws `SettingsError` with every fault there is. */
export function soundSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const { settings, faults } = readSettings(environment);
  const { storage } = settings;
  if (faults.length > 0 || storage === undefined) throw new SettingsError(faults);
  return { ...settings, storage };
}
