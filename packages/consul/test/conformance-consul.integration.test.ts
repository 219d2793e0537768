import { startConsul } from '@raftainer/testing';
import { describeConsulConformance } from './conformance/describe-consul-conformance.js';

describeConsulConformance('Consul', () => startConsul());
