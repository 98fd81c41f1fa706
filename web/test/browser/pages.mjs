// What must hold on every screen, whatever it shows: a wide window and a phone, light and dark. Each look leaves a picture.
import assert from 'node:assert/strict';
import { accessibilityFaults, shot } from './harness.mjs';

export const wide = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844, touch: true };

/** The same person at a wide window and at a phone. */
export async function both(t, server, role, n = 0) {
  return watched(t, [await server.person(role, wide, n), await server.person(role, phone, n)]);
}

/** The two windows of somebody who is not signed in. */
export async function bothOutside(t, server) {
  const pages = [await server.page(wide), await server.page(phone)];
  for (const page of pages) page.expected.push(/401/); // asking who I am
  return watched(t, pages);
}

/** What is wrong on any of them is told together, at the end. */
export function watched(t, pages) {
  for (const [index, page] of pages.entries()) {
    page.kind = index === 0 ? 'wide' : 'phone';
    page.touch = index === 1;
    page.faults = [];
    page.setDefaultTimeout(60_000); // axe keeps a busy machine busy
  }
  t.after(() =>
    assert.deepEqual(
      pages.flatMap((page) => page.faults),
      [],
    ),
  );
  return pages;
}

/**
 * Looks at what is shown: nothing wrong for axe, nothing sideways, one heading that is also the title, one main action,
 * and on a phone nothing too small for a thumb.
 * @param {{heading?: string | RegExp, besides?: string, seen?: boolean}} expected besides: rows that are as those before
 * them, a thousand of them; seen: axe has seen the same, and is slow
 */
export async function look(page, name, { heading, besides, seen = Boolean(besides) } = {}) {
  const note = (fault) => page.faults.push(`${name}, ${page.kind}: ${fault}`);
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    await settled(page);
    await shot(page, `${name}-${page.kind}-${theme}`);
    const rules = theme === 'light' ? undefined : ['color-contrast']; // all else is the same in both
    for (const fault of seen ? [] : await accessibilityFaults(page, rules)) note(`${theme}, ${fault}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  for (const fault of await page.evaluate(wrong, { touch: page.touch, besides })) note(fault);
  if (heading) assert.match(await page.locator('h1').textContent(), heading instanceof RegExp ? heading : exactly(heading));
}

function exactly(text) {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}

/** Fonts are there and what moves has come to rest. */
async function settled(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const passing = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.all(passing.map((one) => one.finished.catch(() => {})));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
}

/** Runs on the page. */
function wrong({ touch, besides }) {
  const faults = [];
  const told = (element) => {
    const words = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40);
    return `<${element.localName} class="${element.className}"> “${words}”`;
  };
  const top = document.querySelector('dialog[open]') ?? document;
  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.getClientRects().length > 0;

  const headings = [...document.querySelectorAll('h1')].filter((h1) => h1.checkVisibility());
  if (headings.length !== 1) faults.push(`${headings.length} h1 on the page`);
  const title = document.title.replace(/^\(\d+\) /, '');
  if (headings[0] && title !== `${headings[0].textContent.trim()} · Galley`) faults.push(`the title is “${document.title}”`);

  const scrollers = [
    document.scrollingElement,
    document.getElementById('main'),
    ...document.querySelectorAll('dialog[open], [popover]:popover-open'),
  ];
  for (const one of scrollers) {
    if (one && one.scrollWidth > one.clientWidth) faults.push(`sideways: ${told(one)} is ${one.scrollWidth} in ${one.clientWidth}`);
  }
  const within = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== 'visible' && up.scrollWidth > up.clientWidth) return true;
    }
    return false;
  };
  const controls = [...top.querySelectorAll('a[href], button, input, textarea, select, summary, [role=option]')].filter(
    (element) => !element.closest(`.skip-link, .visually-hidden${besides ? `, ${besides}` : ''}`) && shown(element),
  );
  for (const control of controls) {
    const box = control.getBoundingClientRect();
    if (box.width <= 1 || within(control)) continue;
    if (box.left < -0.5 || box.right > innerWidth + 0.5) faults.push(`out of the window: ${told(control)}`);
  }
  const primary = [...top.querySelectorAll('.button-primary')].filter(
    (one) => shown(one) && !one.matches('.split-button-more, [aria-disabled=true]'),
  );
  if (primary.length > 1) faults.push(`${primary.length} primary buttons: ${primary.map(told).join(', ')}`);

  const styled = [...document.querySelectorAll('button:not(.bell), .tag, .chip')].filter(shown);
  for (const one of styled) {
    if (
      one.scrollWidth > one.clientWidth + 1 &&
      getComputedStyle(one).overflowX === 'visible' &&
      getComputedStyle(one).display !== 'inline'
    )
      faults.push(`words run over: ${told(one)}`);
  }
  if (!touch) return faults;

  for (const field of controls.filter((one) => one.matches('textarea, select, input:not([type=checkbox], [type=radio])'))) {
    const size = Number.parseFloat(getComputedStyle(field).fontSize);
    if (size < 16) faults.push(`${size} px letters in ${told(field)}`);
  }
  // A thumb has 44 px from top to bottom on everything that is not a word in a text.
  const bars = '[popover], .bulk-bar, .overview-acts, .editor-acts, .filters';
  for (const control of controls.filter((one) => !one.closest('.rich-text, .comment-where, .notice-title'))) {
    const box = control.getBoundingClientRect();
    const x = box.left + Math.min(box.width, innerWidth - box.left) / 2;
    const middle = box.top + box.height / 2;
    if (x < 0 || x > innerWidth || middle < 44 || middle > innerHeight - 44) continue;
    const met = (dy) => document.elementFromPoint(x, middle + dy);
    const hit = (one) => one !== null && (control.contains(one) || one.closest('label')?.contains(control) === true);
    if (!hit(met(0))) continue; // something lies over it that stays while the rest scrolls
    const reach = (step) => {
      let dy = 0;
      while (Math.abs(dy) < 44 && hit(met(dy + step))) dy += step;
      const end = met(dy + step);
      return end?.closest(bars) && !control.closest(bars) ? 44 : Math.abs(dy);
    };
    const height = reach(-1) + reach(1) + 1;
    if (height < 43) faults.push(`${height} px are too low for a thumb: ${told(control)}`);
  }
  return faults;
}

/** A font that is an eighth wider than most: what people have installed is theirs to choose. */
export function widen(page) {
  return page.evaluate(() => document.documentElement.style.setProperty('--font', '"DejaVu Sans"'));
}

/** Makes the first admin of an empty installation, as somebody who reads the log. */
export async function firstAdmin(server) {
  const code = server.log.map((line) => /no admin yet.* code=(\S+)/.exec(line)?.[1]).find(Boolean);
  const who = { role: 'admin', email: 'maren@merrow.example', password: 'harbour-lantern-7' };
  const answer = await fetch(`${server.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code, name: 'Maren Oduya', email: who.email, password: who.password }),
  });
  assert.equal(answer.status, 201, await answer.text());
  server.people.push(who);
}

/** The line fails for these addresses until `mend()` is called. */
export async function failing(page, pattern) {
  page.expected.push(/ERR_FAILED/);
  await page.route(pattern, (route) => route.abort());
  return { mend: () => page.unroute(pattern) };
}

/** Answers from these addresses wait until `go()` is called. */
export async function waiting(page, pattern) {
  const held = [];
  const hold = (route) => void held.push(route);
  await page.route(pattern, hold);
  return {
    go: async () => {
      await Promise.all(held.map((route) => route.continue()));
      await page.unroute(pattern, hold);
    },
  };
}
