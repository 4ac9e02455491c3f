import { openScroll } from '../../src/node/store/disk.ts';
import { scrollContract } from './scroll.ts';

scrollContract('disk', openScroll);
