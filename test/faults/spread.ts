/** The same items in an order in which every beginning is spread evenly over all of them: a run that is cut short is a sample of the whole. */
export function spread<T>(items: readonly T[]): T[] {
  return items
    .map((item, index) => ({ item, rank: ((index + 1) * 0.618_033_988_749_895) % 1 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
