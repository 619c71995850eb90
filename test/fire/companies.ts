/** The companies that are followed through the fire, and the catalogue that says so. */

import shipped from '../../catalog/catalog.json' with { type: 'json' };

export interface Followed {
  /** In the catalogue. */
  code: string;
  /** At the server. */
  name: string;
  onRegression: 'stop' | 'reload';
  lateMinutes: number;
  /** False: an old server, whose changes tell no times. */
  timestamps: boolean;
}

export const companies: readonly Followed[] = [
  { code: 'flexi-one', name: 'one', onRegression: 'reload', lateMinutes: 1, timestamps: true },
  { code: 'flexi-two', name: 'two', onRegression: 'stop', lateMinutes: 5, timestamps: true },
  { code: 'flexi-old', name: 'old', onRegression: 'reload', lateMinutes: 2, timestamps: false },
];

/** Every evidence that the shipped catalogue follows. */
export const evidences: readonly string[] = shipped.entities
  .filter(({ systems }) => systems.includes('flexibee'))
  .map(({ name }) => name);

/** The setting that all of them share. */
export const connection = 'FLEXIBEE_DEMO';

/** JSON of the shipped catalogue with these companies in place of its own. */
export function fireCatalog(): string {
  const others = shipped.dataSources.filter((source) => !('company' in source));
  const followed = companies.map(({ code, name, onRegression, lateMinutes }) => ({
    code,
    description: code,
    system: 'flexibee',
    company: { server: 'flexibee', connection, name, onRegression, lateMinutes },
  }));
  return JSON.stringify({ ...shipped, dataSources: [...others, ...followed] });
}
