import type { now as english } from '../en/now.ts';
import type { Slavic, Translation } from '../texts.ts';

export const now: Translation<typeof english, Slavic> = {};
