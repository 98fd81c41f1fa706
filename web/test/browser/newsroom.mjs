// The newsroom of the demo, and what people do in it with keyboard and mouse.

export const coastPass = 'Coast Pass launch';

/** The column of comments. */
export const column = (page) => page.getByRole('complementary', { name: 'Comments' });

/** The comment that says these words. */
export const said = (page, words) => column(page).getByRole('article').filter({ hasText: words });

/** The thread that says these words somewhere. */
export const thread = (page, words) => column(page).locator('.thread').filter({ hasText: words });

/** Where one writes a new comment. */
export const composer = (page) => column(page).getByRole('textbox', { name: /^Comment on/ });

/** The row of an item or a project in its table. */
export const row = (page, title) => page.getByRole('row').filter({ has: page.getByRole('link', { name: title, exact: true }) });

/** The connection's chip, as it reads. */
export const chip = (page, word) => page.getByRole('button', { name: `Connection: ${word}` });

export async function openProject(page, name = coastPass) {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Projects', exact: true }).click();
  await row(page, name).getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await composer(page).waitFor();
}

/** From its project. */
export async function openItem(page, title) {
  await row(page, title).getByRole('link', { name: title, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
  await page.getByRole('form', { name: 'Page' }).waitFor();
}

export async function comment(page, words) {
  await composer(page).click();
  await page.keyboard.type(words);
  await page.keyboard.press('Control+Enter');
  await said(page, words.replaceAll('**', '')).waitFor();
}

export async function reply(page, to, words) {
  await thread(page, to).getByRole('button', { name: 'Reply', exact: true }).click();
  await page.keyboard.type(words);
  await page.keyboard.press('Control+Enter');
  await said(page, words).waitFor();
}

/** Opens the menu of a comment and takes an entry by its first letter. */
export async function act(page, words, entry) {
  await said(page, words)
    .getByRole('button', { name: /^More for/ })
    .focus();
  await page.keyboard.press('Enter');
  await page.locator('[role=menuitem]:focus').waitFor();
  await page.keyboard.press(entry[0]);
  await page.keyboard.press('Enter');
}

/** A field of the editor. */
export const field = (page, name) => page.getByRole('form', { name: 'Page' }).getByRole('textbox', { name });

/** What the editor says about the version and whether it is saved. */
export const versionBar = (page) => page.getByRole('group', { name: 'Version' });

/** Writes at the end of a field, key by key. */
export async function write(page, name, words) {
  await field(page, name).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(words);
}

/** The bar of a page that is refreshed by hand. */
export const refreshBar = (page) => page.getByRole('region', { name: 'Refresh by hand' });

/** An admin moves the switch of the settings page, by keyboard. */
export async function switchSockets(admin, on) {
  const control = admin.getByRole('switch', { name: 'WebSockets' });
  await control.focus();
  await admin.keyboard.press('Space');
  await admin.locator(`[role=switch][aria-labelledby=websockets][aria-checked=${on}]:not([aria-busy])`).waitFor();
}

export async function openSettings(admin) {
  await admin.keyboard.press('g');
  await admin.keyboard.press('s');
  await admin.getByRole('switch', { name: 'WebSockets' }).waitFor();
}
