// @ts-check
// Loaded before anything else and without `type=module`, so that the first paint already has the chosen colours.
(() => {
  try {
    const kept = localStorage.getItem('galley.theme');
    if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept;
  } catch {
    // Storage may be forbidden; the system's choice is right then.
  }
})();
