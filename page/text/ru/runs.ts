import type { runs as english } from '../en/runs.ts';
import type { Slavic, Translation } from '../texts.ts';

export const runs: Translation<typeof english, Slavic> = {};
