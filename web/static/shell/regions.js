// @ts-check
/** Moves the focus to the next landmark: navigation, top bar, content, the column beside it. */
export function nextRegion() {
  const regions = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.nav, .top-bar, main, main aside, .tabs')]).filter(
    (region) => region.offsetParent !== null,
  );
  // The innermost one counts: an aside lies within main.
  const at = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + 1) % regions.length];
  if (!next) return;
  if (!next.hasAttribute('tabindex')) next.tabIndex = -1;
  next.focus();
}
