/** The stand-in's login, the same on every machine: not a secret. */
export const demoLogin = { user: 'syncboard', password: 'syncboard' } as const;
