'use strict';

/**
 * In place of packages that other packages bring along and that nothing here uses. To load one, to
 * read anything of it and to make a class of it is no use of it yet; whoever calls it, or any part
 * of it, is told so.
 */
function LeftOut() {
  throw new Error(
    'This is of a package that is left out here: package.json, "overrides", says which.',
  );
}

module.exports = new Proxy(LeftOut, {
  get: (target, name, all) =>
    name === '__esModule' || typeof name === 'symbol' || name in target ? target[name] : all,
});
