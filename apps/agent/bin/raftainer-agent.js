#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

// An agent shares its host with the pods, for months: a small heap that grows slowly is worth more to it than speed.
// This has to be said before the program is loaded, and no line of a shell can say it on all platforms.
setFlagsFromString('--optimize-for-size');
await import('../dist/main.js');
