/** What may stand in no log: by these words it is found there. */

/** Of `local.settings.sample.json`. */
export const goodToken = 'demo-token';
export const hookSecret = 'demo-hook-secret-for-one-machine-only';
export const bodyCanary = 'canary-of-a-body';
export const tokenCanary = 'canary-of-a-token';
/** In the value of a query parameter, where some send secrets. */
export const queryCanary = 'canary-of-a-query';

export const canaries = [goodToken, hookSecret, bodyCanary, tokenCanary, queryCanary];
