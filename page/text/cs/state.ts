import type { state as english } from '../en/state.ts';
import type { Slavic, Translation } from '../texts.ts';

export const state: Translation<typeof english, Slavic> = {
  waiting: 'čeká',
  queued: 've frontě',
  running: 'běží',
  succeeded: 'hotovo',
  failed: 'selhalo',
  cancelled: 'zrušeno',
  interrupted: 'přerušeno',
  pending: 'ještě nezačalo',
  skipped: 'vynecháno',
};
