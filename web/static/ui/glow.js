// @ts-check
import { useEffect, useState } from '../core/html.js';

const length = 6_000;

/**
 * The class of something that just changed by another hand; gone after six seconds.
 * @param {number | null | undefined} changedAt milliseconds
 * @returns {'glow' | ''}
 */
export function useGlow(changedAt) {
  const [, tick] = useState(0);
  const age = changedAt ? Date.now() - changedAt : length;
  const glows = age < length;
  useEffect(() => {
    if (!glows) return;
    const timer = setTimeout(() => tick((n) => n + 1), length - age);
    return () => clearTimeout(timer);
  }, [changedAt]);
  return glows ? 'glow' : '';
}
