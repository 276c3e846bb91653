/** Whether these are two people, as the station compares them. */
export function areTwoPeople([first, second]: readonly [string, string]): boolean {
  const [one, other] = [first.trim().toLowerCase(), second.trim().toLowerCase()];
  return one !== '' && other !== '' && one !== other;
}
