// @ts-check
import { sentence } from '../core/api.js';
import { html, useEffect } from '../core/html.js';
import { title } from '../core/title.js';
import { Button } from '../ui/button.js';
import { Drawing } from './drawing.js';
import { WayIn } from './way-in.js';

/**
 * The server did not answer the very first question.
 * @param {{problem: import('../core/problem.js').Problem, onRetry: () => void}} props
 */
export function Stopped({ problem, onRetry }) {
  useEffect(() => {
    title.value = `Galley doesn't answer`;
  }, []);
  return html`<${WayIn} left=${html`<${Drawing} />`}>
    <h1>Galley doesn't answer</h1>
    <p class="way-in-more" role="alert">${sentence(problem, 'What you saved is safe.')}</p>
    <form onSubmit=${(/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      onRetry();
    }}>
      <${Button} kind="primary" size="large" type="submit">Try again</${Button}>
    </form>
  </${WayIn}>`;
}
