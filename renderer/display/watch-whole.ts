/** Rounding of the browser: a whole element may be told as a little less than whole. */
const WHOLE = 0.99;

/** What an observer says about an element; the part of IntersectionObserverEntry that decides. */
export interface Sighting {
  readonly intersectionRatio: number;
  readonly intersectionRect: { readonly height: number };
  readonly rootBounds: { readonly height: number } | null;
}

/** Whether all of an element is on screen, or as much as the screen has room for. */
export function isWhole({ intersectionRatio, intersectionRect, rootBounds }: Sighting): boolean {
  if (intersectionRatio >= WHOLE) return true;
  return rootBounds !== null && rootBounds.height > 0 && intersectionRect.height >= rootBounds.height * 0.8;
}

/** Calls `onWhole` once, when the element was on screen as a whole. A browser that cannot tell never says so. Returns the end of the watch. */
export function watchWhole(element: Element, onWhole: () => void): () => void {
  if (typeof IntersectionObserver === 'undefined') return () => undefined;
  const observer = new IntersectionObserver(
    (sightings) => {
      if (!sightings.some(isWhole)) return;
      observer.disconnect();
      onWhole();
    },
    { threshold: [0, 0.25, 0.5, 0.75, WHOLE, 1] },
  );
  observer.observe(element);
  return () => observer.disconnect();
}
