import { application } from '../../tsup.base.js';

export default application(['main', 'guard']);
