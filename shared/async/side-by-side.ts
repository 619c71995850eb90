/** Work on many things, some at a time. */

/**
 * Does `work` for every item, at most `most` at once, beginning in their order. The first failure
 * stops the rest. However it ends, nothing is under way any more by then.
 *
 * @returns results in the order of the items
 * @throws the first failure, or the reason of `signal`
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal,
): Promise<R[]> {
  signal.throwIfAborted();
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);
  const results: R[] = [];
  const left = items.entries();
  const takeOne = async () => {
    for (const [index, item] of left) {
      if (either.aborted) return;
      try {
        results[index] = await work(item, either);
      } catch (error) {
        stopping.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: most }, takeOne));
  if (stopping.signal.aborted) throw stopping.signal.reason;
  signal.throwIfAborted();
  return results;
}
