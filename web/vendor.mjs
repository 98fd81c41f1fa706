// Compares the vendored files with what the registry holds: `node web/vendor.mjs`.
// A vendored file is a file nobody reviews; this says that it is the published one, byte by byte.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('static/vendor/', import.meta.url);
const { packages } = JSON.parse(readFileSync(new URL('vendor.json', root), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'vendor-'));
const wrong = [];

try {
  const wanted = packages.map(({ package: name, version }) => `${name}@${version}`);
  const packed = JSON.parse(execFileSync('npm', ['pack', '--json', ...wanted], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] }));
  const tarballs = Object.values(packed);
  for (const { package: name, version, integrity, files } of packages) {
    const tarball = tarballs.find((one) => one.name === name && one.version === version);
    if (tarball?.integrity !== integrity) {
      wrong.push(`${name} ${version}: integrity differs`);
      continue;
    }
    for (const [ours, theirs] of Object.entries(files)) {
      const published = execFileSync('tar', ['-xzOf', join(folder, tarball.filename), `package/${theirs}`]);
      if (!published.equals(readFileSync(new URL(ours, root)))) wrong.push(`${ours} differs from ${name} ${version}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

for (const line of wrong) console.error(line);
if (wrong.length === 0) console.log(`${packages.length} packages are as published`);
process.exitCode = wrong.length > 0 ? 1 : 0;
