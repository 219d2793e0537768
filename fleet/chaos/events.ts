import { FAULTS } from './faults.js';
import { OPERATIONS } from './operations.js';

import type { Fault } from './fault.js';
import type { FaultName } from './faults.js';
import type { OperationName } from './operations.js';

/** What can be picked for a schedule, but for edits: faults and operations. */
export type EventName = FaultName | OperationName;

/** All of them, by name. */
export const EVENTS: Readonly<Record<EventName, Fault>> = { ...FAULTS, ...OPERATIONS };

/** All names, faults first. */
export const EVENT_NAMES = Object.keys(EVENTS) as readonly EventName[];
