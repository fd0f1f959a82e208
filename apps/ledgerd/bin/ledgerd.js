#!/usr/bin/env node
// The door of the command. A committed file, so that package managers can link it before anything is built.
import '../dist/cli/main.js'
