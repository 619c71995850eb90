/**
 * In place of packages that other packages bring along and that nothing here uses. Whoever uses one
 * all the same is told so; to load it, and to make a class of one of its own, is no use of it yet.
 */
class LeftOut {
  constructor() {
    throw new Error(
      'This is of a package that is left out here: package.json, "overrides", says which.',
    );
  }
}

module.exports = new Proxy(
  {},
  { get: (_, name) => (name === '__esModule' || typeof name === 'symbol' ? undefined : LeftOut) },
);
