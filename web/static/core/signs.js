// @ts-check
// The signs of the sprite, once in the page. A reference to another file makes the browser ask the server for it at each
// new sign: every comment that arrives would cost a request of everybody who sees it.

const pause = 5_000;

/** Brings them; until they are there, the words stand alone. */
export function bringSigns() {
  const request = new XMLHttpRequest();
  request.open('GET', '/sprite.svg');
  // Parsed by the browser: the page allows no markup made from strings.
  request.responseType = 'document';
  request.onload = () => {
    const sprite = /** @type {unknown} */ (request.responseXML?.documentElement);
    if (!(sprite instanceof SVGElement)) return;
    const signs = document.importNode(sprite, true);
    signs.setAttribute('aria-hidden', 'true');
    signs.style.display = 'none';
    document.body.append(signs);
  };
  request.onerror = () => setTimeout(bringSigns, pause);
  request.send();
}
