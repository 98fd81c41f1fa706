// What stands around the screens: notifications, the connection's chip, the refresh bar, keys, settings, account.
import test from 'node:test';
import { startProduct } from './harness.mjs';
import { chip, coastPass } from './newsroom.mjs';
import { both, look } from './pages.mjs';

const bell = (page) => page.getByRole('button', { name: /^Notifications/ });

test('notifications, keys and an address without a page look right', async (t) => {
  const server = await startProduct(t);
  for (const page of await both(t, server, 'editor')) {
    await bell(page).click();
    await page.locator('.note').first().waitFor();
    await look(page, 'notifications');
    await page.getByRole('button', { name: 'Why did I get this?' }).first().click();
    await look(page, 'notifications-why');
    await page.getByRole('tab', { name: /Mentions/ }).click();
    await page.locator('.note').first().waitFor();
    await look(page, 'notifications-mentions');
    await page.keyboard.press('Escape');

    await chip(page, 'Live').click();
    await page.getByText('by WebSocket').waitFor();
    await look(page, 'chip-live');
    await page.keyboard.press('Escape');

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await look(page, 'keys');
    await page.keyboard.press('Escape');

    await page.goto('/nowhere/at/all');
    await page.getByText('nothing at this address').waitFor();
    await look(page, 'nowhere');

    await page.goto('/settings/account');
    await page.getByText('Single-letter keys').waitFor();
    await look(page, 'account', { heading: 'Your account' });
    await page.getByRole('button', { name: 'Sign out everywhere…' }).click();
    await page.getByRole('dialog').waitFor();
    await look(page, 'account-everywhere');
    await page.keyboard.press('Escape');

    await page.goto('/content');
    await page.getByRole('row', { name: /Compare tickets/ }).waitFor();
    await look(page, 'content', { heading: 'Content' });
    await page.getByRole('searchbox').fill('zeppelin');
    await page.getByText('No title says “zeppelin”').waitFor();
    await look(page, 'content-no-match');
    await page.getByRole('button', { name: 'New page' }).click();
    await page.getByRole('dialog').waitFor();
    await look(page, 'content-new');
  }
  const [page] = await both(t, server, 'editor', 1);
  await bell(page).click();
  await page.getByRole('button', { name: 'Mark all read' }).click();
  await page.getByRole('button', { name: 'Notifications, none unread' }).waitFor();
  await page.keyboard.press('Escape');
  await bell(page).click();
  await page
    .getByText(/^Nothing/)
    .last()
    .waitFor();
  await look(page, 'notifications-empty');
});

test('settings and refreshing by hand look right', async (t) => {
  const server = await startProduct(t);
  const [api, tomas] = [await server.api('admin'), await server.api('editor', 1)];
  const coast = (await api('GET', '/projects')).items.find((one) => one.name === coastPass);
  const pages = await both(t, server, 'admin');
  for (const page of pages) {
    await page.goto('/settings');
    await page.getByRole('switch').waitFor();
    await look(page, 'settings', { heading: 'Live updates' });
  }
  for (const page of pages) {
    await page.goto(`/projects/${coast.id}`);
    await page.locator('.chip-live').waitFor(); // one that is still on its way would be refused, and say so
  }
  const { revision } = await api('GET', '/settings');
  await api('PATCH', '/settings', { websockets_enabled: false }, { 'If-Match': `"${revision}"` });
  for (const page of pages) {
    await page.locator('.chip-manual').waitFor();
    await page.getByText('Nothing new').waitFor();
    await look(page, 'by-hand');
  }
  for (let n = 1; n <= 7; n++) await tomas('POST', `/projects/${coast.id}/comments`, { body: `Number ${n}` });
  for (const page of pages) {
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.getByText('7 changes since you looked').waitFor({ timeout: 60_000 });
    await look(page, 'by-hand-7');
    await page.locator('.chip').click();
    await page.getByText('New things show').waitFor();
    await look(page, 'chip-manual');
    await page.keyboard.press('Escape');
    await page.goto('/projects');
    await page.getByRole('link', { name: coastPass }).waitFor();
    await look(page, 'by-hand-projects');
    await page.goto('/settings');
    await page.getByRole('switch').waitFor();
    await look(page, 'settings-off');
  }
});

test('a pinned switch and a lost line look right', async (t) => {
  const server = await startProduct(t, { args: ['--websockets', 'on'] });
  const pages = await both(t, server, 'admin');
  for (const page of pages) {
    await page.goto('/settings');
    await page.getByText('Set by').waitFor();
    await look(page, 'settings-pinned');
    page.expected.push(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INTERNET|WebSocket/);
  }
  await server.stop();
  for (const page of pages) {
    await page.locator('.chip-reconnecting').waitFor();
    await page.locator('.chip').click();
    await page.getByText('You can keep working').waitFor();
    await look(page, 'chip-reconnecting');
    await page.keyboard.press('Escape');
    await page.context().setOffline(true);
    await page.locator('.chip-offline').waitFor();
    await page.locator('.chip').click();
    await look(page, 'chip-offline');
  }
});
