#!/usr/bin/env node
// Plain JavaScript, so that a Node too old to read TypeScript can still say so.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    `parallel-review needs Node 24 or newer; this is Node ${process.versions.node}. Install it from https://nodejs.org\n`,
  );
  process.exit(2);
}
await import("./cli.ts");
