// Every screen can be walked with Tab alone, and each stop is seen; every key of the list does what it says.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startProduct, until } from './harness.mjs';
import { wide } from './pages.mjs';

const coastPass = 'Coast Pass launch';
const focused = (page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim());
const has = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Presses Tab through all of the page; answers the stops, and what is wrong with any. */
async function walk(page) {
  const stops = [];
  const faults = [];
  // From the very beginning: where the focus was before counts, even when it is there no more.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  for (let n = 0; n < 250; n++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(stopHere);
    if (stop === null || (stop.again && n > 0)) return { stops, faults };
    stops.push(stop.name);
    faults.push(...stop.faults.map((fault) => `${stop.name}: ${fault}`));
  }
  throw new Error(`Tab never came around: ${stops.slice(-5)}`);
}

/** Runs on the page: what has the focus, and whether one can see that. */
function stopHere() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const again = element.hasAttribute('data-walked');
  element.setAttribute('data-walked', '');
  const words = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 60);
  const name = `${element.localName} ${words || element.getAttribute('name') || element.className}`;
  const faults = [];
  // The ring may be the element's own, that of a part which fills its row, or that of what holds it.
  let ring = null;
  for (let one = element; one && one !== document.body && !ring; one = one.parentElement) {
    for (const part of [null, '::after']) {
      const style = getComputedStyle(one, part);
      if (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2)
        ring ??= { one, reach: Number.parseFloat(style.outlineOffset) + Number.parseFloat(style.outlineWidth), part };
    }
  }
  if (!ring) return { name, again, faults: ['no ring'] };
  const box = element.getBoundingClientRect();
  const met = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
  if (!met || !(element.contains(met) || met.contains(element) || met.closest('label')?.contains(element)))
    faults.push(`hidden under ${met?.className}`);
  if (!ring.part) {
    const edge = ring.one.getBoundingClientRect();
    for (let up = ring.one.parentElement; up && up !== document.documentElement; up = up.parentElement) {
      const style = getComputedStyle(up);
      const held = up.getBoundingClientRect();
      const cut = [];
      if (style.overflowX !== 'visible' && (edge.left - ring.reach < held.left - 0.5 || edge.right + ring.reach > held.right + 0.5))
        cut.push('side');
      if (style.overflowY !== 'visible' && (edge.top - ring.reach < held.top - 0.5 || edge.bottom + ring.reach > held.bottom + 0.5))
        cut.push('top or bottom');
      if (cut.length > 0) faults.push(`the ring is cut at its ${cut} by ${up.className || up.localName}`);
    }
  }
  return { name, again, faults };
}

test('each screen is walked with Tab, and each stop is seen', async (t) => {
  const server = await startProduct(t);
  const outside = await server.page(wide);
  outside.expected.push(/401/);
  await outside.goto('/sign-in');
  await outside.getByRole('heading', { name: 'Sign in' }).waitFor();
  const way = await walk(outside);
  assert.deepEqual(way.faults, []);
  assert.deepEqual(way.stops, ['input email', 'input password', 'button Show the password', 'button Sign in']);

  const page = await server.person('editor', wide);
  const api = await server.api('editor');
  const coast = (await api('GET', '/projects')).items.find((one) => one.name === coastPass);
  const [item] = (await api('GET', `/projects/${coast.id}/items`)).items;
  const screens = [
    ['/projects', '.project-link', ['button New project', 'a Coast Pass launch']],
    [
      `/projects/${coast.id}`,
      '.comment',
      ['button Publish 3 ready', 'button Ways to publish', 'input Select Compare tickets and passes', 'textarea Comment on the project'],
    ],
    [`/projects/${coast.id}/items/${item.id}`, '.editor-form', ['input title', 'textarea body', 'textarea Comment on this page']],
    ['/content', '.content-title', ['input Filter by title', 'a Compare tickets and passes']],
    ['/settings/account', '.setting-card', ['button Sign out everywhere…']],
    ['/nowhere', '.empty', ['button Go to the projects']],
  ];
  const seen = [];
  for (const [path, there, wanted] of screens) {
    await page.goto(path);
    await page.locator(there).first().waitFor();
    await page.locator('.chip-live').waitFor();
    const { stops, faults } = await walk(page);
    seen.push(...faults.map((fault) => `${path}: ${fault}`));
    assert.equal(stops[0], 'a Skip to the content', path);
    for (const stop of wanted) assert.ok(stops.includes(stop), `${path}: no ${stop} among\n${stops.join('\n')}`);
  }
  assert.deepEqual(seen, []);
});

