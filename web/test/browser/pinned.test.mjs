// Whoever runs the server has the last word: what the command line pins, the settings page shows and can't move.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startProduct } from './harness.mjs';
import { chip, openSettings } from './newsroom.mjs';

for (const { word, checked, says } of [
  { word: 'off', checked: 'false', says: 'Refresh by hand' },
  { word: 'on', checked: 'true', says: 'Live' },
]) {
  test(`pinned ${word}`, async (t) => {
    const server = await startProduct(t, { args: ['--websockets', word] });
    const maren = await server.person('admin');
    await chip(maren, says).waitFor();
    await openSettings(maren);
    const control = maren.getByRole('switch', { name: 'WebSockets' });
    const look = async () => {
      assert.equal(await control.getAttribute('aria-checked'), checked);
      assert.equal(await control.getAttribute('aria-disabled'), 'true');
      await maren.getByText(/^Set by .*--websockets/).waitFor();
    };
    await look();
    const asked = maren.requests.length;
    await control.focus();
    await maren.keyboard.press('Space');
    await control.click({ force: true });
    await look();
    assert.deepEqual(maren.requests.slice(asked), []);
    await chip(maren, says).waitFor();
  });
}
