import * as local from '../src/azurite.ts';

/** A fresh Azurite for one test file: in memory, on free ports. Call `close` in `after`. */
export function startAzurite(): Promise<local.Azurite> {
  return local.startAzurite();
}