test('the skip link skips, and the focus comes back from what was opened', async (t) => {
  const server = await startProduct(t);
  const page = await server.person('editor', { ...wide, width: 1100 });
  await page.goto('/projects');
  await page.getByRole('link', { name: coastPass }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Skip to the content');
  await page.keyboard.press('Enter');
  await until('main has the focus', () => has(page.locator('#main')));

  const opened = async (opener, what) => {
    await opener.focus();
    await page.keyboard.press('Enter');
    await what.first().waitFor();
    await page.keyboard.press('Escape');
    await what.first().waitFor({ state: 'hidden' });
    await until('the focus is back', () => has(opener));
  };
  const dialog = page.locator('dialog[open]');
  const button = (name) => page.getByRole('button', { name, exact: true });
  await opened(button('New project'), dialog);
  await opened(button('Connection: Live'), page.locator('.chip-details:popover-open'));
  await opened(page.getByRole('button', { name: /^Notifications/ }), page.locator('.notifications:popover-open'));
  await opened(page.locator('.active-project').first(), page.locator('.active-project-panel:popover-open'));
  await opened(page.locator('.nav-me'), page.getByRole('menuitem'));

  await page.getByRole('link', { name: coastPass, exact: true }).last().click();
  await page.getByRole('heading', { level: 1, name: coastPass }).waitFor();
  await until('the heading has the focus', () => has(page.getByRole('heading', { level: 1 })));
  await opened(button('Ways to publish'), page.getByRole('menuitem'));
  await opened(button('More for this project'), page.getByRole('menuitem'));
  await opened(page.getByRole('button', { name: /^Publish \d+ ready/ }), dialog);
  await opened(button('Add items'), dialog);
  await opened(page.getByRole('button', { name: /^Comments/ }), dialog);
});

test('the keys do what the list of keys says', async (t) => {
  const server = await startProduct(t);
  const page = await server.person('editor', wide);
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const heading = (name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  const dialog = page.locator('dialog[open]');
  const row = (title) => page.getByRole('row').getByRole('link', { name: title, exact: true });

  await press('g', 't');
  await heading('Content');
  await press('g', 's');
  await heading('Your account');
  await press('g', 'p');
  await heading('Projects');
  await page.locator('.project-link').first().waitFor();
  await press('/');
  assert.equal(await focused(page), 'Filter by name or person');
  await page.keyboard.type('cjn?');
  assert.equal(await page.getByRole('searchbox').inputValue(), 'cjn?', 'letters are text in a field');
  await page.getByRole('searchbox').fill('');
  await press('Escape', 'c');
  await dialog.waitFor();
  await press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await press('n');
  await page.locator('.notifications:popover-open .note').first().waitFor();
  await press('Escape');
  await page.locator('.notifications:popover-open').waitFor({ state: 'hidden' });
  await press('?');
  await page.getByRole('dialog', { name: 'Keys' }).getByText('Next region').waitFor();
  await press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await press('F6');
  assert.ok(await page.evaluate(() => document.activeElement?.matches('.nav, .top-bar, main, aside, .tabs')));
  await page.locator('body').evaluate(() => document.activeElement?.blur());
  await press('j', 'j', 'k', 'j', 'Enter');
  await heading(coastPass);

  const rows = page.locator('.item-link');
  await rows.nth(3).waitFor();
  await press('j', 'j', 'x', 'j', 'j', 'Shift+x');
  await page.getByRole('toolbar', { name: '3 items selected' }).waitFor();
  await press('Control+a');
  await page.getByRole('toolbar', { name: '8 items selected' }).waitFor();
  await press('Shift+b');
  assert.ok(await page.evaluate(() => document.activeElement?.closest('.bulk-bar') !== null));
  await press('Escape');
  await page.getByRole('toolbar').waitFor({ state: 'detached' });
  await press('2');
  await until('the ready ones', async () => (await rows.count()) === 3);
  await press('0');
  await until('all', async () => (await rows.count()) === 8);
  await row('What the Coast Pass covers').focus();
  await press('d');
  await page.getByRole('button', { name: 'Publish 4 ready' }).waitFor();
  await press('m');
  await page.getByText('About What the Coast Pass covers').or(page.locator('.composer-about')).first().waitFor();
  await until('one can write', () => has(page.getByRole('textbox', { name: /^Comment on/ })));
  await press('Escape');
  await row('What the Coast Pass covers').focus();
  await press('Delete');
  await until('it is out', async () => (await rows.count()) === 7);
  await page.getByRole('button', { name: 'Undo' }).first().waitFor();
  await press('z');
  await until('it is back', async () => (await rows.count()) === 8);
  await press('c');
  await page.getByRole('dialog', { name: 'Add items' }).waitFor();
  await press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await press('Shift+p');
  await page.getByRole('dialog', { name: /^Publish \d+ items now\?/ }).waitFor();
  await press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await rows.first().focus();
  const [first, second] = await rows.allTextContents();
  await press('Enter');
  await heading(first);
  await page.getByRole('form').waitFor();
  await page.getByText('1 of 8').waitFor();
  await press('Alt+ArrowDown');
  await heading(second);
  await page.getByText('2 of 8').waitFor();
  await press('Alt+ArrowUp');
  await heading(first);
});

test('single letters rest when they are switched off, and AltGraph writes', async (t) => {
  const server = await startProduct(t);
  const page = await server.person('editor', wide);
  await page.goto('/settings/account');
  await page.getByRole('switch', { name: 'Single-letter keys' }).press('Space');
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.keyboard.press('?');
  await page.getByText('Single letters are switched off').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
  await page.getByRole('switch', { name: 'Single-letter keys' }).press('Space');
  await page.evaluate(() => {
    const event = new KeyboardEvent('keydown', { key: '?', bubbles: true, modifierAltGraph: true });
    document.body.dispatchEvent(event);
  });
  assert.equal(await page.locator('dialog[open]').count(), 0);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
});
