/** Loaded before an app: says of each chunk whether V8 took its code cache. */

import { basename } from 'node:path';
import vm from 'node:vm';

vm.Script = class extends vm.Script {
  constructor(source: string, options: vm.ScriptOptions) {
    super(source, options);
    if (options.cachedData === undefined) return;
    const how = this.cachedDataRejected ? 'rejected' : 'taken';
    console.log(`code cache of ${basename(String(options.filename))}: ${how}`);
  }
};
