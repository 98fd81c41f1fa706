// @ts-check
import { html, useEffect } from '../core/html.js';
import { navigate } from '../core/router.js';
import { title } from '../core/title.js';
import { Button } from '../ui/button.js';
import { crumbs } from './shell.js';

/** An address without a screen. */
export function NowhereScreen() {
  useEffect(() => {
    title.value = 'There is nothing at this address';
    crumbs.value = [{ label: 'Nothing here' }];
  }, []);
  return html`<div class="empty">
    <h1>There is nothing at this address</h1>
    <p class="empty-text">It may have been typed wrong, or belong to a newer version of Galley.</p>
    <div class="empty-action"><${Button} kind="primary" onClick=${() => navigate('/projects')}>Go to the projects</${Button}></div>
  </div>`;
}
