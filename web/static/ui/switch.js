// @ts-check
import { html, useId } from '../core/html.js';

/**
 * On or off, at once.
 * @param {object} props
 * @param {boolean} props.on
 * @param {string} [props.label] name, unless an element elsewhere names it
 * @param {string} [props.labelledBy]
 * @param {string} [props.describedBy]
 * @param {boolean} [props.busy]
 * @param {string | null | false} [props.reason] why it can't be moved; a tip
 * @param {boolean} [props.reasonBeside] the reason stands beside it, in what describes it, so that no tip is needed
 * @param {(on: boolean) => void} props.onChange
 */
export function Switch({ on, label, labelledBy, describedBy, busy = false, reason, reasonBeside = false, onChange }) {
  const id = useId();
  const off = Boolean(reason);
  return html`<span class="reason-host"
    ><button
      type="button"
      role="switch"
      class="switch tap"
      aria-checked=${on ? 'true' : 'false'}
      aria-label=${label}
      aria-labelledby=${labelledBy}
      aria-describedby=${[describedBy, off && !reasonBeside && id].filter(Boolean).join(' ') || null}
      aria-disabled=${off || busy ? 'true' : null}
      aria-busy=${busy ? 'true' : null}
      onClick=${() => !off && !busy && onChange(!on)}
    >
      <span class="switch-track" aria-hidden="true"><span class="switch-knob"></span></span></button
    >${off && !reasonBeside ? html`<span class="reason-tip" role="tooltip" id=${id}>${reason}</span>` : null}</span
  >`;
}
