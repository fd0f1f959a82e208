#!/usr/bin/env node
// The door of the command. A committed file, so that package managers can link it before anything is built; CommonJS,
// because libuv reads the size of its pool once, and when an ES module runs the pool is there already: with its usual four
// threads, four stuck disks would stop every ledger.
process.env.UV_THREADPOOL_SIZE ??= '16'
void import('../dist/cli/main.js')
