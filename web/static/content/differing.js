// @ts-check
// Where two texts part: what they share at both ends stays out of the way of what has to be decided.

/**
 * @param {string} mine @param {string} theirs
 * @returns {{before: string, mine: string, theirs: string, after: string}} cut between words
 */
export function differing(mine, theirs) {
  const shorter = Math.min(mine.length, theirs.length);
  let head = 0;
  while (head < shorter && mine[head] === theirs[head]) head += 1;
  while (head > 0 && !/\s/.test(mine[head - 1])) head -= 1;
  let tail = 0;
  while (tail < shorter - head && mine[mine.length - 1 - tail] === theirs[theirs.length - 1 - tail]) tail += 1;
  while (tail > 0 && !/\s/.test(mine[mine.length - tail])) tail -= 1;
  return {
    before: mine.slice(0, head),
    mine: mine.slice(head, mine.length - tail),
    theirs: theirs.slice(head, theirs.length - tail),
    after: mine.slice(mine.length - tail),
  };
}
