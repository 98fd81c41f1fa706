import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comeBack, delay, ending, reasonFor } from '../static/core/backoff.js';

const endings = {
  resume: [1000, 1001, 1005, 1006, 1011, 1012, 1013, 4000, 4001, 4002, 4499],
  manual: [4505],
  'signed-out': [4501, 4502],
  stop: [1002, 1003, 1007, 1009, 4500, 4506, 4507, 4999],
};
for (const [what, codes] of Object.entries(endings)) {
  test(`after these codes: ${what}`, () => {
    for (const code of codes) assert.equal(ending(code), what, String(code));
  });
}

test('the first try after a lost line is spread over five seconds', () => {
  for (const code of [1006, 1012]) {
    assert.equal(
      delay({ attempt: 0, code }, () => 0),
      0,
    );
    assert.equal(
      delay({ attempt: 0, code }, () => 0.5),
      2500,
    );
    assert.equal(
      delay({ attempt: 0, code }, () => 0.999),
      4995,
    );
  }
});

test('the server may name the waiting time, for the first try alone', () => {
  assert.equal(
    delay({ attempt: 0, code: 1012, retryMs: 1830 }, () => 0.9),
    1830,
  );
  assert.equal(
    delay({ attempt: 1, code: 1012, retryMs: 1830 }, () => 0.5),
    500,
  );
});

test('later tries: full jitter below a ceiling that doubles up to 30 s', () => {
  const most = (attempt) => delay({ attempt, code: 1006 }, () => 1);
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 60].map(most), [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  assert.equal(
    delay({ attempt: 6, code: 1006 }, () => 0),
    0,
  );
});

test('browsers come back within five seconds when it was switched on again', () => {
  assert.equal(
    comeBack(() => 0.4),
    2000,
  );
});

test('reasons are words, never a number', () => {
  for (const code of [4505, 4506, 4507, 4500, 1009]) assert.doesNotMatch(reasonFor(code), /\d|socket/i);
});
